//! What the field's clients send: OpenSSL's requests for keys of all kinds, and CFCA's; a
//! twin of each with one octet changed is refused.

use csr::{CsrDraft, Dialect, DualKeyRequest, Error, Limits, Note, UnverifiedCsr, VerifiedCsr};
use der::{Decode, asn1::BitString, asn1::ObjectIdentifier};
use gm_crypto::{
    pki::{Ecdsa, RsaPkcs1, Sm2Sm3, VerifyAlgorithm},
    sm2::{SecretKey, UserId},
};
use gm_pki_tests::{openssl::Desk, suites::Suites};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use std::{fs, path::Path};
use x509_cert::ext::pkix::{KeyUsages, name::GeneralName};

const ALL: [&dyn VerifyAlgorithm; 7] = [
    &Ecdsa::P256_SHA256,
    &Ecdsa::P384_SHA256,
    &Ecdsa::P384_SHA384,
    &Ecdsa::P384_SHA512,
    &RsaPkcs1::SHA256,
    &RsaPkcs1::SHA384,
    &RsaPkcs1::SHA512,
];

fn verify(der: &[u8], algorithms: &[&dyn VerifyAlgorithm]) -> Result<VerifiedCsr, Error> {
    UnverifiedCsr::from_der(der, &Limits::default())?.verify(algorithms)
}

/// Each octet that is not a header of the outer structure, changed now and then.
fn twins(der: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (8..der.len()).step_by(3).map(|at| {
        let mut twin = der.to_vec();
        twin[at] ^= 1;
        twin
    })
}

/// A key by OpenSSL; `options` are those of genpkey.
fn key(desk: &Desk, options: &str) {
    let path = desk.path("key.pem");
    desk.ask(&format!("genpkey {options} -out {{}}"), &[&path])
        .good();
}

/// A request for that key; `options` are those of req.
fn request(desk: &Desk, options: &str) -> Vec<u8> {
    let (key, file) = (desk.path("key.pem"), desk.path("request.der"));
    desk.ask(
        &format!("req -new -utf8 -subj /C=CN/CN=客人 {options} -outform DER -key {{}} -out {{}}"),
        &[&key, &file],
    )
    .good();
    fs::read(file).expect("a file")
}

/// What OpenSSL writes that is no text.
fn octets(desk: &Desk, words: &str, paths: &[&Path]) -> Vec<u8> {
    let said = desk.ask(words, paths);
    assert_eq!(said.exit, Some(0), "{}", said.text);
    said.out
}

const SM2: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:SM2";

#[test]
fn requests_for_other_keys_prove_possession_and_their_twins_do_not() {
    let Some(desk) = Desk::find() else { return };
    let ec = |curve: &str| format!("-algorithm EC -pkeyopt ec_paramgen_curve:{curve}");
    let rsa = |options: &str| format!("-algorithm RSA -pkeyopt rsa_keygen_bits:{options}");
    for (options, digest, place) in [
        (ec("P-256"), "sha256", 0),
        (ec("P-384"), "sha256", 1),
        (ec("P-384"), "sha384", 2),
        (ec("P-384"), "sha512", 3),
        (rsa("2048"), "sha256", 4),
        (rsa("3072"), "sha384", 5),
        (rsa("2048 -pkeyopt rsa_keygen_pubexp:3"), "sha512", 6),
    ] {
        println!("{options} {digest}");
        key(&desk, &options);
        let der = request(&desk, &format!("-{digest}"));
        let csr = verify(&der, &ALL).expect("OpenSSL's request");
        assert_eq!(csr.verified_by(), place);
        assert_eq!(csr.subject().to_string(), "CN=客人,C=CN");
        assert_eq!(csr.sm2_key(), None);
        for twin in twins(&der) {
            assert!(verify(&twin, &ALL).is_err());
        }
        let mut signature = der.clone();
        *signature.last_mut().expect("octets") ^= 1;
        assert!(matches!(
            verify(&signature, &ALL),
            Err(Error::ProofOfPossession)
        ));
        // Unless it is listed, no key but SM2's is taken.
        assert!(matches!(
            verify(&der, &[&Sm2Sm3::default()]),
            Err(Error::Curve { .. } | Error::KeyAlgorithm { .. })
        ));
    }
}

