//! The roster of those who witness and handle (S0-15 to S0-19).
//!
//! What widens takes two clerks: an entry is proposed by one and confirmed by another, and so
//! is each later change of it, since a witness identifies customers where nobody else of the
//! agency looks (S0-15, S0-16). What narrows takes one: a sanction (S0-18) or a removal must
//! not wait. The past stays as it was: an act is judged by what the roster held when it was
//! done, and no later entry, sanction or removal changes that. [`TRANSITIONS`] has the steps as
//! a table; whether a person is qualified is a question about a time.

use crate::{
    Actor, Error, Evidence, Ground, Interval, NotQualified, OrganisationId, PersonId, Personal,
    Refusal, Seat, field,
    interval::Timeline,
    machine::{self, Transition, row},
    octets::optional_seconds,
    personal::Visit,
    rules::RosterRule,
    terms::{Employment, EvidenceKind, terms},
};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the roster says of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Entry {
    /// How the person is employed (S0-16).
    pub employment: Employment,
    /// The labour contract.
    pub contract: Paper,
    /// The last training, passed or not (S0-15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<Training>,
    /// The licence to practise (执业资格).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Paper>,
    /// The declaration on conflicts of interest (S0-18).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<Declaration>,
    /// The agency with which the contract is (S0-15): for its business alone, and for no
    /// [mode](crate::proceeding::accreditation) of another. None: of whoever runs the roster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<OrganisationId>,
}

/// A paper that is good for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Paper {
    /// Its number, or where it lies: 1 to 256 characters.
    pub reference: Personal<String>,
    /// When it is good.
    pub interval: Interval,
}

/// A training with its examination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Training {
    /// Whether the examination was passed.
    pub passed: bool,
    /// The record, and how long it is good.
    pub record: Paper,
}

/// What a person declared on conflicts of interest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Declaration {
    /// The declaration itself: a [statement](EvidenceKind::HolderStatement).
    pub evidence: Evidence,
    /// Customers whom the person is related to.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub relations: BTreeSet<PersonId>,
}

impl Entry {
    /// A person under a labour contract, or in another relation to the agency.
    pub fn new(employment: Employment, contract: Paper) -> Self {
        Self {
            employment,
            contract,
            training: None,
            licence: None,
            declaration: None,
            agency: None,
        }
    }

    /// Under contract with an agency.
    #[must_use]
    pub fn agency(mut self, agency: OrganisationId) -> Self {
        self.agency = Some(agency);
        self
    }

    /// With a training.
    #[must_use]
    pub fn training(mut self, passed: bool, record: Paper) -> Self {
        self.training = Some(Training { passed, record });
        self
    }

    /// With a licence.
    #[must_use]
    pub fn licence(mut self, licence: Paper) -> Self {
        self.licence = Some(licence);
        self
    }

    /// With a declaration on conflicts of interest.
    #[must_use]
    pub fn declaration(
        mut self,
        evidence: Evidence,
        relations: impl IntoIterator<Item = PersonId>,
    ) -> Self {
        self.declaration = Some(Declaration {
            evidence,
            relations: relations.into_iter().collect(),
        });
        self
    }

    fn qualifies(&self, rule: &RosterRule, at: DateTime) -> Result<(), NotQualified> {
        if rule.barred.value.contains(&self.employment) {
            return Err(NotQualified::Employment(self.employment));
        }
        let good = |paper: &Paper| paper.interval.holds(at);
        if !good(&self.contract) {
            return Err(NotQualified::Contract);
        }
        if !self
            .training
            .as_ref()
            .is_some_and(|training| training.passed && good(&training.record))
        {
            return Err(NotQualified::Training);
        }
        if rule.licence.value && !self.licence.as_ref().is_some_and(good) {
            return Err(NotQualified::Licence);
        }
        if self.declaration.is_none() {
            return Err(NotQualified::Declaration);
        }
        Ok(())
    }

    fn papers(&self) -> impl Iterator<Item = &Paper> {
        let training = self.training.iter().map(|training| &training.record);
        [&self.contract]
            .into_iter()
            .chain(training)
            .chain(&self.licence)
    }

    fn check(&self) -> Result<(), Refusal> {
        for paper in self.papers() {
            let length = paper.reference.known().map_or(0, |it| it.chars().count());
            if !(1..=256).contains(&length) {
                return Err(Ground::Missing {
                    what: "the number of a paper, 1 to 256 characters,",
                }
                .refuse(&["S0-15"]));
            }
            if paper.interval.is_empty() {
                return Err(Ground::Interval.refuse(&["S0-15"]));
            }
        }
        match &self.declaration {
            Some(declaration) => declaration
                .evidence
                .is_a(EvidenceKind::HolderStatement, &["S0-18"]),
            None => Ok(()),
        }
    }
}

