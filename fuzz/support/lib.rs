//! What the fuzz targets and their seeds stand on: keys that are always the same,
//! certificates under them, a business whose every step is an octet, and a count of
//! the inputs that were accepted.

pub mod business;
pub mod outside;
pub mod parties;
mod tally;

pub use tally::tally;
