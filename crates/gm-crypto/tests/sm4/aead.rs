use super::{block, hexadecimal, octets};
use aead::{Aead, AeadInOut, KeyInit, Nonce, Payload, Tag, inout::InOutBuf};
use aes_gcm::AesGcm;
use cipher::consts::{U1, U4, U7, U8, U12, U13, U14, U15, U16, U17, U64};
use gm_crypto::sm4::{Ccm, Gcm};
use proptest::prelude::*;

const KEY: &str = "0123456789abcdeffedcba9876543210";
const NONCE: &str = "00001234567800000000abcd";
const ASSOCIATED: &str = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
const PLAIN: &str = "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd\
                     eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa";

fn example_of_rfc_8998<A: Aead + KeyInit>(expected: &str) {
    let cipher = A::new_from_slice(&hexadecimal(KEY)).unwrap();
    let nonce = Nonce::<A>::try_from(&hexadecimal(NONCE)[..]).unwrap();
    let (plain, associated) = (hexadecimal(PLAIN), hexadecimal(ASSOCIATED));
    let payload = |msg| Payload {
        msg,
        aad: &associated,
    };
    let sealed = cipher.encrypt(&nonce, payload(&plain)).unwrap();
    assert_eq!(sealed, hexadecimal(expected));
    assert_eq!(cipher.decrypt(&nonce, payload(&sealed)).unwrap(), plain);
}

// RFC 8998, A.1.
#[test]
fn gcm_gives_the_example_of_rfc_8998() {
    example_of_rfc_8998::<Gcm>(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
         d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d\
         83de3541e4c2b58177e065a9bf7b62ec",
    );
}

// RFC 8998, A.2.
#[test]
fn ccm_gives_the_example_of_rfc_8998() {
    example_of_rfc_8998::<Ccm>(
        "48af93501fa62adbcd414cce6034d895dda1bf8f132f042098661572e7483094\
         fd12e518ce062c98acee28d95df4416bed31a2f04476c18bb40c84a74b97dc5b\
         16842d4fa186f56ab33256971fa110f4",
    );
}

/// The same ciphertext and tag as the oracle, in place and elsewhere, and back.
fn agrees<Ours, Oracle>(key: [u8; 16], nonce: &[u8], associated: &[u8], plain: &[u8])
where
    Ours: AeadInOut + KeyInit,
    Oracle: AeadInOut + KeyInit,
{
    let ours = Ours::new_from_slice(&key).unwrap();
    let oracle = Oracle::new_from_slice(&key).unwrap();
    let our_nonce = Nonce::<Ours>::try_from(nonce).unwrap();
    let nonce = Nonce::<Oracle>::try_from(nonce).unwrap();
    let length = plain.len();

    let mut expected = plain.to_vec();
    let expected_tag = oracle
        .encrypt_inout_detached(&nonce, associated, InOutBuf::from(&mut expected[..]))
        .unwrap();

    let mut in_place = plain.to_vec();
    let tag = ours
        .encrypt_inout_detached(&our_nonce, associated, InOutBuf::from(&mut in_place[..]))
        .unwrap();
    assert_eq!(in_place, expected, "{length} in place");
    assert_eq!(tag[..], expected_tag[..], "{length} tag");

    let mut elsewhere = vec![0; length];
    let buffers = InOutBuf::new(plain, &mut elsewhere).unwrap();
    let tag = ours
        .encrypt_inout_detached(&our_nonce, associated, buffers)
        .unwrap();
    assert_eq!(elsewhere, expected, "{length} elsewhere");
    assert_eq!(tag[..], expected_tag[..], "{length} tag elsewhere");

    let buffers = InOutBuf::new(&expected, &mut elsewhere).unwrap();
    ours.decrypt_inout_detached(&our_nonce, associated, buffers, &tag)
        .unwrap();
    assert_eq!(elsewhere, plain, "{length} back elsewhere");
    let buffers = InOutBuf::from(&mut in_place[..]);
    ours.decrypt_inout_detached(&our_nonce, associated, buffers, &tag)
        .unwrap();
    assert_eq!(in_place, plain, "{length} back in place");
}

type OracleGcm<Nonce, Tag = U16> = AesGcm<sm4::Sm4, Nonce, Tag>;

