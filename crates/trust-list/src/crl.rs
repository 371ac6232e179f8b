//! One certificate revocation list, read once and looked up many times.

mod scope;

pub(crate) use scope::Scope;

use crate::{
    Error, Result,
    certificate::name_key,
    extension::Extensions,
    time::{Moment, moment},
};
use core::{cmp::Ordering, fmt, ops::Range};
use der::{
    AnyRef, DateTime, Decode, Encode, Reader, Sequence, SliceReader, Tag, TagNumber,
    asn1::{ContextSpecific, IntRef, ObjectIdentifier},
    oid::AssociatedOid,
};
use gm_crypto::pki::{Signed, VerifyAlgorithm};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use std::collections::BTreeMap;
use x509_cert::{
    Version,
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BaseCrlNumber, CrlNumber, CrlReason,
            crl::{FreshestCrl, dp::IssuingDistributionPoint},
            name::GeneralName,
        },
    },
    name::Name,
};

const WHAT: &str = "CertificateList";

/// `certificateIssuer` (RFC 5280, 5.3.3), which only indirect CRLs have.
const CERTIFICATE_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.29");

/// `issuingDistributionPoint` (RFC 5280, 5.2.5). Upstream's type gives another one.
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");

/// A CRL that has been read, and about which nothing is proved yet: full or delta,
/// direct or indirect, whole or a part.
///
/// Read from strict DER. Its entries lie in an index sorted by serial number:
/// read it once and ask it for as many certificates as there are. A CRL with an
/// extension that is not processed here is read too, and [`ParsedCrl::unprocessed`]
/// names the extension; path validation does not use it.
#[derive(Clone)]
pub struct ParsedCrl {
    der: Vec<u8>,
    issuer: Name,
    issuer_der: Vec<u8>,
    this_update: Moment,
    next_update: Option<Moment>,
    number: Option<Vec<u8>>,
    base: Option<Vec<u8>>,
    authority_key_id: Option<Vec<u8>>,
    scope: Scope,
    /// The extension that the scope was read from, to compare a delta's with its base's.
    scope_der: Option<Vec<u8>>,
    unprocessed: Option<ObjectIdentifier>,
    /// Names of those whose certificates are listed, as they are compared; the first is
    /// the CRL's own issuer.
    issuers: Vec<Vec<u8>>,
    /// The serial numbers, one behind the other.
    serials: Vec<u8>,
    /// Sorted by the octets of the serial number, then by issuer.
    entries: Vec<Entry>,
}

/// One entry has a fixed size, whatever its extensions held.
#[derive(Clone, Debug)]
struct Entry {
    /// Where it lies in `ParsedCrl::serials`.
    serial: Range<u32>,
    /// Index into `ParsedCrl::issuers`.
    issuer: u32,
    revoked: Revocation,
}

/// What a CRL says about one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revocation {
    /// revocationDate (RFC 5280, 5.1.2.6).
    pub date: DateTime,
    /// reasonCode (RFC 5280, 5.3.1), if there is one.
    pub reason: Option<RevocationReason>,
    /// removeFromCRL: this entry of a delta takes the one of its base back.
    pub removed: bool,
}

/// Why a certificate is revoked (RFC 5280, 5.3.1): 7 is not used, and removeFromCRL is
/// [`Revocation::removed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationReason {
    /// 0, `unspecified`.
    Unspecified,
    /// 1, `keyCompromise`.
    KeyCompromise,
    /// 2, `cACompromise`.
    CaCompromise,
    /// 3, `affiliationChanged`.
    AffiliationChanged,
    /// 4, `superseded`.
    Superseded,
    /// 5, `cessationOfOperation`.
    CessationOfOperation,
    /// 6, `certificateHold`: suspended, and as good as revoked while it lasts.
    CertificateHold,
    /// 9, `privilegeWithdrawn`.
    PrivilegeWithdrawn,
    /// 10, `aACompromise`.
    AaCompromise,
}

impl ParsedCrl {
    /// Octets of the longest CRL that is read.
    pub const MAX_LENGTH: usize = 64 << 20;

