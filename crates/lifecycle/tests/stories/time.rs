//! What time itself does, and who is told of it.

use lifecycle::{
    About, Error, audit,
    case::{Command, Phase, state::DeadlineName},
    terms::Kind,
};

use crate::{
    doubles::{FailingStore, Letters, Side},
    script::{Applicant, act, evidence, in_business, take_through},
};
use lifecycle::terms::EvidenceKind;

const DAY: u64 = 86_400;

fn told(letters: &Letters) -> Vec<About> {
    letters
        .told()
        .into_iter()
        .map(|notice| notice.about)
        .collect()
}

fn tick(engine: &mut lifecycle::Engine) -> Result<(), Error> {
    engine.tick(&mut |_| {})
}

#[test]
fn a_case_that_nobody_works_on_lapses_and_one_that_is_worked_on_does_not() {
    let (world, mut engine) = in_business();
    let [zhang, li] = ["zhang.san", "li.ming"].map(Applicant::new);
    for applicant in [&zhang, &li] {
        act(&mut engine, &applicant.actor(), applicant.open()).unwrap();
    }
    world.clock.forward(29 * DAY);
    tick(&mut engine).unwrap();
    assert_eq!(zhang.phase(&engine), Some(Phase::Draft));
    act(&mut engine, &li.actor(), li.fill()).unwrap();
    world.clock.forward(2 * DAY);
    let mut seen = Vec::new();
    engine
        .tick(&mut |entry| seen.push(entry.event.name()))
        .unwrap();
    assert_eq!(seen, ["lapsed"]);
    assert_eq!(zhang.phase(&engine), Some(Phase::Lapsed));
    assert_eq!(li.phase(&engine), Some(Phase::Draft));
    // Nothing is left to do.
    let head = engine.store().head().unwrap();
    tick(&mut engine).unwrap();
    assert_eq!(engine.store().head().unwrap(), head);
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_late_review_is_noted_once_and_told_at_least_once() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    zhang.submit(&mut engine).unwrap();
    world.clock.forward(7 * DAY);
    world.letters.refuse(true);
    let failed = tick(&mut engine);
    assert!(matches!(failed, Err(Error::Notify { .. })), "{failed:?}");
    assert!(told(&world.letters).is_empty());
    world.letters.refuse(false);
    drop(engine);
    // The next process tells what this one could not.
    let mut engine = world.engine();
    let overdue = |about: &About| matches!(about, About::Overdue { deadline, .. } if *deadline == DeadlineName::Review);
    for _ in 0..2 {
        tick(&mut engine).unwrap();
        let told = told(&world.letters);
        assert!(told.len() == 1 && told.iter().all(overdue), "{told:?}");
    }
    take_through(&mut engine, &zhang).unwrap();
    audit::verify(engine.store()).unwrap();
}

#[test]
fn a_tick_that_breaks_off_is_finished_by_the_next() {
    for side in [Side::Before, Side::After] {
        // One write carries both deadlines, one each notes that a notice was told.
        for write in 1..=3 {
            let (world, mut engine) = in_business();
            let [zhang, li] = ["zhang.san", "li.ming"].map(Applicant::new);
            zhang.submit(&mut engine).unwrap();
            li.submit(&mut engine).unwrap();
            drop(engine);
            world.clock.forward(7 * DAY);
            let store = FailingStore::new(world.store.clone(), write, side);
            tick(&mut world.engine_over(store)).unwrap_err();
            let mut engine = world.engine();
            tick(&mut engine).unwrap();
            let mut keys: Vec<_> = world.letters.told().iter().map(|one| one.key()).collect();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), 2, "both are told, at least once: {keys:?}");
            audit::verify(engine.store()).unwrap();
        }
    }
}

#[test]
fn a_holder_is_told_before_the_end_while_the_certificate_counts() {
    let (world, mut engine) = in_business();
    let [zhang, li] = ["zhang.san", "li.ming"].map(Applicant::new);
    for applicant in [&zhang, &li] {
        take_through(&mut engine, applicant).unwrap();
        let record = evidence(EvidenceKind::HolderStatement);
        let confirm = Command::ConfirmReceipt {
            correct: true,
            record,
        };
        act(&mut engine, &applicant.actor(), applicant.command(confirm)).unwrap();
    }
    // Two years have 730 or 731 days.
    world.clock.forward((730 - 61) * DAY);
    tick(&mut engine).unwrap();
    assert!(told(&world.letters).is_empty());
    let revoke = li.again("revoke", Kind::Revoke);
    revoke.go_to(&mut engine, Phase::Executed).unwrap();
    world.clock.forward(3 * DAY);
    tick(&mut engine).unwrap();
    assert_eq!(told(&world.letters), [About::Expiry { days: 60 }]);
    let person = world.letters.told()[0].person.clone();
    assert_eq!(person, Some(zhang.person.clone()));
    world.clock.forward(60 * DAY);
    tick(&mut engine).unwrap();
    let days = [60, 30, 7].map(|days| About::Expiry { days });
    assert_eq!(told(&world.letters), days);
    audit::verify(engine.store()).unwrap();
}
