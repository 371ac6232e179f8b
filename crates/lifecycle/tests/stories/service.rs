//! An engine on its own thread: many ask at once, nobody waits for another's fsync, and what was
//! accepted is answered, also when the service is stopped.

use lifecycle::{
    Actor, Busy, Command, Engine, Entry, Error, Handle, Happened, IdempotencyKey, Service,
    SqliteStore, Stopped, Store, Submission, audit, case, case::Phase, terms::EvidenceKind,
};
use std::{
    collections::HashSet,
    num::NonZero,
    pin::pin,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, Wake},
    thread::{self, Thread},
};

use crate::{
    checkpoints,
    doubles::{FailingStore, SharedStore, Side, World},
    script::{Applicant, act, approver, establish, evidence, in_business},
};

const PLACES: NonZero<usize> = NonZero::new(1_000).unwrap();

fn serve(engine: Engine) -> Service {
    Service::start(engine, PLACES, |_| {}).unwrap()
}

/// What the case needs next, asked of the service.
fn next(handle: &Handle, applicant: &Applicant) -> Option<(Actor, Command)> {
    let applicant = applicant.clone();
    let asked = handle.ask(move |engine| applicant.next(engine).unwrap());
    asked.unwrap().wait().unwrap()
}

/// From the request to the pair in the applicant's hands, one act after the other.
fn take_through(handle: &Handle, applicant: &Applicant) {
    while let Some((actor, command)) = next(handle, applicant) {
        let ticket = handle.submit_and_settle((actor, command)).unwrap();
        let settled = ticket.wait().unwrap().unwrap();
        assert!(settled.failure.is_none(), "{settled:?}");
    }
}

/// A first write that takes as long as somebody likes.
struct Held {
    begun: Arc<Barrier>,
    go_on: Arc<Barrier>,
}

impl Default for Held {
    fn default() -> Self {
        Self {
            begun: Arc::new(Barrier::new(2)),
            go_on: Arc::new(Barrier::new(2)),
        }
    }
}

impl Held {
    fn store(&self, world: &World) -> FailingStore<SharedStore> {
        let (begun, go_on) = (Arc::clone(&self.begun), Arc::clone(&self.go_on));
        let interruption = move || {
            begun.wait();
            go_on.wait();
        };
        FailingStore::interrupted(world.store.clone(), 1, Box::new(interruption))
    }
}

/// Waits as a runtime would: parked until it is woken.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn a_crowd_is_served_at_once_by_few_writes() {
    let folder = tempfile::tempdir().unwrap();
    // Its token looks into no store before it signs: this one is a file.
    let world = World::default();
    let sqlite = SqliteStore::open(&folder.path().join("store")).unwrap();
    let store = FailingStore::new(sqlite, 0, Side::Before);
    let writes = store.counter();
    let mut engine = world.engine_over(store);
    establish(&mut engine).unwrap();
    let before = writes.load(Relaxed);
    let commands = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&commands);
    let watch = move |happened: Happened<'_>| match happened {
        Happened::Turned { commands, .. } => drop(counted.fetch_add(commands, Relaxed)),
        Happened::Failed(stream, error) => panic!("{stream}: {error}"),
        Happened::Stumbled(error) => panic!("{error}"),
        _ => {}
    };
    let service = Service::start(engine, PLACES, watch).unwrap();
    let crowd: Vec<_> = (0..48)
        .map(|nth| Applicant::new(&format!("applicant-{nth}")))
        .collect();
    thread::scope(|scope| {
        for applicant in &crowd {
            let handle = service.handle();
            scope.spawn(move || take_through(&handle, applicant));
        }
    });
    let engine = service.stop().unwrap();
    for applicant in &crowd {
        assert_eq!(applicant.phase(&engine), Some(Phase::Dispatched));
        assert!(applicant.pair(&engine).published);
    }
    let report = audit::verify(engine.store()).unwrap();
    assert_eq!(report.burnt, 0);
    assert!(world.token.signs_once());
    let (writes, commands) = (writes.load(Relaxed) - before, commands.load(Relaxed));
    assert_eq!(commands, 11 * crowd.len());
    assert!(
        writes * 2 < commands,
        "{writes} writes for {commands} commands"
    );
}

