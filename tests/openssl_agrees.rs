//! OpenSSL looks at what gmpki made, and gmpki at what OpenSSL made; of each thing
//! one octet is changed, and both refuse it.

use gm_crypto::{
    pki::{PRIVATE_KEY_LABELS, decode_pem, decode_private_key, encode_pem, encode_private_key},
    sm2::{EnvelopedKey, SecretKey},
};
use gm_pki_tests::{
    command::{finished_demo, gmpki},
    openssl::Desk,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

const CERTIFICATE: &[&str] = &["CERTIFICATE"];

fn demo(name: &str) -> PathBuf {
    finished_demo().join(name)
}

fn der(path: &Path, labels: &'static [&'static str]) -> Vec<u8> {
    let octets = fs::read(path).expect("a file");
    decode_pem(&octets, labels).expect("PEM or DER").to_vec()
}

#[test]
fn certificates_verify_under_their_issuers() {
    let Some(desk) = Desk::find() else { return };
    let verify = |issuer: &Path, certificate: &Path| {
        desk.ask(
            "verify -partial_chain -trusted {} -vfyopt {ID} {}",
            &[issuer, certificate],
        )
    };
    let ours = |issuer: &Path, certificate: &Path| {
        gmpki("cert verify")
            .option("--anchor", issuer)
            .arg(certificate)
            .answer()
    };
    let [root, issuing] =
        ["root", "issuing-ca"].map(|id| demo(&format!("published/authorities/{id}.pem")));
    let mut pairs = vec![(root.clone(), issuing.clone(), "演示签发机构")];
    for (id, subject) in [
        ("zhang-san", "张三"),
        ("shi-li-ke-ji", "示例科技有限公司业务章"),
    ] {
        for name in ["signing", "encryption"] {
            let file = demo(&format!(
                "published/subscribers/{id}/{name}-certificate.pem"
            ));
            pairs.push((issuing.clone(), file, subject));
        }
    }
    pairs.push((
        root.clone(),
        demo("published/authorities/list-publisher.pem"),
        "信任列表",
    ));
    pairs.push((
        issuing.clone(),
        demo("published/authorities/ocsp-responder.pem"),
        "状态查询",
    ));
    for (issuer, certificate, subject) in pairs {
        let said = verify(&issuer, &certificate);
        assert!(said.agrees(": OK"), "{}", said.text);
        ours(&issuer, &certificate).good();
        let octets = der(&certificate, CERTIFICATE);
        let said = verify(&issuer, &desk.write("same", &octets));
        assert!(said.agrees(": OK"), "DER: {}", said.text);
        for changed in desk.changed(&octets, subject.as_bytes()) {
            let said = verify(&issuer, &changed);
            assert_ne!(said.exit, Some(0), "{}: {}", changed.display(), said.text);
            ours(&issuer, &changed).refused("gmpki: ");
        }
        // Under another certificate, neither.
        let other = demo("published/subscribers/zhang-san/signing-certificate.pem");
        assert!(certificate == other || verify(&other, &certificate).exit != Some(0));
    }
    // It does look at the ID.
    let said = desk.ask(
        "verify -partial_chain -trusted {} -vfyopt distid:another {}",
        &[&root, &issuing],
    );
    assert_ne!(said.exit, Some(0));
}

