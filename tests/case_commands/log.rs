//! The log of a desk: checkpoints that go out, proofs from them, and a store that is not what it
//! was.

use crate::desk::Desk;
use serde_json::{Value, json};
use std::fs;

// proves: S5-03, S0-29
#[test]
fn a_case_is_proved_by_the_desks_checkpoint_without_its_store() {
    let desk = Desk::of_the_extranet();
    desk.issued("a-1");
    // An hour later there is a checkpoint.
    desk.good("ca tick --at 2026-03-02T09:00:00Z");
    let shown = desk.object("ca show");
    let first = shown["checkpoint"].as_u64().expect("a checkpoint");
    let checkpoint = format!("gmpki-desk/published/log/checkpoint-{first}.txt");
    let store = "--store gmpki-desk/store.sqlite";
    let key = "--key gmpki-desk/published/authorities/log.pem";
    desk.good(&format!("audit prove case/a-1 {store} --out proof.json"));
    let proof = desk.object(&format!("audit verify-proof proof.json {key}"));
    let entries = proof["entries"].as_array().expect("a history");
    assert_eq!(proof["records"].as_u64(), Some(first));
    assert_eq!(entries[0]["actor"]["person"], "su.qing");
    assert!(entries.len() > 10, "{entries:?}");

    // Another key's, another log's, an octet that was changed: nothing is shown.
    let other = "--key gmpki-desk/published/authorities/root.pem";
    desk.refused(
        &format!("audit verify-proof proof.json {other}"),
        "did not sign",
    );
    desk.refused(
        &format!("audit verify-proof proof.json {key} --log desk-2/log"),
        "another log",
    );
    let text = fs::read(desk.path("proof.json")).expect("a proof");
    let mut changed: Value = serde_json::from_slice(&text).expect("JSON");
    changed["records"][2]["previous"] = changed["records"][3]["previous"].clone();
    desk.write("changed.json", changed.to_string());
    desk.refused(
        &format!("audit verify-proof changed.json {key}"),
        "not in the log",
    );

    // The log grew, and only grew.
    fs::copy(desk.path(&checkpoint), desk.path("kept.txt")).expect("a checkpoint");
    desk.submitted("a-2");
    desk.good("ca tick --at 2026-03-02T11:00:00Z");
    desk.good(&format!(
        "audit prove --since kept.txt {store} --out grown.json"
    ));
    let grown = desk.object(&format!(
        "audit verify-proof grown.json --since kept.txt {key}"
    ));
    assert_eq!(grown["since"].as_u64(), Some(first));
    // What the log was held against is told: of its own checkpoint, whose signature it has.
    let last = desk.object("ca show")["checkpoint"].clone();
    let anchors =
        |options: &str| desk.object(&format!("audit verify {store} {options}"))["anchors"].clone();
    for chain in ["", "--chain"] {
        for (options, outside, signer) in [
            (
                String::new(),
                0,
                if chain.is_empty() {
                    "log"
                } else {
                    "not-checked"
                },
            ),
            (key.to_owned(), 0, "key"),
            (format!("--checkpoint kept.txt {key}"), 1, "key"),
        ] {
            let found = anchors(&format!("{chain} {options}"));
            let own = json!({ "records": last, "signed_by": signer });
            assert_eq!(
                found,
                json!({ "outside": outside, "own": own }),
                "{chain} {options}"
            );
        }
        // The only one there is, and not that key's.
        desk.refused(
            &format!("audit verify {store} {chain} {other}"),
            "did not sign",
        );
    }
    let text = desk
        .call(&format!("audit verify {store} --chain"))
        .answer()
        .good();
    let (text, untold) = (text.text().to_owned(), "signature not checked");
    assert!(
        text.contains("no checkpoint from outside") && text.contains(untold),
        "{text}"
    );

    // A stranger's words move nothing on the terminal.
    desk.write("hostile.json", r#"{"\u001b[2J":1}"#);
    let hostile = desk
        .call(&format!("audit verify-proof hostile.json {key}"))
        .answer();
    assert_eq!(hostile.code, Some(1), "{hostile}");
    let shown = hostile.err.contains("\\u{1b}[2J") && !hostile.err.contains('\u{1b}');
    assert!(shown, "{hostile}");
}

// proves: S5-03
#[test]
fn a_desk_whose_store_was_taken_back_works_no_more() {
    let desk = Desk::of_the_extranet();
    desk.good("ca tick --at 2026-03-02T09:00:00Z");
    let store = desk.path("gmpki-desk/store.sqlite");
    let earlier = fs::read(&store).expect("a store");
    desk.submitted("a-1");
    desk.good("ca tick --at 2026-03-02T11:00:00Z");
    let last = desk.object("ca show")["checkpoint"].clone();
    let kept = format!("gmpki-desk/published/log/checkpoint-{last}.txt");
    fs::write(&store, earlier).expect("the store's place");
    desk.refused("ca tick", "its tail was lost");
    desk.refused(
        "case open a-2 --actor su.qing:applicant --certificate person \
         --holder su.qing --organisation guan --carrier soft",
        "its tail was lost",
    );
    let key = "--key gmpki-desk/published/authorities/log.pem";
    desk.refused(
        &format!("audit verify --store gmpki-desk/store.sqlite --checkpoint {kept} {key}"),
        "its tail was lost",
    );
}

#[test]
fn a_log_is_named_by_characters_that_its_checkpoints_can_bear() {
    let desk = Desk::of("in-house");
    desk.call("ca init --dir other --rules in-house")
        .option("--log", "ca example")
        .answer()
        .refused("can not name a log");
    assert!(!desk.path("other").exists());
}
