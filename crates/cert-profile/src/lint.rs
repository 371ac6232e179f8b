//! Rules for what certificates, revocation lists, OCSP answers and requests say, each with
//! the clause that it stands on.
//!
//! Rules look at octets as they came: what is linted before it is signed is what is signed.
//! No signature is verified, no time is asked, and of pairs alone two documents are compared.
//! A document that is not DER of its syntax breaks the rule that says so, and no other is
//! asked then; there is no input that is refused or panics, and the work is linear in its
//! octets ([`Report::elements`]).
//!
//! [`Profile::prepare`](crate::Profile::prepare) and the drafts of CRLs and OCSP answers
//! refuse what breaks a rule of severity [`Severity::Error`].
//!
//! ```
//! use cert_profile::lint::{self, Severity};
//!
//! // Five octets, and no certificate.
//! let report = lint::certificate(&[0x30, 3, 2, 1, 1]);
//! let [finding] = report.findings() else { unreachable!() };
//! assert_eq!(finding.lint().id(), "rfc5280.certificate_syntax");
//! assert_eq!(finding.lint().severity(), Severity::Error);
//! assert_eq!(finding.detail(), Some("no SEQUENCE that is signed at octet 2"));
//! ```

mod against;
mod catalogue;
mod crl;
mod gb20518;
mod gdhk;
mod gmt0015;
mod name;
mod octets;
mod oid;
mod pair;
mod rfc2986;
mod rfc5280;
mod rfc6960;
mod time;
mod view;

pub use against::{Deviation, against};
pub use catalogue::catalogue;

use crate::Error;
use core::fmt;
use octets::{Fault, Read, Reader, Work};
use view::{Certificate, Crl, Entry as CrlEntry, KeyKind, Ocsp, Request, Signed};
use x509_cert::serial_number::SerialNumber;

/// One rule. The identifiers are stable; the table is closed.
#[derive(Clone)]
pub struct Lint {
    id: &'static str,
    statement: &'static str,
    source: &'static str,
    severity: Severity,
    check: Check,
}

#[derive(Clone, Copy)]
enum Check {
    Certificate(fn(&Certificate<'_>) -> Verdict),
    Crl(fn(&Crl<'_>) -> Verdict),
    /// Whether it holds of an entry.
    CrlEntry(fn(&Crl<'_>, &CrlEntry<'_>) -> bool),
    CrlAndEntry(fn(&Crl<'_>) -> Verdict, fn(&CrlEntry<'_>) -> Verdict),
    /// Of a serial number that stands twice in a direct list.
    CrlSerials(fn(Option<&[u8]>) -> Verdict),
    Ocsp(fn(&Ocsp<'_>) -> Verdict),
    Request(fn(&Request<'_>) -> Verdict),
    Pair(fn(&Certificate<'_>, &Certificate<'_>) -> Verdict),
    /// That the document can be read; found by the parser.
    Syntax(Document),
}

impl Lint {
    /// Its identifier: the source, a point, and words in snake case.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What holds of a good document.
    pub fn statement(&self) -> &'static str {
        self.statement
    }

    /// The standard and clause that says so.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// How much it matters.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What it is a rule for.
    pub fn document(&self) -> Document {
        match self.check {
            Check::Certificate(_) => Document::Certificate,
            Check::Crl(_) | Check::CrlEntry(_) | Check::CrlAndEntry(..) | Check::CrlSerials(_) => {
                Document::Crl
            }
            Check::Ocsp(_) => Document::OcspResponse,
            Check::Request(_) => Document::Request,
            Check::Pair(_) => Document::Pair,
            Check::Syntax(document) => document,
        }
    }
}

impl fmt::Debug for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lint")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Document {
    /// A certificate.
    Certificate,
    /// A revocation list.
    Crl,
    /// An OCSP answer.
    OcspResponse,
    /// A certification request.
    Request,
    /// The signing and the encryption certificate of one subscriber.
    Pair,
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate => "certificate",
            Self::Crl => "CRL",
            Self::OcspResponse => "OCSP answer",
            Self::Request => "request",
            Self::Pair => "pair",
        })
    }
}

/// How much a rule matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Nothing asks for it, and whoever reads the document may want to know.
    Notice,
    /// The standard recommends it; documents in circulation break it.
    Warning,
    /// The standard demands it; nothing that breaks it is issued.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Which rules are asked. Those of RFC 5280 and what it stands on always are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// No others.
    Rfc5280,
    /// Those of GM/T 0015-2012 and GB/T 20518-2018 too.
    #[default]
    Gm,
    /// Those for mutual recognition between Guangdong and Hong Kong too (粤港两地电子签名证书
    /// 互认办法, 六(六)); those of [`Self::Gm`] unless the key is an RSA key, as Hong Kong's are.
    Gdhk,
}

/// A rule that a document breaks.
#[derive(Clone)]
pub struct Finding {
    lint: &'static Lint,
    detail: Option<Box<str>>,
}

impl Finding {
    /// The rule.
    pub fn lint(&self) -> &'static Lint {
        self.lint
    }

    /// Where, or by what, if the rule does not say it. No personal data.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
}

impl PartialEq for Finding {
    fn eq(&self, other: &Self) -> bool {
        self.lint.id == other.lint.id && self.detail == other.detail
    }
}

impl Eq for Finding {}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Finding")
            .field(&self.lint.id)
            .field(&self.detail)
            .finish()
    }
}

