//! PEM: whatever stands around the block.
#![no_main]

use gm_crypto::pki::{PRIVATE_KEY_LABELS, decode_pem, encode_pem};
use gm_pki_fuzz::tally;
use libfuzzer_sys::fuzz_target;

const LABEL_SETS: [&[&str]; 3] = [&["CERTIFICATE"], csr::PEM_LABELS, PRIVATE_KEY_LABELS];

fuzz_target!(|octets: &[u8]| {
    let blocks = LABEL_SETS.map(|labels| match decode_pem(octets, labels) {
        // DER goes through as it came.
        Ok(der) if octets.first() == Some(&0x30) => {
            assert_eq!(*der, octets);
            None
        }
        Ok(der) => Some((labels, der)),
        Err(_) => None,
    });
    tally(blocks.iter().any(Option::is_some));
    for (labels, der) in blocks.into_iter().flatten() {
        let written = encode_pem(labels[0], &der);
        let again = decode_pem(written.as_bytes(), labels).expect("we read what we write");
        assert_eq!(again, der);
    }
});
