//! GM/T 0018.

use crate::{child, openssl};
use getrandom::SysRng;
use gm_crypto::sm2::SecretKey;
use hsm::{
    Checked, Error, KeyAlgorithm, KeyHandle, KeyLabel, KeyUse, Password, Pin, PoolOptions, Token,
    conformance::{Fixture, examine},
    sdf::{SdfDevice, SdfLibrary, SdfVariant},
};
use softdevice::{
    Device, KeyKind, KeyUse as SoftUse, NewApplication, Options, Pin as SoftPin, PrivateKey, Role,
};
use std::time::{Duration, Instant};

const USER_PIN: &str = "user pin";
/// A certificate, as far as a device looks at it.
const CERTIFICATE: [u8; 400] = {
    let mut octets = [0x55; 400];
    [octets[0], octets[1], octets[2], octets[3]] = [0x30, 0x82, 0x01, 0x8c];
    octets
};

/// A device with both keys under 1, a signing key alone under 2.
fn fill_store() -> SecretKey {
    let options = Options::default().with_iterations(1_000);
    let device = Device::create(&child::store(), &options).unwrap();
    let pin = || SoftPin::new(USER_PIN).unwrap();
    let wanted = NewApplication::new("ca", SoftPin::new("admin pin").unwrap()).with_user_pin(pin());
    let application = device.create_application(&wanted).unwrap();
    let user = application.login(Role::User, &pin()).unwrap();
    let encryption = SecretKey::from_bytes(&[0x31; 32]).unwrap();
    for name in ["one", "two"] {
        let container = application.create_container(name).unwrap();
        user.generate_pair(&container, SoftUse::Signing, KeyKind::Sm2)
            .unwrap();
        if name == "one" {
            let key = PrivateKey::from_sm2(encryption.clone());
            user.import_pair(&container, SoftUse::Encryption, &key)
                .unwrap();
        }
    }
    encryption
}

/// The tries that are left of the user's PIN.
fn remaining_tries() -> u32 {
    let device = Device::open(&child::store()).unwrap();
    let application = device.application("ca").unwrap();
    application.pin_state(Role::User).unwrap().remaining
}

fn library(variant: &str) -> SdfLibrary {
    let variant = SdfVariant::shipped(variant).unwrap();
    SdfLibrary::load(child::library("softdevice_sdf"), variant).unwrap()
}

fn pin(text: &str) -> Pin {
    Pin::new(Password::new(text).unwrap())
}

fn label(text: &str) -> KeyLabel {
    text.parse().unwrap()
}

fn open(variant: &str, options: PoolOptions) -> Result<SdfDevice, Error> {
    SdfDevice::open(&library(variant), Some(pin(USER_PIN)), options)
}

fn one_session() -> PoolOptions {
    PoolOptions::default().with_sessions(1)
}

#[test]
fn keys_sign_and_decrypt_in_each_variant_and_a_wrong_one_is_told() {
    let name = "sdf::keys_sign_and_decrypt_in_each_variant_and_a_wrong_one_is_told";
    for (variant, settings) in [
        ("standard", &[][..]),
        ("gmssl", &[("SOFTDEVICE_SDF_ABI", "gmssl")]),
        ("openhitls", &[("SOFTDEVICE_SDF_ABI", "openhitls")]),
        ("tongsuo", &[("SOFTDEVICE_SDF_ABI", "tongsuo")]),
        ("narrow", &[("SOFTDEVICE_SDF_ECC_BITS", "256")]),
    ] {
        child::run(name, settings, || {
            let encryption = fill_store();
            let device = open(variant, PoolOptions::default()).unwrap();
            let key = Checked::new(device.key(&label("1")).unwrap());
            openssl::accepts(&key);
            let decryption = device.as_decryption().unwrap();
            let key = decryption.decryption_key(&label("1")).unwrap();
            for length in [1, 16, 32, 136, 1000] {
                let message = vec![7; length];
                let ciphertext = encryption
                    .public_key()
                    .encrypt(&mut SysRng, &message)
                    .unwrap();
                assert_eq!(*key.decrypt(&ciphertext).unwrap(), message);
            }
            device.self_test(&label("1")).unwrap();
            device.self_test(&label("2")).unwrap();

            // Fields of another width than the device has.
            let other = if variant == "narrow" {
                "standard"
            } else {
                "narrow"
            };
            let device = open(other, PoolOptions::default()).unwrap();
            let error = device.key(&label("1")).unwrap_err();
            assert!(matches!(error, Error::Garbage { .. }), "{error}");
        });
    }
}

