//! The names that a CA may certify (RFC 5280, 4.2.1.10), asked before it does.

use crate::{
    CertRequest, Error, Objection,
    subject::{EMAIL_ADDRESS, Rdn, folded, is_dns_name, is_mailbox, text},
};
use der::Decode;
use x509_cert::{
    ext::pkix::{self, constraints::name::GeneralSubtree, name::GeneralName},
    name::Name,
};

/// Subtrees that an issuer has at most: each is held against each name, and RFC 5280,
/// 4.2.1.10, sets no bound.
const MAX_SUBTREES: usize = 1024;

/// How a name breaks the name constraints of its issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameConstraintFault {
    /// The issuer may certify some names of its form, and this is none of them.
    #[error("is in none of the issuer's permitted subtrees")]
    NotPermitted,

    /// It is in an excluded subtree, or a wildcard reaches into one.
    #[error("is in an excluded subtree of the issuer")]
    Excluded,

    /// The issuer has a constraint for names of its form that can't be read here, or the
    /// name has no host that a constraint for URIs could be compared with.
    #[error("can't be compared with the issuer's name constraints")]
    NotComparable,
}

/// What an issuer's certificate says about the names below it (RFC 5280, 4.2.1.10); by
/// default, nothing.
///
/// Names of five forms are compared: directory names, DNS names, mailboxes, the hosts of
/// URIs, addresses. A name of another form, for which there is a constraint, can't be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameConstraints {
    permitted: Vec<Base>,
    excluded: Vec<Base>,
}

impl NameConstraints {
    /// Reads the value of the extension in DER.
    ///
    /// # Errors
    /// [`Error::Malformed`], and [`Error::TooMany`] for more than 1024 subtrees.
    pub fn from_der(octets: &[u8]) -> Result<Self, Error> {
        let value = pkix::NameConstraints::from_der(octets);
        Self::read(value.map_err(Error::malformed("nameConstraints"))?)
    }

    /// How many subtrees there are: each is compared with each name.
    pub fn len(&self) -> usize {
        self.permitted.len() + self.excluded.len()
    }

    /// Whether every name is allowed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What stands against one name; none for a name that is allowed.
    pub fn fault_of(&self, name: &GeneralName) -> Option<NameConstraintFault> {
        self.fault(&Asked::read(name))
    }

    /// What stands against a subject, unless it is empty, and against the mailboxes of its
    /// emailAddress attributes (RFC 5280, 6.1.3 (b) and 4.2.1.10).
    pub fn fault_of_subject(&self, subject: &Name) -> Option<NameConstraintFault> {
        if self.is_empty() {
            return None;
        }
        let directory = (!subject.is_empty())
            .then(|| self.fault(&Asked::Directory(folded(subject))))
            .flatten();
        directory.or_else(|| {
            let mut mailboxes = subject.iter().filter(|value| value.oid == EMAIL_ADDRESS);
            mailboxes.find_map(|value| {
                self.fault(&Asked::Email(text(&value.value).and_then(Mailbox::read)))
            })
        })
    }

    pub(crate) fn read(value: pkix::NameConstraints) -> Result<Self, Error> {
        let permitted = value.permitted_subtrees.unwrap_or_default();
        let excluded = value.excluded_subtrees.unwrap_or_default();
        let (found, limit) = (permitted.len() + excluded.len(), MAX_SUBTREES);
        if found > limit {
            let what = "nameConstraints";
            return Err(Error::TooMany { what, found, limit });
        }
        let read = |all: Vec<GeneralSubtree>| all.iter().map(Base::read).collect();
        Ok(Self {
            permitted: read(permitted),
            excluded: read(excluded),
        })
    }

    /// Everything that stands against the names of `request`: subject, its emailAddress,
    /// and alternative names.
    pub(crate) fn check(&self, request: &CertRequest) -> Vec<Objection> {
        let mut objections = Vec::new();
        if self.permitted.is_empty() && self.excluded.is_empty() {
            return objections;
        }
        let subject = request.subject();
        if !subject.is_empty()
            && let Some(fault) = self.fault(&Asked::Directory(folded(subject)))
        {
            objections.push(Objection::SubjectConstrained { fault });
        }
        // The standard asks it of subjects without alternative names; OpenSSL, of all.
        for attribute in subject.iter().filter(|value| value.oid == EMAIL_ADDRESS) {
            let mailbox = text(&attribute.value).and_then(Mailbox::read);
            if let Some(fault) = self.fault(&Asked::Email(mailbox)) {
                let attribute = EMAIL_ADDRESS;
                objections.push(Objection::AttributeConstrained { attribute, fault });
            }
        }
        for (index, name) in request.alternative_names().iter().enumerate() {
            if let Some(fault) = self.fault_of(name) {
                objections.push(Objection::AlternativeNameConstrained { index, fault });
            }
        }
        objections
    }

