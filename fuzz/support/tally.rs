//! How many inputs got past a target's parser.

use std::{
    env, fs,
    path::PathBuf,
    sync::{LazyLock, Mutex},
    time::{Duration, Instant},
};

/// Where the count goes; without it, nothing is written.
static FILE: LazyLock<Option<PathBuf>> =
    LazyLock::new(|| env::var_os("GM_FUZZ_COUNT").map(PathBuf::from));

static TALLY: Mutex<Tally> = Mutex::new(Tally {
    inputs: 0,
    accepted: 0,
    written: None,
});

struct Tally {
    inputs: u64,
    accepted: u64,
    written: Option<Instant>,
}

/// Counts one input. The file has `INPUTS ACCEPTED`; the fuzzer ends without telling
/// the target, so it is written anew all the time, five times a second at most.
pub fn tally(accepted: bool) {
    let Some(file) = &*FILE else { return };
    let mut tally = TALLY.lock().expect("nothing panics while it counts");
    tally.inputs += 1;
    tally.accepted += u64::from(accepted);
    let is_old = |written: Instant| written.elapsed() > Duration::from_millis(200);
    if tally.written.is_none_or(is_old) {
        let line = format!("{} {}\n", tally.inputs, tally.accepted);
        fs::write(file, line).expect("the count can be written");
        tally.written = Some(Instant::now());
    }
}