impl fmt::Display for Finding {
    /// `rule broken: statement (detail)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} broken: {}", self.lint.id, self.lint.statement)?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

/// What the rules found, and how much was read for it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    findings: Vec<Finding>,
    elements: usize,
    octets: usize,
}

impl Report {
    /// In the order of [`rules`].
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Those of severity [`Severity::Error`].
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        let error = |finding: &&Finding| finding.lint.severity == Severity::Error;
        self.findings.iter().filter(error)
    }

    /// Elements of DER that were read: at most two for each octet of the input.
    pub fn elements(&self) -> usize {
        self.elements
    }

    /// Octets of the elements that were read, counted at each level of nesting.
    pub fn octets(&self) -> usize {
        self.octets
    }
}

/// All rules: RFC 5280 and its kin, then GM/T 0015 and GB/T 20518, then mutual recognition.
pub fn rules() -> impl Iterator<Item = &'static Lint> {
    FAMILIES.iter().flat_map(|(_, table)| table.iter())
}

/// The rules that this certificate in DER breaks, of [`Scheme::Gm`].
pub fn certificate(der: &[u8]) -> Report {
    certificate_under(Scheme::default(), der)
}

/// The rules of `scheme` that this certificate in DER breaks.
pub fn certificate_under(scheme: Scheme, der: &[u8]) -> Report {
    read(ELEMENTS, der, Document::Certificate, |reader, findings| {
        let certificate = whole_certificate(reader)?;
        ask_certificate(scheme, &certificate, findings);
        Ok(())
    })
}

/// The rules that this `TBSCertificate` in DER breaks, of [`Scheme::Gm`]: those over
/// what is signed.
pub fn tbs_certificate(der: &[u8]) -> Report {
    read(ELEMENTS, der, Document::Certificate, |reader, findings| {
        let signed = Signed::alone(reader)?;
        reader.finish()?;
        let certificate = Certificate::read(signed, reader)?;
        ask_certificate(Scheme::default(), &certificate, findings);
        Ok(())
    })
}

/// The rules that this CRL in DER breaks. Any number of entries is read.
pub fn crl(der: &[u8]) -> Report {
    read(usize::MAX, der, Document::Crl, |reader, findings| {
        let signed = Signed::read(reader)?;
        reader.finish()?;
        crl::ask(&Crl::read(signed, reader)?, findings)?;
        Ok(())
    })
}

/// The rules that this `TBSCertList` in DER breaks.
pub fn tbs_crl(der: &[u8]) -> Report {
    tbs_crl_and_duplicate(der).0
}

/// The rules that this `TBSCertList` in DER breaks, and a serial number that stands twice.
fn tbs_crl_and_duplicate(der: &[u8]) -> (Report, Option<Vec<u8>>) {
    let mut duplicate = None;
    let report = read(usize::MAX, der, Document::Crl, |reader, findings| {
        let signed = Signed::alone(reader)?;
        reader.finish()?;
        let twice = crl::ask(&Crl::read(signed, reader)?, findings)?;
        duplicate = twice.map(<[u8]>::to_vec);
        Ok(())
    });
    (report, duplicate)
}

