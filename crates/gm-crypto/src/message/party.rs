//! Who signs or receives, as a message names them: by their certificate.

use alloc::vec::Vec;
use der::{
    Any, AnyRef, Decode, Header, Reader, SliceReader, Tag, TagNumber,
    asn1::{Int, ObjectIdentifier, OctetString, OctetStringRef},
};
use spki::SubjectPublicKeyInfoRef;

use super::{
    Partner, PartyIdKind,
    wire::{IssuerAndSerialNumber, PartyId},
};
use crate::{Error, Result, pki::oid, sm2::PublicKey};

const WHAT: &str = "Certificate";

/// What a message needs to know of a certificate.
///
/// The certificate is read for these parts alone: whether it is good is for whoever
/// validates paths, and real ones break rules that are of no interest here.
#[derive(Clone, Debug)]
pub(crate) struct Party {
    issuer: Any,
    serial_number: Int,
    /// The content of the subjectKeyIdentifier extension.
    key_identifier: Option<Vec<u8>>,
    /// The DER of the subjectPublicKeyInfo.
    spki: Vec<u8>,
}

impl Party {
    /// Reads a certificate (DER).
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything else.
    pub(crate) fn from_certificate(certificate: &[u8]) -> Result<Self> {
        read(certificate).map_err(Error::malformed(WHAT))
    }

    /// The name under which a message to `partner` has it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a certificate without the subjectKeyIdentifier extension where
    /// the partner wants that: nothing is computed in its place, since others would compute
    /// something else.
    pub(crate) fn id(&self, partner: &Partner) -> Result<PartyId> {
        match partner.party_id {
            PartyIdKind::IssuerAndSerialNumber => {
                Ok(PartyId::IssuerAndSerialNumber(IssuerAndSerialNumber {
                    issuer: self.issuer.clone(),
                    serial_number: self.serial_number.clone(),
                }))
            }
            PartyIdKind::SubjectKeyIdentifier => {
                let identifier = self.key_identifier.as_deref().ok_or(Error::Invalid {
                    what: WHAT,
                    reason: "has no subjectKeyIdentifier to name its owner by",
                })?;
                OctetString::new(identifier)
                    .map(PartyId::SubjectKeyIdentifier)
                    .map_err(Error::malformed(WHAT))
            }
        }
    }

    /// Whether `id` names the owner of this certificate.
    ///
    /// Names are compared octet by octet. A key identifier is that of the extension; a
    /// certificate without the extension is named by none.
    pub(crate) fn is_named_by(&self, id: &PartyId) -> bool {
        match id {
            PartyId::IssuerAndSerialNumber(id) => {
                id.issuer == self.issuer && id.serial_number == self.serial_number
            }
            PartyId::SubjectKeyIdentifier(id) => {
                self.key_identifier.as_deref() == Some(id.as_bytes())
            }
        }
    }

    /// The key of the certificate.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a key that is not an SM2 key, [`Error::Crypto`] for a
    /// point that is not on the curve.
    pub(crate) fn public_key(&self) -> Result<PublicKey> {
        let spki = SubjectPublicKeyInfoRef::from_der(&self.spki).map_err(Error::malformed(WHAT))?;
        let oid = spki.algorithm.oid;
        if !PublicKey::is_named_by(spki.algorithm) {
            return Err(Error::Unsupported { what: WHAT, oid });
        }
        PublicKey::try_from(spki).map_err(|_| Error::Crypto)
    }
}

/// `[number]` of a TBSCertificate.
fn context(number: u8, constructed: bool) -> Tag {
    Tag::ContextSpecific {
        constructed,
        number: TagNumber(u32::from(number)),
    }
}

fn read(octets: &[u8]) -> der::Result<Party> {
    let mut reader = SliceReader::new(octets)?;
    let party = reader.sequence(|reader| {
        let party = reader.sequence(read_to_be_signed)?;
        // The algorithm and the signature.
        AnyRef::decode(reader)?;
        AnyRef::decode(reader)?;
        Ok::<_, der::Error>(party)
    })?;
    reader.finish()?;
    Ok(party)
}

fn read_to_be_signed<'a>(reader: &mut SliceReader<'a>) -> der::Result<Party> {
    if Tag::peek(reader)? == context(0, true) {
        reader.tlv_bytes()?;
    }
    let serial_number = Int::decode(reader)?;
    // The algorithm.
    reader.tlv_bytes()?;
    let issuer = Any::decode(reader)?;
    der::Tagged::tag(&issuer).assert_eq(Tag::Sequence)?;
    // Validity and subject.
    reader.tlv_bytes()?;
    reader.tlv_bytes()?;
    let spki = reader.tlv_bytes()?.to_vec();
    let mut key_identifier = None;
    while !reader.is_finished() {
        let header = Header::decode(reader)?;
        if header.tag() == context(3, true) {
            key_identifier = reader.read_nested(header.length(), find_key_identifier)?;
        } else {
            reader.read_slice(header.length())?;
        }
    }
    Ok(Party {
        issuer,
        serial_number,
        key_identifier,
        spki,
    })
}

/// The content of the first subjectKeyIdentifier among `Extensions`.
fn find_key_identifier<'a>(reader: &mut SliceReader<'a>) -> der::Result<Option<Vec<u8>>> {
    let mut found = None;
    reader.sequence(|reader| {
        while !reader.is_finished() {
            let value = reader.sequence(|reader| {
                let id = ObjectIdentifier::decode(reader)?;
                // Old encoders write DEFAULT FALSE, or TRUE as another octet than FF.
                if Tag::peek(reader)? == Tag::Boolean {
                    reader.tlv_bytes()?;
                }
                let value = <&OctetStringRef>::decode(reader)?;
                Ok::<_, der::Error>((id == oid::SUBJECT_KEY_IDENTIFIER).then_some(value))
            })?;
            if let (None, Some(value)) = (&found, value) {
                found = Some(
                    <&OctetStringRef>::from_der(value.as_bytes())?
                        .as_bytes()
                        .to_vec(),
                );
            }
        }
        Ok::<_, der::Error>(())
    })?;
    Ok(found)
}
