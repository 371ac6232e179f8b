//! Botan 3: windows of 6 bits over a table for G, 2 × 3 bits jointly for verification,
//! blinded; SM3 with AVX2 and BMI2; SM4 by AES-NI, eight blocks at a time.
//!
//! Random octets come from its system generator. With no ID, the hash "Raw" and e as
//! the message, it signs a digest. Signatures are DER, ciphertexts C1 ‖ C3 ‖ C2. Keys are
//! read from SubjectPublicKeyInfo, the 65 octets with 26 before them, as its wrapper
//! reads no others.

use super::{Row, in_place, into_other, of_octets, one};
use crate::operations::{ID, INPUTS, Operation};
use ::botan::{
    BlockCipher, BlockCipherAlgorithm, Cipher, CipherDirection, Decryptor, EcGroupId,
    EncryptionParams, Encryptor, HashAlgorithm, HashFunction, KdfAlgorithm, Privkey, Pubkey,
    PublicKeyAlgorithm, RandomNumberGenerator, SignatureParams, Signer, Verifier,
};
use std::hint::black_box;

pub(super) fn rows(operation: Operation) -> Vec<Row> {
    let inputs = &*INPUTS;
    let mut rng = RandomNumberGenerator::new_system().expect("the system is random");
    let digest_only = || SignatureParams::Arbitrary(",Raw".into());
    let with_z = || SignatureParams::Sm2 {
        user_id: ID.into(),
        hash: Some(HashAlgorithm::Sm3),
    };
    let secret = || Privkey::load_der(&pkcs8()).expect("a good key");
    let (spki, der) = (spki(), inputs.signature_der());
    let verify = |params, key: &Pubkey| {
        Verifier::new_with_der_formatted_signatures(key, params).expect("SM2 is built in")
    };
    let check = |verifier: &mut Verifier, octets: &[u8], der: &[u8]| {
        verifier.update(black_box(octets)).expect("any octets");
        assert!(verifier.finish(black_box(der)).expect("a signature"));
    };
    match operation {
        Operation::KeyGen => one(move || {
            let key = Privkey::create(PublicKeyAlgorithm::Sm2, EcGroupId::Sm2p256v1, &mut rng);
            let public = key.and_then(|key| key.pubkey()?.ec_public_point());
            black_box(public.expect("the system is random"));
        }),
        Operation::SignDigest | Operation::SignMessage => {
            let (params, octets) = match operation {
                Operation::SignDigest => (digest_only(), &inputs.digest),
                _ => (with_z(), &inputs.message),
            };
            let signer = Signer::new_with_der_formatted_signatures(&secret(), params);
            let mut signer = signer.expect("SM2 is built in");
            one(move || {
                signer.update(black_box(octets)).expect("any octets");
                black_box(signer.finish(&mut rng).expect("the system is random"));
            })
        }
        Operation::VerifyDigest => one(move || {
            let key = Pubkey::load_der(black_box(&spki)).expect("a good key");
            check(&mut verify(digest_only(), &key), &inputs.digest, &der);
        }),
        Operation::VerifyDigestReady => {
            let mut ready = verify(digest_only(), &Pubkey::load_der(&spki).expect("a good key"));
            one(move || check(&mut ready, &inputs.digest, &der))
        }
        Operation::VerifyMessage => one(move || {
            let key = Pubkey::load_der(black_box(&spki)).expect("a good key");
            check(&mut verify(with_z(), &key), &inputs.message, &der);
        }),
        Operation::Encrypt => {
            let key = Pubkey::load_der(&spki).expect("a good key");
            let key = Encryptor::new(&key, EncryptionParams::Sm2(HashAlgorithm::Sm3));
            let mut key = key.expect("SM2 is built in");
            one(move || {
                let ciphertext = key.encrypt(black_box(&inputs.message), &mut rng);
                black_box(ciphertext.expect("the system is random"));
            })
        }
        // It reads the DER of GM/T 0009, and writes it too.
        Operation::Decrypt => {
            let key = Decryptor::new(&secret(), EncryptionParams::Sm2(HashAlgorithm::Sm3));
            let (mut key, ciphertext) = (key.expect("SM2 is built in"), inputs.ciphertext_der());
            one(move || {
                black_box(
                    key.decrypt(black_box(&ciphertext))
                        .expect("the same format"),
                );
            })
        }
        Operation::Digest(_) => {
            let mut hash = HashFunction::new(HashAlgorithm::Sm3).expect("SM3 is built in");
            of_octets(operation, move |message| {
                hash.update(message).expect("any octets");
                hash.finish().expect("32 octets")
            })
        }
        Operation::Kdf(size) => one(move || {
            let algorithm = KdfAlgorithm::Kdf2(HashAlgorithm::Sm3);
            let output = ::botan::kdf(algorithm, size, black_box(&[7; 64]), b"", b"");
            black_box(output.expect("KDF2 is built in"));
        }),
        Operation::KeySchedule => {
            let cipher = BlockCipher::new(BlockCipherAlgorithm::Sm4);
            let mut cipher = cipher.expect("SM4 is built in");
            one(move || cipher.set_key(black_box(&inputs.key)).expect("16 octets"))
        }
        Operation::Ecb(_) => {
            let cipher = BlockCipher::new(BlockCipherAlgorithm::Sm4);
            let mut cipher = cipher.expect("SM4 is built in");
            cipher.set_key(&inputs.key).expect("16 octets");
            in_place(operation, move |octets| {
                cipher.encrypt_in_place(octets).expect("whole blocks");
                []
            })
        }
        Operation::Ctr(_) => mode(
            operation,
            "CTR-BE(SM4)",
            CipherDirection::Encrypt,
            &inputs.iv,
        ),
        Operation::CbcDecrypt(_) => {
            let iv = &inputs.iv;
            mode(operation, "SM4/CBC/NoPadding", CipherDirection::Decrypt, iv)
        }
        Operation::Gcm(_) => mode(
            operation,
            "SM4/GCM",
            CipherDirection::Encrypt,
            &inputs.nonce,
        ),
        Operation::Ccm(_) => {
            let nonce = &inputs.nonce;
            mode(operation, "SM4/CCM(16,3)", CipherDirection::Encrypt, nonce)
        }
        Operation::KeyGenBatch
        | Operation::SignDigestBatch
        | Operation::SignMessageBatch
        | Operation::Prepare
        | Operation::Exchange
        | Operation::EightDigests(_) => vec![],
    }
}

