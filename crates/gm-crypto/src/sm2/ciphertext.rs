//! A ciphertext and the forms in which it is written (GM/T 0009, 7.2; GB/T 32918.4).

use crate::{Error, Result, sm3};
use alloc::vec::Vec;
use core::fmt;
use der::{
    Decode, Encode, Sequence,
    asn1::{OctetStringRef, UintRef},
};

use super::PublicKey;

/// The forms in use of one SM2 ciphertext.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CiphertextForm {
    /// `SM2Cipher` in DER (GM/T 0009, 7.2).
    #[default]
    Der,
    /// C1 ‖ C3 ‖ C2, C1 being `04 ‖ x ‖ y` (GB/T 32918.4-2016).
    C1C3C2,
    /// C1 ‖ C3 ‖ C2 without the octet 04.
    C1C3C2Without04,
    /// C1 ‖ C2 ‖ C3, the order of the draft of 2010.
    C1C2C3,
    /// C1 ‖ C2 ‖ C3 without the octet 04.
    C1C2C3Without04,
}

impl CiphertextForm {
    /// All of them, in the order in which [`SecretKey::decrypt_any`](super::SecretKey::decrypt_any)
    /// tries.
    pub const ALL: [Self; 5] = [
        Self::Der,
        Self::C1C3C2,
        Self::C1C2C3,
        Self::C1C3C2Without04,
        Self::C1C2C3Without04,
    ];
}

impl fmt::Display for CiphertextForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Der => "DER",
            Self::C1C3C2 => "C1C3C2",
            Self::C1C3C2Without04 => "C1C3C2 without 04",
            Self::C1C2C3 => "C1C2C3",
            Self::C1C2C3Without04 => "C1C2C3 without 04",
        })
    }
}

/// A ciphertext: the point C1, the hash C3 and the masked message C2.
///
/// ```text
/// SM2Cipher ::= SEQUENCE {
///     XCoordinate INTEGER, YCoordinate INTEGER,
///     HASH OCTET STRING (SIZE(32)), CipherText OCTET STRING }
/// ```
///
/// The hash is SM3(x2 ‖ M ‖ y2) over the shared point; where GM/T 0009-2012, 9.2,
/// speaks of the public key's coordinates, its own example does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ciphertext {
    c1: PublicKey,
    c3: [u8; sm3::DIGEST_LENGTH],
    c2: Vec<u8>,
}

#[derive(Sequence)]
struct Sm2Cipher<'a> {
    x: UintRef<'a>,
    y: UintRef<'a>,
    hash: &'a OctetStringRef,
    ciphertext: &'a OctetStringRef,
}

impl Ciphertext {
    /// Reads GM/T 0009's DER.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not strict DER, [`Error::Crypto`] for a
    /// point off the curve, a hash that has not 32 octets, or an empty message,
    /// [`Error::TooLarge`] for a message of more than 256 MiB less 256 octets.
    pub fn from_der(octets: &[u8]) -> Result<Self> {
        let parsed = Sm2Cipher::from_der(octets).map_err(malformed)?;
        Self::from_sequence(&parsed)
    }

    /// Reads GM/T 0009's DER in front of other octets, and gives those too: TLCP devices pad
    /// the ciphertext with zeros or with what lay in the buffer. Whoever calls this decides
    /// what may stand there; nothing authenticates it.
    ///
    /// # Errors
    /// As [`Self::from_der`].
    pub fn read_with_trailing(octets: &[u8]) -> Result<(Self, &[u8])> {
        let (parsed, rest) = Sm2Cipher::from_der_partial(octets).map_err(malformed)?;
        Ok((Self::from_sequence(&parsed)?, rest))
    }

    /// Reads the form that the caller names.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what should be DER and is not, [`Error::Crypto`] for a point
    /// off the curve, an empty message, and raw forms that are too short, [`Error::TooLarge`]
    /// as for [`Self::from_der`].
    pub fn read(octets: &[u8], form: CiphertextForm) -> Result<Self> {
        let with_04 = || [&[4], octets].concat();
        match form {
            CiphertextForm::Der => Self::from_der(octets),
            CiphertextForm::C1C3C2 => Self::from_c1c3c2(octets),
            CiphertextForm::C1C3C2Without04 => Self::from_c1c3c2(&with_04()),
            CiphertextForm::C1C2C3 => LegacyCiphertext::from_c1c2c3(octets).map(Self::from),
            CiphertextForm::C1C2C3Without04 => {
                LegacyCiphertext::from_c1c2c3(&with_04()).map(Self::from)
            }
        }
    }

    /// Writes the form that the caller names.
    pub fn write(&self, form: CiphertextForm) -> Vec<u8> {
        let point = &self.c1.to_uncompressed()[..];
        match form {
            CiphertextForm::Der => self.to_der(),
            CiphertextForm::C1C3C2 => [point, &self.c3, &self.c2].concat(),
            CiphertextForm::C1C3C2Without04 => [&point[1..], &self.c3, &self.c2].concat(),
            CiphertextForm::C1C2C3 => [point, &self.c2, &self.c3].concat(),
            CiphertextForm::C1C2C3Without04 => [&point[1..], &self.c2, &self.c3].concat(),
        }
    }

