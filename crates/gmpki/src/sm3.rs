//! `gmpki sm3`.

use crate::{args, failure::Failure, input, outcome::Outcome};
use gm_crypto::sm3::{
    HmacSm3, Sm3,
    digest::{Digest, KeyInit, Mac},
};
use serde_json::json;
use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Digests of files of any size, or their authentication codes under a key.
pub(crate) fn digest(args: &args::Sm3) -> Result<Outcome, Failure> {
    let mut paths: Vec<&Path> = args.files.iter().map(|path| &**path).collect();
    paths.extend(args.hmac_key_file.as_deref());
    input::at_most_one_is_standard_input(&paths)?;
    let keyed = match &args.hmac_key_file {
        None => None,
        Some(path) => {
            let key = input::read_key(path)?;
            if key.is_empty() {
                return Err(Failure::file(path, "an empty key authenticates nothing"));
            }
            Some(HmacSm3::new_from_slice(&key)?)
        }
    };
    let member = if keyed.is_some() { "hmac_sm3" } else { "sm3" };
    let mut text = String::new();
    let mut list = Vec::new();
    for path in &args.files {
        let octets = match keyed.clone() {
            None => {
                let mut hash = Sm3::new();
                feed(path, |part| hash.update(part)).map(|()| hash.finalize())
            }
            Some(mut keyed) => {
                feed(path, |part| keyed.update(part)).map(|()| keyed.finalize().into_bytes())
            }
        };
        let digest = hexadecimal(&octets.map_err(|source| Failure::file(path, source))?);
        let _ = writeln!(text, "{digest}  {}", path.display());
        list.push(json!({ "file": path.display().to_string(), member: digest }));
    }
    Ok(Outcome::new(text, json!({ "digests": list })))
}

/// Gives a file to `take`, part by part.
fn feed(path: &Path, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path)?)
    };
    let mut chunk = vec![0; 1 << 16];
    loop {
        match source.read(&mut chunk)? {
            0 => return Ok(()),
            length => take(&chunk[..length]),
        }
    }
}

/// Octets in lower-case hexadecimal.
pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}
