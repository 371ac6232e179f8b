//! What a step leaves behind: never the thing itself, always its digest.

use crate::{Ground, Octets, Refusal, terms::EvidenceKind};
use serde::{Deserialize, Serialize};

/// One piece of evidence: what it is, where it lies, and the SM3 of its octets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// SM3 of its octets, 32 octets.
    pub digest: Octets,
    /// Where whoever keeps it finds it: an archive number, a transaction, a file. 1 to 256
    /// characters.
    pub reference: String,
}

impl Evidence {
    /// Names the evidence whose octets have this digest.
    pub fn new(kind: EvidenceKind, digest: [u8; 32], reference: impl Into<String>) -> Self {
        Self {
            kind,
            digest: digest.to_vec().into(),
            reference: reference.into(),
        }
    }

    /// Refuses evidence of another kind.
    pub(crate) fn is_a(&self, wanted: EvidenceKind, requirements: &[&str]) -> Result<(), Refusal> {
        if self.kind == wanted {
            Ok(())
        } else {
            Err(Ground::EvidenceKind {
                given: self.kind,
                wanted,
            }
            .refuse(requirements))
        }
    }
}
