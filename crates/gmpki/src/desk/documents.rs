//! Papers of a desk: each file under its digest, as it came (S2-14).

use crate::{failure::Failure, output, sm3::hexadecimal};
use gm_crypto::sm3;
use std::{fs, path::PathBuf};

/// The folder of papers.
#[derive(Debug)]
pub(crate) struct Documents(PathBuf);

/// A paper that is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    /// SM3 of its octets.
    pub(crate) digest: [u8; 32],
}

impl Documents {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Keeps octets; they are there whole before anything names them.
    pub(crate) fn keep(&self, octets: &[u8]) -> Result<Kept, Failure> {
        let digest = sm3::digest(octets);
        let path = self.path(&digest);
        if !path.exists() {
            fs::create_dir_all(&self.0).map_err(|source| Failure::file(&self.0, source))?;
            output::replace(&path, octets)?;
        }
        Ok(Kept { digest })
    }

    /// Whether the octets of a digest are there, unchanged.
    pub(crate) fn holds(&self, digest: &[u8]) -> bool {
        fs::read(self.path(digest)).is_ok_and(|octets| sm3::digest(&octets) == digest)
    }

    fn path(&self, digest: &[u8]) -> PathBuf {
        self.0.join(hexadecimal(digest))
    }
}