impl Paper {
    /// A paper by its number, 1 to 256 characters, good for a time.
    pub fn new(reference: impl Into<String>, interval: Interval) -> Self {
        Self {
            reference: Personal::from(reference.into()),
            interval,
        }
    }
}

/// One person's entry, as its history made it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// A proposal that waits for its second clerk.
    pub pending: Option<Pending>,
    standing: Timeline<Standing>,
    /// When the last thing happened.
    touched: Option<DateTime>,
}

/// What one clerk proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// The entry as it is to be.
    pub entry: Box<Entry>,
    /// Who proposed it.
    pub by: PersonId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    Entered(Box<Entry>),
    Sanctioned { until: Option<DateTime> },
    Removed,
}

terms! {
    /// Where a person's entry stands.
    Stage {
        /// Proposed for the first time.
        Proposed = "proposed",
        /// Proposed and dropped: never entered.
        Dropped = "dropped",
        /// On the roster.
        Entered = "entered",
        /// Under a sanction.
        Sanctioned = "sanctioned",
        /// Off the roster.
        Removed = "removed",
    }

    /// What happens to a person's entry, in one word: its events' names.
    Step {
        /// A clerk proposes an entry, whether it is the first or changes one.
        Proposed = "proposed",
        /// Another agrees.
        Confirmed = "confirmed",
        /// The proposal is dropped.
        Discarded = "discarded",
        /// The qualification ends by a sanction.
        Sanctioned = "sanctioned",
        /// The person leaves the roster.
        Removed = "removed",
    }
}

/// Those who were on the roster once.
const KNOWN: &[Stage] = &[Stage::Entered, Stage::Sanctioned, Stage::Removed];

/// Every pair of stage and step that there is. What is not here is refused.
pub const TRANSITIONS: &[Transition<Stage, Step>] = &[
    row(&[], Step::Proposed, Some(Stage::Proposed)),
    row(&[Stage::Dropped], Step::Proposed, Some(Stage::Proposed)),
    row(&[Stage::Proposed], Step::Proposed, None),
    row(&[Stage::Proposed], Step::Confirmed, Some(Stage::Entered)),
    row(&[Stage::Proposed], Step::Discarded, Some(Stage::Dropped)),
    row(KNOWN, Step::Proposed, None),
    row(KNOWN, Step::Confirmed, Some(Stage::Entered)),
    row(KNOWN, Step::Discarded, None),
    row(&[Stage::Entered], Step::Sanctioned, Some(Stage::Sanctioned)),
    row(
        &[Stage::Entered, Stage::Sanctioned],
        Step::Removed,
        Some(Stage::Removed),
    ),
];

/// The row of a step from a stage; none where it is not listed.
pub fn transition(from: Option<Stage>, step: Step) -> Option<&'static Transition<Stage, Step>> {
    machine::find(TRANSITIONS, from, step)
}

/// What can be asked of the roster about one person.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// By a clerk: the entry as it is to be, whether it is the first or changes one.
    Propose(Box<Entry>),
    /// By another clerk.
    Confirm,
    /// By a clerk: the proposal is not wanted any more.
    Discard,
    /// By one clerk, at once: the qualification ends (S0-18). Back on the roster leads only
    /// a new entry.
    Sanction {
        /// Before when no new entry is taken; none: whenever two clerks agree.
        #[serde(with = "crate::octets::optional_seconds")]
        until: Option<DateTime>,
        /// Why: 1 to 1000 characters.
        reason: String,
    },
    /// By one clerk, at once.
    Remove {
        /// Why: 1 to 1000 characters.
        reason: String,
    },
}

/// What happened to a person's entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// A clerk proposed an entry.
    Proposed(Box<Entry>),
    /// Another clerk agreed: it counts from now on.
    Confirmed,
    /// The proposal was dropped.
    Discarded,
    /// The qualification ended by a sanction.
    Sanctioned {
        /// Before when no new entry is taken.
        #[serde(
            with = "optional_seconds",
            default,
            skip_serializing_if = "Option::is_none"
        )]
        until: Option<DateTime>,
        /// Why.
        reason: Personal<String>,
    },
    /// The person left the roster.
    Removed {
        /// Why.
        reason: Personal<String>,
    },
}

impl Event {
    /// The step of the [table](TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::Proposed(_) => Step::Proposed,
            Self::Confirmed => Step::Confirmed,
            Self::Discarded => Step::Discarded,
            Self::Sanctioned { .. } => Step::Sanctioned,
            Self::Removed { .. } => Step::Removed,
        }
    }

    /// The event in one word.
    pub fn name(&self) -> &'static str {
        self.step().as_str()
    }

    /// Each value of the person in it.
    pub(crate) fn personal(&mut self, visit: Visit<'_>) {
        match self {
            Self::Proposed(entry) => {
                visit("contract", &mut entry.contract.reference);
                if let Some(training) = &mut entry.training {
                    visit("training", &mut training.record.reference);
                }
                if let Some(licence) = &mut entry.licence {
                    visit("licence", &mut licence.reference);
                }
            }
            Self::Sanctioned { reason, .. } | Self::Removed { reason } => visit("reason", reason),
            Self::Confirmed | Self::Discarded => {}
        }
    }
}

