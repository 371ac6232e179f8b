//! GM/T 0016.

use crate::{child, openssl};
use getrandom::SysRng;
use gm_crypto::{
    delivery::EncryptionKeyDelivery,
    sm2::{EnvelopedKey, EnvelopedKeyForm, PublicKey, ScalarPadding, SecretKey},
    sm4::{
        CbcEncryptor,
        cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7},
    },
};
use hsm::{
    Checked, Error, KeyAlgorithm, KeyHandle, KeyLabel, KeyUse, Password, Pin, PoolOptions, Token,
    conformance::{Fixture, examine},
    skf::{
        SkfCipher, SkfDevice, SkfEvent, SkfLibrary, SkfNewApplication, SkfPinKind, SkfToken,
        SkfVariant,
    },
};
use softdevice::{Device, NewApplication, Options, Pin as SoftPin, Role};
use spki::SubjectPublicKeyInfoRef;
use std::{
    thread,
    time::{Duration, Instant},
};

const USER_PIN: &str = "user pin";
const ADMINISTRATOR_PIN: &str = "admin pin";
/// The key that makers deliver devices with.
const DEVICE_KEY: &[u8; 16] = b"1234567812345678";

/// A device with one application, whose PINs were chosen by their owners.
fn fill_store() {
    let options = Options::default().with_iterations(1_000);
    let device = Device::create(&child::store(), &options).unwrap();
    let administrator = SoftPin::new(ADMINISTRATOR_PIN).unwrap();
    let wanted = NewApplication::new("app", administrator)
        .with_user_pin(SoftPin::new(USER_PIN).unwrap())
        .with_tries(5, 3);
    device.create_application(&wanted).unwrap();
}

/// The tries that are left of the user's PIN.
fn remaining_tries() -> u32 {
    let device = Device::open(&child::store()).unwrap();
    let application = device.application("app").unwrap();
    application.pin_state(Role::User).unwrap().remaining
}

fn library() -> SkfLibrary {
    let variant = SkfVariant::shipped("softdevice").unwrap();
    SkfLibrary::load(child::library("softdevice_skf"), variant).unwrap()
}

fn device(options: PoolOptions) -> SkfDevice {
    SkfDevice::open(&library(), None, options).unwrap()
}

fn token(device: &SkfDevice) -> SkfToken {
    SkfToken::open(device, None, Some(pin(USER_PIN))).unwrap()
}

fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

fn pin(text: &str) -> Pin {
    Pin::new(password(text))
}

fn label(text: &str) -> KeyLabel {
    text.parse().unwrap()
}

fn public_key(key: &dyn KeyHandle) -> PublicKey {
    let spki: SubjectPublicKeyInfoRef<'_> = key.public_key().decode_msg().unwrap();
    PublicKey::from_uncompressed(spki.subject_public_key.raw_bytes()).unwrap()
}

