//! Several engines on one database.

use lifecycle::{
    Checkpoints, Command, Engine, Error, Ground, Publication, Refusal, Store, StreamId, audit,
    authority, ports::Publisher,
};
use std::{
    collections::BTreeSet,
    fmt, io,
    sync::{Arc, Barrier, Mutex},
    thread,
    time::Duration,
};

use super::{Database, check, lease};
use crate::{
    doubles::{Interruption, Shelf, World},
    script::{
        Applicant, CA, act, authority_command, authority_id, count, establish, issue_crl, officer,
        policy, policy_with_quota, settle, take_through,
    },
};

/// Cases that each node tries to open, and pairs that their organisation may have.
const TRIES: usize = 6;
const QUOTA: u32 = 9;

/// Takes cases through; how many were refused for the quota.
fn work(engine: &mut Engine, node: &str) -> usize {
    let mut refused = 0;
    for nth in 0..TRIES {
        match take_through(engine, &Applicant::new(&format!("{node}-{nth}"))) {
            Ok(()) => {}
            Err(Error::Refused(Refusal::Ruled { ground, .. }))
                if matches!(*ground, Ground::Quota { .. }) =>
            {
                refused += 1;
            }
            Err(error) => panic!("{node}-{nth}: {error:?}"),
        }
    }
    refused
}

#[test]
fn two_nodes_at_once_do_what_one_would_do() {
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    establish(&mut world.engine_over(database.open())).unwrap();
    let both = Barrier::new(2);
    let refused: usize = thread::scope(|scope| {
        let node = |name: &'static str| {
            let (world, database, both) = (&world, &database, &both);
            scope.spawn(move || {
                let mut engine = world.engine_of(database.open(), policy_with_quota(QUOTA));
                both.wait();
                work(&mut engine, name)
            })
        };
        let threads = [node("a"), node("b")];
        // An auditor sees one moment, whatever goes on.
        let mut last = 0;
        while !threads.iter().all(|thread| thread.is_finished()) {
            let records = audit::verify(&database.read()).unwrap().records;
            assert!(records >= last);
            last = records;
        }
        threads
            .map(|thread| thread.join().unwrap())
            .into_iter()
            .sum()
    });
    let store = database.read();
    let report = check(&world, &store);
    let quota = usize::try_from(QUOTA).unwrap();
    assert_eq!((report.cases, refused), (quota, 2 * TRIES - quota));
    // No node took what the other one was signing for lost.
    assert_eq!(report.burnt, 0);
    assert_eq!(report.certificates, 3 + 2 * quota);
    let rows = store.cases(None, usize::MAX).unwrap();
    let numbers: BTreeSet<_> = rows.iter().map(|row| row.number.unwrap().0).collect();
    assert_eq!(numbers, (1..=u64::from(QUOTA)).collect());
    let serials: BTreeSet<_> = rows
        .iter()
        .flat_map(|row| {
            [
                row.signing.clone().unwrap(),
                row.encryption.clone().unwrap(),
            ]
        })
        .collect();
    assert_eq!(serials.len(), 2 * quota);
}

#[test]
fn an_open_intent_is_its_nodes_until_the_lease_runs_out() {
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    let zhang = Applicant::new("zhang.san");
    let mut first = world.engine_over(database.open_as(&lease(2)).unwrap());
    establish(&mut first).unwrap();
    zhang.intend(&mut first).unwrap();
    let signed = world.token.signed().len();
    let mut others = [0, 1].map(|_| world.engine_over(database.open()));
    for other in &mut others {
        settle(other).unwrap();
        assert_eq!(
            other.store().unsettled().unwrap(),
            [StreamId::Case(zhang.id.clone())]
        );
    }
    assert_eq!(world.token.signed().len(), signed);
    // It stands still for too long. Of the others, one takes over.
    thread::sleep(Duration::from_millis(2_500));
    thread::scope(|scope| {
        for other in &mut others {
            scope.spawn(|| settle(other).unwrap());
        }
    });
    settle(&mut first).unwrap();
    let report = check(&world, first.store());
    assert_eq!(report.burnt, 1);
    take_through(&mut first, &zhang).unwrap();
    check(&world, first.store());
}

#[test]
fn a_node_that_leaves_in_order_is_not_waited_for() {
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    let zhang = Applicant::new("zhang.san");
    let mut first = world.engine_over(database.open());
    establish(&mut first).unwrap();
    zhang.intend(&mut first).unwrap();
    let mut second = world.engine_over(database.open());
    settle(&mut second).unwrap();
    assert_eq!(second.store().unsettled().unwrap().len(), 1);
    drop(first);
    settle(&mut second).unwrap();
    assert_eq!(check(&world, second.store()).burnt, 1);
}