    fn from_sequence(parsed: &Sm2Cipher<'_>) -> Result<Self> {
        let mut point = [0; PublicKey::LENGTH];
        point[0] = 4;
        for (integer, field) in [parsed.x, parsed.y].iter().zip(point[1..].chunks_mut(32)) {
            let start = 32usize
                .checked_sub(integer.as_bytes().len())
                .ok_or(Error::Crypto)?;
            field[start..].copy_from_slice(integer.as_bytes());
        }
        Self::from_parts(&point, parsed.hash.as_bytes(), parsed.ciphertext.as_bytes())
    }

    /// Writes GM/T 0009's DER.
    pub fn to_der(&self) -> Vec<u8> {
        let point = self.c1.to_uncompressed();
        let encode = || -> der::Result<Vec<u8>> {
            Sm2Cipher {
                x: UintRef::new(&point[1..33])?,
                y: UintRef::new(&point[33..])?,
                hash: OctetStringRef::new(&self.c3)?,
                ciphertext: OctetStringRef::new(&self.c2)?,
            }
            .to_der()
        };
        encode().expect("a ciphertext shorter than 256 MiB has a DER encoding")
    }

    /// Reads C1 ‖ C3 ‖ C2, C1 being `04 ‖ x ‖ y` (GB/T 32918.4-2016, 6.1).
    ///
    /// # Errors
    /// [`Error::Crypto`] when it is too short or C1 is not on the curve, [`Error::TooLarge`]
    /// as for [`Ciphertext::from_der`].
    pub fn from_c1c3c2(octets: &[u8]) -> Result<Self> {
        let (c1, rest) = octets
            .split_at_checked(PublicKey::LENGTH)
            .ok_or(Error::Crypto)?;
        let (c3, c2) = rest
            .split_at_checked(sm3::DIGEST_LENGTH)
            .ok_or(Error::Crypto)?;
        Self::from_parts(c1, c3, c2)
    }

    /// Writes C1 ‖ C3 ‖ C2.
    pub fn to_c1c3c2(&self) -> Vec<u8> {
        self.write(CiphertextForm::C1C3C2)
    }

    pub(super) fn new(c1: PublicKey, c3: [u8; sm3::DIGEST_LENGTH], c2: Vec<u8>) -> Self {
        Self { c1, c3, c2 }
    }

    /// C1, the point k·G: what is multiplied with a private key to open the ciphertext.
    pub fn c1(&self) -> &PublicKey {
        &self.c1
    }

    /// C3, the hash.
    pub(super) fn c3(&self) -> &[u8; sm3::DIGEST_LENGTH] {
        &self.c3
    }

    /// C2, the masked message; it is as long as the message and not empty.
    pub(super) fn c2(&self) -> &[u8] {
        &self.c2
    }

    fn from_parts(c1: &[u8], c3: &[u8], c2: &[u8]) -> Result<Self> {
        if c2.is_empty() {
            return Err(Error::Crypto);
        }
        expect_encodable(c2.len())?;
        Ok(Self {
            c1: PublicKey::from_uncompressed(c1)?,
            c3: c3.try_into().map_err(|_| Error::Crypto)?,
            c2: c2.to_vec(),
        })
    }
}

/// A ciphertext in the order of the draft of 2010, C1 ‖ C2 ‖ C3, which old programs still
/// write. Nothing but its name tells it from C1 ‖ C3 ‖ C2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyCiphertext(Ciphertext);

impl LegacyCiphertext {
    /// Reads C1 ‖ C2 ‖ C3, C1 being `04 ‖ x ‖ y`.
    ///
    /// # Errors
    /// [`Error::Crypto`] when it is too short or C1 is not on the curve, [`Error::TooLarge`]
    /// as for [`Ciphertext::from_der`].
    pub fn from_c1c2c3(octets: &[u8]) -> Result<Self> {
        let (c1, rest) = octets
            .split_at_checked(PublicKey::LENGTH)
            .ok_or(Error::Crypto)?;
        let (c2, c3) = rest
            .split_last_chunk::<{ sm3::DIGEST_LENGTH }>()
            .ok_or(Error::Crypto)?;
        Ciphertext::from_parts(c1, c3, c2).map(Self)
    }

    /// Writes C1 ‖ C2 ‖ C3.
    pub fn to_c1c2c3(&self) -> Vec<u8> {
        self.0.write(CiphertextForm::C1C2C3)
    }
}

impl From<LegacyCiphertext> for Ciphertext {
    fn from(legacy: LegacyCiphertext) -> Self {
        legacy.0
    }
}

impl From<Ciphertext> for LegacyCiphertext {
    fn from(ciphertext: Ciphertext) -> Self {
        Self(ciphertext)
    }
}

/// Octets of a message: what stands around it in DER has less than 256.
const MAX_MESSAGE: usize = (1 << 28) - 256;

