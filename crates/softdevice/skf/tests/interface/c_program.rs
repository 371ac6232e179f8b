//! A program in C, with a header of its own.

use crate::*;
use std::{path::Path, process::Command};

#[test]
fn a_program_in_c_finds_the_device_and_signs_with_it() {
    let store = Store::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interface/c");
    let program = store.folder.path().join("program");
    // What links Rust compiles C.
    let compiled = Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&program)
        .arg(source.join("program.c"))
        .arg("-ldl")
        .status();
    assert!(compiled.unwrap().success());
    let ran = Command::new(&program)
        .arg(path())
        .env("SOFTDEVICE_STORE", store.path())
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{said}");
    let serial = store_serial(&store);
    assert!(said.contains(&serial), "{said}");
}

fn store_serial(store: &Store) -> String {
    Device::open(&store.path()).unwrap().info().unwrap().serial
}