    /// Reads a CRL.
    ///
    /// # Errors
    /// [`Error::Limit`] above [`Self::MAX_LENGTH`] octets, [`Error::Unreadable`] or
    /// [`Error::Malformed`] for what is not strict DER, [`Error::Forbidden`] for
    /// different algorithm identifiers (RFC 5280, 5.1.1.2), extensions in version
    /// 1 and removeFromCRL in a full CRL, [`Error::DuplicateExtension`].
    pub fn from_der(octets: impl Into<Vec<u8>>) -> Result<Self> {
        let der = octets.into();
        Error::cap("octets of a CRL", der.len(), Self::MAX_LENGTH)?;
        let signed = Signed::from_der(WHAT, &der)
            .map_err(|source| Error::Unreadable { what: WHAT, source })?;
        let malformed = || Error::malformed("TBSCertList");
        let mut tbs = RawTbs::from_der(signed.tbs()).map_err(malformed())?;
        if tbs.signature != signed.algorithm() {
            return Err(forbidden(
                "the algorithms inside and outside the signed part differ",
                "RFC 5280, 5.1.1.2",
            ));
        }
        let is_version_1 = tbs.version.is_none();
        if is_version_1 && tbs.extensions.is_some() {
            return Err(forbidden(
                "extensions stand in version 1",
                "RFC 5280, 5.1.2.1",
            ));
        }
        let extensions = Extensions::read(WHAT, tbs.extensions.take())?;
        let issuer: Name = tbs.issuer.decode_as().map_err(malformed())?;
        let issuer_der = tbs.issuer.to_der().map_err(malformed())?;
        let mut crl = Self::head(&tbs, &extensions, issuer, issuer_der)?;
        if let Some(revoked) = tbs.revoked {
            crl.read_entries(revoked, is_version_1)?;
        }
        crl.der = der;
        Ok(crl)
    }

    /// All but the entries.
    fn head(
        tbs: &RawTbs<'_>,
        extensions: &Extensions,
        issuer: Name,
        issuer_der: Vec<u8>,
    ) -> Result<Self> {
        let malformed = || Error::malformed("TBSCertList");
        let mut unprocessed = extensions.find(is_unprocessed);
        let scope_der = extensions.value(ISSUING_DISTRIBUTION_POINT);
        let scope = match scope_der.map(IssuingDistributionPoint::from_der) {
            None => Scope::default(),
            Some(Ok(point)) => Scope::read(&point, &issuer)?,
            Some(Err(_)) => {
                unprocessed = unprocessed.or(Some(ISSUING_DISTRIBUTION_POINT));
                Scope::default()
            }
        };
        let octets = |number: der::asn1::Uint| number.as_bytes().to_vec();
        let base = extensions.decode::<BaseCrlNumber>("deltaCRLIndicator")?;
        let number = extensions.decode::<CrlNumber>("cRLNumber")?;
        // It tells deltas of one key from those of another and decides nothing else.
        let authority_key = extensions.decode::<AuthorityKeyIdentifier>("");
        Ok(Self {
            der: Vec::new(),
            issuers: vec![name_key(&issuer)?],
            issuer,
            issuer_der,
            this_update: moment(tbs.this_update).map_err(malformed())?,
            next_update: tbs
                .next_update
                .map(moment)
                .transpose()
                .map_err(malformed())?,
            number: number.map(|number| octets(number.0)),
            base: base.map(|base| octets(base.0)),
            authority_key_id: authority_key
                .unwrap_or_default()
                .and_then(|id| id.key_identifier)
                .map(|id| id.into_bytes().into()),
            scope,
            scope_der: scope_der.map(<[u8]>::to_vec),
            unprocessed,
            serials: Vec::new(),
            entries: Vec::new(),
        })
    }

    fn read_entries(&mut self, revoked: &[u8], is_version_1: bool) -> Result<()> {
        let malformed = || Error::malformed("TBSCertList");
        let mut reader = SliceReader::new(revoked).map_err(malformed())?;
        let mut known: BTreeMap<Vec<u8>, u32> = BTreeMap::from([(self.issuers[0].clone(), 0)]);
        // An entry without certificateIssuer has that of the entry before it (5.3.3).
        let mut issuer = 0;
        while !reader.is_finished() {
            let raw = RawEntry::decode(&mut reader).map_err(malformed())?;
            if is_version_1 && raw.extensions.is_some() {
                return Err(forbidden(
                    "an entry has extensions in version 1",
                    "RFC 5280, 5.1.2.1",
                ));
            }
            let extensions = Extensions::read(WHAT, raw.extensions)?;
            let unprocessed = extensions.find(is_unprocessed_in_entry);
            self.unprocessed = self.unprocessed.or(unprocessed);
            if let Some(octets) = extensions.value(CERTIFICATE_ISSUER) {
                match self.certificate_issuer(octets) {
                    Some(key) => {
                        let next = offset(self.issuers.len());
                        issuer = *known.entry(key.clone()).or_insert(next);
                        if issuer == next {
                            self.issuers.push(key);
                        }
                    }
                    None => self.unprocessed = self.unprocessed.or(Some(CERTIFICATE_ISSUER)),
                }
            }
            let code = extensions.decode::<CrlReason>("reasonCode")?;
            let removed = code == Some(CrlReason::RemoveFromCRL);
            if removed && self.base.is_none() {
                return Err(forbidden(
                    "removeFromCRL stands in a full CRL",
                    "RFC 5280, 5.3.1",
                ));
            }
            let start = offset(self.serials.len());
            self.serials.extend_from_slice(raw.serial.as_bytes());
            self.entries.push(Entry {
                serial: start..offset(self.serials.len()),
                issuer,
                revoked: Revocation {
                    date: moment(raw.date).map_err(malformed())?.time(),
                    reason: code.and_then(RevocationReason::of),
                    removed,
                },
            });
        }
        let serials = &self.serials;
        self.entries.sort_unstable_by(|one: &Entry, other| {
            let key = |entry: &Entry| (entry.issuer, entry.revoked.removed, entry.revoked.date);
            one.serial_in(serials)
                .cmp(other.serial_in(serials))
                .then_with(|| key(one).cmp(&key(other)))
        });
        Ok(())
    }