    fn fault(&self, name: &Asked) -> Option<NameConstraintFault> {
        let of_form = |base: &&Base| base.form() == name.form();
        let permitted = || self.permitted.iter().filter(of_form);
        let excluded = || self.excluded.iter().filter(of_form);
        let mut all = permitted().chain(excluded()).peekable();
        all.peek()?;
        if !name.is_comparable() || all.any(|base| matches!(base, Base::Unread(_))) {
            return Some(NameConstraintFault::NotComparable);
        }
        if excluded().any(|base| base.meets(name)) {
            return Some(NameConstraintFault::Excluded);
        }
        let within = permitted().next().is_none() || permitted().any(|base| base.holds(name));
        (!within).then_some(NameConstraintFault::NotPermitted)
    }
}

/// The forms of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Dns,
    Email,
    Uri,
    Ip,
    Directory,
    /// Not compared here.
    Other,
    Edi,
    Registered,
}

/// A subtree's base, letters in their small form where case means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Base {
    /// The name and all below it; empty for every name.
    Dns(String),
    Mailbox(Mailbox),
    EmailHost(Hosts),
    UriHost(Hosts),
    /// Address and mask, as long as each other.
    Ip(Vec<u8>, Vec<u8>),
    Directory(Vec<Rdn>),
    Unread(Form),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mailbox {
    local: String,
    host: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    One(String),
    /// All below the name with the dot in front.
    Below(String),
}

impl Base {
    fn read(subtree: &GeneralSubtree) -> Self {
        let (form, base) = match &subtree.base {
            GeneralName::DnsName(name) => {
                let name = name.as_str().to_ascii_lowercase();
                let good = name.is_empty() || is_host(&name);
                (Form::Dns, good.then_some(Self::Dns(name)))
            }
            GeneralName::Rfc822Name(name) => {
                let mailbox = Mailbox::read(name.as_str()).map(Self::Mailbox);
                let host = || Hosts::read(name.as_str()).map(Self::EmailHost);
                (Form::Email, mailbox.or_else(host))
            }
            GeneralName::UniformResourceIdentifier(name) => {
                (Form::Uri, Hosts::read(name.as_str()).map(Self::UriHost))
            }
            GeneralName::IpAddress(octets) => {
                let octets = octets.as_bytes();
                let (address, mask) = octets.split_at(octets.len() / 2);
                let good = matches!(octets.len(), 8 | 32);
                let read = || Self::Ip(address.to_vec(), mask.to_vec());
                (Form::Ip, good.then(read))
            }
            GeneralName::DirectoryName(name) => {
                (Form::Directory, folded(name).map(Self::Directory))
            }
            GeneralName::OtherName(_) => (Form::Other, None),
            GeneralName::EdiPartyName(_) => (Form::Edi, None),
            GeneralName::RegisteredId(_) => (Form::Registered, None),
        };
        // Distances are not used: minimum is 0 and maximum absent.
        let base = base.filter(|_| subtree.minimum == 0 && subtree.maximum.is_none());
        base.unwrap_or(Self::Unread(form))
    }

    fn form(&self) -> Form {
        match self {
            Self::Dns(_) => Form::Dns,
            Self::Mailbox(_) | Self::EmailHost(_) => Form::Email,
            Self::UriHost(_) => Form::Uri,
            Self::Ip(..) => Form::Ip,
            Self::Directory(_) => Form::Directory,
            Self::Unread(form) => *form,
        }
    }

    /// Whether all that the name stands for is in the subtree.
    fn holds(&self, name: &Asked) -> bool {
        match (self, name) {
            (Self::Dns(base), Asked::Dns(name)) => is_at_or_below(name, base),
            (Self::Mailbox(base), Asked::Email(Some(name))) => base == name,
            (Self::EmailHost(hosts), Asked::Email(Some(name))) => hosts.have(&name.host),
            (Self::UriHost(hosts), Asked::Uri(Some(host))) => hosts.have(host),
            (Self::Ip(base, mask), Asked::Ip(address)) => {
                let mut octets = address.iter().zip(base).zip(mask);
                address.len() == base.len()
                    && octets.all(|((octet, base), mask)| octet & mask == base & mask)
            }
            (Self::Directory(base), Asked::Directory(Some(name))) => name.starts_with(base),
            _ => false,
        }
    }

