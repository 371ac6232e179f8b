//! GCM and CCM: what is sealed is what RustCrypto's modes seal over their own cipher; it
//! opens, and with an octet changed it does not.
#![no_main]

use gm_crypto::sm4::{
    Ccm, Gcm,
    aead::{
        Aead, AeadCore, KeyInit, Nonce, Payload,
        consts::{U7, U8, U10, U12, U13, U16},
    },
};
use gm_pki_fuzz::{
    input::{Input, change},
    tally,
};
use libfuzzer_sys::fuzz_target;

type TheirGcm<N> = aes_gcm::AesGcm<sm4::Sm4, N>;
type TheirCcm<M, N> = ccm::Ccm<sm4::Sm4, M, N>;

fuzz_target!(|octets: &[u8]| {
    let mut input = Input::new(octets);
    let judged = input.octet().and_then(|kind| match kind % 6 {
        0 => judge::<Gcm<U12>, TheirGcm<U12>>(input),
        1 => judge::<Gcm<U16>, TheirGcm<U16>>(input),
        2 => judge::<Gcm<U8>, TheirGcm<U8>>(input),
        3 => judge::<Ccm<U16, U12>, TheirCcm<U16, U12>>(input),
        4 => judge::<Ccm<U8, U13>, TheirCcm<U8, U13>>(input),
        _ => judge::<Ccm<U10, U7>, TheirCcm<U10, U7>>(input),
    });
    tally(judged.is_some());
});

fn judge<Ours, Theirs>(mut input: Input<'_>) -> Option<()>
where
    Ours: Aead + KeyInit,
    Theirs: AeadCore<NonceSize = Ours::NonceSize> + Aead + KeyInit,
{
    let key = input.array::<16>()?;
    let mut nonce = Nonce::<Ours>::default();
    for octet in &mut nonce {
        *octet = input.octet()?;
    }
    let changes = input.array::<4>()?;
    let aad = input.counted()?;
    let msg = input.rest();
    let ours = Ours::new_from_slice(&key).expect("16 octets");
    let theirs = Theirs::new_from_slice(&key).expect("16 octets");

    let sealed = ours.encrypt(&nonce, Payload { msg, aad }).expect("short");
    let again = theirs.encrypt(&nonce, Payload { msg, aad });
    assert_eq!(sealed, again.expect("short"));
    let open = |nonce: &Nonce<Ours>, sealed: &[u8], aad: &[u8]| {
        ours.decrypt(nonce, Payload { msg: sealed, aad }).ok()
    };
    assert_eq!(open(&nonce, &sealed, aad).as_deref(), Some(msg));

    // An octet of the text or the tag, of the associated data, of the nonce.
    let [place, mask, other_place, other_mask] = changes;
    let mut changed = sealed.clone();
    change(&mut changed, [place, mask | 1]);
    assert_eq!(open(&nonce, &changed, aad), None);
    let mut changed = aad.to_vec();
    changed.push(0);
    assert_eq!(open(&nonce, &sealed, &changed), None);
    change(&mut changed, [other_place, other_mask | 1]);
    assert_eq!(open(&nonce, &sealed, &changed), None);
    let mut changed = nonce.clone();
    change(&mut changed, [other_place, mask | 1]);
    assert_eq!(open(&changed, &sealed, aad), None);
    for length in 0..sealed.len().min(20) {
        assert_eq!(open(&nonce, &sealed[..length], aad), None);
    }
    Some(())
}
