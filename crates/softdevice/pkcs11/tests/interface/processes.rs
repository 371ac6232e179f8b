//! Other processes: with other settings, forked, side by side.

use crate::*;
use gm_crypto::sm2::{DerSignature, PublicKey};
use std::{
    env,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

/// Runs an ignored test of this program in a process of its own, which must succeed.
pub(crate) fn run(name: &str, settings: &[(&str, &str)]) {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", name])
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{name} {settings:?}: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Number of a key pair generation and of signing e, and whether that gives DER.
const VENDORS: [(&str, u64, u64, bool); 6] = [
    ("tass", 0x8000_8001, 0x8000_8000, true),
    ("sansec", 0x8000_8001, 0x8000_8104, true),
    ("sansec", 0x8000_8001, 0x8000_8105, false),
    ("luna", 0x8000_0B20, 0x8000_0B21, false),
    ("ep11", 0x8005_000A, 0x8005_000B, false),
    ("westone", 0x8000_0001, 0x8000_0002, false),
];

#[test]
fn each_vendors_numbers_sign() {
    for (vendor, generate, sign, der) in VENDORS {
        run(
            "processes::child_signs_as_a_vendor",
            &[
                ("SOFTDEVICE_VENDOR", vendor),
                ("TEST_GENERATE", &generate.to_string()),
                ("TEST_SIGN", &sign.to_string()),
                ("TEST_DER", &der.to_string()),
            ],
        );
    }
}

#[test]
#[ignore = "run by each_vendors_numbers_sign"]
fn child_signs_as_a_vendor() {
    let set = |name| env::var(name).unwrap();
    let number = |name| set(name).parse().unwrap();
    let token = Token::new();
    let session = token.user_session();
    let (public, private) = session
        .generate_key_pair(&vendor(number("TEST_GENERATE")), &[], &[])
        .unwrap();
    let sign = vendor(number("TEST_SIGN"));
    let signature = session.sign(&sign, private, &[7; 32]).unwrap();
    session.verify(&sign, public, &[7; 32], &signature).unwrap();
    let key = PublicKey::from_uncompressed(&point(&session, public)).unwrap();
    let signature = match set("TEST_DER").parse().unwrap() {
        true => DerSignature::from_der(&signature).unwrap(),
        false => DerSignature::try_from(<&[u8; 64]>::try_from(&signature[..]).unwrap()).unwrap(),
    };
    key.verify_digest(&[7; 32], &signature).unwrap();
}

#[test]
fn a_forked_child_initializes_for_itself_and_the_parent_goes_on() {
    run("processes::child_forks", &[]);
}

#[test]
#[ignore = "run by a_forked_child_initializes_for_itself_and_the_parent_goes_on"]
fn child_forks() {
    let token = Token::new();
    let session = token.user_session();
    let (_, private) = ec_pair(&session, P256, true);
    let sign = |session: &Session| session.sign(&Mechanism::Ecdsa, private, &[7; 32]);
    let child = || {
        // PKCS#11 3.0, 5.6.1: nothing of the parent's is the child's.
        if code(sign(&session)) != RvError::CryptokiNotInitialized {
            return false;
        }
        let initialized = sys::initialize_again(token.module);
        let login = || {
            let session = token.module.open_rw_session(token.slot).ok()?;
            session.login(UserType::User, Some(&auth(USER))).ok()?;
            sign(&session).ok()
        };
        initialized && login().is_some()
    };
    // Other threads hold locks of the module and of the store at any moment.
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let session = token.session();
                while !stop.load(Ordering::Relaxed) {
                    session.sign(&Mechanism::Ecdsa, private, &[7; 32]).unwrap();
                    token.module.get_slots_with_token().unwrap();
                }
            });
        }
        let all = (0..100).all(|_| sys::in_a_fork(child));
        stop.store(true, Ordering::Relaxed);
        assert!(all);
    });
    sign(&session).unwrap();
    ec_pair(&session, P256, true);
}

#[test]
fn a_store_that_is_missing_is_made_by_the_first_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/device.db");
    run(
        "processes::child_makes_the_store",
        &[("SOFTDEVICE_TEST_STORE", path.to_str().unwrap())],
    );
    assert!(path.exists());
}

#[test]
#[ignore = "run by a_store_that_is_missing_is_made_by_the_first_token"]
fn child_makes_the_store() {
    let module = sys::module();
    let slots = module.get_all_slots().unwrap();
    assert_eq!(slots.len(), 1);
    assert!(!sys::store().exists(), "looking makes nothing");
    let session = module.open_rw_session(slots[0]);
    assert_eq!(code(session), RvError::TokenNotPresent);
    module.init_token(slots[0], &auth(SO), "first").unwrap();
    assert!(sys::store().exists());
    let session = module.open_rw_session(slots[0]).unwrap();
    session.login(UserType::So, Some(&auth(SO))).unwrap();
    assert_eq!(module.get_all_slots().unwrap().len(), 2);
}
