//! OCSP answers (RFC 6960, 4.2.1).

use super::{Algorithm, Certificate, Extension, Outer, Signed, Slot, extension, read_extensions};
use crate::lint::{
    name::Name,
    octets::{ENUMERATED, INTEGER, OCTETS, Read, Reader, SEQUENCE, constructed, primitive},
    oid,
    time::Time,
};

#[derive(Debug)]
pub(crate) struct Ocsp<'a> {
    /// Missing when the ResponseData alone is looked at.
    pub(crate) outer: Option<Outer<'a>>,
    /// The type of the response.
    pub(crate) kind: Option<&'a [u8]>,
    pub(crate) version: Option<&'a [u8]>,
    pub(crate) responder: Responder<'a>,
    pub(crate) produced: Time<'a>,
    pub(crate) singles: Vec<Single<'a>>,
    pub(crate) extensions: Option<Vec<Extension<'a>>>,
    pub(crate) nonce: Slot<&'a [u8]>,
    /// The first that helps to verify; as a rule a delegated responder's.
    pub(crate) certificate: Option<Certificate<'a>>,
}

#[derive(Debug)]
pub(crate) enum Responder<'a> {
    Name(Name<'a>),
    Key(&'a [u8]),
}

#[derive(Debug)]
pub(crate) struct Single<'a> {
    pub(crate) id: CertIdView<'a>,
    pub(crate) status: Status<'a>,
    pub(crate) this_update: Time<'a>,
    pub(crate) next_update: Option<Time<'a>>,
    pub(crate) extensions: Option<Vec<Extension<'a>>>,
    pub(crate) cutoff: Slot<Time<'a>>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct CertIdView<'a> {
    pub(crate) whole: &'a [u8],
    pub(crate) digest: Algorithm<'a>,
    pub(crate) name_hash: &'a [u8],
    pub(crate) key_hash: &'a [u8],
    pub(crate) serial: &'a [u8],
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Status<'a> {
    Good,
    Revoked {
        at: Time<'a>,
        reason: Option<&'a [u8]>,
    },
    Unknown,
}

/// The answer, or the status of one that is none.
pub(crate) enum Answer<'a> {
    Basic(Box<Ocsp<'a>>),
    /// responseStatus, and whether responseBytes stand beside it.
    Status(u8, bool),
    /// A response of another type.
    Other(&'a [u8]),
}

impl<'a> Ocsp<'a> {
    pub(crate) fn answer(reader: &mut Reader<'a>) -> Read<Answer<'a>> {
        let mut parts = reader.sequence("no OCSPResponse")?;
        let status = parts.take(ENUMERATED, "no responseStatus")?;
        let [code] = status.content() else {
            return Err(status.fault("a responseStatus that is not one octet"));
        };
        let bytes = parts.optional(constructed(0))?;
        parts.finish()?;
        let Some(bytes) = bytes.filter(|_| *code == 0) else {
            return Ok(Answer::Status(*code, bytes.is_some()));
        };
        let mut explicit = parts.inside(&bytes);
        let mut bytes = explicit.sequence("no ResponseBytes")?;
        explicit.finish()?;
        let kind = bytes.oid()?;
        let octets = bytes.take(OCTETS, "no response")?;
        bytes.finish()?;
        if !oid::OCSP_BASIC.is(kind) {
            return Ok(Answer::Other(kind));
        }
        let mut inside = bytes.inside(&octets);
        let mut basic = inside.sequence("no BasicOCSPResponse")?;
        inside.finish()?;
        let tbs = basic.take(SEQUENCE, "no ResponseData")?;
        let outer = Signed::outer(&mut basic)?;
        let certificates = basic.optional(constructed(0))?;
        basic.finish()?;
        let mut answer = Self::data(&basic.inside(&tbs))?;
        answer.outer = Some(outer);
        answer.kind = Some(kind);
        if let Some(element) = certificates {
            let mut explicit = basic.inside(&element);
            let mut list = explicit.sequence("no SEQUENCE of certificates")?;
            explicit.finish()?;
            if !list.is_empty() {
                let signed = Signed::read(&mut list)?;
                answer.certificate = Some(Certificate::read(signed, &list)?);
            }
        }
        Ok(Answer::Basic(Box::new(answer)))
    }

    /// What is inside of a ResponseData.
    pub(crate) fn data(reader: &Reader<'a>) -> Read<Self> {
        let mut tbs = *reader;
        let version = match tbs.optional(constructed(0))? {
            None => None,
            Some(element) => {
                let mut inside = tbs.inside(&element);
                let version = inside.take(INTEGER, "no version")?.content();
                inside.finish()?;
                Some(version)
            }
        };
        let element = tbs.next()?;
        let mut inside = tbs.inside(&element);
        let responder = match element.tag {
            tag if tag == constructed(1) => Responder::Name(Name::read(&mut inside)?),
            tag if tag == constructed(2) => {
                Responder::Key(inside.take(OCTETS, "no KeyHash")?.content())
            }
            _ => return Err(element.fault("no ResponderID where one belongs")),
        };
        inside.finish()?;
        let produced = Time::read(&mut tbs)?;
        let singles = tbs.sequence("no responses")?.all(Single::read)?;
        let extensions = match tbs.optional(constructed(1))? {
            None => None,
            Some(element) => Some(read_extensions(tbs.inside(&element))?),
        };
        tbs.finish()?;
        let mut nonce = None;
        for one in extensions.iter().flatten() {
            if oid::OCSP_NONCE.is(one.oid) {
                extension::fill(&mut nonce, one, &tbs, |reader| {
                    Ok(reader.take(OCTETS, "no OCTET STRING")?.content())
                });
            }
        }
        Ok(Self {
            outer: None,
            kind: None,
            version,
            responder,
            produced,
            singles,
            extensions,
            nonce,
            certificate: None,
        })
    }
}

impl<'a> Single<'a> {
    fn read(list: &mut Reader<'a>) -> Read<Self> {
        let mut parts = list.sequence("no SingleResponse where one belongs")?;
        let id = parts.take(SEQUENCE, "no CertID")?;
        let mut inside = parts.inside(&id);
        let id = CertIdView {
            whole: id.whole,
            digest: Algorithm::read(&mut inside)?,
            name_hash: inside.take(OCTETS, "no issuerNameHash")?.content(),
            key_hash: inside.take(OCTETS, "no issuerKeyHash")?.content(),
            serial: inside.take(INTEGER, "no serial number")?.content(),
        };
        inside.finish()?;
        let status = parts.next()?;
        let status = match status.tag {
            tag if tag == primitive(0) => Status::Good,
            tag if tag == primitive(2) => Status::Unknown,
            tag if tag == constructed(1) => {
                let mut inside = parts.inside(&status);
                let at = Time::read(&mut inside)?;
                let reason = match inside.optional(constructed(0))? {
                    None => None,
                    Some(element) => {
                        let mut reason = inside.inside(&element);
                        Some(reason.take(ENUMERATED, "no CRLReason")?.content())
                    }
                };
                inside.finish()?;
                Status::Revoked { at, reason }
            }
            _ => return Err(status.fault("no CertStatus where one belongs")),
        };
        let this_update = Time::read(&mut parts)?;
        let next_update = match parts.optional(constructed(0))? {
            None => None,
            Some(element) => {
                let mut inside = parts.inside(&element);
                let time = Time::read(&mut inside)?;
                inside.finish()?;
                Some(time)
            }
        };
        let extensions = match parts.optional(constructed(1))? {
            None => None,
            Some(element) => Some(read_extensions(parts.inside(&element))?),
        };
        parts.finish()?;
        let mut cutoff = None;
        for one in extensions.iter().flatten() {
            if oid::OCSP_ARCHIVE_CUTOFF.is(one.oid) {
                extension::fill(&mut cutoff, one, &parts, Time::read);
            }
        }
        Ok(Self {
            id,
            status,
            this_update,
            next_update,
            extensions,
            cutoff,
        })
    }

    /// Every time that a single response says.
    pub(crate) fn times(&self) -> impl Iterator<Item = &Time<'a>> {
        let revoked = match &self.status {
            Status::Revoked { at, .. } => Some(at),
            _ => None,
        };
        [Some(&self.this_update), self.next_update.as_ref(), revoked]
            .into_iter()
            .flatten()
    }
}
