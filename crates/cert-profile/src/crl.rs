//! Revocation lists (RFC 5280, 5): complete and direct, version 2.

use crate::{
    Error, Issuer, Prepared,
    extension::{authority_key_identifier, extension},
    lint,
    prepare::is_good_serial,
};
use core::fmt;
use der::{DateTime, Encode};
use std::collections::BTreeSet;
use x509_cert::{
    Version,
    crl::{RevokedCert, TbsCertList},
    ext::{
        Extension,
        pkix::{CrlNumber, CrlReason},
    },
    serial_number::SerialNumber,
    time::Time,
};

/// What a CA is about to say about the certificates it has revoked.
#[derive(Clone, Debug)]
pub struct CrlDraft<'a> {
    issuer: &'a Issuer,
    number: u64,
    this_update: DateTime,
    next_update: DateTime,
    entries: Vec<RevokedEntry>,
}

impl<'a> CrlDraft<'a> {
    /// The list of `issuer` with this CRL number, which only grows (RFC 5280,
    /// 5.2.3), from `this_update` until `next_update`, both in whole seconds.
    /// The order of `entries` is kept.
    pub fn new(
        issuer: &'a Issuer,
        number: u64,
        this_update: DateTime,
        next_update: DateTime,
        entries: Vec<RevokedEntry>,
    ) -> Self {
        Self {
            issuer,
            number,
            this_update,
            next_update,
            entries,
        }
    }

    /// Writes the `TBSCertList`. Without entries there is no revokedCertificates
    /// (RFC 5280, 5.1.2.6); the extensions are authorityKeyIdentifier and CRLNumber.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an issuer that may not sign CRLs, an end before the
    /// beginning, a revocation in the future of the list and a serial number that
    /// no certificate has, and for octets that break a rule of [`lint`];
    /// [`Error::DuplicateEntry`]; [`Error::Encoding`] for
    /// 256 MiB or more.
    pub fn prepare(self) -> Result<Prepared, Error> {
        self.check()?;
        let algorithm = self.issuer.algorithm().clone();
        let write = || -> der::Result<Vec<u8>> {
            let entries = self.entries.iter().map(RevokedEntry::to_x509);
            let entries = entries.collect::<der::Result<Vec<_>>>()?;
            TbsCertList::<x509_cert::certificate::Rfc5280> {
                version: Version::V2,
                signature: algorithm.clone(),
                issuer: self.issuer.name().clone(),
                this_update: Time::from(self.this_update),
                next_update: Some(Time::from(self.next_update)),
                revoked_certificates: (!entries.is_empty()).then_some(entries),
                crl_extensions: Some(vec![
                    authority_key_identifier(self.issuer)?,
                    extension(false, &CrlNumber::try_from(self.number)?)?,
                ]),
            }
            .to_der()
        };
        let tbs = write().map_err(Error::encoding(WHAT))?;
        lint::refuse_errors(WHAT, &lint::tbs_crl(&tbs))?;
        Ok(Prepared::from_stored(tbs, algorithm))
    }

    fn check(&self) -> Result<(), Error> {
        if !self.issuer.may_sign_crls() {
            return refuse("the issuer has the key usage cRLSign", "RFC 5280, 4.2.1.3");
        }
        if self.next_update <= self.this_update {
            return refuse("nextUpdate is after thisUpdate", "RFC 5280, 5.1.2.5");
        }
        let mut serials = BTreeSet::new();
        for entry in &self.entries {
            if !is_good_serial(&entry.serial) {
                return refuse(
                    "a serial number is positive with at most 20 octets",
                    "RFC 5280, 4.1.2.2",
                );
            }
            if entry.revoked_at > self.this_update {
                return refuse("a revocation is not after thisUpdate", "RFC 5280, 5.1.2.4");
            }
            if !serials.insert(&entry.serial) {
                return Err(Error::DuplicateEntry {
                    serial: Box::new(entry.serial.clone()),
                });
            }
        }
        Ok(())
    }
}

/// One certificate that is revoked or held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedEntry {
    serial: SerialNumber,
    revoked_at: DateTime,
    reason: Reason,
}

impl RevokedEntry {
    /// The certificate with this serial number, revoked since `revoked_at`.
    pub fn new(serial: SerialNumber, revoked_at: DateTime, reason: Reason) -> Self {
        Self {
            serial,
            revoked_at,
            reason,
        }
    }

    /// Which certificate.
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }

    /// Since when, in whole seconds.
    pub fn revoked_at(&self) -> DateTime {
        self.revoked_at
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    fn to_x509(&self) -> der::Result<RevokedCert> {
        Ok(RevokedCert {
            serial_number: self.serial.clone(),
            revocation_date: Time::from(self.revoked_at),
            crl_entry_extensions: self.reason.extension()?.map(|reason| vec![reason]),
        })
    }
}

/// Why a certificate is revoked (RFC 5280, 5.3.1).
///
/// 7 is not used. removeFromCRL (8) is no reason: it takes an entry back in a delta
/// CRL, and a complete CRL just leaves it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// Not said; written by leaving the reason out.
    Unspecified,
    /// The subject's key is, or may be, in other hands.
    KeyCompromise,
    /// The CA's key is, or may be, in other hands.
    CaCompromise,
    /// The subject's name or other data changed.
    AffiliationChanged,
    /// Another certificate took its place.
    Superseded,
    /// It is no longer needed.
    CessationOfOperation,
    /// It is frozen and may come back.
    CertificateHold,
    /// A right that it stated was withdrawn.
    PrivilegeWithdrawn,
    /// The attribute authority's key is, or may be, in other hands.
    AaCompromise,
}

impl Reason {
    /// The number of CRLReason.
    pub fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
        }
    }

    /// The reason of this number; none for 7, 8 and those above 10.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    const ALL: [Self; 9] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::PrivilegeWithdrawn,
        Self::AaCompromise,
    ];

    pub(crate) fn from_x509(reason: CrlReason) -> Option<Self> {
        // The enumeration has the numbers 0 to 10.
        Self::ALL
            .into_iter()
            .find(|known| known.to_x509() == reason)
    }

    pub(crate) fn to_x509(self) -> CrlReason {
        match self {
            Self::Unspecified => CrlReason::Unspecified,
            Self::KeyCompromise => CrlReason::KeyCompromise,
            Self::CaCompromise => CrlReason::CaCompromise,
            Self::AffiliationChanged => CrlReason::AffiliationChanged,
            Self::Superseded => CrlReason::Superseded,
            Self::CessationOfOperation => CrlReason::CessationOfOperation,
            Self::CertificateHold => CrlReason::CertificateHold,
            Self::PrivilegeWithdrawn => CrlReason::PrivilegeWithdrawn,
            Self::AaCompromise => CrlReason::AaCompromise,
        }
    }

    /// reasonCode; absent instead of unspecified (RFC 5280, 5.3.1).
    fn extension(self) -> der::Result<Option<Extension>> {
        if self == Self::Unspecified {
            return Ok(None);
        }
        extension(false, &self.to_x509()).map(Some)
    }
}

impl fmt::Display for Reason {
    /// The name that RFC 5280 gives it.
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

const WHAT: &str = "TBSCertList";

fn refuse<T>(rule: &'static str, clause: &'static str) -> Result<T, Error> {
    Err(Error::Invalid {
        what: WHAT,
        rule,
        clause,
    })
}

#[cfg(test)]
mod tests;
