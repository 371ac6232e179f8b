//! Chains as others have them, Hong Kong's among them: RSA in both paddings and ECDSA, made
//! by OpenSSL, validated here.

use gm_crypto::pki::{Ecdsa, RsaPkcs1, RsaPss, Sm2Sm3, VerifyAlgorithm};
use gm_pki_tests::openssl::Desk;
use std::{fs, path::Path};
use trust_list::path::{Anchor, Cause, ParsedCertificate, ParsedCrl, PathOptions, validate};

const CONFIG: &str = "\
[req]
distinguished_name = dn
x509_extensions = ca
prompt = no
[dn]
CN = Root
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[authority]
database = index.txt
default_crl_days = 7
default_md = default
";

const CA: &str = "\
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
";

const LEAF: &str = "\
keyUsage = critical, digitalSignature
authorityKeyIdentifier = keyid
";

/// Keys, digest and padding of a chain, and the algorithm that it needs.
struct Kind {
    name: &'static str,
    key: &'static str,
    sign: &'static str,
    algorithm: &'static dyn VerifyAlgorithm,
}

const RSA: &str = "-newkey rsa:2048";
const P256: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";
const P384: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-384";
const PSS: &str = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest";

fn kinds() -> Vec<Kind> {
    let kind = |name, key, sign, algorithm| Kind {
        name,
        key,
        sign,
        algorithm,
    };
    vec![
        kind("rsa-sha256", RSA, "-sha256", &RsaPkcs1::SHA256),
        kind("rsa-sha384", RSA, "-sha384", &RsaPkcs1::SHA384),
        kind("rsa-sha512", RSA, "-sha512", &RsaPkcs1::SHA512),
        kind("pss-sha256", RSA, "-sha256 PSS", &RsaPss::SHA256),
        kind("pss-sha384", RSA, "-sha384 PSS", &RsaPss::SHA384),
        kind("pss-sha512", RSA, "-sha512 PSS", &RsaPss::SHA512),
        kind("p256", P256, "-sha256", &Ecdsa::P256_SHA256),
        kind("p384", P384, "-sha384", &Ecdsa::P384_SHA384),
    ]
}

/// Root, issuing CA and subscriber.
fn chain(desk: &Desk, kind: &Kind) -> [Vec<u8>; 3] {
    let file = |name: &str| desk.path(&format!("{}-{name}", kind.name));
    let config = desk.write("config", CONFIG);
    let (ca, leaf) = (desk.write("ca.ext", CA), desk.write("leaf.ext", LEAF));
    let (key, sign) = (kind.key, kind.sign.replace("PSS", PSS));
    let run = |words: String, paths: &[&Path]| {
        desk.ask(&words, paths).good();
    };
    let (root_key, root) = (file("root.key"), file("root.pem"));
    run(
        format!("req -x509 {key} -nodes {sign} -days 100 -config {{}} -keyout {{}} -out {{}}"),
        &[&config, &root_key, &root],
    );
    let issue = |name: &str, extensions: &Path, issuer: &Path, issuer_key: &Path| {
        let (own_key, request) = (file(&format!("{name}.key")), file("request"));
        let issued = file(&format!("{name}.pem"));
        run(
            format!("req -new {key} -nodes -subj /CN={name} -config {{}} -keyout {{}} -out {{}}"),
            &[&config, &own_key, &request],
        );
        run(
            format!(
                "x509 -req -in {{}} -CA {{}} -CAkey {{}} -set_serial 0x1234 -days 50 {sign} \
                 -extfile {{}} -out {{}}"
            ),
            &[&request, issuer, issuer_key, extensions, &issued],
        );
        (issued, own_key)
    };
    let (sub, sub_key) = issue("Issuer", &ca, &root, &root_key);
    let (subscriber, _) = issue("Subscriber", &leaf, &sub, &sub_key);
    [root, sub, subscriber].map(|pem| {
        let der = file("der");
        run("x509 -in {} -outform DER -out {}".into(), &[&pem, &der]);
        fs::read(der).expect("a certificate")
    })
}

fn read(der: &[u8]) -> ParsedCertificate {
    ParsedCertificate::from_der(der).expect("a certificate")
}

