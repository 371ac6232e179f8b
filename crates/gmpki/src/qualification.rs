//! `gmpki qualification`: a CA is qualified for e-government.

mod rules;
mod timeline;

use crate::{
    args::{
        ByOffice, Decided, ListInDirectory, MaterialFile, OnQualification, QualificationCommand,
        QualificationShow, Receive,
    },
    case::{durable, history, told, words},
    desk::{Desk, View, evidence},
    failure::Failure,
    moment::{self, beijing},
    outcome::Outcome,
    trust_list,
};
use ::trust_list::list::Status;
use der::DateTime;
use lifecycle::{
    Command, Evidence, ProceedingId, QualificationId,
    proceeding::{
        self, Deadline,
        qualification::{
            Act, Applicant, Command as Asked, Decision, Listing, Material, Receipt, State,
        },
    },
    terms::EvidenceKind as Kind,
};
use serde_json::{Value, json};
use std::fmt::Write;

pub(crate) fn run(command: &QualificationCommand) -> Result<Outcome, Failure> {
    use QualificationCommand as C;
    match command {
        C::Show(show) => shown(show),
        C::Query(query) => answered(query),
        C::Rules(of) => rules::shown(of),
        C::Receive(receive) => in_office(&receive.by, |desk| received(desk, receive)),
        C::RequestCorrection(correction) => in_office(&correction.by, |_| {
            let points = correction.point.clone();
            Ok(Act::RequestCorrection { points })
        }),
        C::Complete(complete) => privately(&complete.on, |desk| {
            let materials = materials(desk, &complete.materials.material)?;
            Ok(Act::CompleteMaterials { materials })
        }),
        C::Accept(by) => in_office(by, |_| Ok(Act::Accept)),
        C::Decline(by) => in_office(by, |desk| {
            let reasons = one(desk, by, Kind::ReasonsDocument)?;
            Ok(Act::DeclineAcceptance { reasons })
        }),
        C::Forward(by) => in_office(by, |desk| {
            let receipt = one(desk, by, Kind::DeliveryReceipt)?;
            Ok(Act::Forward { receipt })
        }),
        C::Grant(decided) => {
            in_office(&decided.by, |desk| Ok(Act::Grant(decision(desk, decided)?)))
        }
        C::Refuse(decided) => in_office(&decided.by, |desk| {
            Ok(Act::Refuse {
                decision: decision(desk, decided)?,
                reasons: one(desk, &decided.by, Kind::ReasonsDocument)?,
            })
        }),
        C::Notify(by) => in_office(by, |desk| {
            let contact = one(desk, by, Kind::CallRecord)?;
            Ok(Act::Notify { contact })
        }),
        C::HandOver(by) => in_office(by, |desk| {
            let receipt = one(desk, by, Kind::DeliveryReceipt)?;
            Ok(Act::HandOver { receipt })
        }),
        C::List(list) => listed(list),
        C::OpenAssessment(_)
        | C::NameAssessor(_)
        | C::Declare(_)
        | C::Recuse(_)
        | C::Report(_)
        | C::CheckCondition(_)
        | C::RequestHearing(_)
        | C::CloseHearing(_) => assessed(command),
        _ => later(command),
    }
}

