//! Why a rule set does not load.

/// Why a text is no rule set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleSetError {
    /// The text is too long.
    #[error("rule set has {found} octets, at most {limit} are read")]
    TooLarge {
        /// Octets.
        found: usize,
        /// The most.
        limit: usize,
    },
    /// The text is not TOML, or a field is unknown, missing or of another type.
    #[error("rule set{}{}: {}", named(.field), at(.line), .source.message())]
    Toml {
        /// The field, dots between tables; empty where the reader knows none.
        field: String,
        /// Its line in the text, from 1.
        line: Option<usize>,
        /// What was expected there.
        source: Box<toml::de::Error>,
    },
    /// What it says does not hold together.
    #[error("rule set{}{}: {flaw}{}", named(.field), at(.line), shown(.value))]
    Unsound {
        /// The field, dots between tables, places in lists from 0: `pins.0.channels`.
        field: String,
        /// Its line in the text, from 1, or that of the table which lacks it.
        line: Option<usize>,
        /// The word it is about.
        value: Option<String>,
        /// What is wrong.
        flaw: Flaw,
    },
}

fn named(path: &str) -> String {
    match path {
        "" => String::new(),
        path => format!(" field `{path}`"),
    }
}

fn at(line: &Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}

fn shown(value: &Option<String>) -> String {
    let value = value.as_ref();
    value.map_or_else(String::new, |value| format!(" ({value})"))
}

/// An enumeration of rules about rule sets, each with what holds instead.
macro_rules! flaws {
    ($($(#[$doc:meta])* $name:ident => $words:literal,)*) => {
        /// What does not hold together in a rule set. Its words say what holds instead.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
        #[non_exhaustive]
        pub enum Flaw {
            $($(#[$doc])* #[error($words)] $name,)*
        }

        impl Flaw {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

flaws! {
    /// A value without basis.
    NoBasis => "every value has the requirements it follows from (`basis`), or says why it was \
                assumed (`assumed`)",
    /// A reason without words.
    NoReason => "a reason has 1 to 1000 characters, none of them control characters",
    /// A name that is no name.
    Name => "names have 1 to 64 small letters, digits and hyphens, and begin with a letter",
    /// A text without words.
    Words => "words for people are in English and Chinese, 1 to 1000 characters each, without \
              control characters",
    /// Version 0.
    Version => "versions count from 1",
    /// It ends before it begins.
    Interval => "it counts from a day on, until a later one",
    /// A list without members.
    Empty => "at least one is named",
    /// A member that is there twice.
    Twice => "each is named once",
    /// Years that can't be chosen.
    Years => "years are 1 to 100, in rising order",
    /// A number that means nothing.
    Zero => "the number is 1 or more",
    /// A remark that is never made.
    Remark => "what is remarked on is not longer than what is taken",
    /// Notices out of order.
    Notices => "days before the end are in falling order",
    /// A code that is guessed, or does not fit a remark.
    CodeDigits => "codes have 4 to 12 digits",
    /// A field that both comes from the form and is fixed, or neither.
    NamePart => "an attribute comes from a field or is fixed, one of both",
    /// An attribute that nobody knows.
    Attribute => "attributes are CN, OU, O, L, ST, STREET, C, title, SN, givenName, serialNumber \
                  and emailAddress",
    /// A fixed value without words.
    FixedValue => "a fixed value has 1 to 64 characters, none of them control characters",
    /// A field that the form does not have.
    NoField => "the form has this field",
    /// An attribute from a field that may be empty.
    OptionalField => "what a certificate is named by must be filled in",
    /// A document that is not described.
    NoDocument => "the document is described among the documents",
    /// A document of no certificate.
    UnusedDocument => "some certificate asks for each document",
    /// Two documents that each come first.
    TwoFirst => "one document of a certificate comes first, no more",
    /// A kind without a table.
    NoKind => "every kind has its cells: apply, renew, freeze, unfreeze, reissue, revoke (S0-14)",
    /// A kind without a mode.
    NoMode => "every kind has a cell for each mode, counter, witness, other: rules, or \
               not-offered with a reason (S0-14)",
    /// A cell with rules that is not offered.
    OfferedOrNot => "a cell that is not offered has no rules",
    /// A cell without openers.
    NoOpeners => "a cell that is offered names who opens such a case",
    /// A check that is not described.
    NoCheck => "the check is described among the checks",
    /// A check of no cell.
    UnusedCheck => "some cell asks for each check",
    /// Two rules for one check.
    Overlap => "of one check in a cell, one rule at most applies to a case",
    /// A check of cases that nobody can open.
    NoOpener => "a check for cases of some openers names those that the cells have which ask for \
                 it: each in one of them, one at least in each of them",
    /// A check that nobody can record.
    NoSeats => "somebody must say whether this check passed",
    /// A check that leaves nothing behind.
    NoEvidence => "a check that somebody records leaves evidence",
    /// A check that follows from the case, and is recorded.
    Derived => "this check follows from the case itself: nobody records it, it leaves no \
                evidence, and no correction outdates it",
    /// A check of a field that is not in the form.
    NoFormField => "the form of every certificate that a check is for has the fields that it \
                    rests on",
    /// A freeze's way for another kind.
    AtOnce => "freezing alone is done at once and looked at later (S2-32)",
    /// Deliveries of nothing.
    Deliveries => "what makes certificates says how they are delivered, and nothing else does",
    /// Consents to nothing.
    NothingToConsent => "a check of consents has agreements",
    /// Authority from nobody.
    NoOnboarding => "a check of the organisation's authority has organisations that name their \
                     agents and applicants: onboarding",
    /// An identity that no document proves.
    NoIdentity => "a check of an identity has documents that prove it",
    /// One person in two seats.
    Matrix => "these two seats are not one person's (requirements 1.2): a rule set may join \
               registrar and witness, witness and handler, and, with the clause that does so, \
               approver and pin-custodian",
    /// A pair of a seat with itself.
    SameSeat => "a pair has two seats",
    /// A pair that is both.
    SharedAndBarred => "a pair is shared or barred, not both",
    /// A case without a rule for its PIN.
    PinFallback => "the last rule fits every case, and no other does",
    /// A PIN that others read.
    BankRemark => "the remark of a transfer is read by the bank and by finance staff: a PIN goes \
                   there only where a requirement says so (X-03)",
    /// A PIN across a counter where there is none.
    PinOnSite => "a PIN is handed over on site where the token is: delivery = \"on-site\"",
}
