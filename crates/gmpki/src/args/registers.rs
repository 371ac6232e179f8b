//! The arguments of `gmpki organisation`, `gmpki roster` and `gmpki token`.

use super::{Act, DeskPlace, Proof, desk::term, key_name};
use crate::view::Language;
use clap::{Args as Group, Subcommand};
use lifecycle::{
    OrganisationId, PersonId, TokenId,
    terms::{Employment, Kind, Mode, Model},
};

#[derive(Debug, Subcommand)]
pub(crate) enum OrganisationCommand {
    /// Take an organisation on
    Add(Box<OrganisationAdd>),
    /// Record another approver of it, or another authority of one
    #[command(name = "name-approver")]
    NameApprover(NameApprover),
    /// Give an agent his authority
    Authorise(Authorise),
    /// Take an agent's authority back; cases that run go on
    #[command(name = "revoke-authority")]
    RevokeAuthority(RevokeAuthority),
    /// Put persons on its list of applicants
    #[command(name = "list-applicant")]
    ListApplicant(Applicants),
    /// Take persons off its list
    #[command(name = "delist-applicant")]
    DelistApplicant(Applicants),
    /// Record an agency's filing for modes of handling
    #[command(name = "file-modes")]
    FileModes(FileModes),
    /// As the second person: accept the filing
    #[command(
        name = "confirm-modes",
        after_help = "Example:\n  gmpki organisation confirm-modes zheng-quan --actor wang.wu:approver"
    )]
    ConfirmModes(OnOrganisation),
    /// Drop a filing
    #[command(
        name = "discard-modes",
        after_help = "Example:\n  gmpki organisation discard-modes zheng-quan --actor wu.jiu:clerk"
    )]
    DiscardModes(OnOrganisation),
    /// Suspend a mode of an agency at once
    #[command(name = "suspend-mode")]
    SuspendMode(SuspendMode),
    /// Show an organisation
    Show(OrganisationShow),
}

/// An act on an organisation that needs nothing more.
#[derive(Debug, Group)]
pub(crate) struct OnOrganisation {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The organisation
    #[arg(value_parser = organisation)]
    pub(crate) organisation: OrganisationId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "What it prepares before its first case: its approvers, its agents, its conditions, its \
    list of\napplicants. An agency that handles the cases of others alone has none of these.\n\n\
    Examples:\n  gmpki organisation add xin-xi-ju --actor wu.jiu:clerk --name 市信息局 \\\n      \
    --evidence organisation-documents=papers.pdf --model centralised \\\n      \
    --conditions '在编人员' --approver lu.yi --agent he.ping --applicant chen.gang\n  \
    gmpki organisation add zheng-quan --actor wu.jiu:clerk --name 示例证券 \\\n      \
    --evidence organisation-documents=papers.pdf"
)]
pub(crate) struct OrganisationAdd {
    #[command(flatten)]
    pub(crate) act: Act,
    /// Its name as its papers have it
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// Its unified social credit code
    #[arg(long, value_name = "CODE")]
    pub(crate) credit_code: Option<String>,
    /// Who brings its cases [default: it applies for none]
    #[arg(long, value_name = "MODEL", requires = "conditions",
        value_parser = term(Model::ALL, Model::as_str))]
    pub(crate) model: Option<Model>,
    /// Who of its people may apply, in words
    #[arg(long, value_name = "WORDS", requires = "model")]
    pub(crate) conditions: Option<String>,
    /// Who gives its agents their authority; may be given again
    #[arg(long, value_name = "PERSON", requires = "model", value_parser = person)]
    pub(crate) approver: Vec<PersonId>,
    /// Who handles its cases, authorised by the first approver; may be given again
    #[arg(long, value_name = "PERSON", requires = "approver", value_parser = person)]
    pub(crate) agent: Vec<PersonId>,
    /// Who may apply; may be given again
    #[arg(long, value_name = "PERSON", requires = "model", value_parser = person)]
    pub(crate) applicant: Vec<PersonId>,
    /// Whatever else was agreed
    #[arg(long, value_name = "WORDS", default_value = "")]
    pub(crate) others: String,
    #[command(flatten)]
    pub(crate) scope: ScopeOptions,
    #[command(flatten)]
    pub(crate) proof: Proof,
    /// A name for it in records
    #[arg(value_parser = organisation)]
    pub(crate) organisation: OrganisationId,
}

