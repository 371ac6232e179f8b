//! As many schedules as somebody wants, side by side; and bugs that they must find.

use lifecycle::fail_point::{self, Bug};
use std::{
    num::NonZero,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Instant,
};

use crate::{
    base::Base,
    chance::{number, seed},
    points::{self, POINTS},
    simulator::{Outcome, play},
};

/// Schedules where nobody says how many.
const FEW: u64 = 100;
/// Of how many schedules one is played on a real file, with power cuts.
const ON_FILE: u64 = 50;
/// Schedules between two words about how it goes.
const TELL: u64 = 1_000;
/// Schedules that a planted bug may survive.
const PATIENCE: u64 = 60;

#[derive(Default)]
struct Sum {
    outcome: Outcome,
    played: u64,
    wrongs: Vec<String>,
}

fn run(base: &Base, seed: u64, schedules: u64, on_file: bool) -> Sum {
    points::watch();
    let (next, sum) = (AtomicU64::new(0), Mutex::new(Sum::default()));
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..processors {
            scope.spawn(|| {
                loop {
                    let nth = next.fetch_add(1, Relaxed);
                    if nth >= schedules {
                        return;
                    }
                    let played = play(base, seed, nth, on_file);
                    let mut sum = sum.lock().unwrap();
                    sum.played += 1;
                    if sum.played.is_multiple_of(TELL) {
                        let (played, wrongs) = (sum.played, sum.wrongs.len());
                        println!("crash: {played} schedules so far, {wrongs} violations");
                    }
                    match played {
                        Ok(outcome) => sum.outcome.add(&outcome),
                        Err(wrong) => sum.wrongs.push(format!("schedule {nth}: {wrong}")),
                    }
                }
            });
        }
    });
    sum.into_inner().unwrap()
}

impl Sum {
    fn tell(&self, what: &str, seed: u64, began: Instant) {
        let Outcome {
            commands,
            refused,
            restarts,
            checks,
            certificates,
            burnt,
            records,
            write_faults,
            device_faults,
            delivered_again,
            tails_lost,
            asked,
            ..
        } = &self.outcome;
        println!(
            "crash: {} schedules {what}, seed {seed}, {:.0} s: {commands} commands ({refused} \
             refused), {restarts} restarts, {write_faults} failed writes, {device_faults} failed \
             signatures, {tails_lost} tails lost, {delivered_again} delivered again; {records} \
             records, {certificates} certificates, {burnt} burnt; {checks} checks, {asked} \
             questions about the past, {} violations",
            self.played,
            began.elapsed().as_secs_f64(),
            self.wrongs.len(),
        );
    }

    fn assert_clean(&self, seed: u64) {
        for wrong in self.wrongs.iter().take(5) {
            println!("{wrong}");
        }
        assert!(self.wrongs.is_empty(), "GM_PKI_SEED={seed}");
    }
}

#[test]
fn schedules_on_a_simulated_disk() {
    let schedules = number("GM_PKI_SCHEDULES").unwrap_or(FEW);
    let (base, seed, began) = (Base::new(), seed(), Instant::now());
    let sum = run(&base, seed, schedules, false);
    sum.tell("in memory", seed, began);
    let tally = &sum.outcome.tally;
    let mut least = (u64::MAX, &"");
    for (name, what) in POINTS {
        let count = |of: &std::collections::BTreeMap<_, _>| of.get(name).copied().unwrap_or(0);
        let (reached, died) = (count(&tally.reached), count(&tally.died));
        println!("crash: {name:>4} died {died:>6} of {reached:>8} times: {what}");
        least = least.min((died, name));
    }
    sum.assert_clean(seed);
    let (died, name) = least;
    assert!(died >= schedules / 100, "{name}: {died} crashes");
    if schedules >= FEW {
        let some = [
            sum.outcome.write_faults,
            sum.outcome.device_faults,
            sum.outcome.tails_lost,
            sum.outcome.asked,
            sum.outcome.burnt,
        ];
        assert!(some.iter().all(|count| *count > 0), "{some:?}");
    }
}

#[test]
fn schedules_on_a_file_whose_power_is_cut() {
    let schedules = number("GM_PKI_SCHEDULES").unwrap_or(FEW);
    let schedules = schedules.div_ceil(ON_FILE).max(4);
    let (base, seed, began) = (Base::new(), seed(), Instant::now());
    let sum = run(&base, seed, schedules, true);
    sum.tell("on a file", seed, began);
    let tears = sum.outcome.tears;
    println!(
        "crash: power cut in {} writes: {} left nothing, {} some sectors, {} all of them",
        tears.none + tears.some + tears.all,
        tears.none,
        tears.some,
        tears.all
    );
    sum.assert_clean(seed);
    assert!(schedules < 10 || tears.some > 0, "no write was torn");
}

#[test]
fn planted_bugs_are_found() {
    let base = Base::new();
    points::watch();
    for bug in [
        Bug::SignatureBeforeIntent,
        Bug::AnswerBeforeWrite,
        Bug::SerialTwice,
    ] {
        let found = (0..PATIENCE).find_map(|nth| {
            fail_point::plant(Some(bug));
            let wrong = play(&base, 1, nth, false).err();
            fail_point::plant(None);
            Some((nth, wrong?))
        });
        let (nth, wrong) = found.unwrap_or_else(|| panic!("{bug:?} was not found"));
        let wrong = wrong.lines().next().unwrap_or_default();
        println!("crash: planted {bug:?}: found in schedule {nth}: {wrong}");
    }
}
