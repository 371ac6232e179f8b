//! Is this certificate recognised, at this time?

mod question;

pub use question::{ClaimedTime, Question, Rules, SigningTime};

use crate::{
    Error,
    list::{Digest, Entry, EntryKey, PolicyRule, Status, StatusCause, StatusChange, TrustList},
    path::{
        Anchor, ParsedCertificate, PathError, PathOptions, RevocationRule, printable, validate,
    },
};
use der::{
    DateTime,
    asn1::{BmpString, ObjectIdentifier, PrintableStringRef, TeletexStringRef, Utf8StringRef},
};
use gm_crypto::pki::{Sm2Sm3, VerifyAlgorithm};

/// Names the rules of this release: an answer can be worked out again later.
const RULES: &str = "gm-pki:trust-list:rules:1";
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const ORGANISATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");

/// What a list answered, with all that is needed to work it out again.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The verdict of the entry that came closest.
    pub verdict: Verdict,
    /// Those of the other entries that have an issuer of that name; where one recognises the
    /// certificate, of those alone that are for its type or any.
    pub others: Vec<Verdict>,
    /// The time that was judged by; none where the question was not judged.
    pub at: Option<DateTime>,
    /// The number of the list.
    pub sequence: u64,
    /// The digest of the list.
    pub list: Digest,
    /// The rules that were applied, such as `gm-pki:trust-list:rules:1`.
    pub rules: &'static str,
}

/// The answer, of three kinds as in ETSI's validation practice.
#[derive(Debug)]
#[non_exhaustive]
pub enum Verdict {
    /// It is recognised.
    #[non_exhaustive]
    Recognised {
        /// Under which entry.
        entry: EntryKey,
        /// Since when that entry has been recognised without a break.
        since: DateTime,
        /// The number of the list that says so.
        sequence: u64,
        /// The digest of that list.
        list: Digest,
    },
    /// It is not.
    NotRecognised(Refusal),
    /// What is known does not suffice to say.
    Indeterminate(Doubt),
}

