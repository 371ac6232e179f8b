//! `gmpki csr`.

use crate::{
    args::CsrNew,
    failure::Failure,
    input, keys,
    outcome::Outcome,
    output::{self, Readers},
    sm3::hexadecimal,
};
use csr::{CsrDraft, Dialect, Limits, SubjectRule, UnverifiedCsr, VerifiedCsr};
use gm_crypto::{pki, pki::Sm2Sm3, sm3};
use hsm::KeyHandle;
use serde_json::json;
use std::path::Path;
use x509_cert::name::Name;

pub(crate) fn new(args: &CsrNew) -> Result<Outcome, Failure> {
    let subject: Name = args.subject.parse().map_err(|error: der::Error| {
        Failure::Usage(format!(
            "--subject {:?} is no name like 'CN=张三,O=示例,C=CN' (RFC 4514): {error}",
            args.subject
        ))
    })?;
    if subject.is_empty() {
        return Err(Failure::Usage("--subject is empty".into()));
    }
    let key = keys::handle(&args.key)?;
    let prepared =
        CsrDraft::new(subject).prepare(key.public_key().decode_msg()?, key.algorithm())?;
    let signature = key.sign(prepared.tbs())?;
    let pem = pki::encode_pem(csr::PEM_LABELS[0], &prepared.attach(&signature)?);
    match &args.out {
        None => Ok(Outcome::new(pem.clone(), json!({ "csr": pem }))),
        Some(out) => {
            output::write(out, pem.as_bytes(), Readers::AsUsual)?;
            let path = out.display().to_string();
            let json = json!({ "csr": pem, "file": path });
            Ok(Outcome::new(format!("request: {path}"), json))
        }
    }
}

/// Shows a request even when its signature is not its key's.
pub(crate) fn show(path: &Path) -> Result<Outcome, Failure> {
    let der = input::read_der(path, csr::PEM_LABELS)?;
    let mut limits = Limits::default();
    limits.subject = SubjectRule::MayBeEmpty;
    let read = |source| Failure::file(path, source);
    let (csr, dialect) = read_in_a_dialect(&der, &limits).map_err(read)?;
    let subject = csr.subject().to_string();
    let key = hexadecimal(csr.public_key_der());
    let extensions: Vec<String> = csr
        .requested_extensions()
        .iter()
        .map(|extension| extension.extn_id.to_string())
        .collect();
    let possession = csr.verify(&[&Sm2Sm3::default()]);
    let proved = match &possession {
        Ok(_) => "proved".to_owned(),
        Err(error) => format!("not proved: {}", crate::failure::chain(error)),
    };
    let temporary = match &possession {
        Ok(csr) => temporary_key(csr),
        Err(_) => None,
    };
    let mut text = format!(
        "subject:     {subject}\npublic key:  {key}\nextensions:  {}\npossession:  {proved}",
        if extensions.is_empty() {
            "none asked for".to_owned()
        } else {
            extensions.join(", ")
        },
    );
    let mut json = json!({
        "subject": subject,
        "public_key": key,
        "extensions": extensions,
        "possession": possession.is_ok(),
    });
    if let Some(temporary) = temporary {
        text.push_str("\ntemporary:   ");
        text.push_str(&temporary);
        json["temporary_key"] = temporary.into();
    }
    Ok(Outcome::new(text, json).notes(told(dialect)))
}

/// A request as RFC 2986 has it, or else as CFCA does.
fn read_in_a_dialect<'a>(
    der: &'a [u8],
    limits: &Limits,
) -> Result<(UnverifiedCsr<'a>, Dialect), csr::Error> {
    match UnverifiedCsr::from_der(der, limits) {
        Ok(csr) => Ok((csr, Dialect::Rfc2986)),
        // What CFCA's letter does not excuse is refused as RFC 2986 refuses it.
        Err(error) => match UnverifiedCsr::from_der_in(Dialect::Cfca, der, limits) {
            Ok(csr) => Ok((csr, Dialect::Cfca)),
            Err(_) => Err(error),
        },
    }
}

fn told(dialect: Dialect) -> Option<&'static str> {
    (dialect == Dialect::Cfca)
        .then_some("not as RFC 2986 has it: CFCA's form, with values of attributes outside a SET")
}

/// The point to which CFCA encrypts the other private key: a claim.
fn temporary_key(csr: &VerifiedCsr) -> Option<String> {
    let key = csr.temporary_key().ok()??;
    Some(hexadecimal(&key.to_uncompressed()))
}

pub(crate) fn verify(path: &Path) -> Result<Outcome, Failure> {
    let der = input::read_der(path, csr::PEM_LABELS)?;
    let verified = read_in_a_dialect(&der, &Limits::default())
        .and_then(|(csr, dialect)| Ok((csr.verify(&[&Sm2Sm3::default()])?, dialect)));
    let (csr, dialect) = verified.map_err(|source| Failure::file(path, source))?;
    let subject = csr.subject().to_string();
    let text = format!("request: good, {subject} holds the private key");
    let mut json = json!({ "subject": subject, "sm3": hexadecimal(&sm3::digest(csr.der())) });
    if let Some(temporary) = temporary_key(&csr) {
        json["temporary_key"] = temporary.into();
    }
    Ok(Outcome::new(text, json).notes(told(dialect)))
}

/// Reads a request and checks its proof of possession.
pub(crate) fn read_verified(path: &Path) -> Result<VerifiedCsr, Failure> {
    let der = input::read_der(path, csr::PEM_LABELS)?;
    parse_verified(&der).map_err(|source| Failure::file(path, source))
}

/// The same for octets at hand.
pub(crate) fn parse_verified(der: &[u8]) -> Result<VerifiedCsr, csr::Error> {
    UnverifiedCsr::from_der(der, &Limits::default())?.verify(&[&Sm2Sm3::default()])
}
