use super::*;
use crate::{
    PersonId,
    terms::{EvidenceKind, Kind},
};
use proptest::prelude::*;
use std::collections::BTreeSet;

const REVOKE: Command = Command::Request(Change::Revoke(RevocationReason::KeyCompromise));

fn at(second: u8) -> DateTime {
    DateTime::new(2026, 1, 1, 0, 0, second).unwrap()
}

fn actor(person: &str, seat: Seat) -> Actor {
    Actor::new(PersonId::new(person).unwrap(), seat)
}

/// Carries commands out one after another, each a second later.
fn after(commands: &[(&str, Seat, Command)]) -> Result<State, Error> {
    let mut state = None;
    for (second, (person, seat, command)) in commands.iter().enumerate() {
        let actor = actor(person, *seat);
        let now = at(u8::try_from(second).unwrap());
        let event = decide(state.as_ref(), &actor, command.clone(), now)?;
        state = evolve(state, &actor, &event);
    }
    Ok(state.unwrap())
}

fn active(then: &[(&str, Seat, Command)]) -> Result<State, Error> {
    let start = [
        ("system", Seat::System, Command::Reserve),
        ("system", Seat::System, Command::RecordIssued),
        ("system", Seat::System, Command::Activate),
    ];
    after(&[&start[..], then].concat())
}

#[test]
fn revocation_takes_two_persons() {
    let state = active(&[
        ("li", Seat::Registrar, REVOKE),
        ("wang", Seat::Approver, Command::Confirm),
    ]);
    assert_eq!(
        state.unwrap(),
        State::revoked(at(4), RevocationReason::KeyCompromise)
    );
    let alone = active(&[
        ("li", Seat::Registrar, REVOKE),
        ("li", Seat::Approver, Command::Confirm),
    ]);
    assert_eq!(alone.unwrap_err().coded(), "same-person (S1-12, X-01)");
}

#[test]
fn a_frozen_certificate_is_revoked_as_of_its_freeze() {
    let state = active(&[
        ("li", Seat::Registrar, Command::Freeze),
        ("li", Seat::Registrar, REVOKE),
        ("wang", Seat::Approver, Command::Confirm),
    ]);
    assert_eq!(
        state.unwrap().revocation(),
        Some((at(3), Reason::KeyCompromise))
    );
}

#[test]
fn a_revocation_takes_the_place_of_an_unfreezing_that_waits() {
    let state = active(&[
        ("li", Seat::Registrar, Command::Freeze),
        ("li", Seat::Registrar, Command::Request(Change::Unfreeze)),
        ("wang", Seat::Approver, REVOKE),
        ("li", Seat::Registrar, Command::Confirm),
    ]);
    let revoked = Some((at(3), Reason::KeyCompromise));
    assert_eq!(state.unwrap().revocation(), revoked);
}

#[test]
fn an_unfrozen_certificate_is_active_and_on_no_list() {
    let state = active(&[
        ("holder", Seat::Applicant, Command::Freeze),
        ("li", Seat::Registrar, Command::Request(Change::Unfreeze)),
        ("wang", Seat::Approver, Command::Confirm),
    ]);
    assert_eq!(state.unwrap(), State::Active { pending: None });
}

#[test]
fn nothing_leaves_revoked_or_burnt() {
    let every = [
        Command::Reserve,
        Command::RecordIssued,
        Command::Activate,
        Command::Burn,
        Command::Freeze,
        Command::Request(Change::Unfreeze),
        REVOKE,
        Command::Confirm,
    ];
    let ends = [
        State::revoked(at(0), RevocationReason::Superseded),
        State::Burnt { at: at(0) },
    ];
    for state in &ends {
        for command in &every {
            let actor = actor("li", Seat::Approver);
            assert!(decide(Some(state), &actor, command.clone(), at(1)).is_err());
        }
    }
}

#[test]
fn an_active_certificate_is_not_unfrozen_and_an_applicant_does_not_revoke() {
    assert!(active(&[("li", Seat::Registrar, Command::Request(Change::Unfreeze))]).is_err());
    assert!(active(&[("holder", Seat::Applicant, REVOKE)]).is_err());
}

fn case(name: &str) -> CaseId {
    CaseId::new(name).unwrap()
}