/// Why a certificate is not recognised.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It can't be read.
    #[error("the certificate can't be read")]
    Unreadable(#[source] Error),
    /// No entry has an issuer of its issuer's name.
    #[error("no entry of the list has an issuer named {issuer}")]
    NoEntry {
        /// Its issuer's name.
        issuer: String,
    },
    /// No path leads through the entry's issuers to its anchors.
    #[error("no path leads to the anchors of {entry}")]
    Path {
        /// The entry.
        entry: EntryKey,
        /// Why not.
        source: PathError,
    },
    /// An anchor of the entry signed it, and is none of its issuers.
    #[error("it is not signed by an issuer of {entry}")]
    IssuerNotPinned {
        /// The entry.
        entry: EntryKey,
    },
    /// It was issued outside the time in which its issuer counts.
    #[error("its issuer did not count for {entry} when it was issued, at {not_before}")]
    IssuerTime {
        /// The entry.
        entry: EntryKey,
        /// The certificate's notBefore.
        not_before: DateTime,
    },
    /// It is of another type than the entry's.
    #[error("its subject does not have the type {type_name:?} of {entry}")]
    TypeName {
        /// The entry.
        entry: EntryKey,
        /// The type, which no organisation or unit of its subject is.
        type_name: String,
    },
    /// It does not name a policy of the entry.
    #[error("it does not name a policy of {entry}, such as {wanted}")]
    Policy {
        /// The entry.
        entry: EntryKey,
        /// The first of the entry's rules.
        wanted: PolicyRule,
        /// What it names.
        named: Vec<ObjectIdentifier>,
    },
    /// The entry did not stand as recognised at the time asked about.
    #[error("{entry} was {} at {at}", standing(*status))]
    Standing {
        /// The entry.
        entry: EntryKey,
        /// How it stood; none before its first standing.
        status: Option<Status>,
        /// The time asked about.
        at: DateTime,
    },
    /// The entry did not stand as recognised when the certificate was issued.
    #[error("{entry} was {} when the certificate was issued, at {not_before}", standing(*status))]
    IssuedOutside {
        /// The entry.
        entry: EntryKey,
        /// How it stood; none before its first standing.
        status: Option<Status>,
        /// The certificate's notBefore.
        not_before: DateTime,
    },
    /// After the certificate was issued the entry's standing changed for a cause
    /// that leaves nothing standing.
    #[error("{entry} lost its standing on {from} for {cause}, which reaches back")]
    ReachesBack {
        /// The entry.
        entry: EntryKey,
        /// The cause.
        cause: StatusCause,
        /// When that standing began.
        from: DateTime,
    },
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Doubt {
    /// The list should have been replaced by now.
    #[error("the list should have been replaced by {next_update}, now it is {now}")]
    Stale {
        /// End of the list's life.
        next_update: DateTime,
        /// Now, as the question has it.
        now: DateTime,
    },
    /// The time asked about has not come.
    #[error("the question is about {at}, now it is {now}")]
    Future {
        /// The time asked about.
        at: DateTime,
        /// Now, as the question has it.
        now: DateTime,
    },
    /// Nobody proves the time of the signature, and the rules want proof.
    #[error("that the signature was made at {at} is not proved")]
    UnprovedTime {
        /// The time that is claimed.
        at: DateTime,
    },
    /// Whether a certificate of the path is revoked is not known, or the search for a path
    /// stopped at a limit.
    #[error("the path to the anchors of {entry} may hold or not")]
    Revocation {
        /// The entry.
        entry: EntryKey,
        /// What is not known.
        source: PathError,
    },
}

impl TrustList {
    /// Asks about a certificate (DER) as of now, SM2 with SM3 alone, without revocation;
    /// [`Self::ask`] takes CRLs and proved times of signatures.
    pub fn recognised(&self, certificate: &[u8], now: DateTime) -> Verdict {
        match ParsedCertificate::from_der(certificate) {
            Ok(target) => {
                let question = Question::new(&target, now).revocation(RevocationRule::Ignore);
                self.ask(&question).verdict
            }
            Err(error) => Verdict::NotRecognised(Refusal::Unreadable(error)),
        }
    }

    /// Asks whether a certificate is recognised, or was when something was signed with it.
    ///
    /// It is recognised when an issuer of an entry signed it in the time in which that
    /// issuer counts, the path to an anchor of the entry holds at the time of the
    /// signature, it has the entry's type and one of its policies, and what is asked of
    /// the entry's standing by the [`Rules`] holds.
    pub fn ask(&self, question: &Question<'_>) -> Answer {
        let (at, mut verdicts) = match self.time_of(question) {
            Ok(at) => (Some(at), self.judge(question, at)),
            Err(doubt) => (None, vec![Verdict::Indeterminate(doubt)]),
        };
        // The first of the best: the sort is stable.
        verdicts.sort_by_key(|verdict| core::cmp::Reverse(verdict.rank()));
        let mut verdicts = verdicts.into_iter();
        let none = || {
            Verdict::NotRecognised(Refusal::NoEntry {
                issuer: printable(question.target.issuer()),
            })
        };
        Answer {
            verdict: verdicts.next().unwrap_or_else(none),
            others: verdicts.collect(),
            at,
            sequence: self.sequence(),
            list: self.digest(),
            rules: RULES,
        }
    }

    /// The time that counts for a question.
    fn time_of(&self, question: &Question<'_>) -> Result<DateTime, Doubt> {
        let (now, next_update) = (question.now, self.next_update());
        let grace = question.rules.grace;
        if now.unix_duration() >= next_update.unix_duration() + grace {
            return Err(Doubt::Stale { next_update, now });
        }
        let at = match (question.signed, question.rules.claimed_time) {
            (SigningTime::Now, _) => now,
            (SigningTime::Proved(at), _) => at,
            (SigningTime::Claimed(_), ClaimedTime::Now) => now,
            (SigningTime::Claimed(at), ClaimedTime::Indeterminate) => {
                return Err(Doubt::UnprovedTime { at });
            }
        };
        if at > now {
            return Err(Doubt::Future { at, now });
        }
        Ok(at)
    }

    /// What the entries say that have an issuer of the certificate's issuer's name: those of
    /// its type, and where none of these recognises it, all of them.
    fn judge(&self, question: &Question<'_>, at: DateTime) -> Vec<Verdict> {
        let types = types_of(question.target);
        let mut asked = Asked {
            question,
            types: &types,
            at,
            paths: Vec::new(),
        };
        let issuer = question.target.issuer_der();
        let likely = self.entries_of_types(issuer, &types);
        let verdicts: Vec<Verdict> = likely.map(|entry| self.say(entry, &mut asked)).collect();
        let recognises = |verdict: &Verdict| matches!(verdict, Verdict::Recognised { .. });
        if verdicts.iter().any(recognises) {
            return verdicts;
        }
        let all = self.entries_of(issuer);
        all.map(|entry| self.say(entry, &mut asked)).collect()
    }

    fn say<'a>(&self, entry: &'a Entry, asked: &mut Asked<'a>) -> Verdict {
        match asked.judge(entry) {
            Ok(since) => Verdict::Recognised {
                entry: entry.key(),
                since,
                sequence: self.sequence(),
                list: self.digest(),
            },
            Err(verdict) => *verdict,
        }
    }
}

