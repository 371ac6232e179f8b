//! Who a certificate speaks of: attribute types with their bounds, and the rules
//! of a profile for them.

use crate::{Error, Objection, ValueFault};
use der::{
    Tag, Tagged,
    asn1::{Any, Ia5StringRef, ObjectIdentifier, PrintableStringRef, Utf8StringRef},
};
use x509_cert::{ext::pkix::name::GeneralName, name::Name};

/// Which attributes a subject must and may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubjectRules {
    required: Vec<ObjectIdentifier>,
    optional: Vec<ObjectIdentifier>,
}

impl SubjectRules {
    pub(crate) fn new(required: &[String], optional: &[String]) -> Result<Self, Error> {
        let rules = Self {
            required: lookup("subject.required", required)?,
            optional: lookup("subject.optional", optional)?,
        };
        let all: Vec<_> = rules.allowed().collect();
        if (1..all.len()).any(|index| all[..index].contains(&all[index])) {
            return Err(Error::Policy {
                field: "subject",
                rule: "an attribute is named once, as required or as optional",
                clause: "RFC 5280, 4.1.2.6",
            });
        }
        Ok(rules)
    }

    pub(crate) fn asks_for_nothing(&self) -> bool {
        self.required.is_empty()
    }

    /// Everything that stands against `subject`.
    pub(crate) fn check(&self, subject: &Name) -> Vec<Objection> {
        let mut objections = Vec::new();
        if subject.iter_rdn().any(|rdn| rdn.is_empty()) {
            objections.push(Objection::RdnEmpty);
        }
        for &attribute in &self.required {
            if subject.iter().all(|value| value.oid != attribute) {
                objections.push(Objection::AttributeMissing { attribute });
            }
        }
        let mut seen = Vec::new();
        for value in subject.iter() {
            let attribute = value.oid;
            if !self.allowed().any(|allowed| *allowed == attribute) {
                objections.push(Objection::AttributeNotAllowed { attribute });
            }
            if let Some(fault) = fault(attribute, &value.value) {
                objections.push(Objection::AttributeValue { attribute, fault });
            }
            let repeats = seen.contains(&attribute);
            if repeats && !kind(&attribute).is_some_and(|kind| kind.repeatable) {
                objections.push(Objection::AttributeRepeated { attribute });
            }
            seen.push(attribute);
        }
        objections
    }

    fn allowed(&self) -> impl Iterator<Item = &ObjectIdentifier> {
        self.required.iter().chain(&self.optional)
    }
}

/// How `value` breaks the rules of its type; `None` too for a type that is not
/// in the table.
pub(crate) fn fault(attribute: ObjectIdentifier, value: &Any) -> Option<ValueFault> {
    let kind = kind(&attribute)?;
    let text = match (kind.form, value.tag()) {
        (Form::Directory, Tag::Utf8String) => value
            .decode_as::<Utf8StringRef<'_>>()
            .ok()
            .map(|text| text.as_str()),
        (Form::Directory | Form::Printable | Form::Country, Tag::PrintableString) => value
            .decode_as::<PrintableStringRef<'_>>()
            .ok()
            .map(|text| text.as_str()),
        (Form::Ia5, Tag::Ia5String) => value
            .decode_as::<Ia5StringRef<'_>>()
            .ok()
            .map(|text| text.as_str()),
        _ => None,
    };
    let Some(text) = text else {
        return Some(ValueFault::StringType {
            expected: kind.form.string_types(),
        });
    };
    let found = text.chars().count();
    if found == 0 {
        Some(ValueFault::Empty)
    } else if found > kind.limit {
        Some(ValueFault::TooLong {
            found,
            limit: kind.limit,
        })
    } else if text.chars().any(char::is_control) {
        Some(ValueFault::ControlCharacter)
    } else if kind.form == Form::Country
        && !(found == 2 && text.bytes().all(|octet| octet.is_ascii_uppercase()))
    {
        Some(ValueFault::Country)
    } else {
        None
    }
}

/// The name of an attribute type, or its number.
pub(crate) fn label(attribute: &ObjectIdentifier) -> String {
    kind(attribute).map_or_else(|| attribute.to_string(), |kind| kind.name.to_owned())
}

