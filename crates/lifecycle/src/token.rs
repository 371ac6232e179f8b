//! The inventory of tokens (S1-14, S1-15, S1-20).
//!
//! [`TRANSITIONS`] has it as a table.
//!
//! A token serves one case: what was written once never serves another (S1-21). What its
//! reading back did not match is put aside, and the case goes on with another token (S1-15).

use crate::{
    Actor, CaseId, Error, Ground, Octets, Refusal, Seat,
    machine::{self, Transition, row},
    terms::terms,
};
use serde::{Deserialize, Serialize};

/// One token as its history made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// The delivery that it came with.
    pub batch: String,
    /// Maker and type.
    pub model: String,
    /// What is written on it.
    pub label: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Whether it still has the PIN that it left the house with, which its holder is to
    /// change (S1-20).
    pub initial_pin: bool,
}

/// Where a token stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Never used.
    Fresh,
    /// For this case.
    Bound(CaseId),
    /// With the certificates of this case in it.
    Written(CaseId),
    /// Put aside: what was read back was not what was written (S1-15).
    Quarantined,
    /// Lost, broken or destroyed.
    Retired,
}

impl Status {
    /// The status in words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Bound(_) => "bound to a case",
            Self::Written(_) => "written",
            Self::Quarantined => "put aside",
            Self::Retired => "retired",
        }
    }
}

terms! {
    /// Where a token stands, in one word.
    Stage {
        /// [`Status::Fresh`]
        Fresh = "fresh",
        /// [`Status::Bound`]
        Bound = "bound",
        /// [`Status::Written`]
        Written = "written",
        /// [`Status::Quarantined`]
        Quarantined = "quarantined",
        /// [`Status::Retired`]
        Retired = "retired",
    }

    /// What happens to a token, in one word: its events' names.
    Step {
        /// It came in.
        Received = "received",
        /// Kept for a case.
        Bound = "bound",
        /// Free again.
        Released = "released",
        /// The certificates are in it.
        Written = "written",
        /// Put aside.
        Quarantined = "quarantined",
        /// Gone.
        Retired = "retired",
        /// The first PIN is no more.
        PinChanged = "pin-changed",
    }
}

/// Every pair of stage and step that there is. What is not here is refused.
pub const TRANSITIONS: &[Transition<Stage, Step>] = &[
    row(&[], Step::Received, Some(Stage::Fresh)),
    row(&[Stage::Fresh], Step::Bound, Some(Stage::Bound)),
    row(&[Stage::Bound], Step::Released, Some(Stage::Fresh)),
    row(&[Stage::Bound], Step::Written, Some(Stage::Written)),
    row(
        &[Stage::Fresh, Stage::Bound, Stage::Written],
        Step::Quarantined,
        Some(Stage::Quarantined),
    ),
    row(
        &[Stage::Fresh, Stage::Written, Stage::Quarantined],
        Step::Retired,
        Some(Stage::Retired),
    ),
    row(&[Stage::Written], Step::PinChanged, None),
];

/// The row of a step from a stage; none where it is not listed.
pub fn transition(from: Option<Stage>, step: Step) -> Option<&'static Transition<Stage, Step>> {
    machine::find(TRANSITIONS, from, step)
}

impl State {
    /// Where it stands, in one word.
    pub fn stage(&self) -> Stage {
        match self.status {
            Status::Fresh => Stage::Fresh,
            Status::Bound(_) => Stage::Bound,
            Status::Written(_) => Stage::Written,
            Status::Quarantined => Stage::Quarantined,
            Status::Retired => Stage::Retired,
        }
    }
}

/// What can be asked of a token.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// By a clerk: it came in.
    Receive {
        /// The delivery that it came with: 1 to 64 characters.
        batch: String,
        /// Maker and type: 1 to 64 characters.
        model: String,
    },
    /// By the approver of the case, or by the engine with the case's own step: labelled, and
    /// kept for the case (S1-14).
    Bind {
        /// The case.
        case: CaseId,
        /// What is written on it: 1 to 64 characters.
        label: String,
    },
    /// By the engine: the case ended before anything was written.
    Release {
        /// The case that it was bound to.
        case: CaseId,
    },
    /// By the approver of the case, or by the engine with the case's own step: what was read
    /// back is what was written (S1-15).
    Write {
        /// The case that it is bound to.
        case: CaseId,
        /// SM3 of the signing certificate that was read back, 32 octets.
        read_back: Octets,
    },
    /// By the approver, a clerk or the engine: it is not to be trusted (S1-15).
    Quarantine {
        /// Why: 1 to 1000 characters.
        reason: String,
    },
    /// By a clerk: it is lost, broken or destroyed.
    Retire {
        /// Why: 1 to 1000 characters.
        reason: String,
    },
    /// By its holder, his agent, or the engine: the first PIN is changed (S1-20).
    RecordPinChange,
}

/// What happened to a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// It came in.
    Received {
        /// The delivery that it came with.
        batch: String,
        /// Maker and type.
        model: String,
    },
    /// Kept for a case.
    Bound {
        /// The case.
        case: CaseId,
        /// What is written on it.
        label: String,
    },
    /// Free again.
    Released {
        /// The case that it was bound to.
        case: CaseId,
    },
    /// The certificates are in it, and a first PIN.
    Written {
        /// The case.
        case: CaseId,
        /// SM3 of the signing certificate that was read back.
        read_back: Octets,
    },
    /// Put aside.
    Quarantined {
        /// Why.
        reason: String,
    },
    /// Gone.
    Retired {
        /// Why.
        reason: String,
    },
    /// The first PIN is no more.
    PinChanged,
}

