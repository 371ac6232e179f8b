//! PKCS#12: whole files, and the bags of a file without a MAC.
#![no_main]

use gm_crypto::pki::{
    KeyFileParameters,
    pkcs12::{Pkcs12, Pkcs12Draft, Pkcs12Limits, Pkcs12Parameters},
};
use gm_pki_fuzz::{
    asn1::{DATA, explicit, integer, octet_string, sequence},
    parties::{Counter, PASSWORD},
    tally,
};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;

fuzz_target!(|octets: &[u8]| {
    // What starts as no file does is taken for the bags of one: a MAC would keep every
    // changed bag from being read.
    let file = match octets.split_first() {
        Some((0, bags)) => around(bags),
        _ => octets.to_vec(),
    };
    let limits = Pkcs12Limits::default().with_iterations(8_192);
    let read = Pkcs12::read_within(&file, PASSWORD, limits);
    tally(read.is_ok());
    let Ok(read) = read else { return };
    assert!(Pkcs12::recognises(&file));
    for pair in read.pairs() {
        assert!(!format!("{pair:?}").contains(&format!("{:?}", pair.key.key.to_bytes())));
    }
    for remark in read.remarks() {
        assert!(!remark.to_string().is_empty());
    }
    again(&read);
});

/// What is read is written, and read again it has the same keys and certificates.
fn again(read: &Pkcs12) {
    let mut draft = Pkcs12Draft::new();
    let mut keys = BTreeSet::new();
    for entry in read.keys() {
        let is_new = keys.insert(*entry.key.to_bytes());
        let added = draft.add_key(entry.key.clone(), entry.friendly_name.as_deref());
        assert_eq!(added.is_ok(), is_new, "a key is there once");
    }
    let mut certificates = BTreeSet::new();
    for entry in read.certificates() {
        if draft.add_certificate(&entry.der).is_ok() {
            certificates.insert(entry.der.clone());
        }
    }
    if keys.is_empty() && certificates.is_empty() {
        return;
    }
    let mut parameters = Pkcs12Parameters::default();
    parameters.encryption = few(parameters.encryption);
    parameters.mac_iterations = 1_000;
    let written = draft
        .write(&mut Counter::default(), PASSWORD, parameters)
        .expect("there is something in it");
    let read = Pkcs12::read(&written, PASSWORD).expect("we read what we write");
    let found: BTreeSet<[u8; 32]> = read.keys().iter().map(|e| *e.key.to_bytes()).collect();
    assert_eq!(found, keys);
    let found: BTreeSet<Vec<u8>> = read.certificates().iter().map(|e| e.der.clone()).collect();
    assert_eq!(found, certificates);
    assert!(Pkcs12::read(&written, b"another").is_err());
}

fn few(mut parameters: KeyFileParameters) -> KeyFileParameters {
    parameters.iterations = 1_000;
    parameters
}

/// A file without a MAC, its only part the bags in `octets` (RFC 7292, 4).
fn around(octets: &[u8]) -> Vec<u8> {
    let data = |octets: &[u8]| sequence(&[DATA, &explicit(0, &octet_string(octets))]);
    let parts = sequence(&[&data(&sequence(&[octets]))]);
    sequence(&[&integer(3), &data(&parts)])
}
