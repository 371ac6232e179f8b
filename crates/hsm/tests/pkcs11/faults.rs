//! What devices do to the programs that use them: the software device does it on request.

use crate::{
    PIN, in_own_process, label, pin,
    softdevice::{device, library, open},
    softhsm::{SPKI, certificate},
    verify,
};
use ::softdevice::{Device, Role};
use getrandom::SysRng;
use gm_crypto::sm2::{EnvelopedKey, PublicKey, SecretKey};
use hsm::{
    Checked, Error, KeyAlgorithm, KeyHandle, KeyUse, PoolOptions, Token,
    pkcs11::{Pkcs11Module, Pkcs11Options, Pkcs11Token, TokenChoice},
};
use spki::SubjectPublicKeyInfoRef;
use std::{
    env,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

fn with_faults(test: &str, faults: &str, body: impl FnOnce()) {
    let prepare = |folder: &Path| {
        let mut environment = device(folder);
        environment.push(("SOFTDEVICE_FAULTS", faults.into()));
        environment
    };
    in_own_process(&format!("faults::{test}"), prepare, body);
}

fn sessions(sessions: usize) -> Pkcs11Options {
    let pool = PoolOptions::default()
        .with_sessions(sessions)
        .with_time_limit(Duration::from_millis(500));
    Pkcs11Options::default().with_pool(pool)
}

#[test]
fn a_wrong_signature_does_not_leave() {
    with_faults("a_wrong_signature_does_not_leave", "sign=wrong@2", || {
        let token = open(sessions(1)).unwrap();
        let key = Checked::new(token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap());
        key.sign(b"m").unwrap();
        let wrong = key.sign(b"m").unwrap_err();
        assert!(
            matches!(
                wrong,
                Error::BadSignature | Error::Garbage { call: "C_Sign", .. }
            ),
            "{wrong:?}"
        );
        key.sign(b"m").unwrap();
    });
}

#[test]
fn garbage_is_no_signature_and_costs_the_session() {
    let test = "garbage_is_no_signature_and_costs_the_session";
    with_faults(test, "sign=garbage@2", || {
        let token = open(sessions(1)).unwrap();
        let key = token.generate(&label("ca"), KeyAlgorithm::P256).unwrap();
        key.sign(b"m").unwrap();
        let garbage = key.sign(b"m").unwrap_err();
        assert!(
            matches!(garbage, Error::Garbage { call: "C_Sign", .. }),
            "{garbage:?}"
        );
        assert!(garbage.ends_session());
        let signature = key.sign(b"m").unwrap();
        assert!(verify(&*key, b"m", signature.raw_bytes()));
    });
}

#[test]
fn a_token_that_was_pulled_in_a_signature_is_found_again() {
    let test = "a_token_that_was_pulled_in_a_signature_is_found_again";
    with_faults(test, "sign=removed@3,decrypt=removed@1", || {
        let token = open(sessions(2)).unwrap();
        let key = token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
        let mut gone = 0;
        for round in 0..6 {
            match key.sign(&[round]) {
                Ok(signature) => assert!(verify(&*key, &[round], signature.raw_bytes())),
                Err(Error::DeviceGone { call, name, .. }) => {
                    assert!(call.starts_with("C_Sign") || call == "C_Login", "{call}");
                    assert!(name.starts_with("CKR_"), "{name}");
                    gone += 1;
                }
                Err(error) => panic!("{error:?}"),
            }
        }
        assert!(
            (1..=2).contains(&gone),
            "{gone} of six: as many as there were sessions"
        );
    });
}

#[test]
fn a_general_failure_names_the_function_and_the_next_call_works() {
    let test = "a_general_failure_names_the_function_and_the_next_call_works";
    with_faults(test, "sign=fail@1", || {
        let token = open(sessions(1)).unwrap();
        let key = token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
        let text = key.sign(b"m").unwrap_err().to_string();
        assert!(text.contains("C_Sign") && text.contains("(CKR_"), "{text}");
        key.sign(b"m").unwrap();
    });
}

#[test]
fn a_call_that_hangs_is_given_up_and_the_others_go_on() {
    let test = "a_call_that_hangs_is_given_up_and_the_others_go_on";
    with_faults(test, "sign=hang:5000@2", || {
        let token = open(sessions(2)).unwrap();
        let key = token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
        key.sign(b"m").unwrap();
        let begin = Instant::now();
        let hung = key.sign(b"m").unwrap_err();
        assert!(
            matches!(hung, Error::TimedOut { call: "C_Sign", .. }),
            "{hung:?}"
        );
        for _ in 0..10 {
            key.sign(b"m").unwrap();
        }
        assert!(
            begin.elapsed() < Duration::from_secs(3),
            "{:?}",
            begin.elapsed()
        );
    });
}

#[test]
fn a_library_that_hangs_before_there_is_a_session_is_given_up() {
    let test = "a_library_that_hangs_before_there_is_a_session_is_given_up";
    with_faults(test, "info=hang:3000", || {
        let begin = Instant::now();
        let hung = open(sessions(1)).unwrap_err();
        assert!(matches!(hung, Error::TimedOut { .. }), "{hung:?}");
        assert!(
            begin.elapsed() < Duration::from_secs(2),
            "{:?}",
            begin.elapsed()
        );
    });
}

#[test]
fn a_device_with_few_sessions_serves_many_threads() {
    let test = "a_device_with_few_sessions_serves_many_threads";
    with_faults(test, "open_session=limit:2", || {
        let token = open(sessions(8)).unwrap();
        let key = token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
        let signed = AtomicUsize::new(0);
        thread::scope(|scope| {
            for number in 0..16_u8 {
                let (key, signed) = (&*key, &signed);
                scope.spawn(move || {
                    for round in 0..10 {
                        let signature = key.sign(&[number, round]).unwrap();
                        assert!(verify(key, &[number, round], signature.raw_bytes()));
                        signed.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(signed.into_inner(), 160);
    });
}

#[test]
fn a_device_that_gives_no_session_at_all_says_so() {
    let test = "a_device_that_gives_no_session_at_all_says_so";
    with_faults(test, "open_session=limit:0", || {
        let error = open(sessions(2)).unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(
                error,
                Error::SessionLimit {
                    call: "C_OpenSession",
                    ..
                }
            ),
            "{text}"
        );
        assert!(text.contains("CKR_SESSION_COUNT"), "{text}");
    });
}

#[test]
fn a_device_that_dies_at_the_login_does_not_make_the_pin_wrong() {
    let test = "a_device_that_dies_at_the_login_does_not_make_the_pin_wrong";
    with_faults(test, "login=removed@1", || {
        let module = Pkcs11Module::load(library()).unwrap();
        let (choice, pin) = (TokenChoice::labelled("ca"), pin(PIN));
        let open = || Pkcs11Token::open(&module, &choice, Some(pin.clone()), sessions(1));
        assert!(matches!(
            open(),
            Err(Error::DeviceGone {
                call: "C_Login",
                ..
            })
        ));
        open().unwrap();
    });
}

#[test]
fn a_locked_pin_is_not_presented() {
    // Were it presented, the device would be gone and not locked.
    let test = "a_locked_pin_is_not_presented";
    with_faults(test, "login=removed", || {
        let device = Device::open(&Device::default_path().unwrap()).unwrap();
        let application = device.application("ca").unwrap();
        let wrong = ::softdevice::Pin::new("000000").unwrap();
        for _ in 0..3 {
            application.login(Role::User, &wrong).unwrap_err();
        }
        let locked = open(sessions(1)).unwrap_err();
        assert!(matches!(locked, Error::PinLocked), "{locked:?}");
    });
}

#[test]
fn half_a_key_is_not_left_behind() {
    // The look after the making fails: what was made goes again, and the label is free.
    let test = "half_a_key_is_not_left_behind";
    with_faults(test, "find=fail@2", || {
        let token = open(sessions(1)).unwrap();
        let failed = token.generate(&label("ca"), KeyAlgorithm::Sm2);
        assert!(failed.is_err());
        assert_eq!(token.labels().unwrap(), []);
        token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
    });
}

#[test]
fn an_encryption_key_that_does_not_decrypt_is_not_kept() {
    let test = "an_encryption_key_that_does_not_decrypt_is_not_kept";
    with_faults(test, "decrypt=wrong@1", || {
        let token = open(sessions(1)).unwrap();
        let ca = label("ca");
        let made = token.generate(&ca, KeyAlgorithm::Sm2).unwrap();
        let spki: SubjectPublicKeyInfoRef<'_> = made.public_key().decode_msg().unwrap();
        let owner = PublicKey::try_from(spki).unwrap();
        let secret = SecretKey::generate(&mut SysRng).unwrap();
        let envelope = EnvelopedKey::seal(&mut SysRng, &owner, &secret).unwrap();
        let unwrap = token.as_unwrap().unwrap();
        let wrong = unwrap.unwrap_key(&ca, &envelope).unwrap_err();
        assert!(
            matches!(
                wrong,
                Error::ReadBack {
                    call: "C_UnwrapKey"
                }
            ),
            "{wrong:?}"
        );
        let decryption = token.as_decryption().unwrap();
        assert!(matches!(
            decryption.decryption_key(&ca),
            Err(Error::NoSuchKey { .. })
        ));
        unwrap.unwrap_key(&ca, &envelope).unwrap();
        decryption.decryption_key(&ca).unwrap();
    });
}

#[test]
fn a_certificate_that_comes_back_changed_is_told() {
    let test = "a_certificate_that_comes_back_changed_is_told";
    with_faults(test, "read=wrong@0.2", || {
        let token = open(sessions(1)).unwrap();
        let ca = label("ca");
        eventually(|| token.generate(&ca, KeyAlgorithm::Sm2).ok());
        let certificates = token.as_certificates().unwrap();
        let write = |serial| {
            let certificate = certificate(serial, &SPKI);
            certificates.write_certificate(&ca, KeyUse::Signing, &certificate)
        };
        eventually(|| write(1).ok());
        eventually(|| match write(2) {
            Err(Error::ReadBack {
                call: "C_CreateObject",
            }) => Some(()),
            _ => None,
        });
    });
}

/// What comes of an act that may fail now and then.
fn eventually<T>(act: impl FnMut() -> Option<T>) -> T {
    let tries = std::iter::repeat_with(act).take(200);
    tries.flatten().next().expect("once in 200 times")
}

/// Runs for two seconds, or as many as `HSM_STRESS_SECONDS` says.
#[test]
fn of_a_device_with_faults_at_random_nothing_wrong_gets_out() {
    const FAULTS: &str = "seed=7,sign=wrong@0.03,sign=garbage@0.03,sign=fail@0.02,\
                          sign=removed@0.01,sign=hang:700@0.002,find=fail@0.01,\
                          login=removed@0.05,open_session=limit:5@0.2,info=fail@0.01,\
                          decrypt=wrong@0.05,decrypt=garbage@0.02";
    let test = "of_a_device_with_faults_at_random_nothing_wrong_gets_out";
    with_faults(test, FAULTS, || {
        let seconds = env::var("HSM_STRESS_SECONDS").map_or(2, |text| text.parse().unwrap());
        let until = Instant::now() + Duration::from_secs(seconds);
        let token = eventually(|| open(sessions(6)).ok());
        let (ca, enc) = (label("ca"), label("enc"));
        let decryption = token.as_decryption().unwrap();
        let there = |made: Result<(), Error>| match made {
            Ok(()) | Err(Error::KeyExists { .. }) => Some(()),
            Err(_) => None,
        };
        eventually(|| there(token.generate(&ca, KeyAlgorithm::Sm2).map(drop)));
        eventually(|| there(decryption.generate_decryption_key(&enc).map(drop)));
        let signing = eventually(|| token.key(&ca).ok());
        let opening = eventually(|| decryption.decryption_key(&enc).ok());
        let spki: SubjectPublicKeyInfoRef<'_> = opening.public_key().decode_msg().unwrap();
        let recipient = PublicKey::try_from(spki).unwrap();
        let [signed, refused, opened] = [(); 3].map(|()| AtomicUsize::new(0));
        thread::scope(|scope| {
            for number in 0..8_u32 {
                let (key, opening) = (Checked::new(&*signing), &*opening);
                let (signed, refused, opened) = (&signed, &refused, &opened);
                scope.spawn(move || {
                    let mut round = 0;
                    while Instant::now() < until {
                        round += 1;
                        let message = [number.to_be_bytes(), u32::to_be_bytes(round)].concat();
                        match key.sign(&message) {
                            Ok(signature) => {
                                assert!(verify(&key, &message, signature.raw_bytes()));
                                signed.fetch_add(1, Ordering::Relaxed);
                            }
                            Err(Error::Panicked { call }) => panic!("{call} panicked"),
                            Err(_) => {
                                refused.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                        let ciphertext = recipient.encrypt(&mut SysRng, &message).unwrap();
                        // What the token says that it opened may be wrong by a bit: only
                        // C3, which the token compared, says more.
                        if opening.decrypt(&ciphertext).is_ok() {
                            opened.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        let [signed, refused, opened] = [signed, refused, opened].map(AtomicUsize::into_inner);
        println!("{signed} signed, {refused} refused, {opened} opened");
        assert!(signed > refused && refused > 0 && opened > 0);
    });
}

#[cfg(unix)]
#[test]
fn a_forked_process_opens_the_token_anew() {
    with_faults("a_forked_process_opens_the_token_anew", "", || {
        let token = open(sessions(2)).unwrap();
        let key = token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
        key.sign(b"m").unwrap();
        let module = Pkcs11Module::load(library()).unwrap();
        let survived = crate::sys::survives_in_a_fork(|| {
            assert!(matches!(key.sign(b"m"), Err(Error::Forked)));
            assert!(matches!(token.key(&label("ca")), Err(Error::Forked)));
            assert!(matches!(module.tokens(), Err(Error::Forked)));
            let own = open(sessions(1)).unwrap().key(&label("ca")).unwrap();
            let signature = own.sign(b"m").unwrap();
            assert!(verify(&*own, b"m", signature.raw_bytes()));
        });
        assert!(survived);
        // What the child did has ended nothing here.
        key.sign(b"m").unwrap();
    });
}
