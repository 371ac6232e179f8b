//! Why a certificate is revoked.

use core::fmt;
use x509_cert::ext::pkix::CrlReason;

/// Why a certificate is revoked (RFC 5280, 5.3.1).
///
/// 7 is not used. removeFromCRL (8) is no reason: it takes an entry back in a delta
/// CRL, which [`RevokedEntry::removed`](super::RevokedEntry::removed) writes, and a
/// complete CRL just leaves it out.
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

    /// None for removeFromCRL.
    pub(crate) fn from_x509(reason: CrlReason) -> Option<Self> {
        Self::from_code(reason as u8)
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
