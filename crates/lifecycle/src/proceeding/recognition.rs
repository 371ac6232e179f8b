//! Recognition of a CA's certificates by the other side (SM-E; S4-03 to S4-19).
//!
//! A case is about one class of certificates of one CA in its [jurisdiction](Key). It begins
//! with the CA's application and goes on for as long as the class stands on a list. Whose word
//! is needed, and in which order, is [data](Terms), and differs from side to side; what the
//! list then says is [read back](Publication) before the case takes it as published.
//!
//! Notices, duties and orders to correct have an end each; when one passes it is noted, and a
//! duty that is overdue opens a case of breach. Nothing is decided by time alone.

mod command;
mod decide;
mod event;
mod evolve;
mod hand_over;
mod letter;
mod package;
mod publication;
mod state;
mod terms;
#[cfg(test)]
mod tests;

pub use command::{Command, DutyReport, Measure};
pub use decide::{Context, Sight, decide};
pub use event::{Approval, Event, Owed, Withdrawal};
pub use evolve::evolve;
pub use hand_over::{HandOver, HandOverFault};
pub use letter::{Letter, LetterFault};
pub use package::{
    Application, CaCertificate, Documents, Key, KeyOrigin, Licence, Reinstatement, Review,
};
pub use publication::{Publication, PublicationFault};
pub use state::{Breach, Due, Filing, Listing, Party, SentNotice, State};
pub use terms::{Auditor, Authority, BadTerms, Duty, Policy, Side, Successor, Terms};

use crate::{
    machine::{self, Transition, numbered, row},
    terms::terms,
};

terms! {
    /// Where a recognition stands (SM-E).
    Stage {
        /// The CA applied.
        Applied = "applied",
        /// The province's authority passed it on (初审).
        PrelimPassed = "prelim-passed",
        /// Approved (核准).
        Approved = "approved",
        /// The other side was told, and has not said that it knows.
        NoticeSent = "notice-sent",
        /// The other side knows.
        Notified = "notified",
        /// The publishing side's own legal procedure is done.
        ReadyToPublish = "ready-to-publish",
        /// The list has it.
        Recognised = "recognised",
        /// A suspension is decided, and no list says so yet.
        Suspending = "suspending",
        /// The list has it as suspended.
        Suspended = "suspended",
        /// Suspended; the CA applied to be recognised again.
        ReinstatementApplied = "reinstatement-applied",
        /// Suspended; the province's authority passed that on.
        ReinstatementPrelimPassed = "reinstatement-prelim-passed",
        /// Suspended; that is approved.
        ReinstatementApproved = "reinstatement-approved",
        /// Suspended; the other side was told of it.
        ReinstatementNoticeSent = "reinstatement-notice-sent",
        /// Suspended; the other side knows of it.
        ReinstatementNotified = "reinstatement-notified",
        /// Suspended; the legal procedure for it is done.
        ReinstatementReady = "reinstatement-ready",
        /// A termination is decided, and no list says so yet.
        Terminating = "terminating",
        /// The list has it as terminated; who wants it back applies anew.
        Terminated = "terminated",
        /// Not approved.
        Refused = "refused",
    }

    /// What happens to a recognition, in one word: its events' names.
    Step {
        /// The CA applies.
        Applied = "applied",
        /// The province's authority passes it on.
        PrelimPassed = "prelim-passed",
        /// It is approved, under an identifier of the policy.
        Approved = "approved",
        /// It is not.
        Refused = "refused",
        /// The other side is told.
        CounterpartNotified = "counterpart-notified",
        /// The other side says that it knows.
        CounterpartAcknowledged = "counterpart-acknowledged",
        /// The publishing side's own legal procedure is done.
        LegalProcedureDone = "legal-procedure-done",
        /// A list says what was decided.
        Published = "published",
        /// The CA files a new certificate.
        CertificateFiled = "certificate-filed",
        /// The authority takes it on record.
        CertificateRecorded = "certificate-recorded",
        /// The authority does not take it on record.
        CertificateRefused = "certificate-refused",
        /// A list has the certificates on record.
        CertificatePublished = "certificate-published",
        /// The authority finds that the CA breaks a rule.
        BreachOpened = "breach-opened",
        /// The CA is ordered to correct it.
        CorrectionOrdered = "correction-ordered",
        /// It did.
        CorrectionAccepted = "correction-accepted",
        /// The CA says who acts for it.
        AgentsNamed = "agents-named",
        /// The CA asks to be suspended or terminated.
        MeasureRequested = "measure-requested",
        /// A suspension is decided.
        SuspensionDecided = "suspension-decided",
        /// The CA asks to be recognised again.
        ReinstatementApplied = "reinstatement-applied",
        /// A termination is decided.
        TerminationDecided = "termination-decided",
        /// Somebody was told what he had to be told.
        NotificationDone = "notification-done",
        /// The CA did a duty.
        DutyFulfilled = "duty-fulfilled",
        /// A special assessment is ordered.
        AssessmentOrdered = "assessment-ordered",
        /// The other side publishes the list beside its own.
        MirrorImported = "mirror-imported",
        /// The end of something passed, and it is not done.
        OverdueNoted = "overdue-noted",
    }

    /// What is owed by a time: notices, duties of the CA, a correction.
    DeadlineName {
        /// The other side is told at once that recognition ends (知会).
        CounterpartAlerted = "counterpart-alerted",
        /// The other side is told so in writing (书面通报).
        CounterpartWritten = "counterpart-written",
        /// The other side is told in writing what the list says now.
        ResultWritten = "result-written",
        /// The CA is told the result.
        CaInformed = "ca-informed",
        /// It is reported to the authority above (报备).
        SuperiorInformed = "superior-informed",
        /// The year's inspection (年检, 年度评估).
        AnnualInspection = "annual-inspection",
        /// An assessment that was ordered (特别评估).
        SpecialAssessment = "special-assessment",
        /// The statement of practice against the policy, by a third party (符合性审查).
        CpsConformity = "cps-conformity",
        /// The service against the statement of practice, by a third party (执行审查).
        ThirdPartyAudit = "third-party-audit",
        /// Security management and internal audit (安全管理和内部审计).
        InternalAudit = "internal-audit",
        /// Protection of information (信息保护).
        InformationProtection = "information-protection",
        /// A breach is corrected as ordered (改正).
        Correction = "correction",
    }

    /// Why a standing ends (S4-08).
    Cause {
        /// The CA asked for it.
        Request = "request",
        /// It broke a rule and did not correct that when ordered to (违反且拒不改正).
        BreachUncorrected = "breach-uncorrected",
        /// It issued what it must not (证书签发违法违规事件).
        MisIssuance = "mis-issuance",
        /// Somebody else may have its key.
        Compromise = "compromise",
    }

    /// What a CA's certificate is for.
    CertificateRole {
        /// Paths end there.
        Anchor = "anchor",
        /// Its key signs subscribers' certificates.
        Issuer = "issuer",
        /// Its key signs CRLs or OCSP answers (证书状态信息).
        Status = "status",
    }
}

