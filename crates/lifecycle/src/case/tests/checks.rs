use super::*;
use crate::case::{ledger::Outcome, payment::Payment};

fn missing(check: Check, needed: &[EvidenceKind]) -> Ground {
    Ground::EvidenceMissing {
        check,
        needed: needed.to_vec(),
    }
}

#[test]
fn what_the_case_itself_shows_is_not_recorded() {
    let mut desk = desk();
    desk.drafted();
    for check in [Check::Consent, Check::Form, Check::Quota, Check::KeyProof] {
        let ground = Ground::CheckDerived { check };
        desk.refuses(REGISTRAR, passed(check, &[]), &ground, "S0-27");
    }
    let ground = Ground::UnknownName {
        what: "check of this case",
        name: "witness".into(),
    };
    desk.refuses(REGISTRAR, passed(Check::Witness, &[]), &ground, "S0-27");
}

#[test]
fn a_check_is_for_those_whom_the_rules_name() {
    let mut desk = desk();
    desk.drafted();
    let genuine = || passed(Check::Genuineness, &[EvidenceKind::CallRecord]);
    let ground = Ground::Seat {
        seat: Seat::Cashier,
    };
    desk.refuses(CASHIER, genuine(), &ground, "S1-08");
    let ground = Ground::Seat {
        seat: Seat::Applicant,
    };
    desk.refuses(HOLDER, genuine(), &ground, "S1-08");
    desk.act(REGISTRAR, genuine());
}

#[test]
fn a_check_leaves_one_piece_of_each_group() {
    let mut desk = desk();
    let mut opening = desk.opening();
    opening.mode = Mode::Witness;
    desk.opened(HOLDER, opening);
    let witness = ("witness", Seat::Witness);
    let seen = |kinds: &[EvidenceKind]| passed(Check::Witness, kinds);
    let audiovisual = [EvidenceKind::WitnessVideo, EvidenceKind::WitnessAudio];
    let in_presence = [EvidenceKind::SignedInPresence];
    let none = missing(Check::Witness, &audiovisual);
    desk.refuses(witness, seen(&in_presence), &none, "S0-20");
    let none = missing(Check::Witness, &in_presence);
    desk.refuses(witness, seen(&audiovisual), &none, "S0-27");
    let both = [EvidenceKind::WitnessAudio, EvidenceKind::SignedInPresence];
    desk.act(witness, seen(&both));
    let Some(Outcome::Passed {
        by, at, evidence, ..
    }) = desk.state().ledger.outcome(Check::Witness)
    else {
        panic!("{:?}", desk.state().ledger);
    };
    assert_eq!((by.as_str(), *at, evidence.len()), ("witness", desk.now, 2));
}

#[test]
fn a_clip_that_goes_one_way_is_no_session() {
    let mut desk = desk();
    let mut opening = desk.opening();
    opening.mode = Mode::Other;
    opening.certificate = "investor".into();
    opening.carrier = Carrier::Soft;
    desk.opened(HOLDER, opening);
    let checker = ("checker", Seat::Checker);
    let clip = passed(Check::LiveSession, &[EvidenceKind::OneWayRecording]);
    let ground = missing(Check::LiveSession, &[EvidenceKind::LiveSessionRecording]);
    desk.refuses(checker, clip, &ground, "S0-28");
    desk.act(
        checker,
        passed(Check::LiveSession, &[EvidenceKind::LiveSessionRecording]),
    );
}

#[test]
fn each_document_is_checked_by_its_methods_and_each_method_leaves_its_proof() {
    use EvidenceKind as E;
    use IdentityDocument::{Passport, ResidentCard, TaiwanPermit};
    use IdentityMethod as M;
    let mut desk = desk();
    desk.drafted();
    let check = Check::IdentityHolder;
    let identified = |identity, kinds: &[E]| Command::RecordCheck {
        check,
        identity,
        failure: None,
        evidence: kinds.iter().copied().map(evidence).collect(),
    };
    for (document, method, proof, is_good) in [
        (ResidentCard, M::CardReader, E::IdentityQuery, true),
        (ResidentCard, M::PoliceQuery, E::IdentityQuery, true),
        (ResidentCard, M::Liveness, E::Liveness, true),
        (ResidentCard, M::Inspection, E::OriginalSeen, false),
        (ResidentCard, M::Named, E::OtherIdentityProof, false),
        (Passport, M::Named, E::OtherIdentityProof, true),
        (Passport, M::Inspection, E::OriginalSeen, true),
        (Passport, M::CardReader, E::IdentityQuery, false),
        (TaiwanPermit, M::Named, E::OtherIdentityProof, false),
    ] {
        let command = identified(Some((document, method)), &[proof]);
        if is_good {
            assert!(desk.ask(REGISTRAR, command).is_ok(), "{document} {method}");
            continue;
        }
        let ground = Ground::IdentityMethod { document, method };
        desk.refuses(REGISTRAR, command, &ground, "S0-25");
    }
    for (document, method, wanted, named) in [
        (ResidentCard, M::CardReader, E::IdentityQuery, "S0-24"),
        (ResidentCard, M::PoliceQuery, E::IdentityQuery, "S0-24"),
        (ResidentCard, M::Liveness, E::Liveness, "S2-17"),
        (Passport, M::Named, E::OtherIdentityProof, "S0-25"),
    ] {
        let command = identified(Some((document, method)), &[E::OriginalSeen]);
        let ground = missing(check, &[wanted]);
        desk.refuses(REGISTRAR, command, &ground, named);
    }
    let (ground, _) = desk.refused(REGISTRAR, identified(None, &[E::IdentityQuery]));
    assert!(matches!(ground, Ground::Missing { .. }), "{ground}");
}

