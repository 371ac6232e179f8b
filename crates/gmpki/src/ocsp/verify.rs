//! `gmpki ocsp show` and `gmpki ocsp verify`.

use super::{
    ask::serial_of,
    respond::{delegated, said, word},
};
use crate::{
    args::{OcspShow, OcspVerify},
    authority,
    failure::Failure,
    input, moment,
    outcome::Outcome,
    sm3::hexadecimal,
    view::{self, Language, Masks, Page, named, plain},
};
use cert_profile::{
    Error, Issuer,
    ocsp::{CertStatus, OcspRequest, OcspResponse, ResponderId, SingleResponse, VerifiedOcsp},
};
use der::{DateTime, referenced::OwnedToRef};
use gm_crypto::pki::{self, Sm2Sm3};
use serde_json::{Value, json};
use std::path::Path;

pub(super) const REQUEST: &[&str] = &["OCSP REQUEST"];
const RESPONSE: &[&str] = &["OCSP RESPONSE"];

pub(crate) fn show(args: &OcspShow) -> Result<Outcome, Failure> {
    let octets = input::read(&args.file, input::STRUCTURE)?;
    let question = pki::decode_pem(&octets, REQUEST)
        .ok()
        .and_then(|der| OcspRequest::from_der(&der).ok());
    if let Some(question) = question {
        return Ok(shown(&question));
    }
    let der = pki::decode_pem(&octets, RESPONSE).map_err(|_| {
        let reason = "is neither a question nor an answer of OCSP, in DER or PEM";
        Failure::file(&args.file, reason)
    })?;
    let mut page = Page::new(Language::En);
    let answer = match OcspResponse::from_der(&der) {
        Ok(answer) => answer,
        // An answer that is none (RFC 6960, 2.3).
        Err(Error::OcspRefused { status }) => {
            page.row("answer", &format!("none: {status}"));
            let json = json!({ "kind": "answer", "error": status.to_string() });
            return Ok(Outcome::new(page.into_text(), json));
        }
        Err(source) => return Err(Failure::file(&args.file, source)),
    };
    let responder = responder_line(answer.responder());
    let made = answer.unverified_produced_at().to_string();
    let brought = answer.certificates().len();
    page.row("answer of", &responder);
    page.row("made", &made);
    page.row("brings", &format!("{brought} certificates"));
    page.row(
        "verified",
        "no: what follows is a claim, and 'gmpki ocsp verify --issuer' checks it",
    );
    let mut objects = Vec::new();
    for response in answer.unverified_responses() {
        let until = match response.next_update() {
            Some(next) => format!(" to {next}"),
            None => String::new(),
        };
        page.row(
            &hexadecimal(response.id().serial().as_bytes()),
            &format!(
                "{}, valid {}{until}",
                said(response.status()),
                response.this_update()
            ),
        );
        objects.push(object(response));
    }
    let json = json!({
        "kind": "answer",
        "verified": false,
        "responder": responder,
        "produced_at": made,
        "certificates": brought,
        "responses": objects,
    });
    Ok(Outcome::new(page.into_text(), json))
}

/// What an answer says of one certificate.
fn object(response: &SingleResponse) -> Value {
    json!({
        "serial": hexadecimal(response.id().serial().as_bytes()),
        "status": word(response.status()),
        "says": said(response.status()),
        "this_update": response.this_update().to_string(),
        "next_update": response.next_update().map(|next| next.to_string()),
        "archive_cutoff": response.archive_cutoff().map(|date| date.to_string()),
    })
}

fn shown(question: &OcspRequest) -> Outcome {
    let mut page = Page::new(Language::En);
    let serials: Vec<String> = question
        .cert_ids()
        .iter()
        .map(|id| hexadecimal(id.serial().as_bytes()))
        .collect();
    page.rows("asks about", &serials);
    let digest = question
        .cert_ids()
        .first()
        .map(|id| id.digest().to_string());
    if let Some(digest) = &digest {
        page.row("issuer by", &named(digest, Language::En));
    }
    let nonce = question.nonce().map(|nonce| hexadecimal(nonce.as_bytes()));
    page.row("nonce", nonce.as_deref().unwrap_or("none"));
    let json = json!({
        "kind": "question",
        "serials": serials,
        "digest": digest,
        "nonce": nonce,
    });
    Outcome::new(page.into_text(), json)
}

fn responder_line(responder: &ResponderId) -> String {
    match responder {
        ResponderId::ByKey(hash) => format!("the key with SHA-1 {}", hexadecimal(hash)),
        other => plain(&other.to_string()),
    }
}

