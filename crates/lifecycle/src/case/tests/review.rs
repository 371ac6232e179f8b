use super::*;
use crate::case::{paper::Deficiency, state::DeadlineName};

fn centralised() -> Desk {
    brought_by(HOLDER)
}

/// A case of the centralised model with all that is wanted, by one person alone.
fn brought_by(customer: Who) -> Desk {
    let mut desk = desk();
    let mut opening = desk.opening();
    opening.model = Model::Centralised;
    desk.opened(customer, opening)
        .act(customer, consent(&["agreement", "privacy"]))
        .act(customer, consent(&["sensitive"]))
        .act(customer, fill(&[("unit", "Example Ltd")]))
        .act(customer, document("licence", None))
        .act(customer, document("application", Some(1)));
    desk
}

#[test]
fn in_the_centralised_model_the_agent_looks_first() {
    let mut desk = centralised();
    let ground = Ground::NotInThisModel {
        model: Model::Centralised,
        step: crate::case::Step::Submitted,
    };
    desk.refuses(HOLDER, Command::Submit, &ground, "S1-02");
    let ground = Ground::Seat { seat: Seat::Agent };
    desk.refuses(AGENT, Command::SubmitInternally, &ground, "S1-06");
    desk.act(HOLDER, Command::SubmitInternally);
    assert_eq!(desk.phase(), Phase::InternalReview);
    for (point, list) in [
        ("the applicant's eligibility", [false, true, true]),
        ("the form", [true, false, true]),
        ("the documents", [true, true, false]),
    ] {
        let [eligible, form, documents] = list;
        let mut checklist = checklist();
        checklist.eligible = eligible;
        checklist.form = form;
        checklist.documents = documents;
        let command = Command::ApproveInternally(checklist);
        desk.refuses(AGENT, command, &Ground::VerdictNo { point }, "S1-06");
    }
    let approved = || Command::ApproveInternally(checklist());
    let ground = Ground::Seat {
        seat: Seat::Registrar,
    };
    desk.refuses(REGISTRAR, approved(), &ground, "S1-06");
    desk.act(AGENT, approved());
    assert_eq!(desk.phase(), Phase::Submitted);
    assert!(desk.state().deadlines.contains_key(&DeadlineName::Review));
}

#[test]
fn the_agent_brings_a_case_that_he_opened_himself() {
    let mut desk = brought_by(AGENT);
    desk.act(AGENT, Command::SubmitInternally);
    let ground = Ground::Seat {
        seat: Seat::Registrar,
    };
    let approved = Command::ApproveInternally(checklist());
    desk.refuses(REGISTRAR, approved, &ground, "S1-06");
}

#[test]
fn the_agent_sends_back_with_reasons() {
    let mut desk = centralised();
    desk.act(HOLDER, Command::SubmitInternally);
    let back = |reasons: &[&str]| Command::ReturnInternally {
        reasons: reasons.iter().map(|one| (*one).to_owned()).collect(),
    };
    let what = "what is wrong";
    desk.refuses(AGENT, back(&[]), &Ground::Words { what }, "S1-06");
    desk.refuses(AGENT, back(&["a", ""]), &Ground::Words { what }, "S1-06");
    let many = ["a"; 101];
    desk.refuses(AGENT, back(&many), &Ground::Words { what }, "S1-06");
    assert!(desk.ask(AGENT, back(&many[..100])).is_ok());
    let (ground, _) = desk.refused(REGISTRAR, back(&["a"]));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    desk.act(AGENT, back(&["the seal is missing"]));
    assert_eq!(desk.phase(), Phase::Draft);
}

#[test]
fn in_the_other_model_nobody_submits_internally() {
    let mut desk = desk();
    desk.drafted();
    let (ground, _) = desk.refused(HOLDER, Command::SubmitInternally);
    assert!(matches!(ground, Ground::NotInThisModel { .. }), "{ground}");
}

#[test]
fn what_an_authority_orders_does_not_go_through_the_agent() {
    let mut desk = desk();
    let mut opening = desk.about_old(Kind::Revoke);
    opening.model = Model::Centralised;
    desk.opened(OFFICIAL, opening);
    let stranger = ("another", Seat::Official);
    let ground = Ground::Seat {
        seat: Seat::Official,
    };
    desk.refuses(stranger, Command::Submit, &ground, "S1-02");
    desk.act(OFFICIAL, Command::Submit);
}

#[test]
fn a_review_has_three_working_days_by_the_calendar() {
    let mut desk = desk();
    // A Friday; the third working day after it is a Wednesday.
    desk.now = at("2026-03-06T02:00:00Z");
    desk.submitted();
    let review = &desk.state().deadlines[&DeadlineName::Review];
    assert_eq!(review.at.to_string()[..10], *"2026-03-11");
    assert!(review.calendar.is_some());
    desk.now = at("2041-03-06T02:00:00Z");
    desk.state = None;
    desk.drafted();
    let (ground, requirements) = desk.refused(HOLDER, Command::Submit);
    assert!(matches!(ground, Ground::Calendar(_)), "{ground}");
    assert_eq!(requirements, ["S2-23", "S3-18"]);
}

