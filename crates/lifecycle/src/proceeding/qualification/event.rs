//! What happened to a qualification.

use super::{ApplicantKind, Assessment, Authority, Channel, Condition, DeadlineName, Right, Step};
use crate::{
    Evidence, Octets, PersonId,
    calendar::{self, Date},
    octets::{optional_seconds, seconds},
    proceeding::Timer,
};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What happened, and what it does to the clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Event {
    /// When it was recorded.
    #[serde(with = "seconds")]
    pub at: DateTime,
    /// The authority that it was done for; none where nobody acted in office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// What.
    pub what: Happened,
    /// Clocks that it starts, stops for a while, or lets run on; none: one that is done with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clocks: BTreeMap<DeadlineName, Option<Timer>>,
    /// Deadlines that had passed by then, and were not noted before.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub late: BTreeSet<DeadlineName>,
}

/// Who applies (S3-03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever takes an application in says who applies"
)]
pub struct Applicant {
    /// The name: 1 to 1000 characters.
    pub name: String,
    /// The kind.
    pub kind: ApplicantKind,
    /// The number of an enterprise's licence for certification services: 1 to 1000 characters;
    /// none for a public institution, which needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

/// A material as it was handed in (S3-04).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(
    clippy::exhaustive_structs,
    reason = "each is a column of the guide's list"
)]
pub struct Material {
    /// Its name in the rule set.
    pub name: String,
    /// The electronic version:
    /// [`ApplicationMaterial`](crate::terms::EvidenceKind::ApplicationMaterial).
    pub file: Evidence,
    /// Whether the paper is the original.
    pub original: bool,
    /// How many there are on paper.
    pub copies: u16,
    /// Whether it bears the applicant's seal.
    pub sealed: bool,
}

/// An authority's decision in writing (S3-11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(
    clippy::exhaustive_structs,
    reason = "each is on the face of the document"
)]
pub struct Decision {
    /// Its number: 1 to 1000 characters.
    pub number: String,
    /// Its day; not after the day on which it is recorded, nor before that of anything that it
    /// rests on.
    pub dated: Date,
    /// Whose signature or seal it bears: 1 to 1000 characters.
    pub signed_by: String,
    /// Itself: [`DecisionDocument`](crate::terms::EvidenceKind::DecisionDocument).
    pub document: Evidence,
}

/// Where the directory has a qualification (S3-13): the directory is a trust list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(
    clippy::exhaustive_structs,
    reason = "a list is named by these, and says one of two things"
)]
pub struct Listing {
    /// The list: 1 to 1000 characters.
    pub list: String,
    /// Its sequence number: greater than any before of the same list.
    pub sequence: u64,
    /// SM3 of the signed list's octets: 32 octets.
    pub digest: Octets,
    /// Whether it says there that the qualification holds.
    pub holds: bool,
}

