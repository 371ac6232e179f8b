//! What can be asked of a recognition.

use super::{
    Application, CaCertificate, Cause, DeadlineName, Letter, Publication, Reinstatement, Review,
    Step,
};
use crate::{Evidence, Octets, PersonId, octets::optional_seconds};
use der::DateTime;
use serde::{Deserialize, Serialize};

crate::terms::terms! {
    /// How recognition is taken away.
    Measure {
        /// For a while (暂停).
        Suspension = "suspension",
        /// For good (终止).
        Termination = "termination",
    }
}

/// What can be asked: by an official of an authority, where nothing else is said. The authority
/// is the one that holds the office of the step now.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// By the CA's agent: the first application.
    Apply(Box<Application>),
    /// The province's authority passes the application on.
    PassPreliminary {
        /// For whom the official acts.
        authority: String,
        /// Its [opinion](crate::terms::EvidenceKind::AuthorityOpinion).
        opinion: Evidence,
    },
    /// Approved.
    Approve {
        /// For whom the official acts.
        authority: String,
        /// The identifier of the policy that the working group assigned (S4-17).
        policy: String,
        /// The number of the decision: 1 to 512 characters.
        reference: String,
        /// The [decision](crate::terms::EvidenceKind::AuthorityDecision).
        decision: Evidence,
        /// The [assignment](crate::terms::EvidenceKind::PolicyAssignment) of the identifier.
        assignment: Evidence,
    },
    /// Not approved.
    Refuse {
        /// For whom the official acts.
        authority: String,
        /// Why: 1 to 1000 characters.
        reasons: String,
        /// The [decision](crate::terms::EvidenceKind::AuthorityDecision).
        decision: Evidence,
    },
    /// The other side is told the approval.
    NotifyCounterpart {
        /// For whom the official acts.
        authority: String,
        /// The [signed notice](crate::terms::EvidenceKind::SignedNotice).
        notice: Evidence,
        /// That notice, read.
        letter: Letter,
    },
    /// By an official of the other side: it knows.
    Acknowledge {
        /// For whom the official acts.
        authority: String,
        /// The [signed acknowledgement](crate::terms::EvidenceKind::SignedAcknowledgement).
        acknowledgement: Evidence,
        /// That acknowledgement, read: a signature over the octets of the notice that was sent.
        letter: Letter,
    },
    /// The publishing side's own legal procedure is done.
    FinishLegalProcedure {
        /// For whom the official acts.
        authority: String,
        /// [What shows it](crate::terms::EvidenceKind::LegalProcedure).
        proof: Evidence,
    },
    /// A list is out; where nothing was decided, it has the certificates on record.
    Publish {
        /// For whom the official acts.
        authority: String,
        /// What the list says, as it was read back.
        publication: Publication,
        /// The [list](crate::terms::EvidenceKind::PublishedList): its signed octets.
        list: Evidence,
    },
    /// By the CA's agent: it has a new certificate (S4-16).
    FileCertificate {
        /// The certificate.
        certificate: CaCertificate,
    },
    /// A certificate that was filed is on record.
    RecordCertificate {
        /// For whom the official acts.
        authority: String,
        /// SM3 of the certificate.
        digest: Octets,
        /// What was [looked at](crate::terms::EvidenceKind::WorkRecord).
        record: Evidence,
    },
    /// A certificate that was filed is not taken on record.
    RefuseCertificate {
        /// For whom the official acts.
        authority: String,
        /// SM3 of the certificate.
        digest: Octets,
        /// Why: 1 to 1000 characters.
        reasons: String,
        /// What was [looked at](crate::terms::EvidenceKind::WorkRecord).
        record: Evidence,
    },
    /// The CA wrote who acts for it from now on, in place of those of before.
    NameAgents {
        /// For whom the official acts.
        authority: String,
        /// Them, each once: 1 to 16 persons who acted for nobody else in the case.
        agents: Vec<PersonId>,
        /// The CA's [letter](crate::terms::EvidenceKind::HolderStatement).
        letter: Evidence,
    },
    /// The CA breaks a rule.
    OpenBreach {
        /// For whom the official acts.
        authority: String,
        /// Which, and how: 1 to 1000 characters.
        what: String,
        /// What was [found](crate::terms::EvidenceKind::InspectionReport).
        report: Evidence,
    },
    /// The CA has to correct a breach.
    OrderCorrection {
        /// For whom the official acts.
        authority: String,
        /// The breach's number.
        breach: u32,
        /// Working days that it has: 1 to 3650.
        days: u16,
        /// The [order](crate::terms::EvidenceKind::CorrectionOrder).
        order: Evidence,
    },
    /// The breach is corrected.
    AcceptCorrection {
        /// For whom the official acts.
        authority: String,
        /// The breach's number.
        breach: u32,
        /// What was [found](crate::terms::EvidenceKind::InspectionReport).
        report: Evidence,
    },
    /// By the CA's agent: it asks to be suspended or terminated.
    RequestMeasure {
        /// Which.
        measure: Measure,
        /// The CA's [letter](crate::terms::EvidenceKind::HolderStatement).
        letter: Evidence,
    },
    /// Recognition is taken away.
    Withdraw {
        /// For whom the official acts.
        authority: String,
        /// For a while or for good.
        measure: Measure,
        /// Why.
        cause: Cause,
        /// From when on; none: from now. Before now for a cause that
        /// [reaches back](Cause::is_retroactive) alone.
        #[serde(with = "optional_seconds")]
        from: Option<DateTime>,
        /// When the thing happened that is the cause, where that is another time.
        #[serde(with = "optional_seconds")]
        happened: Option<DateTime>,
        /// The number of the decision: 1 to 512 characters.
        reference: String,
        /// The [decision](crate::terms::EvidenceKind::AuthorityDecision).
        decision: Evidence,
        /// The breach that was not corrected, for that cause.
        breach: Option<u32>,
        /// What [happened](crate::terms::EvidenceKind::IncidentReport), for mis-issuance and
        /// compromise.
        incident: Option<Evidence>,
    },
    /// By the CA's agent: it wants to be recognised again.
    ApplyReinstatement(Box<Reinstatement>),
    /// Somebody was told what he had to be told.
    Notify {
        /// For whom the official acts.
        authority: String,
        /// Which of the notices that are owed.
        notice: DeadlineName,
        /// Its number in the case, where several of the name are owed.
        number: Option<u32>,
        /// That he was: a [receipt](crate::terms::EvidenceKind::NoticeReceipt); for what is in
        /// writing, the [signed notice](crate::terms::EvidenceKind::SignedNotice).
        proof: Evidence,
        /// That notice, read, for what is in writing.
        letter: Option<Letter>,
    },
    /// The CA did a duty.
    FulfilDuty {
        /// For whom the official acts.
        authority: String,
        /// Which.
        duty: DeadlineName,
        /// Its number in the case, where several of the name are owed.
        number: Option<u32>,
        /// What shows it.
        report: DutyReport,
    },
    /// A special assessment is ordered.
    OrderAssessment {
        /// For whom the official acts.
        authority: String,
        /// Working days until it is done: 1 to 3650.
        days: u16,
        /// The [order](crate::terms::EvidenceKind::OfficialOrder).
        order: Evidence,
    },
    /// By an official of the other side: this side's list stands beside its own (S4-03).
    ImportMirror {
        /// For whom the official acts.
        authority: String,
        /// What the list says, as the other side read it.
        publication: Publication,
        /// The [report](crate::terms::EvidenceKind::ImportReport) of the import.
        report: Evidence,
    },
    /// By the engine: the end of something passed.
    NoteOverdue {
        /// The number of what is owed.
        number: u32,
    },
}

