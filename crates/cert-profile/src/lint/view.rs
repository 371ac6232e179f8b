//! Documents as they came, each part read once.

mod certificate;
mod crl;
mod extension;
mod ocsp;
mod request;

pub(crate) use certificate::{Certificate, KeyKind, KeyView};
pub(crate) use crl::{Crl, Entry, IssuingPoint};
pub(crate) use extension::{
    AuthorityKey, Extension, Known, Point, Policy, Subtree, read_extensions,
};
pub(crate) use ocsp::{Answer, CertIdView, Ocsp, Responder, Single, Status};
pub(crate) use request::{Request, RequestAttribute};

use super::octets::{BITS, Bits, Element, Fault, Read, Reader, SEQUENCE};

/// AlgorithmIdentifier (RFC 5280, 4.1.1.2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Algorithm<'a> {
    pub(crate) whole: &'a [u8],
    pub(crate) oid: &'a [u8],
    pub(crate) parameters: Option<Element<'a>>,
}

impl<'a> Algorithm<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let element = reader.take(SEQUENCE, "no AlgorithmIdentifier where one belongs")?;
        let mut parts = reader.inside(&element);
        let oid = parts.oid()?;
        let parameters = match parts.is_empty() {
            true => None,
            false => Some(parts.next()?),
        };
        parts.finish()?;
        Ok(Self {
            whole: element.whole,
            oid,
            parameters,
        })
    }

    /// Whether they are written, if only as NULL.
    pub(crate) fn has_parameters(&self) -> bool {
        self.parameters.is_some()
    }

    /// Absent, or NULL as it is written: 05 00.
    pub(crate) fn has_no_parameters(&self) -> bool {
        self.parameters
            .is_none_or(|parameters| parameters.whole == [5, 0])
    }
}

/// What stands behind a to-be-signed structure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outer<'a> {
    pub(crate) algorithm: Algorithm<'a>,
    pub(crate) signature: Bits<'a>,
}

/// A structure with its signature (X.509, 7.2), or the structure alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) tbs: Element<'a>,
    pub(crate) outer: Option<Outer<'a>>,
}

impl<'a> Signed<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let mut parts = reader.sequence("no SEQUENCE at its beginning")?;
        let tbs = parts.take(SEQUENCE, "no SEQUENCE that is signed")?;
        let outer = Self::outer(&mut parts)?;
        parts.finish()?;
        Ok(Self {
            tbs,
            outer: Some(outer),
        })
    }

    pub(crate) fn outer(parts: &mut Reader<'a>) -> Read<Outer<'a>> {
        let algorithm = Algorithm::read(parts)?;
        let bits = parts.take(BITS, "no signature")?;
        Ok(Outer {
            algorithm,
            signature: Bits::of(&bits)?,
        })
    }

    pub(crate) fn alone(reader: &mut Reader<'a>) -> Read<Self> {
        Ok(Self {
            tbs: reader.take(SEQUENCE, "no SEQUENCE at its beginning")?,
            outer: None,
        })
    }
}

/// A value that may be missing, and may not be what it should.
pub(crate) type Slot<T> = Option<(bool, Result<T, Fault>)>;

/// The value of a slot that could be read.
pub(crate) fn good<T>(slot: &Slot<T>) -> Option<&T> {
    slot.as_ref().and_then(|(_, value)| value.as_ref().ok())
}

/// Whether a slot is critical; none when it is missing.
pub(crate) fn critical<T>(slot: &Slot<T>) -> Option<bool> {
    slot.as_ref().map(|(critical, _)| *critical)
}
