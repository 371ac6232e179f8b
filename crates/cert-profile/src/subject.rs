//! Who a certificate speaks of: attribute types with their bounds, and the rules
//! of a profile for them.

use crate::{
    Error, NameForm, Objection, Presence, ProfileConfig, Strings, SubjectConfig, ValueFault,
    profile::refuse,
};
use core::net::IpAddr;
use der::{
    Encode, Tag, Tagged,
    asn1::{Any, Ia5StringRef, ObjectIdentifier, PrintableStringRef, Utf8StringRef},
};
use std::{borrow::Cow, collections::BTreeSet};
use x509_cert::{
    ext::pkix::name::GeneralName,
    name::{Name, RelativeDistinguishedName},
};

/// What the names of a profile's subjects must and may say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubjectRules {
    required: Vec<ObjectIdentifier>,
    optional: Vec<ObjectIdentifier>,
    /// All of them, the most general first.
    order: Option<Vec<ObjectIdentifier>>,
    values: Vec<(ObjectIdentifier, String)>,
    lengths: Vec<(ObjectIdentifier, usize)>,
    strings: Strings,
    multi_valued: bool,
}

impl SubjectRules {
    pub(crate) fn new(config: &SubjectConfig) -> Result<Self, Error> {
        let mut rules = Self {
            required: lookup("subject.required", &config.required)?,
            optional: lookup("subject.optional", &config.optional)?,
            order: None,
            values: Vec::new(),
            lengths: Vec::new(),
            strings: config.strings,
            multi_valued: config.multi_valued,
        };
        let all: Vec<_> = rules.allowed().copied().collect();
        if (1..all.len()).any(|index| all[..index].contains(&all[index])) {
            return refuse(
                "subject",
                "an attribute is named once, as required or as optional",
                SUBJECT,
            );
        }
        if let Some(names) = &config.order {
            let order = lookup("subject.order", names)?;
            let same = order.len() == all.len() && all.iter().all(|one| order.contains(one));
            if !same {
                return refuse(
                    "subject.order",
                    "the order names each attribute of the subject once, and no other",
                    SUBJECT,
                );
            }
            rules.order = Some(order);
        }
        for (name, value) in &config.values {
            let kind = rules.named("subject.values", name)?;
            if !kind.has(value) {
                return Err(unknown(
                    "subject.values",
                    value,
                    "a value that the attribute can have",
                ));
            }
            rules.values.push((kind.oid, value.clone()));
        }
        for (name, limit) in &config.lengths {
            let kind = rules.named("subject.lengths", name)?;
            if !(1..=kind.limit).contains(limit) {
                return Err(unknown(
                    "subject.lengths",
                    name,
                    "given a bound from 1 to that of the standard",
                ));
            }
            rules.lengths.push((kind.oid, *limit));
        }
        for (oid, value) in &rules.values {
            let limit = rules.limit(oid);
            if limit.is_some_and(|limit| value.chars().count() > limit) {
                return Err(unknown(
                    "subject.values",
                    value,
                    "as short as `subject.lengths` has it",
                ));
            }
        }
        Ok(rules)
    }

    pub(crate) fn asks_for_nothing(&self) -> bool {
        self.required.is_empty()
    }

    pub(crate) fn may_have_a_mailbox(&self) -> bool {
        self.allowed().any(|oid| *oid == EMAIL_ADDRESS)
    }

    /// Everything that stands against `subject`.
    pub(crate) fn check(&self, subject: &Name) -> Vec<Objection> {
        let mut objections = Vec::new();
        if subject.iter_rdn().any(|rdn| rdn.is_empty()) {
            objections.push(Objection::RdnEmpty);
        }
        if !self.multi_valued && subject.iter_rdn().any(|rdn| rdn.len() > 1) {
            objections.push(Objection::RdnMultiValued);
        }
        for &attribute in &self.required {
            if subject.iter().all(|value| value.oid != attribute) {
                objections.push(Objection::AttributeMissing { attribute });
            }
        }
        let mut seen = BTreeSet::new();
        for value in subject.iter() {
            let attribute = value.oid;
            if !self.allowed().any(|allowed| *allowed == attribute) {
                objections.push(Objection::AttributeNotAllowed { attribute });
            }
            if let Some(fault) = self.fault(attribute, &value.value) {
                objections.push(Objection::AttributeValue { attribute, fault });
            } else if let Some(expected) = self.fixed(&attribute)
                && text(&value.value) != Some(expected)
            {
                objections.push(Objection::AttributeFixed {
                    attribute,
                    expected: expected.to_owned(),
                });
            }
            let repeats = !seen.insert(attribute);
            if repeats && !kind(&attribute).is_some_and(|kind| kind.repeatable) {
                objections.push(Objection::AttributeRepeated { attribute });
            }
        }
        objections.extend(self.out_of_order(subject));
        objections
    }