/// What shows that a duty was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DutyReport {
    /// A report.
    Plain(Evidence),
    /// One of an independent third party.
    Reviewed(Review),
}

impl DutyReport {
    /// The report itself.
    pub fn evidence(&self) -> &Evidence {
        match self {
            Self::Plain(report) => report,
            Self::Reviewed(review) => &review.report,
        }
    }
}

impl Command {
    /// The step of the table that it takes from a stage.
    /// Whether the CA's agent gives it, and nobody else.
    pub(super) fn is_by_agent(&self) -> bool {
        matches!(
            self,
            Self::Apply(_)
                | Self::FileCertificate { .. }
                | Self::RequestMeasure { .. }
                | Self::ApplyReinstatement(_)
        )
    }

    pub(super) fn step(&self, stage: Option<super::Stage>) -> Step {
        use super::Stage;
        match self {
            Self::Apply(_) => Step::Applied,
            Self::PassPreliminary { .. } => Step::PrelimPassed,
            Self::Approve { .. } => Step::Approved,
            Self::Refuse { .. } => Step::Refused,
            Self::NotifyCounterpart { .. } => Step::CounterpartNotified,
            Self::Acknowledge { .. } => Step::CounterpartAcknowledged,
            Self::FinishLegalProcedure { .. } => Step::LegalProcedureDone,
            Self::Publish { .. } => match stage {
                Some(
                    Stage::ReadyToPublish
                    | Stage::Suspending
                    | Stage::ReinstatementReady
                    | Stage::Terminating,
                ) => Step::Published,
                _ => Step::CertificatePublished,
            },
            Self::FileCertificate { .. } => Step::CertificateFiled,
            Self::RecordCertificate { .. } => Step::CertificateRecorded,
            Self::RefuseCertificate { .. } => Step::CertificateRefused,
            Self::NameAgents { .. } => Step::AgentsNamed,
            Self::OpenBreach { .. } => Step::BreachOpened,
            Self::OrderCorrection { .. } => Step::CorrectionOrdered,
            Self::AcceptCorrection { .. } => Step::CorrectionAccepted,
            Self::RequestMeasure { .. } => Step::MeasureRequested,
            Self::Withdraw { measure, .. } => match measure {
                Measure::Suspension => Step::SuspensionDecided,
                Measure::Termination => Step::TerminationDecided,
            },
            Self::ApplyReinstatement(_) => Step::ReinstatementApplied,
            Self::Notify { .. } => Step::NotificationDone,
            Self::FulfilDuty { .. } => Step::DutyFulfilled,
            Self::OrderAssessment { .. } => Step::AssessmentOrdered,
            Self::ImportMirror { .. } => Step::MirrorImported,
            Self::NoteOverdue { .. } => Step::OverdueNoted,
        }
    }

