//! Public keys in files: `SubjectPublicKeyInfo` in all its spellings, and GM/T 0009's bare
//! BIT STRING.

use crate::{
    Error, Result,
    pki::pem,
    sm2::{CURVE_OID, KEY_OID, PublicKey},
};
use alloc::vec::Vec;
use core::fmt;
use der::{
    AnyRef, Decode, Encode, Reader, Sequence, SliceReader, Tag, TagMode, TagNumber, Tagged,
    asn1::{BitStringRef, ObjectIdentifier, OctetStringRef, UintRef},
};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

/// The PEM labels under which a public key may stand.
pub const PUBLIC_KEY_LABELS: &[&str] = &["PUBLIC KEY", "EC PUBLIC KEY", "SM2 PUBLIC KEY"];

/// What is read beside the form that every certificate has.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SpkiOptions {
    /// The curve may be written out (SEC 1, C.2), if each of its numbers is the SM2
    /// curve's. RFC 5480, 2.1.1, forbids it, and whoever compares only some of the numbers
    /// believes a forged key (CVE-2020-0601).
    pub explicit_parameters: bool,
    /// The point may be compressed, `02 ‖ x` or `03 ‖ x` (GB/T 32918.1, 4.2.10); GM/T 0009
    /// and GM/T 0015 have it uncompressed.
    pub compressed: bool,
}

impl SpkiOptions {
    /// Everything that can be read.
    pub const LENIENT: Self = Self {
        explicit_parameters: true,
        compressed: true,
    };
}

/// The structure around a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKeyFormat {
    /// `SubjectPublicKeyInfo` with `id-ecPublicKey` and the curve as its parameter (RFC
    /// 5480; GM/T 0015-2012, annex D).
    Spki,
    /// `SubjectPublicKeyInfo` with the curve as the algorithm (GM/T 0015-2012, annex C).
    SpkiCurveAsAlgorithm,
    /// `SM2PublicKey`, a bare BIT STRING (GM/T 0009, clause 7).
    BitString,
}

impl fmt::Display for PublicKeyFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Spki => "SubjectPublicKeyInfo",
            Self::SpkiCurveAsAlgorithm => "SubjectPublicKeyInfo with the curve as its algorithm",
            Self::BitString => "bare BIT STRING of GM/T 0009",
        })
    }
}

/// A public key as it stood in a file.
#[derive(Clone, Debug)]
pub struct PublicKeyFile {
    key: PublicKey,
    format: PublicKeyFormat,
    explicit: bool,
    compressed: bool,
}

impl PublicKeyFile {
    /// Reads DER or PEM with one of [`PUBLIC_KEY_LABELS`].
    ///
    /// # Errors
    /// [`Error::NoPemBlock`] or [`Error::Invalid`] for broken PEM, [`Error::Malformed`] for
    /// broken DER, [`Error::Unsupported`] for another curve, [`Error::Invalid`] for explicit
    /// parameters or a compressed point that were not asked for or are not the SM2 curve's,
    /// and for what is no point of the curve.
    pub fn read(octets: &[u8], options: SpkiOptions) -> Result<Self> {
        if octets.first() == Some(&BIT_STRING) {
            return Self::read_bit_string(octets, options);
        }
        let der = pem::decode(octets, PUBLIC_KEY_LABELS)?;
        match der.first() {
            Some(&BIT_STRING) => Self::read_bit_string(&der, options),
            _ => {
                let spki =
                    SubjectPublicKeyInfoRef::from_der(&der).map_err(Error::malformed(SPKI))?;
                Self::from_spki(spki, options)
            }
        }
    }

    /// Takes the key out of a `SubjectPublicKeyInfo`; errors as for [`Self::read`].
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn from_spki(spki: SubjectPublicKeyInfoRef<'_>, options: SpkiOptions) -> Result<Self> {
        let curve = named_curve(spki.algorithm)?;
        if curve == Curve::Explicit && !options.explicit_parameters {
            return Err(Error::Invalid {
                what: SPKI,
                reason: "the curve is written out, which RFC 5480, 2.1.1, forbids; it is read on request",
            });
        }
        let (key, compressed) = point(SPKI, spki.subject_public_key, options)?;
        Ok(Self {
            key,
            format: match curve {
                Curve::Named | Curve::Explicit => PublicKeyFormat::Spki,
                Curve::AsAlgorithm => PublicKeyFormat::SpkiCurveAsAlgorithm,
            },
            explicit: curve == Curve::Explicit,
            compressed,
        })
    }

