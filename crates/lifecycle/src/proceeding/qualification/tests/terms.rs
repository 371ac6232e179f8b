//! Rule sets rest on something and agree with themselves, or are not read.

use super::*;

const SETS: [&str; 2] = [
    include_str!("../../../../qualification/sca-2009.toml"),
    include_str!("../../../../qualification/sca-2024.toml"),
];

/// What is said of the later set with one place changed.
fn changed(from: &str, to: &str) -> Result<Terms, BadTerms> {
    assert!(SETS[1].contains(from), "{from}");
    Terms::from_toml(&SETS[1].replacen(from, to, 1))
}

#[test]
fn no_value_is_read_without_what_it_rests_on() {
    for text in SETS {
        let mut count = 0;
        for line in text.lines() {
            let stripped = line.split_once(", basis = ");
            let Some((value, _)) = stripped.or_else(|| line.split_once(", assumed = ")) else {
                continue;
            };
            let bare = text.replacen(line, &format!("{value} }}"), 1);
            match Terms::from_toml(&bare) {
                Err(BadTerms::Baseless { name }) => {
                    assert!(line.starts_with(name), "{line}: {name}");
                }
                other => panic!("{line}: {other:?}"),
            }
            count += 1;
        }
        assert!(count >= 19, "{count}");
        // Each material and each assessment, too.
        for (place, basis) in text.match_indices("\nbasis = [") {
            let (before, rest) = text.split_at(place + basis.len());
            let (_, behind) = rest.split_once(']').unwrap();
            let fault = Terms::from_toml(&format!("{before}]{behind}")).unwrap_err();
            assert!(matches!(fault, BadTerms::Baseless { .. }), "{fault}");
        }
    }
}

#[test]
fn no_list_names_one_thing_twice_or_nothing() {
    for (from, to, name) in [
        (
            "\"legal-person\", \"system\"",
            "\"system\", \"system\"",
            "conditions",
        ),
        (
            "[\"provincial\", \"national\"]",
            "[\"national\", \"national\"]",
            "routes",
        ),
        ("name = \"staff\"", "name = \"application\"", "materials"),
    ] {
        let fault = changed(from, to).unwrap_err().to_string();
        assert!(fault.contains(name), "{fault}");
    }
    let none = "conditions = { value = [\"legal-person\", \"system\", \"staff\", \"operation\", \"other\"]";
    let fault = changed(none, "conditions = { value = []").unwrap_err();
    assert!(fault.to_string().contains("conditions"), "{fault}");
}

#[test]
fn a_term_has_years_and_days_before_its_end() {
    for (from, to, name) in [
        (
            "validity-years = { value = 5",
            "validity-years = { value = 0",
            "validity-years",
        ),
        (
            "renewal-days = { value = 30",
            "renewal-days = { value = 0",
            "renewal-days",
        ),
    ] {
        let fault = changed(from, to).unwrap_err().to_string();
        assert!(fault.contains(name), "{fault}");
    }
    for (from, to) in [
        (
            "validity-years = { value = 5",
            "validity-years = { value = 30",
        ),
        (
            "renewal-opens-days = { value = 180",
            "renewal-opens-days = { value = 31",
        ),
        (
            "renewal-opens-days = { value = 180",
            "renewal-opens-days = { value = 1824",
        ),
        ("query-days = { value = 15", "query-days = { value = 1"),
        ("query-days = { value = 15", "query-days = { value = 3650"),
    ] {
        assert!(changed(from, to).is_ok(), "{to}");
    }
}

#[test]
fn two_rule_sets_share_neither_a_name_nor_a_first_day() {
    let [earlier, later] = SETS.map(|text| Terms::from_toml(text).unwrap());
    let mut namesake = earlier.clone();
    namesake.name.clone_from(&later.name);
    assert!(RuleSets::new(vec![namesake, later.clone()]).is_err());
    let mut same_day = earlier;
    same_day.from.value = later.from.value;
    assert!(RuleSets::new(vec![same_day, later]).is_err());
}
