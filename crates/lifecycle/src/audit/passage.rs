//! Records on their way through an audit. Chain, checkpoints and text of a page are looked at on
//! one thread, signatures on another, while the steps of the page before are taken on the
//! caller's; what is told is still the first fault by its place in the log.

use super::{Fault, Marks, PAGE};
use crate::{AuthorityId, Entry, Error, Head, Record, Store, log};
use cert_profile::Issuer;
use der::referenced::OwnedToRef;
use gm_crypto::{
    pki::{Signed, Sm2Sm3, VerifyAlgorithm},
    sm2::{DerSignature, PreparedVerifyingKey, PublicKey, TableSize, UserId, VerifyingKey},
};
use spki::SubjectPublicKeyInfoRef;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, ScopedJoinHandle},
};

/// Pages that wait before a thread: enough that nobody waits for the next one.
pub(super) const DEPTH: usize = 2;

/// A signature that a record rests on.
pub(super) struct Claim {
    seq: u64,
    issuer: AuthorityId,
    /// Which of the keys it is.
    number: usize,
    key: Arc<Issuer>,
    /// DER of what was signed, whole.
    signed: Vec<u8>,
}

/// Signatures that are still to be looked at.
#[derive(Default)]
pub(super) struct Signatures {
    /// The keys of certificates, read once each, and numbered.
    keys: HashMap<Vec<u8>, (usize, Arc<Issuer>)>,
    claims: Vec<Claim>,
}

/// What takes the steps of a log.
pub(super) trait Steps {
    /// Takes the next step.
    fn apply(&mut self, entry: Entry) -> Result<(), Fault>;
    /// The signatures that the steps since the last call rest on.
    fn claims(&mut self) -> Vec<Claim>;
}

/// A page whose records follow on each other, up to the first that does not.
struct Passed {
    entries: Vec<Entry>,
    end: Head,
    /// What is wrong behind the last of the entries.
    fault: Option<Fault>,
}

/// The checkpoints behind the last page, and what was found where no page came to tell it.
struct Followed {
    marks: Marks,
    fault: Option<Fault>,
}

/// The log's end, and the checkpoints that were met on the way to it.
pub(super) struct Reached {
    pub(super) head: Head,
    pub(super) marks: Marks,
}

/// Reads the whole log past `marks`; `passed` hears after each page how many records were
/// examined.
pub(super) fn pass(
    store: &dyn Store,
    marks: Marks,
    steps: &mut dyn Steps,
    passed: &mut dyn FnMut(u64),
) -> Result<Reached, Fault> {
    thread::scope(|scope| {
        let (to_chain, pages) = sync_channel(DEPTH);
        let (to_steps, chained) = sync_channel(DEPTH);
        let chain = scope.spawn(move || follow(&pages, &to_steps, marks));
        let (to_verify, claims) = sync_channel::<Vec<Claim>>(DEPTH);
        let verifier = scope.spawn(move || verify(&claims));
        let taken = take_steps(store, (to_chain, &chained), &to_verify, steps, passed);
        // Whoever waits to hand something over is let go.
        drop((chained, to_verify));
        let forged = joined(verifier);
        let Followed { marks, fault } = joined(chain);
        // A signature belongs to a step that was taken: it comes before what stopped the steps.
        if let Some(fault) = forged {
            return Err(fault);
        }
        let head = taken?;
        match fault {
            Some(fault) => Err(fault),
            None => Ok(Reached { head, marks }),
        }
    })
}

