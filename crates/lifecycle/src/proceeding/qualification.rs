//! The qualification of a CA for e-government by the state (SM-D; S3-01 to S3-18, S5-01).
//!
//! A provincial or the national cryptography authority takes an application in; the national one
//! has it assessed and decides. The [rule set](Terms) is the one of the day of receipt: each
//! number, material and assessment is data. Clocks run in working days and stand still where the
//! rules say so. What is late is flagged and told, and decides nothing.
//!
//! One person holds one seat in a case (0.4): whoever takes it in neither assesses it nor decides
//! on it, the applicant's agent does none of these, and whoever presides over the hearing does
//! nothing else. What a person found who is bound to the applicant does not count.
//! [`TRANSITIONS`] has the steps as a table.

mod command;
mod decide;
mod event;
mod state;
mod terms;
#[cfg(test)]
mod tests;

pub use command::{Act, Command, Receipt};
pub use decide::{Context, decide};
pub use event::{Applicant, Decision, Event, Happened, Listing, Material};
pub use state::{Answer, Assessor, Check, NameOf, Remedy, Report, State, evolve};
pub use terms::{AssessmentRule, BadTerms, MaterialRule, RuleSets, Terms};

use crate::{
    machine::{self, Transition, numbered, row},
    terms::terms,
};

