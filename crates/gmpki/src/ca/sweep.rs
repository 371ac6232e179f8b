//! `gmpki ca sweep`: a key that is known to be bad, and every certificate of it.

use crate::{
    args::CaSweep,
    case::{durable, told},
    desk::{Desk, evidence},
    failure::Failure,
    keys,
    outcome::Outcome,
};
use lifecycle::{
    Command, KeyId,
    key::{Command as Asked, State},
    terms::EvidenceKind,
};
use serde_json::json;
use spki::EncodePublicKey;
use std::{fmt::Write, path::Path};

/// The first officer's word, or the second's, or another look: by where the key stands.
pub(super) fn run(sweep: &CaSweep) -> Result<Outcome, Failure> {
    let id = key_id(&sweep.key)?;
    let mut desk = Desk::open(&sweep.act.work)?;
    let asked = match (desk.engine.key_state(&id)?, sweep.discard) {
        (_, true) => Asked::Discard,
        (Some(State::Reported { .. }), _) => Asked::Confirm,
        (Some(State::Blocked { .. }), _) => Asked::Sweep,
        _ => Asked::Report {
            report: evidence::one(desk.documents(), &sweep.proof, EvidenceKind::WorkRecord)?,
        },
    };
    let entries = desk.act(&sweep.act.actor, Command::Key(id.clone(), asked))?;
    let state = desk.engine.key_state(&id)?;
    let state = state.as_ref().map_or("unknown", State::name);
    let mut text = format!("{}key {id}: {state}\n", told(&entries));
    let mut certificates = Vec::new();
    for one in desk.engine.store().reservations_of(id.as_bytes())? {
        let row = desk.engine.store().certificate(&one.issuer, &one.serial)?;
        let status = row.map_or("unknown", |row| row.status.as_str());
        let _ = writeln!(text, "{} of {}: {status}", one.serial, one.issuer);
        certificates.push(json!({
            "issuer": one.issuer,
            "serial": one.serial,
            "status": status,
        }));
    }
    let json = json!({
        "key": id,
        "state": state,
        "certificates": certificates,
        "durable": durable(&entries),
    });
    Ok(Outcome::new(text.trim_end().to_owned(), json))
}

/// A digest, or a file with a key.
fn key_id(text: &str) -> Result<KeyId, Failure> {
    if let Ok(id) = KeyId::try_from(text.to_ascii_lowercase()) {
        return Ok(id);
    }
    let key = keys::public_key(Path::new(text))?;
    Ok(KeyId::of(key.to_public_key_der()?.as_bytes()))
}
