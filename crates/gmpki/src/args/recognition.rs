//! The arguments of `gmpki recognition`.

use super::{Act, DeskPlace, ListOwnAddress, ListSigners, Proof, desk::term};
use crate::view::Language;
use clap::{Args as Group, Subcommand};
use lifecycle::{
    PersonId, RecognitionId,
    proceeding::recognition::{Cause, CertificateRole, DeadlineName, Measure},
};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum RecognitionCommand {
    /// The CA's agent: apply, with the four documents
    Apply(Box<RecognitionApply>),
    /// Guangdong's authority: pass the application on
    #[command(
        name = "pass",
        after_help = "Example:\n  gmpki recognition pass sza-personal --actor chen.er:official \\\n      \
        --authority gd-diit --evidence authority-opinion=opinion.pdf"
    )]
    Pass(RecognitionAct),
    /// Approve it, under an identifier of the policy
    Approve(RecognitionApprove),
    /// Do not approve it, with reasons
    Refuse(RecognitionRefuse),
    /// Tell the other side what was approved
    #[command(
        name = "notify-counterpart",
        after_help = "The notice is a GM/T 0010 message, as `gmpki message sign` makes it.\n\n\
        Example:\n  gmpki recognition notify-counterpart sza-personal --actor he.san:official \\\n      \
        --authority gd-diit --evidence signed-notice=notice.p7s --signer gd-diit.pem"
    )]
    NotifyCounterpart(RecognitionTell),
    /// The other side: say that it knows
    Acknowledge(RecognitionAcknowledge),
    /// The publishing side's own legal procedure is done
    #[command(
        name = "finish-procedure",
        after_help = "Example:\n  gmpki recognition finish-procedure sza-personal --actor he.san:official \\\n      \
        --authority gd-diit --evidence legal-procedure=record.pdf"
    )]
    FinishProcedure(RecognitionAct),
    /// Put what was decided into the draft of the next list
    #[command(name = "hand-over")]
    HandOver(Box<RecognitionHandOver>),
    /// Record a list that is out, once it was read back and says what was decided
    Publish(RecognitionPublish),
    /// The CA's agent: file a new certificate
    #[command(name = "file-certificate")]
    FileCertificate(RecognitionCertificates),
    /// Take a filed certificate on record
    #[command(name = "record-certificate")]
    RecordCertificate(RecognitionRecord),
    /// Do not take a filed certificate on record
    #[command(name = "refuse-certificate")]
    RefuseCertificate(RecognitionRefuseCertificate),
    /// Record who acts for the CA from now on
    #[command(name = "name-agents")]
    NameAgents(RecognitionAgents),
    /// Record that the CA breaks a rule
    #[command(name = "open-breach")]
    OpenBreach(RecognitionBreach),
    /// Order the CA to correct a breach
    #[command(name = "order-correction")]
    OrderCorrection(RecognitionOrder),
    /// Take a breach as corrected
    #[command(name = "accept-correction")]
    AcceptCorrection(RecognitionAccept),
    /// The CA's agent: ask for a suspension or a termination
    Request(RecognitionRequest),
    /// Take recognition away for a while
    #[command(
        after_help = "Before now it holds for mis-issuance and compromise alone.\n\n\
        Example:\n  gmpki recognition suspend sza-personal --actor sun.wu:official --authority gd-diit \\\n      \
        --cause breach-uncorrected --breach 7 --reference 粤工信〔2026〕9号 \\\n      \
        --evidence authority-decision=decision.pdf"
    )]
    Suspend(RecognitionWithdraw),
    /// Take recognition away for good
    #[command(
        after_help = "Before now it holds for mis-issuance and compromise alone.\n\n\
        Example:\n  gmpki recognition terminate sza-personal --actor sun.wu:official --authority gd-diit \\\n      \
        --cause request --reference 粤工信〔2026〕12号 \\\n      \
        --evidence authority-decision=decision.pdf"
    )]
    Terminate(RecognitionWithdraw),
    /// The CA's agent: ask to be recognised again
    Reinstate(RecognitionReinstate),
    /// Record that somebody was told what he had to be told
    Notify(RecognitionNotify),
    /// Record that the CA did a duty
    Fulfil(RecognitionFulfil),
    /// Order a special assessment
    #[command(name = "order-assessment")]
    OrderAssessment(RecognitionAssessment),
    /// The other side: record that it published the list beside its own
    #[command(name = "import-mirror")]
    ImportMirror(RecognitionPublish),
    /// Show where a recognition stands, what is owed by when, and what happened
    Show(RecognitionShow),
    /// Print the terms that come with the program; a desk's own lie in its folder
    #[command(
        after_help = "A desk with a file recognition.toml works by that: these terms, and the auditors of its side.\n\n\
        Example:\n  gmpki recognition terms > gmpki-desk/recognition.toml"
    )]
    Terms,
}

