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

const CHAIR: &str = "zhao.liu";

fn officers() -> [Actor; 2] {
    [officer(), Actor::new(person("ma.liu"), Seat::Official)]
}

/// What is decided, with the day of the decision: today's, one that has passed, one to come.
fn decisions(play: &Play) -> Vec<Act> {
    let mut days = vec![play.now, days_later(play.now, 1)];
    for back in [1, 4, 30] {
        let then = play.now.unix_duration() - Duration::from_secs(back * DAY);
        days.push(DateTime::from_unix_duration(then).unwrap());
    }
    let mut acts = Vec::new();
    for day in days {
        let decision = || decision(&Date::in_china(day).to_string());
        acts.push(Act::Grant(decision()));
        for decides in [
            |decision, reasons| Act::Refuse { decision, reasons },
            |decision, reasons| Act::Withdraw { decision, reasons },
        ] {
            acts.push(decides(decision(), reasons()));
        }
    }
    acts
}

/// What is done about rights, persons and the directory.
fn beside(play: &Play) -> Vec<(Actor, Act)> {
    let mut acts = Vec::new();
    for right in [Right::Report, Right::Statement, Right::Recusal] {
        let statement = evidence(EvidenceKind::HolderStatement);
        acts.push((agent(), Act::ExerciseRight { right, statement }));
    }
    for number in 1..4 {
        let answer = "已处理".to_owned();
        let evidence = evidence(EvidenceKind::WorkRecord);
        let act = Act::AnswerRight {
            number,
            answer,
            evidence,
        };
        acts.push((officer(), act));
    }
    for name in [EXPERT, OFFICER, CHAIR] {
        for by in officers() {
            let reason = "亲属".to_owned();
            let person = person(name);
            acts.push((by, Act::Recuse { person, reason }));
        }
    }
    for name in ["li.si", "wang.wu", CHAIR] {
        let assessor = person(name);
        acts.push((officer(), Act::NameAssessor { assessor }));
    }
    for name in [CHAIR, "xu.shiyi"] {
        let chair = person(name);
        let record = evidence(EvidenceKind::WorkRecord);
        acts.push((officer(), Act::CloseHearing { chair, record }));
    }
    let listed = play.state.as_ref().map_or(0, |state| state.directory.len());
    for holds in [true, false] {
        let listing = Listing {
            list: "目录".to_owned(),
            sequence: u64::try_from(listed).unwrap() + 1,
            digest: vec![1; 32].into(),
            holds,
        };
        acts.push((officer(), Act::ListInDirectory(listing)));
    }
    acts
}

/// What can be tried, good and bad.
fn menu(play: &Play) -> Vec<(Actor, Command)> {
    let route = play.state.as_ref().map_or(NATIONAL, |state| state.route);
    let other = Actor::new(person("li.si"), Seat::Assessor);
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
                    assessors: vec![person(EXPERT), person("li.si")],
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
            agent(),
            Command::new(Act::RequestHearing {
                request: statement(),
            }),
        ),
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
    ];
    let official = |name| Actor::new(person(name), Seat::Official);
    let mut deciders = Vec::from(officers());
    deciders.push(official(EXPERT));
    deciders.push(official(CHAIR));
    for actor in deciders {
        for act in decisions(play) {
            menu.push((actor.clone(), Command::of(NATIONAL, act)));
        }
    }
    for (actor, act) in beside(play) {
        let command = match actor.seat {
            Seat::Official => Command::of(NATIONAL, act),
            _ => Command::new(act),
        };
        menu.push((actor, command));
    }
    // In a seat that is not theirs.
    for name in [EXPERT, CLERK, AGENT, CHAIR] {
        let act = Act::CheckCondition {
            condition: Condition::Staff,
            met: true,
            evidence: statement(),
        };
        menu.push((official(name), Command::of(NATIONAL, act)));
    }
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
        for (actor, met) in officers().into_iter().zip([true, false]) {
            let evidence = statement();
            let act = Act::CheckCondition {
                condition,
                met,
                evidence,
            };
            menu.push((actor, Command::of(NATIONAL, act)));
        }
    }
    menu
}

