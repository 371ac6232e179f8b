use super::*;
use proptest::prelude::*;
use serde_json::json;

fn at(second: u64) -> DateTime {
    DateTime::from_unix_duration(std::time::Duration::from_secs(second)).unwrap()
}

fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

fn clerk(name: &str) -> Actor {
    Actor::new(person(name), Seat::Clerk)
}

fn rule() -> RosterRule {
    serde_json::from_value(json!({
        "seats": { "value": ["witness", "handler", "checker"], "basis": ["S0-15", "S0-19"] },
        "barred": {
            "value": ["marketing", "dispatched", "broker", "subsidiary"],
            "basis": ["S0-16"],
        },
        "licence": { "value": true, "basis": ["S0-15"] },
    }))
    .unwrap()
}

fn paper(from: u64, until: u64) -> Paper {
    Paper::new("no. 1", Interval::new(at(from), Some(at(until))))
}

fn statement() -> Evidence {
    Evidence::new(EvidenceKind::HolderStatement, [7; 32], "declaration")
}

/// Under contract from 100 to 1000, trained to 900, with a licence to 800.
fn entry() -> Entry {
    Entry::new(Employment::Contract, paper(100, 1_000))
        .training(true, paper(100, 900))
        .licence(paper(100, 800))
        .declaration(statement(), [person("cousin")])
}

/// Carries commands about `zhao` out, each at its second.
fn after(commands: &[(u64, &str, Command)]) -> Result<State, Refusal> {
    continued(None, commands)
}

fn continued(
    mut state: Option<State>,
    commands: &[(u64, &str, Command)],
) -> Result<State, Refusal> {
    let (rule, zhao) = (rule(), person("zhao"));
    for (second, who, command) in commands {
        let context = Context {
            person: &zhao,
            rule: &rule,
            now: at(*second),
        };
        let event = match decide(state.as_ref(), &clerk(who), command.clone(), &context) {
            Ok(event) => event,
            Err(Error::Refused(refusal)) => return Err(refusal),
            Err(other) => panic!("{other}"),
        };
        state = evolve(state, &clerk(who), &event, at(*second));
    }
    Ok(state.unwrap())
}

fn propose(entry: Entry) -> Command {
    Command::Propose(Box::new(entry))
}

fn entered(entry: Entry) -> State {
    after(&[(200, "li", propose(entry)), (210, "wang", Command::Confirm)]).unwrap()
}

fn sanction(until: Option<u64>) -> Command {
    Command::Sanction {
        until: until.map(at),
        reason: "signed for a customer".to_owned(),
    }
}

fn remove() -> Command {
    Command::Remove {
        reason: "left the agency".to_owned(),
    }
}

fn witness(state: &State, second: u64) -> Result<(), NotQualified> {
    state.qualifies(Seat::Witness, &rule(), at(second))
}

fn ground(refusal: Refusal) -> (Ground, Vec<String>) {
    match refusal {
        Refusal::Ruled {
            ground,
            requirements,
        } => (
            *ground,
            requirements.iter().map(ToString::to_string).collect(),
        ),
        other => panic!("{other}"),
    }
}

#[test]
fn an_entry_counts_from_its_confirmation_by_a_second_clerk() {
    let proposed = after(&[(200, "li", propose(entry()))]).unwrap();
    assert_eq!(witness(&proposed, 205), Err(NotQualified::NotOnRoster));
    let state = entered(entry());
    assert_eq!(witness(&state, 209), Err(NotQualified::NotOnRoster));
    assert_eq!(witness(&state, 210), Ok(()));
}

#[test]
fn one_clerk_alone_enters_nobody() {
    let alone = after(&[(200, "li", propose(entry())), (210, "li", Command::Confirm)]);
    assert_eq!(alone.unwrap_err().coded(), "same-person (S1-12, X-01)");
}

#[test]
fn nobody_enters_or_confirms_himself() {
    let himself = after(&[(200, "zhao", propose(entry()))]);
    assert_eq!(himself.unwrap_err().coded(), "same-person (S1-12, X-01)");
    let confirmed = after(&[
        (200, "li", propose(entry())),
        (210, "zhao", Command::Confirm),
    ]);
    assert_eq!(confirmed.unwrap_err().coded(), "same-person (S1-12, X-01)");
}

