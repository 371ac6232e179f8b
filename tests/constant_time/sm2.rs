//! SM2 with secret keys, secret nonces and secret messages.

use super::{Case, KnownRandom, SecretRandom, assert_secret, case, secret_octets};
use gm_crypto::{
    pki::encode_private_key,
    sm2::{
        Ciphertext, DerSignature, EnvelopedKey, PublicKey, SecretKey, SigningKey, UserId,
        VerifyingKey,
    },
};
use gm_pki_tests::memcheck::published;
use signature::{Signer, Verifier};
use std::hint::black_box;
use subtle::ConstantTimeEq;

pub(crate) const CASES: &[Case] = &[
    case("sm2: a key is generated", generate),
    case("sm2: a scalar is read, compared and written", scalar),
    case("sm2: a message is signed, hedged", sign_hedged),
    case("sm2: a message is signed, RFC 6979", sign_rfc6979),
    case("sm2: a digest is signed, RFC 6979", sign_digest),
    case("sm2: a message is encrypted", encrypt),
    case("sm2: a ciphertext is decrypted", decrypt),
    case("sm2: a false ciphertext is refused", refuse),
    case("sm2: a key is enveloped", seal),
    case("sm2: an envelope is opened", open),
    case("sm2: a key is written as PKCS#8", pkcs8),
];

const MESSAGE: &[u8] = b"a message that everybody knows";

/// A scalar that everybody knows, for the other side.
fn known_key() -> SecretKey {
    SecretKey::from_bytes(&[7; 32]).expect("it is in the range")
}

fn secret_key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(&secret_octets(seed)).expect("it is in the range")
}

/// The public half, which is given out.
fn public_key(key: &SecretKey) -> PublicKey {
    published(key.public_key())
}

fn generate() {
    let key = SecretKey::generate(&mut SecretRandom::new(1)).expect("the source does not fail");
    assert_secret(&*key.to_bytes());
    let _ = public_key(&key).to_uncompressed();
}

fn scalar() {
    let (one, other) = (secret_key(2), secret_key(3));
    let octets = one.to_bytes();
    assert_secret(&*octets);
    for (key, equal) in [(&one, 1), (&other, 0)] {
        assert_eq!(published(one.ct_eq(key).unwrap_u8()), equal);
    }
}

fn signer() -> SigningKey {
    SigningKey::new(secret_key(4), UserId::default())
}

/// A signature is given out; that it is one shows that the secret was used.
fn check(signer: &SigningKey, signature: DerSignature) {
    let signature = published(signature);
    VerifyingKey::new(known_half(signer.secret_key()), &UserId::default())
        .verify(MESSAGE, &signature)
        .expect("it is a signature");
}

fn sign_hedged() {
    let signer = signer();
    let signature = signer.sign_hedged(&mut SecretRandom::new(5), MESSAGE);
    check(&signer, signature.expect("the source does not fail"));
}

fn sign_rfc6979() {
    let signer = signer();
    check(&signer, signer.sign(MESSAGE));
}

fn sign_digest() {
    let signer = signer();
    let e = published(signer.verifying_key().za().digest(MESSAGE));
    check(&signer, signer.sign_digest(&e).expect("the key is sound"));
}

fn encrypt() {
    let key = known_key().public_key();
    let message = secret_octets::<40>(6);
    let ciphertext = key
        .encrypt(&mut SecretRandom::new(7), &message)
        .expect("the source does not fail");
    // C1 ‖ C3 ‖ C2, all of it given out.
    black_box(ciphertext.to_der());
    let octets: [u8; 65 + 32 + 40] = ciphertext.to_c1c3c2().try_into().expect("its length");
    let ciphertext = Ciphertext::from_c1c3c2(&published(octets)).expect("it is a ciphertext");
    let plain = known_key().decrypt(&ciphertext).expect("it fits");
    assert_eq!(plain[..], published(message));
}

/// The key's public half, from the scalar that memcheck takes for known.
fn known_half(key: &SecretKey) -> PublicKey {
    SecretKey::from_bytes(&published(*key.to_bytes()))
        .expect("it is in the range")
        .public_key()
}

fn ciphertext_to(recipient: &SecretKey) -> Vec<u8> {
    known_half(recipient)
        .encrypt(&mut KnownRandom::new(8), MESSAGE)
        .expect("the source does not fail")
        .to_c1c3c2()
}

fn decrypt() {
    let key = secret_key(9);
    let ciphertext = Ciphertext::from_c1c3c2(&ciphertext_to(&key)).expect("it is a ciphertext");
    let plain = key.decrypt(&ciphertext).expect("it fits");
    assert_secret(&plain);
    assert!(
        plain
            .iter()
            .map(|octet| published(*octet))
            .eq(MESSAGE.iter().copied())
    );
}

fn refuse() {
    let key = secret_key(10);
    let mut octets = ciphertext_to(&key);
    octets[70] ^= 1;
    let ciphertext = Ciphertext::from_c1c3c2(&octets).expect("it looks like a ciphertext");
    assert!(key.decrypt(&ciphertext).is_err());
}

fn seal() {
    let inside = secret_key(11);
    let sealed = EnvelopedKey::seal(
        &mut SecretRandom::new(12),
        &known_key().public_key(),
        &inside,
    )
    .expect("the source does not fail");
    assert_secret(sealed.encrypted_scalar());
    black_box(sealed.to_der());
}

fn open() {
    let (recipient, inside) = (secret_key(13), known_key());
    let envelope = EnvelopedKey::seal(&mut KnownRandom::new(14), &known_half(&recipient), &inside)
        .expect("the source does not fail");
    let key = envelope.open(&recipient).expect("it is for this key");
    assert_secret(&*key.to_bytes());
    assert_eq!(published(*key.to_bytes()), *inside.to_bytes());
}

fn pkcs8() {
    let place = encode_private_key(&known_key())
        .windows(32)
        .position(|octets| octets == [7; 32])
        .expect("the scalar stands in it");
    let der = encode_private_key(&secret_key(15));
    assert_secret(&der[place..place + 32]);
}
