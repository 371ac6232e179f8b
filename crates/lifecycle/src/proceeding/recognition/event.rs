//! What happened to a recognition.

use super::{
    Application, CaCertificate, Cause, DeadlineName, DutyReport, Letter, Measure, Party,
    Publication, Reinstatement, Step,
};
use crate::{
    Evidence, Octets, PersonId,
    calendar::Deadline,
    octets::{optional_seconds, seconds},
};
use der::DateTime;
use serde::{Deserialize, Serialize};

/// Something that is owed from now on. It has the number that the case counts next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Owed {
    /// What.
    pub name: DeadlineName,
    /// By when.
    pub by: Deadline,
}

impl Owed {
    pub(super) fn new(name: DeadlineName, by: Deadline) -> Self {
        Self { name, by }
    }
}

/// An approval (核准).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Approval {
    /// Who approved.
    pub authority: String,
    /// The identifier of the policy, as arcs with dots between (S4-17).
    pub policy: String,
    /// Its version, as the register has it.
    pub version: String,
    /// Last arcs that readers leave out.
    pub ignored_arcs: u8,
    /// The number of the decision.
    pub reference: String,
    /// When it was made.
    #[serde(with = "seconds")]
    pub at: DateTime,
    /// The decision.
    pub decision: Evidence,
    /// The assignment of the identifier.
    pub assignment: Evidence,
}

/// A decision that takes recognition away (S4-08).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Withdrawal {
    /// Who decided.
    pub authority: String,
    /// For a while or for good.
    pub measure: Measure,
    /// Why.
    pub cause: Cause,
    /// From when on.
    #[serde(with = "seconds")]
    pub from: DateTime,
    /// When that happened which is the cause, where it is another time.
    #[serde(
        with = "optional_seconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub happened: Option<DateTime>,
    /// The number of the decision.
    pub reference: String,
    /// When it was made.
    #[serde(with = "seconds")]
    pub at: DateTime,
    /// The decision.
    pub decision: Evidence,
    /// The breach that was not corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breach: Option<u32>,
    /// What happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<Evidence>,
    /// Whom to tell because of it, by when (S4-09).
    pub owed: Vec<Owed>,
}

/// What happened to a recognition: one step of the table each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// The CA applied.
    Applied(Box<Application>),
    /// The province's authority passed it on.
    PrelimPassed {
        /// Which authority.
        authority: String,
        /// Its opinion.
        opinion: Evidence,
    },
    /// It was approved.
    Approved(Box<Approval>),
    /// It was not.
    Refused {
        /// By whom.
        authority: String,
        /// Why.
        reasons: String,
        /// The decision.
        decision: Evidence,
        /// Whom to tell.
        owed: Vec<Owed>,
    },
    /// The other side was told.
    CounterpartNotified {
        /// By whom.
        authority: String,
        /// The signed notice.
        notice: Evidence,
        /// Who signed what.
        letter: Letter,
    },
    /// The other side knows.
    CounterpartAcknowledged {
        /// Who knows.
        authority: String,
        /// The signed acknowledgement.
        acknowledgement: Evidence,
        /// Who signed what.
        letter: Letter,
    },
    /// The legal procedure is done.
    LegalProcedureDone {
        /// Whose.
        authority: String,
        /// What shows it.
        proof: Evidence,
    },
    /// A list says what was decided.
    Published {
        /// Whose list.
        authority: String,
        /// What it says.
        publication: Box<Publication>,
        /// Its signed octets.
        list: Evidence,
        /// What is owed because of it.
        owed: Vec<Owed>,
    },
    /// A new certificate was filed.
    CertificateFiled {
        /// Which.
        certificate: CaCertificate,
    },
    /// It is on record.
    CertificateRecorded {
        /// With whom.
        authority: String,
        /// SM3 of the certificate.
        digest: Octets,
        /// What was looked at.
        record: Evidence,
        /// Whom to tell.
        owed: Vec<Owed>,
    },
    /// It is not taken on record.
    CertificateRefused {
        /// By whom.
        authority: String,
        /// SM3 of the certificate.
        digest: Octets,
        /// Why.
        reasons: String,
        /// What was looked at.
        record: Evidence,
    },
    /// These persons act for the CA from now on, and nobody else.
    AgentsNamed {
        /// By which authority it is noted.
        authority: String,
        /// Them.
        agents: Vec<PersonId>,
        /// The CA's letter.
        letter: Evidence,
    },
    /// A list has the certificates on record.
    CertificatePublished {
        /// Whose list.
        authority: String,
        /// What it says.
        publication: Box<Publication>,
        /// Its signed octets.
        list: Evidence,
    },
    /// A breach was found.
    BreachOpened {
        /// By whom.
        authority: String,
        /// Which.
        what: String,
        /// What was found.
        report: Evidence,
    },
    /// It is to be corrected.
    CorrectionOrdered {
        /// By whom it was ordered.
        authority: String,
        /// The breach's number.
        breach: u32,
        /// The order.
        order: Evidence,
        /// By when.
        owed: Owed,
    },
    /// It was corrected.
    CorrectionAccepted {
        /// Who found so.
        authority: String,
        /// The breach's number.
        breach: u32,
        /// What was found.
        report: Evidence,
    },
    /// The CA asked to be suspended or terminated.
    MeasureRequested {
        /// Which.
        measure: Measure,
        /// Its letter.
        letter: Evidence,
    },
    /// A suspension was decided.
    SuspensionDecided(Box<Withdrawal>),
    /// The CA asked to be recognised again.
    ReinstatementApplied(Box<Reinstatement>),
    /// A termination was decided.
    TerminationDecided(Box<Withdrawal>),
    /// Somebody was told.
    NotificationDone {
        /// By whom.
        authority: String,
        /// The number of what was owed.
        number: u32,
        /// What was owed.
        notice: DeadlineName,
        /// That he was told.
        proof: Evidence,
        /// Who signed what, where it was in writing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        letter: Option<Letter>,
        /// Whether that was too late.
        late: bool,
    },
    /// A duty was done.
    DutyFulfilled {
        /// Who found so.
        authority: String,
        /// The number of what was owed.
        number: u32,
        /// Which duty.
        duty: DeadlineName,
        /// What shows it.
        report: DutyReport,
        /// Whether that was too late.
        late: bool,
        /// When it is owed again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Owed>,
    },
    /// A special assessment was ordered.
    AssessmentOrdered {
        /// By whom.
        authority: String,
        /// The order.
        order: Evidence,
        /// By when it is owed.
        owed: Owed,
    },
    /// The other side publishes the list beside its own.
    MirrorImported {
        /// Who does.
        authority: String,
        /// What the list says.
        publication: Box<Publication>,
        /// The report of the import.
        report: Evidence,
    },
    /// The end of something passed, and it is not done. Of a duty, that opens a case of breach
    /// under the same number.
    OverdueNoted {
        /// The number of what is owed.
        number: u32,
        /// What is owed.
        deadline: DeadlineName,
    },
}

