//! The arguments of `gmpki qualification`.

use super::{Act, DeskPlace, ListSigners, Proof, desk::term};
use crate::view::Language;
use clap::{Args as Group, Subcommand};
use lifecycle::{
    PersonId, QualificationId,
    calendar::Date,
    proceeding::qualification::{ApplicantKind, Assessment, Authority, Channel, Condition, Right},
};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum QualificationCommand {
    /// Intake: materials came in, at the window or by post
    Receive(Box<Receive>),
    /// Intake: ask for what is missing or wrong
    #[command(name = "request-correction")]
    RequestCorrection(RequestCorrection),
    /// The agent: hand in what was asked for
    Complete(Complete),
    /// Intake: take the application on; all of its materials are there
    #[command(
        after_help = "Example:\n  gmpki qualification accept shi-li-ca --actor liu.yi:intake"
    )]
    Accept(ByOffice),
    /// Intake: do not take the application on, with written reasons
    #[command(
        after_help = "Example:\n  gmpki qualification decline shi-li-ca --actor liu.yi:intake \\\n      \
        --evidence reasons-document=reasons.pdf"
    )]
    Decline(ByOffice),
    /// Intake of a provincial authority: all materials went to the national one
    #[command(
        after_help = "Example:\n  gmpki qualification forward shi-li-ca --actor liu.yi:intake \\\n      \
        --authority provincial --evidence delivery-receipt=receipt.pdf"
    )]
    Forward(ByOffice),
    /// Official: name the assessors
    #[command(name = "open-assessment")]
    OpenAssessment(OpenAssessment),
    /// Official: name another assessor
    #[command(
        name = "name-assessor",
        after_help = "Example:\n  gmpki qualification name-assessor shi-li-ca wang.wu --actor chen.er:official"
    )]
    NameAssessor(OnAssessor),
    /// An assessor: say whether something binds him to the applicant; bound, he reports nothing
    Declare(Declare),
    /// Official: a person takes no further part; what he reported or looked at does not count
    Recuse(Recuse),
    /// An assessor: report what was found
    #[command(name = "report-assessment")]
    Report(ReportAssessment),
    /// Official: record whether a condition is met
    #[command(name = "check-condition")]
    CheckCondition(CheckCondition),
    /// The agent: ask for a hearing; the clock of the decision stands still
    #[command(
        name = "request-hearing",
        after_help = "Example:\n  gmpki qualification request-hearing shi-li-ca --actor he.jing:agent \\\n      \
        --evidence holder-statement=request.pdf"
    )]
    RequestHearing(OnQualification),
    /// Official: the hearing is over
    #[command(name = "close-hearing")]
    CloseHearing(CloseHearing),
    /// Official: grant the qualification; every report and every condition is there
    #[command(
        after_help = "Example:\n  gmpki qualification grant shi-li-ca --actor chen.er:official \\\n      \
        --number 国密局函〔2024〕12号 --dated 2024-05-20 --signed-by 国家密码管理局 \\\n      \
        --evidence decision-document=decision.pdf"
    )]
    Grant(Decided),
    /// Official: refuse it, with written reasons
    #[command(
        after_help = "Example:\n  gmpki qualification refuse shi-li-ca --actor chen.er:official \\\n      \
        --number 国密局函〔2024〕13号 --dated 2024-05-20 --signed-by 国家密码管理局 \\\n      \
        --evidence decision-document=decision.pdf --evidence reasons-document=reasons.pdf"
    )]
    Refuse(Decided),
    /// Official: the applicant was told, by telephone or mail
    #[command(
        after_help = "Example:\n  gmpki qualification notify shi-li-ca --actor chen.er:official \\\n      \
        --evidence call-record=call.txt"
    )]
    Notify(ByOffice),
    /// Official: the document was fetched
    #[command(
        name = "hand-over",
        after_help = "Example:\n  gmpki qualification hand-over shi-li-ca --actor chen.er:official \\\n      \
        --evidence delivery-receipt=receipt.pdf"
    )]
    HandOver(ByOffice),
    /// Official: record where the directory, a signed list, has it
    #[command(name = "list-in-directory")]
    List(ListInDirectory),
    /// The agent: ask for another name in the decision
    #[command(name = "file-name-change")]
    FileNameChange(FileNameChange),
    /// Official: the decision has the other name
    #[command(
        name = "approve-name-change",
        after_help = "Example:\n  gmpki qualification approve-name-change shi-li-ca --actor chen.er:official \\\n      \
        --number 国密局函〔2024〕30号 --dated 2024-09-02 --signed-by 国家密码管理局 \\\n      \
        --evidence decision-document=decision.pdf"
    )]
    ApproveNameChange(Decided),
    /// Official: it has not, with written reasons
    #[command(
        name = "refuse-name-change",
        after_help = "Example:\n  gmpki qualification refuse-name-change shi-li-ca --actor chen.er:official \\\n      \
        --evidence reasons-document=reasons.pdf"
    )]
    RefuseNameChange(ByOffice),
    /// The agent: report that the infrastructure was renovated
    #[command(name = "report-renovation")]
    ReportRenovation(ReportRenovation),
    /// Official: approve the renovation
    #[command(
        name = "approve-renovation",
        after_help = "Example:\n  gmpki qualification approve-renovation shi-li-ca --actor chen.er:official \\\n      \
        --number 国密局函〔2024〕31号 --dated 2024-09-02 --signed-by 国家密码管理局 \\\n      \
        --evidence decision-document=decision.pdf"
    )]
    ApproveRenovation(Decided),
    /// Official: do not approve it, with written reasons
    #[command(
        name = "refuse-renovation",
        after_help = "Example:\n  gmpki qualification refuse-renovation shi-li-ca --actor chen.er:official \\\n      \
        --evidence reasons-document=reasons.pdf"
    )]
    RefuseRenovation(ByOffice),
    /// The agent: ask for another term, in the days that the rules have for it
    #[command(
        name = "file-renewal",
        after_help = "Example:\n  gmpki qualification file-renewal shi-li-ca --actor he.jing:agent \\\n      \
        --evidence application-material=renewal.pdf"
    )]
    FileRenewal(OnQualification),
    /// Official: grant another term
    #[command(
        name = "grant-renewal",
        after_help = "Example:\n  gmpki qualification grant-renewal shi-li-ca --actor chen.er:official \\\n      \
        --number 国密局函〔2026〕2号 --dated 2026-01-20 --signed-by 国家密码管理局 \\\n      \
        --evidence decision-document=decision.pdf"
    )]
    GrantRenewal(Decided),
    /// Official: refuse another term, with written reasons
    #[command(
        name = "refuse-renewal",
        after_help = "Example:\n  gmpki qualification refuse-renewal shi-li-ca --actor chen.er:official \\\n      \
        --evidence reasons-document=reasons.pdf"
    )]
    RefuseRenewal(ByOffice),
    /// Official: take the qualification away, with written reasons
    #[command(
        after_help = "Example:\n  gmpki qualification withdraw shi-li-ca --actor chen.er:official \\\n      \
        --number 国密局函〔2025〕7号 --dated 2025-06-30 --signed-by 国家密码管理局 \\\n      \
        --evidence decision-document=decision.pdf --evidence reasons-document=reasons.pdf"
    )]
    Withdraw(Decided),
    /// The agent makes use of a right; or an official takes somebody's report down
    #[command(name = "exercise-right")]
    ExerciseRight(ExerciseRight),
    /// Official: record what came of it
    #[command(name = "answer-right")]
    AnswerRight(AnswerRight),
    /// Show by which rules applications are judged, and what each value rests on
    Rules(QualificationRules),
    /// Show where a qualification stands, its deadlines, and what happened
    Show(QualificationShow),
    /// What anybody is told who asks: the state and the result, from the sixteenth working day on
    Query(QualificationShow),
}

