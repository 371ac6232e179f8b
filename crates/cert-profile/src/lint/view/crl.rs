//! Revocation lists (RFC 5280, 5).

use super::{
    Algorithm, AuthorityKey, Extension, Outer, Point, Signed, Slot, extension, read_extensions,
};
use crate::lint::{
    name::{GeneralName, Name},
    octets::{ENUMERATED, INTEGER, Read, Reader, SEQUENCE, constructed, primitive},
    time::Time,
};

#[derive(Debug)]
pub(crate) struct Crl<'a> {
    pub(crate) outer: Option<Outer<'a>>,
    pub(crate) version: Option<&'a [u8]>,
    pub(crate) algorithm: Algorithm<'a>,
    pub(crate) issuer: Name<'a>,
    pub(crate) this_update: Time<'a>,
    pub(crate) next_update: Option<Time<'a>>,
    /// What is inside of revokedCertificates; missing when that is.
    pub(crate) entries: Option<Reader<'a>>,
    pub(crate) extensions: Option<Vec<Extension<'a>>>,
    pub(crate) authority_key: Slot<AuthorityKey<'a>>,
    pub(crate) number: Slot<&'a [u8]>,
    pub(crate) delta: Slot<&'a [u8]>,
    pub(crate) point: Slot<IssuingPoint<'a>>,
    pub(crate) freshest: Slot<Vec<Point<'a>>>,
}

/// RFC 5280, 5.2.5.
#[derive(Debug)]
pub(crate) struct IssuingPoint<'a> {
    pub(crate) names: Option<Vec<GeneralName<'a>>>,
    pub(crate) relative: bool,
    /// onlyContainsUserCerts, …CACerts, indirectCRL, …AttributeCerts, as written.
    pub(crate) flags: [Option<bool>; 4],
    pub(crate) reasons: bool,
}

impl IssuingPoint<'_> {
    pub(crate) const INDIRECT: usize = 2;
}

#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) serial: &'a [u8],
    pub(crate) date: Time<'a>,
    pub(crate) extensions: Option<Vec<Extension<'a>>>,
    pub(crate) reason: Slot<&'a [u8]>,
    pub(crate) invalidity: Slot<Time<'a>>,
    /// certificateIssuer.
    pub(crate) issuer: Slot<Vec<GeneralName<'a>>>,
}

impl<'a> Crl<'a> {
    pub(crate) fn read(signed: Signed<'a>, reader: &Reader<'a>) -> Read<Self> {
        let mut tbs = reader.inside(&signed.tbs);
        let version = tbs.optional(INTEGER)?.map(|version| version.content());
        let algorithm = Algorithm::read(&mut tbs)?;
        let issuer = Name::read(&mut tbs)?;
        let this_update = Time::read(&mut tbs)?;
        let next_update = match Time::is_next(&tbs) {
            true => Some(Time::read(&mut tbs)?),
            false => None,
        };
        let entries = tbs.optional(SEQUENCE)?.map(|list| tbs.inside(&list));
        let extensions = match tbs.optional(constructed(0))? {
            None => None,
            Some(element) => Some(read_extensions(tbs.inside(&element))?),
        };
        tbs.finish()?;
        let mut crl = Self {
            outer: signed.outer,
            version,
            algorithm,
            issuer,
            this_update,
            next_update,
            entries,
            extensions: None,
            authority_key: None,
            number: None,
            delta: None,
            point: None,
            freshest: None,
        };
        for one in extensions.iter().flatten() {
            match one.oid {
                [0x55, 29, 20] => extension::fill(&mut crl.number, one, &tbs, extension::integer),
                [0x55, 29, 27] => extension::fill(&mut crl.delta, one, &tbs, extension::integer),
                [0x55, 29, 28] => extension::fill(&mut crl.point, one, &tbs, issuing_point),
                [0x55, 29, 35] => {
                    extension::fill(&mut crl.authority_key, one, &tbs, extension::authority_key)
                }
                [0x55, 29, 46] => extension::fill(&mut crl.freshest, one, &tbs, extension::points),
                _ => {}
            }
        }
        crl.extensions = extensions;
        Ok(crl)
    }

    /// The entries, each read when it is its turn: a list may have millions.
    pub(crate) fn each_entry(&self, mut look: impl FnMut(usize, &Entry<'a>)) -> Read<()> {
        let Some(mut list) = self.entries else {
            return Ok(());
        };
        let mut place = 0;
        while !list.is_empty() {
            look(place, &Entry::read(&mut list)?);
            place += 1;
        }
        Ok(())
    }

    /// The serial numbers alone.
    pub(crate) fn each_serial(&self, mut look: impl FnMut(&'a [u8])) -> Read<()> {
        let Some(mut list) = self.entries else {
            return Ok(());
        };
        while !list.is_empty() {
            let mut parts = list.sequence("no revoked certificate where one belongs")?;
            look(parts.take(INTEGER, "no serial number")?.content());
        }
        Ok(())
    }

    pub(crate) fn all_extensions(&self) -> &[Extension<'a>] {
        self.extensions.as_deref().unwrap_or_default()
    }

    pub(crate) fn is_delta(&self) -> bool {
        self.delta.is_some()
    }

    pub(crate) fn is_indirect(&self) -> bool {
        super::good(&self.point)
            .is_some_and(|point| point.flags[IssuingPoint::INDIRECT] == Some(true))
    }
}

impl<'a> Entry<'a> {
    fn read(list: &mut Reader<'a>) -> Read<Self> {
        let mut parts = list.sequence("no revoked certificate where one belongs")?;
        let serial = parts.take(INTEGER, "no serial number")?.content();
        let date = Time::read(&mut parts)?;
        let extensions = match parts.is_empty() {
            true => None,
            false => {
                let whole = parts.take(SEQUENCE, "no crlEntryExtensions")?;
                Some(extension::read_list(parts.inside(&whole))?)
            }
        };
        parts.finish()?;
        let mut entry = Self {
            serial,
            date,
            extensions: None,
            reason: None,
            invalidity: None,
            issuer: None,
        };
        for one in extensions.iter().flatten() {
            match one.oid {
                [0x55, 29, 21] => extension::fill(&mut entry.reason, one, &parts, |reader| {
                    Ok(reader.take(ENUMERATED, "no ENUMERATED")?.content())
                }),
                [0x55, 29, 24] => extension::fill(&mut entry.invalidity, one, &parts, Time::read),
                [0x55, 29, 29] => {
                    extension::fill(&mut entry.issuer, one, &parts, extension::general_names)
                }
                _ => {}
            }
        }
        entry.extensions = extensions;
        Ok(entry)
    }

    /// The number of the reason, if it is one octet.
    pub(crate) fn code(&self) -> Option<u8> {
        match super::good(&self.reason) {
            Some([code]) => Some(*code),
            _ => None,
        }
    }
}

fn issuing_point<'a>(reader: &mut Reader<'a>) -> Read<IssuingPoint<'a>> {
    let mut parts = reader.sequence("no SEQUENCE")?;
    let (names, relative) = extension::point_name(&mut parts)?;
    let user = parts.boolean(primitive(1))?;
    let ca = parts.boolean(primitive(2))?;
    let reasons = parts.optional(primitive(3))?.is_some();
    let indirect = parts.boolean(primitive(4))?;
    let attribute = parts.boolean(primitive(5))?;
    parts.finish()?;
    Ok(IssuingPoint {
        names,
        relative,
        flags: [user, ca, indirect, attribute],
        reasons,
    })
}
