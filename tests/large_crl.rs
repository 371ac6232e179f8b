//! A CRL of a busy CA: written and read with little more memory than it has octets.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use cert_profile::{
    CertRequest, CrlDraft, CrlReader, Issuer, Prepared, Profile, Reason, RevokedEntry, lint,
};
use gm_pki_tests::heap::CountingHeap;
use hsm::{KeyHandle, SoftKey};
use x509_cert::{der::DateTime, serial_number::SerialNumber};

#[global_allocator]
static HEAP: CountingHeap = CountingHeap::new();

const ENTRIES: u64 = 100_000;

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn authority() -> (SoftKey, Issuer) {
    let key = SoftKey::generate().unwrap();
    let spki = key.public_key().decode_msg().unwrap();
    let request = CertRequest::new("CN=Root CA,O=Example,C=CN".parse().unwrap(), spki);
    let issuer = Issuer::self_signed(&request, key.algorithm());
    let profile = Profile::shipped("root-ca").unwrap();
    let serial = SerialNumber::new(&[0x5a; 16]).unwrap();
    let now = at("2026-07-01T08:00:00Z");
    let prepared = profile.prepare(&issuer, &request, &serial, now).unwrap();
    let signature = key.sign(prepared.tbs()).unwrap();
    let issuer = Issuer::from_certificate(&prepared.attach(&signature).unwrap()).unwrap();
    (key, issuer)
}

/// Serial numbers of 16 octets, in no order.
fn entry(index: u64) -> RevokedEntry {
    let scattered = u128::from(index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    let serial = SerialNumber::new(&(1 << 124 | scattered >> 8).to_be_bytes()).unwrap();
    RevokedEntry::new(serial, at("2026-07-01T12:00:00Z"), Reason::KeyCompromise)
}

fn prepared(issuer: &Issuer) -> Prepared {
    let (this, next) = (at("2026-07-02T00:00:00Z"), at("2026-07-03T00:00:00Z"));
    let draft = CrlDraft::new(issuer, 7u64, this, next);
    draft.prepare((0..ENTRIES).map(entry)).unwrap()
}

#[test]
fn a_long_list_takes_little_more_than_its_octets_to_write_and_nothing_to_read() {
    let (key, issuer) = authority();
    let (list, peak) = HEAP.peak_of(|| prepared(&issuer));
    let length = list.tbs().len();
    // 49 octets an entry; beside them the serial numbers are sorted in 24 each.
    assert!(length > 49 * 100_000);
    assert!(peak < length * 8 / 5, "{peak} octets to build {length}");

    // One by one they make the same list.
    let (this, next) = (at("2026-07-02T00:00:00Z"), at("2026-07-03T00:00:00Z"));
    let mut same = CrlDraft::new(&issuer, 7u64, this, next).begin().unwrap();
    for index in 0..ENTRIES {
        same.push(&entry(index)).unwrap();
    }
    assert!(same.finish().unwrap() == list);

    let signature = key.sign(list.tbs()).unwrap();
    let (der, peak) = HEAP.peak_of(|| list.attach(&signature).unwrap());
    assert!(peak < length + 4096, "{peak} octets to attach to {length}");

    let ((count, found), peak) = HEAP.peak_of(|| {
        let list = CrlReader::from_der(&der).unwrap();
        let entries = list.entries().map(|entry| entry.unwrap());
        let count = entries.filter(|entry| entry.reason().is_some()).count();
        let found = list.find(entry(ENTRIES - 1).serial()).unwrap();
        (count as u64, found.is_some())
    });
    assert_eq!((count, found), (ENTRIES, true));
    assert!(peak < 16_384, "{peak} octets to read");

    let (report, peak) = HEAP.peak_of(|| lint::crl(&der));
    assert_eq!(report.errors().count(), 0);
    assert!(peak < 25 * 100_000, "{peak} octets to ask the rules");
}
