//! Tokens made on the spot, good ones and every kind of bad one.

use super::token::TST_INFO;
use crate::{
    forge::{Forged, Key, extension, time},
    path::{Anchor, ParsedCertificate},
    signing_certificate::{SIGNING_CERTIFICATE, reference},
};
use der::{Encode, asn1::ObjectIdentifier};
use getrandom::SysRng;
use gm_crypto::{
    message::{Attribute, ContentTypes, Partner, SignatureName, SignedMessage, Signer},
    pki::oid::SM3,
    sm3,
};
use x509_cert::ext::Extension;

pub(crate) const TSA: &str = "CN=TSA,C=CN";
pub(crate) const TSA_ROOT: &str = "CN=TSA Root,C=CN";
pub(crate) const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";

pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut octets = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ 0..128) => octets.push(short),
        Ok(long) => octets.extend([0x81, long]),
        Err(_) => {
            octets.push(0x82);
            octets.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        }
    }
    octets.extend(content);
    octets
}

pub(crate) fn purposes(critical: bool, list: &[&str]) -> Extension {
    let list: Vec<ObjectIdentifier> = list
        .iter()
        .map(|text| ObjectIdentifier::new(text).unwrap())
        .collect();
    extension(critical, "2.5.29.37", &list)
}

/// A `TSTInfo` to be, each part in DER.
#[derive(Clone)]
pub(crate) struct Info {
    pub(crate) version: Vec<u8>,
    pub(crate) digest: Vec<u8>,
    pub(crate) imprint: Vec<u8>,
    pub(crate) time: Vec<u8>,
    /// accuracy, ordering, nonce, tsa, extensions.
    pub(crate) rest: Vec<u8>,
}

impl Info {
    /// By SM3, at a time such as `20260601000000Z`, exact to 1.5 seconds.
    pub(crate) fn new(stamped: &[u8], at: &str) -> Self {
        Self {
            version: tlv(2, &[&[1]]),
            digest: tlv(0x30, &[&SM3.to_der().unwrap(), &[5, 0]]),
            imprint: sm3::digest(stamped).to_vec(),
            time: tlv(0x18, &[at.as_bytes()]),
            rest: tlv(0x30, &[&[2, 1, 1], &[0x80, 2, 1, 0xf4]]),
        }
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let policy = ObjectIdentifier::new_unwrap("1.2.3.4").to_der().unwrap();
        let imprint = tlv(0x30, &[&self.digest, &tlv(4, &[&self.imprint])]);
        let serial = tlv(2, &[&[0x29]]);
        let parts: [&[u8]; 6] = [
            &self.version,
            &policy,
            &imprint,
            &serial,
            &self.time,
            &self.rest,
        ];
        tlv(0x30, &parts)
    }
}

/// A time-stamping authority below its own root.
pub(crate) struct Authority {
    pub(crate) root_key: Key,
    pub(crate) root: ParsedCertificate,
    pub(crate) key: Key,
    pub(crate) certificate: ParsedCertificate,
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self::with(|certificate| certificate.with(purposes(true, &[TIME_STAMPING])))
    }

    /// With another certificate.
    pub(crate) fn with(bend: impl FnOnce(Forged) -> Forged) -> Self {
        let (root_key, key) = (Key::new(), Key::new());
        let root = Forged::ca(TSA_ROOT, &root_key, TSA_ROOT).issue(&root_key);
        let certificate = bend(Forged::leaf(TSA, &key, TSA_ROOT)).issue(&root_key);
        Self {
            root_key,
            root,
            key,
            certificate,
        }
    }

    pub(crate) fn anchors(&self) -> [Anchor; 1] {
        [Anchor::from_certificate(self.root.clone())]
    }

    /// The token of a good authority.
    pub(crate) fn stamp(&self, stamped: &[u8], at: &str) -> Vec<u8> {
        let compact: String = at.chars().filter(|one| !"-:T".contains(*one)).collect();
        self.token(&Info::new(stamped, &compact).der())
    }

    pub(crate) fn token(&self, info: &[u8]) -> Vec<u8> {
        self.sign(info, TST_INFO, &[self.signer()], &gm())
    }

    /// Signs with the reference that is due.
    pub(crate) fn signer(&self) -> Signer {
        self.signer_naming(Some(&self.certificate))
    }

    pub(crate) fn signer_naming(&self, certificate: Option<&ParsedCertificate>) -> Signer {
        let signer = Signer::new(self.certificate.der()).unwrap();
        let signer = signer.signing_time(time("2026-06-01T00:00:00Z")).unwrap();
        match certificate {
            None => signer,
            Some(named) => {
                let value = reference(named.der()).unwrap();
                signer.attribute(Attribute::new(SIGNING_CERTIFICATE, &value).unwrap())
            }
        }
    }

    pub(crate) fn sign(
        &self,
        info: &[u8],
        content_type: ObjectIdentifier,
        signers: &[Signer],
        partner: &Partner,
    ) -> Vec<u8> {
        let message = SignedMessage::new(info).content_type(content_type);
        let draft = message.partner(*partner).prepare(signers.to_vec()).unwrap();
        let keys = vec![&self.key.0; signers.len()];
        draft.sign(&mut SysRng, &keys).unwrap()
    }
}

/// As GM/T 0010 has it.
pub(crate) fn gm() -> Partner {
    Partner::default()
}

/// As RFC 5652 has it.
pub(crate) fn cms() -> Partner {
    let mut partner = Partner::default();
    partner.content_types = ContentTypes::Rfc5652;
    partner.signature_name = SignatureName::Sm2WithSm3;
    partner
}
