//! Where CRLs, answers and the issuer's certificate lie.

use super::{Profile, ProfileConfig, refuse};
use crate::{Error, subject::is_url};
use der::{asn1::Ia5String, oid::db::rfc5280};
use gm_crypto::sm3;
use x509_cert::{
    ext::pkix::{
        AccessDescription, AuthorityInfoAccessSyntax, CrlDistributionPoints,
        crl::{FreshestCrl, dp::DistributionPoint},
        name::{DistributionPointName, GeneralName},
    },
    serial_number::SerialNumber,
};

/// What stands in a URL in the place of the shard's number.
const SHARD: &str = "{shard}";
const MAX_SHARDS: u32 = 65_536;

/// The URLs of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    /// With [`SHARD`] in them when there are shards.
    crl: Vec<String>,
    delta: Vec<String>,
    shards: Option<u32>,
    ocsp: Vec<Ia5String>,
    issuers: Vec<Ia5String>,
}

impl Profile {
    /// The number of the CRL, from 0, that the certificate with this serial number is
    /// listed in when it is revoked; none when the profile has no `crl_shards`.
    ///
    /// The first 8 octets of the SM3 of the serial number's content octets, as a number
    /// with the most significant octet first, modulo `crl_shards`. It stands in the
    /// certificate's distribution points from issuance on, and whoever makes the CRLs
    /// asks the same here.
    pub fn shard(&self, serial: &SerialNumber) -> Option<u32> {
        self.places.shard(serial.as_bytes())
    }

    /// How many CRLs the certificates are spread over; none when there is one.
    pub fn shards(&self) -> Option<u32> {
        self.places.shards
    }

    /// The URLs of the CRL with this number, as certificates name it: what its issuing
    /// distribution point repeats (RFC 5280, 5.2.5). `shard` is below [`Self::shards`]: a
    /// greater one is in no certificate. Without shards it is not looked at.
    pub fn crl_urls(&self, shard: u32) -> Vec<String> {
        let number = shard.to_string();
        let urls = self.places.crl.iter();
        urls.map(|url| url.replace(SHARD, &number)).collect()
    }
}

impl Places {
    pub(crate) fn new(config: &ProfileConfig) -> Result<Self, Error> {
        let files: &[&str] = &["http://", "ldap://"];
        let places = Self {
            crl: urls("crl_urls", &config.crl_urls, files)?,
            delta: urls("delta_crl_urls", &config.delta_crl_urls, files)?,
            shards: config.crl_shards,
            ocsp: ia5(&urls("ocsp_urls", &config.ocsp_urls, &["http://"])?)?,
            issuers: ia5(&urls("issuer_urls", &config.issuer_urls, files)?)?,
        };
        if !places.delta.is_empty() && places.crl.is_empty() {
            return refuse(
                "delta_crl_urls",
                "a delta CRL goes with the complete CRL that it changes: name `crl_urls`",
                "RFC 5280, 5.2.4",
            );
        }
        let clause = "RFC 5280, 4.2.1.13";
        if let Some(count) = places.shards {
            if places.crl.is_empty() {
                return refuse("crl_shards", "shards lie at `crl_urls`", clause);
            }
            if !(2..=MAX_SHARDS).contains(&count) {
                return refuse("crl_shards", "2 to 65536 shards", clause);
            }
        }
        for (field, urls) in [("crl_urls", &places.crl), ("delta_crl_urls", &places.delta)] {
            let wanted = usize::from(places.shards.is_some());
            if urls.iter().any(|url| url.matches(SHARD).count() != wanted) {
                return refuse(
                    field,
                    "{shard} stands in each URL once with `crl_shards`, and in none without",
                    clause,
                );
            }
        }
        for (field, urls) in [
            ("ocsp_urls", &config.ocsp_urls),
            ("issuer_urls", &config.issuer_urls),
        ] {
            if urls.iter().any(|url| url.contains(SHARD)) {
                return refuse(field, "{shard} stands in URLs of CRLs alone", clause);
            }
        }
        Ok(places)
    }

