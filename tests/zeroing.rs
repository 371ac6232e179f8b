//! Secrets leave nothing behind: neither where they lay, nor on the heap, nor in what
//! `Debug` prints.

#![allow(clippy::panic, reason = "a panic is how a test fails")]

use getrandom::SysRng;
use gm_crypto::{
    message::{
        self, Dialect, Partner,
        stream::{self, EnvelopeWriter, ExpectedSigners},
    },
    pki::{
        KeyFileParameters, PRIVATE_KEY_LABELS, decode_pem, decode_private_key,
        decode_private_key_encrypted, encode_pem, encode_private_key, encode_private_key_encrypted,
    },
    sm2::{
        EnvelopedKey, RawSignature, SecretKey, SigningKey, UserId,
        exchange::{Initiator, Responder},
    },
    sm3::{Sm3, digest::Digest},
    sm4::{
        Ccm, Ctr, Gcm, Sm4, Xts,
        cipher::{BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher},
    },
};
use gm_pki_tests::{
    parties::Party,
    remains::{WatchedHeap, before_and_after_drop},
};
use hmac::{Hmac, Mac};
use rand_core::{TryCryptoRng, TryRng};
use signature::Signer;
use std::{
    convert::Infallible,
    fmt::Debug,
    io::{Cursor, sink},
};
use zeroize::ZeroizeOnDrop;

#[global_allocator]
static HEAP: WatchedHeap = WatchedHeap::HEAP;

/// A scalar, and octets that no other value has by chance.
const D: [u8; 32] = *b"\x1f\xa7gm-pki: this scalar is mine!\x93\x5e";
const KEY: [u8; 16] = *b"\xc3\x11sixteen octets";
const MESSAGE: &[u8; 45] = b"\xe7\x02a plaintext that nobody else may ever see\x99\x81";

fn secret_key() -> SecretKey {
    SecretKey::from_bytes(&D).expect("it is in the range")
}

/// Numbers modulo the order n of the curve's group (GB/T 32918.5-2017), as eight
/// digits of 32 bits, the lowest first. Slow, simple, and not the crate's.
mod modulo_n {
    type Number = [u64; 8];

    const N: Number = [
        0x39D5_4123,
        0x53BB_F409,
        0x21C6_052B,
        0x7203_DF6B,
        0xFFFF_FFFF,
        0xFFFF_FFFF,
        0xFFFF_FFFF,
        0xFFFF_FFFE,
    ];

    pub(super) fn read(octets: &[u8; 32]) -> Number {
        let mut number = [0; 8];
        for (digit, octets) in number.iter_mut().zip(octets.rchunks(4)) {
            *digit = octets
                .iter()
                .fold(0, |sum, octet| sum << 8 | u64::from(*octet));
        }
        number
    }

    pub(super) fn write(number: &Number) -> [u8; 32] {
        let mut octets = [0; 32];
        for (digit, octets) in number.iter().zip(octets.rchunks_mut(4)) {
            octets.copy_from_slice(&digit.to_be_bytes()[4..]);
        }
        octets
    }

    /// left + right · factor, without its carry, and the carry: factor is 1 or −1.
    fn combine(left: &Number, right: &Number, subtract: bool) -> (Number, bool) {
        let (mut sum, mut carry) = ([0; 8], u64::from(subtract));
        for i in 0..8 {
            let digit = if subtract {
                right[i] ^ 0xFFFF_FFFF
            } else {
                right[i]
            };
            let digit = left[i] + digit + carry;
            sum[i] = digit & 0xFFFF_FFFF;
            carry = digit >> 32;
        }
        (sum, carry == 1)
    }

    pub(super) fn add(left: &Number, right: &Number) -> Number {
        let (sum, carry) = combine(left, right, false);
        let (reduced, no_borrow) = combine(&sum, &N, true);
        if carry || no_borrow { reduced } else { sum }
    }

    pub(super) fn subtract(left: &Number, right: &Number) -> Number {
        add(left, &combine(&N, right, true).0)
    }