terms! {
    /// Where a qualification stands.
    Stage {
        /// The materials are there.
        Received = "received",
        /// They are being completed.
        Correcting = "correcting",
        /// The application is not taken on.
        NotAccepted = "not-accepted",
        /// It is taken on.
        Accepted = "accepted",
        /// The applicant is assessed.
        Assessing = "assessing",
        /// Decided in favour of the applicant, who does not have the document yet.
        Granted = "granted",
        /// Decided against the applicant, who does not have the document yet.
        Refused = "refused",
        /// The applicant is qualified.
        Qualified = "qualified",
        /// The refusal was handed over.
        Closed = "closed",
        /// Another term is asked for.
        Renewing = "renewing",
        /// The term is over.
        Lapsed = "lapsed",
        /// It was taken away.
        Withdrawn = "withdrawn",
    }

    /// What happens to a qualification, in one word: its events' names.
    Step {
        /// Materials came in (D1).
        Received = "received",
        /// Something is missing or wrong (D2).
        CorrectionRequested = "correction-requested",
        /// It was put right (D3).
        MaterialsCompleted = "materials-completed",
        /// The application is taken on (D4).
        Accepted = "accepted",
        /// It is not (D5).
        NotAccepted = "not-accepted",
        /// The provincial authority sends all of it on (D6).
        Forwarded = "forwarded",
        /// The assessors are named (D7).
        AssessmentOpened = "assessment-opened",
        /// Another assessor is named.
        AssessorNamed = "assessor-named",
        /// An assessor says whether something binds him to the applicant (S3-08).
        AssessorDeclared = "assessor-declared",
        /// A person takes no further part (回避; S3-16).
        Recused = "recused",
        /// Assessors report (D8).
        Reported = "reported",
        /// A condition was looked at (S3-03).
        ConditionChecked = "condition-checked",
        /// A hearing is wanted (D9).
        HearingRequested = "hearing-requested",
        /// It was held, or is not wanted any more (D9).
        HearingClosed = "hearing-closed",
        /// Yes (D10).
        Granted = "granted",
        /// No (D11).
        Refused = "refused",
        /// The applicant was told to come for the document (D12).
        Notified = "notified",
        /// The document was handed over (D12).
        Collected = "collected",
        /// It stands in the directory (D13).
        ListedInDirectory = "listed-in-directory",
        /// Another name is asked for (D14).
        NameChangeFiled = "name-change-filed",
        /// It is written into the decision (D14).
        NameChangeApproved = "name-change-approved",
        /// It is not.
        NameChangeRefused = "name-change-refused",
        /// The infrastructure was renovated (D15).
        RenovationReported = "renovation-reported",
        /// It is approved (D15).
        RenovationApproved = "renovation-approved",
        /// It is not.
        RenovationRefused = "renovation-refused",
        /// Another term is asked for (D16).
        RenewalFiled = "renewal-filed",
        /// It is given.
        RenewalGranted = "renewal-granted",
        /// It is not.
        RenewalRefused = "renewal-refused",
        /// The term is over (D16).
        Lapsed = "lapsed",
        /// Taken away (D17).
        Withdrawn = "withdrawn",
        /// The applicant, or somebody else, makes use of a right (S3-16).
        RightExercised = "right-exercised",
        /// What came of it.
        RightAnswered = "right-answered",
        /// A deadline passed, and what it was for is not done.
        OverdueNoted = "overdue-noted",
    }

    /// Which authority acts (S3-02).
    Authority {
        /// Of a province or a ministry (省部密码管理部门).
        Provincial = "provincial",
        /// 国家密码管理局
        National = "national",
    }

    /// What an applicant is (S3-03).
    ApplicantKind {
        /// An enterprise with a licence for certification services (企业法人).
        Enterprise = "enterprise",
        /// A public institution (事业法人).
        PublicInstitution = "public-institution",
    }

    /// How the materials came (S3-05).
    Channel {
        /// At the window.
        Window = "window",
        /// By post.
        Post = "post",
    }

    /// What is assessed (S3-08).
    Assessment {
        /// On site (现场核查).
        OnSite = "on-site",
        /// What the applicant is able to do (能力评估).
        Capability = "capability",
        /// The system's security (安全性审查).
        SecurityReview = "security-review",
        /// The system with others (互联互通测试).
        Interoperability = "interoperability",
    }

    /// What must be so before a qualification is granted (S3-03).
    Condition {
        /// A legal person of one of the kinds.
        LegalPerson = "legal-person",
        /// A certification system as the state requires it.
        System = "system",
        /// The people.
        Staff = "staff",
        /// Operation, support and security.
        Operation = "operation",
        /// What laws and rules ask for besides.
        Other = "other",
    }

    /// A right that an applicant has besides the hearing (S3-16).
    Right {
        /// To be heard in writing (陈述、申辩).
        Statement = "statement",
        /// To have a person take no part (申请回避).
        Recusal = "recusal",
        /// To have the decision looked at again (行政复议).
        Reconsideration = "reconsideration",
        /// To go to court (行政诉讼).
        Litigation = "litigation",
        /// To read decisions and records of supervision (查阅).
        FileInspection = "file-inspection",
        /// To report what is against the law (举报): anybody.
        Report = "report",
        /// To be compensated (赔偿).
        Compensation = "compensation",
        /// To say what should be otherwise (意见和建议).
        Suggestion = "suggestion",
    }

    /// What is to be done by when.
    DeadlineName {
        /// Whether the application is taken on (T1).
        Acceptance = "acceptance",
        /// All of it is sent on (T2).
        Forwarding = "forwarding",
        /// The decision (T3).
        Decision = "decision",
        /// The document is handed over (T4).
        Delivery = "delivery",
        /// The decision on another name.
        NameChange = "name-change",
        /// The decision on a renovation.
        Renovation = "renovation",
        /// Another term is asked for.
        RenewalFiling = "renewal-filing",
        /// The decision on another term.
        RenewalDecision = "renewal-decision",
        /// The term ends.
        Expiry = "expiry",
        /// The directory says what is so (S3-13).
        Listing = "listing",
    }

    /// What came of an application.
    Outcome {
        /// Yes.
        Granted = "granted",
        /// No.
        Refused = "refused",
    }

    /// What is wrong with a material that is there (S3-04).
    MaterialFault {
        /// A copy, where the original is wanted.
        NotOriginal = "not-original",
        /// Fewer copies on paper than are wanted.
        Copies = "copies",
        /// Without the applicant's seal.
        Unsealed = "unsealed",
    }
}

/// After the decision was handed over, while the qualification holds.
const HELD: &[Stage] = &[Stage::Qualified, Stage::Renewing];

/// With a decision that waits to be handed over.
const DECIDED: &[Stage] = &[Stage::Granted, Stage::Refused];

/// From the decision in favour on.
const LISTED: &[Stage] = &[
    Stage::Qualified,
    Stage::Renewing,
    Stage::Lapsed,
    Stage::Withdrawn,
];

