//! Lists side by side, in other forms, and lists of others.

use super::{certificate, read, refused, verified};
use crate::{
    args::{ListDiff, ListExport, ListForm, ListImport},
    failure::{Failure, chain},
    moment,
    outcome::Outcome,
};
use gm_crypto::message::UnverifiedSignedData;
use serde_json::json;
use std::path::Path;
use trust_list::{
    etsi::UncheckedXmlList,
    export::{self, Language},
    list::{Entry, TrustListDraft},
};
use zeroize::Zeroizing;

pub(super) fn diff(args: &ListDiff) -> Result<Outcome, Failure> {
    let (old, new) = (unsigned(&args.old)?, unsigned(&args.new)?);
    let mut lines = Vec::new();
    if old.publisher() != new.publisher() {
        lines.push("another publisher".to_owned());
    }
    if old.sequence() != new.sequence() {
        lines.push(format!("number {} -> {}", old.sequence(), new.sequence()));
    }
    for entry in old.entries() {
        match new.entry(&entry.key()) {
            None => lines.push(format!("- {}", entry.key())),
            Some(other) => lines.extend(differences(entry, other)),
        }
    }
    for entry in new.entries() {
        if old.entry(&entry.key()).is_none() {
            lines.push(format!("+ {}", entry.key()));
        }
    }
    let refusal = new.would_follow(&old).err();
    let code = refusal.as_ref().map(trust_list::Error::code);
    let mut text = lines.join("\n");
    if lines.is_empty() {
        text = "no difference".into();
    }
    if let Some(error) = &refusal {
        text = format!(
            "{text}\nnot the next list: {}: {}",
            error.code(),
            chain(error)
        );
    }
    let json = json!({ "differences": lines, "refused": code });
    Ok(Outcome::judged(text, json, refusal.is_none()))
}

fn differences(old: &Entry, new: &Entry) -> Vec<String> {
    let mut lines = Vec::new();
    let key = old.key();
    let known = old.history();
    for change in new
        .history()
        .iter()
        .filter(|change| !known.contains(change))
    {
        let (status, from, cause) = (change.status, change.from, change.cause);
        lines.push(format!("{key}: + {status} from {from}, {cause}"));
    }
    for change in known
        .iter()
        .filter(|change| !new.history().contains(change))
    {
        let (status, from, cause) = (change.status, change.from, change.cause);
        lines.push(format!("{key}: - {status} from {from}, {cause}"));
    }
    for (what, one, other) in [
        ("anchor", old.anchors(), new.anchors()),
        ("issuer", old.issuers(), new.issuers()),
    ] {
        for (sign, some, rest) in [("-", one, other), ("+", other, one)] {
            for certificate in some {
                if rest.iter().all(|other| other.der() != certificate.der()) {
                    let subject = certificate.subject();
                    lines.push(format!("{key}: {sign} {what} {subject}"));
                }
            }
        }
    }
    if old.policies() != new.policies() {
        lines.push(format!("{key}: other policies"));
    }
    lines
}

/// The list in a file, signed or not, on nobody's word.
fn unsigned(path: &Path) -> Result<TrustListDraft, Failure> {
    let octets = read(path)?;
    let message = UnverifiedSignedData::from_der(&octets).ok();
    let inside = message.as_ref().and_then(UnverifiedSignedData::content);
    let json = inside.unwrap_or(&octets);
    TrustListDraft::from_json(json).map_err(|error| refused(path, error))
}

pub(super) fn export(args: &ListExport) -> Result<Outcome, Failure> {
    let at = moment::or_now("--at", args.signed.at.as_deref())?;
    let content = args.signed.content.as_deref();
    let list = verified(&args.list, content, &args.signed.signers, at)?;
    let failed = |error| refused(&args.list, error);
    let (name, octets) = match args.form {
        ListForm::Etsi => ("xml", export::etsi_xml(&list).map_err(failed)?),
        ListForm::Anchors => ("anchors", export::trust_anchors(&list, at).map_err(failed)?),
        ListForm::Json => ("list", list.json().to_vec()),
        ListForm::Html => {
            let Some(language) = Language::of_tag(&args.lang) else {
                let message = format!("--lang {:?} is not zh-Hans, zh-Hant or en", args.lang);
                return Err(Failure::Usage(message));
            };
            ("page", export::page(&list, language).into_bytes())
        }
    };
    Outcome::octets(name, Zeroizing::new(octets), args.out.as_deref())
}

pub(super) fn import(args: &ListImport) -> Result<Outcome, Failure> {
    let octets = read(&args.file)?;
    let at = moment::or_now("--at", args.at.as_deref())?;
    if octets.first() == Some(&b'{') {
        let draft = TrustListDraft::from_json(&octets);
        let draft = draft.map_err(|error| refused(&args.file, error))?;
        let (sequence, entries) = (draft.sequence(), draft.entries().len());
        let text = format!(
            "list {sequence} of {}, {entries} entries; not signed",
            draft.publisher().name()
        );
        let json = json!({ "form": "json", "sequence": sequence, "entries": entries });
        return Ok(Outcome::new(text, json));
    }
    let list = UncheckedXmlList::from_xml(&octets);
    let list = list.map_err(|error| refused(&args.file, error))?;
    let (mut services, mut instances) = (0, 0);
    let mut status = std::collections::BTreeMap::<&str, u64>::new();
    for (_, service) in list.services() {
        services += 1;
        instances += service.history.len();
        if let Some(now) = &service.status {
            *status.entry(now.word()).or_default() += 1;
        }
    }
    let mut text = format!(
        "list {} of {}, version {}: {} providers, {services} services, {instances} earlier \
         standings, {} pointers; signature not checked",
        list.sequence,
        list.territory,
        list.version,
        list.providers.len(),
        list.pointers.len()
    );
    let mut found = Vec::new();
    if let Some(path) = &args.certificate {
        let certificate = certificate(path)?;
        for (provider, service) in list.services_of(&certificate) {
            let name = |names: &[(String, String)]| {
                names
                    .first()
                    .map_or_else(String::new, |(_, name)| name.clone())
            };
            let word = service
                .status_at(at)
                .map_or("not listed yet", |status| status.word());
            let (provider, service) = (name(&provider.names), name(&service.names));
            text = format!("{text}\n{provider}: {service}: {word} at {at}");
            found.push(json!({ "provider": provider, "service": service, "status": word }));
        }
    }
    let defects: Vec<String> = list
        .defects
        .iter()
        .map(|defect| format!("line {}: no {}", defect.line, defect.missing))
        .collect();
    let json = json!({
        "form": "etsi",
        "signature_checked": false,
        "version": list.version,
        "sequence": list.sequence,
        "territory": list.territory,
        "issued": list.issued.to_string(),
        "next_update": list.next_update.map(|next| next.to_string()),
        "providers": list.providers.len(),
        "services": services,
        "history_instances": instances,
        "pointers": list.pointers.len(),
        "status": status,
        "defects": defects,
        "found": found,
    });
    let good = args.certificate.is_none() || !found.is_empty();
    Ok(Outcome::judged(text, json, good).notes(defects))
}