/// For what, and how long.
#[derive(Debug, Group)]
pub(crate) struct ScopeOptions {
    /// The kinds of business [default: all]
    #[arg(long, value_delimiter = ',', value_name = "KIND",
        value_parser = term(Kind::ALL, Kind::as_str))]
    pub(crate) kinds: Vec<Kind>,
    /// The first second at which it is good no more [default: it has no end]
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki organisation name-approver xin-xi-ju lu.er --actor wu.jiu:clerk \\\n      \
    --evidence organisation-documents=letter.pdf"
)]
pub(crate) struct NameApprover {
    #[command(flatten)]
    pub(crate) on: OnOrganisation,
    #[command(flatten)]
    pub(crate) scope: ScopeOptions,
    #[command(flatten)]
    pub(crate) proof: Proof,
    /// The approver
    #[arg(value_parser = person)]
    pub(crate) approver: PersonId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki organisation authorise xin-xi-ju he.ping \\\n      \
    --actor lu.yi:organisation-approver --kinds apply,renew,reissue \\\n      \
    --evidence organisation-documents=authority.pdf"
)]
pub(crate) struct Authorise {
    #[command(flatten)]
    pub(crate) on: OnOrganisation,
    /// The approver who gives it [default: who acts]
    #[arg(long, value_name = "PERSON", value_parser = person)]
    pub(crate) approver: Option<PersonId>,
    #[command(flatten)]
    pub(crate) scope: ScopeOptions,
    #[command(flatten)]
    pub(crate) proof: Proof,
    /// The agent
    #[arg(value_parser = person)]
    pub(crate) agent: PersonId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki organisation revoke-authority xin-xi-ju he.ping \\\n      \
    --actor lu.yi:organisation-approver --reason 'he has another task'"
)]
pub(crate) struct RevokeAuthority {
    #[command(flatten)]
    pub(crate) on: OnOrganisation,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
    /// The agent
    #[arg(value_parser = person)]
    pub(crate) agent: PersonId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki organisation list-applicant xin-xi-ju chen.gang \\\n      \
    --actor lu.yi:organisation-approver\n  \
    gmpki organisation delist-applicant xin-xi-ju chen.gang --actor wu.jiu:clerk"
)]
pub(crate) struct Applicants {
    #[command(flatten)]
    pub(crate) on: OnOrganisation,
    /// The persons
    #[arg(required = true, value_name = "PERSON", value_parser = person)]
    pub(crate) persons: Vec<PersonId>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Modes that are not named stay as they are. It counts once a second person confirms it.\n\n\
    Example:\n  gmpki organisation file-modes zheng-quan --actor wu.jiu:clerk \\\n      \
    --mode counter,witness --evidence organisation-documents=filing.pdf"
)]
pub(crate) struct FileModes {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The modes
    #[arg(long, required = true, value_delimiter = ',', value_name = "MODE",
        value_parser = term(Mode::ALL, Mode::as_str))]
    pub(crate) mode: Vec<Mode>,
    /// The first second at which they may be used no more [default: they have no end]
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    #[command(flatten)]
    pub(crate) proof: Proof,
    /// The agency
    #[arg(value_parser = organisation)]
    pub(crate) organisation: OrganisationId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki organisation suspend-mode zheng-quan witness \\\n      \
    --actor wang.wu:approver --reason 'recordings are missing'"
)]
pub(crate) struct SuspendMode {
    #[command(flatten)]
    pub(crate) act: Act,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
    /// The agency
    #[arg(value_parser = organisation)]
    pub(crate) organisation: OrganisationId,
    /// The mode
    #[arg(value_parser = term(Mode::ALL, Mode::as_str))]
    pub(crate) mode: Mode,
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki organisation show xin-xi-ju")]
pub(crate) struct OrganisationShow {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The organisation
    #[arg(value_parser = organisation)]
    pub(crate) organisation: OrganisationId,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RosterCommand {
    /// Propose a person's entry, the first or a changed one
    Admit(Box<RosterAdmit>),
    /// As another clerk: agree to the entry
    #[command(after_help = "Example:\n  gmpki roster confirm feng.shi --actor zheng.ba:clerk")]
    Confirm(OnPerson),
    /// Drop a proposal
    #[command(after_help = "Example:\n  gmpki roster discard feng.shi --actor wu.jiu:clerk")]
    Discard(OnPerson),
    /// End a person's qualification by a sanction
    Sanction(RosterSanction),
    /// Take a person off the roster
    Remove(RosterRemove),
    /// Say whether a person is qualified, and nothing else of him
    Ask(RosterAsk),
    /// Write who is qualified, and nothing else of anybody, as a signed list
    Export(Box<RosterExport>),
}

/// An act on a person's entry that needs nothing more.
#[derive(Debug, Group)]
pub(crate) struct OnPerson {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The person
    #[arg(value_parser = person)]
    pub(crate) person: PersonId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki roster admit feng.shi --actor wu.jiu:clerk --contract lc-2024-117 \\\n      \
    --training tr-2026-02 --licence S0570126020031 --declaration declaration.txt \\\n      \
    --until 2027-12-31T16:00:00Z"
)]
pub(crate) struct RosterAdmit {
    #[command(flatten)]
    pub(crate) on: OnPerson,
    /// How the person is employed
    #[arg(long, value_name = "EMPLOYMENT", default_value = "contract",
        value_parser = term(Employment::ALL, Employment::as_str))]
    pub(crate) employment: Employment,
    /// The labour contract's number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) contract: String,
    /// The agency with which it is, for the agency's business alone
    #[arg(long, value_name = "AGENCY", value_parser = organisation)]
    pub(crate) agency: Option<OrganisationId>,
    /// The training record's number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) training: Option<String>,
    /// The examination was not passed
    #[arg(long, requires = "training")]
    pub(crate) failed: bool,
    /// The licence's number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) licence: Option<String>,
    /// The person's declaration on conflicts of interest
    #[arg(long, value_name = "FILE")]
    pub(crate) declaration: Option<std::path::PathBuf>,
    /// A customer whom the declaration names as related; may be given again
    #[arg(long, value_name = "PERSON", requires = "declaration", value_parser = person)]
    pub(crate) relation: Vec<PersonId>,
    /// The first second at which the papers are good no more [default: they have no end]
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki roster sanction feng.shi --actor wu.jiu:clerk \\\n      \
    --reason 'signed without the customer'"
)]
pub(crate) struct RosterSanction {
    #[command(flatten)]
    pub(crate) on: OnPerson,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
    /// Before when no new entry is taken [default: whenever two clerks agree]
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki roster remove feng.shi --actor wu.jiu:clerk \\\n      \
    --reason 'left the company'"
)]
pub(crate) struct RosterRemove {
    #[command(flatten)]
    pub(crate) on: OnPerson,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
}

