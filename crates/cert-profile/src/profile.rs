//! Certificate policy as data: text from a file, checked, then only used.

use crate::{
    Error, key_usage,
    subject::{SubjectRules, is_uri},
};
use der::{
    DateTime,
    asn1::{Ia5String, ObjectIdentifier},
    oid::db::rfc5280,
};
use x509_cert::ext::pkix::KeyUsage;

mod config;

pub use config::{
    Kind, Presence, ProfileConfig, SignatureParameters, SubjectConfig, ValidityConfig,
};

/// The profiles that come with this crate: name and TOML text.
///
/// | name | subject | key usage |
/// |---|---|---|
/// | `root-ca` | a CA that signs itself, 20 years | keyCertSign, cRLSign |
/// | `issuing-ca` | a CA with no CA below it, 10 years | keyCertSign, cRLSign |
/// | `subscriber-signing` | one half of a dual pair, 2 years | digitalSignature, nonRepudiation |
/// | `subscriber-encryption` | the other half, 2 years | keyEncipherment, dataEncipherment, keyAgreement |
/// | `ocsp-responder` | a delegated responder, 90 days | digitalSignature; OCSPSigning |
pub const SHIPPED: &[(&str, &str)] = &[
    ("root-ca", include_str!("../profiles/root-ca.toml")),
    ("issuing-ca", include_str!("../profiles/issuing-ca.toml")),
    (
        "subscriber-signing",
        include_str!("../profiles/subscriber-signing.toml"),
    ),
    (
        "subscriber-encryption",
        include_str!("../profiles/subscriber-encryption.toml"),
    ),
    (
        "ocsp-responder",
        include_str!("../profiles/ocsp-responder.toml"),
    ),
];

/// A policy that certificates can follow.
///
/// Made from a [`ProfileConfig`] or its TOML text; what does not load is never used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) path_len: Option<u8>,
    pub(crate) period: Period,
    pub(crate) key_usage: KeyUsage,
    pub(crate) purposes: Vec<ObjectIdentifier>,
    pub(crate) policies: Vec<ObjectIdentifier>,
    pub(crate) subject: SubjectRules,
    pub(crate) alternative_names: Presence,
    pub(crate) signature_parameters: SignatureParameters,
    pub(crate) crl_urls: Vec<Ia5String>,
    pub(crate) ocsp_urls: Vec<Ia5String>,
    pub(crate) issuer_urls: Vec<Ia5String>,
    pub(crate) ocsp_no_check: bool,
}

impl Profile {
    /// Loads a policy from TOML with the fields of [`ProfileConfig`].
    ///
    /// # Errors
    /// [`Error::Toml`] for text that is not such TOML, [`Error::Policy`] and
    /// [`Error::UnknownWord`] for the first line of policy that is impossible.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        toml::from_str::<ProfileConfig>(text)?.try_into()
    }

    /// The profile of this name among [`SHIPPED`].
    pub fn shipped(name: &str) -> Option<Self> {
        let (_, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
        Some(Self::from_toml(text).expect("a test loads each shipped profile"))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its subjects are.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What the keys of its subjects may do.
    pub fn key_usage(&self) -> KeyUsage {
        self.key_usage
    }
}

impl TryFrom<ProfileConfig> for Profile {
    type Error = Error;

    fn try_from(config: ProfileConfig) -> Result<Self, Error> {
        if config.name.trim().is_empty() {
            return refuse("name", "a profile has a name", "format of this crate");
        }
        if config.path_len.is_some() && !config.kind.is_ca() {
            return refuse("path_len", "CAs alone have one", "RFC 5280, 4.2.1.9");
        }
        let key_usage = key_usage::parse(&config.key_usage, config.kind)?;
        let purposes =
            key_usage::parse_purposes(&config.extended_key_usage, key_usage, config.kind)?;
        if config.ocsp_no_check && !purposes.contains(&rfc5280::ID_KP_OCSP_SIGNING) {
            return refuse(
                "ocsp_no_check",
                "goes with the purpose OCSPSigning alone",
                "RFC 6960, 4.2.2.2.1",
            );
        }
        let subject = SubjectRules::new(&config.subject.required, &config.subject.optional)?;
        let named_elsewhere =
            !config.kind.is_ca() && config.alternative_names == Presence::Required;
        if subject.asks_for_nothing() && !named_elsewhere {
            return refuse(
                "subject.required",
                "a subject has at least one attribute, unless alternative names are required of \
                 an end entity",
                "RFC 5280, 4.1.2.6",
            );
        }
        Ok(Self {
            period: Period::try_from(config.validity)?,
            policies: policies(&config.certificate_policies)?,
            crl_urls: urls("crl_urls", &config.crl_urls, &["http://", "ldap://"])?,
            ocsp_urls: urls("ocsp_urls", &config.ocsp_urls, &["http://"])?,
            issuer_urls: urls("issuer_urls", &config.issuer_urls, &["http://", "ldap://"])?,
            name: config.name,
            kind: config.kind,
            path_len: config.path_len,
            key_usage,
            purposes,
            subject,
            alternative_names: config.alternative_names,
            signature_parameters: config.signature_parameters,
            ocsp_no_check: config.ocsp_no_check,
        })
    }
}

/// A length of time that is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    Years(u16),
    Days(u32),
}