    /// The one directory name in a certificateIssuer, as it is compared; none where the
    /// CRL is direct, and may not have one.
    fn certificate_issuer(&self, octets: &[u8]) -> Option<Vec<u8>> {
        let names = Vec::<GeneralName>::from_der(octets).ok()?;
        let mut names = names.iter().filter_map(|name| match name {
            GeneralName::DirectoryName(name) => Some(name),
            _ => None,
        });
        let (name, others) = (names.next()?, names.next());
        let is_one = self.scope.is_indirect && others.is_none();
        is_one.then(|| name_key(name).ok()).flatten()
    }

    /// The CRL as it came.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Who issued it, as it says.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// The DER of the issuer's name.
    pub fn issuer_der(&self) -> &[u8] {
        &self.issuer_der
    }

    /// When it was issued; 1970-01-01 for an earlier time.
    pub fn this_update(&self) -> DateTime {
        self.this_update.time()
    }

    /// When the next one will have been issued; RFC 5280 (5.1.2.5) demands it. 1970-01-01
    /// for an earlier time.
    pub fn next_update(&self) -> Option<DateTime> {
        self.next_update.map(Moment::time)
    }

    /// cRLNumber (RFC 5280, 5.2.3), big endian without leading zeros.
    pub fn number(&self) -> Option<&[u8]> {
        self.number.as_deref()
    }

    /// The number of the full CRL that this one is a delta to (RFC 5280, 5.2.4), as
    /// [`Self::number`] has it; none for a full CRL.
    pub fn base_number(&self) -> Option<&[u8]> {
        self.base.as_deref()
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it revokes nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The first extension that forbids the use of this CRL here: an unknown
    /// critical one (RFC 5280, 5.2 and 5.3), an issuingDistributionPoint that can't be
    /// read (5.2.5), certificateIssuer in a direct CRL or without one directory name
    /// (5.3.3).
    pub fn unprocessed(&self) -> Option<ObjectIdentifier> {
        self.unprocessed
    }

    /// What it says about a serial number of its own issuer, written as
    /// [`crate::path::ParsedCertificate::serial`] has it; the earliest date when
    /// it stands there twice.
    pub fn find(&self, serial: &[u8]) -> Option<Revocation> {
        self.find_at(serial, 0)
    }

    /// The same of another issuer, whose name is compared.
    pub(crate) fn find_of(&self, serial: &[u8], issuer_key: &[u8]) -> Option<Revocation> {
        let issuer = self.issuers.iter().position(|key| key == issuer_key)?;
        self.find_at(serial, offset(issuer))
    }

    fn find_at(&self, serial: &[u8], issuer: u32) -> Option<Revocation> {
        let order = |entry: &Entry| match entry.serial_in(&self.serials).cmp(serial) {
            Ordering::Equal => entry.issuer.cmp(&issuer),
            other => other,
        };
        let index = self.entries.partition_point(|entry| order(entry).is_lt());
        let entry = self.entries.get(index)?;
        order(entry).is_eq().then_some(entry.revoked)
    }

    /// Octets of the issuer's name that names compared as one have in common.
    pub(crate) fn issuer_key(&self) -> &[u8] {
        &self.issuers[0]
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether `delta` says what changed of this full CRL (RFC 5280, 5.2.4): one issuer,
    /// scope and key, a base that this one has reached, and a number that it has not
    /// passed.
    pub(crate) fn is_updated_by(&self, delta: &Self) -> bool {
        let (Some(number), Some(later), Some(base)) = (&self.number, &delta.number, &delta.base)
        else {
            return false;
        };
        // Without zeros in front, the longer number is the greater.
        let value = |number: &Vec<u8>| (number.len(), number.clone());
        self.base.is_none()
            && self.issuers[0] == delta.issuers[0]
            && self.scope_der == delta.scope_der
            && self.authority_key_id == delta.authority_key_id
            && value(base) <= value(number)
            && value(number) <= value(later)
    }

    /// Checks the CRL's signature with one key, and nothing else.
    ///
    /// # Errors
    /// Those of [`Signed::verify`].
    pub fn verify_signature(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        algorithms: &[&dyn VerifyAlgorithm],
    ) -> gm_crypto::Result<()> {
        Signed::from_der(WHAT, &self.der)?.verify(key, algorithms)
    }
}

impl Entry {
    fn serial_in<'a>(&self, serials: &'a [u8]) -> &'a [u8] {
        &serials[self.serial.start as usize..self.serial.end as usize]
    }
}

