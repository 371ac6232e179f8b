//! Rules as data: what one scheme says about kinds, modes, checks, limits and deadlines.
//!
//! A [`RuleSet`] is read from TOML ([`RuleSet::from_toml`]), checked as a whole, and fixed for
//! a case when it is opened: its name and version stand in the record. Every number and every
//! list in it is [`Sourced`]: it names the requirements it follows from, or says why it was
//! assumed where no source gives it. Every cell of kinds × modes is there, with rules or with
//! the reason why it is not offered (S0-14).
//!
//! Four sets are [shipped](RuleSet::shipped): `chinaclear-agency`, `egov-extranet` and
//! `szca-online`, each read from a document, and `in-house`, for a CA that serves its own
//! organisation alone. `docs/rules.md` has every field.

mod book;
mod check;
mod flaw;
mod line;
mod provenance;
mod read;
mod requirement;
mod shipped;
#[cfg(test)]
mod tests;

pub use book::{RuleBook, RuleBookError};
pub use flaw::{Flaw, RuleSetError};
pub use provenance::Provenance;
pub use requirement::Requirement;
pub use shipped::SHIPPED;

use crate::{calendar::Date, terms::*};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// A value with what it rests on: `{ value = 3, basis = ["S2-23"] }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Requirements it follows from.
    #[serde(default)]
    pub basis: Vec<Requirement>,
    /// Why it was assumed.
    #[serde(default)]
    pub assumed: Option<String>,
}

/// A word for people, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// Name and version of a rule set, as records keep it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RuleSetId {
    /// Its name.
    pub name: String,
    /// Its version, from 1.
    pub version: u32,
}

impl fmt::Display for RuleSetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

/// What one scheme says, checked as a whole.
#[derive(Clone, Debug)]
pub struct RuleSet {
    name: String,
    version: u32,
    /// For people.
    title: Text,
    /// The document it was read from.
    source: String,
    /// First day on which it counts, in China's time.
    from: Sourced<Date>,
    /// First day on which it counts no more.
    until: Option<Sourced<Date>>,
    /// Which calendar its working days are of.
    calendar: Sourced<String>,
    /// Ways in which organisations bring cases.
    models: Sourced<Vec<Model>>,
    /// Whether business comes through agencies with an accredited mode (S0-01, S0-11).
    agencies: Sourced<bool>,
    /// Whether they are accredited here, so that no other filing opens a mode (S0-01).
    accreditation: Option<Sourced<bool>>,
    /// Whether an organisation names its agents and applicants beforehand (S1-01, S1-03).
    onboarding: Sourced<bool>,
    values: Values,
    /// Certificates by name.
    certificates: BTreeMap<String, CertificateRule>,
    /// Documents by name.
    documents: BTreeMap<String, DocumentRule>,
    /// Agreements that are consented to, by name.
    consents: BTreeMap<String, ConsentRule>,
    /// Which methods check which document.
    identity: BTreeMap<IdentityDocument, Sourced<Vec<IdentityMethod>>>,
    roster: RosterRule,
    seats: SeatRules,
    /// The first that fits tells where a PIN goes.
    pins: Vec<PinRule>,
    /// What cells may ask for, by name.
    checks: BTreeMap<String, CheckRule>,
    cells: BTreeMap<Kind, BTreeMap<Mode, Cell>>,
}

impl RuleSet {
    /// Name and version.
    pub fn id(&self) -> RuleSetId {
        RuleSetId {
            name: self.name.clone(),
            version: self.version,
        }
    }

    /// Its title for people.
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// The document it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// First day on which it counts, and first on which it counts no more, in China's time.
    pub fn interval(&self) -> (Date, Option<Date>) {
        (
            self.from.value,
            self.until.as_ref().map(|until| until.value),
        )
    }

    /// Whether it counts on the day that `at` is in, in China's time.
    pub fn in_force(&self, at: DateTime) -> bool {
        let day = Date::in_china(at);
        let (from, until) = self.interval();
        from <= day && until.is_none_or(|until| day < until)
    }

    /// The name of the calendar of its working days.
    pub fn calendar(&self) -> &str {
        &self.calendar.value
    }

    /// Ways in which organisations bring cases.
    pub fn models(&self) -> &Sourced<Vec<Model>> {
        &self.models
    }

    /// Whether business comes through agencies with an accredited mode (S0-01, S0-11).
    pub fn agencies(&self) -> &Sourced<bool> {
        &self.agencies
    }

    /// Whether its agencies are [accredited](crate::proceeding::accreditation) here, so that no
    /// other filing opens a mode while the set is in force (S0-01); a set that does not say so
    /// leaves it to a filing that two persons record.
    pub fn accreditation(&self) -> bool {
        let rule = self.accreditation.as_ref();
        rule.is_some_and(|rule| rule.value)
    }

