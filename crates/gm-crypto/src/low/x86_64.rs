//! Bodies for x86-64; each takes the token of the features that it uses.

pub(crate) mod division_steps;
pub(crate) mod field_mulx;
#[macro_use]
mod ghash_lanes;
pub(crate) mod ghash_pclmul;
pub(crate) mod ghash_vpclmul;
mod mulx;
pub(crate) mod point_mulx;
pub(crate) mod scalar_mulx;
pub(crate) mod select_avx2;
pub(crate) mod sm3_avx;
pub(crate) mod sm3_lanes;
mod sm4_basis;
#[macro_use]
mod sm4_lanes;
pub(crate) mod sm4_aesni;
pub(crate) mod sm4_vaes;
mod ymm;
