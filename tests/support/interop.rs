//! Other people's libraries, as implementations to ask: `tests/interop/install` puts
//! them below the target folder.

use crate::{command::skip, openssl::Said};
use serde::Deserialize;
use std::{
    env,
    ffi::OsStr,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
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

/// BouncyCastle, asked by `tests/interop/Oracle.java` and, about many documents at once, by
/// `tests/interop/Judge.java`.
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

    /// Questions of `Judge.java`, each a list of words, to one process: an answer each, "good"
    /// with what was read or "refused: " with the reason.
    ///
    /// # Panics
    /// When an answer is missing.
    pub fn judge(&self, questions: &[Vec<String>]) -> Vec<String> {
        let mut command = Command::new("java");
        command.args(["-cp", self.class_path.trim_end(), "Judge"]);
        conversation(&mut command, questions)
    }

    fn known(&self, name: &str) -> bool {
        installed_or_skipped(name, &self.ask::<&str>("version", &[]))
    }
}

/// pkilint, asked by `tests/interop/lint.py`.
#[derive(Clone, Debug)]
pub struct PkiLint {
    version: String,
}

/// Something pkilint found.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// `FATAL`, `ERROR`, `WARNING`, `NOTICE`, `INFO` or `DEBUG`.
    pub severity: String,
    /// Its name of the rule, such as `pkix.name_empty`.
    pub code: String,
    /// What it says beside that; mostly nothing.
    pub message: String,
    /// Where in the document.
    pub path: String,
}

impl PkiLint {
    /// Finds it; says so when it is not there.
    ///
    /// # Panics
    /// When it is not there and `GM_PKI_REQUIRE_PARTS` is set.
    pub fn find() -> Option<Self> {
        let said = Said::of(Self::python().args(["-c", Self::VERSION]));
        let found = installed_or_skipped("pkilint", &said);
        found.then(|| Self {
            version: said.good().to_owned(),
        })
    }

    /// Name and version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What it finds in each document: `certificate`, `crl` or `ocsp`, and its file in DER.
    ///
    /// # Panics
    /// When it can't read one, which is no finding.
    pub fn lint(&self, documents: &[(&str, &Path)]) -> Vec<Vec<Finding>> {
        #[derive(Deserialize)]
        struct Answer {
            findings: Vec<Finding>,
        }
        let questions = documents
            .iter()
            .map(|(kind, file)| vec![(*kind).to_owned(), file.display().to_string()]);
        let answers = Self::converse(&questions.collect::<Vec<_>>());
        let findings = answers.iter().map(|answer| {
            let answer: Answer = serde_json::from_str(answer).expect("JSON of lint.py");
            answer.findings
        });
        findings.collect()
    }

    /// How long it takes to lint a certificate `count` times, without starting.
    ///
    /// # Panics
    /// When it can't read it.
    pub fn time(&self, count: usize, certificate: &Path) -> Duration {
        #[derive(Deserialize)]
        struct Answer {
            seconds: f64,
        }
        let certificate = certificate.display().to_string();
        let question = vec!["time".to_owned(), count.to_string(), certificate];
        let answers = Self::converse(&[question]);
        let answer: Answer = serde_json::from_str(&answers[0]).expect("JSON of lint.py");
        Duration::from_secs_f64(answer.seconds)
    }

    /// Its own program `name` over one file.
    pub fn program(&self, name: &str, arguments: &[&str], file: &Path) -> Said {
        let mut command = Command::new(installed().join("python/bin").join(name));
        Said::of(command.arg("lint").args(arguments).arg(file))
    }

    const VERSION: &str =
        "from importlib.metadata import version; print('pkilint', version('pkilint'))";

    fn python() -> Command {
        Command::new(installed().join("python/bin/python"))
    }

    fn converse(questions: &[Vec<String>]) -> Vec<String> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/lint.py");
        conversation(Self::python().arg(program), questions)
    }
}

/// Asks a program that gives a line of answer for each line of question, words separated
/// by tabs.
fn conversation(command: &mut Command, questions: &[Vec<String>]) -> Vec<String> {
    let lines: Vec<String> = questions.iter().map(|words| words.join("\t")).collect();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a program that was found");
    let mut input = child.stdin.take().expect("it was asked for");
    let written = thread::spawn(move || {
        let mut text = lines.join("\n");
        text.push('\n');
        // It may end early; what it said then is told below.
        let _ = input.write_all(text.as_bytes());
    });
    let output = child.wait_with_output().expect("it runs to its end");
    written.join().expect("writing does not panic");
    let answers: Vec<String> = String::from_utf8(output.stdout)
        .expect("text")
        .lines()
        .map(str::to_owned)
        .collect();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(answers.len(), questions.len(), "{complaint}");
    answers
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
