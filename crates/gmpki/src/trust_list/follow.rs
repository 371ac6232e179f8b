//! Whom a reader trusts, and what it remembers.

use super::{message, nobody, refused, set_of, signer_set};
use crate::{
    args::{ListRecovery, ListSigners},
    failure::Failure,
};
use der::DateTime;
use std::{path::Path, time::Duration};
use trust_list::{
    client::{Accepted, Client, ClientPolicy, FileStore, MemoryStore},
    list::SignerSet,
    publish::Folder,
};

/// The policy of a reader; nobody is pinned where the arguments name nobody.
pub(super) fn policy(
    signers: &ListSigners,
    grace: Option<Duration>,
) -> Result<ClientPolicy, Failure> {
    let policy = match signer_set(signers)? {
        Some(pins) => ClientPolicy::pinned(pins),
        None => ClientPolicy::default(),
    };
    Ok(policy.grace(grace.unwrap_or_default()))
}

/// The policy with recovery keys, where the arguments name some.
pub(super) fn with_recovery(
    policy: ClientPolicy,
    recovery: &ListRecovery,
) -> Result<ClientPolicy, Failure> {
    if recovery.recovery.is_empty() {
        return Ok(policy);
    }
    let set = set_of(&recovery.recovery, recovery.recovery_threshold)?;
    Ok(policy.recovery(set))
}

/// A reader with its memory, or with one that ends with this call.
pub(super) fn open(policy: ClientPolicy, state: Option<&Path>) -> Result<Client, Failure> {
    match state {
        None => Ok(Client::open(policy, MemoryStore::new())?),
        Some(state) => {
            let client = Client::open(policy, FileStore::new(state));
            client.map_err(|error| refused(state, error))
        }
    }
}

/// A reader that has come to a list: that of its memory, after `list` where one is given.
/// Without a memory somebody has to be pinned. With what is to be noted about that list.
pub(crate) fn up_to(
    signers: &ListSigners,
    grace: Option<Duration>,
    state: Option<&Path>,
    list: Option<&Path>,
    content: Option<&Path>,
    at: DateTime,
) -> Result<(Client, Vec<String>), Failure> {
    let Some(asked) = state.or(list) else {
        return Err(Failure::Usage("give a list, or --state".into()));
    };
    if state.is_none() && signers.signer.is_empty() {
        return Err(nobody());
    }
    let client = open(policy(signers, grace)?, state)?;
    let mut notes = Vec::new();
    if let Some(path) = list {
        let accepted = client.accept(&message(path, content)?, at);
        notes = notes_of(&accepted.map_err(|error| refused(path, error))?);
    }
    if client.list().is_none() {
        return Err(refused(asked, trust_list::Error::NoList));
    }
    Ok((client, notes))
}

/// What a person should know about a list that was accepted.
pub(super) fn notes_of(accepted: &Accepted) -> Vec<String> {
    let gap = accepted
        .gap
        .map(|(first, last)| format!("lists {first} to {last} were left out"));
    let before = accepted.renamed_from.as_ref();
    let renamed = before.map(|before| format!("the publisher was called {} before", before.name()));
    gap.into_iter().chain(renamed).collect()
}

/// The policy of a reader who has followed a folder so far: it waits for those whom the last
/// list there names. Where that names nobody, or nothing is there, for `signers`.
pub(super) fn of_folder(folder: &Path, signers: SignerSet) -> Result<ClientPolicy, Failure> {
    let roll = Folder::new(folder).signers();
    let roll = roll.map_err(|error| refused(folder, error))?;
    Ok(ClientPolicy::pinned(
        roll.map_or(signers, |roll| roll.current),
    ))
}
