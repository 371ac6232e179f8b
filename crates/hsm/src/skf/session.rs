//! One connection with a device, and what is done in it.

use super::{
    SkfDeviceInfo,
    application::Application,
    blob, code, garbage,
    sys::{self, Listed},
};
use crate::{Connect, Error};
use std::{
    collections::BTreeMap,
    ffi::{CStr, CString},
    sync::{
        Arc, Condvar, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use zeroize::Zeroizing;

/// Connects one device.
#[derive(Debug)]
pub(super) struct Connector {
    library: Arc<sys::Library>,
    /// The name that was asked for.
    wanted: Option<String>,
    /// The device that was found; it is the one that is connected again.
    chosen: OnceLock<CString>,
    open: Arc<Connections>,
    /// The connections that were made.
    made: AtomicU64,
}

impl Connector {
    /// A session waits at most `patience` for the one before it to be closed.
    pub(super) fn new(
        library: Arc<sys::Library>,
        wanted: Option<String>,
        patience: Duration,
    ) -> Self {
        Self {
            library,
            wanted,
            chosen: OnceLock::new(),
            open: Arc::new(Connections {
                count: Mutex::new(0),
                closed: Condvar::new(),
                patience,
            }),
            made: AtomicU64::new(0),
        }
    }
}

impl Connector {
    fn name(&self) -> Result<&CString, Error> {
        if let Some(name) = self.chosen.get() {
            return Ok(name);
        }
        let name = choose("device", devices(&self.library)?, self.wanted.as_deref())?;
        Ok(self.chosen.get_or_init(|| name))
    }
}

impl Connect for Connector {
    type Session = Session;

    fn connect(&self) -> Result<Session, Error> {
        let connection = self.open.enter();
        let device = sys::Device::connect(Arc::clone(&self.library), self.name()?)?;
        Ok(Session {
            applications: BTreeMap::new(),
            device: Arc::new(device),
            number: self.made.fetch_add(1, Ordering::Relaxed),
            locks: 0,
            _connection: connection,
        })
    }
}

/// The connections of one pool that are not closed.
///
/// A pool gives up a session and closes it while it opens the next. Libraries that give the
/// same handle for the same device again would give the next one what is broken; others give
/// none while one is open.
#[derive(Debug)]
struct Connections {
    count: Mutex<usize>,
    closed: Condvar,
    patience: Duration,
}

impl Connections {
    /// Waits until no other connection is open; not for ever, for one may hang.
    fn enter(self: &Arc<Self>) -> Connection {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut count, _) = self
            .closed
            .wait_timeout_while(count, self.patience, |count| *count > 0)
            .unwrap_or_else(PoisonError::into_inner);
        *count += 1;
        Connection(Arc::clone(self))
    }
}

/// One of them.
#[derive(Debug)]
struct Connection(Arc<Connections>);

impl Drop for Connection {
    fn drop(&mut self) {
        let Connections { count, closed, .. } = &*self.0;
        *count.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        closed.notify_one();
    }
}

/// A connection, with the applications that were opened in it. Closed from the top.
#[derive(Debug)]
pub(super) struct Session {
    applications: BTreeMap<CString, Application>,
    device: Arc<sys::Device>,
    /// Which one of its connector it is.
    number: u64,
    /// How many callers hold the device against other processes.
    locks: usize,
    _connection: Connection,
}

/// Random octets asked for at once.
const RANDOM_CHUNK: usize = 256;
/// Milliseconds that another process may hold the device.
const LOCK_WAIT: u32 = 5_000;
/// The longest list or certificate that is read.
const MAX_LIST: u64 = 1 << 16;

impl Session {
    pub(super) fn device(&self) -> &sys::Device {
        &self.device
    }

    /// The application of this name, opened.
    pub(super) fn application(&mut self, name: &CStr) -> Result<&mut Application, Error> {
        if !self.applications.contains_key(name) {
            let application = Application::open(&self.device, name)?;
            self.applications.insert(name.to_owned(), application);
        }
        self.applications.get_mut(name).ok_or(Error::Garbage {
            call: "SKF_OpenApplication",
            what: "no handle",
        })
    }

    /// Closes an application that is to be deleted.
    pub(super) fn close_application(&mut self, name: &CStr) {
        self.applications.remove(name);
    }

    pub(super) fn applications(&self) -> Result<Vec<CString>, Error> {
        names("SKF_EnumApplication", |room| self.device.applications(room))
    }

    pub(super) fn info(&self) -> Result<SkfDeviceInfo, Error> {
        let octets = self.device.info()?;
        let layout = self.device.library().variant.layout;
        blob::device_info(layout, &octets).map_err(garbage("SKF_GetDevInfo"))
    }

    pub(super) fn fill_random(&self, length: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut octets = Zeroizing::new(vec![0; length]);
        for chunk in octets.chunks_mut(RANDOM_CHUNK) {
            self.device.random(chunk)?;
        }
        // The chance is 2^-128.
        if length >= 16 && octets.iter().all(|octet| *octet == 0) {
            return Err(garbage("SKF_GenRandom")("nothing but zeros"));
        }
        Ok(octets)
    }

    /// Which one of its connector it is: a lock is lost with its session.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn lock(&mut self, milliseconds: u32) -> Result<(), Error> {
        if self.locks == 0 {
            self.device.lock(milliseconds)?;
        }
        self.locks += 1;
        Ok(())
    }

    /// Unlocks the device when nobody else holds it.
    pub(super) fn unlock(&mut self) -> Result<(), Error> {
        self.locks = self.locks.saturating_sub(1);
        if self.locks > 0 {
            return Ok(());
        }
        self.device.unlock()
    }

    /// Does what no other process may come between, where the device can be locked.
    pub(super) fn alone<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.locks > 0 || !self.device.library().has_lock() {
            return act(self);
        }
        match self.device.lock(LOCK_WAIT) {
            Ok(()) => {}
            Err(error) if code::of(&error) == Some(code::NOT_SUPPORTED) => return act(self),
            Err(error) => return Err(error),
        }
        let done = act(self);
        let unlocked = self.device.unlock();
        // What went wrong first is told.
        done.and_then(|value| unlocked.map(|()| value))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.locks > 0 {
            // A connection that is shared is not closed now.
            let _ = self.device.unlock();
        }
    }
}

