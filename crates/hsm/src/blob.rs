//! Structures of SM2 keys, signatures and ciphertexts, as GM/T 0018 and GM/T 0016 lay them
//! out alike: read and written octet by octet.
//!
//! | GM/T 0018-2012, 5.4 | GM/T 0016-2012, 6.4 | fields |
//! |---|---|---|
//! | `ECCrefPublicKey` | `ECCPUBLICKEYBLOB` | bits, x, y |
//! | `ECCSignature` | `ECCSIGNATUREBLOB` | r, s |
//! | `ECCCipher` | `ECCCIPHERBLOB` | x, y, M (the hash C3), L, C |
//!
//! What a device gave is taken for true in nothing: a coordinate that is too long, a point
//! off the curve, a number out of its range are told by name.

use gm_crypto::sm2::{Ciphertext, CiphertextForm, DerSignature, PublicKey, RawSignature};

#[cfg(target_endian = "big")]
compile_error!("the structures of SDF and SKF devices are written for little-endian machines");

/// Octets of a number on this curve.
const NUMBER: usize = 32;
/// Octets of C3.
const HASH: usize = 32;
/// Bits of the curve.
const BITS: u64 = 256;

/// How wide the fields are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Octets of a coordinate's field: 64 (`ECCref_MAX_BITS` is 512) or 32.
    pub(crate) field: usize,
    /// Octets of an integer: 4, or 8 where it is `unsigned long` on a Unix system of 64 bits.
    pub(crate) integer: usize,
}

/// The structures as C has them, to compare where their fields lie.
#[allow(dead_code, reason = "looked at by the compiler alone")]
mod c {
    use super::Layout;
    use std::mem::offset_of;

    #[repr(C)]
    struct PublicKey<I> {
        bits: I,
        x: [u8; 64],
        y: [u8; 64],
    }

    #[repr(C)]
    struct Cipher<I> {
        x: [u8; 64],
        y: [u8; 64],
        m: [u8; 32],
        l: I,
        c: [u8; 1],
    }

    #[repr(C)]
    struct DeviceInfo {
        issuer_name: [u8; 40],
        device_name: [u8; 16],
        device_serial: [u8; 16],
        device_version: u32,
        standard_version: u32,
        abilities: [u32; 4],
        buffer_size: u32,
    }

    const WIDE: Layout = Layout {
        integer: 8,
        ..Layout::STANDARD
    };
    const _: () = {
        assert!(size_of::<PublicKey<u32>>() == Layout::STANDARD.public_key());
        assert!(size_of::<PublicKey<u64>>() == WIDE.public_key());
        assert!(offset_of!(Cipher<u32>, c) == Layout::STANDARD.cipher_head());
        assert!(offset_of!(Cipher<u64>, c) == WIDE.cipher_head());
        assert!(size_of::<DeviceInfo>() == 100);
        assert!(offset_of!(DeviceInfo, device_version) == 72);
    };
}

/// What is wrong with a structure.
pub(crate) type Misfit = &'static str;

impl Layout {
    /// Both standards' words, with integers of 32 bits.
    pub(crate) const STANDARD: Self = Self {
        field: 64,
        integer: 4,
    };

    /// Octets of a public key.
    pub(crate) const fn public_key(self) -> usize {
        self.integer + 2 * self.field
    }

    /// Octets of a signature.
    pub(crate) const fn signature(self) -> usize {
        2 * self.field
    }

    /// Octets of a ciphertext before C.
    pub(crate) const fn cipher_head(self) -> usize {
        2 * self.field + HASH + self.integer
    }

    /// A public key, from a structure of [`Self::public_key`] octets.
    pub(crate) fn read_public_key(self, octets: &[u8]) -> Result<PublicKey, Misfit> {
        let mut fields = Fields(octets);
        if fields.integer(self.integer)? != BITS {
            return Err("a public key that has not 256 bits");
        }
        let mut point = [4; PublicKey::LENGTH];
        point[1..].copy_from_slice(&fields.pair(self.field)?);
        fields.end()?;
        PublicKey::from_uncompressed(&point).map_err(|_| "a public key that is not on the curve")
    }

    /// A public key's structure.
    pub(crate) fn write_public_key(self, key: &PublicKey) -> Vec<u8> {
        let mut octets = Vec::with_capacity(self.public_key());
        self.put_integer(&mut octets, BITS);
        self.put_pair(&mut octets, &key.to_uncompressed()[1..]);
        octets
    }

    /// A signature, from a structure of [`Self::signature`] octets.
    pub(crate) fn read_signature(self, octets: &[u8]) -> Result<DerSignature, Misfit> {
        let mut fields = Fields(octets);
        let pair = fields.pair(self.field)?;
        fields.end()?;
        DerSignature::try_from(&pair).map_err(|_| "a signature whose r or s is out of range")
    }

    /// A ciphertext, from a structure that may be longer than it says: what is behind C is
    /// the device's.
    pub(crate) fn read_ciphertext(self, octets: &[u8]) -> Result<Ciphertext, Misfit> {
        let mut fields = Fields(octets);
        let point = fields.pair(self.field)?;
        let hash = fields.take(HASH)?;
        let length = fields.integer(self.integer)?;
        let c = usize::try_from(length)
            .ok()
            .and_then(|length| fields.0.get(..length))
            .ok_or("a ciphertext that says it is longer than its room")?;
        let raw = [&point[..], hash, c].concat();
        Ciphertext::read(&raw, CiphertextForm::C1C3C2Without04)
            .map_err(|_| "a ciphertext that is none")
    }

