//! `gmpki trust-list` as a publisher and a reader use it.

use crate::{
    desk::{Desk, misused, read},
    world::day,
};
use gm_pki_tests::command::each_has_an_example_in_its_help;
use std::fs;

#[test]
fn every_command_shows_an_example() {
    each_has_an_example_in_its_help(&[
        "trust-list new",
        "trust-list add",
        "trust-list suspend",
        "trust-list signers",
        "trust-list rename",
        "trust-list build",
        "trust-list sign",
        "trust-list flash",
        "trust-list due",
        "trust-list mirror",
        "trust-list verify",
        "trust-list query",
        "trust-list diff",
        "trust-list export",
        "trust-list import",
    ]);
}

#[test]
fn a_list_goes_its_way_from_draft_to_answer() {
    let desk = Desk::new();
    desk.subscriber("chan.pem", day(2, 10));
    desk.begin();
    desk.publish(1, None, "2026-01-25T00:00:00Z");
    let first = desk.published(1);
    assert_eq!(read(&desk.path("published/latest")).trim(), "list-1.p7s");
    let digest = read(&desk.path("published/list-1.sm3"));
    assert_eq!(digest.trim().len(), 64);

    let verify = |list: &str, at: &str| {
        desk.call("verify --signer signer.pem --state reader.state --json")
            .option("--at", at)
            .arg(list)
            .answer()
    };
    let answer = verify(&first, "2026-01-26T00:00:00Z").good();
    assert_eq!(answer.json()["sequence"], 1);
    assert_eq!(answer.json()["new"], true);

    let code = |text: &str| text.to_owned();
    assert_eq!(
        desk.query("2026-02-11T00:00:00Z", ""),
        (Some(0), code("RECOGNISED"))
    );

    desk.change("suspend --cause request --from 2026-02-20T00:00:00Z")
        .answer()
        .good();
    desk.publish(2, Some(&first), "2026-02-15T00:00:00Z");
    let second = desk.published(2);
    verify(&second, "2026-02-16T00:00:00Z").good();
    assert_eq!(
        desk.query("2026-02-21T00:00:00Z", ""),
        (Some(1), code("STATUS_AT_SIGNING"))
    );
    let stamped = "--signed-at 2026-02-15T00:00:00Z --proved";
    assert_eq!(
        desk.query("2026-02-21T00:00:00Z", stamped),
        (Some(0), code("RECOGNISED"))
    );
    assert_eq!(
        desk.query("2026-04-01T00:00:00Z", stamped),
        (Some(1), code("STALE"))
    );

    verify(&first, "2026-02-16T00:00:00Z").refused("ROLLBACK");
    let diff = desk.call("diff").arg(&first).arg(&second).answer().good();
    assert!(
        diff.text()
            .contains("+ suspended from 2026-02-20T00:00:00Z"),
        "{diff}"
    );
    let back = desk.call("diff").arg(&second).arg(&first).answer();
    assert_eq!(back.code, Some(1), "{back}");
    assert!(back.text().contains("ROLLBACK"), "{back}");

    desk.change("reinstate --from 2026-03-05T00:00:00Z")
        .answer()
        .good();
    desk.publish(3, Some(&second), "2026-03-01T00:00:00Z");
    desk.change("terminate --cause cessation --from 2026-04-01T00:00:00Z")
        .answer()
        .good();
    desk.publish(4, Some(&desk.published(3)), "2026-03-20T00:00:00Z");
    // One was left out, which is said.
    let jumped = verify(&desk.published(4), "2026-03-20T00:00:00Z");
    assert_eq!(jumped.code, Some(0), "{jumped}");
    assert_eq!(jumped.json()["gap"], serde_json::json!([3, 3]));

    for (form, beginning) in [
        ("etsi", "<?xml"),
        ("html", "<!DOCTYPE html>"),
        ("json", "{\"LoTE\""),
    ] {
        let export = desk.call("export --signer signer.pem --at 2026-03-21T00:00:00Z");
        let out = desk.path(form);
        let export = export.option("--form", form).option("--out", &out);
        export.arg(desk.published(4)).answer().good();
        assert!(read(&out).starts_with(beginning), "{form}");
    }
    let import = desk.call("import etsi --json --certificate issuer.pem --at 2026-02-25T00:00:00Z");
    let import = import.answer().good();
    assert_eq!(import.json()["signature_checked"], false);
    assert_eq!(import.json()["found"][0]["status"], "withdrawn");
    let anchors = desk.call("export --signer signer.pem --form anchors --out anchors.der");
    anchors
        .option("--at", "2026-03-21T00:00:00Z")
        .arg(desk.published(4))
        .answer()
        .good();
}

