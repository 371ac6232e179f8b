//! The rules alone: what a decision takes, and how fast a history is read.
//!
//! `decide/commands` is `decide` and `evolve` for each command of a case from its opening to
//! its approval, with no certificate made ready: divide by [`COMMANDS`], or read the
//! throughput. `replay/evolve` makes a million events of such cases into states again;
//! `replay/records` reads them from their octets first, as the engine does.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use der::DateTime;
use lifecycle::{
    Actor, AuthorityId, CaseId, CaseNumber, Entry, Event, Evidence, OrganisationId, PersonId, Seat,
    Serial, StreamId,
    calendar::Calendar,
    case::{self, Command, Context, State, command::Opening, paper::Verdict},
    rules::RuleSet,
    terms::{Carrier, EvidenceKind, Kind, Mode, Model},
};
use serde_json::json;
use std::{hint::black_box, time::Duration};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(5))
        .sample_size(10);
    targets = decide, replay
}
criterion_main!(benches);

/// Events of a replay.
const EVENTS: usize = 1_000_000;
/// Commands of a case up to its approval.
const COMMANDS: usize = 7;

/// The rules' own data, and a case's way through them.
struct Desk {
    rules: RuleSet,
    calendar: Calendar,
    case: CaseId,
    now: DateTime,
}

impl Desk {
    fn new() -> Self {
        Self {
            rules: RuleSet::shipped("in-house").expect("rules that are shipped"),
            calendar: Calendar::china(),
            case: id("case-1"),
            now: "2026-03-02T01:00:00Z".parse().expect("a time"),
        }
    }

    fn context(&self) -> Context<'_> {
        let serial = Serial::from_bytes(&[1; 17]).expect("a positive number");
        let issuer: AuthorityId = id("ca");
        Context::new(
            self.now,
            &self.rules,
            &self.calendar,
            CaseNumber(1),
            serial,
            issuer,
        )
    }

    fn commands(&self) -> Vec<(Actor, Command)> {
        let holder: PersonId = id("zhang.san");
        let mut opening = Opening::new(
            self.rules.id(),
            (Kind::Apply, Mode::Counter, Model::SelfService),
            "pair",
            Carrier::Soft,
            holder.clone(),
        );
        let organisation: OrganisationId = id("bench");
        opening.organisation = Some(organisation);
        let fields = [
            ("common-name", "Zhang San"),
            ("organisation", "Bench"),
            ("country", "CN"),
        ];
        let fields = fields.map(|(field, value)| (field.to_owned(), value.to_owned()));
        let verdict = || Verdict::new(true, true, true);
        let applicant = Actor::new(holder, Seat::Applicant);
        let registrar = Actor::new(id("li.si"), Seat::Registrar);
        let approver = Actor::new(id("wang.wu"), Seat::Approver);
        let commands = vec![
            (applicant.clone(), Command::Open(opening)),
            (
                applicant.clone(),
                Command::Fill {
                    fields: fields.into(),
                    years: 2,
                },
            ),
            (applicant, Command::Submit),
            (registrar.clone(), Command::StartRegistration),
            (
                registrar,
                Command::Register {
                    verdict: verdict(),
                    work_record: Evidence::new(EvidenceKind::WorkRecord, [7; 32], "archive/7"),
                },
            ),
            (approver.clone(), Command::TakeReview),
            (approver, Command::Approve { verdict: verdict() }),
        ];
        assert_eq!(commands.len(), COMMANDS);
        commands
    }

    /// A case's way, command by command; its events with who did them.
    fn walk(&self, commands: Vec<(Actor, Command)>) -> Vec<(Actor, case::Event)> {
        let context = self.context();
        let mut state: Option<State> = None;
        let mut happened = Vec::with_capacity(COMMANDS);
        for (actor, command) in commands {
            let events = case::decide(&self.case, state.as_ref(), &actor, command, &context);
            for event in events.expect("a good act") {
                state = case::evolve(state, &actor, self.now, &event);
                happened.push((actor.clone(), event));
            }
        }
        black_box(state);
        happened
    }
}

fn decide(c: &mut Criterion) {
    let desk = Desk::new();
    let mut group = c.benchmark_group("decide");
    group.throughput(Throughput::Elements(COMMANDS as u64));
    group.bench_function("commands", |b| {
        b.iter_batched(
            || desk.commands(),
            |commands| desk.walk(commands),
            criterion::BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn replay(c: &mut Criterion) {
    let desk = Desk::new();
    let history = desk.walk(desk.commands());
    let cases = EVENTS / history.len();
    let octets: Vec<Vec<u8>> = (1_u64..)
        .zip(&history)
        .map(|(place, (actor, event))| {
            let entry = json!({
                "seq": place,
                "stream": StreamId::Case(desk.case.clone()),
                "version": place,
                "at": desk.now.unix_duration().as_secs(),
                "actor": actor,
                "event": { "case": event },
            });
            serde_json::to_vec(&entry).expect("an entry has octets")
        })
        .collect();
    let mut group = c.benchmark_group("replay");
    group.throughput(Throughput::Elements((cases * history.len()) as u64));
    group.bench_function("evolve", |b| {
        b.iter(|| {
            for _ in 0..cases {
                let mut state = None;
                for (actor, event) in &history {
                    state = case::evolve(state, actor, desk.now, event);
                }
                black_box(state);
            }
        });
    });
    group.bench_function("records", |b| {
        b.iter(|| {
            for _ in 0..cases {
                let mut state = None;
                for octets in &octets {
                    let entry: Entry = serde_json::from_slice(octets).expect("an entry");
                    if let Event::Case(event) = &entry.event {
                        state = case::evolve(state, &entry.actor, entry.at, event);
                    }
                }
                black_box(state);
            }
        });
    });
    group.finish();
}

fn id<T: TryFrom<String, Error = lifecycle::Error>>(name: &str) -> T {
    T::try_from(name.to_owned()).expect("small letters and dots")
}