fn take_steps(
    store: &dyn Store,
    (to_chain, chained): (SyncSender<Vec<Record>>, &Receiver<Passed>),
    to_verify: &SyncSender<Vec<Claim>>,
    steps: &mut dyn Steps,
    passed: &mut dyn FnMut(u64),
) -> Result<Head, Fault> {
    let mut head = Head::EMPTY;
    let mut read = 0;
    let mut waiting = 0;
    let mut unread = Some(to_chain);
    // Pages that were read before it are of places before it.
    let mut unreadable = None;
    loop {
        while let Some(to_chain) = &unread
            && waiting < DEPTH
        {
            match store.records(read, PAGE) {
                Ok(page) if page.is_empty() => unread = None,
                Ok(page) => {
                    read = page.last().map_or(read, |last| last.seq);
                    waiting += 1;
                    // Nobody there to take it: the thread panicked, which joining it shows.
                    let _ = to_chain.send(page);
                }
                Err(source) => {
                    unreadable = Some(source);
                    unread = None;
                }
            }
        }
        if waiting == 0 {
            return match unreadable {
                Some(source) => Err(Fault::Store(source)),
                None => Ok(head),
            };
        }
        let Ok(page) = chained.recv() else {
            return Ok(head);
        };
        waiting -= 1;
        let taken = page
            .entries
            .into_iter()
            .try_for_each(|entry| steps.apply(entry));
        let _ = to_verify.send(steps.claims());
        taken?;
        if let Some(fault) = page.fault {
            return Err(fault);
        }
        head = page.end;
        passed(head.seq);
    }
}

/// Whether pages continue the chain, and pass the checkpoints where they end.
fn follow(
    pages: &Receiver<Vec<Record>>,
    to_steps: &SyncSender<Passed>,
    mut marks: Marks,
) -> Followed {
    let mut head = Head::EMPTY;
    let mut fault = marks.pass(&head).err();
    while let Ok(page) = pages.recv() {
        let mut entries = Vec::with_capacity(page.len());
        for record in page {
            if fault.is_some() {
                break;
            }
            fault = match check_chain(&head, &record) {
                Ok(entry) => {
                    head = record.head();
                    entries.push(entry);
                    marks.pass(&head).err()
                }
                Err(fault) => Some(fault),
            };
        }
        let is_last = fault.is_some();
        let passed = Passed {
            entries,
            end: head,
            fault: fault.take(),
        };
        if to_steps.send(passed).is_err() || is_last {
            break;
        }
    }
    Followed { marks, fault }
}

/// The first of the signatures that is none.
fn verify(claims: &Receiver<Vec<Claim>>) -> Option<Fault> {
    let mut fault = None;
    let mut keys = Vec::new();
    while let Ok(claims) = claims.recv() {
        if fault.is_none() {
            let mut checked = claims.into_iter().map(|claim| claim.check(&mut keys));
            fault = checked.find_map(Result::err);
        }
    }
    fault
}

/// How often a key was used, and its tables when that is often.
#[derive(Default)]
struct Use {
    checks: u32,
    prepared: Option<PreparedVerifyingKey>,
}

/// So many checks take as long as the tables for the rest do.
const CHECKS_WITHOUT_TABLES: u32 = 16;

impl Use {
    /// The key with tables, if it is of SM2 and these pay.
    fn prepared(&mut self, spki: SubjectPublicKeyInfoRef<'_>) -> Option<&PreparedVerifyingKey> {
        self.checks += 1;
        if self.checks == CHECKS_WITHOUT_TABLES
            && Sm2Sm3::default().takes_key(spki.algorithm)
            && let Ok(key) = PublicKey::try_from(spki)
        {
            let key = VerifyingKey::new(key, &UserId::default());
            self.prepared = Some(PreparedVerifyingKey::new(&key, TableSize::Medium));
        }
        self.prepared.as_ref()
    }
}

pub(super) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    match thread.join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// That a record continues the chain after `head`.
pub(super) fn check_link(head: &Head, record: &Record) -> Result<(), Fault> {
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
    Ok(())
}

fn check_chain(head: &Head, record: &Record) -> Result<Entry, Fault> {
    check_link(head, record)?;
    let seq = record.seq;
    let entry = record.entry().map_err(|source| unreadable(seq, source))?;
    if (entry.seq, &entry.stream, entry.version) != (seq, &record.stream, record.version) {
        return Err(Fault::Misfiled { seq });
    }
    Ok(entry)
}

fn unreadable(seq: u64, source: Error) -> Fault {
    Fault::Unreadable {
        seq,
        source: Box::new(source),
    }
}

