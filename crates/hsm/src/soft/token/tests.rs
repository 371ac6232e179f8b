use super::*;
use gm_crypto::pki::is_encrypted_private_key;
use std::{error::Error as _, thread};
use tempfile::TempDir;

/// The fewest iterations that are allowed.
fn few() -> KeyFileParameters {
    let mut parameters = KeyFileParameters::default();
    parameters.iterations = 1_000;
    parameters
}

fn open(directory: &Path, password: &str) -> Result<SoftToken, Error> {
    let token = SoftToken::open(directory, Password::new(password).unwrap())?;
    Ok(token.with_parameters(few()))
}

fn token() -> (TempDir, SoftToken) {
    let directory = tempfile::tempdir().unwrap();
    let token = open(directory.path(), "secret").unwrap();
    (directory, token)
}

fn label(label: &str) -> KeyLabel {
    label.parse().unwrap()
}

#[test]
fn a_generated_key_is_found_again() {
    let (directory, token) = token();
    let made = token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
    let again = open(directory.path(), "secret").unwrap();
    let found = again.key(&label("ca")).unwrap();
    assert_eq!(found.public_key(), made.public_key());
    let other = token.generate(&label("other"), KeyAlgorithm::Sm2).unwrap();
    assert_ne!(other.public_key(), made.public_key());
}

#[test]
fn a_key_file_is_encrypted_pkcs8_and_nothing_else_is_left() {
    let (directory, token) = token();
    token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
    let names: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["ca.p8"]);
    let file = fs::read(directory.path().join("ca.p8")).unwrap();
    assert!(is_encrypted_private_key(&file));
    assert!(u64::try_from(file.len()).unwrap() < MAX_FILE_LENGTH);
}

#[test]
fn a_label_is_taken_once_and_its_key_left_alone() {
    let (directory, token) = token();
    token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
    let path = directory.path().join("ca.p8");
    let before = fs::read(&path).unwrap();
    // Both the look before the work and the link after it refuse.
    for error in [
        token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap_err(),
        token
            .create(&label("ca"), KeyUse::Signing, b"other")
            .unwrap_err(),
    ] {
        assert!(matches!(error, Error::KeyExists { label } if label.as_str() == "ca"));
    }
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn of_two_callers_one_gets_the_label() {
    let (directory, _) = token();
    for round in 0..8 {
        let name = label(&format!("ca-{round}"));
        let results: Vec<_> = thread::scope(|scope| {
            let threads = [(); 4].map(|()| {
                scope.spawn(|| {
                    open(directory.path(), "secret")
                        .unwrap()
                        .generate(&name, KeyAlgorithm::Sm2)
                })
            });
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let (won, lost): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1);
        assert!(
            lost.iter()
                .all(|error| matches!(error, Err(Error::KeyExists { .. })))
        );
        let found = open(directory.path(), "secret")
            .unwrap()
            .key(&name)
            .unwrap();
        assert_eq!(found.public_key(), won[0].as_ref().unwrap().public_key());
    }
}

#[test]
fn an_absent_key_is_named() {
    let (_directory, token) = token();
    let error = token.key(&label("ca")).unwrap_err();
    assert!(matches!(error, Error::NoSuchKey { label } if label.as_str() == "ca"));
}

#[test]
fn a_wrong_password_is_told_at_once_and_names_the_file() {
    let (directory, token) = token();
    token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
    let path = directory.path().join("ca.p8");
    let error = open(directory.path(), "Secret").unwrap_err();
    assert!(error.to_string().contains("ca.p8"), "{error}");
    assert!(matches!(error, Error::WrongPassword { path: named } if named == path));
}

#[test]
fn a_half_written_file_is_named_and_does_not_lock_the_others() {
    let (directory, token) = token();
    token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
    let path = directory.path().join("ca.p8");
    let whole = fs::read(&path).unwrap();
    for length in [0, 1, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        for error in [
            token.key(&label("ca")).unwrap_err(),
            open(directory.path(), "secret").unwrap_err(),
        ] {
            assert!(error.source().is_some());
            assert!(matches!(error, Error::KeyFile { path: named, .. } if named == path));
        }
    }
    token.generate(&label("other"), KeyAlgorithm::Sm2).unwrap();
    open(directory.path(), "secret")
        .unwrap()
        .key(&label("other"))
        .unwrap();
    assert!(matches!(
        open(directory.path(), "wrong"),
        Err(Error::WrongPassword { .. })
    ));
}

#[test]
fn a_long_file_is_cut_and_so_no_key() {
    let (directory, token) = token();
    // A whole SEQUENCE of 0x4e20 octets.
    let octets = [&[0x30, 0x82, 0x4e, 0x20][..], &[0; 20_000]].concat();
    fs::write(directory.path().join("ca.p8"), octets).unwrap();
    let Err(Error::KeyFile { source, .. }) = token.key(&label("ca")) else {
        panic!("read as a key");
    };
    assert!(matches!(
        source,
        gm_crypto::Error::Malformed { source, .. }
            if matches!(source.kind(), der::ErrorKind::Incomplete { .. })
    ));
}

#[test]
fn labels_are_sorted_and_other_files_passed_over() {
    let (directory, token) = token();
    for name in ["sub", "root", "a.p8"] {
        token.generate(&label(name), KeyAlgorithm::Sm2).unwrap();
    }
    // What a crash before the link leaves, and what others put there.
    for name in [
        ".0123456789abcdef.tmp",
        "notes.txt",
        "UPPER.p8",
        ".p8",
        "p8",
    ] {
        fs::write(directory.path().join(name), b"").unwrap();
    }
    let labels = token.labels().unwrap();
    let labels: Vec<_> = labels.iter().map(KeyLabel::as_str).collect();
    assert_eq!(labels, ["a.p8", "root", "sub"]);
}

#[test]
fn an_enveloped_key_is_the_tokens() {
    let (_directory, token) = token();
    let archived = token
        .generate(&label("encryption"), KeyAlgorithm::Sm2)
        .unwrap();
    let subscriber = SecretKey::generate(&mut SysRng).unwrap();
    let envelope = token
        .envelop(&label("encryption"), &subscriber.public_key())
        .unwrap();
    let opened = handle(envelope.open(&subscriber).unwrap());
    assert_eq!(opened.public_key(), archived.public_key());
}

#[test]
fn too_few_iterations_make_no_key() {
    let (directory, token) = token();
    let mut parameters = few();
    parameters.iterations = 999;
    let token = token.with_parameters(parameters);
    assert!(matches!(
        token.generate(&label("ca"), KeyAlgorithm::Sm2),
        Err(Error::Crypto { .. })
    ));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let (directory, _) = token();
    let file = directory.path().join("file");
    fs::write(&file, b"").unwrap();
    for path in [file.join("inside"), file] {
        let error = open(&path, "secret").unwrap_err();
        assert!(error.to_string().contains("file"), "{error}");
        assert!(error.source().is_some());
        assert!(matches!(error, Error::Io { path: named, .. } if named == path));
    }
}

#[cfg(unix)]
#[test]
fn directory_and_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("site/keys");
    let token = open(&directory, "secret").unwrap();
    token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&parent.path().join("site")), 0o700);
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&directory.join("ca.p8")), 0o600);
}

