//! Look-up in a table of points by a secret index.

use core::hint::black_box;

use crate::low::field::{Entry, Limbs};

/// Copies the entry `index` of `row`, reading every entry in order.
#[inline]
pub(crate) fn select<const PARTS: usize>(row: &[Entry<PARTS>], index: u64) -> [Limbs; PARTS] {
    let mut chosen = [[0; 4]; PARTS];
    for (entry, position) in row.iter().zip(0_u64..) {
        // Zero only for the entry wanted: the subtraction then borrows into the top bit.
        let mask = black_box((position ^ index).wrapping_sub(1) >> 63).wrapping_neg();
        for (limb, value) in chosen
            .as_flattened_mut()
            .iter_mut()
            .zip(entry.0.as_flattened())
        {
            *limb |= value & mask;
        }
    }
    chosen
}
