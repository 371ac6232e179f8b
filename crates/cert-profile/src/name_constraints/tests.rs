//! Each comparison, inside and outside.

use super::*;
use crate::{Issuer, Profile};
use NameConstraintFault::{Excluded, NotComparable, NotPermitted};
use der::asn1::{Any, Ia5String, OctetString};
use getrandom::SysRng;
use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
use spki::{
    DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding,
    SubjectPublicKeyInfoOwned,
};

fn ia5(text: &str) -> Ia5String {
    Ia5String::new(text).unwrap()
}

fn dns(name: &str) -> GeneralName {
    GeneralName::DnsName(ia5(name))
}

fn email(name: &str) -> GeneralName {
    GeneralName::Rfc822Name(ia5(name))
}

fn uri(name: &str) -> GeneralName {
    GeneralName::UniformResourceIdentifier(ia5(name))
}

fn ip(octets: &[u8]) -> GeneralName {
    GeneralName::IpAddress(OctetString::new(octets).unwrap())
}

fn directory(name: &str) -> GeneralName {
    GeneralName::DirectoryName(name.parse().unwrap())
}

fn subtree(base: &GeneralName) -> GeneralSubtree {
    GeneralSubtree {
        base: base.clone(),
        minimum: 0,
        maximum: None,
    }
}

fn constraints(permitted: &[GeneralName], excluded: &[GeneralName]) -> NameConstraints {
    let subtrees = |all: &[GeneralName]| Some(all.iter().map(subtree).collect());
    let value = pkix::NameConstraints {
        permitted_subtrees: subtrees(permitted),
        excluded_subtrees: subtrees(excluded),
    };
    NameConstraints::read(value).unwrap()
}

fn fault(constraints: &NameConstraints, name: &GeneralName) -> Option<NameConstraintFault> {
    constraints.fault_of(name)
}

/// Of a base, names that are in it and names that are not: permitted and excluded say the
/// opposite of each.
fn divides(base: &GeneralName, inside: &[GeneralName], outside: &[GeneralName]) {
    let permitted = constraints(std::slice::from_ref(base), &[]);
    let excluded = constraints(&[], std::slice::from_ref(base));
    for name in inside {
        assert_eq!(fault(&permitted, name), None, "{name:?}");
        assert_eq!(fault(&excluded, name), Some(Excluded), "{name:?}");
    }
    for name in outside {
        assert_eq!(fault(&permitted, name), Some(NotPermitted), "{name:?}");
        assert_eq!(fault(&excluded, name), None, "{name:?}");
    }
}

#[test]
fn a_dns_name_is_at_its_base_or_labels_below() {
    divides(
        &dns("Example.cn"),
        &["example.cn", "a.b.example.CN", "*.example.cn"].map(dns),
        &[
            "badexample.cn",
            "cn",
            "example.cn.com",
            "example.com",
            "*.cn.com",
        ]
        .map(dns),
    );
    divides(&dns(""), &["a.cn", "*.cn"].map(dns), &[]);
}

#[test]
fn a_star_that_reaches_into_an_excluded_subtree_is_refused() {
    let excluded = constraints(&[], &[dns("b.example.cn")]);
    assert_eq!(fault(&excluded, &dns("*.example.cn")), Some(Excluded));
    assert_eq!(fault(&excluded, &dns("*.cn")), None, "a star is one label");
    assert_eq!(fault(&excluded, &dns("*.a.example.cn")), None);
    let permitted = constraints(&[dns("b.example.cn")], &[]);
    assert_eq!(fault(&permitted, &dns("*.example.cn")), Some(NotPermitted));
}