    /// Attributes that stand behind one which the profile puts behind them. DER decides the
    /// order inside of one relative distinguished name.
    fn out_of_order(&self, subject: &Name) -> Vec<Objection> {
        let Some(order) = &self.order else {
            return Vec::new();
        };
        let place = |attribute: &ObjectIdentifier| order.iter().position(|oid| oid == attribute);
        let mut objections = Vec::new();
        let mut before = 0;
        for rdn in subject.iter_rdn() {
            let mut last = before;
            for value in rdn.iter() {
                let own = place(&value.oid).unwrap_or(before);
                if own < before {
                    objections.push(Objection::AttributeOrder {
                        attribute: value.oid,
                        after: order[before],
                    });
                }
                last = last.max(own);
            }
            before = last;
        }
        objections
    }

    /// How a value breaks the rules of its type or those of the profile.
    fn fault(&self, attribute: ObjectIdentifier, value: &Any) -> Option<ValueFault> {
        let fault = fault(attribute, value);
        if fault.is_some() {
            return fault;
        }
        let choice = kind(&attribute).is_some_and(|kind| kind.form == Form::Directory);
        if self.strings == Strings::Utf8 && choice && value.tag() != Tag::Utf8String {
            return Some(ValueFault::StringType {
                expected: "UTF8String",
            });
        }
        if let Some(fault) = text(value).and_then(unseen) {
            return Some(fault);
        }
        let limit = self.limit(&attribute)?;
        let found = text(value)?.chars().count();
        (found > limit).then_some(ValueFault::TooLong { found, limit })
    }

    fn allowed(&self) -> impl Iterator<Item = &ObjectIdentifier> {
        self.required.iter().chain(&self.optional)
    }

    fn limit(&self, attribute: &ObjectIdentifier) -> Option<usize> {
        let mut all = self.lengths.iter();
        all.find_map(|(oid, limit)| (oid == attribute).then_some(*limit))
    }

    fn fixed(&self, attribute: &ObjectIdentifier) -> Option<&str> {
        let mut all = self.values.iter();
        all.find_map(|(oid, value)| (oid == attribute).then_some(value.as_str()))
    }

    /// The attribute type of this name, if the profile has it.
    fn named(&self, field: &'static str, name: &str) -> Result<&'static Kind, Error> {
        let found = KINDS.iter().find(|kind| kind.name == name);
        let found = found.filter(|kind| self.allowed().any(|oid| *oid == kind.oid));
        found.ok_or_else(|| unknown(field, name, "an attribute that the profile allows"))
    }
}

/// Which alternative names a profile's subjects must and may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AlternativeNameRules {
    pub(crate) presence: Presence,
    forms: Vec<NameForm>,
    wildcards: bool,
}

impl AlternativeNameRules {
    pub(crate) fn new(config: &ProfileConfig) -> Result<Self, Error> {
        let presence = config.alternative_names;
        let all = [NameForm::Dns, NameForm::Ip, NameForm::Email, NameForm::Uri];
        let forms = match &config.alternative_name_forms {
            None => all.to_vec(),
            Some(forms) => {
                let field = "alternative_name_forms";
                let twice = (1..forms.len()).any(|index| forms[..index].contains(&forms[index]));
                if forms.is_empty() || twice {
                    return refuse(field, "a form is named, and once", NAMES);
                }
                if presence == Presence::Forbidden {
                    return refuse(field, "there are no alternative names to have forms", NAMES);
                }
                forms.clone()
            }
        };
        let dns = presence != Presence::Forbidden && forms.contains(&NameForm::Dns);
        if config.dns_wildcards && !dns {
            return refuse(
                "dns_wildcards",
                "there are no DNS names to have stars",
                NAMES,
            );
        }
        Ok(Self {
            presence,
            forms,
            wildcards: config.dns_wildcards,
        })
    }

