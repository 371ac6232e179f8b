use super::*;
use crate::PersonId;
use std::collections::BTreeSet;

fn actor(seat: Seat) -> Actor {
    Actor::new(PersonId::new("li").unwrap(), seat)
}

fn case(name: &str) -> CaseId {
    CaseId::new(name).unwrap()
}

fn receive() -> Command {
    Command::Receive {
        batch: "2026-11".to_owned(),
        model: "longmai mk3".to_owned(),
    }
}

fn bind(name: &str) -> Command {
    Command::Bind {
        case: case(name),
        label: "gov-000017".to_owned(),
    }
}

fn write(name: &str) -> Command {
    Command::Write {
        case: case(name),
        read_back: vec![7; 32].into(),
    }
}

fn release(name: &str) -> Command {
    Command::Release { case: case(name) }
}

fn quarantine() -> Command {
    Command::Quarantine {
        reason: "another certificate was read back".to_owned(),
    }
}

fn retire() -> Command {
    Command::Retire {
        reason: "broken".to_owned(),
    }
}

/// The first seat that may give a command.
fn seat_of(command: &Command) -> Seat {
    match command {
        Command::Receive { .. } | Command::Retire { .. } => Seat::Clerk,
        Command::Bind { .. } | Command::Write { .. } => Seat::Approver,
        Command::Release { .. } | Command::Quarantine { .. } => Seat::System,
        Command::RecordPinChange => Seat::Applicant,
    }
}

fn after(commands: &[Command]) -> Option<State> {
    commands.iter().fold(None, |state, command| {
        let event = decide(state.as_ref(), &actor(seat_of(command)), command.clone()).unwrap();
        evolve(state, &event)
    })
}

