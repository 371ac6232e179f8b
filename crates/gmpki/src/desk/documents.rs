//! Papers of a desk: each file under its digest, as it came (S2-14).

use crate::{failure::Failure, output, sm3::hexadecimal};
use gm_crypto::sm3;
use std::{cell::RefCell, fs, path::PathBuf};

/// The folder of papers.
#[derive(Debug)]
pub(crate) struct Documents {
    folder: PathBuf,
    /// Those that were not there before this act.
    fresh: RefCell<Vec<PathBuf>>,
}

/// A paper that is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    /// SM3 of its octets.
    pub(crate) digest: [u8; 32],
}

impl Documents {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            fresh: RefCell::default(),
        }
    }

    /// Keeps octets; they are there whole before anything names them.
    pub(crate) fn keep(&self, octets: &[u8]) -> Result<Kept, Failure> {
        let digest = sm3::digest(octets);
        let path = self.path(&digest);
        if !path.exists() {
            let folder = &self.folder;
            fs::create_dir_all(folder).map_err(|source| Failure::file(folder, source))?;
            output::replace(&path, octets)?;
            self.fresh.borrow_mut().push(path);
        }
        Ok(Kept { digest })
    }

    /// The act came to something, and its papers stay; or it was refused, and those that it
    /// brought go.
    pub(super) fn settle(&self, done: bool) {
        for path in self.fresh.take() {
            if !done {
                // One that stays is named by nothing.
                let _ = fs::remove_file(path);
            }
        }
    }

    /// Whether the octets of a digest are there, unchanged.
    pub(crate) fn holds(&self, digest: &[u8]) -> bool {
        fs::read(self.path(digest)).is_ok_and(|octets| sm3::digest(&octets) == digest)
    }

    fn path(&self, digest: &[u8]) -> PathBuf {
        self.folder.join(hexadecimal(digest))
    }
}
