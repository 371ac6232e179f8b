//! SoftHSM2 as somebody else's token: EC and RSA keys, SM2 decryption by ECDH,
//! certificates, PINs.

use crate::{PIN, algorithms, beside, in_own_process, label, pin, verify};
use cryptoki::{
    mechanism::Mechanism,
    object::{Attribute, AttributeType, CertificateType, KeyType, ObjectClass},
};
use der::{Encode, asn1::ObjectIdentifier};
use getrandom::SysRng;
use gm_crypto::sm2::{self, PublicKey, SecretKey};
use hsm::{
    Checked, Error, KeyAlgorithm, KeyHandle, KeyUse, Pin, Token,
    pkcs11::{KeyChoice, PinWarning, Pkcs11Module, Pkcs11Options, Pkcs11Token, TokenChoice},
};
use spki::{EncodePublicKey, SubjectPublicKeyInfoRef};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

/// Where Debian, Fedora and Homebrew put it.
const PLACES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

fn library() -> Option<PathBuf> {
    let library = PLACES.iter().map(PathBuf::from).find(|path| path.exists());
    if library.is_none() {
        let reason = "SoftHSM2 is not installed (package softhsm2)";
        assert!(
            env::var_os("GM_PKI_REQUIRE_PARTS").is_none(),
            "{reason}, and GM_PKI_REQUIRE_PARTS is set"
        );
        println!("skipped: {reason}");
    }
    library
}

/// Runs `body` in a process of its own, with a token `ca` and a token `other`.
fn with_tokens(test: &str, body: fn(&Path)) {
    with_mechanisms(test, "ALL", body);
}

/// The same, with tokens that offer these mechanisms alone.
fn with_mechanisms(test: &str, mechanisms: &str, body: fn(&Path)) {
    with_tokens_of(&format!("softhsm::{test}"), mechanisms, body);
}

/// The same, for a test by its whole name.
pub(crate) fn with_tokens_of(test: &str, mechanisms: &str, body: fn(&Path)) {
    let Some(library) = library() else { return };
    let prepare = |folder: &Path| {
        let tokens = folder.join("tokens");
        fs::create_dir(&tokens).unwrap();
        let configuration = folder.join("softhsm2.conf");
        let text = format!(
            "directories.tokendir = {}\nlog.level = ERROR\nslots.mechanisms = {mechanisms}\n",
            tokens.display()
        );
        fs::write(&configuration, text).unwrap();
        for label in ["ca", "other"] {
            let made = Command::new("softhsm2-util")
                .args(["--init-token", "--free", "--label", label])
                .args(["--so-pin", "31415926", "--pin", PIN])
                .env("SOFTHSM2_CONF", &configuration)
                .output()
                .expect("softhsm2-util is installed with SoftHSM2");
            assert!(made.status.success(), "{made:?}");
        }
        vec![("SOFTHSM2_CONF", configuration.into_os_string())]
    };
    in_own_process(test, prepare, || body(&library));
}

fn open(library: &Path, token: &str, pin: Pin) -> Result<Pkcs11Token, Error> {
    let module = Pkcs11Module::load(library)?;
    let options = Pkcs11Options::default();
    Pkcs11Token::open(&module, &TokenChoice::labelled(token), Some(pin), options)
}

pub(crate) fn token(library: &Path) -> Pkcs11Token {
    open(library, "ca", pin(PIN)).unwrap()
}