#[test]
fn gcm_of_any_length_is_the_oracles() {
    for length in 0..=1100 {
        let plain = octets(length as u64, length);
        let associated = octets(7, length * 5 % 300);
        agrees::<Gcm, OracleGcm<U12>>(block(1), &block(2)[..12], &associated, &plain);
    }
    // More than one chunk, and not a multiple of it.
    for length in [2047, 2048, 2049, 4096, 10_007] {
        let plain = octets(length as u64, length);
        agrees::<Gcm, OracleGcm<U12>>(block(1), &block(2)[..12], &plain, &plain);
    }
}

#[test]
fn gcm_takes_nonces_and_tags_of_other_sizes() {
    let plain = octets(3, 77);
    agrees::<Gcm<U1>, OracleGcm<U1>>(block(1), &octets(4, 1), b"", &plain);
    agrees::<Gcm<U8>, OracleGcm<U8>>(block(1), &octets(4, 8), b"a", &plain);
    agrees::<Gcm<U16>, OracleGcm<U16>>(block(1), &octets(4, 16), b"a", &plain);
    agrees::<Gcm<U17>, OracleGcm<U17>>(block(1), &octets(4, 17), b"a", &plain);
    agrees::<Gcm<U64>, OracleGcm<U64>>(block(1), &octets(4, 64), b"a", &plain);
    agrees::<Gcm<U12, U12>, OracleGcm<U12, U12>>(block(1), &octets(4, 12), b"a", &plain);
    agrees::<Gcm<U12, U13>, OracleGcm<U12, U13>>(block(1), &octets(4, 12), b"a", &plain);
    agrees::<Gcm<U12, U15>, OracleGcm<U12, U15>>(block(1), &octets(4, 12), b"a", &plain);

    let (whole, short): (Gcm, Gcm<U12, U4>) =
        (Gcm::new(&block(1).into()), Gcm::new(&block(1).into()));
    let nonce = [5; 12].into();
    let tag = |buffer| whole.encrypt_inout_detached(&nonce, b"a", buffer);
    let expected = tag(InOutBuf::from(&mut plain.clone()[..])).unwrap();
    let mut buffer = plain;
    let tag = short.encrypt_inout_detached(&nonce, b"a", InOutBuf::from(&mut buffer[..]));
    assert_eq!(tag.unwrap()[..], expected[..4]);
}

// The counter that follows from a long nonce may be near its end; only 32 bits wrap.
#[test]
fn gcm_with_many_nonces_is_the_oracles_though_counters_wrap() {
    let plain = octets(3, 600);
    let cipher = Gcm::<U16>::new(&block(9).into());
    for seed in 0..200 {
        agrees::<Gcm<U16>, OracleGcm<U16>>(block(9), &block(seed), b"", &plain);
        let (mut a, mut b) = (plain.clone(), plain.clone());
        let nonce = block(seed);
        let first = cipher.encrypt_with_nonce(&nonce, b"", InOutBuf::from(&mut a[..]));
        let second = cipher.encrypt_inout_detached(&nonce.into(), b"", InOutBuf::from(&mut b[..]));
        assert_eq!((first, a), (second, b));
    }
    let empty = cipher.encrypt_with_nonce(&[], b"", InOutBuf::from(&mut [][..]));
    assert!(empty.is_err());
}

type OracleCcm<Tag = U16, Nonce = U12> = ccm::Ccm<sm4::Sm4, Tag, Nonce>;

#[test]
fn ccm_of_any_length_is_the_oracles() {
    for length in 0..=1100 {
        let plain = octets(length as u64, length);
        let associated = octets(7, length * 5 % 300);
        agrees::<Ccm, OracleCcm>(block(1), &block(2)[..12], &associated, &plain);
    }
}

#[test]
fn ccm_takes_nonces_and_tags_of_other_sizes() {
    let plain = octets(3, 77);
    agrees::<Ccm<U4, U7>, OracleCcm<U4, U7>>(block(1), &octets(4, 7), b"a", &plain);
    agrees::<Ccm<U8, U8>, OracleCcm<U8, U8>>(block(1), &octets(4, 8), b"a", &plain);
    agrees::<Ccm<U14, U13>, OracleCcm<U14, U13>>(block(1), &octets(4, 13), b"a", &plain);
    // The length of associated data takes six octets from 65,280 on.
    for length in [0xfeff, 0xff00, 0x1_0001] {
        let associated = octets(5, length);
        agrees::<Ccm, OracleCcm>(block(1), &octets(4, 12), &associated, &plain);
    }
}

