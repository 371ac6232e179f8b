//! SM2 with secret keys, secret nonces and secret messages.

use super::{Case, KnownRandom, SecretRandom, assert_secret, case, secret_octets};
use gm_crypto::{
    pki::{KeyFileParameters, encode_private_key, encode_private_key_encrypted},
    sm2::{
        Ciphertext, DerSignature, EnvelopedKey, LegacyCiphertext, PublicKey, SecretKey, SigningKey,
        UserId, VerifyingKey,
        exchange::{Initiator, Responder},
    },
};
use gm_pki_tests::memcheck::{published, publishing, secret};
use signature::{Signer, Verifier};
use std::hint::black_box;
use subtle::ConstantTimeEq;

pub(crate) const CASES: &[Case] = &[
    case("sm2: a key is generated", generate),
    case("sm2: many keys are generated", generate_batch),
    case("sm2: a scalar is read, compared and written", scalar),
    case("sm2: a message is signed, hedged", sign_hedged),
    case("sm2: a message is signed, RFC 6979", sign_rfc6979),
    case("sm2: a digest is signed, hedged", sign_digest_hedged),
    case("sm2: a digest is signed, RFC 6979", sign_digest),
    case(
        "sm2: a signature is verified before it is given out",
        sign_with_check,
    ),
    case("sm2: many messages are signed", sign_batch),
    case("sm2: many digests are signed", sign_digests),
    case(
        "sm2: a key is agreed and confirmed, by its initiator",
        initiate,
    ),
    case(
        "sm2: a key is agreed and confirmed, by its responder",
        respond,
    ),
    case(
        "sm2: a key is agreed without confirmation",
        agree_unconfirmed,
    ),
    case("sm2: a false confirmation is refused", refuse_confirmation),
    case("sm2: a message is encrypted", encrypt),
    case("sm2: a ciphertext is decrypted", decrypt),
    case(
        "sm2: a ciphertext of the old order is decrypted",
        decrypt_legacy,
    ),
    case("sm2: a false ciphertext is refused", refuse),
    case("sm2: a ciphertext is opened with x2 alone", open_with_x),
    case("sm2: a key is enveloped", seal),
    case("sm2: an envelope is opened", open),
    case("sm2: a key is written as PKCS#8", pkcs8),
    case("sm2: a key file is written under a password", key_file),
];

const MESSAGE: &[u8] = b"a message that everybody knows";

/// A scalar that everybody knows, for the other side.
fn known_key() -> SecretKey {
    SecretKey::from_bytes(&[7; 32]).expect("it is in the range")
}

fn secret_key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(&secret_octets(seed)).expect("it is in the range")
}

/// The crate has declassified the public half: that it can be written and compared
/// shows that, and that it belongs to the scalar.
fn assert_public_half(key: &SecretKey, public: &PublicKey) {
    assert_secret(&*key.to_bytes());
    assert_eq!(*public, known_half(key));
    black_box([&public.to_uncompressed()[..], &public.to_compressed()[..]]);
}

fn generate() {
    let key = SecretKey::generate(&mut SecretRandom::new(1)).expect("the source does not fail");
    assert_public_half(&key, &key.public_key());
}