#[test]
fn a_mailbox_is_one_of_a_host_or_of_hosts_below() {
    divides(
        &email("A@example.cn"),
        &["A@example.cn", "A@EXAMPLE.cn"].map(email),
        &["a@example.cn", "A@a.example.cn", "B@example.cn"].map(email),
    );
    divides(
        &email("example.cn"),
        &["a@example.cn", "a@Example.CN"].map(email),
        &["a@a.example.cn", "a@badexample.cn"].map(email),
    );
    divides(
        &email(".example.cn"),
        &["a@b.example.cn", "a@c.b.example.cn"].map(email),
        &["a@example.cn", "a@badexample.cn"].map(email),
    );
    let excluded = constraints(&[], &[email("a@example.cn")]);
    assert_eq!(fault(&excluded, &email("\"a\"@example.cn")), Some(Excluded));
    assert_eq!(fault(&excluded, &email("\"a\"@b.cn")), None);
}

#[test]
fn a_uri_is_known_by_its_host() {
    let inside = [
        "http://a.cn",
        "http://A.cn:80/b",
        "ftp://x:y@a.cn?b@c.cn",
        "http://a.cn#@c.cn",
    ];
    let outside = [
        "http://b.a.cn/",
        "http://bad-a.cn/",
        "http://c.cn/a.cn",
        "http://a.cn@c.cn/",
    ];
    divides(&uri("a.cn"), &inside.map(uri), &outside.map(uri));
    divides(
        &uri(".a.cn"),
        &["http://b.a.cn", "http://c.b.a.cn/"].map(uri),
        &["http://a.cn/", "http://bada.cn"].map(uri),
    );
    for all in [
        constraints(&[uri("a.cn")], &[]),
        constraints(&[], &[uri("a.cn")]),
    ] {
        for no_host in [
            "urn:a.cn",
            "http://10.0.0.1/",
            "http://[::1]/",
            "http:///a",
            "http://a.cn.",
            "http://%61.cn/",
            "http://c.cn\\@a.cn/",
            "http://a.cn:b/",
        ] {
            assert_eq!(fault(&all, &uri(no_host)), Some(NotComparable), "{no_host}");
        }
    }
}

#[test]
fn an_address_is_in_a_network_of_its_version() {
    divides(
        &ip(&[10, 128, 0, 0, 255, 128, 0, 0]),
        &[[10, 128, 0, 0], [10, 255, 1, 2]].map(|octets| ip(&octets)),
        &[ip(&[10, 127, 255, 255]), ip(&[11, 128, 0, 0]), ip(&[0; 16])],
    );
    let mut base = [0; 32];
    (base[0], base[16]) = (0x20, 0xff);
    let mut address = [0; 16];
    address[0] = 0x20;
    let mut other = address;
    other[0] = 0x21;
    divides(
        &ip(&base),
        &[ip(&address)],
        &[ip(&other), ip(&[0x20, 0, 0, 0])],
    );
}

#[test]
fn a_name_is_below_the_attributes_that_it_begins_with() {
    divides(
        &directory("O=示例 A,C=CN"),
        &["O=示例 A,C=CN", "CN=b,O=示例  a ,C=CN"].map(directory),
        &["C=CN", "O=示例 A", "CN=b,O=示例,C=CN", "C=CN,O=示例 A"].map(directory),
    );
    divides(
        &directory("O=a+OU=b"),
        &["CN=c,OU=B+O=A"].map(directory),
        &["CN=c,O=a", "O=a,OU=b", "O=a+OU=b+CN=c"].map(directory),
    );
    // The longer attribute stands behind the other in the SET.
    divides(
        &directory("O=a b+OU=ccc"),
        &[directory("O=a          b+OU=ccc")],
        &[],
    );
    // The same text in another string type is the same name.
    let utf8 = directory("2.5.4.10=#0c0141");
    divides(
        &utf8,
        &[directory("2.5.4.10=#130161")],
        &[directory("OU=a")],
    );
}

#[test]
fn forms_without_a_constraint_are_free_and_excluded_goes_first() {
    let all = constraints(&[dns("a.cn")], &[dns("b.a.cn")]);
    assert_eq!(fault(&all, &dns("c.b.a.cn")), Some(Excluded));
    assert_eq!(fault(&all, &dns("c.a.cn")), None);
    assert_eq!(fault(&all, &email("a@c.cn")), None);
    assert_eq!(fault(&all, &directory("CN=a")), None);
}

