use super::*;
use crate::case::state::DeadlineName;

#[test]
fn the_customer_takes_his_case_back_while_nothing_is_signed() {
    let mut desk = desk();
    desk.approved();
    let (ground, _) = desk.refused(APPROVER, Command::Withdraw);
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    desk.clone().act(HOLDER, Command::Withdraw);
    desk.act(APPROVER, Command::BindToken(TokenId::new("t").unwrap()))
        .act(APPROVER, Command::ProveKey(request(3)))
        .act(APPROVER, Command::Issue);
    let (ground, requirements) = desk.refused(HOLDER, Command::Withdraw);
    assert!(matches!(ground, Ground::NotListed { .. }), "{ground}");
    assert_eq!(requirements, ["S2-26"]);
}

#[test]
fn a_case_that_nobody_works_on_lapses() {
    let mut desk = desk();
    desk.drafted();
    desk.now = at("2026-04-01T15:59:59Z");
    desk.refuses(SYSTEM, Command::Lapse, &Ground::NotDue, "S2-26");
    desk.seconds_later(1);
    let (ground, _) = desk.refused(HOLDER, Command::Lapse);
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    // Whoever comes at last begins the time again.
    let mut late = desk.clone();
    late.act(HOLDER, Command::Submit);
    late.refuses(SYSTEM, Command::Lapse, &Ground::NotDue, "S2-26");
    let lapse = &late.state().deadlines[&DeadlineName::Lapse];
    assert_eq!(lapse.at, at("2026-05-02T15:59:59Z"));
    desk.act(SYSTEM, Command::Lapse);
    assert_eq!(desk.phase(), Phase::Lapsed);
}

#[test]
fn what_the_system_does_keeps_no_case_alive() {
    let mut desk = desk();
    desk.submitted().days_later(10);
    let before = desk.state().deadlines[&DeadlineName::Lapse].clone();
    let deadline = DeadlineName::Review;
    desk.act(SYSTEM, Command::NoteOverdue { deadline });
    assert_eq!(desk.state().deadlines[&DeadlineName::Lapse], before);
}

#[test]
fn the_day_in_china_begins_at_four_in_the_afternoon_of_greenwich() {
    let mut desk = desk();
    desk.now = at("2026-03-02T15:00:00Z");
    let opening = desk.opening();
    desk.opened(HOLDER, opening);
    let lapse = |desk: &Desk| desk.state().deadlines[&DeadlineName::Lapse].at;
    let first = lapse(&desk);
    desk.seconds_later(3599).act(HOLDER, consent(&["privacy"]));
    assert_eq!(lapse(&desk), first);
    desk.seconds_later(1).act(HOLDER, consent(&["privacy"]));
    let next = first.unix_duration() + std::time::Duration::from_secs(86_400);
    assert_eq!(lapse(&desk).unix_duration(), next);
}

#[test]
fn money_goes_back_before_anything_is_signed_where_some_came() {
    let mut desk = desk();
    desk.drafted();
    let ask = || Command::RequestRefund;
    desk.refuses(HOLDER, ask(), &Ground::NothingPaid, "S2-26");
    desk.paid();
    let (ground, _) = desk.refused(CASHIER, ask());
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    desk.act(HOLDER, ask());
    let refund = |fen, kind| Command::RecordRefund {
        fen,
        receipt: evidence(kind),
    };
    let receipt = EvidenceKind::PaymentReceipt;
    let what = "the amount";
    desk.refuses(
        CASHIER,
        refund(0, receipt),
        &Ground::Missing { what },
        "X-13",
    );
    let (ground, _) = desk.refused(HOLDER, refund(1, receipt));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    let (ground, _) = desk.refused(CASHIER, refund(1, EvidenceKind::CallRecord));
    assert!(matches!(ground, Ground::EvidenceKind { .. }), "{ground}");
    desk.act(CASHIER, refund(104_800, receipt));
    assert_eq!(desk.phase(), Phase::Refunded);

    let mut made = super::desk();
    made.issuing();
    let (ground, _) = made.refused(HOLDER, ask());
    assert!(matches!(ground, Ground::NotListed { .. }), "{ground}");
}

fn at_once() -> Command {
    Command::ExecuteAtOnce {
        identification: evidence(EvidenceKind::CallRecord),
    }
}

fn freeze() -> Desk {
    let mut desk = desk();
    let opening = desk.about_old(Kind::Freeze);
    desk.opened(HOLDER, opening);
    desk
}

