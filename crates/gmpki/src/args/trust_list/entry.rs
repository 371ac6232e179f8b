//! Entries of a list, and what becomes of them.

use super::Address;
use clap::{Args as Group, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Group)]
#[command(
    after_help = "A policy is an identifier in dots; /3 behind it leaves the last three arcs \
    open.\n\n\
    Example:\n  gmpki trust-list add --jurisdiction HK --ca 'en=Hongkong Post' \\\n      \
    --class 'en=e-Cert (Personal)' --anchor root.pem --issuer ca-2-15.pem \\\n      \
    --policy 2.16.344.8.2.2008.810.2.2018.1.1/3 --type-name 'Hongkong Post e-Cert (Personal)' \\\n      \
    --street 'en=1 Post Road' --locality 'Hong Kong' --country HK --contact mailto:ca@example.hk \\\n      \
    --information https://example.hk/cps --from 2026-07-01T00:00:00Z draft.json"
)]
pub(crate) struct ListAdd {
    /// Where the CA is at home: a country or a part of one, such as HK or CN-GD
    #[arg(long, value_name = "PLACE")]
    pub(crate) jurisdiction: String,
    /// The CA's name, as LANG=NAME, the legal one first; again in another language
    #[arg(long, value_name = "LANG=NAME", required = true)]
    pub(crate) ca: Vec<String>,
    /// The number of its licence
    #[arg(long, value_name = "TEXT")]
    pub(crate) licence: Option<String>,
    #[command(flatten)]
    pub(crate) address: Address,
    /// The class of certificates, as LANG=NAME; again in another language
    #[arg(long, value_name = "LANG=NAME", required = true)]
    pub(crate) class: Vec<String>,
    /// A certificate under which issuers stand; may be given again
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) anchor: Vec<PathBuf>,
    /// A certificate whose key signs those of the class; may be given again
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) issuer: Vec<PathBuf>,
    /// A policy that certificates of the class name; may be given again, any of them is enough
    #[arg(long, value_name = "OID[/ARCS]")]
    pub(crate) policy: Vec<String>,
    /// The type that stands as organisation or unit in their subjects
    #[arg(long, value_name = "TEXT")]
    pub(crate) type_name: Option<String>,
    /// Where subscribers' keys lie
    #[arg(long, value_enum, value_name = "WHERE", default_value = "any")]
    pub(crate) carrier: CarrierName,
    /// What they are recognised for
    #[arg(long, value_enum, value_name = "WHAT", default_value = "any")]
    pub(crate) usage: UsageName,
    /// On what law the recognition stands, as LANG=TEXT
    #[arg(long, value_name = "LANG=TEXT")]
    pub(crate) legal_basis: Option<String>,
    /// An address, as crl=URI, ocsp=URI, cps=URI or repository=URI; may be given again
    #[arg(long, value_name = "KIND=URI")]
    pub(crate) supply: Vec<String>,
    /// A notice to readers, as LANG=TEXT; may be given again
    #[arg(long, value_name = "LANG=TEXT")]
    pub(crate) notice: Vec<String>,
    #[command(flatten)]
    pub(crate) decision: Decision,
    /// The draft, which is changed in its place
    pub(crate) draft: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CarrierName {
    /// Anywhere
    Any,
    /// In hardware
    Hard,
    /// In a file
    Soft,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum UsageName {
    /// All that their policy allows
    Any,
    /// Transactions across the border alone
    CrossBorder,
}

/// When a standing begins, and the document behind it.
#[derive(Debug, Group)]
pub(crate) struct Decision {
    /// When the standing begins, as 2026-11-21T08:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) from: String,
    /// When it was decided
    #[arg(long, value_name = "TIME", requires = "reference")]
    pub(crate) decided: Option<String>,
    /// The number of the decision
    #[arg(long, value_name = "TEXT", requires = "decided")]
    pub(crate) reference: Option<String>,
}

/// One entry, by its key.
#[derive(Debug, Group)]
pub(crate) struct Which {
    /// The jurisdiction of the entry
    #[arg(long, value_name = "PLACE")]
    pub(crate) jurisdiction: String,
    /// The CA's legal name
    #[arg(long, value_name = "NAME")]
    pub(crate) ca: String,
    /// The class
    #[arg(long, value_name = "NAME")]
    pub(crate) class: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CauseName {
    /// The authority decided so
    Decision,
    /// The CA asked for it
    Request,
    /// It broke the rules and did not correct that
    BreachUncorrected,
    /// It gave the service up
    Cessation,
    /// It issued what it must not: reaches back
    MisIssuance,
    /// Somebody else may have its key: reaches back
    Compromise,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki trust-list suspend --jurisdiction HK --ca 'Hongkong Post' \\\n      \
    --class 'e-Cert (Personal)' --cause request --from 2026-09-01T00:00:00Z draft.json\n  \
    gmpki trust-list reinstate --jurisdiction HK --ca 'Hongkong Post' \\\n      \
    --class 'e-Cert (Personal)' --from 2026-11-01T00:00:00Z draft.json\n  \
    gmpki trust-list terminate --jurisdiction HK --ca 'Hongkong Post' \\\n      \
    --class 'e-Cert (Personal)' --cause cessation --from 2027-01-01T00:00:00Z draft.json"
)]
pub(crate) struct ListChange {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Why
    #[arg(long, value_enum, value_name = "CAUSE", default_value = "decision")]
    pub(crate) cause: CauseName,
    #[command(flatten)]
    pub(crate) decision: Decision,
    /// When that happened which is the cause [default: --from]
    #[arg(long, value_name = "TIME")]
    pub(crate) event: Option<String>,
    /// The draft, which is changed in its place
    pub(crate) draft: PathBuf,
}
