//! What differs is found, in whichever of the three places it was changed.

use super::*;
use crate::Issuer;
use der::asn1::{Ia5String, OctetString};
use getrandom::SysRng;
use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
use proptest::prelude::*;
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SubjectPublicKeyInfoOwned};
use std::sync::LazyLock;
use x509_cert::time::Validity;

const RESIDENT: &str = "110101199001011237";
const OTHER: &str = "11010119900101127X";
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

static KEYS: LazyLock<[SigningKey; 3]> = LazyLock::new(|| {
    [(); 3].map(|()| SigningKey::new(SecretKey::generate(&mut SysRng).unwrap(), UserId::default()))
});

fn spki(index: usize) -> SubjectPublicKeyInfoOwned {
    let document = KEYS[index].verifying_key().to_public_key_der().unwrap();
    document.decode_msg().unwrap()
}

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn profile() -> Profile {
    Profile::from_toml(
        r#"
        name = "person"
        kind = "end-entity"
        key_usage = ["digitalSignature"]
        alternative_names = "optional"
        validity = { years = { from = 1, to = 5 }, beyond_issuer = "clamp" }
        subject = { required = ["commonName"], optional = ["organizationalUnitName", "title", "serialNumber"] }
        identifiers = { resident_identity_card = "optional", organisation_code = "optional" }
        "#,
    )
    .unwrap()
}

fn issuer(until: &str) -> Issuer {
    let validity = Validity::new(at("2026-01-01T00:00:00Z").into(), at(until).into());
    let algorithm = KEYS[0].signature_algorithm_identifier().unwrap();
    Issuer::new(
        "CN=CA,O=a,C=CN".parse().unwrap(),
        spki(0),
        algorithm,
        validity,
    )
}

fn mailbox(text: &str) -> GeneralName {
    GeneralName::Rfc822Name(Ia5String::new(text).unwrap())
}

fn request(subject: &str, key: usize, years: u16) -> CertRequest {
    CertRequest::new(subject.parse().unwrap(), spki(key)).years(years)
}

fn usual() -> CertRequest {
    request("CN=张三,OU=b,OU=a", 1, 3)
        .alternative_name(mailbox("a@a.cn"))
        .alternative_name(GeneralName::IpAddress(
            OctetString::new([1, 2, 3, 4]).unwrap(),
        ))
        .identifier(Identifier::new(IdentityKind::ResidentNumber, RESIDENT))
        .identifier(Identifier::new(
            IdentityKind::OrganizationCode,
            "91440300MA5DDA000Y",
        ))
}

fn tbs(request: &CertRequest, until: &str) -> Vec<u8> {
    let now = at("2026-07-01T08:00:00Z");
    let prepared = profile().prepare(&issuer(until), request, &7u8.into(), now);
    prepared.unwrap().tbs().to_vec()
}

const LATE: &str = "2046-01-01T00:00:00Z";

fn paper(request: &CertRequest) -> Particulars {
    let years = request.chosen_years().unwrap();
    Particulars::of_request("person", request, Lifetime::Years(years))
}

#[test]
fn three_that_agree_let_the_certificate_through() {
    let usual = usual();
    let differences = diff(
        &paper(&usual),
        &paper(&usual),
        &profile(),
        &tbs(&usual, LATE),
    );
    let differences = differences.unwrap();
    assert!(differences.is_empty(), "{differences:?}");
    assert!(differences.gate().is_ok());
}

#[test]
fn a_form_names_types_numbers_and_alternative_names_in_any_order() {
    let usual = usual();
    let mut form = paper(&usual);
    form.identifiers.reverse();
    form.alternative_names.reverse();
    let place = form.subject.iter().position(|(oid, _)| *oid == COMMON_NAME);
    let name = form.subject.remove(place.unwrap());
    form.subject.insert(0, name);
    let differences = diff(&form, &paper(&usual), &profile(), &tbs(&usual, LATE)).unwrap();
    assert!(differences.is_empty(), "{differences:?}");
    // Of one type the order is part of the name.
    form.subject[1..].reverse();
    let differences = diff(&form, &paper(&usual), &profile(), &tbs(&usual, LATE)).unwrap();
    assert_eq!(differences.as_slice().len(), 1, "{differences:?}");
}

