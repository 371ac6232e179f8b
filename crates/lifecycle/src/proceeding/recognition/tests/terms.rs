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
