//! Inputs and outputs of any length, that count, compare, and fail where they are told to.

use std::io::{self, Read, Seek, SeekFrom, Write};

/// Octets after which the content of a [`Source`] comes again; a prime, so that no block of a
/// cipher, a digest or a buffer looks like the one before.
const PERIOD: usize = 65_521;

/// A content of any length that takes no memory.
#[derive(Clone, Debug)]
pub struct Source {
    pattern: Vec<u8>,
    length: u64,
    position: u64,
}

impl Source {
    /// So many octets, always the same.
    pub fn new(length: u64) -> Self {
        let mut state = 1_u32;
        let mut octet = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        let mut pattern: Vec<u8> = (0..PERIOD).map(|_| octet()).collect();
        pattern.extend_from_within(..);
        Self {
            pattern,
            length,
            position: 0,
        }
    }

    fn next(&self, wanted: usize) -> &[u8] {
        let left = usize::try_from(self.length - self.position).unwrap_or(usize::MAX);
        let from = usize::try_from(self.position % PERIOD as u64).expect("less than a period");
        &self.pattern[from..from + wanted.min(left).min(PERIOD)]
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let octets = self.next(buffer.len());
        let count = octets.len();
        buffer[..count].copy_from_slice(octets);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(offset) => (offset, 0),
            SeekFrom::Current(offset) => (self.position, offset),
            SeekFrom::End(offset) => (self.length, offset),
        };
        self.position = base
            .checked_add_signed(offset)
            .filter(|position| *position <= self.length)
            .ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// Takes what a [`Source`] gives, and nothing else.
#[derive(Clone, Debug)]
pub struct Expecting(Source);

impl Expecting {
    /// The content of a [`Source`] of so many octets.
    pub fn new(length: u64) -> Self {
        Self(Source::new(length))
    }

    /// Octets that came.
    pub fn count(&self) -> u64 {
        self.0.position
    }
}

impl Write for Expecting {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let expected = self.0.next(octets.len());
        let count = expected.len();
        if count == 0 || expected != &octets[..count] {
            return Err(io::Error::other("another content than expected"));
        }
        self.0.position += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Lets so many octets pass, and fails.
#[derive(Clone, Debug)]
pub struct Failing<T> {
    inner: T,
    left: usize,
}

impl<T> Failing<T> {
    /// Fails after `left` octets.
    pub fn new(inner: T, left: usize) -> Self {
        Self { inner, left }
    }
}

impl<T: Read> Read for Failing<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other("told to fail"));
        }
        let wanted = buffer.len().min(self.left);
        let count = self.inner.read(&mut buffer[..wanted])?;
        self.left -= count;
        Ok(count)
    }
}

impl<T: Seek> Seek for Failing<T> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

impl<T: Write> Write for Failing<T> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other("told to fail"));
        }
        let count = self.inner.write(&octets[..octets.len().min(self.left)])?;
        self.left -= count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Gives a few octets at a time, as a pipe does.
#[derive(Clone, Debug)]
pub struct Dripping<T> {
    inner: T,
    most: usize,
}

impl<T> Dripping<T> {
    /// At most `most` octets at each reading.
    pub fn new(inner: T, most: usize) -> Self {
        Self { inner, most }
    }
}

impl<T: Read> Read for Dripping<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.most);
        self.inner.read(&mut buffer[..most])
    }
}