/// While it is assessed.
fn assessed(command: &QualificationCommand) -> Result<Outcome, Failure> {
    use QualificationCommand as C;
    match command {
        C::OpenAssessment(open) => in_office(&open.by, |_| {
            Ok(Act::OpenAssessment {
                assessors: open.assessor.clone(),
                body: open.body.clone(),
            })
        }),
        C::NameAssessor(name) => in_office(&name.by, |_| {
            let assessor = name.assessor.clone();
            Ok(Act::NameAssessor { assessor })
        }),
        C::Declare(declare) => privately(&declare.on, |desk| {
            Ok(Act::Declare {
                conflict: declare.conflict,
                declaration: piece(desk, &declare.on, Kind::HolderStatement)?,
            })
        }),
        C::Recuse(recuse) => in_office(&recuse.about.by, |_| {
            Ok(Act::Recuse {
                person: recuse.about.assessor.clone(),
                reason: recuse.reason.clone(),
            })
        }),
        C::Report(report) => privately(&report.on, |desk| {
            Ok(Act::Report {
                assessment: report.assessment,
                passed: report.passed && !report.failed,
                report: piece(desk, &report.on, Kind::AssessmentReport)?,
            })
        }),
        C::CheckCondition(check) => in_office(&check.by, |desk| {
            Ok(Act::CheckCondition {
                condition: check.condition,
                met: check.met && !check.unmet,
                evidence: one(desk, &check.by, Kind::WorkRecord)?,
            })
        }),
        C::RequestHearing(on) => privately(on, |desk| {
            let request = piece(desk, on, Kind::HolderStatement)?;
            Ok(Act::RequestHearing { request })
        }),
        C::CloseHearing(close) => in_office(&close.by, |desk| {
            Ok(Act::CloseHearing {
                chair: close.chair.clone(),
                record: one(desk, &close.by, Kind::WorkRecord)?,
            })
        }),
        _ => Err(no_act()),
    }
}

/// After the decision.
fn later(command: &QualificationCommand) -> Result<Outcome, Failure> {
    use QualificationCommand as C;
    let reasons = |desk: &Desk, by: &ByOffice| one(desk, by, Kind::ReasonsDocument);
    match command {
        C::FileNameChange(file) => privately(&file.on, |desk| {
            Ok(Act::FileNameChange {
                name: file.name.clone(),
                explanation: piece(desk, &file.on, Kind::ApplicationMaterial)?,
                original: piece(desk, &file.on, Kind::DecisionDocument)?,
            })
        }),
        C::ApproveNameChange(decided) => in_office(&decided.by, |desk| {
            Ok(Act::ApproveNameChange(decision(desk, decided)?))
        }),
        C::RefuseNameChange(by) => in_office(by, |desk| {
            let reasons = reasons(desk, by)?;
            Ok(Act::RefuseNameChange { reasons })
        }),
        C::ReportRenovation(report) => privately(&report.on, |desk| {
            let material =
                |path| evidence::in_file(desk.documents(), Kind::ApplicationMaterial, path);
            Ok(Act::ReportRenovation {
                application: material(&report.application)?,
                security: material(&report.security)?,
                interoperability: material(&report.interoperability)?,
            })
        }),
        C::ApproveRenovation(decided) => in_office(&decided.by, |desk| {
            Ok(Act::ApproveRenovation(decision(desk, decided)?))
        }),
        C::RefuseRenovation(by) => in_office(by, |desk| {
            let reasons = reasons(desk, by)?;
            Ok(Act::RefuseRenovation { reasons })
        }),
        C::FileRenewal(on) => privately(on, |desk| {
            let application = piece(desk, on, Kind::ApplicationMaterial)?;
            Ok(Act::FileRenewal { application })
        }),
        C::GrantRenewal(decided) => in_office(&decided.by, |desk| {
            Ok(Act::GrantRenewal(decision(desk, decided)?))
        }),
        C::RefuseRenewal(by) => in_office(by, |desk| {
            let reasons = reasons(desk, by)?;
            Ok(Act::RefuseRenewal { reasons })
        }),
        C::Withdraw(decided) => in_office(&decided.by, |desk| {
            Ok(Act::Withdraw {
                decision: decision(desk, decided)?,
                reasons: reasons(desk, &decided.by)?,
            })
        }),
        C::ExerciseRight(right) => {
            let act = |desk: &Desk| {
                Ok(Act::ExerciseRight {
                    right: right.right,
                    statement: one(desk, &right.by, Kind::HolderStatement)?,
                })
            };
            // The agent acts for no authority.
            match right.by.on.act.actor.seat {
                lifecycle::Seat::Agent => privately(&right.by.on, act),
                _ => in_office(&right.by, act),
            }
        }
        C::AnswerRight(answer) => in_office(&answer.by, |desk| {
            Ok(Act::AnswerRight {
                number: answer.number,
                answer: answer.answer.clone(),
                evidence: one(desk, &answer.by, Kind::WorkRecord)?,
            })
        }),
        _ => Err(no_act()),
    }
}

