//! The table of an authority: every pair of stage and step that there is.

use super::{Act, Event, State};
use crate::{
    machine::{self, Transition, row},
    terms::terms,
};

terms! {
    /// Where an authority stands, in one word.
    Stage {
        /// [`State::Proposed`]
        Proposed = "proposed",
        /// [`State::Issuing`]
        Issuing = "issuing",
        /// [`State::Active`]
        Active = "active",
        /// [`State::Retiring`]
        Retiring = "retiring",
        /// [`State::Retired`]
        Retired = "retired",
        /// [`State::Compromised`]
        Compromised = "compromised",
    }

    /// What happens to an authority, in one word: its events' names.
    Step {
        /// An officer proposed it.
        Proposed = "proposed",
        /// Its token has its key.
        KeyMade = "key-made",
        /// A second officer agreed.
        Approved = "approved",
        /// A certificate is about to be signed.
        IssuanceIntended = "issuance-intended",
        /// An intent ended without a known result.
        IssuanceAbandoned = "issuance-abandoned",
        /// It has a certificate.
        Established = "established",
        /// A CRL is about to be signed.
        CrlIntended = "crl-intended",
        /// A CRL ended without a known result.
        CrlAbandoned = "crl-abandoned",
        /// A CRL exists.
        CrlIssued = "crl-issued",
        /// Certificates or CRLs left the engine.
        Published = "published",
        /// An officer asked that it gives way to another.
        RetirementRequested = "retirement-requested",
        /// An officer asked for a link certificate.
        LinkRequested = "link-requested",
        /// An officer asked that it signs nothing any more.
        ClosingRequested = "closing-requested",
        /// An officer says that its key is in other hands.
        CompromiseReported = "compromise-reported",
        /// What was asked for is not wanted any more.
        Discarded = "discarded",
        /// Another takes its place.
        RetirementBegun = "retirement-begun",
        /// A link certificate is wanted.
        LinkDecided = "link-decided",
        /// A link certificate exists.
        Linked = "linked",
        /// All that it issued has ended.
        Retired = "retired",
        /// Its key is, or may be, in other hands.
        Compromised = "compromised",
    }
}

use Stage as X;

/// A key that lists what it revoked.
const SIGNING: &[Stage] = &[X::Active, X::Retiring, X::Compromised];
/// A key that certifies.
const CERTIFYING: &[Stage] = &[X::Active, X::Retiring];
/// A certificate that is believed.
const BELIEVED: &[Stage] = &[X::Active, X::Retiring, X::Retired];

/// Every pair of stage and step that there is. What is not here is refused.
pub const TRANSITIONS: &[Transition<Stage, Step>] = &[
    row(&[], Step::Proposed, Some(X::Proposed)),
    row(&[X::Proposed], Step::KeyMade, None),
    row(&[X::Proposed], Step::Approved, Some(X::Issuing)),
    row(&[X::Issuing], Step::IssuanceIntended, None),
    row(&[X::Issuing], Step::IssuanceAbandoned, None),
    row(&[X::Issuing], Step::Established, Some(X::Active)),
    row(SIGNING, Step::CrlIntended, None),
    row(SIGNING, Step::CrlAbandoned, None),
    row(SIGNING, Step::CrlIssued, None),
    row(SIGNING, Step::Published, None),
    row(CERTIFYING, Step::LinkRequested, None),
    row(CERTIFYING, Step::LinkDecided, None),
    row(CERTIFYING, Step::IssuanceIntended, None),
    row(CERTIFYING, Step::IssuanceAbandoned, None),
    row(CERTIFYING, Step::Linked, None),
    row(&[X::Active], Step::RetirementRequested, None),
    row(&[X::Active], Step::RetirementBegun, Some(X::Retiring)),
    row(&[X::Retiring], Step::ClosingRequested, None),
    row(&[X::Retiring], Step::Retired, Some(X::Retired)),
    row(BELIEVED, Step::CompromiseReported, None),
    row(BELIEVED, Step::Compromised, Some(X::Compromised)),
    row(BELIEVED, Step::Discarded, None),
];

/// The row of a step from a stage; none where it is not listed.
pub fn transition(from: Option<Stage>, step: Step) -> Option<&'static Transition<Stage, Step>> {
    machine::find(TRANSITIONS, from, step)
}

impl State {
    /// Where it stands, in one word.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Proposed(_) => Stage::Proposed,
            Self::Issuing(_) => Stage::Issuing,
            Self::Active(_) => Stage::Active,
            Self::Retiring(_) => Stage::Retiring,
            Self::Retired(_) => Stage::Retired,
            Self::Compromised(_) => Stage::Compromised,
        }
    }
}

impl Event {
    /// The step of the [table](TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::Proposed(_) => Step::Proposed,
            Self::KeyMade { .. } => Step::KeyMade,
            Self::Approved => Step::Approved,
            Self::IssuanceIntended(_) => Step::IssuanceIntended,
            Self::IssuanceAbandoned { .. } => Step::IssuanceAbandoned,
            Self::Established { .. } => Step::Established,
            Self::CrlIntended(_) => Step::CrlIntended,
            Self::CrlAbandoned { .. } => Step::CrlAbandoned,
            Self::CrlIssued { .. } => Step::CrlIssued,
            Self::Published | Self::PublishedThrough { .. } => Step::Published,
            Self::Requested(act) => act.asked(),
            Self::Discarded => Step::Discarded,
            Self::RetirementBegun { .. } => Step::RetirementBegun,
            Self::LinkDecided(_) => Step::LinkDecided,
            Self::Linked { .. } => Step::Linked,
            Self::Retired => Step::Retired,
            Self::Compromised { .. } => Step::Compromised,
        }
    }

    /// The event in one word.
    pub fn name(&self) -> &'static str {
        self.step().as_str()
    }
}

impl Act {
    /// The first officer's step.
    pub(super) fn asked(&self) -> Step {
        match self {
            Self::Retire { .. } => Step::RetirementRequested,
            Self::Link(_) => Step::LinkRequested,
            Self::Close => Step::ClosingRequested,
            Self::Compromise { .. } => Step::CompromiseReported,
        }
    }

    /// The second officer's.
    pub(super) fn decided(&self) -> Step {
        match self {
            Self::Retire { .. } => Step::RetirementBegun,
            Self::Link(_) => Step::LinkDecided,
            Self::Close => Step::Retired,
            Self::Compromise { .. } => Step::Compromised,
        }
    }
}
