//! What the stories and suites of this package stand on.

pub mod suites;
