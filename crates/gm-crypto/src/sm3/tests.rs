//! Against the standard's examples, and against crate `sm3` for everything else.

use super::*;
use alloc::{format, vec};
use core::array;
use digest::{
    Digest, FixedOutputReset, KeyInit, Mac,
    common::hazmat::{SerializableState, SerializedState},
};
use proptest::prelude::*;

type Oracle = ::sm3::Sm3;

fn expected(message: &[u8]) -> [u8; DIGEST_LENGTH] {
    Oracle::digest(message).into()
}

/// Octets without a pattern of the block's length.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let step = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state.to_be_bytes()[0]
    };
    (0..length).map(step).collect()
}

fn some_octets(longest: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..=longest)
}

// GB/T 32905-2016, annex A.1 and A.2.
#[test]
fn examples_of_the_standard_have_their_digests() {
    let abc = [
        0x66c7_f0f4,
        0x62ee_edd9,
        0xd1f2_d46b,
        0xdc10_e4e2,
        0x4167_c487,
        0x5cf2_f7a2,
        0x297d_a02b,
        0x8f4b_a8e0,
    ];
    let abcd = [
        0xdebe_9ff9,
        0x2275_b8a1,
        0x3860_4889,
        0xc18e_5a4d,
        0x6fdb_70e5,
        0x387e_5765,
        0x293d_cba3,
        0x9c0c_5732,
    ];
    for (message, words) in [(b"abc".to_vec(), abc), (b"abcd".repeat(16), abcd)] {
        assert_eq!(digest(&message), octets(words));
        assert_eq!(Sm3::digest(&message)[..], octets(words));
        let mut many = [[0; DIGEST_LENGTH]; 9];
        digest_many(&[&message[..]; 9], &mut many);
        assert_eq!(many, [octets(words); 9]);
    }
}

#[test]
fn every_length_around_blocks_agrees_with_the_oracle() {
    let message = noise(521);
    for length in 0..=message.len() {
        let message = &message[..length];
        assert_eq!(digest(message), expected(message), "{length} octets");
        assert_eq!(Sm3::digest(message)[..], expected(message), "{length}");
    }
}

#[test]
fn every_body_of_the_compression_agrees() {
    let message = noise(64 * 40);
    let blocks = message.as_chunks::<BLOCK_LENGTH>().0;
    for count in 0..=9 {
        for start in 0..20 {
            let blocks = &blocks[start..start + count];
            let (mut routed, mut portable) = (INITIAL, INITIAL);
            compress(&mut routed, blocks);
            crate::low::sm3::compress_portable(&mut portable, blocks);
            assert_eq!(routed, portable, "{count} blocks from {start}");
        }
    }
}

#[test]
fn each_lane_is_a_compression_of_its_own() {
    let message = noise(64 * LANES * 3);
    let blocks = message.as_chunks::<BLOCK_LENGTH>().0;
    // Eight different states after the first round, then two more blocks each.
    let mut lanes = Lanes(INITIAL.map(|word| [word; LANES]));
    for step in blocks.chunks(LANES) {
        compress_lanes(&mut lanes.0, array::from_fn(|lane| &step[lane]));
    }
    for lane in 0..LANES {
        let mut single = INITIAL;
        for step in blocks.chunks(LANES) {
            compress(&mut single, &step[lane..=lane]);
        }
        assert_eq!(lanes.of(lane), single, "lane {lane}");
    }
}

#[test]
fn the_longest_message_still_has_its_length() {
    // 2^55 blocks are 2^64 bits: the state before the last block, in which the last
    // 55 octets and the padding have room.
    let mut serialized = SerializedState::<Sm3>::default();
    serialized[..40].copy_from_slice(&Sm3Core::default().serialize());
    serialized[32..40].copy_from_slice(&((1_u64 << 55) - 1).to_le_bytes());
    let ours = Sm3::deserialize(&serialized).unwrap();
    let theirs = Oracle::deserialize(&serialized).unwrap();
    for length in [0, 1, 55, 56, 63] {
        let rest = noise(length);
        assert_eq!(
            ours.clone().chain_update(&rest).finalize(),
            theirs.clone().chain_update(&rest).finalize(),
            "{length} octets"
        );
    }
}

#[test]
fn a_reset_hash_begins_anew() {
    let mut hash = Sm3::new_with_prefix(b"something else");
    assert_eq!(hash.finalize_fixed_reset()[..], expected(b"something else"));
    Digest::update(&mut hash, b"more");
    Digest::reset(&mut hash);
    Digest::update(&mut hash, b"abc");
    assert_eq!(hash.finalize()[..], expected(b"abc"));
}

