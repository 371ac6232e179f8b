//! The erasure of a person's values from the log, when nothing obliges anybody to keep them any
//! more.
//!
//! What a CA recorded of a certificate is kept for so many years after it lapsed (S5-03;
//! Electronic Signature Law, article 24, and the rules' `retention-years`), and what is personal
//! in it no longer than there is a purpose (Personal Information Protection Law, article 47).
//! A clerk decides, by a term that ran out and not by judgement, and so alone; the keys are
//! destroyed behind the record of the decision, so that no crash loses one of the two. The
//! chain, its checkpoints and proofs are over sealed octets and stay as they were.
//! [`TRANSITIONS`] has the steps as a table.

use crate::{
    Actor, Effect, Error, Ground, PersonId, Seat, StreamId,
    case::{self, pair::Slot},
    machine::{self, Transition, row},
    octets::seconds,
    roster,
    rules::{RuleBook, RuleSet},
    terms::terms,
};
use der::DateTime;
use serde::{Deserialize, Serialize};

terms! {
    /// Where an erasure stands.
    Stage {
        /// Decided; keys are being destroyed.
        Decided = "decided",
        /// The keys of all that was decided are destroyed.
        Erased = "erased",
    }

    /// What happens to an erasure, in one word: its events' names.
    Step {
        /// Histories whose term ran out are to be erased.
        Decided = "decided",
        /// Their keys are destroyed.
        Destroyed = "destroyed",
    }
}

/// Every pair of stage and step that there is. What is not here is refused.
pub const TRANSITIONS: &[Transition<Stage, Step>] = &[
    row(&[], Step::Decided, Some(Stage::Decided)),
    row(&[Stage::Erased], Step::Decided, Some(Stage::Decided)),
    row(&[Stage::Decided], Step::Destroyed, Some(Stage::Erased)),
];

/// The row of a step from a stage; none where it is not listed.
pub fn transition(from: Option<Stage>, step: Step) -> Option<&'static Transition<Stage, Step>> {
    machine::find(TRANSITIONS, from, step)
}

/// A history of a person that has a key, and until when it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// The history.
    pub stream: StreamId,
    /// From when on it may be erased; none: it has not ended.
    pub until: Option<DateTime>,
}

impl Kept {
    /// A history, kept until then; none: it has not ended.
    pub fn new(stream: StreamId, until: Option<DateTime>) -> Self {
        Self { stream, until }
    }

    /// Whether its term has run out.
    pub fn is_over(&self, now: DateTime) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// A history that is erased, and the term that ran out before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Lapsed {
    /// The history.
    pub stream: StreamId,
    /// Until when it was to be kept.
    #[serde(with = "seconds")]
    pub until: DateTime,
}

/// What can be asked.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// By a clerk: of all the person's histories whose term ran out, the keys are destroyed.
    Erase {
        /// Why: 1 to 1000 characters, which stay in clear.
        reason: String,
    },
    /// From the keys' adapter: they are destroyed.
    RecordDestroyed,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// A clerk decided.
    Decided {
        /// Of these histories, in order.
        histories: Vec<Lapsed>,
        /// Why.
        reason: String,
    },
    /// The keys of those are destroyed.
    Destroyed,
}

impl Event {
    /// The step of the [table](TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::Decided { .. } => Step::Decided,
            Self::Destroyed => Step::Destroyed,
        }
    }

    /// The event in one word.
    pub fn name(&self) -> &'static str {
        self.step().as_str()
    }
}

/// The erasures of one person, as their history made them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// Histories whose keys are still to be destroyed.
    pub waiting: Vec<StreamId>,
    /// Histories whose keys were destroyed.
    pub erased: Vec<StreamId>,
}

/// What a decision may see besides the state.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever decides must say all of it"
)]
pub struct Context<'a> {
    /// Whose values they are.
    pub person: &'a PersonId,
    /// Every history of the person that has a key.
    pub histories: &'a [Kept],
    /// The time.
    pub now: DateTime,
}

/// The law behind the term.
const BASIS: &[&str] = &["S5-03"];

/// Says what would happen; touches nothing.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no: while the term of every history runs, first of
/// all.
pub fn decide(
    state: Option<&State>,
    actor: &Actor,
    command: Command,
    context: &Context<'_>,
) -> Result<Event, Error> {
    let step = match command {
        Command::Erase { .. } => Step::Decided,
        Command::RecordDestroyed => Step::Destroyed,
    };
    if transition(state.map(State::stage), step).is_none() {
        let wrong_state = Ground::WrongState {
            what: "the erasure",
            state: state.map_or("unknown", State::name),
            verb: match step {
                Step::Decided => "decided",
                Step::Destroyed => "recorded",
            },
        };
        return Err(wrong_state.by(BASIS));
    }
    match command {
        Command::Erase { reason } => {
            actor.sits_in(&[Seat::Clerk], BASIS)?;
            Ground::words(&reason, "an erasure", BASIS)?;
            let histories = context.lapsed()?;
            Ok(Event::Decided { histories, reason })
        }
        Command::RecordDestroyed => {
            actor.sits_in(&[Seat::System], BASIS)?;
            Ok(Event::Destroyed)
        }
    }
}

