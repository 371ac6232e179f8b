//! A5 and the gates: what must be sure, who may say so, and with what evidence.

use super::{Case, seats, sound, words};
use crate::{
    Error, Evidence, Ground, Seat,
    case::{Event, Step, ledger::Outcome, payment::Payment},
    rules::{CheckRule, Requirement},
    terms::{Check, EvidenceKind, IdentityDocument, IdentityMethod, PaymentRoute, Stage},
};
use std::collections::BTreeSet;

const STEP: Step = Step::CheckRecorded;

impl Case<'_> {
    /// The checks that the rules want of this case by this stage. Where nobody paid yet, those
    /// of every way to pay are wanted: not having paid is no way round them.
    fn required(&self, by: Stage) -> impl Iterator<Item = &CheckRule> {
        self.applicable().filter(move |rule| rule.by <= by)
    }

    fn applicable(&self) -> impl Iterator<Item = &CheckRule> {
        let opening = &self.state.opening;
        let subject = self.certificate.subject;
        let route = self.state.payment.route();
        let opener = self.state.opener().map(|(seat, _)| *seat);
        self.process.checks.iter().filter(move |rule| {
            rule.carrier
                .is_none_or(|carrier| carrier == opening.carrier)
                && rule.subject.is_none_or(|one| one == subject)
                && rule.model.is_none_or(|model| model == opening.model)
                && rule
                    .openers
                    .as_ref()
                    .is_none_or(|openers| opener.is_some_and(|opener| openers.contains(&opener)))
                && rule
                    .payment
                    .is_none_or(|one| route.is_none_or(|route| route == one))
        })
    }

    /// Lets a case through whose checks of this stage and all before it hold.
    pub(super) fn gate(&self, stage: Stage) -> Result<(), Error> {
        for rule in self.required(stage) {
            // The organisation's list is asked when the case is submitted; who is taken off it
            // later keeps the cases that run (S1-01, S1-03).
            if rule.check == Check::Authorisation && rule.by < stage {
                continue;
            }
            self.holds(rule)?;
        }
        if stage >= Stage::Approval {
            self.all_present()?;
        }
        Ok(())
    }

    /// Seats that must have taken part did (S0-19).
    fn all_present(&self) -> Result<(), Error> {
        let mut wanted = self.process.present.iter();
        match wanted.find(|seat| !self.state.took_part(**seat)) {
            None => Ok(()),
            Some(seat) => {
                let ground = Ground::SeatEmpty { seat: *seat };
                Err(ground.under(&["S0-19"], &self.process.basis))
            }
        }
    }

    /// The check holds: what the case itself shows, and what a person said where the rules
    /// want one to.
    fn holds(&self, rule: &CheckRule) -> Result<(), Error> {
        if let Some(shown) = self.shown(rule.check)? {
            if !shown {
                return Err(open(rule));
            }
            if rule.seats.is_empty() {
                return Ok(());
            }
        }
        if self.state.ledger.holds(rule.check) {
            Ok(())
        } else {
            Err(open(rule))
        }
    }

    /// Whether the case itself shows that a check holds; none where a person must say so.
    fn shown(&self, check: Check) -> Result<Option<bool>, Error> {
        let state = self.state;
        Ok(Some(match check {
            Check::Consent => self.consented(),
            Check::Form => self.filled(),
            Check::Documents => {
                self.documented()?;
                true
            }
            Check::Authorisation => {
                self.holder_listed()?;
                true
            }
            Check::Quota => {
                super::opening::quota(&state.opening, self.context)?;
                true
            }
            Check::KeyProof => state.request.is_some(),
            Check::TokenBound => state.token.is_some(),
            Check::Payment => is_paid(&state.payment),
            Check::BankControl => controls_account(&state.payment),
            _ => return Ok(None),
        }))
    }

    /// The holder is on the list of the organisation that the case is of (S1-01).
    fn holder_listed(&self) -> Result<(), Error> {
        let opening = &self.state.opening;
        let Some(organisation) = &opening.organisation else {
            let what = "the organisation";
            return Err(Ground::Missing { what }.by(&["S1-01"]));
        };
        let now = self.context.now;
        let record = self.context.organisation;
        if record.is_some_and(|one| one.lists(&opening.holder, now)) {
            return Ok(());
        }
        let ground = Ground::NotListedApplicant {
            person: opening.holder.clone(),
            organisation: organisation.clone(),
        };
        Err(ground.under(&["S1-01"], &self.context.rules.onboarding().basis))
    }

    /// Where agents are named beforehand, so are those they bring (A6). Who was taken off the
    /// list can still lose his certificates: by a court, or by the operator.
    pub(super) fn listed_where_wanted(&self) -> Result<(), Error> {
        let opening = &self.state.opening;
        let is_brought = self.state.opened_by_customer() || opening.kind.makes_certificates();
        if is_brought && seats::names_agents(opening, self.context.rules) {
            self.holder_listed()?;
        }
        Ok(())
    }

    pub(super) fn record_check(
        &self,
        check: Check,
        identity: Option<(IdentityDocument, IdentityMethod)>,
        failure: Option<String>,
        evidence: Vec<Evidence>,
    ) -> Result<Vec<Event>, Error> {
        let rules: Vec<_> = self.applicable().filter(|one| one.check == check).collect();
        if rules.is_empty() {
            let ground = Ground::UnknownName {
                what: "check of this case",
                name: check.to_string(),
            };
            return Err(ground.under(STEP.basis(), &self.process.basis));
        }
        if rules.iter().all(|rule| rule.seats.is_empty()) {
            return Err(Ground::CheckDerived { check }.under(STEP.basis(), &rules[0].basis));
        }
        self.may_say(&rules)?;
        for one in &evidence {
            sound(one)?;
        }
        let outcome = match failure {
            Some(reason) => {
                words("a check that failed", &reason, STEP)?;
                Outcome::Failed {
                    by: self.actor.person.clone(),
                    reason: reason.into(),
                }
            }
            None => {
                self.identified(check, identity, &evidence)?;
                for rule in &rules {
                    proved(rule, &evidence)?;
                }
                Outcome::Passed {
                    by: self.actor.person.clone(),
                    at: self.context.now,
                    evidence,
                    rests_on: rests_on(&rules),
                }
            }
        };
        Ok(vec![Event::CheckRecorded {
            check,
            identity,
            outcome,
        }])
    }

    fn may_say(&self, rules: &[&CheckRule]) -> Result<(), Error> {
        let seat = self.actor.seat;
        if rules.iter().any(|rule| rule.seats.contains(&seat)) {
            return Ok(());
        }
        Err(Ground::Seat { seat }.under(STEP.basis(), &rules[0].basis))
    }

    /// An identity is checked by a method that the rules have for the document, and the method
    /// leaves its own evidence (S0-24, S0-25).
    fn identified(
        &self,
        check: Check,
        identity: Option<(IdentityDocument, IdentityMethod)>,
        evidence: &[Evidence],
    ) -> Result<(), Error> {
        if !matches!(check, Check::IdentityAgent | Check::IdentityHolder) {
            return Ok(());
        }
        let Some((document, method)) = identity else {
            let what = "the document, or how it was checked,";
            return Err(Ground::Missing { what }.by(&["S0-24", "S0-25"]));
        };
        let methods = self.context.rules.identity_methods(document);
        if !methods.is_some_and(|methods| methods.value.contains(&method)) {
            let basis = methods.map_or(&[][..], |methods| &methods.basis);
            let ground = Ground::IdentityMethod { document, method };
            return Err(ground.under(&["S0-24", "S0-25"], basis));
        }
        let (left, requirement) = match method {
            IdentityMethod::CardReader | IdentityMethod::PoliceQuery => {
                (EvidenceKind::IdentityQuery, "S0-24")
            }
            IdentityMethod::Liveness => (EvidenceKind::Liveness, "S2-17"),
            IdentityMethod::Named => (EvidenceKind::OtherIdentityProof, "S0-25"),
            IdentityMethod::Inspection => return Ok(()),
        };
        one_of(check, &[left], evidence, &[requirement], &[])
    }
}

