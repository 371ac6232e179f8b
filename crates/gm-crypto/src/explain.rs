//! What a file is, in words.
//!
//! [`explain`] takes whatever the field sends (DER, PEM, base64, hexadecimal digits, text,
//! structs of devices) and says what it is, which standard and dialect it follows, what
//! stands where, what is unusual about it, whether it verifies, and what to do next. It
//! shows no private scalar, and masks what tells who a person is.
//!
//! Everything here is for a person to read: nothing is accepted because of it.

pub(crate) mod asn1;
mod blob;
pub(crate) mod brief;
#[cfg(test)]
pub(crate) mod crafted;
pub(crate) mod curve;
mod encoding;
mod input;
mod kind;
mod message;
pub mod names;
mod ocsp;
mod private;
mod report;
pub(crate) mod schema;
mod tree;
mod value;
mod verdict;
pub(crate) mod view;
mod x509;

pub use input::Encoding;
pub use kind::Kind;
pub use names::{name_of, source_of};

use crate::{
    diagnose::{Budget, Finding},
    sm2::UserId,
};
use alloc::{string::String, vec::Vec};
use der::DateTime;
use zeroize::Zeroizing;

/// Structures of one file that are explained; a file may hold more.
const MAX_PARTS: usize = 32;

/// What is known beside the file, and how much is wanted.
#[derive(Clone, Default)]
pub struct Context {
    issuers: Vec<Vec<u8>>,
    ids: Vec<UserId>,
    password: Option<Zeroizing<Vec<u8>>>,
    content: Option<Vec<u8>>,
    at: Option<DateTime>,
    reveal: bool,
    full: bool,
}

impl core::fmt::Debug for Context {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Context")
            .field("issuers", &self.issuers.len())
            .field("ids", &self.ids)
            .field("password", &self.password.is_some())
            .field("at", &self.at)
            .field("reveal", &self.reveal)
            .field("full", &self.full)
            .finish_non_exhaustive()
    }
}

impl Context {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Certificates (PEM, several blocks allowed, or DER) under which things may verify.
    #[must_use]
    pub fn issuer(mut self, octets: &[u8]) -> Self {
        let room = MAX_PARTS.saturating_sub(self.issuers.len());
        let pieces = input::split(octets).1;
        self.issuers.extend(
            pieces
                .into_iter()
                .take(room)
                .map(|piece| piece.octets.to_vec()),
        );
        self
    }

    /// An ID under which somebody may have signed: tried for an explanation, never accepted.
    #[must_use]
    pub fn id(mut self, id: UserId) -> Self {
        self.ids.push(id);
        self
    }

    /// The password of a key file or a PKCS#12, as octets (UTF-8 by habit).
    #[must_use]
    pub fn password(mut self, password: &[u8]) -> Self {
        self.password = Some(Zeroizing::new(password.to_vec()));
        self
    }

    /// The content that a detached signature is over.
    #[must_use]
    pub fn content(mut self, content: &[u8]) -> Self {
        self.content = Some(content.to_vec());
        self
    }

    /// The time (UTC, to the second) at which validity is judged; without it none is.
    #[must_use]
    pub fn at(mut self, time: DateTime) -> Self {
        self.at = Some(time);
        self
    }

    /// Shows what is masked otherwise: numbers of resident identity cards and other identities
    /// in names and extensions, challenge passwords in requests, and, in ASN.1 of a kind that
    /// is not known, octets that may be a key.
    ///
    /// Not shown even so: private scalars in any form that is known, what is encrypted,
    /// passwords that were given, and text that looks like a key or a password.
    #[must_use]
    pub fn reveal(mut self) -> Self {
        self.reveal = true;
        self
    }

    /// Shows the whole structure instead of one screen.
    #[must_use]
    pub fn full(mut self) -> Self {
        self.full = true;
        self
    }
}

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) full: bool,
    pub(crate) reveal: bool,
}

/// What a file is. `Display` gives one screen (some 60 lines) unless the whole was wanted.
#[derive(Clone, Debug)]
pub struct Explanation {
    encoding: Encoding,
    length: usize,
    parts: Vec<Part>,
    left_out: usize,
    full: bool,
}

impl Explanation {
    /// How the octets were written.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The structures in the file, at most 32 of them; at least one.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether something in it does not verify, breaks a rule that verifiers enforce, or is
    /// not known here. `false` is no acceptance.
    pub fn has_failed(&self) -> bool {
        self.parts.iter().any(Part::has_failed)
    }
}

