//! Days from which and until which a set counts, and several versions together.

use super::*;

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn version(version: u32, from: &str, until: Option<&str>) -> RuleSet {
    let until = until.map_or(String::new(), |until| {
        format!("\nuntil = {{ value = \"{until}\", assumed = \"a test\" }}")
    });
    let text = text("in-house").replace("version = 1\n", &format!("version = {version}\n"));
    let text = text.replace(
        "from = { value = \"2020-01-01\", assumed = \"the operator's own choice: early enough for every case\" }",
        &format!("from = {{ value = \"{from}\", assumed = \"a test\" }}{until}"),
    );
    let set = load(&text).unwrap();
    assert_eq!((set.id().version, set.interval().0), (version, day(from)));
    set
}

#[test]
fn a_set_counts_from_the_first_moment_of_its_day_in_china_to_the_last_before_the_other() {
    let set = version(1, "2026-03-01", Some("2026-03-03"));
    assert_eq!(set.interval(), (day("2026-03-01"), Some(day("2026-03-03"))));
    assert!(!set.in_force(at("2026-02-28T15:59:59Z")));
    assert!(set.in_force(at("2026-02-28T16:00:00Z")));
    assert!(set.in_force(at("2026-03-02T15:59:59Z")));
    assert!(!set.in_force(at("2026-03-02T16:00:00Z")));
    let open = version(1, "2026-03-01", None);
    assert!(open.in_force(at("9999-12-31T23:59:59Z")));
    assert!(!open.in_force(at("1970-01-01T00:00:00Z")));
}

#[test]
fn a_book_finds_the_version_of_the_day_and_keeps_the_others() {
    let book = RuleBook::new([
        version(2, "2026-03-01", None),
        version(1, "2020-01-01", Some("2026-03-01")),
        RuleSet::shipped("egov-extranet").unwrap(),
    ])
    .unwrap();
    let of = |time: &str| {
        let set = book.in_force("in-house", at(time));
        set.map(|set| set.id().version)
    };
    assert_eq!(of("2019-12-31T15:59:59Z"), None);
    assert_eq!(of("2019-12-31T16:00:00Z"), Some(1));
    assert_eq!(of("2026-02-28T15:59:59Z"), Some(1));
    assert_eq!(of("2026-02-28T16:00:00Z"), Some(2));
    assert!(book.in_force("other", at("2026-01-01T00:00:00Z")).is_none());
    let id = |name: &str, version| RuleSetId {
        name: name.to_owned(),
        version,
    };
    assert_eq!(book.get(&id("in-house", 1)).unwrap().id().version, 1);
    assert_eq!(book.get(&id("in-house", 2)).unwrap().id().version, 2);
    assert!(book.get(&id("in-house", 3)).is_none());
    assert!(book.get(&id("egov", 1)).is_none());
    assert_eq!(book.iter().count(), 3);
}

#[test]
fn a_book_takes_no_two_sets_of_one_name_for_one_day_nor_of_one_version() {
    let first = version(1, "2020-01-01", Some("2026-03-01"));
    let again = version(1, "2026-03-01", None);
    assert_eq!(
        RuleBook::new([first.clone(), again])
            .unwrap_err()
            .to_string(),
        "the rules in-house 1 are there twice"
    );
    let early = version(2, "2026-02-28", None);
    assert_eq!(
        RuleBook::new([early, first]).unwrap_err().to_string(),
        "the rules in-house 1 still count when in-house 2 begin, on 2026-02-28"
    );
    let open = version(1, "2020-01-01", None);
    let later = version(2, "2030-01-01", None);
    assert!(matches!(
        RuleBook::new([later, open]),
        Err(RuleBookError::Overlap { .. })
    ));
}

#[test]
fn the_shipped_sets_go_together() {
    let book = RuleBook::shipped();
    assert_eq!(book.iter().count(), SHIPPED.len());
    for (name, _) in SHIPPED {
        assert!(book.in_force(name, at("2026-11-29T00:00:00Z")).is_some());
    }
}
