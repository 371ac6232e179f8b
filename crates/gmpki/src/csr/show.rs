//! `gmpki csr show` and `gmpki csr verify`.

use super::{Reading, all, limits_to_look, read_in_a_dialect};
use crate::{
    args::{CsrShow, CsrVerify},
    failure::{Failure, chain},
    outcome::Outcome,
    sm3::hexadecimal,
    view::{self, Language, Masks, Page, plain},
};
use csr::{Dialect, Environment, KeyOrigin, Limits, VerifiedCsr};
use gm_crypto::sm3;
use serde_json::{Value, json};

/// Shows requests even when their signatures are not their keys'.
pub(crate) fn show(args: &CsrShow) -> Result<Outcome, Failure> {
    let reading = Reading::new(&args.beside, &args.file)?;
    let mut shown = Vec::new();
    let mut cfca = false;
    for der in all(&args.file)? {
        let (text, json, dialect) =
            one(&der, &reading, args.reveal).map_err(|source| Failure::file(&args.file, source))?;
        cfca |= dialect == Dialect::Cfca;
        shown.push((text, json));
    }
    Ok(together(shown).notes(told(cfca)))
}

/// One request alone is the object itself; several are its member `requests`.
fn together(mut shown: Vec<(String, Value)>) -> Outcome {
    if shown.len() == 1 {
        let (text, json) = shown.remove(0);
        return Outcome::new(text, json);
    }
    let (texts, objects): (Vec<String>, Vec<Value>) = shown.into_iter().unzip();
    let texts: Vec<String> = (1..)
        .zip(texts)
        .map(|(number, text)| format!("request {number}\n{text}"))
        .collect();
    Outcome::new(texts.join("\n"), json!({ "requests": objects }))
}

fn told(cfca: bool) -> Option<&'static str> {
    cfca.then_some("not as RFC 2986 has it: CFCA's form, with values of attributes outside a SET")
}

fn one(
    der: &[u8],
    reading: &Reading,
    reveal: bool,
) -> Result<(String, Value, Dialect), csr::Error> {
    let (csr, dialect) = read_in_a_dialect(der, &limits_to_look())?;
    let mut page = Page::new(Language::En);
    let subject = view::line(csr.subject(), &Masks::of_name(csr.subject(), reveal));
    let key = hexadecimal(csr.public_key_der());
    page.row("subject", &subject);
    page.row("public key", &key);
    let extensions = csr.requested_extensions().to_vec();
    let notes: Vec<String> = csr.notes().iter().map(ToString::to_string).collect();
    let possession = csr.verify(&[&reading.algorithm]);
    let (proved, word) = match &possession {
        Ok(_) => (json!(true), "proved".to_owned()),
        Err(
            error @ (csr::Error::Curve { .. }
            | csr::Error::KeyAlgorithm { .. }
            | csr::Error::SignatureAlgorithm { .. }),
        ) => (Value::Null, format!("not checked: {}", chain(error))),
        Err(error) => (json!(false), format!("not proved: {}", chain(error))),
    };
    page.row("possession", &word);

    let oids: Vec<String> = extensions
        .iter()
        .map(|one| one.extn_id.to_string())
        .collect();
    let mut wishes = Vec::new();
    if extensions.is_empty() {
        page.row("wishes", "none");
    }
    for extension in &extensions {
        let (label, lines) = view::describe(extension, Language::En, reveal);
        page.rows(&format!("wish: {label}"), &lines);
        wishes.push(json!({
            "oid": extension.extn_id.to_string(),
            "critical": extension.critical,
            "says": lines,
        }));
    }
    let mut json = json!({
        "subject": subject,
        "public_key": key,
        "extensions": oids,
        "wishes": wishes,
        "possession": proved,
    });
    if let Ok(csr) = &possession {
        claims(csr, reading, &mut page, &mut json)?;
    }
    page.rows("unusual", &notes);
    json["unusual"] = notes.into();
    Ok((page.into_text(), json, dialect))
}

/// What the attributes claim: said of a request alone whose octets somebody stands for.
fn claims(
    csr: &VerifiedCsr,
    reading: &Reading,
    page: &mut Page,
    json: &mut Value,
) -> Result<(), csr::Error> {
    let password = csr.challenge_password()?.is_some();
    if password {
        page.row("password", "for a revocation, not shown");
    }
    json["challenge_password"] = password.into();
    let names: Vec<String> = csr
        .unstructured_names()?
        .iter()
        .map(|name| plain(name))
        .collect();
    page.rows("also named", &names);
    json["unstructured_names"] = names.into();
    let found = reading.beside(csr)?;
    if let Some(origin) = &found.origin {
        page.rows("key origin", &origin_lines(origin));
        json["origin"] = origin_object(origin);
    }
    if let Some(key) = &found.temporary_key {
        let key = hexadecimal(&key.to_uncompressed());
        page.row("temporary", &key);
        json["temporary_key"] = key.into();
    }
    Ok(())
}

fn environment(origin: &KeyOrigin) -> &'static str {
    match origin.environment() {
        Environment::Production => "production",
        Environment::Test => "test",
        _ => "unknown",
    }
}

pub(crate) fn origin_lines(origin: &KeyOrigin) -> Vec<String> {
    let mut lines = vec![format!("environment: {}", environment(origin))];
    match origin.device() {
        None => lines.push("device: none, made in software".into()),
        Some(device) => {
            lines.push(format!(
                "device: {}, model {}, serial number {}",
                plain(device.kind()),
                plain(device.model()),
                plain(device.serial())
            ));
            lines.push(match device.qualification() {
                Some(number) => format!("qualification: {}", plain(number)),
                None => "qualification: none".into(),
            });
        }
    }
    lines
}

fn origin_object(origin: &KeyOrigin) -> Value {
    let device = origin.device().map(|device| {
        json!({
            "kind": device.kind(),
            "model": device.model(),
            "serial": device.serial(),
            "qualification": device.qualification(),
        })
    });
    json!({ "environment": environment(origin), "device": device })
}

pub(crate) fn verify(args: &CsrVerify) -> Result<Outcome, Failure> {
    let reading = Reading::new(&args.beside, &args.file)?;
    let mut shown = Vec::new();
    let mut cfca = false;
    for der in all(&args.file)? {
        let verified = || -> Result<_, csr::Error> {
            let (csr, dialect) = read_in_a_dialect(&der, &Limits::default())?;
            let csr = csr.verify(&[&reading.algorithm])?;
            let found = reading.beside(&csr)?;
            Ok((csr, found, dialect))
        };
        let (csr, found, dialect) =
            verified().map_err(|source| Failure::file(&args.file, source))?;
        cfca |= dialect == Dialect::Cfca;
        let subject = view::masked_line(csr.subject());
        let text = format!("request: good, {subject} holds the private key");
        let mut json = json!({ "subject": subject, "sm3": hexadecimal(&sm3::digest(csr.der())) });
        if let Some(key) = found.temporary_key {
            json["temporary_key"] = hexadecimal(&key.to_uncompressed()).into();
        }
        if let Some(origin) = &found.origin {
            json["origin"] = origin_object(origin);
        }
        shown.push((text, json));
    }
    Ok(together(shown).notes(told(cfca)))
}
