//! Files in and out.

use crate::failure::Failure;
use gm_crypto::pki;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
};
use zeroize::Zeroizing;

/// Octets of the largest certificate, request, key or list that is read.
pub(crate) const STRUCTURE: u64 = 1 << 20;
/// Octets of the largest file that is signed.
pub(crate) const DOCUMENT: u64 = 1 << 30;

/// Octets of the largest file that is encrypted by SM2.
pub(crate) const MESSAGE: u64 = 1 << 26;
/// Octets that a ciphertext is longer than its text, at most.
pub(crate) const OVERHEAD: u64 = 1 << 12;
/// Octets of the largest symmetric key.
const KEY: usize = 1 << 12;

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

/// Refuses a call in which two files are standard input.
pub(crate) fn at_most_one_is_standard_input(paths: &[&Path]) -> Result<(), Failure> {
    let dashes = paths.iter().filter(|path| **path == Path::new("-"));
    if dashes.count() > 1 {
        return Err(Failure::Usage(
            "standard input, '-', can be one file only".into(),
        ));
    }
    Ok(())
}

/// Reads a secret of at most [`KEY`] octets, leaving no copy behind.
pub(crate) fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    // As long as it can get from the start, so that it never moves.
    let mut octets = Zeroizing::new(vec![0; KEY + 1]);
    let mut length = 0;
    let mut fill = |source: &mut dyn Read| -> io::Result<()> {
        while length < octets.len() {
            match source.read(&mut octets[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    };
    let result = if path == Path::new("-") {
        fill(&mut io::stdin().lock())
    } else {
        File::open(path).and_then(|mut file| fill(&mut file))
    };
    result.map_err(|source| Failure::file(path, source))?;
    octets.truncate(length);
    if length > KEY {
        let reason = format!("larger than the {KEY} octets that a key has at most");
        return Err(Failure::file(path, reason));
    }
    Ok(octets)
}

/// Octets from hexadecimal digits; `None` when it is something else.
pub(crate) fn from_hexadecimal(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |octet: u8| char::from(octet).to_digit(16);
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let mut octets = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for pair in text.chunks_exact(2) {
        let value = digit(pair[0])? << 4 | digit(pair[1])?;
        octets.push(u8::try_from(value).ok()?);
    }
    Some(octets)
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
