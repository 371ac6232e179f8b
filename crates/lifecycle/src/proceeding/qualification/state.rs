//! Where a qualification stands, and what its history makes of it.

use super::{
    Act, Applicant, Assessment, Authority, Channel, Command, Condition, DeadlineName, Decision,
    Event, Happened, Listing, Material, Outcome, Right, Stage, Terms, transition,
};
use crate::{
    Actor, Evidence, Ground, PersonId, Refusal, Seat,
    calendar::{self, Date},
    proceeding::{Deadline, Timer},
};
use der::DateTime;
use std::collections::{BTreeMap, BTreeSet};

/// A qualification as its history made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// Where it stands.
    pub stage: Stage,
    /// The name of the rule set that it is judged by.
    pub terms: String,
    /// Which authority took it in (S3-02).
    pub route: Authority,
    /// The name of that office.
    pub office: String,
    /// When the materials came in (S3-05).
    pub received: DateTime,
    /// How they came.
    pub channel: Channel,
    /// Who applied.
    pub applicant: Applicant,
    /// Who acts for the applicant.
    pub agent: PersonId,
    /// The materials by their names, the latest of each.
    pub materials: BTreeMap<String, Material>,
    /// What is to be put right, while it is.
    pub points: Vec<String>,
    /// Behind this, anybody may ask how it stands (S3-17); it starts with the acceptance.
    pub query: Option<calendar::Deadline>,
    /// Who assesses.
    pub assessors: BTreeMap<PersonId, Assessor>,
    /// Who takes no further part: recused, or bound to the applicant by his own declaration (S3-16).
    pub recused: BTreeSet<PersonId>,
    /// What was found, by each who reported: all of it counts.
    pub reports: BTreeMap<(Assessment, PersonId), Report>,
    /// What was found of the conditions that were looked at, the latest of each.
    pub conditions: BTreeMap<Condition, Check>,
    /// Whether a hearing is wanted and not over.
    pub hearing: bool,
    /// Who presided over hearings, the latest last.
    pub chairs: Vec<PersonId>,
    /// When the latest thing happened that a decision on the application rests on: its
    /// acceptance, a report, a condition's check, a hearing's close, an answer.
    pub examined: Option<DateTime>,
    /// The decision on the application.
    pub decision: Option<Decision>,
    /// What it says.
    pub outcome: Option<Outcome>,
    /// The day of the latest decision in favour: this one, or one on what was asked for since.
    pub decided: Option<Date>,
    /// Whether the applicant was told.
    pub notified: bool,
    /// Until when it holds; none: for good, or not granted.
    pub until: Option<DateTime>,
    /// Whether another term was asked for in time, while that is being decided on.
    pub renewal_in_time: bool,
    /// Its names, the present one last (S3-14).
    pub names: Vec<NameOf>,
    /// Another name that is asked for.
    pub new_name: Option<String>,
    /// Whether a renovation is being reviewed; the qualification holds meanwhile (S3-15).
    pub under_review: bool,
    /// Where the directory had it, the latest last (S3-13).
    pub directory: Vec<Listing>,
    /// Rights that were exercised (S3-16).
    pub remedies: Vec<Remedy>,
    /// Clocks that are not done with.
    pub timers: BTreeMap<DeadlineName, Timer>,
    /// Those of them that are noted to have passed.
    pub overdue: BTreeSet<DeadlineName>,
    /// All deadlines that were ever missed.
    pub missed: BTreeSet<DeadlineName>,
    /// Who sat in which seat.
    pub seats: BTreeMap<PersonId, Seat>,
}

/// Somebody who assesses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assessor {
    /// Whether something binds him to the applicant, once he declared it.
    pub conflict: Option<bool>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Whether it is passed.
    pub passed: bool,
    /// The report.
    pub report: Evidence,
}

/// What was found of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// Who looked.
    pub by: PersonId,
    /// Whether it is met.
    pub met: bool,
}

/// A name of the institution.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameOf {
    /// The name.
    pub name: String,
    /// The decision that gave it; none for the one under which it applied.
    pub decision: Option<Decision>,
}

/// A right that was exercised.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remedy {
    /// Which.
    pub right: Right,
    /// What came of it; none while it waits.
    pub answer: Option<String>,
}

