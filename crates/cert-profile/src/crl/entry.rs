//! One certificate of a list.

use super::Reason;
use crate::extension::extension;
use der::{
    DateTime, Encode,
    asn1::{GeneralizedTime, OctetString},
    oid::db::rfc5280::ID_CE_INVALIDITY_DATE,
};
use x509_cert::{
    ext::{Extension, pkix::CrlReason},
    serial_number::SerialNumber,
};

/// One certificate that is revoked or held, or is so no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedEntry {
    serial: SerialNumber,
    revoked_at: DateTime,
    /// None takes the certificate from the list.
    reason: Option<Reason>,
    invalidity_date: Option<DateTime>,
}

impl RevokedEntry {
    /// The certificate with this serial number, revoked since `revoked_at`, in whole seconds
    /// and not after the list's thisUpdate (RFC 5280, 5.1.2.4 and 5.3.1).
    pub fn new(serial: SerialNumber, revoked_at: DateTime, reason: Reason) -> Self {
        Self {
            serial,
            revoked_at,
            reason: Some(reason),
            invalidity_date: None,
        }
    }

    /// The certificate with this serial number, revoked no more: removeFromCRL, which
    /// delta CRLs alone have (RFC 5280, 5.3.1), for one that was held and is not, or
    /// that has expired. `at` goes where the date of a revocation stands.
    pub fn removed(serial: SerialNumber, at: DateTime) -> Self {
        Self {
            serial,
            revoked_at: at,
            reason: None,
            invalidity_date: None,
        }
    }

    /// Says since when the certificate is not to be trusted, as a rule before it was
    /// revoked: invalidityDate (RFC 5280, 5.3.2), in whole seconds.
    #[must_use]
    pub fn invalid_since(mut self, date: DateTime) -> Self {
        self.invalidity_date = Some(date);
        self
    }

    /// Which certificate.
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }

    /// Since when, in whole seconds.
    pub fn revoked_at(&self) -> DateTime {
        self.revoked_at
    }

    /// Why; none when the certificate is taken from the list.
    pub fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// Since when the certificate is not to be trusted, if it is said.
    pub fn invalidity_date(&self) -> Option<DateTime> {
        self.invalidity_date
    }

    /// DER of crlEntryExtensions, nothing when there are none: reasonCode is absent instead
    /// of unspecified (RFC 5280, 5.3.1), invalidityDate a GeneralizedTime in every year
    /// (5.3.2).
    pub(super) fn extensions(&self) -> der::Result<Vec<u8>> {
        let reason = match self.reason {
            None => Some(CrlReason::RemoveFromCRL),
            Some(Reason::Unspecified) => None,
            Some(reason) => Some(reason.to_x509()),
        };
        let mut extensions = Vec::new();
        if let Some(reason) = reason {
            extensions.push(extension(false, &reason)?);
        }
        if let Some(date) = self.invalidity_date {
            extensions.push(Extension {
                extn_id: ID_CE_INVALIDITY_DATE,
                critical: false,
                extn_value: OctetString::new(GeneralizedTime::from(date).to_der()?)?,
            });
        }
        match extensions.is_empty() {
            true => Ok(Vec::new()),
            false => extensions.to_der(),
        }
    }
}
