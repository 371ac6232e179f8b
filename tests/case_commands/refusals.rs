//! What is refused, and how: exit code 1 with the requirement, or 2 for a wrong call.

use crate::desk::{Desk, MONDAY};
use gm_pki_tests::command::{Bench, gmpki};

// proves: S1-01, S1-03, S1-05, S1-12, S1-13, X-01
#[test]
fn a_rule_says_no_with_the_requirement_it_follows_from() {
    let desk = Desk::of_the_extranet();
    let open = "case open a-1 --certificate person --organisation guan --carrier soft";
    // Nobody who is not on the list, no agent without authority, no mode that is not offered.
    desk.refused(
        &format!("{open} --actor he.ping:agent --holder su.qing"),
        "S1-03",
    );
    desk.refused(
        &format!("{open} --actor su.qing:applicant --holder su.qing --mode witness"),
        "S0-14",
    );
    desk.refused(
        &format!("{open} --actor su.qing:applicant --holder su.qing --kind renew"),
        "S0-13",
    );
    desk.good(&format!(
        "{open} --actor su.qing:applicant --holder su.qing"
    ));
    let by = "--actor su.qing:applicant";
    desk.refused(
        &format!(
            "case fill a-1 {by} --form form.toml --years 1 \
             --field identity-number=440106199003154564"
        ),
        "S1-05",
    );
    // A step out of turn names the state and the step.
    desk.refused(
        "case issue a-1 --actor wang.wu:approver",
        "signing decided: not possible while the case is being filled in",
    );

    desk.registered("a-2");
    desk.refused("case take a-2 --actor li.si:approver", "S1-12");
    desk.refused("case take a-2 --actor su.qing:approver", "S1-12");
    desk.refused("case take a-2 --actor li.si:registrar", "can't do this");
    desk.good("case take a-2 --actor wang.wu:approver");
    desk.refused(
        "case approve a-2 --actor wang.wu:approver --found documents,identity",
        "\"genuineness\" is not in order",
    );
    // In the object the same words.
    let answer = desk
        .call("case approve a-2 --actor wang.wu:approver --found documents --json")
        .answer()
        .refused("(S1-12");
    assert_eq!(answer.json()["ok"], false);
}

// proves: S2-13, X-05
#[test]
fn an_upload_is_refused_by_its_octets_its_name_and_its_size() {
    let desk = Desk::of_the_extranet();
    desk.open("a-1");
    desk.good("case fill a-1 --actor su.qing:applicant --form form.toml --years 1");
    desk.write("form.png", b"\x89PNG\r\n\x1a\n");
    desk.write("form.jpg", b"%PDF-1.4");
    desk.write("form.gif", b"GIF89a");
    let add = "case add-document a-1 --actor su.qing:applicant identity-copy";
    for (file, reason) in [
        ("form.png", "its extension is not taken"),
        ("form.jpg", "its extension is not that of its content"),
        ("form.gif", "GIF is not taken for it (S2-13"),
    ] {
        desk.refused(&format!("{add} {file}"), reason);
    }
    desk.write(
        "big.jpg",
        [&b"\xff\xd8\xff\xe0"[..], &vec![0; 2_097_149]].concat(),
    );
    desk.refused(&format!("{add} big.jpg"), "2097153 octets; 2097152 at most");
    // What some read the limit as is remarked on.
    desk.write(
        "long.jpg",
        [&b"\xff\xd8\xff\xe0"[..], &vec![0; 2_000_000]].concat(),
    );
    let answer = desk.call(&format!("{add} long.jpg")).answer();
    assert_eq!(answer.code, Some(0), "{answer}");
    assert!(answer.err.contains("X-05"), "{answer}");
    // What is refused is not kept: here lie the organisation's papers and this one.
    assert_eq!(desk.listing("documents").len(), 2);
}

#[test]
fn a_call_that_can_not_be_meant_is_a_wrong_call() {
    let desk = Desk::of_the_extranet();
    desk.open("a-1");
    for (words, reason) in [
        (
            "case submit a-1 --actor su.qing:applicant --at 2026-03-01T00:00:00Z",
            "is before",
        ),
        (
            "case close a-1 --actor wang.wu:approver",
            "--evidence work-record=FILE",
        ),
        ("report rules no-such-rules", "no-such-rules"),
    ] {
        desk.call(words).answer().misused(reason);
    }
    for words in [
        "case submit a-1 --actor su.qing",
        "case submit a-1 --actor su.qing:king",
        "case submit A-1 --actor su.qing:applicant",
        "case check a-1 no-such-check --actor li.si:registrar",
        "case close a-1 --actor wang.wu:approver --evidence gossip=record.txt",
    ] {
        let answer = desk.call(words).answer();
        assert_eq!(answer.code, Some(2), "{answer}");
    }
    desk.refused("case show a-2", "there is no case a-2");
    desk.refused("case show a-1 --dir elsewhere", "is no desk");
}

#[test]
fn a_desk_that_is_no_rehearsal_has_the_clock_of_the_machine() {
    let bench = Bench::new();
    let call = |words: &str| gmpki(words).within(&bench.path(""));
    call("ca init --rules in-house").answer().good();
    call("ca tick --at")
        .arg(MONDAY)
        .answer()
        .misused("this desk is none");
    call("ca init --rules in-house --rehearsal --at")
        .arg(MONDAY)
        .answer()
        .refused("is a desk already");
    // The same again finishes what was interrupted: nothing was.
    let again = call("ca init --rules in-house --json")
        .answer()
        .good()
        .json();
    assert_eq!(
        again["durable"].as_array().map(Vec::len),
        Some(0),
        "{again}"
    );
    call("ca init --rules in-house --dir other --at")
        .arg(MONDAY)
        .answer()
        .misused("--rehearsal");
    call("ca init --rules in-house --dir third --officer zhao.yi --officer zhao.yi")
        .answer()
        .misused("two persons");
}

// No service's answer comes from a person, and no person's act from a service.
#[test]
fn a_service_answers_what_services_answer_and_nothing_else() {
    let desk = Desk::of_the_extranet();
    desk.submitted("a-1");
    desk.refused(
        "case start a-1 --actor machine:system",
        "the seat \"system\" can't do this",
    );
    desk.refused(
        "organisation list-applicant guan wu.jiu --actor machine:system",
        "the seat \"system\" can't do this",
    );
}
