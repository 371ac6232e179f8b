//! What the field's clients send: OpenSSL's requests for keys of all kinds, and CFCA's; a
//! twin of each with one octet changed is refused.

use cert_profile::{CertRequest, Issuer, Profile};
use csr::{CsrDraft, Dialect, DualKeyRequest, Error, Limits, Note, UnverifiedCsr, VerifiedCsr};
use der::{
    Decode, Encode, Length, Reader, SliceReader, asn1::AnyRef, asn1::BitString,
    asn1::ObjectIdentifier,
};
use gm_crypto::{
    pki::{Ecdsa, RsaPkcs1, Signed, Sm2Sm3, VerifyAlgorithm},
    sm2::{DerSignature, RawSignature, SecretKey, UserId},
};
use gm_pki_tests::{openssl::Desk, suites::Suites};
use hsm::{KeyHandle, SoftKey};
use spki::{AlgorithmIdentifierOwned, EncodePublicKey, SubjectPublicKeyInfoOwned};
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

/// A request that goes in, and what its twins are made of.
struct Sound {
    name: &'static str,
    dialect: Dialect,
    algorithm: Sm2Sm3,
    /// How OpenSSL is told the ID.
    id: &'static str,
    /// version, subject, key, attributes
    parts: [Vec<u8>; 4],
}

fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut octets = vec![tag];
    let length = Length::try_from(contents.len()).expect("short");
    octets.extend(length.to_der().expect("a length"));
    octets.extend(contents);
    octets
}

