//! SKF libraries that do what none should, with integers of both widths.

use crate::{
    child,
    hostile::{compile, is_garbage},
};
use getrandom::SysRng;
use gm_crypto::sm2::{EnvelopedKey, SecretKey};
use hsm::{
    Error, KeyAlgorithm, KeyLabel, KeyUse, Password, Pin, PoolOptions, Token,
    skf::{SkfDevice, SkfEvent, SkfLibrary, SkfPinKind, SkfToken, SkfVariant},
};

const WIDTHS: [(&str, &str); 2] = [
    ("4", "-DULONG=unsigned int"),
    ("8", "-DULONG=unsigned long"),
];

/// Runs `body` with the library that does `what`, once for each width of `ULONG`.
fn skf(name: &str, what: &str, body: impl Fn(&SkfLibrary)) {
    skf_with(name, what, &[], body);
}

/// The same, compiled with these flags.
fn skf_with(name: &str, what: &str, flags: &[&str], body: impl Fn(&SkfLibrary)) {
    let name = format!("hostile_skf::{name}");
    for (width, flag) in WIDTHS {
        child::run(&name, &[("HOSTILE", what), ("WIDTH", width)], || {
            let folder = tempfile::tempdir().unwrap();
            let flags = [flags, &[flag]].concat();
            let path = compile(folder.path(), "hostile_skf.c", &flags);
            body(&SkfLibrary::load(path, variant(width)).unwrap());
        });
    }
}

fn variant(width: &str) -> SkfVariant {
    let text =
        format!("ulong = {width}\ndecrypt-function = \"SKF_PrvKeyDecrypt\"\ndecrypt-argument = 1");
    SkfVariant::from_toml("test", &text).unwrap()
}

fn pin(text: &str) -> Pin {
    Pin::new(password(text))
}

fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

fn device(library: &SkfLibrary) -> SkfDevice {
    SkfDevice::open(library, None, PoolOptions::default()).unwrap()
}

fn token(library: &SkfLibrary, with: Option<Pin>) -> SkfToken {
    SkfToken::open(&device(library), None, with).unwrap()
}

fn label() -> KeyLabel {
    "one".parse().unwrap()
}

/// Octets that look like a certificate.
fn certificate(length: u16) -> Vec<u8> {
    let content = length - 4;
    let [high, low] = content.to_be_bytes();
    [&[0x30, 0x82, high, low][..], &vec![5; content.into()]].concat()
}

fn sign(token: &SkfToken) -> Result<(), Error> {
    token.key(&label()).unwrap().sign(b"m").map(drop)
}

#[test]
fn a_library_that_behaves_is_believed_in_both_widths() {
    let name = "a_library_that_behaves_is_believed_in_both_widths";
    skf(name, "encryption key", |library| {
        assert_eq!(library.devices().unwrap(), ["device"]);
        let token = token(library, Some(pin("123456")));
        assert_eq!(token.labels().unwrap(), [label()], "{{One}} is one");
        for _ in 0..3 {
            sign(&token).unwrap();
        }
        let state = token.pin_state(SkfPinKind::User).unwrap().unwrap();
        assert_eq!(
            (state.maximum, state.remaining, state.initial),
            (3, 3, false)
        );

        let stranger = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
        let ciphertext = stranger.encrypt(&mut SysRng, b"message").unwrap();
        let decryption = token.as_decryption().unwrap();
        let key = decryption.decryption_key(&label()).unwrap();
        assert_eq!(**key.decrypt(&ciphertext).unwrap(), *b"mmmmmmm");

        let files = token.as_certificates().unwrap();
        assert_eq!(files.certificate(&label(), KeyUse::Signing).unwrap(), None);
        for wrong in [
            vec![],
            vec![5; 700],
            certificate(700)[..699].to_vec(),
            [certificate(700), vec![0]].concat(),
            [&[0x30, 0x83, 1, 0, 0][..], &[5; 65_536]].concat(),
        ] {
            let error = files.write_certificate(&label(), KeyUse::Signing, &wrong);
            let error = error.unwrap_err();
            assert!(matches!(error, Error::Crypto { .. }), "{error}");
        }
        files
            .write_certificate(&label(), KeyUse::Signing, &certificate(700))
            .unwrap();
        let read = files.certificate(&label(), KeyUse::Signing).unwrap();
        assert_eq!(read, Some(certificate(700)));

        let description = token.description().unwrap();
        assert_eq!(description.manufacturer, "Maker");
        assert_eq!(description.label, "as it came");
        token.device().set_label("S1-14").unwrap();
        assert_eq!(token.device().info().unwrap().label, "S1-14");
        token.device().authenticate(&[1; 16]).unwrap();
        assert!(token.as_unwrap().is_none(), "it has no such function");
        let absent = token.device().lock(std::time::Duration::from_secs(1));
        assert!(matches!(absent, Err(Error::Unsupported { .. })));
    });
}

