//! `gmpki token`.

use super::{act, done};
use crate::{
    args::{TokenCommand, TokenReceive, TokenShow},
    case::history,
    desk::{Desk, View},
    failure::Failure,
    outcome::Outcome,
};
use lifecycle::{
    Command,
    token::{self, Status},
};
use serde_json::json;

pub(crate) fn run(command: &TokenCommand) -> Result<Outcome, Failure> {
    use TokenCommand as C;
    use token::Command as Asked;
    let (given, token, asked) = match command {
        C::Show(show) => return shown(show),
        C::Receive(receive) => return received(receive),
        C::Quarantine(end) => {
            let reason = end.reason.clone();
            (&end.on.act, &end.on.token, Asked::Quarantine { reason })
        }
        C::Retire(end) => {
            let reason = end.reason.clone();
            (&end.on.act, &end.on.token, Asked::Retire { reason })
        }
        C::PinChanged(on) => (&on.act, &on.token, Asked::RecordPinChange),
    };
    let mut desk = Desk::open(&given.work)?;
    act(&mut desk, given, Command::Token(token.clone(), asked))
}

fn received(receive: &TokenReceive) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&receive.act.work)?;
    let mut entries = Vec::new();
    for token in &receive.tokens {
        let asked = token::Command::Receive {
            batch: receive.batch.clone(),
            model: receive.model.clone(),
        };
        let command = Command::Token(token.clone(), asked);
        entries.extend(desk.act(&receive.act.actor, command)?);
    }
    Ok(done(&entries))
}

fn shown(show: &TokenShow) -> Result<Outcome, Failure> {
    let view = View::open(&show.desk)?;
    let id = &show.token;
    let Some(found) = history::of_token(&view.store, id)? else {
        return Err(Failure::Refused(format!("there is no token {id}").into()));
    };
    let state = &found.state;
    let case = match &state.status {
        Status::Bound(case) | Status::Written(case) => Some(case.as_str()),
        _ => None,
    };
    let status = state.status.name();
    let label = state.label.as_deref();
    let text = format!(
        "token {id}: {status}{}\n  model: {}\n  batch: {}\n  label: {}\n  PIN:   {}",
        case.map(|case| format!(" ({case})")).unwrap_or_default(),
        state.model,
        state.batch,
        label.unwrap_or("none"),
        match (&state.status, state.initial_pin) {
            (_, true) => "the first one, to be changed by its holder",
            (Status::Written(_), false) => "changed by its holder",
            _ => "none given out",
        },
    );
    let json = json!({
        "token": id.as_str(),
        "status": status,
        "case": case,
        "model": state.model,
        "batch": state.batch,
        "label": label,
        "initial_pin": state.initial_pin,
    });
    Ok(Outcome::new(text, json))
}