fn successor() -> Successor {
    Successor::new(
        AuthorityId::new("ca").unwrap(),
        Serial::from_bytes(&[9]).unwrap(),
    )
}

/// The certificates of these tests end at second 50.
fn order(name: &str, act: Act) -> Command {
    Command::Execute(Order::new(Cause::Case(case(name)), act, at(50)))
}

fn ordered(name: &str, act: Act) -> (&'static str, Seat, Command) {
    ("system", Seat::System, order(name, act))
}

const HOLDER_FREEZES: Act = Act::Freeze {
    party: Party::Holder,
    at_once: false,
};
const AT_ONCE: Act = Act::Freeze {
    party: Party::Holder,
    at_once: true,
};
const UNFREEZE: Act = Act::Unfreeze {
    party: Party::Holder,
};
const REVOKED: Act = Act::Revoke(RevocationReason::CessationOfOperation);

fn report() -> Evidence {
    Evidence::new(EvidenceKind::WorkRecord, [3; 32], "report 1")
}

fn ground(answer: Result<State, Error>) -> Ground {
    match answer {
        Err(Error::Refused(Refusal::Ruled { ground, .. })) => *ground,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_case_freezes_unfreezes_and_revokes_by_one_order_each() {
    let held = active(&[ordered("c-1", HOLDER_FREEZES)]).unwrap();
    assert_eq!(held.revocation(), Some((at(3), Reason::CertificateHold)));
    let back = active(&[ordered("c-1", HOLDER_FREEZES), ordered("c-2", UNFREEZE)]);
    assert_eq!(back.unwrap(), State::Active { pending: None });
    let gone = active(&[ordered("c-1", REVOKED)]).unwrap();
    let reason = Reason::CessationOfOperation;
    assert_eq!(gone.revocation(), Some((at(3), reason)));
    let frozen_first = active(&[ordered("c-1", HOLDER_FREEZES), ordered("c-2", REVOKED)]);
    assert_eq!(
        frozen_first.unwrap().revocation(),
        Some((at(3), reason)),
        "as of the freeze (B7)"
    );
}

#[test]
fn a_certificate_that_was_never_handed_over_can_be_revoked() {
    let issued = [
        ("system", Seat::System, Command::Reserve),
        ("system", Seat::System, Command::RecordIssued),
        ordered("c-1", REVOKED),
    ];
    assert_eq!(after(&issued).unwrap().status(), Status::Revoked);
}

#[test]
fn only_the_engine_carries_orders_out() {
    for seat in Seat::ALL {
        let answer = active(&[("li", *seat, order("c-1", REVOKED))]);
        assert_eq!(answer.is_ok(), *seat == Seat::System, "{seat}");
    }
}

#[test]
fn a_freeze_is_lifted_by_the_kind_of_party_that_made_it() {
    for froze in Party::ALL {
        for asks in Party::ALL {
            let answer = active(&[
                ordered(
                    "c-1",
                    Act::Freeze {
                        party: *froze,
                        at_once: false,
                    },
                ),
                ordered("c-2", Act::Unfreeze { party: *asks }),
            ]);
            if froze == asks {
                assert!(answer.is_ok());
            } else {
                let (froze, asks) = (*froze, *asks);
                assert_eq!(ground(answer), Ground::OtherParty { froze, asks });
            }
        }
    }
}

#[test]
fn a_courts_freeze_is_not_lifted_by_registrars() {
    let court = Act::Freeze {
        party: Party::Official,
        at_once: false,
    };
    let answer = active(&[
        ordered("c-1", court),
        ("li", Seat::Registrar, Command::Request(Change::Unfreeze)),
    ]);
    assert!(matches!(ground(answer), Ground::OtherParty { .. }));
}

#[test]
fn each_seat_belongs_to_a_party() {
    for (party, seats) in [
        (
            Party::Holder,
            &[Seat::Applicant, Seat::Agent, Seat::OrganisationApprover][..],
        ),
        (Party::Official, &[Seat::Official]),
        (Party::Operator, &[Seat::Registrar, Seat::Approver]),
    ] {
        for seat in seats {
            assert_eq!(Party::of(*seat), party, "{seat}");
        }
    }
    let frozen = active(&[("zhang", Seat::Applicant, Command::Freeze)]).unwrap();
    assert!(matches!(frozen, State::Held { hold, .. } if hold.party == Party::Holder));
}

#[test]
fn what_one_person_froze_at_once_waits_for_the_ratification_of_its_own_case() {
    let frozen = active(&[ordered("c-1", AT_ONCE)]).unwrap();
    assert!(frozen.awaits(&case("c-1")) && !frozen.awaits(&case("c-2")));
    // Neither another case's ratification nor an unfreezing comes before it.
    for (early, requirement) in [
        (ordered("c-2", Act::Ratify), "S2-32"),
        (ordered("c-2", Act::Undo), "S2-32"),
        (ordered("c-2", UNFREEZE), "S0-13"),
    ] {
        let answer = active(&[ordered("c-1", AT_ONCE), early]);
        let expected = format!("wrong-state ({requirement})");
        assert_eq!(answer.unwrap_err().coded(), expected);
    }
    let ratified = [ordered("c-1", AT_ONCE), ordered("c-1", Act::Ratify)];
    let state = active(&ratified).unwrap();
    assert_eq!(state.status(), Status::Held);
    assert!(!state.awaits(&case("c-1")));
    assert!(active(&[&ratified[..], &[ordered("c-2", UNFREEZE)]].concat()).is_ok());
    assert!(active(&[&ratified[..], &[ordered("c-1", Act::Undo)]].concat()).is_err());
    let undone = active(&[ordered("c-1", AT_ONCE), ordered("c-1", Act::Undo)]);
    assert_eq!(undone.unwrap(), State::Active { pending: None });
    // A freeze that two persons decided waits for nobody.
    let decided = active(&[ordered("c-1", HOLDER_FREEZES)]).unwrap();
    assert!(!decided.awaits(&case("c-1")));
}

fn at_second(second: u8, state: &State, command: Command) -> Result<State, Error> {
    let engine = actor("system", Seat::System);
    let event = decide(Some(state), &engine, command, at(second))?;
    Ok(evolve(Some(state.clone()), &engine, &event).unwrap())
}

#[test]
fn an_expired_certificate_is_not_changed_any_more() {
    let active_one = active(&[]).unwrap();
    let held = active(&[ordered("c-1", HOLDER_FREEZES)]).unwrap();
    for (state, act, kind) in [
        (&active_one, HOLDER_FREEZES, Kind::Freeze),
        (&active_one, REVOKED, Kind::Revoke),
        (&held, UNFREEZE, Kind::Unfreeze),
    ] {
        assert!(at_second(50, state, order("c-2", act.clone())).is_ok());
        let late = ground(at_second(51, state, order("c-2", act)));
        let status = "expired";
        assert_eq!(late, Ground::TargetStatus { status, kind });
    }
    // What was frozen at once is put in order all the same.
    let at_once = active(&[ordered("c-1", AT_ONCE)]).unwrap();
    assert!(at_second(51, &at_once, order("c-1", Act::Undo)).is_ok());
    assert!(at_second(51, &at_once, order("c-1", Act::Ratify)).is_ok());
}

fn supersede(standing: Status) -> Command {
    let cause = Cause::Case(case("c-9"));
    Command::Execute(Order::supersede(cause, successor(), standing, at(50)))
}

#[test]
fn a_superseded_certificate_stays_good_until_it_is_revoked() {
    let state = active(&[("system", Seat::System, supersede(Status::Active))]).unwrap();
    assert_eq!(
        state,
        State::Superseded {
            since: at(3),
            successor: successor()
        }
    );
    assert_eq!(state.revocation(), None);
    let revoke = Act::Revoke(RevocationReason::Superseded);
    let revoked = at_second(9, &state, order("c-9", revoke)).unwrap();
    assert_eq!(revoked.revocation(), Some((at(9), Reason::Superseded)));
    assert!(at_second(9, &state, order("c-9", HOLDER_FREEZES)).is_err());
    let late = ground(at_second(
        51,
        &active(&[]).unwrap(),
        supersede(Status::Active),
    ));
    assert!(matches!(late, Ground::TargetStatus { .. }));
}

#[test]
fn only_an_active_certificate_takes_anothers_place() {
    for standing in Status::ALL {
        let answer = active(&[("system", Seat::System, supersede(*standing))]);
        assert_eq!(answer.is_ok(), *standing == Status::Active, "{standing}");
    }
    let alone = active(&[ordered("c-9", Act::Supersede(successor()))]);
    assert!(matches!(ground(alone), Ground::TargetStatus { .. }));
}

#[test]
fn the_reason_of_a_compromised_ca_comes_from_its_key_officers_alone() {
    let by = |cause, reason| {
        let order = Order::new(cause, Act::Revoke(reason), at(50));
        active(&[("system", Seat::System, Command::Execute(order))])
    };
    let officers = || Cause::Compromise(AuthorityId::new("ca").unwrap());
    let of_case = || Cause::Case(case("c-1"));
    let (ca, other) = (
        RevocationReason::CaCompromise,
        RevocationReason::KeyCompromise,
    );
    assert!(by(officers(), ca).is_ok());
    assert!(by(of_case(), other).is_ok());
    assert!(matches!(ground(by(of_case(), ca)), Ground::Missing { .. }));
    assert!(matches!(
        ground(by(officers(), other)),
        Ground::Missing { .. }
    ));
    // A key that is known to be bad says why by itself.
    let bad_key = || Cause::Key(crate::KeyId::of(b"a key"));
    for reason in RevocationReason::ALL {
        let answer = by(bad_key(), *reason);
        if *reason == RevocationReason::KeyCompromise {
            answer.unwrap();
        } else {
            assert!(matches!(ground(answer), Ground::Missing { .. }), "{reason}");
        }
    }
}

fn upgrade(invalidity: Option<u8>) -> Command {
    Command::RequestUpgrade {
        invalidity: invalidity.map(at),
        report: report(),
    }
}

#[test]
fn a_revocation_gets_the_worse_reason_by_two_persons_and_keeps_its_date() {
    let by = |who: &'static str, invalidity| {
        active(&[
            ordered("c-1", REVOKED),
            ("li", Seat::Registrar, upgrade(invalidity)),
            (who, Seat::Approver, Command::Confirm),
        ])
    };
    let state = by("wang", Some(1)).unwrap();
    assert_eq!(state.revocation(), Some((at(3), Reason::KeyCompromise)));
    assert_eq!(state.invalidity(), Some(at(1)));
    assert_eq!(by("wang", None).unwrap().invalidity(), None);
    assert!(by("wang", Some(3)).is_ok());
    assert!(matches!(
        ground(by("wang", Some(4))),
        Ground::Missing { .. }
    ));
    assert_eq!(
        by("li", Some(1)).unwrap_err().coded(),
        "same-person (S1-12, X-01)"
    );
}

#[test]
fn nothing_is_worse_than_a_compromised_key() {
    for reason in [
        RevocationReason::KeyCompromise,
        RevocationReason::CaCompromise,
    ] {
        let state = State::revoked(at(1), reason);
        let li = actor("li", Seat::Registrar);
        assert!(decide(Some(&state), &li, upgrade(None), at(9)).is_err());
    }
    let waiting = active(&[
        ordered("c-1", REVOKED),
        ("li", Seat::Registrar, upgrade(None)),
        ("wang", Seat::Approver, upgrade(None)),
    ]);
    assert!(waiting.is_err(), "one at a time");
}

#[test]
fn upgrades_belong_to_officers() {
    for seat in Seat::ALL {
        let asked = active(&[ordered("c-1", REVOKED), ("li", *seat, upgrade(None))]);
        assert_eq!(asked.is_ok(), OFFICERS.contains(seat), "{seat}");
        let confirmed = active(&[
            ordered("c-1", REVOKED),
            ("li", Seat::Registrar, upgrade(None)),
            ("wang", *seat, Command::Confirm),
        ]);
        assert_eq!(confirmed.is_ok(), OFFICERS.contains(seat), "{seat}");
    }
}

/// One state of each kind that decisions tell apart.
fn states() -> Vec<Option<State>> {
    let issued = [
        ("system", Seat::System, Command::Reserve),
        ("system", Seat::System, Command::RecordIssued),
    ];
    let frozen = || ordered("c-1", HOLDER_FREEZES);
    vec![
        None,
        after(&issued[..1]).ok(),
        after(&issued).ok(),
        active(&[]).ok(),
        active(&[("li", Seat::Registrar, REVOKE)]).ok(),
        active(&[frozen()]).ok(),
        active(&[
            frozen(),
            ("li", Seat::Registrar, Command::Request(Change::Unfreeze)),
        ])
        .ok(),
        active(&[frozen(), ("li", Seat::Registrar, REVOKE)]).ok(),
        active(&[ordered("c-1", AT_ONCE)]).ok(),
        active(&[("system", Seat::System, supersede(Status::Active))]).ok(),
        active(&[ordered("c-1", REVOKED)]).ok(),
        active(&[
            ordered("c-1", REVOKED),
            ("li", Seat::Registrar, upgrade(None)),
        ])
        .ok(),
        Some(State::Burnt { at: at(0) }),
    ]
}

fn commands() -> Vec<Command> {
    vec![
        Command::Reserve,
        Command::RecordIssued,
        Command::Activate,
        Command::Burn,
        Command::Freeze,
        Command::Request(Change::Unfreeze),
        REVOKE,
        upgrade(None),
        Command::Confirm,
        order("c-1", HOLDER_FREEZES),
        order("c-1", AT_ONCE),
        order("c-1", Act::Ratify),
        order("c-1", Act::Undo),
        order("c-1", UNFREEZE),
        order("c-1", REVOKED),
        supersede(Status::Active),
    ]
}

/// Whatever is decided is in the table and leads where the table says, and whatever is in the
/// table is decided somewhere.
#[test]
fn decisions_and_the_table_are_the_same() {
    let mut reached = BTreeSet::new();
    for state in states() {
        let from = state.as_ref().map(State::status);
        for command in commands() {
            for seat in [Seat::Approver, Seat::System] {
                let who = actor("chen", seat);
                let Ok(event) = decide(state.as_ref(), &who, command.clone(), at(9)) else {
                    continue;
                };
                let row = machine::transition(from, event.step())
                    .unwrap_or_else(|| panic!("{from:?} {} is not in the table", event.name()));
                let next = evolve(state.clone(), &who, &event);
                assert_eq!(next.as_ref().map(State::status), row.to.or(from));
                assert_ne!(next, state, "an event that is recorded changes the state");
                reached.insert((from, event.step()));
            }
        }
    }
    for row in machine::TRANSITIONS {
        let from = row.from.iter().map(|status| Some(*status));
        let from: Vec<_> = if row.from.is_empty() {
            vec![None]
        } else {
            from.collect()
        };
        for from in from {
            // B10 is no event: time alone makes it.
            if row.step == Step::Expired {
                assert_eq!(from.unwrap().at(at(51), at(50)), Status::Expired);
            } else {
                assert!(reached.contains(&(from, row.step)), "{from:?} {}", row.step);
            }
        }
    }
}

/// Each event of the tests, once.
fn events() -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for state in states() {
        for command in commands() {
            for seat in [Seat::Approver, Seat::System] {
                let who = actor("chen", seat);
                if let Ok(event) = decide(state.as_ref(), &who, command.clone(), at(9))
                    && !events.contains(&event)
                {
                    events.push(event);
                }
            }
        }
    }
    events
}

