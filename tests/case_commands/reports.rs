//! What is shown: cases, lists, reports, status, in both languages and as objects.

use crate::desk::Desk;

// proves: S1-07, S1-10, S0-12
#[test]
fn a_case_is_shown_as_a_timeline_with_its_evidence_in_both_languages() {
    let desk = Desk::of_the_extranet();
    desk.registered("a-1");
    let english = desk.good("case show a-1");
    for part in [
        "case a-1 (no. 000001): handed over to the approver",
        "timeline (Beijing time)",
        "2026-03-02 09:00:00  opened  su.qing (applicant)",
        "work record: record.txt SM3 ",
        "RA registrar: li.si",
    ] {
        assert!(english.contains(part), "{part:?}: {english}");
    }
    // A person's number is masked, and whole only on demand.
    assert!(!english.contains("440106199003154563"), "{english}");
    assert!(english.contains("**************4563"), "{english}");
    assert!(
        desk.good("case show a-1 --reveal")
            .contains("440106199003154563")
    );

    let chinese = desk.good("case show a-1 --lang zh");
    for part in [
        "业务 a-1",
        "编号 000001",
        "经过（北京时间）",
        "申请人姓名: 苏青",
    ] {
        assert!(chinese.contains(part), "{part:?}: {chinese}");
    }

    let object = desk.object("case show a-1");
    assert_eq!(object["phase"], "handed-over");
    assert_eq!(object["number"], 1);
    let timeline = object["timeline"].as_array().expect("a list");
    let steps: Vec<_> = timeline
        .iter()
        .map(|step| step["step"].as_str().unwrap_or(""))
        .collect();
    assert_eq!(steps.first(), Some(&"opened"));
    assert_eq!(steps.last(), Some(&"registered"));
    let evidence = &timeline[timeline.len() - 1]["evidence"][0];
    assert_eq!(evidence["kind"], "work-record");
    // The paper lies in the desk under its digest.
    let digest = evidence["sm3"].as_str().expect("text").to_owned();
    assert!(desk.listing("documents").contains(&digest), "{digest}");
}

// proves: S0-12, S2-23, X-12
#[test]
fn reports_count_by_mode_and_state_and_name_what_is_overdue() {
    let desk = Desk::of_the_extranet();
    desk.submitted("a-1");
    desk.open("a-2");
    assert_eq!(desk.object("report modes")["rows"][0]["cases"], 2);
    let states = desk.object("report states");
    let named = |phase: &str| {
        let rows = states["rows"].as_array().expect("a list");
        rows.iter()
            .find(|row| row["phase"] == phase)
            .map(|row| row["cases"].clone())
    };
    assert_eq!(named("submitted"), Some(1.into()), "{states}");
    assert_eq!(named("draft"), Some(1.into()), "{states}");
    assert!(desk.good("report states --lang zh").contains("共2件"));

    // Five working days from Monday are over with the office hours of the next Monday.
    let overdue = |at: &str| desk.object(&format!("report overdue --at {at}"))["count"].clone();
    assert_eq!(overdue("2026-03-09T09:59:59Z"), 0);
    let late = desk.object("report overdue --at 2026-03-09T10:00:00Z");
    assert_eq!(late["rows"][0]["case"], "a-1", "{late}");
    assert_eq!(late["rows"][0]["deadline"], "review", "{late}");
    // The desk notes it, once, and tells somebody.
    let ticked = desk.good("ca tick --at 2026-03-09T10:00:00Z");
    assert!(ticked.contains("overdue-noted"), "{ticked}");
    assert!(!desk.good("ca tick").contains("overdue-noted"));
    assert_eq!(desk.listing("notices").len(), 1);
}

// proves: S0-14
#[test]
fn every_value_of_the_shipped_rules_has_a_requirement_or_the_reason_why_it_was_assumed() {
    let bench = gm_pki_tests::command::Bench::new();
    let call = |words: &str| gm_pki_tests::command::gmpki(words).within(&bench.path(""));
    let object = call("report rules --json").answer().good().json();
    let sets = object["sets"].as_array().expect("a list");
    assert!(sets.len() >= 3, "{}", sets.len());
    for set in sets {
        let values = set["values"].as_array().expect("a list");
        assert!(values.len() > 50, "{}", set["rules"]);
        for value in values {
            let based = value["requirements"]
                .as_array()
                .is_some_and(|list| !list.is_empty());
            assert!(based || value["assumed"].is_string(), "{value}");
        }
    }
    let assumed = call("report rules --assumed szca-online").answer().good();
    assert!(
        assumed.text().contains("values.deemed-acceptance-days = 7"),
        "{assumed}"
    );
    assert!(
        !assumed.text().contains("values.review-working-days"),
        "{assumed}"
    );
}
