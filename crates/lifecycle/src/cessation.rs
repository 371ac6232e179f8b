//! The end of a CA's service (S5-03; Electronic Signature Law, article 23).
//!
//! Two key officers decide it, put it off, or call it off. The parties are told so many days
//! before the end, the authority so many; whoever is too late puts the end off. Officers are
//! reminded of each deadline, and told when it passed. The numbers are [data](Terms),
//! [`TRANSITIONS`] has the steps as a table.

use crate::{
    About, Actor, Error, Evidence, Ground, PersonId, Refusal, Seat,
    calendar::{self, Calendar},
    machine::{self, Transition, row},
    octets::seconds,
    proceeding::Deadline,
    rules::Sourced,
    terms::{EvidenceKind, terms},
};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// When a CA that stops must have told whom.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Terms {
    /// The law or rule that it was read from.
    pub source: String,
    /// Whole days before the end by which the parties are told: 1 to 3650.
    pub notice_days: Sourced<u16>,
    /// Whole days before the end by which it is reported to the authority: 1 to the number of
    /// `notice_days`.
    pub report_days: Sourced<u16>,
    /// Days before each deadline on which officers are reminded of it: 1 to 3650.
    pub reminder_days: Sourced<u16>,
}

/// The terms can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadTerms {
    /// Not the TOML of terms.
    #[error("the terms of a cessation can't be read")]
    Toml(#[from] toml::de::Error),
    /// A number that can't be.
    #[error("{name} of a cessation must be {expected}")]
    Number {
        /// Its name.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A value that rests on nothing.
    #[error("{name} of a cessation names neither a requirement nor why it was assumed")]
    Baseless {
        /// Its name.
        name: &'static str,
    },
}

impl Terms {
    /// Reads terms.
    ///
    /// # Errors
    /// [`BadTerms`] for anything but well-formed terms.
    pub fn from_toml(text: &str) -> Result<Self, BadTerms> {
        let terms: Self = toml::from_str(text)?;
        for (name, days) in [
            ("notice-days", &terms.notice_days),
            ("report-days", &terms.report_days),
            ("reminder-days", &terms.reminder_days),
        ] {
            if !(1..=3_650).contains(&days.value) {
                return Err(BadTerms::Number {
                    name,
                    expected: "1 to 3650 days",
                });
            }
            if days.basis.is_empty() && days.assumed.is_none() {
                return Err(BadTerms::Baseless { name });
            }
        }
        if terms.report_days.value > terms.notice_days.value {
            return Err(BadTerms::Number {
                name: "report-days",
                expected: "no more than notice-days",
            });
        }
        Ok(terms)
    }

    /// Those that come with the library: of the law as it stands.
    pub fn shipped() -> Self {
        Self::from_toml(include_str!("../cessation.toml")).expect("a test loads them")
    }
}

terms! {
    /// Where a cessation stands.
    Stage {
        /// Proposed by one officer.
        Proposed = "proposed",
        /// Decided by two.
        Decided = "decided",
        /// The parties were told.
        Announced = "announced",
        /// The authority was told.
        Reported = "reported",
        /// Another CA has the business.
        HandedOver = "handed-over",
        /// The service ended.
        Ceased = "ceased",
        /// It does not take place.
        CalledOff = "called-off",
    }

    /// What happens to a cessation, in one word: its events' names.
    Step {
        /// One officer proposes to end, to put the end off, or to call it off.
        Proposed = "proposed",
        /// Another agrees with an end.
        Decided = "decided",
        /// Another agrees that it is called off.
        CalledOff = "called-off",
        /// The proposal is dropped.
        Discarded = "discarded",
        /// The parties were told.
        Announced = "announced",
        /// The authority was told.
        Reported = "reported",
        /// Another CA has the business.
        HandedOver = "handed-over",
        /// The service ended.
        Ceased = "ceased",
        /// A deadline passed, and what it was for is not done.
        OverdueNoted = "overdue-noted",
    }

    /// What is to be done by when, in the order in which it is.
    DeadlineName {
        /// The parties are told ([`Plan::notice_by`]).
        PartiesTold = "parties-told",
        /// The authority is told ([`Plan::report_by`]).
        AuthorityTold = "authority-told",
        /// The service ends ([`Plan::end`]).
        ServiceEnded = "service-ended",
    }
}

/// From the decision to the last day.
const UNDER_WAY: &[Stage] = &[
    Stage::Decided,
    Stage::Announced,
    Stage::Reported,
    Stage::HandedOver,
];

/// Every pair of stage and step that there is. What is not here is refused.
pub const TRANSITIONS: &[Transition<Stage, Step>] = &[
    row(&[], Step::Proposed, Some(Stage::Proposed)),
    row(&[Stage::CalledOff], Step::Proposed, Some(Stage::Proposed)),
    row(UNDER_WAY, Step::Proposed, None),
    row(&[Stage::Proposed], Step::Decided, Some(Stage::Decided)),
    row(UNDER_WAY, Step::Decided, None),
    row(UNDER_WAY, Step::CalledOff, Some(Stage::CalledOff)),
    row(&[Stage::Proposed], Step::Discarded, Some(Stage::CalledOff)),
    row(UNDER_WAY, Step::Discarded, None),
    row(&[Stage::Decided], Step::Announced, Some(Stage::Announced)),
    row(&[Stage::Announced], Step::Reported, Some(Stage::Reported)),
    row(
        &[Stage::Reported],
        Step::HandedOver,
        Some(Stage::HandedOver),
    ),
    row(&[Stage::HandedOver], Step::Ceased, Some(Stage::Ceased)),
    row(UNDER_WAY, Step::OverdueNoted, None),
];

/// The row of a step from a stage; none where it is not listed.
pub fn transition(from: Option<Stage>, step: Step) -> Option<&'static Transition<Stage, Step>> {
    machine::find(TRANSITIONS, from, step)
}

