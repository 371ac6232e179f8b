//! Histories as the store has them, read without the operator's keys.

use crate::{desk::View, failure::Failure};
use der::DateTime;
use lifecycle::{
    AuthorityId, CaseId, Entry, Error, Event, OrganisationId, PersonId, ProceedingId, Record,
    Serial, Store, StreamId, TokenId, authority,
    case::{self, state::DeadlineName},
    certificate, cessation, organisation, proceeding, roster, token,
};
use std::collections::BTreeMap;

/// What happened to something, and where it stands after it.
#[derive(Debug)]
pub(crate) struct History<S> {
    pub(crate) entries: Vec<Entry>,
    pub(crate) state: S,
}

/// The history of a case; none where nobody opened it. What is personal in it stays sealed.
pub(crate) fn of_case(
    store: &dyn Store,
    case: &CaseId,
) -> Result<Option<History<case::State>>, Failure> {
    read_case(store, case, Record::entry)
}

/// The same, with what is personal in it.
pub(crate) fn of_case_opened(
    view: &View,
    case: &CaseId,
) -> Result<Option<History<case::State>>, Failure> {
    read_case(&view.store, case, |record| record.open(&view.subjects))
}

fn read_case(
    store: &dyn Store,
    case: &CaseId,
    read: impl Fn(&Record) -> Result<Entry, Error>,
) -> Result<Option<History<case::State>>, Failure> {
    let evolve = |state, entry: &Entry| match &entry.event {
        Event::Case(event) => case::evolve(state, &entry.actor, entry.at, event),
        _ => state,
    };
    read_through(store, &StreamId::Case(case.clone()), read, evolve)
}

/// The deadlines of a case that have passed by now: those that run still, and those that were
/// noted since the case came to where it stands.
pub(crate) fn passed(
    history: &History<case::State>,
    now: DateTime,
) -> BTreeMap<DeadlineName, DateTime> {
    let running = history.state.deadlines.iter();
    let running = running.filter(|(_, deadline)| deadline.at < now);
    let mut passed: BTreeMap<_, _> = running
        .map(|(name, deadline)| (*name, deadline.at))
        .collect();
    let mut noted = BTreeMap::new();
    let mut state = None;
    for entry in &history.entries {
        let Event::Case(event) = &entry.event else {
            continue;
        };
        let before = state.take();
        if let (Some(before), case::Event::OverdueNoted { deadline }) = (&before, event) {
            let at = case_deadline(before, *deadline).unwrap_or(entry.at);
            noted.insert(*deadline, (at, before.phase));
        }
        state = case::evolve(before, &entry.actor, entry.at, event);
    }
    for (name, (at, phase)) in noted {
        if phase == history.state.phase && at < now {
            passed.entry(name).or_insert(at);
        }
    }
    passed
}

fn case_deadline(state: &case::State, name: DeadlineName) -> Option<DateTime> {
    state.deadlines.get(&name).map(|deadline| deadline.at)
}

/// The history of a certificate; none where there is none.
pub(crate) fn of_certificate(
    store: &dyn Store,
    issuer: &AuthorityId,
    serial: &Serial,
) -> Result<Option<History<certificate::State>>, Failure> {
    let stream = StreamId::Certificate(issuer.clone(), serial.clone());
    of(store, &stream, |state, entry| match &entry.event {
        Event::Certificate(event) => certificate::evolve(state, &entry.actor, event),
        _ => state,
    })
}

/// The history of a key of the operator; none where nobody proposed it.
pub(crate) fn of_authority(
    store: &dyn Store,
    id: &AuthorityId,
) -> Result<Option<History<authority::State>>, Failure> {
    of(
        store,
        &StreamId::Authority(id.clone()),
        |state, entry| match &entry.event {
            Event::Authority(event) => authority::evolve(id, state, &entry.actor, event),
            _ => state,
        },
    )
}

/// The history of the end of a service; none where nobody proposed it.
pub(crate) fn of_cessation(
    store: &dyn Store,
    id: &AuthorityId,
) -> Result<Option<History<cessation::State>>, Failure> {
    of(
        store,
        &StreamId::Cessation(id.clone()),
        |state, entry| match &entry.event {
            Event::Cessation(event) => cessation::evolve(state, &entry.actor, event),
            _ => state,
        },
    )
}

/// The history of a case about an institution; none where nobody opened it.
pub(crate) fn of_proceeding(
    store: &dyn Store,
    id: &ProceedingId,
) -> Result<Option<History<proceeding::State>>, Failure> {
    of(
        store,
        &StreamId::Proceeding(id.clone()),
        |state, entry| match &entry.event {
            Event::Proceeding(event) => proceeding::evolve(state, &entry.actor, event),
            _ => state,
        },
    )
}

/// The history of an organisation; none where it was not taken on.
pub(crate) fn of_organisation(
    store: &dyn Store,
    id: &OrganisationId,
) -> Result<Option<History<organisation::State>>, Failure> {
    of(
        store,
        &StreamId::Organisation(id.clone()),
        |state, entry| match &entry.event {
            Event::Organisation(event) => {
                organisation::evolve(state, &entry.actor, event, entry.at)
            }
            _ => state,
        },
    )
}

/// The history of a person's entry; none where nobody proposed one.
pub(crate) fn of_person(
    store: &dyn Store,
    id: &PersonId,
) -> Result<Option<History<roster::State>>, Failure> {
    of(
        store,
        &StreamId::Person(id.clone()),
        |state, entry| match &entry.event {
            Event::Person(event) => roster::evolve(state, &entry.actor, event, entry.at),
            _ => state,
        },
    )
}

/// The history of a token; none where it did not come in.
pub(crate) fn of_token(
    store: &dyn Store,
    id: &TokenId,
) -> Result<Option<History<token::State>>, Failure> {
    of(
        store,
        &StreamId::Token(id.clone()),
        |state, entry| match &entry.event {
            Event::Token(event) => token::evolve(state, event),
            _ => state,
        },
    )
}

fn of<S>(
    store: &dyn Store,
    stream: &StreamId,
    evolve: impl Fn(Option<S>, &Entry) -> Option<S>,
) -> Result<Option<History<S>>, Failure> {
    read_through(store, stream, Record::entry, evolve)
}

fn read_through<S>(
    store: &dyn Store,
    stream: &StreamId,
    read: impl Fn(&Record) -> Result<Entry, Error>,
    evolve: impl Fn(Option<S>, &Entry) -> Option<S>,
) -> Result<Option<History<S>>, Failure> {
    let mut entries = Vec::new();
    let mut state = None;
    for record in store.stream(stream)? {
        let entry = read(&record)?;
        state = evolve(state, &entry);
        entries.push(entry);
    }
    Ok(state.map(|state| History { entries, state }))
}
