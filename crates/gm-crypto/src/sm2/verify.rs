//! Signatures and the keys that check them (GB/T 32918.2, clause 7).

use crate::{
    Error, Result,
    low::field::on_this_machine,
    mid::{multiply::double_multiply_vartime, scalar::Scalar},
    self_test::ready,
};
use alloc::vec::Vec;
use der::{
    AnyRef, Decode, Encode, Sequence,
    asn1::{BitString, UintRef},
};
use signature::{SignatureEncoding, Verifier};
use spki::{
    AlgorithmIdentifier, AssociatedAlgorithmIdentifier, Document, EncodePublicKey,
    SignatureAlgorithmIdentifier, SignatureBitStringEncoding,
};

use super::{PublicKey, SIGNATURE_OID, UserId, Za};

/// A signature as X.509 carries it (GM/T 0009, 7.3):
///
/// ```text
/// SM2Signature ::= SEQUENCE { R INTEGER, S INTEGER }
/// ```
///
/// r and s are known to be in [1, n − 1]. Read from strict DER alone: no negative
/// or padded integer, no octet behind it. Encoded: 8 to 72 octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DerSignature {
    r: [u8; 32],
    s: [u8; 32],
}

/// r ‖ s, 64 octets, big endian: the form of devices and of many programs, never
/// of X.509. It has therefore no [`SignatureBitStringEncoding`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawSignature([u8; 64]);

#[derive(Sequence)]
struct Sm2Signature<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

impl DerSignature {
    /// Reads the DER.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not strict DER, [`Error::Crypto`] for r
    /// or s outside [1, n − 1].
    pub fn from_der(octets: &[u8]) -> Result<Self> {
        let parsed = Sm2Signature::from_der(octets).map_err(|source| Error::Malformed {
            what: "SM2Signature",
            source,
        })?;
        Self::from_integers(parsed.r.as_bytes(), parsed.s.as_bytes())
    }

    /// Writes the DER.
    pub fn to_der(&self) -> Vec<u8> {
        let encode = || -> der::Result<Vec<u8>> {
            Sm2Signature {
                r: UintRef::new(&self.r)?,
                s: UintRef::new(&self.s)?,
            }
            .to_der()
        };
        encode().expect("two integers of 32 octets have a DER encoding")
    }

    /// From numbers that are not zero.
    pub(super) fn from_scalars(r: Scalar, s: Scalar) -> Self {
        Self {
            r: r.to_bytes(),
            s: s.to_bytes(),
        }
    }

    /// r, and t = (r + s) mod n, which must not be zero (steps B1, B2, B5).
    pub(crate) fn r_s_t(&self) -> Result<(Scalar, Scalar, Scalar)> {
        let scalar = |octets| Scalar::from_bytes_vartime(octets).ok_or(Error::Crypto);
        let (r, s) = (scalar(&self.r)?, scalar(&self.s)?);
        let t = r.add(&s);
        if t.is_zero_vartime() {
            return Err(Error::Crypto);
        }
        Ok((r, s, t))
    }

    fn from_integers(r: &[u8], s: &[u8]) -> Result<Self> {
        let scalar = |integer: &[u8]| -> Option<[u8; 32]> {
            let mut octets = [0; 32];
            let start = octets.len().checked_sub(integer.len())?;
            octets[start..].copy_from_slice(integer);
            let value = Scalar::from_bytes_vartime(&octets)?;
            (!value.is_zero_vartime()).then_some(octets)
        };
        match (scalar(r), scalar(s)) {
            (Some(r), Some(s)) => Ok(Self { r, s }),
            _ => Err(Error::Crypto),
        }
    }
}

impl RawSignature {
    /// Octets of a raw signature.
    pub const LENGTH: usize = 64;

    /// The octets r ‖ s.
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl From<DerSignature> for RawSignature {
    fn from(signature: DerSignature) -> Self {
        let mut octets = [0; 64];
        octets[..32].copy_from_slice(&signature.r);
        octets[32..].copy_from_slice(&signature.s);
        Self(octets)
    }
}

impl TryFrom<&[u8; 64]> for DerSignature {
    type Error = Error;

