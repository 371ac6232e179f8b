//! Drafts: begun, changed in their place, and given number and times.

use super::{certificate, message, read, refused, set_of, signer_set};
use crate::{
    args::{
        CarrierName, CauseName, ListAdd, ListBuild, ListChange, ListDecision, ListNew,
        ListOwnAddress, ListTerm, UsageName,
    },
    failure::Failure,
    moment,
    outcome::Outcome,
    output::{self, Readers},
    sm3::hexadecimal,
};
use der::{DateTime, asn1::ObjectIdentifier};
use serde_json::json;
use std::path::Path;
use trust_list::{
    list::{
        Ca, Carrier, Contact, Decided, Entry, EntryKey, LocalText, Mirror, PolicyRule,
        PostalAddress, Publisher, SignerRoll, Status, StatusCause, StatusChange, SupplyKind,
        SupplyPoint, TrustListDraft, Usage,
    },
    publish,
};

pub(super) fn new(args: &ListNew) -> Result<Outcome, Failure> {
    let (issued, next_update) = stands(&args.term)?;
    let publisher = publisher(&args.territory, &args.publisher)?;
    let mut draft = TrustListDraft::new(publisher, issued, next_update);
    if let Some(contact) = contact(&args.address)? {
        draft = draft.contact(contact);
    }
    if let Some(signers) = signer_set(&args.signers)? {
        draft = draft.signers(SignerRoll::new(signers));
    }
    output::write(&args.out, &draft.to_json()?, Readers::AsUsual)?;
    said(&args.out, &draft, "draft")
}

pub(super) fn add(args: &ListAdd) -> Result<Outcome, Failure> {
    let mut draft = draft(&args.draft)?;
    let entry = entry(args)?;
    let decided = Decided::Admitted(Box::new(entry));
    draft
        .apply(decided)
        .map_err(|error| refused(&args.draft, error))?;
    replace(&args.draft, &draft)
}

pub(super) fn change(args: &ListChange, status: Status) -> Result<Outcome, Failure> {
    let mut draft = draft(&args.draft)?;
    let which = &args.which;
    let mut change = standing(status, cause(args.cause), &args.decision)?;
    if let Some(event) = &args.event {
        change = change.event(moment::parse("--event", event)?);
    }
    let decided = Decided::Changed {
        entry: EntryKey::new(&which.jurisdiction, &which.ca, &which.class),
        change,
    };
    draft
        .apply(decided)
        .map_err(|error| refused(&args.draft, error))?;
    replace(&args.draft, &draft)
}

pub(super) fn build(args: &ListBuild) -> Result<Outcome, Failure> {
    let (issued, next_update) = stands(&args.term)?;
    let mut draft = draft(&args.draft)?.issued(issued, next_update);
    let pins = signer_set(&args.signers)?;
    let last = match (&args.after, &pins) {
        (Some(path), Some(pins)) => {
            let list = message(path, args.after_content.as_deref())?;
            // It may be stale: that is why there is a new one.
            let list = list.verify_by_at_issue(pins);
            Some(list.map_err(|error| refused(path, error))?)
        }
        _ => None,
    };
    if let Some(last) = &last {
        draft = draft.after(last.sequence(), last.digest());
    }
    if let (Some(path), Some(url)) = (&args.mirror, &args.mirror_url) {
        let pins = set_of(&args.mirror_signer, args.mirror_threshold)?;
        let theirs = message(path, args.mirror_content.as_deref())?;
        let theirs = theirs.verify_by(&pins, issued);
        let theirs = theirs.map_err(|error| refused(path, error))?;
        draft = draft.mirror(Mirror::of(&theirs, url)?);
    }
    let remarks = publish::lint(&draft, last.as_ref(), issued);
    let remarks = remarks.map_err(|error| refused(&args.draft, error))?;
    output::write(&args.out, &draft.to_json()?, Readers::AsUsual)?;
    Ok(said(&args.out, &draft, "list to be signed")?.notes(remarks))
}

pub(super) fn publisher(territory: &str, names: &[String]) -> Result<Publisher, Failure> {
    let names = texts("--publisher", names)?;
    let [first, others @ ..] = names.as_slice() else {
        return Err(Failure::Usage("--publisher is missing".into()));
    };
    let publisher = Publisher::new(territory, first.clone())?;
    Ok(others.iter().cloned().fold(publisher, Publisher::also))
}

/// Where the publisher is reached; none where the arguments don't say.
pub(super) fn contact(address: &ListOwnAddress) -> Result<Option<Contact>, Failure> {
    let (Some(street), Some(country), Some(contact), Some(information)) = (
        &address.street,
        &address.country,
        &address.contact,
        &address.information,
    ) else {
        return Ok(None);
    };
    let place = postal(street, country, address.locality.as_deref())?;
    Ok(Some(Contact::new(place, contact, information)?))
}

/// When a list is issued, and when the next one has to be there.
fn stands(term: &ListTerm) -> Result<(DateTime, DateTime), Failure> {
    let issued = moment::or_now("--at", term.at.as_deref())?;
    Ok((issued, moment::days_after(issued, term.days)?))
}

pub(crate) fn draft(path: &Path) -> Result<TrustListDraft, Failure> {
    TrustListDraft::from_json(&read(path)?).map_err(|error| refused(path, error))
}

pub(crate) fn replace(path: &Path, draft: &TrustListDraft) -> Result<Outcome, Failure> {
    let json = draft.to_json().map_err(|error| refused(path, error))?;
    output::replace(path, &json)?;
    said(path, draft, "draft")
}

