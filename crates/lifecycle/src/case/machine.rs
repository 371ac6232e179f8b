//! The main machine of a case (SM-A), as the table that decisions, histories, pictures and
//! tests are all made from.

use crate::terms::{Kind, terms};

terms! {
    /// The main state of a case.
    Phase {
        /// Being filled in.
        Draft = "draft",
        /// With the organisation's agent.
        InternalReview = "internal-review",
        /// With the registration authority, not numbered yet.
        Submitted = "submitted",
        /// With a registrar.
        Registering = "registering",
        /// Sent back for correction.
        Returned = "returned",
        /// Registered, and on its way to the approver.
        HandedOver = "handed-over",
        /// With an approver.
        Approving = "approving",
        /// Approved; what it takes to sign is gathered.
        Approved = "approved",
        /// Being signed.
        Issuing = "issuing",
        /// Both certificates exist.
        Issued = "issued",
        /// They are in the token, or packed.
        Personalised = "personalised",
        /// They left.
        Dispatched = "dispatched",
        /// The holder has them and is content.
        Confirmed = "confirmed",
        /// The holder objects: to be revoked, and issued anew.
        Objected = "objected",
        /// A freeze that one person made, before the second looked at it.
        AwaitingRatification = "awaiting-ratification",
        /// The certificates' status was changed.
        Executed = "executed",
        /// Money is on its way back.
        Refunding = "refunding",
        /// Done.
        Closed = "closed",
        /// Refused.
        Rejected = "rejected",
        /// Taken back.
        Withdrawn = "withdrawn",
        /// Given up by time.
        Lapsed = "lapsed",
        /// Paid back.
        Refunded = "refunded",
    }

    /// What happens to a case, in one word: its events' names.
    Step {
        /// A1
        Opened = "opened",
        /// A2
        ConsentGiven = "consent-given",
        /// A2, the other way.
        ConsentWithdrawn = "consent-withdrawn",
        /// A3
        FormFilled = "form-filled",
        /// A4
        DocumentAdded = "document-added",
        /// A5
        CheckRecorded = "check-recorded",
        /// A6
        SubmittedInternally = "submitted-internally",
        /// A7
        InternallyApproved = "internally-approved",
        /// A8
        InternallyReturned = "internally-returned",
        /// A9
        Submitted = "submitted",
        /// A10
        RegistrationStarted = "registration-started",
        /// A11
        Returned = "returned",
        /// A12
        Resubmitted = "resubmitted",
        /// A13
        Registered = "registered",
        /// A14
        ReviewTaken = "review-taken",
        /// A15
        Approved = "approved",
        /// A16
        Rejected = "rejected",
        /// A17
        TokenBound = "token-bound",
        /// A17: the applicant's key, proved by a request.
        KeyProved = "key-proved",
        /// A18
        IssuanceIntended = "issuance-intended",
        /// A18: the key-management centre's key.
        EncryptionKeyReceived = "encryption-key-received",
        /// A19
        CertificateIssued = "certificate-issued",
        /// A20
        IssuanceAbandoned = "issuance-abandoned",
        /// A21
        Personalised = "personalised",
        /// A22
        Dispatched = "dispatched",
        /// The certificates left for the directory.
        Published = "published",
        /// A23
        PinDelivered = "pin-delivered",
        /// A24
        ReceiptConfirmed = "receipt-confirmed",
        /// A24, by time.
        DeemedAccepted = "deemed-accepted",
        /// A25
        ObjectionRaised = "objection-raised",
        /// A26
        Closed = "closed",
        /// A27
        Withdrawn = "withdrawn",
        /// A27, by time.
        Lapsed = "lapsed",
        /// A28
        RefundRequested = "refund-requested",
        /// A28
        Refunded = "refunded",
        /// The status was changed by one person, at once.
        ExecutedAtOnce = "executed-at-once",
        /// Another person agrees.
        Ratified = "ratified",
        /// Another person does not: it is undone.
        RatificationRefused = "ratification-refused",
        /// A slip of a transfer, or a payment service's word (PAY).
        PaymentReported = "payment-reported",
        /// The money is there (PAY).
        FundsConfirmed = "funds-confirmed",
        /// A deposit with a code went out (BANK).
        DepositSent = "deposit-sent",
        /// It arrived (BANK).
        DepositSettled = "deposit-settled",
        /// It came back (BANK).
        DepositFailed = "deposit-failed",
        /// Another account was given (BANK).
        AccountReentered = "account-reentered",
        /// The code was right (BANK).
        CodeVerified = "code-verified",
        /// The code was wrong (BANK).
        CodeWrong = "code-wrong",
        /// It goes on at another agency, or at the CA itself (S0-01).
        AgencyChanged = "agency-changed",
        /// A deadline passed (S1-18, S2-23).
        OverdueNoted = "overdue-noted",
    }
}