#[test]
fn requests_verify_both_ways() {
    let Some(desk) = Desk::find() else { return };
    let verify = |request: &Path, form: &str| {
        desk.ask(
            &format!("req -verify -noout -vfyopt {{ID}} -inform {form} -in {{}}"),
            &[request],
        )
    };
    let (key, request) = (desk.path("key.pem"), desk.path("request.pem"));
    gmpki("sm2 keygen --plain")
        .option("--out", &key)
        .answer()
        .good();
    gmpki("csr new")
        .option("--key", &key)
        .option("--subject", "CN=韩梅梅,O=试验,C=CN")
        .option("--out", &request)
        .answer()
        .good();
    let said = verify(&request, "PEM");
    assert!(said.agrees("verify OK"), "{}", said.text);
    let octets = der(&request, csr::PEM_LABELS);
    for changed in desk.changed(&octets, "韩梅梅".as_bytes()) {
        let said = verify(&changed, "DER");
        assert!(!said.text.contains("verify OK"), "{}", said.text);
        gmpki("csr verify")
            .arg(&changed)
            .answer()
            .refused("gmpki: ");
    }

    // And the other way round, the key by OpenSSL too.
    let said = desk.ask(
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out {}",
        &[&key],
    );
    assert_eq!(said.exit, Some(0), "{}", said.text);
    for form in ["PEM", "DER"] {
        let said = desk.ask(
            &format!("req -new -utf8 -sm3 -sigopt {{ID}} -subj /C=CN/CN=韩梅梅 -outform {form} -key {{}} -out {{}}"),
            &[&key, &request],
        );
        assert_eq!(said.exit, Some(0), "{}", said.text);
        let answer = gmpki("csr verify").arg(&request).answer().good();
        assert!(answer.text().contains("CN=韩梅梅,C=CN"), "{answer}");
    }
    for changed in desk.changed(&der(&request, csr::PEM_LABELS), "韩梅梅".as_bytes()) {
        gmpki("csr verify")
            .arg(&changed)
            .answer()
            .refused("gmpki: ");
    }
    // Under another ID it is no proof.
    let said = desk.ask(
        "req -new -sm3 -sigopt distid:another -subj /CN=x -key {} -out {}",
        &[&key, &request],
    );
    assert_eq!(said.exit, Some(0), "{}", said.text);
    gmpki("csr verify")
        .arg(&request)
        .answer()
        .refused("proof of possession fails");
}

#[test]
fn signatures_of_files_verify_both_ways() {
    let Some(desk) = Desk::find() else { return };
    let (key, public) = (desk.path("key.pem"), desk.path("public.pem"));
    gmpki("sm2 keygen --plain")
        .option("--out", &key)
        .answer()
        .good();
    let said = desk.ask("pkey -in {} -pubout -out {}", &[&key, &public]);
    assert_eq!(said.exit, Some(0), "{}", said.text);
    let (file, signature) = (desk.write("file", "合同\n"), desk.path("signature"));
    let theirs = |file: &Path, signature: &Path| {
        let words =
            "pkeyutl -verify -rawin -digest sm3 -pkeyopt {ID} -pubin -inkey {} -sigfile {} -in {}";
        desk.ask(words, &[&public, signature, file])
            .agrees("Signature Verified Successfully")
    };
    let ours = |file: &Path, signature: &Path| {
        gmpki("sm2 verify")
            .option("--key", &public)
            .option("--signature", signature)
            .arg(file)
            .answer()
    };
    let agree = || {
        assert!(theirs(&file, &signature));
        ours(&file, &signature).good();
        let octets = fs::read(&signature).expect("a file");
        for place in [8, octets.len() - 1] {
            let mut changed = octets.clone();
            changed[place] ^= 1;
            let changed = desk.write("changed", changed);
            assert!(!theirs(&file, &changed));
            ours(&file, &changed).refused("the signature is not this key's");
        }
        let other = desk.write("other", "合同.");
        assert!(!theirs(&other, &signature));
        ours(&other, &signature).refused("the signature is not this key's");
    };

    gmpki("sm2 sign")
        .option("--key", &key)
        .option("--out", &signature)
        .arg(&file)
        .answer()
        .good();
    agree();
    let said = desk.ask(
        "pkeyutl -sign -rawin -digest sm3 -pkeyopt {ID} -inkey {} -out {} -in {}",
        &[&key, &signature, &file],
    );
    assert_eq!(said.exit, Some(0), "{}", said.text);
    agree();
}