#[test]
fn a_library_without_a_function_it_needs_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = compile(folder.path(), "hostile_sdf.c", &[]);
    let error = SkfLibrary::load(&path, SkfVariant::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} is no SKF (GM/T 0016) library: it has no SKF_EnumDev",
            path.display()
        )
    );
}

#[test]
fn lists_of_names_that_cannot_be_are_garbage() {
    let name = "lists_of_names_that_cannot_be_are_garbage";
    for (what, expected) in [
        ("endless list", "a length of more than 65,536 octets"),
        (
            "list without end",
            "a list of names whose last one does not end",
        ),
        (
            "list beyond its room",
            "more octets than there was room for",
        ),
    ] {
        skf(name, what, |library| {
            is_garbage(library.devices(), &format!("SKF_EnumDev gave {expected}"));
        });
    }
}

#[test]
fn a_device_is_named_when_there_are_several() {
    let name = "a_device_is_named_when_there_are_several";
    skf(name, "two devices", |library| {
        let error = SkfDevice::open(library, None, PoolOptions::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "2 devices fit: name one of first, second"
        );
        let error = SkfDevice::open(library, Some("third"), PoolOptions::default());
        assert!(matches!(error, Err(Error::NoSuchToken { .. })));
    });
    skf(name, "no device handle", |library| {
        let opened = SkfDevice::open(library, None, PoolOptions::default());
        is_garbage(opened, "SKF_ConnectDev gave no handle");
    });
}

#[test]
fn a_locked_pin_and_an_initial_one_are_not_presented() {
    let name = "a_locked_pin_and_an_initial_one_are_not_presented";
    // The library ends the process when it is asked.
    skf(name, "locked", |library| {
        let error = sign(&token(library, Some(pin("123456")))).unwrap_err();
        assert!(matches!(error, Error::PinLocked), "{error}");
    });
    skf(name, "initial PIN", |library| {
        let error = sign(&token(library, Some(pin("123456")))).unwrap_err();
        assert!(matches!(error, Error::InitialPin), "{error}");
    });
    skf(name, "huge count", |library| {
        let token = token(library, Some(pin("123456")));
        if std::env::var("WIDTH").unwrap() == "8" {
            let expected = "SKF_GetPINInfo gave a count of more than 32 bits";
            is_garbage(token.pin_state(SkfPinKind::User), expected);
            is_garbage(sign(&token), expected);
        } else {
            let state = token.pin_state(SkfPinKind::User).unwrap().unwrap();
            assert_eq!(state.remaining, u32::MAX, "as large as it can be said");
            sign(&token).unwrap();
        }
    });
}

