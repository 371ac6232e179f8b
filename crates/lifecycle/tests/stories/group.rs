//! Commands that one write carries: each has its own answer, and none is given before the write.

use lifecycle::{
    Actor, Command, Engine, Entry, Error, Event, Ground, IdempotencyKey, Refusal, Seat, StoreError,
    Submission, audit, case, case::Phase,
};
use proptest::{collection::vec, prelude::*, test_runner::Config};
use std::sync::atomic::Ordering::Relaxed;

use crate::{
    doubles::{BROKEN, FailingStore, Side, World},
    laws::{actors, applicants, asks},
    script::{
        Applicant, actor, approver, establish, in_business, policy_with_quota, registrar, settle,
        take_through,
    },
};

fn crowd(number: usize) -> Vec<Applicant> {
    (1..=number)
        .map(|nth| Applicant::new(&format!("applicant-{nth}")))
        .collect()
}

fn next(engine: &Engine, crowd: &[Applicant]) -> Vec<(Actor, Command)> {
    let next = crowd.iter().map(|one| one.next(engine).unwrap());
    next.flatten().collect()
}

fn open(crowd: &[Applicant]) -> Vec<(Actor, Command)> {
    crowd.iter().map(|one| (one.actor(), one.open())).collect()
}

#[test]
fn a_crowd_goes_through_in_as_many_writes_as_one_case_takes() {
    let writes = |number| {
        let (world, engine) = in_business();
        drop(engine);
        let store = FailingStore::new(world.store.clone(), 0, Side::Before);
        let counter = store.counter();
        let mut engine = world.engine_over(store);
        let crowd = crowd(number);
        loop {
            let commands = next(&engine, &crowd);
            if commands.is_empty() {
                break;
            }
            for answer in engine.submit_all(commands) {
                answer.unwrap();
            }
            settle(&mut engine).unwrap();
        }
        for applicant in &crowd {
            assert_eq!(applicant.phase(&engine), Some(Phase::Dispatched));
            assert!(applicant.pair(&engine).published);
        }
        let report = audit::verify(engine.store()).unwrap();
        assert_eq!(report.burnt, 0);
        assert!(world.token.signs_once());
        assert_eq!(world.token.unforeseen(), 0);
        counter.load(Relaxed)
    };
    let alone = writes(1);
    assert_eq!(writes(40), alone);
}

#[test]
fn all_steps_of_one_case_fit_into_one_write() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    let before = engine.store().head().unwrap();
    let own = [
        zhang.open(),
        zhang.fill(),
        zhang.command(case::Command::ProveKey(zhang.request())),
        zhang.command(case::Command::Submit),
    ];
    let mut commands: Vec<_> = own.map(|command| (zhang.actor(), command)).into();
    let start = zhang.command(case::Command::StartRegistration);
    commands.push((registrar(), start));
    let answers = engine.submit_all(commands);
    let entries: Vec<Entry> = answers.into_iter().flat_map(Result::unwrap).collect();
    let written = engine.store().records(before.seq, usize::MAX).unwrap();
    let written: Vec<_> = written
        .iter()
        .map(|one| one.open(&world.subjects).unwrap())
        .collect();
    assert_eq!(entries, written);
    assert_eq!(zhang.phase(&engine), Some(Phase::Registering));
}

