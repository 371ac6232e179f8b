//! What a store knows of cases without reading their histories, and what people are told.

use crate::{
    AuthorityId, CaseId, CaseNumber, PersonId, Serial, StreamId,
    case::pair::Slot,
    case::{
        Phase,
        state::{DeadlineName, State},
    },
    cessation,
    octets::seconds,
    rules::RuleSetId,
    terms::{Kind, Mode},
};
use der::{DateTime, Decode};
use serde::{Deserialize, Serialize};
use x509_cert::Certificate;

/// One case in the index. All of it follows from the case's history.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseRow {
    /// Its name.
    pub id: CaseId,
    /// Its number, once it has one.
    pub number: Option<CaseNumber>,
    /// Where it stands.
    pub phase: Phase,
    /// What it is about.
    pub kind: Kind,
    /// How it is handled (S0-12).
    pub mode: Mode,
    /// The rules it is judged by.
    pub rules: RuleSetId,
    /// When it was opened.
    pub opened: DateTime,
    /// What its certificates count as, while it has them or is about to.
    pub holding: Option<Holding>,
    /// Its signing certificate, once it exists.
    pub signing: Option<(AuthorityId, Serial)>,
    /// Its encryption certificate, once it exists.
    pub encryption: Option<(AuthorityId, Serial)>,
}

/// What the certificates of a case count as (S2-06, S2-07).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holding {
    /// The organisation, or the person where there is none: `organisation/ID`, `person/ID`.
    pub unit: String,
    /// The certificate's name in the rule set.
    pub certificate: String,
    /// The case whose certificates these replace: the two count once.
    pub replaces: Option<CaseId>,
    /// notAfter of the signing certificate, once it exists.
    pub until: Option<DateTime>,
}

/// A question for holdings. Those count whose signing certificate does not exist yet, or is
/// issued, in use or held and not past its end.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Holdings<'a> {
    /// Whose, as in [`Holding::unit`].
    pub unit: &'a str,
    /// The certificate's name in the rule set.
    pub certificate: &'a str,
    /// The case that asks, and the one it replaces: neither counts.
    pub except: [Option<&'a CaseId>; 2],
    /// At this time.
    pub now: DateTime,
}

impl<'a> Holdings<'a> {
    /// All of a unit's at this time.
    pub fn new(unit: &'a str, certificate: &'a str, now: DateTime) -> Self {
        Self {
            unit,
            certificate,
            except: [None, None],
            now,
        }
    }

    /// But for these two cases.
    pub fn except(self, except: [Option<&'a CaseId>; 2]) -> Self {
        Self { except, ..self }
    }
}

impl CaseRow {
    /// The row of a case in `state`.
    pub fn new(id: CaseId, opened: DateTime, state: &State) -> Self {
        let issued = |slot: &Slot| match slot {
            Slot::Issued(issued) => Some((issued.issuer.clone(), issued.serial.clone())),
            _ => None,
        };
        Self {
            id,
            number: state.number,
            phase: state.phase,
            kind: state.opening.kind,
            mode: state.opening.mode,
            rules: state.opening.rules.clone(),
            opened,
            holding: Holding::of(state),
            signing: issued(&state.signing),
            encryption: issued(&state.encryption),
        }
    }
}

impl Holding {
    fn of(state: &State) -> Option<Self> {
        let given_up = matches!(
            state.phase,
            Phase::Rejected | Phase::Withdrawn | Phase::Lapsed | Phase::Refunding | Phase::Refunded
        );
        if !state.opening.kind.makes_certificates() || given_up {
            return None;
        }
        Some(Self {
            unit: unit(state),
            certificate: state.opening.certificate.clone(),
            replaces: state.opening.target.clone(),
            until: match &state.signing {
                Slot::Issued(issued) => issued.validity.map(|(_, end)| end),
                _ => None,
            },
        })
    }
}

/// Whose the certificates of a case are.
pub(crate) fn unit(state: &State) -> String {
    unit_of(&state.opening)
}

/// Whose the certificates of a case that is opened like this are.
pub(crate) fn unit_of(opening: &crate::case::command::Opening) -> String {
    match &opening.organisation {
        Some(organisation) => format!("organisation/{organisation}"),
        None => format!("person/{}", opening.holder),
    }
}

/// notBefore and notAfter of a certificate's DER; none where the octets are none.
pub(crate) fn validity_of(certificate: &[u8]) -> Option<(DateTime, DateTime)> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let validity = certificate.tbs_certificate().validity();
    Some((
        validity.not_before.to_date_time(),
        validity.not_after.to_date_time(),
    ))
}

/// What somebody is to be told, and from when on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Notice {
    /// About this.
    pub stream: StreamId,
    /// What.
    pub about: About,
    /// Not before.
    #[serde(with = "seconds")]
    pub from: DateTime,
    /// Whom; none: whoever looks after such cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

/// What a notice is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum About {
    /// A certificate ends so many days later (S2-31).
    Expiry {
        /// Days, counted back from notAfter.
        days: u16,
    },
    /// A deadline of a case passed (S1-18, S2-23).
    Overdue {
        /// Which.
        deadline: DeadlineName,
        /// Place in the case's history: a deadline can pass more than once.
        version: u64,
    },
    /// The certificates of a case were objected to, and are to be revoked or reissued (S2-29).
    Objection,
    /// A certificate is frozen for longer than the rules want it.
    FrozenLong {
        /// Days.
        days: u16,
        /// Place of the freeze in the history of the case that froze.
        version: u64,
    },
    /// A deadline before the end of a CA's service comes near (S5-03).
    CessationReminder {
        /// Which.
        deadline: cessation::DeadlineName,
        /// Its last second.
        #[serde(with = "seconds")]
        by: DateTime,
        /// Place of the decision in the history of the cessation.
        version: u64,
    },
    /// A deadline before the end of a CA's service passed (S5-03).
    CessationOverdue {
        /// Which.
        deadline: cessation::DeadlineName,
        /// Place in the history of the cessation.
        version: u64,
    },
    /// A deadline of a case about an institution passed (SM-C, SM-D, SM-E).
    ProceedingOverdue {
        /// The word of its machine's list.
        deadline: String,
        /// Place in the history of the case.
        version: u64,
    },
}

impl Notice {
    /// The name under which the outbox keeps it: the same notice has the same.
    pub fn key(&self) -> String {
        let stream = self.stream.to_string().replace('/', "_");
        match &self.about {
            About::Expiry { days } => format!("{stream}_expiry-{days}"),
            About::Objection => format!("{stream}_objection"),
            About::Overdue { deadline, version } => format!("{stream}_{deadline}-{version}"),
            About::FrozenLong { days, version } => format!("{stream}_frozen-{days}-{version}"),
            About::CessationReminder {
                deadline, version, ..
            } => format!("{stream}_{deadline}-due-{version}"),
            About::CessationOverdue { deadline, version } => {
                format!("{stream}_{deadline}-overdue-{version}")
            }
            About::ProceedingOverdue { deadline, version } => {
                format!("{stream}_{deadline}-overdue-{version}")
            }
        }
    }
}
