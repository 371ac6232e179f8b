//! One year of mutual recognition: what both lists say, and what their readers answer.

use crate::world::*;
use std::fs;
use trust_list::{
    list::{Decided, EntryKey, Mirror, PolicyRule, Status, StatusCause, UnverifiedList},
    path::ParsedCertificate,
};

/// A CA of each side, with its root.
struct Cas {
    gd_root: Holder,
    gd: Holder,
    hk_root: Holder,
    hk: Holder,
}

impl Cas {
    fn new() -> Self {
        let gd_root = authority("CN=GD Root,C=CN", None, day(1, 1));
        let gd = authority("CN=GD CA,C=CN", Some(&gd_root), day(1, 1));
        let hk_root = authority("CN=Hongkong Post Root CA 2,C=HK", None, day(1, 1));
        let hk = authority(
            "CN=Hongkong Post e-Cert CA 2-15,C=HK",
            Some(&hk_root),
            day(1, 1),
        );
        Self {
            gd_root,
            gd,
            hk_root,
            hk,
        }
    }
}

fn key(place: &str, ca: &str, class: &str) -> EntryKey {
    EntryKey::new(place, ca, class)
}

fn changed(entry: &EntryKey, status: Status, from: der::DateTime, cause: StatusCause) -> Decided {
    // The fields of a decision are public, its variants may grow: through the builder.
    let change = standing(status, from, cause);
    Decided::change(entry.clone(), change)
}

fn guangdong() -> Side {
    Side::new(
        "CN",
        &[
            ("zh-Hans", "广东省密码管理局"),
            ("en", "Guangdong Administration"),
        ],
    )
}

fn hong_kong() -> Side {
    Side::new(
        "HK",
        &[
            ("zh-Hant", "數字政策辦公室"),
            ("en", "Digital Policy Office"),
        ],
    )
}

