//! Applications: PINs, and what lies behind them.

use crate::{
    Container, ContainerId, Device, Error, Files, KeyUse, Object, ObjectId, Pin, PinState, Result,
    Role, Unlocked,
    container::{containers, named},
    device::checked_name,
    object::{self, Changes, Draft, ObjectClass, Public},
    seal::{SALT_LENGTH, SealingKey, fill_random},
    store::WriteError,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
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
    /// ([`PinState::initial`]).
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

/// One PIN as it lies in the store.
struct PinRow {
    remaining: u32,
    iterations: u32,
    salt: Vec<u8>,
    sealed: Vec<u8>,
}

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

    /// What is known of a PIN.
    ///
    /// # Errors
    /// [`Error::PinUnset`] when there is none, [`Error::Database`].
    pub fn pin_state(&self, role: Role) -> Result<PinState> {
        let state = self
            .device
            .store
            .read("reading a PIN's counter", |connection| {
                connection
                    .prepare_cached(
                        "SELECT maximum, remaining, initial FROM pins
                     WHERE application = ?1 AND role = ?2",
                    )?
                    .query_row(params![self.id.0, role.name()], |row| {
                        Ok(PinState {
                            maximum: row.get(0)?,
                            remaining: row.get(1)?,
                            initial: row.get(2)?,
                        })
                    })
                    .optional()
            })?;
        state.ok_or(Error::PinUnset { role })
    }

    /// Opens it with a PIN. A try is taken, durably, before the PIN is tried, and all are
    /// given back when it is right: nobody gains a try by pulling the plug. Takes as long
    /// as the device's iterations do.
    ///
    /// # Errors
    /// [`Error::PinIncorrect`] with the tries that are left, [`Error::PinLocked`],
    /// [`Error::PinUnset`], [`Error::Database`].
    pub fn login(&self, role: Role, pin: &Pin) -> Result<Unlocked> {
        Ok(Unlocked::new(self.clone(), role, self.data_key(role, pin)?))
    }

    /// Changes a PIN; the keys stay. The new one is nobody's initial PIN.
    ///
    /// # Errors
    /// As [`Self::login`], [`Error::Random`].
    pub fn change_pin(&self, role: Role, old: &Pin, new: &Pin) -> Result<()> {
        let data = self.data_key(role, old)?;
        self.set_pin(role, new, &data, false)
    }

    /// Gives the user a new PIN and all tries, the keys stay (GM/T 0016,
    /// `SKF_UnblockPIN`). It is an initial PIN, to be changed by the user.
    ///
    /// # Errors
    /// As [`Self::login`] for the administrator, [`Error::Random`].
    pub fn unblock(&self, administrator: &Pin, new_user_pin: &Pin) -> Result<()> {
        let data = self.data_key(Role::Administrator, administrator)?;
        self.set_pin(Role::User, new_user_pin, &data, true)
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

    /// The data key, or a lost try.
    fn data_key(&self, role: Role, pin: &Pin) -> Result<SealingKey> {
        let row = self.take_try(role)?;
        let key = SealingKey::derive(pin, &row.salt, row.iterations);
        let Some(data) = key.open_data_key(&row.sealed, &self.uid, role) else {
            return Err(Error::PinIncorrect {
                role,
                remaining: row.remaining,
            });
        };
        // The salt tells whether it is still the PIN that was tried.
        self.device
            .store
            .write("giving tries back", |transaction| {
                transaction.execute(
                    "UPDATE pins SET remaining = maximum
                 WHERE application = ?1 AND role = ?2 AND salt = ?3",
                    params![self.id.0, role.name(), row.salt],
                )?;
                Ok(())
            })?;
        Ok(data)
    }

    /// Takes one of the tries that are left, and says how many then are.
    fn take_try(&self, role: Role) -> Result<PinRow> {
        self.device.store.write("taking a try", |transaction| {
            self.expect(transaction)?;
            let row = transaction
                .query_row(
                    "SELECT remaining, iterations, salt, sealed FROM pins
                     WHERE application = ?1 AND role = ?2",
                    params![self.id.0, role.name()],
                    |row| {
                        Ok(PinRow {
                            remaining: row.get(0)?,
                            iterations: row.get(1)?,
                            salt: row.get(2)?,
                            sealed: row.get(3)?,
                        })
                    },
                )
                .optional()?;
            let mut row = row.ok_or(Error::PinUnset { role })?;
            let remaining = row.remaining.checked_sub(1);
            row.remaining = remaining.ok_or(Error::PinLocked { role })?;
            transaction.execute(
                "UPDATE pins SET remaining = ?3 WHERE application = ?1 AND role = ?2",
                params![self.id.0, role.name(), row.remaining],
            )?;
            Ok(row)
        })
    }

    pub(crate) fn set_pin(
        &self,
        role: Role,
        pin: &Pin,
        data: &SealingKey,
        initial: bool,
    ) -> Result<()> {
        let iterations = self.device.iterations()?;
        let new = NewPin::seal(role, pin, data, &self.uid, iterations)?;
        self.device.store.write("writing a PIN", |transaction| {
            self.expect(transaction)?;
            if !new.replace(transaction, self.id.0, initial)? {
                let tries = transaction.query_row(
                    "SELECT user_tries FROM applications WHERE id = ?1",
                    [self.id.0],
                    |row| row.get(0),
                )?;
                new.write(transaction, self.id.0, tries, initial)?;
            }
            Ok(())
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

    /// All containers, by number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn containers(&self) -> Result<Vec<Container>> {
        self.device.store.read("listing containers", |connection| {
            containers(connection, self.id)
        })
    }

    /// The container of this name.
    ///
    /// # Errors
    /// [`Error::NoSuchContainer`], [`Error::Database`].
    pub fn container(&self, name: &str) -> Result<Container> {
        let found = self
            .device
            .store
            .read("finding a container", |connection| {
                named(connection, self.id, name)
            })?;
        found.ok_or_else(|| Error::NoSuchContainer { name: name.into() })
    }

    /// Makes an empty container; it gets the lowest number that is free on the device.
    ///
    /// # Errors
    /// [`Error::ContainerExists`], [`Error::Name`], [`Error::TooLarge`],
    /// [`Error::Database`].
    pub fn create_container(&self, name: &str) -> Result<Container> {
        Container::checked_name(name)?;
        self.device
            .store
            .write("making a container", |transaction| {
                self.expect(transaction)?;
                if named(transaction, self.id, name)?.is_some() {
                    return Err(Error::ContainerExists { name: name.into() }.into());
                }
                Container::insert(transaction, self.id, name)
            })
    }

    /// Takes a container away, with its keys and certificates.
    ///
    /// # Errors
    /// [`Error::NoSuchContainer`], [`Error::Database`].
    pub fn delete_container(&self, name: &str) -> Result<()> {
        self.device
            .store
            .write("deleting a container", |transaction| {
                let deleted = transaction.execute(
                    "DELETE FROM containers WHERE application = ?1 AND name = ?2",
                    params![self.id.0, name],
                )?;
                match deleted {
                    0 => Err(Error::NoSuchContainer { name: name.into() }.into()),
                    _ => Ok(()),
                }
            })
    }

    /// Gives a container another number, from 1 (GM/T 0018: key index).
    ///
    /// # Errors
    /// [`Error::NumberTaken`], [`Error::NoSuchContainer`], [`Error::Range`] for 0,
    /// [`Error::Database`].
    pub fn renumber_container(&self, name: &str, number: u32) -> Result<()> {
        if number == 0 {
            return Err(Error::Range {
                what: "the number of a container",
                found: 0,
                least: 1,
                most: u32::MAX.into(),
            });
        }
        self.device
            .store
            .write("numbering a container", |transaction| {
                let owner: Option<(u64, String)> = transaction
                    .query_row(
                        "SELECT application, name FROM containers WHERE number = ?1",
                        [number],
                        |row| Ok((row.get(0)?, row.get(1)?)),
                    )
                    .optional()?;
                match owner {
                    Some((application, owner)) if application == self.id.0 && owner == name => {
                        return Ok(());
                    }
                    Some(_) => return Err(Error::NumberTaken { number }.into()),
                    None => {}
                }
                let changed = transaction.execute(
                    "UPDATE containers SET number = ?3 WHERE application = ?1 AND name = ?2",
                    params![self.id.0, name, number],
                )?;
                match changed {
                    0 => Err(Error::NoSuchContainer { name: name.into() }.into()),
                    _ => Ok(()),
                }
            })
    }

    /// Public parts of all objects, in the order in which they were made. Which of them
    /// may be shown to whom ([`Object::is_private`]) is the interface's business.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub fn objects(&self) -> Result<Vec<Object>> {
        let rows = self.device.store.read("listing objects", |connection| {
            object::rows(connection, self.id)
        })?;
        rows.into_iter().map(Object::try_from).collect()
    }

    /// The public part of one object.
    ///
    /// # Errors
    /// [`Error::NoSuchObject`], [`Error::Database`], [`Error::Damaged`].
    pub fn object(&self, id: ObjectId) -> Result<Object> {
        let row = self.device.store.read("reading an object", |connection| {
            object::row(connection, self.id, id)
        })?;
        row.ok_or(Error::NoSuchObject)?.try_into()
    }

    /// The object of a class in a container's place, where there is one.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Damaged`].
    pub fn object_in(
        &self,
        container: ContainerId,
        for_use: KeyUse,
        class: ObjectClass,
    ) -> Result<Option<Object>> {
        let row = self
            .device
            .store
            .read("reading a container", |connection| {
                object::row_in(connection, container, for_use, class)
            })?;
        row.map(Object::try_from).transpose()
    }

    /// The private key in a container's place: its public half is [`Object::value`].
    ///
    /// # Errors
    /// [`Error::PlaceEmpty`], [`Error::Database`], [`Error::Damaged`].
    pub fn key_pair_in(&self, container: &Container, for_use: KeyUse) -> Result<Object> {
        self.object_in(container.id(), for_use, ObjectClass::PrivateKey)?
            .ok_or(Error::PlaceEmpty {
                what: "key pair",
                for_use,
            })
    }

    /// Writes a certificate, DER, into a container's place, over one that is there.
    ///
    /// # Errors
    /// [`Error::NoSuchContainer`], [`Error::TooLarge`], [`Error::Length`] for no octet,
    /// [`Error::Database`].
    pub fn set_certificate(
        &self,
        container: &Container,
        for_use: KeyUse,
        der: &[u8],
    ) -> Result<Object> {
        let pair = self.object_in(container.id(), for_use, ObjectClass::PrivateKey)?;
        let key_id = pair.map(|pair| pair.key_id().to_vec()).unwrap_or_default();
        let draft = Draft::new(container.name()).with_key_id(key_id);
        let place = Some((container, for_use));
        object::insert_public(self, &draft, Public::Certificate(der), place)
    }

    /// The certificate in a container's place, DER.
    ///
    /// # Errors
    /// [`Error::PlaceEmpty`], [`Error::Database`], [`Error::Damaged`].
    pub fn certificate(&self, container: &Container, for_use: KeyUse) -> Result<Vec<u8>> {
        self.object_in(container.id(), for_use, ObjectClass::Certificate)?
            .map(|object| object.value().to_vec())
            .ok_or(Error::PlaceEmpty {
                what: "certificate",
                for_use,
            })
    }

    /// Stores an object without a secret. A certificate whose identifier is a private
    /// key's goes where that key is; a public key that has a label, and a use, into the
    /// container of that name, unless that has one.
    ///
    /// # Errors
    /// [`Error::Name`], [`Error::TooLarge`], [`Error::Length`],
    /// [`Error::NoSuchApplication`], [`Error::Database`].
    pub fn store(&self, draft: &Draft, public: Public<'_>) -> Result<Object> {
        object::insert_public(self, draft, public, None)
    }

    /// Changes what is known of an object without a secret;
    /// [`Unlocked::update`] changes others too.
    ///
    /// # Errors
    /// [`Error::NoSuchObject`], [`Error::NotPermitted`] for an object with a secret,
    /// [`Error::Name`], [`Error::TooLarge`], [`Error::Database`].
    pub fn update(&self, id: ObjectId, changes: &Changes) -> Result<Object> {
        let row = self
            .device
            .store
            .write("changing an object", |transaction| {
                let row = object::row(transaction, self.id, id)?;
                let mut row = row.ok_or(Error::NoSuchObject)?;
                if row.sealed.is_some() {
                    return Err(WriteError::Refused(Error::NotPermitted {
                        role: Role::User,
                        what: "change a secret object before logging in",
                    }));
                }
                row.change(changes)?;
                if changes.moves() {
                    row.find_place(transaction, self.id)?;
                }
                row.write(transaction, self.id)?;
                Ok(row)
            })?;
        row.try_into()
    }

    /// Takes a key pair out of a container's place, and its certificate.
    ///
    /// # Errors
    /// [`Error::PlaceEmpty`] when there is no pair, [`Error::Database`].
    pub fn delete_pair(&self, container: &Container, for_use: KeyUse) -> Result<()> {
        self.device
            .store
            .write("deleting a key pair", |transaction| {
                let mut deleted = 0;
                for class in [
                    ObjectClass::PrivateKey,
                    ObjectClass::PublicKey,
                    ObjectClass::Certificate,
                ] {
                    deleted += object::clear(transaction, container.id(), for_use, class)?;
                }
                match deleted {
                    0 => Err(WriteError::Refused(Error::PlaceEmpty {
                        what: "key pair",
                        for_use,
                    })),
                    _ => Ok(()),
                }
            })
    }

    /// Takes an object away. Whether its owner is logged in is the interface's business.
    ///
    /// # Errors
    /// [`Error::NoSuchObject`], [`Error::Database`].
    pub fn delete_object(&self, id: ObjectId) -> Result<()> {
        self.device
            .store
            .write("deleting an object", |transaction| {
                let deleted = transaction.execute(
                    "DELETE FROM objects WHERE application = ?1 AND id = ?2",
                    params![self.id.0, id.get()],
                )?;
                match deleted {
                    0 => Err(Error::NoSuchObject.into()),
                    _ => Ok(()),
                }
            })
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

/// A PIN on its way into the store.
struct NewPin {
    role: Role,
    iterations: u32,
    salt: Vec<u8>,
    sealed: Vec<u8>,
}

impl NewPin {
    fn seal(
        role: Role,
        pin: &Pin,
        data: &SealingKey,
        application: &[u8],
        iterations: u32,
    ) -> Result<Self> {
        let mut salt = vec![0; SALT_LENGTH];
        fill_random(&mut salt)?;
        let key = SealingKey::derive(pin, &salt, iterations);
        Ok(Self {
            role,
            iterations,
            sealed: key.seal_data_key(data, application, role)?,
            salt,
        })
    }

    fn write(
        &self,
        transaction: &Transaction<'_>,
        application: u64,
        tries: u32,
        initial: bool,
    ) -> rusqlite::Result<()> {
        transaction.execute(
            "INSERT INTO pins
             (application, role, maximum, remaining, initial, iterations, salt, sealed)
             VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
            params![
                application,
                self.role.name(),
                tries,
                initial,
                self.iterations,
                self.salt,
                self.sealed
            ],
        )?;
        Ok(())
    }

    /// Over one that is there; whether one was.
    fn replace(
        &self,
        transaction: &Transaction<'_>,
        application: u64,
        initial: bool,
    ) -> rusqlite::Result<bool> {
        let changed = transaction.execute(
            "UPDATE pins SET remaining = maximum, initial = ?3, iterations = ?4, salt = ?5,
             sealed = ?6 WHERE application = ?1 AND role = ?2",
            params![
                application,
                self.role.name(),
                initial,
                self.iterations,
                self.salt,
                self.sealed
            ],
        )?;
        Ok(changed > 0)
    }
}
