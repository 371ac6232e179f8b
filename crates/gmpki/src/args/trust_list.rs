//! The arguments of `gmpki trust-list`.

mod entry;

pub(crate) use entry::{CarrierName, CauseName, Decision, ListAdd, ListChange, UsageName};

use super::key_name;
use clap::{Args as Group, Subcommand, ValueEnum};
use hsm::KeyUri;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum TrustListCommand {
    /// Begin a publisher's list
    New(Box<ListNew>),
    /// Admit a class of a CA's certificates
    Add(Box<ListAdd>),
    /// Suspend a class
    Suspend(ListChange),
    /// Recognise a suspended class again
    Reinstate(ListChange),
    /// End the recognition of a class
    Terminate(ListChange),
    /// Give a draft its number and times, and look for what readers would refuse
    Build(Box<ListBuild>),
    /// Sign a list that was built, and publish it
    Sign(ListSign),
    /// Say whether a list is accepted, and remember it
    Verify(ListVerify),
    /// Ask whether a certificate is recognised, or was
    Query(ListQuery),
    /// Say what differs between two lists
    Diff(ListDiff),
    /// Write the list for other readers: ETSI XML, RFC 5914 anchors, a page
    Export(ListExport),
    /// Read a list of others: ETSI XML as the EU has it, or our JSON
    Import(ListImport),
}

#[derive(Debug, Group)]
#[command(
    after_help = "The draft is the list's own JSON (ETSI TS 119 602), without a signature.\n\n\
    Example:\n  gmpki trust-list new --territory CN --publisher zh-Hans=广东省密码管理局 \\\n      \
    --street 'zh-Hans=府前路1号' --locality 广州 --country CN --contact mailto:ca@example.gov.cn \\\n      \
    --information https://example.gov.cn/list --signer signer.pem --out draft.json"
)]
pub(crate) struct ListNew {
    /// The publisher's country, two capital letters (ISO 3166-1)
    #[arg(long, value_name = "CC")]
    pub(crate) territory: String,
    /// The publisher's name, as LANG=NAME; again in another language
    #[arg(long, value_name = "LANG=NAME", required = true)]
    pub(crate) publisher: Vec<String>,
    #[command(flatten)]
    pub(crate) address: Option<Address>,
    #[command(flatten)]
    pub(crate) signers: Signers,
    #[command(flatten)]
    pub(crate) term: Term,
    /// Where to write the draft
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// From when on a list stands, and for how long.
#[derive(Debug, Group)]
pub(crate) struct Term {
    /// How long the list stands
    #[arg(long, value_name = "DAYS", default_value = "30", value_parser = clap::value_parser!(u32).range(1..=90))]
    pub(crate) days: u32,
    /// When it is issued, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
}

/// Where somebody is reached.
#[derive(Debug, Group)]
pub(crate) struct Address {
    /// The street of the address, as LANG=STREET
    #[arg(long, value_name = "LANG=STREET", requires_all = ["country", "contact", "information"])]
    pub(crate) street: String,
    /// The town
    #[arg(long, value_name = "TOWN", requires = "street")]
    pub(crate) locality: Option<String>,
    /// The country, two capital letters
    #[arg(long, value_name = "CC", requires = "street")]
    pub(crate) country: String,
    /// A URI to reach them by, such as mailto:…
    #[arg(long, value_name = "URI", requires = "street")]
    pub(crate) contact: String,
    /// The URI of their statements
    #[arg(long, value_name = "URI", requires = "street")]
    pub(crate) information: String,
}

/// Who signs lists, by certificate.
#[derive(Debug, Group)]
pub(crate) struct Signers {
    /// The certificate of a signer, known by other means to be right; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) signer: Vec<PathBuf>,
    /// How many of the signers must have signed [default: all]
    #[arg(long, value_name = "NUMBER", requires = "signer")]
    pub(crate) threshold: Option<usize>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Without --after it is the publisher's first list. The draft stays as it is.\n\n\
    Example:\n  gmpki trust-list build --after list-6.p7s --signer signer.pem --days 30 \\\n      \
    --out list-7.json draft.json"
)]
pub(crate) struct ListBuild {
    /// The signed list before this one
    #[arg(long, value_name = "FILE", requires = "signer")]
    pub(crate) after: Option<PathBuf>,
    /// The JSON of that list, where its signature is detached
    #[arg(long, value_name = "FILE", requires = "after")]
    pub(crate) after_content: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) signers: Signers,
    /// Announce a signer of the lists after this one, by certificate; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) announce: Vec<PathBuf>,
    /// The signed list of the other side, to stand beside this one
    #[arg(long, value_name = "FILE", requires_all = ["mirror_signer", "mirror_url"])]
    pub(crate) mirror: Option<PathBuf>,
    /// The certificate of that list's signer
    #[arg(long, value_name = "FILE", requires = "mirror")]
    pub(crate) mirror_signer: Option<PathBuf>,
    /// Where that list will lie
    #[arg(long, value_name = "URL", requires = "mirror")]
    pub(crate) mirror_url: Option<String>,
    #[command(flatten)]
    pub(crate) term: Term,
    /// Where to write the list to be signed
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The draft
    pub(crate) draft: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "With --folder the list is published there, after a client that knows the \
    folder's lists has accepted it:\nlist-N.json, list-N.p7s, list-N.sm3, and last of all the \
    pointer 'latest'.\n\n\
    Examples:\n  gmpki trust-list sign --signer signer.pem --key signer.key.pem --out list-7.p7s list-7.json\n  \
    gmpki trust-list sign --signer a.pem --key a.key.pem --signer b.pem --key b.key.pem \\\n      \
    --folder /srv/trust-list list-7.json"
)]
pub(crate) struct ListSign {
    /// A signer's certificate; may be given again, with a key for each
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) signer: Vec<PathBuf>,
    /// The key of the signer in the same place: a file, or the name of a key in a device
    #[arg(long, value_name = "KEY", required = true, value_parser = key_name())]
    pub(crate) key: Vec<KeyUri>,
    /// A file with the password or PIN of the key in the same place, or of all
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Vec<PathBuf>,
    /// Leave the JSON out of the message
    #[arg(long)]
    pub(crate) detached: bool,
    /// When it is signed, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Publish in this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Where to write the signed message
    #[arg(long, value_name = "FILE", required_unless_present = "folder")]
    pub(crate) out: Option<PathBuf>,
    /// The list as 'gmpki trust-list build' wrote it
    pub(crate) list: PathBuf,
}

