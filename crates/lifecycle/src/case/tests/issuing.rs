use super::*;
use crate::case::pair::Ordinal;
use der::Decode;
use x509_cert::TbsCertificate;

fn bind() -> Command {
    Command::BindToken(TokenId::new("ukey-1").unwrap())
}

#[test]
fn a_fresh_token_is_bound_once() {
    let mut desk = desk();
    desk.approved();
    let token = |status| Ground::Token {
        token: TokenId::new("ukey-1").unwrap(),
        status,
    };
    let mut other = desk.clone();
    other.token.as_mut().unwrap().status = token::Status::Quarantined;
    other.refuses(APPROVER, bind(), &token("put aside"), "S1-14");
    other.token = None;
    other.refuses(APPROVER, bind(), &token("not in the inventory"), "S1-14");
    let ground = Ground::Seat {
        seat: Seat::Registrar,
    };
    desk.refuses(REGISTRAR, bind(), &ground, "S1-14");
    desk.act(APPROVER, bind());
    desk.refuses(APPROVER, bind(), &token("second to another"), "S1-14");
}

#[test]
fn a_key_is_brought_by_the_customer_or_by_the_officer_who_has_the_case() {
    let prove = || Command::ProveKey(request(3));
    let refused = |desk: &Desk, who| {
        let (ground, _) = desk.refused(who, prove());
        assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    };
    let mut desk = desk();
    desk.drafted();
    refused(&desk, REGISTRAR);
    refused(&desk, APPROVER);
    assert!(desk.ask(HOLDER, prove()).is_ok());
    desk.act(HOLDER, Command::Submit)
        .act(REGISTRAR, Command::StartRegistration);
    refused(&desk, APPROVER);
    assert!(desk.ask(REGISTRAR, prove()).is_ok());
    desk.checked()
        .paid()
        .act(REGISTRAR, register())
        .act(APPROVER, Command::TakeReview)
        .act(APPROVER, approve());
    refused(&desk, REGISTRAR);
    assert!(desk.ask(HOLDER, prove()).is_ok());
    let mut broken = request(3);
    broken.public_key = vec![1, 2].into();
    let (ground, _) = desk.refused(APPROVER, Command::ProveKey(broken));
    assert!(matches!(ground, Ground::Key { .. }), "{ground}");
    desk.act(APPROVER, prove());
    // What is there is not changed behind the approval.
    desk.refuses(
        APPROVER,
        Command::ProveKey(request(4)),
        &Ground::ChangedSinceRegistration,
        "S1-13",
    );
}

#[test]
fn a_key_that_was_sent_back_alone_is_changed_in_a_correction() {
    use crate::case::paper::Deficiency;
    let flagged = |subject: &str| {
        let mut desk = desk();
        let back = Deficiency {
            subject: subject.into(),
            words: "another".into(),
        };
        desk.drafted()
            .act(HOLDER, Command::ProveKey(request(3)))
            .act(HOLDER, Command::Submit)
            .act(REGISTRAR, Command::StartRegistration)
            .act(REGISTRAR, Command::Return(vec![back]));
        desk
    };
    let ground = Ground::NotFlagged {
        subject: "key".into(),
    };
    let other = || Command::ProveKey(request(4));
    flagged("licence").refuses(HOLDER, other(), &ground, "S2-24");
    assert!(flagged("key").ask(HOLDER, other()).is_ok());
    let same = Command::ProveKey(request(3));
    assert!(flagged("licence").ask(HOLDER, same).is_ok());
}

#[test]
fn a_new_certificate_has_a_new_key_unless_a_renewal_may_keep_it() {
    let prepared = |rules, kind, years| {
        let mut desk = desk_under(rules);
        let opening = desk.about_old(kind);
        let filled = Command::Fill {
            fields: fields(&[("unit", "Example Ltd")]),
            years,
        };
        desk.opened(HOLDER, opening).act(HOLDER, filled);
        desk
    };
    let same = || Command::ProveKey(request(3));
    let keeping = || {
        drill(&[(
            "renew-same-key = { value = false",
            "renew-same-key = { value = true",
        )])
    };
    let renew = prepared(drill(&[]), Kind::Renew, 2);
    renew.refuses(HOLDER, same(), &Ground::SameKey, "X-11");
    assert!(renew.ask(HOLDER, Command::ProveKey(request(4))).is_ok());
    assert!(
        prepared(keeping(), Kind::Renew, 2)
            .ask(HOLDER, same())
            .is_ok()
    );
    prepared(keeping(), Kind::Reissue, 0).refuses(HOLDER, same(), &Ground::SameKey, "X-11");
}

