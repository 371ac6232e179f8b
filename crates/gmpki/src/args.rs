//! The arguments, each command with an example in its help.

mod convert;
mod explain;
mod message;
mod sm2;
mod sm4;

pub(crate) use convert::{
    CipherName, CiphertextForm, ConvertCiphertext, ConvertCommand, ConvertEnvelope, ConvertKey,
    EnvelopeForm, KeyForm, PrfName,
};
pub(crate) use explain::Explain;
pub(crate) use message::{
    DecryptMessage, DialectName, EncryptMessage, For, MessageCommand, PartnerName, SignMessage,
    VerifyMessage,
};
pub(crate) use sm2::{
    CipherFormat, Decrypt, Encrypt, EnvelopeCommand, Id, KeyFormat, Keygen, NewKey, Open, Public,
    Seal, Sign, Sm2Command, Verify, What,
};
pub(crate) use sm4::{Mode, Sm4Command, Sm4Crypt, Sm4Keygen};

use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// PKI with SM2, SM3 and SM4: requests, certificates, signatures, and a whole
/// certificate business as a demonstration.
#[derive(Debug, Parser)]
#[command(name = "gmpki", version, arg_required_else_help = true)]
#[command(
    after_help = "Exit code 0: done or valid; 1: refused or invalid; 2: wrong usage.\n\
    Files may be PEM or DER; '-' is standard input.\n\n\
    Example:\n  gmpki demo --dir /tmp/demo"
)]
pub(crate) struct Args {
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take applications the whole way, from request to verified dual certificates
    Demo(Demo),
    /// Say what any file of the field is, and why it does not verify
    Explain(Explain),
    /// Certification requests (PKCS#10)
    #[command(subcommand)]
    Csr(CsrCommand),
    /// Certificates
    #[command(subcommand)]
    Cert(CertCommand),
    /// SM2 keys, signatures, encryption and key envelopes
    #[command(subcommand)]
    Sm2(Sm2Command),
    /// SM3 digests of files, and HMAC-SM3
    Sm3(Sm3),
    /// SM4 encryption of files
    #[command(subcommand)]
    Sm4(Sm4Command),
    /// Keys, ciphertexts and wrapped keys, from the form they have into the form wanted
    #[command(subcommand)]
    Convert(ConvertCommand),
    /// Signed and encrypted messages of any size (GM/T 0010, GB/T 35275)
    #[command(subcommand)]
    Message(MessageCommand),
    /// Try every algorithm on known answers
    #[command(
        name = "self-test",
        after_help = "Example:\n  gmpki self-test && echo good"
    )]
    SelfTest,
    /// The durable log of a certificate business
    #[command(subcommand)]
    Audit(AuditCommand),
}

#[derive(Debug, Group)]
#[command(
    after_help = "Run again on the same folder, it finishes what was interrupted.\n\n\
    Examples:\n  gmpki demo\n  gmpki demo --dir /tmp/demo --csr mine.csr.pem"
)]
pub(crate) struct Demo {
    /// The folder for everything it makes
    #[arg(long, default_value = "gmpki-demo", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// A request to take instead of the two that come with the program
    #[arg(long, value_name = "FILE")]
    pub(crate) csr: Vec<PathBuf>,
    /// A file with the password of the operator's keys [default: one is made in DIR]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

/// A private key and what opens it.
#[derive(Debug, Group)]
pub(crate) struct Key {
    /// The private key (PKCS#8, encrypted or not, or SEC 1)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// A file with the key's password [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CsrCommand {
    /// Make a request and sign it
    New(CsrNew),
    /// Show what a request says, verified or not
    #[command(after_help = "Example:\n  gmpki csr show applicant.csr.pem")]
    Show {
        /// The request
        file: PathBuf,
    },
    /// Check the proof of possession
    #[command(after_help = "Example:\n  gmpki csr verify applicant.csr.pem && echo good")]
    Verify {
        /// The request
        file: PathBuf,
    },
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki csr new --key applicant.key.pem \\\n      \
    --subject 'CN=张三,L=深圳市,ST=广东省,C=CN' --out applicant.csr.pem"
)]
pub(crate) struct CsrNew {
    #[command(flatten)]
    pub(crate) key: Key,
    /// The name, most specific part first (RFC 4514): CN=…,O=…,C=…
    #[arg(long, value_name = "NAME")]
    pub(crate) subject: String,
    /// Where to write the request (PEM) [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CertCommand {
    /// Issue a certificate from a request
    Issue(CertIssue),
    /// Show what a certificate says
    #[command(after_help = "Example:\n  gmpki cert show certificate.pem")]
    Show {
        /// The certificate
        file: PathBuf,
    },
    /// Say which rules certificates, CRLs, requests and OCSP answers break
    Lint(CertLint),
    /// Validate a certificate up to an anchor
    Verify(CertVerify),
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki cert issue --profile subscriber-signing \\\n      \
    --issuer ca.pem --key ca.key.pem applicant.csr.pem --out applicant.pem\n\n\
    Profiles that come with the program: root-ca, issuing-ca, subscriber-signing,\n\
    subscriber-encryption, ocsp-responder; or give the path of a TOML file."
)]
pub(crate) struct CertIssue {
    /// The policy: a name or a TOML file
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: String,
    /// The issuer's certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer: PathBuf,
    #[command(flatten)]
    pub(crate) key: Key,
    /// Where to write the certificate (PEM) [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The request
    pub(crate) csr: PathBuf,
}

#[derive(Debug, Group)]
#[command(after_help = "Examples:\n  gmpki cert lint certificate.pem ca.crl\n  \
    gmpki cert lint --pair signing.pem encryption.pem\n  \
    gmpki cert lint --scheme gdhk --profile subscriber-signing certificate.pem\n\n\
    Exit code 1 when a rule of severity error is broken. No signature is verified.")]
pub(crate) struct CertLint {
    /// The policy that certificates were issued by: a name or a TOML file
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// The rules: RFC 5280 alone, GM/T 0015 too, or mutual recognition of Guangdong and
    /// Hong Kong too
    #[arg(long, value_enum, default_value = "gm", value_name = "SCHEME")]
    pub(crate) scheme: SchemeName,
    /// The two files are the signing and the encryption certificate of one subscriber
    #[arg(long)]
    pub(crate) pair: bool,
    /// The documents; a file of PEM may have several
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemeName {
    Rfc5280,
    Gm,
    Gdhk,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki cert verify --anchor root.pem --untrusted ca.pem \\\n      \
    --crl ca.crl --at 2026-11-21T08:00:00Z certificate.pem"
)]
pub(crate) struct CertVerify {
    /// A trusted certificate; may be given again
    #[arg(long, required = true, value_name = "FILE")]
    pub(crate) anchor: Vec<PathBuf>,
    /// A certificate that may stand between; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) untrusted: Vec<PathBuf>,
    /// A revocation list; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,
    /// The time to judge at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The certificate
    pub(crate) file: PathBuf,
}

#[derive(Debug, Group)]
#[command(after_help = "Examples:\n  gmpki sm3 contract.pdf\n  \
    gmpki sm3 --hmac-key-file mac.key contract.pdf")]
pub(crate) struct Sm3 {
    /// A file with a key: HMAC-SM3 under its octets, all of them as they are
    #[arg(long, value_name = "FILE")]
    pub(crate) hmac_key_file: Option<PathBuf>,
    /// The files
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check the chain, every step, every signature and the indices
    #[command(after_help = "Example:\n  gmpki audit verify --store gmpki-demo/store.sqlite")]
    Verify {
        /// The store
        #[arg(long, value_name = "FILE")]
        store: PathBuf,
    },
}