fn refused(state: Option<&State>, command: Command) -> Refusal {
    match decide(state, &actor(seat_of(&command)), command) {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_goes_from_the_shelf_to_its_holder() {
    let state = after(&[receive(), bind("c-1"), write("c-1")]).unwrap();
    assert_eq!(state.status, Status::Written(case("c-1")));
    assert_eq!(state.label.as_deref(), Some("gov-000017"));
    assert!(state.initial_pin, "its first PIN is to be changed (S1-20)");
    let state = after(&[
        receive(),
        bind("c-1"),
        write("c-1"),
        Command::RecordPinChange,
    ]);
    assert!(!state.unwrap().initial_pin);
}

#[test]
fn a_token_serves_the_case_that_it_is_bound_to_and_no_other() {
    let state = after(&[receive(), bind("c-1")]);
    for (command, requirement) in [
        (write("c-2"), "S1-15"),
        (release("c-2"), "S1-14"),
        (bind("c-2"), "S1-14"),
        (bind("c-1"), "S1-14"),
    ] {
        let expected = format!("wrong-state ({requirement})");
        assert_eq!(refused(state.as_ref(), command).coded(), expected);
    }
}

#[test]
fn a_token_of_a_case_that_ended_is_fresh_again_and_loses_its_label() {
    let state = after(&[receive(), bind("c-1"), release("c-1")]).unwrap();
    assert_eq!((state.status, state.label), (Status::Fresh, None));
    assert!(after(&[receive(), bind("c-1"), release("c-1"), bind("c-2")]).is_some());
}

#[test]
fn a_token_that_failed_its_reading_back_serves_no_case_again() {
    let state = after(&[receive(), bind("c-1"), quarantine()]);
    for (command, requirement) in [
        (bind("c-1"), "S1-14"),
        (write("c-1"), "S1-15"),
        (release("c-1"), "S1-14"),
        (quarantine(), "S1-15"),
    ] {
        let expected = format!("wrong-state ({requirement})");
        assert_eq!(refused(state.as_ref(), command).coded(), expected);
    }
    let state = after(&[receive(), bind("c-1"), quarantine(), retire()]).unwrap();
    assert_eq!(state.status, Status::Retired);
}

#[test]
fn each_act_belongs_to_its_seats() {
    let written = after(&[receive(), bind("c-1"), write("c-1")]);
    let bound = after(&[receive(), bind("c-1")]);
    let fresh = after(&[receive()]);
    let acts: [(&Option<State>, Command, &[Seat]); 7] = [
        (&None, receive(), &[Seat::Clerk]),
        (&fresh, bind("c-1"), &[Seat::Approver, Seat::System]),
        (&bound, release("c-1"), &[Seat::System]),
        (&bound, write("c-1"), &[Seat::Approver, Seat::System]),
        (
            &written,
            quarantine(),
            &[Seat::Approver, Seat::Clerk, Seat::System],
        ),
        (&written, retire(), &[Seat::Clerk]),
        (
            &written,
            Command::RecordPinChange,
            &[Seat::Applicant, Seat::Agent, Seat::System],
        ),
    ];
    for (state, command, seats) in acts {
        for seat in Seat::ALL {
            let answer = decide(state.as_ref(), &actor(*seat), command.clone());
            assert_eq!(answer.is_ok(), seats.contains(seat), "{seat} {command:?}");
            if let Err(error) = answer {
                let expected = format!("seat ({})", command.basis().join(", "));
                assert_eq!(error.coded(), expected, "{seat} {command:?}");
            }
        }
    }
}

#[test]
fn words_and_digests_are_checked() {
    let fresh = after(&[receive()]);
    let bound = after(&[receive(), bind("c-1")]);
    for bad in ["", "a\u{7}b", &"x".repeat(65)] {
        let label = Command::Bind {
            case: case("c-1"),
            label: bad.to_owned(),
        };
        let model = Command::Receive {
            batch: "1".to_owned(),
            model: bad.to_owned(),
        };
        let batch = Command::Receive {
            batch: bad.to_owned(),
            model: "1".to_owned(),
        };
        for (state, command) in [(&fresh, label), (&None, model), (&None, batch)] {
            assert!(matches!(
                refused(state.as_ref(), command),
                Refusal::Ruled { .. }
            ));
        }
    }
    let short = Command::Write {
        case: case("c-1"),
        read_back: vec![7; 31].into(),
    };
    assert!(matches!(
        refused(bound.as_ref(), short),
        Refusal::Ruled { ground, .. } if *ground == Ground::ReadBack
    ));
    let silent = Command::Quarantine {
        reason: String::new(),
    };
    assert!(matches!(
        refused(bound.as_ref(), silent),
        Refusal::Ruled { .. }
    ));
    let silent = Command::Retire {
        reason: " ".to_owned(),
    };
    assert!(matches!(
        refused(fresh.as_ref(), silent),
        Refusal::Ruled { .. }
    ));
}

/// Every state by every command: what is not listed is refused.
#[test]
fn pairs_that_are_not_listed_are_refused() {
    let states = [
        (None, "R"),
        (after(&[receive()]), "bqr"),
        (after(&[receive(), bind("c-1")]), "lwq"),
        (after(&[receive(), bind("c-1"), write("c-1")]), "qrp"),
        (
            after(&[
                receive(),
                bind("c-1"),
                write("c-1"),
                Command::RecordPinChange,
            ]),
            "qr",
        ),
        (after(&[receive(), quarantine()]), "r"),
        (after(&[receive(), retire()]), ""),
    ];
    let commands = [
        ('R', receive()),
        ('b', bind("c-1")),
        ('l', release("c-1")),
        ('w', write("c-1")),
        ('q', quarantine()),
        ('r', retire()),
        ('p', Command::RecordPinChange),
    ];
    let mut reached = BTreeSet::new();
    for (state, listed) in &states {
        let from = state.as_ref().map(State::stage);
        for (letter, command) in &commands {
            let actor = actor(seat_of(command));
            match decide(state.as_ref(), &actor, command.clone()) {
                Ok(event) => {
                    assert!(listed.contains(*letter), "{state:?} {command:?}");
                    let next = evolve(state.clone(), &event);
                    assert_ne!(next, *state);
                    let row = transition(from, event.step()).unwrap();
                    assert_eq!(next.map(|next| next.stage()), row.to.or(from));
                    reached.insert((from, event.step()));
                    let text = serde_json::to_string(&event).unwrap();
                    assert!(text.contains(&format!("\"{}\"", event.name())), "{text}");
                    assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
                }
                Err(error) => {
                    let expected = format!("wrong-state ({})", command.basis().join(", "));
                    assert_eq!(error.coded(), expected, "{state:?} {command:?}");
                    assert!(!listed.contains(*letter), "{state:?} {command:?}");
                }
            }
        }
    }
    machine::assert_all_reached(TRANSITIONS, &reached);
}

#[test]
fn events_that_do_not_follow_change_nothing() {
    let bound = after(&[receive(), bind("c-1")]);
    let other = Event::Written {
        case: case("c-2"),
        read_back: vec![].into(),
    };
    let released = Event::Released { case: case("c-2") };
    for event in [other, released, Event::PinChanged] {
        assert_eq!(evolve(bound.clone(), &event), bound);
        assert_eq!(evolve(None, &event), None);
    }
}