    /// Reads r ‖ s.
    fn try_from(octets: &[u8; 64]) -> Result<Self> {
        Self::from_integers(&octets[..32], &octets[32..])
    }
}

impl TryFrom<&[u8]> for DerSignature {
    type Error = signature::Error;

    fn try_from(octets: &[u8]) -> signature::Result<Self> {
        Self::from_der(octets).map_err(|_| signature::Error::new())
    }
}

impl From<DerSignature> for Vec<u8> {
    fn from(signature: DerSignature) -> Self {
        signature.to_der()
    }
}

impl SignatureEncoding for DerSignature {
    type Repr = Vec<u8>;
}

impl SignatureBitStringEncoding for DerSignature {
    fn to_bitstring(&self) -> der::Result<BitString> {
        BitString::from_bytes(&self.to_der())
    }
}

/// 1.2.156.10197.1.501 without parameters (GM/T 0015-2012, 5.2.3.3; RFC 5280 style).
const ALGORITHM: AlgorithmIdentifier<AnyRef<'static>> = AlgorithmIdentifier {
    oid: SIGNATURE_OID,
    parameters: None,
};

impl AssociatedAlgorithmIdentifier for DerSignature {
    type Params = AnyRef<'static>;
    const ALGORITHM_IDENTIFIER: AlgorithmIdentifier<AnyRef<'static>> = ALGORITHM;
}

impl PublicKey {
    /// Checks a signature over e = [`Za::digest`] of a message, the ID being in e already
    /// (GB/T 32918.2, 7.1, B5 to B7). Public data only; not constant time.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the signature does not fit.
    pub fn verify_digest(&self, e: &[u8; 32], signature: &DerSignature) -> Result<()> {
        ready()?;
        let (r, s, t) = signature.r_s_t()?;
        // B6, B7: (x1', y1') = [s']G + [t]P; R = (e' + x1') mod n is r'.
        let x = r.sub(&Scalar::reduce(e));
        let fits = on_this_machine!(m => {
            double_multiply_vartime(m, &s, &t, self.point()).x_is_congruent_vartime(m, &x)
        });
        if fits { Ok(()) } else { Err(Error::Crypto) }
    }
}

/// A public key with the ID it signs under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    key: PublicKey,
    za: Za,
}

impl VerifyingKey {
    /// Joins a key and an ID; computes Z once.
    pub fn new(key: PublicKey, id: &UserId) -> Self {
        Self {
            za: Za::new(id, &key),
            key,
        }
    }

    /// The key without its ID.
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// Z of the key and its ID.
    pub fn za(&self) -> &Za {
        &self.za
    }

    /// Checks a signature over e = [`Za::digest`] of the message (GB/T 32918.2, 7.1, B5 to
    /// B7). Public data only; not constant time.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the signature does not fit.
    pub fn verify_digest(&self, e: &[u8; 32], signature: &DerSignature) -> Result<()> {
        self.key.verify_digest(e, signature)
    }

    /// Checks many signatures of this key; the digests are made eight at a time.
    ///
    /// # Errors
    /// [`Error::Crypto`] when one of them does not fit; which one is not said.
    pub fn verify_batch(&self, signed: &[(&[u8], DerSignature)]) -> Result<()> {
        let messages: Vec<&[u8]> = signed.iter().map(|(message, _)| *message).collect();
        let digests = self.za.digest_many(&messages);
        digests
            .iter()
            .zip(signed)
            .try_for_each(|(e, (_, signature))| self.verify_digest(e, signature))
    }
}

impl Verifier<DerSignature> for VerifyingKey {
    fn verify(&self, message: &[u8], signature: &DerSignature) -> signature::Result<()> {
        self.verify_digest(&self.za.digest(message), signature)
            .map_err(|_| signature::Error::new())
    }
}

impl EncodePublicKey for VerifyingKey {
    fn to_public_key_der(&self) -> spki::Result<Document> {
        self.key.to_public_key_der()
    }
}

