//! What of a case's events is sealed.

use super::*;
use crate::personal;
use serde_json::{Value, json};

/// Labels of the values that are set apart of an event with this JSON; none of them may stand in
/// what is left.
fn set_apart(event: Value) -> Vec<String> {
    let mut event: Event = serde_json::from_value(event).unwrap();
    let mut labels = Vec::new();
    event.personal(&mut |label: &str, slot: &mut dyn personal::Slot| {
        labels.push(label.to_owned());
        slot.set_apart().expect("a value").unwrap();
    });
    let left = serde_json::to_string(&event).unwrap();
    assert!(!left.contains("张三") && !left.contains("1111"), "{left}");
    labels
}

#[test]
fn what_is_personal_in_an_event_is_set_apart_by_its_name() {
    let (name, digest) = ("张三", "ERERERERERERERERERERERERERERERERERERERERERE=");
    let deadline = json!({ "at": 1_700_000_000, "start": 1_600_000_000 });
    let evidence = json!({ "kind": "work-record", "digest": digest, "reference": "archive/7" });
    let opening = json!({
        "rules": { "name": "drill", "version": 1 },
        "kind": "apply", "mode": "counter", "model": "self-service",
        "certificate": "pair", "carrier": "hard", "holder": "holder", "account": name,
    });
    let failed = json!({ "failed": { "by": "registrar", "reason": name } });
    let verdict = json!({ "documents": true, "identity": true, "genuineness": true });
    let checklist = json!({ "eligible": true, "form": true, "documents": true });
    let packed = json!({ "package": "1111", "review_by": deadline });
    for (event, labels) in [
        (
            json!({ "opened": { "opening": opening, "lapses": deadline } }),
            "account",
        ),
        (
            json!({ "form-filled": {
                "version": 1, "fields": { "common-name": name }, "years": 1, "digest": "1111",
            } }),
            "fields digest",
        ),
        (
            json!({ "document-added": { "name": "id-card", "document": {
                "file_name": "张三.pdf", "format": "pdf", "size": 7, "digest": "2222",
            } } }),
            "file-name",
        ),
        (
            json!({ "check-recorded": { "check": "identity-holder", "outcome": failed } }),
            "reason",
        ),
        (json!({ "rejected": { "reason": name } }), "reason"),
        (
            json!({ "ratification-refused": { "reason": name } }),
            "reason",
        ),
        (
            json!({ "internally-returned": { "reasons": [name, name] } }),
            "reasons",
        ),
        (
            json!({ "returned": { "deficiencies": [
                { "subject": "id-card", "words": name }, { "subject": "form", "words": name },
            ] } }),
            "words-0 words-1",
        ),
        (
            json!({ "objection-raised": { "statement": name } }),
            "statement",
        ),
        (
            json!({ "submitted-internally": { "package": "1111" } }),
            "package",
        ),
        (
            json!({ "internally-approved": {
                "checklist": checklist, "package": "1111", "review_by": deadline,
            } }),
            "package",
        ),
        (json!({ "submitted": packed }), "package"),
        (json!({ "resubmitted": packed }), "package"),
        (
            json!({ "registered": {
                "verdict": verdict, "snapshot": "1111", "package": "1111",
                "work_record": evidence,
            } }),
            "snapshot package",
        ),
        (
            json!({ "key-proved": { "csr": "1111", "subject": "1111", "public_key": "2222" } }),
            "csr subject",
        ),
        (json!({ "refunded": { "fen": 1, "receipt": evidence } }), ""),
        ("withdrawn".into(), ""),
    ] {
        let wanted: Vec<_> = labels.split_whitespace().collect();
        assert_eq!(set_apart(event.clone()), wanted, "{event}");
    }
}
