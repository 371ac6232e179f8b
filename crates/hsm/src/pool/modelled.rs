//! The queue and the crew of the pool under a scheduler that tries many orders of events,
//! drawn from a seed: what fails can be had again.
//!
//! Without a clock that moves, a wake-up that is missing is a deadlock, which the
//! scheduler reports. With one, any wait may end at any time.
//!
//! `GM_PKI_SCHEDULES` sets how many orders each test tries, `GM_PKI_SEED` where it begins.

#![expect(
    clippy::duplicate_mod,
    reason = "the same text, over the simulated scheduler"
)]

use super::Connect;
use crate::Error;
use crew::{Crew, Job};
use queue::{Limits, Outcome};
use shuttle::{
    Config, Runner,
    rand::{Rng, thread_rng},
    scheduler::{PctScheduler, RandomScheduler},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
};
use std::{env, time::Duration};

#[path = "crew.rs"]
#[allow(dead_code, reason = "a connector is shown by the pool alone")]
mod crew;
#[path = "queue.rs"]
mod queue;
mod sync;

fn setting(name: &str, default: usize) -> usize {
    env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// Half of the orders come from even chances, half from few changes of the thread
/// (PCT, which finds what needs a few unlucky moments).
fn under_many_schedules(work: impl Fn() + Send + Sync + Clone + 'static) {
    let schedules = setting("GM_PKI_SCHEDULES", 400);
    let seed = u64::try_from(setting("GM_PKI_SEED", 6)).expect("64 bits");
    let mut config = Config::new();
    config.silence_warnings = true;
    let random = RandomScheduler::new_from_seed(seed, schedules.div_ceil(2));
    Runner::new(random, config.clone()).run(work.clone());
    for depth in 1..=4 {
        let pct = PctScheduler::new_from_seed(seed, depth, schedules.div_ceil(8));
        Runner::new(pct, config.clone()).run(work.clone());
    }
}

/// What a device does, by chance.
#[derive(Clone, Debug, Default)]
struct Device(Arc<Inside>);

#[derive(Debug, Default)]
struct Inside {
    /// Of 100 connections, those that fail.
    fails: usize,
    /// Sessions that it gives; 0 for any number.
    most: usize,
    open: AtomicUsize,
    highest: AtomicUsize,
    /// Sessions that hang when they close.
    sticks: Option<Gate>,
}

#[derive(Debug)]
struct Session(Device);

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(gate) = &self.0.0.sticks {
            gate.pass();
        }
        // Closing takes its time.
        thread::yield_now();
        self.0.0.open.fetch_sub(1, SeqCst);
    }
}

const GONE: Error = Error::DeviceGone {
    call: "connect",
    code: 0x32,
    name: "CKR_DEVICE_REMOVED",
};

impl Connect for Device {
    type Session = Session;

    fn connect(&self) -> Result<Session, Error> {
        let inside = &self.0;
        thread::yield_now();
        if thread_rng().gen_range(0..100) < inside.fails {
            return Err(GONE);
        }
        let open = inside.open.fetch_add(1, SeqCst) + 1;
        if inside.most > 0 && open > inside.most {
            inside.open.fetch_sub(1, SeqCst);
            return Err(Error::SessionLimit {
                call: "connect",
                code: 0xb1,
                name: "CKR_SESSION_COUNT",
            });
        }
        inside.highest.fetch_max(open, SeqCst);
        Ok(Session(self.clone()))
    }
}

fn device(fails: usize, most: usize) -> Device {
    Device(Arc::new(Inside {
        fails,
        most,
        ..Inside::default()
    }))
}

const LIMITS: Limits = Limits {
    sessions: 2,
    time: Duration::from_secs(10),
    queue: 100,
    wait: Duration::from_secs(30),
    hanging: 2,
};

/// Where work hangs until it is opened.
#[derive(Clone, Debug, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    fn pass(&self) {
        let mut open = self.0.0.lock().unwrap();
        while !*open {
            open = self.0.1.wait(open).unwrap();
        }
    }
}

/// One job, and what became of it.
#[derive(Clone, Default)]
struct Watched(Arc<Seen>);

#[derive(Default)]
struct Seen {
    begun: AtomicUsize,
    without_session: AtomicUsize,
}