impl Claim {
    fn check(self, keys: &mut Vec<Use>) -> Result<(), Fault> {
        let spki = self.key.public_key().owned_to_ref();
        if keys.len() <= self.number {
            keys.resize_with(self.number + 1, Use::default);
        }
        let prepared = keys[self.number].prepared(spki.clone());
        let check = || -> gm_crypto::Result<()> {
            let parts = Signed::from_der("signed structure", &self.signed)?;
            let algorithm = Sm2Sm3::default();
            match prepared {
                Some(key) if algorithm.accepts(parts.algorithm(), spki.algorithm) => {
                    let signature = parts.signature().as_bytes();
                    let signature = signature.and_then(|octets| octets.try_into().ok());
                    let signature: DerSignature = signature.ok_or(gm_crypto::Error::Crypto)?;
                    let digest = key.verifying_key().za().digest(parts.tbs());
                    key.verify_digest(&digest, &signature)
                }
                _ => parts.verify(spki.clone(), &[&algorithm]),
            }
        };
        check().map_err(|source| Fault::BadSignature {
            seq: self.seq,
            issuer: self.issuer,
            source,
        })
    }
}

impl Signatures {
    /// Record `seq` rests on a signature by the key of a certificate.
    pub(super) fn claim(
        &mut self,
        seq: u64,
        issuer: &AuthorityId,
        signed: &[u8],
        issuer_certificate: &[u8],
    ) -> Result<(), Fault> {
        let known = self.keys.get(issuer_certificate).cloned();
        let (number, key) = match known {
            Some(known) => known,
            None => {
                let read = Issuer::from_certificate(issuer_certificate);
                let read = read.map_err(|source| unreadable(seq, Error::Profile(source)))?;
                let read = (self.keys.len(), Arc::new(read));
                let certificate = issuer_certificate.to_vec();
                self.keys.insert(certificate, read.clone());
                read
            }
        };
        self.claims.push(Claim {
            seq,
            issuer: issuer.clone(),
            number,
            key,
            signed: signed.to_vec(),
        });
        Ok(())
    }

    pub(super) fn take(&mut self) -> Vec<Claim> {
        std::mem::take(&mut self.claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cert_profile::{CertRequest, Profile};
    use gm_crypto::sm2::SIGNATURE_OID;
    use hsm::{KeyHandle, SoftKey};
    use spki::AlgorithmIdentifierOwned;

    /// A root's certificate.
    fn root() -> Vec<u8> {
        let key = SoftKey::generate().unwrap();
        let own = key.public_key().decode_msg().unwrap();
        let request = CertRequest::new("CN=Root,O=Example,C=CN".parse().unwrap(), own);
        let algorithm = AlgorithmIdentifierOwned {
            oid: SIGNATURE_OID,
            parameters: None,
        };
        let issuer = Issuer::self_signed(&request, algorithm);
        let now = "2026-07-01T00:00:00Z".parse().unwrap();
        let profile = Profile::shipped("root-ca").unwrap();
        let prepared = profile
            .prepare(&issuer, &request, &1u8.into(), now)
            .unwrap();
        let signature = key.sign(prepared.tbs()).unwrap();
        prepared.attach(&signature).unwrap()
    }

    /// Whose signature is the first that does not fit.
    fn first_forged(claims: impl IntoIterator<Item = (u64, Vec<u8>)>, root: &[u8]) -> Option<u64> {
        let mut signatures = Signatures::default();
        let issuer = AuthorityId::new("root").unwrap();
        let (to_verify, waiting) = sync_channel(1_000);
        for (seq, signed) in claims {
            signatures.claim(seq, &issuer, &signed, root).unwrap();
            to_verify.send(signatures.take()).unwrap();
        }
        drop(to_verify);
        match verify(&waiting) {
            Some(Fault::BadSignature { seq, .. }) => Some(seq),
            None => None,
            Some(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_forged_signature_is_found_however_often_its_key_signed() {
        let (root, other) = (root(), root());
        let good = |count: u64| (1..=count).map(|seq| (seq, root.clone()));
        let often = u64::from(CHECKS_WITHOUT_TABLES) + 4;
        assert_eq!(first_forged(good(often), &root), None);
        for before in [0, 1, often] {
            // By another key, and of other octets.
            let mut changed = root.clone();
            *changed.last_mut().unwrap() ^= 1;
            for forged in [other.clone(), changed] {
                let claims = good(before)
                    .chain([(before + 1, forged)])
                    .chain([(99, other.clone())]);
                assert_eq!(first_forged(claims, &root), Some(before + 1));
            }
        }
    }
}