/// Before the decision, what leads to one comes more often.
fn helpful(play: &Play) -> Vec<(Actor, Command)> {
    let mut all = Vec::new();
    for assessment in Assessment::ALL.iter().copied() {
        let report = evidence(EvidenceKind::AssessmentReport);
        let act = Act::Report {
            assessment,
            passed: true,
            report,
        };
        all.push((expert(), Command::new(act)));
    }
    for condition in Condition::ALL.iter().copied() {
        let act = Act::CheckCondition {
            condition,
            met: true,
            evidence: evidence(EvidenceKind::WorkRecord),
        };
        all.push((officer(), Command::of(NATIONAL, act)));
    }
    let grants = decisions(play).into_iter();
    let grants = grants.filter(|act| matches!(act, Act::Grant(_)));
    all.extend(grants.map(|act| (officer(), Command::of(NATIONAL, act))));
    all
}

/// One clock, read from the history.
#[derive(Debug)]
struct Reading {
    /// In working days; else in days of the calendar.
    worked: bool,
    limit: usize,
    start: DateTime,
    pauses: Vec<(DateTime, Option<DateTime>)>,
    noted: bool,
}

impl Reading {
    fn new(limit: usize, start: DateTime) -> Self {
        let pauses = Vec::new();
        Self {
            worked: true,
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
        let mut day = match self.worked {
            true => Self::day(calendar, self.start),
            false => Date::in_china(self.start),
        };
        let mut count = 0;
        loop {
            day = day.next().unwrap();
            // Office hours end at 18:00.
            let hours = if self.worked { 18 } else { 24 };
            let closes = day.begins().unix_duration().as_secs() + hours * 3600 - 1;
            if closes >= now.unix_duration().as_secs() {
                return false;
            }
            let stands = self.pauses.iter().any(|(from, to)| {
                let from = Self::day(calendar, *from);
                let to = to.map(|to| Self::day(calendar, to));
                from <= day && to.is_none_or(|to| day < to)
            });
            if !self.worked || calendar.is_working_day(day).unwrap() && !stands {
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
    impartial: BTreeSet<PersonId>,
    assessors: BTreeSet<PersonId>,
    /// Recused, or bound to the applicant by their own word: once is for good.
    out: BTreeSet<PersonId>,
    reports: BTreeMap<(Assessment, PersonId), bool>,
    conditions: BTreeMap<Condition, (PersonId, bool)>,
    hearing: bool,
    chairs: Vec<PersonId>,
    rights: Vec<(Right, bool)>,
    /// The latest day of what a decision rests on.
    latest: Option<Date>,
    granted: Option<Date>,
    in_directory: bool,
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
        assert!(!self.out.contains(&actor.person), "{actor:?}");
        assert!(!self.chairs.contains(&actor.person), "{actor:?}");
        assert_eq!(event.at, at);
        let today = Date::in_china(at);
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
                self.latest = Some(today);
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
                    self.assess(one);
                }
            }
            Happened::AssessorNamed { assessor } => self.assess(assessor),
            Happened::AssessorDeclared { conflict, .. } => {
                if *conflict {
                    self.leave(&actor.person);
                } else {
                    self.impartial.insert(actor.person.clone());
                }
            }
            Happened::Recused { person, .. } => self.leave(person),
            Happened::Reported {
                assessment, passed, ..
            } => {
                assert!(self.assessors.contains(&actor.person));
                assert!(self.impartial.contains(&actor.person));
                self.latest = Some(today);
                self.reports
                    .insert((*assessment, actor.person.clone()), *passed);
            }
            Happened::ConditionChecked { condition, met, .. } => {
                self.latest = Some(today);
                self.conditions
                    .insert(*condition, (actor.person.clone(), *met));
            }
            Happened::HearingRequested { .. } => self.hearing = true,
            Happened::HearingClosed { chair, .. } => {
                assert!(self.hearing && !self.seats.contains_key(chair));
                assert!(!self.out.contains(chair));
                self.latest = Some(today);
                self.hearing = false;
                self.chairs.push(chair.clone());
            }
            Happened::RightExercised { right, .. } => self.rights.push((*right, false)),
            Happened::RightAnswered { number, .. } => {
                let (right, answered) = &mut self.rights[usize::from(*number) - 1];
                assert!(!*answered);
                *answered = true;
                if *right != Right::Report {
                    self.latest = Some(today);
                }
            }
            Happened::Granted { decision, .. } => {
                assert!(self.accepted);
                assert_eq!(self.forwarded, self.route == Some(PROVINCIAL));
                assert!(self.wanted().iter().all(|one| self.is_reported(*one)));
                assert!(self.reports.values().all(|passed| *passed));
                assert_eq!(self.conditions.len(), Condition::ALL.len());
                assert!(self.conditions.values().all(|(_, met)| *met));
                assert_eq!(decision.document.kind, EvidenceKind::DecisionDocument);
                self.granted = Some(decision.dated);
                self.decided(calendar, at, decision.dated);
            }
            Happened::Refused { reasons, decision } => {
                assert_eq!(reasons.kind, EvidenceKind::ReasonsDocument);
                self.decided(calendar, at, decision.dated);
            }
            Happened::ListedInDirectory(listing) => {
                assert_eq!(listing.holds, !self.withdrawn());
                self.in_directory = listing.holds;
                if self.clocks.contains_key(&DeadlineName::Listing) {
                    self.end(DeadlineName::Listing, calendar, at);
                }
            }
            Happened::Withdrawn { decision, .. } => {
                assert!(self.granted.unwrap() <= decision.dated && decision.dated <= today);
                self.granted = None;
                if self.clocks.contains_key(&DeadlineName::Listing) {
                    self.end(DeadlineName::Listing, calendar, at);
                }
                if self.in_directory {
                    self.list_from(at);
                }
            }
            Happened::Notified { .. } => self.notified = true,
            Happened::Collected { .. } => {
                assert!(self.notified);
                self.end(DeadlineName::Delivery, calendar, at);
                if !self.withdrawn() {
                    self.list_from(at);
                }
            }
            _ => {}
        }
        self.stand_still_or_run(at);
    }