/// What two officers decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Proposal {
    /// The service ends; where that is decided already, it ends later.
    End {
        /// When.
        #[serde(with = "seconds")]
        at: DateTime,
        /// Why: 1 to 1000 characters.
        reason: String,
    },
    /// It does not end.
    CallOff {
        /// Why: 1 to 1000 characters.
        reason: String,
    },
}

/// A cessation as its history made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// Where it stands.
    pub stage: Stage,
    /// When the service ends, with the deadlines before it, once that is decided.
    pub plan: Option<Plan>,
    /// What one officer proposed.
    pub pending: Option<Pending>,
    /// Who takes the business over.
    pub successor: Option<String>,
    /// Deadlines of the plan that are noted to have passed.
    pub overdue: BTreeSet<DeadlineName>,
}

/// An end with the deadlines before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Plan {
    /// When the service ends.
    #[serde(with = "seconds")]
    pub end: DateTime,
    /// The last second at which the parties can be told.
    #[serde(with = "seconds")]
    pub notice_by: DateTime,
    /// The last second at which it can be reported.
    #[serde(with = "seconds")]
    pub report_by: DateTime,
}

impl Plan {
    /// The deadlines before an end, in China's days.
    fn new(end: DateTime, terms: &Terms, calendar: &Calendar) -> Self {
        Self {
            end,
            notice_by: calendar.latest_before(end, terms.notice_days.value),
            report_by: calendar.latest_before(end, terms.report_days.value),
        }
    }

    /// The last second of a deadline.
    pub fn by(&self, deadline: DeadlineName) -> DateTime {
        match deadline {
            DeadlineName::PartiesTold => self.notice_by,
            DeadlineName::AuthorityTold => self.report_by,
            DeadlineName::ServiceEnded => self.end,
        }
    }
}

/// What one officer proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// What.
    pub proposal: Proposal,
    /// Who.
    pub by: PersonId,
}