// proves: S3-13, S4-01, S4-02, S4-08, S4-10, S4-12, S4-19, X-09, X-10
#[test]
fn a_class_from_admission_to_termination() {
    let cas = Cas::new();
    let side = guangdong();
    let personal = key("CN-GD", "数安时代", "personal");
    let organisation = key("CN-GD", "数安时代", "organisation");
    let policy = |arcs| PolicyRule::exact(oid(arcs));
    let make = |class: &str, arcs| {
        entry(
            "CN-GD",
            ca(&[("zh-Hans", "数安时代")], "CN"),
            class,
            day(2, 1),
        )
        .anchor(cas.gd_root.parsed())
        .issuer(cas.gd.parsed())
        .policy(policy(arcs))
    };
    let (p_arcs, o_arcs) = ("2.16.156.339.1.1.1.2.1", "2.16.156.339.1.1.2.2.1");
    let person = |from| subscriber("CN=Person,C=CN", &cas.gd, from, &[p_arcs]);
    let company = subscriber("CN=Company,C=CN", &cas.gd, day(2, 10), &[o_arcs]);
    let (early, during, in_gap, after_gap) = (
        person(day(1, 15)),
        person(day(2, 10)),
        person(day(3, 20)),
        person(day(5, 2)),
    );

    // Before anything is admitted.
    side.publish(day(1, 20), [], |draft| draft);
    assert_eq!(side.ask(&early, day(1, 21), None), "NO_ENTRY");

    // Admission of two classes of one CA.
    let admitted = [make("personal", p_arcs), make("organisation", o_arcs)];
    side.publish(day(1, 25), admitted.map(Decided::admit), |draft| draft);
    assert_eq!(side.ask(&during, day(1, 31), None), "PATH");
    assert_eq!(side.ask(&during, day(2, 10), None), "RECOGNISED");
    assert_eq!(side.ask(&company, day(2, 10), None), "RECOGNISED");
    assert_eq!(side.ask(&early, day(2, 10), None), "ISSUED_OUTSIDE");
    assert_eq!(
        side.ask(&early, day(2, 10), Some(day(1, 16))),
        "STATUS_AT_SIGNING"
    );

    // One class is suspended, the other stands.
    let breach = StatusCause::BreachUncorrected;
    let suspension = changed(&personal, Status::Suspended, day(3, 1), breach);
    side.publish(day(2, 20), [suspension], |draft| draft);
    assert_eq!(side.ask(&during, day(2, 28), None), "RECOGNISED");
    assert_eq!(side.ask(&during, day(3, 1), None), "STATUS_AT_SIGNING");
    assert_eq!(side.ask(&company, day(3, 1), None), "RECOGNISED");
    // A signature of before, with a time stamp.
    assert_eq!(
        side.ask(&during, day(3, 10), Some(day(2, 28))),
        "RECOGNISED"
    );

    // Reinstated: the gap stays a gap.
    side.publish(day(3, 20), [], |draft| draft);
    let back = changed(
        &personal,
        Status::Recognised,
        day(5, 1),
        StatusCause::Decision,
    );
    side.publish(day(4, 18), [back], |draft| draft);
    let may = day(5, 10);
    assert_eq!(side.ask(&during, may, None), "RECOGNISED");
    assert_eq!(
        side.ask(&during, may, Some(day(4, 30))),
        "STATUS_AT_SIGNING"
    );
    assert_eq!(side.ask(&in_gap, may, None), "ISSUED_OUTSIDE");
    assert_eq!(side.ask(&after_gap, may, None), "RECOGNISED");

    // Terminated on request: what was signed before keeps its answer.
    side.publish(day(5, 15), [], |draft| draft);
    let end = changed(
        &personal,
        Status::Terminated,
        day(6, 20),
        StatusCause::Request,
    );
    side.publish(day(6, 10), [end], |draft| draft);
    let july = day(7, 1);
    assert_eq!(side.ask(&during, july, None), "STATUS_AT_SIGNING");
    assert_eq!(side.ask(&during, july, Some(day(6, 19))), "RECOGNISED");
    assert_eq!(
        side.ask(&during, july, Some(day(4, 15))),
        "STATUS_AT_SIGNING"
    );
    assert_eq!(side.ask(&company, july, None), "RECOGNISED");

    // The other for mis-issuance that began earlier: only what was stamped before counts.
    let from = day(7, 5);
    let change = standing(Status::Terminated, from, StatusCause::MisIssuance);
    let end = Decided::change(organisation, change.event(day(5, 1)));
    side.publish(day(7, 5), [end], |draft| draft);
    let august = day(8, 1);
    assert_eq!(side.ask(&company, august, Some(day(4, 30))), "RECOGNISED");
    assert_eq!(side.ask(&company, august, Some(day(5, 1))), "REACHES_BACK");
    assert_eq!(side.ask(&company, august, None), "STATUS_AT_SIGNING");
    // And a reader who was not told for a month says so.
    assert_eq!(side.ask(&company, day(8, 6), Some(day(4, 30))), "STALE");
}

