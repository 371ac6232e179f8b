//! The arguments of `gmpki case`, and of the shortcuts of `gmpki cert` that open cases.

mod customer;
mod money;
mod office;

pub(crate) use customer::{AddDocument, Consent, Fill, InternalPoint, Open, Print};
use customer::{ApproveInternally, Confirm, Object, ProveKey, ReturnInternally, WithdrawConsent};
use money::{AccountGiven, ConfirmFunds, EnterCode, FailDeposit, Pay, RecordRefund};
pub(crate) use money::{AccountOptions, SendDeposit};
use office::{BindToken, DeliverPin, Dispatch, Register, Reject, Return};
pub(crate) use office::{Check, Export, Import, IssueMany, OnEvidence, VerdictPoint, Verdicts};

use super::{Act, DeskPlace, desk::term};
use crate::view::Language;
use clap::{Args as Group, Subcommand};
use lifecycle::{
    CaseId,
    case::Phase,
    certificate::RevocationReason,
    terms::{Kind, Mode},
};

#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// Open a case
    Open(Box<Open>),
    /// Consent to agreements
    Consent(Consent),
    /// Take a consent back
    #[command(name = "withdraw-consent")]
    WithdrawConsent(WithdrawConsent),
    /// Fill in the form, or change it
    Fill(Fill),
    /// Write the form as it is to be printed, signed and sealed
    Print(Print),
    /// Add a document, or put another in its place
    #[command(name = "add-document")]
    AddDocument(AddDocument),
    /// Submit to the organisation's own agent
    #[command(
        name = "submit-internally",
        after_help = "Example:\n  gmpki case submit-internally ju-0007 --actor chen.gang:applicant"
    )]
    SubmitInternally(OnCase),
    /// As the organisation's agent: pass it on to the registrar
    #[command(name = "approve-internally")]
    ApproveInternally(ApproveInternally),
    /// As the organisation's agent: give it back
    #[command(name = "return-internally")]
    ReturnInternally(ReturnInternally),
    /// Submit to the registrar
    #[command(after_help = "Example:\n  gmpki case submit ju-0007 --actor chen.gang:applicant")]
    Submit(OnCase),
    /// Number a case and begin to look at it
    #[command(after_help = "Example:\n  gmpki case start ju-0007 --actor li.si:registrar")]
    Start(OnCase),
    /// Record that a check passed, or did not
    Check(Box<Check>),
    /// Send a case back for correction
    Return(Return),
    /// Submit again what was corrected
    #[command(after_help = "Example:\n  gmpki case resubmit ju-0007 --actor chen.gang:applicant")]
    Resubmit(OnCase),
    /// Register a case and hand it over to an approver
    Register(Register),
    /// Take a case for the second review
    #[command(after_help = "Example:\n  gmpki case take ju-0007 --actor wang.wu:approver")]
    Take(OnCase),
    /// Approve a case
    Approve(Verdicts),
    /// Reject a case
    Reject(Reject),
    /// Prove a key by a request (PKCS#10)
    #[command(name = "prove-key")]
    ProveKey(ProveKey),
    /// Bind a token to a case
    #[command(name = "bind-token")]
    BindToken(BindToken),
    /// Have the certificates of cases signed
    Issue(IssueMany),
    /// Write certificates and wrapped key into files, for a token or a packet
    Export(Export),
    /// Record that the token, or the packet, is ready
    Personalise(OnEvidence),
    /// Send it off, or hand it over
    Dispatch(Dispatch),
    /// Record that the PIN was told
    #[command(name = "deliver-pin")]
    DeliverPin(DeliverPin),
    /// Confirm that it came and is right
    Confirm(Confirm),
    /// Object to what came
    Object(Object),
    /// Close a case
    #[command(
        after_help = "Example:\n  gmpki case close ju-0007 --actor wang.wu:approver \\\n      \
        --evidence work-record=closing.txt"
    )]
    Close(OnEvidence),
    /// Take a case back
    #[command(after_help = "Example:\n  gmpki case withdraw ju-0007 --actor chen.gang:applicant")]
    Withdraw(OnCase),
    /// Change the certificates' status at once, before the second person looks
    #[command(
        after_help = "Example:\n  gmpki case execute ju-0007-freeze --actor li.si:registrar \\\n      \
        --evidence call-record=call.txt"
    )]
    Execute(OnEvidence),
    /// As the second person: agree to what was done at once
    #[command(after_help = "Example:\n  gmpki case ratify ju-0007-freeze --actor wang.wu:approver")]
    Ratify(OnCase),
    /// As the second person: have undone what was done at once
    #[command(
        name = "refuse-ratification",
        after_help = "Example:\n  gmpki case refuse-ratification ju-0007-freeze \\\n      \
        --actor wang.wu:approver --reason 'it was another caller'"
    )]
    RefuseRatification(Reject),
    /// Report a payment
    Pay(Box<Pay>),
    /// Record that the money is there
    #[command(name = "confirm-funds")]
    ConfirmFunds(ConfirmFunds),
    /// Send a deposit with a random code in its remark
    #[command(name = "send-deposit")]
    SendDeposit(SendDeposit),
    /// Record that the deposit arrived
    #[command(
        name = "settle-deposit",
        after_help = "Example:\n  gmpki case settle-deposit qy-1 --actor sun.liu:cashier"
    )]
    SettleDeposit(OnCase),
    /// Record that the deposit came back
    #[command(name = "fail-deposit")]
    FailDeposit(FailDeposit),
    /// Give another account after a deposit came back
    #[command(name = "reenter-account")]
    ReenterAccount(AccountGiven),
    /// Enter the code that came with the deposit
    #[command(name = "enter-code")]
    EnterCode(EnterCode),
    /// Ask for the money back
    #[command(
        name = "request-refund",
        after_help = "Example:\n  gmpki case request-refund qy-1 --actor zhou.qi:agent"
    )]
    RequestRefund(OnCase),
    /// Record that the money went back
    #[command(name = "record-refund")]
    RecordRefund(RecordRefund),
    /// Show a case as a timeline, with its checks, evidence, seats and deadlines
    Show(Show),
    /// List cases
    List(List),
    /// Open and fill in many cases from a table
    Import(Import),
}

