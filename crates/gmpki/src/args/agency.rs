//! The arguments of `gmpki agency`.

use super::{Act, DeskPlace, Pair, Proof, desk::pair, desk::term, registers::organisation};
use crate::view::Language;
use clap::{Args as Group, Subcommand};
use lifecycle::{
    CaseId, OrganisationId, PersonId, Seat,
    proceeding::accreditation::{Cause, GoLive},
    terms::Mode,
};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum AgencyCommand {
    /// Ask before a filing, or answer: kept, and without effect
    #[command(
        after_help = "Example:\n  gmpki agency consult zheng-quan --actor he.ping:agent \\\n      \
        --words '见证流程是否须单独成册？'"
    )]
    Consult(AgencyConsult),
    /// As the agency: file for the first time, or for more modes
    File(AgencyFile),
    /// Record the paper of a filing: copies, seals, and the electronic form that it belongs to
    Paper(AgencyPaper),
    /// Send a filing back with what is wrong with it
    Return(AgencyReturn),
    /// As the agency: file again, with an answer to each deficiency
    Refile(AgencyRefile),
    /// Propose that the filing is accepted for these modes
    Accept(AgencyModes),
    /// As the second officer: agree to what was proposed
    #[command(after_help = "Example:\n  gmpki agency confirm zheng-quan --actor zheng.ba:clerk")]
    Confirm(OnAgency),
    /// Drop what was proposed
    #[command(after_help = "Example:\n  gmpki agency discard zheng-quan --actor wu.jiu:clerk")]
    Discard(OnAgency),
    /// Record the access certificate that was issued for the filed request
    Access(AgencyAccess),
    /// File another proof of a device's qualification; the agency's own waits for an officer
    Device(AgencyDevice),
    /// As an officer: take what the agency filed for a device, or say why not
    #[command(name = "judge-device")]
    JudgeDevice(AgencyJudgeDevice),
    /// Put a mode into operation
    Start(AgencyStart),
    /// Open an inspection
    #[command(
        after_help = "Example:\n  gmpki agency inspect zheng-quan --actor wu.jiu:clerk \\\n      \
        --words '二月见证业务的影像'"
    )]
    Inspect(AgencyWords),
    /// As the agency: produce what an inspection asks for
    #[command(
        after_help = "Example:\n  gmpki agency produce zheng-quan --actor he.ping:agent \\\n      \
        --evidence witness-video=case-7.mp4"
    )]
    Produce(AgencyProof),
    /// Close an inspection with its report
    Report(AgencyReport),
    /// Suspend modes, or all of them, at once
    Suspend(AgencySuspend),
    /// Propose that modes are used again after a correction
    Restore(AgencyRestore),
    /// End the accreditation, and hand its open cases over
    Terminate(AgencyTerminate),
    /// Record that the access certificate of an agency that ended was revoked
    #[command(
        after_help = "Example:\n  gmpki agency revoked zheng-quan --actor wu.jiu:clerk \\\n      \
        --evidence work-record=revoked.pdf"
    )]
    Revoked(AgencyProof),
    /// Show where an accreditation stands, and how it came there
    #[command(after_help = "Example:\n  gmpki agency show zheng-quan --lang zh")]
    Show(AgencyShow),
    /// Write the proof of an agency's status, with what it does not mean
    #[command(after_help = "Exit code 0: a mode is in operation; 1: none is.\n\n\
        Example:\n  gmpki agency proof zheng-quan --lang zh")]
    Proof(AgencyShow),
}

/// An act that needs nothing more.
#[derive(Debug, Group)]
pub(crate) struct OnAgency {
    #[command(flatten)]
    pub(crate) act: Act,
    /// The agency, as it stands in the register of organisations
    #[arg(value_parser = organisation)]
    pub(crate) agency: OrganisationId,
}