/// By OpenSSL alone: SM2 decryption gives the SM4 key, SM4 in ECB mode the scalar,
/// and that has the public key of the certificate.
fn open_envelope(
    desk: &Desk,
    envelope: &EnvelopedKey,
    cipher: &[u8],
    scalar: &[u8],
    own: &Path,
) -> Option<Vec<u8>> {
    let (cipher, session) = (desk.write("cipher", cipher), desk.path("session"));
    let _ = fs::remove_file(&session);
    let said = desk.ask(
        "pkeyutl -decrypt -inkey {} -in {} -out {}",
        &[own, &cipher, &session],
    );
    if said.exit != Some(0) {
        return None;
    }
    let session_key: String = fs::read(&session)
        .expect("it was written")
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    let (wrapped, bare) = (desk.write("wrapped", scalar), desk.path("bare"));
    let words = format!("enc -d -sm4-ecb -nopad -K {session_key} -in {{}} -out {{}}");
    let said = desk.ask(&words, &[&wrapped, &bare]);
    assert_eq!(said.exit, Some(0), "{}", said.text);
    let octets = fs::read(&bare).expect("it was written");
    assert_eq!(envelope.encrypted_scalar().len(), octets.len());
    // ECPrivateKey (RFC 5915) without the public key, so that OpenSSL derives it.
    let curve = [
        0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d,
    ];
    let inside = [&[0x02, 0x01, 0x01, 0x04, 0x20], &octets[..], &curve].concat();
    let length = u8::try_from(inside.len()).expect("short");
    let key = desk.write(
        "found.pem",
        encode_pem("EC PRIVATE KEY", &[&[0x30, length], &inside[..]].concat()),
    );
    let said = desk.ask("pkey -in {} -pubout", &[&key]);
    (said.exit == Some(0)).then_some(said.out)
}

#[test]
fn the_envelope_opens() {
    let Some(desk) = Desk::find() else { return };
    for id in ["zhang-san", "shi-li-ke-ji"] {
        let folder = demo("published/subscribers").join(id);
        let octets = fs::read(folder.join("encryption-key.enveloped.der")).expect("a file");
        let envelope = EnvelopedKey::from_der(&octets).expect("an envelope");
        let certificate = folder.join("encryption-certificate.pem");
        let wanted = desk.ask("x509 -noout -pubkey -in {}", &[&certificate]);
        assert!(wanted.agrees("BEGIN PUBLIC KEY"), "{}", wanted.text);

        // The applicant's own signing key is part of the demonstration.
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/gmpki/demo");
        let key = decode_private_key(&der(
            &source.join(format!("{id}.key.pem")),
            PRIVATE_KEY_LABELS,
        ))
        .expect("a key");
        let pem = |key: &SecretKey| encode_pem("PRIVATE KEY", &encode_private_key(key));
        let own = desk.write("own.pem", pem(&key));
        let (cipher, scalar) = (
            envelope.encrypted_key().to_der(),
            envelope.encrypted_scalar(),
        );
        let found = open_envelope(&desk, &envelope, &cipher, scalar, &own);
        assert_eq!(found.as_ref(), Some(&wanted.out));
        envelope.open(&key).expect("it opens");

        // One octet of the cipher: its point, its hash or its text does not fit.
        for place in [10, cipher.len() - 20, cipher.len() - 1] {
            let mut changed = cipher.clone();
            changed[place] ^= 1;
            let found = open_envelope(&desk, &envelope, &changed, scalar, &own);
            assert_eq!(found, None, "octet {place} of the cipher");
        }
        // One octet of the scalar: it is another key.
        let mut changed = scalar.to_vec();
        changed[31] ^= 1;
        let found = open_envelope(&desk, &envelope, &cipher, &changed, &own);
        assert_ne!(found, Some(wanted.out));
        // Somebody else's key.
        let stranger = SecretKey::generate(&mut getrandom::SysRng).expect("a key");
        let other = desk.write("other.pem", pem(&stranger));
        assert_eq!(
            open_envelope(&desk, &envelope, &cipher, scalar, &other),
            None
        );
        assert!(envelope.open(&stranger).is_err());

        // And ours: no change of the whole envelope gives a key.
        for place in (0..octets.len()).step_by(7) {
            let mut changed = octets.clone();
            changed[place] ^= 1;
            let opened = EnvelopedKey::from_der(&changed).and_then(|changed| changed.open(&key));
            // Of the identifier of SM4 another spelling may do; the key may not differ.
            if let Ok(opened) = opened {
                let whole = envelope.open(&key).expect("it opens");
                assert_eq!(opened.to_bytes(), whole.to_bytes(), "octet {place}");
            }
        }
    }
}

