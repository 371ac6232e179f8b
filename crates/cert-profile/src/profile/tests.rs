//! What loads, what does not, and when a validity ends.

use super::*;
use der::DateTime;

mod page;

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
    assert!(Profile::shipped("none").is_none());
}

#[test]
fn the_seeds_of_the_fuzz_target_are_the_shipped_profiles_and_each_field() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/profile_toml");
    let mut others = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        match SHIPPED.iter().find(|(shipped, _)| *shipped == name) {
            Some((_, shipped)) => assert_eq!(text, *shipped, "{name}: fuzz/make-seeds"),
            None => {
                load(&text).unwrap();
                others += 1;
            }
        }
    }
    assert_eq!(others, 2);
}

#[test]
fn defaults_are_the_narrow_ones() {
    let profile = load(GOOD).unwrap();
    assert_eq!(profile.alternative_names.presence, Presence::Forbidden);
    assert_eq!(profile.signature_parameters, SignatureParameters::Absent);
    assert_eq!(profile.path_len, None);
}

#[test]
fn text_that_is_not_a_profile_says_where() {
    for text in ["name = ", "name = \"a\"\ncolour = 1", ""] {
        assert!(matches!(Profile::from_toml(text), Err(Error::Toml { .. })));
    }
    let error = with("days = 1", "days = 1, hours = 2").unwrap_err();
    assert_eq!(error, "profile can't be read, line 5");
}

/// What stands in the place of a line of [`GOOD`], and how the refusal begins and ends.
type Case = (&'static str, &'static str, &'static str, &'static str);

fn each_is_refused(cases: &[Case]) {
    for (line, instead, message, clause) in cases {
        assert!(GOOD.contains(line), "{line}");
        let error = load(&GOOD.replacen(line, instead, 1)).expect_err(instead);
        let begins = format!("profile field {message}");
        assert!(error.starts_with(&begins), "{error}\n{begins}");
        assert!(error.ends_with(&format!("({clause})")), "{error}");
    }
}

#[test]
fn impossible_policy_does_not_load_and_says_its_line() {
    each_is_refused(&[
        (
            "name = \"a\"",
            "name = \" \"",
            "`name`, line 2: a profile has a name",
            "format of this crate",
        ),
        (
            "name = \"a\"",
            "name = \"a\\nb\"",
            "`name`, line 2: a profile has a name, without control characters",
            "format of this crate",
        ),
        (
            "days = 1",
            "days = 0",
            "`validity`, line 5: is longer than nothing",
            "RFC 5280, 4.1.2.5",
        ),
        (
            "days = 1",
            "years = 0",
            "`validity`, line 5: is longer than nothing",
            "RFC 5280, 4.1.2.5",
        ),
        (
            "days = 1",
            "years = 1, days = 1",
            "`validity`, line 5: is given in years or in days",
            "RFC 5280, 4.1.2.5",
        ),
        (
            "days = 1",
            "",
            "`validity`, line 5: is given in years or in days",
            "RFC 5280, 4.1.2.5",
        ),
        (
            "days = 1",
            "years = { from = 0, to = 5 }",
            "`validity.years`, line 5: is longer",
            "RFC 5280, 4.1.2.5",
        ),
        (
            "days = 1",
            "years = { from = 5, to = 5 }",
            "`validity.years`, line 5: leaves a choice",
            "RFC 5280, 4.1.2.5",
        ),
        (
            "days = 1",
            "years = { from = 6, to = 5 }",
            "`validity.years`, line 5: leaves a choice",
            "RFC 5280, 4.1.2.5",
        ),
        (
            "name",
            "path_len = 0\nname",
            "`path_len`, line 2: CAs alone",
            "RFC 5280, 4.2.1.9",
        ),
        (
            "\"end-entity\"",
            "\"ca\"",
            "`key_usage`, line 4: a CA has keyCertSign",
            "RFC 5280, 4.2.1.9",
        ),
        (
            "\"digitalSignature\"",
            "\"keyCertSign\"",
            "`key_usage`, line 4: an end entity has no",
            "RFC 5280, 4.2.1.9",
        ),
        (
            "\"digitalSignature\"",
            "\"digitalSignature\",\n\"keyEncipherment\"",
            "`key_usage`, line 4: one key",
            "GM/T 0015-2012, annex C",
        ),
        (
            "\"digitalSignature\"",
            "",
            "`key_usage`, line 4: at least one",
            "RFC 5280, 4.2.1.3",
        ),
        (
            "\"digitalSignature\"",
            "\n\"digitalSignature\",\n\"sign\"",
            "`key_usage`, line 6: \"sign\" is not",
            "RFC 5280, 4.2.1.3",
        ),
        (
            "\"digitalSignature\"",
            "\"nonRepudiation\", \"contentCommitment\"",
            "`key_usage`, line 4: a usage is named once",
            "RFC 5280, 4.2.1.3",
        ),
        (
            "\"commonName\"",
            "",
            "`subject.required`, line 6: a subject has at least one",
            "RFC 5280, 4.1.2.6",
        ),
        (
            "\"commonName\"",
            "\"CN\"",
            "`subject.required`, line 6: \"CN\" is not an attribute type",
            "RFC 5280, appendix A.1",
        ),
        (
            "name",
            "ocsp_no_check = true\nname",
            "`ocsp_no_check`, line 2: goes with",
            "RFC 6960, 4.2.2.2.1",
        ),
    ]);
}

