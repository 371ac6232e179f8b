//! A6 to A16: submitted, looked at by two persons, one after the other, and decided.

use super::{Case, of_kind, papers, sm3, words};
use crate::{
    Error, Evidence, Ground, Octets, Personal, Seat,
    calendar::Deadline,
    case::{
        Event, Phase, Step,
        issuance::Plan,
        paper::{Deficiency, InternalChecklist, Verdict},
        state::DeadlineName,
    },
    terms::{EvidenceKind, Model, Stage},
};

/// Deficiencies of one round.
const MAX_DEFICIENCIES: usize = 100;

impl Case<'_> {
    pub(super) fn submit_internally(&self) -> Result<Vec<Event>, Error> {
        let step = Step::SubmittedInternally;
        // The agent brings cases for others as well (S1-04); what he looks at stays the same.
        let opener = self.state.opener().map(|(seat, _)| *seat);
        let seats: &[Seat] = match opener {
            Some(Seat::Agent) => &[Seat::Applicant, Seat::Agent],
            _ => &[Seat::Applicant],
        };
        self.in_seat(seats, step)?;
        self.by_customer(step)?;
        if !self.goes_through_agent() {
            return Err(self.not_in_this_model(step));
        }
        self.ready_to_submit()?;
        let package = self.package();
        Ok(vec![Event::SubmittedInternally { package }])
    }

    pub(super) fn approve_internally(
        &self,
        checklist: InternalChecklist,
    ) -> Result<Vec<Event>, Error> {
        let step = Step::InternallyApproved;
        self.in_seat(&[Seat::Agent], step)?;
        let points = [
            ("the applicant's eligibility", checklist.eligible),
            ("the form", checklist.form),
            ("the documents", checklist.documents),
        ];
        all_in_order(&points, step)?;
        self.ready_to_submit()?;
        Ok(vec![Event::InternallyApproved {
            checklist,
            package: self.package(),
            review_by: self.review_by()?,
        }])
    }

    pub(super) fn return_internally(&self, reasons: Vec<String>) -> Result<Vec<Event>, Error> {
        let step = Step::InternallyReturned;
        self.in_seat(&[Seat::Agent], step)?;
        let what = "what is wrong";
        if reasons.is_empty() || reasons.len() > MAX_DEFICIENCIES {
            return Err(Ground::Words { what }.by(step.basis()));
        }
        for reason in &reasons {
            words(what, reason, step)?;
        }
        Ok(vec![Event::InternallyReturned {
            reasons: reasons.into(),
        }])
    }

    pub(super) fn submit(&self) -> Result<Vec<Event>, Error> {
        let step = Step::Submitted;
        self.by_customer(step)?;
        if self.goes_through_agent() {
            return Err(self.not_in_this_model(step));
        }
        self.ready_to_submit()?;
        Ok(vec![Event::Submitted {
            package: self.package(),
            review_by: self.review_by()?,
        }])
    }

    /// In the centralised model what the organisation's people bring goes through its agent;
    /// what an officer or an authority opened does not.
    fn goes_through_agent(&self) -> bool {
        self.state.opening.model == Model::Centralised && self.state.opened_by_customer()
    }

    fn not_in_this_model(&self, step: Step) -> Error {
        let ground = Ground::NotInThisModel {
            model: self.state.opening.model,
            step,
        };
        ground.by(step.basis())
    }

    fn ready_to_submit(&self) -> Result<(), Error> {
        self.listed_where_wanted()?;
        self.still_in_window()?;
        self.gate(Stage::Submission)
    }

    fn review_by(&self) -> Result<Deadline, Error> {
        let days = self.context.rules.values().review_working_days.value;
        self.working_days(days, "S2-23")
    }

    pub(super) fn start_registration(&self) -> Result<Vec<Event>, Error> {
        self.in_seat(&[Seat::Registrar], Step::RegistrationStarted)?;
        // A case that comes back keeps the number it was given.
        let number = self.state.number.unwrap_or(self.context.number);
        Ok(vec![Event::RegistrationStarted { number }])
    }

    pub(super) fn send_back(&self, deficiencies: Vec<Deficiency>) -> Result<Vec<Event>, Error> {
        let step = Step::Returned;
        let seat = match self.state.phase {
            Phase::Approving => Seat::Approver,
            _ => Seat::Registrar,
        };
        self.in_seat(&[seat], step)?;
        let what = "a deficiency";
        if deficiencies.is_empty() || deficiencies.len() > MAX_DEFICIENCIES {
            return Err(Ground::Words { what }.by(step.basis()));
        }
        for deficiency in &deficiencies {
            let said = deficiency.words.known().map_or("", String::as_str);
            words(what, said, step)?;
            self.correctable(&deficiency.subject)?;
        }
        Ok(vec![Event::Returned { deficiencies }])
    }

    fn correctable(&self, subject: &str) -> Result<(), Error> {
        let is_known = self.certificate.fields.contains_key(subject)
            || self.context.rules.document(subject).is_some()
            || [papers::YEARS, papers::KEY].contains(&subject);
        if is_known {
            return Ok(());
        }
        let ground = Ground::UnknownName {
            what: "field or document",
            name: subject.to_owned(),
        };
        Err(ground.by(Step::Returned.basis()))
    }

    pub(super) fn resubmit(&self) -> Result<Vec<Event>, Error> {
        self.by_customer(Step::Resubmitted)?;
        self.ready_to_submit()?;
        Ok(vec![Event::Resubmitted {
            package: self.package(),
            review_by: self.review_by()?,
        }])
    }

    pub(super) fn register(
        &self,
        verdict: Verdict,
        work_record: Evidence,
    ) -> Result<Vec<Event>, Error> {
        let step = Step::Registered;
        self.in_seat(&[Seat::Registrar], step)?;
        found_in_order(&verdict, step)?;
        of_kind(&work_record, EvidenceKind::WorkRecord, step)?;
        self.still_about()?;
        self.gate(Stage::Registration)?;
        Ok(vec![Event::Registered {
            verdict,
            snapshot: self.state.snapshot(),
            package: self.package(),
            work_record,
            shortened_to: self.shortened_to(),
        }])
    }

    pub(super) fn take_review(&self) -> Result<Vec<Event>, Error> {
        self.in_seat(&[Seat::Approver], Step::ReviewTaken)?;
        Ok(vec![Event::ReviewTaken])
    }

    pub(super) fn approve(&self, verdict: Verdict) -> Result<Vec<Event>, Error> {
        let step = Step::Approved;
        self.in_seat(&[Seat::Approver], step)?;
        found_in_order(&verdict, step)?;
        self.as_registered()?;
        self.still_about()?;
        self.gate(Stage::Approval)?;
        Ok(vec![Event::Approved { verdict }])
    }

    /// What was registered is what there is (S1-13), with the end that the form shows.
    pub(super) fn as_registered(&self) -> Result<(), Error> {
        let is_same = self.state.registered.as_ref().is_some_and(|registered| {
            registered
                .snapshot
                .same(&self.state.registered_octets(registered.with_key))
                == Some(true)
                && (self.context.issuance.is_none()
                    || registered.shortened_to == self.shortened_to())
        });
        if is_same {
            return Ok(());
        }
        Err(Ground::ChangedSinceRegistration.by(&["S1-13"]))
    }

    fn shortened_to(&self) -> Option<der::DateTime> {
        self.plan()?.shortened_to()
    }

    /// How the pair is to be issued; none where no certificates are made, or no form is there.
    pub(super) fn plan(&self) -> Option<Plan<'_>> {
        let opening = &self.state.opening;
        if !opening.kind.makes_certificates() {
            return None;
        }
        Some(Plan {
            rule: self.certificate,
            form: self.state.form.as_ref()?,
            kind: opening.kind,
            context: self.context,
        })
    }

    pub(super) fn reject(&self, reason: String) -> Result<Vec<Event>, Error> {
        let step = Step::Rejected;
        self.in_seat(&[Seat::Approver], step)?;
        words("a rejection", &reason, step)?;
        Ok(vec![Event::Rejected {
            reason: reason.into(),
        }])
    }

    /// SM3 of form and documents.
    fn package(&self) -> Personal<Octets> {
        let papers = self.state.papers();
        papers.map_or_else(Personal::sealed, |papers| sm3(&papers).into())
    }

    pub(super) fn note_overdue(&self, deadline: DeadlineName) -> Result<Vec<Event>, Error> {
        let step = Step::OverdueNoted;
        self.in_seat(&[Seat::System], step)?;
        let is_noted = matches!(
            deadline,
            DeadlineName::Review | DeadlineName::Ratification | DeadlineName::Confirmation
        );
        let running = self.state.deadlines.get(&deadline);
        if is_noted && running.is_some_and(|one| self.is_over(one.at)) {
            return Ok(vec![Event::OverdueNoted { deadline }]);
        }
        Err(Ground::NotDue.by(step.basis()))
    }
}

/// A verdict with a no in it is no registration and no approval.
pub(super) fn found_in_order(verdict: &Verdict, step: Step) -> Result<(), Error> {
    let points = [
        ("documents", verdict.documents),
        ("identity", verdict.identity),
        ("genuineness", verdict.genuineness),
    ];
    all_in_order(&points, step)
}

fn all_in_order(points: &[(&'static str, bool)], step: Step) -> Result<(), Error> {
    match points.iter().find(|(_, is_good)| !is_good) {
        None => Ok(()),
        Some((point, _)) => Err(Ground::VerdictNo { point }.by(step.basis())),
    }
}
