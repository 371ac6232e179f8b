//! `gmpki verify-document`: was this signed under a recognised certificate?

use crate::{
    args::VerifyDocument,
    failure::{Failure, chain},
    input, message, moment,
    outcome::Outcome,
    sm3::hexadecimal,
    trust_list::{answer, certificate, follow},
    view::{Masks, masked_line, plain},
};
use gm_crypto::pki::{Ecdsa, RsaPkcs1, RsaPss, Sm2Sm3, VerifyAlgorithm, decode_pem};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use trust_list::{
    document::{
        DocumentQuestion, DocumentReport, Indication, SignerName, SignerReport, UnverifiedDocument,
    },
    list::SigningTime,
    path::{Anchor, OcspResponse, ParsedCertificate},
    time_stamp::TimeStamp,
};

pub(crate) fn verify(args: &VerifyDocument) -> Result<Outcome, Failure> {
    let now = moment::or_now("--at", args.at.as_deref())?;
    let mut files: Vec<&Path> = vec![&args.file];
    files.extend(
        [&args.list, &args.content]
            .into_iter()
            .flatten()
            .map(|path| &**path),
    );
    input::at_most_one_is_standard_input(&files)?;
    let document = document(args)?;
    let anchors: Vec<Anchor> = certificates(&args.tsa)?
        .into_iter()
        .map(Anchor::from_certificate)
        .collect();
    let certificates = certificates(&args.certificate)?;
    let crls = answer::crls(&args.crl)?;
    let ocsp = args
        .ocsp
        .iter()
        .map(|path| {
            let octets = input::read(path, input::STRUCTURE)?;
            OcspResponse::from_der(&octets).map_err(|source| Failure::file(path, source))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    // The authorities of others sign by these.
    let sm2 = Sm2Sm3::default();
    let all: [&dyn VerifyAlgorithm; 11] = [
        &sm2,
        &Ecdsa::P256_SHA256,
        &Ecdsa::P384_SHA384,
        &Ecdsa::P384_SHA256,
        &Ecdsa::P384_SHA512,
        &RsaPkcs1::SHA256,
        &RsaPkcs1::SHA384,
        &RsaPkcs1::SHA512,
        &RsaPss::SHA256,
        &RsaPss::SHA384,
        &RsaPss::SHA512,
    ];
    let question = DocumentQuestion::new(now)
        .certificates(&certificates)
        .crls(&crls)
        .ocsp(&ocsp)
        .time_stamp_anchors(&anchors)
        .time_stamp_algorithms(&all);
    let (state, list) = (args.state.as_deref(), args.list.as_deref());
    let content = args.list_content.as_deref();
    let (client, mut notes) = follow::up_to(&args.signers, None, state, list, content, now)?;
    let report = client.judge(&document, &question)?;
    let deviations = report.deviations.iter();
    notes.extend(deviations.map(|one| one.as_str().to_owned()));
    let good = report.indication() == Indication::Valid;
    Ok(Outcome::judged(text(&report), object(&report), good).notes(notes))
}

fn document(args: &VerifyDocument) -> Result<UnverifiedDocument, Failure> {
    let limit = UnverifiedDocument::MAX_LENGTH as u64;
    // Text is longer than what it stands for.
    let octets = input::read(&args.file, 2 * limit)?;
    let octets = match decode_pem(&octets, &["PKCS7", "CMS"]) {
        Ok(der) if octets.starts_with(b"-----") => der.to_vec(),
        _ if octets.first() == Some(&0x30) => octets,
        _ => input::without_text(&octets).into_owned(),
    };
    let dialect = message::dialect(args.dialect);
    let document = match &args.content {
        None => UnverifiedDocument::from_der(&octets, dialect),
        Some(content) => {
            let content = input::read(content, limit)?;
            UnverifiedDocument::from_detached(&octets, content, dialect)
        }
    };
    document.map_err(|error| {
        let words = format!("{}: {}", error.code(), chain(&error));
        Failure::file(&args.file, words)
    })
}

fn certificates(paths: &[PathBuf]) -> Result<Vec<ParsedCertificate>, Failure> {
    paths.iter().map(|path| certificate(path)).collect()
}

fn text(report: &DocumentReport) -> String {
    let mut lines = vec![format!(
        "{}{}",
        report.indication().as_str(),
        behind(&report.codes())
    )];
    for signer in &report.signers {
        lines.extend(signer_lines(signer));
    }
    lines.push(format!(
        "document:      SM3 {}",
        hexadecimal(&report.content)
    ));
    lines.push(format!(
        "list:          {}, digest {}",
        report.sequence,
        hexadecimal(&report.list)
    ));
    lines.push(format!(
        "judged:        at {} by {}",
        report.now, report.rules
    ));
    // Certificates, answers and tokens of strangers have names in them.
    let lines = lines.iter().flat_map(|line| line.split('\n'));
    lines.map(plain).collect::<Vec<_>>().join("\n")
}

/// Codes after a word.
fn behind(codes: &[&str]) -> String {
    if codes.is_empty() {
        return String::new();
    }
    format!(": {}", codes.join(", "))
}

/// What a reason says of a signer, the numbers of a person hidden.
fn masks(signer: &SignerReport) -> Masks {
    match &signer.message {
        Ok(certificate) => Masks::of_name(certificate.subject(), false),
        Err(_) => Masks::default(),
    }
}

fn signer_lines(signer: &SignerReport) -> Vec<String> {
    let masks = masks(signer);
    let mut lines = vec![format!(
        "signer:        {}: {}{}",
        who(signer),
        signer.indication().as_str(),
        behind(&signer.codes())
    )];
    let mut line = |part: &str, words: String| {
        lines.push(format!("  {:<13}{}", format!("{part}:"), masks.over(words)));
    };
    line(
        "message",
        match &signer.message {
            Ok(_) => "GOOD: the signature fits the document as it came".into(),
            Err(fault) => format!("{}: {}", fault.code(), chain(fault)),
        },
    );
    line("time", time_words(signer));
    for stamp in &signer.time.stamps {
        line(
            "time stamp",
            match stamp {
                Ok(stamp) => format!(
                    "GOOD: {}, at the latest {}, by {}",
                    stamp.time(),
                    stamp.latest(),
                    masked_line(stamp.authority().subject())
                ),
                Err(fault) => format!("{}: {}", fault.code(), chain(fault)),
            },
        );
    }
    match &signer.chain {
        None => line("chain", "not judged".into()),
        Some(Ok(path)) => {
            let names: Vec<String> = path.iter().map(|one| masked_line(one.subject())).collect();
            line("chain", format!("GOOD: {}", names.join(" < ")));
        }
        Some(Err(error)) => line("chain", format!("PATH: {error}")),
    }
    match &signer.status {
        None => line("status", "not judged".into()),
        Some(Ok(finding)) => line("status", finding.code().into()),
        Some(Err(fault)) => line("status", format!("{}: {}", fault.code(), chain(fault))),
    }
    match &signer.recognition {
        None => line("recognition", "not judged".into()),
        Some(found) => {
            let (words, _) = answer::answered(found);
            line("recognition", words.replace('\n', "\n               "));
        }
    }
    lines
}

fn time_words(signer: &SignerReport) -> String {
    let time = &signer.time;
    let said = match time.claimed {
        Some(claimed) => format!("the signer says {claimed}"),
        None => "the signer does not say".into(),
    };
    match time.judged {
        SigningTime::Proved(at) => format!("{}: signed by {at}; {said}", time.code()),
        _ => format!("{}: {said}; judged as of now", time.code()),
    }
}

fn who(signer: &SignerReport) -> String {
    match (&signer.message, &signer.name) {
        (Ok(certificate), _) => masked_line(certificate.subject()),
        (Err(_), SignerName::IssuerAndSerialNumber { serial, .. }) => {
            format!("certificate {}", hexadecimal(serial))
        }
        (Err(_), SignerName::KeyIdentifier(id)) => format!("key {}", hexadecimal(id)),
        (Err(_), _) => "somebody".into(),
    }
}

fn object(report: &DocumentReport) -> Value {
    json!({
        "indication": report.indication().as_str(),
        "codes": report.codes(),
        "at": report.now.to_string(),
        "message_digest": hexadecimal(&report.message),
        "content_digest": hexadecimal(&report.content),
        "sequence": report.sequence,
        "digest": hexadecimal(&report.list),
        "rules": report.rules,
        "signers": report.signers.iter().map(signer_object).collect::<Vec<_>>(),
    })
}

fn signer_object(signer: &SignerReport) -> Value {
    let masks = masks(signer);
    let part = |code: &str, reason: Option<String>| json!({ "code": code, "reason": reason.map(|reason| masks.over(reason)) });
    let message = match &signer.message {
        Ok(_) => part("GOOD", None),
        Err(fault) => part(fault.code(), Some(chain(fault))),
    };
    let certificate = signer.message.as_ref().ok().map(|certificate| {
        json!({
            "subject": masked_line(certificate.subject()),
            "issuer": masked_line(certificate.issuer()),
            "serial": hexadecimal(certificate.serial()),
            "sm3": hexadecimal(&certificate.digest()),
        })
    });
    let judged = match signer.time.judged {
        SigningTime::Proved(at) => Some(at.to_string()),
        _ => None,
    };
    let stamps = signer.time.stamps.iter().map(|stamp| match stamp {
        Ok(stamp) => stamp_object(stamp),
        Err(fault) => json!({ "code": fault.code(), "reason": chain(fault) }),
    });
    let chain_part = signer.chain.as_ref().map(|found| match found {
        Ok(path) => {
            let names: Vec<String> = path.iter().map(|one| masked_line(one.subject())).collect();
            json!({ "code": "GOOD", "certificates": names })
        }
        Err(error) => part("PATH", Some(error.to_string())),
    });
    let status = signer.status.as_ref().map(|found| match found {
        Ok(finding) => part(finding.code(), None),
        Err(fault) => part(fault.code(), Some(chain(fault))),
    });
    let recognition = signer.recognition.as_ref().map(|found| {
        let (_, mut json) = answer::answered(found);
        if let Some(reason) = json["reason"].as_str() {
            json["reason"] = masks.over(reason.to_owned()).into();
        }
        json
    });
    json!({
        "signer": who(signer),
        "indication": signer.indication().as_str(),
        "codes": signer.codes(),
        "message": message,
        "certificate": certificate,
        "time": {
            "code": signer.time.code(),
            "proved_by": judged,
            "claimed": signer.time.claimed.map(|claimed| claimed.to_string()),
            "stamps": stamps.collect::<Vec<_>>(),
        },
        "chain": chain_part,
        "status": status,
        "recognition": recognition,
    })
}

fn stamp_object(stamp: &TimeStamp) -> Value {
    json!({
        "code": "GOOD",
        "time": stamp.time().to_string(),
        "latest": stamp.latest().to_string(),
        "accuracy_ms": stamp.accuracy().map(|accuracy| accuracy.as_secs_f64() * 1000.0),
        "serial": hexadecimal(stamp.serial()),
        "policy": stamp.policy().to_string(),
        "digest": stamp.digest().as_str(),
        "authority": masked_line(stamp.authority().subject()),
    })
}
