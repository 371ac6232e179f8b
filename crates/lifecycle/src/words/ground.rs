//! Codes and facts of refusals, and their words.

use super::{Language, Named, list, messages, phrase, term};
use crate::{
    AuthorityId, CaseId, FieldFault, Ground, IdempotencyKey, NotQualified, OrganisationId,
    PersonId, RecognitionId, Refusal, Serial, StreamId, TokenId, UploadFault,
    calendar::{NotCovered, in_china},
    proceeding::Word,
    rules::{Requirement, Text},
    terms::EvidenceKind,
};
use der::DateTime;
use fluent_bundle::FluentValue;

/// A reason with a code that stays the same from version to version, and facts.
pub trait Coded {
    /// The group of its words.
    const GROUP: &'static str;

    /// Every code there is, with the names of its facts.
    const SHAPES: &'static [(&'static str, &'static [&'static str])];

    /// The code, in kebab case.
    fn code(&self) -> &'static str;

    /// Its facts by name.
    fn facts(&self) -> Vec<(&'static str, Fact)>;
}

/// A fact of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fact {
    /// Members of a closed list.
    Terms {
        /// The list's group.
        group: &'static str,
        /// Their keys.
        words: Vec<&'static str>,
    },
    /// A phrase of the code.
    Phrase(&'static str),
    /// A name, somebody's words.
    Text(String),
    /// A number.
    Number(u64),
    /// What a rule set says to people.
    Words(Text),
    /// A time.
    Time(DateTime),
    /// A reason with a code of its own.
    Reason {
        /// Its group.
        group: &'static str,
        /// Its code.
        code: &'static str,
        /// Its facts.
        facts: Vec<(&'static str, Self)>,
    },
}

impl Ground {
    /// Its facts by name, for programs: keys, codes, names and numbers as they are.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let facts = Coded::facts(self).into_iter();
        facts.map(|(name, fact)| (name, fact.to_string())).collect()
    }
}

impl Fact {
    /// The fact for people.
    pub fn render(&self, language: Language) -> String {
        match self {
            Self::Terms { group, words } => {
                let words = words.iter();
                let said = words.map(|word| term(language, group, word).unwrap_or(word));
                list(language, said)
            }
            Self::Phrase(text) => phrase(language, text).to_owned(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Words(words) => match language {
                Language::En => words.en.clone(),
                Language::Zh => words.zh.clone(),
            },
            Self::Time(at) => in_china(*at),
            Self::Reason { group, code, facts } => fill(language, group, code, facts),
        }
    }

    /// The fact as an argument of a message, which may choose its words by a number.
    fn argument(&self, language: Language) -> FluentValue<'static> {
        match self {
            // Fluent's numbers are doubles, in which whole ones of 32 bits are exact.
            Self::Number(number) => match u32::try_from(*number) {
                Ok(number) => number.into(),
                Err(_) => number.to_string().into(),
            },
            other => other.render(language).into(),
        }
    }
}

/// The fact for programs: keys and codes as they are.
impl std::fmt::Display for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Terms { words, .. } => f.write_str(&words.join(" ")),
            Self::Phrase(text) => f.write_str(text),
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Words(words) => f.write_str(&words.en),
            Self::Time(at) => write!(f, "{at}"),
            Self::Reason { code, .. } => f.write_str(code),
        }
    }
}

/// A reason in words; its code where there are none.
pub(super) fn render<T: Coded>(language: Language, reason: &T) -> String {
    fill(language, T::GROUP, reason.code(), &reason.facts())
}

