//! An authority takes the place of another one, as Hong Kong's Digital Policy Office did in 2024
//! with the Office of the Government Chief Information Officer.

use crate::{
    desk::{Desk, refused},
    world::day,
};
use std::fs;

const JANUARY: &str = "2026-01-25T00:00:00Z";
const CHANGE: &str = "2026-02-05T00:00:00Z";
const AFTER: &str = "2026-02-10T00:00:00Z";

// proves: S5-02
#[test]
fn the_successor_carries_the_list_on_under_its_own_name_and_keys() {
    let desk = Desk::new();
    desk.subscriber("chan.pem", day(2, 2));
    desk.begin_as(
        "HK",
        "zh-Hant=政府資訊科技總監辦公室",
        "--signer signer.pem",
    );
    desk.publish(1, None, JANUARY);
    let verify = |words: &str| desk.verify(words, AFTER).answer();
    verify("--signer signer.pem published/list-1.p7s").good();

    // The old office announces whose keys come.
    desk.call("signers --announce next.pem draft.json")
        .answer()
        .good();
    desk.publish(2, Some("published/list-1.p7s"), "2026-02-01T00:00:00Z");
    verify("published/list-2.p7s").good();

    // The new one has its name and its keys in the list that follows.
    let rename = desk.call("rename --publisher zh-Hant=數字政策辦公室 draft.json");
    let rename = rename.option("--publisher", "en=Digital Policy Office");
    rename.answer().good();
    desk.call("signers --take-over draft.json").answer().good();
    desk.build(
        3,
        Some("published/list-2.p7s"),
        CHANGE,
        "--signer signer.pem",
    );
    desk.sign(3, CHANGE, &["next"], "").good();

    // A reader at list 2 takes it, and says that the name is another one.
    let renamed = verify("published/list-3.p7s");
    assert_eq!(renamed.code, Some(0), "{renamed}");
    assert!(renamed.err.contains("政府資訊科技總監辦公室"), "{renamed}");
    assert_eq!(renamed.json()["renamed_from"], "政府資訊科技總監辦公室");
    assert_eq!(renamed.json()["publisher"], "數字政策辦公室");
    // Signatures of before and after are judged by one history.
    for words in ["", "--signed-at 2026-02-03T00:00:00Z --proved"] {
        let found = desk.query(AFTER, words);
        assert_eq!(found, (Some(0), "RECOGNISED".to_owned()), "{words}");
    }
    refused(verify("published/list-2.p7s"), "SIGNER");

    // One that comes later: not without the list that has the new name.
    desk.build(4, Some("published/list-3.p7s"), AFTER, "--signer next.pem");
    desk.sign(4, AFTER, &["next"], "").good();
    let late = |words: &str| {
        let call = desk.call("verify --json --state late.state --signer signer.pem");
        call.option("--at", AFTER).words(words).answer()
    };
    late("published/list-2.p7s").good();
    refused(late("published/list-4.p7s"), "PUBLISHER");
    let chain = late("published/list-3.p7s published/list-4.p7s");
    assert_eq!(chain.code, Some(0), "{chain}");
    assert_eq!(chain.json()["sequence"], 4);
    // And one that is installed now has the new keys from the beginning.
    let fresh = desk.call("verify --json --signer next.pem published/list-4.p7s");
    fresh.option("--at", AFTER).answer().good();
}

#[test]
fn nobody_else_takes_a_list_over() {
    let desk = Desk::new();
    desk.begin_as(
        "HK",
        "zh-Hant=政府資訊科技總監辦公室",
        "--signer signer.pem",
    );
    desk.publish(1, None, JANUARY);
    let rename = "rename --publisher zh-Hant=數字政策辦公室 draft.json";
    desk.call(rename).answer().good();
    // With keys that nobody announced.
    desk.call("signers --signer next.pem draft.json")
        .answer()
        .good();
    desk.build(
        2,
        Some("published/list-1.p7s"),
        CHANGE,
        "--signer signer.pem",
    );
    refused(desk.sign(2, CHANGE, &["next"], ""), "SIGNER");
    // A list of its own, by the same keys, is another list.
    let other = Desk::new();
    other.begin_as("HK", "zh-Hant=數字政策辦公室", "");
    let own = fs::read(other.path("draft.json")).expect("a draft");
    desk.put("own.p7s", desk.signed("signer", own));
    let verify = |words: &str| desk.verify(words, AFTER).answer();
    verify("--signer signer.pem published/list-1.p7s").good();
    refused(verify("own.p7s"), "PUBLISHER");
    let nameless = desk.call("rename --publisher zh-Hant= draft.json");
    nameless.answer().refused("1 to 512");
}
