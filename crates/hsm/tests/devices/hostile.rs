//! Libraries that do what none should.

use crate::child;
use getrandom::SysRng;
use gm_crypto::sm2::PublicKey;
use hsm::{
    Error, KeyLabel, KeyUse, Password, Pin, PoolOptions, Token,
    sdf::{SdfDevice, SdfLibrary, SdfVariant},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Compiles a library from a file of this folder.
pub(crate) fn compile(folder: &Path, source: &str, flags: &[&str]) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/devices")
        .join(source);
    let library = folder.join("libhostile.so");
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-Wall", "-Werror", "-o"])
        .arg(&library)
        .arg(source)
        .args(flags)
        .status()
        .expect("a C compiler is there, for Rust links with it");
    assert!(status.success());
    library
}

/// Runs `body` with the library that does `what`.
fn sdf(name: &str, what: &str, body: impl FnOnce(&SdfLibrary)) {
    let name = format!("hostile::{name}");
    child::run(&name, &[("HOSTILE", what)], || {
        let folder = tempfile::tempdir().unwrap();
        let path = compile(folder.path(), "hostile_sdf.c", &[]);
        body(&SdfLibrary::load(path, SdfVariant::default()).unwrap());
    });
}

fn open(library: &SdfLibrary) -> Result<SdfDevice, Error> {
    let pin = Pin::new(Password::new("12345678").unwrap());
    SdfDevice::open(library, Some(pin), PoolOptions::default().with_sessions(1))
}

fn label() -> KeyLabel {
    "1".parse().unwrap()
}

fn certificate() -> Vec<u8> {
    [&[0x30, 0x82, 0x01, 0x00][..], &[7; 256]].concat()
}

#[track_caller]
pub(crate) fn is_garbage<T: std::fmt::Debug>(result: Result<T, Error>, expected: &str) {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Garbage { .. }), "{error}");
    let said = error.to_string();
    assert!(said.starts_with(expected), "{said:?} {expected:?}");
}

#[test]
fn a_library_without_signatures_is_no_sdf_library() {
    let folder = tempfile::tempdir().unwrap();
    let path = compile(folder.path(), "hostile_sdf.c", &["-DNO_SIGNATURES"]);
    let error = SdfLibrary::load(&path, SdfVariant::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} is no SDF (GM/T 0018) library: it has no SDF_InternalSign_ECC",
            path.display()
        )
    );
}

#[test]
fn a_library_that_behaves_is_believed() {
    sdf("a_library_that_behaves_is_believed", "", |library| {
        let device = open(library).unwrap();
        let key = device.key(&label()).unwrap();
        key.sign(b"m").unwrap();
        let point = key
            .public_key()
            .decode_msg::<spki::SubjectPublicKeyInfoRef<'_>>();
        let point = point.unwrap().subject_public_key.raw_bytes().to_vec();
        let public_key = PublicKey::from_uncompressed(&point).unwrap();
        let ciphertext = public_key.encrypt(&mut SysRng, b"message").unwrap();
        let decryption = device.as_decryption().unwrap();
        let key = decryption.decryption_key(&label()).unwrap();
        assert_eq!(**key.decrypt(&ciphertext).unwrap(), *b"mmmmmmm");
        let files = device.as_certificates().unwrap();
        let certificate = certificate();
        files
            .write_certificate(&label(), KeyUse::Signing, &certificate)
            .unwrap();
        let read = files.certificate(&label(), KeyUse::Signing).unwrap();
        assert_eq!(read, Some(certificate), "read in parts");
        assert_eq!(device.labels().unwrap().len(), 32);
    });
}

#[test]
fn a_call_that_gives_no_handle_failed() {
    let name = "a_call_that_gives_no_handle_failed";
    sdf(name, "no device handle", |library| {
        is_garbage(open(library), "SDF_OpenDevice gave no handle");
    });
    sdf(name, "no session handle", |library| {
        is_garbage(open(library), "SDF_OpenSession gave no handle");
    });
    sdf(name, "no device", |library| {
        let error = open(library).unwrap_err();
        assert!(matches!(error, Error::DeviceGone { .. }), "{error}");
    });
}

#[test]
fn a_public_key_that_cannot_be_is_garbage() {
    let name = "a_public_key_that_cannot_be_is_garbage";
    let call = "SDF_ExportSignPublicKey_ECC gave";
    for (what, expected) in [
        ("wide key", "a public key that has not 256 bits"),
        (
            "point off the curve",
            "a public key that is not on the curve",
        ),
        ("long coordinate", "a number of more than 256 bits"),
        ("behind the structure", "more octets than the structure has"),
    ] {
        sdf(name, what, |library| {
            let device = open(library).unwrap();
            is_garbage(device.key(&label()), &format!("{call} {expected}"));
            is_garbage(device.labels(), &format!("{call} {expected}"));
        });
    }
}

