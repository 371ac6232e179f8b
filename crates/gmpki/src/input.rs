//! Files in.

use crate::{failure::Failure, output};
use base64ct::{Base64, Encoding};
use gm_crypto::pki;
use std::{
    borrow::Cow,
    fs::File,
    io::{self, Read},
    path::Path,
};
use zeroize::Zeroizing;

/// Octets of the largest certificate, request, key or list that is read.
pub(crate) const STRUCTURE: u64 = 1 << 20;
/// Octets of the largest file of certificates that are shown.
pub(crate) const BUNDLE: u64 = 1 << 24;
/// Octets of the largest file that is signed.
pub(crate) const DOCUMENT: u64 = 1 << 30;

/// Octets of the largest file that is encrypted by SM2.
pub(crate) const MESSAGE: u64 = 1 << 26;
/// Octets that a ciphertext is longer than its text, at most.
pub(crate) const OVERHEAD: u64 = 1 << 12;
/// Octets of the largest file with private keys.
pub(crate) const KEY_FILE: usize = 1 << 20;
/// Octets of the largest symmetric key.
const KEY: usize = 1 << 12;

pub(crate) const CERTIFICATE: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE"];
pub(crate) const CRL: &[&str] = &["X509 CRL"];

/// Reads a whole file, or standard input for `-`, and refuses one that is larger
/// than `limit` without reading it to its end.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    output::remember(path);
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
    read_secret(path, KEY)
}

/// Reads a secret of at most `limit` octets, leaving no copy behind.
pub(crate) fn read_secret(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    output::remember(path);
    // As long as it can get from the start, so that it never moves.
    let mut octets = Zeroizing::new(vec![0; limit + 1]);
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
    if length > limit {
        let reason = format!("larger than the {limit} octets that a key has at most");
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

/// What text in hexadecimal or base64 stands for; other octets as they are.
pub(crate) fn without_text(octets: &[u8]) -> Cow<'_, [u8]> {
    let digits: Vec<u8> = octets
        .iter()
        .copied()
        .filter(|octet| !octet.is_ascii_whitespace())
        .collect();
    if let Some(octets) = from_hexadecimal(&digits).filter(|octets| !octets.is_empty()) {
        return octets.to_vec().into();
    }
    let base64 = std::str::from_utf8(&digits).ok();
    match base64.and_then(|text| Base64::decode_vec(text).ok()) {
        Some(octets) if !octets.is_empty() => octets.into(),
        _ => octets.into(),
    }
}

/// Reads a structure from PEM or DER.
pub(crate) fn read_der(path: &Path, labels: &'static [&'static str]) -> Result<Vec<u8>, Failure> {
    let octets = read(path, STRUCTURE)?;
    match pki::decode_pem(&octets, labels) {
        Ok(der) => Ok(der.to_vec()),
        Err(source) => Err(Failure::file(path, source)),
    }
}
