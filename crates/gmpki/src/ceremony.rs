//! `gmpki ceremony`: a CA's key comes into being before witnesses, by a script.
//!
//! One file says everything; a rehearsal goes through all of it without the key, and the
//! ceremony is refused without the protocol of a rehearsal of the very same file and profile.

mod digits;
mod protocol;
mod restore;
mod script;
mod share;
mod split;
mod stage;

pub(crate) use restore::restore;

use crate::{
    args::Ceremony,
    failure::Failure,
    input,
    outcome::Outcome,
    output::{self, Readers},
};
use base64ct::{Base64, Encoding};
use protocol::{Protocol, Status};
use script::Script;
use serde_json::json;
use stage::{Policy, Stage};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Octets of the largest protocol that is read.
const PROTOCOL: u64 = 1 << 20;

pub(crate) fn run(args: &Ceremony) -> Result<Outcome, Failure> {
    let Some(path) = &args.config else {
        return Err(Failure::Usage("name the ceremony's file".into()));
    };
    let octets = input::read(path, input::STRUCTURE)?;
    let text = str::from_utf8(&octets).map_err(|source| Failure::file(path, source))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let script = Script::read(text, folder).map_err(|fault| Failure::file(path, fault))?;
    let policy = Policy::read(&script, folder)?;
    free(&script)?;
    if !args.dry_run {
        rehearsed(&script, &policy)?;
    }
    let mut stage = Stage::new(&script, policy, args.dry_run);
    for task in script.tasks() {
        if let Err(failure) = stage.perform(&task) {
            return Err(broken_off(&script, &mut stage, failure));
        }
    }
    let status = if args.dry_run {
        Status::Rehearsal
    } else {
        Status::Done
    };
    let protocol = stage.end(status);
    let signature = if args.dry_run {
        None
    } else {
        match stage.sign(protocol.text().as_bytes()) {
            Ok(signature) => Some(signature),
            Err(failure) => return Err(broken_off(&script, &mut stage, failure)),
        }
    };
    let files = write(&script, &protocol, signature.as_deref())?;
    Ok(told(&script, &protocol, &files))
}

/// Whatever was made until then is told, for those who have to clear up.
fn broken_off(script: &Script, stage: &mut Stage<'_>, failure: Failure) -> Failure {
    if !stage.has_begun() {
        return failure;
    }
    let reason = one_line(&failure.reasons());
    let protocol = stage.end(Status::BrokenOff { reason });
    match write(script, &protocol, None) {
        Ok(_) => failure,
        Err(second) => failure.noted(vec![second.reasons()]),
    }
}

/// A message as one line of a protocol.
fn one_line(text: &str) -> String {
    let shown = |c: char| if script::is_not_shown(c) { ' ' } else { c };
    text.chars().map(shown).collect()
}

/// Nothing lies where results go, and the folders for them are there.
fn free(script: &Script) -> Result<(), Failure> {
    for file in script.new_files() {
        if fs::symlink_metadata(&file).is_ok() {
            let reason = "is there already, and a ceremony writes over nothing";
            return Err(Failure::file(&file, reason));
        }
        let folder = file.parent().filter(|folder| *folder != Path::new(""));
        if let Some(folder) = folder
            && !folder.is_dir()
        {
            return Err(Failure::file(
                folder,
                "the folder for a result is not there",
            ));
        }
    }
    Ok(())
}

/// The rehearsal's protocol is there, as the program wrote it, and of this very file and
/// profile.
fn rehearsed(script: &Script, policy: &Policy) -> Result<(), Failure> {
    let path = script.output.protocol(true, ".txt");
    if !path.exists() {
        let reason = "there is no protocol of a rehearsal: run with --dry-run first";
        return Err(Failure::file(&path, reason));
    }
    let octets = input::read(&path, PROTOCOL)?;
    let text = String::from_utf8_lossy(&octets);
    if !protocol::is_rehearsal_of(&text, &script.digest, &policy.digest) {
        let reason = "no rehearsal of this very file and its profile: one was changed since; run \
                      with --dry-run";
        return Err(Failure::file(&path, reason));
    }
    Ok(())
}

/// The protocol as text, to print, and its signature.
fn write(
    script: &Script,
    protocol: &Protocol,
    signature: Option<&[u8]>,
) -> Result<Vec<PathBuf>, Failure> {
    let rehearsal = protocol.status == Status::Rehearsal;
    let file = |ending| script.output.protocol(rehearsal, ending);
    let text = protocol.text();
    let base64 = signature.map(Base64::encode_string);
    let html = protocol.html(base64.as_deref());
    let mut files = vec![
        (file(".txt"), text.as_bytes()),
        (file(".html"), html.as_bytes()),
    ];
    files.extend(signature.map(|signature| (file(".sig"), signature)));
    for (path, octets) in &files {
        // The rehearsal's protocol was read, and the next one takes its place.
        if rehearsal {
            output::replace(path, octets)?;
        } else {
            output::write(path, octets, Readers::AsUsual)?;
        }
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

fn told(script: &Script, protocol: &Protocol, files: &[PathBuf]) -> Outcome {
    let rehearsal = protocol.status == Status::Rehearsal;
    let shown: Vec<String> = files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let mut lines = Vec::new();
    if rehearsal {
        lines.push("rehearsed: no key was made or used".to_owned());
    } else {
        let certificate = &script.output.certificate;
        lines.push(format!("certificate: {}", certificate.display()));
    }
    lines.extend(shown.iter().map(|path| format!("protocol:    {path}")));
    let json = json!({
        "rehearsal": rehearsal,
        "protocol": shown,
        "certificate": (!rehearsal).then(|| script.output.certificate.display().to_string()),
        "steps": protocol.entries.len(),
    });
    Outcome::new(lines.join("\n"), json)
}
