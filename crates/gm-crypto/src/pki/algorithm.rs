//! Signature algorithms as values: a verifier takes a list of those it trusts.

use crate::{
    pki::{PublicKeyFile, SpkiOptions},
    sm2::{DerSignature, PublicKey, SIGNATURE_OID, UserId, VerifyingKey},
};
use core::fmt::Debug;
use der::AnyRef;
use signature::Verifier;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

/// One signature algorithm.
///
/// A caller lists the algorithms that it accepts; what nobody lists does not
/// verify.
pub trait VerifyAlgorithm: Debug + Send + Sync {
    /// Whether this algorithm is the one named by a signature's and a key's
    /// identifiers, parameters included.
    fn accepts(
        &self,
        signature: AlgorithmIdentifierRef<'_>,
        key: AlgorithmIdentifierRef<'_>,
    ) -> bool;

    /// Whether this algorithm takes a key of this identifier, under the signature
    /// identifier that it wants: who refuses a signature can say what is wrong with it.
    fn takes_key(&self, _key: AlgorithmIdentifierRef<'_>) -> bool {
        false
    }

    /// Checks `signature` over `message` with the key in `spki`.
    ///
    /// # Errors
    /// One opaque error, for a key or signature that can't be read as well as
    /// for one that does not fit.
    fn verify(
        &self,
        spki: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> signature::Result<()>;
}

/// SM2 with SM3 (1.2.156.10197.1.501) under one user ID; [`Default`] takes the
/// ID that certificates use.
///
/// Parameters of the signature's identifier may be absent or NULL: real CAs write
/// both (GM/T 0015-2012 says absent in its text and NULL in its example).
#[derive(Clone, Debug, Default)]
pub struct Sm2Sm3 {
    id: UserId,
    options: SpkiOptions,
}

impl Sm2Sm3 {
    /// The algorithm under another ID than the usual one.
    pub fn with_id(id: UserId) -> Self {
        Self {
            id,
            ..Self::default()
        }
    }

    /// Takes keys whose point is compressed too (GB/T 32918.1, 4.2.10); GM/T 0009 and
    /// GM/T 0015 have it uncompressed.
    #[must_use]
    pub fn with_compressed_points(mut self) -> Self {
        self.options.compressed = true;
        self
    }
}

impl VerifyAlgorithm for Sm2Sm3 {
    fn accepts(
        &self,
        signature: AlgorithmIdentifierRef<'_>,
        key: AlgorithmIdentifierRef<'_>,
    ) -> bool {
        signature.oid == SIGNATURE_OID
            && signature.parameters.is_none_or(|any| any == AnyRef::NULL)
            && self.takes_key(key)
    }

    fn takes_key(&self, key: AlgorithmIdentifierRef<'_>) -> bool {
        PublicKey::is_named_by(key)
    }

    fn verify(
        &self,
        spki: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> signature::Result<()> {
        let key = PublicKeyFile::from_spki(spki, self.options);
        let key = key.map_err(|_| signature::Error::new())?.key();
        let signature = DerSignature::try_from(signature)?;
        VerifyingKey::new(key, &self.id).verify(message, &signature)
    }
}
