//! What happened to an accreditation.

use super::{DeadlineName, DeviceId, DeviceProof, GoLive, Heir, Note, Package, Paper, Step};
use crate::{
    CaseId, Evidence, Octets, PersonId, Seat,
    calendar::Deadline,
    octets::seconds,
    terms::{Mode, terms},
};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

terms! {
    /// Why a mode rests, or an accreditation ends.
    Cause {
        /// The agency wants it.
        Request = "request",
        /// It broke the rules.
        Breach = "breach",
    }
}

/// A time in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a time and nothing else")]
pub struct At(
    /// The time.
    #[serde(with = "seconds")]
    pub DateTime,
);

/// How a filing was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Accepted {
    /// The number of the receipt: the agency's name in records, and 1, 2, 3, ….
    pub receipt: String,
    /// Version of the disclaimer that counts (S0-05).
    pub disclaimer: u32,
    /// The modes, and when each may begin.
    pub modes: BTreeMap<Mode, At>,
    /// The last seconds before which renewed certificates of the filed devices are due, in
    /// their order.
    pub renew_by: Vec<At>,
}

/// What happened to an accreditation: one step of the table each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// The agency asked before it filed.
    #[serde(rename_all = "kebab-case")]
    ConsultationOpened {
        /// The question.
        note: Note,
        /// By when it is answered.
        answer_by: Deadline,
        /// Who may act for the agency from now on; none: its own record names its agents.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<PersonId>,
    },
    /// Another question, or an answer.
    #[serde(rename_all = "kebab-case")]
    ConsultationNoted {
        /// The words.
        note: Note,
        /// By when it is answered; none: it is an answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer_by: Option<Deadline>,
    },
    /// A filing came.
    PackageFiled {
        /// All of it.
        package: Box<Package>,
    },
    /// Its paper came.
    #[serde(rename_all = "kebab-case")]
    PaperRegistered {
        /// What was seen.
        paper: Paper,
        /// By when the filing is accepted or sent back.
        examine_by: Deadline,
    },
    /// It went back.
    #[serde(rename_all = "kebab-case")]
    DeficiencyReturned {
        /// What is wrong, numbered from 1.
        items: Vec<String>,
        /// By when it comes again.
        correct_by: Deadline,
    },
    /// It came again, as another version.
    Refiled {
        /// All of it.
        package: Box<Package>,
        /// To each item, by its number.
        answers: BTreeMap<u32, String>,
    },
    /// One officer would accept it.
    AcceptanceProposed {
        /// For which modes.
        modes: BTreeSet<Mode>,
    },
    /// A second agreed.
    FilingAccepted(Accepted),
    /// What was proposed was dropped.
    ProposalDiscarded,
    /// The agency has its access certificate.
    #[serde(rename_all = "kebab-case")]
    AccessCertIssued {
        /// Its DER.
        certificate: Octets,
        /// DER of its issuer's.
        issuer: Octets,
        /// The last second before which the next is due.
        #[serde(with = "seconds")]
        renew_by: DateTime,
    },
    /// Another proof of a device's qualification came: from an officer it counts, from the
    /// agency it waits for one.
    #[serde(rename_all = "kebab-case")]
    DeviceProofFiled {
        /// The proof.
        proof: DeviceProof,
        /// The last second before which the next is due.
        #[serde(with = "seconds")]
        renew_by: DateTime,
    },
    /// An officer looked at what the agency filed for a device.
    DeviceProofJudged {
        /// Which.
        device: DeviceId,
        /// Why it was not taken; none: it counts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        declined: Option<String>,
    },
    /// A mode began operation.
    OperationStarted {
        /// Which.
        mode: Mode,
        /// The first second.
        #[serde(with = "seconds")]
        at: DateTime,
        /// What was looked at, with the records of it.
        checks: BTreeMap<GoLive, Evidence>,
        /// Who is there for it, by seat.
        staff: BTreeMap<Seat, BTreeSet<PersonId>>,
    },
    /// An inspection began.
    #[serde(rename_all = "kebab-case")]
    InspectionOpened {
        /// What is asked for.
        subject: String,
        /// By when it is produced.
        produce_by: Deadline,
    },
    /// What it asked for was produced.
    EvidenceProduced {
        /// The pieces.
        evidence: Vec<Evidence>,
    },
    /// It ended.
    InspectionClosed {
        /// The report.
        report: Evidence,
        /// Whether it found a breach.
        breach: bool,
    },
    /// Some of the modes rest; others go on.
    ModesSuspended {
        /// Which.
        modes: BTreeSet<Mode>,
        /// Why.
        cause: Cause,
        /// The decision.
        decision: Evidence,
    },
    /// All modes rest.
    Suspended {
        /// Those that were in operation.
        modes: BTreeSet<Mode>,
        /// Why.
        cause: Cause,
        /// The decision.
        decision: Evidence,
    },
    /// One officer accepts a correction.
    RestorationProposed {
        /// Of which modes.
        modes: BTreeSet<Mode>,
        /// What was corrected.
        correction: Evidence,
    },
    /// A second agreed.
    Restored {
        /// Which modes are used again.
        modes: BTreeSet<Mode>,
        /// The first second.
        #[serde(with = "seconds")]
        at: DateTime,
    },
    /// It ended.
    #[serde(rename_all = "kebab-case")]
    Terminated {
        /// Why.
        cause: Cause,
        /// The decision.
        decision: Evidence,
        /// To whom each open case went.
        hand_over: BTreeMap<CaseId, Heir>,
        /// The list of them, signed.
        list: Evidence,
        /// By when its access certificate is revoked; none: it never had one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revoke_by: Option<Deadline>,
    },
    /// The access certificate of one that ended was revoked.
    AccessCertRevoked {
        /// That it was.
        record: Evidence,
    },
    /// A deadline passed, and what it was for is not done.
    OverdueNoted {
        /// Which.
        deadline: DeadlineName,
        /// Of which device.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceId>,
        /// Its last second.
        #[serde(with = "seconds")]
        by: DateTime,
    },
}

