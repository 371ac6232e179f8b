//! Files: octets under a name, as both Chinese interfaces have them.

use crate::{Device, Error, Result, device::checked_name, store::WriteError};
use rusqlite::{Connection, OptionalExtension, params};
use zeroize::Zeroizing;

/// The files of an application, or of the device itself.
#[derive(Debug)]
pub struct Files<'a> {
    device: &'a Device,
    application: u64,
}

/// What is known of a file (GM/T 0016, `FILEATTRIBUTE`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileInfo {
    /// Its name, 1 to 128 octets.
    pub name: String,
    /// Its size in octets, which does not change: at most [`Files::MAX_SIZE`].
    pub size: usize,
    /// Who may read it, in GM/T 0016's numbers; the interface checks it.
    pub read_rights: u32,
    /// Who may write it, in GM/T 0016's numbers; the interface checks it.
    pub write_rights: u32,
}

/// Octets of the longest name (GM/T 0018: `SDF_CreateFile`).
const NAME_MOST: usize = 128;
/// Files of one application.
const COUNT_MOST: usize = 1024;

impl<'a> Files<'a> {
    /// Octets of the largest file.
    pub const MAX_SIZE: usize = 1 << 20;

    pub(crate) fn new(device: &'a Device, application: u64) -> Self {
        Self {
            device,
            application,
        }
    }

    /// All of them, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn list(&self) -> Result<Vec<FileInfo>> {
        self.device.store.read("listing files", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT name, length(contents), read_rights, write_rights FROM files
                 WHERE application = ?1 ORDER BY name",
            )?;
            let rows = statement.query_map([self.application], |row| {
                Ok(FileInfo {
                    name: row.get(0)?,
                    size: row.get(1)?,
                    read_rights: row.get(2)?,
                    write_rights: row.get(3)?,
                })
            })?;
            rows.collect()
        })
    }

    /// What is known of one.
    ///
    /// # Errors
    /// [`Error::NoSuchFile`], [`Error::Database`].
    pub fn info(&self, name: &str) -> Result<FileInfo> {
        let found = self.list()?.into_iter().find(|file| file.name == name);
        found.ok_or_else(|| Error::NoSuchFile { name: name.into() })
    }

    /// Makes a file of zeros.
    ///
    /// # Errors
    /// [`Error::FileExists`], [`Error::Name`], [`Error::TooLarge`] for its size or their
    /// number, [`Error::Database`].
    pub fn create(
        &self,
        name: &str,
        size: usize,
        read_rights: u32,
        write_rights: u32,
    ) -> Result<()> {
        checked_name("the name of a file", name, NAME_MOST)?;
        if size > Self::MAX_SIZE {
            return Err(Error::TooLarge {
                what: "octets of a file",
                limit: Self::MAX_SIZE,
            });
        }
        self.device.store.write("making a file", |transaction| {
            if self.contents(transaction, name)?.is_some() {
                return Err(Error::FileExists { name: name.into() }.into());
            }
            let count: usize = transaction.query_row(
                "SELECT count(*) FROM files WHERE application = ?1",
                [self.application],
                |row| row.get(0),
            )?;
            if count >= COUNT_MOST {
                return Err(WriteError::Refused(Error::TooLarge {
                    what: "files",
                    limit: COUNT_MOST,
                }));
            }
            transaction.execute(
                "INSERT INTO files (application, name, read_rights, write_rights, contents)
                 VALUES (?1, ?2, ?3, ?4, zeroblob(?5))",
                params![self.application, name, read_rights, write_rights, size],
            )?;
            Ok(())
        })
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// [`Error::NoSuchFile`], [`Error::Database`].
    pub fn delete(&self, name: &str) -> Result<()> {
        self.device.store.write("deleting a file", |transaction| {
            let deleted = transaction.execute(
                "DELETE FROM files WHERE application = ?1 AND name = ?2",
                params![self.application, name],
            )?;
            match deleted {
                0 => Err(Error::NoSuchFile { name: name.into() }.into()),
                _ => Ok(()),
            }
        })
    }

    /// Reads at most `length` octets from `offset` on: fewer at the end of the file.
    ///
    /// # Errors
    /// [`Error::NoSuchFile`], [`Error::FileRange`] for an offset behind the end,
    /// [`Error::Database`].
    pub fn read(&self, name: &str, offset: usize, length: usize) -> Result<Zeroizing<Vec<u8>>> {
        let contents = self
            .device
            .store
            .read("reading a file", |connection| {
                self.contents(connection, name)
            })?
            .ok_or_else(|| Error::NoSuchFile { name: name.into() })?;
        let rest = contents.get(offset..).ok_or(Error::FileRange {
            offset,
            length,
            size: contents.len(),
        })?;
        Ok(Zeroizing::new(rest[..length.min(rest.len())].to_vec()))
    }

    /// Writes octets from `offset` on; all of them are in the file or none is.
    ///
    /// # Errors
    /// [`Error::NoSuchFile`], [`Error::FileRange`] when they reach behind its end,
    /// [`Error::Database`].
    pub fn write(&self, name: &str, offset: usize, octets: &[u8]) -> Result<()> {
        self.device.store.write("writing a file", |transaction| {
            let mut contents = self
                .contents(transaction, name)?
                .ok_or_else(|| Error::NoSuchFile { name: name.into() })?;
            let size = contents.len();
            offset
                .checked_add(octets.len())
                .and_then(|end| contents.get_mut(offset..end))
                .ok_or(Error::FileRange {
                    offset,
                    length: octets.len(),
                    size,
                })?
                .copy_from_slice(octets);
            transaction.execute(
                "UPDATE files SET contents = ?3 WHERE application = ?1 AND name = ?2",
                params![self.application, name, contents.as_slice()],
            )?;
            Ok(())
        })
    }

    fn contents(
        &self,
        connection: &Connection,
        name: &str,
    ) -> rusqlite::Result<Option<Zeroizing<Vec<u8>>>> {
        connection
            .prepare_cached("SELECT contents FROM files WHERE application = ?1 AND name = ?2")?
            .query_row(params![self.application, name], |row| {
                row.get(0).map(Zeroizing::new)
            })
            .optional()
    }
}
