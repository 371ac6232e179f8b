//! Products in GHASH's field without a table and without carry-less instructions.
//!
//! Integer multiplication does it: of each operand take every fifth bit, so that four
//! bits stand between; at most 13 terms meet in one place and never reach the next,
//! and the lowest bit of each place is the sum without carries. This takes the
//! processor's multiplication to run in constant time, as SM2's arithmetic does.

/// a·b·x⁻¹²⁸ modulo x¹²⁸ + x¹²⁷ + x¹²⁶ + x¹²¹ + 1 (RFC 8452, section 3: dot).
pub(crate) fn dot(a: u128, b: u128) -> u128 {
    let ((a0, a1), (b0, b1)) = (halves(a), halves(b));
    // Karatsuba.
    let low = multiply(a0, b0);
    let high = multiply(a1, b1);
    let middle = multiply(a0 ^ a1, b0 ^ b1) ^ low ^ high;
    let low = low ^ middle << 64;
    let high = high ^ middle >> 64;
    reduce_half(reduce_half(low)) ^ high
}

/// Divides by x⁶⁴ what is congruent: adds the multiple of the modulus that
/// clears the low half.
fn reduce_half(value: u128) -> u128 {
    let low = value & u128::from(u64::MAX);
    value.rotate_left(64) ^ low << 63 ^ low << 62 ^ low << 57
}

#[expect(clippy::cast_possible_truncation, reason = "the halves are wanted")]
fn halves(value: u128) -> (u64, u64) {
    (value as u64, (value >> 64) as u64)
}

/// The product of two polynomials of 64 bits.
fn multiply(a: u64, b: u64) -> u128 {
    /// Every fifth bit.
    const PLACES: u128 = {
        let (mut places, mut bit) = (0, 0);
        while bit < 128 {
            places |= 1 << bit;
            bit += 5;
        }
        places
    };
    let class = |value: u64, class: usize| {
        let places = halves(PLACES).0 << class;
        u128::from(value & places)
    };
    let a: [u128; 5] = core::array::from_fn(|index| class(a, index));
    let b: [u128; 5] = core::array::from_fn(|index| class(b, index));
    let mut product = 0;
    for sum in 0..5 {
        let terms = (0..5).fold(0, |terms, index| {
            terms ^ a[index].wrapping_mul(b[(5 + sum - index) % 5])
        });
        product |= terms & (PLACES << sum);
    }
    product
}