/// The rules that this `OCSPResponse` in DER breaks.
pub fn ocsp_response(der: &[u8]) -> Report {
    read(ELEMENTS, der, Document::OcspResponse, |reader, findings| {
        let answer = Ocsp::answer(reader)?;
        reader.finish()?;
        rfc6960::ask(&answer, findings);
        Ok(())
    })
}

/// The rules that this `ResponseData` in DER breaks.
pub fn ocsp_response_data(der: &[u8]) -> Report {
    read(ELEMENTS, der, Document::OcspResponse, |reader, findings| {
        let signed = Signed::alone(reader)?;
        reader.finish()?;
        let answer = Ocsp::data(&reader.inside(&signed.tbs))?;
        ask_ocsp(&answer, findings);
        Ok(())
    })
}

/// The rules that this PKCS#10 request in DER breaks.
pub fn request(der: &[u8]) -> Report {
    read(ELEMENTS, der, Document::Request, |reader, findings| {
        let signed = Signed::read(reader)?;
        reader.finish()?;
        let request = Request::read(signed, reader)?;
        ask(Scheme::default(), findings, |check| match check {
            Check::Request(check) => Some(check(&request)),
            _ => None,
        });
        Ok(())
    })
}

/// What these octets are, by the first syntax that they have.
pub fn document(der: &[u8]) -> Option<Document> {
    let kinds = [
        (Document::Certificate, certificate as fn(&[u8]) -> Report),
        (Document::Crl, crl),
        (Document::Request, request),
        (Document::OcspResponse, ocsp_response),
    ];
    let unread = |report: &Report| {
        let mut lints = report.findings.iter().map(|finding| finding.lint.check);
        lints.any(|check| matches!(check, Check::Syntax(_)))
    };
    let found = kinds.iter().find(|(_, lint)| !unread(&lint(der)));
    found.map(|(document, _)| *document)
}

/// The rules for pairs that these two certificates in DER break; what each of them breaks
/// alone is for [`certificate`].
pub fn pair(signing: &[u8], encryption: &[u8]) -> Report {
    let mut both = [None, None];
    let works = [Work::new(ELEMENTS), Work::new(ELEMENTS)];
    let mut report = Report::default();
    for ((der, work), read) in [signing, encryption].into_iter().zip(&works).zip(&mut both) {
        match whole_certificate(&mut Reader::new(der, work)) {
            Ok(certificate) => *read = Some(certificate),
            Err(fault) => report.findings.push(unread(Document::Pair, fault)),
        }
        report.elements += work.elements();
        report.octets += work.octets();
    }
    if let [Some(signing), Some(encryption)] = &both {
        ask(
            Scheme::default(),
            &mut report.findings,
            |check| match check {
                Check::Pair(check) => Some(check(signing, encryption)),
                _ => None,
            },
        );
    }
    report
}

/// Refuses what is about to be signed and breaks a rule of severity [`Severity::Error`].
pub(crate) fn refuse_errors(what: &'static str, report: &Report) -> Result<(), Error> {
    match report.errors().next() {
        None => Ok(()),
        Some(finding) => Err(Error::Invalid {
            what,
            rule: finding.lint.statement,
            clause: finding.lint.source,
        }),
    }
}

/// Refuses a `TBSCertList` that is about to be signed and breaks a rule of severity
/// [`Severity::Error`].
pub(crate) fn refuse_crl(what: &'static str, der: &[u8]) -> Result<(), Error> {
    let (report, duplicate) = tbs_crl_and_duplicate(der);
    let duplicate = duplicate.and_then(|serial| SerialNumber::new(&serial).ok());
    if let Some(serial) = duplicate {
        let serial = Box::new(serial);
        return Err(Error::DuplicateEntry { serial });
    }
    refuse_errors(what, &report)
}

/// Elements of one document that is not a CRL.
const ELEMENTS: usize = 1 << 16;

