//! What signatures are made over, computed while a content goes by.

use crate::{
    Error, Result,
    message::{
        buffer::{make_room, pump},
        signed::{attributes::could_be_attributes, signer::SignedOctets},
    },
    sm2::Za,
    sm3::{DIGEST_LENGTH, Sm3, digest::Digest},
};
use alloc::{vec, vec::Vec};
use std::io::Read;
use zeroize::Zeroizing;

/// A content that could be attributes is looked at up to here; attributes that anybody signs
/// are much shorter.
const FRONT: usize = 64 * 1024;
/// Tag of a SET OF.
const SET: u8 = 0x31;

/// Which digests of a content are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// SM3 of the content alone, for messageDigest.
    pub(super) plain: bool,
    /// SM3 of Z and the content, for each Z.
    pub(super) with: Vec<Za>,
}

/// Hashes a content.
pub(super) struct ContentHasher {
    plain: Option<Sm3>,
    with: Vec<(Za, Sm3)>,
    /// The content itself while it could be attributes; none when it is certain not to be.
    front: Option<Zeroizing<Vec<u8>>>,
    begins: Zeroizing<[u8; 10]>,
    length: u64,
}

impl ContentHasher {
    pub(super) fn new(wanted: &Wanted) -> Self {
        let mut with: Vec<(Za, Sm3)> = Vec::new();
        for za in &wanted.with {
            if !with.iter().any(|(other, _)| other == za) {
                with.push((za.clone(), Sm3::new_with_prefix(za.as_bytes())));
            }
        }
        Self {
            plain: wanted.plain.then(Sm3::new),
            with,
            front: Some(Zeroizing::default()),
            begins: Zeroizing::new([0; 10]),
            length: 0,
        }
    }

    pub(super) fn update(&mut self, octets: &[u8]) {
        if let Some(plain) = &mut self.plain {
            plain.update(octets);
        }
        for (_, hash) in &mut self.with {
            hash.update(octets);
        }
        let known = usize::try_from(self.length).unwrap_or(usize::MAX);
        if let Some(missing) = self.begins.get_mut(known..) {
            let count = missing.len().min(octets.len());
            missing[..count].copy_from_slice(&octets[..count]);
        }
        self.length += octets.len() as u64;
        let fits = self.begins[0] == SET && self.length <= FRONT as u64;
        match &mut self.front {
            Some(front) if fits => {
                make_room(front, octets.len());
                front.extend_from_slice(octets);
            }
            Some(_) if !octets.is_empty() => self.front = None,
            _ => {}
        }
    }

    pub(super) fn finish(mut self) -> ContentDigests {
        let could_be_attributes = match &self.front {
            Some(front) => could_be_attributes(front),
            // Too long to be looked at: taken for what it may be.
            None => self.begins[0] == SET && set_length(&self.begins) == Some(self.length),
        };
        ContentDigests {
            plain: self.plain.map(|hash| hash.finalize().into()),
            // In place: moved out, the octets that wait for a block would stay in the vector.
            with: self
                .with
                .iter_mut()
                .map(|(za, hash)| (za.clone(), hash.finalize_reset().into()))
                .collect(),
            could_be_attributes,
            length: self.length,
        }
    }

    /// Hashes all that `input` has.
    pub(super) fn hash(
        wanted: &Wanted,
        input: &mut (impl Read + ?Sized),
    ) -> Result<ContentDigests> {
        let mut hasher = Self::new(wanted);
        pump(input, |octets| {
            hasher.update(octets);
            Ok(())
        })?;
        Ok(hasher.finish())
    }
}

/// Octets of the whole element whose header this is.
fn set_length(begins: &[u8; 10]) -> Option<u64> {
    let first = begins[1];
    if first < 0x80 {
        return Some(2 + u64::from(first));
    }
    let count = usize::from(first & 0x7f);
    let octets = begins[2..].get(..count)?;
    let length = octets
        .iter()
        .fold(0, |sum, octet| sum << 8 | u64::from(*octet));
    (2 + count as u64).checked_add(length)
}