    /// A ciphertext's structure: [`Self::cipher_head`] octets and as many as C has.
    pub(crate) fn write_ciphertext(self, ciphertext: &Ciphertext) -> Vec<u8> {
        let raw = ciphertext.write(CiphertextForm::C1C3C2Without04);
        let (point, rest) = raw.split_at(2 * NUMBER);
        let (hash, c) = rest.split_at(HASH);
        let mut octets = Vec::with_capacity(self.cipher_head() + c.len());
        self.put_pair(&mut octets, point);
        octets.extend_from_slice(hash);
        self.put_integer(&mut octets, c.len() as u64);
        octets.extend_from_slice(c);
        octets
    }

    /// Reads octets as each of the structures, and writes those again that they are.
    pub(crate) fn rewritten(self, octets: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        let key = self.read_public_key(octets).ok();
        let signature = self.read_signature(octets).ok();
        let ciphertext = self.read_ciphertext(octets).ok();
        let signature = signature.map(|signature| {
            let mut octets = Vec::new();
            self.put_pair(&mut octets, RawSignature::from(signature).as_bytes());
            octets
        });
        [
            key.map(|key| self.write_public_key(&key)),
            signature,
            ciphertext.map(|ciphertext| self.write_ciphertext(&ciphertext)),
        ]
        .into_iter()
        .flatten()
    }

    pub(crate) fn put_integer(self, octets: &mut Vec<u8>, value: u64) {
        octets.extend_from_slice(&value.to_le_bytes()[..self.integer]);
    }

    fn put_pair(self, octets: &mut Vec<u8>, pair: &[u8]) {
        for number in pair.chunks(NUMBER) {
            octets.resize(octets.len() + self.field - NUMBER, 0);
            octets.extend_from_slice(number);
        }
    }
}

/// What is left of a structure.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    /// The next field.
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Misfit> {
        let (field, rest) = self
            .0
            .split_at_checked(length)
            .ok_or("a structure that is cut short")?;
        self.0 = rest;
        Ok(field)
    }

    /// An integer of 4 or 8 octets.
    pub(crate) fn integer(&mut self, length: usize) -> Result<u64, Misfit> {
        let field = self.take(length)?;
        Ok(field
            .iter()
            .rev()
            .fold(0, |value, octet| value << 8 | u64::from(*octet)))
    }

    /// Characters up to the first zero octet, or to the end of the field; some devices fill
    /// with spaces.
    pub(crate) fn text(&mut self, length: usize) -> Result<String, Misfit> {
        let field = self.take(length)?;
        let text = field.split(|octet| *octet == 0).next().unwrap_or_default();
        Ok(readable(text))
    }

    /// Two numbers of 32 octets, from two fields in which they stand right.
    fn pair(&mut self, field: usize) -> Result<[u8; 2 * NUMBER], Misfit> {
        let mut pair = [0; 2 * NUMBER];
        for number in pair.chunks_mut(NUMBER) {
            let (zeros, value) = self.take(field)?.split_at(field - NUMBER);
            if zeros.iter().any(|octet| *octet != 0) {
                return Err("a number of more than 256 bits");
            }
            number.copy_from_slice(value);
        }
        Ok(pair)
    }

    /// There is no octet behind the structure.
    fn end(&self) -> Result<(), Misfit> {
        self.0
            .is_empty()
            .then_some(())
            .ok_or("a structure with octets behind its end")
    }
}

/// Text of a device for people: UTF-8 where it is, without controls and without the spaces
/// around it.
pub(crate) fn readable(text: &[u8]) -> String {
    String::from_utf8_lossy(text)
        .trim()
        .chars()
        .filter(|character| !character.is_control())
        .collect()
}

/// Room for a structure that a device fills, with a margin behind it that must stay zero: a
/// device with wider fields than it was said to have writes there.
#[derive(Debug)]
pub(crate) struct Room {
    /// Whole words, so that the structure's integers are aligned.
    words: Vec<u64>,
    length: usize,
}

/// Octets behind a structure: as many as the longest structure with fields of 64 octets is
/// longer than the shortest with fields of 32.
pub(crate) const MARGIN: usize = 256;

impl Room {
    /// Zeros for `length` octets.
    pub(crate) fn new(length: usize) -> Self {
        Self {
            words: vec![0; (length + MARGIN).div_ceil(8)],
            length,
        }
    }

    /// A structure that the device reads, and may change.
    pub(crate) fn of(octets: &[u8]) -> Self {
        let mut room = Self::new(octets.len());
        for (word, octets) in room.words.iter_mut().zip(octets.chunks(8)) {
            let mut eight = [0; 8];
            eight[..octets.len()].copy_from_slice(octets);
            *word = u64::from_ne_bytes(eight);
        }
        room
    }

    /// Octets of the structure.
    #[cfg(feature = "skf")]
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Where the device reads and writes.
    pub(crate) fn pointer(&mut self) -> *mut u8 {
        self.words.as_mut_ptr().cast()
    }

    /// What the device wrote.
    pub(crate) fn octets(&self) -> Result<Vec<u8>, Misfit> {
        let mut octets: Vec<u8> = self
            .words
            .iter()
            .flat_map(|word| word.to_ne_bytes())
            .collect();
        if octets[self.length..].iter().any(|octet| *octet != 0) {
            return Err("more octets than the structure has (is the variant right?)");
        }
        octets.truncate(self.length);
        Ok(octets)
    }
}

#[cfg(test)]
mod tests;
