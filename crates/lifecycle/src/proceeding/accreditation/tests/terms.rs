//! Terms are whole and rest on something, or are not read.

use super::*;

const SHIPPED: &str = include_str!("../../../../accreditation.toml");

/// What is said of the shipped terms with one place changed.
fn changed(from: &str, to: &str) -> Result<Terms, BadTerms> {
    assert!(SHIPPED.contains(from), "{from}");
    Terms::from_toml(&SHIPPED.replacen(from, to, 1))
}

#[test]
fn no_value_is_read_without_what_it_rests_on() {
    let mut count = 0;
    for line in SHIPPED.lines() {
        let stripped = line.split_once(", basis = ");
        let Some((value, _)) = stripped.or_else(|| line.split_once(", assumed = ")) else {
            continue;
        };
        match changed(line, &format!("{value} }}")) {
            Err(BadTerms::Baseless { name }) => assert!(line.starts_with(name), "{line}: {name}"),
            other => panic!("{line}: {other:?}"),
        }
        count += 1;
    }
    // Those of the agency, and four of each mode.
    assert_eq!(count, 14 + 4 * 3);
    let words = changed("basis = [\"S0-05\"]", "basis = []");
    assert!(matches!(
        words,
        Err(BadTerms::Baseless { name: "disclaimer" })
    ));
}

#[test]
fn each_number_has_its_bounds() {
    for (name, now, most) in [
        ("feedback-working-days", 1, 250),
        ("examination-working-days", 10, 250),
        ("correction-working-days", 20, 250),
        ("inspection-working-days", 5, 250),
        ("revocation-working-days", 1, 250),
        ("device-alarm-days", 60, 3_650),
        ("access-alarm-days", 60, 3_650),
        ("copies", 2, 9),
    ] {
        let with = |value: u16| {
            let set = |value| format!("{name} = {{ value = {value},");
            changed(&set(now), &set(value))
        };
        for good in [1, most] {
            assert!(with(good).is_ok(), "{name} = {good}");
        }
        for bad in [0, most + 1] {
            let fault = with(bad).unwrap_err().to_string();
            assert!(fault.starts_with(name), "{name} = {bad}: {fault}");
        }
    }
}

#[test]
fn each_list_has_what_it_must_have() {
    let digest = "0123456789abcdef".repeat(4);
    let issuers = |text: &str| format!("access-issuers = {{ value = [\"{text}\"]");
    let none = "access-issuers = { value = []";
    assert!(changed(none, &issuers(&digest)).is_ok());
    for (from, to, name) in [
        (none, issuers(&digest[1..]), "access-issuers"),
        (none, issuers(&digest.to_uppercase()), "access-issuers"),
        ("[\"standard\"]", "[]".to_owned(), "templates"),
        (
            "\"reissue\", \"revoke\"",
            "\"reissue\", \"revoke\", \"revoke\"".to_owned(),
            "kinds",
        ),
        // No other filing stands for what the counter's rules need not say.
        (
            "by-reference = { value = []",
            "by-reference = { value = [\"licence\"]".to_owned(),
            "by-reference",
        ),
        (
            "go-live = { value = [\"system-connected\", \"staff-trained\", \"archive-ready\"]",
            "go-live = { value = []".to_owned(),
            "go-live",
        ),
        ("en = \"That the", "en = \" \" # ".to_owned(), "disclaimer"),
        ("zh = \"接受备案", "zh = \" \" # ".to_owned(), "disclaimer"),
    ] {
        let fault = changed(from, &to).unwrap_err().to_string();
        assert!(fault.starts_with(name), "{to}: {fault}");
    }
    let without = SHIPPED.split("[modes.other]").next().unwrap();
    let fault = Terms::from_toml(without).unwrap_err().to_string();
    assert!(fault.starts_with("modes"), "{fault}");
}