    pub(super) fn multiply(left: &Number, right: &Number) -> Number {
        let mut product = [0; 8];
        for bit in (0..256).rev() {
            product = add(&product, &product);
            if right[bit / 32] >> (bit % 32) & 1 == 1 {
                product = add(&product, left);
            }
        }
        product
    }

    /// number^(n − 2).
    pub(super) fn invert(number: &Number) -> Number {
        let (exponent, _) = combine(&N, &read(&small(2)), true);
        let mut power = read(&small(1));
        for bit in (0..256).rev() {
            power = multiply(&power, &power);
            if exponent[bit / 32] >> (bit % 32) & 1 == 1 {
                power = multiply(&power, number);
            }
        }
        power
    }

    pub(super) fn small(value: u8) -> [u8; 32] {
        let mut octets = [0; 32];
        octets[31] = value;
        octets
    }

    /// number · 2^256, Montgomery's form.
    pub(super) fn montgomery(number: &Number) -> Number {
        (0..256).fold(*number, |doubled, _| add(&doubled, &doubled))
    }

    #[test]
    fn a_number_times_its_inverse_is_one() {
        let number = read(&super::D);
        assert_eq!(multiply(&number, &invert(&number)), read(&small(1)));
        assert_eq!(
            add(&subtract(&number, &read(&small(9))), &read(&small(9))),
            number
        );
        assert_eq!(write(&number), super::D);
    }
}

/// 1 / (1 + d), which a signing key keeps.
fn inverse() -> [u8; 32] {
    let one = modulo_n::read(&modulo_n::small(1));
    modulo_n::write(&modulo_n::invert(&modulo_n::add(&modulo_n::read(&D), &one)))
}

/// The forms in which a program may hold a scalar.
fn forms(scalar: &[u8; 32]) -> Vec<Vec<u8>> {
    let montgomery = modulo_n::write(&modulo_n::montgomery(&modulo_n::read(scalar)));
    let mut forms = Vec::new();
    for big_endian in [*scalar, montgomery] {
        let mut octets = big_endian.to_vec();
        forms.push(octets.clone());
        octets.reverse();
        forms.push(octets);
    }
    forms
}

