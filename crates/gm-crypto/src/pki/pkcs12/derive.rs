//! What a password becomes (RFC 7292, appendix B), and the MAC under it.

use crate::{Error, Result, sm3::Sm3};
use alloc::vec::Vec;
use core::str;
use der::asn1::ObjectIdentifier;
use digest::{Digest, KeyInit, Mac, OutputSizeUser, block_api::BlockSizeUser};
use hmac::SimpleHmac;
use sha1::Sha1;
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use crate::pki::oid;

use super::PFX;

/// Octets of the longest block among the digests here.
const LONGEST_BLOCK: usize = 64;

/// B.3: what the octets derived are for.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    InitialVector = 2,
    Mac = 3,
}

/// A password as PKCS#12 wants it (B.1): a BMPString, two octets a character, with two zero
/// octets behind.
pub(super) struct BmpPassword(Zeroizing<Vec<u8>>);

impl BmpPassword {
    /// From UTF-8; characters beyond the first plane become two units of UTF-16. What is no
    /// UTF-8 is taken as Latin-1, which is what OpenSSL does.
    pub(super) fn new(password: &[u8]) -> Self {
        // Room for all of it: a vector that grows leaves copies behind.
        let mut octets = Zeroizing::new(Vec::with_capacity(2 * password.len() + 2));
        match str::from_utf8(password) {
            Ok(text) => octets.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Err(_) => octets.extend(password.iter().flat_map(|octet| [0, *octet])),
        }
        octets.extend([0, 0]);
        Self(octets)
    }

    /// The other reading of no password: no octets at all (Windows, and OpenSSL when no
    /// password was set).
    pub(super) fn none() -> Self {
        Self(Zeroizing::default())
    }

    /// Whether there is no character in it.
    pub(super) fn is_empty(&self) -> bool {
        *self.0 == [0, 0]
    }
}

/// The digests under a MAC that are read here, and written as far as they are not broken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MacDigest {
    Sm3,
    Sha1,
    Sha256,
}

impl MacDigest {
    pub(super) fn from_oid(oid: ObjectIdentifier) -> Result<Self> {
        match oid {
            oid::SM3 => Ok(Self::Sm3),
            oid::SHA1 => Ok(Self::Sha1),
            oid::SHA256 => Ok(Self::Sha256),
            oid => Err(Error::Unsupported { what: PFX, oid }),
        }
    }

    pub(super) fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sm3 => oid::SM3,
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => oid::SHA256,
        }
    }

    /// The MAC of `content` (RFC 7292, 4): HMAC under a key as long as the digest.
    pub(super) fn tag(
        self,
        password: &BmpPassword,
        salt: &[u8],
        iterations: u32,
        content: &[u8],
    ) -> Vec<u8> {
        match self {
            Self::Sm3 => tag::<Sm3>(password, salt, iterations, content),
            Self::Sha1 => tag::<Sha1>(password, salt, iterations, content),
            Self::Sha256 => tag::<Sha256>(password, salt, iterations, content),
        }
    }
}

fn tag<D: Digest + BlockSizeUser>(
    password: &BmpPassword,
    salt: &[u8],
    iterations: u32,
    content: &[u8],
) -> Vec<u8> {
    let mut key = Zeroizing::new(alloc::vec![0; <D as OutputSizeUser>::output_size()]);
    derive::<D>(Purpose::Mac, password, salt, iterations, &mut key);
    SimpleHmac::<D>::new_from_slice(&key)
        .expect("HMAC takes a key of any length")
        .chain_update(content)
        .finalize()
        .into_bytes()
        .to_vec()
}

