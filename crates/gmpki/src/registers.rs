//! `gmpki organisation`, `gmpki roster` and `gmpki token`.

mod organisation;
mod roster;
mod token;

pub(crate) use organisation::run as organisation;
pub(crate) use roster::run as roster;
pub(crate) use token::run as token;

use crate::{
    args::{Act, Proof},
    case::{durable, told},
    desk::{Desk, evidence},
    failure::Failure,
    moment,
    outcome::Outcome,
};
use lifecycle::{Command, Entry, Evidence, Interval, terms::EvidenceKind};
use serde_json::json;

/// One act, and what became durable.
fn act(desk: &mut Desk, act: &Act, command: Command) -> Result<Outcome, Failure> {
    let entries = desk.act(&act.actor, command)?;
    Ok(done(&entries))
}

fn done(entries: &[Entry]) -> Outcome {
    Outcome::new(told(entries), json!({ "durable": durable(entries) }))
}

/// From the desk's now on.
fn from_now(desk: &Desk, until: Option<&str>) -> Result<Interval, Failure> {
    let until = until
        .map(|text| moment::parse("--until", text))
        .transpose()?;
    Ok(Interval::new(desk.now, until))
}

/// The organisation's paper.
fn paper(desk: &Desk, proof: &Proof) -> Result<Evidence, Failure> {
    evidence::one(desk.documents(), proof, EvidenceKind::OrganisationDocuments)
}
