//! One schedule: people who ask, a world that fails, a process that dies at any place and comes
//! back; all of it follows from a seed.

mod acts;

use gm_crypto::sm3;
use lifecycle::{
    Actor, CaseId, Command, Engine, Entry, Error, IdempotencyKey, PersonId, Ports, Refusal, Store,
    StoreError, Submission, authority, case,
    ports::{Clock, TokenKeyCentre},
};
use std::{collections::BTreeMap, sync::Arc};

use crate::{
    base::{Base, ORIGIN, QUOTA},
    chance::Chance,
    disk::{Disk, Tears},
    doubles::{Archive, SetClock, SharedStore, Side},
    invariants::{self, Facts, Wrong},
    lists::Desk,
    outside::{Device, Failure, Ledger, Numbers, Post},
    points::{self, POINTS, Tally, survive},
    script::{CA, authority_command, officer},
};

const DAY: u64 = 86_400;
/// Steps of a schedule that are shown where something went wrong.
const SHOWN: usize = 25;

/// What came of one schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) commands: u64,
    pub(crate) refused: u64,
    pub(crate) restarts: u64,
    pub(crate) checks: u64,
    pub(crate) certificates: u64,
    pub(crate) burnt: u64,
    pub(crate) records: u64,
    pub(crate) write_faults: u64,
    pub(crate) device_faults: u64,
    pub(crate) delivered_again: u64,
    pub(crate) tails_lost: u64,
    pub(crate) asked: u64,
    pub(crate) tears: Tears,
    pub(crate) tally: Tally,
    /// What was done, word for word: the same seed gives the same.
    pub(crate) trace: Vec<String>,
}

impl Outcome {
    /// Adds the counts of another; of what was done nothing is kept.
    pub(crate) fn add(&mut self, other: &Self) {
        for (own, others) in [
            (&mut self.commands, other.commands),
            (&mut self.refused, other.refused),
            (&mut self.restarts, other.restarts),
            (&mut self.checks, other.checks),
            (&mut self.certificates, other.certificates),
            (&mut self.burnt, other.burnt),
            (&mut self.records, other.records),
            (&mut self.write_faults, other.write_faults),
            (&mut self.device_faults, other.device_faults),
            (&mut self.delivered_again, other.delivered_again),
            (&mut self.tails_lost, other.tails_lost),
            (&mut self.asked, other.asked),
            (&mut self.tears.none, other.tears.none),
            (&mut self.tears.some, other.tears.some),
            (&mut self.tears.all, other.tears.all),
        ] {
            *own += others;
        }
        self.tally.add(&other.tally);
    }
}

/// A command that somebody sent, and the first answer that came.
#[derive(Clone)]
struct Sent {
    submission: Submission,
    answer: Option<Vec<Entry>>,
}

struct Run<'a> {
    base: &'a Base,
    chance: Chance,
    disk: Disk,
    ledger: Ledger,
    device: Device,
    archive: Archive,
    post: Post,
    clock: SetClock,
    serials: Numbers,
    engine: Option<Engine>,
    facts: Facts,
    sent: Vec<Sent>,
    /// Sent, and died before they were answered.
    unanswered: Vec<usize>,
    /// Made, and sent later.
    held: Vec<(Actor, Command)>,
    /// What was written on tokens, by case: the digest of what is read back.
    tokens: BTreeMap<CaseId, [u8; 32]>,
    /// PINs that were sent, by case.
    pins: BTreeMap<CaseId, u64>,
    /// Who publishes trust lists.
    lists: Option<Desk>,
    /// The log as it was once, and how many checkpoints were out then.
    earlier: Option<SharedStore>,
    /// What failed in this turn.
    failed: Failed,
    outcome: Outcome,
}

/// What failed because it was told to.
#[derive(Clone, Copy, Debug, Default)]
struct Failed {
    disk: bool,
    device: bool,
    post: bool,
}

