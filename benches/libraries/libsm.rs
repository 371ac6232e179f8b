//! `libsm`: SM2 on 32-bit limbs with a table of 768 KiB for G, not constant time; SM3
//! and SM4 in plain Rust, SM4 by its S-box, GHASH bit by bit.
//!
//! It draws its own random octets (`rand`), computes Z anew for every message, inverts
//! 1 + d for every signature, and gives signatures as integers, which its DER
//! takes to octets here. Ciphertexts are C1 ‖ C2 ‖ C3; every mode returns a new vector. Decryption in CBC
//! takes the padding off, so its message is a block longer. It has no ECB of its own.

use super::{Row, of_octets, one};
use crate::operations::{INPUTS, Operation};
use ::libsm::{
    sm2::{
        encrypt::{DecryptCtx, EncryptCtx},
        exchange::{ExchangeCtxA, ExchangeCtxB},
        signature::{SigCtx, Signature},
    },
    sm3::hash::Sm3Hash,
    sm4::{
        cipher::Sm4Cipher,
        cipher_mode::{CipherMode, Sm4CipherMode},
    },
};
use std::hint::black_box;

pub(super) fn rows(operation: Operation) -> Vec<Row> {
    let inputs = &*INPUTS;
    let context = SigCtx::new();
    let secret = context.load_seckey(&inputs.secret).expect("less than n");
    let public = context.load_pubkey(&inputs.public).expect("a good key");
    let der = inputs.signature_der();
    let mode = |mode| Sm4CipherMode::new(&inputs.key, mode).expect("16 octets");
    match operation {
        Operation::KeyGen => one(move || {
            let (public, secret) = context.new_keypair().expect("the system is random");
            black_box(&secret);
            black_box(
                context
                    .serialize_pubkey(&public, false)
                    .expect("a good key"),
            );
        }),
        Operation::SignDigest => one(move || {
            let signature = context.sign_raw(black_box(&inputs.digest), &secret);
            black_box(signature.expect("a good key").der_encode());
        }),
        Operation::SignMessage => one(move || {
            let signature = context.sign(black_box(&inputs.message), &secret, &public);
            black_box(signature.expect("a good key").der_encode());
        }),
        Operation::VerifyDigest => one(move || {
            let key = context
                .load_pubkey(black_box(&inputs.public))
                .expect("a good key");
            let signature = Signature::der_decode(black_box(&der)).expect("in range");
            let good = context.verify_raw(black_box(&inputs.digest), &key, &signature);
            assert!(good.expect("32 octets"));
        }),
        Operation::VerifyDigestReady => one(move || {
            let signature = Signature::der_decode(black_box(&der)).expect("in range");
            let good = context.verify_raw(black_box(&inputs.digest), &public, &signature);
            assert!(good.expect("32 octets"));
        }),
        Operation::VerifyMessage => one(move || {
            let key = context
                .load_pubkey(black_box(&inputs.public))
                .expect("a good key");
            let signature = Signature::der_decode(black_box(&der)).expect("in range");
            let good = context.verify(black_box(&inputs.message), &key, &signature);
            assert!(good.expect("a short message"));
        }),
        Operation::Encrypt => {
            let context = EncryptCtx::new(32, public);
            one(move || {
                let ciphertext = context.encrypt(black_box(&inputs.message));
                black_box(ciphertext.expect("a good key"));
            })
        }
        Operation::Decrypt => {
            let context = DecryptCtx::new(32, secret);
            let (c1, rest) = inputs.ciphertext.split_at(65);
            let (c3, c2) = rest.split_at(32);
            let ciphertext = [c1, c2, c3].concat();
            one(move || {
                black_box(
                    context
                        .decrypt(black_box(&ciphertext))
                        .expect("the same message"),
                );
            })
        }
        Operation::Exchange => {
            let (other, other_secret) = context.new_keypair().expect("the system is random");
            one(move || {
                let (a, b) = (secret.clone(), other_secret.clone());
                let mut a = ExchangeCtxA::new(16, "A", "B", public, other, a).expect("good keys");
                let mut b = ExchangeCtxB::new(16, "A", "B", public, other, b).expect("good keys");
                let ra = a.exchange1().expect("the system is random");
                let (rb, sb) = b.exchange2(&ra).expect("a good point");
                let sa = a.exchange3(&rb, sb).expect("the same key");
                assert!(b.exchange4(sa, &ra).expect("the same key"));
            })
        }
        Operation::Digest(_) => of_octets(operation, |message| Sm3Hash::new(message).get_hash()),
        Operation::KeySchedule => one(|| {
            black_box(Sm4Cipher::new(black_box(&inputs.key)).expect("16 octets"));
        }),
        Operation::Ctr(_) => {
            let mode = mode(CipherMode::Ctr);
            of_octets(operation, move |octets| {
                mode.encrypt(b"", octets, &inputs.iv).expect("16 octets")
            })
        }
        Operation::CbcDecrypt(_) => {
            let mode = mode(CipherMode::Cbc);
            let plain = super::sevens(operation);
            let padded = mode.encrypt(b"", &plain, &inputs.iv).expect("16 octets");
            one(move || {
                let octets = mode.decrypt(b"", black_box(&padded), &inputs.iv);
                black_box(octets.expect("its own"));
            })
        }
        // It takes nothing but 16 octets of nonce, hashed first: another answer.
        Operation::Gcm(_) => {
            let (mode, octets) = (mode(CipherMode::Gcm), super::sevens(operation));
            one(move || {
                let sealed = mode.encrypt(b"", black_box(&octets), &inputs.iv);
                black_box(sealed.expect("16 octets"));
            })
        }
        Operation::KeyGenBatch
        | Operation::SignDigestBatch
        | Operation::SignMessageBatch
        | Operation::Prepare
        | Operation::EightDigests(_)
        | Operation::Kdf(_)
        | Operation::Ecb(_)
        | Operation::Ccm(_) => vec![],
    }
}
