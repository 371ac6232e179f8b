use super::{remove_store, sys::fuzz_calls};

/// Octets that are the same for the same seed (xorshift).
fn script(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..1024)
        .flat_map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_ne_bytes()
        })
        .collect()
}

#[test]
fn no_order_of_calls_and_no_arguments_end_the_process() {
    let succeeded: usize = (0..200).map(|seed| fuzz_calls(&script(seed))).sum();
    remove_store();
    // Else only refusals were tried.
    assert!(succeeded > 200, "{succeeded}");
}
