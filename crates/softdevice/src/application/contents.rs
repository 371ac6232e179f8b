//! What lies in an application: containers, and what can be done with objects that hold
//! no secret.

use super::Application;
use crate::{
    Changes, Container, ContainerId, Draft, Error, KeyUse, Object, ObjectClass, ObjectId, Public,
    Result, Role,
    container::{containers, named},
    object,
    store::WriteError,
};
use rusqlite::{OptionalExtension, params};

impl Application {
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
    /// [`Unlocked::update`](crate::Unlocked::update) changes others too.
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
