//! What holds whatever is asked, by whomever, in whatever order, with whatever
//! crashes in between.

use lifecycle::{
    Actor, AuthorityId, CaseNumber, CertificateRow, Command, Engine, Event, PersonId, Seat, Serial,
    Store, StreamId, audit, authority,
    case::{self, pair::Ordinal},
    certificate::{self, Change, RevocationReason, Status},
    ports::SubjectKeys,
};
use lifecycle::{case::paper::Deficiency, terms::EvidenceKind};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use crate::{
    doubles::{FailingStore, Side, World},
    script::{self, Applicant, CA, authority_command, establish, evidence, settle, take_through},
};

/// One thing that happens to the engine.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "most steps are of the large kind"
)]
enum Step {
    /// Somebody asks for something.
    Ask(Actor, Ask),
    /// The engine does what waits outside.
    Settle,
    /// The process dies and another one starts.
    Crash,
    /// As before, and its store fails at one of its next writes.
    CrashAhead(usize, Side),
    /// The device fails at its next signature.
    TokenFails(Side),
    /// Time passes.
    Wait(u64),
}

#[derive(Clone, Debug)]
pub(crate) enum Ask {
    /// Of one of the cases.
    Case(usize, case::Command),
    /// Of one of the pairs.
    Pair(usize, certificate::Command),
    /// Of one of the cases: what it needs next, and by whom.
    Next(usize),
    /// Of one of the cases: what it needs next, by whoever asks.
    NextByOther(usize),
    /// Of the issuing CA.
    Crl,
}

impl Ask {
    /// The command, and whose it is.
    pub(crate) fn of(self, actor: Actor, engine: &Engine) -> Option<(Actor, Command)> {
        let next = |of: usize| applicants()[of].next(engine).unwrap();
        match self {
            Self::Case(of, command) => Some((actor, applicants()[of].command(command))),
            Self::Pair(of, command) => Some((actor, applicants()[of].pair_command(command))),
            Self::Next(of) => next(of),
            Self::NextByOther(of) => next(of).map(|(_, command)| (actor, command)),
            Self::Crl => Some((actor, authority_command(CA, authority::Command::IssueCrl))),
        }
    }
}

pub(crate) fn applicants() -> &'static [Applicant; 2] {
    static APPLICANTS: OnceLock<[Applicant; 2]> = OnceLock::new();
    APPLICANTS.get_or_init(|| ["zhang.san", "li.ming"].map(Applicant::new))
}

pub(crate) fn actors() -> impl Strategy<Value = Actor> {
    // Few persons, so that one often meets an earlier seat of theirs.
    let persons = ["zhang.san", "li.ming", "wang.wu", "li.si"];
    let seats = [
        Seat::Applicant,
        Seat::Registrar,
        Seat::Approver,
        Seat::KeyOfficer,
        Seat::System,
    ];
    (select(persons.to_vec()), select(seats.to_vec()))
        .prop_map(|(person, seat)| Actor::new(PersonId::new(person).unwrap(), seat))
}

pub(crate) fn asks() -> impl Strategy<Value = Ask> {
    use case::Command as Case;
    use certificate::Command::{Activate, Burn, Confirm, Freeze, Request};
    let revoke = Change::Revoke(RevocationReason::KeyCompromise);
    let record = || evidence(EvidenceKind::CallRecord);
    let case = prop_oneof![
        2 => Just(script::register()),
        4 => Just(script::approve()),
        2 => Just(Case::Issue),
        2 => Just(script::personalise()),
        4 => Just(script::dispatch()),
        2 => Just(Case::Withdraw),
        1 => Just(Case::Reject { reason: "no".to_owned() }),
        2 => Just(Case::Return(vec![Deficiency::new("common-name", "not as on the card")])),
        2 => Just(Case::Resubmit),
        3 => Just(Case::ConfirmReceipt { correct: true, record: record() }),
        1 => Just(Case::Object { statement: "not mine".to_owned() }),
        2 => Just(Case::Close { work_record: evidence(EvidenceKind::WorkRecord) }),
    ];
    let pair = prop_oneof![
        3 => Just(Freeze),
        3 => Just(Request(revoke)),
        2 => Just(Request(Change::Unfreeze)),
        4 => Just(Confirm),
        1 => Just(Burn),
        1 => Just(Activate),
    ];
    prop_oneof![
        6 => (0..2_usize).prop_map(Ask::NextByOther),
        6 => (0..2_usize, case).prop_map(|(of, command)| Ask::Case(of, command)),
        4 => (0..2_usize, pair).prop_map(|(of, command)| Ask::Pair(of, command)),
        1 => Just(Ask::Crl),
    ]
}