#[test]
fn ec_and_rsa_keys_are_made_found_again_and_sign() {
    with_tokens("ec_and_rsa_keys_are_made_found_again_and_sign", |library| {
        let token = token(library);
        let kinds = [
            ("p256", KeyAlgorithm::P256),
            ("p384", KeyAlgorithm::P384),
            ("rsa", KeyAlgorithm::Rsa { bits: 2048 }),
        ];
        for (name, algorithm) in kinds {
            let label = label(name);
            assert!(matches!(token.key(&label), Err(Error::NoSuchKey { .. })));
            let made = token.generate(&label, algorithm).unwrap();
            assert_eq!(made.algorithm(), algorithm.signature_algorithm());
            let again = token.generate(&label, algorithm);
            assert!(matches!(again, Err(Error::KeyExists { .. })), "{again:?}");
            let found = token.key(&label).unwrap();
            assert_eq!(found.public_key(), made.public_key());

            let checked = Checked::with_algorithms(&*found, algorithms());
            for message in [&b""[..], b"message", &[7; 100_000]] {
                let signature = checked.sign(message).unwrap();
                let octets = signature.raw_bytes();
                assert!(verify(&*found, message, octets), "{algorithm}");
                assert!(!verify(&*found, b"another", octets), "{algorithm}");
            }
        }
        assert_eq!(token.labels().unwrap(), ["p256", "p384", "rsa"].map(label));
        let unsupported = token.generate(&label("sm2"), KeyAlgorithm::Sm2);
        assert!(matches!(unsupported, Err(Error::Unsupported { .. })));
        assert!(token.as_unwrap().is_none() && token.as_envelop().is_none());
        assert!(token.as_certificates().is_some() && token.as_decryption().is_some());
    });
}

#[test]
fn a_token_without_hashing_mechanisms_gets_digests() {
    let mechanisms = "CKM_RSA_PKCS_KEY_PAIR_GEN,CKM_RSA_PKCS,CKM_EC_KEY_PAIR_GEN";
    let test = "a_token_without_hashing_mechanisms_gets_digests";
    with_mechanisms(test, mechanisms, |library| {
        let token = token(library);
        let rsa = KeyAlgorithm::Rsa { bits: 2048 };
        let key = token.generate(&label("rsa"), rsa).unwrap();
        let signature = key.sign(b"message").unwrap();
        assert!(verify(&*key, b"message", signature.raw_bytes()));
        // It makes keys for ECDSA, but does not use them.
        let unusable = token.generate(&label("ec"), KeyAlgorithm::P256);
        assert!(
            matches!(unusable, Err(Error::Unsupported { .. })),
            "{unusable:?}"
        );
        assert_eq!(token.labels().unwrap(), [label("rsa")]);
        assert!(token.as_decryption().is_none());
    });
}

#[test]
fn what_is_made_is_durable_private_and_named_after_its_public_key() {
    let test = "what_is_made_is_durable_private_and_named_after_its_public_key";
    with_tokens(test, |library| {
        let key = token(library)
            .generate(&label("ca"), KeyAlgorithm::P256)
            .unwrap();
        let session = beside(library);
        let objects = session
            .find_objects(&[Attribute::Label("ca".into())])
            .unwrap();
        assert_eq!(objects.len(), 2);
        let spki: SubjectPublicKeyInfoRef<'_> = key.public_key().decode_msg().unwrap();
        let digest = gm_crypto::sm3::digest(spki.subject_public_key.raw_bytes());
        for object in objects {
            let attributes = session
                .get_attributes(
                    object,
                    &[
                        AttributeType::Class,
                        AttributeType::Id,
                        AttributeType::Token,
                    ],
                )
                .unwrap();
            assert!(attributes.contains(&Attribute::Id(digest[..20].into())));
            assert!(attributes.contains(&Attribute::Token(true)));
            if attributes.contains(&Attribute::Class(ObjectClass::PRIVATE_KEY)) {
                let wanted = [
                    Attribute::Private(true),
                    Attribute::Sensitive(true),
                    Attribute::Extractable(false),
                    Attribute::NeverExtractable(true),
                    Attribute::Sign(true),
                    Attribute::Decrypt(false),
                    Attribute::Derive(false),
                    Attribute::Unwrap(false),
                ];
                let types = wanted.each_ref().map(Attribute::attribute_type);
                assert_eq!(session.get_attributes(object, &types).unwrap(), wanted);
            }
        }
    });
}

