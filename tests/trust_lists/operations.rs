//! What becomes of a list in operation: emergencies, several signers, keys that change or are
//! lost, readers who come late.

use crate::{
    desk::{Desk, misused, of_entry, read, refused, with_keys},
    world::day,
};
use std::fs;

const JANUARY: &str = "2026-01-25T00:00:00Z";
const FEBRUARY: &str = "2026-02-11T00:00:00Z";
const LATER: &str = "2026-02-12T00:00:00Z";

fn good(code: &str) -> (Option<i32>, String) {
    (Some(0), code.to_owned())
}

fn bad(code: &str) -> (Option<i32>, String) {
    (Some(1), code.to_owned())
}

#[test]
fn a_flash_takes_away_before_the_next_list() {
    let desk = Desk::new();
    desk.subscriber("chan.pem", day(2, 5));
    desk.begin();
    desk.publish(1, None, JANUARY);
    desk.verify("--signer signer.pem published/list-1.p7s", FEBRUARY)
        .answer()
        .good();
    assert_eq!(desk.query(FEBRUARY, ""), good("RECOGNISED"));

    let flash = |signer: &str, words: &str| {
        let call = with_keys(desk.call("flash --json"), &[signer]).words(words);
        of_entry(call).option("--at", FEBRUARY).answer()
    };
    let lost = "--cause compromise --from 2026-02-11T00:00:00Z --event 2026-02-09T00:00:00Z";
    let here = format!("{lost} --folder published");
    // Of a stranger, about nothing, and one that recognises: there is no such word.
    refused(flash("second", &here), "SIGNER");
    let nothing = with_keys(desk.call("flash --json --folder published"), &["signer"]);
    let nothing = nothing.words("--jurisdiction HK --ca x --class y --from 2026-02-11T00:00:00Z");
    refused(nothing.option("--at", FEBRUARY).answer(), "NO_ENTRY");
    misused(flash("signer", &format!("{here} --status recognised")));
    let published = flash("signer", &here).good();
    assert_eq!(published.json()["number"], 1);
    assert_eq!(published.json()["files"][0], "flash-1.p7s");
    assert_eq!(read(&desk.path("published/latest-flash")), "flash-1.p7s\n");
    // What is suspended is terminated, not suspended again.
    refused(flash("signer", &here), "FORMAT");

    let offer = |name: &str, at| desk.verify("--flash", at).arg(name).answer();
    let accepted = offer("published/flash-1.p7s", FEBRUARY).good();
    assert_eq!(accepted.json()["new"], true);
    assert_eq!(accepted.json()["flash"], 1);
    assert_eq!(desk.query(FEBRUARY, ""), bad("STATUS_AT_SIGNING"));
    let stamped = "--signed-at 2026-02-08T00:00:00Z --proved";
    assert_eq!(desk.query(LATER, stamped), good("RECOGNISED"));
    let late = "--signed-at 2026-02-10T00:00:00Z --proved";
    assert_eq!(desk.query(LATER, late), bad("REACHES_BACK"));
    assert_eq!(
        offer("published/flash-1.p7s", FEBRUARY).good().json()["new"],
        false
    );

    // The next list says the same, or does not appear.
    desk.build(
        2,
        Some("published/list-1.p7s"),
        LATER,
        "--signer signer.pem",
    );
    refused(desk.sign(2, LATER, &["signer"], ""), "HISTORY_REWRITTEN");
    desk.change(&format!("suspend {lost}")).answer().good();
    fs::remove_file(desk.path("list-2.json")).expect("a folder of ours");
    desk.publish(2, Some("published/list-1.p7s"), LATER);
    desk.verify("published/list-2.p7s", LATER).answer().good();
    assert_eq!(desk.query(LATER, ""), bad("STATUS_AT_SIGNING"));

    // Made beside the folder: numbers go on, an earlier number is old.
    let ended = "--status terminated --from 2026-02-12T00:00:00Z --list published/list-2.p7s";
    let make = |number: u32| {
        let call = with_keys(desk.call("flash --json"), &["signer"]).words(ended);
        let call = of_entry(call).option("--at", LATER);
        let call = call.option("--number", number.to_string());
        call.option("--out", format!("{number}.p7s"))
            .answer()
            .good();
    };
    make(2);
    make(3);
    offer("3.p7s", LATER).good();
    refused(offer("2.p7s", LATER), "ROLLBACK");
    refused(offer("published/list-2.p7s", LATER), "FORMAT");
    let alone = desk.call("verify --signer signer.pem --flash 3.p7s");
    alone.answer().misused("--state");
    // With its list and without a memory.
    let both = desk.call("verify --signer signer.pem --flash 3.p7s published/list-2.p7s --json");
    let both = both.option("--at", LATER).answer().good();
    assert_eq!(both.json()["flash"], 3);
}

