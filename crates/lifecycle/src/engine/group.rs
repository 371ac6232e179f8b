//! Commands that one write carries: each is decided on what those before it would have made,
//! and none is answered before all of it is durable.

use super::{Command, Engine, Submission, perform::Untried, step::Step};
use crate::{
    Actor, Batch, CaseId, CaseNumber, Entry, Error, Ground, Head, IdempotencyKey, Refusal, Seat,
    Store, StoreError, StreamId, Submitted, case, ports::SubjectKeys, token,
};
use std::{collections::HashSet, sync::Arc};

/// Records of a group before it is written, however many commands wait.
const RECORDS: usize = 4_000;

/// Records that are read at a time when a key comes again: more than most commands make.
const PAGE: usize = 8;

/// How often commands are decided again because another node wrote in between. Each was overtaken
/// by a write that succeeded: nodes can't keep each other from going on, and one node comes through
/// in some of these.
pub(super) const TRIES: usize = 100;

/// What one command came to.
pub(super) type Answer = Result<Vec<Entry>, Error>;

/// What was decided and is not yet written.
#[derive(Debug)]
pub(super) struct Group {
    /// The end of the log that it goes behind.
    start: Head,
    batch: Batch,
    /// The last case number, those of this group with it.
    last_case: CaseNumber,
    untried: Vec<Untried>,
    /// What its commands came under.
    keys: HashSet<IdempotencyKey>,
}

/// A group on its way into the store.
#[derive(Debug)]
pub(super) struct Flight {
    start: Head,
    batch: Batch,
    /// What it intends, which may be tried once it is there.
    pub(super) untried: Vec<Untried>,
    subjects: Arc<dyn SubjectKeys>,
}

impl Engine {
    /// Carries commands of several persons out, in one write where that can be: each as
    /// [`submit`](Self::submit) would, one after the other, with its own answer in the same
    /// place. What is answered is durable.
    ///
    /// A write with its fsync takes hardly longer for a hundred commands than for one. When it
    /// fails, all that it was to carry fails, with [`StoreError::Group`].
    pub fn submit_all(
        &mut self,
        submissions: impl IntoIterator<Item: Into<Submission>>,
    ) -> Vec<Result<Vec<Entry>, Error>> {
        let commands = seated(submissions);
        let nothing = (Vec::new(), Vec::new());
        let carried = self.carry_out_ahead(nothing, Vec::new(), commands, None);
        carried.answers
    }

    /// One command of the engine itself.
    pub(super) fn carry_out(
        &mut self,
        actor: &Actor,
        command: Command,
    ) -> Result<Vec<Entry>, Error> {
        let mut answers = self.carry_out_all(&[Submission::new(actor.clone(), command)]);
        answers.pop().unwrap_or(Ok(Vec::new()))
    }

    /// Commands with their answers, in order, written when this returns.
    pub(super) fn carry_out_all(&mut self, commands: &[Submission]) -> Vec<Answer> {
        self.carry_out_within(commands, TRIES)
    }

    fn carry_out_within(&mut self, commands: &[Submission], tries: usize) -> Vec<Answer> {
        let mut answers: Vec<Answer> = Vec::with_capacity(commands.len());
        let mut written = 0;
        self.decide_all(commands, &mut answers, &mut written, tries);
        self.write(commands, &mut answers, written, tries);
        answers
    }

    /// Decides on the commands that have no answer yet; what must be written before the rest is
    /// decided is written, up to the answer at `written`.
    pub(super) fn decide_all(
        &mut self,
        commands: &[Submission],
        answers: &mut Vec<Answer>,
        written: &mut usize,
        tries: usize,
    ) {
        for submission in &commands[answers.len()..] {
            if self.must_be_written_before(submission) {
                self.write(commands, answers, *written, tries);
                *written = answers.len();
            }
            let answer = self.decide_one(submission);
            answers.push(answer);
        }
    }

    /// Decides on one command, and puts a token aside that was read back as something else: in
    /// the same write, so that nobody tries it again in between.
    pub(super) fn decide_one(&mut self, submission: &Submission) -> Answer {
        let answer = self.decide(submission);
        if let Command::Case(id, case::Command::Personalise { .. }) = &submission.command
            && answer.as_ref().is_err_and(is_misread)
        {
            self.put_aside(id)?;
        }
        answer
    }

    /// Writes what was decided since `from`. What fails has failed for all of it; where
    /// somebody else wrote in between, it is decided again, on what is then the case.
    pub(super) fn write(
        &mut self,
        commands: &[Submission],
        answers: &mut Vec<Answer>,
        from: usize,
        tries: usize,
    ) {
        match self.flush() {
            Ok(()) => self.judge_again(commands, &mut answers[from..], from, tries),
            Err(error) => self.failed(error, commands, answers, from, tries),
        }
    }

