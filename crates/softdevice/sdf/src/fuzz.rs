//! The C functions, called as a script of octets says: what a fuzzer runs under
//! AddressSanitizer.
//!
//! The caller's promises are kept, for breaking them is the caller's fault: a pointer that is
//! not NULL has the octets that the length beside it says, in memory of exactly that size.
//! Everything else is the script's: which functions, in which order, with which handles,
//! lengths beside NULL, numbers and contents.

mod sys;
#[cfg(test)]
mod tests;

#[cfg(feature = "fuzz")]
pub use sys::fuzz_calls;

use crate::{
    index::Right,
    library::{close_device, insert_device, open_session, session},
    session::Session,
    settings::{Abi, Settings},
};
use softdevice::{
    Device, KeyKind, KeyUse, NewApplication, Operation, Options, Pin, Role, structures::Width,
};
use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

/// Calls of one script.
const MAX_CALLS: usize = 64;

/// A device in memory, where there is a place for that, and the right to its index 1.
fn device() -> Option<&'static (Device, Arc<Right>)> {
    static DEVICE: OnceLock<Option<(Device, Arc<Right>)>> = OnceLock::new();
    DEVICE.get_or_init(|| make().ok()).as_ref()
}

fn make() -> softdevice::Result<(Device, Arc<Right>)> {
    let memory = Path::new("/dev/shm");
    let folder = match memory.is_dir() {
        true => memory.into(),
        false => std::env::temp_dir(),
    };
    let mut name = [0; 8];
    getrandom::fill(&mut name).map_err(|_| softdevice::Error::Random)?;
    let name = format!("softdevice-sdf-{:016x}", u64::from_ne_bytes(name));
    let path = folder.join(name).join("device.db");
    let device = Device::create(&path, &Options::default().with_iterations(1_000))?;
    let pin = Pin::new("user pin")?;
    let wanted = NewApplication::new("fuzz", Pin::new("admin pin")?).with_user_pin(pin.clone());
    let application = device.create_application(&wanted)?;
    let user = application.login(Role::User, &pin)?;
    let container = application.create_container("one")?;
    for for_use in [KeyUse::Signing, KeyUse::Encryption] {
        user.generate_pair(&container, for_use, KeyKind::Sm2)?;
    }
    let right = Arc::new(Right::new(user, container));
    Ok((device, right))
}

/// A session that has the right to index 1; the script's first octet has its settings.
fn open(settings: u8) -> Option<(usize, usize)> {
    let (device, right) = device()?;
    let settings = Settings {
        abi: match settings & 3 {
            0 | 3 => Abi::GmSsl,
            1 => Abi::OpenHitls,
            _ => Abi::Tongsuo,
        },
        width: if settings & 4 == 0 {
            Width::Bits512
        } else {
            Width::Bits256
        },
        debug_group: settings & 8 == 0,
    };
    let device = insert_device(device.clone(), settings).ok()?;
    let handle = open_session(device).ok()?;
    let session = session(handle, Operation::Info).ok()?;
    let session: &Session = &session;
    session.rights().insert(1, Arc::clone(right));
    Some((device, handle))
}

fn close(device: usize) {
    // Unless the script closed it.
    let _ = close_device(device);
}

/// Takes the device's folder away.
#[cfg(test)]
fn remove_store() {
    let device = device().map(|(device, _)| device);
    let folder = device.and_then(|device| device.path().parent());
    folder.map(std::fs::remove_dir_all).transpose().unwrap();
}
