use super::*;
use crate::case::state::DeadlineName;

fn pin(channel: PinChannel, recipient: Seat) -> Command {
    Command::DeliverPin {
        channel,
        recipient,
        receipt: evidence(EvidenceKind::NoticeReceipt),
    }
}

#[test]
fn what_is_read_back_is_what_was_issued() {
    let mut desk = desk();
    desk.issued();
    let good = desk.personalise();
    let Command::Personalise {
        read_back,
        work_record,
    } = good.clone()
    else {
        panic!();
    };
    let mut other = read_back.clone();
    other.digest = vec![0; 32].into();
    let command = Command::Personalise {
        read_back: other,
        work_record: work_record.clone(),
    };
    desk.refuses(APPROVER, command.clone(), &Ground::ReadBack, "S1-15");
    // A package of soft certificates is what it is.
    let mut soft = desk.clone();
    soft.state.as_mut().unwrap().opening.carrier = Carrier::Soft;
    assert!(soft.ask(APPROVER, command).is_ok());

    let wrong_kinds = [
        (evidence(EvidenceKind::CallRecord), work_record),
        (read_back, evidence(EvidenceKind::CallRecord)),
    ];
    for (read_back, work_record) in wrong_kinds {
        let command = Command::Personalise {
            read_back,
            work_record,
        };
        let (ground, _) = desk.refused(APPROVER, command);
        assert!(matches!(ground, Ground::EvidenceKind { .. }), "{ground}");
    }
    let (ground, _) = desk.refused(REGISTRAR, good.clone());
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    desk.act(APPROVER, good);
}

#[test]
fn a_token_that_is_not_the_cases_any_more_is_not_handed_over() {
    use token::Status;
    let mut desk = desk();
    desk.issued();
    let mine = desk.id.clone();
    let others = CaseId::new("case-2").unwrap();
    for (status, is_good) in [
        (Status::Bound(mine.clone()), true),
        (Status::Written(mine), true),
        (Status::Bound(others.clone()), false),
        (Status::Written(others), false),
        (Status::Quarantined, false),
        (Status::Fresh, false),
    ] {
        let name = status.name();
        desk.token.as_mut().unwrap().status = status;
        let command = desk.personalise();
        if is_good {
            assert!(desk.ask(APPROVER, command).is_ok(), "{name}");
        } else {
            let ground = Ground::Token {
                token: TokenId::new("ukey-1").unwrap(),
                status: name,
            };
            desk.refuses(APPROVER, command, &ground, "S1-15");
        }
    }
    desk.token = None;
    let (ground, _) = desk.refused(APPROVER, desk.personalise());
    assert!(matches!(ground, Ground::Token { .. }), "{ground}");
    // Where no token was bound, none is asked for.
    desk.state.as_mut().unwrap().token = None;
    assert!(desk.ask(APPROVER, desk.personalise()).is_ok());
}

#[test]
fn a_token_that_can_not_be_written_ends_in_an_objection_of_the_approver() {
    let objection = || Command::Object {
        statement: "the token broke".into(),
    };
    let mut desk = desk();
    desk.issued();
    let (ground, _) = desk.refused(HOLDER, objection());
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    desk.act(APPROVER, objection());
    assert_eq!(desk.phase(), Phase::Objected);
    assert_eq!(desk.state().due(&desk.id), None, "nothing left the house");
}

#[test]
fn it_leaves_as_the_process_and_the_form_have_it() {
    let only_courier = drill(&[(
        "deliveries = [\"on-site\", \"courier\", \"download\"]",
        "deliveries = [\"courier\"]",
    )]);
    let mut desk = desk();
    desk.personalised();
    let mut other = desk.clone();
    other.rules = only_courier;
    let method = DeliveryMethod::Download;
    other.refuses(
        APPROVER,
        dispatch(method),
        &Ground::Delivery { method },
        "S2-27",
    );
    assert!(desk.ask(APPROVER, dispatch(method)).is_ok());
    let form = desk.state.as_mut().unwrap().form.as_mut().unwrap();
    form.set("delivery", "courier");
    desk.refuses(
        APPROVER,
        dispatch(method),
        &Ground::Delivery { method },
        "S1-16",
    );

    let (ground, _) = desk.refused(REGISTRAR, dispatch(DeliveryMethod::Courier));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    let loose = Command::Dispatch {
        method: DeliveryMethod::Courier,
        packet: String::new(),
        receipt: evidence(EvidenceKind::DeliveryReceipt),
    };
    let (ground, _) = desk.refused(APPROVER, loose);
    assert!(matches!(ground, Ground::Missing { .. }), "{ground}");
    let unproved = Command::Dispatch {
        method: DeliveryMethod::Courier,
        packet: "1".into(),
        receipt: evidence(EvidenceKind::CallRecord),
    };
    let (ground, _) = desk.refused(APPROVER, unproved);
    assert!(matches!(ground, Ground::EvidenceKind { .. }), "{ground}");
    desk.act(APPROVER, dispatch(DeliveryMethod::Courier));
    let deadlines = &desk.state().deadlines;
    assert_eq!(
        deadlines[&DeadlineName::Confirmation].at,
        at("2026-03-07T15:59:59Z")
    );
    assert_eq!(
        deadlines[&DeadlineName::DeemedAcceptance].at,
        at("2026-03-12T15:59:59Z")
    );
    let (name, _) = desk.state().next_deadline().unwrap();
    assert_eq!(name, DeadlineName::Confirmation);
}

