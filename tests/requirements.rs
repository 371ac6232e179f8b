//! `docs/requirements.md`: every requirement on certificate business, with the tests that prove
//! it or the reason why none does. Made from the tests themselves; `GM_PKI_WRITE_GOLDEN=1`
//! writes it anew.
//!
//! A test says what it proves in a comment above it, `// proves: S1-07, S1-12`; a walk in a line of
//! its text with the same word, a story in its head. Reasons stand in `docs/requirements.toml`.

use lifecycle::rules::Requirement;
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

/// Where tests are looked for.
const PLACES: &[&str] = &[
    "crates/lifecycle/src",
    "crates/lifecycle/tests",
    "crates/gmpki/src",
    "crates/trust-list/src",
    "tests",
    "docs/walks",
];

/// The sources that are answered for, by the beginning of their requirements' names.
const SOURCES: &[(&str, &str)] = &[
    (
        "S0",
        "0: filing of agencies, China Securities Depository and Clearing",
    ),
    ("S1", "1: certificates of the state's e-government extranet"),
    ("S2", "2: seals applied for online, Shenzhen CA"),
    ("S3", "3: qualification of CAs for e-government"),
    (
        "S4",
        "4: mutual recognition of certificates, Guangdong and Hong Kong",
    ),
    ("S5", "5: what the law has changed since"),
    ("X", "Open points that had to be decided"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Who proves what: names of tests and headings of texts, by requirement.
type Proofs = BTreeMap<String, BTreeSet<String>>;

/// The requirements that a line says it proves; none where it says nothing of it.
fn named(line: &str) -> Option<Vec<String>> {
    let (_, list) = line.split_once("proves:")?;
    let is_name = |word: &&str| {
        word.split_once('-').is_some_and(|(_, number)| {
            SOURCES.iter().any(|(known, _)| word.starts_with(known))
                && number.len() == 2
                && number.bytes().all(|octet| octet.is_ascii_digit())
        })
    };
    let words = list.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    Some(words.filter(is_name).map(str::to_owned).collect())
}

/// What the tests of a Rust file prove: each list belongs to the next function.
fn of_rust(place: &str, text: &str, proofs: &mut Proofs) {
    let mut open = Vec::new();
    for line in text.lines().map(str::trim_start) {
        if line.starts_with("//") && !line.starts_with("//!") {
            open.extend(named(line).unwrap_or_default());
        } else if let Some(name) = function(line) {
            for requirement in open.drain(..) {
                let test = format!("`{place}`: {name}");
                proofs.entry(requirement).or_default().insert(test);
            }
        }
    }
    assert!(
        open.is_empty(),
        "{place}: a list of proofs without a test: {open:?}"
    );
}

fn function(line: &str) -> Option<String> {
    let (before, rest) = line.split_once("fn ")?;
    let plain = before
        .split_whitespace()
        .all(|word| matches!(word, "pub" | "async"));
    let name = rest.split(['(', '<']).next()?;
    plain.then(|| name.replace('_', " "))
}

/// What a text proves: each list belongs to the heading above it.
fn of_text(place: &str, text: &str, proofs: &mut Proofs) {
    let mut heading = String::new();
    // What a command printed has no headings.
    let mut printed = false;
    for line in text.lines() {
        printed ^= line.starts_with("```");
        if let Some(title) = line.strip_prefix('#').filter(|_| !printed) {
            heading = format!(": {}", title.trim_start_matches('#').trim());
        }
        for requirement in named(line).unwrap_or_default() {
            let part = format!("`{place}`{heading}");
            proofs.entry(requirement).or_default().insert(part);
        }
    }
}

/// What a story proves: it says so in its head.
fn of_story(place: &str, text: &str, proofs: &mut Proofs) {
    let name = place.trim_start_matches("tests/cases/");
    let name = name.trim_end_matches(".story");
    let head = text.lines().find_map(|line| line.strip_prefix("Proves:"));
    let list = format!("proves:{}", head.unwrap_or_default());
    for requirement in named(&list).unwrap_or_default() {
        let story = format!("{STORY}{name}");
        proofs.entry(requirement).or_default().insert(story);
    }
}

/// Begins the name of a story among proofs.
const STORY: &str = "story ";

/// Tests one a line, then the stories, of which there are many, in one.
fn cell_of(tests: &BTreeSet<String>) -> String {
    let (stories, tests): (Vec<_>, Vec<_>) = tests
        .iter()
        .map(String::as_str)
        .partition(|test| test.starts_with(STORY));
    let mut lines: Vec<String> = tests.into_iter().map(str::to_owned).collect();
    if !stories.is_empty() {
        let names: Vec<_> = stories.iter().map(|story| &story[STORY.len()..]).collect();
        lines.push(format!("`tests/cases`: {}", names.join(", ")));
    }
    lines.join("<br>")
}

fn proofs() -> Proofs {
    let mut proofs = Proofs::new();
    let mut folders: Vec<PathBuf> = PLACES.iter().map(|place| root().join(place)).collect();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a folder of the tree can be listed").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let place = path.strip_prefix(root()).expect("it lies in the tree");
            let place = place.to_string_lossy().replace('\\', "/");
            let extension = path.extension().and_then(|extension| extension.to_str());
            // This very file speaks of proofs and is none.
            if place == "tests/requirements.rs" {
                continue;
            }
            let read = || fs::read_to_string(&path).expect("a text of the tree");
            match extension {
                Some("rs") => of_rust(&place, &read(), &mut proofs),
                Some("md" | "txt") => of_text(&place, &read(), &mut proofs),
                Some("story") => of_story(&place, &read(), &mut proofs),
                _ => {}
            }
        }
    }
    proofs
}

