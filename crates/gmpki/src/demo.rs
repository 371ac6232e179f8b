//! `gmpki demo`: cases go the whole way through all crates.
//!
//! A script over the public API; it has no rule of its own. Each step looks at
//! what the store already holds, so a run that was interrupted is finished by the
//! next one on the same folder.

mod business;
pub(crate) mod folder;
mod openssl;
mod proof;
mod report;
mod story;

use crate::{
    args, csr::parse_verified, failure::Failure, input, outcome::Outcome, sm3::hexadecimal,
};
use business::Business;
use folder::Folder;
use gm_crypto::{pki, sm2::SecretKey, sm3};
use lifecycle::{CaseId, PersonId};
use proof::Proof;
use story::Story;

/// Somebody who applies.
#[derive(Debug)]
pub(crate) struct Applicant {
    pub(crate) id: CaseId,
    pub(crate) person: PersonId,
    pub(crate) csr: ::csr::VerifiedCsr,
    /// The private key of the demonstration's own requests, to show that the
    /// envelope opens; nobody else's is ever seen.
    pub(crate) key: Option<SecretKey>,
}

pub(crate) fn run(args: &args::Demo, json: bool) -> Result<Outcome, Failure> {
    // Bad requests are refused before anything exists.
    let applicants = applicants(args)?;
    let folder = Folder::open(&args.dir, args.password_file.as_deref())?;
    let mut story = Story::new(json, &args.dir);
    let mut business = Business::open(&folder, args.key.as_ref())?;

    business.recover(&mut story)?;
    business.establish_authorities(&mut story)?;
    for applicant in &applicants {
        business.take_through(applicant, &mut story)?;
    }
    business.freeze_and_unfreeze(&applicants[0], &mut story)?;
    business.revoke(&applicants[applicants.len() - 1], &mut story)?;

    let proof = Proof::gather(&business, &folder, &applicants, &mut story)?;
    let agreement = openssl::agree(&folder, &business, &applicants, &mut story)?;
    let report = report::write(&folder, &business, &applicants, &proof, &agreement)?;
    story.file("a report to read", &report);

    let text = format!("done: read {}", report.display());
    let json = serde_json::json!({
        "dir": args.dir.display().to_string(),
        "report": report.display().to_string(),
        "steps": story.into_json(),
        "openssl": agreement.to_json(),
    });
    Ok(Outcome::new(text, json))
}

fn applicants(args: &args::Demo) -> Result<Vec<Applicant>, Failure> {
    if args.csr.is_empty() {
        return own_applicants();
    }
    args.csr
        .iter()
        .map(|path| {
            let der = input::read_der(path, ::csr::PEM_LABELS)?;
            let csr = parse_verified(&der).map_err(|source| Failure::file(path, source))?;
            // The same file in another run is the same case.
            let name = &hexadecimal(&sm3::digest(csr.der()))[..16];
            Ok(Applicant {
                id: CaseId::new(format!("csr-{name}"))?,
                person: PersonId::new(format!("applicant-{name}"))?,
                csr,
                key: None,
            })
        })
        .collect()
}

/// The two requests that OpenSSL made for this demonstration (`demo/make.sh`).
fn own_applicants() -> Result<Vec<Applicant>, Failure> {
    let own = [
        (
            "zhang-san",
            "zhang.san",
            include_bytes!("../demo/zhang-san.csr.pem").as_slice(),
            include_bytes!("../demo/zhang-san.key.pem").as_slice(),
        ),
        (
            "shi-li-ke-ji",
            "liu.ming",
            include_bytes!("../demo/shi-li-ke-ji.csr.pem").as_slice(),
            include_bytes!("../demo/shi-li-ke-ji.key.pem").as_slice(),
        ),
    ];
    own.into_iter()
        .map(|(id, person, csr, key)| {
            let key = pki::decode_pem(key, pki::PRIVATE_KEY_LABELS)?;
            Ok(Applicant {
                id: CaseId::new(id)?,
                person: PersonId::new(person)?,
                csr: parse_verified(&pki::decode_pem(csr, ::csr::PEM_LABELS)?)?,
                key: Some(pki::decode_private_key(&key)?),
            })
        })
        .collect()
}
