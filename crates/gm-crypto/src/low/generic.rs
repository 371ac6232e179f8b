//! The bodies that run everywhere: plain Rust, no branch and no address from a secret.

pub(crate) mod sm3;
pub(crate) mod sm3_lanes;
