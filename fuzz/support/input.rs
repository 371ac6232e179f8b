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

    /// A key of 32 octets and a counted ID. The verdict over the scalar is upstream's.
    pub fn signing_key(&mut self) -> Option<SigningKey> {
        let scalar = self.array()?;
        let id = UserId::new(self.counted()?).expect("at most 255 octets");
        let key = SecretKey::from_bytes(&scalar);
        let theirs = sm2::dsa::SigningKey::from_slice("", &scalar);
        assert_eq!(key.is_ok(), theirs.is_ok(), "{scalar:02x?}");
        Some(SigningKey::new(key.ok()?, id))
    }
}

/// Changes one octet, named by two octets of an input; a mask of 0 changes nothing.
pub fn change(octets: &mut [u8], [place, mask]: [u8; 2]) {
    if !octets.is_empty() {
        let place = usize::from(place) % octets.len();
        octets[place] ^= mask;
    }
}
