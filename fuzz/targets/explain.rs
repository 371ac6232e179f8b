//! Whatever a person asks about: it is said in lines that a terminal can show, and no
//! secret is among them.
#![no_main]

use gm_crypto::explain::{Context, Encoding, Explanation, explain};
use gm_pki_fuzz::{
    parties::{CA, PASSWORD, key},
    takes_long, tally,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// The subscriber's private key in hexadecimal, which no explanation may have.
static SECRET: LazyLock<String> = LazyLock::new(|| {
    let secret = key("subscriber").secret_key().to_bytes();
    secret.iter().map(|octet| format!("{octet:02x}")).collect()
});

/// Lines of a screen with room for a long one that is folded.
const SCREEN: usize = 120;
/// Lines of the longest explanation in full.
const FULL: usize = 40_000;

fuzz_target!(|octets: &[u8]| {
    let context = Context::new().issuer(&CA).content(b"content of a message");
    let context = if takes_long(octets) {
        context
    } else {
        context.password(PASSWORD)
    };
    let brief = explain(octets, &context);
    let full = explain(octets, &context.clone().full());
    tally(!brief.has_failed());
    assert!(!brief.parts().is_empty());
    assert_eq!(brief.has_failed(), full.has_failed());
    shown(&brief, SCREEN);
    let text = shown(&full, FULL);
    // The same again: nothing depends on anything else.
    assert_eq!(explain(octets, &context.full()).to_string(), text);
    // The name of an encoding is for a person, too.
    let _: Encoding = brief.encoding();
});

fn shown(explanation: &Explanation, limit: usize) -> String {
    let text = explanation.to_string();
    let lines = text.lines().count();
    assert!((1..=limit).contains(&lines), "{lines} lines");
    // Names that a stranger chose could write to the terminal otherwise.
    let strange = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(strange, None, "{text:?}");
    let shown = text.to_lowercase().contains(&*SECRET);
    assert!(!shown, "the key is shown");
    text
}