/// Refuses a message whose ciphertext has no DER: 256 MiB is where that ends here.
///
/// # Errors
/// [`Error::TooLarge`].
pub(super) fn expect_encodable(message: usize) -> Result<()> {
    if message <= MAX_MESSAGE {
        return Ok(());
    }
    Err(Error::TooLarge {
        what: "SM2Cipher",
        limit: MAX_MESSAGE as u64,
        unit: "octets",
    })
}

fn malformed(source: der::Error) -> Error {
    Error::Malformed {
        what: "SM2Cipher",
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sm2::SecretKey;
    use proptest::prelude::*;

    fn ciphertext(d: u8, c3: [u8; 32], c2: Vec<u8>) -> Ciphertext {
        let c1 = SecretKey::from_bytes(&[d; 32]).unwrap().public_key();
        Ciphertext::new(c1, c3, c2)
    }

    proptest! {
        #[test]
        fn every_form_becomes_every_other_and_comes_back(
            d in 1u8..=0x7f,
            c3 in any::<[u8; 32]>(),
            c2 in prop::collection::vec(any::<u8>(), 1..80),
        ) {
            let ciphertext = ciphertext(d, c3, c2);
            for from in CiphertextForm::ALL {
                let read = Ciphertext::read(&ciphertext.write(from), from).unwrap();
                prop_assert_eq!(&read, &ciphertext);
                for to in CiphertextForm::ALL {
                    let written = read.write(to);
                    prop_assert_eq!(&Ciphertext::read(&written, to).unwrap(), &ciphertext);
                }
            }
        }

        #[test]
        fn whatever_stands_behind_der_is_handed_over_and_refused_without_asking(
            behind in prop::collection::vec(any::<u8>(), 1..40),
        ) {
            let ciphertext = ciphertext(7, [9; 32], alloc::vec![1; 16]);
            let padded = [ciphertext.to_der(), behind.clone()].concat();
            prop_assert!(Ciphertext::from_der(&padded).is_err());
            let (read, rest) = Ciphertext::read_with_trailing(&padded).unwrap();
            prop_assert_eq!((read, rest), (ciphertext, &behind[..]));
        }
    }

    #[test]
    fn cut_or_changed_der_is_refused_or_another_ciphertext() {
        let ciphertext = ciphertext(7, [9; 32], alloc::vec![1; 16]);
        let der = ciphertext.to_der();
        for length in 0..der.len() {
            assert!(Ciphertext::from_der(&der[..length]).is_err());
            assert!(Ciphertext::read_with_trailing(&der[..length]).is_err());
        }
        for place in 0..der.len() {
            for bit in 0..8 {
                let mut changed = der.clone();
                changed[place] ^= 1 << bit;
                if let Ok(read) = Ciphertext::from_der(&changed) {
                    assert_ne!(read, ciphertext);
                    assert_eq!(read.to_der(), changed, "DER is unique");
                }
            }
        }
    }

    #[test]
    fn a_message_that_no_der_could_hold_is_refused_before_anything_is_done_with_it() {
        expect_encodable(MAX_MESSAGE).unwrap();
        let key = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
        // Never written to, so that it takes no memory.
        let zeros = alloc::vec![0; PublicKey::LENGTH + 32 + MAX_MESSAGE + 1];
        let too_large = |result: Result<Ciphertext>| {
            assert!(matches!(result.unwrap_err(), Error::TooLarge { .. }));
        };
        too_large(Ciphertext::from_c1c3c2(&zeros));
        too_large(key.encrypt(&mut getrandom::SysRng, &zeros[PublicKey::LENGTH + 32..]));
    }

    #[test]
    fn numbers_that_der_does_not_allow_are_refused() {
        // C1 = (x, y) in 32 octets each; a sign, padding, a length in long form.
        let good = ciphertext(7, [9; 32], alloc::vec![1; 16]);
        let with = |integer: &[u8]| {
            let y = &good.c1.to_uncompressed()[33..];
            let y = UintRef::new(y).unwrap().to_der().unwrap();
            let hash = [&[4, 32], &[9; 32][..]].concat();
            let body = [integer, &y, &hash, &[4, 1, 1]].concat();
            let length = u8::try_from(body.len()).unwrap();
            [&[0x30, 0x81][..], &[length], &body].concat()
        };
        let x = &good.c1.to_uncompressed()[1..33];
        let refused = |integer: &[u8]| {
            let der = with(integer);
            let der = if der[2] < 0x80 {
                [&der[..1], &der[2..]].concat()
            } else {
                der
            };
            assert!(Ciphertext::from_der(&der).is_err(), "{integer:02x?}");
        };
        refused(&[&[2, 32, 0x80 | x[0]], &x[1..]].concat());
        refused(&[&[2, 34, 0, 0], x].concat());
        refused(&[&[2, 0x81, 32], x].concat());
        refused(&[&[2, 35, 1, 0, 0], x].concat());
        refused(&[2, 0]);
        refused(&[2, 0x84, 0xff, 0xff, 0xff, 0xff]);
        refused(&[2, 0x80, 0, 0]);
    }
}