#[test]
fn chains_of_others_hold_by_their_own_algorithm_alone() {
    let Some(desk) = Desk::find() else { return };
    let kinds = kinds();
    for kind in &kinds {
        let [root, sub, leaf] = chain(&desk, kind);
        let anchors = [Anchor::from_certificate(read(&root))];
        let judge = |leaf: &[u8], sub: &[u8], algorithms: &[&dyn VerifyAlgorithm]| {
            let (leaf, sub) = (read(leaf), [read(sub)]);
            let options = PathOptions::new(leaf.not_before(), algorithms);
            let path = validate(&leaf, &sub, &anchors, &options);
            path.map(|path| path.certificates().len())
        };
        let own = judge(&leaf, &sub, &[kind.algorithm]);
        assert_eq!(own.expect(kind.name), 2, "{}", kind.name);
        // Beside SM2, as a relying party of both places has it.
        let both = judge(&leaf, &sub, &[&Sm2Sm3::default(), kind.algorithm]);
        assert!(both.is_ok(), "{}", kind.name);
        for other in kinds.iter().filter(|other| other.name != kind.name) {
            let error = judge(&leaf, &sub, &[other.algorithm]).expect_err(kind.name);
            let is_other = |cause: &Cause| matches!(cause, Cause::AlgorithmNotAccepted { .. });
            let mut causes = error.reasons().iter().map(|reason| &reason.cause);
            assert!(
                causes.any(is_other),
                "{} by {}: {error}",
                kind.name,
                other.name
            );
        }
        // An octet of the signature, and one of the serial number.
        for (octets, at) in [(&leaf, leaf.len() - 3), (&leaf, 15)] {
            let mut changed = octets.clone();
            changed[at] ^= 1;
            assert!(
                judge(&changed, &sub, &[kind.algorithm]).is_err(),
                "{}",
                kind.name
            );
        }
    }
}

/// A root of one kind, issuing CAs of another: the keys of a path need not be alike.
#[test]
fn a_chain_may_change_its_algorithm() {
    let Some(desk) = Desk::find() else { return };
    let config = desk.write("config", CONFIG);
    let ca = desk.write("ca.ext", CA);
    let [root_key, root, sub_key, request, sub] =
        ["root.key", "root.pem", "sub.key", "sub.csr", "sub.der"].map(|name| desk.path(name));
    desk.ask(
        "req -x509 -newkey rsa:3072 -nodes -sha256 -days 100 -config {} -keyout {} -out {}",
        &[&config, &root_key, &root],
    )
    .good();
    desk.ask(
        &format!("req -new {P256} -nodes -subj /CN=Issuer -config {{}} -keyout {{}} -out {{}}"),
        &[&config, &sub_key, &request],
    )
    .good();
    desk.ask(
        "x509 -req -in {} -CA {} -CAkey {} -set_serial 7 -days 50 -sha256 -extfile {} \
         -outform DER -out {}",
        &[&request, &root, &root_key, &ca, &sub],
    )
    .good();
    let anchor = desk.path("root.der");
    desk.ask("x509 -in {} -outform DER -out {}", &[&root, &anchor])
        .good();
    let sub = read(&fs::read(sub).expect("a certificate"));
    let anchors = [Anchor::from_certificate(read(
        &fs::read(anchor).expect("a certificate"),
    ))];
    let algorithms: [&dyn VerifyAlgorithm; 2] = [&RsaPkcs1::SHA256, &Ecdsa::P256_SHA256];
    let options = PathOptions::new(sub.not_before(), &algorithms);
    assert!(validate(&sub, &[], &anchors, &options).is_ok());
    // The target's own key must be of a kind that is accepted.
    let options = PathOptions::new(sub.not_before(), &algorithms[..1]);
    let error = validate(&sub, &[], &anchors, &options).expect_err("an EC key");
    assert!(matches!(
        error.reasons()[0].cause,
        Cause::KeyNotAccepted { .. }
    ));
}

#[test]
fn an_empty_crl_of_another_algorithm_answers() {
    let Some(desk) = Desk::find() else { return };
    let kinds = kinds();
    let kind = &kinds[0];
    let [root, sub, leaf] = chain(&desk, kind);
    let index = desk.write("index.txt", "");
    let config = CONFIG.replace("index.txt", &index.display().to_string());
    let config = desk.write("crl.config", config);
    let (key, issuer) = (
        desk.path("rsa-sha256-Issuer.key"),
        desk.path("rsa-sha256-Issuer.pem"),
    );
    let (pem, der) = (desk.path("crl.pem"), desk.path("crl.der"));
    desk.ask(
        "ca -gencrl -name authority -config {} -keyfile {} -cert {} -out {}",
        &[&config, &key, &issuer, &pem],
    )
    .good();
    desk.ask("crl -in {} -outform DER -out {}", &[&pem, &der])
        .good();
    let crls = [ParsedCrl::from_der(fs::read(der).expect("a CRL")).expect("a CRL")];
    let (leaf, sub) = (read(&leaf), [read(&sub)]);
    let anchors = [Anchor::from_certificate(read(&root))];
    let algorithms = [kind.algorithm];
    let at = crls[0].this_update();
    let options = PathOptions::new(at, &algorithms)
        .crls(&crls)
        .revocation(trust_list::path::RevocationRule::RequiredOfTarget);
    let path = validate(&leaf, &sub, &anchors, &options).expect("a path");
    assert!(matches!(
        path.statuses()[0],
        trust_list::path::RevocationStatus::NotRevoked { crl: 0 }
    ));
}
