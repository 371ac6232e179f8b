//! Records on their way through an audit. Chain, checkpoints and text of a page are looked at on
//! one thread, signatures on another, while the steps of the page before are taken on the
//! caller's; what is told is still the first fault by its place in the log.

use super::{Fault, Marks, PAGE};
use crate::{AuthorityId, Entry, Error, Head, Record, Store, log};
use cert_profile::Issuer;
use der::referenced::OwnedToRef;
use gm_crypto::pki::{Signed, Sm2Sm3};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, ScopedJoinHandle},
};

/// Pages that wait before a thread: enough that nobody waits for the next one.
const DEPTH: usize = 2;

/// A signature that a record rests on.
pub(super) struct Claim {
    seq: u64,
    issuer: AuthorityId,
    key: Arc<Issuer>,
    /// DER of what was signed, whole.
    signed: Vec<u8>,
}

/// Signatures that are still to be looked at.
#[derive(Default)]
pub(super) struct Signatures {
    /// The keys of certificates, read once each.
    keys: HashMap<Vec<u8>, Arc<Issuer>>,
    claims: Vec<Claim>,
}

/// What takes the steps of a log.
pub(super) trait Steps {
    /// Takes the next step.
    fn apply(&mut self, entry: &Entry) -> Result<(), Fault>;
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
        let marks = joined(chain);
        // A signature belongs to a step that was taken: it comes before what stopped the steps.
        match forged {
            Some(fault) => Err(fault),
            None => taken.map(|head| Reached { head, marks }),
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
    loop {
        while let Some(to_chain) = &unread
            && waiting < DEPTH
        {
            let page = store.records(read, PAGE)?;
            match page.last() {
                Some(last) => {
                    read = last.seq;
                    waiting += 1;
                    // Nobody there to take it: the thread panicked, which joining it shows.
                    let _ = to_chain.send(page);
                }
                None => unread = None,
            }
        }
        if waiting == 0 {
            return Ok(head);
        }
        let Ok(page) = chained.recv() else {
            return Ok(head);
        };
        waiting -= 1;
        let taken = page.entries.iter().try_for_each(|entry| steps.apply(entry));
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
fn follow(pages: &Receiver<Vec<Record>>, to_steps: &SyncSender<Passed>, mut marks: Marks) -> Marks {
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
    marks
}

/// The first of the signatures that is none.
fn verify(claims: &Receiver<Vec<Claim>>) -> Option<Fault> {
    let mut fault = None;
    while let Ok(claims) = claims.recv() {
        if fault.is_none() {
            fault = claims.into_iter().find_map(|claim| claim.check().err());
        }
    }
    fault
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    match thread.join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    }
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
    fn check(self) -> Result<(), Fault> {
        let key = self.key.public_key().owned_to_ref();
        Signed::from_der("signed structure", &self.signed)
            .and_then(|parts| parts.verify(key, &[&Sm2Sm3::default()]))
            .map_err(|source| Fault::BadSignature {
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
        let key = match known {
            Some(known) => known,
            None => {
                let read = Issuer::from_certificate(issuer_certificate);
                let read = read.map_err(|source| unreadable(seq, Error::Profile(source)))?;
                let read = Arc::new(read);
                let certificate = issuer_certificate.to_vec();
                self.keys.insert(certificate, Arc::clone(&read));
                read
            }
        };
        self.claims.push(Claim {
            seq,
            issuer: issuer.clone(),
            key,
            signed: signed.to_vec(),
        });
        Ok(())
    }

    pub(super) fn take(&mut self) -> Vec<Claim> {
        std::mem::take(&mut self.claims)
    }
}
