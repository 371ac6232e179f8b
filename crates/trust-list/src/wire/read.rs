//! From JSON that has the right shape to values that keep their rules.

use super::{
    Address, DIGEST_URN, ENTITY, History, Identity, IssuerTime, LIST_TYPE, Lote, MirrorOf,
    OperatorAddress, Policy, Postal, Registered, SCHEME, SERVICE, SERVICE_TYPE, STATUS,
    SchemeExtension, Service, Signers, Supply, Text, Uri, VERSION,
};
use crate::{
    Error, Result,
    list::{
        Ca, Carrier, Contact, Contents, Digest, Entries, Entry, Interval, LocalText, MAX_ENTRIES,
        Mirror, PolicyRule, PostalAddress, Publisher, RegisteredPolicy, SignerRoll, SignerSet,
        Status, StatusCause, StatusChange, SupplyKind, SupplyPoint, Usage, are_same,
    },
    path::ParsedCertificate,
};
use base64ct::{Base64, Encoding};
use der::{DateTime, asn1::ObjectIdentifier};
use std::{collections::BTreeMap, sync::Arc};

/// The certificates that were read: the list names them by digest from then on.
#[derive(Default)]
struct Known {
    certificates: BTreeMap<Digest, ParsedCertificate>,
    /// The sets of the entry before, for the classes of one CA have the same.
    sets: Vec<Arc<Vec<ParsedCertificate>>>,
}

impl Known {
    /// The certificates of an identity: those in full first.
    fn read(
        &mut self,
        member: &'static str,
        identity: Identity,
    ) -> Result<Arc<Vec<ParsedCertificate>>> {
        let count = identity.certificates.len() + identity.known.len();
        let mut certificates = Vec::with_capacity(count);
        for object in identity.certificates {
            let certificate = ParsedCertificate::from_der(read_base64(member, &object.val)?)?;
            let before = self
                .certificates
                .insert(certificate.digest(), certificate.clone());
            expect(
                member,
                before.is_none(),
                "has each certificate in full once",
            )?;
            certificates.push(certificate);
        }
        for id in &identity.known {
            let known = read_urn(id).and_then(|digest| self.certificates.get(&digest));
            let known = known.cloned().ok_or(Error::Value {
                member: "OtherIds",
                rule: "names certificates by SM3 that stand in full before",
            })?;
            certificates.push(known);
        }
        Ok(self.share(certificates))
    }

    fn share(&mut self, certificates: Vec<ParsedCertificate>) -> Arc<Vec<ParsedCertificate>> {
        let known = self.sets.iter().find(|set| are_same(set, &certificates));
        if let Some(set) = known {
            return Arc::clone(set);
        }
        let set = Arc::new(certificates);
        // Issuers and anchors of one entry.
        if self.sets.len() == 2 {
            self.sets.remove(0);
        }
        self.sets.push(Arc::clone(&set));
        set
    }
}

fn read_urn(text: &str) -> Option<Digest> {
    let digits = text.strip_prefix(DIGEST_URN)?;
    let mut digest = Digest::default();
    // Capitals would be a second text for the same.
    let is_lower = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    if digits.len() != 2 * digest.len() || !digits.bytes().all(is_lower) {
        return None;
    }
    for (octet, place) in digest.iter_mut().zip((0..digits.len()).step_by(2)) {
        *octet = u8::from_str_radix(&digits[place..place + 2], 16).ok()?;
    }
    Some(digest)
}

impl Lote {
    pub(super) fn into_contents(self) -> Result<Contents> {
        let scheme = self.list_and_scheme_information;
        expect("LoTEVersionIdentifier", scheme.version == VERSION, "is 1")?;
        expect_identifier("LoTEType", &scheme.list_type, LIST_TYPE)?;
        let entities = self.trusted_entities_list.len();
        Error::cap("entities of a list", entities, MAX_ENTRIES)?;
        let services: usize = self
            .trusted_entities_list
            .iter()
            .map(|entity| entity.trusted_entity_services.len())
            .sum();
        Error::cap("entries of a list", services, MAX_ENTRIES)?;
        let extension = at_most_one("SchemeExtensions", scheme.scheme_extensions)?;
        let mut contents = Contents {
            publisher: read_publisher(&scheme.scheme_territory, scheme.scheme_operator_name)?,
            contact: read_contact(scheme.scheme_operator_address, scheme.scheme_information)?,
            sequence: scheme.sequence,
            issued: read_time("ListIssueDateTime", &scheme.list_issue_date_time)?,
            next_update: read_time("NextUpdate", &scheme.next_update)?,
            previous: None,
            signers: None,
            registry: Vec::new(),
            mirrors: Vec::new(),
            entries: Entries::default(),
        };
        if let Some(extension) = extension {
            extension.read_into(&mut contents)?;
        }
        let mut known = Known::default();
        for entity in self.trusted_entities_list {
            let information = entity.trusted_entity_information;
            let extension = one("TEInformationExtensions", information.extensions)?;
            expect_identifier("TEInformationExtensions", &extension.identifier, ENTITY)?;
            let mut ca = read_ca(
                information.names,
                information.address,
                information.information,
            )?;
            if let Some(licence) = extension.licence {
                ca = ca.licence(&licence)?;
            }
            let ca = Arc::new(ca);
            for service in entity.trusted_entity_services {
                let jurisdiction = &extension.jurisdiction;
                let entry = service.into_entry(jurisdiction, &ca, &mut known)?;
                contents.entries.insert(entry)?;
            }
        }
        Ok(contents)
    }
}

