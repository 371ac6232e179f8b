//! Libraries, devices, and what personalises them.

use super::{
    SkfVariant, blob, c_name, code, garbage,
    pin::PinText,
    session::{Connector, Session, choose, devices},
    sys,
};
use crate::{Connect, Error, Password, Pool, PoolOptions};
use gm_crypto::sm4::{
    Sm4,
    cipher::{BlockCipherEncrypt, KeyInit},
};
use std::{ffi::CString, path::Path, sync::Arc, time::Duration};
use zeroize::Zeroizing;

/// A vendor's library of GM/T 0016, loaded.
#[derive(Clone, Debug)]
pub struct SkfLibrary(Arc<sys::Library>);

/// Something that happened to a device (`SKF_WaitForDevEvent`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkfEvent {
    /// It was put in.
    Inserted {
        /// Its name.
        device: String,
    },
    /// It was pulled.
    Removed {
        /// Its name.
        device: String,
    },
}

impl SkfLibrary {
    /// Loads the library at `path`, which has the peculiarities of `variant`. It stays loaded
    /// until the process ends.
    ///
    /// **Its code runs in this process** and can do whatever this process can: the path must
    /// be one that only an administrator writes to. Without a limit of time: while it is being
    /// loaded nothing else can be.
    ///
    /// # Errors
    /// [`Error::Library`] when it cannot be loaded, [`Error::NotTheInterface`] with the first
    /// function that is missing of those without which nothing can be done.
    pub fn load(path: impl AsRef<Path>, variant: SkfVariant) -> Result<Self, Error> {
        sys::Library::load(path.as_ref(), variant).map(|library| Self(Arc::new(library)))
    }

    /// The names of the devices that are there, within the time limit of
    /// [`PoolOptions::default`].
    ///
    /// # Errors
    /// [`Error::TimedOut`]; otherwise the library's.
    pub fn devices(&self) -> Result<Vec<String>, Error> {
        let library = Arc::clone(&self.0);
        let pool = Pool::new(Unconnected, PoolOptions::default().with_sessions(1));
        let names = pool.run("SKF_EnumDev", move |()| devices(&library))?;
        Ok(names.iter().map(|name| blob::shown(name)).collect())
    }

    /// Waits until a device is put in or pulled, or until [`Self::cancel_wait`] is called in
    /// another thread: without a limit of time.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the library lacks the function, [`Error::Garbage`] for an
    /// event that the standard does not have; otherwise the library's.
    pub fn wait_for_event(&self) -> Result<SkfEvent, Error> {
        let event = self.0.wait_for_event()?;
        let name = event.name.split(|octet| *octet == 0).next();
        let device = crate::blob::readable(name.unwrap_or_default());
        match event.event {
            1 => Ok(SkfEvent::Inserted { device }),
            2 => Ok(SkfEvent::Removed { device }),
            _ => Err(garbage("SKF_WaitForDevEvent")(
                "an event that is neither an insertion nor a removal",
            )),
        }
    }

    /// Ends the waiting of another thread, which gets an error.
    ///
    /// # Errors
    /// As [`Self::wait_for_event`].
    pub fn cancel_wait(&self) -> Result<(), Error> {
        self.0.cancel_wait()
    }
}

/// What asks a library without a device.
#[derive(Debug)]
struct Unconnected;

impl Connect for Unconnected {
    type Session = ();

    fn connect(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// A connected device.
///
/// All that is done with it is done in one session, one after the other, each within the
/// time limit of its [`PoolOptions`]. Clones share it.
#[derive(Clone, Debug)]
pub struct SkfDevice {
    pool: Arc<Pool<Connector>>,
    library: Arc<sys::Library>,
}

/// What a device says of itself (`DEVINFO`; GM/T 0016-2012, 6.4.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkfDeviceInfo {
    /// The version of the structure.
    pub version: String,
    /// Who made it.
    pub manufacturer: String,
    /// Who issued it.
    pub issuer: String,
    /// The name that its owner gave it.
    pub label: String,
    /// Its serial number.
    pub serial: String,
    /// The version of the hardware.
    pub hardware: String,
    /// The version of what runs on it.
    pub firmware: String,
    /// The algorithm of [`SkfDevice::authenticate`] (GM/T 0006): 0x401 is SM4 in ECB mode.
    pub authentication_algorithm: u32,
    /// Its room, in octets.
    pub total_space: u64,
    /// The room that is left, in octets.
    pub free_space: u64,
}

/// An application to create.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SkfNewApplication {
    /// Its name.
    pub name: String,
    /// The administrator's first PIN.
    pub administrator_pin: Password,
    /// Wrong tries after which it is locked. 10 by default.
    pub administrator_tries: u32,
    /// The user's first PIN.
    pub user_pin: Password,
    /// Wrong tries after which it is locked. 10 by default.
    pub user_tries: u32,
    /// Who may create files and containers (GM/T 0016-2012, 6.4.13): 0x10, the user, by
    /// default; 0x01 is the administrator, 0xFF anybody.
    pub rights: u32,
}

