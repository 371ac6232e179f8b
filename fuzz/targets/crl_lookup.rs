//! Two readers of revocation lists: one makes an index, one goes through the entries. What they
//! say of every serial number that is listed, and of its neighbours, is the same.
#![no_main]

use cert_profile::CrlReader;
use gm_pki_fuzz::tally;
use libfuzzer_sys::fuzz_target;
use trust_list::path::ParsedCrl;

fuzz_target!(|octets: &[u8]| {
    let (Ok(index), Ok(reader)) = (ParsedCrl::from_der(octets), CrlReader::from_der(octets)) else {
        return;
    };
    let Ok(entries) = reader.entries().collect::<Result<Vec<_>, _>>() else {
        return;
    };
    tally(!entries.is_empty());
    assert_eq!(index.len(), entries.len());
    // The earliest of those that revoke, before any that takes back.
    let read = |serial: &[u8]| {
        let same = entries.iter().filter(|entry| entry.serial() == serial);
        same.map(|entry| (entry.reason().is_none(), entry.revoked_at()))
            .min()
    };
    for entry in entries.iter().take(64) {
        let mut next = entry.serial().to_vec();
        if let Some(last) = next.last_mut() {
            *last = last.wrapping_add(1);
        }
        for serial in [entry.serial(), &next, &entry.serial()[1..]] {
            let found = index.find(serial).map(|found| (found.removed, found.date));
            assert_eq!(found, read(serial));
        }
    }
});
