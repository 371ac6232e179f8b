//! Those who sign: keys in this process, certificates by the shipped profiles.

use crate::table::{Asked, Case};
use cert_profile::{CertRequest, Issuer};
use der::{DateTime, Decode, asn1::BitString};
use getrandom::{SysRng, rand_core::TryRng};
use gm_pki_tests::openssl::Desk;
use hsm::{KeyHandle, SoftKey};
use spki::SubjectPublicKeyInfoOwned;
use std::path::PathBuf;
use x509_cert::serial_number::SerialNumber;

/// When everything here is issued and judged; seconds of 1970 beside it, for OpenSSL.
pub(crate) const NOW: (&str, &str) = ("2026-07-01T08:00:00Z", "1782892800");

pub(crate) fn now() -> DateTime {
    NOW.0.parse().expect("a time")
}

/// Something signed, in a file of the desk.
#[derive(Debug)]
pub(crate) struct Document {
    /// What the judges' answers are told by.
    pub(crate) name: String,
    pub(crate) der: Vec<u8>,
    pub(crate) file: PathBuf,
    /// Octets of what was signed that may change and leave it readable.
    pub(crate) within: Vec<u8>,
    /// The octets of the signature.
    pub(crate) signature: Vec<u8>,
    /// Who signed: its certificate, its issuer's and so on, up to the root.
    pub(crate) issuers: Vec<PathBuf>,
}

impl Document {
    pub(crate) fn new(
        desk: &Desk,
        name: &str,
        der: Vec<u8>,
        within: &[u8],
        signature: &BitString,
        issuers: Vec<PathBuf>,
    ) -> Self {
        let file = desk.write(&format!("{name}.der"), &der);
        Self {
            name: name.to_owned(),
            file,
            within: within.to_vec(),
            signature: signature.raw_bytes().to_vec(),
            issuers,
            der,
        }
    }

    /// Two copies, each with one bit changed: in what was signed, and in the signature.
    pub(crate) fn twins(&self) -> [Vec<u8>; 2] {
        [&self.within, &self.signature].map(|part| {
            let at = self.der.windows(part.len()).position(|here| here == part);
            let mut twin = self.der.clone();
            twin[at.expect("it stands there") + part.len() - 1] ^= 1;
            twin
        })
    }
}

/// A key and its certificate.
#[derive(Debug)]
pub(crate) struct Owner {
    pub(crate) key: SoftKey,
    pub(crate) certificate: Document,
}

impl Owner {
    pub(crate) fn spki(&self) -> SubjectPublicKeyInfoOwned {
        spki(&self.key)
    }

    pub(crate) fn issuer(&self) -> Issuer {
        Issuer::from_certificate(&self.certificate.der).expect("a CA's certificate")
    }

    /// Its certificate's file and those above it.
    pub(crate) fn chain(&self) -> Vec<PathBuf> {
        let mut chain = vec![self.certificate.file.clone()];
        if self.certificate.issuers != chain {
            chain.extend_from_slice(&self.certificate.issuers);
        }
        chain
    }
}

pub(crate) fn sign(key: &SoftKey, octets: &[u8]) -> BitString {
    key.sign(octets).expect("a key in this process")
}

/// A root that signs itself and a CA under it.
#[derive(Debug)]
pub(crate) struct Authorities {
    pub(crate) root: Owner,
    pub(crate) issuing: Owner,
}

impl Authorities {
    pub(crate) fn new(desk: &Desk) -> Self {
        let root = issue(desk, Case::of("root-ca"), None);
        let issuing = issue(desk, Case::of("issuing-ca"), Some(&root));
        Self { root, issuing }
    }
}

/// A certificate for a fresh key as a case asks for it, by an issuer or by itself.
pub(crate) fn issue(desk: &Desk, case: &Case, issuer: Option<&Owner>) -> Owner {
    let profile = case.policy();
    let key = SoftKey::generate().expect("randomness");
    let request = CertRequest::new(case.subject.parse().expect("a name"), spki(&key));
    let request = case.asked.iter().fold(request, Asked::add);
    let serial = serial();
    let by = match issuer {
        Some(issuer) => issuer.issuer(),
        None => Issuer::self_signed(&request, key.algorithm()),
    };
    let prepared = profile
        .prepare(&by, &request, &serial, now())
        .expect(case.profile);
    let signer = issuer.map_or(&key, |issuer| &issuer.key);
    let signature = sign(signer, prepared.tbs());
    let der = prepared.attach(&signature).expect("a certificate");
    let issuers = match issuer {
        Some(issuer) => issuer.chain(),
        None => vec![desk.path(&format!("{}.der", case.profile))],
    };
    let (name, within) = (case.profile, serial.as_bytes());
    Owner {
        certificate: Document::new(desk, name, der, within, &signature, issuers),
        key,
    }
}

fn spki(key: &SoftKey) -> SubjectPublicKeyInfoOwned {
    SubjectPublicKeyInfoOwned::from_der(key.public_key().as_bytes()).expect("a key")
}

/// 16 random octets, positive.
pub(crate) fn serial() -> SerialNumber {
    let mut octets = [0; 16];
    SysRng.try_fill_bytes(&mut octets).expect("randomness");
    octets[0] = octets[0] & 0x7f | 0x40;
    SerialNumber::new(&octets).expect("16 octets")
}
