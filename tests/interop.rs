//! BouncyCastle, tongsuopy and gmssl_pyx read what we write, and we what they write.
//! What OpenSSL reads is shown by the tests with its name; every call, and what nobody can
//! judge, stands in `docs/interoperability.md`.

use getrandom::SysRng;
use gm_crypto::{
    message::{
        ContentTypes, Deviation, Dialect, EnvelopedData, Parameters, Partner, SignatureName,
        SignedMessage, Signer, UnverifiedSignedData,
    },
    pki::{
        KeyCipher, KeyFileParameters, Prf, PrivateKeyFile, decode_private_key_encrypted,
        encode_pem, encode_private_key, encode_private_key_encrypted,
        encode_private_key_legacy_pem, encode_private_key_sec1,
        pkcs12::{Pkcs12Draft, Pkcs12Parameters},
    },
    sm2::{
        Ciphertext, DerSignature, LegacyCiphertext, SecretKey, SigningKey, UserId, VerifyingKey,
    },
};
use gm_pki_tests::{
    command::{Bench, gmpki},
    interop::{BouncyCastle, Python},
    openssl::Desk,
};
use signature::Verifier;
use spki::EncodePublicKey;
use std::{
    fs,
    path::{Path, PathBuf},
};

const TEXT: &[u8] = "一份合同 a contract".as_bytes();
const PASSWORD: &str = "correct horse 电池";

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn key() -> SecretKey {
    SecretKey::generate(&mut SysRng).expect("randomness")
}

fn scalar(key: &SecretKey) -> String {
    hexadecimal(key.to_bytes().as_slice())
}

fn point(key: &SecretKey) -> String {
    hexadecimal(&key.public_key().to_uncompressed())
}

fn public(key: &SecretKey) -> String {
    let der = key.public_key().to_public_key_der().expect("a key");
    encode_pem("PUBLIC KEY", der.as_bytes())
}

fn sign(key: &SecretKey) -> Vec<u8> {
    let signer = SigningKey::new(key.clone(), UserId::default());
    let signature = signer.sign_hedged(&mut SysRng, TEXT).expect("randomness");
    signature.to_der()
}

fn verifies(key: &SecretKey, signature: &[u8]) -> bool {
    let signature = DerSignature::from_der(signature).expect("a signature");
    VerifyingKey::new(key.public_key(), &UserId::default())
        .verify(TEXT, &signature)
        .is_ok()
}

fn changed(octets: &[u8]) -> Vec<u8> {
    let mut changed = octets.to_vec();
    *changed.last_mut().expect("octets") ^= 1;
    changed
}

/// The encrypted forms that OpenSSL and its kin read.
fn closed(key: &SecretKey) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = Vec::new();
    for (name, cipher) in [
        ("sm4.pem", KeyCipher::Sm4Cbc),
        ("aes-128.pem", KeyCipher::Aes128Cbc),
        ("aes-256.pem", KeyCipher::Aes256Cbc),
    ] {
        let mut parameters = KeyFileParameters::default();
        parameters.prf = Prf::HmacSha256;
        parameters.cipher = cipher;
        let der = encode_private_key_encrypted(&mut SysRng, key, PASSWORD.as_bytes(), parameters);
        let pem = encode_pem("ENCRYPTED PRIVATE KEY", &der.expect("a file"));
        files.push((name, pem.into_bytes()));
    }
    let legacy = encode_private_key_legacy_pem(&mut SysRng, key, PASSWORD.as_bytes());
    let legacy = legacy.expect("a file").as_bytes().to_vec();
    files.push(("legacy.pem", legacy));
    files
}

/// A key with a certificate that OpenSSL made of it.
struct Owner {
    key: SecretKey,
    key_file: PathBuf,
    certificate: PathBuf,
}