#[test]
fn purposes_fit_what_they_stand_beside() {
    let ca = "name = \"a\"\n    kind = \"ca\"\n    key_usage = [\"keyCertSign\"]\n    extended_key_usage = [\"serverAuth\"]";
    let text = GOOD
        .replace("name = \"a\"", ca)
        .replacen("    kind = \"end-entity\"\n", "", 1);
    let text = text.replacen("    key_usage = [\"digitalSignature\"]\n", "", 1);
    let error = load(&text).unwrap_err();
    assert_eq!(
        error,
        "profile field `extended_key_usage`, line 5: purposes are of the keys of end entities \
         (RFC 5280, 4.2.1.12)"
    );
    each_is_refused(&[
        (
            "name",
            "extended_key_usage = [\"timeStamping\", \"1.2.3\"]\nname",
            "`extended_key_usage`, line 2: timeStamping stands alone",
            "RFC 3161, 2.3",
        ),
        (
            "name",
            "extended_key_usage = [\n\"time\"]\nname",
            "`extended_key_usage`, line 3: \"time\" is not a purpose",
            "RFC 5280, 4.2.1.12",
        ),
        (
            "name",
            "extended_key_usage = [\"serverAuth\"]\nname",
            "`alternative_names`, line 3: clients know a server by alternative names alone",
            "RFC 9525, 6; RFC 5280, 4.2.1.6",
        ),
        (
            "name",
            "extended_key_usage = [\"serverAuth\"]\nalternative_names = \"optional\"\nname",
            "`alternative_names`, line 3: clients know",
            "RFC 9525, 6; RFC 5280, 4.2.1.6",
        ),
        (
            "name",
            "extended_key_usage = [\"serverAuth\"]\nalternative_name_forms = [\"uri\"]\n\
             alternative_names = \"required\"\nname",
            "`alternative_names`, line 4: clients know",
            "RFC 9525, 6; RFC 5280, 4.2.1.6",
        ),
        (
            "name",
            "extended_key_usage = [\"emailProtection\"]\nname",
            "`alternative_names`, line 3: emailProtection protects a mailbox",
            "RFC 8550, 3; RFC 5280, 4.2.1.6",
        ),
        (
            "\"commonName\"",
            "\"emailAddress\"",
            "`subject`, line 6: a mailbox is an alternative name",
            "RFC 5280, 4.1.2.6 and 4.2.1.6",
        ),
    ]);
}

