//! The arrows between crates are the ones that docs/architecture.md draws.

use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path, process::Command};

type Arrow = (String, String);

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Normal dependencies between members of the workspace, as cargo sees them.
fn arrows_in_manifests() -> BTreeSet<Arrow> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let libraries: BTreeSet<&str> = packages
        .iter()
        .filter(|package| {
            let path = package["manifest_path"].as_str().unwrap_or_default();
            path.contains("/crates/")
        })
        .filter_map(|package| package["name"].as_str())
        .collect();
    let mut arrows = BTreeSet::new();
    for package in packages {
        let from = package["name"].as_str().expect("a package has a name");
        for dependency in package["dependencies"].as_array().expect("a list") {
            let to = dependency["name"]
                .as_str()
                .expect("a dependency has a name");
            let normal = dependency["kind"].is_null();
            if normal && libraries.contains(from) && libraries.contains(to) {
                arrows.insert((from.to_owned(), to.to_owned()));
            }
        }
    }
    arrows
}

/// The lines `- from → to, to` under the heading "Arrows".
fn arrows_in_document() -> BTreeSet<Arrow> {
    let text = fs::read_to_string(root().join("docs/architecture.md")).expect("the document");
    let section = text
        .split("\n## ")
        .find(|section| section.starts_with("Arrows"))
        .expect("a heading \"Arrows\"");
    let mut arrows = BTreeSet::new();
    for line in section.lines() {
        let Some((from, targets)) = line
            .strip_prefix("- ")
            .and_then(|line| line.split_once(" → "))
        else {
            continue;
        };
        for to in targets.split(", ") {
            let name = |text: &str| text.trim_matches('`').to_owned();
            arrows.insert((name(from), name(to)));
        }
    }
    arrows
}

#[test]
fn the_arrows_are_those_of_the_document() {
    let (built, drawn) = (arrows_in_manifests(), arrows_in_document());
    assert!(
        built.len() >= 10,
        "only {} arrows found: the search is broken",
        built.len()
    );
    assert_eq!(
        built.difference(&drawn).collect::<Vec<_>>(),
        Vec::<&Arrow>::new(),
        "arrows that docs/architecture.md does not have"
    );
    assert_eq!(
        drawn.difference(&built).collect::<Vec<_>>(),
        Vec::<&Arrow>::new(),
        "arrows that nobody built"
    );
}

/// Where tests let the engine die, and plant bugs, is in no program that somebody runs: nothing
/// brings that in but whoever names it. (Without it, what would refer to it does not compile.)
#[test]
fn nobody_but_tests_asks_for_fail_points() {
    let output = Command::new("git")
        .args([
            "grep",
            "--untracked",
            "--fixed-strings",
            "-e",
            "fail-points",
        ])
        .args(["--", "*Cargo.toml"])
        .current_dir(root())
        .output()
        .expect("git runs");
    let lines = String::from_utf8(output.stdout).expect("manifests are UTF-8");
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(
        lines,
        [
            "crates/lifecycle/Cargo.toml:fail-points = []",
            "crates/lifecycle/Cargo.toml:required-features = [\"fail-points\"]",
        ]
    );
}

#[test]
fn the_arrows_have_no_cycle_and_end_at_gm_crypto() {
    let mut arrows = arrows_in_manifests();
    let mut layers = 0;
    while !arrows.is_empty() {
        let sources: BTreeSet<&String> = arrows.iter().map(|(from, _)| from).collect();
        let leaves: BTreeSet<String> = arrows
            .iter()
            .map(|(_, to)| to.clone())
            .filter(|to| !sources.contains(to))
            .collect();
        assert!(!leaves.is_empty(), "a cycle among {arrows:?}");
        if layers == 0 {
            assert_eq!(leaves, BTreeSet::from(["gm-crypto".to_owned()]));
        }
        arrows.retain(|(_, to)| !leaves.contains(to));
        layers += 1;
    }
    // gmpki, lifecycle, trust-list, cert-profile: a recognition case hands its entry to the list.
    assert!(layers <= 4, "{layers} layers: shallower was promised");
}

#[test]
fn no_room_is_named_after_nothing_and_no_file_is_too_long() {
    let output = Command::new("git")
        .args(["ls-files", "*.rs"])
        .current_dir(root())
        .output()
        .expect("git runs");
    let files = String::from_utf8(output.stdout).expect("file names are UTF-8");
    assert!(files.lines().count() > 20, "git lists the files");
    for file in files.lines() {
        let stem = Path::new(file).file_stem().unwrap_or_default();
        let nameless = [
            "util", "utils", "common", "helper", "helpers", "misc", "types",
        ];
        assert!(
            !nameless.iter().any(|name| stem == *name),
            "{file} is named after nothing"
        );
        let Ok(text) = fs::read_to_string(root().join(file)) else {
            continue;
        };
        assert!(
            text.lines().count() <= 900,
            "{file} has more than 900 lines"
        );
        let in_place = file.starts_with("crates/gm-crypto/src/low/")
            || file.ends_with("/sys.rs")
            || file.starts_with("tests/support/");
        let word = concat!("uns", "afe");
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let found = code.filter(|line| {
            [" {", " fn", " impl", " extern"]
                .iter()
                .any(|then| line.contains(&format!("{word}{then}")))
        });
        assert!(
            in_place || found.count() == 0,
            "{file} has {word} code outside its places"
        );
    }
}

/// gm-crypto's three layers (house rule: arrows only downward).
#[test]
fn no_layer_of_gm_crypto_calls_the_one_above() {
    let source = root().join("crates/gm-crypto/src");
    let public = [
        "delivery",
        "diagnose",
        "explain",
        "message",
        "pki",
        "randomness",
        "self_test",
        "sm2",
        "sm3",
        "sm4",
    ];
    let above_low = [&public[..], &["mid"]].concat();
    for (layer, above) in [("mid", &public[..]), ("low", &above_low[..])] {
        let mut files = rust_files(&source.join(layer));
        files.push(source.join(format!("{layer}.rs")));
        assert!(files.len() > 4, "{layer} has files");
        for file in files {
            let text = fs::read_to_string(&file).expect("the file was listed");
            // Tests may hold a layer against anything.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            // Names right below the crate, in one line or in a list of imports.
            let mut listed = false;
            let mut arrows = Vec::new();
            for line in code.lines() {
                if line.trim_start().starts_with("//") {
                    continue;
                }
                let names = above.iter().filter(|name| {
                    line.contains(&format!("crate::{name}"))
                        || (listed && line.starts_with(&format!("    {name}::")))
                });
                arrows.extend(names.map(|name| format!("{name}: {line}")));
                listed = (listed || line == "use crate::{") && line != "};";
            }
            assert_eq!(arrows, Vec::<String>::new(), "{} points up", file.display());
        }
    }
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_stem().is_some_and(|stem| stem != "tests")
        {
            files.push(path);
        }
    }
    files
}