impl Owner {
    fn new(desk: &Desk, name: &str) -> Self {
        let key = key();
        let key_file = desk.write(&format!("{name}.key.der"), encode_private_key(&key));
        let pem = encode_pem("PRIVATE KEY", &encode_private_key(&key));
        let pem = desk.write(&format!("{name}.key.pem"), pem);
        let certificate = desk.path(&format!("{name}.der"));
        let words = format!(
            "req -x509 -new -utf8 -sm3 -sigopt {{ID}} -days 9 -outform DER -subj /C=CN/CN={name} \
             -key {{}} -out {{}}"
        );
        let said = desk.ask(&words, &[&pem, &certificate]);
        assert_eq!(said.exit, Some(0), "{}", said.text);
        Self {
            key,
            key_file,
            certificate,
        }
    }
}

#[test]
fn bouncycastle_reads_our_encrypted_keys_and_we_read_its() {
    let (Some(desk), Some(bouncy)) = (Desk::find(), BouncyCastle::find()) else {
        return;
    };
    let key = key();
    let octets = encode_private_key_encrypted(
        &mut SysRng,
        &key,
        PASSWORD.as_bytes(),
        KeyFileParameters::default(),
    )
    .expect("a file");
    let ours = desk.write("ours", octets);
    let read = |password: &str| bouncy.ask("private", &[ours.as_os_str(), password.as_ref()]);
    assert_eq!(read(PASSWORD).good(), scalar(&key));
    let said = read("wrong");
    assert_ne!(said.exit, Some(0), "{}", said.text);

    let plain = desk.write("plain", encode_private_key(&key));
    let theirs = desk.path("theirs");
    let words = [plain.as_os_str(), PASSWORD.as_ref(), theirs.as_os_str()];
    bouncy.ask("make", &words).good();
    let octets = fs::read(theirs).expect("a file");
    let read = decode_private_key_encrypted(&octets, PASSWORD.as_bytes()).expect("a key");
    assert_eq!(read.to_bytes(), key.to_bytes());
    assert!(decode_private_key_encrypted(&octets, b"wrong").is_err());
}

#[test]
fn bouncycastle_reads_our_ciphertexts_in_both_orders_and_we_read_its() {
    let (Some(desk), Some(bouncy)) = (Desk::find(), BouncyCastle::find()) else {
        return;
    };
    let owner = Owner::new(&desk, "reader");
    let text = desk.write("text", TEXT);
    for mode in ["C1C3C2", "C1C2C3"] {
        let ciphertext = owner.key.public_key().encrypt(&mut SysRng, TEXT);
        let ciphertext = ciphertext.expect("randomness");
        let octets = match mode {
            "C1C3C2" => ciphertext.to_c1c3c2(),
            _ => LegacyCiphertext::from(ciphertext).to_c1c2c3(),
        };
        let ask = |octets: &[u8]| {
            let ours = desk.write("ours", octets);
            let words = [owner.key_file.as_os_str(), mode.as_ref(), ours.as_os_str()];
            bouncy.ask("decipher", &words)
        };
        assert_eq!(ask(&octets).good(), hexadecimal(TEXT), "{mode}");
        ask(&changed(&octets)).refused("invalid cipher text");

        let theirs = desk.path("theirs");
        let words = [
            owner.certificate.as_os_str(),
            mode.as_ref(),
            text.as_os_str(),
            theirs.as_os_str(),
        ];
        bouncy.ask("encipher", &words).good();
        let octets = fs::read(theirs).expect("a file");
        let ciphertext = match mode {
            "C1C3C2" => Ciphertext::from_c1c3c2(&octets),
            _ => LegacyCiphertext::from_c1c2c3(&octets).map(Ciphertext::from),
        };
        let read = owner.key.decrypt(&ciphertext.expect("a ciphertext"));
        assert_eq!(read.expect("our key")[..], *TEXT, "{mode}");
    }
}

