//! Which certificates a list is about, and where its deltas are.

use crate::{Error, subject::is_url};
use der::{
    Decode,
    asn1::Ia5String,
    oid::{AssociatedOid, ObjectIdentifier},
};
use x509_cert::ext::pkix::{
    crl::dp::{self, DistributionPoint},
    name::{DistributionPointName, GeneralName},
};

/// issuingDistributionPoint (RFC 5280, 5.2.5): the part of a CA's certificates that a
/// list is about. It says something: a list without it is about all of them.
///
/// A shard is a list whose point names the very URL that the certificates' own
/// cRLDistributionPoints name. Not there: indirect lists, lists of some reasons, lists
/// of attribute certificates, names that are no URLs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuingDistributionPoint {
    urls: Vec<Ia5String>,
    only: Option<OnlyContains>,
}

/// The kind of certificate that a list is limited to (RFC 5280, 5.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnlyContains {
    /// onlyContainsUserCerts: certificates of end entities.
    UserCerts,
    /// onlyContainsCACerts: certificates of CAs.
    CaCerts,
}

impl IssuingDistributionPoint {
    /// The list that is found at these URLs, which are ways to one list.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a URL, and for one that is not visible ASCII, has no host
    /// or begins with neither `http://` nor `ldap://`.
    pub fn at<U: AsRef<str>>(urls: impl IntoIterator<Item = U>) -> Result<Self, Error> {
        let urls = read_urls(WHAT, urls)?;
        Ok(Self { urls, only: None })
    }

    /// The list of all certificates of one kind.
    pub fn of(only: OnlyContains) -> Self {
        Self {
            urls: Vec::new(),
            only: Some(only),
        }
    }

    /// Limits the list to one kind of certificate too.
    #[must_use]
    pub fn only(mut self, only: OnlyContains) -> Self {
        self.only = Some(only);
        self
    }

    /// Where the list is; empty when only the kind of certificate is limited.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.urls.iter().map(|url| url.as_str())
    }

    /// The kind of certificate that it is limited to.
    pub fn only_contains(&self) -> Option<OnlyContains> {
        self.only
    }

    /// The value of the extension.
    pub(super) fn to_x509(&self) -> Value {
        let names = || DistributionPointName::FullName(self.urls.iter().map(uri).collect());
        Value(dp::IssuingDistributionPoint {
            distribution_point: (!self.urls.is_empty()).then(names),
            only_contains_user_certs: self.only == Some(OnlyContains::UserCerts),
            only_contains_ca_certs: self.only == Some(OnlyContains::CaCerts),
            only_some_reasons: None,
            indirect_crl: false,
            only_contains_attribute_certs: false,
        })
    }

    /// Reads the value of the extension.
    pub(super) fn read(octets: &[u8]) -> Result<Self, Error> {
        let point =
            dp::IssuingDistributionPoint::from_der(octets).map_err(Error::malformed(WHAT))?;
        if point.only_some_reasons.is_some()
            || point.indirect_crl
            || point.only_contains_attribute_certs
        {
            return refuse(
                WHAT,
                "is of a direct list of certificates for all reasons, the only ones read here",
            );
        }
        let only = match (point.only_contains_user_certs, point.only_contains_ca_certs) {
            (false, false) => None,
            (true, false) => Some(OnlyContains::UserCerts),
            (false, true) => Some(OnlyContains::CaCerts),
            (true, true) => return refuse(WHAT, "limits the list to one kind of certificate"),
        };
        let urls = match point.distribution_point {
            None => Vec::new(),
            Some(name) => urls_of(name),
        };
        if urls.is_empty() && only.is_none() {
            return refuse(WHAT, "says something: a URL or a kind of certificate");
        }
        Ok(Self { urls, only })
    }
}

/// Upstream's type with the identifier that RFC 5280 gives the extension.
pub(super) struct Value(dp::IssuingDistributionPoint);

impl AssociatedOid for Value {
    const OID: ObjectIdentifier = der::oid::db::rfc5280::ID_CE_ISSUING_DISTRIBUTION_POINT;
}

impl der::Encode for Value {
    fn encoded_len(&self) -> der::Result<der::Length> {
        self.0.encoded_len()
    }

    fn encode(&self, encoder: &mut impl der::Writer) -> der::Result<()> {
        self.0.encode(encoder)
    }
}

/// One point with all URLs: they are ways to one list.
pub(super) fn distribution_point(urls: &[Ia5String]) -> DistributionPoint {
    DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(
            urls.iter().map(uri).collect(),
        )),
        reasons: None,
        crl_issuer: None,
    }
}

/// The URLs of a name; other names are passed by.
pub(super) fn urls_of(name: DistributionPointName) -> Vec<Ia5String> {
    let DistributionPointName::FullName(names) = name else {
        return Vec::new();
    };
    let url = |name| match name {
        GeneralName::UniformResourceIdentifier(url) => Some(url),
        _ => None,
    };
    names.into_iter().filter_map(url).collect()
}

pub(super) fn read_urls<U: AsRef<str>>(
    what: &'static str,
    urls: impl IntoIterator<Item = U>,
) -> Result<Vec<Ia5String>, Error> {
    let read = |url: U| {
        let url = url.as_ref();
        match Ia5String::new(url) {
            Ok(found) if is_url(url, &["http://", "ldap://"]) => Ok(found),
            _ => refuse(what, "has URLs of ASCII that begin with http:// or ldap://"),
        }
    };
    let urls: Vec<_> = urls.into_iter().map(read).collect::<Result<_, _>>()?;
    match urls.is_empty() {
        true => refuse(what, "has a URL"),
        false => Ok(urls),
    }
}

fn uri(url: &Ia5String) -> GeneralName {
    GeneralName::UniformResourceIdentifier(url.clone())
}

fn refuse<T>(what: &'static str, rule: &'static str) -> Result<T, Error> {
    Err(Error::Invalid {
        what,
        rule,
        clause: "RFC 5280, 5.2.5 and 4.2.1.13",
    })
}

const WHAT: &str = "issuingDistributionPoint";
