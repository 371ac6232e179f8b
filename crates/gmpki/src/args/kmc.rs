//! The arguments of `gmpki kmc`.

use super::{NamedKey, ca::authority};
use clap::{Args as Group, Subcommand};
use lifecycle::{AuthorityId, CaseId, PersonId};
use std::{net::SocketAddr, path::PathBuf};

#[derive(Debug, Subcommand)]
pub(crate) enum KmcCommand {
    /// Found a key-management centre: its archive, its keys, its custodians
    Init(KmcInit),
    /// Let a CA ask for keys
    Admit(KmcAdmit),
    /// Answer CAs, on an address of this machine alone
    Serve(KmcServe),
    /// Write a request for an archived key: for its user, who has a new signing key
    #[command(name = "ask-user")]
    AskUser(KmcAsk),
    /// Write a request for an archived key: for a court
    #[command(name = "ask-court")]
    AskCourt(KmcAskCourt),
    /// As a custodian: read a request and sign it
    Approve(KmcApprove),
    /// Give a key back to its user, when enough custodians approved
    #[command(
        name = "recover-user",
        after_help = "Example:\n  gmpki kmc recover-user --dir kmc --request request.json \\\n      \
        --approval sun.json --approval zhu.json --archive-password-file archive.password \\\n      \
        --out recovered.der"
    )]
    RecoverUser(KmcRecover),
    /// Give a key to a court, when enough custodians approved
    #[command(
        name = "recover-court",
        after_help = "Example:\n  gmpki kmc recover-court --dir kmc --request order.json \\\n      \
        --approval sun.json --approval zhu.json --archive-password-file archive.password \\\n      \
        --out for-the-court.der"
    )]
    RecoverCourt(KmcRecover),
    /// Compare the archive with the record of every act, and show the record
    Audit(KmcAudit),
}

/// Where the centre is.
#[derive(Clone, Debug, Group)]
pub(crate) struct KmcPlace {
    /// The folder of the centre
    #[arg(long, default_value = "gmpki-kmc", value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// What opens the archive's key.
#[derive(Clone, Debug, Group)]
pub(crate) struct ArchivePassword {
    /// A file with the password of the archive's key, which should not lie in the folder
    /// [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) archive_password_file: Option<PathBuf>,
}

/// Which custodian, and the file of his public key.
#[derive(Clone, Debug)]
pub(crate) struct CustodianKey {
    pub(crate) person: PersonId,
    pub(crate) path: PathBuf,
}

fn custodian(text: &str) -> Result<CustodianKey, String> {
    let pair = super::desk::pair(text).map_err(|_| "is written PERSON=FILE")?;
    Ok(CustodianKey {
        person: PersonId::new(pair.name).map_err(|error| error.to_string())?,
        path: pair.value.into(),
    })
}

#[derive(Debug, Group)]
#[command(
    after_help = "The archive's key opens what is archived, and is used by 'kmc recover-user' and\n\
    'kmc recover-court' alone: move DIR/archive-key and its password to a safe until then.\n\n\
    Example:\n  gmpki kmc init --dir kmc --threshold 2 --custodian sun.wu=sun.pem \\\n      \
    --custodian tang.seng=tang.pem --custodian zhu.ba=zhu.pem \\\n      \
    --archive-password-file archive.password"
)]
pub(crate) struct KmcInit {
    #[command(flatten)]
    pub(crate) place: KmcPlace,
    /// The centre's name
    #[arg(long, value_name = "NAME", default_value = "kmc", value_parser = authority)]
    pub(crate) name: AuthorityId,
    /// How many custodians must approve that a key is given back: 2 or more
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threshold: usize,
    /// Who may approve, and the public key of his approvals; given for each
    #[arg(long, value_name = "PERSON=FILE", required = true, value_parser = custodian)]
    pub(crate) custodian: Vec<CustodianKey>,
    #[command(flatten)]
    pub(crate) archive: ArchivePassword,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki kmc admit --dir kmc --ca issuing-ca --key desk/key-centre-client.pem"
)]
pub(crate) struct KmcAdmit {
    #[command(flatten)]
    pub(crate) place: KmcPlace,
    /// The CA's name at the centre
    #[arg(long, value_name = "NAME", value_parser = authority)]
    pub(crate) ca: AuthorityId,
    /// The public key or certificate of the key that signs its requests
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "It prints the address when it can be asked, and runs until it is ended.\n\n\
    Example:\n  gmpki kmc serve --dir kmc --listen 127.0.0.1:7014"
)]
pub(crate) struct KmcServe {
    #[command(flatten)]
    pub(crate) place: KmcPlace,
    /// An address of this machine alone; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7014")]
    pub(crate) listen: SocketAddr,
}

