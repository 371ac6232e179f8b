//! Uploads: sniffed and hashed, never opened (section 4).

use crate::{Octets, terms::FileFormat};

/// What the octets of an upload say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspected {
    /// What its first octets and its extension agree it is.
    pub format: FileFormat,
    /// Octets.
    pub size: u64,
    /// SM3 of its octets.
    pub digest: Octets,
}
