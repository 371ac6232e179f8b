//! The arguments of `gmpki cessation`.

use super::{Act, DeskPlace, Proof, ca::authority};
use crate::view::Language;
use clap::{Args as Group, Subcommand};
use lifecycle::AuthorityId;

#[derive(Debug, Subcommand)]
pub(crate) enum CessationCommand {
    /// Propose that the service ends, or that it ends later than was decided
    Propose(CessationPropose),
    /// Propose that the service does not end after all
    #[command(name = "call-off")]
    CallOff(CessationCallOff),
    /// As the second officer: agree to what was proposed
    #[command(after_help = "Example:\n  gmpki cessation confirm --actor qian.er:key-officer")]
    Confirm(OnCessation),
    /// Drop what was proposed
    #[command(after_help = "Example:\n  gmpki cessation discard --actor zhao.yi:key-officer")]
    Discard(OnCessation),
    /// Record that the parties were told
    #[command(
        after_help = "Examples:\n  gmpki cessation announce --actor zhao.yi:key-officer \\\n      \
        --evidence notice-receipt=post.pdf --evidence notice-receipt=website.pdf"
    )]
    Announce(CessationProof),
    /// Record that it was reported to the authority
    #[command(
        after_help = "Example:\n  gmpki cessation report --actor zhao.yi:key-officer \\\n      \
        --evidence notice-receipt=ministry.pdf"
    )]
    Report(CessationProof),
    /// Record that another CA has the business
    #[command(name = "hand-over")]
    HandOver(CessationHandOver),
    /// Record that the service ended
    #[command(
        after_help = "Example:\n  gmpki cessation cease --actor zhao.yi:key-officer \\\n      \
        --evidence work-record=closing.pdf"
    )]
    Cease(CessationProof),
    /// Show where the end of a service stands, and by when whom must have been told
    Show(CessationShow),
}

/// Which service.
#[derive(Debug, Group)]
pub(crate) struct Service {
    /// The CA whose service ends
    #[arg(long, value_name = "AUTHORITY", default_value = "issuing-ca", value_parser = authority)]
    pub(crate) authority: AuthorityId,
}

/// An act that needs nothing more.
#[derive(Debug, Group)]
pub(crate) struct OnCessation {
    #[command(flatten)]
    pub(crate) act: Act,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// An act that leaves a proof.
#[derive(Debug, Group)]
pub(crate) struct CessationProof {
    #[command(flatten)]
    pub(crate) on: OnCessation,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The parties are told ninety days before the end, the authority sixty \
    (Electronic Signature\nLaw, article 23); an end that leaves less time is refused.\n\n\
    Example:\n  gmpki cessation propose --actor zhao.yi:key-officer --end 2027-06-30T16:00:00Z \\\n      \
    --reason 'the business goes to another CA'"
)]
pub(crate) struct CessationPropose {
    #[command(flatten)]
    pub(crate) on: OnCessation,
    /// When the service ends, as 2026-11-21T08:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) end: String,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki cessation call-off --actor zhao.yi:key-officer \\\n      \
    --reason 'the owners go on'"
)]
pub(crate) struct CessationCallOff {
    #[command(flatten)]
    pub(crate) on: OnCessation,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki cessation hand-over --actor zhao.yi:key-officer \\\n      \
    --successor 示例认证中心 --evidence organisation-documents=agreement.pdf \\\n      \
    --evidence work-record=inventory.pdf"
)]
pub(crate) struct CessationHandOver {
    #[command(flatten)]
    pub(crate) on: OnCessation,
    /// The CA that takes the business over, as its papers have it
    #[arg(long, value_name = "NAME")]
    pub(crate) successor: String,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki cessation show --lang zh --dir desk")]
pub(crate) struct CessationShow {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    #[command(flatten)]
    pub(crate) service: Service,
}
