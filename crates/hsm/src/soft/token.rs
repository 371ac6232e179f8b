//! A directory of encrypted key files.

use crate::{
    Certificates, Decryption, Description, Envelop, Error, KeyAlgorithm, KeyHandle, KeyLabel,
    KeyUse, Password, Random, SoftKey, Token, Unwrap,
};
use getrandom::SysRng;
use gm_crypto::{
    pki::{KeyFileParameters, decode_private_key_encrypted, encode_private_key_encrypted},
    sm2::{SecretKey, SigningKey, UserId},
};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

mod certificates;
mod encryption;

/// A token in a directory: each key a file, `LABEL.p8` for one that signs and
/// `LABEL.enc-p8` for one that decrypts, PKCS#8 encrypted under the token's password by
/// PBES2 with SM4-CBC and HMAC-SM3; beside them certificates in DER, `LABEL.crt` and
/// `LABEL.enc-crt`.
///
/// A key file appears whole or not at all, durably, and is never written again;
/// what a crash leaves behind has another name and is passed over. On Unix the
/// directory and the files that are made here are their owner's alone. The
/// directory must lie on a file system with hard links.
///
/// A key is decrypted for each [`Token::key`] and kept in the handle, so a handle
/// outlives a change of the files.
#[derive(Debug)]
pub struct SoftToken {
    directory: PathBuf,
    password: Password,
    parameters: KeyFileParameters,
}

/// How the name of a key's file ends. A label has any character of these in it, so no
/// ending is one of the others.
const fn key_ending(key_use: KeyUse) -> &'static str {
    match key_use {
        KeyUse::Signing => ".p8",
        KeyUse::Encryption => ".enc-p8",
    }
}

/// Octets of the longest key file that is read; written are some 250.
const MAX_FILE_LENGTH: u64 = 16_384;

impl SoftToken {
    /// Opens the token in `directory`, which is made when it is not there.
    ///
    /// The password must open the first key that is there (in the order of labels;
    /// damaged files are passed over while another key will do), so that a wrong
    /// one is told before a key is made under it.
    ///
    /// # Errors
    /// [`Error::WrongPassword`]; [`Error::KeyFile`] when no key file is whole;
    /// [`Error::Io`] when the directory or the key cannot be read or made.
    pub fn open(directory: impl Into<PathBuf>, password: Password) -> Result<Self, Error> {
        let token = Self {
            directory: directory.into(),
            password,
            parameters: KeyFileParameters::default(),
        };
        make_private_directory(&token.directory)
            .map_err(Error::io("make the directory", &token.directory))?;
        token.check_password()?;
        Ok(token)
    }

    /// The token with other `parameters` for the keys that it will make; those that
    /// it has keep theirs.
    #[must_use]
    pub fn with_parameters(self, parameters: KeyFileParameters) -> Self {
        Self { parameters, ..self }
    }

    fn check_password(&self) -> Result<(), Error> {
        let mut damaged = None;
        for key_use in [KeyUse::Signing, KeyUse::Encryption] {
            for label in self.labels_of(key_use)? {
                match self.secret(&label, key_use) {
                    Ok(_) => return Ok(()),
                    Err(error @ Error::KeyFile { .. }) => damaged = damaged.or(Some(error)),
                    Err(error) => return Err(error),
                }
            }
        }
        damaged.map_or(Ok(()), Err)
    }

    fn path(&self, label: &KeyLabel, ending: &str) -> PathBuf {
        self.directory.join(format!("{label}{ending}"))
    }

