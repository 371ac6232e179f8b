//! From JSON that has the right shape to values that keep their rules.

use super::{
    Address, CHAIN, ChainExtension, DIGEST_URN, ENTITY, History, LIST_TYPE, Lote, PkiObject,
    SERVICE, SERVICE_TYPE, STATUS, Service, Text, Uri, VERSION,
};
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
use std::collections::BTreeMap;

impl Lote {
    pub(super) fn into_contents(self) -> Result<Contents> {
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
