//! Certificates of the shipped profiles, read back and verified; each objection.

use super::*;
use der::Decode;
use der::{
    asn1::{Ia5String, ObjectIdentifier},
    oid::{AssociatedOid, db::rfc6960::ID_PKIX_OCSP_NOCHECK},
};
use getrandom::SysRng;
use gm_crypto::{
    pki::{Signed, Sm2Sm3},
    sm2::{SecretKey, SigningKey, UserId},
};
use spki::{
    DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding,
    SubjectPublicKeyInfoOwned,
};
use x509_cert::TbsCertificate;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage,
    KeyUsages, SubjectAltName, SubjectKeyIdentifier, name::GeneralName,
};

mod fields;
mod hostile;
mod shipped;

fn key() -> SigningKey {
    SigningKey::new(SecretKey::generate(&mut SysRng).unwrap(), UserId::default())
}

fn spki(key: &SigningKey) -> SubjectPublicKeyInfoOwned {
    let document = key.verifying_key().to_public_key_der().unwrap();
    document.decode_msg().unwrap()
}

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn now() -> DateTime {
    at("2026-07-01T08:00:00Z")
}

fn serial(number: u64) -> SerialNumber {
    number.into()
}

fn request(subject: &str, key: &SigningKey) -> CertRequest {
    CertRequest::new(subject.parse().unwrap(), spki(key))
}

fn sign(prepared: Prepared, key: &SigningKey) -> Vec<u8> {
    let signature = key.sign_hedged(&mut SysRng, prepared.tbs()).unwrap();
    prepared.attach(&signature.to_bitstring().unwrap()).unwrap()
}

/// The certificate, its signature checked with the issuer's key.
fn verified(der: &[u8], issuer: &SigningKey) -> TbsCertificate {
    let signed = Signed::from_der("certificate", der).unwrap();
    let spki = spki(issuer);
    signed
        .verify(spki.owned_to_ref(), &[&Sm2Sm3::default()])
        .unwrap();
    let parsed = x509_cert::Certificate::from_der(der).unwrap();
    assert_eq!(
        parsed.signature_algorithm(),
        parsed.tbs_certificate().signature()
    );
    assert_eq!(parsed.tbs_certificate().to_der().unwrap(), signed.tbs());
    parsed.tbs_certificate().clone()
}

/// The rules that it breaks, short serial numbers and the like aside.
fn faults(tbs: &TbsCertificate) -> Vec<&'static str> {
    let report = lint::tbs_certificate(&tbs.to_der().unwrap());
    let findings = report.findings().iter().map(|finding| finding.lint());
    let matters = |lint: &&lint::Lint| lint.severity() > lint::Severity::Notice;
    findings.filter(matters).map(lint::Lint::id).collect()
}

fn shipped(name: &str) -> Profile {
    Profile::shipped(name).unwrap()
}

const ROOT: &str = "CN=Root CA,O=Example,C=CN";

fn root(key: &SigningKey) -> Vec<u8> {
    let request = request(ROOT, key);
    let issuer = Issuer::self_signed(&request, key.signature_algorithm_identifier().unwrap());
    let prepared = shipped("root-ca").prepare(&issuer, &request, &serial(1), now());
    sign(prepared.unwrap(), key)
}

/// A root's key and what it issues under.
fn authority() -> (SigningKey, Issuer) {
    let key = key();
    let issuer = Issuer::from_certificate(&root(&key)).unwrap();
    (key, issuer)
}

fn extension<'a, T: Decode<'a, Error = der::Error> + AssociatedOid>(
    tbs: &'a TbsCertificate,
) -> Option<(bool, T)> {
    tbs.get_extension::<T>().unwrap()
}

fn objections(result: Result<Prepared, Rejection>) -> Vec<Objection> {
    result.unwrap_err().objections().to_vec()
}