/// Which recognition.
#[derive(Debug, Group)]
pub(crate) struct WhichRecognition {
    /// The recognition
    #[arg(value_name = "RECOGNITION", value_parser = recognition)]
    pub(crate) recognition: RecognitionId,
}

/// An act that leaves a proof.
#[derive(Debug, Group)]
pub(crate) struct OnRecognition {
    #[command(flatten)]
    pub(crate) act: Act,
    #[command(flatten)]
    pub(crate) which: WhichRecognition,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

/// The same, by somebody who acts for an authority.
#[derive(Debug, Group)]
pub(crate) struct RecognitionAct {
    #[command(flatten)]
    pub(crate) on: OnRecognition,
    /// The authority that he acts for, by its name in the terms
    #[arg(long, value_name = "AUTHORITY")]
    pub(crate) authority: String,
}

/// The same, where it tells the other side in writing.
#[derive(Debug, Group)]
pub(crate) struct RecognitionTell {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// The certificate whose owner signed the notice
    #[arg(long, value_name = "FILE")]
    pub(crate) signer: PathBuf,
    /// What was signed, where it stands beside the notice
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,
}

/// A report of an independent third party.
#[derive(Clone, Debug)]
pub(crate) struct ReviewFile {
    pub(crate) auditor: String,
    pub(crate) made: String,
    pub(crate) report: PathBuf,
    pub(crate) independence: PathBuf,
}

/// A certificate in a file, with what it is for.
#[derive(Clone, Debug)]
pub(crate) struct RoleFile {
    pub(crate) role: CertificateRole,
    pub(crate) path: PathBuf,
}

/// Certificates whose keys were made in one place.
#[derive(Debug, Group)]
pub(crate) struct KeysMade {
    /// A certificate of the CA with what it is for: anchor, issuer or status; may be given again
    #[arg(long, value_name = "ROLE=FILE", required = true, value_parser = role_file)]
    pub(crate) certificate: Vec<RoleFile>,
    /// The model of the hardware that their keys were made in
    #[arg(long, value_name = "MODEL")]
    pub(crate) device: String,
    /// The number of its approval by the regulator at home
    #[arg(long, value_name = "NUMBER")]
    pub(crate) device_approval: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A review is written AUDITOR,TIME,REPORT,DECLARATION: who made it, by the name in the terms;\n\
    when; the report; and the auditor's declaration that it is independent of the CA.\n\n\
    Example:\n  gmpki recognition apply sza-personal --actor he.jing:agent --jurisdiction CN-GD \\\n      \
    --ca 数安时代科技股份有限公司 --class 个人证书 --licence ECP44010124001 \\\n      \
    --licence-from 2024-01-01T00:00:00Z --licence-until 2029-01-01T00:00:00Z \\\n      \
    --evidence recognition-application=application.pdf --evidence practice-statement=cps.pdf \\\n      \
    --evidence service-licence=licence.pdf --evidence key-origin=ceremony.pdf \\\n      \
    --conformity gd-audit,2026-02-02T01:00:00Z,conformity.pdf,independent.pdf \\\n      \
    --execution gd-audit,2026-02-03T01:00:00Z,execution.pdf,independent.pdf \\\n      \
    --certificate anchor=root.pem --certificate issuer=ca.pem --certificate status=ocsp.pem \\\n      \
    --device SJJ1012 --device-approval SXH2023007"
)]
pub(crate) struct RecognitionApply {
    #[command(flatten)]
    pub(crate) on: OnRecognition,
    /// Where the CA is at home: HK or CN-GD
    #[arg(long, value_name = "PLACE")]
    pub(crate) jurisdiction: String,
    /// The CA's legal name
    #[arg(long, value_name = "NAME")]
    pub(crate) ca: String,
    /// The class of certificates
    #[arg(long, value_name = "NAME")]
    pub(crate) class: String,
    /// The number of the CA's licence at home
    #[arg(long, value_name = "NUMBER")]
    pub(crate) licence: String,
    /// When the licence begins
    #[arg(long, value_name = "TIME")]
    pub(crate) licence_from: String,
    /// When it ends
    #[arg(long, value_name = "TIME")]
    pub(crate) licence_until: Option<String>,
    /// The review of the statement of practice against the policy
    #[arg(long, value_name = "REVIEW", value_parser = review_file)]
    pub(crate) conformity: ReviewFile,
    /// The review of what is done against the statement
    #[arg(long, value_name = "REVIEW", value_parser = review_file)]
    pub(crate) execution: ReviewFile,
    #[command(flatten)]
    pub(crate) keys: KeysMade,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki recognition approve sza-personal --actor zhou.si:official --authority miit \\\n      \
    --policy 2.16.156.339.1.1.1.2.1 --reference 工信部核准〔2026〕3号 \\\n      \
    --evidence authority-decision=decision.pdf --evidence policy-assignment=assignment.pdf"
)]
pub(crate) struct RecognitionApprove {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// The identifier of the policy that the working group assigned
    #[arg(long, value_name = "OID")]
    pub(crate) policy: String,
    /// The number of the decision
    #[arg(long, value_name = "TEXT")]
    pub(crate) reference: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki recognition refuse sza-personal --actor zhou.si:official --authority miit \\\n      \
    --reasons 符合性审查报告不完整 --evidence authority-decision=decision.pdf"
)]
pub(crate) struct RecognitionRefuse {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reasons: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The acknowledgement is a signature over the file of the notice.\n\n\
    Example:\n  gmpki message sign --detached --key hk-dpo.key --signer hk-dpo.pem --out answer.p7s notice.p7s\n  \
    gmpki recognition acknowledge sza-personal --actor chan.yi:official --authority hk-dpo \\\n      \
    --notice notice.p7s --evidence signed-acknowledgement=answer.p7s --signer hk-dpo.pem"
)]
pub(crate) struct RecognitionAcknowledge {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// The notice that came
    #[arg(long, value_name = "FILE")]
    pub(crate) notice: PathBuf,
    /// The certificate whose owner signed the acknowledgement
    #[arg(long, value_name = "FILE")]
    pub(crate) signer: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "What the case decided comes from the case; a first recognition needs the CA's names and\n\
    address besides, and each recognition the time from which it holds.\n\n\
    Examples:\n  gmpki recognition hand-over sza-personal --from 2026-05-01T00:00:00Z \\\n      \
    --ca zh-Hans=数安时代科技股份有限公司 --class zh-Hans=个人证书 --certificate root.pem \\\n      \
    --certificate ca.pem --street zh-Hans=科韵路1号 --locality 广州 --country CN \\\n      \
    --contact mailto:ca@example.cn --information https://example.cn/cps draft.json\n  \
    gmpki recognition hand-over sza-personal draft.json"
)]
pub(crate) struct RecognitionHandOver {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    #[command(flatten)]
    pub(crate) which: WhichRecognition,
    /// When the recognition begins
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// A certificate that the case has on record; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Vec<PathBuf>,
    /// The CA's name, as LANG=NAME, the legal one first; again in another language
    #[arg(long, value_name = "LANG=NAME")]
    pub(crate) ca: Vec<String>,
    /// The class of certificates, as LANG=NAME; again in another language
    #[arg(long, value_name = "LANG=NAME")]
    pub(crate) class: Vec<String>,
    #[command(flatten)]
    pub(crate) address: ListOwnAddress,
    /// The type that stands as organisation or unit in their subjects
    #[arg(long, value_name = "TEXT")]
    pub(crate) type_name: Option<String>,
    /// An address, as crl=URI, ocsp=URI, cps=URI or repository=URI; may be given again
    #[arg(long, value_name = "KIND=URI")]
    pub(crate) supply: Vec<String>,
    /// The draft, which is changed in its place
    pub(crate) draft: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The list must be signed by its signers, directly follow the one before it, and say of the\n\
    entry what the case decided.\n\n\
    Examples:\n  gmpki recognition publish sza-personal --actor he.san:official --authority gd-diit \\\n      \
    --list list-2.p7s --after list-1.p7s --signer signer.pem\n  \
    gmpki recognition import-mirror sza-personal --actor chan.yi:official --authority hk-dpo \\\n      \
    --list list-2.p7s --after list-1.p7s --signer gd-signer.pem --evidence import-report=import.txt"
)]
pub(crate) struct RecognitionPublish {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// The list, signed
    #[arg(long, value_name = "FILE")]
    pub(crate) list: PathBuf,
    /// The list before it; without it, it is the publisher's first
    #[arg(long, value_name = "FILE")]
    pub(crate) after: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) signers: ListSigners,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki recognition file-certificate sza-personal --actor he.jing:agent \\\n      \
    --certificate issuer=ca-2.pem --device SJJ1012 --device-approval SXH2023007 \\\n      \
    --evidence key-origin=ceremony.pdf"
)]
pub(crate) struct RecognitionCertificates {
    #[command(flatten)]
    pub(crate) on: OnRecognition,
    #[command(flatten)]
    pub(crate) keys: KeysMade,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki recognition record-certificate sza-personal --actor he.san:official \\\n      \
    --authority gd-diit --certificate ca-2.pem --evidence work-record=record.txt"
)]
pub(crate) struct RecognitionRecord {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// The certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki recognition refuse-certificate sza-personal --actor he.san:official \\\n      \
    --authority gd-diit --certificate ca-2.pem --reasons 密钥生成设备未经批准 \\\n      \
    --evidence work-record=record.txt"
)]
pub(crate) struct RecognitionRefuseCertificate {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// The certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: PathBuf,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub(crate) reasons: String,
}