/// Which key, for whom, until when.
#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki kmc ask-user --dir kmc --ca issuing-ca --case zhang.san \\\n      \
    --recipient new-signing.pem --person guan.yin --out request.json"
)]
pub(crate) struct KmcAsk {
    #[command(flatten)]
    pub(crate) place: KmcPlace,
    /// The CA that asked for the key
    #[arg(long, value_name = "NAME", default_value = "issuing-ca", value_parser = authority)]
    pub(crate) ca: AuthorityId,
    /// The case that it asked for
    #[arg(long, value_name = "CASE", value_parser = |text: &str| CaseId::new(text), required_unless_present = "number")]
    pub(crate) case: Option<CaseId>,
    /// The number that it asked under, in hexadecimal: where another program named the key
    #[arg(long, value_name = "NUMBER", conflicts_with = "case")]
    pub(crate) number: Option<String>,
    /// The public key or certificate that the key is to be wrapped for
    #[arg(long, value_name = "FILE")]
    pub(crate) recipient: PathBuf,
    /// Who asks: no custodian can approve what he asked himself
    #[arg(long, value_name = "PERSON", value_parser = |text: &str| PersonId::new(text))]
    pub(crate) person: PersonId,
    /// Until when it can be approved and carried out, at most seven days from now, as
    /// 2026-11-21T08:00:00Z [default: a day]
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// The request
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki kmc ask-court --dir kmc --ca issuing-ca --case zhang.san \\\n      \
    --recipient court.pem --person guan.yin --court '深圳市中级人民法院' \\\n      \
    --order '(2026)粤03刑初17号' --out order.json"
)]
pub(crate) struct KmcAskCourt {
    #[command(flatten)]
    pub(crate) ask: KmcAsk,
    /// Which court
    #[arg(long, value_name = "NAME")]
    pub(crate) court: String,
    /// The reference of its order
    #[arg(long, value_name = "WORDS")]
    pub(crate) order: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "What the request says is printed; the approval is a file for whoever carries it out.\n\n\
    Example:\n  gmpki kmc approve --request request.json --custodian sun.wu --key sun.key --out sun.json"
)]
pub(crate) struct KmcApprove {
    /// The request
    #[arg(long, value_name = "FILE")]
    pub(crate) request: PathBuf,
    /// Who approves
    #[arg(long, value_name = "PERSON", value_parser = |text: &str| PersonId::new(text))]
    pub(crate) custodian: PersonId,
    #[command(flatten)]
    pub(crate) key: NamedKey,
    /// The approval
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Group)]
pub(crate) struct KmcRecover {
    #[command(flatten)]
    pub(crate) place: KmcPlace,
    /// The request
    #[arg(long, value_name = "FILE")]
    pub(crate) request: PathBuf,
    /// An approval; given for each custodian
    #[arg(long, value_name = "FILE")]
    pub(crate) approval: Vec<PathBuf>,
    /// The folder of the archive's key [default: DIR/archive-key]
    #[arg(long, value_name = "DIR")]
    pub(crate) archive_key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) archive: ArchivePassword,
    /// The key in its envelope (SM2EnvelopedKey, GM/T 0009)
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The end of the record that it prints shows later, by --noted, that nothing was cut off:\n\
    note it where nobody at the centre can write.\n\n\
    Examples:\n  gmpki kmc audit --dir kmc\n  gmpki kmc audit --dir kmc --noted 17:66c7f0…"
)]
pub(crate) struct KmcAudit {
    #[command(flatten)]
    pub(crate) place: KmcPlace,
    /// An end of the record that was noted before
    #[arg(long, value_name = "NUMBER:DIGEST")]
    pub(crate) noted: Option<String>,
}
