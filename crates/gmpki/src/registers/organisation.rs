//! `gmpki organisation`.

use super::{act, from_now, paper};
use crate::{
    args::{OnOrganisation, OrganisationAdd, OrganisationCommand, OrganisationShow, ScopeOptions},
    case::history,
    desk::{Desk, View},
    failure::Failure,
    outcome::Outcome,
};
use lifecycle::{
    Command,
    organisation::{self, Arrangement, Grant, Onboarding, Scope},
    terms::{Kind, Mode},
};
use serde_json::json;
use std::fmt::Write;

pub(crate) fn run(command: &OrganisationCommand) -> Result<Outcome, Failure> {
    use OrganisationCommand as C;
    use organisation::Command as Asked;
    let given = match command {
        C::Show(show) => return shown(show),
        C::Add(add) => &add.act,
        C::NameApprover(name) => &name.on.act,
        C::Authorise(authorise) => &authorise.on.act,
        C::RevokeAuthority(revoke) => &revoke.on.act,
        C::ListApplicant(list) | C::DelistApplicant(list) => &list.on.act,
        C::FileModes(file) => &file.act,
        C::ConfirmModes(on) | C::DiscardModes(on) => &on.act,
        C::SuspendMode(suspend) => &suspend.act,
    };
    let mut desk = Desk::open(&given.work)?;
    let simple = |on: &OnOrganisation, asked| (on.organisation.clone(), asked);
    let (organisation, asked) = match command {
        C::Show(show) => return shown(show),
        C::Add(add) => (add.organisation.clone(), onboard(&desk, add)?),
        C::NameApprover(name) => {
            let asked = Asked::NameApprover {
                approver: name.approver.clone(),
                scope: scope(&desk, &name.scope)?,
                document: paper(&desk, &name.proof)?,
            };
            (name.on.organisation.clone(), asked)
        }
        C::Authorise(authorise) => {
            let approver = authorise.approver.as_ref();
            let approver = approver.unwrap_or(&authorise.on.act.actor.person).clone();
            let document = paper(&desk, &authorise.proof)?;
            let asked = Asked::Authorise {
                agent: authorise.agent.clone(),
                grant: Grant::new(scope(&desk, &authorise.scope)?, approver, document),
            };
            (authorise.on.organisation.clone(), asked)
        }
        C::RevokeAuthority(revoke) => {
            let asked = Asked::RevokeAuthority {
                agent: revoke.agent.clone(),
                reason: revoke.reason.clone(),
            };
            (revoke.on.organisation.clone(), asked)
        }
        C::ListApplicant(list) => {
            let applicants = list.persons.iter().cloned().collect();
            (list.on.organisation.clone(), Asked::List { applicants })
        }
        C::DelistApplicant(list) => {
            let applicants = list.persons.iter().cloned().collect();
            (list.on.organisation.clone(), Asked::Delist { applicants })
        }
        C::FileModes(file) => {
            let interval = from_now(&desk, file.until.as_deref())?;
            let asked = Asked::FileModes {
                modes: file.mode.iter().map(|mode| (*mode, interval)).collect(),
                filing: paper(&desk, &file.proof)?,
            };
            (file.organisation.clone(), asked)
        }
        C::ConfirmModes(on) => simple(on, Asked::ConfirmModes),
        C::DiscardModes(on) => simple(on, Asked::DiscardModes),
        C::SuspendMode(suspend) => {
            let asked = Asked::SuspendMode {
                mode: suspend.mode,
                reason: suspend.reason.clone(),
            };
            (suspend.organisation.clone(), asked)
        }
    };
    act(&mut desk, given, Command::Organisation(organisation, asked))
}

fn onboard(desk: &Desk, add: &OrganisationAdd) -> Result<organisation::Command, Failure> {
    let papers = paper(desk, &add.proof)?;
    let mut onboarding = Onboarding::new(&add.name, papers.clone());
    if let Some(code) = &add.credit_code {
        onboarding = onboarding.credit_code(code);
    }
    if let Some(model) = add.model {
        let scope = scope(desk, &add.scope)?;
        let conditions = add.conditions.clone().unwrap_or_default();
        let mut arrangement = Arrangement::new(model, conditions).others(&add.others);
        for approver in &add.approver {
            arrangement = arrangement.approver(approver.clone(), scope.clone());
        }
        // The first approver gave it: in the papers that came with the organisation.
        if let Some(approver) = add.approver.first() {
            for agent in &add.agent {
                let grant = Grant::new(scope.clone(), approver.clone(), papers.clone());
                arrangement = arrangement.agent(agent.clone(), grant);
            }
        }
        let arrangement = arrangement.applicants(add.applicant.iter().cloned());
        onboarding = onboarding.arrangement(arrangement);
    }
    Ok(organisation::Command::Onboard(onboarding))
}

fn scope(desk: &Desk, options: &ScopeOptions) -> Result<Scope, Failure> {
    let kinds = if options.kinds.is_empty() {
        Kind::ALL
    } else {
        &options.kinds
    };
    let interval = from_now(desk, options.until.as_deref())?;
    Ok(Scope::new(kinds.iter().copied(), interval))
}

fn shown(show: &OrganisationShow) -> Result<Outcome, Failure> {
    let view = View::open(&show.desk)?;
    let id = &show.organisation;
    let Some(found) = history::of_organisation(&view.store, id)? else {
        return Err(Failure::Refused(
            format!("there is no organisation {id}").into(),
        ));
    };
    let state = &found.state;
    let modes: Vec<_> = state
        .agency_modes(view.now)
        .iter()
        .map(|mode| Mode::as_str(*mode))
        .collect();
    let model = state.model.map(|model| model.as_str());
    let mut text = format!("organisation {id}: {}\n", state.name);
    if let Some(code) = &state.credit_code {
        let _ = writeln!(text, "  credit code: {code}");
    }
    if let Some(model) = model {
        let _ = writeln!(
            text,
            "  model:       {model}\n  conditions:  {}",
            state.conditions
        );
    }
    if !modes.is_empty() {
        let _ = writeln!(text, "  may handle:  {}", modes.join(", "));
    }
    text.push_str("history\n");
    for entry in &found.entries {
        let (at, event, actor) = (entry.at, entry.event.name(), &entry.actor);
        let _ = writeln!(text, "  {at}  {event}  {} ({})", actor.person, actor.seat);
    }
    let json = json!({
        "organisation": id.as_str(),
        "name": state.name,
        "credit_code": state.credit_code,
        "model": model,
        "conditions": state.conditions,
        "modes": modes,
    });
    Ok(Outcome::new(text, json))
}
