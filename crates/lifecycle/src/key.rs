//! Keys that are known to be bad: in other hands, weak, or published.
//!
//! One officer reports a key, another blocks it. In the same write every certificate of the key
//! that is not at its end is revoked, and from then on no case brings the key any more. What a
//! device was just signing when the key was blocked is found when somebody sweeps again. The key
//! of an authority is not blocked here: [its compromise](crate::authority::Act::Compromise) ends
//! what it signed, too.

use crate::{Actor, Error, Evidence, Ground, PersonId, Seat};
use serde::{Deserialize, Serialize};

/// Where a key stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// One officer says that it is bad.
    Reported {
        /// Who.
        by: PersonId,
    },
    /// What was reported is not so.
    Cleared,
    /// No certificate of it is good.
    Blocked {
        /// How often its certificates were looked for.
        sweeps: u32,
    },
}

/// What can be asked of a key.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// By an officer: it is bad.
    Report {
        /// What shows it.
        report: Evidence,
    },
    /// By another officer.
    Confirm,
    /// By an officer: what was reported is not so.
    Discard,
    /// By an officer: what came to be of a blocked key ends, too.
    Sweep,
}

/// What happened to a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// An officer says that it is bad.
    Reported {
        /// What shows it.
        report: Evidence,
    },
    /// It is not so.
    Cleared,
    /// A second officer agreed; what follows for certificates stands in the same write.
    Blocked,
    /// Its certificates were looked for again.
    Swept,
}

impl Event {
    /// The event in one word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reported { .. } => "reported",
            Self::Cleared => "cleared",
            Self::Blocked => "blocked",
            Self::Swept => "swept",
        }
    }
}

/// Who may revoke may say that a key is bad.
const SEATS: &[Seat] = &[Seat::Registrar, Seat::Approver];

/// A revocation takes two persons.
const BASIS: &[&str] = &["S0-13"];

/// Says what would happen; touches nothing. `of_authority` tells whether an authority has the
/// key: then nothing but taking a report back is left, even where the authority got it later
/// than the report.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no.
pub fn decide(
    state: Option<&State>,
    actor: &Actor,
    command: Command,
    of_authority: bool,
) -> Result<Event, Error> {
    let wrong = |state| {
        Ground::WrongState {
            what: "the key",
            state,
            verb: command.verb(),
        }
        .by(BASIS)
    };
    actor.sits_in(SEATS, BASIS)?;
    match (state, &command) {
        (None | Some(State::Cleared), Command::Report { .. })
        | (Some(State::Reported { .. }), Command::Confirm)
        | (Some(State::Blocked { .. }), Command::Sweep)
            if of_authority =>
        {
            Err(Ground::WrongState {
                what: "the key",
                state: "an authority's",
                verb: command.verb(),
            }
            .by(BASIS))
        }
        (None | Some(State::Cleared), Command::Report { report }) => Ok(Event::Reported {
            report: report.clone(),
        }),
        (Some(State::Reported { by }), Command::Confirm) => {
            actor.differs_from(&[(by, Seat::Registrar)])?;
            Ok(Event::Blocked)
        }
        (Some(State::Reported { .. }), Command::Discard) => Ok(Event::Cleared),
        (Some(State::Blocked { .. }), Command::Sweep) => Ok(Event::Swept),
        (state, _) => Err(wrong(state.map_or("unknown", State::name))),
    }
}

/// The state after an event: total, as in [`crate::case::evolve`].
pub fn evolve(state: Option<State>, actor: &Actor, event: &Event) -> Option<State> {
    match (state, event) {
        (None | Some(State::Cleared), Event::Reported { .. }) => Some(State::Reported {
            by: actor.person.clone(),
        }),
        (Some(State::Reported { .. }), Event::Cleared) => Some(State::Cleared),
        (Some(State::Reported { .. }), Event::Blocked) => Some(State::Blocked { sweeps: 1 }),
        (Some(State::Blocked { sweeps }), Event::Swept) => Some(State::Blocked {
            sweeps: sweeps.saturating_add(1),
        }),
        (state, _) => state,
    }
}

impl State {
    /// The state in words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reported { .. } => "reported as bad",
            Self::Cleared => "cleared",
            Self::Blocked { .. } => "blocked",
        }
    }

    /// Whether no certificate of it is good.
    pub fn is_blocked(&self) -> bool {
        matches!(self, Self::Blocked { .. })
    }
}

