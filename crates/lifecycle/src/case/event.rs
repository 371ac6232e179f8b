//! What happened to a case.

use super::{
    command::Opening,
    ledger::Outcome,
    machine::Step,
    paper::{Consent, Deficiency, Document, Form, InternalChecklist, Verdict},
    payment::{Account, Challenge},
    state::DeadlineName,
};
use crate::{
    AuthorityId, CaseNumber, Evidence, Intent, Octets, Personal, Serial, TokenId,
    calendar::Deadline,
    case::pair::{EncryptionKey, Ordinal, Request},
    personal::Visit,
    proceeding::accreditation::Heir,
    terms::{
        Check, DeliveryMethod, IdentityDocument, IdentityMethod, PaymentRoute, PinChannel, Seat,
    },
};
use der::DateTime;
use gm_crypto::pki::Signed;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use std::collections::BTreeMap;

/// What happened to a case: one step of the [table](super::machine::TRANSITIONS) each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// A1
    Opened {
        /// With what.
        opening: Opening,
        /// When it lapses if nobody works on it.
        lapses: Deadline,
    },
    /// A2
    ConsentGiven(BTreeMap<String, Consent>),
    /// A2
    ConsentWithdrawn {
        /// The agreement's name.
        agreement: String,
    },
    /// A3
    FormFilled(Form),
    /// A4
    DocumentAdded {
        /// The document's name in the rule set.
        name: String,
        /// The document.
        document: Document,
    },
    /// A5
    CheckRecorded {
        /// Which.
        check: Check,
        /// How an identity was checked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<(IdentityDocument, IdentityMethod)>,
        /// With what result.
        outcome: Outcome,
    },
    /// A6
    SubmittedInternally {
        /// SM3 of form and documents.
        package: Personal<Octets>,
    },
    /// A7
    InternallyApproved {
        /// What was looked at.
        checklist: InternalChecklist,
        /// SM3 of form and documents.
        package: Personal<Octets>,
        /// By when it is to be reviewed (S2-23).
        review_by: Deadline,
    },
    /// A8
    InternallyReturned {
        /// What is wrong.
        reasons: Personal<Vec<String>>,
    },
    /// A9
    Submitted {
        /// SM3 of form and documents.
        package: Personal<Octets>,
        /// By when it is to be reviewed (S2-23).
        review_by: Deadline,
    },
    /// A10
    RegistrationStarted {
        /// Its number: without gaps (S1-07).
        number: CaseNumber,
    },
    /// A11
    Returned {
        /// The list; earlier rounds stay in the history (S0-04).
        deficiencies: Vec<Deficiency>,
    },
    /// A12
    Resubmitted {
        /// SM3 of form and documents.
        package: Personal<Octets>,
        /// By when it is to be reviewed.
        review_by: Deadline,
    },
    /// A13
    Registered {
        /// The registrar's.
        verdict: Verdict,
        /// SM3 of what was registered ([`super::state::State::snapshot`]); later steps compare
        /// with it (S1-09).
        snapshot: Personal<Octets>,
        /// SM3 of all that is handed over (S1-11).
        package: Personal<Octets>,
        /// What was done.
        work_record: Evidence,
        /// The CA's own end, where the policy cuts a certificate of the pair to it: what the
        /// form shows. Approval and issuance are refused when it has changed.
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            with = "crate::octets::optional_seconds"
        )]
        shortened_to: Option<DateTime>,
    },
    /// A14
    ReviewTaken,
    /// A15
    Approved {
        /// The approver's own.
        verdict: Verdict,
    },
    /// A16
    Rejected {
        /// Why.
        reason: Personal<String>,
    },
    /// A17
    TokenBound(TokenId),
    /// A17
    KeyProved(Request),
    /// A18
    IssuanceIntended {
        /// Which of the pair.
        ordinal: Ordinal,
        /// The octets, before any signature.
        intent: Intent,
    },
    /// A18
    EncryptionKeyReceived(EncryptionKey),
    /// A19: the certificate is what was [intended](Self::IssuanceIntended) under this number
    /// with the signature behind it ([`Intent::certificate`]); the octets are kept once.
    #[serde(deserialize_with = "issued")]
    CertificateIssued {
        /// Which of the pair.
        ordinal: Ordinal,
        /// Whose key signed.
        issuer: AuthorityId,
        /// Its serial number.
        serial: Serial,
        /// What the signature's BIT STRING holds: DER of SM2's `SEQUENCE { r, s }`.
        signature: Octets,
        /// DER of the whole certificate, which older records have in the signature's place: the
        /// one that was intended, or the record is a forged one.
        #[serde(skip_serializing)]
        certificate: Option<Octets>,
    },
    /// A20
    IssuanceAbandoned {
        /// Which of the pair.
        ordinal: Ordinal,
        /// Whose key was to sign.
        issuer: AuthorityId,
        /// The burnt serial number.
        serial: Serial,
    },
    /// A21
    Personalised {
        /// What was read back, or packed.
        read_back: Evidence,
        /// What was done.
        work_record: Evidence,
    },
    /// A22
    Dispatched {
        /// How.
        method: DeliveryMethod,
        /// The sealed packet's number.
        packet: String,
        /// Courier's number or receipt.
        receipt: Evidence,
        /// When the holder is asked, if he says nothing (S1-18).
        confirm_by: Deadline,
        /// When it counts as accepted (S2-29); none: never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deemed_at: Option<Deadline>,
    },
    /// The certificates left for the directory.
    Published,
    /// A23
    PinDelivered {
        /// How.
        channel: PinChannel,
        /// To whom.
        recipient: Seat,
        /// That it was told.
        receipt: Evidence,
    },
    /// A24
    ReceiptConfirmed {
        /// The call, or the click.
        record: Evidence,
    },
    /// A24
    DeemedAccepted,
    /// A25
    ObjectionRaised {
        /// What is wrong.
        statement: Personal<String>,
    },
    /// A26
    Closed {
        /// What was done.
        work_record: Evidence,
        /// Years after the lapse of its certificates for which its records are kept (S5-03).
        retention_years: u16,
    },
    /// A27
    Withdrawn,
    /// A27
    Lapsed,
    /// A28
    RefundRequested,
    /// A28
    Refunded {
        /// Fen.
        fen: u64,
        /// The bank's number.
        receipt: Evidence,
    },
    /// The status was changed by one person, at once.
    ExecutedAtOnce {
        /// How he was identified.
        identification: Evidence,
        /// By when another looks at it.
        ratify_by: Deadline,
    },
    /// Another person agrees.
    Ratified,
    /// Another person does not: it is undone.
    RatificationRefused {
        /// Why.
        reason: Personal<String>,
    },
    /// PAY
    PaymentReported {
        /// How.
        route: PaymentRoute,
        /// A slip, or the service's answer.
        evidence: Evidence,
    },
    /// PAY
    FundsConfirmed {
        /// What the reviewer saw.
        receipt: Evidence,
    },
    /// BANK
    DepositSent {
        /// To this account.
        account: Account,
        /// With this challenge.
        challenge: Challenge,
    },
    /// BANK
    DepositSettled,
    /// BANK
    DepositFailed {
        /// What the bank says.
        reason: String,
    },
    /// BANK
    AccountReentered(Account),
    /// BANK
    CodeVerified,
    /// BANK
    CodeWrong,
    /// The agency that had it ended: it goes on at another, or at the CA itself.
    AgencyChanged {
        /// To whom it was handed over.
        to: Heir,
    },
    /// A deadline passed.
    OverdueNoted {
        /// Which.
        deadline: DeadlineName,
    },
}