/// Plays one schedule.
pub(crate) fn play(base: &Base, seed: u64, nth: u64, on_file: bool) -> Result<Outcome, Wrong> {
    points::take();
    let mut chance = Chance::new(seed, nth);
    let ledger = Ledger::default();
    let disk = match on_file {
        true => Disk::file(
            &base.file,
            &ledger,
            Chance::new(chance.below(u64::MAX), nth),
        ),
        false => Disk::memory(&base.store, &ledger),
    };
    let mut run = Run {
        base,
        chance,
        disk,
        device: base.device.copy(&ledger),
        archive: Archive::default(),
        post: base.posts[usize::from(on_file)].copy(&ledger),
        ledger,
        clock: SetClock::default(),
        serials: Numbers::from(1_000),
        engine: None,
        facts: Facts {
            quota: usize::try_from(QUOTA).unwrap(),
            ..Facts::over(Arc::new(base.subjects[usize::from(on_file)].snapshot()))
        },
        sent: Vec::new(),
        unanswered: Vec::new(),
        held: Vec::new(),
        tokens: BTreeMap::new(),
        pins: BTreeMap::new(),
        lists: None,
        earlier: None,
        failed: Failed::default(),
        outcome: Outcome::default(),
    };
    let played = run.play();
    run.outcome.tally = points::take();
    run.outcome.tears = run.disk.tears();
    played.map_err(|wrong| {
        let trace = &run.outcome.trace;
        let last = trace.len().saturating_sub(SHOWN);
        format!("{wrong}\n  after {}", trace[last..].join("\n        "))
    })?;
    Ok(run.outcome)
}