#[test]
fn debug_of_a_token_is_silent() {
    let (_directory, token) = token();
    let key = token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
    let text = format!("{token:?} {key:?}");
    assert!(text.contains("Password { .. }"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn a_label_holds_two_keys_and_two_certificates_whatever_it_looks_like() {
    let (directory, token) = token();
    // Each is how another one's file begins.
    let labels = ["ca", "ca.enc-p8", "ca.p8", "ca.crt"].map(label);
    let mut seen = Vec::new();
    for label in &labels {
        let signing = token.generate(label, KeyAlgorithm::Sm2).unwrap();
        let encryption = token.generate_decryption_key(label).unwrap();
        seen.extend([
            signing.public_key().clone(),
            encryption.public_key().clone(),
        ]);
        for key_use in [KeyUse::Signing, KeyUse::Encryption] {
            assert_eq!(token.certificate(label, key_use).unwrap(), None);
            let certificate = format!("{label} {key_use}").into_bytes();
            token
                .write_certificate(label, key_use, b"a longer one before, which leaves nothing")
                .unwrap();
            token
                .write_certificate(label, key_use, &certificate)
                .unwrap();
        }
    }
    let again = open(directory.path(), "secret").unwrap();
    let mut sorted = labels.to_vec();
    sorted.sort_unstable();
    assert_eq!(again.labels().unwrap(), sorted);
    for (label, keys) in labels.iter().zip(seen.chunks(2)) {
        assert_eq!(*again.key(label).unwrap().public_key(), keys[0]);
        assert_eq!(*again.decryption_key(label).unwrap().public_key(), keys[1]);
        for key_use in [KeyUse::Signing, KeyUse::Encryption] {
            let expected = format!("{label} {key_use}").into_bytes();
            assert_eq!(again.certificate(label, key_use).unwrap(), Some(expected));
        }
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 16);
}

#[test]
fn a_wrong_password_is_told_where_there_are_encryption_keys_alone() {
    let (directory, token) = token();
    token.generate_decryption_key(&label("ca")).unwrap();
    assert!(matches!(
        open(directory.path(), "wrong"),
        Err(Error::WrongPassword { .. })
    ));
}

#[test]
fn a_certificate_that_would_be_cut_is_not_kept() {
    let (_directory, token) = token();
    token.generate(&label("ca"), KeyAlgorithm::Sm2).unwrap();
    let keep = |length| token.write_certificate(&label("ca"), KeyUse::Signing, &vec![0x30; length]);
    keep(65_536).unwrap();
    assert!(matches!(keep(65_537), Err(Error::Unsupported { .. })));
    let kept = token.certificate(&label("ca"), KeyUse::Signing).unwrap();
    assert_eq!(kept.unwrap().len(), 65_536);
}
