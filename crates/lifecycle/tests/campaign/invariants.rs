//! What must hold of a log, whatever happened: read from its records, and asked of the engine.
//! I4 and I5 are `audit::verify`'s, which decides each step again; it does I3, I6 and I7 as well,
//! which are looked at here once more in another way.

use der::{DateTime, Decode};
use gm_crypto::pki::{Signed, encode_pem};
use lifecycle::{
    Actor, AuthorityId, CaseId, CaseNumber, Engine, Entry, Event, Intent, Serial, Store, StreamId,
    VerifiedCheckpoint, audit, authority,
    case::{self, Phase, pair::Ordinal, pair::Slot},
    certificate::{self, History, Status},
    ports::SubjectKeys,
    terms::{Kind, PaymentRoute},
    token,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use x509_cert::Certificate;

use crate::child::digest_of;

/// Why a log is not what it must be: the invariant, and what was found.
pub(crate) type Wrong = String;

type Key = (AuthorityId, Serial);

/// All of a log, made from its records.
#[derive(Default)]
pub(crate) struct Replay {
    pub(crate) entries: Vec<Entry>,
    cases: BTreeMap<CaseId, Option<case::State>>,
    authorities: BTreeMap<AuthorityId, Option<authority::State>>,
    certificates: BTreeMap<Key, Option<certificate::State>>,
    histories: BTreeMap<Key, History>,
    tokens: BTreeMap<StreamId, Option<token::State>>,
    /// Octets that are to be signed, by whose and which number.
    intents: BTreeMap<Key, Vec<u8>>,
    /// Those of cases.
    pairs: BTreeMap<Key, Intent>,
    issued: BTreeMap<Key, (CaseId, Ordinal)>,
    numbers: u64,
    /// What each CA last said of itself by a list.
    lists: BTreeMap<AuthorityId, (u64, DateTime)>,
    list_intents: BTreeMap<(AuthorityId, u64), Vec<u8>>,
    last_lists: BTreeMap<AuthorityId, Vec<u8>>,
    pins: BTreeMap<CaseId, Entry>,
    paid: BTreeSet<CaseId>,
    registered: BTreeMap<CaseId, Actor>,
    /// Digests of all that may be signed.
    foreseen: BTreeSet<String>,
    /// Certificates and lists.
    things: BTreeSet<Vec<u8>>,
}

impl Replay {
    /// Reads a whole log.
    pub(crate) fn of(store: &dyn Store, keys: &dyn SubjectKeys) -> Result<Self, Wrong> {
        let mut replay = Self::default();
        let records = store.records(0, usize::MAX >> 1);
        for record in records.map_err(|error| error.to_string())? {
            let entry = record.open(keys).map_err(|error| error.to_string())?;
            replay.take_in(&entry)?;
            replay.entries.push(entry);
        }
        Ok(replay)
    }

    fn take_in(&mut self, entry: &Entry) -> Result<(), Wrong> {
        match (&entry.stream, &entry.event) {
            (StreamId::Case(id), Event::Case(event)) => self.of_case(id, entry, event)?,
            (StreamId::Authority(id), Event::Authority(event)) => {
                self.of_authority(id, event)?;
                let state = self.authorities.entry(id.clone()).or_default();
                *state = authority::evolve(id, state.take(), &entry.actor, event);
            }
            (StreamId::Certificate(issuer, serial), Event::Certificate(event)) => {
                let key = (issuer.clone(), serial.clone());
                let state = self.certificates.entry(key.clone()).or_default();
                if *event == certificate::Event::Reserved && state.is_some() {
                    return Err(format!("I1: {issuer} reserves {serial} twice"));
                }
                *state = certificate::evolve(state.take(), &entry.actor, event);
                let history = self.histories.entry(key).or_default();
                history.record(&entry.actor, event, entry.at);
            }
            (StreamId::Token(_), Event::Token(event)) => {
                let state = self.tokens.entry(entry.stream.clone()).or_default();
                *state = token::evolve(state.take(), event);
            }
            _ => {}
        }
        Ok(())
    }

    fn of_case(&mut self, id: &CaseId, entry: &Entry, event: &case::Event) -> Result<(), Wrong> {
        use case::Event as Happened;
        match event {
            Happened::RegistrationStarted { number } => {
                let known = self.cases.get(id).and_then(Option::as_ref);
                if known.is_none_or(|state| state.number != Some(*number)) {
                    self.numbers += 1;
                    if *number != CaseNumber(self.numbers) {
                        return Err(format!("{number} comes after {}", self.numbers - 1));
                    }
                }
            }
            Happened::IssuanceIntended { intent, .. } => {
                self.intend(&intent.issuer, &intent.serial, &intent.tbs)?;
                let key = (intent.issuer.clone(), intent.serial.clone());
                self.pairs.insert(key, intent.clone());
            }
            Happened::CertificateIssued {
                ordinal,
                issuer,
                serial,
                signature,
                ..
            } => {
                let key = (issuer.clone(), serial.clone());
                let intent = self.pairs.get(&key);
                let intent = intent.ok_or_else(|| format!("I3: {serial} was not intended"))?;
                let certificate = intent.certificate(signature);
                let certificate = certificate.map_err(|error| error.to_string())?;
                self.issue(issuer, serial, &certificate)?;
                let whose = (id.clone(), *ordinal);
                if self.issued.values().any(|other| *other == whose) {
                    return Err(format!("I2: {id} has two {ordinal:?} certificates"));
                }
                self.issued.insert((issuer.clone(), serial.clone()), whose);
            }
            Happened::PinDelivered { .. }
                if self.pins.insert(id.clone(), entry.clone()).is_some() =>
            {
                return Err(format!("C10: {id} has a second PIN"));
            }
            Happened::PaymentReported { route, .. }
                if *route == PaymentRoute::Wallet && !self.paid.insert(id.clone()) =>
            {
                return Err(format!("C16: {id} is credited twice"));
            }
            Happened::Registered { .. } => {
                self.registered.insert(id.clone(), entry.actor.clone());
            }
            Happened::Approved { .. } => {
                let other = self.registered.get(id);
                let is_one = other.is_some_and(|other| other.person == entry.actor.person);
                let state = self.cases.get(id).and_then(Option::as_ref);
                let own = state.is_some_and(|state| state.opening.holder == entry.actor.person);
                if is_one || own {
                    return Err(format!("I5: {:?} approves {id}", entry.actor));
                }
            }
            _ => {}
        }
        let state = self.cases.entry(id.clone()).or_default();
        *state = case::evolve(state.take(), &entry.actor, entry.at, event);
        Ok(())
    }

    fn of_authority(&mut self, id: &AuthorityId, event: &authority::Event) -> Result<(), Wrong> {
        use authority::Event as Happened;
        match event {
            Happened::IssuanceIntended(intent) => {
                self.intend(&intent.issuer, &intent.serial, &intent.tbs)?;
            }
            Happened::Established {
                issuer,
                serial,
                certificate,
            } => self.issue(issuer, serial, certificate)?,
            Happened::CrlIntended(intent) => {
                let new = (intent.number, intent.this_update);
                let old = self.lists.insert(id.clone(), new);
                if old.is_some_and(|old| new.0 <= old.0 || new.1 < old.1) {
                    return Err(format!("C12: {id} goes from list {old:?} to {new:?}"));
                }
                let key = (id.clone(), intent.number);
                self.foreseen.insert(digest_of(&intent.tbs));
                self.list_intents.insert(key, intent.tbs.to_vec());
            }
            Happened::CrlIssued { number, crl, .. } => {
                let signed = Signed::from_der("CertificateList", crl);
                let signed = signed.map_err(|error| error.to_string())?;
                let intent = self.list_intents.remove(&(id.clone(), *number));
                if intent.as_deref() != Some(signed.tbs()) {
                    return Err(format!(
                        "C11: list {number} of {id} is not what was intended"
                    ));
                }
                self.things.insert(crl.to_vec());
                self.last_lists.insert(id.clone(), crl.to_vec());
            }
            _ => {}
        }
        Ok(())
    }

    fn intend(&mut self, issuer: &AuthorityId, serial: &Serial, tbs: &[u8]) -> Result<(), Wrong> {
        let key = (issuer.clone(), serial.clone());
        self.foreseen.insert(digest_of(tbs));
        match self.intents.insert(key, tbs.to_vec()) {
            Some(_) => Err(format!("I1: {issuer} intends {serial} twice")),
            None => Ok(()),
        }
    }

    fn issue(&mut self, issuer: &AuthorityId, serial: &Serial, der: &[u8]) -> Result<(), Wrong> {
        let signed = Signed::from_der("Certificate", der).map_err(|error| error.to_string())?;
        self.things.insert(der.to_vec());
        let intent = self.intents.get(&(issuer.clone(), serial.clone()));
        match intent.map(Vec::as_slice) == Some(signed.tbs()) {
            true => Ok(()),
            false => Err(format!("I3: {serial} was not intended")),
        }
    }

    /// Where a certificate stood, as its records say now.
    pub(crate) fn status_at(&self, asked: &Asked) -> Option<Status> {
        let key = (asked.issuer.clone(), asked.serial.clone());
        self.histories.get(&key)?.status_at(asked.at, asked.end)
    }

    /// Certificates that exist, with what they are of.
    pub(crate) fn issued(&self) -> impl Iterator<Item = &Key> {
        self.issued.keys()
    }

    /// Signing certificates and lists that this log says are in the directory: of lists, those
    /// that the log has itself issued.
    pub(crate) fn published(&self) -> Vec<(String, Vec<u8>)> {
        let mut published = Vec::new();
        for (id, state) in &self.cases {
            if let Some(state) = state
                && state.published
                && let Slot::Issued(issued) = &state.signing
            {
                let pem = encode_pem("CERTIFICATE", &issued.certificate).into_bytes();
                published.push((format!("subscribers/{id}/signing-certificate.pem"), pem));
            }
        }
        for (id, crl) in &self.last_lists {
            published.push((format!("authorities/{id}.crl"), crl.clone()));
        }
        published
    }

    /// Whether an intent has octets of this digest.
    pub(crate) fn foresaw(&self, digest: &str) -> bool {
        self.foreseen.contains(digest)
    }

    /// Whether this is a certificate or a list.
    pub(crate) fn has(&self, der: &[u8]) -> bool {
        self.things.contains(der)
    }

    /// What a case's PIN came with.
    pub(crate) fn pin(&self, id: &CaseId) -> Option<&Entry> {
        self.pins.get(id)
    }

    /// Pairs of one unit that are open or in use at a time; it has no more than its quota.
    fn held(&self, now: Option<DateTime>) -> usize {
        let holds = |state: &&case::State| {
            let given_up = matches!(
                state.phase,
                Phase::Rejected
                    | Phase::Withdrawn
                    | Phase::Lapsed
                    | Phase::Refunding
                    | Phase::Refunded
            );
            let is_over = match &state.signing {
                Slot::Issued(issued) => {
                    let key = (issued.issuer.clone(), issued.serial.clone());
                    let state = self.certificates.get(&key).and_then(Option::as_ref);
                    let is_over = state.is_none_or(|state| {
                        let status = state.status();
                        !matches!(status, Status::Issued | Status::Active | Status::Held)
                    });
                    is_over || now.is_some_and(|now| end_of(&issued.certificate) < now)
                }
                _ => false,
            };
            state.opening.kind == Kind::Apply && !given_up && !is_over
        };
        self.cases.values().flatten().filter(holds).count()
    }

    /// I2, of what is in use.
    fn one_in_use(&self) -> Result<(), Wrong> {
        let mut seen = Vec::new();
        for (key, whose) in &self.issued {
            let state = self.certificates.get(key).and_then(Option::as_ref);
            let status = state.map(certificate::State::status);
            let is_live = matches!(
                status,
                Some(Status::Issued | Status::Active | Status::Held | Status::Superseded)
            );
            if is_live && seen.contains(&whose) {
                return Err(format!("I2: two certificates of {whose:?} are in use"));
            }
            seen.extend(is_live.then_some(whose));
        }
        Ok(())
    }

    /// I6: the engine is where the records lead to.
    fn is_state_of(&self, engine: &Engine) -> Result<(), Wrong> {
        let differs = |what: String| Err(format!("I6: {what} is not what its records say"));
        for (id, state) in &self.cases {
            if engine.case(id).map_err(|error| error.to_string())? != *state {
                return differs(format!("case {id}"));
            }
        }
        for (id, state) in &self.authorities {
            if engine.authority(id).map_err(|error| error.to_string())? != *state {
                return differs(format!("authority {id}"));
            }
        }
        for ((issuer, serial), state) in &self.certificates {
            let found = engine.certificate(issuer, serial);
            if found.map_err(|error| error.to_string())? != *state {
                return differs(format!("certificate {serial}"));
            }
        }
        for (stream, state) in &self.tokens {
            let StreamId::Token(id) = stream else {
                continue;
            };
            if engine.token(id).map_err(|error| error.to_string())? != *state {
                return differs(format!("token {id}"));
            }
        }
        Ok(())
    }
}

/// notAfter.
fn end_of(certificate: &[u8]) -> DateTime {
    let certificate = Certificate::from_der(certificate).unwrap();
    let validity = certificate.tbs_certificate().validity();
    validity.not_after.to_date_time()
}

/// A question about a certificate at a time that was past when it was asked, and the answer.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) issuer: AuthorityId,
    pub(crate) serial: Serial,
    pub(crate) at: DateTime,
    pub(crate) end: DateTime,
    pub(crate) answer: Option<Status>,
}

