//! The ciphers: CBC with the padding of PKCS#7.

use crate::{
    Error, Result,
    low::ct::declassify,
    pki::oid,
    sm4::{
        CbcDecryptor, CbcEncryptor,
        cipher::{
            BlockModeDecrypt, BlockModeEncrypt, KeyIvInit,
            block_padding::{NoPadding, Pkcs7},
        },
    },
};
use aes::{Aes128, Aes192, Aes256};
use alloc::vec::Vec;
use core::fmt;
use der::asn1::ObjectIdentifier;
use subtle::{ConstantTimeEq, ConstantTimeGreater};
use zeroize::Zeroizing;

/// Octets of a block, and of the initial vector, with all of these ciphers.
pub(crate) const BLOCK_LENGTH: usize = 16;

/// The cipher of an encrypted key file, in CBC mode with the padding of PKCS#7 (RFC 5652,
/// 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyCipher {
    /// SM4, 1.2.156.10197.1.104.2 (GB/T 32907). The identifiers 1.2.156.10197.1.104 (mode
    /// unsaid) and 1.2.156.10197.6.1.4.1.12.1.1 (GM/T 0091-2020, B.2) are read as this one
    /// where the parameters are an initial vector.
    Sm4Cbc,
    /// AES with 128 bits, 2.16.840.1.101.3.4.1.2.
    Aes128Cbc,
    /// AES with 192 bits, 2.16.840.1.101.3.4.1.22.
    Aes192Cbc,
    /// AES with 256 bits, 2.16.840.1.101.3.4.1.42.
    Aes256Cbc,
}

impl fmt::Display for KeyCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sm4Cbc => "SM4-CBC",
            Self::Aes128Cbc => "AES-128-CBC",
            Self::Aes192Cbc => "AES-192-CBC",
            Self::Aes256Cbc => "AES-256-CBC",
        })
    }
}

/// CBC over each cipher, made of a key and an initial vector that fit.
macro_rules! with {
    ($self:ident, $sm4:ident, $aes:ident, $key:ident, $iv:ident, $mode:ident => $body:expr) => {{
        const FITS: &str = "a key and an initial vector of this cipher's lengths";
        match $self {
            KeyCipher::Sm4Cbc => {
                let $mode = $sm4::new_from_slices($key, $iv).expect(FITS);
                $body
            }
            KeyCipher::Aes128Cbc => {
                let $mode = cbc::$aes::<Aes128>::new_from_slices($key, $iv).expect(FITS);
                $body
            }
            KeyCipher::Aes192Cbc => {
                let $mode = cbc::$aes::<Aes192>::new_from_slices($key, $iv).expect(FITS);
                $body
            }
            KeyCipher::Aes256Cbc => {
                let $mode = cbc::$aes::<Aes256>::new_from_slices($key, $iv).expect(FITS);
                $body
            }
        }
    }};
}

impl KeyCipher {
    pub(crate) const ALL: [Self; 4] = [
        Self::Sm4Cbc,
        Self::Aes128Cbc,
        Self::Aes192Cbc,
        Self::Aes256Cbc,
    ];

    /// The cipher that an identifier means, and whether it is spelled strangely.
    pub(super) fn named(oid: ObjectIdentifier) -> Result<(Self, bool)> {
        if [oid::SM4, oid::PBE_SM3_SM4_CBC].contains(&oid) {
            return Ok((Self::Sm4Cbc, true));
        }
        let known = Self::ALL.into_iter().find(|cipher| cipher.oid() == oid);
        known
            .map(|cipher| (cipher, false))
            .ok_or(Error::Unsupported {
                what: "encryption under a password",
                oid,
            })
    }

    pub(crate) const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sm4Cbc => oid::SM4_CBC,
            Self::Aes128Cbc => oid::AES128_CBC,
            Self::Aes192Cbc => oid::AES192_CBC,
            Self::Aes256Cbc => oid::AES256_CBC,
        }
    }

    pub(crate) const fn key_length(self) -> usize {
        match self {
            Self::Sm4Cbc | Self::Aes128Cbc => 16,
            Self::Aes192Cbc => 24,
            Self::Aes256Cbc => 32,
        }
    }

    /// Pads and encrypts; `key` has [`Self::key_length`] octets.
    pub(crate) fn encrypt(self, key: &[u8], iv: &[u8; BLOCK_LENGTH], octets: &[u8]) -> Vec<u8> {
        with!(self, CbcEncryptor, Encryptor, key, iv, mode => mode.encrypt_padded_vec::<Pkcs7>(octets))
    }

    /// Decrypts and takes the padding off, in the same time whatever the padding is; none
    /// for octets that are not whole blocks and for a padding that is not PKCS#7's.
    pub(crate) fn decrypt(
        self,
        key: &[u8],
        iv: &[u8; BLOCK_LENGTH],
        octets: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let mut plain = Zeroizing::new(octets.to_vec());
        with!(self, CbcDecryptor, Decryptor, key, iv, mode => {
            mode.decrypt_padded::<NoPadding>(&mut plain).ok()?;
        });
        let length = unpadded_length(&plain)?;
        plain.truncate(length);
        Some(plain)
    }
}

/// RFC 5652, 6.3: one to sixteen octets, each of which is their number.
fn unpadded_length(plain: &[u8]) -> Option<usize> {
    let block = plain.last_chunk::<BLOCK_LENGTH>()?;
    let last = block[BLOCK_LENGTH - 1];
    let mut good = !last.ct_eq(&0) & !last.ct_gt(&16);
    for (place, octet) in (1_u8..=16).zip(block.iter().rev()) {
        let is_padding = !place.ct_gt(&last);
        good &= !is_padding | octet.ct_eq(&last);
    }
    declassify(bool::from(good), "a wrong password is told to be wrong")
        .then(|| plain.len() - usize::from(declassify(last, "the length of a key is public")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_one_to_sixteen_octets_of_their_number() {
        let mut block = [0; 32];
        for padding in 0..=255_u8 {
            for damaged in [None, Some(0), Some(1), Some(14)] {
                block.fill(0xee);
                let length = usize::from(padding).min(32);
                block[32 - length..].fill(padding);
                block[31] = padding;
                if let Some(place) = damaged {
                    // Octets before the last of the padding.
                    block[30 - place] ^= 0x40;
                }
                let good = (1..=16).contains(&padding)
                    && damaged.is_none_or(|place| usize::from(padding) < place + 2);
                assert_eq!(
                    unpadded_length(&block),
                    good.then(|| 32 - usize::from(padding)),
                    "{padding} {damaged:?}"
                );
            }
        }
        assert_eq!(unpadded_length(&[1; 15]), None);
    }
}