#[test]
fn a_subscribers_device_is_personalised_from_nothing_to_both_certificates() {
    let name = "skf::a_subscribers_device_is_personalised_from_nothing_to_both_certificates";
    child::run(name, &[], || {
        let options = Options::default().with_iterations(1_000);
        Device::create(&child::store(), &options).unwrap();
        let library = library();
        assert_eq!(library.devices().unwrap().len(), 1);
        let device = SkfDevice::open(&library, None, PoolOptions::default()).unwrap();
        device.set_label("batch 7, no. 12").unwrap();
        let info = device.info().unwrap();
        assert_eq!(info.label, "batch 7, no. 12");
        assert!(!info.serial.is_empty());

        let wanted =
            SkfNewApplication::new("app", password(ADMINISTRATOR_PIN), password("first pin"))
                .with_tries(5, 3);
        let error = device.create_application(&wanted).unwrap_err();
        assert!(
            matches!(error, Error::Device { .. }),
            "not authenticated: {error}"
        );
        device.authenticate(&[0; 16]).unwrap_err();
        device.authenticate(DEVICE_KEY).unwrap();
        device.create_application(&wanted).unwrap();
        assert_eq!(device.applications().unwrap(), ["app"]);

        // The person at the registration desk.
        let desk = SkfToken::open(&device, Some("app"), Some(pin("first pin"))).unwrap();
        let state = desk.pin_state(SkfPinKind::User).unwrap().unwrap();
        assert_eq!(
            (state.maximum, state.remaining, state.initial),
            (3, 3, true)
        );
        let error = desk.generate(&label("zhang-san"), KeyAlgorithm::Sm2);
        assert!(matches!(error, Err(Error::InitialPin)), "{error:?}");
        let desk = desk.allowing_initial_pin();
        let key = desk
            .generate(&label("zhang-san"), KeyAlgorithm::Sm2)
            .unwrap();
        let encryption = SecretKey::from_bytes(&[0x42; 32]).unwrap();
        let recipient = public_key(&key);
        let envelope = EnvelopedKey::seal(&mut SysRng, &recipient, &encryption).unwrap();
        desk.as_unwrap()
            .unwrap()
            .unwrap_key(&label("zhang-san"), &envelope)
            .unwrap();
        let files = desk.as_certificates().unwrap();
        let certificate = |octet| {
            let mut octets = [octet; 900];
            octets[..4].copy_from_slice(&[0x30, 0x82, 0x03, 0x80]);
            octets
        };
        let certificates = [
            (KeyUse::Signing, certificate(1)),
            (KeyUse::Encryption, certificate(2)),
        ];
        for (key_use, octets) in certificates {
            let written = files.write_certificate(&label("zhang-san"), key_use, &octets);
            written.unwrap();
        }
        for (key_use, octets) in certificates {
            let read = files.certificate(&label("zhang-san"), key_use).unwrap();
            assert_eq!(read.as_deref(), Some(&octets[..]));
        }

        // Its owner.
        let owner = SkfToken::open(&device, None, Some(pin("first pin"))).unwrap();
        let key = owner.key(&label("zhang-san")).unwrap();
        let error = key.sign(b"m").unwrap_err();
        assert!(matches!(error, Error::InitialPin), "{error}");
        owner
            .change_pin(SkfPinKind::User, &pin("first pin"), &password(USER_PIN))
            .unwrap();
        Checked::new(key).sign(b"m").unwrap();
        let state = owner.pin_state(SkfPinKind::User).unwrap().unwrap();
        assert!(!state.initial);

        device.authenticate(DEVICE_KEY).unwrap();
        device.change_authentication_key(&[3; 16]).unwrap();
        device.authenticate(&[3; 16]).unwrap();
        device.delete_application("app").unwrap();
        assert!(device.applications().unwrap().is_empty());
        let error = SkfToken::open(&device, None, None).unwrap_err();
        assert!(matches!(error, Error::NoSuchToken { .. }), "{error}");
    });
}

#[test]
fn keys_are_made_found_and_sign() {
    let name = "skf::keys_are_made_found_and_sign";
    child::run(name, &[], || {
        fill_store();
        let token = token(&device(PoolOptions::default()));
        assert!(token.labels().unwrap().is_empty());
        let made = token
            .generate(&label("ca.2026"), KeyAlgorithm::Sm2)
            .unwrap();
        let error = token
            .generate(&label("ca.2026"), KeyAlgorithm::Sm2)
            .unwrap_err();
        assert!(matches!(error, Error::KeyExists { .. }), "{error}");
        let found = token.key(&label("ca.2026")).unwrap();
        assert_eq!(made.public_key().as_bytes(), found.public_key().as_bytes());
        assert_eq!(token.labels().unwrap(), [label("ca.2026")]);
        let error = token.key(&label("ca")).unwrap_err();
        assert!(matches!(error, Error::NoSuchKey { .. }), "{error}");
        let error = token.generate(&label("rsa"), KeyAlgorithm::Rsa { bits: 2048 });
        assert!(matches!(error, Err(Error::Unsupported { .. })));
        let key = Checked::new(found);
        openssl::accepts(&key);
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| key.sign(b"m").unwrap());
            }
        });
        let random = token.as_random().unwrap();
        let mut octets = [0; 1000];
        random.fill_random(&mut octets).unwrap();
        let description = token.description().unwrap();
        assert!(description.interface.starts_with("SKF (GM/T 0016)"));
    });
}

#[test]
fn of_two_callers_with_one_label_one_gets_a_key() {
    let name = "skf::of_two_callers_with_one_label_one_gets_a_key";
    child::run(name, &[], || {
        fill_store();
        // Each with a connection of its own, as two processes have.
        let tokens = [(); 2].map(|()| token(&device(PoolOptions::default())));
        let made: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = tokens
                .iter()
                .map(|token| scope.spawn(|| token.generate(&label("one"), KeyAlgorithm::Sm2)))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
        let refused = made.into_iter().find_map(Result::err).unwrap();
        assert!(matches!(refused, Error::KeyExists { .. }), "{refused}");
    });
}

