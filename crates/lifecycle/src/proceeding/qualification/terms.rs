//! The rule sets of a qualification, each from a day on.

use super::{ApplicantKind, Assessment, Authority, Condition};
use crate::{
    calendar::Date,
    rules::{Requirement, Sourced},
};
use der::DateTime;
use serde::Deserialize;
use std::collections::BTreeSet;

/// One rule set: what is asked for, and how long what may take. An application is judged by the
/// one that is in force on the day of its receipt.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Terms {
    /// Its name, as records have it: `sca-2009`.
    pub name: String,
    /// The documents that it was read from.
    pub source: String,
    /// Its first day, in China's time; it ends where the next one begins.
    pub from: Sourced<Date>,
    /// The number under which the state keeps this kind of permission (S3-01).
    pub project_code: Sourced<String>,
    /// What it costs (S3-01): 0, there is no step for a fee.
    pub fee_fen: Sourced<u32>,
    /// How many may be qualified (S3-01): 0, which is any number; nothing counts them.
    pub quota: Sourced<u16>,
    /// Which authorities take applications in (S3-02).
    pub routes: Sourced<Vec<Authority>>,
    /// Working days in which a receipt is recorded, from its stamp on (S3-05). Behind them the stamp,
    /// which chooses the rules, would be the word of one person.
    pub receipt_days: Sourced<u16>,
    /// T1: working days from the receipt on by which it is decided whether an application is
    /// taken on (S3-06).
    pub acceptance_days: Sourced<u16>,
    /// Whether T1 begins anew when the materials were completed; else it goes on.
    pub correction_restarts: Sourced<bool>,
    /// T2: working days in which a provincial authority sends all of it on (S3-07).
    pub forwarding_days: Sourced<u16>,
    /// T3: working days from the acceptance to the decision (S3-09).
    pub decision_days: Sourced<u16>,
    /// Whether T3 stands still while assessors are at work.
    pub excludes_assessment: Sourced<bool>,
    /// Whether T3 stands still from the request of a hearing to its close.
    pub excludes_hearing: Sourced<bool>,
    /// T4: working days from the decision on in which the document is handed over (S3-12).
    pub delivery_days: Sourced<u16>,
    /// Days in which the directory says what is so (S3-13), from the hand-over, the end or the
    /// withdrawal on. Of the calendar: the end of a term comes in years that no notice covers.
    pub listing_days: Sourced<u16>,
    /// Working days after the acceptance, behind which anybody may ask how it stands (S3-17).
    pub query_days: Sourced<u16>,
    /// Working days for the decision on another name.
    pub change_days: Sourced<u16>,
    /// Working days for the decision on a renovation.
    pub renovation_days: Sourced<u16>,
    /// Whole years for which it holds, 1 to 30; none: for good (S5-01).
    #[serde(default)]
    pub validity_years: Option<Sourced<u8>>,
    /// Days before the end of a term from which on another is asked for; given with the years.
    #[serde(default)]
    pub renewal_opens_days: Option<Sourced<u16>>,
    /// Days before the end of a term by which another is asked for, fewer than those; given with
    /// the years.
    #[serde(default)]
    pub renewal_days: Option<Sourced<u16>>,
    /// What the decision is called, with `{applicant}` in it (S3-11).
    pub decision_title: Sourced<String>,
    /// What must be so (S3-03).
    pub conditions: Sourced<Vec<Condition>>,
    /// What is to be handed in (S3-04).
    pub materials: Vec<MaterialRule>,
    /// What is assessed (S3-08).
    pub assessments: Vec<AssessmentRule>,
}

/// One material of the list (S3-04).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct MaterialRule {
    /// Its name.
    pub name: String,
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
    /// Whether the original is wanted.
    pub original: bool,
    /// Copies on paper at least; 0: no number is given.
    pub copies: u16,
    /// The kind of applicant that it is asked of; none: of all.
    #[serde(default)]
    pub only_for: Option<ApplicantKind>,
    /// Requirements it follows from.
    pub basis: Vec<Requirement>,
}

/// One assessment of the list (S3-08).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct AssessmentRule {
    /// Which.
    pub name: Assessment,
    /// The kind of applicant that is assessed so; none: all.
    #[serde(default)]
    pub only_for: Option<ApplicantKind>,
    /// Requirements it follows from.
    pub basis: Vec<Requirement>,
}

