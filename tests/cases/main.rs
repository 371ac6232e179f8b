//! Certificate business in plain words: one story for each kind and mode of each shipped rule
//! set, and one for each thing that is refused. README.md beside them says how they are read
//! and written.

#![expect(
    clippy::panic,
    reason = "what helps a test fails it when something is missing"
)]

mod doubles;
mod play;
mod reading;
mod story;
mod verbs;
mod words;
mod world;

use lifecycle::{
    rules::{Cell, RuleSet},
    terms::{Kind, Mode},
};
use play::{play, status_of};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use story::{Expectation, Story};
use world::{Opened, World};

/// The rule sets whose every cell has its story.
const SETS: [&str; 3] = ["chinaclear-agency", "egov-extranet", "szca-online"];
/// Stories of what is refused besides.
const REFUSED: &str = "refused";
/// Stories of other ways through the cells.
const FURTHER: &str = "further";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// The stories of a folder, by name.
fn stories(name: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder().join(name)).expect("a folder of stories");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .map(|file| {
            let file = file.to_str().expect("a name in UTF-8");
            let Some(story) = file.strip_suffix(".story") else {
                panic!("{name}/{file} is no story");
            };
            format!("{name}/{story}")
        })
        .collect()
}

/// Plays stories, all of them whatever becomes of each, and fails with what went wrong.
fn tell(names: &BTreeSet<String>, look: impl Fn(&str, &Story, &World) -> Result<(), String>) {
    let mut faults = Vec::new();
    for name in names {
        let told = play(&folder(), name).map_err(|fault| fault.to_string());
        let told = told.and_then(|(story, world)| look(name, &story, &world).map(|()| story));
        match told {
            Ok(story) => println!("story {name}: ok\n  {}", story.title),
            Err(words) => faults.push(words),
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Plays the stories of a rule set: each cell has exactly one, and it gets where its kind
/// leads, or is not begun where the rules don't offer it.
fn every_cell_of(name: &str) {
    let rules = RuleSet::shipped(name).expect("a shipped rule set");
    let kinds = Kind::ALL.iter().copied();
    let cells = kinds.flat_map(|kind| Mode::ALL.iter().map(move |mode| (kind, *mode)));
    let cells: BTreeMap<_, _> = cells
        .map(|(kind, mode)| (format!("{name}/{mode}-{kind}"), (kind, mode)))
        .collect();
    let wanted: BTreeSet<_> = cells.keys().cloned().collect();
    let there = stories(name);
    assert_eq!(
        there, wanted,
        "each cell has its story, and each story its cell"
    );
    tell(&there, |story, told, world| {
        let (kind, mode) = cells[story];
        if told.rules != name {
            return Err(format!("{story} is played under {}", told.rules));
        }
        let mut opened = world.opened.iter();
        let opened = opened
            .find(|one| !one.before && (one.kind, one.mode) == (kind, mode))
            .ok_or_else(|| format!("{story} opens no case of its kind and mode"))?;
        let (found, wanted) = match rules.cell(kind, mode) {
            Some(Cell::Offered(process)) => {
                let mut basis = process.basis.iter();
                if let Some(left) = basis.find(|one| !told.proves.contains(one)) {
                    return Err(format!("{story} says nothing of {}", left.as_str()));
                }
                (status(world, opened), end_of(kind))
            }
            _ => (opened.refused.clone().unwrap_or_default(), "not-offered"),
        };
        if found == wanted {
            Ok(())
        } else {
            Err(format!("{story} ends with {found:?}, not {wanted:?}"))
        }
    });
}

/// Where the certificates stand that a case is about.
fn status(world: &World, opened: &Opened) -> String {
    let certified = world.certified(&opened.id);
    let found = certified.and_then(|id| status_of(world, &id));
    found.unwrap_or_else(|trouble| format!("{trouble:?}"))
}

/// Where the certificates stand that a case of this kind is about.
fn end_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Freeze => "frozen",
        Kind::Revoke => "revoked",
        _ => "active",
    }
}

#[test]
fn every_cell_of_chinaclear_agency_has_its_story() {
    every_cell_of(SETS[0]);
}

#[test]
fn every_cell_of_egov_extranet_has_its_story() {
    every_cell_of(SETS[1]);
}

#[test]
fn every_cell_of_szca_online_has_its_story() {
    every_cell_of(SETS[2]);
}

#[test]
fn what_is_refused_is_refused_as_its_story_says() {
    let all = stories(REFUSED);
    assert!(!all.is_empty());
    tell(&all, |name, story, _| {
        let mut expectations = story.sentences.iter().flat_map(|one| &one.expectations);
        // What time does is nobody's act, and nobody is refused.
        let passes = |text: &str| text.ends_with(" later") || text.starts_with("On ");
        let waits = story.sentences.iter().any(|one| passes(&one.text));
        if expectations.any(Expectation::is_refusal) || waits {
            Ok(())
        } else {
            Err(format!("{name} refuses nothing"))
        }
    });
}

#[test]
fn other_ways_through_the_cells_end_as_their_stories_say() {
    tell(&stories(FURTHER), |_, _, _| Ok(()));
}
