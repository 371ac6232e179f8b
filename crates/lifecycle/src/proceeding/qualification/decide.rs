//! What would happen to a qualification: whether it may, and what it does to the clocks.

use super::{
    Act, Applicant, ApplicantKind, Authority, Command, DeadlineName, Decision, Event, Happened,
    Listing, Material, MaterialFault, Outcome, Receipt, Right, RuleSets, Stage, State, Step, Terms,
    evolve, transition,
};
use crate::{
    Actor, Error, Ground, PersonId, Refusal, Seat,
    calendar::{Calendar, Date},
    proceeding::{self, Timer, Word, not_covered},
    terms::EvidenceKind,
};
use der::DateTime;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// The most points, materials or assessors of one act.
const MOST: usize = 100;

/// What a decision may see besides the state.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever decides must say all of it"
)]
pub struct Context<'a> {
    /// The rule sets; an application is judged by that of the day of its receipt.
    pub terms: &'a RuleSets,
    /// The days.
    pub calendar: &'a Calendar,
    /// The time.
    pub now: DateTime,
}

impl<'a> From<proceeding::Context<'a>> for Context<'a> {
    fn from(context: proceeding::Context<'a>) -> Self {
        Self {
            terms: &context.terms.qualification,
            calendar: context.calendar,
            now: context.now,
        }
    }
}

