//! The applicant's form, the registration and the octets to be signed, compared.
//!
//! Whoever approves a certificate makes sure that what was registered is what the form says
//! (国家电子政务外网数字证书中心《数字证书申请流程》, 2.6, 2). Here a program does, over
//! the very octets that will be signed: [`diff`] is pure, and [`Differences::gate`] stops
//! issuance unless all three say the same.

use crate::{
    CertRequest, Error, Objection, Profile, Rejection,
    identifiers::IdentifierRules,
    profile::Period,
    subject::{label, text},
};
use core::fmt;
use der::{DateTime, Decode, Encode, asn1::ObjectIdentifier, referenced::OwnedToRef};
use gm_crypto::{
    pki::identity::{Identifier, IdentityKind, IdentityLookup, ResidentNumber},
    sm3,
};
use spki::SubjectPublicKeyInfoRef;
use x509_cert::{
    TbsCertificate,
    ext::pkix::{SubjectAltName, name::GeneralName},
    name::Name,
};

/// SM3 of a public key's octets, the content of the BIT STRING: what a form or a registration
/// has of the key, however its algorithm was spelled.
pub fn key_digest(public_key: &SubjectPublicKeyInfoRef<'_>) -> [u8; 32] {
    sm3::digest(public_key.subject_public_key.raw_bytes())
}

/// How long a certificate is to be valid, as a form says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lifetime {
    /// Calendar years from issuance on.
    Years(u16),
    /// Days of 86,400 seconds from issuance on.
    Days(u32),
    /// Until this moment: a form that shows a shortened end says so.
    Until(DateTime),
}

impl Lifetime {
    fn fits(self, begin: DateTime, end: DateTime) -> bool {
        match self {
            Self::Years(years) => Period::Years(years).end(begin) == Some(end),
            Self::Days(days) => Period::Days(days).end(begin) == Some(end),
            Self::Until(until) => until == end,
        }
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Years(years) => write!(f, "{years} years"),
            Self::Days(days) => write!(f, "{days} days"),
            Self::Until(until) => write!(f, "until {until}"),
        }
    }
}

/// What a form or a registration says about one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Particulars {
    /// Name of the profile.
    pub profile: String,
    /// Attributes of the subject: type and text. Of several of one type the order counts,
    /// of types it does not.
    pub subject: Vec<(ObjectIdentifier, String)>,
    /// Alternative names, in any order.
    pub alternative_names: Vec<GeneralName>,
    /// Numbers of persons and organisations, in any order.
    pub identifiers: Vec<Identifier>,
    /// How long.
    pub lifetime: Lifetime,
    /// The [`key_digest`] of the public key.
    pub key: [u8; 32],
}

impl Particulars {
    /// A certificate by this profile, so long, for the key with this [`key_digest`], that
    /// names nobody yet.
    pub fn new(profile: impl Into<String>, lifetime: Lifetime, key: [u8; 32]) -> Self {
        Self {
            profile: profile.into(),
            subject: Vec::new(),
            alternative_names: Vec::new(),
            identifiers: Vec::new(),
            lifetime,
            key,
        }
    }

    /// What `request` says.
    pub fn of_request(
        profile: impl Into<String>,
        request: &CertRequest,
        lifetime: Lifetime,
    ) -> Self {
        Self {
            subject: attributes(request.subject()),
            alternative_names: request.alternative_names().to_vec(),
            identifiers: request.identifiers().to_vec(),
            ..Self::new(
                profile,
                lifetime,
                key_digest(&request.public_key().owned_to_ref()),
            )
        }
    }
}

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The profile.
    Profile,
    /// The public key.
    Key,
    /// How long it is valid.
    Validity,
    /// An attribute of the subject.
    Attribute(ObjectIdentifier),
    /// The alternative names.
    AlternativeNames,
    /// A number of a person or an organisation.
    Identifier(IdentityKind),
    /// An extension in which numbers stand, with something else.
    Extension(ObjectIdentifier),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile => f.write_str("profile"),
            Self::Key => f.write_str("public key"),
            Self::Validity => f.write_str("validity"),
            Self::Attribute(oid) => f.write_str(&label(oid)),
            Self::AlternativeNames => f.write_str("alternative names"),
            Self::Identifier(kind) => kind.fmt(f),
            Self::Extension(oid) => write!(f, "extension {oid}"),
        }
    }
}

