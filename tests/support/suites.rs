//! Suites of vectors, read from a folder that is not part of the repository.
//!
//! `GM_PKI_SUITES` names the folder; without it, `../shared` beside the
//! repository is taken. Where that is missing, suites say so and test nothing;
//! a folder that was named and can't be used is a failure.

use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    sync::Once,
};

/// The folder of suites.
#[derive(Clone, Debug)]
pub struct Suites(PathBuf);

impl Suites {
    /// Finds the folder; `None` when none was named and the usual one is missing.
    ///
    /// # Panics
    /// When `GM_PKI_SUITES` names something without a `vectors` folder.
    pub fn open() -> Option<Self> {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        match env::var_os("GM_PKI_SUITES") {
            Some(named) => {
                // A relative name is seen from the root of the workspace.
                let folder = root.join(&named);
                assert!(
                    folder.join("vectors").is_dir(),
                    "GM_PKI_SUITES names {}, which has no folder vectors",
                    folder.display()
                );
                Some(Self(folder))
            }
            None => {
                let folder = root.join("../shared");
                if folder.join("vectors").is_dir() {
                    return Some(Self(folder));
                }
                static SAID: Once = Once::new();
                SAID.call_once(|| {
                    println!("suites: no folder ../shared and no GM_PKI_SUITES: none is run");
                });
                None
            }
        }
    }

    /// A file's octets.
    ///
    /// # Panics
    /// When the file can't be read.
    pub fn read(&self, name: &str) -> Vec<u8> {
        let path = self.0.join(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// A file of JSON; `None` when it does not exist.
    ///
    /// # Panics
    /// When the file is not JSON.
    pub fn json(&self, name: &str) -> Option<Value> {
        let path = self.0.join(name);
        let text = fs::read(&path).ok()?;
        let value = serde_json::from_slice(&text);
        Some(value.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    /// The names of the files in a folder, in order.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.0.join(folder)) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    /// Every file of the folders `vectors` and `conformance` and below, in order, as
    /// [`Self::read`] takes them.
    pub fn files(&self) -> Vec<String> {
        let mut folders = vec!["vectors".to_owned(), "conformance".to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for name in self.names(&folder) {
                let name = format!("{folder}/{name}");
                if self.0.join(&name).is_dir() {
                    folders.push(name);
                } else {
                    files.push(name);
                }
            }
        }
        files.sort();
        files
    }

    /// The entries of `vectors/manifest.json` of one kind.
    ///
    /// # Panics
    /// When the manifest is missing or not an array.
    pub fn manifest(&self, kind: &str) -> Vec<Value> {
        let manifest = self.json("vectors/manifest.json").expect("a manifest");
        let entries = manifest.as_array().expect("the manifest is an array");
        let of_kind = entries.iter().filter(|entry| entry["kind"] == kind);
        of_kind.cloned().collect()
    }
}

/// What we did with one entry.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// Accepted, and every value as expected.
    Accepted,
    /// Refused, with our reason.
    Refused(String),
    /// Not supported: counted, not judged.
    Skipped,
    /// Accepted, and a value is not as expected.
    Wrong(String),
}

impl<T, E: std::error::Error> From<Result<T, E>> for Outcome {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(_) => Self::Accepted,
            Err(error) => {
                let mut text = error.to_string();
                let mut source = error.source();
                while let Some(error) = source {
                    text = format!("{text}: {error}");
                    source = error.source();
                }
                Self::Refused(text)
            }
        }
    }
}

/// What a suite expects of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// To be accepted.
    Valid,
    /// To be refused.
    Invalid,
    /// Either can be right; the list of divergences says what we do.
    Policy,
    /// To be accepted, unless the list of divergences says that we refuse and why.
    ValidOrListed,
}

