//! Certificates beside keys.

use super::{Examination, Miss, ensure, instead};
use crate::{Error, KeyHandle, KeyUse};
use der::{
    Encode,
    asn1::{ObjectIdentifier, OctetString},
};

impl Examination<'_> {
    pub(super) fn certificates(&mut self) {
        self.check(
            "a certificate is kept octet for octet",
            KeyUse::Signing,
            |it| it.keeps_certificates(KeyUse::Signing),
        );
        self.check(
            "a certificate is kept octet for octet",
            KeyUse::Encryption,
            |it| it.keeps_certificates(KeyUse::Encryption),
        );
    }

    fn keeps_certificates(&mut self, key_use: KeyUse) -> Result<(), Miss> {
        let certificates = self.token.as_certificates().ok_or_else(Miss::no_power)?;
        let Some((signer, _)) = self.signing.first().cloned() else {
            return Err(Miss::not_offered("there is no signing key"));
        };
        let label = match key_use {
            KeyUse::Signing => Some(signer.clone()),
            KeyUse::Encryption => self.decryption.clone(),
        };
        let label = label.ok_or_else(|| Miss::not_offered("there is no encryption key"))?;
        let signer = self.token.key(&signer)?;
        let public = match (key_use, self.token.as_decryption()) {
            (KeyUse::Encryption, Some(it)) => it.decryption_key(&label)?.public_key().clone(),
            _ => signer.public_key().clone(),
        };
        // The second is shorter: nothing of the first may be left behind it.
        for (serial, length) in [(1, 2_000), (2, 10), (3, 100)] {
            let certificate = certificate(&*signer, public.as_bytes(), serial, length)?;
            certificates.write_certificate(&label, key_use, &certificate)?;
            ensure(
                certificates.certificate(&label, key_use)? == Some(certificate),
                "other octets came back",
            )?;
        }
        let absent = self.free_label()?;
        ensure(
            certificates.certificate(&absent, key_use)?.is_none(),
            "there is one beside an absent key",
        )?;
        let certificate = certificate(&*signer, public.as_bytes(), 4, 10)?;
        let refused = certificates.write_certificate(&absent, key_use, &certificate);
        let so = matches!(refused, Err(Error::NoSuchKey { .. }));
        ensure(
            so,
            format!("written beside an absent key, {}", instead(refused)),
        )
    }
}

/// A certificate for the public key `spki` by `signer`, with an extension of so many octets
/// that nobody knows. Good DER: a device may read what it keeps.
fn certificate(
    signer: &dyn KeyHandle,
    spki: &[u8],
    serial: u8,
    length: usize,
) -> Result<Vec<u8>, Miss> {
    let failed = |error: der::Error| Miss::Failed(format!("no certificate: {error}"));
    let algorithm = signer.algorithm().to_der().map_err(failed)?;
    let tbs = || -> der::Result<Vec<u8>> {
        let oid = |oid| ObjectIdentifier::new(oid)?.to_der();
        // commonName, as UTF8String.
        let name = element(0x0c, &[b"conformance"])?;
        let name = element(0x30, &[&oid("2.5.4.3")?, &name])?;
        let name = element(0x30, &[&element(0x31, &[&name])?])?;
        let time = |time: &[u8]| element(0x17, &[time]);
        let validity = [time(b"260101000000Z")?, time(b"360101000000Z")?];
        let validity = element(0x30, &[&validity[0], &validity[1]])?;
        // An arc for examples (RFC 5612).
        let extension = OctetString::new(vec![serial; length])?.to_der()?;
        let extension = element(0x30, &[&oid("1.3.6.1.4.1.32473.1")?, &extension])?;
        let extensions = element(0x30, &[&extension])?;
        element(
            0x30,
            &[
                &[0xa0, 3, 2, 1, 2, 2, 1, serial],
                &algorithm,
                &name,
                &validity,
                &name,
                spki,
                &element(0xa3, &[&extensions])?,
            ],
        )
    };
    let tbs = tbs().map_err(failed)?;
    let signature = signer.sign(&tbs)?;
    let signature = signature.to_der().map_err(failed)?;
    element(0x30, &[&tbs, &algorithm, &signature]).map_err(failed)
}

fn element(tag: u8, contents: &[&[u8]]) -> der::Result<Vec<u8>> {
    let contents = contents.concat();
    let length = der::Length::try_from(contents.len())?.to_der()?;
    Ok([&[tag], &length[..], &contents].concat())
}