#[test]
fn a_container_that_a_crash_left_without_key_gets_one() {
    let name = "skf::a_container_that_a_crash_left_without_key_gets_one";
    child::run(name, &[], || {
        fill_store();
        let soft = Device::open(&child::store()).unwrap();
        let application = soft.application("app").unwrap();
        application.create_container("one").unwrap();
        application.create_container("{Two}").unwrap();
        let token = token(&device(PoolOptions::default()));
        assert!(token.labels().unwrap().is_empty());
        for name in ["one", "two"] {
            let key = token.generate(&label(name), KeyAlgorithm::Sm2).unwrap();
            Checked::new(key).sign(b"m").unwrap();
        }
        assert_eq!(token.labels().unwrap(), [label("one"), label("two")]);
        assert_eq!(application.containers().unwrap().len(), 2);
    });
}

#[test]
fn an_encryption_key_comes_in_wrapped_in_each_form_and_decrypts() {
    let name = "skf::an_encryption_key_comes_in_wrapped_in_each_form_and_decrypts";
    child::run(name, &[], || {
        fill_store();
        let token = token(&device(PoolOptions::default()));
        let unwrap = token.as_unwrap().unwrap();
        let encryption = SecretKey::from_bytes(&[0x42; 32]).unwrap();
        let forms = [
            ("none", ScalarPadding::None),
            ("zeros", ScalarPadding::LeadingZeros),
            ("pkcs7", ScalarPadding::Pkcs7),
        ];
        for (name, padding) in forms {
            let label = label(name);
            let signing = token.generate(&label, KeyAlgorithm::Sm2).unwrap();
            let form = EnvelopedKeyForm::default().with_padding(padding);
            let envelope =
                EnvelopedKey::seal_as(&mut SysRng, &public_key(&signing), &encryption, form);
            let envelope = envelope.unwrap();
            // As it comes from the centre, in DER.
            let delivery = EncryptionKeyDelivery::read(&envelope.to_der()).unwrap();
            unwrap
                .unwrap_key(&label, delivery.envelope().unwrap())
                .unwrap();
            let error = unwrap.unwrap_key(&label, &envelope).unwrap_err();
            assert!(matches!(error, Error::KeyExists { .. }), "{error}");

            let decryption = token.as_decryption().unwrap();
            let key = decryption.decryption_key(&label).unwrap();
            for message in [&b"m"[..], &[7; 500]] {
                let ciphertext = encryption.public_key().encrypt(&mut SysRng, message);
                let opened = key.decrypt(&ciphertext.unwrap()).unwrap();
                assert_eq!(*opened, message);
            }
            let other = public_key(&signing).encrypt(&mut SysRng, b"m").unwrap();
            let error = key.decrypt(&other).unwrap_err();
            assert!(matches!(error, Error::Crypto { .. }), "{error}");
        }
        let signing = token.generate(&label("other"), KeyAlgorithm::Sm2).unwrap();
        let stranger = SecretKey::from_bytes(&[0x43; 32]).unwrap();
        let envelope =
            EnvelopedKey::seal(&mut SysRng, &stranger.public_key(), &encryption).unwrap();
        let error = unwrap.unwrap_key(&label("other"), &envelope).unwrap_err();
        assert!(matches!(error, Error::Crypto { .. }), "{error}");
        let envelope = EnvelopedKey::seal(&mut SysRng, &public_key(&signing), &encryption).unwrap();
        let error = unwrap.unwrap_key(&label("nobody"), &envelope).unwrap_err();
        assert!(matches!(error, Error::NoSuchKey { .. }), "{error}");
        let decryption = token.as_decryption().unwrap();
        let error = decryption.generate_decryption_key(&label("x")).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    });
}

