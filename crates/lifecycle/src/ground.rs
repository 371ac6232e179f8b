//! Why a rule of certificate business says no, with the facts that a person needs to know.

use crate::{
    AuthorityId, CaseId, Error, OrganisationId, PersonId, RecognitionId, Refusal, StreamId,
    TokenId,
    case::{Phase, Step},
    certificate::Party,
    field,
    proceeding::{
        Word,
        accreditation::{GoLive, Provision},
        qualification::{Assessment, Authority, Condition, MaterialFault},
    },
    rules::{Requirement, Text},
    terms::*,
};
use cert_profile::{Objection, Rejection};
use der::DateTime;

/// The ground of a refusal. Its [`code`](Self::code) is API; its words in both languages are
/// data ([`crate::words`]).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Ground {
    /// The pair of state and step is not in the table (section 9).
    #[error(
        "a case that is {from} can't be {step}: the table's row {row} does not start there",
        from = .phase.map_or("not there", Phase::as_str),
        row = .step.row()
    )]
    NotListed {
        /// The state; none: there is no such case.
        phase: Option<Phase>,
        /// The step.
        step: Step,
    },
    /// A case of this name was opened before, with other content.
    #[error("a case of this name exists with other content; choose another name")]
    CaseExists,
    /// The step is not one of this kind of case.
    #[error("a case of the kind {kind} can't be {step}")]
    NotOfThisKind {
        /// The kind.
        kind: Kind,
        /// The step.
        step: Step,
    },
    /// The rule set does not offer the kind in the mode.
    #[error("{kind} in the mode {mode} is not offered: {}", .reason.en)]
    NotOffered {
        /// The kind.
        kind: Kind,
        /// The mode.
        mode: Mode,
        /// Its reason, as the rules have it in both languages.
        reason: Text,
    },
    /// The agency's accreditation does not cover the mode (`MODE_NOT_FILED`).
    #[error("the mode {mode} is not filed for the agency, or not in operation")]
    ModeNotFiled {
        /// The mode.
        mode: Mode,
    },
    /// A filing says nothing about a kind of business in a mode.
    #[error("the filing has no flow for {kind} in the mode {mode}")]
    FlowMissing {
        /// The kind.
        kind: Kind,
        /// The mode.
        mode: Mode,
    },
    /// A filing says nothing about something that the agency's rules must say of a mode.
    #[error("the filing says nothing about {provision} in the mode {mode}")]
    ProvisionMissing {
        /// What.
        provision: Provision,
        /// The mode.
        mode: Mode,
    },
    /// Something was not looked at before a mode begins operation.
    #[error("before the mode {mode} begins, {go_live} is to be seen")]
    GoLiveOpen {
        /// What.
        go_live: GoLive,
        /// The mode.
        mode: Mode,
    },
    /// Business comes through agencies, and none is named.
    #[error("no accredited agency is named")]
    NoAgency,
    /// The rule set is not in force.
    #[error("the rules {rules} are not in force")]
    NotInForce {
        /// Name and version.
        rules: String,
    },
    /// The rule set does not know the word.
    #[error("the rules know no {what} {name:?}")]
    UnknownName {
        /// Kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The model is not one of the rule set's.
    #[error("the model {model} is not offered")]
    ModelNotOffered {
        /// The model.
        model: Model,
    },
    /// The carrier is not allowed here.
    #[error("the carrier {carrier} is not allowed here")]
    Carrier {
        /// The carrier.
        carrier: Carrier,
    },
    /// The subject is not allowed here.
    #[error("certificates for {subject} are not offered in this way")]
    Subject {
        /// The subject.
        subject: SubjectKind,
    },
    /// Something that a case of this kind needs is not given.
    #[error("{what} is not given")]
    Missing {
        /// What.
        what: &'static str,
    },
    /// The command does not fit where the thing stands.
    #[error("{what} is {state}: it can't be {verb} now")]
    WrongState {
        /// The kind of thing.
        what: &'static str,
        /// Where it stands.
        state: &'static str,
        /// What was asked of it.
        verb: &'static str,
    },
    /// The authority has no certificate to issue with, or no longer.
    #[error("authority {id} has no certificate to issue with")]
    IssuerNotReady {
        /// Its name.
        id: AuthorityId,
    },
    /// The profile does not allow the certificate.
    #[error("the profile does not allow this certificate: {0}")]
    Profile(Rejection),
    /// The act belongs to other seats.
    #[error("the {seat} can't do this")]
    Seat {
        /// The actor's seat.
        seat: Seat,
    },
    /// One person in two seats of one case.
    #[error("{person} acted as {held} in this case and can't act as {wanted} too")]
    SamePerson {
        /// The person.
        person: PersonId,
        /// The seat held.
        held: Seat,
        /// The seat wanted.
        wanted: Seat,
    },
    /// The roster does not have the person in this seat now.
    #[error("{person} is not qualified as {seat}: {why}")]
    NotQualified {
        /// The person.
        person: PersonId,
        /// The seat.
        seat: Seat,
        /// What is missing or barred.
        why: NotQualified,
    },
    /// The organisation has not given the agent his authority, or took it back.
    #[error("{agent} is not authorised by {organisation}")]
    NotAuthorised {
        /// The agent.
        agent: PersonId,
        /// The organisation.
        organisation: OrganisationId,
    },
    /// The applicant is not on the organisation's list.
    #[error("{person} is not on the list of {organisation}")]
    NotListedApplicant {
        /// The person.
        person: PersonId,
        /// The organisation.
        organisation: OrganisationId,
    },
    /// Only the one who opened it, or its holder, may.
    #[error("{person} is not a party to this case")]
    NotAParty {
        /// Who tried.
        person: PersonId,
    },
    /// There are as many as there may be.
    #[error("{certificate}: {limit} at most, {held} are there")]
    Quota {
        /// The certificate's name.
        certificate: String,
        /// The most.
        limit: u32,
        /// Those there are.
        held: u32,
    },
    /// There is one already: to be renewed or reissued.
    #[error("there is a certificate {certificate:?} already: renew it or have it reissued")]
    NotTheFirst {
        /// The certificate's name.
        certificate: String,
    },
    /// A number of years that can't be chosen.
    #[error("{years} years can't be chosen")]
    Years {
        /// The number.
        years: u16,
    },
    /// A field of the form is wrong or missing.
    #[error("field {field}: {why}")]
    Field {
        /// Its name.
        field: String,
        /// Why.
        why: FieldFault,
    },
    /// An upload can't be taken.
    #[error("document {document}: {why}")]
    Upload {
        /// Its name in the rule set.
        document: String,
        /// Why.
        why: UploadFault,
    },
    /// A document must come before the others.
    #[error("document {document} comes first")]
    DocumentOrder {
        /// The one that comes first.
        document: String,
    },
    /// A document is missing.
    #[error("document {document} is missing")]
    DocumentMissing {
        /// Its name.
        document: String,
    },
    /// A document was made from an older form.
    #[error("document {document} was made from version {of} of the form; it is at {now}")]
    Stale {
        /// Its name.
        document: String,
        /// The version that it was made from.
        of: u32,
        /// The form's version.
        now: u32,
    },
    /// Not among what was sent back for correction.
    #[error("{subject} is not to be corrected")]
    NotFlagged {
        /// Field or document.
        subject: String,
    },
    /// A consent must be an act of its own.
    #[error("{agreement} is consented to in an act of its own")]
    SeparateConsent {
        /// The agreement.
        agreement: String,
    },
    /// A check has not passed.
    #[error("the check {check} has not passed")]
    CheckOpen {
        /// Which.
        check: Check,
    },
    /// Data themselves say whether this check passes.
    #[error("the check {check} follows from the case and is not recorded")]
    CheckDerived {
        /// Which.
        check: Check,
    },
    /// The check leaves evidence, and none of these is there.
    #[error("the check {check} needs one of: {}", list(.needed))]
    EvidenceMissing {
        /// Which.
        check: Check,
        /// The kinds, one of which must be there.
        needed: Vec<EvidenceKind>,
    },
    /// The act leaves evidence of another kind.
    #[error("{given} is no {wanted}")]
    EvidenceKind {
        /// What was given.
        given: EvidenceKind,
        /// What is wanted.
        wanted: EvidenceKind,
    },
    /// The method does not check this document.
    #[error("{method} does not check a {document}")]
    IdentityMethod {
        /// The document.
        document: IdentityDocument,
        /// The method.
        method: IdentityMethod,
    },
    /// A seat that must have taken part did not.
    #[error("no {seat} took part")]
    SeatEmpty {
        /// The seat.
        seat: Seat,
    },
    /// A point of a list or verdict is no: then the case goes back, or is rejected.
    #[error("{point} is not in order: send it back or reject it")]
    VerdictNo {
        /// The point.
        point: &'static str,
    },
    /// Something changed after it was registered.
    #[error("what was registered has changed since")]
    ChangedSinceRegistration,
    /// The renewal window is closed.
    #[error("renewals are taken from {opens} to {closes}")]
    OutsideWindow {
        /// Its first second.
        opens: DateTime,
        /// Its last.
        closes: DateTime,
    },
    /// The certificates that the case is about don't allow it.
    #[error("the certificate is {status}: the kind {kind} does not apply")]
    TargetStatus {
        /// Its status.
        status: &'static str,
        /// The kind.
        kind: Kind,
    },
    /// No certificates are found under the target.
    #[error("case {case} has no certificates")]
    TargetWithout {
        /// The target.
        case: CaseId,
    },
    /// A new certificate must have a new key.
    #[error("the key is the old one: make a new one")]
    SameKey,
    /// The request is for another name than the form.
    #[error("the request's key can't be taken: {why}")]
    Key {
        /// Why.
        why: &'static str,
    },
    /// The token can't be bound.
    #[error("token {token} is {status}")]
    Token {
        /// The token.
        token: TokenId,
        /// Its status.
        status: &'static str,
    },
    /// What was read back is not what was issued.
    #[error("what was read back is not the certificate")]
    ReadBack,
    /// The process does not deliver like this.
    #[error("{method} is not a way this is delivered")]
    Delivery {
        /// The method.
        method: DeliveryMethod,
    },
    /// The PIN may not go this way.
    #[error("the PIN does not go by {channel} to the {recipient}")]
    Pin {
        /// The channel.
        channel: PinChannel,
        /// The recipient.
        recipient: Seat,
    },
    /// The PIN was told already.
    #[error("the PIN was told already")]
    PinTold,
    /// The money does not stand where this step needs it.
    #[error("this step does not follow where the payment stands")]
    PaymentStep,
    /// The account is another's.
    #[error("the account is of {holder:?}, not of the applicant")]
    AccountHolder {
        /// Whose it is.
        holder: String,
    },
    /// The account is the organisation's, but not the one on the form.
    #[error("the account is not the one on the form")]
    AccountNumber,
    /// A person is named by a number that others know, and names stay in clear.
    #[error(
        "the number of an identity document or a telephone names nobody in records: names stay in clear"
    )]
    PersonNumber,
    /// What was recorded of the person is still to be kept.
    #[error("what is recorded of {person} is kept until {until}")]
    Retained {
        /// The person.
        person: PersonId,
        /// From when on something of it may be erased.
        until: DateTime,
    },
    /// What is to be erased has not come to its end.
    #[error("{stream} has not ended")]
    NotEnded {
        /// The history.
        stream: StreamId,
    },
    /// Nothing of the person is sealed under a key that could be destroyed.
    #[error("nothing of {person} is sealed under a key, or all of it is erased")]
    NothingSealed {
        /// The person.
        person: PersonId,
    },
    /// A new challenge is too early.
    #[error("another deposit can go out from {from}")]
    Cooling {
        /// From when.
        from: DateTime,
    },
    /// The code is too old.
    #[error("the code is no longer good")]
    CodeExpired,
    /// Nothing was paid.
    #[error("nothing was paid")]
    NothingPaid,
    /// A deadline that does not run, or has not passed.
    #[error("the deadline has not passed")]
    NotDue,
    /// The calendar does not reach.
    #[error(transparent)]
    Calendar(#[from] crate::calendar::NotCovered),
    /// The step is not one of the case's model.
    #[error("in the model {model} a case is not {step}")]
    NotInThisModel {
        /// The model.
        model: Model,
        /// The step.
        step: Step,
    },
    /// What is not right is not confirmed.
    #[error("what is not right is objected to, not confirmed")]
    NotCorrect,
    /// Words are missing.
    #[error("{what} needs words: 1 to 1000 characters, none of them hidden")]
    Words {
        /// What.
        what: &'static str,
    },
    /// What was objected to is not revoked.
    #[error("what was objected to is not revoked: revoke it, or have it reissued")]
    ObjectionOpen,
    /// An interval that ends before it begins.
    #[error("an interval ends before it begins")]
    Interval,
    /// A step that must come so many days before another is too late.
    #[error("{what} was due by {by}: put the end off")]
    Late {
        /// What.
        what: &'static str,
        /// By when it was due.
        by: DateTime,
    },
    /// The pair of state and step is in no row of the table of a case about an institution.
    #[error(
        "what is {from} can't be {step}",
        from = .stage.map_or("not there", |stage| stage.word)
    )]
    ProceedingStep {
        /// The state; none: there is no such case.
        stage: Option<Word>,
        /// The step.
        step: Word,
    },
    /// The act belongs to another authority.
    #[error("this belongs to the {wanted} authority")]
    Authority {
        /// Which.
        wanted: Authority,
    },
    /// A material of an application is not as it must be.
    #[error("material {material}: {why}")]
    Material {
        /// Its name in the rule set.
        material: String,
        /// What is wrong.
        why: MaterialFault,
    },
    /// A report that must be there before a qualification is granted.
    #[error("there is no report on the assessment {assessment}")]
    ReportMissing {
        /// On what.
        assessment: Assessment,
    },
    /// An assessment was not passed.
    #[error("the assessment {assessment} was not passed")]
    ReportFailed {
        /// Which.
        assessment: Assessment,
    },
    /// A condition that was not looked at, or is not met.
    #[error("the condition {condition} was not found to be met")]
    ConditionOpen {
        /// Which.
        condition: Condition,
    },
    /// A person who takes no further part, for what binds him to the applicant.
    #[error("{person} takes no further part: recused, or bound to the applicant")]
    Recused {
        /// Who.
        person: PersonId,
    },
    /// Anybody may ask after this, and not before.
    #[error("how it stands can be asked after {after}")]
    QueryOpens {
        /// The last second before that.
        after: DateTime,
    },
    /// Whoever presided over the hearing has no other part in the case.
    #[error("{person} presided over the hearing and does nothing else in this case")]
    Presided {
        /// Who.
        person: PersonId,
    },
    /// A decision of a day on which it was not taken: before what it rests on, or to come.
    #[error("a decision of {dated} can't be: its day is one from {from} to {to}")]
    DecisionDay {
        /// The day that it bears.
        dated: String,
        /// The earliest one: that of the latest thing that it rests on.
        from: String,
        /// The latest one: today.
        to: String,
    },
    /// A receipt that is recorded so long after its stamp that the stamp is one person's word.
    #[error("a receipt of that time was to be recorded by {by}")]
    ReceiptLate {
        /// The last second for it.
        by: DateTime,
    },
    /// Another term is asked for too early.
    #[error("another term can be asked for from {from} on")]
    TermOpens {
        /// From when on.
        from: DateTime,
    },
    /// Another authority than the one whose word is needed.
    #[error("{given} has no say here: {wanted} does")]
    OtherAuthority {
        /// For whom the official acts.
        given: String,
        /// Who holds the office.
        wanted: String,
    },
    /// A class of certificates that another case is about already.
    #[error("recognition {by} is about this class already")]
    ClassTaken {
        /// The other case.
        by: RecognitionId,
    },
    /// An auditor who is not independent of the CA.
    #[error("{auditor} is not independent of {ca}")]
    NotIndependent {
        /// The auditor.
        auditor: String,
        /// The CA.
        ca: String,
    },
    /// A report that is older than it may be, or of a day to come.
    #[error("the report of {made} does not count: it must be made after {oldest}, and be made")]
    ReportAge {
        /// When it was made.
        made: DateTime,
        /// When the oldest that counts was made.
        oldest: DateTime,
    },
    /// A standing that would begin before it may.
    #[error("a standing from {from} on would be back-dated")]
    BackDated {
        /// From when on.
        from: DateTime,
    },
    /// The published list says something else than was decided.
    #[error("the list does not say what was decided: {what}")]
    NotAsDecided {
        /// Where it differs.
        what: &'static str,
    },
    /// A freeze is lifted by the kind of party that made it.
    #[error("frozen by the {froze}: the {asks} can't lift it")]
    OtherParty {
        /// Who froze it.
        froze: Party,
        /// Who wants to lift it.
        asks: Party,
    },
}

