//! Where a demonstration keeps what.

use crate::{failure::Failure, output, sm3::hexadecimal};
use hsm::Password;
use std::{
    fs,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The folder of one demonstration.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    password_file: Option<PathBuf>,
}

impl Folder {
    /// Makes the folder when there is none.
    pub(crate) fn open(root: &Path, password_file: Option<&Path>) -> Result<Self, Failure> {
        fs::create_dir_all(root).map_err(|source| Failure::file(root, source))?;
        Ok(Self {
            root: root.to_owned(),
            password_file: password_file.map(Path::to_owned),
        })
    }

    /// A business that lost its log is not begun anew over its old keys. The keys
    /// are looked for first: whoever made them had made the store before.
    pub(crate) fn refuse_keys_without_store(&self) -> Result<(), Failure> {
        let has_keys = fs::read_dir(self.token()).is_ok_and(|mut keys| keys.next().is_some());
        if has_keys && !self.store().exists() {
            let reason = "is missing, and its keys are there: put it back, or take another folder";
            return Err(Failure::file(&self.store(), reason));
        }
        Ok(())
    }

    /// What opens the operator's keys; made when no file was named and there is
    /// none. Only for whoever has the store: of two runs at once, one would make
    /// keys under a password that the other replaces.
    pub(crate) fn password(&self) -> Result<Password, Failure> {
        if let Some(named) = &self.password_file {
            return Ok(Password::from_file(named)?);
        }
        self.own_password()
    }

    /// The folder's own password, made when there is none: for what lies in it though the
    /// operator's keys lie elsewhere.
    pub(crate) fn own_password(&self) -> Result<Password, Failure> {
        let own = self.root.join("operator.password");
        if !own.exists() {
            let mut random = Zeroizing::new([0; 16]);
            getrandom::fill(random.as_mut_slice())?;
            let password = Zeroizing::new(hexadecimal(random.as_slice()));
            // A neighbour first: a crash leaves no empty password behind.
            let neighbour = self.root.join("operator.password.part");
            let _ = fs::remove_file(&neighbour);
            output::write_secret(&neighbour, password.as_bytes())?;
            fs::rename(&neighbour, &own).map_err(|source| Failure::file(&own, source))?;
        }
        Ok(Password::from_file(own)?)
    }

    /// The folder's own password, which there is.
    pub(crate) fn password_there(&self) -> Result<Password, Failure> {
        Ok(Password::from_file(self.root.join("operator.password"))?)
    }

    /// The file with the password that was named.
    pub(crate) fn named_password_file(&self) -> Option<PathBuf> {
        self.password_file.clone()
    }

    /// The operator's keys, encrypted.
    pub(crate) fn token(&self) -> PathBuf {
        self.root.join("token")
    }

    /// The key-management centre's archive, encrypted.
    pub(crate) fn key_centre(&self) -> PathBuf {
        self.root.join("key-centre")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.root.join("store.sqlite")
    }

    /// Under which what is personal is sealed: never in the store.
    pub(crate) fn subject_keys(&self) -> PathBuf {
        self.root.join("subject-keys.sqlite")
    }

    /// Where the engine publishes.
    pub(crate) fn published(&self) -> PathBuf {
        self.root.join("published")
    }

    pub(crate) fn authority(&self, id: &str) -> PathBuf {
        self.published().join(format!("authorities/{id}.pem"))
    }

    pub(crate) fn crl(&self, id: &str) -> PathBuf {
        self.published().join(format!("authorities/{id}.crl"))
    }

    pub(crate) fn subscriber(&self, id: &str, name: &str) -> PathBuf {
        self.published().join(format!("subscribers/{id}/{name}"))
    }

    /// A file beside the published ones, its folder made.
    pub(crate) fn file(&self, name: &str) -> Result<PathBuf, Failure> {
        let path = self.root.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| Failure::file(parent, source))?;
        }
        Ok(path)
    }
}