/// Which schemes ask a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Always,
    Gm,
    Gdhk,
}

static FAMILIES: &[(Family, &[Lint])] = &[
    (Family::Always, rfc5280::certificate::RULES),
    (Family::Always, rfc5280::names::RULES),
    (Family::Always, rfc5280::extensions::RULES),
    (Family::Always, rfc5280::keys::RULES),
    (Family::Always, rfc5280::policies::RULES),
    (Family::Always, rfc5280::places::RULES),
    (Family::Always, rfc5280::crl::RULES),
    (Family::Always, rfc6960::RULES),
    (Family::Always, rfc2986::RULES),
    (Family::Gm, gmt0015::RULES),
    (Family::Gm, gb20518::RULES),
    (Family::Gm, pair::RULES),
    (Family::Gdhk, gdhk::RULES),
];

fn read(
    limit: usize,
    der: &[u8],
    document: Document,
    look: impl FnOnce(&mut Reader<'_>, &mut Vec<Finding>) -> Read<()>,
) -> Report {
    let work = Work::new(limit);
    let mut findings = Vec::new();
    if let Err(fault) = look(&mut Reader::new(der, &work), &mut findings) {
        findings.push(unread(document, fault));
    }
    Report {
        findings,
        elements: work.elements(),
        octets: work.octets(),
    }
}

fn whole_certificate<'a>(reader: &mut Reader<'a>) -> Read<Certificate<'a>> {
    let signed = Signed::read(reader)?;
    reader.finish()?;
    Certificate::read(signed, reader)
}

fn ask_certificate(scheme: Scheme, certificate: &Certificate<'_>, findings: &mut Vec<Finding>) {
    let gm = match scheme {
        Scheme::Rfc5280 => false,
        Scheme::Gm => true,
        Scheme::Gdhk => certificate.key.kind != KeyKind::Rsa,
    };
    for (family, table) in FAMILIES {
        let asked = match family {
            Family::Always => true,
            Family::Gm => gm,
            Family::Gdhk => scheme == Scheme::Gdhk,
        };
        if !asked {
            continue;
        }
        for lint in *table {
            if let Check::Certificate(check) = lint.check {
                note(lint, check(certificate), findings);
            }
        }
    }
}

fn ask_ocsp(answer: &Ocsp<'_>, findings: &mut Vec<Finding>) {
    ask(Scheme::default(), findings, |check| match check {
        Check::Ocsp(check) => Some(check(answer)),
        _ => None,
    });
}

fn ask(scheme: Scheme, findings: &mut Vec<Finding>, check: impl Fn(&Check) -> Option<Verdict>) {
    for (family, table) in FAMILIES {
        if *family == Family::Gdhk && scheme != Scheme::Gdhk {
            continue;
        }
        for lint in *table {
            if let Some(verdict) = check(&lint.check) {
                note(lint, verdict, findings);
            }
        }
    }
}

fn note(lint: &'static Lint, verdict: Verdict, findings: &mut Vec<Finding>) {
    if let Err(Broken(detail)) = verdict {
        findings.push(Finding { lint, detail });
    }
}

/// The rule that a document has its syntax.
fn unread(document: Document, fault: Fault) -> Finding {
    let syntax = |lint: &&Lint| matches!(lint.check, Check::Syntax(of) if of == document);
    Finding {
        lint: rules()
            .find(syntax)
            .expect("each document has a rule that it can be read"),
        detail: Some(fault.to_string().into()),
    }
}

/// What a rule says of a document.
type Verdict = Result<(), Broken>;

struct Broken(Option<Box<str>>);

fn holds(good: bool) -> Verdict {
    match good {
        true => Ok(()),
        false => Err(Broken(None)),
    }
}

/// Broken, with a detail, when there is one.
fn none<T: Into<Box<str>>>(detail: Option<T>) -> Verdict {
    match detail {
        None => Ok(()),
        Some(detail) => Err(Broken(Some(detail.into()))),
    }
}

/// Two documents have the same of something, which is named.
fn same<T: PartialEq>(one: T, other: T) -> Verdict {
    holds(one == other)
}

#[cfg(test)]
mod tests;