// proves: S4-03
#[test]
fn detached_lists_are_published_followed_and_mirrored() {
    let (gd, hk) = (Desk::new(), Desk::new());
    let signers = "--signer signer.pem --signer second.pem --signer third.pem --threshold 2";
    hk.begin_as("HK", "zh-Hant=數字政策辦公室", signers);
    hk.build(1, None, JANUARY, "");
    refused(hk.sign(1, JANUARY, &["signer"], "--detached"), "SIGNER");
    hk.sign(1, JANUARY, &["signer", "second"], "--detached")
        .good();
    // Two others of the three sign the next one.
    let by = |desk: &Desk, words: &str| {
        let call = desk.call("verify --json --state reader.state").words(words);
        call.option("--at", FEBRUARY).answer()
    };
    hk.build(
        2,
        Some("published/list-1.p7s"),
        "2026-02-01T00:00:00Z",
        signers,
    );
    let second = hk.sign(
        2,
        "2026-02-01T00:00:00Z",
        &["third", "second"],
        "--detached",
    );
    second.good();
    let both = format!("{signers} published/list-1.p7s published/list-2.p7s");
    assert_eq!(by(&hk, &both).good().json()["new"], true);
    let apart = "verify --signer signer.pem --content published/list-1.json";
    let apart = hk.call(apart).option("--at", FEBRUARY);
    apart.arg("published/list-2.p7s").answer().refused("SIGNER");

    // The other side has their certificates, and both files.
    for name in ["signer", "second", "third"] {
        let pem = fs::read(hk.path(&format!("{name}.pem"))).expect("a file");
        gd.put(&format!("hk-{name}.pem"), pem);
    }
    for name in ["list-1.p7s", "list-1.json", "list-2.p7s", "list-2.json"] {
        let octets = fs::read(hk.path("published").join(name)).expect("a file");
        gd.put(&format!("hk-{name}"), octets);
    }
    let theirs = "--signer hk-signer.pem --signer hk-second.pem --signer hk-third.pem";
    gd.subscriber("chan.pem", day(2, 5));
    gd.begin();
    let mirror = |number: u32, threshold: u32| {
        format!(
            "--mirror hk-list-{number}.p7s --mirror-signer hk-signer.pem --mirror-signer \
             hk-second.pem --mirror-signer hk-third.pem --mirror-threshold {threshold} \
             --mirror-url https://gd.example/mirror-HK-{number}.p7s"
        )
    };
    let build = gd.call("build --out list-1.json draft.json --json");
    let build = build.option("--at", JANUARY).words(&mirror(1, 3));
    refused(build.answer(), "SIGNER");
    gd.build(1, None, JANUARY, &mirror(1, 2));
    let publish = |list: &str, file: &str| {
        let call = gd.call("mirror --folder published --threshold 2 --json");
        let call = call.words(theirs).option("--at", FEBRUARY);
        call.option("--list", list).arg(file).answer()
    };
    // Not the file that our list names.
    refused(publish("list-1.json", "hk-list-2.p7s"), "MIRROR_STALE");
    let files = publish("list-1.json", "hk-list-1.p7s").good();
    assert_eq!(
        files.json()["files"],
        serde_json::json!(["mirror-HK-1.json", "mirror-HK-1.p7s"])
    );
    gd.sign(1, JANUARY, &["signer"], "").good();
    for end in ["p7s", "json"] {
        let ours = fs::read(gd.path(&format!("published/mirror-HK-1.{end}")));
        let theirs = fs::read(hk.path(&format!("published/list-1.{end}")));
        assert_eq!(ours.expect("a file"), theirs.expect("a file"));
    }

    // A reader of both: the mirror is theirs, and may be one list behind.
    by(&gd, "--signer signer.pem published/list-1.p7s").good();
    let check = |file: &str, words: &str| {
        let call = gd.call("mirror --state reader.state --threshold 2 --json");
        let call = call.words(theirs).words(words).option("--at", FEBRUARY);
        call.arg(file).answer()
    };
    check("published/mirror-HK-1.p7s", "").good();
    check("hk-list-2.p7s", "").good();
    refused(check("hk-list-2.p7s", "--lag 0"), "MIRROR_STALE");
    misused(gd.call("mirror hk-list-2.p7s").words(theirs).answer());
}