    fn secret(&self, label: &KeyLabel, key_use: KeyUse) -> Result<SecretKey, Error> {
        let path = self.path(label, key_ending(key_use));
        let mut der = Vec::new();
        let read = File::open(&path).and_then(|file| {
            // A longer file is cut here and is then no DER.
            file.take(MAX_FILE_LENGTH).read_to_end(&mut der)
        });
        match read {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::NoSuchKey {
                    label: label.clone(),
                });
            }
            Err(error) => return Err(Error::io("read", &path)(error)),
        }
        decode_private_key_encrypted(&der, self.password.as_bytes()).map_err(|error| match error {
            gm_crypto::Error::WrongPassword => Error::WrongPassword { path },
            source => Error::KeyFile { path, source },
        })
    }

    /// Writes under another name, then gives the whole file its own: a link is
    /// refused when the name is taken, which a rename is not.
    fn create(&self, label: &KeyLabel, key_use: KeyUse, octets: &[u8]) -> Result<(), Error> {
        let path = self.path(label, key_ending(key_use));
        let draft = Draft::new(&self.directory)?;
        draft
            .write(octets)
            .map_err(Error::io("write", &draft.path))?;
        match fs::hard_link(&draft.path, &path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(Error::KeyExists {
                    label: label.clone(),
                });
            }
            Err(error) => return Err(Error::io("make", &path)(error)),
        }
        drop(draft);
        sync_directory(&self.directory).map_err(Error::io("make durable", &self.directory))
    }

    /// Makes a key under a free label.
    fn make(&self, label: &KeyLabel, key_use: KeyUse) -> Result<SecretKey, Error> {
        // Spares the work; what decides between two callers is the link.
        if self.path(label, key_ending(key_use)).exists() {
            return Err(Error::KeyExists {
                label: label.clone(),
            });
        }
        let secret = SecretKey::generate_checked(&mut SysRng).map_err(crypto)?;
        self.keep(label, key_use, &secret)?;
        Ok(secret)
    }

    /// Encrypts a key and keeps it under a free label.
    fn keep(&self, label: &KeyLabel, key_use: KeyUse, secret: &SecretKey) -> Result<(), Error> {
        let octets = encode_private_key_encrypted(
            &mut SysRng,
            secret,
            self.password.as_bytes(),
            self.parameters,
        )
        .map_err(crypto)?;
        self.create(label, key_use, &octets)
    }

    fn labels_of(&self, key_use: KeyUse) -> Result<Vec<KeyLabel>, Error> {
        let list = || -> io::Result<Vec<KeyLabel>> {
            let mut labels = Vec::new();
            for entry in fs::read_dir(&self.directory)? {
                let name = entry?.file_name();
                let label = name
                    .to_str()
                    .and_then(|name| name.strip_suffix(key_ending(key_use)))
                    .and_then(|stem| KeyLabel::new(stem).ok());
                labels.extend(label);
            }
            labels.sort_unstable();
            Ok(labels)
        };
        list().map_err(Error::io("list", &self.directory))
    }
}

fn crypto(source: gm_crypto::Error) -> Error {
    Error::Crypto { source }
}

impl Token for SoftToken {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, Error> {
        Ok(handle(self.secret(label, KeyUse::Signing)?))
    }

    fn generate(
        &self,
        label: &KeyLabel,
        algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, Error> {
        if algorithm != KeyAlgorithm::Sm2 {
            return Err(Error::Unsupported {
                what: "keys other than SM2",
                interface: "a directory of key files",
            });
        }
        self.make(label, KeyUse::Signing).map(handle)
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, Error> {
        self.labels_of(KeyUse::Signing)
    }

    fn description(&self) -> Result<Description, Error> {
        Ok(Description {
            interface: "a directory of encrypted key files".into(),
            label: self.directory.display().to_string(),
            ..Description::default()
        })
    }

    fn as_decryption(&self) -> Option<&dyn Decryption> {
        Some(self)
    }

    fn as_envelop(&self) -> Option<&dyn Envelop> {
        Some(self)
    }

    fn as_unwrap(&self) -> Option<&dyn Unwrap> {
        Some(self)
    }

    fn as_certificates(&self) -> Option<&dyn Certificates> {
        Some(self)
    }

    fn as_random(&self) -> Option<&dyn Random> {
        Some(self)
    }
}

impl Random for SoftToken {
    /// Fills `octets` from the system's source.
    fn fill_random(&self, octets: &mut [u8]) -> Result<(), Error> {
        getrandom::fill(octets).map_err(|_| crypto(gm_crypto::Error::Random))
    }
}

fn handle(secret: SecretKey) -> Box<dyn KeyHandle> {
    let key = SigningKey::new(secret, UserId::default());
    Box::new(SoftKey::new(key))
}

/// A file on its way, removed when dropped. Its name ends unlike a key file's, so
/// that one left by a crash is no key.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn new(directory: &Path) -> Result<Self, Error> {
        let number = getrandom::u64().map_err(|_| Error::Crypto {
            source: gm_crypto::Error::Random,
        })?;
        Ok(Self {
            path: directory.join(format!(".{number:016x}.tmp")),
        })
    }

    fn write(&self, octets: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        file.write_all(octets)?;
        file.sync_all()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // What cannot be removed is passed over like what a crash left.
        let _ = fs::remove_file(&self.path);
    }
}

/// Makes the directory and those above it that are missing, each durable before
/// anything lies in it.
fn make_private_directory(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = match path.parent() {
        Some(above) if !above.as_os_str().is_empty() => {
            make_private_directory(above)?;
            above
        }
        _ => Path::new("."),
    };
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix sets a mode"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        // Somebody else was faster.
        Err(_) if path.is_dir() => {}
        result => result?,
    }
    sync_directory(above)
}

/// A new name is durable when its directory is.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Elsewhere a directory cannot be opened as a file; the file system's journal
/// keeps names.
#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