/// Which qualification.
#[derive(Debug, Group)]
pub(crate) struct Which {
    /// The qualification
    #[arg(value_name = "QUALIFICATION", value_parser = qualification)]
    pub(crate) qualification: QualificationId,
}

/// An act that leaves a proof.
#[derive(Debug, Group)]
pub(crate) struct OnQualification {
    #[command(flatten)]
    pub(crate) act: Act,
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

/// The same, by somebody who acts for an authority.
#[derive(Debug, Group)]
pub(crate) struct ByOffice {
    #[command(flatten)]
    pub(crate) on: OnQualification,
    /// The authority that he acts for
    #[arg(long, value_name = "AUTHORITY", default_value = "national",
        value_parser = term(Authority::ALL, Authority::as_str))]
    pub(crate) authority: Authority,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A material is written NAME=FILE, with what its paper is behind it: original, sealed, and how\n\
    many copies. Which are wanted, the rules of the day on the stamp say.\n\n\
    Example:\n  gmpki qualification receive shi-li-ca --actor liu.yi:intake --office 商用密码管理办公室 \\\n      \
    --channel window --received 2024-03-04T01:00:00Z --evidence receipt-stamp=stamp.jpg \\\n      \
    --applicant 示例认证中心 --kind enterprise --licence ECP44010124001 --agent he.jing \\\n      \
    --material application=form.pdf,original,sealed,copies=1 \\\n      \
    --material staff=staff.pdf,original,sealed"
)]
pub(crate) struct Receive {
    #[command(flatten)]
    pub(crate) by: ByOffice,
    /// The office that took it in
    #[arg(long, value_name = "NAME")]
    pub(crate) office: String,
    /// How it came
    #[arg(long, value_name = "CHANNEL", value_parser = term(Channel::ALL, Channel::as_str))]
    pub(crate) channel: Channel,
    /// When, as the stamp says, as 2026-11-21T08:00:00Z; not longer ago than the rules let it wait
    /// to be recorded [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) received: Option<String>,
    /// Who applies
    #[arg(long, value_name = "NAME")]
    pub(crate) applicant: String,
    /// What the applicant is
    #[arg(long, value_name = "KIND", value_parser = term(ApplicantKind::ALL, ApplicantKind::as_str))]
    pub(crate) kind: ApplicantKind,
    /// The number of an enterprise's licence for certification services
    #[arg(long, value_name = "NUMBER")]
    pub(crate) licence: Option<String>,
    /// Who acts for the applicant
    #[arg(long, value_name = "PERSON", value_parser = person)]
    pub(crate) agent: PersonId,
    #[command(flatten)]
    pub(crate) materials: Materials,
}

