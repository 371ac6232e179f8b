//! A relying party's memory of a publisher's lists: what was accepted once is not taken
//! back.
//!
//! ```text
//! message ── signers ──> JSON ── rules ──> state ── kept ──> questions
//! ```
//! A [`Client`] knows who signs the first list (pinned out of band) and learns from each
//! list who signs the next. It accepts a list when all of this holds, and remembers it in
//! a [`StateStore`] before it answers from it:
//!
//! | rule | else |
//! |---|---|
//! | someone is pinned | `NO_PIN` |
//! | enough signers of the current set signed, or of the next one that the list before announced, or of the recovery keys | `SIGNER` |
//! | the JSON is a list within the limits | `FORMAT`, `LIMIT`, `LOOKALIKE` |
//! | it is issued by now, not before the list held, and stands no longer than allowed | `TIME` |
//! | it should not have been replaced by now | `STALE` |
//! | its number is not below the one held; the same number is the same list | `ROLLBACK`, `FORK` |
//! | with the next number, it names the list held by digest | `BROKEN_CHAIN` |
//! | no list between is missing, where the policy asks for that | `GAP` |
//! | all that was said about the past is said again | `HISTORY_REWRITTEN` |
//! | mirrors of other lists do not go back | `MIRROR_STALE` |
//!
//! Everything is offline: messages and the time are arguments. Readers take the list as
//! it is; a newer one takes its place without stopping them.

mod policy;
mod state;
mod store;
#[cfg(test)]
mod tests;

pub use crate::flash::{FlashDraft, UnverifiedFlash};
pub use policy::{ClientPolicy, GapRule};
pub use store::{Change, FileStore, MemoryStore, StateStore};
pub(crate) use store::{lock, replace};

use crate::{
    Error, Result,
    document::{DocumentQuestion, DocumentReport, UnverifiedDocument},
    list::{
        Answer, Digest, Publisher, Question, SignerRoll, TrustList, UnverifiedList, hexadecimal,
    },
    verify::{authenticate, check_signer, too_few},
};
use der::DateTime;
use state::Held;
use std::{
    collections::BTreeSet,
    slice,
    sync::{Arc, PoisonError, RwLock},
};

/// One publisher's lists, as one relying party follows them.
#[derive(Debug)]
pub struct Client {
    policy: ClientPolicy,
    store: Box<dyn StateStore>,
    held: RwLock<Option<Arc<Held>>>,
}

/// What became of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The number of the list that counts now.
    pub sequence: u64,
    /// Whether it is another one than before.
    pub is_new: bool,
    /// The first and last number of the lists that were left out, whose part of the chain
    /// of digests nobody has checked.
    pub gap: Option<(u64, u64)>,
    /// What the publisher was called before, where the list that counts now has another name.
    pub renamed_from: Option<Publisher>,
}

impl Client {
    /// Goes on from what the store has.
    ///
    /// # Errors
    /// [`Error::State`] when that can't be read.
    pub fn open(policy: ClientPolicy, store: impl StateStore + 'static) -> Result<Self> {
        let client = Self {
            policy,
            store: Box::new(store),
            held: RwLock::new(None),
        };
        client.reload()?;
        Ok(client)
    }

    /// Takes up what another process put into the same store. Says whether that was new.
    ///
    /// # Errors
    /// [`Error::State`] when it can't be read, [`Error::Rollback`] when it is older than
    /// what this client has answered from.
    pub fn reload(&self) -> Result<bool> {
        let mut found = None;
        self.store.transact(&mut |octets| {
            found = octets.map(Held::read).transpose()?;
            Ok(None)
        })?;
        let held = self.held();
        let Some(found) = found else { return Ok(false) };
        if let Some(held) = held {
            let position = |held: &Held| (held.list.sequence(), held.flash_number());
            let (has, offered) = (position(&held), position(&found));
            if offered < has {
                return Err(Error::Rollback {
                    held: has.0,
                    offered: offered.0,
                });
            }
            if offered == has && held.list.digest() == found.list.digest() {
                return Ok(false);
            }
        }
        self.put(found);
        Ok(true)
    }

    /// The list that counts, with what flashes took from it; none before the first.
    /// Whether it is fresh, a question finds out.
    pub fn list(&self) -> Option<Arc<TrustList>> {
        self.held().map(|held| Arc::clone(&held.list))
    }

    /// Offers a list.
    ///
    /// # Errors
    /// The rule that it breaks, see the module; [`Error::State`] when it can't be kept.
    pub fn accept(&self, list: &UnverifiedList, now: DateTime) -> Result<Accepted> {
        self.accept_chain(slice::from_ref(list), now)
    }

