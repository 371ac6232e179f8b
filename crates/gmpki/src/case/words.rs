//! The words of cases in the language that was asked for.

use crate::view::Language;
use lifecycle::{
    Error,
    words::{self, Named},
};

/// What has a word in both languages.
pub(crate) trait Tongue {
    /// Its word.
    fn said(self, lang: Language) -> &'static str;
}

impl<T: Named> Tongue for T {
    fn said(self, lang: Language) -> &'static str {
        words::name(lang.of_cases(), self)
    }
}

impl Language {
    /// The same for the library that has the words of cases.
    pub(crate) fn of_cases(self) -> words::Language {
        match self {
            Self::En => words::Language::En,
            Self::Zh => words::Language::Zh,
        }
    }
}

/// So many cases.
pub(crate) fn cases(lang: Language, count: usize) -> String {
    match (lang, count) {
        (Language::En, 1) => "1 case".into(),
        (Language::En, _) => format!("{count} cases"),
        (Language::Zh, _) => format!("共{count}件"),
    }
}

/// A refusal in words of a language.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

/// An error of the engine; where a rule said no, in the words of the language.
pub(crate) fn told(lang: Language, error: Error) -> crate::failure::Failure {
    match error {
        Error::Refused(refusal) => Refused(words::refusal(lang.of_cases(), &refusal)).into(),
        other => other.into(),
    }
}