    /// What was decided since `from` was not written.
    pub(super) fn failed(
        &mut self,
        error: StoreError,
        commands: &[Submission],
        answers: &mut Vec<Answer>,
        from: usize,
        tries: usize,
    ) {
        match error {
            StoreError::Conflict { .. } if tries > 0 => {
                let again = &commands[from..answers.len()];
                answers.truncate(from);
                let decided = self.carry_out_within(again, tries - 1);
                answers.extend(decided);
            }
            error => fail(&mut answers[from..], error),
        }
    }

    /// What was refused, or found done, while another node wrote may rest on what was read before
    /// and after: it does not stand.
    fn judge_again(
        &mut self,
        commands: &[Submission],
        answers: &mut [Answer],
        from: usize,
        tries: usize,
    ) {
        let made_nothing = |answer: &Answer| match answer {
            Ok(entries) => entries.is_empty(),
            Err(error) => matches!(error, Error::Refused(_)),
        };
        if tries == 0 || !answers.iter().any(made_nothing) {
            return;
        }
        let head = self.view.head();
        if self.ports.store.head().is_ok_and(|now| now == head) {
            return;
        }
        for (answer, submission) in answers.iter_mut().zip(&commands[from..]) {
            if made_nothing(answer) {
                let again = self.carry_out_within(std::slice::from_ref(submission), tries - 1);
                *answer = again.into_iter().next().unwrap_or(Ok(Vec::new()));
            }
        }
    }

    /// Whether what is decided and not yet written is more than enough, or the command asks
    /// the store's indices for what it changes.
    pub(super) fn must_be_written_before(&self, submission: &Submission) -> bool {
        let Some(group) = &self.group else {
            return false;
        };
        if group.batch.records.len() >= RECORDS {
            return true;
        }
        let is_of_group = |key| group.keys.contains(key);
        if submission.key.as_ref().is_some_and(is_of_group) {
            return true;
        }
        match &submission.command {
            Command::Case(id, command) => self.counts_what_changes(id, command, &group.batch),
            Command::Authority(..)
            | Command::Cessation(..)
            | Command::Key(..)
            | Command::Proceeding(_) => true,
            _ => false,
        }
    }

    /// Decides on one command, behind those that wait with it for their write.
    fn decide(&mut self, submission: &Submission) -> Answer {
        self.begin()?;
        let submitted = submission.submitted();
        if let Some(before) = self.first_answer(submitted.as_ref())? {
            return Ok(before);
        }
        let Some(group) = &self.group else {
            return Ok(Vec::new());
        };
        let now = self.ports.clock.now();
        let store = &*self.ports.store;
        let mut step = Step::new((store, &self.view), group.last_case, &submission.actor, now);
        step.submitted = submitted;
        self.take(&mut step, submission.command.clone())?;
        let taken = step.finish();
        let Some(last) = taken.batch.records.last() else {
            return Ok(taken.entries);
        };
        // Before it is durable, so that no answer stays whatever becomes of the write.
        self.answers.heed(&taken.entries);
        self.view.go_on(last.head(), taken.changed);
        if let Some(group) = &mut self.group {
            if let Some(number) = taken.batch.numbers.last() {
                group.last_case = *number;
            }
            group.keys.extend(submission.key.clone());
            group.batch.take_in(taken.batch);
            for entry in &taken.entries {
                if let Some(mark) = Untried::of(entry) {
                    group.batch.taken.push(entry.stream.clone());
                    group.untried.push(mark);
                }
            }
        }
        Ok(taken.entries)
    }