#[test]
fn a_wrong_pin_is_presented_once_and_tells_the_tries() {
    let name = "a_wrong_pin_is_presented_once_and_tells_the_tries";
    skf(name, "", |library| {
        let token = token(library, Some(pin("654321")));
        let error = sign(&token).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the PIN is wrong, 2 tries are left: it is not tried again"
        );
        for _ in 0..3 {
            let error = sign(&token).unwrap_err();
            assert!(matches!(error, Error::PinRefused), "{error}");
        }
        let error = sign(&SkfToken::open(token.device(), None, None).unwrap()).unwrap_err();
        assert!(matches!(error, Error::PinMissing), "{error}");
    });
    skf(name, "length", |library| {
        let error = sign(&token(library, Some(pin("1")))).unwrap_err();
        assert!(matches!(error, Error::PinLength), "{error}");
    });
    skf(name, "silent", |library| {
        let error = sign(&token(library, Some(pin("654321")))).unwrap_err();
        assert!(
            matches!(error, Error::WrongPin { remaining: None }),
            "{error}"
        );
    });
}

#[test]
fn a_pin_that_was_not_compared_opens_nothing() {
    let name = "a_pin_that_was_not_compared_opens_nothing";
    skf_with(name, "logged in already", &["-DCLEARS"], |library| {
        let device = device(library);
        let with = |text| SkfToken::open(&device, None, Some(pin(text))).unwrap();
        let error = with("654321").verify_pin().unwrap_err();
        assert!(
            matches!(error, Error::WrongPin { remaining: Some(2) }),
            "{error}"
        );
        sign(&with("123456")).unwrap();
    });
    skf(name, "logged in already", |library| {
        let error = token(library, Some(pin("123456"))).verify_pin();
        assert_eq!(
            error.unwrap_err().to_string(),
            "SKF_VerifyPIN returned 0x0a000028 (SAR_USER_ALREADY_LOGGED_IN)"
        );
    });
}

#[test]
fn who_has_no_pin_does_not_profit_from_one_that_was_changed() {
    let name = "who_has_no_pin_does_not_profit_from_one_that_was_changed";
    let change = |library: &SkfLibrary| {
        let token = token(library, None);
        let changed = token.change_pin(SkfPinKind::User, &pin("123456"), &password("123456"));
        changed.unwrap();
        token
    };
    skf_with(name, "a change logs in", &["-DCLEARS"], |library| {
        let token = change(library);
        let stranger = SkfToken::open(token.device(), None, None).unwrap();
        let error = sign(&stranger).unwrap_err();
        assert!(matches!(error, Error::PinMissing), "{error}");
        sign(&token).unwrap();
    });
    skf_with(name, "not cleared at once", &["-DCLEARS"], |library| {
        let token = change(library);
        let stranger = SkfToken::open(token.device(), None, None).unwrap();
        let error = sign(&stranger).unwrap_err();
        assert!(matches!(error, Error::PinMissing), "tried again: {error}");
    });
}

#[test]
fn of_two_connections_with_one_handle_each_lives_until_it_is_dropped() {
    let name = "of_two_connections_with_one_handle_each_lives_until_it_is_dropped";
    skf(name, "", |library| {
        let [one, other] = [(); 2].map(|()| token(library, Some(pin("123456"))));
        sign(&one).unwrap();
        let key = other.key(&label()).unwrap();
        drop(one);
        key.sign(b"m").unwrap();
    });
}

#[test]
fn a_library_that_does_not_answer_is_not_waited_for() {
    let name = "hostile_skf::a_library_that_does_not_answer_is_not_waited_for";
    child::run(name, &[("HOSTILE", "no answer")], || {
        let folder = tempfile::tempdir().unwrap();
        let flags = ["-DULONG=unsigned int"];
        let path = compile(folder.path(), "hostile_skf.c", &flags);
        let library = SkfLibrary::load(path, variant("4")).unwrap();
        let error = library.devices().unwrap_err();
        assert!(
            matches!(
                error,
                Error::TimedOut {
                    call: "SKF_EnumDev",
                    ..
                }
            ),
            "{error}"
        );
    });
}