fn generate_batch() {
    for count in [0, 1, 5] {
        let keys = SecretKey::generate_batch(&mut SecretRandom::new(16), count);
        let keys = keys.expect("the source does not fail");
        assert_eq!(keys.len(), count);
        for (key, public) in &keys {
            assert_public_half(key, public);
        }
    }
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

/// The crate has declassified the signature, so it is checked as it came; that it fits
/// shows that the secret was used.
fn check(signer: &SigningKey, message: &[u8], signature: &DerSignature) {
    VerifyingKey::new(known_half(signer.secret_key()), &UserId::default())
        .verify(message, signature)
        .expect("it is a signature");
}

fn sign_hedged() {
    let signer = signer();
    let signature = signer.sign_hedged(&mut SecretRandom::new(5), MESSAGE);
    check(
        &signer,
        MESSAGE,
        &signature.expect("the source does not fail"),
    );
}

fn sign_rfc6979() {
    let signer = signer();
    check(&signer, MESSAGE, &signer.sign(MESSAGE));
}

/// e of the message: it comes from the public half alone.
fn digest_of(signer: &SigningKey, message: &[u8]) -> [u8; 32] {
    signer.verifying_key().za().digest(message)
}

fn sign_digest_hedged() {
    let signer = signer();
    let e = digest_of(&signer, MESSAGE);
    let signature = signer.sign_digest_hedged(&mut SecretRandom::new(17), &e);
    check(
        &signer,
        MESSAGE,
        &signature.expect("the source does not fail"),
    );
}

fn sign_digest() {
    let signer = signer();
    let signature = signer.sign_digest(&digest_of(&signer, MESSAGE));
    check(&signer, MESSAGE, &signature.expect("nothing is checked"));
}

fn sign_with_check() {
    let signer = signer().with_check();
    check(&signer, MESSAGE, &signer.sign(MESSAGE));
    let signature = signer.sign_hedged(&mut SecretRandom::new(18), MESSAGE);
    check(
        &signer,
        MESSAGE,
        &signature.expect("the source does not fail"),
    );
}

/// More than SM3 takes at once.
fn messages() -> Vec<[u8; 70]> {
    (0..9).map(|octet| [octet; 70]).collect()
}

fn sign_batch() {
    let (signer, messages) = (signer(), messages());
    let messages: Vec<&[u8]> = messages.iter().map(<[u8; 70]>::as_slice).collect();
    let signatures = signer.sign_batch(&mut SecretRandom::new(19), &messages);
    let signatures = signatures.expect("the source does not fail");
    assert_eq!(signatures.len(), messages.len());
    for (message, signature) in messages.iter().zip(&signatures) {
        check(&signer, message, signature);
    }
}

fn sign_digests() {
    let (signer, messages) = (signer(), messages());
    let digests: Vec<[u8; 32]> = messages
        .iter()
        .map(|message| digest_of(&signer, message))
        .collect();
    let signatures = signer.sign_digests(&mut SecretRandom::new(20), &digests);
    let signatures = signatures.expect("the source does not fail");
    for (message, signature) in messages.iter().zip(&signatures) {
        check(&signer, message, signature);
    }
    let none = signer.sign_digests(&mut SecretRandom::new(20), &[]);
    assert!(none.expect("the source does not fail").is_empty());
}

/// The other side of an exchange: all that it has is known.
fn known_party() -> SigningKey {
    SigningKey::new(
        known_key(),
        UserId::new("the other side").expect("it is short"),
    )
}

/// A key of more than one block of the key derivation.
const AGREED: usize = 48;

fn initiate() {
    let (own, peer) = (signer(), known_party());
    let (initiator, r_a) =
        Initiator::start(&mut SecretRandom::new(21), &own).expect("the source does not fail");
    let (responder, r_b, s_b) = Responder::answer(
        &mut KnownRandom::new(22),
        &peer,
        own.verifying_key(),
        &r_a,
        AGREED,
    )
    .expect("there is a common key");
    // What the other side has computed depends on R_A alone, which was given out.
    let (key, s_a) = initiator
        .confirm(peer.verifying_key(), &r_b, AGREED, &s_b)
        .expect("S_B fits");
    assert_secret(&key);
    assert_secret(&s_a);
    let same = responder.confirm(&published(s_a)).expect("S_A fits");
    assert_published(&key, &same);
}

fn respond() {
    let (own, peer) = (signer(), known_party());
    let (initiator, r_a) =
        Initiator::start(&mut KnownRandom::new(23), &peer).expect("the source does not fail");
    let (responder, r_b, s_b) = Responder::answer(
        &mut SecretRandom::new(24),
        &own,
        peer.verifying_key(),
        &r_a,
        AGREED,
    )
    .expect("there is a common key");
    assert_secret(&s_b);
    let (same, s_a) = initiator
        .confirm(own.verifying_key(), &r_b, AGREED, &published(s_b))
        .expect("S_B fits");
    let key = responder.confirm(&s_a).expect("S_A fits");
    assert_secret(&key);
    assert_published(&key, &same);
}

fn agree_unconfirmed() {
    let (own, peer) = (signer(), known_party());
    let (initiator, r_a) =
        Initiator::start(&mut SecretRandom::new(25), &own).expect("the source does not fail");
    let (responder, r_b, _) = Responder::answer(
        &mut SecretRandom::new(26),
        &peer,
        own.verifying_key(),
        &r_a,
        AGREED,
    )
    .expect("there is a common key");
    let key = initiator
        .finish_unconfirmed(peer.verifying_key(), &r_b, AGREED)
        .expect("there is a common key");
    assert_secret(&key);
    let same = responder.finish_unconfirmed();
    assert_secret(&same);
    assert_published(&key, &same);
}

fn refuse_confirmation() {
    let (own, peer) = (signer(), known_party());
    let (initiator, r_a) =
        Initiator::start(&mut SecretRandom::new(27), &own).expect("the source does not fail");
    let (responder, r_b, mut s_b) = Responder::answer(
        &mut SecretRandom::new(28),
        &peer,
        own.verifying_key(),
        &r_a,
        AGREED,
    )
    .expect("there is a common key");
    s_b[31] ^= 1;
    let refused = initiator.confirm(peer.verifying_key(), &r_b, AGREED, &s_b);
    assert!(refused.is_err());
    assert!(responder.confirm(&[7; 32]).is_err());
}

/// Both are secret, and the same.
fn assert_published(one: &[u8], other: &[u8]) {
    let [one, other] = [one, other]
        .map(|octets| -> Vec<u8> { octets.iter().map(|octet| published(*octet)).collect() });
    assert_eq!(one, other);
}

fn encrypt() {
    let key = known_key().public_key();
    let message = secret_octets::<40>(6);
    let ciphertext = key
        .encrypt(&mut SecretRandom::new(7), &message)
        .expect("the source does not fail");
    // C1 ‖ C3 ‖ C2, all of it given out.
    let octets: [u8; 65 + 32 + 40] = publishing(|| {
        black_box(ciphertext.to_der());
        let octets = ciphertext.to_c1c3c2();
        drop(ciphertext);
        octets.try_into().expect("its length")
    });
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
    assert_published(&plain, MESSAGE);
}

fn decrypt_legacy() {
    let key = secret_key(29);
    let octets = ciphertext_to(&key);
    let (c1, rest) = octets.split_at(PublicKey::LENGTH);
    let (c3, c2) = rest.split_at(32);
    let legacy = LegacyCiphertext::from_c1c2c3(&[c1, c2, c3].concat()).expect("it is one");
    let plain = key.decrypt(&legacy.into()).expect("it fits");
    assert_secret(&plain);
    assert_published(&plain, MESSAGE);
}

fn refuse() {
    let key = secret_key(10);
    let mut octets = ciphertext_to(&key);
    octets[70] ^= 1;
    let ciphertext = Ciphertext::from_c1c3c2(&octets).expect("it looks like a ciphertext");
    assert!(key.decrypt(&ciphertext).is_err());
}

/// With d = 1 the shared point is C1.
fn open_with_x() {
    let mut one = [0; 32];
    one[31] = 1;
    let one = SecretKey::from_bytes(&one).expect("it is in the range");
    // Both signs of y2.
    for seed in 0..8 {
        let ciphertext = one
            .public_key()
            .encrypt(&mut KnownRandom::new(30 + seed), MESSAGE)
            .expect("the source does not fail");
        let c1 = ciphertext.c1().to_uncompressed();
        let x2 = secret(*c1[1..].first_chunk::<32>().expect("x has 32 octets"));
        let plain = ciphertext.open_with_shared_x(&x2).expect("it fits");
        assert_secret(&plain);
        assert_published(&plain, MESSAGE);
    }
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
    publishing(|| {
        black_box(sealed.to_der());
        drop(sealed);
    });
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

fn key_file() {
    let key = secret_key(30);
    let mut parameters = KeyFileParameters::default();
    parameters.iterations = 1_000;
    // Salt and start are written into the file.
    let random = &mut KnownRandom::new(31);
    let password = secret_octets::<12>(32);
    publishing(|| {
        let der = encode_private_key_encrypted(random, &key, &password, parameters);
        let der = der.expect("the source does not fail");
        assert_secret(&der[der.len() - 128..]);
    });
}