/// A question at its time, and what was found out about it.
struct Asked<'a> {
    question: &'a Question<'a>,
    types: &'a [String],
    at: DateTime,
    /// Who signed the target, by the certificates of some entries: classes of one CA have the
    /// same ones, and no path is looked for twice.
    paths: Vec<(&'a Entry, Result<Digest, PathError>)>,
}

impl<'a> Asked<'a> {
    fn issuer(&mut self, entry: &'a Entry) -> Result<Digest, PathError> {
        let same = |(other, _): &&(&Entry, _)| other.has_the_certificates_of(entry);
        if let Some((_, found)) = self.paths.iter().find(same) {
            return found.clone();
        }
        let found = issuer_by_path(entry, self.question, self.at);
        self.paths.push((entry, found.clone()));
        found
    }

    /// Since when the entry has been recognised, or why it does not count.
    fn judge(&mut self, entry: &'a Entry) -> Result<DateTime, Box<Verdict>> {
        let refused = |refusal| Box::new(Verdict::NotRecognised(refusal));
        let signer = self.issuer(entry).map_err(|source| {
            let entry = entry.key();
            if source.is_indeterminate() || source.is_exhausted() {
                return Box::new(Verdict::Indeterminate(Doubt::Revocation { entry, source }));
            }
            refused(Refusal::Path { entry, source })
        })?;
        let mut issuers = entry.issuers().iter();
        if !issuers.any(|issuer| issuer.digest() == signer) {
            let entry = entry.key();
            return Err(refused(Refusal::IssuerNotPinned { entry }));
        }
        let content = check_content(entry, &signer, self.question.target, self.types);
        content.map_err(|refusal| refused(*refusal))?;
        let standing = check_standing(entry, self.question, self.at);
        standing.map_err(|refusal| refused(*refusal))
    }
}

/// The one call of path validation: who signed the target, by the entry's certificates
/// alone.
fn issuer_by_path(
    entry: &Entry,
    question: &Question<'_>,
    at: DateTime,
) -> Result<Digest, PathError> {
    let sm2 = Sm2Sm3::default();
    let usual: [&dyn VerifyAlgorithm; 1] = [&sm2];
    let algorithms = question.algorithms.unwrap_or(&usual);
    let anchors: Vec<Anchor> = entry
        .anchors()
        .iter()
        .cloned()
        .map(Anchor::from_certificate)
        .collect();
    let options = PathOptions::new(at, algorithms)
        .crls(question.crls)
        .ocsp(question.ocsp)
        .revocation(question.revocation)
        .status_until(question.now);
    let path = validate(question.target, entry.issuers(), &anchors, &options)?;
    Ok(path.issuer().digest())
}

/// What the certificate itself says: when it was issued, its type, its policies.
fn check_content(
    entry: &Entry,
    issuer: &Digest,
    target: &ParsedCertificate,
    types: &[String],
) -> Result<(), Box<Refusal>> {
    let not_before = target.not_before();
    let counted = entry.issuer_interval(issuer);
    if counted.is_some_and(|interval| !interval.contains(not_before)) {
        return Err(Box::new(Refusal::IssuerTime {
            entry: entry.key(),
            not_before,
        }));
    }
    if let Some(type_name) = entry.certificate_type()
        && !types.iter().any(|one| one == type_name)
    {
        return Err(Box::new(Refusal::TypeName {
            entry: entry.key(),
            type_name: type_name.to_owned(),
        }));
    }
    if let Some(wanted) = entry.policies().first() {
        let fits = |named| entry.policies().iter().any(|rule| rule.matches(named));
        if !target.policies().iter().any(fits) {
            return Err(Box::new(Refusal::Policy {
                entry: entry.key(),
                wanted: *wanted,
                named: target.policies().to_vec(),
            }));
        }
    }
    Ok(())
}

/// The organisations and units of a certificate's subject, where CAs write its type.
fn types_of(target: &ParsedCertificate) -> Vec<String> {
    let text = |value: &der::Any| {
        let text = value
            .decode_as::<Utf8StringRef<'_>>()
            .map(|text| text.as_str().to_owned());
        let text = text.or_else(|_| {
            let text = value.decode_as::<PrintableStringRef<'_>>()?;
            Ok(text.as_str().to_owned())
        });
        let text = text.or_else(|_: der::Error| {
            let text = value.decode_as::<TeletexStringRef<'_>>()?;
            Ok(text.as_str().to_owned())
        });
        text.or_else(|_: der::Error| Ok(value.decode_as::<BmpString>()?.to_string()))
    };
    let subject = target.subject().iter();
    let parts = subject
        .filter(|attribute| [ORGANISATION, ORGANISATIONAL_UNIT].contains(&attribute.oid))
        .map(|attribute| text(&attribute.value));
    parts.filter_map(|text: der::Result<_>| text.ok()).collect()
}