#[test]
fn sha_1_and_other_curves_and_short_keys_are_refused_for_their_own_reason() {
    let Some(desk) = Desk::find() else { return };
    let refused = |options: &str, digest: &str| {
        key(&desk, options);
        verify(&request(&desk, digest), &ALL).expect_err("nobody takes it")
    };
    for (options, signature) in [
        (
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            "1.2.840.10045.4.1",
        ),
        (
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
            "1.2.840.10045.4.1",
        ),
        (
            "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
            "1.2.840.113549.1.1.5",
        ),
    ] {
        let error = refused(options, "-sha1");
        assert!(
            matches!(&error, Error::SignatureAlgorithm { found } if found.to_string() == signature),
            "{error}"
        );
    }
    for (curve, oid) in [("secp256k1", "1.3.132.0.10"), ("P-521", "1.3.132.0.35")] {
        let error = refused(
            &format!("-algorithm EC -pkeyopt ec_paramgen_curve:{curve}"),
            "-sha256",
        );
        assert!(
            matches!(&error, Error::Curve { found } if found.to_string() == oid),
            "{error}"
        );
    }
    let error = refused("-algorithm ED25519", "-sha256");
    assert!(
        matches!(&error, Error::KeyAlgorithm { found } if found.to_string() == "1.3.101.112"),
        "{error}"
    );
    let error = refused("-algorithm RSA -pkeyopt rsa_keygen_bits:1024", "-sha256");
    assert!(matches!(error, Error::ProofOfPossession), "{error}");
    let error = refused(
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        "-sha256 -sigopt rsa_padding_mode:pss",
    );
    assert!(
        matches!(&error, Error::SignatureAlgorithm { found } if found.to_string() == "1.2.840.113549.1.1.10"),
        "{error}"
    );
}

#[test]
fn openssls_sm2_requests_go_in_with_and_without_the_id() {
    let Some(desk) = Desk::find() else { return };
    key(&desk, SM2);
    let (usual, empty) = (
        Sm2Sm3::default(),
        Sm2Sm3::with_id(UserId::new("").expect("an ID of no octet")),
    );
    for (option, place) in [("-sigopt distid:1234567812345678", 0), ("", 1)] {
        let der = request(&desk, &format!("-sm3 {option}"));
        let both = verify(&der, &[&usual, &empty]).expect("OpenSSL's request");
        assert_eq!(both.verified_by(), place);
        let ids = [&usual, &empty];
        verify(&der, &[ids[place]]).expect("under its ID");
        assert!(matches!(
            verify(&der, &[ids[1 - place]]),
            Err(Error::ProofOfPossession)
        ));
        for twin in twins(&der) {
            assert!(verify(&twin, &[&usual, &empty]).is_err());
        }
    }
}

#[test]
fn openssls_compressed_points_go_in_on_option() {
    let Some(desk) = Desk::find() else { return };
    key(&desk, SM2);
    let plain = desk.path("key.pem");
    let uncompressed = octets(&desk, "pkey -pubout -outform DER -in {}", &[&plain]);
    let compressed = desk.path("compressed.pem");
    desk.ask(
        "ec -conv_form compressed -in {} -out {}",
        &[&plain, &compressed],
    )
    .good();
    fs::copy(&compressed, &plain).expect("a file");
    let der = request(&desk, "-sm3 -sigopt {ID}");
    let option = Sm2Sm3::default().with_compressed_points();
    let csr = verify(&der, &[&option]).expect("OpenSSL's request");
    assert_eq!(csr.notes(), [Note::CompressedPoint]);
    assert!(csr.public_key_der().len() < uncompressed.len());
    let key = csr.sm2_key().expect("a key on the curve");
    assert!(uncompressed.ends_with(&key.to_uncompressed()));
    assert!(matches!(
        verify(&der, &[&Sm2Sm3::default()]),
        Err(Error::ProofOfPossession)
    ));
    for twin in twins(&der) {
        assert!(verify(&twin, &[&option]).is_err());
    }
}

