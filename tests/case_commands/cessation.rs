//! A CA ends its service, from the first proposal to the last day.

use crate::desk::Desk;

const FIRST: &str = "--actor zhao.yi:key-officer";
const SECOND: &str = "--actor qian.er:key-officer";

fn stage(desk: &Desk) -> String {
    let stage = desk.object("cessation show")["stage"].clone();
    stage.as_str().expect("text").to_owned()
}

// proves: S5-03
#[test]
fn a_service_ends_ninety_days_after_its_parties_were_told_and_sixty_after_the_authority() {
    let desk = Desk::of("in-house");
    desk.refused("cessation show", "nobody proposed");
    let propose = "cessation propose --reason 并入另一机构";
    let end = "--end 2026-06-30T16:00:00Z";
    desk.refused(
        &format!("{propose} {end} --actor wang.wu:approver"),
        "can't do this",
    );
    // Ninety days do not fit in.
    desk.refused(
        &format!("{propose} {FIRST} --end 2026-05-30T16:00:00Z"),
        "S5-03",
    );
    desk.good(&format!("{propose} {FIRST} {end}"));
    desk.refused(&format!("cessation confirm {FIRST}"), "zhao.yi");
    desk.good(&format!("cessation confirm {SECOND}"));
    let shown = desk.object("cessation show");
    assert_eq!(shown["stage"], "decided");
    assert_eq!(shown["notice_by"], "2026-04-01T15:59:59Z");
    assert_eq!(shown["report_by"], "2026-05-01T15:59:59Z");

    // In their order, with what shows it, and in time.
    let announce = format!("cessation announce {FIRST}");
    let report = format!("cessation report {FIRST} --evidence notice-receipt=papers.txt");
    desk.refused(&announce, "S5-03");
    desk.refused(
        &format!("{announce} --evidence work-record=papers.txt"),
        "S5-03",
    );
    desk.refused(&report, "decided");
    let announce = format!("{announce} --evidence notice-receipt=papers.txt");
    // The last day is over: it was noted, and it is too late.
    let late = desk.good("ca tick --at 2026-04-01T16:00:00Z");
    assert!(late.contains("overdue-noted"), "{late}");
    desk.refused(&announce, "S5-03");
    // Whoever is late puts the end off; an earlier one is no way out.
    desk.refused(
        &format!("{propose} {FIRST} --end 2026-06-29T16:00:00Z"),
        "S5-03",
    );
    desk.good(&format!("{propose} {FIRST} --end 2026-07-31T16:00:00Z"));
    let waits = desk.good("cessation show");
    assert!(waits.contains("waits for a second officer"), "{waits}");
    desk.refused(&announce, "a change proposed");
    desk.good(&format!("cessation confirm {SECOND}"));
    desk.good(&announce);
    desk.good("ca tick --at 2026-06-02T00:00:00Z");
    desk.refused(&report, "S5-03");
    // Called off by one alone it goes on.
    desk.good(&format!("cessation call-off --reason 股东反对 {FIRST}"));
    desk.good(&format!("cessation discard {FIRST}"));
    desk.good(&format!("{propose} {FIRST} --end 2026-08-31T16:00:00Z"));
    desk.good(&format!("cessation confirm {SECOND}"));
    desk.good(&report);

    let cease = format!("cessation cease {FIRST} --evidence work-record=record.txt");
    desk.refused(&cease, "reported");
    let over = format!("cessation hand-over {FIRST} --successor 示例认证中心");
    let agreement = "--evidence organisation-documents=papers.txt";
    desk.call(&format!(
        "{over} {agreement} --evidence call-record=call.txt"
    ))
    .answer()
    .misused("work-record");
    desk.good(&format!(
        "{over} {agreement} --evidence work-record=record.txt"
    ));
    desk.refused(&format!("{cease} --at 2026-08-31T15:59:59Z"), "S5-03");
    desk.good(&format!("{cease} --at 2026-08-31T16:00:00Z"));
    assert_eq!(stage(&desk), "ceased");
    let chinese = desk.good("cessation show --lang zh");
    for part in ["终止服务: 2026-09-01 00:00:00", "承接机构: 示例认证中心"] {
        assert!(chinese.contains(part), "{part:?}: {chinese}");
    }
    desk.refused(
        &format!("{propose} {FIRST} --end 2027-08-31T16:00:00Z"),
        "ceased",
    );
    let good = desk.good("audit verify --store gmpki-desk/store.sqlite");
    assert!(good.contains("audit: good"), "{good}");
}

#[test]
fn a_service_that_is_called_off_by_two_goes_on() {
    let desk = Desk::of("in-house");
    let end = "--end 2026-12-31T16:00:00Z";
    desk.good(&format!("cessation propose --reason 合并 {end} {FIRST}"));
    desk.good(&format!("cessation confirm {SECOND}"));
    desk.good(&format!("cessation call-off --reason 不合并 {SECOND}"));
    desk.refused(&format!("cessation confirm {SECOND}"), "qian.er");
    desk.good(&format!("cessation confirm {FIRST}"));
    assert_eq!(stage(&desk), "called-off");
    assert_eq!(
        desk.object("cessation show")["end"],
        serde_json::Value::Null
    );
}