impl Ground {
    /// The ground in one word; it stays the same from version to version.
    pub fn code(&self) -> &'static str {
        crate::words::Coded::code(self)
    }

    /// The refusal on this ground, which follows from these requirements.
    pub(crate) fn by(self, requirements: &[&'static str]) -> Error {
        self.under(requirements, &[])
    }

    /// The refusal on this ground, which follows from these requirements and from those that
    /// the rule set names for it.
    pub(crate) fn under(self, requirements: &[&'static str], basis: &[Requirement]) -> Error {
        let own = requirements.iter().filter_map(|name| {
            let parsed = Requirement::parse(name);
            debug_assert!(parsed.is_some(), "{name} names no requirement");
            parsed
        });
        let mut all: Vec<_> = own.collect();
        for requirement in basis {
            if !all.contains(requirement) {
                all.push(*requirement);
            }
        }
        let ruled = Refusal::Ruled {
            ground: Box::new(self),
            requirements: all,
        };
        ruled.into()
    }
}

/// Why a person is not qualified (S0-15, S0-16, S0-18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotQualified {
    /// Not on the roster.
    #[error("not on the roster")]
    NotOnRoster,
    /// Barred by the kind of employment.
    #[error("barred as {0}")]
    Employment(Employment),
    /// No labour contract at this time.
    #[error("no labour contract at this time")]
    Contract,
    /// No training record that is passed and still good.
    #[error("no training record that is passed and still good")]
    Training,
    /// No licence at this time.
    #[error("no licence at this time")]
    Licence,
    /// No declaration of no conflict of interest.
    #[error("no declaration about conflicts of interest")]
    Declaration,
    /// Under contract with another agency, or with none.
    #[error("not under contract with the agency")]
    Agency,
    /// Under a sanction.
    #[error("under a sanction")]
    Sanction,
    /// Related to the customer.
    #[error("related to the customer by the person's own declaration")]
    Conflict,
}

