//! The routines that know the machine, and the only `unsafe` of the crate.
//!
//! Each routine has one name and a portable body; where the processor can do better,
//! the name picks the other body at run time. Callers never name an instruction set.
//! Nothing here calls `mid` or the public modules.

#![allow(
    unsafe_code,
    reason = "intrinsics and assembly live here; `safety` holds the argument"
)]

#[allow(
    dead_code,
    reason = "no machine has a routine for each of its features"
)]
pub(crate) mod cpu;
pub(crate) mod ct;
pub(crate) mod error_state;
pub(crate) mod field;
mod generic;
pub(crate) mod ghash;
#[cfg(doc)]
mod safety;
pub(crate) mod sm3;
pub(crate) mod sm4;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod x86_64;
