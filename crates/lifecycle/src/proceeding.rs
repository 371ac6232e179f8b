//! Cases that are about institutions: each kind is a machine of its own.
//!
//! | kind | machine | who |
//! |---|---|---|
//! | [`accreditation`] | SM-C | an agency does certificate business for the CA |
//! | [`qualification`] | SM-D | a CA is qualified for e-government by the state |
//! | [`recognition`] | SM-E | a class of a CA's certificates is recognised by another side |
//!
//! They have one wiring: a machine says what its commands, events and states are, and this
//! module carries them to the [`crate::Engine`] under one [`ProceedingId`]. Deadlines are told
//! alike; when one passes, that is noted and officers are told, and nothing is decided by it.

pub mod accreditation;
pub mod qualification;
pub mod recognition;

use crate::{
    About, Actor, Error, OrganisationId, PersonId, ProceedingId, QualificationId, RecognitionId,
    Refusal,
    calendar::{self, Calendar, Clock, ClockFault, NotCovered},
    organisation,
    terms::Mode,
    words::{self, Language, Named},
};
use der::DateTime;
use serde::{Deserialize, Serialize};

/// A word of one of the machines' closed lists, with the group of its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Word {
    /// The group.
    pub group: &'static str,
    /// The word.
    pub word: &'static str,
}

impl Word {
    /// The word of a member.
    pub fn of<T: Named>(one: T) -> Self {
        Self {
            group: T::GROUP,
            word: one.word(),
        }
    }

    /// The word for people.
    pub fn said(self, language: Language) -> &'static str {
        words::term(language, self.group, self.word).unwrap_or(self.word)
    }
}

impl std::fmt::Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word)
    }
}

/// Something that is to be done by a time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadline {
    /// What: a word of the machine's list.
    pub name: Word,
    /// By when, with how it was reckoned; none while its clock stands still.
    pub ends: Option<calendar::Deadline>,
    /// Whether it is noted to have passed.
    pub noted: bool,
}

impl Deadline {
    /// A deadline of a machine's list.
    pub fn new(name: impl Named, ends: Option<calendar::Deadline>, noted: bool) -> Self {
        Self {
            name: Word::of(name),
            ends,
            noted,
        }
    }
}

/// What a deadline is reckoned from, with its end as it was reckoned last: records keep both,
/// and the version of the calendar with the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Timer {
    /// The clock of working days; none where working days don't count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// The end; none while the clock stands still before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<calendar::Deadline>,
}

impl Timer {
    /// Runs for so many working days after that of `start`.
    ///
    /// # Errors
    /// [`NotCovered`] where a day on the way is of a year without notice.
    pub fn start(limit: u16, start: DateTime, calendar: &Calendar) -> Result<Self, NotCovered> {
        Self::of(Clock::start(limit, start), calendar)
    }

    /// Runs from `start` to a time that is set.
    pub fn until(at: DateTime, start: DateTime) -> Self {
        Self {
            clock: None,
            ends: Some(calendar::Deadline {
                at,
                start,
                calendar: None,
            }),
        }
    }

    fn of(clock: Clock, calendar: &Calendar) -> Result<Self, NotCovered> {
        let ends = clock.deadline(calendar)?;
        let clock = Some(clock);
        Ok(Self { clock, ends })
    }

    /// Whether it runs: what has no clock always does.
    pub fn runs(&self) -> bool {
        self.clock.as_ref().is_none_or(Clock::runs)
    }

    /// Whether its end has passed.
    pub fn has_passed(&self, now: DateTime) -> bool {
        self.ends.as_ref().is_some_and(|ends| ends.has_passed(now))
    }

    /// Stands still from now on, where it ran.
    ///
    /// # Errors
    /// [`Refusal::TimeRunsBackwards`]; a refusal where the calendar does not reach.
    pub fn pause(&self, now: DateTime, calendar: &Calendar) -> Result<Self, Error> {
        self.change(calendar, |clock| clock.pause(now))
    }

    /// Runs again from now on, where it stood still.
    ///
    /// # Errors
    /// As for [`Self::pause`].
    pub fn resume(&self, now: DateTime, calendar: &Calendar) -> Result<Self, Error> {
        self.change(calendar, |clock| clock.resume(now))
    }

