//! The clock of a desk: the machine's, or that of a rehearsal.

use crate::{failure::Failure, moment, output};
use der::DateTime;
use lifecycle::ports::{Clock, SystemClock};
use std::{fs, io, path::PathBuf};

/// A clock that stands where it was set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rehearsal(DateTime);

impl Clock for Rehearsal {
    fn now(&self) -> DateTime {
        self.0
    }
}

/// Where the time of a rehearsal is kept between commands.
#[derive(Debug)]
pub(super) struct ClockFile(pub(super) PathBuf);

impl ClockFile {
    /// Where the clock stands; none before it was first set.
    pub(super) fn read(&self) -> Result<Option<DateTime>, Failure> {
        let text = match fs::read_to_string(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found.map_err(|source| Failure::file(&self.0, source))?,
        };
        let time = text.trim().parse::<DateTime>();
        time.map(Some)
            .map_err(|source| Failure::file(&self.0, source))
    }

    /// Sets the clock, which never goes back: what happened before stays before.
    pub(super) fn set(&self, time: DateTime) -> Result<(), Failure> {
        if let Some(last) = self.read()?.filter(|last| *last > time) {
            return Err(Failure::Usage(format!(
                "--at {time} is before {last}, where the clock of this rehearsal stands"
            )));
        }
        output::replace(&self.0, format!("{time}\n").as_bytes())
    }

    /// The clock of a rehearsal, set first where a time is given.
    pub(super) fn rehearsal(&self, at: Option<&str>) -> Result<Rehearsal, Failure> {
        if let Some(text) = at {
            self.set(moment::parse("--at", text)?)?;
        }
        match self.read()? {
            Some(time) => Ok(Rehearsal(time)),
            None => Err(Failure::Usage(
                "the clock of a rehearsal is set by --at first".into(),
            )),
        }
    }
}

/// The clock of a desk that is no rehearsal.
pub(super) fn of_the_machine(at: Option<&str>) -> Result<SystemClock, Failure> {
    if at.is_some() {
        return Err(Failure::Usage(
            "--at sets the clock of a rehearsal, and this desk is none: 'gmpki ca init \
             --rehearsal' makes one"
                .into(),
        ));
    }
    Ok(SystemClock::default())
}