#[test]
fn a_root_signs_itself() {
    let key = key();
    let tbs = verified(&root(&key), &key);
    assert_eq!(tbs.issuer(), tbs.subject());
    assert_eq!(tbs.serial_number(), &serial(1));
    let (critical, constraints) = extension::<BasicConstraints>(&tbs).unwrap();
    assert!(critical && constraints.ca && constraints.path_len_constraint.is_none());
    let (critical, usage) = extension::<KeyUsage>(&tbs).unwrap();
    assert!(critical);
    assert_eq!(usage.0, KeyUsages::KeyCertSign | KeyUsages::CRLSign);
    assert_eq!(tbs.validity().not_before.to_date_time(), now());
    let end = tbs.validity().not_after.to_date_time();
    assert_eq!(end, at("2046-07-01T08:00:00Z"));
    assert_eq!(faults(&tbs), [""; 0]);
}

#[test]
fn a_chain_of_three_verifies_and_links_by_key_identifiers() {
    let (root_key, root_issuer) = authority();
    let ca_key = key();
    let ca_request = request("CN=Issuing CA,O=Example,C=CN", &ca_key);
    let ca = shipped("issuing-ca").prepare(&root_issuer, &ca_request, &serial(2), now());
    let ca = sign(ca.unwrap(), &root_key);
    let ca_tbs = verified(&ca, &root_key);
    let (_, constraints) = extension::<BasicConstraints>(&ca_tbs).unwrap();
    assert_eq!(constraints.path_len_constraint, Some(0));

    let issuer = Issuer::from_certificate(&ca).unwrap();
    let names = [
        (
            "subscriber-signing",
            KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
        ),
        (
            "subscriber-encryption",
            KeyUsages::KeyEncipherment | KeyUsages::DataEncipherment | KeyUsages::KeyAgreement,
        ),
        ("ocsp-responder", KeyUsages::DigitalSignature.into()),
    ];
    for (index, (name, usages)) in (3u64..).zip(names) {
        let subscriber = request("CN=张三,C=CN", &key());
        let prepared = shipped(name).prepare(&issuer, &subscriber, &serial(index), now());
        let tbs = verified(&sign(prepared.unwrap(), &ca_key), &ca_key);
        let (critical, usage) = extension::<KeyUsage>(&tbs).unwrap();
        assert!(critical);
        assert_eq!(usage.0, usages, "{name}");
        assert!(extension::<BasicConstraints>(&tbs).is_none());
        let (_, authority) = extension::<AuthorityKeyIdentifier>(&tbs).unwrap();
        let (_, above) = extension::<SubjectKeyIdentifier>(&ca_tbs).unwrap();
        assert_eq!(authority.key_identifier.unwrap(), above.0);
        assert_eq!(faults(&tbs), [""; 0]);
    }
}

