//! SDF and SKF devices: the software device loaded as a vendor's library would be, and
//! libraries that do what none should.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

mod child;
mod hostile;
mod hostile_skf;
mod openssl;
mod sdf;
mod skf;