fn fill(
    language: Language,
    group: &str,
    code: &'static str,
    facts: &[(&'static str, Fact)],
) -> String {
    let arguments = facts
        .iter()
        .map(|(name, fact)| (*name, fact.argument(language)));
    let text = messages::filled(language, &messages::id(group, code), arguments);
    text.unwrap_or_else(|| code.to_owned())
}

/// What becomes a fact.
trait AsFact {
    fn fact(&self) -> Fact;
}

impl<T: Named> AsFact for T {
    fn fact(&self) -> Fact {
        Fact::Terms {
            group: T::GROUP,
            words: vec![self.word()],
        }
    }
}

impl AsFact for Vec<EvidenceKind> {
    fn fact(&self) -> Fact {
        Fact::Terms {
            group: EvidenceKind::GROUP,
            words: self.iter().map(|kind| kind.as_str()).collect(),
        }
    }
}

impl AsFact for Word {
    fn fact(&self) -> Fact {
        Fact::Terms {
            group: self.group,
            words: vec![self.word],
        }
    }
}

impl AsFact for Option<Word> {
    fn fact(&self) -> Fact {
        self.as_ref()
            .map_or(Fact::Phrase("not there"), AsFact::fact)
    }
}

/// A state that there may be: none, where nothing is there.
impl<T: Named> AsFact for Option<T> {
    fn fact(&self) -> Fact {
        self.as_ref()
            .map_or(Fact::Phrase("not there"), AsFact::fact)
    }
}

macro_rules! facts {
    ($(|$value:ident: $type:ty| $fact:expr;)*) => {$(
        impl AsFact for $type {
            fn fact(&self) -> Fact {
                let $value = self;
                $fact
            }
        }
    )*};
}

facts! {
    |text: &'static str| Fact::Phrase(text);
    |text: String| Fact::Text(text.clone());
    |words: Text| Fact::Words(words.clone());
    |at: DateTime| Fact::Time(*at);
    |number: u16| Fact::Number((*number).into());
    |number: u32| Fact::Number((*number).into());
    |number: u64| Fact::Number(*number);
    |id: AuthorityId| Fact::Text(id.to_string());
    |key: IdempotencyKey| Fact::Text(key.to_string());
    |id: CaseId| Fact::Text(id.to_string());
    |id: OrganisationId| Fact::Text(id.to_string());
    |id: PersonId| Fact::Text(id.to_string());
    |id: RecognitionId| Fact::Text(id.to_string());
    |id: TokenId| Fact::Text(id.to_string());
    |serial: Serial| Fact::Text(serial.to_string());
    |stream: StreamId| Fact::Text(stream.to_string());
    |rejection: cert_profile::Rejection| Fact::Text(rejection.to_string());
    |ground: Box<Ground>| nested(ground.as_ref());
    |requirements: Vec<Requirement>| Fact::Text(
        requirements.iter().map(Requirement::as_str).collect::<Vec<_>>().join(" "),
    );
    |why: NotQualified| nested(why);
    |why: FieldFault| nested(why);
    |why: UploadFault| nested(why);
}

fn nested<T: Coded>(reason: &T) -> Fact {
    Fact::Reason {
        group: T::GROUP,
        code: reason.code(),
        facts: reason.facts(),
    }
}

/// The year that no notice covers.
impl AsFact for NotCovered {
    fn fact(&self) -> Fact {
        Fact::Number(self.year.into())
    }
}

/// `"code" = Variant { field, field }` or `"code" = Variant(value) as "name"`: each variant
/// once, with all its fields, or it does not compile.
macro_rules! coded {
    ($type:ident in $group:literal {
        $($code:literal = $variant:ident $({ $($field:ident),* })? $(($value:ident) as $name:literal)?,)*
    }) => {
        impl Coded for $type {
            const GROUP: &'static str = $group;

            const SHAPES: &'static [(&'static str, &'static [&'static str])] =
                &[$(($code, &[$($(stringify!($field)),*)? $($name)?])),*];

            fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $code,)*
                }
            }

            fn facts(&self) -> Vec<(&'static str, Fact)> {
                match self {
                    $(Self::$variant $({ $($field),* })? $(($value))? => vec![
                        $($((stringify!($field), $field.fact())),*)?
                        $(($name, $value.fact()))?
                    ],)*
                }
            }
        }
    };
}

coded! { NotQualified in "not-qualified" {
    "not-on-roster" = NotOnRoster,
    "employment" = Employment(kind) as "employment",
    "contract" = Contract,
    "training" = Training,
    "licence" = Licence,
    "declaration" = Declaration,
    "sanction" = Sanction,
    "conflict" = Conflict,
} }

coded! { FieldFault in "field-fault" {
    "empty" = Empty,
    "unknown" = Unknown,
    "text" = Text,
    "format" = Format,
    "check-character" = CheckCharacter,
} }

coded! { UploadFault in "upload-fault" {
    "empty" = Empty,
    "size" = Size { size, limit },
    "unrecognised" = Unrecognised,
    "extension" = Extension,
    "format" = Format(format) as "format",
    "unknown-extension" = UnknownExtension,
    "other" = Other(format) as "format",
    "file-name" = FileName,
} }