#[test]
fn content_is_decrypted_with_a_key_that_stays_inside() {
    let name = "skf::content_is_decrypted_with_a_key_that_stays_inside";
    child::run(name, &[], || {
        fill_store();
        let token = token(&device(PoolOptions::default()));
        let signing = token.generate(&label("one"), KeyAlgorithm::Sm2).unwrap();
        let encryption = SecretKey::from_bytes(&[0x42; 32]).unwrap();
        let envelope = EnvelopedKey::seal(&mut SysRng, &public_key(&signing), &encryption);
        token
            .as_unwrap()
            .unwrap()
            .unwrap_key(&label("one"), &envelope.unwrap())
            .unwrap();
        let (key, iv) = ([0x11; 16], [0x22; 16]);
        let content = CbcEncryptor::new(&key.into(), &iv.into())
            .encrypt_padded_vec::<Pkcs7>(b"a message of more than one block");
        let wrapped = encryption.public_key().encrypt(&mut SysRng, &key).unwrap();
        let cipher = SkfCipher::Sm4Cbc { iv };
        let opened = token
            .decrypt_content(&label("one"), &wrapped, cipher, &content)
            .unwrap();
        assert_eq!(&opened[..32], b"a message of more than one block");
        assert_eq!(opened[32..], [16; 16], "the padding comes with it");
        for wrong in [&[][..], &[0; 15]] {
            let error = token.decrypt_content(&label("one"), &wrapped, cipher, wrong);
            assert!(matches!(error, Err(Error::Crypto { .. })));
        }
        let error = token.decrypt_content(&label("two"), &wrapped, cipher, &content);
        assert!(matches!(error, Err(Error::NoSuchKey { .. })));
    });
}

#[test]
fn a_wrong_pin_costs_one_try_and_a_locked_one_is_unblocked() {
    let name = "skf::a_wrong_pin_costs_one_try_and_a_locked_one_is_unblocked";
    child::run(name, &[], || {
        fill_store();
        let device = device(PoolOptions::default());
        token(&device)
            .generate(&label("one"), KeyAlgorithm::Sm2)
            .unwrap();
        let stranger = SkfToken::open(&device, None, Some(pin("wrong"))).unwrap();
        let key = stranger.key(&label("one")).unwrap();
        let error = key.sign(b"m").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the PIN is wrong, 2 tries are left: it is not tried again"
        );
        for _ in 0..4 {
            assert!(matches!(key.sign(b"m"), Err(Error::PinRefused)));
        }
        assert_eq!(remaining_tries(), 2);
        for remaining in [1, 0] {
            let stranger = SkfToken::open(&device, None, Some(pin("wrong"))).unwrap();
            let error = stranger.verify_pin().unwrap_err();
            assert!(
                matches!(error, Error::WrongPin { remaining: Some(left) } if left == remaining)
                    || matches!(error, Error::PinLocked),
                "{error}"
            );
        }
        assert_eq!(remaining_tries(), 0);
        let right = token(&device);
        let error = right.verify_pin().unwrap_err();
        assert!(matches!(error, Error::PinLocked), "{error}");

        let error = right.unblock_pin(&pin("wrong"), &password("new pin"));
        assert!(
            matches!(error, Err(Error::WrongPin { remaining: Some(4) })),
            "{error:?}"
        );
        right
            .unblock_pin(&pin(ADMINISTRATOR_PIN), &password("new pin"))
            .unwrap();
        assert_eq!(remaining_tries(), 3);
        let key = right.key(&label("one")).unwrap();
        let error = key.sign(b"m").unwrap_err();
        assert!(
            matches!(error, Error::InitialPin),
            "somebody else set it: {error}"
        );
        let changed = right.change_pin(SkfPinKind::User, &pin("new pin"), &password(USER_PIN));
        changed.unwrap();
        key.sign(b"m").unwrap();

        let stranger = SkfToken::open(&device, None, None).unwrap();
        let error = stranger.key(&label("one")).unwrap().sign(b"m").unwrap_err();
        assert!(
            matches!(error, Error::PinMissing),
            "another's login is no use to whoever has no PIN: {error}"
        );
    });
}

#[test]
fn who_has_no_pin_reads_and_does_not_sign() {
    let name = "skf::who_has_no_pin_reads_and_does_not_sign";
    child::run(name, &[], || {
        fill_store();
        token(&device(PoolOptions::default()))
            .generate(&label("one"), KeyAlgorithm::Sm2)
            .unwrap();
        let token = SkfToken::open(&device(PoolOptions::default()), Some("app"), None).unwrap();
        assert_eq!(token.labels().unwrap(), [label("one")]);
        let key = token.key(&label("one")).unwrap();
        assert!(matches!(key.sign(b"m"), Err(Error::PinMissing)));
        let error = token
            .generate(&label("two"), KeyAlgorithm::Sm2)
            .unwrap_err();
        assert!(matches!(error, Error::PinMissing), "{error}");
    });
}