/// An act on a case that needs nothing more.
#[derive(Debug, Group)]
pub(crate) struct OnCase {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The case
    #[arg(value_parser = case_id)]
    pub(crate) case: CaseId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Persons' numbers are masked unless --reveal is given.\n\n\
    Examples:\n  gmpki case show ju-0007\n  gmpki case show ju-0007 --lang zh --dir desk"
)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    /// Show the numbers of persons and accounts, which are masked otherwise
    #[arg(long)]
    pub(crate) reveal: bool,
    /// The case
    #[arg(value_parser = case_id)]
    pub(crate) case: CaseId,
}

#[derive(Debug, Group)]
#[command(after_help = "Examples:\n  gmpki case list\n  \
    gmpki case list --phase submitted --lang zh\n  gmpki case list --kind revoke --json")]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    /// Only those that stand here
    #[arg(long, value_name = "STATE", value_parser = term(Phase::ALL, Phase::as_str))]
    pub(crate) phase: Option<Phase>,
    /// Only of this kind
    #[arg(long, value_name = "KIND", value_parser = term(Kind::ALL, Kind::as_str))]
    pub(crate) kind: Option<Kind>,
}

/// A case about certificates that there are.
#[derive(Debug, Group)]
#[command(
    after_help = "What the new case is for, and in whose name, is what the old one says. \
    It is opened, no more:\n'gmpki case show' says where it stands.\n\n\
    Examples:\n  gmpki cert freeze ju-0007 --actor chen.gang:applicant --reason key-compromise\n  \
    gmpki cert unfreeze 01a2b3c4d5 --actor chen.gang:applicant\n  \
    gmpki cert revoke ju-0007 --actor chen.gang:applicant --reason key-compromise\n  \
    gmpki cert renew ju-0007 --actor chen.gang:applicant --case ju-0007-2027\n  \
    gmpki cert reissue ju-0007 --actor chen.gang:applicant --reason superseded"
)]
pub(crate) struct About {
    #[command(flatten)]
    pub(crate) act: Act,
    /// How it is handled [default: as the old case]
    #[arg(long, value_name = "MODE", value_parser = term(Mode::ALL, Mode::as_str))]
    pub(crate) mode: Option<Mode>,
    /// Why (RFC 5280, 5.3.1)
    #[arg(long, value_name = "REASON", value_parser = reason)]
    pub(crate) reason: Option<RevocationReason>,
    /// The new case's name [default: the old one's and the kind]
    #[arg(long, value_name = "CASE", value_parser = case_id)]
    pub(crate) case: Option<CaseId>,
    /// The case that the certificates came from, or the serial number of one of them
    #[arg(value_name = "CASE|SERIAL")]
    pub(crate) target: String,
}

pub(super) fn case_id(text: &str) -> Result<CaseId, lifecycle::Error> {
    CaseId::new(text)
}

pub(super) fn reason(text: &str) -> Result<RevocationReason, String> {
    RevocationReason::parse(text).ok_or_else(|| {
        let words: Vec<_> = RevocationReason::ALL
            .iter()
            .map(|one| one.as_str())
            .collect();
        format!("no reason; one of {}", words.join(", "))
    })
}
