//! The SM2 curve written out (GB/T 32918.5-2017), to know it where others write it out.

use super::{
    asn1::{self, Node},
    schema::EC_PARAMETERS,
};
use crate::sm2::{CURVE_OID, KEY_OID, PublicKey};
use alloc::{string::ToString, vec::Vec};

const P: &[u8; 32] = b"\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
    \xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff";
const A: &[u8; 32] = b"\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
    \xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xfc";
const B: &[u8; 32] = b"\x28\xe9\xfa\x9e\x9d\x9f\x5e\x34\x4d\x5a\x9e\x4b\xcf\x65\x09\xa7\
    \xf3\x97\x89\xf5\x15\xab\x8f\x92\xdd\xbc\xbd\x41\x4d\x94\x0e\x93";
const N: &[u8; 32] = b"\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
    \x72\x03\xdf\x6b\x21\xc6\x05\x2b\x53\xbb\xf4\x09\x39\xd5\x41\x23";

/// Whether parameters are `ECParameters` written out.
pub(crate) fn is_explicit(parameters: &Node<'_>) -> bool {
    parameters.is(asn1::SEQUENCE) && EC_PARAMETERS.fits(parameters, &mut 100)
}

/// Whether they are those of the SM2 curve.
pub(crate) fn is_sm2(parameters: &Node<'_>) -> bool {
    let equal = || -> Option<bool> {
        let field = EC_PARAMETERS.field(parameters, "fieldID")?;
        let curve = EC_PARAMETERS.field(parameters, "curve")?;
        let base = EC_PARAMETERS.field(parameters, "base")?.content;
        let order = EC_PARAMETERS.field(parameters, "order")?;
        let generator = generator();
        Some(
            field.child(0)?.oid()? == "1.2.840.10045.1.1"
                && field.child(1)?.unsigned() == P
                && curve.child(0)?.content == A
                && curve.child(1)?.content == B
                && PublicKey::from_sec1(base).is_ok_and(|point| point == generator)
                && order.unsigned() == N,
        )
    };
    is_explicit(parameters) && equal().unwrap_or(false)
}

fn generator() -> PublicKey {
    let mut one = [0; 32];
    one[31] = 1;
    let key = crate::sm2::SecretKey::from_bytes(&one).expect("1 lies in 1 to n − 2");
    key.public_key()
}

/// How a `SubjectPublicKeyInfo` names its curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// `id-ecPublicKey` with the curve, as everybody writes it.
    Usual,
    /// The curve as the algorithm.
    CurveAsAlgorithm,
    /// Its parameters written out.
    Explicit,
    /// Another algorithm or curve.
    Other,
}

/// How a `SubjectPublicKeyInfo` names its curve.
pub(crate) fn naming(spki: &Node<'_>) -> Naming {
    let named = || -> Option<Naming> {
        let algorithm = spki.child(0)?;
        let oid = algorithm.child(0)?.oid()?;
        let parameters = algorithm.child(1);
        let curve = parameters.and_then(|parameters| parameters.oid());
        if oid == KEY_OID.to_string() {
            return Some(match (curve, parameters) {
                (Some(curve), _) if curve == CURVE_OID.to_string() => Naming::Usual,
                (None, Some(parameters)) if is_sm2(&parameters) => Naming::Explicit,
                _ => Naming::Other,
            });
        }
        (oid == CURVE_OID.to_string()).then_some(Naming::CurveAsAlgorithm)
    };
    named().unwrap_or(Naming::Other)
}

/// The point of a `SubjectPublicKeyInfo`, whatever it calls its curve, if it lies on this one.
pub(crate) fn key_of(spki: &Node<'_>) -> Option<PublicKey> {
    let point = spki.child(1)?;
    PublicKey::from_sec1(point.bits()?).ok()
}

/// SHA-1 over the point, the key identifier of GM/T 0015 and RFC 5280, 4.2.1.2.
pub(crate) fn key_identifier(spki: &Node<'_>) -> Option<Vec<u8>> {
    use sha1::Digest;
    let point = spki.child(1)?;
    Some(sha1::Sha1::digest(point.bits()?).to_vec())
}
