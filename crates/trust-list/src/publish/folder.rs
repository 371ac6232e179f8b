//! The folder that readers see.

use crate::{
    Error, Result,
    client::{Client, ClientPolicy, MemoryStore, replace},
    flash::UnverifiedFlash,
    list::{Mirror, TrustList, UnverifiedList, hexadecimal},
};
use der::DateTime;
use gm_crypto::sm3;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

const LATEST: &str = "latest";
const LATEST_FLASH: &str = "latest-flash";

/// A folder of published lists.
///
/// | file | what |
/// |---|---|
/// | `list-N.json` | the JSON that was signed |
/// | `list-N.p7s` | the signed message, with the JSON inside or without |
/// | `list-N.sm3` | SM3 of the `.p7s`, hexadecimal: cheap to poll |
/// | `latest` | the name of the last one, `list-N.p7s`; written last |
/// | `flash-N.p7s`, `latest-flash` | status flashes |
/// | `mirror-T-N.p7s` | the list that another publisher of territory T signed, octet for octet |
///
/// Each file appears as a whole; none is ever written over but the two pointers.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// What was put there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Published {
    /// The list's number.
    pub sequence: u64,
    /// The names of the new files.
    pub files: Vec<String>,
}

impl Folder {
    /// A folder that exists.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The last list, not verified; none where the folder is empty.
    ///
    /// # Errors
    /// [`Error::Publication`] when it can't be read, and those of reading a message.
    pub fn latest(&self) -> Result<Option<UnverifiedList>> {
        let number = self.pointed(LATEST, "list-")?;
        number.map(|number| self.read(number)).transpose()
    }

    /// The number in the name that a pointer has; none where there is no pointer.
    fn pointed(&self, pointer: &str, prefix: &str) -> Result<Option<u64>> {
        let name = match fs::read_to_string(self.path.join(pointer)) {
            Ok(name) => name,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.failed(pointer, source)),
        };
        let number = name.trim().strip_prefix(prefix).and_then(|name| {
            let number = name.strip_suffix(".p7s")?;
            number.parse().ok()
        });
        let wrong = || self.failed(pointer, io::ErrorKind::InvalidData.into());
        number.map(Some).ok_or_else(wrong)
    }

    /// One of the lists, not verified.
    ///
    /// # Errors
    /// Those of [`Self::latest`].
    pub fn read(&self, sequence: u64) -> Result<UnverifiedList> {
        let read = |name: String| {
            let path = self.path.join(&name);
            fs::read(path).map_err(|source| self.failed(&name, source))
        };
        let message = read(format!("list-{sequence}.p7s"))?;
        UnverifiedList::from_either(message, || read(format!("list-{sequence}.json")))
    }

    /// Publishes a signed list.
    ///
    /// A client with the given policy, which knows the lists of this folder alone, must
    /// accept it first: what readers would refuse does not appear.
    ///
    /// # Errors
    /// What that client says; [`Error::Publication`] when a file can't be written or is
    /// there already with other octets.
    pub fn publish(
        &self,
        list: &UnverifiedList,
        policy: &ClientPolicy,
        now: DateTime,
    ) -> Result<Published> {
        let client = Client::open(policy.clone(), MemoryStore::new())?;
        if let Some(last) = self.latest()? {
            // It may be stale: that is why there is a new one.
            client.accept_chain(&[last, list.clone()], now)?;
        } else {
            client.accept(list, now)?;
        }
        let accepted = client.list().ok_or(Error::NoList)?;
        let sequence = accepted.sequence();
        let name = |end: &str| format!("list-{sequence}.{end}");
        let digest = hexadecimal(&sm3::digest(accepted.der()));
        let files = vec![name("json"), name("p7s"), name("sm3")];
        self.write(&files[0], accepted.json())?;
        self.write(&files[1], accepted.der())?;
        self.write(&files[2], format!("{digest}\n").as_bytes())?;
        self.point(LATEST, &files[1])?;
        Ok(Published { sequence, files })
    }

    /// Publishes a flash about the last list, after the same check, under its own number.
    ///
    /// # Errors
    /// As for a list; [`Error::Rollback`] for a number below that of the last one here.
    pub fn publish_flash(
        &self,
        flash: &UnverifiedFlash,
        policy: &ClientPolicy,
        now: DateTime,
    ) -> Result<Published> {
        let client = Client::open(policy.clone(), MemoryStore::new())?;
        let last = self.latest()?.ok_or(Error::NoList)?;
        client.accept(&last, now)?;
        let sequence = client.accept_flash(flash, now)?.sequence;
        let offered = client.flash_number();
        let held = self.pointed(LATEST_FLASH, "flash-")?.unwrap_or(0);
        if offered < held {
            return Err(Error::Rollback { held, offered });
        }
        let name = format!("flash-{offered}.p7s");
        self.write(&name, &flash.der)?;
        self.point(LATEST_FLASH, &name)?;
        let files = vec![name];
        Ok(Published { sequence, files })
    }

    /// Puts another publisher's list beside ours, octet for octet.
    ///
    /// # Errors
    /// [`Error::Mirror`] when the octets are not those of the mirror,
    /// [`Error::Publication`].
    pub fn publish_mirror(&self, mirror: &Mirror, theirs: &TrustList) -> Result<String> {
        mirror.check(theirs.der())?;
        let territory = mirror.publisher.territory();
        let name = format!("mirror-{territory}-{}.p7s", mirror.sequence);
        self.write(&name, theirs.der())?;
        Ok(name)
    }

    /// A file that was not there before, or is the same.
    fn write(&self, name: &str, octets: &[u8]) -> Result<()> {
        let path = self.path.join(name);
        match fs::read(&path) {
            Ok(there) if there == octets => return Ok(()),
            Ok(_) => return Err(self.failed(name, io::ErrorKind::AlreadyExists.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(self.failed(name, source)),
        }
        self.put(name, &path, octets)
    }

    fn point(&self, name: &str, to: &str) -> Result<()> {
        self.put(name, &self.path.join(name), format!("{to}\n").as_bytes())
    }

    fn put(&self, name: &str, path: &Path, octets: &[u8]) -> Result<()> {
        let new = self.path.join(format!(".{name}.new"));
        replace(path, &new, octets).map_err(|source| self.failed(name, source))
    }

    fn failed(&self, name: &str, source: io::Error) -> Error {
        Error::Publication {
            path: self.path.join(name).display().to_string(),
            source,
        }
    }
}
