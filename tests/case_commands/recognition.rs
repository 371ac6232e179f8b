//! Recognition between two sides by commands: what is told, refused, and by which terms.

use crate::desk::Desk;

// proves: S4-18
#[test]
fn a_desk_works_by_its_own_terms_of_recognition() {
    let desk = Desk::of("in-house");
    desk.refused("recognition show nobody", "nobody applied");
    let terms = desk.good("recognition terms");
    assert!(terms.contains("[sides.CN-GD]"), "{terms}");
    // Auditors are of a place, and none come with the program.
    let roster = "[auditors.harbour]\nname = { en = \"H\", zh = \"H\" }\njurisdiction = \"HK\"\n\
                  from = \"2025-01-01\"\nbasis = [\"S4-18\"]\n";
    desk.write("gmpki-desk/recognition.toml", format!("{terms}\n{roster}"));
    let shown = desk.object("recognition terms");
    assert!(
        shown["terms"]
            .as_str()
            .is_some_and(|text| !text.contains("harbour"))
    );
    desk.write(
        "gmpki-desk/recognition.toml",
        terms.replacen("approval = \"miit\"", "approval = \"mit\"", 1),
    );
    desk.refused("ca tick", "mit");
    desk.write("gmpki-desk/recognition.toml", "sauce = 1");
    desk.refused("ca tick", "recognition");
}

// proves: S4-04, S4-05
#[test]
fn what_is_refused_has_its_requirement_and_what_is_misused_its_usage() {
    let desk = Desk::of("in-house");
    let misused = |words: &str, reason: &str| {
        let answer = desk.call(words).answer();
        assert_eq!(answer.code, Some(2), "{answer}");
        assert!(answer.err.contains(reason), "{reason}: {answer}");
    };
    misused(
        "recognition fulfil x --actor a:official --authority hk-dpo --duty ca-informed",
        "ca-informed",
    );
    misused(
        "recognition suspend x --actor a:official --authority hk-dpo --cause whim --reference 1",
        "whim",
    );
    misused(
        "recognition apply x --actor a:agent --conformity only-a-name",
        "AUDITOR,TIME,REPORT,DECLARATION",
    );
    desk.refused(
        "recognition pass x --actor a:official --authority gd-diit \
         --evidence authority-opinion=papers.txt",
        "S4-05",
    );
}
