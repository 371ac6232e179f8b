//! The arguments of `gmpki ca`.

use super::{Act, AtWork, DeskPlace, Proof, key_name};
use crate::desk::roles::Role;
use clap::{Args as Group, Subcommand, ValueEnum};
use hsm::KeyUri;
use lifecycle::{AuthorityId, PersonId};
use std::{net::SocketAddr, path::PathBuf};

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
    /// Report a subscriber's key as bad; as a second officer, block it and end its certificates
    Sweep(CaSweep),
    /// Propose the next key of a CA or a responder
    Rollover(CaRollover),
    /// Ask for a link certificate from one root's key to the next one's (RFC 4210, 4.4)
    Link(CaLink),
    /// Ask that a CA retires: its successor issues, it signs CRLs alone
    Retire(CaRetire),
    /// Ask that a retired CA signs nothing any more: all that it issued has ended
    #[command(after_help = "Example:\n  gmpki ca close issuing-ca --actor zhao.yi:key-officer")]
    Close(OnAuthority),
    /// Report that a key is, or may be, in other hands
    Compromise(CaCompromise),
    /// As the second officer: approve a key that is proposed, or agree to what was asked for
    #[command(
        after_help = "When a compromise is confirmed, all that the key signed is revoked at once, and the \
        lists that\nsay so are made.\n\n\
        Example:\n  gmpki ca confirm issuing-ca-2 --actor qian.er:key-officer"
    )]
    Confirm(OnAuthority),
    /// Drop what was asked for
    #[command(after_help = "Example:\n  gmpki ca discard issuing-ca --actor zhao.yi:key-officer")]
    Discard(OnAuthority),
}

#[derive(Debug, Group)]
#[command(
    after_help = "Each key is proposed by the first officer and approved by the second. Run again on the \
    same\nfolder, it finishes what was interrupted. A rehearsal has a clock of its own, which \
    --at sets;\nwhat it issues is for trying alone.\n\n\
    Examples:\n  gmpki ca init --rules egov-extranet\n  \
    gmpki ca init --rules szca-online --rehearsal --at 2026-03-02T01:00:00Z --dir desk\n  \
    gmpki ca init --rules my-rules.toml --officer zhao.yi --officer qian.er \\\n      \
    --key 'pkcs11:token=ca?module-path=/usr/lib/libdevice.so&pin-source=pin.txt'\n  \
    gmpki ca init --rules egov-extranet --kmc 127.0.0.1:7014 \\\n      \
    --kmc-key kmc/key-centre.pem"
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
    /// The name of the log, which no other has: checkpoints bear it
    #[arg(long, value_name = "NAME", default_value = "desk/log")]
    pub(crate) log: String,
    /// The name of who signs the log's checkpoints
    #[arg(
        long,
        value_name = "NAME",
        default_value = "CN=示例日志签名,O=示例,C=CN"
    )]
    pub(crate) log_signer: String,
    /// Where the operator's keys lie: a device, pkcs11:…, skf:…, or a directory of key files;
    /// its labels root, issuing-ca, ocsp-responder and log must be free [default: DIR/token]
    #[arg(long, value_name = "KEY", value_parser = key_name())]
    pub(crate) key: Option<KeyUri>,
    /// A program that notices are told by, instead of the folder DIR/notices; given again: its
    /// arguments. It gets the notice's key behind them and JSON on standard input
    #[arg(long, value_name = "WORD", allow_hyphen_values = true)]
    pub(crate) notify_command: Vec<String>,
    /// A program that is given what is published, beside the folder DIR/published; given again:
    /// its arguments. It gets the name and the SM3 digest behind them, octets on standard input
    #[arg(long, value_name = "WORD", allow_hyphen_values = true)]
    pub(crate) publish_command: Vec<String>,
    /// Where a key-management centre makes the encryption keys ('gmpki kmc serve')
    /// [default: the desk makes and archives them itself]
    #[arg(long, value_name = "ADDRESS", requires = "kmc_key")]
    pub(crate) kmc: Option<SocketAddr>,
    /// The public key that the centre's answers are signed with
    #[arg(long, value_name = "FILE", requires = "kmc")]
    pub(crate) kmc_key: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki ca show --dir desk")]
pub(crate) struct CaShow {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
}

#[derive(Debug, Group)]
#[command(
    after_help = "To be run once a day at least. Any act at the desk does the same first, so that it is judged \
    on what\ntime has made of its case.\n\n\
    Example:\n  gmpki ca tick --dir desk"
)]
pub(crate) struct CaTick {
    #[command(flatten)]
    pub(crate) work: AtWork,
}

