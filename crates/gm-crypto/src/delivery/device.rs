//! The structures in which devices take and give a wrapped key, as C lays them out:
//! integers little endian, no gaps.
//!
//! One name, `ENVELOPEDKEYBLOB`, two orders. Coordinates have 64 octets, the first 32 of
//! them zero on this curve (`ECCref_MAX_LEN`, GM/T 0018, 5.4; GM/T 0016, 6.4).

use crate::{
    Error, Result,
    sm2::{Ciphertext, CiphertextForm, EnvelopedKey, EnvelopedKeyForm, PublicKey, ScalarPadding},
};
use alloc::vec::Vec;
use core::fmt;

const WHAT: &str = "ENVELOPEDKEYBLOB";

/// Octets of a coordinate.
const COORDINATE: usize = 64;
/// `bits`, x, y.
const PUBLIC_KEY: usize = 4 + 2 * COORDINATE;
/// x, y, M (the hash C3), L.
const CIPHER_HEAD: usize = 2 * COORDINATE + 32 + 4;
/// `cbEncryptedPriKey`.
const SCALAR: usize = 64;
/// Octets of an SM4 key, encrypted: the length of C2.
const ENCRYPTED_KEY: usize = 16;
/// Bits of a coordinate.
const BITS: u32 = 256;
/// The most room that C has in a header file of the field.
const MAX_CAPACITY: usize = 1024;

/// SM4 in ECB mode (GM/T 0006, `SGD_SM4_ECB`).
const SM4_ECB: u32 = 0x0000_0401;
/// What says the same: SM4 without a mode, and SM4 in ECB mode in Sansec's numbers.
const SM4_ECB_OTHERWISE: [u32; 2] = [0x0000_0400, 0x0000_2001];
/// The version of the structure.
const VERSION: u32 = 1;
/// SM2 and its three uses (GM/T 0006, `SGD_SM2`, `SGD_SM2_1` to `SGD_SM2_3`).
const SM2: [u32; 4] = [0x0002_0100, 0x0002_0200, 0x0002_0400, 0x0002_0800];

/// A device's structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceForm {
    /// The order of its fields.
    pub order: DeviceOrder,
    /// How the encrypted scalar lies in its 64 octets.
    pub scalar: ScalarPlace,
}

/// The order of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceOrder {
    /// `Version`, `ulSymmAlgID`, `ulBits`, `cbEncryptedPriKey`, `PubKey`, `ECCCipherBlob`: SKF
    /// (GM/T 0016-2012, 6.4.10; GB/T 35291-2017, 6.4.10), and SDF since GM/T 0018-2023.
    ScalarFirst {
        /// Octets of room for C, the last field: 16 or more, those behind the first 16 zero.
        capacity: usize,
    },
    /// `ulAsymmAlgID` or `Version`, `ulSymmAlgID`, `ECCCipherBlob`, `PubKey`,
    /// `cbEncryptedPriKey`: SDF by GM/T 0018-2012, 5.8, and GmSSL.
    CipherFirst {
        /// The width of the two integers in front (`unsigned long`).
        integers: IntegerWidth,
        /// The integer in front: the version 1, or SM2's number (0x00020800 and others).
        first: u32,
        /// Octets of room for C: 16 or more; header files of the field have 136, 255 and
        /// 1024. What is behind the first 16 is not looked at, and zero when written.
        capacity: usize,
    },
}

/// Octets of an `unsigned long`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IntegerWidth {
    /// Four, everywhere but on Unix systems of 64 bits.
    Four,
    /// Eight.
    Eight,
}

impl IntegerWidth {
    const fn octets(self) -> usize {
        match self {
            Self::Four => 4,
            Self::Eight => 8,
        }
    }
}

/// How the encrypted scalar lies in the 64 octets of `cbEncryptedPriKey`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScalarPlace {
    /// All 64 octets are encrypted: 32 zeros and the scalar.
    #[default]
    Whole,
    /// 32 zeros, then the encrypted scalar.
    Right,
    /// The encrypted scalar, then 32 zeros.
    Left,
}

