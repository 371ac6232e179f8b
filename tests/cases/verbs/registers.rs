//! What is done to the roster, to organisations and to tokens; and what a story is given.

use crate::{
    words::{evidence, list, time, unclear, word},
    world::{Trouble, World, actor},
};
use der::DateTime;
use lifecycle::{
    Command, Interval, OrganisationId, PersonId, Seat, TokenId,
    organisation::{self, Arrangement, Grant, Onboarding, Scope},
    roster::{self, Entry, Paper},
    terms::{Employment, EvidenceKind, Kind, Mode, Model},
    token,
};
use std::collections::BTreeMap;

/// The clerks who keep the registers of every story, and an approver beside them.
const CLERK: &str = "he.ping";
const SECOND_CLERK: &str = "ma.jun";
const APPROVER: &str = "sun.li";

/// The command to a register that a sentence is, if it is one.
pub(super) fn command(world: &World, text: &str) -> Result<Option<Command>, Trouble> {
    let after = |start: &str| text.strip_prefix(start);
    let person = |id: &str, command| {
        let rules = world.rules.id().name;
        Ok(Some(Command::Person(PersonId::new(id)?, rules, command)))
    };
    if let Some(rest) = after("proposes ") {
        let (id, details) = rest
            .split_once(" for the roster, ")
            .ok_or_else(|| unclear("proposes PERSON for the roster, EMPLOYMENT …"))?;
        let entry = entry(world.now(), details)?;
        return person(id, roster::Command::Propose(Box::new(entry)));
    }
    if let Some(id) = after("confirms the entry of ") {
        return person(id, roster::Command::Confirm);
    }
    if let Some(rest) = after("sanctions ") {
        let (id, reason) = worded(rest)?;
        let reason = reason.to_owned();
        return person(
            id,
            roster::Command::Sanction {
                until: None,
                reason,
            },
        );
    }
    if let Some(rest) = after("takes the authority of ") {
        let (head, reason) = worded(rest)?;
        let (agent, organisation) = head
            .strip_suffix(" back")
            .and_then(|head| head.split_once(" at "))
            .ok_or_else(|| unclear("takes the authority of AGENT at ORGANISATION back: why"))?;
        let command = organisation::Command::RevokeAuthority {
            agent: PersonId::new(agent)?,
            reason: reason.to_owned(),
        };
        return Ok(Some(Command::Organisation(
            OrganisationId::new(organisation)?,
            command,
        )));
    }
    if let Some(rest) = after("strikes ") {
        let (person, organisation) = rest
            .split_once(" off the list of ")
            .ok_or_else(|| unclear("strikes PERSON off the list of ORGANISATION"))?;
        let command = organisation::Command::Delist {
            applicants: [PersonId::new(person)?].into(),
        };
        return Ok(Some(Command::Organisation(
            OrganisationId::new(organisation)?,
            command,
        )));
    }
    if let Some(rest) = after("suspends the mode ") {
        let (head, reason) = worded(rest)?;
        let (mode, agency) = head
            .split_once(" of ")
            .ok_or_else(|| unclear("suspends the mode MODE of AGENCY: why"))?;
        let command = organisation::Command::SuspendMode {
            mode: word(Mode::parse, "mode", mode)?,
            reason: reason.to_owned(),
        };
        return Ok(Some(Command::Organisation(
            OrganisationId::new(agency)?,
            command,
        )));
    }
    if let Some(rest) = after("puts the token ") {
        let (head, reason) = worded(rest)?;
        let id = head
            .strip_suffix(" aside")
            .ok_or_else(|| unclear("puts the token TOKEN aside: why"))?;
        let reason = reason.to_owned();
        let command = token::Command::Quarantine { reason };
        return Ok(Some(Command::Token(TokenId::new(id)?, command)));
    }
    Ok(None)
}

fn worded(text: &str) -> Result<(&str, &str), Trouble> {
    text.split_once(": ")
        .ok_or_else(|| unclear("say why, behind a colon"))
}

/// What is there when a story begins: `Given the …`.
pub(crate) fn given(world: &mut World, text: &str) -> Result<(), Trouble> {
    let after = |start: &str| text.strip_prefix(start);
    if let Some(id) = after("token ") {
        let command = token::Command::Receive {
            batch: "batch 7".to_owned(),
            model: "ZK-3000".to_owned(),
        };
        let clerk = actor(CLERK, Seat::Clerk)?;
        return world.submit(&clerk, Command::Token(TokenId::new(id)?, command));
    }
    if let Some(rest) = after("agency ") {
        return agency(world, rest);
    }
    if let Some(rest) = after("organisation ") {
        return organisation(world, rest);
    }
    if let Some(rest) = after("roster with ") {
        let (id, details) = rest.split_once(", ").unwrap_or((rest, "contract"));
        let entry = entry(world.now(), details)?;
        let rules = world.rules.id().name;
        for (clerk, command) in [
            (CLERK, roster::Command::Propose(Box::new(entry))),
            (SECOND_CLERK, roster::Command::Confirm),
        ] {
            let command = Command::Person(PersonId::new(id)?, rules.clone(), command);
            world.submit(&actor(clerk, Seat::Clerk)?, command)?;
        }
        return Ok(());
    }
    Err(unclear(format!("nothing is known of the {text}")))
}

