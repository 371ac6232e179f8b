use super::*;
use proptest::prelude::*;

fn at(second: u64) -> DateTime {
    DateTime::from_unix_duration(std::time::Duration::from_secs(second)).unwrap()
}

fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

fn people(names: &[&str]) -> BTreeSet<PersonId> {
    names.iter().map(|name| person(name)).collect()
}

fn papers() -> Evidence {
    Evidence::new(EvidenceKind::OrganisationDocuments, [1; 32], "archive 1")
}

fn a_call() -> Evidence {
    Evidence::new(EvidenceKind::CallRecord, [1; 32], "call 1")
}

fn scope(kinds: &[Kind], until: u64) -> Scope {
    Scope::new(kinds.iter().copied(), Interval::new(at(0), Some(at(until))))
}

fn grant(kinds: &[Kind], until: u64) -> Grant {
    Grant::new(scope(kinds, until), person("boss"), papers())
}

const BOTH: &[Kind] = &[Kind::Apply, Kind::Renew];

/// `boss` may authorise both kinds to 1000; `agent` has both to 500; `zhang` is listed.
fn onboarding() -> Onboarding {
    Onboarding::new("测试局", papers())
        .credit_code("91110000100000017G")
        .arrangement(
            Arrangement::new(Model::Centralised, "staff of the bureau")
                .approver(person("boss"), scope(BOTH, 1_000))
                .agent(person("agent"), grant(BOTH, 500))
                .applicants([person("zhang")])
                .others("tokens are returned on leaving"),
        )
}

fn clerk(name: &str) -> Actor {
    Actor::new(person(name), Seat::Clerk)
}

fn boss() -> Actor {
    Actor::new(person("boss"), Seat::OrganisationApprover)
}

fn approver(name: &str) -> Actor {
    Actor::new(person(name), Seat::Approver)
}

fn step(
    state: Option<State>,
    second: u64,
    actor: &Actor,
    command: Command,
) -> Result<State, Refusal> {
    let id = OrganisationId::new("bureau").unwrap();
    let context = Context {
        accredited: false,
        accredits: false,
        id: &id,
        now: at(second),
    };
    match decide(state.as_ref(), actor, command, &context) {
        Ok(event) => {
            let text = serde_json::to_string(&event).unwrap();
            assert!(text.contains(&format!("\"{}\"", event.name())), "{text}");
            assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
            let next = evolve(state.clone(), actor, &event, at(second));
            assert_ne!(next, state, "an event that is recorded changes the state");
            Ok(next.unwrap())
        }
        Err(Error::Refused(refusal)) => Err(refusal),
        Err(other) => panic!("{other}"),
    }
}

fn onboarded() -> State {
    step(None, 10, &clerk("li"), Command::Onboard(onboarding())).unwrap()
}

fn ground(answer: Result<State, Refusal>) -> Ground {
    match answer {
        Err(Refusal::Ruled {
            ground,
            requirements,
        }) => {
            assert!(!requirements.is_empty());
            *ground
        }
        other => panic!("{other:?}"),
    }
}

fn authorise(agent: &str, grant: Grant) -> Command {
    Command::Authorise {
        agent: person(agent),
        grant,
    }
}

fn revoke(agent: &str) -> Command {
    Command::RevokeAuthority {
        agent: person(agent),
        reason: "left".to_owned(),
    }
}

fn modes(list: &[(Mode, u64)]) -> BTreeMap<Mode, Interval> {
    let each = |(mode, from): &(Mode, u64)| (*mode, Interval::new(at(*from), None));
    list.iter().map(each).collect()
}

fn file(list: &[(Mode, u64)]) -> Command {
    Command::FileModes {
        modes: modes(list),
        filing: papers(),
    }
}

fn suspend(mode: Mode) -> Command {
    Command::SuspendMode {
        mode,
        reason: "breach".to_owned(),
    }
}

#[test]
fn an_organisation_is_taken_on_with_its_five_items() {
    let state = onboarded();
    assert_eq!(state.model, Some(Model::Centralised));
    assert_eq!(state.conditions, "staff of the bureau");
    assert_eq!(state.others, "tokens are returned on leaving");
    assert!(state.approver(&person("boss"), at(10)).is_some());
    assert!(state.authorises(&person("agent"), Kind::Apply, at(10)));
    assert!(state.lists(&person("zhang"), at(10)));
    assert!(!state.lists(&person("zhang"), at(9)), "not before");
}