/// Says what would happen; touches nothing. Deadlines that passed and were not noted are noted by
/// whatever happens next.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no.
pub fn decide(
    state: Option<&State>,
    actor: &Actor,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, Error> {
    let Command { authority, act } = command;
    let step = act.step();
    let stage = state.map(|state| state.stage_by(context.now, step));
    sits(&act, state, actor)?;
    if transition(stage, step).is_none() {
        let stage = stage.map(Word::of);
        let step = Word::of(step);
        return Err(Ground::ProceedingStep { stage, step }.by(&["S3-02"]));
    }
    let authority = acts_for(&act, state, authority)?;
    let Some(state) = state else {
        return match act {
            Act::Receive(receipt) => receive(actor, authority, *receipt, context),
            _ => Err(Ground::NotDue.by(&["S3-02"])),
        };
    };
    one_seat(state, actor)?;
    let terms = context.terms.get(&state.terms).ok_or_else(|| {
        let rules = state.terms.clone();
        Ground::NotInForce { rules }.by(&["S5-01"])
    })?;
    let case = Case {
        state,
        terms,
        actor,
        calendar: context.calendar,
        now: context.now,
    };
    let mut late = state.late(context.now);
    if let Act::NoteOverdue { deadline } = act {
        if !late.contains(&deadline) {
            return Err(Ground::NotDue.by(&["S3-09"]));
        }
        late.retain(|name| *name == deadline);
    }
    let mut event = Event {
        authority,
        what: case.judge(act)?,
        clocks: BTreeMap::new(),
        late,
    };
    event.clocks = case.clocks(&event)?;
    Ok(vec![event])
}

/// The seats that may do it.
fn sits(act: &Act, state: Option<&State>, actor: &Actor) -> Result<(), Refusal> {
    let (seats, basis): (&[Seat], &[&str]) = match act {
        Act::Receive(_)
        | Act::RequestCorrection { .. }
        | Act::Accept
        | Act::DeclineAcceptance { .. }
        | Act::Forward { .. } => (&[Seat::Intake], &["S3-02", "S3-06"]),
        Act::CompleteMaterials { .. }
        | Act::RequestHearing { .. }
        | Act::FileNameChange { .. }
        | Act::ReportRenovation { .. }
        | Act::FileRenewal { .. } => (&[Seat::Agent], &["S3-03"]),
        Act::Declare { .. } | Act::Report { .. } => (&[Seat::Assessor], &["S3-08"]),
        Act::ExerciseRight {
            right: Right::Report,
            ..
        } => (&[Seat::Agent, Seat::Official], &["S3-16"]),
        Act::ExerciseRight { .. } => (&[Seat::Agent], &["S3-16"]),
        Act::Lapse | Act::NoteOverdue { .. } => (&[Seat::System], &["S3-09"]),
        _ => (&[Seat::Official], &["S3-02"]),
    };
    actor.sits_in(seats, basis)?;
    match (actor.seat, state) {
        (Seat::Agent, Some(state)) if state.agent != actor.person => {
            let person = actor.person.clone();
            Err(Ground::NotAParty { person }.refuse(&["S3-03"]))
        }
        _ => Ok(()),
    }
}

/// The authority that it is done for, which must be the one whose business it is (S3-02).
fn acts_for(
    act: &Act,
    state: Option<&State>,
    given: Option<Authority>,
) -> Result<Option<Authority>, Refusal> {
    let route = state.map(|state| state.route);
    let wanted = match act {
        Act::Receive(_) => given,
        Act::RequestCorrection { .. } | Act::Accept | Act::DeclineAcceptance { .. } => route,
        Act::Forward { .. } => Some(Authority::Provincial),
        Act::CompleteMaterials { .. }
        | Act::RequestHearing { .. }
        | Act::FileNameChange { .. }
        | Act::ReportRenovation { .. }
        | Act::FileRenewal { .. }
        | Act::Declare { .. }
        | Act::Report { .. }
        | Act::Lapse
        | Act::NoteOverdue { .. } => return Ok(None),
        Act::ExerciseRight { .. } if given.is_none() => return Ok(None),
        Act::ExerciseRight { .. } | Act::AnswerRight { .. } if given == route => given,
        _ => Some(Authority::National),
    };
    let is_forwarded_to_itself =
        matches!(act, Act::Forward { .. }) && route != Some(Authority::Provincial);
    let wanted = wanted.unwrap_or(Authority::National);
    if given != Some(wanted) || is_forwarded_to_itself {
        return Err(Ground::Authority { wanted }.refuse(&["S3-02", "S3-07"]));
    }
    Ok(given)
}

/// One person has one seat in a case.
fn one_seat(state: &State, actor: &Actor) -> Result<(), Refusal> {
    match state.seats.get(&actor.person) {
        Some(held) if *held != actor.seat && actor.seat != Seat::System => {
            Err(same_person(&actor.person, *held, actor.seat))
        }
        _ => Ok(()),
    }
}

fn same_person(person: &PersonId, held: Seat, wanted: Seat) -> Refusal {
    Ground::SamePerson {
        person: person.clone(),
        held,
        wanted,
    }
    .refuse(&["X-01", "S3-08"])
}

fn receive(
    actor: &Actor,
    authority: Option<Authority>,
    receipt: Receipt,
    context: &Context<'_>,
) -> Result<Vec<Event>, Error> {
    let now = context.now;
    if receipt.at > now {
        return Err(missing("a time of receipt that has come", &["S3-05"]).into());
    }
    let terms = context.terms.in_force(receipt.at).ok_or_else(|| {
        let rules = Date::in_china(receipt.at).to_string();
        Ground::NotInForce { rules }.by(&["S5-01"])
    })?;
    let route = authority.unwrap_or(Authority::National);
    if !terms.routes.value.contains(&route) {
        let wanted = terms.routes.value.first().copied();
        let wanted = wanted.unwrap_or(Authority::National);
        return Err(Ground::Authority { wanted }.by(&["S3-02"]));
    }
    Ground::words(&receipt.office, "the name of an office", &["S3-02"])?;
    receipt.stamp.is_a(EvidenceKind::ReceiptStamp, &["S3-05"])?;
    applies(&receipt.applicant)?;
    if receipt.agent == actor.person {
        return Err(same_person(&receipt.agent, Seat::Intake, Seat::Agent).into());
    }
    known(&receipt.materials, terms)?;
    let acceptance = Timer::start(terms.acceptance_days.value, receipt.at, context.calendar);
    let acceptance = acceptance.map_err(not_covered)?;
    let event = Event {
        authority,
        what: Happened::Received {
            terms: terms.name.clone(),
            office: receipt.office,
            channel: receipt.channel,
            at: receipt.at,
            stamp: receipt.stamp,
            applicant: receipt.applicant,
            agent: receipt.agent,
            materials: receipt.materials,
        },
        clocks: BTreeMap::from([(DeadlineName::Acceptance, Some(acceptance))]),
        late: BTreeSet::new(),
    };
    Ok(vec![event])
}

/// An enterprise has a licence, a public institution needs none (S3-03).
fn applies(applicant: &Applicant) -> Result<(), Refusal> {
    Ground::words(&applicant.name, "an applicant's name", &["S3-03"])?;
    match (applicant.kind, &applicant.licence) {
        (ApplicantKind::Enterprise, Some(licence)) => {
            Ground::words(licence, "the number of a licence", &["S3-03"])
        }
        (ApplicantKind::Enterprise, None) => Err(missing(
            "the enterprise's licence for certification services",
            &["S3-03"],
        )),
        (ApplicantKind::PublicInstitution, None) => Ok(()),
        (ApplicantKind::PublicInstitution, Some(_)) => Err(missing(
            "an applicant that is either licensed or a public institution",
            &["S3-03"],
        )),
    }
}

/// Materials that the rules know, each a file.
fn known(materials: &[Material], terms: &Terms) -> Result<(), Refusal> {
    if materials.len() > MOST {
        return Err(missing("a list of 1 to 100", &["S3-04"]));
    }
    for material in materials {
        if !terms
            .materials
            .iter()
            .any(|rule| rule.name == material.name)
        {
            return Err(Ground::UnknownName {
                what: "material",
                name: material.name.clone(),
            }
            .refuse(&["S3-04"]));
        }
        let file = &material.file;
        file.is_a(EvidenceKind::ApplicationMaterial, &["S3-04"])?;
    }
    Ok(())
}

fn missing(what: &'static str, basis: &[&str]) -> Refusal {
    Ground::Missing { what }.refuse(basis)
}

/// The last second of a term of whole years from this day on: that of the day before the same day.
fn end_of_term(from: Date, years: u8) -> DateTime {
    let year = from.year().saturating_add(years.into());
    // From 29 February on, a term of common years ends with the February.
    let same = Date::new(year, from.month(), from.day()).or_else(|| Date::new(year, 3, 1));
    let begins = same
        .map_or(DateTime::INFINITY, Date::begins)
        .unix_duration();
    let end = begins.saturating_sub(Duration::from_secs(1));
    DateTime::from_unix_duration(end).unwrap_or(DateTime::INFINITY)
}

/// One command to a qualification that there is.
struct Case<'a> {
    state: &'a State,
    terms: &'a Terms,
    actor: &'a Actor,
    calendar: &'a Calendar,
    now: DateTime,
}

