//! OpenSSL 3.6 through EVP: on x86-64 a generic ladder for SM2, SM3 in C, SM4 in C with
//! tables.
//!
//! Keys are parsed from SubjectPublicKeyInfo, the 65 octets with 26 before them: what
//! EVP offers without naming a provider's parameters; that takes its decoders several
//! microseconds. Z is computed anew for every message, with an empty ID, which costs
//! the same four blocks. Signatures are DER, ciphertexts the DER of GM/T 0009.

use super::{Row, in_place, into_other, of_octets, one};
use crate::operations::{INPUTS, Operation};
use ::openssl::{
    bn::BigNumContext,
    cipher::{Cipher, CipherRef},
    cipher_ctx::CipherCtx,
    ec::{EcGroup, EcKey, PointConversionForm},
    md::Md,
    md_ctx::MdCtx,
    nid::Nid,
    pkey::{PKey, Private, Public},
    pkey_ctx::PkeyCtx,
};
use std::hint::black_box;

pub(super) fn rows(operation: Operation) -> Vec<Row> {
    let inputs = &*INPUTS;
    let secret = || PKey::<Private>::private_key_from_pkcs8(&inputs.pkcs8()).expect("a good key");
    let (spki, der) = (inputs.spki(), inputs.signature_der());
    let parse = |spki: &[u8]| PKey::<Public>::public_key_from_der(spki).expect("a good key");
    match operation {
        Operation::KeyGen => {
            let group = EcGroup::from_curve_name(Nid::SM2).expect("SM2 is built in");
            let mut context = BigNumContext::new().expect("memory");
            one(move || {
                let key = EcKey::generate(&group).expect("the system is random");
                let form = PointConversionForm::UNCOMPRESSED;
                let octets = key.public_key().to_bytes(&group, form, &mut context);
                black_box(octets.expect("a good key"));
            })
        }
        Operation::SignDigest => {
            let mut context = PkeyCtx::new(&secret()).expect("a good key");
            context.sign_init().expect("SM2 signs");
            let mut signature = [0; 80];
            one(move || {
                let length = context.sign(black_box(&inputs.digest), Some(&mut signature));
                black_box(length.expect("room enough"));
            })
        }
        Operation::SignMessage => {
            let (key, mut signature) = (secret(), [0; 80]);
            let mut context = MdCtx::new().expect("memory");
            one(move || {
                context
                    .digest_sign_init(Some(Md::sm3()), &key)
                    .expect("SM2 signs");
                let length = context.digest_sign(black_box(&inputs.message), Some(&mut signature));
                black_box(length.expect("room enough"));
            })
        }
        Operation::VerifyDigest => one(move || {
            let mut context = PkeyCtx::new(&parse(black_box(&spki))).expect("a good key");
            context.verify_init().expect("SM2 verifies");
            let good = context.verify(black_box(&inputs.digest), black_box(&der));
            assert!(good.expect("a signature"));
        }),
        Operation::VerifyDigestReady => {
            let mut context = PkeyCtx::new(&parse(&spki)).expect("a good key");
            context.verify_init().expect("SM2 verifies");
            one(move || {
                let good = context.verify(black_box(&inputs.digest), black_box(&der));
                assert!(good.expect("a signature"));
            })
        }
        // Its wrapper sets no ID, so the signature is its own.
        Operation::VerifyMessage => {
            let (mut context, key) = (MdCtx::new().expect("memory"), secret());
            let mut der = Vec::new();
            context
                .digest_sign_init(Some(Md::sm3()), &key)
                .expect("SM2 signs");
            context
                .digest_sign_to_vec(&inputs.message, &mut der)
                .expect("memory");
            one(move || {
                let key = parse(black_box(&spki));
                context
                    .digest_verify_init(Some(Md::sm3()), &key)
                    .expect("SM2 verifies");
                let good = context.digest_verify(black_box(&inputs.message), black_box(&der));
                assert!(good.expect("a signature"));
            })
        }
        Operation::Encrypt => {
            let mut context = PkeyCtx::new(&parse(&spki)).expect("a good key");
            context.encrypt_init().expect("SM2 encrypts");
            let mut ciphertext = [0; 256];
            one(move || {
                let length = context.encrypt(black_box(&inputs.message), Some(&mut ciphertext));
                black_box(length.expect("room enough"));
            })
        }
        Operation::Decrypt => {
            let mut context = PkeyCtx::new(&secret()).expect("a good key");
            context.decrypt_init().expect("SM2 decrypts");
            let (mut message, ciphertext) = ([0; 256], inputs.ciphertext_der());
            one(move || {
                let length = context.decrypt(black_box(&ciphertext), Some(&mut message));
                black_box(length.expect("the same format"));
            })
        }
        Operation::Digest(_) => {
            let mut context = MdCtx::new().expect("memory");
            of_octets(operation, move |message| {
                let mut digest = [0; 32];
                context.digest_init(Md::sm3()).expect("SM3 is built in");
                context.digest_update(message).expect("any octets");
                context.digest_final(&mut digest).expect("32 octets");
                digest
            })
        }
        Operation::KeySchedule => {
            let (cipher, mut context) = (Cipher::sm4_ecb(), CipherCtx::new().expect("memory"));
            one(move || {
                let key = Some(black_box(&inputs.key[..]));
                context
                    .encrypt_init(Some(cipher), key, None)
                    .expect("16 octets");
            })
        }
        Operation::Ecb(_) => {
            let mut context = encrypting(Cipher::sm4_ecb());
            context.set_padding(false);
            into_other(operation, move |octets, output| {
                context
                    .cipher_update(octets, Some(output))
                    .expect("whole blocks")
            })
        }
        Operation::Ctr(_) => {
            let mut context = encrypting(Cipher::sm4_ctr());
            in_place(operation, move |octets| {
                context
                    .encrypt_init(None, None, Some(&inputs.iv))
                    .expect("16 octets");
                context
                    .cipher_update_inplace(octets, octets.len())
                    .expect("any octets");
                []
            })
        }
        Operation::CbcDecrypt(_) => {
            let mut context = CipherCtx::new().expect("memory");
            let (key, iv) = (Some(&inputs.key[..]), Some(&inputs.iv[..]));
            context
                .decrypt_init(Some(Cipher::sm4_cbc()), key, iv)
                .expect("16 octets");
            into_other(operation, move |octets, output| {
                context
                    .decrypt_init(None, None, Some(&inputs.iv))
                    .expect("16 octets");
                context.set_padding(false);
                context
                    .cipher_update(octets, Some(output))
                    .expect("whole blocks")
            })
        }
        Operation::Gcm(_) => {
            let cipher = Cipher::fetch(None, "SM4-GCM", None).expect("OpenSSL 3.1 or newer");
            let mut context = encrypting(&cipher);
            in_place(operation, move |octets| {
                context
                    .encrypt_init(None, None, Some(&inputs.nonce))
                    .expect("12 octets");
                context
                    .cipher_update_inplace(octets, octets.len())
                    .expect("any octets");
                context.cipher_final(&mut []).expect("the first end");
                let mut tag = [0; 16];
                context.tag(&mut tag).expect("after the end");
                tag
            })
        }
        Operation::Ccm(_) => {
            let cipher = Cipher::fetch(None, "SM4-CCM", None).expect("OpenSSL 3.1 or newer");
            let mut context = CipherCtx::new().expect("memory");
            context
                .encrypt_init(Some(&cipher), None, None)
                .expect("SM4 is built in");
            context.set_iv_length(12).expect("a length that fits");
            context.set_tag_length(16).expect("a length that fits");
            context
                .encrypt_init(None, Some(&inputs.key), None)
                .expect("16 octets");
            in_place(operation, move |octets| {
                context
                    .encrypt_init(None, None, Some(&inputs.nonce))
                    .expect("12 octets");
                context
                    .set_data_len(octets.len())
                    .expect("a length that fits");
                context
                    .cipher_update_inplace(octets, octets.len())
                    .expect("any octets");
                let mut tag = [0; 16];
                context.tag(&mut tag).expect("after the end");
                tag
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

fn encrypting(cipher: &CipherRef) -> CipherCtx {
    let mut context = CipherCtx::new().expect("memory");
    context
        .encrypt_init(Some(cipher), Some(&INPUTS.key), None)
        .expect("16 octets");
    context
}