#[test]
fn what_policy_can_never_issue_is_refused_at_the_door() {
    let mut desk = desk();
    desk.drafted();
    // The CA's own key.
    let refused = desk.ask(HOLDER, Command::ProveKey(request(9)));
    assert_eq!(refused.unwrap_err().coded(), "profile (S1-13)");
    desk.ca = None;
    assert!(desk.ask(HOLDER, Command::ProveKey(request(9))).is_ok());
}

#[test]
fn what_is_signed_says_what_was_registered() {
    let mut desk = desk();
    desk.issuing();
    let Slot::Intended(intent) = &desk.state().signing else {
        panic!("{:?}", desk.state().signing);
    };
    let tbs = TbsCertificate::from_der(&intent.tbs).unwrap();
    assert_eq!(
        tbs.subject().to_string(),
        "CN=Example Ltd,O=Example Ltd,C=CN"
    );
    assert_eq!(*tbs.subject_public_key_info(), key(3));
    assert_eq!(
        tbs.validity().not_after.to_date_time(),
        at("2028-03-02T02:00:00Z")
    );
    assert_eq!(intent.serial, Serial::from_bytes(&[1]).unwrap());
    desk.signed().encryption_key_came();
    let Slot::Intended(intent) = &desk.state().encryption else {
        panic!("{:?}", desk.state().encryption);
    };
    let tbs = TbsCertificate::from_der(&intent.tbs).unwrap();
    assert_eq!(*tbs.subject_public_key_info(), key(5));
    assert_eq!(
        tbs.subject().to_string(),
        "CN=Example Ltd,O=Example Ltd,C=CN"
    );
}

#[test]
fn a_value_can_not_end_its_attribute_and_begin_another() {
    let sly = "A,O=B+C=D\\,E\"#;<> =\\2c 示例";
    let mut desk = desk();
    let opening = desk.opening();
    desk.opened(HOLDER, opening)
        .act(HOLDER, fill(&[("unit", sly)]));
    let rule = desk.rules.certificate("seal").unwrap();
    let form = desk.state().form.as_ref().unwrap();
    let name = crate::case::issuance::subject(rule, form).unwrap();
    assert_eq!(name.len(), 3);
    let values: Vec<_> = name.iter().map(|one| one.value.value().to_vec()).collect();
    assert_eq!(values, [b"CN".to_vec(), sly.into(), sly.into()]);
}

