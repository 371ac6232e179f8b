//! Tables of multiples of a point.

use alloc::{boxed::Box, vec::Vec};
use once_cell::race::OnceBox;

use super::point::{Addend, Affine, Jacobian, generator, to_affine_all};
use crate::low::field::{Entry, Machine};

/// A comb: for each digit of a number in base 2^w, the odd multiples of the point that the
/// digit can ask for. Row i holds (2j + 1)·2^(w·i)·P for j in [0, 2^(w − 1)).
///
/// With it a multiplication is one addition a row and no doubling.
pub(crate) struct Comb {
    width: usize,
    entries: Vec<Entry<2>>,
}

/// Bits of a digit in the table of G: 37 rows of 64 points, 148 KiB.
const BASE_WIDTH: usize = 7;

/// The same in the table for public numbers: 29 rows of 256 points, 464 KiB.
#[cfg(feature = "std")]
const BASE_VARTIME_WIDTH: usize = 9;

static BASE: OnceBox<Comb> = OnceBox::new();
#[cfg(feature = "std")]
static BASE_VARTIME: OnceBox<Comb> = OnceBox::new();

impl Comb {
    /// Rows for digits of `width` bits. Numbers below n have 256 bits; one more
    /// makes the highest digit positive.
    pub(crate) fn rows_for(width: usize) -> usize {
        257_usize.div_ceil(width)
    }

    /// The comb of a public point.
    pub(crate) fn new<M: Machine>(m: M, point: &Affine, width: usize) -> Self {
        let mut points = Vec::with_capacity(Self::rows_for(width) << (width - 1));
        let mut first = point.to_jacobian();
        for _ in 0..Self::rows_for(width) {
            push_odd_multiples(m, &first, 1 << (width - 1), &mut points);
            first.double_times(m, width);
        }
        let entries = to_affine_all(m, &points)
            .into_iter()
            .map(|point| Entry(point.0))
            .collect();
        Self { width, entries }
    }

    /// The comb of G, built by whoever asks first (less than a millisecond).
    pub(crate) fn base<M: Machine>(m: M) -> &'static Self {
        BASE.get_or_init(|| Box::new(Self::new(m, &generator(m), BASE_WIDTH)))
    }

    /// The larger comb of G for public numbers, which nobody scans (two milliseconds). Programs
    /// without std run on small machines, and have the other one alone.
    pub(crate) fn base_vartime<M: Machine>(m: M) -> &'static Self {
        #[cfg(feature = "std")]
        return BASE_VARTIME
            .get_or_init(|| Box::new(Self::new(m, &generator(m), BASE_VARTIME_WIDTH)));
        #[cfg(not(feature = "std"))]
        return Self::base(m);
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[Entry<2>]> {
        self.entries.chunks_exact(1 << (self.width - 1))
    }

    /// Octets of the entries.
    pub(crate) fn size(&self) -> usize {
        size_of_val(self.entries.as_slice())
    }
}

/// P, 3P, 5P, … `count` points. The point has the group's order, so none is infinity and
/// no sum meets an exception.
pub(super) fn push_odd_multiples<M: Machine>(
    m: M,
    point: &Jacobian,
    count: usize,
    points: &mut Vec<Jacobian>,
) {
    let double = point.doubled(m).addend(m);
    let mut multiple = *point;
    for index in 0..count {
        if index > 0 {
            multiple.add(m, &double);
        }
        points.push(multiple);
    }
}

/// P, 3P, … 2·COUNT − 1 times P, ready to be added.
pub(super) fn odd_multiples<M: Machine, const COUNT: usize>(
    m: M,
    point: &Affine,
) -> [Addend; COUNT] {
    let double = point.to_jacobian().doubled(m).addend(m);
    let mut multiple = point.to_jacobian();
    core::array::from_fn(|index| {
        if index > 0 {
            multiple.add(m, &double);
        }
        multiple.addend(m)
    })
}