#[test]
fn debug_tells_nothing() {
    let hash = Sm3::new_with_prefix([0x5a; 100]);
    assert_eq!(format!("{hash:?}"), "Sm3 { ... }");
    assert_eq!(format!("{:?}", hash.decompose().0), "Sm3Core { .. }");
}

#[test]
fn a_hash_is_wiped_on_drop() {
    fn wiped<T: ZeroizeOnDrop>() {}
    wiped::<Sm3>();
    wiped::<Sm3Core>();
}

#[test]
fn the_identifier_is_the_oracle_s() {
    assert_eq!(Sm3::OID, Oracle::OID);
}

#[test]
fn no_messages_have_no_digests() {
    digest_many(&[], &mut []);
}

#[test]
#[should_panic(expected = "one digest for each message")]
fn a_message_without_a_place_for_its_digest_panics() {
    digest_many(&[b"one", b"two"], &mut [[0; DIGEST_LENGTH]]);
}

#[test]
fn a_password_of_any_length_derives_the_same_key() {
    for length in [0, 1, 63, 64, 65, 200] {
        let password = noise(length);
        for rounds in [0, 1, 2, 7] {
            for length in [0, 1, 16, 32, 33, 100] {
                let (mut ours, mut theirs) = (vec![0; length], vec![0; length]);
                pbkdf2(&password, b"salt", rounds, &mut ours);
                ::pbkdf2::pbkdf2_hmac::<Oracle>(&password, b"salt", rounds, &mut theirs);
                assert_eq!(ours, theirs);
            }
        }
    }
}

proptest! {
    #[test]
    fn a_message_in_parts_has_the_digest_of_the_whole(
        parts in proptest::collection::vec(some_octets(200), 0..12),
    ) {
        let whole = parts.concat();
        let mut hash = Sm3::new();
        for part in &parts {
            Digest::update(&mut hash, part);
        }
        prop_assert_eq!(&hash.clone().finalize()[..], expected(&whole));
        prop_assert_eq!(&hash.finalize()[..], digest(&whole));
    }

    #[test]
    fn a_state_travels_to_the_oracle_and_back(before in some_octets(300), after in some_octets(300)) {
        let ours = Sm3::new_with_prefix(&before);
        let theirs = Oracle::new_with_prefix(&before);
        prop_assert_eq!(ours.serialize(), theirs.serialize());
        let resumed = Sm3::deserialize(&theirs.serialize()).unwrap();
        prop_assert_eq!(
            resumed.chain_update(&after).finalize(),
            theirs.chain_update(&after).finalize()
        );
    }

    #[test]
    fn messages_of_many_lengths_have_their_digests(
        mut messages in proptest::collection::vec(some_octets(400), 0..40),
        long in proptest::option::of(0_usize..20_000),
    ) {
        messages.extend(long.map(noise));
        let messages: Vec<_> = messages.iter().map(Vec::as_slice).collect();
        let mut digests = vec![[0; DIGEST_LENGTH]; messages.len()];
        digest_many(&messages, &mut digests);
        for (message, digest) in messages.iter().zip(digests) {
            prop_assert_eq!(digest, expected(message));
        }
    }

    #[test]
    fn kdf_is_the_definition_of_the_standard(
        parts in proptest::collection::vec(some_octets(70), 0..4),
        length in 0_usize..700,
    ) {
        let mut output = vec![0; length];
        let slices: Vec<_> = parts.iter().map(Vec::as_slice).collect();
        kdf(&slices, &mut output);
        let definition: Vec<u8> = (1_u32..)
            .flat_map(|counter| expected(&[&parts.concat()[..], &counter.to_be_bytes()].concat()))
            .take(length)
            .collect();
        prop_assert_eq!(output, definition);
    }

    #[test]
    fn hmac_and_hkdf_agree_with_those_over_the_oracle(
        key in some_octets(150),
        message in some_octets(300),
        length in 0_usize..200,
    ) {
        let tag = HmacSm3::new_from_slice(&key).unwrap().chain_update(&message).finalize();
        let theirs = hmac::Hmac::<Oracle>::new_from_slice(&key).unwrap().chain_update(&message);
        prop_assert_eq!(tag.into_bytes(), theirs.finalize().into_bytes());

        let (mut ours, mut theirs) = (vec![0; length], vec![0; length]);
        HkdfSm3::new(Some(&key), &message).expand(b"info", &mut ours).unwrap();
        hkdf::Hkdf::<Oracle>::new(Some(&key), &message).expand(b"info", &mut theirs).unwrap();
        prop_assert_eq!(ours, theirs);
    }
}
