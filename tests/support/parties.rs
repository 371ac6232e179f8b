//! Parties of a message: a key and a certificate that names its owner, made on the spot.
//!
//! The certificates are good DER and signed by their own keys; nobody validates a path here.

use der::{
    Any, Encode,
    asn1::{BitString, ObjectIdentifier},
};
use getrandom::SysRng;
use gm_crypto::sm2::{PublicKey, SIGNATURE_OID, SecretKey, SigningKey, UserId};

/// One who signs or receives.
#[derive(Debug)]
pub struct Party {
    /// Key and usual user ID.
    pub key: SigningKey,
    /// DER.
    pub certificate: Vec<u8>,
}

impl Party {
    /// A fresh key for `name`.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn new(name: &str) -> Self {
        let secret = SecretKey::generate(&mut SysRng).expect("randomness");
        let key = SigningKey::new(secret, UserId::default());
        let certificate = certificate(name, &key);
        Self { key, certificate }
    }

    /// The key alone, for decryption.
    pub fn secret(&self) -> &SecretKey {
        self.key.secret_key()
    }
}

fn element(tag: u8, contents: &[Vec<u8>]) -> Vec<u8> {
    let contents = contents.concat();
    let mut octets = vec![tag];
    let length = der::Length::try_from(contents.len()).expect("short");
    octets.extend(length.to_der().expect("a length"));
    octets.extend(contents);
    octets
}

fn oid(oid: &str) -> Vec<u8> {
    ObjectIdentifier::new_unwrap(oid).to_der().expect("an OID")
}

fn certificate(name: &str, key: &SigningKey) -> Vec<u8> {
    let public: &PublicKey = key.verifying_key().public_key();
    let point = BitString::from_bytes(&public.to_uncompressed()).expect("65 octets");
    let algorithm = element(0x30, &[SIGNATURE_OID.to_der().expect("an OID")]);
    let name = element(0x0c, &[name.as_bytes().to_vec()]);
    let name = element(0x31, &[element(0x30, &[oid("2.5.4.3"), name])]);
    let name = element(0x30, &[name]);
    let time = |time: &str| element(0x17, &[time.as_bytes().to_vec()]);
    let spki = element(
        0x30,
        &[oid("1.2.840.10045.2.1"), oid("1.2.156.10197.1.301")],
    );
    let spki = element(0x30, &[spki, point.to_der().expect("a BIT STRING")]);
    let identifier = gm_crypto::sm3::digest(&public.to_uncompressed())[..20].to_vec();
    let identifier = element(0x04, &[element(0x04, &[identifier])]);
    let extensions = element(0x30, &[element(0x30, &[oid("2.5.29.14"), identifier])]);
    let tbs = element(
        0x30,
        &[
            vec![0xa0, 3, 2, 1, 2],
            element(2, &[vec![0x11, public.to_uncompressed()[1] | 1]]),
            algorithm.clone(),
            name.clone(),
            element(0x30, &[time("260101000000Z"), time("360101000000Z")]),
            name,
            spki,
            element(0xa3, &[extensions]),
        ],
    );
    let signature = key.sign_hedged(&mut SysRng, &tbs).expect("randomness");
    let signature = BitString::from_bytes(&signature.to_der()).expect("whole octets");
    let certificate = element(
        0x30,
        &[tbs, algorithm, signature.to_der().expect("a BIT STRING")],
    );
    der::Decode::from_der(&certificate)
        .map(|_: Any| certificate)
        .expect("good DER")
}
