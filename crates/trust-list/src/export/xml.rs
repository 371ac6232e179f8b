//! ETSI TS 119 612, version 6.

use crate::{
    Error, Result,
    list::{Entry, LocalText, PostalAddress, Status, StatusChange, SupplyKind, TrustList},
    path::{ParsedCertificate, printable},
};
use base64ct::{Base64, Encoding};
use cert_profile::key_identifier;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

const NAMESPACE: &str = "http://uri.etsi.org/02231/v2#";
const TAG: &str = "http://uri.etsi.org/19612/TSLTag";
const OURS: &str = "urn:gm-pki:trust-list";
const CA_SERVICE: &str = "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC";
const GRANTED: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted";
const WITHDRAWN: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn";
/// `HistoricalInformationPeriod`: nothing is ever removed (5.3.12).
const FOR_EVER: &str = "65535";

type Attributes<'a> = &'a [(&'a str, &'a str)];

/// The list as `TrustServiceStatusList`, UTF-8, the same octets for the same list.
///
/// Recognised becomes `granted`, everything else `withdrawn`, for TS 119 612 has no word
/// for suspension; the word of the list, policies, type and anchors stand in a critical
/// extension of each service. A service is an issuer: an entry with two of them becomes
/// two.
///
/// # Errors
/// [`Error::Value`] when the publisher's address or a town is not given, which the XML
/// requires.
pub fn etsi_xml(list: &TrustList) -> Result<Vec<u8>> {
    let mut document = Document {
        writer: Writer::new(Vec::new()),
    };
    document.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = [("xmlns", NAMESPACE), ("TSLTag", TAG)];
    document.within("TrustServiceStatusList", &root, |document| {
        document.scheme(list)?;
        let entries: Vec<&Entry> = list.entries().collect();
        if entries.is_empty() {
            return Ok(());
        }
        document.within("TrustServiceProviderList", &[], |document| {
            let same = |one: &&Entry, other: &&Entry| {
                one.jurisdiction() == other.jurisdiction() && one.ca() == other.ca()
            };
            let mut providers = entries.chunk_by(same);
            providers.try_for_each(|services| document.provider(services))
        })
    })?;
    Ok(document.writer.into_inner())
}

struct Document {
    writer: Writer<Vec<u8>>,
}

impl Document {
    fn scheme(&mut self, list: &TrustList) -> Result<()> {
        let missing = Error::Value {
            member: "SchemeOperatorAddress",
            rule: "is given, for TS 119 612 requires it (5.3.5)",
        };
        let contact = list.contact().ok_or(missing)?;
        let lang = list.publisher().name().lang();
        self.within("SchemeInformation", &[], |document| {
            document.text("TSLVersionIdentifier", &[], "6")?;
            document.text("TSLSequenceNumber", &[], &list.sequence().to_string())?;
            document.text(
                "TSLType",
                &[],
                "urn:gm-pki:trust-list:type:mutual-recognition",
            )?;
            document.names("SchemeOperatorName", list.publisher().names().iter())?;
            document.address(
                "SchemeOperatorAddress",
                contact.address(),
                (lang, contact.contact()),
            )?;
            document.within("SchemeName", &[], |document| {
                let name = format!(
                    "{}:Mutual recognition of electronic signature certificates",
                    list.publisher().territory()
                );
                document.text("Name", &[("xml:lang", "en")], &name)
            })?;
            document.within("SchemeInformationURI", &[], |document| {
                document.text("URI", &[("xml:lang", lang)], contact.information())
            })?;
            let approach = "urn:gm-pki:trust-list:approach:decision";
            document.text("StatusDeterminationApproach", &[], approach)?;
            document.text("SchemeTerritory", &[], list.publisher().territory())?;
            document.text("HistoricalInformationPeriod", &[], FOR_EVER)?;
            document.text("ListIssueDateTime", &[], &list.issued().to_string())?;
            document.within("NextUpdate", &[], |document| {
                document.text("dateTime", &[], &list.next_update().to_string())
            })
        })
    }

    fn provider(&mut self, services: &[&Entry]) -> Result<()> {
        let Some(first) = services.first() else {
            return Ok(());
        };
        let ca = first.ca();
        let lang = ca.names()[0].lang();
        self.within("TrustServiceProvider", &[], |document| {
            document.within("TSPInformation", &[], |document| {
                document.names("TSPName", ca.names().iter())?;
                document.address("TSPAddress", ca.address(), (lang, ca.contact()))?;
                document.within("TSPInformationURI", &[], |document| {
                    document.text("URI", &[("xml:lang", lang)], ca.information())
                })
            })?;
            document.within("TSPServices", &[], |document| {
                services.iter().try_for_each(|entry| {
                    let mut issuers = entry.issuers().iter();
                    issuers.try_for_each(|issuer| document.service(entry, issuer))
                })
            })
        })
    }

