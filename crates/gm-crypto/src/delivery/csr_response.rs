//! The response to a certificate request (GM/T 0092-2020, clause 8).
//!
//! ```text
//! CSRResponse ::= SEQUENCE {
//!     signCertificate CertificateSet,
//!     encryptedPrivateKey [0] SM2EnvelopedKey OPTIONAL,
//!     encryptCertificate [1] CertificateSet OPTIONAL }
//! ```
//!
//! The structure is known here from public code (gmsm, smx509/csr_rsp.go), whose versions
//! differ: the first set is a SET, or a SEQUENCE; `[0]` is explicit and `[1]`
//! implicit. Read are all four; written are SET, explicit, implicit.

use crate::{
    Error, Result,
    sm2::{EnvelopedKey, PublicKey},
};
use alloc::vec::Vec;
use der::{Any, AnyRef, Decode, Encode, Reader, SliceReader, Tag, Tagged, referenced::OwnedToRef};
use x509_cert::Certificate;

const WHAT: &str = "CSRResponse";
/// More certificates than this are refused.
const MAX_CERTIFICATES: usize = 64;

const KEY: Tag = Tag::ContextSpecific {
    constructed: true,
    number: der::TagNumber(0),
};
const ENCRYPTION: Tag = Tag::ContextSpecific {
    constructed: true,
    number: der::TagNumber(1),
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CsrResponse {
    signing: Vec<Vec<u8>>,
    envelope: EnvelopedKey,
    encryption: Vec<Vec<u8>>,
}

impl CsrResponse {
    /// Certificates must be X.509, the first encryption certificate of the wrapped key.
    pub(super) fn new(
        envelope: EnvelopedKey,
        signing: &[&[u8]],
        encryption: &[&[u8]],
    ) -> Result<Self> {
        let owned = |list: &[&[u8]]| list.iter().map(|octets| octets.to_vec()).collect();
        let response = Self {
            signing: owned(signing),
            envelope,
            encryption: owned(encryption),
        };
        response.checked()
    }

    fn checked(self) -> Result<Self> {
        let invalid = |reason| Error::Invalid { what: WHAT, reason };
        if self.signing.is_empty() {
            return Err(invalid("has no signing certificate"));
        }
        if self.signing.len().max(self.encryption.len()) > MAX_CERTIFICATES {
            return Err(Error::TooLarge {
                what: WHAT,
                limit: MAX_CERTIFICATES as u64,
                unit: "certificates",
            });
        }
        for certificate in &self.signing {
            read_certificate(certificate)?;
        }
        // The first is the subject's, the others its issuers'.
        for (index, certificate) in self.encryption.iter().enumerate() {
            let certificate = read_certificate(certificate)?;
            let spki = certificate.tbs_certificate().subject_public_key_info();
            let same = || {
                PublicKey::try_from(spki.owned_to_ref()).ok() == Some(*self.envelope.public_key())
            };
            if index == 0 && !same() {
                return Err(invalid(
                    "the encryption certificate is of another key than the wrapped one",
                ));
            }
        }
        Ok(self)
    }

    pub(super) fn from_der(octets: &[u8]) -> Result<Self> {
        let malformed = Error::malformed(WHAT);
        let invalid = |reason| Error::Invalid { what: WHAT, reason };
        let whole = AnyRef::from_der(octets).map_err(&malformed)?;
        let parts = elements(whole.value(), 3)?;
        let [first, rest @ ..] = &parts[..] else {
            return Err(invalid("is empty"));
        };
        if !matches!(first.tag(), Tag::Set | Tag::Sequence) {
            return Err(invalid("does not begin with a set of certificates"));
        }
        let (key, encryption) = match rest {
            [key] if key.tag() == KEY => (key, None),
            [key, encryption] if key.tag() == KEY && encryption.tag() == ENCRYPTION => {
                (key, Some(encryption))
            }
            _ => return Err(invalid("has no encrypted private key")),
        };
        // Explicit: one SEQUENCE. Implicit: the parts of it.
        let envelope = match AnyRef::from_der(key.value()) {
            Ok(_) => EnvelopedKey::from_der(key.value())?,
            Err(_) => {
                let sequence = AnyRef::new(Tag::Sequence, key.value()).map_err(&malformed)?;
                EnvelopedKey::from_der(&sequence.to_der().map_err(&malformed)?)?
            }
        };
        let encryption = match encryption {
            None => Vec::new(),
            Some(list) => match AnyRef::from_der(list.value()) {
                Ok(set) if set.tag() == Tag::Set => certificates(set.value())?,
                _ => certificates(list.value())?,
            },
        };
        Self {
            signing: certificates(first.value())?,
            envelope,
            encryption,
        }
        .checked()
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        let encode = || -> der::Result<Vec<u8>> {
            let mut content = Any::new(Tag::Set, self.signing.concat())?.to_der()?;
            Any::new(KEY, self.envelope.to_der())?.encode_to_vec(&mut content)?;
            if !self.encryption.is_empty() {
                Any::new(ENCRYPTION, self.encryption.concat())?.encode_to_vec(&mut content)?;
            }
            Any::new(Tag::Sequence, content)?.to_der()
        };
        encode().expect("some certificates and a key have a DER encoding")
    }

    pub(super) fn envelope(&self) -> &EnvelopedKey {
        &self.envelope
    }

    pub(super) fn signing(&self) -> &[Vec<u8>] {
        &self.signing
    }

    pub(super) fn encryption(&self) -> &[Vec<u8>] {
        &self.encryption
    }
}

fn read_certificate(octets: &[u8]) -> Result<Certificate> {
    Certificate::from_der(octets).map_err(Error::malformed("Certificate"))
}

fn certificates(octets: &[u8]) -> Result<Vec<Vec<u8>>> {
    let list = elements(octets, MAX_CERTIFICATES)?;
    list.iter()
        .map(|element| element.to_der().map_err(Error::malformed(WHAT)))
        .collect()
}

/// The elements that stand one after the other, no more than `limit`.
fn elements(octets: &[u8], limit: usize) -> Result<Vec<AnyRef<'_>>> {
    let malformed = Error::malformed(WHAT);
    let mut reader = SliceReader::new(octets).map_err(&malformed)?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        if elements.len() == limit {
            return Err(Error::TooLarge {
                what: WHAT,
                limit: limit as u64,
                unit: "elements",
            });
        }
        elements.push(reader.decode().map_err(&malformed)?);
    }
    Ok(elements)
}