/// One field that form, registration and certificate do not agree about. Identifiers are
/// masked, and resident identity numbers in the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    field: Field,
    values: [Option<String>; 3],
}

impl Difference {
    /// What differs.
    pub fn field(&self) -> Field {
        self.field
    }

    /// What the form says; none when it says nothing.
    pub fn form(&self) -> Option<&str> {
        self.values[0].as_deref()
    }

    /// What the registration says; none when it says nothing.
    pub fn registration(&self) -> Option<&str> {
        self.values[1].as_deref()
    }

    /// What the octets to be signed say; none when they say nothing.
    pub fn certificate(&self) -> Option<&str> {
        self.values[2].as_deref()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [form, registration, certificate] = &self.values;
        let said = |value: &Option<String>| match value {
            Some(value) => format!("{value:?}"),
            None => "nothing".to_owned(),
        };
        write!(
            f,
            "{} differs: the form says {}, the registration {}, the certificate {}",
            self.field,
            said(form),
            said(registration),
            said(certificate)
        )
    }
}

/// Every difference, in the order of [`Field`]. Empty when all three agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differences {
    profile: String,
    all: Vec<Difference>,
}

impl Differences {
    /// All of them.
    pub fn as_slice(&self) -> &[Difference] {
        &self.all
    }

    /// Whether form, registration and certificate say the same.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Lets through what does not differ.
    ///
    /// # Errors
    /// A [`Rejection`] with each difference as [`Objection::Differs`].
    pub fn gate(self) -> Result<(), Rejection> {
        if self.all.is_empty() {
            return Ok(());
        }
        let objections = self.all.into_iter().map(Objection::Differs).collect();
        Err(Rejection::new(&self.profile, objections))
    }
}

/// Compares what the applicant's form says, what was registered, and the octets of
/// [`crate::Prepared::tbs`] that `profile` gave.
///
/// What the profile alone decides (usages, policies, places) is in neither paper and not
/// compared here: [`crate::lint::against`] does.
///
/// # Errors
/// [`Error::Malformed`] for octets that are no TBSCertificate.
pub fn diff(
    form: &Particulars,
    registration: &Particulars,
    profile: &Profile,
    tbs: &[u8],
) -> Result<Differences, Error> {
    let tbs = TbsCertificate::from_der(tbs).map_err(Error::malformed("TBSCertificate"))?;
    let papers = [form, registration];
    let mut all = Vec::new();
    let mut note = |field, agree: bool, values: [Option<String>; 3]| {
        if !agree {
            all.push(Difference { field, values });
        }
    };

    note(
        Field::Profile,
        papers.iter().all(|paper| paper.profile == profile.name()),
        [&form.profile, &registration.profile, profile.name()].map(|name| Some(name.to_owned())),
    );

    let key = key_digest(&tbs.subject_public_key_info().owned_to_ref());
    note(
        Field::Key,
        papers.iter().all(|paper| paper.key == key),
        [form.key, registration.key, key].map(|digest| Some(hexadecimal(&digest))),
    );

    let begin = tbs.validity().not_before.to_date_time();
    let end = tbs.validity().not_after.to_date_time();
    note(
        Field::Validity,
        form.lifetime == registration.lifetime && form.lifetime.fits(begin, end),
        [
            Some(form.lifetime.to_string()),
            Some(registration.lifetime.to_string()),
            Some(format!("{begin} to {end}")),
        ],
    );

    let written = attributes(tbs.subject());
    let subjects = [&form.subject, &registration.subject, &written];
    for field in keys(subjects) {
        let values = subjects.map(|subject| of(subject, field));
        let agree = agree(&values);
        let values = values.map(|values| shown(values.into_iter().map(|value| masked(value))));
        note(Field::Attribute(*field), agree, values);
    }

    let names = tbs.get_extension::<SubjectAltName>();
    let names = names.map_err(Error::malformed("subjectAltName"))?;
    let written = names.map_or_else(Vec::new, |(_, names)| names.0);
    let names = [
        &form.alternative_names,
        &registration.alternative_names,
        &written,
    ];
    let sorted = names.map(|names| {
        let mut names: Vec<_> = names.iter().map(|name| name.to_der().ok()).collect();
        names.sort_unstable();
        names
    });
    note(
        Field::AlternativeNames,
        agree(&sorted),
        names.map(|names| shown(names.iter().map(general_name))),
    );

    let (written, unread) = numbers(&profile.identifiers, &tbs);
    let papers = papers.map(|paper| {
        let numbers = paper.identifiers.iter();
        numbers
            .map(|number| (number.kind(), number.clone()))
            .collect::<Vec<_>>()
    });
    let [form, registration] = &papers;
    let numbers = [form, registration, &written];
    for kind in keys(numbers) {
        let values = numbers.map(|numbers| {
            let mut values = of(numbers, kind);
            values.sort_unstable_by_key(|number| number.reveal());
            values
        });
        let agree = agree(&values);
        let values = values.map(|values| shown(values.into_iter().map(ToString::to_string)));
        note(Field::Identifier(*kind), agree, values);
    }
    for oid in unread {
        let there = Some("what is no number".to_owned());
        note(Field::Extension(oid), false, [None, None, there]);
    }
    Ok(Differences {
        profile: profile.name().to_owned(),
        all,
    })
}