/// Materials in files.
#[derive(Debug, Group)]
pub(crate) struct Materials {
    /// A material and its paper: application=form.pdf,original,sealed,copies=1; may be given again
    #[arg(long, value_name = "NAME=FILE,…", value_parser = material)]
    pub(crate) material: Vec<MaterialFile>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct MaterialFile {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) original: bool,
    pub(crate) sealed: bool,
    pub(crate) copies: u16,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki qualification request-correction shi-li-ca --actor liu.yi:intake \\\n      \
    --point '书面申请未加盖公章'"
)]
pub(crate) struct RequestCorrection {
    #[command(flatten)]
    pub(crate) by: ByOffice,
    /// What is missing or wrong; may be given again
    #[arg(long, value_name = "WORDS", required = true)]
    pub(crate) point: Vec<String>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki qualification complete shi-li-ca --actor he.jing:agent \\\n      \
    --material application=form.pdf,original,sealed,copies=1"
)]
pub(crate) struct Complete {
    #[command(flatten)]
    pub(crate) on: OnQualification,
    #[command(flatten)]
    pub(crate) materials: Materials,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki qualification open-assessment shi-li-ca --actor chen.er:official \\\n      \
    --assessor zhang.san --assessor li.si --body 商用密码检测中心"
)]
pub(crate) struct OpenAssessment {
    #[command(flatten)]
    pub(crate) by: ByOffice,
    /// Who assesses; may be given again
    #[arg(long, value_name = "PERSON", required = true, value_parser = person)]
    pub(crate) assessor: Vec<PersonId>,
    /// The professional body that they are of, where one was entrusted
    #[arg(long, value_name = "NAME")]
    pub(crate) body: Option<String>,
}

