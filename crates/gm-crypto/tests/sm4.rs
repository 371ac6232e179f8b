//! SM4 and its modes against other people's code and the standards' examples. Which
//! body runs is for the environment to say (`GM_CRYPTO_DISABLE=vaes,aes_ni`).

#![expect(clippy::unwrap_used, reason = "also functions around tests are tests")]

#[path = "sm4/aead.rs"]
mod sm4_aead;
#[path = "sm4/blocks.rs"]
mod sm4_blocks;
#[path = "sm4/modes.rs"]
mod sm4_modes;
#[path = "sm4/xts.rs"]
mod sm4_xts;

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

fn hexadecimal(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .map(|digit| u8::try_from(digit).expect("below 16"))
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// `length` octets behind `offset` others and before one that nobody may touch.
fn within(offset: usize, content: &[u8]) -> Vec<u8> {
    let mut buffer = vec![0xa5; offset];
    buffer.extend_from_slice(content);
    buffer.push(0xa5);
    buffer
}