    /// Whether an organisation names its agents and applicants beforehand (S1-01, S1-03).
    pub fn onboarding(&self) -> &Sourced<bool> {
        &self.onboarding
    }

    /// Numbers and choices.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// A certificate by its name.
    pub fn certificate(&self, name: &str) -> Option<&CertificateRule> {
        self.certificates.get(name)
    }

    /// All certificates by name.
    pub fn certificates(&self) -> &BTreeMap<String, CertificateRule> {
        &self.certificates
    }

    /// A document by its name.
    pub fn document(&self, name: &str) -> Option<&DocumentRule> {
        self.documents.get(name)
    }

    /// All documents by name.
    pub fn documents(&self) -> &BTreeMap<String, DocumentRule> {
        &self.documents
    }

    /// Agreements that are consented to, by name.
    pub fn consents(&self) -> &BTreeMap<String, ConsentRule> {
        &self.consents
    }

    /// Methods that check a document; none: it is not taken.
    pub fn identity_methods(
        &self,
        document: IdentityDocument,
    ) -> Option<&Sourced<Vec<IdentityMethod>>> {
        self.identity.get(&document)
    }

    /// Who may witness or handle.
    pub fn roster(&self) -> &RosterRule {
        &self.roster
    }

    /// Which seats one person may hold on one case.
    pub fn seats(&self) -> &SeatRules {
        &self.seats
    }

    /// Where PINs go; the first that fits counts.
    pub fn pins(&self) -> &[PinRule] {
        &self.pins
    }

    /// Where the PIN of such a certificate goes: the first rule that fits. None for no set
    /// that was loaded: its last rule fits always.
    ///
    /// A way to pay that is not known (yet) fits no rule that names one.
    pub fn pin(
        &self,
        model: Model,
        subject: SubjectKind,
        payment: Option<PaymentRoute>,
        delivery: DeliveryMethod,
    ) -> Option<&PinRule> {
        self.pins.iter().find(|rule| {
            rule.model.is_none_or(|wanted| wanted == model)
                && rule.subject.is_none_or(|wanted| wanted == subject)
                && rule.payment.is_none_or(|wanted| Some(wanted) == payment)
                && rule.delivery.is_none_or(|wanted| wanted == delivery)
        })
    }

    /// What cells may ask for, by name.
    pub fn checks(&self) -> &BTreeMap<String, CheckRule> {
        &self.checks
    }

    /// What it says of a kind in a mode. None for no set that was loaded: every cell is there.
    pub fn cell(&self, kind: Kind, mode: Mode) -> Option<&Cell> {
        self.cells.get(&kind)?.get(&mode)
    }
}

/// Numbers and choices. Days are calendar days, working days those of the calendar.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Values {
    /// Years of validity that can be chosen (S2-09).
    pub years: Sourced<Vec<u16>>,
    /// Calendar months before the end in which a renewal is asked for (S2-31).
    pub renewal_months: Sourced<u8>,
    /// Octets of the longest upload (S2-13, X-05).
    pub upload_octets: Sourced<u64>,
    /// Octets above which an upload is remarked on.
    pub upload_remark_octets: Sourced<u64>,
    /// Working days for a review (S2-23).
    pub review_working_days: Sourced<u16>,
    /// Days without objection after which a certificate counts as accepted; none: never.
    pub deemed_acceptance_days: Sourced<Option<u16>>,
    /// Days after which a missing confirmation is followed up (S1-18).
    pub confirmation_days: Sourced<u16>,
    /// Days after which a case that nobody works on lapses.
    pub lapse_days: Sourced<u16>,
    /// Working days that "at once" may take.
    pub prompt_working_days: Sourced<u16>,
    /// Years that records are kept after the certificate lapsed (S5-03).
    pub retention_years: Sourced<u16>,
    /// Days after which a freeze is reported; it is never undone by itself.
    pub freeze_alarm_days: Sourced<Option<u16>>,
    /// Days before the end at which its holder is told, in falling order.
    pub expiry_notice_days: Sourced<Vec<u16>>,
    /// Whether a certificate counts from its acceptance on, or from its issuance (B3).
    pub activation: Sourced<Activation>,
    /// What a reissued certificate's validity is.
    pub reissue_validity: Sourced<ReissueValidity>,
    /// Whether a superseded certificate is revoked at once (B9).
    pub revoke_superseded: Sourced<bool>,
    /// Whether a renewal may keep the key.
    pub renew_same_key: Sourced<bool>,
    /// Fen of the deposit that proves control of an account (S2-20).
    pub deposit_fen: Sourced<u32>,
    /// Digits of the code in its remark (S2-20).
    pub deposit_code_digits: Sourced<u8>,
    /// Hours that the code is good for.
    pub deposit_code_hours: Sourced<u16>,
    /// Wrong codes after which the challenge is locked.
    pub deposit_attempts: Sourced<u8>,
    /// Hours before another challenge after a failed one (S2-22).
    pub deposit_cooling_hours: Sourced<u16>,
}

