//! `gm-crypto` without `std`: a program without `std` and libc runs, and the crate
//! builds for targets that have neither.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// One with the processor of most servers, one with none of its instructions.
const TARGETS: [&str; 2] = ["x86_64-unknown-none", "thumbv7em-none-eabi"];

fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("no_std")
}

fn built() -> PathBuf {
    // target/PROFILE/deps/NAME-HASH
    let test = env::current_exe().expect("a running program has a path");
    let target = test.ancestors().nth(3);
    target
        .expect("tests are built into target/PROFILE/deps")
        .join("no_std")
}

/// `words` are separated by blanks.
fn cargo(words: &str) {
    let output = Command::new(env!("CARGO"))
        .args(words.split_whitespace())
        .arg("--target-dir")
        .arg(built())
        .current_dir(package())
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {words}\n{said}");
}

#[test]
fn a_program_without_std_signs_and_a_crate_without_std_builds() {
    // The versions of this workspace; cargo leaves out what the package does not need.
    let versions = package().join("../../Cargo.lock");
    fs::copy(versions, package().join("Cargo.lock")).expect("the package's folder");

    let machine = format!("{}-{}", env::consts::ARCH, env::consts::OS);
    if machine == "x86_64-linux" {
        cargo("build --release");
        let done = Command::new(built().join("release/gm-pki-no-std")).status();
        let done = done.expect("the program can be started");
        assert_eq!(done.code(), Some(0), "the program without std: {done}");
        println!("no_std: the program without std and libc ran");
    } else {
        println!("no_std: not run: the program is for x86-64 and Linux, not {machine}");
    }

    let rustc = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = String::from_utf8(rustc.expect("rustc runs").stdout).expect("a path in UTF-8");
    for target in TARGETS {
        let library = Path::new(sysroot.trim()).join("lib/rustlib").join(target);
        if library.join("lib").is_dir() {
            cargo(&format!("build --package gm-crypto --target {target}"));
            println!("no_std: gm-crypto builds for {target}");
        } else {
            println!("no_std: not built for {target}: rustup target add {target}");
        }
    }
}