#[test]
fn each_of_the_five_items_is_wanted() {
    let refused = |change: fn(&mut Arrangement)| {
        let mut onboarding = onboarding();
        change(onboarding.arrangement.as_mut().unwrap());
        ground(step(None, 10, &clerk("li"), Command::Onboard(onboarding)))
    };
    assert!(matches!(
        refused(|one| one.approvers.clear()),
        Ground::Missing { .. }
    ));
    assert!(matches!(
        refused(|one| one.agents.clear()),
        Ground::Missing { .. }
    ));
    assert!(matches!(
        refused(|one| one.applicants.clear()),
        Ground::Missing { .. }
    ));
    assert!(matches!(
        refused(|one| one.conditions.clear()),
        Ground::Words { .. }
    ));
    assert!(matches!(
        refused(|one| one.others = "x".repeat(1_001)),
        Ground::Words { .. }
    ));
    let mut longest = onboarding();
    longest.arrangement.as_mut().unwrap().others = "x".repeat(1_000);
    assert!(step(None, 10, &clerk("li"), Command::Onboard(longest)).is_ok());
    assert!(matches!(
        refused(|one| {
            let own = Grant::new(scope(BOTH, 500), person("boss"), papers());
            one.agents.insert(person("boss"), own);
        }),
        Ground::SamePerson { .. }
    ));
    // Without agents nothing else asks for an approver.
    assert_eq!(
        refused(|one| {
            one.model = Model::SelfService;
            one.agents.clear();
            one.approvers.clear();
        }),
        Ground::Missing {
            what: "an approver with his authority"
        }
    );
    // Where each applies for himself there may be no agent.
    let mut alone = onboarding();
    let arrangement = alone.arrangement.as_mut().unwrap();
    arrangement.model = Model::SelfService;
    arrangement.agents.clear();
    assert!(step(None, 10, &clerk("li"), Command::Onboard(alone)).is_ok());
}

#[test]
fn name_code_and_papers_are_checked() {
    let refused = |onboarding| ground(step(None, 10, &clerk("li"), Command::Onboard(onboarding)));
    for bad in ["", "a\nb", &"x".repeat(257)] {
        let mut named = onboarding();
        named.name = bad.to_owned();
        assert!(matches!(refused(named), Ground::Field { .. }));
    }
    for bad in [
        "",
        "9111000010000001",
        "91110000100000017m",
        "91110000100000017-",
    ] {
        assert!(matches!(
            refused(onboarding().credit_code(bad)),
            Ground::Field { .. }
        ));
    }
    let mut called = onboarding();
    called.papers = a_call();
    assert!(matches!(refused(called), Ground::EvidenceKind { .. }));
}

#[test]
fn an_authority_counts_for_its_kinds_and_its_time() {
    let state = onboarded();
    let agent = person("agent");
    assert!(state.authorises(&agent, Kind::Renew, at(499)));
    assert!(!state.authorises(&agent, Kind::Renew, at(500)));
    assert!(!state.authorises(&agent, Kind::Revoke, at(20)));
    assert!(!state.authorises(&person("boss"), Kind::Apply, at(20)));
}

#[test]
fn an_authority_taken_back_ends_then_and_not_before() {
    let state = step(Some(onboarded()), 100, &boss(), revoke("agent")).unwrap();
    let agent = person("agent");
    assert!(state.authorises(&agent, Kind::Apply, at(99)));
    assert!(!state.authorises(&agent, Kind::Apply, at(100)));
    assert!(matches!(
        ground(step(Some(state), 110, &boss(), revoke("agent"))),
        Ground::NotAuthorised { .. }
    ));
}

