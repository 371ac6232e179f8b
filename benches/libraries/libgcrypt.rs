//! The system's libgcrypt: SM2 on its generic big integers; SM3 with AVX and BMI2; SM4
//! by AES-NI in 256-bit registers, except in ECB.
//!
//! SM2 takes its S-expressions, parsed from octets for every digest, signature and
//! fresh key: it has no other surface. Random octets are its own. It has no encryption
//! with C1 ‖ C3 ‖ C2 and no Z, so those rows are missing.

mod sys;

use super::{Row, in_place, of_octets, one};
use crate::operations::{INPUTS, Operation};
use std::hint::black_box;
use sys::{Cipher, Expression, Mode};

pub(super) fn rows(operation: Operation) -> Vec<Row> {
    let inputs = &*INPUTS;
    sys::start();
    let digest = |e: &[u8]| Expression::parse("(data (flags raw) (value %))", &[e]);
    let public = |q: &[u8]| {
        Expression::parse(
            "(public-key (ecc (curve sm2p256v1) (flags sm2) (q %)))",
            &[q],
        )
    };
    let signature = |rs: &[u8]| {
        let (r, s) = rs.split_at(32);
        Expression::parse("(sig-val (sm2 (r %) (s %)))", &[r, s])
    };
    match operation {
        Operation::KeyGen => {
            let curve = "(genkey (ecc (curve sm2p256v1) (flags sm2)))";
            let parameters = Expression::parse(curve, &[]);
            one(move || {
                black_box(parameters.generate().octets_of(b"q\0"));
            })
        }
        Operation::SignDigest => {
            let key = "(private-key (ecc (curve sm2p256v1) (flags sm2) (q %) (d %)))";
            let key = Expression::parse(key, &[&inputs.public, &inputs.secret]);
            one(move || {
                let signature = digest(black_box(&inputs.digest)).sign(&key);
                black_box((signature.octets_of(b"r\0"), signature.octets_of(b"s\0")));
            })
        }
        Operation::VerifyDigest => one(move || {
            let key = public(black_box(&inputs.public));
            let signature = signature(black_box(&inputs.signature));
            assert!(signature.verifies(&digest(black_box(&inputs.digest)), &key));
        }),
        Operation::VerifyDigestReady => {
            let key = public(&inputs.public);
            one(move || {
                let signature = signature(black_box(&inputs.signature));
                assert!(signature.verifies(&digest(black_box(&inputs.digest)), &key));
            })
        }
        Operation::Digest(_) => of_octets(operation, sys::sm3),
        Operation::KeySchedule => {
            let mut cipher = Cipher::open(Mode::Ecb);
            one(move || cipher.set_key(black_box(&inputs.key)))
        }
        Operation::Ecb(_) => {
            let mut cipher = keyed(Mode::Ecb);
            in_place(operation, move |octets| {
                cipher.encrypt(octets);
                []
            })
        }
        Operation::Ctr(_) => {
            let mut cipher = keyed(Mode::Ctr);
            in_place(operation, move |octets| {
                cipher.set_counter(&inputs.iv);
                cipher.encrypt(octets);
                []
            })
        }
        Operation::CbcDecrypt(_) => {
            let mut cipher = keyed(Mode::Cbc);
            in_place(operation, move |octets| {
                cipher.set_iv(&inputs.iv);
                cipher.decrypt(octets);
                []
            })
        }
        Operation::Gcm(_) => {
            let mut cipher = keyed(Mode::Gcm);
            in_place(operation, move |octets| {
                cipher.set_iv(&inputs.nonce);
                cipher.encrypt(octets);
                cipher.tag()
            })
        }
        Operation::Ccm(_) => {
            let mut cipher = keyed(Mode::Ccm);
            in_place(operation, move |octets| {
                cipher.set_iv(&inputs.nonce);
                cipher.set_ccm_lengths(octets.len());
                cipher.encrypt(octets);
                cipher.tag()
            })
        }
        Operation::KeyGenBatch
        | Operation::SignDigestBatch
        | Operation::SignMessage
        | Operation::SignMessageBatch
        | Operation::VerifyMessage
        | Operation::Prepare
        | Operation::Encrypt
        | Operation::Decrypt
        | Operation::Exchange
        | Operation::EightDigests(_)
        | Operation::Kdf(_) => vec![],
    }
}

fn keyed(mode: Mode) -> Cipher {
    let mut cipher = Cipher::open(mode);
    cipher.set_key(&INPUTS.key);
    cipher
}