#[derive(Debug, Group)]
#[command(after_help = "It lies in DIR/published/authorities afterwards.\n\n\
    Examples:\n  gmpki ca crl --actor zhao.yi:key-officer\n  \
    gmpki ca crl root --actor zhao.yi:key-officer")]
pub(crate) struct CaCrl {
    #[command(flatten)]
    pub(crate) act: Act,
    /// Whose [default: the CA that issues]
    #[arg(value_parser = authority)]
    pub(crate) authority: Option<AuthorityId>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The first officer reports the key, with a proof; the second one's call blocks it: every\n\
    certificate of it is revoked, and no case brings it any more. Each call after that looks for\n\
    what came to be meanwhile. What is revoked is in the next list: gmpki ca crl.\n\n\
    Examples:\n  gmpki ca sweep leaked.pem --actor li.si:registrar --evidence work-record=report.pdf\n  \
    gmpki ca sweep leaked.pem --actor wang.wu:approver"
)]
pub(crate) struct CaSweep {
    #[command(flatten)]
    pub(crate) act: Act,
    /// Drop a report: the key is not bad
    #[arg(long)]
    pub(crate) discard: bool,
    #[command(flatten)]
    pub(crate) proof: Proof,
    /// A file with the public key or a certificate of it, or the SM3 of its
    /// SubjectPublicKeyInfo in 64 hexadecimal digits
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
}

/// An act on one of the operator's keys that needs nothing more.
#[derive(Debug, Group)]
pub(crate) struct OnAuthority {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The key's name, as 'gmpki ca show' has it
    #[arg(value_parser = authority)]
    pub(crate) authority: AuthorityId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A rollover takes several acts, each of two officers: this one proposes the key and its\n\
    certificate, 'ca confirm' approves it; roots are linked; then the old key retires. A new\n\
    CA needs a responder of its own: roll that over, too.\n\n\
    Examples:\n  gmpki ca rollover issuing-ca --actor zhao.yi:key-officer \\\n      \
    --name 'CN=示例签发机构 G2,O=示例,C=CN'\n  \
    gmpki ca rollover ocsp-responder --actor zhao.yi:key-officer \\\n      \
    --name 'CN=示例状态查询,O=示例,C=CN'"
)]
pub(crate) struct CaRollover {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The name in the new certificate, most specific part first (RFC 4514)
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// Who signs it [default: itself for a root, else the CA above that issues]
    #[arg(long, value_name = "AUTHORITY", value_parser = authority)]
    pub(crate) under: Option<AuthorityId>,
    /// What the key is for
    #[arg(value_parser = super::desk::term(Role::ALL, Role::as_str))]
    pub(crate) role: Role,
}

/// Which way a link certificate leads (RFC 4210, 4.4).
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DirectionName {
    /// The new key, signed with the old: who trusts the old comes to trust the new
    NewWithOld,
    /// The old key, signed with the new: who trusts the new alone can check the old
    OldWithNew,
}

#[derive(Debug, Group)]
#[command(
    after_help = "It lies in DIR/published/authorities once the second officer confirmed it. One at a time.\n\n\
    Example:\n  gmpki ca link root root-2 --direction new-with-old --actor zhao.yi:key-officer"
)]
pub(crate) struct CaLink {
    #[command(flatten)]
    pub(crate) act: Act,
    /// Which way
    #[arg(long, value_enum, value_name = "DIRECTION")]
    pub(crate) direction: DirectionName,
    /// The old root
    #[arg(value_parser = authority)]
    pub(crate) old: AuthorityId,
    /// The new one
    #[arg(value_parser = authority)]
    pub(crate) new: AuthorityId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki ca retire issuing-ca --successor issuing-ca-2 --actor zhao.yi:key-officer"
)]
pub(crate) struct CaRetire {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The CA that takes its place
    #[arg(long, value_name = "AUTHORITY", value_parser = authority)]
    pub(crate) successor: AuthorityId,
    /// The CA
    #[arg(value_parser = authority)]
    pub(crate) authority: AuthorityId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "One officer's word stops the key: it issues no more. The second one's revokes all that it\n\
    signed.\n\n\
    Example:\n  gmpki ca compromise issuing-ca --actor zhao.yi:key-officer \\\n      \
    --since 2026-11-01T00:00:00Z --evidence work-record=report.pdf"
)]
pub(crate) struct CaCompromise {
    #[command(flatten)]
    pub(crate) act: Act,
    /// Since when, as 2026-11-21T08:00:00Z [default: nobody knows]
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    #[command(flatten)]
    pub(crate) proof: Proof,
    /// The key's name
    #[arg(value_parser = authority)]
    pub(crate) authority: AuthorityId,
}

pub(super) fn authority(text: &str) -> Result<AuthorityId, lifecycle::Error> {
    AuthorityId::new(text)
}
