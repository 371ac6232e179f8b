//! The arguments of `gmpki store`.

use super::{DeskPlace, LogKey};
use clap::{Args as Group, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Copy a desk without its keys, or a store alone
    #[command(
        after_help = "A backup of a desk is a folder: the store, desk.toml, clock, rules, documents, published\n\
        and notices. The operator's keys, the key centre's archive and operator.password are not in\n\
        it: they have backups of their own ('gmpki ceremony'). An engine that is at work makes\n\
        its backups itself.\n\n\
        Examples:\n  gmpki store backup --dir desk desk-2026-11-30\n  \
        gmpki store backup --store store.sqlite store-2026-11-30.sqlite"
    )]
    Backup(StoreBackup),
    /// Put a backup in the place of a lost store
    #[command(
        after_help = "The backup is examined as 'store check' does. The store must not be there; other files\n\
        of the desk that are there stay, and its keys do. A backup that is older than a checkpoint\n\
        is refused: an engine on it would give numbers again and fork the log.\n\n\
        Examples:\n  gmpki store restore desk-2026-11-30 --dir desk\n  \
        gmpki store restore store-2026-11-30.sqlite --store store.sqlite \\\n      \
        --checkpoint checkpoint-41.txt --key log.pem"
    )]
    Restore(StoreRestore),
    /// Bring a store of an older version up to date
    #[command(
        after_help = "An engine does the same when it opens one. Whoever is interrupted asks again.\n\n\
        Examples:\n  gmpki store migrate --dir desk\n  \
        gmpki store migrate --store store.sqlite"
    )]
    Migrate(StoreMigrate),
    /// Check the file, the log, the indices and the checkpoints
    #[command(
        after_help = "Of a desk, the newest checkpoint that it published counts, too.\n\n\
        Examples:\n  gmpki store check --dir desk\n  gmpki store check --dir desk-2026-11-30\n  \
        gmpki store check --store store.sqlite --checkpoint checkpoint-41.txt --key log.pem"
    )]
    Check(StoreCheck),
}

/// Which store.
#[derive(Debug, Group)]
pub(crate) struct StorePlace {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// A store that is no desk's
    #[arg(long, value_name = "FILE", conflicts_with = "dir")]
    pub(crate) store: Option<PathBuf>,
}

/// Checkpoints that were kept elsewhere.
#[derive(Debug, Group)]
pub(crate) struct OutsideCheckpoints {
    /// A checkpoint that was kept elsewhere; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) log: LogKey,
}

#[derive(Debug, Group)]
pub(crate) struct StoreBackup {
    #[command(flatten)]
    pub(crate) place: StorePlace,
    /// Where the backup goes; nothing must be there
    #[arg(value_name = "BACKUP")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Group)]
pub(crate) struct StoreRestore {
    #[command(flatten)]
    pub(crate) place: StorePlace,
    #[command(flatten)]
    pub(crate) outside: OutsideCheckpoints,
    /// Take a backup to which so many records are missing; they are lost
    #[arg(long, value_name = "RECORDS")]
    pub(crate) accept_loss: Option<u64>,
    /// The backup
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: PathBuf,
}

#[derive(Debug, Group)]
pub(crate) struct StoreMigrate {
    #[command(flatten)]
    pub(crate) place: StorePlace,
}

#[derive(Debug, Group)]
pub(crate) struct StoreCheck {
    #[command(flatten)]
    pub(crate) place: StorePlace,
    #[command(flatten)]
    pub(crate) outside: OutsideCheckpoints,
}