    fn read_bit_string(der: &[u8], options: SpkiOptions) -> Result<Self> {
        const WHAT: &str = "SM2PublicKey";
        let bits = BitStringRef::from_der(der).map_err(Error::malformed(WHAT))?;
        let (key, compressed) = point(WHAT, bits, options)?;
        Ok(Self {
            key,
            format: PublicKeyFormat::BitString,
            explicit: false,
            compressed,
        })
    }

    /// The key, a point of the curve.
    pub fn key(&self) -> PublicKey {
        self.key
    }

    /// The structure around it.
    pub fn format(&self) -> PublicKeyFormat {
        self.format
    }

    /// Whether the curve was written out.
    pub fn has_explicit_parameters(&self) -> bool {
        self.explicit
    }

    /// Whether the point was compressed.
    pub fn is_compressed(&self) -> bool {
        self.compressed
    }
}

/// Reads a public key: `SubjectPublicKeyInfo` in either spelling or GM/T 0009's bare BIT
/// STRING, in DER or PEM; more on request.
///
/// # Errors
/// As [`PublicKeyFile::read`].
pub fn decode_public_key(octets: &[u8], options: SpkiOptions) -> Result<PublicKey> {
    PublicKeyFile::read(octets, options).map(|file| file.key)
}

/// Writes GM/T 0009's `SM2PublicKey`, a bare BIT STRING of 65 octets. For
/// `SubjectPublicKeyInfo` see [`spki::EncodePublicKey`].
pub fn encode_public_key_bare(key: &PublicKey) -> Vec<u8> {
    let octets = key.to_uncompressed();
    let encode = || BitStringRef::from_bytes(&octets)?.to_der();
    encode().expect("65 octets have a DER encoding")
}

/// The SM2 key that a certificate (RFC 5280, 4.1; GM/T 0015) is for. The signature and
/// everything else are not looked at.
///
/// # Errors
/// [`Error::Malformed`] for what is no certificate, otherwise as [`PublicKeyFile::read`].
pub(crate) fn certificate_public_key(der: &[u8]) -> Result<PublicKey> {
    let spki = || -> der::Result<SubjectPublicKeyInfoRef<'_>> {
        let mut reader = SliceReader::new(der)?;
        let spki = reader.sequence(|reader| {
            let spki = reader.sequence(|tbs| {
                tbs.context_specific::<u8>(TagNumber(0), TagMode::Explicit)?;
                // serialNumber, signature, issuer, validity, subject.
                for _ in 0..5 {
                    tbs.tlv_bytes()?;
                }
                let spki = tbs.decode()?;
                while !tbs.is_finished() {
                    tbs.tlv_bytes()?;
                }
                Ok::<_, der::Error>(spki)
            })?;
            // signatureAlgorithm, signatureValue.
            reader.tlv_bytes()?;
            reader.tlv_bytes()?;
            Ok::<_, der::Error>(spki)
        })?;
        reader.finish()?;
        Ok(spki)
    };
    let spki = spki().map_err(Error::malformed("Certificate"))?;
    PublicKeyFile::from_spki(spki, SpkiOptions::default()).map(|file| file.key)
}

/// How an algorithm identifier names the SM2 curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    /// By its identifier, as the parameter.
    Named,
    /// By all its numbers.
    Explicit,
    /// By its identifier, as the algorithm.
    AsAlgorithm,
}

/// Checks that an algorithm identifier means keys on the SM2 curve.
pub(super) fn named_curve(algorithm: AlgorithmIdentifierRef<'_>) -> Result<Curve> {
    const WHAT: &str = "key algorithm";
    match algorithm.oid {
        KEY_OID => match algorithm.parameters {
            Some(parameters) => curve(parameters),
            None => Err(Error::Invalid {
                what: WHAT,
                reason: "id-ecPublicKey stands without a curve",
            }),
        },
        CURVE_OID if PublicKey::is_named_by(algorithm) => Ok(Curve::AsAlgorithm),
        CURVE_OID => Err(Error::Invalid {
            what: WHAT,
            reason: "the parameters of the curve as algorithm are neither absent, NULL nor the curve",
        }),
        oid => Err(Error::Unsupported { what: WHAT, oid }),
    }
}

