//! Texts that nobody meant: refused, in bounded time, without a panic.

use super::*;
use proptest::prelude::*;

#[test]
fn a_text_has_a_limit() {
    let whole = text("in-house");
    let fill = |length: usize| format!("{whole}#{}", "a".repeat(length - whole.len() - 1));
    assert!(load(&fill(RuleSet::MAX_TEXT)).is_ok());
    let error = load(&fill(RuleSet::MAX_TEXT + 1)).unwrap_err();
    assert_eq!(error, "rule set has 262145 octets, at most 262144 are read");
}

#[test]
fn deep_tables_are_refused() {
    for deep in [
        "[".repeat(100_000),
        "{ a = ".repeat(40_000),
        "a.".repeat(100_000),
    ] {
        assert!(load(&format!("{}a = {deep}", text("in-house"))).is_err());
        assert!(load(&format!("{deep}a = 1\n{}", text("in-house"))).is_err());
    }
}

#[test]
fn a_check_named_many_times_is_copied_once() {
    let evidence = "[\"liveness\"],".repeat(6_000);
    let many = "\"agent-is-there\",".repeat(8_000);
    let text = text("szca-online")
        .replace(
            "evidence = [[\"liveness\"]]",
            &format!("evidence = [{evidence}]"),
        )
        .replacen(
            "checks = [\"agent-is-there\", \"official-order\", \"own-decision\"]",
            &format!("checks = [{many}]"),
            1,
        );
    assert!(text.len() <= RuleSet::MAX_TEXT);
    let error = load(&text).unwrap_err();
    assert!(error.contains("each is named once"), "{error}");
}

/// Octets that are put in the place of others.
const SPLINTERS: &[&str] = &[
    "",
    "\"",
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    "\n",
    "0",
    "-1",
    "99999999999999999999",
    "true",
    "[]",
    "{}",
    "value = ",
    "basis = []",
    "assumed = \"\"",
    "[[pins]]\n",
    "[cells.apply.other]\n",
    "深",
    "\u{0}",
    "\\",
    "#",
    "'''",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn cut_and_mended_texts_never_panic(
        which in 0..SHIPPED.len(),
        edits in prop::collection::vec((any::<u16>(), 0..40_usize, 0..SPLINTERS.len()), 0..4),
        end in any::<u16>(),
    ) {
        let mut octets = SHIPPED[which].1.as_bytes().to_vec();
        for (at, length, splinter) in edits {
            let at = usize::from(at) % octets.len();
            let until = (at + length).min(octets.len());
            octets.splice(at..until, SPLINTERS[splinter].bytes());
        }
        // One time in four it is whole.
        if end % 4 != 0 {
            octets.truncate(usize::from(end) % (octets.len() + 1));
        }
        let text = String::from_utf8_lossy(&octets);
        match RuleSet::from_toml(&text) {
            Ok(set) => {
                for one in set.provenance() {
                    prop_assert!(!one.requirements.is_empty() || one.assumed.is_some());
                }
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
