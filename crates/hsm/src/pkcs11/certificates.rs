//! Certificates beside keys.

use super::{
    session::{KeyChoice, Place, Session},
    token::Pkcs11Token,
};
use crate::{Certificates, Error, KeyLabel, KeyUse};
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass, ObjectHandle};
use der::{Decode, Reader, SliceReader, Tag, Tagged, asn1::AnyRef};

/// What an object beside the certificate says of it again (PKCS#11 3.1, 4.6.3): parts of
/// its octets as they came, each a whole element of DER.
pub(super) struct Parts<'a> {
    pub(super) serial: &'a [u8],
    pub(super) issuer: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) spki: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Finds the parts (RFC 5280, 4.1); `None` when it is no certificate.
    pub(super) fn read(certificate: &'a [u8]) -> Option<Self> {
        let read = || -> der::Result<Self> {
            let mut reader = SliceReader::new(certificate)?;
            let parts = reader.sequence(|certificate| -> der::Result<Self> {
                let parts = certificate.sequence(|tbs| -> der::Result<Self> {
                    let mut serial = tbs.tlv_bytes()?;
                    // The version, [0], which is left out of certificates of version 1.
                    if serial.first() == Some(&0xa0) {
                        serial = tbs.tlv_bytes()?;
                    }
                    let _signature = tbs.tlv_bytes()?;
                    let issuer = tbs.tlv_bytes()?;
                    let _validity = tbs.tlv_bytes()?;
                    let parts = Self {
                        serial,
                        issuer,
                        subject: tbs.tlv_bytes()?,
                        spki: tbs.tlv_bytes()?,
                    };
                    while !tbs.is_finished() {
                        tbs.tlv_bytes()?;
                    }
                    Ok(parts)
                })?;
                let _algorithm = certificate.tlv_bytes()?;
                let _signature = certificate.tlv_bytes()?;
                Ok(parts)
            })?;
            reader.finish()?;
            Ok(parts)
        };
        let parts = read().ok()?;
        let is = |octets, tag| AnyRef::from_der(octets).is_ok_and(|any| any.tag() == tag);
        let fits = is(parts.serial, Tag::Integer)
            && is(parts.issuer, Tag::Sequence)
            && is(parts.subject, Tag::Sequence)
            && is(parts.spki, Tag::Sequence);
        fits.then_some(parts)
    }
}

impl Session {
    /// The certificates of a key; of one without `CKA_ID` nobody knows them.
    fn certificate_objects(&self, id: &[u8]) -> Result<Vec<ObjectHandle>, Error> {
        if id.is_empty() {
            return Ok(Vec::new());
        }
        self.find(&[
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
            Attribute::Id(id.into()),
        ])
    }

    fn write_certificate(&self, place: &Place, certificate: &[u8]) -> Result<(), Error> {
        const CALL: &str = "C_CreateObject";
        let Some(parts) = Parts::read(certificate) else {
            return Err(Error::Unsupported {
                what: "place for what is no certificate in DER",
                interface: "PKCS#11",
            });
        };
        if place.id.is_empty() {
            return Err(Error::Unsupported {
                what: "place for the certificate of a key without CKA_ID: give the key one",
                interface: "PKCS#11",
            });
        }
        let before = self.certificate_objects(&place.id)?;
        let label = place.name.label.as_deref().unwrap_or_default();
        let template = [
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Label(label.into()),
            Attribute::Id(place.id.clone()),
            Attribute::Subject(parts.subject.into()),
            Attribute::Issuer(parts.issuer.into()),
            Attribute::SerialNumber(parts.serial.into()),
            Attribute::Value(certificate.into()),
        ];
        let made = self.ask(CALL, |handle| handle.create_object(&template))?;
        if self.octets(made, AttributeType::Value)?.as_deref() != Some(certificate) {
            self.discard([made]);
            return Err(Error::ReadBack { call: CALL });
        }
        // Only now, so that the key is never without one.
        for object in before {
            self.ask("C_DestroyObject", |handle| handle.destroy_object(object))?;
        }
        Ok(())
    }
}

impl Certificates for Pkcs11Token {
    /// Of several, which another program or a broken-off write may have left, one.
    fn certificate(&self, label: &KeyLabel, key_use: KeyUse) -> Result<Option<Vec<u8>>, Error> {
        let name = label.into();
        self.run("C_GetAttributeValue", move |session| {
            let Some((place, _)) = session.private_key(&name, key_use)? else {
                return Ok(None);
            };
            for object in session.certificate_objects(&place.id)? {
                if let Some(value) = session.octets(object, AttributeType::Value)? {
                    return Ok(Some(value));
                }
            }
            Ok(None)
        })
    }

    /// The new one is written and compared before the old one is removed. It has the label
    /// and the `CKA_ID` of the key.
    fn write_certificate(
        &self,
        label: &KeyLabel,
        key_use: KeyUse,
        certificate: &[u8],
    ) -> Result<(), Error> {
        let (name, certificate) = (KeyChoice::from(label), certificate.to_vec());
        self.run("C_CreateObject", move |session| {
            let Some((place, _)) = session.private_key(&name, key_use)? else {
                return Err(name.missing());
            };
            session.write_certificate(&place, &certificate)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[0] version`, serial 7, and the other places of a `TBSCertificate`.
    const CERTIFICATE: [u8; 35] = [
        0x30, 33, 0x30, 26, 0xa0, 3, 2, 1, 2, 2, 1, 7, 0x30, 2, 5, 0, 0x30, 2, 0x31, 0, 0x30, 0,
        0x30, 0, 0x30, 2, 5, 0, 0xa3, 0, 0x30, 0, 3, 1, 0,
    ];

    #[test]
    fn the_parts_are_the_octets_as_they_came() {
        let parts = Parts::read(&CERTIFICATE).expect("it has all its places");
        assert_eq!(parts.serial, [2, 1, 7]);
        assert_eq!(parts.issuer, [0x30, 2, 0x31, 0]);
        assert_eq!(parts.subject, [0x30, 0]);
        assert_eq!(parts.spki, [0x30, 2, 5, 0]);
    }

    #[test]
    fn what_is_cut_or_goes_on_is_no_certificate() {
        for length in 0..CERTIFICATE.len() {
            assert!(Parts::read(&CERTIFICATE[..length]).is_none(), "{length}");
        }
        assert!(Parts::read(&[&CERTIFICATE[..], &[0]].concat()).is_none());
        assert!(Parts::read(&[0x30, 0x80, 0, 0]).is_none());
    }
}
