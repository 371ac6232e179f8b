//! `gmpki cert show`: what certificates say.

use crate::{
    args::CertShow,
    failure::Failure,
    input, moment,
    outcome::Outcome,
    sm3::hexadecimal,
    view::{self, Language, Masks, Page, Purpose},
};
use cert_profile::lint;
use der::{DateTime, Decode};
use gm_crypto::{
    pki::{
        self,
        identity::{Identity, find_identities},
    },
    sm3,
};
use serde_json::{Value, json};
use std::path::Path;
use x509_cert::Certificate;

/// Certificates that are shown at most; files of roots have hundreds.
const CERTIFICATES: usize = 4_096;

/// A certificate of a file, under the name that people get to see.
struct Part {
    name: String,
    der: Vec<u8>,
    certificate: Certificate,
    purpose: Purpose,
}

pub(crate) fn show(args: &CertShow) -> Result<Outcome, Failure> {
    let language = args.lang;
    let at = moment::or_now("--at", args.at.as_deref())?;
    let paths: Vec<&Path> = args.files.iter().map(|path| &**path).collect();
    input::at_most_one_is_standard_input(&paths)?;
    let mut parts = Vec::new();
    for path in &paths {
        parts.extend(read(path)?);
        if parts.len() > CERTIFICATES {
            let reason = format!("more than {CERTIFICATES} certificates to show");
            return Err(Failure::file(path, reason));
        }
    }
    let mut text = String::new();
    let mut objects = Vec::new();
    for part in &parts {
        if parts.len() > 1 {
            text.push_str(&format!("{}\n", part.name));
        }
        let (page, object) = one(part, at, language, args.reveal);
        text.push_str(&page);
        if parts.len() > 1 {
            text.push('\n');
        }
        objects.push(object);
    }
    let pair = pair(&parts, language);
    if let Some((line, _)) = &pair {
        text.push_str(line);
    }
    // One certificate alone is the object itself; several are a member of it.
    let mut json = if objects.len() == 1 {
        objects.remove(0)
    } else {
        json!({ "certificates": objects })
    };
    if let Some((_, pair)) = pair {
        json["pair"] = pair;
    }
    Ok(Outcome::new(text, json))
}

/// Every certificate of a file: one in DER, or each block of PEM.
pub(super) fn ders(path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let octets = input::read(path, input::BUNDLE)?;
    let mut ders = Vec::new();
    for block in pki::pem_blocks(&octets) {
        let block = block.map_err(|source| Failure::file(path, source))?;
        if input::CERTIFICATE.contains(&block.label()) {
            ders.push(block.contents().to_vec());
        }
    }
    if ders.is_empty() {
        let der = pki::decode_pem(&octets, input::CERTIFICATE);
        ders.push(der.map_err(|source| Failure::file(path, source))?.to_vec());
    }
    Ok(ders)
}

/// The certificates of a file, to be shown.
fn read(path: &Path) -> Result<Vec<Part>, Failure> {
    let ders = ders(path)?;
    let several = ders.len() > 1;
    let mut parts = Vec::new();
    for (number, der) in (1..).zip(ders) {
        let certificate =
            Certificate::from_der(&der).map_err(|source| Failure::file(path, source))?;
        let shown = path.display();
        parts.push(Part {
            name: if several {
                format!("{shown}, {number}")
            } else {
                shown.to_string()
            },
            purpose: view::purpose(extensions(&certificate)),
            certificate,
            der,
        });
    }
    Ok(parts)
}

fn extensions(certificate: &Certificate) -> &[x509_cert::ext::Extension] {
    let extensions = certificate.tbs_certificate().extensions();
    extensions.map_or(&[], Vec::as_slice)
}

fn one(part: &Part, at: DateTime, language: Language, reveal: bool) -> (String, Value) {
    let tbs = part.certificate.tbs_certificate();
    // What is no strict DER has no identities that could be told.
    let identities = find_identities(&part.der).unwrap_or_default();
    let masks = Masks::of_subject(&identities, reveal);
    let validity = tbs.validity();
    let (not_before, not_after) = (
        validity.not_before.to_date_time(),
        validity.not_after.to_date_time(),
    );
    let serial = hexadecimal(tbs.serial_number().as_bytes());
    let spki = tbs.subject_public_key_info();
    let key = hexadecimal(spki.subject_public_key.raw_bytes());
    let algorithm = part.certificate.signature_algorithm();
    let digest = hexadecimal(&sm3::digest(&part.der));
    let findings = findings(&part.der);

    let mut page = Page::new(language);
    page.row(language.say("what", "类型"), part.purpose.say(language));
    page.list(
        language.say("subject", "主体"),
        &view::attributes(tbs.subject(), &masks, language),
    );
    page.list(
        language.say("issuer", "颁发者"),
        &view::attributes(tbs.issuer(), &Masks::default(), language),
    );
    page.row(language.say("serial", "序列号"), &serial);
    page.row(
        language.say("valid", "有效期"),
        &lasting(not_before, not_after, at, language),
    );
    page.row(
        language.say("key", "公钥算法"),
        &key_kind(
            spki.algorithm.oid,
            spki.algorithm.parameters.as_ref(),
            language,
        ),
    );
    page.row(language.say("public key", "公钥"), &key);
    page.row(
        language.say("signature", "签名算法"),
        &view::named(&algorithm.oid.to_string(), language),
    );
    for extension in extensions(&part.certificate) {
        let (label, lines) = view::describe(extension, language, reveal);
        page.rows(&label, &lines);
    }
    page.row(language.say("SM3", "证书的 SM3 摘要"), &digest);
    page.rows(language.say("breaks rules", "违反的规则"), &findings);

    let listed: Vec<Value> = extensions(&part.certificate)
        .iter()
        .map(|extension| {
            let (name, lines) = view::describe(extension, Language::En, reveal);
            json!({
                "oid": extension.extn_id.to_string(),
                "critical": extension.critical,
                "name": name,
                "says": lines,
            })
        })
        .collect();
    let object = json!({
        "file": part.name,
        "purpose": part.purpose.word(),
        "subject": view::line(tbs.subject(), &masks),
        "subject_attributes": view::attributes(tbs.subject(), &masks, Language::En),
        "issuer": view::line(tbs.issuer(), &Masks::default()),
        "serial": serial,
        "not_before": not_before.to_string(),
        "not_after": not_after.to_string(),
        "signature_algorithm": algorithm.oid.to_string(),
        "key_algorithm": spki.algorithm.oid.to_string(),
        "public_key": key,
        "sm3": digest,
        "extensions": listed,
        "identities": identities.iter().map(|one| identity(one, reveal)).collect::<Vec<_>>(),
        "findings": findings,
    });
    (page.into_text(), object)
}

