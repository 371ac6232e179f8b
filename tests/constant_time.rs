//! No branch and no address depends on a secret, and no secret is left on the heap: each
//! case of `constant_time/` runs under valgrind on each path that valgrind can run, and
//! gives no report.
//! `docs/constant-time.md` has the method and the list of what is declassified.

#![allow(clippy::panic, reason = "a panic is how a test fails")]

use gm_pki_tests::command::skip;
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The names of features that `crates/gm-crypto/src/low/cpu.rs` knows.
const FEATURES: [&str; 7] = [
    "mulx_adx", "avx2", "avx_bmi2", "aes_ni", "vaes", "pclmul", "vpclmul",
];

/// A choice of bodies: of the features, those that count as present.
struct Bodies {
    features: &'static [&'static str],
    /// What `gm_crypto::Paths` says then: another path that ran proves nothing.
    paths: &'static str,
    /// What the processor must have, as valgrind translates it to the same.
    present: fn() -> bool,
}

/// valgrind 3.19 can't run AES and carry-less multiplication on 256 bits. It can
/// run ADX, but hides it from `CPUID`; so whatever counts as present is forced.
mod bodies {
    use super::Bodies;

    #[cfg(target_arch = "x86_64")]
    use std::is_x86_feature_detected as has;
    #[cfg(not(target_arch = "x86_64"))]
    macro_rules! has {
        ($feature:literal) => {
            false
        };
    }

    pub(super) const PORTABLE: Bodies = Bodies {
        features: &[],
        paths: "sm2=portable sm3=portable sm3-lanes=portable sm4=portable ghash=portable",
        present: || true,
    };
    pub(super) const SCALAR: Bodies = Bodies {
        features: &["mulx_adx", "avx2"],
        paths: "sm2=mulx-adx-avx2 sm3=portable sm3-lanes=avx2 sm4=portable ghash=portable",
        present: || has!("bmi2") && has!("adx") && has!("avx2"),
    };
    pub(super) const OCTETS_16: Bodies = Bodies {
        features: &["aes_ni", "pclmul"],
        paths: "sm2=portable sm3=portable sm3-lanes=portable sm4=aes-ni ghash=pclmul",
        present: || has!("aes") && has!("pclmulqdq") && has!("sse4.1"),
    };
    pub(super) const OCTETS_32: Bodies = Bodies {
        features: &["avx2", "avx_bmi2"],
        paths: "sm2=portable sm3=avx2-bmi2 sm3-lanes=avx2 sm4=portable ghash=portable",
        present: || has!("avx2") && has!("bmi2"),
    };
    pub(super) const ALL: Bodies = Bodies {
        features: &["mulx_adx", "avx2", "avx_bmi2", "aes_ni", "pclmul"],
        paths: "sm2=mulx-adx-avx2 sm3=avx2-bmi2 sm3-lanes=avx2 sm4=aes-ni ghash=pclmul",
        present: || (SCALAR.present)() && (OCTETS_16.present)() && (OCTETS_32.present)(),
    };
}

/// Needs the profile `checked` and valgrind: `tests/all` runs it apart from the rest.
mod under_valgrind {
    use super::{bodies, no_report_on};

    #[test]
    fn portable_bodies_keep_their_secrets() {
        no_report_on("portable", &bodies::PORTABLE);
    }

    #[test]
    fn mulx_and_adx_with_avx2_tables_keep_their_secrets() {
        no_report_on("mulx and adx, with AVX2 for the tables", &bodies::SCALAR);
    }

    #[test]
    fn aes_and_clmul_on_16_octets_keep_their_secrets() {
        no_report_on("AES and CLMUL on 16 octets alone", &bodies::OCTETS_16);
    }

    #[test]
    fn avx2_keeps_its_secrets() {
        no_report_on("AVX2 and BMI2 alone", &bodies::OCTETS_32);
    }

    #[test]
    fn all_that_valgrind_can_run_together_keeps_its_secrets() {
        no_report_on("all that valgrind can run", &bodies::ALL);
    }
}

fn no_report_on(name: &str, bodies: &Bodies) {
    if !ready() {
        return;
    }
    if !(bodies.present)() {
        println!("not run: {name}: this processor lacks it");
        return;
    }
    let run = Run::of(bodies);
    println!("{name}: {}", run.table());
    let failures = run.failures(bodies.paths);
    assert!(
        failures.is_empty(),
        "{name}: {failures}\none case again, and where its secrets came from:\n  {}",
        again(bodies),
    );
}

/// The command for a shell; the last argument is a part of the names of cases.
fn again(bodies: &Bodies) -> String {
    let [force, disable] = variables(bodies).map(|(name, value)| format!("{name}={value}"));
    let [valgrind, options @ ..] = VALGRIND;
    let (options, driver) = (options.join(" "), driver().display());
    format!("{force} {disable} {valgrind} {options} --track-origins=yes {driver} 'sm2: '")
}

