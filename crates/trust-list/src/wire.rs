//! The JSON of ETSI TS 119 602, member by member in the schema's order.
//!
//! Every structure refuses members that it does not know and members that stand
//! twice: a reader that overlooks what a publisher wrote gives wrong answers.

use crate::{
    Error, Result,
    list::{
        Ca, Contents, Digest, Entry, LocalText, PostalAddress, Publisher, Status, StatusCause,
        StatusChange,
    },
    path::ParsedCertificate,
};
use base64ct::{Base64, Encoding};
use der::{DateTime, asn1::ObjectIdentifier};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt::Write};

/// `LoTEVersionIdentifier` of TS 119 602 version 1.
const VERSION: u64 = 1;
const LIST_TYPE: &str = "urn:gm-pki:trust-list:type:mutual-recognition";
const SERVICE_TYPE: &str = "urn:gm-pki:trust-list:service:ca";
const CHAIN: &str = "urn:gm-pki:trust-list:extension:chain";
const ENTITY: &str = "urn:gm-pki:trust-list:extension:entity";
const SERVICE: &str = "urn:gm-pki:trust-list:extension:service";
const STATUS: &str = "urn:gm-pki:trust-list:extension:status";
const DIGEST_URN: &str = "urn:gm-pki:sm3:";

/// Writes a list.
pub(crate) fn write(contents: &Contents) -> Result<Vec<u8>> {
    serde_json::to_vec(&Document::from(contents)).map_err(|source| Error::Json { source })
}

