//! SM4 with secret keys and secret blocks.

use super::{Case, assert_secret, case, secret_octets};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use gm_crypto::sm4::{
    Sm4,
    cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit},
};

pub(crate) const CASES: &[Case] = &[
    case("sm4: a key is expanded", schedule),
    case("sm4: a block is encrypted", encrypt),
    case("sm4: a block is decrypted", decrypt),
    case("sm4: blocks are encrypted in parallel", encrypt_many),
    case("sm4: blocks are decrypted in parallel", decrypt_many),
    case("sm4: CBC, both ways", cbc),
];

/// Counts of blocks that leave something over in each width.
const COUNTS: [usize; 5] = [1, 3, 8, 16, 37];

fn cipher() -> Sm4 {
    Sm4::new(&secret_octets(1).into())
}

fn blocks(count: usize) -> Vec<cbc::cipher::Block<Sm4>> {
    (0..count).map(|_| secret_octets(2).into()).collect()
}

fn assert_blocks_secret(blocks: &[cbc::cipher::Block<Sm4>]) {
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
    }
}

fn decrypt_many() {
    let cipher = cipher();
    for count in COUNTS {
        let mut blocks = blocks(count);
        cipher.decrypt_blocks(&mut blocks);
        assert_blocks_secret(&blocks);
    }
}

fn cbc() {
    let (key, start) = (secret_octets(5), [6; 16]);
    let mut blocks = blocks(37);
    cbc::Encryptor::<Sm4>::new(&key.into(), &start.into()).encrypt_blocks(&mut blocks);
    assert_blocks_secret(&blocks);
    cbc::Decryptor::<Sm4>::new(&key.into(), &start.into()).decrypt_blocks(&mut blocks);
    assert_blocks_secret(&blocks);
}
