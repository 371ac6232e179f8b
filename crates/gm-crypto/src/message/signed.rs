//! Signed data (GM/T 0010, clause 8): several signers over one content.

pub(crate) mod attributes;
pub(crate) mod draft;
pub(crate) mod expected;
mod read;
pub(crate) mod signer;
#[cfg(test)]
pub(crate) mod tests;
mod verified;

pub use attributes::Attribute;
pub use draft::{SignedDataDraft, SignedMessage, Signer, ToSign};
pub use read::{UnverifiedSignedData, UnverifiedSigner};
pub use verified::{SignedContent, UnattributedContent, VerifiedSigner};

use super::{
    Deviation,
    dialect::Forgiven,
    wire::{ContentInfo, Set},
};
use crate::{Error, Result};
use der::{Any, Sequence};
use signer::{SignerInfo, check_digest_algorithm};
use spki::AlgorithmIdentifierOwned;

const WHAT: &str = "SignedData";
/// More signers than this are refused before any is looked at.
const MAX_SIGNERS: usize = 64;

/// `SignedData` (GM/T 0010, clause 8). Certificates and CRLs stay as they came.
#[derive(Sequence)]
struct SignedData {
    version: u8,
    digest_algorithms: Set<AlgorithmIdentifierOwned>,
    content_info: ContentInfo,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    certificates: Option<Set<Any>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    crls: Option<Set<Any>>,
    signers: Set<SignerInfo>,
}

/// The whole message: `ContentInfo` with `SignedData`.
#[derive(Sequence)]
struct Message {
    content_type: der::asn1::ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: SignedData,
}

/// The list of digest algorithms in front must be that of the signers; a message without
/// signers may have an empty one or not.
pub(crate) fn check_digest_algorithms(
    list: &[AlgorithmIdentifierOwned],
    signers: &[SignerInfo],
    forgiven: &mut Forgiven,
) -> Result<()> {
    for algorithm in list {
        match check_digest_algorithm(WHAT, algorithm, forgiven) {
            // Not of use to any signer here: those have been checked.
            Err(Error::Unsupported { .. }) if forgiven.forgives() => {
                forgiven.forgive(WHAT, Deviation::DigestAlgorithmsList)?;
            }
            result => result?,
        }
    }
    let listed = |signer: &SignerInfo| {
        list.iter()
            .any(|algorithm| algorithm.oid == signer.digest_algorithm())
    };
    let used = |algorithm: &AlgorithmIdentifierOwned| {
        signers.is_empty()
            || signers
                .iter()
                .any(|signer| signer.digest_algorithm() == algorithm.oid)
    };
    let same = signers.iter().all(listed) && list.iter().all(used);
    forgiven.unless(same, WHAT, Deviation::DigestAlgorithmsList)
}
