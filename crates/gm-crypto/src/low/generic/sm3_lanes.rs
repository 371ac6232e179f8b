//! SM3's compression of eight messages in plain Rust: one lane after the other.

/// Takes one block into each state: `states[i][lane]` is word i of that lane.
pub(crate) fn compress(states: &mut [[u32; 8]; 8], blocks: [&[u8; 64]; 8]) {
    for (lane, block) in blocks.into_iter().enumerate() {
        let mut state = states.map(|words| words[lane]);
        super::sm3::compress(&mut state, core::slice::from_ref(block));
        for (words, word) in states.iter_mut().zip(state) {
            words[lane] = word;
        }
    }
}