/// Events that decisions never give, but a log may hold.
#[test]
fn an_event_of_another_cases_freeze_or_of_no_worse_reason_changes_nothing() {
    let engine = actor("system", Seat::System);
    let frozen = active(&[ordered("c-1", AT_ONCE)]).unwrap();
    for act in [Act::Ratify, Act::Undo] {
        let event = |case: &str, act: Act| match order(case, act) {
            Command::Execute(order) => Event::Executed {
                cause: order.cause,
                act: order.act,
                at: at(4),
            },
            _ => unreachable!("an order is carried out"),
        };
        let next = evolve(Some(frozen.clone()), &engine, &event("c-2", act.clone()));
        assert_eq!(next.as_ref(), Some(&frozen), "{act:?}");
        let next = evolve(Some(frozen.clone()), &engine, &event("c-1", act.clone()));
        assert_ne!(next.as_ref(), Some(&frozen), "{act:?}");
    }
    let compromised = State::revoked(at(1), RevocationReason::KeyCompromise);
    let event = Event::UpgradeRequested {
        invalidity: None,
        report: report(),
    };
    let next = evolve(Some(compromised.clone()), &engine, &event);
    assert_eq!(next, Some(compromised));
}

/// Every state by every event, in the table or not.
#[test]
fn an_event_that_the_table_does_not_list_changes_nothing() {
    for state in states() {
        let from = state.as_ref().map(State::status);
        for event in events() {
            assert_eq!(event.name(), event.step().as_str());
            let next = evolve(state.clone(), &actor("chen", Seat::System), &event);
            if machine::transition(from, event.step()).is_none() {
                assert_eq!(next, state, "{from:?} {}", event.name());
            }
        }
    }
}

