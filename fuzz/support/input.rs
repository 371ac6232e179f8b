//! An input cut into the fields of a target.

use gm_crypto::sm2::{SecretKey, SigningKey, UserId};

/// The octets that are left.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    /// All of an input.
    pub fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// The next octet.
    pub fn octet(&mut self) -> Option<u8> {
        self.array().map(|[octet]| octet)
    }

    /// The next `N` octets.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    /// As many octets as the next one says, or as there are.
    pub fn counted(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(self.octet()?);
        let (field, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        Some(field)
    }

    /// Everything behind.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    /// A key of 32 octets and a counted ID. The verdict over the scalar is upstream's,
    /// but for n − 1: nothing can be signed with it, and upstream takes it.
    pub fn signing_key(&mut self) -> Option<SigningKey> {
        let scalar = self.array()?;
        let id = UserId::new(self.counted()?).expect("at most 255 octets");
        let key = SecretKey::from_bytes(&scalar);
        let theirs = sm2::dsa::SigningKey::from_slice("", &scalar);
        let usable = theirs.is_ok() && scalar != ORDER_MINUS_ONE;
        assert_eq!(key.is_ok(), usable, "{scalar:02x?}");
        Some(SigningKey::new(key.ok()?, id))
    }
}

/// n − 1, big endian (GB/T 32918.5).
const ORDER_MINUS_ONE: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x22,
];

/// Changes one octet, named by two octets of an input; a mask of 0 changes nothing.
pub fn change(octets: &mut [u8], [place, mask]: [u8; 2]) {
    if !octets.is_empty() {
        let place = usize::from(place) % octets.len();
        octets[place] ^= mask;
    }
}