/// What can be asked of a cessation: by a key officer, where nothing else is said.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// An end, a later end, or none.
    Propose(Proposal),
    /// By another officer.
    Confirm,
    /// The proposal is not wanted any more.
    Discard,
    /// The parties were told.
    Announce {
        /// That they were: [receipts](EvidenceKind::NoticeReceipt), one at least.
        receipts: Vec<Evidence>,
    },
    /// The authority was told.
    Report {
        /// That it was: a [receipt](EvidenceKind::NoticeReceipt).
        receipt: Evidence,
    },
    /// Another CA has the business, by agreement or as the authority arranged.
    HandOver {
        /// The other CA's name: 1 to 1000 characters.
        successor: String,
        /// The agreement or arrangement: [papers](EvidenceKind::OrganisationDocuments).
        agreement: Evidence,
        /// What was handed over: a [work record](EvidenceKind::WorkRecord).
        inventory: Evidence,
    },
    /// The service ended.
    Cease {
        /// How: a [work record](EvidenceKind::WorkRecord).
        record: Evidence,
    },
    /// By the engine: a deadline passed.
    NoteOverdue {
        /// Which.
        deadline: DeadlineName,
    },
}

/// What happened to a cessation: one step of the table each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// An officer proposed something.
    Proposed(Proposal),
    /// Another agreed with an end.
    Decided(Plan),
    /// Another agreed that it does not end.
    CalledOff,
    /// The proposal was dropped.
    Discarded,
    /// The parties were told.
    Announced {
        /// That they were.
        receipts: Vec<Evidence>,
    },
    /// The authority was told.
    Reported {
        /// That it was.
        receipt: Evidence,
    },
    /// Another CA has the business.
    HandedOver {
        /// The other CA's name.
        successor: String,
        /// The agreement or arrangement.
        agreement: Evidence,
        /// What was handed over.
        inventory: Evidence,
    },
    /// The service ended.
    Ceased {
        /// How.
        record: Evidence,
    },
    /// A deadline passed, and what it was for is not done.
    OverdueNoted {
        /// Which.
        deadline: DeadlineName,
    },
}

impl Event {
    /// The step of the [table](TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::Proposed(_) => Step::Proposed,
            Self::Decided(_) => Step::Decided,
            Self::CalledOff => Step::CalledOff,
            Self::Discarded => Step::Discarded,
            Self::Announced { .. } => Step::Announced,
            Self::Reported { .. } => Step::Reported,
            Self::HandedOver { .. } => Step::HandedOver,
            Self::Ceased { .. } => Step::Ceased,
            Self::OverdueNoted { .. } => Step::OverdueNoted,
        }
    }

    /// The event in one word.
    pub fn name(&self) -> &'static str {
        self.step().as_str()
    }

    /// What key officers are told because of it; `version` is its place in the history.
    pub(crate) fn notices(&self, version: u64) -> Vec<About> {
        match self {
            Self::Decided(plan) => DeadlineName::ALL
                .iter()
                .map(|deadline| About::CessationReminder {
                    deadline: *deadline,
                    by: plan.by(*deadline),
                    version,
                })
                .collect(),
            Self::OverdueNoted { deadline } => vec![About::CessationOverdue {
                deadline: *deadline,
                version,
            }],
            _ => Vec::new(),
        }
    }
}

const BASIS: &[&str] = &["S5-03"];

