//! Stories over the engine: whole cases, crashes at every place, forged logs.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps a test fails it when something is missing"
)]

mod answers;
mod audit;
mod backup;
mod checkpoints;
mod crash;
mod doubles;
mod ending;
mod four_eyes;
mod group;
mod issue;
mod key_centre;
mod keys;
mod kinds;
mod laws;
mod lists;
mod migrate;
mod old;
mod outbox;
mod package;
mod personal;
#[cfg(feature = "postgres")]
mod postgres;
mod revoke;
mod script;
mod service;
mod service_ahead;
mod store;
mod time;
