//! Messages without their content, as they are written.

use super::{
    enveloped::Envelope,
    outline::{Kind, wrap},
};
use crate::{
    Error, Result,
    message::{
        ContentTypes, Partner, PartyIdKind,
        ber::{SEQUENCE, explicit},
        enveloped::version,
        signed::signer::SignerInfo,
        wire::{Set, VERSION, without_parameters},
    },
    pki::oid,
};
use alloc::{vec, vec::Vec};
use der::{Any, Encode, asn1::ObjectIdentifier};

/// The version of `SignedData` with signers named by key identifier (RFC 5652, 5.1).
const VERSION_BY_KEY_IDENTIFIER: u8 = 3;

/// What a message carries beside its signatures.
#[derive(Clone, Debug, Default)]
pub(super) struct Carried {
    pub(super) certificates: Vec<Any>,
    pub(super) crls: Vec<Any>,
}

impl Carried {
    fn to_der(&self) -> der::Result<Vec<u8>> {
        Ok([set(0, &self.certificates)?, set(1, &self.crls)?].concat())
    }
}

/// The type of a content that is data.
pub(super) fn data(partner: &Partner) -> ObjectIdentifier {
    match partner.content_types {
        ContentTypes::Gm => oid::DATA,
        ContentTypes::Rfc5652 => oid::PKCS7_DATA,
    }
}

/// `SignedData` (GM/T 0010, clause 8) without its content.
pub(super) fn signed(
    partner: &Partner,
    carried: &Carried,
    signers: Vec<SignerInfo>,
) -> Result<Vec<u8>> {
    let version = match (partner.content_types, partner.party_id) {
        (ContentTypes::Rfc5652, PartyIdKind::SubjectKeyIdentifier) => VERSION_BY_KEY_IDENTIFIER,
        _ => VERSION,
    };
    message(Kind::Signed, partner, || {
        Ok(vec![
            version.to_der()?,
            digest_algorithms(partner)?,
            wrap(SEQUENCE, &[&data(partner).to_der()?]),
            carried.to_der()?,
            Set::new(signers)?.to_der()?,
        ])
    })
}

/// `EnvelopedData` (GM/T 0010, clause 9) without its content.
pub(super) fn enveloped(partner: &Partner, envelope: &Envelope) -> Result<Vec<u8>> {
    message(Kind::Enveloped, partner, || {
        Ok(vec![
            version(partner).to_der()?,
            envelope.recipients.clone(),
            wrap(SEQUENCE, &[&data(partner).to_der()?, &envelope.algorithm]),
        ])
    })
}

/// `SignedAndEnvelopedData` (GM/T 0010, clause 10) without its content.
pub(super) fn signed_and_enveloped(
    partner: &Partner,
    envelope: &Envelope,
    carried: &Carried,
    signers: Vec<SignerInfo>,
) -> Result<Vec<u8>> {
    message(Kind::SignedAndEnveloped, partner, || {
        Ok(vec![
            VERSION.to_der()?,
            envelope.recipients.clone(),
            digest_algorithms(partner)?,
            wrap(SEQUENCE, &[&data(partner).to_der()?, &envelope.algorithm]),
            carried.to_der()?,
            Set::new(signers)?.to_der()?,
        ])
    })
}

/// `ContentInfo` around a message with these elements.
fn message(
    kind: Kind,
    partner: &Partner,
    elements: impl FnOnce() -> der::Result<Vec<Vec<u8>>>,
) -> Result<Vec<u8>> {
    let [gm, pkcs7] = kind.types();
    let content_type = match partner.content_types {
        ContentTypes::Gm => gm,
        ContentTypes::Rfc5652 => pkcs7,
    };
    let encode = || -> der::Result<Vec<u8>> {
        let message = wrap(SEQUENCE, &[&elements()?.concat()]);
        let message = wrap(explicit(0), &[&message]);
        Ok(wrap(SEQUENCE, &[&content_type.to_der()?, &message]))
    };
    encode().map_err(Error::malformed(kind.name()))
}

fn digest_algorithms(partner: &Partner) -> der::Result<Vec<u8>> {
    Set::new(vec![without_parameters(oid::SM3, partner.parameters)?])?.to_der()
}

/// `[number] IMPLICIT SET OF`; nothing for none.
fn set(number: u8, elements: &[Any]) -> der::Result<Vec<u8>> {
    if elements.is_empty() {
        return Ok(Vec::new());
    }
    let mut set = Set::new(elements.to_vec())?.to_der()?;
    // The tag of an implicit one stands in the place of the SET's.
    set[0] = explicit(number);
    Ok(set)
}
