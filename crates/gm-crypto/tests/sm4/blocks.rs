use super::{block, octets};
use cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit, consts::U16};
use gm_crypto::sm4::Sm4;
use proptest::prelude::*;

fn blocks(octets: &[u8]) -> Vec<Array<u8, U16>> {
    octets
        .as_chunks()
        .0
        .iter()
        .map(|block| Array(*block))
        .collect()
}

/// More than two full passes of the widest body, and every rest.
const MOST: usize = 70;

#[test]
fn any_number_of_blocks_encrypts_as_the_oracle_does_and_comes_back() {
    let key = block(1).into();
    let (ours, oracle) = (Sm4::new(&key), sm4::Sm4::new(&key));
    for count in 0..=MOST {
        let plain = blocks(&octets(count as u64, 16 * count));
        let mut expected = plain.clone();
        oracle.encrypt_blocks(&mut expected);

        let mut in_place = plain.clone();
        ours.encrypt_blocks(&mut in_place);
        assert_eq!(in_place, expected, "{count} blocks in place");
        ours.decrypt_blocks(&mut in_place);
        assert_eq!(in_place, plain, "{count} blocks back in place");

        // One more block than asked for, which must stay as it is.
        let mut elsewhere = vec![Array([0xa5; 16]); count + 1];
        ours.encrypt_blocks_b2b(&plain, &mut elsewhere[..count])
            .unwrap();
        assert_eq!(elsewhere[..count], expected, "{count} blocks elsewhere");
        assert_eq!(elsewhere[count], [0xa5; 16], "{count} blocks and no more");
        ours.decrypt_blocks_b2b(&expected, &mut elsewhere[..count])
            .unwrap();
        assert_eq!(elsewhere[..count], plain, "{count} blocks back elsewhere");
        assert_eq!(elsewhere[count], [0xa5; 16], "{count} blocks and no more");
    }
}

#[test]
fn each_octet_at_each_place_goes_through_the_s_box_of_the_oracle() {
    for place in 0..16 {
        let mut key = block(2);
        for octet in 0..=255 {
            key[place] = octet;
            let key = key.into();
            let (mut ours, mut oracle) = (Array([octet; 16]), Array([octet; 16]));
            Sm4::new(&key).encrypt_block(&mut ours);
            sm4::Sm4::new(&key).encrypt_block(&mut oracle);
            assert_eq!(ours, oracle);
            Sm4::new(&key).decrypt_block(&mut ours);
            assert_eq!(ours, Array([octet; 16]));
        }
    }
}

#[test]
fn debug_shows_no_key() {
    let cipher = Sm4::new(&block(3).into());
    assert_eq!(format!("{cipher:?}"), "Sm4 { .. }");
}

proptest! {
    #[test]
    fn any_key_and_block_encrypt_as_the_oracle_does(key: [u8; 16], plain: [u8; 16]) {
        let (ours, oracle) = (Sm4::new(&key.into()), sm4::Sm4::new(&key.into()));
        let (mut a, mut b) = (plain.into(), plain.into());
        ours.encrypt_block(&mut a);
        oracle.encrypt_block(&mut b);
        prop_assert_eq!(a, b);
        ours.decrypt_block(&mut a);
        prop_assert_eq!(a.0, plain);
    }
}