#[test]
fn each_field_is_compared_in_each_of_the_three_places() {
    let usual = usual();
    let without = |subject: &str, key, years| {
        let mut other = request(subject, key, years);
        for name in usual.alternative_names() {
            other = other.alternative_name(name.clone());
        }
        for number in usual.identifiers() {
            other = other.identifier(number.clone());
        }
        other
    };
    let subject = "CN=张三,OU=b,OU=a";
    let unit = ObjectIdentifier::new_unwrap("2.5.4.11");
    let title = ObjectIdentifier::new_unwrap("2.5.4.12");
    let plain = request(subject, 1, 3);
    let mut one_number = plain.clone();
    let mut other_number = plain.clone();
    for name in usual.alternative_names() {
        one_number = one_number.alternative_name(name.clone());
        other_number = other_number.alternative_name(name.clone());
    }
    let code = usual.identifiers()[1].clone();
    let one_number = one_number.identifier(code.clone());
    let other_number = other_number
        .identifier(Identifier::new(IdentityKind::ResidentNumber, OTHER))
        .identifier(code);
    let mut no_name = plain;
    for number in usual.identifiers() {
        no_name = no_name.identifier(number.clone());
    }
    let no_name = no_name.alternative_name(mailbox("a@a.cn"));
    let changed = [
        (
            without("CN=张四,OU=b,OU=a", 1, 3),
            Field::Attribute(COMMON_NAME),
        ),
        (without("CN=张三,OU=b", 1, 3), Field::Attribute(unit)),
        (without("CN=张三,OU=a,OU=b", 1, 3), Field::Attribute(unit)),
        (
            without("CN=张三,title=b,OU=b,OU=a", 1, 3),
            Field::Attribute(title),
        ),
        (without(subject, 2, 3), Field::Key),
        (without(subject, 1, 4), Field::Validity),
        (no_name, Field::AlternativeNames),
        (one_number, Field::Identifier(IdentityKind::ResidentNumber)),
        (
            other_number,
            Field::Identifier(IdentityKind::ResidentNumber),
        ),
    ];
    for (other, field) in &changed {
        for place in 0..3 {
            let pick = |index| if index == place { other } else { &usual };
            let differences = diff(
                &paper(pick(0)),
                &paper(pick(1)),
                &profile(),
                &tbs(pick(2), LATE),
            );
            let differences = differences.unwrap();
            let [difference] = differences.as_slice() else {
                panic!("{field} in place {place}: {differences:?}");
            };
            assert_eq!(difference.field(), *field, "place {place}");
            let values = &difference.values;
            let (two, three) = ((place + 1) % 3, (place + 2) % 3);
            if *field != Field::Validity
                && *field != Field::Identifier(IdentityKind::ResidentNumber)
            {
                assert_eq!(values[two], values[three], "place {place}");
                assert_ne!(values[place], values[two], "place {place}");
            }
            let rejection = differences.gate().unwrap_err();
            assert!(matches!(rejection.objections(), [Objection::Differs(_)]));
        }
    }
    for place in 0..3 {
        let mut papers = [paper(&usual), paper(&usual)];
        let mut profile = profile();
        match place {
            2 => profile.name = "other".to_owned(),
            place => papers[place].profile = "other".to_owned(),
        }
        let [form, registration] = papers;
        let differences = diff(&form, &registration, &profile, &tbs(&usual, LATE)).unwrap();
        assert_eq!(
            differences.as_slice()[0].field(),
            Field::Profile,
            "place {place}"
        );
    }
}

#[test]
fn a_shortened_end_stands_on_form_and_registration_or_nothing_is_issued() {
    let usual = usual();
    let until = "2027-12-31T23:59:59Z";
    let tbs = tbs(&usual, until);
    let unaware = paper(&usual);
    let mut aware = paper(&usual);
    aware.lifetime = Lifetime::Until(at(until));
    assert!(diff(&aware, &aware, &profile(), &tbs).unwrap().is_empty());
    for (form, registration) in [(&unaware, &unaware), (&aware, &unaware), (&unaware, &aware)] {
        let differences = diff(form, registration, &profile(), &tbs).unwrap();
        assert_eq!(differences.as_slice()[0].field(), Field::Validity);
    }
}

#[test]
fn no_number_is_shown() {
    let usual = usual();
    let serial = ObjectIdentifier::new_unwrap("2.5.4.5");
    let mut form = paper(&usual);
    form.identifiers[0] = Identifier::new(IdentityKind::ResidentNumber, OTHER);
    form.subject.push((serial, OTHER.to_owned()));
    let differences = diff(&form, &paper(&usual), &profile(), &tbs(&usual, LATE)).unwrap();
    assert_eq!(differences.as_slice().len(), 2);
    let text = format!(
        "{differences:?} {}",
        differences.clone().gate().unwrap_err()
    );
    for number in [RESIDENT, OTHER, &RESIDENT[4..14]] {
        assert!(!text.contains(number), "{text}");
    }
    assert!(text.contains("11***7X"), "{text}");
    assert!(text.contains("《数字证书申请流程》, 2.6, 2"), "{text}");
}

#[test]
fn octets_that_are_no_certificate_are_refused() {
    let paper = paper(&usual());
    assert!(diff(&paper, &paper, &profile(), &[0x30, 0]).is_err());
}

proptest! {
    #[test]
    fn what_is_equal_has_no_difference(
        name in "[a-z张王 ]{1,20}[a-z]",
        unit in "[a-zA-Z0-9]{1,30}",
        years in 1u16..=5,
        mailboxes in prop::collection::vec("[a-z]{1,8}@[a-z]{1,8}", 0..4),
    ) {
        let name = name.trim().to_owned();
        let mut request = request(&format!("CN={name},OU={unit}"), 1, years);
        for text in &mailboxes {
            request = request.alternative_name(mailbox(text));
        }
        let paper = paper(&request);
        let differences = diff(&paper, &paper, &profile(), &tbs(&request, LATE)).unwrap();
        prop_assert!(differences.is_empty(), "{:?}", differences);
    }
}