#[test]
fn policies_are_identifiers_with_short_notices() {
    let clause = "RFC 5280, 4.2.1.4";
    let notice = format!(
        "certificate_policies = [{{ oid = \"1.2.3\", notice = \"{}\" }}]\nname",
        "长".repeat(201)
    );
    let notice: &'static str = notice.leak();
    each_is_refused(&[
        (
            "name",
            "certificate_policies = [\"1.2.x\"]\nname",
            "`certificate_policies`, line 2: \"1.2.x\" is not a dotted",
            clause,
        ),
        (
            "name",
            "certificate_policies = [\"1.2.3\", \"1.2.3\"]\nname",
            "`certificate_policies`, line 2: a policy is named once",
            clause,
        ),
        (
            "name",
            "certificate_policies = [\"1.2.3\",\n{ oid = \"1.2.3\" }]\nname",
            "`certificate_policies`, line 2: a policy is named once",
            clause,
        ),
        (
            "name",
            "certificate_policies = [\"2.5.29.32.0\"]\nname",
            "`certificate_policies`, line 2: anyPolicy leaves open",
            clause,
        ),
        (
            "name",
            "certificate_policies = [\"1.2.3\",\n{ oid = \"1.2.4\", cps = \"cps\" }]\nname",
            "`certificate_policies`, line 3: \"cps\" is not an absolute URI",
            clause,
        ),
        (
            "name",
            "certificate_policies = [{ oid = \"1.2.4\", notice = \"\" }]\nname",
            "`certificate_policies`, line 2: \"\" is not 1 to 200",
            clause,
        ),
        (
            "name",
            notice,
            "`certificate_policies`, line 2: \"长",
            clause,
        ),
    ]);
    let plain = "name = \"a\"\ncertificate_policies = [{ oid = \"1.2.3\", colour = 1 }]";
    assert!(load(&GOOD.replace("name = \"a\"", plain)).is_err());
    let headed =
        "\n[[certificate_policies]]\noid = \"1.2.3\"\ncps = \"https://a.cn/cps\"\nnotice = \"长\"";
    assert!(load(&format!("{GOOD}{headed}")).is_ok());
}

#[test]
fn places_are_urls_that_can_be_fetched_first() {
    let urls = "RFC 5280, 4.2.1.13, 4.2.2.1 and 8";
    let points = "RFC 5280, 4.2.1.13";
    each_is_refused(&[
        (
            "name",
            "crl_urls = [\"https://a.cn/crl\"]\nname",
            "`crl_urls`, line 2: \"https://a.cn/crl\" is not",
            urls,
        ),
        (
            "name",
            "ocsp_urls = [\"ldap://a.cn\"]\nname",
            "`ocsp_urls`, line 2: \"ldap://a.cn\"",
            urls,
        ),
        (
            "name",
            "issuer_urls = [\"http://\"]\nname",
            "`issuer_urls`, line 2: \"http://\"",
            urls,
        ),
        (
            "name",
            "crl_urls = [\"http://a.cn/\",\n\"http://a.cn/a b\"]\nname",
            "`crl_urls`, line 3: \"http://a.cn/a b\"",
            urls,
        ),
        (
            "name",
            "crl_urls = [\"http://a.cn/{serial}\"]\nname",
            "`crl_urls`, line 2: \"http://a.cn/{serial}\"",
            urls,
        ),
        (
            "name",
            "ocsp_urls = [\"http://a.cn/\", \"http://a.cn/\"]\nname",
            "`ocsp_urls`, line 2: a URL is named once",
            "RFC 5280, 4.2.1.13 and 4.2.2.1",
        ),
        (
            "name",
            "delta_crl_urls = [\"http://a.cn/d\"]\nname",
            "`delta_crl_urls`, line 2: a delta CRL goes with",
            "RFC 5280, 5.2.4",
        ),
        (
            "name",
            "crl_shards = 2\nname",
            "`crl_shards`, line 2: shards lie at",
            points,
        ),
        (
            "name",
            "crl_urls = [\"http://a.cn/{shard}\"]\ncrl_shards = 1\nname",
            "`crl_shards`, line 3: 2 to 65536",
            points,
        ),
        (
            "name",
            "crl_urls = [\"http://a.cn/{shard}\"]\ncrl_shards = 65537\nname",
            "`crl_shards`, line 3: 2 to 65536",
            points,
        ),
        (
            "name",
            "crl_urls = [\"http://a.cn/{shard}\"]\nname",
            "`crl_urls`, line 2: {shard} stands in each",
            points,
        ),
        (
            "name",
            "crl_urls = [\"http://a.cn/\"]\ncrl_shards = 2\nname",
            "`crl_urls`, line 2: {shard} stands in each",
            points,
        ),
        (
            "name",
            "crl_urls = [\"http://a.cn/{shard}/{shard}\"]\ncrl_shards = 2\nname",
            "`crl_urls`, line 2: {shard} stands in each",
            points,
        ),
        (
            "name",
            "crl_urls = [\"http://a.cn/{shard}\"]\ndelta_crl_urls = [\"http://a.cn/d\"]\ncrl_shards = 2\nname",
            "`delta_crl_urls`, line 3: {shard} stands in each",
            points,
        ),
        (
            "name",
            "ocsp_urls = [\"http://a.cn/{shard}\"]\nname",
            "`ocsp_urls`, line 2: {shard} stands in URLs of CRLs alone",
            points,
        ),
    ]);
}

