//! Look-up in a table of points by a secret index.

use crate::low::field::Entry;

/// Copies the entry `index` of `row`, reading every entry in order.
#[inline]
pub(crate) fn select<const LIMBS: usize>(row: &[Entry<LIMBS>], index: u64) -> [u64; LIMBS] {
    let mut chosen = [0; LIMBS];
    for (entry, position) in row.iter().zip(0_u64..) {
        // Zero only for the entry wanted: the subtraction then borrows into the top bit.
        let mask = ((position ^ index).wrapping_sub(1) >> 63).wrapping_neg();
        for (limb, value) in chosen.iter_mut().zip(&entry.0) {
            *limb |= value & mask;
        }
    }
    chosen
}
