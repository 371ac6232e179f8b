//! Messages between a CA and a key-management centre: requests and answers, in both
//! taggings, and where one ends on a line.
#![no_main]

use gm_pki_fuzz::{
    asn1::{octet_string, sequence},
    tally,
};
use libfuzzer_sys::fuzz_target;
use lifecycle::key_centre::{
    message::{Body, KeyAnswer, KeyRequest, MAX_OCTETS, UnverifiedMessage, to_be_signed},
    transport::read_message,
};
use std::{fmt::Debug, io::Cursor};

/// The identifier of a signature by SM2, in its SEQUENCE.
const SM2_WITH_SM3: &[u8] = &[
    0x30, 10, 0x06, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75,
];

fuzz_target!(|octets: &[u8]| {
    // A revocation's request and its answer look alike: who signed tells them apart.
    let accepted = [body::<KeyRequest>(octets), body::<KeyAnswer>(octets)];
    tally(accepted.contains(&true));
    if let Ok(Some(message)) = read_message(&mut Cursor::new(octets.to_vec())) {
        assert!(octets.starts_with(&message) && message.len() <= MAX_OCTETS);
    }
});

/// What was read can be written, and is read as the same.
fn body<B: Body + PartialEq + Debug>(octets: &[u8]) -> bool {
    let Ok(read) = UnverifiedMessage::<B>::from_der(octets) else {
        return false;
    };
    let tbs = read.tbs();
    assert!(octets.windows(tbs.len()).any(|part| part == tbs));
    let tagging = read.tagging();
    let written = to_be_signed(read.claims(), tagging).expect("it was read");
    let message = sequence(&[&written, SM2_WITH_SM3, &octet_string(&[])]);
    let again = UnverifiedMessage::<B>::from_der(&message).expect("it was written");
    assert_eq!(again.claims(), read.claims());
    assert_eq!(again.tagging(), tagging);
    true
}