/// From when a certificate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Activation {
    /// When its holder accepts it, or is deemed to.
    Acceptance,
    /// When it leaves the CA.
    Dispatch,
}

/// What a reissued certificate's validity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReissueValidity {
    /// To the end of the old one.
    Remainder,
    /// As for a new one.
    NewTerm,
}

/// One kind of certificate (S2-05).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct CertificateRule {
    /// For people.
    pub title: Text,
    /// Whom it names.
    pub subject: SubjectKind,
    /// Where its key may lie.
    pub carriers: Sourced<Vec<Carrier>>,
    /// Most that one organisation (or person) may have or be about to have; none: any number
    /// (S2-06, S2-07).
    pub quota: Sourced<Option<u32>>,
    /// Name of the profile of the signing certificate.
    pub signing_profile: String,
    /// Name of the profile of the encryption certificate.
    pub encryption_profile: String,
    /// The subject's attributes, each from a field of the form or fixed, in the order of
    /// RFC 4514's text: `CN` first, `C` last, which is the last of the DER first.
    pub name: Vec<NamePart>,
    /// The form's fields (S1-05, S2-10).
    pub fields: BTreeMap<String, FieldRule>,
    /// Documents that must be there, by name.
    pub documents: Sourced<Vec<String>>,
    /// Requirements it follows from.
    #[serde(default)]
    pub basis: Vec<Requirement>,
    /// Why it was assumed.
    #[serde(default)]
    pub assumed: Option<String>,
}

/// An attribute of the subject: `{ attribute = "CN", field = "holder-name" }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct NamePart {
    /// `CN`, `O`, `OU`, `C`, …: as in RFC 4514; all are [`NamePart::ATTRIBUTES`].
    pub attribute: String,
    /// The field that it comes from.
    #[serde(default)]
    pub field: Option<String>,
    /// Its value, the same for all.
    #[serde(default)]
    pub fixed: Option<String>,
}

impl NamePart {
    /// The attributes that can be named.
    pub const ATTRIBUTES: &'static [&'static str] = &[
        "CN",
        "OU",
        "O",
        "L",
        "ST",
        "STREET",
        "C",
        "title",
        "SN",
        "givenName",
        "serialNumber",
        "emailAddress",
    ];
}

/// A field of a form (S2-10).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct FieldRule {
    /// For people.
    pub title: Text,
    /// Whether it must be filled in.
    pub mandatory: bool,
    /// How it is checked.
    pub format: FieldFormat,
}

/// How a field of a form is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FieldFormat {
    /// 1 to 256 characters without control characters.
    Text,
    /// The 18 characters of a unified social credit code with its check character
    /// (GB 32100-2015).
    CreditCode,
    /// The 18 characters of a citizen's number with its check character (GB 11643-1999).
    CitizenNumber,
    /// A mobile number of the mainland: 11 digits from 13 to 19.
    Mobile,
    /// An address for mail: one `@`, no blanks.
    Mail,
    /// The number of a bank account: 8 to 30 digits.
    BankAccount,
    /// Fen, without sign.
    Fen,
}

/// A kind of document (section 4, table).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct DocumentRule {
    /// For people.
    pub title: Text,
    /// The formats taken.
    pub formats: Sourced<Vec<FileFormat>>,
    /// Whether it must carry the organisation's seal, which a person looks for.
    pub sealed: Sourced<bool>,
    /// Whether it was made from the case's data, and must be of its last version (S2-12).
    #[serde(default)]
    pub generated: bool,
    /// Whether it must come before every other document (S2-15).
    #[serde(default)]
    pub first: bool,
    /// Requirements it follows from.
    #[serde(default)]
    pub basis: Vec<Requirement>,
    /// Why it was assumed.
    #[serde(default)]
    pub assumed: Option<String>,
}

/// An agreement that is consented to (S2-03).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ConsentRule {
    /// For people.
    pub title: Text,
    /// The version that counts.
    pub version: String,
    /// Whether it needs an act of its own, apart from the others.
    #[serde(default)]
    pub separate: bool,
    /// Requirements it follows from.
    #[serde(default)]
    pub basis: Vec<Requirement>,
    /// Why it was assumed.
    #[serde(default)]
    pub assumed: Option<String>,
}

/// Who may witness or handle (S0-15, S0-16, S0-18, S0-19).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct RosterRule {
    /// Seats that only those on the roster may take.
    pub seats: Sourced<Vec<Seat>>,
    /// Employment that bars from it.
    pub barred: Sourced<Vec<Employment>>,
    /// Whether a licence is wanted beside contract and training.
    pub licence: Sourced<bool>,
}

