//! The device: one file.

use crate::{
    Application, ApplicationId, Container, Error, Fault, Faults, Files, NewApplication, Operation,
    Result, Role,
    application::lock_name,
    seal::fill_random,
    store::{Store, WriteError},
};
use gm_crypto::sm4::{
    BLOCK_LENGTH, Sm4,
    cipher::{BlockCipherEncrypt, KeyInit},
};
use rusqlite::{OptionalExtension, params};
use std::{
    env,
    fmt::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A software device: a file with applications, keys and files in it.
///
/// A clone is the same device. Several processes may use one file at once, and a process
/// that was forked gets a connection of its own.
#[derive(Clone, Debug)]
pub struct Device {
    pub(crate) store: Arc<Store>,
    faults: Option<Arc<Faults>>,
}

/// How a device is made.
#[derive(Clone)]
pub struct Options {
    label: String,
    device_key: Zeroizing<[u8; BLOCK_LENGTH]>,
    iterations: u32,
}

impl Options {
    /// The key that GM/T 0016's device authentication uses unless another is set: the 16
    /// octets `1234567812345678`, as makers deliver devices.
    pub const DEFAULT_DEVICE_KEY: [u8; BLOCK_LENGTH] = *b"1234567812345678";
    /// Iterations of PBKDF2-HMAC-SM3 for a PIN unless others are set: some 60 ms of one
    /// core of 2024.
    pub const DEFAULT_ITERATIONS: u32 = 200_000;
    /// The fewest iterations that a device takes; for tests.
    pub const MIN_ITERATIONS: u32 = 1_000;
    /// The most iterations.
    pub const MAX_ITERATIONS: u32 = 100_000_000;

    /// With this label, 1 to 32 octets.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With this key for GM/T 0016's device authentication, 16 octets.
    #[must_use]
    pub fn with_device_key(mut self, key: [u8; BLOCK_LENGTH]) -> Self {
        self.device_key = Zeroizing::new(key);
        self
    }

    /// With so many iterations of PBKDF2 for each PIN,
    /// [`Self::MIN_ITERATIONS`] to [`Self::MAX_ITERATIONS`].
    #[must_use]
    pub fn with_iterations(mut self, iterations: u32) -> Self {
        self.iterations = iterations;
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("label", &self.label)
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            label: "softdevice".into(),
            device_key: Zeroizing::new(Self::DEFAULT_DEVICE_KEY),
            iterations: Self::DEFAULT_ITERATIONS,
        }
    }
}

/// What a device says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// The label that its owner gave it, 1 to 32 octets.
    pub label: String,
    /// 16 hexadecimal digits, drawn when it was made.
    pub serial: String,
    /// [`Device::MANUFACTURER`].
    pub manufacturer: &'static str,
    /// [`Device::MODEL`].
    pub model: &'static str,
    /// Major and minor version of this crate.
    pub version: (u8, u8),
}

/// Octets of the longest label of a device (GM/T 0016, `DEVINFO`).
const LABEL_MOST: usize = 32;

impl Device {
    /// Who makes it: it says that it is software.
    pub const MANUFACTURER: &str = "gm-pki (software, not an HSM)";
    /// Its model, at most 16 octets.
    pub const MODEL: &str = "softdevice";