#[test]
fn signers_change_in_two_steps_and_late_readers_need_both() {
    let desk = Desk::new();
    desk.subscriber("chan.pem", day(2, 5));
    desk.begin();
    desk.publish(1, None, JANUARY);
    let signers = |words: &str| desk.call("signers draft.json --json").words(words).answer();
    signers("").misused("--take-over");
    signers("--take-over").refused("announces nobody");
    let announced =
        signers("--announce next.pem --announce third.pem --announce-threshold 1").good();
    assert_eq!(announced.json()["announced"]["threshold"], 1);
    desk.publish(2, Some("published/list-1.p7s"), "2026-02-01T00:00:00Z");
    signers("--take-over").good();
    let at = "2026-02-05T00:00:00Z";
    desk.build(3, Some("published/list-2.p7s"), at, "--signer signer.pem");
    refused(desk.sign(3, at, &["signer"], ""), "SIGNER");
    desk.sign(3, at, &["next"], "").good();

    let verify = |words: &str| desk.verify(words, FEBRUARY).answer();
    verify("--signer signer.pem published/list-1.p7s").good();
    // The announcement was missed.
    refused(verify("published/list-3.p7s"), "SIGNER");
    refused(
        verify("--no-gaps published/list-1.p7s published/list-3.p7s"),
        "SIGNER",
    );
    let chain = verify("published/list-2.p7s published/list-3.p7s").good();
    assert_eq!(chain.json()["sequence"], 3);
    refused(verify("published/list-2.p7s"), "SIGNER");
    assert_eq!(desk.query(FEBRUARY, ""), good("RECOGNISED"));
    let all = "--content list-1.json published/list-1.p7s published/list-2.p7s";
    verify(all).misused("--content");
}

