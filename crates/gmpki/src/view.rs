//! What structures say, for people: names attribute by attribute, extensions, algorithms; in
//! English or in Chinese, with the terms of GB/T 20518.

mod extension;
mod name;

pub(crate) use extension::{Purpose, describe, purpose};
pub(crate) use name::{Masks, attributes, general_name, line, masked, masked_line, text_of};

use gm_crypto::explain::name_of;
use std::fmt::Write;

/// The language of what is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    /// English
    #[default]
    En,
    /// Chinese, with the terms of GB/T 20518
    Zh,
}

impl Language {
    /// The words of this language.
    pub(crate) fn say<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::En => english,
            Self::Zh => chinese,
        }
    }

    /// `text` in brackets of this language, behind a word.
    pub(crate) fn bracketed(self, text: &str) -> String {
        match self {
            Self::En => format!(" ({text})"),
            Self::Zh => format!("（{text}）"),
        }
    }
}

/// A page of rows: a label, then one value, or several below it.
#[derive(Debug)]
pub(crate) struct Page {
    language: Language,
    text: String,
}

impl Page {
    pub(crate) fn new(language: Language) -> Self {
        Self {
            language,
            text: String::new(),
        }
    }

    /// A row of one value.
    pub(crate) fn row(&mut self, label: &str, value: &str) {
        let _ = match self.language {
            Language::En => writeln!(self.text, "{:<12} {value}", format!("{label}:")),
            Language::Zh => writeln!(self.text, "{label}：{value}"),
        };
    }

    /// A label with lines of their own.
    pub(crate) fn rows(&mut self, label: &str, values: &[String]) {
        match values {
            [one] => self.row(label, one),
            several => self.list(label, several),
        }
    }

    /// A label, and always lines of their own below it.
    pub(crate) fn list(&mut self, label: &str, values: &[String]) {
        if !values.is_empty() {
            let _ = writeln!(self.text, "{label}{}", self.language.say(":", "："));
        }
        for value in values {
            let _ = writeln!(self.text, "  {value}");
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// Names that are words, in Chinese (GM/T 0006).
const CHINESE: &[(&str, &str)] = &[
    ("1.2.156.10197.1.301", "SM2 椭圆曲线"),
    ("1.2.156.10197.1.501", "基于 SM3 的 SM2 签名"),
];

/// An object identifier with its name.
pub(crate) fn named(dotted: &str, language: Language) -> String {
    let chinese = CHINESE.iter().find(|row| row.0 == dotted);
    let name = match (language, chinese) {
        (Language::Zh, Some((_, name))) => Some(*name),
        _ => name_of(dotted),
    };
    match name {
        Some(name) => format!("{name}{}", language.bracketed(dotted)),
        None => dotted.to_owned(),
    }
}

/// Text of a stranger's: what would move a terminal's cursor or turn the writing round is
/// written as its code point.
pub(crate) fn plain(text: &str) -> String {
    let moves = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{feff}')
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
            || ('\u{2028}'..='\u{2029}').contains(&c)
    };
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if moves(c) {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_move_the_cursor_is_written_out() {
        assert_eq!(
            plain("a\u{1b}[2J\r\n张\u{202e}b"),
            "a\\u{1b}[2J\\u{d}\\u{a}张\\u{202e}b"
        );
    }

    #[test]
    fn a_page_has_rows_in_either_language() {
        let page = |language| {
            let mut page = Page::new(language);
            page.row("serial", "01");
            page.rows("one", &["1".into()]);
            page.rows("two", &["1".into(), "2".into()]);
            page.rows("none", &[]);
            page.into_text()
        };
        assert_eq!(
            page(Language::En),
            "serial:      01\none:         1\ntwo:\n  1\n  2\n"
        );
        assert_eq!(page(Language::Zh), "serial：01\none：1\ntwo：\n  1\n  2\n");
    }
}
