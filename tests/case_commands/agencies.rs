//! The accreditation of an agency by commands, beside the walk of its document.

use crate::desk::Desk;

// proves: S0-03, S0-12
#[test]
fn an_agency_is_shown_as_a_timeline_and_its_business_held_against_what_it_may_do() {
    let desk = Desk::of("chinaclear-agency");
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
    desk.good(
        "case open a-1 --actor han.mei:applicant --certificate personal-hard \
         --holder han.mei --mode counter --agency zheng-quan",
    );
    let scope = desk.object("report scope");
    assert_eq!((&scope["count"], &scope["outside"]), (&1.into(), &0.into()));
    let row = &scope["rows"][0];
    assert_eq!(
        (&row["mode"], &row["in_operation"]),
        (&"counter".into(), &true.into())
    );

    desk.good(consult);
    // From the first word on, the accreditation alone opens and closes modes.
    desk.refused(
        "organisation suspend-mode zheng-quan counter --actor wu.jiu:clerk --reason x",
        "S0-01",
    );
    let shown = desk.object("agency show zheng-quan");
    assert_eq!(shown["stage"], "consulting");
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
