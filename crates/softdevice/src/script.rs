//! Octets that decide what is called: how a fuzzer drives the C interfaces.

/// Octets of a buffer at most.
const MAX_BUFFER: usize = 512;

/// What is left of the octets; every reading takes from the front, and when there is nothing
/// left gives zeros.
#[derive(Debug)]
pub struct Script<'a>(&'a [u8]);

impl<'a> Script<'a> {
    /// All of `octets`.
    pub fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// The next octet; none at the end.
    pub fn octet(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A number: 0 to 254 from one octet, any of 32 bits behind 0xFF.
    pub fn number(&mut self) -> u32 {
        match self.octet() {
            Some(0xFF) => {
                let octets = [(); 4].map(|()| self.octet().unwrap_or_default());
                u32::from_ne_bytes(octets)
            }
            octet => octet.unwrap_or_default().into(),
        }
    }

    /// So many octets, in memory of their own.
    pub fn octets(&mut self, length: usize) -> Box<[u8]> {
        let (given, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        let mut octets = given.to_vec();
        octets.resize(length, 0);
        octets.into_boxed_slice()
    }

    /// A length that a buffer may have: 0 to 512.
    pub fn length(&mut self) -> usize {
        self.number() as usize % (MAX_BUFFER + 1)
    }

    /// One of `known`; none at the end, or when there is none.
    pub fn pick<T: Copy>(&mut self, known: &[T]) -> Option<T> {
        let index = usize::from(self.octet()?);
        known.get(index % known.len().max(1)).copied()
    }
}