/// `ID for MODE, MODE and MODE`.
fn agency(world: &mut World, text: &str) -> Result<(), Trouble> {
    let (id, modes) = text
        .split_once(" for ")
        .ok_or_else(|| unclear("the agency ID for its modes"))?;
    let id = OrganisationId::new(id)?;
    let from = Interval::new(world.now(), None);
    let modes = list(modes)
        .iter()
        .map(|mode| Ok((word(Mode::parse, "mode", mode)?, from)))
        .collect::<Result<BTreeMap<_, _>, Trouble>>()?;
    let papers = evidence(EvidenceKind::OrganisationDocuments, "the agency's papers");
    let filing = evidence(EvidenceKind::OrganisationDocuments, "the agency's filing");
    let clerk = actor(CLERK, Seat::Clerk)?;
    let steps = [
        (
            clerk.clone(),
            organisation::Command::Onboard(Onboarding::new(id.as_str(), papers)),
        ),
        (clerk, organisation::Command::FileModes { modes, filing }),
        (
            actor(APPROVER, Seat::Approver)?,
            organisation::Command::ConfirmModes,
        ),
    ];
    for (actor, command) in steps {
        world.submit(&actor, Command::Organisation(id.clone(), command))?;
    }
    Ok(())
}

/// `ID named NAME, centralised, with approver P, agent P, applicants P and P`.
fn organisation(world: &mut World, text: &str) -> Result<(), Trouble> {
    let (id, rest) = text
        .split_once(" named ")
        .ok_or_else(|| unclear("the organisation ID named NAME, …"))?;
    let (name, rest) = rest.split_once(", ").unwrap_or((rest, ""));
    let papers = evidence(EvidenceKind::OrganisationDocuments, "the charter");
    let mut onboarding = Onboarding::new(name, papers);
    if !rest.is_empty() {
        onboarding = onboarding.arrangement(arrangement(world.now(), rest)?);
    }
    let command = organisation::Command::Onboard(onboarding);
    let clerk = actor(CLERK, Seat::Clerk)?;
    world.submit(
        &clerk,
        Command::Organisation(OrganisationId::new(id)?, command),
    )
}

fn arrangement(now: DateTime, text: &str) -> Result<Arrangement, Trouble> {
    let mut model = Model::SelfService;
    let mut approver = None;
    let mut agents = Vec::new();
    let mut applicants = Vec::new();
    for part in text.split(", ") {
        if let Some(word) = Model::parse(part) {
            model = word;
        } else if let Some(person) = part.strip_prefix("approver ") {
            approver = Some(PersonId::new(person)?);
        } else if let Some(rest) = part.strip_prefix("agent ") {
            let (person, until) = until(rest)?;
            agents.push((PersonId::new(person)?, until));
        } else if let Some(persons) = part.strip_prefix("applicants ") {
            for person in list(persons) {
                applicants.push(PersonId::new(person)?);
            }
        } else {
            return Err(unclear(format!(
                "{part:?} says nothing about an organisation"
            )));
        }
    }
    let approver = approver.ok_or_else(|| unclear("who is its approver?"))?;
    let scope = |until| Scope::new(Kind::ALL.iter().copied(), Interval::new(now, until));
    let mut arrangement = Arrangement::new(model, "whoever works here")
        .approver(approver.clone(), scope(None))
        .applicants(applicants);
    for (agent, until) in agents {
        let letter = evidence(
            EvidenceKind::OrganisationDocuments,
            "the letter of authority",
        );
        let grant = Grant::new(scope(until), approver.clone(), letter);
        arrangement = arrangement.agent(agent, grant);
    }
    Ok(arrangement)
}

/// `EMPLOYMENT, trained until D, licensed until D, under contract until D, no declaration`.
fn entry(now: DateTime, text: &str) -> Result<Entry, Trouble> {
    let paper = |name: &str, until| Paper::new(name, Interval::new(now, until));
    let mut employment = Employment::Contract;
    let mut contract = None;
    let mut training = (true, None);
    let mut licence = Some(None);
    let mut trained = true;
    let mut declared = true;
    let mut relations = Vec::new();
    for part in text.split(", ") {
        if let Some(word) = Employment::parse(part) {
            employment = word;
        } else if let Some(rest) = part.strip_prefix("under contract") {
            contract = until(rest)?.1;
        } else if let Some(rest) = part.strip_prefix("trained") {
            training = (true, until(rest)?.1);
        } else if let Some(rest) = part.strip_prefix("licensed") {
            licence = Some(until(rest)?.1);
        } else if part == "untrained" {
            trained = false;
        } else if part == "failed in the examination" {
            training = (false, None);
        } else if part == "without a licence" {
            licence = None;
        } else if part == "without a declaration" {
            declared = false;
        } else if let Some(person) = part.strip_prefix("related to ") {
            relations.push(PersonId::new(person)?);
        } else {
            return Err(unclear(format!("{part:?} says nothing about a person")));
        }
    }
    let mut entry = Entry::new(employment, paper("labour contract 1", contract));
    if trained {
        entry = entry.training(training.0, paper("training record 1", training.1));
    }
    if let Some(until) = licence {
        entry = entry.licence(paper("licence 1", until));
    }
    if declared {
        let statement = evidence(EvidenceKind::HolderStatement, "the declaration");
        entry = entry.declaration(statement, relations);
    }
    Ok(entry)
}

/// `… until D`.
fn until(text: &str) -> Result<(&str, Option<DateTime>), Trouble> {
    match text.split_once(" until ") {
        Some((head, day)) => Ok((head, Some(time(day)?))),
        None => Ok((text, None)),
    }
}