    pub(crate) fn allows(&self, form: NameForm) -> bool {
        self.forms.contains(&form)
    }

    /// Everything that stands against `names`.
    pub(crate) fn check(&self, names: &[GeneralName]) -> Vec<Objection> {
        let mut objections = Vec::new();
        match (self.presence, names.is_empty()) {
            (Presence::Forbidden, false) => objections.push(Objection::AlternativeNamesNotAllowed),
            (Presence::Required, true) => objections.push(Objection::AlternativeNameMissing),
            _ => {}
        }
        let mut seen = BTreeSet::new();
        for (index, name) in names.iter().enumerate() {
            if !seen.insert(spelled(name)) {
                objections.push(Objection::AlternativeNameRepeated { index });
            }
            let against = |expected| Objection::AlternativeName { index, expected };
            if let Some(objection) = check_alternative_name(index, name) {
                objections.push(objection);
            } else if form(name).is_none_or(|form| !self.allows(form)) {
                objections.push(against("of a form that the profile allows"));
            } else if let GeneralName::DnsName(name) = name
                && let Some(below) = name.as_str().strip_prefix("*.")
            {
                if !self.wildcards {
                    objections.push(against("a DNS name without a star, as the profile asks"));
                } else if !below.contains('.') {
                    objections.push(against("a star below a domain: this one has one label"));
                }
            } else if let GeneralName::DnsName(name) = name
                && name.as_str().parse::<IpAddr>().is_ok()
            {
                objections.push(against("a DNS name: an address has a form of its own"));
            }
        }
        objections
    }
}

/// A name's DER, letters of a DNS name small.
fn spelled(name: &GeneralName) -> Option<Vec<u8>> {
    let mut octets = name.to_der().ok()?;
    if matches!(name, GeneralName::DnsName(_)) {
        octets.make_ascii_lowercase();
    }
    Some(octets)
}

/// The mailboxes of a subject that no alternative name has: clients look there.
pub(crate) fn unnamed_mailbox(subject: &Name, names: &[GeneralName]) -> Option<Objection> {
    let mut mailboxes = subject.iter().filter(|value| value.oid == EMAIL_ADDRESS);
    let named = |mailbox: &str| {
        let mut names = names.iter();
        names.any(|name| matches!(name, GeneralName::Rfc822Name(name) if name.as_str() == mailbox))
    };
    let unnamed = mailboxes.any(|mailbox| text(&mailbox.value).is_some_and(|text| !named(text)));
    unnamed.then_some(Objection::MailboxUnnamed)
}

/// Attributes in an order that two writers of one name share.
pub(crate) type Rdn = Vec<(ObjectIdentifier, String)>;

/// A name as names are compared (RFC 5280, 7.1), but for the characters that differ in
/// their compatibility forms alone; none where a value is no text.
pub(crate) fn folded(name: &Name) -> Option<Vec<Rdn>> {
    let fold = |value: &str| {
        let words: Vec<_> = value.split_whitespace().collect();
        words.join(" ").to_lowercase()
    };
    let read = |rdn: &RelativeDistinguishedName| {
        let values = rdn.iter();
        let values = values.map(|value| Some((value.oid, fold(&any_text(&value.value)?))));
        let mut values = values.collect::<Option<Rdn>>()?;
        values.sort_unstable();
        Some(values)
    };
    name.iter_rdn().map(read).collect()
}

/// Octets that two names share when they are one (RFC 5280, 7.1): case, spaces, string types
/// and the order of attributes in a relative name mean nothing. A name with a value that is
/// no text is compared as its DER.
///
/// # Errors
/// [`Error::Encoding`] for a name of 256 MiB or more.
pub fn comparable_name(name: &Name) -> Result<Vec<u8>, Error> {
    let Some(rdns) = folded(name) else {
        return name.to_der().map_err(Error::encoding("Name"));
    };
    // No DER begins like this.
    let mut octets = vec![0];
    let mut part = |octet: u8, value: &[u8]| {
        octets.push(octet);
        octets.extend_from_slice(&value.len().to_be_bytes());
        octets.extend_from_slice(value);
    };
    for rdn in rdns {
        part(1, &[]);
        for (oid, value) in rdn {
            part(2, oid.as_bytes());
            part(3, value.as_bytes());
        }
    }
    Ok(octets)
}