#[test]
fn the_signature_of_the_trust_list_verifies() {
    let Some(desk) = Desk::find() else { return };
    let signer = demo("published/authorities/list-publisher.pem");
    let verify = |list: &Path, signature: &Path| {
        let words =
            "pkeyutl -verify -rawin -digest sm3 -pkeyopt {ID} -certin -inkey {} -sigfile {} -in {}";
        let said = desk.ask(words, &[&signer, signature, list]);
        let agrees = said.agrees("Signature Verified Successfully");
        let ours = gmpki("sm2 verify")
            .option("--key", &signer)
            .option("--signature", signature)
            .arg(list)
            .answer();
        assert_eq!(agrees, ours.code == Some(0), "{}: {ours}", said.text);
        agrees
    };
    let [list, signature] = ["json", "sig"].map(|end| demo(&format!("trust-list/list.{end}")));
    assert!(verify(&list, &signature));
    for file in [&list, &signature] {
        let octets = fs::read(file).expect("a file");
        for place in [octets.len() / 2, octets.len() - 1] {
            let mut changed = octets.clone();
            changed[place] ^= 1;
            let changed = desk.write("changed", changed);
            let (list, signature) = if *file == list {
                (&changed, &signature)
            } else {
                (&list, &changed)
            };
            assert!(
                !verify(list, signature),
                "octet {place} of {}",
                file.display()
            );
        }
    }
    // What is signed is what the message holds.
    let message = fs::read(demo("trust-list/list.p7")).expect("a file");
    let list = fs::read(&list).expect("a file");
    assert!(message.windows(list.len()).any(|window| window == list));
}

#[test]
fn crls_and_ocsp_answers_are_read() {
    let Some(desk) = Desk::find() else { return };
    let crl = demo("published/authorities/issuing-ca.crl");
    let crl = desk.write("crl.der", der(&crl, &["X509 CRL"]));
    let list = desk.ask("crl -inform DER -noout -text -in {}", &[&crl]);
    assert!(list.agrees("X509v3 CRL Number"), "{}", list.text);
    assert!(
        list.text.contains("X509v3 Authority Key Identifier"),
        "{}",
        list.text
    );
    assert_eq!(
        list.text.matches("Cessation Of Operation").count(),
        2,
        "{}",
        list.text
    );

    let serial = |id: &str, name: &str| {
        let file = demo(&format!(
            "published/subscribers/{id}/{name}-certificate.pem"
        ));
        let shown = gmpki("--json cert show").arg(file).answer().good().json();
        shown["serial"].as_str().expect("text").to_uppercase()
    };
    for name in ["signing", "encryption"] {
        for (id, status) in [
            ("zhang-san", "Cert Status: good"),
            ("shi-li-ke-ji", "Cert Status: revoked"),
        ] {
            let answer = demo(&format!("ocsp/{id}-{name}.ors"));
            let said = desk.ask("ocsp -resp_text -noverify -respin {}", &[&answer]);
            assert!(
                said.agrees("OCSP Response Status: successful (0x0)"),
                "{}",
                said.text
            );
            assert!(said.text.contains(status), "{}", said.text);
            assert!(said.text.contains(&serial(id, name)), "{}", said.text);
            assert!(said.text.contains("OCSP Nonce"), "{}", said.text);
        }
        assert!(
            list.text.contains(&serial("shi-li-ke-ji", name)),
            "{}",
            list.text
        );
        assert!(
            !list.text.contains(&serial("zhang-san", name)),
            "{}",
            list.text
        );
    }
}