#[test]
fn subjects_are_constrained_to_what_the_standard_allows() {
    let appendix = "RFC 5280, 4.1.2.6 and appendix A.1";
    let order = "RFC 5280, 4.1.2.6";
    each_is_refused(&[
        (
            "[\"commonName\"]",
            "[\"commonName\"], optional = [\"commonName\"]",
            "`subject`, line 6: an attribute is named once",
            order,
        ),
        (
            "[\"commonName\"]",
            "[\"commonName\"], order = []",
            "`subject.order`, line 6: the order names each",
            order,
        ),
        (
            "[\"commonName\"]",
            "[\"commonName\"], order = [\"commonName\", \"title\"]",
            "`subject.order`, line 6: the order names each",
            order,
        ),
        (
            "[\"commonName\"]",
            "[\"commonName\"], order = [\"commonName\", \"commonName\"]",
            "`subject.order`, line 6: the order names each",
            order,
        ),
        (
            "[\"commonName\"]",
            "[\"commonName\"], values = { countryName = \"CN\" }",
            "`subject.values`, line 6: \"countryName\" is not an attribute that",
            appendix,
        ),
        (
            "[\"commonName\"]",
            "[\"countryName\"], values = { countryName = \"cn\" }",
            "`subject.values`, line 6: \"cn\" is not a value",
            appendix,
        ),
        (
            "[\"commonName\"]",
            "[\"serialNumber\"], values = { serialNumber = \"号\" }",
            "`subject.values`, line 6: \"号\" is not a value",
            appendix,
        ),
        (
            "[\"commonName\"]",
            "[\"commonName\"], lengths = { commonName = 65 }",
            "`subject.lengths`, line 6: \"commonName\" is not given a bound",
            appendix,
        ),
        (
            "[\"commonName\"]",
            "[\"commonName\"], lengths = { commonName = 0 }",
            "`subject.lengths`, line 6: \"commonName\" is not given a bound",
            appendix,
        ),
        (
            "[\"commonName\"]",
            "[\"commonName\"], lengths = { title = 1 }",
            "`subject.lengths`, line 6: \"title\" is not an attribute that",
            appendix,
        ),
        (
            "[\"commonName\"]",
            "[\"commonName\"], lengths = { commonName = 1 }, values = { commonName = \"ab\" }",
            "`subject.values`, line 6: \"ab\" is not as short",
            appendix,
        ),
    ]);
}

