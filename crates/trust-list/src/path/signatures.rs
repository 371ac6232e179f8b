//! Signatures of few authorities, checked many times.

use super::ParsedCertificate;
use core::fmt;
use der::Encode;
use gm_crypto::{
    pki::{Sm2Sm3, VerifyAlgorithm},
    sm2::{DerSignature, PreparedVerifyingKey, PublicKey, TableSize, UserId, VerifyingKey},
    sm3,
};
use signature::{Error, Verifier};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Mutex, PoisonError},
};

/// SM2 with SM3 under the usual ID, with tables for the keys of some authorities: for who
/// validates many certificates below few of them. Other keys are as fast as with [`Sm2Sm3`].
pub struct PreparedSm2 {
    plain: Sm2Sm3,
    /// By their point.
    keys: BTreeMap<Vec<u8>, PreparedVerifyingKey>,
}

impl PreparedSm2 {
    /// Makes the tables for the subjects of these certificates; those without an SM2 key are
    /// passed by.
    pub fn new<'c>(
        authorities: impl IntoIterator<Item = &'c ParsedCertificate>,
        size: TableSize,
    ) -> Self {
        let mut keys = BTreeMap::new();
        for certificate in authorities {
            let spki = certificate.public_key();
            let point = spki.subject_public_key.raw_bytes().to_vec();
            if let Ok(key) = PublicKey::try_from(spki) {
                let key = VerifyingKey::new(key, &UserId::default());
                keys.entry(point)
                    .or_insert_with(|| PreparedVerifyingKey::new(&key, size));
            }
        }
        let plain = Sm2Sm3::default();
        Self { plain, keys }
    }

    /// How many keys have tables.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key has tables.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl VerifyAlgorithm for PreparedSm2 {
    fn accepts(
        &self,
        signature: AlgorithmIdentifierRef<'_>,
        key: AlgorithmIdentifierRef<'_>,
    ) -> bool {
        self.plain.accepts(signature, key)
    }

    fn takes_key(&self, key: AlgorithmIdentifierRef<'_>) -> bool {
        self.plain.takes_key(key)
    }

    fn verify(
        &self,
        spki: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> signature::Result<()> {
        match self.keys.get(spki.subject_public_key.raw_bytes()) {
            Some(key) => key.verify(message, &DerSignature::try_from(signature)?),
            None => self.plain.verify(spki, message, signature),
        }
    }
}

impl fmt::Debug for PreparedSm2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedSm2")
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

/// An algorithm that remembers which signatures fitted, so that a chain or CRL that comes
/// again costs a digest. What did not fit is checked again.
///
/// It may be used by several threads at once. Its memory is bounded: 32 octets for each
/// signature, and the oldest goes when there are too many.
pub struct RememberedSignatures<A> {
    algorithm: A,
    capacity: usize,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    digests: BTreeSet<[u8; sm3::DIGEST_LENGTH]>,
    oldest_first: VecDeque<[u8; sm3::DIGEST_LENGTH]>,
}

impl<A: VerifyAlgorithm> RememberedSignatures<A> {
    /// Remembers at most `capacity` signatures of one algorithm.
    pub fn new(algorithm: A, capacity: usize) -> Self {
        Self {
            algorithm,
            capacity,
            known: Mutex::default(),
        }
    }
}

impl<A: VerifyAlgorithm> VerifyAlgorithm for RememberedSignatures<A> {
    fn accepts(
        &self,
        signature: AlgorithmIdentifierRef<'_>,
        key: AlgorithmIdentifierRef<'_>,
    ) -> bool {
        self.algorithm.accepts(signature, key)
    }

    fn takes_key(&self, key: AlgorithmIdentifierRef<'_>) -> bool {
        self.algorithm.takes_key(key)
    }

    fn verify(
        &self,
        spki: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> signature::Result<()> {
        let digest = digest(&spki, message, signature)?;
        let is_known = |known: &Known| known.digests.contains(&digest);
        if is_known(&self.known.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(());
        }
        self.algorithm.verify(spki, message, signature)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if self.capacity > 0 && known.digests.insert(digest) {
            known.oldest_first.push_back(digest);
            if known.oldest_first.len() > self.capacity
                && let Some(oldest) = known.oldest_first.pop_front()
            {
                known.digests.remove(&oldest);
            }
        }
        Ok(())
    }
}

/// Of digests, so that no part can run into the next.
fn digest(
    spki: &SubjectPublicKeyInfoRef<'_>,
    message: &[u8],
    signature: &[u8],
) -> signature::Result<[u8; sm3::DIGEST_LENGTH]> {
    let key = spki.to_der().map_err(|_| Error::new())?;
    let parts = [&key, message, signature].map(sm3::digest);
    Ok(sm3::digest(&parts.concat()))
}

impl<A: fmt::Debug> fmt::Debug for RememberedSignatures<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RememberedSignatures")
            .field("algorithm", &self.algorithm)
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
