use super::*;
use crate::rules::Text;

#[test]
fn the_same_opening_again_is_nothing_new_and_another_is_refused() {
    let mut desk = desk();
    let opening = desk.opening();
    desk.opened(HOLDER, opening.clone());
    assert_eq!(
        desk.ask(HOLDER, Command::Open(opening.clone())).unwrap(),
        []
    );
    let mut other = opening.clone();
    other.carrier = Carrier::Soft;
    desk.refuses(HOLDER, Command::Open(other), &Ground::CaseExists, "S0-13");
    desk.refuses(AGENT, Command::Open(opening), &Ground::CaseExists, "S0-13");
}

#[test]
fn a_case_lapses_as_the_rules_say() {
    let mut desk = desk();
    let opening = desk.opening();
    desk.opened(HOLDER, opening);
    let (name, lapse) = desk.state().next_deadline().unwrap();
    assert_eq!(name.as_str(), "lapse");
    assert_eq!(lapse.at, at("2026-04-01T15:59:59Z"));
}

fn opening_with(change: impl FnOnce(&mut Opening)) -> (Desk, Command) {
    let desk = desk();
    let mut opening = desk.opening();
    change(&mut opening);
    (desk, Command::Open(opening))
}

#[test]
fn what_is_not_offered_is_refused_with_the_reason() {
    let (desk, command) = opening_with(|opening| {
        opening.kind = Kind::Revoke;
        opening.mode = Mode::Other;
    });
    let ground = Ground::NotOffered {
        kind: Kind::Revoke,
        mode: Mode::Other,
        reason: Text {
            en: "not in the drill".into(),
            zh: "不办理".into(),
        },
    };
    desk.refuses(HOLDER, command, &ground, "S0-11");
}

#[test]
fn rules_that_are_not_in_force_open_no_case() {
    let (mut desk, command) = opening_with(|opening| opening.rules.version = 2);
    let ground = Ground::NotInForce {
        rules: "drill 2".into(),
    };
    desk.refuses(HOLDER, command, &ground, "S0-14");
    let opening = Command::Open(desk.opening());
    desk.now = at("2019-12-31T15:59:59Z");
    let ground = Ground::NotInForce {
        rules: "drill 1".into(),
    };
    desk.refuses(HOLDER, opening.clone(), &ground, "S0-14");
    // The year begins in China eight hours earlier.
    desk.now = at("2019-12-31T16:00:00Z");
    assert!(desk.ask(HOLDER, opening).is_ok());
}

#[test]
fn unknown_words_and_seats_that_do_not_open_are_refused() {
    let (desk, command) = opening_with(|opening| opening.certificate = "unheard-of".into());
    let ground = Ground::UnknownName {
        what: "certificate",
        name: "unheard-of".into(),
    };
    desk.refuses(HOLDER, command, &ground, "S2-05");
    let ground = Ground::Seat {
        seat: Seat::Registrar,
    };
    let opening = Command::Open(desk.opening());
    desk.refuses(REGISTRAR, opening.clone(), &ground, "S2-27");
    let ground = Ground::NotAParty {
        person: PersonId::new("stranger").unwrap(),
    };
    let stranger = ("stranger", Seat::Applicant);
    desk.refuses(stranger, opening, &ground, "S1-04");
}

#[test]
fn business_comes_through_an_agency_that_operates_in_the_mode() {
    let (mut desk, command) = opening_with(|opening| opening.agency = None);
    desk.refuses(HOLDER, command, &Ground::NoAgency, "S0-01");
    let opening = Command::Open(desk.opening());
    desk.agency_modes = Some(vec![Mode::Other]);
    let ground = Ground::ModeNotFiled {
        mode: Mode::Counter,
    };
    desk.refuses(HOLDER, opening.clone(), &ground, "S0-11");
    desk.agency_modes = None;
    desk.refuses(HOLDER, opening.clone(), &Ground::NoAgency, "S0-01");
    // Where there are none, nobody asks.
    desk.rules = drill(&[("agencies = { value = true", "agencies = { value = false")]);
    assert!(desk.ask(HOLDER, opening).is_ok());
}

