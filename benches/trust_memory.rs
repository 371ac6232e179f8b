//! The memory that a signed list takes when it is loaded, in all and for each entry: the octets
//! of the message, which are kept, and what was read from them.

mod lists;

use gm_pki_tests::heap::CountingHeap;
use lists::{Listed, now};
use std::{error::Error, time::Instant};
use trust_list::{list::UnverifiedList, path::ParsedCertificate};

#[global_allocator]
static HEAP: CountingHeap = CountingHeap::new();

fn main() -> Result<(), Box<dyn Error>> {
    let listed = Listed::new();
    let before = HEAP.used();
    let certificate = ParsedCertificate::from_der(&*listed.subscriber)?;
    let (octets, kept) = (certificate.der().len(), HEAP.used() - before);
    println!("a certificate of {octets} octets: kept {kept}");
    for entries in [100, 1_000, 10_000, 100_000] {
        let octets = listed.list(entries);
        let before = HEAP.used();
        let start = Instant::now();
        let (list, peak) = HEAP.peak_of(|| {
            let list = UnverifiedList::from_der(&*octets)?;
            list.verify(&listed.signer, now())
        });
        let (list, took) = (list?, start.elapsed());
        let kept = HEAP.used() - before;
        let length = octets.len();
        println!(
            "{entries} entries, {length} octets: loaded in {took:?}, at most {peak} octets of heap; \
             kept {kept}, for each entry {} with its part of the message and {} without",
            kept / entries,
            kept.saturating_sub(length) / entries,
        );
        drop(list);
    }
    Ok(())
}
