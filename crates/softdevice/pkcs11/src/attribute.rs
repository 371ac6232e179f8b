//! What `C_GetAttributeValue` answers.

use crate::{
    object::{Entry, Material, Meta, class_number},
    rv::{Result, Rv},
    vendor::Vendor,
};
use cryptoki_sys::*;
use der::{Decode, Encode, Reader, SliceReader, Tag, TagNumber, asn1::OctetStringRef};
use gm_crypto::{sm3, sm4};
use sha2::{Digest, Sha256};
use softdevice::{KeyKind, ObjectClass, SecretKind};

/// DER of the curves' names (RFC 5480, 2.1.1.1; GM/T 0006).
const CURVES: [(KeyKind, &[u8]); 3] = [
    (
        KeyKind::P256,
        &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
    ),
    (KeyKind::P384, &[6, 5, 0x2b, 0x81, 4, 0, 0x22]),
    (
        KeyKind::Sm2,
        &[6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d],
    ),
];

/// `CKA_EC_PARAMS` of a curve.
pub(crate) fn curve_name(kind: KeyKind) -> &'static [u8] {
    CURVES
        .iter()
        .find(|(known, _)| *known == kind)
        .map_or(&[], |(_, name)| *name)
}

/// The curve that `CKA_EC_PARAMS` names.
pub(crate) fn curve_of(parameters: &[u8]) -> Option<KeyKind> {
    CURVES
        .iter()
        .find(|(_, name)| *name == parameters)
        .map(|(kind, _)| *kind)
}

/// `CKK_…` of a key.
pub(crate) fn key_type(meta: &Meta, vendor: &Vendor) -> Option<CK_KEY_TYPE> {
    match (meta.key_kind, meta.secret_kind) {
        (Some(KeyKind::Sm2), _) => Some(vendor.sm2),
        (Some(_), _) => Some(CKK_EC),
        (_, Some(SecretKind::Sm4)) => Some(vendor.sm4.unwrap_or(CKK_GENERIC_SECRET)),
        (_, Some(_)) => Some(CKK_GENERIC_SECRET),
        _ => None,
    }
}

const INVALID: Rv = Rv(CKR_ATTRIBUTE_TYPE_INVALID);

/// A number as C has it in memory.
pub(crate) fn number(value: CK_ULONG) -> Vec<u8> {
    value.to_ne_bytes().to_vec()
}

/// The value of an attribute.
///
/// # Errors
/// `CKR_ATTRIBUTE_TYPE_INVALID` for one that the object does not have,
/// `CKR_ATTRIBUTE_SENSITIVE` for one that does not leave the device.
pub(crate) fn value(
    entry: &Entry,
    attribute: CK_ATTRIBUTE_TYPE,
    vendor: &'static Vendor,
) -> Result<Vec<u8>> {
    let meta = &entry.meta;
    let truth = |value: bool| Ok(vec![CK_BBOOL::from(value)]);
    match attribute {
        CKA_CLASS => return Ok(number(class_number(meta.class))),
        CKA_TOKEN => return truth(meta.token),
        CKA_PRIVATE => return truth(meta.private),
        CKA_LABEL => return Ok(meta.label.clone().into_bytes()),
        CKA_MODIFIABLE | CKA_COPYABLE | CKA_DESTROYABLE => return truth(meta.flag(attribute)),
        // The vendor's own attributes are kept as they came.
        CKA_VENDOR_DEFINED.. => {
            let kept = meta.attributes.get(attribute.into());
            return kept.map(<[u8]>::to_vec).ok_or(INVALID);
        }
        _ => {}
    }
    match meta.class {
        ObjectClass::PrivateKey => private_key(entry, attribute, vendor),
        ObjectClass::PublicKey => public_key(meta, attribute, vendor),
        ObjectClass::SecretKey => secret_key(entry, attribute, vendor),
        ObjectClass::Certificate => certificate(meta, attribute),
        _ => data(entry, attribute),
    }
}

/// Octets that were given when the object was made, or none.
fn kept(meta: &Meta, attribute: CK_ATTRIBUTE_TYPE) -> Vec<u8> {
    meta.attributes
        .get(attribute.into())
        .map(<[u8]>::to_vec)
        .unwrap_or_default()
}