#[test]
fn a_device_keeps_every_promise_of_a_token() {
    let name = "sdf::a_device_keeps_every_promise_of_a_token";
    child::run(name, &[], || {
        fill_store();
        let device = open("standard", PoolOptions::default()).unwrap();
        let fixture = Fixture::with_prefix("absent")
            .unwrap()
            .with_signing_key(label("1"), KeyAlgorithm::Sm2)
            .with_decryption_key(label("1"));
        let report = examine(&device, fixture);
        println!("{report}");
        assert_eq!(report.failures().count(), 0, "{report}");
        let passed = report.to_string().matches("passed  ").count();
        assert!(passed >= 9, "{passed} passed\n{report}");
    });
}

#[test]
fn what_is_in_the_device_is_found_and_what_is_not_is_not() {
    let name = "sdf::what_is_in_the_device_is_found_and_what_is_not_is_not";
    child::run(name, &[], || {
        fill_store();
        let device = open("standard", PoolOptions::default()).unwrap();
        assert_eq!(device.labels().unwrap(), [label("1"), label("2")]);
        for missing in [
            "3",
            "33",
            "4000000000",
            "0",
            "01",
            "1a",
            "99999999999",
            "one",
        ] {
            let error = device.key(&label(missing)).unwrap_err();
            assert!(
                matches!(error, Error::NoSuchKey { .. }),
                "{missing}: {error}"
            );
        }
        let error = device.as_decryption().unwrap().decryption_key(&label("2"));
        assert!(matches!(error, Err(Error::NoSuchKey { .. })));
        let error = device.generate(&label("3"), KeyAlgorithm::Sm2).unwrap_err();
        assert!(error.to_string().contains("vendor's tool"), "{error}");

        let description = device.description().unwrap();
        assert!(description.interface.starts_with("SDF (GM/T 0018)"));
        assert!(!description.serial.is_empty());

        let random = device.as_random().unwrap();
        let mut octets = [[0; 3000]; 2];
        for octets in &mut octets {
            random.fill_random(octets).unwrap();
        }
        assert_ne!(octets[0], octets[1]);
        random.fill_random(&mut []).unwrap();
    });
}

#[test]
fn certificates_are_files_beside_the_keys() {
    let name = "sdf::certificates_are_files_beside_the_keys";
    child::run(name, &[], || {
        fill_store();
        let device = open("standard", PoolOptions::default()).unwrap();
        let token = device.as_certificates().unwrap();
        assert_eq!(
            token.certificate(&label("1"), KeyUse::Signing).unwrap(),
            None
        );
        token
            .write_certificate(&label("1"), KeyUse::Signing, &CERTIFICATE)
            .unwrap();
        let read = token.certificate(&label("1"), KeyUse::Signing).unwrap();
        assert_eq!(read.as_deref(), Some(&CERTIFICATE[..]));
        assert_eq!(
            token.certificate(&label("1"), KeyUse::Encryption).unwrap(),
            None
        );
        let mut shorter = CERTIFICATE[..200].to_vec();
        shorter[1..4].copy_from_slice(&[0x81, 197, 0]);
        token
            .write_certificate(&label("1"), KeyUse::Signing, &shorter)
            .unwrap();
        let read = token.certificate(&label("1"), KeyUse::Signing).unwrap();
        assert_eq!(read, Some(shorter), "the one before is gone");

        for (key, key_use) in [("2", KeyUse::Encryption), ("3", KeyUse::Signing)] {
            let error = token.write_certificate(&label(key), key_use, &CERTIFICATE);
            assert!(matches!(error, Err(Error::NoSuchKey { .. })));
        }
        let cut = &CERTIFICATE[..399];
        let error = token.write_certificate(&label("1"), KeyUse::Signing, cut);
        assert!(matches!(error, Err(Error::Crypto { .. })));
    });
}

