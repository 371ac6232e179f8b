//! The log examined by somebody who trusts nobody: the chain, every step of every
//! aggregate, every signature, and the indices against what the log says.

mod cases;
mod chain;
mod fault;
mod intents;
mod marks;
pub mod package;
mod passage;
mod registers;

pub use chain::verify_chain;
pub use fault::Fault;

use crate::{
    Actor, AuthorityId, CaseId, CaseNumber, CertificateRow, CrlPoint, Entry, Error, Event, Head,
    IdempotencyKey, Intent, PersonId, Reservation, Seat, Serial, Store, StoreError, StreamId,
    VerifiedCheckpoint, authority, case::Step, certificate, ports::SubjectKeys, subject,
};
use cases::Line;
use gm_crypto::pki::Signed;
use intents::Outcome;
use marks::Marks;
use passage::{Claim, Signatures, Steps};
use registers::Registers;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
};

/// Records read at a time.
const PAGE: usize = 1_000;

/// What a log without a fault holds.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// Place of the last record.
    pub records: u64,
    /// Digest of the last record: compare it with a copy kept elsewhere to see
    /// that no tail was cut off.
    pub digest: [u8; 32],
    /// Cases of any state.
    pub cases: usize,
    /// Authorities of any state.
    pub authorities: usize,
    /// Certificates that exist; each had a durable intent before.
    pub certificates: usize,
    /// Serial numbers that were burnt.
    pub burnt: usize,
    /// CRLs that exist.
    pub crls: usize,
    /// Streams for which something outside is still to be done.
    pub unsettled: usize,
}

/// Examines a whole store, its own last checkpoint included.
///
/// # Errors
/// The first [`Fault`], by place in the log; faults of the indices come last.
pub fn verify(store: &dyn Store) -> Result<Report, Fault> {
    verify_against(store, &[])
}

/// As [`verify`], and whether the log is the one of these checkpoints, copies of which were
/// kept elsewhere: only they show that a whole store was not
/// taken back to what it was once, or written anew.
///
/// # Errors
/// As [`verify`].
pub fn verify_against(store: &dyn Store, outside: &[VerifiedCheckpoint]) -> Result<Report, Fault> {
    verify_watched(store, outside, &mut |_| ())
}

/// As [`verify_against`]; `passed` hears after every page of records, a thousand of them at most,
/// how many were examined.
///
/// # Errors
/// As [`verify`].
pub fn verify_watched(
    store: &dyn Store,
    outside: &[VerifiedCheckpoint],
    passed: &mut dyn FnMut(u64),
) -> Result<Report, Fault> {
    verify_opened(store, outside, None, passed)
}

/// As [`verify_watched`], and with `keys` what is personal in the records: that each opens under
/// its own key, and says what the records around it say; that no key is missing but those of
/// what was erased, and none of these is there.
///
/// # Errors
/// As [`verify`].
pub fn verify_opened(
    store: &dyn Store,
    outside: &[VerifiedCheckpoint],
    keys: Option<&dyn SubjectKeys>,
    passed: &mut dyn FnMut(u64),
) -> Result<Report, Fault> {
    let mut examined = Examined {
        world: World::default(),
        missing: Missing::default(),
        keys,
    };
    let reached = passage::pass(store, Marks::new(store, outside)?, &mut examined, passed)?;
    let Examined { world, missing, .. } = examined;
    if let Some(keys) = keys {
        missing.finish(&world, keys)?;
    }
    reached.marks.finish(&reached.head, &world)?;
    world.connect()?;
    world.compare_indices(store)?;
    Ok(world.report(&reached.head))
}

/// What the records so far made, and whether what is personal in them could be opened.
struct Examined<'a> {
    world: World,
    missing: Missing,
    keys: Option<&'a dyn SubjectKeys>,
}

impl Steps for Examined<'_> {
    fn apply(&mut self, mut entry: Entry) -> Result<(), Fault> {
        if let Some(keys) = self.keys {
            self.missing.open(&mut entry, keys)?;
        }
        self.world.apply(&entry)
    }

    fn claims(&mut self) -> Vec<Claim> {
        self.world.signatures.get_mut().take()
    }
}

