//! Other people's libraries, as implementations to ask: `tests/interop/install` puts
//! them below the target folder.

use crate::{command::skip, openssl::Said};
use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// `target/interop`, where `tests/interop/install` puts everything.
fn installed() -> PathBuf {
    // target/PROFILE/deps/NAME-HASH
    let test = env::current_exe().expect("a running program has a path");
    let target = test.ancestors().nth(3);
    target
        .expect("tests are built into target/PROFILE/deps")
        .join("interop")
}

/// BouncyCastle, asked by `tests/interop/Oracle.java`.
#[derive(Clone, Debug)]
pub struct BouncyCastle {
    class_path: String,
}

impl BouncyCastle {
    /// Finds it; says so when it is not there.
    ///
    /// # Panics
    /// When it is not there and `GM_PKI_REQUIRE_PARTS` is set.
    pub fn find() -> Option<Self> {
        let class_path = fs::read_to_string(installed().join("class-path")).unwrap_or_default();
        let found = Self { class_path };
        found.known("BouncyCastle").then_some(found)
    }

    /// A question of `Oracle.java`.
    pub fn ask<S: AsRef<OsStr>>(&self, question: &str, arguments: &[S]) -> Said {
        let mut command = Command::new("java");
        command.args(["-cp", self.class_path.trim_end(), "Oracle", question]);
        Said::of(command.args(arguments))
    }

    fn known(&self, name: &str) -> bool {
        installed_or_skipped(name, &self.ask::<&str>("version", &[]))
    }
}

/// A library of PyPI, asked by `tests/interop/oracle.py`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Python {
    /// `tongsuopy`: Tongsuo.
    Tongsuo,
    /// `gmssl_pyx`: GmSSL 3.
    GmSsl,
}

impl Python {
    /// Whether it is there; says so when it is not.
    ///
    /// # Panics
    /// When it is not there and `GM_PKI_REQUIRE_PARTS` is set.
    pub fn find(self) -> Option<Self> {
        let found = installed_or_skipped(self.name(), &self.ask::<&str>("version", &[]));
        found.then_some(self)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Tongsuo => "tongsuo",
            Self::GmSsl => "gmssl",
        }
    }

    /// A question of `oracle.py`.
    pub fn ask<S: AsRef<OsStr>>(self, question: &str, arguments: &[S]) -> Said {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/oracle.py");
        let mut command = Command::new(installed().join("python/bin/python"));
        command.arg(program).args([self.name(), question]);
        Said::of(command.args(arguments))
    }
}

fn installed_or_skipped(name: &str, said: &Said) -> bool {
    if said.exit == Some(0) {
        println!("asked: {}", said.text.trim_end());
        return true;
    }
    skip(&format!(
        "no {name} in {}: tests/interop/install brings it",
        installed().display()
    ));
    false
}
