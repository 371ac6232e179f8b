//! What loads, what does not, and when a validity ends.

use super::*;

const GOOD: &str = r#"
    name = "a"
    kind = "end-entity"
    key_usage = ["digitalSignature"]
    validity = { days = 1 }
    subject = { required = ["commonName"] }
"#;

fn load(text: &str) -> Result<Profile, String> {
    Profile::from_toml(text).map_err(|error| error.to_string())
}

fn with(line: &str, instead: &str) -> Result<Profile, String> {
    assert!(GOOD.contains(line), "{line}");
    load(&GOOD.replace(line, instead))
}

#[test]
fn each_shipped_profile_loads_under_its_name() {
    for (name, _) in SHIPPED {
        assert_eq!(Profile::shipped(name).unwrap().name(), *name);
    }
    assert_eq!(SHIPPED.len(), 5);
    assert!(Profile::shipped("none").is_none());
}

#[test]
fn defaults_are_the_narrow_ones() {
    let profile = load(GOOD).unwrap();
    assert_eq!(profile.alternative_names, Presence::Forbidden);
    assert_eq!(profile.signature_parameters, SignatureParameters::Absent);
    assert_eq!(profile.path_len, None);
}

#[test]
fn text_that_is_not_a_profile_says_where() {
    for text in ["name = ", "name = \"a\"\ncolour = 1", ""] {
        assert!(matches!(Profile::from_toml(text), Err(Error::Toml { .. })));
    }
    let error = with("days = 1", "days = 1, hours = 2").unwrap_err();
    assert_eq!(error, "profile can't be read");
}

#[test]
fn impossible_policy_does_not_load() {
    let cases = [
        (
            "name = \"a\"",
            "name = \" \"",
            "`name`: a profile has a name",
        ),
        (
            "days = 1",
            "days = 0",
            "`validity`: is longer than nothing (RFC 5280, 4.1.2.5)",
        ),
        (
            "days = 1",
            "years = 0",
            "`validity`: is longer than nothing",
        ),
        (
            "days = 1",
            "years = 1, days = 1",
            "`validity`: is given in years or in days",
        ),
        ("days = 1", "", "`validity`: is given in years or in days"),
        (
            "name",
            "path_len = 0\nname",
            "`path_len`: CAs alone have one (RFC 5280, 4.2.1.9)",
        ),
        (
            "\"end-entity\"",
            "\"ca\"",
            "`key_usage`: a CA has keyCertSign",
        ),
        (
            "\"digitalSignature\"",
            "\"keyCertSign\"",
            "`key_usage`: an end entity has no",
        ),
        (
            "\"digitalSignature\"",
            "\"digitalSignature\", \"keyEncipherment\"",
            "`key_usage`: one key",
        ),
        ("\"digitalSignature\"", "", "`key_usage`: at least one"),
        (
            "\"commonName\"",
            "",
            "`subject.required`: a subject has at least one",
        ),
        (
            "\"commonName\"",
            "\"CN\"",
            "`subject.required`: \"CN\" is not an attribute type",
        ),
        (
            "name",
            "ocsp_no_check = true\nname",
            "`ocsp_no_check`: goes with",
        ),
        (
            "name",
            "certificate_policies = [\"1.2.x\"]\nname",
            "`certificate_policies`: \"1.2.x\"",
        ),
        (
            "name",
            "certificate_policies = [\"1.2.3\", \"1.2.3\"]\nname",
            "a policy is named once",
        ),
        (
            "name",
            "crl_urls = [\"https://a.cn/crl\"]\nname",
            "`crl_urls`: \"https://a.cn/crl\"",
        ),
        (
            "name",
            "ocsp_urls = [\"ldap://a.cn\"]\nname",
            "`ocsp_urls`: \"ldap://a.cn\"",
        ),
        (
            "name",
            "issuer_urls = [\"http://\"]\nname",
            "`issuer_urls`: \"http://\"",
        ),
        (
            "name",
            "crl_urls = [\"http://a.cn/a b\"]\nname",
            "`crl_urls`",
        ),
    ];
    for (line, instead, message) in cases {
        let text = GOOD.replacen(line, instead, 1);
        let error = load(&text).unwrap_err();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn an_end_entity_may_be_known_by_alternative_names_alone() {
    let required = "name = \"a\"\nalternative_names = \"required\"";
    let text = GOOD.replace("name = \"a\"", required);
    assert!(load(&text.replace("\"commonName\"", "")).is_ok());
}

#[test]
fn years_end_on_the_same_day_or_the_last_of_the_month() {
    let at = |text: &str| text.parse::<DateTime>().unwrap();
    let leap = at("2028-02-29T12:30:59Z");
    let end = |period: Period, begin| period.end(begin).map(|end| end.to_string());
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(end(Period::Years(1), leap), some("2029-02-28T12:30:59Z"));
    assert_eq!(end(Period::Years(4), leap), some("2032-02-29T12:30:59Z"));
    let new_year = at("2026-12-31T23:59:59Z");
    assert_eq!(
        end(Period::Years(30), new_year),
        some("2056-12-31T23:59:59Z")
    );
    assert_eq!(end(Period::Days(1), new_year), some("2027-01-01T23:59:59Z"));
    assert_eq!(end(Period::Years(7974), new_year), None);
    assert_eq!(end(Period::Days(u32::MAX), new_year), None);
    assert_eq!(end(Period::Years(u16::MAX), new_year), None);
}
