//! Certificates of a package: put together from what was intended and the signature, and looked
//! at with their issuer's key where that is known.

use super::{FileFault, IssuedCertificate};
use crate::{
    AuthorityId, Entry, Event, Intent, Octets, Serial,
    authority::Event as OfAuthority,
    case::{Event as OfCase, pair::Issued},
};
use cert_profile::Issuer;
use der::referenced::OwnedToRef;
use gm_crypto::pki::{Signed, Sm2Sm3};
use std::collections::HashMap;

/// What the records say of certificates.
#[derive(Default)]
struct Known<'a> {
    intents: HashMap<(&'a AuthorityId, &'a Serial), &'a Intent>,
    /// Keys of authorities, by their own certificates; none where one can't be read.
    issuers: HashMap<&'a AuthorityId, Option<Issuer>>,
}

/// The certificates of records that are complete from the beginning of each history; the records
/// whose certificate is none, with what is wrong.
pub(super) fn certificates(entries: &[Entry]) -> (Vec<IssuedCertificate>, Vec<(u64, FileFault)>) {
    let mut known = Known::default();
    for entry in entries {
        match &entry.event {
            Event::Case(OfCase::IssuanceIntended { intent, .. })
            | Event::Authority(OfAuthority::IssuanceIntended(intent)) => {
                known
                    .intents
                    .insert((&intent.issuer, &intent.serial), intent);
            }
            // An authority has one key for all its time, and a root vouches for itself.
            Event::Authority(OfAuthority::Established { certificate, .. }) => {
                if let crate::StreamId::Authority(id) = &entry.stream {
                    let issuer = Issuer::from_certificate(certificate).ok();
                    known.issuers.insert(id, issuer);
                }
            }
            _ => {}
        }
    }
    let (mut issued, mut wrong) = (Vec::new(), Vec::new());
    for entry in entries {
        let (issuer, serial, certificate) = match &entry.event {
            Event::Case(OfCase::CertificateIssued {
                issuer,
                serial,
                signature,
                certificate,
                ..
            }) => {
                let intent = known.intents.get(&(issuer, serial));
                let made = intent.and_then(|intent| Issued::of(intent, signature));
                let made = made.filter(|made| made.is_kept_as(certificate));
                (issuer, serial, made.map(|made| made.certificate))
            }
            Event::Authority(
                OfAuthority::Established {
                    issuer,
                    serial,
                    certificate,
                }
                | OfAuthority::Linked {
                    issuer,
                    serial,
                    certificate,
                },
            ) => {
                let intent = known.intents.get(&(issuer, serial));
                let is_meant = intent.is_some_and(|intent| intends(intent, certificate));
                (issuer, serial, is_meant.then(|| certificate.clone()))
            }
            _ => continue,
        };
        let verified = certificate.and_then(|certificate| {
            let is_verified = known.is_signed(issuer, &certificate)?;
            Some((certificate, is_verified))
        });
        match verified {
            Some((certificate, is_verified)) => issued.push(IssuedCertificate {
                seq: entry.seq,
                issuer: issuer.clone(),
                serial: serial.clone(),
                certificate: certificate.to_vec(),
                is_verified,
            }),
            None => {
                let issuer = issuer.clone();
                wrong.push((entry.seq, FileFault::NotIssued { issuer }));
            }
        }
    }
    (issued, wrong)
}

fn intends(intent: &Intent, certificate: &Octets) -> bool {
    let parts = Signed::from_der("Certificate", certificate);
    parts.is_ok_and(|parts| parts.tbs() == &intent.tbs[..])
}

impl Known<'_> {
    /// Whether the issuer's key is known; none where it did not sign.
    fn is_signed(&self, issuer: &AuthorityId, certificate: &[u8]) -> Option<bool> {
        let Some(known) = self.issuers.get(issuer) else {
            return Some(false);
        };
        let key = known.as_ref()?.public_key().owned_to_ref();
        let parts = Signed::from_der("Certificate", certificate).ok()?;
        parts.verify(key, &[&Sm2Sm3::default()]).ok()?;
        Some(true)
    }
}