#[test]
fn openssls_attributes_are_read_as_types() {
    let Some(desk) = Desk::find() else { return };
    key(&desk, SM2);
    let config = desk.write(
        "config",
        "[req]\nprompt=no\ndistinguished_name=name\nattributes=attributes\n\
         req_extensions=extensions\nutf8=yes\nstring_mask=utf8only\n\
         [name]\nCN=客人\n\
         [attributes]\nchallengePassword=secret 1\nunstructuredName=客人的名字\n\
         [extensions]\nsubjectAltName=DNS:a.cn,IP:1.2.3.4\nkeyUsage=critical,digitalSignature\n\
         extendedKeyUsage=serverAuth\nbasicConstraints=critical,CA:FALSE\n\
         certificatePolicies=1.2.3.4\n",
    );
    let (key, file) = (desk.path("key.pem"), desk.path("request.der"));
    desk.ask(
        "req -new -config {} -sm3 -sigopt {ID} -outform DER -key {} -out {}",
        &[&config, &key, &file],
    )
    .good();
    let der = fs::read(file).expect("a file");
    let csr = verify(&der, &[&Sm2Sm3::default()]).expect("OpenSSL's request");
    assert_eq!(csr.notes(), []);
    let password = csr.challenge_password().expect("a password").expect("one");
    assert_eq!(password.as_str(), "secret 1");
    assert_eq!(csr.unstructured_names().expect("names"), ["客人的名字"]);
    let asked = csr.requested();
    let names = asked.subject_alt_name().expect("names").expect("some");
    assert!(matches!(
        &names.value.0[..],
        [GeneralName::DnsName(name), GeneralName::IpAddress(address)]
            if name.as_str() == "a.cn" && address.as_bytes() == [1, 2, 3, 4]
    ));
    let usage = asked.key_usage().expect("a usage").expect("one");
    assert!(usage.critical && usage.value.0 == KeyUsages::DigitalSignature);
    let purposes = asked.extended_key_usage().expect("purposes").expect("some");
    assert_eq!(purposes.value.0[0].to_string(), "1.3.6.1.5.5.7.3.1");
    let constraints = asked.basic_constraints().expect("constraints");
    assert!(!constraints.expect("some").value.ca);
    let policies = asked.certificate_policies().expect("policies");
    let policies = policies.expect("some").value.0;
    assert_eq!(policies[0].policy_identifier.to_string(), "1.2.3.4");
}

#[test]
fn several_requests_of_one_file_are_read() {
    let Some(desk) = Desk::find() else { return };
    let mut text = String::new();
    for _ in 0..3 {
        key(&desk, SM2);
        // With its private key in front of it, as people keep them.
        text += &fs::read_to_string(desk.path("key.pem")).expect("a file");
        let file = desk.path("request.pem");
        desk.ask(
            "req -new -text -sm3 -sigopt {ID} -subj /CN=guest -key {} -out {}",
            &[&desk.path("key.pem"), &file],
        )
        .good();
        text += &fs::read_to_string(file).expect("a file");
    }
    let requests: Vec<_> = csr::pem::requests(text.as_bytes())
        .collect::<Result<_, _>>()
        .expect("PEM");
    assert_eq!(requests.len(), 3);
    for der in &requests {
        verify(der, &[&Sm2Sm3::default()]).expect("OpenSSL's request");
    }
}

