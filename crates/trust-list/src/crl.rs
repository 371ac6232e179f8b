//! One certificate revocation list, read once and looked up many times.

use crate::{Error, Result, extension::Extensions};
use core::{fmt, ops::Range};
use der::{
    AnyRef, DateTime, Decode, Encode, Reader, Sequence, SliceReader, Tag, TagNumber,
    asn1::{ContextSpecific, IntRef, ObjectIdentifier},
    oid::AssociatedOid,
};
use gm_crypto::pki::{Signed, VerifyAlgorithm};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::{
    Version,
    ext::{
        Extension,
        pkix::{AuthorityKeyIdentifier, BaseCrlNumber, CrlNumber, CrlReason},
    },
    name::Name,
    time::Time,
};

const WHAT: &str = "CertificateList";

/// `certificateIssuer` (RFC 5280, 5.3.3), which only indirect CRLs have.
const CERTIFICATE_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.29");

/// `issuingDistributionPoint` (RFC 5280, 5.2.5). Upstream's type gives another one.
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");

/// A full CRL that has been read, and about which nothing is proved yet.
///
/// Read from strict DER. Its entries lie in an index sorted by serial number:
/// read it once and ask it for as many certificates as there are. A CRL with an
/// extension that is not processed here (delta, indirect, partitioned) is read
/// too, and [`ParsedCrl::unprocessed`] names the extension; path validation does
/// not use it.
#[derive(Clone)]
pub struct ParsedCrl {
    der: Vec<u8>,
    issuer: Name,
    issuer_der: Vec<u8>,
    this_update: DateTime,
    next_update: Option<DateTime>,
    number: Option<Vec<u8>>,
    unprocessed: Option<ObjectIdentifier>,
    /// The serial numbers, one behind the other.
    serials: Vec<u8>,
    /// Sorted by the octets of the serial number.
    entries: Vec<Entry>,
}

/// One entry has a fixed size, whatever its extensions held.
#[derive(Clone, Debug)]
struct Entry {
    /// Where it lies in `ParsedCrl::serials`.
    serial: Range<u32>,
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
}