impl Command {
    fn verb(&self) -> &'static str {
        match self {
            Self::Report { .. } => "reported as bad",
            Self::Confirm => "blocked",
            Self::Discard => "cleared",
            Self::Sweep => "swept",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::EvidenceKind;

    fn actor(seat: Seat) -> Actor {
        let person = if seat == Seat::Approver { "wang" } else { "li" };
        Actor::new(PersonId::new(person).unwrap(), seat)
    }

    fn report() -> Evidence {
        Evidence::new(EvidenceKind::WorkRecord, [4; 32], "report 4")
    }

    fn commands() -> [Command; 4] {
        [
            Command::Report { report: report() },
            Command::Confirm,
            Command::Discard,
            Command::Sweep,
        ]
    }

    fn said(answer: Result<Event, Error>) -> String {
        match answer {
            Err(Error::Refused(crate::Refusal::Ruled { ground, .. })) => ground.to_string(),
            answer => panic!("{answer:?}"),
        }
    }

    /// Where a key can stand, with the words that fit there.
    fn states() -> [(Option<State>, &'static [&'static str]); 4] {
        let by = actor(Seat::Registrar).person;
        [
            (None, &["reported"]),
            (Some(State::Cleared), &["reported"]),
            (Some(State::Reported { by }), &["blocked", "cleared"]),
            (Some(State::Blocked { sweeps: 1 }), &["swept"]),
        ]
    }

    #[test]
    fn what_fits_where_a_key_stands_changes_it_and_nothing_else_does() {
        let events = [
            Event::Reported { report: report() },
            Event::Blocked,
            Event::Cleared,
            Event::Swept,
        ];
        let wang = actor(Seat::Approver);
        for (state, fits) in states() {
            let mut happened = Vec::new();
            for command in commands() {
                if let Ok(event) = decide(state.as_ref(), &wang, command, false) {
                    let text = serde_json::to_string(&event).unwrap();
                    assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
                    happened.push(event.name());
                }
            }
            assert_eq!(happened, fits, "{state:?}");
            for event in &events {
                let after = evolve(state.clone(), &wang, event);
                let changes = fits.contains(&event.name());
                assert_eq!(after != state, changes, "{state:?} {event:?}");
            }
        }
    }

    #[test]
    fn only_who_may_revoke_says_that_a_key_is_bad() {
        for (state, _) in states() {
            for command in commands() {
                for seat in Seat::ALL {
                    let answer = decide(state.as_ref(), &actor(*seat), command.clone(), false);
                    if !SEATS.contains(seat) {
                        answer.unwrap_err();
                    }
                }
            }
        }
    }

    #[test]
    fn an_authoritys_key_is_blocked_by_nobody_and_what_was_reported_can_be_taken_back() {
        let wang = actor(Seat::Approver);
        for (state, _) in states() {
            for command in commands() {
                let of_nobody = decide(state.as_ref(), &wang, command.clone(), false);
                let of_authority = decide(state.as_ref(), &wang, command, true);
                match (of_nobody, of_authority) {
                    (Ok(Event::Cleared), answer) => assert_eq!(answer.unwrap(), Event::Cleared),
                    (Ok(_), answer) => assert!(said(answer).contains("an authority's")),
                    (refused, answer) => assert_eq!(said(answer), said(refused)),
                }
            }
        }
    }

    #[test]
    fn a_key_is_blocked_by_the_second_word_and_refusals_name_where_it_stands() {
        let blocked = states().map(|(state, _)| state.is_some_and(|state| state.is_blocked()));
        assert_eq!(blocked, [false, false, false, true]);

        let wang = actor(Seat::Approver);
        let refused = |state: Option<&State>, command, of_authority| {
            said(decide(state, &wang, command, of_authority))
        };
        let said = [
            refused(None, Command::Report { report: report() }, true),
            refused(None, Command::Confirm, false),
            refused(Some(&State::Cleared), Command::Sweep, false),
            refused(Some(&State::Blocked { sweeps: 1 }), Command::Discard, false),
        ];
        for (said, [stands, wanted]) in said.iter().zip([
            ["an authority's", "reported as bad"],
            ["unknown", "blocked"],
            ["cleared", "swept"],
            ["blocked", "cleared"],
        ]) {
            assert!(said.contains(stands) && said.contains(wanted), "{said}");
        }
        decide(None, &wang, Command::Report { report: report() }, false).unwrap();
    }
}
