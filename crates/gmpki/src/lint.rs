//! `gmpki cert lint`: the rules for what documents say.

use crate::{
    args::{CertLint, SchemeName},
    cert,
    failure::Failure,
    input,
    outcome::Outcome,
};
use cert_profile::lint::{self, Deviation, Document, Finding, Report, Scheme, Severity};
use gm_crypto::pki;
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path};

/// Octets of the largest file that is linted; lists are the large ones.
const FILE: u64 = 1 << 26;

/// What is in a file, under the name that people get to see.
struct Part {
    name: String,
    document: Document,
    der: Vec<u8>,
}

/// What was found in it.
struct Judged {
    name: String,
    document: Document,
    findings: Vec<Finding>,
    deviations: Vec<Deviation>,
}

pub(crate) fn run(args: &CertLint) -> Result<Outcome, Failure> {
    let paths: Vec<&Path> = args.files.iter().map(|path| &**path).collect();
    input::at_most_one_is_standard_input(&paths)?;
    let profile = args.profile.as_deref().map(cert::profile).transpose()?;
    let mut parts = Vec::new();
    for path in &paths {
        parts.extend(read(path)?);
    }
    let scheme = match args.scheme {
        SchemeName::Gm => Scheme::Gm,
        SchemeName::Gdhk => Scheme::Gdhk,
        SchemeName::Rfc5280 => Scheme::Rfc5280,
    };
    let mut judged: Vec<Judged> = Vec::new();
    for part in &parts {
        let deviations = match (&profile, part.document) {
            (Some(profile), Document::Certificate) => lint::against(profile, &part.der),
            _ => Vec::new(),
        };
        judged.push(Judged {
            name: part.name.clone(),
            document: part.document,
            findings: look(scheme, part).findings().to_vec(),
            deviations,
        });
    }
    if args.pair {
        judged.push(pair(&parts)?);
    }
    Ok(told(&judged))
}

/// Every document of a file: one in DER, or each block of PEM that may be one.
fn read(path: &Path) -> Result<Vec<Part>, Failure> {
    let octets = input::read(path, FILE)?;
    let shown = path.display().to_string();
    let mut parts = Vec::new();
    for block in pki::pem_blocks(&octets) {
        let block = block.map_err(|source| Failure::file(path, source))?;
        let document = match block.label() {
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Document::Certificate,
            "X509 CRL" => Document::Crl,
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Document::Request,
            "OCSP RESPONSE" => Document::OcspResponse,
            _ => continue,
        };
        parts.push(Part {
            name: shown.clone(),
            document,
            der: block.contents().to_vec(),
        });
    }
    if parts.is_empty() {
        if octets.first() != Some(&0x30) {
            let reason = "no certificate, CRL, request or OCSP answer, in PEM or DER";
            return Err(Failure::file(path, reason));
        }
        parts.push(Part {
            // What is nothing breaks the first rule for certificates.
            document: lint::document(&octets).unwrap_or(Document::Certificate),
            name: shown,
            der: octets,
        });
    } else if parts.len() > 1 {
        for (place, part) in (1..).zip(&mut parts) {
            part.name = format!("{}, {place}", part.name);
        }
    }
    Ok(parts)
}

fn look(scheme: Scheme, part: &Part) -> Report {
    match part.document {
        Document::Crl => lint::crl(&part.der),
        Document::OcspResponse => lint::ocsp_response(&part.der),
        Document::Request => lint::request(&part.der),
        _ => lint::certificate_under(scheme, &part.der),
    }
}

fn pair(parts: &[Part]) -> Result<Judged, Failure> {
    let certificate = |part: &Part| part.document == Document::Certificate;
    match parts {
        [signing, encryption] if parts.iter().all(certificate) => Ok(Judged {
            name: format!("{} and {}", signing.name, encryption.name),
            document: Document::Pair,
            findings: lint::pair(&signing.der, &encryption.der)
                .findings()
                .to_vec(),
            deviations: Vec::new(),
        }),
        _ => Err(Failure::Usage(
            "--pair takes two certificates: the signing one, then the encryption one".into(),
        )),
    }
}

fn told(judged: &[Judged]) -> Outcome {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    let mut text = String::new();
    for one in judged {
        let found = one.findings.len() + one.deviations.len();
        let said = match found {
            0 => "no finding".to_owned(),
            1 => "1 finding".to_owned(),
            some => format!("{some} findings"),
        };
        text.push_str(&format!("{}: {}, {said}\n", one.name, one.document));
        for finding in &one.findings {
            let lint = finding.lint();
            *counts.entry(lint.severity()).or_default() += 1;
            let detail = finding.detail().map(|detail| format!(": {detail}"));
            text.push_str(&format!(
                "  {:<8} {}{}\n           {} ({})\n",
                lint.severity().to_string(),
                lint.id(),
                detail.unwrap_or_default(),
                lint.statement(),
                lint.source(),
            ));
        }
        for deviation in &one.deviations {
            *counts.entry(Severity::Error).or_default() += 1;
            let source = deviation.source();
            text.push_str(&format!(
                "  {:<8} profile: {deviation}\n           ({source})\n",
                "error"
            ));
        }
    }
    let count = |severity| counts.get(&severity).copied().unwrap_or(0);
    let (errors, warnings, notices) = (
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Notice),
    );
    text.push_str(&format!(
        "errors: {errors}, warnings: {warnings}, notices: {notices}"
    ));
    let json = json!({
        "documents": judged.iter().map(object).collect::<Vec<_>>(),
        "errors": errors,
        "warnings": warnings,
        "notices": notices,
    });
    Outcome::judged(text, json, errors == 0)
}

fn object(one: &Judged) -> Value {
    let findings: Vec<_> = one
        .findings
        .iter()
        .map(|finding| {
            let lint = finding.lint();
            json!({
                "rule": lint.id(),
                "severity": lint.severity().to_string(),
                "statement": lint.statement(),
                "source": lint.source(),
                "detail": finding.detail(),
            })
        })
        .collect();
    let deviations: Vec<_> = one
        .deviations
        .iter()
        .map(|deviation| json!({ "what": deviation.to_string(), "source": deviation.source() }))
        .collect();
    json!({
        "file": one.name,
        "document": one.document.to_string(),
        "findings": findings,
        "deviations": deviations,
    })
}
