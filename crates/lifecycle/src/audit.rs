//! The log examined by somebody who trusts nobody: the chain, every step of every
//! aggregate, every signature, and the indices against what the log says.

use crate::{
    Actor, ApplicationId, AuthorityId, CaseNumber, CertificateRow, Entry, Error, Event, Head,
    Intent, PersonId, Record, Serial, Store, StoreError, StreamId, application, authority,
    certificate, log,
};
use cert_profile::Issuer;
use der::referenced::OwnedToRef;
use gm_crypto::pki::{Signed, Sm2Sm3};
use std::collections::{BTreeMap, HashMap, HashSet};

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
    /// Applications of any state.
    pub applications: usize,
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

/// The first fault found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The store can't be read.
    #[error("the store can't be read")]
    Store(#[from] StoreError),

    /// A record is missing.
    #[error("record {expected} is missing, {found} stands in its place")]
    Missing {
        /// The place.
        expected: u64,
        /// What follows instead.
        found: u64,
    },

    /// A record or one before it was changed: the chain does not hold.
    #[error("the chain breaks at record {seq}: its octets or digest were changed")]
    ChainBroken {
        /// Its place.
        seq: u64,
    },

    /// A record's octets can't be read.
    #[error("record {seq} can't be read")]
    Unreadable {
        /// Its place.
        seq: u64,
        /// Why not.
        source: Box<Error>,
    },

    /// A record is filed elsewhere than its octets say.
    #[error("record {seq} is filed under another place than it states")]
    Misfiled {
        /// Its place.
        seq: u64,
    },

    /// An event that can't happen in its state.
    #[error("record {seq}: {event} can't happen to {stream} in its state")]
    Impossible {
        /// Its place.
        seq: u64,
        /// The aggregate.
        stream: StreamId,
        /// The event.
        event: &'static str,
    },

    /// A certificate or CRL without the intent that must stand before it, or
    /// with other content.
    #[error("record {seq}: {stream} was signed with other content than was intended")]
    NotIntended {
        /// Its place.
        seq: u64,
        /// The aggregate.
        stream: StreamId,
    },

    /// A signature does not verify under its issuer.
    #[error("record {seq}: the signature does not verify under {issuer}")]
    BadSignature {
        /// Its place.
        seq: u64,
        /// The issuer.
        issuer: AuthorityId,
        /// What the verification said.
        source: gm_crypto::Error,
    },

    /// One person acted twice where two were required.
    #[error("record {seq}: {person} acted where a second person was required")]
    SamePerson {
        /// Its place.
        seq: u64,
        /// The person.
        person: PersonId,
    },

    /// A case number that is not the one after the last.
    #[error("record {seq}: the case has number {found}, and {expected} was next")]
    CaseNumber {
        /// Its place.
        seq: u64,
        /// The number in the record.
        found: CaseNumber,
        /// The number that was next.
        expected: CaseNumber,
    },

    /// A certificate's own history and the one of the application or authority
    /// that it was made for differ on whether it exists.
    #[error("{what} and the history of whom it was made for differ")]
    Unconnected {
        /// The certificate.
        what: StreamId,
    },

    /// The index of case numbers says other than the log.
    #[error("the last case number is {found} in the index and {expected} in the log")]
    CasesDiffer {
        /// The last number in the index.
        found: CaseNumber,
        /// The last number in the log.
        expected: CaseNumber,
    },

    /// An index says other than the log.
    #[error("the index of {what} differs from the log")]
    IndexDiffers {
        /// Which index.
        what: StreamId,
    },
}

/// Examines a whole store.
///
/// # Errors
/// The first [`Fault`], by place in the log; faults of the indices come last.
pub fn verify(store: &dyn Store) -> Result<Report, Fault> {
    let mut world = World::default();
    let mut head = Head::EMPTY;
    loop {
        let page = store.records(head.seq, PAGE)?;
        if page.is_empty() {
            break;
        }
        for record in page {
            let entry = check_chain(&head, &record)?;
            world.apply(&entry)?;
            head = record.head();
        }
    }
    world.connect()?;
    world.compare_indices(store)?;
    Ok(world.report(&head))
}

