//! Which command the rules allow, and what would happen by it.

mod lists;

use super::{
    Approval, Cause, Command, DeadlineName, DutyReport, Event, Letter, Measure, Owed, Party, Side,
    Stage, State, Terms, Withdrawal, evolve, package::MAX_CERTIFICATES, transition,
};
use crate::{
    Actor, Error, Evidence, Ground, Octets, PersonId, RecognitionId, Refusal, Seat,
    calendar::{Calendar, Deadline},
    proceeding::{self, Word},
    terms::EvidenceKind,
};
use der::DateTime;

/// What a decision may see besides the state.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever decides must say all of it"
)]
pub struct Context<'a> {
    /// Whose word is needed, and what is owed by when.
    pub terms: &'a Terms,
    /// The days.
    pub calendar: &'a Calendar,
    /// The time.
    pub now: DateTime,
    /// What other records say of the class.
    pub sight: &'a Sight,
}

/// What other records say of the class of certificates that a CA applies for.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever decides must say all of it"
)]
pub struct Sight {
    /// Another case about it that has not come to its end (S4-12).
    pub rival: Option<RecognitionId>,
}

impl Sight {
    /// Nothing.
    pub const NOTHING: &'static Self = &Self { rival: None };
}

impl<'a> From<proceeding::Context<'a>> for Context<'a> {
    fn from(context: proceeding::Context<'a>) -> Self {
        Self {
            terms: &context.terms.recognition,
            calendar: context.calendar,
            now: context.now,
            sight: match context.sight {
                proceeding::Sight::Recognition(sight) => sight,
                _ => Sight::NOTHING,
            },
        }
    }
}

/// Says what would happen; touches nothing. Ends that passed and were not noted are noted by
/// the command that comes next.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no.
pub fn decide(
    state: Option<&State>,
    actor: &Actor,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, Error> {
    let basis = command.basis();
    let seat = match command {
        ref command if command.is_by_agent() => Seat::Agent,
        Command::NoteOverdue { .. } => Seat::System,
        _ => Seat::Official,
    };
    actor.sits_in(&[seat], basis)?;
    let (mut events, mut noted) = (Vec::new(), None);
    if !matches!(command, Command::NoteOverdue { .. }) {
        let mut now = state.cloned();
        while let Some(passed) = now.as_ref().and_then(|now| now.overdue(context.now)) {
            now = evolve(now, actor, &passed);
            events.push(passed);
        }
        noted = now;
    }
    let state = noted.as_ref().or(state);
    let stage = state.map(|state| state.stage);
    let step = command.step(stage);
    if transition(stage, step).is_none() {
        return Err(Ground::ProceedingStep {
            stage: stage.map(Word::of),
            step: Word::of(step),
        }
        .by(basis));
    }
    let event = match (state, command) {
        (None, Command::Apply(application)) => {
            application.check(context)?;
            if let Some(rival) = &context.sight.rival {
                let by = rival.clone();
                return Err(Ground::ClassTaken { by }.by(&["S4-12"]));
            }
            Event::Applied(application)
        }
        (Some(state), command) => {
            let side = context.terms.side(&state.key.jurisdiction)?;
            let asked = Asked {
                state,
                side,
                actor,
                context,
            };
            asked.decide(command)?
        }
        (None, command) => return Err(missing("an application", command.basis()).into()),
    };
    if let (Some(state), Some(party)) = (state, event.party()) {
        // Who acted for somebody else in the case does not act here.
        let before = state.parties.get(&actor.person);
        if let Some(other) = before.filter(|other| **other != party) {
            actor.differs_from(&[(&actor.person, other.seat())])?;
        }
    }
    events.push(event);
    Ok(events)
}

/// Persons who act for one CA.
const MAX_AGENTS: usize = 16;

/// A command to a case that there is.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    state: &'a State,
    side: &'a Side,
    actor: &'a Actor,
    context: &'a Context<'a>,
}

