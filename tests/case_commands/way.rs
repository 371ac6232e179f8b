//! A case from its first form to its last receipt, and what is done to its certificates later.

use crate::desk::Desk;

// proves: S1-18, S1-19, S2-32, S5-04, S0-13, X-08, X-14
#[test]
fn a_certificate_counts_from_its_acceptance_is_frozen_at_once_unfrozen_by_two_and_revoked_for_good()
{
    let desk = Desk::of_the_extranet();
    desk.issued("a-1");
    let serial = desk.serial("a-1");
    let (issued, code) = desk.status(&serial);
    assert_eq!((issued.as_str(), code), ("issued", Some(1)));
    let by = "--actor wang.wu:approver";
    desk.good(&format!(
        "case personalise a-1 {by} --evidence read-back=papers.txt --evidence work-record=record.txt"
    ));
    desk.good(&format!(
        "case dispatch a-1 {by} --method on-site --packet p-1 \
         --evidence delivery-receipt=papers.txt --at 2026-03-03T01:00:00Z"
    ));
    desk.good(&format!(
        "case confirm a-1 {by} --correct --evidence call-record=call.txt"
    ));
    assert_eq!(desk.status(&serial), ("active".into(), Some(0)));
    // The past is asked for by its time.
    let (before, _) = desk.status(&format!("{serial} --at 2026-03-02T23:00:00Z"));
    assert_eq!(before, "issued");
    desk.good(&format!(
        "case close a-1 {by} --evidence work-record=record.txt"
    ));

    // Frozen at once by the holder, by the certificate's number; looked at by another.
    let at = "--at 2026-04-01T02:00:00Z";
    let frozen = desk.object(&format!(
        "cert freeze {serial} --actor su.qing:applicant {at}"
    ));
    assert_eq!(frozen["case"], "a-1-freeze");
    desk.good("case execute a-1-freeze --actor su.qing:applicant --evidence call-record=call.txt");
    assert_eq!(desk.status(&serial), ("held".into(), Some(1)));
    // The second person looks by the end of the next working day.
    let deadlines = desk.object("case show a-1-freeze")["deadlines"].clone();
    assert_eq!(deadlines[0]["deadline"], "ratification", "{deadlines}");
    assert_eq!(deadlines[0]["at"], "2026-04-02T09:59:59Z", "{deadlines}");
    desk.good(&format!("case ratify a-1-freeze {by}"));
    desk.good("ca crl --actor zhao.yi:key-officer");
    let listed = desk.object("crl show gmpki-desk/published/authorities/issuing-ca.crl");
    assert_eq!(listed["reasons"]["certificateHold"], 2, "{listed}");

    // After a quarter of a year somebody is told, and nothing is undone.
    desk.good("ca tick --at 2026-07-01T03:00:00Z");
    let told = desk.listing("notices");
    assert!(
        told.iter().any(|notice| notice.contains("frozen-90")),
        "{told:?}"
    );
    assert_eq!(desk.status(&serial).0, "held");

    // Back into use takes two.
    desk.good("cert unfreeze a-1 --actor su.qing:applicant --at 2026-07-02T02:00:00Z");
    two_look_at(&desk, "a-1-unfreeze");
    assert_eq!(desk.status(&serial), ("active".into(), Some(0)));
    // While it was frozen it stays frozen for whoever asks for then.
    let (then, _) = desk.status(&format!("{serial} --at 2026-04-01T12:00:00Z"));
    assert_eq!(then, "held");

    desk.good(
        "cert revoke a-1 --actor su.qing:applicant --reason key-compromise \
         --at 2026-08-06T02:00:00Z",
    );
    two_look_at(&desk, "a-1-revoke");
    assert_eq!(desk.status(&serial), ("revoked".into(), Some(1)));
    desk.refused("cert renew a-1 --actor su.qing:applicant", "S2-31");
    let good = desk.good("audit verify --store gmpki-desk/store.sqlite");
    assert!(good.contains("audit: good"), "{good}");
}

/// The registrar and the approver see a case about certificates through.
fn two_look_at(desk: &Desk, case: &str) {
    desk.good(&format!("case submit {case} --actor su.qing:applicant"));
    let by = "--actor li.si:registrar";
    desk.good(&format!("case start {case} {by}"));
    desk.good(&format!(
        "case check {case} identity-holder {by} --document resident-card --method inspection \
         --evidence original-seen=papers.txt"
    ));
    desk.good(&format!(
        "case check {case} genuineness {by} --evidence call-record=call.txt"
    ));
    desk.good(&format!(
        "case register {case} {by} --found documents,identity,genuineness \
         --evidence work-record=record.txt"
    ));
    let by = "--actor wang.wu:approver";
    desk.good(&format!("case take {case} {by}"));
    desk.good(&format!(
        "case approve {case} {by} --found documents,identity,genuineness"
    ));
}

// proves: S1-07
#[test]
fn many_are_imported_from_a_table_and_issued_together() {
    let desk = Desk::of_the_extranet();
    let names = "case,certificate,carrier,holder,organisation,years,field applicant-name,\
                 field identity-number,field organisation-name,field department,field mobile,\
                 field delivery";
    let row = |case: &str, number: &str| {
        format!(
            "{case},person,soft,su.qing,guan,1,苏青,{number},区文化馆,群文部,13900139000,on-site"
        )
    };
    let good = "440106199003154563";
    // A column that nobody knows: nothing is opened.
    desk.write(
        "bad.csv",
        format!("{names},colour\n{},red\n", row("b-1", good)),
    );
    desk.refused("case import bad.csv --actor su.qing:applicant", "colour");
    assert_eq!(desk.object("case list")["count"], 0);
    // A row that is refused stops no other.
    let rows = [
        row("b-1", good),
        row("b-2", "440106199003154564"),
        row("b-3", good),
    ];
    desk.write("staff.csv", format!("{names}\n{}\n", rows.join("\n")));
    let answer = desk
        .call("case import staff.csv --actor su.qing:applicant --json")
        .answer();
    assert_eq!(answer.code, Some(1), "{answer}");
    let object = answer.json();
    assert_eq!(
        (object["done"].clone(), object["refused"].clone()),
        (2.into(), 1.into())
    );
    assert!(
        object["cases"][1]["refused"]
            .as_str()
            .is_some_and(|reason| reason.contains("S1-05"))
    );

    for case in ["c-1", "c-2"] {
        desk.registered(case);
        desk.approved(case);
    }
    let answer = desk
        .call("case issue c-1 b-1 c-2 --actor wang.wu:approver")
        .answer();
    assert_eq!(answer.code, Some(1), "{answer}");
    assert!(answer.text().ends_with("2 of 3 done\n"), "{answer}");
    // Standard error is no terminal here: no bar, the refusal alone.
    assert!(
        answer.err.contains("b-1: ") && !answer.err.contains('\r'),
        "{answer}"
    );
    assert_eq!(desk.object("case show c-2")["phase"], "issued");
}