#[test]
fn an_approver_gives_only_what_he_has_and_only_in_his_own_name() {
    let state = || Some(onboarded());
    let given = step(
        state(),
        20,
        &boss(),
        authorise("sun", grant(&[Kind::Apply], 900)),
    );
    assert!(
        given
            .unwrap()
            .authorises(&person("sun"), Kind::Apply, at(20))
    );
    let too_much = grant(&[Kind::Apply, Kind::Revoke], 900);
    assert!(matches!(
        ground(step(state(), 20, &boss(), authorise("sun", too_much))),
        Ground::Missing { .. }
    ));
    let late = step(
        state(),
        1_000,
        &boss(),
        authorise("sun", grant(BOTH, 2_000)),
    );
    assert!(matches!(ground(late), Ground::Missing { .. }));
    // A clerk writes down what the document says, another approver speaks for himself alone.
    assert!(
        step(
            state(),
            20,
            &clerk("li"),
            authorise("sun", grant(BOTH, 900))
        )
        .is_ok()
    );
    let other = Actor::new(person("vice"), Seat::OrganisationApprover);
    assert!(matches!(
        ground(step(
            state(),
            20,
            &other,
            authorise("sun", grant(BOTH, 900))
        )),
        Ground::NotAuthorised { .. }
    ));
    let clerk_boss = Actor::new(person("boss"), Seat::Clerk);
    assert!(matches!(
        ground(step(
            state(),
            20,
            &clerk_boss,
            authorise("sun", grant(BOTH, 9))
        )),
        Ground::NotAuthorised { .. }
    ));
}

#[test]
fn nobody_authorises_himself() {
    let own = step(
        Some(onboarded()),
        20,
        &clerk("li"),
        authorise("li", grant(BOTH, 900)),
    );
    assert_eq!(own.unwrap_err().coded(), "same-person (S1-12, X-01)");
    let approver = step(
        Some(onboarded()),
        20,
        &clerk("li"),
        authorise("boss", grant(BOTH, 900)),
    );
    assert!(matches!(ground(approver), Ground::SamePerson { .. }));
    let named = step(
        Some(onboarded()),
        20,
        &clerk("li"),
        Command::NameApprover {
            approver: person("li"),
            scope: scope(BOTH, 900),
            document: papers(),
        },
    );
    assert_eq!(named.unwrap_err().coded(), "same-person (S1-12, X-01)");
}

#[test]
fn an_authority_needs_kinds_time_and_a_document() {
    let refused = |grant| {
        ground(step(
            Some(onboarded()),
            20,
            &boss(),
            authorise("sun", grant),
        ))
    };
    assert!(matches!(refused(grant(&[], 900)), Ground::Missing { .. }));
    assert_eq!(refused(grant(BOTH, 0)), Ground::Interval);
    let mut called = grant(BOTH, 900);
    called.document = a_call();
    assert!(matches!(refused(called), Ground::EvidenceKind { .. }));
}

#[test]
fn a_dismissed_approver_authorises_nobody() {
    let dismiss = Command::DismissApprover {
        approver: person("boss"),
        reason: "retired".to_owned(),
    };
    let state = step(Some(onboarded()), 100, &clerk("li"), dismiss.clone()).unwrap();
    assert!(state.approver(&person("boss"), at(99)).is_some());
    let authorised = step(
        Some(state.clone()),
        110,
        &boss(),
        authorise("sun", grant(BOTH, 900)),
    );
    assert!(matches!(ground(authorised), Ground::Missing { .. }));
    assert!(matches!(
        ground(step(Some(state.clone()), 110, &boss(), revoke("agent"))),
        Ground::NotAuthorised { .. }
    ));
    assert!(matches!(
        ground(step(Some(state.clone()), 110, &clerk("li"), dismiss)),
        Ground::NotAuthorised { .. }
    ));
    // Another is named in his place.
    let named = Command::NameApprover {
        approver: person("vice"),
        scope: scope(BOTH, 900),
        document: papers(),
    };
    let state = step(Some(state), 120, &clerk("li"), named).unwrap();
    assert!(state.approver(&person("vice"), at(120)).is_some());
}

#[test]
fn naming_an_approver_needs_a_scope_and_a_paper() {
    let name = |scope, document| {
        let command = Command::NameApprover {
            approver: person("vice"),
            scope,
            document,
        };
        ground(step(Some(onboarded()), 20, &clerk("li"), command))
    };
    assert!(matches!(
        name(scope(&[], 900), papers()),
        Ground::Missing { .. }
    ));
    assert_eq!(name(scope(BOTH, 0), papers()), Ground::Interval);
    assert!(matches!(
        name(scope(BOTH, 900), a_call()),
        Ground::EvidenceKind { .. }
    ));
}

