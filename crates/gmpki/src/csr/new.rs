//! `gmpki csr new`.

use crate::{
    args::{CsrNew, EnvironmentName, Origin, Parameters, Usage},
    failure::Failure,
    input, keys, named, names,
    outcome::Outcome,
    output::{NewFile, Readers},
    sm2::user_id,
};
use csr::{CsrDraft, Device, Environment, KeyOrigin, KeyOriginEvidence};
use der::{
    Encode,
    asn1::{Any, OctetString},
    flagset::FlagSet,
    oid::AssociatedOid,
};
use gm_crypto::pki;
use hsm::KeyHandle;
use serde_json::json;
use std::{io::Write, path::Path};
use x509_cert::ext::{
    Extension,
    pkix::{KeyUsage, KeyUsages, SubjectAltName},
};
use zeroize::Zeroizing;

pub(crate) fn new(args: &CsrNew) -> Result<Outcome, Failure> {
    if args.out.is_some() && args.out == args.origin.evidence_out {
        let message = "--out and --evidence-out name one file: name two";
        return Err(Failure::Usage(message.into()));
    }
    let subject = names::subject(&args.subject)?;
    let turned_round = names::turned_round(&subject);
    let wanted = names::alternative(&args.names)?;
    let origin = origin(&args.origin)?;
    let id = user_id(&args.id)?;
    let mut draft = CsrDraft::new(subject);
    if !args.usage.is_empty() {
        // Conforming CAs mark it critical (RFC 5280, 4.2.1.3).
        draft = draft.extension(extension(&usage(&args.usage), true)?);
    }
    if !wanted.is_empty() {
        draft = draft.extension(extension(&SubjectAltName(wanted), false)?);
    }
    if let Some(path) = &args.challenge_password_file {
        draft = draft.challenge_password(&first_line(path)?)?;
    }
    if let Some(name) = &args.unstructured_name {
        draft = draft.unstructured_name(name)?;
    }
    if let Some(path) = &args.cfca_temporary_key {
        draft = draft.cfca_temporary_key(&keys::public_key(path)?)?;
    }
    if let (Some(origin), None) = (&origin, &args.origin.evidence_out) {
        draft = draft.key_origin(origin)?;
    }
    let key = named::key_with_id(&args.key, id)?;
    let (pem, spki) = sign(draft, &*key, args.parameters)?;
    let evidence = origin.map(|origin| {
        let evidence = KeyOriginEvidence::bind(&spki, origin).to_der();
        pki::encode_pem(KeyOriginEvidence::PEM_LABEL, &evidence)
    });
    let files = [
        ("request", "file", &args.out, Some(&pem)),
        (
            "evidence",
            "evidence",
            &args.origin.evidence_out,
            evidence.as_ref(),
        ),
    ];
    let mut json = json!({ "csr": pem });
    let mut text = Vec::new();
    let mut open = Vec::new();
    for (label, member, out, octets) in files {
        if let (Some(out), Some(octets)) = (out, octets) {
            let mut file = NewFile::create(out, Readers::AsUsual)?;
            file.write_all(octets.as_bytes())
                .map_err(|source| Failure::file(out, source))?;
            open.push(file);
            let path = out.display().to_string();
            text.push(format!("{label}: {path}"));
            json[member] = path.into();
        }
    }
    // Both or neither.
    for file in open {
        file.finish()?;
    }
    if args.out.is_none() {
        return Ok(Outcome::new(pem, json).notes(text).notes(turned_round));
    }
    Ok(Outcome::new(text.join("\n"), json).notes(turned_round))
}

/// The request in PEM, and its `SubjectPublicKeyInfo`.
fn sign(
    draft: CsrDraft,
    key: &dyn KeyHandle,
    parameters: Parameters,
) -> Result<(String, Vec<u8>), Failure> {
    let spki = key.public_key();
    let mut algorithm = key.algorithm();
    if parameters == Parameters::Null {
        algorithm.parameters = Some(Any::null());
    }
    let prepared = draft.prepare(spki.decode_msg()?, algorithm)?;
    let signature = key.sign(prepared.tbs())?;
    let pem = pki::encode_pem(csr::PEM_LABELS[0], &prepared.attach(&signature)?);
    Ok((pem, spki.as_bytes().to_vec()))
}

fn extension<T: Encode + AssociatedOid>(value: &T, critical: bool) -> Result<Extension, Failure> {
    Ok(Extension {
        extn_id: T::OID,
        critical,
        extn_value: OctetString::new(value.to_der()?)?,
    })
}

fn usage(wanted: &[Usage]) -> KeyUsage {
    let mut flags = FlagSet::<KeyUsages>::default();
    for usage in wanted {
        flags |= match usage {
            Usage::DigitalSignature => KeyUsages::DigitalSignature,
            Usage::NonRepudiation => KeyUsages::NonRepudiation,
            Usage::KeyEncipherment => KeyUsages::KeyEncipherment,
            Usage::DataEncipherment => KeyUsages::DataEncipherment,
            Usage::KeyAgreement => KeyUsages::KeyAgreement,
            Usage::KeyCertSign => KeyUsages::KeyCertSign,
            Usage::CrlSign => KeyUsages::CRLSign,
        };
    }
    KeyUsage(flags)
}

fn origin(args: &Origin) -> Result<Option<KeyOrigin>, Failure> {
    let environment = match args.environment {
        None => return Ok(None),
        Some(EnvironmentName::Production) => Environment::Production,
        Some(EnvironmentName::Test) => Environment::Test,
    };
    let (Some(kind), Some(model), Some(serial)) =
        (&args.device_kind, &args.device_model, &args.device_serial)
    else {
        return Ok(Some(KeyOrigin::in_software(environment)));
    };
    let mut device = Device::new(kind, model, serial)?;
    if let Some(number) = &args.qualification {
        device = device.with_qualification(number)?;
    }
    Ok(Some(KeyOrigin::in_hardware(environment, device)))
}

/// A password in the first line of a file.
fn first_line(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let octets = input::read_key(path)?;
    let text = str::from_utf8(&octets).map_err(|source| Failure::file(path, source))?;
    Ok(Zeroizing::new(
        text.lines().next().unwrap_or_default().into(),
    ))
}
