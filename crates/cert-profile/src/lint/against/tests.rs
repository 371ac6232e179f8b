//! A profile's own certificates follow it; each field that another profile has is a deviation.

use super::*;
use crate::{CertRequest, Identifier, IdentityKind, Issuer};
use der::{Encode, asn1::BitString, asn1::Ia5String};
use getrandom::SysRng;
use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SubjectPublicKeyInfoOwned};
use x509_cert::{ext::pkix::name::GeneralName, time::Validity};

const FULL: &str = r#"
    name = "a"
    kind = "end-entity"
    key_usage = ["digitalSignature"]
    extended_key_usage = ["clientAuth"]
    certificate_policies = ["1.2.3"]
    alternative_names = "optional"
    crl_urls = ["http://a.cn/{shard}.crl"]
    crl_shards = 4
    delta_crl_urls = ["http://a.cn/{shard}.delta"]
    ocsp_urls = ["http://a.cn/ocsp"]
    validity = { days = 10 }
    subject = { required = ["commonName"], optional = ["title"] }
    identifiers = { resident_identity_card = "optional", taxation_number = "optional" }
"#;

fn spki() -> SubjectPublicKeyInfoOwned {
    let key = SigningKey::new(SecretKey::generate(&mut SysRng).unwrap(), UserId::default());
    let document = key.verifying_key().to_public_key_der().unwrap();
    document.decode_msg().unwrap()
}

fn issuer() -> Issuer {
    let key = SigningKey::new(SecretKey::generate(&mut SysRng).unwrap(), UserId::default());
    let document = key.verifying_key().to_public_key_der().unwrap();
    let at = |text: &str| text.parse::<DateTime>().unwrap().into();
    let validity = Validity::new(at("2026-01-01T00:00:00Z"), at("2046-01-01T00:00:00Z"));
    Issuer::new(
        "CN=CA,O=a,C=CN".parse().unwrap(),
        document.decode_msg().unwrap(),
        key.signature_algorithm_identifier().unwrap(),
        validity,
    )
}

fn request() -> CertRequest {
    let mailbox = GeneralName::Rfc822Name(Ia5String::new("a@a.cn").unwrap());
    CertRequest::new("CN=a".parse().unwrap(), spki())
        .alternative_name(mailbox)
        .identifier(Identifier::new(IdentityKind::TaxationNumber, "123456"))
}

fn issued(text: &str, request: &CertRequest) -> Vec<u8> {
    let profile = Profile::from_toml(text).unwrap();
    let now = "2026-07-01T08:00:00Z".parse().unwrap();
    let prepared = profile.prepare(&issuer(), request, &77u8.into(), now);
    // No signature is asked here.
    let signature = BitString::from_bytes(&[0x30, 0]).unwrap();
    prepared.unwrap().attach(&signature).unwrap()
}

fn found(text: &str, der: &[u8]) -> Vec<String> {
    let deviations = against(&Profile::from_toml(text).unwrap(), der);
    deviations.iter().map(ToString::to_string).collect()
}

#[test]
fn a_certificate_follows_the_profile_that_it_is_from() {
    assert_eq!(found(FULL, &issued(FULL, &request())), [""; 0]);
}