#[test]
fn every_pair_of_state_and_command_that_is_not_listed_is_refused_by_name() {
    for state in states() {
        for command in commands() {
            for seat in [Seat::Approver, Seat::System] {
                let who = actor("chen", seat);
                match decide(state.as_ref(), &who, command.clone(), at(9)) {
                    Ok(_) => {}
                    Err(error) => {
                        let basis = command.basis().join(", ");
                        let named = ["seat", "wrong-state"].map(|code| format!("{code} ({basis})"));
                        assert!(
                            named.contains(&error.coded()),
                            "{state:?} {command:?} {error}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn events_are_read_back_as_they_were_written() {
    for event in events() {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
    // Records of before there were orders.
    let old = r#"{"revoked":{"at":1767225600,"reason":"superseded"}}"#;
    assert!(matches!(
        serde_json::from_str::<Event>(old).unwrap(),
        Event::Revoked { .. }
    ));
}

fn history(events: &[(u8, Event)]) -> History {
    let mut history = History::default();
    for (second, event) in events {
        history.record(&actor("chen", Seat::Approver), event, at(*second));
    }
    history
}

#[test]
fn the_past_says_where_a_certificate_stood_at_each_time() {
    let executed = |act, second| Event::Executed {
        cause: Cause::Case(case("c-1")),
        act,
        at: at(second),
    };
    let history = history(&[
        (5, Event::Reserved),
        (6, Event::Issued),
        (10, Event::Activated),
        (20, executed(HOLDER_FREEZES, 20)),
        (25, executed(UNFREEZE, 25)),
        (30, executed(HOLDER_FREEZES, 30)),
        // Dated back to the freeze, but recorded now.
        (40, executed(REVOKED, 30)),
    ]);
    let status = |second| history.status_at(at(second), at(50));
    assert_eq!(status(4), None);
    assert_eq!(status(5), Some(Status::Reserved));
    assert_eq!(status(9), Some(Status::Issued));
    assert_eq!(status(10), Some(Status::Active));
    assert_eq!(status(20), Some(Status::Held));
    assert_eq!(status(25), Some(Status::Active));
    assert_eq!(status(39), Some(Status::Held));
    assert_eq!(status(40), Some(Status::Revoked));
    assert_eq!(status(59), Some(Status::Revoked), "it does not expire");
    let ended = |second| history.status_at(at(second), at(22));
    assert_eq!(ended(22), Some(Status::Held));
    assert_eq!(ended(23), Some(Status::Expired));
}

proptest! {
    /// Whatever is recorded later, the past stays as it was.
    #[test]
    fn no_later_record_changes_the_status_of_the_past(
        picks in prop::collection::vec((0usize..64, 0u8..4), 1..40),
    ) {
        let events = events();
        let who = actor("chen", Seat::System);
        let mut history = History::default();
        let mut state = None;
        let mut answers = Vec::new();
        let mut now = 0u8;
        for (pick, wait) in picks {
            now = (now + wait).min(59);
            for second in u8::try_from(answers.len()).unwrap()..now {
                answers.push(history.status_at(at(second), at(50)));
            }
            let event = &events[pick % events.len()];
            history.record(&who, event, at(now));
            state = evolve(state, &who, event);
            prop_assert_eq!(history.state_at(at(59)), state.as_ref());
            for (second, answer) in (0..).zip(&answers) {
                prop_assert_eq!(history.status_at(at(second), at(50)), *answer);
            }
        }
    }
}
