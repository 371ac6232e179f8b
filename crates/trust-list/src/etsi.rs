//! National trusted lists of the EU: ETSI TS 119 612 XML, versions 5 and 6.
//!
//! Their XML signatures are not checked here, and the type says so: an
//! [`UncheckedXmlList`] is what somebody wrote. Whoever needs more checks the signature
//! with a library for XAdES first.
//!
//! A document type declaration, an entity that is none of XML's own five, more than 64
//! levels, 16 MiB or 500 000 elements are refused without reading further.

mod xml;

use crate::{
    Error, Result,
    list::{Interval, IntervalSet, UnverifiedList},
    path::ParsedCertificate,
};
use base64ct::{Base64, Encoding};
use core::str::FromStr;
use der::DateTime;
use xml::Element;

/// A list whose signature nobody has checked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UncheckedXmlList {
    /// `TSLVersionIdentifier`: 5 or 6.
    pub version: u64,
    /// `TSLSequenceNumber`.
    pub sequence: u64,
    /// `SchemeTerritory`, empty where there is none.
    pub territory: String,
    /// `SchemeOperatorName`, each with its language.
    pub operator: Vec<(String, String)>,
    /// `ListIssueDateTime`.
    pub issued: DateTime,
    /// `NextUpdate`; none when the list is closed.
    pub next_update: Option<DateTime>,
    /// The providers.
    pub providers: Vec<XmlProvider>,
    /// `TSLLocation` of each pointer to another list.
    pub pointers: Vec<String>,
    /// What the schema wants and is not there. What lacks it answers no question.
    pub defects: Vec<Defect>,
}

/// A required part that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Defect {
    /// The line of the element that lacks it, counted from 1.
    pub line: usize,
    /// The name of what is missing.
    pub missing: &'static str,
}

/// A trust service provider.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct XmlProvider {
    /// `TSPName`, each with its language.
    pub names: Vec<(String, String)>,
    /// Its services.
    pub services: Vec<XmlService>,
}

/// One service, with its whole history.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct XmlService {
    /// `ServiceTypeIdentifier`.
    pub service_type: String,
    /// `ServiceName`, each with its language.
    pub names: Vec<(String, String)>,
    /// The certificates (DER) of its digital identity.
    pub certificates: Vec<Vec<u8>>,
    /// The present standing; none where the list lacks it.
    pub status: Option<XmlStatus>,
    /// The earlier ones, in the order of the list.
    pub history: Vec<XmlStatus>,
}

/// A standing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct XmlStatus {
    /// `ServiceStatus`.
    pub uri: String,
    /// `StatusStartingTime`.
    pub from: DateTime,
}

impl XmlStatus {
    /// The last part of its URI, such as `granted`.
    pub fn word(&self) -> &str {
        let uri = self.uri.trim_end_matches('/');
        uri.rsplit_once('/').map_or(uri, |(_, word)| word)
    }
}

impl UncheckedXmlList {
    /// Reads a list.
    ///
    /// # Errors
    /// [`Error::Xml`] for what is not well-formed or no list, [`Error::Limit`].
    pub fn from_xml(octets: &[u8]) -> Result<Self> {
        Error::cap("octets of a list", octets.len(), UnverifiedList::MAX_LENGTH)?;
        let root = xml::read(octets)?;
        if root.name != "TrustServiceStatusList" {
            return Err(root.wrong("is no TrustServiceStatusList of TS 119 612"));
        }
        let scheme = root.required("SchemeInformation")?;
        let mut list = Self {
            version: number(scheme, "TSLVersionIdentifier")?,
            sequence: number(scheme, "TSLSequenceNumber")?,
            territory: scheme.text_of("SchemeTerritory").unwrap_or_default().into(),
            operator: names(scheme, "SchemeOperatorName"),
            issued: time(scheme.required("ListIssueDateTime")?)?,
            next_update: match scheme.required("NextUpdate")?.child("dateTime") {
                Some(next) => Some(time(next)?),
                None => None,
            },
            providers: Vec::new(),
            pointers: Vec::new(),
            defects: Vec::new(),
        };
        if let Some(pointers) = scheme.child("PointersToOtherTSL") {
            for pointer in pointers.all("OtherTSLPointer") {
                let location = pointer.text_of("TSLLocation");
                list.note(location.is_none(), pointer, "TSLLocation");
                list.pointers.push(location.unwrap_or_default().to_owned());
            }
        }
        if let Some(providers) = root.child("TrustServiceProviderList") {
            for provider in providers.all("TrustServiceProvider") {
                let provider = list.read_provider(provider)?;
                list.providers.push(provider);
            }
        }
        Ok(list)
    }

    /// All services, with their providers.
    pub fn services(&self) -> impl Iterator<Item = (&XmlProvider, &XmlService)> {
        self.providers.iter().flat_map(|provider| {
            let services = provider.services.iter();
            services.map(move |service| (provider, service))
        })
    }

