//! The bodies for x86-64; each asks for the token of what it uses.

pub(crate) mod sm3_avx;
pub(crate) mod sm3_lanes;