/// Which seats one person may hold on one case, beyond the matrix.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct SeatRules {
    /// Pairs that the source itself gives to one person, or that the matrix leaves to it.
    #[serde(default)]
    pub shared: Vec<SharedSeats>,
    /// Pairs that it bars beyond the matrix.
    #[serde(default)]
    pub barred: Vec<SharedSeats>,
}

/// Two seats.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct SharedSeats {
    /// The two.
    pub seats: [Seat; 2],
    /// Requirements it follows from.
    #[serde(default)]
    pub basis: Vec<Requirement>,
    /// Why it was assumed.
    #[serde(default)]
    pub assumed: Option<String>,
}

/// Where a PIN goes (S1-17, S2-28, X-03).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PinRule {
    /// In this model; none: in all.
    #[serde(default)]
    pub model: Option<Model>,
    /// For these subjects; none: for all.
    #[serde(default)]
    pub subject: Option<SubjectKind>,
    /// For this way to pay; none: for all.
    #[serde(default)]
    pub payment: Option<PaymentRoute>,
    /// For this way to deliver; none: for all.
    #[serde(default)]
    pub delivery: Option<DeliveryMethod>,
    /// The channels that may be used, the usual one first.
    pub channels: Vec<PinChannel>,
    /// Who gets it.
    pub recipient: Seat,
    /// Requirements it follows from.
    #[serde(default)]
    pub basis: Vec<Requirement>,
    /// Why it was assumed.
    #[serde(default)]
    pub assumed: Option<String>,
}

/// What a set says about a kind in a mode.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "there are eighteen in a set, looked at with every decision"
)]
pub enum Cell {
    /// It is not offered.
    NotOffered(NotOffered),
    /// It is, in this way.
    Offered(Process),
}

impl Cell {
    /// The way in which the kind is handled; none where it is not offered.
    pub fn process(&self) -> Option<&Process> {
        match self {
            Self::Offered(process) => Some(process),
            Self::NotOffered(_) => None,
        }
    }
}

/// Why a kind is not offered in a mode.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NotOffered {
    /// The reason, in words.
    pub not_offered: Text,
    /// Requirements it follows from.
    pub basis: Vec<Requirement>,
    /// Why it was assumed.
    pub assumed: Option<String>,
}

/// How a kind is handled in a mode.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Process {
    /// Who may open such a case.
    pub openers: Vec<Seat>,
    /// Only these subjects; none: all (S0-23).
    pub subjects: Option<Sourced<Vec<SubjectKind>>>,
    /// Only these carriers; none: all that the certificate allows (S0-23).
    pub carriers: Option<Sourced<Vec<Carrier>>>,
    /// Whether the change is made at once by one person and ratified by two later: for
    /// freezing alone (S2-32).
    pub at_once: Option<Sourced<bool>>,
    /// What must be sure, and by when.
    pub checks: Vec<CheckRule>,
    /// Seats that must have taken part: two persons in other modes (S0-19).
    pub present: Vec<Seat>,
    /// Ways in which what was made is delivered; empty where nothing is.
    pub deliveries: Vec<DeliveryMethod>,
    /// Requirements it follows from.
    pub basis: Vec<Requirement>,
    /// Why it was assumed.
    pub assumed: Option<String>,
}

/// A check that a process wants.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct CheckRule {
    /// Its name in the rule set.
    #[serde(skip)]
    pub name: String,
    /// Which.
    pub check: Check,
    /// By when.
    pub by: Stage,
    /// Only for this carrier.
    #[serde(default)]
    pub carrier: Option<Carrier>,
    /// Only for this subject.
    #[serde(default)]
    pub subject: Option<SubjectKind>,
    /// Only in this model.
    #[serde(default)]
    pub model: Option<Model>,
    /// Only for this way to pay.
    #[serde(default)]
    pub payment: Option<PaymentRoute>,
    /// Only where one of these seats opened the case: a court's order takes the place of the
    /// holder who asks.
    #[serde(default)]
    pub openers: Option<Vec<Seat>>,
    /// Seats that may say it passed; empty where the data themselves say so.
    #[serde(default)]
    pub seats: Vec<Seat>,
    /// Evidence it leaves: of each group, one piece at least.
    #[serde(default)]
    pub evidence: Vec<Vec<EvidenceKind>>,
    /// Fields of the form that it rests on: it holds while others are corrected, and with an
    /// empty list whatever is. None: it is of the form as a whole.
    #[serde(default)]
    pub fields: Option<Vec<String>>,
    /// Requirements it follows from.
    #[serde(default)]
    pub basis: Vec<Requirement>,
    /// Why it was assumed.
    #[serde(default)]
    pub assumed: Option<String>,
}