    fn assess(&mut self, one: &PersonId) {
        assert!(!self.out.contains(one) && !self.chairs.contains(one));
        let seat = self.seats.insert(one.clone(), Seat::Assessor);
        assert!(seat.is_none_or(|seat| seat == Seat::Assessor));
        self.assessors.insert(one.clone());
    }

    /// Nothing that he found counts, and a hearing under him was none.
    fn leave(&mut self, person: &PersonId) {
        self.out.insert(person.clone());
        self.reports.retain(|(_, by), _| by != person);
        self.conditions.retain(|_, (by, _)| by != person);
        if self.chairs.last() == Some(person) {
            self.hearing = true;
        }
    }

    fn is_reported(&self, assessment: Assessment) -> bool {
        self.reports.keys().any(|(about, _)| *about == assessment)
    }

    /// Or never granted.
    fn withdrawn(&self) -> bool {
        self.granted.is_none()
    }

    fn list_from(&mut self, at: DateTime) {
        let mut reading = Reading::new(15, at);
        reading.worked = false;
        self.clocks.insert(DeadlineName::Listing, reading);
    }

    fn decided(&mut self, calendar: &Calendar, at: DateTime, dated: Date) {
        assert!(!self.hearing);
        let waits = |(right, answered): &(Right, bool)| *right != Right::Report && !answered;
        assert!(!self.rights.iter().any(waits));
        assert!(self.latest.unwrap() <= dated && dated <= Date::in_china(at));
        self.end(DeadlineName::Decision, calendar, at);
        self.begin(DeadlineName::Delivery, 10, dated.begins());
    }

    /// The clock of the decision stands still while experts assess and a hearing is held.
    fn stand_still_or_run(&mut self, at: DateTime) {
        let reported = self.wanted().iter().all(|one| self.is_reported(*one));
        let assesses = self.assessors.iter().any(|one| !self.out.contains(one));
        let stands = self.hearing || (assesses && !reported);
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
    /// Whether it is of those that lead to a decision.
    led: bool,
    ticked: bool,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = (
        0..200_usize,
        0..6_u64,
        prop::bool::weighted(0.7),
        prop::bool::weighted(0.4),
        any::<bool>(),
    );
    let one = one.prop_map(|(pick, days, helped, led, ticked)| Try {
        pick,
        days,
        helped,
        led,
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
            let menu = if one.led { helpful(&play) } else { menu(&play) };
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