#[test]
fn what_was_accepted_before_the_stop_is_answered_and_durable() {
    let (world, engine) = in_business();
    let service = serve(engine);
    let handle = service.handle();
    let crowd: Vec<_> = (0..200)
        .map(|nth| Applicant::new(&format!("applicant-{nth}")))
        .collect();
    let tickets: Vec<_> = crowd
        .iter()
        .map(|one| handle.submit((one.actor(), one.open())).unwrap())
        .collect();
    let engine = service.stop().unwrap();
    for (ticket, applicant) in tickets.into_iter().zip(&crowd) {
        let entries: Vec<Entry> = ticket.wait().unwrap().unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(applicant.phase(&engine), Some(Phase::Draft));
    }
    let late = handle.submit((crowd[0].actor(), crowd[0].fill()));
    assert_eq!(late.unwrap_err(), Busy::Stopping);
    audit::verify(&world.store).unwrap();
}

#[test]
fn nothing_that_comes_while_it_stops_is_accepted_and_lost() {
    let (world, engine) = in_business();
    drop(engine);
    let held = Held::default();
    let store = held.store(&world);
    let places = NonZero::new(100_000).unwrap();
    let service = Service::start(world.engine_over(store), places, |_| {}).unwrap();
    let handle = service.handle();
    let zhang = Applicant::new("zhang.san");
    let submit = || handle.submit((zhang.actor(), zhang.open()));
    let mut accepted = vec![submit().unwrap()];
    held.begun.wait();
    // The worker is in the middle of a write, and somebody stops the service.
    thread::scope(|scope| {
        let stopped = scope.spawn(|| service.stop().unwrap());
        let refused = loop {
            match submit() {
                Ok(ticket) => accepted.push(ticket),
                Err(busy) => break busy,
            }
            thread::yield_now();
        };
        assert_eq!(refused, Busy::Stopping);
        held.go_on.wait();
        stopped.join().unwrap();
    });
    for ticket in accepted {
        ticket.wait().unwrap().unwrap();
    }
}

#[test]
fn a_full_queue_takes_nothing_and_says_so() {
    let (world, engine) = in_business();
    drop(engine);
    let held = Held::default();
    let store = held.store(&world);
    let places = NonZero::new(3).unwrap();
    let service = Service::start(world.engine_over(store), places, |_| {}).unwrap();
    let handle = service.handle();
    let crowd: Vec<_> = (0..5)
        .map(|nth| Applicant::new(&format!("applicant-{nth}")))
        .collect();
    let submit = |nth: usize| handle.submit((crowd[nth].actor(), crowd[nth].open()));
    let mut tickets = vec![submit(0).unwrap()];
    held.begun.wait();
    tickets.extend((1..4).map(|nth| submit(nth).unwrap()));
    assert_eq!(submit(4).unwrap_err(), Busy::Full);
    held.go_on.wait();
    for ticket in tickets {
        ticket.wait().unwrap().unwrap();
    }
    let engine = service.stop().unwrap();
    assert_eq!(crowd[3].phase(&engine), Some(Phase::Draft));
    assert_eq!(crowd[4].phase(&engine), None);
}

#[test]
fn the_answer_to_an_issue_has_both_certificates() {
    let (_world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    zhang.go_to(&mut engine, Phase::Approved).unwrap();
    let service = serve(engine);
    let issue = zhang.command(case::Command::Issue);
    let ticket = service.handle().submit_and_settle((approver(), issue));
    // Awaited, this time.
    let settled = block_on(ticket.unwrap()).unwrap().unwrap();
    assert!(settled.failure.is_none());
    let issued = settled
        .entries
        .iter()
        .filter(|entry| entry.event.name() == "certificate-issued");
    assert_eq!(issued.count(), 2, "{:?}", settled.entries);
    assert_eq!(zhang.phase(&service.stop().unwrap()), Some(Phase::Issued));
}

#[test]
fn what_fails_outside_is_told_and_tried_again() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    zhang.go_to(&mut engine, Phase::Personalised).unwrap();
    world.shelf.refuse(true);
    let failures = Arc::new(Mutex::new(HashSet::new()));
    let seen = Arc::clone(&failures);
    let watch = move |happened: Happened<'_>| {
        if let Happened::Failed(stream, error) = happened {
            seen.lock().unwrap().insert(format!("{stream}: {error}"));
        }
    };
    let service = Service::start(engine, PLACES, watch).unwrap();
    let handle = service.handle();
    let (actor, dispatch) = next(&handle, &zhang).unwrap();
    let ticket = handle.submit_and_settle((actor, dispatch)).unwrap();
    let settled = ticket.wait().unwrap().unwrap();
    let failure = settled.failure.unwrap();
    assert!(matches!(*failure, Error::Publish { .. }), "{failure}");
    assert_eq!(failures.lock().unwrap().len(), 1);
    world.shelf.refuse(false);
    let is_published = |handle: &Handle| {
        let zhang = zhang.clone();
        let asked = handle.ask(move |engine| zhang.pair(engine).published);
        asked.unwrap().wait().unwrap()
    };
    while !is_published(&handle) {
        thread::yield_now();
    }
}