/// Where a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum To {
    /// It stays where it is.
    Same,
    /// There.
    Phase(Phase),
    /// To [`Phase::Approved`] for cases that make certificates, to [`Phase::Executed`] for
    /// those that change their status.
    ByKind,
    /// To [`Phase::Issued`] with the second certificate of the pair, and nowhere before.
    WhenComplete,
}

/// One row of the table: its name in SM-A, the states it starts from, the step, where it leads.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Transition {
    /// `A10`; rows that SM-A has in words only carry its nearest row's name.
    pub row: &'static str,
    /// From one of these; empty: from nothing.
    pub from: &'static [Phase],
    /// What happens.
    pub step: Step,
    /// Where it leads.
    pub to: To,
}

const fn row(row: &'static str, from: &'static [Phase], step: Step, to: To) -> Transition {
    Transition {
        row,
        from,
        step,
        to,
    }
}

use Phase as P;
use Step as S;

/// Before anything is signed or changed.
const OPEN: &[Phase] = &[
    P::Draft,
    P::InternalReview,
    P::Submitted,
    P::Registering,
    P::Returned,
    P::HandedOver,
    P::Approving,
    P::Approved,
];
/// While the customer can write. What was done at once is put on paper afterwards (S2-32).
const WRITABLE: &[Phase] = &[P::Draft, P::Returned, P::AwaitingRatification];
/// While facts are gathered.
const CHECKABLE: &[Phase] = &[
    P::Draft,
    P::Returned,
    P::Registering,
    P::Approving,
    P::AwaitingRatification,
];
/// While money moves.
const PAYABLE: &[Phase] = &[
    P::Draft,
    P::Returned,
    P::Submitted,
    P::Registering,
    P::HandedOver,
    P::Approving,
];

/// Before its end: whatever comes of it, somebody has it in hand.
const RUNNING: &[Phase] = &[
    P::Draft,
    P::InternalReview,
    P::Submitted,
    P::Registering,
    P::Returned,
    P::HandedOver,
    P::Approving,
    P::Approved,
    P::Issuing,
    P::Issued,
    P::Personalised,
    P::Dispatched,
    P::Confirmed,
    P::Objected,
    P::AwaitingRatification,
    P::Executed,
    P::Refunding,
];

