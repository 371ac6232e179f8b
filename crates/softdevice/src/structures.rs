//! The structures of elliptic curves that GM/T 0018 and GM/T 0016 share, octet by octet.
//!
//! | GM/T 0018-2012, 5.4 | GM/T 0016-2012, 6.4 | fields |
//! |---|---|---|
//! | `ECCrefPublicKey` | `ECCPUBLICKEYBLOB` | bits, x, y |
//! | `ECCrefPrivateKey` | `ECCPRIVATEKEYBLOB` | bits, K |
//! | `ECCSignature` | `ECCSIGNATUREBLOB` | r, s |
//! | `ECCCipher` | `ECCCIPHERBLOB` | x, y, M (the hash C3), L, C |
//!
//! Integers are the machine's, 32 bits; there is no gap between fields, for all but integers
//! are arrays of octets. A number of 256 bits stands right in its field, zeros before it.

#[cfg(test)]
mod tests;

use gm_crypto::sm2::{Ciphertext, CiphertextForm, PublicKey, SecretKey};
use zeroize::Zeroizing;

/// How wide the field of a coordinate is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Width {
    /// 32 octets, in devices made before `ECCref_MAX_BITS` was 512.
    Bits256,
    /// 64 octets, as both standards say.
    #[default]
    Bits512,
}

/// Octets of a coordinate on this curve.
const COORDINATE: usize = 32;
/// Octets of C3.
const HASH: usize = 32;
/// Bits of the curve.
const BITS: u32 = 256;

impl Width {
    /// Octets of a coordinate's field.
    pub const fn field(self) -> usize {
        match self {
            Self::Bits256 => 32,
            Self::Bits512 => 64,
        }
    }

    /// Octets of a public key: 132 or 68.
    pub const fn public_key(self) -> usize {
        4 + 2 * self.field()
    }

    /// Octets of a private key: 68 or 36.
    pub const fn private_key(self) -> usize {
        4 + self.field()
    }

    /// Octets of a signature: 128 or 64.
    pub const fn signature(self) -> usize {
        2 * self.field()
    }

    /// Octets of a ciphertext before C: 164 or 100.
    pub const fn cipher_head(self) -> usize {
        2 * self.field() + HASH + 4
    }
}

/// What a structure is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is none of SM2")]
pub struct Malformed {
    what: &'static str,
}

const PUBLIC_KEY: Malformed = Malformed {
    what: "a public key",
};
const PRIVATE_KEY: Malformed = Malformed {
    what: "a private key",
};
const SIGNATURE: Malformed = Malformed {
    what: "a signature",
};
const CIPHER: Malformed = Malformed {
    what: "a ciphertext",
};

/// Writes `bits`, x, y.
pub fn write_public_key(key: &PublicKey, width: Width) -> Vec<u8> {
    let mut octets = Vec::with_capacity(width.public_key());
    octets.extend_from_slice(&BITS.to_ne_bytes());
    write_pair(&mut octets, &key.to_uncompressed()[1..], width);
    octets
}

/// Reads `bits`, x, y.
///
/// # Errors
/// [`Malformed`] for another length, another number of bits, and a point off the curve.
pub fn read_public_key(octets: &[u8], width: Width) -> Result<PublicKey, Malformed> {
    let point = after_bits(octets).and_then(|fields| read_pair(fields, width));
    let point = point.ok_or(PUBLIC_KEY)?;
    PublicKey::from_uncompressed(&sec1(&point)).map_err(|_| PUBLIC_KEY)
}

/// Writes `bits`, K.
pub fn write_private_key(key: &SecretKey, width: Width) -> Zeroizing<Vec<u8>> {
    let mut octets = Zeroizing::new(Vec::with_capacity(width.private_key()));
    octets.extend_from_slice(&BITS.to_ne_bytes());
    octets.resize(width.private_key() - COORDINATE, 0);
    octets.extend_from_slice(key.to_bytes().as_slice());
    octets
}

/// Reads `bits`, K.
///
/// # Errors
/// [`Malformed`] for another length, another number of bits, and a scalar out of range.
pub fn read_private_key(octets: &[u8], width: Width) -> Result<SecretKey, Malformed> {
    let field = after_bits(octets).filter(|field| field.len() == width.field());
    let (zeros, scalar) = field
        .and_then(|field| field.split_last_chunk::<COORDINATE>())
        .ok_or(PRIVATE_KEY)?;
    if zeros.iter().any(|octet| *octet != 0) {
        return Err(PRIVATE_KEY);
    }
    SecretKey::from_bytes(scalar).map_err(|_| PRIVATE_KEY)
}

