//! The ciphers of RFC 7292, appendix C: read, because Chinese CAs deliver SM2 keys under them,
//! and never written.

use crate::{Error, Result};
use alloc::vec::Vec;
use cipher::{
    BlockCipherDecrypt, BlockModeDecrypt, BlockSizeUser, InnerIvInit, KeyInit,
    block_padding::Pkcs7, common::InvalidLength, consts::U8,
};
use der::{Sequence, asn1::OctetStringRef};
use des::{TdesEde2, TdesEde3};
use rc2::Rc2;
use sha1::Sha1;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use crate::pki::oid;

use super::{
    PFX,
    derive::{BmpPassword, Purpose, derive},
};

/// Appendix C.
#[derive(Sequence)]
pub(super) struct Parameters<'a> {
    salt: &'a OctetStringRef,
    pub(super) iterations: u32,
}

/// The ciphers, in the order of their identifiers 1.2.840.113549.1.12.1.3 to .6.
#[derive(Clone, Copy)]
enum Cipher {
    TripleDes,
    TripleDesOfTwoKeys,
    Rc2Of128Bits,
    Rc2Of40Bits,
}

impl Cipher {
    fn from_algorithm(algorithm: AlgorithmIdentifierRef<'_>) -> Option<Self> {
        match algorithm.oid {
            oid::PBE_SHA1_3DES => Some(Self::TripleDes),
            oid::PBE_SHA1_2DES => Some(Self::TripleDesOfTwoKeys),
            oid::PBE_SHA1_RC2_128 => Some(Self::Rc2Of128Bits),
            oid::PBE_SHA1_RC2_40 => Some(Self::Rc2Of40Bits),
            _ => None,
        }
    }

    fn key_length(self) -> usize {
        match self {
            Self::TripleDes => 24,
            Self::TripleDesOfTwoKeys | Self::Rc2Of128Bits => 16,
            Self::Rc2Of40Bits => 5,
        }
    }
}

/// Whether this is one of them.
pub(super) fn is_legacy(algorithm: AlgorithmIdentifierRef<'_>) -> bool {
    Cipher::from_algorithm(algorithm).is_some()
}

/// Its parameters.
pub(super) fn parameters<'a>(algorithm: AlgorithmIdentifierRef<'a>) -> Result<Parameters<'a>> {
    let any = algorithm.parameters.ok_or(Error::Invalid {
        what: PFX,
        reason: "an encryption stands without its parameters",
    })?;
    any.decode_as().map_err(Error::malformed(PFX))
}

/// Decrypts; the error for a wrong password is that of any bad padding.
pub(super) fn decrypt(
    algorithm: AlgorithmIdentifierRef<'_>,
    password: &BmpPassword,
    octets: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let cipher = Cipher::from_algorithm(algorithm).ok_or(Error::Unsupported {
        what: PFX,
        oid: algorithm.oid,
    })?;
    let parameters = parameters(algorithm)?;
    let salt = parameters.salt.as_bytes();
    let mut key = Zeroizing::new([0; 24]);
    let key = &mut key[..cipher.key_length()];
    derive::<Sha1>(Purpose::Key, password, salt, parameters.iterations, key);
    let mut iv = [0; 8];
    derive::<Sha1>(
        Purpose::InitialVector,
        password,
        salt,
        parameters.iterations,
        &mut iv,
    );
    let mut octets = Zeroizing::new(octets.to_vec());
    let length = match cipher {
        Cipher::TripleDes => open(TdesEde3::new_from_slice(key), iv, &mut octets),
        Cipher::TripleDesOfTwoKeys => open(TdesEde2::new_from_slice(key), iv, &mut octets),
        Cipher::Rc2Of128Bits => open(Ok(Rc2::new_with_eff_key_len(key, 128)), iv, &mut octets),
        Cipher::Rc2Of40Bits => open(Ok(Rc2::new_with_eff_key_len(key, 40)), iv, &mut octets),
    }?;
    octets.truncate(length);
    Ok(octets)
}

/// CBC and its padding; the length of what was inside.
fn open<C: BlockCipherDecrypt + BlockSizeUser<BlockSize = U8>>(
    cipher: core::result::Result<C, InvalidLength>,
    iv: [u8; 8],
    octets: &mut [u8],
) -> Result<usize> {
    let cipher = cipher.map_err(|_| Error::Crypto)?;
    cbc::Decryptor::inner_iv_init(cipher, &iv.into())
        .decrypt_padded::<Pkcs7>(octets)
        .map(<[u8]>::len)
        .map_err(|_| Error::WrongPassword)
}
