//! A publisher's list, from the draft to the folder.

use super::Recovery;
use crate::{args::key_name, moment};
use clap::Args as Group;
use hsm::KeyUri;
use std::{path::PathBuf, time::Duration};

#[derive(Debug, Group)]
#[command(
    after_help = "The draft is the list's own JSON (ETSI TS 119 602), without a signature.\n\n\
    Example:\n  gmpki trust-list new --territory CN --publisher zh-Hans=广东省密码管理局 \\\n      \
    --street 'zh-Hans=府前路1号' --locality 广州 --country CN --contact mailto:ca@example.gov.cn \\\n      \
    --information https://example.gov.cn/list --signer signer.pem --out draft.json"
)]
pub(crate) struct ListNew {
    /// The publisher's country, two capital letters (ISO 3166-1)
    #[arg(long, value_name = "CC")]
    pub(crate) territory: String,
    /// The publisher's name, as LANG=NAME; again in another language
    #[arg(long, value_name = "LANG=NAME", required = true)]
    pub(crate) publisher: Vec<String>,
    #[command(flatten)]
    pub(crate) address: OwnAddress,
    #[command(flatten)]
    pub(crate) signers: Signers,
    #[command(flatten)]
    pub(crate) term: Term,
    /// Where to write the draft
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// From when on a list stands, and for how long.
#[derive(Debug, Group)]
pub(crate) struct Term {
    /// How long the list stands
    #[arg(long, value_name = "DAYS", default_value = "30", value_parser = clap::value_parser!(u32).range(1..=90))]
    pub(crate) days: u32,
    /// When it is issued, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
}

/// Where somebody is reached.
#[derive(Debug, Group)]
pub(crate) struct Address {
    /// The street of the address, as LANG=STREET
    #[arg(long, value_name = "LANG=STREET")]
    pub(crate) street: String,
    /// The town
    #[arg(long, value_name = "TOWN")]
    pub(crate) locality: Option<String>,
    /// The country, two capital letters
    #[arg(long, value_name = "CC")]
    pub(crate) country: String,
    /// A URI to reach them by, such as mailto:…
    #[arg(long, value_name = "URI")]
    pub(crate) contact: String,
    /// The URI of their statements
    #[arg(long, value_name = "URI")]
    pub(crate) information: String,
}

/// Where the publisher is reached, if that is said: all of it but the town, or nothing.
#[derive(Debug, Group)]
pub(crate) struct OwnAddress {
    /// The street of the publisher's address, as LANG=STREET
    #[arg(long, value_name = "LANG=STREET", requires_all = ["country", "contact", "information"])]
    pub(crate) street: Option<String>,
    /// The town
    #[arg(long, value_name = "TOWN", requires = "street")]
    pub(crate) locality: Option<String>,
    /// The country, two capital letters
    #[arg(long, value_name = "CC", requires = "street")]
    pub(crate) country: Option<String>,
    /// A URI to reach the publisher by, such as mailto:…
    #[arg(long, value_name = "URI", requires = "street")]
    pub(crate) contact: Option<String>,
    /// The URI of the publisher's statements
    #[arg(long, value_name = "URI", requires = "street")]
    pub(crate) information: Option<String>,
}

/// Who signs lists, by certificate.
#[derive(Debug, Group)]
pub(crate) struct Signers {
    /// The certificate of a signer, known by other means to be right; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) signer: Vec<PathBuf>,
    /// How many of the signers must have signed [default: all]
    #[arg(long, value_name = "NUMBER", requires = "signer")]
    pub(crate) threshold: Option<usize>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Without --after it is the publisher's first list. The draft stays as it is.\n\n\
    Examples:\n  gmpki trust-list build --after list-6.p7s --signer signer.pem --days 30 \\\n      \
    --out list-7.json draft.json\n  \
    gmpki trust-list build --after list-6.p7s --signer a.pem --signer b.pem --threshold 1 \\\n      \
    --mirror hk-9.p7s --mirror-signer hk-a.pem --mirror-signer hk-b.pem --mirror-threshold 1 \\\n      \
    --mirror-url https://example.gov.cn/list/mirror-HK-9.p7s --out list-7.json draft.json"
)]
pub(crate) struct ListBuild {
    /// The signed list before this one
    #[arg(long, value_name = "FILE", requires = "signer")]
    pub(crate) after: Option<PathBuf>,
    /// The JSON of that list, where its signature is detached [default: the file beside it that
    /// ends in .json]
    #[arg(long, value_name = "FILE", requires = "after")]
    pub(crate) after_content: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) signers: Signers,
    /// The signed list of the other side, to stand beside this one
    #[arg(long, value_name = "FILE", requires_all = ["mirror_signer", "mirror_url"])]
    pub(crate) mirror: Option<PathBuf>,
    /// The JSON of that list, where its signature is detached [default: the file beside it that
    /// ends in .json]
    #[arg(long, value_name = "FILE", requires = "mirror")]
    pub(crate) mirror_content: Option<PathBuf>,
    /// The certificate of a signer of that list; may be given again
    #[arg(long, value_name = "FILE", requires = "mirror")]
    pub(crate) mirror_signer: Vec<PathBuf>,
    /// How many of those signers must have signed [default: all]
    #[arg(long, value_name = "NUMBER", requires = "mirror_signer")]
    pub(crate) mirror_threshold: Option<usize>,
    /// Where that list will lie
    #[arg(long, value_name = "URL", requires = "mirror")]
    pub(crate) mirror_url: Option<String>,
    #[command(flatten)]
    pub(crate) term: Term,
    /// Where to write the list to be signed
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The draft
    pub(crate) draft: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "With --folder the list is published there, after a client that knows the \
    folder's lists has accepted it:\nlist-N.json, list-N.p7s, list-N.sm3, and last of all the \
    pointer 'latest'.\n\n\
    Examples:\n  gmpki trust-list sign --signer signer.pem --key signer.key.pem --out list-7.p7s list-7.json\n  \
    gmpki trust-list sign --signer a.pem --key a.key.pem --signer b.pem --key b.key.pem \\\n      \
    --folder /srv/trust-list list-7.json"
)]
pub(crate) struct ListSign {
    #[command(flatten)]
    pub(crate) keys: Keys,
    /// Leave the JSON out of the message
    #[arg(long)]
    pub(crate) detached: bool,
    /// When it is signed, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Publish in this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) recovery: Recovery,
    /// Where to write the signed message
    #[arg(long, value_name = "FILE", required_unless_present = "folder")]
    pub(crate) out: Option<PathBuf>,
    /// The list as 'gmpki trust-list build' wrote it
    pub(crate) list: PathBuf,
}