#[test]
fn sm2_decryption_goes_by_ecdh() {
    with_tokens("sm2_decryption_goes_by_ecdh", |library| {
        let token = token(library);
        let decryption = token.as_decryption().unwrap();
        let made = decryption.generate_decryption_key(&label("enc")).unwrap();
        let again = decryption.generate_decryption_key(&label("enc"));
        assert!(matches!(again, Err(Error::KeyExists { .. })));
        let found = decryption.decryption_key(&label("enc")).unwrap();
        assert_eq!(found.public_key(), made.public_key());
        let spki: SubjectPublicKeyInfoRef<'_> = found.public_key().decode_msg().unwrap();
        let public_key = PublicKey::try_from(spki).unwrap();
        for length in [1, 16, 32, 1000] {
            let message = vec![7; length];
            let ciphertext = public_key.encrypt(&mut SysRng, &message).unwrap();
            assert_eq!(*found.decrypt(&ciphertext).unwrap(), message);
        }
        let stranger = SecretKey::generate(&mut SysRng).unwrap().public_key();
        let foreign = stranger.encrypt(&mut SysRng, b"m").unwrap();
        assert!(matches!(found.decrypt(&foreign), Err(Error::Crypto { .. })));

        // An encryption key is no signing key, and the other way round.
        assert!(matches!(
            token.key(&label("enc")),
            Err(Error::NoSuchKey { .. })
        ));
        assert_eq!(token.labels().unwrap(), []);
        token.generate(&label("sig"), KeyAlgorithm::P256).unwrap();
        let none = decryption.decryption_key(&label("sig"));
        assert!(matches!(none, Err(Error::NoSuchKey { .. })));
        // The secrets that were derived on the way are gone.
        let secrets = [Attribute::Class(ObjectClass::SECRET_KEY)];
        assert_eq!(beside(library).find_objects(&secrets).unwrap(), []);
    });
}

#[test]
fn a_wrong_pin_costs_one_try() {
    with_tokens("a_wrong_pin_costs_one_try", |library| {
        let wrong = pin("000000");
        let first = open(library, "ca", wrong.clone());
        assert!(matches!(first, Err(Error::WrongPin { .. })), "{first:?}");
        let second = open(library, "ca", wrong.clone());
        assert!(matches!(second, Err(Error::PinRefused)), "{second:?}");
        let short = open(library, "ca", pin("1"));
        assert!(matches!(
            short,
            Err(Error::WrongPin { .. } | Error::PinLength)
        ));
        let token = token(library);
        assert_eq!(token.pin_warning(), Some(PinWarning::WrongBefore));
        // The other token is another login.
        assert!(matches!(
            open(library, "other", wrong),
            Err(Error::PinRefused)
        ));

        let module = Pkcs11Module::load(library).unwrap();
        let choice = TokenChoice::labelled("other");
        let none = Pkcs11Token::open(&module, &choice, None, Pkcs11Options::default());
        assert!(matches!(none, Err(Error::PinMissing)));
    });
}

#[test]
fn a_token_that_is_not_there_or_not_the_only_one_is_named() {
    let test = "a_token_that_is_not_there_or_not_the_only_one_is_named";
    with_tokens(test, |library| {
        let error = open(library, "root", pin(PIN)).unwrap_err();
        let Error::NoSuchToken { wanted, found, .. } = &error else {
            panic!("{error:?}");
        };
        assert_eq!((wanted.as_str(), found.len()), ("token=root", 2));
        assert!(
            error
                .to_string()
                .contains("\"other\" (SoftHSM project SoftHSM v2")
        );

        let module = Pkcs11Module::load(library).unwrap();
        let options = Pkcs11Options::default;
        let all = TokenChoice::default();
        let error = Pkcs11Token::open(&module, &all, Some(pin(PIN)), options()).unwrap_err();
        assert!(matches!(&error, Error::SeveralTokens { found, .. } if found.len() == 2));

        let tokens = module.tokens().unwrap();
        let ca = tokens.iter().find(|token| token.label() == "ca").unwrap();
        let mut by_serial = TokenChoice::default();
        by_serial.serial = Some(ca.serial().into());
        let mut by_slot = TokenChoice::default();
        by_slot.slot = Some(ca.slot());
        for choice in [by_serial, by_slot] {
            let token = Pkcs11Token::open(&module, &choice, Some(pin(PIN)), options()).unwrap();
            let description = token.description().unwrap();
            assert_eq!(description.label, "ca");
            assert_eq!(description.serial, ca.serial());
            assert!(
                description.interface.starts_with("PKCS#11 2."),
                "{description:?}"
            );
        }
    });
}