impl Case<'_> {
    fn judge(&self, act: Act) -> Result<Happened, Error> {
        Ok(match act {
            // The table has it from nothing alone.
            Act::Receive(_) => return Err(Ground::NotDue.by(&["S3-02"])),
            Act::RequestCorrection { points } => {
                list_of(&points)?;
                for point in &points {
                    Ground::words(point, "a point to be put right", &["S3-06"])?;
                }
                Happened::CorrectionRequested { points }
            }
            Act::CompleteMaterials { materials } => {
                list_of(&materials)?;
                known(&materials, self.terms)?;
                Happened::MaterialsCompleted { materials }
            }
            Act::Accept => {
                self.materials_are_complete()?;
                let days = self.terms.query_days.value;
                let query = self.calendar.working_days(self.now, days);
                let query = query.map_err(not_covered)?;
                Happened::Accepted { query }
            }
            Act::DeclineAcceptance { reasons } => {
                reasons.is_a(EvidenceKind::ReasonsDocument, &["S3-06"])?;
                Happened::NotAccepted { reasons }
            }
            Act::Forward { receipt } => {
                receipt.is_a(EvidenceKind::DeliveryReceipt, &["S3-07"])?;
                Happened::Forwarded { receipt }
            }
            Act::OpenAssessment { assessors, body } => {
                self.may_open(&assessors)?;
                if let Some(body) = &body {
                    Ground::words(body, "the name of a professional body", &["S3-08"])?;
                }
                Happened::AssessmentOpened { assessors, body }
            }
            Act::NameAssessor { assessor } => {
                self.may_assess(&assessor)?;
                Happened::AssessorNamed { assessor }
            }
            Act::Declare {
                conflict,
                declaration,
            } => {
                self.is_assessor()?;
                declaration.is_a(EvidenceKind::HolderStatement, &["S3-08"])?;
                Happened::AssessorDeclared {
                    conflict,
                    declaration,
                }
            }
            Act::Recuse { person, reason } => {
                Ground::words(&reason, "a recusal", &["S3-16"])?;
                Happened::Recused { person, reason }
            }
            Act::Report {
                assessment,
                passed,
                report,
            } => {
                self.is_impartial()?;
                report.is_a(EvidenceKind::AssessmentReport, &["S3-08"])?;
                let kind = self.state.applicant.kind;
                if !self
                    .terms
                    .assessments_for(kind)
                    .any(|one| one == assessment)
                {
                    return Err(missing(
                        "an assessment that is made of such applicants",
                        &["S3-08"],
                    )
                    .into());
                }
                Happened::Reported {
                    assessment,
                    passed,
                    report,
                }
            }
            Act::CheckCondition {
                condition,
                met,
                evidence,
            } => Happened::ConditionChecked {
                condition,
                met,
                evidence,
            },
            Act::RequestHearing { request } => {
                self.no_hearing()?;
                request.is_a(EvidenceKind::HolderStatement, &["S3-16"])?;
                Happened::HearingRequested { request }
            }
            Act::CloseHearing { chair, record } => {
                self.may_preside(&chair)?;
                record.is_a(EvidenceKind::WorkRecord, &["S3-16"])?;
                Happened::HearingClosed { chair, record }
            }
            Act::Grant(decision) => {
                self.no_hearing()?;
                self.is_fit()?;
                self.is_decision(&decision)?;
                let years = self.terms.validity_years.as_ref();
                Happened::Granted {
                    title: self.terms.title(&self.state.applicant.name),
                    until: years.map(|years| end_of_term(decision.dated, years.value)),
                    decision,
                }
            }
            Act::Refuse { decision, reasons } => {
                self.no_hearing()?;
                self.is_decision(&decision)?;
                reasons.is_a(EvidenceKind::ReasonsDocument, &["S3-10"])?;
                Happened::Refused { decision, reasons }
            }
            Act::Notify { contact } => {
                if contact.kind != EvidenceKind::CallRecord {
                    contact.is_a(EvidenceKind::NoticeReceipt, &["S3-12"])?;
                }
                Happened::Notified { contact }
            }
            Act::HandOver { receipt } => {
                receipt.is_a(EvidenceKind::DeliveryReceipt, &["S3-12"])?;
                if !self.state.notified {
                    return Err(missing("the notice to the applicant", &["S3-12"]).into());
                }
                Happened::Collected { receipt }
            }
            Act::ListInDirectory(listing) => {
                self.is_listing(&listing)?;
                Happened::ListedInDirectory(listing)
            }
            act => return self.judge_later(act),
        })
    }

    /// After the decision.
    fn judge_later(&self, act: Act) -> Result<Happened, Error> {
        Ok(match act {
            Act::FileNameChange {
                name,
                explanation,
                original,
            } => {
                Ground::words(&name, "an applicant's name", &["S3-14"])?;
                explanation.is_a(EvidenceKind::ApplicationMaterial, &["S3-14"])?;
                original.is_a(EvidenceKind::DecisionDocument, &["S3-14"])?;
                if self.state.new_name.is_some() {
                    return Err(missing("the decision on the other name", &["S3-14"]).into());
                }
                if name == self.state.name() {
                    return Err(missing("another name", &["S3-14"]).into());
                }
                Happened::NameChangeFiled {
                    name,
                    explanation,
                    original,
                }
            }
            Act::ApproveNameChange(decision) => {
                self.name_waits()?;
                self.is_decision(&decision)?;
                Happened::NameChangeApproved { decision }
            }
            Act::RefuseNameChange { reasons } => {
                self.name_waits()?;
                reasons.is_a(EvidenceKind::ReasonsDocument, &["S3-14"])?;
                Happened::NameChangeRefused { reasons }
            }
            Act::ReportRenovation {
                application,
                security,
                interoperability,
            } => {
                for material in [&application, &security, &interoperability] {
                    material.is_a(EvidenceKind::ApplicationMaterial, &["S3-15"])?;
                }
                if self.state.under_review {
                    return Err(missing("the decision on the renovation", &["S3-15"]).into());
                }
                Happened::RenovationReported {
                    application,
                    security,
                    interoperability,
                }
            }
            Act::ApproveRenovation(decision) => {
                self.renovation_waits()?;
                self.is_decision(&decision)?;
                Happened::RenovationApproved { decision }
            }
            Act::RefuseRenovation { reasons } => {
                self.renovation_waits()?;
                reasons.is_a(EvidenceKind::ReasonsDocument, &["S3-15"])?;
                Happened::RenovationRefused { reasons }
            }
            Act::FileRenewal { application } => {
                application.is_a(EvidenceKind::ApplicationMaterial, &["S5-01"])?;
                self.term()?;
                Happened::RenewalFiled { application }
            }
            Act::GrantRenewal(decision) => {
                let (until, years) = self.term()?;
                self.is_decision(&decision)?;
                let last = Date::in_china(until);
                Happened::RenewalGranted {
                    decision,
                    until: end_of_term(last.next().unwrap_or(last), years),
                }
            }
            Act::RefuseRenewal { reasons } => {
                reasons.is_a(EvidenceKind::ReasonsDocument, &["S5-01"])?;
                Happened::RenewalRefused { reasons }
            }
            Act::Lapse => {
                if !self.state.has_expired(self.now) {
                    return Err(Ground::NotDue.by(&["S5-01"]));
                }
                Happened::Lapsed
            }
            Act::Withdraw { decision, reasons } => {
                self.is_decision(&decision)?;
                reasons.is_a(EvidenceKind::ReasonsDocument, &["S3-16"])?;
                Happened::Withdrawn { decision, reasons }
            }
            Act::ExerciseRight { right, statement } => {
                self.has_right(right)?;
                statement.is_a(EvidenceKind::HolderStatement, &["S3-16"])?;
                Happened::RightExercised { right, statement }
            }
            Act::AnswerRight {
                number,
                answer,
                evidence,
            } => {
                Ground::words(&answer, "an answer", &["S3-16"])?;
                if evidence.kind != EvidenceKind::DecisionDocument {
                    evidence.is_a(EvidenceKind::WorkRecord, &["S3-16"])?;
                }
                let place = usize::from(number).checked_sub(1);
                let remedy = place.and_then(|place| self.state.remedies.get(place));
                if !remedy.is_some_and(|remedy| remedy.answer.is_none()) {
                    return Err(missing(
                        "a right of this number that waits for an answer",
                        &["S3-16"],
                    )
                    .into());
                }
                Happened::RightAnswered {
                    number,
                    answer,
                    evidence,
                }
            }
            _ => Happened::OverdueNoted,
        })
    }

    /// What an event does to the clocks.
    fn clocks(&self, event: &Event) -> Result<BTreeMap<DeadlineName, Option<Timer>>, Error> {
        let (terms, now, calendar) = (self.terms, self.now, self.calendar);
        let mut clocks = BTreeMap::new();
        let start = |days: u16| {
            let timer = Timer::start(days, now, calendar).map_err(not_covered);
            timer.map(Some)
        };
        let running = |name| self.state.timers.get(&name);
        match &event.what {
            Happened::CorrectionRequested { .. } => {
                if let Some(timer) = running(DeadlineName::Acceptance) {
                    let paused = timer.pause(now, calendar)?;
                    clocks.insert(DeadlineName::Acceptance, Some(paused));
                }
            }
            Happened::MaterialsCompleted { .. } => {
                let timer = match running(DeadlineName::Acceptance) {
                    Some(timer) if !terms.correction_restarts.value => {
                        Some(timer.resume(now, calendar)?)
                    }
                    _ => start(terms.acceptance_days.value)?,
                };
                clocks.insert(DeadlineName::Acceptance, timer);
            }
            Happened::Accepted { .. } => {
                clocks.insert(DeadlineName::Acceptance, None);
                clocks.insert(DeadlineName::Decision, start(terms.decision_days.value)?);
                if self.state.route == Authority::Provincial {
                    clocks.insert(
                        DeadlineName::Forwarding,
                        start(terms.forwarding_days.value)?,
                    );
                }
            }
            Happened::NotAccepted { .. } => {
                clocks.insert(DeadlineName::Acceptance, None);
            }
            Happened::Forwarded { .. } => {
                clocks.insert(DeadlineName::Forwarding, None);
            }
            Happened::Granted { .. } | Happened::Refused { .. } => {
                clocks.insert(DeadlineName::Decision, None);
                clocks.insert(DeadlineName::Delivery, start(terms.delivery_days.value)?);
            }
            Happened::Collected { .. } => {
                clocks.insert(DeadlineName::Delivery, None);
                self.begin_term(self.state.until, &mut clocks);
            }
            Happened::NameChangeFiled { .. } => {
                clocks.insert(DeadlineName::NameChange, start(terms.change_days.value)?);
            }
            Happened::NameChangeApproved { .. } | Happened::NameChangeRefused { .. } => {
                clocks.insert(DeadlineName::NameChange, None);
            }
            Happened::RenovationReported { .. } => {
                clocks.insert(
                    DeadlineName::Renovation,
                    start(terms.renovation_days.value)?,
                );
            }
            Happened::RenovationApproved { .. } | Happened::RenovationRefused { .. } => {
                clocks.insert(DeadlineName::Renovation, None);
            }
            Happened::RenewalFiled { .. } => {
                clocks.insert(DeadlineName::RenewalFiling, None);
                let decision = start(terms.decision_days.value)?;
                clocks.insert(DeadlineName::RenewalDecision, decision);
            }
            Happened::RenewalGranted { until, .. } => {
                clocks.insert(DeadlineName::RenewalDecision, None);
                self.begin_term(Some(*until), &mut clocks);
            }
            Happened::RenewalRefused { .. } => {
                clocks.insert(DeadlineName::RenewalDecision, None);
            }
            Happened::Lapsed | Happened::Withdrawn { .. } => {
                let all = self.state.timers.keys();
                clocks.extend(all.map(|name| (*name, None)));
            }
            _ => {}
        }
        self.let_decision_run(event, &mut clocks)?;
        // What was not there is not done with.
        clocks.retain(|name, timer| timer.is_some() || self.state.timers.contains_key(name));
        Ok(clocks)
    }

    /// A term of years, with the day by which another is asked for.
    fn begin_term(
        &self,
        until: Option<DateTime>,
        clocks: &mut BTreeMap<DeadlineName, Option<Timer>>,
    ) {
        let (Some(until), Some(before)) = (until, &self.terms.renewal_days) else {
            return;
        };
        if self.state.outcome != Some(Outcome::Granted) {
            return;
        }
        let by = self.calendar.latest_before(until, before.value);
        let timer = |at| Some(Timer::until(at, self.now));
        clocks.insert(DeadlineName::RenewalFiling, timer(by));
        clocks.insert(DeadlineName::Expiry, timer(until));
    }

    /// The clock of the decision stands still while the rules say so, and runs else.
    fn let_decision_run(
        &self,
        event: &Event,
        clocks: &mut BTreeMap<DeadlineName, Option<Timer>>,
    ) -> Result<(), Error> {
        let Some(timer) = self.state.timers.get(&DeadlineName::Decision) else {
            return Ok(());
        };
        let after = evolve(Some(self.state.clone()), self.actor, event);
        let Some(after) = after.filter(|_| !clocks.contains_key(&DeadlineName::Decision)) else {
            return Ok(());
        };
        let is_heard = self.terms.excludes_hearing.value && after.hearing;
        let is_assessed = self.terms.excludes_assessment.value
            && !after.assessors.is_empty()
            && !after.is_reported(self.terms);
        let changed = match (timer.runs(), is_heard || is_assessed) {
            (true, true) => timer.pause(self.now, self.calendar)?,
            (false, false) => timer.resume(self.now, self.calendar)?,
            _ => return Ok(()),
        };
        clocks.insert(DeadlineName::Decision, Some(changed));
        Ok(())
    }

    fn materials_are_complete(&self) -> Result<(), Refusal> {
        for rule in self.terms.materials_for(self.state.applicant.kind) {
            let Some(material) = self.state.materials.get(&rule.name) else {
                let document = rule.name.clone();
                return Err(Ground::DocumentMissing { document }.refuse(&["S3-04"]));
            };
            let why = if rule.original && !material.original {
                MaterialFault::NotOriginal
            } else if material.copies < rule.copies {
                MaterialFault::Copies
            } else if !material.sealed {
                MaterialFault::Unsealed
            } else {
                continue;
            };
            let material = rule.name.clone();
            return Err(Ground::Material { material, why }.refuse(&["S3-04"]));
        }
        Ok(())
    }

    /// Before the assessors are named, what was taken in elsewhere is forwarded, all of it.
    fn may_open(&self, assessors: &[PersonId]) -> Result<(), Refusal> {
        let state = self.state;
        if state.route == Authority::Provincial && state.stage == Stage::Accepted {
            return Err(missing("the forwarding of the materials", &["S3-07"]));
        }
        if !state.assessors.is_empty() {
            return Err(missing("an application that nobody assesses", &["S3-08"]));
        }
        list_of(assessors)?;
        for assessor in assessors {
            self.may_assess(assessor)?;
        }
        Ok(())
    }

    /// Nobody who sits elsewhere in this case, and nobody who was recused.
    fn may_assess(&self, person: &PersonId) -> Result<(), Refusal> {
        if *person == self.actor.person {
            return Err(same_person(person, self.actor.seat, Seat::Assessor));
        }
        if let Some(held) = self.state.seats.get(person)
            && *held != Seat::Assessor
        {
            return Err(same_person(person, *held, Seat::Assessor));
        }
        self.is_not_recused(person)
    }

    fn is_not_recused(&self, person: &PersonId) -> Result<(), Refusal> {
        if self.state.recused.contains(person) {
            let person = person.clone();
            return Err(Ground::Recused { person }.refuse(&["S3-08", "S3-16"]));
        }
        Ok(())
    }

    fn is_assessor(&self) -> Result<(), Refusal> {
        let person = &self.actor.person;
        if !self.state.assessors.contains_key(person) {
            let person = person.clone();
            return Err(Ground::NotAParty { person }.refuse(&["S3-08"]));
        }
        self.is_not_recused(person)
    }

    /// An assessor who declared that nothing binds him to the applicant.
    fn is_impartial(&self) -> Result<(), Refusal> {
        self.is_assessor()?;
        let person = &self.actor.person;
        match self
            .state
            .assessors
            .get(person)
            .and_then(|one| one.conflict)
        {
            Some(false) => Ok(()),
            Some(true) => {
                let person = person.clone();
                Err(Ground::Recused { person }.refuse(&["S3-08", "S3-16"]))
            }
            None => Err(missing(
                "the assessor's declaration about conflicts of interest",
                &["S3-08"],
            )),
        }
    }

    fn no_hearing(&self) -> Result<(), Refusal> {
        if self.state.hearing {
            return Err(missing("the close of the hearing", &["S3-16"]));
        }
        Ok(())
    }

    fn may_preside(&self, chair: &PersonId) -> Result<(), Refusal> {
        if !self.state.hearing {
            return Err(missing("the request of a hearing", &["S3-16"]));
        }
        if let Some(held) = self.state.seats.get(chair) {
            return Err(Ground::SamePerson {
                person: chair.clone(),
                held: *held,
                wanted: Seat::Official,
            }
            .refuse(&["S3-16"]));
        }
        self.is_not_recused(chair)
    }

    /// Each assessment is passed, and each condition met.
    fn is_fit(&self) -> Result<(), Refusal> {
        for assessment in self.terms.assessments_for(self.state.applicant.kind) {
            match self.state.reports.get(&assessment) {
                None => return Err(Ground::ReportMissing { assessment }.refuse(&["S3-08"])),
                Some(report) if !report.passed => {
                    return Err(Ground::ReportFailed { assessment }.refuse(&["S3-09", "S3-10"]));
                }
                Some(_) => {}
            }
        }
        for condition in self.terms.conditions.value.iter().copied() {
            if self.state.conditions.get(&condition) != Some(&true) {
                return Err(Ground::ConditionOpen { condition }.refuse(&["S3-03"]));
            }
        }
        Ok(())
    }

    fn is_decision(&self, decision: &Decision) -> Result<(), Refusal> {
        let basis = &["S3-11"];
        Ground::words(&decision.number, "the number of a decision", basis)?;
        Ground::words(&decision.signed_by, "the signature of a decision", basis)?;
        let document = &decision.document;
        document.is_a(EvidenceKind::DecisionDocument, basis)?;
        let accepted = self.state.query.as_ref().map(|query| query.start);
        let too_early = accepted.is_some_and(|at| decision.dated < Date::in_china(at));
        if too_early || decision.dated > Date::in_china(self.now) {
            return Err(missing(
                "a day of the decision between the acceptance and today",
                basis,
            ));
        }
        Ok(())
    }

    fn is_listing(&self, listing: &Listing) -> Result<(), Refusal> {
        let basis = &["S3-13"];
        Ground::words(&listing.list, "the name of a list", basis)?;
        if listing.digest.len() != 32 {
            return Err(missing("an SM3 digest of 32 octets", basis));
        }
        let holds = matches!(
            self.state.stage_by(self.now, Step::ListedInDirectory),
            Stage::Qualified | Stage::Renewing
        );
        if listing.holds != holds {
            return Err(missing(
                "a list that says how the qualification stands",
                basis,
            ));
        }
        let of_list = |one: &&Listing| one.list == listing.list;
        let last = self.state.directory.iter().filter(of_list).next_back();
        if last.is_some_and(|last| last.sequence >= listing.sequence) {
            return Err(missing("a list with a greater sequence number", basis));
        }
        Ok(())
    }

    fn name_waits(&self) -> Result<(), Refusal> {
        match self.state.new_name {
            Some(_) => Ok(()),
            None => Err(missing("an application for another name", &["S3-14"])),
        }
    }

    fn renovation_waits(&self) -> Result<(), Refusal> {
        match self.state.under_review {
            true => Ok(()),
            false => Err(missing("a report of a renovation", &["S3-15"])),
        }
    }

    /// The present term's end, and the years of the next one.
    fn term(&self) -> Result<(DateTime, u8), Refusal> {
        let years = self.terms.validity_years.as_ref();
        match (self.state.until, years) {
            (Some(until), Some(years)) => Ok((until, years.value)),
            _ => Err(missing("a term that ends", &["S5-01"])),
        }
    }

    /// Some rights are about a decision, one about who takes it.
    fn has_right(&self, right: Right) -> Result<(), Refusal> {
        let state = self.state;
        let is_decided = state.outcome.is_some() || state.stage == Stage::NotAccepted;
        let basis = &["S3-16"];
        match right {
            Right::Reconsideration | Right::Litigation | Right::Compensation if !is_decided => {
                Err(missing("a decision", basis))
            }
            Right::FileInspection if state.outcome.is_none() => Err(missing("a decision", basis)),
            Right::Statement | Right::Recusal if is_decided => {
                Err(missing("an application that is not decided on", basis))
            }
            _ => Ok(()),
        }
    }
}

fn list_of<T>(all: &[T]) -> Result<(), Refusal> {
    if all.is_empty() || all.len() > MOST {
        return Err(missing("a list of 1 to 100", &["S3-04"]));
    }
    Ok(())
}

impl State {
    /// Where it stands for a step: a term that is over ends the qualification, whether that was
    /// recorded or not.
    fn stage_by(&self, now: DateTime, step: Step) -> Stage {
        let is_noted = matches!(step, Step::Lapsed | Step::OverdueNoted);
        if self.has_expired(now) && !is_noted {
            return Stage::Lapsed;
        }
        self.stage
    }
}
