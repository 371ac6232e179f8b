//! The accreditation of an agency by commands, beside the walk of its document.

use crate::desk::Desk;

// proves: S0-01
#[test]
fn the_rules_of_an_accreditation_open_no_mode_without_one() {
    let desk = Desk::of("chinaclear-agency");
    desk.good(
        "organisation add zheng-quan --actor wu.jiu:clerk --name 示例证券 \
         --evidence organisation-documents=papers.txt",
    );
    desk.refused(
        "organisation file-modes zheng-quan --actor wu.jiu:clerk --mode counter \
         --evidence organisation-documents=papers.txt",
        "S0-01",
    );
}

// proves: S0-01, S0-03, S0-12
#[test]
fn an_agency_is_shown_as_a_timeline_and_its_business_held_against_what_it_may_do() {
    let desk = Desk::accredited_elsewhere();
    desk.refused("agency show zheng-quan", "neither asked nor filed");
    let consult = "agency consult zheng-quan --actor he.ping:agent --words 可否援引？";
    desk.refused(consult, "S0-01");
    desk.good(
        "organisation add zheng-quan --actor wu.jiu:clerk --name 示例证券 \
         --evidence organisation-documents=papers.txt",
    );
    desk.good(
        "organisation file-modes zheng-quan --actor wu.jiu:clerk --mode counter \
         --evidence organisation-documents=papers.txt",
    );
    desk.good("organisation confirm-modes zheng-quan --actor wang.wu:approver");
    let open = "case open a-1 --actor han.mei:applicant --certificate personal-hard \
                --holder han.mei --mode counter --agency zheng-quan";
    desk.good(open);
    let in_operation = |expected: bool| {
        let scope = desk.object("report scope");
        assert_eq!((&scope["count"], &scope["outside"]), (&1.into(), &0.into()));
        let row = &scope["rows"][0];
        assert_eq!(
            (&row["mode"], &row["in_operation"]),
            (&"counter".into(), &expected.into())
        );
    };
    in_operation(true);

    // From the first word on, the accreditation alone opens and closes modes: it closes what was
    // open without it, and none is left that nobody could close.
    let told = desk.good(consult);
    assert!(
        told.contains("organisation/zheng-quan: mode-closed"),
        "{told}"
    );
    in_operation(false);
    desk.refused(&open.replace("a-1", "a-2"), "S0-11");
    desk.refused(
        "organisation suspend-mode zheng-quan counter --actor wu.jiu:clerk --reason x",
        "S0-01",
    );
    // The case that runs waits; it can be taken back.
    desk.refused("case submit a-1 --actor han.mei:applicant", "S0-11");
    desk.good("case withdraw a-1 --actor han.mei:applicant");
    // A stranger does not speak for the agency.
    desk.refused(&consult.replace("he.ping", "li.gui"), "li.gui");
    let shown = desk.object("agency show zheng-quan");
    assert_eq!(shown["stage"], "consulting");
    assert_eq!(shown["agents"][0], "he.ping");
    assert_eq!(shown["timeline"][0]["step"], "consultation-opened");
    assert_eq!(shown["timeline"][0]["person"], "he.ping");
    assert_eq!(shown["deadlines"][0]["name"], "consultation-answered");
    assert_eq!(
        shown["deadlines"][0]["calendar"]
            .as_str()
            .map(|it| &it[..6]),
        Some("china-")
    );
    let told = desk.good("agency show zheng-quan --lang zh");
    assert!(told.contains("沟通中") && told.contains("经办人"), "{told}");
    let all = desk.object("deadlines");
    let all = all.to_string();
    assert!(all.contains("accreditation/zheng-quan"), "{all}");
    desk.refused("agency proof zheng-quan", "was accepted");
}

// proves: S0-01
#[test]
fn a_case_that_is_handed_over_is_its_heirs_and_handed_on_by_it() {
    let desk = Desk::accredited_elsewhere();
    desk.write("decision.txt", "决定");
    for agency in ["zheng-quan", "other-quan"] {
        desk.good(&format!(
            "organisation add {agency} --actor wu.jiu:clerk --name 证券 \
             --evidence organisation-documents=papers.txt"
        ));
        desk.good(&format!(
            "organisation file-modes {agency} --actor wu.jiu:clerk --mode counter \
             --evidence organisation-documents=papers.txt"
        ));
        desk.good(&format!(
            "organisation confirm-modes {agency} --actor wang.wu:approver"
        ));
    }
    desk.good(
        "case open c-1 --actor han.mei:applicant --certificate personal-hard --holder han.mei \
         --mode counter --agency zheng-quan",
    );
    let consult = "agency consult AGENCY --actor he.ping:agent --words 拟终止";
    let end = "agency terminate AGENCY --actor zheng.ba:clerk --cause request \
               --decision decision.txt --list decision.txt";
    let of = |words: &str, agency: &str| words.replace("AGENCY", agency);
    desk.good(&of(consult, "zheng-quan"));
    desk.refused(&of(end, "zheng-quan"), "S0-01");
    let to_heir = format!("{} --hand-over c-1=other-quan", of(end, "zheng-quan"));
    let told = desk.good(&to_heir);
    assert!(told.contains("case/c-1: agency-changed"), "{told}");
    let shown = desk.object("case show c-1");
    assert_eq!(
        (&shown["agency"], &shown["opened_through"]),
        (&"other-quan".into(), &"zheng-quan".into())
    );
    let told = desk.good("case show c-1 --lang zh");
    assert!(told.contains("移交其他机构"), "{told}");

    // Its heir ends: the case is on its list.
    desk.good(&of(consult, "other-quan"));
    desk.refused("case submit c-1 --actor han.mei:applicant", "S0-11");
    desk.refused(&of(end, "other-quan"), "S0-01");
    desk.good(&format!("{} --hand-over c-1", of(end, "other-quan")));
    let shown = desk.object("case show c-1");
    assert_eq!(shown["agency"], serde_json::Value::Null);
    // At the CA itself it waits for no agency, but for its papers.
    let refused = desk
        .call("case submit c-1 --actor han.mei:applicant")
        .answer();
    let said = &refused.err;
    assert!(refused.code != Some(0) && !said.contains("S0-11"), "{said}");
    desk.good("audit verify --store gmpki-desk/store.sqlite");
}