impl DeadlineName {
    /// Those that are told to somebody.
    pub const NOTICES: &'static [Self] = &[
        Self::CounterpartAlerted,
        Self::CounterpartWritten,
        Self::ResultWritten,
        Self::CaInformed,
        Self::SuperiorInformed,
    ];

    /// Whether it is told in writing (以书面形式), by a signed [`Letter`].
    pub fn is_written(self) -> bool {
        matches!(self, Self::CounterpartWritten | Self::ResultWritten)
    }

    /// Those that a recognised CA owes (S4-13).
    pub const DUTIES: &'static [Self] = &[
        Self::AnnualInspection,
        Self::SpecialAssessment,
        Self::CpsConformity,
        Self::ThirdPartyAudit,
        Self::InternalAudit,
        Self::InformationProtection,
    ];
}

impl Cause {
    /// Whether it may take a standing away for a time before the decision.
    pub fn is_retroactive(self) -> bool {
        matches!(self, Self::MisIssuance | Self::Compromise)
    }
}

/// Suspended, with a way back under way or not.
const SUSPENDED: &[Stage] = &[
    Stage::Suspended,
    Stage::ReinstatementApplied,
    Stage::ReinstatementPrelimPassed,
    Stage::ReinstatementApproved,
    Stage::ReinstatementNoticeSent,
    Stage::ReinstatementNotified,
    Stage::ReinstatementReady,
];

/// Suspended, and the next list will not change that.
const SUSPENDED_YET: &[Stage] = &[
    Stage::Suspended,
    Stage::ReinstatementApplied,
    Stage::ReinstatementPrelimPassed,
    Stage::ReinstatementApproved,
    Stage::ReinstatementNoticeSent,
    Stage::ReinstatementNotified,
];

/// On a list, and not at an end.
const ON_LIST: &[Stage] = &[
    Stage::Recognised,
    Stage::Suspending,
    Stage::Suspended,
    Stage::ReinstatementApplied,
    Stage::ReinstatementPrelimPassed,
    Stage::ReinstatementApproved,
    Stage::ReinstatementNoticeSent,
    Stage::ReinstatementNotified,
    Stage::ReinstatementReady,
    Stage::Terminating,
];

/// On the way to the first list.
const ADMISSION: &[Stage] = &[
    Stage::Applied,
    Stage::PrelimPassed,
    Stage::Approved,
    Stage::NoticeSent,
    Stage::Notified,
    Stage::ReadyToPublish,
];