#[test]
fn the_responder_may_answer_and_is_not_asked_about() {
    let (root_key, issuer) = authority();
    let prepared = shipped("ocsp-responder").prepare(
        &issuer,
        &request("CN=OCSP,C=CN", &key()),
        &serial(2),
        now(),
    );
    let tbs = verified(&sign(prepared.unwrap(), &root_key), &root_key);
    let (critical, purposes) = extension::<ExtendedKeyUsage>(&tbs).unwrap();
    assert!(!critical);
    assert_eq!(
        purposes.0,
        [ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9")]
    );
    let mut extensions = tbs.extensions().unwrap().iter();
    let no_check = extensions.find(|extension| extension.extn_id == ID_PKIX_OCSP_NOCHECK);
    assert_eq!(no_check.unwrap().extn_value.as_bytes(), [5, 0]);
}

#[test]
fn key_identifiers_are_sha1_of_the_point() {
    use sha1::{Digest, Sha1};
    let key = key();
    let tbs = verified(&root(&key), &key);
    let point = key.verifying_key().public_key().to_uncompressed();
    let (_, identifier) = extension::<SubjectKeyIdentifier>(&tbs).unwrap();
    assert_eq!(identifier.0.as_bytes(), Sha1::digest(point).as_slice());
}

#[test]
fn a_profile_writes_what_it_says() {
    let (root_key, issuer) = authority();
    let profile = Profile::from_toml(
        r#"
        name = "server"
        kind = "end-entity"
        key_usage = ["digitalSignature"]
        extended_key_usage = ["serverAuth"]
        certificate_policies = ["1.2.3.4", "1.2.3.5"]
        alternative_names = "required"
        signature_parameters = "null"
        crl_urls = ["http://a.cn/crl", "ldap://a.cn/crl"]
        ocsp_urls = ["http://a.cn/ocsp"]
        issuer_urls = ["http://a.cn/ca"]
        validity = { days = 30 }
        subject = { required = [] }
        "#,
    )
    .unwrap();
    let dns = GeneralName::DnsName(Ia5String::new("a.cn").unwrap());
    let unnamed = CertRequest::new(Name::default(), spki(&key())).alternative_name(dns);
    let prepared = profile
        .prepare(&issuer, &unnamed, &serial(2), now())
        .unwrap();
    assert_eq!(prepared.algorithm().parameters, Some(Any::null()));
    let tbs = verified(&sign(prepared, &root_key), &root_key);
    assert!(tbs.signature().parameters.as_ref().unwrap().is_null());
    let (critical, names) = extension::<SubjectAltName>(&tbs).unwrap();
    assert!(critical, "the subject is empty");
    assert_eq!(names.0.len(), 1);
    let (_, policies) = extension::<CertificatePolicies>(&tbs).unwrap();
    assert_eq!(policies.0.len(), 2);
    let text = format!("{:?}", tbs.extensions());
    assert_eq!(tbs.extensions().unwrap().len(), 8, "{text}");
    let end = tbs.validity().not_after.to_date_time();
    assert_eq!(end, at("2026-07-31T08:00:00Z"));
}

#[test]
fn a_request_may_end_earlier_and_never_later() {
    let (_, issuer) = authority();
    let profile = shipped("subscriber-signing");
    let asked = |end: &str| {
        let request = request("CN=a,C=CN", &key()).not_after(at(end));
        let prepared = profile
            .prepare(&issuer, &request, &serial(2), now())
            .unwrap();
        let tbs = TbsCertificate::from_der(prepared.tbs()).unwrap();
        tbs.validity().not_after.to_date_time().to_string()
    };
    assert_eq!(asked("2026-08-01T00:00:00Z"), "2026-08-01T00:00:00Z");
    assert_eq!(asked("2099-08-01T00:00:00Z"), "2028-07-01T08:00:00Z");
}

#[test]
fn dates_change_their_encoding_in_2050() {
    let key = key();
    let request = request(ROOT, &key);
    let issuer = Issuer::self_signed(&request, key.signature_algorithm_identifier().unwrap());
    let prepared = |now: &str| {
        let profile = shipped("root-ca");
        profile
            .prepare(&issuer, &request, &serial(1), at(now))
            .unwrap()
    };
    let has = |prepared: &Prepared, text: &[u8]| {
        prepared.tbs().windows(text.len()).any(|part| part == text)
    };
    let last = prepared("2029-12-31T23:59:59Z");
    assert!(has(&last, b"\x17\x0d491231235959Z"));
    let first = prepared("2030-01-01T00:00:00Z");
    assert!(has(&first, b"\x17\x0d300101000000Z"));
    assert!(has(&first, b"\x18\x0f20500101000000Z"));
}

#[test]
fn the_same_arguments_give_the_same_octets() {
    let (_, issuer) = authority();
    let request = request("CN=a,C=CN", &key());
    let profile = shipped("subscriber-signing");
    let prepare = || {
        profile
            .prepare(&issuer, &request, &serial(2), now())
            .unwrap()
    };
    assert_eq!(prepare(), prepare());
    let stored = Prepared::from_stored(prepare().tbs().to_vec(), prepare().algorithm().clone());
    assert_eq!(stored, prepare());
    let damaged = Prepared::from_stored(vec![0x30, 5], prepare().algorithm().clone());
    assert!(
        damaged
            .attach(&BitString::from_bytes(&[0]).unwrap())
            .is_err()
    );
}

#[test]
fn serial_numbers_are_positive_and_short() {
    let (_, issuer) = authority();
    let request = request("CN=a,C=CN", &key());
    let with = |serial: &SerialNumber| {
        shipped("subscriber-signing").prepare(&issuer, &request, serial, now())
    };
    let longest = SerialNumber::new(&[0x7f; 20]).unwrap();
    assert!(with(&longest).is_ok());
    let negative = SerialNumber::from_der(&[2, 1, 0x80]).unwrap();
    let long = SerialNumber::from_der(&[&[2, 21, 0], [0x80; 20].as_slice()].concat()).unwrap();
    for serial in [serial(0), negative, long] {
        let found = objections(with(&serial));
        assert!(matches!(found[..], [Objection::Serial { .. }]), "{found:?}");
    }
}

#[test]
fn every_objection_is_told_at_once() {
    let (_, issuer) = authority();
    let mut request = request("L=b", &key());
    let dns = GeneralName::DnsName(Ia5String::new("..").unwrap());
    request = request
        .alternative_name(dns)
        .not_after(at("2020-01-01T00:00:00Z"));
    let profile = shipped("ocsp-responder");
    let rejection = profile
        .prepare(&issuer, &request, &serial(0), now())
        .unwrap_err();
    assert_eq!(rejection.profile(), "ocsp-responder");
    let text = rejection.to_string();
    let parts: Vec<_> = text.split("; ").collect();
    // countryName, commonName, the name's form, not allowed, serial, end.
    assert_eq!(rejection.objections().len(), 6, "{text}");
    assert_eq!(
        parts[0],
        "profile ocsp-responder refuses: subject lacks countryName (RFC 5280, 4.1.2.6, and the \
         profile's subject)"
    );
}

#[test]
fn an_empty_name_is_refused() {
    let (_, issuer) = authority();
    let unnamed = CertRequest::new(Name::default(), spki(&key()));
    let profile = shipped("subscriber-signing");
    let found = objections(profile.prepare(&issuer, &unnamed, &serial(2), now()));
    assert!(found.contains(&Objection::SubjectEmpty), "{found:?}");
}

#[test]
fn a_key_in_another_form_is_written_as_certificates_have_it() {
    let (_, issuer) = authority();
    let good = spki(&key());
    let point = PublicKey::try_from(good.owned_to_ref()).unwrap();
    let mut compressed = good.clone();
    compressed.subject_public_key = BitString::from_bytes(&point.to_compressed()).unwrap();
    let mut curve_first = good.clone();
    curve_first.algorithm.oid = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");
    curve_first.algorithm.parameters = None;
    let profile = shipped("subscriber-signing");
    let write = |spki| {
        let request = CertRequest::new("CN=a,C=CN".parse().unwrap(), spki);
        let prepared = profile.prepare(&issuer, &request, &serial(2), now());
        prepared.unwrap().tbs().to_vec()
    };
    // The key identifier is that of the written key, too.
    let written = write(good);
    assert_eq!(write(compressed), written);
    assert_eq!(write(curve_first), written);
}

#[test]
fn another_key_than_sm2_is_refused() {
    let (_, issuer) = authority();
    let good = spki(&key());
    let mut other_curve = good.clone();
    let p256 = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
    other_curve.algorithm.parameters = Some(Any::from(p256));
    let mut off_curve = good.clone();
    let mut point = good.subject_public_key.raw_bytes().to_vec();
    point[64] ^= 1;
    off_curve.subject_public_key = BitString::from_bytes(&point).unwrap();
    for spki in [other_curve, off_curve] {
        let request = CertRequest::new("CN=a,C=CN".parse().unwrap(), spki);
        let profile = shipped("subscriber-signing");
        let found = objections(profile.prepare(&issuer, &request, &serial(2), now()));
        assert_eq!(found, [Objection::Key]);
    }
}

// GM/T 0015-2023 lets hardware name the key by the curve alone; never written.
#[test]
fn a_key_is_written_in_the_usual_form() {
    let (_, issuer) = authority();
    let usual = spki(&key());
    let mut by_curve = usual.clone();
    by_curve.algorithm = AlgorithmIdentifierOwned {
        oid: gm_crypto::sm2::CURVE_OID,
        parameters: None,
    };
    let request = CertRequest::new("CN=a,C=CN".parse().unwrap(), by_curve);
    let profile = shipped("subscriber-signing");
    let prepared = profile
        .prepare(&issuer, &request, &serial(2), now())
        .unwrap();
    let tbs = TbsCertificate::from_der(prepared.tbs()).unwrap();
    assert_eq!(tbs.subject_public_key_info(), &usual);
}

#[test]
fn an_issuer_keeps_to_its_role() {
    let (root_key, issuer) = authority();
    let subscriber = request("CN=a,C=CN", &key());
    let algorithm = root_key.signature_algorithm_identifier().unwrap();
    let alone = Issuer::self_signed(&subscriber, algorithm.clone());
    let prepare = |profile: &str, issuer: &Issuer, request: &CertRequest| {
        objections(shipped(profile).prepare(issuer, request, &serial(2), now()))
    };
    let role = |objections: &[Objection]| matches!(objections, [Objection::IssuerRole { .. }]);
    assert!(role(&prepare("subscriber-signing", &alone, &subscriber)));
    assert!(role(&prepare(
        "root-ca",
        &issuer,
        &request(ROOT, &root_key)
    )));
    let asked = request(ROOT, &root_key);
    for other in [request("CN=b,O=b,C=CN", &root_key), request(ROOT, &key())] {
        let other_root = Issuer::self_signed(&other, algorithm.clone());
        assert!(role(&prepare("root-ca", &other_root, &asked)));
    }
    let found = prepare("issuing-ca", &issuer, &request(ROOT, &root_key));
    assert_eq!(found, [Objection::NameOfIssuer, Objection::KeyOfIssuer]);
}

#[test]
fn path_length_is_kept() {
    let (root_key, root_issuer) = authority();
    let ca_key = key();
    let ca_request = request("CN=Issuing CA,O=Example,C=CN", &ca_key);
    let ca = shipped("issuing-ca").prepare(&root_issuer, &ca_request, &serial(2), now());
    let issuer = Issuer::from_certificate(&sign(ca.unwrap(), &root_key)).unwrap();
    let below = request("CN=Sub CA,O=Example,C=CN", &key()).not_after(at("2030-01-01T00:00:00Z"));
    let found = objections(shipped("issuing-ca").prepare(&issuer, &below, &serial(3), now()));
    assert_eq!(found, [Objection::IssuerPathLen { limit: 0 }]);
}

#[test]
fn nothing_outlives_its_issuer() {
    let (_, issuer) = authority();
    let request = request("CN=a,C=CN", &key());
    let profile = shipped("subscriber-signing");
    let prepare =
        |now: &str, request: &CertRequest| profile.prepare(&issuer, request, &serial(2), at(now));
    assert!(prepare("2044-07-01T08:00:00Z", &request).is_ok());
    let found = objections(prepare("2044-07-01T08:00:01Z", &request));
    assert!(matches!(found[..], [Objection::PastIssuer { .. }]));
    let capped = request.clone().not_after(at("2046-07-01T08:00:00Z"));
    assert!(prepare("2044-07-01T08:00:01Z", &capped).is_ok());
    for now in ["2026-07-01T07:59:59Z", "2046-07-01T08:00:01Z"] {
        let found = objections(prepare(now, &request));
        assert!(
            matches!(found[..], [Objection::IssuerNotValid { .. }]),
            "{now}"
        );
    }
    let found = objections(prepare("9998-07-01T08:00:00Z", &request));
    assert_eq!(found, [Objection::EndsTooLate]);
}

#[test]
fn an_issuer_that_signs_otherwise_is_refused_by_the_rules() {
    let (_, issuer) = authority();
    let validity = *issuer.validity().unwrap();
    let ecdsa = AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"),
        parameters: None,
    };
    let public_key = issuer.public_key().clone();
    let issuer = Issuer::new(issuer.name().clone(), public_key, ecdsa, validity);
    let request = request("CN=a,C=CN", &key());
    let profile = shipped("subscriber-signing");
    let found = objections(profile.prepare(&issuer, &request, &serial(2), now()));
    let [Objection::Lint(finding)] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(finding.lint().id(), "gmt0015.signature_algorithm");
}

#[test]
fn issuers_are_cas() {
    let (root_key, issuer) = authority();
    assert_eq!(issuer.name().to_string(), ROOT);
    assert_eq!(issuer.key_identifier().len(), 20);
    let request = request("CN=a,C=CN", &key());
    let prepared = shipped("subscriber-signing").prepare(&issuer, &request, &serial(2), now());
    let subscriber = sign(prepared.unwrap(), &root_key);
    assert!(matches!(
        Issuer::from_certificate(&subscriber),
        Err(Error::Invalid {
            clause: "RFC 5280, 4.2.1.9",
            ..
        })
    ));
    assert!(Issuer::from_certificate(&subscriber[1..]).is_err());
    assert!(Issuer::from_certificate(&[]).is_err());
}