#[test]
fn the_pin_goes_by_the_first_rule_that_fits_and_once() {
    use PinChannel as C;
    let refused = |desk: &Desk, channel, recipient| {
        let ground = Ground::Pin { channel, recipient };
        desk.refuses(CUSTODIAN, pin(channel, recipient), &ground, "X-03");
    };
    let mut desk = desk();
    desk.dispatched(DeliveryMethod::Courier);
    let mut by_wallet = desk.clone();
    by_wallet.state.as_mut().unwrap().payment = crate::case::payment::Payment::CodeVerified;
    refused(&desk, C::Letter, Seat::Agent);
    refused(&desk, C::BankRemark, Seat::Applicant);
    refused(&desk, C::ShortMessage, Seat::Agent);
    // It does not go with the token, whatever a rule says.
    refused(&desk, C::OnSite, Seat::Applicant);
    refused(&by_wallet, C::ShortMessage, Seat::Applicant);
    assert!(
        by_wallet
            .ask(CUSTODIAN, pin(C::Letter, Seat::Agent))
            .is_ok()
    );
    assert!(
        desk.ask(SYSTEM, pin(C::ShortMessage, Seat::Applicant))
            .is_ok()
    );
    let (ground, _) = desk.refused(APPROVER, pin(C::Telephone, Seat::Applicant));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    let unproved = Command::DeliverPin {
        channel: C::Telephone,
        recipient: Seat::Applicant,
        receipt: evidence(EvidenceKind::WorkRecord),
    };
    let (ground, _) = desk.refused(CUSTODIAN, unproved);
    assert!(matches!(ground, Ground::EvidenceKind { .. }), "{ground}");
    desk.act(CUSTODIAN, pin(C::Telephone, Seat::Applicant));
    assert_eq!(desk.state().pin, Some(C::Telephone));
    let again = pin(C::ShortMessage, Seat::Applicant);
    desk.refuses(CUSTODIAN, again, &Ground::PinTold, "S1-17");
    let twice = Event::PinDelivered {
        channel: C::Telephone,
        recipient: Seat::Applicant,
        receipt: evidence(EvidenceKind::NoticeReceipt),
    };
    let state = desk.state().clone();
    let after = evolve(Some(state.clone()), &actor(CUSTODIAN), desk.now, &twice);
    assert_eq!(after, Some(state));
}

#[test]
fn who_stands_there_gets_the_pin_there_and_in_no_other_way() {
    use PinChannel as C;
    let mut desk = desk();
    desk.dispatched(DeliveryMethod::OnSite);
    let ground = Ground::Pin {
        channel: C::Telephone,
        recipient: Seat::Applicant,
    };
    let call = pin(C::Telephone, Seat::Applicant);
    desk.refuses(CUSTODIAN, call.clone(), &ground, "S1-17");
    // Even where a rule's channels had it.
    let mut loose = desk.clone();
    loose.rules = drill(&[(
        "delivery = \"on-site\"\nchannels = [\"on-site\"]",
        "delivery = \"on-site\"\nchannels = [\"on-site\", \"telephone\"]",
    )]);
    loose.refuses(CUSTODIAN, call, &ground, "S1-17");
    desk.act(CUSTODIAN, pin(C::OnSite, Seat::Applicant));
}

#[test]
fn a_pin_rule_for_a_model_fits_no_other() {
    let rules = drill(&[(
        "subject = \"organisation\"\npayment = \"wallet\"",
        "model = \"centralised\"",
    )]);
    let mut desk = desk_under(rules);
    desk.dispatched(DeliveryMethod::Courier);
    let letter = || pin(PinChannel::Letter, Seat::Agent);
    let (ground, _) = desk.refused(CUSTODIAN, letter());
    assert!(matches!(ground, Ground::Pin { .. }), "{ground}");
    desk.state.as_mut().unwrap().opening.model = Model::Centralised;
    assert!(desk.ask(CUSTODIAN, letter()).is_ok());
}

