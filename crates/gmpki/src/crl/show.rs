//! `gmpki crl show`.

use crate::{
    args::CrlShow,
    authority,
    failure::{Failure, chain},
    input, moment,
    outcome::Outcome,
    serial,
    sm3::hexadecimal,
    view::{self, Language, Masks, Page, plain},
};
use cert_profile::{CrlReader, EntryRef, OnlyContains};
use der::referenced::OwnedToRef;
use gm_crypto::pki::{self, Sm2Sm3};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{self, BufWriter, Write},
    path::Path,
};

/// Octets of the largest list that is read: some five million entries.
const FILE: u64 = 1 << 28;

/// The octets of a list, from DER or PEM.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let octets = input::read(path, FILE)?;
    // A long list in DER stays where it is.
    if octets.first() == Some(&0x30) {
        return Ok(octets);
    }
    match pki::decode_pem(&octets, input::CRL) {
        Ok(der) => Ok(der.to_vec()),
        Err(source) => Err(Failure::file(path, source)),
    }
}

pub(crate) fn show(args: &CrlShow) -> Result<Outcome, Failure> {
    let at = moment::or_now("--at", args.at.as_deref())?;
    let wanted = args.serial.as_deref();
    let wanted = wanted
        .map(|text| serial::option("--serial", text))
        .transpose()?;
    let mut paths: Vec<&Path> = vec![&args.file];
    paths.extend(args.issuer.as_deref());
    input::at_most_one_is_standard_input(&paths)?;
    let octets = read(&args.file)?;
    let failed = |source| Failure::file(&args.file, source);
    let list = CrlReader::from_der(&octets).map_err(failed)?;
    let signature = signature(&list, args.issuer.as_deref())?;
    let signature_holds = signature.as_ref().is_none_or(Result::is_ok);
    if args.csv {
        if let Some(Err(reason)) = signature {
            return Err(Failure::file(&args.file, reason));
        }
        return csv(args, &list);
    }

    let mut page = Page::new(Language::En);
    let issuer = view::line(list.issuer(), &Masks::default());
    page.row("issuer", &issuer);
    let number = list.number().map(|number| number.to_string());
    page.row("number", number.as_deref().unwrap_or("none"));
    let base = list.base_number().map(|base| base.to_string());
    page.row(
        "kind",
        &match &base {
            None => "full list".to_owned(),
            Some(base) => format!("delta to list {base}"),
        },
    );
    let next = list.next_update();
    let state = match next {
        _ if at < list.this_update() => "not valid yet",
        Some(next) if at > next => "stale",
        _ => "current",
    };
    let until = next.map(|next| next.to_string());
    page.row(
        "valid",
        &format!(
            "{} to {} ({state} at {at})",
            list.this_update(),
            until.as_deref().unwrap_or("no date")
        ),
    );
    let urls: Vec<String> = list
        .distribution_point()
        .into_iter()
        .flat_map(|point| point.urls().map(plain))
        .collect();
    page.rows("about", &urls);
    let only = list
        .distribution_point()
        .and_then(|point| point.only_contains());
    let only = only.map(|only| match only {
        OnlyContains::UserCerts => "certificates of end entities",
        OnlyContains::CaCerts => "certificates of CAs",
        _ => "certificates of another kind",
    });
    if let Some(only) = only {
        page.row("only", only);
    }
    let freshest: Vec<String> = list.freshest().map(plain).collect();
    page.rows("deltas at", &freshest);
    page.row(
        "signature",
        &match &signature {
            None => "not checked: no --issuer".to_owned(),
            Some(Ok(())) => "good".to_owned(),
            Some(Err(reason)) => format!("wrong: {reason}"),
        },
    );

    let (entries, reasons) = counted(&list).map_err(failed)?;
    page.row("entries", &entries.to_string());
    for (reason, count) in &reasons {
        page.row(&format!("  {reason}"), &count.to_string());
    }
    let mut json = json!({
        "issuer": issuer,
        "number": number,
        "delta_of": base,
        "this_update": list.this_update().to_string(),
        "next_update": until,
        "state": state,
        "urls": urls,
        "only": only,
        "freshest": freshest,
        "signature": signature.as_ref().map(Result::is_ok),
        "entries": entries,
        "reasons": reasons,
    });
    let mut good = signature_holds;
    if let Some(serial) = wanted {
        let found = list.find(&serial).map_err(failed)?;
        let (line, object, revoked) = said(found.as_ref());
        page.row(&hexadecimal(serial.as_bytes()), &line);
        json["found"] = object;
        good &= !revoked;
    }
    Ok(Outcome::judged(page.into_text(), json, good))
}

/// Whether the signature is the issuer's; none without an issuer to ask.
fn signature(
    list: &CrlReader<'_>,
    issuer: Option<&Path>,
) -> Result<Option<Result<(), String>>, Failure> {
    let Some(path) = issuer else { return Ok(None) };
    let issuer = authority::issuer(path)?;
    if issuer.name() != list.issuer() {
        let name = view::line(issuer.name(), &Masks::default());
        return Ok(Some(Err(format!("the list is not of {name}"))));
    }
    let verified = list.verify(issuer.public_key().owned_to_ref(), &[&Sm2Sm3::default()]);
    Ok(Some(verified.map_err(|error| chain(&error))))
}

fn counted(list: &CrlReader<'_>) -> Result<(u64, BTreeMap<String, u64>), cert_profile::Error> {
    let mut entries = 0;
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for entry in list.entries() {
        *reasons.entry(word(&entry?)).or_default() += 1;
        entries += 1;
    }
    Ok((entries, reasons))
}

fn word(entry: &EntryRef<'_>) -> String {
    entry
        .reason()
        .map_or_else(|| "removeFromCRL".to_owned(), |reason| reason.to_string())
}

/// The entry in words, as an object, and whether it revokes.
fn said(entry: Option<&EntryRef<'_>>) -> (String, Value, bool) {
    let Some(entry) = entry else {
        return ("not in the list".into(), Value::Null, false);
    };
    let word = word(entry);
    let revoked = entry.reason().is_some();
    let at = entry.revoked_at().to_string();
    let since = entry.invalidity_date().map(|date| date.to_string());
    let text = match (&since, revoked) {
        (_, false) => format!("taken back on {at}"),
        (None, true) => format!("revoked on {at} ({word})"),
        (Some(since), true) => format!("revoked on {at} ({word}), not to be trusted since {since}"),
    };
    let object = json!({ "revoked_at": at, "reason": word, "invalidity": since });
    (text, object, revoked)
}

/// The entries as a file of revocations, written while they are read.
fn csv(args: &CrlShow, list: &CrlReader<'_>) -> Result<Outcome, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut write = |line: &str| match writeln!(out, "{line}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        other => other.map(|()| true),
    };
    let mut open = write("serial,time,reason,invalidity")?;
    for entry in list.entries() {
        let entry = entry.map_err(|source| Failure::file(&args.file, source))?;
        if !open {
            break;
        }
        let since = entry.invalidity_date().map(|date| date.to_string());
        open = write(&format!(
            "{},{},{},{}",
            hexadecimal(entry.serial()),
            entry.revoked_at(),
            word(&entry),
            since.unwrap_or_default()
        ))?;
    }
    if open {
        out.flush()?;
    }
    Ok(Outcome::written())
}
