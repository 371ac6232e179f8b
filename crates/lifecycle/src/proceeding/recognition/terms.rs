//! Whose word is needed, who audits, which policies are in force, and what is owed by when.

use super::DeadlineName;
use crate::{
    Evidence, Ground, Refusal,
    calendar::Date,
    id::hexadecimal,
    rules::{Requirement, Sourced, Text},
    terms::EvidenceKind,
};
use der::{DateTime, asn1::ObjectIdentifier};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The rules of recognition, as data.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Terms {
    /// The rule that they were read from.
    pub source: String,
    /// Working days in which somebody is told at once (及时): 1 to 3650 (S4-09, X-08).
    pub notice_days: Sourced<u16>,
    /// Months after which an auditor's report is too old: 1 to 120.
    pub report_months: Sourced<u8>,
    /// What a recognised CA owes again and again (S4-13).
    pub duties: BTreeMap<DeadlineName, Duty>,
    /// The sides that recognise each other's CAs, by jurisdiction: `HK`, `CN-GD`.
    pub sides: BTreeMap<String, Side>,
    /// Authorities by their names in commands.
    pub authorities: BTreeMap<String, Authority>,
    /// Versions of the policy with their identifiers (S4-17).
    pub policies: Vec<Policy>,
    /// The auditors that a side admits, by their names in commands (S4-18).
    #[serde(default)]
    pub auditors: BTreeMap<String, Auditor>,
}

/// A duty of a recognised CA.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Duty {
    /// Months after which it is owed again, 1 to 120; none: when an authority orders it.
    pub months: Option<Sourced<u8>>,
    /// What shows that it was done. The two reviews need an auditor of the roster.
    pub evidence: EvidenceKind,
}

/// One side: whose word a CA of this jurisdiction needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Side {
    /// Its name.
    pub name: Text,
    /// The authority that looks first; none where one approval is enough (S4-05).
    pub preliminary: Option<String>,
    /// The authority that approves.
    pub approval: String,
    /// The authority that keeps the list, tells the other side, supervises.
    pub publisher: String,
    /// The authority to which the publisher reports, where there is one (S4-11, S4-16).
    pub superior: Option<String>,
    /// The jurisdiction of the other side.
    pub counterpart: String,
    /// The law by which its CAs are licensed (S4-01).
    pub legal_basis: Text,
    /// Requirements it follows from.
    pub basis: Vec<Requirement>,
}

/// An office, and who took its place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Authority {
    /// Its name.
    pub name: Text,
    /// Who took its place.
    pub successor: Option<Successor>,
    /// SM3 of the certificates whose owners sign its letters, 64 small hexadecimal digits each;
    /// without one, an official names the certificate with each letter.
    #[serde(default)]
    pub signers: Vec<String>,
}

/// Who took an office's place, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Successor {
    /// The other authority.
    pub value: String,
    /// The first day, in China's time.
    pub since: Date,
    /// Requirements it follows from.
    #[serde(default)]
    pub basis: Vec<Requirement>,
    /// Why it was assumed.
    #[serde(default)]
    pub assumed: Option<String>,
}

/// A version of the policy, as the working group gave it an identifier.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Policy {
    /// Its title.
    pub title: Text,
    /// Its version: `1.1`.
    pub version: String,
    /// The side whose certificates carry it.
    pub jurisdiction: String,
    /// The identifier, as arcs with dots between.
    pub oid: String,
    /// Last arcs that readers leave out: year, version, release. Three arcs are left at least.
    #[serde(default)]
    pub ignored_arcs: u8,
    /// The first day on which it is in force.
    pub from: Date,
    /// The first day on which it is no more.
    pub until: Option<Date>,
    /// Requirements it follows from.
    pub basis: Vec<Requirement>,
}

/// An independent third party whose reports a side takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Auditor {
    /// Its name.
    pub name: Text,
    /// The side that admits it.
    pub jurisdiction: String,
    /// The first day on which it may report.
    pub from: Date,
    /// The first day on which it may no more.
    pub until: Option<Date>,
    /// CAs that it is not independent of, by their legal names.
    #[serde(default)]
    pub related: Vec<String>,
    /// Requirements it follows from.
    pub basis: Vec<Requirement>,
}