impl SchemeExtension {
    fn read_into(self, contents: &mut Contents) -> Result<()> {
        expect_identifier("SchemeExtensions", &self.identifier, SCHEME)?;
        let digest = |text: String| read_digest("PreviousDigest", &text);
        contents.previous = self.previous_digest.map(digest).transpose()?;
        let next = self.next_signers.map(Signers::into_set).transpose()?;
        contents.signers = match (self.current_signers, next) {
            (Some(current), next) => Some(SignerRoll {
                next,
                ..SignerRoll::new(current.into_set()?)
            }),
            (None, None) => None,
            (None, Some(_)) => {
                return Err(Error::Value {
                    member: "NextSigners",
                    rule: "stands beside CurrentSigners",
                });
            }
        };
        let policies = self.policies.into_iter().map(Registered::into_policy);
        contents.registry = policies.collect::<Result<_>>()?;
        let mirrors = self.mirrors.into_iter().map(MirrorOf::into_mirror);
        contents.mirrors = mirrors.collect::<Result<_>>()?;
        Ok(())
    }
}

impl Signers {
    pub(crate) fn into_set(self) -> Result<SignerSet> {
        let count = self.members.len();
        Error::cap("signers of a list", count, SignerSet::MAX_MEMBERS)?;
        let members = self.members.iter().map(|text| read_digest("Members", text));
        let members = members.collect::<Result<Vec<_>>>()?;
        let set = SignerSet::new(
            usize::try_from(self.threshold).unwrap_or(usize::MAX),
            members,
        )?;
        expect("Members", set.members().len() == count, "has none twice")?;
        Ok(set)
    }
}

impl Registered {
    fn into_policy(self) -> Result<RegisteredPolicy> {
        Ok(RegisteredPolicy::new(
            LocalText::new(&self.title.lang, &self.title.value)?,
            read_oid(&self.policy)?,
            read_interval(&self.from, self.until.as_deref())?,
        ))
    }
}

impl MirrorOf {
    fn into_mirror(self) -> Result<Mirror> {
        Mirror::new(
            read_publisher(&self.scheme_territory, self.scheme_operator_name)?,
            self.sequence,
            read_digest("Digest", &self.digest)?,
            &self.location,
        )
    }
}

impl Supply {
    fn into_point(self) -> Result<SupplyPoint> {
        let kind = value_of("ServiceType", &SupplyKind::ALL, &self.service_type)?;
        SupplyPoint::new(kind, &self.uri)
    }
}

impl Policy {
    fn into_rule(self) -> Result<PolicyRule> {
        let policy = read_oid(&self.policy)?;
        match self.dropped_arcs {
            None => Ok(PolicyRule::exact(policy)),
            Some(dropped) => PolicyRule::without_last(policy, dropped),
        }
    }
}

impl IssuerTime {
    fn into_interval(self) -> Result<(Digest, Interval)> {
        let digest = read_digest("Digest", &self.digest)?;
        let during = read_interval(&self.from, self.until.as_deref())?;
        Ok((digest, during))
    }
}

impl Service {
    fn into_entry(self, jurisdiction: &str, ca: &Arc<Ca>, known: &mut Known) -> Result<Entry> {
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
            (extension.decided_at, extension.reference),
            extension.event_time,
        )?);
        let mut changes = changes.into_iter();
        let first = changes.next().expect("the present standing was pushed");
        let mut class = read_texts("ServiceName", now.service_name)?.into_iter();
        let first_name = class.next().expect("read_texts gives at least one");
        let mut entry = Entry::new(jurisdiction, Arc::clone(ca), first_name, first)?;
        entry.class_translations = class.collect();
        changes.try_for_each(|change| entry.change(change))?;
        entry.issuers = known.read("X509Certificates", now.service_digital_identity)?;
        entry.anchors = known.read("Anchors", extension.anchors)?;
        let times = extension.issuers.into_iter().map(IssuerTime::into_interval);
        for time in times {
            let (digest, during) = time?;
            let before = entry.issuer_intervals.insert(digest, during);
            expect("Issuers", before.is_none(), "names each issuer once")?;
        }
        if let Some(name) = extension.type_name {
            entry = entry.type_name(&name)?;
        }
        let policies = extension.policies.into_iter().map(Policy::into_rule);
        entry.policies = policies.collect::<Result<_>>()?;
        if let Some(uri) = extension.carrier {
            entry.carrier = value_of("Carrier", &Carrier::ALL, &uri)?;
        }
        if let Some(uri) = extension.usage {
            entry.usage = value_of("Usage", &Usage::ALL, &uri)?;
        }
        let text = |text: Text| LocalText::new(&text.lang, &text.value);
        entry.legal_basis = extension.legal_basis.map(text).transpose()?;
        let notices = extension.notices.into_iter().map(text);
        entry.notices = notices.collect::<Result<_>>()?;
        let points = now
            .service_supply_points
            .into_iter()
            .map(Supply::into_point);
        entry.supply_points = points.collect::<Result<_>>()?;
        entry.supply_points.shrink_to_fit();
        entry.policies.shrink_to_fit();
        entry.notices.shrink_to_fit();
        entry.history.shrink_to_fit();
        Ok(entry)
    }
}

