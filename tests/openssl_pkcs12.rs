//! PKCS#12 both ways with the program `openssl`: it opens what we write, we open what it
//! writes, old ciphers included, and neither opens anything with another password.

use getrandom::SysRng;
use gm_crypto::{
    Error,
    pki::{
        KeyCipher, decode_pem, decode_private_key, encode_pem, encode_private_key,
        pkcs12::{Pkcs12, Pkcs12Draft, Pkcs12Mac, Pkcs12Parameters, Pkcs12Remark},
    },
    sm2::SecretKey,
};
use gm_pki_tests::openssl::Desk;
use std::{fs, path::PathBuf};

const PASSWORD: &str = "密码-password";

/// A key with a certificate that OpenSSL made for it.
struct Holder {
    key: SecretKey,
    key_file: PathBuf,
    certificate: Vec<u8>,
    certificate_file: PathBuf,
}

fn holder(desk: &Desk, name: &str) -> Holder {
    let key = SecretKey::generate(&mut SysRng).expect("a key");
    let pem = encode_pem("PRIVATE KEY", &encode_private_key(&key));
    let key_file = desk.write(&format!("{name}.key"), pem);
    let certificate_file = desk.path(&format!("{name}.pem"));
    let der_file = desk.path(&format!("{name}.der"));
    let made = desk.ask(
        "req -x509 -new -sm3 -sigopt {ID} -subj /C=CN/CN=x -days 2 -key {} -out {}",
        &[&key_file, &certificate_file],
    );
    assert_eq!(made.exit, Some(0), "{}", made.text);
    let made = desk.ask(
        "x509 -outform DER -in {} -out {}",
        &[&certificate_file, &der_file],
    );
    assert_eq!(made.exit, Some(0), "{}", made.text);
    Holder {
        key,
        key_file,
        certificate: fs::read(der_file).expect("a certificate"),
        certificate_file,
    }
}

#[test]
fn openssl_opens_two_keys_and_their_certificates_and_nothing_under_another_password() {
    let Some(desk) = Desk::find() else { return };
    let [signing, encryption] = ["signing", "encryption"].map(|name| holder(&desk, name));
    let mut draft = Pkcs12Draft::new();
    for (holder, name) in [(&signing, "our-signing"), (&encryption, "our-encryption")] {
        draft
            .add_key(holder.key.clone(), Some(name))
            .expect("another key");
        draft
            .add_certificate(&holder.certificate)
            .expect("a certificate");
    }
    for (cipher, mac) in [
        (KeyCipher::Sm4Cbc, Pkcs12Mac::Sm3),
        (KeyCipher::Sm4Cbc, Pkcs12Mac::Sha256),
        (KeyCipher::Aes256Cbc, Pkcs12Mac::Sha256),
    ] {
        let mut parameters = Pkcs12Parameters::default();
        parameters.encryption.cipher = cipher;
        parameters.mac = mac;
        let octets = draft
            .write(&mut SysRng, PASSWORD.as_bytes(), parameters)
            .expect("a file");
        let file = desk.write("ours.p12", &octets);
        let words = format!("pkcs12 -nodes -passin pass:{PASSWORD} -in {{}}");
        let said = desk.ask(&words, &[&file]);
        assert_eq!(said.exit, Some(0), "{cipher:?} {mac:?}: {}", said.text);
        let out = String::from_utf8_lossy(&said.out).into_owned();
        for (holder, name) in [(&signing, "our-signing"), (&encryption, "our-encryption")] {
            let name = format!("friendlyName: {name}");
            assert_eq!(out.matches(&name).count(), 2, "at the key and certificate");
            let certificate = fs::read_to_string(&holder.certificate_file).expect("PEM");
            assert!(out.contains(certificate.trim()));
        }
        let keys = private_keys(&out);
        for (key, holder) in keys.iter().zip([&signing, &encryption]) {
            assert_eq!(key, holder.key.to_bytes().as_slice());
        }
        assert_eq!(keys.len(), 2);

        let said = desk.ask("pkcs12 -nodes -passin pass:other -in {}", &[&file]);
        assert_ne!(said.exit, Some(0));
        assert!(said.text.contains("invalid password"), "{}", said.text);
        // The MAC covers it: one octet in the middle, and OpenSSL does not open it.
        let mut changed = octets.clone();
        changed[octets.len() / 2] ^= 1;
        let file = desk.write("changed.p12", &changed);
        assert_ne!(desk.ask(&words, &[&file]).exit, Some(0));
    }
}

