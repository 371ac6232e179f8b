use super::{block, octets, within};
use cipher::{
    BlockModeDecrypt, BlockModeEncrypt, InOutBuf, KeyIvInit, StreamCipher, StreamCipherSeek,
    block_padding::Pkcs7,
};
use gm_crypto::sm4::{
    CbcDecryptor, CbcEncryptor, CfbBufDecryptor, CfbBufEncryptor, CfbDecryptor, Ctr, Ofb,
};
use proptest::prelude::*;

type OracleCtr = ctr::Ctr128BE<sm4::Sm4>;

/// Past two full passes of the widest body.
const MOST: usize = 1100;

#[test]
fn ctr_of_any_length_is_the_oracles() {
    let (key, iv) = (block(1).into(), block(2).into());
    for length in 0..=MOST {
        let plain = octets(length as u64, length);
        let mut expected = plain.clone();
        OracleCtr::new(&key, &iv).apply_keystream(&mut expected);

        let mut ours = within(length % 16, &plain);
        let place = length % 16..length % 16 + length;
        Ctr::new(&key, &iv).apply_keystream(&mut ours[place.clone()]);
        assert_eq!(ours, within(length % 16, &expected), "{length} in place");

        let mut elsewhere = within(length % 3, &vec![0; length]);
        let place = length % 3..length % 3 + length;
        Ctr::new(&key, &iv)
            .try_apply_keystream_b2b(&plain, &mut elsewhere[place])
            .unwrap();
        assert_eq!(
            elsewhere,
            within(length % 3, &expected),
            "{length} elsewhere"
        );
    }
}

#[test]
fn ctr_carries_through_all_128_bits() {
    let key = block(3).into();
    for iv in [
        u128::MAX,
        u128::MAX - 40,
        u128::from(u32::MAX),
        u128::from(u32::MAX) - 3,
        u128::from(u64::MAX) - 33,
        (7 << 64) - 1,
        (7 << 96) - 17,
    ] {
        let iv = iv.to_be_bytes().into();
        let mut ours = octets(4, MOST);
        let mut expected = ours.clone();
        Ctr::new(&key, &iv).apply_keystream(&mut ours);
        OracleCtr::new(&key, &iv).apply_keystream(&mut expected);
        assert_eq!(ours, expected);
    }
}

#[test]
fn cbc_decrypts_what_the_oracle_encrypted_and_the_other_way_round() {
    let (key, iv) = (block(5).into(), block(6).into());
    for length in 0..=MOST {
        let plain = octets(length as u64, length);
        let theirs = cbc::Encryptor::<sm4::Sm4>::new(&key, &iv).encrypt_padded_vec::<Pkcs7>(&plain);
        let ours = CbcEncryptor::new(&key, &iv).encrypt_padded_vec::<Pkcs7>(&plain);
        assert_eq!(ours, theirs, "{length}");
        let back = CbcDecryptor::new(&key, &iv)
            .decrypt_padded_vec::<Pkcs7>(&theirs)
            .unwrap();
        assert_eq!(back, plain, "{length}");
    }
}

#[test]
fn cfb_and_ofb_of_any_length_are_the_oracles() {
    let (key, iv) = (block(7).into(), block(8).into());
    for length in 0..=MOST {
        let plain = octets(length as u64, length);
        let (mut ours, mut theirs) = (plain.clone(), plain.clone());
        CfbBufEncryptor::new(&key, &iv).encrypt(&mut ours);
        cfb_mode::BufEncryptor::<sm4::Sm4>::new(&key, &iv).encrypt(&mut theirs);
        assert_eq!(ours, theirs, "{length}");
        CfbBufDecryptor::new(&key, &iv).decrypt(&mut ours);
        assert_eq!(ours, plain, "{length}");

        let whole = length / 16 * 16;
        let (blocks, _) = InOutBuf::from(&mut theirs[..whole]).into_chunks();
        CfbDecryptor::new(&key, &iv).decrypt_blocks_inout(blocks);
        assert_eq!(theirs[..whole], plain[..whole], "{length}");

        let mut expected = plain.clone();
        Ofb::new(&key, &iv).apply_keystream(&mut ours);
        ofb::Ofb::<sm4::Sm4>::new(&key, &iv).apply_keystream(&mut expected);
        assert_eq!(ours, expected, "{length}");
    }
}

proptest! {
    #[test]
    fn ctr_in_pieces_and_from_any_place_is_ctr_in_one(
        key: [u8; 16],
        iv: [u8; 16],
        pieces in prop::collection::vec(0_usize..200, 0..12),
        place in 0_usize..2000,
    ) {
        let (key, iv) = (key.into(), iv.into());
        let length = pieces.iter().sum();
        let plain = octets(9, length);
        let mut expected = plain.clone();
        OracleCtr::new(&key, &iv).apply_keystream(&mut expected);

        let mut cipher = Ctr::new(&key, &iv);
        let mut ours = plain.clone();
        let mut rest = &mut ours[..];
        let mut done = 0;
        for piece in pieces {
            let (now, later) = rest.split_at_mut(piece);
            cipher.apply_keystream(now);
            rest = later;
            done += piece;
            prop_assert_eq!(cipher.current_pos::<usize>(), done);
        }
        prop_assert_eq!(&ours, &expected);

        let place = place.min(length);
        cipher.seek(place);
        prop_assert_eq!(cipher.current_pos::<usize>(), place);
        cipher.apply_keystream(&mut ours[place..]);
        prop_assert_eq!(&ours[place..], &plain[place..]);
    }
}
