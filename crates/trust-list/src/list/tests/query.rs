//! What a list answers.

use super::*;

/// Recognised from January, suspended in March, recognised again from April.
fn with_gap(scene: &Scene) -> Entry {
    let mut entry = scene.entry();
    for next in [
        change(Status::Suspended, "2026-03-01T00:00:00Z"),
        change(Status::Recognised, "2026-04-01T00:00:00Z"),
    ] {
        entry.change(next).unwrap();
    }
    entry
}

#[test]
fn a_gap_stays_a_gap() {
    let scene = Scene::new();
    let since = |at| match scene.ask(with_gap(&scene), at) {
        Verdict::Recognised { since, .. } => Ok(since),
        Verdict::NotRecognised(Refusal::Standing { status, .. }) => Err(status),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        since("2026-02-28T23:59:59Z"),
        Ok(time("2026-01-01T00:00:00Z"))
    );
    assert_eq!(since("2026-03-01T00:00:00Z"), Err(Some(Status::Suspended)));
    assert_eq!(since("2026-03-31T23:59:59Z"), Err(Some(Status::Suspended)));
    assert_eq!(
        since("2026-04-01T00:00:00Z"),
        Ok(time("2026-04-01T00:00:00Z"))
    );
}

#[test]
fn a_certificate_issued_in_a_gap_is_not_recognised_after_it() {
    let mut scene = Scene::new();
    scene.leaf = scene
        .leaf
        .valid("2026-03-15T00:00:00Z", "2027-01-01T00:00:00Z");
    let verdict = scene.ask(with_gap(&scene), "2026-05-01T00:00:00Z");
    assert!(matches!(
        verdict,
        Verdict::NotRecognised(Refusal::IssuedOutside {
            status: Some(Status::Suspended),
            ..
        })
    ));
    scene.leaf = scene
        .leaf
        .valid("2025-12-31T23:59:59Z", "2027-01-01T00:00:00Z");
    // The CAs' own certificates begin in 2026, which is no matter here.
    let verdict = scene.ask(with_gap(&scene), "2026-05-01T00:00:00Z");
    assert!(matches!(
        verdict,
        Verdict::NotRecognised(Refusal::IssuedOutside { status: None, .. })
    ));
}

#[test]
fn a_compromise_reaches_back() {
    let scene = Scene::new();
    let ended_for = |cause| {
        let mut entry = scene.entry();
        let from = time("2026-05-01T00:00:00Z");
        entry
            .change(StatusChange::new(Status::Terminated, from, cause))
            .unwrap();
        scene.ask(entry, "2026-02-01T00:00:00Z")
    };
    assert!(matches!(
        ended_for(StatusCause::Cessation),
        Verdict::Recognised { .. }
    ));
    for cause in [StatusCause::Compromise, StatusCause::MisIssuance] {
        assert!(matches!(
            ended_for(cause),
            Verdict::NotRecognised(Refusal::ReachesBack { .. })
        ));
    }
    // Recognised again: what was issued before stays out.
    let mut entry = scene.entry();
    let from = time("2026-03-01T00:00:00Z");
    let lost = StatusChange::new(Status::Suspended, from, StatusCause::Compromise);
    entry.change(lost).unwrap();
    entry
        .change(change(Status::Recognised, "2026-04-01T00:00:00Z"))
        .unwrap();
    assert!(matches!(
        scene.ask(entry, "2026-05-01T00:00:00Z"),
        Verdict::NotRecognised(Refusal::ReachesBack { .. })
    ));
}

