//! `gmpki cert`.

use crate::{
    args::{CertIssue, CertVerify},
    csr::read_verified,
    failure::Failure,
    input, keys,
    outcome::Outcome,
    output::{self, Readers},
    sm3::hexadecimal,
};
use cert_profile::{CertRequest, Issuer, Profile, lint};
use der::{DateTime, Decode, Encode};
use gm_crypto::{pki, pki::Sm2Sm3, sm3};
use hsm::{Checked, KeyHandle};
use lifecycle::ports::{Clock, RandomSerials, Serials, SystemClock};
use serde_json::json;
use spki::SubjectPublicKeyInfoOwned;
use std::{
    fs,
    path::{Path, PathBuf},
};
use trust_list::path::{
    Anchor, ParsedCertificate, ParsedCrl, PathOptions, RevocationStatus, validate,
};
use x509_cert::Certificate;

pub(crate) fn issue(args: &CertIssue) -> Result<Outcome, Failure> {
    let profile = profile(&args.profile)?;
    let csr = read_verified(&args.csr)?;
    let issuer_der = input::read_der(&args.issuer, input::CERTIFICATE)?;
    let issuer = Issuer::from_certificate(&issuer_der)
        .map_err(|source| Failure::file(&args.issuer, source))?;
    let key = Checked::new(keys::handle(&args.key)?);
    if key.public_key().as_bytes() != issuer.public_key().to_der()? {
        let reason = "the key is not the one of the issuer's certificate";
        return Err(Failure::file(&args.key.key, reason));
    }
    let request = CertRequest::new(
        csr.subject().clone(),
        SubjectPublicKeyInfoOwned::from_der(csr.public_key_der())?,
    );
    let serial = RandomSerials::default().fresh()?;
    let now = SystemClock::default().now();
    let prepared = profile.prepare(&issuer, &request, &serial.to_x509(), now)?;
    let signature = key.sign(prepared.tbs())?;
    let pem = pki::encode_pem("CERTIFICATE", &prepared.attach(&signature)?);
    match &args.out {
        None => Ok(Outcome::new(
            pem.clone(),
            json!({ "certificate": pem, "serial": serial }),
        )),
        Some(out) => {
            output::write(out, pem.as_bytes(), Readers::AsUsual)?;
            let path = out.display().to_string();
            let text = format!("certificate: {path}\nserial:      {serial}");
            let json = json!({ "certificate": pem, "serial": serial, "file": path });
            Ok(Outcome::new(text, json))
        }
    }
}

/// A profile that comes with the program, or one from a file.
pub(crate) fn profile(name: &str) -> Result<Profile, Failure> {
    if let Some(profile) = Profile::shipped(name) {
        return Ok(profile);
    }
    let path = Path::new(name);
    if !path.exists() {
        let shipped: Vec<&str> = cert_profile::SHIPPED
            .iter()
            .map(|(name, _)| *name)
            .collect();
        return Err(Failure::Usage(format!(
            "--profile {name:?} is neither a file nor one of {}",
            shipped.join(", ")
        )));
    }
    let text = fs::read_to_string(path).map_err(|source| Failure::file(path, source))?;
    Profile::from_toml(&text).map_err(|source| Failure::file(path, source))
}