/// The steps of a case on its way to certificates, each with whoever takes it.
fn on_its_way() -> Vec<(Who, Command)> {
    let token = TokenId::new("ukey-1").unwrap();
    let receipt = evidence(EvidenceKind::PaymentReceipt);
    vec![
        (HOLDER, consent(&["agreement", "privacy"])),
        (HOLDER, consent(&["sensitive"])),
        (HOLDER, fill(&[("unit", "Example Ltd")])),
        (HOLDER, document("licence", None)),
        (HOLDER, document("application", Some(1))),
        (HOLDER, Command::Submit),
        (REGISTRAR, Command::StartRegistration),
        (
            REGISTRAR,
            passed(Check::IdentityHolder, &[EvidenceKind::IdentityQuery]),
        ),
        (
            REGISTRAR,
            passed(Check::Genuineness, &[EvidenceKind::CallRecord]),
        ),
        (HOLDER, transfer()),
        (CASHIER, Command::ConfirmFunds { receipt }),
        (REGISTRAR, register()),
        (APPROVER, Command::TakeReview),
        (APPROVER, approve()),
        (APPROVER, Command::BindToken(token)),
        (APPROVER, Command::ProveKey(request(3))),
        (APPROVER, Command::Issue),
    ]
}

// proves: S0-01, S0-11
#[test]
fn no_step_up_to_the_signature_goes_through_an_agency_that_stopped() {
    let mut desk = desk();
    let opening = desk.opening();
    desk.opened(HOLDER, opening);
    let ground = Ground::ModeNotFiled {
        mode: Mode::Counter,
    };
    for (who, command) in on_its_way() {
        let mut stopped = desk.clone();
        stopped.agency_modes = Some(vec![Mode::Witness, Mode::Other]);
        stopped.refuses(who, command.clone(), &ground, "S0-11");
        stopped.agency_modes = None;
        stopped.refuses(who, command.clone(), &Ground::NoAgency, "S0-01");
        // The customer can take it back.
        assert!(stopped.ask(HOLDER, Command::Withdraw).is_ok());
        desk.act(who, command);
    }
    // A signature under way ends as it does; no other is begun.
    desk.agency_modes = Some(Vec::new());
    desk.signed().encryption_key_came();
    assert_eq!(desk.state().encryption, Slot::AwaitingKey);
    desk.refuses(APPROVER, Command::Issue, &ground, "S0-11");
    desk.agency_modes = Some(vec![Mode::Counter]);
    desk.act(APPROVER, Command::Issue);
    desk.agency_modes = Some(Vec::new());
    let Slot::Intended(intent) = desk.state().encryption.clone() else {
        panic!();
    };
    let serial = intent.serial;
    desk.clone()
        .act(SYSTEM, Command::RecordUnknownOutcome { serial })
        .refuses(APPROVER, Command::Issue, &ground, "S0-11");
    // What was issued goes to its holder.
    desk.signed();
    let case = CaseId::new("case-1").unwrap();
    desk.token.as_mut().unwrap().status = token::Status::Bound(case);
    let personalise = desk.personalise();
    desk.act(APPROVER, personalise)
        .act(APPROVER, dispatch(DeliveryMethod::Courier))
        .act(HOLDER, confirm(true));
}