impl SkfNewApplication {
    /// An application with ten tries for each PIN, in which the user creates.
    pub fn new(name: impl Into<String>, administrator_pin: Password, user_pin: Password) -> Self {
        Self {
            name: name.into(),
            administrator_pin,
            administrator_tries: 10,
            user_pin,
            user_tries: 10,
            rights: 0x10,
        }
    }

    /// With other numbers of wrong tries.
    #[must_use]
    pub fn with_tries(self, administrator_tries: u32, user_tries: u32) -> Self {
        Self {
            administrator_tries,
            user_tries,
            ..self
        }
    }

    /// With other rights.
    #[must_use]
    pub fn with_rights(self, rights: u32) -> Self {
        Self { rights, ..self }
    }
}

/// How long a connection waits for the one before it to be closed.
const MOST_PATIENCE: Duration = Duration::from_secs(1);
/// Octets of the label's field in `DEVINFO`, of which the last is zero.
const MAX_LABEL: usize = 31;

impl SkfDevice {
    /// Connects the device of this name; without one, the only device that is there. Of
    /// `options`, the number of sessions is not looked at: it is one.
    ///
    /// # Errors
    /// [`Error::NoSuchToken`], [`Error::SeveralTokens`] with the names that there are;
    /// otherwise the device's.
    pub fn open(
        library: &SkfLibrary,
        name: Option<&str>,
        options: PoolOptions,
    ) -> Result<Self, Error> {
        let library = Arc::clone(&library.0);
        let patience = (options.time_limit / 4).min(MOST_PATIENCE);
        let connector = Connector::new(Arc::clone(&library), name.map(Into::into), patience);
        let device = Self {
            pool: Arc::new(Pool::new(connector, options.with_sessions(1))),
            library,
        };
        device.run("SKF_ConnectDev", |_| Ok(()))?;
        Ok(device)
    }