    /// Whether some of what the name stands for is in the subtree.
    fn meets(&self, name: &Asked) -> bool {
        let also = match (self, name) {
            // `*` stands for one label.
            (Self::Dns(base), Asked::Dns(name)) => name.strip_prefix("*.").is_some_and(|parent| {
                let above = base.split_once('.').map(|(_, above)| above);
                above == Some(parent)
            }),
            // "a"@b is a@b (RFC 5321, 4.1.2).
            (Self::Mailbox(base), Asked::Email(Some(name))) => {
                name.local.contains(['"', '\\']) && base.host == name.host
            }
            _ => false,
        };
        also || self.holds(name)
    }
}

impl Mailbox {
    /// Case means nothing in the host alone (RFC 5280, 7.5).
    fn read(text: &str) -> Option<Self> {
        let (local, host) = text.rsplit_once('@').filter(|_| is_mailbox(text))?;
        Some(Self {
            local: local.to_owned(),
            host: host.to_ascii_lowercase(),
        })
    }
}

impl Hosts {
    fn read(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        match text.strip_prefix('.') {
            Some(below) => is_host(below).then(|| Self::Below(text.clone())),
            None => is_host(&text).then_some(Self::One(text)),
        }
    }

    fn have(&self, host: &str) -> bool {
        match self {
            Self::One(one) => one == host,
            Self::Below(domain) => host.ends_with(domain.as_str()),
        }
    }
}

/// A name that is asked about; nothing in it where it can't be compared.
enum Asked {
    Dns(String),
    Email(Option<Mailbox>),
    /// The host.
    Uri(Option<String>),
    Ip(Vec<u8>),
    Directory(Option<Vec<Rdn>>),
    NotCompared(Form),
}

impl Asked {
    fn read(name: &GeneralName) -> Self {
        match name {
            GeneralName::DnsName(name) => Self::Dns(name.as_str().to_ascii_lowercase()),
            GeneralName::Rfc822Name(name) => Self::Email(Mailbox::read(name.as_str())),
            GeneralName::UniformResourceIdentifier(uri) => Self::Uri(host_of(uri.as_str())),
            GeneralName::IpAddress(octets) => Self::Ip(octets.as_bytes().to_vec()),
            GeneralName::DirectoryName(name) => Self::Directory(folded(name)),
            GeneralName::OtherName(_) => Self::NotCompared(Form::Other),
            GeneralName::EdiPartyName(_) => Self::NotCompared(Form::Edi),
            GeneralName::RegisteredId(_) => Self::NotCompared(Form::Registered),
        }
    }

    fn form(&self) -> Form {
        match self {
            Self::Dns(_) => Form::Dns,
            Self::Email(_) => Form::Email,
            Self::Uri(_) => Form::Uri,
            Self::Ip(_) => Form::Ip,
            Self::Directory(_) => Form::Directory,
            Self::NotCompared(form) => *form,
        }
    }

    fn is_comparable(&self) -> bool {
        match self {
            Self::Email(None) | Self::Uri(None) | Self::Directory(None) | Self::NotCompared(_) => {
                false
            }
            Self::Dns(name) => has_labels(name),
            Self::Ip(address) => matches!(address.len(), 4 | 16),
            _ => true,
        }
    }
}

/// Whether a name is labels between dots, whatever letters they have: names with an
/// underscore are in use, and a name that begins or ends with a dot, or has a wildcard
/// elsewhere than in front, can be read in two ways.
fn has_labels(name: &str) -> bool {
    let mut labels = name.strip_prefix("*.").unwrap_or(name).split('.');
    labels.all(|label| {
        !label.is_empty()
            && label
                .bytes()
                .all(|octet| octet.is_ascii_graphic() && octet != b'*')
    })
}

fn is_host(text: &str) -> bool {
    is_dns_name(text) && !text.starts_with('*')
}

fn is_at_or_below(name: &str, base: &str) -> bool {
    let above = name.strip_suffix(base);
    base.is_empty() || above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

/// The host of a URI's authority (RFC 3986, 3.2); none where there is none, and for an
/// address, which a constraint says nothing about.
fn host_of(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // Some readers take a backslash for a slash.
    let authority = Some(authority).filter(|authority| !authority.contains('\\'))?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = match host.split_once(':') {
        Some((host, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => host,
        Some(_) => return None,
        None => host,
    };
    let last = host.rsplit('.').next()?;
    // 10.0.0.1, and what some readers take for it.
    let is_address = last.starts_with(|first: char| first.is_ascii_digit());
    (is_host(host) && !is_address).then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
