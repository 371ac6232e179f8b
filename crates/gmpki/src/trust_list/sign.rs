//! Signatures under a list, by one or several, and its publication.

use super::{certificate, follow, read, refused};
use crate::{
    args::{ListKeys, ListSign, NamedKey},
    failure::Failure,
    input, moment, named,
    outcome::Outcome,
    output::{self, Readers},
    sm3::hexadecimal,
};
use der::DateTime;
use gm_crypto::{message::SignedDataDraft, sm3};
use serde_json::json;
use std::path::Path;
use trust_list::{
    list::{Form, SignaturePlan, SignerSet, TrustListDraft, UnverifiedList},
    publish::Folder,
};

/// Adds the signers to a plan, all of whom have to sign.
pub(super) fn plan(
    keys: &ListKeys,
    mut plan: SignaturePlan,
) -> Result<(SignaturePlan, SignerSet), Failure> {
    let mut digests = Vec::new();
    for path in &keys.signer {
        let certificate = certificate(path)?;
        plan = plan.signer(certificate.der());
        digests.push(certificate.digest());
    }
    Ok((plan, SignerSet::new(digests.len(), digests)?))
}

/// Signs a message with each key in its place.
pub(super) fn signed(keys: &ListKeys, message: SignedDataDraft) -> Result<Vec<u8>, Failure> {
    let mut signatures = Vec::new();
    for (number, (to_sign, uri)) in message.to_sign().zip(&keys.key).enumerate() {
        let password_file = keys
            .password_file
            .get(number)
            .or(keys.password_file.first());
        let key = NamedKey {
            key: uri.clone(),
            password_file: password_file.cloned(),
        };
        let signature = named::key(&key)?.sign(to_sign.tbs());
        signatures.push(signature.map_err(|source| key.failure(source))?);
    }
    Ok(message.attach_all(&signatures)?)
}

/// Whether there is a key for each signer, and a password for each key.
pub(super) fn check(keys: &ListKeys) -> Result<(), Failure> {
    if keys.key.len() != keys.signer.len() {
        let message = "as many --key as --signer: the n-th key signs for the n-th certificate";
        return Err(Failure::Usage(message.into()));
    }
    if keys.password_file.len() > 1 && keys.password_file.len() != keys.key.len() {
        let message = "one --password-file for all keys, or one for each";
        return Err(Failure::Usage(message.into()));
    }
    Ok(())
}

/// The list as it was signed, and the files that are in the folder now.
fn publish(
    args: &ListSign,
    json: &[u8],
    (form, at): (Form, DateTime),
) -> Result<(Vec<u8>, Vec<String>), Failure> {
    let (plan, pins) = plan(&args.keys, SignaturePlan::new(at).form(form))?;
    let der = signed(&args.keys, plan.prepare(json.to_vec())?)?;
    let list = UnverifiedList::from_either(der.clone(), || Ok(json.to_vec()))?;
    // The keys may be others than the certificates': say so before anybody reads it.
    let verified = list.clone().verify_by(&pins, at);
    verified.map_err(|error| refused(&args.list, error))?;
    let Some(folder) = &args.folder else {
        return Ok((der, Vec::new()));
    };
    let policy = follow::of_folder(folder, pins)?;
    let policy = follow::with_recovery(policy, &args.recovery)?;
    let published = Folder::new(folder).publish(&list, &policy, at);
    let published = published.map_err(|error| refused(&args.list, error))?;
    Ok((der, published.files))
}

pub(super) fn sign(args: &ListSign) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.list];
    files.extend(args.keys.signer.iter().map(|path| &**path));
    input::at_most_one_is_standard_input(&files)?;
    check(&args.keys)?;
    let at = moment::or_now("--at", args.at.as_deref())?;
    let json = read(&args.list)?;
    // Nobody signs what no reader takes.
    let draft = TrustListDraft::from_json(&json).map_err(|error| refused(&args.list, error))?;
    let form = if args.detached {
        Form::Detached
    } else {
        Form::Attached
    };
    let folder = args.folder.as_ref().map(Folder::new);
    // Before anybody signs: whoever dies behind this signs the same under that number, or nothing.
    if let Some(folder) = &folder {
        let intended = folder.intend(&json);
        intended.map_err(|error| refused(&args.list, error))?;
    }
    let made = publish(args, &json, (form, at));
    if made.is_err()
        && let Some(folder) = &folder
    {
        // A signature that there was is gone with the failure: what is mended may have the number.
        // Where it can't be taken back, a signature lies there, and the failure says why.
        let _ = folder.withdraw(&json);
    }
    let (der, mut files) = made?;
    if let Some(out) = &args.out {
        output::write(out, &der, Readers::AsUsual)?;
        files.push(out.display().to_string());
    }
    let (sequence, digest) = (draft.sequence(), hexadecimal(&sm3::digest(&json)));
    let text = format!("list {sequence}, signed: {}", files.join(", "));
    let json = json!({ "sequence": sequence, "digest": digest, "files": files });
    Ok(Outcome::new(text, json))
}