fn no_act() -> Failure {
    Failure::Usage("this is no act on a qualification".into())
}

fn one(desk: &Desk, by: &ByOffice, kind: Kind) -> Result<Evidence, Failure> {
    piece(desk, &by.on, kind)
}

fn piece(desk: &Desk, on: &OnQualification, kind: Kind) -> Result<Evidence, Failure> {
    evidence::one(desk.documents(), &on.proof, kind)
}

fn materials(desk: &Desk, files: &[MaterialFile]) -> Result<Vec<Material>, Failure> {
    let material = |file: &MaterialFile| {
        let kind = Kind::ApplicationMaterial;
        Ok(Material {
            name: file.name.clone(),
            file: evidence::in_file(desk.documents(), kind, &file.path)?,
            original: file.original,
            copies: file.copies,
            sealed: file.sealed,
        })
    };
    files.iter().map(material).collect()
}

fn received(desk: &Desk, receive: &Receive) -> Result<Act, Failure> {
    let at = receive.received.as_deref();
    let at = at
        .map(|text| moment::parse("--received", text))
        .transpose()?;
    Ok(Act::Receive(Box::new(Receipt {
        office: receive.office.clone(),
        channel: receive.channel,
        at: at.unwrap_or(desk.now),
        stamp: one(desk, &receive.by, Kind::ReceiptStamp)?,
        applicant: Applicant {
            name: receive.applicant.clone(),
            kind: receive.kind,
            licence: receive.licence.clone(),
        },
        agent: receive.agent.clone(),
        materials: materials(desk, &receive.materials.material)?,
    })))
}

fn decision(desk: &Desk, decided: &Decided) -> Result<Decision, Failure> {
    Ok(Decision {
        number: decided.number.clone(),
        dated: decided.dated,
        signed_by: decided.signed_by.clone(),
        document: one(desk, &decided.by, Kind::DecisionDocument)?,
    })
}

/// A list that says of the institution what is so: that it is recognised, or no longer.
fn listed(list: &ListInDirectory) -> Result<Outcome, Failure> {
    in_office(&list.by, |desk| {
        let id = &list.by.on.which.qualification;
        let state = known(desk.engine.proceeding(&id_of(id))?, id)?;
        let found = trust_list::of_file(&list.list, &list.signers, desk.now)?;
        let entries = found.entries();
        let named = entries.filter(|entry| {
            let mut names = entry.ca().names().iter();
            names.any(|name| state.names.iter().any(|known| known.name == name.value()))
        });
        let statuses: Vec<_> = named
            .map(|entry| entry.status_at(desk.now).map(|change| change.status))
            .collect();
        if statuses.is_empty() {
            let reason = format!("has no entry of {}", state.name());
            return Err(Failure::file(&list.list, reason));
        }
        let publisher = found.publisher().names().first();
        let publisher = publisher.map(|name| name.value().to_owned());
        let holds = statuses.contains(&Some(Status::Recognised));
        Ok(Act::ListInDirectory(Listing {
            list: publisher.unwrap_or_default(),
            sequence: found.sequence(),
            digest: found.digest().to_vec().into(),
            holds,
        }))
    })
}

fn in_office(
    by: &ByOffice,
    act: impl FnOnce(&Desk) -> Result<Act, Failure>,
) -> Result<Outcome, Failure> {
    let command = |act| Asked::of(by.authority, act);
    done(&by.on, |desk| Ok(command(act(desk)?)))
}

