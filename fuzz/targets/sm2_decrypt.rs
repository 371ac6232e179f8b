//! Ciphertexts from outside, and good ones with an octet changed: opened as upstream
//! opens them, or not at all.
#![no_main]

use gm_crypto::sm2::{Ciphertext, SecretKey};
use gm_pki_fuzz::{
    input::{Input, change},
    parties::{Counter, key},
    tally, upstream,
};
use libfuzzer_sys::fuzz_target;
use sm2::pke::DecryptingKey;
use std::sync::LazyLock;

static KEY: LazyLock<SecretKey> = LazyLock::new(|| key("subscriber").secret_key().clone());
static THEIRS: LazyLock<DecryptingKey> =
    LazyLock::new(|| DecryptingKey::new(upstream::secret_key(&KEY)));

fuzz_target!(|octets: &[u8]| {
    let mut input = Input::new(octets);
    let (cipher, text) = match input.octet().map(|kind| kind % 3) {
        Some(0) => (Ciphertext::from_der(input.rest()).ok(), None),
        Some(1) => (raw(input.rest()), None),
        _ => made_and_changed(input).unwrap_or_default(),
    };
    tally(cipher.is_some());
    let Some(cipher) = cipher else { return };
    assert_eq!(
        Ciphertext::from_der(&cipher.to_der()).ok().as_ref(),
        Some(&cipher)
    );
    let opened = KEY.decrypt(&cipher).ok();
    let theirs = THEIRS.decrypt(&cipher.to_c1c3c2()).ok();
    assert_eq!(opened.as_ref().map(|text| &text[..]), theirs.as_deref());
    if let Some(text) = text {
        assert_eq!(opened.map(|opened| opened.to_vec()), text);
    }
});

/// What we read, upstream reads; what upstream reads with a text in it, we read, if the
/// point is not compressed.
fn raw(octets: &[u8]) -> Option<Ciphertext> {
    let ours = Ciphertext::from_c1c3c2(octets).ok();
    let theirs = sm2::pke::Cipher::<sm2::Sm2>::from_slice(octets, sm2::pke::Mode::C1C3C2);
    let readable = theirs.is_ok_and(|cipher| !cipher.c2().is_empty() && octets[0] == 4);
    assert_eq!(ours.is_some(), readable);
    ours
}

/// A ciphertext, and what it has to give: `None` behind the first `Some` is nothing.
type Made = (Option<Ciphertext>, Option<Option<Vec<u8>>>);

fn made_and_changed(mut input: Input<'_>) -> Option<Made> {
    let at = input.array()?;
    let text = input.rest();
    let cipher = KEY
        .public_key()
        .encrypt(&mut Counter::default(), text)
        .ok()?;
    let made = cipher.to_c1c3c2();
    let mut changed = made.clone();
    change(&mut changed, at);
    let expected = (changed == made).then(|| text.to_vec());
    Some((Ciphertext::from_c1c3c2(&changed).ok(), Some(expected)))
}