fn contains(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

/// Each of `secrets` lies in `value` in one of its forms; of none are eight octets left.
#[track_caller]
fn assert_wiped<T>(value: T, secrets: &[[u8; 32]]) {
    let [before, after] = before_and_after_drop(value);
    for secret in secrets {
        let forms = forms(secret);
        assert!(
            forms.iter().any(|form| contains(&before, form)),
            "the secret is held in a form that this test does not know"
        );
        for piece in forms.iter().flat_map(|form| form.chunks_exact(8)) {
            assert!(!contains(&after, piece), "{piece:02x?} is left of a secret");
        }
    }
}

/// Of a value made from a secret, no eight octets that depend on the secret stay what
/// they were. Octets that are the same for two secrets are public; octets that two values
/// of one secret do not share are padding, as are seven beside a public one.
#[track_caller]
fn assert_all_wiped<T>(make: impl Fn(&[u8; 32]) -> T) {
    let [before, after] = before_and_after_drop(make(&D));
    let [again, _] = before_and_after_drop(make(&D));
    let [other, _] = before_and_after_drop(make(&inverse()));
    let is_secret = |place: usize| before[place] == again[place] && before[place] != other[place];
    let secret = (0..before.len()).filter(|place| is_secret(*place)).count();
    assert!(
        secret >= 14,
        "a secret of 16 octets was expected: {before:02x?}"
    );
    for start in (0..before.len() / 8).map(|chunk| 8 * chunk) {
        let chunk = start..start + 8;
        let left = after[chunk.clone()] == before[chunk.clone()];
        assert!(
            !(left && chunk.clone().all(is_secret)),
            "left as it was: {:02x?}",
            &before[chunk]
        );
    }
}

/// A key of SM4 of those 32 octets.
fn half(secret: &[u8; 32]) -> [u8; 16] {
    *secret.first_chunk().expect("32 octets")
}

#[test]
fn a_secret_key_is_wiped() {
    assert_wiped(secret_key(), &[D]);
    let key = secret_key();
    assert_wiped(key.clone(), &[D]);
    assert_wiped(key, &[D]);
    assert_wiped(secret_key().to_bytes(), &[D]);
}

#[test]
fn a_signing_key_is_wiped_with_its_inverse() {
    let key = SigningKey::new(secret_key(), UserId::default());
    let _ = key.sign(MESSAGE);
    assert_wiped(key, &[D, inverse()]);
}

/// What every hedged nonce begins with: a label, then the private key.
const NONCE_LABEL: &[u8; 32] = b"gm-pki: nonce of SM2, hedged, v1";

#[test]
fn a_signing_key_is_wiped_with_the_key_that_its_nonces_begin_with() {
    // In the hash the key is compressed: its state is what to look for.
    let state = |d: &[u8; 32]| -> Vec<u8> {
        let hash = Sm3::new_with_prefix(NONCE_LABEL).chain_update(d);
        before_and_after_drop(hash)[0].clone()
    };
    let (state, other) = (state(&D), state(&inverse()));
    let pieces: Vec<&[u8]> = (state.chunks_exact(8).zip(other.chunks_exact(8)))
        .filter_map(|(piece, other)| (piece != other).then_some(piece))
        .collect();
    assert!(pieces.len() >= 4, "a state has 32 octets");
    let key = SigningKey::new(secret_key(), UserId::default());
    let [before, after] = before_and_after_drop(key);
    for piece in pieces {
        assert!(contains(&before, piece), "the nonces begin otherwise");
        assert!(!contains(&after, piece), "{piece:02x?} is left");
    }
}

#[test]
fn keys_of_a_batch_are_wiped() {
    let mut octets = [0; 96];
    let Ok(()) = Counted(9).try_fill_bytes(&mut octets);
    let (scalars, []) = octets.as_chunks::<32>() else {
        panic!("three scalars");
    };
    let generate = || SecretKey::generate_batch(&mut Counted(9), 3).expect("the source works");
    for ((key, _), scalar) in generate().into_iter().zip(scalars) {
        assert_wiped(key, &[*scalar]);
    }
    let secrets: Vec<Vec<u8>> = scalars.iter().flat_map(forms).collect();
    assert_eq!(HEAP.watch(&secrets, || drop(generate())), 0);
}

/// What [`SigningKey::sign_digests`] takes from `random` for each of `digests`.
fn nonces(random: u8, digests: &[[u8; 32]]) -> Vec<[u8; 32]> {
    let mut octets = vec![0; 23 * digests.len()];
    let Ok(()) = Counted(random).try_fill_bytes(&mut octets);
    let nonce = |(random, e): (&[u8], &[u8; 32])| {
        let hash = Sm3::new_with_prefix(NONCE_LABEL).chain_update(D);
        hash.chain_update(random).chain_update(e).finalize().into()
    };
    octets.chunks_exact(23).zip(digests).map(nonce).collect()
}

#[test]
fn signing_many_leaves_no_nonce_on_the_heap() {
    let key = SigningKey::new(secret_key(), UserId::default());
    let digests = [1, 2, 3, 4, 5].map(|octet| [octet; 32]);
    let nonces = nonces(11, &digests);
    let sign = || key.sign_digests(&mut Counted(11), &digests);
    let signatures = sign().expect("the source works");
    // That these are the nonces: r = e + x of k·G.
    for ((e, k), signature) in digests.iter().zip(&nonces).zip(signatures) {
        let point = SecretKey::from_bytes(k).expect("in the range").public_key();
        let x = point.to_compressed()[1..].try_into().expect("32 octets");
        let r = modulo_n::add(&modulo_n::read(e), &modulo_n::read(&x));
        let raw = RawSignature::from(signature);
        assert_eq!(raw.as_bytes()[..32], modulo_n::write(&r));
    }
    let secrets: Vec<Vec<u8>> = nonces.iter().flat_map(forms).collect();
    assert_eq!(HEAP.watch(&secrets, || drop(sign())), 0);
    let mut secrets = forms(&D);
    secrets.extend(forms(&inverse()));
    let messages: [&[u8]; 9] = [b"message"; 9];
    let sign = || drop(key.sign_batch(&mut Counted(11), &messages));
    assert_eq!(HEAP.watch(&secrets, sign), 0);
}

#[test]
fn an_exchange_is_wiped_on_both_sides() {
    let own = SigningKey::new(secret_key(), UserId::new("one").expect("short"));
    let peer = SecretKey::from_bytes(&inverse()).expect("in the range");
    let peer = SigningKey::new(peer, UserId::new("other").expect("short"));
    let [mut r_a, mut r_b] = [[0; 32]; 2];
    let Ok(()) = Counted(21).try_fill_bytes(&mut r_a);
    let Ok(()) = Counted(22).try_fill_bytes(&mut r_b);
    let start = || Initiator::start(&mut Counted(21), &own).expect("the source works");
    let answer = |point: &_| {
        Responder::answer(&mut Counted(22), &peer, own.verifying_key(), point, 48)
            .expect("there is a common key")
    };
    assert_wiped(start().0, &[r_a]);

    let agree = || {
        let (initiator, point_a) = start();
        let (responder, point_b, s_b) = answer(&point_a);
        let (key, s_a) = initiator
            .confirm(peer.verifying_key(), &point_b, 48, &s_b)
            .expect("S_B fits");
        assert_eq!(key, responder.confirm(&s_a).expect("S_A fits"));
        key
    };
    let mut secrets: Vec<Vec<u8>> = [r_a, r_b, D].iter().flat_map(forms).collect();
    secrets.push(agree().to_vec());
    assert_eq!(HEAP.watch(&secrets, || drop(agree())), 0, "agreed");
    // Broken off: the key was there already.
    let break_off = || drop(answer(&start().1));
    assert_eq!(HEAP.watch(&secrets, break_off), 0, "broken off");
    let refuse = || {
        let (initiator, point) = start();
        let (responder, r_b, _) = answer(&point);
        assert!(responder.confirm(&[0; 32]).is_err());
        let confirmed = initiator.confirm(peer.verifying_key(), &r_b, 48, &[0; 32]);
        assert!(confirmed.is_err());
    };
    assert_eq!(HEAP.watch(&secrets, refuse), 0, "refused");
}

#[test]
fn a_block_cipher_is_wiped() {
    let cipher = |secret: &[u8; 32]| Sm4::new(&half(secret).into());
    assert_all_wiped(cipher);
    assert_all_wiped(|secret| {
        let cipher = cipher(secret);
        cipher.encrypt_block(&mut KEY.into());
        cipher
    });
}

#[test]
fn modes_are_wiped_with_what_they_keep() {
    assert_all_wiped(|secret| {
        let mut ctr = Ctr::new(&half(secret).into(), &[7; 16].into());
        ctr.apply_keystream(&mut [0; 5]);
        ctr
    });
    assert_all_wiped(|secret| <Gcm>::new(&half(secret).into()));
    assert_all_wiped(|secret| <Ccm>::new(&half(secret).into()));
    assert_all_wiped(Xts::ieee);
    assert_all_wiped(Xts::gb);
}

#[test]
fn a_hash_is_wiped_with_the_octets_that_wait_in_it() {
    let hash = |secret: &[u8; 32]| Sm3::new_with_prefix(secret);
    let [before, _] = before_and_after_drop(hash(&D));
    assert!(contains(&before, &D));
    assert_all_wiped(hash);
    assert_all_wiped(|secret| hash(secret).chain_update([0x5a; 100]));
}

#[test]
fn an_authenticator_is_wiped() {
    let hmac = |secret: &[u8; 32]| Hmac::<Sm3>::new_from_slice(secret).expect("any length");
    assert_all_wiped(hmac);
    assert_all_wiped(|secret| hmac(secret).chain_update(secret));
}

/// Values that say that they are wiped are what the tests above look at.
#[test]
fn the_types_say_that_they_are_wiped() {
    fn says<T: ZeroizeOnDrop>() {}
    says::<SecretKey>();
    says::<Sm4>();
    says::<Sm3>();
    says::<Gcm>();
    says::<Ccm>();
    says::<Ctr>();
    says::<Xts>();
}

/// Octets of its own, none of them twice.
struct Counted(u8);

impl TryRng for Counted {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut octets = [0; 4];
        self.try_fill_bytes(&mut octets)?;
        Ok(u32::from_le_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_le_bytes(octets))
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        for octet in octets {
            self.0 = self.0.wrapping_mul(5).wrapping_add(77);
            *octet = self.0;
        }
        Ok(())
    }
}

