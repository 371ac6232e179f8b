//! No order of commands skips anything.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What the history itself shows, told apart from how decisions are made: it is read once from
/// the first event to the last.
#[derive(Debug, Default)]
struct Told {
    agent: Option<PersonId>,
    prelim: Option<PersonId>,
    approver: Option<PersonId>,
    approved_at: Option<DateTime>,
    noticed: Option<Octets>,
    acknowledged: bool,
    procedure: bool,
    decided: Option<(PersonId, Withdrawal)>,
    /// Breaches with the end of the last order.
    breaches: BTreeMap<u32, Option<DateTime>>,
    requested: BTreeSet<Measure>,
    owed: BTreeMap<u32, DeadlineName>,
    number: u32,
    recorded: BTreeSet<Vec<u8>>,
    filed: BTreeSet<Vec<u8>>,
    sequence: u64,
    /// For whom each person acted: the CA, its own side, the other side.
    acted: BTreeMap<PersonId, u8>,
    agents: BTreeSet<PersonId>,
}

impl Told {
    fn counted(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    /// The rules, in the words of the requirements.
    fn see(&mut self, side: Side, who: &Actor, at: DateTime, event: &Event) {
        if !matches!(event, Event::OverdueNoted { .. }) {
            assert!(!event.evidence().is_empty(), "{event:?} leaves nothing");
        }
        let person = Some(who.person.clone());
        let party = match event {
            Event::Applied(_)
            | Event::ReinstatementApplied(_)
            | Event::CertificateFiled { .. }
            | Event::MeasureRequested { .. } => 0,
            Event::CounterpartAcknowledged { .. } | Event::MirrorImported { .. } => 2,
            _ => 1,
        };
        if !matches!(event, Event::OverdueNoted { .. }) {
            let before = self.acted.insert(who.person.clone(), party);
            assert!(before.is_none_or(|before| before == party), "on two sides");
        }
        if matches!(event, Event::Applied(_)) {
            self.agents.insert(who.person.clone());
        }
        if party == 0 {
            assert!(self.agents.contains(&who.person), "an agent of nobody");
        }
        match event {
            Event::Applied(application) => {
                self.agent = person;
                let digests = application.certificates.iter();
                self.filed = digests.map(|one| one.digest.to_vec()).collect();
            }
            Event::ReinstatementApplied(_) => {
                *self = Self {
                    agent: person,
                    breaches: std::mem::take(&mut self.breaches),
                    requested: std::mem::take(&mut self.requested),
                    owed: std::mem::take(&mut self.owed),
                    recorded: std::mem::take(&mut self.recorded),
                    filed: std::mem::take(&mut self.filed),
                    number: self.number,
                    sequence: self.sequence,
                    acted: std::mem::take(&mut self.acted),
                    agents: std::mem::take(&mut self.agents),
                    ..Self::default()
                };
                assert!(self.breaches.is_empty(), "S4-19: a breach is open");
            }
            Event::PrelimPassed { authority, .. } => {
                assert_eq!(side.place, GD, "S4-05");
                assert_eq!(authority, side.office, "S4-05");
                assert_ne!(person, self.agent, "S4-05");
                self.prelim = person;
            }
            Event::Approved(approval) => {
                assert_eq!(approval.authority, side.approver, "S4-05");
                assert_eq!(self.prelim.is_some(), side.place == GD, "S4-05");
                assert!(person != self.agent && person != self.prelim, "S4-05");
                assert_eq!(approval.policy, side.policy, "S4-17");
                self.approver = person;
                self.approved_at = Some(at);
                // With the first approval; later an official looks at each by itself.
                if self.sequence == 0 {
                    self.recorded.append(&mut self.filed);
                }
            }
            Event::CounterpartNotified { notice, letter, .. } => {
                assert!(self.approver.is_some(), "S4-06");
                assert_eq!(notice.digest[..], *letter.message(), "S4-06");
                assert_eq!(notice.kind, EvidenceKind::SignedNotice, "S4-06");
                self.noticed = Some(notice.digest.clone());
            }
            Event::CounterpartAcknowledged {
                authority,
                acknowledgement,
                letter,
            } => {
                let noticed = self.noticed.as_deref();
                assert_eq!(noticed, Some(letter.content()), "S4-06");
                assert_eq!(acknowledgement.digest[..], *letter.message(), "S4-06");
                assert_eq!(authority, side.other, "S4-06");
                let kind = acknowledgement.kind;
                assert_eq!(kind, EvidenceKind::SignedAcknowledgement, "S4-06");
                self.acknowledged = true;
            }
            Event::LegalProcedureDone { .. } => {
                assert!(self.acknowledged, "S4-07");
                self.procedure = true;
            }
            Event::Published { publication, .. } => {
                assert!(publication.sequence > self.sequence, "S4-03");
                self.sequence = publication.sequence;
                if publication.status == "recognised" {
                    assert!(self.procedure && self.acknowledged, "S4-06, S4-07");
                    assert!(
                        self.approved_at
                            .is_some_and(|day| day <= publication.issued)
                    );
                    assert!(publication.issued <= publication.from, "back-dated");
                    assert!(person != self.approver && person != self.prelim);
                    let mut notices = self.owed.values();
                    assert!(
                        !notices.any(|name| DeadlineName::NOTICES.contains(name)),
                        "S4-11: somebody was not told"
                    );
                    self.decided = None;
                    self.requested.clear();
                } else {
                    let (by, decided) = self.decided.as_ref().expect("S4-08: a decision");
                    assert_ne!(Some(by), person.as_ref());
                    assert_eq!(publication.from, decided.from);
                    self.requested.remove(&decided.measure);
                    // Nothing of a way back that was under way counts any more.
                    (self.approver, self.procedure, self.acknowledged) = (None, false, false);
                }
                for issuer in &publication.issuers {
                    assert!(self.recorded.contains(&issuer.to_vec()), "S4-16");
                }
            }
            Event::CertificatePublished { publication, .. } => {
                assert!(publication.sequence > self.sequence, "S4-03");
                self.sequence = publication.sequence;
                for issuer in &publication.issuers {
                    assert!(self.recorded.contains(&issuer.to_vec()), "S4-16");
                }
            }
            Event::CertificateFiled { certificate } => {
                self.filed.insert(certificate.digest.to_vec());
            }
            Event::CertificateRecorded { digest, .. } => {
                assert!(self.filed.remove(&digest.to_vec()), "S4-16");
                self.recorded.insert(digest.to_vec());
            }
            Event::BreachOpened { .. } => {
                let number = self.counted();
                self.breaches.insert(number, None);
            }
            Event::CorrectionOrdered { breach, owed, .. } => {
                let known = self.breaches.get_mut(breach).expect("S4-08: a breach");
                *known = Some(owed.by.at);
            }
            Event::CorrectionAccepted { breach, .. } => {
                assert!(self.breaches.remove(breach).is_some(), "S4-08");
                assert!(
                    !self.owed.contains_key(breach),
                    "S4-13: the duty is not done"
                );
            }
            Event::CertificateRefused { digest, .. } => {
                assert!(self.filed.remove(&digest.to_vec()), "S4-16");
            }
            Event::AgentsNamed { agents, .. } => {
                self.agents = agents.iter().cloned().collect();
                for agent in agents {
                    let before = self.acted.insert(agent.clone(), 0);
                    assert!(before.is_none_or(|before| before == 0), "on two sides");
                }
            }
            Event::MeasureRequested { measure, .. } => {
                self.requested.insert(*measure);
            }
            Event::SuspensionDecided(decided) | Event::TerminationDecided(decided) => {
                match decided.cause {
                    Cause::Request => assert!(self.requested.contains(&decided.measure), "S4-08"),
                    Cause::BreachUncorrected => {
                        let ordered = self.breaches.get(&decided.breach.expect("S4-08"));
                        let by = ordered.copied().flatten().expect("S4-08: an order");
                        assert!(by < at, "S4-08: its time has not passed");
                    }
                    Cause::MisIssuance | Cause::Compromise => {
                        assert!(decided.incident.is_some(), "S4-08");
                    }
                }
                let in_past = decided.from < at;
                assert!(!in_past || decided.cause.is_retroactive(), "back-dated");
                assert_eq!(decided.owed.len(), 2, "S4-09");
                self.decided = Some((who.person.clone(), (**decided).clone()));
            }
            Event::NotificationDone {
                number,
                notice,
                proof,
                letter,
                ..
            } => {
                assert_eq!(self.owed.remove(number), Some(*notice), "S4-11");
                assert_eq!(letter.is_some(), notice.is_written(), "S4-11");
                assert_ne!(proof.reference, "", "S4-11");
            }
            Event::DutyFulfilled { number, duty, .. } => {
                assert_eq!(self.owed.remove(number), Some(*duty), "S4-13");
            }
            Event::OverdueNoted { number, deadline } => {
                if DeadlineName::DUTIES.contains(deadline) {
                    self.breaches.insert(*number, None);
                }
            }
            Event::Refused { reasons, .. } => assert!(!reasons.is_empty(), "S4-05"),
            Event::AssessmentOrdered { .. } | Event::MirrorImported { .. } => {}
        }
        for owed in event.owed() {
            let number = self.counted();
            assert!(owed.by.at >= at, "owed before it began");
            self.owed.insert(number, owed.name);
        }
    }
}

/// Commands by any of a few persons, in an order in which most of them are refused.
fn one_of(side: Side, case: &Case, pick: (usize, usize, u8)) -> (Actor, Command) {
    let (which, person, day) = pick;
    let mut all = chain::commands(side, case.state.as_ref());
    // Those that lead on come more often than a breach of some number.
    all.retain(|(_, command)| match command {
        Command::OrderCorrection { breach, .. } | Command::AcceptCorrection { breach, .. } => case
            .state
            .as_ref()
            .is_some_and(|state| state.breaches.contains_key(breach)),
        Command::Withdraw {
            breach: Some(breach),
            ..
        } => case
            .state
            .as_ref()
            .is_some_and(|state| state.breaches.contains_key(breach)),
        _ => true,
    });
    let forward: Vec<_> = all
        .iter()
        .filter(|(who, command)| case.decide(who, command.clone()).is_ok())
        .cloned()
        .collect();
    let from = match forward.is_empty() || day % 3 == 0 {
        true => &all,
        false => &forward,
    };
    let (mut who, command) = from[which % from.len()].clone();
    // Now and then somebody else tries.
    let people = ["agent", "first", "second", "clerk", "other", "head"];
    if day % 5 == 0 {
        who.person = PersonId::new(people[person % people.len()]).unwrap();
    }
    // A list is issued when it is published.
    let command = match command {
        Command::Publish {
            authority,
            mut publication,
            list,
        } => {
            let before = publication.from;
            publication.issued = case.now;
            if publication.status == "recognised" && before == at("2026-03-10") {
                publication.from = case.now;
            }
            Command::Publish {
                authority,
                publication,
                list,
            }
        }
        other => other,
    };
    (who, command)
}

// proves: S4-04, S4-05, S4-06, S4-07, S4-08, S4-09, S4-11, S4-16, S4-19
proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_order_of_commands_skips_an_approver_a_notice_evidence_or_an_order_to_correct(
        in_guangdong in any::<bool>(),
        picks in proptest::collection::vec((any::<usize>(), any::<usize>(), any::<u8>()), 60),
    ) {
        let side = if in_guangdong { GUANGDONG } else { HONG_KONG };
        let mut case = Case::new(side);
        case.calendar = Calendar::china().with_estimate(crate::calendar::Estimate::Weekends);
        let mut told = Told::default();
        for pick in picks {
            let later = case.now.unix_duration() + std::time::Duration::from_secs(u64::from(pick.2) * 2_000);
            case.now = DateTime::from_unix_duration(later).unwrap();
            let before = case.events.len();
            let passed = case.state.as_ref().and_then(|state| state.passed(case.now));
            if let Some(passed) = passed {
                case.try_as(&Actor::system(), passed).unwrap();
            }
            let (who, command) = one_of(side, &case, pick);
            let _ = case.try_as(&who, command);
            for (who, at, event) in &case.events[before..] {
                told.see(side, who, *at, event);
            }
            if let Some(state) = &case.state {
                let owed: BTreeMap<_, _> = state.dues.iter().map(|(number, due)| (*number, due.name)).collect();
                if state.stage == Stage::Terminated {
                    told.owed.retain(|_, name| DeadlineName::NOTICES.contains(name));
                }
                // Another order takes the place of the one before; one that is met ends.
                told.owed.retain(|number, name| *name != DeadlineName::Correction || owed.contains_key(number));
                prop_assert_eq!(&owed, &told.owed);
            }
        }
        // The state is what its history makes of it.
        let replayed = case.events.iter().fold(None, |state, (who, _, event)| evolve(state, who, event));
        prop_assert_eq!(replayed, case.state);
    }
}
