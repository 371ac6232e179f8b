//! `gmpki trust-list`: a publisher's list, and a reader's questions.

pub(crate) mod answer;
mod draft;
mod flash;
pub(crate) mod follow;
mod mirror;
mod publisher;
mod show;
mod sign;

use crate::{
    args::{ListSigners, TrustListCommand},
    failure::{Failure, chain},
    input,
    outcome::Outcome,
};
use der::DateTime;
use std::{
    fs,
    path::{Path, PathBuf},
};
use trust_list::{
    list::{SignerSet, Status, TrustList, UnverifiedList},
    path::ParsedCertificate,
};

pub(crate) fn run(command: &TrustListCommand) -> Result<Outcome, Failure> {
    match command {
        TrustListCommand::New(new) => draft::new(new),
        TrustListCommand::Add(add) => draft::add(add),
        TrustListCommand::Suspend(change) => draft::change(change, Status::Suspended),
        TrustListCommand::Reinstate(change) => draft::change(change, Status::Recognised),
        TrustListCommand::Terminate(change) => draft::change(change, Status::Terminated),
        TrustListCommand::Signers(roll) => publisher::signers(roll),
        TrustListCommand::Rename(rename) => publisher::rename(rename),
        TrustListCommand::Build(build) => draft::build(build),
        TrustListCommand::Sign(sign) => sign::sign(sign),
        TrustListCommand::Flash(flash) => flash::flash(flash),
        TrustListCommand::Due(due) => publisher::due(due),
        TrustListCommand::Mirror(mirror) => mirror::mirror(mirror),
        TrustListCommand::Verify(verify) => answer::verify(verify),
        TrustListCommand::Query(query) => answer::query(query),
        TrustListCommand::Diff(diff) => show::diff(diff),
        TrustListCommand::Export(export) => show::export(export),
        TrustListCommand::Import(import) => show::import(import),
    }
}

/// The reason's code before its words, for scripts that compare it.
fn refused(path: &Path, error: trust_list::Error) -> Failure {
    let code = error.code();
    coded(
        Failure::file(path, format!("{code}: {}", chain(&error))),
        code,
    )
}

/// With the reason's code as a member of the object, too.
fn coded(failure: Failure, code: &'static str) -> Failure {
    Failure::Coded(Box::new(failure), code)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let limit = UnverifiedList::MAX_LENGTH as u64;
    input::read(path, limit).map_err(|failure| {
        let is_long = fs::metadata(path).is_ok_and(|found| found.len() > limit);
        if is_long {
            let reason = format!("LIMIT: larger than the {limit} octets that are read at most");
            return coded(Failure::file(path, reason), "LIMIT");
        }
        failure
    })
}

/// A signed message, with its JSON where it has none inside: from `content`, or from the file
/// beside it that ends in `.json`.
fn message(path: &Path, content: Option<&Path>) -> Result<UnverifiedList, Failure> {
    let octets = read(path)?;
    if let Some(content) = content {
        let list = UnverifiedList::from_detached(octets, read(content)?);
        return list.map_err(|error| refused(path, error));
    }
    let list = UnverifiedList::from_der(octets).map_err(|error| refused(path, error))?;
    let beside = path.with_extension("json");
    if list.has_content() || beside == path || !beside.is_file() {
        return Ok(list);
    }
    let json = read(&beside)?;
    list.with_content(json)
        .map_err(|error| refused(&beside, error))
}

/// The signers that the arguments name; none where they name nobody.
fn signer_set(args: &ListSigners) -> Result<Option<SignerSet>, Failure> {
    if args.signer.is_empty() {
        return Ok(None);
    }
    set_of(&args.signer, args.threshold).map(Some)
}

fn set_of(paths: &[PathBuf], threshold: Option<usize>) -> Result<SignerSet, Failure> {
    let digests = paths
        .iter()
        .map(|path| Ok(certificate(path)?.digest()))
        .collect::<Result<Vec<_>, Failure>>()?;
    Ok(SignerSet::new(threshold.unwrap_or(digests.len()), digests)?)
}

/// Whom to trust was not said.
fn nobody() -> Failure {
    Failure::Usage("give the certificate of the list's signer with --signer".into())
}

/// A list that its signers signed and that counts at a time.
/// A list in a file, as of now, whose signers are these.
pub(crate) fn of_file(
    path: &Path,
    signers: &ListSigners,
    now: DateTime,
) -> Result<TrustList, Failure> {
    verified(path, None, signers, now)
}

fn verified(
    path: &Path,
    content: Option<&Path>,
    signers: &ListSigners,
    at: DateTime,
) -> Result<TrustList, Failure> {
    let pins = signer_set(signers)?.ok_or_else(nobody)?;
    let list = message(path, content)?;
    list.verify_by(&pins, at)
        .map_err(|error| refused(path, error))
}

pub(crate) fn certificate(path: &Path) -> Result<ParsedCertificate, Failure> {
    let der = input::read_der(path, input::CERTIFICATE)?;
    ParsedCertificate::from_der(der).map_err(|source| Failure::file(path, source))
}
