//! One step: what a command changes in one or more aggregates, written at once.

use super::{
    consequences::Happening,
    view::{Aggregate, Known, Shelves, View},
};
use crate::{
    About, Actor, AuthorityId, Batch, CaseId, CaseNumber, CaseRow, CertificateRow, Entry, Error,
    Event, Intent, Notice, OrganisationId, PersonId, Personal, ProceedingId, Record, Reservation,
    Serial, Store, StreamId, Submitted, TokenId, authority,
    case::{self, state::State},
    certificate::{self, Act, Cause, Order, RevocationReason, Status},
    cessation, organisation,
    proceeding::{self, accreditation::Heir},
    roster,
    rules::{RuleBook, RuleSet},
    subject::{self, Numbered},
    token,
};
use der::DateTime;
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

/// Records that are read from the store at a time.
const PAGE: usize = 1_000;

/// Collects the records of one step behind the head that the view stands at.
pub(super) struct Step<'a> {
    pub(super) store: &'a dyn Store,
    view: &'a View,
    pub(super) actor: Actor,
    pub(super) now: DateTime,
    /// The command, if it came under a key.
    pub(super) submitted: Option<Submitted>,
    /// The last case number before this step.
    last_case: CaseNumber,
    pub(super) batch: Batch,
    entries: Vec<Entry>,
    /// What this same step has changed so far.
    changed: RefCell<Shelves>,
    /// Whether one of its records is over personal values, and so the command's digest.
    is_personal: bool,
}

/// What a step would write, and what would then be the case.
pub(super) struct Taken {
    pub(super) batch: Batch,
    pub(super) entries: Vec<Entry>,
    pub(super) changed: Shelves,
}

impl<'a> Step<'a> {
    pub(super) fn new(
        (store, view): (&'a dyn Store, &'a View),
        last_case: CaseNumber,
        actor: &Actor,
        now: DateTime,
    ) -> Self {
        Self {
            store,
            view,
            actor: actor.clone(),
            now,
            submitted: None,
            last_case,
            batch: Batch::default(),
            entries: Vec::new(),
            changed: RefCell::default(),
            is_personal: false,
        }
    }