/// What a decision may see besides the state.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever decides must say all of it"
)]
pub struct Context<'a> {
    /// How long before the end whom is told.
    pub terms: &'a Terms,
    /// The days.
    pub calendar: &'a Calendar,
    /// The time.
    pub now: DateTime,
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
) -> Result<Event, Error> {
    let Context {
        terms,
        calendar,
        now,
    } = *context;
    let is_timer = matches!(command, Command::NoteOverdue { .. });
    let seat = if is_timer {
        Seat::System
    } else {
        Seat::KeyOfficer
    };
    actor.sits_in(&[seat], BASIS)?;
    let step = command.step(state);
    let listed = transition(state.map(|state| state.stage), step).is_some();
    let waits = state.is_some_and(|state| state.pending.is_some());
    let needs_one = matches!(command, Command::Confirm | Command::Discard);
    // Time goes by whether a change waits or not.
    if !listed || (needs_one != waits && !is_timer) {
        return Err(Ground::WrongState {
            what: "the cessation",
            state: state.map_or("unknown", State::name),
            verb: command.verb(),
        }
        .by(BASIS));
    }
    let plan = state.and_then(|state| state.plan);
    let event = match command {
        Command::Propose(proposal) => {
            proposal.check(plan, context)?;
            Event::Proposed(proposal)
        }
        Command::Confirm => {
            let Some(pending) = state.and_then(|state| state.pending.as_ref()) else {
                return Err(nothing_waits().into());
            };
            actor.differs_from(&[(&pending.by, Seat::KeyOfficer)])?;
            // Time went by since.
            pending.proposal.check(plan, context)?;
            match &pending.proposal {
                Proposal::End { at, .. } => Event::Decided(Plan::new(*at, terms, calendar)),
                Proposal::CallOff { .. } => Event::CalledOff,
            }
        }
        Command::Discard => Event::Discarded,
        Command::Announce { receipts } => {
            if receipts.is_empty() {
                return Err(Ground::Missing {
                    what: "a receipt of a notice",
                }
                .refuse(BASIS)
                .into());
            }
            for receipt in &receipts {
                receipt.is_a(EvidenceKind::NoticeReceipt, BASIS)?;
            }
            in_time(
                "the notice to the parties",
                plan.map(|plan| plan.notice_by),
                now,
            )?;
            Event::Announced { receipts }
        }
        Command::Report { receipt } => {
            receipt.is_a(EvidenceKind::NoticeReceipt, BASIS)?;
            in_time(
                "the report to the authority",
                plan.map(|plan| plan.report_by),
                now,
            )?;
            Event::Reported { receipt }
        }
        Command::HandOver {
            successor,
            agreement,
            inventory,
        } => {
            Ground::words(&successor, "the name of the CA that takes over", BASIS)?;
            agreement.is_a(EvidenceKind::OrganisationDocuments, BASIS)?;
            inventory.is_a(EvidenceKind::WorkRecord, BASIS)?;
            Event::HandedOver {
                successor,
                agreement,
                inventory,
            }
        }
        Command::Cease { record } => {
            record.is_a(EvidenceKind::WorkRecord, BASIS)?;
            if plan.is_some_and(|plan| now < plan.end) {
                return Err(Ground::NotDue.refuse(BASIS).into());
            }
            Event::Ceased { record }
        }
        Command::NoteOverdue { deadline } => {
            let next = state.and_then(State::next_deadline);
            if !next.is_some_and(|(next, by)| next == deadline && now > by) {
                return Err(Ground::NotDue.by(BASIS));
            }
            Event::OverdueNoted { deadline }
        }
    };
    Ok(event)
}

/// The state after an event: total, as in [`crate::case::evolve`].
pub fn evolve(state: Option<State>, actor: &Actor, event: &Event) -> Option<State> {
    let from = state.as_ref().map(|state| state.stage);
    let Some(row) = transition(from, event.step()) else {
        return state;
    };
    let mut state = state.unwrap_or(State {
        stage: Stage::Proposed,
        plan: None,
        pending: None,
        successor: None,
        overdue: BTreeSet::new(),
    });
    match event {
        Event::Proposed(proposal) => {
            state.pending = Some(Pending {
                proposal: proposal.clone(),
                by: actor.person.clone(),
            });
        }
        Event::Decided(plan) => {
            state.pending = None;
            state.plan = Some(*plan);
            state.overdue.clear();
        }
        Event::CalledOff => {
            state.pending = None;
            state.plan = None;
            state.overdue.clear();
        }
        Event::Discarded => state.pending = None,
        Event::HandedOver { successor, .. } => state.successor = Some(successor.clone()),
        Event::OverdueNoted { deadline } => {
            state.overdue.insert(*deadline);
        }
        Event::Announced { .. } | Event::Reported { .. } | Event::Ceased { .. } => {}
    }
    state.stage = row.to.unwrap_or(state.stage);
    Some(state)
}

impl Proposal {
    /// `plan`: what is decided already.
    fn check(&self, plan: Option<Plan>, context: &Context<'_>) -> Result<(), Refusal> {
        let (Self::End { reason, .. } | Self::CallOff { reason }) = self;
        Ground::words(reason, "the end of a service", BASIS)?;
        match (self, plan) {
            // An end that is put off leaves more time to whoever was told; an earlier one
            // would leave less.
            (Self::End { at, .. }, Some(plan)) if *at <= plan.end => Err(Ground::Missing {
                what: "an end after the one that is decided",
            }
            .refuse(BASIS)),
            (Self::End { at, .. }, None) => {
                let plan = Plan::new(*at, context.terms, context.calendar);
                in_time(
                    "the notice to the parties",
                    Some(plan.notice_by),
                    context.now,
                )
            }
            (Self::CallOff { .. }, None) => Err(Ground::Missing {
                what: "an end that is decided",
            }
            .refuse(BASIS)),
            _ => Ok(()),
        }
    }
}

