//! What can be asked of a qualification.

use super::{
    Applicant, Assessment, Authority, Channel, Condition, DeadlineName, Decision, Listing,
    Material, Right, Step,
};
use crate::{Evidence, PersonId, octets::seconds};
use der::DateTime;
use serde::Serialize;

/// An act, with the authority that whoever acts in office acts for.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Command {
    /// The authority of an [intake officer](crate::Seat::Intake) or an
    /// [official](crate::Seat::Official); none for everybody else.
    pub authority: Option<Authority>,
    /// What.
    pub act: Act,
}

impl Command {
    /// By somebody who acts for an authority.
    pub fn of(authority: Authority, act: Act) -> Self {
        let authority = Some(authority);
        Self { authority, act }
    }

    /// By the applicant's agent, an assessor, or the engine.
    pub fn new(act: Act) -> Self {
        let authority = None;
        Self { authority, act }
    }
}

/// What came in (S3-02 to S3-05).
#[derive(Clone, Debug, Serialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever takes materials in says all of it"
)]
pub struct Receipt {
    /// The name of the office that took it in: 1 to 1000 characters.
    pub office: String,
    /// How it came.
    pub channel: Channel,
    /// When, as the stamp says; not after now, and not longer ago than the rules of that day let
    /// it wait to be recorded.
    #[serde(with = "seconds")]
    pub at: DateTime,
    /// The stamp: [`ReceiptStamp`](crate::terms::EvidenceKind::ReceiptStamp).
    pub stamp: Evidence,
    /// Who applies.
    pub applicant: Applicant,
    /// Who acts for the applicant.
    pub agent: PersonId,
    /// What was handed in; it may lack something, which is then asked for.
    pub materials: Vec<Material>,
}

/// What is to be done. Who does it stands with each; an authority's decisions are taken by its
/// [officials](crate::Seat::Official).
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub enum Act {
    /// Intake: materials came in.
    Receive(Box<Receipt>),
    /// Intake: something is missing or wrong.
    RequestCorrection {
        /// What: 1 to 100 points of 1 to 1000 characters each.
        points: Vec<String>,
    },
    /// The agent: hands in what was asked for.
    CompleteMaterials {
        /// New materials; one of a name that is there replaces it.
        materials: Vec<Material>,
    },
    /// Intake: the application is taken on; all of its materials are there.
    Accept,
    /// Intake: it is not.
    DeclineAcceptance {
        /// Why, in writing: [`ReasonsDocument`](crate::terms::EvidenceKind::ReasonsDocument).
        reasons: Evidence,
    },
    /// Intake of the provincial authority: all materials go to the national one.
    Forward {
        /// That it has them: [`DeliveryReceipt`](crate::terms::EvidenceKind::DeliveryReceipt).
        receipt: Evidence,
    },
    /// Official: names the assessors, one at least.
    OpenAssessment {
        /// Who assesses.
        assessors: Vec<PersonId>,
        /// The professional body that they are of, where one was entrusted.
        body: Option<String>,
    },
    /// Official: names another assessor.
    NameAssessor {
        /// Who.
        assessor: PersonId,
    },
    /// An assessor: whether something binds him to the applicant. Where it does, he takes no
    /// further part, and does not take it back.
    Declare {
        /// Whether it does.
        conflict: bool,
        /// The declaration: [`HolderStatement`](crate::terms::EvidenceKind::HolderStatement).
        declaration: Evidence,
    },
    /// Official: a person takes no further part; what he reported or looked at does not count, and
    /// a hearing that he presided over is held again.
    Recuse {
        /// Who.
        person: PersonId,
        /// Why: 1 to 1000 characters.
        reason: String,
    },
    /// An assessor who declared that nothing binds him: what was found. It stands beside what
    /// others report on the same, in place of what he did.
    Report {
        /// On what.
        assessment: Assessment,
        /// Whether it is passed.
        passed: bool,
        /// The report: [`AssessmentReport`](crate::terms::EvidenceKind::AssessmentReport).
        report: Evidence,
    },
    /// Official: looked at a condition.
    CheckCondition {
        /// Which.
        condition: Condition,
        /// Whether it is met.
        met: bool,
        /// What shows it, of any kind.
        evidence: Evidence,
    },
    /// The agent: wants a hearing.
    RequestHearing {
        /// In writing: [`HolderStatement`](crate::terms::EvidenceKind::HolderStatement).
        request: Evidence,
    },
    /// Official: the hearing is over.
    CloseHearing {
        /// Who presided: nobody who examined the application, and nobody who was recused; he does
        /// nothing else in the case.
        chair: PersonId,
        /// The record: [`WorkRecord`](crate::terms::EvidenceKind::WorkRecord).
        record: Evidence,
    },
    /// Official: qualified. No hearing is open, and no statement or request for recusal waits for
    /// its answer.
    Grant(Decision),
    /// Official: not qualified; where a decision in favour might be taken.
    Refuse {
        /// The decision.
        decision: Decision,
        /// Why, in writing: [`ReasonsDocument`](crate::terms::EvidenceKind::ReasonsDocument).
        reasons: Evidence,
    },
    /// Official: the applicant was told, by telephone or mail.
    Notify {
        /// The [call](crate::terms::EvidenceKind::CallRecord) or the
        /// [mail](crate::terms::EvidenceKind::NoticeReceipt).
        contact: Evidence,
    },
    /// Official: the document was fetched.
    HandOver {
        /// Signed by whoever fetched it:
        /// [`DeliveryReceipt`](crate::terms::EvidenceKind::DeliveryReceipt).
        receipt: Evidence,
    },
    /// Official: where the directory has it.
    ListInDirectory(Listing),
    /// The agent: wants another name in the decision.
    FileNameChange {
        /// The name: 1 to 1000 characters.
        name: String,
        /// Why: [`ApplicationMaterial`](crate::terms::EvidenceKind::ApplicationMaterial).
        explanation: Evidence,
        /// The original decision: [`DecisionDocument`](crate::terms::EvidenceKind::DecisionDocument).
        original: Evidence,
    },
    /// Official: the decision has the other name.
    ApproveNameChange(Decision),
    /// Official: it has not.
    RefuseNameChange {
        /// Why, in writing: [`ReasonsDocument`](crate::terms::EvidenceKind::ReasonsDocument).
        reasons: Evidence,
    },
    /// The agent: the infrastructure was renovated; three
    /// [materials](crate::terms::EvidenceKind::ApplicationMaterial) (S3-15).
    ReportRenovation {
        /// The application for a security review.
        application: Evidence,
        /// What the security review looks at.
        security: Evidence,
        /// What the interoperability test looks at.
        interoperability: Evidence,
    },
    /// Official: the renovation is approved.
    ApproveRenovation(Decision),
    /// Official: it is not.
    RefuseRenovation {
        /// Why, in writing: [`ReasonsDocument`](crate::terms::EvidenceKind::ReasonsDocument).
        reasons: Evidence,
    },
    /// The agent: wants another term, in the days before the end that the rules have for it. Asked
    /// for too late, it does not hold off the end.
    FileRenewal {
        /// The application: [`ApplicationMaterial`](crate::terms::EvidenceKind::ApplicationMaterial).
        application: Evidence,
    },
    /// Official: another term.
    GrantRenewal(Decision),
    /// Official: no other term.
    RefuseRenewal {
        /// Why, in writing: [`ReasonsDocument`](crate::terms::EvidenceKind::ReasonsDocument).
        reasons: Evidence,
    },
    /// By the engine: the term is over.
    Lapse,
    /// Official: the qualification is taken away.
    Withdraw {
        /// The decision.
        decision: Decision,
        /// Why, in writing: [`ReasonsDocument`](crate::terms::EvidenceKind::ReasonsDocument).
        reasons: Evidence,
    },
    /// The agent makes use of a right, or an official takes somebody's report down.
    ExerciseRight {
        /// Which.
        right: Right,
        /// In writing: [`HolderStatement`](crate::terms::EvidenceKind::HolderStatement).
        statement: Evidence,
    },
    /// Official: what came of it.
    AnswerRight {
        /// Its place among those that were exercised: 1, 2, 3, …
        number: u16,
        /// What: 1 to 1000 characters.
        answer: String,
        /// [`WorkRecord`](crate::terms::EvidenceKind::WorkRecord) or
        /// [`DecisionDocument`](crate::terms::EvidenceKind::DecisionDocument).
        evidence: Evidence,
    },
    /// By the engine: a deadline passed.
    NoteOverdue {
        /// Which.
        deadline: DeadlineName,
    },
}

