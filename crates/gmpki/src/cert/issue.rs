//! `gmpki cert issue`.

use super::profile;
use crate::{
    args::CertIssue,
    authority,
    csr::{evidence_at, origin_lines, read_verified},
    failure::Failure,
    input, keys, moment, names,
    outcome::Outcome,
    output::{self, Readers},
    serial,
    sm2::user_id,
    view::{self, Language},
};
use cert_profile::{CertRequest, Granted, Issuer, KeyOrigin, Profile};
use csr::{Environment, VerifiedCsr};
use der::{DateTime, Decode, oid::AssociatedOid};
use gm_crypto::pki::{
    self,
    identity::{Identifier, IdentityKind},
};
use hsm::KeyHandle;
use lifecycle::{
    case::pair,
    ports::{RandomSerials, Serials},
};
use serde_json::json;
use spki::{EncodePublicKey, SubjectPublicKeyInfoOwned};
use std::path::Path;
use x509_cert::{
    ext::pkix::{SubjectAltName, name::GeneralName},
    serial_number::SerialNumber,
};
use zeroize::Zeroizing;

/// What numbers of persons and organizations are called in `--identifier`: as the fields of
/// a profile.
const KINDS: &[(&str, IdentityKind)] = &[
    ("resident_identity_card", IdentityKind::ResidentNumber),
    ("military_officer_card", IdentityKind::MilitaryOfficerCard),
    ("passport", IdentityKind::Passport),
    ("social_insurance_number", IdentityKind::SocialInsurance),
    ("ic_registration_number", IdentityKind::BusinessRegistration),
    ("organisation_code", IdentityKind::OrganizationCode),
    ("taxation_number", IdentityKind::TaxationNumber),
    ("unified_social_credit_code", IdentityKind::CreditCode),
];

pub(crate) fn issue(args: &CertIssue) -> Result<Outcome, Failure> {
    let mut paths: Vec<&Path> = args.key.file().into_iter().collect();
    paths.extend(args.csr.as_deref());
    paths.extend(args.public_key.as_deref());
    paths.extend(args.issuer.as_deref());
    paths.extend(args.origin_evidence.as_deref());
    input::at_most_one_is_standard_input(&paths)?;
    let now = moment::or_now("--at", args.at.as_deref())?;
    let serial = match &args.serial {
        Some(text) => serial::option("--serial", text)?,
        None => RandomSerials::default().fresh()?.to_x509(),
    };
    let profile = profile(&args.profile)?;
    let mut notes = Vec::new();
    let request = request(args, &mut notes)?;
    let (issuer, key) = issuer(args, &request)?;
    let granted = profile.validity(&issuer, &request, now);
    let prepared = match profile.prepare(&issuer, &request, &serial, now) {
        Ok(prepared) => prepared,
        // What was not taken may be what is missing.
        Err(rejection) => return Err(Failure::from(rejection).noted(notes)),
    };
    let signature = key.sign(prepared.tbs())?;
    let pem = pki::encode_pem(input::CERTIFICATE[0], &prepared.attach(&signature)?);
    told(args, &profile, &serial, granted.ok(), pem).map(|outcome| outcome.notes(notes))
}

/// What the operator decided: from the arguments, and from the request what they leave open.
fn request(args: &CertIssue, notes: &mut Vec<String>) -> Result<CertRequest, Failure> {
    let subject = args.subject.as_deref().map(names::subject).transpose()?;
    notes.extend(subject.as_ref().and_then(names::turned_round));
    let mut wanted = names::alternative(&args.names)?;
    let mut origin = None;
    let (subject, key) = match (&args.csr, &args.public_key, subject) {
        (Some(path), _, given) => {
            let csr = read_verified(path, user_id(&args.id)?)?;
            let failed = |source| Failure::file(path, source);
            notes.extend(
                csr.notes()
                    .iter()
                    .map(|note| format!("the request: {note}")),
            );
            let asked = asked_names(&csr, notes).map_err(failed)?;
            if args.accept_names {
                let more = asked.into_iter().filter(|name| !wanted.contains(name));
                wanted.extend(more.collect::<Vec<_>>());
            } else {
                not_taken(&asked, &wanted, notes);
            }
            origin = key_origin(args, &csr, notes)?;
            let subject = given.unwrap_or_else(|| csr.subject().clone());
            let key = key_of(&csr).map_err(|source| Failure::file(path, source))?;
            (subject, key)
        }
        (None, Some(path), Some(subject)) => {
            notes.push("nobody proved to hold the private key: none was asked for".into());
            let key = keys::public_key(path)?.to_public_key_der()?;
            (subject, key.decode_msg()?)
        }
        (None, _, _) => return Err(Failure::Usage("name a request".into())),
    };
    let mut request = CertRequest::new(subject, key);
    for name in wanted {
        request = request.alternative_name(name);
    }
    for text in &args.identifier {
        request = request.identifier(identifier(text)?);
    }
    if let Some(years) = args.years {
        request = request.years(years);
    }
    if let Some(end) = &args.not_after {
        request = request.not_after(moment::parse("--not-after", end)?);
    }
    if let Some(origin) = origin {
        request = request.key_origin(origin);
    }
    Ok(request)
}

/// The request's key, as certificates have it: with 04 and both coordinates.
fn key_of(csr: &VerifiedCsr) -> Result<SubjectPublicKeyInfoOwned, der::Error> {
    match csr.sm2_key().and_then(|key| key.to_public_key_der().ok()) {
        Some(spki) => spki.decode_msg(),
        None => SubjectPublicKeyInfoOwned::from_der(csr.public_key_der()),
    }
}

