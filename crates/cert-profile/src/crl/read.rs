//! Lists as they came, read entry by entry.

use super::{CrlNumber, IssuingDistributionPoint, Reason, RevokedEntry, point::urls_of};
use crate::Error;
use core::iter::FusedIterator;
use der::{
    AnyRef, DateTime, Decode, Reader, SliceReader, Tag, TagNumber, Tagged,
    asn1::{
        ContextSpecific, GeneralizedTime, Ia5String, IntRef, ObjectIdentifier, OctetStringRef,
        UintRef,
    },
    oid::db::rfc5280,
};
use gm_crypto::pki::{Signed, VerifyAlgorithm};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::{
    Version,
    ext::pkix::{AuthorityKeyIdentifier, CrlReason, crl::FreshestCrl},
    name::Name,
    serial_number::SerialNumber,
    time::Time,
};

/// A list that is read where it lies: its head at once, its entries one by one, all in
/// constant memory. Nothing about it is proved before [`Self::verify`].
///
/// ```
/// use cert_profile::CrlReader;
///
/// fn held(crl: &[u8]) -> Result<usize, cert_profile::Error> {
///     let list = CrlReader::from_der(crl)?;
///     let mut count = 0;
///     for entry in list.entries() {
///         if entry?.reason() == Some(cert_profile::Reason::CertificateHold) {
///             count += 1;
///         }
///     }
///     Ok(count)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct CrlReader<'a> {
    signed: Signed<'a>,
    issuer: Name,
    this_update: DateTime,
    next_update: Option<DateTime>,
    /// The content of revokedCertificates.
    entries: &'a [u8],
    kind: Kind,
    extensions: Known,
}

/// What entries may say depends on it.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Version1,
    Full,
    Delta,
}

/// What the extensions of a list say.
#[derive(Clone, Debug, Default)]
struct Known {
    number: Option<CrlNumber>,
    base: Option<CrlNumber>,
    point: Option<IssuingDistributionPoint>,
    freshest: Vec<Ia5String>,
    authority_key: Option<Vec<u8>>,
}

impl<'a> CrlReader<'a> {
    /// Extensions that a list has at most; RFC 5280, 5.2, knows nine.
    pub const MAX_EXTENSIONS: usize = 32;
    /// Octets that the head of a list has at most: all of it but the entries.
    pub const MAX_HEAD: usize = 65_536;

    /// Reads the head of a `CertificateList` in strict DER, of less than 256 MiB. Its
    /// entries are looked at when they are asked for.
    ///
    /// # Errors
    /// [`Error::Unreadable`] and [`Error::Malformed`] for what is not DER,
    /// [`Error::TooLarge`] and [`Error::TooMany`] above [`Self::MAX_HEAD`] and
    /// [`Self::MAX_EXTENSIONS`], [`Error::CriticalExtension`] for a critical extension
    /// that is not read here, [`Error::Invalid`] for different algorithm identifiers
    /// (RFC 5280, 5.1.1.2), extensions in version 1, an extension twice, and a point
    /// that [`IssuingDistributionPoint`] has no place for, an indirect list's among them.
    pub fn from_der(octets: &'a [u8]) -> Result<Self, Error> {
        let signed = Signed::from_der(WHAT, octets)
            .map_err(|source| Error::Unreadable { what: WHAT, source })?;
        let tbs = Tbs::read(signed.tbs()).map_err(Error::malformed(TBS))?;
        if tbs.algorithm != signed.algorithm() {
            return refuse(
                "names the algorithm of its signature inside as outside",
                "RFC 5280, 5.1.1.2",
            );
        }
        let is_version_1 = tbs.version.is_none();
        if tbs.version.is_some_and(|version| version != Version::V2) {
            return refuse("has version 1 or 2", "RFC 5280, 5.1.2.1");
        }
        if is_version_1 && tbs.extensions.is_some() {
            return refuse("has extensions in version 2 alone", "RFC 5280, 5.1.2.1");
        }
        let head = signed.tbs().len() - tbs.entries.len();
        if head > Self::MAX_HEAD {
            return Err(Error::TooLarge {
                what: "head of a CertificateList",
                found: head,
                limit: Self::MAX_HEAD,
            });
        }
        let extensions = match tbs.extensions {
            None => Known::default(),
            Some(list) => Known::read(list)?,
        };
        Ok(Self {
            issuer: Name::from_der(tbs.issuer).map_err(Error::malformed(TBS))?,
            this_update: tbs.this_update.to_date_time(),
            next_update: tbs.next_update.map(|time| time.to_date_time()),
            entries: tbs.entries,
            kind: match extensions.base {
                _ if is_version_1 => Kind::Version1,
                None => Kind::Full,
                Some(_) => Kind::Delta,
            },
            extensions,
            signed,
        })
    }