#[test]
fn only_clerks_touch_the_roster() {
    let (rule, zhao) = (rule(), person("zhao"));
    let context = Context {
        person: &zhao,
        rule: &rule,
        now: at(220),
    };
    let pending = continued(Some(entered(entry())), &[(215, "li", propose(entry()))]).unwrap();
    for command in [
        propose(entry()),
        Command::Confirm,
        Command::Discard,
        sanction(None),
        remove(),
    ] {
        for seat in Seat::ALL.iter().filter(|seat| **seat != Seat::Clerk) {
            let actor = Actor::new(person("chen"), *seat);
            let answer = decide(Some(&pending), &actor, command.clone(), &context);
            let expected = format!("seat ({})", command.basis().join(", "));
            assert_eq!(answer.unwrap_err().coded(), expected, "{seat} {command:?}");
        }
        assert!(decide(Some(&pending), &clerk("chen"), command, &context).is_ok());
    }
}

#[test]
fn the_four_barred_employments_are_refused_when_they_are_entered() {
    for employment in Employment::ALL {
        let mut entry = entry();
        entry.employment = *employment;
        let answer = after(&[(200, "li", propose(entry))]);
        if *employment == Employment::Contract {
            answer.unwrap();
            continue;
        }
        let (ground, requirements) = ground(answer.unwrap_err());
        assert_eq!(requirements, ["S0-16"]);
        assert!(matches!(
            ground,
            Ground::NotQualified { why: NotQualified::Employment(kind), .. } if kind == *employment
        ));
    }
}

#[test]
fn an_employment_that_was_barred_later_is_refused_at_use_and_at_confirmation() {
    let mut stricter = rule();
    stricter.barred.value.push(Employment::Contract);
    let state = entered(entry());
    assert_eq!(
        state.qualifies(Seat::Witness, &stricter, at(300)),
        Err(NotQualified::Employment(Employment::Contract))
    );
    let (zhao, waiting) = (
        person("zhao"),
        after(&[(200, "li", propose(entry()))]).unwrap(),
    );
    let context = Context {
        person: &zhao,
        rule: &stricter,
        now: at(210),
    };
    assert!(decide(Some(&waiting), &clerk("wang"), Command::Confirm, &context).is_err());
}

#[test]
fn each_paper_must_be_good_at_the_time_of_the_act() {
    let state = entered(entry());
    assert_eq!(witness(&state, 799), Ok(()));
    assert_eq!(witness(&state, 800), Err(NotQualified::Licence));
    let no_licence_wanted = {
        let mut rule = rule();
        rule.licence.value = false;
        rule
    };
    let without = |second| state.qualifies(Seat::Witness, &no_licence_wanted, at(second));
    assert_eq!(without(899), Ok(()));
    assert_eq!(without(900), Err(NotQualified::Training));
    assert_eq!(without(1_000), Err(NotQualified::Contract));
    let early = entered(Entry::new(Employment::Contract, paper(300, 1_000)));
    assert_eq!(witness(&early, 299), Err(NotQualified::Contract));
}

#[test]
fn what_is_missing_is_named() {
    let contract = || Entry::new(Employment::Contract, paper(100, 1_000));
    let why = |entry| witness(&entered(entry), 300).unwrap_err();
    assert_eq!(why(contract()), NotQualified::Training);
    assert_eq!(
        why(entry().training(false, paper(100, 900))),
        NotQualified::Training,
        "failed"
    );
    let trained = || contract().training(true, paper(100, 900));
    assert_eq!(why(trained()), NotQualified::Licence);
    assert_eq!(
        why(trained().licence(paper(100, 800))),
        NotQualified::Declaration
    );
}

#[test]
fn seats_outside_the_roster_need_no_entry() {
    let nobody = State::default();
    assert_eq!(nobody.qualifies(Seat::Registrar, &rule(), at(300)), Ok(()));
    for seat in [Seat::Witness, Seat::Handler, Seat::Checker] {
        assert_eq!(
            nobody.qualifies(seat, &rule(), at(300)),
            Err(NotQualified::NotOnRoster)
        );
    }
}

#[test]
fn a_sanction_ends_the_qualification_and_drops_what_was_proposed() {
    let state = continued(
        Some(entered(entry())),
        &[
            (300, "li", propose(entry())),
            (310, "wang", sanction(Some(400))),
        ],
    )
    .unwrap();
    assert_eq!(witness(&state, 309), Ok(()));
    assert_eq!(witness(&state, 310), Err(NotQualified::Sanction));
    assert_eq!(witness(&state, 500), Err(NotQualified::Sanction));
    assert_eq!(state.pending, None);
    let early = continued(Some(state.clone()), &[(399, "li", propose(entry()))]);
    let (early, requirements) = ground(early.unwrap_err());
    assert_eq!(requirements, ["S0-18"]);
    assert!(matches!(
        early,
        Ground::NotQualified {
            why: NotQualified::Sanction,
            ..
        }
    ));
    let back = continued(
        Some(state),
        &[
            (400, "li", propose(entry())),
            (410, "wang", Command::Confirm),
        ],
    );
    assert_eq!(witness(&back.unwrap(), 410), Ok(()));
}

