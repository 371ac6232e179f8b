//! What a case shows a person, in English and Chinese.
//!
//! The words are [Fluent](https://projectfluent.org) messages (`words/en.ftl`, `words/zh.ftl`),
//! by group and word: a group for each list of [`crate::terms`] and the like, one for the
//! grounds of refusals. Codes and facts stay the same in every language; the words around
//! them may change.
//!
//! ```
//! use lifecycle::{Ground, terms::{Kind, Mode}, words::{self, Language}};
//!
//! assert_eq!(words::name(Language::Zh, Kind::Reissue), "补办");
//! let ground = Ground::ModeNotFiled { mode: Mode::Witness };
//! assert_eq!(words::reason(Language::Zh, &ground), "代理机构未报备“见证”办理方式或尚未开展");
//! ```

mod ground;
mod messages;
#[cfg(test)]
mod tests;

pub use ground::{Coded, Fact};

use crate::{
    Event, Refusal, authority,
    case::{Phase, Step, ledger::Outcome, payment::Payment, state::DeadlineName},
    certificate::{self, Party, RevocationReason},
    cessation, erasure, organisation,
    proceeding::{accreditation, qualification, recognition},
    roster,
    terms::*,
    token,
};
use messages::LIST_SEPARATOR;

crate::terms::terms! {
    /// A language that people read.
    Language {
        /// English.
        En = "en",
        /// Chinese.
        Zh = "zh",
    }
}

/// A closed list whose members have words of their own.
pub trait Named: Copy {
    /// The group of its words.
    const GROUP: &'static str;

    /// The member's key in the group.
    fn word(self) -> &'static str;
}

macro_rules! named {
    ($($group:literal = $name:path,)*) => {
        $(impl Named for $name {
            const GROUP: &'static str = $group;

            fn word(self) -> &'static str {
                self.as_str()
            }
        })*

        /// Groups of closed lists with their words.
        #[cfg(test)]
        fn lists() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
            vec![$((
                stringify!($name),
                $group,
                <$name>::ALL.iter().map(|one| one.as_str()).collect(),
            )),*]
        }
    };
}

named! {
    "language" = Language,
    "kind" = Kind,
    "mode" = Mode,
    "model" = Model,
    "seat" = Seat,
    "carrier" = Carrier,
    "subject-kind" = SubjectKind,
    "check" = Check,
    "stage" = Stage,
    "evidence-kind" = EvidenceKind,
    "payment-route" = PaymentRoute,
    "delivery-method" = DeliveryMethod,
    "pin-channel" = PinChannel,
    "employment" = Employment,
    "identity-document" = IdentityDocument,
    "identity-method" = IdentityMethod,
    "file-format" = FileFormat,
    "phase" = Phase,
    "step" = Step,
    "deadline-name" = DeadlineName,
    "party" = Party,
    "revocation-reason" = RevocationReason,
    "certificate-status" = certificate::Status,
    "certificate-step" = certificate::machine::Step,
    "authority-stage" = authority::Stage,
    "authority-step" = authority::Step,
    "token-stage" = token::Stage,
    "token-step" = token::Step,
    "roster-stage" = roster::Stage,
    "roster-step" = roster::Step,
    "organisation-stage" = organisation::Stage,
    "organisation-step" = organisation::Step,
    "cessation-stage" = cessation::Stage,
    "cessation-step" = cessation::Step,
    "cessation-deadline" = cessation::DeadlineName,
    "accreditation-stage" = accreditation::Stage,
    "accreditation-step" = accreditation::Step,
    "accreditation-deadline" = accreditation::DeadlineName,
    "accreditation-mode" = accreditation::ModeStatus,
    "accreditation-cause" = accreditation::Cause,
    "provision" = accreditation::Provision,
    "go-live" = accreditation::GoLive,
    "erasure-stage" = erasure::Stage,
    "erasure-step" = erasure::Step,
    "qualification-stage" = qualification::Stage,
    "qualification-step" = qualification::Step,
    "qualification-authority" = qualification::Authority,
    "qualification-applicant" = qualification::ApplicantKind,
    "qualification-channel" = qualification::Channel,
    "qualification-assessment" = qualification::Assessment,
    "qualification-condition" = qualification::Condition,
    "qualification-right" = qualification::Right,
    "qualification-deadline" = qualification::DeadlineName,
    "qualification-outcome" = qualification::Outcome,
    "material-fault" = qualification::MaterialFault,
    "recognition-stage" = recognition::Stage,
    "recognition-step" = recognition::Step,
    "recognition-deadline" = recognition::DeadlineName,
    "recognition-cause" = recognition::Cause,
    "recognition-measure" = recognition::Measure,
    "certificate-role" = recognition::CertificateRole,
}

