//! Trust lists. What starts like JSON is signed here with the publisher's key, so
//! that the reader behind the signature gets it; the rest is a signed message as it
//! comes.
#![no_main]

use gm_crypto::message::SignedDataDraft;
use gm_pki_fuzz::{
    parties::{CA, SUBSCRIBER, in_days, key, sign},
    tally,
};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;
use trust_list::list::{TrustListDraft, UnverifiedList};

fuzz_target!(|octets: &[u8]| {
    let message = match octets.first() {
        Some(b'{') => sign_json(octets),
        _ => Some(octets.to_vec()),
    };
    let list = message.and_then(|message| {
        let list = UnverifiedList::from_der(message).ok()?;
        list.verify(&SUBSCRIBER, in_days(1)).ok()
    });
    tally(list.is_some());
    let Some(list) = list else { return };
    for certificate in [&CA, &SUBSCRIBER] {
        let _ = list.recognised(certificate, in_days(1));
    }
    // What was read can be written and gives the next list, if there is a next number.
    let next = TrustListDraft::following(&list, in_days(1), in_days(8)).to_json();
    assert!(next.is_ok() || list.sequence() == (1 << 53) - 1, "{next:?}");
});

/// What is no JSON at all, no reader takes: it is not worth a signature.
fn sign_json(octets: &[u8]) -> Option<Vec<u8>> {
    serde_json::from_slice::<IgnoredAny>(octets).ok()?;
    let draft = SignedDataDraft::new(octets.to_vec(), &SUBSCRIBER).expect("our certificate");
    let signature = sign(&key("subscriber"), draft.tbs());
    Some(draft.attach(&signature).expect("a short message"))
}