/// What somebody outside knows of a log.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// What opens what is sealed in the log.
    pub(crate) subjects: Arc<dyn SubjectKeys>,
    /// What was acknowledged.
    pub(crate) acknowledged: BTreeMap<u64, Entry>,
    pub(crate) checkpoints: Vec<VerifiedCheckpoint>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) quota: usize,
    /// The time, where certificates may have come to their end.
    pub(crate) now: Option<DateTime>,
}

impl Facts {
    /// Nothing is known yet, but what opens the log.
    pub(crate) fn over(subjects: Arc<dyn SubjectKeys>) -> Self {
        Self {
            subjects,
            acknowledged: BTreeMap::new(),
            checkpoints: Vec::new(),
            asked: Vec::new(),
            quota: 0,
            now: None,
        }
    }
}

/// Everything that must hold of a store.
pub(crate) fn check(
    store: &dyn Store,
    engine: Option<&Engine>,
    facts: &Facts,
) -> Result<Replay, Wrong> {
    let keys = &*facts.subjects;
    let replay = Replay::of(store, keys)?;
    for (seq, entry) in &facts.acknowledged {
        let place = usize::try_from(*seq).unwrap() - 1;
        if replay.entries.get(place) != Some(entry) {
            return Err(format!(
                "I8: record {seq} was acknowledged and is not there"
            ));
        }
    }
    audit::verify_opened(store, &facts.checkpoints, Some(keys), &mut |_| ())
        .map_err(|fault| format!("I7: {fault}"))?;
    replay.one_in_use()?;
    let held = replay.held(facts.now);
    if held > facts.quota {
        return Err(format!("I10: {held} of {}", facts.quota));
    }
    for asked in &facts.asked {
        let now = replay.status_at(asked);
        if now != asked.answer {
            return Err(format!("I9: {asked:?}, and now {now:?}"));
        }
    }
    if let Some(engine) = engine {
        replay.is_state_of(engine)?;
    }
    Ok(replay)
}