/// Reads a list; the rules between members are [`Contents::check`]'s.
pub(crate) fn read(json: &[u8]) -> Result<Contents> {
    let document: Document =
        serde_json::from_slice(json).map_err(|source| Error::Json { source })?;
    document.lote.into_contents()
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "LoTE")]
    lote: Lote,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Lote {
    list_and_scheme_information: Scheme,
    /// The schema wants at least one, so none is no member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    trusted_entities_list: Vec<Entity>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Scheme {
    #[serde(rename = "LoTEVersionIdentifier")]
    version: u64,
    #[serde(rename = "LoTESequenceNumber")]
    sequence: u64,
    #[serde(rename = "LoTEType")]
    list_type: String,
    scheme_operator_name: Vec<Text>,
    scheme_territory: String,
    list_issue_date_time: String,
    next_update: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scheme_extensions: Vec<ChainExtension>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ChainExtension {
    identifier: String,
    /// SM3 of the JSON of the list before this one, base64.
    previous_digest: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    lang: String,
    value: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Uri {
    lang: String,
    #[serde(rename = "uriValue")]
    value: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Entity {
    trusted_entity_information: EntityInformation,
    trusted_entity_services: Vec<Service>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityInformation {
    #[serde(rename = "TEName")]
    names: Vec<Text>,
    #[serde(rename = "TEAddress")]
    address: Address,
    #[serde(rename = "TEInformationURI")]
    information: Vec<Uri>,
    #[serde(rename = "TEInformationExtensions")]
    extensions: Vec<EntityExtension>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    #[serde(rename = "TEPostalAddress")]
    postal: Vec<Postal>,
    #[serde(rename = "TEElectronicAddress")]
    electronic: Vec<Uri>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Postal {
    #[serde(rename = "lang")]
    lang: String,
    street_address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locality: Option<String>,
    country: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EntityExtension {
    identifier: String,
    jurisdiction: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Service {
    service_information: ServiceInformation,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    service_history: Vec<History>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ServiceInformation {
    service_name: Vec<Text>,
    service_digital_identity: Certificates,
    service_type_identifier: String,
    service_status: String,
    status_starting_time: String,
    service_information_extensions: Vec<ServiceExtension>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Certificates {
    #[serde(rename = "X509Certificates")]
    certificates: Vec<PkiObject>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PkiObject {
    /// DER, base64.
    val: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ServiceExtension {
    identifier: String,
    cause: String,
    anchors: Vec<PkiObject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct History {
    service_name: Vec<Text>,
    service_digital_identity: Digests,
    service_status: String,
    status_starting_time: String,
    service_type_identifier: String,
    service_information_extensions: Vec<StatusExtension>,
}

/// An earlier standing names the issuers by digest: they stand in full above.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Digests {
    other_ids: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct StatusExtension {
    identifier: String,
    cause: String,
}

impl From<&Contents> for Document {
    fn from(contents: &Contents) -> Self {
        let chain = contents.previous.map(|digest| ChainExtension {
            identifier: CHAIN.into(),
            previous_digest: Base64::encode_string(&digest),
        });
        Self {
            lote: Lote {
                list_and_scheme_information: Scheme {
                    version: VERSION,
                    sequence: contents.sequence,
                    list_type: LIST_TYPE.into(),
                    scheme_operator_name: texts(contents.publisher.names()),
                    scheme_territory: contents.publisher.territory().into(),
                    list_issue_date_time: contents.issued.to_string(),
                    next_update: contents.next_update.to_string(),
                    scheme_extensions: chain.into_iter().collect(),
                },
                trusted_entities_list: contents.entries.values().map(Entity::from).collect(),
            },
        }
    }
}

impl From<&Entry> for Entity {
    fn from(entry: &Entry) -> Self {
        let ca = &entry.ca;
        let uri = |value: &String| Uri {
            lang: ca.names[0].lang().into(),
            value: value.clone(),
        };
        Self {
            trusted_entity_information: EntityInformation {
                names: texts(&ca.names),
                address: Address {
                    postal: vec![Postal {
                        lang: ca.address.street.lang().into(),
                        street_address: ca.address.street.value().into(),
                        locality: ca.address.locality.clone(),
                        country: ca.address.country.clone(),
                    }],
                    electronic: vec![uri(&ca.contact)],
                },
                information: vec![uri(&ca.information)],
                extensions: vec![EntityExtension {
                    identifier: ENTITY.into(),
                    jurisdiction: entry.jurisdiction.clone(),
                }],
            },
            trusted_entity_services: vec![Service::from(entry)],
        }
    }
}

impl From<&Entry> for Service {
    fn from(entry: &Entry) -> Self {
        let (now, earlier) = entry
            .history
            .split_last()
            .expect("an entry is made with its first standing");
        let objects = |list: &[ParsedCertificate]| {
            let object = |certificate: &ParsedCertificate| PkiObject {
                val: Base64::encode_string(certificate.der()),
            };
            list.iter().map(object).collect()
        };
        let history = |change: &StatusChange| History {
            service_name: texts(std::slice::from_ref(&entry.class)),
            service_digital_identity: Digests {
                other_ids: entry.issuers.iter().map(digest_urn).collect(),
            },
            service_status: uri_of(&Status::ALL, change.status),
            status_starting_time: change.from.to_string(),
            service_type_identifier: SERVICE_TYPE.into(),
            service_information_extensions: vec![StatusExtension {
                identifier: STATUS.into(),
                cause: uri_of(&StatusCause::ALL, change.cause),
            }],
        };
        Self {
            service_information: ServiceInformation {
                service_name: texts(std::slice::from_ref(&entry.class)),
                service_digital_identity: Certificates {
                    certificates: objects(&entry.issuers),
                },
                service_type_identifier: SERVICE_TYPE.into(),
                service_status: uri_of(&Status::ALL, now.status),
                status_starting_time: now.from.to_string(),
                service_information_extensions: vec![ServiceExtension {
                    identifier: SERVICE.into(),
                    cause: uri_of(&StatusCause::ALL, now.cause),
                    anchors: objects(&entry.anchors),
                    policy: entry.policy.map(|policy| policy.to_string()),
                }],
            },
            // The newest first, as TS 119 612 (5.5.10) has it.
            service_history: earlier.iter().rev().map(history).collect(),
        }
    }
}

impl Lote {
    fn into_contents(self) -> Result<Contents> {
        let scheme = self.list_and_scheme_information;
        expect("LoTEVersionIdentifier", scheme.version == VERSION, "is 1")?;
        expect_identifier("LoTEType", &scheme.list_type, LIST_TYPE)?;
        let mut names = read_texts("SchemeOperatorName", scheme.scheme_operator_name)?.into_iter();
        let first = names.next().expect("read_texts gives at least one");
        let publisher = Publisher::new(&scheme.scheme_territory, first)?;
        let chain = at_most_one("SchemeExtensions", scheme.scheme_extensions)?;
        let mut contents = Contents {
            publisher: names.fold(publisher, Publisher::also),
            sequence: scheme.sequence,
            issued: read_time("ListIssueDateTime", &scheme.list_issue_date_time)?,
            next_update: read_time("NextUpdate", &scheme.next_update)?,
            previous: chain.map(ChainExtension::digest).transpose()?,
            entries: BTreeMap::new(),
        };
        for entity in self.trusted_entities_list {
            let information = entity.trusted_entity_information;
            let extension = one("TEInformationExtensions", information.extensions)?;
            expect_identifier("TEInformationExtensions", &extension.identifier, ENTITY)?;
            let ca = read_ca(
                information.names,
                information.address,
                information.information,
            )?;
            for service in entity.trusted_entity_services {
                contents.insert(service.into_entry(&extension.jurisdiction, ca.clone())?)?;
            }
        }
        Ok(contents)
    }
}

impl ChainExtension {
    fn digest(self) -> Result<Digest> {
        expect_identifier("SchemeExtensions", &self.identifier, CHAIN)?;
        let octets = read_base64("PreviousDigest", &self.previous_digest)?;
        Digest::try_from(octets.as_slice()).map_err(|_| Error::Value {
            member: "PreviousDigest",
            rule: "is an SM3 digest",
        })
    }
}

impl Service {
    fn into_entry(self, jurisdiction: &str, ca: Ca) -> Result<Entry> {
        let now = self.service_information;
        let extension = one(
            "ServiceInformationExtensions",
            now.service_information_extensions,
        )?;
        expect_identifier(
            "ServiceInformationExtensions",
            &extension.identifier,
            SERVICE,
        )?;
        expect_identifier(
            "ServiceTypeIdentifier",
            &now.service_type_identifier,
            SERVICE_TYPE,
        )?;
        let mut changes = Vec::new();
        for earlier in self.service_history.into_iter().rev() {
            changes.push(earlier.into_change()?);
        }
        changes.push(read_change(
            &now.service_status,
            &now.status_starting_time,
            &extension.cause,
        )?);
        let mut changes = changes.into_iter();
        let first = changes.next().expect("the present standing was pushed");
        let class = one("ServiceName", read_texts("ServiceName", now.service_name)?)?;
        let mut entry = Entry::new(jurisdiction, ca, class, first)?;
        changes.try_for_each(|change| entry.change(change))?;
        entry.anchors = read_certificates("Anchors", extension.anchors)?;
        entry.issuers = read_certificates(
            "X509Certificates",
            now.service_digital_identity.certificates,
        )?;
        entry.policy = extension
            .policy
            .map(|policy| {
                ObjectIdentifier::new(&policy).map_err(|_| Error::Value {
                    member: "Policy",
                    rule: "is an object identifier in dotted form",
                })
            })
            .transpose()?;
        Ok(entry)
    }
}

impl History {
    fn into_change(self) -> Result<StatusChange> {
        read_texts("ServiceName", self.service_name)?;
        let ids = &self.service_digital_identity.other_ids;
        expect(
            "OtherIds",
            !ids.is_empty() && ids.iter().all(|id| id.starts_with(DIGEST_URN)),
            "names the issuers by SM3",
        )?;
        expect_identifier(
            "ServiceTypeIdentifier",
            &self.service_type_identifier,
            SERVICE_TYPE,
        )?;
        let extension = one(
            "ServiceInformationExtensions",
            self.service_information_extensions,
        )?;
        expect_identifier(
            "ServiceInformationExtensions",
            &extension.identifier,
            STATUS,
        )?;
        read_change(
            &self.service_status,
            &self.status_starting_time,
            &extension.cause,
        )
    }
}

fn read_ca(names: Vec<Text>, address: Address, information: Vec<Uri>) -> Result<Ca> {
    let postal = one("TEPostalAddress", address.postal)?;
    let street = LocalText::new(&postal.lang, &postal.street_address)?;
    let mut place = PostalAddress::new(street, &postal.country)?;
    if let Some(locality) = postal.locality {
        place = place.locality(&locality)?;
    }
    let mut names = read_texts("TEName", names)?.into_iter();
    let first = names.next().expect("read_texts gives at least one");
    let contact = one("TEElectronicAddress", address.electronic)?;
    let information = one("TEInformationURI", information)?;
    for uri in [&contact, &information] {
        LocalText::new(&uri.lang, &uri.value)?;
    }
    let ca = Ca::new(first, place, &contact.value, &information.value)?;
    Ok(names.fold(ca, Ca::also))
}

fn read_change(status: &str, from: &str, cause: &str) -> Result<StatusChange> {
    Ok(StatusChange::new(
        value_of("ServiceStatus", &Status::ALL, status)?,
        read_time("StatusStartingTime", from)?,
        value_of("Cause", &StatusCause::ALL, cause)?,
    ))
}

fn read_certificates(
    member: &'static str,
    objects: Vec<PkiObject>,
) -> Result<Vec<ParsedCertificate>> {
    let read = |object: PkiObject| ParsedCertificate::from_der(read_base64(member, &object.val)?);
    objects.into_iter().map(read).collect()
}

fn read_texts(member: &'static str, texts: Vec<Text>) -> Result<Vec<LocalText>> {
    expect(member, !texts.is_empty(), "has at least one name")?;
    let read = |text: Text| LocalText::new(&text.lang, &text.value);
    texts.into_iter().map(read).collect()
}

fn read_time(member: &'static str, text: &str) -> Result<DateTime> {
    text.parse().map_err(|_| Error::Value {
        member,
        rule: "is a time like 2026-01-01T00:00:00Z",
    })
}

fn read_base64(member: &'static str, text: &str) -> Result<Vec<u8>> {
    Base64::decode_vec(text).map_err(|_| Error::Value {
        member,
        rule: "is base64 with padding and without line breaks",
    })
}

fn texts(texts: &[LocalText]) -> Vec<Text> {
    let text = |text: &LocalText| Text {
        lang: text.lang().into(),
        value: text.value().into(),
    };
    texts.iter().map(text).collect()
}

fn digest_urn(certificate: &ParsedCertificate) -> String {
    let mut urn = String::from(DIGEST_URN);
    for octet in certificate.digest() {
        write!(urn, "{octet:02x}").expect("a String takes all that is written");
    }
    urn
}

fn uri_of<T: PartialEq>(table: &[(T, &'static str)], value: T) -> String {
    let row = table.iter().find(|(known, _)| *known == value);
    row.expect("the table has every variant").1.into()
}

fn value_of<T: Copy>(member: &'static str, table: &[(T, &'static str)], uri: &str) -> Result<T> {
    let row = table.iter().find(|(_, known)| *known == uri);
    row.map(|(value, _)| *value).ok_or(Error::Value {
        member,
        rule: "is one of the URIs of urn:gm-pki:trust-list",
    })
}

fn expect(member: &'static str, holds: bool, rule: &'static str) -> Result<()> {
    if holds {
        Ok(())
    } else {
        Err(Error::Value { member, rule })
    }
}

fn expect_identifier(member: &'static str, found: &str, wanted: &str) -> Result<()> {
    expect(
        member,
        found == wanted,
        "has an identifier that is not known here",
    )
}

fn at_most_one<T>(member: &'static str, list: Vec<T>) -> Result<Option<T>> {
    expect(member, list.len() <= 1, "stands there more than once")?;
    Ok(list.into_iter().next())
}

fn one<T>(member: &'static str, list: Vec<T>) -> Result<T> {
    at_most_one(member, list)?.ok_or(Error::Value {
        member,
        rule: "is missing",
    })
}