#[test]
fn a_case_that_comes_back_keeps_its_number() {
    let mut desk = desk();
    desk.registering();
    let back = Deficiency {
        subject: "licence".into(),
        words: "unclear".into(),
    };
    desk.act(REGISTRAR, Command::Return(vec![back]));
    desk.number = 8;
    desk.act(HOLDER, Command::Resubmit)
        .act(REGISTRAR, Command::StartRegistration);
    assert_eq!(desk.state().number, Some(CaseNumber(7)));
}

#[test]
fn a_case_is_sent_back_by_whoever_has_it_with_things_that_can_be_mended() {
    let back = |subject: &str, words: &str| {
        Command::Return(vec![Deficiency {
            subject: subject.into(),
            words: words.into(),
        }])
    };
    let mut desk = desk();
    desk.registering();
    let ground = Ground::Seat {
        seat: Seat::Approver,
    };
    desk.refuses(APPROVER, back("unit", "wrong"), &ground, "S2-24");
    let what = "a deficiency";
    let words = Ground::Words { what };
    desk.refuses(REGISTRAR, Command::Return(vec![]), &words, "S0-04");
    desk.refuses(REGISTRAR, back("unit", ""), &words, "S0-04");
    let ground = Ground::UnknownName {
        what: "field or document",
        name: "colour".into(),
    };
    desk.refuses(REGISTRAR, back("colour", "red"), &ground, "S2-24");
    for good in ["unit", "licence", "years", "key"] {
        assert!(desk.ask(REGISTRAR, back(good, "wrong")).is_ok(), "{good}");
    }
    let one = Deficiency {
        subject: "unit".into(),
        words: "wrong".into(),
    };
    let many = Command::Return(vec![one.clone(); 101]);
    desk.refuses(REGISTRAR, many, &words, "S0-04");
    assert!(desk.ask(REGISTRAR, Command::Return(vec![one; 100])).is_ok());

    let mut desk = super::desk();
    desk.approving();
    let ground = Ground::Seat {
        seat: Seat::Registrar,
    };
    desk.refuses(REGISTRAR, back("unit", "wrong"), &ground, "S2-24");
    desk.act(APPROVER, back("unit", "wrong"));
    // What the registrar found was of what is not so any more.
    assert_eq!(desk.state().registered, None);
    assert!(!desk.state().deadlines.contains_key(&DeadlineName::Review));
}

#[test]
fn registration_is_a_verdict_a_record_and_a_snapshot() {
    let mut desk = desk();
    desk.registering().checked().paid();
    for (point, verdict) in [
        ("documents", [false, true, true]),
        ("identity", [true, false, true]),
        ("genuineness", [true, true, false]),
    ] {
        let [documents, identity, genuineness] = verdict;
        let command = Command::Register {
            verdict: Verdict {
                documents,
                identity,
                genuineness,
            },
            work_record: evidence(EvidenceKind::WorkRecord),
        };
        desk.refuses(REGISTRAR, command, &Ground::VerdictNo { point }, "S1-08");
    }
    let other = Command::Register {
        verdict: GOOD,
        work_record: evidence(EvidenceKind::CallRecord),
    };
    let ground = Ground::EvidenceKind {
        given: EvidenceKind::CallRecord,
        wanted: EvidenceKind::WorkRecord,
    };
    desk.refuses(REGISTRAR, other, &ground, "S1-09");
    let ground = Ground::Seat {
        seat: Seat::Approver,
    };
    desk.refuses(APPROVER, register(), &ground, "S1-08");
    desk.act(REGISTRAR, register());
    let registered = desk.state().registered.as_ref().unwrap();
    assert_eq!(registered.snapshot, desk.state().snapshot());
    assert_eq!(registered.by.as_str(), "registrar");
    assert!(!registered.with_key);
}

#[test]
fn the_snapshot_changes_with_all_that_is_registered() {
    let mut desk = desk();
    desk.registering()
        .act(REGISTRAR, Command::ProveKey(request(3)));
    let first = desk.state().snapshot();
    let changes: [fn(&mut State); 8] = [
        |state| state.opening.carrier = Carrier::Soft,
        |state| state.opening.account = Some("a".into()),
        |state| state.opening.order = Some("a".into()),
        |state| state.opening.unpublished = true,
        |state| state.form.as_mut().unwrap().years = 1,
        |state| {
            let form = state.form.as_mut().unwrap();
            form.set("unit", "Example Ltd.");
        },
        |state| {
            let licence = state.documents.get_mut("licence").unwrap();
            licence.digest = vec![3; 32].into();
        },
        |state| state.request = Some(request(4)),
    ];
    let mut all = vec![first.known().unwrap().to_vec()];
    for change in changes {
        let mut state = desk.state().clone();
        change(&mut state);
        all.push(state.snapshot().known().unwrap().to_vec());
    }
    let found = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), found);
    // What is not registered does not count.
    let mut state = desk.state().clone();
    state.rounds = 9;
    assert_eq!(state.snapshot(), first);
}