/// What stands in a record of a certificate that was issued. Older ones have it whole, under
/// another name than the signature.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuedAs {
    ordinal: Ordinal,
    issuer: AuthorityId,
    serial: Serial,
    signature: Option<Octets>,
    certificate: Option<Octets>,
}

type PartsOfIssued = (Ordinal, AuthorityId, Serial, Octets, Option<Octets>);

fn issued<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PartsOfIssued, D::Error> {
    let read = IssuedAs::deserialize(deserializer)?;
    let (signature, certificate) = match (read.signature, read.certificate) {
        (Some(signature), None) if signature_of(&signature).is_some() => {
            let found = "a certificate in the place of its signature";
            return Err(D::Error::custom(found));
        }
        (Some(signature), None) => (signature, None),
        (None, Some(whole)) => {
            // What is no certificate has no signature: it is none of an intent either.
            let signature = signature_of(&whole).unwrap_or_else(|| whole.clone());
            (signature, Some(whole))
        }
        _ => {
            return Err(D::Error::custom(
                "a signature or a certificate, and one alone",
            ));
        }
    };
    Ok((
        read.ordinal,
        read.issuer,
        read.serial,
        signature,
        certificate,
    ))
}

fn signature_of(certificate: &[u8]) -> Option<Octets> {
    let certificate = Signed::from_der("Certificate", certificate).ok()?;
    Some(certificate.signature().as_bytes()?.to_vec().into())
}