#[test]
fn ccm_refuses_a_message_longer_than_its_nonce_leaves_room_for() {
    let cipher = Ccm::<U16, U13>::new(&block(1).into());
    let nonce = [0; 13].into();
    let mut message = vec![1; 0x1_0000];
    let long = InOutBuf::from(&mut message[..]);
    assert!(cipher.encrypt_inout_detached(&nonce, b"", long).is_err());
    assert!(message.iter().all(|octet| *octet == 1));
    let fits = InOutBuf::from(&mut message[1..]);
    assert!(cipher.encrypt_inout_detached(&nonce, b"", fits).is_ok());
}

/// Every way to spoil a message ends in an error and in zeros.
fn refuses_what_was_changed<A: Aead + AeadInOut + KeyInit>() {
    let cipher = A::new_from_slice(&block(1)).unwrap();
    let nonce = Nonce::<A>::default();
    for length in [0, 1, 16, 33, 600] {
        let mut sealed = octets(2, length);
        let tag = cipher
            .encrypt_inout_detached(&nonce, b"header", InOutBuf::from(&mut sealed[..]))
            .unwrap();
        let refused = |nonce: &Nonce<A>, header: &[u8], sealed: &[u8], tag: &Tag<A>| {
            let mut in_place = sealed.to_vec();
            let buffer = InOutBuf::from(&mut in_place[..]);
            assert!(
                cipher
                    .decrypt_inout_detached(nonce, header, buffer, tag)
                    .is_err()
            );
            assert!(in_place.iter().all(|octet| *octet == 0), "wiped in place");
            let mut elsewhere = vec![0x5a; sealed.len()];
            let buffer = InOutBuf::new(sealed, &mut elsewhere).unwrap();
            assert!(
                cipher
                    .decrypt_inout_detached(nonce, header, buffer, tag)
                    .is_err()
            );
            assert!(elsewhere.iter().all(|octet| *octet == 0), "wiped elsewhere");
        };
        for bit in 0..8 * tag.len() {
            let mut wrong = tag.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            refused(&nonce, b"header", &sealed, &wrong);
        }
        for place in 0..length {
            let mut changed = sealed.clone();
            changed[place] ^= 0x80;
            refused(&nonce, b"header", &changed, &tag);
        }
        if let Some((_, shorter)) = sealed.split_last() {
            refused(&nonce, b"header", shorter, &tag);
        }
        refused(&nonce, b"header", &[&sealed[..], &[0]].concat(), &tag);
        refused(&nonce, b"headers", &sealed, &tag);
        refused(&nonce, b"heade", &sealed, &tag);
        refused(&nonce, b"", &sealed, &tag);
        let mut other = nonce.clone();
        other[0] ^= 1;
        refused(&other, b"header", &sealed, &tag);
    }
    // Shorter than a tag.
    assert!(cipher.decrypt(&nonce, [0; 3].as_slice()).is_err());
}

#[test]
fn gcm_refuses_what_was_changed_and_wipes() {
    refuses_what_was_changed::<Gcm>();
    refuses_what_was_changed::<Gcm<U17, U4>>();
}

#[test]
fn ccm_refuses_what_was_changed_and_wipes() {
    refuses_what_was_changed::<Ccm>();
    refuses_what_was_changed::<Ccm<U4, U13>>();
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(
        format!("{:?}", Gcm::<U12>::new(&[1; 16].into())),
        "Gcm { .. }"
    );
    assert_eq!(
        format!("{:?}", Ccm::<U16>::new(&[1; 16].into())),
        "Ccm { .. }"
    );
}

proptest! {
    #[test]
    fn gcm_is_the_oracles(
        key: [u8; 16],
        nonce: [u8; 12],
        associated in prop::collection::vec(any::<u8>(), 0..600),
        plain in prop::collection::vec(any::<u8>(), 0..1500),
    ) {
        agrees::<Gcm, OracleGcm<U12>>(key, &nonce, &associated, &plain);
    }

    #[test]
    fn ccm_is_the_oracles(
        key: [u8; 16],
        nonce: [u8; 12],
        associated in prop::collection::vec(any::<u8>(), 0..100),
        plain in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        agrees::<Ccm, OracleCcm>(key, &nonce, &associated, &plain);
    }
}
