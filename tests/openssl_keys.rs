//! Key files: OpenSSL reads what we write, we read what it writes, and both refuse what
//! was changed.

use getrandom::SysRng;
use gm_crypto::{
    Error,
    pki::{
        self, KeyCipher, KeyFileParameters, KeyFormat, KeyRemark, Prf, PrivateKeyFile,
        PublicKeyFile, SpkiOptions, encode_pem,
    },
    sm2::SecretKey,
};
use gm_pki_tests::openssl::Desk;
use spki::EncodePublicKey;
use std::{fs, path::PathBuf};

const PASSWORD: &[u8] = "口令secret".as_bytes();
const PASS_IN: &str = "-passin pass:口令secret";
const PASS_OUT: &str = "-passout pass:口令secret";

/// A key that OpenSSL made, in its own form, and its scalar as we read it there.
fn theirs(desk: &Desk) -> (PathBuf, SecretKey) {
    let path = desk.path("key.pem");
    let made = desk.ask("ecparam -name SM2 -genkey -out {}", &[&path]);
    assert_eq!(made.exit, Some(0), "{}", made.text);
    let file = PrivateKeyFile::read(&fs::read(&path).expect("a file")).expect("a key file");
    assert_eq!(file.format(), KeyFormat::Pkcs8);
    assert_eq!(file.remarks(), [KeyRemark::ParametersInFront]);
    let key = file.open(None).expect("it is not encrypted");
    let public = desk.ask("pkey -in {} -pubout -outform DER", &[&path]);
    assert_eq!(public.out, public_der(&key));
    (path, key)
}

fn public_der(key: &SecretKey) -> Vec<u8> {
    let der = key.public_key().to_public_key_der().expect("a point");
    der.into_vec()
}

#[test]
fn we_read_every_private_key_that_openssl_writes() {
    use KeyFormat::{EncryptedPkcs8, LegacyPem, Pkcs8, Sec1};
    use KeyRemark::{CompressedPublicKey, ExplicitParameters, Md5Derivation, NoPublicKey};
    let Some(desk) = Desk::find() else { return };
    let (path, key) = theirs(&desk);
    let mut wanted: Vec<(String, KeyFormat, &[KeyRemark])> = vec![
        ("pkey".into(), Pkcs8, &[]),
        ("ec".into(), Sec1, &[]),
        ("ec -no_public".into(), Sec1, &[NoPublicKey]),
        (
            "ec -conv_form compressed".into(),
            Sec1,
            &[CompressedPublicKey],
        ),
        ("ec -param_enc explicit".into(), Sec1, &[ExplicitParameters]),
        ("pkcs8 -topk8 -nocrypt".into(), Pkcs8, &[]),
    ];
    for cipher in ["sm4-cbc", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc"] {
        wanted.push((
            format!("pkcs8 -topk8 {PASS_OUT} -v2 {cipher}"),
            EncryptedPkcs8,
            &[],
        ));
        wanted.push((
            format!("ec {PASS_OUT} -{cipher}"),
            LegacyPem,
            &[Md5Derivation],
        ));
    }
    for (words, format, remarks) in wanted {
        for form in ["PEM", "DER"] {
            if format == LegacyPem && form == "DER" {
                continue;
            }
            let said = desk.ask(&format!("{words} -in {{}} -outform {form}"), &[&path]);
            assert_eq!(said.exit, Some(0), "{words}: {}", said.text);
            let file = PrivateKeyFile::read(&said.out).expect("a key file");
            // OpenSSL 3.0's pkey has PKCS#8 in PEM and the older form in DER.
            let format = match (words.starts_with("pkey"), form) {
                (true, "DER") => Sec1,
                _ => format,
            };
            assert_eq!(
                (file.format(), file.remarks()),
                (format, remarks),
                "{words} {form}"
            );
            let found = file.open(Some(PASSWORD)).expect("the password");
            assert_eq!(found.to_bytes(), key.to_bytes(), "{words} {form}");
            if file.is_encrypted() {
                assert!(matches!(
                    file.open(Some(b"other")),
                    Err(Error::WrongPassword)
                ));
            }
        }
    }
}

