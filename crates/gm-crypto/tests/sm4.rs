//! SM4 and its modes against other people's code and the standards' examples. Which
//! body runs is for the environment to say (`GM_CRYPTO_DISABLE=vaes,aes_ni`).

#[path = "sm4/blocks.rs"]
mod sm4_blocks;

/// Octets that differ from place to place, the same in each run.
fn octets(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .collect()
}

fn block(seed: u64) -> [u8; 16] {
    octets(seed, 16).try_into().expect("16 octets")
}