/// Histories whose keys are not there, each with the first record that needs one.
#[derive(Default)]
struct Missing(BTreeMap<StreamId, u64>);

impl Missing {
    /// Opens an entry, where its key is there.
    fn open(&mut self, entry: &mut Entry, keys: &dyn SubjectKeys) -> Result<(), Fault> {
        match subject::open(entry, keys) {
            Err(Error::NoSubjectKey { seq, stream, .. }) => {
                self.0.entry(stream).or_insert(seq);
                Ok(())
            }
            Err(Error::SubjectKeys(source)) => Err(Fault::Store(source)),
            opened => opened.map_err(|source| Fault::Unreadable {
                seq: entry.seq,
                source: Box::new(source),
            }),
        }
    }

    /// Only of what was erased a key may be missing, and must be.
    fn finish(self, world: &World, keys: &dyn SubjectKeys) -> Result<(), Fault> {
        let erased: BTreeSet<_> = world.registers.erased().collect();
        let lost = self
            .0
            .into_iter()
            .find(|(stream, _)| !erased.contains(stream));
        if let Some((stream, seq)) = lost {
            return Err(Fault::KeyMissing { seq, stream });
        }
        for stream in erased {
            if keys.of(stream)?.iter().any(Option::is_some) {
                let stream = stream.clone();
                return Err(Fault::KeyNotDestroyed { stream });
            }
        }
        Ok(())
    }
}

/// Everything that the records so far made.
#[derive(Default)]
struct World {
    versions: HashMap<StreamId, u64>,
    cases: BTreeMap<CaseId, Line>,
    authorities: BTreeMap<AuthorityId, Option<authority::State>>,
    certificates: BTreeMap<(AuthorityId, Serial), Option<certificate::State>>,
    /// What cases and authorities say of serial numbers they intended.
    intents: BTreeMap<(AuthorityId, Serial), Outcome>,
    registers: Registers,
    /// What the last record of a case says: changes of certificates rest on it.
    last: Option<(CaseId, Step)>,
    /// The last case number.
    numbers: u64,
    /// Keys of notices that must be in the outbox.
    notices: Vec<String>,
    /// The first record under each idempotency key.
    keys: BTreeMap<IdempotencyKey, u64>,
    /// The key of the last record.
    last_key: Option<IdempotencyKey>,
    crls: usize,
    /// What each intent fixed.
    reservations: HashMap<(AuthorityId, Serial), Reservation>,
    /// What intents say of where lists lie.
    points: BTreeSet<CrlPoint>,
    signatures: RefCell<Signatures>,
}

impl World {
    fn apply(&mut self, entry: &Entry) -> Result<(), Fault> {
        let seq = entry.seq;
        let version = self.versions.entry(entry.stream.clone()).or_default();
        if entry.version != *version + 1 {
            return Err(Fault::Misfiled { seq });
        }
        *version += 1;
        self.note_key(entry)?;
        let changed = match (&entry.stream, &entry.event) {
            (StreamId::Case(id), Event::Case(event)) => self.apply_to_case(id, entry, event)?,
            (StreamId::Authority(id), Event::Authority(event)) => {
                self.check_authority(id, entry, event)?;
                self.note_authority(seq, event)?;
                let state = self.authorities.entry(id.clone()).or_default();
                let before = state.clone();
                *state = authority::evolve(id, state.take(), &entry.actor, event);
                self.crls += usize::from(matches!(event, authority::Event::CrlIssued { .. }));
                *state != before
            }
            (StreamId::Certificate(issuer, serial), Event::Certificate(event)) => {
                let key = (issuer.clone(), serial.clone());
                self.check_cause(entry, &key, event)?;
                let state = self.certificates.entry(key).or_default();
                check_certificate(state.as_ref(), entry, event)?;
                let before = state.clone();
                *state = certificate::evolve(state.take(), &entry.actor, event);
                *state != before
            }
            _ => self.apply_to_register(entry)?,
        };
        if changed {
            Ok(())
        } else {
            Err(Fault::Impossible {
                seq,
                stream: entry.stream.clone(),
                event: entry.event.name(),
            })
        }
    }

