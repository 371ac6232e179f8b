//! The software device, under the numbers of each vendor.

use crate::{PIN, algorithms, beside, in_own_process, label, pin, verify};
use cryptoki::object::{Attribute, ObjectClass};
use getrandom::SysRng;
use gm_crypto::sm2::{EnvelopedKey, PublicKey, SecretKey};
use hsm::{
    Checked, DecryptionKey, Error, KeyAlgorithm, KeyHandle, KeyUse, Token,
    pkcs11::{
        PinWarning, Pkcs11Module, Pkcs11Options, Pkcs11Token, SignatureForm, Takes, TokenChoice,
        VendorProfile,
    },
};
use softdevice::{Device, NewApplication, Options, Pin, Role};
use spki::SubjectPublicKeyInfoRef;
use std::{
    env::{
        self,
        consts::{DLL_PREFIX, DLL_SUFFIX},
    },
    ffi::OsString,
    path::{Path, PathBuf},
};
use toml::{Table, Value};

/// The library, which cargo builds because this crate's tests depend on it.
pub(crate) fn library() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.with_file_name(format!("{DLL_PREFIX}softdevice_pkcs11{DLL_SUFFIX}"))
}

/// A device with a token `ca`, made where the environment will say.
pub(crate) fn device(folder: &Path) -> Vec<(&'static str, OsString)> {
    let path = folder.join("device.db");
    let options = Options::default().with_iterations(Options::MIN_ITERATIONS);
    let device = Device::create(&path, &options).unwrap();
    let user = Pin::new(PIN).unwrap();
    let application = NewApplication::new("ca", Pin::new("31415926").unwrap())
        .with_user_pin(user)
        .with_tries(3, 3);
    device.create_application(&application).unwrap();
    vec![("SOFTDEVICE_STORE", path.into_os_string())]
}

fn with_device(test: &str, vendor: &str, body: impl FnOnce()) {
    with_device_of(&format!("softdevice::{test}"), vendor, body);
}

/// The same, for a test by its whole name.
pub(crate) fn with_device_of(test: &str, vendor: &str, body: impl FnOnce()) {
    let prepare = |folder: &Path| {
        let mut environment = device(folder);
        environment.push(("SOFTDEVICE_VENDOR", vendor.into()));
        environment
    };
    in_own_process(test, prepare, body);
}

pub(crate) fn open(options: Pkcs11Options) -> Result<Pkcs11Token, Error> {
    let module = Pkcs11Module::load(library())?;
    Pkcs11Token::open(
        &module,
        &TokenChoice::labelled("ca"),
        Some(pin(PIN)),
        options,
    )
}

fn open_as(profile: VendorProfile) -> Pkcs11Token {
    open(Pkcs11Options::default().with_profile(profile)).unwrap()
}

fn named(vendor: &str) -> VendorProfile {
    VendorProfile::named(vendor).unwrap()
}

/// The text of a built-in file.
fn text(vendor: &str) -> Table {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pkcs11/vendors");
    let text = std::fs::read_to_string(folder.join(format!("{vendor}.toml"))).unwrap();
    text.parse().unwrap()
}

fn profile(text: &Table) -> VendorProfile {
    VendorProfile::from_toml("a test", &text.to_string()).unwrap()
}

fn public_key(key: &dyn DecryptionKey) -> PublicKey {
    let spki: SubjectPublicKeyInfoRef<'_> = key.public_key().decode_msg().unwrap();
    PublicKey::try_from(spki).unwrap()
}

/// Everything that a CA and its subscribers ask of a token.
fn works(vendor: &str) {
    let token = open_as(named(vendor));
    let test = token.self_test().unwrap();
    assert!(test.agrees(), "{test}");
    assert!(test.signing.iter().all(|finding| finding.offered), "{test}");

    let ca = label("ca");
    let made = token.generate(&ca, KeyAlgorithm::Sm2).unwrap();
    let again = token.generate(&ca, KeyAlgorithm::Sm2);
    assert!(matches!(again, Err(Error::KeyExists { .. })));
    let found = token.key(&ca).unwrap();
    assert_eq!(found.public_key(), made.public_key());
    assert_eq!(found.algorithm(), KeyAlgorithm::Sm2.signature_algorithm());
    for message in [&b""[..], b"message", &[7; 100_000]] {
        let signature = Checked::new(&*found).sign(message).unwrap();
        assert!(!verify(&*found, b"another", signature.raw_bytes()));
    }
    for (name, algorithm) in [("p256", KeyAlgorithm::P256), ("p384", KeyAlgorithm::P384)] {
        let key = token.generate(&label(name), algorithm).unwrap();
        let key = Checked::with_algorithms(&*key, algorithms());
        key.sign(b"m").unwrap();
    }

    if test.decryption.is_some() {
        decrypts(&token, &*made);
    } else {
        // No number for it, and this device has no ECDH on the curve.
        let decryption = token.as_decryption().unwrap();
        let none = decryption.generate_decryption_key(&label("enc"));
        assert!(matches!(none, Err(Error::Unsupported { .. })), "{none:?}");
        assert!(token.as_unwrap().is_none());
    }
    let certificates = token.as_certificates().unwrap();
    assert_eq!(
        certificates.certificate(&ca, KeyUse::Signing).unwrap(),
        None
    );
    let mut octets = [0; 64];
    token.as_random().unwrap().fill_random(&mut octets).unwrap();
    assert_ne!(octets, [0; 64]);
    let description = token.description().unwrap();
    assert_eq!(description.model, "softdevice");
    println!("{vendor}:\n{test}");
}

