//! What is asked for, after somebody decided that it is true.

use der::DateTime;
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::{ext::pkix::name::GeneralName, name::Name};

/// What a registration authority has decided: whom, which key, and nothing else.
///
/// Extensions that an applicant wished for are not among it; what a certificate
/// says about its key is the profile's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertRequest {
    subject: Name,
    public_key: SubjectPublicKeyInfoOwned,
    alternative_names: Vec<GeneralName>,
    not_after: Option<DateTime>,
}

impl CertRequest {
    /// Asks for a certificate of `public_key` under `subject`.
    pub fn new(subject: Name, public_key: SubjectPublicKeyInfoOwned) -> Self {
        Self {
            subject,
            public_key,
            alternative_names: Vec::new(),
            not_after: None,
        }
    }

    /// Adds a subject alternative name (RFC 5280, 4.2.1.6): a DNS name, a mailbox,
    /// a URI or an IP address; other forms are refused by every profile.
    #[must_use]
    pub fn alternative_name(mut self, name: GeneralName) -> Self {
        self.alternative_names.push(name);
        self
    }

    /// Asks for an end not later than `not_after`; the profile's own end holds
    /// when it is earlier.
    #[must_use]
    pub fn not_after(mut self, not_after: DateTime) -> Self {
        self.not_after = Some(not_after);
        self
    }

    /// Whom.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// Which key.
    pub fn public_key(&self) -> &SubjectPublicKeyInfoOwned {
        &self.public_key
    }

    /// The alternative names, in the order they were added.
    pub fn alternative_names(&self) -> &[GeneralName] {
        &self.alternative_names
    }

    /// The latest end asked for.
    pub fn latest_end(&self) -> Option<DateTime> {
        self.not_after
    }
}