#[test]
fn bouncycastle_reads_both_keys_of_our_pkcs12() {
    let (Some(desk), Some(bouncy)) = (Desk::find(), BouncyCastle::find()) else {
        return;
    };
    let owners = ["signing", "encryption"].map(|name| Owner::new(&desk, name));
    let mut draft = Pkcs12Draft::new();
    for (owner, name) in owners.iter().zip(["signing", "encryption"]) {
        draft
            .add_key(owner.key.clone(), Some(name))
            .expect("a new key");
        let certificate = fs::read(&owner.certificate).expect("a file");
        draft.add_certificate(&certificate).expect("a certificate");
    }
    let octets = draft
        .write(
            &mut SysRng,
            PASSWORD.as_bytes(),
            Pkcs12Parameters::default(),
        )
        .expect("a file");
    let ours = desk.write("ours.p12", &octets);

    let read = |password: &str| bouncy.ask("pkcs12", &[ours.as_os_str(), password.as_ref()]);
    let said = read(PASSWORD);
    for owner in &owners {
        assert!(
            said.good().contains(&format!("key {}", scalar(&owner.key))),
            "{}",
            said.text
        );
    }
    assert_eq!(said.good().matches("certificate ").count(), 2);
    read("wrong").refused("the MAC does not fit");
}

#[test]
fn bouncycastle_verifies_our_signed_messages_and_we_verify_its() {
    let (Some(desk), Some(bouncy)) = (Desk::find(), BouncyCastle::find()) else {
        return;
    };
    let owner = Owner::new(&desk, "signer");
    let certificate = fs::read(&owner.certificate).expect("a file");
    let key = SigningKey::new(owner.key.clone(), UserId::default());
    let content = desk.write("content", TEXT);
    let other = desk.write("other", changed(TEXT));
    let mut rfc5652 = Partner::default();
    rfc5652.content_types = ContentTypes::Rfc5652;
    rfc5652.parameters = Parameters::Absent;
    rfc5652.signature_name = SignatureName::Sm2WithSm3;

    for partner in [Partner::default(), rfc5652] {
        for with_attributes in [false, true] {
            let case = format!("{partner:?}, attributes {with_attributes}");
            let make = |detached: bool| {
                let mut message = SignedMessage::new(TEXT).partner(partner);
                if detached {
                    message = message.detached();
                }
                let mut signer = Signer::new(&certificate).expect("a certificate");
                if with_attributes {
                    signer = signer.with_attributes();
                }
                let draft = message.prepare(vec![signer]).expect("a draft");
                draft.sign(&mut SysRng, &[&key]).expect("a message")
            };
            let attached = make(false);
            let verify = |octets: &[u8], rest: &[&Path]| {
                let message = desk.write("message", octets);
                let mut words = vec![message.as_path(), &owner.certificate];
                words.extend_from_slice(rest);
                bouncy.ask("verify", &words)
            };
            let said = verify(&attached, &[]);
            assert_eq!(said.good(), hexadecimal(TEXT), "{case}");
            let at = attached
                .windows(TEXT.len())
                .position(|window| window == TEXT)
                .expect("the content");
            let mut tampered = attached.clone();
            tampered[at] ^= 1;
            verify(&tampered, &[]).refused("refused");
            let detached = make(true);
            assert_eq!(verify(&detached, &[&content]).good(), "good", "{case}");
            verify(&detached, &[&other]).refused("refused");
        }
    }

    let theirs = desk.path("theirs");
    let words = [&owner.key_file, &owner.certificate, &content, &theirs];
    bouncy.ask("sign", &words).good();
    let octets = fs::read(&theirs).expect("a file");
    let read = || UnverifiedSignedData::read(&octets, Dialect::Field).expect("a message");
    assert!(
        read()
            .deviations()
            .contains(&Deviation::ContentTypeOfRfc5652)
    );
    assert!(UnverifiedSignedData::from_der(&octets).is_err(), "strict");
    let verified = read().verify(&certificate).expect("their signature");
    assert_eq!(verified.as_bytes(), TEXT);
    let at = octets
        .windows(TEXT.len())
        .position(|window| window == TEXT)
        .expect("the content");
    let mut tampered = octets.clone();
    tampered[at] ^= 1;
    let tampered = UnverifiedSignedData::read(&tampered, Dialect::Field).expect("a message");
    assert!(tampered.verify(&certificate).is_err());
}

