//! Devices (GM/T 0016-2012, 7.1 and 7.2). There is one: the store that the environment names.

pub(crate) mod event;
pub(crate) mod sys;

use crate::{
    algorithm::{SM2_ABILITY, SM3, SM4_ABILITY, SM4_ECB},
    code::{Code, Result},
    library::{fault, forget, library},
    sys::MAX_INPUT,
};
use softdevice::{Device, Fault, Faults, Operation, fork, structures::Width};
use std::{
    fs::{File, OpenOptions, TryLockError},
    process,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};
use zeroize::Zeroizing;

/// Octets of `DEVINFO`: two versions of two octets and one more, four texts, eight integers,
/// and what is reserved.
const INFO_LENGTH: usize = 2 + 64 + 64 + 32 + 32 + 2 + 2 + 8 * 4 + 64;
const _: () = assert!(INFO_LENGTH == 294);
/// `TotalSpace` and `FreeSpace`: what is said of a store that grows.
const SPACE: u32 = 64 << 20;
/// What `ulTimeOut` means for ever.
const FOR_EVER: u32 = u32::MAX;

/// A device that is connected.
#[derive(Debug)]
pub(crate) struct Connected {
    device: Device,
    state: Mutex<State>,
    /// Whether functions that take private keys in clear are served.
    debug_group: bool,
}

#[derive(Debug, Default)]
struct State {
    /// The last 8 or 16 octets of random, which `SKF_DevAuth` answers.
    challenge: Option<Vec<u8>>,
    /// Whether it was answered.
    authenticated: bool,
    /// Held between `SKF_LockDev` and `SKF_UnlockDev`.
    lock: Option<Held>,
}

/// A lock on a file, which the process that took it gives back. Closing the file is not
/// enough: a process that was forked meanwhile has it open, too.
#[derive(Debug)]
struct Held {
    file: File,
    process: u32,
}

impl Held {
    fn is_ours(&self) -> bool {
        self.process == process::id()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // A child must not give back what is its parent's.
        if self.is_ours() {
            // What fails here ends when the file is closed everywhere.
            let _ = self.file.unlock();
        }
    }
}

/// The names of devices: the one there is, when it is there.
pub(crate) fn names() -> Vec<String> {
    let info = Device::default_path().and_then(|path| Device::open(&path)?.info());
    info.map(|info| name_of(&info.serial)).into_iter().collect()
}

fn name_of(serial: &str) -> String {
    format!("{}-{serial}", Device::MODEL)
}

/// Names as C has them: a zero behind each, and one more behind the last.
pub(crate) fn name_list<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut octets = Vec::new();
    for name in names {
        octets.extend_from_slice(name.as_bytes());
        octets.push(0);
    }
    octets.push(0);
    // No name at all: whoever looks for two zeros finds them.
    octets.resize(octets.len().max(2), 0);
    octets
}

/// `SKF_ConnectDev`
pub(crate) fn connect(name: &str) -> Result<usize> {
    let device = Device::open(&Device::default_path()?)?;
    if name != name_of(&device.info()?.serial) {
        return Err(Code::Parameter);
    }
    let debug_group = match std::env::var_os("SOFTDEVICE_DEBUG_GROUP") {
        None => false,
        Some(value) if value.is_empty() || value == "0" => false,
        Some(value) if value == "1" => true,
        Some(_) => return Err(Code::Fail),
    };
    let faults = Faults::of_process().map_err(|_| Code::Fail)?;
    let device = device.with_faults(faults);
    let connected = Arc::new(Connected::new(device, debug_group));
    let others = || {
        let devices = &library().devices;
        devices.count(|other| other.is_same_device(&connected))
    };
    if let Some(Fault::Limit(most)) = fault(&connected, Operation::OpenSession)?
        && others() >= most as usize
    {
        return Err(Code::Memory);
    }
    let devices = &library().devices;
    devices.insert_shared(connected).ok_or(Code::Memory)
}

/// `SKF_DisConnectDev`
pub(crate) fn disconnect(handle: usize) -> Result<()> {
    let device = library().devices.remove(handle).ok_or(Code::Handle)?;
    forget(|other| Arc::ptr_eq(other, &device));
    Ok(())
}

/// `SKF_GetDevState`: 1 when it is there, 0 when not.
pub(crate) fn state(name: &str) -> u32 {
    u32::from(names().iter().any(|known| known == name))
}

