//! What can be asked of an accreditation.

use super::{
    Cause, DeadlineName, DeviceId, DeviceProof, GoLive, Heir, Note, Package, Paper, Proposal,
    State, Step,
};
use crate::{CaseId, Evidence, Octets, PersonId, Seat, octets::seconds, terms::Mode};
use der::DateTime;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What can be asked of an accreditation: by the agency in the seat [`Seat::Agent`], by the CA's
/// officers in the seat [`Seat::Clerk`].
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// By the agency, or the CA's answer: words before a filing, without effect (S0-03).
    Consult(Note),
    /// By the agency: the first filing, or one for more modes (S0-02, S0-11).
    File(Box<Package>),
    /// By a clerk: the paper came (S0-02).
    RegisterPaper(Paper),
    /// By a clerk: it goes back (S0-04).
    Return {
        /// What is wrong, each 1 to 1000 characters; numbered from 1. One at least, 100 at most.
        items: Vec<String>,
    },
    /// By the agency: it comes again (S0-04).
    Refile {
        /// All of it, as another version.
        package: Box<Package>,
        /// To each item by its number, 1 to 1000 characters each.
        answers: BTreeMap<u32, String>,
    },
    /// By a clerk: it is accepted for these modes, if another agrees (S0-05).
    ProposeAcceptance {
        /// One at least, all of them filed.
        modes: BTreeSet<Mode>,
    },
    /// By another clerk: to what was proposed.
    Confirm,
    /// By a clerk: what was proposed is dropped.
    Discard,
    /// By a clerk: the access certificate was issued for the filed request (S0-08, S0-09).
    RecordAccess {
        /// Its DER.
        certificate: Octets,
        /// DER of its issuer's.
        issuer: Octets,
    },
    /// By a clerk: a device's certificate was renewed, or another device is used (S0-10). By
    /// the agency too: then it counts when a clerk has taken it.
    FileDeviceProof(DeviceProof),
    /// By a clerk: what the agency filed for a device is taken, or not (S0-10).
    JudgeDeviceProof {
        /// Which device.
        device: DeviceId,
        /// Why not: 1 to 1000 characters; none: it is taken.
        declined: Option<String>,
    },
    /// By a clerk: business in a mode begins (S0-11).
    StartMode {
        /// Which.
        mode: Mode,
        /// A [record](crate::terms::EvidenceKind::WorkRecord) for each check that the terms have.
        checks: BTreeMap<GoLive, Evidence>,
        /// Who is there for it, by seat.
        staff: BTreeMap<Seat, BTreeSet<PersonId>>,
    },
    /// By a clerk: an inspection begins (S0-29).
    OpenInspection {
        /// What is asked for: 1 to 1000 characters.
        subject: String,
    },
    /// By the agency: what was asked for.
    Produce {
        /// The pieces: one at least.
        evidence: Vec<Evidence>,
    },
    /// By a clerk: it ends; with a breach also where nothing was produced in time.
    CloseInspection {
        /// The [report](crate::terms::EvidenceKind::InspectionReport).
        report: Evidence,
        /// Whether it found a breach.
        breach: bool,
    },
    /// By a clerk, at once: no business in these modes.
    Suspend {
        /// Which of those in operation; empty: all of them.
        modes: BTreeSet<Mode>,
        /// Why.
        cause: Cause,
        /// The [decision](crate::terms::EvidenceKind::WorkRecord).
        decision: Evidence,
    },
    /// By a clerk: the correction is accepted, if another agrees.
    ProposeRestoration {
        /// Which of those that rest; empty: all of them.
        modes: BTreeSet<Mode>,
        /// What was corrected: a [record](crate::terms::EvidenceKind::WorkRecord).
        correction: Evidence,
    },
    /// By a clerk: the accreditation ends; each case that is handed over goes on at its heir,
    /// from the same step on.
    Terminate {
        /// Why.
        cause: Cause,
        /// The [decision](crate::terms::EvidenceKind::WorkRecord).
        decision: Evidence,
        /// Every open case of the agency, and to whom it goes.
        hand_over: BTreeMap<CaseId, Heir>,
        /// The list of them: a [record](crate::terms::EvidenceKind::WorkRecord).
        list: Evidence,
    },
    /// By a clerk: the access certificate of an agency that ended was revoked.
    RecordRevocation {
        /// That it was: a [record](crate::terms::EvidenceKind::WorkRecord).
        record: Evidence,
    },
    /// By the engine: a deadline passed.
    NoteOverdue {
        /// Which.
        deadline: DeadlineName,
        /// Of which device.
        device: Option<DeviceId>,
        /// Its last second.
        #[serde(with = "seconds")]
        by: DateTime,
    },
}

impl Command {
    /// Persons of the roster whom it names.
    pub fn staff(&self) -> impl Iterator<Item = &PersonId> {
        let staff = match self {
            Self::StartMode { staff, .. } => Some(staff),
            _ => None,
        };
        staff.into_iter().flat_map(BTreeMap::values).flatten()
    }

