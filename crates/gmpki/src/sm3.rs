//! `gmpki sm3`.

use crate::{failure::Failure, outcome::Outcome};
use gm_crypto::sm3::{Sm3, digest::Digest};
use serde_json::json;
use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Digests of files of any size.
pub(crate) fn digest(files: &[PathBuf]) -> Result<Outcome, Failure> {
    let mut text = String::new();
    let mut list = Vec::new();
    for path in files {
        let digest = of(path).map_err(|source| Failure::file(path, source))?;
        let _ = writeln!(text, "{digest}  {}", path.display());
        list.push(json!({ "file": path.display().to_string(), "sm3": digest }));
    }
    Ok(Outcome::new(text, json!({ "digests": list })))
}

fn of(path: &Path) -> io::Result<String> {
    let mut source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path)?)
    };
    let mut hash = Sm3::new();
    let mut chunk = vec![0; 1 << 16];
    loop {
        match source.read(&mut chunk)? {
            0 => break,
            length => hash.update(&chunk[..length]),
        }
    }
    Ok(hexadecimal(&hash.finalize()))
}

/// Octets in lower-case hexadecimal.
pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}
