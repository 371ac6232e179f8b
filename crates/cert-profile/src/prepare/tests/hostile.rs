//! Requests by somebody who wants a bad certificate, and clocks as they are.

use super::*;
use crate::{Identifier, IdentityKind};

const OPEN: &str = r#"
    name = "a"
    kind = "end-entity"
    key_usage = ["digitalSignature"]
    alternative_names = "optional"
    dns_wildcards = true
    [validity]
    days = 10
    [subject]
    required = ["commonName"]
    optional = ["countryName", "organizationName", "organizationalUnitName", "emailAddress"]
    multi_valued = true
"#;

fn open() -> Profile {
    Profile::from_toml(OPEN).unwrap()
}

fn said(profile: &Profile, request: &CertRequest, now: DateTime) -> Vec<String> {
    let (_, issuer) = authority();
    let prepared = profile.prepare(&issuer, request, &serial(2), now);
    let rejection = prepared.err();
    let objections = rejection.map(|rejection| rejection.objections().to_vec());
    let objections = objections.unwrap_or_default();
    objections.iter().map(ToString::to_string).collect()
}

fn ia5(text: &str) -> Ia5String {
    Ia5String::new(text).unwrap()
}

fn dns(name: &str) -> GeneralName {
    GeneralName::DnsName(ia5(name))
}

#[test]
fn the_issuer_s_last_second_is_within_its_validity_and_no_second_is_too_short() {
    let (_, issuer) = authority();
    let request = request("CN=a", &key());
    let last = at("2046-07-01T08:00:00Z");
    let clamp = OPEN.replace("days = 10", "days = 10\nbeyond_issuer = \"clamp\"");
    let clamp = Profile::from_toml(&clamp).unwrap();
    let before = at("2046-06-21T08:00:00Z");
    let granted = clamp.validity(&issuer, &request, before);
    let granted = granted.unwrap();
    assert_eq!((granted.end(), granted.shortened_from()), (last, None));
    let empty = request.not_after(now());
    let found = said(&open(), &empty, now());
    assert_eq!(
        found,
        ["validity would end at 2026-07-01T08:00:00Z, before it begins"]
    );
}

#[test]
fn a_year_from_a_leap_day_ends_on_the_last_of_february() {
    let (_, issuer) = authority();
    let years = OPEN.replace("days = 10", "years = { from = 1, to = 4 }");
    let years = Profile::from_toml(&years).unwrap();
    let plain = request("CN=a", &key());
    for (count, end) in [(1, "2029-02-28T12:00:00Z"), (4, "2032-02-29T12:00:00Z")] {
        let request = plain.clone().years(count);
        let granted = years.validity(&issuer, &request, at("2028-02-29T12:00:00Z"));
        assert_eq!(granted.unwrap().end(), at(end));
    }
}

#[test]
fn alternative_names_stand_once_and_are_what_their_form_says() {
    let plain = request("CN=a", &key());
    let with = |names: &[GeneralName]| {
        let names = names.iter().cloned();
        said(
            &open(),
            &names.fold(plain.clone(), CertRequest::alternative_name),
            now(),
        )
    };
    assert_eq!(with(&[dns("a.cn"), dns("b.cn"), dns("*.a.cn")]), [""; 0]);
    assert_eq!(
        with(&[dns("a.cn"), dns("b.cn"), dns("A.cn")]),
        ["alternative name 2 stands there already: name it once"]
    );
    let email = |name: &str| GeneralName::Rfc822Name(ia5(name));
    assert_eq!(with(&[email("a@b.cn"), email("A@b.cn")]), [""; 0]);
    assert_eq!(with(&[email("a@b.cn"), email("a@b.cn")]).len(), 1);
    assert_eq!(
        with(&[dns("10.0.0.1")]),
        ["alternative name 0 is not a DNS name: an address has a form of its own"]
    );
    assert_eq!(
        with(&[dns("*.cn")]),
        ["alternative name 0 is not a star below a domain: this one has one label"]
    );
    for bad in [
        "*", "*.*.a.cn", "a.*.cn", "**.a.cn", "a.cn.", "_a.cn", "", "a..cn",
    ] {
        assert_eq!(with(&[dns(bad)]).len(), 1, "{bad}");
    }
    assert_eq!(with(&[dns("xn--fiqs8s.cn")]), [""; 0]);
}

#[test]
fn a_mailbox_of_the_subject_is_an_alternative_name_too() {
    // emailAddress a@b.cn.
    let plain = request("1.2.840.113549.1.9.1=#16066140622e636e,CN=a", &key());
    let named = |name: &str| {
        let name = GeneralName::Rfc822Name(ia5(name));
        said(&open(), &plain.clone().alternative_name(name), now())
    };
    assert_eq!(named("a@b.cn"), [""; 0]);
    let missing = ["emailAddress of the subject is no alternative name: name it there too"];
    assert_eq!(named("b@b.cn"), missing);
    assert_eq!(said(&open(), &plain, now()), missing);
}