#[test]
fn who_is_removed_is_not_on_the_roster() {
    let state = continued(Some(entered(entry())), &[(300, "li", remove())]).unwrap();
    assert_eq!(witness(&state, 299), Ok(()));
    assert_eq!(witness(&state, 300), Err(NotQualified::NotOnRoster));
}

#[test]
fn a_renewed_paper_does_not_heal_what_was_done_before_it_was_entered() {
    let state = continued(
        Some(entered(entry())),
        &[
            (850, "li", propose(entry().licence(paper(800, 2_000)))),
            (860, "wang", Command::Confirm),
        ],
    )
    .unwrap();
    assert_eq!(witness(&state, 859), Err(NotQualified::Licence));
    assert_eq!(witness(&state, 860), Ok(()));
}

#[test]
fn a_declared_relation_is_seen() {
    let state = entered(entry());
    assert!(state.related(&person("cousin"), at(300)));
    assert!(!state.related(&person("stranger"), at(300)));
    assert!(!state.related(&person("cousin"), at(209)));
}

#[test]
fn the_public_sees_yes_or_no_and_an_interval() {
    let state = continued(Some(entered(entry())), &[(300, "li", sanction(None))]).unwrap();
    let asked = |second| state.qualified(Seat::Witness, &rule(), at(second));
    let yes = asked(250);
    assert!(yes.qualified);
    assert_eq!(
        yes.interval,
        Some(Interval::new(at(210), Some(at(300)))),
        "closed by the sanction"
    );
    for second in [209, 300] {
        let no = asked(second);
        assert_eq!((no.qualified, no.interval), (false, None));
    }
    let unbroken = continued(
        Some(entered(entry())),
        &[
            (700, "li", propose(entry().licence(paper(100, 850)))),
            (710, "wang", Command::Confirm),
        ],
    )
    .unwrap();
    assert_eq!(
        unbroken.qualified(Seat::Witness, &rule(), at(705)).interval,
        Some(Interval::new(at(210), Some(at(850))))
    );
    let shown = serde_json::to_string(&yes).unwrap();
    assert!(!shown.contains("no. 1"), "{shown}");
}

#[test]
fn malformed_entries_are_refused() {
    let refused = |entry| ground(after(&[(200, "li", propose(entry))]).unwrap_err()).0;
    assert_eq!(refused(entry().licence(paper(300, 300))), Ground::Interval);
    for length in [0, 257] {
        let mut long = paper(100, 200);
        long.reference = "x".repeat(length).into();
        assert!(matches!(
            refused(Entry::new(Employment::Contract, long)),
            Ground::Missing { .. }
        ));
    }
    let other = Evidence::new(EvidenceKind::CallRecord, [0; 32], "call");
    assert!(matches!(
        refused(entry().declaration(other, [])),
        Ground::EvidenceKind { .. }
    ));
    for words in [String::new(), "x".repeat(1_001)] {
        let silent = Command::Sanction {
            until: None,
            reason: words,
        };
        let answer = continued(Some(entered(entry())), &[(300, "li", silent)]);
        assert!(matches!(
            ground(answer.unwrap_err()).0,
            Ground::Words { .. }
        ));
    }
}

/// Every state by every command: what is not listed is refused.
#[test]
fn pairs_that_are_not_listed_are_refused() {
    let base = entered(entry());
    let also =
        |commands: &[(u64, &str, Command)]| Some(continued(Some(base.clone()), commands).unwrap());
    let states = [
        (None, "p"),
        (after(&[(200, "li", propose(entry()))]).ok(), "pcd"),
        (
            after(&[(200, "li", propose(entry())), (210, "li", Command::Discard)]).ok(),
            "p",
        ),
        (also(&[]), "psr"),
        (also(&[(300, "li", propose(entry()))]), "pcdsr"),
        (also(&[(300, "li", sanction(None))]), "pr"),
        (
            also(&[(300, "li", sanction(None)), (310, "li", propose(entry()))]),
            "pcdr",
        ),
        (also(&[(300, "li", remove())]), "p"),
        (
            also(&[(300, "li", remove()), (310, "li", propose(entry()))]),
            "pcd",
        ),
    ];
    let commands = [
        ('p', propose(entry())),
        ('c', Command::Confirm),
        ('d', Command::Discard),
        ('s', sanction(None)),
        ('r', remove()),
    ];
    let (rule, zhao) = (rule(), person("zhao"));
    let context = Context {
        person: &zhao,
        rule: &rule,
        now: at(320),
    };
    let mut reached = BTreeSet::new();
    for (state, listed) in &states {
        let from = state.as_ref().map(State::stage);
        for (letter, command) in &commands {
            let answer = decide(state.as_ref(), &clerk("wang"), command.clone(), &context);
            let name = state.as_ref().map_or("none", State::name);
            match answer {
                Ok(event) => {
                    assert!(listed.contains(*letter), "{name} {command:?}");
                    let next = evolve(state.clone(), &clerk("wang"), &event, at(320));
                    assert_ne!(next, *state, "an event that is recorded changes the state");
                    let row = transition(from, event.step()).unwrap();
                    assert_eq!(next.map(|next| next.stage()), row.to.or(from), "{name}");
                    reached.insert((from, event.step()));
                }
                Err(error) => {
                    let expected = format!("wrong-state ({})", command.basis().join(", "));
                    assert_eq!(error.coded(), expected, "{name} {command:?}");
                    let verb = match letter {
                        'p' => "proposed",
                        'c' => "confirmed",
                        'd' => "dropped",
                        's' => "sanctioned",
                        _ => "removed",
                    };
                    assert!(format!("{error:?}").contains(&format!("verb: {verb:?}")));
                    assert!(!listed.contains(*letter), "{name} {command:?}");
                }
            }
        }
    }
    machine::assert_all_reached(TRANSITIONS, &reached);
}

