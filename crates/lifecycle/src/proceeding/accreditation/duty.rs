//! By when what is to be done.

use super::{Command, DeviceId, Event, Stage, State, access};
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
        /// The access certificate comes to its end: the alarm (S0-08).
        AccessRenewed = "access-renewed",
        /// It is at its end (S0-08).
        AccessEnded = "access-ended",
        /// The access certificate of an agency that ended is revoked (S0-08).
        AccessRevoked = "access-revoked",
    }
}

/// Something that is to be done by a time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Duty {
    /// What.
    pub name: DeadlineName,
    /// Of which device.
    pub device: Option<DeviceId>,
    /// By when.
    pub ends: Deadline,
    /// Whether it is noted to have passed.
    pub noted: bool,
}

impl State {
    /// Everything that is to be done by a time, the earliest first.
    pub fn duties(&self) -> Vec<Duty> {
        let running = self.deadlines.iter();
        let mut all: Vec<_> = running
            .map(|(name, deadline)| (*name, None, deadline.clone()))
            .collect();
        let day = |at, start| Deadline {
            at,
            start,
            calendar: None,
        };
        // Of one that ended nobody renews anything.
        let goes_on = self.stage != Stage::Terminated;
        for device in self.devices.iter().filter(|_| goes_on) {
            let interval = device.proof.interval;
            let id = || Some(device.proof.device());
            let alarm = day(device.renew_by, interval.from);
            all.push((DeadlineName::DeviceRenewed, id(), alarm));
            if let Some(last) = interval.until.and_then(second_before) {
                let end = day(last, interval.from);
                all.push((DeadlineName::DeviceQualified, id(), end));
            }
        }
        let access = self.access.as_ref().filter(|_| goes_on);
        let validity = access.and_then(|one| Some((one, access::validity(&one.certificate)?)));
        if let Some((access, (begin, end))) = validity {
            let alarm = day(access.renew_by, begin);
            all.push((DeadlineName::AccessRenewed, None, alarm));
            all.push((DeadlineName::AccessEnded, None, day(end, begin)));
        }
        all.sort_by(|(name, device, ends), (other, of, later)| {
            (ends.at, name, device).cmp(&(later.at, other, of))
        });
        let noted = |(name, device, ends): (DeadlineName, Option<DeviceId>, Deadline)| {
            let noted = self.overdue.contains(&(name, device.clone(), ends.at));
            Duty {
                name,
                device,
                ends,
                noted,
            }
        };
        all.into_iter().map(noted).collect()
    }

    /// The same, as every case about an institution tells it.
    pub fn deadlines(&self) -> Vec<proceeding::Deadline> {
        let told = |one: Duty| proceeding::Deadline::new(one.name, Some(one.ends), one.noted);
        self.duties().into_iter().map(told).collect()
    }

    /// What time itself does.
    pub(crate) fn passed(&self, now: DateTime) -> Option<Command> {
        let duty = self.next_duty()?;
        duty.ends.has_passed(now).then_some(Command::NoteOverdue {
            deadline: duty.name,
            device: duty.device,
            by: duty.ends.at,
        })
    }

    /// Those that passed, and nobody noted it: whatever happens next does.
    pub(super) fn late(&self, now: DateTime) -> impl Iterator<Item = Event> {
        let duties = self.duties().into_iter();
        let late = duties.filter(move |duty| !duty.noted && duty.ends.has_passed(now));
        late.map(|duty| Event::OverdueNoted {
            deadline: duty.name,
            device: duty.device,
            by: duty.ends.at,
        })
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
    pub fn next_duty(&self) -> Option<Duty> {
        self.duties().into_iter().find(|duty| !duty.noted)
    }

    /// Its name and its end.
    pub fn next_deadline(&self) -> Option<(DeadlineName, Deadline)> {
        self.next_duty().map(|duty| (duty.name, duty.ends))
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