/// The scalars of the PEM blocks in what OpenSSL printed.
fn private_keys(text: &str) -> Vec<Vec<u8>> {
    text.split("-----BEGIN PRIVATE KEY-----")
        .skip(1)
        .map(|block| {
            let pem = format!("-----BEGIN PRIVATE KEY-----{block}");
            let der = decode_pem(pem.as_bytes(), &["PRIVATE KEY"]).expect("PEM");
            let key = decode_private_key(&der).expect("a key");
            key.to_bytes().to_vec()
        })
        .collect()
}

#[test]
fn we_open_what_openssl_writes_old_ciphers_included() {
    let Some(desk) = Desk::find() else { return };
    let one = holder(&desk, "one");
    let legacy = desk.ask("list -providers -provider legacy", &[]).exit == Some(0);
    for (options, old) in [
        ("-keypbe SM4-CBC -certpbe SM4-CBC -macalg SM3", false),
        (
            "-keypbe AES-128-CBC -certpbe AES-256-CBC -macalg SHA256",
            false,
        ),
        ("", false),
        ("-iter 5000 -maciter", false),
        ("-legacy", true),
        ("-legacy -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-2DES", true),
        (
            "-legacy -keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-40 -macalg SM3",
            true,
        ),
    ] {
        if old && !legacy {
            eprintln!("skipped: openssl without its legacy provider");
            continue;
        }
        let file = desk.path("theirs.p12");
        let words = format!(
            "pkcs12 -export -name theirs {options} -passout pass:{PASSWORD} -inkey {{}} -in {{}} -out {{}}"
        );
        let made = desk.ask(&words, &[&one.key_file, &one.certificate_file, &file]);
        assert_eq!(made.exit, Some(0), "{options}: {}", made.text);
        let octets = fs::read(&file).expect("a file");

        let read = Pkcs12::read(&octets, PASSWORD.as_bytes()).expect(options);
        let [pair] = read.pairs()[..] else {
            panic!("{options}: one key");
        };
        assert_eq!(pair.key.key.to_bytes(), one.key.to_bytes());
        assert_eq!(pair.key.friendly_name.as_deref(), Some("theirs"));
        let certificate = pair.certificate.expect("its certificate");
        assert_eq!(certificate.der, one.certificate);
        assert_eq!(certificate.local_key_id, pair.key.local_key_id);
        let named = |remark: &Pkcs12Remark| matches!(remark, Pkcs12Remark::OldCipher { .. });
        assert_eq!(read.remarks().iter().any(named), old, "{options}");

        for wrong in ["", "other"] {
            assert!(matches!(
                Pkcs12::read(&octets, wrong.as_bytes()),
                Err(Error::WrongPassword)
            ));
        }
        let mut changed = octets.clone();
        changed[octets.len() / 2] ^= 1;
        assert!(Pkcs12::read(&changed, PASSWORD.as_bytes()).is_err());
    }
}

#[test]
fn files_of_openssl_without_mac_password_or_encryption_are_read_with_a_remark() {
    let Some(desk) = Desk::find() else { return };
    let one = holder(&desk, "one");
    for (options, password, remarks) in [
        ("-nomac", PASSWORD, &[Pkcs12Remark::NoMac][..]),
        ("-passout pass:", "", &[]),
        (
            "-nomac -keypbe NONE -certpbe NONE",
            "",
            &[Pkcs12Remark::NoMac, Pkcs12Remark::PlainKey],
        ),
    ] {
        let file = desk.path("theirs.p12");
        let words = format!(
            "pkcs12 -export {options} -passout pass:{password} -inkey {{}} -in {{}} -out {{}}"
        );
        let made = desk.ask(&words, &[&one.key_file, &one.certificate_file, &file]);
        assert_eq!(made.exit, Some(0), "{options}: {}", made.text);
        let octets = fs::read(&file).expect("a file");
        let read = Pkcs12::read(&octets, password.as_bytes()).expect(options);
        assert_eq!(read.keys()[0].key.to_bytes(), one.key.to_bytes());
        assert_eq!(read.remarks(), remarks, "{options}");
    }
    // RC4 is read by nobody here.
    let file = desk.path("rc4.p12");
    let made = desk.ask(
        "pkcs12 -export -legacy -keypbe PBE-SHA1-RC4-128 -passout pass:x -inkey {} -in {} -out {}",
        &[&one.key_file, &one.certificate_file, &file],
    );
    if made.exit == Some(0) {
        assert!(matches!(
            Pkcs12::read(&fs::read(&file).expect("a file"), b"x"),
            Err(Error::Unsupported { .. })
        ));
    }
}