impl Context<'_> {
    /// Those whose term ran out; refused where there is none.
    fn lapsed(&self) -> Result<Vec<Lapsed>, Error> {
        let over = self.histories.iter().filter(|one| one.is_over(self.now));
        let lapsed: Vec<_> = over
            .filter_map(|one| {
                let stream = one.stream.clone();
                one.until.map(|until| Lapsed { stream, until })
            })
            .collect();
        if !lapsed.is_empty() {
            return Ok(lapsed);
        }
        let person = self.person.clone();
        let first = self.histories.iter().filter_map(|one| one.until).min();
        let ground = match (first, self.histories.first()) {
            (Some(until), _) => Ground::Retained { person, until },
            (None, Some(running)) => Ground::NotEnded {
                stream: running.stream.clone(),
            },
            (None, None) => Ground::NothingSealed { person },
        };
        Err(ground.by(BASIS))
    }
}

/// The state after an event: total, as in [`crate::case::evolve`].
pub fn evolve(state: Option<State>, event: &Event) -> Option<State> {
    if transition(state.as_ref().map(State::stage), event.step()).is_none() {
        return state;
    }
    let mut state = state.unwrap_or_default();
    match event {
        Event::Decided { histories, .. } => {
            state.waiting = histories.iter().map(|one| one.stream.clone()).collect();
            // Decided again: its key came back with a copy.
            state.erased.retain(|one| !state.waiting.contains(one));
        }
        Event::Destroyed => state.erased.append(&mut state.waiting),
    }
    Some(state)
}

impl State {
    /// Where it stands.
    pub fn stage(&self) -> Stage {
        match self.waiting.is_empty() {
            true => Stage::Erased,
            false => Stage::Decided,
        }
    }

    /// Where it stands, in words.
    pub fn name(&self) -> &'static str {
        match self.stage() {
            Stage::Erased => "erased",
            Stage::Decided => "decided, and its keys are being destroyed",
        }
    }

    /// What is to be done outside.
    pub fn due(&self) -> Option<Effect> {
        (!self.waiting.is_empty()).then(|| Effect::DestroyKeys(self.waiting.clone()))
    }
}

/// From when on what is personal in a case may be erased: so many years, by the rules that it is
/// judged by, after the last certificate ends that it made, or that the case `about` made which it
/// is about without making another; or after its last act, where that is later. None while it runs.
/// A certificate that was revoked lapsed before its notAfter: that is kept longer, never
/// shorter.
///
/// # Errors
/// [`Error::Refused`] where the rules are none of these.
pub fn case_until(
    state: &case::State,
    about: Option<&case::State>,
    rules: &RuleBook,
) -> Result<Option<DateTime>, Error> {
    if !state.phase.is_final() {
        return Ok(None);
    }
    let about = about.filter(|_| !state.opening.kind.makes_certificates());
    let ends = [lapse(state), about.and_then(lapse), Some(state.touched)];
    let Some(last) = ends.into_iter().flatten().max() else {
        return Ok(None);
    };
    let id = &state.opening.rules;
    let Some(set) = rules.get(id) else {
        let rules = id.to_string();
        return Err(Ground::NotInForce { rules }.by(BASIS));
    };
    Ok(years_after(last, set.values().retention_years.value))
}

/// The end of the last certificate that a case made.
fn lapse(state: &case::State) -> Option<DateTime> {
    let slots = [&state.signing, &state.encryption].into_iter();
    let ends = slots.filter_map(|slot| match slot {
        Slot::Issued(issued) => issued.validity.map(|(_, end)| end),
        _ => None,
    });
    ends.max()
}

/// The same of an entry of the roster; none while the person is on it. What somebody did on the
/// last day may stand behind a certificate: as long as the longest of those is kept, under any of
/// the rules.
pub fn entry_until(state: &roster::State, rules: &RuleBook) -> Option<DateTime> {
    let term = |set: &RuleSet| {
        let values = set.values();
        let longest = values.years.value.iter().max().copied().unwrap_or(0);
        longest.saturating_add(values.retention_years.value)
    };
    let longest = rules.iter().map(term).max()?;
    years_after(state.ended()?, longest)
}

/// The same day so many years later, or 1 March where there is none.
fn years_after(at: DateTime, years: u16) -> Option<DateTime> {
    let year = at.year().checked_add(years)?;
    let (hour, minutes, seconds) = (at.hour(), at.minutes(), at.seconds());
    let same = DateTime::new(year, at.month(), at.day(), hour, minutes, seconds);
    same.or_else(|_| DateTime::new(year, 3, 1, hour, minutes, seconds))
        .ok()
}

#[cfg(test)]
mod tests;
