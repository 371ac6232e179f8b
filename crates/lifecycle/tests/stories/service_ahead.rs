//! A service that decides on the next commands while it writes the last ones: what rests on a
//! write that fails never came to be, nothing is told or seen before it is durable, and who asks
//! one way is heard in order.

use lifecycle::{
    Actor, Command, Engine, Entry, Error, Event, Handle, Happened, Service, Store, StoreError,
    StreamId, Ticket, audit,
    case::{self, Phase},
};
use std::{
    num::NonZero,
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use crate::{
    doubles::{FailingStore, SharedStore, Side, World},
    script::{Applicant, act, in_business},
};

const PLACES: NonZero<usize> = NonZero::new(1_000).unwrap();

/// More than what is worth a thread of its own.
const CROWD: usize = 24;

/// Long enough for a service to decide on what waits; where it is not, nothing is decided early,
/// and each of these tests says the same.
const MEANWHILE: Duration = Duration::from_millis(200);

type Answer = Ticket<Result<Vec<Entry>, Error>>;

/// Two writes that wait for somebody: the first gathers a crowd, and the second carries it.
struct Held {
    world: World,
    handle: Handle,
    service: Service,
    gate: Arc<Barrier>,
    crowd: Vec<Applicant>,
    first: Vec<Answer>,
}

impl Held {
    /// A crowd whose drafts are filled in by a write that is under way and `fails` in the end.
    fn with<W>(fails: bool, watch: impl FnOnce(SharedStore) -> W) -> Self
    where
        W: FnMut(Happened<'_>) + Send + 'static,
    {
        let (world, mut engine) = in_business();
        let watch = watch(world.store.clone());
        let crowd: Vec<_> = (0..CROWD)
            .map(|nth| Applicant::new(&format!("applicant-{nth}")))
            .collect();
        for applicant in &crowd {
            act(&mut engine, &applicant.actor(), applicant.open()).unwrap();
        }
        drop(engine);
        let gate = Arc::new(Barrier::new(2));
        let (inside, mut writes) = (Arc::clone(&gate), 0);
        let watcher = move |side: Side, _: Option<&_>| {
            if side == Side::After {
                return Ok(());
            }
            writes += 1;
            if writes <= 2 {
                inside.wait();
                inside.wait();
            }
            match fails && writes == 2 {
                true => Err(StoreError::Other("the disk is full")),
                false => Ok(()),
            }
        };
        let store = FailingStore::watched(world.store.clone(), Box::new(watcher));
        let service = Service::start(world.engine_over(store), PLACES, watch).unwrap();
        let handle = service.handle();
        let nobody = Applicant::new("nobody");
        let opened = handle.submit((nobody.actor(), nobody.open())).unwrap();
        gate.wait();
        let mut first = vec![opened];
        // Each by a way of his own.
        first.extend(crowd.iter().map(|one| fill(&handle.clone(), one)));
        gate.wait();
        gate.wait();
        Self {
            world,
            handle,
            service,
            gate,
            crowd,
            first,
        }
    }

    /// Each by a way of his own.
    fn everybody_fills_in(&self) -> Vec<Answer> {
        let fill_in = |one| fill(&self.handle.clone(), one);
        self.crowd.iter().map(fill_in).collect()
    }

    /// The write comes to its end.
    fn go_on(&self) {
        thread::sleep(MEANWHILE);
        self.gate.wait();
    }

    fn stop(self) -> Engine {
        audit::verify(&self.world.store).unwrap();
        self.service.stop().unwrap()
    }
}

fn fill(handle: &Handle, applicant: &Applicant) -> Answer {
    handle
        .submit((applicant.actor(), applicant.fill()))
        .unwrap()
}

/// The version of the form that a command made, and the record's place.
fn filled(ticket: Answer) -> (u32, u64) {
    let entries = ticket.wait().unwrap().unwrap();
    let [entry] = &*entries else {
        panic!("{entries:?}");
    };
    match &entry.event {
        Event::Case(case::Event::FormFilled(form)) => (form.version, entry.seq),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_decided_on_a_write_that_succeeds_is_written_behind_it() {
    let mut held = Held::with(false, |_| |_| {});
    let second = held.everybody_fills_in();
    held.go_on();
    let first: Vec<_> = held.first.drain(..).skip(1).map(filled).collect();
    let second: Vec<_> = second.into_iter().map(filled).collect();
    for ((first, before), (second, after)) in first.into_iter().zip(second) {
        assert_eq!((first, second), (1, 2));
        assert!(before < after);
    }
    held.stop();
}

#[test]
fn what_is_decided_on_a_write_that_fails_is_decided_again_on_what_is_there() {
    let mut held = Held::with(true, |_| |_| {});
    let second = held.everybody_fills_in();
    held.go_on();
    for ticket in held.first.drain(..).skip(1) {
        let failed = ticket.wait().unwrap().unwrap_err();
        assert!(
            matches!(failed, Error::Store(StoreError::Group(_))),
            "{failed:?}"
        );
    }
    for ticket in second {
        assert_eq!(filled(ticket).0, 1, "the first form was never written");
    }
    let crowd = held.crowd.clone();
    let engine = held.stop();
    for applicant in crowd {
        let form = engine.case(&applicant.id).unwrap().unwrap().form.unwrap();
        assert_eq!(form.version, 1);
    }
}

#[test]
fn one_way_is_heard_in_order_also_where_its_first_command_has_to_wait_for_the_store() {
    let mut held = Held::with(false, |_| |_| {});
    let (mine, other) = (held.handle.clone(), held.handle.clone());
    let late = Applicant::new("late");
    // Nobody knows in memory whether there is such a case.
    let opened = mine.submit((late.actor(), late.open())).unwrap();
    let behind = fill(&mine, &held.crowd[0]);
    let overtakes = fill(&other, &held.crowd[0]);
    held.go_on();
    let opened = opened.wait().unwrap().unwrap()[0].seq;
    let (behind, overtakes) = (filled(behind), filled(overtakes));
    assert!(opened < behind.1, "{opened} {behind:?}");
    let mut versions = [behind.0, overtakes.0];
    versions.sort_unstable();
    assert_eq!(versions, [2, 3]);
    held.first.clear();
    assert_eq!(late.phase(&held.stop()), Some(Phase::Draft));
}

#[test]
fn nothing_is_told_or_seen_before_it_is_durable() {
    let (too_early, told) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let seen = (Arc::clone(&too_early), Arc::clone(&told));
    let mut held = Held::with(false, |store| {
        move |happened| {
            if let Happened::Recorded(entry) = happened {
                let durable = store.head().unwrap().seq;
                seen.0.fetch_or(entry.seq > durable, Relaxed);
                seen.1.fetch_add(1, Relaxed);
            }
        }
    });
    let second = held.everybody_fills_in();
    // The question comes while a write goes on, and sees the end of one.
    let id = held.crowd[0].id.clone();
    let asked = held.handle.ask(move |engine| {
        let records = engine.store().stream(&StreamId::Case(id.clone())).unwrap();
        let form = engine.case(&id).unwrap().unwrap().form.unwrap();
        (records.len(), form.version)
    });
    held.go_on();
    let (records, version) = asked.unwrap().wait().unwrap();
    assert_eq!(records, 1 + version as usize);
    let second: Vec<_> = second.into_iter().map(filled).collect();
    assert!(second.iter().all(|(version, _)| *version == 2));
    held.first.clear();
    held.stop();
    assert!(told.load(Relaxed) >= 2 * CROWD);
    assert!(!too_early.load(Relaxed));
}

/// Applicants who begin anew after each failure, over a store that fails at one write.
#[test]
fn a_crowd_comes_through_whichever_write_fails() {
    for (fails_at, side) in (1..40)
        .step_by(6)
        .flat_map(|at| [(at, Side::Before), (at, Side::After)])
    {
        let (world, engine) = in_business();
        drop(engine);
        let store = FailingStore::new(world.store.clone(), fails_at, side);
        let service = Service::start(world.engine_over(store), PLACES, |_| {}).unwrap();
        thread::scope(|scope| {
            for nth in 0..CROWD {
                let handle = service.handle();
                scope.spawn(move || come_through(&handle, &Applicant::new(&format!("c-{nth}"))));
            }
        });
        let mut engine = service.stop().unwrap();
        engine.settle(&mut |_| {}).unwrap();
        for nth in 0..CROWD {
            let applicant = Applicant::new(&format!("c-{nth}"));
            applicant.go_to(&mut engine, Phase::Dispatched).unwrap();
        }
        audit::verify(&world.store).unwrap();
        assert!(world.token.signs_once());
    }
}

/// What the case needs next, again and again; a failure is answered by looking where it stands.
fn come_through(handle: &Handle, applicant: &Applicant) {
    loop {
        let asked = applicant.clone();
        let next = handle.ask(move |engine| asked.next(engine).ok().flatten());
        let next: Option<(Actor, Command)> = next.unwrap().wait().unwrap();
        let Some(next) = next else {
            return;
        };
        let answer = handle.submit_and_settle(next).unwrap().wait().unwrap();
        if let Err(error) = answer {
            assert!(
                matches!(error, Error::Store(_) | Error::Refused(_)),
                "{error}"
            );
        }
    }
}
