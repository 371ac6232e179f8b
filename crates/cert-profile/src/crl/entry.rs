//! One certificate of a list.

use super::Reason;
use der::DateTime;
use x509_cert::serial_number::SerialNumber;

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
    /// The certificate with this serial number, revoked since `revoked_at`.
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

    /// reasonCode; absent instead of unspecified (RFC 5280, 5.3.1).
    pub(super) fn code(&self) -> Option<u8> {
        match self.reason {
            None => Some(REMOVE_FROM_CRL),
            Some(Reason::Unspecified) => None,
            Some(reason) => Some(reason.code()),
        }
    }
}

pub(super) const REMOVE_FROM_CRL: u8 = 8;
