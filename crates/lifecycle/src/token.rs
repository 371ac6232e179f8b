//! The inventory of tokens (S1-14, S1-15, S1-20).
//!
//! ```text
//! Fresh ─▶ Bound ─▶ Written
//!   ▲────────┘│       │
//!             └───────┴─▶ Quarantined ─▶ Retired
//! ```
//!
//! A token serves one case: what was written once never serves another (S1-21). What its
//! reading back did not match is put aside, and the case goes on with another token (S1-15).

use crate::{Actor, CaseId, Error, Ground, Octets, Refusal, Seat};
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

/// What can be asked of a token.
#[derive(Clone, Debug)]
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
    /// The event in one word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Received { .. } => "received",
            Self::Bound { .. } => "bound",
            Self::Released { .. } => "released",
            Self::Written { .. } => "written",
            Self::Quarantined { .. } => "quarantined",
            Self::Retired { .. } => "retired",
            Self::PinChanged => "pin-changed",
        }
    }
}

/// Says what would happen; touches nothing.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no.
pub fn decide(state: Option<&State>, actor: &Actor, command: Command) -> Result<Event, Error> {
    let basis = command.basis();
    let event = match (state.map(|state| (&state.status, state)), command) {
        (None, Command::Receive { batch, model }) => {
            actor.sits_in(&[Seat::Clerk], basis)?;
            named(&batch, "the token's batch, 1 to 64 characters,")?;
            named(&model, "the token's model, 1 to 64 characters,")?;
            Event::Received { batch, model }
        }
        (Some((Status::Fresh, _)), Command::Bind { case, label }) => {
            actor.sits_in(&[Seat::Approver, Seat::System], basis)?;
            named(&label, "the token's label, 1 to 64 characters,")?;
            Event::Bound { case, label }
        }
        (Some((Status::Bound(bound), _)), Command::Release { case }) if *bound == case => {
            actor.sits_in(&[Seat::System], basis)?;
            Event::Released { case }
        }
        (Some((Status::Bound(bound), _)), Command::Write { case, read_back }) if *bound == case => {
            actor.sits_in(&[Seat::Approver, Seat::System], basis)?;
            if read_back.len() != 32 {
                return Err(Ground::ReadBack.refuse(&["S1-15"]).into());
            }
            Event::Written { case, read_back }
        }
        (
            Some((Status::Fresh | Status::Bound(_) | Status::Written(_), _)),
            Command::Quarantine { reason },
        ) => {
            actor.sits_in(&[Seat::Approver, Seat::Clerk, Seat::System], basis)?;
            Ground::words(&reason, "putting a token aside", &["S1-15"])?;
            Event::Quarantined { reason }
        }
        (
            Some((Status::Fresh | Status::Written(_) | Status::Quarantined, _)),
            Command::Retire { reason },
        ) => {
            actor.sits_in(&[Seat::Clerk], basis)?;
            Ground::words(&reason, "retiring a token", &["S1-14"])?;
            Event::Retired { reason }
        }
        (Some((Status::Written(_), state)), Command::RecordPinChange) if state.initial_pin => {
            actor.sits_in(&[Seat::Applicant, Seat::Agent, Seat::System], basis)?;
            Event::PinChanged
        }
        (known, command) => {
            return Err(Ground::WrongState {
                what: "the token",
                state: known.map_or("unknown", |(status, _)| status.name()),
                verb: command.verb(),
            }
            .by(basis));
        }
    };
    Ok(event)
}

/// The state after an event: total, as in [`crate::case::evolve`].
pub fn evolve(state: Option<State>, event: &Event) -> Option<State> {
    let Some(mut state) = state else {
        return match event {
            Event::Received { batch, model } => Some(State {
                batch: batch.clone(),
                model: model.clone(),
                label: None,
                status: Status::Fresh,
                initial_pin: false,
            }),
            _ => None,
        };
    };
    match (&state.status, event) {
        (Status::Fresh, Event::Bound { case, label }) => {
            state.label = Some(label.clone());
            state.status = Status::Bound(case.clone());
        }
        (Status::Bound(bound), Event::Released { case }) if bound == case => {
            state.label = None;
            state.status = Status::Fresh;
        }
        (Status::Bound(bound), Event::Written { case, .. }) if bound == case => {
            state.status = Status::Written(case.clone());
            state.initial_pin = true;
        }
        (Status::Fresh | Status::Bound(_) | Status::Written(_), Event::Quarantined { .. }) => {
            state.status = Status::Quarantined
        }
        (Status::Fresh | Status::Written(_) | Status::Quarantined, Event::Retired { .. }) => {
            state.status = Status::Retired
        }
        (Status::Written(_), Event::PinChanged) => state.initial_pin = false,
        _ => {}
    }
    Some(state)
}

impl Command {
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
