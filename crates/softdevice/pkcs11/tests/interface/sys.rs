//! The library as a program finds it.

#![allow(
    unsafe_code,
    reason = "the environment is set before anything reads it"
)]

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use softdevice::{Device, Options};
use std::{
    env,
    path::{Path, PathBuf},
    sync::LazyLock,
};
use tempfile::TempDir;

/// The library that cargo built beside this test.
pub(crate) fn path() -> PathBuf {
    let name = format!(
        "{}softdevice_pkcs11{}",
        env::consts::DLL_PREFIX,
        env::consts::DLL_SUFFIX
    );
    env::current_exe().unwrap().parent().unwrap().join(name)
}

static STORE: LazyLock<(PathBuf, Option<TempDir>)> = LazyLock::new(|| {
    // A child of a test has its parent's.
    if let Some(inherited) = env::var_os("SOFTDEVICE_TEST_STORE") {
        return (inherited.into(), None);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("device.db");
    let options = Options::default().with_iterations(Options::MIN_ITERATIONS);
    Device::create(&path, &options).unwrap();
    (path, Some(folder))
});

/// The store of this process.
pub(crate) fn store() -> &'static Path {
    &STORE.0
}

static MODULE: LazyLock<Pkcs11> = LazyLock::new(|| initialize().unwrap());

/// Loads and initialises the module, once in a process.
pub(crate) fn initialize() -> Result<Pkcs11, cryptoki::error::Error> {
    // SAFETY: done once, before the library looks; the tests read no environment beside
    // their start.
    unsafe { env::set_var("SOFTDEVICE_STORE", store()) };
    let module = Pkcs11::new(path())?;
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    Ok(module)
}

/// Initialises a module that was initialised before a fork.
pub(crate) fn initialize_again(module: &Pkcs11) -> bool {
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    module.initialize(arguments).is_ok()
}

unsafe extern "C" {
    fn fork() -> i32;
    fn waitpid(process: i32, status: *mut i32, options: i32) -> i32;
    fn alarm(seconds: u32) -> u32;
    fn _exit(status: i32) -> !;
}

/// Runs `task` in a fork of this process and says what it said.
pub(crate) fn in_a_fork(task: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child runs `task` alone and leaves by _exit, so nothing of the test goes
    // on in it; the process runs one test, whose other threads hold the module's locks alone.
    let process = unsafe { fork() };
    assert!(process >= 0, "no fork");
    if process == 0 {
        // SAFETY: it takes any number. The signal ends a child that hangs.
        unsafe { alarm(60) };
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(task));
        // SAFETY: it takes any number and ends the process.
        unsafe { _exit(i32::from(!told.unwrap_or(false))) }
    }
    let mut status = 0;
    // SAFETY: `status` is good for writing.
    let waited = unsafe { waitpid(process, &raw mut status, 0) };
    waited == process && status == 0
}

/// The module, initialised.
pub(crate) fn module() -> &'static Pkcs11 {
    &MODULE
}