impl Connected {
    pub(crate) fn new(device: Device, debug_group: bool) -> Self {
        Self {
            device,
            state: Mutex::default(),
            debug_group,
        }
    }

    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    /// Whether both are connections to one store.
    pub(crate) fn is_same_device(&self, other: &Self) -> bool {
        self.device.path() == other.device.path()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Whatever panicked in between left whole values.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes when functions for debugging are served.
    pub(crate) fn debug_group(&self) -> Result<()> {
        self.debug_group.then_some(()).ok_or(Code::NotSupported)
    }

    /// Passes when `SKF_DevAuth` was answered.
    pub(crate) fn expect_authenticated(&self) -> Result<()> {
        let authenticated = self.state().authenticated;
        authenticated.then_some(()).ok_or(Code::NotLoggedIn)
    }

    /// `SKF_GetDevInfo`
    pub(crate) fn info(&self) -> Result<Vec<u8>> {
        let info = self.device.info()?;
        let mut octets = Vec::with_capacity(INFO_LENGTH);
        let version = [info.version.0, info.version.1];
        // The structure's version.
        octets.extend_from_slice(&[1, 0]);
        put_text::<64>(&mut octets, info.manufacturer);
        put_text::<64>(&mut octets, info.model);
        put_text::<32>(&mut octets, &info.label);
        put_text::<32>(&mut octets, &info.serial);
        // Of the hardware, which there is none of, and of the firmware.
        octets.extend_from_slice(&[0, 0]);
        octets.extend_from_slice(&version);
        let cipher_head = Width::Bits512.cipher_head();
        let numbers = [
            SM4_ABILITY,
            SM2_ABILITY,
            SM3,
            SM4_ECB,
            SPACE,
            SPACE,
            MAX_INPUT - u32::try_from(cipher_head).unwrap_or_default(),
            MAX_INPUT,
        ];
        for number in numbers {
            octets.extend_from_slice(&number.to_ne_bytes());
        }
        octets.resize(INFO_LENGTH, 0);
        Ok(octets)
    }

    /// `SKF_SetLabel`
    pub(crate) fn set_label(&self, label: &str) -> Result<()> {
        Ok(self.device.set_label(label)?)
    }

    /// `SKF_GenRandom`: 8 or 16 octets are also the challenge of [`Self::authenticate`].
    pub(crate) fn random(&self, length: u32) -> Result<Zeroizing<Vec<u8>>> {
        if length > MAX_INPUT {
            return Err(Code::InputLength);
        }
        let mut octets = Zeroizing::new(vec![0; length as usize]);
        self.device.random(&mut octets)?;
        if matches!(length, 8 | 16) {
            self.state().challenge = Some(octets.to_vec());
        }
        Ok(octets)
    }

    /// `SKF_DevAuth`: a challenge is answered once.
    pub(crate) fn authenticate(&self, response: &[u8]) -> Result<()> {
        let mut state = self.state();
        state.authenticated = false;
        let challenge = state.challenge.take().ok_or(Code::NotInitialized)?;
        self.device.authenticate(&challenge, response)?;
        state.authenticated = true;
        Ok(())
    }

    /// `SKF_ChangeDevAuthKey`
    pub(crate) fn change_device_key(&self, key: &[u8]) -> Result<()> {
        self.expect_authenticated()?;
        let key = key.try_into().map_err(|_| Code::InputLength)?;
        Ok(self.device.set_device_key(key)?)
    }

    /// `SKF_LockDev`: nobody else gets this lock, in this process or another, until it is
    /// given back. Who does not ask for it is not kept out.
    pub(crate) fn lock(&self, milliseconds: u32) -> Result<()> {
        if self.state().lock.as_ref().is_some_and(Held::is_ours) {
            return Ok(());
        }
        let mut path = self.device.path().as_os_str().to_owned();
        path.push("-skf-lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|_| Code::Fail)?;
        let wait = Duration::from_millis(milliseconds.into());
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => {
                    let process = process::id();
                    self.state().lock = Some(Held { file, process });
                    return Ok(());
                }
                Err(TryLockError::WouldBlock)
                    if milliseconds == FOR_EVER || start.elapsed() < wait =>
                {
                    fork::outside(|| thread::sleep(Duration::from_millis(5)));
                }
                Err(TryLockError::WouldBlock) => return Err(Code::Timeout),
                Err(TryLockError::Error(_)) => return Err(Code::Fail),
            }
        }
    }

    /// `SKF_UnlockDev`
    pub(crate) fn unlock(&self) -> Result<()> {
        let held = self.state().lock.take().filter(Held::is_ours);
        held.map(drop).ok_or(Code::Fail)
    }
}

/// Writes a text into a field of its own length, zeros behind it.
pub(crate) fn put_text<const N: usize>(octets: &mut Vec<u8>, text: &str) {
    let mut field = [0; N];
    let length = text.len().min(N);
    field[..length].copy_from_slice(&text.as_bytes()[..length]);
    octets.extend_from_slice(&field);
}

#[cfg(test)]
mod tests {
    use super::*;
    use softdevice::Options;

    #[test]
    fn a_lock_is_given_back_also_when_a_fork_has_its_file_open() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::default().with_iterations(1_000);
        let device = Device::create(&folder.path().join("device.db"), &options).unwrap();
        let connect = || Connected::new(device.clone(), false);
        // What a child of a fork has: the same file, opened once.
        let inherited = |from: &Connected| {
            let state = from.state();
            state.lock.as_ref().unwrap().file.try_clone().unwrap()
        };
        let [one, two] = [connect(), connect()];
        one.lock(0).unwrap();
        let _child = inherited(&one);
        assert_eq!(two.lock(0), Err(Code::Timeout));
        one.unlock().unwrap();
        two.lock(0).unwrap();
        // Who disconnects gives it back, too.
        let _child = inherited(&two);
        drop(two);
        one.lock(0).unwrap();
    }

    #[test]
    fn a_child_neither_has_the_lock_of_its_parent_nor_gives_it_back() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::default().with_iterations(1_000);
        let device = Device::create(&folder.path().join("device.db"), &options).unwrap();
        let [parent, child] = [(); 2].map(|()| Connected::new(device.clone(), false));
        parent.lock(0).unwrap();
        let copy = parent.state().lock.as_ref().unwrap().file.try_clone();
        child.state().lock = Some(Held {
            file: copy.unwrap(),
            process: process::id() ^ 1,
        });
        assert_eq!(child.unlock(), Err(Code::Fail));
        assert_eq!(child.lock(0), Err(Code::Timeout));
        parent.unlock().unwrap();
        child.lock(0).unwrap();
    }
}
