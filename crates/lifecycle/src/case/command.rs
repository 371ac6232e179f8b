//! What can be asked of a case, and what a decision may see besides its state.

use super::{
    paper::{Deficiency, InternalChecklist, Verdict},
    payment::Account,
    state::DeadlineName,
};
use crate::{
    AuthorityId, CaseId, CaseNumber, Evidence, Octets, OrganisationId, PersonId, Personal, Serial,
    TokenId,
    calendar::Calendar,
    case::pair::{EncryptionKey, Issuance, Request},
    certificate, organisation, roster,
    rules::{RuleSet, RuleSetId},
    terms::*,
    token,
};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a case is opened with; it stays the same to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Opening {
    /// The rules that it is judged by.
    pub rules: RuleSetId,
    /// What it is about.
    pub kind: Kind,
    /// How it is handled.
    pub mode: Mode,
    /// Who brings it.
    pub model: Model,
    /// The certificate's name in the rule set.
    pub certificate: String,
    /// Where its key lies.
    pub carrier: Carrier,
    /// The person who uses it.
    pub holder: PersonId,
    /// The organisation that it is of, or for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    /// The agency that it comes through (S0-01).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<OrganisationId>,
    /// The account that was logged in with; not who a person is (S2-02).
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::personal::optional"
    )]
    pub account: Option<Personal<String>>,
    /// An order that several cases belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The case whose certificates it is about: for all kinds but the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<CaseId>,
    /// Why, for freezing, revoking and issuing anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<certificate::RevocationReason>,
    /// The version of the CA's practice statement (S2-04).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practice_statement: Option<String>,
    /// Whether the holder wants the certificate not published (S2-30, X-07).
    #[serde(default)]
    pub unpublished: bool,
}

/// What can be asked of a case. Each becomes the event of the same name, or a refusal.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// A1.
    Open(Opening),
    /// A2.
    Consent {
        /// The agreements' names in the rule set; a [separate](crate::rules::ConsentRule) one
        /// alone.
        agreements: BTreeMap<String, Octets>,
    },
    /// A2, the other way.
    WithdrawConsent {
        /// The agreement's name.
        agreement: String,
    },
    /// A3.
    Fill {
        /// Values by field.
        fields: BTreeMap<String, String>,
        /// Whole years of validity.
        years: u16,
    },
    /// A4. The octets themselves are kept elsewhere.
    AddDocument {
        /// The document's name in the rule set.
        document: String,
        /// Its file's name.
        file_name: String,
        /// What it is, as [`crate::upload::inspect`] found.
        inspected: crate::upload::Inspected,
        /// The version of the form that it was made from, for generated ones.
        form_version: Option<u32>,
    },
    /// A5.
    RecordCheck {
        /// Which.
        check: Check,
        /// How an identity was checked: document and method.
        identity: Option<(IdentityDocument, IdentityMethod)>,
        /// Why not; none: it passed.
        failure: Option<String>,
        /// What stays as proof.
        evidence: Vec<Evidence>,
    },
    /// A6.
    SubmitInternally,
    /// A7.
    ApproveInternally(InternalChecklist),
    /// A8.
    ReturnInternally {
        /// What is wrong.
        reasons: Vec<String>,
    },
    /// A9.
    Submit,
    /// A10.
    StartRegistration,
    /// A11.
    Return(Vec<Deficiency>),
    /// A12.
    Resubmit,
    /// A13, and the hand-over of S1-11 in one.
    Register {
        /// Three verdicts.
        verdict: Verdict,
        /// What was done (S1-10).
        work_record: Evidence,
    },
    /// A14.
    TakeReview,
    /// A15.
    Approve {
        /// Found independently (S1-12).
        verdict: Verdict,
    },
    /// A16.
    Reject {
        /// Why.
        reason: String,
    },
    /// A17.
    BindToken(TokenId),
    /// A17.
    ProveKey(Request),
    /// A18: what was gathered is enough to sign.
    Issue,
    /// A18, from the key-management centre.
    RecordEncryptionKey(EncryptionKey),
    /// A19, from the device.
    RecordCertificate {
        /// Of which intent.
        serial: Serial,
        /// What the signature's BIT STRING holds, verified over the intent's octets.
        signature: Octets,
    },
    /// A20.
    RecordUnknownOutcome {
        /// Of which intent.
        serial: Serial,
    },
    /// A21.
    Personalise {
        /// Hard: SM3 of the signing certificate that was read back from the token. Soft: of
        /// the package.
        read_back: Evidence,
        /// What was done (S1-10).
        work_record: Evidence,
    },
    /// A22.
    Dispatch {
        /// How.
        method: DeliveryMethod,
        /// The sealed packet's number (S1-16).
        packet: String,
        /// Courier's number or receipt.
        receipt: Evidence,
    },
    /// The publisher took the certificates.
    RecordPublication,
    /// A23.
    DeliverPin {
        /// How.
        channel: PinChannel,
        /// In whose seat the recipient is.
        recipient: Seat,
        /// That it was told; never what (S1-17).
        receipt: Evidence,
    },
    /// A24.
    ConfirmReceipt {
        /// Information and label are right (S1-18).
        correct: bool,
        /// The call, or the click.
        record: Evidence,
    },
    /// A24, by time.
    DeemAccepted,
    /// A25.
    Object {
        /// What is wrong.
        statement: String,
    },
    /// A26.
    Close {
        /// What was done (S1-10).
        work_record: Evidence,
    },
    /// A27.
    Withdraw,
    /// A27, by time.
    Lapse,
    /// A28.
    RequestRefund,
    /// A28.
    RecordRefund {
        /// Fen.
        fen: u64,
        /// The bank's number.
        receipt: Evidence,
    },
    /// A freeze by one person, now.
    ExecuteAtOnce {
        /// How he was identified, in few words.
        identification: Evidence,
    },
    /// Another person agrees.
    Ratify,
    /// Another person does not.
    RefuseRatification {
        /// Why.
        reason: String,
    },
    /// PAY.
    ReportPayment {
        /// How.
        route: PaymentRoute,
        /// From which account, for a transfer.
        account: Option<Account>,
        /// A slip, or the service's answer.
        evidence: Evidence,
    },
    /// PAY, by a reviewer.
    ConfirmFunds {
        /// What he saw.
        receipt: Evidence,
    },
    /// BANK, by the cashier's system.
    SendDeposit {
        /// To this account.
        account: Account,
        /// 16 random octets.
        salt: Octets,
        /// SM3(salt ‖ code).
        digest: Octets,
    },
    /// BANK.
    SettleDeposit,
    /// BANK.
    FailDeposit {
        /// What the bank says.
        reason: String,
    },
    /// BANK (S2-22).
    ReenterAccount(Account),
    /// BANK.
    EnterCode {
        /// The digits.
        code: String,
    },
    /// A deadline passed, by time.
    NoteOverdue {
        /// Which.
        deadline: DeadlineName,
    },
}