#[test]
fn bouncycastle_decrypts_our_enveloped_messages_and_we_decrypt_its() {
    let (Some(desk), Some(bouncy)) = (Desk::find(), BouncyCastle::find()) else {
        return;
    };
    let [owner, other] = ["recipient", "other"].map(|name| Owner::new(&desk, name));
    let certificates = [&other, &owner].map(|owner| fs::read(&owner.certificate).expect("a file"));
    let recipients = [&*certificates[0], &*certificates[1]];
    let mut rfc5652 = Partner::default();
    rfc5652.content_types = ContentTypes::Rfc5652;
    for partner in [Partner::default(), rfc5652] {
        let message = EnvelopedData::encrypt(&mut SysRng, &partner, &recipients, TEXT);
        let message = desk.write("message", message.expect("a message"));
        for reader in [&owner, &other] {
            let words = [&message, &reader.certificate, &reader.key_file];
            let said = bouncy.ask("decrypt", &words);
            assert_eq!(said.good(), hexadecimal(TEXT), "{partner:?}");
        }
        let words = [&message, &owner.certificate, &other.key_file];
        bouncy.ask("decrypt", &words).refused("invalid cipher text");
    }

    let (content, theirs) = (desk.write("content", TEXT), desk.path("theirs"));
    let words = [&owner.certificate, &content, &theirs];
    bouncy.ask("encrypt", &words).good();
    let octets = fs::read(&theirs).expect("a file");
    let message = EnvelopedData::read(&octets, Dialect::Field).expect("a message");
    let text = message
        .decrypt(Some(&certificates[1]), &owner.key)
        .expect("for us");
    assert_eq!(text.into_unauthenticated_bytes()[..], *TEXT);
    let read = message.decrypt(Some(&certificates[1]), &other.key);
    assert!(read.is_err());
}

#[test]
fn tongsuopy_reads_our_keys_and_we_read_its() {
    let (Some(desk), Some(tongsuo)) = (Desk::find(), Python::Tongsuo.find()) else {
        return;
    };
    let key = key();
    for (name, octets) in [
        (
            "pkcs8.pem",
            encode_pem("PRIVATE KEY", &encode_private_key(&key)).into_bytes(),
        ),
        ("pkcs8.der", encode_private_key(&key).to_vec()),
        (
            "sec1.pem",
            encode_pem("EC PRIVATE KEY", &encode_private_key_sec1(&key)).into_bytes(),
        ),
        ("sec1.der", encode_private_key_sec1(&key).to_vec()),
    ] {
        let said = tongsuo.ask("private", &[desk.write(name, octets)]);
        assert_eq!(said.good(), scalar(&key), "{name}");
    }
    let said = tongsuo.ask("public", &[desk.write("public.pem", public(&key))]);
    assert_eq!(said.good(), point(&key));

    for kind in ["pkcs8", "legacy"] {
        for password in ["-", PASSWORD] {
            let theirs = desk.path(kind);
            let words = [&scalar(&key), kind, password, &theirs.display().to_string()];
            tongsuo.ask("make", &words).good();
            let read = PrivateKeyFile::read(&fs::read(&theirs).expect("a file")).expect("a key");
            assert_eq!(read.is_encrypted(), password != "-", "{kind}");
            let opened = read.open(Some(PASSWORD.as_bytes())).expect("a key");
            assert_eq!(opened.to_bytes(), key.to_bytes(), "{kind}");
        }
    }
    for (name, file) in closed(&key) {
        let ours = desk.write(name, file).display().to_string();
        let said = tongsuo.ask("private", &[&ours, PASSWORD]);
        assert_eq!(said.good(), scalar(&key), "{name}");
        let said = tongsuo.ask("private", &[&*ours, "wrong"]);
        assert_ne!(said.exit, Some(0), "{name}: {}", said.text);
    }
}