impl TryCryptoRng for Counted {}

#[test]
fn no_block_of_the_heap_is_given_back_with_a_text_that_went_by_in_it() {
    let (alice, bob) = (Party::new("alice"), Party::new("bob"));
    let partner = Partner::default();
    let recipients = [&bob.certificate[..]];
    // Longer than any buffer; and it could be a SET, so that its beginning is kept, or could
    // not.
    for (first, length) in [(0x31, 60_000), (0x31, 300_000), (0x30, 300_000)] {
        let mut text = vec![first];
        text.extend(MESSAGE.iter().cycle().take(length));
        let signer = || message::Signer::new(&alice.certificate).expect("a certificate");
        let (mut enveloped, mut both) = (Vec::new(), Vec::new());
        let content = || Cursor::new(&text);
        stream::encrypt(
            &mut SysRng,
            &partner,
            &recipients,
            content(),
            &mut enveloped,
        )
        .expect("a message");
        let rng = &mut SysRng;
        let (key, out) = (&alice.key, &mut both);
        stream::sign_and_encrypt(rng, &partner, signer(), key, &recipients, content(), out)
            .expect("a message");

        let works: [(&str, &dyn Fn()); _] = [
            ("signed", &|| {
                let rng = &mut SysRng;
                stream::sign_attached(rng, &partner, signer(), &alice.key, content(), sink())
                    .expect("a message");
            }),
            ("encrypted as it is written", &|| {
                let writer = EnvelopeWriter::indefinite(&mut SysRng, &partner, &recipients, sink());
                let mut writer = writer.expect("a message");
                for piece in text.chunks(1_000) {
                    writer.update(piece).expect("room");
                }
                writer.finish().expect("a message");
            }),
            ("encrypted as it is read", &|| {
                stream::encrypt(&mut SysRng, &partner, &recipients, content(), sink())
                    .expect("a message");
            }),
            ("given up", &|| {
                let writer = EnvelopeWriter::indefinite(&mut SysRng, &partner, &recipients, sink());
                let mut writer = writer.expect("a message");
                writer.update(&text[..50_000]).expect("room");
            }),
            ("decrypted", &|| {
                let message = &enveloped[..];
                let dialect = Dialect::Strict;
                stream::decrypt_unauthenticated(message, dialect, None, bob.secret(), sink())
                    .expect("a message to Bob");
            }),
            ("decrypted and verified", &|| {
                stream::decrypt_and_verify_then_release(
                    Cursor::new(&both),
                    Dialect::Strict,
                    None,
                    bob.secret(),
                    ExpectedSigners::One(&alice.certificate),
                    sink(),
                )
                .expect("a message of Alice's to Bob");
            }),
        ];
        for (name, work) in works {
            let found = HEAP.watch(&[MESSAGE.to_vec()], work);
            assert_eq!(found, 0, "{name}: blocks with the text");
        }
    }
}

