//! The versions of a desk's rules.

use crate::desk::Desk;
use gm_pki_tests::command::{Bench, gmpki};
use lifecycle::rules::SHIPPED;
use serde_json::Value;

/// The second version of the extranet's rules: ten working days for a review, from a day on.
fn second(version: u32, from: &str) -> String {
    let (_, text) = SHIPPED
        .iter()
        .find(|(name, _)| *name == "egov-extranet")
        .expect("it is shipped");
    let mut text = (*text).to_owned();
    for (old, new) in [
        ("\nversion = 1\n", format!("\nversion = {version}\n")),
        ("\"2010-01-01\"", format!("\"{from}\"")),
        (
            "review-working-days = { value = 5",
            "review-working-days = { value = 10".to_owned(),
        ),
    ] {
        assert!(text.contains(old), "{old:?}");
        text = text.replace(old, &new);
    }
    text
}

/// By when a case is to be reviewed.
fn review(desk: &Desk, case: &str) -> Value {
    let shown = desk.object(&format!("case show {case}"));
    let deadlines = shown["deadlines"].as_array().expect("a list").clone();
    let review = deadlines.iter().find(|one| one["deadline"] == "review");
    review.expect("it runs")["at"].clone()
}

#[test]
fn a_case_is_judged_by_the_version_that_counted_when_it_was_opened() {
    let desk = Desk::of_the_extranet();
    desk.open("a-1");
    let first = "2026-04-01";
    desk.write("second.toml", second(2, first));
    desk.write("today.toml", second(2, "2026-03-02"));
    desk.write("again.toml", second(1, first));
    desk.write(
        "broken.toml",
        second(2, first).replace("review-working-days", "days"),
    );
    desk.write(
        "foreign.toml",
        second(2, first).replace("\"egov-extranet\"", "\"other\""),
    );
    let profile = second(2, first).replace("\"egov-person-signing\"", "\"no-such-profile\"");
    desk.write("profile.toml", profile);
    for (file, reason) in [
        ("today.toml", "a day after 2026-03-02"),
        ("again.toml", "the desk has version 1, and numbers rise"),
        ("broken.toml", "days"),
        ("foreign.toml", "the desk works by egov-extranet"),
        ("profile.toml", "no-such-profile"),
        ("missing.toml", "missing.toml"),
    ] {
        desk.refused(&format!("rules add {file}"), reason);
    }
    assert_eq!(desk.listing("rules"), ["egov-extranet-1.toml"]);

    let added = desk.object("rules add second.toml");
    assert_eq!(added["ended"], "egov-extranet 1");
    desk.refused("rules add second.toml", "numbers rise");
    let listed = desk.object("rules list");
    let own = listed["desk"].as_array().expect("a list");
    let days: Vec<_> = own
        .iter()
        .map(|set| (&set["version"], &set["until"], &set["in_force"]))
        .collect();
    assert_eq!(days[0], (&1.into(), &first.into(), &true.into()));
    assert_eq!(days[1], (&2.into(), &Value::Null, &false.into()));

    // Eight working days of April, with a festival in between, tell the two apart.
    desk.good(&format!("ca tick --at {first}T01:00:00Z"));
    desk.submitted("a-2");
    let by = "--actor su.qing:applicant";
    desk.good(&format!("case fill a-1 {by} --form form.toml --years 1"));
    desk.documents_brought("a-1");
    assert_eq!(review(&desk, "a-1"), "2026-04-09T09:59:59Z");
    assert_eq!(review(&desk, "a-2"), "2026-04-16T09:59:59Z");
    assert_eq!(desk.object("rules list")["desk"][1]["in_force"], true);
    let shown = desk.object("rules show egov-extranet");
    assert_eq!(shown["version"], 2, "{shown}");
    let shown = desk.object("rules show egov-extranet --version 1");
    assert_eq!(shown["until"], first, "{shown}");
    desk.refused("rules show egov-extranet --version 3", "version 3");
}

#[test]
fn rules_that_come_with_the_program_are_listed_and_shown_without_a_desk() {
    let bench = Bench::new();
    let call = |words: &str| gmpki(words).within(&bench.path("")).answer();
    let listed = call("rules list --json").good().json();
    let shipped = listed["shipped"].as_array().expect("a list");
    assert_eq!(shipped.len(), SHIPPED.len());
    assert_eq!(listed["desk"].as_array().map(Vec::len), Some(0));
    let shown = call("rules show egov-extranet").good();
    for part in [
        "egov-extranet 1  from 2010-01-01",
        "application: at the counter",
    ] {
        assert!(shown.text().contains(part), "{part:?}: {shown}");
    }
    let chinese = call("rules show egov-extranet --lang zh").good();
    assert!(chinese.text().contains("国家电子政务外网"), "{chinese}");
    call("rules show no-such-rules").misused("no-such-rules");
}
