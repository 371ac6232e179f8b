//! From arguments and files to what a case is asked.

use super::words;
use crate::{
    args::{
        self, AccountOptions, CaseCommand, InternalPoint, OnEvidence, Pair, VerdictPoint, Verdicts,
    },
    csr::parse_verified,
    desk::{Desk, evidence},
    failure::Failure,
    input,
};
use gm_crypto::{pki, sm3};
use lifecycle::{
    Evidence, Ground, Personal, Refusal,
    case::{
        Command,
        command::Opening,
        pair::Request,
        paper::{Deficiency, InternalChecklist, Verdict},
        payment::Account,
    },
    terms::EvidenceKind,
    upload,
};
use std::{collections::BTreeMap, path::Path};

/// What a command line asks of a case; none for those that look alone or are about many.
pub(super) fn asked(desk: &Desk, line: &CaseCommand) -> Result<Option<Command>, Failure> {
    use CaseCommand as C;
    let record = |proof, kind| evidence::one(desk.documents(), proof, kind);
    Ok(Some(match line {
        C::Open(open) => Command::Open(opening(desk, open)?),
        C::Consent(consent) => agreements(desk, consent)?,
        C::WithdrawConsent(withdraw) => {
            let agreement = withdraw.agreement.clone();
            Command::WithdrawConsent { agreement }
        }
        C::Fill(fill) => filled(fill)?,
        C::AddDocument(add) => document(desk, add)?,
        C::SubmitInternally(_) => Command::SubmitInternally,
        C::ApproveInternally(approve) => {
            let found = |point| approve.found.contains(&point);
            let checklist = InternalChecklist::new(
                found(InternalPoint::Eligible),
                found(InternalPoint::Form),
                found(InternalPoint::Documents),
            );
            Command::ApproveInternally(checklist)
        }
        C::ReturnInternally(back) => {
            let reasons = back.reason.clone();
            Command::ReturnInternally { reasons }
        }
        C::Submit(_) => Command::Submit,
        C::Start(_) => Command::StartRegistration,
        C::Check(check) => checked(desk, check)?,
        C::Return(back) => {
            let list = back.deficiency.iter();
            let list = list.map(|pair| Deficiency::new(&pair.name, &pair.value));
            Command::Return(list.collect())
        }
        C::Resubmit(_) => Command::Resubmit,
        C::Register(register) => Command::Register {
            verdict: verdict(&register.verdicts),
            work_record: record(&register.proof, EvidenceKind::WorkRecord)?,
        },
        C::Take(_) => Command::TakeReview,
        C::Approve(approve) => {
            let verdict = verdict(approve);
            Command::Approve { verdict }
        }
        C::Reject(reject) => {
            let reason = reject.reason.clone();
            Command::Reject { reason }
        }
        C::ProveKey(prove) => request(&prove.csr)?,
        C::BindToken(bind) => Command::BindToken(bind.token.clone()),
        C::Personalise(on) => personalised(desk, on)?,
        C::Dispatch(dispatch) => Command::Dispatch {
            method: dispatch.method,
            packet: dispatch.packet.clone(),
            receipt: record(&dispatch.proof, EvidenceKind::DeliveryReceipt)?,
        },
        C::DeliverPin(pin) => Command::DeliverPin {
            channel: pin.channel,
            recipient: pin.recipient,
            receipt: record(&pin.proof, EvidenceKind::NoticeReceipt)?,
        },
        C::Confirm(confirm) => Command::ConfirmReceipt {
            correct: confirm.correct,
            record: record(&confirm.proof, EvidenceKind::CallRecord)?,
        },
        C::Object(object) => {
            let statement = object.statement.clone();
            Command::Object { statement }
        }
        C::Close(on) => {
            let work_record = record(&on.proof, EvidenceKind::WorkRecord)?;
            Command::Close { work_record }
        }
        C::Withdraw(_) => Command::Withdraw,
        C::Execute(on) => {
            let identification = record(&on.proof, EvidenceKind::CallRecord)?;
            Command::ExecuteAtOnce { identification }
        }
        C::Ratify(_) => Command::Ratify,
        C::RefuseRatification(refuse) => {
            let reason = refuse.reason.clone();
            Command::RefuseRatification { reason }
        }
        C::Pay(pay) => Command::ReportPayment {
            route: pay.route,
            account: pay.account().as_ref().map(account),
            evidence: record(&pay.proof, EvidenceKind::PaymentReceipt)?,
        },
        C::ConfirmFunds(confirm) => {
            let receipt = record(&confirm.proof, EvidenceKind::PaymentReceipt)?;
            Command::ConfirmFunds { receipt }
        }
        C::SettleDeposit(_) => Command::SettleDeposit,
        C::FailDeposit(fail) => {
            let reason = fail.reason.clone();
            Command::FailDeposit { reason }
        }
        C::ReenterAccount(given) => Command::ReenterAccount(account(&given.account)),
        C::EnterCode(enter) => {
            let code = enter.code.clone();
            Command::EnterCode { code }
        }
        C::RequestRefund(_) => Command::RequestRefund,
        C::RecordRefund(refund) => Command::RecordRefund {
            fen: refund.fen,
            receipt: record(&refund.proof, EvidenceKind::PaymentReceipt)?,
        },
        C::Print(_)
        | C::SendDeposit(_)
        | C::Issue(_)
        | C::Export(_)
        | C::Show(_)
        | C::List(_)
        | C::Import(_) => return Ok(None),
    }))
}