    fn change(
        &self,
        calendar: &Calendar,
        change: impl FnOnce(Clock) -> Result<Clock, ClockFault>,
    ) -> Result<Self, Error> {
        let Some(clock) = self.clock.clone() else {
            return Ok(self.clone());
        };
        match change(clock) {
            Ok(clock) => Self::of(clock, calendar).map_err(not_covered),
            Err(ClockFault::Paused | ClockFault::Running) => Ok(self.clone()),
            Err(ClockFault::Backwards) => Err(Refusal::TimeRunsBackwards.into()),
        }
    }
}

/// A period that the calendar does not reach (S3-18).
pub(crate) fn not_covered(fault: NotCovered) -> Error {
    crate::Ground::Calendar(fault).by(&["S3-18"])
}

/// What a decision may see besides the state.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever decides must say all of it"
)]
pub struct Context<'a> {
    /// By which terms.
    pub terms: &'a Terms,
    /// The days.
    pub calendar: &'a Calendar,
    /// The time.
    pub now: DateTime,
    /// What other records say.
    pub sight: &'a Sight<'a>,
}

/// What a decision may see of other records, gathered for one command.
#[derive(Debug)]
#[non_exhaustive]
pub enum Sight<'a> {
    /// Nothing: the command asks for nothing of it.
    Nothing,
    /// What they say of the agency that it is for.
    Accreditation(Box<accreditation::Sight<'a>>),
    /// What they say of the class that it is about.
    Recognition(recognition::Sight),
}

