//! `gmpki recognition`: a class of a CA's certificates is recognised by another side.

mod hand_over;
mod show;

use crate::{
    args::{
        KeysMade, OnRecognition, RecognitionAct, RecognitionApply, RecognitionCommand,
        RecognitionPublish, RecognitionReinstate, RecognitionWithdraw, ReviewFile,
    },
    case::{durable, told},
    desk::{Desk, evidence},
    failure::Failure,
    input, moment,
    outcome::Outcome,
    trust_list,
};
use lifecycle::{
    Command, Evidence, Interval, Octets, ProceedingId, RecognitionId,
    proceeding::{
        self,
        recognition::{
            Application, CaCertificate, Command as Asked, DeadlineName, Documents, DutyReport, Key,
            KeyOrigin, Letter, Licence, Measure, Publication, Reinstatement, Review, State, Terms,
        },
    },
    terms::EvidenceKind as Kind,
};
use serde_json::json;
use std::{fmt::Write, fs, path::Path};

/// The desk's own terms, where it has some.
pub(crate) const TERMS: &str = "recognition.toml";

pub(crate) fn run(command: &RecognitionCommand) -> Result<Outcome, Failure> {
    use RecognitionCommand as C;
    match command {
        C::Show(show) => show::shown(show),
        C::Terms => Ok(Outcome::new(
            Terms::SHIPPED.to_owned(),
            json!({ "terms": Terms::SHIPPED }),
        )),
        C::HandOver(over) => hand_over::run(over),
        C::Apply(apply) => act(&apply.on, |desk| applied(desk, apply)),
        C::Pass(by) => act(&by.on, |desk| {
            Ok(Asked::PassPreliminary {
                authority: by.authority.clone(),
                opinion: one(desk, by, Kind::AuthorityOpinion)?,
            })
        }),
        C::Approve(approve) => act(&approve.by.on, |desk| {
            Ok(Asked::Approve {
                authority: approve.by.authority.clone(),
                policy: approve.policy.clone(),
                reference: approve.reference.clone(),
                decision: one(desk, &approve.by, Kind::AuthorityDecision)?,
                assignment: one(desk, &approve.by, Kind::PolicyAssignment)?,
            })
        }),
        C::Refuse(refuse) => act(&refuse.by.on, |desk| {
            Ok(Asked::Refuse {
                authority: refuse.by.authority.clone(),
                reasons: refuse.reasons.clone(),
                decision: one(desk, &refuse.by, Kind::AuthorityDecision)?,
            })
        }),
        C::NotifyCounterpart(tell) => act(&tell.by.on, |desk| {
            let content = tell.content.as_deref();
            let kind = Kind::SignedNotice;
            Ok(Asked::NotifyCounterpart {
                authority: tell.by.authority.clone(),
                letter: letter(desk, &tell.by, kind, (&tell.signer, content))?,
                notice: one(desk, &tell.by, kind)?,
            })
        }),
        C::Acknowledge(answer) => act(&answer.by.on, |desk| {
            let notice = Some(answer.notice.as_path());
            let kind = Kind::SignedAcknowledgement;
            Ok(Asked::Acknowledge {
                authority: answer.by.authority.clone(),
                letter: letter(desk, &answer.by, kind, (&answer.signer, notice))?,
                acknowledgement: one(desk, &answer.by, kind)?,
            })
        }),
        C::FinishProcedure(by) => act(&by.on, |desk| {
            Ok(Asked::FinishLegalProcedure {
                authority: by.authority.clone(),
                proof: one(desk, by, Kind::LegalProcedure)?,
            })
        }),
        C::Publish(publish) => read_back(publish, |desk, publication| {
            let list = evidence::in_file(desk.documents(), Kind::PublishedList, &publish.list)?;
            Ok(Asked::Publish {
                authority: publish.by.authority.clone(),
                publication,
                list,
            })
        }),
        C::ImportMirror(import) => read_back(import, |desk, publication| {
            Ok(Asked::ImportMirror {
                authority: import.by.authority.clone(),
                publication,
                report: one(desk, &import.by, Kind::ImportReport)?,
            })
        }),
        _ => supervised(command),
    }
}