    /// The requirement that it carries out.
    pub(super) const fn basis(&self) -> &'static [&'static str] {
        match self {
            Self::Apply(_) => &["S4-04"],
            Self::PassPreliminary { .. } | Self::Approve { .. } | Self::Refuse { .. } => &["S4-05"],
            Self::NotifyCounterpart { .. } | Self::Acknowledge { .. } => &["S4-06"],
            Self::FinishLegalProcedure { .. } => &["S4-07"],
            Self::Publish { .. } | Self::ImportMirror { .. } => &["S4-03"],
            Self::FileCertificate { .. }
            | Self::RecordCertificate { .. }
            | Self::RefuseCertificate { .. } => &["S4-16"],
            Self::NameAgents { .. } => &["S4-04"],
            Self::OpenBreach { .. }
            | Self::OrderCorrection { .. }
            | Self::AcceptCorrection { .. }
            | Self::RequestMeasure { .. }
            | Self::Withdraw { .. } => &["S4-08"],
            Self::ApplyReinstatement(_) => &["S4-19", "X-10"],
            Self::Notify { .. } => &["S4-11"],
            Self::FulfilDuty { .. } | Self::OrderAssessment { .. } => &["S4-13"],
            Self::NoteOverdue { .. } => &["S4-09", "S4-13"],
        }
    }
}
