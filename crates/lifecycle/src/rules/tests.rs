//! What loads, what does not and why, and what the shipped sets say.

use super::*;
use std::collections::BTreeSet;

mod book;
mod flaws;
mod hostile;
mod page;
mod sets;

fn load(text: &str) -> Result<RuleSet, String> {
    RuleSet::from_toml(text).map_err(|error| error.to_string())
}

fn text(name: &str) -> &'static str {
    let mut shipped = SHIPPED.iter();
    shipped.find(|(shipped, _)| *shipped == name).unwrap().1
}

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

#[test]
fn each_shipped_set_loads_under_its_name() {
    for (name, text) in SHIPPED {
        match load(text) {
            Ok(set) => assert_eq!(set.id().name, *name),
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert!(RuleSet::shipped("none").is_none());
}

#[test]
fn the_seeds_of_the_fuzz_target_are_the_shipped_sets() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/ruleset_toml");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), SHIPPED.len());
    for (name, text) in SHIPPED {
        let seed = std::fs::read_to_string(format!("{folder}/{name}.toml")).unwrap();
        assert!(seed == *text, "{name}: fuzz/make-seeds");
    }
}

#[test]
fn requirements_are_listed_once_and_in_order_with_titles() {
    let names: Vec<_> = Requirement::all().map(|one| one.as_str()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
    for (source, count) in [
        ("S0-", 30),
        ("S1-", 22),
        ("S2-", 34),
        ("S3-", 18),
        ("S4-", 19),
        ("S5-", 4),
        ("X-", 15),
    ] {
        let of_source = names.iter().filter(|name| name.starts_with(source));
        assert_eq!(of_source.count(), count, "{source}");
    }
    let titles: BTreeSet<_> = Requirement::all().map(|one| one.title()).collect();
    assert_eq!(titles.len(), names.len());
    for title in titles {
        assert!((5..=100).contains(&title.len()), "{title}");
    }
    assert_eq!(Requirement::parse("S1-07").unwrap().to_string(), "S1-07");
    for none in ["S0-31", "S0-00", "s1-07", "S1-7", "S6-01", "X-16", ""] {
        assert_eq!(Requirement::parse(none), None, "{none}");
        assert!(Requirement::try_from(none.to_owned()).is_err());
    }
}

#[test]
fn provenance_has_every_value_of_the_text_and_no_other() {
    for (name, text) in SHIPPED {
        let root: toml::Table = text.parse().unwrap();
        let mut written = BTreeSet::new();
        sourced(&toml::Value::Table(root), String::new(), &mut written);
        let set = RuleSet::shipped(name).unwrap();
        let told = set.provenance();
        let paths: BTreeSet<_> = told.iter().map(|one| one.path.clone()).collect();
        assert_eq!(paths.len(), told.len(), "{name}: a path twice");
        assert_eq!(paths, written, "{name}");
        assert!(told.iter().all(|one| !one.value.is_empty()), "{name}");
    }
}

/// Paths of the tables that have a basis or an assumption.
fn sourced(value: &toml::Value, path: String, found: &mut BTreeSet<String>) {
    let below = |part: &str| match path.as_str() {
        "" => part.to_owned(),
        path => format!("{path}.{part}"),
    };
    match value {
        toml::Value::Table(table) => {
            if table.contains_key("basis") || table.contains_key("assumed") {
                found.insert(path.clone());
            }
            for (key, value) in table {
                sourced(value, below(key), found);
            }
        }
        toml::Value::Array(all) => {
            for (index, value) in all.iter().enumerate() {
                sourced(value, below(&index.to_string()), found);
            }
        }
        _ => {}
    }
}

#[test]
fn provenance_tells_value_and_ground() {
    let told = RuleSet::shipped("szca-online").unwrap().provenance();
    let one = |path: &str| {
        let found = told.iter().find(|one| one.path == path).unwrap();
        let requirements: Vec<_> = found.requirements.iter().map(|one| one.as_str()).collect();
        (found.value.clone(), requirements, found.assumed.is_some())
    };
    let row = |value: &str, requirements: &[&'static str], assumed| {
        (value.to_owned(), requirements.to_vec(), assumed)
    };
    assert_eq!(one("values.years"), row("1, 2, 3, 4, 5", &["S2-09"], false));
    assert_eq!(
        one("values.deemed-acceptance-days"),
        row("7", &["S2-29", "X-06"], true)
    );
    assert_eq!(
        one("certificates.personal-seal.quota"),
        row("none", &["S2-08"], false)
    );
    assert_eq!(
        one("pins.0"),
        row(
            "short-message to applicant (member)",
            &["S2-28", "X-03"],
            false
        )
    );
    assert_eq!(
        one("checks.mobile-real-name"),
        row(
            "mobile-real-name by submission; said by system; leaves carrier-query; rests on agent-name, agent-identity-number, agent-mobile",
            &["S2-11"],
            false
        )
    );
}