/// An act that leaves a proof.
#[derive(Debug, Group)]
pub(crate) struct AgencyProof {
    #[command(flatten)]
    pub(crate) on: OnAgency,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

/// An act in words.
#[derive(Debug, Group)]
pub(crate) struct AgencyWords {
    #[command(flatten)]
    pub(crate) on: OnAgency,
    /// The words
    #[arg(long, value_name = "WORDS")]
    pub(crate) words: String,
}

#[derive(Debug, Group)]
pub(crate) struct AgencyConsult {
    #[command(flatten)]
    pub(crate) on: AgencyWords,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The package is a TOML file; the files that it names lie beside it:\n\n  \
    application = \"application.pdf\"\n  bundle = \"filing.zip\"\n  \
    agents = [\"he.ping\"]    # whoever acts for the agency, where its own record names nobody\n  \
    [agreement]\n  template = \"standard\"\n  document = \"agreement.pdf\"\n  \
    legal-representative = \"赵一\"    # or delegate = \"…\", power-of-attorney = \"….pdf\"\n  \
    [request]\n  csr = \"access.csr.pem\"\n  sent-as = \"示例证券股份有限公司\"\n  \
    [[devices]]\n  model = \"SJJ-1\"\n  serial = \"0001\"\n  number = \"GM001\"\n  \
    issuer = \"国家密码管理局\"\n  document = \"GM001.pdf\"\n  \
    from = \"2024-01-01T00:00:00Z\"\n  until = \"2028-12-31T16:00:00Z\"\n  \
    [modes.counter]\n  from = \"2026-03-09T01:00:00Z\"\n  \
    flows = { apply = \"flows.pdf\", renew = \"flows.pdf\" }    # all six kinds\n  \
    provisions = { identity = \"rules.pdf\", traces = \"rules.pdf\", archive = \"rules.pdf\" }\n\n\
    Example:\n  gmpki agency file zheng-quan filing.toml --actor he.ping:agent"
)]
pub(crate) struct AgencyFile {
    #[command(flatten)]
    pub(crate) on: OnAgency,
    /// The package
    #[arg(value_name = "FILE")]
    pub(crate) package: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki agency refile zheng-quan filing-2.toml --actor he.ping:agent \\\n      \
    --answer 1='已补充处罚措施' --answer 2='已改用标准制式'"
)]
pub(crate) struct AgencyRefile {
    #[command(flatten)]
    pub(crate) filed: AgencyFile,
    /// The answer to a deficiency, by its number; may be given again
    #[arg(long, value_name = "NUMBER=WORDS", value_parser = pair)]
    pub(crate) answer: Vec<Pair>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki agency paper zheng-quan --actor wu.jiu:clerk --receipt 2026-017 \\\n      \
    --copies 2 --sealed --bundle filing.zip --signature --seal --cross-page-seal"
)]
pub(crate) struct AgencyPaper {
    #[command(flatten)]
    pub(crate) on: OnAgency,
    /// The number on the receipt
    #[arg(long, value_name = "NUMBER")]
    pub(crate) receipt: String,
    /// How many copies came
    #[arg(long, value_name = "COUNT")]
    pub(crate) copies: u8,
    /// Each has the agency's seal
    #[arg(long)]
    pub(crate) sealed: bool,
    /// The electronic form that the receipt names
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: PathBuf,
    /// The filing has no agreement
    #[arg(long, conflicts_with_all = ["signature", "seal", "cross_page_seal"])]
    pub(crate) no_agreement: bool,
    /// The agreement is signed
    #[arg(long)]
    pub(crate) signature: bool,
    /// It is sealed
    #[arg(long)]
    pub(crate) seal: bool,
    /// It is sealed across the edges of its pages
    #[arg(long)]
    pub(crate) cross_page_seal: bool,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki agency return zheng-quan --actor wu.jiu:clerk \\\n      \
    --item '见证人员管理制度缺少处罚措施' --item '协议未加盖骑缝章'"
)]
pub(crate) struct AgencyReturn {
    #[command(flatten)]
    pub(crate) on: OnAgency,
    /// What is wrong; may be given again, and is numbered from 1
    #[arg(long, required = true, value_name = "WORDS")]
    pub(crate) item: Vec<String>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki agency accept zheng-quan --actor wu.jiu:clerk --mode counter,witness"
)]
pub(crate) struct AgencyModes {
    #[command(flatten)]
    pub(crate) on: OnAgency,
    /// The modes
    #[arg(long, required = true, value_delimiter = ',', value_name = "MODE",
        value_parser = term(Mode::ALL, Mode::as_str))]
    pub(crate) mode: Vec<Mode>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "It is written again from the profile agency-access and the filed request, and compared.\n\n\
    Example:\n  gmpki agency access zheng-quan --actor wu.jiu:clerk \\\n      \
    --certificate access.pem --issuer access-ca.pem"
)]
pub(crate) struct AgencyAccess {
    #[command(flatten)]
    pub(crate) on: OnAgency,
    /// The certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: PathBuf,
    /// That of its issuer
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki agency device zheng-quan --actor he.ping:agent --model SJJ-1 \\\n      \
    --serial 0001 --number GM001-2 --issued-by 国家密码管理局 --from 2028-12-01T00:00:00Z \\\n      \
    --until 2033-12-01T00:00:00Z --evidence device-qualification=GM001-2.pdf"
)]
pub(crate) struct AgencyDevice {
    #[command(flatten)]
    pub(crate) on: AgencyProof,
    /// The device's model
    #[arg(long, value_name = "TEXT")]
    pub(crate) model: String,
    /// Its serial number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) serial: String,
    /// The number of its certificate
    #[arg(long, value_name = "NUMBER")]
    pub(crate) number: String,
    /// The authority that issued it
    #[arg(long, value_name = "NAME")]
    pub(crate) issued_by: String,
    /// The first second at which it is good
    #[arg(long, value_name = "TIME")]
    pub(crate) from: String,
    /// The first second at which it is good no more
    #[arg(long, value_name = "TIME")]
    pub(crate) until: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki agency judge-device zheng-quan --actor wu.jiu:clerk --model SJJ-1 \\\n      \
    --serial 0001\n  \
    gmpki agency judge-device zheng-quan --actor wu.jiu:clerk --model SJJ-1 --serial 0001 \\\n      \
    --decline '证书编号与原件不符'"
)]
pub(crate) struct AgencyJudgeDevice {
    #[command(flatten)]
    pub(crate) on: OnAgency,
    /// The device's model
    #[arg(long, value_name = "TEXT")]
    pub(crate) model: String,
    /// Its serial number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) serial: String,
    /// Why the proof is not taken [default: it is]
    #[arg(long, value_name = "WORDS")]
    pub(crate) decline: Option<String>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki agency start zheng-quan witness --actor wu.jiu:clerk \\\n      \
    --check system-connected=connected.pdf --check staff-trained=trained.pdf \\\n      \
    --check roster-published=website.pdf --check recording-ready=recording.pdf \\\n      \
    --check archive-ready=archive.pdf --staff witness=feng.shi"
)]
pub(crate) struct AgencyStart {
    #[command(flatten)]
    pub(crate) on: OnAgency,
    /// The mode
    #[arg(value_parser = term(Mode::ALL, Mode::as_str))]
    pub(crate) mode: Mode,
    /// The record of something that was looked at; may be given again
    #[arg(long, value_name = "CHECK=FILE", value_parser = check)]
    pub(crate) check: Vec<(GoLive, PathBuf)>,
    /// Somebody of the roster who is there for it; may be given again
    #[arg(long, value_name = "SEAT=PERSON", value_parser = member)]
    pub(crate) staff: Vec<(Seat, PersonId)>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki agency report zheng-quan --actor wu.jiu:clerk --breach \\\n      \
    --evidence inspection-report=report.pdf"
)]
pub(crate) struct AgencyReport {
    #[command(flatten)]
    pub(crate) on: AgencyProof,
    /// It found a breach
    #[arg(long)]
    pub(crate) breach: bool,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki agency suspend zheng-quan --actor wu.jiu:clerk --mode witness \\\n      \
    --cause breach --evidence work-record=decision.pdf\n  \
    gmpki agency suspend zheng-quan --actor wu.jiu:clerk --cause request \\\n      \
    --evidence work-record=decision.pdf"
)]
pub(crate) struct AgencySuspend {
    #[command(flatten)]
    pub(crate) on: AgencyProof,
    /// The modes [default: all that are in operation]
    #[arg(long, value_delimiter = ',', value_name = "MODE",
        value_parser = term(Mode::ALL, Mode::as_str))]
    pub(crate) mode: Vec<Mode>,
    /// Why
    #[arg(long, value_name = "CAUSE", value_parser = term(Cause::ALL, Cause::as_str))]
    pub(crate) cause: Cause,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki agency restore zheng-quan --actor wu.jiu:clerk \\\n      \
    --evidence work-record=correction.pdf"
)]
pub(crate) struct AgencyRestore {
    #[command(flatten)]
    pub(crate) on: AgencyProof,
    /// The modes [default: all that rest]
    #[arg(long, value_delimiter = ',', value_name = "MODE",
        value_parser = term(Mode::ALL, Mode::as_str))]
    pub(crate) mode: Vec<Mode>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Every open case of the agency goes to another agency that does such business, or to the CA\n\
    itself.\n\n\
    Example:\n  gmpki agency terminate zheng-quan --actor wu.jiu:clerk --cause request \\\n      \
    --decision decision.pdf --list hand-over.pdf --hand-over case-7=other-quan --hand-over case-9"
)]
pub(crate) struct AgencyTerminate {
    #[command(flatten)]
    pub(crate) on: OnAgency,
    /// Why
    #[arg(long, value_name = "CAUSE", value_parser = term(Cause::ALL, Cause::as_str))]
    pub(crate) cause: Cause,
    /// The decision
    #[arg(long, value_name = "FILE")]
    pub(crate) decision: PathBuf,
    /// The hand-over list, signed
    #[arg(long, value_name = "FILE")]
    pub(crate) list: PathBuf,
    /// An open case, and the agency to which it goes [without one: the CA itself]; may be given
    /// again
    #[arg(long, value_name = "CASE[=AGENCY]", value_parser = handed)]
    pub(crate) hand_over: Vec<(CaseId, Option<OrganisationId>)>,
}