fn said(path: &Path, draft: &TrustListDraft, what: &'static str) -> Result<Outcome, Failure> {
    let (sequence, entries) = (draft.sequence(), draft.entries().len());
    let path = path.display().to_string();
    let digest = gm_crypto::sm3::digest(&draft.to_json()?);
    let text = format!("{what}, number {sequence}, {entries} entries: {path}");
    let json = json!({
        "file": path,
        "sequence": sequence,
        "entries": entries,
        "digest": hexadecimal(&digest),
    });
    Ok(Outcome::new(text, json))
}

fn entry(args: &ListAdd) -> Result<Entry, Failure> {
    let names = texts("--ca", &args.ca)?;
    let classes = texts("--class", &args.class)?;
    let ([name, names @ ..], [class, classes @ ..]) = (names.as_slice(), classes.as_slice()) else {
        return Err(Failure::Usage("--ca and --class are missing".into()));
    };
    let address = &args.address;
    let place = postal(
        &address.street,
        &address.country,
        address.locality.as_deref(),
    )?;
    let ca = Ca::new(name.clone(), place, &address.contact, &address.information)?;
    let mut ca = names.iter().cloned().fold(ca, Ca::also);
    if let Some(licence) = &args.licence {
        ca = ca.licence(licence)?;
    }
    let first = standing(Status::Recognised, StatusCause::Decision, &args.decision)?;
    let mut entry = Entry::new(&args.jurisdiction, ca, class.clone(), first)?;
    entry = classes.iter().cloned().fold(entry, Entry::also_called);
    for path in &args.anchor {
        entry = entry.anchor(certificate(path)?);
    }
    for path in &args.issuer {
        entry = entry.issuer(certificate(path)?);
    }
    for text in &args.policy {
        entry = entry.policy(policy(text)?);
    }
    if let Some(name) = &args.type_name {
        entry = entry.type_name(name)?;
    }
    for text in &args.supply {
        entry = entry.supply_point(supply(text)?);
    }
    for notice in texts("--notice", &args.notice)? {
        entry = entry.notice(notice);
    }
    if let Some(basis) = &args.legal_basis {
        entry = entry.legal_basis(local("--legal-basis", basis)?);
    }
    let carrier = match args.carrier {
        CarrierName::Any => Carrier::Any,
        CarrierName::Hard => Carrier::Hard,
        CarrierName::Soft => Carrier::Soft,
    };
    let usage = match args.usage {
        UsageName::Any => Usage::Any,
        UsageName::CrossBorder => Usage::CrossBorder,
    };
    Ok(entry.carrier(carrier).usage(usage))
}

pub(super) fn standing(
    status: Status,
    cause: StatusCause,
    decision: &ListDecision,
) -> Result<StatusChange, Failure> {
    let from = moment::parse("--from", &decision.from)?;
    let change = StatusChange::new(status, from, cause);
    match (&decision.decided, &decision.reference) {
        (Some(at), Some(reference)) => {
            Ok(change.decided(moment::parse("--decided", at)?, reference)?)
        }
        _ => Ok(change),
    }
}

pub(super) fn cause(name: CauseName) -> StatusCause {
    match name {
        CauseName::Decision => StatusCause::Decision,
        CauseName::Request => StatusCause::Request,
        CauseName::BreachUncorrected => StatusCause::BreachUncorrected,
        CauseName::Cessation => StatusCause::Cessation,
        CauseName::MisIssuance => StatusCause::MisIssuance,
        CauseName::Compromise => StatusCause::Compromise,
    }
}

fn policy(text: &str) -> Result<PolicyRule, Failure> {
    let wrong = || {
        let message =
            format!("--policy {text:?} is no identifier such as 1.2.156.1, or 1.2.156.1.7.1/2");
        Failure::Usage(message)
    };
    let (oid, dropped) = match text.split_once('/') {
        None => (text, None),
        Some((oid, dropped)) => (oid, Some(dropped.parse().map_err(|_| wrong())?)),
    };
    let oid = ObjectIdentifier::new(oid).map_err(|_| wrong())?;
    match dropped {
        None => Ok(PolicyRule::exact(oid)),
        Some(dropped) => PolicyRule::without_last(oid, dropped).map_err(|_| wrong()),
    }
}

pub(crate) fn supply(text: &str) -> Result<SupplyPoint, Failure> {
    let (kind, uri) = text.split_once('=').unwrap_or((text, ""));
    let kind = match kind {
        "crl" => SupplyKind::Crl,
        "ocsp" => SupplyKind::Ocsp,
        "cps" => SupplyKind::Cps,
        "repository" => SupplyKind::Repository,
        _ => {
            let message = format!("--supply {text:?} is not like crl=https://…");
            return Err(Failure::Usage(message));
        }
    };
    Ok(SupplyPoint::new(kind, uri)?)
}

pub(crate) fn postal(
    street: &str,
    country: &str,
    locality: Option<&str>,
) -> Result<PostalAddress, Failure> {
    let place = PostalAddress::new(local("--street", street)?, country)?;
    match locality {
        Some(locality) => Ok(place.locality(locality)?),
        None => Ok(place),
    }
}

pub(crate) fn texts(option: &str, values: &[String]) -> Result<Vec<LocalText>, Failure> {
    values.iter().map(|value| local(option, value)).collect()
}

fn local(option: &str, value: &str) -> Result<LocalText, Failure> {
    let Some((lang, text)) = value.split_once('=') else {
        let message = format!("{option} {value:?} has no language, as in zh-Hans=…");
        return Err(Failure::Usage(message));
    };
    Ok(LocalText::new(lang, text)?)
}