/// What all keys have (PKCS#11 3.0, 4.7.2).
fn key(meta: &Meta, attribute: CK_ATTRIBUTE_TYPE, vendor: &'static Vendor) -> Result<Vec<u8>> {
    match attribute {
        CKA_KEY_TYPE => key_type(meta, vendor).map(number).ok_or(INVALID),
        CKA_ID => Ok(meta.key_id.clone()),
        CKA_START_DATE | CKA_END_DATE => Ok(kept(meta, attribute)),
        CKA_DERIVE | CKA_LOCAL => Ok(vec![meta.flag(attribute).into()]),
        CKA_KEY_GEN_MECHANISM => {
            let generated = meta.attributes.get(attribute.into());
            Ok(generated.map_or_else(|| number(CK_UNAVAILABLE_INFORMATION), <[u8]>::to_vec))
        }
        _ => Err(INVALID),
    }
}

fn curve_and_point(meta: &Meta, attribute: CK_ATTRIBUTE_TYPE) -> Result<Vec<u8>> {
    let kind = meta.key_kind.ok_or(INVALID)?;
    match attribute {
        CKA_EC_PARAMS => Ok(curve_name(kind).to_vec()),
        CKA_EC_POINT => OctetStringRef::new(&meta.value)
            .and_then(|point| point.to_der())
            .map_err(|_| Rv(CKR_GENERAL_ERROR)),
        CKA_PUBLIC_KEY_INFO => Ok(public_key_info(kind, &meta.value)),
        _ => Err(INVALID),
    }
}

/// `SubjectPublicKeyInfo` of a point: all lengths are below 128 octets.
fn public_key_info(kind: KeyKind, point: &[u8]) -> Vec<u8> {
    /// id-ecPublicKey (RFC 5480, 2.1.1).
    const EC: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    let tlv = |tag: u8, parts: &[&[u8]]| {
        let content = parts.concat();
        let length = u8::try_from(content.len()).unwrap_or(0x7f);
        [&[tag, length][..], &content].concat()
    };
    let algorithm = tlv(0x30, &[EC, curve_name(kind)]);
    let bits = tlv(3, &[&[0], point]);
    tlv(0x30, &[&algorithm, &bits])
}

fn private_key(
    entry: &Entry,
    attribute: CK_ATTRIBUTE_TYPE,
    vendor: &'static Vendor,
) -> Result<Vec<u8>> {
    let meta = &entry.meta;
    match attribute {
        CKA_SUBJECT => Ok(kept(meta, attribute)),
        CKA_SENSITIVE
        | CKA_DECRYPT
        | CKA_SIGN
        | CKA_SIGN_RECOVER
        | CKA_UNWRAP
        | CKA_EXTRACTABLE
        | CKA_ALWAYS_SENSITIVE
        | CKA_NEVER_EXTRACTABLE
        | CKA_WRAP_WITH_TRUSTED
        | CKA_ALWAYS_AUTHENTICATE => Ok(vec![meta.flag(attribute).into()]),
        CKA_EC_PARAMS | CKA_EC_POINT | CKA_PUBLIC_KEY_INFO => curve_and_point(meta, attribute),
        CKA_VALUE => match &entry.material {
            Material::Private(key) if meta.is_open() => Ok(key.scalar().to_vec()),
            _ => Err(Rv(CKR_ATTRIBUTE_SENSITIVE)),
        },
        _ => key(meta, attribute, vendor),
    }
}

fn public_key(
    meta: &Meta,
    attribute: CK_ATTRIBUTE_TYPE,
    vendor: &'static Vendor,
) -> Result<Vec<u8>> {
    match attribute {
        CKA_SUBJECT => Ok(kept(meta, attribute)),
        CKA_ENCRYPT | CKA_VERIFY | CKA_VERIFY_RECOVER | CKA_WRAP | CKA_TRUSTED => {
            Ok(vec![meta.flag(attribute).into()])
        }
        CKA_EC_PARAMS | CKA_EC_POINT | CKA_PUBLIC_KEY_INFO => curve_and_point(meta, attribute),
        _ => key(meta, attribute, vendor),
    }
}

fn secret_key(
    entry: &Entry,
    attribute: CK_ATTRIBUTE_TYPE,
    vendor: &'static Vendor,
) -> Result<Vec<u8>> {
    let meta = &entry.meta;
    let secret = match &entry.material {
        Material::Secret(secret) => Some(secret.as_bytes()),
        _ => None,
    };
    match attribute {
        CKA_SENSITIVE
        | CKA_ENCRYPT
        | CKA_DECRYPT
        | CKA_SIGN
        | CKA_VERIFY
        | CKA_WRAP
        | CKA_UNWRAP
        | CKA_EXTRACTABLE
        | CKA_ALWAYS_SENSITIVE
        | CKA_NEVER_EXTRACTABLE
        | CKA_WRAP_WITH_TRUSTED
        | CKA_TRUSTED => Ok(vec![meta.flag(attribute).into()]),
        CKA_VALUE => match secret {
            Some(secret) if meta.is_open() => Ok(secret.to_vec()),
            _ => Err(Rv(CKR_ATTRIBUTE_SENSITIVE)),
        },
        CKA_VALUE_LEN => {
            let length = secret.map_or(0, <[u8]>::len);
            Ok(number(CK_ULONG::try_from(length).unwrap_or(0)))
        }
        CKA_CHECK_VALUE => secret
            .and_then(|secret| check_value(meta.secret_kind, secret))
            .ok_or(INVALID),
        _ => key(meta, attribute, vendor),
    }
}

