//! What the fuzz targets and their seeds stand on: keys that are always the same,
//! certificates under them, a business whose every step is an octet, another
//! implementation of SM2 and one of path validation, and a count of the inputs that were accepted.

pub mod asn1;
pub mod business;
pub mod input;
pub mod oracle;
pub mod outside;
pub mod packages;
pub mod parties;
pub mod proofs;
mod tally;
pub mod upstream;

pub use asn1::takes_long;
pub use tally::tally;
