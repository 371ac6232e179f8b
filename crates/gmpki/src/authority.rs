//! A CA from files: its certificate, and the key that signs for it.

use crate::{args::NamedKey, failure::Failure, input, named};
use cert_profile::Issuer;
use der::Encode;
use hsm::KeyHandle;
use std::path::Path;

/// The public half in `path`.
pub(crate) fn issuer(path: &Path) -> Result<Issuer, Failure> {
    let der = input::read_der(path, input::CERTIFICATE)?;
    Issuer::from_certificate(&der).map_err(|source| Failure::file(path, source))
}

/// The issuer's own key, whose signatures are verified before they are written.
pub(crate) fn key_of(issuer: &Issuer, key: &NamedKey) -> Result<Box<dyn KeyHandle>, Failure> {
    let spki = issuer.public_key().to_der()?;
    key_for(&spki, "the issuer's certificate", key)
}

/// The key of a `SubjectPublicKeyInfo` in `whose`.
pub(crate) fn key_for(
    spki: &[u8],
    whose: &str,
    key: &NamedKey,
) -> Result<Box<dyn KeyHandle>, Failure> {
    let found = named::key(key)?;
    if found.public_key().as_bytes() != spki {
        let reason = format!("the key is not the one of {whose}");
        return Err(key.failure(reason));
    }
    Ok(found)
}