/// What stands against the alternative name in place `index`.
pub(crate) fn check_alternative_name(index: usize, name: &GeneralName) -> Option<Objection> {
    let (good, expected) = match name {
        GeneralName::DnsName(name) => (is_dns_name(name.as_str()), "a DNS name in letters"),
        GeneralName::Rfc822Name(name) => (is_mailbox(name.as_str()), "a mailbox, local@host"),
        GeneralName::UniformResourceIdentifier(uri) => (is_uri(uri.as_str()), "an absolute URI"),
        GeneralName::IpAddress(octets) => (
            matches!(octets.as_bytes().len(), 4 | 16),
            "an address of 4 or 16 octets",
        ),
        _ => (false, "a DNS name, a mailbox, a URI or an IP address"),
    };
    (!good).then_some(Objection::AlternativeName { index, expected })
}

/// Visible ASCII with a scheme before the first colon and something behind it.
pub(crate) fn is_uri(text: &str) -> bool {
    text.bytes().all(|octet| octet.is_ascii_graphic())
        && text.split_once(':').is_some_and(|(scheme, rest)| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet))
                && !rest.is_empty()
        })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Directory,
    Printable,
    Country,
    Ia5,
}

impl Form {
    fn string_types(self) -> &'static str {
        match self {
            Self::Directory => "UTF8String or PrintableString",
            Self::Printable | Self::Country => "PrintableString",
            Self::Ia5 => "IA5String",
        }
    }
}

struct Kind {
    name: &'static str,
    oid: ObjectIdentifier,
    form: Form,
    /// Characters.
    limit: usize,
    repeatable: bool,
}

const fn one(name: &'static str, oid: &str, form: Form, limit: usize) -> Kind {
    Kind {
        name,
        oid: ObjectIdentifier::new_unwrap(oid),
        form,
        limit,
        repeatable: false,
    }
}

const fn many(name: &'static str, oid: &str, form: Form, limit: usize) -> Kind {
    Kind {
        repeatable: true,
        ..one(name, oid, form, limit)
    }
}

/// Attribute types with the upper bounds of RFC 5280, appendix A.1, and where it
/// has none, of X.520.
static KINDS: [Kind; 21] = [
    one("commonName", "2.5.4.3", Form::Directory, 64),
    one("surname", "2.5.4.4", Form::Directory, 32_768),
    one("serialNumber", "2.5.4.5", Form::Printable, 64),
    one("countryName", "2.5.4.6", Form::Country, 2),
    one("localityName", "2.5.4.7", Form::Directory, 128),
    one("stateOrProvinceName", "2.5.4.8", Form::Directory, 128),
    one("streetAddress", "2.5.4.9", Form::Directory, 128),
    one("organizationName", "2.5.4.10", Form::Directory, 64),
    many("organizationalUnitName", "2.5.4.11", Form::Directory, 64),
    one("title", "2.5.4.12", Form::Directory, 64),
    one("businessCategory", "2.5.4.15", Form::Directory, 128),
    one("postalCode", "2.5.4.17", Form::Directory, 40),
    one("givenName", "2.5.4.42", Form::Directory, 32_768),
    one("initials", "2.5.4.43", Form::Directory, 32_768),
    one("generationQualifier", "2.5.4.44", Form::Directory, 32_768),
    one("dnQualifier", "2.5.4.46", Form::Printable, 64),
    one("pseudonym", "2.5.4.65", Form::Directory, 128),
    one("organizationIdentifier", "2.5.4.97", Form::Directory, 256),
    one("emailAddress", "1.2.840.113549.1.9.1", Form::Ia5, 255),
    one("userId", "0.9.2342.19200300.100.1.1", Form::Directory, 256),
    many(
        "domainComponent",
        "0.9.2342.19200300.100.1.25",
        Form::Ia5,
        63,
    ),
];

fn kind(attribute: &ObjectIdentifier) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.oid == *attribute)
}

fn lookup(field: &'static str, names: &[String]) -> Result<Vec<ObjectIdentifier>, Error> {
    names
        .iter()
        .map(|name| {
            let kind = KINDS.iter().find(|kind| kind.name == name);
            kind.map(|kind| kind.oid).ok_or_else(|| Error::UnknownWord {
                field,
                value: name.clone(),
                expected: "an attribute type with a known upper bound, such as commonName",
                clause: "RFC 5280, appendix A.1",
            })
        })
        .collect()
}

