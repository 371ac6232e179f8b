//! What stands where in a certificate, for those who need a part and not `x509-cert`.

use crate::{Error, Result, sm2::PublicKey};
use alloc::vec::Vec;
use der::{
    Decode, Header, Reader, SliceReader, Tag, TagNumber,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use spki::SubjectPublicKeyInfoRef;

use super::Signed;

const CERTIFICATE: &str = "Certificate";
/// Extensions of one certificate that are read; real ones have some ten.
const MAX_EXTENSIONS: usize = 256;

/// A certificate of which three fields were looked at (RFC 5280, 4.1). Its signature is not
/// verified, nor is anything else read that is not given out here.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "pkcs12"),
    allow(dead_code, reason = "the key is for PKCS#12, the rest for identities")
)]
pub(crate) struct CertificateParts<'a> {
    subject: &'a [u8],
    key: &'a [u8],
    extensions: Vec<Extension<'a>>,
}

/// RFC 5280, 4.2.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extension<'a> {
    pub(crate) id: ObjectIdentifier,
    /// The content of `extnValue`.
    pub(crate) value: &'a [u8],
}

impl<'a> CertificateParts<'a> {
    /// Reads strict DER.
    pub(crate) fn from_der(octets: &'a [u8]) -> Result<Self> {
        let tbs = Signed::from_der(CERTIFICATE, octets)?.tbs();
        read(tbs).map_err(Error::malformed(CERTIFICATE))
    }

    /// The `Name`, tag and length included.
    pub(crate) fn subject(&self) -> &'a [u8] {
        self.subject
    }

    /// In their order.
    pub(crate) fn extensions(&self) -> &[Extension<'a>] {
        &self.extensions
    }

    /// The key, if it is one on the SM2 curve.
    #[cfg_attr(
        not(feature = "pkcs12"),
        allow(
            dead_code,
            reason = "who has no key files joins no keys and certificates"
        )
    )]
    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        let spki = SubjectPublicKeyInfoRef::from_der(self.key).ok()?;
        PublicKey::try_from(spki).ok()
    }
}

fn read(tbs: &[u8]) -> der::Result<CertificateParts<'_>> {
    let mut reader = SliceReader::new(tbs)?;
    let parts = reader.sequence(|reader| {
        if Tag::peek(reader)? == TagNumber(0).context_specific(true) {
            reader.tlv_bytes()?;
        }
        // serialNumber, signature, issuer, validity.
        for tag in [Tag::Integer, Tag::Sequence, Tag::Sequence, Tag::Sequence] {
            Tag::peek(reader)?.assert_eq(tag)?;
            reader.tlv_bytes()?;
        }
        Tag::peek(reader)?.assert_eq(Tag::Sequence)?;
        let subject = reader.tlv_bytes()?;
        Tag::peek(reader)?.assert_eq(Tag::Sequence)?;
        let key = reader.tlv_bytes()?;
        let mut extensions = Vec::new();
        while !reader.is_finished() {
            let header = Header::decode(reader)?;
            reader.read_nested(header.length(), |reader| {
                // issuerUniqueID and subjectUniqueID are passed over.
                if header.tag() == TagNumber(3).context_specific(true) {
                    extensions = read_extensions(reader)?;
                    Ok(())
                } else {
                    reader.read_slice(reader.remaining_len()).map(drop)
                }
            })?;
        }
        Ok::<_, der::Error>(CertificateParts {
            subject,
            key,
            extensions,
        })
    })?;
    reader.finish()?;
    Ok(parts)
}

fn read_extensions<'a>(reader: &mut SliceReader<'a>) -> der::Result<Vec<Extension<'a>>> {
    reader.sequence(|reader| {
        let mut extensions = Vec::new();
        while !reader.is_finished() {
            if extensions.len() == MAX_EXTENSIONS {
                return Err(reader.error(der::ErrorKind::Overlength));
            }
            extensions.push(reader.sequence(|reader| {
                let id = ObjectIdentifier::decode(reader)?;
                Option::<bool>::decode(reader)?;
                let value = <&OctetStringRef>::decode(reader)?.as_bytes();
                Ok::<_, der::Error>(Extension { id, value })
            })?);
        }
        Ok(extensions)
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::sm2::SecretKey;
    use der::{AnyRef, Encode};
    use spki::EncodePublicKey;

    pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let tag = Tag::from_der(&[tag]).unwrap();
        AnyRef::new(tag, &content).unwrap().to_der().unwrap()
    }

    /// A certificate of this shape that nobody signed. `subject` and `extensions` are the
    /// contents of the two sequences.
    pub(crate) fn certificate(key: PublicKey, subject: &[u8], extensions: &[u8]) -> Vec<u8> {
        let empty = tlv(0x30, &[]);
        let algorithm = tlv(
            0x30,
            &[&[6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75]],
        );
        let tbs = tlv(
            0x30,
            &[
                &[0xa0, 3, 2, 1, 2],
                &[2, 1, 1],
                &algorithm,
                &empty,
                &empty,
                &tlv(0x30, &[subject]),
                key.to_public_key_der().unwrap().as_bytes(),
                &tlv(0xa3, &[&tlv(0x30, &[extensions])]),
            ],
        );
        tlv(0x30, &[&tbs, &algorithm, &[3, 2, 0, 0]])
    }

    pub(crate) fn extension(id: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
        tlv(0x30, &[&id.to_der().unwrap(), &tlv(4, &[value])])
    }

    #[test]
    fn subject_key_and_extensions_are_found_where_they_stand() {
        let key = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
        let id = ObjectIdentifier::new_unwrap("2.5.29.14");
        let der = certificate(key, &[], &extension(id, b"abc").repeat(2));
        let parts = CertificateParts::from_der(&der).unwrap();
        assert_eq!(parts.public_key(), Some(key));
        assert_eq!(parts.subject(), [0x30, 0]);
        assert_eq!(parts.extensions().len(), 2);
        assert_eq!(
            (parts.extensions()[1].id, parts.extensions()[1].value),
            (id, &b"abc"[..])
        );

        let most = certificate(key, &[], &extension(id, b"").repeat(MAX_EXTENSIONS));
        assert!(CertificateParts::from_der(&most).is_ok());
        let more = certificate(key, &[], &extension(id, b"").repeat(MAX_EXTENSIONS + 1));
        assert!(CertificateParts::from_der(&more).is_err());
    }

    #[test]
    fn a_damaged_certificate_is_refused_or_read_and_never_a_panic() {
        let key = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
        let id = ObjectIdentifier::new_unwrap("2.5.29.14");
        let der = certificate(key, &[], &extension(id, b"abc"));
        for length in 0..der.len() {
            assert!(CertificateParts::from_der(&der[..length]).is_err());
        }
        for place in 0..der.len() {
            for bit in 0..8 {
                let mut changed = der.clone();
                changed[place] ^= 1 << bit;
                let _ = CertificateParts::from_der(&changed).map(|parts| parts.public_key());
            }
        }
    }
}
