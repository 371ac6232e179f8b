//! The table of SM-B: every pair of status and step that there is.
//!
//! Decisions and histories are tested against it in both directions, and pictures are drawn
//! from it.

use super::Status;
use crate::{
    machine::{self, Transition, numbered as row},
    terms::terms,
};

terms! {
    /// What happens to a certificate, in one word: its events' names.
    Step {
        /// B1
        Reserved = "reserved",
        /// B2
        Issued = "issued",
        /// B3
        Activated = "activated",
        /// B4
        Burnt = "burnt",
        /// B5
        Frozen = "frozen",
        /// B5: another person agrees with a freeze that one made at once.
        FreezeRatified = "freeze-ratified",
        /// B6: another person does not.
        FreezeUndone = "freeze-undone",
        /// B6, by the first of two persons.
        UnfreezeRequested = "unfreeze-requested",
        /// B6
        Unfrozen = "unfrozen",
        /// B7 and B8, by the first of two persons.
        RevocationRequested = "revocation-requested",
        /// B7 and B8
        Revoked = "revoked",
        /// B9
        Superseded = "superseded",
        /// B10: by time alone, without a record.
        Expired = "expired",
        /// B11, by the first of two persons.
        UpgradeRequested = "upgrade-requested",
        /// B11
        ReasonUpgraded = "reason-upgraded",
    }
}

use Status as X;

/// Every pair of status and step that there is. What is not here is refused.
pub const TRANSITIONS: &[Transition<Status, Step>] = &[
    row("B1", &[], Step::Reserved, Some(X::Reserved)),
    row("B2", &[X::Reserved], Step::Issued, Some(X::Issued)),
    row("B3", &[X::Issued], Step::Activated, Some(X::Active)),
    row("B4", &[X::Reserved], Step::Burnt, Some(X::Burnt)),
    row("B5", &[X::Active], Step::Frozen, Some(X::Held)),
    row("B5", &[X::Held], Step::FreezeRatified, None),
    row("B6", &[X::Held], Step::FreezeUndone, Some(X::Active)),
    row("B6", &[X::Held], Step::UnfreezeRequested, None),
    row("B6", &[X::Held], Step::Unfrozen, Some(X::Active)),
    row("B7", &[X::Held], Step::RevocationRequested, None),
    row("B7", &[X::Held], Step::Revoked, Some(X::Revoked)),
    row("B8", &[X::Active], Step::RevocationRequested, None),
    row(
        "B8",
        &[X::Issued, X::Active],
        Step::Revoked,
        Some(X::Revoked),
    ),
    row("B9", &[X::Active], Step::Superseded, Some(X::Superseded)),
    row("B9", &[X::Superseded], Step::Revoked, Some(X::Revoked)),
    row(
        "B10",
        &[X::Issued, X::Active, X::Held, X::Superseded],
        Step::Expired,
        Some(X::Expired),
    ),
    row("B11", &[X::Revoked], Step::UpgradeRequested, None),
    row("B11", &[X::Revoked], Step::ReasonUpgraded, None),
];

/// The row of a step from a status; none where it is not listed.
pub fn transition(from: Option<Status>, step: Step) -> Option<&'static Transition<Status, Step>> {
    machine::find(TRANSITIONS, from, step)
}