    pub(super) fn view(&self) -> &'a View {
        self.view
    }

    /// An aggregate as it is at the head, and as this same step changed it since.
    fn known<S: Aggregate>(&self, stream: &StreamId) -> Result<Known<S>, Error> {
        match self.changed.borrow_mut().get(stream) {
            Some(known) => Ok(known),
            None => self.view.known(self.store, stream),
        }
    }

    pub(super) fn state<S: Aggregate>(&self, stream: &StreamId) -> Result<Option<Arc<S>>, Error> {
        Ok(self.known(stream)?.state)
    }

    pub(super) fn case(&self, id: &CaseId) -> Result<Option<Arc<State>>, Error> {
        self.state(&StreamId::Case(id.clone()))
    }

    pub(super) fn authority(
        &self,
        id: &AuthorityId,
    ) -> Result<Option<Arc<authority::State>>, Error> {
        self.state(&StreamId::Authority(id.clone()))
    }

    pub(super) fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<Arc<certificate::State>>, Error> {
        self.state(&StreamId::Certificate(issuer.clone(), serial.clone()))
    }

    pub(super) fn person(&self, id: &PersonId) -> Result<Option<Arc<roster::State>>, Error> {
        self.state(&StreamId::Person(id.clone()))
    }

    pub(super) fn organisation(
        &self,
        id: &OrganisationId,
    ) -> Result<Option<Arc<organisation::State>>, Error> {
        self.state(&StreamId::Organisation(id.clone()))
    }

    pub(super) fn token(&self, id: &TokenId) -> Result<Option<Arc<token::State>>, Error> {
        self.state(&StreamId::Token(id.clone()))
    }

    pub(super) fn next_case(&self) -> CaseNumber {
        CaseNumber(self.last_case.0 + 1)
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
        let mut known: Known<State> = self.known(&stream)?;
        for event in events {
            let before = known.state.as_deref();
            let (had_number, had_token) = before
                .map(|before| (before.number.is_some(), before.token.clone()))
                .unwrap_or_default();
            // Nobody holds it now but this step, which can change it as it is.
            drop(known);
            known = self.push(&stream, Event::Case(event.clone()))?;
            if let Some(after) = &known.state {
                let happened = Happening {
                    id,
                    version: known.version,
                    had_number,
                    had_token: had_token.as_ref(),
                    state: after,
                    rules,
                };
                self.follow(&happened, &event)?;
            }
        }
        let (Some(state), Some(begun)) = (known.state, known.begun) else {
            return Ok(());
        };
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
        let mut known: Known<authority::State> = self.known(&stream)?;
        for event in events {
            use authority::Event as Happened;
            use certificate::Command as Change;
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
            known = self.push(&stream, Event::Authority(event))?;
            let state = known.state.as_deref();
            if let Some(active) = state.and_then(authority::State::established)
                && fell
            {
                self.revoke_issued(id, active)?;
            }
        }
        let due = known.state.is_some_and(|state| state.due().is_some());
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
        // A number that was drawn just now has no history: if it had, the store would refuse it.
        let (issuer, serial) = (intent.issuer.clone(), intent.serial.clone());
        let stream = StreamId::Certificate(issuer, serial);
        let known = self.view.kept::<certificate::State>(&stream);
        #[cfg(feature = "fail-points")]
        let is_forgotten = crate::fail_point::reserved(&intent.serial);
        #[cfg(feature = "fail-points")]
        let known = known.map(|known| Known {
            state: known.state.filter(|_| !is_forgotten),
            ..known
        });
        self.changed
            .get_mut()
            .put(stream, known.unwrap_or_default());
        let (fixed, point) = Reservation::with_point(intent)?;
        self.batch.reservations.push(fixed);
        self.batch.crl_points.extend(point);
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
        let state = self.state::<certificate::State>(&stream)?;
        let event = certificate::decide(state.as_deref(), &actor, command, self.now)?;
        let known: Known<certificate::State> =
            self.push_by(actor, &stream, Event::Certificate(event))?;
        if let Some(state) = &known.state {
            let row = CertificateRow::new(issuer.clone(), serial.clone(), state);
            self.batch.certificates.push(row);
        }
        Ok(())
    }

    /// Decides and applies one command to one entry of the roster.
    pub(super) fn change_person(
        &mut self,
        id: &PersonId,
        command: roster::Command,
        rules: &RuleSet,
    ) -> Result<(), Error> {
        let stream = StreamId::Person(id.clone());
        let state = self.state::<roster::State>(&stream)?;
        let context = roster::Context {
            person: id,
            rule: rules.roster(),
            now: self.now,
        };
        let event = roster::decide(state.as_deref(), &self.actor, command, &context)?;
        self.push::<roster::State>(&stream, Event::Person(event))
            .map(drop)
    }

    /// Decides and applies one command to one organisation.
    pub(super) fn change_organisation(
        &mut self,
        id: &OrganisationId,
        command: organisation::Command,
        rules: &RuleBook,
    ) -> Result<(), Error> {
        let stream = StreamId::Organisation(id.clone());
        let state = self.state::<organisation::State>(&stream)?;
        let accreditation = StreamId::Proceeding(ProceedingId::Accreditation(id.clone()));
        let accreditation = self.state::<proceeding::State>(&accreditation)?;
        let mut in_force = rules.iter().filter(|rules| rules.in_force(self.now));
        let context = organisation::Context {
            id,
            accredited: accreditation.is_some(),
            accredits: in_force.any(RuleSet::accreditation),
            now: self.now,
        };
        let event = organisation::decide(state.as_deref(), &self.actor, command, &context)?;
        self.push::<organisation::State>(&stream, Event::Organisation(event))
            .map(drop)
    }

    /// Decides and applies one command to the end of an authority's service.
    pub(super) fn change_cessation(
        &mut self,
        id: &AuthorityId,
        command: cessation::Command,
        context: &cessation::Context<'_>,
    ) -> Result<(), Error> {
        let stream = StreamId::Cessation(id.clone());
        let state = self.state::<cessation::State>(&stream)?;
        let event = cessation::decide(state.as_deref(), &self.actor, command, context)?;
        let known: Known<cessation::State> = self.push(&stream, Event::Cessation(event.clone()))?;
        let next = known
            .state
            .as_deref()
            .and_then(cessation::State::next_deadline);
        self.batch
            .timers
            .push((stream.clone(), next.map(|(_, by)| by)));
        for about in event.notices(known.version) {
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
        Ok(())
    }

    /// Decides and applies one command to one case about an institution.
    pub(super) fn change_proceeding(
        &mut self,
        command: proceeding::Command,
        context: &proceeding::Context<'_>,
    ) -> Result<(), Error> {
        let id = command.id();
        let stream = StreamId::Proceeding(id.clone());
        let mut known: Known<proceeding::State> = self.known(&stream)?;
        let events = proceeding::decide(known.state.as_deref(), &self.actor, command, context)?;
        let happens = !events.is_empty();
        for event in events {
            // Nobody holds it now but this step, which can change it as it is.
            drop(known);
            known = self.push(&stream, Event::Proceeding(event.clone()))?;
            if let (ProceedingId::Accreditation(agency), Some(state)) = (&id, &known.state) {
                self.turn_gates(agency, state)?;
            }
            for about in event.notices(known.version) {
                self.batch.notices.push(Notice {
                    stream: stream.clone(),
                    about,
                    from: self.now,
                    person: None,
                });
            }
        }
        if let (true, Some(state)) = (happens, &known.state) {
            let next = state.next_deadline().map(|(_, at)| at);
            self.batch.timers.push((stream, next));
        }
        Ok(())
    }

    /// The agency's own record follows its accreditation.
    fn turn_gates(
        &mut self,
        agency: &OrganisationId,
        state: &proceeding::State,
    ) -> Result<(), Error> {
        let record = self.organisation(agency)?;
        let open = record.map(|record| record.open_modes(self.now));
        let stream = StreamId::Organisation(agency.clone());
        for event in state.gates(&open.unwrap_or_default(), self.now) {
            self.push::<organisation::State>(&stream, Event::Organisation(event))?;
        }
        Ok(())
    }

    /// A case goes on at another agency, or at the CA itself, by the end of its own: in the same
    /// step, and not by whoever ended it, who has no seat there.
    pub(super) fn hand_over(
        &mut self,
        id: &CaseId,
        heir: &Heir,
        rules: &RuleSet,
    ) -> Result<(), Error> {
        let to = heir.clone();
        let actor = std::mem::replace(&mut self.actor, Actor::system());
        let done = self.apply_to_case(id, rules, vec![case::Event::AgencyChanged { to }]);
        self.actor = actor;
        done
    }

    /// Decides and applies one command to one token.
    pub(super) fn change_token(
        &mut self,
        id: &TokenId,
        actor: Actor,
        command: token::Command,
    ) -> Result<(), Error> {
        let stream = StreamId::Token(id.clone());
        let state = self.state::<token::State>(&stream)?;
        let event = token::decide(state.as_deref(), &actor, command)?;
        self.push_by::<token::State>(actor, &stream, Event::Token(event))
            .map(drop)
    }

    pub(super) fn push<S: Aggregate>(
        &mut self,
        stream: &StreamId,
        event: Event,
    ) -> Result<Known<S>, Error> {
        self.push_by(self.actor.clone(), stream, event)
    }

    /// One more record; gives back what its aggregate then is.
    fn push_by<S: Aggregate>(
        &mut self,
        actor: Actor,
        stream: &StreamId,
        event: Event,
    ) -> Result<Known<S>, Error> {
        let last = self.batch.records.last();
        let head = last.map_or_else(|| self.view.head(), Record::head);
        let known = match self.changed.get_mut().take(stream) {
            Some(known) => known,
            None => self.view.known::<S>(self.store, stream)?,
        };
        let mut entry = Entry {
            seq: head.seq + 1,
            stream: stream.clone(),
            version: known.version + 1,
            at: self.now,
            actor,
            event,
            submitted: self.submitted.clone(),
            sealed: None,
        };
        if let (Some(Submitted { key, .. }), None) = (&self.submitted, last) {
            self.batch.submissions.push((key.clone(), entry.seq));
        }
        let key = self.seal_under(&known, &mut entry)?;
        let record = Record::chain(&head, &mut entry, key.as_ref())?;
        self.batch.records.push(record);
        let known = known.after(&entry);
        self.changed.get_mut().put(stream.clone(), known.clone());
        self.entries.push(entry);
        Ok(known)
    }

    /// The key for what is personal in a record. A history has one from its first record on.
    fn seal_under<S: Aggregate>(
        &mut self,
        known: &Known<S>,
        entry: &mut Entry,
    ) -> Result<Option<Numbered>, Error> {
        let mut is_personal = false;
        entry.personal(&mut |_, _| is_personal = true);
        if let (true, false, Some(submitted)) =
            (self.is_personal, is_personal, &mut entry.submitted)
        {
            submitted.digest = Personal::sealed();
        }
        let begins = known.version == 0;
        if !is_personal && !begins {
            return Ok(None);
        }
        let person = S::subject(&entry.stream, known.state.as_deref(), &entry.event);
        let Some(person) = person.cloned() else {
            return Ok(None);
        };
        self.is_personal |= is_personal;
        let whose = (&entry.stream, &person);
        subject::key_for(self.view.keys(), whose, begins).map(Some)
    }

    pub(super) fn finish(self) -> Taken {
        Taken {
            batch: self.batch,
            entries: self.entries,
            changed: self.changed.into_inner(),
        }
    }
}