/// Signers, and the key of each.
#[derive(Debug, Group)]
pub(crate) struct Keys {
    /// A signer's certificate; may be given again, with a key for each
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) signer: Vec<PathBuf>,
    /// The key of the signer in the same place: a file, or the name of a key in a device
    #[arg(long, value_name = "KEY", required = true, value_parser = key_name())]
    pub(crate) key: Vec<KeyUri>,
    /// A file with the password or PIN of the key in the same place, or of all
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Vec<PathBuf>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A change of signers takes two lists: the first, signed by those who sign now, \
    announces who will;\nthe second is signed by these, who take over. Readers refuse a set that was \
    not announced, unless\nrecovery keys that they know from their installation sign. Without \
    --announce nobody is announced.\n\n\
    Examples:\n  gmpki trust-list signers --announce new-a.pem --announce new-b.pem \\\n      \
    --announce-threshold 2 draft.json\n  \
    gmpki trust-list signers --take-over draft.json\n  \
    gmpki trust-list signers --signer rescued.pem draft.json"
)]
pub(crate) struct ListRoll {
    #[command(flatten)]
    pub(crate) signers: Signers,
    /// Announce a signer of the lists after the next one; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) announce: Vec<PathBuf>,
    /// How many of those announced must sign [default: all]
    #[arg(long, value_name = "NUMBER", requires = "announce")]
    pub(crate) announce_threshold: Option<usize>,
    /// Those who were announced sign from the next list on
    #[arg(long, conflicts_with_all = ["signer", "announce"])]
    pub(crate) take_over: bool,
    /// The draft, which is changed in its place
    pub(crate) draft: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The list goes on: its numbers, its history, its signers until others are \
    announced. Readers take\nthe new name in the list that directly follows the last one of the old \
    name, and say so.\n\n\
    Example:\n  gmpki trust-list rename --publisher zh-Hant=數字政策辦公室 \\\n      \
    --publisher 'en=Digital Policy Office' draft.json"
)]
pub(crate) struct ListRename {
    /// The new name, as LANG=NAME; again in another language
    #[arg(long, value_name = "LANG=NAME", required = true)]
    pub(crate) publisher: Vec<String>,
    #[command(flatten)]
    pub(crate) address: OwnAddress,
    /// The draft, which is changed in its place
    pub(crate) draft: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Looks at the folder as a stranger does. Exit code 0 while the last list stands for \
    longer than\n--margin; 1 when another one has to go out, or what lies there is no list of its \
    signers.\n\n\
    Example:\n  gmpki trust-list due --signer signer.pem --folder /srv/trust-list --margin 5d"
)]
pub(crate) struct ListDue {
    #[command(flatten)]
    pub(crate) signers: Signers,
    /// The folder of published lists
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// How long before its end a list is to be replaced, as 5d, 12h, 30m or 90s
    #[arg(long, value_name = "SPAN", default_value = "3d", value_parser = moment::span)]
    pub(crate) margin: Duration,
    /// The time to judge at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
}