/// What a decision may see besides the state.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever decides must say all of it"
)]
pub struct Context<'a> {
    /// Whose entry it is.
    pub person: &'a PersonId,
    /// Who may be on the roster.
    pub rule: &'a RosterRule,
    /// The time.
    pub now: DateTime,
}

const CLERKS: &[Seat] = &[Seat::Clerk];

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
    let wrong_state = Ground::WrongState {
        what: "the roster's entry",
        state: state.map_or("not there", State::name),
        verb: command.verb(),
    };
    let basis = command.basis();
    if transition(state.map(State::stage), command.step()).is_none() {
        return Err(wrong_state.by(basis));
    }
    let pending = state.and_then(|state| state.pending.as_ref());
    let event = match (command, pending) {
        (Command::Propose(entry), _) => {
            context.clerk(actor)?;
            if let Some(Standing::Sanctioned { until: Some(until) }) =
                state.and_then(|state| state.standing.last())
                && context.now < *until
            {
                return Err(context.not_qualified(NotQualified::Sanction).into());
            }
            field::check_name(context.person)?;
            context.admits(&entry)?;
            Event::Proposed(entry)
        }
        (Command::Confirm, Some(pending)) => {
            context.clerk(actor)?;
            actor.differs_from(&[(&pending.by, Seat::Clerk)])?;
            // The rules may have changed since it was proposed.
            context.admits(&pending.entry)?;
            Event::Confirmed
        }
        (Command::Discard, Some(_)) => {
            actor.sits_in(CLERKS, basis)?;
            Event::Discarded
        }
        (Command::Sanction { until, reason }, _) => {
            actor.sits_in(CLERKS, basis)?;
            Ground::words(&reason, "a sanction", basis)?;
            Event::Sanctioned {
                until,
                reason: reason.into(),
            }
        }
        (Command::Remove { reason }, _) => {
            actor.sits_in(CLERKS, basis)?;
            Ground::words(&reason, "a removal", basis)?;
            Event::Removed {
                reason: reason.into(),
            }
        }
        (Command::Confirm | Command::Discard, None) => return Err(wrong_state.by(basis)),
    };
    Ok(event)
}

/// The state after an event that was recorded at a time: total, as in
/// [`crate::case::evolve`].
pub fn evolve(state: Option<State>, actor: &Actor, event: &Event, at: DateTime) -> Option<State> {
    let from = state.as_ref().map(State::stage);
    if transition(from, event.step()).is_none() {
        return state;
    }
    let mut state = state.unwrap_or_default();
    state.touched = Some(at);
    let standing = match event {
        Event::Proposed(entry) => {
            state.pending = Some(Pending {
                entry: entry.clone(),
                by: actor.person.clone(),
            });
            return Some(state);
        }
        Event::Discarded => {
            state.pending = None;
            return Some(state);
        }
        Event::Confirmed => match state.pending.take() {
            Some(pending) => Standing::Entered(pending.entry),
            None => return Some(state),
        },
        Event::Sanctioned { until, .. } => Standing::Sanctioned { until: *until },
        Event::Removed { .. } => Standing::Removed,
    };
    // What was proposed before a sanction was proposed without knowing of it.
    state.pending = None;
    state.standing.set(at, standing);
    Some(state)
}

/// What the public may know of a person on the roster (S0-17): nothing but this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Qualification {
    /// Whether the person is qualified at the time asked for.
    pub qualified: bool,
    /// The time around it in which that is so without a break; none where it is not.
    pub interval: Option<Interval>,
}

impl State {
    /// Where it stands, in one word.
    pub fn stage(&self) -> Stage {
        match (self.standing.last(), &self.pending) {
            (None, None) => Stage::Dropped,
            (None, Some(_)) => Stage::Proposed,
            (Some(Standing::Entered(_)), _) => Stage::Entered,
            (Some(Standing::Sanctioned { .. }), _) => Stage::Sanctioned,
            (Some(Standing::Removed), _) => Stage::Removed,
        }
    }

