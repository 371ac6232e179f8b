//! The campaign of crashes: schedules of commands with a process that dies at every point, on a
//! simulated disk and on a real one; bugs that it must find; processes that are really killed.
//!
//! `GM_PKI_SCHEDULES` and `GM_PKI_KILLS` say how many, `GM_PKI_SEED` which ones.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps a test fails it when something is missing"
)]

mod base;
mod chance;
mod child;
mod disk;
#[expect(
    dead_code,
    reason = "the stories' own doubles, of which some are used here"
)]
#[path = "../stories/doubles.rs"]
mod doubles;
mod invariants;
mod kills;
mod lists;
#[path = "../stories/old.rs"]
mod old;
mod outside;
mod points;
mod schedules;
#[expect(dead_code, reason = "the stories' own cast, of which some act here")]
#[path = "../stories/script.rs"]
mod script;
mod simulator;