/// At an end; somebody may still have to be told.
const ENDED: &[Stage] = &[Stage::Terminated, Stage::Refused];

/// Every pair of stage and step that there is. What is not here is refused.
pub const TRANSITIONS: &[Transition<Stage, Step>] = {
    use Stage as S;
    use Step as T;
    &[
        numbered("E1", &[], T::Applied, Some(S::Applied)),
        numbered("E2", &[S::Applied], T::PrelimPassed, Some(S::PrelimPassed)),
        numbered(
            "E3",
            &[S::Applied, S::PrelimPassed],
            T::Approved,
            Some(S::Approved),
        ),
        numbered(
            "E4",
            &[S::Applied, S::PrelimPassed],
            T::Refused,
            Some(S::Refused),
        ),
        numbered(
            "E5",
            &[S::Approved],
            T::CounterpartNotified,
            Some(S::NoticeSent),
        ),
        numbered(
            "E5",
            &[S::NoticeSent],
            T::CounterpartAcknowledged,
            Some(S::Notified),
        ),
        numbered(
            "E6",
            &[S::Notified],
            T::LegalProcedureDone,
            Some(S::ReadyToPublish),
        ),
        numbered(
            "E7",
            &[S::ReadyToPublish],
            T::Published,
            Some(S::Recognised),
        ),
        numbered("E8", ON_LIST, T::CertificateFiled, None),
        numbered("E8", ON_LIST, T::CertificateRecorded, None),
        numbered("E8", ON_LIST, T::CertificateRefused, None),
        numbered("E8", &[S::Recognised], T::CertificatePublished, None),
        numbered("E8", SUSPENDED_YET, T::CertificatePublished, None),
        numbered(
            "E9",
            &[S::Recognised],
            T::SuspensionDecided,
            Some(S::Suspending),
        ),
        numbered("E10", &[S::Suspending], T::Published, Some(S::Suspended)),
        numbered(
            "E11",
            &[S::Suspended],
            T::ReinstatementApplied,
            Some(S::ReinstatementApplied),
        ),
        numbered(
            "E11",
            &[S::ReinstatementApplied],
            T::PrelimPassed,
            Some(S::ReinstatementPrelimPassed),
        ),
        numbered(
            "E11",
            &[S::ReinstatementApplied, S::ReinstatementPrelimPassed],
            T::Approved,
            Some(S::ReinstatementApproved),
        ),
        numbered(
            "E11",
            &[S::ReinstatementApplied, S::ReinstatementPrelimPassed],
            T::Refused,
            Some(S::Suspended),
        ),
        numbered(
            "E11",
            &[S::ReinstatementApproved],
            T::CounterpartNotified,
            Some(S::ReinstatementNoticeSent),
        ),
        numbered(
            "E11",
            &[S::ReinstatementNoticeSent],
            T::CounterpartAcknowledged,
            Some(S::ReinstatementNotified),
        ),
        numbered(
            "E11",
            &[S::ReinstatementNotified],
            T::LegalProcedureDone,
            Some(S::ReinstatementReady),
        ),
        numbered(
            "E11",
            &[S::ReinstatementReady],
            T::Published,
            Some(S::Recognised),
        ),
        numbered(
            "E12",
            &[S::Recognised],
            T::TerminationDecided,
            Some(S::Terminating),
        ),
        numbered(
            "E12",
            SUSPENDED,
            T::TerminationDecided,
            Some(S::Terminating),
        ),
        numbered("E12", &[S::Terminating], T::Published, Some(S::Terminated)),
        numbered("E13", ON_LIST, T::NotificationDone, None),
        numbered("E13", ENDED, T::NotificationDone, None),
        numbered("E14", ON_LIST, T::MirrorImported, None),
        numbered("E14", &[S::Terminated], T::MirrorImported, None),
        row(ADMISSION, T::AgentsNamed, None),
        row(ON_LIST, T::AgentsNamed, None),
        row(ON_LIST, T::MeasureRequested, None),
        row(ON_LIST, T::BreachOpened, None),
        row(ON_LIST, T::CorrectionOrdered, None),
        row(ON_LIST, T::CorrectionAccepted, None),
        row(ON_LIST, T::DutyFulfilled, None),
        row(ON_LIST, T::AssessmentOrdered, None),
        row(ON_LIST, T::OverdueNoted, None),
        row(ENDED, T::OverdueNoted, None),
    ]
};

/// The row of a step from a stage; none where it is not listed.
pub fn transition(from: Option<Stage>, step: Step) -> Option<&'static Transition<Stage, Step>> {
    machine::find(TRANSITIONS, from, step)
}

/// Whether the table has the event's step from this state.
pub(crate) fn is_listed(state: Option<&State>, event: &Event) -> bool {
    transition(state.map(|state| state.stage), event.step()).is_some()
}