#[test]
fn a_key_of_another_kind_is_not_written_over() {
    let name = "hostile_skf::a_key_of_another_kind_is_not_written_over";
    let with = |what: &str, body: &dyn Fn(&SkfToken)| {
        child::run(name, &[("HOSTILE", what)], || {
            let folder = tempfile::tempdir().unwrap();
            let flags = ["-DULONG=unsigned int", "-DKEYS_COME_IN"];
            let path = compile(folder.path(), "hostile_skf.c", &flags);
            let library = SkfLibrary::load(path, variant("4")).unwrap();
            body(&token(&library, Some(pin("123456"))));
        });
    };
    // The library ends the process when it is asked to write.
    for code in ["0A00000A", "0A00000D", "0A000020", "0A000021", "0A000031"] {
        for place in ["signing", "only an encryption"] {
            with(&format!("{place} key: {code}"), &|token| {
                let error = token.generate(&label(), KeyAlgorithm::Sm2).unwrap_err();
                assert!(matches!(error, Error::KeyExists { .. }), "{error}");
            });
        }
        with(&format!("encryption key: {code}"), &|token| {
            let recipient = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
            let key = SecretKey::from_bytes(&[9; 32]).unwrap();
            let envelope = EnvelopedKey::seal(&mut SysRng, &recipient, &key).unwrap();
            let unwrap = token.as_unwrap().unwrap();
            let error = unwrap.unwrap_key(&label(), &envelope).unwrap_err();
            assert!(matches!(error, Error::KeyExists { .. }), "{error}");
        });
    }
    with("signing key: 0A000001", &|token| {
        let error = token.generate(&label(), KeyAlgorithm::Sm2).unwrap_err();
        assert!(matches!(error, Error::Device { .. }), "{error}");
    });
}

#[test]
fn a_pin_is_changed_with_the_old_one() {
    let name = "a_pin_is_changed_with_the_old_one";
    skf(name, "", |library| {
        let token = token(library, None);
        let old = pin("123456");
        let change = |old: &Pin, new| token.change_pin(SkfPinKind::User, old, &password(new));
        let error = change(&old, "short").unwrap_err();
        assert!(matches!(error, Error::PinLength), "{error}");
        change(&old, "123456").expect("the length was the new one's fault");
        sign(&token).expect("it goes on with the new one");
        let wrong = pin("wrong");
        let error = change(&wrong, "123456").unwrap_err();
        assert!(
            matches!(error, Error::WrongPin { remaining: Some(2) }),
            "{error}"
        );
        let error = change(&wrong, "123456").unwrap_err();
        assert!(matches!(error, Error::PinRefused), "{error}");
        let absent = token.unblock_pin(&old, &password("123456"));
        assert!(matches!(absent, Err(Error::Unsupported { .. })));
    });
}

#[test]
fn a_login_that_the_device_forgot_is_repeated_once() {
    let name = "a_login_that_the_device_forgot_is_repeated_once";
    skf(name, "forgotten login", |library| {
        let token = token(library, Some(pin("123456")));
        for _ in 0..4 {
            sign(&token).unwrap();
        }
    });
}

#[test]
fn a_device_that_was_pulled_is_connected_again() {
    let name = "a_device_that_was_pulled_is_connected_again";
    skf(name, "pulled", |library| {
        let token = token(library, Some(pin("123456")));
        let error = sign(&token).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the device is gone: SKF_ECCSignData returned 0x0a000023 (SAR_DEVICE_REMOVED)"
        );
        sign(&token).unwrap();
    });
}

