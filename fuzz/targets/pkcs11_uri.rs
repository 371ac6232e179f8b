//! Names of keys: what is read is written in one form, and never with its PIN.
#![no_main]

use gm_pki_fuzz::tally;
use hsm::{KeyUri, PinSource};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let text = str::from_utf8(octets).ok();
    let name = text.map(str::parse::<KeyUri>);
    tally(matches!(name, Some(Ok(_))));
    let (Some(text), Some(Ok(name))) = (text, name) else {
        return;
    };
    // A name is read as such on a command line, too.
    assert_eq!(KeyUri::from_argument(text).expect("read above"), name);
    let canonical = name.to_string();
    assert!(canonical.is_ascii());
    // What looks like one in the path is part of another attribute's value.
    let query = canonical.split_once('?').map_or("", |(_, query)| query);
    assert!(
        !query
            .split('&')
            .any(|attribute| attribute.starts_with("pin-value="))
    );
    // Encoding what did not need it may make the longest names too long.
    let again = match canonical.parse::<KeyUri>() {
        Ok(again) => again,
        Err(_) if canonical.len() > 8192 => return,
        Err(error) => panic!("{canonical}: {error}"),
    };
    assert_eq!(again.to_string(), canonical);
    match name.pin() {
        Some(PinSource::Value(_)) => assert_eq!(again.pin(), None),
        _ => assert_eq!(again, name),
    }
});