#[test]
fn whoever_intends_next_settles_next() {
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    let [mut first, mut second] = [0, 1].map(|_| world.engine_over(database.open()));
    establish(&mut first).unwrap();
    // The first one's list is signed and waits to be published.
    world.shelf.refuse(true);
    issue_crl(&mut first).unwrap_err();
    let stream = StreamId::Authority(authority_id(CA));
    assert_eq!(count(&first, &stream, "crl-issued"), 1);
    world.clock.forward(60);
    let issue: Command = authority_command(CA, authority::Command::IssueCrl);
    second.submit(&officer(), issue).unwrap();
    world.shelf.refuse(false);
    settle(&mut first).unwrap();
    assert_eq!(count(&second, &stream, "crl-issued"), 1);
    settle(&mut second).unwrap();
    assert_eq!(count(&second, &stream, "crl-issued"), 2);
    check(&world, second.store());
}

/// A publisher that takes everything; before the first thing, somebody else is let in.
struct Interrupted {
    shelf: Shelf,
    interruption: Mutex<Option<Interruption>>,
}

impl fmt::Debug for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupted").finish_non_exhaustive()
    }
}

impl Publisher for Interrupted {
    fn publish(&self, item: &Publication) -> io::Result<()> {
        if let Some(interruption) = self.interruption.lock().unwrap().take() {
            interruption();
        }
        self.shelf.publish(item)
    }
}

#[test]
fn what_another_node_signed_while_one_published_is_published_too() {
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    establish(&mut world.engine_over(database.open())).unwrap();
    let second = Arc::new(Mutex::new(world.engine_over(database.open())));
    let (other, others_shelf) = (second.clone(), world.shelf.clone());
    let interruption: Interruption = Box::new(move || {
        // Signed, and not published yet.
        others_shelf.refuse(true);
        issue_crl(&mut other.lock().unwrap()).unwrap_err();
    });
    let publisher = Interrupted {
        shelf: Shelf::default(),
        interruption: Mutex::new(Some(interruption)),
    };
    let own = publisher.shelf.clone();
    let mut first = world.engine_to(database.open(), publisher, world.letters.clone());
    issue_crl(&mut first).unwrap();
    let lists = [1, 2].map(|number| format!("authorities/{CA}/{number}.crl"));
    let lie_there = |shelf: &Shelf| lists.each_ref().map(|list| shelf.item(list).is_some());
    assert_eq!(lie_there(&own), [true, false]);
    assert_eq!(lie_there(&world.shelf), [false, false]);
    world.shelf.refuse(false);
    let mut second = second.lock().unwrap();
    settle(&mut second).unwrap();
    assert_eq!(lie_there(&world.shelf), [false, true]);
    check(&world, second.store());
}

#[test]
fn a_decision_that_was_overtaken_is_made_again() {
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    let [mut first, mut second] = [0, 1].map(|_| world.engine_over(database.open()));
    establish(&mut first).unwrap();
    let zhang = Applicant::new("zhang.san");
    take_through(&mut second, &zhang).unwrap();
    let li = Applicant::new("li.ming");
    act(&mut first, &li.actor(), li.open()).unwrap();
    take_through(&mut second, &li).unwrap();
    audit::verify(first.store()).unwrap();
}

#[test]
fn what_time_does_is_done_once_by_whoever_comes_first() {
    const ROUNDS: usize = 10;
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    establish(&mut world.engine_over(database.open())).unwrap();
    let applicant = |round| Applicant::new(&format!("case-{round}"));
    let both = Barrier::new(2);
    let failures: Vec<Error> = thread::scope(|scope| {
        let nodes = [true, false].map(|opens| {
            let (world, database, both) = (&world, &database, &both);
            scope.spawn(move || {
                let mut policy = policy();
                let hour = Duration::from_secs(3_600);
                let checkpoints = Checkpoints::new("ca.example", authority_id(CA), 1, hour);
                policy.checkpoints = Some(checkpoints.unwrap());
                let mut engine = world.engine_of(database.open(), policy);
                let mut failures = Vec::new();
                for round in 0..ROUNDS {
                    if opens {
                        let one = applicant(round);
                        failures.extend(act(&mut engine, &one.actor(), one.open()).err());
                        world.clock.forward(31 * 86_400);
                    }
                    both.wait();
                    failures.extend(engine.tick(&mut |_| {}).err());
                    both.wait();
                }
                failures
            })
        });
        nodes
            .map(|node| node.join().unwrap())
            .into_iter()
            .flatten()
            .collect()
    });
    assert!(failures.is_empty(), "{failures:?}");
    let engine = world.engine_over(database.open());
    for round in 0..ROUNDS {
        let stream = StreamId::Case(applicant(round).id);
        assert_eq!(count(&engine, &stream, "lapsed"), 1);
    }
    let last = engine.store().checkpoint().unwrap().unwrap();
    assert_eq!(last.size, engine.store().head().unwrap().seq);
    audit::verify(engine.store()).unwrap();
}