    fn check_authority(
        &self,
        id: &AuthorityId,
        entry: &Entry,
        event: &authority::Event,
    ) -> Result<(), Fault> {
        use authority::{Event as Happened, State};
        let state = self.authorities.get(id).and_then(Option::as_ref);
        match (state, event) {
            (Some(State::Proposed(proposed)), Happened::Approved) => {
                two_persons(entry, &[&proposed.officer])
            }
            (
                Some(State::Issuing(issuing)),
                Happened::Established {
                    issuer,
                    serial,
                    certificate,
                },
            ) => {
                let intent = issuing.intent.as_ref();
                let intent = intent.filter(|intent| intent.is(issuer, serial));
                self.check_issued(entry, intent, certificate)
            }
            (Some(state), Happened::IssuanceAbandoned { issuer, serial }) => {
                let intent = match state {
                    State::Issuing(issuing) => issuing.intent.as_ref(),
                    _ => state.established().and_then(authority::Active::open_link),
                };
                let is_open = intent.is_some_and(|intent| intent.is(issuer, serial));
                is_open.then_some(()).ok_or_else(|| Fault::NotIntended {
                    seq: entry.seq,
                    stream: entry.stream.clone(),
                })
            }
            (Some(state), Happened::CrlIssued { list, number, crl }) => {
                // A CRL that no key could sign is found when its step is replayed.
                let Some(active) = state.signing() else {
                    return Ok(());
                };
                let mut intents = active.crl_intents.iter();
                let intent =
                    intents.find(|intent| (intent.list, intent.number) == (*list, *number));
                let tbs = intent.map(|intent| &intent.tbs[..]);
                self.check_signed(entry, id, tbs, (crl, &active.certificate))
            }
            (
                Some(state),
                Happened::Linked {
                    issuer,
                    serial,
                    certificate,
                },
            ) => {
                let intent = state.certifying().and_then(authority::Active::open_link);
                let intent = intent.filter(|intent| intent.is(issuer, serial));
                self.check_issued(entry, intent, certificate)
            }
            (
                Some(state),
                Happened::RetirementBegun { .. }
                | Happened::LinkDecided(_)
                | Happened::Retired
                | Happened::Compromised { .. },
            ) => {
                let pending = state
                    .established()
                    .and_then(|active| active.pending.as_ref());
                let officer = pending.map(|pending| &pending.officer);
                two_persons(entry, officer.as_slice())
            }
            _ => Ok(()),
        }
    }

    /// A certificate is the octets of its intent, signed by its issuer.
    fn check_issued(
        &self,
        entry: &Entry,
        intent: Option<&Intent>,
        certificate: &[u8],
    ) -> Result<(), Fault> {
        let not_intended = || Fault::NotIntended {
            seq: entry.seq,
            stream: entry.stream.clone(),
        };
        let intent = intent.ok_or_else(not_intended)?;
        let issuer = self
            .authorities
            .get(&intent.issuer)
            .and_then(Option::as_ref);
        let issuer = match issuer.and_then(authority::State::certifying) {
            Some(active) => &active.certificate,
            // A root vouches for itself.
            None if entry.stream == StreamId::Authority(intent.issuer.clone()) => certificate,
            None => return Err(not_intended()),
        };
        let signed = (certificate, issuer);
        self.check_signed(entry, &intent.issuer, Some(&intent.tbs), signed)
    }

    /// What is signed is what was intended; whether its issuer signed it is looked at later.
    fn check_signed(
        &self,
        entry: &Entry,
        issuer: &AuthorityId,
        tbs: Option<&[u8]>,
        (signed, issuer_certificate): (&[u8], &[u8]),
    ) -> Result<(), Fault> {
        let seq = entry.seq;
        let parts = Signed::from_der("signed structure", signed);
        let parts = parts.map_err(|source| Fault::BadSignature {
            seq,
            issuer: issuer.clone(),
            source,
        })?;
        if Some(parts.tbs()) != tbs {
            return Err(Fault::NotIntended {
                seq,
                stream: entry.stream.clone(),
            });
        }
        let mut signatures = self.signatures.borrow_mut();
        signatures.claim(seq, issuer, signed, issuer_certificate)
    }