    /// Who issued it, as it says.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it was issued, in whole seconds (RFC 5280, 5.1.2.4).
    pub fn this_update(&self) -> DateTime {
        self.this_update
    }

    /// When the next one will have been issued, in whole seconds; RFC 5280 (5.1.2.5)
    /// demands it.
    pub fn next_update(&self) -> Option<DateTime> {
        self.next_update
    }

    /// cRLNumber (RFC 5280, 5.2.3).
    pub fn number(&self) -> Option<CrlNumber> {
        self.extensions.number
    }

    /// The number of the full list that this one is a delta to (RFC 5280, 5.2.4); none
    /// for a full list.
    pub fn base_number(&self) -> Option<CrlNumber> {
        self.extensions.base
    }

    /// The certificates that the list is about (RFC 5280, 5.2.5); without it, all of its
    /// issuer's.
    pub fn distribution_point(&self) -> Option<&IssuingDistributionPoint> {
        self.extensions.point.as_ref()
    }

    /// Where the deltas of this list are (RFC 5280, 5.2.6); other names than URLs are
    /// passed by.
    pub fn freshest(&self) -> impl Iterator<Item = &str> {
        self.extensions.freshest.iter().map(|url| url.as_str())
    }

    /// The identifier of the key that signed it, as it says (RFC 5280, 5.2.1).
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.extensions.authority_key.as_deref()
    }

    /// The algorithm of its signature.
    pub fn algorithm(&self) -> AlgorithmIdentifierRef<'a> {
        self.signed.algorithm()
    }

    /// Its entries, in their order. Each is read when it is its turn; the first that
    /// can't be read is the last.
    pub fn entries(&self) -> CrlEntries<'a> {
        CrlEntries {
            rest: self.entries,
            kind: self.kind,
        }
    }

    /// The first entry of this serial number. Of those before it nothing but their
    /// serial numbers is read: for more than a few questions make an index of
    /// [`Self::entries`].
    ///
    /// # Errors
    /// Those of [`CrlEntries`] for the entry, and [`Error::Malformed`] for one before it
    /// that has no serial number.
    pub fn find(&self, serial: &SerialNumber) -> Result<Option<EntryRef<'a>>, Error> {
        let mut rest = self.entries;
        while !rest.is_empty() {
            let (entry, behind) = split(rest).map_err(Error::malformed(ENTRY))?;
            let mut reader = SliceReader::new(entry).map_err(Error::malformed(ENTRY))?;
            let found = IntRef::decode(&mut reader).map_err(Error::malformed(ENTRY))?;
            if found.as_bytes() == serial.as_bytes() {
                return EntryRef::read(entry, self.kind).map(Some);
            }
            rest = behind;
        }
        Ok(None)
    }

    /// Checks the signature over the octets that came, by one of `algorithms`, and
    /// nothing else.
    ///
    /// # Errors
    /// [`Error::Signature`] when it does not fit.
    pub fn verify(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        algorithms: &[&dyn VerifyAlgorithm],
    ) -> Result<(), Error> {
        let refused = |source| Error::Signature { what: WHAT, source };
        self.signed.verify(key, algorithms).map_err(refused)
    }
}

/// The entries of a list, read where they lie: [`CrlReader::entries`].
///
/// An item is an error for an entry that is not DER, for one with extensions in a list
/// of version 1, an extension twice, a critical extension that is not read here, among
/// them the certificateIssuer of indirect lists, a reason that there is not, and
/// removeFromCRL in a full list, which would leave open whether the certificate is revoked. Nothing
/// comes after it.
#[derive(Clone, Debug)]
pub struct CrlEntries<'a> {
    rest: &'a [u8],
    kind: Kind,
}

impl<'a> Iterator for CrlEntries<'a> {
    type Item = Result<EntryRef<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let read = split(self.rest)
            .map_err(Error::malformed(ENTRY))
            .and_then(|(entry, rest)| Ok((EntryRef::read(entry, self.kind)?, rest)));
        self.rest = read.as_ref().map_or(&[], |(_, rest)| rest);
        Some(read.map(|(entry, _)| entry))
    }
}

impl FusedIterator for CrlEntries<'_> {}

