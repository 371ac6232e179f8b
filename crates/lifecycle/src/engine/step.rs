//! One step: what a command changes in one or more aggregates, written at once.

use super::consequences::Happening;
use crate::{
    About, Actor, AuthorityId, Batch, CaseId, CaseNumber, CaseRow, CertificateRow, CrlPoint, Entry,
    Error, Event, Head, Intent, Notice, OrganisationId, PersonId, Record, Reservation, Serial,
    Store, StreamId, TokenId, authority,
    case::{self, state::State},
    certificate::{self, Act, Cause, Order, RevocationReason, Status},
    cessation, organisation, roster,
    rules::RuleSet,
    token,
};
use der::DateTime;
use std::collections::BTreeMap;

/// Records that are read from the store at a time.
const PAGE: usize = 1_000;

/// An aggregate as its history made it.
#[derive(Debug)]
pub(super) struct Known<S> {
    pub(super) state: Option<S>,
    pub(super) version: u64,
    /// When its first event happened.
    begun: Option<DateTime>,
}

pub(super) fn case(store: &dyn Store, id: &CaseId) -> Result<Known<State>, Error> {
    replay(store, &StreamId::Case(id.clone()), after_case)
}

pub(super) fn authority(
    store: &dyn Store,
    id: &AuthorityId,
) -> Result<Known<authority::State>, Error> {
    replay(store, &StreamId::Authority(id.clone()), after_authority(id))
}

pub(super) fn certificate(
    store: &dyn Store,
    issuer: &AuthorityId,
    serial: &Serial,
) -> Result<Known<certificate::State>, Error> {
    let stream = StreamId::Certificate(issuer.clone(), serial.clone());
    replay(store, &stream, after_certificate)
}

pub(super) fn person(store: &dyn Store, id: &PersonId) -> Result<Known<roster::State>, Error> {
    replay(store, &StreamId::Person(id.clone()), after_person)
}

pub(super) fn organisation(
    store: &dyn Store,
    id: &OrganisationId,
) -> Result<Known<organisation::State>, Error> {
    replay(
        store,
        &StreamId::Organisation(id.clone()),
        after_organisation,
    )
}

pub(super) fn token(store: &dyn Store, id: &TokenId) -> Result<Known<token::State>, Error> {
    replay(store, &StreamId::Token(id.clone()), after_token)
}

fn after_person(state: Option<roster::State>, entry: Entry) -> Option<roster::State> {
    match &entry.event {
        Event::Person(event) => roster::evolve(state, &entry.actor, event, entry.at),
        _ => state,
    }
}

fn after_organisation(
    state: Option<organisation::State>,
    entry: Entry,
) -> Option<organisation::State> {
    match &entry.event {
        Event::Organisation(event) => organisation::evolve(state, &entry.actor, event, entry.at),
        _ => state,
    }
}

pub(super) fn cessation(
    store: &dyn Store,
    id: &AuthorityId,
) -> Result<Known<cessation::State>, Error> {
    replay(store, &StreamId::Cessation(id.clone()), after_cessation)
}

fn after_cessation(state: Option<cessation::State>, entry: Entry) -> Option<cessation::State> {
    match &entry.event {
        Event::Cessation(event) => cessation::evolve(state, &entry.actor, event),
        _ => state,
    }
}

fn after_token(state: Option<token::State>, entry: Entry) -> Option<token::State> {
    match &entry.event {
        Event::Token(event) => token::evolve(state, event),
        _ => state,
    }
}

fn after_case(state: Option<State>, entry: Entry) -> Option<State> {
    match entry.event {
        Event::Case(event) => case::evolve(state, &entry.actor, entry.at, &event),
        _ => state,
    }
}

fn after_authority(
    id: &AuthorityId,
) -> impl Fn(Option<authority::State>, Entry) -> Option<authority::State> {
    move |state, entry| match &entry.event {
        Event::Authority(event) => authority::evolve(id, state, &entry.actor, event),
        _ => state,
    }
}

fn after_certificate(
    state: Option<certificate::State>,
    entry: Entry,
) -> Option<certificate::State> {
    match &entry.event {
        Event::Certificate(event) => certificate::evolve(state, &entry.actor, event),
        _ => state,
    }
}