/// One structure of a file.
#[derive(Clone, Debug)]
pub struct Part {
    label: Option<String>,
    kind: Kind,
    dialect: Option<String>,
    facts: Vec<(&'static str, String)>,
    lines: Vec<Line>,
    remarks: Vec<Remark>,
    verdict: Verdict,
    findings: Vec<Finding>,
    next: Vec<String>,
}

impl Part {
    fn new(kind: Kind) -> Self {
        Self {
            label: None,
            kind,
            dialect: None,
            facts: Vec::new(),
            lines: Vec::new(),
            remarks: Vec::new(),
            verdict: Verdict::NothingToVerify,
            findings: Vec::new(),
            next: Vec::new(),
        }
    }

    /// The label of its PEM block.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whose way of writing it is, where it is not the standard's.
    pub fn dialect(&self) -> Option<&str> {
        self.dialect.as_deref()
    }

    /// What matters in it: name and value.
    pub fn facts(&self) -> &[(&'static str, String)] {
        &self.facts
    }

    /// Its structure, line by line.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What is unusual or wrong about it.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// Whether it verifies.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Why it does not.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What to do next, a sentence or a command each.
    pub fn next(&self) -> &[String] {
        &self.next
    }

    /// Whether it does not verify, breaks a rule that verifiers enforce, or is not known.
    pub fn has_failed(&self) -> bool {
        let wrong = |remark: &Remark| remark.severity == Severity::Wrong;
        matches!(self.verdict, Verdict::DoesNotVerify { .. })
            || !self.kind.is_known()
            || self.remarks.iter().any(wrong)
    }

    fn fact(&mut self, name: &'static str, value: impl Into<String>) {
        self.facts.push((name, value.into()));
    }

    fn unusual(&mut self, text: impl Into<String>, clause: &'static str) {
        self.remark(Severity::Unusual, text.into(), clause);
    }

    fn wrong(&mut self, text: impl Into<String>, clause: &'static str) {
        self.remark(Severity::Wrong, text.into(), clause);
    }

    fn remark(&mut self, severity: Severity, text: String, clause: &'static str) {
        let known = |remark: &Remark| remark.text == text && remark.clause == clause;
        if !self.remarks.iter().any(known) {
            self.remarks.push(Remark {
                severity,
                text,
                clause,
            });
        }
    }

    fn next_step(&mut self, step: impl Into<String>) {
        let step = step.into();
        if !self.next.contains(&step) {
            self.next.push(step);
        }
    }
}

/// One line of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// Levels below the first.
    pub depth: usize,
    /// Octets from the beginning of the structure to the first of the line's tags, as
    /// `openssl asn1parse` counts them; none for a remark.
    pub offset: Option<usize>,
    /// The field's name in its standard; empty where it is not known.
    pub name: String,
    /// The tag in words, and what is odd about its length.
    pub tag: String,
    /// What it says; empty for a structure.
    pub value: String,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Severity {
    /// Some program may not read it; others do.
    Unusual,
    /// A verifier has to refuse it.
    Wrong,
}

/// Something that is not as the standard, or everybody else, has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// How bad it is.
    pub severity: Severity,
    /// What there is.
    pub text: String,
    /// The standard and clause.
    pub clause: &'static str,
}

/// Whether a structure verifies. For a person: nothing may be accepted because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// There is no signature and no check value in it.
    NothingToVerify,
    /// There is one, and something is missing to check it.
    NotChecked {
        /// What is missing.
        reason: String,
    },
    /// The equation holds: no more than that. Dates are among the remarks, if a time was
    /// given; revocation and trust are not judged.
    Holds {
        /// Which, and under what.
        what: String,
    },
    /// It does not.
    DoesNotVerify {
        /// What was checked.
        what: String,
    },
}

/// Says what `octets` are.
///
/// Never fails and never panics: what is not known is said not to be. Work is bounded:
/// 32 levels, a few thousand lines, some hundred verifications, 256 MiB hashed, twenty
/// million iterations of password derivations. What could not be tried for that is said.
pub fn explain(octets: &[u8], context: &Context) -> Explanation {
    let (encoding, mut pieces) = input::split(octets);
    let left_out = pieces.len().saturating_sub(MAX_PARTS);
    pieces.truncate(MAX_PARTS);
    // Certificates of the same file are issuers too: chains come as one.
    let mut issuers: Vec<&[u8]> = context.issuers.iter().map(Vec::as_slice).collect();
    issuers.extend(pieces.iter().map(|piece| piece.octets.as_slice()));
    issuers.retain(|octets| view::CertificateView::read(octets).is_some());
    let budget = Budget::new();
    let mut parts: Vec<Part> = pieces
        .iter()
        .map(|piece| kind::part(piece, encoding, &issuers, context, &budget))
        .collect();
    if let (Encoding::Der, [first, _, ..]) = (encoding, &mut parts[..]) {
        first.unusual(
            "other structures stand behind it in the file: most programs read the first alone, or none",
            "X.690, 8.1",
        );
    }
    Explanation {
        encoding,
        length: octets.len(),
        parts,
        left_out,
        full: context.full,
    }
}

#[cfg(test)]
mod tests;