/// What the owner of the key `ca` asks of a token with encryption keys.
fn decrypts(token: &Pkcs11Token, made: &dyn KeyHandle) {
    let ca = label("ca");
    let decryption = token.as_decryption().unwrap();
    let key = decryption.generate_decryption_key(&label("enc")).unwrap();
    let ciphertext = public_key(&*key).encrypt(&mut SysRng, b"secret").unwrap();
    let key = decryption.decryption_key(&label("enc")).unwrap();
    assert_eq!(**key.decrypt(&ciphertext).unwrap(), *b"secret");
    let foreign = SecretKey::generate(&mut SysRng).unwrap().public_key();
    let foreign = foreign.encrypt(&mut SysRng, b"secret").unwrap();
    assert!(matches!(key.decrypt(&foreign), Err(Error::Crypto { .. })));

    // The encryption key of a pair comes in, wrapped for the signing key.
    let unwrap = token.as_unwrap().unwrap();
    let signing: SubjectPublicKeyInfoRef<'_> = made.public_key().decode_msg().unwrap();
    let owner = PublicKey::try_from(signing).unwrap();
    let secret = SecretKey::generate(&mut SysRng).unwrap();
    let envelope = EnvelopedKey::seal(&mut SysRng, &owner, &secret).unwrap();
    unwrap.unwrap_key(&ca, &envelope).unwrap();
    let again = unwrap.unwrap_key(&ca, &envelope);
    assert!(matches!(again, Err(Error::KeyExists { .. })));
    let key = decryption.decryption_key(&ca).unwrap();
    assert_eq!(public_key(&*key), secret.public_key());
    let encrypting = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Label("ca".into()),
        Attribute::Sign(false),
    ];
    let session = beside(&library());
    let kept = session.find_objects(&encrypting).unwrap();
    let wanted = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Decrypt(true),
    ];
    let asked = wanted.each_ref().map(Attribute::attribute_type);
    assert_eq!(session.get_attributes(kept[0], &asked).unwrap(), wanted);
    let ciphertext = secret.public_key().encrypt(&mut SysRng, b"to it").unwrap();
    assert_eq!(**key.decrypt(&ciphertext).unwrap(), *b"to it");
    let strangers = EnvelopedKey::seal(&mut SysRng, &secret.public_key(), &secret).unwrap();
    token.generate(&label("other"), KeyAlgorithm::Sm2).unwrap();
    assert!(unwrap.unwrap_key(&label("other"), &strangers).is_err());
    let none = decryption.decryption_key(&label("other"));
    assert!(matches!(none, Err(Error::NoSuchKey { .. })));
}

#[test]
fn everything_works_under_the_numbers_of_tass() {
    let test = "everything_works_under_the_numbers_of_tass";
    with_device(test, "tass", || works("tass"));
}

#[test]
fn everything_works_under_the_numbers_of_sansec() {
    let test = "everything_works_under_the_numbers_of_sansec";
    with_device(test, "sansec", || works("sansec"));
}

#[test]
fn everything_works_under_the_numbers_of_luna() {
    let test = "everything_works_under_the_numbers_of_luna";
    with_device(test, "luna", || works("luna"));
}

#[test]
fn everything_works_under_the_numbers_of_ep11() {
    let test = "everything_works_under_the_numbers_of_ep11";
    with_device(test, "ep11", || works("ep11"));
}

#[test]
fn everything_works_under_the_numbers_of_westone() {
    let test = "everything_works_under_the_numbers_of_westone";
    with_device(test, "westone", || works("westone"));
}

#[test]
fn everything_works_as_the_device_is_found() {
    with_device("everything_works_as_the_device_is_found", "", || {
        assert_eq!(
            open(Pkcs11Options::default())
                .unwrap()
                .profile()
                .unwrap()
                .name(),
            "softdevice"
        );
        works("softdevice");
    });
}

