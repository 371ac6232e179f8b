//! `ECPrivateKey` (SEC 1, C.4; RFC 5915), alone or inside PKCS#8. A structure of our own and
//! not the crate `sec1`'s, which refuses a curve written out before anybody could look at it.

use super::{KeyRemark, PlainKey, checked_pair, remark_on_curve, secret_key};
use crate::{
    Error, Result,
    pki::spki,
    sm2::{CURVE_OID, SecretKey},
};
use alloc::vec::Vec;
use der::{
    AnyRef, Decode, Encode, Sequence,
    asn1::{BitStringRef, OctetStringRef},
};
use zeroize::Zeroizing;

const WHAT: &str = "ECPrivateKey";

#[derive(Sequence)]
struct EcPrivateKey<'a> {
    version: u8,
    private_key: &'a OctetStringRef,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    parameters: Option<AnyRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    public_key: Option<BitStringRef<'a>>,
}

/// Where the structure stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a file of its own: the curve may be named in a block before it, or nowhere.
    Alone,
    /// In PKCS#8, which has named the curve.
    InPkcs8,
}

/// Writes an unencrypted SEC 1 `ECPrivateKey` (RFC 5915) with the curve's name and
/// the public key inside; its PEM label is `EC PRIVATE KEY`.
pub fn encode_private_key_sec1(key: &SecretKey) -> Zeroizing<Vec<u8>> {
    let curve = AnyRef::from(&CURVE_OID);
    encode(key, Some(curve), true).expect("a key of 120 octets has a DER encoding")
}

pub(super) fn encode(
    key: &SecretKey,
    parameters: Option<AnyRef<'_>>,
    with_public: bool,
) -> der::Result<Zeroizing<Vec<u8>>> {
    let scalar = key.to_bytes();
    let public = key.public_key().to_uncompressed();
    let encoded = EcPrivateKey {
        version: 1,
        private_key: OctetStringRef::new(scalar.as_slice())?,
        parameters,
        public_key: match with_public {
            true => Some(BitStringRef::from_bytes(&public)?),
            false => None,
        },
    };
    Ok(Zeroizing::new(encoded.to_der()?))
}

/// Reads and checks; what is unusual goes to `remarks`.
pub(super) fn read(der: &[u8], place: Place, remarks: &mut Vec<KeyRemark>) -> Result<PlainKey> {
    let key = EcPrivateKey::from_der(der).map_err(Error::malformed(WHAT))?;
    let invalid = |reason| Error::Invalid { what: WHAT, reason };
    if key.version != 1 {
        return Err(invalid("its version is not 1 (RFC 5915, clause 3)"));
    }
    if let Some(parameters) = key.parameters {
        remark_on_curve(spki::curve(parameters)?, remarks);
        remarks.extend((place == Place::InPkcs8).then_some(KeyRemark::InnerParameters));
    }
    let scalar = key.private_key.as_bytes().try_into();
    let scalar = scalar.map_err(|_| invalid("the scalar of this curve has 32 octets"))?;
    let stated = key.public_key.map(|bits| {
        bits.as_bytes()
            .ok_or(invalid("the public key is not made of whole octets"))
    });
    checked_pair(WHAT, secret_key(scalar)?, stated.transpose()?, remarks)
}
