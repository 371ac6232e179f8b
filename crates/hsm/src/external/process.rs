//! A program that runs once, is given little, gives little back, and is not waited for
//! longer than was said.

use super::ExternalCommand;
use crate::Error;
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Octets of an answer at most; what is longer is no answer to any question here.
const MAX_ANSWER: usize = 4096;
/// Octets of standard error that are kept.
const MAX_COMPLAINT: usize = 4096;
/// Octets of an answer file that are wiped at most: a program can make one of any length.
const MAX_WIPED: u64 = 1 << 20;
/// Characters of it that are shown.
const SHOWN: usize = 200;
/// How often it is looked whether a program that said all has ended.
const PAUSE: Duration = Duration::from_millis(2);
/// The same for one that may still say something.
const LONG_PAUSE: Duration = Duration::from_millis(10);
/// How long is listened to pipes that somebody holds open after the program ended: what
/// it said is in them already.
const GRACE: Duration = Duration::from_millis(200);

/// Where a command finds its input and leaves its answer, by their places in arguments.
pub(super) struct Places {
    /// What is being done, for [`Error::TimedOut`].
    pub(super) call: &'static str,
    pub(super) input: &'static str,
    pub(super) answer: &'static str,
}

impl ExternalCommand {
    /// Runs it on `input`; gives its answer.
    ///
    /// # Errors
    /// [`Error::Command`] when it does not start, ends with another code than 0, or leaves
    /// no answer; [`Error::TimedOut`] when it was killed; [`Error::Io`] when files for it
    /// cannot be made.
    pub(super) fn run(&self, places: &Places, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let folder = Folder::new()?;
        let (input_file, answer_file) = (folder.path("input"), folder.path(ANSWER));
        let by_file = self.names(places.input);
        if by_file {
            fs::write(&input_file, input).map_err(Error::io("write", &input_file))?;
        }
        let arguments = self.filled(&[
            (places.input, input_file.as_os_str()),
            (places.answer, answer_file.as_os_str()),
        ]);
        let mut child = Command::new(&self.program)
            .args(arguments)
            .stdin(if by_file {
                Stdio::null()
            } else {
                Stdio::piped()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| self.failed(format!("does not start: {error}")))?;
        if let Some(mut stdin) = child.stdin.take() {
            // It fits into any pipe. A program that does not want it says so by its answer.
            let _ = stdin.write_all(input);
        }
        let ended = self.wait(&mut child, places.call);
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) => {
                // It has ended, or is ended here; both leave nothing behind.
                let _ = child.kill();
                let _ = child.wait();
                return Err(error);
            }
        };
        if !ended.status.success() {
            let complaint = shown(&ended.stderr);
            return Err(self.failed(format!("ended with {}{complaint}", ended.status)));
        }
        if !self.names(places.answer) {
            return Ok(ended.stdout);
        }
        let answer = read(&answer_file);
        answer.map_err(|error| self.failed(format!("left no answer: {error}")))
    }

    /// That it failed, and how.
    pub(super) fn failed(&self, what: impl Into<String>) -> Error {
        Error::Command {
            program: self.name(),
            what: what.into(),
        }
    }

    /// Waits until it ends, and no longer for those that it left behind.
    fn wait(&self, child: &mut Child, call: &'static str) -> Result<Ended, Error> {
        let started = Instant::now();
        let io = |error: io::Error| self.failed(format!("cannot be listened to: {error}"));
        // Nothing is sent: it is over when both listeners have let go.
        let (open, pipes) = mpsc::channel();
        let stdout = listen(child.stdout.take(), MAX_ANSWER, open.clone()).map_err(io)?;
        let stderr = listen(child.stderr.take(), MAX_COMPLAINT, open).map_err(io)?;
        let left = || self.time_limit.saturating_sub(started.elapsed());
        let status = loop {
            if let Some(status) = child.try_wait().map_err(io)? {
                break status;
            }
            if left().is_zero() {
                return Err(Error::TimedOut {
                    call,
                    limit: self.time_limit,
                });
            }
            if let Err(RecvTimeoutError::Disconnected) = pipes.recv_timeout(LONG_PAUSE.min(left()))
            {
                thread::sleep(PAUSE.min(left()));
            }
        };
        let _ = pipes.recv_timeout(GRACE);
        Ok(Ended {
            status,
            stdout: stdout.take(),
            stderr: stderr.take(),
        })
    }
}

