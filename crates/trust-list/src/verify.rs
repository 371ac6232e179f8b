//! From a message to a list that its publisher signed and that still counts.

use crate::{
    Error, Result,
    list::{Contents, Digest, Entry, EntryKey, Publisher, UnverifiedList},
    path::ParsedCertificate,
    wire,
};
use der::DateTime;
use gm_crypto::sm3;

/// A list that the pinned signer signed, and that was current when it was checked.
#[derive(Clone, Debug)]
pub struct TrustList {
    pub(crate) contents: Contents,
    der: Vec<u8>,
    digest: Digest,
}

impl UnverifiedList {
    /// Checks the signature over the octets as they came, then reads them.
    ///
    /// `signer_certificate` (DER) is the certificate that the caller knows by other
    /// means to be the publisher's; those in the message are not looked at. `at` is
    /// now: a list that is stale or not yet issued is not given out.
    ///
    /// # Errors
    /// [`Error::Signer`] and [`Error::SignerUnfit`]; for what the signer signed,
    /// [`Error::Json`], [`Error::Value`], [`Error::DuplicateEntry`] and the errors of
    /// [`ParsedCertificate::from_der`]; [`Error::Time`], [`Error::Stale`].
    pub fn verify(self, signer_certificate: &[u8], at: DateTime) -> Result<TrustList> {
        let signer = ParsedCertificate::from_der(signer_certificate)?;
        check_signer(&signer, at)?;
        let content = self
            .message
            .verify(signer_certificate)
            .map_err(|source| Error::Signer { source })?;
        let contents = wire::read(content.as_bytes())?;
        contents.check()?;
        let (issued, next_update) = (contents.issued, contents.next_update);
        if issued > at {
            return Err(Error::Time {
                issued,
                next_update,
                rule: "it was issued later than now",
            });
        }
        if at >= next_update {
            return Err(Error::Stale { next_update, at });
        }
        Ok(TrustList {
            digest: sm3::digest(content.as_bytes()),
            contents,
            der: self.der,
        })
    }
}

impl TrustList {
    /// Who published it.
    pub fn publisher(&self) -> &Publisher {
        &self.contents.publisher
    }

    /// Its number: each list of a publisher has a higher one than the last.
    pub fn sequence(&self) -> u64 {
        self.contents.sequence
    }

    /// When it was issued.
    pub fn issued(&self) -> DateTime {
        self.contents.issued
    }

    /// When the next one will have been issued.
    pub fn next_update(&self) -> DateTime {
        self.contents.next_update
    }

    /// SM3 of the signed JSON, which names this list.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The digest of the list before it, if it says so.
    pub fn previous(&self) -> Option<Digest> {
        self.contents.previous
    }

    /// The entries, sorted by their keys.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.contents.entries.values()
    }

    /// The entry with this key.
    pub fn entry(&self, key: &EntryKey) -> Option<&Entry> {
        self.contents.entries.get(key)
    }

    /// The signed message as it came.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

fn check_signer(signer: &ParsedCertificate, at: DateTime) -> Result<()> {
    let unfit = |rule| Err(Error::SignerUnfit { rule });
    if at < signer.not_before() {
        return unfit("is not valid yet");
    }
    if at > signer.not_after() {
        return unfit("has expired");
    }
    if signer
        .key_usage()
        .is_some_and(|usage| !usage.digital_signature() && !usage.non_repudiation())
    {
        return unfit("may not sign by its keyUsage (RFC 5280, 4.2.1.3)");
    }
    Ok(())
}