fn in_time(what: &'static str, by: Option<DateTime>, now: DateTime) -> Result<(), Refusal> {
    match by {
        Some(by) if now <= by => Ok(()),
        Some(by) => Err(Ground::Late { what, by }.refuse(BASIS)),
        None => Err(nothing_waits()),
    }
}

fn nothing_waits() -> Refusal {
    Ground::WrongState {
        what: "the cessation",
        state: "not decided",
        verb: "carried out",
    }
    .refuse(BASIS)
}

impl State {
    /// The first deadline that what it is for is not done, with its last second; none where
    /// nothing is decided, all is done, or each is noted to have passed.
    pub fn next_deadline(&self) -> Option<(DeadlineName, DateTime)> {
        let plan = self.plan?;
        let mut open = DeadlineName::ALL.iter().copied();
        let next = open.find(|deadline| self.awaits(*deadline, plan.by(*deadline)))?;
        Some((next, plan.by(next)))
    }

    /// Whether it waits for what is to be done by this deadline of its plan, and nobody noted
    /// that it passed.
    pub(crate) fn awaits(&self, deadline: DeadlineName, by: DateTime) -> bool {
        let done = self.is_done(deadline);
        let planned = self.plan.is_some_and(|plan| plan.by(deadline) == by);
        planned && !done && !self.overdue.contains(&deadline)
    }

    /// What is to be done by when, and what was not, in the order in which it is.
    pub fn deadlines(&self) -> Vec<Deadline> {
        let Some(plan) = self.plan else {
            return Vec::new();
        };
        let names = DeadlineName::ALL.iter().copied();
        let open = names.filter(|name| !self.is_done(*name));
        let deadline = |name| {
            let ends = calendar::Deadline {
                at: plan.by(name),
                // The plan does not keep when it was made.
                start: plan.by(name),
                calendar: None,
            };
            Deadline::new(name, Some(ends), self.overdue.contains(&name))
        };
        open.map(deadline).collect()
    }

    fn is_done(&self, deadline: DeadlineName) -> bool {
        match deadline {
            DeadlineName::PartiesTold => self.stage >= Stage::Announced,
            DeadlineName::AuthorityTold => self.stage >= Stage::Reported,
            DeadlineName::ServiceEnded => self.stage >= Stage::Ceased,
        }
    }

    /// Where it stands, in words.
    pub fn name(&self) -> &'static str {
        match &self.pending {
            Some(_) if self.stage != Stage::Proposed => "under way, with a change proposed",
            _ => self.stage.as_str(),
        }
    }
}

impl Command {
    fn step(&self, state: Option<&State>) -> Step {
        let pending = state.and_then(|state| state.pending.as_ref());
        match (self, pending.map(|pending| &pending.proposal)) {
            (Self::Propose(_), _) => Step::Proposed,
            (Self::Confirm, Some(Proposal::CallOff { .. })) => Step::CalledOff,
            (Self::Confirm, _) => Step::Decided,
            (Self::Discard, _) => Step::Discarded,
            (Self::Announce { .. }, _) => Step::Announced,
            (Self::Report { .. }, _) => Step::Reported,
            (Self::HandOver { .. }, _) => Step::HandedOver,
            (Self::Cease { .. }, _) => Step::Ceased,
            (Self::NoteOverdue { .. }, _) => Step::OverdueNoted,
        }
    }

    fn verb(&self) -> &'static str {
        match self {
            Self::Propose(_) => "proposed",
            Self::Confirm => "confirmed",
            Self::Discard => "dropped",
            Self::Announce { .. } => "announced",
            Self::Report { .. } => "reported",
            Self::HandOver { .. } => "handed over",
            Self::Cease { .. } => "ended",
            Self::NoteOverdue { .. } => "noted as overdue",
        }
    }
}

#[cfg(test)]
mod tests;
