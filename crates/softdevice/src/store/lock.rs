//! Locks on files beside the store, which threads and processes share.

use crate::{Error, Result};
use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// A file that whoever opened it locks, be it in this process or in another. The system
/// takes the lock back when its owner dies.
pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

/// How a lock is held.
#[derive(Clone, Copy)]
pub(super) enum Access {
    Shared,
    Exclusive,
}

impl Lock {
    /// The path of the lock file of this store that ends so.
    pub(super) fn path(store: &Path, ending: &str) -> PathBuf {
        let mut path = store.as_os_str().to_owned();
        path.push(ending);
        path.into()
    }

    pub(super) fn open(store: &Path, ending: &str) -> Result<Self> {
        let path = Self::path(store, ending);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(file) => Ok(Self { path, file }),
            Err(source) => Err(Error::File { path, source }),
        }
    }

    /// Runs `body` while nobody else has the lock, or nobody has it exclusively.
    pub(super) fn hold<T>(
        &self,
        how: Access,
        patience: Duration,
        body: impl FnOnce() -> T,
    ) -> Result<T> {
        let source = match self.wait(how, patience) {
            Ok(true) => {
                let _unlock = Unlock(&self.file);
                return Ok(body());
            }
            Ok(false) => io::ErrorKind::TimedOut.into(),
            Err(source) => source,
        };
        Err(Error::File {
            path: self.path.clone(),
            source,
        })
    }

    /// Runs `body` as [`Self::hold`] does, and without the lock when `patience` ends.
    pub(super) fn hold_or_go_on<T>(&self, patience: Duration, body: impl FnOnce() -> T) -> T {
        let _unlock =
            matches!(self.wait(Access::Exclusive, patience), Ok(true)).then(|| Unlock(&self.file));
        body()
    }

    /// Whether it was had in time.
    fn wait(&self, how: Access, patience: Duration) -> io::Result<bool> {
        let start = Instant::now();
        let mut pause = Duration::from_micros(50);
        loop {
            let tried = match how {
                Access::Exclusive => self.file.try_lock(),
                Access::Shared => self.file.try_lock_shared(),
            };
            match tried {
                Ok(()) => return Ok(true),
                Err(TryLockError::WouldBlock) if start.elapsed() < patience => {
                    thread::sleep(pause);
                    pause = (2 * pause).min(Duration::from_millis(5));
                }
                Err(TryLockError::WouldBlock) => return Ok(false),
                Err(TryLockError::Error(source)) => return Err(source),
            }
        }
    }
}

/// Gives a lock back, after a panic, too, and also where a process that was forked
/// meanwhile has the file open.
struct Unlock<'a>(&'a File);

impl Drop for Unlock<'_> {
    fn drop(&mut self) {
        // What fails here ends when the file is closed.
        let _ = self.0.unlock();
    }
}