#[test]
fn tongsuopy_reads_our_signatures_and_ciphertexts_and_we_read_its() {
    let (Some(desk), Some(tongsuo)) = (Desk::find(), Python::Tongsuo.find()) else {
        return;
    };
    let key = key();
    let private = desk.write(
        "private",
        encode_pem("PRIVATE KEY", &encode_private_key(&key)),
    );
    let public = desk.write("public", public(&key));
    let (text, theirs) = (desk.write("text", TEXT), desk.path("theirs"));
    let other = desk.write("other", changed(TEXT));

    let ours = desk.write("signature", sign(&key));
    let verify = |text: &Path| tongsuo.ask("verify", &[&*public, text, &*ours]);
    assert_eq!(verify(&text).good(), "good");
    verify(&other).refused("InvalidSignature");
    tongsuo.ask("sign", &[&private, &text, &theirs]).good();
    assert!(verifies(&key, &fs::read(&theirs).expect("a file")));

    let ciphertext = key.public_key().encrypt(&mut SysRng, TEXT);
    let ciphertext = ciphertext.expect("randomness").to_der();
    let decrypt = |octets: &[u8]| {
        let ours = desk.write("ciphertext", octets);
        tongsuo.ask("decrypt", &[&private, &ours])
    };
    assert_eq!(decrypt(&ciphertext).good(), hexadecimal(TEXT));
    decrypt(&changed(&ciphertext)).refused("InternalError");
    tongsuo.ask("encrypt", &[&public, &text, &theirs]).good();
    let octets = fs::read(&theirs).expect("a file");
    let ciphertext = Ciphertext::from_der(&octets).expect("DER");
    assert_eq!(key.decrypt(&ciphertext).expect("our key")[..], *TEXT);
}

#[test]
fn gmssl_reads_our_keys_signatures_and_ciphertexts_and_we_read_its() {
    let (Some(desk), Some(gmssl)) = (Desk::find(), Python::GmSsl.find()) else {
        return;
    };
    let file = |path: &Path| path.display().to_string();
    let key = key();
    let (d, q) = (scalar(&key), point(&key));
    let (text, theirs) = (desk.write("text", TEXT), desk.path("theirs"));
    let (text, out) = (file(&text), file(&theirs));
    let other = file(&desk.write("other", changed(TEXT)));

    let ours = file(&desk.write("signature", sign(&key)));
    assert_eq!(gmssl.ask("verify", &[&q, &text, &ours]).good(), "good");
    let said = gmssl.ask("verify", &[&q, &other, &ours]);
    said.refused("not this key's");
    gmssl.ask("sign", &[&d, &q, &text, &out]).good();
    assert!(verifies(&key, &fs::read(&theirs).expect("a file")));

    let ciphertext = key.public_key().encrypt(&mut SysRng, TEXT);
    let ciphertext = ciphertext.expect("randomness").to_der();
    let ours = file(&desk.write("ciphertext", &ciphertext));
    let said = gmssl.ask("decrypt", &[&d, &ours]);
    assert_eq!(said.good(), hexadecimal(TEXT));
    let ours = file(&desk.write("ciphertext", changed(&ciphertext)));
    gmssl.ask("decrypt", &[&d, &ours]).refused("Gmssl");
    gmssl.ask("encrypt", &[&q, &text, &out]).good();
    let octets = fs::read(&theirs).expect("a file");
    let ciphertext = Ciphertext::from_der(&octets).expect("DER");
    assert_eq!(key.decrypt(&ciphertext).expect("our key")[..], *TEXT);

    // The keys that it makes are keys for us, point and all.
    let said = gmssl.ask::<&str>("generate", &[]);
    let (d, q) = said.good().split_once(' ').expect("two numbers");
    let octets: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&d[2 * at..2 * at + 2], 16).expect("digits"))
        .collect();
    let key = SecretKey::from_bytes(octets.as_slice().try_into().expect("32 octets"));
    assert_eq!(point(&key.expect("in range")), q);
}

#[test]
fn openssl_reads_the_key_of_a_certificate_as_we_do() {
    let Some(desk) = Desk::find() else { return };
    let bench = Bench::new();
    let owner = bench.owner("owner");
    let words = "x509 -noout -pubkey -in {}";
    let said = desk.ask(words, &[&owner.certificate]);
    let ours = gmpki("convert key --to public").arg(&owner.certificate);
    assert_eq!(said.good(), ours.answer().good().text().trim_end());
}
