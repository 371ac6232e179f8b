//! PEM that is encrypted itself: the headers of RFC 1421, 4.6.1, and the derivation of
//! OpenSSL's `EVP_BytesToKey` with MD5, one iteration, and the first eight octets of the
//! initial vector as the salt.

use super::sec1;
use crate::{
    Error, Result,
    pki::{
        pbes::{self, KeyCipher},
        pem::{self, PemBlock},
    },
    sm2::{CURVE_OID, SecretKey},
};
use alloc::{string::String, vec::Vec};
use core::fmt::Write;
use der::AnyRef;
use md5::{Digest, Md5};
use rand_core::TryCryptoRng;
use zeroize::{Zeroize, Zeroizing};

const WHAT: &str = "PEM block with DEK-Info";
const PROC_TYPE: &str = "Proc-Type";
const ENCRYPTED: &str = "4,ENCRYPTED";
const DEK_INFO: &str = "DEK-Info";
const SALT_LENGTH: usize = 8;

/// An encrypted block, not yet opened.
#[derive(Clone)]
pub(super) struct Sealed {
    cipher: KeyCipher,
    iv: [u8; 16],
    octets: Vec<u8>,
}

/// Writes a SEC 1 key as PEM that is encrypted with SM4-CBC, `Proc-Type: 4,ENCRYPTED`, as
/// `openssl ec -sm4-cbc` does, under the label `EC PRIVATE KEY`.
///
/// For programs that read nothing better: the key comes from the password by one MD5 without
/// iterations. [`encode_private_key_encrypted`](super::encode_private_key_encrypted) is for
/// everybody else.
///
/// # Errors
/// [`Error::Random`] when the source fails, [`Error::SelfTest`] in the
/// [error state](mod@crate::self_test).
pub fn encode_private_key_legacy_pem<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    key: &SecretKey,
    password: &[u8],
) -> Result<String> {
    crate::self_test::ready()?;
    let mut iv = [0; 16];
    rng.try_fill_bytes(&mut iv).map_err(|_| Error::Random)?;
    let plain = sec1::encode(key, Some(AnyRef::from(&CURVE_OID)), true);
    let plain = plain.map_err(Error::malformed("ECPrivateKey"))?;
    let cipher = KeyCipher::Sm4Cbc;
    let derived = derive(password, &iv, cipher.key_length());
    let octets = cipher.encrypt(&derived, &iv, &plain);
    let mut info = String::from("SM4-CBC,");
    for octet in iv {
        let _ = write!(info, "{octet:02X}");
    }
    let headers = [(PROC_TYPE, ENCRYPTED), (DEK_INFO, info.as_str())];
    Ok(pem::encode_with_headers(
        "EC PRIVATE KEY",
        &headers,
        &octets,
    ))
}

impl Sealed {
    /// None for a block without these headers.
    pub(super) fn read(block: &PemBlock<'_>) -> Result<Option<Self>> {
        let invalid = |reason| Error::Invalid { what: WHAT, reason };
        match (block.header(PROC_TYPE), block.header(DEK_INFO)) {
            (None, None) => return Ok(None),
            (Some(kind), Some(_)) if kind.split(',').map(str::trim).eq(ENCRYPTED.split(',')) => {}
            _ => {
                return Err(invalid(
                    "Proc-Type: 4,ENCRYPTED and DEK-Info stand together (RFC 1421, 4.6.1)",
                ));
            }
        }
        let info = block.header(DEK_INFO).unwrap_or_default();
        let (name, iv) = info
            .split_once(',')
            .ok_or(invalid("DEK-Info is not a cipher and its initial vector"))?;
        let named =
            |cipher: &KeyCipher| alloc::format!("{cipher}").eq_ignore_ascii_case(name.trim());
        let cipher = KeyCipher::ALL.into_iter().find(named);
        let cipher = cipher.ok_or(invalid(
            "DEK-Info names a cipher other than SM4-CBC and AES-CBC",
        ))?;
        let digits = iv.trim();
        let number = u128::from_str_radix(digits, 16);
        let iv = number
            .ok()
            // A sign is no digit, and leading zeros are.
            .filter(|_| digits.len() == 32 && !digits.starts_with('+'))
            .ok_or(invalid(
                "the initial vector in DEK-Info is not 32 hexadecimal digits",
            ))?
            .to_be_bytes();
        pbes::check_blocks(block.contents())?;
        Ok(Some(Self {
            cipher,
            iv,
            octets: block.contents().to_vec(),
        }))
    }

    /// The key as it was before; [`Error::WrongPassword`] where that shows at once.
    pub(super) fn decrypt(&self, password: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let key = derive(password, &self.iv, self.cipher.key_length());
        self.cipher
            .decrypt(&key, &self.iv, &self.octets)
            .ok_or(Error::WrongPassword)
    }
}

/// D₁ = MD5(password ‖ salt), D₂ = MD5(D₁ ‖ password ‖ salt): the first octets of both.
fn derive(password: &[u8], iv: &[u8; 16], length: usize) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(32));
    let mut block = Md5::new()
        .chain_update(password)
        .chain_update(&iv[..SALT_LENGTH])
        .finalize();
    key.extend_from_slice(&block);
    if length > key.len() {
        let mut next = Md5::new()
            .chain_update(block)
            .chain_update(password)
            .chain_update(&iv[..SALT_LENGTH])
            .finalize();
        key.extend_from_slice(&next);
        next.zeroize();
    }
    block.zeroize();
    key.truncate(length);
    key
}
