//! The XML that we write, assertion by assertion in the manner of ETSI TS 119 614-1.
//!
//! Of TS 119 614-1 V1.1.1 (2016) its identifiers `TL_EUMS/TSL/…/n` were at hand for a few assertions
//! alone, and those are about lists of the EU's member states in version 5 of the format. The rows
//! are therefore by the clauses of TS 119 612, with the identifier where it is known.
//! `docs/trust-lists.md` has the table with what does not apply.

use crate::{
    etsi::xml::{self, Element},
    export::etsi_xml,
    list::{
        Contact, Interval, LocalText, PolicyRule, PostalAddress, Status, SupplyKind, SupplyPoint,
        TrustList,
        tests::{Scene, ca, change, text},
    },
};
use der::{DateTime, asn1::ObjectIdentifier};

struct Document {
    text: String,
    root: Element,
}

impl Document {
    fn new(list: &TrustList) -> Self {
        let octets = etsi_xml(list).unwrap();
        Self {
            root: xml::read(&octets).unwrap(),
            text: String::from_utf8(octets).unwrap(),
        }
    }

    fn scheme(&self) -> &Element {
        self.root.child("SchemeInformation").unwrap()
    }

    fn scheme_text(&self, name: &str) -> &str {
        self.scheme().text_of(name).unwrap()
    }

    fn providers(&self) -> impl Iterator<Item = &Element> {
        let list = self.root.child("TrustServiceProviderList");
        list.into_iter()
            .flat_map(|list| list.all("TrustServiceProvider"))
    }

    fn services(&self) -> impl Iterator<Item = &Element> {
        let lists = self
            .providers()
            .filter_map(|provider| provider.child("TSPServices"));
        lists.flat_map(|list| list.all("TSPService"))
    }

    fn current(&self) -> impl Iterator<Item = &Element> {
        self.services()
            .map(|service| service.child("ServiceInformation").unwrap())
    }

    fn histories(&self) -> impl Iterator<Item = Vec<&Element>> {
        self.services().map(|service| {
            let history = service.child("ServiceHistory");
            let instances = history
                .into_iter()
                .flat_map(|history| history.all("ServiceHistoryInstance"));
            instances.collect()
        })
    }

    fn instances(&self) -> impl Iterator<Item = &Element> {
        self.histories().flatten()
    }
}

fn is_uri(text: &str) -> bool {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    !scheme.is_empty() && !text.contains(' ') && scheme.bytes().all(|c| c.is_ascii_alphanumeric())
}

/// `dateTime` in UTC, to the second.
fn time_of(text: &str) -> DateTime {
    assert!(text.len() == 20 && text.ends_with('Z'), "{text}");
    text.parse().unwrap()
}

fn starts(element: &Element) -> DateTime {
    time_of(element.text_of("StatusStartingTime").unwrap())
}

/// Names or URIs with a language each, no language twice.
fn is_multilingual(element: &Element, of: &str) -> bool {
    let mut langs: Vec<_> = element.all(of).map(|one| one.lang.clone()).collect();
    let count = langs.len();
    langs.sort();
    langs.dedup();
    let is_text = |one: &Element| !one.text.is_empty() && one.text.trim() == one.text;
    count > 0
        && langs.len() == count
        && langs
            .iter()
            .all(|lang| lang.as_ref().is_some_and(|lang| lang.len() >= 2))
        && element.all(of).all(is_text)
}

fn is_in_english(element: &Element, of: &str) -> bool {
    let mut all = element.all(of);
    all.any(|one| one.lang.as_deref() == Some("en"))
}

fn is_address(element: &Element) -> bool {
    let postal = element.child("PostalAddresses").unwrap();
    let mut postal = postal.all("PostalAddress");
    let has_all = |address: &Element| {
        address.lang.is_some()
            && ["StreetAddress", "Locality"]
                .iter()
                .all(|part| address.text_of(part).is_some_and(|text| !text.is_empty()))
            && address
                .text_of("CountryName")
                .is_some_and(|code| code.len() == 2 && code.bytes().all(|c| c.is_ascii_uppercase()))
    };
    let electronic = element.child("ElectronicAddress").unwrap();
    postal.all(has_all) && is_multilingual(electronic, "URI") && uris(electronic)
}

fn uris(element: &Element) -> bool {
    element.all("URI").all(|uri| is_uri(&uri.text))
}

fn identities<'a>(element: &'a Element, kind: &'a str) -> Vec<&'a str> {
    let identity = element.child("ServiceDigitalIdentity").unwrap();
    let ids = identity.all("DigitalId");
    ids.filter_map(|id| id.text_of(kind)).collect()
}

