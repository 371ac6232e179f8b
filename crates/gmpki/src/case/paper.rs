//! `gmpki case print` and `gmpki case export`: what leaves the desk as files.

use super::history;
use crate::{
    args::{Export, Print},
    desk::View,
    failure::Failure,
    outcome::Outcome,
    output::{self, Readers},
    sm3::hexadecimal,
};
use gm_crypto::pki::encode_pem;
use lifecycle::{
    CaseId,
    case::{State, pair::Slot},
};
use serde_json::json;
use std::fs;
use zeroize::Zeroizing;

/// The form, with the version and the digest that uploads made from it are compared with.
pub(super) fn print(print: &Print) -> Result<Outcome, Failure> {
    let view = View::open(&print.desk)?;
    let state = state(&view, &print.case)?;
    let Some(form) = &state.form else {
        let reason = format!("the form of case {} is not filled in", print.case);
        return Err(Failure::Refused(reason.into()));
    };
    let Some(digest) = form.digest.known() else {
        let reason = format!("the values of case {} are erased", print.case);
        return Err(Failure::Refused(reason.into()));
    };
    let mut text = form.render(&print.case, &state.opening.certificate);
    text.push_str(&format!("SM3: {}\n", hexadecimal(digest)));
    let octets = Zeroizing::new(text.into_bytes());
    let outcome = Outcome::octets("form", octets, print.out.as_deref())?;
    Ok(outcome
        .member("version", form.version)
        .member("digest", hexadecimal(digest)))
}

/// Both certificates and the wrapped key of the second.
pub(super) fn export(export: &Export) -> Result<Outcome, Failure> {
    let view = View::open(&export.desk)?;
    let state = state(&view, &export.case)?;
    let (Slot::Issued(signing), Slot::Issued(encryption)) = (&state.signing, &state.encryption)
    else {
        let reason = format!("case {} has no certificates yet", export.case);
        return Err(Failure::Refused(reason.into()));
    };
    let pem = |der: &[u8]| encode_pem("CERTIFICATE", der);
    let mut files = vec![
        (
            "signing-certificate.pem",
            pem(&signing.certificate).into_bytes(),
        ),
        (
            "encryption-certificate.pem",
            pem(&encryption.certificate).into_bytes(),
        ),
    ];
    if let Some(key) = &state.encryption_key {
        files.push(("encryption-key.enveloped.der", key.envelope.to_vec()));
    }
    fs::create_dir_all(&export.out).map_err(|source| Failure::file(&export.out, source))?;
    let (mut text, mut names) = (String::new(), Vec::new());
    for (name, octets) in files {
        let path = export.out.join(name);
        output::write(&path, &octets, Readers::AsUsual)?;
        text.push_str(&format!("file: {}\n", path.display()));
        names.push(path.display().to_string());
    }
    Ok(Outcome::new(text, json!({ "files": names })))
}

fn state(view: &View, case: &CaseId) -> Result<State, Failure> {
    let found = history::of_case_opened(view, case)?;
    let found = found.ok_or_else(|| Failure::Refused(format!("there is no case {case}").into()))?;
    Ok(found.state)
}
