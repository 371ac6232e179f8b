//! An act is judged on what time has made of its case until then.

use crate::desk::Desk;

#[test]
fn what_time_has_brought_comes_before_any_act() {
    let desk = Desk::of_the_extranet();
    desk.open("a-1");
    desk.submitted("a-2");
    // Nobody ticked, and a quarter of a year went by: the draft has lapsed, and is not filled in.
    let fill = desk.call(
        "case fill a-1 --actor su.qing:applicant --form form.toml --years 1 \
         --at 2026-06-10T01:00:00Z",
    );
    let answer = fill.answer();
    assert_eq!(answer.code, Some(1), "{answer}");
    for part in [
        "note: time brought #",
        " case/a-1: lapsed",
        "not possible while the case",
    ] {
        assert!(answer.err.contains(part), "{part:?}: {answer}");
    }
    let shown = desk.object("case show a-1");
    assert_eq!(shown["phase"], "lapsed");
    // It was noted of the other one, too, and told.
    let ticked = desk.object("ca tick");
    assert_eq!(
        ticked["durable"].as_array().map(Vec::len),
        Some(0),
        "{ticked}"
    );
    assert!(!desk.listing("notices").is_empty());
}

#[test]
fn an_act_tells_what_time_brought_before_it() {
    let desk = Desk::of_the_extranet();
    desk.submitted("a-1");
    let start = "case start a-1 --actor li.si:registrar --at 2026-03-09T10:00:00Z --json";
    let events = |words: &str| -> Vec<String> {
        let done = desk.call(words).answer().json();
        let durable = done["durable"].as_array().expect("a list").clone();
        let names = durable
            .iter()
            .map(|one| one["event"].as_str().expect("text").to_owned());
        names.collect()
    };
    let done = events(start);
    assert_eq!(
        done.first().map(String::as_str),
        Some("overdue-noted"),
        "{done:?}"
    );
    assert!(done.len() > 1, "{done:?}");
}