#[derive(Debug, Group)]
pub(crate) struct AgencyShow {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    /// The agency
    #[arg(value_parser = organisation)]
    pub(crate) agency: OrganisationId,
}

fn check(text: &str) -> Result<(GoLive, PathBuf), String> {
    let Pair { name, value } = pair(text).map_err(|_| "is written CHECK=FILE")?;
    let check = GoLive::parse(&name).ok_or_else(|| {
        let words: Vec<_> = GoLive::ALL.iter().map(|check| check.as_str()).collect();
        format!("checks are {}", words.join(", "))
    })?;
    Ok((check, value.into()))
}

fn member(text: &str) -> Result<(Seat, PersonId), String> {
    let Pair { name, value } = pair(text).map_err(|_| "is written SEAT=PERSON")?;
    let seat = Seat::parse(&name).ok_or("names no seat, as in witness=feng.shi")?;
    let person = PersonId::new(value).map_err(|error| error.to_string())?;
    Ok((seat, person))
}

fn handed(text: &str) -> Result<(CaseId, Option<OrganisationId>), lifecycle::Error> {
    let (case, agency) = match text.split_once('=') {
        Some((case, agency)) => (case, Some(OrganisationId::new(agency)?)),
        None => (text, None),
    };
    Ok((CaseId::new(case)?, agency))
}