impl Event {
    /// The step of the [table](super::TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::Applied(_) => Step::Applied,
            Self::PrelimPassed { .. } => Step::PrelimPassed,
            Self::Approved(_) => Step::Approved,
            Self::Refused { .. } => Step::Refused,
            Self::CounterpartNotified { .. } => Step::CounterpartNotified,
            Self::CounterpartAcknowledged { .. } => Step::CounterpartAcknowledged,
            Self::LegalProcedureDone { .. } => Step::LegalProcedureDone,
            Self::Published { .. } => Step::Published,
            Self::CertificateFiled { .. } => Step::CertificateFiled,
            Self::CertificateRecorded { .. } => Step::CertificateRecorded,
            Self::CertificateRefused { .. } => Step::CertificateRefused,
            Self::AgentsNamed { .. } => Step::AgentsNamed,
            Self::CertificatePublished { .. } => Step::CertificatePublished,
            Self::BreachOpened { .. } => Step::BreachOpened,
            Self::CorrectionOrdered { .. } => Step::CorrectionOrdered,
            Self::CorrectionAccepted { .. } => Step::CorrectionAccepted,
            Self::MeasureRequested { .. } => Step::MeasureRequested,
            Self::SuspensionDecided(_) => Step::SuspensionDecided,
            Self::ReinstatementApplied(_) => Step::ReinstatementApplied,
            Self::TerminationDecided(_) => Step::TerminationDecided,
            Self::NotificationDone { .. } => Step::NotificationDone,
            Self::DutyFulfilled { .. } => Step::DutyFulfilled,
            Self::AssessmentOrdered { .. } => Step::AssessmentOrdered,
            Self::MirrorImported { .. } => Step::MirrorImported,
            Self::OverdueNoted { .. } => Step::OverdueNoted,
        }
    }

    /// The event in one word.
    pub fn name(&self) -> &'static str {
        self.step().as_str()
    }

    /// Ends that are noted by it to have passed.
    pub fn missed(&self) -> Vec<DeadlineName> {
        match self {
            Self::OverdueNoted { deadline, .. } => vec![*deadline],
            _ => Vec::new(),
        }
    }

    /// What is owed from it on, in the order of its numbers.
    pub fn owed(&self) -> Vec<&Owed> {
        match self {
            Self::Refused { owed, .. }
            | Self::Published { owed, .. }
            | Self::CertificateRecorded { owed, .. } => owed.iter().collect(),
            Self::SuspensionDecided(withdrawal) | Self::TerminationDecided(withdrawal) => {
                withdrawal.owed.iter().collect()
            }
            Self::CorrectionOrdered { owed, .. } | Self::AssessmentOrdered { owed, .. } => {
                vec![owed]
            }
            Self::DutyFulfilled { next, .. } => next.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The evidence that it left, in order.
    pub fn evidence(&self) -> Vec<&Evidence> {
        fn of_review(review: &super::Review) -> [&Evidence; 2] {
            [&review.report, &review.independence]
        }
        match self {
            Self::Applied(application) => {
                let documents = &application.documents;
                let mut all = vec![&application.licence.copy, &documents.application];
                all.push(&documents.practice);
                all.extend(of_review(&documents.conformity));
                all.extend(of_review(&documents.execution));
                let origins = application.certificates.iter();
                all.extend(origins.map(|certificate| &certificate.origin.proof));
                all
            }
            Self::PrelimPassed { opinion, .. } => vec![opinion],
            Self::Approved(approval) => vec![&approval.decision, &approval.assignment],
            Self::Refused { decision, .. } => vec![decision],
            Self::CounterpartNotified { notice, .. } => vec![notice],
            Self::CounterpartAcknowledged {
                acknowledgement, ..
            } => vec![acknowledgement],
            Self::LegalProcedureDone { proof, .. } | Self::NotificationDone { proof, .. } => {
                vec![proof]
            }
            Self::Published { list, .. } | Self::CertificatePublished { list, .. } => vec![list],
            Self::CertificateFiled { certificate } => vec![&certificate.origin.proof],
            Self::CertificateRecorded { record, .. } | Self::CertificateRefused { record, .. } => {
                vec![record]
            }
            Self::BreachOpened { report, .. }
            | Self::CorrectionAccepted { report, .. }
            | Self::MirrorImported { report, .. } => vec![report],
            Self::CorrectionOrdered { order, .. } | Self::AssessmentOrdered { order, .. } => {
                vec![order]
            }
            Self::MeasureRequested { letter, .. } | Self::AgentsNamed { letter, .. } => {
                vec![letter]
            }
            Self::SuspensionDecided(withdrawal) | Self::TerminationDecided(withdrawal) => {
                let decision = std::iter::once(&withdrawal.decision);
                decision.chain(&withdrawal.incident).collect()
            }
            Self::ReinstatementApplied(asked) => {
                let mut all = vec![&asked.application];
                all.extend(&asked.practice);
                let reviews = [&asked.conformity, &asked.execution];
                all.extend(reviews.into_iter().flatten().flat_map(of_review));
                all
            }
            Self::DutyFulfilled { report, .. } => match report {
                DutyReport::Plain(report) => vec![report],
                DutyReport::Reviewed(review) => of_review(review).to_vec(),
            },
            Self::OverdueNoted { .. } => Vec::new(),
        }
    }

    /// For whom whoever did it acted; none where time itself did.
    pub(super) fn party(&self) -> Option<Party> {
        match self {
            Self::Applied(_)
            | Self::CertificateFiled { .. }
            | Self::MeasureRequested { .. }
            | Self::ReinstatementApplied(_) => Some(Party::Ca),
            Self::CounterpartAcknowledged { .. } | Self::MirrorImported { .. } => {
                Some(Party::OtherSide)
            }
            Self::OverdueNoted { .. } => None,
            _ => Some(Party::OwnSide),
        }
    }

    /// For whom an official acted; none where the CA or the engine did.
    pub fn authority(&self) -> Option<&str> {
        match self {
            Self::PrelimPassed { authority, .. }
            | Self::Refused { authority, .. }
            | Self::CounterpartNotified { authority, .. }
            | Self::CounterpartAcknowledged { authority, .. }
            | Self::LegalProcedureDone { authority, .. }
            | Self::Published { authority, .. }
            | Self::CertificateRecorded { authority, .. }
            | Self::CertificateRefused { authority, .. }
            | Self::AgentsNamed { authority, .. }
            | Self::CertificatePublished { authority, .. }
            | Self::BreachOpened { authority, .. }
            | Self::CorrectionOrdered { authority, .. }
            | Self::CorrectionAccepted { authority, .. }
            | Self::NotificationDone { authority, .. }
            | Self::DutyFulfilled { authority, .. }
            | Self::AssessmentOrdered { authority, .. }
            | Self::MirrorImported { authority, .. } => Some(authority),
            Self::Approved(approval) => Some(&approval.authority),
            Self::SuspensionDecided(withdrawal) | Self::TerminationDecided(withdrawal) => {
                Some(&withdrawal.authority)
            }
            Self::Applied(_)
            | Self::CertificateFiled { .. }
            | Self::MeasureRequested { .. }
            | Self::ReinstatementApplied(_)
            | Self::OverdueNoted { .. } => None,
        }
    }
}