impl Act {
    /// The step of the [table](super::TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::Receive(_) => Step::Received,
            Self::RequestCorrection { .. } => Step::CorrectionRequested,
            Self::CompleteMaterials { .. } => Step::MaterialsCompleted,
            Self::Accept => Step::Accepted,
            Self::DeclineAcceptance { .. } => Step::NotAccepted,
            Self::Forward { .. } => Step::Forwarded,
            Self::OpenAssessment { .. } => Step::AssessmentOpened,
            Self::NameAssessor { .. } => Step::AssessorNamed,
            Self::Declare { .. } => Step::AssessorDeclared,
            Self::Recuse { .. } => Step::Recused,
            Self::Report { .. } => Step::Reported,
            Self::CheckCondition { .. } => Step::ConditionChecked,
            Self::RequestHearing { .. } => Step::HearingRequested,
            Self::CloseHearing { .. } => Step::HearingClosed,
            Self::Grant(_) => Step::Granted,
            Self::Refuse { .. } => Step::Refused,
            Self::Notify { .. } => Step::Notified,
            Self::HandOver { .. } => Step::Collected,
            Self::ListInDirectory(_) => Step::ListedInDirectory,
            Self::FileNameChange { .. } => Step::NameChangeFiled,
            Self::ApproveNameChange(_) => Step::NameChangeApproved,
            Self::RefuseNameChange { .. } => Step::NameChangeRefused,
            Self::ReportRenovation { .. } => Step::RenovationReported,
            Self::ApproveRenovation(_) => Step::RenovationApproved,
            Self::RefuseRenovation { .. } => Step::RenovationRefused,
            Self::FileRenewal { .. } => Step::RenewalFiled,
            Self::GrantRenewal(_) => Step::RenewalGranted,
            Self::RefuseRenewal { .. } => Step::RenewalRefused,
            Self::Lapse => Step::Lapsed,
            Self::Withdraw { .. } => Step::Withdrawn,
            Self::ExerciseRight { .. } => Step::RightExercised,
            Self::AnswerRight { .. } => Step::RightAnswered,
            Self::NoteOverdue { .. } => Step::OverdueNoted,
        }
    }
}