/// What anybody is told who asks: this and nothing else (S3-17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// Where it stands.
    pub stage: Stage,
    /// What came of it, once that is decided.
    pub outcome: Option<Outcome>,
}

impl Right {
    /// Whether an application waits for its answer before it is decided on: whoever decides has
    /// read the statement, and is nobody who should not.
    pub(crate) fn holds_a_decision(self) -> bool {
        matches!(self, Self::Statement | Self::Recusal)
    }
}

impl State {
    /// The institution's present name.
    pub fn name(&self) -> &str {
        let last = self.names.last();
        last.map_or(&self.applicant.name, |one| &one.name)
    }

    /// What anybody is told who asks by now.
    ///
    /// # Errors
    /// [`Ground::QueryOpens`] before that day is over, [`Ground::Missing`] where the application
    /// was not taken on.
    pub fn answer(&self, now: DateTime) -> Result<Answer, Refusal> {
        let Some(opens) = &self.query else {
            return Err(Ground::Missing {
                what: "the acceptance of the application",
            }
            .refuse(&["S3-17"]));
        };
        if !opens.has_passed(now) {
            return Err(Ground::QueryOpens { after: opens.at }.refuse(&["S3-17"]));
        }
        Ok(Answer {
            stage: self.stage_by(now),
            outcome: self.outcome,
        })
    }

    /// Where it stands by now: a term that is over ends the qualification, whether that was
    /// recorded or not.
    pub fn stage_by(&self, now: DateTime) -> Stage {
        if self.has_expired(now) {
            return Stage::Lapsed;
        }
        self.stage
    }

    /// What is to be done by when, in the order of the list.
    pub fn deadlines(&self) -> Vec<Deadline> {
        let timers = self.timers.iter();
        let deadline = |(name, timer): (&DeadlineName, &Timer)| {
            Deadline::new(*name, timer.ends.clone(), self.overdue.contains(name))
        };
        timers.map(deadline).collect()
    }

    /// Who sat in another seat than the actor sits in now, and who presided.
    pub(crate) fn others(&self, actor: &Actor, _: &Event) -> Vec<&PersonId> {
        let others = self.seats.iter();
        let others = others.filter(|(_, seat)| **seat != actor.seat);
        let others = others.map(|(person, _)| person);
        match actor.seat {
            Seat::System => Vec::new(),
            _ => others.chain(&self.chairs).collect(),
        }
    }

    /// What time itself does.
    pub(crate) fn passed(&self, now: DateTime) -> Option<Command> {
        let deadline = self.late(now).into_iter().next();
        let act = match deadline {
            Some(deadline) => Act::NoteOverdue { deadline },
            None if self.has_expired(now) => Act::Lapse,
            None => return None,
        };
        Some(Command::new(act))
    }

    /// Deadlines that have passed by now and are not noted. The end of a term is none of them
    /// but where another term waits for its decision: it ends the qualification else.
    pub(crate) fn late(&self, now: DateTime) -> BTreeSet<DeadlineName> {
        let timers = self.timers.iter();
        let late = timers.filter(|(name, timer)| {
            timer.has_passed(now)
                && !self.overdue.contains(name)
                && (**name != DeadlineName::Expiry || self.is_held_by_renewal())
        });
        late.map(|(name, _)| *name).collect()
    }

    /// Whether another term was asked for in time, and is being decided on.
    fn is_held_by_renewal(&self) -> bool {
        self.stage == Stage::Renewing && self.renewal_in_time
    }

    /// Whether the term is over, and no other that was asked for in time is being decided on.
    pub(crate) fn has_expired(&self, now: DateTime) -> bool {
        matches!(self.stage, Stage::Qualified | Stage::Renewing)
            && !self.is_held_by_renewal()
            && self.until.is_some_and(|until| until < now)
    }

    /// Whether experts are at work: somebody is left to assess, and a report that the rules want
    /// is not there.
    pub(crate) fn is_being_assessed(&self, terms: &Terms) -> bool {
        let mut assessors = self.assessors.keys();
        let mut wanted = terms.assessments_for(self.applicant.kind);
        assessors.any(|person| !self.recused.contains(person))
            && wanted.any(|assessment| self.reports_on(assessment).next().is_none())
    }

