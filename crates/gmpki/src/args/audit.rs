//! The arguments of `gmpki audit`.

use super::{NamedKey, desk::actor};
use crate::view::Language;
use clap::{Args as Group, Subcommand};
use lifecycle::{Actor, StreamId};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check the chain, every step, every signature and the indices
    #[command(
        after_help = "Without a checkpoint that was kept elsewhere, nobody can tell a store from an earlier\n\
        copy of it, nor, with --chain, from one that was written anew: what it was held\n\
        against is told. With --key the store's own checkpoint must be signed by that key, if\n\
        no other is given.\n\n\
        Examples:\n  gmpki audit verify --store gmpki-demo/store.sqlite\n  \
        gmpki audit verify --store store.sqlite --checkpoint checkpoint-41.txt --key log.pem\n  \
        gmpki audit verify --chain --store store.sqlite --checkpoint checkpoint-41.txt --key log.pem"
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
    /// Write a history and what belongs to it into one archive for an inspector
    #[command(
        after_help = "The archive has the records as they stand in the log, their proofs, the checkpoint they\n\
        rest on, the papers that are at hand, and a timeline in English and Chinese. Papers are in\n\
        clear: it is for the person it was made for.\n\n\
        Examples:\n  gmpki audit export-package case/zhang-1 --store gmpki-desk/store.sqlite \\\n    \
        --evidence gmpki-desk/documents --by zheng.he:auditor --for 密码管理局 --key auditor.key \\\n    \
        --out zhang-1.tar"
    )]
    ExportPackage(Box<AuditExportPackage>),
    /// Check such an archive: all that is asked for is the archive and two public keys
    #[command(
        after_help = "Names every file that was changed, removed or added. Nothing is unpacked.\n\n\
        Examples:\n  gmpki audit verify-package zhang-1.tar --log-key log.pem --cover-key auditor.pem"
    )]
    VerifyPackage(AuditVerifyPackage),
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
    /// The chain alone, and that it is the one of the checkpoints: the given ones, and the
    /// store's own, whose signature is looked at where --key is given; much faster, and nothing
    /// about what the records say
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

#[derive(Debug, Group)]
pub(crate) struct AuditExportPackage {
    /// Whose history: case/NAME, certificate/ISSUER/SERIAL, qualification/NAME, …
    #[arg(
        value_name = "HISTORY",
        value_parser = |text: &str| StreamId::try_from(text.to_owned())
    )]
    pub(crate) history: StreamId,
    /// The store
    #[arg(long, value_name = "FILE")]
    pub(crate) store: PathBuf,
    /// Another history to go with it; may be given again [default: certificates and token of a
    /// case]
    #[arg(
        long,
        value_name = "HISTORY",
        value_parser = |text: &str| StreamId::try_from(text.to_owned())
    )]
    pub(crate) with: Vec<StreamId>,
    /// The folder of papers; those that the records name by their SM3 are taken [default: none]
    #[arg(long, value_name = "DIR")]
    pub(crate) evidence: Option<PathBuf>,
    /// Who makes the package, and in which seat
    #[arg(long, value_name = "PERSON:SEAT", value_parser = actor)]
    pub(crate) by: Actor,
    /// Whom it is for
    #[arg(long = "for", value_name = "NAME")]
    pub(crate) recipient: String,
    /// When, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The key that signs the cover
    #[command(flatten)]
    pub(crate) key: NamedKey,
    /// Where the archive goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Group)]
pub(crate) struct AuditVerifyPackage {
    /// The archive
    #[arg(value_name = "FILE")]
    pub(crate) package: PathBuf,
    /// The log's key: a certificate or a public key
    #[arg(long, value_name = "FILE")]
    pub(crate) log_key: PathBuf,
    /// The key of whoever signed the cover: a certificate or a public key
    #[arg(long, value_name = "FILE")]
    pub(crate) cover_key: PathBuf,
    /// The log's name [default: the one that the checkpoint says]
    #[arg(long, value_name = "NAME")]
    pub(crate) log: Option<String>,
    /// The language of the timeline
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
}