/// The member of a closed list, for people.
pub fn name<T: Named>(language: Language, one: T) -> &'static str {
    term(language, T::GROUP, one.word()).unwrap_or(one.word())
}

/// The words of a group's member: `verdict` has `documents`, `identity` and `genuineness`,
/// `internal-checklist` what the organisation's agent looks at. None for what needs facts, such
/// as a ground: [`reason`] has them.
pub fn term(language: Language, group: &str, word: &str) -> Option<&'static str> {
    messages::plain(language, &messages::id(group, word))
}

/// A phrase that code uses in its texts, such as the name of a state; as it is, where there
/// are no words for it.
pub fn phrase(language: Language, phrase: &'static str) -> &'static str {
    messages::plain(language, &messages::phrase_id(phrase)).unwrap_or(phrase)
}

/// What happened, in a word or two.
pub fn event(language: Language, event: &Event) -> &'static str {
    match event {
        Event::Case(event) => name(language, event.step()),
        Event::Authority(event) => name(language, event.step()),
        Event::Certificate(event) => name(language, event.step()),
        Event::Person(event) => name(language, event.step()),
        Event::Organisation(event) => name(language, event.step()),
        Event::Token(event) => name(language, event.step()),
        Event::Cessation(event) => name(language, event.step()),
        Event::Key(event) => {
            let word = event.name();
            term(language, "key-event", word).unwrap_or(word)
        }
        Event::Erasure(event) => name(language, event.step()),
        Event::Proceeding(event) => event.step().said(language),
    }
}

/// A message that is no word of a list, with what it asks for.
pub(crate) fn told(
    language: Language,
    message: &'static str,
    facts: &[(&'static str, &str)],
) -> String {
    let facts = facts.iter().map(|(name, fact)| (*name, (*fact).into()));
    messages::filled(language, message, facts).unwrap_or_else(|| message.to_owned())
}

/// Where a check stands; none while nobody looked.
pub fn outcome(language: Language, outcome: Option<&Outcome>) -> &'static str {
    let word = match outcome {
        None => "pending",
        Some(Outcome::Passed { .. }) => "passed",
        Some(Outcome::Failed { .. }) => "failed",
        Some(Outcome::Waived { .. }) => "waived",
        Some(Outcome::Expired) => "expired",
    };
    term(language, "outcome", word).unwrap_or(word)
}

/// Where the money stands.
pub fn payment(language: Language, payment: &Payment) -> &'static str {
    let word = match payment {
        Payment::None => "none",
        Payment::SlipUploaded(_) => "slip-uploaded",
        Payment::FundsConfirmed => "funds-confirmed",
        Payment::Paid(_) => "paid",
        Payment::DepositSent(_) => "deposit-sent",
        Payment::DepositSettled { .. } => "deposit-settled",
        Payment::DepositFailed { .. } => "deposit-failed",
        Payment::AccountReentered { .. } => "account-reentered",
        Payment::CodeVerified => "code-verified",
        Payment::Locked { .. } => "locked",
    };
    term(language, "payment", word).unwrap_or(word)
}

/// Why something is not so: a ground, what is wrong with a field, an upload, a person.
pub fn reason(language: Language, reason: &impl Coded) -> String {
    ground::render(language, reason)
}

/// A refusal, with the requirements that it follows from behind it.
pub fn refusal(language: Language, refusal: &Refusal) -> String {
    let Refusal::Ruled {
        ground,
        requirements,
    } = refusal
    else {
        return reason(language, refusal);
    };
    let text = reason(language, ground.as_ref());
    if requirements.is_empty() {
        return text;
    }
    let requirements = list(language, requirements.iter().map(|one| one.as_str()));
    let facts = [
        ("ground", text.as_str().into()),
        ("requirements", requirements.into()),
    ];
    let id = messages::id(Refusal::GROUP, refusal.code());
    messages::filled(language, &id, facts).unwrap_or(text)
}

/// Several words in a row.
fn list<'a>(language: Language, words: impl Iterator<Item = &'a str>) -> String {
    let separator = messages::filled(language, LIST_SEPARATOR, []);
    let words: Vec<_> = words.collect();
    words.join(separator.as_deref().unwrap_or(" "))
}