/// A rule set can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadTerms {
    /// Not the TOML of a rule set.
    #[error("the rules of a qualification can't be read")]
    Toml(#[from] toml::de::Error),
    /// A value that can't be.
    #[error("{name} of a qualification must be {expected}")]
    Value {
        /// Its name.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A value that rests on nothing.
    #[error("{name} of a qualification names neither a requirement nor why it was assumed")]
    Baseless {
        /// Its name.
        name: &'static str,
    },
}

fn sourced<T>(name: &'static str, value: &Sourced<T>) -> Result<(), BadTerms> {
    if value.basis.is_empty() && value.assumed.is_none() {
        return Err(BadTerms::Baseless { name });
    }
    Ok(())
}

fn days(name: &'static str, value: &Sourced<u16>) -> Result<(), BadTerms> {
    sourced(name, value)?;
    if !(1..=3_650).contains(&value.value) {
        let expected = "1 to 3650 days";
        return Err(BadTerms::Value { name, expected });
    }
    Ok(())
}

/// A list without repetitions and with one member at least.
fn list<T: Ord>(name: &'static str, all: impl Iterator<Item = T>) -> Result<(), BadTerms> {
    let (mut seen, mut count) = (BTreeSet::new(), 0);
    for one in all {
        seen.insert(one);
        count += 1;
    }
    if seen.is_empty() || seen.len() != count {
        let expected = "a list of different ones, one at least";
        return Err(BadTerms::Value { name, expected });
    }
    Ok(())
}

impl Terms {
    /// Reads a rule set.
    ///
    /// # Errors
    /// [`BadTerms`] for anything but a well-formed one.
    pub fn from_toml(text: &str) -> Result<Self, BadTerms> {
        let terms: Self = toml::from_str(text)?;
        for (name, value) in [
            ("receipt-days", &terms.receipt_days),
            ("acceptance-days", &terms.acceptance_days),
            ("forwarding-days", &terms.forwarding_days),
            ("decision-days", &terms.decision_days),
            ("delivery-days", &terms.delivery_days),
            ("listing-days", &terms.listing_days),
            ("query-days", &terms.query_days),
            ("change-days", &terms.change_days),
            ("renovation-days", &terms.renovation_days),
        ] {
            days(name, value)?;
        }
        sourced("from", &terms.from)?;
        sourced("project-code", &terms.project_code)?;
        sourced("fee-fen", &terms.fee_fen)?;
        sourced("quota", &terms.quota)?;
        // A number that nothing acts on would be a rule that is not kept.
        for (name, value) in [
            ("fee-fen", terms.fee_fen.value),
            ("quota", terms.quota.value.into()),
        ] {
            if value != 0 {
                let expected = "0: this machine has no step for another value";
                return Err(BadTerms::Value { name, expected });
            }
        }
        sourced("routes", &terms.routes)?;
        sourced("correction-restarts", &terms.correction_restarts)?;
        sourced("excludes-assessment", &terms.excludes_assessment)?;
        sourced("excludes-hearing", &terms.excludes_hearing)?;
        sourced("decision-title", &terms.decision_title)?;
        sourced("conditions", &terms.conditions)?;
        list("routes", terms.routes.value.iter())?;
        list("conditions", terms.conditions.value.iter())?;
        list("materials", terms.materials.iter().map(|one| &one.name))?;
        list("assessments", terms.assessments.iter().map(|one| one.name))?;
        let materials = terms.materials.iter().map(|one| &one.basis);
        let assessments = terms.assessments.iter().map(|one| &one.basis);
        if materials.chain(assessments).any(Vec::is_empty) {
            let name = "a material or an assessment";
            return Err(BadTerms::Baseless { name });
        }
        if !terms.decision_title.value.contains("{applicant}") {
            return Err(BadTerms::Value {
                name: "decision-title",
                expected: "words with {applicant} among them",
            });
        }
        terms.renewal()?;
        Ok(terms)
    }

    /// A term has an end, and days before it; what holds for good has neither.
    fn renewal(&self) -> Result<(), BadTerms> {
        let before = (&self.renewal_opens_days, &self.renewal_days);
        match (&self.validity_years, before) {
            (Some(years), (Some(opens), Some(closes))) if (1..=30).contains(&years.value) => {
                sourced("validity-years", years)?;
                days("renewal-opens-days", opens)?;
                days("renewal-days", closes)?;
                if opens.value <= closes.value || opens.value >= u16::from(years.value) * 365 {
                    return Err(BadTerms::Value {
                        name: "renewal-opens-days",
                        expected: "more than renewal-days, and fewer than the days of a term",
                    });
                }
                Ok(())
            }
            (None, (None, None)) => Ok(()),
            _ => Err(BadTerms::Value {
                name: "validity-years",
                expected: "1 to 30, and given with renewal-opens-days and renewal-days",
            }),
        }
    }

    /// What this kind of applicant hands in.
    pub fn materials_for(&self, kind: ApplicantKind) -> impl Iterator<Item = &MaterialRule> {
        let wanted = move |rule: &&MaterialRule| rule.only_for.is_none_or(|only| only == kind);
        self.materials.iter().filter(wanted)
    }

    /// How this kind of applicant is assessed.
    pub fn assessments_for(&self, kind: ApplicantKind) -> impl Iterator<Item = Assessment> {
        let wanted = move |rule: &&AssessmentRule| rule.only_for.is_none_or(|only| only == kind);
        self.assessments.iter().filter(wanted).map(|rule| rule.name)
    }

    /// What a decision for this applicant is called (S3-11).
    pub fn title(&self, applicant: &str) -> String {
        self.decision_title.value.replace("{applicant}", applicant)
    }
}

/// Rule sets, each in force until the next one is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleSets(Vec<Terms>);

impl RuleSets {
    /// Several rule sets.
    ///
    /// # Errors
    /// [`BadTerms`] where there is none, or two have one name or one first day.
    pub fn new(mut sets: Vec<Terms>) -> Result<Self, BadTerms> {
        list("rule sets' names", sets.iter().map(|set| &set.name))?;
        list("rule sets' days", sets.iter().map(|set| set.from.value))?;
        sets.sort_by_key(|set| set.from.value);
        Ok(Self(sets))
    }

    /// Those that come with the library: `sca-2009` and `sca-2024`.
    pub fn shipped() -> Self {
        let read = |text| Terms::from_toml(text).expect("a test loads them");
        Self::new(vec![
            read(include_str!("../../../qualification/sca-2009.toml")),
            read(include_str!("../../../qualification/sca-2024.toml")),
        ])
        .expect("a test loads them")
    }

    /// All of them, the earliest first.
    pub fn iter(&self) -> impl Iterator<Item = &Terms> {
        self.0.iter()
    }

    /// The one that is in force on the day, in China's time, of `at`.
    pub fn in_force(&self, at: DateTime) -> Option<&Terms> {
        let day = Date::in_china(at);
        self.0.iter().rfind(|set| set.from.value <= day)
    }

    /// The one of this name.
    pub fn get(&self, name: &str) -> Option<&Terms> {
        self.0.iter().find(|set| set.name == name)
    }
}