/// One entry where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryRef<'a> {
    serial: &'a [u8],
    revoked_at: DateTime,
    /// None takes the certificate from the list.
    reason: Option<Reason>,
    invalidity_date: Option<DateTime>,
}

impl<'a> EntryRef<'a> {
    /// The content of the INTEGER, as [`SerialNumber::as_bytes`] has it.
    pub fn serial(&self) -> &'a [u8] {
        self.serial
    }

    /// Since when, in whole seconds.
    pub fn revoked_at(&self) -> DateTime {
        self.revoked_at
    }

    /// Why; none for removeFromCRL, which takes the certificate from the list that this
    /// one, a delta, is a delta to.
    pub fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// Since when the certificate is not to be trusted, if it is said.
    pub fn invalidity_date(&self) -> Option<DateTime> {
        self.invalidity_date
    }

    /// The entry as one that is written again.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a serial number that is negative or longer than 20 octets.
    pub fn to_owned(&self) -> Result<RevokedEntry, Error> {
        let negative = self.serial.first().is_some_and(|first| first & 0x80 != 0);
        let serial = match negative {
            true => Err(Tag::Integer.value_error().into()),
            false => SerialNumber::new(self.serial),
        };
        let serial = serial.map_err(Error::malformed("CertificateSerialNumber"))?;
        let entry = match self.reason {
            Some(reason) => RevokedEntry::new(serial, self.revoked_at, reason),
            None => RevokedEntry::removed(serial, self.revoked_at),
        };
        Ok(match self.invalidity_date {
            Some(date) => entry.invalid_since(date),
            None => entry,
        })
    }

    fn read(content: &'a [u8], kind: Kind) -> Result<Self, Error> {
        let raw = RawEntry::read(content).map_err(Error::malformed(ENTRY))?;
        let mut entry = Self {
            serial: raw.serial.as_bytes(),
            revoked_at: raw.date.to_date_time(),
            reason: Some(Reason::Unspecified),
            invalidity_date: None,
        };
        let Some(list) = raw.extensions else {
            return Ok(entry);
        };
        if matches!(kind, Kind::Version1) {
            return refuse(
                "has extensions of entries in version 2 alone",
                "RFC 5280, 5.1.2.1",
            );
        }
        each_extension(ENTRY, list, |oid, critical, value| {
            let malformed = Error::malformed(ENTRY);
            match oid {
                rfc5280::ID_CE_CRL_REASONS => {
                    let code = CrlReason::from_der(value).map_err(malformed)?;
                    entry.reason = Reason::from_x509(code);
                }
                rfc5280::ID_CE_INVALIDITY_DATE => {
                    let date = GeneralizedTime::from_der(value).map_err(malformed)?;
                    entry.invalidity_date = Some(date.to_date_time());
                }
                oid if critical => return Err(Error::CriticalExtension { what: ENTRY, oid }),
                _ => {}
            }
            Ok(())
        })?;
        if entry.reason.is_none() && !matches!(kind, Kind::Delta) {
            return refuse("has removeFromCRL in a delta alone", "RFC 5280, 5.3.1");
        }
        Ok(entry)
    }
}

impl Known {
    fn read(list: &[u8]) -> Result<Self, Error> {
        let mut known = Self::default();
        each_extension(WHAT, list, |oid, critical, value| {
            let number = || -> Result<_, Error> {
                let number = UintRef::from_der(value).map_err(Error::malformed("cRLNumber"))?;
                CrlNumber::from_be_bytes(number.as_bytes())
            };
            match oid {
                rfc5280::ID_CE_CRL_NUMBER => known.number = Some(number()?),
                rfc5280::ID_CE_DELTA_CRL_INDICATOR => known.base = Some(number()?),
                rfc5280::ID_CE_ISSUING_DISTRIBUTION_POINT => {
                    known.point = Some(IssuingDistributionPoint::read(value)?);
                }
                rfc5280::ID_CE_FRESHEST_CRL => {
                    let points = FreshestCrl::from_der(value);
                    let points = points.map_err(Error::malformed("freshestCRL"))?;
                    let names = points.0.into_iter();
                    let names = names.filter_map(|point| point.distribution_point);
                    known.freshest = names.flat_map(urls_of).collect();
                }
                rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER => {
                    let key = AuthorityKeyIdentifier::from_der(value);
                    let key = key.map_err(Error::malformed("authorityKeyIdentifier"))?;
                    known.authority_key = key.key_identifier.map(|key| key.as_bytes().to_vec());
                }
                oid if critical => return Err(Error::CriticalExtension { what: WHAT, oid }),
                _ => {}
            }
            Ok(())
        })?;
        Ok(known)
    }
}