#[derive(Debug, Group)]
#[command(after_help = "They take the place of those of before.\n\n\
    Example:\n  gmpki recognition name-agents sza-personal --actor he.san:official \\\n      \
    --authority gd-diit --agent he.jing --agent liu.ye --evidence holder-statement=letter.pdf")]
pub(crate) struct RecognitionAgents {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// A person who acts for the CA; may be given again
    #[arg(long, value_name = "PERSON", required = true, value_parser = person)]
    pub(crate) agent: Vec<PersonId>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki recognition open-breach sza-personal --actor he.san:official \\\n      \
    --authority gd-diit --what 未按业务规则审核身份 --evidence inspection-report=report.pdf"
)]
pub(crate) struct RecognitionBreach {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// Which rule, and how
    #[arg(long, value_name = "WORDS")]
    pub(crate) what: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki recognition order-correction sza-personal --actor he.san:official \\\n      \
    --authority gd-diit --breach 7 --days 10 --evidence correction-order=order.pdf"
)]
pub(crate) struct RecognitionOrder {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// The number of the breach
    #[arg(long, value_name = "NUMBER")]
    pub(crate) breach: u32,
    /// Working days in which it is to be corrected
    #[arg(long, value_name = "NUMBER")]
    pub(crate) days: u16,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki recognition accept-correction sza-personal --actor he.san:official \\\n      \
    --authority gd-diit --breach 7 --evidence inspection-report=report.pdf"
)]
pub(crate) struct RecognitionAccept {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// The number of the breach
    #[arg(long, value_name = "NUMBER")]
    pub(crate) breach: u32,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki recognition request sza-personal --actor he.jing:agent \\\n      \
    --measure suspension --evidence holder-statement=letter.pdf"
)]
pub(crate) struct RecognitionRequest {
    #[command(flatten)]
    pub(crate) on: OnRecognition,
    /// For a while or for good
    #[arg(long, value_name = "MEASURE", value_parser = term(Measure::ALL, Measure::as_str))]
    pub(crate) measure: Measure,
}