    fn service(&mut self, entry: &Entry, issuer: &ParsedCertificate) -> Result<()> {
        let Some((now, earlier)) = entry.history().split_last() else {
            return Ok(());
        };
        self.within("TSPService", &[], |document| {
            document.within("ServiceInformation", &[], |document| {
                document.text("ServiceTypeIdentifier", &[], CA_SERVICE)?;
                document.names("ServiceName", entry.class_names())?;
                document.within("ServiceDigitalIdentity", &[], |document| {
                    document.within("DigitalId", &[], |document| {
                        let der = Base64::encode_string(issuer.der());
                        document.text("X509Certificate", &[], &der)
                    })
                })?;
                document.status(now)?;
                if !entry.supply_points().is_empty() {
                    document.within("ServiceSupplyPoints", &[], |document| {
                        entry.supply_points().iter().try_for_each(|point| {
                            let kind = SupplyKind::ALL.iter().find(|row| row.0 == point.kind);
                            let kind = kind.map_or(OURS, |row| row.1);
                            document.text("ServiceSupplyPoint", &[("type", kind)], &point.uri)
                        })
                    })?;
                }
                document.conditions(entry, issuer, now)
            })?;
            if earlier.is_empty() {
                return Ok(());
            }
            document.within("ServiceHistory", &[], |document| {
                let mut newest_first = earlier.iter().rev();
                newest_first.try_for_each(|change| document.instance(entry, issuer, change))
            })
        })
    }

    /// What TS 119 612 has no place for; who does not know it must not use the service.
    fn conditions(
        &mut self,
        entry: &Entry,
        issuer: &ParsedCertificate,
        now: &StatusChange,
    ) -> Result<()> {
        self.within("ServiceInformationExtensions", &[], |document| {
            document.within("Extension", &[("Critical", "true")], |document| {
                document.within("gm:Conditions", &[("xmlns:gm", OURS)], |document| {
                    document.text("gm:Jurisdiction", &[], entry.jurisdiction())?;
                    document.text("gm:Status", &[], &now.status.to_string())?;
                    document.text("gm:Cause", &[], &now.cause.to_string())?;
                    for anchor in entry.anchors() {
                        let der = Base64::encode_string(anchor.der());
                        document.text("gm:Anchor", &[], &der)?;
                    }
                    if let Some(during) = entry.issuer_interval(&issuer.digest()) {
                        document.text("gm:IssuerFrom", &[], &during.from.to_string())?;
                        if let Some(until) = during.until {
                            document.text("gm:IssuerUntil", &[], &until.to_string())?;
                        }
                    }
                    if let Some(name) = entry.certificate_type() {
                        document.text("gm:TypeName", &[], name)?;
                    }
                    entry.policies().iter().try_for_each(|rule| {
                        let dropped = rule.dropped().to_string();
                        let policy = rule.policy().to_string();
                        document.text("gm:Policy", &[("droppedArcs", &dropped)], &policy)
                    })
                })
            })
        })
    }

    fn instance(
        &mut self,
        entry: &Entry,
        issuer: &ParsedCertificate,
        change: &StatusChange,
    ) -> Result<()> {
        self.within("ServiceHistoryInstance", &[], |document| {
            document.text("ServiceTypeIdentifier", &[], CA_SERVICE)?;
            document.names("ServiceName", entry.class_names())?;
            document.within("ServiceDigitalIdentity", &[], |document| {
                document.within("DigitalId", &[], |document| {
                    document.text("X509SubjectName", &[], &printable(issuer.subject()))
                })?;
                // Required here (5.6.3), whether the certificate has one or not.
                let id = issuer.subject_key_id().map_or_else(
                    || key_identifier(&issuer.public_key()).to_vec(),
                    <[u8]>::to_vec,
                );
                document.within("DigitalId", &[], |document| {
                    document.text("X509SKI", &[], &Base64::encode_string(&id))
                })
            })?;
            document.status(change)
        })
    }

    fn status(&mut self, change: &StatusChange) -> Result<()> {
        let uri = match change.status {
            Status::Recognised => GRANTED,
            _ => WITHDRAWN,
        };
        self.text("ServiceStatus", &[], uri)?;
        self.text("StatusStartingTime", &[], &change.from.to_string())
    }

    fn names<'a>(
        &mut self,
        list: &str,
        mut names: impl Iterator<Item = &'a LocalText>,
    ) -> Result<()> {
        self.within(list, &[], |document| {
            names.try_for_each(|name| {
                document.text("Name", &[("xml:lang", name.lang())], name.value())
            })
        })
    }

    fn address(
        &mut self,
        name: &str,
        address: &PostalAddress,
        (lang, contact): (&str, &str),
    ) -> Result<()> {
        let missing = Error::Value {
            member: "Locality",
            rule: "is given, for TS 119 612 requires it (5.3.5.1)",
        };
        let locality = address.locality.as_deref().ok_or(missing)?;
        self.within(name, &[], |document| {
            document.within("PostalAddresses", &[], |document| {
                let street = &address.street;
                document.within(
                    "PostalAddress",
                    &[("xml:lang", street.lang())],
                    |document| {
                        document.text("StreetAddress", &[], street.value())?;
                        document.text("Locality", &[], locality)?;
                        document.text("CountryName", &[], &address.country)
                    },
                )
            })?;
            document.within("ElectronicAddress", &[], |document| {
                document.text("URI", &[("xml:lang", lang)], contact)
            })
        })
    }

    fn within(
        &mut self,
        name: &str,
        attributes: Attributes<'_>,
        content: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.event(Event::Start(start))?;
        content(self)?;
        self.event(Event::End(BytesEnd::new(name)))
    }

    fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) -> Result<()> {
        self.within(name, attributes, |document| {
            document.event(Event::Text(BytesText::new(text)))
        })
    }

    fn event(&mut self, event: Event<'_>) -> Result<()> {
        self.writer.write_event(event).map_err(|source| Error::Xml {
            line: 0,
            rule: "can't be written",
            source: Some(source.into()),
        })
    }
}
