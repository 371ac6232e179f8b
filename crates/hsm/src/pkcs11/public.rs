//! Public halves, from whatever the token keeps of them.

use super::{certificates::Parts, session::Session};
use crate::{Error, KeyAlgorithm};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use der::{
    Any, Decode, Document, Encode, Sequence,
    asn1::{BitString, ObjectIdentifier, OctetStringRef, UintRef},
};
use gm_crypto::sm2::{self, PublicKey};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};

/// id-ecPublicKey (RFC 5480, 2.1.1).
const EC: ObjectIdentifier = sm2::KEY_OID;
/// secp256r1 (RFC 5480, 2.1.1.1).
pub(super) const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
/// secp384r1 (RFC 5480, 2.1.1.1).
pub(super) const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
/// rsaEncryption (RFC 8017, A.1).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// The call by which attributes come.
const CALL: &str = "C_GetAttributeValue";

/// A public key, and what kind of key it is.
#[derive(Clone, Debug)]
pub(super) struct PublicHalf {
    pub(super) algorithm: KeyAlgorithm,
    pub(super) spki: Document,
}

/// `RSAPublicKey` (RFC 8017, A.1.1).
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

fn garbage(what: &'static str) -> Error {
    Error::Garbage { call: CALL, what }
}

/// The curve of a key.
pub(super) fn curve(algorithm: KeyAlgorithm) -> Option<ObjectIdentifier> {
    match algorithm {
        KeyAlgorithm::Sm2 => Some(sm2::CURVE_OID),
        KeyAlgorithm::P256 => Some(P256),
        KeyAlgorithm::P384 => Some(P384),
        KeyAlgorithm::Rsa { .. } => None,
    }
}

/// `CKA_EC_PARAMS` of a named curve (PKCS#11 3.1, 6.3.3).
pub(super) fn curve_octets(curve: ObjectIdentifier) -> Vec<u8> {
    let octets = curve.to_der();
    octets.expect("an identifier of some octets has a DER encoding")
}

/// A point as `CKA_EC_POINT` has it (PKCS#11 3.1, 6.3.3).
pub(super) fn octet_string(point: &[u8]) -> Vec<u8> {
    let octets = OctetStringRef::new(point).and_then(|string| string.to_der());
    octets.expect("a point of some octets has a DER encoding")
}

impl PublicHalf {
    /// The public half of a private key: as the private key itself tells it, or else as
    /// [what lies beside it](Self::beside) does.
    pub(super) fn of(
        session: &Session,
        key: ObjectHandle,
        id: &[u8],
        sm2: Option<KeyType>,
    ) -> Result<Self, Error> {
        match Self::of_key(session, key, sm2)? {
            Some(half) => Ok(half),
            None => Self::beside(session, id, sm2),
        }
    }

    /// The public half of the private key with this `CKA_ID`, from the public key object of
    /// it, or else, where there is none that can be read, from a certificate of it.
    ///
    /// Anybody who reaches the token may write either, without a PIN: where several contradict
    /// each other, none is believed, and one that nothing contradicts has to be tried before
    /// something is encrypted to it. A wrong one of a signing key shows in its first signature.
    pub(super) fn beside(
        session: &Session,
        id: &[u8],
        sm2: Option<KeyType>,
    ) -> Result<Self, Error> {
        let find = |class| match id {
            [] => Ok(Vec::new()),
            id => session.find(&[Attribute::Class(class), Attribute::Id(id.into())]),
        };
        let mut halves: Vec<Self> = Vec::new();
        for object in find(ObjectClass::PUBLIC_KEY)? {
            let half = Self::of_key(session, object, sm2)?;
            halves.extend(half.filter(|half| halves.iter().all(|other| other.spki != half.spki)));
        }
        if halves.is_empty() {
            for object in find(ObjectClass::CERTIFICATE)? {
                let certificate = session.octets(object, AttributeType::Value)?;
                let half = certificate.and_then(|certificate| {
                    Self::from_spki(Parts::read(&certificate)?.spki.try_into().ok())
                });
                halves
                    .extend(half.filter(|half| halves.iter().all(|other| other.spki != half.spki)));
            }
        }
        let what = match (halves.pop(), halves.is_empty()) {
            (Some(half), true) => return Ok(half),
            (Some(_), false) => {
                "single public key to this key: several objects of its CKA_ID contradict \
                 each other; remove the wrong ones"
            }
            (None, _) => {
                "public half of this key that can be read: write its certificate beside it, \
                 with the CKA_ID of the key"
            }
        };
        Err(Error::Unsupported {
            what,
            interface: "the token",
        })
    }

    /// What a key object tells of the public half, if all of it.
    pub(super) fn of_key(
        session: &Session,
        object: ObjectHandle,
        sm2: Option<KeyType>,
    ) -> Result<Option<Self>, Error> {
        if let Some(spki) = session.octets(object, AttributeType::PublicKeyInfo)?
            && let Some(half) = Self::from_spki(spki.as_slice().try_into().ok())
        {
            return Ok(Some(half));
        }
        let key_type = session.key_type(object)?;
        if key_type == Some(KeyType::RSA) {
            let modulus = session.octets(object, AttributeType::Modulus)?;
            let exponent = session.octets(object, AttributeType::PublicExponent)?;
            return match (modulus, exponent) {
                (Some(modulus), Some(exponent)) => Self::from_rsa(&modulus, &exponent).map(Some),
                _ => Ok(None),
            };
        }
        let parameters = session.octets(object, AttributeType::EcParams)?;
        let curve = match parameters {
            Some(octets) => ObjectIdentifier::from_der(&octets).ok(),
            None if sm2.is_some() && key_type == sm2 => Some(sm2::CURVE_OID),
            None => None,
        };
        match (curve, session.octets(object, AttributeType::EcPoint)?) {
            (Some(curve), Some(point)) => Self::from_point(curve, &point).map(Some),
            _ => Ok(None),
        }
    }

