//! What is fixed when a serial number goes into an intent, and where the certificate says that
//! its lists lie.

use crate::{AuthorityId, Error, Intent, Serial};
use der::{DateTime, Decode, Encode, asn1::ObjectIdentifier, oid::AssociatedOid};
use gm_crypto::sm3;
use x509_cert::{
    TbsCertificate,
    ext::pkix::{
        CrlDistributionPoints,
        crl::{FreshestCrl, dp::DistributionPoint},
        name::{DistributionPointName, GeneralName},
    },
};

/// What a store knows of a serial number from its reservation on: it never changes, whatever
/// becomes of the certificate or of the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reservation {
    /// Whose key signs.
    pub issuer: AuthorityId,
    /// The serial number.
    pub serial: Serial,
    /// SM3 of the DER of the `SubjectPublicKeyInfo`.
    pub key: [u8; 32],
    /// notAfter.
    pub not_after: DateTime,
    /// The shard whose CRL the certificate names; none: the list of all certificates.
    pub shard: Option<u32>,
}

impl Reservation {
    /// The row that a store read back.
    pub fn new(
        (issuer, serial): (AuthorityId, Serial),
        key: [u8; 32],
        not_after: DateTime,
        shard: Option<u32>,
    ) -> Self {
        Self {
            issuer,
            serial,
            key,
            not_after,
            shard,
        }
    }

    /// What an intent fixes.
    ///
    /// # Errors
    /// [`Error::Damaged`] when its octets are no `TBSCertificate`.
    pub fn of(intent: &Intent) -> Result<Self, Error> {
        Self::from_tbs(intent, &tbs_of(intent)?)
    }

    /// What an intent fixes, and what it says of lists: its octets are read once.
    pub(crate) fn with_point(intent: &Intent) -> Result<(Self, Option<CrlPoint>), Error> {
        let tbs = tbs_of(intent)?;
        let fixed = Self::from_tbs(intent, &tbs)?;
        Ok((fixed, CrlPoint::from_tbs(intent, &tbs)?))
    }

    fn from_tbs(intent: &Intent, tbs: &TbsCertificate) -> Result<Self, Error> {
        Ok(Self {
            issuer: intent.issuer.clone(),
            serial: intent.serial.clone(),
            key: key_digest(tbs.subject_public_key_info())?,
            not_after: tbs.validity().not_after.to_date_time(),
            shard: intent.shard,
        })
    }
}

fn tbs_of(intent: &Intent) -> Result<TbsCertificate, Error> {
    TbsCertificate::from_der(&intent.tbs).map_err(Error::Damaged)
}

/// SM3 of the DER of a `SubjectPublicKeyInfo`.
pub(crate) fn key_digest(spki: &spki::SubjectPublicKeyInfoOwned) -> Result<[u8; 32], Error> {
    Ok(sm3::digest(&spki.to_der().map_err(Error::Damaged)?))
}

/// What certificates of one shard say of where their CRLs lie.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct CrlPoint {
    /// Whose certificates.
    pub issuer: AuthorityId,
    /// The shard; none: certificates that name the list of all.
    pub shard: Option<u32>,
    /// URLs in cRLDistributionPoints (RFC 5280, 4.2.1.13): ways to the complete list.
    pub urls: Vec<String>,
    /// URLs in freshestCRL (RFC 5280, 4.2.1.15): ways to its delta.
    pub deltas: Vec<String>,
}

impl CrlPoint {
    /// The row that a store read back.
    pub fn new(
        issuer: AuthorityId,
        shard: Option<u32>,
        urls: Vec<String>,
        deltas: Vec<String>,
    ) -> Self {
        Self {
            issuer,
            shard,
            urls,
            deltas,
        }
    }

    /// What an intent says that lists need to know; none where it names no shard and no delta.
    ///
    /// # Errors
    /// [`Error::Damaged`] when its octets are no `TBSCertificate`.
    pub fn of(intent: &Intent) -> Result<Option<Self>, Error> {
        Self::from_tbs(intent, &tbs_of(intent)?)
    }

    fn from_tbs(intent: &Intent, tbs: &TbsCertificate) -> Result<Option<Self>, Error> {
        let value = |oid: ObjectIdentifier| {
            let mut all = tbs.extensions().into_iter().flatten();
            all.find(|one| one.extn_id == oid)
                .map(|one| one.extn_value.as_bytes())
        };
        let urls = match value(CrlDistributionPoints::OID) {
            Some(der) => urls(CrlDistributionPoints::from_der(der).map(|points| points.0))?,
            None => Vec::new(),
        };
        let deltas = match value(FreshestCrl::OID) {
            Some(der) => self::urls(FreshestCrl::from_der(der).map(|points| points.0))?,
            None => Vec::new(),
        };
        let says = intent.shard.is_some() || !deltas.is_empty();
        Ok(says.then(|| Self::new(intent.issuer.clone(), intent.shard, urls, deltas)))
    }
}

fn urls(points: der::Result<Vec<DistributionPoint>>) -> Result<Vec<String>, Error> {
    let points = points.map_err(Error::Damaged)?.into_iter();
    let names = points.filter_map(|point| match point.distribution_point {
        Some(DistributionPointName::FullName(names)) => Some(names),
        _ => None,
    });
    let url = |name| match name {
        GeneralName::UniformResourceIdentifier(url) => Some(url.as_str().to_owned()),
        _ => None,
    };
    Ok(names.flatten().filter_map(url).collect())
}
