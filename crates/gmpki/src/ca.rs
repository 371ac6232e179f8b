//! `gmpki ca`: the desk's own keys, its lists and its clock.

mod keys;
mod show;
mod sweep;

use crate::{
    args::{CaCommand, CaCrl, CaInit, CaTick},
    case::{durable, told},
    demo::folder::Folder,
    desk::{
        self, Desk, KeyCentreSettings, LogSettings, Settings, checkpoints,
        roles::{Keys, Role},
        rules,
    },
    failure::Failure,
    keys::public_key,
    names,
    outcome::Outcome,
};
use gm_crypto::pki::encode_pem;
use lifecycle::{
    Actor, AuthorityId, Command, Entry, PersonId, Seat,
    authority::{self, Proposal},
};
use serde_json::json;
use spki::EncodePublicKey;
use std::fs;

pub(crate) fn run(command: &CaCommand) -> Result<Outcome, Failure> {
    match command {
        CaCommand::Init(init) => self::init(init),
        CaCommand::Show(show) => show::run(show),
        CaCommand::Tick(tick) => self::tick(tick),
        CaCommand::Crl(crl) => self::crl(crl),
        CaCommand::Sweep(sweep) => sweep::run(sweep),
        other => keys::run(other),
    }
}

fn init(init: &CaInit) -> Result<Outcome, Failure> {
    let (set, text) = rules(&init.rules)?;
    let wanted = settings(init, &set.id().name)?;
    let dir = &init.work.desk.dir;
    match Settings::read(dir)? {
        Some(there) if there != wanted => {
            let reason = "is a desk already, set up in another way: name another folder";
            return Err(Failure::file(dir, reason));
        }
        Some(_) => {}
        None if fs::read_dir(dir).is_ok_and(|mut files| files.next().is_some()) => {
            return Err(Failure::file(dir, "is not empty: name another folder"));
        }
        None if wanted.rehearsal && init.work.at.is_none() => {
            let message = "a rehearsal begins at a time: give --at";
            return Err(Failure::Usage(message.into()));
        }
        None if !wanted.rehearsal && init.work.at.is_some() => {
            let message = "--at sets the clock of a rehearsal: give --rehearsal too";
            return Err(Failure::Usage(message.into()));
        }
        None => {
            let folder = Folder::open(dir, init.work.password_file.as_deref())?;
            desk::place(&folder, &set, &text)?;
            wanted.write(&folder)?;
        }
    }
    let folder = Folder::open(dir, init.work.password_file.as_deref())?;
    let mut desk = Desk::over(folder, wanted, &init.work)?;
    let entries = establish(&mut desk)?;
    let text = format!(
        "{}desk {}: rules {}{}",
        told(&entries),
        dir.display(),
        set.id(),
        if desk.settings.rehearsal {
            ", a rehearsal"
        } else {
            ""
        },
    );
    let json = json!({
        "dir": dir.display().to_string(),
        "rules": set.id().to_string(),
        "rehearsal": desk.settings.rehearsal,
        "durable": durable(&entries),
    });
    Ok(Outcome::new(text, json))
}

fn settings(init: &CaInit, rules: &str) -> Result<Settings, Failure> {
    for name in [&init.root, &init.name, &init.responder, &init.log_signer] {
        names::subject(name)?;
    }
    checkpoints::check_name(&init.log)?;
    let officers = match init.officer.as_slice() {
        [] => [PersonId::new("zhao.yi")?, PersonId::new("qian.er")?],
        [one, other] if one != other => [one.clone(), other.clone()],
        _ => {
            let message = "--officer names two persons, the one who proposes first";
            return Err(Failure::Usage(message.into()));
        }
    };
    Ok(Settings {
        rules: rules.to_owned(),
        rehearsal: init.rehearsal,
        officers,
        root: init.root.clone(),
        name: init.name.clone(),
        responder: init.responder.clone(),
        key: init.key.as_ref().map(ToString::to_string),
        notify_command: init.notify_command.clone(),
        publish_command: init.publish_command.clone(),
        log: Some(LogSettings {
            origin: init.log.clone(),
            signer: init.log_signer.clone(),
        }),
        key_centre: key_centre(init)?,
    })
}

fn key_centre(init: &CaInit) -> Result<Option<KeyCentreSettings>, Failure> {
    let (Some(address), Some(path)) = (init.kmc, &init.kmc_key) else {
        return Ok(None);
    };
    Ok(Some(KeyCentreSettings {
        address,
        key: encode_pem(
            "PUBLIC KEY",
            public_key(path)?.to_public_key_der()?.as_bytes(),
        ),
    }))
}

/// The desk's authorities, each proposed by one officer and approved by the other; those that
/// are there stay.
fn establish(desk: &mut Desk) -> Result<Vec<Entry>, Failure> {
    let mut entries = desk.tick()?;
    let [first, second] = desk.settings.officers.clone();
    let officer = |person: PersonId| Actor::new(person, Seat::KeyOfficer);
    let (first, second) = (officer(first), officer(second));
    let settings = desk.settings.clone();
    for role in Role::ALL {
        let id = AuthorityId::new(role.as_str())?;
        let subject = names::subject(match (role, &settings.log) {
            (Role::Root, _) => &settings.root,
            (Role::IssuingCa, _) => &settings.name,
            (Role::Responder, _) => &settings.responder,
            (Role::Log, Some(log)) => &log.signer,
            (Role::Log, None) => continue,
        })?;
        let proposal = match role.issuer() {
            None => Proposal::root(role.profile(), &subject),
            Some(issuer) => {
                Proposal::under(AuthorityId::new(issuer.as_str())?, role.profile(), &subject)
            }
        };
        let command = |command| Command::Authority(id.clone(), command);
        if desk.engine.authority(&id)?.is_none() {
            let propose = command(authority::Command::Propose(proposal));
            entries.extend(desk.act(&first, propose)?);
        }
        if let Some(authority::State::Proposed(_)) = desk.engine.authority(&id)? {
            entries.extend(desk.act(&second, command(authority::Command::Approve))?);
        }
    }
    Ok(entries)
}

fn tick(tick: &CaTick) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&tick.work)?;
    let entries = desk.tick()?;
    let mut text = told(&entries);
    text.push_str(&format!("clock: {}", desk.now));
    let json = json!({ "now": desk.now.to_string(), "durable": durable(&entries) });
    Ok(Outcome::new(text, json))
}

fn crl(crl: &CaCrl) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&crl.act.work)?;
    let authority = match &crl.authority {
        Some(authority) => authority.clone(),
        None => Keys::of(desk.engine.store(), Role::IssuingCa)?.serving()?,
    };
    let command = Command::Authority(authority.clone(), authority::Command::IssueCrl);
    let entries = desk.act(&crl.act.actor, command)?;
    let path = desk.folder.crl(authority.as_str());
    let text = format!("{}file: {}", told(&entries), path.display());
    let json = json!({ "file": path.display().to_string(), "durable": durable(&entries) });
    Ok(Outcome::new(text, json))
}