impl Asked<'_> {
    fn decide(self, command: Command) -> Result<Event, Refusal> {
        if command.is_by_agent() && !self.state.agents.contains(&self.actor.person) {
            let person = self.actor.person.clone();
            return Err(Ground::NotAParty { person }.refuse(command.basis()));
        }
        match command {
            command @ (Command::PassPreliminary { .. }
            | Command::Approve { .. }
            | Command::Refuse { .. }
            | Command::NotifyCounterpart { .. }
            | Command::Acknowledge { .. }
            | Command::FinishLegalProcedure { .. }
            | Command::ApplyReinstatement(_)) => self.chain(command),
            command @ (Command::OpenBreach { .. }
            | Command::OrderCorrection { .. }
            | Command::AcceptCorrection { .. }
            | Command::FulfilDuty { .. }
            | Command::OrderAssessment { .. }) => self.supervision(command),
            Command::Publish {
                authority,
                publication,
                list,
            } => self.publish(authority, publication, list),
            Command::FileCertificate { certificate } => {
                certificate.check()?;
                let filings = &self.state.certificates;
                let known = filings
                    .iter()
                    .any(|filing| filing.certificate.is_same(&certificate));
                if known || filings.len() >= MAX_CERTIFICATES {
                    return Err(missing("a certificate that is new", &["S4-16"]));
                }
                Ok(Event::CertificateFiled { certificate })
            }
            Command::RecordCertificate {
                authority,
                digest,
                record,
            } => self.record(authority, digest, record),
            Command::RefuseCertificate {
                authority,
                digest,
                reasons,
                record,
            } => {
                self.acts_for(&authority, &self.side.publisher)?;
                record.is_a(EvidenceKind::WorkRecord, &["S4-15", "S4-16"])?;
                Ground::words(&reasons, "a refusal", &["S4-16"])?;
                self.waits_for_record(&digest)?;
                Ok(Event::CertificateRefused {
                    authority,
                    digest,
                    reasons,
                    record,
                })
            }
            Command::NameAgents {
                authority,
                agents,
                letter,
            } => {
                self.acts_for(&authority, &self.side.publisher)?;
                letter.is_a(EvidenceKind::HolderStatement, &["S4-04"])?;
                self.check_agents(&agents)?;
                Ok(Event::AgentsNamed {
                    authority,
                    agents,
                    letter,
                })
            }
            Command::RequestMeasure { measure, letter } => {
                letter.is_a(EvidenceKind::HolderStatement, &["S4-08"])?;
                Ok(Event::MeasureRequested { measure, letter })
            }
            command @ Command::Withdraw { .. } => self.withdraw(command),
            Command::Notify {
                authority,
                notice,
                number,
                proof,
                letter,
            } => self.notify(authority, (notice, number), (proof, letter)),
            Command::ImportMirror {
                authority,
                publication,
                report,
            } => self.mirror(authority, publication, report),
            Command::NoteOverdue { number } => {
                let next = self.state.next_due();
                let passed = next
                    .filter(|(next, due)| *next == number && due.by.has_passed(self.context.now));
                let Some((number, due)) = passed else {
                    return Err(Ground::NotDue.refuse(&["S4-09", "S4-13"]));
                };
                Ok(Event::OverdueNoted {
                    number,
                    deadline: due.name,
                })
            }
            Command::Apply(_) => Err(missing("an application", &["S4-04"])),
        }
    }

    /// From the application to the moment in which it can be published.
    fn chain(self, command: Command) -> Result<Event, Refusal> {
        const CHAIN: &[&str] = &["S4-05"];
        const ANSWER: &[&str] = &["S4-06"];
        let Self {
            state,
            side,
            actor,
            context,
        } = self;
        match command {
            Command::ApplyReinstatement(asked) => {
                state.licence.check(context.now)?;
                asked.check(&state.documents, &state.key, context)?;
                if !state.breaches.is_empty() {
                    return Err(missing(
                        "a correction of each breach",
                        &["S4-08", "S4-19", "X-10"],
                    ));
                }
                Ok(Event::ReinstatementApplied(asked))
            }
            Command::PassPreliminary { authority, opinion } => {
                let Some(office) = &side.preliminary else {
                    return Err(missing("a side with two approvals", CHAIN));
                };
                self.acts_for(&authority, office)?;
                actor.differs_from(&self.acted())?;
                opinion.is_a(EvidenceKind::AuthorityOpinion, CHAIN)?;
                Ok(Event::PrelimPassed { authority, opinion })
            }
            Command::Approve {
                authority,
                policy,
                reference,
                decision,
                assignment,
            } => {
                self.acts_for(&authority, &side.approval)?;
                if side.preliminary.is_some() && !self.is_passed_on() {
                    return Err(missing("the opinion of the preliminary review", CHAIN));
                }
                actor.differs_from(&self.acted())?;
                state.licence.check(context.now)?;
                check_reference(&reference, CHAIN)?;
                decision.is_a(EvidenceKind::AuthorityDecision, CHAIN)?;
                assignment.is_a(EvidenceKind::PolicyAssignment, &["S4-17"])?;
                let key = &state.key;
                let registered = context
                    .terms
                    .policy(&key.jurisdiction, &policy, context.now)?;
                if state.is_reinstatement() {
                    self.check_reinstatement(&policy)?;
                }
                Ok(Event::Approved(Box::new(Approval {
                    authority,
                    version: registered.version.clone(),
                    ignored_arcs: registered.ignored_arcs,
                    policy,
                    reference,
                    at: context.now,
                    decision,
                    assignment,
                })))
            }
            Command::Refuse {
                authority,
                reasons,
                decision,
            } => {
                let first = side.preliminary.as_ref().filter(|_| !self.is_passed_on());
                self.acts_for(&authority, first.unwrap_or(&side.approval))?;
                actor.differs_from(&self.acted())?;
                Ground::words(&reasons, "a refusal", CHAIN)?;
                decision.is_a(EvidenceKind::AuthorityDecision, CHAIN)?;
                let owed =
                    self.at_once(&[DeadlineName::ResultWritten, DeadlineName::CaInformed])?;
                Ok(Event::Refused {
                    authority,
                    reasons,
                    decision,
                    owed,
                })
            }
            Command::NotifyCounterpart {
                authority,
                notice,
                letter,
            } => {
                self.acts_for(&authority, &side.publisher)?;
                self.check_letter(&letter, &authority, (&notice, EvidenceKind::SignedNotice))?;
                Ok(Event::CounterpartNotified {
                    authority,
                    notice,
                    letter,
                })
            }
            Command::Acknowledge {
                authority,
                acknowledgement,
                letter,
            } => {
                self.acts_for_the_other_side(&authority)?;
                let kind = EvidenceKind::SignedAcknowledgement;
                self.check_letter(&letter, &authority, (&acknowledgement, kind))?;
                let sent = state.notice.as_ref();
                let Some(sent) = sent.filter(|sent| sent.letter.message == letter.content) else {
                    return Err(missing("the notice that was sent", ANSWER));
                };
                // Who told the other side does not answer for it.
                if sent.letter.signer == letter.signer {
                    return Err(missing("a signature of the other side", ANSWER));
                }
                actor.differs_from(&[(&sent.by, Seat::Official)])?;
                actor.differs_from(&self.acted())?;
                Ok(Event::CounterpartAcknowledged {
                    authority,
                    acknowledgement,
                    letter,
                })
            }
            Command::FinishLegalProcedure { authority, proof } => {
                self.acts_for(&authority, &side.publisher)?;
                proof.is_a(EvidenceKind::LegalProcedure, &["S4-07"])?;
                Ok(Event::LegalProcedureDone { authority, proof })
            }
            other => Err(missing("an application", other.basis())),
        }
    }

    /// A way back needs what an admission needs, and that nothing is left open of the way out.
    fn check_reinstatement(self, policy: &str) -> Result<(), Refusal> {
        const BACK: &[&str] = &["S4-19", "X-10"];
        if self.state.owes_a_notice() {
            return Err(missing("a notice that is still owed", &["S4-11", "S4-19"]));
        }
        if !self.state.breaches.is_empty() {
            return Err(missing("a correction of each breach", BACK));
        }
        // Signatures of before are judged by the identifier that the entry had.
        let before = self.state.approval.as_ref();
        if before.is_some_and(|before| before.policy != policy) {
            return Err(missing("the identifier that the entry has", BACK));
        }
        Ok(())
    }

    fn is_passed_on(self) -> bool {
        matches!(
            self.state.stage,
            Stage::PrelimPassed | Stage::ReinstatementPrelimPassed
        )
    }

    fn record(self, authority: String, digest: Octets, record: Evidence) -> Result<Event, Refusal> {
        self.acts_for(&authority, &self.side.publisher)?;
        record.is_a(EvidenceKind::WorkRecord, &["S4-15", "S4-16"])?;
        self.waits_for_record(&digest)?;
        let owed = match &self.side.superior {
            Some(_) => self.at_once(&[DeadlineName::SuperiorInformed])?,
            None => Vec::new(),
        };
        Ok(Event::CertificateRecorded {
            authority,
            digest,
            record,
            owed,
        })
    }

    fn waits_for_record(self, digest: &Octets) -> Result<(), Refusal> {
        let mut filings = self.state.certificates.iter();
        match filings.any(|filing| !filing.recorded && filing.certificate.digest == *digest) {
            true => Ok(()),
            false => Err(missing("a certificate that was filed", &["S4-16"])),
        }
    }

    /// Nobody acts for the CA who acted for an authority: whoever notes its letter does so now.
    fn check_agents(self, agents: &[PersonId]) -> Result<(), Refusal> {
        const AGENTS: &[&str] = &["S4-04"];
        let twice = (1..agents.len()).any(|at| agents[..at].contains(&agents[at]));
        if twice || !(1..=MAX_AGENTS).contains(&agents.len()) {
            return Err(missing("the agents of the CA, each once", AGENTS));
        }
        for agent in agents {
            let now = (*agent == self.actor.person).then_some(&Party::OwnSide);
            let acted = now.or_else(|| self.state.parties.get(agent));
            if let Some(other) = acted.filter(|party| **party != Party::Ca) {
                let agent = Actor::new(agent.clone(), Seat::Agent);
                agent.differs_from(&[(&agent.person, other.seat())])?;
            }
        }
        Ok(())
    }

    /// What an authority sees to in between.
    fn supervision(self, command: Command) -> Result<Event, Refusal> {
        const BREACH: &[&str] = &["S4-08"];
        const DUTY: &[&str] = &["S4-13"];
        let Self { state, side, .. } = self;
        let publisher = &side.publisher;
        match command {
            Command::OpenBreach {
                authority,
                what,
                report,
            } => {
                self.acts_for(&authority, publisher)?;
                Ground::words(&what, "a breach", BREACH)?;
                report.is_a(EvidenceKind::InspectionReport, BREACH)?;
                Ok(Event::BreachOpened {
                    authority,
                    what,
                    report,
                })
            }
            Command::OrderCorrection {
                authority,
                breach,
                days,
                order,
            } => {
                self.acts_for(&authority, publisher)?;
                order.is_a(EvidenceKind::CorrectionOrder, BREACH)?;
                if !state.breaches.contains_key(&breach) {
                    return Err(missing("a breach of this number", BREACH));
                }
                Ok(Event::CorrectionOrdered {
                    authority,
                    breach,
                    order,
                    owed: Owed::new(DeadlineName::Correction, self.within(days, BREACH)?),
                })
            }
            Command::AcceptCorrection {
                authority,
                breach,
                report,
            } => {
                self.acts_for(&authority, publisher)?;
                report.is_a(EvidenceKind::InspectionReport, BREACH)?;
                let Some(found) = state.breaches.get(&breach) else {
                    return Err(missing("a breach of this number", BREACH));
                };
                // A duty that is overdue is corrected by doing it.
                if found.duty.is_some() && state.dues.contains_key(&breach) {
                    return Err(missing("the duty that is overdue", &["S4-08", "S4-13"]));
                }
                Ok(Event::CorrectionAccepted {
                    authority,
                    breach,
                    report,
                })
            }
            Command::OrderAssessment {
                authority,
                days,
                order,
            } => {
                self.acts_for(&authority, publisher)?;
                order.is_a(EvidenceKind::OfficialOrder, DUTY)?;
                Ok(Event::AssessmentOrdered {
                    authority,
                    order,
                    owed: Owed::new(DeadlineName::SpecialAssessment, self.within(days, DUTY)?),
                })
            }
            Command::FulfilDuty {
                authority,
                duty,
                number,
                report,
            } => self.fulfil(authority, (duty, number), report),
            other => Err(missing("a breach", other.basis())),
        }
    }

    fn fulfil(
        self,
        authority: String,
        (duty, number): (DeadlineName, Option<u32>),
        report: DutyReport,
    ) -> Result<Event, Refusal> {
        const DUTY: &[&str] = &["S4-13"];
        let Self {
            state,
            side,
            context,
            ..
        } = self;
        self.acts_for(&authority, &side.publisher)?;
        let term = context.terms.duties.get(&duty);
        let owes = state.owes(duty, number);
        let (Some(term), Some((number, due))) = (term, owes) else {
            return Err(missing("a duty that is owed", DUTY));
        };
        match &report {
            DutyReport::Reviewed(review) if term.is_reviewed() => {
                let terms = context.terms;
                terms.check_review(review, term.evidence, &state.key, context)?;
            }
            // What a third party must have looked at is not shown without one.
            DutyReport::Plain(plain) if !term.is_reviewed() => term.check(plain)?,
            _ => return Err(missing("an auditor of the roster", &["S4-13", "S4-18"])),
        }
        let next = term.months.as_ref().map(|months| {
            let by = context.calendar.months_after(context.now, months.value);
            Owed::new(duty, by)
        });
        Ok(Event::DutyFulfilled {
            authority,
            number,
            duty,
            report,
            late: due.by.has_passed(context.now),
            next,
        })
    }

    fn withdraw(self, command: Command) -> Result<Event, Refusal> {
        const CAUSES: &[&str] = &["S4-08"];
        let Self {
            state,
            side,
            context,
            ..
        } = self;
        let Command::Withdraw {
            authority,
            measure,
            cause,
            from,
            happened,
            reference,
            decision,
            breach,
            incident,
        } = command
        else {
            return Err(missing("a decision", CAUSES));
        };
        self.acts_for(&authority, &side.publisher)?;
        check_reference(&reference, CAUSES)?;
        decision.is_a(EvidenceKind::AuthorityDecision, CAUSES)?;
        self.check_cause(measure, cause, breach, incident.as_ref())?;
        let from = from.unwrap_or(context.now);
        let last = state.listing.as_ref().map(|listing| listing.from);
        let in_past = from < context.now && !cause.is_retroactive();
        if in_past || last.is_some_and(|last| from <= last) {
            return Err(Ground::BackDated { from }.refuse(CAUSES));
        }
        if happened.is_some_and(|happened| happened > context.now) {
            return Err(missing("an event that has happened", CAUSES));
        }
        let owed = self.at_once(&[
            DeadlineName::CounterpartAlerted,
            DeadlineName::CounterpartWritten,
        ])?;
        let withdrawal = Box::new(Withdrawal {
            authority,
            measure,
            cause,
            from,
            happened,
            reference,
            at: context.now,
            decision,
            breach,
            incident,
            owed,
        });
        Ok(match measure {
            Measure::Suspension => Event::SuspensionDecided(withdrawal),
            Measure::Termination => Event::TerminationDecided(withdrawal),
        })
    }

    /// Each cause has what it rests on, and nothing that belongs to another one.
    fn check_cause(
        self,
        measure: Measure,
        cause: Cause,
        breach: Option<u32>,
        incident: Option<&Evidence>,
    ) -> Result<(), Refusal> {
        const CAUSES: &[&str] = &["S4-08"];
        if breach.is_some() != (cause == Cause::BreachUncorrected) {
            return Err(missing("a breach for this cause and no other", CAUSES));
        }
        if incident.is_some() != cause.is_retroactive() {
            return Err(missing("a report of what happened for this cause", CAUSES));
        }
        if let Some(incident) = incident {
            incident.is_a(EvidenceKind::IncidentReport, CAUSES)?;
        }
        if cause == Cause::Request && !self.state.requests.contains(&measure) {
            return Err(missing("a request of the CA", CAUSES));
        }
        if let Some(number) = breach {
            let found = self.state.breaches.get(&number);
            let found = found.ok_or_else(|| missing("a breach of this number", CAUSES))?;
            let ordered = found.correction.as_ref();
            if !ordered.is_some_and(|by| by.has_passed(self.context.now)) {
                return Err(missing(
                    "an order to correct the breach whose time has passed",
                    CAUSES,
                ));
            }
        }
        Ok(())
    }

    fn notify(
        self,
        authority: String,
        (notice, number): (DeadlineName, Option<u32>),
        (proof, letter): (Evidence, Option<Letter>),
    ) -> Result<Event, Refusal> {
        const TOLD: &[&str] = &["S4-09", "S4-11"];
        self.acts_for(&authority, &self.side.publisher)?;
        let owes = self.state.owes(notice, number);
        let is_notice = DeadlineName::NOTICES.contains(&notice);
        let Some((number, due)) = owes.filter(|_| is_notice) else {
            return Err(missing("a notice that is owed", TOLD));
        };
        match (notice.is_written(), &letter) {
            (false, None) => proof.is_a(EvidenceKind::NoticeReceipt, TOLD)?,
            (true, Some(letter)) => {
                let signed = (&proof, EvidenceKind::SignedNotice);
                self.check_letter(letter, &authority, signed)?;
            }
            (true, None) => {
                proof.is_a(EvidenceKind::SignedNotice, TOLD)?;
                return Err(missing("a signed notice", TOLD));
            }
            (false, Some(_)) => return Err(missing("a receipt alone", TOLD)),
        }
        Ok(Event::NotificationDone {
            authority,
            number,
            notice,
            proof,
            letter,
            late: due.by.has_passed(self.context.now),
        })
    }

    /// A letter is the message that is kept, signed for the authority that writes.
    fn check_letter(
        self,
        letter: &Letter,
        authority: &str,
        (kept, kind): (&Evidence, EvidenceKind),
    ) -> Result<(), Refusal> {
        const SIGNED: &[&str] = &["S4-06"];
        kept.is_a(kind, SIGNED)?;
        if kept.digest != letter.message {
            return Err(missing("the message that was read", SIGNED));
        }
        let terms = self.context.terms;
        if !terms.admits_signers(authority, std::slice::from_ref(&letter.signer)) {
            return Err(missing("a signer of the authority", SIGNED));
        }
        Ok(())
    }

    fn acts_for(self, authority: &str, office: &str) -> Result<(), Refusal> {
        let terms = self.context.terms;
        terms.check_acting(authority, office, self.context.now)
    }

    fn acts_for_the_other_side(self, authority: &str) -> Result<(), Refusal> {
        let other = self.context.terms.side(&self.side.counterpart)?;
        self.acts_for(authority, &other.publisher)
    }

    fn acted(&self) -> Vec<(&PersonId, Seat)> {
        let acted = self.state.acted.iter();
        acted.map(|(person, seat)| (person, *seat)).collect()
    }

    /// Notices that are to be given at once.
    fn at_once(self, names: &[DeadlineName]) -> Result<Vec<Owed>, Refusal> {
        let days = self.context.terms.notice_days.value;
        let by = self.within(days, &["S4-09", "X-08"])?;
        Ok(names
            .iter()
            .map(|name| Owed::new(*name, by.clone()))
            .collect())
    }

    /// Whom to tell what the list says now (S4-11).
    fn result(self) -> Result<Vec<Owed>, Refusal> {
        let mut names = vec![DeadlineName::ResultWritten, DeadlineName::CaInformed];
        if self.side.superior.is_some() {
            names.push(DeadlineName::SuperiorInformed);
        }
        self.at_once(&names)
    }

    /// The duties of a CA that is recognised from a time on (S4-13).
    fn duties(self, from: DateTime) -> Vec<Owed> {
        let Context {
            terms, calendar, ..
        } = *self.context;
        let rounds = terms.duties.iter().filter_map(|(name, duty)| {
            let months = duty.months.as_ref()?;
            Some(Owed::new(*name, calendar.months_after(from, months.value)))
        });
        rounds.collect()
    }

    fn within(self, days: u16, basis: &[&str]) -> Result<Deadline, Refusal> {
        if !(1..=3_650).contains(&days) {
            return Err(missing("a number of days from 1 to 3650", basis));
        }
        let Context { calendar, now, .. } = *self.context;
        calendar
            .working_days(now, days)
            .map_err(|uncovered| Ground::Calendar(uncovered).refuse(basis))
    }
}

/// As lists have them.
fn check_reference(reference: &str, basis: &[&str]) -> Result<(), Refusal> {
    let length = reference.trim().chars().count();
    if !(1..=512).contains(&length) || reference.contains(crate::field::is_hidden) {
        return Err(missing("the number of the decision", basis));
    }
    Ok(())
}

pub(super) fn missing(what: &'static str, basis: &[&str]) -> Refusal {
    Ground::Missing { what }.refuse(basis)
}

pub(super) fn not_as_decided(what: &'static str) -> Refusal {
    Ground::NotAsDecided { what }.refuse(&["S4-03"])
}