    /// What came of a command when it was sent before under the same key.
    fn first_answer(&self, submitted: Option<&Submitted>) -> Result<Option<Vec<Entry>>, Error> {
        let Some(submitted) = submitted else {
            return Ok(None);
        };
        let store = &*self.ports.store;
        let Some(first) = store.first_under(&submitted.key)? else {
            return Ok(None);
        };
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let before = first.saturating_sub(1) + entries.len() as u64;
            let page = store.records(before, PAGE)?;
            let page = page.iter().map(|record| record.open(self.view.keys()));
            let page: Vec<_> = page.collect::<Result<_, _>>()?;
            let read = page.len();
            let is_first = entries.is_empty();
            let of_it = |(place, entry): &(usize, &Entry)| {
                let own = entry.submitted.as_ref();
                own.is_some_and(|own| own.continues(submitted, !is_first || *place > 0))
            };
            let count = page.iter().enumerate().take_while(of_it).count();
            entries.extend(page.into_iter().take(count));
            if count < read || read == 0 {
                break;
            }
        }
        if entries.is_empty() {
            let key = submitted.key.clone();
            return Err(Refusal::KeyUsed { key }.into());
        }
        Ok(Some(entries))
    }

    /// A token that gives back something else than was written is not tried again (S1-15).
    fn put_aside(&mut self, id: &CaseId) -> Result<(), Error> {
        let state = self.state::<case::State>(&StreamId::Case(id.clone()))?;
        let Some(token) = state.and_then(|state| state.token.clone()) else {
            return Ok(());
        };
        let quarantine = token::Command::Quarantine {
            reason: format!("read back for case {id}, and not what was written"),
        };
        let quarantine = Submission::of_system(Command::Token(token, quarantine));
        self.decide(&quarantine).map(drop)
    }

    /// A group begins at the end of the log.
    fn begin(&mut self) -> Result<(), Error> {
        if self.group.is_some() {
            return Ok(());
        }
        self.check_own_tail()?;
        let store = &*self.ports.store;
        let start = self.view.catch_up(store)?;
        self.group = Some(Group::behind(start, store.last_case()?));
        Ok(())
    }

    /// Makes what was decided durable. When that fails, the view stands at a head that the store
    /// may not have: the next group, which asks for it, then starts from nothing.
    fn flush(&mut self) -> Result<(), StoreError> {
        let Some(group) = self.group.take() else {
            return Ok(());
        };
        if group.is_empty() {
            return Ok(());
        }
        #[cfg(feature = "fail-points")]
        if crate::fail_point::puts_off(&group.batch) {
            self.group = Some(group);
            return Ok(());
        }
        let flight = self.depart(group);
        flight.write(&mut *self.ports.store)?;
        self.untried.extend(flight.untried);
        Ok(())
    }

    /// A group to which nothing more is added.
    pub(super) fn depart(&self, mut group: Group) -> Flight {
        group.batch.keep_last();
        #[cfg(feature = "fail-points")]
        crate::fail_point::sign_early(&*self.ports.token, &group.batch);
        Flight {
            start: group.start,
            batch: group.batch,
            untried: group.untried,
            subjects: Arc::clone(&self.ports.subjects),
        }
    }
}

impl Group {
    /// One that goes behind the head and the case number of what was decided before.
    pub(super) fn behind(start: Head, last_case: CaseNumber) -> Self {
        Self {
            start,
            batch: Batch::default(),
            last_case,
            untried: Vec::new(),
            keys: HashSet::new(),
        }
    }

    /// Whether there is nothing in it to write.
    pub(super) fn is_empty(&self) -> bool {
        self.batch.records.is_empty()
    }

    pub(super) fn last_case(&self) -> CaseNumber {
        self.last_case
    }
}

impl Flight {
    /// Makes it durable: the keys under which its values are sealed first.
    pub(super) fn write(&self, store: &mut dyn Store) -> Result<(), StoreError> {
        #[cfg(feature = "fail-points")]
        crate::fail_point::before(&self.batch);
        self.subjects.sync()?;
        store.append(&self.start, &self.batch)?;
        #[cfg(feature = "fail-points")]
        crate::fail_point::after(&self.batch);
        Ok(())
    }
}

/// A refusal because of what was read back from a token.
fn is_misread(error: &Error) -> bool {
    matches!(error, Error::Refused(Refusal::Ruled { ground, .. }) if **ground == Ground::ReadBack)
}

/// Nobody takes the system's seat: what devices and ports answered is recorded by
/// [`settle`](Engine::settle) alone.
fn check_seat(actor: &Actor) -> Result<(), Error> {
    if actor.seat == Seat::System {
        return Err(Ground::Seat { seat: actor.seat }.by(&["X-01"]));
    }
    Ok(())
}

/// Commands of persons, each refused here where its seat is nobody's.
pub(super) fn seated(
    submissions: impl IntoIterator<Item: Into<Submission>>,
) -> Vec<Result<Submission, Error>> {
    let check = |submission: Submission| {
        check_seat(&submission.actor)?;
        Ok(submission)
    };
    submissions.into_iter().map(Into::into).map(check).collect()
}

/// The failure of one write is that of each command that it carried, and of what was judged behind
/// the first of them: that rests on what never came to be.
fn fail(answers: &mut [Answer], error: StoreError) {
    let is_carried = |answer: &Answer| answer.as_ref().is_ok_and(|entries| !entries.is_empty());
    let first = answers.iter().position(is_carried).unwrap_or(0);
    let failed = &mut answers[first..];
    if let [alone] = failed {
        *alone = Err(error.into());
        return;
    }
    let error = Arc::new(error);
    for answer in failed {
        *answer = Err(StoreError::Group(Arc::clone(&error)).into());
    }
}
