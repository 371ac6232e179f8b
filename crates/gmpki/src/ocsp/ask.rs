//! `gmpki ocsp ask`.

use crate::{
    args::{DigestName, OcspAsk},
    authority,
    failure::Failure,
    input,
    outcome::Outcome,
    output::{self, Readers},
    serial,
    sm3::hexadecimal,
    view::{self, Masks},
};
use cert_profile::{
    Issuer,
    ocsp::{CertId, Nonce, OcspRequest},
};
use der::{Decode, referenced::OwnedToRef};
use serde_json::json;
use std::path::Path;
use x509_cert::{Certificate, serial_number::SerialNumber};

/// Octets of a nonce (RFC 9654, 2.1, recommends 32).
const NONCE: usize = 32;

pub(crate) fn ask(args: &OcspAsk) -> Result<Outcome, Failure> {
    let mut paths: Vec<&Path> = vec![&args.issuer];
    paths.extend(args.certificates.iter().map(|path| &**path));
    input::at_most_one_is_standard_input(&paths)?;
    let issuer = authority::issuer(&args.issuer)?;
    let mut ids = Vec::new();
    for path in &args.certificates {
        ids.push(id_of(&issuer, args.digest, serial_of(&issuer, path)?)?);
    }
    for text in &args.serial {
        let serial = serial::option("--serial", text)?;
        ids.push(id_of(&issuer, args.digest, serial)?);
    }
    let nonce = if args.no_nonce {
        None
    } else {
        let mut random = [0; NONCE];
        getrandom::fill(&mut random)?;
        Some(Nonce::new(random)?)
    };
    // Whoever names a certificate twice asks about it once.
    let question = OcspRequest::new(ids, nonce.clone())?;
    output::write(&args.out, &question.to_der()?, Readers::AsUsual)?;
    let path = args.out.display().to_string();
    let serials: Vec<String> = question
        .cert_ids()
        .iter()
        .map(|id| hexadecimal(id.serial().as_bytes()))
        .collect();
    let text = format!(
        "question: {path}\nabout:    {}",
        serials.join("\n          ")
    );
    let nonce = nonce.map(|nonce| hexadecimal(nonce.as_bytes()));
    Ok(Outcome::new(
        text,
        json!({ "file": path, "serials": serials, "nonce": nonce }),
    ))
}

fn id_of(issuer: &Issuer, digest: DigestName, serial: SerialNumber) -> Result<CertId, Failure> {
    let key = issuer.public_key().owned_to_ref();
    Ok(match digest {
        DigestName::Sha1 => CertId::new(issuer.name(), key, serial)?,
        DigestName::Sm3 => CertId::with_sm3(issuer.name(), key, serial)?,
    })
}

/// The serial number of a certificate that names this issuer.
pub(super) fn serial_of(issuer: &Issuer, path: &Path) -> Result<SerialNumber, Failure> {
    let der = input::read_der(path, input::CERTIFICATE)?;
    let certificate = Certificate::from_der(&der).map_err(|source| Failure::file(path, source))?;
    let tbs = certificate.tbs_certificate();
    if tbs.issuer() != issuer.name() {
        let name = view::line(tbs.issuer(), &Masks::default());
        return Err(Failure::file(
            path,
            format!("was issued by {name}, not by --issuer"),
        ));
    }
    Ok(tbs.serial_number().clone())
}