/// What a decision may see besides the state; all of it by value or shared for the call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Context<'a> {
    /// The time.
    pub now: DateTime,
    /// The case's own rules; for opening, those of the name that are in force.
    pub rules: &'a RuleSet,
    /// Working days.
    pub calendar: &'a Calendar,
    /// The next case number.
    pub number: CaseNumber,
    /// A serial number that nobody has used.
    pub serial: Serial,
    /// The CA that issues to subscribers, and the profiles of this certificate.
    pub issuance: Option<Issuance<'a>>,
    /// The CA's name, for a refusal while it has no certificate.
    pub issuer: AuthorityId,
    /// The actor's entry on the roster.
    pub roster: Option<&'a roster::State>,
    /// The organisation of the case.
    pub organisation: Option<&'a organisation::State>,
    /// Modes that the agency's accreditation covers now; none: there is no such agency.
    pub agency_modes: Option<&'a [Mode]>,
    /// Certificates of this name that the unit has or is about to have, this case not counted.
    pub holdings: u32,
    /// The case whose certificates this one is about.
    pub target: Option<Target<'a>>,
    /// The token that is to be bound, or is.
    pub token: Option<&'a token::State>,
    /// Where the signing and the encryption certificate of the case itself stand now; none
    /// where it has none, or nobody objected to them.
    pub objected: Option<[certificate::Status; 2]>,
    /// Whether the key that the command is about is [blocked](crate::key).
    pub blocked: bool,
}

impl<'a> Context<'a> {
    /// A view without a CA that issues, roster, organisation, agency, target and token, without
    /// anything that the unit has, or that somebody objected to: all of that is set afterwards.
    pub fn new(
        now: DateTime,
        rules: &'a RuleSet,
        calendar: &'a Calendar,
        number: CaseNumber,
        serial: Serial,
        issuer: AuthorityId,
    ) -> Self {
        Self {
            now,
            rules,
            calendar,
            number,
            serial,
            issuance: None,
            issuer,
            roster: None,
            organisation: None,
            agency_modes: None,
            holdings: 0,
            target: None,
            token: None,
            objected: None,
            blocked: false,
        }
    }
}

/// The certificates that a case is about.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Target<'a> {
    /// The case that made them.
    pub case: &'a super::State,
    /// Where its signing certificate stands.
    pub signing: &'a certificate::State,
    /// Where its encryption certificate stands.
    pub encryption: &'a certificate::State,
    /// notBefore and notAfter of the signing certificate.
    pub validity: (DateTime, DateTime),
}