pub(crate) fn verify(args: &OcspVerify) -> Result<Outcome, Failure> {
    let mut paths: Vec<&Path> = vec![&args.issuer, &args.file];
    paths.extend(args.request.as_deref());
    paths.extend(args.responder.as_deref());
    paths.extend(args.certificate.iter().map(|path| &**path));
    input::at_most_one_is_standard_input(&paths)?;
    let at = moment::or_now("--at", args.at.as_deref())?;
    let ca = authority::issuer(&args.issuer)?;
    let octets = input::read(&args.file, input::STRUCTURE)?;
    let der = pki::decode_pem(&octets, RESPONSE).map_err(|e| Failure::file(&args.file, e))?;
    let failed = |source| Failure::file(&args.file, source);
    let answer = OcspResponse::from_der(&der).map_err(failed)?;
    let (answer, signer) = verified(args, &ca, answer, at)?;

    let mut reasons = Vec::new();
    if let Some(path) = &args.request {
        reasons.extend(of_another_question(path, &answer)?);
    }
    let mut wanted = Vec::new();
    for path in &args.certificate {
        wanted.push(serial_of(&ca, path)?);
    }
    let mut page = Page::new(Language::En);
    page.row("answer", "signed by its responder");
    page.row("responder", &signer);
    page.row("made", &answer.produced_at().to_string());
    let mut objects = Vec::new();
    for response in answer.responses() {
        let id = response.id();
        let ours = id.matches(ca.name(), ca.public_key().owned_to_ref());
        let chosen = wanted.is_empty() || wanted.contains(id.serial());
        let serial = hexadecimal(id.serial().as_bytes());
        let current = response.is_current(at);
        let status = said(response.status());
        page.row(&serial, &status);
        if chosen && !ours {
            reasons.push(format!("{serial} is a certificate of another CA"));
        } else if chosen && !current {
            reasons.push(format!("what it says of {serial} is not current at {at}"));
        } else if chosen && *response.status() != CertStatus::Good {
            reasons.push(format!("{serial} is {status}"));
        }
        let mut said = object(response);
        said["current"] = current.into();
        objects.push(said);
    }
    for serial in &wanted {
        let mut said = answer.responses().iter();
        if !said.any(|response| response.id().serial() == serial) {
            let serial = hexadecimal(serial.as_bytes());
            reasons.push(format!("it says nothing of {serial}"));
        }
    }
    let good = reasons.is_empty();
    if good {
        page.row("verdict", "good");
    } else {
        page.rows("not good", &reasons);
    }
    let json = json!({
        "responder": signer,
        "produced_at": answer.produced_at().to_string(),
        "responses": objects,
        "reasons": reasons,
    });
    Ok(Outcome::judged(page.into_text(), json, good))
}

/// The answer once a key signed it that may: the CA's, or its delegate's.
fn verified(
    args: &OcspVerify,
    ca: &Issuer,
    answer: OcspResponse,
    at: DateTime,
) -> Result<(VerifiedOcsp, String), Failure> {
    let failed = |source| Failure::file(&args.file, source);
    let sm2 = Sm2Sm3::default();
    let responder = match &args.responder {
        Some(path) => delegated(ca, path, at)?,
        None => answer
            .authorised_responder(ca, at, &[&sm2])
            .map_err(failed)?,
    };
    let verified = answer.verify_by(&responder, &[&sm2]).map_err(failed)?;
    let who = match responder.certificate() {
        None => "the CA itself".to_owned(),
        Some(_) => {
            let name = view::line(responder.name(), &Masks::default());
            let unchecked = if responder.no_check() {
                ""
            } else {
                ", whose own revocation is not checked here"
            };
            format!("{name}, delegated by the CA{unchecked}")
        }
    };
    Ok((verified, who))
}

/// How the answer differs from what was asked.
fn of_another_question(path: &Path, answer: &VerifiedOcsp) -> Result<Vec<String>, Failure> {
    let octets = input::read(path, input::STRUCTURE)?;
    let der = pki::decode_pem(&octets, REQUEST).map_err(|e| Failure::file(path, e))?;
    let question = OcspRequest::from_der(&der).map_err(|source| Failure::file(path, source))?;
    let mut reasons = Vec::new();
    match (question.nonce(), answer.nonce()) {
        (Some(asked), Some(said)) if asked != said => {
            reasons.push("it is to another question: its nonce is another".to_owned());
        }
        (Some(_), None) => reasons.push("it has not the nonce of the question".to_owned()),
        _ => {}
    }
    for id in question.cert_ids() {
        if answer.response_for(id).is_none() {
            let serial = hexadecimal(id.serial().as_bytes());
            reasons.push(format!(
                "it says nothing of {serial}, which was asked about"
            ));
        }
    }
    Ok(reasons)
}