const CURRENT: [&str; 2] = [
    "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted",
    "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn",
];

fn has_status(element: &Element) -> bool {
    CURRENT.contains(&element.text_of("ServiceStatus").unwrap())
}

fn is_service(element: &Element) -> bool {
    element.text_of("ServiceTypeIdentifier") == Some("http://uri.etsi.org/TrstSvc/Svctype/CA/PKC")
        && is_multilingual(element.child("ServiceName").unwrap(), "Name")
}

/// The clause of TS 119 612, the identifier in TS 119 614-1 where it is known, what is
/// asserted, and whether it holds.
type Assertion = (
    &'static str,
    &'static str,
    &'static str,
    fn(&Document) -> bool,
);

const ASSERTIONS: &[Assertion] = &[
    ("5.1.3", "", "UTF-8 without a byte order mark", |document| {
        document
            .text
            .starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
    }),
    ("5.2.1", "TAG/1", "the tag of the format", |document| {
        let root = document.text.find("<TrustServiceStatusList").unwrap();
        let end = document.text[root..].find('>').unwrap();
        document.text[root..root + end].contains("TSLTag=\"http://uri.etsi.org/19612/TSLTag\"")
    }),
    (
        "5.3.1",
        "VI/1",
        "the version, which is 6 since V2.3.1",
        |document| document.scheme_text("TSLVersionIdentifier") == "6",
    ),
    ("5.3.2", "SN/1", "a number from 1 on", |document| {
        let number: u64 = document.scheme_text("TSLSequenceNumber").parse().unwrap();
        number >= 1
    }),
    (
        "5.3.3",
        "TYPE",
        "a type that is none of the EU's",
        |document| {
            let uri = document.scheme_text("TSLType");
            is_uri(uri) && !uri.contains("uri.etsi.org")
        },
    ),
    (
        "5.3.4",
        "",
        "the operator's names, English among them",
        |document| {
            let name = document.scheme().child("SchemeOperatorName").unwrap();
            is_multilingual(name, "Name") && is_in_english(name, "Name")
        },
    ),
    ("5.3.5", "", "the operator's addresses", |document| {
        is_address(document.scheme().child("SchemeOperatorAddress").unwrap())
    }),
    (
        "5.3.6",
        "",
        "a name in English that begins with the territory",
        |document| {
            let name = document.scheme().child("SchemeName").unwrap();
            let territory = document.scheme_text("SchemeTerritory");
            let begins = |name: &Element| name.text.starts_with(&format!("{territory}:"));
            is_multilingual(name, "Name")
                && is_in_english(name, "Name")
                && name.all("Name").all(begins)
        },
    ),
    ("5.3.7", "", "where the scheme is described", |document| {
        uris(document.scheme().child("SchemeInformationURI").unwrap())
    }),
    ("5.3.8", "", "how statuses are determined", |document| {
        is_uri(document.scheme_text("StatusDeterminationApproach"))
    }),
    (
        "5.3.10",
        "",
        "a territory of two capital letters",
        |document| {
            let territory = document.scheme_text("SchemeTerritory");
            territory.len() == 2 && territory.bytes().all(|c| c.is_ascii_uppercase())
        },
    ),
    (
        "5.3.12",
        "",
        "history is never removed: 65535",
        |document| document.scheme_text("HistoricalInformationPeriod") == "65535",
    ),
    (
        "5.3.14",
        "",
        "a time of issue in UTC to the second",
        |document| {
            let _: DateTime = time_of(document.scheme_text("ListIssueDateTime"));
            true
        },
    ),
    (
        "5.3.15",
        "",
        "replaced later than issued, within six months",
        |document| {
            let issued = time_of(document.scheme_text("ListIssueDateTime"));
            let next = document.scheme().child("NextUpdate").unwrap();
            let next = time_of(next.text_of("dateTime").unwrap());
            let days = 184 * 24 * 60 * 60;
            next > issued && (next.unix_duration() - issued.unix_duration()).as_secs() <= days
        },
    ),
    (
        "5.3",
        "",
        "each part of the scheme once, in the order of the schema",
        |document| {
            let order = [
                "TSLVersionIdentifier",
                "TSLSequenceNumber",
                "TSLType",
                "SchemeOperatorName",
                "SchemeOperatorAddress",
                "SchemeName",
                "SchemeInformationURI",
                "StatusDeterminationApproach",
                "SchemeTerritory",
                "HistoricalInformationPeriod",
                "ListIssueDateTime",
                "NextUpdate",
            ];
            let lines: Vec<_> = order
                .iter()
                .map(|name| document.text.find(&format!("<{name}>")).unwrap())
                .collect();
            lines.is_sorted()
                && order
                    .iter()
                    .all(|name| document.scheme().all(name).count() == 1)
        },
    ),
    ("5.4.1", "", "names of each provider", |document| {
        document.providers().all(|provider| {
            let provider = provider.child("TSPInformation").unwrap();
            is_multilingual(provider.child("TSPName").unwrap(), "Name")
        })
    }),
    ("5.4.3", "", "addresses of each provider", |document| {
        document.providers().all(|provider| {
            let provider = provider.child("TSPInformation").unwrap();
            is_address(provider.child("TSPAddress").unwrap())
        })
    }),
    (
        "5.4.4",
        "",
        "where each provider's service is described",
        |document| {
            document.providers().all(|provider| {
                let provider = provider.child("TSPInformation").unwrap();
                uris(provider.child("TSPInformationURI").unwrap())
            })
        },
    ),
    (
        "5.4",
        "",
        "a provider stands once, with services",
        |document| {
            let mut names: Vec<_> = document
                .providers()
                .map(|provider| {
                    let name = provider.child("TSPInformation").unwrap();
                    name.child("TSPName").unwrap().text_of("Name").unwrap()
                })
                .collect();
            let count = names.len();
            names.dedup();
            let has_services = |provider: &Element| {
                let services = provider.child("TSPServices").unwrap();
                services.all("TSPService").count() > 0
            };
            names.len() == count && document.providers().all(has_services)
        },
    ),
    (
        "5.5.1, 5.5.2",
        "SVCTYPE",
        "type and names of each service",
        |document| document.current().all(is_service),
    ),
    (
        "5.5.3",
        "",
        "one certificate, which is the service's key",
        |document| {
            document
                .current()
                .all(|service| identities(service, "X509Certificate").len() == 1)
        },
    ),
    ("5.5.4", "", "a status of the format", |document| {
        document.current().all(has_status)
    }),
    ("5.5.7", "", "supply points are addresses", |document| {
        document.current().all(|service| {
            let points = service.child("ServiceSupplyPoints");
            points.is_none_or(|points| {
                points
                    .all("ServiceSupplyPoint")
                    .all(|point| is_uri(&point.text))
            })
        })
    }),
    (
        "5.5.9",
        "",
        "extensions say whether they are critical",
        |document| {
            let all = document.text.matches("<Extension ").count();
            all == document.services().count()
                && all
                    == document
                        .text
                        .matches("<Extension Critical=\"true\">")
                        .count()
        },
    ),
    (
        "5.6.1 to 5.6.2",
        "",
        "type and names of each earlier instance",
        |document| document.instances().all(is_service),
    ),
    (
        "5.6.3",
        "",
        "key identifier and no certificate in an earlier instance",
        |document| {
            document.instances().all(|instance| {
                identities(instance, "X509Certificate").is_empty()
                    && identities(instance, "X509SubjectName").len() == 1
                    && identities(instance, "X509SKI").len() == 1
            })
        },
    ),
    (
        "5.6.4",
        "",
        "a status of the format in each earlier instance",
        |document| document.instances().all(has_status),
    ),
    (
        "5.6",
        "",
        "the newest first, each earlier than the one before it",
        |document| {
            document
                .services()
                .zip(document.histories())
                .all(|(service, history)| {
                    let current = service.child("ServiceInformation").unwrap();
                    let times: Vec<_> = [current].into_iter().chain(history).map(starts).collect();
                    times.is_sorted_by(|one, next| one > next)
                })
        },
    ),
];