#[test]
fn the_list_of_applicants_keeps_its_past() {
    let list = Command::List {
        applicants: people(&["qian", "sun"]),
    };
    let state = step(Some(onboarded()), 100, &boss(), list).unwrap();
    let delist = Command::Delist {
        applicants: people(&["qian"]),
    };
    let state = step(Some(state), 200, &clerk("li"), delist.clone()).unwrap();
    let listed = |second| state.lists(&person("qian"), at(second));
    assert_eq!([99, 100, 199, 200].map(listed), [false, true, true, false]);
    assert!(state.lists(&person("sun"), at(200)));
    assert!(matches!(
        ground(step(Some(state.clone()), 210, &clerk("li"), delist)),
        Ground::NotListedApplicant { .. }
    ));
    for nobody in [
        Command::List {
            applicants: people(&[]),
        },
        Command::Delist {
            applicants: people(&[]),
        },
    ] {
        assert!(matches!(
            ground(step(Some(state.clone()), 210, &clerk("li"), nobody)),
            Ground::Missing { .. }
        ));
    }
    let stranger = Actor::new(person("vice"), Seat::OrganisationApprover);
    let list = Command::List {
        applicants: people(&["vice"]),
    };
    assert!(matches!(
        ground(step(Some(state), 210, &stranger, list)),
        Ground::NotAuthorised { .. }
    ));
}

#[test]
fn a_mode_counts_when_two_persons_recorded_its_filing_and_its_time_has_come() {
    let filed = step(
        Some(onboarded()),
        100,
        &clerk("li"),
        file(&[(Mode::Counter, 0), (Mode::Witness, 300)]),
    )
    .unwrap();
    assert!(filed.agency_modes(at(400)).is_empty());
    let state = step(
        Some(filed.clone()),
        200,
        &approver("wang"),
        Command::ConfirmModes,
    )
    .unwrap();
    assert!(state.agency_modes(at(199)).is_empty());
    assert_eq!(state.agency_modes(at(200)), [Mode::Counter]);
    assert_eq!(state.agency_modes(at(300)), [Mode::Counter, Mode::Witness]);
    let alone = step(
        Some(filed.clone()),
        200,
        &approver("li"),
        Command::ConfirmModes,
    );
    assert_eq!(alone.unwrap_err().coded(), "same-person (S1-12, X-01)");
    let dropped = step(Some(filed), 200, &approver("wang"), Command::DiscardModes).unwrap();
    assert_eq!(dropped.pending, None);
    assert!(dropped.agency_modes(at(400)).is_empty());
}

#[test]
fn a_later_filing_adds_modes_and_a_suspension_takes_one() {
    let confirmed = |state, second, list: &[(Mode, u64)]| {
        let filed = step(Some(state), second, &clerk("li"), file(list)).unwrap();
        step(
            Some(filed),
            second + 1,
            &approver("wang"),
            Command::ConfirmModes,
        )
        .unwrap()
    };
    let state = confirmed(onboarded(), 100, &[(Mode::Counter, 0)]);
    let state = confirmed(state, 200, &[(Mode::Other, 0)]);
    let state = step(Some(state), 300, &approver("wang"), suspend(Mode::Counter)).unwrap();
    assert_eq!(state.agency_modes(at(150)), [Mode::Counter]);
    assert_eq!(state.agency_modes(at(299)), [Mode::Counter, Mode::Other]);
    assert_eq!(state.agency_modes(at(300)), [Mode::Other]);
    for mode in [Mode::Counter, Mode::Witness] {
        assert_eq!(
            ground(step(Some(state.clone()), 310, &clerk("li"), suspend(mode))),
            Ground::ModeNotFiled { mode }
        );
    }
}

#[test]
fn a_filing_needs_modes_times_and_papers() {
    let refused = |modes, filing| {
        let command = Command::FileModes { modes, filing };
        ground(step(Some(onboarded()), 100, &clerk("li"), command))
    };
    assert!(matches!(
        refused(modes(&[]), papers()),
        Ground::Missing { .. }
    ));
    let empty = BTreeMap::from([(Mode::Other, Interval::new(at(5), Some(at(5))))]);
    assert_eq!(refused(empty, papers()), Ground::Interval);
    assert!(matches!(
        refused(modes(&[(Mode::Other, 0)]), a_call()),
        Ground::EvidenceKind { .. }
    ));
}