/// Preferred name syntax (RFC 1034, 3.5, with digits first as RFC 1123 allows); a
/// whole first label may be `*`.
pub(crate) fn is_dns_name(name: &str) -> bool {
    let name = name.strip_prefix("*.").unwrap_or(name);
    name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
        })
}

pub(crate) fn is_mailbox(name: &str) -> bool {
    name.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && local.bytes().all(|octet| octet.is_ascii_graphic())
            && !host.starts_with('*')
            && is_dns_name(host)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::asn1::{Ia5String, OctetString};
    use std::str::FromStr;

    fn rules(required: &[&str], optional: &[&str]) -> SubjectRules {
        let owned = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        SubjectRules::new(&owned(required), &owned(optional)).unwrap()
    }

    fn check(subject: &str) -> Vec<String> {
        let rules = rules(
            &["countryName", "commonName"],
            &["organizationName", "organizationalUnitName"],
        );
        let objections = rules.check(&Name::from_str(subject).unwrap());
        objections.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_subject_within_the_rules_is_good() {
        assert_eq!(check("CN=张三,OU=a,OU=b,O=示例,C=CN"), [""; 0]);
        assert_eq!(check(&format!("CN={},C=CN", "三".repeat(64))), [""; 0]);
    }

    #[test]
    fn each_rule_has_its_objection() {
        assert_eq!(check("CN=a"), ["subject lacks countryName"]);
        assert_eq!(
            check("CN=a,L=b,C=CN"),
            ["subject has localityName, which the profile does not allow"]
        );
        assert_eq!(
            check(&format!("CN={},C=CN", "a".repeat(65))),
            ["commonName has 65 characters, at most 64 are allowed"]
        );
        assert_eq!(
            check("CN=a,CN=b,C=CN"),
            ["subject has commonName more than once"]
        );
        assert_eq!(
            check("CN=a\\00b,C=CN"),
            ["commonName has a control character"]
        );
        assert_eq!(check("CN=,C=CN"), ["commonName is empty"]);
        assert_eq!(
            check("CN=a,C=cn"),
            ["countryName is not two capital letters"]
        );
        assert_eq!(
            check("CN=a,C=CHINA"),
            ["countryName has 5 characters, at most 2 are allowed"]
        );
        assert_eq!(
            check("CN=a,2.5.4.6=#0c02434e"),
            ["countryName is not a PrintableString"]
        );
        assert_eq!(
            check("2.5.4.3=#1e020041,C=CN"),
            ["commonName is not a UTF8String or PrintableString"]
        );
    }

    #[test]
    fn objections_come_together() {
        assert_eq!(check("L=b").len(), 3);
        let empty = rules(&["countryName", "commonName"], &[]).check(&Name::default());
        assert_eq!(empty.len(), 2);
    }

    #[test]
    fn policy_names_known_attributes_once() {
        let names = |name: &str| vec![name.to_owned()];
        assert!(SubjectRules::new(&names("commonname"), &[]).is_err());
        assert!(SubjectRules::new(&names("commonName"), &names("commonName")).is_err());
    }

    #[test]
    fn alternative_names_keep_their_form() {
        let ia5 = |text: &str| Ia5String::new(text).unwrap();
        let good = |name: GeneralName| check_alternative_name(0, &name).is_none();
        assert!(good(GeneralName::DnsName(ia5("*.example.cn"))));
        assert!(!good(GeneralName::DnsName(ia5("a..b"))));
        assert!(!good(GeneralName::DnsName(ia5(" "))));
        assert!(!good(GeneralName::DnsName(ia5("a_b.cn"))));
        assert!(good(GeneralName::Rfc822Name(ia5("a.b@example.cn"))));
        assert!(!good(GeneralName::Rfc822Name(ia5("example.cn"))));
        assert!(good(GeneralName::UniformResourceIdentifier(ia5(
            "https://a.cn/"
        ))));
        assert!(!good(GeneralName::UniformResourceIdentifier(ia5("/path"))));
        assert!(good(GeneralName::IpAddress(
            OctetString::new([1u8; 16]).unwrap()
        )));
        assert!(!good(GeneralName::IpAddress(
            OctetString::new([1u8; 8]).unwrap()
        )));
        assert!(!good(GeneralName::DirectoryName(Name::default())));
    }
}
