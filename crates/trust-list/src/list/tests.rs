//! A list from draft to answer, and each way in which it must not go.

mod agreement_times;
mod identity;
mod query;
mod update;

use super::*;
use crate::{
    forge::{Forged, Key, extension, now, time},
    path::{Cause, ParsedCertificate, ParsedCrl, RevocationRule},
};
use der::asn1::ObjectIdentifier;
use gm_crypto::{
    message::{SignedMessage, Signer},
    pki::oid,
};
use proptest::prelude::*;
use x509_cert::ext::pkix::{CertificatePolicies, certpolicy::PolicyInformation};

const ROOT: &str = "CN=Root,C=CN";
const SUB: &str = "CN=Issuing CA,C=CN";

/// A publisher with its key, a CA with its keys, and a subscriber.
pub(crate) struct Scene {
    pub(crate) publisher_key: Key,
    pub(crate) publisher: Vec<u8>,
    pub(crate) sub_key: Key,
    pub(crate) root: ParsedCertificate,
    pub(crate) sub: ParsedCertificate,
    pub(crate) leaf: Forged,
}

pub(crate) fn text(value: &str) -> LocalText {
    LocalText::new("zh-Hans", value).unwrap()
}

pub(crate) fn ca(name: &str) -> Ca {
    let street = PostalAddress::new(text("中山路一号"), "CN").unwrap();
    let place = street.locality("广州").unwrap();
    Ca::new(
        text(name),
        place,
        "mailto:ca@ca.example",
        "https://ca.example/cps",
    )
    .unwrap()
}

pub(crate) fn change(status: Status, from: &str) -> StatusChange {
    StatusChange::new(status, time(from), StatusCause::Decision)
}

impl Scene {
    pub(crate) fn new() -> Self {
        let (publisher_key, root_key, sub_key) = (Key::new(), Key::new(), Key::new());
        let mut publisher = Forged::leaf("CN=List signer", &publisher_key, "CN=List signer");
        publisher.serial = 9;
        Self {
            publisher: publisher.der(&publisher_key),
            root: Forged::ca(ROOT, &root_key, ROOT).issue(&root_key),
            sub: Forged::ca(SUB, &sub_key, ROOT).issue(&root_key),
            leaf: Forged::leaf("CN=Subscriber", &Key::new(), SUB),
            publisher_key,
            sub_key,
        }
    }

    pub(crate) fn entry(&self) -> Entry {
        self.entry_named("甲认证中心")
    }

    pub(crate) fn entry_named(&self, name: &str) -> Entry {
        let first = change(Status::Recognised, "2026-01-01T00:00:00Z");
        Entry::new("CN-GD", ca(name), text("personal"), first)
            .unwrap()
            .anchor(self.root.clone())
            .issuer(self.sub.clone())
    }

    pub(crate) fn draft(&self) -> TrustListDraft {
        let publisher = Publisher::new("CN", text("省密码管理局"))
            .unwrap()
            .also(LocalText::new("en", "Cryptography Administration").unwrap());
        TrustListDraft::new(
            publisher,
            time("2026-05-25T00:00:00Z"),
            time("2026-06-25T00:00:00Z"),
        )
    }

    pub(crate) fn draft_with(&self, entry: Entry) -> TrustListDraft {
        let mut draft = self.draft();
        draft.insert(entry).unwrap();
        draft
    }

    pub(crate) fn sign(&self, draft: &TrustListDraft) -> Vec<u8> {
        self.sign_octets(draft.to_json().unwrap())
    }

    pub(crate) fn sign_octets(&self, json: Vec<u8>) -> Vec<u8> {
        let message = SignedDataDraft::new(json, &self.publisher).unwrap();
        let signature = self.publisher_key.sign(message.tbs());
        message.attach(&signature).unwrap()
    }

    pub(crate) fn accept(&self, draft: &TrustListDraft) -> TrustList {
        self.open(self.sign(draft)).unwrap()
    }

    pub(crate) fn open(&self, der: Vec<u8>) -> Result<TrustList> {
        UnverifiedList::from_der(der)?.verify(&self.publisher, now())
    }

    /// The verdict on the subscriber's certificate under one entry.
    pub(crate) fn ask(&self, entry: Entry, at: &str) -> Verdict {
        let list = self.accept(&self.draft_with(entry));
        list.recognised(self.leaf.issue(&self.sub_key).der(), time(at))
    }
}