    /// Cases that it hands over, and to whom.
    pub(crate) fn handed_over(&self) -> BTreeMap<CaseId, Heir> {
        match self {
            Self::Terminate { hand_over, .. } => hand_over.clone(),
            _ => BTreeMap::new(),
        }
    }

    /// Agencies that it names.
    pub fn heirs(&self) -> impl Iterator<Item = &crate::OrganisationId> {
        let hand_over = match self {
            Self::Terminate { hand_over, .. } => Some(hand_over),
            _ => None,
        };
        let heirs = hand_over.into_iter().flat_map(BTreeMap::values);
        heirs.filter_map(Option::as_ref)
    }

    pub(super) fn seats(&self) -> &'static [Seat] {
        match self {
            Self::Consult(_) | Self::FileDeviceProof(_) => &[Seat::Agent, Seat::Clerk],
            Self::File(_) | Self::Refile { .. } | Self::Produce { .. } => &[Seat::Agent],
            Self::NoteOverdue { .. } => &[Seat::System],
            _ => &[Seat::Clerk],
        }
    }

    /// The requirement that it carries out.
    pub(super) fn basis(&self) -> &'static [&'static str] {
        match self {
            Self::Consult(_) => &["S0-03"],
            Self::File(_) | Self::RegisterPaper(_) => &["S0-02"],
            Self::Return { .. } | Self::Refile { .. } => &["S0-04"],
            Self::ProposeAcceptance { .. } | Self::Confirm | Self::Discard => &["S0-05"],
            Self::RecordAccess { .. } | Self::RecordRevocation { .. } => &["S0-08"],
            Self::FileDeviceProof(_) | Self::JudgeDeviceProof { .. } => &["S0-10"],
            Self::StartMode { .. } => &["S0-11"],
            Self::OpenInspection { .. } | Self::Produce { .. } | Self::CloseInspection { .. } => {
                &["S0-29"]
            }
            Self::Suspend { .. } | Self::ProposeRestoration { .. } | Self::Terminate { .. } => {
                &["S0-01"]
            }
            Self::NoteOverdue { .. } => &["S0-10", "X-08"],
        }
    }

    /// `suspends_all`: whether a suspension leaves no mode in operation.
    pub(super) fn step(&self, state: Option<&State>, suspends_all: bool) -> Step {
        let pending = state.and_then(|state| state.pending.as_ref());
        match (self, pending.map(|pending| &pending.proposal)) {
            (Self::Consult(_), _) if state.is_none() => Step::ConsultationOpened,
            (Self::Consult(_), _) => Step::ConsultationNoted,
            (Self::File(_), _) => Step::PackageFiled,
            (Self::RegisterPaper(_), _) => Step::PaperRegistered,
            (Self::Return { .. }, _) => Step::DeficiencyReturned,
            (Self::Refile { .. }, _) => Step::Refiled,
            (Self::ProposeAcceptance { .. }, _) => Step::AcceptanceProposed,
            (Self::Confirm, Some(Proposal::Restore(_))) => Step::Restored,
            (Self::Confirm, _) => Step::FilingAccepted,
            (Self::Discard, _) => Step::ProposalDiscarded,
            (Self::RecordAccess { .. }, _) => Step::AccessCertIssued,
            (Self::FileDeviceProof(_), _) => Step::DeviceProofFiled,
            (Self::JudgeDeviceProof { .. }, _) => Step::DeviceProofJudged,
            (Self::StartMode { .. }, _) => Step::OperationStarted,
            (Self::OpenInspection { .. }, _) => Step::InspectionOpened,
            (Self::Produce { .. }, _) => Step::EvidenceProduced,
            (Self::CloseInspection { .. }, _) => Step::InspectionClosed,
            (Self::Suspend { .. }, _) if suspends_all => Step::Suspended,
            (Self::Suspend { .. }, _) => Step::ModesSuspended,
            (Self::ProposeRestoration { .. }, _) => Step::RestorationProposed,
            (Self::Terminate { .. }, _) => Step::Terminated,
            (Self::RecordRevocation { .. }, _) => Step::AccessCertRevoked,
            (Self::NoteOverdue { .. }, _) => Step::OverdueNoted,
        }
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::Consult(_) => "consulted about",
            Self::File(_) => "filed",
            Self::RegisterPaper(_) => "given its paper",
            Self::Return { .. } => "returned",
            Self::Refile { .. } => "filed again",
            Self::ProposeAcceptance { .. } => "proposed for acceptance",
            Self::Confirm => "confirmed",
            Self::Discard => "dropped",
            Self::RecordAccess { .. } => "given an access certificate",
            Self::FileDeviceProof(_) => "given a proof of a device",
            Self::JudgeDeviceProof { .. } => "judged in a device",
            Self::StartMode { .. } => "put into operation",
            Self::OpenInspection { .. } => "inspected",
            Self::Produce { .. } => "given evidence",
            Self::CloseInspection { .. } => "closed as inspected",
            Self::Suspend { .. } => "suspended",
            Self::ProposeRestoration { .. } => "proposed for restoration",
            Self::Terminate { .. } => "terminated",
            Self::RecordRevocation { .. } => "rid of its access certificate",
            Self::NoteOverdue { .. } => "noted as overdue",
        }
    }
}
