//! `gmpki ocsp respond`.

use super::verify::REQUEST;
use crate::{
    args::{OcspRespond, ResponderForm},
    authority, crl,
    failure::{Failure, chain},
    input, moment,
    outcome::Outcome,
    output::{self, Readers},
    serial,
    sm3::hexadecimal,
};
use cert_profile::{
    CrlReader, Issuer, Reason, Revocations,
    ocsp::{
        AuthorisedResponder, CertId, CertStatus, ErrorStatus, OcspDraft, OcspRequest,
        SingleResponse, error_response,
    },
};
use der::{DateTime, Encode, referenced::OwnedToRef};
use gm_crypto::pki::{self, Sm2Sm3, VerifyAlgorithm};
use hsm::KeyHandle;
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path};
use x509_cert::serial_number::SerialNumber;

/// Octets of the largest file of issued serial numbers.
const ISSUED: u64 = 1 << 28;

pub(crate) fn respond(args: &OcspRespond) -> Result<Outcome, Failure> {
    let mut paths: Vec<&Path> = vec![&args.issuer, &args.crl, &args.request];
    paths.extend(args.key.file());
    paths.extend(args.responder.as_deref());
    paths.extend(args.delta.as_deref());
    paths.extend(args.issued.as_deref());
    input::at_most_one_is_standard_input(&paths)?;
    let at = moment::or_now("--at", args.at.as_deref())?;
    let ca = authority::issuer(&args.issuer)?;
    let (responder, key) = match &args.responder {
        Some(path) => {
            let responder = delegated(&ca, path, at)?;
            let spki = responder.public_key().to_der()?;
            let key = authority::key_for(&spki, "the responder's certificate", &args.key)?;
            (responder, key)
        }
        None => (
            AuthorisedResponder::ca(&ca),
            authority::key_of(&ca, &args.key)?,
        ),
    };
    let sm2 = Sm2Sm3::default();
    let algorithms: [&dyn VerifyAlgorithm; 1] = [&sm2];
    let full = crl::read(&args.crl)?;
    let delta = args.delta.as_deref().map(crl::read).transpose()?;
    let revocations = revocations(args, &full, delta.as_deref(), &ca, at, &algorithms)?;
    let issued = args.issued.as_deref().map(issued).transpose()?;

    let question = input::read(&args.request, input::STRUCTURE)?;
    let question = match pki::decode_pem(&question, REQUEST)
        .ok()
        .map(|der| OcspRequest::from_der(&der))
    {
        Some(Ok(question)) => question,
        Some(Err(error)) => return malformed(args, &chain(&error)),
        None => return malformed(args, "is no question in DER or PEM"),
    };
    let algorithm = key.algorithm();
    let spki = responder.public_key().owned_to_ref();
    let mut draft = OcspDraft::new(spki, algorithm, at).nonce(question.nonce().cloned());
    if args.by == ResponderForm::Name {
        draft = draft.by_name(responder.name().clone());
    }
    if let Some(certificate) = responder.certificate() {
        draft = draft.certificate(certificate.to_vec());
    }
    let mut lines = Vec::new();
    let mut objects = Vec::new();
    let found = revocations.find(question.cert_ids().iter().map(CertId::serial))?;
    let cutoff = args.archive_days.map(|days| moment::days_before(at, days));
    let cutoff = cutoff.transpose()?;
    for id in question.cert_ids() {
        let ours = id.matches(ca.name(), ca.public_key().owned_to_ref());
        let known = issued.as_ref().is_none_or(|all| all.contains(id.serial()));
        let status = match found.get(id.serial().as_bytes()) {
            _ if !ours || !known => CertStatus::Unknown,
            None => CertStatus::Good,
            Some(entry) => CertStatus::Revoked {
                at: entry.revoked_at(),
                reason: entry
                    .reason()
                    .filter(|reason| *reason != Reason::Unspecified),
            },
        };
        let said = said(&status);
        lines.push(format!("{}: {said}", hexadecimal(id.serial().as_bytes())));
        objects.push(json!({
            "serial": hexadecimal(id.serial().as_bytes()),
            "status": word(&status),
            "says": said,
        }));
        let mut response = SingleResponse::new(id.clone(), status, revocations.this_update());
        if let Some(next) = revocations.next_update() {
            response = response.until(next);
        }
        if let Some(cutoff) = cutoff {
            response = response.archived_since(cutoff);
        }
        draft = draft.response(response);
    }
    let prepared = draft.prepare()?;
    let signature = key.sign(prepared.tbs())?;
    let answer = prepared.attach(&signature)?;
    output::write(&args.out, &answer, Readers::AsUsual)?;
    let path = args.out.display().to_string();
    lines.insert(0, format!("answer: {path}"));
    Ok(Outcome::new(
        lines.join("\n"),
        json!({ "file": path, "responses": objects }),
    ))
}

