//! Key files: plain, and encrypted under a password that is known here.
#![no_main]

use gm_crypto::pki::{decode_private_key, decode_private_key_encrypted, encode_private_key};
use gm_pki_fuzz::{parties::PASSWORD, tally};
use libfuzzer_sys::fuzz_target;

/// A file may ask for ten million iterations, and gets them: that is slow and no
/// finding. So many are done here.
const MAX_ITERATIONS: u64 = 4_096;
/// What asks for more than this is refused at once.
const REFUSED_ABOVE: u64 = 10_000_000;

fuzz_target!(|octets: &[u8]| {
    let plain = decode_private_key(octets);
    let encrypted = (!takes_long(octets)).then(|| decode_private_key_encrypted(octets, PASSWORD));
    let key = plain.ok().or_else(|| encrypted?.ok());
    tally(key.is_some());
    if let Some(key) = key {
        let again = decode_private_key(&encode_private_key(&key)).expect("we read what we write");
        assert_eq!(again.to_bytes(), key.to_bytes());
    }
});

/// Whether an INTEGER between the two limits stands anywhere: the number of iterations
/// stands in the file as it is, whatever is around it.
fn takes_long(octets: &[u8]) -> bool {
    (2..=4).any(|length| {
        octets.windows(2 + length).any(|window| {
            let number = window[2..]
                .iter()
                .fold(0, |number, octet| number << 8 | u64::from(*octet));
            window[..2] == [0x02, length as u8]
                && (MAX_ITERATIONS + 1..=REFUSED_ABOVE).contains(&number)
        })
    })
}