/// A content that went by: what signatures need of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ContentDigests {
    plain: Option<[u8; DIGEST_LENGTH]>,
    with: Vec<(Za, [u8; DIGEST_LENGTH])>,
    could_be_attributes: bool,
    length: u64,
}

impl ContentDigests {
    /// Octets of the content.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The least that tells whether another reading has brought the same content.
    pub(super) fn fingerprint(&self) -> Wanted {
        match (self.plain, self.with.first()) {
            (None, Some((za, _))) => Wanted {
                plain: false,
                with: vec![za.clone()],
            },
            _ => Wanted {
                plain: true,
                with: Vec::new(),
            },
        }
    }

    /// Whether another reading, hashed for [`Self::fingerprint`], brought the same content.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it did not.
    pub(super) fn expect_same(&self, other: &Self) -> Result<()> {
        let same = match (other.plain, other.with.first()) {
            (Some(plain), _) => self.plain == Some(plain),
            (None, Some(with)) => self.with.contains(with),
            (None, None) => false,
        };
        if same && self.length == other.length {
            Ok(())
        } else {
            Err(CHANGED)
        }
    }
}

/// An input that is read twice was not the same the second time.
pub(super) const CHANGED: Error = Error::Invalid {
    what: "content",
    reason: "is not the same at the second reading",
};

const NOT_HASHED: Error = Error::Invalid {
    what: "content",
    reason: "was not hashed for this signer",
};

impl SignedOctets for ContentDigests {
    fn digest(&self) -> Result<[u8; DIGEST_LENGTH]> {
        self.plain.ok_or(NOT_HASHED)
    }

    fn digest_with(&self, za: &Za) -> Result<[u8; DIGEST_LENGTH]> {
        let hashed = self.with.iter().find(|(other, _)| other == za);
        hashed.map(|(_, digest)| *digest).ok_or(NOT_HASHED)
    }

    fn could_be_attributes(&self) -> bool {
        self.could_be_attributes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        message::signed::attributes::could_be_attributes,
        sm2::{SecretKey, UserId},
        sm3,
    };
    use proptest::prelude::*;

    fn za(number: u8) -> Za {
        let key = SecretKey::from_bytes(&[number; 32]).unwrap();
        Za::new(&UserId::default(), &key.public_key())
    }

    proptest! {
        #[test]
        fn digests_are_those_of_the_whole(
            pieces in proptest::collection::vec(
                proptest::collection::vec(any::<u8>(), 0..100), 0..10,
            ),
        ) {
            let wanted = Wanted { plain: true, with: vec![za(1), za(2), za(1)] };
            let mut hasher = ContentHasher::new(&wanted);
            for piece in &pieces {
                hasher.update(piece);
            }
            let (digests, whole) = (hasher.finish(), pieces.concat());
            let content = &whole[..];
            prop_assert_eq!(digests.length(), whole.len() as u64);
            prop_assert_eq!(digests.digest().unwrap(), sm3::digest(content));
            for number in [1, 2] {
                let za = za(number);
                prop_assert_eq!(digests.digest_with(&za).unwrap(), za.digest(content));
            }
            prop_assert!(digests.digest_with(&za(3)).is_err());
            prop_assert_eq!(digests.could_be_attributes, could_be_attributes(content));
            let again = ContentHasher::hash(&digests.fingerprint(), &mut &whole[..]).unwrap();
            digests.expect_same(&again).unwrap();
            let longer = [&whole[..], &[0]].concat();
            let other = ContentHasher::hash(&digests.fingerprint(), &mut &longer[..]).unwrap();
            prop_assert!(digests.expect_same(&other).is_err());
        }
    }

    #[test]
    fn a_content_for_one_signer_is_told_from_another_by_their_digest() {
        let wanted = Wanted {
            plain: false,
            with: vec![za(1)],
        };
        let digests = ContentHasher::hash(&wanted, &mut &b"content"[..]).unwrap();
        assert_eq!(digests.fingerprint(), wanted);
        let other = ContentHasher::hash(&wanted, &mut &b"contend"[..]).unwrap();
        assert!(digests.expect_same(&other).is_err());
        assert!(digests.digest().is_err());
    }
}