impl Event {
    /// The step of the [table](TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::Received { .. } => Step::Received,
            Self::Bound { .. } => Step::Bound,
            Self::Released { .. } => Step::Released,
            Self::Written { .. } => Step::Written,
            Self::Quarantined { .. } => Step::Quarantined,
            Self::Retired { .. } => Step::Retired,
            Self::PinChanged => Step::PinChanged,
        }
    }

    /// The event in one word.
    pub fn name(&self) -> &'static str {
        self.step().as_str()
    }
}

/// Says what would happen; touches nothing.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no.
pub fn decide(state: Option<&State>, actor: &Actor, command: Command) -> Result<Event, Error> {
    let basis = command.basis();
    let listed = transition(state.map(State::stage), command.step()).is_some();
    if !listed || !command.fits(state) {
        return Err(Ground::WrongState {
            what: "the token",
            state: state.map_or("unknown", |state| state.status.name()),
            verb: command.verb(),
        }
        .by(basis));
    }
    actor.sits_in(command.seats(), basis)?;
    Ok(match command {
        Command::Receive { batch, model } => {
            named(&batch, "the token's batch, 1 to 64 characters,")?;
            named(&model, "the token's model, 1 to 64 characters,")?;
            Event::Received { batch, model }
        }
        Command::Bind { case, label } => {
            named(&label, "the token's label, 1 to 64 characters,")?;
            Event::Bound { case, label }
        }
        Command::Release { case } => Event::Released { case },
        Command::Write { case, read_back } => {
            if read_back.len() != 32 {
                return Err(Ground::ReadBack.by(basis));
            }
            Event::Written { case, read_back }
        }
        Command::Quarantine { reason } => {
            Ground::words(&reason, "putting a token aside", basis)?;
            Event::Quarantined { reason }
        }
        Command::Retire { reason } => {
            Ground::words(&reason, "retiring a token", basis)?;
            Event::Retired { reason }
        }
        Command::RecordPinChange => Event::PinChanged,
    })
}

/// The state after an event: total, as in [`crate::case::evolve`].
pub fn evolve(state: Option<State>, event: &Event) -> Option<State> {
    let from = state.as_ref().map(State::stage);
    match transition(from, event.step()) {
        Some(_) => follow(state, event),
        None => state,
    }
}

/// What an event that the table lists makes of a state.
fn follow(state: Option<State>, event: &Event) -> Option<State> {
    let Some(mut state) = state else {
        let Event::Received { batch, model } = event else {
            return None;
        };
        return Some(State {
            batch: batch.clone(),
            model: model.clone(),
            label: None,
            status: Status::Fresh,
            initial_pin: false,
        });
    };
    match event {
        Event::Bound { case, label } => {
            state.label = Some(label.clone());
            state.status = Status::Bound(case.clone());
        }
        Event::Released { case } if state.is_bound_to(case) => {
            state.label = None;
            state.status = Status::Fresh;
        }
        Event::Written { case, .. } if state.is_bound_to(case) => {
            state.status = Status::Written(case.clone());
            state.initial_pin = true;
        }
        Event::Quarantined { .. } => state.status = Status::Quarantined,
        Event::Retired { .. } => state.status = Status::Retired,
        Event::PinChanged => state.initial_pin = false,
        Event::Received { .. } | Event::Released { .. } | Event::Written { .. } => {}
    }
    Some(state)
}

impl State {
    fn is_bound_to(&self, case: &CaseId) -> bool {
        matches!(&self.status, Status::Bound(bound) if bound == case)
    }
}

impl Command {
    fn step(&self) -> Step {
        match self {
            Self::Receive { .. } => Step::Received,
            Self::Bind { .. } => Step::Bound,
            Self::Release { .. } => Step::Released,
            Self::Write { .. } => Step::Written,
            Self::Quarantine { .. } => Step::Quarantined,
            Self::Retire { .. } => Step::Retired,
            Self::RecordPinChange => Step::PinChanged,
        }
    }

    /// Whether it is about the case that the token is bound to, or a first PIN that is there.
    fn fits(&self, state: Option<&State>) -> bool {
        match self {
            Self::Release { case } | Self::Write { case, .. } => {
                state.is_some_and(|state| state.is_bound_to(case))
            }
            Self::RecordPinChange => state.is_some_and(|state| state.initial_pin),
            _ => true,
        }
    }

    const fn seats(&self) -> &'static [Seat] {
        match self {
            Self::Receive { .. } | Self::Retire { .. } => &[Seat::Clerk],
            Self::Bind { .. } | Self::Write { .. } => &[Seat::Approver, Seat::System],
            Self::Release { .. } => &[Seat::System],
            Self::Quarantine { .. } => &[Seat::Approver, Seat::Clerk, Seat::System],
            Self::RecordPinChange => &[Seat::Applicant, Seat::Agent, Seat::System],
        }
    }

    /// The requirement that it carries out.
    const fn basis(&self) -> &'static [&'static str] {
        match self {
            Self::Receive { .. }
            | Self::Bind { .. }
            | Self::Release { .. }
            | Self::Retire { .. } => &["S1-14"],
            Self::Write { .. } | Self::Quarantine { .. } => &["S1-15"],
            Self::RecordPinChange => &["S1-20"],
        }
    }

    fn verb(&self) -> &'static str {
        match self {
            Self::Receive { .. } => "received",
            Self::Bind { .. } => "bound to this case",
            Self::Release { .. } => "released from this case",
            Self::Write { .. } => "written for this case",
            Self::Quarantine { .. } => "put aside",
            Self::Retire { .. } => "retired",
            Self::RecordPinChange => "freed of its first PIN",
        }
    }
}

fn named(text: &str, what: &'static str) -> Result<(), Refusal> {
    let good = (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if good {
        Ok(())
    } else {
        Err(Ground::Missing { what }.refuse(&["S1-14"]))
    }
}

#[cfg(test)]
mod tests;