/// The wrapper has no way to work in place.
fn mode(
    operation: Operation,
    name: &str,
    direction: CipherDirection,
    nonce: &'static [u8],
) -> Vec<Row> {
    let mut cipher = Cipher::new(name, direction).expect("SM4 is built in");
    cipher.set_key(&INPUTS.key).expect("16 octets");
    into_other(operation, move |octets, output| {
        cipher.start(nonce).expect("a nonce that fits");
        cipher.finish_into(octets, output).expect("room enough")
    })
}

/// SubjectPublicKeyInfo in Botan's own spelling: a fresh key's, with these 65 octets.
fn spki() -> Vec<u8> {
    let key = fresh().pubkey().expect("a good key");
    let point = key.ec_public_point().expect("a good key");
    let der = key.der_encode().expect("a good key");
    replaced(der, &point, &INPUTS.public)
}

/// PKCS #8 likewise.
fn pkcs8() -> Vec<u8> {
    let key = fresh();
    let point = key
        .pubkey()
        .and_then(|key| key.ec_public_point())
        .expect("a good key");
    let scalar = key
        .get_field("x")
        .and_then(|x| x.to_bin())
        .expect("a good key");
    let der = replaced(
        key.der_encode().expect("a good key"),
        &scalar,
        &INPUTS.secret,
    );
    replaced(der, &point, &INPUTS.public)
}

/// A key whose scalar has 32 octets, so that another's fits in its place.
fn fresh() -> Privkey {
    let mut rng = RandomNumberGenerator::new_system().expect("the system is random");
    loop {
        let key = Privkey::create(PublicKeyAlgorithm::Sm2, EcGroupId::Sm2p256v1, &mut rng)
            .expect("the system is random");
        if key
            .get_field("x")
            .and_then(|x| x.to_bin())
            .expect("a good key")
            .len()
            == 32
        {
            return key;
        }
    }
}

fn replaced(mut octets: Vec<u8>, old: &[u8], new: &[u8]) -> Vec<u8> {
    if let Some(at) = octets.windows(old.len()).position(|window| window == old) {
        octets[at..at + old.len()].copy_from_slice(new);
    }
    octets
}
