//! What is fixed when a serial number goes into an intent, and where the certificate says that
//! its lists lie.

use crate::{AuthorityId, Error, Intent, Serial};
use der::{DateTime, Decode, Encode, ErrorKind, Tag, asn1::ObjectIdentifier, oid::AssociatedOid};
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

    /// As databases have it: [`urls`](Self::urls) and [`deltas`](Self::deltas), each URL in a
    /// line of its own. None has a line's end in it.
    pub(crate) fn lines(&self) -> [String; 2] {
        [&self.urls, &self.deltas].map(|urls| urls.join("\n"))
    }

    /// From what [`lines`](Self::lines) gave.
    pub(crate) fn from_lines(
        issuer: AuthorityId,
        shard: Option<u32>,
        [urls, deltas]: [&str; 2],
    ) -> Self {
        let read = |text: &str| text.lines().map(str::to_owned).collect();
        Self::new(issuer, shard, read(urls), read(deltas))
    }

    /// What an intent says that lists need to know; none where it names no shard and no delta.
    ///
    /// # Errors
    /// [`Error::Damaged`] when its octets are no `TBSCertificate`, or a URL has a control
    /// character.
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
    let urls: Vec<String> = names.flatten().filter_map(url).collect();
    if urls.iter().any(|url| url.contains(char::is_control)) {
        let tag = Tag::Ia5String;
        return Err(Error::Damaged(ErrorKind::Value { tag }.into()));
    }
    Ok(urls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cert_profile::{CertRequest, Issuer, Profile};
    use der::asn1::BitString;
    use gm_crypto::sm2::{SIGNATURE_OID, SecretKey};
    use spki::{AlgorithmIdentifierOwned, EncodePublicKey, SubjectPublicKeyInfoOwned};

    const PROFILE: &str = r#"
name = "ca"
kind = "ca"
key_usage = ["keyCertSign", "cRLSign"]
crl_urls = ["http://ca.example.cn/a.crl", "http://ca.example.cn/b.crl"]
delta_crl_urls = ["http://ca.example.cn/delta.crl"]

[validity]
years = 5

[subject]
required = ["countryName", "organizationName", "commonName"]
"#;

    fn intent() -> Intent {
        let request = |name: &str, scalar: u8| {
            let key = SecretKey::from_bytes(&[scalar; 32]).unwrap().public_key();
            let key = key.to_public_key_der().unwrap();
            let key = SubjectPublicKeyInfoOwned::from_der(key.as_bytes()).unwrap();
            CertRequest::new(name.parse().unwrap(), key)
        };
        let algorithm = AlgorithmIdentifierOwned {
            oid: SIGNATURE_OID,
            parameters: None,
        };
        let root = request("CN=Root,O=Example,C=CN", 7);
        let intend = |issuer: &Issuer, profile: &Profile, request: &CertRequest| {
            let root = AuthorityId::new("root").unwrap();
            let serial = Serial::from_bytes(&[9]).unwrap();
            let now = DateTime::new(2026, 7, 1, 0, 0, 0).unwrap();
            Intent::new((&root, issuer), &serial, profile, request, now).unwrap()
        };
        let itself = Issuer::self_signed(&root, algorithm);
        let root = intend(&itself, &Profile::shipped("root-ca").unwrap(), &root);
        let signature = BitString::from_bytes(&[0x30, 0]).unwrap();
        let issuer = Issuer::from_certificate(&root.attach(&signature).unwrap()).unwrap();
        let profile = Profile::from_toml(PROFILE).unwrap();
        intend(&issuer, &profile, &request("CN=CA,O=Example,C=CN", 9))
    }

    /// The same with other octets in each place where these stand.
    fn with(intent: &Intent, old: &[u8], new: &[u8]) -> Intent {
        let mut tbs = intent.tbs.to_vec();
        let mut changed = false;
        for at in 0..=tbs.len() - old.len() {
            if tbs[at..].starts_with(old) {
                tbs[at..][..old.len()].copy_from_slice(new);
                changed = true;
            }
        }
        assert!(changed);
        Intent {
            tbs: tbs.into(),
            ..intent.clone()
        }
    }

    #[test]
    fn a_point_comes_back_from_its_lines() {
        let point = CrlPoint::of(&intent()).unwrap().unwrap();
        assert_eq!(
            point.urls,
            ["http://ca.example.cn/a.crl", "http://ca.example.cn/b.crl"]
        );
        assert_eq!(point.deltas, ["http://ca.example.cn/delta.crl"]);
        let without_deltas = CrlPoint {
            shard: Some(7),
            deltas: Vec::new(),
            ..point.clone()
        };
        for point in [point, without_deltas] {
            let [urls, deltas] = point.lines();
            let lines = [urls.as_str(), deltas.as_str()];
            let back = CrlPoint::from_lines(point.issuer.clone(), point.shard, lines);
            assert_eq!(back, point);
        }
    }

    #[test]
    fn a_url_with_a_control_character_is_none() {
        for (old, new) in [
            (&b"/b.crl"[..], &b"/b\ncrl"[..]),
            (b"/a.crl", b"/a.c\0l"),
            (b"/delta.crl", b"/del\rta.crl"),
        ] {
            let new = &new[..old.len()];
            let damaged = CrlPoint::of(&with(&intent(), old, new));
            assert!(matches!(damaged, Err(Error::Damaged(_))), "{damaged:?}");
        }
        // Another octet there is another place.
        let other = CrlPoint::of(&with(&intent(), b"/b.crl", b"/c.crl"));
        assert_eq!(
            other.unwrap().unwrap().urls[1],
            "http://ca.example.cn/c.crl"
        );
    }
}