// proves: S0-01
#[test]
fn a_case_that_was_handed_over_goes_on_at_its_heir() {
    let mut desk = desk();
    desk.submitted();
    let heir = OrganisationId::new("heir").unwrap();
    let agency = desk.opening().agency;
    assert_eq!(desk.state().agency(), agency.as_ref());
    let changed = |to: Option<&OrganisationId>| Event::AgencyChanged { to: to.cloned() };
    desk.take(SYSTEM, vec![changed(Some(&heir))]);
    assert_eq!(desk.state().agency(), Some(&heir));
    assert_eq!(desk.state().opening.agency, agency, "the past stays");
    // The modes are those of the heir, as the engine looks them up.
    desk.agency_modes = Some(Vec::new());
    let ground = Ground::ModeNotFiled {
        mode: Mode::Counter,
    };
    desk.refuses(REGISTRAR, Command::StartRegistration, &ground, "S0-11");
    // The CA itself waits for no agency.
    desk.take(SYSTEM, vec![changed(None)]);
    assert_eq!(desk.state().agency(), None);
    desk.agency_modes = None;
    desk.act(REGISTRAR, Command::StartRegistration);
}

// proves: S0-15
#[test]
fn a_witness_under_contract_with_another_agency_does_not_act() {
    let mut desk = desk();
    desk.registering();
    let witness = ("witness", Seat::Witness);
    let check = || passed(Check::Genuineness, &[EvidenceKind::CallRecord]);
    let mut enrol = |agency: Option<&str>| {
        desk.roster
            .insert("witness", enrolled_with(desk.now, agency));
        let answer = desk.ask(witness, check());
        let Err(Error::Refused(Refusal::Ruled { ground, .. })) = answer else {
            return None;
        };
        Some(*ground)
    };
    let not_qualified = Ground::NotQualified {
        person: PersonId::new("witness").unwrap(),
        seat: Seat::Witness,
        why: crate::NotQualified::Agency,
    };
    assert_eq!(enrol(Some("other-quan")), Some(not_qualified.clone()));
    assert_ne!(enrol(Some("agency")), Some(not_qualified.clone()));
    assert_ne!(enrol(None), Some(not_qualified));
}

#[test]
fn model_subject_and_carrier_are_of_those_that_are_offered() {
    let (mut desk, command) = opening_with(|opening| opening.model = Model::Centralised);
    desk.rules = drill(&[("[\"self-service\", \"centralised\"]", "[\"self-service\"]")]);
    let ground = Ground::ModelNotOffered {
        model: Model::Centralised,
    };
    desk.refuses(HOLDER, command, &ground, "S1-02");

    // In other modes: soft certificates for natural persons, and no others (S0-23).
    let (desk, command) = opening_with(|opening| {
        opening.mode = Mode::Other;
        opening.carrier = Carrier::Soft;
    });
    let ground = Ground::Subject {
        subject: SubjectKind::Organisation,
    };
    desk.refuses(HOLDER, command, &ground, "S0-23");
    let other = |carrier| {
        opening_with(|opening| {
            opening.mode = Mode::Other;
            opening.certificate = "investor".into();
            opening.carrier = carrier;
        })
    };
    let (desk, command) = other(Carrier::Hard);
    let hard = Ground::Carrier {
        carrier: Carrier::Hard,
    };
    desk.refuses(HOLDER, command, &hard, "S0-23");
    let (desk, command) = other(Carrier::Soft);
    assert!(desk.ask(HOLDER, command).is_ok());

    let (desk, command) = opening_with(|opening| {
        opening.certificate = "business".into();
        opening.carrier = Carrier::Soft;
    });
    let soft = Ground::Carrier {
        carrier: Carrier::Soft,
    };
    desk.refuses(HOLDER, command, &soft, "S2-05");
}

