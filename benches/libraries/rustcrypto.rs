//! RustCrypto: `sm2`, `sm3`, `sm4`, and the generic modes over `sm4`.
//!
//! Formally derived field arithmetic, complete formulas, constant time, verification
//! too. Signatures by RFC 6979 with HMAC-SM3, so no random octets are drawn; Z is kept
//! in the key. `sm4` looks bytes up in its S-box, at places that depend on key and
//! message. Signatures are r ‖ s, ciphertexts C1 ‖ C3 ‖ C2.

use super::{Row, in_place, of_octets, one};
use crate::operations::{ID, INPUTS, Operation};
use aes_gcm::{
    AesGcm,
    aead::{AeadInOut, consts::U12},
};
use ccm::{Ccm, consts::U16};
use cipher::{Block, BlockCipherEncrypt, BlockModeDecrypt, InnerIvInit, KeyInit, StreamCipher};
use ctr::{Ctr128BE, CtrCore};
use signature::{
    Signer, Verifier,
    hazmat::{PrehashSigner, PrehashVerifier},
};
use sm2::{
    dsa::{Signature, SigningKey, VerifyingKey},
    elliptic_curve::{Generate, sec1::ToSec1Point},
    pke::{DecryptingKey, EncryptingKey},
};
use sm3::Digest;
use sm4::{Sm4, cipher};
use std::hint::black_box;

pub(super) fn rows(operation: Operation) -> Vec<Row> {
    let inputs = &*INPUTS;
    let secret = sm2::SecretKey::from_slice(&inputs.secret).expect("less than n");
    let signing = SigningKey::new(ID, &secret).expect("a short ID");
    let sm4 = Sm4::new(&inputs.key.into());
    match operation {
        Operation::KeyGen => one(|| {
            let key = sm2::SecretKey::try_generate_from_rng(&mut getrandom::SysRng);
            let key = key.expect("the system is random").public_key();
            black_box(key.to_sec1_point(false).as_bytes());
        }),
        Operation::SignDigest => one(move || {
            let signature: signature::Result<Signature> =
                signing.sign_prehash(black_box(&inputs.digest));
            black_box(signature.expect("32 octets").to_bytes());
        }),
        Operation::SignMessage => one(move || {
            let signature: Signature = signing.sign(black_box(&inputs.message));
            black_box(signature.to_bytes());
        }),
        // The key keeps Z, which a digest does not need.
        Operation::VerifyDigest => one(|| {
            let key = VerifyingKey::from_sec1_bytes(ID, black_box(&inputs.public));
            let signature = Signature::from_slice(black_box(&inputs.signature)).expect("in range");
            let key = key.expect("a good key");
            key.verify_prehash(black_box(&inputs.digest), &signature)
                .expect("its own");
        }),
        Operation::VerifyDigestReady => one(move || {
            let signature = Signature::from_slice(black_box(&inputs.signature)).expect("in range");
            let key = signing.verifying_key();
            key.verify_prehash(black_box(&inputs.digest), &signature)
                .expect("its own");
        }),
        Operation::VerifyMessage => one(|| {
            let key = VerifyingKey::from_sec1_bytes(ID, black_box(&inputs.public));
            let signature = Signature::from_slice(black_box(&inputs.signature)).expect("in range");
            let key = key.expect("a good key");
            key.verify(black_box(&inputs.message), &signature)
                .expect("its own");
        }),
        Operation::Encrypt => {
            let key = EncryptingKey::new(secret.public_key());
            one(move || {
                let ciphertext = key.encrypt(&mut getrandom::SysRng, black_box(&inputs.message));
                black_box(ciphertext.expect("the system is random"));
            })
        }
        Operation::Decrypt => {
            let key = DecryptingKey::new(secret);
            one(move || {
                black_box(key.decrypt(black_box(&inputs.ciphertext)).expect("its own"));
            })
        }
        Operation::Digest(_) => of_octets(operation, |message| sm3::Sm3::digest(message)),
        Operation::KeySchedule => one(|| {
            black_box(Sm4::new(black_box(&inputs.key.into())));
        }),
        Operation::Ecb(_) => in_place(operation, move |octets| {
            sm4.encrypt_blocks(blocks(octets));
            []
        }),
        Operation::Ctr(_) => in_place(operation, move |octets| {
            ctr(&sm4, &inputs.iv).apply_keystream(octets);
            []
        }),
        Operation::CbcDecrypt(_) => in_place(operation, move |octets| {
            let mut mode = cbc::Decryptor::inner_iv_init(&sm4, &inputs.iv.into());
            mode.decrypt_blocks(blocks(octets));
            []
        }),
        Operation::Gcm(_) => {
            let mode = AesGcm::<Sm4, U12>::from(sm4);
            in_place(operation, move |octets| {
                mode.encrypt_inout_detached(&inputs.nonce.into(), b"", octets.into())
                    .expect("short")
            })
        }
        Operation::Ccm(_) => {
            let mode = Ccm::<Sm4, U16, U12>::from(sm4);
            in_place(operation, move |octets| {
                mode.encrypt_inout_detached(&inputs.nonce.into(), b"", octets.into())
                    .expect("short")
            })
        }
        Operation::KeyGenBatch
        | Operation::SignDigestBatch
        | Operation::SignMessageBatch
        | Operation::Prepare
        | Operation::Exchange
        | Operation::EightDigests(_)
        | Operation::Kdf(_) => vec![],
    }
}

/// The answer that every library must give first.
pub(super) fn expected(operation: Operation) -> Vec<u8> {
    let inputs = &*INPUTS;
    let sm4 = Sm4::new(&inputs.key.into());
    let mut octets = super::sevens(operation);
    match operation {
        Operation::Digest(_) => return sm3::Sm3::digest(&octets).to_vec(),
        Operation::Ecb(_) => sm4.encrypt_blocks(blocks(&mut octets)),
        Operation::Ctr(_) => ctr(&sm4, &inputs.iv).apply_keystream(&mut octets),
        Operation::CbcDecrypt(_) => cbc::Decryptor::inner_iv_init(&sm4, &inputs.iv.into())
            .decrypt_blocks(blocks(&mut octets)),
        Operation::Gcm(_) => {
            let tag = AesGcm::<Sm4, U12>::from(sm4).encrypt_inout_detached(
                &inputs.nonce.into(),
                b"",
                (&mut octets[..]).into(),
            );
            octets.extend(tag.expect("short"));
        }
        Operation::Ccm(_) => {
            let tag = Ccm::<Sm4, U16, U12>::from(sm4).encrypt_inout_detached(
                &inputs.nonce.into(),
                b"",
                (&mut octets[..]).into(),
            );
            octets.extend(tag.expect("short"));
        }
        _ => {}
    }
    octets
}

fn ctr<'a>(sm4: &'a Sm4, iv: &[u8; 16]) -> Ctr128BE<&'a Sm4> {
    Ctr128BE::from_core(CtrCore::inner_iv_init(sm4, iv.into()))
}

fn blocks(octets: &mut [u8]) -> &mut [Block<Sm4>] {
    Block::<Sm4>::slice_as_chunks_mut(octets).0
}