fn code<T: core::fmt::Debug>(result: Result<T>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn a_list_comes_back_as_it_was_drafted() {
    let scene = Scene::new();
    let mut entry = scene.entry();
    let suspended = change(Status::Suspended, "2026-03-01T00:00:00Z");
    entry.change(suspended).unwrap();
    let entry = entry.policy(PolicyRule::exact(ObjectIdentifier::new_unwrap(
        "2.16.156.339.1.1.1.2.1",
    )));
    let draft = scene.draft_with(entry);
    let list = scene.accept(&draft);
    assert_eq!(list.sequence(), 1);
    assert_eq!(list.publisher().names()[1].lang(), "en");
    assert_eq!(list.entries().len(), 1);
    let again = TrustListDraft {
        contents: list.contents,
    };
    assert_eq!(again.to_json().unwrap(), draft.to_json().unwrap());
    assert_eq!(draft.to_json().unwrap(), draft.to_json().unwrap());
}

/// The order in which entries come makes no difference to the octets.
#[test]
fn entries_are_sorted() {
    let scene = Scene::new();
    let (mut one, mut other) = (scene.draft(), scene.draft());
    for name in ["丙", "甲", "乙"] {
        one.insert(scene.entry_named(name)).unwrap();
    }
    for name in ["乙", "丙", "甲"] {
        other.insert(scene.entry_named(name)).unwrap();
    }
    assert_eq!(one.to_json().unwrap(), other.to_json().unwrap());
}

/// `required` of the schema (1960201_json_schema.json), member by member.
#[test]
fn the_schemas_required_members_are_there() {
    let scene = Scene::new();
    let mut entry = scene.entry();
    let suspended = change(Status::Suspended, "2026-03-01T00:00:00Z");
    entry.change(suspended).unwrap();
    let json = scene.draft_with(entry).to_json().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    for (place, members) in [
        (
            "/LoTE/ListAndSchemeInformation",
            "LoTEVersionIdentifier LoTESequenceNumber SchemeOperatorName ListIssueDateTime \
             NextUpdate",
        ),
        (
            "/LoTE/TrustedEntitiesList/0",
            "TrustedEntityInformation TrustedEntityServices",
        ),
        (
            "/LoTE/TrustedEntitiesList/0/TrustedEntityInformation",
            "TEName TEAddress TEInformationURI",
        ),
        (
            "/LoTE/TrustedEntitiesList/0/TrustedEntityInformation/TEAddress/TEPostalAddress/0",
            "lang StreetAddress Country",
        ),
        (
            "/LoTE/TrustedEntitiesList/0/TrustedEntityInformation/TEInformationURI/0",
            "lang uriValue",
        ),
        (
            "/LoTE/TrustedEntitiesList/0/TrustedEntityServices/0/ServiceInformation",
            "ServiceName ServiceDigitalIdentity",
        ),
        (
            "/LoTE/TrustedEntitiesList/0/TrustedEntityServices/0/ServiceInformation/ServiceName/0",
            "lang value",
        ),
        (
            "/LoTE/TrustedEntitiesList/0/TrustedEntityServices/0/ServiceInformation/\
             ServiceDigitalIdentity/X509Certificates/0",
            "val",
        ),
        (
            "/LoTE/TrustedEntitiesList/0/TrustedEntityServices/0/ServiceHistory/0",
            "ServiceName ServiceDigitalIdentity ServiceStatus StatusStartingTime",
        ),
    ] {
        let value = json
            .pointer(place)
            .unwrap_or_else(|| panic!("{place} is missing"));
        for member in members.split(' ') {
            assert!(value.get(member).is_some(), "{member} of {place}");
        }
    }
    // minItems 1: no entries, no member.
    let empty = scene.draft().to_json().unwrap();
    let empty: serde_json::Value = serde_json::from_slice(&empty).unwrap();
    assert!(empty.pointer("/LoTE/TrustedEntitiesList").is_none());
}

#[test]
fn every_octet_of_a_signed_list_counts() {
    let scene = Scene::new();
    let der = scene.sign(&scene.draft());
    let json = scene.draft().to_json().unwrap();
    let start = der.windows(json.len()).position(|w| w == json).unwrap();
    for index in start..start + json.len() {
        let mut changed = der.clone();
        changed[index] ^= 1;
        assert_eq!(code(scene.open(changed)), "SIGNER");
    }
    let mut changed = der.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(code(scene.open(changed)), "SIGNER");
    let mut longer = der;
    longer.push(0);
    assert_eq!(code(scene.open(longer)), "FORMAT");
}

#[test]
fn what_its_publisher_signed_as_something_else_is_no_list() {
    let scene = Scene::new();
    let sign = |content_type| {
        let signer = Signer::new(&scene.publisher).unwrap().with_attributes();
        let draft = SignedMessage::new(scene.draft().to_json().unwrap())
            .content_type(content_type)
            .prepare(vec![signer])
            .unwrap();
        let signature = scene.publisher_key.sign(draft.tbs());
        draft.attach(&signature).unwrap()
    };
    scene.open(sign(oid::DATA)).unwrap();
    let token = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
    assert_eq!(code(scene.open(sign(token))), "FORMAT");
}

#[test]
fn only_the_pinned_signer_counts() {
    let scene = Scene::new();
    let der = scene.sign(&scene.draft());
    let open = |signer: &[u8]| {
        UnverifiedList::from_der(der.clone())
            .unwrap()
            .verify(signer, now())
    };
    assert_eq!(code(open(&Scene::new().publisher)), "SIGNER");
    let same_name = Forged::leaf("CN=List signer", &Key::new(), "CN=List signer").serial(9);
    assert_eq!(code(open(&same_name.der(&Key::new()))), "SIGNER");

    let signer = |change: fn(Forged) -> Forged| {
        let key = &scene.publisher_key;
        let forged = Forged::leaf("CN=List signer", key, "CN=List signer").serial(9);
        change(forged).der(key)
    };
    open(&signer(|forged| forged)).unwrap();
    let past = |f: Forged| f.valid("2025-01-01T00:00:00Z", "2026-05-31T00:00:00Z");
    let next = |f: Forged| f.valid("2026-06-02T00:00:00Z", "2027-01-01T00:00:00Z");
    let other = |f: Forged| {
        f.replacing(crate::forge::key_usage(
            x509_cert::ext::pkix::KeyUsages::KeyEncipherment,
        ))
    };
    for change in [past as fn(Forged) -> Forged, next, other] {
        assert!(matches!(
            open(&signer(change)),
            Err(Error::SignerUnfit { .. })
        ));
    }
}

#[test]
fn a_list_counts_from_its_issue_to_its_next_update() {
    let scene = Scene::new();
    let der = scene.sign(&scene.draft());
    let open = |at: &str| {
        UnverifiedList::from_der(der.clone())
            .unwrap()
            .verify(&scene.publisher, time(at))
    };
    open("2026-05-25T00:00:00Z").unwrap();
    open("2026-06-24T23:59:59Z").unwrap();
    assert_eq!(code(open("2026-05-24T23:59:59Z")), "TIME");
    assert_eq!(code(open("2026-06-25T00:00:00Z")), "STALE");
}

#[test]
fn a_draft_that_no_reader_takes_is_not_written() {
    let scene = Scene::new();
    let publisher = scene.draft().contents.publisher;
    let draft = |to: &str| TrustListDraft::new(publisher.clone(), now(), time(to)).to_json();
    assert_eq!(code(draft("2026-06-01T00:00:00Z")), "TIME");
    draft("2026-08-30T00:00:00Z").unwrap();
    assert_eq!(code(draft("2026-08-30T00:00:01Z")), "TIME");
    let endless = scene.draft().after(u64::MAX, [0; 32]);
    assert_eq!(code(endless.to_json()), "FORMAT");

    let mut twice = scene.draft_with(scene.entry());
    assert!(matches!(
        twice.insert(scene.entry()),
        Err(Error::DuplicateEntry { .. })
    ));
    let first = change(Status::Recognised, "2026-01-01T00:00:00Z");
    let bare = Entry::new("HK", ca("甲"), text("personal"), first).unwrap();
    assert_eq!(code(scene.draft_with(bare.clone()).to_json()), "FORMAT");
    let repeated = bare
        .anchor(scene.root.clone())
        .issuer(scene.sub.clone())
        .issuer(scene.sub.clone());
    assert_eq!(code(scene.draft_with(repeated).to_json()), "FORMAT");
    let mut many = scene.entry();
    for _ in 0..40 {
        many = many.anchor(scene.root.clone());
    }
    assert_eq!(code(scene.draft_with(many).to_json()), "LIMIT");
}

/// What a careless or hostile publisher signs.
#[test]
fn json_of_another_shape_is_refused_though_signed() {
    let scene = Scene::new();
    let good = String::from_utf8(scene.draft_with(scene.entry()).to_json().unwrap()).unwrap();
    let open = |json: String| scene.open(scene.sign_octets(json.into_bytes()));
    open(good.clone()).unwrap();
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let entity_start = good.find("[{\"TrustedEntityInformation\"").unwrap() + 1;
    let entity = &good[entity_start..good.len() - 3];
    for (what, json) in [
        (
            "a member twice",
            with(
                "\"SchemeTerritory\"",
                "\"SchemeTerritory\":\"HK\",\"SchemeTerritory\"",
            ),
        ),
        (
            "a nested member twice",
            with("\"lang\"", "\"lang\":\"en\",\"lang\""),
        ),
        (
            "an unknown member",
            with("\"SchemeTerritory\"", "\"Scheme\":1,\"SchemeTerritory\""),
        ),
        (
            "an entry twice",
            with(entity, &format!("{entity},{entity}")),
        ),
        (
            "a float",
            with("\"LoTESequenceNumber\":1", "\"LoTESequenceNumber\":1.0"),
        ),
        (
            "zero",
            with("\"LoTESequenceNumber\":1", "\"LoTESequenceNumber\":0"),
        ),
        (
            "a negative",
            with("\"LoTESequenceNumber\":1", "\"LoTESequenceNumber\":-1"),
        ),
        (
            "another version",
            with("\"LoTEVersionIdentifier\":1", "\"LoTEVersionIdentifier\":2"),
        ),
        (
            "another type",
            with("type:mutual-recognition", "type:other"),
        ),
        ("a fraction of a second", with("T00:00:00Z", "T00:00:00.5Z")),
        ("an offset", with("T00:00:00Z", "T00:00:00+08:00")),
        (
            "an unknown status",
            with("status:recognised", "status:granted"),
        ),
        (
            "an unknown extension",
            with("extension:service", "extension:other"),
        ),
        (
            "a second class",
            with(
                r#""value":"personal"}"#,
                r#""value":"personal"},{"lang":"zh-Hans","value":"other"}"#,
            ),
        ),
        ("broken base64", with("\"val\":\"M", "\"val\":\"?")),
        ("another certificate", with("\"val\":\"M", "\"val\":\"A")),
        ("a byte order mark", format!("\u{feff}{good}")),
        ("something behind it", format!("{good}{{}}")),
        ("nothing", String::new()),
    ] {
        let result = open(json);
        assert!(result.is_err(), "{what}");
        assert_eq!(code(result), "FORMAT", "{what}");
    }
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(code(scene.open(scene.sign_octets(utf16))), "FORMAT");
    let deep = "[".repeat(100_000);
    assert_eq!(code(open(deep)), "FORMAT");
}

#[test]
fn a_list_has_a_limit() {
    let octets = vec![0; UnverifiedList::MAX_LENGTH + 1];
    assert_eq!(code(UnverifiedList::from_der(octets)), "LIMIT");
}

proptest! {
    /// Against the plain reading: the last standing that began by then.
    #[test]
    fn the_standing_at_a_time_is_the_last_one_begun(
        mut days in proptest::collection::btree_set(1u64..400, 1..12),
        asked in 0u64..420,
    ) {
        let day = |n: u64| {
            let start = time("2026-01-01T00:00:00Z").unix_duration();
            DateTime::from_unix_duration(start + Duration::from_secs(n * 86400))
                .unwrap()
        };
        let status = |n: usize| [Status::Recognised, Status::Suspended][n % 2];
        let first = days.pop_first().unwrap();
        let change = |n, at| StatusChange::new(status(n), day(at), StatusCause::Decision);
        let mut entry = Entry::new("HK", ca("甲"), text("c"), change(0, first)).unwrap();
        for (n, at) in days.iter().enumerate() {
            entry.change(change(n + 1, *at)).unwrap();
            prop_assert!(entry.change(change(n + 1, at + 1)).is_err());
            prop_assert!(entry.change(change(n, *at)).is_err());
        }
        let begun = core::iter::once(&first).chain(&days).filter(|at| **at <= asked).count();
        let expected = begun.checked_sub(1).map(status);
        prop_assert_eq!(entry.status_at(day(asked)).map(|change| change.status), expected);
    }
}