/// Writes r, s.
pub fn write_signature(signature: &[u8; 64], width: Width) -> Vec<u8> {
    let mut octets = Vec::with_capacity(width.signature());
    write_pair(&mut octets, signature, width);
    octets
}

/// Reads r, s, as r ‖ s.
///
/// # Errors
/// [`Malformed`] for another length, and for a number of more than 256 bits.
pub fn read_signature(octets: &[u8], width: Width) -> Result<[u8; 64], Malformed> {
    read_pair(octets, width).ok_or(SIGNATURE)
}

/// Writes x, y, M, L, C, C as long as L says.
pub fn write_cipher(ciphertext: &Ciphertext, width: Width) -> Vec<u8> {
    let raw = ciphertext.write(CiphertextForm::C1C3C2Without04);
    let (point, rest) = raw.split_at(2 * COORDINATE);
    let (hash, encrypted) = rest.split_at(HASH);
    let mut octets = Vec::with_capacity(width.cipher_head() + encrypted.len());
    write_pair(&mut octets, point, width);
    octets.extend_from_slice(hash);
    // A ciphertext has at most 256 MiB (Ciphertext::from_der).
    let length = u32::try_from(encrypted.len()).unwrap_or(u32::MAX);
    octets.extend_from_slice(&length.to_ne_bytes());
    octets.extend_from_slice(encrypted);
    octets
}

/// L of the head of a ciphertext: octets of C behind it.
///
/// # Errors
/// [`Malformed`] for a head of another length.
pub fn cipher_length(head: &[u8], width: Width) -> Result<u32, Malformed> {
    let head = Some(head).filter(|head| head.len() == width.cipher_head());
    let length = head.and_then(|head| head.last_chunk()).ok_or(CIPHER)?;
    Ok(u32::from_ne_bytes(*length))
}

/// Reads x, y, M, L, C.
///
/// # Errors
/// [`Malformed`] where L is not the length of C, for a C without octets, and for a point
/// off the curve.
pub fn read_cipher(octets: &[u8], width: Width) -> Result<Ciphertext, Malformed> {
    let (head, encrypted) = octets.split_at_checked(width.cipher_head()).ok_or(CIPHER)?;
    if usize::try_from(cipher_length(head, width)?) != Ok(encrypted.len()) {
        return Err(CIPHER);
    }
    let (pair, rest) = head.split_at(2 * width.field());
    let point = read_pair(pair, width).ok_or(CIPHER)?;
    let raw = [&point[..], &rest[..HASH], encrypted].concat();
    Ciphertext::read(&raw, CiphertextForm::C1C3C2Without04).map_err(|_| CIPHER)
}

fn sec1(point: &[u8; 64]) -> [u8; PublicKey::LENGTH] {
    let mut octets = [4; PublicKey::LENGTH];
    octets[1..].copy_from_slice(point);
    octets
}

/// What is behind `bits`, when they are those of the curve.
fn after_bits(octets: &[u8]) -> Option<&[u8]> {
    let (bits, rest) = octets.split_first_chunk()?;
    (u32::from_ne_bytes(*bits) == BITS).then_some(rest)
}

fn write_pair(octets: &mut Vec<u8>, pair: &[u8], width: Width) {
    for number in pair.chunks(COORDINATE) {
        octets.resize(octets.len() + width.field() - number.len(), 0);
        octets.extend_from_slice(number);
    }
}

/// Two numbers that stand right in two fields.
fn read_pair(octets: &[u8], width: Width) -> Option<[u8; 64]> {
    if octets.len() != 2 * width.field() {
        return None;
    }
    let mut pair = [0; 64];
    for (field, number) in octets
        .chunks(width.field())
        .zip(pair.chunks_mut(COORDINATE))
    {
        let (zeros, value) = field.split_last_chunk::<COORDINATE>()?;
        if zeros.iter().any(|octet| *octet != 0) {
            return None;
        }
        number.copy_from_slice(value);
    }
    Some(pair)
}
