//! Applications: PINs, and what lies behind them.

mod contents;
mod pins;

pub(crate) use pins::lock_name;

use crate::{
    Device, Error, Files, Pin, Result, Role,
    device::checked_name,
    seal::{SealingKey, fill_random},
    store::WriteError,
};
use pins::NewPin;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::fmt;

/// Which application: a number that no other one of the device ever has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationId(u64);

impl ApplicationId {
    pub(crate) fn new(id: u64) -> Self {
        Self(id)
    }

    /// The number, from 1.
    pub fn get(self) -> u64 {
        self.0
    }
}

/// An application: PKCS#11's token, GM/T 0016's application.
///
/// This is a way to it, not the thing: another process may delete it meanwhile.
#[derive(Clone)]
pub struct Application {
    device: Device,
    id: ApplicationId,
    /// Drawn when it was made; what it holds is sealed under its name.
    uid: Vec<u8>,
    name: String,
}

/// What an application is to be.
#[derive(Clone, Debug)]
pub struct NewApplication {
    name: String,
    administrator: Pin,
    administrator_tries: u32,
    user: Option<Pin>,
    user_tries: u32,
    initial: bool,
    file_rights: u32,
}

impl NewApplication {
    /// Tries of a PIN unless another number is set.
    pub const DEFAULT_TRIES: u32 = 10;
    /// The most tries.
    pub const MAX_TRIES: u32 = 255;

    /// An application whose user has no PIN yet.
    pub fn new(name: impl Into<String>, administrator: Pin) -> Self {
        Self {
            name: name.into(),
            administrator,
            administrator_tries: Self::DEFAULT_TRIES,
            user: None,
            user_tries: Self::DEFAULT_TRIES,
            initial: false,
            file_rights: 0,
        }
    }

    /// With a PIN of the user.
    #[must_use]
    pub fn with_user_pin(mut self, pin: Pin) -> Self {
        self.user = Some(pin);
        self
    }

    /// With so many tries, 1 to [`Self::MAX_TRIES`], of either PIN.
    #[must_use]
    pub fn with_tries(mut self, administrator: u32, user: u32) -> Self {
        self.administrator_tries = administrator;
        self.user_tries = user;
        self
    }

    /// The PINs given here are to be changed by those who use them
    /// ([`PinState::initial`](crate::PinState::initial)).
    #[must_use]
    pub fn with_initial_pins(mut self) -> Self {
        self.initial = true;
        self
    }

    /// Who may make files in it, in GM/T 0016's numbers; the interface checks it.
    #[must_use]
    pub fn with_file_rights(mut self, rights: u32) -> Self {
        self.file_rights = rights;
        self
    }
}

/// Octets of the longest name (PKCS#11 shows the first 32).
const NAME_MOST: usize = 64;
/// Applications of one device.
const COUNT_MOST: usize = 256;