    /// Of a serial number in its content octets.
    pub(crate) fn shard(&self, serial: &[u8]) -> Option<u32> {
        let count = u64::from(self.shards?);
        let digest = sm3::digest(serial);
        let (first, _) = digest.split_first_chunk::<8>()?;
        u32::try_from(u64::from_be_bytes(*first) % count).ok()
    }

    pub(crate) fn is_sharded(&self) -> bool {
        self.shards.is_some()
    }

    /// cRLDistributionPoints; none without URLs.
    pub(crate) fn crl_points(
        &self,
        shard: Option<u32>,
    ) -> der::Result<Option<CrlDistributionPoints>> {
        Ok(points(&self.crl, shard)?.map(CrlDistributionPoints))
    }

    /// freshestCRL; none without URLs.
    pub(crate) fn delta_points(&self, shard: Option<u32>) -> der::Result<Option<FreshestCrl>> {
        Ok(points(&self.delta, shard)?.map(FreshestCrl))
    }

    /// authorityInfoAccess; none without URLs.
    pub(crate) fn access(&self) -> Option<AuthorityInfoAccessSyntax> {
        let ocsp = self.ocsp.iter().map(|url| (rfc5280::ID_AD_OCSP, url));
        let issuers = self.issuers.iter();
        let issuers = issuers.map(|url| (rfc5280::ID_AD_CA_ISSUERS, url));
        let describe = |(access_method, url): (_, &Ia5String)| AccessDescription {
            access_method,
            access_location: GeneralName::UniformResourceIdentifier(url.clone()),
        };
        let all: Vec<_> = ocsp.chain(issuers).map(describe).collect();
        (!all.is_empty()).then_some(AuthorityInfoAccessSyntax(all))
    }
}

/// One point with all URLs: they are ways to the same CRL (RFC 5280, 4.2.1.13).
fn points(urls: &[String], shard: Option<u32>) -> der::Result<Option<Vec<DistributionPoint>>> {
    if urls.is_empty() {
        return Ok(None);
    }
    let number = shard.map(|shard| shard.to_string());
    let name = |url: &String| {
        let url = match &number {
            Some(number) => Ia5String::new(&url.replace(SHARD, number)),
            None => Ia5String::new(url),
        };
        Ok(GeneralName::UniformResourceIdentifier(url?))
    };
    let names = urls.iter().map(name).collect::<der::Result<_>>()?;
    Ok(Some(vec![DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(names)),
        reasons: None,
        crl_issuer: None,
    }]))
}

/// `https` is not among the schemes: whoever fetches by TLS may need the very
/// answer that he fetches (RFC 5280, 8).
fn urls(
    field: &'static str,
    words: &[String],
    schemes: &'static [&'static str],
) -> Result<Vec<String>, Error> {
    for (index, word) in words.iter().enumerate() {
        // The shard's place is no character of a URL (RFC 3986, 2).
        let plain = word.replace(SHARD, "0");
        let braced = plain.contains(['{', '}']);
        if braced || !is_url(&plain, schemes) {
            return Err(Error::UnknownWord {
                field,
                line: None,
                value: word.clone(),
                expected: "an absolute URL of scheme http (or, for files, ldap)",
                clause: "RFC 5280, 4.2.1.13, 4.2.2.1 and 8",
            });
        }
        if words[..index].contains(word) {
            return refuse(
                field,
                "a URL is named once",
                "RFC 5280, 4.2.1.13 and 4.2.2.1",
            );
        }
    }
    Ok(words.to_vec())
}

fn ia5(urls: &[String]) -> Result<Vec<Ia5String>, Error> {
    let read = |url: &String| Ia5String::new(url).map_err(Error::encoding("URL"));
    urls.iter().map(read).collect()
}
