//! Exits with 0 when `gm-crypto` without `std` hashes, signs, verifies, encrypts and
//! decrypts; with the number of the step that failed, or 101 after a panic.

#![no_std]
#![no_main]

extern crate alloc;

mod sys;

use core::convert::Infallible;
use gm_crypto::{
    sm2::{DerSignature, SecretKey, SigningKey, UserId},
    sm3,
    sm4::{
        Sm4,
        cipher::{BlockCipherEncrypt, KeyInit},
    },
};
use rand_core::{TryCryptoRng, TryRng};
use signature::{Signer, Verifier};

const MESSAGE: &[u8] = b"octets to sign";

fn run() -> Result<(), u8> {
    // GB/T 32905-2016, annex A.1.
    let digest = sm3::digest(b"abc");
    check(1, digest[..4] == [0x66, 0xc7, 0xf0, 0xf4])?;

    // GB/T 32907-2016, annex A.1.
    let key = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
    let mut block = key.into();
    Sm4::new(&key.into()).encrypt_block(&mut block);
    check(2, block[..4] == [0x68, 0x1e, 0xdf, 0x34])?;

    let secret = SecretKey::generate(&mut Counter(1)).map_err(|_| 3)?;
    let signer = SigningKey::new(secret, UserId::default());
    let hedged = signer
        .sign_hedged(&mut Counter(2), MESSAGE)
        .map_err(|_| 4)?;
    for signature in [hedged, signer.sign(MESSAGE)] {
        let read = DerSignature::from_der(&signature.to_der()).map_err(|_| 5)?;
        let verifying = signer.verifying_key();
        check(6, verifying.verify(MESSAGE, &read).is_ok())?;
        check(7, verifying.verify(b"other octets", &read).is_err())?;
    }

    let secret = signer.secret_key();
    let sealed = secret.public_key().encrypt(&mut Counter(3), MESSAGE);
    let opened = secret.decrypt(&sealed.map_err(|_| 8)?).map_err(|_| 9)?;
    check(10, opened[..] == *MESSAGE)
}

fn check(step: u8, good: bool) -> Result<(), u8> {
    if good { Ok(()) } else { Err(step) }
}

/// Octets that count; no source for a program that has secrets.
struct Counter(u8);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut octets = [0; 4];
        self.try_fill_bytes(&mut octets)?;
        Ok(u32::from_le_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_le_bytes(octets))
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        for octet in octets {
            self.0 = self.0.wrapping_add(1);
            *octet = self.0;
        }
        Ok(())
    }
}

impl TryCryptoRng for Counter {}
