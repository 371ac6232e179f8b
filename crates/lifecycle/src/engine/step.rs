//! One step: what a command changes in one or more aggregates, written at once.

use crate::{
    Actor, ApplicationId, AuthorityId, Batch, CaseNumber, CertificateRow, Entry, Error, Event,
    Head, Record, Serial, Store, StreamId, application, authority, certificate,
};
use der::DateTime;

/// An aggregate as its history made it.
#[derive(Debug)]
pub(super) struct Known<S> {
    pub(super) state: Option<S>,
    version: u64,
}

pub(super) fn application(
    store: &dyn Store,
    id: &ApplicationId,
) -> Result<Known<application::State>, Error> {
    replay(
        store,
        &StreamId::Application(id.clone()),
        |state, entry| match &entry.event {
            Event::Application(event) => application::evolve(state, &entry.actor, event),
            _ => state,
        },
    )
}

pub(super) fn authority(
    store: &dyn Store,
    id: &AuthorityId,
) -> Result<Known<authority::State>, Error> {
    replay(
        store,
        &StreamId::Authority(id.clone()),
        |state, entry| match &entry.event {
            Event::Authority(event) => authority::evolve(id, state, &entry.actor, event),
            _ => state,
        },
    )
}

pub(super) fn certificate(
    store: &dyn Store,
    issuer: &AuthorityId,
    serial: &Serial,
) -> Result<Known<certificate::State>, Error> {
    let stream = StreamId::Certificate(issuer.clone(), serial.clone());
    replay(store, &stream, |state, entry| match &entry.event {
        Event::Certificate(event) => certificate::evolve(state, &entry.actor, event),
        _ => state,
    })
}

fn replay<S>(
    store: &dyn Store,
    stream: &StreamId,
    mut evolve: impl FnMut(Option<S>, &Entry) -> Option<S>,
) -> Result<Known<S>, Error> {
    let mut known = Known {
        state: None,
        version: 0,
    };
    for record in store.stream(stream)? {
        known.state = evolve(known.state, &record.entry()?);
        known.version = record.version;
    }
    Ok(known)
}

/// Collects the records of one step behind the head it started from.
pub(super) struct Step<'a> {
    store: &'a dyn Store,
    actor: Actor,
    now: DateTime,
    start: Head,
    batch: Batch,
    entries: Vec<Entry>,
}

impl<'a> Step<'a> {
    pub(super) fn new(store: &'a dyn Store, actor: Actor, now: DateTime) -> Result<Self, Error> {
        Ok(Self {
            start: store.head()?,
            store,
            actor,
            now,
            batch: Batch::default(),
            entries: Vec::new(),
        })
    }

    pub(super) fn application(
        &self,
        id: &ApplicationId,
    ) -> Result<Option<application::State>, Error> {
        Ok(application(self.store, id)?.state)
    }

    pub(super) fn authority(&self, id: &AuthorityId) -> Result<Option<authority::State>, Error> {
        Ok(authority(self.store, id)?.state)
    }

    pub(super) fn next_case(&self) -> Result<CaseNumber, Error> {
        Ok(CaseNumber(self.store.last_case()?.0 + 1))
    }

