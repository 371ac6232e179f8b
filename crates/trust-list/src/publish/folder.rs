//! The folder that readers see.

use crate::{
    Error, Result,
    client::{Client, ClientPolicy, MemoryStore, lock, replace},
    flash::{Flash, UnverifiedFlash},
    list::{MAX_LIFETIME, Mirror, SignerRoll, TrustList, UnverifiedList, hexadecimal},
};
use core::time::Duration;
use der::DateTime;
use gm_crypto::sm3;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

const LATEST: &str = "latest";
const LATEST_FLASH: &str = "latest-flash";

/// A folder of published lists.
///
/// | file | what |
/// |---|---|
/// | `list-N.json` | the JSON that was signed; before that, what is to be signed and nothing else |
/// | `list-N.p7s` | the signed message, with the JSON inside or without |
/// | `list-N.sm3` | SM3 of the `.p7s`, hexadecimal: cheap to poll |
/// | `latest` | the name of the last one, `list-N.p7s`; written last |
/// | `flash-N.p7s`, `latest-flash` | status flashes |
/// | `mirror-T-N.p7s` | the list that another publisher of territory T signed, octet for octet |
/// | `mirror-T-N.json` | its JSON, where that is not inside |
///
/// Each file appears as a whole; none is ever written over but the two pointers. Who publishes
/// holds a lock, `.lock`.
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

    /// Who signs, by the last list here, which is not verified; none where there is no list or
    /// it names nobody.
    ///
    /// # Errors
    /// Those of [`Self::latest`] and of reading its content.
    pub fn signers(&self) -> Result<Option<SignerRoll>> {
        let last = self.latest()?;
        let roll = last.as_ref().map(UnverifiedList::claimed_signers);
        Ok(roll.transpose()?.flatten())
    }

    /// The number for the next flash: one more than that of the last one here.
    ///
    /// # Errors
    /// [`Error::Publication`] when the pointer to that can't be read.
    pub fn next_flash_number(&self) -> Result<u64> {
        let last = self.pointed(LATEST_FLASH, "flash-")?;
        Ok(last.unwrap_or(0).saturating_add(1))
    }

    /// The flashes here about one list, the first one first.
    fn flashes(&self, sequence: u64) -> Result<Vec<(Flash, UnverifiedFlash)>> {
        let last = self.pointed(LATEST_FLASH, "flash-")?.unwrap_or(0);
        let mut numbers = self.numbers("flash-", ".p7s")?;
        numbers.sort_unstable();
        let mut found = Vec::new();
        // What the pointer does not know of yet was never published.
        for number in numbers.into_iter().filter(|number| *number <= last) {
            let flash = UnverifiedFlash::from_der(self.octets(&format!("flash-{number}.p7s"))?)?;
            let read = flash.message.content().map(Flash::read).transpose()?;
            found.extend(
                read.filter(|read| read.sequence == sequence)
                    .map(|read| (read, flash)),
            );
        }
        Ok(found)
    }

    /// The number in the name that a pointer has; none where there is no pointer.
    fn pointed(&self, pointer: &str, prefix: &str) -> Result<Option<u64>> {
        let name = match fs::read_to_string(self.path.join(pointer)) {
            Ok(name) => name,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.failed(pointer, source)),
        };
        let number = numbered(name.trim(), prefix, ".p7s");
        let wrong = || self.failed(pointer, io::ErrorKind::InvalidData.into());
        number.map(Some).ok_or_else(wrong)
    }

    /// One of the lists, not verified.
    ///
    /// # Errors
    /// Those of [`Self::latest`].
    pub fn read(&self, sequence: u64) -> Result<UnverifiedList> {
        let signed = self.octets(&message(sequence))?;
        UnverifiedList::from_either(signed, || self.octets(&content(sequence)))
    }

    fn octets(&self, name: &str) -> Result<Vec<u8>> {
        fs::read(self.path.join(name)).map_err(|source| self.failed(name, source))
    }

    /// The numbers in the names of files of one kind, in no order.
    fn numbers(&self, prefix: &str, end: &str) -> Result<Vec<u64>> {
        let failed = |source| self.failed("", source);
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let name = name.to_str();
            numbers.extend(name.and_then(|name| numbered(name, prefix, end)));
        }
        Ok(numbers)
    }

    /// Puts down what is to be signed as the list after the last one, before anybody signs it: from
    /// then on its number has this content and no other, whoever dies in between. The same content
    /// may be put down again.
    ///
    /// # Errors
    /// Those of reading the JSON; what readers of this folder would say of it, signatures and the
    /// time of day aside; [`Error::Publication`] when the number has another content.
    pub fn intend(&self, json: &[u8]) -> Result<()> {
        let next = TrustList::read(Vec::new(), json.to_vec(), MAX_LIFETIME)?;
        let _lock = self.lock()?;
        if let Some(last) = self.latest()? {
            let held = unsigned(&last)?;
            held.check_successor(&next)?;
            let (held, offered) = (held.sequence(), next.sequence());
            if offered > held.saturating_add(1) {
                return Err(Error::Gap { held, offered });
            }
            self.check_flashes(&last, Some(&next))?;
        }
        self.write(&content(next.sequence()), json)
    }

    /// What was put down behind the last list and is not published: who died in between signs
    /// this, and nothing else under its number.
    ///
    /// # Errors
    /// [`Error::Publication`] when the folder can't be read.
    pub fn intended(&self) -> Result<Option<Vec<u8>>> {
        let last = self.pointed(LATEST, "list-")?;
        let numbers = self.numbers("list-", ".json")?.into_iter();
        let next = numbers.filter(|number| Some(*number) > last).min();
        next.map(|number| self.octets(&content(number))).transpose()
    }

    /// Takes back what was put down as the next list: for who knows that nobody signed it, or that
    /// its signature is lost for good. Nothing happens where nothing, or another content, is there.
    ///
    /// # Errors
    /// Those of [`Self::intended`]; [`Error::Publication`] where a signature lies beside it already,
    /// or it can't be removed.
    pub fn withdraw(&self, json: &[u8]) -> Result<()> {
        let _lock = self.lock()?;
        if self.intended()?.is_none_or(|there| there != json) {
            return Ok(());
        }
        let sequence = TrustList::read(Vec::new(), json.to_vec(), MAX_LIFETIME)?.sequence();
        let name = content(sequence);
        if self.path.join(message(sequence)).exists() {
            return Err(self.failed(&name, io::ErrorKind::AlreadyExists.into()));
        }
        let removed = fs::remove_file(self.path.join(&name));
        removed.map_err(|source| self.failed(&name, source))
    }

    /// Publishes a signed list; what it says may have been put down before
    /// ([`Self::intend`]).
    ///
    /// A client with the given policy, which knows the lists and flashes of this folder alone,
    /// must accept it first: what readers would refuse does not appear.
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
        let _lock = self.lock()?;
        let mut accepted = self.accepted(list, policy, now)?;
        let sequence = accepted.sequence();
        // Who died before the pointer was written signs again, and no signature is the same
        // twice: what is there already, with the same content, is what is published.
        if let Ok(there) = self.read(sequence)
            && let Ok(there) = self.accepted(&there, policy, now)
            && there.digest() == accepted.digest()
        {
            accepted = there;
        }
        let digest = hexadecimal(&sm3::digest(accepted.der()));
        let files = vec![
            content(sequence),
            message(sequence),
            format!("list-{sequence}.sm3"),
        ];
        self.write(&files[0], accepted.json())?;
        self.write(&files[1], accepted.der())?;
        self.write(&files[2], format!("{digest}\n").as_bytes())?;
        self.point(LATEST, &files[1])?;
        Ok(Published { sequence, files })
    }

    /// The list as a reader has it who knows this folder alone.
    fn accepted(
        &self,
        list: &UnverifiedList,
        policy: &ClientPolicy,
        now: DateTime,
    ) -> Result<Arc<TrustList>> {
        let client = Client::open(policy.clone(), MemoryStore::new())?;
        if let Some(last) = self.latest()? {
            // It may be stale: that is why there is a new one.
            client.accept_chain(&[last.clone(), list.clone()], now)?;
            self.check_flashes(&last, client.list().as_deref())?;
        } else {
            client.accept(list, now)?;
        }
        client.list().ok_or(Error::NoList)
    }

    fn lock(&self) -> Result<fs::File> {
        let name = ".lock";
        lock(&self.path.join(name)).map_err(|source| self.failed(name, source))
    }

    /// Whether a list says what flashes about the one before it said.
    fn check_flashes(&self, last: &UnverifiedList, next: Option<&TrustList>) -> Result<()> {
        let Some(next) = next else {
            return Ok(());
        };
        let mut flashed = unsigned(last)?;
        if flashed.digest() == next.digest() {
            return Ok(());
        }
        for (flash, _) in self.flashes(flashed.sequence())? {
            flashed = flash.apply(&flashed)?;
        }
        flashed.check_successor(next)
    }

    /// Publishes a flash about the last list, after the same check, under its own number.
    ///
    /// # Errors
    /// As for a list; [`Error::Rollback`] for a number below that of the last one here,
    /// [`Error::Fork`] for the same with another content.
    pub fn publish_flash(
        &self,
        flash: &UnverifiedFlash,
        policy: &ClientPolicy,
        now: DateTime,
    ) -> Result<Published> {
        let _lock = self.lock()?;
        let client = Client::open(policy.clone(), MemoryStore::new())?;
        let last = self.latest()?.ok_or(Error::NoList)?;
        let sequence = client.accept(&last, now)?.sequence;
        for (_, earlier) in self.flashes(sequence)? {
            client.accept_flash(&earlier, now)?;
        }
        client.accept_flash(flash, now)?;
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

    /// Puts another publisher's list beside ours, octet for octet, with its JSON where that is
    /// not inside; gives the names of the files.
    ///
    /// # Errors
    /// [`Error::Mirror`] when the octets are not those of the mirror,
    /// [`Error::Publication`].
    pub fn publish_mirror(&self, mirror: &Mirror, theirs: &TrustList) -> Result<Vec<String>> {
        mirror.check(theirs.der())?;
        let _lock = self.lock()?;
        let territory = mirror.publisher.territory();
        let name = |end: &str| format!("mirror-{territory}-{}.{end}", mirror.sequence);
        let mut files = Vec::new();
        // The signature names the JSON by digest, and readers who find it find that.
        if UnverifiedList::from_der(theirs.der())?.content().is_none() {
            files.push(name("json"));
            self.write(&files[0], theirs.json())?;
        }
        files.push(name("p7s"));
        self.write(&name("p7s"), theirs.der())?;
        Ok(files)
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

/// The name of the JSON of a list.
fn content(sequence: u64) -> String {
    format!("list-{sequence}.json")
}

/// The name of its signed message.
fn message(sequence: u64) -> String {
    format!("list-{sequence}.p7s")
}

/// A list of this folder as it is read, its signatures not looked at.
fn unsigned(list: &UnverifiedList) -> Result<TrustList> {
    let json = list.content().ok_or(Error::NoList)?;
    TrustList::read(list.der.clone(), json.to_vec(), Duration::MAX)
}

/// The number in a name such as `list-7.p7s`.
fn numbered(name: &str, prefix: &str, end: &str) -> Option<u64> {
    let number = name.strip_prefix(prefix)?.strip_suffix(end)?;
    number.parse().ok()
}
