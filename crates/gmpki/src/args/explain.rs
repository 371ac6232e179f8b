//! The arguments of `gmpki explain`.

use clap::Args as Group;
use std::path::PathBuf;

#[derive(Debug, Group)]
#[command(
    after_help = "Exit code 0: explained; 1: it does not verify, breaks a rule that verifiers\n\
    enforce, or is not known; 2: wrong usage. 0 is no acceptance.\n\n\
    Examples:\n  gmpki explain certificate.pem\n  \
    gmpki explain --issuer ca.pem certificate.pem\n  \
    gmpki explain --content contract.pdf contract.p7s\n  \
    echo MFkwEwYHKoZIzj0CAQ... | gmpki explain -"
)]
pub(crate) struct Explain {
    /// The file: DER, PEM, base64, hexadecimal digits, text, or a device's struct
    pub(crate) file: PathBuf,
    /// Certificates under which it may verify; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer: Vec<PathBuf>,
    /// An ID under which it may have been signed: told, never accepted; may be given again
    #[arg(long, value_name = "ID")]
    pub(crate) id: Vec<String>,
    /// The content that a detached signature is over
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,
    /// A file with the password of a key file or PKCS#12
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// The time to judge dates at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Show identity numbers and challenge passwords; private scalars are never shown
    #[arg(long)]
    pub(crate) reveal: bool,
    /// Show the whole structure instead of one screen
    #[arg(long)]
    pub(crate) full: bool,
}
