//! The arguments of `gmpki csr`.

use super::{Id, NamedKey, Names};
use clap::{Args as Group, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum CsrCommand {
    /// Make a request and sign it
    New(Box<CsrNew>),
    /// Show what requests say, verified or not
    Show(CsrShow),
    /// Check the proof of possession
    Verify(CsrVerify),
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki csr new --key applicant.key.pem \\\n      \
    --subject 'CN=张三,L=深圳市,ST=广东省,C=CN' --out applicant.csr.pem\n  \
    gmpki csr new --key server.key.pem --subject 'CN=示例网站,O=示例,C=CN' \\\n      \
    --dns www.example.cn --usage digitalSignature --out server.csr.pem\n  \
    gmpki csr new --key ukey.key.pem --subject 'CN=李四,O=示例,C=CN' \\\n      \
    --environment production --device-kind 智能密码钥匙 --device-model K-1 \\\n      \
    --device-serial 0001 --qualification GM001 --out agency.csr.pem\n  \
    gmpki csr new --key applicant.key.pem --subject 'CN=张三,C=CN' \\\n      \
    --cfca-temporary-key temporary.public.pem --out dual.csr.pem\n\n\
    A temporary key that is not CFCA's travels beside the request: 'gmpki sm2 public' writes \
    it,\nand 'gmpki csr verify --temporary-key' reads both."
)]
pub(crate) struct CsrNew {
    #[command(flatten)]
    pub(crate) key: NamedKey,
    /// The name, most specific part first (RFC 4514): CN=…,O=…,C=…
    #[arg(long, value_name = "NAME")]
    pub(crate) subject: String,
    #[command(flatten)]
    pub(crate) names: Names,
    /// A use of the key to ask for; may be given again
    #[arg(long, value_enum, value_name = "USE")]
    pub(crate) usage: Vec<Usage>,
    /// A file with the password for a later revocation: its first line
    #[arg(long, value_name = "FILE")]
    pub(crate) challenge_password_file: Option<PathBuf>,
    /// A name without structure
    #[arg(long, value_name = "TEXT")]
    pub(crate) unstructured_name: Option<String>,
    #[command(flatten)]
    pub(crate) origin: Origin,
    /// The public key to which CFCA is to encrypt the other private key; makes the request
    /// CFCA's
    #[arg(long, value_name = "FILE")]
    pub(crate) cfca_temporary_key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) id: Id,
    /// The parameters of the signature's algorithm: GM/T 0015 has none in its text, NULL in
    /// its example
    #[arg(long, value_enum, default_value = "absent", value_name = "WHICH")]
    pub(crate) parameters: Parameters,
    /// Where to write the request (PEM) [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Where the key was made, as the applicant says.
#[derive(Debug, Group)]
pub(crate) struct Origin {
    /// The environment that the key was made in
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) environment: Option<EnvironmentName>,
    /// The kind of device that made the key, such as 智能密码钥匙 [default: none, software]
    #[arg(long, value_name = "TEXT", requires_all = ["environment", "device_model", "device_serial"])]
    pub(crate) device_kind: Option<String>,
    /// Its model
    #[arg(long, value_name = "TEXT", requires = "device_kind")]
    pub(crate) device_model: Option<String>,
    /// Its serial number
    #[arg(long, value_name = "TEXT", requires = "device_kind")]
    pub(crate) device_serial: Option<String>,
    /// The number of the certificate that qualifies the device
    #[arg(long, value_name = "NUMBER", requires = "device_kind")]
    pub(crate) qualification: Option<String>,
    /// Write the origin as evidence into a file of its own (PEM), and not into the request
    #[arg(long, value_name = "FILE", requires = "environment")]
    pub(crate) evidence_out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EnvironmentName {
    Production,
    Test,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Parameters {
    Absent,
    Null,
}

/// Bits of keyUsage (RFC 5280, 4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "camelCase")]
pub(crate) enum Usage {
    DigitalSignature,
    #[value(alias = "contentCommitment")]
    NonRepudiation,
    KeyEncipherment,
    DataEncipherment,
    KeyAgreement,
    KeyCertSign,
    #[value(name = "cRLSign")]
    CrlSign,
}

/// What stands beside a request.
#[derive(Debug, Group)]
pub(crate) struct Beside {
    #[command(flatten)]
    pub(crate) id: Id,
    /// A temporary public key that came beside the request
    #[arg(long, value_name = "FILE")]
    pub(crate) temporary_key: Option<PathBuf>,
    /// Evidence of the key's origin that came beside the request
    #[arg(long, value_name = "FILE")]
    pub(crate) origin_evidence: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A file may hold several requests. What is shown is what the applicant \
    claims; exit code 0\nis no approval.\n\n\
    Examples:\n  gmpki csr show applicant.csr.pem\n  \
    gmpki csr show --id somebody applicant.csr.pem"
)]
pub(crate) struct CsrShow {
    #[command(flatten)]
    pub(crate) beside: Beside,
    /// Show numbers of persons and organizations, which are masked otherwise
    #[arg(long)]
    pub(crate) reveal: bool,
    /// The requests
    pub(crate) file: PathBuf,
}

#[derive(Debug, Group)]
#[command(after_help = "Of several requests in a file, each has to be good.\n\n\
    Examples:\n  gmpki csr verify applicant.csr.pem && echo good\n  \
    gmpki csr verify --temporary-key temporary.public.pem applicant.csr.pem")]
pub(crate) struct CsrVerify {
    #[command(flatten)]
    pub(crate) beside: Beside,
    /// The requests
    pub(crate) file: PathBuf,
}