impl fmt::Debug for ParsedCrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedCrl")
            .field("issuer", &self.issuer.to_string())
            .field("this_update", &self.this_update)
            .field("next_update", &self.next_update)
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl RevocationReason {
    /// None for removeFromCRL.
    fn of(reason: CrlReason) -> Option<Self> {
        Some(match reason {
            CrlReason::Unspecified => Self::Unspecified,
            CrlReason::KeyCompromise => Self::KeyCompromise,
            CrlReason::CaCompromise => Self::CaCompromise,
            CrlReason::AffiliationChanged => Self::AffiliationChanged,
            CrlReason::Superseded => Self::Superseded,
            CrlReason::CessationOfOperation => Self::CessationOfOperation,
            CrlReason::CertificateHold => Self::CertificateHold,
            CrlReason::PrivilegeWithdrawn => Self::PrivilegeWithdrawn,
            CrlReason::AaCompromise => Self::AaCompromise,
            CrlReason::RemoveFromCRL => return None,
        })
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        })
    }
}

fn is_unprocessed(extension: &Extension) -> bool {
    let known = [
        CrlNumber::OID,
        AuthorityKeyIdentifier::OID,
        ISSUING_DISTRIBUTION_POINT,
        BaseCrlNumber::OID,
        FreshestCrl::OID,
    ];
    extension.critical && !known.contains(&extension.extn_id)
}

fn is_unprocessed_in_entry(extension: &Extension) -> bool {
    extension.critical && ![CERTIFICATE_ISSUER, CrlReason::OID].contains(&extension.extn_id)
}

fn forbidden(rule: &'static str, clause: &'static str) -> Error {
    Error::Forbidden {
        what: WHAT,
        rule,
        clause,
    }
}

fn offset(length: usize) -> u32 {
    u32::try_from(length).expect("serial numbers are shorter than their CRL, which has 64 MiB")
}

/// Tags as they are written.
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

struct RawTbs<'a> {
    version: Option<Version>,
    signature: AlgorithmIdentifierRef<'a>,
    issuer: AnyRef<'a>,
    this_update: AnyRef<'a>,
    next_update: Option<AnyRef<'a>>,
    /// The content of `revokedCertificates`; absent and empty are told apart by
    /// nobody, though 5.1.2.6 wants it absent.
    revoked: Option<&'a [u8]>,
    extensions: Option<Vec<Extension>>,
}

impl<'a> RawTbs<'a> {
    fn from_der(octets: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(octets)?;
        let tbs = reader.sequence(|reader| {
            let version: Option<Version> = reader.decode()?;
            // Written, it is 1 for version 2 (5.1.2.1); absent, it is version 1.
            if version.is_some_and(|version| version != Version::V2) {
                return Err(der::Error::from(Tag::Integer.value_error()));
            }
            Ok(Self {
                version,
                signature: reader.decode()?,
                issuer: reader.decode()?,
                this_update: reader.decode()?,
                next_update: match reader.peek_byte() {
                    Some(UTC_TIME | GENERALIZED_TIME) => Some(reader.decode()?),
                    _ => None,
                },
                revoked: if !reader.is_finished() && reader.peek_byte() == Some(0x30) {
                    Some(AnyRef::decode(reader)?.value())
                } else {
                    None
                },
                extensions: ContextSpecific::decode_explicit(reader, TagNumber(0))?
                    .map(|field: ContextSpecific<Vec<Extension>>| field.value),
            })
        })?;
        reader.finish()?;
        Ok(tbs)
    }
}

#[derive(Sequence)]
struct RawEntry<'a> {
    serial: IntRef<'a>,
    date: AnyRef<'a>,
    extensions: Option<Vec<Extension>>,
}
