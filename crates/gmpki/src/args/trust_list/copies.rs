//! Lists side by side, and in other forms.

use super::SignedList;
use clap::{Args as Group, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Group)]
#[command(
    after_help = "Signatures are not checked. Exit code 1 when a reader of the first would refuse \
    the second as the next.\n\n\
    Example:\n  gmpki trust-list diff list-6.p7s list-7.json"
)]
pub(crate) struct ListDiff {
    /// The earlier list: JSON, or a signed message with it inside
    pub(crate) old: PathBuf,
    /// The later one
    pub(crate) new: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListForm {
    /// ETSI TS 119 612, version 6
    Etsi,
    /// RFC 5914 trust anchors (DER) of what is recognised at --at
    Anchors,
    /// A page for people
    Html,
    /// The JSON as it was signed
    Json,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki trust-list export --signer signer.pem --form html --lang zh-Hant \\\n      \
    --out list.html list-7.p7s\n  \
    gmpki trust-list export --signer signer.pem --form etsi --out list.xml list-7.p7s\n  \
    gmpki message sign --detached --signer signer.pem --key signer.key.pem --out list.xml.p7s list.xml"
)]
pub(crate) struct ListExport {
    #[command(flatten)]
    pub(crate) signed: SignedList,
    /// Which form
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) form: ListForm,
    /// The page's language: zh-Hans, zh-Hant or en
    #[arg(long, value_name = "LANG", default_value = "zh-Hans")]
    pub(crate) lang: String,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The signed list
    pub(crate) list: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The signature of an XML list is not checked: take it to a library for XAdES \
    first.\n\n\
    Examples:\n  gmpki trust-list import FI.xml\n  \
    gmpki trust-list import --certificate issuing-ca.der --at 2024-01-01T00:00:00Z FI.xml"
)]
pub(crate) struct ListImport {
    /// Show the services that this CA certificate stands for
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// The time that is asked about, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The list
    pub(crate) file: PathBuf,
}