    /// From a curve and `CKA_EC_POINT`, which is an OCTET STRING around the point by the
    /// text (PKCS#11 3.1, 6.3.3), and the point alone on tokens that follow older ones.
    pub(super) fn from_point(curve: ObjectIdentifier, point: &[u8]) -> Result<Self, Error> {
        let (algorithm, length) = match curve {
            sm2::CURVE_OID => (KeyAlgorithm::Sm2, 65),
            P256 => (KeyAlgorithm::P256, 65),
            P384 => (KeyAlgorithm::P384, 97),
            _ => {
                return Err(Error::Unsupported {
                    what: "use for keys on curves other than SM2, P-256 and P-384",
                    interface: "this crate",
                });
            }
        };
        let point = match <&OctetStringRef>::from_der(point) {
            Ok(string) if point.len() != length => string.as_bytes(),
            _ => point,
        };
        if point.len() != length || point.first() != Some(&4) {
            return Err(garbage("a CKA_EC_POINT that is no point of its curve"));
        }
        if curve == sm2::CURVE_OID && PublicKey::from_uncompressed(point).is_err() {
            return Err(garbage("a CKA_EC_POINT that is not on the SM2 curve"));
        }
        let parameters = Any::from(curve);
        Self::assemble(algorithm, EC, parameters, point)
    }

    fn from_rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, Error> {
        let modulus = strip(modulus);
        let bits = match (modulus.len() * 8, modulus.first()) {
            (bits, Some(0x80..)) => bits,
            _ => 0,
        };
        let bits = match bits {
            2048 => 2048,
            3072 => 3072,
            4096 => 4096,
            _ => {
                return Err(Error::Unsupported {
                    what: "use for RSA keys of other than 2048, 3072 and 4096 bits",
                    interface: "this crate",
                });
            }
        };
        let encode = || -> der::Result<Vec<u8>> {
            RsaPublicKey {
                modulus: UintRef::new(modulus)?,
                exponent: UintRef::new(exponent)?,
            }
            .to_der()
        };
        let key = encode().map_err(|_| garbage("an RSA key that cannot be written"))?;
        Self::assemble(KeyAlgorithm::Rsa { bits }, RSA, Any::null(), &key)
    }

    fn assemble(
        algorithm: KeyAlgorithm,
        oid: ObjectIdentifier,
        parameters: Any,
        key: &[u8],
    ) -> Result<Self, Error> {
        let encode = || -> der::Result<Document> {
            Document::encode_msg(&SubjectPublicKeyInfoOwned {
                algorithm: AlgorithmIdentifierOwned {
                    oid,
                    parameters: Some(parameters),
                },
                subject_public_key: BitString::from_bytes(key)?,
            })
        };
        let spki = encode().map_err(|_| garbage("a public key that cannot be written"))?;
        Ok(Self { algorithm, spki })
    }

    /// From a `SubjectPublicKeyInfo` of a kind that is used here.
    fn from_spki(spki: Option<SubjectPublicKeyInfoRef<'_>>) -> Option<Self> {
        let spki = spki?;
        let key = spki.subject_public_key.as_bytes()?;
        match spki.algorithm.oid {
            RSA => {
                let key = RsaPublicKey::from_der(key).ok()?;
                Self::from_rsa(key.modulus.as_bytes(), key.exponent.as_bytes()).ok()
            }
            EC => {
                let curve = spki.algorithm.parameters?.decode_as().ok()?;
                Self::from_point(curve, key).ok()
            }
            _ => None,
        }
    }

    /// The octets of the key itself: a point, an `RSAPublicKey`.
    pub(super) fn key_octets(&self) -> Result<Vec<u8>, Error> {
        let spki: SubjectPublicKeyInfoRef<'_> = self
            .spki
            .decode_msg()
            .map_err(|_| garbage("a public key that cannot be read"))?;
        Ok(spki.subject_public_key.raw_bytes().into())
    }

    /// The modulus of an RSA key, as long as the key.
    pub(super) fn modulus(&self) -> Result<Vec<u8>, Error> {
        let octets = self.key_octets()?;
        let key = RsaPublicKey::from_der(&octets);
        let key = key.map_err(|_| garbage("an RSA key that cannot be read"))?;
        Ok(key.modulus.as_bytes().into())
    }

    /// The SM2 key.
    pub(super) fn sm2(&self) -> Result<PublicKey, Error> {
        PublicKey::from_uncompressed(&self.key_octets()?)
            .map_err(|_| garbage("a point that is not on the SM2 curve"))
    }
}

/// A number without leading zeros.
fn strip(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    &number[zeros..]
}

#[cfg(test)]
mod tests;
