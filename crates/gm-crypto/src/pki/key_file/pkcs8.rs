//! PKCS#8 (RFC 5208, RFC 5958), plain and encrypted.

use super::{
    KeyRemark, PlainKey, checked_pair, remark_on_curve,
    sec1::{self, Place},
};
use crate::{
    Error, Result,
    pki::{
        KeyFileParameters,
        pbes::{self, Scheme},
        spki,
    },
    sm2::{CURVE_OID, KEY_OID, SecretKey},
};
use ::pkcs8::{PrivateKeyInfo, PrivateKeyInfoRef};
use ::spki::{AlgorithmIdentifier, AlgorithmIdentifierOwned, AlgorithmIdentifierRef};
use alloc::vec::Vec;
use der::{
    AnyRef, Decode, Encode, Sequence,
    asn1::{BitStringRef, OctetString, OctetStringRef},
};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

const ENCRYPTED: &str = "EncryptedPrivateKeyInfo";
const PRIVATE: &str = "PrivateKeyInfo";

/// RFC 5958, clause 3.
#[derive(Sequence)]
struct EncryptedPrivateKeyInfo<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    encrypted_data: &'a OctetStringRef,
}

/// The same, to be written.
#[derive(Sequence)]
struct OwnedEncryptedPrivateKeyInfo {
    algorithm: AlgorithmIdentifierOwned,
    encrypted_data: OctetString,
}

/// Reads an unencrypted private key from DER: PKCS#8 `PrivateKeyInfo` (RFC 5208),
/// `OneAsymmetricKey` (RFC 5958) or SEC 1 `ECPrivateKey` (RFC 5915) on the SM2 curve. Other
/// forms, and PEM, are [`PrivateKeyFile::read`](crate::pki::PrivateKeyFile::read)'s.
///
/// # Errors
/// [`Error::Malformed`] when it is neither, [`Error::Unsupported`] for another
/// curve, [`Error::Invalid`] for a curve that is written out, for a scalar outside of 1 to
/// n − 2, and when a public key stands beside the scalar and is not its own.
pub fn decode_private_key(der: &[u8]) -> Result<SecretKey> {
    let mut remarks = Vec::new();
    let key = plain(der, &mut remarks)?;
    if remarks.contains(&KeyRemark::ExplicitParameters) {
        return Err(Error::Invalid {
            what: PRIVATE,
            reason: "the curve is written out, which RFC 5480, 2.1.1, forbids",
        });
    }
    Ok(key.secret)
}

/// Writes an unencrypted PKCS#8 `PrivateKeyInfo` with the public key inside.
pub fn encode_private_key(key: &SecretKey) -> Zeroizing<Vec<u8>> {
    encode(key, true)
}

/// Writes an unencrypted PKCS#8 `PrivateKeyInfo` without the public key, for programs that
/// refuse it there. Nobody can tell then whether the scalar is damaged.
pub fn encode_private_key_without_public(key: &SecretKey) -> Zeroizing<Vec<u8>> {
    encode(key, false)
}

/// Whether DER is an `EncryptedPrivateKeyInfo`, so that a caller knows to ask
/// for a password.
pub fn is_encrypted_private_key(der: &[u8]) -> bool {
    EncryptedPrivateKeyInfo::from_der(der).is_ok()
}

/// Reads an encrypted private key from DER: PBES2 or GM/T 0091's PBES, with what
/// [`KeyFileParameters`] has and all identifiers in circulation. The password is taken as
/// octets; the field writes it in UTF-8.
///
/// # Errors
/// What shows without the password: [`Error::Malformed`] for broken DER,
/// [`Error::Unsupported`] for other algorithms, [`Error::Invalid`] for parameters that
/// contradict themselves or ask for over ten million iterations. Whatever is wrong after
/// decryption is one [`Error::WrongPassword`], also where it is a key on another curve or one
/// out of range, so that a service that opens what others send answers them nothing;
/// [`PrivateKeyFile::open_explained`](crate::pki::PrivateKeyFile::open_explained) says more.
pub fn decode_private_key_encrypted(der: &[u8], password: &[u8]) -> Result<SecretKey> {
    let file = EncryptedPrivateKeyInfo::from_der(der).map_err(Error::malformed(ENCRYPTED))?;
    let plain = pbes::decrypt(file.algorithm, password, file.encrypted_data.as_bytes())?;
    decode_private_key(&plain).map_err(|_| Error::WrongPassword)
}