    /// The records of one command stand together.
    fn note_key(&mut self, entry: &Entry) -> Result<(), Fault> {
        let key = entry.submitted.as_ref().map(|submitted| &submitted.key);
        if let Some(key) = key
            && Some(key) != self.last_key.as_ref()
            && self.keys.insert(key.clone(), entry.seq).is_some()
        {
            return Err(Fault::KeyDiffers { key: key.clone() });
        }
        self.last_key = key.cloned();
        Ok(())
    }

    fn compare_indices(&self, store: &dyn Store) -> Result<(), Fault> {
        self.compare_certificates(store)?;
        // Every certificate of the log has its row, so one more is a stranger's:
        // OCSP would answer for it.
        let (found, expected) = (store.certificate_count()?, self.certificates.len() as u64);
        if found != expected {
            return Err(Fault::CertificatesDiffer { found, expected });
        }
        let waiting = store.unsettled()?.into_iter().collect();
        let due: HashSet<StreamId> = self
            .due()
            .filter_map(|(stream, due)| due.then_some(stream))
            .collect();
        if let Some(what) = due.symmetric_difference(&waiting).min().cloned() {
            return Err(Fault::IndexDiffers { what });
        }
        self.compare_keys(store)?;
        let (found, expected) = (store.last_case()?, CaseNumber(self.numbers));
        if found != expected {
            return Err(Fault::CasesDiffer { found, expected });
        }
        self.compare_reservations(store)?;
        self.compare_cases(store)
    }

    /// Each certificate of the log has the row that its history makes, and each list of revoked
    /// ones is as long.
    fn compare_certificates(&self, store: &dyn Store) -> Result<(), Fault> {
        let mut revoked: BTreeMap<&AuthorityId, usize> = BTreeMap::new();
        let mut rows = Rows::default();
        for ((issuer, serial), state) in &self.certificates {
            let found = rows.of(store, issuer, serial)?;
            let expected = state
                .as_ref()
                .map(|state| CertificateRow::new(issuer.clone(), serial.clone(), state));
            if found != expected {
                return Err(Fault::IndexDiffers {
                    what: StreamId::Certificate(issuer.clone(), serial.clone()),
                });
            }
            if state
                .as_ref()
                .is_some_and(|state| state.revocation().is_some())
            {
                *revoked.entry(issuer).or_default() += 1;
            }
        }
        for id in self.authorities.keys() {
            if store.revoked(id)?.len() != revoked.get(id).copied().unwrap_or(0) {
                return Err(Fault::IndexDiffers {
                    what: StreamId::Authority(id.clone()),
                });
            }
        }
        Ok(())
    }

    /// The keys of the log and those of the index are the same, page by page.
    fn compare_keys(&self, store: &dyn Store) -> Result<(), Fault> {
        let mut expected = self.keys.iter();
        let mut after = None;
        loop {
            let page = store.submissions(after.as_ref(), PAGE)?;
            for (key, first) in &page {
                match expected.next() {
                    Some((own, place)) if (own, place) == (key, first) => {}
                    other => {
                        let own = other.map(|(own, _)| own);
                        let key = own.map_or(key, |own| own.min(key)).clone();
                        return Err(Fault::KeyDiffers { key });
                    }
                }
            }
            let Some((last, _)) = page.into_iter().next_back() else {
                break;
            };
            after = Some(last);
        }
        match expected.next() {
            Some((key, _)) => Err(Fault::KeyDiffers { key: key.clone() }),
            None => Ok(()),
        }
    }

    fn due(&self) -> impl Iterator<Item = (StreamId, bool)> {
        let cases = self.cases.iter().map(|(id, line)| {
            let due = line
                .state
                .as_ref()
                .is_some_and(|state| state.due(id).is_some());
            (StreamId::Case(id.clone()), due)
        });
        let authorities = self.authorities.iter().map(|(id, state)| {
            let due = state.as_ref().is_some_and(|state| state.due().is_some());
            (StreamId::Authority(id.clone()), due)
        });
        cases.chain(authorities).chain(self.registers.due())
    }