/// A signed list, and by whose word it counts.
#[derive(Debug, Group)]
pub(crate) struct SignedList {
    #[command(flatten)]
    pub(crate) signers: Signers,
    /// The JSON, where the signature is detached
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,
    /// The time to judge at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "With --state the list must also follow the one that was accepted before: \
    no lower number, no second\ncontent of one number, no other signer than was announced, no \
    rewritten history. Exit code 1 when refused.\n\n\
    Examples:\n  gmpki trust-list verify --signer signer.pem list-7.p7s\n  \
    gmpki trust-list verify --signer signer.pem --state guangdong.state list-7.p7s"
)]
pub(crate) struct ListVerify {
    #[command(flatten)]
    pub(crate) signed: SignedList,
    /// A file that remembers what was accepted; made where there is none
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Refuse a list while one before it is missing
    #[arg(long, requires = "state")]
    pub(crate) no_gaps: bool,
    /// The signed list
    pub(crate) list: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Exit code 0 when it is recognised; 1 when it is not, or that can't be said.\n\n\
    Examples:\n  gmpki trust-list query --state guangdong.state --certificate alice.pem\n  \
    gmpki trust-list query --signer signer.pem --certificate alice.pem \\\n      \
    --signed-at 2026-03-01T00:00:00Z --proved list-7.p7s"
)]
pub(crate) struct ListQuery {
    #[command(flatten)]
    pub(crate) signed: SignedList,
    /// The file that remembers what was accepted, instead of a list
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    pub(crate) state: Option<PathBuf>,
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