#[test]
fn answers_that_cannot_be_are_garbage() {
    let name = "answers_that_cannot_be_are_garbage";
    let with_key = |what: &str, expected: &str| {
        skf(name, what, |library| {
            let token = token(library, Some(pin("123456")));
            let expected = format!("SKF_ExportPublicKey gave {expected}");
            is_garbage(token.key(&label()), &expected);
        });
    };
    with_key(
        "point off the curve",
        "a public key that is not on the curve",
    );
    with_key("short key", "a public key of another length");
    skf(name, "r is zero", |library| {
        let token = token(library, Some(pin("123456")));
        let expected = "SKF_ECCSignData gave a signature whose r or s is out of range";
        is_garbage(sign(&token), expected);
    });
    skf(name, "other certificate", |library| {
        let token = token(library, Some(pin("123456")));
        let files = token.as_certificates().unwrap();
        let error = files
            .write_certificate(&label(), KeyUse::Signing, &certificate(700))
            .unwrap_err();
        assert!(matches!(error, Error::ReadBack { .. }), "{error}");
    });
    skf(name, "deaf", |library| {
        let error = device(library).set_label("S1-14").unwrap_err();
        assert!(matches!(error, Error::ReadBack { .. }), "{error}");
        let error = device(library).set_label(&"x".repeat(32)).unwrap_err();
        assert!(matches!(error, Error::Crypto { .. }), "{error}");
        let error = device(library).set_label("a\0b").unwrap_err();
        assert!(matches!(error, Error::Crypto { .. }), "{error}");
    });
    skf(name, "SM1", |library| {
        let error = device(library).authenticate(&[1; 16]).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        device(library)
            .authenticate_with(|challenge| {
                assert_eq!(challenge[..8], [7; 8]);
                assert_eq!(challenge[8..], [0; 8]);
                Ok(vec![1; 16])
            })
            .unwrap();
    });
}

#[test]
fn events_are_told() {
    let name = "events_are_told";
    let device = || "device".to_owned();
    skf(name, "", |library| {
        let event = library.wait_for_event().unwrap();
        assert_eq!(event, SkfEvent::Inserted { device: device() });
        let absent = library.cancel_wait();
        assert!(matches!(absent, Err(Error::Unsupported { .. })));
    });
    skf(name, "removal", |library| {
        let event = library.wait_for_event().unwrap();
        assert_eq!(event, SkfEvent::Removed { device: device() });
    });
    skf(name, "strange event", |library| {
        is_garbage(
            library.wait_for_event(),
            "SKF_WaitForDevEvent gave an event",
        );
    });
}

#[test]
fn a_device_that_says_nothing_of_its_pins_is_asked_all_the_same() {
    let name = "hostile_skf::a_device_that_says_nothing_of_its_pins_is_asked_all_the_same";
    child::run(name, &[], || {
        let folder = tempfile::tempdir().unwrap();
        let flags = ["-DULONG=unsigned int", "-DNO_PIN_INFO"];
        let path = compile(folder.path(), "hostile_skf.c", &flags);
        let library = SkfLibrary::load(path, variant("4")).unwrap();
        let token = token(&library, Some(pin("123456")));
        assert_eq!(token.pin_state(SkfPinKind::User).unwrap(), None);
        sign(&token).unwrap();
    });
}

#[test]
fn a_key_that_is_another_than_was_made_or_brought_is_told() {
    let name = "hostile_skf::a_key_that_is_another_than_was_made_or_brought_is_told";
    let with = |what, body: &dyn Fn(&SkfToken)| {
        child::run(name, &[("HOSTILE", what)], || {
            let folder = tempfile::tempdir().unwrap();
            let flags = ["-DULONG=unsigned int", "-DKEYS_COME_IN"];
            let path = compile(folder.path(), "hostile_skf.c", &flags);
            let library = SkfLibrary::load(path, variant("4")).unwrap();
            body(&token(&library, Some(pin("123456"))));
        });
    };
    with("", &|token| {
        let recipient = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
        let key = SecretKey::from_bytes(&[9; 32]).unwrap();
        let envelope = EnvelopedKey::seal(&mut SysRng, &recipient, &key).unwrap();
        let unwrap = token.as_unwrap().unwrap();
        let error = unwrap.unwrap_key(&label(), &envelope).unwrap_err();
        assert_eq!(
            error.to_string(),
            "what SKF_ImportECCKeyPair wrote came back changed: take the device out of service"
        );
    });
    with("no key yet", &|token| {
        let error = token.generate(&label(), KeyAlgorithm::Sm2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "what SKF_GenECCKeyPair wrote came back changed: take the device out of service"
        );
    });
}
