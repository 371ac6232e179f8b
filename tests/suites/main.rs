//! The runner of vector suites: each prints `suite NAME: N passed, N failed, N
//! skipped` and fails on any failure. What is not supported counts as skipped.
//!
//! Here are the formats; the algorithms and Wycheproof's files stand in modules.

mod algorithms;
mod envelopes;
mod exchange;
mod identity;
mod keys;
mod limbo;
mod messages;
mod pkcs12;
mod pkits;
mod round_trip;
mod sm4;
mod wycheproof;

use cert_profile::{
    CrlReader,
    ocsp::{OcspRequest, OcspResponse},
};
use csr::{Limits, UnverifiedCsr};
use der::{Decode, referenced::OwnedToRef};
use gm_crypto::{
    pki::{self, Sm2Sm3, VerifyAlgorithm},
    sm2::{EnvelopedKey, UserId},
};
use gm_pki_tests::suites::{Outcome, Suites, Tally, Verdict, octets, text};
use serde_json::Value;
use trust_list::path::{self, Anchor, ParsedCertificate, ParsedCrl, PathOptions, RevocationRule};
use x509_cert::Certificate;

#[test]
fn requests() {
    let Some(suites) = Suites::open() else { return };
    let mut tally = Tally::new("csr");
    for entry in suites.manifest("csr") {
        let der = suites.read(&format!("vectors/{}", text(&entry, "file")));
        let limits = Limits::default();
        let dialect = if text(&entry, "expected").contains("CFCA flavour") {
            csr::Dialect::Cfca
        } else {
            csr::Dialect::Rfc2986
        };
        let result = UnverifiedCsr::from_der_in(dialect, &der, &limits)
            .and_then(|csr| csr.verify(&[&Sm2Sm3::default()]));
        let outcome = match result {
            Ok(csr) if dialect == csr::Dialect::Cfca => match csr.temporary_key() {
                Ok(Some(_)) => Outcome::Accepted,
                other => Outcome::Wrong(format!("temporary key: {other:?}")),
            },
            Err(csr::Error::KeyAlgorithm { .. } | csr::Error::SignatureAlgorithm { .. })
                if text(&entry, "verdict") == "valid" =>
            {
                Outcome::Skipped
            }
            result => result.into(),
        };
        count(&mut tally, &entry, outcome);
    }
    tally.finish();
}

#[test]
fn certificates() {
    let Some(suites) = Suites::open() else { return };
    let mut tally = Tally::new("x509");
    for entry in suites.manifest("x509") {
        let der = suites.read(&format!("vectors/{}", text(&entry, "file")));
        let outcome = match entry["issuer"].as_str() {
            // No verdict on a signature is asked for: it must parse.
            None => ParsedCertificate::from_der(der).into(),
            Some(issuer) => {
                let issuer = suites.read(&format!("vectors/{issuer}"));
                match (
                    under_issuer(&der, &issuer, UserId::default()),
                    other_id(&entry),
                ) {
                    // Refused because of the ID alone: under the other it is good.
                    (Outcome::Refused(reason), Some(id)) => match under_issuer(&der, &issuer, id) {
                        Outcome::Accepted => Outcome::Refused(reason),
                        other => Outcome::Wrong(format!("under its own ID: {other:?}")),
                    },
                    (outcome, _) => outcome,
                }
            }
        };
        count(&mut tally, &entry, outcome);
    }
    tally.finish();
}

/// The ID that an entry says its signature is valid under.
fn other_id(entry: &Value) -> Option<UserId> {
    entry["valid_under_id_hex"].as_str()?;
    let id = octets(entry, "valid_under_id_hex");
    Some(UserId::new(id).expect("an ID of the suite"))
}

/// A path of one step, at a time inside the certificate's validity and, because
/// an expired one must be refused, inside its issuer's.
fn under_issuer(der: &[u8], issuer: &[u8], id: UserId) -> Outcome {
    let validate = || -> Result<Outcome, trust_list::Error> {
        let target = ParsedCertificate::from_der(der)?;
        let issuer = ParsedCertificate::from_der(issuer)?;
        let at = target.not_before().max(issuer.not_before());
        let anchors = [Anchor::from_certificate(issuer)];
        let sm2 = Sm2Sm3::with_id(id);
        let algorithms: [&dyn VerifyAlgorithm; 1] = [&sm2];
        let options = PathOptions::new(at, &algorithms).revocation(RevocationRule::Ignore);
        Ok(path::validate(&target, &[], &anchors, &options).into())
    };
    validate().unwrap_or_else(|error| Err::<(), _>(error).into())
}

