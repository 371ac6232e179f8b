//! What a certificate says about the paths that it stands in, and where its status is.

use super::name_key;
use crate::{Result, extension::Extensions};
use cert_profile::NameConstraints;
use der::{Decode, Encode, asn1::ObjectIdentifier, oid::AssociatedOid};
use x509_cert::{
    ext::pkix::{
        self, CrlDistributionPoints, InhibitAnyPolicy, PolicyConstraints, PolicyMappings,
        SubjectAltName,
        crl::dp::{DistributionPoint, ReasonFlags},
        name::{DistributionPointName, GeneralName},
    },
    name::{Name, RdnSequence, RelativeDistinguishedName},
};

/// All reasons that a CRL can be limited to: bits 1 to 8 of ReasonFlags (RFC 5280,
/// 4.2.1.13); bit 0 is not used.
pub(crate) const ALL_REASONS: u16 = 0b1_1111_1110;

/// Extensions that constrain a path or say where a status is. One that can't be read is
/// named in `unreadable`, and whoever needs it refuses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statements {
    /// issuerDomainPolicy and subjectDomainPolicy of each mapping.
    pub(crate) mappings: Vec<(ObjectIdentifier, ObjectIdentifier)>,
    pub(crate) require_explicit_policy: Option<u32>,
    pub(crate) inhibit_policy_mapping: Option<u32>,
    pub(crate) inhibit_any_policy: Option<u32>,
    pub(crate) names: NameConstraints,
    pub(crate) alternative_names: Vec<GeneralName>,
    pub(crate) points: Vec<PointOfDistribution>,
    pub(crate) unreadable: Vec<ObjectIdentifier>,
}

/// One distribution point (RFC 5280, 4.2.1.13), names as they are compared.
#[derive(Clone, Debug)]
pub(crate) struct PointOfDistribution {
    /// Empty without a name.
    pub(crate) names: Vec<Vec<u8>>,
    pub(crate) reasons: u16,
    /// Directory names of who signs the CRL; none for the certificate's issuer.
    pub(crate) issuers: Option<Vec<Vec<u8>>>,
}

impl Statements {
    pub(crate) fn read(extensions: &Extensions, issuer: &Name) -> Result<Self> {
        let mut read = Self::default();
        if let Some(mappings) = read.value::<PolicyMappings>(extensions) {
            let pair =
                |one: &pkix::PolicyMapping| (one.issuer_domain_policy, one.subject_domain_policy);
            read.mappings = mappings.0.iter().map(pair).collect();
        }
        if let Some(constraints) = read.value::<PolicyConstraints>(extensions) {
            read.require_explicit_policy = constraints.require_explicit_policy;
            read.inhibit_policy_mapping = constraints.inhibit_policy_mapping;
        }
        if let Some(inhibit) = read.value::<InhibitAnyPolicy>(extensions) {
            read.inhibit_any_policy = Some(inhibit.0);
        }
        if let Some(octets) = extensions.value(pkix::NameConstraints::OID) {
            match NameConstraints::from_der(octets) {
                Ok(names) => read.names = names,
                Err(_) => read.unreadable.push(pkix::NameConstraints::OID),
            }
        }
        if let Some(names) = read.value::<SubjectAltName>(extensions) {
            read.alternative_names = names.0;
        }
        if let Some(points) = read.value::<CrlDistributionPoints>(extensions) {
            for point in &points.0 {
                read.points.push(PointOfDistribution::read(point, issuer)?);
            }
        }
        Ok(read)
    }

    fn value<'a, T: Decode<'a, Error = der::Error> + AssociatedOid>(
        &mut self,
        extensions: &'a Extensions,
    ) -> Option<T> {
        let octets = extensions.value(T::OID)?;
        let value = T::from_der(octets).ok();
        if value.is_none() {
            self.unreadable.push(T::OID);
        }
        value
    }
}

impl PointOfDistribution {
    fn read(point: &DistributionPoint, issuer: &Name) -> Result<Self> {
        let directory_name = |name: &GeneralName| match name {
            GeneralName::DirectoryName(name) => Some(name.clone()),
            _ => None,
        };
        let issuers: Option<Vec<Name>> = point
            .crl_issuer
            .as_ref()
            .map(|names| names.iter().filter_map(directory_name).collect());
        let base = issuers.as_ref().and_then(|names| names.first());
        let names = match &point.distribution_point {
            None => Vec::new(),
            Some(name) => point_names(name, base.unwrap_or(issuer))?,
        };
        let keys = |names: Vec<Name>| names.iter().map(name_key).collect::<Result<_>>();
        Ok(Self {
            names,
            reasons: reason_mask(point.reasons),
            issuers: issuers.map(keys).transpose()?,
        })
    }

    /// The point that a CRL without one stands at: all reasons, under the issuer's own
    /// name (RFC 5280, 6.3.3).
    pub(crate) fn of_issuer(issuer_key: &[u8]) -> Self {
        Self {
            names: vec![Self::directory_key(issuer_key)],
            reasons: ALL_REASONS,
            issuers: None,
        }
    }

    /// A directory name as the names of points are compared, from that name's own key.
    pub(crate) fn directory_key(key: &[u8]) -> Vec<u8> {
        // No DER of a GeneralName begins like this.
        let mut octets = vec![0];
        octets.extend_from_slice(key);
        octets
    }
}

/// The names of a point, as they are compared; one relative to `issuer` is written out
/// (RFC 5280, 4.2.1.13).
pub(crate) fn point_names(name: &DistributionPointName, issuer: &Name) -> Result<Vec<Vec<u8>>> {
    match name {
        DistributionPointName::FullName(names) => names.iter().map(general_key).collect(),
        DistributionPointName::NameRelativeToCRLIssuer(relative) => {
            let whole = below(issuer, relative)?;
            Ok(vec![PointOfDistribution::directory_key(&name_key(&whole)?)])
        }
    }
}

pub(crate) fn reason_mask(reasons: Option<ReasonFlags>) -> u16 {
    reasons.map_or(ALL_REASONS, |reasons| reasons.bits() & ALL_REASONS)
}

/// Octets that general names compared as one have in common: directory names as
/// [`name_key`] has them, others as their DER.
fn general_key(name: &GeneralName) -> Result<Vec<u8>> {
    match name {
        GeneralName::DirectoryName(name) => {
            Ok(PointOfDistribution::directory_key(&name_key(name)?))
        }
        other => other
            .to_der()
            .map_err(crate::Error::malformed("GeneralName")),
    }
}

fn below(issuer: &Name, relative: &RelativeDistinguishedName) -> Result<Name> {
    let rdns: Vec<_> = issuer
        .iter_rdn()
        .cloned()
        .chain([relative.clone()])
        .collect();
    let octets = RdnSequence::from(rdns).to_der();
    octets
        .and_then(|octets| Name::from_der(&octets))
        .map_err(crate::Error::malformed("nameRelativeToCRLIssuer"))
}