#[test]
fn what_can_t_be_read_refuses_the_names_of_its_form() {
    let no_text = Any::new(der::Tag::OctetString, [0x41]).unwrap();
    let mut strange: Vec<(GeneralName, GeneralName)> = vec![
        (dns(".a.cn"), dns("b.a.cn")),
        (dns("*.a.cn"), dns("b.a.cn")),
        (email("@a.cn"), email("b@a.cn")),
        (uri("http://a.cn"), uri("http://a.cn")),
        (ip(&[10, 0, 0, 0]), ip(&[10, 0, 0, 0])),
        (
            GeneralName::RegisteredId(EMAIL_ADDRESS),
            GeneralName::RegisteredId(EMAIL_ADDRESS),
        ),
    ];
    let octets = der::Encode::to_der(&no_text).unwrap();
    let octets: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    strange.push((directory(&format!("2.5.4.10=#{octets}")), directory("O=A")));
    for (base, name) in strange {
        assert_eq!(
            fault(&constraints(&[], &[base]), &name),
            Some(NotComparable)
        );
    }
    let far = |minimum, maximum| {
        let subtree = GeneralSubtree {
            minimum,
            maximum,
            ..subtree(&dns("a.cn"))
        };
        let value = pkix::NameConstraints {
            permitted_subtrees: Some(vec![subtree]),
            excluded_subtrees: None,
        };
        fault(&NameConstraints::read(value).unwrap(), &dns("b.a.cn"))
    };
    assert_eq!(far(0, None), None);
    assert_eq!(far(1, None), Some(NotComparable));
    assert_eq!(far(0, Some(1)), Some(NotComparable));
}

#[test]
fn a_name_that_can_be_read_in_two_ways_is_in_no_subtree() {
    let free = constraints(&[], &[email("a.cn")]);
    let bound = constraints(&[dns("a.cn")], &[]);
    for name in [
        ".a.cn", "b..a.cn", "a.cn.", "b*.a.cn", "b.*.a.cn", "b .a.cn",
    ] {
        assert_eq!(fault(&bound, &dns(name)), Some(NotComparable), "{name}");
        assert_eq!(fault(&free, &dns(name)), None, "{name}");
    }
    assert_eq!(fault(&bound, &dns("b_c.a.cn")), None);
    let addresses = constraints(&[], &[ip(&[10, 0, 0, 0, 255, 0, 0, 0])]);
    assert_eq!(
        fault(&addresses, &ip(&[11, 0, 0, 1, 1])),
        Some(NotComparable)
    );
}

#[test]
fn names_are_compared_as_text_whatever_their_string_type() {
    let encoded = |tag, octets: &[u8]| {
        let value = Any::new(tag, octets).unwrap();
        let value = der::Encode::to_der(&value).unwrap();
        let value: String = value.iter().map(|octet| format!("{octet:02x}")).collect();
        directory(&format!("2.5.4.10=#{value}"))
    };
    let base = encoded(der::Tag::BmpString, &[0, 0x41, 0x4e, 0x2d]);
    divides(
        &base,
        &[directory("O=a中"), directory("CN=b,O=A中")],
        &[
            encoded(der::Tag::BmpString, &[0, 0x41]),
            encoded(der::Tag::TeletexString, &[0x41]),
        ],
    );
    divides(
        &directory("O=É"),
        &[encoded(der::Tag::TeletexString, &[0xc9])],
        &[],
    );
}

#[test]
fn one_name_has_one_key() {
    let key = |name: &str| crate::comparable_name(&name.parse().unwrap()).unwrap();
    assert_eq!(key("CN=  Li   Ming ,O=A,C=CN"), key("cn=li ming,O=a,C=cn"));
    assert_eq!(key("CN=a+OU=b,C=CN"), key("OU=B+CN=A,C=CN"));
    for other in [
        "CN=LiMing,O=A,C=CN",
        "CN=Li Ming,C=CN,O=A",
        "O=A,C=CN",
        "CN=Li Ming+O=A,C=CN",
    ] {
        assert_ne!(key("CN=Li Ming,O=A,C=CN"), key(other), "{other}");
    }
    // Where an attribute ends is part of it.
    assert_ne!(key("OU=a,O=bc"), key("OU=ab,O=c"));
}