/// An answer that is none (RFC 6960, 2.3).
fn malformed(args: &OcspRespond, reason: &str) -> Result<Outcome, Failure> {
    let answer = error_response(ErrorStatus::MalformedRequest);
    output::write(&args.out, &answer, Readers::AsUsual)?;
    let reason = format!("{}: {reason}", args.request.display());
    let path = args.out.display().to_string();
    let text = format!("answer: {path}\nmalformedRequest: {reason}");
    let json = json!({ "file": path, "error": "malformedRequest", "reason": reason });
    Ok(Outcome::judged(text, json, false))
}

/// A responder that the CA delegated its answers to (RFC 6960, 4.2.2.2).
pub(super) fn delegated(
    ca: &Issuer,
    path: &Path,
    at: DateTime,
) -> Result<AuthorisedResponder, Failure> {
    let der = input::read_der(path, input::CERTIFICATE)?;
    AuthorisedResponder::delegated(ca, &der, at, &[&Sm2Sm3::default()])
        .map_err(|source| Failure::file(path, source))
}

/// What the CA's lists say together.
fn revocations<'a>(
    args: &OcspRespond,
    full: &'a [u8],
    delta: Option<&'a [u8]>,
    ca: &'a Issuer,
    at: DateTime,
    algorithms: &'a [&'a dyn VerifyAlgorithm],
) -> Result<Revocations<'a>, Failure> {
    let said = CrlReader::from_der(full)
        .and_then(|full| Revocations::new(ca, full, at, algorithms))
        .map_err(|source| Failure::file(&args.crl, source))?;
    let (Some(delta), Some(path)) = (delta, &args.delta) else {
        return Ok(said);
    };
    CrlReader::from_der(delta)
        .and_then(|delta| said.with_delta(delta))
        .map_err(|source| Failure::file(path, source))
}

fn issued(path: &Path) -> Result<BTreeSet<SerialNumber>, Failure> {
    let octets = input::read(path, ISSUED)?;
    let text = str::from_utf8(&octets).map_err(|source| Failure::file(path, source))?;
    // Some editors begin a file with a mark of its encoding.
    let text = text.trim_start_matches('\u{feff}');
    let mut serials = BTreeSet::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let serial = serial::parse(line).ok_or_else(|| {
            let reason = format!("line {number}: {line:?} is no serial number in hexadecimal");
            Failure::file(path, reason)
        })?;
        serials.insert(serial);
    }
    Ok(serials)
}

/// A status in a sentence.
pub(super) fn said(status: &CertStatus) -> String {
    match status {
        CertStatus::Good => "good".into(),
        CertStatus::Revoked { at, reason } => {
            let why = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
            format!("revoked since {at}{why}")
        }
        _ => "unknown".into(),
    }
}

/// A status in a word.
pub(super) fn word(status: &CertStatus) -> Value {
    match status {
        CertStatus::Good => "good",
        CertStatus::Revoked { .. } => "revoked",
        _ => "unknown",
    }
    .into()
}
