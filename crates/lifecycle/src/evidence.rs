//! What a step leaves behind: never the thing itself, always its digest.

use crate::{Ground, Octets, Refusal, field, rules::FieldFormat, terms::EvidenceKind};
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

    /// Refuses evidence of another kind, and what could not be found again.
    pub(crate) fn is_a(&self, wanted: EvidenceKind, requirements: &[&str]) -> Result<(), Refusal> {
        if self.kind != wanted {
            let given = self.kind;
            return Err(Ground::EvidenceKind { given, wanted }.refuse(requirements));
        }
        if self.digest.len() != 32 {
            let what = "the digest of a document";
            return Err(Ground::Missing { what }.refuse(requirements));
        }
        field::check(FieldFormat::Text, &self.reference).map_err(|_| {
            let what = "where a document lies";
            Ground::Words { what }.refuse(requirements)
        })
    }
}