impl Watched {
    fn job(&self, work: impl FnOnce() -> bool + Send + 'static) -> Job<Device> {
        let seen = Arc::clone(&self.0);
        Box::new(move |session| {
            if session.is_err() {
                seen.without_session.fetch_add(1, SeqCst);
                return false;
            }
            seen.begun.fetch_add(1, SeqCst);
            thread::yield_now();
            work()
        })
    }

    fn begun(&self) -> usize {
        self.0.begun.load(SeqCst)
    }

    fn answers(&self) -> usize {
        self.begun() + self.0.without_session.load(SeqCst)
    }
}

/// Those that hung or lost their session come back, close what they have, and make room;
/// all places are free. Without that, the run has too many steps and fails.
fn settle(crew: &Crew<Device>) {
    while crew.queue().owed() > 0 {
        thread::yield_now();
    }
}

#[test]
fn each_job_is_done_once_whatever_dies_beside_it() {
    under_many_schedules(|| {
        let crew = Arc::new(Crew::new(device(20, 0), LIMITS));
        let callers: Vec<_> = (0..3)
            .map(|_| {
                let crew = Arc::clone(&crew);
                thread::spawn(move || {
                    for _ in 0..3 {
                        let watched = Watched::default();
                        let breaks = thread_rng().gen_bool(0.3);
                        let outcome = crew.run(watched.job(move || breaks));
                        assert_eq!(outcome, Outcome::Done);
                        assert_eq!(watched.answers(), 1, "once");
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.join().unwrap();
        }
        settle(&crew);
        let Ok(crew) = Arc::try_unwrap(crew) else {
            panic!("all callers are gone");
        };
        drop(crew);
    });
}

#[test]
fn a_pool_that_is_dropped_has_closed_its_sessions() {
    under_many_schedules(|| {
        let device = device(0, 0);
        let crew = Arc::new(Crew::new(device.clone(), LIMITS));
        let other = Arc::clone(&crew);
        // Its session is closed by a worker that nobody counts on any more.
        let caller = thread::spawn(move || other.run(Watched::default().job(|| true)));
        crew.run(Watched::default().job(|| false));
        caller.join().unwrap();
        drop(crew);
        assert_eq!(device.0.open.load(SeqCst), 0);
        assert!(device.0.highest.load(SeqCst) <= LIMITS.sessions);
    });
}

#[test]
fn a_sequential_caller_needs_one_session() {
    under_many_schedules(|| {
        let device = device(0, 0);
        let crew = Crew::new(device.clone(), LIMITS);
        for _ in 0..4 {
            crew.run(Watched::default().job(|| false));
        }
        assert_eq!(device.0.highest.load(SeqCst), 1);
    });
}

#[test]
fn two_callers_need_two_sessions() {
    under_many_schedules(|| {
        let limits = Limits {
            sessions: 4,
            ..LIMITS
        };
        let device = device(0, 0);
        let crew = Arc::new(Crew::new(device.clone(), limits));
        let callers = [(); 2].map(|()| {
            let crew = Arc::clone(&crew);
            thread::spawn(move || {
                for _ in 0..4 {
                    crew.run(Watched::default().job(|| false));
                }
            })
        });
        for caller in callers {
            caller.join().unwrap();
        }
        assert!(device.0.highest.load(SeqCst) <= 2);
    });
}

#[test]
fn two_jobs_are_at_work_at_once_where_two_sessions_are_free() {
    under_many_schedules(|| {
        let limits = Limits {
            sessions: 2,
            ..LIMITS
        };
        let crew = Arc::new(Crew::new(device(0, 0), limits));
        // In the first round the workers are hired, in the others they sleep or linger.
        for _ in 0..3 {
            let met = Arc::new((Mutex::new(0), Condvar::new()));
            let callers = [(); 2].map(|()| {
                let (crew, met) = (Arc::clone(&crew), Arc::clone(&met));
                thread::spawn(move || {
                    crew.run(Watched::default().job(move || {
                        let (here, all) = &*met;
                        let mut here = here.lock().unwrap();
                        *here += 1;
                        all.notify_all();
                        while *here < 2 {
                            here = all.wait(here).unwrap();
                        }
                        false
                    }));
                })
            });
            for caller in callers {
                caller.join().unwrap();
            }
        }
    });
}

/// Runs `count` jobs that arrive one after the other and begin when all are there, and
/// gives the order in which they began. The job `breaks` takes its session with it.
fn order_of(count: usize, breaks: usize, sessions: usize, device: Device) -> Vec<usize> {
    let limits = Limits { sessions, ..LIMITS };
    let crew = Arc::new(Crew::new(device, limits));
    let order = Arc::new(Mutex::new(Vec::new()));
    let gate = Gate::default();
    let callers: Vec<_> = (0..count)
        .map(|number| {
            let (its_crew, its_order) = (Arc::clone(&crew), Arc::clone(&order));
            let gate = gate.clone();
            let job = Watched::default().job(move || {
                its_order.lock().unwrap().push(number);
                gate.pass();
                number == breaks
            });
            let caller = thread::spawn(move || its_crew.run(job));
            while crew.queue().owed() != number + 1 || order.lock().unwrap().is_empty() {
                thread::yield_now();
            }
            caller
        })
        .collect();
    // Whoever wanted another session has heard that there is none.
    while crew.queue().at_work() != 1 {
        thread::yield_now();
    }
    gate.open();
    for caller in callers {
        assert_eq!(caller.join().unwrap(), Outcome::Done);
    }
    order.lock().unwrap().clone()
}

#[test]
fn jobs_begin_in_the_order_of_their_arrival() {
    under_many_schedules(|| {
        assert_eq!(order_of(5, 2, 1, device(0, 0)), [0, 1, 2, 3, 4]);
    });
}

#[test]
fn a_job_that_gets_no_further_session_keeps_its_place() {
    under_many_schedules(|| {
        assert_eq!(order_of(4, usize::MAX, 2, device(0, 1)), [0, 1, 2, 3]);
    });
}

#[test]
fn where_the_device_gives_fewer_sessions_no_job_is_lost() {
    under_many_schedules(|| {
        let limits = Limits {
            sessions: 3,
            ..LIMITS
        };
        let device = device(0, 1);
        let crew = Arc::new(Crew::new(device.clone(), limits));
        let callers: Vec<_> = (0..4)
            .map(|_| {
                let crew = Arc::clone(&crew);
                thread::spawn(move || {
                    let watched = Watched::default();
                    let breaks = thread_rng().gen_bool(0.2);
                    assert_eq!(crew.run(watched.job(move || breaks)), Outcome::Done);
                    assert_eq!(watched.begun(), 1);
                })
            })
            .collect();
        for caller in callers {
            caller.join().unwrap();
        }
        settle(&crew);
        assert_eq!(device.0.highest.load(SeqCst), 1);
    });
}

/// Lets time pass from the start to the stop.
fn clock(
    start: impl Fn() -> bool + Send + 'static,
    stop: &Arc<AtomicBool>,
) -> thread::JoinHandle<()> {
    let stop = Arc::clone(stop);
    thread::spawn(move || {
        while !start() {
            thread::yield_now();
        }
        while !stop.load(SeqCst) {
            sync::pass(Duration::from_secs(4));
            thread::yield_now();
        }
    })
}

#[test]
fn no_caller_waits_for_ever_and_what_was_refused_was_not_begun() {
    under_many_schedules(|| {
        let limits = Limits { queue: 1, ..LIMITS };
        let device = device(10, 0);
        let crew = Arc::new(Crew::new(device.clone(), limits));
        let (gate, stop) = (Gate::default(), Arc::new(AtomicBool::new(false)));
        let clock = clock(|| true, &stop);
        let callers: Vec<_> = (0..5)
            .map(|number| {
                let (crew, gate) = (Arc::clone(&crew), gate.clone());
                let watched = Watched::default();
                let hangs = number < 3;
                let job = watched.job(move || {
                    if hangs {
                        gate.pass();
                    }
                    number == 3
                });
                let caller = thread::spawn(move || crew.run(job));
                (watched, caller, hangs)
            })
            .collect();
        let ended: Vec<_> = callers
            .into_iter()
            .map(|(watched, caller, hangs)| {
                let outcome = caller.join().unwrap();
                if outcome == Outcome::Done {
                    assert_eq!(watched.answers(), 1);
                    assert!(!hangs || watched.begun() == 0, "it hangs and is done");
                }
                (watched, outcome)
            })
            .collect();
        gate.open();
        settle(&crew);
        for (watched, outcome) in ended {
            match outcome {
                Outcome::Done => assert_eq!(watched.answers(), 1),
                Outcome::TimedOut => assert!(watched.answers() <= 1),
                Outcome::Refused { .. } => assert_eq!(watched.answers(), 0),
            }
        }
        stop.store(true, SeqCst);
        clock.join().unwrap();
        let last = Watched::default();
        assert_eq!(crew.run(last.job(|| false)), Outcome::Done);
        assert_eq!(last.answers(), 1);
        let most = limits.sessions + limits.hanging;
        assert!(device.0.highest.load(SeqCst) <= most);
    });
}

/// One job that hangs, and one that arrives while it does. Neither waits for a session
/// longer than time will pass.
fn behind_one_that_hangs(hanging: usize) -> (Outcome, Watched) {
    let limits = Limits {
        sessions: 1,
        hanging,
        wait: Duration::from_secs(1 << 40),
        ..LIMITS
    };
    let crew = Arc::new(Crew::new(device(0, 0), limits));
    let (gate, stop) = (Gate::default(), Arc::new(AtomicBool::new(false)));
    let (its_crew, its_gate) = (Arc::clone(&crew), gate.clone());
    let first = thread::spawn(move || {
        its_crew.run(Watched::default().job(move || {
            its_gate.pass();
            false
        }))
    });
    while crew.queue().owed() != 1 {
        thread::yield_now();
    }
    let behind = Watched::default();
    let job = behind.job(|| false);
    let its_crew = Arc::clone(&crew);
    let second = thread::spawn(move || its_crew.run(job));
    let other = Arc::clone(&crew);
    let clock = clock(move || other.queue().owed() == 2, &stop);
    assert_eq!(first.join().unwrap(), Outcome::TimedOut);
    let outcome = second.join().unwrap();
    stop.store(true, SeqCst);
    clock.join().unwrap();
    gate.open();
    (outcome, behind)
}

#[test]
fn who_waits_behind_one_that_hangs_gets_another_session() {
    under_many_schedules(|| match behind_one_that_hangs(1 << 8) {
        (Outcome::Done, behind) => assert_eq!(behind.answers(), 1),
        // The clock was faster than its job.
        (outcome, _) => assert_eq!(outcome, Outcome::TimedOut),
    });
}

#[test]
fn who_waits_where_nothing_can_come_back_hears_so() {
    under_many_schedules(|| {
        let (outcome, behind) = behind_one_that_hangs(1);
        assert_eq!(outcome, Outcome::Refused { sessions: 0 });
        assert_eq!(behind.answers(), 0);
    });
}

#[test]
fn a_broken_session_that_hangs_when_it_closes_holds_nobody_up() {
    under_many_schedules(|| {
        let gate = Gate::default();
        let device = Device(Arc::new(Inside {
            sticks: Some(gate.clone()),
            ..Inside::default()
        }));
        let limits = Limits {
            sessions: 1,
            ..LIMITS
        };
        let crew = Arc::new(Crew::new(device, limits));
        let callers = [true, false].map(|breaks| {
            let crew = Arc::clone(&crew);
            thread::spawn(move || crew.run(Watched::default().job(move || breaks)))
        });
        for caller in callers {
            assert_eq!(caller.join().unwrap(), Outcome::Done);
        }
        gate.open();
    });
}

#[test]
fn dropping_waits_for_no_thread_that_hangs() {
    under_many_schedules(|| {
        let crew = Crew::new(device(0, 0), LIMITS);
        let (gate, stop) = (Gate::default(), Arc::new(AtomicBool::new(false)));
        let (hanging, watched) = (gate.clone(), Watched::default());
        let begun = watched.clone();
        let clock = clock(move || begun.begun() == 1, &stop);
        let outcome = crew.run(watched.job(move || {
            hanging.pass();
            false
        }));
        assert_eq!(outcome, Outcome::TimedOut);
        stop.store(true, SeqCst);
        clock.join().unwrap();
        crew.run(Watched::default().job(|| false));
        // Without a clock this returns only if it waits for nobody.
        drop(crew);
        gate.open();
    });
}

#[test]
fn dropping_waits_a_while_for_a_session_that_closes_and_not_for_ever() {
    under_many_schedules(|| {
        let gate = Gate::default();
        let device = Device(Arc::new(Inside {
            sticks: Some(gate.clone()),
            ..Inside::default()
        }));
        let crew = Crew::new(device.clone(), LIMITS);
        let outcome = crew.run(Watched::default().job(|| true));
        assert_eq!(outcome, Outcome::Done);
        let stop = Arc::new(AtomicBool::new(false));
        let clock = clock(|| true, &stop);
        drop(crew);
        assert_eq!(device.0.open.load(SeqCst), 1, "it hangs still");
        stop.store(true, SeqCst);
        clock.join().unwrap();
        gate.open();
    });
}
