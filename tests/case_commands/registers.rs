//! Agencies with their modes, the roster and its public question, the inventory of tokens.

use crate::desk::Desk;

// proves: S0-01, S0-11, S0-15, S0-16, S0-17, S0-18
#[test]
fn an_agency_does_business_in_filed_modes_with_people_of_the_roster() {
    let desk = Desk::accredited_elsewhere();
    let open = "case open a-1 --actor han.mei:applicant --certificate CERTIFICATE \
                --holder han.mei --mode witness";
    let open = open.replace("CERTIFICATE", "personal-hard");
    desk.refused(&open, "S0-01");
    desk.good(
        "organisation add zheng-quan --actor wu.jiu:clerk --name 示例证券 \
         --evidence organisation-documents=papers.txt",
    );
    let open = format!("{open} --agency zheng-quan");
    desk.refused(&open, "S0-11");
    // One person records the filing, another confirms it.
    desk.good(
        "organisation file-modes zheng-quan --actor wu.jiu:clerk --mode counter,witness \
         --evidence organisation-documents=papers.txt",
    );
    desk.refused(&open, "S0-11");
    desk.refused(
        "organisation confirm-modes zheng-quan --actor wu.jiu:approver",
        "wu.jiu",
    );
    desk.good("organisation confirm-modes zheng-quan --actor wang.wu:approver");
    desk.good(&open);
    desk.refused(
        &open
            .replace("a-1", "a-2")
            .replace("mode witness", "mode other"),
        "S0-11",
    );

    // Who is on the roster, and since when, anybody may ask.
    let ask = "roster ask feng.shi --json";
    assert_eq!(desk.call(ask).answer().json()["qualified"], false);
    let admit = "roster admit feng.shi --actor wu.jiu:clerk --contract lc-1 --training tr-1 \
                 --licence li-1 --declaration papers.txt --until 2027-01-01T00:00:00Z";
    desk.refused(&format!("{admit} --employment broker"), "S0-16");
    desk.good(admit);
    assert_eq!(desk.call(ask).answer().json()["qualified"], false);
    desk.refused("roster confirm feng.shi --actor wu.jiu:clerk", "wu.jiu");
    desk.good("roster confirm feng.shi --actor zheng.ba:clerk");
    assert_eq!(desk.object("roster ask feng.shi")["qualified"], true);
    let later = desk
        .call(&format!("{ask} --at 2027-01-01T00:00:00Z"))
        .answer();
    assert_eq!(
        (later.json()["qualified"].clone(), later.code),
        (false.into(), Some(1))
    );
    desk.good("roster sanction feng.shi --actor wu.jiu:clerk --reason 代客签字");
    assert_eq!(desk.call(ask).answer().json()["qualified"], false);
}

// proves: S1-14, S1-20
#[test]
fn tokens_come_in_once_and_one_that_is_put_aside_serves_no_case() {
    let desk = Desk::of_the_extranet();
    let receive = "token receive uk-1 --actor wu.jiu:clerk --batch b --model m";
    desk.good(receive);
    desk.refused(receive, "received");
    desk.good("token quarantine uk-1 --actor wang.wu:approver --reason 读不出");
    assert_eq!(desk.object("token show uk-1")["status"], "put aside");
    desk.refused(
        "token pin-changed uk-1 --actor su.qing:applicant",
        "put aside",
    );
    desk.refused("token show uk-2", "there is no token uk-2");
}
