//! Checkpoints of the log: made when one is due, handed out, and asked whether the log is
//! still the one that they were made of.

use super::{Engine, perform};
use crate::{
    AuthorityId, CheckpointRow, Error, Ground, Head, Publication, SignedCheckpoint, Store,
    StoreError, VerifiedCheckpoint,
    log::{Checkpoint, Frontier, is_origin, leaf},
};
use std::time::Duration;

/// Digests that are read from the store at a time.
const PAGE: usize = 10_000;

impl Engine {
    /// Makes a checkpoint of the log as it is now, hands it to the publisher as
    /// `log/checkpoint-SIZE.txt`, and keeps it. None where the policy wants none, or nothing
    /// was recorded since the last.
    ///
    /// It is handed out before it is kept: a store that lost its tail is found by the copies
    /// that are elsewhere.
    ///
    /// # Errors
    /// [`Error::TailLost`] when the log is not the one of the last checkpoint;
    /// [`Error::Refused`] when the log's key is not there yet, or no longer; the store's, the
    /// key's, the publisher's.
    pub fn checkpoint(&mut self) -> Result<Option<SignedCheckpoint>, Error> {
        let Some(wanted) = &self.policy.checkpoints else {
            return Ok(None);
        };
        // In this order: another node may write and vouch for it in between.
        let last = self.ports.store.checkpoint()?;
        let head = self.ports.store.head()?;
        let size = last.as_ref().map_or(0, |last| last.size);
        if size == head.seq {
            return Ok(None);
        }
        if size > head.seq {
            return Err(Error::TailLost { size });
        }
        let mut frontier = last.map_or(Ok(Frontier::default()), |last| frontier_of(&last))?;
        grow(&mut frontier, &*self.ports.store, head.seq)?;
        let checkpoint = Checkpoint {
            origin: wanted.origin.clone(),
            head,
            root: frontier.root(),
            at: self.ports.clock.now(),
        };
        if !self.can_vouch(&wanted.signer)? {
            return Err(Ground::not_ready(&wanted.signer).into());
        }
        let key = self.key(&wanted.signer, None)?;
        let signed = SignedCheckpoint::sign(checkpoint, &key);
        let label = perform::label(&wanted.signer)?;
        let signed = signed.map_err(|source| perform::key_failed(&label, source))?;
        #[cfg(feature = "fail-points")]
        crate::fail_point::reach(crate::fail_point::Point::CheckpointSigned);
        self.publish(&[Publication {
            name: format!("log/checkpoint-{}.txt", head.seq),
            octets: signed.text().as_bytes().to_vec().into(),
        }])?;
        #[cfg(feature = "fail-points")]
        crate::fail_point::reach(crate::fail_point::Point::CheckpointOut);
        self.ports.store.put_checkpoint(&CheckpointRow {
            size: head.seq,
            text: signed.text().to_owned(),
            roots: frontier.roots().to_vec(),
        })?;
        Ok(Some(signed))
    }

    /// A checkpoint, if as many records or as much time as the policy says went by since the
    /// last.
    pub(super) fn checkpoint_if_due(&mut self) -> Result<(), Error> {
        let Some(wanted) = &self.policy.checkpoints else {
            return Ok(());
        };
        // Whose key is not there yet, or in other hands, signs nothing.
        if !self.can_vouch(&wanted.signer)? {
            return Ok(());
        }
        let head = self.ports.store.head()?;
        let is_due = match self.ports.store.checkpoint()? {
            None => true,
            Some(last) => {
                let signed = SignedCheckpoint::parse(&last.text)?;
                let age = self.ports.clock.now().unix_duration();
                let age = age.saturating_sub(signed.unverified().at.unix_duration());
                head.seq.saturating_sub(last.size) >= wanted.records || age >= wanted.age
            }
        };
        if is_due {
            match self.checkpoint() {
                // Another node has made it, or a later one.
                Err(Error::Store(StoreError::Conflict { .. })) | Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// A key that fell into other hands says nothing about the log any more.
    fn can_vouch(&self, signer: &AuthorityId) -> Result<bool, Error> {
        let state = self.authority(signer)?;
        Ok(state.is_some_and(|state| state.certifying().is_some()))
    }

    /// Whether the log is still the one of this checkpoint: `outside` is a copy that was kept
    /// elsewhere. Whoever starts an engine asks, and does nothing over a store that it does not
    /// hold for. (The store's own last checkpoint is asked before anything is done.)
    ///
    /// # Errors
    /// [`Error::TailLost`] when it is not.
    pub fn check_tail(&self, outside: &VerifiedCheckpoint) -> Result<(), Error> {
        self.goes_on_from(outside)
    }

    /// The store's own last checkpoint still holds; asked once in an engine's life.
    pub(super) fn check_own_tail(&mut self) -> Result<(), Error> {
        if !self.is_whole {
            if let Some(last) = self.ports.store.checkpoint()? {
                let signed = SignedCheckpoint::parse(&last.text)?;
                self.goes_on_from(signed.unverified())?;
            }
            self.is_whole = true;
        }
        Ok(())
    }

    /// The chain's digest after the checkpoint's last record is the one that was signed: it
    /// stands for all records up to there.
    fn goes_on_from(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let Head { seq: size, digest } = checkpoint.head;
        let Some(before) = size.checked_sub(1) else {
            return Ok(());
        };
        if self.ports.store.digests(before, 1)? == [digest] {
            Ok(())
        } else {
            Err(Error::TailLost { size })
        }
    }
}

/// How often a checkpoint is made, by whom, and of which log.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    origin: String,
    signer: AuthorityId,
    records: u64,
    age: Duration,
}

impl Checkpoints {
    /// Checkpoints of the log of this name ([`Checkpoint::origin`]), signed with the key of
    /// `signer`: one when so many records came since the last, or so much time went by.
    ///
    /// # Errors
    /// [`Error::BadIdentifier`] when the characters can't name a log.
    pub fn new(
        origin: &str,
        signer: AuthorityId,
        records: u64,
        age: Duration,
    ) -> Result<Self, Error> {
        if !is_origin(origin) {
            return Err(Error::BadIdentifier {
                what: "log",
                found: origin.to_owned(),
            });
        }
        Ok(Self {
            origin: origin.to_owned(),
            signer,
            records,
            age,
        })
    }
}

fn frontier_of(last: &CheckpointRow) -> Result<Frontier, Error> {
    let frontier = Frontier::from_stored(last.size, last.roots.clone());
    frontier.ok_or(Error::TailLost { size: last.size })
}

/// Takes the leaves up to record `size` in.
fn grow(frontier: &mut Frontier, store: &dyn Store, size: u64) -> Result<(), Error> {
    while frontier.size() < size {
        let digests = store.digests(frontier.size(), PAGE)?;
        if digests.is_empty() {
            return Err(Error::TailLost { size });
        }
        let missing = usize::try_from(size - frontier.size()).unwrap_or(usize::MAX);
        for digest in digests.iter().take(missing) {
            frontier.push(leaf(digest));
        }
    }
    Ok(())
}