/// Checks `ECParameters` (RFC 5480, 2.1.1; SEC 1, C.2): the SM2 curve or an error.
pub(super) fn curve(parameters: AnyRef<'_>) -> Result<Curve> {
    const WHAT: &str = "EC parameters";
    match parameters.tag() {
        Tag::ObjectIdentifier => {
            let oid: ObjectIdentifier = parameters.decode_as().map_err(Error::malformed(WHAT))?;
            if oid == CURVE_OID {
                Ok(Curve::Named)
            } else {
                Err(Error::Unsupported { what: WHAT, oid })
            }
        }
        Tag::Sequence => {
            let domain: SpecifiedDomain<'_> =
                parameters.decode_as().map_err(Error::malformed(WHAT))?;
            if domain.is_sm2() {
                Ok(Curve::Explicit)
            } else {
                Err(Error::Invalid {
                    what: WHAT,
                    reason: "the curve is written out and is not the SM2 curve of GB/T 32918.5",
                })
            }
        }
        _ => Err(Error::Invalid {
            what: WHAT,
            reason: "neither the name of a curve nor its numbers",
        }),
    }
}

const SPKI: &str = "SubjectPublicKeyInfo";
const BIT_STRING: u8 = 3;

fn point(
    what: &'static str,
    bits: BitStringRef<'_>,
    options: SpkiOptions,
) -> Result<(PublicKey, bool)> {
    let invalid = |reason| Error::Invalid { what, reason };
    let octets = bits
        .as_bytes()
        .ok_or(invalid("the point is not made of whole octets"))?;
    let compressed = matches!(octets.first(), Some(2 | 3));
    if compressed && !options.compressed {
        return Err(invalid("the point is compressed; it is read on request"));
    }
    let key = PublicKey::from_sec1(octets)
        .map_err(|_| invalid("no point of the SM2 curve, 04 ‖ x ‖ y in 65 octets"))?;
    Ok((key, compressed))
}

/// `prime-field` (SEC 1, C.1; ANSI X9.62).
const PRIME_FIELD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.1.1");

/// SEC 1, C.2. The hash that version 3 may add is not read.
#[derive(Sequence)]
struct SpecifiedDomain<'a> {
    version: u8,
    field: FieldId<'a>,
    curve: Coefficients<'a>,
    base: &'a OctetStringRef,
    order: UintRef<'a>,
    #[asn1(optional = "true")]
    cofactor: Option<UintRef<'a>>,
}

#[derive(Sequence)]
struct FieldId<'a> {
    kind: ObjectIdentifier,
    prime: UintRef<'a>,
}

#[derive(Sequence)]
struct Coefficients<'a> {
    a: &'a OctetStringRef,
    b: &'a OctetStringRef,
    /// How b was found: says nothing about the curve.
    #[asn1(optional = "true")]
    seed: Option<BitStringRef<'a>>,
}

impl SpecifiedDomain<'_> {
    /// Each number is compared: two curves may share all but one.
    fn is_sm2(&self) -> bool {
        let base = self.base.as_bytes();
        (1..=3).contains(&self.version)
            && self.field.kind == PRIME_FIELD
            && self.field.prime.as_bytes() == P
            && self.curve.a.as_bytes() == A
            && self.curve.b.as_bytes() == B
            && (base == G || base == compressed_g())
            && self.order.as_bytes() == N
            && self
                .cofactor
                .is_none_or(|cofactor| cofactor.as_bytes() == [1])
    }
}

/// An even y: 02.
fn compressed_g() -> [u8; 33] {
    let mut octets = [2; 33];
    octets[1..].copy_from_slice(&G[1..33]);
    octets
}

/// 32 octets from their digits.
const fn octets<const LENGTH: usize>(digits: &str) -> [u8; LENGTH] {
    let digits = digits.as_bytes();
    let mut octets = [0; LENGTH];
    let mut place = 0;
    while place < 2 * LENGTH {
        let digit = match digits[place] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit => digit - b'A' + 10,
        };
        octets[place / 2] = octets[place / 2] << 4 | digit;
        place += 1;
    }
    octets
}

// GB/T 32918.5-2017: the recommended curve.
const P: [u8; 32] = octets("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF");
const A: [u8; 32] = octets("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC");
const B: [u8; 32] = octets("28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93");
const N: [u8; 32] = octets("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123");
const G: [u8; 65] = octets(
    "0432C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7\
     BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0",
);

#[cfg(test)]
mod tests;