/// What happens while the class stands on a list.
fn supervised(command: &RecognitionCommand) -> Result<Outcome, Failure> {
    use RecognitionCommand as C;
    match command {
        C::FileCertificate(file) => act(&file.on, |desk| {
            let mut filed = certificates(desk, &file.on, &file.keys)?;
            let (Some(certificate), true) = (filed.pop(), filed.is_empty()) else {
                let message = "certificates are filed one by one: give --certificate once";
                return Err(Failure::Usage(message.into()));
            };
            Ok(Asked::FileCertificate { certificate })
        }),
        C::RecordCertificate(record) => act(&record.by.on, |desk| {
            Ok(Asked::RecordCertificate {
                authority: record.by.authority.clone(),
                digest: digest(&record.certificate)?.to_vec().into(),
                record: one(desk, &record.by, Kind::WorkRecord)?,
            })
        }),
        C::RefuseCertificate(refuse) => act(&refuse.by.on, |desk| {
            Ok(Asked::RefuseCertificate {
                authority: refuse.by.authority.clone(),
                digest: digest(&refuse.certificate)?.to_vec().into(),
                reasons: refuse.reasons.clone(),
                record: one(desk, &refuse.by, Kind::WorkRecord)?,
            })
        }),
        C::NameAgents(named) => act(&named.by.on, |desk| {
            Ok(Asked::NameAgents {
                authority: named.by.authority.clone(),
                agents: named.agent.clone(),
                letter: one(desk, &named.by, Kind::HolderStatement)?,
            })
        }),
        C::OpenBreach(breach) => act(&breach.by.on, |desk| {
            Ok(Asked::OpenBreach {
                authority: breach.by.authority.clone(),
                what: breach.what.clone(),
                report: one(desk, &breach.by, Kind::InspectionReport)?,
            })
        }),
        C::OrderCorrection(order) => act(&order.by.on, |desk| {
            Ok(Asked::OrderCorrection {
                authority: order.by.authority.clone(),
                breach: order.breach,
                days: order.days,
                order: one(desk, &order.by, Kind::CorrectionOrder)?,
            })
        }),
        C::AcceptCorrection(accept) => act(&accept.by.on, |desk| {
            Ok(Asked::AcceptCorrection {
                authority: accept.by.authority.clone(),
                breach: accept.breach,
                report: one(desk, &accept.by, Kind::InspectionReport)?,
            })
        }),
        C::Request(request) => act(&request.on, |desk| {
            Ok(Asked::RequestMeasure {
                measure: request.measure,
                letter: piece(desk, &request.on, Kind::HolderStatement)?,
            })
        }),
        C::Suspend(withdraw) => withdrawn(withdraw, Measure::Suspension),
        C::Terminate(withdraw) => withdrawn(withdraw, Measure::Termination),
        C::Reinstate(again) => act(&again.on, |desk| reinstated(desk, again)),
        C::Notify(notify) => act(&notify.by.on, |desk| {
            let by = &notify.by;
            let content = notify.content.as_deref();
            let signer = notify.signer.as_deref();
            let kind = signer.map_or(Kind::NoticeReceipt, |_| Kind::SignedNotice);
            let letter = signer.map(|signer| letter(desk, by, kind, (signer, content)));
            Ok(Asked::Notify {
                authority: by.authority.clone(),
                notice: notify.notice,
                number: notify.number,
                letter: letter.transpose()?,
                proof: one(desk, by, kind)?,
            })
        }),
        C::Fulfil(fulfil) => act(&fulfil.by.on, |desk| {
            let report = match &fulfil.review {
                Some(review) => DutyReport::Reviewed(reviewed(desk, review, fulfil.duty)?),
                None => DutyReport::Plain(one(desk, &fulfil.by, Kind::InspectionReport)?),
            };
            Ok(Asked::FulfilDuty {
                authority: fulfil.by.authority.clone(),
                duty: fulfil.duty,
                number: fulfil.number,
                report,
            })
        }),
        C::OrderAssessment(order) => act(&order.by.on, |desk| {
            Ok(Asked::OrderAssessment {
                authority: order.by.authority.clone(),
                days: order.days,
                order: one(desk, &order.by, Kind::OfficialOrder)?,
            })
        }),
        _ => Err(Failure::Usage("this is no act on a recognition".into())),
    }
}

