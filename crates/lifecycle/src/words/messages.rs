//! The texts of both languages: [Fluent](https://projectfluent.org) messages.

use super::Language;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::{borrow::Cow, sync::OnceLock};

/// What stands between the members of a list.
pub(super) const LIST_SEPARATOR: &str = "list-separator";

/// The message of a group's member.
pub(super) fn id(group: &str, word: &str) -> String {
    format!("{group}-{word}")
}

/// The message of a phrase: its letters and digits, as a message's name can have no others.
pub(super) fn phrase_id(phrase: &str) -> String {
    let words = phrase.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    id("phrase", &words.join("-").to_ascii_lowercase())
}

/// The text of a message that needs no facts.
pub(super) fn plain(language: Language, id: &str) -> Option<&'static str> {
    match written(language, id, None)? {
        Cow::Borrowed(text) => Some(text),
        Cow::Owned(_) => None,
    }
}

/// The text of a message with its facts.
pub(super) fn filled<'a>(
    language: Language,
    id: &str,
    facts: impl IntoIterator<Item = (&'a str, FluentValue<'a>)>,
) -> Option<String> {
    let facts = FluentArgs::from_iter(facts);
    written(language, id, Some(&facts)).map(Cow::into_owned)
}

fn written(
    language: Language,
    id: &str,
    facts: Option<&FluentArgs<'_>>,
) -> Option<Cow<'static, str>> {
    let book = book(language);
    let pattern = book.get_message(id)?.value()?;
    // A fact that is missing stays a placeholder; a test gives each message its facts.
    Some(book.format_pattern(pattern, facts, &mut Vec::new()))
}

fn book(language: Language) -> &'static FluentBundle<FluentResource> {
    static EN: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    static ZH: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    let place = match language {
        Language::En => &EN,
        Language::Zh => &ZH,
    };
    place.get_or_init(|| {
        let locale = language.as_str().parse().expect("en and zh are languages");
        let mut book = FluentBundle::new_concurrent(vec![locale]);
        // Marks around facts are for texts that mix directions of writing; these go to
        // terminals and files too, where they would be seen or compared.
        book.set_use_isolating(false);
        let text = text(language).to_owned();
        let texts = FluentResource::try_new(text).expect("a test reads it");
        book.add_resource(texts).expect("a test reads it");
        book
    })
}

/// The messages of a language as they are kept.
pub(super) fn text(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("en.ftl"),
        Language::Zh => include_str!("zh.ftl"),
    }
}