impl Event {
    /// The step of the [table](super::TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::ConsultationOpened { .. } => Step::ConsultationOpened,
            Self::ConsultationNoted { .. } => Step::ConsultationNoted,
            Self::PackageFiled { .. } => Step::PackageFiled,
            Self::PaperRegistered { .. } => Step::PaperRegistered,
            Self::DeficiencyReturned { .. } => Step::DeficiencyReturned,
            Self::Refiled { .. } => Step::Refiled,
            Self::AcceptanceProposed { .. } => Step::AcceptanceProposed,
            Self::FilingAccepted(_) => Step::FilingAccepted,
            Self::ProposalDiscarded => Step::ProposalDiscarded,
            Self::AccessCertIssued { .. } => Step::AccessCertIssued,
            Self::DeviceProofFiled { .. } => Step::DeviceProofFiled,
            Self::DeviceProofJudged { .. } => Step::DeviceProofJudged,
            Self::OperationStarted { .. } => Step::OperationStarted,
            Self::InspectionOpened { .. } => Step::InspectionOpened,
            Self::EvidenceProduced { .. } => Step::EvidenceProduced,
            Self::InspectionClosed { .. } => Step::InspectionClosed,
            Self::ModesSuspended { .. } => Step::ModesSuspended,
            Self::Suspended { .. } => Step::Suspended,
            Self::RestorationProposed { .. } => Step::RestorationProposed,
            Self::Restored { .. } => Step::Restored,
            Self::Terminated { .. } => Step::Terminated,
            Self::AccessCertRevoked { .. } => Step::AccessCertRevoked,
            Self::OverdueNoted { .. } => Step::OverdueNoted,
        }
    }

    /// Deadlines that are noted by it to have passed.
    pub fn missed(&self) -> Vec<DeadlineName> {
        match self {
            Self::OverdueNoted { deadline, .. } => vec![*deadline],
            _ => Vec::new(),
        }
    }

    /// The event in one word.
    pub fn name(&self) -> &'static str {
        self.step().as_str()
    }
}
