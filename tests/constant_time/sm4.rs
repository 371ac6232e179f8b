//! SM4 with secret keys and secret blocks.

use super::{Case, KnownRandom, SecretRandom, assert_secret, case, secret_octets};
use gm_crypto::sm4::{
    CbcDecryptor, CbcEncryptor, Ccm, Ctr, Gcm, Sm4, Xts,
    aead::{AeadInOut, Tag},
    cipher::{
        Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, Key,
        KeyInit, KeyIvInit, StreamCipher,
    },
};
use gm_pki_tests::memcheck::{make_secret, published, publishing};
use rand_core::TryRng;

pub(crate) const CASES: &[Case] = &[
    case("sm4: a key is expanded", schedule),
    case("sm4: a block is encrypted", encrypt),
    case("sm4: a block is decrypted", decrypt),
    case("sm4: blocks are encrypted in parallel", encrypt_many),
    case("sm4: blocks are decrypted in parallel", decrypt_many),
    case("sm4: CBC, both ways", cbc),
    case("sm4: CTR", ctr),
    case("sm4: XTS, both conventions and ways", xts),
    case("sm4: GCM, both ways", aead::<Gcm>),
    case("sm4: GCM refuses a false tag", refuse::<Gcm>),
    case("sm4: CCM, both ways", aead::<Ccm>),
    case("sm4: CCM refuses a false tag", refuse::<Ccm>),
];

/// Counts of blocks that leave something over in each width.
const COUNTS: [usize; 5] = [1, 3, 8, 16, 37];

fn cipher() -> Sm4 {
    Sm4::new(&secret_octets(1).into())
}

fn blocks(count: usize) -> Vec<Block<Sm4>> {
    (0..count).map(|_| secret_octets(2).into()).collect()
}

fn assert_blocks_secret(blocks: &[Block<Sm4>]) {
    for block in blocks {
        assert_secret(block);
    }
}

fn schedule() {
    std::hint::black_box(cipher());
}

fn encrypt() {
    let mut block = secret_octets(3).into();
    cipher().encrypt_block(&mut block);
    assert_secret(&block);
}

fn decrypt() {
    let mut block = secret_octets(4).into();
    cipher().decrypt_block(&mut block);
    assert_secret(&block);
}

fn encrypt_many() {
    let cipher = cipher();
    for count in COUNTS {
        let mut blocks = blocks(count);
        cipher.encrypt_blocks(&mut blocks);
        assert_blocks_secret(&blocks);
        publishing(|| drop(blocks));
    }
}

fn decrypt_many() {
    let cipher = cipher();
    for count in COUNTS {
        let mut blocks = blocks(count);
        cipher.decrypt_blocks(&mut blocks);
        assert_blocks_secret(&blocks);
        publishing(|| drop(blocks));
    }
}

fn cbc() {
    let (key, start) = (secret_octets(5), [6; 16]);
    let mut blocks = blocks(37);
    CbcEncryptor::new(&key.into(), &start.into()).encrypt_blocks(&mut blocks);
    assert_blocks_secret(&blocks);
    CbcDecryptor::new(&key.into(), &start.into()).decrypt_blocks(&mut blocks);
    assert_blocks_secret(&blocks);
    publishing(|| drop(blocks));
}

/// Lengths that end in a block and beside it, in a few blocks and in many.
const LENGTHS: [usize; 6] = [1, 16, 45, 512, 1000, 5000];

fn secret_text(length: usize) -> Vec<u8> {
    let mut octets = vec![0; length];
    let Ok(()) = SecretRandom::new(7).try_fill_bytes(&mut octets);
    octets
}

fn ctr() {
    for length in LENGTHS {
        let mut text = secret_text(length);
        let mut cipher = Ctr::new(&secret_octets(8).into(), &[9; 16].into());
        let (first, rest) = text.split_at_mut(length / 3);
        cipher.apply_keystream(first);
        cipher.apply_keystream(rest);
        assert_secret(&text);
        publishing(|| drop(text));
    }
}

fn xts() {
    let key = secret_octets(10);
    for xts in [Xts::ieee(&key), Xts::gb(&key)] {
        for length in &LENGTHS[1..] {
            let mut text = secret_text(*length);
            xts.encrypt(&[11; 16], &mut text).expect("its length");
            assert_secret(&text);
            xts.decrypt(&[11; 16], &mut text).expect("its length");
            assert_secret(&text);
            publishing(|| drop(text));
        }
    }
}

/// A text sealed under a key that memcheck takes for known until it is done.
fn sealed<C: AeadInOut + KeyInit>(length: usize) -> (C, Vec<u8>, Tag<C>) {
    let mut key = Key::<C>::default();
    let mut text = vec![0; length];
    for octets in [&mut key[..], &mut text] {
        let Ok(()) = KnownRandom::new(12).try_fill_bytes(octets);
    }
    let nonce = Default::default();
    let tag = C::new(&key)
        .encrypt_inout_detached(&nonce, b"known", text.as_mut_slice().into())
        .expect("its length");
    make_secret(&mut key);
    (C::new(&key), text, tag)
}

fn aead<C: AeadInOut + KeyInit>() {
    for length in LENGTHS {
        let mut key = Key::<C>::default();
        let Ok(()) = SecretRandom::new(13).try_fill_bytes(&mut key);
        let mut text = secret_text(length);
        let tag = C::new(&key)
            .encrypt_inout_detached(&Default::default(), b"known", text.as_mut_slice().into())
            .expect("its length");
        assert_secret(&text);
        assert_secret(&tag);
        publishing(|| drop(text));

        let (cipher, mut text, tag) = sealed::<C>(length);
        cipher
            .decrypt_inout_detached(
                &Default::default(),
                b"known",
                text.as_mut_slice().into(),
                &tag,
            )
            .expect("it is genuine");
        assert_secret(&text);
        publishing(|| drop(text));
    }
}

fn refuse<C: AeadInOut + KeyInit>() {
    for length in LENGTHS {
        let (cipher, mut text, mut tag) = sealed::<C>(length);
        tag[15] ^= 1;
        let nonce = Default::default();
        let opened =
            cipher.decrypt_inout_detached(&nonce, b"known", text.as_mut_slice().into(), &tag);
        assert!(opened.is_err());
        assert!(text.iter().all(|octet| published(*octet) == 0));
    }
}