/// PKCS#11 3.0, 4.10.2: the first three octets of a block of zeros, encrypted; of a hash
/// for keys of no cipher.
fn check_value(kind: Option<SecretKind>, secret: &[u8]) -> Option<Vec<u8>> {
    use sm4::cipher::{BlockCipherEncrypt, KeyInit};
    if kind == Some(SecretKind::Sm4) {
        let mut block = [0; sm4::BLOCK_LENGTH].into();
        sm4::Sm4::new_from_slice(secret)
            .ok()?
            .encrypt_block(&mut block);
        return Some(block[..3].to_vec());
    }
    Some(Sha256::digest(secret)[..3].to_vec())
}

fn certificate(meta: &Meta, attribute: CK_ATTRIBUTE_TYPE) -> Result<Vec<u8>> {
    match attribute {
        CKA_CERTIFICATE_TYPE => Ok(number(CKC_X_509)),
        CKA_CERTIFICATE_CATEGORY => {
            let kept = kept(meta, attribute);
            Ok(if kept.is_empty() { number(0) } else { kept })
        }
        CKA_TRUSTED => Ok(vec![meta.flag(attribute).into()]),
        CKA_ID => Ok(meta.key_id.clone()),
        CKA_VALUE => Ok(meta.value.clone()),
        CKA_CHECK_VALUE => Ok(sm3::digest(&meta.value)[..3].to_vec()),
        CKA_SUBJECT | CKA_ISSUER | CKA_SERIAL_NUMBER => {
            let kept = kept(meta, attribute);
            if !kept.is_empty() {
                return Ok(kept);
            }
            // Another interface asks for the certificate alone.
            Ok(field(&meta.value, attribute).unwrap_or_default())
        }
        CKA_START_DATE
        | CKA_END_DATE
        | CKA_URL
        | CKA_HASH_OF_SUBJECT_PUBLIC_KEY
        | CKA_HASH_OF_ISSUER_PUBLIC_KEY => Ok(kept(meta, attribute)),
        _ => Err(INVALID),
    }
}

/// Subject, issuer or serial number of a certificate (RFC 5280, 4.1), tag and length
/// included.
fn field(certificate: &[u8], wanted: CK_ATTRIBUTE_TYPE) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(certificate).ok()?;
    let read = reader.sequence(|reader| {
        let fields = reader.sequence(|reader| {
            if Tag::peek(reader)? == TagNumber(0).context_specific(true) {
                reader.tlv_bytes()?;
            }
            // serialNumber, signature, issuer, validity, subject.
            let mut fields = [&[][..]; 5];
            for field in &mut fields {
                *field = reader.tlv_bytes()?;
            }
            reader.read_slice(reader.remaining_len())?;
            Ok::<_, der::Error>(fields)
        })?;
        reader.read_slice(reader.remaining_len())?;
        Ok::<_, der::Error>(fields)
    });
    let [serial, _, issuer, _, subject] = read.ok()?;
    let field = match wanted {
        CKA_SUBJECT => subject,
        CKA_ISSUER => issuer,
        _ => serial,
    };
    Some(field.to_vec())
}

fn data(entry: &Entry, attribute: CK_ATTRIBUTE_TYPE) -> Result<Vec<u8>> {
    match attribute {
        CKA_APPLICATION | CKA_OBJECT_ID => Ok(kept(&entry.meta, attribute)),
        CKA_VALUE => Ok(match &entry.material {
            Material::Secret(secret) => secret.as_bytes().to_vec(),
            _ => entry.meta.value.clone(),
        }),
        _ => Err(INVALID),
    }
}

/// The octets of a point, from `CKA_EC_POINT`: an OCTET STRING, or bare as PKCS#11 2.20
/// had it.
pub(crate) fn point(octets: &[u8]) -> &[u8] {
    match <&OctetStringRef>::from_der(octets) {
        Ok(wrapped) => wrapped.as_bytes(),
        Err(_) => octets,
    }
}
