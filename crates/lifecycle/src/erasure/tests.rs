use super::*;
use crate::machine::assert_all_reached;
use std::collections::BTreeSet;

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn person() -> PersonId {
    PersonId::new("zhang.san").unwrap()
}

fn stream(name: &str) -> StreamId {
    StreamId::try_from(name.to_owned()).unwrap()
}

fn actor(seat: Seat) -> Actor {
    Actor::new(PersonId::new("wu.jiu").unwrap(), seat)
}

fn erase() -> Command {
    Command::Erase {
        reason: "the term ran out".into(),
    }
}

const NOW: &str = "2035-01-01T00:00:00Z";

fn decided(
    state: Option<&State>,
    by: Seat,
    command: Command,
    histories: &[Kept],
) -> Result<Event, String> {
    let context = Context {
        person: &person(),
        histories,
        now: at(NOW),
    };
    decide(state, &actor(by), command, &context).map_err(|error| error.coded())
}

#[test]
fn only_what_is_over_is_erased() {
    let over = Kept::new(stream("case/a"), Some(at(NOW)));
    let runs = Kept::new(stream("case/b"), Some(at("2035-01-01T00:00:01Z")));
    let open = Kept::new(stream("case/c"), None);
    let all = [over, runs.clone(), open.clone()];
    let event = decided(None, Seat::Clerk, erase(), &all).unwrap();
    let Event::Decided { histories, .. } = &event else {
        panic!("{event:?}");
    };
    let lapsed = Lapsed {
        stream: stream("case/a"),
        until: at(NOW),
    };
    assert_eq!(*histories, [lapsed]);
    let state = evolve(None, &event).unwrap();
    let effect = Effect::DestroyKeys(vec![stream("case/a")]);
    assert_eq!(state.due(), Some(effect));
    let state = evolve(Some(state), &Event::Destroyed).unwrap();
    assert_eq!(
        (state.due(), &*state.erased),
        (None, &[stream("case/a")][..])
    );

    let refused = |histories: &[Kept]| decided(None, Seat::Clerk, erase(), histories);
    assert_eq!(
        refused(&[runs, open.clone()]),
        Err("retained (S5-03)".into())
    );
    assert_eq!(refused(&[open]), Err("not-ended (S5-03)".into()));
    assert_eq!(refused(&[]), Err("nothing-sealed (S5-03)".into()));
}

#[test]
fn a_clerk_decides_and_gives_a_reason() {
    let over = [Kept::new(stream("case/a"), Some(at(NOW)))];
    for seat in Seat::ALL
        .iter()
        .copied()
        .filter(|seat| *seat != Seat::Clerk)
    {
        let refused = decided(None, seat, erase(), &over);
        assert_eq!(refused, Err("seat (S5-03)".into()), "{seat}");
    }
    let silent = Command::Erase { reason: " ".into() };
    let refused = decided(None, Seat::Clerk, silent, &over);
    assert_eq!(refused, Err("words (S5-03)".into()));
}

#[test]
fn every_pair_of_the_table_is_decided_and_no_other() {
    let over = [Kept::new(stream("case/a"), Some(at(NOW)))];
    let waiting = evolve(None, &decided(None, Seat::Clerk, erase(), &over).unwrap());
    let erased = evolve(waiting.clone(), &Event::Destroyed);
    let mut reached = BTreeSet::new();
    for state in [None, waiting, erased] {
        for (seat, command, step) in [
            (Seat::Clerk, erase(), Step::Decided),
            (Seat::System, Command::RecordDestroyed, Step::Destroyed),
        ] {
            let stage = state.as_ref().map(State::stage);
            let listed = transition(stage, step);
            let answer = decided(state.as_ref(), seat, command, &over);
            match (listed, answer) {
                (Some(row), Ok(event)) => {
                    let after = evolve(state.clone(), &event).unwrap();
                    assert_eq!((event.step(), Some(after.stage())), (step, row.to));
                    assert_ne!(Some(after), state);
                    reached.insert((stage, step));
                }
                (None, Err(code)) => assert_eq!(code, "wrong-state (S5-03)"),
                (row, answer) => panic!("{row:?} {answer:?}"),
            }
        }
    }
    assert_all_reached(TRANSITIONS, &reached);
}

#[test]
fn years_end_on_the_same_day_or_the_one_after() {
    let later = |text: &str| years_after(at(text), 5).unwrap();
    assert_eq!(later("2026-11-21T09:00:00Z"), at("2031-11-21T09:00:00Z"));
    assert_eq!(later("2028-02-29T23:59:59Z"), at("2033-03-01T23:59:59Z"));
    assert_eq!(years_after(at("9999-01-01T00:00:00Z"), 1), None);
}
