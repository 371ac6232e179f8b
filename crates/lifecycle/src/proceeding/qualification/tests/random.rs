//! Any order of commands, against a reading of the history that knows nothing of the machine.

use super::*;
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

const DAY: u64 = 24 * 60 * 60;

fn days_later(at: DateTime, days: u64) -> DateTime {
    let later = at.unix_duration() + Duration::from_secs(days * DAY);
    DateTime::from_unix_duration(later).unwrap()
}

/// What can be tried, good and bad.
fn menu(play: &Play) -> Vec<(Actor, Command)> {
    let today = play.today();
    let decision = || decision(&today);
    let route = play.state.as_ref().map_or(NATIONAL, |state| state.route);
    let other = Actor::new(person("li.si"), Seat::Assessor);
    let official = Actor::new(person(EXPERT), Seat::Official);
    let statement = || evidence(EvidenceKind::HolderStatement);
    let points = vec!["盖章".to_owned()];
    let mut menu = vec![
        (
            clerk(),
            Command::of(route, Act::RequestCorrection { points }),
        ),
        (
            agent(),
            Command::new(Act::CompleteMaterials {
                materials: vec![material("staff")],
            }),
        ),
        (clerk(), Command::of(route, Act::Accept)),
        (
            officer(),
            Command::of(
                NATIONAL,
                Act::OpenAssessment {
                    assessors: vec![person(EXPERT)],
                    body: None,
                },
            ),
        ),
        (
            clerk(),
            Command::of(
                PROVINCIAL,
                Act::Forward {
                    receipt: evidence(EvidenceKind::DeliveryReceipt),
                },
            ),
        ),
        (
            officer(),
            Command::of(
                NATIONAL,
                Act::NameAssessor {
                    assessor: person("li.si"),
                },
            ),
        ),
        (
            officer(),
            Command::of(
                NATIONAL,
                Act::Recuse {
                    person: person(EXPERT),
                    reason: "亲属".to_owned(),
                },
            ),
        ),
        (
            agent(),
            Command::new(Act::RequestHearing {
                request: statement(),
            }),
        ),
        (
            officer(),
            Command::of(
                NATIONAL,
                Act::CloseHearing {
                    chair: person("zhao.liu"),
                    record: evidence(EvidenceKind::WorkRecord),
                },
            ),
        ),
        (officer(), Command::of(NATIONAL, Act::Grant(decision()))),
        (official, Command::of(NATIONAL, Act::Grant(decision()))),
        (
            officer(),
            Command::of(
                NATIONAL,
                Act::Notify {
                    contact: evidence(EvidenceKind::CallRecord),
                },
            ),
        ),
        (
            officer(),
            Command::of(
                NATIONAL,
                Act::HandOver {
                    receipt: evidence(EvidenceKind::DeliveryReceipt),
                },
            ),
        ),
        (
            agent(),
            Command::new(Act::ExerciseRight {
                right: Right::Report,
                statement: statement(),
            }),
        ),
        (
            officer(),
            Command::of(
                NATIONAL,
                Act::Refuse {
                    decision: decision(),
                    reasons: reasons(),
                },
            ),
        ),
    ];
    for actor in [expert(), other] {
        for conflict in [false, true] {
            let declaration = statement();
            menu.push((
                actor.clone(),
                Command::new(Act::Declare {
                    conflict,
                    declaration,
                }),
            ));
        }
        for assessment in Assessment::ALL.iter().copied() {
            for passed in [true, false] {
                let report = evidence(EvidenceKind::AssessmentReport);
                let act = Act::Report {
                    assessment,
                    passed,
                    report,
                };
                menu.push((actor.clone(), Command::new(act)));
            }
        }
    }
    for condition in Condition::ALL.iter().copied() {
        let evidence = statement();
        let act = Act::CheckCondition {
            condition,
            met: true,
            evidence,
        };
        menu.push((officer(), Command::of(NATIONAL, act)));
    }
    menu
}

/// One clock, read from the history.
#[derive(Debug)]
struct Reading {
    limit: usize,
    start: DateTime,
    pauses: Vec<(DateTime, Option<DateTime>)>,
    noted: bool,
}

impl Reading {
    fn new(limit: usize, start: DateTime) -> Self {
        let pauses = Vec::new();
        Self {
            limit,
            start,
            pauses,
            noted: false,
        }
    }

    /// The working day that a time counts as.
    fn day(calendar: &Calendar, at: DateTime) -> Date {
        let mut day = Date::in_china(at);
        // All acts of this test are before the end of office hours.
        while !calendar.is_working_day(day).unwrap() {
            day = day.next().unwrap();
        }
        day
    }

