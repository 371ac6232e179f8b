//! National lists in XML: whatever comes, an answer, and standings in their order.
#![no_main]

use gm_pki_fuzz::tally;
use libfuzzer_sys::fuzz_target;
use trust_list::etsi::UncheckedXmlList;

fuzz_target!(|octets: &[u8]| {
    let list = UncheckedXmlList::from_xml(octets);
    tally(list.is_ok());
    let Ok(list) = list else { return };
    for (_, service) in list.services() {
        let standings = service.standings();
        assert!(standings.is_sorted_by_key(|status| status.from));
        for status in &standings {
            let then = service.status_at(status.from).expect("it has begun");
            assert_eq!(then.from, status.from);
            let intervals = service.intervals(|one| one.uri == then.uri);
            assert!(intervals.contains(status.from));
        }
    }
});
