//! Faults on request, each in a process of its own: the library reads them once.

use crate::{processes::run, *};
use gm_crypto::sm2::{DerSignature, PublicKey};

const SIGN: u64 = 0x8000_8000;

fn pair(session: &Session) -> (ObjectHandle, ObjectHandle) {
    session
        .generate_key_pair(&vendor(0x8000_8001), &[], &[])
        .unwrap()
}

#[test]
fn results_are_distorted_when_that_is_asked_for() {
    run(
        "faults::child_distorts",
        &[("SOFTDEVICE_FAULTS", "sign=wrong@2,sign=garbage@3")],
    );
}

#[test]
#[ignore = "run by results_are_distorted_when_that_is_asked_for"]
fn child_distorts() {
    let token = Token::new();
    let session = token.user_session();
    let (public, private) = pair(&session);
    let key = PublicKey::from_uncompressed(&point(&session, public)).unwrap();
    let sign = || session.sign(&vendor(SIGN), private, &[7; 32]).unwrap();
    let verifies = |signature: &[u8]| {
        DerSignature::from_der(signature)
            .is_ok_and(|signature| key.verify_digest(&[7; 32], &signature).is_ok())
    };
    assert!(verifies(&sign()));
    let wrong = sign();
    assert!(DerSignature::from_der(&wrong).is_ok());
    assert!(!verifies(&wrong));
    let garbage = sign();
    assert!(garbage.len() < 60 && !verifies(&garbage));
    assert!(verifies(&sign()));
}

#[test]
fn a_device_that_is_pulled_out_takes_sessions_and_logins_with_it() {
    run(
        "faults::child_loses_the_device",
        &[("SOFTDEVICE_FAULTS", "sign=removed@2")],
    );
}

#[test]
#[ignore = "run by a_device_that_is_pulled_out_takes_sessions_and_logins_with_it"]
fn child_loses_the_device() {
    let token = Token::new();
    let session = token.user_session();
    let other = token.session();
    let (_, private) = pair(&session);
    let sign = |session: &Session| session.sign(&vendor(SIGN), private, &[7; 32]);
    sign(&session).unwrap();
    assert_eq!(code(sign(&session)), RvError::DeviceRemoved);
    assert_eq!(code(sign(&session)), RvError::SessionHandleInvalid);
    assert_eq!(code(sign(&other)), RvError::SessionHandleInvalid);
    // Plugged in again.
    let session = token.session();
    assert_eq!(code(sign(&session)), RvError::KeyHandleInvalid);
    session.login(UserType::User, Some(&auth(USER))).unwrap();
    let (_, private) = pair(&session);
    session.sign(&vendor(SIGN), private, &[7; 32]).unwrap();
}

#[test]
fn sessions_are_limited_when_that_is_asked_for() {
    run(
        "faults::child_counts_sessions",
        &[("SOFTDEVICE_FAULTS", "open_session=limit:2")],
    );
}

#[test]
#[ignore = "run by sessions_are_limited_when_that_is_asked_for"]
fn child_counts_sessions() {
    let token = Token::new();
    let one = token.session();
    let _two = token.session();
    for _ in 0..3 {
        let third = token.module.open_ro_session(token.slot);
        assert_eq!(code(third), RvError::SessionCount);
    }
    one.close().unwrap();
    token.session();
}

#[test]
fn other_operations_fail_when_that_is_asked_for() {
    let faults =
        "login=fail@1,find=fail@1,random=fail@1,generate=fail@1,verify=wrong@1,info=fail@1";
    run("faults::child_fails", &[("SOFTDEVICE_FAULTS", faults)]);
}

#[test]
#[ignore = "run by other_operations_fail_when_that_is_asked_for"]
fn child_fails() {
    let token = Token::new();
    let info = || token.module.get_token_info(token.slot);
    assert_eq!(code(info()), RvError::DeviceError);
    info().unwrap();
    let session = token.session();
    let login = || session.login(UserType::User, Some(&auth(USER)));
    assert_eq!(code(login()), RvError::DeviceError);
    login().unwrap();
    assert_eq!(code(session.find_objects(&[])), RvError::DeviceError);
    session.find_objects(&[]).unwrap();
    assert_eq!(code(session.generate_random_vec(8)), RvError::DeviceError);
    session.generate_random_vec(8).unwrap();
    let generated = session.generate_key_pair(&vendor(0x8000_8001), &[], &[]);
    assert_eq!(code(generated), RvError::DeviceError);
    let (public, private) = pair(&session);
    let signature = session.sign(&vendor(SIGN), private, &[7; 32]).unwrap();
    let verify = || session.verify(&vendor(SIGN), public, &[7; 32], &signature);
    assert_eq!(code(verify()), RvError::SignatureInvalid);
    verify().unwrap();
}

#[test]
fn what_asks_for_no_fault_is_no_module() {
    for (name, value) in [
        ("SOFTDEVICE_FAULTS", "sign=worng"),
        ("SOFTDEVICE_VENDOR", "nobody"),
    ] {
        run("faults::child_does_not_initialize", &[(name, value)]);
    }
}

#[test]
#[ignore = "run by what_asks_for_no_fault_is_no_module"]
fn child_does_not_initialize() {
    let error = sys::initialize().unwrap_err();
    assert_eq!(code(Err::<(), _>(error)), RvError::GeneralError);
}