/// The terms can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadTerms {
    /// Not the TOML of terms.
    #[error("the terms of recognition can't be read")]
    Toml(#[from] toml::de::Error),
    /// A number that can't be.
    #[error("{name} of recognition must be {expected}")]
    Number {
        /// Its name.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A value that rests on nothing.
    #[error("{name} of recognition names neither a requirement nor why it was assumed")]
    Baseless {
        /// Its name.
        name: String,
    },
    /// A name that stands for nothing here.
    #[error("{place} of recognition names {name:?}, which the terms don't have")]
    Dangling {
        /// Where.
        place: String,
        /// The name.
        name: String,
    },
    /// Authorities that follow each other round and round.
    #[error("the successors of {name} come back to it")]
    Circle {
        /// One of them.
        name: String,
    },
    /// What can't be an identifier of a policy, or keeps too few arcs.
    #[error("{oid:?} is no identifier of a policy with three arcs that count")]
    Oid {
        /// What stands there.
        oid: String,
    },
    /// Something that is no duty of a CA, or has no evidence of its own.
    #[error("{name} is no duty of a recognised CA that {evidence} shows")]
    NoDuty {
        /// Its name.
        name: DeadlineName,
        /// What it is to be shown by.
        evidence: EvidenceKind,
    },
    /// What is no SM3 of a certificate.
    #[error("{found:?} of {authority} is no SM3 of a certificate, 64 small hexadecimal digits")]
    Signer {
        /// Whose letters it should sign.
        authority: String,
        /// What stands there.
        found: String,
    },
    /// A duty that the terms leave out.
    #[error("the terms of recognition leave out the duty {name}")]
    DutyMissing {
        /// Its name.
        name: DeadlineName,
    },
}

const BASIS: &[&str] = &["S4-05"];

impl Terms {
    /// Reads terms.
    ///
    /// # Errors
    /// [`BadTerms`] for anything but well-formed terms: each value rests on something, names
    /// stand for what is there, each duty is there.
    pub fn from_toml(text: &str) -> Result<Self, BadTerms> {
        let terms: Self = toml::from_str(text)?;
        terms.check_numbers()?;
        terms.check_names()?;
        for name in DeadlineName::DUTIES {
            if !terms.duties.contains_key(name) {
                return Err(BadTerms::DutyMissing { name: *name });
            }
        }
        Ok(terms)
    }

    /// Those that come with the library: of the measures of 2012, with the offices of today
    /// and no auditors.
    pub fn shipped() -> Self {
        Self::from_toml(Self::SHIPPED).expect("a test loads them")
    }

    /// The text of the [shipped](Self::shipped) ones: an operator adds the auditors to it.
    pub const SHIPPED: &str = include_str!("../../../recognition.toml");

    fn check_numbers(&self) -> Result<(), BadTerms> {
        if !(1..=3_650).contains(&self.notice_days.value) {
            return Err(BadTerms::Number {
                name: "notice-days",
                expected: "1 to 3650 days",
            });
        }
        based("notice-days", &self.notice_days)?;
        months("report-months", &self.report_months)?;
        for (name, duty) in &self.duties {
            let is_one = DeadlineName::DUTIES.contains(name);
            if !is_one || !DUTY_EVIDENCE.contains(&duty.evidence) {
                return Err(BadTerms::NoDuty {
                    name: *name,
                    evidence: duty.evidence,
                });
            }
            if let Some(round) = &duty.months {
                months(name.as_str(), round)?;
            }
        }
        Ok(())
    }

    fn check_names(&self) -> Result<(), BadTerms> {
        let dangling = |place: &str, name: &str| BadTerms::Dangling {
            place: place.to_owned(),
            name: name.to_owned(),
        };
        let rests = |name: &str, basis: &[Requirement]| match basis {
            [] => Err(BadTerms::Baseless {
                name: name.to_owned(),
            }),
            _ => Ok(()),
        };
        for (jurisdiction, side) in &self.sides {
            rests(jurisdiction, &side.basis)?;
            let offices = [&side.approval, &side.publisher].into_iter();
            for name in offices.chain(&side.preliminary).chain(&side.superior) {
                if !self.authorities.contains_key(name) {
                    return Err(dangling(jurisdiction, name));
                }
            }
            if !self.sides.contains_key(&side.counterpart) {
                return Err(dangling(jurisdiction, &side.counterpart));
            }
        }
        for (id, authority) in &self.authorities {
            let mut signers = authority.signers.iter();
            if let Some(found) = signers.find(|text| !is_digest(text)) {
                return Err(BadTerms::Signer {
                    authority: id.clone(),
                    found: found.clone(),
                });
            }
            let mut next = authority.successor.as_ref();
            for _ in 0..=self.authorities.len() {
                let Some(successor) = next else { break };
                if successor.basis.is_empty() && successor.assumed.is_none() {
                    return Err(BadTerms::Baseless { name: id.clone() });
                }
                let other = self.authorities.get(&successor.value);
                let other = other.ok_or_else(|| dangling(id, &successor.value))?;
                next = other.successor.as_ref();
            }
            if next.is_some() {
                return Err(BadTerms::Circle { name: id.clone() });
            }
        }
        for policy in &self.policies {
            rests(&policy.oid, &policy.basis)?;
            if !self.sides.contains_key(&policy.jurisdiction) {
                return Err(dangling(&policy.oid, &policy.jurisdiction));
            }
            let arcs = ObjectIdentifier::new(&policy.oid).map(|oid| oid.arcs().count());
            if arcs.unwrap_or(0) < usize::from(policy.ignored_arcs) + 3 {
                let oid = policy.oid.clone();
                return Err(BadTerms::Oid { oid });
            }
        }
        for (id, auditor) in &self.auditors {
            rests(id, &auditor.basis)?;
            if !self.sides.contains_key(&auditor.jurisdiction) {
                return Err(dangling(id, &auditor.jurisdiction));
            }
        }
        Ok(())
    }

    /// The side of a jurisdiction.
    ///
    /// # Errors
    /// A refusal where the terms know none.
    pub(crate) fn side(&self, jurisdiction: &str) -> Result<&Side, Refusal> {
        self.sides
            .get(jurisdiction)
            .ok_or_else(|| unknown("jurisdiction", jurisdiction, &["S4-01"]))
    }

    /// Whether the owner of a certificate, by its SM3, may sign an authority's letters.
    pub(super) fn admits_signer(&self, authority: &str, certificate: &[u8]) -> bool {
        let signers = self.authorities.get(authority).map(|one| &one.signers);
        signers
            .is_none_or(|signers| signers.is_empty() || signers.contains(&hexadecimal(certificate)))
    }

    /// Who holds an office at a time: the authority itself, or who took its place by then.
    pub fn acting<'a>(&'a self, office: &'a str, at: DateTime) -> &'a str {
        let today = Date::in_china(at);
        let mut holder = office;
        while let Some(successor) = self.authorities.get(holder).and_then(|one| {
            let next = one.successor.as_ref();
            next.filter(|next| next.since <= today)
        }) {
            holder = &successor.value;
        }
        holder
    }

    /// Refuses an authority that does not hold this office now.
    pub(crate) fn check_acting(
        &self,
        given: &str,
        office: &str,
        now: DateTime,
    ) -> Result<(), Refusal> {
        let acting = self.acting(office, now);
        if given == acting {
            return Ok(());
        }
        if !self.authorities.contains_key(given) {
            return Err(unknown("authority", given, BASIS));
        }
        Err(Ground::OtherAuthority {
            given: given.to_owned(),
            wanted: acting.to_owned(),
        }
        .refuse(BASIS))
    }

    /// The policy of this identifier that certificates of a side carry and that is in force.
    ///
    /// # Errors
    /// A refusal where the register has none (S4-17).
    pub(crate) fn policy(
        &self,
        jurisdiction: &str,
        oid: &str,
        now: DateTime,
    ) -> Result<&Policy, Refusal> {
        let mut policies = self.policies.iter();
        let found =
            policies.find(|policy| policy.jurisdiction == jurisdiction && policy.oid == oid);
        let policy = found.ok_or_else(|| unknown("policy", oid, &["S4-17"]))?;
        if !holds(policy.from, policy.until, now) {
            return Err(Ground::NotInForce {
                rules: format!("{} {}", policy.oid, policy.version),
            }
            .refuse(&["S4-17"]));
        }
        Ok(policy)
    }

    /// Refuses the report of an auditor who is not on the roster of the side at its time, who
    /// is not independent of the CA, or whose report is old (S4-04, S4-18).
    pub(crate) fn check_review(
        &self,
        review: &super::Review,
        kind: EvidenceKind,
        key: &super::Key,
        context: &super::Context<'_>,
    ) -> Result<(), Refusal> {
        const REVIEW: &[&str] = &["S4-04", "S4-18"];
        review.report.is_a(kind, REVIEW)?;
        let declared = &review.independence;
        declared.is_a(EvidenceKind::IndependenceDeclaration, REVIEW)?;
        let auditor = self.auditors.get(&review.auditor);
        let auditor = auditor.filter(|auditor| {
            auditor.jurisdiction == key.jurisdiction
                && holds(auditor.from, auditor.until, review.made)
        });
        let auditor = auditor.ok_or_else(|| unknown("auditor", &review.auditor, REVIEW))?;
        let is_named = |name: &str| same_name(name, &key.ca);
        let related = auditor.related.iter().any(|name| is_named(name));
        if related || is_named(&auditor.name.en) || is_named(&auditor.name.zh) {
            return Err(Ground::NotIndependent {
                auditor: review.auditor.clone(),
                ca: key.ca.clone(),
            }
            .refuse(REVIEW));
        }
        let oldest = context
            .calendar
            .months_before(context.now, self.report_months.value);
        if review.made > context.now || review.made < oldest {
            return Err(Ground::ReportAge {
                made: review.made,
                oldest,
            }
            .refuse(REVIEW));
        }
        Ok(())
    }
}

/// Evidence by which a duty can be shown.
const DUTY_EVIDENCE: &[EvidenceKind] = &[
    EvidenceKind::InspectionReport,
    EvidenceKind::ConformityReview,
    EvidenceKind::ExecutionReview,
    EvidenceKind::InternalAuditReport,
];

impl Duty {
    /// Whether an auditor of the roster must have made its evidence.
    pub fn is_reviewed(&self) -> bool {
        matches!(
            self.evidence,
            EvidenceKind::ConformityReview | EvidenceKind::ExecutionReview
        )
    }

    /// Refuses evidence of another kind.
    pub(crate) fn check(&self, report: &Evidence) -> Result<(), Refusal> {
        report.is_a(self.evidence, &["S4-13"])
    }
}

pub(super) fn unknown(what: &'static str, name: &str, basis: &[&str]) -> Refusal {
    Ground::UnknownName {
        what,
        name: name.to_owned(),
    }
    .refuse(basis)
}

/// Whether a day of China's time lies in a span of days.
fn holds(from: Date, until: Option<Date>, at: DateTime) -> bool {
    let day = Date::in_china(at);
    from <= day && until.is_none_or(|until| day < until)
}

/// As people read names: blanks and case don't tell two apart.
fn same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let letters = name.chars().filter(|c| !c.is_whitespace());
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    plain(one) == plain(other)
}

fn based<T>(name: &str, value: &Sourced<T>) -> Result<(), BadTerms> {
    if value.basis.is_empty() && value.assumed.is_none() {
        return Err(BadTerms::Baseless {
            name: name.to_owned(),
        });
    }
    Ok(())
}

fn months(name: &'static str, value: &Sourced<u8>) -> Result<(), BadTerms> {
    if !(1..=120).contains(&value.value) {
        return Err(BadTerms::Number {
            name,
            expected: "1 to 120 months",
        });
    }
    based(name, value)
}

fn is_digest(text: &str) -> bool {
    let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    text.len() == 64 && text.chars().all(is_digit)
}
