//! The log against the checkpoints of it.

use super::{Fault, World};
use crate::{
    Checkpoint, CheckpointFault, CheckpointRow, Head, SignedCheckpoint, Store, VerifiedCheckpoint,
    authority,
    log::{Frontier, leaf},
};
use der::Encode;

/// The checkpoints, and the tree as it grows past them.
pub(super) struct Marks {
    frontier: Frontier,
    /// The latest first.
    open: Vec<Checkpoint>,
    /// The store's own, whose signature is looked at when all authorities are known.
    own: Option<(CheckpointRow, SignedCheckpoint)>,
}

impl Marks {
    pub(super) fn new(store: &dyn Store, outside: &[VerifiedCheckpoint]) -> Result<Self, Fault> {
        let mut open: Vec<Checkpoint> = outside.iter().map(|one| (**one).clone()).collect();
        let own = match store.checkpoint()? {
            None => None,
            Some(row) => {
                let size = row.size;
                let bad = |source| Fault::BadCheckpoint { size, source };
                let signed = SignedCheckpoint::parse(&row.text).map_err(bad)?;
                if signed.unverified().head.seq != size {
                    return Err(Fault::CheckpointDiffers { size });
                }
                open.push(signed.unverified().clone());
                Some((row, signed))
            }
        };
        open.sort_by_key(|one| std::cmp::Reverse(one.head.seq));
        Ok(Self {
            frontier: Frontier::default(),
            open,
            own,
        })
    }

    /// The log up to here is the one of every checkpoint that ends here.
    pub(super) fn pass(&mut self, head: &Head) -> Result<(), Fault> {
        if head.seq > 0 {
            self.frontier.push(leaf(&head.digest));
        }
        let is_here = |one: &mut Checkpoint| one.head.seq == head.seq;
        while let Some(one) = self.open.pop_if(is_here) {
            if one.head != *head || one.root != self.frontier.root() {
                return Err(Fault::CheckpointDiffers { size: head.seq });
            }
            if let Some((row, _)) = self.own.as_ref().filter(|(row, _)| row.size == head.seq)
                && row.roots != self.frontier.roots()
            {
                return Err(Fault::CheckpointDiffers { size: head.seq });
            }
        }
        Ok(())
    }

    /// None was left over.
    pub(super) fn all_passed(&self, head: &Head) -> Result<(), Fault> {
        match self.open.last() {
            Some(one) => Err(Fault::TailLost {
                size: one.head.seq,
                found: head.seq,
            }),
            None => Ok(()),
        }
    }

    /// None was left over, and an authority of the log signed the store's own.
    pub(super) fn finish(self, head: &Head, world: &World) -> Result<(), Fault> {
        self.all_passed(head)?;
        let Some((row, signed)) = self.own else {
            return Ok(());
        };
        let origin = &signed.unverified().origin;
        let has_signed = |state: &Option<authority::State>| {
            let active = state.as_ref().and_then(authority::State::established);
            let key = active.and_then(|active| active.public_key().ok()?.to_der().ok());
            key.is_some_and(|key| signed.verify(origin, &key).is_ok())
        };
        if world.authorities.values().any(has_signed) {
            return Ok(());
        }
        Err(Fault::BadCheckpoint {
            size: row.size,
            source: CheckpointFault::NotSigned,
        })
    }
}
