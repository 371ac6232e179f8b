//! The JSON of ETSI TS 119 602, member by member in the schema's order.
//!
//! Every structure refuses members that it does not know and members that stand
//! twice: a reader that overlooks what a publisher wrote gives wrong answers.

mod read;

pub(crate) use read::{read_digest, read_publisher, read_time};

use crate::{
    Error, Result,
    list::{
        Carrier, Contents, Digest, Entry, LocalText, Mirror, PostalAddress, RegisteredPolicy,
        SignerSet, Status, StatusCause, StatusChange, SupplyKind, SupplyPoint, Usage, hexadecimal,
    },
    path::ParsedCertificate,
};
use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// `LoTEVersionIdentifier` of TS 119 602 version 1.
const VERSION: u64 = 1;
const LIST_TYPE: &str = "urn:gm-pki:trust-list:type:mutual-recognition";
const SERVICE_TYPE: &str = "urn:gm-pki:trust-list:service:ca";
const SCHEME: &str = "urn:gm-pki:trust-list:extension:scheme";
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scheme_operator_address: Option<OperatorAddress>,
    #[serde(
        rename = "SchemeInformationURI",
        default,
        skip_serializing_if = "Vec::is_empty"
    )]
    scheme_information: Vec<Uri>,
    scheme_territory: String,
    list_issue_date_time: String,
    next_update: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scheme_extensions: Vec<SchemeExtension>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OperatorAddress {
    #[serde(rename = "SchemeOperatorPostalAddress")]
    postal: Vec<Postal>,
    #[serde(rename = "SchemeOperatorElectronicAddress")]
    electronic: Vec<Uri>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SchemeExtension {
    identifier: String,
    /// SM3 of the JSON of the list before this one, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous_digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current_signers: Option<Signers>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_signers: Option<Signers>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    policies: Vec<Registered>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mirrors: Vec<MirrorOf>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Signers {
    threshold: u64,
    /// SM3 of each one's certificate, base64.
    members: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Registered {
    title: Text,
    policy: String,
    from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct MirrorOf {
    scheme_territory: String,
    scheme_operator_name: Vec<Text>,
    #[serde(rename = "LoTESequenceNumber")]
    sequence: u64,
    /// SM3 of the signed file, base64.
    digest: String,
    #[serde(rename = "LoTELocation")]
    location: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
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
    service_digital_identity: Identity,
    service_type_identifier: String,
    service_status: String,
    status_starting_time: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    service_supply_points: Vec<Supply>,
    service_information_extensions: Vec<ServiceExtension>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Supply {
    service_type: String,
    #[serde(rename = "uriValue")]
    uri: String,
}

/// Certificates: in full where they stand first in the list, by SM3 after that. Classes of one
/// CA have the same ones, and a list of all of them would be mostly certificates.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    #[serde(
        rename = "X509Certificates",
        default,
        skip_serializing_if = "Vec::is_empty"
    )]
    certificates: Vec<PkiObject>,
    #[serde(rename = "OtherIds", default, skip_serializing_if = "Vec::is_empty")]
    known: Vec<String>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event_time: Option<String>,
    anchors: Identity,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    issuers: Vec<IssuerTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    type_name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    policies: Vec<Policy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    carrier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    legal_basis: Option<Text>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notices: Vec<Text>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct IssuerTime {
    /// SM3 of the certificate, base64.
    digest: String,
    from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Policy {
    policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dropped_arcs: Option<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct History {
    service_name: Vec<Text>,
    /// By SM3 alone: the issuers stand in full above.
    service_digital_identity: Identity,
    service_status: String,
    status_starting_time: String,
    service_type_identifier: String,
    service_information_extensions: Vec<StatusExtension>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct StatusExtension {
    identifier: String,
    cause: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event_time: Option<String>,
}

impl From<&Contents> for Document {
    fn from(contents: &Contents) -> Self {
        let (current, next) = contents.signers.as_ref().map_or((None, None), |roll| {
            (Some(&roll.current), roll.next.as_ref())
        });
        let uri = |value: &str| Uri {
            lang: contents.publisher.name().lang().into(),
            value: value.into(),
        };
        let extension = SchemeExtension {
            identifier: SCHEME.into(),
            previous_digest: contents.previous.as_ref().map(base64),
            current_signers: current.map(Signers::from),
            next_signers: next.map(Signers::from),
            policies: contents.registry.iter().map(Registered::from).collect(),
            mirrors: contents.mirrors.iter().map(MirrorOf::from).collect(),
        };
        let says_nothing = contents.previous.is_none()
            && current.is_none()
            && contents.registry.is_empty()
            && contents.mirrors.is_empty();
        Self {
            lote: Lote {
                list_and_scheme_information: Scheme {
                    version: VERSION,
                    sequence: contents.sequence,
                    list_type: LIST_TYPE.into(),
                    scheme_operator_name: texts(contents.publisher.names()),
                    scheme_operator_address: contents.contact.as_ref().map(|contact| {
                        OperatorAddress {
                            postal: vec![Postal::from(contact.address())],
                            electronic: vec![uri(contact.contact())],
                        }
                    }),
                    scheme_information: contents
                        .contact
                        .iter()
                        .map(|contact| uri(contact.information()))
                        .collect(),
                    scheme_territory: contents.publisher.territory().into(),
                    list_issue_date_time: contents.issued.to_string(),
                    next_update: contents.next_update.to_string(),
                    scheme_extensions: (!says_nothing).then_some(extension).into_iter().collect(),
                },
                trusted_entities_list: entities(contents),
            },
        }
    }
}

/// One entity for classes of one CA that stand side by side.
fn entities(contents: &Contents) -> Vec<Entity> {
    let mut written = Written::default();
    let mut entities: Vec<Entity> = Vec::new();
    let mut last: Option<&Entry> = None;
    for entry in contents.entries.iter() {
        let service = Service::of(entry, &mut written);
        let is_of_last =
            last.is_some_and(|last| last.jurisdiction == entry.jurisdiction && last.ca == entry.ca);
        match entities.last_mut() {
            Some(entity) if is_of_last => entity.trusted_entity_services.push(service),
            _ => entities.push(Entity::new(entry, service)),
        }
        last = Some(entry);
    }
    entities
}

/// The certificates that stand in full already.
#[derive(Default)]
struct Written(BTreeSet<Digest>);

impl Written {
    fn identity(&mut self, certificates: &[ParsedCertificate]) -> Identity {
        let mut identity = Identity::default();
        for certificate in certificates {
            if self.0.insert(certificate.digest()) {
                let val = Base64::encode_string(certificate.der());
                identity.certificates.push(PkiObject { val });
            } else {
                identity.known.push(digest_urn(certificate));
            }
        }
        identity
    }
}

impl Entity {
    fn new(entry: &Entry, service: Service) -> Self {
        let ca = entry.ca();
        let uri = |value: &String| Uri {
            lang: ca.names[0].lang().into(),
            value: value.clone(),
        };
        Self {
            trusted_entity_information: EntityInformation {
                names: texts(&ca.names),
                address: Address {
                    postal: vec![Postal::from(&ca.address)],
                    electronic: vec![uri(&ca.contact)],
                },
                information: vec![uri(&ca.information)],
                extensions: vec![EntityExtension {
                    identifier: ENTITY.into(),
                    jurisdiction: entry.jurisdiction.as_ref().into(),
                    licence: ca.licence.clone(),
                }],
            },
            trusted_entity_services: vec![service],
        }
    }
}

impl Service {
    fn of(entry: &Entry, written: &mut Written) -> Self {
        let (now, earlier) = entry
            .history
            .split_last()
            .expect("an entry is made with its first standing");
        let class: Vec<LocalText> = entry.class_names().cloned().collect();
        let history = |change: &StatusChange| History {
            service_name: texts(&class),
            service_digital_identity: Identity {
                known: entry.issuers.iter().map(digest_urn).collect(),
                ..Identity::default()
            },
            service_status: uri_of(&Status::ALL, change.status),
            status_starting_time: change.from.to_string(),
            service_type_identifier: SERVICE_TYPE.into(),
            service_information_extensions: vec![StatusExtension {
                identifier: STATUS.into(),
                cause: uri_of(&StatusCause::ALL, change.cause),
                decided_at: change.decision.as_ref().map(|d| d.at.to_string()),
                reference: change.decision.as_ref().map(|d| d.reference.clone()),
                event_time: change.event.map(|at| at.to_string()),
            }],
        };
        let issuer_time = |(digest, during): (&Digest, &crate::list::Interval)| IssuerTime {
            digest: base64(digest),
            from: during.from.to_string(),
            until: during.until.map(|until| until.to_string()),
        };
        let said = |value: String, usual: &str| (value != usual).then_some(value);
        let issuers = written.identity(&entry.issuers);
        let extension = ServiceExtension {
            identifier: SERVICE.into(),
            cause: uri_of(&StatusCause::ALL, now.cause),
            decided_at: now.decision.as_ref().map(|d| d.at.to_string()),
            reference: now.decision.as_ref().map(|d| d.reference.clone()),
            event_time: now.event.map(|at| at.to_string()),
            anchors: written.identity(&entry.anchors),
            issuers: entry.issuer_intervals.iter().map(issuer_time).collect(),
            type_name: entry.type_name.as_deref().map(str::to_owned),
            policies: entry
                .policies
                .iter()
                .map(|rule| Policy {
                    policy: rule.policy().to_string(),
                    dropped_arcs: (rule.dropped() > 0).then_some(rule.dropped()),
                })
                .collect(),
            carrier: said(uri_of(&Carrier::ALL, entry.carrier), Carrier::ALL[0].1),
            usage: said(uri_of(&Usage::ALL, entry.usage), Usage::ALL[0].1),
            legal_basis: entry.legal_basis.as_ref().map(Text::from),
            notices: texts(&entry.notices),
        };
        Self {
            service_information: ServiceInformation {
                service_name: texts(&class),
                service_digital_identity: issuers,
                service_type_identifier: SERVICE_TYPE.into(),
                service_status: uri_of(&Status::ALL, now.status),
                status_starting_time: now.from.to_string(),
                service_supply_points: entry.supply_points.iter().map(Supply::from).collect(),
                service_information_extensions: vec![extension],
            },
            // The newest first, as TS 119 612 (5.5.10) has it.
            service_history: earlier.iter().rev().map(history).collect(),
        }
    }
}

impl From<&PostalAddress> for Postal {
    fn from(address: &PostalAddress) -> Self {
        Self {
            lang: address.street.lang().into(),
            street_address: address.street.value().into(),
            locality: address.locality.clone(),
            country: address.country.clone(),
        }
    }
}

impl From<&SignerSet> for Signers {
    fn from(set: &SignerSet) -> Self {
        Self {
            threshold: set.threshold() as u64,
            members: set.members().map(base64).collect(),
        }
    }
}

impl From<&RegisteredPolicy> for Registered {
    fn from(registered: &RegisteredPolicy) -> Self {
        Self {
            title: Text::from(&registered.title),
            policy: registered.policy.to_string(),
            from: registered.in_force.from.to_string(),
            until: registered.in_force.until.map(|until| until.to_string()),
        }
    }
}

impl From<&Mirror> for MirrorOf {
    fn from(mirror: &Mirror) -> Self {
        Self {
            scheme_territory: mirror.publisher.territory().into(),
            scheme_operator_name: texts(mirror.publisher.names()),
            sequence: mirror.sequence,
            digest: base64(&mirror.digest),
            location: mirror.location.clone(),
        }
    }
}

impl From<&SupplyPoint> for Supply {
    fn from(point: &SupplyPoint) -> Self {
        Self {
            service_type: uri_of(&SupplyKind::ALL, point.kind),
            uri: point.uri.clone(),
        }
    }
}

impl From<&LocalText> for Text {
    fn from(text: &LocalText) -> Self {
        Self {
            lang: text.lang().into(),
            value: text.value().into(),
        }
    }
}

fn base64(digest: &Digest) -> String {
    Base64::encode_string(digest)
}

fn texts(texts: &[LocalText]) -> Vec<Text> {
    texts.iter().map(Text::from).collect()
}

fn digest_urn(certificate: &ParsedCertificate) -> String {
    format!("{DIGEST_URN}{}", hexadecimal(&certificate.digest()))
}

fn uri_of<T: PartialEq>(table: &[(T, &'static str)], value: T) -> String {
    let row = table.iter().find(|(known, _)| *known == value);
    row.expect("the table has every variant").1.into()
}
