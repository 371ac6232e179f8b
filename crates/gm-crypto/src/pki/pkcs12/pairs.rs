//! Which certificate belongs to which key.

use crate::{pki::certificate::CertificateParts, sm2::PublicKey};
use alloc::vec::Vec;

use super::{CertificateEntry, KeyEntry, Pkcs12, Pkcs12Remark};

/// A key and its certificate.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Pair<'a> {
    /// The key.
    pub key: &'a KeyEntry,
    /// A certificate for its public half; none if the file has none.
    pub certificate: Option<&'a CertificateEntry>,
}

impl Pkcs12 {
    /// Each key with its certificate, in the order of the keys.
    ///
    /// The certificate is one for the key's public half: among several the one with the same
    /// `localKeyId`, else the first. A `localKeyId` alone makes no pair, for nothing stops a
    /// program from giving the signing and the encryption key the same.
    pub fn pairs(&self) -> Vec<Pair<'_>> {
        let public = self.public_keys();
        let certificate_of = |key: &KeyEntry| {
            let own = Some(key.key.public_key());
            let fitting = self.certificates.iter().zip(&public);
            let fitting: Vec<_> = fitting.filter(|(_, public)| **public == own).collect();
            let named = fitting
                .iter()
                .find(|(certificate, _)| same_id(key, certificate));
            named
                .or(fitting.first())
                .map(|(certificate, _)| *certificate)
        };
        self.keys
            .iter()
            .map(|key| Pair {
                key,
                certificate: certificate_of(key),
            })
            .collect()
    }

    /// Of each certificate, if it is an SM2 key in what can be read as a certificate.
    fn public_keys(&self) -> Vec<Option<PublicKey>> {
        self.certificates
            .iter()
            .map(|entry| CertificateParts::from_der(&entry.der).ok()?.public_key())
            .collect()
    }

    /// Remarks on what `localKeyId` says.
    pub(super) fn remark_on_ids(&mut self) {
        let public = self.public_keys();
        let own: Vec<PublicKey> = self
            .keys
            .iter()
            .map(|entry| entry.key.public_key())
            .collect();
        let misleads = self.keys.iter().zip(&own).any(|(key, own)| {
            let mut fitting = self.certificates.iter().zip(&public);
            fitting.any(|(certificate, public)| {
                same_id(key, certificate) && public.is_some_and(|public| public != *own)
            })
        });
        let (mut id_twice, mut key_twice) = (false, false);
        for (at, (key, public)) in self.keys.iter().zip(&own).enumerate() {
            for (other, other_public) in self.keys.iter().zip(&own).take(at) {
                let id = key.local_key_id.is_some() && key.local_key_id == other.local_key_id;
                key_twice |= public == other_public;
                id_twice |= id && public != other_public;
            }
        }
        for (is_so, remark) in [
            (misleads, Pkcs12Remark::LocalKeyIdMisleads),
            (id_twice, Pkcs12Remark::LocalKeyIdTwice),
            (key_twice, Pkcs12Remark::KeyTwice),
        ] {
            if is_so {
                self.remark(remark);
            }
        }
    }
}

fn same_id(key: &KeyEntry, certificate: &CertificateEntry) -> bool {
    key.local_key_id.is_some() && key.local_key_id == certificate.local_key_id
}
