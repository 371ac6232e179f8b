//! `gmpki trust-list`: a publisher's list, and a reader's questions.

pub(crate) mod answer;
mod draft;
mod show;
mod sign;

use crate::{
    args::{ListSigners, TrustListCommand},
    failure::{Failure, chain},
    input,
    outcome::Outcome,
};
use der::DateTime;
use std::path::{Path, PathBuf};
use trust_list::{
    client::{Client, ClientPolicy, FileStore},
    document::{DocumentQuestion, DocumentReport, UnverifiedDocument},
    list::{Answer, Question, SignerSet, Status, TrustList, UnverifiedList},
    path::ParsedCertificate,
};

pub(crate) fn run(command: &TrustListCommand) -> Result<Outcome, Failure> {
    match command {
        TrustListCommand::New(new) => draft::new(new),
        TrustListCommand::Add(add) => draft::add(add),
        TrustListCommand::Suspend(change) => draft::change(change, Status::Suspended),
        TrustListCommand::Reinstate(change) => draft::change(change, Status::Recognised),
        TrustListCommand::Terminate(change) => draft::change(change, Status::Terminated),
        TrustListCommand::Build(build) => draft::build(build),
        TrustListCommand::Sign(sign) => sign::sign(sign),
        TrustListCommand::Verify(verify) => answer::verify(verify),
        TrustListCommand::Query(query) => answer::query(query),
        TrustListCommand::Diff(diff) => show::diff(diff),
        TrustListCommand::Export(export) => show::export(export),
        TrustListCommand::Import(import) => show::import(import),
    }
}

/// The reason's code before its words, for scripts that compare it.
fn refused(path: &Path, error: trust_list::Error) -> Failure {
    Failure::file(path, format!("{}: {}", error.code(), chain(&error)))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    input::read(path, UnverifiedList::MAX_LENGTH as u64)
}

/// A signed message, with its JSON from beside it where it has none inside.
fn message(path: &Path, content: Option<&Path>) -> Result<UnverifiedList, Failure> {
    let octets = read(path)?;
    match content {
        None => UnverifiedList::from_der(octets),
        Some(content) => UnverifiedList::from_detached(octets, read(content)?),
    }
    .map_err(|error| refused(path, error))
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

/// A list that its signers signed and that counts at a time.
fn verified(
    path: &Path,
    content: Option<&Path>,
    signers: &ListSigners,
    at: DateTime,
) -> Result<TrustList, Failure> {
    let Some(pins) = signer_set(signers)? else {
        let message = "give the certificate of the list's signer with --signer";
        return Err(Failure::Usage(message.into()));
    };
    let list = message(path, content)?;
    list.verify_by(&pins, at)
        .map_err(|error| refused(path, error))
}

/// A list that answers: the one that a reader has come to, or one alone.
#[derive(Debug)]
pub(crate) enum Asked {
    Reader(Box<Client>),
    List(Box<TrustList>),
}

impl Asked {
    /// The list of a state file, after that in `list` where one is given; without a state
    /// file, that list on the word of its signers.
    pub(crate) fn open(
        state: Option<&Path>,
        list: Option<&Path>,
        content: Option<&Path>,
        signers: &ListSigners,
        at: DateTime,
    ) -> Result<Self, Failure> {
        match (state, list) {
            (Some(state), list) => {
                let pins = signer_set(signers)?;
                let policy = pins.map_or_else(ClientPolicy::default, ClientPolicy::pinned);
                let client = Client::open(policy, FileStore::new(state));
                let client = client.map_err(|error| refused(state, error))?;
                if let Some(path) = list {
                    let offered = message(path, content)?;
                    let accepted = client.accept(&offered, at);
                    accepted.map_err(|error| refused(path, error))?;
                }
                if client.list().is_none() {
                    return Err(refused(state, trust_list::Error::NoList));
                }
                Ok(Self::Reader(Box::new(client)))
            }
            (None, Some(list)) => {
                let list = verified(list, content, signers, at)?;
                Ok(Self::List(Box::new(list)))
            }
            (None, None) => Err(Failure::Usage("give a list, or --state".into())),
        }
    }

    pub(crate) fn ask(&self, question: &Question<'_>) -> Result<Answer, Failure> {
        match self {
            Self::Reader(client) => Ok(client.ask(question)?),
            Self::List(list) => Ok(list.ask(question)),
        }
    }

    pub(crate) fn judge(
        &self,
        document: &UnverifiedDocument,
        question: &DocumentQuestion<'_>,
    ) -> Result<DocumentReport, Failure> {
        match self {
            Self::Reader(client) => Ok(client.judge(document, question)?),
            Self::List(list) => Ok(document.judge(list, question)),
        }
    }
}

pub(crate) fn certificate(path: &Path) -> Result<ParsedCertificate, Failure> {
    let der = input::read_der(path, input::CERTIFICATE)?;
    ParsedCertificate::from_der(der).map_err(|source| Failure::file(path, source))
}