fn privately(
    on: &OnQualification,
    act: impl FnOnce(&Desk) -> Result<Act, Failure>,
) -> Result<Outcome, Failure> {
    done(on, |desk| Ok(Asked::new(act(desk)?)))
}

fn done(
    on: &OnQualification,
    asked: impl FnOnce(&Desk) -> Result<Asked, Failure>,
) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&on.act.work)?;
    let id = &on.which.qualification;
    let command = proceeding::Command::Qualification(id.clone(), Box::new(asked(&desk)?));
    let entries = desk.act(&on.act.actor, Command::Proceeding(command))?;
    let state = known(desk.engine.proceeding(&id_of(id))?, id)?;
    let mut text = told(&entries);
    let _ = writeln!(text, "qualification {id}: {}", state.stage_by(desk.now));
    let mut json = json!({ "durable": durable(&entries) });
    if let Some(object) = json.as_object_mut() {
        object.extend(object_of(id, &state, desk.now));
    }
    Ok(Outcome::new(text, json))
}

fn id_of(id: &QualificationId) -> ProceedingId {
    ProceedingId::Qualification(id.clone())
}

fn known(state: Option<proceeding::State>, id: &QualificationId) -> Result<State, Failure> {
    match state {
        Some(proceeding::State::Qualification(state)) => Ok(*state),
        _ => {
            let reason = format!("nobody applied for a qualification {id}");
            Err(Failure::Refused(reason.into()))
        }
    }
}

