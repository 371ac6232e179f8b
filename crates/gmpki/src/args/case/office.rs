//! What the registration authority does.

use super::{Act, DeskPlace, OnCase, case_id};
use crate::args::{
    Proof,
    desk::{Pair, pair, term},
};
use clap::{Args as Group, ValueEnum};
use lifecycle::{
    CaseId, TokenId,
    terms::{Check as Checked, DeliveryMethod, IdentityDocument, IdentityMethod, PinChannel, Seat},
};
use std::path::PathBuf;

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki case check ju-0007 identity-holder --actor li.si:registrar \\\n      \
    --document resident-card --method card-reader --evidence identity-query=reader.txt\n  \
    gmpki case check qy-1 mobile-real-name --actor li.si:registrar \\\n      \
    --failed 'registered under another name'"
)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// The document by which an identity was checked
    #[arg(long, value_name = "DOCUMENT", requires = "method",
        value_parser = term(IdentityDocument::ALL, IdentityDocument::as_str))]
    pub(crate) document: Option<IdentityDocument>,
    /// How it was checked
    #[arg(long, value_name = "METHOD", requires = "document",
        value_parser = term(IdentityMethod::ALL, IdentityMethod::as_str))]
    pub(crate) method: Option<IdentityMethod>,
    /// It did not pass, and why
    #[arg(long, value_name = "WORDS")]
    pub(crate) failed: Option<String>,
    #[command(flatten)]
    pub(crate) proof: Proof,
    /// The check
    #[arg(value_parser = term(Checked::ALL, Checked::as_str))]
    pub(crate) check: Checked,
}

#[derive(Debug, Group)]
#[command(after_help = "What is named may be changed, and nothing else.\n\n\
    Example:\n  gmpki case return ju-0007 --actor li.si:registrar \\\n      \
    --deficiency 'application-form=the seal is missing'")]
pub(crate) struct Return {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// The field or document, and what is wrong with it; may be given again
    #[arg(long, required = true, value_name = "SUBJECT=WORDS", value_parser = pair)]
    pub(crate) deficiency: Vec<Pair>,
}

/// What a registrar or an approver finds on his own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerdictPoint {
    /// The documents are in order
    Documents,
    /// The persons are who they say
    Identity,
    /// They really want it
    Genuineness,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case register ju-0007 --actor li.si:registrar \\\n      \
    --found documents,identity,genuineness --evidence work-record=registering.txt"
)]
pub(crate) struct Register {
    #[command(flatten)]
    pub(crate) verdicts: Verdicts,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case approve ju-0007 --actor wang.wu:approver \\\n      \
    --found documents,identity,genuineness"
)]
pub(crate) struct Verdicts {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// What was found to be so; what is left out was not
    #[arg(long, value_enum, value_delimiter = ',', value_name = "POINT")]
    pub(crate) found: Vec<VerdictPoint>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case reject ju-0007 --actor wang.wu:approver \\\n      \
    --reason 'he left the office in March'"
)]
pub(crate) struct Reject {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case bind-token ju-0007 uk-2026-000017 --actor wang.wu:approver"
)]
pub(crate) struct BindToken {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// The token
    #[arg(value_parser = |text: &str| TokenId::new(text))]
    pub(crate) token: TokenId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Both certificates of each case are signed here. Of several cases, each is done for \
    itself:\none that is refused stops no other, and is named.\n\n\
    Example:\n  gmpki case issue ju-0007 ju-0008 --actor wang.wu:approver"
)]
pub(crate) struct IssueMany {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The cases
    #[arg(required = true, value_name = "CASE", value_parser = case_id)]
    pub(crate) cases: Vec<CaseId>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "They are signing-certificate.pem, encryption-certificate.pem and\n\
    encryption-key.enveloped.der.\n\n\
    Example:\n  gmpki case export ju-0007 --out packet"
)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The folder to write them into
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The case
    #[arg(value_parser = case_id)]
    pub(crate) case: CaseId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A certificate that was read back from a token counts as its DER, whatever form its file \
    has.\n\n\
    Example:\n  gmpki case personalise ju-0007 --actor wang.wu:approver \\\n      \
    --evidence read-back=read-back.pem --evidence work-record=token.txt"
)]
pub(crate) struct OnEvidence {
    #[command(flatten)]
    pub(crate) on: OnCase,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case dispatch ju-0007 --actor wang.wu:approver --method courier \\\n      \
    --packet fd-000412 --evidence delivery-receipt=courier.txt"
)]
pub(crate) struct Dispatch {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// How
    #[arg(long, value_name = "METHOD",
        value_parser = term(DeliveryMethod::ALL, DeliveryMethod::as_str))]
    pub(crate) method: DeliveryMethod,
    /// The sealed packet's number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) packet: String,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

#[derive(Debug, Group)]
#[command(after_help = "The PIN itself is nowhere in a desk.\n\n\
    Example:\n  gmpki case deliver-pin ju-0007 --actor wang.wu:approver --channel telephone \\\n      \
    --recipient applicant --evidence notice-receipt=call.txt")]
pub(crate) struct DeliverPin {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// How
    #[arg(long, value_name = "CHANNEL",
        value_parser = term(PinChannel::ALL, PinChannel::as_str))]
    pub(crate) channel: PinChannel,
    /// In whose seat the recipient is
    #[arg(long, value_name = "SEAT", value_parser = term(Seat::ALL, Seat::as_str))]
    pub(crate) recipient: Seat,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The first row has the names: case, kind, mode, model, certificate, carrier, holder, \
    organisation,\nagency, account, order, target, reason, years, and fields of the form as 'field NAME'. Each \
    further\nrow opens a case, and fills it in where it has years or fields. A row with a target, a case or \
    the serial\nnumber of its certificate, leaves out what is as in that case. A row that is refused stops no \
    other, and is\nnamed.\n\n\
    Example:\n  gmpki case import staff.csv --actor he.ping:agent"
)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The table: comma-separated values (RFC 4180), UTF-8
    #[arg(value_name = "CSV")]
    pub(crate) file: PathBuf,
}
