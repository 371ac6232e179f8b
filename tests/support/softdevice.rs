//! The software device's shared libraries, as programs of others load them.

use std::{env, path::PathBuf};

/// The library of an interface, `pkcs11`, `sdf` or `skf`: built as a dependency of this
/// package, it lies beside the test that runs.
///
/// # Panics
/// When it is not there.
pub fn library(interface: &str) -> PathBuf {
    let test = env::current_exe().expect("a test has a path");
    let library = test.with_file_name(format!("libsoftdevice_{interface}.so"));
    assert!(library.is_file(), "{} was not built", library.display());
    library
}
