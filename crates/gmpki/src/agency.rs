//! `gmpki agency`: an agency is accredited, mode by mode.

mod package;
mod show;

use crate::{
    args::{
        AgencyAccess, AgencyCommand, AgencyDevice, AgencyPaper, AgencyStart, AgencyTerminate,
        OnAgency,
    },
    case::{durable, told},
    desk::{Desk, evidence},
    failure::Failure,
    input, moment,
    outcome::Outcome,
};
use lifecycle::{
    Command, Evidence, Interval, ProceedingId,
    proceeding::{
        self,
        accreditation::{
            Command as Asked, DeviceId, DeviceProof, Marks, Note, Paper, State as Accreditation,
        },
    },
    terms::EvidenceKind,
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

pub(crate) fn run(command: &AgencyCommand) -> Result<Outcome, Failure> {
    use AgencyCommand as C;
    match command {
        C::Show(asked) => show::run(asked),
        C::Proof(asked) => show::proof(asked),
        C::Consult(consult) => act(&consult.on.on, |desk| {
            let mut note = Note::new(&consult.on.words);
            for document in evidence::all(desk.documents(), &consult.proof)? {
                note = note.document(document);
            }
            Ok(Asked::Consult(note))
        }),
        C::File(filed) => act(&filed.on, |desk| {
            Ok(Asked::File(Box::new(package::read(desk, &filed.package)?)))
        }),
        C::Refile(again) => act(&again.filed.on, |desk| {
            let mut answers = BTreeMap::new();
            for answer in &again.answer {
                let number = answer.name.parse().map_err(|_| {
                    Failure::Usage(format!("--answer {}: is written NUMBER=WORDS", answer.name))
                })?;
                answers.insert(number, answer.value.clone());
            }
            Ok(Asked::Refile {
                package: Box::new(package::read(desk, &again.filed.package)?),
                answers,
            })
        }),
        C::Paper(paper) => act(&paper.on, |_| registered(paper)),
        C::Return(back) => act(&back.on, |_| {
            Ok(Asked::Return {
                items: back.item.clone(),
            })
        }),
        C::Accept(modes) => act(&modes.on, |_| {
            Ok(Asked::ProposeAcceptance {
                modes: modes.mode.iter().copied().collect(),
            })
        }),
        C::Confirm(on) => act(on, |_| Ok(Asked::Confirm)),
        C::Discard(on) => act(on, |_| Ok(Asked::Discard)),
        C::Access(access) => act(&access.on, |_| issued(access)),
        C::Device(device) => act(&device.on.on, |desk| renewed(desk, device)),
        C::JudgeDevice(judge) => act(&judge.on, |_| {
            Ok(Asked::JudgeDeviceProof {
                device: DeviceId::new(&judge.model, &judge.serial),
                declined: judge.decline.clone(),
            })
        }),
        C::Start(start) => act(&start.on, |desk| started(desk, start)),
        C::Inspect(inspect) => act(&inspect.on, |_| {
            Ok(Asked::OpenInspection {
                subject: inspect.words.clone(),
            })
        }),
        C::Produce(produce) => act(&produce.on, |desk| {
            Ok(Asked::Produce {
                evidence: evidence::all(desk.documents(), &produce.proof)?,
            })
        }),
        C::Report(report) => act(&report.on.on, |desk| {
            let kind = EvidenceKind::InspectionReport;
            Ok(Asked::CloseInspection {
                report: evidence::one(desk.documents(), &report.on.proof, kind)?,
                breach: report.breach,
            })
        }),
        C::Suspend(suspend) => act(&suspend.on.on, |desk| {
            let kind = EvidenceKind::WorkRecord;
            Ok(Asked::Suspend {
                modes: suspend.mode.iter().copied().collect(),
                cause: suspend.cause,
                decision: evidence::one(desk.documents(), &suspend.on.proof, kind)?,
            })
        }),
        C::Restore(restore) => act(&restore.on.on, |desk| {
            let kind = EvidenceKind::WorkRecord;
            Ok(Asked::ProposeRestoration {
                modes: restore.mode.iter().copied().collect(),
                correction: evidence::one(desk.documents(), &restore.on.proof, kind)?,
            })
        }),
        C::Terminate(end) => act(&end.on, |desk| ended(desk, end)),
        C::Revoked(revoked) => act(&revoked.on, |desk| {
            let kind = EvidenceKind::WorkRecord;
            Ok(Asked::RecordRevocation {
                record: evidence::one(desk.documents(), &revoked.proof, kind)?,
            })
        }),
    }
}

fn act(
    on: &OnAgency,
    asked: impl FnOnce(&Desk) -> Result<Asked, Failure>,
) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&on.act.work)?;
    let id = &on.agency;
    let command = proceeding::Command::Accreditation(id.clone(), Box::new(asked(&desk)?));
    let entries = desk.act(&on.act.actor, Command::Proceeding(command))?;
    let state = desk
        .engine
        .proceeding(&ProceedingId::Accreditation(id.clone()))?;
    let mut json = json!({ "durable": durable(&entries) });
    let text = match &state {
        Some(proceeding::State::Accreditation(state)) => {
            if let Some(object) = json.as_object_mut() {
                object.extend(show::object_of(id, state));
            }
            format!("{}{id}: {}", told(&entries), Accreditation::name(state))
        }
        _ => told(&entries),
    };
    Ok(Outcome::new(text, json))
}