fn one(desk: &Desk, by: &RecognitionAct, kind: Kind) -> Result<Evidence, Failure> {
    piece(desk, &by.on, kind)
}

fn piece(desk: &Desk, on: &OnRecognition, kind: Kind) -> Result<Evidence, Failure> {
    evidence::one(desk.documents(), &on.proof, kind)
}

/// A letter that is read before the case takes it: the message among the evidence, its signer's
/// certificate, and what was signed where that stands beside it.
fn letter(
    desk: &Desk,
    by: &RecognitionAct,
    kind: Kind,
    (signer, content): (&Path, Option<&Path>),
) -> Result<Letter, Failure> {
    let path = &evidence::pick(&by.on.proof, kind)?.path;
    let message = input::read(path, evidence::PAPER)?;
    let content = content.map(|path| input::read(path, evidence::PAPER));
    let certificate = input::read_der(signer, input::CERTIFICATE)?;
    let letter = Letter::read(
        &message,
        content.transpose()?.as_deref(),
        &certificate,
        desk.now,
    );
    letter.map_err(|fault| Failure::file(path, crate::failure::chain(&fault)))
}

fn review(desk: &Desk, file: &ReviewFile, kind: Kind) -> Result<Review, Failure> {
    let made = moment::parse("the time of a review", &file.made)?;
    let kept = |kind, path: &Path| evidence::in_file(desk.documents(), kind, path);
    let declared = kept(Kind::IndependenceDeclaration, &file.independence)?;
    Ok(Review::new(
        kept(kind, &file.report)?,
        file.auditor.clone(),
        made,
        declared,
    ))
}

/// The review by which the desk's terms want a duty to be shown.
fn reviewed(desk: &Desk, file: &ReviewFile, duty: DeadlineName) -> Result<Review, Failure> {
    let terms = terms(&desk.folder.file(TERMS)?)?;
    let kind = terms.duties.get(&duty).map(|duty| duty.evidence);
    review(desk, file, kind.unwrap_or(Kind::ExecutionReview))
}

/// The terms of a desk: its own where it has some.
pub(crate) fn terms(path: &Path) -> Result<Terms, Failure> {
    if !path.exists() {
        return Ok(Terms::shipped());
    }
    let text = fs::read_to_string(path).map_err(|source| Failure::file(path, source))?;
    Terms::from_toml(&text).map_err(|fault| {
        // The TOML reader draws the place over several lines.
        let fault = crate::failure::chain(&fault);
        let words: Vec<_> = fault.split_whitespace().collect();
        Failure::file(path, words.join(" "))
    })
}

fn digest(path: &Path) -> Result<[u8; 32], Failure> {
    Ok(trust_list::certificate(path)?.digest())
}

fn certificates(
    desk: &Desk,
    on: &OnRecognition,
    keys: &KeysMade,
) -> Result<Vec<CaCertificate>, Failure> {
    let proof = piece(desk, on, Kind::KeyOrigin)?;
    let certificate = |file: &crate::args::RoleFile| {
        let origin = KeyOrigin::new(
            keys.device.clone(),
            keys.device_approval.clone(),
            proof.clone(),
        );
        let digest = digest(&file.path)?;
        Ok(CaCertificate::new(file.role, digest, origin))
    };
    keys.certificate.iter().map(certificate).collect()
}

fn applied(desk: &Desk, apply: &RecognitionApply) -> Result<Asked, Failure> {
    let on = &apply.on;
    let from = moment::parse("--licence-from", &apply.licence_from)?;
    let until = apply.licence_until.as_deref();
    let until = until.map(|text| moment::parse("--licence-until", text));
    let interval = Interval::new(from, until.transpose()?);
    let licence = Licence::new(
        apply.licence.clone(),
        interval,
        piece(desk, on, Kind::ServiceLicence)?,
    );
    let documents = Documents::new(
        piece(desk, on, Kind::RecognitionApplication)?,
        piece(desk, on, Kind::PracticeStatement)?,
        review(desk, &apply.conformity, Kind::ConformityReview)?,
        review(desk, &apply.execution, Kind::ExecutionReview)?,
    );
    let key = Key::new(
        apply.jurisdiction.clone(),
        apply.ca.clone(),
        apply.class.clone(),
    );
    let certificates = certificates(desk, on, &apply.keys)?;
    let application = Application::new(key, licence, documents, certificates);
    Ok(Asked::Apply(Box::new(application)))
}