#[test]
fn a_wrong_pin_costs_one_try_and_no_pin_none() {
    let name = "sdf::a_wrong_pin_costs_one_try_and_no_pin_none";
    child::run(name, &[], || {
        fill_store();
        let all = remaining_tries();
        let library = library("standard");
        let options = PoolOptions::default();
        let device = SdfDevice::open(&library, None, options).unwrap();
        let error = device.key(&label("1")).unwrap().sign(b"m").unwrap_err();
        assert!(matches!(error, Error::PinMissing), "{error}");

        let device = SdfDevice::open(&library, Some(pin("wrong pin")), options).unwrap();
        let key = device.key(&label("1")).unwrap();
        let error = key.sign(b"m").unwrap_err();
        assert!(
            matches!(error, Error::WrongPin { remaining: None }),
            "{error}"
        );
        for _ in 0..5 {
            let error = key.sign(b"m").unwrap_err();
            assert!(matches!(error, Error::PinRefused), "{error}");
        }
        assert_eq!(remaining_tries(), all - 1);

        open("standard", options)
            .unwrap()
            .key(&label("1"))
            .unwrap()
            .sign(b"m")
            .unwrap();
        assert_eq!(remaining_tries(), all);
    });
}

#[test]
fn envelopes_are_for_whom_they_are_made() {
    let name = "sdf::envelopes_are_for_whom_they_are_made";
    child::run(name, &[], || {
        let encryption = fill_store();
        let device = open("standard", PoolOptions::default()).unwrap();
        let data = [9; 64];
        let sealed = device.seal_to(&label("1"), &data).unwrap();
        assert_ne!(sealed.data(), data);
        assert_eq!(*device.unseal(&label("1"), &sealed).unwrap(), data);

        let recipient = SecretKey::from_bytes(&[0x77; 32]).unwrap();
        let sent = device.seal(&recipient.public_key(), &data).unwrap();
        assert_eq!(recipient.decrypt(sent.wrapped_key()).unwrap().len(), 16);
        let error = device.unseal(&label("1"), &sent).unwrap_err();
        assert!(matches!(error, Error::Crypto { .. }), "{error}");

        let passed_on = device
            .exchange_envelope(&label("1"), &recipient.public_key(), sealed.wrapped_key())
            .unwrap();
        assert_eq!(
            *recipient.decrypt(&passed_on).unwrap(),
            *encryption.decrypt(sealed.wrapped_key()).unwrap()
        );
        for wrong in [&[][..], &[1; 15], &[1; 65_552]] {
            let error = device.seal_to(&label("1"), wrong).unwrap_err();
            assert!(matches!(error, Error::Crypto { .. }));
        }
        let error = device.seal_to(&label("2"), &data).unwrap_err();
        assert!(matches!(error, Error::NoSuchKey { .. }), "{error}");
        let error = device.unseal(&label("2"), &sealed).unwrap_err();
        assert!(matches!(error, Error::NoSuchKey { .. }), "{error}");
    });
}

#[test]
fn a_ciphertext_for_another_key_does_not_open() {
    let name = "sdf::a_ciphertext_for_another_key_does_not_open";
    child::run(name, &[], || {
        fill_store();
        let device = open("standard", PoolOptions::default()).unwrap();
        let stranger = SecretKey::from_bytes(&[0x55; 32]).unwrap().public_key();
        let ciphertext = stranger.encrypt(&mut SysRng, b"message").unwrap();
        let key = device.as_decryption().unwrap().decryption_key(&label("1"));
        let error = key.unwrap().decrypt(&ciphertext).unwrap_err();
        assert!(matches!(error, Error::Crypto { .. }), "{error}");
    });
}

#[test]
fn a_signature_that_is_none_never_leaves() {
    let name = "sdf::a_signature_that_is_none_never_leaves";
    let faults = "sign=wrong@2,sign=garbage@3";
    child::run(name, &[("SOFTDEVICE_FAULTS", faults)], || {
        fill_store();
        let device = open("standard", one_session()).unwrap();
        let key = Checked::new(device.key(&label("1")).unwrap());
        // The first is refused for want of the right.
        let error = key.sign(b"m").unwrap_err();
        assert!(matches!(error, Error::BadSignature), "{error}");
        let error = key.sign(b"m").unwrap_err();
        assert!(
            matches!(error, Error::Garbage { .. } | Error::BadSignature),
            "{error}"
        );
        key.sign(b"m").unwrap();
    });
}