#[derive(Debug, Group)]
pub(crate) struct RecognitionWithdraw {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// Why
    #[arg(long, value_name = "CAUSE", value_parser = term(Cause::ALL, Cause::as_str))]
    pub(crate) cause: Cause,
    /// From when on [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// When that happened which is the cause
    #[arg(long, value_name = "TIME")]
    pub(crate) happened: Option<String>,
    /// The number of the decision
    #[arg(long, value_name = "TEXT")]
    pub(crate) reference: String,
    /// The breach that was not corrected
    #[arg(long, value_name = "NUMBER")]
    pub(crate) breach: Option<u32>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "What did not change since the last application is left out.\n\n\
    Example:\n  gmpki recognition reinstate sza-personal --actor he.jing:agent \\\n      \
    --evidence recognition-application=again.pdf \\\n      \
    --execution gd-audit,2026-06-03T01:00:00Z,execution.pdf,independent.pdf"
)]
pub(crate) struct RecognitionReinstate {
    #[command(flatten)]
    pub(crate) on: OnRecognition,
    /// Another review of the statement of practice against the policy
    #[arg(long, value_name = "REVIEW", value_parser = review_file)]
    pub(crate) conformity: Option<ReviewFile>,
    /// Another review of what is done against the statement
    #[arg(long, value_name = "REVIEW", value_parser = review_file)]
    pub(crate) execution: Option<ReviewFile>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "What the other side is told in writing is a signed notice with its signer; everybody else\n\
    is told with a receipt.\n\n\
    Examples:\n  gmpki recognition notify sza-personal --actor he.san:official --authority gd-diit \\\n      \
    --notice ca-informed --evidence notice-receipt=receipt.pdf\n  \
    gmpki recognition notify sza-personal --actor he.san:official --authority gd-diit \\\n      \
    --notice result-written --evidence signed-notice=notice.p7s --signer gd-diit.pem"
)]
pub(crate) struct RecognitionNotify {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// Which of the notices that are owed
    #[arg(long, value_name = "NOTICE", value_parser = term(DeadlineName::NOTICES, DeadlineName::as_str))]
    pub(crate) notice: DeadlineName,
    /// Its number, where several of the name are owed
    #[arg(long, value_name = "NUMBER")]
    pub(crate) number: Option<u32>,
    /// The certificate whose owner signed the notice, where it is in writing
    #[arg(long, value_name = "FILE")]
    pub(crate) signer: Option<PathBuf>,
    /// What was signed, where it stands beside the notice
    #[arg(long, value_name = "FILE", requires = "signer")]
    pub(crate) content: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A duty that a third party reviews is shown by --review, the others by --evidence.\n\n\
    Example:\n  gmpki recognition fulfil sza-personal --actor he.san:official --authority gd-diit \\\n      \
    --duty annual-inspection --evidence inspection-report=report.pdf"
)]
pub(crate) struct RecognitionFulfil {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// Which duty
    #[arg(long, value_name = "DUTY", value_parser = term(DeadlineName::DUTIES, DeadlineName::as_str))]
    pub(crate) duty: DeadlineName,
    /// Its number, where several of the name are owed
    #[arg(long, value_name = "NUMBER")]
    pub(crate) number: Option<u32>,
    /// The review of a third party
    #[arg(long, value_name = "REVIEW", value_parser = review_file)]
    pub(crate) review: Option<ReviewFile>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki recognition order-assessment sza-personal --actor he.san:official \\\n      \
    --authority gd-diit --days 20 --evidence official-order=order.pdf"
)]
pub(crate) struct RecognitionAssessment {
    #[command(flatten)]
    pub(crate) by: RecognitionAct,
    /// Working days until it is done
    #[arg(long, value_name = "NUMBER")]
    pub(crate) days: u16,
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki recognition show sza-personal --lang zh --dir desk")]
pub(crate) struct RecognitionShow {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    #[command(flatten)]
    pub(crate) which: WhichRecognition,
    /// The language of the text; objects are the same in either
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    pub(crate) lang: Language,
}

fn recognition(text: &str) -> Result<RecognitionId, String> {
    RecognitionId::new(text).map_err(|error| error.to_string())
}

fn person(text: &str) -> Result<PersonId, String> {
    PersonId::new(text).map_err(|error| error.to_string())
}

fn review_file(text: &str) -> Result<ReviewFile, String> {
    let parts: Vec<_> = text.split(',').collect();
    let [auditor, made, report, independence] = parts.as_slice() else {
        return Err("is written AUDITOR,TIME,REPORT,DECLARATION".into());
    };
    Ok(ReviewFile {
        auditor: (*auditor).to_owned(),
        made: (*made).to_owned(),
        report: report.into(),
        independence: independence.into(),
    })
}

fn role_file(text: &str) -> Result<RoleFile, String> {
    let (role, path) = text.split_once('=').ok_or("is written ROLE=FILE")?;
    let role = CertificateRole::parse(role).ok_or("roles are anchor, issuer and status")?;
    Ok(RoleFile {
        role,
        path: path.into(),
    })
}
