//! `gmpki cert freeze` and its like: the case about certificates that there are.

use super::done;
use crate::{
    args::About,
    desk::{Desk, roles},
    failure::Failure,
    outcome::Outcome,
};
use lifecycle::{
    CaseId, Command, Serial,
    case::{self, command::Opening},
    terms::Kind,
};

/// Opens a case of this kind about the certificates of another.
pub(crate) fn open(about: &About, kind: Kind) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&about.act.work)?;
    let target = target(&desk, &about.target)?;
    let mut opening = opening(&desk, &target, kind)?;
    let case = match &about.case {
        Some(case) => case.clone(),
        None => free(&desk, &target, kind)?,
    };
    opening.mode = about.mode.unwrap_or(opening.mode);
    opening.reason = about.reason;
    let command = Command::Case(case.clone(), case::Command::Open(opening));
    let entries = desk.act(&about.act.actor, command)?;
    done(&desk, &case, &entries)
}

/// A case of a kind about the certificates of another: what it is for, and in whose name, is
/// what that one says.
pub(super) fn opening(desk: &Desk, target: &CaseId, kind: Kind) -> Result<Opening, Failure> {
    let state = super::state_of(desk, target)?;
    let agency = state.agency().cloned();
    let old = state.opening;
    let mut opening = Opening::new(
        desk.rules_in_force()?,
        (kind, old.mode, old.model),
        old.certificate,
        old.carrier,
        old.holder,
    );
    opening.organisation = old.organisation;
    opening.agency = agency;
    opening.account = old.account;
    opening.practice_statement = old.practice_statement;
    opening.unpublished = old.unpublished;
    opening.target = Some(target.clone());
    Ok(opening)
}

/// The case that the certificates came from, by its name or by the number of one of them.
pub(super) fn target(desk: &Desk, text: &str) -> Result<CaseId, Failure> {
    if let Ok(case) = CaseId::new(text)
        && desk.engine.case(&case)?.is_some()
    {
        return Ok(case);
    }
    let store = desk.engine.store();
    if let Ok(serial) = Serial::try_from(text.to_owned())
        && let Some(issuer) = roles::issuer_of(store, &serial)?
        && let Some(case) = store.case_of(&issuer, &serial)?
    {
        return Ok(case);
    }
    let reason = format!("{text:?} is neither a case nor the serial number of its certificate");
    Err(Failure::Refused(reason.into()))
}

/// A name for the new case that no case has.
fn free(desk: &Desk, target: &CaseId, kind: Kind) -> Result<CaseId, Failure> {
    let mut case = CaseId::new(format!("{target}-{kind}"))?;
    for count in 2.. {
        if desk.engine.case(&case)?.is_none() {
            break;
        }
        case = CaseId::new(format!("{target}-{kind}-{count}"))?;
    }
    Ok(case)
}