#[test]
fn a_field_that_is_empty_makes_no_attribute() {
    let optional = drill(&[("{ attribute = \"C\", fixed = \"CN\" },", "")]);
    let mut desk = desk_under(optional);
    desk.drafted();
    let rule = desk.rules.certificate("seal").unwrap();
    let form = desk.state.as_mut().unwrap().form.as_mut().unwrap();
    form.set("unit", "");
    assert!(
        crate::case::issuance::subject(rule, form)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_reissue_ends_when_the_old_one_would_have() {
    let mut desk = desk();
    let opening = desk.about_old(Kind::Reissue);
    let filled = Command::Fill {
        fields: fields(&[("unit", "Example Ltd")]),
        years: 0,
    };
    desk.opened(HOLDER, opening)
        .act(HOLDER, filled)
        .act(HOLDER, Command::ProveKey(request(4)))
        .act(HOLDER, Command::Submit)
        .act(REGISTRAR, Command::StartRegistration)
        .act(REGISTRAR, register())
        .act(APPROVER, Command::TakeReview)
        .act(APPROVER, approve())
        .act(APPROVER, Command::Issue);
    let Slot::Intended(intent) = &desk.state().signing else {
        panic!("{:?}", desk.state().signing);
    };
    let tbs = TbsCertificate::from_der(&intent.tbs).unwrap();
    assert_eq!(
        tbs.validity().not_after.to_date_time(),
        at("2026-03-20T00:00:00Z")
    );
}

#[test]
fn a_remainder_is_granted_where_whole_years_are_chosen_and_not_beyond_the_longest() {
    use cert_profile::CertRequest;
    let (issuer, ..) = desk().ca.unwrap();
    let name: x509_cert::name::Name = "CN=A,O=Example,C=CN".parse().unwrap();
    let profile = Profile::shipped("organisation-seal-signing").unwrap();
    let now = at("2026-03-02T02:00:00Z");
    let end = |until: &str| {
        let request = CertRequest::new(name.clone(), key(3)).remainder_until(at(until));
        let granted = profile.validity(&issuer, &request, now);
        granted.map(|granted| granted.end())
    };
    let rest = "2026-03-20T00:00:00Z";
    assert_eq!(end(rest).unwrap(), at(rest));
    let longest = at("2031-03-02T02:00:00Z");
    assert_eq!(end("2031-03-02T02:00:01Z").unwrap(), longest);
    assert!(end("2026-03-02T02:00:00Z").is_err(), "nothing is left");
    // Years that are chosen are whole all the same.
    let both = CertRequest::new(name, key(3))
        .remainder_until(at(rest))
        .years(2);
    let granted = profile.validity(&issuer, &both, now).unwrap();
    assert_eq!(granted.end(), at("2028-03-02T02:00:00Z"));
}

#[test]
fn nothing_is_signed_but_what_was_approved() {
    let mut desk = desk();
    desk.gathered();
    let changed = Ground::ChangedSinceRegistration;
    let mut other = desk.clone();
    other.state.as_mut().unwrap().approved = None;
    other.refuses(APPROVER, Command::Issue, &changed, "S1-13");
    let mut other = desk.clone();
    other.state.as_mut().unwrap().form.as_mut().unwrap().years = 1;
    other.refuses(APPROVER, Command::Issue, &changed, "S1-13");
    let ground = Ground::Seat {
        seat: Seat::Registrar,
    };
    desk.refuses(REGISTRAR, Command::Issue, &ground, "S1-13");
    let mut other = desk.clone();
    other.ca = None;
    assert_eq!(
        other.ask(APPROVER, Command::Issue).unwrap_err().coded(),
        "issuer-not-ready (S4-16)"
    );
    desk.act(APPROVER, Command::Issue);
    let (ground, _) = desk.refused(APPROVER, Command::Issue);
    assert!(matches!(ground, Ground::NotListed { .. }), "{ground}");
}

#[test]
fn a_key_that_was_registered_is_part_of_what_is_approved() {
    let mut desk = desk();
    desk.registering()
        .act(REGISTRAR, Command::ProveKey(request(3)))
        .checked()
        .paid()
        .act(REGISTRAR, register())
        .act(APPROVER, Command::TakeReview);
    let mut other = desk.clone();
    other.state.as_mut().unwrap().request = Some(request(4));
    other.refuses(
        APPROVER,
        approve(),
        &Ground::ChangedSinceRegistration,
        "S1-13",
    );
    desk.act(APPROVER, approve())
        .act(APPROVER, bind())
        .act(APPROVER, Command::Issue);
}

#[test]
fn results_come_from_the_system_for_intents_that_wait() {
    let mut desk = desk();
    desk.issuing();
    let result = |serial: u8| Command::RecordCertificate {
        serial: Serial::from_bytes(&[serial]).unwrap(),
        signature: vec![1].into(),
    };
    let unknown = |serial: u8| Command::RecordUnknownOutcome {
        serial: Serial::from_bytes(&[serial]).unwrap(),
    };
    for command in [result(9), unknown(9)] {
        assert!(matches!(
            desk.ask(SYSTEM, command),
            Err(Error::Refused(Refusal::NoIntent { .. }))
        ));
    }
    for command in [
        result(1),
        unknown(1),
        Command::RecordEncryptionKey(encryption_key()),
    ] {
        let (ground, _) = desk.refused(APPROVER, command);
        assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    }
    desk.signed().encryption_key_came();
    let again = Command::RecordEncryptionKey(encryption_key());
    let (ground, _) = desk.refused(SYSTEM, again);
    assert!(matches!(ground, Ground::NotListed { .. }), "{ground}");
}

#[test]
fn a_number_with_an_unknown_outcome_is_burnt_and_another_takes_its_place() {
    let mut desk = desk();
    desk.issuing();
    desk.serial = 7;
    let unknown = || Command::RecordUnknownOutcome {
        serial: Serial::from_bytes(&[1]).unwrap(),
    };
    let mut stuck = desk.clone();
    desk.act(SYSTEM, unknown());
    let serial = |slot: &Slot| match slot {
        Slot::Intended(intent) => intent.serial.as_bytes().to_vec(),
        other => panic!("{other:?}"),
    };
    assert_eq!(serial(&desk.state().signing), [7]);
    // The encryption certificate's likewise, with its own key.
    desk.signed().encryption_key_came();
    desk.serial = 9;
    let lost = Command::RecordUnknownOutcome {
        serial: Serial::from_bytes(&[8]).unwrap(),
    };
    let mut later = desk.clone();
    desk.act(SYSTEM, lost.clone());
    assert_eq!(serial(&desk.state().encryption), [9]);
    desk.signed();
    assert_eq!(desk.phase(), Phase::Issued);
    assert!(matches!(
        desk.state().slot(Ordinal::Signing),
        Slot::Issued(_)
    ));

    // What else stands against another number is not passed over: the certificate whose end a
    // new one keeps is missing here.
    let mut odd = stuck.clone();
    odd.state.as_mut().unwrap().opening.kind = Kind::Reissue;
    let what = "the old certificate";
    odd.refuses(SYSTEM, unknown(), &Ground::Missing { what }, "X-11");

    // While the CA can't issue the number is burnt all the same; the approver issues later.
    let ca = stuck.ca.take();
    stuck.act(SYSTEM, unknown());
    assert_eq!(stuck.state().signing, Slot::AwaitingKey);
    assert_eq!(stuck.state().due(&stuck.id), None);
    stuck.ca = ca;
    stuck.act(APPROVER, Command::Issue);
    assert_eq!(serial(&stuck.state().signing), [7]);
    let ca = later.ca.take();
    later.act(SYSTEM, lost);
    later.ca = ca;
    later.act(APPROVER, Command::Issue);
    assert_eq!(serial(&later.state().encryption), [9]);
}

/// As logs have it that were written before a certificate's octets were kept once.
#[test]
fn a_certificate_in_the_place_of_its_signature_is_read_as_that() {
    let mut desk = desk();
    desk.issuing().signed();
    let (_, _, event) = desk.history.last().unwrap().clone();
    let Slot::Issued(issued) = desk.state().slot(Ordinal::Signing).clone() else {
        panic!("{:?}", desk.state());
    };
    let mut old = serde_json::to_value(&event).unwrap();
    let fields = old["certificate-issued"].as_object_mut().unwrap();
    fields.remove("signature").unwrap();
    let certificate = serde_json::to_value(&issued.certificate).unwrap();
    fields.insert("certificate".to_owned(), certificate);
    let read: Event = serde_json::from_value(old.clone()).unwrap();
    // It comes to the same, and is written with the signature alone.
    let (actor, at, _) = desk.history.pop().unwrap();
    let mut before = None;
    for (actor, at, event) in &desk.history {
        before = evolve(before, actor, *at, event);
    }
    let after = |event: &Event| evolve(before.clone(), &actor, at, event);
    assert_eq!(after(&read), after(&event));
    assert_ne!(after(&read), before);
    assert_eq!(
        serde_json::to_value(&read).unwrap(),
        serde_json::to_value(&event).unwrap()
    );
    // Another certificate with that signature is none of the intent.
    let fields = old["certificate-issued"].as_object_mut().unwrap();
    let mut other = issued.certificate.to_vec();
    other[40] ^= 1;
    let other = serde_json::to_value(Octets::from(other)).unwrap();
    fields.insert("certificate".to_owned(), other);
    let other: Event = serde_json::from_value(old).unwrap();
    assert_eq!(after(&other), before);
}
