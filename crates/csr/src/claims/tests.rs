use super::*;
use crate::raw::{CHALLENGE, KEY_USAGE, NULL, Raw, attribute, extension, extensions, tlv};
use x509_cert::ext::pkix::{KeyUsages, name::GeneralName};

const NAME: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02";

fn password(values: &[&[u8]]) -> Result<Option<String>, Error> {
    let raw = Raw::new().attributes(&[&attribute(CHALLENGE, values)]);
    let password = raw.verify().unwrap().challenge_password()?;
    Ok(password.map(|password| password.as_str().to_owned()))
}

fn reason(error: Error) -> &'static str {
    match error {
        Error::Claim {
            source: gm_crypto::Error::Invalid { reason, .. },
            ..
        } => reason,
        Error::Claim { .. } => "malformed",
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_password_is_read_from_each_type_of_string() {
    for (tag, octets, expected) in [
        (0x13, &b"111111"[..], "111111"),
        (0x0c, "密码".as_bytes(), "密码"),
        (0x14, b"secret", "secret"),
        (0x16, b"a@b", "a@b"),
        (0x1e, b"\x5b\xc6\x78\x01", "密码"),
    ] {
        let value = tlv(tag, &[octets]);
        assert_eq!(password(&[&value]).unwrap().as_deref(), Some(expected));
    }
    let without = Raw::new().verify().unwrap();
    assert!(without.challenge_password().unwrap().is_none());
}

#[test]
fn what_is_no_password_is_refused_and_the_request_is_not() {
    let text = tlv(0x13, &[b"1"]);
    for (values, expected) in [
        (
            vec![&text[..], NULL],
            "has a SINGLE VALUE (RFC 2985, 5.4.1)",
        ),
        (vec![NULL], "is a DirectoryString or an IA5String"),
        (vec![b"\x13\x00"], "has SIZE (1..255) (RFC 2985, A)"),
        (vec![b"\x13\x01*"], "malformed"),
        (vec![b"\x0c\x01\xff"], "malformed"),
        (vec![b"\x1e\x01a"], "malformed"),
    ] {
        assert_eq!(reason(password(&values).unwrap_err()), expected);
    }
    let long = |count| password(&[&tlv(0x13, &[&vec![b'1'; count]])]);
    assert_eq!(long(255).unwrap().unwrap().len(), 255);
    assert_eq!(
        reason(long(256).unwrap_err()),
        "has SIZE (1..255) (RFC 2985, A)"
    );
}

#[test]
fn a_password_is_compared_and_not_shown() {
    let raw = Raw::new().attributes(&[&attribute(CHALLENGE, &[&tlv(0x13, &[b"hush hush"])])]);
    let der = raw.der();
    let csr = raw.verify().unwrap();
    let password = csr.challenge_password().unwrap().unwrap();
    assert!(password.is("hush hush"));
    for other in ["hush hus", "hush hushh", "", "Hush hush"] {
        assert!(!password.is(other));
    }
    let unverified = crate::UnverifiedCsr::from_der(&der, &crate::Limits::default()).unwrap();
    let as_octets = format!("{:?}", b"hush".as_slice());
    let as_octets = as_octets.trim_matches(|c| "[]".contains(c));
    let drafted = crate::CsrDraft::new("CN=a".parse().unwrap())
        .challenge_password("hush hush")
        .unwrap();
    for shown in [
        format!("{password:?}"),
        format!("{csr:?}"),
        format!("{unverified:?}"),
        format!("{drafted:?}"),
    ] {
        assert!(
            !shown.contains("hush") && !shown.contains(as_octets),
            "{shown}"
        );
    }
}

#[test]
fn names_without_structure_may_be_several() {
    let values = [tlv(0x16, &[b"router 1"]), tlv(0x0c, &["路由".as_bytes()])];
    let [one, other] = &values;
    let raw = Raw::new().attributes(&[&attribute(NAME, &[one, other])]);
    let names = raw.verify().unwrap().unstructured_names().unwrap();
    // In the order of DER.
    assert_eq!(names, ["路由", "router 1"]);
    assert!(
        Raw::new()
            .verify()
            .unwrap()
            .unstructured_names()
            .unwrap()
            .is_empty()
    );
    let broken = Raw::new().attributes(&[&attribute(NAME, &[one, NULL])]);
    assert!(broken.verify().unwrap().unstructured_names().is_err());
}

#[test]
fn requested_extensions_are_types_each_with_its_own_error() {
    let wish = |oid: &[u8], critical: &[u8], value: &[u8]| {
        tlv(0x30, &[oid, critical, &tlv(0x04, &[value])])
    };
    let asked = extensions(&[
        &wish(KEY_USAGE, b"\x01\x01\xff", b"\x03\x02\x06\xc0"),
        &wish(
            b"\x06\x03\x55\x1d\x25",
            b"",
            b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01",
        ),
        &wish(b"\x06\x03\x55\x1d\x13", b"", b"\x30\x03\x01\x01\xff"),
        &wish(b"\x06\x03\x55\x1d\x11", b"", b"\x30\x06\x82\x04a.cn"),
        &extension(b"\x06\x03\x55\x1d\x20", b""),
    ]);
    let csr = Raw::new().attributes(&[&asked]).verify().unwrap();
    let asked = csr.requested();
    let usage = asked.key_usage().unwrap().unwrap();
    assert!(usage.critical);
    assert_eq!(
        usage.value.0,
        KeyUsages::DigitalSignature | KeyUsages::NonRepudiation
    );
    let purposes = asked.extended_key_usage().unwrap().unwrap();
    assert_eq!(purposes.value.0[0].to_string(), "1.3.6.1.5.5.7.3.1");
    assert!(!purposes.critical);
    assert!(asked.basic_constraints().unwrap().unwrap().value.ca);
    let names = asked.subject_alt_name().unwrap().unwrap().value.0;
    assert!(matches!(&names[..], [GeneralName::DnsName(name)] if name.as_str() == "a.cn"));
    // NULL is none, and the others are read all the same.
    assert!(matches!(
        asked.certificate_policies(),
        Err(Error::Claim {
            what: "certificatePolicies",
            ..
        })
    ));
    assert_eq!(asked.extensions().len(), 5);
    let none = Raw::new().verify().unwrap();
    assert!(none.requested().key_usage().unwrap().is_none());
}

#[test]
fn what_stands_behind_a_requested_value_is_refused() {
    let value = tlv(0x04, &[b"\x03\x02\x07\x80\x00"]);
    let asked = extensions(&[&tlv(0x30, &[KEY_USAGE, &value])]);
    let csr = Raw::new().attributes(&[&asked]).verify().unwrap();
    assert!(csr.requested().key_usage().is_err());
}
