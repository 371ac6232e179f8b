//! Files in and out.

use crate::failure::Failure;
use gm_crypto::pki;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
};

/// Octets of the largest certificate, request, key or list that is read.
pub(crate) const STRUCTURE: u64 = 1 << 20;
/// Octets of the largest file that is signed.
pub(crate) const DOCUMENT: u64 = 1 << 30;

pub(crate) const CERTIFICATE: &[&str] = &["CERTIFICATE"];
pub(crate) const CRL: &[&str] = &["X509 CRL"];

/// Reads a whole file, or standard input for `-`, and refuses one that is larger
/// than `limit` without reading it to its end.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    let result = if path == Path::new("-") {
        io::stdin().lock().take(limit + 1).read_to_end(&mut octets)
    } else {
        File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut octets))
    };
    result.map_err(|source| Failure::file(path, source))?;
    if octets.len() as u64 > limit {
        let reason = format!("larger than the {limit} octets that are read at most");
        return Err(Failure::file(path, reason));
    }
    Ok(octets)
}

/// Reads a structure from PEM or DER.
pub(crate) fn read_der(path: &Path, labels: &'static [&'static str]) -> Result<Vec<u8>, Failure> {
    let octets = read(path, STRUCTURE)?;
    match pki::decode_pem(&octets, labels) {
        Ok(der) => Ok(der.into_owned()),
        Err(source) => Err(Failure::file(path, source)),
    }
}

/// Writes a file so that it is there whole or as it was.
pub(crate) fn write(path: &Path, octets: &[u8]) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        let mut neighbour = path.as_os_str().to_owned();
        neighbour.push(".part");
        let mut file = File::create(&neighbour)?;
        file.write_all(octets)?;
        file.sync_all()?;
        fs::rename(&neighbour, path)
    };
    write().map_err(|source| Failure::file(path, source))
}

/// Writes a new file that only its owner can read; never over another.
pub(crate) fn write_secret(path: &Path, octets: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || -> io::Result<()> {
        let mut file = options.open(path)?;
        file.write_all(octets)?;
        file.sync_all()
    };
    write().map_err(|source| Failure::file(path, source))
}