/// The parts of a TBSCertList, the longest ones not looked into.
struct Tbs<'a> {
    version: Option<Version>,
    algorithm: AlgorithmIdentifierRef<'a>,
    issuer: &'a [u8],
    this_update: Time,
    next_update: Option<Time>,
    entries: &'a [u8],
    /// The content of the SEQUENCE of extensions.
    extensions: Option<&'a [u8]>,
}

impl<'a> Tbs<'a> {
    fn read(octets: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(octets)?;
        let tbs = reader.sequence(|reader| {
            Ok::<_, der::Error>(Self {
                version: reader.decode()?,
                algorithm: reader.decode()?,
                issuer: reader.tlv_bytes()?,
                this_update: reader.decode()?,
                next_update: reader.decode()?,
                entries: match reader.peek_byte() {
                    Some(0x30) => AnyRef::decode(reader)?.value(),
                    _ => &[],
                },
                extensions: ContextSpecific::<AnyRef<'a>>::decode_explicit(reader, TagNumber(0))?
                    .map(|field| match field.value.tag() {
                        Tag::Sequence => Ok(field.value.value()),
                        other => Err(other.unexpected_error(Some(Tag::Sequence))),
                    })
                    .transpose()?,
            })
        })?;
        reader.finish()?;
        Ok(tbs)
    }
}

struct RawEntry<'a> {
    serial: IntRef<'a>,
    date: Time,
    /// The content of the SEQUENCE of extensions.
    extensions: Option<&'a [u8]>,
}

impl<'a> RawEntry<'a> {
    fn read(content: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(content)?;
        let (serial, date) = (reader.decode()?, reader.decode()?);
        let extensions = match reader.is_finished() {
            true => None,
            false => {
                let list: AnyRef<'a> = reader.decode()?;
                list.tag().assert_eq(Tag::Sequence)?;
                Some(list.value())
            }
        };
        reader.finish()?;
        Ok(Self {
            serial,
            date,
            extensions,
        })
    }
}

/// The content of the first element, which is a SEQUENCE, and what stands behind it.
fn split(octets: &[u8]) -> der::Result<(&[u8], &[u8])> {
    let mut reader = SliceReader::new(octets)?;
    let element: AnyRef<'_> = reader.decode()?;
    element.tag().assert_eq(Tag::Sequence)?;
    let read = octets.len() - usize::try_from(reader.remaining_len())?;
    Ok((element.value(), &octets[read..]))
}

/// Gives each extension of a list to `take`, which stands there once.
fn each_extension<'a>(
    what: &'static str,
    list: &'a [u8],
    mut take: impl FnMut(ObjectIdentifier, bool, &'a [u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let malformed = Error::malformed(what);
    let mut reader = SliceReader::new(list).map_err(&malformed)?;
    let mut count = 0;
    while !reader.is_finished() {
        let (oid, critical, value) = read_extension(&mut reader).map_err(&malformed)?;
        if count == CrlReader::MAX_EXTENSIONS {
            return Err(Error::TooMany {
                what,
                found: count + 1,
                limit: CrlReader::MAX_EXTENSIONS,
            });
        }
        // Those before it are read again: an entry has one as a rule.
        let mut before = SliceReader::new(list).map_err(&malformed)?;
        for _ in 0..count {
            let (other, ..) = read_extension(&mut before).map_err(&malformed)?;
            if other == oid {
                return Err(Error::Invalid {
                    what,
                    rule: "has each extension once",
                    clause: "RFC 5280, 4.2",
                });
            }
        }
        count += 1;
        take(oid, critical, value)?;
    }
    Ok(())
}

fn read_extension<'a>(
    reader: &mut SliceReader<'a>,
) -> der::Result<(ObjectIdentifier, bool, &'a [u8])> {
    reader.sequence(|reader| {
        let oid = reader.decode()?;
        let critical: Option<bool> = reader.decode()?;
        let value: &'a OctetStringRef = reader.decode()?;
        Ok((oid, critical == Some(true), value.as_bytes()))
    })
}

const WHAT: &str = "CertificateList";
const TBS: &str = "TBSCertList";
const ENTRY: &str = "entry of revokedCertificates";

fn refuse<T>(rule: &'static str, clause: &'static str) -> Result<T, Error> {
    Err(Error::Invalid {
        what: WHAT,
        rule,
        clause,
    })
}