#[test]
fn numbers_of_one_group_follow_one_another() {
    let (_world, mut engine) = in_business();
    let crowd = crowd(5);
    for applicant in &crowd {
        applicant.submit(&mut engine).unwrap();
    }
    let start = case::Command::StartRegistration;
    let commands = crowd
        .iter()
        .map(|one| (registrar(), one.command(start.clone())));
    let answers = engine.submit_all(commands.collect::<Vec<_>>());
    let numbers: Vec<_> = answers
        .into_iter()
        .flat_map(Result::unwrap)
        .filter_map(|entry| match entry.event {
            Event::Case(case::Event::RegistrationStarted { number }) => Some(number.0),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert_eq!(engine.store().last_case().unwrap().0, 5);
}

#[test]
fn a_write_that_fails_has_failed_for_all_that_it_carried() {
    for side in [Side::Before, Side::After] {
        let (world, engine) = in_business();
        drop(engine);
        let crowd = crowd(3);
        let store = FailingStore::new(world.store.clone(), 1, side);
        let mut engine = world.engine_over(store);
        // Nobody opened this one: it is refused, whatever becomes of the others.
        let mut commands = vec![(crowd[0].actor(), Applicant::new("nobody").fill())];
        commands.extend(open(&crowd));
        // It is open already, says one who was not told that the write failed.
        commands.extend(open(&crowd[..1]));
        let answers = engine.submit_all(commands);
        let [refused, carried @ ..] = &answers[..] else {
            panic!("{answers:?}");
        };
        assert_eq!(carried.len(), 4);
        for answer in carried {
            let Err(Error::Store(StoreError::Group(shared))) = answer else {
                panic!("{answer:?}");
            };
            assert!(matches!(**shared, StoreError::Other(BROKEN)), "{shared}");
        }
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        // What is then so is what the store says, and business goes on.
        for applicant in &crowd {
            let opened = (side == Side::After).then_some(Phase::Draft);
            assert_eq!(applicant.phase(&engine), opened);
            take_through(&mut engine, applicant).unwrap();
        }
        audit::verify(engine.store()).unwrap();
    }
}

#[test]
fn one_who_sits_in_the_systems_seat_is_refused_and_the_others_are_not() {
    let (_world, mut engine) = in_business();
    let [zhang, li] = ["zhang.san", "li.ming"].map(Applicant::new);
    let machine = actor("zhang.san", Seat::System);
    let answers = engine.submit_all([
        (zhang.actor(), zhang.open()),
        (machine, zhang.fill()),
        (li.actor(), li.open()),
    ]);
    let answered: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(answered, [true, false, true]);
}

#[test]
fn a_unit_gets_no_more_than_its_quota_in_one_group() {
    let (world, engine) = in_business();
    drop(engine);
    let mut engine = world.engine_under(policy_with_quota(2));
    let answers = engine.submit_all(open(&crowd(4)));
    let held: Vec<_> = answers
        .iter()
        .map(|answer| match answer {
            Ok(_) => None,
            Err(Error::Refused(Refusal::Ruled { ground, .. })) => match **ground {
                Ground::Quota { held, .. } => Some(held),
                _ => panic!("{ground}"),
            },
            Err(error) => panic!("{error}"),
        })
        .collect();
    assert_eq!(held, [None, None, Some(2), Some(2)]);
}

#[test]
fn what_another_engine_wrote_in_between_is_decided_upon() {
    let (world, engine) = in_business();
    drop(engine);
    let crowd = crowd(4);
    let [zhang, li, zhou, wu] = &crowd[..] else {
        panic!();
    };
    // While the group is about to be written, another engine opens two of its cases.
    let mut other = world.engine_under(policy_with_quota(3));
    let theirs = open(&[li.clone(), zhou.clone()]);
    let interruption = move || {
        for answer in other.submit_all(theirs) {
            answer.unwrap();
        }
    };
    let store = FailingStore::interrupted(world.store.clone(), 1, Box::new(interruption));
    let mut engine = world.engine_of(store, policy_with_quota(3));
    let answers = engine.submit_all(open(&[zhang.clone(), li.clone(), wu.clone()]));
    let answered: Vec<_> = answers.iter().map(coded).collect();
    // One is open already, which is as good as done, and one is the fourth of three.
    assert_eq!(answered[..2], ["opened", ""]);
    assert!(answered[2].contains("Quota"), "{}", answered[2]);
    audit::verify(engine.store()).unwrap();

    // What one engine keeps in memory is what the other has written since.
    let mut other = world.engine();
    zhou.submit(&mut other).unwrap();
    assert_eq!(zhou.phase(&engine), Some(Phase::Submitted));
    take_through(&mut engine, zhou).unwrap();
    assert_eq!(zhou.phase(&other), Some(Phase::Dispatched));
    audit::verify(other.store()).unwrap();
}

fn coded(answer: &Result<Vec<Entry>, Error>) -> String {
    match answer {
        Ok(entries) => {
            let events = entries.iter().map(|entry| entry.event.name());
            events.collect::<Vec<_>>().join(" ")
        }
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn a_case_that_gives_up_leaves_its_place_to_the_next_of_the_group() {
    let (world, engine) = in_business();
    drop(engine);
    let mut engine = world.engine_under(policy_with_quota(1));
    let [zhang, li] = ["zhang.san", "li.ming"].map(Applicant::new);
    engine.submit(&zhang.actor(), zhang.open()).unwrap();
    let withdraw = zhang.command(case::Command::Withdraw);
    let answers = engine.submit_all([(zhang.actor(), withdraw), (li.actor(), li.open())]);
    let answered: Vec<_> = answers.iter().map(coded).collect();
    assert_eq!(answered, ["withdrawn", "opened"]);
}

proptest! {
    #![proptest_config(Config {
        cases: 32,
        failure_persistence: None,
        ..Config::default()
    })]

    /// Together is one after the other.
    #[test]
    fn a_group_answers_as_its_commands_would_alone(
        groups in vec(vec((actors(), asks()), 1..8), 1..12),
    ) {
        let worlds = [World::new(), World::new()];
        let mut engines = worlds.each_ref().map(World::engine);
        for engine in &mut engines {
            establish(engine).unwrap();
            take_through(engine, &applicants()[0]).unwrap();
        }
        let [together, alone] = &mut engines;
        for group in groups {
            let asked = |(actor, ask): (Actor, crate::laws::Ask)| ask.of(actor, together);
            let commands: Vec<_> = group.into_iter().filter_map(asked).collect();
            let answers = together.submit_all(commands.clone());
            for (answer, (actor, command)) in answers.iter().zip(commands) {
                let expected = alone.submit(&actor, command);
                prop_assert_eq!(coded(answer), coded(&expected));
            }
            settle(together).unwrap();
            settle(alone).unwrap();
        }
        audit::verify(together.store()).unwrap();
    }
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap()
}

#[test]
fn what_comes_again_under_its_key_is_answered_as_the_first_time() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    zhang.go_to(&mut engine, Phase::Approved).unwrap();
    let issue = zhang.command(case::Command::Issue);
    let order = Submission::new(approver(), issue.clone()).under(key("order-1"));
    // Both in one group, and a third time after a crash.
    let mut answers = engine.submit_all([order.clone(), order.clone()]);
    let second = answers.pop().unwrap().unwrap();
    let first = answers.pop().unwrap().unwrap();
    assert!(!first.is_empty());
    assert_eq!(first, second);
    settle(&mut engine).unwrap();
    let signatures = zhang.pair(&engine);
    drop(engine);
    let mut engine = world.engine();
    let third = engine.submit_all([order]).pop().unwrap().unwrap();
    assert_eq!(first, third);
    assert!(first.iter().all(|entry| {
        entry
            .submitted
            .as_ref()
            .is_some_and(|one| one.key == key("order-1"))
    }));
    settle(&mut engine).unwrap();
    assert_eq!(zhang.pair(&engine).signing, signatures.signing);
    assert!(world.token.signs_once());
    // Without the key, the case is past that.
    assert!(engine.submit(&approver(), issue).is_err());
    let report = audit::verify(engine.store()).unwrap();
    assert_eq!(report.burnt, 0);
}