#[test]
fn a_lost_token_is_frozen_at_once_and_looked_at_afterwards() {
    let mut desk = freeze();
    let (ground, _) = desk.refused(APPROVER, at_once());
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    let mut nowhere = evidence(EvidenceKind::CallRecord);
    nowhere.digest = vec![].into();
    let command = Command::ExecuteAtOnce {
        identification: nowhere,
    };
    let (ground, _) = desk.refused(HOLDER, command);
    assert!(matches!(ground, Ground::Missing { .. }), "{ground}");
    desk.act(HOLDER, at_once());
    assert_eq!(desk.phase(), Phase::AwaitingRatification);
    let ratify = &desk.state().deadlines[&DeadlineName::Ratification];
    assert_eq!(ratify.at.to_string()[..10], *"2026-03-03");
    // The engine froze it; the second person is shown what the first one was not.
    let target = desk.target.as_mut().unwrap();
    target.signing = held(certificate::Party::Holder);
    let ground = Ground::CheckOpen {
        check: Check::Genuineness,
    };
    desk.refuses(APPROVER, Command::Ratify, &ground, "S1-12");
    desk.act(
        APPROVER,
        passed(Check::Genuineness, &[EvidenceKind::CallRecord]),
    );
    let same = ("holder", Seat::Approver);
    let (ground, _) = desk.refused(same, Command::Ratify);
    assert!(matches!(ground, Ground::SamePerson { .. }), "{ground}");
    let (ground, _) = desk.refused(REGISTRAR, Command::Ratify);
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    let refuse = |reason: &str| Command::RefuseRatification {
        reason: reason.into(),
    };
    let mut other = desk.clone();
    let what = "a refusal";
    other.refuses(APPROVER, refuse(""), &Ground::Words { what }, "S2-32");
    let (ground, _) = other.refused(REGISTRAR, refuse("no"));
    assert!(matches!(ground, Ground::Seat { .. }), "{ground}");
    other.act(APPROVER, refuse("nobody of that name called"));
    assert_eq!(other.phase(), Phase::Rejected);
    desk.act(APPROVER, Command::Ratify);
    assert_eq!(desk.phase(), Phase::Executed);
}

#[test]
fn nothing_is_frozen_twice_or_at_once_where_the_rules_do_not_say_so() {
    let mut desk = freeze();
    desk.target.as_mut().unwrap().signing = held(certificate::Party::Holder);
    let (ground, _) = desk.refused(HOLDER, at_once());
    assert!(matches!(ground, Ground::TargetStatus { .. }), "{ground}");

    let mut desk = super::desk();
    let mut opening = desk.about_old(Kind::Freeze);
    opening.mode = Mode::Witness;
    desk.opened(HOLDER, opening);
    let ground = Ground::NotOfThisKind {
        kind: Kind::Freeze,
        step: crate::case::Step::ExecutedAtOnce,
    };
    desk.refuses(HOLDER, at_once(), &ground, "S2-32");
    // By two persons it goes there too.
    desk.act(HOLDER, Command::Submit)
        .act(REGISTRAR, Command::StartRegistration)
        .act(
            REGISTRAR,
            passed(Check::Genuineness, &[EvidenceKind::CallRecord]),
        )
        .act(REGISTRAR, register())
        .act(APPROVER, Command::TakeReview)
        .act(APPROVER, approve());
    assert_eq!(desk.phase(), Phase::Executed);
}

#[test]
fn an_unfreezing_takes_two_seats_and_the_full_check() {
    let mut desk = desk();
    let opening = desk.about_old(Kind::Unfreeze);
    desk.target.as_mut().unwrap().signing = held(certificate::Party::Holder);
    desk.opened(HOLDER, opening)
        .act(HOLDER, Command::Submit)
        .act(REGISTRAR, Command::StartRegistration);
    let ground = Ground::CheckOpen {
        check: Check::IdentityHolder,
    };
    desk.refuses(REGISTRAR, register(), &ground, "S0-24");
    desk.act(
        REGISTRAR,
        passed(Check::IdentityHolder, &[EvidenceKind::IdentityQuery]),
    )
    .act(REGISTRAR, register())
    .act(APPROVER, Command::TakeReview);
    // What happened to the certificate in the meantime counts.
    let mut gone = desk.clone();
    gone.target.as_mut().unwrap().signing = certificate::State::Active { pending: None };
    let (ground, _) = gone.refused(APPROVER, approve());
    assert!(matches!(ground, Ground::TargetStatus { .. }), "{ground}");
    desk.act(APPROVER, approve());
    assert_eq!(desk.phase(), Phase::Executed);
    let work_record = evidence(EvidenceKind::WorkRecord);
    desk.act(APPROVER, Command::Close { work_record });
}

#[test]
fn an_authority_freezes_at_once_by_its_order_and_nothing_else() {
    let mut desk = desk();
    let opening = desk.about_old(Kind::Freeze);
    desk.opened(OFFICIAL, opening);
    let by = |kind| Command::ExecuteAtOnce {
        identification: evidence(kind),
    };
    let ground = Ground::EvidenceKind {
        given: EvidenceKind::CallRecord,
        wanted: EvidenceKind::OfficialOrder,
    };
    desk.refuses(OFFICIAL, by(EvidenceKind::CallRecord), &ground, "S2-32");
    desk.act(OFFICIAL, by(EvidenceKind::OfficialOrder));
}