/// Whether two names are one (RFC 5280, 7.1).
pub(crate) fn are_one(name: &Name, other: &Name) -> bool {
    name == other || folded(name).is_some_and(|name| Some(name) == folded(other))
}

fn form(name: &GeneralName) -> Option<NameForm> {
    match name {
        GeneralName::DnsName(_) => Some(NameForm::Dns),
        GeneralName::IpAddress(_) => Some(NameForm::Ip),
        GeneralName::Rfc822Name(_) => Some(NameForm::Email),
        GeneralName::UniformResourceIdentifier(_) => Some(NameForm::Uri),
        _ => None,
    }
}

/// The text of a value of one of the types that are written.
pub(crate) fn text(value: &Any) -> Option<&str> {
    match value.tag() {
        Tag::Utf8String => {
            let text: Utf8StringRef<'_> = value.decode_as().ok()?;
            Some(text.as_str())
        }
        Tag::PrintableString => {
            let text: PrintableStringRef<'_> = value.decode_as().ok()?;
            Some(text.as_str())
        }
        Tag::Ia5String => {
            let text: Ia5StringRef<'_> = value.decode_as().ok()?;
            Some(text.as_str())
        }
        _ => None,
    }
}

/// The text of a value of any string type of X.520. TeletexString is read as Latin-1, as
/// everybody writes it.
fn any_text(value: &Any) -> Option<Cow<'_, str>> {
    let octets = value.value();
    match value.tag() {
        Tag::BmpString => {
            let units = octets.chunks_exact(2);
            let whole = units.remainder().is_empty();
            let units: Vec<u16> = units
                .map(|unit| u16::from_be_bytes([unit[0], unit[1]]))
                .collect();
            let text = String::from_utf16(&units).ok().filter(|_| whole);
            text.map(Cow::Owned)
        }
        Tag::TeletexString => Some(octets.iter().map(|octet| char::from(*octet)).collect()),
        Tag::NumericString | Tag::VisibleString => {
            core::str::from_utf8(octets).ok().map(Cow::Borrowed)
        }
        _ => text(value).map(Cow::Borrowed),
    }
}

/// How `value` breaks the rules of its type; `None` too for a type that is not
/// in the table.
pub(crate) fn fault(attribute: ObjectIdentifier, value: &Any) -> Option<ValueFault> {
    let kind = kind(&attribute)?;
    let fits = matches!(
        (kind.form, value.tag()),
        (Form::Directory, Tag::Utf8String)
            | (
                Form::Directory | Form::Printable | Form::Country,
                Tag::PrintableString
            )
            | (Form::Ia5, Tag::Ia5String)
    );
    let text = text(value).filter(|_| fits);
    let Some(text) = text else {
        return Some(ValueFault::StringType {
            expected: kind.form.string_types(),
        });
    };
    kind.fault_of(text)
}

/// What nobody sees in a text that is to be written: nothing but blanks, or a character that
/// vanishes when names are compared, so that two names look and compare alike.
fn unseen(text: &str) -> Option<ValueFault> {
    if text.trim().is_empty() {
        return Some(ValueFault::Empty);
    }
    text.chars()
        .any(vanishes)
        .then_some(ValueFault::ControlCharacter)
}