/// reasonCode of a full CRL (RFC 5280, 5.3.1): 7 is not used, and removeFromCRL
/// stands in delta CRLs alone.
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
        let tbs = RawTbs::from_der(signed.tbs()).map_err(malformed())?;
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
        let extensions = Extensions::read(WHAT, tbs.extensions)?;
        let mut unprocessed = extensions.find(is_unprocessed);
        let (mut entries, mut serials) = (Vec::new(), Vec::new());
        if let Some(revoked) = tbs.revoked {
            let mut reader = SliceReader::new(revoked).map_err(malformed())?;
            while !reader.is_finished() {
                let raw = RawEntry::decode(&mut reader).map_err(malformed())?;
                if is_version_1 && raw.extensions.is_some() {
                    return Err(forbidden(
                        "an entry has extensions in version 1",
                        "RFC 5280, 5.1.2.1",
                    ));
                }
                let entry_extensions = Extensions::read(WHAT, raw.extensions)?;
                unprocessed = unprocessed.or(entry_extensions.find(is_unprocessed_in_entry));
                let start = offset(serials.len());
                serials.extend_from_slice(raw.serial.as_bytes());
                entries.push(Entry {
                    serial: start..offset(serials.len()),
                    revoked: Revocation {
                        date: raw.date.to_date_time(),
                        reason: entry_extensions
                            .decode::<CrlReason>("reasonCode")?
                            .map(|reason| RevocationReason::of(reason, &extensions))
                            .transpose()?
                            .flatten(),
                    },
                });
            }
        }
        entries.sort_unstable_by(|one: &Entry, other| {
            let key = |entry: &Entry| (entry.serial_in(&serials), entry.revoked.date);
            key(one).cmp(&key(other))
        });
        Ok(Self {
            issuer: tbs.issuer.decode_as().map_err(malformed())?,
            issuer_der: tbs.issuer.to_der().map_err(malformed())?,
            this_update: tbs.this_update.to_date_time(),
            next_update: tbs.next_update.map(|time| time.to_date_time()),
            number: extensions
                .decode::<CrlNumber>("cRLNumber")?
                .map(|number| number.0.as_bytes().to_vec()),
            unprocessed,
            serials,
            entries,
            der,
        })
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

    /// When it was issued.
    pub fn this_update(&self) -> DateTime {
        self.this_update
    }

    /// When the next one will have been issued; RFC 5280 (5.1.2.5) demands it.
    pub fn next_update(&self) -> Option<DateTime> {
        self.next_update
    }

    /// cRLNumber (RFC 5280, 5.2.3), big endian without leading zeros.
    pub fn number(&self) -> Option<&[u8]> {
        self.number.as_deref()
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
    /// critical one (RFC 5280, 5.2 and 5.3), issuingDistributionPoint (5.2.5),
    /// deltaCRLIndicator (5.2.4) or certificateIssuer (5.3.3).
    pub fn unprocessed(&self) -> Option<ObjectIdentifier> {
        self.unprocessed
    }

    /// What it says about a serial number, written as
    /// [`crate::path::ParsedCertificate::serial`] has it; the earliest date when
    /// it stands there twice.
    pub fn find(&self, serial: &[u8]) -> Option<Revocation> {
        let index = self
            .entries
            .partition_point(|entry| entry.serial_in(&self.serials) < serial);
        let entry = self.entries.get(index)?;
        (entry.serial_in(&self.serials) == serial).then_some(entry.revoked)
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
    /// None for removeFromCRL in a delta CRL, which is not used anyway.
    fn of(reason: CrlReason, crl: &Extensions) -> Result<Option<Self>> {
        Ok(Some(match reason {
            CrlReason::Unspecified => Self::Unspecified,
            CrlReason::KeyCompromise => Self::KeyCompromise,
            CrlReason::CaCompromise => Self::CaCompromise,
            CrlReason::AffiliationChanged => Self::AffiliationChanged,
            CrlReason::Superseded => Self::Superseded,
            CrlReason::CessationOfOperation => Self::CessationOfOperation,
            CrlReason::CertificateHold => Self::CertificateHold,
            CrlReason::PrivilegeWithdrawn => Self::PrivilegeWithdrawn,
            CrlReason::AaCompromise => Self::AaCompromise,
            CrlReason::RemoveFromCRL => {
                let is_delta = crl.find(|e| e.extn_id == BaseCrlNumber::OID).is_some();
                return if is_delta {
                    Ok(None)
                } else {
                    Err(forbidden(
                        "removeFromCRL stands in a full CRL",
                        "RFC 5280, 5.3.1",
                    ))
                };
            }
        }))
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

/// An issuingDistributionPoint narrows what the CRL is about, and a delta is half
/// a CRL: neither may be ignored, not even when somebody left it non-critical.
fn is_unprocessed(extension: &Extension) -> bool {
    let known = [CrlNumber::OID, AuthorityKeyIdentifier::OID];
    let narrowing = [ISSUING_DISTRIBUTION_POINT, BaseCrlNumber::OID];
    narrowing.contains(&extension.extn_id)
        || (extension.critical && !known.contains(&extension.extn_id))
}

fn is_unprocessed_in_entry(extension: &Extension) -> bool {
    extension.extn_id == CERTIFICATE_ISSUER
        || (extension.critical && extension.extn_id != CrlReason::OID)
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

struct RawTbs<'a> {
    version: Option<Version>,
    signature: AlgorithmIdentifierRef<'a>,
    issuer: AnyRef<'a>,
    this_update: Time,
    next_update: Option<Time>,
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
                next_update: reader.decode()?,
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
    date: Time,
    extensions: Option<Vec<Extension>>,
}