    /// Where it stands, in words.
    pub fn name(&self) -> &'static str {
        match (self.standing.last(), &self.pending) {
            (None, None) => "not there",
            (None, Some(_)) => "proposed",
            (Some(Standing::Entered(_)), None) => "entered",
            (Some(Standing::Entered(_)), Some(_)) => "entered, with a change proposed",
            (Some(Standing::Sanctioned { .. }), None) => "sanctioned",
            (Some(Standing::Sanctioned { .. }), Some(_)) => "sanctioned, with a return proposed",
            (Some(Standing::Removed), None) => "removed",
            (Some(Standing::Removed), Some(_)) => "removed, with a return proposed",
        }
    }

    /// Since when the person is off the roster, or was never on it; none while that is not so.
    pub fn ended(&self) -> Option<DateTime> {
        let off = matches!(self.stage(), Stage::Removed | Stage::Dropped);
        self.touched.filter(|_| off && self.pending.is_none())
    }

    /// The entry that counts at a time; none where the person is not on the roster, or
    /// sanctioned.
    pub fn entry(&self, at: DateTime) -> Option<&Entry> {
        match self.standing.at(at) {
            Some(Standing::Entered(entry)) => Some(entry),
            _ => None,
        }
    }

    /// Whether the person may take a seat of the roster at this time (S0-15, S0-16, S0-19).
    /// A seat that is not the roster's may be taken by anybody.
    ///
    /// # Errors
    /// What is missing or barred.
    pub fn qualifies(
        &self,
        seat: Seat,
        rule: &RosterRule,
        at: DateTime,
    ) -> Result<(), NotQualified> {
        if !rule.seats.value.contains(&seat) {
            return Ok(());
        }
        match self.standing.at(at) {
            None | Some(Standing::Removed) => Err(NotQualified::NotOnRoster),
            Some(Standing::Sanctioned { .. }) => Err(NotQualified::Sanction),
            Some(Standing::Entered(entry)) => entry.qualifies(rule, at),
        }
    }

    /// Whether the person declared a relation to this customer (S0-18).
    pub fn related(&self, customer: &PersonId, at: DateTime) -> bool {
        self.entry(at)
            .and_then(|entry| entry.declaration.as_ref())
            .is_some_and(|declaration| declaration.relations.contains(customer))
    }

    /// What the public may know (S0-17).
    pub fn qualified(&self, seat: Seat, rule: &RosterRule, at: DateTime) -> Qualification {
        let holds = |at| self.qualifies(seat, rule, at).is_ok();
        if !holds(at) {
            return Qualification {
                qualified: false,
                interval: None,
            };
        }
        // Between two of these nothing changes.
        let mut turns: Vec<DateTime> = Vec::new();
        for (since, standing) in self.standing.iter() {
            turns.push(*since);
            if let Standing::Entered(entry) = standing {
                for paper in entry.papers() {
                    turns.push(paper.interval.from);
                    turns.extend(paper.interval.until);
                }
            }
        }
        turns.sort_unstable();
        let (before, after): (Vec<_>, Vec<_>) = turns.into_iter().partition(|turn| *turn <= at);
        let from = before.into_iter().rev().take_while(|turn| holds(*turn));
        Qualification {
            qualified: true,
            interval: Some(Interval::new(
                from.last().unwrap_or(at),
                after.into_iter().find(|turn| !holds(*turn)),
            )),
        }
    }
}

impl Context<'_> {
    /// A clerk, and not about himself.
    fn clerk(&self, actor: &Actor) -> Result<(), Refusal> {
        actor.sits_in(CLERKS, &["S0-15"])?;
        actor.differs_from(&[(self.person, Seat::Witness)])
    }

    fn admits(&self, entry: &Entry) -> Result<(), Refusal> {
        if self.rule.barred.value.contains(&entry.employment) {
            return Err(self.not_qualified(NotQualified::Employment(entry.employment)));
        }
        entry.check()
    }

    fn not_qualified(&self, why: NotQualified) -> Refusal {
        Ground::NotQualified {
            person: self.person.clone(),
            seat: Seat::Witness,
            why,
        }
        .refuse(match why {
            NotQualified::Sanction => &["S0-18"],
            _ => &["S0-16"],
        })
    }
}

impl Command {
    fn step(&self) -> Step {
        match self {
            Self::Propose(_) => Step::Proposed,
            Self::Confirm => Step::Confirmed,
            Self::Discard => Step::Discarded,
            Self::Sanction { .. } => Step::Sanctioned,
            Self::Remove { .. } => Step::Removed,
        }
    }

    /// The requirement that it carries out.
    const fn basis(&self) -> &'static [&'static str] {
        match self {
            Self::Propose(_) | Self::Confirm | Self::Discard | Self::Remove { .. } => &["S0-15"],
            Self::Sanction { .. } => &["S0-18"],
        }
    }

    fn verb(&self) -> &'static str {
        match self {
            Self::Propose(_) => "proposed",
            Self::Confirm => "confirmed",
            Self::Discard => "dropped",
            Self::Sanction { .. } => "sanctioned",
            Self::Remove { .. } => "removed",
        }
    }
}

#[cfg(test)]
mod tests;