struct Ended {
    status: ExitStatus,
    stdout: Zeroizing<Vec<u8>>,
    stderr: Zeroizing<Vec<u8>>,
}

/// What a pipe said so far.
#[derive(Clone)]
struct Heard(Arc<Mutex<Zeroizing<Vec<u8>>>>);

impl Heard {
    fn take(&self) -> Zeroizing<Vec<u8>> {
        let mut octets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *octets)
    }
}

/// Keeps `most` octets and passes over the rest, on a thread that may outlive the program,
/// whose children hold on to the pipe: until they say something that nobody hears any more.
fn listen(
    source: Option<impl Read + Send + 'static>,
    most: usize,
    open: Sender<()>,
) -> io::Result<Heard> {
    let mut source = source.ok_or(io::ErrorKind::BrokenPipe)?;
    let heard = Arc::new(Mutex::new(Zeroizing::new(Vec::with_capacity(most))));
    let place = Arc::downgrade(&heard);
    thread::Builder::new()
        .name("hsm command".into())
        .spawn(move || {
            let _open = open;
            let mut part = Zeroizing::new([0; 4096]);
            loop {
                let length = match source.read(part.as_mut_slice()) {
                    // What came before an error is looked at like any other answer.
                    Ok(0) => return,
                    Ok(length) => length,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(_) => return,
                };
                let Some(heard) = place.upgrade() else {
                    return;
                };
                let mut octets = heard.lock().unwrap_or_else(PoisonError::into_inner);
                let room = most.saturating_sub(octets.len());
                octets.extend(part.iter().take(length.min(room)));
            }
        })?;
    Ok(Heard(heard))
}

/// The name of the answer file.
const ANSWER: &str = "answer";

/// A folder of our own alone, gone when dropped. The answer in it may be a secret,
/// whatever became of the program: its file holds zeros before it goes.
struct Folder(TempDir);

impl Folder {
    fn new() -> Result<Self, Error> {
        tempfile::Builder::new()
            .prefix("hsm-")
            .tempdir()
            .map(Self)
            .map_err(Error::io("make a folder in", &std::env::temp_dir()))
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Most have none, and what cannot be opened cannot be wiped.
        let _ = wipe(&self.path(ANSWER));
    }
}

/// The length of a file, which is no link, and no pipe that would be waited for.
fn regular(path: &Path) -> io::Result<u64> {
    let file = fs::symlink_metadata(path)?;
    if file.is_file() {
        Ok(file.len())
    } else {
        Err(io::Error::other("it is no regular file"))
    }
}

fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    regular(path)?;
    let mut octets = Zeroizing::new(Vec::with_capacity(MAX_ANSWER + 1));
    File::open(path)?
        .take(MAX_ANSWER as u64)
        .read_to_end(&mut octets)?;
    Ok(octets)
}

fn wipe(path: &Path) -> io::Result<()> {
    let length = regular(path)?.min(MAX_WIPED);
    let mut file = fs::OpenOptions::new().write(true).open(path)?;
    io::copy(&mut io::repeat(0).take(length), &mut file)?;
    Ok(())
}

/// What a program complains of, in one line, harmless on a terminal. The end is what is
/// kept of a long one: that is where programs say what it comes to.
fn shown(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    let clean = |c: char| if c.is_control() { '?' } else { c };
    let line: Vec<char> = lines.join("; ").chars().map(clean).collect();
    let start = line.len().saturating_sub(SHOWN);
    let cut = if start > 0 { "..." } else { "" };
    let end: String = line[start..].iter().collect();
    format!(": {cut}{end}")
}