#[test]
fn names_of_strange_shape_are_refused_in_bounded_work() {
    use x509_cert::{
        attr::AttributeTypeAndValue,
        name::{RdnSequence, RelativeDistinguishedName},
    };
    let attribute = |oid: &str, value: &str| AttributeTypeAndValue {
        oid: oid.parse().unwrap(),
        value: Any::new(Tag::Utf8String, value.as_bytes()).unwrap(),
    };
    let named = |rdns: Vec<RelativeDistinguishedName>| {
        let name = Name::from_der(&RdnSequence::from(rdns).to_der().unwrap()).unwrap();
        said(&open(), &CertRequest::new(name, spki(&key())), now())
    };
    let one = |attribute: AttributeTypeAndValue| {
        RelativeDistinguishedName::try_from(vec![attribute]).unwrap()
    };
    let common = || one(attribute("2.5.4.3", "a"));
    let empty = RelativeDistinguishedName::default();
    assert_eq!(
        named(vec![empty, common()]),
        ["subject has an empty relative distinguished name"]
    );
    let both = vec![attribute("2.5.4.10", "a"), attribute("2.5.4.3", "b")];
    let both = RelativeDistinguishedName::try_from(both).unwrap();
    assert_eq!(named(vec![both]), [""; 0]);

    let units = (0..40).map(|_| one(attribute("2.5.4.11", "a")));
    let found = named([common()].into_iter().chain(units).collect());
    assert!(found[0].starts_with("rfc5280.name_attributes"), "{found:?}");
    let strange = (0..20_000).map(|arc| one(attribute(&format!("1.2.3.{arc}"), "a")));
    let found = named([common()].into_iter().chain(strange).collect());
    assert_eq!(found.len(), 20_000);
}

#[test]
fn numbers_are_written_in_one_spelling() {
    let with = OPEN.replace(
        "    [validity]",
        "    identifiers = { resident_identity_card = \"required\" }\n    [validity]",
    );
    let profile = Profile::from_toml(&with).unwrap();
    let of = |number: &str| {
        let number = Identifier::new(IdentityKind::ResidentNumber, number);
        said(&profile, &request("CN=a", &key()).identifier(number), now())
    };
    assert_eq!(of("11010519491231002X"), [""; 0]);
    for wrong in [
        "11010519491231002x",
        "110105194912310021",
        "１１010519491231002X",
        " 11010519491231002X",
        "11010519491331002X",
        "",
    ] {
        assert_eq!(of(wrong).len(), 1, "{wrong}");
    }
}

#[test]
fn a_serial_number_with_a_zero_in_front_has_the_shard_of_its_octets() {
    let text = OPEN.replacen(
        "name",
        "crl_urls = [\"http://a.cn/{shard}.crl\"]\ncrl_shards = 1000\nname",
        1,
    );
    let profile = Profile::from_toml(&text).unwrap();
    let (_, issuer) = authority();
    let serial = SerialNumber::new(&[0, 0, 0x80]).unwrap();
    assert_eq!(serial.as_bytes(), [0, 0x80]);
    let prepared = profile
        .prepare(&issuer, &request("CN=a", &key()), &serial, now())
        .unwrap();
    let read = TbsCertificate::from_der(prepared.tbs()).unwrap();
    assert_eq!(read.serial_number(), &serial);
    let url = format!(
        "http://a.cn/{}.crl",
        profile.shard(read.serial_number()).unwrap()
    );
    let listed = profile.crl_urls(profile.shard(&serial).unwrap());
    assert_eq!(listed, [url.as_str()]);
    let octets = prepared.tbs().windows(url.len());
    assert_eq!(octets.filter(|part| *part == url.as_bytes()).count(), 1);
}

#[test]
fn the_issuer_s_name_in_other_letters_is_the_issuer_s() {
    let own = |name: &str| said(&open(), &request(name, &key()), now());
    for name in [
        ROOT,
        "CN=root  CA,O=EXAMPLE,C=CN",
        // commonName as PrintableString.
        "2.5.4.3=#1307526f6f74204341,O=Example,C=CN",
    ] {
        assert_eq!(own(name), ["subject is the issuer's own name"], "{name}");
    }
    for other in ["CN=RootCA,O=Example,C=CN", "CN=Root CA,C=CN,O=Example"] {
        assert_eq!(own(other), [""; 0], "{other}");
    }
}

#[test]
fn a_server_has_a_host() {
    let text = OPEN.replace("\"optional\"", "\"required\"").replacen(
        "name",
        "extended_key_usage = [\"serverAuth\"]\nname",
        1,
    );
    let profile = Profile::from_toml(&text).unwrap();
    let plain = request("CN=a", &key());
    let mailbox = plain.alternative_name(GeneralName::Rfc822Name(ia5("a@b.cn")));
    assert_eq!(
        said(&profile, &mailbox, now()),
        ["no DNS name or IP address is given, by which clients know a server"]
    );
    let named = mailbox.alternative_name(dns("b.cn"));
    assert_eq!(said(&profile, &named, now()), [""; 0]);
}