#[test]
fn keys_of_other_programs_are_used_however_their_public_half_is_kept() {
    let test = "keys_of_other_programs_are_used_however_their_public_half_is_kept";
    with_tokens(test, |library| {
        let token = token(library);
        let session = beside(library);
        let make = |label: &str, id: &[u8]| {
            let p256 = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
            let public = [
                Attribute::EcParams(p256.to_der().unwrap()),
                Attribute::Token(true),
                Attribute::Label(label.into()),
                Attribute::Id(id.into()),
            ];
            let private = [
                Attribute::Token(true),
                Attribute::Label(label.into()),
                Attribute::Id(id.into()),
            ];
            session
                .generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)
                .unwrap()
        };
        let (public, _) = make("found", &[1]);
        let key = token.key(&label("found")).unwrap();
        let signature = key.sign(b"m").unwrap();
        assert!(verify(&*key, b"m", signature.raw_bytes()));

        // Gone under our feet: the handle that was known is looked for again, in vain.
        let objects = [Attribute::Label("found".into())];
        for object in session.find_objects(&objects).unwrap() {
            session.destroy_object(object).unwrap();
        }
        let _ = public;
        assert!(matches!(key.sign(b"m"), Err(Error::NoSuchKey { .. })));

        // Two of one name: which is meant, nobody knows.
        make("twice", &[2]);
        make("twice", &[3]);
        let several = token.key(&label("twice"));
        assert!(
            matches!(several, Err(Error::SeveralTokens { what: "key", .. })),
            "{several:?}"
        );

        for id in [2, 3] {
            let choice = KeyChoice::labelled("twice").with_id([id]);
            let key = token.find_key(&choice).unwrap();
            assert!(verify(&*key, b"m", key.sign(b"m").unwrap().raw_bytes()));
        }
        // Called as no label of ours can be.
        make("CA Key 1 (2026)", &[5]);
        let mut by_id = KeyChoice::default();
        by_id.id = Some(vec![5]);
        let [one, other] = [KeyChoice::labelled("CA Key 1 (2026)"), by_id]
            .map(|choice| token.find_key(&choice).unwrap());
        assert_eq!(one.public_key(), other.public_key());
        assert!(verify(&*other, b"m", one.sign(b"m").unwrap().raw_bytes()));
        let none = token
            .find_key(&KeyChoice::labelled("CA Key 2"))
            .unwrap_err();
        assert!(
            none.to_string()
                .starts_with("no key fits \"object=CA Key 2\""),
            "{none}"
        );

        // SoftHSM2 shows no public half of a private EC key; without an object or a
        // certificate there is none.
        let (public, _) = make("half", &[4]);
        let whole = token.key(&label("half")).unwrap();
        session.destroy_object(public).unwrap();
        let half = token.key(&label("half"));
        assert!(matches!(half, Err(Error::Unsupported { .. })), "{half:?}");
        let certificate = certificate(4, whole.public_key().as_bytes());
        let certificates = token.as_certificates().unwrap();
        certificates
            .write_certificate(&label("half"), KeyUse::Signing, &certificate)
            .unwrap();
        let half = token.key(&label("half")).unwrap();
        assert_eq!(half.public_key(), whole.public_key());
        assert!(verify(&*half, b"m", half.sign(b"m").unwrap().raw_bytes()));

        // Of two certificates that contradict each other none is believed.
        let other = SecretKey::generate(&mut SysRng).unwrap().public_key();
        let other = other.to_public_key_der().unwrap();
        let forged = |id: &[u8], spki: &[u8]| {
            let template = [
                Attribute::Class(ObjectClass::CERTIFICATE),
                Attribute::CertificateType(CertificateType::X_509),
                Attribute::Token(true),
                Attribute::Private(false),
                Attribute::Subject(vec![0x30, 0]),
                Attribute::Id(id.into()),
                Attribute::Value(self::certificate(9, spki)),
            ];
            session.create_object(&template).unwrap()
        };
        forged(&[4], other.as_bytes());
        let contradiction = token.key(&label("half"));
        assert!(
            matches!(contradiction, Err(Error::Unsupported { .. })),
            "{contradiction:?}"
        );

        // A certificate that is all there is to an encryption key is tried before somebody
        // encrypts to it.
        let decryption = token.as_decryption().unwrap();
        let enc = label("enc");
        let made = decryption.generate_decryption_key(&enc).unwrap();
        let keys = [
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::Label("enc".into()),
        ];
        let [object] = session.find_objects(&keys).unwrap()[..] else {
            panic!("one public half");
        };
        let id = session
            .get_attributes(object, &[AttributeType::Id])
            .unwrap();
        let [Attribute::Id(id)] = &id[..] else {
            panic!("{id:?}");
        };
        session.destroy_object(object).unwrap();
        let wrong = forged(id, other.as_bytes());
        let refused = decryption.decryption_key(&enc).map(drop).unwrap_err();
        assert!(refused.to_string().contains("another key"), "{refused:?}");
        session.destroy_object(wrong).unwrap();
        forged(id, made.public_key().as_bytes());
        let found = decryption.decryption_key(&enc).unwrap();
        assert_eq!(found.public_key(), made.public_key());

        // Somebody without the PIN may write a public key beside a key. Nobody believes it.
        let (public, _) = make("forged", &[6]);
        let point = session
            .get_attributes(public, &[AttributeType::EcPoint])
            .unwrap();
        let [Attribute::EcPoint(point)] = &point[..] else {
            panic!("{point:?}");
        };
        let mut forged = vec![
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::KeyType(KeyType::EC),
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Id(vec![6]),
            Attribute::EcParams(
                ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7")
                    .to_der()
                    .unwrap(),
            ),
            Attribute::EcPoint(point.clone()),
        ];
        session.create_object(&forged).unwrap();
        token
            .key(&label("forged"))
            .expect("the same key twice is no contradiction");
        let mut other = point.clone();
        *other.last_mut().unwrap() ^= 1;
        *forged.last_mut().unwrap() = Attribute::EcPoint(other);
        session.create_object(&forged).unwrap();
        let contradiction = token.key(&label("forged"));
        assert!(
            matches!(contradiction, Err(Error::Unsupported { .. })),
            "{contradiction:?}"
        );

        // An SM2 key of an ordinary kind is no key that signs here.
        let sm2_key = SecretKey::generate(&mut SysRng).unwrap();
        let template = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::KeyType(KeyType::EC),
            Attribute::EcParams(sm2::CURVE_OID.to_der().unwrap()),
            Attribute::Value(sm2_key.to_bytes().to_vec()),
            Attribute::Token(true),
            Attribute::Label("sm2".into()),
            Attribute::Sign(true),
        ];
        session.create_object(&template).unwrap();
        assert!(matches!(
            token.key(&label("sm2")),
            Err(Error::Unsupported { .. })
        ));
    });
}

