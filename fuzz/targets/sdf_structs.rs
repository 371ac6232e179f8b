//! What an SDF device (GM/T 0018) gives.
#![no_main]

use gm_pki_fuzz::tally;
use hsm::sdf::rewritten_structures;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let read = rewritten_structures(octets);
    tally(!read.is_empty());
    for written in read {
        assert!(octets.starts_with(&written), "{written:x?}");
    }
});
