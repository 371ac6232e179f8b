//! Requests made octet by octet, for tests.

use crate::{Error, Limits, UnverifiedCsr, VerifiedCsr};
use gm_crypto::{
    pki::Sm2Sm3,
    sm2::{SecretKey, SigningKey, UserId},
};
use signature::Signer;
use spki::EncodePublicKey;

pub(crate) const NULL: &[u8] = &[0x05, 0x00];
/// SEQUENCE { 1.2.156.10197.1.501 }
pub(crate) const SM2_SM3: &[u8] = b"\x30\x0a\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75";
pub(crate) const EXTENSION_REQUEST: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e";
pub(crate) const CHALLENGE: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07";
pub(crate) const KEY_USAGE: &[u8] = b"\x06\x03\x55\x1d\x0f";
pub(crate) const EXT_KEY_USAGE: &[u8] = b"\x06\x03\x55\x1d\x25";

pub(crate) fn key() -> SigningKey {
    let secret = SecretKey::generate(&mut getrandom::SysRng).unwrap();
    SigningKey::new(secret, UserId::default())
}

pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap();
    let [high, low] = length.to_be_bytes();
    let header = match length {
        ..0x80 => vec![tag, low],
        0x80..0x100 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [header, content].concat()
}

pub(crate) fn rdn(value: &[u8]) -> Vec<u8> {
    let attribute = tlv(0x30, &[b"\x06\x03\x55\x04\x03", &tlv(0x0c, &[value])]);
    tlv(0x31, &[&attribute])
}

pub(crate) fn attribute(oid: &[u8], values: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &[oid, &tlv(0x31, values)])
}

pub(crate) fn extensions(each: &[&[u8]]) -> Vec<u8> {
    attribute(EXTENSION_REQUEST, &[&tlv(0x30, each)])
}

pub(crate) fn extension(oid: &[u8], critical: &[u8]) -> Vec<u8> {
    tlv(0x30, &[oid, critical, &tlv(0x04, &[NULL])])
}

/// A request made octet by octet, signed as it stands.
pub(crate) struct Raw {
    pub(crate) key: SigningKey,
    pub(crate) spki: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) attributes: Vec<u8>,
    pub(crate) algorithm: Vec<u8>,
}

impl Raw {
    pub(crate) fn new() -> Self {
        let key = key();
        let spki = key.verifying_key().to_public_key_der().unwrap();
        Self {
            key,
            spki: spki.into_vec(),
            subject: tlv(0x30, &[&rdn(b"a")]),
            attributes: tlv(0xa0, &[]),
            algorithm: SM2_SM3.to_vec(),
        }
    }

    pub(crate) fn subject(self, rdns: &[&[u8]]) -> Self {
        Self {
            subject: tlv(0x30, rdns),
            ..self
        }
    }

    pub(crate) fn attributes(self, each: &[&[u8]]) -> Self {
        Self {
            attributes: tlv(0xa0, each),
            ..self
        }
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let version = [0x02, 0x01, 0x00];
        let info = tlv(
            0x30,
            &[&version, &self.subject, &self.spki, &self.attributes],
        );
        let signature = self.key.sign(&info).to_der();
        tlv(
            0x30,
            &[&info, &self.algorithm, &tlv(0x03, &[&[0], &signature])],
        )
    }

    pub(crate) fn parse_error(&self) -> Error {
        UnverifiedCsr::from_der(&self.der(), &Limits::default()).unwrap_err()
    }

    pub(crate) fn verify(&self) -> Result<VerifiedCsr, Error> {
        verify(&self.der())
    }
}

pub(crate) fn verify(der: &[u8]) -> Result<VerifiedCsr, Error> {
    UnverifiedCsr::from_der(der, &Limits::default())?.verify(&[&Sm2Sm3::default()])
}