#[test]
fn each_mechanism_signs_alone_in_the_form_named_and_in_the_form_told_by_its_looks() {
    let test = "each_mechanism_signs_alone_in_the_form_named_and_in_the_form_told_by_its_looks";
    with_device(test, "sansec", || {
        let whole = text("sansec");
        open_as(named("sansec"))
            .generate(&label("ca"), KeyAlgorithm::Sm2)
            .unwrap();
        let entries = whole["sign"].as_array().unwrap();
        assert_eq!(entries.len(), 6);
        for entry in entries {
            for form in [entry["form"].as_str().unwrap(), "test"] {
                let mut entry = entry.clone();
                entry.as_table_mut().unwrap()["form"] = form.into();
                let mut text = whole.clone();
                text["sign"] = Value::Array(vec![entry.clone()]);
                let token = open_as(profile(&text));
                let key = Checked::new(token.key(&label("ca")).unwrap());
                for round in 0..20 {
                    key.sign(&[round])
                        .unwrap_or_else(|error| panic!("{entry}: {error}"));
                }
            }
        }
    });
}

#[test]
fn a_description_that_is_wrong_is_found_out_and_its_signatures_do_not_leave() {
    let test = "a_description_that_is_wrong_is_found_out_and_its_signatures_do_not_leave";
    with_device(test, "sansec", || {
        let whole = text("sansec");
        open_as(named("sansec"))
            .generate(&label("ca"), KeyAlgorithm::Sm2)
            .unwrap();
        let number = |entry: &Value| entry["mechanism"].as_integer().unwrap();
        let with = |mechanism: i64, wrong: &[(&str, &str)]| {
            let entries = whole["sign"].as_array().unwrap();
            let mut entry = entries
                .iter()
                .find(|entry| number(entry) == mechanism)
                .unwrap()
                .clone();
            let table = entry.as_table_mut().unwrap();
            for (field, value) in wrong {
                table.remove(*field);
                if !value.is_empty() {
                    table.insert((*field).into(), (*value).into());
                }
            }
            let mut text = whole.clone();
            text["sign"] = Value::Array(vec![entry]);
            open_as(profile(&text))
        };

        // r ‖ s, said to be DER.
        let token = with(0x8000_8105, &[("form", "der")]);
        let found = token.self_test().unwrap();
        assert!(!found.agrees());
        assert_eq!(found.signing[0].takes, [Takes::Digest]);
        assert_eq!(found.signing[0].form, Some(SignatureForm::Raw));
        assert_eq!(
            found.signing[0].to_string(),
            "0x80008105 signs a digest, gives r ‖ s: the file says that it signs a digest and \
             gives DER"
        );
        let signature = token.key(&label("ca")).unwrap().sign(b"m");
        assert!(matches!(
            signature,
            Err(Error::Garbage { call: "C_Sign", .. })
        ));

        // A mechanism that hashes, said to take digests.
        let wrong = [("takes", "digest"), ("id", "")];
        let token = with(0x8000_8101, &wrong);
        let found = token.self_test().unwrap();
        assert!(!found.agrees(), "{found}");
        assert!(found.signing[0].takes.contains(&Takes::MessageIdParameter));
        assert!(!found.signing[0].takes.contains(&Takes::Digest));
        let signature = Checked::new(token.key(&label("ca")).unwrap()).sign(b"m");
        assert!(matches!(signature, Err(Error::BadSignature)));

        // The other order of a ciphertext.
        let mut text = whole.clone();
        text["decrypt"].as_table_mut().unwrap()["form"] = "c1c2c3".into();
        let found = open_as(profile(&text)).self_test().unwrap();
        assert!(!found.agrees());
        assert!(
            found
                .decryption
                .unwrap()
                .to_string()
                .contains("C1C3C2: the file says C1C2C3")
        );

        // Another vendor's numbers, of which there are few here.
        let found = open_as(named("tass")).self_test().unwrap();
        assert!(!found.signing[0].offered && found.signing[1].offered);
        assert!(
            !found.agrees(),
            "0x80008100 gives r ‖ s here and DER there: {found}"
        );
        let none = open_as(named("luna")).generate(&label("x"), KeyAlgorithm::Sm2);
        assert!(matches!(none, Err(Error::Unsupported { .. })));
        // Nothing of all that stayed in the token.
        assert_eq!(open_as(named("tass")).labels().unwrap(), [label("ca")]);
    });
}