/// In which clocks may run.
const TIMED: &[Stage] = &[
    Stage::Received,
    Stage::Correcting,
    Stage::Accepted,
    Stage::Assessing,
    Stage::Granted,
    Stage::Refused,
    Stage::Qualified,
    Stage::Renewing,
    Stage::Lapsed,
    Stage::Withdrawn,
];

/// Every pair of stage and step that there is. What is not here is refused.
pub const TRANSITIONS: &[Transition<Stage, Step>] = &[
    numbered("D1", &[], Step::Received, Some(Stage::Received)),
    numbered(
        "D2",
        &[Stage::Received],
        Step::CorrectionRequested,
        Some(Stage::Correcting),
    ),
    numbered(
        "D3",
        &[Stage::Correcting],
        Step::MaterialsCompleted,
        Some(Stage::Received),
    ),
    numbered(
        "D4",
        &[Stage::Received],
        Step::Accepted,
        Some(Stage::Accepted),
    ),
    numbered(
        "D5",
        &[Stage::Received],
        Step::NotAccepted,
        Some(Stage::NotAccepted),
    ),
    numbered(
        "D6",
        &[Stage::Accepted],
        Step::Forwarded,
        Some(Stage::Assessing),
    ),
    numbered(
        "D7",
        &[Stage::Accepted],
        Step::AssessmentOpened,
        Some(Stage::Assessing),
    ),
    // What was forwarded is being assessed already, by nobody yet.
    numbered("D7", &[Stage::Assessing], Step::AssessmentOpened, None),
    row(&[Stage::Assessing], Step::AssessorNamed, None),
    row(&[Stage::Assessing], Step::AssessorDeclared, None),
    row(&[Stage::Assessing], Step::Recused, None),
    numbered("D8", &[Stage::Assessing], Step::Reported, None),
    row(&[Stage::Assessing], Step::ConditionChecked, None),
    numbered("D9", &[Stage::Assessing], Step::HearingRequested, None),
    numbered("D9", &[Stage::Assessing], Step::HearingClosed, None),
    numbered(
        "D10",
        &[Stage::Assessing],
        Step::Granted,
        Some(Stage::Granted),
    ),
    numbered(
        "D11",
        &[Stage::Assessing],
        Step::Refused,
        Some(Stage::Refused),
    ),
    numbered("D12", DECIDED, Step::Notified, None),
    numbered(
        "D12",
        &[Stage::Granted],
        Step::Collected,
        Some(Stage::Qualified),
    ),
    numbered(
        "D12",
        &[Stage::Refused],
        Step::Collected,
        Some(Stage::Closed),
    ),
    numbered("D13", LISTED, Step::ListedInDirectory, None),
    numbered("D14", HELD, Step::NameChangeFiled, None),
    numbered("D14", HELD, Step::NameChangeApproved, None),
    numbered("D14", HELD, Step::NameChangeRefused, None),
    numbered("D15", HELD, Step::RenovationReported, None),
    numbered("D15", HELD, Step::RenovationApproved, None),
    numbered("D15", HELD, Step::RenovationRefused, None),
    numbered(
        "D16",
        &[Stage::Qualified],
        Step::RenewalFiled,
        Some(Stage::Renewing),
    ),
    numbered(
        "D16",
        &[Stage::Renewing],
        Step::RenewalGranted,
        Some(Stage::Qualified),
    ),
    numbered(
        "D16",
        &[Stage::Renewing],
        Step::RenewalRefused,
        Some(Stage::Qualified),
    ),
    // Whoever asked for another term too late is not held by that.
    numbered("D16", HELD, Step::Lapsed, Some(Stage::Lapsed)),
    numbered("D17", HELD, Step::Withdrawn, Some(Stage::Withdrawn)),
    row(Stage::ALL, Step::RightExercised, None),
    row(Stage::ALL, Step::RightAnswered, None),
    row(TIMED, Step::OverdueNoted, None),
];

/// The row of a step from a stage; none where it is not listed.
pub fn transition(from: Option<Stage>, step: Step) -> Option<&'static Transition<Stage, Step>> {
    machine::find(TRANSITIONS, from, step)
}

/// Whether the table has the event's step from this state.
pub(crate) fn is_listed(state: Option<&State>, event: &Event) -> bool {
    transition(state.map(|state| state.stage), event.step()).is_some()
}