/// Every pair of state and step that there is. What is not here is refused.
pub const TRANSITIONS: &[Transition] = &[
    row("A1", &[], S::Opened, To::Phase(P::Draft)),
    row("A2", WRITABLE, S::ConsentGiven, To::Same),
    row("A2", OPEN, S::ConsentWithdrawn, To::Same),
    row("A3", WRITABLE, S::FormFilled, To::Same),
    row("A4", WRITABLE, S::DocumentAdded, To::Same),
    row("A5", CHECKABLE, S::CheckRecorded, To::Same),
    row(
        "A6",
        &[P::Draft],
        S::SubmittedInternally,
        To::Phase(P::InternalReview),
    ),
    row(
        "A7",
        &[P::InternalReview],
        S::InternallyApproved,
        To::Phase(P::Submitted),
    ),
    row(
        "A8",
        &[P::InternalReview],
        S::InternallyReturned,
        To::Phase(P::Draft),
    ),
    row("A9", &[P::Draft], S::Submitted, To::Phase(P::Submitted)),
    row(
        "A10",
        &[P::Submitted],
        S::RegistrationStarted,
        To::Phase(P::Registering),
    ),
    row(
        "A11",
        &[P::Registering, P::Approving],
        S::Returned,
        To::Phase(P::Returned),
    ),
    row(
        "A12",
        &[P::Returned],
        S::Resubmitted,
        To::Phase(P::Submitted),
    ),
    row(
        "A13",
        &[P::Registering],
        S::Registered,
        To::Phase(P::HandedOver),
    ),
    row(
        "A14",
        &[P::HandedOver],
        S::ReviewTaken,
        To::Phase(P::Approving),
    ),
    row("A15", &[P::Approving], S::Approved, To::ByKind),
    row("A16", &[P::Approving], S::Rejected, To::Phase(P::Rejected)),
    row("A17", &[P::Approved], S::TokenBound, To::Same),
    row(
        "A17",
        &[P::Draft, P::Returned, P::Registering, P::Approved],
        S::KeyProved,
        To::Same,
    ),
    row(
        "A18",
        &[P::Approved, P::Issuing],
        S::IssuanceIntended,
        To::Phase(P::Issuing),
    ),
    row("A18", &[P::Issuing], S::EncryptionKeyReceived, To::Same),
    row("A19", &[P::Issuing], S::CertificateIssued, To::WhenComplete),
    row("A20", &[P::Issuing], S::IssuanceAbandoned, To::Same),
    row(
        "A21",
        &[P::Issued],
        S::Personalised,
        To::Phase(P::Personalised),
    ),
    row(
        "A22",
        &[P::Personalised],
        S::Dispatched,
        To::Phase(P::Dispatched),
    ),
    row(
        "A22",
        &[P::Dispatched, P::Confirmed, P::Objected, P::Closed],
        S::Published,
        To::Same,
    ),
    row("A23", &[P::Dispatched], S::PinDelivered, To::Same),
    row(
        "A24",
        &[P::Dispatched],
        S::ReceiptConfirmed,
        To::Phase(P::Confirmed),
    ),
    row(
        "A24",
        &[P::Dispatched],
        S::DeemedAccepted,
        To::Phase(P::Confirmed),
    ),
    row(
        "A25",
        // Before it leaves, the approver himself: the token can't be written (S1-15).
        &[P::Issued, P::Personalised, P::Dispatched, P::Confirmed],
        S::ObjectionRaised,
        To::Phase(P::Objected),
    ),
    row(
        "A26",
        &[P::Confirmed, P::Objected, P::Executed],
        S::Closed,
        To::Phase(P::Closed),
    ),
    row("A27", OPEN, S::Withdrawn, To::Phase(P::Withdrawn)),
    row("A27", OPEN, S::Lapsed, To::Phase(P::Lapsed)),
    row("A28", OPEN, S::RefundRequested, To::Phase(P::Refunding)),
    row("A28", &[P::Refunding], S::Refunded, To::Phase(P::Refunded)),
    row(
        "A1",
        &[P::Draft],
        S::ExecutedAtOnce,
        To::Phase(P::AwaitingRatification),
    ),
    row(
        "A15",
        &[P::AwaitingRatification],
        S::Ratified,
        To::Phase(P::Executed),
    ),
    row(
        "A16",
        &[P::AwaitingRatification],
        S::RatificationRefused,
        To::Phase(P::Rejected),
    ),
    row("PAY", PAYABLE, S::PaymentReported, To::Same),
    row("PAY", PAYABLE, S::FundsConfirmed, To::Same),
    row("BANK", PAYABLE, S::DepositSent, To::Same),
    row("BANK", PAYABLE, S::DepositSettled, To::Same),
    row("BANK", PAYABLE, S::DepositFailed, To::Same),
    row("BANK", PAYABLE, S::AccountReentered, To::Same),
    row("BANK", PAYABLE, S::CodeVerified, To::Same),
    row("BANK", PAYABLE, S::CodeWrong, To::Same),
    row("A1", RUNNING, S::AgencyChanged, To::Same),
    row(
        "A24",
        &[
            P::Submitted,
            P::Registering,
            P::HandedOver,
            P::Approving,
            P::Dispatched,
            P::AwaitingRatification,
        ],
        S::OverdueNoted,
        To::Same,
    ),
];

/// Where a step leads from a state; none where it is not listed.
pub fn transition(from: Option<Phase>, step: Step) -> Option<&'static Transition> {
    TRANSITIONS.iter().find(|one| {
        one.step == step
            && match from {
                None => one.from.is_empty(),
                Some(phase) => one.from.contains(&phase),
            }
    })
}

impl To {
    /// The state it leads to.
    pub(crate) fn phase(self, from: Phase, kind: Kind, complete: bool) -> Phase {
        match self {
            Self::Same => from,
            Self::Phase(phase) => phase,
            Self::ByKind if kind.makes_certificates() => P::Approved,
            Self::ByKind => P::Executed,
            Self::WhenComplete if complete => P::Issued,
            Self::WhenComplete => from,
        }
    }
}