#[test]
fn no_block_of_the_heap_is_given_back_with_a_secret_in_it() {
    let key = secret_key();
    let mut session = [0; 16];
    let Ok(()) = Counted(1).try_fill_bytes(&mut session);
    let mut secrets = forms(&D);
    secrets.extend(forms(&inverse()));
    secrets.extend([MESSAGE.to_vec(), KEY.to_vec(), session.to_vec()]);

    // That it would be seen, also in what a growing vector leaves.
    let dropped = HEAP.watch(&secrets, || drop(MESSAGE.to_vec()));
    assert_eq!(dropped, 1, "the heap is not watched");
    let grown = HEAP.watch(&secrets, || {
        let mut octets = Vec::with_capacity(40);
        octets.extend_from_slice(&D);
        octets.extend_from_slice(&[0; 100]);
        octets.fill(0);
    });
    assert_eq!(grown, 1, "the heap is not watched");

    let ciphertext = key.public_key().encrypt(&mut Counted(3), MESSAGE);
    let ciphertext = ciphertext.expect("the source does not fail");
    let envelope = EnvelopedKey::seal(&mut Counted(1), &key.public_key(), &key);
    let envelope = envelope.expect("the source does not fail");
    let plain = encode_private_key(&key);
    let pem = encode_pem("PRIVATE KEY", &plain);
    let mut parameters = KeyFileParameters::default();
    parameters.iterations = 1_000;
    let encrypt = || encode_private_key_encrypted(&mut Counted(4), &key, &KEY, parameters);
    let file = encrypt().expect("the source does not fail");

    let works: [(&str, &dyn Fn()); _] = [
        ("a signature", &|| {
            let signer = SigningKey::new(key.clone(), UserId::default());
            let _ = (signer.sign_hedged(&mut Counted(2), b"m"), signer.sign(b"m"));
        }),
        ("encryption", &|| {
            let _ = key.public_key().encrypt(&mut Counted(3), MESSAGE);
        }),
        ("decryption", &|| {
            let message = key.decrypt(&ciphertext).expect("it fits");
            assert_eq!(message[..], MESSAGE[..]);
        }),
        ("an envelope sealed", &|| {
            let _ = EnvelopedKey::seal(&mut Counted(1), &key.public_key(), &key);
        }),
        ("an envelope opened", &|| {
            let inside = envelope.open(&key).expect("it fits");
            assert_eq!(*inside.to_bytes(), D);
        }),
        ("PKCS#8 written", &|| {
            let _ = encode_private_key(&key);
        }),
        ("PKCS#8 read", &|| {
            let _ = decode_private_key(&plain).expect("it is a key");
        }),
        ("PEM read", &|| {
            let der = decode_pem(pem.as_bytes(), PRIVATE_KEY_LABELS).expect("it is PEM");
            assert_eq!(*der, *plain);
            let copied = decode_pem(&plain, PRIVATE_KEY_LABELS).expect("it is DER");
            assert_eq!(*copied, *plain);
        }),
        ("a key file written", &|| {
            let _ = encrypt().expect("the source does not fail");
        }),
        ("a key file read", &|| {
            let _ = decode_private_key_encrypted(&file, &KEY).expect("it is the password");
        }),
        ("an authenticator", &|| {
            let hmac = Hmac::<Sm3>::new_from_slice(&KEY).expect("any length");
            let _ = hmac.chain_update(MESSAGE).finalize();
        }),
    ];
    let leaks: Vec<String> = works
        .into_iter()
        .map(|(name, work)| (name, HEAP.watch(&secrets, work)))
        .filter(|(_, found)| *found != 0)
        .map(|(name, found)| format!("{name}: {found} blocks"))
        .collect();
    assert!(leaks.is_empty(), "given back unwiped: {leaks:?}");
}