/// Whether this machine and this build can do it; says why not.
fn ready() -> bool {
    if !cfg!(target_arch = "x86_64") {
        skip("the requests to valgrind are written for x86-64");
        return false;
    }
    // Debug assertions alone would not do: the profiles `dev` and `test` have overflow
    // checks too, which are branches. That `checked` has them is what `Paths` shows: without
    // them no feature could be denied.
    let profile = driver().parent().and_then(Path::file_name);
    if profile.is_none_or(|profile| profile != "checked") {
        skip("constant time is checked in another build: cargo test --profile checked");
        return false;
    }
    if Command::new(VALGRIND[0]).arg("--version").output().is_err() {
        skip("no valgrind");
        return false;
    }
    true
}

fn driver() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_constant-time-driver"))
}

const VALGRIND: [&str; 6] = [
    "valgrind",
    "--quiet",
    "--error-limit=no",
    "--num-callers=25",
    // Sources are named from here on.
    "--fullpath-after=/crates/",
    "--fullpath-after=/registry/src/",
];

fn variables(bodies: &Bodies) -> [(&'static str, String); 2] {
    let denied: Vec<&str> = FEATURES
        .into_iter()
        .filter(|feature| !bodies.features.contains(feature))
        .collect();
    [
        ("GM_CRYPTO_FORCE", bodies.features.join(",")),
        ("GM_CRYPTO_DISABLE", denied.join(",")),
    ]
}

/// What the driver and memcheck said.
struct Run {
    paths: String,
    cases: Vec<Done>,
    /// Reports outside of cases, panics, signals.
    beside: String,
}

struct Done {
    name: String,
    /// How it ended, if it did.
    end: Option<(String, u64)>,
    text: String,
}

impl Run {
    fn of(bodies: &Bodies) -> Self {
        let output = Command::new(VALGRIND[0])
            .args(&VALGRIND[1..])
            .arg(driver())
            .envs(variables(bodies))
            .env_remove("VALGRIND_OPTS")
            .env("RUST_BACKTRACE", "0")
            .output()
            .expect("valgrind runs");
        let said = String::from_utf8_lossy(&output.stderr);
        let mut run = Self::read(&said);
        if !output.status.success() {
            let _ = writeln!(run.beside, "the driver ended with {}", output.status);
        }
        run
    }

    fn read(said: &str) -> Self {
        let mut run = Self {
            paths: String::new(),
            cases: Vec::new(),
            beside: String::new(),
        };
        let (mut open, mut all) = (false, None);
        for line in said.lines() {
            let words = line
                .strip_prefix("@ ")
                .and_then(|said| said.split_once(' '));
            match (words, run.cases.last_mut()) {
                (Some(("paths", paths)), _) => run.paths = paths.to_owned(),
                (Some(("all", count)), _) => all = count.parse().ok(),
                (Some(("case", name)), _) => {
                    open = true;
                    run.cases.push(Done {
                        name: name.to_owned(),
                        end: None,
                        text: String::new(),
                    });
                }
                (Some((how, count)), Some(case)) => {
                    open = false;
                    case.end = count.parse().ok().map(|count| (how.to_owned(), count));
                }
                (None, Some(case)) if open => {
                    let _ = writeln!(case.text, "{line}");
                }
                _ => {
                    let _ = writeln!(run.beside, "{line}");
                }
            }
        }
        let sum: u64 = run.cases.iter().map(Done::reports).sum();
        if all != Some(sum) {
            let _ = writeln!(run.beside, "{sum} reports in cases, {all:?} in all");
        }
        run
    }

    fn table(&self) -> String {
        let mut table = format!("{}\n", self.paths);
        for case in &self.cases {
            let _ = match &case.end {
                Some((how, reports)) => {
                    writeln!(table, "  {reports:>6} reports  {}, {how}", case.name)
                }
                None => writeln!(table, "       - reports  {}, broken off", case.name),
            };
        }
        table
    }

    fn failures(&self, paths: &str) -> String {
        let mut failures = self.beside.clone();
        if self.paths != paths {
            let _ = writeln!(failures, "ran {}\nnot {paths}", self.paths);
        }
        for case in &self.cases {
            let wanted = match &*case.name {
                name if LEAKS.contains(&name) => case.ended() && case.reports() > 0,
                _ => case.ended() && case.reports() == 0,
            };
            if !wanted {
                let _ = writeln!(
                    failures,
                    "{}: {} reports, ended {:?}\n{}",
                    case.name,
                    case.reports(),
                    case.end,
                    case.first_reports(),
                );
            }
        }
        for planted in LEAKS.into_iter().chain(NO_LEAKS) {
            if !self.cases.iter().any(|case| case.name == planted) {
                let _ = writeln!(failures, "{planted} was not run");
            }
        }
        failures
    }
}

/// Without these the check would prove nothing: leaks, and what is none.
const LEAKS: [&str; 3] = [
    "planted: a branch on a secret",
    "planted: an index by a secret",
    "planted: a secret left on the heap",
];
const NO_LEAKS: [&str; 3] = [
    "planted: a branch on a published secret",
    "planted: a choice by mask",
    "planted: secrets wiped on the heap",
];

impl Done {
    fn ended(&self) -> bool {
        self.end.as_ref().is_some_and(|(how, _)| how == "ended")
    }

    fn reports(&self) -> u64 {
        self.end.as_ref().map_or(0, |(_, reports)| *reports)
    }

    /// Some of them, each down to the case that made it.
    fn first_reports(&self) -> String {
        let reports: Vec<&str> = self.text.split("== \n").collect();
        let mut text = String::new();
        for report in reports.iter().take(5) {
            for line in report.lines() {
                let _ = writeln!(text, "    {line}");
                if line.contains("constant_time_driver::") {
                    break;
                }
            }
        }
        if reports.len() > 5 {
            let _ = writeln!(text, "    … and {} more places", reports.len() - 5);
        }
        text
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn every_feature_of_the_crate_is_forced_or_denied() {
    let text = fs::read_to_string(root().join("crates/gm-crypto/src/low/cpu.rs"));
    let text = text.expect("the crate has its features there");
    let known: BTreeSet<&str> = text
        .lines()
        .filter(|line| line.trim_start().starts_with("Have"))
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    assert_eq!(known, BTreeSet::from(FEATURES));
}

/// File and reason, and how often.
type Reasons = BTreeMap<(String, String), usize>;

/// The reasons that the sources of `gm-crypto` give to `declassify`.
fn declassified_in_sources() -> Reasons {
    let sources = root().join("crates/gm-crypto/src");
    let mut folders = vec![sources.clone()];
    let mut found = Reasons::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("a folder of sources can be listed").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&sources).expect("it lies there");
            let name = name.display().to_string();
            let text = fs::read_to_string(&path).expect("a source can be read");
            for reason in reasons(&name, &text) {
                *found.entry((name.clone(), reason)).or_default() += 1;
            }
        }
    }
    found
}

