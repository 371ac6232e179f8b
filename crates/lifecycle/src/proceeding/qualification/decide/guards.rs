//! What must be there, or not be so, before a step.

use super::{
    super::{Authority, DeadlineName, Decision, Listing, MaterialFault, Right, Stage},
    Case, has_not_presided, list_of, missing, same_person,
};
use crate::{Ground, PersonId, Refusal, Seat, calendar::Date, terms::EvidenceKind};
use der::DateTime;

impl Case<'_> {
    pub(super) fn materials_are_complete(&self) -> Result<(), Refusal> {
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
    pub(super) fn may_open(&self, assessors: &[PersonId]) -> Result<(), Refusal> {
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

    /// Nobody who sits elsewhere in this case or presided over its hearing, and nobody who was
    /// recused.
    pub(super) fn may_assess(&self, person: &PersonId) -> Result<(), Refusal> {
        if *person == self.actor.person {
            return Err(same_person(person, self.actor.seat, Seat::Assessor));
        }
        if let Some(held) = self.state.seats.get(person)
            && *held != Seat::Assessor
        {
            return Err(same_person(person, *held, Seat::Assessor));
        }
        has_not_presided(self.state, person)?;
        self.is_not_recused(person)
    }

    pub(super) fn is_not_recused(&self, person: &PersonId) -> Result<(), Refusal> {
        if self.state.recused.contains(person) {
            let person = person.clone();
            return Err(Ground::Recused { person }.refuse(&["S3-08", "S3-16"]));
        }
        Ok(())
    }

    pub(super) fn is_assessor(&self) -> Result<(), Refusal> {
        let person = &self.actor.person;
        if !self.state.assessors.contains_key(person) {
            let person = person.clone();
            return Err(Ground::NotAParty { person }.refuse(&["S3-08"]));
        }
        Ok(())
    }

    /// An assessor who declared that nothing binds him to the applicant.
    pub(super) fn is_impartial(&self) -> Result<(), Refusal> {
        self.is_assessor()?;
        let assessor = self.state.assessors.get(&self.actor.person);
        // Whoever declared a conflict was turned away before.
        if assessor.is_none_or(|one| one.conflict != Some(false)) {
            return Err(missing(
                "the assessor's declaration about conflicts of interest",
                &["S3-08"],
            ));
        }
        Ok(())
    }

    /// Before a decision on the application, what the applicant has a right to is done.
    pub(super) fn may_decide(&self) -> Result<(), Refusal> {
        if self.state.has_unanswered() {
            return Err(missing(
                "the answer to a statement or a request for recusal",
                &["S3-16"],
            ));
        }
        self.no_hearing()
    }

    pub(super) fn no_hearing(&self) -> Result<(), Refusal> {
        if self.state.hearing {
            return Err(missing("the close of the hearing", &["S3-16"]));
        }
        Ok(())
    }

    pub(super) fn may_preside(&self, chair: &PersonId) -> Result<(), Refusal> {
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

    /// Each assessment is passed by all who report on it, and each condition met.
    pub(super) fn is_fit(&self) -> Result<(), Refusal> {
        for assessment in self.terms.assessments_for(self.state.applicant.kind) {
            let mut reports = self.state.reports_on(assessment).peekable();
            if reports.peek().is_none() {
                return Err(Ground::ReportMissing { assessment }.refuse(&["S3-08"]));
            }
            if reports.any(|report| !report.passed) {
                return Err(Ground::ReportFailed { assessment }.refuse(&["S3-09", "S3-10"]));
            }
        }
        for condition in self.terms.conditions.value.iter().copied() {
            let check = self.state.conditions.get(&condition);
            if check.is_none_or(|check| !check.met) {
                return Err(Ground::ConditionOpen { condition }.refuse(&["S3-03"]));
            }
        }
        Ok(())
    }

    /// The day of the latest thing that a decision on the application rests on.
    pub(super) fn examined(&self) -> Option<Date> {
        self.state.examined.map(Date::in_china)
    }

    /// The day on which what this deadline is for was asked for.
    pub(super) fn filed(&self, deadline: DeadlineName) -> Option<Date> {
        let clock = self.state.timers.get(&deadline)?.clock.as_ref()?;
        Some(Date::in_china(clock.start))
    }

    /// A decision in writing, not of a day before `from`.
    pub(super) fn is_decision(
        &self,
        decision: &Decision,
        from: Option<Date>,
    ) -> Result<(), Refusal> {
        let basis = &["S3-11"];
        Ground::words(&decision.number, "the number of a decision", basis)?;
        Ground::words(&decision.signed_by, "the signature of a decision", basis)?;
        let document = &decision.document;
        document.is_a(EvidenceKind::DecisionDocument, basis)?;
        let to = Date::in_china(self.now);
        let from = from.unwrap_or(to);
        if !(from..=to).contains(&decision.dated) {
            return Err(Ground::DecisionDay {
                dated: decision.dated.to_string(),
                from: from.to_string(),
                to: to.to_string(),
            }
            .refuse(basis));
        }
        Ok(())
    }

    pub(super) fn is_listing(&self, listing: &Listing) -> Result<(), Refusal> {
        let basis = &["S3-13"];
        Ground::words(&listing.list, "the name of a list", basis)?;
        if listing.digest.len() != 32 {
            return Err(missing("an SM3 digest of 32 octets", basis));
        }
        let holds = matches!(
            self.state.stage_by(self.now),
            Stage::Qualified | Stage::Renewing
        );
        if listing.holds != holds {
            return Err(missing(
                "a list that says how the qualification stands",
                basis,
            ));
        }
        let of_list = |one: &&Listing| one.list == listing.list;
        let last = self.state.directory.iter().rfind(of_list);
        if last.is_some_and(|last| last.sequence >= listing.sequence) {
            return Err(missing("a list with a greater sequence number", basis));
        }
        Ok(())
    }

    pub(super) fn name_waits(&self) -> Result<(), Refusal> {
        match self.state.new_name {
            Some(_) => Ok(()),
            None => Err(missing("an application for another name", &["S3-14"])),
        }
    }

    pub(super) fn renovation_waits(&self) -> Result<(), Refusal> {
        match self.state.under_review {
            true => Ok(()),
            false => Err(missing("a report of a renovation", &["S3-15"])),
        }
    }

    /// The present term's end, and the years of the next one.
    pub(super) fn term(&self) -> Result<(DateTime, u8), Refusal> {
        let years = self.terms.validity_years.as_ref();
        match (self.state.until, years) {
            (Some(until), Some(years)) => Ok((until, years.value)),
            _ => Err(missing("a term that ends", &["S5-01"])),
        }
    }

    /// Another term is asked for before the end of this one, not earlier than the rules say;
    /// whether it is in time.
    pub(super) fn renews_in_time(&self) -> Result<bool, Refusal> {
        let (until, _) = self.term()?;
        let days = (&self.terms.renewal_opens_days, &self.terms.renewal_days);
        let (Some(opens), Some(closes)) = days else {
            return Err(missing("a term that ends", &["S5-01"]));
        };
        let from = self.calendar.days_before(until, opens.value);
        if self.now < from {
            return Err(Ground::TermOpens { from }.refuse(&["S5-01"]));
        }
        Ok(self.now <= self.calendar.latest_before(until, closes.value))
    }

    /// Some rights are about a decision, one about who takes it.
    pub(super) fn has_right(&self, right: Right) -> Result<(), Refusal> {
        let state = self.state;
        let is_decided = state.outcome.is_some() || state.stage == Stage::NotAccepted;
        let basis = &["S3-16"];
        match right {
            Right::Reconsideration | Right::Litigation | Right::Compensation if !is_decided => {
                Err(missing("a decision", basis))
            }
            Right::FileInspection if state.outcome.is_none() => Err(missing("a decision", basis)),
            right if right.holds_a_decision() && is_decided => {
                Err(missing("an application that is not decided on", basis))
            }
            _ => Ok(()),
        }
    }
}