fn reinstated(desk: &Desk, again: &RecognitionReinstate) -> Result<Asked, Failure> {
    let application = piece(desk, &again.on, Kind::RecognitionApplication)?;
    let mut asked = Reinstatement::new(application);
    let given = again.on.proof.evidence.iter();
    let mut given = given.filter(|file| file.kind == Kind::PracticeStatement);
    if given.next().is_some() {
        asked.practice = Some(piece(desk, &again.on, Kind::PracticeStatement)?);
    }
    let of = |file: &Option<ReviewFile>, kind| {
        let file = file.as_ref();
        file.map(|file| review(desk, file, kind)).transpose()
    };
    asked.conformity = of(&again.conformity, Kind::ConformityReview)?;
    asked.execution = of(&again.execution, Kind::ExecutionReview)?;
    Ok(Asked::ApplyReinstatement(Box::new(asked)))
}

fn withdrawn(withdraw: &RecognitionWithdraw, measure: Measure) -> Result<Outcome, Failure> {
    let by = &withdraw.by;
    act(&by.on, |desk| {
        let time = |option: &str, text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| moment::parse(option, text)).transpose()
        };
        let incident = match withdraw.cause.is_retroactive() {
            true => Some(one(desk, by, Kind::IncidentReport)?),
            false => None,
        };
        Ok(Asked::Withdraw {
            authority: by.authority.clone(),
            measure,
            cause: withdraw.cause,
            from: time("--from", &withdraw.from)?,
            happened: time("--happened", &withdraw.happened)?,
            reference: withdraw.reference.clone(),
            decision: one(desk, by, Kind::AuthorityDecision)?,
            breach: withdraw.breach,
            incident,
        })
    })
}

/// A list that is read back before the case takes it: its signers, its place after the one
/// before it, what it says of the entry.
fn read_back(
    publish: &RecognitionPublish,
    asked: impl FnOnce(&Desk, Publication) -> Result<Asked, Failure>,
) -> Result<Outcome, Failure> {
    let on = &publish.by.on;
    act(on, |desk| {
        let id = &on.which.recognition;
        let state = known(desk.engine.proceeding(&id_of(id))?, id)?;
        let list = trust_list::of_file(&publish.list, &publish.signers, desk.now)?;
        let before = publish.after.as_deref();
        let before = before.map(|path| trust_list::verified_once(path, &publish.signers));
        let before = before.transpose()?;
        let publication = Publication::read(&list, before.as_ref(), &state.key);
        let publication = publication
            .map_err(|fault| Failure::file(&publish.list, crate::failure::chain(&fault)))?;
        asked(desk, publication)
    })
}

fn act(
    on: &OnRecognition,
    asked: impl FnOnce(&Desk) -> Result<Asked, Failure>,
) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&on.act.work)?;
    let id = &on.which.recognition;
    let command = proceeding::Command::Recognition(id.clone(), Box::new(asked(&desk)?));
    let entries = desk.act(&on.act.actor, Command::Proceeding(command))?;
    let state = known(desk.engine.proceeding(&id_of(id))?, id)?;
    let mut text = told(&entries);
    let _ = writeln!(text, "recognition {id}: {}", state.stage);
    let mut json = json!({ "durable": durable(&entries) });
    if let Some(object) = json.as_object_mut() {
        object.extend(show::object_of(id, &state, desk.now));
    }
    Ok(Outcome::new(text, json))
}

fn id_of(id: &RecognitionId) -> ProceedingId {
    ProceedingId::Recognition(id.clone())
}

fn known(state: Option<proceeding::State>, id: &RecognitionId) -> Result<State, Failure> {
    match state {
        Some(proceeding::State::Recognition(state)) => Ok(*state),
        _ => {
            let reason = format!("nobody applied for a recognition {id}");
            Err(Failure::Refused(reason.into()))
        }
    }
}

fn hexadecimal(octets: &Octets) -> String {
    crate::sm3::hexadecimal(octets)
}