/// The names of the devices that are there.
pub(super) fn devices(library: &sys::Library) -> Result<Vec<CString>, Error> {
    names("SKF_EnumDev", |room| library.devices(room))
}

/// A list of names from a function that is called for its length and then for the list. When
/// the list grew in between, it is asked for once more.
pub(super) fn names(
    call: &'static str,
    list: impl Fn(Option<usize>) -> Result<Listed, Error>,
) -> Result<Vec<CString>, Error> {
    let octets = octets(call, list)?;
    blob::names(&octets).map_err(garbage(call))
}

/// Octets from such a function.
pub(super) fn octets(
    call: &'static str,
    list: impl Fn(Option<usize>) -> Result<Listed, Error>,
) -> Result<Vec<u8>, Error> {
    let attempt = || -> Result<Vec<u8>, Error> {
        let length = match list(None)? {
            Listed::Length(length) if length <= MAX_LIST => length,
            Listed::Length(_) => return Err(garbage(call)("a length of more than 65,536 octets")),
            Listed::Octets(octets) => return Ok(octets),
        };
        if length == 0 {
            return Ok(Vec::new());
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 65,536")]
        match list(Some(length as usize))? {
            Listed::Octets(octets) => Ok(octets),
            Listed::Length(_) => Err(garbage(call)("no octets")),
        }
    };
    match attempt() {
        Err(error) if code::of(&error) == Some(code::BUFFER_TOO_SMALL) => attempt(),
        result => result,
    }
}

/// The name that fits, among those that are there.
pub(super) fn choose(
    what: &'static str,
    names: Vec<CString>,
    wanted: Option<&str>,
) -> Result<CString, Error> {
    let mut fitting: Vec<&CString> = names
        .iter()
        .filter(|name| wanted.is_none_or(|wanted| blob::shown(name) == wanted))
        .collect();
    let listed = |names: &[&CString]| names.iter().map(|name| blob::shown(name)).collect();
    let wanted = wanted.unwrap_or_default().to_owned();
    match fitting.len() {
        0 => Err(Error::NoSuchToken {
            what,
            wanted,
            found: listed(&names.iter().collect::<Vec<_>>()),
        }),
        1 => Ok(fitting.remove(0).clone()),
        _ => Err(Error::SeveralTokens {
            what,
            wanted,
            found: listed(&fitting),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_name_is_chosen_when_one_alone_fits() {
        let names = || vec![c"one".to_owned(), c"two".to_owned()];
        assert_eq!(
            choose("device", names(), Some("two")).unwrap(),
            c"two".to_owned()
        );
        let error = choose("device", names(), None).unwrap_err();
        assert_eq!(error.to_string(), "2 devices fit: name one of one, two");
        let error = choose("device", names(), Some("three")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no device fits \"three\": there are one, two"
        );
        let error = choose("device", vec![], None).unwrap_err();
        assert_eq!(error.to_string(), "no device fits: there is none");
        let one = choose("device", vec![c"one".to_owned()], None);
        assert_eq!(one.unwrap(), c"one".to_owned());
    }

    #[test]
    fn a_connection_waits_for_the_one_before_it_and_not_for_ever() {
        let open = Arc::new(Connections {
            count: Mutex::new(0),
            closed: Condvar::new(),
            patience: Duration::from_millis(400),
        });
        let first = open.enter();
        let waiting = Arc::clone(&open);
        let second = std::thread::spawn(move || {
            let start = std::time::Instant::now();
            let connection = waiting.enter();
            (start.elapsed(), connection)
        });
        std::thread::sleep(Duration::from_millis(100));
        drop(first);
        let (waited, _second) = second.join().unwrap();
        assert!((50..350).contains(&waited.as_millis()), "{waited:?}");
        let start = std::time::Instant::now();
        let _third = open.enter();
        assert!(start.elapsed() >= Duration::from_millis(400), "one hangs");
    }

    #[test]
    fn a_list_that_grows_is_asked_for_again_and_one_that_is_too_long_is_not_read() {
        let calls = Cell::new(0);
        let grown = octets("SKF_x", |room| {
            calls.set(calls.get() + 1);
            match room {
                None => Ok(Listed::Length(calls.get())),
                Some(room) if room < 3 => Err(Error::Device {
                    call: "SKF_x",
                    code: code::BUFFER_TOO_SMALL.into(),
                    name: "SAR_BUFFER_TOO_SMALL",
                }),
                Some(room) => Ok(Listed::Octets(vec![7; room])),
            }
        });
        assert_eq!(grown.unwrap(), [7; 3]);
        for length in [65_537, u64::MAX] {
            let error = octets("SKF_x", |room| {
                assert_eq!(room, None, "nothing is allocated");
                Ok(Listed::Length(length))
            });
            assert!(matches!(error, Err(Error::Garbage { .. })));
        }
        assert!(
            octets("SKF_x", |_| Ok(Listed::Length(0)))
                .unwrap()
                .is_empty()
        );
    }
}