    /// What was found of one assessment.
    pub fn reports_on(&self, assessment: Assessment) -> impl Iterator<Item = &Report> {
        let all = self.reports.iter();
        let of_it = all.filter(move |((about, _), _)| *about == assessment);
        of_it.map(|(_, report)| report)
    }

    /// Whether a statement or a request for recusal waits for its answer.
    pub(crate) fn has_unanswered(&self) -> bool {
        let mut remedies = self.remedies.iter();
        remedies.any(|remedy| remedy.right.holds_a_decision() && remedy.answer.is_none())
    }

    /// Whether a list had it last as one that holds.
    pub(crate) fn is_in_a_directory(&self) -> bool {
        let latest = self.directory.iter().map(|one| (&one.list, one.holds));
        let latest: BTreeMap<_, _> = latest.collect();
        latest.into_values().any(|holds| holds)
    }

    fn new(event: &Happened, route: Authority) -> Option<Self> {
        let Happened::Received {
            terms,
            office,
            channel,
            at,
            applicant,
            agent,
            ..
        } = event
        else {
            return None;
        };
        let first = NameOf {
            name: applicant.name.clone(),
            decision: None,
        };
        Some(Self {
            stage: Stage::Received,
            terms: terms.clone(),
            route,
            office: office.clone(),
            received: *at,
            channel: *channel,
            applicant: applicant.clone(),
            agent: agent.clone(),
            materials: BTreeMap::new(),
            points: Vec::new(),
            query: None,
            assessors: BTreeMap::new(),
            recused: BTreeSet::new(),
            reports: BTreeMap::new(),
            conditions: BTreeMap::new(),
            hearing: false,
            chairs: Vec::new(),
            examined: None,
            decision: None,
            outcome: None,
            decided: None,
            notified: false,
            until: None,
            renewal_in_time: false,
            names: vec![first],
            new_name: None,
            under_review: false,
            directory: Vec::new(),
            remedies: Vec::new(),
            timers: BTreeMap::new(),
            overdue: BTreeSet::new(),
            missed: BTreeSet::new(),
            seats: BTreeMap::from([(agent.clone(), Seat::Agent)]),
        })
    }

    fn take_in(&mut self, materials: &[Material]) {
        for material in materials {
            self.materials
                .insert(material.name.clone(), material.clone());
        }
    }

    fn name_assessor(&mut self, assessor: &PersonId) {
        self.assessors.entry(assessor.clone()).or_default();
        self.seats.insert(assessor.clone(), Seat::Assessor);
    }