fn list(contact_in_english: bool) -> TrustList {
    let scene = Scene::new();
    let (crl, ocsp) = (SupplyKind::Crl, SupplyKind::Ocsp);
    let entry = |class: &str| {
        let mut entry = scene.entry_named("甲认证中心");
        entry.class = LocalText::new("en", class).unwrap();
        entry
            .also_called(text("个人证书"))
            .policy(PolicyRule::exact(ObjectIdentifier::new_unwrap(
                "2.16.156.339.1.1.1.2.1",
            )))
            .supply_point(SupplyPoint::new(crl, "http://ca.example/a.crl").unwrap())
            .supply_point(SupplyPoint::new(ocsp, "http://ca.example/ocsp?a=1&b=2").unwrap())
    };
    let mut personal = entry("personal");
    for (status, from) in [
        (Status::Suspended, "2026-03-01T00:00:00Z"),
        (Status::Recognised, "2026-04-01T00:00:00Z"),
        (Status::Terminated, "2026-05-20T00:00:00Z"),
    ] {
        personal.change(change(status, from)).unwrap();
    }
    let from = "2026-01-01T00:00:00Z".parse().unwrap();
    let other = Scene::new();
    let mut company = entry("organisation");
    company.ca = ca("乙认证中心").into();
    let company = company.issuer_during(other.sub, Interval::new(from, None));
    let mut draft = scene.draft_with(personal);
    draft.insert(entry("organisation")).unwrap();
    draft.insert(company).unwrap();
    let street = PostalAddress::new(text("府前路 1"), "CN").unwrap();
    let street = street.locality("广州").unwrap();
    let contact = Contact::new(street, "mailto:a@example.cn", "https://example.cn/list").unwrap();
    if !contact_in_english {
        let name = crate::list::Publisher::new("CN", text("省密码管理局"));
        draft = draft.renamed(name.unwrap()).unwrap();
    }
    scene.accept(&draft.contact(contact))
}

