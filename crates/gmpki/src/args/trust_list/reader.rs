//! A reader's lists, and its questions.

use super::Signers;
use crate::moment;
use clap::Args as Group;
use std::{path::PathBuf, time::Duration};

/// A signed list, and by whose word it counts.
#[derive(Debug, Group)]
pub(crate) struct SignedList {
    #[command(flatten)]
    pub(crate) signers: Signers,
    /// The JSON, where the signature is detached [default: the file beside it that ends in .json]
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,
    /// The time to judge at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
}

/// Keys that name new signers when the present ones are lost.
#[derive(Debug, Group)]
pub(crate) struct Recovery {
    /// The certificate of a recovery key, known since the installation; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) recovery: Vec<PathBuf>,
    /// How many of the recovery keys must have signed [default: all]
    #[arg(long, value_name = "NUMBER", requires = "recovery")]
    pub(crate) recovery_threshold: Option<usize>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "With --state a list must also follow the one that was accepted before: no lower \
    number, no second\ncontent of one number, no other signer than was announced, no rewritten \
    history. Several lists are\naccepted in a row, or none of them: those before the last may be stale. \
    Exit code 1 when refused.\n\n\
    Examples:\n  gmpki trust-list verify --signer signer.pem list-7.p7s\n  \
    gmpki trust-list verify --signer signer.pem --state guangdong.state list-7.p7s\n  \
    gmpki trust-list verify --state guangdong.state list-8.p7s list-9.p7s list-10.p7s\n  \
    gmpki trust-list verify --state guangdong.state --flash flash-3.p7s\n  \
    gmpki trust-list verify --state guangdong.state --recovery x.pem --recovery y.pem \\\n      \
    --recovery z.pem --recovery-threshold 2 list-11.p7s"
)]
pub(crate) struct ListVerify {
    #[command(flatten)]
    pub(crate) signed: SignedList,
    /// A file that remembers what was accepted; made where there is none
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) recovery: Recovery,
    /// Refuse a list while one before it is missing
    #[arg(long)]
    pub(crate) no_gaps: bool,
    /// How long a list may be used after its next update, as 12h, 2d, 30m or 90s [default: not at
    /// all]
    #[arg(long, value_name = "SPAN", value_parser = moment::span)]
    pub(crate) grace: Option<Duration>,
    /// A status flash about the list that counts then; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) flash: Vec<PathBuf>,
    /// The signed lists, the first one first
    #[arg(value_name = "LIST", required_unless_present = "flash")]
    pub(crate) lists: Vec<PathBuf>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Exit code 0 when it is recognised; 1 when it is not, or that can't be said.\n\n\
    Examples:\n  gmpki trust-list query --state guangdong.state --certificate alice.pem\n  \
    gmpki trust-list query --state guangdong.state --grace 12h --certificate alice.pem\n  \
    gmpki trust-list query --signer signer.pem --certificate alice.pem \\\n      \
    --signed-at 2026-03-01T00:00:00Z --proved list-7.p7s"
)]
pub(crate) struct ListQuery {
    #[command(flatten)]
    pub(crate) signed: SignedList,
    /// The file that remembers what was accepted, instead of a list
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    pub(crate) state: Option<PathBuf>,
    /// How long a list may be used after its next update, as 12h, 2d, 30m or 90s [default: not at
    /// all]
    #[arg(long, value_name = "SPAN", value_parser = moment::span)]
    pub(crate) grace: Option<Duration>,
    /// The certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: PathBuf,
    /// When something was signed with it
    #[arg(long, value_name = "TIME")]
    pub(crate) signed_at: Option<String>,
    /// A time stamp that was checked proves --signed-at
    #[arg(long, requires = "signed_at")]
    pub(crate) proved: bool,
    /// A revocation list; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,
    /// The signed list
    #[arg(required_unless_present = "state")]
    pub(crate) list: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The signers are the other side's. With --state: whether the list that was accepted \
    from us has their\nlist beside it, octet for octet and not too far behind; exit code 1 when not. \
    With --folder: puts it\nthere as mirror-T-N.p7s, if it is the one that our list names.\n\n\
    Examples:\n  gmpki trust-list mirror --state guangdong.state --signer hk-signer.pem hk-9.p7s\n  \
    gmpki trust-list mirror --folder /srv/trust-list --list list-7.json --signer hk-a.pem \\\n      \
    --signer hk-b.pem --threshold 1 hk-9.p7s"
)]
pub(crate) struct ListMirror {
    #[command(flatten)]
    pub(crate) signed: SignedList,
    /// The file that remembers what was accepted of our lists
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "folder",
        required_unless_present = "folder"
    )]
    pub(crate) state: Option<PathBuf>,
    /// How many lists the mirror may be behind
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "1",
        conflicts_with = "folder"
    )]
    pub(crate) lag: u64,
    /// The folder of our published lists
    #[arg(long, value_name = "DIR", requires = "list")]
    pub(crate) folder: Option<PathBuf>,
    /// Our list that names it, as 'gmpki trust-list build' wrote it
    #[arg(long, value_name = "FILE", requires = "folder")]
    pub(crate) list: Option<PathBuf>,
    /// The other side's signed list
    pub(crate) theirs: PathBuf,
}
