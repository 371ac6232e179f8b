//! What would happen to a qualification: whether it may, and what it does to the clocks.

mod clocks;
mod guards;

use super::{
    Act, Applicant, ApplicantKind, Authority, Command, DeadlineName, Event, Happened, Material,
    Receipt, Right, RuleSets, State, Step, Terms, transition,
};
use crate::{
    Actor, Error, Evidence, Ground, PersonId, Refusal, Seat,
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
    // What time itself does to a term that is over is done to what the record says.
    let stage = state.map(|state| match step {
        Step::Lapsed | Step::OverdueNoted => state.stage,
        _ => state.stage_by(context.now),
    });
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
        at: context.now,
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

/// One person has one seat in a case; whoever was recused has none any more, and whoever presided
/// over its hearing has no other.
fn one_seat(state: &State, actor: &Actor) -> Result<(), Refusal> {
    if state.recused.contains(&actor.person) {
        let person = actor.person.clone();
        return Err(Ground::Recused { person }.refuse(&["S3-08", "S3-16"]));
    }
    has_not_presided(state, &actor.person)?;
    match state.seats.get(&actor.person) {
        Some(held) if *held != actor.seat && actor.seat != Seat::System => {
            Err(same_person(&actor.person, *held, actor.seat))
        }
        _ => Ok(()),
    }
}

fn has_not_presided(state: &State, person: &PersonId) -> Result<(), Refusal> {
    if state.chairs.contains(person) {
        let person = person.clone();
        return Err(Ground::Presided { person }.refuse(&["S3-16"]));
    }
    Ok(())
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
    let days = terms.receipt_days.value;
    let by = context.calendar.working_days(receipt.at, days);
    let by = by.map_err(not_covered)?;
    if by.has_passed(now) {
        return Err(Ground::ReceiptLate { by: by.at }.by(&["S3-05", "S5-01"]));
    }
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
        at: now,
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
                if person == self.state.agent {
                    return Err(missing("a person who acts for an authority", &["S3-16"]).into());
                }
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
            } => {
                evidence.is_a(evidence.kind, &["S3-03"])?;
                Happened::ConditionChecked {
                    condition,
                    met,
                    evidence,
                }
            }
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
                self.may_decide()?;
                self.is_fit()?;
                self.is_decision(&decision, self.examined())?;
                let years = self.terms.validity_years.as_ref();
                Happened::Granted {
                    title: self.terms.title(&self.state.applicant.name),
                    until: years.map(|years| end_of_term(decision.dated, years.value)),
                    decision,
                }
            }
            Act::Refuse { decision, reasons } => {
                self.may_decide()?;
                self.is_decision(&decision, self.examined())?;
                reasons.is_a(EvidenceKind::ReasonsDocument, &["S3-10"])?;
                Happened::Refused { decision, reasons }
            }
            Act::Notify { contact } => {
                let kind = either(
                    &contact,
                    EvidenceKind::CallRecord,
                    EvidenceKind::NoticeReceipt,
                );
                contact.is_a(kind, &["S3-12"])?;
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
                self.is_decision(&decision, self.filed(DeadlineName::NameChange))?;
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
                self.is_decision(&decision, self.filed(DeadlineName::Renovation))?;
                Happened::RenovationApproved { decision }
            }
            Act::RefuseRenovation { reasons } => {
                self.renovation_waits()?;
                reasons.is_a(EvidenceKind::ReasonsDocument, &["S3-15"])?;
                Happened::RenovationRefused { reasons }
            }
            Act::FileRenewal { application } => {
                application.is_a(EvidenceKind::ApplicationMaterial, &["S5-01"])?;
                let in_time = self.renews_in_time()?;
                Happened::RenewalFiled {
                    application,
                    in_time,
                }
            }
            Act::GrantRenewal(decision) => {
                let (until, years) = self.term()?;
                self.is_decision(&decision, self.filed(DeadlineName::RenewalDecision))?;
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
                self.is_decision(&decision, self.state.decided)?;
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
                let kind = either(
                    &evidence,
                    EvidenceKind::DecisionDocument,
                    EvidenceKind::WorkRecord,
                );
                evidence.is_a(kind, &["S3-16"])?;
                let place = usize::from(number).checked_sub(1);
                let remedy = place.and_then(|place| self.state.remedies.get(place));
                if remedy.is_none_or(|remedy| remedy.answer.is_some()) {
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
}

/// Which of two kinds is wanted of evidence that may be of either.
fn either(evidence: &Evidence, one: EvidenceKind, other: EvidenceKind) -> EvidenceKind {
    if evidence.kind == one { one } else { other }
}

fn list_of<T>(all: &[T]) -> Result<(), Refusal> {
    if all.is_empty() || all.len() > MOST {
        return Err(missing("a list of 1 to 100", &["S3-04"]));
    }
    Ok(())
}