impl Step {
    /// The row of the table that the step is in.
    pub fn row(self) -> &'static str {
        TRANSITIONS
            .iter()
            .find(|one| one.step == self)
            .map_or("", |one| one.row)
    }

    /// The requirements that the step is from.
    pub(crate) const fn basis(self) -> &'static [&'static str] {
        match self {
            Self::Opened => &["S0-13", "S0-14"],
            Self::ConsentGiven | Self::ConsentWithdrawn => &["S2-03"],
            Self::FormFilled => &["S1-05"],
            Self::DocumentAdded => &["S2-13"],
            Self::CheckRecorded => &["S0-27"],
            Self::SubmittedInternally | Self::InternallyApproved | Self::InternallyReturned => {
                &["S1-02", "S1-06"]
            }
            Self::Submitted => &["S1-02", "S2-21"],
            Self::RegistrationStarted => &["S1-07"],
            Self::Returned => &["S0-04", "S2-24"],
            Self::Resubmitted => &["S0-04", "S2-24"],
            Self::Registered => &["S1-08", "S1-09", "S1-11"],
            Self::ReviewTaken => &["S1-11", "S1-12"],
            Self::Approved => &["S1-12", "S2-25"],
            Self::Rejected => &["S1-12"],
            Self::TokenBound => &["S1-14"],
            Self::KeyProved => &["S1-13"],
            Self::IssuanceIntended | Self::EncryptionKeyReceived => &["S1-13"],
            Self::CertificateIssued | Self::IssuanceAbandoned | Self::Personalised => &["S1-15"],
            Self::Dispatched => &["S1-16", "S2-27"],
            Self::Published => &["S2-30", "X-07"],
            Self::PinDelivered => &["S1-17", "X-03"],
            Self::ReceiptConfirmed => &["S1-18"],
            Self::DeemedAccepted | Self::ObjectionRaised => &["S2-29"],
            Self::Closed => &["S1-10", "S5-03"],
            Self::Withdrawn | Self::Lapsed => &["S2-26"],
            Self::RefundRequested | Self::Refunded => &["S2-26"],
            Self::ExecutedAtOnce | Self::Ratified | Self::RatificationRefused => &["S2-32"],
            Self::PaymentReported | Self::FundsConfirmed => &["S2-18", "S2-19"],
            Self::DepositSent
            | Self::DepositSettled
            | Self::DepositFailed
            | Self::CodeVerified
            | Self::CodeWrong => &["S2-20"],
            Self::AccountReentered => &["S2-22"],
            Self::AgencyChanged => &["S0-01"],
            Self::OverdueNoted => &["S1-18", "S2-23"],
        }
    }

    /// Whether the step is business through an agency, and so waits while that may do none in
    /// the mode (S0-01). What ends a case, what is found out from outside, and what follows an
    /// issued certificate to its holder is not kept waiting.
    pub fn is_business(self) -> bool {
        !matches!(
            self,
            Self::ConsentWithdrawn
                | Self::Withdrawn
                | Self::Lapsed
                | Self::RefundRequested
                | Self::Refunded
                | Self::DepositSettled
                | Self::DepositFailed
                | Self::EncryptionKeyReceived
                | Self::CertificateIssued
                | Self::IssuanceAbandoned
                | Self::Personalised
                | Self::Dispatched
                | Self::Published
                | Self::PinDelivered
                | Self::ReceiptConfirmed
                | Self::DeemedAccepted
                | Self::ObjectionRaised
                | Self::Closed
                | Self::AgencyChanged
                | Self::OverdueNoted
        )
    }

    /// Whether cases of this kind have the step: certificates are made for some of them, and
    /// only a freeze can't wait for the second person (S2-32).
    pub fn is_of(self, kind: Kind) -> bool {
        match self {
            Self::TokenBound
            | Self::KeyProved
            | Self::IssuanceIntended
            | Self::EncryptionKeyReceived
            | Self::CertificateIssued
            | Self::IssuanceAbandoned
            | Self::Personalised
            | Self::Dispatched
            | Self::Published
            | Self::PinDelivered
            | Self::ReceiptConfirmed
            | Self::DeemedAccepted
            | Self::ObjectionRaised => kind.makes_certificates(),
            Self::ExecutedAtOnce | Self::Ratified | Self::RatificationRefused => {
                kind == Kind::Freeze
            }
            _ => true,
        }
    }
}

impl Kind {
    /// Whether a case of this kind ends with certificates; the others change their status.
    pub fn makes_certificates(self) -> bool {
        matches!(self, Self::Apply | Self::Renew | Self::Reissue)
    }
}

impl Phase {
    /// Whether nothing follows.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Closed | Self::Rejected | Self::Withdrawn | Self::Lapsed | Self::Refunded
        )
    }
}
