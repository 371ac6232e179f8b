//! `gmpki profile`: policies as text.

use crate::{
    args::{ProfileCheck, ProfileShow},
    cert,
    failure::Failure,
    outcome::Outcome,
};
use cert_profile::{
    BeyondIssuer, Kind, OriginDevice, OriginEnvironment, PolicyConfig, Presence, ProfileConfig,
    SHIPPED, YearsConfig,
};
use serde_json::json;

pub(crate) fn list() -> Outcome {
    let widest = SHIPPED.iter().map(|(name, _)| name.len()).max();
    let widest = widest.unwrap_or_default();
    let lines: Vec<String> = SHIPPED
        .iter()
        .map(|(name, text)| format!("{name:<widest$}  {}", purpose(text)))
        .collect();
    let profiles: Vec<_> = SHIPPED
        .iter()
        .map(|(name, text)| json!({ "name": name, "for": purpose(text) }))
        .collect();
    Outcome::new(lines.join("\n"), json!({ "profiles": profiles }))
}

/// What a policy is for: its first comment.
fn purpose(text: &str) -> String {
    let comment = text
        .lines()
        .skip_while(|line| !line.starts_with('#'))
        .map_while(|line| line.strip_prefix('#'));
    let lines = comment.map(str::trim).take_while(|line| !line.is_empty());
    let mut text = String::new();
    for line in lines {
        if !text.is_empty() && !text.ends_with('-') {
            text.push(' ');
        }
        text.push_str(line);
    }
    // The first words of a sentence will do in a list.
    let end = text.find(". ").into_iter().chain(text.find("; ")).min();
    text.truncate(end.unwrap_or(text.len()));
    text.trim_end_matches('.').to_owned()
}

pub(crate) fn show(args: &ProfileShow) -> Result<Outcome, Failure> {
    match SHIPPED.iter().find(|(name, _)| *name == args.name) {
        Some((name, text)) => Ok(Outcome::new(*text, json!({ "name": name, "toml": text }))),
        None => Err(Failure::Usage(format!(
            "{:?} is none of {}",
            args.name,
            cert::shipped()
        ))),
    }
}

pub(crate) fn check(args: &ProfileCheck) -> Result<Outcome, Failure> {
    let name = args.file.to_string_lossy();
    let shipped = SHIPPED.iter().find(|(shipped, _)| *shipped == name);
    let text = match shipped {
        Some((_, text)) => (*text).to_owned(),
        None => cert::policy_text(&args.file)?,
    };
    let profile = cert::load(&args.file, &text)?;
    let config: ProfileConfig = toml::from_str(&text)?;
    let rows = allowed(&config);
    let mut text = format!("profile: good, {}", profile.name());
    let mut json = json!({ "name": profile.name() });
    for (label, value) in rows {
        text.push_str(&format!("\n{:<12} {value}", format!("{label}:")));
        json[label.to_lowercase().replace(' ', "_")] = value.into();
    }
    Ok(Outcome::new(text, json))
}

/// What a policy allows, in rows of a label and words.
fn allowed(config: &ProfileConfig) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        (
            "for",
            match config.kind {
                Kind::Root => "a root CA, which signs its own certificate".into(),
                Kind::Ca => "a CA under another".into(),
                _ => "an end entity, which issues nothing".into(),
            },
        ),
        ("valid for", validity(config)),
        ("key usage", config.key_usage.join(", ")),
    ];
    let mut row = |label, words: String| {
        if !words.is_empty() {
            rows.push((label, words));
        }
    };
    if let Some(below) = config.path_len {
        row("CAs below", below.to_string());
    }
    row("purposes", config.extended_key_usage.join(", "));
    let policies: Vec<&str> = config
        .certificate_policies
        .iter()
        .map(|policy| match policy {
            PolicyConfig::Plain(oid) => oid.as_str(),
            PolicyConfig::Qualified(policy) => policy.oid.as_str(),
            _ => "another form",
        })
        .collect();
    row("policies", policies.join(", "));
    row("name must", config.subject.required.join(", "));
    row("name may", config.subject.optional.join(", "));
    let values = config.subject.values.iter();
    let values: Vec<String> = values
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    row("name has", values.join(", "));
    row("other names", alternative_names(config));
    row("numbers", numbers(config));
    row("key made", origin(config));
    if config.name_constraints.is_some() {
        row("names below", "constrained".into());
    }
    row("CRL at", config.crl_urls.join(", "));
    if let Some(shards) = config.crl_shards {
        row("CRL shards", shards.to_string());
    }
    row("delta at", config.delta_crl_urls.join(", "));
    row("OCSP at", config.ocsp_urls.join(", "));
    row("issuer at", config.issuer_urls.join(", "));
    rows
}