/// Those that RFC 4518, 2.2, maps to nothing, control characters aside, and the directional
/// isolates, which came later.
fn vanishes(character: char) -> bool {
    matches!(
        u32::from(character),
        0xad | 0x34f
            | 0x6dd
            | 0x70f
            | 0x1806
            | 0x180b..=0x180e
            | 0x200b..=0x200f
            | 0x202a..=0x202e
            | 0x2060..=0x206f
            | 0xfe00..=0xfe0f
            | 0xfeff
            | 0xfff9..=0xfffc
            | 0x1d173..=0x1d17a
            | 0xe0001
            | 0xe0020..=0xe007f
    )
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

/// A URL with one of these schemes, which end in `//`, and a host.
pub(crate) fn is_url(text: &str, schemes: &[&str]) -> bool {
    let mut behind = schemes
        .iter()
        .filter_map(|scheme| text.strip_prefix(scheme));
    let host = behind
        .next()
        .is_some_and(|rest| !rest.starts_with(['/', '?', '#', ':']));
    host && !schemes.contains(&text) && is_uri(text)
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

impl Kind {
    /// How a text breaks the rules for values of this type.
    fn fault_of(&self, text: &str) -> Option<ValueFault> {
        let found = text.chars().count();
        if found == 0 {
            Some(ValueFault::Empty)
        } else if found > self.limit {
            let limit = self.limit;
            Some(ValueFault::TooLong { found, limit })
        } else if text.chars().any(char::is_control) {
            Some(ValueFault::ControlCharacter)
        } else if self.form == Form::Country
            && !(found == 2 && text.bytes().all(|octet| octet.is_ascii_uppercase()))
        {
            Some(ValueFault::Country)
        } else {
            None
        }
    }

    /// Whether a value of this type can be this text.
    fn has(&self, text: &str) -> bool {
        let written = match self.form {
            Form::Directory => true,
            Form::Printable | Form::Country => PrintableStringRef::new(text).is_ok(),
            Form::Ia5 => Ia5StringRef::new(text).is_ok(),
        };
        written && self.fault_of(text).or_else(|| unseen(text)).is_none()
    }
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
                line: None,
                value: name.clone(),
                expected: "an attribute type with a known upper bound, such as commonName",
                clause: "RFC 5280, appendix A.1",
            })
        })
        .collect()
}

fn unknown(field: &'static str, value: &str, expected: &'static str) -> Error {
    Error::UnknownWord {
        field,
        line: None,
        value: value.to_owned(),
        expected,
        clause: "RFC 5280, 4.1.2.6 and appendix A.1",
    }
}

const SUBJECT: &str = "RFC 5280, 4.1.2.6";
const NAMES: &str = "RFC 5280, 4.2.1.6";

/// emailAddress (RFC 2985).
pub(crate) const EMAIL_ADDRESS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

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

    fn read(required: &[&str], optional: &[&str], more: &str) -> Result<SubjectRules, Error> {
        let text = format!("required = {required:?}\noptional = {optional:?}\n{more}");
        SubjectRules::new(&toml::from_str(&text).unwrap())
    }

    fn rules(required: &[&str], optional: &[&str]) -> SubjectRules {
        read(required, optional, "").unwrap()
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
            ["commonName has a control character or one that can't be seen"]
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
    fn what_nobody_sees_is_refused() {
        for blank in ["\\20", "\u{3000}", "\u{a0}\u{3000}"] {
            assert_eq!(check(&format!("CN={blank},C=CN")), ["commonName is empty"]);
        }
        for hidden in [
            "\u{200b}",
            "\u{202e}",
            "\u{feff}",
            "\u{ad}",
            "\u{2066}",
            "\u{e0041}",
        ] {
            assert_eq!(
                check(&format!("CN=张{hidden}三,C=CN")),
                ["commonName has a control character or one that can't be seen"],
                "{}",
                hidden.escape_unicode()
            );
        }
        // A variant of a rare character, an emoji, a private character.
        assert_eq!(check("CN=葛\u{e0100}𠮷\u{e000}·买买提,C=CN"), [""; 0]);
        let fixed = read(
            &["commonName"],
            &[],
            "values = { commonName = \"\u{200b}a\" }",
        );
        assert!(fixed.is_err());
    }

    #[test]
    fn a_url_has_a_scheme_and_a_host() {
        let http = |text| is_url(text, &["http://"]);
        assert!(http("http://a.cn") && http("http://a.cn:80/b?c"));
        for bad in [
            "http://",
            "http:///a",
            "http://?a",
            "http://:80/",
            "ldap://a",
            "http://a b",
        ] {
            assert!(!http(bad), "{bad}");
        }
    }

    #[test]
    fn objections_come_together() {
        assert_eq!(check("L=b").len(), 3);
        let empty = rules(&["countryName", "commonName"], &[]).check(&Name::default());
        assert_eq!(empty.len(), 2);
    }

    #[test]
    fn policy_names_known_attributes_once() {
        assert!(read(&["commonname"], &[], "").is_err());
        assert!(read(&["commonName"], &["commonName"], "").is_err());
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