/// An act that is about an assessor.
#[derive(Debug, Group)]
pub(crate) struct OnAssessor {
    #[command(flatten)]
    pub(crate) by: ByOffice,
    /// The assessor
    #[arg(value_parser = person)]
    pub(crate) assessor: PersonId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki qualification declare shi-li-ca --actor zhang.san:assessor \\\n      \
    --evidence holder-statement=declaration.pdf\n  \
    gmpki qualification declare shi-li-ca --actor li.si:assessor --conflict \\\n      \
    --evidence holder-statement=declaration.pdf"
)]
pub(crate) struct Declare {
    #[command(flatten)]
    pub(crate) on: OnQualification,
    /// Something does [default: nothing does]
    #[arg(long)]
    pub(crate) conflict: bool,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki qualification recuse shi-li-ca li.si --actor chen.er:official \\\n      \
    --reason '其配偶在申请人处任职'"
)]
pub(crate) struct Recuse {
    #[command(flatten)]
    pub(crate) about: OnAssessor,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reason: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki qualification report-assessment shi-li-ca on-site --actor zhang.san:assessor \\\n      \
    --passed --evidence assessment-report=on-site.pdf\n  \
    gmpki qualification report-assessment shi-li-ca capability --actor zhang.san:assessor \\\n      \
    --failed --evidence assessment-report=capability.pdf"
)]
pub(crate) struct ReportAssessment {
    #[command(flatten)]
    pub(crate) on: OnQualification,
    /// What was assessed
    #[arg(value_parser = term(Assessment::ALL, Assessment::as_str))]
    pub(crate) assessment: Assessment,
    /// It is passed
    #[arg(long, required_unless_present = "failed")]
    pub(crate) passed: bool,
    /// It is not
    #[arg(long, conflicts_with = "passed")]
    pub(crate) failed: bool,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki qualification check-condition shi-li-ca staff --actor chen.er:official \\\n      \
    --met --evidence work-record=staff.txt"
)]
pub(crate) struct CheckCondition {
    #[command(flatten)]
    pub(crate) by: ByOffice,
    /// The condition
    #[arg(value_parser = term(Condition::ALL, Condition::as_str))]
    pub(crate) condition: Condition,
    /// It is met
    #[arg(long, required_unless_present = "unmet")]
    pub(crate) met: bool,
    /// It is not
    #[arg(long, conflicts_with = "met")]
    pub(crate) unmet: bool,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki qualification close-hearing shi-li-ca --actor chen.er:official \\\n      \
    --chair zhao.liu --evidence work-record=hearing.pdf"
)]
pub(crate) struct CloseHearing {
    #[command(flatten)]
    pub(crate) by: ByOffice,
    /// Who presided
    #[arg(long, value_name = "PERSON", value_parser = person)]
    pub(crate) chair: PersonId,
}

