//! GM/T 0010 signed messages.
#![no_main]

use gm_crypto::message::UnverifiedSignedData;
use gm_pki_fuzz::{parties::SUBSCRIBER, tally};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let message = UnverifiedSignedData::from_der(octets);
    tally(message.is_ok());
    let Ok(message) = message else { return };
    let own = message.certificates().first().cloned();
    let _ = message.verify(own.as_deref().unwrap_or(&SUBSCRIBER));
});
