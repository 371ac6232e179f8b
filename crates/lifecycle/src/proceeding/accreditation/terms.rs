//! What the scheme asks of an agency, as data with sources.

use crate::{
    rules::{Requirement, Sourced},
    terms::{Kind, Mode, Seat, terms},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

terms! {
    /// What an agency's own rules must say of a mode (S0-15 to S0-29).
    Provision {
        /// Which licence the staff has (执业资格).
        Licence = "licence",
        /// What the staff is for (岗位职责).
        Duties = "duties",
        /// How it behaves (执业行为).
        Conduct = "conduct",
        /// How it is trained and examined (培训考核).
        Training = "training",
        /// How conflicts of interest are kept off (防范利益冲突).
        Conflicts = "conflicts",
        /// How it is punished (处罚措施).
        Sanctions = "sanctions",
        /// Labour contracts alone, and the four kinds that are barred (S0-15, S0-16).
        Employment = "employment",
        /// How the public checks who is a witness (S0-17).
        PublicCheck = "public-check",
        /// Sound or picture of the act (S0-20).
        Recording = "recording",
        /// A paper form, signed before the witness (S0-21).
        PaperForm = "paper-form",
        /// Natural persons and soft certificates alone (S0-23).
        NaturalPersons = "natural-persons",
        /// How identities are checked (S0-24 to S0-26).
        Identity = "identity",
        /// Key steps that leave traces (S0-27).
        Traces = "traces",
        /// Sessions of sound and picture both ways (S0-28).
        LiveSession = "live-session",
        /// Vouchers are kept electronically at the agency (S0-29).
        Archive = "archive",
    }

    /// What is looked at before a mode begins operation (S0-11).
    GoLive {
        /// The agency's system reaches the CA's with its access certificate.
        SystemConnected = "system-connected",
        /// The staff was trained, and passed.
        StaffTrained = "staff-trained",
        /// The public can ask who is a witness.
        RosterPublished = "roster-published",
        /// Recordings are made, and found again.
        RecordingReady = "recording-ready",
        /// Sessions run both ways.
        SessionReady = "session-ready",
        /// Vouchers are kept, and found again.
        ArchiveReady = "archive-ready",
    }
}

/// What the scheme asks of an agency.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Terms {
    /// The document that they were read from.
    pub source: String,
    /// The rule set by whose roster the staff is judged (S0-15, S0-19).
    pub rules: Sourced<String>,
    /// The profile of access certificates (S0-08, S0-09).
    pub profile: Sourced<String>,
    /// Copies on paper (S0-02): 1 to 9.
    pub copies: Sourced<u8>,
    /// Versions of the agreement's standard form that may be signed (S0-07): one at least.
    pub templates: Sourced<Vec<String>>,
    /// The kinds of business that have a flow in each mode: all six (S0-13, S0-14).
    pub kinds: Sourced<Vec<Kind>>,
    /// Working days in which a question before the filing is answered (S0-03): 1 to 250, as
    /// all of these.
    pub feedback_working_days: Sourced<u16>,
    /// Working days in which a filing is accepted or sent back, from its paper on.
    pub examination_working_days: Sourced<u16>,
    /// Working days in which one that was sent back comes again.
    pub correction_working_days: Sourced<u16>,
    /// Working days in which what an inspection asks for is produced (S0-29).
    pub inspection_working_days: Sourced<u16>,
    /// Days before the end of a device's certificate on which there is an alarm (S0-10):
    /// 1 to 3650.
    pub device_alarm_days: Sourced<u16>,
    /// Authorities whose certificates of devices are taken (S0-10); none: any that is named.
    pub device_issuers: Sourced<Vec<String>>,
    /// SM3 of the certificates of those who issue access certificates (S0-08), in hexadecimal
    /// digits; none: any CA that an officer names.
    pub access_issuers: Sourced<Vec<String>>,
    /// Days before the end of the access certificate on which there is an alarm: 1 to 3650.
    pub access_alarm_days: Sourced<u16>,
    /// Working days in which the access certificate of an agency that ended is revoked.
    pub revocation_working_days: Sourced<u16>,
    /// What an accepted filing does not mean.
    pub disclaimer: Disclaimer,
    /// What each mode takes: all three.
    pub modes: BTreeMap<Mode, ModeTerms>,
}

/// The words that go with each proof of status (S0-05).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Disclaimer {
    /// Their version, from 1: another for each change of a word.
    pub version: u32,
    /// Requirements they follow from.
    pub basis: Vec<Requirement>,
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// What one mode takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ModeTerms {
    /// What the agency's rules say.
    pub provisions: Sourced<Vec<Provision>>,
    /// Those of them for which a filing with another department may stand (S0-22).
    pub by_reference: Sourced<Vec<Provision>>,
    /// Seats for which somebody qualified is on the roster.
    pub seats: Sourced<Vec<Seat>>,
    /// What is looked at before it begins.
    pub go_live: Sourced<Vec<GoLive>>,
}

