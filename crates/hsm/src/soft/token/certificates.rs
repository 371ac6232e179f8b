//! Certificates beside keys. They come and go, so a file is replaced whole.

use super::{Draft, SoftToken, key_ending, sync_directory};
use crate::{Certificates, Error, KeyLabel, KeyUse};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

/// Octets of the longest certificate that is kept.
const MAX_LENGTH: usize = 65_536;

fn ending(key_use: KeyUse) -> &'static str {
    match key_use {
        KeyUse::Signing => ".crt",
        KeyUse::Encryption => ".enc-crt",
    }
}

impl Certificates for SoftToken {
    fn certificate(&self, label: &KeyLabel, key_use: KeyUse) -> Result<Option<Vec<u8>>, Error> {
        read(&self.path(label, ending(key_use)))
    }

    /// Puts a certificate (DER, 64 KiB at most) in the place of the one before: whole, and
    /// durable when this returns.
    fn write_certificate(
        &self,
        label: &KeyLabel,
        key_use: KeyUse,
        certificate: &[u8],
    ) -> Result<(), Error> {
        if certificate.len() > MAX_LENGTH {
            return Err(Error::Unsupported {
                what: "room for certificates of more than 64 KiB",
                interface: "a directory of key files",
            });
        }
        if !self.path(label, key_ending(key_use)).exists() {
            return Err(Error::NoSuchKey {
                label: label.clone(),
            });
        }
        let path = self.path(label, ending(key_use));
        let draft = Draft::new(&self.directory)?;
        draft
            .write(certificate)
            .map_err(Error::io("write", &draft.path))?;
        fs::rename(&draft.path, &path).map_err(Error::io("replace", &path))?;
        sync_directory(&self.directory).map_err(Error::io("make durable", &self.directory))?;
        if read(&path)?.as_deref() != Some(certificate) {
            return Err(Error::ReadBack {
                call: "write_certificate",
            });
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let mut octets = Vec::new();
    let limit = u64::try_from(MAX_LENGTH).unwrap_or(u64::MAX);
    match File::open(path).and_then(|file| file.take(limit).read_to_end(&mut octets)) {
        Ok(_) => Ok(Some(octets)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path)(error)),
    }
}