/// A line of a list of divergences, `tests/divergences/SUITE.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Divergence {
    id: String,
    ours: Ours,
    reason: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Ours {
    Accepts,
    Refuses,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Divergences {
    #[serde(default)]
    divergence: Vec<Divergence>,
}

/// Counts a suite and says what went wrong.
#[derive(Debug)]
pub struct Tally {
    suite: String,
    divergences: BTreeMap<String, Ours>,
    passed: usize,
    skipped: usize,
    failures: Vec<String>,
}

impl Tally {
    /// A tally with the list of divergences of its suite, if there is one.
    ///
    /// # Panics
    /// When the list can't be read or gives no reason.
    pub fn new(suite: &str) -> Self {
        let path = format!("{}/divergences/{suite}.toml", env!("CARGO_MANIFEST_DIR"));
        let list = match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}")),
            Err(_) => Divergences::default(),
        };
        for line in &list.divergence {
            assert!(!line.reason.is_empty(), "{path}: {} has no reason", line.id);
        }
        let lines = list.divergence.into_iter();
        Self {
            suite: suite.to_owned(),
            divergences: lines.map(|line| (line.id, line.ours)).collect(),
            passed: 0,
            skipped: 0,
            failures: Vec::new(),
        }
    }

    /// Counts one entry.
    ///
    /// An entry on the list of divergences fails, unless its verdict is a matter
    /// of policy: then what we do must be what is written. It fails too when we
    /// no longer diverge.
    pub fn count(&mut self, id: &str, verdict: Verdict, outcome: Outcome) {
        let did = match &outcome {
            Outcome::Skipped => {
                self.skipped += 1;
                return;
            }
            Outcome::Wrong(what) => {
                self.failures.push(format!("{id}: {what}"));
                return;
            }
            Outcome::Accepted => Ours::Accepts,
            Outcome::Refused(_) => Ours::Refuses,
        };
        let listed = self.divergences.get(id).copied();
        let expected = match verdict {
            Verdict::Valid => Some(Ours::Accepts),
            Verdict::Invalid => Some(Ours::Refuses),
            Verdict::Policy => None,
            Verdict::ValidOrListed => listed.is_none().then_some(Ours::Accepts),
        };
        let failure = match (expected, listed) {
            (None, Some(written)) if written != did => Some(format!(
                "{did:?}, and the list of divergences says {written:?}"
            )),
            (None, _) => None,
            (Some(expected), Some(_)) if expected == did => {
                Some("is on the list of divergences and diverges no more".into())
            }
            (Some(_), Some(_)) => Some(format!("a known divergence: {outcome:?}")),
            (Some(expected), None) if expected != did => {
                Some(format!("expected {expected:?}, {outcome:?}"))
            }
            _ => None,
        };
        match failure {
            Some(failure) => self.failures.push(format!("{id}: {failure}")),
            None => self.passed += 1,
        }
    }

    /// Counts entries that nothing here supports yet.
    pub fn skip(&mut self, entries: usize) {
        self.skipped += entries;
    }

    /// Prints the count.
    ///
    /// # Panics
    /// When anything failed, or nothing was counted at all.
    pub fn finish(self) {
        for failure in &self.failures {
            println!("suite {}: FAILED {failure}", self.suite);
        }
        let (failed, skipped) = (self.failures.len(), self.skipped);
        println!(
            "suite {}: {} passed, {failed} failed, {skipped} skipped",
            self.suite, self.passed
        );
        assert!(
            self.failures.is_empty(),
            "suite {}: {failed} failed",
            self.suite
        );
        assert!(
            self.passed + skipped > 0,
            "suite {}: the folder has no entry of it",
            self.suite
        );
    }
}

/// The octets of a member in hexadecimal; empty when it is missing.
///
/// # Panics
/// When the text is no hexadecimal.
pub fn octets(entry: &Value, member: &str) -> Vec<u8> {
    let text = entry[member].as_str().unwrap_or_default();
    let digit = |c: u8| {
        let digit = char::from(c).to_digit(16).expect("hexadecimal digits");
        u8::try_from(digit).expect("a digit below 16")
    };
    assert!(
        text.len().is_multiple_of(2),
        "{member} has an odd number of digits"
    );
    let pairs = text.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// A member's text; empty when it is missing.
pub fn text<'a>(entry: &'a Value, member: &str) -> &'a str {
    entry[member].as_str().unwrap_or_default()
}
