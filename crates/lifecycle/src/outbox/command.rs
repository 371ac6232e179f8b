//! Programs that take deliveries: one is run for each, and believed by how it ends.

use crate::{
    Notice, Publication,
    ports::{Notifier, Publisher},
};
use gm_crypto::sm3;
use std::{
    ffi::OsString,
    fmt::Write as _,
    io::{self, Read, Write},
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
    time::{Duration, Instant},
};

/// Octets of standard error that are kept: its end.
const COMPLAINT: usize = 4096;
/// Characters of its last line that are shown.
const SHOWN: usize = 200;
/// How often it is looked whether a program has ended: first, and at the least.
const PAUSES: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(20)];
/// How long is listened to a program that has ended: what it said is in the pipe already, and
/// the pipe has no end where something that it started holds on to it.
const GRACE: Duration = Duration::from_millis(200);

/// A program that takes deliveries: its arguments, and how long it may take over one.
///
/// It is run once for each thing, without a shell: an argument is one argument, whatever is in
/// it. Its own arguments come first, then what names the thing. The thing itself is on its
/// standard input; whether it reads that is its affair. Exit code 0 says that the thing is
/// delivered, anything else that it is to be tried again, and then the last line that the program
/// wrote to standard error is in the error. Standard output goes nowhere.
///
/// A program whose time is over is killed. What it started itself is not, and is not waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryCommand {
    program: OsString,
    arguments: Vec<OsString>,
    time_limit: Duration,
}

impl DeliveryCommand {
    /// How long a program may take over one thing where nothing else is said.
    pub const TIME_LIMIT: Duration = Duration::from_secs(30);

    /// A command by its program, which is looked for as the system does, and the arguments that
    /// it is always given.
    pub fn new<S: Into<OsString>>(
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            time_limit: Self::TIME_LIMIT,
        }
    }

    /// The command, killed after another time.
    #[must_use]
    pub fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// Runs it over one thing.
    fn deliver(&self, named: &[&str], octets: Vec<u8>) -> io::Result<()> {
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .args(named)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.map_err(|error| self.failed(format!("does not start: {error}")))?;
        let ended = self.wait(&mut child, octets);
        if ended.is_err() {
            // It is ended here, and leaves nothing behind.
            let _ = child.kill();
            let _ = child.wait();
        }
        let (status, complaint) = ended?;
        if status.success() {
            return Ok(());
        }
        Err(self.failed(format!("ended with {status}{complaint}")))
    }

    /// How it ended, and the last that it said.
    fn wait(&self, child: &mut Child, octets: Vec<u8>) -> io::Result<(ExitStatus, String)> {
        let started = Instant::now();
        let stdin = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let stderr = child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?;
        feed(stdin, octets)?;
        let said = listen(stderr)?;
        let [mut pause, longest] = PAUSES;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok((status, last_line(&said.within(GRACE))));
            }
            let left = self.time_limit.saturating_sub(started.elapsed());
            if left.is_zero() {
                let what = format!("was killed after {:?}", self.time_limit);
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    self.failed(what).to_string(),
                ));
            }
            thread::sleep(pause.min(left));
            pause = (2 * pause).min(longest);
        }
    }

    fn failed(&self, what: impl AsRef<str>) -> io::Error {
        let program = self.program.to_string_lossy();
        io::Error::other(format!("{program} {}", what.as_ref()))
    }
}

/// Gives a program its input, on a thread that a program which does not read keeps waiting until
/// the pipe is closed.
fn feed(mut stdin: impl Write + Send + 'static, octets: Vec<u8>) -> io::Result<()> {
    let thread = thread::Builder::new().name("delivery input".into());
    thread.spawn(move || {
        // A program that does not want all of it says so by how it ends.
        let _ = stdin.write_all(&octets);
    })?;
    Ok(())
}

/// What a program says.
struct Said {
    /// The end of it so far.
    tail: Arc<Mutex<Vec<u8>>>,
    /// Closed when no more will come.
    more: Receiver<()>,
}

impl Said {
    /// All of it, or what has come when the time is over.
    fn within(&self, time: Duration) -> Vec<u8> {
        // Nothing is ever sent: it ends, or takes too long.
        let _ = self.more.recv_timeout(time);
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.clone()
    }
}

/// Listens to the end, on a thread that may outlive the program, whose children hold on to the
/// pipe.
fn listen(mut stderr: ChildStderr) -> io::Result<Said> {
    let (listening, more) = mpsc::channel::<()>();
    let tail = Arc::<Mutex<Vec<u8>>>::default();
    let kept = Arc::clone(&tail);
    let thread = thread::Builder::new().name("delivery complaints".into());
    thread.spawn(move || {
        let mut part = [0; COMPLAINT];
        loop {
            match stderr.read(&mut part) {
                Ok(0) => break,
                Ok(length) => {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.extend_from_slice(&part[..length]);
                    let before = kept.len().saturating_sub(COMPLAINT);
                    kept.drain(..before);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        drop(listening);
    })?;
    Ok(Said { tail, more })
}

/// The last line that says anything, harmless on a terminal.
fn last_line(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let lines = text.lines().map(str::trim);
    let Some(line) = lines.rev().find(|line| !line.is_empty()) else {
        return String::new();
    };
    let clean = |c: char| if c.is_control() { '?' } else { c };
    let line: Vec<char> = line.chars().map(clean).collect();
    let start = line.len().saturating_sub(SHOWN);
    let cut = if start > 0 { "..." } else { "" };
    let end: String = line[start..].iter().collect();
    format!(": {cut}{end}")
}

/// Publishes by a command. The arguments behind its own are the publication's name and SM3 of
/// its octets in hexadecimal: a name comes again with other octets (a CRL does), and a repeated
/// delivery has both the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandPublisher(DeliveryCommand);

impl CommandPublisher {
    /// Publishes by `command`.
    pub fn new(command: DeliveryCommand) -> Self {
        Self(command)
    }
}

impl Publisher for CommandPublisher {
    fn publish(&self, item: &Publication) -> io::Result<()> {
        let mut digest = String::new();
        for octet in sm3::digest(&item.octets) {
            let _ = write!(digest, "{octet:02x}");
        }
        self.0.deliver(&[&item.name, &digest], item.octets.to_vec())
    }
}

/// Tells notices by a command. The argument behind its own is the notice's
/// [key](Notice::key), which no other notice has; the notice is one line of JSON on standard
/// input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandNotifier(DeliveryCommand);

impl CommandNotifier {
    /// Tells by `command`.
    pub fn new(command: DeliveryCommand) -> Self {
        Self(command)
    }
}

impl Notifier for CommandNotifier {
    fn tell(&self, notice: &Notice) -> io::Result<()> {
        let mut line = serde_json::to_vec(notice)?;
        line.push(b'\n');
        self.0.deliver(&[&notice.key()], line)
    }
}