fn identity(identity: &Identity, reveal: bool) -> Value {
    let shown = if reveal {
        view::plain(identity.reveal())
    } else {
        view::masked(identity)
    };
    json!({
        "kind": identity.kind().to_string(),
        "number": shown,
        "encoding": identity.encoding().to_string(),
    })
}

/// From when to when, and how that looks at a time.
fn lasting(from: DateTime, to: DateTime, at: DateTime, language: Language) -> String {
    let state = if at < from {
        language.say("not valid yet", "尚未生效").to_owned()
    } else if at > to {
        let days = moment::days_between(to, at);
        match language {
            Language::En if days == 1 => "expired 1 day ago".into(),
            Language::En => format!("expired {days} days ago"),
            Language::Zh => format!("已过期 {days} 天"),
        }
    } else {
        let days = moment::days_between(at, to);
        match language {
            Language::En if days == 1 => "1 day left".into(),
            Language::En => format!("{days} days left"),
            Language::Zh => format!("剩余 {days} 天"),
        }
    };
    let word = language.say("to", "至");
    format!("{from} {word} {to}{}", language.bracketed(&state))
}

/// The key's algorithm, with its curve where it has one.
fn key_kind(
    oid: der::asn1::ObjectIdentifier,
    parameters: Option<&der::Any>,
    language: Language,
) -> String {
    let curve = parameters.and_then(|any| any.decode_as::<der::asn1::ObjectIdentifier>().ok());
    let algorithm = view::named(&oid.to_string(), language);
    match curve {
        Some(curve) => format!(
            "{}{}{algorithm}",
            view::named(&curve.to_string(), language),
            language.say(", ", "，")
        ),
        None => algorithm,
    }
}

/// Rules that are broken, beneath a notice.
fn findings(der: &[u8]) -> Vec<String> {
    lint::certificate(der)
        .findings()
        .iter()
        .filter(|finding| finding.lint().severity() > lint::Severity::Notice)
        .map(said)
        .collect()
}

fn said(finding: &lint::Finding) -> String {
    let lint = finding.lint();
    format!("{} ({})", lint.statement(), lint.source())
}

/// Whether two certificates for subscribers are a pair; nothing of others.
fn pair(parts: &[Part], language: Language) -> Option<(String, Value)> {
    let [one, other] = parts else { return None };
    let (signing, encryption) = match (one.purpose, other.purpose) {
        (Purpose::Authority, _) | (_, Purpose::Authority) => return None,
        (Purpose::Signing, Purpose::Encryption) => (one, other),
        (Purpose::Encryption, Purpose::Signing) => (other, one),
        _ => {
            let reason = language.say(
                "one has to sign and the other to encrypt, by their key usages",
                "按密钥用法，应一张用于签名、另一张用于加密",
            );
            let no = language.say("no: ", "否：");
            return Some(no_pair(no, &[reason.to_owned()], language));
        }
    };
    let report = lint::pair(&signing.der, &encryption.der);
    let reasons: Vec<String> = report
        .findings()
        .iter()
        .filter(|finding| finding.lint().severity() == lint::Severity::Error)
        .map(said)
        .collect();
    if !reasons.is_empty() {
        let no = language.say("no, it breaks rules: ", "否，违反规则：");
        return Some(no_pair(no, &reasons, language));
    }
    let mut page = Page::new(language);
    let text = language.say(
        "yes: the signing and the encryption certificate of one subscriber",
        "是，同一用户的签名证书与加密证书",
    );
    page.row(language.say("a pair", "双证书"), text);
    Some((page.into_text(), json!({ "is": true, "reasons": [] })))
}

fn no_pair(no: &str, reasons: &[String], language: Language) -> (String, Value) {
    let mut page = Page::new(language);
    let reasons_text = reasons.join(language.say("; ", "；"));
    page.row(
        language.say("a pair", "双证书"),
        &format!("{no}{reasons_text}"),
    );
    (page.into_text(), json!({ "is": false, "reasons": reasons }))
}
