//! The arguments of `gmpki cert`.

use super::{About, Id, NamedKey, Names};
use crate::view::Language;
use clap::{Args as Group, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum CertCommand {
    /// Issue a certificate from a request
    Issue(Box<CertIssue>),
    /// Show what certificates say, in English or in Chinese
    Show(CertShow),
    /// Say which rules certificates, CRLs, requests and OCSP answers break
    Lint(CertLint),
    /// Validate a certificate up to an anchor
    Verify(CertVerify),
    /// Open the case that takes a pair out of use for a while
    Freeze(Box<About>),
    /// Open the case that takes it back into use
    Unfreeze(Box<About>),
    /// Open the case that takes it out of use for good
    Revoke(Box<About>),
    /// Open the case for its successor, before it ends
    Renew(Box<About>),
    /// Open the case for another one, its token lost or damaged
    Reissue(Box<About>),
}

#[derive(Debug, Group)]
#[command(
    after_help = "What the profile leaves open is yours to say; what the request claims \
    is told and not taken,\nbut its name and its key. A pair is two calls: the signing \
    certificate from the subscriber's\nrequest, the encryption certificate by --public-key \
    with the key that the key management centre made.\n\n\
    Examples:\n  gmpki cert issue --profile subscriber-signing \\\n      \
    --issuer ca.pem --key ca.key.pem applicant.csr.pem --out applicant.pem\n  \
    gmpki cert issue --profile root-ca --self-signed --key root.key.pem \\\n      \
    --out root.pem root.csr.pem\n  \
    gmpki cert issue --profile subscriber-encryption --issuer ca.pem --key ca.key.pem \\\n      \
    --subject 'CN=张三,C=CN' --public-key kmc.public.pem --out encryption.pem\n  \
    gmpki cert issue --profile organisation-seal-signing --issuer ca.pem --key ca.key.pem \\\n      \
    --years 3 --accept-origin --identifier organisation_code=91440300MA5DDA000Y \\\n      \
    --out seal.pem seal.csr.pem\n\n\
    KIND is resident_identity_card, military_officer_card, passport, social_insurance_number,\n\
    ic_registration_number, organisation_code, taxation_number or unified_social_credit_code.\n\
    Under a profile of the edition of 2012 a credit code is given as organisation_code.\n\
    'gmpki profile list' names the profiles that come with the program."
)]
pub(crate) struct CertIssue {
    /// The policy: a name or a TOML file
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: String,
    /// The issuer's certificate
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "self_signed",
        conflicts_with = "self_signed"
    )]
    pub(crate) issuer: Option<PathBuf>,
    /// Issue to the request's own key: a root
    #[arg(long, conflicts_with = "public_key")]
    pub(crate) self_signed: bool,
    #[command(flatten)]
    pub(crate) key: NamedKey,
    /// The name to write instead of the request's, most specific part first (RFC 4514)
    #[arg(long, value_name = "NAME")]
    pub(crate) subject: Option<String>,
    #[command(flatten)]
    pub(crate) names: Names,
    /// Take the alternative names that the request asks for, too: you have checked them
    #[arg(long, conflicts_with = "public_key")]
    pub(crate) accept_names: bool,
    /// Take the origin of the key that the request claims: you have checked the device
    #[arg(long, conflicts_with = "public_key")]
    pub(crate) accept_origin: bool,
    /// A number of a person or an organization, as KIND=NUMBER, or KIND=@FILE for the first
    /// line of a file, where processes that are listed do not show it; may be given again
    #[arg(long, value_name = "KIND=NUMBER")]
    pub(crate) identifier: Vec<String>,
    /// Evidence of the key's origin that came beside the request
    #[arg(long, value_name = "FILE", conflicts_with = "public_key")]
    pub(crate) origin_evidence: Option<PathBuf>,
    /// Whole years of validity, where the profile leaves the choice
    #[arg(long, value_name = "YEARS")]
    pub(crate) years: Option<u16>,
    /// The latest end, as 2026-11-21T08:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) not_after: Option<String>,
    /// The serial number in hexadecimal [default: a random one]
    #[arg(long, value_name = "HEX")]
    pub(crate) serial: Option<String>,
    /// The time of issuance, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    #[command(flatten)]
    pub(crate) id: Id,
    /// The public key to certify instead of a request's: nobody proved to hold it
    #[arg(
        long,
        value_name = "FILE",
        requires = "subject",
        conflicts_with_all = ["csr", "id", "id_hex"]
    )]
    pub(crate) public_key: Option<PathBuf>,
    /// Where to write the certificate (PEM) [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The request
    #[arg(required_unless_present = "public_key")]
    pub(crate) csr: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A file may hold several certificates. Of two that are for subscribers it is said\n\
    whether they are a pair. No signature is verified.\n\n\
    Examples:\n  gmpki cert show certificate.pem\n  \
    gmpki cert show --lang zh signing.pem encryption.pem"
)]
pub(crate) struct CertShow {
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    /// Show numbers of persons and organizations, which are masked otherwise
    #[arg(long)]
    pub(crate) reveal: bool,
    /// The time to count days from, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The certificates
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
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
    /// A trusted certificate, or several in PEM; may be given again
    #[arg(long, required = true, value_name = "FILE")]
    pub(crate) anchor: Vec<PathBuf>,
    /// A certificate that may stand between, or several in PEM; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) untrusted: Vec<PathBuf>,
    /// A full revocation list; may be given again. With a delta the status stays unknown
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,
    /// The time to judge at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The certificate
    pub(crate) file: PathBuf,
}