#[test]
fn recovery_keys_name_new_signers_when_the_present_ones_are_lost() {
    let desk = Desk::new();
    desk.begin();
    desk.publish(1, None, JANUARY);
    let verify = |words: &str| desk.verify(words, FEBRUARY).answer();
    verify("--signer signer.pem published/list-1.p7s").good();

    desk.call("signers --signer next.pem draft.json")
        .answer()
        .good();
    let at = "2026-02-05T00:00:00Z";
    desk.build(2, Some("published/list-1.p7s"), at, "--signer signer.pem");
    let keys = "--recovery lost-1.pem --recovery lost-2.pem --recovery lost-3.pem \
                --recovery-threshold 2";
    refused(desk.sign(2, at, &["next"], ""), "SIGNER");
    refused(desk.sign(2, at, &["next"], keys), "SIGNER");
    refused(desk.sign(2, at, &["lost-1"], keys), "SIGNER");
    refused(desk.sign(2, at, &["lost-1", "lost-3"], ""), "SIGNER");
    desk.sign(2, at, &["lost-1", "lost-3"], keys).good();

    // A reader that was installed without them does not follow, the other does.
    refused(verify("published/list-2.p7s"), "SIGNER");
    let strict = keys.replace("threshold 2", "threshold 3");
    refused(verify(&format!("{strict} published/list-2.p7s")), "SIGNER");
    verify(&format!("{keys} published/list-2.p7s")).good();
    // The last list there is by the recovery keys, which are needed once more to check it.
    desk.build(
        3,
        Some("published/list-2.p7s"),
        FEBRUARY,
        "--signer lost-1.pem",
    );
    refused(desk.sign(3, FEBRUARY, &["signer"], keys), "SIGNER");
    refused(desk.sign(3, FEBRUARY, &["next"], ""), "SIGNER");
    desk.sign(3, FEBRUARY, &["next"], keys).good();
    verify("published/list-3.p7s").good();
}

#[test]
fn a_list_is_sent_out_again_before_it_is_stale_and_readers_may_be_patient() {
    let desk = Desk::new();
    desk.subscriber("chan.pem", day(2, 5));
    let due = |at: &str, words: &str| {
        let call = desk.call("due --folder published --json --signer signer.pem");
        let answer = call.option("--at", at).words(words).answer();
        (answer.code, answer.json()["due"].as_bool())
    };
    assert_eq!(due(JANUARY, ""), (Some(1), Some(true)));
    desk.begin();
    desk.publish(1, None, JANUARY);
    // It stands until the 24th of February.
    assert_eq!(due("2026-02-20T23:59:59Z", ""), (Some(0), Some(false)));
    assert_eq!(due("2026-02-21T00:00:00Z", ""), (Some(1), Some(true)));
    assert_eq!(
        due("2026-02-21T00:00:00Z", "--margin 12h"),
        (Some(0), Some(false))
    );
    assert_eq!(
        due("2026-03-21T00:00:00Z", "--margin 0s"),
        (Some(1), Some(true))
    );
    let other = desk.call("due --folder published --json --signer second.pem");
    refused(other.option("--at", JANUARY).answer(), "SIGNER");
    let no_unit = desk.call("due --folder published --signer signer.pem --margin 3");
    misused(no_unit.answer());

    let verify = |words: &str, at: &str| desk.verify(words, at).answer();
    let stale = "2026-02-24T11:00:00Z";
    let first = "--signer signer.pem published/list-1.p7s";
    refused(verify(first, stale), "STALE");
    verify(&format!("--grace 12h {first}"), stale).good();
    assert_eq!(desk.query(stale, ""), bad("STALE"));
    assert_eq!(desk.query(stale, "--grace 11h"), bad("STALE"));
    assert_eq!(desk.query(stale, "--grace 12h"), good("RECOGNISED"));
    let alone = |words: &str| {
        let call = desk.call("query --certificate chan.pem --json --signer signer.pem");
        let call = call.option("--at", stale).words(words);
        call.arg("published/list-1.p7s").answer()
    };
    refused(alone(""), "STALE");
    assert_eq!(alone("--grace 1d").good().json()["code"], "RECOGNISED");

    // The heartbeat: the same draft, the next number.
    desk.publish(2, Some("published/list-1.p7s"), stale);
    assert_eq!(due(stale, ""), (Some(0), Some(false)));
    desk.publish(3, Some("published/list-2.p7s"), "2026-02-25T00:00:00Z");
    let late = "2026-02-26T00:00:00Z";
    refused(verify("--no-gaps published/list-3.p7s", late), "GAP");
    let filled = verify("--no-gaps published/list-2.p7s published/list-3.p7s", late).good();
    assert_eq!(filled.json()["sequence"], 3);
    assert!(filled.json().get("gap").is_none());
}