#[test]
fn each_field_that_differs_is_one_deviation() {
    let der = issued(FULL, &request());
    let cases = [
        (
            "[\"digitalSignature\"]",
            "[\"nonRepudiation\", \"digitalSignature\"]",
            "keyUsage is another",
        ),
        ("[\"clientAuth\"]", "[]", "extKeyUsage is another"),
        (
            "[\"1.2.3\"]",
            "[\"1.2.4\"]",
            "certificatePolicies is another",
        ),
        (
            "[\"1.2.3\"]",
            "[{ oid = \"1.2.3\", cps = \"http://a.cn\" }]",
            "certificatePolicies is another",
        ),
        ("[\"1.2.3\"]", "[]", "certificatePolicies is there, which"),
        (
            "{shard}.crl",
            "{shard}.list",
            "cRLDistributionPoints is another",
        ),
        ("{shard}.delta", "{shard}.list", "freshestCRL is another"),
        (
            "    delta_crl_urls = [\"http://a.cn/{shard}.delta\"]",
            "",
            "freshestCRL is there, which",
        ),
        ("cn/ocsp", "cn/other", "authorityInfoAccess is another"),
        (
            "    ocsp_urls = [\"http://a.cn/ocsp\"]",
            "",
            "authorityInfoAccess is there",
        ),
        ("days = 10", "days = 9", "validity is longer"),
        (
            "\"optional\"\n    crl",
            "\"optional\"\n    alternative_name_forms = [\"dns\"]\n    crl",
            "alternative name 0 is not of a form",
        ),
        (
            "    alternative_names = \"optional\"",
            "",
            "alternative names are given",
        ),
        (
            "{ required = [\"commonName\"]",
            "{ required = [\"commonName\", \"surname\"]",
            "subject lacks surname",
        ),
        (
            "resident_identity_card = \"optional\"",
            "resident_identity_card = \"required\"",
            "extension 1.2.156.10260.4.1.1 is missing",
        ),
        (
            ", taxation_number = \"optional\"",
            "",
            "extension 1.2.156.10260.4.1.5 is there",
        ),
        (
            "    name",
            "    subject_key_identifier = \"sm3\"\n    name",
            "subjectKeyIdentifier is not made",
        ),
        (
            "    name",
            "    authority_key_identifier = \"key-and-issuer\"\n    name",
            "authorityKeyIdentifier says other",
        ),
        (
            "    name",
            "    signature_parameters = \"null\"\n    name",
            "the signature's algorithm has no",
        ),
    ];
    for (line, instead, message) in cases {
        assert!(FULL.contains(line), "{line}");
        let found = found(&FULL.replacen(line, instead, 1), &der);
        assert_eq!(found.len(), 1, "{instead}: {found:?}");
        assert!(found[0].starts_with(message), "{found:?}");
    }
    let shards = found(&FULL.replace("crl_shards = 4", "crl_shards = 65536"), &der);
    assert_eq!(shards.len(), 2, "{shards:?}");
}

#[test]
fn a_cas_path_and_constraints_are_compared() {
    let ca = r#"
        name = "a"
        kind = "ca"
        path_len = 0
        key_usage = ["keyCertSign"]
        validity = { years = 5 }
        subject = { required = ["commonName"] }
        name_constraints = { permitted = { dns = ["a.cn"] } }
    "#;
    let der = issued(ca, &CertRequest::new("CN=a".parse().unwrap(), spki()));
    assert_eq!(found(ca, &der), [""; 0]);
    let other = found(&ca.replace("path_len = 0", ""), &der);
    assert_eq!(other, ["basicConstraints is another than the profile's"]);
    let other = found(&ca.replace("a.cn", "b.cn"), &der);
    assert_eq!(other, ["nameConstraints is another than the profile's"]);
}

#[test]
fn what_was_left_of_an_earlier_certificate_follows_a_profile_of_chosen_years() {
    let years = |to: u8| {
        format!(
            "name = 'a'\nkind = 'end-entity'\nkey_usage = ['digitalSignature']\n\
             validity = {{ years = {{ from = 1, to = {to} }} }}\n\
             subject = {{ required = ['commonName'] }}"
        )
    };
    let request = || CertRequest::new("CN=a".parse().unwrap(), spki());
    let remainder = issued(
        &years(5),
        &request().remainder_until("2028-03-05T06:07:08Z".parse().unwrap()),
    );
    assert_eq!(found(&years(5), &remainder), [""; 0]);
    let whole = issued(&years(5), &request().years(5));
    assert_eq!(found(&years(5), &whole), [""; 0]);
    assert_eq!(
        found(&years(4), &whole),
        ["validity is longer than the longest that the profile gives"]
    );
}

#[test]
fn no_certificate_is_longer_than_the_most_years_that_can_be_chosen() {
    let years = "name = 'a'\nkind = 'end-entity'\nkey_usage = ['digitalSignature']\n\
                 validity = { years = { from = 1, to = 5 } }\n\
                 subject = { required = ['commonName'] }";
    let clamp = years.replace("5 }", "5 }, beyond_issuer = 'clamp'");
    let admits = |text: &str, end: &str| {
        let begin = "2026-07-01T00:00:00Z".parse().unwrap();
        let term = Profile::from_toml(text).unwrap().term;
        term.admits(begin, end.parse().unwrap())
    };
    for (end, admitted) in [
        ("2027-07-01T00:00:00Z", true),
        ("2027-06-30T23:59:58Z", true),
        ("2026-08-01T00:00:00Z", true),
        ("2031-06-30T23:59:59Z", true),
        ("2031-07-01T00:00:00Z", true),
        ("2031-07-01T00:00:01Z", false),
    ] {
        assert_eq!(admits(years, end), admitted, "{end}");
        assert_eq!(admits(&clamp, end), admitted, "{end}");
    }
}

#[test]
fn what_is_no_certificate_is_one_deviation() {
    let name = Name::default().to_der().unwrap();
    assert_eq!(found(FULL, &name).len(), 1);
}
