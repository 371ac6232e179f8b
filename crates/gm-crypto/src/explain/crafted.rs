//! Structures made for tests, with whatever is wrong about them.

use crate::sm2::{SecretKey, SigningKey, UserId};
use alloc::{string::ToString, vec::Vec};
use der::{Encode, asn1::ObjectIdentifier};

pub(crate) const SIGNATURE: &str = "1.2.156.10197.1.501";

/// Tag, length and content.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut octets = match length {
        0..=0x7f => alloc::vec![tag, u8::try_from(length).unwrap()],
        0x80..=0xff => alloc::vec![tag, 0x81, u8::try_from(length).unwrap()],
        _ => {
            let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
            alloc::vec![tag, 0x82, high, low]
        }
    };
    octets.extend(content);
    octets
}

pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    ObjectIdentifier::new(dotted).unwrap().to_der().unwrap()
}

pub(crate) fn name(common: &str) -> Vec<u8> {
    let value = tlv(0x0c, &[common.to_string().as_bytes()]);
    let attribute = tlv(0x30, &[&oid("2.5.4.3"), &value]);
    tlv(0x30, &[&tlv(0x31, &[&attribute])])
}

pub(crate) fn algorithm(dotted: &str, null: bool) -> Vec<u8> {
    let null: &[u8] = if null { &[5, 0] } else { &[] };
    tlv(0x30, &[&oid(dotted), null])
}

/// A key with a small scalar.
pub(crate) fn key(scalar: u32) -> SecretKey {
    let mut octets = [0; 32];
    octets[28..].copy_from_slice(&scalar.to_be_bytes());
    SecretKey::from_bytes(&octets).unwrap()
}

pub(crate) fn signer(key: &SecretKey, id: &[u8]) -> SigningKey {
    SigningKey::new(key.clone(), UserId::new(id).unwrap())
}

/// A signature as usual: with Z of the default ID.
pub(crate) fn usual(key: &SecretKey) -> impl Fn(&[u8]) -> Vec<u8> + use<> {
    let signer = signer(key, b"1234567812345678");
    move |message| {
        let e = signer.verifying_key().za().digest(message);
        signer.sign_digest(&e).unwrap().to_der()
    }
}

pub(crate) fn spki(key: &SecretKey) -> Vec<u8> {
    let algorithm = tlv(
        0x30,
        &[&oid("1.2.840.10045.2.1"), &oid("1.2.156.10197.1.301")],
    );
    let point = key.public_key().to_uncompressed();
    tlv(0x30, &[&algorithm, &tlv(3, &[&[0], &point])])
}

/// Puts three parts together.
pub(crate) fn signed(tbs: &[u8], outer: &[u8], signature: &[u8]) -> Vec<u8> {
    tlv(0x30, &[tbs, outer, &tlv(3, &[&[0], signature])])
}

/// The part of a certificate that is signed.
pub(crate) fn tbs(
    inner: &[u8],
    serial: u8,
    issuer: &str,
    subject: &str,
    spki: &[u8],
    extensions: &[&[u8]],
) -> Vec<u8> {
    let validity = tlv(
        0x30,
        &[
            &tlv(0x17, &[b"260101000000Z"]),
            &tlv(0x17, &[b"360101000000Z"]),
        ],
    );
    let extensions = match extensions {
        [] => Vec::new(),
        list => tlv(0xa3, &[&tlv(0x30, list)]),
    };
    tlv(
        0x30,
        &[
            &tlv(0xa0, &[&[2, 1, 2]]),
            &[2, 1, serial],
            inner,
            &name(issuer),
            &validity,
            &name(subject),
            spki,
            &extensions,
        ],
    )
}

pub(crate) fn extension(dotted: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    tlv(0x30, &[&oid(dotted), flag, &tlv(4, &[value])])
}

/// A certificate of `key`, signed by somebody's way of signing.
pub(crate) fn certificate(
    issuer: &str,
    subject: &str,
    key: &SecretKey,
    sign: &dyn Fn(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let inner = algorithm(SIGNATURE, false);
    let tbs = tbs(&inner, 5, issuer, subject, &spki(key), &[]);
    signed(&tbs, &inner, &sign(&tbs))
}

/// A `SignedData` in its `ContentInfo` by one signer, with `messageDigest` where given.
pub(crate) fn message(
    content: Option<&[u8]>,
    digest: Option<&[u8]>,
    certificate: &[u8],
    issuer: &str,
    sign: &dyn Fn(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let attributes = digest.map(|digest| {
        [
            attribute("1.2.840.113549.1.9.3", &[&oid(DATA)]),
            attribute("1.2.840.113549.1.9.4", &[&tlv(4, &[digest])]),
        ]
        .concat()
    });
    signed_by(content, attributes, certificate, issuer, sign)
}

pub(crate) const DATA: &str = "1.2.156.10197.6.1.4.2.1";

/// An attribute with its values.
pub(crate) fn attribute(dotted: &str, values: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &[&oid(dotted), &tlv(0x31, values)])
}

/// [`message`] with whatever attributes.
pub(crate) fn signed_by(
    content: Option<&[u8]>,
    attributes: Option<Vec<u8>>,
    certificate: &[u8],
    issuer: &str,
    sign: &dyn Fn(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let signature = match (&attributes, content) {
        (Some(attributes), _) => sign(&tlv(0x31, &[attributes])),
        (None, content) => sign(content.unwrap_or(b"elsewhere")),
    };
    assembled(
        content,
        certificate,
        &signer_info(attributes, issuer, &signature),
    )
}

/// A `SignerInfo` of the certificate with the serial number 5.
pub(crate) fn signer_info(attributes: Option<Vec<u8>>, issuer: &str, signature: &[u8]) -> Vec<u8> {
    let attributes = attributes.map_or_else(Vec::new, |attributes| tlv(0xa0, &[&attributes]));
    let sid = tlv(0x30, &[&name(issuer), &[2, 1, 5]]);
    tlv(
        0x30,
        &[
            &[2, 1, 1],
            &sid,
            &algorithm("1.2.156.10197.1.401", true),
            &attributes,
            &algorithm("1.2.156.10197.1.301.1", true),
            &tlv(4, &[signature]),
        ],
    )
}

/// A `SignedData` in its `ContentInfo`.
pub(crate) fn assembled(content: Option<&[u8]>, certificates: &[u8], infos: &[u8]) -> Vec<u8> {
    let sm3 = algorithm("1.2.156.10197.1.401", true);
    let content = content.map_or_else(Vec::new, |content| tlv(0xa0, &[&tlv(4, &[content])]));
    let data = tlv(
        0x30,
        &[
            &[2, 1, 1],
            &tlv(0x31, &[&sm3]),
            &tlv(0x30, &[&oid(DATA), &content]),
            &tlv(0xa0, &[certificates]),
            &tlv(0x31, &[infos]),
        ],
    );
    tlv(
        0x30,
        &[&oid("1.2.156.10197.6.1.4.2.2"), &tlv(0xa0, &[&data])],
    )
}