impl SignatureAlgorithmIdentifier for VerifyingKey {
    type Params = AnyRef<'static>;
    const SIGNATURE_ALGORITHM_IDENTIFIER: AlgorithmIdentifier<AnyRef<'static>> = ALGORITHM;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sm2::{PreparedVerifyingKey, TableSize};
    use sm2::{
        FieldBytes, ProjectivePoint, Scalar as Upstream,
        elliptic_curve::{Group, PrimeField, ops::Reduce, sec1::ToSec1Point},
    };

    // x of a point lies in [n, p) once in 2^32 times, so such a signature is made backwards:
    // from R with that x and any s and t, P = t^-1·(R - s·G), r = t - s, e = r - x.
    #[test]
    fn an_x_that_is_not_below_n_verifies() {
        let n_less_one = -Upstream::ONE;
        let mut octets = [0; 33];
        octets[0] = 2;
        octets[1..].copy_from_slice(&n_less_one.to_repr());
        let point = loop {
            // n ends in 23 (hex) and p - n is larger than 2^189: no carry out of the octet.
            octets[32] += 1;
            if let Ok(point) = PublicKey::from_sec1(&octets) {
                break point;
            }
        };
        let point = sm2::PublicKey::from_sec1_bytes(&point.to_uncompressed()).unwrap();
        let (s, t) = (Upstream::from(7_u64), Upstream::from(1_000_003_u64));
        let key = (point.to_projective() - ProjectivePoint::generator() * s) * t.invert().unwrap();
        let key = key.to_affine().to_sec1_point(false);
        let key = PublicKey::from_uncompressed(key.as_bytes()).unwrap();
        let r = t - s;
        let x: [u8; 32] = octets[1..].try_into().unwrap();
        let e = r - Upstream::reduce(&FieldBytes::from(x));

        let mut raw = [0; 64];
        raw[..32].copy_from_slice(&r.to_repr());
        raw[32..].copy_from_slice(&s.to_repr());
        let signature = DerSignature::try_from(&raw).unwrap();
        let mut e: [u8; 32] = e.to_repr().into();
        let keys = [TableSize::Small, TableSize::Medium, TableSize::Large].map(|size| {
            PreparedVerifyingKey::new(&VerifyingKey::new(key, &UserId::default()), size)
        });
        key.verify_digest(&e, &signature).unwrap();
        for key in &keys {
            key.verify_digest(&e, &signature).unwrap();
        }
        e[31] ^= 1;
        assert!(key.verify_digest(&e, &signature).is_err());
        assert!(keys[0].verify_digest(&e, &signature).is_err());
    }

    #[test]
    fn integers_out_of_range_or_not_minimal_are_refused() {
        let n = (-Upstream::ONE).to_repr();
        let mut n: [u8; 32] = n.into();
        n[31] += 1;
        let mut one = [0; 32];
        one[31] = 1;
        let raw = |r: [u8; 32], s: [u8; 32]| {
            let mut octets = [0; 64];
            octets[..32].copy_from_slice(&r);
            octets[32..].copy_from_slice(&s);
            DerSignature::try_from(&octets)
        };
        assert!(raw(one, one).is_ok());
        for bad in [[0; 32], n, [0xff; 32]] {
            assert!(raw(bad, one).is_err());
            assert!(raw(one, bad).is_err());
        }
        assert!(DerSignature::from_der(&[0x30, 6, 2, 1, 1, 2, 1, 1]).is_ok());
        for bad in [
            &[0x30, 7, 2, 2, 0, 1, 2, 1, 1][..],
            &[0x30, 6, 2, 1, 0x81, 2, 1, 1],
            &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1],
            &[0x30, 6, 2, 1, 1, 2, 1, 1, 0],
            &[0x30, 3, 2, 1, 1],
        ] {
            assert!(DerSignature::from_der(bad).is_err(), "{bad:x?}");
        }
    }

    #[test]
    fn r_plus_s_that_is_zero_is_refused() {
        let mut raw = [0; 64];
        raw[31] = 1;
        raw[32..].copy_from_slice(&(-Upstream::ONE).to_repr());
        let signature = DerSignature::try_from(&raw).unwrap();
        let key = crate::sm2::SecretKey::from_bytes(&[7; 32]).unwrap();
        assert!(
            key.public_key()
                .verify_digest(&[0; 32], &signature)
                .is_err()
        );
    }
}
