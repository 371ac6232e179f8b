//! What is written keeps to the schemas of ETSI, as other people's validators read them.

use crate::world::*;
use der::Decode;
use gm_pki_tests::{
    command::{folder, skip},
    suites::Suites,
};
use jsonschema::{Retrieve, Uri, Validator};
use serde_json::Value;
use std::{fs, path::Path, process::Command};
use trust_list::{
    etsi::UncheckedXmlList,
    export,
    list::{
        Carrier, Decided, Interval, Mirror, RegisteredPolicy, SignaturePlan, SignerRoll, SignerSet,
        Status, StatusCause, SupplyKind, SupplyPoint, TrustList, UnverifiedList, Usage,
    },
};
use x509_cert::anchor::TrustAnchorChoice;

const SCHEMAS: &str = "conformance/schemas";

/// A list in which everything that a list can say is said, and one that says nothing.
fn lists() -> Vec<std::sync::Arc<TrustList>> {
    let other = Side::new("HK", &[("en", "Digital Policy Office")]);
    other.publish(day(1, 20), [], |draft| draft);
    let empty = other.client.list().expect("a list");
    let side = Side::new(
        "CN",
        &[
            ("zh-Hans", "广东省密码管理局"),
            ("en", "Guangdong & others"),
        ],
    );
    let root = authority("CN=Root,C=CN", None, day(1, 1));
    let one = authority("CN=CA 1,C=CN", Some(&root), day(1, 1));
    let two = authority("CN=CA 2,C=CN", Some(&root), day(1, 1));
    let point = |kind, uri| SupplyPoint::new(kind, uri).expect("a URI");
    let class = |name: &str| {
        let ca = ca(&[("zh-Hans", "数安时代"), ("en", "GDCA <Ltd.>")], "CN");
        entry(
            "CN-GD",
            ca.licence("ECP44010").expect("a number"),
            name,
            day(2, 1),
        )
        .also_called(text("zh-Hans", "个人证书"))
        .anchor(root.parsed())
        .issuer(one.parsed())
        .issuer_during(two.parsed(), Interval::new(day(2, 1), Some(day(6, 1))))
        .policy(hong_kong_rule())
        .type_name("个人")
        .expect("a type")
        .carrier(Carrier::Hard)
        .usage(Usage::CrossBorder)
        .legal_basis(text("zh-Hans", "电子签名法第二十六条"))
        .supply_point(point(SupplyKind::Crl, "http://ca.example/a.crl"))
        .supply_point(point(SupplyKind::Cps, "http://ca.example/cps?a=1&b=2"))
        .notice(text("en", "A notice."))
    };
    let key = class("personal").key();
    let mirror = Mirror::of(&empty, "https://gd.example/mirror-HK-1.p7s").expect("a URL");
    let next = SignerSet::new(1, [[7; 32]]).expect("a set");
    side.publish(
        day(1, 25),
        [class("personal"), class("organisation")].map(Decided::admit),
        |draft| {
            let policy = RegisteredPolicy::new(
                text("zh-Hans", "互认证书策略 1.1"),
                oid(MAINLAND),
                Interval::new(day(1, 1), None),
            );
            let current = SignerSet::one(&side.signer.certificate);
            let roll = SignerRoll::new(current).announcing(next);
            draft.mirror(mirror).register(policy).signers(roll)
        },
    );
    let suspended = standing(Status::Suspended, day(3, 1), StatusCause::MisIssuance);
    let suspended = Decided::change(key, suspended.event(day(2, 15)));
    side.publish(day(2, 20), [suspended], |draft| draft);
    vec![empty, side.client.list().expect("a list")]
}

/// The schema's one reference, from beside it.
struct Beside(Value);

impl Retrieve for Beside {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        if uri.as_str().ends_with("rfc7517.json") {
            return Ok(self.0.clone());
        }
        Err(format!("{uri} is not there").into())
    }
}

fn json_schema(suites: &Suites) -> Option<Validator> {
    let schema = suites.json(&format!("{SCHEMAS}/1960201_json_schema.json"))?;
    let beside = suites.json(&format!("{SCHEMAS}/rfc7517.json"))?;
    let validator = jsonschema::options()
        .with_retriever(Beside(beside))
        .should_validate_formats(true)
        .build(&schema);
    Some(validator.expect("a schema"))
}

// proves: S4-10
#[test]
fn json_is_valid_by_ts_119_602() {
    let Some(suites) = Suites::open() else { return };
    let Some(schema) = json_schema(&suites) else {
        return println!("suite etsi-json: the schema is not there");
    };
    let mut checked = 0;
    for list in lists() {
        let mut json: Value = serde_json::from_slice(list.json()).expect("JSON");
        let errors: Vec<String> = schema.iter_errors(&json).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        // The schema is at work: a member too many, one too few.
        json["LoTE"]["More"] = 1.into();
        assert!(!schema.is_valid(&json));
        json["LoTE"]
            .as_object_mut()
            .expect("an object")
            .remove("More");
        assert!(schema.is_valid(&json));
        json["LoTE"]["ListAndSchemeInformation"]
            .as_object_mut()
            .expect("an object")
            .remove("NextUpdate");
        assert!(!schema.is_valid(&json));
        checked += 1;
    }
    println!("suite etsi-json: {checked} passed, 0 failed, 0 skipped");
}

/// `xmllint` with the schemas of a folder, offline.
struct XmlLint<'a> {
    folder: &'a Path,
}