#[test]
fn alternative_names_have_forms_where_there_are_some() {
    let clause = "RFC 5280, 4.2.1.6";
    each_is_refused(&[
        (
            "name",
            "alternative_name_forms = [\"dns\"]\nname",
            "`alternative_name_forms`, line 2: there are no alternative names",
            clause,
        ),
        (
            "name",
            "alternative_name_forms = []\nalternative_names = \"optional\"\nname",
            "`alternative_name_forms`, line 2: a form is named, and once",
            clause,
        ),
        (
            "name",
            "alternative_name_forms = [\"ip\", \"ip\"]\nalternative_names = \"optional\"\nname",
            "`alternative_name_forms`, line 2: a form is named, and once",
            clause,
        ),
        (
            "name",
            "dns_wildcards = true\nname",
            "`dns_wildcards`, line 2: there are no DNS names",
            clause,
        ),
        (
            "name",
            "dns_wildcards = true\nalternative_names = \"optional\"\nalternative_name_forms = [\"ip\"]\nname",
            "`dns_wildcards`, line 2: there are no DNS names",
            clause,
        ),
    ]);
}

#[test]
fn numbers_have_an_extension_of_their_edition() {
    let clause = "GM/T 0015-2012, 5.2.4.2";
    each_is_refused(&[
        (
            "name",
            "identifiers = {}\nname",
            "`identifiers`, line 2: at least one number",
            clause,
        ),
        (
            "name",
            "identifiers = { unified_social_credit_code = \"required\" }\nname",
            "`identifiers.unified_social_credit_code`, line 2: the edition has no extension",
            clause,
        ),
        (
            "name",
            "identifiers = { edition = \"2023\", military_officer_card = \"optional\" }\nname",
            "`identifiers.military_officer_card`, line 2: the edition has no",
            clause,
        ),
        (
            "name",
            "identifiers = { edition = \"2023\", tagging = \"implicit\", passport = \"optional\" }\nname",
            "`identifiers.tagging`, line 2: the edition of 2012 alone",
            "GM/T 0015-2012, 5.2.4.2.1",
        ),
        (
            "name",
            "identifiers = { passport = \"required\", resident_identity_card = \"required\" }\nname",
            "`identifiers`, line 2: identifyCode is a CHOICE",
            "GM/T 0015-2012, 5.2.4.2.1",
        ),
    ]);
    let both = "identifiers = { edition = \"2023\", passport = \"required\", resident_identity_card = \"required\" }\nname";
    assert!(load(&GOOD.replacen("name", both, 1)).is_ok());
    let text = CA.replace(
        "name =",
        "identifiers = { passport = \"optional\" }\nname =",
    );
    let error = load(&text).unwrap_err();
    assert!(
        error.starts_with("profile field `identifiers`, line 2: numbers of persons"),
        "{error}"
    );
}

const CA: &str = r#"
    name = "a"
    kind = "ca"
    key_usage = ["keyCertSign"]
    validity = { days = 1 }
    subject = { required = ["commonName"] }
"#;

