//! Standings that end before the next list can say so.

use super::{CauseName, Decision, Keys, Recovery};
use clap::{Args as Group, ValueEnum};
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FlashStatus {
    /// Not recognised, and may be again
    Suspended,
    /// At an end
    Terminated,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A flash only takes away, is about one list, and has a number of its own that only \
    grows. It is signed\nby as many as sign a list, and the next list must say the same: suspend or \
    terminate in the draft, too.\nWith --folder it is about the last list there and published as \
    flash-N.p7s, after a client that knows the\nfolder has accepted it.\n\n\
    Examples:\n  gmpki trust-list flash --folder /srv/trust-list --signer signer.pem --key signer.key.pem \\\n      \
    --jurisdiction HK --ca 'Hongkong Post' --class 'e-Cert (Personal)' --cause compromise \\\n      \
    --from 2026-09-01T08:00:00Z\n  \
    gmpki trust-list flash --list list-7.p7s --number 3 --out flash-3.p7s --signer signer.pem \\\n      \
    --key signer.key.pem --jurisdiction HK --ca 'Hongkong Post' --class 'e-Cert (Personal)' \\\n      \
    --class 'e-Cert (Organisation)' --status terminated --from 2026-09-01T08:00:00Z"
)]
pub(crate) struct ListFlash {
    /// The signed list that it is about [default: the last one of the folder]
    #[arg(long, value_name = "FILE", required_unless_present = "folder")]
    pub(crate) list: Option<PathBuf>,
    /// The JSON of that list, where its signature is detached [default: the file beside it that
    /// ends in .json]
    #[arg(long, value_name = "FILE", requires = "list")]
    pub(crate) content: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) keys: Keys,
    #[command(flatten)]
    pub(crate) recovery: Recovery,
    /// Its number [default: one more than that of the folder's last flash]
    #[arg(long, value_name = "NUMBER", required_unless_present = "folder")]
    pub(crate) number: Option<u64>,
    /// The jurisdiction of the entries
    #[arg(long, value_name = "PLACE")]
    pub(crate) jurisdiction: String,
    /// The CA's legal name
    #[arg(long, value_name = "NAME")]
    pub(crate) ca: String,
    /// A class; may be given again
    #[arg(long, value_name = "NAME", required = true)]
    pub(crate) class: Vec<String>,
    /// How they stand from then on
    #[arg(long, value_enum, value_name = "STATUS", default_value = "suspended")]
    pub(crate) status: FlashStatus,
    /// Why
    #[arg(long, value_enum, value_name = "CAUSE", default_value = "decision")]
    pub(crate) cause: CauseName,
    #[command(flatten)]
    pub(crate) decision: Decision,
    /// When that happened which is the cause [default: --from]
    #[arg(long, value_name = "TIME")]
    pub(crate) event: Option<String>,
    /// When it is signed, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Publish in this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Where to write the signed flash
    #[arg(long, value_name = "FILE", required_unless_present = "folder")]
    pub(crate) out: Option<PathBuf>,
}
