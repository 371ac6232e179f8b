//! The qualification of a CA for e-government by commands, and what is to be done by when.

use crate::desk::Desk;

const INTAKE: &str = "--actor liu.yi:intake";
const OFFICER: &str = "--actor chen.er:official";
const ASSESSOR: &str = "--actor zhang.san:assessor";

/// An enterprise's application with all its materials, taken in on a Monday.
fn received(desk: &Desk, id: &str) {
    desk.good(&format!(
        "qualification receive {id} {INTAKE} --office 商用密码管理办公室 --channel window \
         --evidence receipt-stamp=papers.txt --applicant 示例认证中心 --kind enterprise \
         --licence ECP1 --agent he.jing \
         --material application=papers.txt,original,sealed,copies=1 \
         --material staff=papers.txt,original,sealed \
         --material practice-statement=papers.txt,sealed,copies=1 \
         --material operation=papers.txt,sealed,copies=1"
    ));
}

fn assessed(desk: &Desk, id: &str) {
    desk.good(&format!("qualification accept {id} {INTAKE}"));
    desk.good(&format!(
        "qualification open-assessment {id} {OFFICER} --assessor zhang.san"
    ));
    desk.good(&format!(
        "qualification declare {id} {ASSESSOR} --evidence holder-statement=papers.txt"
    ));
    for assessment in ["on-site", "capability"] {
        desk.good(&format!(
            "qualification report-assessment {id} {assessment} {ASSESSOR} --passed \
             --evidence assessment-report=papers.txt"
        ));
    }
    for condition in ["legal-person", "system", "staff", "operation", "other"] {
        desk.good(&format!(
            "qualification check-condition {id} {condition} {OFFICER} --met \
             --evidence work-record=record.txt"
        ));
    }
}

fn decision(number: u8) -> String {
    format!(
        "--number {number}号 --dated 2026-03-02 --signed-by 国家密码管理局 \
         --evidence decision-document=papers.txt"
    )
}

// proves: S3-09, S3-12, S3-17, S5-01
#[test]
fn a_qualification_is_applied_for_assessed_granted_and_handed_over() {
    let desk = Desk::of("in-house");
    desk.refused("qualification show ca-1", "nobody applied");
    received(&desk, "ca-1");
    desk.refused(
        "qualification accept ca-1 --actor wang.wu:approver",
        "can't do this",
    );
    desk.refused(
        &format!("qualification grant ca-1 {OFFICER} {}", decision(1)),
        "materials received",
    );
    assessed(&desk, "ca-1");
    desk.refused("qualification query ca-1", "S3-17");
    let grant = format!(
        "qualification grant ca-1 --actor zhang.san:official {}",
        decision(1)
    );
    desk.refused(&grant, "zhang.san");
    desk.good(&format!(
        "qualification grant ca-1 {OFFICER} {}",
        decision(1)
    ));
    let over =
        format!("qualification hand-over ca-1 {OFFICER} --evidence delivery-receipt=record.txt");
    desk.refused(&over, "S3-12");
    desk.good(&format!(
        "qualification notify ca-1 {OFFICER} --evidence call-record=call.txt"
    ));
    desk.good(&over);
    let shown = desk.object("qualification show ca-1");
    assert_eq!(shown["stage"], "qualified");
    assert_eq!(shown["rules"], "sca-2024");
    assert_eq!(shown["until"], "2031-03-01T15:59:59Z");
    assert_eq!(shown["decision"], "1号");
    let steps: Vec<_> = shown["history"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    assert_eq!(steps.len(), 14, "{steps:?}");
    let chinese = desk.good("qualification show ca-1 --lang zh");
    for part in [
        "已取得资质",
        "准予认定",
        "领取审批结果",
        "有效期至: 2031-03-01 23:59:59",
    ] {
        assert!(chinese.contains(part), "{part:?}: {chinese}");
    }
    // Three weeks later anybody is told two words.
    desk.good("ca tick --at 2026-03-30T01:00:00Z");
    let answer = desk.object("qualification query ca-1");
    let members: Vec<_> = answer.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["ok", "outcome", "qualification", "stage"]);
    let good = desk.good("audit verify --store gmpki-desk/store.sqlite");
    assert!(good.contains("audit: good"), "{good}");
}

// proves: S3-06, S3-18
#[test]
fn a_deadline_that_passes_is_noted_told_and_decides_nothing() {
    let desk = Desk::of("in-house");
    received(&desk, "ca-1");
    received(&desk, "ca-2");
    desk.good(&format!("qualification accept ca-2 {INTAKE}"));
    let end = "2026-06-30T16:00:00Z";
    desk.good(&format!(
        "cessation propose --reason 合并 --end {end} --actor zhao.yi:key-officer"
    ));
    desk.good("cessation confirm --actor qian.er:key-officer");
    let open = desk.object("deadlines");
    let rows = open["deadlines"].as_array().expect("a list").clone();
    let of = |row: &serde_json::Value| {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        (text("stream"), text("deadline"), text("at"))
    };
    let found: Vec<_> = rows.iter().map(of).collect();
    let expected = [
        ("qualification/ca-1", "acceptance", "2026-03-09T09:59:59Z"),
        ("qualification/ca-2", "decision", "2026-03-30T09:59:59Z"),
        (
            "cessation/issuing-ca",
            "parties-told",
            "2026-04-01T15:59:59Z",
        ),
        (
            "cessation/issuing-ca",
            "authority-told",
            "2026-05-01T15:59:59Z",
        ),
        ("cessation/issuing-ca", "service-ended", end),
    ];
    let expected = expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
    assert_eq!(found, expected);
    assert_eq!(open["overdue"], 0);
    assert_eq!(desk.object("deadlines --overdue")["count"], 0);

    let late = desk.good("ca tick --at 2026-03-09T10:00:00Z");
    assert!(late.contains("qualification/ca-1: overdue-noted"), "{late}");
    let missed = desk.good("deadlines --overdue --lang zh");
    assert!(
        missed.contains("qualification/ca-1  受理审查  逾期"),
        "{missed}"
    );
    assert!(!missed.contains("ca-2"), "{missed}");
    let shown = desk.object("qualification show ca-1");
    assert_eq!(shown["stage"], "received");
    assert_eq!(shown["missed"], serde_json::json!(["acceptance"]));
    assert_eq!(shown["deadlines"][0]["calendar"], "china-1");
    // It can still be done, and stays flagged.
    desk.good(&format!("qualification accept ca-1 {INTAKE}"));
    let shown = desk.object("qualification show ca-1");
    assert_eq!(shown["missed"], serde_json::json!(["acceptance"]));
    let good = desk.good("audit verify --store gmpki-desk/store.sqlite");
    assert!(good.contains("audit: good"), "{good}");
}

// proves: S3-01
#[test]
fn the_rules_are_shown_with_what_they_rest_on() {
    let desk = Desk::bare();
    let sets = desk.object("qualification rules");
    let sets = sets["sets"].as_array().expect("a list").clone();
    assert_eq!(sets.len(), 2);
    for set in &sets {
        for row in set["values"].as_array().expect("a list") {
            let rests = !row["basis"].as_array().expect("a list").is_empty();
            assert!(rests || row["assumed"].is_string(), "{row}");
        }
    }
    let chinese = desk.good("qualification rules sca-2009 --lang zh");
    assert!(chinese.contains("审批工作日: 20 (S3-09)"), "{chinese}");
    desk.refused("qualification rules sca-1999", "there are no rules");
}