#[test]
fn what_a_case_of_its_kind_needs_is_given() {
    let missing = |change: fn(&mut Opening), what, named| {
        let (desk, command) = opening_with(change);
        desk.refuses(HOLDER, command, &Ground::Missing { what }, named);
    };
    missing(
        |opening| opening.organisation = None,
        "the organisation",
        "S1-01",
    );
    missing(
        |opening| {
            opening.kind = Kind::Freeze;
        },
        "the case whose certificates it is about",
        "S0-13",
    );
    missing(
        |opening| {
            opening.kind = Kind::Revoke;
            opening.target = Some(CaseId::new("case-0").unwrap());
        },
        "the reason",
        "S2-33",
    );
    type Say = fn(&mut Opening, String);
    let texts: [Say; 3] = [
        |opening, text| opening.account = Some(text.into()),
        |opening, text| opening.order = Some(text),
        |opening, text| opening.practice_statement = Some(text),
    ];
    for say in texts {
        let (desk, command) = opening_with(|opening| say(opening, String::new()));
        let (ground, _) = desk.refused(HOLDER, command);
        assert!(matches!(ground, Ground::Words { .. }), "{ground}");
        let (desk, command) = opening_with(|opening| say(opening, "CPS 1.2".to_owned()));
        assert!(desk.ask(HOLDER, command).is_ok());
    }
    let (desk, command) = opening_with(|opening| {
        opening.certificate = "investor".into();
        opening.organisation = None;
    });
    assert!(desk.ask(HOLDER, command).is_ok());
}

#[test]
fn a_unit_has_one_seal_and_so_many_business_seals() {
    let mut desk = desk();
    let opening = desk.opening();
    desk.holdings = 1;
    let ground = Ground::NotTheFirst {
        certificate: "seal".into(),
    };
    desk.refuses(HOLDER, Command::Open(opening.clone()), &ground, "S2-01");
    let mut business = opening;
    business.certificate = "business".into();
    assert!(desk.ask(HOLDER, Command::Open(business.clone())).is_ok());
    desk.holdings = 2;
    let ground = Ground::Quota {
        certificate: "business".into(),
        limit: 2,
        held: 2,
    };
    desk.refuses(HOLDER, Command::Open(business), &ground, "S2-07");
    // What takes another's place is none more.
    let renewal = desk.about_old(Kind::Renew);
    assert!(desk.ask(HOLDER, Command::Open(renewal)).is_ok());
}

#[test]
fn what_filled_the_quota_in_the_meantime_counts_at_every_gate() {
    let full = |desk: &mut Desk, who, command| {
        desk.holdings = 1;
        let (ground, _) = desk.refused(who, command);
        assert!(matches!(ground, Ground::NotTheFirst { .. }), "{ground}");
        desk.holdings = 0;
    };
    let mut desk = desk();
    desk.drafted();
    full(&mut desk, HOLDER, fill(&[("unit", "Example Ltd")]));
    full(&mut desk, HOLDER, Command::Submit);
    desk.act(HOLDER, Command::Submit)
        .act(REGISTRAR, Command::StartRegistration)
        .checked()
        .paid();
    full(&mut desk, REGISTRAR, register());
    desk.act(REGISTRAR, register())
        .act(APPROVER, Command::TakeReview);
    full(&mut desk, APPROVER, approve());
    desk.act(APPROVER, approve())
        .act(APPROVER, Command::BindToken(TokenId::new("t").unwrap()))
        .act(APPROVER, Command::ProveKey(request(3)));
    full(&mut desk, APPROVER, Command::Issue);
    desk.act(APPROVER, Command::Issue);
}

#[test]
fn each_kind_wants_its_status_of_the_old_certificate() {
    use certificate::State as Status;
    let held = || held(certificate::Party::Holder);
    let superseded = Status::Superseded {
        since: at("2026-01-01T00:00:00Z"),
        successor: certificate::Successor::new(
            AuthorityId::new("ca").unwrap(),
            Serial::from_bytes(&[8]).unwrap(),
        ),
    };
    let active = || Status::Active { pending: None };
    let revoked = || Status::Revoked {
        at: at("2026-01-01T00:00:00Z"),
        reason: certificate::RevocationReason::Unspecified,
        invalidity: None,
        upgrade: None,
    };
    let every = [
        Status::Reserved,
        Status::Issued,
        active(),
        held(),
        revoked(),
        superseded,
    ];
    let allowed = [
        (Kind::Renew, [false, false, true, false, false, false]),
        (Kind::Freeze, [false, false, true, false, false, false]),
        (Kind::Unfreeze, [false, false, false, true, false, false]),
        (Kind::Reissue, [false, true, true, true, false, false]),
        (Kind::Revoke, [false, true, true, true, false, true]),
    ];
    for (kind, wanted) in allowed {
        let mut desk = desk();
        let opening = desk.about_old(kind);
        for (status, is_good) in every.iter().zip(wanted) {
            desk.target.as_mut().unwrap().signing = status.clone();
            let command = Command::Open(opening.clone());
            if is_good {
                assert!(desk.ask(HOLDER, command).is_ok(), "{kind}: {status:?}");
            } else {
                let ground = Ground::TargetStatus {
                    status: status.name(),
                    kind,
                };
                let (found, named) = desk.refused(HOLDER, command);
                assert_eq!(found, ground);
                let requirement = match kind {
                    Kind::Renew => "S2-31",
                    Kind::Freeze | Kind::Revoke => "S2-32",
                    _ => "S0-13",
                };
                assert!(named.iter().any(|one| one == requirement), "{named:?}");
            }
        }
    }
}