fn object_of(id: &QualificationId, state: &State, now: DateTime) -> serde_json::Map<String, Value> {
    let decision = state.decision.as_ref();
    let members = [
        ("qualification", json!(id.as_str())),
        ("stage", json!(state.stage_by(now).as_str())),
        ("rules", json!(state.terms)),
        ("applicant", json!(state.name())),
        ("kind", json!(state.applicant.kind.as_str())),
        ("authority", json!(state.route.as_str())),
        ("office", json!(state.office)),
        ("received", json!(state.received.to_string())),
        ("outcome", json!(state.outcome.map(|one| one.as_str()))),
        ("decision", json!(decision.map(|one| &one.number))),
        ("until", json!(state.until.map(|until| until.to_string()))),
        ("under_review", json!(state.under_review)),
        (
            "deadlines",
            state
                .deadlines()
                .iter()
                .map(|one| deadline(one, now))
                .collect(),
        ),
        (
            "missed",
            state
                .missed
                .iter()
                .map(|name| json!(name.as_str()))
                .collect(),
        ),
    ];
    let named = members.into_iter();
    named
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A deadline as an object.
fn deadline(one: &Deadline, now: DateTime) -> Value {
    let ends = one.ends.as_ref();
    json!({
        "deadline": one.name.word,
        "at": ends.map(|ends| ends.at.to_string()),
        "calendar": ends.and_then(|ends| ends.calendar.clone()),
        "overdue": one.noted || ends.is_some_and(|ends| ends.has_passed(now)),
    })
}

fn answered(query: &QualificationShow) -> Result<Outcome, Failure> {
    let view = View::open(&query.desk)?;
    let id = &query.which.qualification;
    let state = history::of_proceeding(&view.store, &id_of(id))?.map(|found| found.state);
    let state = known(state, id)?;
    let answer = state.answer(view.now);
    let answer = answer.map_err(|refusal| words::told(query.lang, refusal.into()))?;
    let lang = query.lang.of_cases();
    let stage = lifecycle::words::name(lang, answer.stage);
    let outcome = answer.outcome.map(|one| lifecycle::words::name(lang, one));
    let text = match outcome {
        Some(outcome) => format!("{id}: {stage}, {outcome}\n"),
        None => format!("{id}: {stage}\n"),
    };
    let json = json!({
        "qualification": id.as_str(),
        "stage": answer.stage.as_str(),
        "outcome": answer.outcome.map(|one| one.as_str()),
    });
    Ok(Outcome::new(text, json))
}

fn shown(show: &QualificationShow) -> Result<Outcome, Failure> {
    use words::Tongue;
    let view = View::open(&show.desk)?;
    let id = &show.which.qualification;
    let found = history::of_proceeding(&view.store, &id_of(id))?;
    let (state, entries) = match found {
        Some(found) => (Some(found.state), found.entries),
        None => (None, Vec::new()),
    };
    let state = known(state, id)?;
    let lang = show.lang;
    let stage = state.stage_by(view.now);
    let mut text = format!("{id}: {}\n", stage.said(lang));
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label}: {value}");
    };
    let kind = state.applicant.kind.said(lang);
    line(
        lang.say("applicant", "申请人"),
        &format!("{} ({kind})", state.name()),
    );
    line(lang.say("rules", "依据"), &state.terms);
    let taken = format!("{} ({})", state.office, state.route.said(lang));
    line(lang.say("taken in by", "受理机构"), &taken);
    let received = format!("{} ({})", beijing(state.received), state.channel.said(lang));
    line(lang.say("received", "收到材料"), &received);
    for point in &state.points {
        line(lang.say("to be put right", "待补正"), point);
    }
    if let Some(query) = &state.query {
        line(
            lang.say("open to queries after", "公开查询起始"),
            &beijing(query.at),
        );
    }
    for ((assessment, by), report) in &state.reports {
        let passed = match report.passed {
            true => lang.say("passed", "通过"),
            false => lang.say("not passed", "未通过"),
        };
        line(assessment.said(lang), &format!("{passed} ({by})"));
    }
    if let Some(decision) = &state.decision {
        let value = format!(
            "{}, {}, {}",
            decision.number, decision.dated, decision.signed_by
        );
        line(lang.say("decision", "审批决定"), &value);
    }
    if let Some(until) = state.until {
        line(lang.say("holds until", "有效期至"), &beijing(until));
    }
    if let Some(name) = &state.new_name {
        line(lang.say("other name asked for", "拟变更名称"), name);
    }
    if state.under_review {
        line(
            lang.say("under review", "审查中"),
            lang.say("a renovation", "技术改造"),
        );
    }
    if let Some(listing) = state.directory.last() {
        let value = format!("{}, {}", listing.list, listing.sequence);
        line(lang.say("directory", "机构目录"), &value);
    }
    for (number, remedy) in state.remedies.iter().enumerate() {
        let answer = remedy.answer.as_deref();
        let answer = answer.unwrap_or(lang.say("waits for an answer", "待答复"));
        line(
            remedy.right.said(lang),
            &format!("{} ({})", answer, number + 1),
        );
    }
    let _ = writeln!(text, "{}", lang.say("deadlines", "期限"));
    for one in state.deadlines() {
        let name = one.name.said(lang.of_cases());
        let ends = one.ends.as_ref().map(|ends| ends.at);
        let at = ends.map_or(lang.say("stands still", "暂停计时").to_owned(), beijing);
        let late = ends.is_some_and(|at| at < view.now) || one.noted;
        let late = if late {
            lang.say("  overdue", "  逾期")
        } else {
            ""
        };
        let _ = writeln!(text, "  {at}  {name}{late}");
    }
    for name in &state.missed {
        let missed = lang.say("was missed", "曾逾期");
        let _ = writeln!(text, "  {}: {missed}", name.said(lang));
    }
    let _ = writeln!(text, "{}", lang.say("history", "经过"));
    for entry in &entries {
        let _ = writeln!(text, "  {}", timeline::line(entry, lang.of_cases()));
    }
    let mut json = object_of(id, &state, view.now);
    json.insert(
        "history".to_owned(),
        entries.iter().map(timeline::object).collect(),
    );
    Ok(Outcome::new(text, json.into()))
}