/// What happened: one step of the table each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Happened {
    /// Materials came in.
    Received {
        /// The name of the rule set.
        terms: String,
        /// The office that took them in.
        office: String,
        /// How they came.
        channel: Channel,
        /// When.
        #[serde(with = "seconds")]
        at: DateTime,
        /// The stamp.
        stamp: Evidence,
        /// Who applies.
        applicant: Applicant,
        /// Who acts for the applicant.
        agent: PersonId,
        /// What was handed in.
        materials: Vec<Material>,
    },
    /// Something is missing or wrong.
    CorrectionRequested {
        /// What.
        points: Vec<String>,
    },
    /// It was put right.
    MaterialsCompleted {
        /// By these.
        materials: Vec<Material>,
    },
    /// The application is taken on.
    Accepted {
        /// Behind this, anybody may ask how it stands.
        query: calendar::Deadline,
    },
    /// It is not.
    NotAccepted {
        /// Why.
        reasons: Evidence,
    },
    /// The national authority has it.
    Forwarded {
        /// That it has.
        receipt: Evidence,
    },
    /// Assessors were named.
    AssessmentOpened {
        /// Who.
        assessors: Vec<PersonId>,
        /// Of which body.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
    },
    /// Another assessor was.
    AssessorNamed {
        /// Who.
        assessor: PersonId,
    },
    /// An assessor said whether something binds him.
    AssessorDeclared {
        /// Whether it does.
        conflict: bool,
        /// The declaration.
        declaration: Evidence,
    },
    /// A person takes no further part.
    Recused {
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// An assessor reported.
    Reported {
        /// On what.
        assessment: Assessment,
        /// Whether it is passed.
        passed: bool,
        /// The report.
        report: Evidence,
    },
    /// A condition was looked at.
    ConditionChecked {
        /// Which.
        condition: Condition,
        /// Whether it is met.
        met: bool,
        /// What shows it.
        evidence: Evidence,
    },
    /// A hearing is wanted.
    HearingRequested {
        /// In writing.
        request: Evidence,
    },
    /// It is over.
    HearingClosed {
        /// Who presided.
        chair: PersonId,
        /// The record.
        record: Evidence,
    },
    /// Qualified.
    Granted {
        /// The decision.
        decision: Decision,
        /// What it is called.
        title: String,
        /// Until when it holds; none: for good.
        #[serde(default, with = "optional_seconds")]
        until: Option<DateTime>,
    },
    /// Not qualified.
    Refused {
        /// The decision.
        decision: Decision,
        /// Why.
        reasons: Evidence,
    },
    /// The applicant was told.
    Notified {
        /// That he was.
        contact: Evidence,
    },
    /// The document was fetched.
    Collected {
        /// That it was.
        receipt: Evidence,
    },
    /// The directory has it.
    ListedInDirectory(Listing),
    /// Another name is asked for.
    NameChangeFiled {
        /// The name.
        name: String,
        /// Why.
        explanation: Evidence,
        /// The original decision.
        original: Evidence,
    },
    /// The decision has it.
    NameChangeApproved {
        /// The decision with the other name.
        decision: Decision,
    },
    /// It has not.
    NameChangeRefused {
        /// Why.
        reasons: Evidence,
    },
    /// The infrastructure was renovated.
    RenovationReported {
        /// The application.
        application: Evidence,
        /// For the security review.
        security: Evidence,
        /// For the interoperability test.
        interoperability: Evidence,
    },
    /// The renovation is approved.
    RenovationApproved {
        /// The decision.
        decision: Decision,
    },
    /// It is not.
    RenovationRefused {
        /// Why.
        reasons: Evidence,
    },
    /// Another term is asked for.
    RenewalFiled {
        /// The application.
        application: Evidence,
        /// Whether it came in time: the qualification then holds until it is decided on.
        in_time: bool,
    },
    /// It is given.
    RenewalGranted {
        /// The decision.
        decision: Decision,
        /// Its end.
        #[serde(with = "seconds")]
        until: DateTime,
    },
    /// It is not.
    RenewalRefused {
        /// Why.
        reasons: Evidence,
    },
    /// The term is over.
    Lapsed,
    /// Taken away.
    Withdrawn {
        /// The decision.
        decision: Decision,
        /// Why.
        reasons: Evidence,
    },
    /// Somebody made use of a right.
    RightExercised {
        /// Which.
        right: Right,
        /// In writing.
        statement: Evidence,
    },
    /// What came of it.
    RightAnswered {
        /// Which: its place among those that were exercised.
        number: u16,
        /// What.
        answer: String,
        /// What shows it.
        evidence: Evidence,
    },
    /// A deadline passed, and what it was for is not done: which one stands beside.
    OverdueNoted,
}

impl Event {
    /// The step of the [table](super::TRANSITIONS).
    pub fn step(&self) -> Step {
        self.what.step()
    }

    /// Deadlines that are noted by it to have passed.
    pub fn missed(&self) -> Vec<DeadlineName> {
        self.late.iter().copied().collect()
    }
}

impl Happened {
    /// The step of the [table](super::TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::Received { .. } => Step::Received,
            Self::CorrectionRequested { .. } => Step::CorrectionRequested,
            Self::MaterialsCompleted { .. } => Step::MaterialsCompleted,
            Self::Accepted { .. } => Step::Accepted,
            Self::NotAccepted { .. } => Step::NotAccepted,
            Self::Forwarded { .. } => Step::Forwarded,
            Self::AssessmentOpened { .. } => Step::AssessmentOpened,
            Self::AssessorNamed { .. } => Step::AssessorNamed,
            Self::AssessorDeclared { .. } => Step::AssessorDeclared,
            Self::Recused { .. } => Step::Recused,
            Self::Reported { .. } => Step::Reported,
            Self::ConditionChecked { .. } => Step::ConditionChecked,
            Self::HearingRequested { .. } => Step::HearingRequested,
            Self::HearingClosed { .. } => Step::HearingClosed,
            Self::Granted { .. } => Step::Granted,
            Self::Refused { .. } => Step::Refused,
            Self::Notified { .. } => Step::Notified,
            Self::Collected { .. } => Step::Collected,
            Self::ListedInDirectory(_) => Step::ListedInDirectory,
            Self::NameChangeFiled { .. } => Step::NameChangeFiled,
            Self::NameChangeApproved { .. } => Step::NameChangeApproved,
            Self::NameChangeRefused { .. } => Step::NameChangeRefused,
            Self::RenovationReported { .. } => Step::RenovationReported,
            Self::RenovationApproved { .. } => Step::RenovationApproved,
            Self::RenovationRefused { .. } => Step::RenovationRefused,
            Self::RenewalFiled { .. } => Step::RenewalFiled,
            Self::RenewalGranted { .. } => Step::RenewalGranted,
            Self::RenewalRefused { .. } => Step::RenewalRefused,
            Self::Lapsed => Step::Lapsed,
            Self::Withdrawn { .. } => Step::Withdrawn,
            Self::RightExercised { .. } => Step::RightExercised,
            Self::RightAnswered { .. } => Step::RightAnswered,
            Self::OverdueNoted => Step::OverdueNoted,
        }
    }
}