coded! { Ground in "ground" {
    "not-listed" = NotListed { phase, step },
    "case-exists" = CaseExists,
    "not-of-this-kind" = NotOfThisKind { kind, step },
    "not-offered" = NotOffered { kind, mode, reason },
    "mode-not-filed" = ModeNotFiled { mode },
    "flow-missing" = FlowMissing { kind, mode },
    "provision-missing" = ProvisionMissing { provision, mode },
    "go-live-open" = GoLiveOpen { go_live, mode },
    "no-agency" = NoAgency,
    "not-in-force" = NotInForce { rules },
    "unknown-name" = UnknownName { what, name },
    "model-not-offered" = ModelNotOffered { model },
    "carrier" = Carrier { carrier },
    "subject" = Subject { subject },
    "missing" = Missing { what },
    "wrong-state" = WrongState { what, state, verb },
    "issuer-not-ready" = IssuerNotReady { id },
    "profile" = Profile(rejection) as "why",
    "seat" = Seat { seat },
    "same-person" = SamePerson { person, held, wanted },
    "not-qualified" = NotQualified { person, seat, why },
    "not-authorised" = NotAuthorised { agent, organisation },
    "not-listed-applicant" = NotListedApplicant { person, organisation },
    "not-a-party" = NotAParty { person },
    "quota" = Quota { certificate, limit, held },
    "not-the-first" = NotTheFirst { certificate },
    "years" = Years { years },
    "field" = Field { field, why },
    "upload" = Upload { document, why },
    "document-order" = DocumentOrder { document },
    "document-missing" = DocumentMissing { document },
    "stale" = Stale { document, of, now },
    "not-flagged" = NotFlagged { subject },
    "separate-consent" = SeparateConsent { agreement },
    "check-open" = CheckOpen { check },
    "check-derived" = CheckDerived { check },
    "evidence-missing" = EvidenceMissing { check, needed },
    "evidence-kind" = EvidenceKind { given, wanted },
    "identity-method" = IdentityMethod { document, method },
    "seat-empty" = SeatEmpty { seat },
    "verdict-no" = VerdictNo { point },
    "changed-since-registration" = ChangedSinceRegistration,
    "outside-window" = OutsideWindow { opens, closes },
    "target-status" = TargetStatus { status, kind },
    "target-without" = TargetWithout { case },
    "same-key" = SameKey,
    "key" = Key { why },
    "token" = Token { token, status },
    "read-back" = ReadBack,
    "delivery" = Delivery { method },
    "pin" = Pin { channel, recipient },
    "pin-told" = PinTold,
    "payment-step" = PaymentStep,
    "account-holder" = AccountHolder { holder },
    "cooling" = Cooling { from },
    "code-expired" = CodeExpired,
    "nothing-paid" = NothingPaid,
    "not-due" = NotDue,
    "calendar" = Calendar(covered) as "year",
    "words" = Words { what },
    "account-number" = AccountNumber,
    "not-in-this-model" = NotInThisModel { model, step },
    "not-correct" = NotCorrect,
    "objection-open" = ObjectionOpen,
    "interval" = Interval,
    "person-number" = PersonNumber,
    "retained" = Retained { person, until },
    "not-ended" = NotEnded { stream },
    "nothing-sealed" = NothingSealed { person },
    "late" = Late { what, by },
    "other-party" = OtherParty { froze, asks },
    "proceeding-step" = ProceedingStep { stage, step },
    "authority" = Authority { wanted },
    "material" = Material { material, why },
    "report-missing" = ReportMissing { assessment },
    "report-failed" = ReportFailed { assessment },
    "condition-open" = ConditionOpen { condition },
    "recused" = Recused { person },
    "query-opens" = QueryOpens { after },
    "other-authority" = OtherAuthority { given, wanted },
    "class-taken" = ClassTaken { by },
    "not-independent" = NotIndependent { auditor, ca },
    "report-age" = ReportAge { made, oldest },
    "back-dated" = BackDated { from },
    "not-as-decided" = NotAsDecided { what },
} }

// A ruled refusal has the words of its ground ([`super::refusal`]).
coded! { Refusal in "refusal" {
    "authority-exists" = AuthorityExists { id },
    "unknown" = Unknown { stream },
    "no-such-profile" = NoSuchProfile { name },
    "ruled" = Ruled { ground, requirements },
    "no-intent" = NoIntent { serial },
    "time-runs-backwards" = TimeRunsBackwards,
    "key-used" = KeyUsed { key },
} }