#[test]
fn keys_leave_wrapped_for_their_owner_where_that_was_wanted() {
    with_device(
        "keys_leave_wrapped_for_their_owner_where_that_was_wanted",
        "",
        || {
            let kept = open(Pkcs11Options::default()).unwrap();
            let centre = open(Pkcs11Options::default().with_wrappable(true)).unwrap();
            assert!(kept.as_envelop().is_none());
            let envelop = centre.as_envelop().unwrap();
            let owner = SecretKey::generate(&mut SysRng).unwrap();

            let decryption = kept.as_decryption().unwrap();
            decryption.generate_decryption_key(&label("kept")).unwrap();
            let refused = envelop.envelop(&label("kept"), &owner.public_key());
            let text = refused.unwrap_err().to_string();
            assert!(text.contains("C_WrapKey returned"), "{text}");

            let decryption = centre.as_decryption().unwrap();
            let key = decryption
                .generate_decryption_key(&label("handed-out"))
                .unwrap();
            let envelope = envelop.envelop(&label("handed-out"), &owner.public_key());
            let secret = envelope.unwrap().open(&owner).unwrap();
            assert_eq!(secret.public_key(), public_key(&*key));

            let none = centre
                .as_envelop()
                .unwrap()
                .envelop(&label("none"), &owner.public_key());
            assert!(matches!(none, Err(Error::NoSuchKey { .. })));
        },
    );
}

#[test]
fn a_wrong_pin_takes_one_try_and_a_locked_one_none() {
    with_device(
        "a_wrong_pin_takes_one_try_and_a_locked_one_none",
        "",
        || {
            let device = Device::open(&Device::default_path().unwrap()).unwrap();
            let left = || {
                let application = device.application("ca").unwrap();
                application.pin_state(Role::User).unwrap().remaining
            };
            let open = |digits: &str| {
                let module = Pkcs11Module::load(library()).unwrap();
                let choice = TokenChoice::labelled("ca");
                Pkcs11Token::open(
                    &module,
                    &choice,
                    Some(pin(digits)),
                    Pkcs11Options::default(),
                )
            };
            assert_eq!(left(), 3);
            let wrong = open("000000").unwrap_err();
            assert!(
                matches!(wrong, Error::WrongPin { remaining: None }),
                "{wrong:?}"
            );
            assert_eq!(left(), 2);
            let wrong = open("000000").unwrap_err();
            assert!(
                matches!(wrong, Error::WrongPin { remaining: Some(1) }),
                "{wrong:?}"
            );
            assert!(wrong.to_string().contains("1 try is left"));
            assert_eq!(left(), 1);

            let token = open(PIN).unwrap();
            assert_eq!(token.pin_warning(), Some(PinWarning::LastTry));
            assert_eq!(left(), 3);
            drop(token);

            for _ in 0..2 {
                open("000000").unwrap_err();
            }
            let locking = open("000000").unwrap_err();
            assert!(matches!(
                locking,
                Error::PinLocked | Error::WrongPin { remaining: Some(0) }
            ));
            let locked = open(PIN).unwrap_err();
            assert!(matches!(locked, Error::PinLocked), "{locked:?}");
            assert_eq!(left(), 0);
        },
    );
}

#[test]
fn a_key_that_went_while_it_was_known_is_missed() {
    with_device("a_key_that_went_while_it_was_known_is_missed", "", || {
        let token = open(Pkcs11Options::default()).unwrap();
        let key = token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
        key.sign(b"m").unwrap();
        let session = beside(&library());
        let objects = [Attribute::Label("ca".into())];
        for object in session.find_objects(&objects).unwrap() {
            session.destroy_object(object).unwrap();
        }
        assert!(matches!(key.sign(b"m"), Err(Error::NoSuchKey { .. })));
        // Another key of that name is another key.
        let other = token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
        assert!(matches!(key.sign(b"m"), Err(Error::NoSuchKey { .. })));
        Checked::new(other).sign(b"m").unwrap();
    });
}

#[cfg(feature = "conformance")]
#[test]
fn it_keeps_every_promise_of_a_token() {
    use hsm::conformance::{Fixture, examine};
    with_device("it_keeps_every_promise_of_a_token", "", || {
        let options = Pkcs11Options::default().with_wrappable(true);
        let token = open(options).unwrap();
        // It makes no RSA keys.
        let kinds = vec![KeyAlgorithm::Sm2, KeyAlgorithm::P256, KeyAlgorithm::P384];
        let fixture = Fixture::with_prefix("conformance").unwrap();
        let report = examine(&token, fixture.with_algorithms(kinds));
        println!("{report}");
        assert_eq!(report.failures().count(), 0);
        assert_eq!(report.passed().count(), report.checks().len());
    });
}
