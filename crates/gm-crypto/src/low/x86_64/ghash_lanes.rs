//! Sums of products for GHASH, for any width of register: one source.

/// Writes `sums` over the vector type and operations in scope: `Vector`, `xor`,
/// `load`, `multiply::<SELECT>`, `first`, `none`, `to_numbers`.
macro_rules! ghash_lanes {
    ($features:literal, $blocks:literal) => {
        /// Low, middle and high parts of (`sum` + X₀)·P₀ + X₁·P₁ + …, nothing reduced.
        ///
        /// # Safety
        /// `blocks` and `powers` have `count` elements each, a multiple of what a register
        /// holds.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn sums(
            powers: *const u128,
            sum: __m128i,
            blocks: *const Block,
            count: usize,
        ) -> [Vector; 3] {
            let mut parts = [none(); 3];
            let mut carried = first(sum);
            let mut index = 0;
            while index < count {
                // SAFETY: below `count`; the caller's promise.
                let (x, power) = unsafe {
                    (
                        to_numbers(load(blocks.add(index).cast())),
                        load(powers.add(index).cast()),
                    )
                };
                let x = xor(x, carried);
                carried = none();
                parts[0] = xor(parts[0], multiply::<0x00>(x, power));
                parts[1] = xor(parts[1], multiply::<0x01>(x, power));
                parts[1] = xor(parts[1], multiply::<0x10>(x, power));
                parts[2] = xor(parts[2], multiply::<0x11>(x, power));
                index += $blocks;
            }
            parts
        }
    };
}
