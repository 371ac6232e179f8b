//! The arguments of `gmpki ceremony`.

use super::NewKey;
use clap::{Args as Group, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Group)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(
    after_help = "One file says everything: the CA, where its key lies, who takes part, how many \
    custodians of how many\nopen the backup, what is done by hand before and after. Each step by \
    hand waits for the word done.\nA rehearsal comes first; the ceremony is refused without its \
    protocol for the very same file and profile.\n\n\
    Examples:\n  gmpki ceremony root.toml --dry-run\n  gmpki ceremony root.toml"
)]
pub(crate) struct Ceremony {
    #[command(subcommand)]
    pub(crate) command: Option<CeremonyCommand>,
    /// The ceremony's file (TOML)
    #[arg(value_name = "CONFIG", required = true)]
    pub(crate) config: Option<PathBuf>,
    /// Rehearse: check everything, make and use no key, write the protocol of a rehearsal
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CeremonyCommand {
    /// Put shares together and take the CA's key out of its backup
    Restore(CeremonyRestore),
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki ceremony restore --backup root.backup.pem --share zhao.share \\\n      \
    --share sun.share --new-password-file pass.txt --out root.key.pem"
)]
pub(crate) struct CeremonyRestore {
    /// The backup that the ceremony wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) backup: PathBuf,
    /// A custodian's share; once for each
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) share: Vec<PathBuf>,
    /// A file with the password of a share; once for each, in their order [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Vec<PathBuf>,
    /// A file with the password to encrypt the key under [default: ask]
    #[arg(long, value_name = "FILE", conflicts_with = "plain")]
    pub(crate) new_password_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) new: NewKey,
}
