//! The terms are complete and rest on something, or don't load.

use super::*;

// proves: S4-17, S5-02
#[test]
fn offices_go_over_to_their_successors_on_their_day() {
    let terms = Terms::shipped();
    for (day, gd, hk) in [
        ("2018-10-24", "gd-eic", "hk-ogcio"),
        ("2018-10-25", "gd-diit", "hk-ogcio"),
        ("2024-07-24", "gd-diit", "hk-ogcio"),
        ("2024-07-25", "gd-diit", "hk-dpo"),
    ] {
        assert_eq!(terms.acting("gd-eic", at(day)), gd, "{day}");
        assert_eq!(terms.acting("hk-ogcio", at(day)), hk, "{day}");
    }
    assert!(terms.auditors.is_empty());
}

#[test]
fn terms_with_a_hole_do_not_load() {
    let with = |from: &str, to: &str| {
        assert!(Terms::SHIPPED.contains(from), "{from}");
        Terms::from_toml(&Terms::SHIPPED.replacen(from, to, 1)).unwrap_err()
    };
    assert!(matches!(
        with("notice-days = { value = 1, ", "notice-days = { value = 0, "),
        BadTerms::Number { .. }
    ));
    assert!(matches!(
        with(", basis = [\"S4-09\", \"S4-11\", \"X-08\"]", ""),
        BadTerms::Baseless { .. }
    ));
    assert!(matches!(
        with("approval = \"miit\"", "approval = \"mit\""),
        BadTerms::Dangling { .. }
    ));
    assert!(matches!(
        with("counterpart = \"HK\"", "counterpart = \"MO\""),
        BadTerms::Dangling { .. }
    ));
    assert!(matches!(
        with(
            "[authorities.hk-dpo]\n",
            "[authorities.hk-dpo]\nsuccessor = { value = \"hk-ogcio\", since = \"2030-01-01\", \
             assumed = \"x\" }\n"
        ),
        BadTerms::Circle { .. }
    ));
    assert!(matches!(
        with("ignored-arcs = 3", "ignored-arcs = 9"),
        BadTerms::Oid { .. }
    ));
    assert!(matches!(
        with(
            "[duties.special-assessment]\nevidence = \"inspection-report\"\n",
            ""
        ),
        BadTerms::DutyMissing { .. }
    ));
    assert!(matches!(
        with("[duties.annual-inspection]", "[duties.ca-informed]"),
        BadTerms::NoDuty { .. }
    ));
    // A duty that never comes round is owed never.
    let once = "months = { value = 12, basis = [\"S4-13\"] }\n";
    assert!(matches!(with(once, ""), BadTerms::Number { .. }));
    assert!(matches!(with("source = ", "sauce = "), BadTerms::Toml(_)));
}

#[test]
fn no_value_is_read_without_what_it_rests_on() {
    let text = toml_of_all();
    let is_baseless = |changed: &str, place: &str| {
        let fault = Terms::from_toml(changed).unwrap_err();
        assert!(
            matches!(fault, BadTerms::Baseless { .. }),
            "{place}: {fault}"
        );
    };
    let mut count = 0;
    for line in text.lines() {
        let stripped = line.split_once(", basis = ");
        let Some((value, _)) = stripped.or_else(|| line.split_once(", assumed = ")) else {
            continue;
        };
        is_baseless(&text.replacen(line, &format!("{value} }}"), 1), line);
        count += 1;
    }
    // Two numbers, five duties that come round, two successors.
    assert_eq!(count, 2 + 5 + 2);
    // Each side, policy and auditor.
    let places: Vec<_> = text.match_indices("\nbasis = [").collect();
    assert_eq!(places.len(), 2 + 3 + 1);
    for (place, basis) in places {
        let (before, rest) = text.split_at(place + basis.len());
        let (_, behind) = rest.split_once(']').unwrap();
        is_baseless(&format!("{before}]{behind}"), before);
    }
}

/// The shipped terms with an auditor.
fn toml_of_all() -> String {
    let auditor = "[auditors.gd-audit]\nname = { en = \"Audit\", zh = \"审计\" }\njurisdiction = \
                   \"CN-GD\"\nfrom = \"2025-01-01\"\nbasis = [\"S4-18\"]\n";
    Terms::SHIPPED.to_owned() + auditor
}

#[test]
fn each_name_stands_for_what_is_there() {
    let text = toml_of_all();
    for (from, to) in [
        ("preliminary = \"gd-eic\"", "preliminary = \"gd\""),
        ("publisher = \"gd-eic\"", "publisher = \"gd\""),
        ("superior = \"miit\"", "superior = \"mit\""),
        ("value = \"gd-diit\"", "value = \"gd\""),
        ("jurisdiction = \"HK\"\noid", "jurisdiction = \"MO\"\noid"),
        (
            "jurisdiction = \"CN-GD\"\nfrom",
            "jurisdiction = \"MO\"\nfrom",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        let fault = Terms::from_toml(&text.replacen(from, to, 1)).unwrap_err();
        assert!(matches!(fault, BadTerms::Dangling { .. }), "{to}: {fault}");
    }
}

#[test]
fn each_number_has_its_bounds() {
    let set = |name: &str, value: u16| format!("{name} = {{ value = {value},");
    for (name, now, most) in [
        ("notice-days", 1, 3_650),
        ("report-months", 12, 120),
        ("\nmonths", 12, 120),
    ] {
        let with = |value| {
            let from = set(name, now);
            assert!(Terms::SHIPPED.contains(&from), "{from}");
            Terms::from_toml(&Terms::SHIPPED.replacen(&from, &set(name, value), 1))
        };
        for good in [1, most] {
            assert!(with(good).is_ok(), "{name} = {good}");
        }
        for bad in [0, most + 1] {
            let fault = with(bad).unwrap_err();
            assert!(
                matches!(fault, BadTerms::Number { .. }),
                "{name} = {bad}: {fault}"
            );
        }
    }
    // Three of eleven arcs are left.
    let most = Terms::SHIPPED.replacen("ignored-arcs = 3", "ignored-arcs = 8", 1);
    assert!(Terms::from_toml(&most).is_ok());
}

#[test]
fn a_duty_is_shown_by_what_is_evidence_of_one() {
    let from = "evidence = \"internal-audit-report\"";
    assert!(Terms::SHIPPED.contains(from));
    let changed = Terms::SHIPPED.replacen(from, "evidence = \"signed-notice\"", 1);
    let fault = Terms::from_toml(&changed).unwrap_err();
    assert!(matches!(fault, BadTerms::NoDuty { .. }), "{fault}");
}

#[test]
fn a_signer_is_named_by_sixty_four_small_hexadecimal_digits() {
    let digest = "0123456789abcdef".repeat(4);
    let with = |text: &str| {
        let place = "[authorities.miit]\n";
        let named = format!("{place}signers = [\"{text}\"]\n");
        Terms::from_toml(&Terms::SHIPPED.replacen(place, &named, 1))
    };
    assert!(with(&digest).is_ok());
    for bad in [&digest[1..], &format!("{digest}0"), &digest.to_uppercase()] {
        let fault = with(bad).unwrap_err();
        assert!(matches!(fault, BadTerms::Signer { .. }), "{fault}");
    }
}