impl DeviceForm {
    /// SKF's structure, and SDF's since 2023.
    pub const SKF: Self = Self {
        order: DeviceOrder::ScalarFirst {
            capacity: ENCRYPTED_KEY,
        },
        scalar: ScalarPlace::Whole,
    };
    /// SDF's structure of 2012 with integers of 32 bits and room for 136 octets.
    pub const SDF_2012: Self = Self {
        order: DeviceOrder::CipherFirst {
            integers: IntegerWidth::Four,
            first: SM2[3],
            capacity: 136,
        },
        scalar: ScalarPlace::Whole,
    };
    /// GmSSL's (`src/sdf/sdf.h`) on a Unix system of 64 bits: 631 octets.
    pub const GMSSL: Self = Self {
        order: DeviceOrder::CipherFirst {
            integers: IntegerWidth::Eight,
            first: VERSION,
            capacity: 255,
        },
        scalar: ScalarPlace::Whole,
    };

    /// The form with the scalar elsewhere.
    #[must_use]
    pub const fn with_scalar(self, scalar: ScalarPlace) -> Self {
        Self { scalar, ..self }
    }

    /// The form with its fields in another order.
    #[must_use]
    pub const fn with_order(self, order: DeviceOrder) -> Self {
        Self { order, ..self }
    }

    /// What an envelope of this form encrypts.
    pub(super) fn padding(self) -> ScalarPadding {
        match self.scalar {
            ScalarPlace::Whole => ScalarPadding::LeadingZeros,
            ScalarPlace::Right | ScalarPlace::Left => ScalarPadding::None,
        }
    }
}

impl fmt::Display for DeviceForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.order {
            DeviceOrder::ScalarFirst { .. } => "ENVELOPEDKEYBLOB of SKF (GM/T 0016)",
            DeviceOrder::CipherFirst { first: VERSION, .. } => {
                "EnvelopedKeyBlob of SDF as GmSSL has it"
            }
            DeviceOrder::CipherFirst { .. } => "ENVELOPEDKEYBLOB of SDF (GM/T 0018-2012)",
        })
    }
}

/// Reads a structure, in the order that its length and its bit lengths tell.
pub(super) fn read(octets: &[u8]) -> Result<(EnvelopedKey, DeviceForm)> {
    let bits_at = |place: Option<usize>| {
        let field = place.and_then(|place| octets.get(place..)?.first_chunk());
        field.is_some_and(|field| u32::from_le_bytes(*field) == BITS)
    };
    if bits_at(Some(8)) && bits_at(Some(12 + SCALAR)) {
        read_scalar_first(octets)
    } else if bits_at(octets.len().checked_sub(SCALAR + PUBLIC_KEY)) {
        read_cipher_first(octets)
    } else {
        Err(super::invalid(
            "is none of the forms in which a key is delivered",
        ))
    }
}

fn read_scalar_first(octets: &[u8]) -> Result<(EnvelopedKey, DeviceForm)> {
    let mut fields = Fields::new(octets);
    fields.one_of(&[VERSION], "Version is not 1")?;
    fields.symmetric_algorithm()?;
    fields.one_of(&[BITS], "ulBits is not 256")?;
    let scalar = fields.take(SCALAR)?;
    let public_key = fields.public_key()?;
    let capacity = fields.rest().saturating_sub(CIPHER_HEAD);
    let (encrypted_key, unused) = fields.cipher(capacity)?;
    if unused.iter().any(|octet| *octet != 0) {
        return Err(fields.error("octets behind the end"));
    }
    let (scalar, place) = placed(scalar);
    let form = EnvelopedKeyForm::default();
    let envelope = EnvelopedKey::from_parts(encrypted_key, public_key, scalar, form)?;
    let form = DeviceForm {
        order: DeviceOrder::ScalarFirst { capacity },
        scalar: place,
    };
    Ok((envelope, form))
}