#[test]
fn a_signature_that_is_none_never_leaves_and_a_pulled_device_comes_back() {
    let name = "skf::a_signature_that_is_none_never_leaves_and_a_pulled_device_comes_back";
    let faults = "sign=wrong@1,sign=garbage@2,sign=removed@4,sign=fail@6";
    child::run(name, &[("SOFTDEVICE_FAULTS", faults)], || {
        fill_store();
        let token = token(&device(PoolOptions::default()));
        let key = token.generate(&label("one"), KeyAlgorithm::Sm2).unwrap();
        let key = Checked::new(key);
        let error = key.sign(b"m").unwrap_err();
        assert!(matches!(error, Error::BadSignature), "{error}");
        let error = key.sign(b"m").unwrap_err();
        assert!(
            matches!(error, Error::Garbage { .. } | Error::BadSignature),
            "{error}"
        );
        key.sign(b"m").unwrap();
        let error = key.sign(b"m").unwrap_err();
        assert!(matches!(error, Error::DeviceGone { .. }), "{error}");
        key.sign(b"m").unwrap();
        let error = key.sign(b"m").unwrap_err();
        assert!(
            matches!(
                error,
                Error::Device {
                    call: "SKF_ECCSignData",
                    name: "SAR_FAIL",
                    ..
                }
            ),
            "{error}"
        );
        key.sign(b"m").unwrap();
    });
}

#[test]
fn a_device_that_hangs_holds_nobody_up() {
    let name = "skf::a_device_that_hangs_holds_nobody_up";
    child::run(name, &[("SOFTDEVICE_FAULTS", "sign=hang:4000@2")], || {
        fill_store();
        let options = PoolOptions::default().with_time_limit(Duration::from_millis(800));
        let token = token(&device(options));
        let key = token.generate(&label("one"), KeyAlgorithm::Sm2).unwrap();
        key.sign(b"m").unwrap();
        let start = Instant::now();
        let error = key.sign(b"m").unwrap_err();
        assert!(matches!(error, Error::TimedOut { .. }), "{error}");
        key.sign(b"m").unwrap();
        assert!(start.elapsed() < Duration::from_millis(3000));
    });
}

#[test]
fn a_lock_keeps_others_out_until_it_is_dropped() {
    let name = "skf::a_lock_keeps_others_out_until_it_is_dropped";
    child::run(name, &[], || {
        fill_store();
        let [one, other] = [(); 2].map(|()| device(PoolOptions::default()));
        let lock = one.lock(Duration::from_secs(1)).unwrap();
        token(&one)
            .generate(&label("one"), KeyAlgorithm::Sm2)
            .expect("who holds the device goes on");
        let error = other.lock(Duration::from_millis(50)).unwrap_err();
        assert!(matches!(error, Error::Device { .. }), "{error}");
        drop(lock);
        let _held = other.lock(Duration::from_secs(1)).unwrap();
    });
}

#[test]
fn of_two_locks_the_last_one_lets_others_in() {
    let name = "skf::of_two_locks_the_last_one_lets_others_in";
    child::run(name, &[], || {
        fill_store();
        let [one, other] = [(); 2].map(|()| device(PoolOptions::default()));
        let wait = Duration::from_millis(50);
        let locks = [(); 2].map(|()| one.lock(Duration::from_secs(1)).unwrap());
        let [first, second] = locks;
        drop(first);
        other.lock(wait).expect_err("the second holds it");
        assert!(second.is_held().unwrap());
        drop(second);
        assert!(other.lock(wait).unwrap().is_held().unwrap());
    });
}

#[test]
fn a_lock_that_went_with_its_session_says_so() {
    let name = "skf::a_lock_that_went_with_its_session_says_so";
    child::run(name, &[("SOFTDEVICE_FAULTS", "sign=removed@1")], || {
        fill_store();
        let device = device(PoolOptions::default());
        let token = token(&device);
        let key = token.generate(&label("one"), KeyAlgorithm::Sm2).unwrap();
        let lost = device.lock(Duration::from_secs(1)).unwrap();
        assert!(lost.is_held().unwrap());
        let error = key.sign(b"m").unwrap_err();
        assert!(matches!(error, Error::DeviceGone { .. }), "{error}");
        assert!(!lost.is_held().unwrap());
        let lock = device.lock(Duration::from_secs(1)).unwrap();
        drop(lost);
        assert!(lock.is_held().unwrap(), "another's end is not its own");
        let stranger = SkfDevice::open(&library(), None, PoolOptions::default()).unwrap();
        let error = stranger.lock(Duration::from_millis(50)).unwrap_err();
        assert!(matches!(error, Error::Device { .. }), "{error}");
    });
}