#[test]
fn evidence_can_be_found_again() {
    let mut desk = desk();
    desk.drafted();
    let with = |one: Evidence| Command::RecordCheck {
        check: Check::Genuineness,
        identity: None,
        failure: None,
        evidence: vec![one],
    };
    let good = evidence(EvidenceKind::CallRecord);
    let mut short = good.clone();
    short.digest = vec![1; 31].into();
    let mut nowhere = good.clone();
    nowhere.reference = " ".into();
    let mut long = good.clone();
    long.reference = "a".repeat(257);
    for bad in [short, nowhere, long] {
        let (ground, _) = desk.refused(REGISTRAR, with(bad));
        assert!(matches!(ground, Ground::Missing { .. }), "{ground}");
    }
    desk.act(REGISTRAR, with(good));
}

#[test]
fn a_check_that_failed_needs_words_and_holds_the_case_until_it_passes() {
    let failed = |words: &str| Command::RecordCheck {
        check: Check::Genuineness,
        identity: None,
        failure: Some(words.into()),
        evidence: vec![],
    };
    let mut desk = desk();
    desk.registering().checked().paid();
    let what = "a check that failed";
    for bad in ["", " \n ", "bell \u{7}", &"a".repeat(1001)] {
        desk.refuses(REGISTRAR, failed(bad), &Ground::Words { what }, "S0-27");
    }
    desk.act(REGISTRAR, failed("nobody\nanswered"));
    let ground = Ground::CheckOpen {
        check: Check::Genuineness,
    };
    desk.refuses(REGISTRAR, register(), &ground, "S1-08");
    desk.act(
        REGISTRAR,
        passed(Check::Genuineness, &[EvidenceKind::CallRecord]),
    )
    .act(REGISTRAR, register());
}

#[test]
fn each_gate_names_the_check_that_is_open() {
    let open = |desk: &Desk, who, command, check, named| {
        desk.refuses(who, command, &Ground::CheckOpen { check }, named);
    };
    let mut desk = desk();
    let opening = desk.opening();
    desk.opened(HOLDER, opening);
    open(&desk, HOLDER, Command::Submit, Check::Consent, "S2-03");
    desk.act(HOLDER, consent(&["agreement", "privacy"]));
    open(&desk, HOLDER, Command::Submit, Check::Consent, "S2-03");
    desk.act(HOLDER, consent(&["sensitive"]));
    open(&desk, HOLDER, Command::Submit, Check::Form, "S1-05");
    desk.act(HOLDER, fill(&[("unit", "Example Ltd")]));
    let ground = Ground::DocumentMissing {
        document: "licence".into(),
    };
    desk.refuses(HOLDER, Command::Submit, &ground, "S2-13");
    desk.act(HOLDER, document("licence", None))
        .act(HOLDER, document("application", Some(1)))
        .act(HOLDER, Command::Submit)
        .act(REGISTRAR, Command::StartRegistration);
    open(&desk, REGISTRAR, register(), Check::IdentityHolder, "S0-24");
    desk.checked()
        .act(REGISTRAR, register())
        .act(APPROVER, Command::TakeReview);
    open(&desk, APPROVER, approve(), Check::Payment, "S2-18");
    desk.paid();
    desk.act(APPROVER, approve());
    open(&desk, APPROVER, Command::Issue, Check::KeyProof, "S1-13");
    desk.act(APPROVER, Command::ProveKey(request(3)));
    open(&desk, APPROVER, Command::Issue, Check::TokenBound, "S1-14");
}

#[test]
fn a_consent_to_an_older_version_is_none() {
    let mut desk = desk();
    desk.drafted();
    let state = desk.state.as_mut().unwrap();
    state.consents.get_mut("agreement").unwrap().version = "1".into();
    let ground = Ground::CheckOpen {
        check: Check::Consent,
    };
    desk.refuses(HOLDER, Command::Submit, &ground, "S2-03");
}