impl Application {
    /// From the columns id, uid, name.
    pub(crate) fn from_row(device: &Device, row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            device: device.clone(),
            id: ApplicationId(row.get(0)?),
            uid: row.get(1)?,
            name: row.get(2)?,
        })
    }

    pub(crate) fn create(device: &Device, wanted: &NewApplication) -> Result<Self> {
        checked_name("the name of an application", &wanted.name, NAME_MOST)?;
        for tries in [wanted.administrator_tries, wanted.user_tries] {
            if !(1..=NewApplication::MAX_TRIES).contains(&tries) {
                return Err(Error::Range {
                    what: "the number of tries",
                    found: tries.into(),
                    least: 1,
                    most: NewApplication::MAX_TRIES.into(),
                });
            }
        }
        let iterations = device.iterations()?;
        let mut uid = vec![0; 16];
        fill_random(&mut uid)?;
        let data = SealingKey::random()?;
        let administrator = NewPin::seal(
            Role::Administrator,
            &wanted.administrator,
            &data,
            &uid,
            iterations,
        )?;
        let user = wanted
            .user
            .as_ref()
            .map(|pin| NewPin::seal(Role::User, pin, &data, &uid, iterations))
            .transpose()?;
        let id = device.store.write("making an application", |transaction| {
            let (named, count): (usize, usize) = transaction.query_row(
                "SELECT count(*) FILTER (WHERE name = ?1), count(*) FROM applications",
                [&wanted.name],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            if named > 0 {
                return Err(WriteError::Refused(Error::ApplicationExists {
                    name: wanted.name.clone(),
                }));
            }
            if count >= COUNT_MOST {
                return Err(WriteError::Refused(Error::TooLarge {
                    what: "applications",
                    limit: COUNT_MOST,
                }));
            }
            transaction.execute(
                "INSERT INTO applications (uid, name, file_rights, user_tries)
                 VALUES (?1, ?2, ?3, ?4)",
                params![uid, wanted.name, wanted.file_rights, wanted.user_tries],
            )?;
            let id: u64 =
                transaction.query_row("SELECT last_insert_rowid()", [], |row| row.get(0))?;
            administrator.write(transaction, id, wanted.administrator_tries, wanted.initial)?;
            if let Some(user) = &user {
                user.write(transaction, id, wanted.user_tries, wanted.initial)?;
            }
            Ok(id)
        })?;
        Ok(Self {
            device: device.clone(),
            id: ApplicationId(id),
            uid,
            name: wanted.name.clone(),
        })
    }

    /// Its number.
    pub fn id(&self) -> ApplicationId {
        self.id
    }

    /// Its name, 1 to 64 octets.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The device that it is in.
    pub fn device(&self) -> &Device {
        &self.device
    }

    pub(crate) fn uid(&self) -> &[u8] {
        &self.uid
    }

    /// Who may make files in it, in GM/T 0016's numbers.
    ///
    /// # Errors
    /// [`Error::NoSuchApplication`], [`Error::Database`].
    pub fn file_rights(&self) -> Result<u32> {
        let rights = self.device.store.read("reading rights", |connection| {
            connection
                .query_row(
                    "SELECT file_rights FROM applications WHERE id = ?1",
                    [self.id.0],
                    |row| row.get(0),
                )
                .optional()
        })?;
        rights.ok_or_else(|| self.gone())
    }

    /// Its files.
    pub fn files(&self) -> Files<'_> {
        Files::new(&self.device, self.id.0)
    }

    /// Takes out everything (PKCS#11, `C_InitToken`): objects, containers, files, the
    /// user's PIN and the data key. The administrator's PIN stays, the name may be another.
    /// What was opened of it before, in whatever process, leads nowhere from then on.
    ///
    /// # Errors
    /// As [`Self::login`] for the administrator; [`Error::ApplicationExists`] for the
    /// name of another, [`Error::Name`], [`Error::Random`].
    pub fn reset(&self, administrator: &Pin, name: &str) -> Result<Self> {
        checked_name("the name of an application", name, NAME_MOST)?;
        self.data_key(Role::Administrator, administrator)?;
        // As another application, so that nobody seals more under the old data key.
        let mut uid = vec![0; 16];
        fill_random(&mut uid)?;
        let fresh = NewPin::seal(
            Role::Administrator,
            administrator,
            &SealingKey::random()?,
            &uid,
            self.device.iterations()?,
        )?;
        let id = self.id.0;
        self.device
            .store
            .write("emptying an application", |transaction| {
                self.expect(transaction)?;
                let named: usize = transaction.query_row(
                    "SELECT count(*) FROM applications WHERE name = ?1 AND id <> ?2",
                    params![name, id],
                    |row| row.get(0),
                )?;
                if named > 0 {
                    return Err(WriteError::Refused(Error::ApplicationExists {
                        name: name.into(),
                    }));
                }
                transaction.execute("DELETE FROM objects WHERE application = ?1", [id])?;
                transaction.execute("DELETE FROM containers WHERE application = ?1", [id])?;
                transaction.execute("DELETE FROM files WHERE application = ?1", [id])?;
                transaction.execute(
                    "DELETE FROM pins WHERE application = ?1 AND role = ?2",
                    params![id, Role::User.name()],
                )?;
                transaction.execute(
                    "UPDATE applications SET name = ?2, uid = ?3 WHERE id = ?1",
                    params![id, name, uid],
                )?;
                fresh.replace(transaction, id, false)?;
                Ok(())
            })?;
        Ok(Self {
            device: self.device.clone(),
            id: self.id,
            uid,
            name: name.into(),
        })
    }

    /// Refuses when another process has deleted it.
    pub(crate) fn expect(&self, connection: &Connection) -> std::result::Result<(), WriteError> {
        let found: usize = connection.query_row(
            "SELECT count(*) FROM applications WHERE id = ?1 AND uid = ?2",
            params![self.id.0, self.uid],
            |row| row.get(0),
        )?;
        match found {
            0 => Err(WriteError::Refused(self.gone())),
            _ => Ok(()),
        }
    }

    fn gone(&self) -> Error {
        Error::NoSuchApplication {
            name: self.name.clone(),
        }
    }
}

/// Whether they are the same one, and not emptied in between.
impl PartialEq for Application {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.uid == other.uid
    }
}

impl Eq for Application {}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