fn agree<T: PartialEq>([one, two, three]: &[T; 3]) -> bool {
    one == two && two == three
}

/// Each key of three lists, once.
fn keys<K: PartialEq, V>(lists: [&Vec<(K, V)>; 3]) -> Vec<&K> {
    let mut keys: Vec<&K> = Vec::new();
    for (key, _) in lists.into_iter().flatten() {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn of<'a, K: PartialEq, V>(list: &'a [(K, V)], key: &K) -> Vec<&'a V> {
    let all = list.iter().filter(|(found, _)| found == key);
    all.map(|(_, value)| value).collect()
}

fn shown(values: impl Iterator<Item = String>) -> Option<String> {
    let values: Vec<_> = values.collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn attributes(name: &Name) -> Vec<(ObjectIdentifier, String)> {
    let all = name.iter().map(|attribute| {
        let value = match text(&attribute.value) {
            Some(text) => text.to_owned(),
            // RFC 4514, 2.4: the octets of what is no text.
            None => match attribute.value.to_der() {
                Ok(octets) => format!("#{}", hexadecimal(&octets)),
                Err(_) => "#".to_owned(),
            },
        };
        (attribute.oid, value)
    });
    all.collect()
}

/// A resident identity number stands in some subjects too.
fn masked(value: &str) -> String {
    match ResidentNumber::parse(value) {
        Ok(number) => number.to_string(),
        Err(_) => value.to_owned(),
    }
}

fn general_name(name: &GeneralName) -> String {
    match name {
        GeneralName::DnsName(name) => format!("DNS:{name}"),
        GeneralName::Rfc822Name(name) => format!("email:{name}"),
        GeneralName::UniformResourceIdentifier(uri) => format!("URI:{uri}"),
        GeneralName::DirectoryName(name) => format!("name:{name}"),
        GeneralName::IpAddress(octets) => match octets.as_bytes() {
            [a, b, c, d] => format!("IP:{a}.{b}.{c}.{d}"),
            octets => format!("IP:{}", hexadecimal(octets)),
        },
        _ => "another form".to_owned(),
    }
}

/// The extensions of numbers stand under this arc (GM/T 0015-2012, 5.2.4.2, and -2023).
const NUMBERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10260.4");

type Numbers = Vec<(IdentityKind, Identifier)>;

/// The numbers in a certificate's extensions, and the extensions of numbers without one.
fn numbers(rules: &IdentifierRules, tbs: &TbsCertificate) -> (Numbers, Vec<ObjectIdentifier>) {
    let lookup = IdentityLookup::default();
    let mut numbers = Vec::new();
    let mut unread = Vec::new();
    for extension in tbs.extensions().into_iter().flatten() {
        let id = extension.extn_id;
        if !id.starts_with(NUMBERS) {
            continue;
        }
        match lookup.in_extension(id, extension.extn_value.as_bytes()) {
            None => unread.push(id),
            Some(found) => {
                // By its place, where the profile writes there: a credit code in the place of
                // an organisation code is what the form calls an organisation code.
                let kind = rules.kind_at(id, found.encoding().choice());
                let kind = kind.unwrap_or_else(|| found.kind());
                numbers.push((kind, Identifier::new(kind, found.reveal())));
            }
        }
    }
    (numbers, unread)
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
mod tests;