/// An address is given as a whole or not at all; what a list lacks for others' forms is noted.
#[test]
fn a_publisher_may_keep_its_address_to_itself() {
    let desk = Desk::new();
    let new = "new --territory CN --publisher zh-Hans=密码管理局 --at 2026-01-20T00:00:00Z";
    let new = |words: &str| desk.call(new).words(words).answer();
    new("--out bare.json").good();
    for part in [
        "--country CN",
        "--contact mailto:a@example.cn",
        "--street en=1",
    ] {
        misused(new(&format!("{part} --out part.json")));
    }
    let build = desk.call("build --out list.json bare.json --json");
    let build = build.option("--at", "2026-01-21T00:00:00Z").answer();
    assert_eq!(build.code, Some(0), "{build}");
    assert!(build.err.contains("no address"), "{build}");
}

#[test]
fn what_must_not_be_signed_or_believed_is_refused() {
    let desk = Desk::new();
    desk.begin();
    let sign = |words: &str| {
        desk.call("sign --at 2026-01-25T00:00:00Z")
            .words(words)
            .arg("list.json")
            .answer()
    };
    let build = desk.call("build --signer signer.pem --at 2026-01-25T00:00:00Z --out list.json");
    build.arg("draft.json").answer().good();
    // The key of another.
    sign("--signer signer.pem --key second.key.pem --out list.p7s").refused("SIGNER");
    assert!(!desk.path("list.p7s").exists());
    sign("--signer signer.pem --signer second.pem --key signer.key.pem --out list.p7s")
        .misused("as many --key as --signer");
    sign(
        "--signer signer.pem --key signer.key.pem --signer second.pem --key second.key.pem \
         --detached --out list.p7s",
    )
    .good();
    let verify = |words: &str| {
        let call = desk.call("verify --at 2026-01-26T00:00:00Z");
        call.words(words).arg("list.p7s").answer()
    };
    verify("--signer signer.pem --signer second.pem --content list.json").good();
    // It lies beside it under its usual name as well, or nowhere.
    verify("--signer signer.pem --signer second.pem").good();
    fs::rename(desk.path("list.json"), desk.path("moved.json")).expect("a folder of ours");
    verify("--signer signer.pem --signer second.pem").refused("SIGNER");
    fs::rename(desk.path("moved.json"), desk.path("list.json")).expect("a folder of ours");
    verify("--signer root.pem --content list.json").refused("SIGNER");
    verify("--content list.json").misused("--signer");
    verify("--signer signer.pem --content draft.json").refused("SIGNER");

    // A draft that forgets what was said.
    sign("--signer signer.pem --key signer.key.pem --out list-1.p7s").good();
    let text = read(&desk.path("draft.json"));
    let bent = text.replace(
        "\"StatusStartingTime\":\"2026-02-01",
        "\"StatusStartingTime\":\"2026-02-02",
    );
    assert_ne!(bent, text);
    fs::write(desk.path("draft.json"), bent).expect("a folder of ours");
    desk.call("build --after list-1.p7s --signer signer.pem --out list-2.json draft.json")
        .words("--at 2026-01-27T00:00:00Z")
        .answer()
        .refused("HISTORY_REWRITTEN");
    desk.change("suspend --from 2026-01-01T00:00:00Z")
        .answer()
        .refused("FORMAT");
    let call = desk.call("suspend --jurisdiction HK --ca x --class y draft.json");
    call.words("--from 2026-03-01T00:00:00Z")
        .answer()
        .refused("NO_ENTRY");
    fs::write(
        desk.path("bomb.xml"),
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
    )
    .expect("a folder of ours");
    desk.call("import bomb.xml").answer().refused("FORMAT");
    desk.call("verify --signer signer.pem bomb.xml")
        .answer()
        .refused("FORMAT");
}