/// What the tests themselves don't say.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    /// Tests by requirement: `FILE: FUNCTION`.
    tests: BTreeMap<String, Vec<String>>,
    /// What the proofs of a requirement leave open.
    open: BTreeMap<String, String>,
    /// Why a requirement has no test.
    reasons: BTreeMap<String, String>,
}

fn said() -> Said {
    let path = root().join("docs/requirements.toml");
    let text = fs::read_to_string(path).expect("docs/requirements.toml");
    toml::from_str(&text).expect("tests and reasons")
}

/// Adds the tests that are named in `docs/requirements.toml`, all of which must be there.
fn with_named(mut proofs: Proofs, tests: &BTreeMap<String, Vec<String>>) -> Proofs {
    for (requirement, tests) in tests {
        for test in tests {
            let (place, function) = test.split_once(": ").expect("FILE: FUNCTION");
            let text = fs::read_to_string(root().join(place));
            let text = text.unwrap_or_else(|error| unreachable!("{place}: {error}"));
            let there = text.contains(&format!("fn {function}("));
            assert!(there, "{requirement}: {place} has no {function}");
            let test = format!("`{place}`: {}", function.replace('_', " "));
            proofs.entry(requirement.clone()).or_default().insert(test);
        }
    }
    proofs
}

fn table() -> String {
    let Said {
        tests,
        open,
        reasons,
    } = said();
    let proofs = with_named(proofs(), &tests);
    let mut text = String::from(
        "# Requirements and their proofs\n\n\
         Made by `tests/requirements.rs` from the tests themselves; reasons come from\n\
         [requirements.toml](requirements.toml). The five sources are documents of Chinese\n\
         authorities and CAs; the [walks](walks) go through them sentence by sentence, or section by\n\
         section. \"Open\" is what a requirement wants beyond what its tests prove.\n",
    );
    for (source, title) in SOURCES {
        text.push_str(&format!(
            "\n## {title}\n\n| | requirement | proved by |\n|---|---|---|\n"
        ));
        for requirement in Requirement::all() {
            let name = requirement.as_str();
            if !name.starts_with(source) {
                continue;
            }
            let mut cell = match (proofs.get(name), reasons.get(name)) {
                (Some(tests), None) => cell_of(tests),
                (None, Some(reason)) => format!("no test: {reason}"),
                (Some(_), Some(_)) => {
                    unreachable!("{name} has a proof: take its reason out of requirements.toml")
                }
                (None, None) => unreachable!(
                    "{name} ({}) has neither a proof nor a reason",
                    requirement.title()
                ),
            };
            if let Some(open) = open.get(name) {
                cell.push_str(&format!("<br>open: {open}"));
            }
            text.push_str(&format!("| {name} | {} | {cell} |\n", requirement.title()));
        }
    }
    text
}

#[test]
fn every_requirement_has_a_proof_or_a_reason_and_the_table_is_current() {
    let table = table();
    let path = root().join("docs/requirements.md");
    if env::var_os("GM_PKI_WRITE_GOLDEN").is_some() {
        fs::write(&path, &table).expect("the document can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == table,
        "docs/requirements.md is old: GM_PKI_WRITE_GOLDEN=1 writes it"
    );
}

#[test]
fn every_name_in_a_proof_or_a_reason_is_that_of_a_requirement() {
    let known: BTreeSet<_> = Requirement::all()
        .map(|requirement| requirement.as_str().to_owned())
        .collect();
    let Said {
        tests,
        open,
        reasons,
    } = said();
    let proofs = proofs();
    let named = proofs.keys().chain(tests.keys());
    for name in named.chain(open.keys()).chain(reasons.keys()) {
        assert!(known.contains(name), "{name} is no requirement");
    }
    for name in open.keys() {
        assert!(
            !reasons.contains_key(name),
            "{name} has no proof: all of it is open"
        );
    }
}
