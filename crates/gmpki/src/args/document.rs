//! The arguments of `gmpki verify-document`.

use super::{DialectName, ListSigners};
use clap::Args as Group;
use std::path::PathBuf;

#[derive(Debug, Group)]
#[command(
    after_help = "Exit code 0 when the document is valid; 1 when it is invalid, or that can't be \
    said.\nA time that only the signer claims proves nothing: with --tsa a time stamp (RFC 3161) in \
    the\nmessage does.\n\n\
    Examples:\n  gmpki verify-document --list list-7.p7s --signer signer.pem --tsa tsa-root.pem contract.p7m\n  \
    gmpki verify-document --state guangdong.state --crl issuing-ca.crl \\\n      \
    --content contract.pdf contract.p7s"
)]
pub(crate) struct VerifyDocument {
    /// The signed list of recognised CAs; with --state it must follow the one accepted before
    #[arg(long, value_name = "FILE", required_unless_present = "state")]
    pub(crate) list: Option<PathBuf>,
    /// The JSON of the list, where its signature is detached
    #[arg(long, value_name = "FILE", requires = "list")]
    pub(crate) list_content: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) signers: ListSigners,
    /// A file that remembers which lists were accepted
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// The certificate of a CA above time-stamping authorities that are trusted; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) tsa: Vec<PathBuf>,
    /// A certificate that the message may lack; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Vec<PathBuf>,
    /// A revocation list; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,
    /// An OCSP answer; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) ocsp: Vec<PathBuf>,
    /// The file that was signed, for a message without content
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,
    /// How much is forgiven in the form; in a signature nothing is
    #[arg(long, value_enum, default_value_t = DialectName::Strict)]
    pub(crate) dialect: DialectName,
    /// The time to judge at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The signed document: DER, PEM or base64
    pub(crate) file: PathBuf,
}