fn info(parts: &[Vec<u8>; 4]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// `info` signed by OpenSSL with the key in a file of the desk.
fn signed(desk: &Desk, key: &str, id: &str, info: &[u8]) -> Vec<u8> {
    let (key, tbs, out) = (
        desk.path(key),
        desk.write("info", info),
        desk.path("signature"),
    );
    let words = format!("pkeyutl -sign -rawin -digest sm3 {id} -inkey {{}} -in {{}} -out {{}}");
    let said = desk.ask(&words, &[&key, &tbs, &out]);
    assert_eq!(said.exit, Some(0), "{}", said.text);
    with_signature(info, &fs::read(out).expect("a file"))
}

fn with_signature(info: &[u8], signature: &[u8]) -> Vec<u8> {
    let algorithm = AlgorithmIdentifierOwned {
        oid: gm_crypto::sm2::SIGNATURE_OID,
        parameters: None,
    };
    let signature = BitString::from_bytes(signature).expect("whole octets");
    let parts = [
        info.to_vec(),
        algorithm.to_der().expect("an identifier"),
        signature.to_der().expect("a BIT STRING"),
    ];
    tlv(0x30, &parts.concat())
}

/// The four parts of a request's information.
fn parts(info: &[u8]) -> [Vec<u8>; 4] {
    let read = || -> der::Result<_> {
        SliceReader::new(info)?.sequence(|reader| {
            let parts = [(); 4].map(|()| reader.tlv_bytes().map(<[u8]>::to_vec));
            let [version, subject, key, attributes] = parts;
            Ok::<_, der::Error>([version?, subject?, key?, attributes?])
        })
    };
    read().expect("version, subject, key, attributes")
}

const ID: &str = "-pkeyopt distid:1234567812345678";

/// What the field sends, its key and its signatures made by OpenSSL.
fn sound(desk: &Desk) -> Vec<Sound> {
    let usual = Sm2Sm3::default;
    let empty = Sm2Sm3::with_id(UserId::new("").expect("an ID of no octet"));
    key(desk, SM2);
    let plain = |options: &str| {
        let der = request(desk, &format!("-sm3 {options}"));
        parts(Signed::from_der("request", &der).expect("a request").tbs())
    };
    let uncompressed = plain("-sigopt {ID}");

    // The key's algorithm is the curve, as TPMs and some tokens have it.
    let spki = SubjectPublicKeyInfoOwned::from_der(&uncompressed[2]).expect("a key");
    let point = spki.subject_public_key.to_der().expect("a point");
    let curve = gm_crypto::sm2::CURVE_OID.to_der().expect("an OID");
    let mut respelled = uncompressed.clone();
    respelled[2] = tlv(0x30, &[tlv(0x30, &curve), point].concat());

    // RFC 5480 lets a point be compressed.
    let file = desk.path("compressed.der");
    let words = "ec -pubout -conv_form compressed -outform DER -in {} -out {}";
    let said = desk.ask(words, &[&desk.path("key.pem"), &file]);
    assert_eq!(said.exit, Some(0), "{}", said.text);
    let mut compressed = uncompressed.clone();
    compressed[2] = fs::read(file).expect("a file");

    let temporary = SecretKey::from_bytes(&[9; 32]).expect("a key").public_key();
    let dual = CsrDraft::new("CN=客人,C=CN".parse().expect("a name"))
        .challenge_password("111111")
        .and_then(|draft| draft.cfca_temporary_key(&temporary))
        .and_then(|draft| {
            let oid = gm_crypto::sm2::SIGNATURE_OID;
            let algorithm = AlgorithmIdentifierOwned {
                oid,
                parameters: None,
            };
            draft.prepare(spki.clone(), algorithm)
        })
        .expect("a request");
    let dual = parts(dual.tbs());

    let rfc2986 = |name, algorithm, id, parts| Sound {
        name,
        dialect: Dialect::Rfc2986,
        algorithm,
        id,
        parts,
    };
    vec![
        rfc2986("with the ID", usual(), ID, uncompressed.clone()),
        rfc2986("without an ID", empty, "", uncompressed),
        rfc2986("the curve as algorithm", usual(), ID, respelled),
        rfc2986(
            "compressed",
            usual().with_compressed_points(),
            ID,
            compressed,
        ),
        Sound {
            name: "CFCA's",
            dialect: Dialect::Cfca,
            algorithm: usual(),
            id: ID,
            parts: dual,
        },
    ]
}

/// The variant of an error; of one about DER, the decoder's too.
fn reason(error: &Error) -> String {
    let variant = |debug: String| -> String {
        let word = debug.split([' ', '(']).next();
        word.unwrap_or_default().to_owned()
    };
    match error {
        Error::Malformed {
            source: gm_crypto::Error::Malformed { source, .. },
        } => format!("Malformed {}", variant(format!("{:?}", source.kind()))),
        other => variant(format!("{other:?}")),
    }
}

#[test]
fn each_request_of_the_field_goes_in_and_each_twin_is_refused_for_its_own_reason() {
    let Some(desk) = Desk::find() else { return };
    let (mut sounds, mut refusals) = (0, 0);
    for sound in sound(&desk) {
        let Sound {
            name,
            dialect,
            algorithm,
            id,
            parts,
        } = &sound;
        let read = |der: &[u8]| {
            UnverifiedCsr::from_der_in(*dialect, der, &Limits::default())
                .and_then(|csr| csr.verify(&[algorithm]))
        };
        let sign = |parts: &[Vec<u8>; 4]| signed(&desk, "key.pem", id, &info(parts));
        let with = |index: usize, part: Vec<u8>| {
            let mut parts = parts.clone();
            parts[index] = part;
            parts
        };
        let der = sign(parts);
        let csr = read(&der).unwrap_or_else(|error| panic!("{name}: {error}"));
        if *dialect == Dialect::Cfca {
            DualKeyRequest::from_attribute(csr.clone()).expect("two keys");
        }
        issue(&desk, &csr);

        let mut flipped = der.clone();
        *flipped.last_mut().expect("octets") ^= 1;
        let mut other_name = parts[1].clone();
        *other_name.last_mut().expect("octets") ^= 1;
        let mut off_the_curve = parts[2].clone();
        *off_the_curve.last_mut().expect("octets") ^= 1;
        let signature = Signed::from_der("request", &der)
            .expect("a request")
            .signature();
        let signature = signature.raw_bytes();
        let raw = DerSignature::from_der(signature).expect("a signature");
        let raw = *RawSignature::from(raw).as_bytes();
        desk.ask(
            &format!("genpkey {SM2} -out {{}}"),
            &[&desk.path("other.pem")],
        )
        .good();
        // 0x81 or 0x82 and one or two octets: a longer length has a zero before them.
        let (long, content) = der.split_at(2 + usize::from(der[1] & 0x7f));
        let length = [&[long[1] + 1, 0], &long[2..]].concat();
        let attributes = AnyRef::from_der(&parts[3]).expect("[0]").value();
        let curve = gm_crypto::sm2::CURVE_OID.to_der().expect("an OID");
        // The algorithm of the key with another last arc.
        let mut other_algorithm = parts[2].clone();
        let oid = usize::from(other_algorithm[5]);
        other_algorithm[5 + oid] ^= 3;

        let mut twins = vec![
            ("a flipped bit", flipped, "ProofOfPossession"),
            (
                "another's signature",
                signed(&desk, "other.pem", id, &info(parts)),
                "ProofOfPossession",
            ),
            (
                "another ID's",
                signed(&desk, "key.pem", "-pkeyopt distid:another", &info(parts)),
                "ProofOfPossession",
            ),
            (
                "another name",
                with_signature(&info(&with(1, other_name)), signature),
                "ProofOfPossession",
            ),
            (
                "r and s without DER",
                with_signature(&info(parts), &raw),
                "ProofOfPossession",
            ),
            (
                "no point of the curve",
                sign(&with(2, off_the_curve)),
                "ProofOfPossession",
            ),
            (
                "one octet more",
                [&der[..], &[0]].concat(),
                "Malformed TrailingData",
            ),
            (
                "one octet less",
                der[..der.len() - 1].to_vec(),
                "Malformed Incomplete",
            ),
            (
                "no definite length",
                [&[0x30, 0x80], content, &[0, 0]].concat(),
                "Malformed IndefiniteLength",
            ),
            (
                "a longer length",
                [&[0x30], &length[..], content].concat(),
                "Malformed Length",
            ),
            (
                "no definite length inside",
                signed(
                    &desk,
                    "key.pem",
                    id,
                    &[&[0x30, 0x80], &parts.concat()[..], &[0, 0]].concat(),
                ),
                "Malformed IndefiniteLength",
            ),
            (
                "version 2",
                sign(&with(0, vec![2, 1, 1])),
                "Malformed Value",
            ),
            (
                "version -1",
                sign(&with(0, vec![2, 1, 0xff])),
                "Malformed Value",
            ),
            ("nobody's", sign(&with(1, vec![0x30, 0])), "EmptySubject"),
            (
                "a key of another kind",
                sign(&with(2, other_algorithm)),
                "KeyAlgorithm",
            ),
            (
                "a signature of another kind",
                replaced(&der, &[0x83, 0x75], &[0x83, 0x77]),
                "SignatureAlgorithm",
            ),
        ];
        // id-ecPublicKey alone names a curve.
        let p256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
        if *name != "the curve as algorithm" {
            let key = replaced(&parts[2], &curve, &p256);
            twins.push(("on another curve", sign(&with(2, key)), "Curve"));
        }
        let challenge: &[u8] =
            b"\x30\x15\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07\x31\x08\x0c\x06abcdef";
        let twice = match dialect {
            Dialect::Cfca => attributes.repeat(2),
            _ => challenge.repeat(2),
        };
        twins.push((
            "an attribute twice",
            sign(&with(3, tlv(0xa0, &twice))),
            "DuplicateAttribute",
        ));
        for (twin, der, wanted) in twins {
            refusals += 1;
            let refused = read(&der).err().map(|error| reason(&error));
            assert_eq!(refused.as_deref(), Some(wanted), "{name}: {twin}");
        }

        // What some RAs leave out is no fault.
        let without =
            read(&sign(&with(3, Vec::new()))).expect("RFC 2986's field is optional there");
        assert!(without.notes().contains(&Note::NoAttributes), "{name}");
        sounds += 1;
    }
    println!("requests: {sounds} forms go in, {refusals} twins refused, each for its own reason");
}

fn replaced(octets: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = octets.windows(from.len()).position(|part| part == from);
    let at = at.expect("it stands there");
    [&octets[..at], to, &octets[at + from.len()..]].concat()
}

/// A certificate for the request's key, which is OpenSSL's own in the usual spelling.
fn issue(desk: &Desk, csr: &VerifiedCsr) {
    let ca = SoftKey::generate().expect("randomness");
    let spki = |der: &[u8]| SubjectPublicKeyInfoOwned::from_der(der).expect("a key");
    let name = "CN=签发机构,O=示例,C=CN".parse().expect("a name");
    let now = "2026-07-01T08:00:00Z".parse().expect("a time");
    let own = CertRequest::new(name, spki(ca.public_key().as_bytes()));
    let by = Issuer::self_signed(&own, ca.algorithm());
    let root = Profile::shipped("root-ca").expect("a profile");
    let root = root.prepare(&by, &own, &1u8.into(), now).expect("a root");
    let signature = ca.sign(root.tbs()).expect("a key in this process");
    let root = root.attach(&signature).expect("a certificate");

    let issuer = Issuer::from_certificate(&root).expect("a CA");
    let key = csr.sm2_key().expect("a key on the curve");
    let key = key.to_public_key_der().expect("a key");
    let asked = CertRequest::new(csr.subject().clone(), spki(key.as_bytes()));
    let profile = Profile::shipped("subscriber-signing").expect("a profile");
    let prepared = profile
        .prepare(&issuer, &asked, &2u8.into(), now)
        .expect("a certificate");
    let signature = ca.sign(prepared.tbs()).expect("a key in this process");
    let certificate = desk.write(
        "certificate.der",
        prepared.attach(&signature).expect("a certificate"),
    );
    let own = octets(desk, "pkey -pubout -in {}", &[&desk.path("key.pem")]);
    let issued = octets(
        desk,
        "x509 -inform DER -noout -pubkey -in {}",
        &[&certificate],
    );
    assert_eq!(issued, own);
}
