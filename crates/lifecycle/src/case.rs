//! A case: one piece of certificate business from the first form to the last receipt.
//!
//! Six kinds, three modes, two models; what differs between them is in the
//! [rule set](crate::rules), never here. The main state follows the table of [`machine`];
//! beside it runs the [ledger](ledger::Ledger) of checks, and who sat where
//! ([`seats`]). [`decide`] looks and says; [`evolve`] is total.

pub mod command;
mod decide;
pub mod event;
mod evolve;
mod given;
mod issuance;
pub mod ledger;
pub mod machine;
pub mod pair;
pub mod paper;
pub mod payment;
pub mod seats;
mod snapshot;
pub mod state;
#[cfg(test)]
mod tests;

pub use command::{Command, Context};
pub use decide::decide;
pub use event::Event;
pub use evolve::evolve;
pub use machine::{Phase, Step};
pub use state::State;
