//! The table of an organisation's record: every pair of stage and step that there is.

use crate::{
    machine::{self, Transition, row},
    terms::terms,
};

terms! {
    /// Where an organisation's record stands.
    Stage {
        /// Taken on.
        TakenOn = "taken-on",
        /// A filing of modes waits for its second person.
        FilingWaits = "filing-waits",
    }

    /// What happens to an organisation's record, in one word: its events' names.
    Step {
        /// It was taken on.
        Onboarded = "onboarded",
        /// It has another approver, or one with another authority.
        ApproverNamed = "approver-named",
        /// An approver is none any more.
        ApproverDismissed = "approver-dismissed",
        /// An agent has an authority.
        Authorised = "authorised",
        /// An agent has none any more.
        AuthorityRevoked = "authority-revoked",
        /// Persons are on the list of applicants.
        Listed = "listed",
        /// They are on it no more.
        Delisted = "delisted",
        /// A filing of modes was recorded.
        ModesFiled = "modes-filed",
        /// A second person agreed.
        ModesConfirmed = "modes-confirmed",
        /// The filing was dropped.
        ModesDiscarded = "modes-discarded",
        /// A mode may not be used any more.
        ModeSuspended = "mode-suspended",
        /// A mode may be used, by the agency's accreditation.
        ModeOpened = "mode-opened",
        /// A mode may not be used any more, by the agency's accreditation.
        ModeClosed = "mode-closed",
    }
}

const EITHER: &[Stage] = &[Stage::TakenOn, Stage::FilingWaits];

/// Every pair of stage and step that there is. What is not here is refused.
pub const TRANSITIONS: &[Transition<Stage, Step>] = &[
    row(&[], Step::Onboarded, Some(Stage::TakenOn)),
    row(EITHER, Step::ApproverNamed, None),
    row(EITHER, Step::ApproverDismissed, None),
    row(EITHER, Step::Authorised, None),
    row(EITHER, Step::AuthorityRevoked, None),
    row(EITHER, Step::Listed, None),
    row(EITHER, Step::Delisted, None),
    row(EITHER, Step::ModeSuspended, None),
    row(EITHER, Step::ModeOpened, None),
    row(EITHER, Step::ModeClosed, None),
    row(
        &[Stage::TakenOn],
        Step::ModesFiled,
        Some(Stage::FilingWaits),
    ),
    row(
        &[Stage::FilingWaits],
        Step::ModesConfirmed,
        Some(Stage::TakenOn),
    ),
    row(
        &[Stage::FilingWaits],
        Step::ModesDiscarded,
        Some(Stage::TakenOn),
    ),
];

/// The row of a step from a stage; none where it is not listed.
pub fn transition(from: Option<Stage>, step: Step) -> Option<&'static Transition<Stage, Step>> {
    machine::find(TRANSITIONS, from, step)
}