#[test]
fn reasons_are_wanted() {
    for silent in [
        Command::RevokeAuthority {
            agent: person("agent"),
            reason: String::new(),
        },
        Command::DismissApprover {
            approver: person("boss"),
            reason: String::new(),
        },
        Command::SuspendMode {
            mode: Mode::Other,
            reason: String::new(),
        },
    ] {
        assert!(matches!(
            ground(step(Some(onboarded()), 20, &clerk("li"), silent)),
            Ground::Words { .. }
        ));
    }
}

/// Every command with the seats that may give it, and whether it needs a filing that waits:
/// each other seat is refused, and so is each pair of state and command beside these.
#[test]
fn seats_and_pairs_that_are_not_listed_are_refused() {
    let filed = step(
        Some(onboarded()),
        20,
        &clerk("li"),
        file(&[(Mode::Counter, 0)]),
    )
    .unwrap();
    let confirmed = step(Some(filed), 30, &approver("wang"), Command::ConfirmModes).unwrap();
    let waiting = step(
        Some(confirmed.clone()),
        40,
        &clerk("li"),
        file(&[(Mode::Other, 0)]),
    )
    .unwrap();
    let own: &[Seat] = &[Seat::OrganisationApprover, Seat::Clerk];
    let list = Command::List {
        applicants: people(&["qian"]),
    };
    let delist = Command::Delist {
        applicants: people(&["zhang"]),
    };
    let name = Command::NameApprover {
        approver: person("vice"),
        scope: scope(BOTH, 900),
        document: papers(),
    };
    let dismiss = Command::DismissApprover {
        approver: person("boss"),
        reason: "left".to_owned(),
    };
    // none, without and with a filing that waits
    let table: [(Command, &[Seat], [bool; 3]); 11] = [
        (Command::Onboard(onboarding()), CLERK, [true, false, false]),
        (name, CLERK, [false, true, true]),
        (dismiss, CLERK, [false, true, true]),
        (authorise("sun", grant(BOTH, 900)), own, [false, true, true]),
        (revoke("agent"), own, [false, true, true]),
        (list, own, [false, true, true]),
        (delist, own, [false, true, true]),
        (file(&[(Mode::Other, 0)]), CLERK, [false, true, false]),
        (
            Command::ConfirmModes,
            &[Seat::Approver],
            [false, false, true],
        ),
        (Command::DiscardModes, OPERATOR, [false, false, true]),
        (suspend(Mode::Counter), OPERATOR, [false, true, true]),
    ];
    let mut reached = BTreeSet::new();
    for (command, seats, listed) in table {
        let states = [None, Some(confirmed.clone()), Some(waiting.clone())];
        for (state, listed) in states.into_iter().zip(listed) {
            for seat in Seat::ALL {
                // The organisation's approver speaks in his own name.
                let who = if *seat == Seat::OrganisationApprover {
                    "boss"
                } else {
                    "chen"
                };
                let actor = Actor::new(person(who), *seat);
                let from = state.as_ref().map(State::stage);
                let answer = step(state.clone(), 50, &actor, command.clone());
                match answer {
                    Ok(next) => {
                        assert!(listed && seats.contains(seat), "{seat} {command:?}");
                        let row = machine::transition(from, command.step()).unwrap();
                        assert_eq!(Some(next.stage()), row.to.or(from), "{command:?}");
                        reached.insert((from, command.step()));
                    }
                    Err(refusal) => {
                        assert!(!listed || !seats.contains(seat), "{seat} {command:?}");
                        let code = if listed { "seat" } else { "wrong-state" };
                        let expected = format!("{code} ({})", command.basis().join(", "));
                        assert_eq!(refusal.coded(), expected, "{seat} {command:?}");
                    }
                }
            }
        }
    }
    // The agency's accreditation decides on these.
    for state in [&confirmed, &waiting] {
        for gate in [
            Gate::Open(Mode::Other, Interval::new(at(50), None)),
            Gate::Close(Mode::Other),
        ] {
            let is_open = matches!(gate, Gate::Open(..));
            let event = Event::from(gate);
            let after = evolve(Some(state.clone()), &clerk("li"), &event, at(50)).unwrap();
            let modes = after.agency_modes(at(50));
            assert_eq!(modes.contains(&Mode::Other), is_open);
            reached.insert((Some(state.stage()), event.step()));
        }
    }
    crate::machine::assert_all_reached(machine::TRANSITIONS, &reached);
}