#[test]
fn issuers_and_anchors_are_keys_and_not_names() {
    let scene = Scene::new();
    let at = "2026-05-01T00:00:00Z";
    let twin = Scene::new();
    let first = change(Status::Recognised, "2026-01-01T00:00:00Z");
    let entry = || Entry::new("CN-GD", ca("甲"), text("personal"), first.clone()).unwrap();
    // The issuer's name with another key.
    let other_issuer = entry().anchor(scene.root.clone()).issuer(twin.sub.clone());
    assert!(matches!(
        scene.ask(other_issuer, at),
        Verdict::NotRecognised(Refusal::Path { .. })
    ));
    // The right issuer under an anchor's name with another key.
    let other_anchor = entry().anchor(twin.root.clone()).issuer(scene.sub.clone());
    assert!(matches!(
        scene.ask(other_anchor, at),
        Verdict::NotRecognised(Refusal::Path { .. })
    ));
    // An anchor that issues though it is not listed as an issuer.
    let key = Key::new();
    let shared_name = Forged::ca(SUB, &key, SUB).issue(&key);
    let by_anchor = entry().anchor(scene.sub.clone()).issuer(shared_name);
    assert!(matches!(
        scene.ask(by_anchor, at),
        Verdict::NotRecognised(Refusal::IssuerNotPinned { .. })
    ));
    let root_alone = entry()
        .anchor(scene.root.clone())
        .issuer(scene.root.clone());
    assert!(matches!(
        scene.ask(root_alone, at),
        Verdict::NotRecognised(Refusal::NoEntry { .. })
    ));
    // Several entries: the one that fits answers, wherever it stands.
    let mut draft = scene.draft_with(scene.entry_named("乙"));
    draft
        .insert(entry().anchor(scene.root.clone()).issuer(twin.sub))
        .unwrap();
    let list = scene.accept(&draft);
    let leaf = scene.leaf.issue(&scene.sub_key);
    match list.recognised(leaf.der(), time(at)) {
        Verdict::Recognised { entry, .. } => assert_eq!(entry.ca, "乙"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_path_is_checked_at_the_time_asked_about() {
    let mut scene = Scene::new();
    scene.leaf = scene
        .leaf
        .valid("2026-01-01T00:00:00Z", "2026-04-30T00:00:00Z");
    assert!(matches!(
        scene.ask(scene.entry(), "2026-04-30T00:00:00Z"),
        Verdict::Recognised { .. }
    ));
    match scene.ask(scene.entry(), "2026-05-01T00:00:00Z") {
        Verdict::NotRecognised(Refusal::Path { source, .. }) => {
            assert!(matches!(source.reasons()[0].cause, Cause::Expired { .. }));
        }
        other => panic!("{other:?}"),
    }
    let mut flipped = scene.leaf.der(&scene.sub_key);
    *flipped.last_mut().unwrap() ^= 1;
    let list = scene.accept(&scene.draft_with(scene.entry()));
    assert!(matches!(
        list.recognised(&flipped, time("2026-04-01T00:00:00Z")),
        Verdict::NotRecognised(Refusal::Path { .. })
    ));
    assert!(matches!(
        list.recognised(b"no certificate", now()),
        Verdict::NotRecognised(Refusal::Unreadable(_))
    ));
    assert!(matches!(
        list.recognised(&flipped, time("2026-06-25T00:00:00Z")),
        Verdict::Indeterminate(Doubt::Stale { .. })
    ));
}

#[test]
fn the_policy_is_compared_arc_by_arc() {
    let mut scene = Scene::new();
    let asked = PolicyRule::exact(ObjectIdentifier::new_unwrap("2.16.344.8.2.2008.810.2"));
    let at = "2026-05-01T00:00:00Z";
    for (named, good) in [
        ("2.16.344.8.2.2008.810.2", true),
        ("2.16.344.8.2.2008.810.20", false),
        ("2.16.344.8.2.2008.810.2.1", false),
        ("2.16.344.8.2.2008.810", false),
    ] {
        let policies = CertificatePolicies(vec![PolicyInformation {
            policy_identifier: ObjectIdentifier::new(named).unwrap(),
            policy_qualifiers: None,
        }]);
        scene.leaf = scene
            .leaf
            .replacing(extension(true, "2.5.29.32", &policies));
        let verdict = scene.ask(scene.entry().policy(asked), at);
        assert_eq!(
            matches!(verdict, Verdict::Recognised { .. }),
            good,
            "{named}"
        );
        if !good {
            assert!(matches!(
                verdict,
                Verdict::NotRecognised(Refusal::Policy { .. })
            ));
        }
    }
}

#[test]
fn unknown_revocation_leaves_the_answer_open() {
    let scene = Scene::new();
    let list = scene.accept(&scene.draft_with(scene.entry()));
    let target = scene.leaf.issue(&scene.sub_key);
    let ask = |crls: &[ParsedCrl], rule| {
        let question = Question::new(&target, now()).crls(crls);
        list.ask(&question.revocation(rule)).verdict
    };
    assert!(matches!(
        ask(&[], RevocationRule::Required),
        Verdict::Indeterminate(Doubt::Revocation { .. })
    ));
    let crl = crate::forge::ForgedCrl::new(SUB)
        .revoke(0x41, "2026-05-01T00:00:00Z", None)
        .issue(&scene.sub_key);
    assert!(matches!(
        ask(&[crl], RevocationRule::WhereCrlGiven),
        Verdict::NotRecognised(Refusal::Path { .. })
    ));
}

/// A claimed time never helps, a proved one before the event does (R3).
#[test]
fn a_time_stamp_before_the_event_saves_a_signature() {
    let scene = Scene::new();
    let mut entry = scene.entry();
    let lost = StatusChange::new(
        Status::Terminated,
        time("2026-05-20T00:00:00Z"),
        StatusCause::Compromise,
    );
    entry
        .change(lost.event(time("2026-04-01T00:00:00Z")))
        .unwrap();
    let list = scene.accept(&scene.draft_with(entry));
    let target = scene.leaf.issue(&scene.sub_key);
    let ask = |signed, rules| list.ask(&Question::new(&target, now()).signed(signed).rules(rules));
    let code = |signed| ask(signed, Rules::default()).verdict.code();
    let march = time("2026-03-31T23:59:59Z");
    assert_eq!(code(SigningTime::Proved(march)), "RECOGNISED");
    assert_eq!(
        code(SigningTime::Proved(time("2026-04-01T00:00:00Z"))),
        "REACHES_BACK"
    );
    assert_eq!(
        code(SigningTime::Proved(time("2026-05-20T00:00:00Z"))),
        "STATUS_AT_SIGNING"
    );
    assert_eq!(code(SigningTime::Claimed(march)), "STATUS_AT_SIGNING");
    assert_eq!(code(SigningTime::Now), "STATUS_AT_SIGNING");
    assert_eq!(
        code(SigningTime::Proved(time("2026-06-02T00:00:00Z"))),
        "FUTURE"
    );
    let strict = Rules {
        claimed_time: ClaimedTime::Indeterminate,
        ..Rules::default()
    };
    assert_eq!(
        ask(SigningTime::Claimed(march), strict).verdict.code(),
        "UNPROVED_TIME"
    );
    let without = Rules {
        causes_reach_back: false,
        ..Rules::default()
    };
    let late = SigningTime::Proved(time("2026-05-01T00:00:00Z"));
    let answer = ask(late, without);
    assert_eq!(answer.verdict.code(), "RECOGNISED");
    assert_eq!((answer.list, answer.sequence), (list.digest(), 1));
    assert_eq!(answer.at, Some(time("2026-05-01T00:00:00Z")));
}

#[test]
fn each_rule_about_time_can_be_left_out() {
    let mut scene = Scene::new();
    scene.leaf = scene
        .leaf
        .valid("2026-03-15T00:00:00Z", "2027-01-01T00:00:00Z");
    let list = scene.accept(&scene.draft_with(with_gap(&scene)));
    let target = scene.leaf.issue(&scene.sub_key);
    let code = |at: &str, rules| {
        let signed = SigningTime::Proved(time(at));
        list.ask(&Question::new(&target, now()).signed(signed).rules(rules))
            .verdict
            .code()
    };
    let all = Rules::default();
    let signing_alone = Rules {
        issued_while_recognised: false,
        ..all
    };
    let neither = Rules {
        status_at_signing: false,
        ..signing_alone
    };
    assert_eq!(code("2026-05-01T00:00:00Z", all), "ISSUED_OUTSIDE");
    assert_eq!(code("2026-05-01T00:00:00Z", signing_alone), "RECOGNISED");
    assert_eq!(
        code("2026-03-20T00:00:00Z", signing_alone),
        "STATUS_AT_SIGNING"
    );
    // What was never recognised at either time is not recognised by leaving rules out.
    assert_eq!(code("2026-03-20T00:00:00Z", neither), "STATUS_AT_SIGNING");
}

#[test]
fn an_issuer_counts_in_its_own_time() {
    let mut scene = Scene::new();
    let bare = {
        let mut entry = scene.entry();
        entry.issuers = Default::default();
        entry
    };
    for (from, until, good) in [
        ("2026-01-01T00:00:00Z", None, true),
        ("2026-01-02T00:00:00Z", None, false),
        ("2025-01-01T00:00:00Z", Some("2026-01-01T00:00:00Z"), false),
        ("2025-01-01T00:00:00Z", Some("2026-01-01T00:00:01Z"), true),
    ] {
        let during = Interval::new(time(from), until.map(time));
        let entry = bare.clone().issuer_during(scene.sub.clone(), during);
        let verdict = scene.ask(entry, "2026-05-01T00:00:00Z");
        let code = if good { "RECOGNISED" } else { "ISSUER_TIME" };
        assert_eq!(verdict.code(), code, "{from} {until:?}");
    }
    // Closed later, what was issued before still counts, and what came after does not.
    let mut entry = scene.entry();
    let sub = scene.sub.digest();
    entry
        .close_issuer(&sub, time("2026-02-01T00:00:00Z"))
        .unwrap();
    assert!(
        entry
            .close_issuer(&sub, time("2026-03-01T00:00:00Z"))
            .is_err()
    );
    let at = "2026-05-01T00:00:00Z";
    assert_eq!(scene.ask(entry.clone(), at).code(), "RECOGNISED");
    scene.leaf = scene
        .leaf
        .valid("2026-02-01T00:00:00Z", "2027-01-01T00:00:00Z");
    assert_eq!(scene.ask(entry, at).code(), "ISSUER_TIME");
}

#[test]
fn the_type_stands_in_the_subject() {
    let mut scene = Scene::new();
    let at = "2026-05-01T00:00:00Z";
    for (subject, good) in [
        ("CN=Chan,O=Hongkong Post e-Cert (Personal),C=HK", true),
        ("CN=Chan,OU=Hongkong Post e-Cert (Personal),C=HK", true),
        ("CN=Hongkong Post e-Cert (Personal),C=HK", false),
        ("CN=Chan,O=Hongkong Post e-Cert (Personal) Plus,C=HK", false),
        ("CN=Chan,O=hongkong post e-cert (personal),C=HK", false),
    ] {
        scene.leaf.subject = subject.into();
        let entry = scene
            .entry()
            .type_name("Hongkong Post e-Cert (Personal)")
            .unwrap();
        let code = if good { "RECOGNISED" } else { "TYPE_NAME" };
        assert_eq!(scene.ask(entry, at).code(), code, "{subject}");
    }
}

#[test]
fn either_of_two_policies_is_enough() {
    let mut scene = Scene::new();
    let oid = |text: &str| ObjectIdentifier::new(text).unwrap();
    let entry = scene
        .entry()
        .policy(PolicyRule::exact(oid("2.16.156.339.1.1.1.2.1")))
        .policy(PolicyRule::without_last(oid("2.16.344.8.2.2008.810.2.2018.1.1"), 3).unwrap());
    for (named, good) in [
        (&["2.16.156.339.1.1.1.2.1"][..], true),
        (&["2.16.344.8.2.2008.810.2.2021.4.4"], true),
        (&["1.2.3.4", "2.16.344.8.2.2008.810.2.2018.1.1"], true),
        (
            &["2.16.156.339.1.1.1.2.1", "2.16.344.8.2.2008.810.2.2018.1.1"],
            true,
        ),
        (&["2.16.344.8.2.2008.810.20.2018.1.1"], false),
        (&["2.16.156.339.1.1.1.2.10"], false),
        (&["2.5.29.32.0"], false),
    ] {
        let policy = |text: &&str| PolicyInformation {
            policy_identifier: oid(text),
            policy_qualifiers: None,
        };
        let policies = CertificatePolicies(named.iter().map(policy).collect());
        scene.leaf = scene
            .leaf
            .replacing(extension(false, "2.5.29.32", &policies));
        let code = if good { "RECOGNISED" } else { "POLICY" };
        assert_eq!(
            scene.ask(entry.clone(), "2026-05-01T00:00:00Z").code(),
            code,
            "{named:?}"
        );
    }
}

/// An entry of its type answers, with what else could be meant; where none recognises it, every
/// class of the CA says why not.
#[test]
fn classes_of_other_types_are_silent_where_one_recognises_it() {
    let mut scene = Scene::new();
    scene.leaf.subject = "CN=Chan,OU=personal,C=HK".into();
    let target = scene.leaf.issue(&scene.sub_key);
    let classes = |ends: bool| {
        let mut draft = scene.draft();
        for (class, kind) in [
            ("一", None),
            ("二", Some("personal")),
            ("三", Some("server")),
        ] {
            let first = change(Status::Recognised, "2026-01-01T00:00:00Z");
            let entry = Entry::new("CN-GD", ca("甲"), text(class), first).unwrap();
            let mut entry = entry.anchor(scene.root.clone()).issuer(scene.sub.clone());
            if let Some(kind) = kind {
                entry = entry.type_name(kind).unwrap();
            }
            if ends {
                let end = change(Status::Suspended, "2026-03-01T00:00:00Z");
                entry.change(end).unwrap();
            }
            draft.insert(entry).unwrap();
        }
        let answer = scene.accept(&draft).ask(&Question::new(&target, now()));
        let others = answer.others.iter().map(Verdict::code);
        (answer.verdict.code(), others.collect::<Vec<_>>())
    };
    assert_eq!(classes(false), ("RECOGNISED", vec!["RECOGNISED"]));
    let silent_no_more = vec!["STATUS_AT_SIGNING", "TYPE_NAME"];
    assert_eq!(classes(true), ("STATUS_AT_SIGNING", silent_no_more));
}

/// An OCSP answer counts for a question as a CRL does.
#[test]
fn an_ocsp_answer_is_heard() {
    use cert_profile::ocsp::{CertId, CertStatus, OcspDraft, OcspResponse, SingleResponse};
    let scene = Scene::new();
    let target = scene.leaf.issue(&scene.sub_key);
    let list = scene.accept(&scene.draft_with(scene.entry()));
    let serial = x509_cert::serial_number::SerialNumber::new(target.serial()).unwrap();
    let key = || scene.sub.public_key();
    let answer = |status| {
        let id = CertId::new(scene.sub.subject(), key(), serial.clone()).unwrap();
        let single = SingleResponse::new(id, status, now()).until(time("2026-06-02T00:00:00Z"));
        let draft = OcspDraft::new(key(), crate::forge::sm2_with_sm3(false), now());
        let prepared = draft.response(single).prepare().unwrap();
        let signature = scene.sub_key.sign(prepared.tbs());
        OcspResponse::from_der(&prepared.attach(&signature).unwrap()).unwrap()
    };
    let since = time("2026-04-01T00:00:00Z");
    let revoked = CertStatus::Revoked {
        at: since,
        reason: None,
    };
    for (status, code) in [(CertStatus::Good, "RECOGNISED"), (revoked, "PATH")] {
        let answers = [answer(status)];
        let question = Question::new(&target, now()).ocsp(&answers);
        let question = question.revocation(RevocationRule::RequiredOfTarget);
        assert_eq!(list.ask(&question).verdict.code(), code);
    }
}
