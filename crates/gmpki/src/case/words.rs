//! The words of cases in the language that was asked for.

use crate::view::Language;
use lifecycle::{
    case::{Phase, Step, state::DeadlineName},
    certificate::Status,
    terms::*,
};

/// What has a word in both languages.
pub(crate) trait Tongue {
    /// Its word.
    fn said(self, lang: Language) -> String;
}

macro_rules! tongues {
    ($($name:ty),* $(,)?) => {$(
        impl Tongue for $name {
            fn said(self, _lang: Language) -> String {
                self.as_str().to_owned()
            }
        }
    )*};
}
tongues!(
    Phase,
    Step,
    DeadlineName,
    Kind,
    Mode,
    Model,
    Seat,
    Carrier,
    Check,
    EvidenceKind,
    PaymentRoute,
    DeliveryMethod,
    PinChannel,
    IdentityDocument,
    IdentityMethod,
    Status,
);

/// So many cases.
pub(crate) fn cases(lang: Language, count: usize) -> String {
    match (lang, count) {
        (Language::En, 1) => "1 case".into(),
        (Language::En, _) => format!("{count} cases"),
        (Language::Zh, _) => format!("共{count}件"),
    }
}