#[test]
fn openssl_reads_every_private_key_that_is_for_it() {
    let Some(desk) = Desk::find() else { return };
    let key = SecretKey::generate(&mut SysRng).expect("a key");
    let mut files = vec![
        (
            "PKCS#8",
            encode_pem("PRIVATE KEY", &pki::encode_private_key(&key)),
        ),
        (
            "PKCS#8 without public key",
            encode_pem("PRIVATE KEY", &pki::encode_private_key_without_public(&key)),
        ),
        (
            "SEC 1",
            encode_pem("EC PRIVATE KEY", &pki::encode_private_key_sec1(&key)),
        ),
        (
            "PEM with DEK-Info",
            pki::encode_private_key_legacy_pem(&mut SysRng, &key, PASSWORD).expect("random"),
        ),
    ];
    for (name, cipher) in [
        ("SM4", KeyCipher::Sm4Cbc),
        ("AES-128", KeyCipher::Aes128Cbc),
        ("AES-192", KeyCipher::Aes192Cbc),
        ("AES-256", KeyCipher::Aes256Cbc),
    ] {
        let mut parameters = KeyFileParameters::default();
        (parameters.iterations, parameters.prf, parameters.cipher) =
            (2_000, Prf::HmacSha256, cipher);
        let der = pki::encode_private_key_encrypted(&mut SysRng, &key, PASSWORD, parameters);
        let pem = encode_pem("ENCRYPTED PRIVATE KEY", &der.expect("random"));
        files.push((name, pem));
    }
    for (name, text) in files {
        let public = |text: &str, pass: &str| {
            let path = desk.write("ours.pem", text);
            let said = desk.ask(
                &format!("pkey {pass} -in {{}} -pubout -outform DER"),
                &[&path],
            );
            (said.exit == Some(0)).then_some(said.out)
        };
        assert_eq!(public(&text, PASS_IN), Some(public_der(&key)), "{name}");
        let encrypted = PrivateKeyFile::read(text.as_bytes())
            .expect("ours")
            .is_encrypted();
        if encrypted {
            assert_eq!(public(&text, "-passin pass:other"), None, "{name}");
        }
        // One letter of the ciphertext: neither reads the key any more.
        let place = text.len() - 80;
        let letter = if text.as_bytes()[place] == b'A' {
            "B"
        } else {
            "A"
        };
        let mut changed = text.clone();
        changed.replace_range(place..=place, letter);
        let ours = PrivateKeyFile::read(changed.as_bytes());
        let ours = ours.and_then(|file| file.open(Some(PASSWORD)));
        if encrypted {
            assert!(matches!(ours, Err(Error::WrongPassword)), "{name}");
            assert_ne!(public(&changed, PASS_IN), Some(public_der(&key)), "{name}");
        } else {
            assert!(ours.is_err_or_another(&key), "{name}");
        }
    }
}

trait ErrOrAnother {
    fn is_err_or_another(&self, key: &SecretKey) -> bool;
}

impl ErrOrAnother for gm_crypto::Result<SecretKey> {
    fn is_err_or_another(&self, key: &SecretKey) -> bool {
        self.as_ref()
            .map_or(true, |found| found.to_bytes() != key.to_bytes())
    }
}

#[test]
fn public_keys_go_both_ways() {
    let Some(desk) = Desk::find() else { return };
    let (path, key) = theirs(&desk);
    for (options, explicit, compressed) in [
        ("", false, false),
        ("-conv_form compressed", false, true),
        ("-param_enc explicit", true, false),
        ("-param_enc explicit -conv_form compressed", true, true),
    ] {
        for form in ["PEM", "DER"] {
            let words = format!("ec -in {{}} -pubout {options} -outform {form}");
            let said = desk.ask(&words, &[&path]);
            let read = PublicKeyFile::read(&said.out, SpkiOptions::LENIENT).expect("a key");
            assert_eq!(read.key(), key.public_key());
            assert_eq!(read.has_explicit_parameters(), explicit, "{options}");
            assert_eq!(read.is_compressed(), compressed, "{options}");
            let strict = PublicKeyFile::read(&said.out, SpkiOptions::default());
            assert_eq!(strict.is_ok(), !explicit && !compressed, "{options}");
        }
    }
    let ours = desk.write("ours.pem", encode_pem("PUBLIC KEY", &public_der(&key)));
    let said = desk.ask("pkey -pubin -in {} -pubout -outform DER", &[&ours]);
    assert_eq!(said.out, public_der(&key));
}
