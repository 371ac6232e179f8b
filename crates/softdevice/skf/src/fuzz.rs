//! The C functions, called as a script of octets says: what a fuzzer runs under
//! AddressSanitizer.
//!
//! The caller's promises are kept, for breaking them is the caller's fault: a pointer that is
//! not NULL has the octets that the length beside it says, in memory of exactly that size, and
//! a text ends with a zero. Everything else is the script's: which functions, in which order,
//! with which handles, lengths beside NULL, numbers and contents.

mod sys;
#[cfg(test)]
mod tests;

#[cfg(feature = "fuzz")]
pub use sys::fuzz_calls;

use crate::{
    application::OpenApplication,
    device::Connected,
    library::{Opened, forget, library},
};
use softdevice::{
    Application, Device, KeyKind, KeyUse, NewApplication, Options, Pin, Role, Unlocked,
};
use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

/// Calls of one script.
const MAX_CALLS: usize = 64;
/// The container that has both keys.
const CONTAINER: &str = "one";

/// What all scripts work on.
struct Stage {
    device: Device,
    application: Application,
    user: Arc<Unlocked>,
}

/// A device in memory, where there is a place for that, with a user who is logged in.
fn stage() -> Option<&'static Stage> {
    static STAGE: OnceLock<Option<Stage>> = OnceLock::new();
    STAGE.get_or_init(|| make().ok()).as_ref()
}

fn make() -> softdevice::Result<Stage> {
    let memory = Path::new("/dev/shm");
    let folder = match memory.is_dir() {
        true => memory.into(),
        false => std::env::temp_dir(),
    };
    let mut name = [0; 8];
    getrandom::fill(&mut name).map_err(|_| softdevice::Error::Random)?;
    let name = format!("softdevice-skf-{:016x}", u64::from_ne_bytes(name));
    let path = folder.join(name).join("device.db");
    let device = Device::create(&path, &Options::default().with_iterations(1_000))?;
    let pin = Pin::new("user pin")?;
    let wanted = NewApplication::new("fuzz", Pin::new("admin pin")?)
        .with_user_pin(pin.clone())
        .with_file_rights(0x10);
    let application = device.create_application(&wanted)?;
    let user = application.login(Role::User, &pin)?;
    let container = application.create_container(CONTAINER)?;
    for for_use in [KeyUse::Signing, KeyUse::Encryption] {
        user.generate_pair(&container, for_use, KeyKind::Sm2)?;
    }
    Ok(Stage {
        device,
        application,
        user: Arc::new(user),
    })
}

/// Handles of the device, and of the application with the user logged in and the container
/// open.
fn open() -> Option<[usize; 3]> {
    let stage = stage()?;
    let device = Connected::new(stage.device.clone(), true);
    let device = library().devices.insert(device)?;
    let connected = library().devices.get(device)?;
    let application = OpenApplication::with_user(
        connected,
        stage.application.clone(),
        Arc::clone(&stage.user),
    );
    let application = library().applications.insert(application)?;
    let opened = library().applications.get(application)?;
    let container = opened.open_container(CONTAINER).ok()?;
    Some([device, application, container])
}

/// Closes everything of this process.
fn close() {
    forget(|_| true);
    library().devices.retain(|_| false);
}

/// The public key of a container, for a script that wants a good one.
fn public_key(container: usize) -> Option<Vec<u8>> {
    let container = crate::container::OpenContainer::table(library()).get(container)?;
    container.export_public_key(KeyUse::Encryption).ok()
}

/// Takes the device's folder away.
#[cfg(test)]
fn remove_store() {
    let device = stage().map(|stage| &stage.device);
    let folder = device.and_then(|device| device.path().parent());
    folder.map(std::fs::remove_dir_all).transpose().unwrap();
}
