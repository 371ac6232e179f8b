//! Room for octets that pass by: as much as comes, and wiped when it is given back.
//!
//! A stream of some hundred octets does not pay for [`MOST`], neither for the memory nor for
//! the wiping of it; a long one has it after some readings.

use crate::{Error, Result};
use alloc::{vec, vec::Vec};
use std::io::{ErrorKind, Read};
use zeroize::Zeroizing;

/// Octets that are held of a stream at a time; many times what a call to the system costs,
/// and less than the second cache of a core. More does not make SM3 faster, and less would
/// show.
pub(crate) const MOST: usize = 128 * 1024;
/// What is held at first.
const FIRST: usize = 4 * 1024;

/// Makes room for `more` octets behind those that are there, which move; the place that they
/// leave is wiped. In steps that double up to [`MOST`], so that many small ones cost little.
pub(crate) fn make_room(octets: &mut Zeroizing<Vec<u8>>, more: usize) {
    let wanted = octets.len() + more;
    if wanted > octets.capacity() {
        let doubled = (2 * octets.capacity()).clamp(FIRST, MOST);
        let mut larger = Zeroizing::new(Vec::with_capacity(wanted.max(doubled)));
        larger.extend_from_slice(octets);
        *octets = larger;
    }
}

/// Octets of an input that nobody has looked at yet, one reading at a time.
#[derive(Default)]
pub(crate) struct Ahead {
    /// Wiped, since what was decrypted in place stands here.
    octets: Zeroizing<Vec<u8>>,
    start: usize,
    end: usize,
}

impl Ahead {
    /// The octets that are there; they may be changed in place.
    pub(crate) fn octets(&mut self) -> &mut [u8] {
        &mut self.octets[self.start..self.end]
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    /// Goes over the first `count` of them and gives them.
    pub(crate) fn take(&mut self, count: usize) -> &mut [u8] {
        let from = self.start;
        self.start += count;
        &mut self.octets[from..self.start]
    }

    /// Forgets them.
    pub(crate) fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
    }

    /// One reading in their place; false at the end of the input.
    pub(crate) fn fill<R: Read + ?Sized>(&mut self, input: &mut R) -> Result<bool> {
        // Whoever filled all there was has more, most often.
        let length = self.octets.len();
        if self.end == length && length < MOST {
            let length = (2 * length).clamp(FIRST, MOST);
            self.octets = Zeroizing::new(vec![0; length]);
        }
        self.clear();
        self.end = read_some(input, &mut self.octets)?;
        Ok(self.end > 0)
    }
}

/// Gives `sink` all that `input` has, in pieces of [`MOST`] octets but for the last.
pub(crate) fn pump<R: Read + ?Sized>(
    input: &mut R,
    mut sink: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut piece = Zeroizing::new(Vec::new());
    loop {
        match read_piece(input, &mut piece)? {
            0 => return Ok(()),
            count => sink(&piece[..count])?,
        }
    }
}

/// Reads up to [`MOST`] octets, less at the end of the input alone; their number.
fn read_piece<R: Read + ?Sized>(input: &mut R, piece: &mut Zeroizing<Vec<u8>>) -> Result<usize> {
    let mut filled = 0;
    while filled < MOST {
        if filled == piece.len() {
            let length = (2 * filled).clamp(FIRST, MOST);
            make_room(piece, length - filled);
            piece.resize(length, 0);
        }
        match read_some(input, &mut piece[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// One reading, of at least one octet unless the input has ended.
fn read_some<R: Read + ?Sized>(input: &mut R, buffer: &mut [u8]) -> Result<usize> {
    loop {
        match input.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => return other.map_err(io_error("reading the input")),
        }
    }
}

/// An error of the system with what was being done.
pub(crate) fn io_error(what: &'static str) -> impl Fn(std::io::Error) -> Error {
    move |source| Error::Io { what, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At most so many octets at each reading, with an interruption before each.
    struct Dripping<'a> {
        octets: &'a [u8],
        most: usize,
        interrupted: bool,
    }

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.interrupted = !self.interrupted;
            if self.interrupted {
                return Err(ErrorKind::Interrupted.into());
            }
            let most = self.most.min(buffer.len());
            self.octets.read(&mut buffer[..most])
        }
    }

    fn dripping(octets: &[u8], most: usize) -> Dripping<'_> {
        Dripping {
            octets,
            most,
            interrupted: false,
        }
    }

    fn octets(length: usize) -> Vec<u8> {
        let octet = |at: usize| (at % 251).to_be_bytes()[size_of::<usize>() - 1];
        (0..length).map(octet).collect()
    }

    const LENGTHS: [usize; 9] = [
        0,
        1,
        FIRST - 1,
        FIRST,
        FIRST + 1,
        MOST - 1,
        MOST,
        MOST + 1,
        3 * MOST + 5,
    ];

    #[test]
    fn pieces_are_whole_but_for_the_last_however_the_input_comes() {
        for length in LENGTHS {
            let all = octets(length);
            for most in [1000, 4097, usize::MAX] {
                let mut pieces = Vec::new();
                pump(&mut dripping(&all, most), |piece| {
                    pieces.push(piece.to_vec());
                    Ok(())
                })
                .unwrap();
                let expected: Vec<_> = all.chunks(MOST).collect();
                assert_eq!(pieces, expected, "{length}, {most} at a time");
            }
        }
    }

    #[test]
    fn what_is_ahead_is_the_input_and_no_more_room_than_it_wants() {
        for length in LENGTHS {
            let all = octets(length);
            for (most, room) in [(1000, FIRST), (usize::MAX, (2 * length).clamp(FIRST, MOST))] {
                let (mut ahead, mut input) = (Ahead::default(), dripping(&all, most));
                let mut seen = Vec::new();
                assert_eq!((ahead.len(), ahead.octets().len()), (0, 0));
                while ahead.fill(&mut input).unwrap() {
                    let half = ahead.len() / 2;
                    seen.extend_from_slice(ahead.take(half));
                    seen.extend_from_slice(ahead.octets());
                    let rest = ahead.len();
                    ahead.take(rest);
                }
                assert_eq!(seen, all);
                assert!(ahead.octets.capacity() <= room, "{length}, {most}");
            }
        }
    }

    #[test]
    fn room_grows_with_what_comes_and_keeps_it() {
        let mut held = Zeroizing::new(Vec::new());
        for octet in octets(MOST) {
            make_room(&mut held, 1);
            held.push(octet);
            assert!(held.capacity() <= MOST.min(FIRST.max(2 * held.len())));
        }
        assert_eq!(*held, octets(MOST));
        make_room(&mut held, 32);
        assert!((MOST + 32..2 * MOST).contains(&held.capacity()));
    }
}
