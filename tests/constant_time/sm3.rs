//! SM3 over secrets, and what stands on it.

use super::{Case, assert_secret, case, secret_octets};
use gm_crypto::sm3::{self, HkdfSm3, HmacSm3, digest::KeyInit};
use gm_pki_tests::memcheck::{published, publishing};
use hmac::Mac;

pub(crate) const CASES: &[Case] = &[
    case("sm3: a secret is hashed", digest),
    case("sm3: a key is derived from secrets", kdf),
    case("sm3: a message is authenticated", hmac),
    case("sm3: a false authenticator is refused", refuse),
    case("sm3: a password becomes a key", pbkdf2),
    case("sm3: a secret becomes keys", hkdf),
    case("sm3: many secrets are hashed at once", many),
];

fn digest() {
    let message = secret_octets::<200>(1);
    // Every length of the last block, and whole blocks before it.
    for length in (0..=128).chain([200]) {
        let digest = sm3::digest(&message[..length]);
        if length != 0 {
            assert_secret(&digest);
        }
    }
}

fn kdf() {
    let secret = secret_octets::<64>(2);
    // Enough blocks for eight lanes and some more.
    for length in [1, 32, 33, 8 * 32, 11 * 32 + 5] {
        let mut output = vec![0; length];
        sm3::kdf(&[&secret[..32], b"known", &secret[32..]], &mut output);
        assert_secret(&output);
        publishing(|| drop(output));
    }
}

fn authenticator(key: &[u8]) -> HmacSm3 {
    let hmac = HmacSm3::new_from_slice(key).expect("HMAC takes a key of any length");
    hmac.chain_update(secret_octets::<100>(3))
}

fn hmac() {
    // Shorter than a block, a block, and longer.
    let key = secret_octets::<100>(4);
    for length in [16, 32, 64, 100] {
        assert_secret(&authenticator(&key[..length]).finalize().into_bytes());
    }
}

fn refuse() {
    let key = secret_octets::<32>(5);
    // That it is refused is told to whoever asks.
    let tag = published(<[u8; 32]>::from(
        authenticator(&key).finalize().into_bytes(),
    ));
    let mut other = tag;
    other[31] ^= 1;
    for (tag, good) in [(tag, true), (other, false)] {
        let computed: [u8; 32] = authenticator(&key).finalize().into_bytes().into();
        let equal = subtle::ConstantTimeEq::ct_eq(&computed[..], &tag[..]);
        assert_eq!(published(equal.unwrap_u8()) == 1, good);
    }
}

fn pbkdf2() {
    let password = secret_octets::<12>(6);
    let mut key = [0; 48];
    sm3::pbkdf2(&password, b"salt", 3, &mut key);
    assert_secret(&key);
}

fn hkdf() {
    let key = HkdfSm3::new(Some(b"salt"), &secret_octets::<32>(7));
    let mut output = [0; 100];
    key.expand(b"known", &mut output)
        .expect("it is not too long");
    assert_secret(&output);
}

fn many() {
    let secret = secret_octets::<200>(8);
    // Lengths that end in different blocks, and more messages than lanes.
    let messages: Vec<&[u8]> = (1..=19).map(|i| &secret[..i * 10]).collect();
    let mut digests = [[0; 32]; 19];
    sm3::digest_many(&messages, &mut digests);
    assert_secret(digests.as_flattened());
    let messages = [&secret[..100]; 8];
    sm3::digest_many(&messages, &mut digests[..8]);
    assert_secret(digests[..8].as_flattened());
}
