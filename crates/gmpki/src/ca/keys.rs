//! The life of the operator's keys: each act asked for by one officer, confirmed by another.

use crate::{
    args::{
        Act as By, CaCommand, CaCompromise, CaLink, CaRetire, CaRollover, DirectionName,
        OnAuthority,
    },
    case::{durable, told},
    desk::{
        Desk, evidence,
        roles::{Keys, Role},
    },
    failure::Failure,
    moment, names,
    outcome::Outcome,
};
use lifecycle::{
    AuthorityId, Command, Entry,
    authority::{Act, Command as Asked, Direction, Link, Proposal, State},
    terms::EvidenceKind,
};
use serde_json::json;

pub(super) fn run(command: &CaCommand) -> Result<Outcome, Failure> {
    match command {
        CaCommand::Rollover(rollover) => self::rollover(rollover),
        CaCommand::Link(link) => self::link(link),
        CaCommand::Retire(retire) => self::retire(retire),
        CaCommand::Close(on) => simple(on, Asked::Request(Act::Close)),
        CaCommand::Compromise(compromise) => self::compromise(compromise),
        CaCommand::Confirm(on) => confirm(on),
        CaCommand::Discard(on) => simple(on, Asked::Discard),
        CaCommand::Init(_)
        | CaCommand::Show(_)
        | CaCommand::Tick(_)
        | CaCommand::Crl(_)
        | CaCommand::Sweep(_) => Err(Failure::Usage("this is no act on a key".into())),
    }
}

/// The next key of a role: with the profile of those before it, under whoever does the work
/// above it now.
fn rollover(rollover: &CaRollover) -> Result<Outcome, Failure> {
    let subject = names::subject(&rollover.name)?;
    let mut desk = Desk::open(&rollover.act.work)?;
    let (role, store) = (rollover.role, desk.engine.store());
    let id = Keys::of(store, role)?.next()?;
    let proposal = match (&rollover.under, role.issuer()) {
        (Some(_), None) => {
            let message = "a root signs itself: leave out --under";
            return Err(Failure::Usage(message.into()));
        }
        (None, None) => Proposal::root(role.profile(), &subject),
        (Some(issuer), Some(_)) => Proposal::under(issuer.clone(), role.profile(), &subject),
        (None, Some(above)) => {
            let issuer = Keys::of(store, above)?.serving()?;
            Proposal::under(issuer, role.profile(), &subject)
        }
    };
    act(&mut desk, &rollover.act, &id, Asked::Propose(proposal))
}

fn link(link: &CaLink) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&link.act.work)?;
    let roots = Keys::of(desk.engine.store(), Role::Root)?;
    for id in [&link.old, &link.new] {
        if !roots.all.iter().any(|(root, _)| root == id) {
            let reason = format!("{id} is no root: what is below one is found through it");
            return Err(Failure::Refused(reason.into()));
        }
    }
    let direction = match link.direction {
        DirectionName::NewWithOld => Direction::NewWithOld,
        DirectionName::OldWithNew => Direction::OldWithNew,
    };
    let wanted = Act::Link(Link::new(link.new.clone(), direction, "link"));
    act(&mut desk, &link.act, &link.old, Asked::Request(wanted))
}

fn retire(retire: &CaRetire) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&retire.act.work)?;
    let successor = retire.successor.clone();
    let wanted = Asked::Request(Act::Retire { successor });
    act(&mut desk, &retire.act, &retire.authority, wanted)
}

fn compromise(compromise: &CaCompromise) -> Result<Outcome, Failure> {
    let since = compromise.since.as_ref();
    let since = since.map(|text| moment::parse("--since", text));
    let since = since.transpose()?;
    let mut desk = Desk::open(&compromise.act.work)?;
    let kind = EvidenceKind::WorkRecord;
    let report = evidence::one(desk.documents(), &compromise.proof, kind)?;
    let wanted = Asked::Request(Act::Compromise { since, report });
    act(&mut desk, &compromise.act, &compromise.authority, wanted)
}

fn simple(on: &OnAuthority, asked: Asked) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&on.act.work)?;
    act(&mut desk, &on.act, &on.authority, asked)
}

/// What waits for a second officer. After a compromise the lists say at once what it revoked.
fn confirm(on: &OnAuthority) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&on.act.work)?;
    let id = &on.authority;
    let before = desk.engine.authority(id)?;
    let asked = match &before {
        Some(State::Proposed(_)) => Asked::Approve,
        _ => Asked::Confirm,
    };
    let mut entries = carry_out(&mut desk, &on.act, id, asked)?;
    if let Some(State::Compromised(fallen)) = desk.engine.authority(id)? {
        let mut lists = vec![fallen.active.issuer, id.clone()];
        lists.dedup();
        for list in lists {
            let state = desk.engine.authority(&list)?;
            if state.as_ref().and_then(State::signing).is_some() {
                entries.extend(carry_out(&mut desk, &on.act, &list, Asked::IssueCrl)?);
            }
        }
    }
    done(&desk, id, &entries)
}

fn act(desk: &mut Desk, by: &By, id: &AuthorityId, asked: Asked) -> Result<Outcome, Failure> {
    let entries = carry_out(desk, by, id, asked)?;
    done(desk, id, &entries)
}

fn carry_out(
    desk: &mut Desk,
    by: &By,
    id: &AuthorityId,
    asked: Asked,
) -> Result<Vec<Entry>, Failure> {
    desk.act(&by.actor, Command::Authority(id.clone(), asked))
}

/// What became durable, and where the key stands now.
fn done(desk: &Desk, id: &AuthorityId, entries: &[Entry]) -> Result<Outcome, Failure> {
    let state = desk.engine.authority(id)?;
    let stands = state.as_ref().map_or("unknown", State::name);
    let text = format!("{}{id}: {stands}", told(entries));
    let json = json!({
        "authority": id.as_str(),
        "state": stands,
        "durable": durable(entries),
    });
    Ok(Outcome::new(text, json))
}