// proves: S0-01, S0-11
#[test]
fn where_there_is_an_accreditation_it_alone_opens_and_closes_modes() {
    let id = OrganisationId::new("zheng-quan").unwrap();
    let context = Context {
        accredited: true,
        accredits: false,
        id: &id,
        now: at(20),
    };
    let state = onboarded();
    for command in [
        file(&[(Mode::Counter, 0)]),
        Command::SuspendMode {
            mode: Mode::Counter,
            reason: "x".to_owned(),
        },
    ] {
        let refused = decide(Some(&state), &clerk("li"), command, &context);
        assert_eq!(refused.unwrap_err().coded(), "missing (S0-01, S0-11)");
    }
    let list = Command::List {
        applicants: people(&["qian"]),
    };
    assert!(decide(Some(&state), &clerk("li"), list, &context).is_ok());
}

// proves: S0-01
#[test]
fn where_the_rules_want_an_accreditation_no_filing_opens_a_mode_and_any_may_be_closed() {
    let id = OrganisationId::new("zheng-quan").unwrap();
    let context = Context {
        accredited: false,
        accredits: true,
        id: &id,
        now: at(50),
    };
    let asked = |state: &State, actor: &Actor, command| {
        let decided = decide(Some(state), actor, command, &context);
        decided.map(drop).map_err(|error| error.coded())
    };
    let refused = Err("missing (S0-01, S0-11)".to_owned());
    let filed = step(
        Some(onboarded()),
        20,
        &clerk("li"),
        file(&[(Mode::Counter, 0)]),
    )
    .unwrap();
    let again = file(&[(Mode::Other, 0)]);
    assert_eq!(asked(&onboarded(), &clerk("li"), again), refused);
    let wang = approver("wang");
    assert_eq!(asked(&filed, &wang, Command::ConfirmModes), refused);
    assert_eq!(asked(&filed, &wang, Command::DiscardModes), Ok(()));
    // What was opened before the rules wanted one is closed by one person.
    let open = step(Some(filed), 30, &wang, Command::ConfirmModes).unwrap();
    assert_eq!(asked(&open, &wang, suspend(Mode::Counter)), Ok(()));
}

fn any_event() -> impl Strategy<Value = Event> {
    let mode = prop::sample::select(Mode::ALL.to_vec());
    prop_oneof![
        Just(Event::Authorised {
            agent: person("agent"),
            grant: grant(BOTH, 100),
        }),
        Just(Event::AuthorityRevoked {
            agent: person("agent"),
            reason: "x".to_owned(),
        }),
        Just(Event::Listed {
            applicants: people(&["zhang"])
        }),
        Just(Event::Delisted {
            applicants: people(&["zhang"])
        }),
        (mode.clone(), 0u64..100).prop_map(|(mode, from)| Event::ModesFiled {
            modes: modes(&[(mode, from)]),
            filing: papers(),
        }),
        Just(Event::ModesConfirmed),
        mode.prop_map(|mode| Event::ModeSuspended {
            mode,
            reason: "x".to_owned(),
        }),
    ]
}

proptest! {
    /// An act of the past is judged the same whatever is recorded later.
    #[test]
    fn later_events_change_no_answer_about_the_past(
        events in prop::collection::vec((any_event(), 0u64..20), 1..30),
    ) {
        let ask = |state: &State, second| (
            state.authorises(&person("agent"), Kind::Apply, at(second)),
            state.lists(&person("zhang"), at(second)),
            state.agency_modes(at(second)),
        );
        let mut state = onboarded();
        let mut now = 10;
        let mut answers = Vec::new();
        for (event, wait) in events {
            now += wait;
            for second in answers.len() as u64..now {
                answers.push(ask(&state, second));
            }
            state = evolve(Some(state), &clerk("li"), &event, at(now)).unwrap();
            for (second, answer) in answers.iter().enumerate() {
                prop_assert_eq!(&ask(&state, second as u64), answer);
            }
        }
    }
}
