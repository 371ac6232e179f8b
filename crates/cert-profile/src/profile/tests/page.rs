//! `docs/profiles.md` has each field, and the shipped profiles as they are.

use super::*;
use core::fmt::Write as _;
use std::{env, fs};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/profiles.md");
const HEADING: &str = "## Shipped profiles\n";

/// The fields that serde expects in the place of an unknown one.
fn fields(text: &str) -> Vec<String> {
    let error = toml::from_str::<ProfileConfig>(text).unwrap_err();
    let message = error.message().to_owned();
    let (_, expected) = message.split_once("expected ").expect(text);
    let words = expected.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

#[test]
fn the_page_has_each_field() {
    let page = fs::read_to_string(PAGE).unwrap();
    let mut count = 0;
    for table in [
        "",
        "[validity]\n",
        "[subject]\n",
        "[identifiers]\n",
        "[key_origin]\n",
        "[name_constraints.permitted]\n",
    ] {
        for field in fields(&format!("{table}unknown = 1")) {
            assert!(page.contains(&format!("\n| `{field}` |")), "{table}{field}");
            count += 1;
        }
    }
    assert!(count > 45, "{count}");
}

#[test]
fn the_page_has_the_shipped_profiles_as_they_are() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (head, _) = page.split_once(HEADING).unwrap();
    let wanted = format!("{head}{HEADING}\n{}", shipped_profiles());
    if env::var_os("GM_PKI_WRITE_GOLDEN").is_some() {
        fs::write(PAGE, &wanted).unwrap();
    }
    let page = fs::read_to_string(PAGE).unwrap();
    assert!(
        page == wanted,
        "docs/profiles.md is old: GM_PKI_WRITE_GOLDEN=1 writes it"
    );
}

fn shipped_profiles() -> String {
    let mut text = String::from(
        "Made from the texts in `crates/cert-profile/profiles`: change them there, then\n\
         `GM_PKI_WRITE_GOLDEN=1 cargo test -p cert-profile page`. They have no URLs, which are the\n\
         CA's own: copy one and add yours.\n\n\
         | profile | for | key usage; purposes | validity | key made in |\n|---|---|---|---|---|\n",
    );
    for (name, toml) in SHIPPED {
        let profile = Profile::shipped(name).unwrap();
        let config: ProfileConfig = toml::from_str(toml).unwrap();
        let purposes = config.extended_key_usage.join(", ");
        let mut usages = config.key_usage.join(", ");
        if !purposes.is_empty() {
            usages = format!("{usages}; {purposes}");
        }
        let mut validity = match (config.validity.years, config.validity.days) {
            (Some(YearsConfig::Fixed(1)), _) => "1 year".to_owned(),
            (Some(YearsConfig::Fixed(years)), _) => format!("{years} years"),
            (Some(YearsConfig::Chosen(range)), _) => {
                format!("{} to {} years", range.from, range.to)
            }
            (_, days) => format!("{} days", days.unwrap()),
        };
        if config.validity.beyond_issuer == BeyondIssuer::Clamp {
            validity.push_str(", clamped");
        }
        let origin = profile.key_origin().map_or_else(Vec::new, |origin| {
            let environment = match origin.environment {
                OriginEnvironment::Production => Some("production"),
                OriginEnvironment::Any => None,
            };
            let device = match origin.device {
                OriginDevice::Any => None,
                OriginDevice::Hardware => Some("hardware"),
                OriginDevice::Qualified => Some("qualified hardware"),
            };
            environment.into_iter().chain(device).collect()
        });
        let origin = origin.join(", ");
        let _ = writeln!(
            text,
            "| `{name}` | {} | {usages} | {validity} | {origin} |",
            purpose(toml)
        );
    }
    text.push_str(
        "\n### Subjects\n\n| profile | required | optional | example |\n|---|---|---|---|\n",
    );
    for (name, toml) in SHIPPED {
        let config: ProfileConfig = toml::from_str(toml).unwrap();
        let example = toml
            .lines()
            .find_map(|line| line.strip_prefix("# Example: "));
        let _ = writeln!(
            text,
            "| `{name}` | {} | {} | {} |",
            config.subject.required.join(", "),
            config.subject.optional.join(", "),
            example.unwrap()
        );
    }
    text
}

/// The first sentence of the comment.
fn purpose(toml: &str) -> String {
    let comment = toml.lines().take_while(|line| line.starts_with("# "));
    let words: Vec<_> = comment.map(|line| &line[2..]).collect();
    let text = words.join(" ");
    let end = text.find(". ").unwrap_or(text.len());
    text[..end].trim_end_matches('.').to_owned()
}
