//! Tests that need an environment of their own: the libraries read their settings from it.

use std::{
    env,
    path::PathBuf,
    process::{Command, Output},
};

/// What says that this process is such a test.
const VARIABLE: &str = "HSM_TEST_CHILD";

/// Runs `body` in a process whose environment has `settings` besides the path of a store that
/// is the test's own. `name` is the test's, from the crate on.
pub(crate) fn run(name: &str, settings: &[(&str, &str)], body: impl FnOnce()) {
    let scenario = format!("{name} {settings:?}");
    match env::var(VARIABLE) {
        Ok(wanted) if wanted == scenario => return body(),
        // Another scenario of the same test.
        Ok(_) => return,
        Err(_) => {}
    }
    let folder = tempfile::tempdir().unwrap();
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(VARIABLE, scenario)
        .env("SOFTDEVICE_STORE", folder.path().join("device.db"))
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&stdout);
    assert!(
        status.success() && stdout.contains("1 passed"),
        "{settings:?}\n{stdout}\n{}",
        String::from_utf8_lossy(&stderr)
    );
}

/// The store of this process.
pub(crate) fn store() -> PathBuf {
    env::var_os("SOFTDEVICE_STORE").unwrap().into()
}

/// A library that cargo built beside this test.
pub(crate) fn library(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let file = format!(
        "{}{name}{}",
        env::consts::DLL_PREFIX,
        env::consts::DLL_SUFFIX
    );
    test.parent().unwrap().join(file)
}