/// The ways in which `Debug` could print octets: hexadecimal, and lists and numbers of
/// either base, four octets or more together.
fn printed(secret: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    for piece in secret.chunks_exact(8) {
        for piece in [piece.to_vec(), piece.iter().rev().copied().collect()] {
            let hexadecimal: String = piece.iter().map(|octet| format!("{octet:02x}")).collect();
            forms.extend([hexadecimal[..8].to_owned(), hexadecimal[8..].to_owned()]);
            forms.push(
                format!("{:?}", &piece[..4])
                    .trim_matches(['[', ']'])
                    .to_owned(),
            );
            forms.push(
                format!("{:#?}", &piece[..4])
                    .trim_matches(['[', ']', '\n'])
                    .to_owned(),
            );
            for octets in [&piece[..4], &piece[4..]] {
                let octets: [u8; 4] = octets.try_into().expect("four");
                forms.push(u32::from_be_bytes(octets).to_string());
            }
            let octets: [u8; 8] = piece.try_into().expect("eight");
            forms.push(u64::from_be_bytes(octets).to_string());
        }
    }
    forms
}

#[track_caller]
fn assert_silent(value: &dyn Debug, secrets: &[&[u8]]) {
    for text in [
        format!("{value:?}"),
        format!("{value:#?}"),
        format!("{value:x?}"),
    ] {
        let text = text.to_lowercase();
        for form in secrets.iter().flat_map(|secret| printed(secret)) {
            assert!(!text.contains(&form), "{form} stands in {text}");
        }
    }
}