#[test]
fn what_is_right_is_confirmed_and_what_is_wrong_objected_to() {
    let mut desk = desk();
    desk.dispatched(DeliveryMethod::Courier);
    desk.refuses(HOLDER, confirm(false), &Ground::NotCorrect, "S1-18");
    let by = |kind| Command::ConfirmReceipt {
        correct: true,
        record: evidence(kind),
    };
    // The approver asks by telephone.
    let (ground, _) = desk.refused(APPROVER, by(EvidenceKind::HolderStatement));
    assert!(matches!(ground, Ground::EvidenceKind { .. }), "{ground}");
    assert!(desk.ask(APPROVER, by(EvidenceKind::CallRecord)).is_ok());
    assert!(desk.ask(HOLDER, by(EvidenceKind::CallRecord)).is_ok());
    let (ground, _) = desk.refused(HOLDER, by(EvidenceKind::WorkRecord));
    assert!(matches!(ground, Ground::EvidenceKind { .. }), "{ground}");
    let (ground, _) = desk.refused(REGISTRAR, by(EvidenceKind::CallRecord));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    let mut nowhere = evidence(EvidenceKind::CallRecord);
    nowhere.reference = String::new();
    let command = Command::ConfirmReceipt {
        correct: true,
        record: nowhere,
    };
    let (ground, _) = desk.refused(HOLDER, command);
    assert!(matches!(ground, Ground::Missing { .. }), "{ground}");

    let object = |statement: &str| Command::Object {
        statement: statement.into(),
    };
    let what = "an objection";
    desk.refuses(HOLDER, object(""), &Ground::Words { what }, "S2-29");
    let (ground, _) = desk.refused(APPROVER, object("wrong label"));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    desk.act(HOLDER, object("the label is another's"));
    assert_eq!(desk.phase(), Phase::Objected);
    assert!(desk.state().deadlines.is_empty());
}

#[test]
fn silence_counts_as_acceptance_after_the_days_that_the_rules_give() {
    let mut desk = desk();
    desk.dispatched(DeliveryMethod::Courier);
    desk.now = at("2026-03-12T15:59:59Z");
    desk.refuses(SYSTEM, Command::DeemAccepted, &Ground::NotDue, "X-06");
    desk.seconds_later(1);
    let (ground, _) = desk.refused(APPROVER, Command::DeemAccepted);
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    desk.act(SYSTEM, Command::DeemAccepted);
    assert_eq!(desk.phase(), Phase::Confirmed);

    let never = drill(&[(
        "deemed-acceptance-days = { value = 10, basis = [\"S2-29\"] }",
        "deemed-acceptance-days = { assumed = \"never\" }",
    )]);
    let mut desk = desk_under(never);
    desk.dispatched(DeliveryMethod::Courier).days_later(400);
    desk.refuses(SYSTEM, Command::DeemAccepted, &Ground::NotDue, "X-06");
}

#[test]
fn a_case_is_closed_with_a_record_and_kept_as_long_as_the_rules_say() {
    let close = |kind| Command::Close {
        work_record: evidence(kind),
    };
    let mut desk = desk();
    desk.confirmed();
    let (ground, _) = desk.refused(APPROVER, close(EvidenceKind::CallRecord));
    assert!(matches!(ground, Ground::EvidenceKind { .. }), "{ground}");
    let (ground, _) = desk.refused(HOLDER, close(EvidenceKind::WorkRecord));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    let events = desk.ask(SYSTEM, close(EvidenceKind::WorkRecord)).unwrap();
    let years = events.iter().find_map(|event| match event {
        Event::Closed {
            retention_years, ..
        } => Some(*retention_years),
        _ => None,
    });
    assert_eq!(years, Some(5));
}

#[test]
fn the_directory_takes_certificates_from_the_system_alone() {
    let mut desk = desk();
    desk.dispatched(DeliveryMethod::Courier);
    let (ground, _) = desk.refused(APPROVER, Command::RecordPublication);
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
}

#[test]
fn what_was_objected_to_is_revoked_before_its_case_is_closed() {
    use certificate::Status as S;
    let close = || Command::Close {
        work_record: evidence(EvidenceKind::WorkRecord),
    };
    let mut desk = desk();
    desk.dispatched(DeliveryMethod::Courier).act(
        HOLDER,
        Command::Object {
            statement: "the label is another's".into(),
        },
    );
    for standing in [
        None,
        Some([S::Issued, S::Issued]),
        Some([S::Active, S::Active]),
        Some([S::Held, S::Held]),
        Some([S::Superseded, S::Superseded]),
        Some([S::Revoked, S::Issued]),
        Some([S::Issued, S::Revoked]),
    ] {
        desk.objected = standing;
        desk.refuses(APPROVER, close(), &Ground::ObjectionOpen, "S2-29");
    }
    for standing in [[S::Revoked, S::Revoked], [S::Revoked, S::Expired]] {
        desk.objected = Some(standing);
        assert!(desk.ask(APPROVER, close()).is_ok());
    }
}
