//! SM3's compression function: of one message, or of eight at once.

use super::generic;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use super::{
    cpu::{HaveAvx2, HaveAvxBmi2},
    x86_64,
};

/// Takes `blocks` into `state`, one after the other.
#[inline]
pub(crate) fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    if let (Some(bmi2), Some(avx2)) = (HaveAvxBmi2::check(), HaveAvx2::check()) {
        return x86_64::sm3_avx::compress(bmi2, avx2, state, blocks);
    }
    generic::sm3::compress(state, blocks);
}

/// [`compress`] without the processor's help, for comparison.
#[cfg(test)]
pub(crate) fn compress_portable(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
    generic::sm3::compress(state, blocks);
}

/// The body behind [`compress`].
pub(crate) fn path() -> &'static str {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    if let (Some(_), Some(_)) = (HaveAvxBmi2::check(), HaveAvx2::check()) {
        return "avx2-bmi2";
    }
    "portable"
}

/// Messages that [`compress_lanes`] takes.
pub(crate) const LANES: usize = 8;

/// Takes one block into each state: `states[i][lane]` is word i of that lane.
#[inline]
pub(crate) fn compress_lanes(states: &mut [[u32; LANES]; 8], blocks: [&[u8; 64]; LANES]) {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    if let Some(avx2) = HaveAvx2::check() {
        return x86_64::sm3_lanes::compress(avx2, states, blocks);
    }
    generic::sm3_lanes::compress(states, blocks);
}

/// The body behind [`compress_lanes`].
pub(crate) fn lanes_path() -> &'static str {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    if HaveAvx2::check().is_some() {
        return "avx2";
    }
    "portable"
}

/// The number of messages from which on eight lanes, some of them idle, take less time
/// than [`compress`] for one after the other.
#[inline]
pub(crate) fn lanes_pay() -> usize {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    if HaveAvx2::check().is_some() {
        return 3;
    }
    LANES
}