#[test]
fn debug_prints_no_secret() {
    let secrets: Vec<Vec<u8>> = forms(&D).into_iter().chain(forms(&inverse())).collect();
    let secrets: Vec<&[u8]> = secrets.iter().map(Vec::as_slice).collect();
    assert_silent(&secret_key(), &secrets);
    assert_silent(&SigningKey::new(secret_key(), UserId::default()), &secrets);

    let signer = SigningKey::new(secret_key(), UserId::default());
    let (initiator, r_a) = Initiator::start(&mut Counted(31), &signer).expect("it works");
    let mut ephemeral = [0; 32];
    let Ok(()) = Counted(31).try_fill_bytes(&mut ephemeral);
    let ephemeral = forms(&ephemeral);
    let unheard: Vec<&[u8]> = (ephemeral.iter().map(Vec::as_slice))
        .chain(secrets.iter().copied())
        .collect();
    assert_silent(&initiator, &unheard);
    let (responder, ..) =
        Responder::answer(&mut Counted(31), &signer, signer.verifying_key(), &r_a, 32)
            .expect("there is a common key");
    let text = format!("{responder:?}");
    let key = responder.finish_unconfirmed();
    for form in printed(&key) {
        assert!(
            !text.to_lowercase().contains(&form),
            "{form} stands in {text}"
        );
    }

    // Round keys and states as they lie in memory are as secret as what they come from.
    let cipher = Sm4::new(&KEY.into());
    let [schedule, _] = before_and_after_drop(cipher.clone());
    assert_silent(&cipher, &[&KEY, &schedule]);
    assert_silent(&<Gcm>::from(cipher.clone()), &[&KEY, &schedule]);
    assert_silent(&<Ccm>::from(cipher), &[&KEY, &schedule]);
    assert_silent(&Ctr::new(&KEY.into(), &[7; 16].into()), &[&KEY, &schedule]);
    assert_silent(&Xts::ieee(&D), &[&D]);
    let hash = Sm3::new_with_prefix(MESSAGE);
    let [state, _] = before_and_after_drop(hash.clone());
    assert_silent(&hash, &[MESSAGE, &state[..32]]);
    let hmac = Hmac::<Sm3>::new_from_slice(&KEY).expect("any length");
    let [state, _] = before_and_after_drop(hmac.clone());
    assert_silent(&hmac, &[&KEY, &state]);
}

#[test]
fn what_is_printed_would_be_found() {
    struct Shown<T>(T, fn(&T, &mut std::fmt::Formatter<'_>) -> std::fmt::Result);
    impl<T> Debug for Shown<T> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.1(&self.0, f)
        }
    }
    let words = || {
        D.chunks_exact(8)
            .map(|word| u64::from_be_bytes(word.try_into().unwrap()))
    };
    let shown: [&dyn Debug; 5] = [
        &D,
        &words().collect::<Vec<_>>(),
        &D.chunks_exact(4)
            .map(|word| u32::from_le_bytes(word.try_into().unwrap()))
            .collect::<Vec<_>>(),
        &Shown(D, |d, f| {
            d.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
        }),
        &Shown(words().rev().collect::<Vec<_>>(), |words, f| {
            words
                .iter()
                .try_for_each(|word| write!(f, "0x{word:016x}, "))
        }),
    ];
    for value in shown {
        let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            assert_silent(value, &[&D]);
        }));
        assert!(found.is_err(), "not found in {value:?}");
    }
}