#[test]
fn events_are_written_in_kebab_case_and_read_back() {
    for (event, name) in [
        (Event::Proposed(Box::new(entry())), "proposed"),
        (Event::Confirmed, "confirmed"),
        (Event::Discarded, "discarded"),
        (
            Event::Sanctioned {
                until: Some(at(9)),
                reason: "x".into(),
            },
            "sanctioned",
        ),
        (Event::Removed { reason: "x".into() }, "removed"),
    ] {
        assert_eq!(event.name(), name);
        let text = serde_json::to_string(&event).unwrap();
        assert!(text.contains(&format!("\"{name}\"")), "{text}");
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let interval = (0u64..100, 1u64..100).prop_map(|(from, long)| paper(from, from + long));
    let papers = (interval.clone(), interval.clone(), interval, any::<bool>());
    let entry = papers.prop_map(|(contract, training, licence, passed)| {
        let entry = Entry::new(Employment::Contract, contract).training(passed, training);
        Event::Proposed(Box::new(
            entry.licence(licence).declaration(statement(), []),
        ))
    });
    prop_oneof![
        4 => entry,
        4 => Just(Event::Confirmed),
        1 => Just(Event::Discarded),
        1 => Just(Event::Sanctioned { until: None, reason: "x".into() }),
        1 => Just(Event::Removed { reason: "x".into() }),
    ]
}

proptest! {
    /// An act of the past is judged the same whatever is recorded later.
    #[test]
    fn later_events_change_no_qualification_of_the_past(
        events in prop::collection::vec((any_event(), 0u64..20), 1..30),
    ) {
        let rule = rule();
        let mut state = None;
        let mut now = 0;
        let mut answers: Vec<Result<(), NotQualified>> = Vec::new();
        for (event, wait) in events {
            now += wait;
            let holds = |state: &Option<State>, second| {
                state.as_ref().map_or(Err(NotQualified::NotOnRoster), |state| {
                    state.qualifies(Seat::Witness, &rule, at(second))
                })
            };
            for second in answers.len() as u64..now {
                answers.push(holds(&state, second));
            }
            state = evolve(state, &clerk("li"), &event, at(now));
            for (second, answer) in answers.iter().enumerate() {
                prop_assert_eq!(holds(&state, second as u64), *answer);
            }
        }
    }

    /// The interval of the public answer holds all through, and ends where it says.
    #[test]
    fn a_public_interval_is_qualified_all_through(
        events in prop::collection::vec((any_event(), 0u64..20), 1..20),
        asked in 0u64..200,
    ) {
        let rule = rule();
        let mut state = None;
        let mut now = 0;
        for (event, wait) in events {
            now += wait;
            state = evolve(state, &clerk("li"), &event, at(now));
        }
        let Some(state) = state else { return Ok(()) };
        let holds = |second| state.qualifies(Seat::Witness, &rule, at(second)).is_ok();
        let answer = state.qualified(Seat::Witness, &rule, at(asked));
        prop_assert_eq!(answer.qualified, holds(asked));
        let Some(interval) = answer.interval else { return Ok(()) };
        for second in 0..400 {
            if interval.holds(at(second)) {
                prop_assert!(holds(second), "{}", second);
            }
        }
        let from = interval.from.unix_duration().as_secs();
        prop_assert!(interval.holds(at(asked)) && (from == 0 || !holds(from - 1)));
        if let Some(until) = interval.until {
            prop_assert!(!holds(until.unix_duration().as_secs()));
        }
    }
}