    fn apply(&mut self, actor: &Actor, event: &Event) {
        match &event.what {
            Happened::Received { materials, .. } => self.take_in(materials),
            Happened::CorrectionRequested { points } => self.points.clone_from(points),
            Happened::MaterialsCompleted { materials } => {
                self.take_in(materials);
                self.points.clear();
            }
            Happened::Accepted { query } => {
                self.query = Some(query.clone());
                self.examined = Some(event.at);
            }
            Happened::AssessmentOpened { assessors, .. } => {
                for assessor in assessors {
                    self.name_assessor(assessor);
                }
            }
            Happened::AssessorNamed { assessor } => self.name_assessor(assessor),
            Happened::AssessorDeclared { conflict, .. } => {
                let assessor = self.assessors.entry(actor.person.clone()).or_default();
                // A conflict is not taken back.
                let conflict = *conflict || assessor.conflict == Some(true);
                assessor.conflict = Some(conflict);
                if conflict {
                    self.disregard(&actor.person);
                }
            }
            Happened::Recused { person, .. } => self.disregard(person),
            Happened::Reported {
                assessment,
                passed,
                report,
            } => {
                let report = Report {
                    passed: *passed,
                    report: report.clone(),
                };
                let by = actor.person.clone();
                self.reports.insert((*assessment, by), report);
                self.examined = Some(event.at);
            }
            Happened::ConditionChecked { condition, met, .. } => {
                let by = actor.person.clone();
                let check = Check { by, met: *met };
                self.conditions.insert(*condition, check);
                self.examined = Some(event.at);
            }
            Happened::HearingRequested { .. } => self.hearing = true,
            Happened::HearingClosed { chair, .. } => {
                self.hearing = false;
                self.chairs.push(chair.clone());
                self.examined = Some(event.at);
            }
            Happened::Granted {
                decision, until, ..
            } => {
                self.decision = Some(decision.clone());
                self.outcome = Some(Outcome::Granted);
                self.decided = Some(decision.dated);
                self.until = *until;
            }
            Happened::Refused { decision, .. } => {
                self.decision = Some(decision.clone());
                self.outcome = Some(Outcome::Refused);
            }
            Happened::Notified { .. } => self.notified = true,
            Happened::ListedInDirectory(listing) => self.directory.push(listing.clone()),
            Happened::NameChangeFiled { name, .. } => self.new_name = Some(name.clone()),
            Happened::NameChangeApproved { decision } => {
                self.decided = self.decided.max(Some(decision.dated));
                let decision = Some(decision.clone());
                let name = self.new_name.take();
                self.names
                    .extend(name.map(|name| NameOf { name, decision }));
            }
            Happened::NameChangeRefused { .. } => self.new_name = None,
            Happened::RenovationReported { .. } => self.under_review = true,
            Happened::RenovationApproved { decision } => {
                self.decided = self.decided.max(Some(decision.dated));
                self.under_review = false;
            }
            Happened::RenovationRefused { .. } => self.under_review = false,
            Happened::RenewalFiled { in_time, .. } => self.renewal_in_time = *in_time,
            Happened::RenewalGranted { decision, until } => {
                self.decided = self.decided.max(Some(decision.dated));
                self.until = Some(*until);
            }
            Happened::RenewalRefused { .. } => {
                // The term ends when it ends, and that ends the qualification.
                self.overdue.remove(&DeadlineName::Expiry);
            }
            Happened::RightExercised { right, .. } => self.remedies.push(Remedy {
                right: *right,
                answer: None,
            }),
            Happened::RightAnswered { number, answer, .. } => {
                let place = usize::from(*number).checked_sub(1);
                let remedy = place.and_then(|place| self.remedies.get_mut(place));
                if let Some(remedy) = remedy {
                    remedy.answer = Some(answer.clone());
                    if remedy.right.holds_a_decision() {
                        self.examined = Some(event.at);
                    }
                }
            }
            Happened::NotAccepted { .. }
            | Happened::Forwarded { .. }
            | Happened::Collected { .. }
            | Happened::Lapsed
            | Happened::Withdrawn { .. }
            | Happened::OverdueNoted => {}
        }
    }

    /// A person takes no further part, and what he did does not count any more.
    fn disregard(&mut self, person: &PersonId) {
        self.recused.insert(person.clone());
        self.reports.retain(|(_, by), _| by != person);
        self.conditions.retain(|_, check| check.by != *person);
        // The hearing is what its record says, and that was his.
        self.hearing |= self.chairs.last() == Some(person);
    }

    fn turn_clocks(&mut self, event: &Event) {
        for (name, change) in &event.clocks {
            let before = self.timers.remove(name).and_then(|timer| timer.ends);
            // A clock that merely stands still behind its end is as late as it was.
            let ends = change.as_ref().and_then(|timer| timer.ends.as_ref());
            if ends != before.as_ref() {
                self.overdue.remove(name);
            }
            if let Some(timer) = change {
                self.timers.insert(*name, timer.clone());
            }
        }
        for name in &event.late {
            self.missed.insert(*name);
            if self.timers.contains_key(name) {
                self.overdue.insert(*name);
            }
        }
    }
}

/// The state after an event: total, as in [`crate::case::evolve`].
pub fn evolve(state: Option<State>, actor: &Actor, event: &Event) -> Option<State> {
    let from = state.as_ref().map(|state| state.stage);
    let Some(row) = transition(from, event.step()) else {
        return state;
    };
    let route = event.authority.unwrap_or(Authority::National);
    let mut state = state.or_else(|| State::new(&event.what, route))?;
    // Everybody keeps the first seat, and nobody the engine's.
    if actor.seat != Seat::System {
        let person = actor.person.clone();
        state.seats.entry(person).or_insert(actor.seat);
    }
    state.stage = row.to.unwrap_or(state.stage);
    state.apply(actor, event);
    state.turn_clocks(event);
    Some(state)
}