#[test]
fn who_comes_while_a_stream_is_left_alone_is_told_why_at_once_and_before_a_stop() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    zhang.go_to(&mut engine, Phase::Personalised).unwrap();
    world.shelf.refuse(true);
    let service = serve(engine);
    let handle = service.handle();
    let (actor, dispatch) = next(&handle, &zhang).unwrap();
    let first = handle.submit_and_settle((actor, dispatch)).unwrap();
    assert!(first.wait().unwrap().unwrap().failure.is_some());
    let confirm = zhang.command(case::Command::ConfirmReceipt {
        correct: true,
        record: evidence(EvidenceKind::HolderStatement),
    });
    let second = handle.submit_and_settle((zhang.actor(), confirm)).unwrap();
    drop(service.stop().unwrap());
    let settled = second.wait().unwrap().unwrap();
    assert!(settled.failure.is_some() && !settled.entries.is_empty());
}

#[test]
fn a_record_is_told_once_however_often_its_command_comes() {
    let (_world, engine) = in_business();
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&told);
    let watch = move |happened: Happened<'_>| {
        if let Happened::Recorded(entry) = happened {
            hears.lock().unwrap().push(entry.seq);
        }
    };
    let service = Service::start(engine, PLACES, watch).unwrap();
    let zhang = Applicant::new("zhang.san");
    let key = IdempotencyKey::new("open-1").unwrap();
    let open = Submission::new(zhang.actor(), zhang.open()).under(key);
    for _ in 0..3 {
        let answer = service.handle().submit(open.clone()).unwrap().wait();
        assert_eq!(answer.unwrap().unwrap().len(), 1);
    }
    drop(service.stop().unwrap());
    assert_eq!(told.lock().unwrap().len(), 1);
}

#[test]
fn nothing_leaves_over_a_store_whose_tail_was_lost() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    zhang.go_to(&mut engine, Phase::Personalised).unwrap();
    world.shelf.refuse(true);
    let (actor, dispatch) = zhang.next(&engine).unwrap().unwrap();
    act(&mut engine, &actor, dispatch).unwrap_err();
    drop(engine);
    world.shelf.refuse(false);
    // The store as it is now comes back later, when a checkpoint of more records was made.
    let mut earlier = world.store.copy();
    let mut engine = world.engine_under(checkpoints::policy());
    let li = Applicant::new("li.ming");
    engine.submit(&li.actor(), li.open()).unwrap();
    engine.checkpoint().unwrap().unwrap();
    let made = world.store.checkpoint().unwrap().unwrap();
    earlier.put_checkpoint(&made).unwrap();
    let published = world.shelf.names();
    let stumbled = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&stumbled);
    let watch = move |happened: Happened<'_>| {
        if let Happened::Stumbled(Error::TailLost { .. }) = happened {
            counts.fetch_add(1, Relaxed);
        }
    };
    let service = Service::start(world.engine_over(earlier), PLACES, watch).unwrap();
    let refused = service.handle().submit((zhang.actor(), zhang.open()));
    let refused = refused.unwrap().wait().unwrap();
    assert!(
        matches!(refused, Err(Error::TailLost { .. })),
        "{refused:?}"
    );
    drop(service.stop().unwrap());
    assert!(stumbled.load(Relaxed) > 0);
    assert_eq!(world.shelf.names(), published);
}

#[test]
fn a_refusal_is_the_answer_and_nothing_waits_for_it() {
    let (_world, engine) = in_business();
    let service = serve(engine);
    let zhang = Applicant::new("zhang.san");
    let handle = service.handle();
    for command in [zhang.fill(), zhang.command(case::Command::Issue)] {
        let ticket = handle.submit_and_settle((zhang.actor(), command)).unwrap();
        let refused = ticket.wait().unwrap();
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }
}

#[test]
fn who_waits_for_a_thread_that_died_is_told() {
    let (_world, engine) = in_business();
    let watch = |happened: Happened<'_>| {
        if matches!(happened, Happened::Recorded(_)) {
            std::panic::panic_any("a watcher that breaks");
        }
    };
    let service = Service::start(engine, PLACES, watch).unwrap();
    let handle = service.handle();
    let zhang = Applicant::new("zhang.san");
    let ticket = handle.submit((zhang.actor(), zhang.open())).unwrap();
    assert_eq!(ticket.wait().unwrap_err(), Stopped);
    let asked = handle.ask(|_| ()).map(lifecycle::Ticket::wait);
    assert!(matches!(asked, Ok(Err(Stopped)) | Err(Busy::Stopping)));
    assert!(service.stop().is_err());
}
