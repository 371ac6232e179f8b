//! The body of SM4 for any width of register: one source, so that what is shown of
//! the narrow twin (constant time, under valgrind) holds for the wide one.
//!
//! A *group* is four registers, each with one 32-bit word of as many blocks as a
//! register has words. Several groups in flight hide the latency of the S-box.

/// Writes `crypt_with_features` and `counters_with_features` over the vector type and
/// operations that stand in scope where it is invoked:
///
/// * `Vector`, `xor`, `add` (of 32-bit words), `splat`, `load`, `store`, `unpack_low_32`,
///   `unpack_high_32`, `unpack_low_64`, `unpack_high_64`, `swap_octets` (in
///   each 32-bit word), `into_basis`, `from_basis`;
/// * `round(x, t)`: x + L(S(t)), in the basis of the state;
/// * `offsets()`: which block of a group stands in which word of a register.
macro_rules! sm4_lanes {
    ($features:literal, $words:literal) => {
        /// Blocks in a group.
        const GROUP: usize = $words;
        /// Groups in flight.
        const GROUPS: u32 = 4;

        /// Rows to columns, in each 128-bit lane.
        #[inline]
        #[target_feature(enable = $features)]
        fn transpose(rows: [Vector; 4]) -> [Vector; 4] {
            let low = [
                unpack_low_32(rows[0], rows[1]),
                unpack_low_32(rows[2], rows[3]),
            ];
            let high = [
                unpack_high_32(rows[0], rows[1]),
                unpack_high_32(rows[2], rows[3]),
            ];
            [
                unpack_low_64(low[0], low[1]),
                unpack_high_64(low[0], low[1]),
                unpack_low_64(high[0], high[1]),
                unpack_high_64(high[0], high[1]),
            ]
        }

        /// The 32 rounds, `G` groups side by side; `flip` is 0, or 31 to take the round
        /// keys from the last one.
        #[inline]
        #[target_feature(enable = $features)]
        fn rounds<const G: usize>(keys: &[u32; 32], flip: usize, state: &mut [[Vector; 4]; G]) {
            macro_rules! step {
                ($index:expr, $a:literal, $b:literal, $c:literal, $d:literal) => {
                    let key = splat(keys[($index ^ flip) & 31]);
                    let mut group = 0;
                    while group < G {
                        let x = &mut state[group];
                        let t = xor(xor(xor(x[$b], x[$c]), key), x[$d]);
                        x[$a] = round(x[$a], t);
                        group += 1;
                    }
                };
            }
            // Written out, so that words stay in registers.
            let mut index = 0;
            while index < 32 {
                step!(index, 0, 1, 2, 3);
                step!(index + 1, 1, 2, 3, 0);
                step!(index + 2, 2, 3, 0, 1);
                step!(index + 3, 3, 0, 1, 2);
                index += 4;
            }
        }

        /// `G` groups from `source` to `target`.
        ///
        /// # Safety
        /// `source` has `G` groups to read, `target` as many to write; they
        /// are equal or disjoint.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn groups<const G: usize>(
            keys: &[u32; 32],
            flip: usize,
            source: *const Block,
            target: *mut Block,
        ) {
            const PER: usize = GROUP / 4;
            let mut state = [[splat(0); 4]; G];
            for (index, x) in state.iter_mut().enumerate() {
                for (row, word) in x.iter_mut().enumerate() {
                    // SAFETY: within the group; the caller's promise.
                    *word = into_basis(unsafe { load(source.add(index * GROUP + row * PER)) });
                }
                *x = transpose(*x);
            }
            rounds(keys, flip, &mut state);
            for (index, x) in state.into_iter().enumerate() {
                let rows = transpose([x[3], x[2], x[1], x[0]]);
                for (row, word) in rows.into_iter().enumerate() {
                    // SAFETY: within the group; the caller's promise.
                    unsafe { store(target.add(index * GROUP + row * PER), from_basis(word)) };
                }
            }
        }

        /// `G` groups of `source` plus the encrypted blocks `prefix` ‖ `counter`, `prefix`
        /// ‖ `counter` + 1, … to `target`; the counter has 32 bits and wraps.
        ///
        /// # Safety
        /// As for `groups`.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn counter_groups<const G: usize>(
            keys: &[u32; 32],
            prefix: &[u32; 3],
            counter: u32,
            source: *const Block,
            target: *mut Block,
        ) {
            const PER: usize = GROUP / 4;
            let fixed = prefix.map(|word| into_basis(splat(word)));
            let mut state = [[fixed[0], fixed[1], fixed[2], splat(0)]; G];
            let mut next = add(splat(counter), offsets());
            for x in &mut state {
                x[3] = into_basis(swap_octets(next));
                next = add(next, splat($words));
            }
            rounds(keys, 0, &mut state);
            for (index, x) in state.into_iter().enumerate() {
                let rows = transpose([x[3], x[2], x[1], x[0]]);
                for (row, word) in rows.into_iter().enumerate() {
                    let at = index * GROUP + row * PER;
                    // SAFETY: within the group; the caller's promise.
                    unsafe { store(target.add(at), xor(from_basis(word), load(source.add(at)))) };
                }
            }
        }

        /// Encrypts (`flip` 0) or decrypts (`flip` 31) `count` blocks.
        ///
        /// # Safety
        /// The processor has the features; `source` has `count` blocks to read, `target`
        /// as many to write; they are equal or disjoint.
        #[target_feature(enable = $features)]
        unsafe fn crypt_with_features(
            keys: &[u32; 32],
            flip: usize,
            mut source: *const Block,
            mut target: *mut Block,
            mut count: usize,
        ) {
            const FULL: usize = GROUP * GROUPS as usize;
            // SAFETY: each step reads and writes as many blocks as are left, or works on
            // the scratch blocks, which hold all groups.
            unsafe {
                while count >= FULL {
                    groups::<4>(keys, flip, source, target);
                    (source, target) = (source.add(FULL), target.add(FULL));
                    count -= FULL;
                }
                if count == 0 {
                    return;
                }
                let mut scratch = [[0_u8; 16]; FULL];
                core::ptr::copy_nonoverlapping(source, scratch.as_mut_ptr(), count);
                let blocks = scratch.as_mut_ptr();
                match count.div_ceil(GROUP) {
                    1 => groups::<1>(keys, flip, blocks, blocks),
                    2 => groups::<2>(keys, flip, blocks, blocks),
                    3 => groups::<3>(keys, flip, blocks, blocks),
                    _ => groups::<4>(keys, flip, blocks, blocks),
                }
                core::ptr::copy_nonoverlapping(scratch.as_ptr(), target, count);
                crate::low::sm4::wipe(scratch[..count.next_multiple_of(GROUP)].as_flattened_mut());
            }
        }

        /// Adds the key stream of counters to `count` blocks.
        ///
        /// # Safety
        /// As for `crypt_with_features`.
        #[target_feature(enable = $features)]
        unsafe fn counters_with_features(
            keys: &[u32; 32],
            prefix: &[u32; 3],
            mut counter: u32,
            mut source: *const Block,
            mut target: *mut Block,
            mut count: usize,
        ) {
            const FULL: usize = GROUP * GROUPS as usize;
            // SAFETY: as in `crypt_with_features`.
            unsafe {
                while count >= FULL {
                    counter_groups::<4>(keys, prefix, counter, source, target);
                    (source, target) = (source.add(FULL), target.add(FULL));
                    counter = counter.wrapping_add(GROUPS * $words);
                    count -= FULL;
                }
                if count == 0 {
                    return;
                }
                let mut scratch = [[0_u8; 16]; FULL];
                core::ptr::copy_nonoverlapping(source, scratch.as_mut_ptr(), count);
                let blocks = scratch.as_mut_ptr();
                match count.div_ceil(GROUP) {
                    1 => counter_groups::<1>(keys, prefix, counter, blocks, blocks),
                    2 => counter_groups::<2>(keys, prefix, counter, blocks, blocks),
                    3 => counter_groups::<3>(keys, prefix, counter, blocks, blocks),
                    _ => counter_groups::<4>(keys, prefix, counter, blocks, blocks),
                }
                core::ptr::copy_nonoverlapping(scratch.as_ptr(), target, count);
                crate::low::sm4::wipe(scratch[..count.next_multiple_of(GROUP)].as_flattened_mut());
            }
        }
    };
}