fn read_cipher_first(octets: &[u8]) -> Result<(EnvelopedKey, DeviceForm)> {
    // The upper half of a long integer is zero; an algorithm is not.
    let integers = match octets.get(4..8) {
        Some([0, 0, 0, 0]) => IntegerWidth::Eight,
        _ => IntegerWidth::Four,
    };
    let mut fields = Fields::new(octets);
    let firsts = [VERSION, SM2[0], SM2[1], SM2[2], SM2[3]];
    let first = fields.one_of(&firsts, "neither Version 1 nor an ulAsymmAlgID of SM2")?;
    fields.upper_half(integers)?;
    fields.symmetric_algorithm()?;
    fields.upper_half(integers)?;
    let capacity = fields
        .rest()
        .saturating_sub(CIPHER_HEAD + PUBLIC_KEY + SCALAR);
    let (encrypted_key, _) = fields.cipher(capacity)?;
    let public_key = fields.public_key()?;
    let (scalar, place) = placed(fields.take(SCALAR)?);
    let form = EnvelopedKeyForm::default();
    let envelope = EnvelopedKey::from_parts(encrypted_key, public_key, scalar, form)?;
    let form = DeviceForm {
        order: DeviceOrder::CipherFirst {
            integers,
            first,
            capacity,
        },
        scalar: place,
    };
    Ok((envelope, form))
}

/// The encrypted octets of `cbEncryptedPriKey`: SM4 gives 32 zeros once in 2^256 keys.
fn placed(field: &[u8]) -> (&[u8], ScalarPlace) {
    let (left, right) = field.split_at(SCALAR / 2);
    let empty = |half: &[u8]| half.iter().all(|octet| *octet == 0);
    match (empty(left), empty(right)) {
        (true, _) => (right, ScalarPlace::Right),
        (false, true) => (left, ScalarPlace::Left),
        (false, false) => (field, ScalarPlace::Whole),
    }
}

/// Writes a structure; the envelope has the padding that `form` asks for.
pub(super) fn write(envelope: &EnvelopedKey, form: DeviceForm) -> Vec<u8> {
    let mut scalar = [0; SCALAR];
    match form.scalar {
        ScalarPlace::Right => scalar[32..].copy_from_slice(envelope.encrypted_scalar_alone()),
        ScalarPlace::Left => scalar[..32].copy_from_slice(envelope.encrypted_scalar_alone()),
        ScalarPlace::Whole => scalar.copy_from_slice(envelope.encrypted_scalar()),
    }
    let mut octets = Vec::new();
    match form.order {
        DeviceOrder::ScalarFirst { capacity } => {
            for integer in [VERSION, SM4_ECB, BITS] {
                octets.extend_from_slice(&integer.to_le_bytes());
            }
            octets.extend_from_slice(&scalar);
            write_public_key(&mut octets, envelope.public_key());
            write_cipher(&mut octets, envelope.encrypted_key(), capacity);
        }
        DeviceOrder::CipherFirst {
            integers,
            first,
            capacity,
        } => {
            for integer in [first, SM4_ECB] {
                let integer = u64::from(integer).to_le_bytes();
                octets.extend_from_slice(&integer[..integers.octets()]);
            }
            write_cipher(&mut octets, envelope.encrypted_key(), capacity);
            write_public_key(&mut octets, envelope.public_key());
            octets.extend_from_slice(&scalar);
        }
    }
    octets
}

fn write_public_key(octets: &mut Vec<u8>, key: &PublicKey) {
    octets.extend_from_slice(&BITS.to_le_bytes());
    write_point(octets, &key.to_uncompressed()[1..]);
}

fn write_point(octets: &mut Vec<u8>, point: &[u8]) {
    for coordinate in point.chunks(32) {
        octets.extend_from_slice(&[0; COORDINATE - 32]);
        octets.extend_from_slice(coordinate);
    }
}