impl Event {
    /// The step of the table.
    pub fn step(&self) -> Step {
        match self {
            Self::Opened { .. } => Step::Opened,
            Self::ConsentGiven(_) => Step::ConsentGiven,
            Self::ConsentWithdrawn { .. } => Step::ConsentWithdrawn,
            Self::FormFilled(_) => Step::FormFilled,
            Self::DocumentAdded { .. } => Step::DocumentAdded,
            Self::CheckRecorded { .. } => Step::CheckRecorded,
            Self::SubmittedInternally { .. } => Step::SubmittedInternally,
            Self::InternallyApproved { .. } => Step::InternallyApproved,
            Self::InternallyReturned { .. } => Step::InternallyReturned,
            Self::Submitted { .. } => Step::Submitted,
            Self::RegistrationStarted { .. } => Step::RegistrationStarted,
            Self::Returned { .. } => Step::Returned,
            Self::Resubmitted { .. } => Step::Resubmitted,
            Self::Registered { .. } => Step::Registered,
            Self::ReviewTaken => Step::ReviewTaken,
            Self::Approved { .. } => Step::Approved,
            Self::Rejected { .. } => Step::Rejected,
            Self::TokenBound(_) => Step::TokenBound,
            Self::KeyProved(_) => Step::KeyProved,
            Self::IssuanceIntended { .. } => Step::IssuanceIntended,
            Self::EncryptionKeyReceived(_) => Step::EncryptionKeyReceived,
            Self::CertificateIssued { .. } => Step::CertificateIssued,
            Self::IssuanceAbandoned { .. } => Step::IssuanceAbandoned,
            Self::Personalised { .. } => Step::Personalised,
            Self::Dispatched { .. } => Step::Dispatched,
            Self::Published => Step::Published,
            Self::PinDelivered { .. } => Step::PinDelivered,
            Self::ReceiptConfirmed { .. } => Step::ReceiptConfirmed,
            Self::DeemedAccepted => Step::DeemedAccepted,
            Self::ObjectionRaised { .. } => Step::ObjectionRaised,
            Self::Closed { .. } => Step::Closed,
            Self::Withdrawn => Step::Withdrawn,
            Self::Lapsed => Step::Lapsed,
            Self::RefundRequested => Step::RefundRequested,
            Self::Refunded { .. } => Step::Refunded,
            Self::ExecutedAtOnce { .. } => Step::ExecutedAtOnce,
            Self::Ratified => Step::Ratified,
            Self::RatificationRefused { .. } => Step::RatificationRefused,
            Self::PaymentReported { .. } => Step::PaymentReported,
            Self::FundsConfirmed { .. } => Step::FundsConfirmed,
            Self::DepositSent { .. } => Step::DepositSent,
            Self::DepositSettled => Step::DepositSettled,
            Self::DepositFailed { .. } => Step::DepositFailed,
            Self::AccountReentered(_) => Step::AccountReentered,
            Self::CodeVerified => Step::CodeVerified,
            Self::CodeWrong => Step::CodeWrong,
            Self::AgencyChanged { .. } => Step::AgencyChanged,
            Self::OverdueNoted { .. } => Step::OverdueNoted,
        }
    }

    /// The event in one word.
    pub fn name(&self) -> &'static str {
        self.step().as_str()
    }

    /// Each value of a natural person in it. Digests over such values are among them: whoever
    /// knows most of a form finds the rest of it by trying.
    pub(crate) fn personal(&mut self, visit: Visit<'_>) {
        match self {
            Self::Opened { opening, .. } => {
                if let Some(account) = &mut opening.account {
                    visit("account", account);
                }
            }
            Self::FormFilled(form) => {
                visit("fields", &mut form.fields);
                visit("digest", &mut form.digest);
            }
            Self::DocumentAdded { document, .. } => visit("file-name", &mut document.file_name),
            Self::CheckRecorded {
                outcome: Outcome::Failed { reason, .. },
                ..
            }
            | Self::Rejected { reason }
            | Self::RatificationRefused { reason } => visit("reason", reason),
            Self::InternallyReturned { reasons } => visit("reasons", reasons),
            Self::Returned { deficiencies } => {
                for (number, one) in deficiencies.iter_mut().enumerate() {
                    visit(&format!("words-{number}"), &mut one.words);
                }
            }
            Self::ObjectionRaised { statement } => visit("statement", statement),
            Self::SubmittedInternally { package }
            | Self::InternallyApproved { package, .. }
            | Self::Submitted { package, .. }
            | Self::Resubmitted { package, .. } => visit("package", package),
            Self::Registered {
                snapshot, package, ..
            } => {
                visit("snapshot", snapshot);
                visit("package", package);
            }
            Self::KeyProved(request) => {
                visit("csr", &mut request.csr);
                visit("subject", &mut request.subject);
            }
            _ => {}
        }
    }
}
