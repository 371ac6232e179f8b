//! Portable bodies: constant-time Rust, which runs everywhere.

pub(crate) mod sm4_bitslice;
