//! Certificate business in plain words: one story for each kind and mode of each shipped rule
//! set, and one for each thing that is refused. README.md beside them says how they are read
//! and written.

#![expect(
    clippy::panic,
    reason = "what helps a test fails it when something is missing"
)]

mod doubles;
mod play;
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
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};
use story::Story;
use world::World;

/// The rule sets whose every cell has its story.
const SETS: [&str; 3] = ["chinaclear-agency", "egov-extranet", "szca-online"];
/// Stories of what is refused besides.
const REFUSED: &str = "refused";

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

fn told(name: &str) -> (Story, World) {
    match play(&folder(), name) {
        Ok(played) => {
            println!("story {name}: ok");
            played
        }
        Err(fault) => panic!("{fault}"),
    }
}

/// Plays the stories of a rule set: each cell has exactly one, and it gets where its kind
/// leads, or is not begun where the rules don't offer it.
fn every_cell_of(name: &str) {
    let rules = RuleSet::shipped(name).expect("a shipped rule set");
    let mut left = stories(name);
    for (kind, mode) in Kind::ALL
        .iter()
        .flat_map(|kind| Mode::ALL.iter().map(move |mode| (*kind, *mode)))
    {
        let story = format!("{name}/{mode}-{kind}");
        assert!(left.remove(&story), "{story} is missing");
        let (told, world) = told(&story);
        assert_eq!(told.rules, name, "{story}");
        let opened = world
            .opened
            .iter()
            .find(|one| !one.before && (one.kind, one.mode) == (kind, mode));
        let Some(opened) = opened else {
            panic!("{story} opens no case of its kind and mode");
        };
        match rules.cell(kind, mode) {
            Some(Cell::Offered(_)) => {
                let certified = world.certified(&opened.id).expect("a case");
                let status = status_of(&world, &certified).expect("certificates");
                assert_eq!(status, end_of(kind), "{story}");
            }
            Some(Cell::NotOffered(_)) => {
                assert_eq!(opened.refused.as_deref(), Some("not-offered"), "{story}");
            }
            None => panic!("{name} has no cell {kind} {mode}"),
        }
    }
    assert!(left.is_empty(), "stories of no cell: {left:?}");
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
    for name in all {
        let (story, _) = told(&name);
        let mut acts = story.sentences.iter();
        let refuses = acts.any(|one| one.expectations.iter().any(|one| one.is_refusal()));
        let passes = story.sentences.iter().any(|one| {
            // What time does is nobody's act.
            one.text.ends_with(" later") || one.text.starts_with("On ")
        });
        assert!(refuses || passes, "{name} refuses nothing");
    }
}

mod reading;