fn write_cipher(octets: &mut Vec<u8>, ciphertext: &Ciphertext, capacity: usize) {
    let raw = ciphertext.write(CiphertextForm::C1C3C2Without04);
    let (point, rest) = raw.split_at(64);
    let (hash, encrypted) = rest.split_at(32);
    write_point(octets, point);
    octets.extend_from_slice(hash);
    let length = u32::try_from(encrypted.len()).unwrap_or(u32::MAX);
    octets.extend_from_slice(&length.to_le_bytes());
    octets.extend_from_slice(encrypted);
    let unused = capacity.min(MAX_CAPACITY).saturating_sub(encrypted.len());
    octets.resize(octets.len() + unused, 0);
}

/// What is left of a structure, and where it lies.
struct Fields<'a> {
    octets: &'a [u8],
    place: usize,
}

impl<'a> Fields<'a> {
    fn new(octets: &'a [u8]) -> Self {
        Self { octets, place: 0 }
    }

    fn rest(&self) -> usize {
        self.octets.len() - self.place
    }

    fn error(&self, reason: &'static str) -> Error {
        Error::Encoding {
            what: WHAT,
            offset: self.place as u64,
            reason,
        }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let field = self
            .octets
            .get(self.place..)
            .and_then(|rest| rest.get(..length))
            .ok_or(self.error("ends before this field does"))?;
        self.place += length;
        Ok(field)
    }

    /// An integer of 32 bits that must be one of some.
    fn one_of(&mut self, known: &[u32], reason: &'static str) -> Result<u32> {
        let error = self.error(reason);
        let value = self.integer()?;
        known.contains(&value).then_some(value).ok_or(error)
    }

    fn integer(&mut self) -> Result<u32> {
        let field = self.take(4)?;
        Ok(field
            .first_chunk()
            .map_or(0, |octets| u32::from_le_bytes(*octets)))
    }

    fn upper_half(&mut self, width: IntegerWidth) -> Result<()> {
        match width {
            IntegerWidth::Four => Ok(()),
            IntegerWidth::Eight => self
                .one_of(&[0], "an integer has more than 32 bits")
                .map(drop),
        }
    }

    fn symmetric_algorithm(&mut self) -> Result<()> {
        let known = [SM4_ECB, SM4_ECB_OTHERWISE[0], SM4_ECB_OTHERWISE[1]];
        self.one_of(&known, "ulSymmAlgID is not SM4 in ECB mode")
            .map(drop)
    }

    /// x ‖ y in 64 octets, from two fields that are right-aligned.
    fn point(&mut self) -> Result<[u8; 64]> {
        let mut point = [0; 64];
        for coordinate in point.chunks_mut(32) {
            let error = self.error("a coordinate does not begin with 32 zeros");
            let (zeros, value) = self.take(COORDINATE)?.split_at(COORDINATE - 32);
            if zeros.iter().any(|octet| *octet != 0) {
                return Err(error);
            }
            coordinate.copy_from_slice(value);
        }
        Ok(point)
    }

    fn public_key(&mut self) -> Result<PublicKey> {
        self.one_of(&[BITS], "a public key has not 256 bits")?;
        let mut octets = [4; PublicKey::LENGTH];
        octets[1..].copy_from_slice(&self.point()?);
        PublicKey::from_uncompressed(&octets)
    }

    /// A ciphertext of 16 octets whose field has room for `capacity`, and what is left.
    fn cipher(&mut self, capacity: usize) -> Result<(Ciphertext, &'a [u8])> {
        let point = self.point()?;
        let hash = self.take(32)?;
        #[expect(clippy::cast_possible_truncation, reason = "16")]
        let length = [ENCRYPTED_KEY as u32];
        self.one_of(&length, "the encrypted SM4 key has not 16 octets")?;
        if capacity > MAX_CAPACITY {
            return Err(self.error("more room for a ciphertext than 1024 octets"));
        }
        let encrypted = self.take(ENCRYPTED_KEY)?;
        let unused = self.take(capacity.saturating_sub(ENCRYPTED_KEY))?;
        let raw = [&point[..], hash, encrypted].concat();
        let ciphertext = Ciphertext::read(&raw, CiphertextForm::C1C3C2Without04)?;
        Ok((ciphertext, unused))
    }
}