    /// Applies events to an application, and what they mean to certificates.
    pub(super) fn apply_to_application(
        &mut self,
        id: &ApplicationId,
        events: Vec<application::Event>,
    ) -> Result<(), Error> {
        let stream = StreamId::Application(id.clone());
        let Known { mut state, version } = application(self.store, id)?;
        for (version, event) in (version + 1..).zip(events) {
            use application::Event as Happened;
            use certificate::Command as Change;
            let before = state.clone();
            state = application::evolve(state, &self.actor, &event);
            match &event {
                Happened::Registered { case, .. } => self.batch.case = Some(*case),
                Happened::IssuanceIntended { intent, .. } => {
                    self.change_certificate(&intent.issuer, &intent.serial, Change::Reserve)?;
                }
                Happened::IssuanceAbandoned { issuer, serial, .. } => {
                    self.change_certificate(issuer, serial, Change::Burn)?;
                }
                Happened::CertificateIssued { issuer, serial, .. } => {
                    self.change_certificate(issuer, serial, Change::RecordIssued)?;
                }
                Happened::Delivered => {
                    if let Some(application::State::Issued(pair)) = before {
                        for issued in [pair.signing, pair.encryption] {
                            let (issuer, serial) = (&issued.issuer, &issued.serial);
                            self.change_certificate(issuer, serial, Change::Activate)?;
                        }
                    }
                }
                _ => {}
            }
            self.push(stream.clone(), version, Event::Application(event))?;
        }
        let due = state.is_some_and(|state| state.due(id).is_some());
        self.batch.unsettled.push((stream, due));
        Ok(())
    }

    /// Applies events to an authority, and what they mean to certificates.
    pub(super) fn apply_to_authority(
        &mut self,
        id: &AuthorityId,
        events: Vec<authority::Event>,
    ) -> Result<(), Error> {
        let stream = StreamId::Authority(id.clone());
        let Known { mut state, version } = authority(self.store, id)?;
        for (version, event) in (version + 1..).zip(events) {
            use authority::Event as Happened;
            use certificate::Command as Change;
            state = authority::evolve(id, state, &self.actor, &event);
            match &event {
                Happened::IssuanceIntended(intent) => {
                    self.change_certificate(&intent.issuer, &intent.serial, Change::Reserve)?;
                }
                Happened::IssuanceAbandoned { issuer, serial } => {
                    self.change_certificate(issuer, serial, Change::Burn)?;
                }
                // An authority's certificate is in use from the moment it exists.
                Happened::Established { issuer, serial, .. }
                | Happened::Linked { issuer, serial, .. } => {
                    self.change_certificate(issuer, serial, Change::RecordIssued)?;
                    self.change_certificate(issuer, serial, Change::Activate)?;
                }
                _ => {}
            }
            self.push(stream.clone(), version, Event::Authority(event))?;
        }
        let due = state.is_some_and(|state| state.due().is_some());
        self.batch.unsettled.push((stream, due));
        Ok(())
    }

    /// Decides and applies one command to one certificate.
    pub(super) fn change_certificate(
        &mut self,
        issuer: &AuthorityId,
        serial: &Serial,
        command: certificate::Command,
    ) -> Result<(), Error> {
        let stream = StreamId::Certificate(issuer.clone(), serial.clone());
        let Known {
            mut state,
            mut version,
        } = certificate(self.store, issuer, serial)?;
        // Earlier in this same step.
        for entry in self.entries.iter().filter(|entry| entry.stream == stream) {
            if let Event::Certificate(event) = &entry.event {
                state = certificate::evolve(state, &entry.actor, event);
                version = entry.version;
            }
        }
        let event = certificate::decide(state.as_ref(), &self.actor, command, self.now)?;
        state = certificate::evolve(state, &self.actor, &event);
        if let Some(state) = &state {
            let row = CertificateRow::new(issuer.clone(), serial.clone(), state);
            self.batch.certificates.push(row);
        }
        self.push(stream, version + 1, Event::Certificate(event))
    }

    fn push(&mut self, stream: StreamId, version: u64, event: Event) -> Result<(), Error> {
        let head = self.batch.records.last().map_or(self.start, Record::head);
        let entry = Entry {
            seq: head.seq + 1,
            stream,
            version,
            at: self.now,
            actor: self.actor.clone(),
            event,
        };
        self.batch.records.push(Record::chain(&head, &entry)?);
        self.entries.push(entry);
        Ok(())
    }

    /// The batch with the head it goes behind, unless nothing happened.
    pub(super) fn finish(self) -> (Option<(Batch, Head)>, Vec<Entry>) {
        let batch = (!self.batch.records.is_empty()).then_some((self.batch, self.start));
        (batch, self.entries)
    }
}
