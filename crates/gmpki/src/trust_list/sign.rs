//! Signatures under a list, by one or several, and its publication.

use super::{certificate, read, refused};
use crate::{
    args::{ListSign, NamedKey},
    failure::Failure,
    input, moment, named,
    outcome::Outcome,
    output::{self, Readers},
    sm3::hexadecimal,
};
use gm_crypto::sm3;
use serde_json::json;
use std::path::Path;
use trust_list::{
    client::ClientPolicy,
    list::{Form, SignaturePlan, SignerSet, TrustListDraft, UnverifiedList},
    publish::Folder,
};

pub(super) fn sign(args: &ListSign) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.list];
    files.extend(args.signer.iter().map(|path| &**path));
    input::at_most_one_is_standard_input(&files)?;
    if args.key.len() != args.signer.len() {
        let message = "as many --key as --signer: the n-th key signs for the n-th certificate";
        return Err(Failure::Usage(message.into()));
    }
    if args.password_file.len() > 1 && args.password_file.len() != args.key.len() {
        let message = "one --password-file for all keys, or one for each";
        return Err(Failure::Usage(message.into()));
    }
    let at = moment::or_now("--at", args.at.as_deref())?;
    let json = read(&args.list)?;
    // Nobody signs what no reader takes.
    let draft = TrustListDraft::from_json(&json).map_err(|error| refused(&args.list, error))?;
    let mut plan = SignaturePlan::new(at);
    if args.detached {
        plan = plan.form(Form::Detached);
    }
    let mut digests = Vec::new();
    for path in &args.signer {
        let certificate = certificate(path)?;
        plan = plan.signer(certificate.der());
        digests.push(certificate.digest());
    }
    let message = plan.prepare(json.clone())?;
    let mut signatures = Vec::new();
    for (number, (to_sign, uri)) in message.to_sign().zip(&args.key).enumerate() {
        let password_file = args
            .password_file
            .get(number)
            .or(args.password_file.first());
        let key = NamedKey {
            key: uri.clone(),
            password_file: password_file.cloned(),
        };
        let signature = named::key(&key)?.sign(to_sign.tbs());
        signatures.push(signature.map_err(|source| key.failure(source))?);
    }
    let der = message.attach_all(&signatures)?;
    let signed = if args.detached {
        UnverifiedList::from_detached(der.clone(), json.clone())?
    } else {
        UnverifiedList::from_der(der.clone())?
    };
    // The keys may be others than the certificates': say so before anybody reads it.
    let pins = SignerSet::new(digests.len(), digests)?;
    let verified = signed.clone().verify_by(&pins, at);
    verified.map_err(|error| refused(&args.list, error))?;

    let mut files = Vec::new();
    if let Some(folder) = &args.folder {
        let policy = ClientPolicy::pinned(pins);
        let published = Folder::new(folder).publish(&signed, &policy, at);
        files.extend(published.map_err(|error| refused(&args.list, error))?.files);
    }
    if let Some(out) = &args.out {
        output::write(out, &der, Readers::AsUsual)?;
        files.push(out.display().to_string());
    }
    let (sequence, digest) = (draft.sequence(), hexadecimal(&sm3::digest(&json)));
    let text = format!("list {sequence}, signed: {}", files.join(", "));
    let json = json!({ "sequence": sequence, "digest": digest, "files": files });
    Ok(Outcome::new(text, json))
}