#[test]
fn a_code_that_nobody_knows_is_told_as_it_is() {
    let name = "a_code_that_nobody_knows_is_told_as_it_is";
    sdf(name, "strange code", |library| {
        let error = open(library).unwrap().key(&label()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "SDF_ExportSignPublicKey_ECC returned 0x00007777 (unknown)"
        );
    });
}

#[test]
fn an_empty_place_of_zeros_is_no_key() {
    let name = "an_empty_place_of_zeros_is_no_key";
    sdf(name, "empty places", |library| {
        let device = open(library).unwrap();
        assert_eq!(device.labels().unwrap(), ["3".parse().unwrap()]);
        let error = device.key(&label()).unwrap_err();
        assert!(matches!(error, Error::NoSuchKey { .. }), "{error}");
    });
}

#[test]
fn a_signature_out_of_range_is_garbage() {
    let name = "a_signature_out_of_range_is_garbage";
    for what in ["r is zero", "s is the order"] {
        sdf(name, what, |library| {
            let key = open(library).unwrap().key(&label()).unwrap();
            let expected = "SDF_InternalSign_ECC gave a signature whose r or s is out of range";
            is_garbage(key.sign(b"m"), expected);
        });
    }
    sdf(name, "no key to sign with", |library| {
        let key = open(library).unwrap().key(&label()).unwrap();
        let error = key.sign(b"m").unwrap_err();
        assert!(matches!(error, Error::NoSuchKey { .. }), "{error}");
    });
}

#[test]
fn a_right_that_was_given_and_does_not_help_is_not_asked_for_again() {
    let name = "a_right_that_was_given_and_does_not_help_is_not_asked_for_again";
    sdf(name, "right without end", |library| {
        let key = open(library).unwrap().key(&label()).unwrap();
        let error = key.sign(b"m").unwrap_err();
        assert_eq!(
            error.to_string(),
            "SDF_InternalSign_ECC returned 0x01000007 (SDR_PARDENY)"
        );
    });
}

#[test]
fn a_plaintext_of_another_length_is_garbage() {
    let name = "a_plaintext_of_another_length_is_garbage";
    for (what, expected) in [
        (
            "longer than the room",
            "more octets than there was room for",
        ),
        ("behind the room", "more octets than there was room for"),
        (
            "another length",
            "a plaintext that is not as long as its ciphertext",
        ),
    ] {
        sdf(name, what, |library| {
            let device = open(library).unwrap();
            let decryption = device.as_decryption().unwrap();
            let key = decryption.decryption_key(&label()).unwrap();
            let stranger = gm_crypto::sm2::SecretKey::from_bytes(&[7; 32]).unwrap();
            let ciphertext = stranger
                .public_key()
                .encrypt(&mut SysRng, b"message")
                .unwrap();
            let expected = format!("SDF_InternalDecrypt_ECC gave {expected}");
            is_garbage(key.decrypt(&ciphertext), &expected);
        });
    }
}

#[test]
fn a_file_that_is_no_certificate_is_garbage_and_a_changed_one_is_told() {
    let name = "a_file_that_is_no_certificate_is_garbage_and_a_changed_one_is_told";
    sdf(name, "no certificate", |library| {
        let device = open(library).unwrap();
        let files = device.as_certificates().unwrap();
        let read = files.certificate(&label(), KeyUse::Signing);
        is_garbage(read, "SDF_ReadFile gave a file that is no certificate");
    });
    sdf(name, "file that ends early", |library| {
        let device = open(library).unwrap();
        let files = device.as_certificates().unwrap();
        let written = files.write_certificate(&label(), KeyUse::Signing, &certificate());
        is_garbage(written, "SDF_ReadFile gave less than was written");
    });
    sdf(name, "other file", |library| {
        let device = open(library).unwrap();
        let files = device.as_certificates().unwrap();
        let error = files
            .write_certificate(&label(), KeyUse::Signing, &certificate())
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "what SDF_WriteFile wrote came back changed: take the device out of service"
        );
    });
}

#[test]
fn random_octets_that_are_none_and_text_that_does_not_end() {
    let name = "random_octets_that_are_none_and_text_that_does_not_end";
    sdf(name, "no random", |library| {
        let device = open(library).unwrap();
        let filled = device.as_random().unwrap().fill_random(&mut [0; 32]);
        is_garbage(filled, "SDF_GenerateRandom gave nothing but zeros");
    });
    sdf(name, "no end of text", |library| {
        let description = open(library).unwrap().description().unwrap();
        assert_eq!(description.model.chars().count(), 16);
    });
}
