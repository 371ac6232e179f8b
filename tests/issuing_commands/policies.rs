//! What a policy leaves to its operator: years, ends, shards of CRLs.

use crate::{Office, done, request, serial};
use gm_pki_tests::command::gmpki;
use std::path::PathBuf;

/// A profile of an end entity with these lines.
fn profile(office: &Office, validity: &str, more: &str) -> PathBuf {
    let text = format!(
        "name = 'mine'\nkind = 'end-entity'\nkey_usage = ['digitalSignature']\n{more}\
         [validity]\n{validity}\n[subject]\nrequired = ['commonName']\n"
    );
    office.bench.write("mine.toml", text)
}

#[test]
fn years_are_chosen_where_the_profile_leaves_the_choice() {
    let office = Office::new();
    let profile = profile(&office, "years = { from = 1, to = 5 }", "");
    let csr = request(&office.bench, "csr", &office.bench.key("key"), "CN=a");
    let issue = |years: &str| {
        office
            .issue(profile.to_str().expect("text"))
            .option("--years", years)
            .option("--at", "2027-03-01T00:00:00Z")
            .arg("--json")
            .arg(&csr)
            .answer()
    };
    for (years, end) in [("1", "2028-03-01"), ("5", "2032-03-01")] {
        let json = issue(years).good().json();
        assert_eq!(json["not_after"], format!("{end}T00:00:00Z"), "{json}");
        assert_eq!(json["shortened_from"], serde_json::Value::Null);
    }
    for years in ["0", "6"] {
        let answer = issue(years);
        assert_eq!(answer.code, Some(1), "{answer}");
        assert!(answer.err.contains("1 to 5"), "{answer}");
    }
    // Nothing is chosen.
    let none = office.issue(profile.to_str().expect("text")).arg(&csr);
    assert_eq!(none.answer().code, Some(1));
    let checked = gmpki("profile check").arg(&profile).answer().good();
    let words = "valid for:   1 to 5 years, as the request chooses, refused beyond";
    assert!(checked.text().contains(words), "{checked}");
}

#[test]
fn an_end_behind_the_issuers_is_refused_or_shortened_and_that_is_said() {
    let office = Office::new();
    let csr = request(&office.bench, "csr", &office.bench.key("key"), "CN=a");
    let out = office.bench.path("out.pem");
    // The CA has ten years.
    let refused = profile(&office, "years = 30", "");
    office
        .issue(refused.to_str().expect("text"))
        .option("--out", &out)
        .arg(&csr)
        .answer()
        .refused("issuer");
    assert!(!out.exists());
    let clamped = profile(&office, "years = 30\nbeyond_issuer = 'clamp'", "");
    let call = office
        .issue(clamped.to_str().expect("text"))
        .option("--out", &out)
        .arg(&csr);
    let answer = done(call.answer());
    assert!(
        answer
            .err
            .contains("note: shortened: the issuer ends first"),
        "{answer}"
    );
    let ca_end = crate::shown(&office.ca)["not_after"].clone();
    assert_eq!(crate::shown(&out)["not_after"], ca_end);
}

#[test]
fn a_shard_has_its_own_certificates_and_no_others() {
    let office = Office::new();
    let bench = &office.bench;
    let profile = profile(
        &office,
        "years = 1",
        "crl_urls = ['http://ca.example.cn/{shard}.crl']\ncrl_shards = 2\n",
    );
    let name = profile.to_str().expect("text");
    let csr = request(bench, "csr", &bench.key("key"), "CN=a");
    let out = bench.path("out.pem");
    let answer = office
        .issue(name)
        .option("--out", &out)
        .arg(&csr)
        .answer()
        .good();
    let line = answer
        .text()
        .lines()
        .find(|line| line.starts_with("CRL shard:"));
    let shard: u32 = line
        .and_then(|line| line.split_whitespace().last())
        .and_then(|shard| shard.parse().ok())
        .expect("a number");
    let shown = gmpki("cert show").arg(&out).answer().good();
    let url = format!("http://ca.example.cn/{shard}.crl");
    assert!(shown.text().contains(&url), "{shown}");

    let revoked = bench.write(
        "revoked.csv",
        format!("{},2026-01-01T00:00:00Z", serial(&out)),
    );
    let list = |shard: u32| {
        office
            .list()
            .option("--number", "1")
            .option("--days", "7")
            .option("--profile", name)
            .option("--shard", shard.to_string())
            .option("--out", bench.path("shard.crl"))
            .arg(&revoked)
            .answer()
    };
    list(shard).good();
    let said = gmpki("--json crl show")
        .arg(bench.path("shard.crl"))
        .answer();
    assert_eq!(said.good().json()["urls"][0], url);
    list(1 - shard).refused("line 1: ");
    list(2).misused("the profile has shards 0 to 1");
    office
        .list()
        .option("--number", "1")
        .option("--days", "7")
        .option("--profile", "subscriber-signing")
        .option("--shard", "0")
        .answer()
        .misused("has no crl_shards");
}
