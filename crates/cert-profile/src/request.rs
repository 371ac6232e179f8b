//! What is asked for, after somebody decided that it is true.

use crate::KeyOrigin;
use der::DateTime;
use der::referenced::OwnedToRef;
use gm_crypto::pki::{PublicKeyFile, SpkiOptions, identity::Identifier};
use spki::{EncodePublicKey, SubjectPublicKeyInfoOwned};
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
    remainder: Option<DateTime>,
    years: Option<u16>,
    identifiers: Vec<Identifier>,
    key_origin: Option<KeyOrigin>,
}

impl CertRequest {
    /// Asks for a certificate of `public_key` under `subject`.
    ///
    /// An SM2 key in another readable form, with the curve as its algorithm or a compressed
    /// point, is taken in the one that certificates have; whatever else it is, every profile
    /// refuses.
    pub fn new(subject: Name, public_key: SubjectPublicKeyInfoOwned) -> Self {
        Self {
            subject,
            public_key: written(&public_key).unwrap_or(public_key),
            alternative_names: Vec::new(),
            not_after: None,
            remainder: None,
            years: None,
            identifiers: Vec::new(),
            key_origin: None,
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
    /// when it is earlier. Where the profile leaves the choice of whole years, an end
    /// before the chosen one is refused.
    #[must_use]
    pub fn not_after(mut self, not_after: DateTime) -> Self {
        self.not_after = Some(not_after);
        self
    }

    /// Asks for what is left of an earlier certificate's time, which ends then: instead of
    /// whole years, where the profile leaves their choice. The longest that the profile gives
    /// is the longest here too.
    #[must_use]
    pub fn remainder_until(mut self, end: DateTime) -> Self {
        self.remainder = Some(end);
        self
    }

    /// Chooses whole years of validity, where the profile leaves the choice.
    #[must_use]
    pub fn years(mut self, years: u16) -> Self {
        self.years = Some(years);
        self
    }

    /// Adds a number of a person or an organisation, which the profile decides about and
    /// whose check digit [`crate::Profile::prepare`] asks.
    #[must_use]
    pub fn identifier(mut self, identifier: Identifier) -> Self {
        self.identifiers.push(identifier);
        self
    }

    /// Says where the key was made, as it was found out.
    #[must_use]
    pub fn key_origin(mut self, origin: KeyOrigin) -> Self {
        self.key_origin = Some(origin);
        self
    }

    /// Whom.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// Which key, as a certificate has it.
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

    /// The end of the earlier certificate whose time is taken over.
    pub fn remainder(&self) -> Option<DateTime> {
        self.remainder
    }

    /// The years that were chosen.
    pub fn chosen_years(&self) -> Option<u16> {
        self.years
    }

    /// The numbers, in the order they were added; masked in `Debug`.
    pub fn identifiers(&self) -> &[Identifier] {
        &self.identifiers
    }

    /// Where the key was made, if it is known.
    pub fn origin(&self) -> Option<KeyOrigin> {
        self.key_origin
    }
}

/// `id-ecPublicKey` with the curve and an uncompressed point; none for a key that is not
/// SM2's.
fn written(public_key: &SubjectPublicKeyInfoOwned) -> Option<SubjectPublicKeyInfoOwned> {
    let mut options = SpkiOptions::default();
    options.compressed = true;
    let file = PublicKeyFile::from_spki(public_key.owned_to_ref(), options).ok()?;
    file.key().to_public_key_der().ok()?.decode_msg().ok()
}