#[test]
fn many_threads_share_one_token() {
    with_tokens("many_threads_share_one_token", |library| {
        let token = token(library);
        let key = token.generate(&label("ca"), KeyAlgorithm::P256).unwrap();
        thread::scope(|scope| {
            for number in 0..8_u8 {
                let (key, token) = (&*key, &token);
                scope.spawn(move || {
                    for round in 0..25 {
                        let message = [number, round];
                        let signature = key.sign(&message).unwrap();
                        assert!(verify(key, &message, signature.raw_bytes()));
                    }
                    let mut octets = [0; 2500];
                    token.as_random().unwrap().fill_random(&mut octets).unwrap();
                    assert!(octets[2000..].iter().any(|octet| *octet != 0));
                });
            }
        });
        // Of eight callers one gets a label.
        let made: Vec<_> = thread::scope(|scope| {
            let threads = [(); 8].map(|()| {
                scope.spawn(|| token.generate(&label("once"), KeyAlgorithm::P256).is_ok())
            });
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert_eq!(made.iter().filter(|made| **made).count(), 1);
        token.key(&label("once")).unwrap();
    });
}

#[test]
fn a_missing_library_and_one_of_another_kind_are_told_apart() {
    let missing = Pkcs11Module::load("/nowhere/libpkcs11.so").unwrap_err();
    assert!(matches!(&missing, Error::Library { path, .. } if path.ends_with("libpkcs11.so")));

    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("libtext.so");
    fs::write(&text, "not a library").unwrap();
    let no_library = Pkcs11Module::load(&text).unwrap_err();
    assert!(
        matches!(no_library, Error::Library { .. }),
        "{no_library:?}"
    );

    // Some library that this process has loaded already.
    let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let Some(other) = maps
        .lines()
        .filter_map(|line| line.split_whitespace().last())
        .find(|path| path.contains("libc.so"))
    else {
        return;
    };
    let other = Pkcs11Module::load(other).unwrap_err();
    let text = other.to_string();
    assert!(
        matches!(
            other,
            Error::NotTheInterface {
                symbol: "C_GetFunctionList",
                ..
            }
        ),
        "{text}"
    );
    assert!(text.contains("is no PKCS#11 library"), "{text}");
}

#[test]
fn certificates_lie_beside_their_keys_and_are_replaced() {
    with_tokens(
        "certificates_lie_beside_their_keys_and_are_replaced",
        |library| {
            let token = token(library);
            let certificates = token.as_certificates().unwrap();
            let (signing, encryption) = (KeyUse::Signing, KeyUse::Encryption);
            let ca = label("ca");
            assert_eq!(certificates.certificate(&ca, signing).unwrap(), None);
            let none = certificates.write_certificate(&ca, signing, &certificate(1, &SPKI));
            assert!(matches!(none, Err(Error::NoSuchKey { .. })));

            token.generate(&ca, KeyAlgorithm::P256).unwrap();
            let decryption = token.as_decryption().unwrap();
            decryption.generate_decryption_key(&ca).unwrap();
            certificates
                .write_certificate(&ca, signing, &certificate(1, &SPKI))
                .unwrap();
            certificates
                .write_certificate(&ca, encryption, &certificate(2, &SPKI))
                .unwrap();
            certificates
                .write_certificate(&ca, signing, &certificate(3, &SPKI))
                .unwrap();
            let read = |key_use| certificates.certificate(&ca, key_use).unwrap();
            assert_eq!(read(signing), Some(certificate(3, &SPKI)));
            assert_eq!(read(encryption), Some(certificate(2, &SPKI)));

            let session = beside(library);
            let class = [Attribute::Class(ObjectClass::CERTIFICATE)];
            let objects = session.find_objects(&class).unwrap();
            assert_eq!(objects.len(), 2, "the first one was replaced");
            let serials: Vec<_> = objects
                .iter()
                .map(|object| {
                    session
                        .get_attributes(*object, &[AttributeType::SerialNumber])
                        .unwrap()
                })
                .collect();
            assert!(serials.contains(&vec![Attribute::SerialNumber(vec![2, 1, 3])]));
            let garbage = certificates.write_certificate(&ca, signing, b"no certificate");
            assert!(matches!(garbage, Err(Error::Unsupported { .. })));
        },
    );
}

/// One that nobody looks at: a sequence of 128 octets.
pub(crate) const SPKI: [u8; 131] = {
    let mut octets = [0; 131];
    (octets[0], octets[1], octets[2]) = (0x30, 0x81, 0x80);
    octets
};

/// The bones of a certificate, of version 3: nothing is in its other places.
pub(crate) fn certificate(serial: u8, spki: &[u8]) -> Vec<u8> {
    let sequence = |parts: &[&[u8]]| {
        let content = parts.concat();
        let length = u8::try_from(content.len()).unwrap();
        let long: &[u8] = if length < 0x80 { &[] } else { &[0x81] };
        [&[0x30], long, &[length], &content].concat()
    };
    let empty = [0x30, 0];
    let version = [0xa0, 3, 2, 1, 2];
    let tbs = sequence(&[
        &version,
        &[2, 1, serial],
        &empty,
        &empty,
        &empty,
        &empty,
        spki,
    ]);
    sequence(&[&tbs, &empty, &[3, 1, 0]])
}

#[cfg(feature = "conformance")]
#[test]
fn it_keeps_the_promises_of_a_token_that_it_makes() {
    use hsm::conformance::{Fixture, Outcome, examine};
    with_tokens(
        "it_keeps_the_promises_of_a_token_that_it_makes",
        |library| {
            let report = examine(
                &token(library),
                Fixture::with_prefix("conformance").unwrap(),
            );
            println!("{report}");
            assert_eq!(report.failures().count(), 0);
            for kind in ["P-256", "P-384", "RSA-2048"] {
                let of = |passed: &Outcome| {
                    let checks = report.checks().iter();
                    checks
                        .filter(|it| it.subject == kind && it.outcome == *passed)
                        .count()
                };
                assert_eq!(of(&Outcome::Passed), 3, "{kind}");
            }
        },
    );
}