    /// Offers several that follow each other: those before the last may be stale. All are
    /// accepted, or none.
    ///
    /// # Errors
    /// Those of [`Self::accept`].
    pub fn accept_chain(&self, lists: &[UnverifiedList], now: DateTime) -> Result<Accepted> {
        let mut outcome = None;
        self.store.transact(&mut |octets| {
            let before = octets.map(Held::read).transpose()?;
            let (mut held, mut gap) = (before.clone(), None);
            for (number, list) in lists.iter().enumerate() {
                let is_last = number + 1 == lists.len();
                let (next, left_out) = self.next(held.as_ref(), list, now, is_last)?;
                gap = gap.or(left_out);
                held = Some(next);
            }
            let digest = |held: &Held| held.list.digest();
            let is_new = before.as_ref().map(digest) != held.as_ref().map(digest);
            let octets = held
                .as_ref()
                .filter(|_| is_new)
                .map(Held::write)
                .transpose()?;
            let renamed_from =
                before
                    .map(|before| before.list.publisher().clone())
                    .filter(|name| {
                        held.as_ref()
                            .is_some_and(|held| held.list.publisher() != name)
                    });
            outcome = held.map(|held| (held, is_new, gap, renamed_from));
            Ok(octets)
        })?;
        let Some((held, is_new, gap, renamed_from)) = outcome else {
            return Err(Error::NoList);
        };
        let sequence = held.list.sequence();
        self.put(held);
        Ok(Accepted {
            sequence,
            is_new,
            gap,
            renamed_from,
        })
    }

    /// Offers a status flash: standings that end before the next list says so.
    ///
    /// # Errors
    /// As for a list; [`Error::Gap`] when it is about a list that has not come yet,
    /// [`Error::NoSuchEntry`] and [`Error::Value`] for what does not fit the entries.
    pub fn accept_flash(&self, flash: &UnverifiedFlash, now: DateTime) -> Result<Accepted> {
        let mut outcome = None;
        self.store.transact(&mut |octets| {
            let held = octets.map(Held::read).transpose()?.ok_or(Error::NoList)?;
            let (json, signed) = self.authenticate(&held.roll, &flash.message, None, now)?;
            if !held.roll.current.is_met_by(&signed) && !self.recovers(&signed) {
                return Err(too_few(signed.len()));
            }
            let next = held.flashed(flash, &json, now, self.policy.skew)?;
            let octets = next.as_ref().map(Held::write).transpose()?;
            outcome = Some((next.is_some(), next.unwrap_or(held)));
            Ok(octets)
        })?;
        let Some((is_new, held)) = outcome else {
            return Err(Error::NoList);
        };
        let sequence = held.list.sequence();
        self.put(held);
        Ok(Accepted {
            sequence,
            is_new,
            gap: None,
            renamed_from: None,
        })
    }

    /// Asks the list that counts; the grace is the policy's.
    ///
    /// # Errors
    /// [`Error::NoList`] before the first one. A list that is stale gives an answer, and
    /// it is indeterminate.
    pub fn ask(&self, question: &Question<'_>) -> Result<Answer> {
        let held = self.held().ok_or(Error::NoList)?;
        let question = question.clone().grace(self.policy.grace);
        Ok(held.list.ask(&question))
    }

    /// Judges a signed document by the list that counts; the grace is the policy's.
    ///
    /// # Errors
    /// [`Error::NoList`] before the first one.
    pub fn judge(
        &self,
        document: &UnverifiedDocument,
        question: &DocumentQuestion<'_>,
    ) -> Result<DocumentReport> {
        let held = self.held().ok_or(Error::NoList)?;
        let question = question.clone().grace(self.policy.grace);
        Ok(document.judge(&held.list, &question))
    }

    /// Whether the mirror that the list has of another publisher's list keeps up with the
    /// one that this reader got from there.
    ///
    /// # Errors
    /// [`Error::Mirror`] when there is none, it is too far behind, or not that list octet
    /// for octet; [`Error::NoList`].
    pub fn check_mirror(&self, theirs: &TrustList) -> Result<()> {
        let held = self.held().ok_or(Error::NoList)?;
        let mut mirrors = held.list.mirrors().iter();
        let mirror = mirrors.find(|mirror| mirror.publisher == *theirs.publisher());
        let mirror = mirror.ok_or_else(|| Error::Mirror {
            publisher: theirs.publisher().name().to_string(),
            sequence: theirs.sequence(),
            rule: "is missing",
        })?;
        mirror.check_against(theirs, self.policy.mirror_lag)
    }

    /// The number of the last flash that was accepted; 0 before the first.
    pub fn flash_number(&self) -> u64 {
        self.held().map_or(0, |held| held.flash_number())
    }

