//! What somebody may put in a reader's way, at the command line: each refused with its code, in
//! bounded time and memory.

use crate::{
    desk::{Desk, read, refused},
    world::day,
};
use gm_pki_tests::command::{Answer, Call, program};
use std::{fs, process::Command, time::Duration};

const JANUARY: &str = "2026-01-25T00:00:00Z";
const FEBRUARY: &str = "2026-02-11T00:00:00Z";

/// `gmpki trust-list` with a gigabyte of addresses, of which a program uses a part.
fn bounded(desk: &Desk, words: &str) -> Answer {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 1048576; exec \"$0\" trust-list \"$@\""]);
    command.arg(program()).current_dir(desk.path(""));
    let call = Call::new(command).words(words).option("--at", FEBRUARY);
    let answer = call.arg("--json").answer();
    assert!(answer.took < Duration::from_secs(20), "{answer}");
    answer
}

// proves: S4-10
#[test]
fn lists_that_no_reader_takes_are_refused_with_their_codes() {
    let desk = Desk::new();
    desk.begin();
    desk.publish(1, None, JANUARY);
    let verify = |name: &str| bounded(&desk, &format!("verify --state reader.state {name}"));
    refused(verify("published/list-1.p7s"), "NO_PIN");
    bounded(
        &desk,
        "verify --signer signer.pem --state reader.state published/list-1.p7s",
    )
    .good();
    let first = fs::read(desk.path("published/list-1.p7s")).expect("a file");
    desk.publish(2, Some("published/list-1.p7s"), "2026-02-01T00:00:00Z");
    desk.publish(3, Some("published/list-2.p7s"), "2026-02-05T00:00:00Z");
    verify("published/list-2.p7s").good();

    let third = read(&desk.path("list-3.json"));
    let bent = |from: &str, to: &str| {
        assert!(third.contains(from), "{from}");
        third.replacen(from, to, 1).into_bytes()
    };
    let entity = third.find("\"TrustedEntitiesList\"").expect("entries");
    let end = third.rfind("]}}").expect("the end of entries");
    let without = format!("{}{}", &third[..entity - 1], &third[end + 1..]);
    let second = read(&desk.path("list-2.json"));
    let sequence = "\"LoTESequenceNumber\":3";
    let deep = |open: &str| open.repeat(10_000).into_bytes();
    let by = |octets: Vec<u8>| desk.signed("signer", octets);
    for (code, what, octets) in [
        ("ROLLBACK", "an old list", first),
        (
            "FORK",
            "one number, two contents",
            by(second.replace("2026-03-03", "2026-03-02").into_bytes()),
        ),
        (
            "BROKEN_CHAIN",
            "another list before it",
            by(third
                .replace(&previous(&third), &previous(&second))
                .into_bytes()),
        ),
        ("HISTORY_REWRITTEN", "no entries", by(without.into_bytes())),
        (
            "HISTORY_REWRITTEN",
            "an earlier beginning",
            by(bent("Time\":\"2026-02-01T", "Time\":\"2026-01-31T")),
        ),
        (
            "SIGNER",
            "a stranger's",
            desk.signed("second", third.clone()),
        ),
        (
            "TIME",
            "a stretched next update",
            by(bent("Update\":\"2026-03-07", "Update\":\"2026-05-07")),
        ),
        (
            "TIME",
            "a next update at the end of all days",
            by(bent("Update\":\"2026-03-07", "Update\":\"9999-03-07")),
        ),
        (
            "STALE",
            "stale",
            by(bent("Update\":\"2026-03-07", "Update\":\"2026-02-10")),
        ),
        (
            "FORMAT",
            "a member twice",
            by(bent(sequence, &format!("{sequence},{sequence}"))),
        ),
        (
            "FORMAT",
            "a byte order mark",
            by(format!("\u{feff}{third}").into_bytes()),
        ),
        (
            "FORMAT",
            "UTF-16",
            by(third.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ),
        ("FORMAT", "10 000 levels of arrays", by(deep("["))),
        ("FORMAT", "10 000 levels of objects", by(deep("{\"a\":"))),
        (
            "LOOKALIKE",
            "letters of another alphabet",
            by(bent("\"Hongkong Post\"", "\"Hongk\u{43e}ng Post\"")),
        ),
        ("LIMIT", "100 MB", vec![0x30; 100_000_000]),
        ("FORMAT", "no signed data", third.clone().into_bytes()),
    ] {
        desk.put("offered.p7s", &octets);
        let answer = verify("offered.p7s");
        assert_eq!(answer.json()["code"], code, "{what}: {answer}");
        refused(answer, code);
    }
    // What was refused was not remembered, and both sides of the fork were.
    verify("published/list-3.p7s").good();
    let kept = fs::read_dir(desk.path("")).expect("a folder");
    let kept = kept.filter(|entry| {
        let name = entry.as_ref().expect("a file").file_name();
        name.to_string_lossy().starts_with("reader.state.fork-2-")
    });
    assert_eq!(kept.count(), 2);
}

/// The digest of the list before, as a list's JSON has it.
fn previous(json: &str) -> String {
    let start = json.find("\"PreviousDigest\":\"").expect("a digest") + 18;
    json[start..start + 44].to_owned()
}

#[test]
fn hostile_xml_is_refused_before_it_costs_anything() {
    let desk = Desk::new();
    let root = "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\">";
    let bombs = "<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">";
    let levels = |name: &str| format!("{root}{}", format!("<{name}>").repeat(10_000));
    for (code, what, xml) in [
        ("FORMAT", "a DTD", format!("<!DOCTYPE x>{root}")),
        (
            "FORMAT",
            "entities",
            format!("<!DOCTYPE x [{bombs}]>{root}&b;"),
        ),
        (
            "FORMAT",
            "an outer entity",
            format!("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>{root}&a;"),
        ),
        ("FORMAT", "an unknown entity", format!("{root}&a;")),
        ("LIMIT", "10 000 levels", levels("a")),
        (
            "LIMIT",
            "10 000 levels of others",
            levels("o:a xmlns:o=\"urn:o\""),
        ),
        (
            "LIMIT",
            "1 000 000 elements",
            format!("{root}{}", "<a/>".repeat(1_000_000)),
        ),
        (
            "LIMIT",
            "100 MB",
            format!("{root}{}", " ".repeat(100_000_000)),
        ),
    ] {
        desk.put("list.xml", &xml);
        let answer = bounded(&desk, "import list.xml");
        assert_eq!(answer.json()["code"], code, "{what}: {answer}");
        refused(answer, code);
    }
}

#[test]
fn an_issuer_with_another_key_and_policies_that_look_alike_are_not_recognised() {
    let (desk, stranger) = (Desk::new(), Desk::new());
    desk.begin();
    desk.publish(1, None, JANUARY);
    desk.verify("--signer signer.pem published/list-1.p7s", FEBRUARY)
        .answer()
        .good();
    desk.subscriber("chan.pem", day(2, 5));
    assert_eq!(desk.query(FEBRUARY, "").1, "RECOGNISED");
    // Names, policy and type are the same; the key is not.
    stranger.subscriber("chan.pem", day(2, 5));
    let theirs = fs::read(stranger.path("chan.pem")).expect("a file");
    desk.put("chan.pem", theirs);
    assert_eq!(desk.query(FEBRUARY, ""), (Some(1), "PATH".to_owned()));
    // 810.2 is no beginning of 810.20, nor 8 of 80, nor is one arc less the same.
    for (policy, code) in [
        ("2.16.344.8.2.2008.810.2.2031.7.9", "RECOGNISED"),
        ("2.16.344.8.2.2008.810.20.2018.1.1", "POLICY"),
        ("2.16.344.80.2.2008.810.2.2018.1.1", "POLICY"),
        ("2.16.344.8.2.2008.810.2.2018.1", "POLICY"),
        ("2.16.344.8.2.2008.810.2.2018.1.1.1", "POLICY"),
    ] {
        desk.subscriber_with("chan.pem", day(2, 5), policy);
        assert_eq!(desk.query(FEBRUARY, "").1, code, "{policy}");
    }
}
