//! Stories over the engine: whole cases, crashes at every place, forged logs.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps a test fails it when something is missing"
)]

mod answers;
mod audit;
mod checkpoints;
mod crash;
mod doubles;
mod ending;
mod four_eyes;
mod issue;
mod keys;
mod kinds;
mod laws;
mod lists;
mod revoke;
mod script;
mod store;
mod time;
