//! What is no story is told by file and line.

use crate::{play::play, story::Story};
use std::fs;

const HEADER: &str = "Story: S.\nRules: egov-extranet\nProves: S1-07\n";

fn wrong(text: &str) -> (usize, String) {
    Story::parse(text).expect_err("no story")
}

fn fault(sentences: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("{HEADER}{sentences}");
    fs::write(folder.path().join("one.story"), text).expect("a file");
    match play(folder.path(), "one") {
        Ok(_) => panic!("this went well: {sentences}"),
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn a_story_without_an_expectation_is_none() {
    let (_, words) = wrong(&format!("{HEADER}Given the token k1\n"));
    assert!(words.contains("expects nothing"), "{words}");
}

#[test]
fn a_requirement_that_there_is_not_is_told() {
    let text = HEADER.replace("S1-07", "S1-99");
    let (line, words) = wrong(&format!("{text}Given the token k1\n  token k1: fresh\n"));
    assert_eq!((line, words.as_str()), (3, "there is no requirement S1-99"));
}

#[test]
fn who_tries_is_refused_and_who_does_is_not() {
    let (line, words) = wrong(&format!(
        "{HEADER}a, agent, tries to submit the case\n  now: draft\n"
    ));
    assert_eq!(line, 4, "{words}");
    let (line, words) = wrong(&format!(
        "{HEADER}a, agent, submits the case\n  refused as seat: \"no\"\n"
    ));
    assert_eq!(line, 4, "{words}");
}

#[test]
fn a_sentence_that_nobody_understands_is_told_by_its_place() {
    let told = fault("Given the token k1\n  token k1: fresh\nGiven the moon\n");
    assert!(told.starts_with("one.story:6: not understood"), "{told}");
    let told = fault("Given the token k1\n  token k1: fresh\na, agent, dances\n");
    assert!(told.starts_with("one.story:6: not understood"), "{told}");
}

#[test]
fn what_is_not_as_expected_is_told_by_its_place() {
    let told = fault("Given the token k1\n  token k1: written\n");
    assert_eq!(told, "one.story:5: token k1: fresh, not written");
}

#[test]
fn what_was_not_refused_is_told() {
    let told = fault(
        "Given the token k1\nhe.ping, clerk, tries to put the token k1 aside: lost\n  refused as seat: \"x\"\n",
    );
    assert!(told.contains("this was not refused"), "{told}");
}

#[test]
fn a_refusal_that_nobody_expected_is_told() {
    let told = fault("li, applicant, puts the token k1 aside: lost\n  token k1: fresh\n");
    assert!(told.starts_with("one.story:4: refused"), "{told}");
}

#[test]
fn time_does_not_run_backwards() {
    let told = fault("Given the token k1\n  token k1: fresh\nOn 2024-03-03 at 09:00\n");
    assert!(told.contains("is over already"), "{told}");
}