#[test]
fn revocation_lists() {
    let Some(suites) = Suites::open() else { return };
    let mut tally = Tally::new("crl");
    let authorities: Vec<ParsedCertificate> = suites
        .manifest("x509")
        .iter()
        .filter_map(|entry| {
            let der = suites.read(&format!("vectors/{}", text(entry, "file")));
            ParsedCertificate::from_der(der).ok()
        })
        .collect();
    for entry in suites.manifest("crl") {
        let der = suites.read(&format!("vectors/{}", text(&entry, "file")));
        // Two readers, one for those who ask and one that loads nothing, see the same list.
        if let Err(difference) = same_entries(&der) {
            count(&mut tally, &entry, Outcome::Wrong(difference));
            continue;
        }
        let judge = || -> Result<Outcome, trust_list::Error> {
            let crl = ParsedCrl::from_der(der)?;
            let named = entry["issuer"].as_str().and_then(|file| {
                let der = suites.read(&format!("vectors/{file}"));
                ParsedCertificate::from_der(der).ok()
            });
            // The manifest may leave the issuer out: it is one of that name.
            let of_name = |one: &&ParsedCertificate| one.subject_der() == crl.issuer_der();
            let issuers: Vec<&ParsedCertificate> = match &named {
                Some(issuer) => vec![issuer],
                None => authorities.iter().filter(of_name).collect(),
            };
            let verify = |issuer: &&ParsedCertificate| {
                crl.verify_signature(issuer.public_key(), &[&Sm2Sm3::default()])
            };
            Ok(match issuers.iter().map(verify).find(Result::is_ok) {
                Some(_) => Outcome::Accepted,
                None if issuers.is_empty() => Outcome::Accepted,
                None => Outcome::Refused("no issuer of that name signed it".into()),
            })
        };
        let outcome = judge().unwrap_or_else(|error| Err::<(), _>(error).into());
        count(&mut tally, &entry, outcome);
    }
    tally.finish();
}

fn same_entries(der: &[u8]) -> Result<(), String> {
    let (parsed, reader) = match (ParsedCrl::from_der(der), CrlReader::from_der(der)) {
        (Ok(parsed), Ok(reader)) => (parsed, reader),
        (Err(_), Err(_)) => return Ok(()),
        (parsed, reader) => return Err(format!("{:?}, {:?}", parsed.err(), reader.err())),
    };
    let entries = reader.entries().collect::<Result<Vec<_>, _>>();
    let entries = entries.map_err(|error| format!("an entry: {error}"))?;
    let found = entries.iter().filter(|entry| {
        let found = parsed.find(entry.serial());
        found.is_some_and(|found| found.date == entry.revoked_at())
    });
    match (found.count(), entries.len(), parsed.len()) {
        (found, all, same) if found == all && all == same => Ok(()),
        counts => Err(format!("found, read one by one, loaded: {counts:?}")),
    }
}

#[test]
fn ocsp() {
    let Some(suites) = Suites::open() else { return };
    let mut tally = Tally::new("ocsp");
    for entry in suites.manifest("ocsp") {
        let der = suites.read(&format!("vectors/{}", text(&entry, "file")));
        let judge = || -> Result<(), cert_profile::Error> {
            let response = OcspResponse::from_der(&der)?;
            let Some(signer) = response.certificates().first().cloned() else {
                return Ok(());
            };
            let signer = Certificate::from_der(&signer).expect("a responder's certificate");
            let spki = signer.tbs_certificate().subject_public_key_info();
            let sm2 = Sm2Sm3::default();
            let verified = response.verify(spki.owned_to_ref(), &[&sm2])?;
            // One bit of it, and it is nobody's.
            let mut twin = der.clone();
            let at = der.len() / 4;
            twin[at] ^= 1;
            let twin = OcspResponse::from_der(&twin)
                .and_then(|twin| twin.verify(spki.owned_to_ref(), &[&sm2]));
            assert!(twin.is_err(), "octet {at} of {:?}", verified.responder());
            Ok(())
        };
        let outcome = match OcspRequest::from_der(&der).map(|request| request.to_der()) {
            Ok(Ok(written)) if written == der => Outcome::Accepted,
            Ok(written) => Outcome::Wrong(format!("written otherwise: {written:?}")),
            Err(_) => judge().into(),
        };
        count(&mut tally, &entry, outcome);
    }
    tally.finish();
}

#[test]
fn messages() {
    let Some(suites) = Suites::open() else { return };
    let mut tally = Tally::new("cms");
    for entry in suites.manifest("cms") {
        let der = suites.read(&format!("vectors/{}", text(&entry, "file")));
        let outcome = envelopes::outcome(&suites, &entry, &der)
            .or_else(|| messages::signed(&entry, &der))
            .unwrap_or(Outcome::Skipped);
        count(&mut tally, &entry, outcome);
    }
    tally.finish();
}

#[test]
fn keys() {
    let Some(suites) = Suites::open() else { return };
    let mut tally = Tally::new("keys");
    for entry in suites.manifest("keys") {
        let file = text(&entry, "file");
        let der = suites.read(&format!("vectors/{file}"));
        let outcome = if file.contains("enveloped-key") {
            open_envelope(&suites, &der)
        } else {
            keys::judge(&entry, &der)
        };
        count(&mut tally, &entry, outcome);
    }
    tally.finish();
}

/// The notes say: opened by `crafted-sign`, the result is `crafted-enc`.
fn open_envelope(suites: &Suites, der: &[u8]) -> Outcome {
    let key = |name: &str| {
        let der = suites.read(&format!("vectors/keys/{name}.der"));
        pki::decode_private_key(&der).expect("a helper key")
    };
    let opened =
        EnvelopedKey::from_der(der).and_then(|envelope| envelope.open(&key("crafted-sign")));
    match opened {
        Ok(found) if *found.to_bytes() != *key("crafted-enc").to_bytes() => {
            Outcome::Wrong("another key was inside".into())
        }
        opened => opened.into(),
    }
}

/// Counts a manifest's entry. `lenient` means that a strict reader, and there is
/// none but strict ones here, may refuse.
fn count(tally: &mut Tally, entry: &Value, outcome: Outcome) {
    let verdict = match text(entry, "verdict") {
        "invalid" => Verdict::Invalid,
        "policy" => Verdict::Policy,
        _ if entry["lenient"] == true => Verdict::Policy,
        _ => Verdict::Valid,
    };
    tally.count(text(entry, "file"), verdict, outcome);
}
