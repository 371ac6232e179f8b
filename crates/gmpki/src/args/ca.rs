//! The arguments of `gmpki ca`.

use super::{Act, AtWork, DeskPlace, key_name};
use clap::{Args as Group, Subcommand};
use hsm::KeyUri;
use lifecycle::PersonId;

#[derive(Debug, Subcommand)]
pub(crate) enum CaCommand {
    /// Set a desk up: a root, a CA under it, and who answers about status
    Init(Box<CaInit>),
    /// Say what a desk is: its rules, its clock, its keys
    Show(CaShow),
    /// Do what time has brought: deadlines that passed, notices, what was interrupted
    Tick(CaTick),
    /// Have a revocation list made
    Crl(CaCrl),
}

#[derive(Debug, Group)]
#[command(
    after_help = "Each key is proposed by the first officer and approved by the second. Run again on the \
    same\nfolder, it finishes what was interrupted. A rehearsal has a clock of its own, which \
    --at sets;\nwhat it issues is for trying alone.\n\n\
    Examples:\n  gmpki ca init --rules egov-extranet\n  \
    gmpki ca init --rules szca-online --rehearsal --at 2026-03-02T01:00:00Z --dir desk\n  \
    gmpki ca init --rules my-rules.toml --officer zhao.yi --officer qian.er \\\n      \
    --key 'pkcs11:token=ca?module-path=/usr/lib/libdevice.so&pin-source=pin.txt'"
)]
pub(crate) struct CaInit {
    #[command(flatten)]
    pub(crate) work: AtWork,
    /// The rules by which cases are judged: a name that comes with the program, or a TOML file
    #[arg(long, value_name = "RULES")]
    pub(crate) rules: String,
    /// A desk for trying, whose clock is set by --at
    #[arg(long)]
    pub(crate) rehearsal: bool,
    /// The two key officers, the one who proposes first [default: zhao.yi and qian.er]
    #[arg(long, value_name = "PERSON", value_parser = |text: &str| PersonId::new(text))]
    pub(crate) officer: Vec<PersonId>,
    /// The root's name, most specific part first (RFC 4514)
    #[arg(long, value_name = "NAME", default_value = "CN=示例根,O=示例,C=CN")]
    pub(crate) root: String,
    /// The CA's name
    #[arg(
        long,
        value_name = "NAME",
        default_value = "CN=示例签发机构,O=示例,C=CN"
    )]
    pub(crate) name: String,
    /// The name of who answers about status
    #[arg(
        long,
        value_name = "NAME",
        default_value = "CN=示例状态查询,O=示例,C=CN"
    )]
    pub(crate) responder: String,
    /// Where the operator's keys lie: a device, pkcs11:…, skf:…, or a directory of key files;
    /// its labels root, issuing-ca and ocsp-responder must be free [default: DIR/token]
    #[arg(long, value_name = "KEY", value_parser = key_name())]
    pub(crate) key: Option<KeyUri>,
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki ca show --dir desk")]
pub(crate) struct CaShow {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
}

#[derive(Debug, Group)]
#[command(
    after_help = "To be run once a day at least. What was interrupted is finished by any act at the desk, too.\n\n\
    Example:\n  gmpki ca tick --dir desk"
)]
pub(crate) struct CaTick {
    #[command(flatten)]
    pub(crate) work: AtWork,
}

#[derive(Debug, Group)]
#[command(after_help = "It lies in DIR/published/authorities afterwards.\n\n\
    Example:\n  gmpki ca crl --actor zhao.yi:key-officer")]
pub(crate) struct CaCrl {
    #[command(flatten)]
    pub(crate) act: Act,
}