/// The rules about time: since when the entry has been recognised.
fn check_standing(
    entry: &Entry,
    question: &Question<'_>,
    at: DateTime,
) -> Result<DateTime, Box<Refusal>> {
    let (rules, not_before) = (&question.rules, question.target.not_before());
    let recognised = entry.intervals(Status::Recognised);
    let status = |at| entry.status_at(at).map(|change| change.status);
    let (at_signing, at_issuing) = (recognised.find(at), recognised.find(not_before));
    if rules.status_at_signing && at_signing.is_none() {
        return Err(Box::new(Refusal::Standing {
            entry: entry.key(),
            status: status(at),
            at,
        }));
    }
    if rules.issued_while_recognised && at_issuing.is_none() {
        return Err(Box::new(Refusal::IssuedOutside {
            entry: entry.key(),
            status: status(not_before),
            not_before,
        }));
    }
    let spoils = |change: &&StatusChange| {
        let concerns = change.from > not_before || change.event_time() > not_before;
        // Whoever has the key can also write an earlier notBefore, but no time stamp.
        let is_before =
            matches!(question.signed, SigningTime::Proved(at) if at < change.event_time());
        change.cause.is_retroactive() && concerns && !is_before
    };
    if rules.causes_reach_back
        && let Some(end) = entry.history().iter().find(spoils)
    {
        return Err(Box::new(Refusal::ReachesBack {
            entry: entry.key(),
            cause: end.cause,
            from: end.event_time(),
        }));
    }
    let since = at_signing.or(at_issuing).map(|interval| interval.from);
    since.ok_or_else(|| {
        Box::new(Refusal::Standing {
            entry: entry.key(),
            status: status(at),
            at,
        })
    })
}

impl Verdict {
    /// A short fixed word: `RECOGNISED`; for a refusal `UNREADABLE`, `NO_ENTRY`, `PATH`,
    /// `ISSUER_NOT_PINNED`, `ISSUER_TIME`, `TYPE_NAME`, `POLICY`, `STATUS_AT_SIGNING`,
    /// `ISSUED_OUTSIDE` or `REACHES_BACK`; for a doubt `STALE`, `FUTURE`,
    /// `UNPROVED_TIME` or `REVOCATION_UNKNOWN`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Recognised { .. } => "RECOGNISED",
            Self::NotRecognised(refusal) => match refusal {
                Refusal::Unreadable(_) => "UNREADABLE",
                Refusal::NoEntry { .. } => "NO_ENTRY",
                Refusal::Path { .. } => "PATH",
                Refusal::IssuerNotPinned { .. } => "ISSUER_NOT_PINNED",
                Refusal::IssuerTime { .. } => "ISSUER_TIME",
                Refusal::TypeName { .. } => "TYPE_NAME",
                Refusal::Policy { .. } => "POLICY",
                Refusal::Standing { .. } => "STATUS_AT_SIGNING",
                Refusal::IssuedOutside { .. } => "ISSUED_OUTSIDE",
                Refusal::ReachesBack { .. } => "REACHES_BACK",
            },
            Self::Indeterminate(doubt) => match doubt {
                Doubt::Stale { .. } => "STALE",
                Doubt::Future { .. } => "FUTURE",
                Doubt::UnprovedTime { .. } => "UNPROVED_TIME",
                Doubt::Revocation { .. } => "REVOCATION_UNKNOWN",
            },
        }
    }

    /// The entry that comes closest gives the answer.
    fn rank(&self) -> u8 {
        match self {
            Self::NotRecognised(Refusal::Unreadable(_) | Refusal::NoEntry { .. }) => 0,
            Self::NotRecognised(Refusal::Path { .. } | Refusal::IssuerNotPinned { .. }) => 1,
            // Several classes of one issuer: what is of another class says least.
            Self::NotRecognised(
                Refusal::IssuerTime { .. } | Refusal::TypeName { .. } | Refusal::Policy { .. },
            ) => 2,
            Self::NotRecognised(_) => 3,
            Self::Indeterminate(_) => 4,
            Self::Recognised { .. } => 5,
        }
    }
}

fn standing(status: Option<Status>) -> String {
    status.map_or_else(|| "not in the list yet".into(), |status| status.to_string())
}