impl XmlLint<'_> {
    /// The schemas under the names that they call each other by.
    fn prepare(suites: &Suites, folder: &Path) -> bool {
        if Command::new("xmllint").arg("--version").output().is_err() {
            skip("no xmllint (libxml2-utils)");
            return false;
        }
        let mut catalog = String::from(
            "<?xml version=\"1.0\"?>\n\
             <catalog xmlns=\"urn:oasis:names:tc:entity:xmlns:xml:catalog\">\n",
        );
        for name in suites.names(SCHEMAS) {
            let octets = suites.read(&format!("{SCHEMAS}/{name}"));
            fs::write(folder.join(&name), octets).expect("a folder of ours");
        }
        for (uri, file) in [
            ("http://www.w3.org/2001/xml.xsd", "xml.xsd"),
            (
                "http://www.w3.org/TR/2008/REC-xmldsig-core-20080610/xmldsig-core-schema.xsd",
                "xmldsig-core-schema.xsd",
            ),
        ] {
            catalog += &format!("<system systemId=\"{uri}\" uri=\"{file}\"/>\n");
            catalog += &format!("<uri name=\"{uri}\" uri=\"{file}\"/>\n");
        }
        catalog += "</catalog>\n";
        fs::write(folder.join("catalog.xml"), catalog).expect("a folder of ours");
        true
    }

    fn says(&self, xml: &[u8]) -> (bool, String) {
        let file = self.folder.join("list.xml");
        fs::write(&file, xml).expect("a folder of ours");
        let output = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(self.folder.join("ts_119612v020401_xsd.xsd"))
            .arg(&file)
            .env("XML_CATALOG_FILES", self.folder.join("catalog.xml"))
            .output()
            .expect("xmllint runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), text)
    }
}

#[test]
fn xml_is_valid_by_ts_119_612_and_is_read_again() {
    let lists = lists();
    for list in &lists {
        let xml = export::etsi_xml(list).expect("it can be written");
        assert_eq!(xml, export::etsi_xml(list).expect("it can be written"));
        let read = UncheckedXmlList::from_xml(&xml).expect("our own XML");
        assert!(read.defects.is_empty(), "{:?}", read.defects);
        assert_eq!(read.sequence, list.sequence());
        assert_eq!(read.next_update, Some(list.next_update()));
        let issuers: usize = list.entries().map(|entry| entry.issuers().len()).sum();
        assert_eq!(read.services().count(), issuers);
    }
    let Some(suites) = Suites::open() else { return };
    let place = folder();
    if suites.names(SCHEMAS).is_empty() || !XmlLint::prepare(&suites, place.path()) {
        return;
    }
    let lint = XmlLint {
        folder: place.path(),
    };
    for list in &lists {
        let xml = export::etsi_xml(list).expect("it can be written");
        let (good, said) = lint.says(&xml);
        assert!(good, "{said}");
        // The validator is at work.
        let text = String::from_utf8(xml).expect("UTF-8");
        for (from, to) in [
            ("<TSLSequenceNumber>", "<TSLSequenceNumber>-"),
            ("<SchemeTerritory>", "<Territory>"),
            ("xml:lang=\"en\"", ""),
        ] {
            let mut bent = text.replacen(from, to, 1);
            bent = bent.replacen(
                "</SchemeTerritory>",
                &to.replace("<T", "</T"),
                usize::from(to == "<Territory>"),
            );
            assert_ne!(bent, text, "{from}");
            assert!(!lint.says(bent.as_bytes()).0, "{to}");
        }
    }
    println!(
        "suite etsi-xml: {} passed, 0 failed, 0 skipped",
        lists.len()
    );
}

#[test]
fn anchors_are_those_of_rfc_5914() {
    let all = lists();
    let list = all.last().expect("a list");
    // Organisation's two issuers stand; personal is suspended from March.
    for (at, count) in [(day(2, 25), 4), (day(3, 1), 2), (day(6, 1), 1)] {
        let der = export::trust_anchors(list, at).expect("anchors");
        let read = Vec::<TrustAnchorChoice>::from_der(&der).expect("a TrustAnchorList");
        assert_eq!(read.len(), count, "{at}");
        for anchor in read {
            let TrustAnchorChoice::TaInfo(info) = anchor else {
                panic!("an anchor with controls");
            };
            let path = info.cert_path.expect("controls");
            assert_eq!(path.path_len_constraint, Some(0));
            let policies = path.policy_set.expect("policies").0;
            assert_eq!(policies[0].policy_identifier, oid(HONG_KONG));
        }
    }
    let nothing = export::trust_anchors(list, day(1, 1)).expect_err("nothing is recognised");
    assert_eq!(nothing.code(), "FORMAT");

    // Signed as what they are.
    let side = Side::new("CN", &[("en", "A")]);
    let plan = SignaturePlan::new(day(2, 25)).signer(&side.signer.certificate);
    let draft = export::prepare_anchors(list, day(2, 25), &plan).expect("a message");
    let signature = side.signer.sign(draft.tbs());
    let der = draft.attach(&signature).expect("a message");
    let message = gm_crypto::message::UnverifiedSignedData::from_der(&der).expect("a message");
    assert_eq!(message.content_type(), oid("1.2.840.113549.1.9.16.1.34"));
    message.verify(&side.signer.certificate).expect("it fits");
    // Which is no list.
    assert!(UnverifiedList::from_der(der).is_err());
}
