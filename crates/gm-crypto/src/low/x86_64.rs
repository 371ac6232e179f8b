//! Bodies for x86-64. Each takes the token of the instructions that it uses.

#[macro_use]
mod ghash_lanes;
pub(crate) mod ghash_pclmul;
pub(crate) mod ghash_vpclmul;
mod sm4_basis;
#[macro_use]
mod sm4_lanes;
pub(crate) mod sm3_avx;
pub(crate) mod sm3_lanes;
pub(crate) mod sm4_aesni;
pub(crate) mod sm4_vaes;