fn broken(document: &Document) -> Vec<&'static str> {
    let failing = ASSERTIONS.iter().filter(|(.., holds)| !holds(document));
    failing.map(|(clause, ..)| *clause).collect()
}

#[test]
fn what_is_asserted_of_trusted_lists_holds_for_ours() {
    let list = list(true);
    let document = Document::new(&list);
    assert_eq!(document.services().count(), 4);
    assert_eq!(document.instances().count(), 3);
    assert_eq!(broken(&document), Vec::<&str>::new());
    // A publisher without an English name gets XML that lacks one, and nothing else.
    assert_eq!(broken(&Document::new(&self::list(false))), ["5.3.4"]);
}

/// The assertions see what is wrong.
#[test]
fn a_list_that_was_bent_breaks_the_assertion_that_it_is_about() {
    let good = Document::new(&list(true)).text;
    let granted = CURRENT[0];
    for (clause, from, to) in [
        ("5.1.3", "<?xml version", "\u{feff}<?xml version"),
        ("5.2.1", "19612/TSLTag", "02231/TSLTag"),
        ("5.3.1", "Identifier>6<", "Identifier>5<"),
        ("5.3.2", "Number>1<", "Number>0<"),
        (
            "5.3.3",
            "urn:gm-pki:trust-list:type",
            "http://uri.etsi.org/TrstSvc",
        ),
        ("5.3.4", "xml:lang=\"en\">Cryp", "xml:lang=\"zh-Hans\">Cryp"),
        ("5.3.5", "<Locality>广州", "<Locality>"),
        ("5.3.6", "CN:Mutual", "Mutual"),
        ("5.3.7", "https://example.cn/list", "here"),
        (
            "5.3.8",
            "urn:gm-pki:trust-list:approach:decision",
            "decision",
        ),
        ("5.3.10", "Territory>CN<", "Territory>cn<"),
        ("5.3.12", "65535", "3653"),
        ("5.3.15", "<dateTime>2026-06-25", "<dateTime>2026-12-25"),
        (
            "5.3",
            "<SchemeTerritory>CN</SchemeTerritory>",
            "<SchemeTerritory>CN</SchemeTerritory>\
          <SchemeTerritory>CN</SchemeTerritory>",
        ),
        (
            "5.4.1",
            "<TSPName><Name xml:lang=\"zh-Hans\">",
            "<TSPName><Name>",
        ),
        (
            "5.4.3",
            "<URI xml:lang=\"zh-Hans\">mailto:ca@",
            "<URI>mailto:ca@",
        ),
        ("5.4.4", "https://ca.example/cps", "cps"),
        ("5.4", "乙认证中心", "甲认证中心"),
        ("5.5.1, 5.5.2", "Svctype/CA/PKC", "Svctype/CA/QC"),
        (
            "5.5.3",
            "<X509Certificate>",
            "<X509Certificate>MA==</X509Certificate></DigitalId>\
          <DigitalId><X509Certificate>",
        ),
        (
            "5.5.4",
            granted,
            "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/suspended",
        ),
        ("5.5.7", "http://ca.example/a.crl", "a.crl"),
        ("5.5.9", "Critical=\"true\"", "Critical=\"false\""),
        (
            "5.6.3",
            "<X509SKI>",
            "<X509SKI>MA==</X509SKI></DigitalId><DigitalId><X509SKI>",
        ),
        ("5.6", "2026-03-01T00:00:00Z", "2026-04-02T00:00:00Z"),
    ] {
        assert!(good.contains(from), "{from}");
        let text = good.replacen(from, to, 1);
        let root = xml::read(text.as_bytes()).unwrap();
        let found = broken(&Document { text, root });
        assert!(found.contains(&clause), "{clause}: {found:?}");
    }
}
