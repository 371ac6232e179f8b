//! Revocation lists: the rules, parse, look up, check the signature; entry by entry, and what
//! is read is written again.
#![no_main]

use cert_profile::{CrlReader, lint};
use der::referenced::OwnedToRef;
use gm_crypto::pki::Sm2Sm3;
use gm_pki_fuzz::{
    parties::{key, public_half},
    tally,
};
use libfuzzer_sys::fuzz_target;
use spki::SubjectPublicKeyInfoOwned;
use std::sync::LazyLock;
use trust_list::path::ParsedCrl;

static CA_KEY: LazyLock<SubjectPublicKeyInfoOwned> = LazyLock::new(|| public_half(&key("ca")));

fuzz_target!(|octets: &[u8]| {
    lint::crl(octets);
    let reader = CrlReader::from_der(octets);
    let crl = ParsedCrl::from_der(octets);
    tally(crl.is_ok() || reader.is_ok());
    if let Ok(reader) = &reader {
        let entries: Vec<_> = reader.entries().collect();
        // An entry has five octets at least; after one that can't be read there is none.
        assert!(entries.len() <= octets.len() / 5);
        let (last, others) = entries
            .split_last()
            .map_or((None, &[][..]), |(last, others)| (Some(last), others));
        assert!(others.iter().all(Result::is_ok));
        for entry in others.iter().chain(last).flatten().take(16) {
            let Ok(owned) = entry.to_owned() else {
                continue;
            };
            let found = reader
                .find(owned.serial())
                .expect("those before it are read");
            assert_eq!(found.map(|found| found.serial()), Some(entry.serial()));
        }
        let _ = reader.verify(CA_KEY.owned_to_ref(), &[&Sm2Sm3::default()]);
    }
    let Ok(crl) = crl else { return };
    if let Ok(reader) = reader
        && reader.entries().all(|entry| entry.is_ok())
    {
        assert_eq!(reader.entries().count(), crl.len());
        assert_eq!(reader.this_update(), crl.this_update());
    }
    assert_eq!(crl.der(), octets);
    for serial in 0..16 {
        let _ = crl.find(&[serial]);
    }
    let _ = crl.verify_signature(CA_KEY.owned_to_ref(), &[&Sm2Sm3::default()]);
});