pub(crate) fn show(path: &Path) -> Result<Outcome, Failure> {
    let der = input::read_der(path, input::CERTIFICATE)?;
    let certificate = Certificate::from_der(&der).map_err(|source| Failure::file(path, source))?;
    let tbs = certificate.tbs_certificate();
    let (subject, issuer) = (tbs.subject().to_string(), tbs.issuer().to_string());
    let serial = hexadecimal(tbs.serial_number().as_bytes());
    let not_before = tbs.validity().not_before.to_date_time().to_string();
    let not_after = tbs.validity().not_after.to_date_time().to_string();
    let key = hexadecimal(tbs.subject_public_key_info().subject_public_key.raw_bytes());
    let algorithm = certificate.signature_algorithm().oid.to_string();
    let digest = hexadecimal(&sm3::digest(&der));
    let extensions: Vec<(String, bool)> = tbs
        .extensions()
        .into_iter()
        .flatten()
        .map(|extension| (extension.extn_id.to_string(), extension.critical))
        .collect();
    let findings: Vec<String> = lint::certificate(&der)
        .findings()
        .iter()
        .filter(|finding| finding.lint().severity() > lint::Severity::Notice)
        .map(|finding| {
            format!(
                "{} ({})",
                finding.lint().statement(),
                finding.lint().source()
            )
        })
        .collect();

    let mut text = format!(
        "subject:     {subject}\nissuer:      {issuer}\nserial:      {serial}\n\
         valid:       {not_before} to {not_after}\nsignature:   {algorithm}\n\
         public key:  {key}\nSM3:         {digest}\n"
    );
    for (oid, critical) in &extensions {
        let critical = if *critical { ", critical" } else { "" };
        text.push_str(&format!("extension:   {oid}{critical}\n"));
    }
    for finding in &findings {
        text.push_str(&format!("unusual:     {finding}\n"));
    }
    let extensions: Vec<_> = extensions
        .iter()
        .map(|(oid, critical)| json!({ "oid": oid, "critical": critical }))
        .collect();
    let json = json!({
        "subject": subject,
        "issuer": issuer,
        "serial": serial,
        "not_before": not_before,
        "not_after": not_after,
        "signature_algorithm": algorithm,
        "public_key": key,
        "sm3": digest,
        "extensions": extensions,
        "findings": findings,
    });
    Ok(Outcome::new(text, json))
}

pub(crate) fn verify(args: &CertVerify) -> Result<Outcome, Failure> {
    let at = match &args.at {
        None => SystemClock::default().now(),
        Some(text) => text.parse::<DateTime>().map_err(|_| {
            Failure::Usage(format!(
                "--at {text:?} is no time like 2026-11-21T08:00:00Z"
            ))
        })?,
    };
    let target = certificate(&args.file)?;
    let untrusted = certificates(&args.untrusted)?;
    let anchors = certificates(&args.anchor)?;
    let anchors: Vec<Anchor> = anchors.into_iter().map(Anchor::from_certificate).collect();
    let crls: Vec<ParsedCrl> = args
        .crl
        .iter()
        .map(|path| {
            let der = input::read_der(path, input::CRL)?;
            ParsedCrl::from_der(der).map_err(|source| Failure::file(path, source))
        })
        .collect::<Result<_, Failure>>()?;
    let sm2 = Sm2Sm3::default();
    let algorithms: [&dyn pki::VerifyAlgorithm; 1] = [&sm2];
    let options = PathOptions::new(at, &algorithms).crls(&crls);
    let path = validate(&target, &untrusted, &anchors, &options)
        .map_err(|source| Failure::file(&args.file, source))?;

    // Whoever gives CRLs wants to know; the CRL of somebody else is no answer.
    let checked = path
        .statuses()
        .first()
        .is_some_and(|status| *status != RevocationStatus::NotChecked);
    if !crls.is_empty() && !checked {
        let reason = "no CRL that was given is of this certificate's issuer";
        return Err(Failure::file(&args.file, reason));
    }
    let revocation = if checked {
        "not revoked"
    } else {
        "not checked: no --crl"
    };
    let mut names: Vec<String> = path
        .certificates()
        .iter()
        .map(|certificate| certificate.subject().to_string())
        .collect();
    names.push(path.anchor().certificate().subject().to_string());
    let text = format!(
        "certificate: good at {at}\nrevocation:  {revocation}\npath:        {}",
        names.join("\n             ")
    );
    Ok(Outcome::new(
        text,
        json!({ "at": at.to_string(), "revocation_checked": checked, "path": names }),
    ))
}

fn certificate(path: &Path) -> Result<ParsedCertificate, Failure> {
    let der = input::read_der(path, input::CERTIFICATE)?;
    ParsedCertificate::from_der(der).map_err(|source| Failure::file(path, source))
}

fn certificates(paths: &[PathBuf]) -> Result<Vec<ParsedCertificate>, Failure> {
    paths.iter().map(|path| certificate(path)).collect()
}