fn check_chain(head: &Head, record: &Record) -> Result<Entry, Fault> {
    let seq = head.seq + 1;
    if record.seq != seq {
        return Err(Fault::Missing {
            expected: seq,
            found: record.seq,
        });
    }
    if log::link(&head.digest, &record.octets) != record.digest {
        return Err(Fault::ChainBroken { seq });
    }
    let entry = record.entry().map_err(|source| Fault::Unreadable {
        seq,
        source: Box::new(source),
    })?;
    if (entry.seq, &entry.stream, entry.version) != (seq, &record.stream, record.version) {
        return Err(Fault::Misfiled { seq });
    }
    Ok(entry)
}

/// Everything that the records so far made.
#[derive(Default)]
struct World {
    versions: HashMap<StreamId, u64>,
    applications: BTreeMap<ApplicationId, Option<application::State>>,
    authorities: BTreeMap<AuthorityId, Option<authority::State>>,
    certificates: BTreeMap<(AuthorityId, Serial), Option<certificate::State>>,
    /// What applications and authorities say of serial numbers they intended.
    intents: BTreeMap<(AuthorityId, Serial), Outcome>,
    cases: u64,
    crls: usize,
}

/// How an intent ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Open,
    Exists,
    Abandoned,
}

impl World {
    fn apply(&mut self, entry: &Entry) -> Result<(), Fault> {
        let seq = entry.seq;
        let version = self.versions.entry(entry.stream.clone()).or_default();
        if entry.version != *version + 1 {
            return Err(Fault::Misfiled { seq });
        }
        *version += 1;
        let changed = match (&entry.stream, &entry.event) {
            (StreamId::Application(id), Event::Application(event)) => {
                self.check_application(id, entry, event)?;
                self.note_application(seq, event)?;
                let state = self.applications.entry(id.clone()).or_default();
                let before = state.clone();
                *state = application::evolve(before.clone(), &entry.actor, event);
                *state != before
            }
            (StreamId::Authority(id), Event::Authority(event)) => {
                self.check_authority(id, entry, event)?;
                self.note_authority(event);
                let state = self.authorities.entry(id.clone()).or_default();
                let before = state.clone();
                *state = authority::evolve(id, before.clone(), &entry.actor, event);
                self.crls += usize::from(matches!(event, authority::Event::CrlIssued { .. }));
                *state != before
            }
            (StreamId::Certificate(issuer, serial), Event::Certificate(event)) => {
                let key = (issuer.clone(), serial.clone());
                let state = self.certificates.entry(key).or_default();
                check_certificate(state.as_ref(), entry, event)?;
                let before = state.clone();
                *state = certificate::evolve(before.clone(), &entry.actor, event);
                *state != before
            }
            _ => return Err(Fault::Misfiled { seq }),
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

    fn note_application(&mut self, seq: u64, event: &application::Event) -> Result<(), Fault> {
        use application::Event as Happened;
        match event {
            Happened::Registered { case, .. } => {
                self.cases += 1;
                let (found, expected) = (*case, CaseNumber(self.cases));
                if found != expected {
                    return Err(Fault::CaseNumber {
                        seq,
                        found,
                        expected,
                    });
                }
            }
            Happened::IssuanceIntended { intent, .. } => {
                self.note(&intent.issuer, &intent.serial, Outcome::Open);
            }
            Happened::IssuanceAbandoned { issuer, serial, .. } => {
                self.note(issuer, serial, Outcome::Abandoned);
            }
            Happened::CertificateIssued { issuer, serial, .. } => {
                self.note(issuer, serial, Outcome::Exists);
            }
            _ => {}
        }
        Ok(())
    }

    fn note_authority(&mut self, event: &authority::Event) {
        use authority::Event as Happened;
        match event {
            Happened::IssuanceIntended(intent) => {
                self.note(&intent.issuer, &intent.serial, Outcome::Open);
            }
            Happened::IssuanceAbandoned { issuer, serial } => {
                self.note(issuer, serial, Outcome::Abandoned);
            }
            Happened::Established { issuer, serial, .. } => {
                self.note(issuer, serial, Outcome::Exists);
            }
            _ => {}
        }
    }

    fn note(&mut self, issuer: &AuthorityId, serial: &Serial, outcome: Outcome) {
        let key = (issuer.clone(), serial.clone());
        self.intents.insert(key, outcome);
    }

    /// Each certificate has one history of its own, and it says the same.
    fn connect(&self) -> Result<(), Fault> {
        use certificate::State;
        let outcome = |state: &Option<State>| match state {
            None => None,
            Some(State::Reserved) => Some(Outcome::Open),
            Some(State::Burnt { .. }) => Some(Outcome::Abandoned),
            Some(_) => Some(Outcome::Exists),
        };
        for key in self.certificates.keys().chain(self.intents.keys()) {
            let own = self.certificates.get(key).and_then(outcome);
            if own != self.intents.get(key).copied() {
                let (issuer, serial) = key.clone();
                return Err(Fault::Unconnected {
                    what: StreamId::Certificate(issuer, serial),
                });
            }
        }
        Ok(())
    }

    fn check_application(
        &self,
        id: &ApplicationId,
        entry: &Entry,
        event: &application::Event,
    ) -> Result<(), Fault> {
        use application::{Event as Happened, State};
        let state = self.applications.get(id).and_then(Option::as_ref);
        match (state, event) {
            (Some(State::Submitted(submitted)), Happened::Registered { .. }) => {
                two_persons(entry, &[&submitted.applicant])
            }
            (Some(State::Registered(registered)), Happened::Approved) => two_persons(
                entry,
                &[&registered.submitted.applicant, &registered.registrar],
            ),
            (Some(State::Issued(pair)), Happened::Delivered) => two_persons(
                entry,
                &[
                    &pair.registered.submitted.applicant,
                    &pair.registered.registrar,
                ],
            ),
            (
                Some(State::Issuing(issuing)),
                Happened::CertificateIssued {
                    serial,
                    certificate,
                    ..
                },
            ) => {
                let intent = issuing.intent(serial).ok().map(|(_, intent)| intent);
                self.check_issued(entry, intent, certificate)
            }
            _ => Ok(()),
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
                    serial,
                    certificate,
                    ..
                },
            ) => {
                let intent = issuing.intent.as_ref();
                let intent = intent.filter(|intent| intent.serial == *serial);
                self.check_issued(entry, intent, certificate)
            }
            (Some(State::Active(active)), Happened::CrlIssued { number, crl }) => {
                let intent = active.crl_intent.as_ref();
                let intent = intent.filter(|intent| intent.number == *number);
                let tbs = intent.map(|intent| &intent.tbs[..]);
                check_signed(entry, id, tbs, crl, &active.certificate)
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
        let issuer = match self.authorities.get(&intent.issuer) {
            Some(Some(authority::State::Active(active))) => &active.certificate,
            // A root vouches for itself.
            _ if entry.stream == StreamId::Authority(intent.issuer.clone()) => certificate,
            _ => return Err(not_intended()),
        };
        check_signed(
            entry,
            &intent.issuer,
            Some(&intent.tbs),
            certificate,
            issuer,
        )
    }

    fn compare_indices(&self, store: &dyn Store) -> Result<(), Fault> {
        for ((issuer, serial), state) in &self.certificates {
            let expected = state
                .as_ref()
                .map(|state| CertificateRow::new(issuer.clone(), serial.clone(), state));
            if store.certificate(issuer, serial)? != expected {
                return Err(Fault::IndexDiffers {
                    what: StreamId::Certificate(issuer.clone(), serial.clone()),
                });
            }
        }
        for id in self.authorities.keys() {
            let listed = store.revoked(id)?.len();
            let revoked =
                |((issuer, _), state): &(&(AuthorityId, Serial), &Option<certificate::State>)| {
                    issuer == id
                        && state
                            .as_ref()
                            .is_some_and(|state| state.revocation().is_some())
                };
            if listed != self.certificates.iter().filter(revoked).count() {
                return Err(Fault::IndexDiffers {
                    what: StreamId::Authority(id.clone()),
                });
            }
        }
        let waiting = store.unsettled()?.into_iter().collect();
        let due: HashSet<StreamId> = self
            .due()
            .filter_map(|(stream, due)| due.then_some(stream))
            .collect();
        if let Some(what) = due.symmetric_difference(&waiting).min().cloned() {
            return Err(Fault::IndexDiffers { what });
        }
        let (found, expected) = (store.last_case()?, CaseNumber(self.cases));
        if found != expected {
            return Err(Fault::CasesDiffer { found, expected });
        }
        Ok(())
    }

    fn due(&self) -> impl Iterator<Item = (StreamId, bool)> {
        let applications = self.applications.iter().map(|(id, state)| {
            let due = state.as_ref().is_some_and(|state| state.due(id).is_some());
            (StreamId::Application(id.clone()), due)
        });
        let authorities = self.authorities.iter().map(|(id, state)| {
            let due = state.as_ref().is_some_and(|state| state.due().is_some());
            (StreamId::Authority(id.clone()), due)
        });
        applications.chain(authorities)
    }

    fn report(&self, head: &Head) -> Report {
        use certificate::State;
        let states = || self.certificates.values().flatten();
        let exists = |state: &&State| !matches!(state, State::Reserved | State::Burnt { .. });
        let burnt = |state: &&State| matches!(state, State::Burnt { .. });
        Report {
            records: head.seq,
            digest: head.digest,
            applications: self.applications.len(),
            authorities: self.authorities.len(),
            certificates: states().filter(exists).count(),
            burnt: states().filter(burnt).count(),
            crls: self.crls,
            unsettled: self.due().filter(|(_, due)| *due).count(),
        }
    }
}

fn check_certificate(
    state: Option<&certificate::State>,
    entry: &Entry,
    event: &certificate::Event,
) -> Result<(), Fault> {
    use certificate::{Event as Happened, State};
    let impossible = || Fault::Impossible {
        seq: entry.seq,
        stream: entry.stream.clone(),
        event: event.name(),
    };
    // A date is the act's own, but for what was frozen before.
    let (dated, act) = match (state, event) {
        (Some(State::Held { since, .. }), Happened::Revoked { at, .. }) => (*at, *since),
        (
            _,
            Happened::Revoked { at, .. } | Happened::Burnt { at } | Happened::Frozen { since: at },
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

fn check_signed(
    entry: &Entry,
    issuer: &AuthorityId,
    tbs: Option<&[u8]>,
    signed: &[u8],
    issuer_certificate: &[u8],
) -> Result<(), Fault> {
    let bad_signature = |source| Fault::BadSignature {
        seq: entry.seq,
        issuer: issuer.clone(),
        source,
    };
    let parts = Signed::from_der("signed structure", signed).map_err(bad_signature)?;
    if Some(parts.tbs()) != tbs {
        return Err(Fault::NotIntended {
            seq: entry.seq,
            stream: entry.stream.clone(),
        });
    }
    let issuer =
        Issuer::from_certificate(issuer_certificate).map_err(|source| Fault::Unreadable {
            seq: entry.seq,
            source: Box::new(Error::Profile(source)),
        })?;
    parts
        .verify(issuer.public_key().owned_to_ref(), &[&Sm2Sm3::default()])
        .map_err(bad_signature)
}