fn validity(config: &ProfileConfig) -> String {
    let term = match (config.validity.years, config.validity.days) {
        (Some(YearsConfig::Fixed(1)), _) => "1 year".into(),
        (Some(YearsConfig::Fixed(years)), _) => format!("{years} years"),
        (Some(YearsConfig::Chosen(range)), _) => {
            format!(
                "{} to {} years, as the request chooses",
                range.from, range.to
            )
        }
        (None, Some(days)) => format!("{days} days"),
        _ => "another term".into(),
    };
    match config.validity.beyond_issuer {
        BeyondIssuer::Clamp => format!("{term}, shortened to the issuer's end"),
        _ => format!("{term}, refused beyond the issuer's end"),
    }
}

fn alternative_names(config: &ProfileConfig) -> String {
    let forms: Option<Vec<String>> = config.alternative_name_forms.as_ref().map(|forms| {
        forms
            .iter()
            .map(|form| format!("{form:?}").to_lowercase())
            .collect()
    });
    let forms = forms.map_or_else(|| "of any form".to_owned(), |forms| forms.join(", "));
    match config.alternative_names {
        Presence::Forbidden => "none".into(),
        Presence::Required => format!("at least one: {forms}"),
        _ => format!("if asked for: {forms}"),
    }
}

fn numbers(config: &ProfileConfig) -> String {
    let Some(numbers) = &config.identifiers else {
        return String::new();
    };
    let all = [
        ("resident_identity_card", numbers.resident_identity_card),
        ("military_officer_card", numbers.military_officer_card),
        ("passport", numbers.passport),
        ("social_insurance_number", numbers.social_insurance_number),
        ("ic_registration_number", numbers.ic_registration_number),
        ("organisation_code", numbers.organisation_code),
        ("taxation_number", numbers.taxation_number),
        (
            "unified_social_credit_code",
            numbers.unified_social_credit_code,
        ),
    ];
    let words = all.iter().filter_map(|(name, presence)| match presence {
        Presence::Forbidden => None,
        Presence::Required => Some(format!("{name} (required)")),
        _ => Some((*name).to_owned()),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn origin(config: &ProfileConfig) -> String {
    let Some(origin) = &config.key_origin else {
        return String::new();
    };
    let environment = match origin.environment {
        OriginEnvironment::Production => "in production",
        _ => "in an environment that is stated",
    };
    let device = match origin.device {
        OriginDevice::Qualified => "by a device with its qualification number",
        OriginDevice::Hardware => "by a device",
        _ => "by anything that is stated",
    };
    format!("{environment}, {device}")
}

#[cfg(test)]
mod tests {
    use super::purpose;

    #[test]
    fn the_first_words_of_a_policy_say_what_it_is_for() {
        let text = "# The half that encrypts; the key is made by the key-\n# centre. More.\n\n";
        assert_eq!(purpose(text), "The half that encrypts");
        let text = "# Keys of the key-\n# management centre. More.\n#\n# Example: no.\n";
        assert_eq!(purpose(text), "Keys of the key-management centre");
        assert_eq!(purpose("name = 'a'"), "");
    }
}
