//! The JSON of trust lists as a draft: what is read is written again, and that is read as the
//! same.
#![no_main]

use gm_pki_fuzz::tally;
use libfuzzer_sys::fuzz_target;
use trust_list::list::TrustListDraft;

fuzz_target!(|octets: &[u8]| {
    let draft = TrustListDraft::from_json(octets);
    tally(draft.is_ok());
    let Ok(draft) = draft else { return };
    let json = draft.to_json().expect("what was read can be written");
    let again = TrustListDraft::from_json(&json).expect("what was written can be read");
    assert_eq!(again.to_json().expect("it can be written again"), json);
});