/// The alternative names that the request asks for; what else it asks for is told.
fn asked_names(csr: &VerifiedCsr, notes: &mut Vec<String>) -> Result<Vec<GeneralName>, csr::Error> {
    let names: Option<SubjectAltName> = csr.requested().subject_alt_name()?.map(|wish| wish.value);
    let names = names.map(|names| names.0).unwrap_or_default();
    for extension in csr.requested_extensions() {
        if extension.extn_id == SubjectAltName::OID {
            continue;
        }
        let (label, lines) = view::describe(extension, Language::En, false);
        let wish = lines.join(", ");
        notes.push(format!(
            "the request wishes {label}: {wish}; the profile alone decides"
        ));
    }
    if csr.challenge_password()?.is_some() {
        notes.push("the request has a password for its revocation: keep it apart".into());
    }
    if csr.temporary_key()?.is_some() {
        let note = "the request has a temporary key, for the other private key's way to its owner";
        notes.push(note.into());
    }
    Ok(names)
}

fn not_taken(asked: &[GeneralName], wanted: &[GeneralName], notes: &mut Vec<String>) {
    let left: Vec<String> = asked
        .iter()
        .filter(|name| !wanted.contains(name))
        .map(|name| view::general_name(name, Language::En))
        .collect();
    if !left.is_empty() {
        let left = left.join(", ");
        notes.push(format!(
            "the request asks for {left}, not taken: --accept-names takes what you have checked"
        ));
    }
}

/// Where the key was made: a claim, which is told, and taken from evidence that the operator
/// names, or at his word. What is claimed to be of a test is taken at once: it opens nothing.
fn key_origin(
    args: &CertIssue,
    csr: &VerifiedCsr,
    notes: &mut Vec<String>,
) -> Result<Option<KeyOrigin>, Failure> {
    let found = match &args.origin_evidence {
        Some(path) => {
            let evidence = evidence_at(path)?;
            let origin = evidence
                .check(csr)
                .map_err(|source| Failure::file(path, source))?;
            Some(origin.clone())
        }
        None => csr.key_origin()?,
    };
    let Some(found) = found else { return Ok(None) };
    notes.push(format!(
        "the applicant claims of the key: {}",
        origin_lines(&found).join("; ")
    ));
    let taken = args.accept_origin
        || args.origin_evidence.is_some()
        || found.environment() == Environment::Test;
    if !taken {
        let note =
            "the origin of the key is not taken: --accept-origin takes what you have checked";
        notes.push(note.into());
        return Ok(None);
    }
    Ok(Some(pair::key_origin(&found)))
}

/// Whose name and key sign.
fn issuer(
    args: &CertIssue,
    request: &CertRequest,
) -> Result<(Issuer, Box<dyn KeyHandle>), Failure> {
    if let Some(path) = &args.issuer {
        let issuer = authority::issuer(path)?;
        let key = authority::key_of(&issuer, &args.key)?;
        return Ok((issuer, key));
    }
    let spki = der::Encode::to_der(request.public_key())?;
    let key = authority::key_for(
        &spki,
        "the request, which --self-signed asks for",
        &args.key,
    )?;
    Ok((Issuer::self_signed(request, key.algorithm()), key))
}

/// `KIND=NUMBER` or `KIND=@FILE`.
fn identifier(text: &str) -> Result<Identifier, Failure> {
    let (kind, value) = text.split_once('=').unwrap_or((text, ""));
    let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        return Err(Failure::Usage(format!(
            "--identifier takes KIND=NUMBER or KIND=@FILE, and KIND is one of {}",
            names.join(", ")
        )));
    };
    let Some(path) = value.strip_prefix('@').map(Path::new) else {
        return Ok(Identifier::new(*kind, value));
    };
    let octets = input::read_key(path)?;
    let text = str::from_utf8(&octets).map_err(|source| Failure::file(path, source))?;
    // Some editors begin a file with a mark of its encoding.
    let text = text.trim_start_matches('\u{feff}');
    let line = Zeroizing::new(text.lines().next().unwrap_or_default().trim().to_owned());
    Ok(Identifier::new(*kind, line.as_str()))
}

fn told(
    args: &CertIssue,
    profile: &Profile,
    serial: &SerialNumber,
    granted: Option<Granted>,
    pem: String,
) -> Result<Outcome, Failure> {
    let serial_text = crate::sm3::hexadecimal(serial.as_bytes());
    let shard = profile.shard(serial);
    let dates = granted.map(|granted| (granted.begin(), granted.end()));
    let shortened: Option<DateTime> = granted.and_then(|granted| granted.shortened_from());
    let mut json = json!({
        "certificate": pem,
        "serial": serial_text,
        "profile": profile.name(),
        "not_before": dates.map(|(begin, _)| begin.to_string()),
        "not_after": dates.map(|(_, end)| end.to_string()),
        "shortened_from": shortened.map(|end| end.to_string()),
        "shard": shard,
    });
    let shortened = shortened.map(|end| {
        format!("shortened: the issuer ends first, the certificate would have ended on {end}")
    });
    let Some(out) = &args.out else {
        return Ok(Outcome::new(pem, json).notes(shortened));
    };
    output::write(out, pem.as_bytes(), Readers::AsUsual)?;
    let path = out.display().to_string();
    let mut text = format!("certificate: {path}\nserial:      {serial_text}");
    if let Some((begin, end)) = dates {
        text.push_str(&format!("\nvalid:       {begin} to {end}"));
    }
    if let Some(shard) = shard {
        text.push_str(&format!("\nCRL shard:   {shard}"));
    }
    json["file"] = path.into();
    Ok(Outcome::new(text, json).notes(shortened))
}
