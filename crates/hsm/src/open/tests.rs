use super::*;
use crate::{Checked, KeyAlgorithm};
use gm_crypto::pki;

fn nobody(_: &PinWanted) -> Result<Option<Password>, Error> {
    Ok(None)
}

fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

#[test]
fn a_directory_is_a_token_whose_password_is_asked_for_or_lies_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let token = SoftToken::open(&keys, password("right")).unwrap();
    let label: KeyLabel = "root".parse().unwrap();
    token.generate(&label, KeyAlgorithm::Sm2).unwrap();

    let name = KeyUri::from_argument(&keys).unwrap();
    let mut asked = Vec::new();
    let opened = name.open(&mut |wanted| {
        asked.push(wanted.place.clone());
        Ok(Some(password("right")))
    });
    let opened = opened.unwrap();
    assert_eq!(asked, [format!("keys of {}", keys.display())]);
    assert!(opened.label.is_none());
    assert_eq!(opened.token.labels().unwrap(), [label]);

    let file = folder.path().join("pin");
    std::fs::write(&file, "right\n").unwrap();
    let named: KeyUri = format!("{name}?pin-source={}", file.display())
        .parse()
        .unwrap();
    named.open(&mut nobody).unwrap();

    let unanswered = name.open(&mut nobody).unwrap_err();
    assert!(matches!(unanswered, Error::PinMissing), "{unanswered:?}");
    let wrong = name.open(&mut |_| Ok(Some(password("wrong")))).unwrap_err();
    assert!(matches!(wrong, Error::WrongPassword { .. }), "{wrong:?}");
    let no_key = named.open_key(&mut nobody).unwrap_err();
    assert!(matches!(no_key, Error::Uri { .. }), "{no_key:?}");
}

#[test]
fn a_key_file_signs_and_is_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    let secret = gm_crypto::sm2::SecretKey::from_bytes(&[7; 32]).unwrap();
    let pem = pki::encode_pem("PRIVATE KEY", &pki::encode_private_key(&secret));
    std::fs::write(&path, pem).unwrap();
    let name = KeyUri::from_argument(&path).unwrap();
    let key = Checked::new(name.open_key(&mut nobody).unwrap());
    key.sign(b"message").unwrap();
    let none = name.open(&mut nobody).unwrap_err();
    assert!(matches!(none, Error::Unsupported { .. }), "{none:?}");

    let encrypted = pki::encode_private_key_encrypted(
        &mut getrandom::SysRng,
        &secret,
        b"right",
        pki::KeyFileParameters::default(),
    );
    std::fs::write(&path, encrypted.unwrap()).unwrap();
    let unanswered = name.open_key(&mut nobody).unwrap_err();
    assert!(matches!(unanswered, Error::PinMissing), "{unanswered:?}");
    let wrong = name.open_key(&mut |_| Ok(Some(password("wrong"))));
    assert!(matches!(wrong, Err(Error::WrongPassword { .. })));
    let key = name.open_key(&mut |_| Ok(Some(password("right")))).unwrap();
    key.sign(b"message").unwrap();

    std::fs::write(&path, "no key").unwrap();
    let garbage = name.open_key(&mut nobody).unwrap_err();
    assert!(matches!(garbage, Error::KeyFile { .. }), "{garbage:?}");
}

#[cfg(unix)]
#[test]
fn a_command_signs_for_a_public_key_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let name = |query: &str| -> KeyUri {
        let text = format!(
            "exec:program=cat;arg={}{query}",
            folder.path().join("sig").display()
        );
        text.parse().unwrap()
    };
    let no_key = name("").open_key(&mut nobody).unwrap_err();
    assert!(matches!(no_key, Error::Uri { .. }), "{no_key:?}");

    let key = SoftKey::generate().unwrap();
    let path = folder.path().join("key.pub");
    std::fs::write(&path, key.public_key().as_bytes()).unwrap();
    let signature = key.sign(b"message").unwrap();
    std::fs::write(folder.path().join("sig"), signature.raw_bytes()).unwrap();
    let name = name(&format!("?public-key={}", path.display()));
    let handle = Checked::new(name.open_key(&mut nobody).unwrap());
    assert_eq!(handle.public_key(), key.public_key());
    assert_eq!(handle.sign(b"message").unwrap(), signature);
    assert!(matches!(handle.sign(b"another"), Err(Error::BadSignature)));
    let token = name.open(&mut nobody).unwrap_err();
    assert!(matches!(token, Error::Unsupported { .. }), "{token:?}");
}

/// What is not compiled in is no error of the name.
#[cfg(not(any(feature = "pkcs11", feature = "sdf", feature = "skf")))]
#[test]
fn a_kind_of_device_that_is_not_compiled_in_is_unsupported() {
    for text in ["pkcs11:token=a;object=b", "sdf:index=1", "skf:container=a"] {
        let name: KeyUri = text.parse().unwrap();
        let token = name.open(&mut nobody).unwrap_err();
        assert!(matches!(token, Error::Unsupported { .. }), "{token:?}");
        let key = name.open_key(&mut nobody).unwrap_err();
        assert!(matches!(key, Error::Unsupported { .. }), "{key:?}");
    }
}