#[test]
fn a_device_that_is_pulled_and_put_back_goes_on() {
    let name = "sdf::a_device_that_is_pulled_and_put_back_goes_on";
    child::run(name, &[("SOFTDEVICE_FAULTS", "sign=removed@12")], || {
        fill_store();
        let device = open("standard", PoolOptions::default().with_sessions(3)).unwrap();
        let key = device.key(&label("1")).unwrap();
        let results: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|_| scope.spawn(|| [key.sign(b"m"), key.sign(b"m"), key.sign(b"m")]))
                .collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        let lost = results.iter().filter(|result| result.is_err());
        for error in lost.clone() {
            assert!(matches!(error, Err(Error::DeviceGone { .. })), "{error:?}");
        }
        assert!((1..=3).contains(&lost.count()), "one for each session");
        for _ in 0..8 {
            key.sign(b"m").unwrap();
        }
    });
}

#[test]
fn whatever_goes_wrong_no_wrong_signature_leaves_and_the_pool_recovers() {
    let name = "sdf::whatever_goes_wrong_no_wrong_signature_leaves_and_the_pool_recovers";
    // No fault falls on the password: whatever a device says to it, it is not presented again.
    let faults = "seed=7,sign=fail@0.03,open_session=fail@0.03,sign=wrong@0.05,sign=garbage@0.05,\
                  sign=removed@0.02,sign=hang:60@0.02,open_session=limit:3";
    child::run(name, &[("SOFTDEVICE_FAULTS", faults)], || {
        fill_store();
        let options = PoolOptions::default().with_time_limit(Duration::from_millis(2000));
        let device = || open("standard", options);
        let key = |device: &SdfDevice| device.key(&label("1"));
        let Some(key) = (0..50).find_map(|_| key(&device().ok()?).ok()) else {
            panic!("50 tries");
        };
        let key = Checked::new(key);
        let results: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| (0..40).map(|_| key.sign(b"m")).collect::<Vec<_>>()))
                .collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        let good = results.iter().filter(|result| result.is_ok()).count();
        assert!(good > 160, "{good} of 320");
        for error in results.into_iter().filter_map(Result::err) {
            assert!(
                matches!(
                    error,
                    Error::Device { .. }
                        | Error::DeviceGone { .. }
                        | Error::Garbage { .. }
                        | Error::BadSignature
                        | Error::SessionLimit { .. }
                ),
                "{error}"
            );
        }
    });
}

#[test]
fn a_device_that_hangs_holds_nobody_up() {
    let name = "sdf::a_device_that_hangs_holds_nobody_up";
    child::run(name, &[("SOFTDEVICE_FAULTS", "sign=hang:3000@3")], || {
        fill_store();
        let options = one_session().with_time_limit(Duration::from_millis(300));
        let device = open("standard", options).unwrap();
        let key = device.key(&label("1")).unwrap();
        key.sign(b"m").unwrap();
        let start = Instant::now();
        let error = key.sign(b"m").unwrap_err();
        assert!(
            matches!(
                error,
                Error::TimedOut {
                    call: "SDF_InternalSign_ECC",
                    ..
                }
            ),
            "{error}"
        );
        key.sign(b"m").unwrap();
        assert!(start.elapsed() < Duration::from_millis(2000));
    });
}

#[test]
fn fewer_sessions_than_wanted_are_enough() {
    let name = "sdf::fewer_sessions_than_wanted_are_enough";
    let faults = [("SOFTDEVICE_FAULTS", "open_session=limit:2")];
    child::run(name, &faults, || {
        fill_store();
        let device = open("standard", PoolOptions::default().with_sessions(6)).unwrap();
        let key = device.key(&label("1")).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| key.sign(b"m").unwrap());
            }
        });
    });
    let name = "sdf::fewer_sessions_than_wanted_are_enough";
    let faults = [("SOFTDEVICE_FAULTS", "open_session=limit:0")];
    child::run(name, &faults, || {
        fill_store();
        let error = open("standard", one_session()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "SDF_OpenSession returned 0x01000006 (SDR_OPENSESSION): the device has no session left"
        );
    });
}

#[test]
fn a_library_that_is_none_is_told() {
    let variant = SdfVariant::default();
    let error = SdfLibrary::load("/nowhere/libsdf.so", variant.clone()).unwrap_err();
    assert!(matches!(error, Error::Library { .. }), "{error}");
    // Of the software device there is one on each interface.
    let other = std::env::current_exe().unwrap();
    let error = SdfLibrary::load(other, variant).unwrap_err();
    assert!(matches!(
        error,
        Error::Library { .. } | Error::NotTheInterface { .. }
    ));
}