#[test]
fn name_constraints_are_a_ca_s_and_say_something() {
    each_is_refused(&[(
        "name",
        "name_constraints = { permitted = { dns = [\"a.cn\"] } }\nname",
        "`name_constraints`, line 2: CAs alone have them",
        "RFC 5280, 4.2.1.10",
    )]);
    let with = |table: &str| {
        let error = load(&format!("{CA}[name_constraints]\n{table}\n")).err();
        error.unwrap_or_default()
    };
    let good = [
        "permitted = { dns = [\"a.cn\"], email = [\"a.cn\", \".b.cn\", \"x@a.cn\"] }",
        "excluded = { ip = [\"10.0.0.0/8\", \"0.0.0.0/0\", \"2001:db8::/32\", \"10.0.0.1/32\"] }",
        "permitted = { uri = [\"a.cn\", \".b.cn\"], directory = [\"O=示例,C=CN\"] }",
    ];
    for table in good {
        assert_eq!(with(table), "", "{table}");
    }
    let cases = [
        (
            "",
            "`name_constraints`, line 7: a name is permitted or excluded: an empty",
        ),
        (
            "permitted = { dns = [\".a.cn\"] }",
            "`name_constraints.permitted`, line 8: \".a.cn\" is not a DNS name",
        ),
        (
            "permitted = { dns = [\"*.a.cn\"] }",
            "`name_constraints.permitted`, line 8: \"*.a.cn\" is not a DNS name",
        ),
        (
            "excluded = { email = [\"@a.cn\"] }",
            "`name_constraints.excluded`, line 8: \"@a.cn\" is not a mailbox",
        ),
        (
            "excluded = { uri = [\"http://a.cn\"] }",
            "`name_constraints.excluded`, line 8: \"http://a.cn\" is not a host",
        ),
        (
            "excluded = { uri = [\"10.0.0.1\"] }",
            "`name_constraints.excluded`, line 8: \"10.0.0.1\" is not a host",
        ),
        (
            "excluded = { ip = [\"10.0.0.1/8\"] }",
            "`name_constraints.excluded`, line 8: \"10.0.0.1/8\" is not a network",
        ),
        (
            "excluded = { ip = [\"10.0.0.0/33\"] }",
            "`name_constraints.excluded`, line 8: \"10.0.0.0/33\" is not a network",
        ),
        (
            "excluded = { ip = [\"10.0.0.0\"] }",
            "`name_constraints.excluded`, line 8: \"10.0.0.0\" is not a network",
        ),
        (
            "excluded = { ip = [\"10.0.0.0/+8\"] }",
            "`name_constraints.excluded`, line 8: \"10.0.0.0/+8\" is not a network",
        ),
        (
            "permitted = { directory = [\"\"] }",
            "`name_constraints.permitted`, line 8: \"\" is not a name",
        ),
        (
            "permitted = { dns = [\"a.cn\", \"a.cn\"] }",
            "`name_constraints.permitted`, line 8: a name is named once",
        ),
        (
            "permitted = { dns = [\"a.cn\"] }\nexcluded = { dns = [\"a.cn\"] }",
            "`name_constraints`, line 7: a name is permitted or excluded, not both",
        ),
    ];
    for (table, message) in cases {
        let error = with(table);
        assert!(
            error.starts_with(&format!("profile field {message}")),
            "{error}"
        );
        assert!(error.ends_with("(RFC 5280, 4.2.1.10)"), "{error}");
    }
}

#[test]
fn a_root_has_no_issuer_that_ends_earlier() {
    let text = CA
        .replace("\"ca\"", "\"root\"")
        .replace("days = 1", "days = 1, beyond_issuer = \"clamp\"");
    let error = load(&text).unwrap_err();
    assert!(
        error.starts_with("profile field `validity.beyond_issuer`, line 5: a root has no"),
        "{error}"
    );
}

#[test]
fn a_policy_without_text_has_no_line() {
    let mut config: ProfileConfig = toml::from_str(GOOD).unwrap();
    config.name.clear();
    let error = Profile::try_from(config).unwrap_err();
    assert!(matches!(error, Error::Policy { line: None, .. }), "{error}");
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

#[test]
fn a_text_has_a_limit_and_deep_tables_are_refused() {
    let long = format!("{CA}#{}", "a".repeat(Profile::MAX_TEXT - CA.len() - 1));
    assert!(load(&long).is_ok());
    let error = load(&format!("{long}a")).unwrap_err();
    assert_eq!(error, "profile has 65537 octets, at most 65536 are read");
    for deep in [
        "[".repeat(30_000),
        "{ a = ".repeat(10_000),
        "a.".repeat(30_000),
    ] {
        assert!(load(&format!("{CA}a = {deep}")).is_err());
        assert!(load(&format!("{deep}a = 1\n{CA}")).is_err());
    }
}

#[test]
fn no_policy_is_for_longer_than_a_hundred_years() {
    let with = |line: &str| load(&CA.replace("{ days = 1 }", line));
    for good in [
        "{ days = 36525 }",
        "{ years = 100 }",
        "{ years = { from = 1, to = 100 } }",
    ] {
        assert!(with(good).is_ok(), "{good}");
    }
    for bad in [
        "{ days = 36526 }",
        "{ years = 101 }",
        "{ years = { from = 99, to = 101 } }",
        "{ days = 4294967296 }",
        "{ years = -1 }",
    ] {
        assert!(with(bad).is_err(), "{bad}");
    }
}