impl NotQualified {
    /// The requirements that it follows from.
    pub(crate) const fn basis(self) -> &'static [&'static str] {
        match self {
            Self::NotOnRoster => &["S0-15", "S0-17"],
            Self::Employment(_) => &["S0-16"],
            Self::Contract | Self::Training | Self::Licence | Self::Agency => &["S0-15"],
            Self::Declaration | Self::Sanction | Self::Conflict => &["S0-18"],
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldFault {
    /// It must be filled in.
    #[error("must be filled in")]
    Empty,
    /// The form has no such field.
    #[error("the form has no such field")]
    Unknown,
    /// Too long, or with control characters.
    #[error("1 to 256 characters without control characters")]
    Text,
    /// Not of its format.
    #[error("not of its format")]
    Format,
    /// The check character is another.
    #[error("the check character is wrong")]
    CheckCharacter,
}

/// What is wrong with an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UploadFault {
    /// Nothing in it.
    #[error("it is empty")]
    Empty,
    /// Too long.
    #[error("{size} octets; {limit} at most")]
    Size {
        /// Octets.
        size: u64,
        /// The most.
        limit: u64,
    },
    /// First octets of no format that is known.
    #[error("its first octets are of no known format")]
    Unrecognised,
    /// Its extension says another format than its octets.
    #[error("its extension is not that of its content")]
    Extension,
    /// A format that is not taken for this document.
    #[error("{0} is not taken for it")]
    Format(FileFormat),
    /// An extension that is not taken at all.
    #[error("its extension is not taken")]
    UnknownExtension,
    /// First octets of a format that is known, and not taken anywhere.
    #[error("files of the format {0} are not taken")]
    Other(&'static str),
    /// A name of the file that can't be shown, or leads elsewhere.
    #[error("its file's name: 1 to 255 characters, all of them seen, without slashes")]
    FileName,
}

fn list(kinds: &[EvidenceKind]) -> String {
    let words: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    words.join(", ")
}

impl Ground {
    /// The refusal on this ground, with the requirements that the rule follows from.
    pub(crate) fn refuse(self, requirements: &[&str]) -> Refusal {
        let named = |name: &&str| Requirement::try_from((*name).to_owned());
        Refusal::Ruled {
            ground: Box::new(self),
            requirements: requirements
                .iter()
                .map(named)
                .collect::<Result<_, _>>()
                .expect("the names of requirements in code are well-formed"),
        }
    }

    /// The refusal of a certificate that its profile does not allow.
    pub(crate) fn rejected(rejection: Rejection) -> Refusal {
        let mut requirements: Vec<&str> = Vec::new();
        for objection in rejection.objections() {
            let requirement = basis(objection);
            if !requirements.contains(&requirement) {
                requirements.push(requirement);
            }
        }
        Self::Profile(rejection).refuse(&requirements)
    }

    /// The refusal of an authority that can't issue: which of an operator's certificates issue
    /// is known to all (S4-16).
    pub(crate) fn not_ready(id: &AuthorityId) -> Refusal {
        Self::IssuerNotReady { id: id.clone() }.refuse(&["S4-16"])
    }

    /// Refuses a reason without words, with too many (more than 1000 characters), or with
    /// characters that are not seen.
    pub(crate) fn words(
        text: &str,
        what: &'static str,
        requirements: &[&str],
    ) -> Result<(), Refusal> {
        let is_said = !text.trim().is_empty() && text.chars().count() <= 1000;
        if is_said && !text.contains(field::is_hidden) {
            Ok(())
        } else {
            Err(Self::Words { what }.refuse(requirements))
        }
    }
}

/// The requirement that an objection of a profile follows from.
fn basis(objection: &Objection) -> &'static str {
    match objection {
        Objection::KeyOrigin(_) => "S0-09",
        Objection::IdentifierMissing { .. }
        | Objection::IdentifierNotAllowed { .. }
        | Objection::IdentifierRepeated { .. }
        | Objection::IdentifierValue { .. } => "S2-10",
        Objection::YearsMissing { .. }
        | Objection::YearsOutside { .. }
        | Objection::YearsNotChosen { .. }
        | Objection::YearsNotWhole { .. }
        | Objection::EndsBeforeBegin { .. }
        | Objection::EndsTooLate
        | Objection::IssuerNotValid { .. }
        | Objection::PastIssuer { .. } => "S2-09",
        // What is signed agrees with what was registered, and breaks no rule of its format.
        Objection::Differs(_)
        | Objection::Lint(_)
        | Objection::Serial { .. }
        | Objection::Key
        | Objection::KeyOfIssuer
        | Objection::Unwritable { .. } => "S1-13",
        // A kind of certificate is its profile: names, and the place below its issuer.
        _ => "S2-05",
    }
}
