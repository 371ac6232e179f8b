//! Certificates and messages put together octet by octet, so that each piece can be bent.

use alloc::{vec, vec::Vec};
use der::{
    Encode,
    asn1::{BitString, ObjectIdentifier},
};
use signature::Signer;

use crate::{
    pki::oid,
    sm2::{DerSignature, SIGNATURE_OID, SecretKey, SigningKey, UserId},
    sm3,
};
use spki::EncodePublicKey;

/// One element with the shortest length.
pub(in super::super) fn tlv(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let length = contents.len().to_be_bytes();
    let length = &length[length.iter().take_while(|octet| **octet == 0).count()..];
    let mut octets = vec![tag];
    if contents.len() >= 0x80 {
        octets.push(0x80 | u8::try_from(length.len()).unwrap());
        octets.extend_from_slice(length);
    } else {
        octets.push(u8::try_from(contents.len()).unwrap());
    }
    octets.extend_from_slice(&contents);
    octets
}

pub(in super::super) fn identifier(oid: ObjectIdentifier) -> Vec<u8> {
    oid.to_der().unwrap()
}

/// An AlgorithmIdentifier with NULL.
pub(in super::super) fn algorithm(oid: ObjectIdentifier) -> Vec<u8> {
    tlv(0x30, &[&identifier(oid), &[5, 0]])
}

pub(in super::super) fn attribute(oid: ObjectIdentifier, values: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &[&identifier(oid), &tlv(0x31, values)])
}

pub(in super::super) fn bits(signature: &DerSignature) -> BitString {
    BitString::from_bytes(&signature.to_der()).unwrap()
}

/// A key with its certificate, whose signature is nobody's.
pub(in super::super) struct Owner {
    pub(in super::super) key: SigningKey,
    pub(in super::super) certificate: Vec<u8>,
    pub(in super::super) issuer: Vec<u8>,
    pub(in super::super) serial: u8,
}

impl Owner {
    pub(in super::super) fn new(serial: u8) -> Self {
        Self::with_identifier(serial, Some(&[serial; 20]))
    }

    pub(in super::super) fn with_identifier(serial: u8, identifier: Option<&[u8]>) -> Self {
        Self::with_key(serial, identifier, [serial; 32])
    }

    pub(in super::super) fn with_key(
        serial: u8,
        key_identifier: Option<&[u8]>,
        key: [u8; 32],
    ) -> Self {
        let key = SigningKey::new(SecretKey::from_bytes(&key).unwrap(), UserId::default());
        let name = |text: &[u8]| {
            let common_name = identifier(ObjectIdentifier::new_unwrap("2.5.4.3"));
            let attribute = tlv(0x30, &[&common_name, &tlv(0x0c, &[text])]);
            tlv(0x30, &[&tlv(0x31, &[&attribute])])
        };
        let issuer = name("测试".as_bytes());
        let signature_algorithm = tlv(0x30, &[&identifier(SIGNATURE_OID)]);
        let time = tlv(0x17, &[b"260101000000Z"]);
        let extensions = key_identifier.map_or_else(Vec::new, |value| {
            let value = tlv(4, &[&tlv(4, &[value])]);
            let id = identifier(oid::SUBJECT_KEY_IDENTIFIER);
            let usage = identifier(ObjectIdentifier::new_unwrap("2.5.29.15"));
            let usage = tlv(0x30, &[&usage, &[1, 1, 0xff], &[4, 4, 3, 2, 6, 0xc0]]);
            let extensions = tlv(0x30, &[&usage, &tlv(0x30, &[&id, &value])]);
            tlv(0xa3, &[&extensions])
        });
        let to_be_signed = tlv(
            0x30,
            &[
                &[0xa0, 3, 2, 1, 2],
                &[2, 1, serial],
                &signature_algorithm,
                &issuer,
                &tlv(0x30, &[&time, &time]),
                &name(b"subject"),
                key.verifying_key().to_public_key_der().unwrap().as_bytes(),
                &extensions,
            ],
        );
        let signature = tlv(3, &[&[0], b"nobody's"]);
        Self {
            certificate: tlv(0x30, &[&to_be_signed, &signature_algorithm, &signature]),
            key,
            issuer,
            serial,
        }
    }

    pub(in super::super) fn sign(&self, octets: &[u8]) -> DerSignature {
        self.key.sign(octets)
    }

    /// IssuerAndSerialNumber.
    pub(in super::super) fn id(&self) -> Vec<u8> {
        tlv(0x30, &[&self.issuer, &[2, 1, self.serial]])
    }
}