#[test]
fn the_organisations_list_is_asked_at_the_submission_and_not_later() {
    let strike = |desk: &mut Desk| {
        let delisted = organisation::Event::Delisted {
            applicants: [PersonId::new("holder").unwrap()].into(),
        };
        let clerk = actor(("clerk", Seat::Clerk));
        desk.organisation = organisation::evolve(Some(unit()), &clerk, &delisted, desk.now);
    };
    let mut desk = desk();
    desk.drafted();
    let mut struck = desk.clone();
    strike(&mut struck);
    let ground = Ground::NotListedApplicant {
        person: PersonId::new("holder").unwrap(),
        organisation: OrganisationId::new("example").unwrap(),
    };
    struck.refuses(HOLDER, Command::Submit, &ground, "S1-01");
    struck.organisation = None;
    struck.refuses(HOLDER, Command::Submit, &ground, "S1-01");
    // Who is taken off it later keeps the case that runs (S1-03).
    desk.act(HOLDER, Command::Submit);
    strike(&mut desk);
    desk.act(REGISTRAR, Command::StartRegistration)
        .checked()
        .paid()
        .act(REGISTRAR, register())
        .act(APPROVER, Command::TakeReview)
        .act(APPROVER, approve());
}

#[test]
fn two_persons_take_part_where_the_rules_want_them() {
    let handler = ("handler", Seat::Handler);
    let checker = ("checker", Seat::Checker);
    let mut desk = desk();
    let mut opening = desk.opening();
    opening.mode = Mode::Other;
    opening.certificate = "investor".into();
    opening.carrier = Carrier::Soft;
    desk.opened(HOLDER, opening)
        .act(HOLDER, fill(&[("name", "Holder")]))
        .act(HOLDER, Command::Submit)
        .act(REGISTRAR, Command::StartRegistration)
        .act(
            handler,
            passed(Check::MobileRealName, &[EvidenceKind::CarrierQuery]),
        );
    let same = ("handler", Seat::Checker);
    let session = || passed(Check::LiveSession, &[EvidenceKind::LiveSessionRecording]);
    let (ground, _) = desk.refused(same, session());
    assert!(matches!(ground, Ground::SamePerson { .. }), "{ground}");
    let mut alone = desk.clone();
    desk.act(checker, session())
        .act(REGISTRAR, register())
        .act(APPROVER, Command::TakeReview)
        .act(APPROVER, approve());

    // Without the checker's session nothing is approved; nor without the checker.
    alone
        .act(REGISTRAR, register())
        .act(APPROVER, Command::TakeReview);
    let ground = Ground::CheckOpen {
        check: Check::LiveSession,
    };
    alone.refuses(APPROVER, approve(), &ground, "S0-28");
    let passed = desk.state().ledger.clone();
    alone.state.as_mut().unwrap().ledger = passed;
    let ground = Ground::SeatEmpty {
        seat: Seat::Checker,
    };
    alone.refuses(APPROVER, approve(), &ground, "S0-19");
}

#[test]
fn a_way_to_pay_has_its_own_checks_and_not_having_paid_has_all() {
    let wallet = Payment::Paid(evidence(EvidenceKind::PaymentReceipt));
    let slip = Payment::SlipUploaded(evidence(EvidenceKind::RemittanceSlip));
    let mut desk = desk();
    desk.registering().checked().act(REGISTRAR, register());
    desk.act(APPROVER, Command::TakeReview);
    for (payment, open) in [
        (Payment::None, Some(Check::Payment)),
        (slip, Some(Check::Payment)),
        (Payment::FundsConfirmed, None),
        (wallet, Some(Check::BankControl)),
        (Payment::CodeVerified, None),
    ] {
        desk.state.as_mut().unwrap().payment = payment;
        match open {
            None => assert!(desk.ask(APPROVER, approve()).is_ok()),
            Some(check) => {
                let (ground, _) = desk.refused(APPROVER, approve());
                assert_eq!(ground, Ground::CheckOpen { check });
            }
        }
    }
}

