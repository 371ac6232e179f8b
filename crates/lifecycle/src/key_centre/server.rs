//! A centre behind a socket.

use super::{
    Fault, SoftKeyCentre,
    transport::{TimedStream, read_message, write_message},
};
use crate::ports::Clock;
use hsm::KeyHandle;
use std::{
    io,
    net::{TcpListener, TcpStream},
    panic::{self, AssertUnwindSafe},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How often a socket without connections looks whether it shall end.
const LOOK: Duration = Duration::from_millis(20);
/// How long is waited where a connection could not be taken.
const WANT: Duration = Duration::from_millis(100);

/// What a stranger can take of a centre's time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ServerLimits {
    /// Connections at once; further ones wait to be accepted.
    pub connections: usize,
    /// From the first octet that is waited for to the last that is sent, for each message.
    pub message: Duration,
}

impl Default for ServerLimits {
    /// 64 connections, ten seconds for a message.
    fn default() -> Self {
        Self {
            connections: 64,
            message: Duration::from_secs(10),
        }
    }
}

/// Answers on a socket until `stop` is set; several requests may come over one connection, one
/// after the other. `told` hears why a connection was ended without an answer, and once when
/// none can be taken: no thread and no file is left for it, say. That passes, and is waited out.
///
/// # Errors
/// The I/O error that made accepting impossible: it is no socket that listens.
pub fn serve(
    listener: &TcpListener,
    centre: &Mutex<SoftKeyCentre>,
    key: &dyn KeyHandle,
    clock: &dyn Clock,
    limits: ServerLimits,
    stop: &AtomicBool,
    told: &(dyn Fn(&Fault) + Sync),
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let open = AtomicUsize::new(0);
    let limits = &limits;
    thread::scope(|scope| {
        let mut is_in_want = false;
        while !stop.load(Ordering::Relaxed) {
            if open.load(Ordering::Relaxed) >= limits.connections {
                thread::sleep(LOOK);
                continue;
            }
            let taken = match listener.accept() {
                Ok((stream, _)) => {
                    let slot = Slot::take(&open);
                    let thread = thread::Builder::new().name("key centre".into());
                    let started = thread.spawn_scoped(scope, move || {
                        let _slot = slot;
                        answer_all(stream, centre, key, clock, limits, stop, told);
                    });
                    started.map(drop)
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    thread::sleep(LOOK);
                    continue;
                }
                // Whoever hung up before it was accepted is nobody.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    stop.store(true, Ordering::Relaxed);
                    return Err(error);
                }
                Err(error) => Err(error),
            };
            // Files, memory, threads: others give theirs back.
            match taken {
                Ok(()) => is_in_want = false,
                Err(error) => {
                    if !is_in_want {
                        told(&Fault::Connection(error));
                    }
                    is_in_want = true;
                    thread::sleep(WANT);
                }
            }
        }
        Ok(())
    })
}

/// One of the connections that may be open at once; given back however its thread ends.
struct Slot<'a>(&'a AtomicUsize);

impl<'a> Slot<'a> {
    fn take(open: &'a AtomicUsize) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(open)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Answers one connection. A panic ends it and no other: the transaction was rolled back.
fn answer_all(
    stream: TcpStream,
    centre: &Mutex<SoftKeyCentre>,
    key: &dyn KeyHandle,
    clock: &dyn Clock,
    limits: &ServerLimits,
    stop: &AtomicBool,
    told: &(dyn Fn(&Fault) + Sync),
) {
    let conversation = || converse(stream, centre, key, clock, limits, stop);
    let ended = panic::catch_unwind(AssertUnwindSafe(conversation));
    if let Err(fault) = ended.unwrap_or(Err(Fault::Panicked)) {
        // What is told is told for nothing where the telling panics.
        let _ = panic::catch_unwind(AssertUnwindSafe(|| told(&fault)));
    }
}

fn converse(
    stream: TcpStream,
    centre: &Mutex<SoftKeyCentre>,
    key: &dyn KeyHandle,
    clock: &dyn Clock,
    limits: &ServerLimits,
    stop: &AtomicBool,
) -> Result<(), Fault> {
    // What was accepted from a socket that does not wait may not wait either, by system.
    stream.set_nonblocking(false).map_err(Fault::Connection)?;
    let mut stream = TimedStream::new(stream, Instant::now());
    while !stop.load(Ordering::Relaxed) {
        stream.until(Instant::now() + limits.message);
        let Some(request) = read_message(&mut stream)? else {
            break;
        };
        let answer = {
            // A transaction that panicked was rolled back.
            let mut centre = centre.lock().unwrap_or_else(PoisonError::into_inner);
            centre.answer(key, &request, clock.now())?
        };
        write_message(&mut stream, &answer)?;
    }
    Ok(())
}
