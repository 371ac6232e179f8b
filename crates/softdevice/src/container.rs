//! Containers: a name for two key pairs and their certificates.

use crate::{ApplicationId, Error, Result, device, store::WriteError};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::fmt;

/// What a key pair of a container is for (GM/T 0015: the two certificates of a person).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyUse {
    /// Signatures; the key is made in the device.
    Signing,
    /// Decryption and key agreement; the key may come from a key-management centre.
    Encryption,
}

impl KeyUse {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Encryption => "encryption",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Signing, Self::Encryption]
            .into_iter()
            .find(|for_use| for_use.name() == name)
    }
}

impl fmt::Display for KeyUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which container: a number that no other one of the device ever has. Not its
/// [`Container::number`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContainerId(u64);

impl ContainerId {
    pub(crate) fn new(id: u64) -> Self {
        Self(id)
    }

    pub(crate) fn get(self) -> u64 {
        self.0
    }
}

/// A container: GM/T 0016's container, GM/T 0018's key index, the objects of one label in
/// PKCS#11.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    id: ContainerId,
    application: ApplicationId,
    name: String,
    number: u32,
}

/// Octets of the longest name (GM/T 0016, 6.4: 64; longer labels come from PKCS#11).
const NAME_MOST: usize = 128;
/// Containers of one device.
const COUNT_MOST: usize = 65_536;

impl Container {
    pub(crate) fn checked_name(name: &str) -> Result<&str> {
        device::checked_name("the name of a container", name, NAME_MOST)
    }

    /// From the columns id, application, name, number, the first of them at `first`.
    pub(crate) fn from_columns(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            id: ContainerId(row.get(first)?),
            application: ApplicationId::new(row.get(first + 1)?),
            name: row.get(first + 2)?,
            number: row.get(first + 3)?,
        })
    }

    pub(crate) fn insert(
        transaction: &Transaction<'_>,
        application: ApplicationId,
        name: &str,
    ) -> std::result::Result<Self, WriteError> {
        let (count, number): (usize, u32) = transaction.query_row(
            "SELECT count(*), coalesce((
                 SELECT min(candidate) FROM (
                     SELECT 1 AS candidate UNION ALL SELECT number + 1 FROM containers
                 ) WHERE candidate NOT IN (SELECT number FROM containers)
             ), 1) FROM containers",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if count >= COUNT_MOST {
            return Err(WriteError::Refused(Error::TooLarge {
                what: "containers",
                limit: COUNT_MOST,
            }));
        }
        transaction.execute(
            "INSERT INTO containers (application, name, number) VALUES (?1, ?2, ?3)",
            params![application.get(), name, number],
        )?;
        let id = transaction.query_row("SELECT last_insert_rowid()", [], |row| row.get(0))?;
        Ok(Self {
            id: ContainerId(id),
            application,
            name: name.into(),
            number,
        })
    }

    /// Which it is.
    pub fn id(&self) -> ContainerId {
        self.id
    }

    /// The application that it is in.
    pub fn application(&self) -> ApplicationId {
        self.application
    }

    /// Its name, 1 to 128 octets.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its number on the device, from 1: GM/T 0018's key index.
    pub fn number(&self) -> u32 {
        self.number
    }
}

/// The container of an application that has this name.
pub(crate) fn named(
    connection: &Connection,
    application: ApplicationId,
    name: &str,
) -> rusqlite::Result<Option<Container>> {
    connection
        .prepare_cached(
            "SELECT id, application, name, number FROM containers
             WHERE application = ?1 AND name = ?2",
        )?
        .query_row(params![application.get(), name], |row| {
            Container::from_columns(row, 0)
        })
        .optional()
}

/// The containers of an application, by number.
pub(crate) fn containers(
    connection: &Connection,
    application: ApplicationId,
) -> rusqlite::Result<Vec<Container>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, application, name, number FROM containers
         WHERE application = ?1 ORDER BY number",
    )?;
    let rows = statement.query_map([application.get()], |row| Container::from_columns(row, 0))?;
    rows.collect()
}