pub(super) fn replay<S>(
    store: &dyn Store,
    stream: &StreamId,
    evolve: impl Fn(Option<S>, Entry) -> Option<S>,
) -> Result<Known<S>, Error> {
    let mut known = Known {
        state: None,
        version: 0,
        begun: None,
    };
    for record in store.stream(stream)? {
        let entry = record.entry()?;
        known.begun.get_or_insert(entry.at);
        known.state = evolve(known.state, entry);
        known.version = record.version;
    }
    Ok(known)
}

/// Collects the records of one step behind the head it started from.
pub(super) struct Step<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) actor: Actor,
    pub(super) now: DateTime,
    start: Head,
    pub(super) batch: Batch,
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

    /// An aggregate as the store has it, and as this same step changed it since.
    pub(super) fn known<S>(
        &self,
        stream: &StreamId,
        evolve: impl Fn(Option<S>, Entry) -> Option<S>,
    ) -> Result<Known<S>, Error> {
        let mut known = replay(self.store, stream, &evolve)?;
        for entry in self.entries.iter().filter(|entry| entry.stream == *stream) {
            known.begun.get_or_insert(entry.at);
            known.version = entry.version;
            known.state = evolve(known.state, entry.clone());
        }
        Ok(known)
    }

    pub(super) fn case(&self, id: &CaseId) -> Result<Option<State>, Error> {
        Ok(self.known(&StreamId::Case(id.clone()), after_case)?.state)
    }

    pub(super) fn authority(&self, id: &AuthorityId) -> Result<Option<authority::State>, Error> {
        let stream = StreamId::Authority(id.clone());
        Ok(self.known(&stream, after_authority(id))?.state)
    }

    pub(super) fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<certificate::State>, Error> {
        let stream = StreamId::Certificate(issuer.clone(), serial.clone());
        Ok(self.known(&stream, after_certificate)?.state)
    }

    pub(super) fn person(&self, id: &PersonId) -> Result<Option<roster::State>, Error> {
        Ok(self
            .known(&StreamId::Person(id.clone()), after_person)?
            .state)
    }

    pub(super) fn organisation(
        &self,
        id: &OrganisationId,
    ) -> Result<Option<organisation::State>, Error> {
        let stream = StreamId::Organisation(id.clone());
        Ok(self.known(&stream, after_organisation)?.state)
    }

    pub(super) fn token(&self, id: &TokenId) -> Result<Option<token::State>, Error> {
        Ok(self.known(&StreamId::Token(id.clone()), after_token)?.state)
    }

    pub(super) fn next_case(&self) -> Result<CaseNumber, Error> {
        Ok(CaseNumber(self.store.last_case()?.0 + 1))
    }

    /// Applies events to a case, and what they mean to certificates, tokens and notices.
    pub(super) fn apply_to_case(
        &mut self,
        id: &CaseId,
        rules: &RuleSet,
        events: Vec<case::Event>,
    ) -> Result<(), Error> {
        if events.is_empty() {
            return Ok(());
        }
        let stream = StreamId::Case(id.clone());
        let known = self.known(&stream, after_case)?;
        let (mut state, begun) = (known.state, known.begun.unwrap_or(self.now));
        for (version, event) in (known.version + 1..).zip(events) {
            let before = state.clone();
            state = case::evolve(state, &self.actor, self.now, &event);
            self.push(stream.clone(), version, Event::Case(event.clone()))?;
            if let Some(after) = &state {
                let happened = Happening {
                    id,
                    version,
                    before: before.as_ref(),
                    state: after,
                    rules,
                };
                self.follow(&happened, &event)?;
            }
        }
        let Some(state) = state else { return Ok(()) };
        let waits = state.due(id).is_some();
        self.batch.unsettled.push((stream.clone(), waits));
        let next = state.next_deadline().map(|(_, deadline)| deadline.at);
        self.batch.timers.push((stream, next));
        let row = CaseRow::new(id.clone(), begun, &state);
        self.batch.cases.push(row);
        Ok(())
    }

    /// Applies events to an authority, and what they mean to certificates.
    pub(super) fn apply_to_authority(
        &mut self,
        id: &AuthorityId,
        events: Vec<authority::Event>,
    ) -> Result<(), Error> {
        let stream = StreamId::Authority(id.clone());
        let known = self.known(&stream, after_authority(id))?;
        let mut state = known.state;
        for (version, event) in (known.version + 1..).zip(events) {
            use authority::Event as Happened;
            use certificate::Command as Change;
            state = authority::evolve(id, state, &self.actor, &event);
            match &event {
                Happened::IssuanceIntended(intent) => {
                    self.reserve(intent)?;
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
            let fell = matches!(event, Happened::Compromised { .. });
            self.push(stream.clone(), version, Event::Authority(event))?;
            if let Some(active) = state.as_ref().and_then(authority::State::established)
                && fell
            {
                self.revoke_issued(id, active)?;
            }
        }
        let due = state.is_some_and(|state| state.due().is_some());
        self.batch.unsettled.push((stream, due));
        Ok(())
    }

    /// Every certificate that an authority's key signed or may have signed, with its notAfter:
    /// of each intent, whatever became of it, since a burnt number may stand in a certificate.
    /// All of the log is read: it is asked when a key ends, and by nobody else.
    pub(super) fn signed_by(&self, id: &AuthorityId) -> Result<BTreeMap<Serial, DateTime>, Error> {
        let mut signed = BTreeMap::new();
        let mut seq = 0;
        loop {
            let page = self.store.records(seq, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(signed);
            };
            seq = last.seq;
            for record in &page {
                let (Event::Case(case::Event::IssuanceIntended { intent, .. })
                | Event::Authority(authority::Event::IssuanceIntended(intent))) =
                    record.entry()?.event
                else {
                    continue;
                };
                if intent.issuer == *id {
                    let end = intent.not_after()?;
                    signed.insert(intent.serial, end);
                }
            }
        }
    }

    /// When the last certificate under an authority's key ends, its own left out; none where
    /// it signed no other.
    pub(super) fn last_end(
        &self,
        id: &AuthorityId,
        active: &authority::Active,
    ) -> Result<Option<DateTime>, Error> {
        let mut signed = self.signed_by(id)?;
        if active.issuer == *id {
            signed.remove(&active.own()?.serial);
        }
        Ok(signed.into_values().max())
    }

    /// A key that fell into other hands: its own certificate, and all that it signed, end in
    /// the same write.
    fn revoke_issued(&mut self, id: &AuthorityId, active: &authority::Active) -> Result<(), Error> {
        let ends = self.signed_by(id)?;
        let mut rows = Vec::new();
        for serial in ends.keys() {
            if let Some(state) = self.certificate(id, serial)? {
                rows.push(CertificateRow::new(id.clone(), serial.clone(), &state));
            }
        }
        let own = active.own()?.not_after;
        for (issuer, serial) in active.to_revoke(&rows)? {
            let end = ends.get(&serial).filter(|_| issuer == *id);
            let end = end.copied().unwrap_or(own);
            let status = self
                .certificate(&issuer, &serial)?
                .map(|state| state.status());
            let is_live = matches!(
                status.map(|status| status.at(self.now, end)),
                Some(Status::Issued | Status::Active | Status::Held | Status::Superseded)
            );
            if is_live {
                let cause = Cause::Compromise(id.clone());
                let order = Order::new(cause, Act::Revoke(RevocationReason::CaCompromise), end);
                let change = certificate::Command::Execute(order);
                self.change_certificate_by(Actor::system(), &issuer, &serial, change)?;
            }
        }
        Ok(())
    }

    /// A serial number goes into an intent, and with it what never changes.
    pub(super) fn reserve(&mut self, intent: &Intent) -> Result<(), Error> {
        self.batch.reservations.push(Reservation::of(intent)?);
        self.batch.crl_points.extend(CrlPoint::of(intent)?);
        let reserve = certificate::Command::Reserve;
        self.change_certificate(&intent.issuer, &intent.serial, reserve)
    }

    /// Decides and applies one command to one certificate.
    pub(super) fn change_certificate(
        &mut self,
        issuer: &AuthorityId,
        serial: &Serial,
        command: certificate::Command,
    ) -> Result<(), Error> {
        self.change_certificate_by(self.actor.clone(), issuer, serial, command)
    }

    /// As [`Self::change_certificate`], by somebody else than whoever takes the step.
    pub(super) fn change_certificate_by(
        &mut self,
        actor: Actor,
        issuer: &AuthorityId,
        serial: &Serial,
        command: certificate::Command,
    ) -> Result<(), Error> {
        let stream = StreamId::Certificate(issuer.clone(), serial.clone());
        let Known { state, version, .. } = self.known(&stream, after_certificate)?;
        let event = certificate::decide(state.as_ref(), &actor, command, self.now)?;
        let state = certificate::evolve(state, &actor, &event);
        if let Some(state) = &state {
            let row = CertificateRow::new(issuer.clone(), serial.clone(), state);
            self.batch.certificates.push(row);
        }
        self.push_by(actor, stream, version + 1, Event::Certificate(event))
    }

    /// Decides and applies one command to one entry of the roster.
    pub(super) fn change_person(
        &mut self,
        id: &PersonId,
        command: roster::Command,
        rules: &RuleSet,
    ) -> Result<(), Error> {
        let stream = StreamId::Person(id.clone());
        let Known { state, version, .. } = self.known(&stream, after_person)?;
        let context = roster::Context {
            person: id,
            rule: rules.roster(),
            now: self.now,
        };
        let event = roster::decide(state.as_ref(), &self.actor, command, &context)?;
        self.push(stream, version + 1, Event::Person(event))
    }

    /// Decides and applies one command to one organisation.
    pub(super) fn change_organisation(
        &mut self,
        id: &OrganisationId,
        command: organisation::Command,
    ) -> Result<(), Error> {
        let stream = StreamId::Organisation(id.clone());
        let Known { state, version, .. } = self.known(&stream, after_organisation)?;
        let context = organisation::Context { id, now: self.now };
        let event = organisation::decide(state.as_ref(), &self.actor, command, &context)?;
        self.push(stream, version + 1, Event::Organisation(event))
    }

    /// Decides and applies one command to the end of an authority's service.
    pub(super) fn change_cessation(
        &mut self,
        id: &AuthorityId,
        command: cessation::Command,
        context: &cessation::Context<'_>,
    ) -> Result<(), Error> {
        let stream = StreamId::Cessation(id.clone());
        let Known { state, version, .. } = self.known(&stream, after_cessation)?;
        let event = cessation::decide(state.as_ref(), &self.actor, command, context)?;
        let state = cessation::evolve(state, &self.actor, &event);
        let next = state.as_ref().and_then(cessation::State::next_deadline);
        self.batch
            .timers
            .push((stream.clone(), next.map(|(_, by)| by)));
        for about in event.notices(version + 1) {
            let from = match about {
                About::CessationReminder { by, .. } => {
                    let days = context.terms.reminder_days.value;
                    context.calendar.days_before(by, days).max(self.now)
                }
                _ => self.now,
            };
            self.batch.notices.push(Notice {
                stream: stream.clone(),
                about,
                from,
                person: None,
            });
        }
        self.push(stream, version + 1, Event::Cessation(event))
    }

    /// Decides and applies one command to one token.
    pub(super) fn change_token(
        &mut self,
        id: &TokenId,
        actor: Actor,
        command: token::Command,
    ) -> Result<(), Error> {
        let stream = StreamId::Token(id.clone());
        let Known { state, version, .. } = self.known(&stream, after_token)?;
        let event = token::decide(state.as_ref(), &actor, command)?;
        self.push_by(actor, stream, version + 1, Event::Token(event))
    }

    pub(super) fn push(
        &mut self,
        stream: StreamId,
        version: u64,
        event: Event,
    ) -> Result<(), Error> {
        self.push_by(self.actor.clone(), stream, version, event)
    }

    fn push_by(
        &mut self,
        actor: Actor,
        stream: StreamId,
        version: u64,
        event: Event,
    ) -> Result<(), Error> {
        let head = self.batch.records.last().map_or(self.start, Record::head);
        let entry = Entry {
            seq: head.seq + 1,
            stream,
            version,
            at: self.now,
            actor,
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
