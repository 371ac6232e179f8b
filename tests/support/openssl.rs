//! The program `openssl`, as another implementation to ask.

use crate::command::skip;
use std::{ffi::OsStr, process::Command};

/// OpenSSL 3 with SM2.
#[derive(Clone, Copy, Debug)]
pub struct OpenSsl(());

impl OpenSsl {
    /// The user ID, as it has to be told.
    pub const ID: &'static str = "distid:1234567812345678";

    /// Finds it; says so when it is not there, or can't do SM2.
    ///
    /// # Panics
    /// When it is not there and `GM_PKI_REQUIRE_PARTS` is set.
    pub fn find() -> Option<Self> {
        let openssl = Self(());
        if openssl.ask(["ecparam", "-name", "SM2", "-noout"]).exit == Some(0) {
            Some(openssl)
        } else {
            skip("no openssl with SM2");
            None
        }
    }

    /// Runs it.
    pub fn ask<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(self, arguments: I) -> Said {
        let mut command = Command::new("openssl");
        command.args(arguments);
        match command.output() {
            Ok(output) => Said {
                exit: output.status.code(),
                text: String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat())
                    .into_owned(),
                out: output.stdout,
            },
            Err(error) => Said {
                exit: None,
                text: error.to_string(),
                out: Vec::new(),
            },
        }
    }
}

/// What it said.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Said {
    /// Its exit code.
    pub exit: Option<i32>,
    /// Both outputs as text.
    pub text: String,
    /// Its standard output.
    pub out: Vec<u8>,
}

impl Said {
    /// Exit code 0 and `wanted` in its output: some of its commands exit with 0
    /// in any case.
    pub fn agrees(&self, wanted: &str) -> bool {
        self.exit == Some(0) && self.text.contains(wanted)
    }
}