#[test]
fn a_freeze_is_ended_by_the_kind_of_party_that_made_it() {
    use certificate::Party;
    let asks = [
        (Party::Holder, HOLDER),
        (Party::Operator, REGISTRAR),
        (Party::Official, OFFICIAL),
    ];
    for (froze, _) in asks {
        let mut desk = desk();
        let opening = desk.about_old(Kind::Unfreeze);
        desk.target.as_mut().unwrap().signing = held(froze);
        for (party, who) in asks {
            let command = Command::Open(opening.clone());
            if party == froze {
                assert!(desk.ask(who, command).is_ok(), "{froze}");
            } else {
                let ground = Ground::OtherParty { froze, asks: party };
                desk.refuses(who, command, &ground, "S5-04");
            }
        }
    }
}

#[test]
fn a_renewal_is_asked_for_in_the_last_month_and_not_after() {
    let mut desk = desk();
    let opening = Command::Open(desk.about_old(Kind::Renew));
    let window = Ground::OutsideWindow {
        opens: at("2026-02-19T16:00:00Z"),
        closes: at("2026-03-20T00:00:00Z"),
    };
    for (now, is_open) in [
        ("2026-02-19T15:59:59Z", false),
        ("2026-02-19T16:00:00Z", true),
        ("2026-03-20T00:00:00Z", true),
        ("2026-03-20T00:00:01Z", false),
    ] {
        desk.now = at(now);
        if is_open {
            assert!(desk.ask(HOLDER, opening.clone()).is_ok(), "{now}");
        } else {
            desk.refuses(HOLDER, opening.clone(), &window, "S2-31");
        }
    }
    // A case that was opened in time is submitted in time.
    desk.now = at("2026-03-19T00:00:00Z");
    desk.act(HOLDER, opening);
    desk.act(HOLDER, fill(&[("unit", "Example Ltd")]));
    desk.now = at("2026-03-21T00:00:00Z");
    desk.refuses(HOLDER, Command::Submit, &window, "X-12");
    desk.refuses(HOLDER, fill(&[("unit", "Example Ltd")]), &window, "X-12");
}

#[test]
fn nobody_acts_on_certificates_of_somebody_else() {
    let mut desk = desk();
    let opening = desk.about_old(Kind::Revoke);
    let changes: [fn(&mut Opening); 3] = [
        |old| old.holder = PersonId::new("another").unwrap(),
        |old| old.organisation = None,
        |old| old.certificate = "business".into(),
    ];
    for change in changes {
        let target = desk.target.clone();
        change(&mut desk.target.as_mut().unwrap().case.opening);
        let (ground, _) = desk.refused(HOLDER, Command::Open(opening.clone()));
        assert!(matches!(ground, Ground::NotAParty { .. }), "{ground}");
        desk.target = target;
    }
    desk.target = None;
    let (ground, _) = desk.refused(HOLDER, Command::Open(opening));
    assert!(matches!(ground, Ground::TargetWithout { .. }), "{ground}");
}
