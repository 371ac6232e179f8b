use super::*;
use proptest::prelude::*;
use std::time::Duration;

const DAY: u64 = 24 * 60 * 60;
/// The end of these tests: the beginning of the 200th day in China.
const END: u64 = 200 * DAY - 8 * 60 * 60;
/// The last second of the day after which 90 days are left, and of that with 60.
const NOTICE_BY: u64 = END - 90 * DAY - 1;
const REPORT_BY: u64 = END - 60 * DAY - 1;

fn at(second: u64) -> DateTime {
    DateTime::from_unix_duration(Duration::from_secs(second)).unwrap()
}

fn officer(name: &str) -> Actor {
    Actor::new(PersonId::new(name).unwrap(), Seat::KeyOfficer)
}

fn evidence(kind: EvidenceKind) -> Evidence {
    Evidence::new(kind, [5; 32], "archive 5")
}

fn end(at_second: u64) -> Command {
    Command::Propose(Proposal::End {
        at: at(at_second),
        reason: "another CA takes the business".to_owned(),
    })
}

fn call_off() -> Command {
    Command::Propose(Proposal::CallOff {
        reason: "a buyer was found".to_owned(),
    })
}

fn announce() -> Command {
    Command::Announce {
        receipts: vec![evidence(EvidenceKind::NoticeReceipt)],
    }
}

fn report() -> Command {
    Command::Report {
        receipt: evidence(EvidenceKind::NoticeReceipt),
    }
}

fn hand_over() -> Command {
    Command::HandOver {
        successor: "另一家电子认证服务机构".to_owned(),
        agreement: evidence(EvidenceKind::OrganisationDocuments),
        inventory: evidence(EvidenceKind::WorkRecord),
    }
}

fn cease() -> Command {
    Command::Cease {
        record: evidence(EvidenceKind::WorkRecord),
    }
}

fn ask(state: Option<&State>, who: &Actor, command: Command, second: u64) -> Result<Event, Error> {
    let context = Context {
        terms: &Terms::shipped(),
        calendar: &Calendar::china(),
        now: at(second),
    };
    decide(state, who, command, &context)
}

