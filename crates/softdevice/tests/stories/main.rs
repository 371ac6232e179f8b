//! The device as its users meet it.

#![expect(
    clippy::unwrap_used,
    reason = "what helps a test fails it when something is missing"
)]

mod containers;
mod pins;
mod processes;
mod records;
#[cfg(unix)]
mod sys;

use softdevice::{Application, Device, NewApplication, Options, Pin, Role, Unlocked};
use tempfile::TempDir;

const ADMINISTRATOR: &str = "12345678";
const USER: &str = "123456";

fn pin(text: &str) -> Pin {
    Pin::new(text).unwrap()
}

/// Few iterations: these tests try PINs, not patience.
fn options() -> Options {
    Options::default().with_iterations(Options::MIN_ITERATIONS)
}

fn device() -> (TempDir, Device) {
    let folder = tempfile::tempdir().unwrap();
    let device = Device::create(&folder.path().join("device.db"), &options()).unwrap();
    (folder, device)
}

fn application() -> (TempDir, Application) {
    let (folder, device) = device();
    let wanted = NewApplication::new("test", pin(ADMINISTRATOR))
        .with_user_pin(pin(USER))
        .with_tries(3, 3);
    let application = device.create_application(&wanted).unwrap();
    (folder, application)
}

fn user(application: &Application) -> Unlocked {
    application.login(Role::User, &pin(USER)).unwrap()
}