    /// Where the store lies unless the caller says otherwise: the path in
    /// `SOFTDEVICE_STORE`, else `softdevice/device.db` in `$XDG_DATA_HOME`, else
    /// that in `~/.local/share`.
    ///
    /// # Errors
    /// [`Error::NoPath`] when none of the three is set.
    pub fn default_path() -> Result<PathBuf> {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty());
        if let Some(path) = set("SOFTDEVICE_STORE") {
            return Ok(path.into());
        }
        let data = set("XDG_DATA_HOME").map(PathBuf::from);
        let data = data
            .or_else(|| set("HOME").map(|home| Path::new(&home).join(".local/share")))
            .ok_or(Error::NoPath)?;
        Ok(data.join("softdevice").join("device.db"))
    }

    /// Makes a device at `path`, and the directories above it. File and directories are
    /// their owner's alone.
    ///
    /// # Errors
    /// [`Error::StoreExists`], [`Error::Foreign`] when something else is there,
    /// [`Error::Name`] or [`Error::Range`] for the options, [`Error::File`],
    /// [`Error::Database`], [`Error::Random`].
    pub fn create(path: &Path, options: &Options) -> Result<Self> {
        let label = checked_label(&options.label)?;
        let iterations = options.iterations;
        if !(Options::MIN_ITERATIONS..=Options::MAX_ITERATIONS).contains(&iterations) {
            return Err(Error::Range {
                what: "the number of iterations",
                found: iterations.into(),
                least: Options::MIN_ITERATIONS.into(),
                most: Options::MAX_ITERATIONS.into(),
            });
        }
        let mut octets = [0; 8];
        fill_random(&mut octets)?;
        let serial = octets.iter().fold(String::new(), |mut serial, octet| {
            // Writing to a string does not fail.
            let _ = write!(serial, "{octet:02X}");
            serial
        });
        let store = Store::create(path, |transaction| {
            transaction.execute(
                "INSERT INTO device (id, label, serial, device_key, iterations)
                 VALUES (1, ?1, ?2, ?3, ?4)",
                params![label, serial, options.device_key.as_slice(), iterations],
            )?;
            Ok(())
        })?;
        Ok(Self::with(store))
    }

    /// Opens the device at `path`.
    ///
    /// # Errors
    /// [`Error::NoStore`], [`Error::Foreign`], [`Error::Database`].
    pub fn open(path: &Path) -> Result<Self> {
        Store::open(path).map(Self::with)
    }

    fn with(store: Store) -> Self {
        Self {
            store: Arc::new(store),
            faults: None,
        }
    }

    /// The device with faults on request, see [`Faults`]. Shared by whoever opens the
    /// device again, they go on counting.
    #[must_use]
    pub fn with_faults(mut self, faults: Option<impl Into<Arc<Faults>>>) -> Self {
        self.faults = faults.map(Into::into);
        self
    }

    /// What the test asked to go wrong with this call; a hang is slept here, and none of
    /// the others is performed. Costs nothing when no fault is asked for.
    pub fn fault(&self, operation: Operation) -> Option<Fault> {
        self.faults.as_ref()?.next(operation)
    }

    /// The path of its file, absolute and without symbolic links.
    pub fn path(&self) -> &Path {
        self.store.path()
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn info(&self) -> Result<Info> {
        let (label, serial) = self.store.read("reading its label", |connection| {
            connection.query_row("SELECT label, serial FROM device", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
        })?;
        let number = |text: &str| text.parse().unwrap_or(0);
        Ok(Info {
            label,
            serial,
            manufacturer: Self::MANUFACTURER,
            model: Self::MODEL,
            version: (
                number(env!("CARGO_PKG_VERSION_MAJOR")),
                number(env!("CARGO_PKG_VERSION_MINOR")),
            ),
        })
    }

    /// Gives it another label, 1 to 32 octets.
    ///
    /// # Errors
    /// [`Error::Name`], [`Error::Database`].
    pub fn set_label(&self, label: &str) -> Result<()> {
        let label = checked_label(label)?;
        self.store.write("writing its label", |transaction| {
            transaction.execute("UPDATE device SET label = ?1", [label])?;
            Ok(())
        })
    }

    /// Fills `octets` from the system's random source.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn random(&self, octets: &mut [u8]) -> Result<()> {
        fill_random(octets)
    }

    /// Checks the answer to a challenge that the device gave (GM/T 0016, `SKF_DevAuth`):
    /// the challenge, 8 or 16 octets and filled up to 16 with zeros, encrypted with SM4
    /// under the device's key.
    ///
    /// # Errors
    /// [`Error::DeviceKey`] when it is another, [`Error::Length`] for a challenge of
    /// another length, [`Error::Database`].
    pub fn authenticate(&self, challenge: &[u8], response: &[u8]) -> Result<()> {
        let mut block = [0; BLOCK_LENGTH];
        match challenge.len() {
            8 | BLOCK_LENGTH => block[..challenge.len()].copy_from_slice(challenge),
            found => {
                return Err(Error::Length {
                    what: "a challenge",
                    found,
                });
            }
        }
        let key: Zeroizing<Vec<u8>> = self.store.read("reading its key", |connection| {
            connection.query_row("SELECT device_key FROM device", [], |row| {
                row.get(0).map(Zeroizing::new)
            })
        })?;
        let cipher =
            Sm4::new_from_slice(&key).map_err(|_| Error::Damaged { what: "device key" })?;
        let mut block = block.into();
        cipher.encrypt_block(&mut block);
        if bool::from(block.as_slice().ct_eq(response)) {
            Ok(())
        } else {
            Err(Error::DeviceKey)
        }
    }

    /// Sets another key for [`Self::authenticate`] (GM/T 0016, `SKF_ChangeDevAuthKey`).
    /// It lies open in the file: it keeps programs from applications, not thieves.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn set_device_key(&self, key: &[u8; BLOCK_LENGTH]) -> Result<()> {
        self.store.write("writing its key", |transaction| {
            transaction.execute("UPDATE device SET device_key = ?1", [key.as_slice()])?;
            Ok(())
        })
    }

    /// Iterations of PBKDF2 for each PIN that is set from now on.
    pub(crate) fn iterations(&self) -> Result<u32> {
        self.store.read("reading its settings", |connection| {
            connection.query_row("SELECT iterations FROM device", [], |row| row.get(0))
        })
    }

    /// All applications, in the order in which they were made.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn applications(&self) -> Result<Vec<Application>> {
        self.store.read("listing applications", |connection| {
            let mut statement =
                connection.prepare_cached("SELECT id, uid, name FROM applications ORDER BY id")?;
            let rows = statement.query_map([], |row| Application::from_row(self, row))?;
            rows.collect()
        })
    }

    /// The application of this name.
    ///
    /// # Errors
    /// [`Error::NoSuchApplication`], [`Error::Database`].
    pub fn application(&self, name: &str) -> Result<Application> {
        let found = self.store.read("finding an application", |connection| {
            connection
                .prepare_cached("SELECT id, uid, name FROM applications WHERE name = ?1")?
                .query_row([name], |row| Application::from_row(self, row))
                .optional()
        })?;
        found.ok_or_else(|| Error::NoSuchApplication { name: name.into() })
    }

    /// The identifier that the next application will have, unless another process makes
    /// one before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn next_application(&self) -> Result<ApplicationId> {
        self.store.read("counting applications", |connection| {
            let last: Option<u64> = connection
                .query_row(
                    "SELECT seq FROM sqlite_sequence WHERE name = 'applications'",
                    [],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(ApplicationId::new(last.unwrap_or(0) + 1))
        })
    }

    /// Makes an application.
    ///
    /// # Errors
    /// [`Error::ApplicationExists`], [`Error::Name`] or [`Error::Range`] for what is
    /// wanted, [`Error::TooLarge`] when there are too many, [`Error::Database`],
    /// [`Error::Random`].
    pub fn create_application(&self, wanted: &NewApplication) -> Result<Application> {
        Application::create(self, wanted)
    }

    /// Takes an application away, with all that is in it.
    ///
    /// # Errors
    /// [`Error::NoSuchApplication`], [`Error::Database`].
    pub fn delete_application(&self, name: &str) -> Result<()> {
        let id = self.store.write("deleting an application", |transaction| {
            let id: Option<u64> = transaction
                .query_row(
                    "SELECT id FROM applications WHERE name = ?1",
                    [name],
                    |row| row.get(0),
                )
                .optional()?;
            transaction.execute(
                "DELETE FROM files WHERE application IN
                 (SELECT id FROM applications WHERE name = ?1)",
                [name],
            )?;
            match transaction.execute("DELETE FROM applications WHERE name = ?1", [name])? {
                0 => Err(WriteError::Refused(Error::NoSuchApplication {
                    name: name.into(),
                })),
                _ => Ok(id),
            }
        })?;
        if let Some(id) = id.map(ApplicationId::new) {
            for role in [Role::Administrator, Role::User] {
                self.store.forget_name(&lock_name(id, role));
            }
        }
        Ok(())
    }

    /// The container with this number, the key index of GM/T 0018, and its application.
    ///
    /// # Errors
    /// [`Error::NoSuchContainer`], [`Error::Database`].
    pub fn container_by_number(&self, number: u32) -> Result<(Application, Container)> {
        let found = self.store.read("finding a container", |connection| {
            connection
                .prepare_cached(
                    "SELECT a.id, a.uid, a.name, c.id, c.application, c.name, c.number
                     FROM containers c JOIN applications a ON a.id = c.application
                     WHERE c.number = ?1",
                )?
                .query_row([number], |row| {
                    Ok((
                        Application::from_row(self, row)?,
                        Container::from_columns(row, 3)?,
                    ))
                })
                .optional()
        })?;
        found.ok_or_else(|| Error::NoSuchContainer {
            name: number.to_string(),
        })
    }

    /// The files that belong to no application (GM/T 0018, `SDF_CreateFile`).
    pub fn files(&self) -> Files<'_> {
        Files::new(self, 0)
    }
}

fn checked_label(label: &str) -> Result<&str> {
    checked_name("the label of a device", label, LABEL_MOST)
}

/// A name that C can carry.
pub(crate) fn checked_name<'a>(what: &'static str, name: &'a str, most: usize) -> Result<&'a str> {
    if name.is_empty() || name.len() > most || name.contains('\0') {
        return Err(Error::Name { what, most });
    }
    Ok(name)
}
