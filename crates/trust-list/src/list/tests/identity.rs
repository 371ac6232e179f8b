//! Certificates stand in full once, and by SM3 after that.

use super::*;

/// Classes of one CA, and the JSON of a list with them.
fn two_classes(scene: &Scene) -> String {
    let mut draft = scene.draft();
    for class in ["个人", "机构"] {
        let first = change(Status::Recognised, "2026-01-01T00:00:00Z");
        let entry = Entry::new("CN-GD", ca("甲"), text(class), first).unwrap();
        let entry = entry.anchor(scene.root.clone()).issuer(scene.sub.clone());
        draft.insert(entry).unwrap();
    }
    String::from_utf8(draft.to_json().unwrap()).unwrap()
}

fn urn(certificate: &ParsedCertificate) -> String {
    format!("\"urn:gm-pki:sm3:{}\"", hexadecimal(&certificate.digest()))
}

fn refused(json: &str) -> &'static str {
    TrustListDraft::from_json(json.as_bytes())
        .unwrap_err()
        .code()
}

#[test]
fn classes_of_one_ca_share_an_entity_and_its_certificates() {
    let scene = Scene::new();
    let json = two_classes(&scene);
    assert_eq!(json.matches("\"TEName\"").count(), 1);
    assert_eq!(json.matches("\"val\"").count(), 2);
    assert_eq!(json.matches(&urn(&scene.sub)).count(), 1);
    assert_eq!(json.matches(&urn(&scene.root)).count(), 1);
    let read = TrustListDraft::from_json(json.as_bytes()).unwrap();
    for entry in read.entries() {
        assert_eq!(entry.issuers()[0].der(), scene.sub.der());
        assert_eq!(entry.anchors()[0].der(), scene.root.der());
    }
    assert_eq!(read.to_json().unwrap(), json.as_bytes());
}

#[test]
fn a_digest_stands_for_what_stands_before_it_and_nothing_else() {
    let scene = Scene::new();
    let json = two_classes(&scene);
    let known = urn(&scene.sub);
    for (bent, why) in [
        (known.replacen("sm3:", "sm3:00", 1), "is no digest"),
        (
            known
                .to_uppercase()
                .replace("URN:GM-PKI:SM3:", "urn:gm-pki:sm3:"),
            "is in capitals",
        ),
        (
            known.replace("urn:gm-pki:sm3:", "urn:gm-pki:sm2:"),
            "is another kind of name",
        ),
        (
            format!("\"urn:gm-pki:sm3:{}\"", "0".repeat(64)),
            "names nothing",
        ),
    ] {
        assert_ne!(bent, known, "{why}");
        assert_eq!(refused(&json.replace(&known, &bent)), "FORMAT", "{why}");
    }
}

#[test]
fn a_certificate_in_full_stands_once() {
    let scene = Scene::new();
    let json = two_classes(&scene);
    let full: serde_json::Value = serde_json::from_str(&json).unwrap();
    let full = &full["LoTE"]["TrustedEntitiesList"][0]["TrustedEntityServices"][0];
    let full = &full["ServiceInformation"]["ServiceDigitalIdentity"];
    let digest = format!("{{\"OtherIds\":[{}]}}", urn(&scene.sub));
    assert_eq!(json.matches(&digest).count(), 1);
    assert_eq!(refused(&json.replace(&digest, &full.to_string())), "FORMAT");
}