#[test]
fn a_device_that_comes_is_told() {
    let name = "skf::a_device_that_comes_is_told";
    child::run(name, &[], || {
        let library = library();
        assert!(library.devices().unwrap().is_empty());
        let waiting = library.clone();
        let event = thread::spawn(move || waiting.wait_for_event());
        thread::sleep(Duration::from_millis(300));
        fill_store();
        let event = event.join().unwrap().unwrap();
        let SkfEvent::Inserted { device } = event else {
            panic!("{event:?}");
        };
        assert_eq!(library.devices().unwrap(), [device]);

        let waiting = library.clone();
        let cancelled = thread::spawn(move || waiting.wait_for_event());
        thread::sleep(Duration::from_millis(300));
        library.cancel_wait().unwrap();
        cancelled.join().unwrap().unwrap_err();
    });
}

#[test]
fn without_its_variant_the_device_decrypts_nothing() {
    let name = "skf::without_its_variant_the_device_decrypts_nothing";
    child::run(name, &[], || {
        fill_store();
        let path = child::library("softdevice_skf");
        let library = SkfLibrary::load(path, SkfVariant::default()).unwrap();
        let device = SkfDevice::open(&library, None, PoolOptions::default()).unwrap();
        assert!(token(&device).as_decryption().is_none());
    });
}

#[test]
fn a_container_whose_key_could_not_be_made_goes_again() {
    let name = "skf::a_container_whose_key_could_not_be_made_goes_again";
    child::run(name, &[("SOFTDEVICE_FAULTS", "generate=fail@1")], || {
        fill_store();
        let token = token(&device(PoolOptions::default()));
        let error = token
            .generate(&label("one"), KeyAlgorithm::Sm2)
            .unwrap_err();
        assert!(matches!(error, Error::Device { .. }), "{error}");
        let soft = Device::open(&child::store()).unwrap();
        let application = soft.application("app").unwrap();
        assert!(application.containers().unwrap().is_empty());
        token.generate(&label("one"), KeyAlgorithm::Sm2).unwrap();
    });
}

#[test]
fn whatever_goes_wrong_no_wrong_signature_leaves_and_the_connection_comes_back() {
    let name = "skf::whatever_goes_wrong_no_wrong_signature_leaves_and_the_connection_comes_back";
    let faults = "seed=7,sign=fail@0.05,sign=wrong@0.05,sign=garbage@0.05,sign=removed@0.03,\
                  sign=hang:60@0.02";
    child::run(name, &[("SOFTDEVICE_FAULTS", faults)], || {
        fill_store();
        let token = token(&device(PoolOptions::default()));
        let key = Checked::new(token.generate(&label("one"), KeyAlgorithm::Sm2).unwrap());
        let results: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..40).map(|_| key.sign(b"m")).collect::<Vec<_>>()))
                .collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        let good = results.iter().filter(|result| result.is_ok()).count();
        assert!(good > 80, "{good} of 160");
        for error in results.into_iter().filter_map(Result::err) {
            assert!(
                matches!(
                    error,
                    Error::Device { .. }
                        | Error::DeviceGone { .. }
                        | Error::Garbage { .. }
                        | Error::BadSignature
                ),
                "{error}"
            );
        }
        assert_eq!(remaining_tries(), 3);
    });
}

#[test]
fn a_device_keeps_every_promise_of_a_token() {
    let name = "skf::a_device_keeps_every_promise_of_a_token";
    child::run(name, &[], || {
        fill_store();
        let token = token(&device(PoolOptions::default()));
        let signing = token.generate(&label("pair"), KeyAlgorithm::Sm2).unwrap();
        let encryption = SecretKey::from_bytes(&[0x42; 32]).unwrap();
        let envelope = EnvelopedKey::seal(&mut SysRng, &public_key(&signing), &encryption);
        let unwrap = token.as_unwrap().unwrap();
        unwrap
            .unwrap_key(&label("pair"), &envelope.unwrap())
            .unwrap();
        let fixture = Fixture::with_prefix("conformance")
            .unwrap()
            .with_decryption_key(label("pair"));
        let report = examine(&token, fixture);
        println!("{report}");
        assert_eq!(report.failures().count(), 0, "{report}");
        let passed = report.to_string().matches("passed  ").count();
        assert!(passed >= 13, "{passed} passed\n{report}");
    });
}
