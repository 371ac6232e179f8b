//! The arguments of `gmpki crl`.

use super::{NamedKey, Parameters};
use clap::{Args as Group, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum CrlCommand {
    /// Sign a revocation list, full or delta
    New(Box<CrlNew>),
    /// Show what a revocation list says, or look a certificate up in it
    Show(CrlShow),
}

#[derive(Debug, Group)]
#[command(
    after_help = "A file of revocations is CSV, or TOML where its name ends in .toml. \
    A line of CSV:\n  serial,time,reason,invalidity\n\
    serial in hexadecimal; time as 2026-11-21T08:00:00Z; reason as RFC 5280, 5.3.1, names it, \
    or empty;\ninvalidity, since when the key was not trusted any more, may be left out. \
    Empty lines, those that\nbegin with # and a first line that begins with 'serial' are \
    passed over. The same in TOML:\n  [[revoked]]\n  serial = \"6ff1\"\n  \
    time = \"2026-11-21T08:00:00Z\"\n  reason = \"keyCompromise\"\n  \
    invalidity = \"2026-11-20T00:00:00Z\"\n\
    'removeFromCRL' takes a certificate back that was held: in a delta alone.\n\n\
    Examples:\n  gmpki crl new --issuer ca.pem --key ca.key.pem --number 7 --days 7 \\\n      \
    --out ca.crl revoked.csv\n  \
    gmpki crl new --issuer ca.pem --key ca.key.pem --number 8 --delta-of 7 --days 1 \\\n      \
    --out delta.crl since-7.csv"
)]
pub(crate) struct CrlNew {
    /// The CA's certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer: PathBuf,
    #[command(flatten)]
    pub(crate) key: NamedKey,
    /// The number of the list, which only grows
    #[arg(long, value_name = "NUMBER")]
    pub(crate) number: String,
    /// When the list is made, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) this_update: Option<String>,
    /// When the next list will be there at the latest
    #[arg(
        long,
        value_name = "TIME",
        conflicts_with = "days",
        required_unless_present = "days"
    )]
    pub(crate) next_update: Option<String>,
    /// The same in days from --this-update
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub(crate) days: Option<u32>,
    /// Make it a delta: what changed since the full list of this number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) delta_of: Option<String>,
    /// Where the list itself will lie: it is about those certificates alone that name this
    /// URL; may be given again for another way to the same list
    #[arg(long, value_name = "URL")]
    pub(crate) url: Vec<String>,
    /// The policy that the certificates were issued by, for --shard: a name or a TOML file
    #[arg(long, value_name = "PROFILE", requires = "shard")]
    pub(crate) profile: Option<String>,
    /// The list of one shard of --profile, whose URL it gets; a certificate of another
    /// shard is refused
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "profile",
        conflicts_with = "url"
    )]
    pub(crate) shard: Option<u32>,
    /// The kind of certificate that the list is about
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) only: Option<OnlyName>,
    /// Where the deltas of this list lie; may be given again
    #[arg(long, value_name = "URL", conflicts_with = "delta_of")]
    pub(crate) freshest: Vec<String>,
    /// The parameters of the signature's algorithm [default: as the issuer signs]
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) parameters: Option<Parameters>,
    /// Write DER, as CRL distribution points have it (RFC 5280, 4.2.1.13), instead of PEM
    #[arg(long, requires = "out")]
    pub(crate) der: bool,
    /// Where to write the list [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The revocations; none for a list without any
    #[arg(value_name = "REVOKED")]
    pub(crate) revoked: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnlyName {
    /// Certificates of end entities
    User,
    /// Certificates of CAs
    Ca,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Exit code 1 when --serial is in the list, or the signature is not that \
    of --issuer.\n\n\
    Examples:\n  gmpki crl show ca.crl\n  \
    gmpki crl show --issuer ca.pem --serial 6ff1 ca.crl\n  \
    gmpki crl show --csv ca.crl > revoked.csv"
)]
pub(crate) struct CrlShow {
    /// The CA's certificate, to verify the signature by
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer: Option<PathBuf>,
    /// Look this certificate up: its serial number in hexadecimal
    #[arg(long, value_name = "HEX", conflicts_with = "csv")]
    pub(crate) serial: Option<String>,
    /// Write the entries as 'gmpki crl new' reads them
    #[arg(long)]
    pub(crate) csv: bool,
    /// The time to judge the list's dates at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The list
    pub(crate) file: PathBuf,
}
