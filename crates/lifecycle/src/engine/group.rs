//! Commands that one write carries: each is decided on what those before it would have made,
//! and none is answered before all of it is durable.

use super::{Command, Engine, perform::Untried, step::Step};
use crate::{Actor, Batch, CaseNumber, Entry, Error, Ground, Head, Seat, StoreError, case};
use std::sync::Arc;

/// Records of a group before it is written, however many commands wait.
const RECORDS: usize = 4_000;

/// How often commands are decided again because somebody else wrote in between.
const TRIES: usize = 16;

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
        commands: impl IntoIterator<Item = (Actor, Command)>,
    ) -> Vec<Result<Vec<Entry>, Error>> {
        self.submit_behind(Vec::new(), commands).1
    }

    /// What came of effects, and behind it commands of persons, in one write where that can be.
    pub(super) fn submit_behind(
        &mut self,
        results: Vec<(Actor, Command)>,
        commands: impl IntoIterator<Item = (Actor, Command)>,
    ) -> (Vec<Answer>, Vec<Answer>) {
        let first = results.len();
        let mut carried = results;
        let seated: Vec<_> = commands
            .into_iter()
            .map(|(actor, command)| {
                check_seat(&actor)?;
                carried.push((actor, command));
                Ok(())
            })
            .collect();
        let mut answers = self.carry_out_all(&carried);
        let of_persons = answers.split_off(first);
        let mut of_persons = of_persons.into_iter().zip(carried.split_off(first));
        let answer = |seated: Result<(), Error>| {
            seated?;
            let Some((answer, (_, command))) = of_persons.next() else {
                return Ok(Vec::new());
            };
            if let Command::Case(id, case::Command::Personalise { .. }) = &command
                && answer.as_ref().is_err_and(super::is_misread)
            {
                self.put_aside(id)?;
            }
            answer
        };
        let of_persons = seated.into_iter().map(answer).collect();
        (answers, of_persons)
    }

    /// One command of the engine itself.
    pub(super) fn carry_out(
        &mut self,
        actor: &Actor,
        command: Command,
    ) -> Result<Vec<Entry>, Error> {
        let mut answers = self.carry_out_all(&[(actor.clone(), command)]);
        answers.pop().unwrap_or(Ok(Vec::new()))
    }

    /// Commands with their answers, in order, written when this returns.
    pub(super) fn carry_out_all(&mut self, commands: &[(Actor, Command)]) -> Vec<Answer> {
        self.carry_out_within(commands, TRIES)
    }

    fn carry_out_within(&mut self, commands: &[(Actor, Command)], tries: usize) -> Vec<Answer> {
        let mut answers: Vec<Answer> = Vec::with_capacity(commands.len());
        let mut written = 0;
        for (actor, command) in commands {
            if self.must_be_written_before(command) {
                self.write(commands, &mut answers, written, tries);
                written = answers.len();
            }
            let answer = self.decide(actor, command.clone());
            answers.push(answer);
        }
        self.write(commands, &mut answers, written, tries);
        answers
    }

    /// Writes what was decided since `from`. What fails has failed for all of it; where
    /// somebody else wrote in between, it is decided again, on what is then the case.
    fn write(
        &mut self,
        commands: &[(Actor, Command)],
        answers: &mut Vec<Answer>,
        from: usize,
        tries: usize,
    ) {
        match self.flush() {
            Ok(()) => {}
            Err(StoreError::Conflict { .. }) if tries > 0 => {
                let again = &commands[from..answers.len()];
                answers.truncate(from);
                let decided = self.carry_out_within(again, tries - 1);
                answers.extend(decided);
            }
            Err(error) => fail(&mut answers[from..], error),
        }
    }

    /// Whether what is decided and not yet written is more than enough, or the command asks
    /// the store's indices for what it changes.
    fn must_be_written_before(&self, command: &Command) -> bool {
        let Some(group) = &self.group else {
            return false;
        };
        if group.batch.records.len() >= RECORDS {
            return true;
        }
        match command {
            Command::Case(id, command) => self.counts_what_changes(id, command, &group.batch),
            Command::Authority(..) | Command::Cessation(..) => true,
            _ => false,
        }
    }

    /// Decides on one command, behind those that wait with it for their write.
    fn decide(&mut self, actor: &Actor, command: Command) -> Answer {
        self.begin()?;
        let Some(group) = &self.group else {
            return Ok(Vec::new());
        };
        let now = self.ports.clock.now();
        let store = &*self.ports.store;
        let mut step = Step::new((store, &self.view), group.last_case, actor.clone(), now);
        self.take(&mut step, command)?;
        let taken = step.finish();
        let Some(last) = taken.batch.records.last() else {
            return Ok(taken.entries);
        };
        self.view.go_on(last.head(), taken.changed);
        if let Some(group) = &mut self.group {
            if let Some(number) = taken.batch.numbers.last() {
                group.last_case = *number;
            }
            group.batch.take_in(taken.batch);
            group
                .untried
                .extend(taken.entries.iter().filter_map(Untried::of));
        }
        Ok(taken.entries)
    }

    /// A group begins at the end of the log.
    fn begin(&mut self) -> Result<(), Error> {
        if self.group.is_some() {
            return Ok(());
        }
        self.check_own_tail()?;
        let store = &*self.ports.store;
        let start = self.view.catch_up(store)?;
        self.group = Some(Group {
            start,
            batch: Batch::default(),
            last_case: store.last_case()?,
            untried: Vec::new(),
        });
        Ok(())
    }

    /// Makes what was decided durable. When that fails, the view stands at a head that the store
    /// may not have: the next group, which asks for it, then starts from nothing.
    fn flush(&mut self) -> Result<(), StoreError> {
        let Some(mut group) = self.group.take() else {
            return Ok(());
        };
        if group.batch.records.is_empty() {
            return Ok(());
        }
        group.batch.keep_last();
        self.ports.store.append(&group.start, &group.batch)?;
        self.untried.extend(group.untried);
        self.view.turn();
        Ok(())
    }
}

/// Nobody takes the system's seat: what devices and ports answered is recorded by
/// [`settle`](Engine::settle) alone.
fn check_seat(actor: &Actor) -> Result<(), Error> {
    if actor.seat == Seat::System {
        return Err(Ground::Seat { seat: actor.seat }.by(&["X-01"]));
    }
    Ok(())
}

/// The failure of one write is that of each command that it carried; a refusal stays one.
fn fail(answers: &mut [Answer], error: StoreError) {
    let carried = |answer: &&mut Answer| answer.as_ref().is_ok_and(|entries| !entries.is_empty());
    let mut carried: Vec<_> = answers.iter_mut().filter(carried).collect();
    if let [alone] = &mut carried[..] {
        **alone = Err(error.into());
        return;
    }
    let error = Arc::new(error);
    for answer in carried {
        *answer = Err(StoreError::Group(Arc::clone(&error)).into());
    }
}
