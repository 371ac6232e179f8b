//! Portable bodies: constant-time Rust, which runs everywhere.

pub(crate) mod ghash;
pub(crate) mod sm3;
pub(crate) mod sm3_lanes;
pub(crate) mod sm4_bitslice;