#[test]
fn a_rule_for_one_carrier_or_model_binds_no_other() {
    let mut desk = desk();
    let mut opening = desk.opening();
    opening.carrier = Carrier::Soft;
    desk.opened(HOLDER, opening);
    desk.state.as_mut().unwrap().phase = Phase::Approved;
    // The token's rule is for hard carriers alone.
    desk.act(APPROVER, Command::ProveKey(request(3)));
    let ground = Ground::Carrier {
        carrier: Carrier::Soft,
    };
    let bind = Command::BindToken(TokenId::new("t").unwrap());
    desk.refuses(APPROVER, bind, &ground, "S1-14");

    let centralised = drill(&[(
        "[checks.genuine]\ncheck = \"genuineness\"\nby = \"registration\"\n",
        "[checks.genuine]\ncheck = \"genuineness\"\nby = \"registration\"\nmodel = \"centralised\"\nsubject = \"organisation\"\n",
    )]);
    let mut desk = desk_under(centralised);
    desk.registering().act(
        REGISTRAR,
        passed(Check::IdentityHolder, &[EvidenceKind::IdentityQuery]),
    );
    assert!(desk.ask(REGISTRAR, register()).is_ok());
    desk.state.as_mut().unwrap().opening.model = Model::Centralised;
    let ground = Ground::CheckOpen {
        check: Check::Genuineness,
    };
    desk.refuses(REGISTRAR, register(), &ground, "S1-08");
}

/// The drill's revocation, for which the holder is identified and an order looked at.
fn with_orders() -> Desk {
    let rules = drill(&[
        (
            "[checks.holder]\ncheck = \"identity-holder\"\n",
            "[checks.order]\ncheck = \"genuineness\"\nby = \"registration\"\nopeners = [\"official\"]\nseats = [\"registrar\"]\nevidence = [[\"official-order\"]]\nbasis = [\"S5-04\"]\n\n[checks.asks]\ncheck = \"identity-holder\"\nopeners = [\"applicant\", \"agent\"]\nby = \"registration\"\nseats = [\"registrar\"]\nevidence = [[\"identity-query\"]]\nbasis = [\"S0-24\"]\n\n[checks.holder]\ncheck = \"identity-holder\"\n",
        ),
        (
            "[cells.revoke.counter]\nopeners = [\"applicant\", \"agent\", \"registrar\", \"official\"]\nchecks = []",
            "[cells.revoke.counter]\nopeners = [\"applicant\", \"agent\", \"registrar\", \"official\"]\nchecks = [\"asks\", \"order\"]",
        ),
    ]);
    desk_under(rules)
}

#[test]
fn a_check_for_some_openers_binds_no_others() {
    let opened = |by: Who| {
        let mut desk = with_orders();
        let opening = desk.about_old(Kind::Revoke);
        desk.opened(by, opening)
            .act(by, Command::Submit)
            .act(REGISTRAR, Command::StartRegistration);
        desk
    };
    let order = || passed(Check::Genuineness, &[EvidenceKind::OfficialOrder]);
    let identity = || passed(Check::IdentityHolder, &[EvidenceKind::IdentityQuery]);
    let open = |check| Ground::CheckOpen { check };
    let unknown = |check: Check| Ground::UnknownName {
        what: "check of this case",
        name: check.to_string(),
    };

    // The order stands for itself; the holder is not asked.
    let mut court = opened(OFFICIAL);
    court.refuses(REGISTRAR, register(), &open(Check::Genuineness), "S5-04");
    let without = passed(Check::Genuineness, &[EvidenceKind::CallRecord]);
    let none = missing(Check::Genuineness, &[EvidenceKind::OfficialOrder]);
    court.refuses(REGISTRAR, without, &none, "S5-04");
    court.refuses(
        REGISTRAR,
        identity(),
        &unknown(Check::IdentityHolder),
        "S0-27",
    );
    court
        .act(REGISTRAR, order())
        .act(REGISTRAR, register())
        .act(APPROVER, Command::TakeReview)
        .act(APPROVER, approve());

    // Who asks himself is identified, and an order is nothing to him.
    let mut holder = opened(HOLDER);
    holder.refuses(REGISTRAR, register(), &open(Check::IdentityHolder), "S0-24");
    holder.refuses(REGISTRAR, order(), &unknown(Check::Genuineness), "S0-27");
    holder.act(REGISTRAR, identity()).act(REGISTRAR, register());
}

#[test]
fn who_was_taken_off_the_list_still_loses_his_certificates_by_an_order() {
    let delisted = organisation::Event::Delisted {
        applicants: [PersonId::new("holder").unwrap()].into(),
    };
    let mut desk = with_orders();
    let opening = desk.about_old(Kind::Revoke);
    let clerk = actor(("clerk", Seat::Clerk));
    desk.organisation = organisation::evolve(Some(unit()), &clerk, &delisted, desk.now);
    let mut asks = desk.clone();
    asks.opened(HOLDER, opening.clone());
    let (ground, _) = asks.refused(HOLDER, Command::Submit);
    assert!(
        matches!(ground, Ground::NotListedApplicant { .. }),
        "{ground}"
    );
    desk.opened(OFFICIAL, opening)
        .act(OFFICIAL, Command::Submit);
}
