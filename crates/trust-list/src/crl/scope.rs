//! Which certificates, and which reasons, a CRL is about.

use crate::{
    Result,
    certificate::{ALL_REASONS, PointOfDistribution, point_names, reason_mask},
};
use x509_cert::{ext::pkix::crl::dp::IssuingDistributionPoint, name::Name};

/// issuingDistributionPoint (RFC 5280, 5.2.5); by default a CRL about all certificates of
/// its issuer.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// As they are compared; empty without a distribution point.
    names: Vec<Vec<u8>>,
    only_users: bool,
    only_cas: bool,
    only_attributes: bool,
    pub(crate) reasons: u16,
    pub(crate) is_indirect: bool,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            only_users: false,
            only_cas: false,
            only_attributes: false,
            reasons: ALL_REASONS,
            is_indirect: false,
        }
    }
}

impl Scope {
    pub(super) fn read(point: &IssuingDistributionPoint, issuer: &Name) -> Result<Self> {
        let names = point.distribution_point.as_ref();
        let names = names.map(|name| point_names(name, issuer)).transpose()?;
        Ok(Self {
            names: names.unwrap_or_default(),
            only_users: point.only_contains_user_certs,
            only_cas: point.only_contains_ca_certs,
            only_attributes: point.only_contains_attribute_certs,
            reasons: reason_mask(point.only_some_reasons),
            is_indirect: point.indirect_crl,
        })
    }

    /// Whether a certificate that names `point` is one of those that the CRL is about
    /// (RFC 5280, 6.3.3 (b)(2)).
    pub(crate) fn covers(&self, point: &PointOfDistribution, is_ca: bool) -> bool {
        let is_of_kind =
            !(self.only_attributes || self.only_users && is_ca || self.only_cas && !is_ca);
        is_of_kind && (self.names.is_empty() || self.meets(point))
    }

    /// A point without a name is that of its cRLIssuer.
    fn meets(&self, point: &PointOfDistribution) -> bool {
        let has = |name: &Vec<u8>| self.names.contains(name);
        if !point.names.is_empty() {
            return point.names.iter().any(has);
        }
        let issuers = point.issuers.iter().flatten();
        let mut keys = issuers.map(|key| PointOfDistribution::directory_key(key));
        keys.any(|key| has(&key))
    }
}