    fn held(&self) -> Option<Arc<Held>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    fn put(&self, next: Held) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever was faster and further stays.
        let place = |held: &Held| (held.list.sequence(), held.flash_number());
        let is_behind = held.as_ref().is_some_and(|held| place(held) > place(&next));
        if !is_behind {
            *held = Some(Arc::new(next));
        }
    }

    fn recovers(&self, signed: &BTreeSet<Digest>) -> bool {
        let recovery = self.policy.recovery.as_ref();
        recovery.is_some_and(|set| set.is_met_by(signed))
    }

    /// The content of a message and who signed it, of all who might.
    fn authenticate(
        &self,
        roll: &SignerRoll,
        message: &gm_crypto::message::UnverifiedSignedData,
        json: Option<&[u8]>,
        at: DateTime,
    ) -> Result<(Vec<u8>, BTreeSet<Digest>)> {
        let (json, signers) = authenticate(message, json, self.allowed(roll))?;
        for signer in &signers {
            check_signer(signer, at)?;
        }
        Ok((json, signers.iter().map(|signer| signer.digest()).collect()))
    }

    fn allowed<'a>(&'a self, roll: &'a SignerRoll) -> impl Iterator<Item = &'a Digest> {
        let sets = [
            Some(&roll.current),
            roll.next.as_ref(),
            self.policy.recovery.as_ref(),
        ];
        sets.into_iter().flatten().flat_map(|set| set.members())
    }

    /// The state after one more list, with the numbers that were left out.
    fn next(
        &self,
        held: Option<&Held>,
        list: &UnverifiedList,
        now: DateTime,
        is_last: bool,
    ) -> Result<(Held, Option<(u64, u64)>)> {
        let roll = match (held, &self.policy.pins) {
            (Some(held), _) => held.roll.clone(),
            (None, Some(pins)) => SignerRoll::new(pins.clone()),
            (None, None) => return Err(Error::NoPin),
        };
        let json = list.json.as_deref();
        let (json, signers) = authenticate(&list.message, json, self.allowed(&roll))?;
        let signed: BTreeSet<Digest> = signers.iter().map(|signer| signer.digest()).collect();
        let recovers = self.recovers(&signed);
        let may_sign = roll.current.is_met_by(&signed)
            || roll.next.as_ref().is_some_and(|set| set.is_met_by(&signed));
        if !may_sign && !recovers {
            return Err(too_few(signed.len()));
        }
        // The octets are authentic from here on, and are read for the first time.
        let offered = TrustList::read(list.der.clone(), json, self.policy.max_lifetime)?;
        let at = if is_last { now } else { offered.issued() };
        signers
            .iter()
            .try_for_each(|signer| check_signer(signer, at))?;
        let is_first = held.is_none();
        let roll = next_roll(&roll, &offered, &signed, is_first, recovers)?;
        offered.check_issued(now, self.policy.skew)?;
        let gap = match held {
            Some(held) => self.check_successor(held, &offered)?,
            None => None,
        };
        if is_last {
            offered.check_fresh(now, self.policy.grace)?;
        }
        let next = match held {
            // The same again: what flashes took stays taken.
            Some(held) if held.list.digest() == offered.digest() => held.clone(),
            held => Held::new(offered, roll, held),
        };
        Ok((next, gap))
    }

    fn check_successor(&self, held: &Held, offered: &TrustList) -> Result<Option<(u64, u64)>> {
        match held.list.check_successor(offered) {
            Err(fork @ Error::Fork { sequence }) => {
                for list in [&held.list, offered] {
                    let name = format!("fork-{sequence}-{}", hexadecimal(&list.digest()));
                    self.store.keep(&format!("{name}.p7s"), list.der())?;
                    // A signature without what was signed shows nothing.
                    if list.is_detached() {
                        self.store.keep(&format!("{name}.json"), list.json())?;
                    }
                }
                return Err(fork);
            }
            result => result?,
        }
        let (held, offered) = (held.list.sequence(), offered.sequence());
        if offered <= held + 1 {
            return Ok(None);
        }
        match self.policy.gaps {
            GapRule::Accept => Ok(Some((held + 1, offered - 1))),
            GapRule::Refuse => Err(Error::Gap { held, offered }),
        }
    }
}

/// Who signs after this list: those that it names, if they were announced a list before.
fn next_roll(
    roll: &SignerRoll,
    offered: &TrustList,
    signed: &BTreeSet<Digest>,
    is_first: bool,
    recovers: bool,
) -> Result<SignerRoll> {
    let refused = |rule| {
        Err(Error::Signers {
            signed: signed.len(),
            rule,
        })
    };
    let Some(named) = offered.signers() else {
        return if roll.current.is_met_by(signed) || recovers {
            Ok(roll.clone())
        } else {
            refused("and a new set signs a list that names it")
        };
    };
    let was_announced = named.current == roll.current || roll.next.as_ref() == Some(&named.current);
    if recovers || is_first || was_announced {
        return if named.current.is_met_by(signed) || recovers {
            Ok(named.clone())
        } else {
            refused("which are too few of the set that it names")
        };
    }
    refused("and names a set that the list before did not announce")
}
