//! The later life of the operator's keys: rollover, link certificates, retirement, compromise.

use crate::desk::Desk;
use serde_json::Value;

const FIRST: &str = "--actor zhao.yi:key-officer";
const SECOND: &str = "--actor qian.er:key-officer";
const PUBLISHED: &str = "gmpki-desk/published/authorities";

/// What one officer asks for, and the other confirms.
fn two(desk: &Desk, words: &str, authority: &str) {
    desk.good(&format!("{words} {FIRST}"));
    desk.good(&format!("ca confirm {authority} {SECOND}"));
}

fn rolled_over(desk: &Desk, role: &str, name: &str, next: &str) {
    let rollover = desk.call(&format!("ca rollover {role} {FIRST}"));
    rollover.option("--name", name).answer().good();
    desk.good(&format!("ca confirm {next} {SECOND}"));
}

fn key(desk: &Desk, authority: &str) -> Value {
    let shown = desk.object("ca show");
    let keys = shown["authorities"].as_array().expect("a list");
    let found = keys.iter().find(|key| key["authority"] == authority);
    found.expect("the desk has it").clone()
}

/// Whether a case's certificate verifies up to a root by these certificates.
fn verifies(desk: &Desk, case: &str, anchor: &str, between: [&str; 2]) {
    desk.good(&format!("case export {case} --out {case}.packet"));
    let [upper, lower] = between;
    let said = desk.good(&format!(
        "cert verify --at 2026-03-02T02:00:00Z --anchor {PUBLISHED}/{anchor}.pem \
         --untrusted {PUBLISHED}/{upper}.pem --untrusted {PUBLISHED}/{lower}.pem \
         {case}.packet/signing-certificate.pem"
    ));
    assert!(said.contains("certificate: good"), "{said}");
}

#[test]
fn keys_are_rolled_over_and_the_old_ones_still_sign_their_lists() {
    let desk = Desk::of_the_extranet();
    desk.issued("a-1");

    // A new root, by two officers.
    let propose = desk.call(&format!("ca rollover root {FIRST}"));
    let name = "CN=示例根 G2,O=示例,C=CN";
    propose.option("--name", name).answer().good();
    assert_eq!(key(&desk, "root-2")["waits_for"], "approval");
    desk.refused(&format!("ca confirm root-2 {FIRST}"), "zhao.yi");
    desk.refused(
        "ca confirm root-2 --actor wang.wu:approver",
        "can't do this",
    );
    desk.good(&format!("ca confirm root-2 {SECOND}"));
    assert_eq!(key(&desk, "root-2")["state"], "active");
    assert_eq!(key(&desk, "root")["serves"], true);

    // Whoever trusts one of the two comes to the other.
    for direction in ["new-with-old", "old-with-new"] {
        let link = format!("ca link root root-2 --direction {direction}");
        two(&desk, &link, "root");
    }
    let link = format!("ca link issuing-ca root-2 --direction new-with-old {FIRST}");
    desk.refused(&link, "issuing-ca is no root");
    two(&desk, "ca retire root --successor root-2", "root");
    assert_eq!(key(&desk, "root")["state"], "retiring");
    assert_eq!(key(&desk, "root-2")["serves"], true);

    // A new CA, under the new root.
    let name = "CN=示例签发机构 G2,O=示例,C=CN";
    rolled_over(&desk, "issuing-ca", name, "issuing-ca-2");
    let retire = format!("ca retire issuing-ca --successor issuing-ca-2 {FIRST}");
    desk.good(&retire);
    let waits = key(&desk, "issuing-ca");
    assert_eq!(waits["waits_for"], "retirement in favour of issuing-ca-2");
    assert_eq!(waits["asked_by"], "zhao.yi");
    desk.good(&format!("ca discard issuing-ca {FIRST}"));
    desk.refused(
        &format!("ca confirm issuing-ca {SECOND}"),
        "nothing waits for a second officer",
    );
    two(&desk, retire.trim_end_matches(FIRST), "issuing-ca");
    let name = "CN=示例状态查询 G2,O=示例,C=CN";
    rolled_over(&desk, "ocsp-responder", name, "ocsp-responder-2");

    // The new key issues, and both are found from either root.
    desk.issued("a-2");
    let status = |case: &str| {
        let call = desk.call("status --json").arg(desk.serial(case));
        call.answer().json()["issuer"].clone()
    };
    assert_eq!(
        (status("a-1"), status("a-2")),
        ("issuing-ca".into(), "issuing-ca-2".into())
    );
    verifies(&desk, "a-2", "root-2", ["issuing-ca-2", "issuing-ca-2"]);
    verifies(&desk, "a-2", "root", ["root-2-with-root", "issuing-ca-2"]);
    verifies(&desk, "a-1", "root-2", ["root-with-root-2", "issuing-ca"]);

    // A certificate of the old key is found by its number, and the old key signs its lists.
    let reissue = desk.object(&format!(
        "cert reissue {} --actor su.qing:applicant --reason superseded",
        desk.serial("a-1")
    ));
    assert_eq!(reissue["case"], "a-1-reissue");
    for ca in ["issuing-ca", "issuing-ca-2", "root"] {
        desk.good(&format!("ca crl {ca} {FIRST}"));
        let list = format!("crl show --issuer {PUBLISHED}/{ca}.pem {PUBLISHED}/{ca}.crl");
        desk.good(&list);
    }
    assert_eq!(key(&desk, "issuing-ca")["crl_number"], 1);
    // Without a name it is the one that issues.
    desk.good(&format!("ca crl {FIRST}"));
    assert_eq!(key(&desk, "issuing-ca-2")["crl_number"], 2);

    // It is not closed before all that it issued has ended.
    desk.refused(&format!("ca close issuing-ca {FIRST}"), "S4-16");
    desk.refused(&format!("ca close issuing-ca-2 {FIRST}"), "active");
    let good = desk.good("audit verify --store gmpki-desk/store.sqlite");
    assert!(good.contains("audit: good"), "{good}");
}

