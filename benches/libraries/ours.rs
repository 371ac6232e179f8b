//! Ours, through its public surface, constant time wherever a secret is.
//!
//! Signatures are DER, ciphertexts C1 ‖ C3 ‖ C2. A signature's nonce comes from the key,
//! the digest and random octets: of the system, which is a system call for each signature
//! (`ours`), or of a generator in the process that the system seeds (`ours-thread-rng`); or
//! from key and digest alone (`ours-rfc6979`).

use super::{Row, in_place, of_octets, one, way};
use crate::operations::{BATCH, INPUTS, Operation};
use getrandom::SysRng;
use gm_crypto::sm2::{
    PreparedVerifyingKey, TableSize,
    exchange::{Initiator, Responder},
};
use gm_crypto::{
    sm2::{Ciphertext, DerSignature, PublicKey, SecretKey, SigningKey, UserId, VerifyingKey},
    sm3,
    sm4::{
        Ccm, Ctr, Gcm, Sm4,
        aead::{
            AeadInOut,
            consts::{U12, U16},
        },
        cipher::{Block, BlockCipherEncrypt, BlockModeDecrypt, InnerIvInit, KeyInit, StreamCipher},
    },
};
use signature::{Signer, Verifier};
use std::hint::black_box;

pub(super) fn rows(operation: Operation) -> Vec<Row> {
    let inputs = &*INPUTS;
    let secret = || SecretKey::from_bytes(&inputs.secret).expect("less than n");
    let signing = SigningKey::new(secret(), UserId::default());
    let public = PublicKey::from_uncompressed(&inputs.public).expect("a good key");
    let der = inputs.signature_der();
    let sm4 = Sm4::new(&inputs.key.into());
    match operation {
        Operation::KeyGen => one(|| {
            let key = SecretKey::generate(&mut SysRng).expect("the system is random");
            black_box(key.public_key().to_uncompressed());
        }),
        Operation::KeyGenBatch => one(|| {
            let keys = SecretKey::generate_batch(&mut SysRng, BATCH).expect("the system is random");
            for (_, public) in &keys {
                black_box(public.to_uncompressed());
            }
        }),
        Operation::SignDigest => {
            let other = SigningKey::new(secret(), UserId::default());
            let plain = SigningKey::new(secret(), UserId::default());
            vec![
                way("", move || {
                    let signature =
                        signing.sign_digest_hedged(&mut SysRng, black_box(&inputs.digest));
                    black_box(signature.expect("the system is random").to_der());
                }),
                way("-thread-rng", move || {
                    let signature =
                        other.sign_digest_hedged(&mut rand::rng(), black_box(&inputs.digest));
                    black_box(signature.expect("the generator was seeded").to_der());
                }),
                way("-rfc6979", move || {
                    black_box(
                        plain
                            .sign_digest(black_box(&inputs.digest))
                            .expect("a good key")
                            .to_der(),
                    );
                }),
            ]
        }
        Operation::SignDigestBatch => {
            let digests = [inputs.digest; BATCH];
            one(move || {
                let signatures = signing.sign_digests(&mut SysRng, black_box(&digests));
                for signature in signatures.expect("the system is random") {
                    black_box(signature.to_der());
                }
            })
        }
        Operation::SignMessage => {
            let plain = SigningKey::new(secret(), UserId::default());
            vec![
                way("", move || {
                    let signature = signing.sign_hedged(&mut SysRng, black_box(&inputs.message));
                    black_box(signature.expect("the system is random").to_der());
                }),
                way("-rfc6979", move || {
                    let signature: DerSignature = plain.sign(black_box(&inputs.message));
                    black_box(signature.to_der());
                }),
            ]
        }
        Operation::SignMessageBatch => one(move || {
            let messages = [&inputs.message[..]; BATCH];
            let signatures = signing.sign_batch(&mut SysRng, black_box(&messages));
            for signature in signatures.expect("the system is random") {
                black_box(signature.to_der());
            }
        }),
        Operation::VerifyDigest => one(move || {
            let key = PublicKey::from_uncompressed(black_box(&inputs.public)).expect("a good key");
            let signature = DerSignature::from_der(black_box(&der)).expect("in range");
            key.verify_digest(black_box(&inputs.digest), &signature)
                .expect("its own");
        }),
        Operation::VerifyDigestReady => {
            let key = VerifyingKey::new(public, &UserId::default());
            let prepared = [
                ("-small", TableSize::Small),
                ("-medium", TableSize::Medium),
                ("-large", TableSize::Large),
            ]
            .map(|(variant, size)| {
                let key = PreparedVerifyingKey::new(&key, size);
                let der = der.clone();
                way(variant, move || {
                    let signature = DerSignature::from_der(black_box(&der)).expect("in range");
                    key.verify_digest(black_box(&inputs.digest), &signature)
                        .expect("its own");
                })
            });
            let mut rows = one(move || {
                let signature = DerSignature::from_der(black_box(&der)).expect("in range");
                key.verify_digest(black_box(&inputs.digest), &signature)
                    .expect("its own");
            });
            rows.extend(prepared);
            rows
        }
        Operation::VerifyMessage => one(move || {
            let key = PublicKey::from_uncompressed(black_box(&inputs.public)).expect("a good key");
            let key = VerifyingKey::new(key, &UserId::default());
            let signature = DerSignature::from_der(black_box(&der)).expect("in range");
            key.verify(black_box(&inputs.message), &signature)
                .expect("its own");
        }),
        Operation::Prepare => [
            ("-small", TableSize::Small),
            ("-medium", TableSize::Medium),
            ("-large", TableSize::Large),
        ]
        .map(|(variant, size)| {
            let key = VerifyingKey::new(public, &UserId::default());
            way(variant, move || {
                black_box(PreparedVerifyingKey::new(black_box(&key), size));
            })
        })
        .into(),
        Operation::Encrypt => one(move || {
            let ciphertext = public.encrypt(&mut SysRng, black_box(&inputs.message));
            black_box(ciphertext.expect("the system is random").to_c1c3c2());
        }),
        Operation::Decrypt => {
            let secret = secret();
            one(move || {
                let ciphertext = Ciphertext::from_c1c3c2(black_box(&inputs.ciphertext));
                let message = secret.decrypt(&ciphertext.expect("a good point"));
                black_box(message.expect("its own"));
            })
        }
        Operation::Exchange => {
            let other = SecretKey::generate(&mut SysRng).expect("the system is random");
            let other = SigningKey::new(other, UserId::default());
            one(move || {
                let (a, b) = (signing.verifying_key(), other.verifying_key());
                let (initiator, ra) = Initiator::start(&mut SysRng, &signing).expect("random");
                let (responder, rb, sb) =
                    Responder::answer(&mut SysRng, &other, a, &ra, 16).expect("good points");
                let (key, sa) = initiator.confirm(b, &rb, 16, &sb).expect("the same key");
                black_box((key, responder.confirm(&sa).expect("the same key")));
            })
        }
        Operation::Digest(_) => of_octets(operation, sm3::digest),
        Operation::EightDigests(size) => {
            let message = vec![7; size];
            let mut digests = [[0; 32]; 8];
            one(move || {
                sm3::digest_many(black_box(&[&message[..]; 8]), &mut digests);
                black_box(&digests);
            })
        }
        Operation::Kdf(size) => {
            let (secret, mut output) = ([7; 64], vec![0; size]);
            one(move || sm3::kdf(&[black_box(&secret)], black_box(&mut output)))
        }
        Operation::KeySchedule => one(|| {
            black_box(Sm4::new(black_box(&inputs.key.into())));
        }),
        Operation::Ecb(_) => in_place(operation, move |octets| {
            sm4.encrypt_blocks(blocks(octets));
            []
        }),
        Operation::Ctr(_) => in_place(operation, move |octets| {
            Ctr::inner_iv_init(sm4.clone(), &inputs.iv.into()).apply_keystream(octets);
            []
        }),
        Operation::CbcDecrypt(_) => in_place(operation, move |octets| {
            let mut mode = cbc::Decryptor::inner_iv_init(&sm4, &inputs.iv.into());
            mode.decrypt_blocks(blocks(octets));
            []
        }),
        Operation::Gcm(_) => {
            let mode = Gcm::<U12>::from(sm4);
            in_place(operation, move |octets| {
                mode.encrypt_inout_detached(&inputs.nonce.into(), b"", octets.into())
                    .expect("short")
            })
        }
        Operation::Ccm(_) => {
            let mode = Ccm::<U16>::from(sm4);
            in_place(operation, move |octets| {
                mode.encrypt_inout_detached(&inputs.nonce.into(), b"", octets.into())
                    .expect("short")
            })
        }
    }
}

fn blocks(octets: &mut [u8]) -> &mut [Block<Sm4>] {
    Block::<Sm4>::slice_as_chunks_mut(octets).0
}
