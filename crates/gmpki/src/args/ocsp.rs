//! The arguments of `gmpki ocsp`.

use super::NamedKey;
use clap::{Args as Group, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum OcspCommand {
    /// Write a question about certificates
    Ask(OcspAsk),
    /// Answer a question from revocation lists
    Respond(Box<OcspRespond>),
    /// Show what a question or an answer says, verified or not
    Show(OcspShow),
    /// Judge an answer, and the certificates that it is about
    Verify(OcspVerify),
}

#[derive(Debug, Group)]
#[command(after_help = "Files alone: nothing is sent.\n\n\
    Example:\n  gmpki ocsp ask --issuer ca.pem --out question.der certificate.pem")]
pub(crate) struct OcspAsk {
    /// The certificate of the CA that issued them
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer: PathBuf,
    /// The digest that names the CA; SHA-1 is what every responder knows
    #[arg(long, value_enum, default_value = "sha1", value_name = "DIGEST")]
    pub(crate) digest: DigestName,
    /// Leave out the nonce, which binds the answer to the question
    #[arg(long)]
    pub(crate) no_nonce: bool,
    /// A serial number in hexadecimal to ask about; may be given again
    #[arg(long, value_name = "HEX")]
    pub(crate) serial: Vec<String>,
    /// Where to write the question (DER)
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Certificates to ask about
    #[arg(required_unless_present = "serial", value_name = "CERTIFICATE")]
    pub(crate) certificates: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DigestName {
    Sha1,
    Sm3,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The lists have to be the CA's and current. A question that can't be read \
    is answered with\nmalformedRequest, and the exit code is 1.\n\n\
    Examples:\n  gmpki ocsp respond --issuer ca.pem --key ca.key.pem --crl ca.crl \\\n      \
    --out answer.der question.der\n  \
    gmpki ocsp respond --issuer ca.pem --responder ocsp.pem --key ocsp.key.pem \\\n      \
    --crl ca.crl --delta delta.crl --out answer.der question.der"
)]
pub(crate) struct OcspRespond {
    /// The certificate of the CA whose certificates are asked about
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer: PathBuf,
    /// The certificate of a responder that the CA delegated; --key is its key then
    #[arg(long, value_name = "FILE")]
    pub(crate) responder: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) key: NamedKey,
    /// The CA's full list
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: PathBuf,
    /// A delta to it
    #[arg(long, value_name = "FILE")]
    pub(crate) delta: Option<PathBuf>,
    /// A file with the serial numbers that the CA issued, one in hexadecimal on each line:
    /// others are answered 'unknown' [default: what is not in the list is good]
    #[arg(long, value_name = "FILE")]
    pub(crate) issued: Option<PathBuf>,
    /// How the responder is named
    #[arg(long, value_enum, default_value = "key", value_name = "BY")]
    pub(crate) by: ResponderForm,
    /// How many days back the status of expired certificates is known
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_600))]
    pub(crate) archive_days: Option<u32>,
    /// The time of the answer, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Where to write the answer (DER)
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The question
    pub(crate) request: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ResponderForm {
    /// By the SHA-1 of its key
    Key,
    /// By its name
    Name,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Nothing that is shown is verified: 'gmpki ocsp verify' does.\n\n\
    Example:\n  gmpki ocsp show answer.der"
)]
pub(crate) struct OcspShow {
    /// The question or the answer
    pub(crate) file: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Exit code 0 when the answer is the CA's or its delegate's, current, that \
    of the question,\nand good for every certificate that is named.\n\n\
    Example:\n  gmpki ocsp verify --issuer ca.pem --request question.der \\\n      \
    --certificate certificate.pem answer.der"
)]
pub(crate) struct OcspVerify {
    /// The certificate of the CA that issued them
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer: PathBuf,
    /// The question, whose nonce and certificates the answer has to have
    #[arg(long, value_name = "FILE")]
    pub(crate) request: Option<PathBuf>,
    /// A certificate to judge; may be given again [default: all in the answer]
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Vec<PathBuf>,
    /// A responder's certificate, where the answer does not bring it
    #[arg(long, value_name = "FILE")]
    pub(crate) responder: Option<PathBuf>,
    /// The time to judge at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The answer
    pub(crate) file: PathBuf,
}
