//! By when what is to be done.

use super::{Command, Event, Stage, State};
use crate::{Actor, PersonId, Seat, calendar::Deadline, proceeding, terms::terms};
use der::DateTime;
use std::time::Duration;

terms! {
    /// What is to be done by when.
    DeadlineName {
        /// The CA answers a question that came before a filing (S0-03).
        ConsultationAnswered = "consultation-answered",
        /// The CA accepts a filing, or sends it back (S0-04).
        FilingExamined = "filing-examined",
        /// The agency files again (S0-04).
        FilingCorrected = "filing-corrected",
        /// The agency produces what an inspection asks for (S0-29).
        EvidenceProduced = "evidence-produced",
        /// A device's certificate comes to its end: the alarm (S0-10).
        DeviceRenewed = "device-renewed",
        /// It is at its end (S0-10).
        DeviceQualified = "device-qualified",
    }
}

impl State {
    /// Everything that is to be done by a time, the earliest first; whether it is noted to have
    /// passed stands beside it.
    pub fn duties(&self) -> Vec<(DeadlineName, Deadline, bool)> {
        if self.stage == Stage::Terminated {
            return Vec::new();
        }
        let running = self.deadlines.iter();
        let mut all: Vec<_> = running
            .map(|(name, deadline)| (*name, deadline.clone()))
            .collect();
        for device in &self.devices {
            let interval = device.proof.interval;
            let day = |at| Deadline {
                at,
                start: interval.from,
                calendar: None,
            };
            all.push((DeadlineName::DeviceRenewed, day(device.renew_by)));
            if let Some(last) = interval.until.and_then(second_before) {
                all.push((DeadlineName::DeviceQualified, day(last)));
            }
        }
        all.sort_by_key(|(name, deadline)| (deadline.at, *name));
        let noted = |(name, deadline): (DeadlineName, Deadline)| {
            let is_noted = self.overdue.contains(&(name, deadline.at));
            (name, deadline, is_noted)
        };
        all.into_iter().map(noted).collect()
    }

    /// The same, as every case about an institution tells it.
    pub fn deadlines(&self) -> Vec<proceeding::Deadline> {
        let told = |(name, ends, noted)| proceeding::Deadline::new(name, Some(ends), noted);
        self.duties().into_iter().map(told).collect()
    }

    /// What time itself does.
    pub(crate) fn passed(&self, now: DateTime) -> Option<Command> {
        let (deadline, ends) = self.next_deadline()?;
        let command = Command::NoteOverdue {
            deadline,
            by: ends.at,
        };
        ends.has_passed(now).then_some(command)
    }

    /// Who must not be the one who did this: the first officer of two, and the other side.
    pub(crate) fn others(&self, actor: &Actor, event: &Event) -> Vec<&PersonId> {
        let other_side = match actor.seat {
            Seat::Agent => Some(&self.clerks),
            Seat::Clerk => Some(&self.agents),
            _ => None,
        };
        let takes_two = matches!(event, Event::FilingAccepted(_) | Event::Restored { .. });
        let first = self.pending.as_ref().filter(|_| takes_two);
        let first = first.map(|pending| &pending.by);
        other_side.into_iter().flatten().chain(first).collect()
    }

    /// The first of them that nobody noted to have passed; none where there is none.
    pub fn next_deadline(&self) -> Option<(DeadlineName, Deadline)> {
        let mut open = self.duties().into_iter();
        let (name, deadline, _) = open.find(|(_, _, is_noted)| !is_noted)?;
        Some((name, deadline))
    }

    /// Whether a device's certificate that is good at a time is filed for the key of the access
    /// certificate.
    pub(super) fn device_holds(&self, at: DateTime) -> bool {
        let origin = self
            .request()
            .and_then(|request| request.key_origin.as_deref());
        let Some(Ok(origin)) = origin.map(csr::KeyOrigin::from_der) else {
            return false;
        };
        let Some(device) = origin.device() else {
            return false;
        };
        let mut filed = self.devices.iter().map(|device| &device.proof);
        filed.any(|proof| {
            proof.model == device.model()
                && proof.serial == device.serial()
                && proof.interval.holds(at)
        })
    }
}

fn second_before(at: DateTime) -> Option<DateTime> {
    let before = at.unix_duration().checked_sub(Duration::from_secs(1))?;
    DateTime::from_unix_duration(before).ok()
}
