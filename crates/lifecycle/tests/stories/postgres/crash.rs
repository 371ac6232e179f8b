//! A server that is killed under load.

use lifecycle::{Entry, Error};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use super::{Database, Server, check, lease};
use crate::{
    doubles::World,
    script::{Applicant, establish, settle},
};

/// How often the server is killed.
const KILLS: usize = 4;
/// Acknowledged writes between two kills.
const ACKNOWLEDGED: usize = 40;

/// Takes a case through, whatever happens in between; each entry that was acknowledged is
/// written down.
fn insist(
    engine: &mut lifecycle::Engine,
    applicant: &Applicant,
    acknowledged: &mut dyn FnMut(&Entry),
) {
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        let step = engine.settle(acknowledged).and_then(|()| {
            let Some((actor, command)) = applicant.next(engine)? else {
                return Ok(true);
            };
            engine
                .submit(&actor, command)?
                .iter()
                .for_each(&mut *acknowledged);
            Ok(false)
        });
        match step {
            Ok(true) => return,
            Ok(false) => {}
            // A command may have been carried out without anybody knowing: then it is refused
            // now, and the case goes on from where it stands.
            Err(Error::Store(_) | Error::Refused(_)) if Instant::now() < until => {}
            Err(error) => panic!("{}: {error:?}", applicant.id),
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_with_a_killed_server() {
    let Some(server) = Server::start() else {
        return;
    };
    let database = Database::on(server.connection.clone());
    let world = World::default();
    establish(&mut world.engine_over(database.open())).unwrap();
    let acknowledged = Mutex::new(Vec::new());
    let (count, cases) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let is_over = AtomicUsize::new(0);
    thread::scope(|scope| {
        let node = |name: &'static str| {
            let mut engine = world.engine_over(database.open_as(&lease(5)).unwrap());
            for nth in 0.. {
                if is_over.load(Relaxed) == 1 {
                    break;
                }
                let applicant = Applicant::new(&format!("{name}-{nth}"));
                insist(&mut engine, &applicant, &mut |entry| {
                    acknowledged.lock().unwrap().push(entry.clone());
                    count.fetch_add(1, Relaxed);
                });
                cases.fetch_add(1, Relaxed);
            }
        };
        let nodes = ["a", "b"].map(|name| scope.spawn(move || node(name)));
        for kill in 1..=KILLS {
            while count.load(Relaxed) < kill * ACKNOWLEDGED {
                assert!(
                    !nodes.iter().any(|node| node.is_finished()),
                    "a node gave up"
                );
                thread::sleep(Duration::from_millis(5));
            }
            server.crash();
            server.again();
        }
        is_over.store(1, Relaxed);
    });
    // What a node lost sight of is taken over once it is gone.
    let mut engine = world.engine_over(database.open());
    settle(&mut engine).unwrap();
    let report = check(&world, engine.store());
    let records = engine.store().records(0, usize::MAX).unwrap();
    let entries: Vec<_> = records
        .iter()
        .map(|record| record.open(&world.subjects).unwrap())
        .collect();
    let acknowledged = acknowledged.into_inner().unwrap();
    for entry in &acknowledged {
        let place = usize::try_from(entry.seq - 1).unwrap();
        assert_eq!(entries.get(place), Some(entry));
    }
    let cases = cases.into_inner();
    assert_eq!(report.cases, cases);
    println!(
        "{KILLS} kills, {cases} cases, {} records, {} acknowledged, {} burnt",
        report.records,
        acknowledged.len(),
        report.burnt
    );
}