#[test]
fn subtrees_have_a_limit() {
    let read = |count: usize| {
        NameConstraints::read(pkix::NameConstraints {
            permitted_subtrees: Some(vec![subtree(&dns("a.cn")); count]),
            excluded_subtrees: Some(vec![subtree(&dns("a.cn"))]),
        })
    };
    assert!(read(1023).is_ok());
    assert!(matches!(
        read(1024),
        Err(Error::TooMany {
            found: 1025,
            limit: 1024,
            ..
        })
    ));
}

fn key() -> (SigningKey, SubjectPublicKeyInfoOwned) {
    let key = SigningKey::new(SecretKey::generate(&mut SysRng).unwrap(), UserId::default());
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let spki = spki.decode_msg().unwrap();
    (key, spki)
}

#[test]
fn an_issuer_s_certificate_says_what_it_may_certify() {
    let (key, spki) = key();
    let root = CertRequest::new("CN=Root,O=a,C=CN".parse().unwrap(), spki);
    let text = "
        name = 'root'
        kind = 'root'
        key_usage = ['keyCertSign', 'cRLSign']
        validity = { years = 10 }
        subject = { required = ['countryName', 'organizationName', 'commonName'] }
        [name_constraints]
        permitted = { dns = ['a.cn'], directory = ['C=CN'], email = ['a.cn'] }
        excluded = { dns = ['b.a.cn'], directory = ['O=Bad,C=CN'] }
    ";
    let now = "2026-07-01T00:00:00Z".parse().unwrap();
    let itself = Issuer::self_signed(&root, key.signature_algorithm_identifier().unwrap());
    let prepared = Profile::from_toml(text).unwrap();
    let prepared = prepared.prepare(&itself, &root, &1u8.into(), now).unwrap();
    let signature = signature::Signer::<gm_crypto::sm2::DerSignature>::sign(&key, prepared.tbs());
    let root = prepared.attach(&signature.to_bitstring().unwrap()).unwrap();
    let issuer = Issuer::from_certificate(&root).unwrap();

    let text = "
        name = 'a'
        kind = 'end-entity'
        key_usage = ['digitalSignature']
        alternative_names = 'optional'
        validity = { days = 10 }
        [subject]
        required = ['commonName']
        optional = ['countryName', 'organizationName', 'emailAddress']
    ";
    let profile = Profile::from_toml(text).unwrap();
    let (_, spki) = self::key();
    let said = |subject: &str, names: &[GeneralName]| {
        let request = CertRequest::new(subject.parse().unwrap(), spki.clone());
        let request = names
            .iter()
            .cloned()
            .fold(request, CertRequest::alternative_name);
        let rejection = profile.prepare(&issuer, &request, &2u8.into(), now).err();
        let objections = rejection.map(|rejection| rejection.objections().to_vec());
        let mut constrained = objections.unwrap_or_default();
        constrained.retain(|one| one.clause() == "RFC 5280, 4.2.1.10");
        constrained
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        said("CN=a,C=CN", &[dns("a.cn"), dns("c.a.cn"), email("a@a.cn")]),
        [""; 0]
    );
    assert_eq!(
        said(
            "CN=a,O=bad,C=CN",
            &[dns("a.cn"), dns("b.a.cn"), dns("c.cn"), email("a@c.cn")]
        ),
        [
            "subject is in an excluded subtree of the issuer",
            "alternative name 1 is in an excluded subtree of the issuer",
            "alternative name 2 is in none of the issuer's permitted subtrees",
            "alternative name 3 is in none of the issuer's permitted subtrees",
        ]
    );
    // emailAddress a@b.cn, beside a good alternative name and alone.
    let mailbox = "1.2.840.113549.1.9.1=#16066140622e636e,CN=a,C=CN";
    for names in [&[email("a@a.cn")][..], &[]] {
        assert_eq!(
            said(mailbox, names),
            ["emailAddress of the subject is in none of the issuer's permitted subtrees"]
        );
    }
}
