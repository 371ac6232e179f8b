//! The program `openssl`, as another implementation to ask.

use crate::command::{folder, skip};
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

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
        Said::of(Command::new("openssl").args(arguments))
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
    /// Runs a program to its end.
    pub fn of(command: &mut Command) -> Self {
        match command.output() {
            Ok(output) => Self {
                exit: output.status.code(),
                text: String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat())
                    .into_owned(),
                out: output.stdout,
            },
            Err(error) => Self {
                exit: None,
                text: error.to_string(),
                out: Vec::new(),
            },
        }
    }

    /// Exit code 0; gives its standard output as one line of text.
    ///
    /// # Panics
    /// When it is not so.
    pub fn good(&self) -> &str {
        assert_eq!(self.exit, Some(0), "{}", self.text);
        str::from_utf8(&self.out).expect("text").trim_end()
    }

    /// It ran and refused, with `reason` in what it said.
    ///
    /// # Panics
    /// When it is not so.
    pub fn refused(&self, reason: &str) {
        let refused = self.exit.is_some_and(|code| code != 0);
        assert!(refused && self.text.contains(reason), "{}", self.text);
    }

    /// Exit code 0 and `wanted` in its output: some of its commands exit with 0
    /// in any case.
    pub fn agrees(&self, wanted: &str) -> bool {
        self.exit == Some(0) && self.text.contains(wanted)
    }
}

/// OpenSSL, and a folder to change copies in.
#[derive(Debug)]
pub struct Desk {
    openssl: OpenSsl,
    folder: TempDir,
}

impl Desk {
    /// As [`OpenSsl::find`].
    pub fn find() -> Option<Self> {
        Some(Self {
            openssl: OpenSsl::find()?,
            folder: folder(),
        })
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file in the folder.
    pub fn write(&self, name: &str, octets: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, octets).expect("a file");
        path
    }

    /// Runs it. `words` are separated by blanks; each `{}` is the next of `paths`, and
    /// `{ID}` the option with the usual user ID.
    pub fn ask(&self, words: &str, paths: &[&Path]) -> Said {
        let mut paths = paths.iter();
        let arguments: Vec<String> = words
            .split_whitespace()
            .map(|word| match word {
                "{}" => paths.next().expect("a path").display().to_string(),
                "{ID}" => OpenSsl::ID.to_owned(),
                word => word.to_owned(),
            })
            .collect();
        assert!(paths.next().is_none(), "{words}");
        self.openssl.ask(arguments)
    }

    /// Copies of `octets`, each with one octet changed: a few near the end, where
    /// the signature is, and a few where `within` stands.
    pub fn changed(&self, octets: &[u8], within: &[u8]) -> Vec<PathBuf> {
        let at = octets
            .windows(within.len())
            .position(|window| window == within)
            .expect("it stands there");
        [
            at,
            at + within.len() - 1,
            octets.len() - 1,
            octets.len() - 33,
        ]
        .iter()
        .map(|place| {
            let mut changed = octets.to_vec();
            changed[*place] ^= 1;
            self.write(&format!("changed-{place}"), changed)
        })
        .collect()
    }
}