/// The terms can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadTerms {
    /// Not the TOML of terms.
    #[error("the terms of an accreditation can't be read")]
    Toml(#[from] toml::de::Error),
    /// A value that can't be.
    #[error("{name} of an accreditation must be {expected}")]
    Value {
        /// Its name.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A value that rests on nothing.
    #[error("{name} of an accreditation names neither a requirement nor why it was assumed")]
    Baseless {
        /// Its name.
        name: &'static str,
    },
}

impl Terms {
    /// Reads terms.
    ///
    /// # Errors
    /// [`BadTerms`] for anything but well-formed terms.
    pub fn from_toml(text: &str) -> Result<Self, BadTerms> {
        let terms: Self = toml::from_str(text)?;
        terms.check()?;
        Ok(terms)
    }

    /// Those that come with the library.
    pub fn shipped() -> Self {
        Self::from_toml(include_str!("../../../accreditation.toml")).expect("a test loads them")
    }

    /// What a mode takes.
    ///
    /// # Panics
    /// Never: terms without one of the modes are not read.
    pub fn of(&self, mode: Mode) -> &ModeTerms {
        self.modes.get(&mode).expect("terms have every mode")
    }

    fn check(&self) -> Result<(), BadTerms> {
        let value = |name, expected| Err(BadTerms::Value { name, expected });
        based("rules", &self.rules)?;
        based("profile", &self.profile)?;
        based("copies", &self.copies)?;
        based("templates", &self.templates)?;
        based("kinds", &self.kinds)?;
        for (name, days, most) in [
            ("feedback-working-days", &self.feedback_working_days, 250),
            (
                "examination-working-days",
                &self.examination_working_days,
                250,
            ),
            (
                "correction-working-days",
                &self.correction_working_days,
                250,
            ),
            (
                "inspection-working-days",
                &self.inspection_working_days,
                250,
            ),
            (
                "revocation-working-days",
                &self.revocation_working_days,
                250,
            ),
            ("device-alarm-days", &self.device_alarm_days, 3_650),
            ("access-alarm-days", &self.access_alarm_days, 3_650),
        ] {
            based(name, days)?;
            if !(1..=most).contains(&days.value) {
                return value(name, "1 to 250 working days, or 1 to 3650 days");
            }
        }
        if !(1..=9).contains(&self.copies.value) {
            return value("copies", "1 to 9");
        }
        based("device-issuers", &self.device_issuers)?;
        based("access-issuers", &self.access_issuers)?;
        let is_digest = |text: &String| {
            text.len() == 64
                && text
                    .bytes()
                    .all(|one| matches!(one, b'0'..=b'9' | b'a'..=b'f'))
        };
        if !self.access_issuers.value.iter().all(is_digest) {
            return value("access-issuers", "64 hexadecimal digits each");
        }
        if self.templates.value.is_empty() {
            return value("templates", "one version at least");
        }
        if !is_whole(&self.kinds.value, Kind::ALL) {
            return value("kinds", "all six, each once");
        }
        let words = [&self.disclaimer.en, &self.disclaimer.zh];
        if self.disclaimer.version == 0 || words.iter().any(|text| text.trim().is_empty()) {
            return value(
                "disclaimer",
                "a version from 1, and words in both languages",
            );
        }
        if self.disclaimer.basis.is_empty() {
            return Err(BadTerms::Baseless { name: "disclaimer" });
        }
        if self.modes.len() != Mode::ALL.len() {
            return value("modes", "all three");
        }
        for terms in self.modes.values() {
            based("provisions", &terms.provisions)?;
            based("by-reference", &terms.by_reference)?;
            based("seats", &terms.seats)?;
            based("go-live", &terms.go_live)?;
            let wanted = &terms.provisions.value;
            if !(terms.by_reference.value.iter()).all(|one| wanted.contains(one)) {
                return value("by-reference", "among the provisions of the mode");
            }
            if terms.go_live.value.is_empty() {
                return value("go-live", "one check at least");
            }
        }
        Ok(())
    }
}

fn based<T>(name: &'static str, value: &Sourced<T>) -> Result<(), BadTerms> {
    if value.basis.is_empty() && value.assumed.is_none() {
        return Err(BadTerms::Baseless { name });
    }
    Ok(())
}

/// Each of `all` once, and nothing else.
fn is_whole<T: Copy + Ord>(given: &[T], all: &[T]) -> bool {
    let once: BTreeSet<T> = given.iter().copied().collect();
    once.len() == given.len() && once == all.iter().copied().collect()
}