/// A message in pieces, each in DER.
pub(in super::super) struct Pieces {
    pub(in super::super) outer_type: ObjectIdentifier,
    pub(in super::super) version: u8,
    pub(in super::super) digests: Vec<Vec<u8>>,
    pub(in super::super) content_type: ObjectIdentifier,
    /// Inside [0].
    pub(in super::super) content: Vec<u8>,
    pub(in super::super) certificates: Vec<Vec<u8>>,
    pub(in super::super) crls: Vec<Vec<u8>>,
    pub(in super::super) signers: Vec<SignerPieces>,
    pub(in super::super) behind: Vec<u8>,
}

#[derive(Clone)]
pub(in super::super) struct SignerPieces {
    pub(in super::super) version: u8,
    pub(in super::super) id: Vec<u8>,
    pub(in super::super) digest: Vec<u8>,
    pub(in super::super) attributes: Option<Vec<Vec<u8>>>,
    pub(in super::super) algorithm: Vec<u8>,
    pub(in super::super) signature: Vec<u8>,
    pub(in super::super) unsigned: Option<Vec<Vec<u8>>>,
}

impl Pieces {
    /// A message as GM/T 0010 has it.
    pub(in super::super) fn new(owner: &Owner, content: &[u8]) -> Self {
        Self {
            outer_type: oid::SIGNED_DATA,
            version: 1,
            digests: vec![algorithm(oid::SM3)],
            content_type: oid::DATA,
            content: tlv(4, &[content]),
            certificates: vec![owner.certificate.clone()],
            crls: Vec::new(),
            signers: vec![SignerPieces {
                version: 1,
                id: owner.id(),
                digest: algorithm(oid::SM3),
                attributes: None,
                algorithm: algorithm(oid::SM2_SIGN),
                signature: owner.sign(content).to_der(),
                unsigned: None,
            }],
            behind: Vec::new(),
        }
    }

    /// The same with attributes.
    pub(in super::super) fn with_attributes(owner: &Owner, content: &[u8]) -> Self {
        let mut pieces = Self::new(owner, content);
        let attributes = usual_attributes(content);
        pieces.signers[0].sign_attributes(owner, attributes);
        pieces
    }

    pub(in super::super) fn to_der(&self) -> Vec<u8> {
        let set = |tag, elements: &[Vec<u8>]| {
            let elements: Vec<&[u8]> = elements.iter().map(Vec::as_slice).collect();
            tlv(tag, &elements)
        };
        let optional = |tag, elements: &[Vec<u8>]| match elements {
            [] => Vec::new(),
            elements => set(tag, elements),
        };
        let signers: Vec<Vec<u8>> = self.signers.iter().map(SignerPieces::to_der).collect();
        let content = match &self.content[..] {
            [] => Vec::new(),
            content => tlv(0xa0, &[content]),
        };
        let signed = tlv(
            0x30,
            &[
                &[2, 1, self.version],
                &set(0x31, &self.digests),
                &tlv(0x30, &[&identifier(self.content_type), &content]),
                &optional(0xa0, &self.certificates),
                &optional(0xa1, &self.crls),
                &set(0x31, &signers),
            ],
        );
        let outer = identifier(self.outer_type);
        let mut message = tlv(0x30, &[&outer, &tlv(0xa0, &[&signed])]);
        message.extend_from_slice(&self.behind);
        message
    }
}

/// contentType and messageDigest, in the order of DER.
pub(in super::super) fn usual_attributes(content: &[u8]) -> Vec<Vec<u8>> {
    vec![
        attribute(oid::CONTENT_TYPE, &[&identifier(oid::DATA)]),
        attribute(oid::MESSAGE_DIGEST, &[&tlv(4, &[&sm3::digest(content)])]),
    ]
}

impl SignerPieces {
    /// Takes attributes in this order and signs them in it.
    pub(in super::super) fn sign_attributes(&mut self, owner: &Owner, attributes: Vec<Vec<u8>>) {
        let octets = tlv(0x31, &[&attributes.concat()]);
        self.signature = owner.sign(&octets).to_der();
        self.attributes = Some(attributes);
    }

    fn to_der(&self) -> Vec<u8> {
        let attributes = |tag, attributes: &Option<Vec<Vec<u8>>>| {
            attributes
                .as_ref()
                .map_or_else(Vec::new, |attributes| tlv(tag, &[&attributes.concat()]))
        };
        tlv(
            0x30,
            &[
                &[2, 1, self.version],
                &self.id,
                &self.digest,
                &attributes(0xa0, &self.attributes),
                &self.algorithm,
                &tlv(4, &[&self.signature]),
                &attributes(0xa1, &self.unsigned),
            ],
        )
    }
}