    /// The services that a certificate identifies: octet for octet, or by its public key,
    /// never by a name.
    pub fn services_of<'a>(
        &'a self,
        certificate: &'a ParsedCertificate,
    ) -> impl Iterator<Item = (&'a XmlProvider, &'a XmlService)> {
        let is_same = move |other: &Vec<u8>| {
            other == certificate.der()
                || ParsedCertificate::from_der(other.clone())
                    .is_ok_and(|other| other.public_key_der() == certificate.public_key_der())
        };
        let services = self.services();
        services.filter(move |(_, service)| service.certificates.iter().any(is_same))
    }

    fn read_provider(&mut self, provider: &Element) -> Result<XmlProvider> {
        let information = provider.child("TSPInformation");
        self.note(information.is_none(), provider, "TSPInformation");
        let mut services = Vec::new();
        match provider.child("TSPServices") {
            None => self.note(true, provider, "TSPServices"),
            Some(list) => {
                for service in list.all("TSPService") {
                    services.push(self.read_service(service)?);
                }
            }
        }
        Ok(XmlProvider {
            names: information.map_or_else(Vec::new, |one| names(one, "TSPName")),
            services,
        })
    }

    fn read_service(&mut self, service: &Element) -> Result<XmlService> {
        let mut history = Vec::new();
        if let Some(list) = service.child("ServiceHistory") {
            for instance in list.all("ServiceHistoryInstance") {
                history.extend(self.read_status(instance)?);
            }
        }
        let Some(information) = service.child("ServiceInformation") else {
            self.note(true, service, "ServiceInformation");
            return Ok(XmlService {
                service_type: String::new(),
                names: Vec::new(),
                certificates: Vec::new(),
                status: None,
                history,
            });
        };
        let mut certificates = Vec::new();
        match information.child("ServiceDigitalIdentity") {
            None => self.note(true, information, "ServiceDigitalIdentity"),
            Some(identity) => {
                for id in identity.all("DigitalId") {
                    if let Some(certificate) = id.child("X509Certificate") {
                        certificates.push(base64(certificate)?);
                    }
                }
            }
        }
        let service_type = information.text_of("ServiceTypeIdentifier");
        self.note(service_type.is_none(), information, "ServiceTypeIdentifier");
        Ok(XmlService {
            service_type: service_type.unwrap_or_default().to_owned(),
            names: names(information, "ServiceName"),
            certificates,
            status: self.read_status(information)?,
            history,
        })
    }

    fn read_status(&mut self, information: &Element) -> Result<Option<XmlStatus>> {
        let uri = information.text_of("ServiceStatus");
        let from = information.child("StatusStartingTime");
        self.note(uri.is_none(), information, "ServiceStatus");
        self.note(from.is_none(), information, "StatusStartingTime");
        let (Some(uri), Some(from)) = (uri, from) else {
            return Ok(None);
        };
        Ok(Some(XmlStatus {
            uri: uri.to_owned(),
            from: time(from)?,
        }))
    }

    fn note(&mut self, is_missing: bool, element: &Element, missing: &'static str) {
        if is_missing {
            let line = element.line;
            self.defects.push(Defect { line, missing });
        }
    }
}

impl XmlService {
    /// Every standing, the first one first.
    pub fn standings(&self) -> Vec<&XmlStatus> {
        let mut all: Vec<&XmlStatus> = self.history.iter().rev().chain(&self.status).collect();
        // Stable: of two that begin at once, the later in the list's order counts.
        all.sort_by_key(|status| status.from);
        all
    }

    /// How it stood at a time; none before its first standing.
    pub fn status_at(&self, at: DateTime) -> Option<&XmlStatus> {
        let all = self.standings();
        let after = all.partition_point(|status| status.from <= at);
        all.get(after.checked_sub(1)?).copied()
    }

    /// The times at which its status is one of those that `counts` takes. A service that
    /// was granted, withdrawn and granted again has two intervals, not one.
    pub fn intervals(&self, counts: impl Fn(&XmlStatus) -> bool) -> IntervalSet {
        let all = self.standings();
        let ends = all.iter().skip(1).map(|next| Some(next.from)).chain([None]);
        let each = all.iter().zip(ends).filter(|(status, _)| counts(status));
        each.map(|(status, until)| Interval::new(status.from, until))
            .collect()
    }
}

fn names(parent: &Element, list: &str) -> Vec<(String, String)> {
    let Some(list) = parent.child(list) else {
        return Vec::new();
    };
    let name = |name: &Element| {
        let lang = name.lang.clone().unwrap_or_default();
        (lang, name.text.trim().to_owned())
    };
    list.all("Name").map(name).collect()
}

fn number(parent: &Element, name: &'static str) -> Result<u64> {
    let element = parent.required(name)?;
    let text = element.text.trim();
    u64::from_str(text).map_err(|_| element.wrong("is no number"))
}

fn time(element: &Element) -> Result<DateTime> {
    let text = element.text.trim();
    text.parse()
        .map_err(|_| element.wrong("is no time like 2026-01-01T00:00:00Z"))
}

fn base64(element: &Element) -> Result<Vec<u8>> {
    let text: String = element.text.split_ascii_whitespace().collect();
    Base64::decode_vec(&text).map_err(|_| element.wrong("is no base64"))
}

#[cfg(test)]
mod tests;
