//! What an event does to the clocks.

use super::{
    super::{Authority, DeadlineName, Event, Happened, Outcome, Stage, evolve},
    Case,
};
use crate::{
    Error,
    proceeding::{Timer, not_covered},
};
use der::DateTime;
use std::collections::BTreeMap;

impl Case<'_> {
    /// What an event does to the clocks.
    pub(super) fn clocks(
        &self,
        event: &Event,
    ) -> Result<BTreeMap<DeadlineName, Option<Timer>>, Error> {
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
            Happened::Granted { decision, .. } | Happened::Refused { decision, .. } => {
                clocks.insert(DeadlineName::Decision, None);
                // From the decision on, whenever it is recorded.
                let days = terms.delivery_days.value;
                let timer = Timer::start(days, decision.dated.begins(), calendar);
                let timer = timer.map_err(not_covered)?;
                clocks.insert(DeadlineName::Delivery, Some(timer));
            }
            Happened::Collected { .. } => {
                clocks.insert(DeadlineName::Delivery, None);
                self.begin_term(self.state.until, &mut clocks);
                if self.state.outcome == Some(Outcome::Granted) {
                    clocks.insert(DeadlineName::Listing, self.listing(now));
                }
            }
            Happened::ListedInDirectory(_) => self.follow(event, &mut clocks),
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
                self.ask_again(&mut clocks);
            }
            Happened::Lapsed | Happened::Withdrawn { .. } => {
                let all = self.state.timers.keys();
                clocks.extend(all.map(|name| (*name, None)));
                if self.state.is_in_a_directory() {
                    let until = self.state.until.unwrap_or(now);
                    let end = match event.what {
                        Happened::Lapsed => until,
                        _ => now,
                    };
                    clocks.insert(DeadlineName::Listing, self.listing(end));
                }
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

    /// After a refusal another term may be asked for once more, while there is time for it.
    fn ask_again(&self, clocks: &mut BTreeMap<DeadlineName, Option<Timer>>) {
        let (Some(until), Some(before)) = (self.state.until, &self.terms.renewal_days) else {
            return;
        };
        let by = self.calendar.latest_before(until, before.value);
        if self.now <= by {
            let timer = Timer::until(by, self.now);
            clocks.insert(DeadlineName::RenewalFiling, Some(timer));
        }
    }

    /// By when the directory says what is so since then.
    fn listing(&self, since: DateTime) -> Option<Timer> {
        let days = self.terms.listing_days.value;
        let by = self.calendar.days(since, days);
        Some(Timer::until(by.at, since))
    }

    /// One list is enough for what holds; each that had it says that it no longer does.
    fn follow(&self, event: &Event, clocks: &mut BTreeMap<DeadlineName, Option<Timer>>) {
        let after = evolve(Some(self.state.clone()), self.actor, event);
        let Some(after) = after else { return };
        let holds = matches!(after.stage_by(self.now), Stage::Qualified | Stage::Renewing);
        if holds || !after.is_in_a_directory() {
            clocks.insert(DeadlineName::Listing, None);
        }
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
        let is_assessed =
            self.terms.excludes_assessment.value && after.is_being_assessed(self.terms);
        let changed = match (timer.runs(), is_heard || is_assessed) {
            (true, true) => timer.pause(self.now, self.calendar)?,
            (false, false) => timer.resume(self.now, self.calendar)?,
            _ => return Ok(()),
        };
        clocks.insert(DeadlineName::Decision, Some(changed));
        Ok(())
    }
}