#[derive(Debug, Group)]
#[command(after_help = "Exit code 0: qualified; 1: not.\n\n\
    Example:\n  gmpki roster ask feng.shi --seat witness --at 2026-11-21T08:00:00Z")]
pub(crate) struct RosterAsk {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    /// For which seat
    #[arg(long, value_name = "SEAT", default_value = "witness",
        value_parser = term(lifecycle::Seat::ALL, lifecycle::Seat::as_str))]
    pub(crate) seat: lifecycle::Seat,
    /// The time to look at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The person
    #[arg(value_parser = person)]
    pub(crate) person: PersonId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The list is JSON; the signed one is a message with it inside (GM/T 0010), which\n\
    'gmpki message verify' opens.\n\n\
    Example:\n  gmpki roster export --seat witness --key list.key.pem --signer list.pem \\\n      \
    --list witnesses.json --out witnesses.p7m"
)]
pub(crate) struct RosterExport {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// For which seat
    #[arg(long, value_name = "SEAT", default_value = "witness",
        value_parser = term(lifecycle::Seat::ALL, lifecycle::Seat::as_str))]
    pub(crate) seat: lifecycle::Seat,
    /// The time to look at, as 2026-11-21T08:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The key that signs the list: a file, or the name of one in a device
    #[arg(long, value_name = "KEY", value_parser = key_name())]
    pub(crate) key: hsm::KeyUri,
    /// A file with the key's password or PIN [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<std::path::PathBuf>,
    /// The signer's certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) signer: std::path::PathBuf,
    /// Where to write the list itself
    #[arg(long, value_name = "FILE")]
    pub(crate) list: std::path::PathBuf,
    /// Where to write the signed list (DER)
    #[arg(long, value_name = "FILE")]
    pub(crate) out: std::path::PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Take tokens in
    Receive(TokenReceive),
    /// Put a token aside: it is not to be trusted
    #[command(
        after_help = "Example:\n  gmpki token quarantine uk-2026-000017 --actor wang.wu:approver \\\n      \
        --reason 'reads back nothing'"
    )]
    Quarantine(TokenEnd),
    /// Record that a token is lost, broken or destroyed
    #[command(
        after_help = "Example:\n  gmpki token retire uk-2026-000017 --actor wu.jiu:clerk \\\n      \
        --reason 'destroyed'"
    )]
    Retire(TokenEnd),
    /// Record that the holder changed the PIN that the token came with
    #[command(
        name = "pin-changed",
        after_help = "Example:\n  gmpki token pin-changed uk-2026-000017 --actor chen.gang:applicant"
    )]
    PinChanged(OnToken),
    /// Show a token
    Show(TokenShow),
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki token receive uk-2026-000017 uk-2026-000018 --actor wu.jiu:clerk \\\n      \
    --batch 2026-03 --model 'Example Key 3'"
)]
pub(crate) struct TokenReceive {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The delivery that they came with
    #[arg(long, value_name = "BATCH")]
    pub(crate) batch: String,
    /// Maker and type
    #[arg(long, value_name = "MODEL")]
    pub(crate) model: String,
    /// Their serial numbers
    #[arg(required = true, value_name = "TOKEN", value_parser = token)]
    pub(crate) tokens: Vec<TokenId>,
}

/// The end of a token.
#[derive(Debug, Group)]
pub(crate) struct TokenEnd {
    #[command(flatten)]
    pub(crate) on: OnToken,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
}

/// An act on a token that needs nothing more.
#[derive(Debug, Group)]
pub(crate) struct OnToken {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The token
    #[arg(value_parser = token)]
    pub(crate) token: TokenId,
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki token show uk-2026-000017")]
pub(crate) struct TokenShow {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The token
    #[arg(value_parser = token)]
    pub(crate) token: TokenId,
}

pub(super) fn organisation(text: &str) -> Result<OrganisationId, lifecycle::Error> {
    OrganisationId::new(text)
}

pub(super) fn person(text: &str) -> Result<PersonId, lifecycle::Error> {
    PersonId::new(text)
}

fn token(text: &str) -> Result<TokenId, lifecycle::Error> {
    TokenId::new(text)
}
