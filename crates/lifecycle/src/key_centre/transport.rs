//! One message over a stream of octets.
//!
//! A message is the DER of a SEQUENCE, which says its own length; nothing stands around it. (What
//! GM/T 0014 prescribes between CA and centre was not read; of the implementations that were,
//! one writes the DER and nothing else.)

use super::{Fault, message::MAX_OCTETS};
use std::{
    fmt,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// Where a centre is asked.
pub trait Transport: fmt::Debug + Send + Sync {
    /// A connection to it. Its reads and writes end in time, with
    /// [`io::ErrorKind::TimedOut`] or [`io::ErrorKind::WouldBlock`].
    ///
    /// # Errors
    /// The I/O error that stopped it.
    fn open(&self) -> io::Result<Box<dyn Stream>>;
}

/// Octets in both directions.
pub trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

/// A centre behind a TCP address.
///
/// What goes over it is signed and the keys in it are wrapped; who may see that a key is asked
/// for, and when, is the network's affair.
#[derive(Clone, Copy, Debug)]
pub struct TcpTransport {
    address: SocketAddr,
    timeout: Duration,
}

impl TcpTransport {
    /// Asks at `address`; request and answer together take `timeout` at most.
    pub fn new(address: SocketAddr, timeout: Duration) -> Self {
        Self { address, timeout }
    }
}

impl Transport for TcpTransport {
    fn open(&self) -> io::Result<Box<dyn Stream>> {
        let until = Instant::now() + self.timeout;
        let stream = TcpStream::connect_timeout(&self.address, self.timeout)?;
        Ok(Box::new(TimedStream { stream, until }))
    }
}

/// A socket that ends at a time, however slowly octets come.
#[derive(Debug)]
pub(super) struct TimedStream {
    stream: TcpStream,
    until: Instant,
}

impl TimedStream {
    pub(super) fn new(stream: TcpStream, until: Instant) -> Self {
        Self { stream, until }
    }

    /// Gives the next message its own time.
    pub(super) fn until(&mut self, until: Instant) {
        self.until = until;
    }

    fn left(&self) -> io::Result<Option<Duration>> {
        match self.until.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => Ok(Some(left)),
            _ => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Read for TimedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer)
    }
}

impl Write for TimedStream {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Sends a message.
///
/// # Errors
/// [`Fault::TimedOut`], [`Fault::Connection`].
pub fn write_message(stream: &mut dyn Stream, octets: &[u8]) -> Result<(), Fault> {
    stream
        .write_all(octets)
        .and_then(|()| stream.flush())
        .map_err(broken)
}

/// Takes one message of at most [`MAX_OCTETS`]; none where the other side hung up before its
/// first octet.
///
/// # Errors
/// [`Fault::Truncated`] when it hung up later, [`Fault::TooLong`], [`Fault::Meaningless`] for
/// what is no SEQUENCE of a definite length; [`Fault::TimedOut`], [`Fault::Connection`].
pub fn read_message(stream: &mut dyn Stream) -> Result<Option<Vec<u8>>, Fault> {
    let mut message = vec![0; 2];
    match read_some(stream, &mut message)? {
        0 => return Ok(None),
        2 => {}
        octets => return Err(Fault::Truncated { octets }),
    }
    let length = match message[..] {
        [0x30, short] if short < 0x80 => usize::from(short),
        [0x30, long @ 0x81..=0x84] => {
            let mut octets = [0; 4];
            let octets = &mut octets[..usize::from(long - 0x80)];
            read_whole(stream, &mut message, octets)?;
            octets
                .iter()
                .fold(0, |length, octet| length << 8 | usize::from(*octet))
        }
        _ => return Err(Fault::Meaningless("it does not begin as a SEQUENCE in DER")),
    };
    if length > MAX_OCTETS - message.len() {
        return Err(Fault::TooLong { limit: MAX_OCTETS });
    }
    let mut content = vec![0; length];
    read_whole(stream, &mut message, &mut content)?;
    Ok(Some(message))
}

/// Fills `part` and puts it behind `message`.
fn read_whole(
    stream: &mut dyn Stream,
    message: &mut Vec<u8>,
    part: &mut [u8],
) -> Result<(), Fault> {
    let read = read_some(stream, part)?;
    message.extend_from_slice(&part[..read]);
    if read < part.len() {
        return Err(Fault::Truncated {
            octets: message.len(),
        });
    }
    Ok(())
}

/// Fills `part` as far as octets come.
fn read_some(stream: &mut dyn Stream, part: &mut [u8]) -> Result<usize, Fault> {
    let mut read = 0;
    while read < part.len() {
        match stream.read(&mut part[read..]) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(broken(error)),
        }
    }
    Ok(read)
}

/// What a failed read or write means.
pub(super) fn broken(error: io::Error) -> Fault {
    match error.kind() {
        // A socket with a timeout says the one or the other, by system.
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Fault::TimedOut,
        _ => Fault::Connection(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(octets: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        read_message(&mut Cursor::new(octets.to_vec()))
    }

    #[test]
    fn a_message_ends_where_its_length_says_and_not_before() {
        for length in [0, 1, 127, 128, 255, 256, 65_000] {
            let content = vec![5; length];
            let mut message = match length {
                0..128 => vec![0x30, u8::try_from(length).unwrap()],
                128..256 => vec![0x30, 0x81, u8::try_from(length).unwrap()],
                _ => {
                    let length = u16::try_from(length).unwrap().to_be_bytes();
                    vec![0x30, 0x82, length[0], length[1]]
                }
            };
            message.extend(content);
            let followed = [&message[..], &[0x30, 0]].concat();
            assert_eq!(read(&followed).unwrap(), Some(message.clone()));
            for cut in [1, 2, message.len() / 2, message.len() - 1] {
                if cut < message.len() {
                    let fault = read(&message[..cut]);
                    assert!(matches!(fault, Err(Fault::Truncated { octets }) if octets == cut));
                }
            }
        }
        assert!(matches!(read(&[]), Ok(None)));
    }

    #[test]
    fn a_length_that_nobody_can_mean_is_refused_before_anything_is_made_for_it() {
        for head in [
            &[0x30, 0x83, 0x01, 0x00, 0x00][..],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        ] {
            assert!(matches!(read(head), Err(Fault::TooLong { .. })));
        }
        for head in [[0x30, 0x80], [0x30, 0x85], [0x31, 0x00], [0x47, 0x45]] {
            assert!(matches!(read(&head), Err(Fault::Meaningless(_))));
        }
    }
}