#[test]
fn a_compromise_stops_a_key_at_one_word_and_ends_all_that_it_signed_at_two() {
    let desk = Desk::of_the_extranet();
    desk.issued("a-1");
    desk.registered("a-2");
    desk.approved("a-2");
    let compromise = format!("ca compromise issuing-ca {FIRST}");
    desk.call(&compromise).answer().misused("work-record");
    desk.refused(
        &format!("{compromise} --evidence work-record=record.txt --since 2026-03-03T00:00:00Z"),
        "clock",
    );
    desk.good(&format!(
        "{compromise} --evidence work-record=record.txt --since 2026-03-01T00:00:00Z"
    ));
    let issue = "case issue a-2 --actor wang.wu:approver";
    desk.refused(issue, "S4-16");
    assert_eq!(key(&desk, "issuing-ca")["waits_for"], "compromise");
    let (serial, own) = (
        desk.serial("a-1"),
        key(&desk, "issuing-ca")["serial"].clone(),
    );
    let own = own.as_str().expect("text");
    assert_eq!(desk.status(&serial).0, "issued");
    desk.refused(&format!("ca confirm issuing-ca {FIRST}"), "zhao.yi");
    desk.good(&format!("ca confirm issuing-ca {SECOND}"));

    assert_eq!(key(&desk, "issuing-ca")["state"], "compromised");
    assert_eq!(desk.status(&serial), ("revoked".into(), Some(1)));
    assert_eq!(desk.status(own).0, "revoked");
    // Both lists say so, and are signed: the pair, the responder and the log's signer; the CA.
    for (ca, ended) in [("issuing-ca", 4), ("root", 1)] {
        let list = format!("crl show --issuer {PUBLISHED}/{ca}.pem {PUBLISHED}/{ca}.crl");
        let list = desk.object(&list);
        assert_eq!(list["reasons"]["cACompromise"], ended, "{list}");
    }

    // Another key goes on.
    desk.refused(issue, "S4-16");
    let name = "CN=示例签发机构 G2,O=示例,C=CN";
    rolled_over(&desk, "issuing-ca", name, "issuing-ca-2");
    desk.good(issue);
    assert_eq!(desk.status(&desk.serial("a-2")).0, "issued");
    let good = desk.good("audit verify --store gmpki-desk/store.sqlite");
    assert!(good.contains("audit: good"), "{good}");
}

#[test]
fn a_bad_key_is_blocked_by_two_officers_and_its_certificates_end() {
    let desk = Desk::of_the_extranet();
    desk.issued("a-1");
    desk.good("case export a-1 --out a-1.packet");
    let key = "a-1.packet/signing-certificate.pem";
    let sweep = format!("ca sweep {key} --actor li.si:registrar");
    desk.call(&sweep).answer().misused("work-record");
    let reported = desk.object(&format!("{sweep} --evidence work-record=record.txt"));
    assert_eq!(reported["state"], "reported as bad");
    assert_eq!(reported["certificates"][0]["status"], "issued");
    desk.refused(&sweep, "li.si");
    let second = "--actor wang.wu:approver";
    let blocked = desk.object(&format!("ca sweep {key} {second}"));
    assert_eq!(blocked["state"], "blocked");
    assert_eq!(blocked["certificates"][0]["serial"], desk.serial("a-1"));
    assert_eq!(blocked["certificates"][0]["status"], "revoked");
    assert_eq!(desk.status(&desk.serial("a-1")).0, "revoked");
    // By its digest, and nothing is left to be done.
    let digest = blocked["key"].as_str().expect("text");
    let again = desk.object(&format!("ca sweep {digest} {second}"));
    assert_eq!(again["durable"].as_array().expect("a list").len(), 1);
    desk.refused(&format!("ca sweep {digest} --discard {second}"), "blocked");
    let good = desk.good("audit verify --store gmpki-desk/store.sqlite");
    assert!(good.contains("audit: good"), "{good}");
}