    fn report(&self, head: &Head) -> Report {
        use certificate::State;
        let states = || self.certificates.values().flatten();
        let exists = |state: &&State| !matches!(state, State::Reserved | State::Burnt { .. });
        let burnt = |state: &&State| matches!(state, State::Burnt { .. });
        Report {
            records: head.seq,
            digest: head.digest,
            cases: self.cases.len(),
            authorities: self.authorities.len(),
            certificates: states().filter(exists).count(),
            burnt: states().filter(burnt).count(),
            crls: self.crls,
            unsettled: self.due().filter(|(_, due)| *due).count(),
        }
    }
}

/// Rows of the index in the order in which the log's certificates are gone through.
#[derive(Default)]
struct Rows {
    /// Of whom the page is, and what it begins behind.
    issuer: Option<AuthorityId>,
    after: Option<Serial>,
    page: VecDeque<CertificateRow>,
}

impl Rows {
    /// The row of a certificate that comes after those that were asked for before. Rows in
    /// between are of no certificate of the log: their number tells.
    fn of(
        &mut self,
        store: &dyn Store,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<CertificateRow>, StoreError> {
        if self.issuer.as_ref() != Some(issuer) {
            *self = Self {
                issuer: Some(issuer.clone()),
                ..Self::default()
            };
        }
        loop {
            match self.page.front() {
                Some(row) if row.serial > *serial => return Ok(None),
                Some(row) => {
                    let is_it = row.serial == *serial;
                    let row = self.page.pop_front();
                    if is_it {
                        return Ok(row);
                    }
                }
                None => {
                    let page = store.certificates(issuer, self.after.as_ref(), PAGE)?;
                    let Some(last) = page.last() else {
                        return Ok(None);
                    };
                    self.after = Some(last.serial.clone());
                    self.page = page.into();
                }
            }
        }
    }
}

fn check_certificate(
    state: Option<&certificate::State>,
    entry: &Entry,
    event: &certificate::Event,
) -> Result<(), Fault> {
    use certificate::{Act, Event as Happened, State};
    let impossible = || Fault::Impossible {
        seq: entry.seq,
        stream: entry.stream.clone(),
        event: event.name(),
    };
    // A date is the act's own, but for what was frozen before.
    let (dated, act) = match (state, event) {
        (
            Some(State::Held { since, .. }),
            Happened::Revoked { at, .. }
            | Happened::Executed {
                act: Act::Revoke(_),
                at,
                ..
            },
        ) => (*at, *since),
        (
            _,
            Happened::Revoked { at, .. }
            | Happened::Burnt { at }
            | Happened::Frozen { since: at }
            | Happened::Executed { at, .. },
        ) => (*at, entry.at),
        _ => (entry.at, entry.at),
    };
    if dated != act {
        return Err(impossible());
    }
    match (state, event) {
        (
            Some(State::Active { pending } | State::Held { pending, .. }),
            Happened::Unfrozen | Happened::Revoked { .. },
        ) => match pending {
            Some(pending) => two_persons(entry, &[&pending.by.person]),
            None => Err(impossible()),
        },
        (Some(State::Revoked { upgrade, .. }), Happened::ReasonUpgraded { .. }) => match upgrade {
            Some(upgrade) => two_persons(entry, &[&upgrade.by.person]),
            None => Err(impossible()),
        },
        // The engine alone carries out what was decided elsewhere.
        (_, Happened::Executed { .. }) if entry.actor.seat != Seat::System => Err(impossible()),
        _ => Ok(()),
    }
}

fn two_persons(entry: &Entry, earlier: &[&PersonId]) -> Result<(), Fault> {
    let Actor { person, .. } = &entry.actor;
    if earlier.contains(&person) {
        return Err(Fault::SamePerson {
            seq: entry.seq,
            person: person.clone(),
        });
    }
    Ok(())
}
