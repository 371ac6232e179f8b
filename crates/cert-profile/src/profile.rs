//! Certificate policy as data: text from a file, checked, then only used.

use crate::{
    Error, extension, identifiers::IdentifierRules, key_usage, subject::AlternativeNameRules,
    subject::SubjectRules,
};
use der::{
    asn1::ObjectIdentifier,
    oid::db::rfc5280::{ID_KP_EMAIL_PROTECTION, ID_KP_OCSP_SIGNING, ID_KP_SERVER_AUTH},
};
use x509_cert::ext::{Extension, pkix::KeyUsage};

mod config;
mod constraints;
mod line;
mod places;
mod policies;
mod shipped;
mod validity;

pub use config::{
    AuthorityKeyForm, BeyondIssuer, Edition, IdentifiersConfig, KeyOriginConfig, Kind,
    NameConstraintsConfig, NameForm, OriginDevice, OriginEnvironment, PolicyConfig, Presence,
    ProfileConfig, QualifiedPolicy, SignatureParameters, Strings, SubjectConfig, SubjectKeyMethod,
    SubtreesConfig, Tagging, ValidityConfig, YearsConfig, YearsRange,
};
pub use shipped::SHIPPED;
pub use validity::Granted;

use places::Places;
use validity::Term;

pub(crate) use validity::Period;

/// A policy that certificates can follow.
///
/// Made from a [`ProfileConfig`] or its TOML text; what does not load is never used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) path_len: Option<u8>,
    pub(crate) term: Term,
    pub(crate) key_usage: KeyUsage,
    pub(crate) purposes: Vec<ObjectIdentifier>,
    pub(crate) subject: SubjectRules,
    pub(crate) alternative_names: AlternativeNameRules,
    pub(crate) identifiers: IdentifierRules,
    pub(crate) key_origin: Option<KeyOriginConfig>,
    pub(crate) subject_key: SubjectKeyMethod,
    pub(crate) authority_key: AuthorityKeyForm,
    pub(crate) signature_parameters: SignatureParameters,
    pub(crate) places: Places,
    /// The extensions that are the same in each certificate, as they are written.
    pub(crate) fixed: Vec<Extension>,
}

impl Profile {
    /// Octets of the longest text that [`Self::from_toml`] reads.
    pub const MAX_TEXT: usize = 65_536;

    /// Loads a policy from TOML with the fields of [`ProfileConfig`].
    ///
    /// # Errors
    /// [`Error::TooLarge`] above [`Self::MAX_TEXT`], [`Error::Toml`] for text that is not such TOML, [`Error::Policy`] and
    /// [`Error::UnknownWord`] for the first line of policy that is impossible. Each says
    /// which line of the text it speaks of.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let (found, limit) = (text.len(), Self::MAX_TEXT);
        if found > limit {
            let what = "profile";
            return Err(Error::TooLarge { what, found, limit });
        }
        let config = toml::from_str::<ProfileConfig>(text).map_err(|source| {
            let at = source.span().map(|span| line::of_octet(text, span.start));
            Error::Toml { line: at, source }
        })?;
        Self::try_from(config).map_err(|error| line::located(error, text))
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

    /// Where the keys of its subjects must have been made; none for anywhere.
    pub fn key_origin(&self) -> Option<KeyOriginConfig> {
        self.key_origin
    }
}

impl TryFrom<ProfileConfig> for Profile {
    type Error = Error;

    fn try_from(config: ProfileConfig) -> Result<Self, Error> {
        let kind = config.kind;
        if config.name.trim().is_empty() || config.name.chars().any(char::is_control) {
            return refuse(
                "name",
                "a profile has a name, without control characters: logs show it",
                "format of this crate",
            );
        }
        if config.path_len.is_some() && !kind.is_ca() {
            return refuse("path_len", "CAs alone have one", "RFC 5280, 4.2.1.9");
        }
        let key_usage = key_usage::parse(&config.key_usage, kind)?;
        let purposes = key_usage::parse_purposes(&config.extended_key_usage, key_usage, kind)?;
        if config.ocsp_no_check && !purposes.contains(&ID_KP_OCSP_SIGNING) {
            return refuse(
                "ocsp_no_check",
                "goes with the purpose OCSPSigning alone",
                "RFC 6960, 4.2.2.2.1",
            );
        }
        if config.name_constraints.is_some() && !kind.is_ca() {
            return refuse(
                "name_constraints",
                "CAs alone have them",
                "RFC 5280, 4.2.1.10",
            );
        }
        let subject = SubjectRules::new(&config.subject)?;
        let alternative_names = AlternativeNameRules::new(&config)?;
        let named_elsewhere = !kind.is_ca() && config.alternative_names == Presence::Required;
        if subject.asks_for_nothing() && !named_elsewhere {
            return refuse(
                "subject.required",
                "a subject has at least one attribute, unless alternative names are required of \
                 an end entity",
                "RFC 5280, 4.1.2.6",
            );
        }
        check_names(&config, &subject, &alternative_names, &purposes)?;
        let mut profile = Self {
            term: Term::new(&config.validity, kind == Kind::Root)?,
            identifiers: IdentifierRules::new(config.identifiers.as_ref(), kind)?,
            places: Places::new(&config)?,
            key_origin: config.key_origin,
            subject_key: config.subject_key_identifier,
            authority_key: config.authority_key_identifier,
            signature_parameters: config.signature_parameters,
            path_len: config.path_len,
            fixed: Vec::new(),
            name: config.name,
            kind,
            key_usage,
            purposes,
            subject,
            alternative_names,
        };
        let policies = policies::read(&config.certificate_policies, kind)?;
        let constraints = config.name_constraints.as_ref();
        let constraints = constraints.map(constraints::read).transpose()?;
        profile.fixed = extension::fixed(&profile, policies, constraints, config.ocsp_no_check)
            .map_err(Error::encoding("extensions of a profile"))?;
        Ok(profile)
    }
}

/// What names a purpose and an attribute ask for.
fn check_names(
    config: &ProfileConfig,
    subject: &SubjectRules,
    names: &AlternativeNameRules,
    purposes: &[ObjectIdentifier],
) -> Result<(), Error> {
    if purposes.contains(&ID_KP_SERVER_AUTH) {
        let named = config.alternative_names == Presence::Required
            && (names.allows(NameForm::Dns) || names.allows(NameForm::Ip));
        if !named {
            return refuse(
                "alternative_names",
                "clients know a server by alternative names alone: serverAuth asks for \
                 \"required\", with the form dns or ip",
                "RFC 9525, 6; RFC 5280, 4.2.1.6",
            );
        }
    }
    let mailboxes =
        config.alternative_names != Presence::Forbidden && names.allows(NameForm::Email);
    if subject.may_have_a_mailbox() && !mailboxes {
        return refuse(
            "subject",
            "a mailbox is an alternative name: emailAddress is allowed beside it alone",
            "RFC 5280, 4.1.2.6 and 4.2.1.6",
        );
    }
    if purposes.contains(&ID_KP_EMAIL_PROTECTION) && !mailboxes {
        return refuse(
            "alternative_names",
            "emailProtection protects a mailbox: allow the form email",
            "RFC 8550, 3; RFC 5280, 4.2.1.6",
        );
    }
    Ok(())
}

pub(crate) fn refuse<T>(
    field: &'static str,
    rule: &'static str,
    clause: &'static str,
) -> Result<T, Error> {
    Err(Error::Policy {
        field,
        line: None,
        rule,
        clause,
    })
}

#[cfg(test)]
mod tests;