/// One variant for each machine, and what all of them can be asked. A machine is a module with
/// `Command`, `Event`, `State`, `Context` (made from that of this module), `Terms`, `decide`,
/// `evolve` and `is_listed`; its state tells its stage, its deadlines, who must not take the next
/// step, and what time itself does.
macro_rules! machines {
    ($($(#[$doc:meta])* $variant:ident($id:ident) in $module:ident by $terms:ty,)*) => {
        /// By which terms cases about institutions are decided.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Terms {
            $($(#[$doc])* pub $module: $terms,)*
        }

        impl Terms {
            /// Those that come with the library.
            pub fn shipped() -> Self {
                Self { $($module: <$terms>::shipped(),)* }
            }
        }

        /// What can be asked of a case about an institution.
        #[derive(Clone, Debug, Serialize)]
        #[non_exhaustive]
        pub enum Command {
            $($(#[$doc])* $variant($id, Box<$module::Command>),)*
        }

        impl Command {
            /// Which case it is for.
            pub fn id(&self) -> ProceedingId {
                match self {
                    $(Self::$variant(id, _) => ProceedingId::$variant(id.clone()),)*
                }
            }
        }

        /// What happened to a case about an institution.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum Event {
            $($(#[$doc])* $variant(Box<$module::Event>),)*
        }

        impl Event {
            /// The event in one word.
            pub fn name(&self) -> &'static str {
                self.step().word
            }

            /// The step of its machine's table.
            pub fn step(&self) -> Word {
                match self {
                    $(Self::$variant(event) => Word::of(event.step()),)*
                }
            }

            /// Deadlines that are noted by it to have passed.
            pub fn missed(&self) -> Vec<Word> {
                match self {
                    $(Self::$variant(event) => event.missed().into_iter().map(Word::of).collect(),)*
                }
            }

            /// Whether it can stand in this case's history.
            pub(crate) fn is_of(&self, id: &ProceedingId) -> bool {
                match (self, id) {
                    $((Self::$variant(_), ProceedingId::$variant(_)) => true,)*
                    #[allow(unreachable_patterns, reason = "with one machine there is no other")]
                    _ => false,
                }
            }

            /// What officers are told because of it; `version` is its place in the history.
            pub(crate) fn notices(&self, version: u64) -> Vec<About> {
                let missed = self.missed().into_iter();
                let notices = missed.map(|name| About::ProceedingOverdue {
                    deadline: name.word.to_owned(),
                    version,
                });
                notices.collect()
            }
        }

        /// A case about an institution as its history made it.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum State {
            $($(#[$doc])* $variant(Box<$module::State>),)*
        }

        impl State {
            /// Where it stands.
            pub fn stage(&self) -> Word {
                match self {
                    $(Self::$variant(state) => Word::of(state.stage),)*
                }
            }

            /// What is to be done by when, and what was not.
            pub fn deadlines(&self) -> Vec<Deadline> {
                match self {
                    $(Self::$variant(state) => state.deadlines(),)*
                }
            }

            /// Who must not be the one who did this.
            pub(crate) fn others<'a>(
                &'a self,
                actor: &Actor,
                event: &'a Event,
            ) -> Vec<&'a PersonId> {
                match (self, event) {
                    $((Self::$variant(state), Event::$variant(event)) => state.others(actor, event),)*
                    #[allow(unreachable_patterns, reason = "with one machine there is no other")]
                    _ => Vec::new(),
                }
            }

            /// What time itself does: the earliest deadline that passed and is not noted.
            pub(crate) fn passed(&self, id: &ProceedingId, now: DateTime) -> Option<Command> {
                match (self, id) {
                    $((Self::$variant(state), ProceedingId::$variant(id)) => {
                        let command = state.passed(now)?;
                        Some(Command::$variant(id.clone(), Box::new(command)))
                    })*
                    _ => None,
                }
            }
        }

        /// Says what would happen; touches nothing.
        ///
        /// # Errors
        /// [`Error::Refused`] with the rule that says no.
        pub fn decide(
            state: Option<&State>,
            actor: &Actor,
            command: Command,
            context: &Context<'_>,
        ) -> Result<Vec<Event>, Error> {
            match command {
                $(Command::$variant(_, command) => {
                    let state = match state {
                        Some(State::$variant(state)) => Some(&**state),
                        _ => None,
                    };
                    let context = $module::Context::from(*context);
                    let events = $module::decide(state, actor, *command, &context)?;
                    let events = events.into_iter();
                    Ok(events.map(|event| Event::$variant(Box::new(event))).collect())
                })*
            }
        }

        /// The state after an event: total, as in [`crate::case::evolve`].
        pub fn evolve(state: Option<State>, actor: &Actor, event: &Event) -> Option<State> {
            match (state, event) {
                $((None, Event::$variant(event)) => {
                    let state = $module::evolve(None, actor, event)?;
                    Some(State::$variant(Box::new(state)))
                }
                (Some(State::$variant(state)), Event::$variant(event)) => {
                    let state = $module::evolve(Some(*state), actor, event)?;
                    Some(State::$variant(Box::new(state)))
                })*
                #[allow(unreachable_patterns, reason = "with one machine there is no other")]
                (state, _) => state,
            }
        }

        /// Whether the machine's table has the event's step from this state.
        pub(crate) fn is_listed(state: Option<&State>, event: &Event) -> bool {
            match (state, event) {
                $((None, Event::$variant(event)) => $module::is_listed(None, event),
                (Some(State::$variant(state)), Event::$variant(event)) => {
                    $module::is_listed(Some(state), event)
                })*
                #[allow(unreachable_patterns, reason = "with one machine there is no other")]
                _ => false,
            }
        }
    };
}

machines! {
    /// An accreditation of an agency (SM-C).
    Accreditation(OrganisationId) in accreditation by accreditation::Terms,
    /// A qualification of a CA for e-government (SM-D).
    Qualification(QualificationId) in qualification by qualification::RuleSets,
    /// A recognition of a class of a CA's certificates by another side (SM-E).
    Recognition(RecognitionId) in recognition by recognition::Terms,
}

impl State {
    /// What it means to the modes in which an agency may do business: events of the agency's
    /// own record, in the same step. `open`: the modes that its record opens.
    pub(crate) fn gates(&self, open: &[Mode], now: DateTime) -> Vec<organisation::Event> {
        let Self::Accreditation(state) = self else {
            return Vec::new();
        };
        let gates = state.gates(open, now).into_iter();
        gates.map(organisation::Event::from).collect()
    }
}

impl State {
    /// The first deadline that is not noted to have passed, with its last second.
    pub fn next_deadline(&self) -> Option<(Word, DateTime)> {
        let open = self.deadlines().into_iter();
        let open = open.filter(|deadline| !deadline.noted);
        let ends = open.filter_map(|deadline| Some((deadline.name, deadline.ends?.at)));
        ends.min_by_key(|(name, at)| (*at, *name))
    }
}