/// What a case needs next, by somebody who may: so that sequences get somewhere.
fn helpful() -> impl Strategy<Value = Step> {
    use certificate::Command::{Confirm, Freeze, Request};
    const REVOKE: Change = Change::Revoke(RevocationReason::Superseded);
    let registrar = script::registrar();
    let approver = script::approver();
    (0..2_usize, 0..10_usize).prop_map(move |(of, which)| {
        let (actor, ask) = match which {
            7 => (&registrar, Ask::Pair(of, Request(REVOKE))),
            8 => (&approver, Ask::Pair(of, Confirm)),
            9 => (&approver, Ask::Pair(of, Freeze)),
            _ => (&approver, Ask::Next(of)),
        };
        Step::Ask(actor.clone(), ask)
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let side = || select(vec![Side::Before, Side::After]);
    let step = prop_oneof![
        12 => helpful(),
        12 => (actors(), asks()).prop_map(|(actor, ask)| Step::Ask(actor, ask)),
        8 => Just(Step::Settle),
        1 => Just(Step::Crash),
        2 => (1..4_usize, side()).prop_map(|(ahead, side)| Step::CrashAhead(ahead, side)),
        1 => side().prop_map(Step::TokenFails),
        2 => (1..100_u64).prop_map(Step::Wait),
    ];
    vec(step, 1..100)
}

/// The state of everything, made from the log by the rules alone.
#[derive(Default)]
struct Replay {
    in_hand: BTreeMap<String, Option<case::State>>,
    authorities: BTreeMap<AuthorityId, Option<authority::State>>,
    certificates: BTreeMap<(AuthorityId, Serial), Option<certificate::State>>,
    /// In the order of the log.
    cases: Vec<CaseNumber>,
    reserved: Vec<(AuthorityId, Serial)>,
    issued: Vec<(String, Ordinal)>,
}

impl Replay {
    fn of(store: &dyn Store, keys: &dyn SubjectKeys) -> Self {
        let mut replay = Self::default();
        for record in store.records(0, usize::MAX).unwrap() {
            let entry = record.open(keys).unwrap();
            let actor = &entry.actor;
            match (entry.stream, &entry.event) {
                (StreamId::Case(id), Event::Case(event)) => {
                    if let case::Event::RegistrationStarted { number } = event {
                        replay.cases.push(*number);
                    }
                    if let case::Event::CertificateIssued { ordinal, .. } = event {
                        replay.issued.push((id.to_string(), *ordinal));
                    }
                    let state = replay.in_hand.entry(id.to_string()).or_default();
                    *state = case::evolve(state.take(), actor, entry.at, event);
                }
                (StreamId::Authority(id), Event::Authority(event)) => {
                    let state = replay.authorities.entry(id.clone()).or_default();
                    *state = authority::evolve(&id, state.take(), actor, event);
                }
                (StreamId::Certificate(issuer, serial), Event::Certificate(event)) => {
                    let key = (issuer, serial);
                    if *event == certificate::Event::Reserved {
                        replay.reserved.push(key.clone());
                    }
                    let state = replay.certificates.entry(key).or_default();
                    *state = certificate::evolve(state.take(), actor, event);
                }
                (stream, event) => panic!("{event:?} in {stream}"),
            }
        }
        replay
    }
}

/// Every certificate's row in the index.
fn index(store: &dyn Store, replay: &Replay) -> BTreeMap<(AuthorityId, Serial), CertificateRow> {
    let keys = replay.certificates.keys();
    keys.map(|key| {
        let row = store.certificate(&key.0, &key.1).unwrap().unwrap();
        (key.clone(), row)
    })
    .collect()
}

fn check(world: &World, engine: &Engine) -> BTreeMap<(AuthorityId, Serial), CertificateRow> {
    let store = engine.store();
    // With the keys of persons, and without.
    let opened = audit::verify_opened(store, &[], Some(&world.subjects), &mut |_| ());
    if let Err(fault) = opened.and_then(|_| audit::verify(store)) {
        panic!("{fault}");
    }
    let replay = Replay::of(store, &world.subjects);

    // Replay is the state.
    for applicant in applicants() {
        let state = replay.in_hand.get(applicant.id.as_str());
        let state = state.cloned().flatten();
        assert_eq!(engine.case(&applicant.id).unwrap(), state);
    }
    for (id, state) in &replay.authorities {
        assert_eq!(engine.authority(id).unwrap(), *state);
    }
    let rows = index(store, &replay);
    for ((issuer, serial), state) in &replay.certificates {
        assert_eq!(engine.certificate(issuer, serial).unwrap(), *state);
        let state = state.as_ref().unwrap();
        let row = CertificateRow::new(issuer.clone(), serial.clone(), state);
        assert_eq!(rows[&(issuer.clone(), serial.clone())], row);
    }

    // No number twice, none left out.
    let cases: Vec<_> = (1..).map(CaseNumber).take(replay.cases.len()).collect();
    assert_eq!(replay.cases, cases);
    let distinct: BTreeSet<_> = replay.reserved.iter().collect();
    assert_eq!(distinct.len(), replay.reserved.len());

    // One certificate for each half of a pair.
    for (number, issued) in replay.issued.iter().enumerate() {
        assert!(!replay.issued[..number].contains(issued), "{issued:?}");
    }
    assert!(world.token.signs_once());
    assert_eq!(world.token.unforeseen(), 0);
    rows
}

fn play(steps: Vec<Step>) {
    let world = World::new();
    let mut engine = world.engine();
    establish(&mut engine).unwrap();
    // One pair is in use, the other's way is all before it.
    take_through(&mut engine, &applicants()[0]).unwrap();
    let mut before = check(&world, &engine);
    for step in steps {
        match step {
            Step::Ask(actor, ask) => {
                let Some((actor, command)) = ask.of(actor, &engine) else {
                    continue;
                };
                let head = engine.store().head().unwrap();
                let told: Command = command.clone();
                match engine.submit(&actor, command) {
                    Ok(entries) => {
                        let written = engine.store().records(head.seq, usize::MAX).unwrap();
                        let written: Vec<_> = written
                            .iter()
                            .map(|record| record.open(&world.subjects).unwrap())
                            .collect();
                        assert_eq!(entries, written, "{told:?}");
                    }
                    // A refusal leaves no trace.
                    Err(lifecycle::Error::Refused(_)) => {
                        assert_eq!(engine.store().head().unwrap(), head, "{told:?}");
                    }
                    Err(_) => {}
                }
            }
            // Failures are the doubles' own; the next settle tries again.
            Step::Settle => drop(settle(&mut engine)),
            Step::Crash => engine = world.engine(),
            Step::CrashAhead(ahead, side) => {
                let store = FailingStore::new(world.store.clone(), ahead, side);
                engine = world.engine_over(store);
            }
            Step::TokenFails(side) => world.token.fail_at(1, side),
            Step::Wait(seconds) => world.clock.forward(seconds),
        }
        // Nothing leaves the end.
        let after = before
            .iter()
            .map(|(key, row)| (row, world.store.certificate(&key.0, &key.1).unwrap()));
        for (row, after) in after {
            if matches!(row.status, Status::Revoked | Status::Burnt) {
                assert_eq!(after.as_ref(), Some(row));
            }
        }
        let replay = Replay::of(engine.store(), &world.subjects);
        before = index(engine.store(), &replay);
    }
    check(&world, &engine);

    // And what is left open can be finished.
    world.token.mend();
    let mut engine = world.engine();
    settle(&mut engine).unwrap();
    assert!(engine.store().unsettled().unwrap().is_empty());
    check(&world, &engine);
}

proptest! {
    #![proptest_config(Config {
        cases: 48,
        failure_persistence: None,
        ..Config::default()
    })]

    #[test]
    fn the_laws_hold_after_any_sequence(steps in steps()) {
        play(steps);
    }
}
