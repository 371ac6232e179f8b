//! The registry's `gm-crypto`: `sm2` 0.13, `sm3` 0.4 and `sm4` 0.5 of RustCrypto, the
//! modes by hand.
//!
//! It signs and verifies messages only, and verifies each signature it makes before it
//! gives it away. Everything returns a new vector. Its key exchange is a protocol of its
//! own, and has no row. GCM makes the key schedule anew for its counter.

use super::{Row, of_octets, one};
use crate::operations::{ID, INPUTS, Operation};
use other_gm_crypto::{
    sm2::{Sm2Decryptor, Sm2Encryptor, Sm2KeyPair, Sm2Signer, Sm2Verifier},
    sm2_kex::sm2_kdf,
    sm3::Sm3Hasher,
    sm4::Sm4Cipher,
};
use std::hint::black_box;

pub(super) fn rows(operation: Operation) -> Vec<Row> {
    let inputs = &*INPUTS;
    let pair = Sm2KeyPair::from_private_key(&inputs.secret).expect("less than n");
    let sm4 = Sm4Cipher::new(&inputs.key).expect("16 octets");
    match operation {
        Operation::KeyGen => one(|| {
            let pair = Sm2KeyPair::generate().expect("the system is random");
            black_box(pair.public_key_bytes_uncompressed());
        }),
        Operation::SignMessage => {
            let signer = Sm2Signer::new(&pair).expect("a short ID");
            one(move || {
                black_box(signer.sign(black_box(&inputs.message)).expect("a good key"));
            })
        }
        Operation::VerifyMessage => one(|| {
            let key = Sm2Verifier::new(black_box(&inputs.public), ID).expect("a good key");
            key.verify(black_box(&inputs.message), black_box(&inputs.signature))
                .expect("its own");
        }),
        Operation::Encrypt => {
            let key = Sm2Encryptor::new(&inputs.public).expect("a good key");
            one(move || {
                black_box(
                    key.encrypt(black_box(&inputs.message))
                        .expect("a short message"),
                );
            })
        }
        Operation::Decrypt => {
            let key = Sm2Decryptor::new(pair);
            one(move || {
                black_box(
                    key.decrypt(black_box(&inputs.ciphertext))
                        .expect("the same format"),
                );
            })
        }
        Operation::Digest(_) => of_octets(operation, |message| {
            Sm3Hasher::hash(message).expect("it never fails")
        }),
        Operation::Kdf(size) => one(move || {
            black_box(sm2_kdf(black_box(&[7; 64]), size).expect("short"));
        }),
        Operation::KeySchedule => one(|| {
            black_box(Sm4Cipher::new(black_box(&inputs.key)).expect("16 octets"));
        }),
        Operation::Ecb(_) => of_octets(operation, move |octets| {
            #[expect(deprecated, reason = "a bench seals nothing")]
            sm4.encrypt_ecb(octets).expect("whole blocks")
        }),
        Operation::CbcDecrypt(_) => of_octets(operation, move |octets| {
            sm4.decrypt_cbc_raw(octets, &inputs.iv)
                .expect("whole blocks")
        }),
        Operation::Gcm(_) => {
            let octets = super::sevens(operation);
            let seal = move |octets: &[u8]| {
                sm4.encrypt_gcm(octets, &inputs.nonce, b"")
                    .expect("12 octets")
            };
            let (sealed, tag) = seal(&octets);
            super::agree(operation, &[sealed, tag].concat());
            one(move || {
                black_box(seal(black_box(&octets)));
            })
        }
        Operation::KeyGenBatch
        | Operation::SignDigest
        | Operation::SignDigestBatch
        | Operation::SignMessageBatch
        | Operation::VerifyDigest
        | Operation::VerifyDigestReady
        | Operation::Prepare
        | Operation::Exchange
        | Operation::EightDigests(_)
        | Operation::Ctr(_)
        | Operation::Ccm(_) => vec![],
    }
}
