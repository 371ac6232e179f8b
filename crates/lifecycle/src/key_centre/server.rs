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
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How often a socket without connections looks whether it shall end.
const LOOK: Duration = Duration::from_millis(20);

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
/// after the other. `told` hears why a connection was ended without an answer.
///
/// # Errors
/// The I/O error that made accepting impossible.
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
    thread::scope(|scope| {
        while !stop.load(Ordering::Relaxed) {
            if open.load(Ordering::Relaxed) >= limits.connections {
                thread::sleep(LOOK);
                continue;
            }
            match listener.accept() {
                Ok((stream, _)) => {
                    open.fetch_add(1, Ordering::Relaxed);
                    let (open, limits) = (&open, &limits);
                    scope.spawn(move || {
                        let ended = converse(stream, centre, key, clock, limits, stop);
                        if let Err(fault) = ended {
                            told(&fault);
                        }
                        open.fetch_sub(1, Ordering::Relaxed);
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(LOOK),
                // Whoever hung up before it was accepted is nobody.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    stop.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
        Ok(())
    })
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