/// B.2, step by step; fills `output`. No iteration counts as one.
pub(super) fn derive<D: Digest + BlockSizeUser>(
    purpose: Purpose,
    password: &BmpPassword,
    salt: &[u8],
    iterations: u32,
    output: &mut [u8],
) {
    let v = D::block_size();
    debug_assert!(v <= LONGEST_BLOCK);
    // Steps 1 to 4: D, and I = S ‖ P.
    let diversifier = [purpose as u8; LONGEST_BLOCK];
    let repeated = |octets: &[u8]| octets.len().next_multiple_of(v);
    let mut input = Zeroizing::new(Vec::with_capacity(repeated(salt) + repeated(&password.0)));
    for part in [salt, &password.0[..]] {
        input.extend(part.iter().cycle().take(repeated(part)));
    }
    // Steps 5 to 7.
    for chunk in output.chunks_mut(<D as OutputSizeUser>::output_size()) {
        let mut a = D::new()
            .chain_update(&diversifier[..v])
            .chain_update(&*input)
            .finalize();
        for _ in 1..iterations {
            a = D::digest(&a);
        }
        chunk.copy_from_slice(&a[..chunk.len()]);
        // I_j = (I_j + B + 1) mod 2^8v, B being A repeated.
        for block in input.chunks_mut(v) {
            let mut carry = 1;
            for (at, octet) in block.iter_mut().enumerate().rev() {
                let sum = u16::from(*octet) + u16::from(a[at % a.len()]) + carry;
                let [high, low] = sum.to_be_bytes();
                (carry, *octet) = (high.into(), low);
            }
        }
        a.as_mut_slice().zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived<D: Digest + BlockSizeUser>(purpose: Purpose, iterations: u32, n: usize) -> Vec<u8> {
        let mut output = alloc::vec![0; n];
        let password = BmpPassword::new(b"sesame");
        derive::<D>(purpose, &password, &[0xff; 8], iterations, &mut output);
        output
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    }

    /// Values of `openssl kdf ... PKCS12KDF`, OpenSSL 3.0.19; that of SHA-1 is also the one in
    /// the tests of Go's x/crypto/pkcs12.
    #[test]
    fn derived_octets_are_those_of_openssl() {
        use Purpose::{InitialVector, Key, Mac};
        assert_eq!(
            derived::<Sha1>(Key, 2048, 24),
            hex("7cd9fd3e2b3be7691a44e3bef0f9ea0fb9b897d4e325d9d1")
        );
        assert_eq!(
            derived::<Sha1>(InitialVector, 2048, 8),
            hex("3f5a277f9c21ff82")
        );
        // Longer than a digest: the addition to I counts.
        assert_eq!(
            derived::<Sm3>(Key, 2048, 70),
            hex(
                "c5b43c6a0082ea5449338c63d4b9dae5d983895397bb5f67e85e08e7dd4359b8a8071092da82da71\
                 d038a0afc8b0d19bd11bac e75e86da44aec272d8d8bbef3a4f824b90713b"
                    .replace(' ', "")
                    .as_str()
            )
        );
        assert_eq!(
            derived::<Sha256>(Key, 2048, 48),
            hex(
                "ea2ab08f45592804a64bdeb41eb0a73fa86263c266a96572f2e13f105d5c7f40dcaec8382d0709d7\
                 c7e390b9594d7ae9"
            )
        );
        let mut output = [0; 32];
        let password = BmpPassword::new(b"sesame");
        derive::<Sm3>(Mac, &password, &[1, 2, 3, 4, 5, 6, 7, 8], 1, &mut output);
        assert_eq!(
            output[..],
            hex("dddd93fb363446fa5a896902bea2c2a995d1fdcfca719e28ec8831dca9c3bbbd")
        );
    }

    #[test]
    fn a_password_is_utf_16_with_two_octets_of_zero_behind() {
        let octets = |password: &[u8]| BmpPassword::new(password).0.to_vec();
        assert_eq!(octets(b"ab"), [0, 0x61, 0, 0x62, 0, 0]);
        assert_eq!(octets("密".as_bytes()), [0x5b, 0xc6, 0, 0]);
        assert_eq!(octets("😀".as_bytes()), [0xd8, 0x3d, 0xde, 0, 0, 0]);
        assert_eq!(octets(&[0xe9, 0xff]), [0, 0xe9, 0, 0xff, 0, 0], "Latin-1");
        assert!(BmpPassword::new(b"").is_empty());
        assert!(!BmpPassword::none().is_empty());
    }
}