/// Writes a private key encrypted under `password`: PBES2 with PBKDF2, a fresh salt and
/// initial vector of 16 octets each, the function and the cipher that `file` says.
///
/// # Errors
/// [`Error::Random`] when the source fails, [`Error::Invalid`] for fewer than
/// 1,000 or more than ten million iterations, [`Error::SelfTest`] in the
/// [error state](mod@crate::self_test).
pub fn encode_private_key_encrypted<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    key: &SecretKey,
    password: &[u8],
    file: KeyFileParameters,
) -> Result<Vec<u8>> {
    crate::self_test::ready()?;
    let plain = encode_private_key(key);
    let (algorithm, encrypted) = pbes::encrypt(rng, file, password, &plain)?;
    let encode = || {
        OwnedEncryptedPrivateKeyInfo {
            algorithm,
            encrypted_data: OctetString::new(encrypted)?,
        }
        .to_der()
    };
    encode().map_err(Error::malformed(ENCRYPTED))
}

fn encode(key: &SecretKey, with_public: bool) -> Zeroizing<Vec<u8>> {
    let encode = || -> der::Result<Zeroizing<Vec<u8>>> {
        let inner = sec1::encode(key, None, with_public)?;
        let info: PrivateKeyInfoRef<'_> = PrivateKeyInfo {
            algorithm: AlgorithmIdentifier {
                oid: KEY_OID,
                parameters: Some(AnyRef::from(&CURVE_OID)),
            },
            private_key: OctetStringRef::new(&inner)?,
            public_key: None::<BitStringRef<'_>>,
        };
        Ok(Zeroizing::new(info.to_der()?))
    };
    encode().expect("a key of 150 octets has a DER encoding")
}

/// PKCS#8 or SEC 1, told apart by trying, so that the error for neither is PKCS#8's.
pub(super) fn plain(der: &[u8], remarks: &mut Vec<KeyRemark>) -> Result<PlainKey> {
    match read(der, remarks) {
        Err(Error::Malformed { what, source }) if what == PRIVATE => {
            match sec1::read(der, Place::Alone, remarks) {
                Err(Error::Malformed { .. }) => Err(Error::Malformed { what, source }),
                read => read,
            }
        }
        read => read.map(|(_, key)| key),
    }
}

/// Reads and checks; tells whether it is version 2, with the public key outside.
pub(super) fn read(der: &[u8], remarks: &mut Vec<KeyRemark>) -> Result<(bool, PlainKey)> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(Error::malformed(PRIVATE))?;
    remark_on_curve(spki::named_curve(info.algorithm)?, remarks);
    let mut key = sec1::read(info.private_key.as_bytes(), Place::InPkcs8, remarks)?;
    if let Some(bits) = info.public_key {
        let outer = bits.as_bytes().ok_or(Error::Invalid {
            what: PRIVATE,
            reason: "the public key is not made of whole octets",
        })?;
        remarks.retain(|remark| *remark != KeyRemark::NoPublicKey);
        key = checked_pair(PRIVATE, key.secret, Some(outer), remarks)?;
    }
    Ok((info.public_key.is_some(), key))
}

/// Reads what shows without a password.
pub(super) fn read_encrypted(der: &[u8]) -> Result<(Scheme, Vec<u8>)> {
    let file = EncryptedPrivateKeyInfo::from_der(der).map_err(Error::malformed(ENCRYPTED))?;
    let octets = file.encrypted_data.as_bytes();
    let scheme = Scheme::read(file.algorithm)?;
    pbes::check_blocks(octets)?;
    Ok((scheme, octets.to_vec()))
}
