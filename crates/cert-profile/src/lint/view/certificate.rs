//! Certificates (RFC 5280, 4.1).

use super::{Algorithm, Extension, Known, Outer, Signed, read_extensions};
use crate::lint::{
    name::Name,
    octets::{BITS, Bits, Element, INTEGER, Read, Reader, constructed, magnitude, primitive},
    oid,
    time::Time,
};

#[derive(Debug)]
pub(crate) struct Certificate<'a> {
    /// Missing when the TBSCertificate alone is looked at.
    pub(crate) outer: Option<Outer<'a>>,
    /// The number that is written, 0 to 2 in good ones.
    pub(crate) version: Option<&'a [u8]>,
    pub(crate) serial: &'a [u8],
    pub(crate) algorithm: Algorithm<'a>,
    pub(crate) issuer: Name<'a>,
    pub(crate) not_before: Time<'a>,
    pub(crate) not_after: Time<'a>,
    pub(crate) subject: Name<'a>,
    pub(crate) key: KeyView<'a>,
    pub(crate) unique_identifiers: bool,
    pub(crate) extensions: Option<Vec<Extension<'a>>>,
    pub(crate) known: Known<'a>,
}

/// SubjectPublicKeyInfo.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyView<'a> {
    pub(crate) algorithm: Algorithm<'a>,
    pub(crate) bits: Bits<'a>,
    pub(crate) kind: KeyKind,
    /// Of an RSA key, without zeros in front.
    pub(crate) modulus: Option<&'a [u8]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// id-ecPublicKey with the curve of SM2, or the curve as algorithm.
    Sm2,
    /// id-ecPublicKey with anything else.
    Ec,
    Rsa,
    Other,
}

impl<'a> KeyView<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let mut parts = reader.sequence("no SubjectPublicKeyInfo")?;
        let algorithm = Algorithm::read(&mut parts)?;
        let element = parts.take(BITS, "no subjectPublicKey")?;
        let bits = Bits::of(&element)?;
        parts.finish()?;
        let curve = algorithm
            .parameters
            .is_some_and(|parameters| oid::SM2_CURVE.is(parameters.content()));
        let kind = match algorithm.oid {
            id if oid::EC_KEY.is(id) && curve => KeyKind::Sm2,
            id if oid::EC_KEY.is(id) => KeyKind::Ec,
            id if oid::SM2_CURVE.is(id) => KeyKind::Sm2,
            id if oid::RSA_KEY.is(id) => KeyKind::Rsa,
            _ => KeyKind::Other,
        };
        let modulus = match kind {
            KeyKind::Rsa => modulus(&parts, &element).ok(),
            _ => None,
        };
        Ok(Self {
            algorithm,
            bits,
            kind,
            modulus,
        })
    }
}

/// RSAPublicKey (RFC 8017, A.1.1).
fn modulus<'a>(reader: &Reader<'a>, bits: &Element<'a>) -> Read<&'a [u8]> {
    let mut inside = reader.behind_unused_bits(bits);
    let mut parts = inside.sequence("no RSAPublicKey")?;
    let modulus = parts.take(INTEGER, "no modulus")?;
    Ok(magnitude(modulus.content()))
}

impl<'a> Certificate<'a> {
    pub(crate) fn read(signed: Signed<'a>, reader: &Reader<'a>) -> Read<Self> {
        let mut tbs = reader.inside(&signed.tbs);
        let version = match tbs.optional(constructed(0))? {
            None => None,
            Some(element) => {
                let mut inside = tbs.inside(&element);
                let version = inside.take(INTEGER, "no version")?.content();
                inside.finish()?;
                Some(version)
            }
        };
        let serial = tbs.take(INTEGER, "no serial number")?.content();
        let algorithm = Algorithm::read(&mut tbs)?;
        let issuer = Name::read(&mut tbs)?;
        let mut validity = tbs.sequence("no validity")?;
        let not_before = Time::read(&mut validity)?;
        let not_after = Time::read(&mut validity)?;
        validity.finish()?;
        let subject = Name::read(&mut tbs)?;
        let key = KeyView::read(&mut tbs)?;
        let issuer_id = tbs.optional(primitive(1))?;
        let subject_id = tbs.optional(primitive(2))?;
        let extensions = match tbs.optional(constructed(3))? {
            None => None,
            Some(element) => Some(read_extensions(tbs.inside(&element))?),
        };
        tbs.finish()?;
        let known = Known::read(extensions.as_deref().unwrap_or_default(), &tbs);
        Ok(Self {
            outer: signed.outer,
            version,
            serial,
            algorithm,
            issuer,
            not_before,
            not_after,
            subject,
            key,
            unique_identifiers: issuer_id.is_some() || subject_id.is_some(),
            extensions,
            known,
        })
    }

    /// Version 3 is written as 2.
    pub(crate) fn is_v3(&self) -> bool {
        self.version == Some(&[2])
    }

    pub(crate) fn is_ca(&self) -> bool {
        super::good(&self.known.constraints).is_some_and(|constraints| constraints.ca == Some(true))
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.issuer.whole == self.subject.whole
    }

    pub(crate) fn all_extensions(&self) -> &[Extension<'a>] {
        self.extensions.as_deref().unwrap_or_default()
    }

    pub(crate) fn times(&self) -> [&Time<'a>; 2] {
        [&self.not_before, &self.not_after]
    }

    pub(crate) fn names(&self) -> [&Name<'a>; 2] {
        [&self.issuer, &self.subject]
    }
}
