//! `gmpki cert`.

mod issue;
mod show;

pub(crate) use issue::issue;
pub(crate) use show::show;

use crate::{
    args::CertVerify,
    failure::{Failure, chain},
    input, moment,
    outcome::Outcome,
    view::{self, Masks},
};
use cert_profile::Profile;
use gm_crypto::pki::{self, Sm2Sm3};
use serde_json::json;
use std::path::{Path, PathBuf};
use trust_list::path::{
    Anchor, ParsedCertificate, ParsedCrl, PathOptions, RevocationStatus, validate,
};

/// A profile that comes with the program, or one from a file.
pub(crate) fn profile(name: &str) -> Result<Profile, Failure> {
    if let Some(profile) = Profile::shipped(name) {
        return Ok(profile);
    }
    let path = Path::new(name);
    if !path.exists() {
        return Err(Failure::Usage(format!(
            "--profile {name:?} is neither a file nor one of {}",
            shipped()
        )));
    }
    load(path, &policy_text(path)?)
}

/// A policy from its text.
pub(crate) fn load(path: &Path, text: &str) -> Result<Profile, Failure> {
    Profile::from_toml(text).map_err(|error| match error {
        // Its own message has the text with a mark below, over several lines.
        cert_profile::Error::Toml {
            line: Some(line),
            source,
        } => Failure::file(path, format!("line {line}: {}", source.message())),
        error => Failure::file(path, error),
    })
}

/// The text of a policy.
pub(crate) fn policy_text(path: &Path) -> Result<String, Failure> {
    let octets = input::read(path, input::STRUCTURE)?;
    String::from_utf8(octets).map_err(|source| Failure::file(path, source))
}

/// The names of the profiles that come with the program.
pub(crate) fn shipped() -> String {
    let names: Vec<&str> = cert_profile::SHIPPED
        .iter()
        .map(|(name, _)| *name)
        .collect();
    names.join(", ")
}

pub(crate) fn verify(args: &CertVerify) -> Result<Outcome, Failure> {
    let at = moment::or_now("--at", args.at.as_deref())?;
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
    let path = validate(&target, &untrusted, &anchors, &options).map_err(|source| {
        // A reason has the subject in it, which may have the number of a person.
        let masks = Masks::of_name(target.subject(), false);
        Failure::file(&args.file, masks.over(chain(&source)))
    })?;

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
        .map(|certificate| view::masked_line(certificate.subject()))
        .collect();
    names.push(view::masked_line(path.anchor().certificate().subject()));
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

/// The certificates of several files, each of which may hold several in PEM.
fn certificates(paths: &[PathBuf]) -> Result<Vec<ParsedCertificate>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        for der in show::ders(path)? {
            let certificate = ParsedCertificate::from_der(der);
            found.push(certificate.map_err(|source| Failure::file(path, source))?);
        }
    }
    Ok(found)
}
