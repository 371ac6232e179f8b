//! `gmpki ocsp respond`.

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
    CrlReader, EntryRef, Error, Issuer, Reason,
    ocsp::{
        AuthorisedResponder, CertId, CertStatus, ErrorStatus, OcspDraft, OcspRequest,
        SingleResponse, error_response,
    },
};
use der::{DateTime, Encode, referenced::OwnedToRef};
use gm_crypto::pki::Sm2Sm3;
use hsm::KeyHandle;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};
use x509_cert::serial_number::SerialNumber;

/// Octets of the largest file of issued serial numbers.
const ISSUED: u64 = 1 << 28;

pub(crate) fn respond(args: &OcspRespond) -> Result<Outcome, Failure> {
    let mut paths: Vec<&Path> = vec![&args.issuer, &args.key.key, &args.crl, &args.request];
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
    let lists = Lists::read(args, &ca, at)?;

    let question = input::read(&args.request, input::STRUCTURE)?;
    let question = match OcspRequest::from_der(&question) {
        Ok(question) => question,
        Err(error) => return malformed(args, &error),
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
    let found = lists.find(question.cert_ids())?;
    for id in question.cert_ids() {
        let status = lists.status(&ca, id, &found);
        let said = said(&status);
        lines.push(format!("{}: {said}", hexadecimal(id.serial().as_bytes())));
        objects.push(json!({
            "serial": hexadecimal(id.serial().as_bytes()),
            "status": word(&status),
            "says": said,
        }));
        draft = draft.response(lists.response(id.clone(), status, at, args.archive_days)?);
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
fn malformed(args: &OcspRespond, error: &Error) -> Result<Outcome, Failure> {
    let answer = error_response(ErrorStatus::MalformedRequest);
    output::write(&args.out, &answer, Readers::AsUsual)?;
    let reason = format!("{}: {}", args.request.display(), chain(error));
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

/// What the CA says about its certificates.
struct Lists {
    full: Vec<u8>,
    delta: Option<Vec<u8>>,
    issued: Option<BTreeSet<SerialNumber>>,
    this_update: DateTime,
    next_update: Option<DateTime>,
}

impl Lists {
    fn read(args: &OcspRespond, ca: &Issuer, at: DateTime) -> Result<Self, Failure> {
        let full = crl::read(&args.crl)?;
        let list = CrlReader::from_der(&full).map_err(|e| Failure::file(&args.crl, e))?;
        fits(&list, ca, at).map_err(|reason| Failure::file(&args.crl, reason))?;
        if list.base_number().is_some() {
            return Err(Failure::file(
                &args.crl,
                "is a delta: name the full list too",
            ));
        }
        let (mut this_update, mut next_update) = (list.this_update(), list.next_update());
        let delta = match &args.delta {
            None => None,
            Some(path) => {
                let octets = crl::read(path)?;
                let delta = CrlReader::from_der(&octets).map_err(|e| Failure::file(path, e))?;
                fits(&delta, ca, at)
                    .and_then(|()| extends(&list, &delta))
                    .map_err(|reason| Failure::file(path, reason))?;
                (this_update, next_update) = (delta.this_update(), delta.next_update());
                Some(octets)
            }
        };
        let issued = args.issued.as_deref().map(issued).transpose()?;
        Ok(Self {
            full,
            delta,
            issued,
            this_update,
            next_update,
        })
    }

    /// What the lists say of these certificates, by serial number; each list is gone through
    /// once. What changed since the full list stands in the delta (RFC 5280, 5.2.4).
    fn find(&self, ids: &[CertId]) -> Result<BTreeMap<Vec<u8>, CertStatus>, Failure> {
        let wanted: BTreeSet<&[u8]> = ids.iter().map(|id| id.serial().as_bytes()).collect();
        let mut found = BTreeMap::new();
        for list in self.delta.iter().chain([&self.full]) {
            for entry in CrlReader::from_der(list)?.entries() {
                let entry = entry?;
                if wanted.contains(entry.serial()) {
                    let said = found.entry(entry.serial().to_vec());
                    said.or_insert_with(|| listed(&entry));
                }
            }
        }
        Ok(found)
    }

    fn status(
        &self,
        ca: &Issuer,
        id: &CertId,
        found: &BTreeMap<Vec<u8>, CertStatus>,
    ) -> CertStatus {
        let known = |issued: &BTreeSet<SerialNumber>| issued.contains(id.serial());
        let ours = id.matches(ca.name(), ca.public_key().owned_to_ref());
        if !ours || !self.issued.as_ref().is_none_or(known) {
            return CertStatus::Unknown;
        }
        let said = found.get(id.serial().as_bytes()).cloned();
        said.unwrap_or(CertStatus::Good)
    }

    fn response(
        &self,
        id: CertId,
        status: CertStatus,
        at: DateTime,
        archive_days: Option<u32>,
    ) -> Result<SingleResponse, Failure> {
        let mut response = SingleResponse::new(id, status, self.this_update);
        if let Some(next) = self.next_update {
            response = response.until(next);
        }
        if let Some(days) = archive_days {
            response = response.archived_since(moment::days_before(at, days)?);
        }
        Ok(response)
    }
}

/// The status that an entry gives.
fn listed(entry: &EntryRef<'_>) -> CertStatus {
    match entry.reason() {
        // A delta took it back.
        None => CertStatus::Good,
        reason => CertStatus::Revoked {
            at: entry.revoked_at(),
            reason: reason.filter(|reason| *reason != Reason::Unspecified),
        },
    }
}

/// Whether a list is the CA's, about all its certificates, and current.
fn fits(list: &CrlReader<'_>, ca: &Issuer, at: DateTime) -> Result<(), String> {
    if list.issuer() != ca.name() {
        return Err("is not a list of --issuer".into());
    }
    let key = ca.public_key().owned_to_ref();
    list.verify(key, &[&Sm2Sm3::default()])
        .map_err(|error| chain(&error))?;
    if list.distribution_point().is_some() {
        return Err("is about some of the CA's certificates: a list about all is needed".into());
    }
    if at < list.this_update() {
        return Err(format!("is not valid before {}", list.this_update()));
    }
    match list.next_update() {
        Some(next) if at > next => Err(format!("is stale since {next}")),
        _ => Ok(()),
    }
}

/// Whether a delta may be combined with a full list (RFC 5280, 5.2.4).
fn extends(full: &CrlReader<'_>, delta: &CrlReader<'_>) -> Result<(), String> {
    let Some(base) = delta.base_number() else {
        return Err("is no delta".into());
    };
    let (Some(number), Some(later)) = (full.number(), delta.number()) else {
        return Err("a list without a number has no delta".into());
    };
    if base > number {
        return Err(format!(
            "says what changed since list {base}, and --crl is list {number}"
        ));
    }
    if later < number {
        return Err(format!("is list {later}, older than --crl, list {number}"));
    }
    Ok(())
}

fn issued(path: &Path) -> Result<BTreeSet<SerialNumber>, Failure> {
    let octets = input::read(path, ISSUED)?;
    let text = str::from_utf8(&octets).map_err(|source| Failure::file(path, source))?;
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
