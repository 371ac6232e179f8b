//! A recognition as its history made it.

use super::{
    Approval, CaCertificate, Command, DeadlineName, Documents, Event, Key, Letter, Licence,
    Measure, Stage, Withdrawal,
};
use crate::{Actor, PersonId, Seat, calendar::Deadline, proceeding};
use der::DateTime;
use std::collections::{BTreeMap, BTreeSet};

/// A recognition as its history made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// Where it stands.
    pub stage: Stage,
    /// What it is about.
    pub key: Key,
    /// The CA's licence at home.
    pub licence: Licence,
    /// The four documents that are in force.
    pub documents: Documents,
    /// The CA's certificates, in the order in which they were filed.
    pub certificates: Vec<Filing>,
    /// Who acts for the CA: who applied, or whom it named since.
    pub agents: BTreeSet<PersonId>,
    /// Everybody who acted in the case, and for whom; nobody acts for two.
    pub parties: BTreeMap<PersonId, Party>,
    /// Who acted since the CA applied last, or since recognition was taken away: nobody of them
    /// approves or publishes.
    pub acted: Vec<(PersonId, Seat)>,
    /// The last approval.
    pub approval: Option<Approval>,
    /// The notice of it that the other side has to acknowledge.
    pub notice: Option<SentNotice>,
    /// What the CA asked for.
    pub requests: BTreeSet<Measure>,
    /// The last decision that took recognition away.
    pub withdrawal: Option<Withdrawal>,
    /// Breaches that are not corrected, by number.
    pub breaches: BTreeMap<u32, Breach>,
    /// What is owed, by number.
    pub dues: BTreeMap<u32, Due>,
    /// The last list that the case knows of.
    pub listing: Option<Listing>,
    /// The number of the last of them that the other side has beside its own.
    pub mirrored: Option<u64>,
    /// The number that is counted next.
    pub(super) next_number: u32,
}

/// For whom somebody acts in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Party {
    /// For the CA.
    Ca,
    /// For an authority of the CA's own side.
    OwnSide,
    /// For an authority of the other side.
    OtherSide,
}

impl Party {
    /// The seat in which that is done.
    pub(super) fn seat(self) -> Seat {
        match self {
            Self::Ca => Seat::Agent,
            Self::OwnSide | Self::OtherSide => Seat::Official,
        }
    }
}

/// A notice that the other side has not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentNotice {
    /// Its message, and who signed it.
    pub letter: Letter,
    /// The official who sent it.
    pub by: PersonId,
}

/// A certificate that the CA filed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filing {
    /// Which.
    pub certificate: CaCertificate,
    /// Whether the authority has it on record: with the approval, or by its own act.
    pub recorded: bool,
    /// Whether a list was published since.
    pub listed: bool,
}

/// A rule that the CA breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Breach {
    /// Which, in somebody's words; none where a [duty](Self::duty) is overdue.
    pub what: Option<String>,
    /// The duty that is overdue.
    pub duty: Option<DeadlineName>,
    /// When the CA must have corrected it; none while no order was given.
    pub correction: Option<Deadline>,
}

/// Something that is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Due {
    /// What.
    pub name: DeadlineName,
    /// By when.
    pub by: Deadline,
    /// The breach that is to be corrected.
    pub breach: Option<u32>,
    /// Whether it is noted that the end passed.
    pub noted: bool,
}

/// A list that has the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listing {
    /// Its number.
    pub sequence: u64,
    /// From when on the entry stands as it does.
    pub from: DateTime,
    /// How, as the list says: `recognised`, `suspended`, `terminated`.
    pub status: String,
}

impl State {
    /// The first end of something owed that has not been noted to have passed; none where
    /// nothing is owed, or all of it was noted.
    pub fn next_due(&self) -> Option<(u32, &Due)> {
        let open = self.dues.iter().filter(|(_, due)| !due.noted);
        let first = open.min_by_key(|(number, due)| (due.by.at, **number));
        first.map(|(number, due)| (*number, due))
    }