impl History {
    fn into_change(self) -> Result<StatusChange> {
        read_texts("ServiceName", self.service_name)?;
        let identity = &self.service_digital_identity;
        let ids = &identity.known;
        expect(
            "OtherIds",
            !ids.is_empty() && ids.iter().all(|id| read_urn(id).is_some()),
            "names the issuers by SM3",
        )?;
        expect(
            "X509Certificates",
            identity.certificates.is_empty(),
            "stands in the present standing alone",
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
            (extension.decided_at, extension.reference),
            extension.event_time,
        )
    }
}

fn read_address(postal: Postal) -> Result<PostalAddress> {
    let street = LocalText::new(&postal.lang, &postal.street_address)?;
    let place = PostalAddress::new(street, &postal.country)?;
    match postal.locality {
        Some(locality) => place.locality(&locality),
        None => Ok(place),
    }
}

fn read_contact(
    address: Option<OperatorAddress>,
    information: Vec<Uri>,
) -> Result<Option<Contact>> {
    let information = at_most_one("SchemeInformationURI", information)?;
    let (address, information) = match (address, information) {
        (Some(address), Some(information)) => (address, information),
        (None, None) => return Ok(None),
        _ => {
            return Err(Error::Value {
                member: "SchemeInformationURI",
                rule: "stands beside SchemeOperatorAddress",
            });
        }
    };
    let place = read_address(one("SchemeOperatorPostalAddress", address.postal)?)?;
    let contact = one("SchemeOperatorElectronicAddress", address.electronic)?;
    for uri in [&contact, &information] {
        LocalText::new(&uri.lang, &uri.value)?;
    }
    Contact::new(place, &contact.value, &information.value).map(Some)
}

fn read_ca(names: Vec<Text>, address: Address, information: Vec<Uri>) -> Result<Ca> {
    let place = read_address(one("TEPostalAddress", address.postal)?)?;
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

pub(crate) fn read_publisher(territory: &str, names: Vec<Text>) -> Result<Publisher> {
    let mut names = read_texts("SchemeOperatorName", names)?.into_iter();
    let first = names.next().expect("read_texts gives at least one");
    let publisher = Publisher::new(territory, first)?;
    Ok(names.fold(publisher, Publisher::also))
}

fn read_change(
    status: &str,
    from: &str,
    cause: &str,
    decision: (Option<String>, Option<String>),
    event: Option<String>,
) -> Result<StatusChange> {
    let mut change = StatusChange::new(
        value_of("ServiceStatus", &Status::ALL, status)?,
        read_time("StatusStartingTime", from)?,
        value_of("Cause", &StatusCause::ALL, cause)?,
    );
    match decision {
        (Some(at), Some(reference)) => {
            change = change.decided(read_time("DecidedAt", &at)?, &reference)?;
        }
        (None, None) => {}
        _ => {
            return Err(Error::Value {
                member: "Reference",
                rule: "stands beside DecidedAt",
            });
        }
    }
    let event = event.map(|at| read_time("EventTime", &at)).transpose()?;
    Ok(event.map_or(change.clone(), |at| change.event(at)))
}

fn read_interval(from: &str, until: Option<&str>) -> Result<Interval> {
    let until = until.map(|until| read_time("Until", until)).transpose()?;
    Ok(Interval::new(read_time("From", from)?, until))
}

fn read_oid(text: &str) -> Result<ObjectIdentifier> {
    ObjectIdentifier::new(text).map_err(|_| Error::Value {
        member: "Policy",
        rule: "is an object identifier in dotted form",
    })
}

pub(crate) fn read_digest(member: &'static str, text: &str) -> Result<Digest> {
    let octets = read_base64(member, text)?;
    Digest::try_from(octets.as_slice()).map_err(|_| Error::Value {
        member,
        rule: "is an SM3 digest",
    })
}

fn read_texts(member: &'static str, texts: Vec<Text>) -> Result<Vec<LocalText>> {
    expect(member, !texts.is_empty(), "has at least one name")?;
    let read = |text: Text| LocalText::new(&text.lang, &text.value);
    texts.into_iter().map(read).collect()
}

pub(crate) fn read_time(member: &'static str, text: &str) -> Result<DateTime> {
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
