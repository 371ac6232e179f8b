//! The JSON of ETSI TS 119 602, member by member in the schema's order.
//!
//! Every structure refuses members that it does not know and members that stand
//! twice: a reader that overlooks what a publisher wrote gives wrong answers.

mod read;

use crate::{
    Error, Result,
    list::{Contents, Entry, LocalText, Status, StatusCause, StatusChange},
    path::ParsedCertificate,
};
use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

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