type Script<'a> = &'a [(u64, &'a str, Command)];

fn after(script: Script<'_>) -> Result<State, Refusal> {
    let mut state = None;
    for (second, who, command) in script {
        let who = officer(who);
        let answer = ask(state.as_ref(), &who, command.clone(), *second);
        let event = match answer {
            Ok(event) => event,
            Err(Error::Refused(refusal)) => return Err(refusal),
            Err(other) => panic!("{other}"),
        };
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
        state = evolve(state, &who, &event);
    }
    Ok(state.unwrap())
}

/// Steps of an orderly end, the first so many of them.
fn orderly(steps: usize) -> Vec<(u64, &'static str, Command)> {
    let all = vec![
        (0, "li", end(END)),
        (DAY, "wang", Command::Confirm),
        (NOTICE_BY, "li", announce()),
        (REPORT_BY, "li", report()),
        (150 * DAY, "li", hand_over()),
        (END, "li", cease()),
    ];
    all.into_iter().take(steps).collect()
}

fn then(steps: usize, more: Script<'_>) -> Result<State, Refusal> {
    after(&[&orderly(steps)[..], more].concat())
}

fn ground(answer: Result<State, Refusal>) -> Ground {
    match answer {
        Err(Refusal::Ruled {
            ground,
            requirements,
        }) => {
            let names: Vec<_> = requirements.iter().map(ToString::to_string).collect();
            assert_eq!(names, ["S5-03"]);
            *ground
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_orderly_end_goes_through_every_stage() {
    for (steps, stage) in (1..).zip([
        Stage::Proposed,
        Stage::Decided,
        Stage::Announced,
        Stage::Reported,
        Stage::HandedOver,
        Stage::Ceased,
    ]) {
        assert_eq!(after(&orderly(steps)).unwrap().stage, stage);
    }
    let state = after(&orderly(6)).unwrap();
    assert_eq!(state.successor.as_deref(), Some("另一家电子认证服务机构"));
}

#[test]
fn where_an_end_stands_is_said_with_the_change_that_waits() {
    assert_eq!(after(&orderly(1)).unwrap().name(), "proposed");
    assert_eq!(after(&orderly(2)).unwrap().name(), "decided");
    let put_off = then(2, &[(NOTICE_BY, "li", end(END + DAY))]).unwrap();
    assert_eq!(put_off.name(), "under way, with a change proposed");
}

#[test]
fn the_law_gives_ninety_days_to_the_parties_and_sixty_to_the_authority() {
    let plan = after(&orderly(2)).unwrap().plan.unwrap();
    assert_eq!(
        plan,
        Plan {
            end: at(END),
            notice_by: at(NOTICE_BY),
            report_by: at(REPORT_BY),
        }
    );
}

#[test]
fn whoever_tells_too_late_is_refused() {
    assert!(then(2, &[(NOTICE_BY, "li", announce())]).is_ok());
    assert!(matches!(
        ground(then(2, &[(NOTICE_BY + 1, "li", announce())])),
        Ground::Late { by, .. } if by == at(NOTICE_BY)
    ));
    assert!(then(3, &[(REPORT_BY, "li", report())]).is_ok());
    assert!(matches!(
        ground(then(3, &[(REPORT_BY + 1, "li", report())])),
        Ground::Late { by, .. } if by == at(REPORT_BY)
    ));
}

#[test]
fn an_end_too_near_is_neither_proposed_nor_decided() {
    assert!(after(&[(NOTICE_BY, "li", end(END))]).is_ok());
    assert!(matches!(
        ground(after(&[(NOTICE_BY + 1, "li", end(END))])),
        Ground::Late { .. }
    ));
    assert!(matches!(
        ground(then(1, &[(NOTICE_BY + 1, "wang", Command::Confirm)])),
        Ground::Late { .. }
    ));
}

#[test]
fn an_end_that_is_put_off_gives_the_late_one_time_again() {
    let later = END + 30 * DAY;
    let state = then(
        2,
        &[
            (111 * DAY, "li", end(later)),
            (112 * DAY, "wang", Command::Confirm),
            (120 * DAY, "li", announce()),
        ],
    )
    .unwrap();
    assert_eq!(state.stage, Stage::Announced);
    assert_eq!(state.plan.unwrap().end, at(later));
    for sooner in [END, END - DAY] {
        assert!(matches!(
            ground(then(3, &[(111 * DAY, "li", end(sooner))])),
            Ground::Missing { .. }
        ));
    }
}

#[test]
fn every_decision_takes_two_officers() {
    for (steps, proposal) in [(0, end(END)), (2, end(END + DAY)), (3, call_off())] {
        let alone = then(
            steps,
            &[
                (NOTICE_BY, "li", proposal),
                (NOTICE_BY, "li", Command::Confirm),
            ],
        );
        assert_eq!(alone.unwrap_err().coded(), "same-person (S1-12, X-01)");
    }
}

#[test]
fn a_deadline_that_passed_is_noted_once_and_by_the_engine_alone() {
    let decided = after(&orderly(2)).unwrap();
    let (deadline, by) = decided.next_deadline().unwrap();
    assert_eq!((deadline, by), (DeadlineName::PartiesTold, at(NOTICE_BY)));
    let note = |state: &State, deadline, second| {
        let command = Command::NoteOverdue { deadline };
        ask(Some(state), &Actor::system(), command, second)
    };
    let late = NOTICE_BY + 1;
    let by_hand = ask(
        Some(&decided),
        &officer("li"),
        Command::NoteOverdue { deadline },
        late,
    );
    assert_eq!(by_hand.unwrap_err().coded(), "seat (S5-03)");
    for (deadline, second) in [
        (DeadlineName::PartiesTold, NOTICE_BY),
        (DeadlineName::AuthorityTold, late),
    ] {
        let early = note(&decided, deadline, second);
        assert_eq!(early.unwrap_err().coded(), "not-due (S5-03)");
    }
    let event = note(&decided, deadline, late).unwrap();
    let noted = evolve(Some(decided), &Actor::system(), &event).unwrap();
    assert_eq!(noted.stage, Stage::Decided);
    let next = noted.next_deadline().unwrap();
    assert_eq!(next, (DeadlineName::AuthorityTold, at(REPORT_BY)));
    assert!(note(&noted, deadline, late).is_err());

    // A later end has deadlines of its own, and one that is called off has none.
    let changed = |proposal| {
        let asked = ask(Some(&noted), &officer("li"), proposal, late).unwrap();
        let waiting = evolve(Some(noted.clone()), &officer("li"), &asked);
        let both = ask(waiting.as_ref(), &officer("wang"), Command::Confirm, late);
        evolve(waiting, &officer("wang"), &both.unwrap()).unwrap()
    };
    let put_off = changed(end(END + 30 * DAY));
    let next = put_off.next_deadline().unwrap();
    assert_eq!(next, (deadline, at(NOTICE_BY + 30 * DAY)));
    assert_eq!(changed(call_off()).next_deadline(), None);
    assert_eq!(after(&orderly(6)).unwrap().next_deadline(), None);
}

#[test]
fn what_is_called_off_can_be_decided_anew() {
    let off = [
        (111 * DAY, "li", call_off()),
        (111 * DAY, "wang", Command::Confirm),
    ];
    let state = then(3, &off).unwrap();
    assert_eq!((state.stage, state.plan), (Stage::CalledOff, None));
    let again = [&off[..], &[(111 * DAY, "li", end(END + 30 * DAY))]].concat();
    assert_eq!(then(3, &again).unwrap().stage, Stage::Proposed);
    let dropped = then(1, &[(DAY, "li", Command::Discard)]).unwrap();
    assert_eq!(dropped.stage, Stage::CalledOff);
    let kept = then(
        3,
        &[
            (111 * DAY, "li", call_off()),
            (111 * DAY, "li", Command::Discard),
        ],
    );
    assert_eq!(kept.unwrap().stage, Stage::Announced);
    assert!(matches!(
        ground(after(&[(0, "li", call_off())])),
        Ground::Missing { .. }
    ));
}

#[test]
fn the_service_does_not_end_before_its_end() {
    assert_eq!(ground(then(5, &[(END - 1, "li", cease())])), Ground::NotDue);
}

#[test]
fn each_step_leaves_its_evidence() {
    let call = || evidence(EvidenceKind::CallRecord);
    let none = Command::Announce { receipts: vec![] };
    assert!(matches!(
        ground(then(2, &[(DAY, "li", none)])),
        Ground::Missing { .. }
    ));
    let mixed = Command::Announce {
        receipts: vec![evidence(EvidenceKind::NoticeReceipt), call()],
    };
    let reported = Command::Report { receipt: call() };
    let ended = Command::Cease { record: call() };
    let (without, unlisted, nameless) = match hand_over() {
        Command::HandOver {
            successor,
            agreement,
            inventory,
        } => (
            Command::HandOver {
                successor: successor.clone(),
                agreement: call(),
                inventory: inventory.clone(),
            },
            Command::HandOver {
                successor,
                agreement: agreement.clone(),
                inventory: call(),
            },
            Command::HandOver {
                successor: " ".to_owned(),
                agreement,
                inventory,
            },
        ),
        other => panic!("{other:?}"),
    };
    for (steps, command) in [
        (2, mixed),
        (3, reported),
        (4, without),
        (4, unlisted),
        (5, ended),
    ] {
        assert!(matches!(
            ground(then(steps, &[(DAY, "li", command)])),
            Ground::EvidenceKind { .. }
        ));
    }
    assert!(matches!(
        ground(then(4, &[(DAY, "li", nameless)])),
        Ground::Words { .. }
    ));
    let silent = Command::Propose(Proposal::End {
        at: at(END),
        reason: String::new(),
    });
    assert!(matches!(
        ground(after(&[(0, "li", silent)])),
        Ground::Words { .. }
    ));
}

fn states() -> Vec<Option<State>> {
    let mut states = vec![None];
    states.extend((1..=6).map(|steps| after(&orderly(steps)).ok()));
    for steps in 2..=5 {
        for proposal in [end(END + DAY), call_off()] {
            states.push(then(steps, &[(NOTICE_BY, "li", proposal)]).ok());
        }
    }
    states.push(then(1, &[(DAY, "li", Command::Discard)]).ok());
    states
}

fn commands() -> Vec<Command> {
    vec![
        end(END + 100 * DAY),
        call_off(),
        Command::Confirm,
        Command::Discard,
        announce(),
        report(),
        hand_over(),
        cease(),
    ]
}

#[test]
fn only_key_officers_end_a_service() {
    for state in states() {
        for command in commands() {
            for seat in Seat::ALL.iter().filter(|seat| **seat != Seat::KeyOfficer) {
                let who = Actor::new(PersonId::new("chen").unwrap(), *seat);
                let answer = ask(state.as_ref(), &who, command.clone(), DAY);
                assert_eq!(answer.unwrap_err().coded(), "seat (S5-03)");
            }
        }
    }
}

/// Whatever is decided is in the table, and whatever is in the table is decided somewhere.
#[test]
fn decisions_and_the_table_are_the_same() {
    let mut reached = BTreeSet::new();
    for state in states() {
        let from = state.as_ref().map(|state| state.stage);
        let overdue = DeadlineName::ALL.iter();
        let overdue = overdue.map(|deadline| Command::NoteOverdue {
            deadline: *deadline,
        });
        for command in commands().into_iter().chain(overdue) {
            // Early, for what may be too late; late, for what may be too early.
            for second in [DAY, END, END + 1] {
                let who = match command {
                    Command::NoteOverdue { .. } => Actor::system(),
                    _ => officer("chen"),
                };
                match ask(state.as_ref(), &who, command.clone(), second) {
                    Ok(event) => {
                        let row = transition(from, event.step()).unwrap();
                        assert_eq!(event.name(), event.step().as_str());
                        let next = evolve(state.clone(), &who, &event);
                        assert_eq!(next.as_ref().map(|next| next.stage), row.to.or(from));
                        assert_ne!(next, state);
                        reached.insert((from, event.step()));
                    }
                    Err(error) => assert!(error.coded().ends_with(" (S5-03)"), "{error}"),
                }
            }
        }
    }
    machine::assert_all_reached(TRANSITIONS, &reached);
}

#[test]
fn an_event_that_the_table_does_not_list_changes_nothing() {
    let plan = after(&orderly(2)).unwrap().plan.unwrap();
    let receipt = || evidence(EvidenceKind::NoticeReceipt);
    let events = [
        Event::Decided(plan),
        Event::CalledOff,
        Event::Discarded,
        Event::Announced {
            receipts: vec![receipt()],
        },
        Event::Reported { receipt: receipt() },
        Event::HandedOver {
            successor: "x".to_owned(),
            agreement: receipt(),
            inventory: receipt(),
        },
        Event::Ceased { record: receipt() },
    ];
    for state in states() {
        let from = state.as_ref().map(|state| state.stage);
        for event in &events {
            if transition(from, event.step()).is_none() {
                assert_eq!(evolve(state.clone(), &officer("li"), event), state);
            }
        }
    }
}

#[test]
fn terms_without_a_basis_or_with_impossible_numbers_do_not_load() {
    let with = |notice: &str, report: &str| {
        Terms::from_toml(&format!(
            "source = \"a law\"\nnotice-days = {notice}\nreport-days = {report}\n\
             reminder-days = {{ value = 7, assumed = \"a week\" }}"
        ))
    };
    let good = |days: u32| format!("{{ value = {days}, basis = [\"S5-03\"] }}");
    assert!(with(&good(90), &good(60)).is_ok());
    assert!(with(&good(60), &good(60)).is_ok());
    assert!(with(&good(1), "{ value = 1, assumed = \"no source\" }").is_ok());
    for (notice, report) in [(0, 60), (90, 0), (3_651, 60), (59, 60)] {
        assert!(matches!(
            with(&good(notice), &good(report)),
            Err(BadTerms::Number { .. })
        ));
    }
    assert!(matches!(
        with("{ value = 90 }", &good(60)),
        Err(BadTerms::Baseless { .. })
    ));
    assert!(matches!(
        Terms::from_toml("notice-days = 90"),
        Err(BadTerms::Toml(_))
    ));
}

#[test]
fn officers_are_reminded_of_each_deadline_and_told_of_each_that_passed() {
    let plan = Plan::new(at(END), &Terms::shipped(), &Calendar::china());
    let reminders: Vec<_> = [
        (DeadlineName::PartiesTold, NOTICE_BY),
        (DeadlineName::AuthorityTold, REPORT_BY),
        (DeadlineName::ServiceEnded, END),
    ]
    .map(|(deadline, by)| About::CessationReminder {
        deadline,
        by: at(by),
        version: 2,
    })
    .into();
    let mut events = vec![(Event::Decided(plan), reminders)];
    for deadline in DeadlineName::ALL {
        let deadline = *deadline;
        let version = 2;
        let told = About::CessationOverdue { deadline, version };
        events.push((Event::OverdueNoted { deadline }, vec![told]));
    }
    // What somebody did is no news to them.
    for (second, who, command) in orderly(6) {
        let before = orderly(6);
        let before: Vec<_> = before
            .into_iter()
            .take_while(|(earlier, ..)| *earlier < second)
            .collect();
        let state = (!before.is_empty()).then(|| after(&before).unwrap());
        let event = ask(state.as_ref(), &officer(who), command, second).unwrap();
        if !matches!(event, Event::Decided(_)) {
            events.push((event, Vec::new()));
        }
    }
    events.extend([Event::CalledOff, Event::Discarded].map(|event| (event, Vec::new())));
    assert_eq!(events.len(), 1 + 3 + 5 + 2);
    for (event, expected) in events {
        assert_eq!(event.notices(2), expected, "{event:?}");
    }
}

#[test]
fn an_end_near_the_beginning_of_time_has_deadlines_all_the_same() {
    let plan = Plan::new(at(DAY), &Terms::shipped(), &Calendar::china());
    let first = at(16 * 60 * 60 - 1);
    assert_eq!((plan.notice_by, plan.report_by), (first, first));
}

proptest! {
    /// However officers act, a service that ended was announced and reported in time.
    #[test]
    fn no_service_ends_without_its_notices_in_time(
        picks in prop::collection::vec((0usize..10, 0usize..3, 0u64..15), 1..60),
    ) {
        let mut state: Option<State> = None;
        let mut now = 0;
        let (mut announced, mut reported) = (None, None);
        for (pick, who, days) in picks {
            now += days * DAY;
            let command = match pick {
                0 => end(now + 120 * DAY),
                1 => call_off(),
                2..=4 => Command::Confirm,
                other => commands()[other - 2].clone(),
            };
            let who = officer(["li", "wang", "chen"][who]);
            let Ok(event) = ask(state.as_ref(), &who, command, now) else {
                continue;
            };
            match &event {
                Event::Announced { .. } => announced = Some(now),
                Event::Reported { .. } => reported = Some(now),
                Event::CalledOff => (announced, reported) = (None, None),
                _ => {}
            }
            state = evolve(state, &who, &event);
            if let Some(State { stage: Stage::Ceased, plan: Some(plan), .. }) = &state {
                let end = plan.end.unix_duration().as_secs();
                prop_assert!(announced.unwrap() + 90 * DAY <= end && end <= now);
                prop_assert!(reported.unwrap() + 60 * DAY <= end);
            }
        }
    }
}
