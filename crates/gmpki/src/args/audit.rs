//! The arguments of `gmpki audit`.

use clap::{Args as Group, Subcommand};
use lifecycle::StreamId;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check the chain, every step, every signature and the indices
    #[command(
        after_help = "Without a checkpoint that was kept elsewhere, nobody can tell a store from an earlier\n\
        copy of it.\n\n\
        Examples:\n  gmpki audit verify --store gmpki-demo/store.sqlite\n  \
        gmpki audit verify --store store.sqlite --checkpoint checkpoint-41.txt --key log.pem\n  \
        gmpki audit verify --chain --store store.sqlite"
    )]
    Verify(AuditVerify),
    /// Prove a history, or that the log only grew, to somebody who has not the store
    #[command(after_help = "The proof rests on the store's last checkpoint.\n\n\
        Examples:\n  gmpki audit prove case/zhang-1 --store store.sqlite --out proof.json\n  \
        gmpki audit prove --since checkpoint-41.txt --store store.sqlite --out grown.json")]
    Prove(AuditProve),
    /// Check a proof: all that is asked for is the proof and the log's key
    #[command(
        after_help = "Examples:\n  gmpki audit verify-proof proof.json --key log.pem\n  \
        gmpki audit verify-proof grown.json --since checkpoint-41.txt --key log.pem"
    )]
    VerifyProof(AuditVerifyProof),
}

#[derive(Debug, Group)]
pub(crate) struct AuditVerify {
    /// The store
    #[arg(long, value_name = "FILE")]
    pub(crate) store: PathBuf,
    /// A checkpoint that was kept elsewhere; may be given again
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) checkpoint: Vec<PathBuf>,
    /// The keys of persons, to open what is sealed, and to see that none is missing and none
    /// came back [default: what is sealed stays so]
    #[arg(long, value_name = "FILE")]
    pub(crate) subject_keys: Option<PathBuf>,
    /// The chain and the checkpoints alone: that nothing was changed, moved or taken away;
    /// much faster, and nothing about what the records say
    #[arg(long, conflicts_with = "subject_keys")]
    pub(crate) chain: bool,
    #[command(flatten)]
    pub(crate) log: LogKey,
}

/// Whom a checkpoint is believed from.
#[derive(Debug, Group)]
pub(crate) struct LogKey {
    /// The log's key: a certificate or a public key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The log's name [default: the one that the checkpoint says]
    #[arg(long, value_name = "NAME", requires = "key")]
    pub(crate) log: Option<String>,
}

#[derive(Debug, Group)]
pub(crate) struct AuditProve {
    /// Whose history: case/NAME, certificate/ISSUER/SERIAL, person/NAME, …
    #[arg(
        value_name = "HISTORY",
        value_parser = |text: &str| StreamId::try_from(text.to_owned()),
        required_unless_present = "since",
        conflicts_with = "since"
    )]
    pub(crate) history: Option<StreamId>,
    /// The store
    #[arg(long, value_name = "FILE")]
    pub(crate) store: PathBuf,
    /// Prove that the log goes on from this earlier checkpoint
    #[arg(long, value_name = "FILE")]
    pub(crate) since: Option<PathBuf>,
    /// Where the proof goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Group)]
pub(crate) struct AuditVerifyProof {
    /// The proof
    #[arg(value_name = "FILE")]
    pub(crate) proof: PathBuf,
    /// The earlier checkpoint that the log goes on from
    #[arg(long, value_name = "FILE")]
    pub(crate) since: Option<PathBuf>,
    /// The log's key: a certificate or a public key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The log's name [default: the one that the checkpoint says]
    #[arg(long, value_name = "NAME")]
    pub(crate) log: Option<String>,
}