/// The fields that a check rests on by all of these rules; none: by one of them, on all.
fn rests_on(rules: &[&CheckRule]) -> Option<BTreeSet<String>> {
    let each: Option<Vec<_>> = rules.iter().map(|rule| rule.fields.as_ref()).collect();
    Some(each?.into_iter().flatten().cloned().collect())
}

/// The evidence that the rules want is there; a recording that goes one way shows no session
/// (S0-28).
fn proved(rule: &CheckRule, evidence: &[Evidence]) -> Result<(), Error> {
    for group in &rule.evidence {
        one_of(
            rule.check,
            group,
            evidence,
            &["S0-20", "S0-27"],
            &rule.basis,
        )?;
    }
    if rule.check == Check::LiveSession {
        let both_ways = [EvidenceKind::LiveSessionRecording];
        one_of(rule.check, &both_ways, evidence, &["S0-28"], &rule.basis)?;
    }
    Ok(())
}

fn one_of(
    check: Check,
    needed: &[EvidenceKind],
    evidence: &[Evidence],
    requirements: &[&'static str],
    basis: &[Requirement],
) -> Result<(), Error> {
    if evidence.iter().any(|one| needed.contains(&one.kind)) {
        return Ok(());
    }
    let ground = Ground::EvidenceMissing {
        check,
        needed: needed.to_vec(),
    };
    Err(ground.under(requirements, basis))
}

fn open(rule: &CheckRule) -> Error {
    let requirements: &[&str] = match rule.check {
        Check::Consent => &["S2-03"],
        Check::Form => &["S1-05"],
        Check::Documents => &["S2-13"],
        Check::IdentityAgent | Check::IdentityHolder => &["S0-24"],
        Check::Genuineness => &["S1-08"],
        Check::Authorisation => &["S1-01"],
        Check::Witness => &["S0-20", "S0-27"],
        Check::LiveSession => &["S0-27", "S0-28"],
        Check::MobileRealName => &["S2-11"],
        Check::Payment => &["S2-18"],
        Check::BankControl => &["S2-20", "S2-25"],
        Check::Quota => &["S2-06"],
        Check::KeyProof => &["S1-13"],
        Check::TokenBound => &["S1-14"],
    };
    Ground::CheckOpen { check: rule.check }.under(requirements, &rule.basis)
}

/// A transfer is paid when a reviewer found it on the account, a wallet's payment when the
/// service says so (S2-19, S2-20).
fn is_paid(payment: &Payment) -> bool {
    match payment.route() {
        None => false,
        Some(PaymentRoute::CorporateTransfer) => *payment == Payment::FundsConfirmed,
        Some(PaymentRoute::Wallet) => true,
    }
}

/// A transfer comes from the unit's own account; for a wallet's payment, the code does
/// (S2-19, S2-20).
fn controls_account(payment: &Payment) -> bool {
    matches!(payment, Payment::FundsConfirmed | Payment::CodeVerified)
}

/// Seats that look at what a customer brings.
pub(super) const REVIEWERS: &[Seat] = &[Seat::Registrar, Seat::Approver];
