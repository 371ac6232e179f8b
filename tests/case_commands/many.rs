//! Many cases at once: reissues from a table, and the bar that shows how far it is.

use crate::desk::Desk;
use gm_pki_tests::command::{program, skip};
use std::process::Command;

const NAMES: &str = "field applicant-name,field identity-number,field organisation-name,\
                     field department,field mobile,field delivery";
const FORM: &str = "苏青,440106199003154563,区文化馆,群文部,13900139000,on-site";

#[test]
fn certificates_are_issued_anew_from_one_table() {
    let desk = Desk::of_the_extranet();
    for case in ["a-1", "a-2"] {
        desk.issued(case);
    }
    let (first, second) = (desk.serial("a-1"), desk.serial("a-2"));
    let import = "case import lost.csv --actor su.qing:applicant";
    let table = |rows: &[&str]| {
        let rows: Vec<_> = rows.iter().map(|row| format!("{row},{FORM}\n")).collect();
        format!("case,kind,target,reason,{NAMES}\n{}", rows.concat())
    };
    // What is about nothing, or for a reason that there is not, is found before anything is done.
    for (row, reason) in [
        (
            "r-1,reissue,a-9,superseded",
            "line 2: \"a-9\" is neither a case",
        ),
        (
            "r-1,reissue,a-1,boredom",
            "line 2: \"boredom\" is no reason",
        ),
    ] {
        desk.write("lost.csv", table(&[row]));
        desk.refused(import, reason);
    }
    // One by the case, one by the number of its certificate; whose and what for is known.
    let by_number = format!("r-2,reissue,{second},superseded");
    let rows = ["r-1,reissue,a-1,superseded", &by_number];
    desk.write("lost.csv", table(&rows));
    let said = desk.good(import);
    assert!(said.ends_with("2 of 2 done\n"), "{said}");
    let shown = desk.object("case list --kind reissue");
    assert_eq!(shown["count"], 2, "{shown}");

    for case in ["r-1", "r-2"] {
        desk.documents_brought(case);
        desk.looked_at(case);
        desk.approved(case);
    }
    let said = desk.good("case issue r-1 r-2 --actor wang.wu:approver");
    assert!(said.ends_with("2 of 2 done\n"), "{said}");
    for old in [&first, &second] {
        assert_eq!(desk.status(old).0, "revoked");
    }
    for case in ["r-1", "r-2"] {
        assert_eq!(desk.status(&desk.serial(case)).0, "issued");
    }
}

#[test]
fn a_bar_shows_on_a_terminal_and_nowhere_else() {
    let desk = Desk::of_the_extranet();
    let row = |case: &str| format!("{case},person,soft,su.qing,guan\n");
    let table = |cases: [&str; 2]| {
        let rows = cases.map(row).concat();
        format!("case,certificate,carrier,holder,organisation\n{rows}")
    };
    desk.write("one.csv", table(["a-1", "a-2"]));
    desk.write("two.csv", table(["b-1", "b-2"]));
    let import = "case import one.csv --actor su.qing:applicant";
    let answer = desk.call(import).answer().good();
    assert!(!answer.text().contains('['), "{answer}");
    if Command::new("script").arg("--version").output().is_err() {
        skip("no program script, which has terminals to give");
        return;
    }
    let import = import.replace("one.csv", "two.csv");
    let said = desk.on_terminal(&format!("{} {import}", program().display()));
    assert!(
        said.contains("[------------------------------] 0/2 b-1"),
        "{said:?}"
    );
    assert!(
        said.contains("[###############---------------] 1/2 b-2"),
        "{said:?}"
    );
    assert!(said.contains("2 of 2 done"), "{said:?}");
}