    /// What is owed by when, and what was not done in time.
    pub fn deadlines(&self) -> Vec<proceeding::Deadline> {
        let dues = self.dues.values();
        let dues =
            dues.map(|due| proceeding::Deadline::new(due.name, Some(due.by.clone()), due.noted));
        dues.collect()
    }

    /// Who must not be the one who did this.
    pub(crate) fn others<'a>(&'a self, _: &Actor, event: &'a Event) -> Vec<&'a PersonId> {
        let Some(party) = event.party() else {
            return Vec::new();
        };
        let others = self.parties.iter();
        let mut all: Vec<_> = others
            .filter(|(_, other)| **other != party)
            .map(|(person, _)| person)
            .collect();
        if matches!(
            event,
            Event::PrelimPassed { .. }
                | Event::Approved(_)
                | Event::Refused { .. }
                | Event::Published { .. }
                | Event::CounterpartAcknowledged { .. }
        ) {
            all.extend(self.acted.iter().map(|(person, _)| person));
        }
        // Whoever notes who acts for the CA is none of them.
        if let Event::AgentsNamed { agents, .. } = event {
            all.extend(agents);
        }
        all
    }

    /// That the first end passed which is not noted.
    pub(super) fn overdue(&self, now: DateTime) -> Option<Event> {
        let (number, due) = self.next_due()?;
        let deadline = due.name;
        let passed = due.by.has_passed(now);
        passed.then_some(Event::OverdueNoted { number, deadline })
    }

    /// What time itself does: it notes the first end that passed.
    pub(crate) fn passed(&self, now: DateTime) -> Option<Command> {
        let (number, due) = self.next_due()?;
        let passed = due.by.has_passed(now);
        passed.then_some(Command::NoteOverdue { number })
    }

    /// Whether the case is at an end: refused or terminated, and everybody was told.
    pub fn is_closed(&self) -> bool {
        let ended = matches!(self.stage, Stage::Refused | Stage::Terminated);
        ended && self.dues.is_empty()
    }

    /// Whether it is about this class, and has not come to its end: who was refused or terminated
    /// applies anew.
    pub(crate) fn goes_on_about(&self, key: &Key) -> bool {
        let ended = matches!(self.stage, Stage::Refused | Stage::Terminated);
        !ended && self.key == *key
    }

    /// Whether the entry is recognised now, as far as lists say.
    pub fn is_recognised(&self) -> bool {
        matches!(
            self.stage,
            Stage::Recognised | Stage::Suspending | Stage::Terminating
        ) && self
            .listing
            .as_ref()
            .is_some_and(|listing| listing.status == "recognised")
    }

    /// The notice or duty of this name that is owed, with its number; none where there is none,
    /// or where there are several and no number says which.
    pub(super) fn owes(&self, name: DeadlineName, number: Option<u32>) -> Option<(u32, &Due)> {
        let dues = self.dues.iter().map(|(number, due)| (*number, due));
        let mut own =
            dues.filter(|(at, due)| due.name == name && number.is_none_or(|number| number == *at));
        let first = own.next();
        first.filter(|_| own.next().is_none())
    }

    /// Whether somebody still has to be told something.
    pub(super) fn owes_a_notice(&self) -> bool {
        let is_notice = |due: &Due| DeadlineName::NOTICES.contains(&due.name);
        self.dues.values().any(is_notice)
    }

    /// Where the way back or the admission stands: by whom it was examined.
    pub(super) fn is_reinstatement(&self) -> bool {
        matches!(
            self.stage,
            Stage::ReinstatementApplied
                | Stage::ReinstatementPrelimPassed
                | Stage::ReinstatementApproved
                | Stage::ReinstatementNoticeSent
                | Stage::ReinstatementNotified
                | Stage::ReinstatementReady
        )
    }
}
