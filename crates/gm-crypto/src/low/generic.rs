//! Portable bodies: constant-time Rust, which runs everywhere.

pub(crate) mod ghash;
pub(crate) mod sm4_bitslice;