/// A decision in writing.
#[derive(Debug, Group)]
pub(crate) struct Decided {
    #[command(flatten)]
    pub(crate) by: ByOffice,
    /// Its number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) number: String,
    /// Its day, as 2024-05-20
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) dated: Date,
    /// Whose signature or seal it bears
    #[arg(long, value_name = "NAME")]
    pub(crate) signed_by: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The list is verified, and must say of the institution, under one of its names, what is so: that\n\
    it is recognised, or no longer.\n\n\
    Example:\n  gmpki qualification list-in-directory shi-li-ca --actor chen.er:official \\\n      \
    --list published/list-7.p7s --signer signer.pem"
)]
pub(crate) struct ListInDirectory {
    #[command(flatten)]
    pub(crate) by: ByOffice,
    /// The signed list
    #[arg(long, value_name = "FILE")]
    pub(crate) list: PathBuf,
    #[command(flatten)]
    pub(crate) signers: ListSigners,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki qualification file-name-change shi-li-ca --actor he.jing:agent --name 新名认证中心 \\\n      \
    --evidence application-material=explanation.pdf --evidence decision-document=decision.pdf"
)]
pub(crate) struct FileNameChange {
    #[command(flatten)]
    pub(crate) on: OnQualification,
    /// The other name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki qualification report-renovation shi-li-ca --actor he.jing:agent \\\n      \
    --application review.pdf --security security.pdf --interoperability tests.pdf"
)]
pub(crate) struct ReportRenovation {
    #[command(flatten)]
    pub(crate) on: OnQualification,
    /// The application for a security review
    #[arg(long, value_name = "FILE")]
    pub(crate) application: PathBuf,
    /// What the security review looks at
    #[arg(long, value_name = "FILE")]
    pub(crate) security: PathBuf,
    /// What the interoperability test looks at
    #[arg(long, value_name = "FILE")]
    pub(crate) interoperability: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki qualification exercise-right shi-li-ca reconsideration --actor he.jing:agent \\\n      \
    --evidence holder-statement=request.pdf\n  \
    gmpki qualification exercise-right shi-li-ca report --actor chen.er:official --authority national \\\n      \
    --evidence holder-statement=letter.pdf"
)]
pub(crate) struct ExerciseRight {
    #[command(flatten)]
    pub(crate) by: ByOffice,
    /// The right
    #[arg(value_parser = term(Right::ALL, Right::as_str))]
    pub(crate) right: Right,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki qualification answer-right shi-li-ca 1 --actor chen.er:official \\\n      \
    --answer '维持原决定' --evidence decision-document=reconsideration.pdf"
)]
pub(crate) struct AnswerRight {
    #[command(flatten)]
    pub(crate) by: ByOffice,
    /// Its place among those that were exercised: 1, 2, 3, …
    pub(crate) number: u16,
    /// What came of it
    #[arg(long, value_name = "WORDS")]
    pub(crate) answer: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki qualification show shi-li-ca --lang zh\n  \
    gmpki qualification query shi-li-ca"
)]
pub(crate) struct QualificationShow {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Group)]
#[command(
    after_help = "An application is judged by the set that is in force on the day of its receipt.\n\n\
    Examples:\n  gmpki qualification rules\n  gmpki qualification rules sca-2024 --lang zh"
)]
pub(crate) struct QualificationRules {
    /// The name of the set [default: all]
    pub(crate) name: Option<String>,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
}

fn qualification(text: &str) -> Result<QualificationId, lifecycle::Error> {
    QualificationId::new(text)
}

fn person(text: &str) -> Result<PersonId, lifecycle::Error> {
    PersonId::new(text)
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "is written as 2024-05-20".into())
}

fn material(text: &str) -> Result<MaterialFile, String> {
    let wrong = || "is written NAME=FILE, with original, sealed or copies=N behind it".to_owned();
    let (name, rest) = text.split_once('=').ok_or_else(wrong)?;
    let mut parts = rest.split(',');
    let path = parts.next().filter(|path| !path.is_empty());
    let mut material = MaterialFile {
        name: name.to_owned(),
        path: path.ok_or_else(wrong)?.into(),
        original: false,
        sealed: false,
        copies: 0,
    };
    for part in parts {
        match part.split_once('=') {
            None if part == "original" => material.original = true,
            None if part == "sealed" => material.sealed = true,
            Some(("copies", count)) => material.copies = count.parse().map_err(|_| wrong())?,
            _ => return Err(wrong()),
        }
    }
    Ok(material)
}