impl Run<'_> {
    fn play(&mut self) -> Result<(), Wrong> {
        self.start()?;
        let wanted = 30 + self.chance.below(20);
        let mut turns = 0;
        while self.outcome.commands < wanted && turns < 300 {
            turns += 1;
            self.tempt();
            self.look_for_faults();
            self.failed = Failed::default();
            match survive(|| self.turn()) {
                Ok(done) => done?,
                Err(point) => self.restart(point)?,
            }
            self.look_outside()?;
        }
        self.finish()
    }

    /// Where the next crash will be, what will fail, and for how long.
    fn tempt(&mut self) {
        if points::armed().is_some() {
            if self.chance.one_in(12) {
                points::disarm();
            }
        } else if self.chance.one_in(4) {
            let (name, _) = *self.chance.pick(POINTS);
            let count = 1 + self.chance.below(3);
            points::arm(name, u32::try_from(count).unwrap());
        }
        if self.disk.is_file() && self.chance.one_in(5) {
            let count = 1 + self.chance.below(4);
            self.disk.cut_at(u32::try_from(count).unwrap());
        }
        let count = u32::try_from(1 + self.chance.below(4)).unwrap();
        match self.chance.below(60) {
            0 => self.disk.fail_at(count, Side::Before),
            1 => self.disk.fail_at(count, Side::After),
            2 => self.disk.fill_up(2 * count),
            3 => self.device.fail_at(count, Failure::Refuses),
            4 => self.device.fail_at(count, Failure::Hangs),
            5 => self.device.fail_at(count, Failure::Lies),
            6 => self.post.refuse(true),
            7..=12 => self.post.refuse(false),
            _ => {}
        }
    }

    fn turn(&mut self) -> Result<(), Wrong> {
        // Fewer than the engine would do side by side: the order is the same each time.
        if self.engine().store().unsettled().unwrap().len() >= 2 {
            self.settle()?;
            if self.engine().store().unsettled().unwrap().len() >= 2 {
                self.mend();
                self.settle()?;
            }
        }
        if let Some(point) = points::armed()
            && self.chance.one_in(2)
            && let Some(led) = self.lead_to(point)
        {
            return led;
        }
        match self.chance.below(100) {
            0..34 => self.next(),
            34..42 => self.group(),
            42..50 => self.mischief(),
            50..58 => self.again(),
            58..62 => self.later(),
            62..72 => self.settle(),
            72..77 => self.tick(),
            77..80 => self.checkpoint(),
            80..85 => {
                let issue = authority_command(CA, authority::Command::IssueCrl);
                self.send((officer(), issue))
            }
            85..90 => self.change_pair(),
            90..93 => self.pay(),
            93..95 => self.pin(),
            95..97 => self.wait(),
            97 => self.ask(),
            98 => self.publish_list(),
            _ => {
                self.note("killed");
                points::die("killed")
            }
        }
    }

    fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    fn engine_mut(&mut self) -> &mut Engine {
        self.engine.as_mut().unwrap()
    }

    fn note(&mut self, what: impl Into<String>) {
        self.outcome.trace.push(what.into());
    }

    /// A process over a store, and over everything outside.
    fn process(&self, store: Box<dyn Store>) -> Engine {
        Engine::new(
            Ports {
                store,
                token: Box::new(self.device.clone()),
                key_centre: Box::new(TokenKeyCentre::new(self.archive.clone())),
                publisher: Box::new(self.post.clone()),
                notifier: Box::new(self.post.clone()),
                clock: Box::new(self.clock.clone()),
                serials: Box::new(self.serials.clone()),
                subjects: Arc::clone(&self.facts.subjects),
            },
            self.base.policy(),
        )
    }

    /// A process begins.
    fn start(&mut self) -> Result<(), Wrong> {
        self.engine = None;
        let store = self.disk.open();
        self.engine = Some(self.process(store));
        self.check()
    }

    /// The process died; another one starts, and whoever was not answered asks again.
    fn restart(&mut self, point: &'static str) -> Result<(), Wrong> {
        self.note(format!("died at {point}"));
        self.outcome.restarts += 1;
        self.start()?;
        let mut retried = std::mem::take(&mut self.unanswered);
        while let Some(nth) = retried.pop() {
            if self.chance.one_in(5) {
                continue;
            }
            match survive(|| self.resend(nth)) {
                Ok(done) => done?,
                Err(point) => {
                    self.note(format!("died at {point}, again"));
                    self.outcome.restarts += 1;
                    self.start()?;
                    // What is not answered by now is asked no more.
                    self.unanswered.clear();
                }
            }
        }
        Ok(())
    }

    fn check(&mut self) -> Result<(), Wrong> {
        self.outcome.checks += 1;
        self.note_checkpoints()?;
        // Who counts later counts fewer.
        self.facts.now = self.facts.now.max(Some(self.clock.now()));
        let engine = self.engine.as_ref().unwrap();
        let replay = invariants::check(engine.store(), Some(engine), &self.facts)?;
        for (id, number) in &self.pins {
            let told = replay.pin(id).map(|entry| &entry.event);
            if let Some(lifecycle::Event::Case(case::Event::PinDelivered { receipt, .. })) = told
                && receipt.digest[..] != pin_digest(*number)
            {
                return Err(format!("C10: {id} has another PIN than was sent"));
            }
        }
        if let Some(lists) = &self.lists {
            lists.check()?;
        }
        self.look_outside()
    }

    fn note_checkpoints(&mut self) -> Result<(), Wrong> {
        let key = self.device.public_key(CA);
        let out = self.post.checkpoints();
        let verified = out.iter().map(|one| one.verify(ORIGIN, &key));
        let verified: Result<_, _> = verified.collect();
        self.facts.checkpoints = verified.map_err(|fault| format!("I7: {fault}"))?;
        Ok(())
    }

    /// What the world outside saw that must never be.
    fn look_outside(&self) -> Result<(), Wrong> {
        let wrongs = [self.device.wrongs(), self.post.wrongs()].concat();
        wrongs.into_iter().next().map_or(Ok(()), Err)
    }

    /// Whether an error is one that was asked for.
    fn expect(&mut self, what: &str, error: &Error) -> Result<(), Wrong> {
        self.look_for_faults();
        let Failed { disk, device, post } = self.failed;
        let is_asked_for = match error {
            Error::Refused(_) => true,
            Error::Store(StoreError::Other(_) | StoreError::Group(_)) => disk,
            Error::Key { .. } => device,
            Error::Publish { .. } | Error::Notify { .. } => post,
            _ => false,
        };
        if is_asked_for {
            return Ok(());
        }
        Err(format!("{what}: nobody caused {error:?}"))
    }

    fn look_for_faults(&mut self) {
        let disk = self.disk.has_failed();
        let device = self.device.has_failed();
        self.outcome.write_faults += u64::from(disk);
        self.outcome.device_faults += u64::from(device);
        self.failed.disk |= disk;
        self.failed.device |= device;
        self.failed.post |= self.post.has_refused();
    }

    /// Notes what was acknowledged.
    fn acknowledge(&mut self, entries: &[Entry]) -> Result<(), Wrong> {
        for entry in entries {
            let known = self.facts.acknowledged.insert(entry.seq, entry.clone());
            if known.is_some_and(|known| known != *entry) {
                return Err(format!("I8: record {} was another once", entry.seq));
            }
        }
        Ok(())
    }

    fn send(&mut self, (actor, command): (Actor, Command)) -> Result<(), Wrong> {
        let nth = self.make(actor, command);
        self.resend(nth)
    }

    /// Puts a command down under a key of its own.
    fn make(&mut self, actor: Actor, command: Command) -> usize {
        let nth = self.sent.len();
        let key = IdempotencyKey::new(format!("key-{nth}")).unwrap();
        let submission = Submission::new(actor, command).under(key);
        self.sent.push(Sent {
            submission,
            answer: None,
        });
        nth
    }

    fn resend(&mut self, nth: usize) -> Result<(), Wrong> {
        self.resend_all(&[nth])
    }

    fn resend_all(&mut self, these: &[usize]) -> Result<(), Wrong> {
        self.outcome.commands += these.len() as u64;
        self.unanswered.extend(these);
        let submissions = these.iter().map(|nth| self.sent[*nth].submission.clone());
        let submissions: Vec<_> = submissions.collect();
        let answers = self.engine_mut().submit_all(submissions);
        self.unanswered.retain(|nth| !these.contains(nth));
        for (nth, answer) in these.iter().zip(answers) {
            self.answered(*nth, answer)?;
        }
        Ok(())
    }

    fn answered(&mut self, nth: usize, answer: Result<Vec<Entry>, Error>) -> Result<(), Wrong> {
        let Sent {
            submission,
            answer: first,
        } = self.sent[nth].clone();
        let stream = submission.command.stream();
        match answer {
            Ok(entries) => {
                let events = entries.iter().map(|entry| entry.event.name());
                let events = events.collect::<Vec<_>>().join(" ");
                self.note(format!("{nth} {stream}: {events}"));
                self.acknowledge(&entries)?;
                if let Some(first) = first
                    && first != entries
                {
                    return Err(format!("C7: {nth} {stream} is answered in another way"));
                }
                if !entries.is_empty() {
                    self.sent[nth].answer = Some(entries);
                }
                Ok(())
            }
            Err(error) => {
                let refused = matches!(error, Error::Refused(_));
                self.outcome.refused += u64::from(refused);
                self.note(format!("{nth} {stream}: {}", word(&error)));
                if first.is_some() && refused {
                    return Err(format!("C7: {nth} {stream} was done, and now {error:?}"));
                }
                self.expect("a command", &error)
            }
        }
    }

    /// What a service outside says of a case.
    fn tell(&mut self, who: &str, id: &CaseId, said: case::Command) -> Result<(), Wrong> {
        self.outcome.commands += 1;
        let who = PersonId::new(who).unwrap();
        match self.engine_mut().answer(&who, id, said) {
            Ok(entries) => {
                self.note(format!("{who}: {id}"));
                self.acknowledge(&entries)
            }
            Err(error) => {
                self.note(format!("{who}: {id}: {}", word(&error)));
                self.expect(who.as_str(), &error)
            }
        }
    }

    fn settle(&mut self) -> Result<(), Wrong> {
        let mut seen = Vec::new();
        let settled = self
            .engine_mut()
            .settle(&mut |entry| seen.push(entry.clone()));
        self.came_of("settle", &seen, settled)
    }

    fn tick(&mut self) -> Result<(), Wrong> {
        let mut seen = Vec::new();
        let ticked = self
            .engine_mut()
            .tick(&mut |entry| seen.push(entry.clone()));
        self.came_of("tick", &seen, ticked)
    }

    fn came_of(
        &mut self,
        what: &str,
        seen: &[Entry],
        result: Result<(), Error>,
    ) -> Result<(), Wrong> {
        let answer = result.as_ref().map_or_else(word, |()| String::new());
        self.note(format!("{what}: {} {answer}", seen.len()));
        self.acknowledge(seen)?;
        match result {
            Ok(()) => Ok(()),
            Err(error) => self.expect(what, &error),
        }
    }

    fn mend(&mut self) {
        self.disk.mend();
        self.device.mend();
        self.post.refuse(false);
    }

    /// Nothing fails any more: what is open is finished, by a process that is new.
    fn finish(&mut self) -> Result<(), Wrong> {
        points::disarm();
        self.mend();
        self.note("the end");
        self.start()?;
        // A clock that was set back, and back again, may stand before the last list.
        if let Some(latest) = self.facts.now.max(Some(self.clock.now())) {
            self.clock.to(latest, 3 * 86_400);
        }
        self.settle()?;
        self.tick()?;
        self.settle()?;
        if self.lists.is_some() {
            self.publish_list()?;
        }
        let open = self.engine().store().unsettled().unwrap();
        if !open.is_empty() {
            return Err(format!("{open:?} can't be finished"));
        }
        let now = self.clock.now();
        let untold = self.engine().store().notices(now, usize::MAX >> 1);
        if let Some(notice) = untold.unwrap().first() {
            return Err(format!("C8: {} is never told", notice.key()));
        }
        self.check()?;
        let replay = invariants::Replay::of(self.engine().store(), &*self.facts.subjects)?;
        self.post.has_all(&replay)?;
        self.lose_tail()?;
        let report = lifecycle::audit::verify(self.engine().store());
        let report = report.map_err(|fault| fault.to_string())?;
        self.outcome.certificates = report.certificates as u64;
        self.outcome.burnt = report.burnt as u64;
        self.outcome.records = report.records;
        self.outcome.delivered_again = self.post.again();
        Ok(())
    }

    /// C14: a disk that is what it was once is found by the checkpoints that are out.
    fn lose_tail(&mut self) -> Result<(), Wrong> {
        let Some(earlier) = self.earlier.take() else {
            return Ok(());
        };
        let Some(last) = self
            .facts
            .checkpoints
            .iter()
            .max_by_key(|one| one.head.seq)
            .cloned()
        else {
            return Ok(());
        };
        let size = earlier.head().unwrap().seq;
        let lost = size < last.head.seq;
        let mut disk = Disk::memory(&earlier, &self.ledger);
        self.engine = None;
        let engine = self.process(disk.open());
        let checked = engine.check_tail(&last);
        let found = matches!(checked, Err(Error::TailLost { .. }));
        if found != lost {
            return Err(format!(
                "C14: {size} records of {}: {checked:?}",
                last.head.seq
            ));
        }
        self.outcome.tails_lost += u64::from(lost);
        drop(engine);
        self.start()
    }
}

fn pin_digest(number: u64) -> [u8; 32] {
    sm3::digest(format!("PIN {number}").as_bytes())
}

/// An error in few words: the same each time.
fn word(error: &Error) -> String {
    match error {
        Error::Refused(Refusal::Ruled { ground, .. }) => format!("refused: {}", ground.code()),
        Error::Refused(refusal) => format!("refused: {refusal}"),
        Error::Store(_) => "the store failed".to_owned(),
        Error::Key { .. } => "the device failed".to_owned(),
        other => format!("{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_schedule() {
        let base = Base::new();
        points::watch();
        for nth in 0..6 {
            let one = play(&base, 7, nth, false).unwrap();
            let other = play(&base, 7, nth, false).unwrap();
            assert_eq!(one, other, "{nth}");
            assert!(one.commands >= 30, "{nth}: {} commands", one.commands);
        }
        let one = play(&base, 7, 0, false).unwrap();
        assert_ne!(one.trace, play(&base, 8, 0, false).unwrap().trace);
    }
}