    /// Whether more working days than the limit allows are over by a time.
    fn is_missed(&self, calendar: &Calendar, now: DateTime) -> bool {
        let mut day = Self::day(calendar, self.start);
        let mut count = 0;
        loop {
            day = day.next().unwrap();
            // Office hours end at 18:00.
            let closes = day.begins().unix_duration().as_secs() + 18 * 3600 - 1;
            if closes >= now.unix_duration().as_secs() {
                return false;
            }
            let stands = self.pauses.iter().any(|(from, to)| {
                let from = Self::day(calendar, *from);
                let to = to.map(|to| Self::day(calendar, to));
                from <= day && to.is_none_or(|to| day < to)
            });
            if calendar.is_working_day(day).unwrap() && !stands {
                count += 1;
            }
            if count >= self.limit {
                return true;
            }
        }
    }
}

/// What a history says to whoever reads it with the guide in hand.
#[derive(Debug, Default)]
struct Reader {
    kind: Option<ApplicantKind>,
    route: Option<Authority>,
    accepted: bool,
    forwarded: bool,
    declared: BTreeMap<PersonId, bool>,
    assessors: BTreeSet<PersonId>,
    recused: BTreeSet<PersonId>,
    reports: BTreeMap<Assessment, (PersonId, bool)>,
    conditions: BTreeSet<Condition>,
    hearing: bool,
    notified: bool,
    clocks: BTreeMap<DeadlineName, Reading>,
    seats: BTreeMap<PersonId, Seat>,
}