    pub(super) fn run<T: Send + 'static>(
        &self,
        call: &'static str,
        work: impl FnOnce(&mut Session) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.pool.run(call, work)
    }

    pub(super) fn library(&self) -> &sys::Library {
        &self.library
    }

    /// What the device says of itself.
    ///
    /// # Errors
    /// The device's.
    pub fn info(&self) -> Result<SkfDeviceInfo, Error> {
        self.run("SKF_GetDevInfo", |session| session.info())
    }

    /// Names the device, at most 31 octets, and reads the name back.
    ///
    /// # Errors
    /// [`Error::Crypto`] for another length, [`Error::ReadBack`] when the device shows another
    /// name; otherwise the device's.
    pub fn set_label(&self, label: &str) -> Result<(), Error> {
        if label.len() > MAX_LABEL {
            return Err(Error::Crypto {
                source: gm_crypto::Error::Invalid {
                    what: "label of a device",
                    reason: "it has at most 31 octets",
                },
            });
        }
        let (text, label) = (c_name(label)?, label.to_owned());
        self.run("SKF_SetLabel", move |session| {
            session.device().set_label(&text)?;
            if session.info()?.label == label.trim() {
                Ok(())
            } else {
                Err(Error::ReadBack {
                    call: "SKF_SetLabel",
                })
            }
        })
    }

    /// Proves that this program is the device's owner, with the device's SM4 key: what may
    /// create applications and name the device (GM/T 0016-2012, 7.2.2).
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the device wants another algorithm than SM4; otherwise the
    /// device's. A device may lock itself after some wrong answers.
    pub fn authenticate(&self, key: &[u8; 16]) -> Result<(), Error> {
        let algorithm = self.info()?.authentication_algorithm;
        // Devices name SM4 with and without its mode.
        if !matches!(algorithm, 0x400 | 0x401) {
            return Err(Error::Unsupported {
                what: "authentication with SM4: answer its challenge with authenticate_with",
                interface: "this device",
            });
        }
        let key = Zeroizing::new(*key);
        self.authenticate_with(move |challenge| {
            let mut block = (*challenge).into();
            Sm4::new((&*key).into()).encrypt_block(&mut block);
            Ok(block.to_vec())
        })
    }

    /// The same with an `answer` to the device's challenge, for other algorithms: eight random
    /// octets and eight zeros, encrypted under the device's key.
    ///
    /// # Errors
    /// The answer's and the device's.
    pub fn authenticate_with(
        &self,
        answer: impl FnOnce(&[u8; 16]) -> Result<Vec<u8>, Error> + Send + 'static,
    ) -> Result<(), Error> {
        self.run("SKF_DevAuth", move |session| {
            let mut challenge = [0; 16];
            challenge[..8].copy_from_slice(&session.fill_random(8)?);
            session.device().authenticate(&answer(&challenge)?)
        })
    }

    /// Gives the device another key for [`Self::authenticate`], after that.
    ///
    /// # Errors
    /// The device's.
    pub fn change_authentication_key(&self, key: &[u8; 16]) -> Result<(), Error> {
        let key = Zeroizing::new(*key);
        self.run("SKF_ChangeDevAuthKey", move |session| {
            session.device().change_authentication_key(&key[..])
        })
    }

    /// The names of the applications.
    ///
    /// # Errors
    /// The device's.
    pub fn applications(&self) -> Result<Vec<String>, Error> {
        let names = self.application_names()?;
        Ok(names.iter().map(|name| blob::shown(name)).collect())
    }

    pub(super) fn application_names(&self) -> Result<Vec<CString>, Error> {
        self.run("SKF_EnumApplication", |session| session.applications())
    }

    /// Creates an application, after [`Self::authenticate`].
    ///
    /// # Errors
    /// [`Error::PinLength`] for a PIN that the device does not take; otherwise the device's.
    pub fn create_application(&self, application: &SkfNewApplication) -> Result<(), Error> {
        let name = c_name(&application.name)?;
        let administrator = PinText::new(application.administrator_pin.as_bytes())?;
        let user = PinText::new(application.user_pin.as_bytes())?;
        let tries = (application.administrator_tries, application.user_tries);
        let rights = application.rights;
        self.run("SKF_CreateApplication", move |session| {
            let created = session.device().create_application(
                &name,
                (administrator.as_c(), tries.0),
                (user.as_c(), tries.1),
                rights,
            );
            created.map_err(|error| match code::of(&error) {
                Some(code::PIN_LENGTH) => Error::PinLength,
                _ => error,
            })
        })
    }

    /// Deletes an application with all keys in it, after [`Self::authenticate`].
    ///
    /// # Errors
    /// [`Error::NoSuchToken`]; otherwise the device's.
    pub fn delete_application(&self, name: &str) -> Result<(), Error> {
        let name = choose("application", self.application_names()?, Some(name))?;
        self.run("SKF_DeleteApplication", move |session| {
            session.close_application(&name);
            session.device().delete_application(&name)
        })
    }

    /// Holds the device against other processes until what this gives is dropped; of several,
    /// until the last one is. Waits for them at most `wait`, and at most half the time limit of
    /// one call.
    ///
    /// # Errors
    /// The device's.
    pub fn lock(&self, wait: Duration) -> Result<SkfLock, Error> {
        let wait = wait.min(self.pool.options().time_limit / 2);
        // The largest number would mean for ever.
        let milliseconds = u32::try_from(wait.as_millis()).unwrap_or(u32::MAX - 1);
        let session = self.run("SKF_LockDev", move |session| {
            session.lock(milliseconds)?;
            Ok(session.number())
        })?;
        Ok(SkfLock {
            device: self.clone(),
            session,
        })
    }
}

/// A device that is held against other processes.
///
/// The lock is the session's. After an error that [ends it](Error::ends_session) the device is
/// connected again and **not** held: ask [`Self::is_held`] before relying on what was done
/// since, and lock the device again.
#[derive(Debug)]
#[must_use = "the device is held until this is dropped"]
pub struct SkfLock {
    device: SkfDevice,
    /// The number of the session that holds it.
    session: u64,
}

impl SkfLock {
    /// Whether the device has been held without interruption since it was locked.
    ///
    /// # Errors
    /// Those of a connection, when there is none; the device is not held then.
    pub fn is_held(&self) -> Result<bool, Error> {
        let number = self.session;
        let held = move |session: &mut Session| Ok(session.number() == number);
        self.device.run("SKF_LockDev", held)
    }
}

impl Drop for SkfLock {
    fn drop(&mut self) {
        let number = self.session;
        // A device that is gone holds nobody up.
        let _ = self.device.run("SKF_UnlockDev", move |session| {
            if session.number() == number {
                session.unlock()?;
            }
            Ok(())
        });
    }
}
