//! Keys and certificates that are the same in every run.
//!
//! Whoever reads this knows the private keys.

use cert_profile::{CertRequest, Issuer, Profile};
use der::{DateTime, asn1::BitString};
use gm_crypto::{
    sm2::{SecretKey, SigningKey, UserId},
    sm3,
};
use rand_core::{TryCryptoRng, TryRng};
use signature::Signer;
use spki::{
    DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding,
    SubjectPublicKeyInfoOwned,
};
use std::{convert::Infallible, sync::LazyLock, time::Duration};

/// The password of encrypted keys, here and in the suites.
pub const PASSWORD: &[u8] = b"gmtest";

/// The key of encrypted contents.
pub const CONTENT_KEY: [u8; 16] = *b"0123456789abcdef";

/// The time of every check.
pub fn now() -> DateTime {
    DateTime::new(2026, 7, 1, 8, 0, 0).expect("a day")
}

/// So many days after [`now`].
pub fn in_days(days: u64) -> DateTime {
    let length = Duration::from_secs(days * 86_400);
    DateTime::from_unix_duration(now().unix_duration() + length).expect("a day before 9999")
}

/// The key of this name.
pub fn key(name: &str) -> SigningKey {
    let secret = SecretKey::from_bytes(&sm3::digest(name.as_bytes()));
    SigningKey::new(secret.expect("a digest is below n"), UserId::default())
}

/// The public half of a key.
pub fn public_half(key: &SigningKey) -> SubjectPublicKeyInfoOwned {
    let spki = key.verifying_key().to_public_key_der();
    let spki = spki.expect("a point has an encoding");
    spki.decode_msg().expect("an encoding can be read")
}

/// The same signature each time: a finding must come again.
pub fn sign(key: &SigningKey, octets: &[u8]) -> BitString {
    let signature = key.sign(octets);
    signature.to_bitstring().expect("whole octets")
}

/// A root's certificate, of the key `root`.
pub static ROOT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let key = key("root");
    let request = request("CN=Root,O=Fuzz,C=CN", &key);
    let algorithm = key.signature_algorithm_identifier().expect("no parameters");
    let issuer = Issuer::self_signed(&request, algorithm);
    certify("root-ca", &issuer, &key, &request, 1)
});

/// An issuing CA's certificate, of the key `ca`.
pub static CA: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let request = request("CN=CA,O=Fuzz,C=CN", &key("ca"));
    let issuer = Issuer::from_certificate(&ROOT).expect("a CA's certificate");
    certify("issuing-ca", &issuer, &key("root"), &request, 2)
});

/// A subscriber's certificate, of the key `subscriber`; it publishes lists too.
pub static SUBSCRIBER: LazyLock<Vec<u8>> =
    LazyLock::new(|| under_ca("subscriber-signing", "CN=Subscriber,C=CN", "subscriber", 3));

/// A certificate of the key with this name, from the issuing CA.
pub fn under_ca(profile: &str, subject: &str, name: &str, serial: u8) -> Vec<u8> {
    let issuer = Issuer::from_certificate(&CA).expect("a CA's certificate");
    let request = request(subject, &key(name));
    certify(profile, &issuer, &key("ca"), &request, serial)
}

/// Asks for a certificate.
pub fn request(subject: &str, key: &SigningKey) -> CertRequest {
    CertRequest::new(subject.parse().expect("a name"), public_half(key))
}

fn certify(
    profile: &str,
    issuer: &Issuer,
    issuer_key: &SigningKey,
    request: &CertRequest,
    serial: u8,
) -> Vec<u8> {
    let profile = Profile::shipped(profile).expect("a profile that is shipped");
    let prepared = profile.prepare(issuer, request, &serial.into(), now());
    let prepared = prepared.expect("a request that fits its profile");
    let signature = sign(issuer_key, prepared.tbs());
    prepared.attach(&signature).expect("a short certificate")
}

/// "Random" octets that are the same in every run.
#[derive(Clone, Debug, Default)]
pub struct Counter(u64);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut octets = [0; 4];
        self.try_fill_bytes(&mut octets)?;
        Ok(u32::from_be_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_be_bytes(octets))
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        for part in octets.chunks_mut(sm3::DIGEST_LENGTH) {
            self.0 += 1;
            part.copy_from_slice(&sm3::digest(&self.0.to_be_bytes())[..part.len()]);
        }
        Ok(())
    }
}

/// Only where nothing is secret.
impl TryCryptoRng for Counter {}