impl Period {
    /// The moment this long after `begin`; none after the year 9999.
    pub(crate) fn end(self, begin: DateTime) -> Option<DateTime> {
        match self {
            Self::Years(years) => {
                let year = begin.year().checked_add(years)?;
                let on = |day| {
                    let (hour, minutes) = (begin.hour(), begin.minutes());
                    DateTime::new(year, begin.month(), day, hour, minutes, begin.seconds()).ok()
                };
                // No other month changes its length from year to year.
                match (begin.month(), begin.day()) {
                    (2, 29) => on(29).or_else(|| on(28)),
                    (_, day) => on(day),
                }
            }
            Self::Days(days) => {
                let length = core::time::Duration::from_secs(u64::from(days) * 86_400);
                DateTime::from_unix_duration(begin.unix_duration() + length).ok()
            }
        }
    }
}

impl TryFrom<ValidityConfig> for Period {
    type Error = Error;

    fn try_from(config: ValidityConfig) -> Result<Self, Error> {
        match (config.years, config.days) {
            (Some(0), None) | (None, Some(0)) => {
                refuse("validity", "is longer than nothing", "RFC 5280, 4.1.2.5")
            }
            (Some(years), None) => Ok(Self::Years(years)),
            (None, Some(days)) => Ok(Self::Days(days)),
            _ => refuse(
                "validity",
                "is given in years or in days, one of them",
                "RFC 5280, 4.1.2.5",
            ),
        }
    }
}

fn refuse<T>(field: &'static str, rule: &'static str, clause: &'static str) -> Result<T, Error> {
    Err(Error::Policy {
        field,
        rule,
        clause,
    })
}

fn policies(words: &[String]) -> Result<Vec<ObjectIdentifier>, Error> {
    let (field, clause) = ("certificate_policies", "RFC 5280, 4.2.1.4");
    let mut policies = Vec::new();
    for word in words {
        let policy = ObjectIdentifier::new(word).map_err(|_| Error::UnknownWord {
            field,
            value: word.clone(),
            expected: "a dotted object identifier",
            clause,
        })?;
        if policies.contains(&policy) {
            return refuse(field, "a policy is named once", clause);
        }
        policies.push(policy);
    }
    Ok(policies)
}

/// `https` is not among the schemes: whoever fetches by TLS may need the very
/// answer that he fetches (RFC 5280, 8).
fn urls(
    field: &'static str,
    words: &[String],
    schemes: &'static [&'static str],
) -> Result<Vec<Ia5String>, Error> {
    let read = |word: &String| {
        let schemed = schemes.iter().find_map(|scheme| word.strip_prefix(scheme));
        let host = schemed.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
        Ia5String::new(word)
            .ok()
            .filter(|_| host && is_uri(word))
            .ok_or_else(|| Error::UnknownWord {
                field,
                value: word.clone(),
                expected: "an absolute URL of scheme http (or, for files, ldap)",
                clause: "RFC 5280, 4.2.1.13, 4.2.2.1 and 8",
            })
    };
    words.iter().map(read).collect()
}

#[cfg(test)]
mod tests;
