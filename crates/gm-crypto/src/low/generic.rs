//! Bodies in plain Rust: for machines without better ones, and to hold those against.

pub(crate) mod division_steps;
pub(crate) mod field64;
pub(crate) mod ghash;
pub(crate) mod point64;
pub(crate) mod scalar64;
pub(crate) mod select;
pub(crate) mod sm3;
pub(crate) mod sm3_lanes;
pub(crate) mod sm4_bitslice;