#[test]
fn a_draft_for_any_key_is_good_for_openssl() {
    let Some(desk) = Desk::find() else { return };
    let oid = ObjectIdentifier::new_unwrap;
    let null = der::Any::null();
    for (options, algorithm, parameters) in [
        (
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            "1.2.840.10045.4.3.2",
            None,
        ),
        (
            "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
            "1.2.840.113549.1.1.11",
            Some(null),
        ),
    ] {
        key(&desk, options);
        let key = desk.path("key.pem");
        let spki = octets(&desk, "pkey -pubout -outform DER -in {}", &[&key]);
        let spki = SubjectPublicKeyInfoOwned::from_der(&spki).expect("a key");
        let algorithm = AlgorithmIdentifierOwned {
            oid: oid(algorithm),
            parameters,
        };
        let prepared = CsrDraft::new("CN=客人,C=CN".parse().expect("a name"))
            .challenge_password("secret 1")
            .and_then(|draft| draft.unstructured_name("a name"))
            .and_then(|draft| draft.attribute(oid("1.2.3.4"), vec![der::Any::null()]))
            .and_then(|draft| draft.prepare(spki, algorithm))
            .expect("a request");
        let tbs = desk.write("tbs", prepared.tbs());
        let signature = octets(&desk, "dgst -sha256 -sign {} {}", &[&key, &tbs]);
        let der = prepared
            .attach(&BitString::from_bytes(&signature).expect("a signature"))
            .expect("a request");
        let csr = verify(&der, &ALL).expect("our own");
        assert_eq!(csr.notes(), []);
        let file = desk.write("request.der", &der);
        let said = desk.ask("req -verify -text -inform DER -in {}", &[&file]);
        assert!(said.agrees("verify OK"), "{}", said.text);
        assert!(said.text.contains("secret 1"), "{}", said.text);
        let mut twin = der;
        let at = twin.windows(8).position(|part| part == b"secret 1");
        twin[at.expect("it stands there")] ^= 1;
        let file = desk.write("request.der", &twin);
        let said = desk.ask("req -verify -inform DER -in {}", &[&file]);
        assert!(!said.text.contains("verify OK"), "{}", said.text);
    }
}

#[test]
fn what_cfcas_client_wrote_is_written_octet_for_octet() {
    let Some(suites) = Suites::open() else { return };
    let der = suites.read("vectors/csr/cfca-sadk-dual.der");
    let csr = UnverifiedCsr::from_der_in(Dialect::Cfca, &der, &Limits::default())
        .and_then(|csr| csr.verify(&[&Sm2Sm3::default()]))
        .expect("CFCA's request");
    assert_eq!(csr.notes(), [Note::ValuesOutsideSet, Note::NullParameters]);
    let dual = DualKeyRequest::from_attribute(csr).expect("it has one");
    let csr = dual.request();
    let password = csr.challenge_password().expect("a password").expect("one");
    let ours = CsrDraft::new(csr.subject().clone())
        .challenge_password(password.as_str())
        .and_then(|draft| draft.cfca_temporary_key(dual.temporary_key()))
        .and_then(|draft| {
            let spki = SubjectPublicKeyInfoOwned::from_der(csr.public_key_der()).expect("a key");
            let algorithm = AlgorithmIdentifierOwned {
                oid: gm_crypto::sm2::SIGNATURE_OID,
                parameters: None,
            };
            draft.prepare(spki, algorithm)
        })
        .expect("a request");
    let found = der
        .windows(ours.tbs().len())
        .any(|window| window == ours.tbs());
    assert!(found, "{:02x?}\n{der:02x?}", ours.tbs());

    // Another temporary key of the sender's is another request.
    let other = SecretKey::from_bytes(&[3; 32]).expect("a key").public_key();
    let point = dual.temporary_key().to_uncompressed();
    let at = der.windows(32).position(|part| part == &point[1..33]);
    let at = at.expect("it stands there");
    let mut twin = der;
    let other = other.to_uncompressed();
    twin[at..at + 32].copy_from_slice(&other[1..33]);
    twin[at + 64..at + 96].copy_from_slice(&other[33..]);
    let refused = UnverifiedCsr::from_der_in(Dialect::Cfca, &twin, &Limits::default())
        .and_then(|csr| csr.verify(&[&Sm2Sm3::default()]));
    assert!(matches!(refused, Err(Error::ProofOfPossession)));
}

#[test]
fn openssl_refuses_cfcas_form_and_we_read_it() {
    let (Some(desk), Some(suites)) = (Desk::find(), Suites::open()) else {
        return;
    };
    let der = suites.read("vectors/csr/cfca-sadk-dual.der");
    let file = desk.write("request.der", &der);
    let said = desk.ask("req -verify -inform DER -in {} -vfyopt {ID}", &[&file]);
    assert!(!said.text.contains("verify OK"), "{}", said.text);
    assert!(matches!(
        UnverifiedCsr::from_der(&der, &Limits::default()),
        Err(Error::Malformed { .. })
    ));
}