// proves: S4-03, S4-14, S4-17
#[test]
fn two_publishers_mirror_each_other_and_one_certificate_names_both_policies() {
    let cas = Cas::new();
    let (gd, hk) = (guangdong(), hong_kong());
    let post = || {
        entry(
            "HK",
            ca(&[("en", "Hongkong Post")], "HK"),
            "e-Cert (Personal)",
            day(2, 1),
        )
        .anchor(cas.hk_root.parsed())
        .issuer(cas.hk.parsed())
        .type_name("Hongkong Post e-Cert (Personal)")
        .expect("a type")
    };
    // The same class on both lists, each by its own side's arcs.
    let theirs = hk.publish(
        day(1, 25),
        [Decided::admit(post().policy(hong_kong_rule()))],
        |draft| draft,
    );
    let verified = hk.client.list().expect("a list");
    let mirror = Mirror::of(&verified, "https://gd.example/mirror-HK-1.p7s").expect("a URL");
    gd.publish(
        day(1, 25),
        [Decided::admit(
            post().policy(PolicyRule::exact(oid(MAINLAND))),
        )],
        |draft| draft.mirror(mirror.clone()),
    );
    gd.client
        .check_mirror(&verified)
        .expect("the mirror keeps up");
    let folder = trust_list::publish::Folder::new(gd.folder());
    let files = folder
        .publish_mirror(&mirror, &verified)
        .expect("it is published");
    let copy = fs::read(gd.folder().join(&files[0])).expect("a file");
    let copy = UnverifiedList::from_der(copy).expect("a message");
    let pins = trust_list::list::SignerSet::one(&hk.signer.certificate);
    let copy = copy
        .verify_by(&pins, day(1, 26))
        .expect("Hong Kong signed it");
    assert_eq!(copy.digest(), verified.digest());
    let original = theirs
        .verify_by(&pins, day(1, 26))
        .expect("Hong Kong signed it");
    assert_eq!(copy.der(), original.der());

    let subject = "CN=Chan,O=Hongkong Post e-Cert (Personal),C=HK";
    let issue = |policies: &[&str]| subscriber(subject, &cas.hk, day(2, 10), policies);
    let later = "2.16.344.8.2.2008.810.2.2024.2.5";
    let confused = "2.16.344.8.2.2008.810.20.2018.1.1";
    for (policies, in_gd, in_hk) in [
        (&[MAINLAND, HONG_KONG][..], "RECOGNISED", "RECOGNISED"),
        (&[MAINLAND], "RECOGNISED", "POLICY"),
        (&[HONG_KONG], "POLICY", "RECOGNISED"),
        (&[later], "POLICY", "RECOGNISED"),
        (&[confused], "POLICY", "POLICY"),
        (&["2.16.156.339.1.1.1.2.10"], "POLICY", "POLICY"),
        (&[], "POLICY", "POLICY"),
    ] {
        let target = issue(policies);
        assert_eq!(gd.ask(&target, day(2, 11), None), in_gd, "{policies:?}");
        assert_eq!(hk.ask(&target, day(2, 11), None), in_hk, "{policies:?}");
    }
    let other = subscriber("CN=Chan,O=Other,C=HK", &cas.hk, day(2, 10), &[HONG_KONG]);
    assert_eq!(hk.ask(&other, day(2, 11), None), "TYPE_NAME");

    // Hong Kong goes on; a mirror two lists behind is old.
    for month in [(2, 15), (3, 10)] {
        hk.publish(day(month.0, month.1), [], |draft| draft);
    }
    let error = gd.client.check_mirror(&hk.client.list().expect("a list"));
    assert_eq!(error.expect_err("it is old").code(), "MIRROR_STALE");
}

// proves: S4-16
#[test]
fn a_ca_changes_its_key() {
    let cas = Cas::new();
    let side = hong_kong();
    let class = key("HK", "Hongkong Post", "e-Cert (Personal)");
    let admitted = entry(
        "HK",
        ca(&[("en", "Hongkong Post")], "HK"),
        "e-Cert (Personal)",
        day(2, 1),
    )
    .anchor(cas.hk_root.parsed())
    .issuer(cas.hk.parsed())
    .policy(hong_kong_rule());
    side.publish(day(1, 25), [Decided::admit(admitted)], |draft| draft);
    // The new one has the same name: only its certificate tells them apart.
    let renewed = authority(&cas.hk.name, Some(&cas.hk_root), day(2, 1));
    let issue = |by: &Holder, from| subscriber("CN=Chan,C=HK", by, from, &[HONG_KONG]);
    let by_new = issue(&renewed, day(3, 5));
    assert_eq!(side.ask(&by_new, day(2, 20), None), "PATH");
    side.publish(
        day(2, 20),
        [
            Decided::issuer(class.clone(), renewed.parsed(), None),
            Decided::close_issuer(class.clone(), cas.hk.parsed().digest(), day(3, 1)),
        ],
        |draft| draft,
    );
    let march = day(3, 10);
    assert_eq!(side.ask(&by_new, march, None), "RECOGNISED");
    assert_eq!(
        side.ask(&issue(&cas.hk, day(2, 10)), march, None),
        "RECOGNISED"
    );
    assert_eq!(
        side.ask(&issue(&cas.hk, day(3, 1)), march, None),
        "ISSUER_TIME"
    );
    // A stranger under the same name.
    let root = authority(&cas.hk_root.name, None, day(1, 1));
    let stranger = authority(&cas.hk.name, Some(&root), day(1, 1));
    assert_eq!(side.ask(&issue(&stranger, day(3, 5)), march, None), "PATH");
    // The old one stays in the list: its certificates are still judged.
    let list = side.client.list().expect("a list");
    let entry = list.entry(&class).expect("the entry");
    assert_eq!(entry.issuers().len(), 2);
    assert!(
        entry
            .issuers()
            .iter()
            .map(ParsedCertificate::digest)
            .any(|digest| { digest == cas.hk.parsed().digest() })
    );
}