fn opening(desk: &Desk, open: &args::OpenCase) -> Result<Opening, Failure> {
    let mut opening = Opening::new(
        desk.rules_in_force()?,
        (open.kind, open.mode, open.model),
        &open.certificate,
        open.carrier,
        open.holder.clone(),
    );
    opening.organisation = open.organisation.clone();
    opening.agency = open.agency.clone();
    opening.account = open.account.clone().map(Personal::from);
    opening.order = open.order.clone();
    opening.target = open.target.clone();
    opening.reason = open.reason;
    opening.practice_statement = open.practice_statement.clone();
    opening.unpublished = open.unpublished;
    Ok(opening)
}

fn agreements(desk: &Desk, consent: &args::Consent) -> Result<Command, Failure> {
    let mut agreements = BTreeMap::new();
    for Pair { name, value } in &consent.agreement {
        let kept = evidence::keep(desk.documents(), Path::new(value))?;
        agreements.insert(name.clone(), kept.digest.to_vec().into());
    }
    Ok(Command::Consent { agreements })
}

fn filled(fill: &args::Fill) -> Result<Command, Failure> {
    let mut fields: BTreeMap<String, String> = match &fill.form {
        None => BTreeMap::new(),
        Some(path) => {
            let octets = input::read(path, input::STRUCTURE)?;
            let text = String::from_utf8(octets).map_err(|error| Failure::file(path, error))?;
            toml::from_str(&text).map_err(|error| Failure::file(path, error))?
        }
    };
    for Pair { name, value } in &fill.field {
        fields.insert(name.clone(), value.clone());
    }
    Ok(Command::Fill {
        fields,
        years: fill.years,
    })
}

fn document(desk: &Desk, add: &args::AddDocument) -> Result<Command, Failure> {
    let octets = input::read(&add.file, evidence::PAPER)?;
    let file_name = evidence::name_of(&add.file);
    let opened_by = desk
        .engine
        .case(&add.on.case)?
        .map(|state| state.opening.rules);
    let rules = opened_by.map_or_else(|| desk.rules_in_force(), Ok)?;
    let limit = desk
        .rules
        .get(&rules)
        .map(|rules| &rules.values().upload_octets);
    let Some(limit) = limit else {
        return Err(Failure::Refused(
            format!("the desk has no rules {rules}").into(),
        ));
    };
    let inspected = upload::inspect(&file_name, &octets, limit.value).map_err(|why| {
        let document = add.document.clone();
        let refusal = Refusal::Ruled {
            ground: Box::new(Ground::Upload { document, why }),
            requirements: limit.basis.clone(),
        };
        words::told(add.on.act.work.lang, refusal.into())
    })?;
    desk.documents().keep(&octets)?;
    Ok(Command::AddDocument {
        document: add.document.clone(),
        file_name,
        inspected,
        form_version: add.form_version,
    })
}

fn checked(desk: &Desk, check: &args::Check) -> Result<Command, Failure> {
    Ok(Command::RecordCheck {
        check: check.check,
        identity: check.document.zip(check.method),
        failure: check.failed.clone(),
        evidence: evidence::all(desk.documents(), &check.proof)?,
    })
}

fn request(path: &Path) -> Result<Command, Failure> {
    let der = input::read_der(path, ::csr::PEM_LABELS)?;
    let csr = parse_verified(&der).map_err(|source| Failure::file(path, source))?;
    Ok(Command::ProveKey(Request::from_csr(&csr)))
}

/// A token gives a certificate back in whatever form its software writes; what counts is the
/// DER that was signed.
fn personalised(desk: &Desk, on: &OnEvidence) -> Result<Command, Failure> {
    let piece = evidence::pick(&on.proof, EvidenceKind::ReadBack)?;
    let read_back = evidence::in_file(desk.documents(), piece.kind, &piece.path)?;
    let octets = input::read(&piece.path, evidence::PAPER)?;
    let read_back = match pki::decode_pem(&octets, input::CERTIFICATE) {
        Ok(der) => {
            let digest = desk.documents().keep(&der)?.digest;
            Evidence::new(read_back.kind, digest, read_back.reference)
        }
        Err(_) => read_back,
    };
    Ok(Command::Personalise {
        read_back,
        work_record: evidence::one(desk.documents(), &on.proof, EvidenceKind::WorkRecord)?,
    })
}

fn verdict(verdicts: &Verdicts) -> Verdict {
    let found = |point| verdicts.found.contains(&point);
    Verdict::new(
        found(VerdictPoint::Documents),
        found(VerdictPoint::Identity),
        found(VerdictPoint::Genuineness),
    )
}

pub(super) fn account(options: &AccountOptions) -> Account {
    Account::new(
        &options.account_holder,
        &options.bank,
        &options.account_number,
    )
}

/// SM3(salt ‖ code).
pub(super) fn challenge(salt: &[u8], code: &str) -> [u8; 32] {
    sm3::digest(&[salt, code.as_bytes()].concat())
}