/// A paper of the CA's, kept.
fn record(desk: &Desk, path: &Path) -> Result<Evidence, Failure> {
    evidence::in_file(desk.documents(), EvidenceKind::WorkRecord, path)
}

fn registered(args: &AgencyPaper) -> Result<Asked, Failure> {
    let bundle = input::read(&args.bundle, evidence::PAPER)?;
    let mut paper = Paper::new(
        &args.receipt,
        args.copies,
        args.sealed,
        gm_crypto::sm3::digest(&bundle),
    );
    if !args.no_agreement {
        let marks = Marks::new(args.signature, args.seal, args.cross_page_seal);
        paper = paper.marks(marks);
    }
    Ok(Asked::RegisterPaper(paper))
}

fn issued(args: &AgencyAccess) -> Result<Asked, Failure> {
    let read = |path| input::read_der(path, input::CERTIFICATE);
    Ok(Asked::RecordAccess {
        certificate: read(&args.certificate)?.into(),
        issuer: read(&args.issuer)?.into(),
    })
}

fn renewed(desk: &Desk, args: &AgencyDevice) -> Result<Asked, Failure> {
    let from = moment::parse("--from", &args.from)?;
    let until = moment::parse("--until", &args.until)?;
    let kind = EvidenceKind::DeviceQualification;
    let document = evidence::one(desk.documents(), &args.on.proof, kind)?;
    Ok(Asked::FileDeviceProof(DeviceProof::new(
        [&args.model, &args.serial, &args.number, &args.issued_by].map(String::as_str),
        document,
        Interval::new(from, Some(until)),
    )))
}

fn started(desk: &Desk, args: &AgencyStart) -> Result<Asked, Failure> {
    let mut checks = BTreeMap::new();
    for (check, path) in &args.check {
        checks.insert(*check, record(desk, path)?);
    }
    let mut staff: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (seat, person) in &args.staff {
        staff.entry(*seat).or_default().insert(person.clone());
    }
    Ok(Asked::StartMode {
        mode: args.mode,
        checks,
        staff,
    })
}

fn ended(desk: &Desk, args: &AgencyTerminate) -> Result<Asked, Failure> {
    Ok(Asked::Terminate {
        cause: args.cause,
        decision: record(desk, &args.decision)?,
        hand_over: args.hand_over.iter().cloned().collect(),
        list: record(desk, &args.list)?,
    })
}