#[test]
fn a_key_is_good_for_one_command_of_one_person() {
    let (_world, mut engine) = in_business();
    let [zhang, li] = ["zhang.san", "li.ming"].map(Applicant::new);
    let asked = |one: &Applicant, command| Submission::new(one.actor(), command).under(key("k"));
    let of = |engine: &mut Engine, asked| engine.submit_all([asked]).pop().unwrap();
    // What was refused left nothing: the key is still free.
    let refused = of(&mut engine, asked(&zhang, zhang.fill()));
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    assert_eq!(
        of(&mut engine, asked(&zhang, zhang.open())).unwrap().len(),
        1
    );
    for other in [
        asked(&li, li.open()),
        asked(&li, zhang.open()),
        asked(&zhang, zhang.fill()),
    ] {
        let refused = of(&mut engine, other);
        let Err(Error::Refused(Refusal::KeyUsed { key: used })) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(used, key("k"));
    }
    assert_eq!(li.phase(&engine), None);
    audit::verify(engine.store()).unwrap();
}

#[test]
fn no_answer_and_the_same_key_again_is_done_once() {
    for side in [Side::Before, Side::After] {
        let (world, engine) = in_business();
        drop(engine);
        let store = FailingStore::new(world.store.clone(), 1, side);
        let mut engine = world.engine_over(store);
        let zhang = Applicant::new("zhang.san");
        let open = Submission::new(zhang.actor(), zhang.open()).under(key("open"));
        let failed = engine.submit_all([open.clone()]).pop().unwrap();
        assert!(matches!(failed, Err(Error::Store(_))), "{failed:?}");
        let answered = engine.submit_all([open]).pop().unwrap().unwrap();
        assert_eq!(answered.len(), 1, "{side:?}");
        let report = audit::verify(engine.store()).unwrap();
        assert_eq!(report.cases, 1);
    }
}