/// The last argument of each call of `declassify`, which must be a literal.
fn reasons(name: &str, text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut reasons = Vec::new();
    let mut rest = &*code;
    while let Some(place) = rest.find("declassify") {
        let defined = rest[..place].ends_with("fn ");
        rest = &rest[place + "declassify".len()..];
        let imported = rest.starts_with([';', ',', '}']);
        if defined || imported {
            continue;
        }
        let call = rest.strip_prefix('(').unwrap_or_else(|| {
            panic!("{name}: `declassify` stands without its arguments: it can't be listed")
        });
        let (mut depth, mut quoted) = (1, false);
        let end = call
            .char_indices()
            .find(|(_, letter)| {
                match letter {
                    '"' => quoted = !quoted,
                    '(' if !quoted => depth += 1,
                    ')' if !quoted => depth -= 1,
                    _ => {}
                }
                depth == 0
            })
            .map_or(call.len(), |(end, _)| end);
        let arguments = call[..end].trim_end().trim_end_matches(',');
        let reason = arguments
            .strip_suffix('"')
            .and_then(|arguments| arguments.rsplit_once('"'))
            .unwrap_or_else(|| panic!("{name}: declassify({arguments}) ends without a literal"));
        reasons.push(reason.1.to_owned());
    }
    reasons
}

/// The rows `| file | times | reason | … |` under the heading "Declassified".
fn declassified_in_document() -> Reasons {
    let text = fs::read_to_string(root().join("docs/constant-time.md")).expect("the document");
    let section = text
        .split("\n## ")
        .find(|section| section.starts_with("Declassified"))
        .expect("a heading \"Declassified\"");
    let mut found = Reasons::new();
    for line in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [file, times, reason, why] = cells[..] else {
            panic!("four cells: {line}");
        };
        assert!(why.len() > 20, "no argument: {line}");
        let times = times.parse().expect("a number of times");
        let row = (file.trim_matches('`').to_owned(), reason.to_owned());
        assert!(found.insert(row, times).is_none(), "twice: {line}");
    }
    found
}

#[test]
fn what_is_declassified_is_what_the_document_lists() {
    let (written, listed) = (declassified_in_sources(), declassified_in_document());
    let missing = |from: &Reasons, to: &Reasons| -> String {
        from.iter()
            .filter(|(row, times)| to.get(row) != Some(times))
            .fold(String::new(), |text, ((file, reason), times)| {
                format!("{text}\n  {file}, {times} times: {reason}")
            })
    };
    let (unlisted, unwritten) = (missing(&written, &listed), missing(&listed, &written));
    assert!(
        unlisted.is_empty() && unwritten.is_empty(),
        "declassified, and not so in docs/constant-time.md:{unlisted}\n\
         in docs/constant-time.md, and not so in the sources:{unwritten}"
    );
}

#[test]
fn calls_of_declassify_are_found_as_rustfmt_writes_them() {
    let text = r#"
        use crate::low::ct::{declassify, other};
        /// As declassify does.
        pub(crate) fn declassify<T>(value: T, reason: &str) {}
        let a = declassify(one(2, [3]), "the first");
        if declassify(
            some.long(),
            "the (second",
        ) { }
    "#;
    assert_eq!(reasons("here", text), ["the first", "the (second"]);
}