#[test]
fn an_approval_is_of_what_was_registered() {
    let mut desk = desk();
    desk.approving();
    let mut other = desk.clone();
    let form = other.state.as_mut().unwrap().form.as_mut().unwrap();
    form.set("unit", "Another Ltd");
    other.refuses(
        APPROVER,
        approve(),
        &Ground::ChangedSinceRegistration,
        "S1-13",
    );
    let mut other = desk.clone();
    other.state.as_mut().unwrap().registered = None;
    other.refuses(
        APPROVER,
        approve(),
        &Ground::ChangedSinceRegistration,
        "S1-13",
    );
    let no = Command::Approve {
        verdict: Verdict {
            identity: false,
            ..GOOD
        },
    };
    let point = "identity";
    desk.refuses(APPROVER, no, &Ground::VerdictNo { point }, "S1-12");
    let ground = Ground::Seat { seat: Seat::Clerk };
    desk.refuses(("clerk", Seat::Clerk), approve(), &ground, "S1-12");
    desk.act(APPROVER, approve());
    assert_eq!(desk.state().approved, Some(GOOD));
}

#[test]
fn an_end_that_the_ca_cuts_is_registered_and_kept() {
    let clamped = |desk: &mut Desk, end: &str| {
        let (issuer, signing, _) = desk.ca.take().unwrap();
        let text = "name = \"subscriber-encryption\"\nkind = \"end-entity\"\n\
            key_usage = [\"keyEncipherment\"]\n\
            [validity]\nyears = 2\nbeyond_issuer = \"clamp\"\n\
            [subject]\nrequired = [\"commonName\"]\n\
            optional = [\"countryName\", \"organizationName\"]\n";
        let profile = Profile::from_toml(text).unwrap();
        let time = |text: &str| Time::from(UtcTime::from_date_time(at(text)).unwrap());
        let validity = Validity::new(time("2020-01-01T00:00:00Z"), time(end));
        let issuer = Issuer::new(
            issuer.name().clone(),
            key(9),
            issuer.algorithm().clone(),
            validity,
        );
        desk.ca = Some((issuer, signing, profile));
    };
    let mut desk = desk();
    clamped(&mut desk, "2027-01-01T00:00:00Z");
    desk.registering()
        .checked()
        .paid()
        .act(REGISTRAR, register());
    let end = desk.state().registered.as_ref().unwrap().shortened_to;
    assert_eq!(end, Some(at("2027-01-01T00:00:00Z")));
    desk.act(APPROVER, Command::TakeReview);
    assert!(desk.ask(APPROVER, approve()).is_ok());
    clamped(&mut desk, "2040-01-01T00:00:00Z");
    desk.refuses(
        APPROVER,
        approve(),
        &Ground::ChangedSinceRegistration,
        "S1-13",
    );
    // That nobody can issue is said when it is issued.
    desk.ca = None;
    assert!(desk.ask(APPROVER, approve()).is_ok());
}

#[test]
fn a_rejection_needs_words_and_the_approver() {
    let mut desk = desk();
    desk.approving();
    let reject = |reason: &str| Command::Reject {
        reason: reason.into(),
    };
    let what = "a rejection";
    desk.refuses(APPROVER, reject(""), &Ground::Words { what }, "S1-12");
    let ground = Ground::Seat {
        seat: Seat::Registrar,
    };
    desk.refuses(REGISTRAR, reject("no"), &ground, "S1-12");
    let take = Ground::Seat {
        seat: Seat::Registrar,
    };
    let mut earlier = super::desk();
    earlier.registering().checked().act(REGISTRAR, register());
    earlier.refuses(REGISTRAR, Command::TakeReview, &take, "S1-12");
    desk.act(APPROVER, reject("not eligible"));
    assert_eq!(desk.phase(), Phase::Rejected);
    assert!(desk.state().deadlines.is_empty());
}

#[test]
fn what_is_overdue_is_noted_once_when_it_is() {
    let note = |deadline| Command::NoteOverdue { deadline };
    let mut desk = desk();
    desk.submitted();
    let due = desk.state().deadlines[&DeadlineName::Review].at;
    desk.now = due;
    let review = DeadlineName::Review;
    desk.refuses(SYSTEM, note(review), &Ground::NotDue, "S2-23");
    desk.seconds_later(1);
    for other in [DeadlineName::Lapse, DeadlineName::Confirmation] {
        desk.refuses(SYSTEM, note(other), &Ground::NotDue, "S2-23");
    }
    let (ground, _) = desk.refused(REGISTRAR, note(review));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    desk.act(SYSTEM, note(review));
    desk.refuses(SYSTEM, note(review), &Ground::NotDue, "S2-23");
    // A lapse has an event of its own.
    desk.days_later(60);
    desk.refuses(SYSTEM, note(DeadlineName::Lapse), &Ground::NotDue, "S1-18");
}
