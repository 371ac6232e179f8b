//! `gmpki csr`.

mod new;
mod show;

pub(crate) use new::new;
pub(crate) use show::{origin_lines, show, verify};

use crate::{args::Beside, failure::Failure, input, sm2::user_id};
use csr::{
    Dialect, DualKeyRequest, KeyOriginEvidence, Limits, SubjectRule, UnverifiedCsr, VerifiedCsr,
};
use gm_crypto::{pki::Sm2Sm3, sm2::UserId};
use std::path::Path;

/// Under which user ID a request was signed, and what came beside it.
struct Reading {
    algorithm: Sm2Sm3,
    temporary_key: Option<Vec<u8>>,
    evidence: Option<KeyOriginEvidence>,
}

impl Reading {
    fn new(beside: &Beside, requests: &Path) -> Result<Self, Failure> {
        let mut paths = vec![requests];
        paths.extend(beside.temporary_key.as_deref());
        paths.extend(beside.origin_evidence.as_deref());
        input::at_most_one_is_standard_input(&paths)?;
        let temporary_key = beside.temporary_key.as_deref();
        let evidence = beside.origin_evidence.as_deref();
        Ok(Self {
            algorithm: under(user_id(&beside.id)?),
            temporary_key: temporary_key
                .map(|path| input::read(path, input::STRUCTURE))
                .transpose()?,
            evidence: evidence.map(evidence_at).transpose()?,
        })
    }

    /// What came beside a request, once it is sure that it belongs to it.
    fn beside(&self, csr: &VerifiedCsr) -> Result<Found, csr::Error> {
        let temporary_key = match &self.temporary_key {
            Some(file) => Some(*DualKeyRequest::with_key(csr.clone(), file)?.temporary_key()),
            None => csr.temporary_key()?,
        };
        let origin = match &self.evidence {
            Some(evidence) => Some(evidence.check(csr)?.clone()),
            None => csr.key_origin()?,
        };
        Ok(Found {
            temporary_key,
            origin,
        })
    }
}

/// Claims in a request or beside it.
struct Found {
    temporary_key: Option<gm_crypto::sm2::PublicKey>,
    origin: Option<csr::KeyOrigin>,
}

/// Evidence of a key's origin.
pub(crate) fn evidence_at(path: &Path) -> Result<KeyOriginEvidence, Failure> {
    let octets = input::read(path, input::STRUCTURE)?;
    KeyOriginEvidence::decode(&octets).map_err(|source| Failure::file(path, source))
}

/// SM2 under an ID, points compressed or not.
fn under(id: UserId) -> Sm2Sm3 {
    Sm2Sm3::with_id(id).with_compressed_points()
}

/// Every request of a file, in DER.
fn all(path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let octets = input::read(path, input::STRUCTURE)?;
    csr::pem::requests(&octets)
        .collect::<Result<_, _>>()
        .map_err(|source| Failure::file(path, source))
}

/// A request as RFC 2986 has it, or else as CFCA does.
fn read_in_a_dialect<'a>(
    der: &'a [u8],
    limits: &Limits,
) -> Result<(UnverifiedCsr<'a>, Dialect), csr::Error> {
    match UnverifiedCsr::from_der(der, limits) {
        Ok(csr) => Ok((csr, Dialect::Rfc2986)),
        // What CFCA's letter does not excuse is refused as RFC 2986 refuses it.
        Err(error) => match UnverifiedCsr::from_der_in(Dialect::Cfca, der, limits) {
            Ok(csr) => Ok((csr, Dialect::Cfca)),
            Err(_) => Err(error),
        },
    }
}

/// Limits for a request that is only looked at.
fn limits_to_look() -> Limits {
    let mut limits = Limits::default();
    limits.subject = SubjectRule::MayBeEmpty;
    limits
}

/// Reads the one request of a file, in either dialect, and checks its proof of possession.
pub(crate) fn read_verified(path: &Path, id: UserId) -> Result<VerifiedCsr, Failure> {
    let requests = all(path)?;
    let [der] = requests.as_slice() else {
        let reason = format!(
            "holds {} requests, and one is taken at a time",
            requests.len()
        );
        return Err(Failure::file(path, reason));
    };
    let verified =
        read_in_a_dialect(der, &Limits::default()).and_then(|(csr, _)| csr.verify(&[&under(id)]));
    verified.map_err(|source| Failure::file(path, source))
}

/// The same for octets at hand, of RFC 2986 and with the usual ID.
pub(crate) fn parse_verified(der: &[u8]) -> Result<VerifiedCsr, csr::Error> {
    UnverifiedCsr::from_der(der, &Limits::default())?.verify(&[&Sm2Sm3::default()])
}