impl Reader {
    fn wanted(&self) -> &'static [Assessment] {
        match self.kind {
            Some(ApplicantKind::PublicInstitution) => Assessment::ALL,
            _ => &[Assessment::OnSite, Assessment::Capability],
        }
    }

    fn begin(&mut self, name: DeadlineName, limit: usize, at: DateTime) {
        self.clocks.insert(name, Reading::new(limit, at));
    }

    /// A clock that is done with was flagged if it was late.
    fn end(&mut self, name: DeadlineName, calendar: &Calendar, at: DateTime) {
        let reading = self.clocks.remove(&name).expect("the clock ran");
        assert_eq!(
            reading.noted,
            reading.is_missed(calendar, at),
            "{name} {reading:?} {at}"
        );
    }

    fn read(&mut self, calendar: &Calendar, at: DateTime, actor: &Actor, event: &Event) {
        assert!(!self.recused.contains(&actor.person), "{actor:?}");
        for name in &event.late {
            let reading = self.clocks.get_mut(name).expect("the clock runs");
            assert!(
                reading.is_missed(calendar, at) && !reading.noted,
                "{name} {reading:?}"
            );
            reading.noted = true;
        }
        if actor.seat != Seat::System {
            let seat = *self.seats.entry(actor.person.clone()).or_insert(actor.seat);
            assert_eq!(seat, actor.seat);
        }
        match &event.what {
            Happened::Received {
                applicant, agent, ..
            } => {
                self.kind = Some(applicant.kind);
                self.route = event.authority;
                self.seats.insert(agent.clone(), Seat::Agent);
                self.begin(DeadlineName::Acceptance, 5, at);
            }
            Happened::CorrectionRequested { .. } => {
                self.end(DeadlineName::Acceptance, calendar, at)
            }
            Happened::MaterialsCompleted { .. } => self.begin(DeadlineName::Acceptance, 5, at),
            Happened::Accepted { .. } => {
                self.accepted = true;
                self.end(DeadlineName::Acceptance, calendar, at);
                self.begin(DeadlineName::Decision, 20, at);
                if self.route == Some(PROVINCIAL) {
                    self.begin(DeadlineName::Forwarding, 5, at);
                }
            }
            Happened::Forwarded { .. } => {
                assert_eq!(self.route, Some(PROVINCIAL));
                self.forwarded = true;
                self.end(DeadlineName::Forwarding, calendar, at);
            }
            Happened::AssessmentOpened { assessors, .. } => {
                assert!(self.accepted && (self.forwarded || self.route == Some(NATIONAL)));
                for one in assessors {
                    self.assessors.insert(one.clone());
                    self.seats.insert(one.clone(), Seat::Assessor);
                }
            }
            Happened::AssessorNamed { assessor } => {
                assert!(!self.recused.contains(assessor));
                self.assessors.insert(assessor.clone());
                self.seats.insert(assessor.clone(), Seat::Assessor);
            }
            Happened::AssessorDeclared { conflict, .. } => {
                self.declared.insert(actor.person.clone(), *conflict);
                if *conflict {
                    self.reports.retain(|_, (by, _)| *by != actor.person);
                }
            }
            Happened::Recused { person, .. } => {
                self.recused.insert(person.clone());
                self.reports.retain(|_, (by, _)| by != person);
            }
            Happened::Reported {
                assessment, passed, ..
            } => {
                assert!(self.assessors.contains(&actor.person));
                assert_eq!(self.declared.get(&actor.person), Some(&false));
                assert!(!self.recused.contains(&actor.person));
                self.reports
                    .insert(*assessment, (actor.person.clone(), *passed));
            }
            Happened::ConditionChecked { condition, .. } => {
                self.conditions.insert(*condition);
            }
            Happened::HearingRequested { .. } => self.hearing = true,
            Happened::HearingClosed { .. } => self.hearing = false,
            Happened::Granted { decision, .. } => {
                assert!(self.accepted && !self.hearing);
                assert_eq!(self.forwarded, self.route == Some(PROVINCIAL));
                for assessment in self.wanted() {
                    let (by, passed) = &self.reports[assessment];
                    assert!(*passed && !self.recused.contains(by));
                }
                assert_eq!(self.conditions.len(), Condition::ALL.len());
                assert_eq!(decision.document.kind, EvidenceKind::DecisionDocument);
                self.decided(calendar, at);
            }
            Happened::Refused { reasons, .. } => {
                assert_eq!(reasons.kind, EvidenceKind::ReasonsDocument);
                assert!(!self.hearing);
                self.decided(calendar, at);
            }
            Happened::Notified { .. } => self.notified = true,
            Happened::Collected { .. } => {
                assert!(self.notified);
                self.end(DeadlineName::Delivery, calendar, at);
            }
            _ => {}
        }
        self.stand_still_or_run(at);
    }

    fn decided(&mut self, calendar: &Calendar, at: DateTime) {
        self.end(DeadlineName::Decision, calendar, at);
        self.begin(DeadlineName::Delivery, 10, at);
    }

    /// The clock of the decision stands still while experts assess and a hearing is held.
    fn stand_still_or_run(&mut self, at: DateTime) {
        let reported = self
            .wanted()
            .iter()
            .all(|one| self.reports.contains_key(one));
        let stands = self.hearing || (!self.assessors.is_empty() && !reported);
        let Some(reading) = self.clocks.get_mut(&DeadlineName::Decision) else {
            return;
        };
        match (reading.pauses.last_mut(), stands) {
            (Some((_, to @ None)), false) => *to = Some(at),
            (Some((_, None)), true) => {}
            (_, true) => reading.pauses.push((at, None)),
            (_, false) => {}
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Try {
    pick: usize,
    days: u64,
    /// Whether the next one of the menu that can be done is.
    helped: bool,
    ticked: bool,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = (
        0..200_usize,
        0..6_u64,
        prop::bool::weighted(0.7),
        any::<bool>(),
    );
    let one = one.prop_map(|(pick, days, helped, ticked)| Try {
        pick,
        days,
        helped,
        ticked,
    });
    prop::collection::vec(one, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    // proves: S3-06, S3-07, S3-08, S3-09, S3-10, S3-11, S3-12, S3-16, X-04
    #[test]
    fn no_order_of_commands_skips_an_approver_a_notice_evidence_or_a_clock(
        institution in any::<bool>(),
        provincial in any::<bool>(),
        tries in tries(),
    ) {
        let kind = if institution { INSTITUTION } else { ENTERPRISE };
        let route = if provincial { PROVINCIAL } else { NATIONAL };
        let mut play = Play::received(kind, route, "2024-01-02T02:00:00Z");
        for one in tries {
            play.now = days_later(play.now, one.days);
            if one.ticked {
                play.tick();
            }
            let menu = menu(&play);
            let many = if one.helped { menu.len() } else { 1 };
            for step in 0..many {
                let (actor, command) = &menu[(one.pick + step) % menu.len()];
                if play.take(actor, command.clone()).is_ok() {
                    break;
                }
            }
        }
        // What runs still is as late as the history says, once time was asked.
        play.tick();
        let now = play.now;
        let calendar = Calendar::china();
        let mut reader = Reader::default();
        let mut again = None;
        for (at, actor, event) in &play.events {
            reader.read(&calendar, *at, actor, event);
            again = evolve(again, actor, event);
        }
        prop_assert_eq!(&again, &play.state);
        let state = play.state();
        for (name, reading) in &reader.clocks {
            prop_assert_eq!(state.overdue.contains(name), reading.is_missed(&calendar, now), "{} {:?}", name, reading);
        }
    }
}
