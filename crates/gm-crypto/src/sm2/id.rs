//! Who signs: the user ID and the value Z that binds it to a key.

use crate::{Error, Result, sm3};
use alloc::vec::Vec;
use core::fmt;
use sm3::{Sm3, digest::Digest};

use super::PublicKey;

/// ID_A, the distinguishing identifier of a signer: octets, at most 8191.
///
/// ENTL counts it in bits in 16 bits (GB/T 32918.2, 5.5), hence the limit. Some
/// implementations refuse 8191, so 8190 is the longest that travels everywhere.
/// [`Default`] is the 16 octets `1234567812345678` (GM/T 0009, clause 10), which
/// certificates, CRLs, requests and messages use unless parties agree otherwise.
#[derive(Clone, PartialEq, Eq)]
pub struct UserId(Vec<u8>);

impl UserId {
    /// Octets of the longest ID.
    pub const MAX_LENGTH: usize = 8191;

    /// Takes the octets of an ID; the empty one is allowed.
    ///
    /// # Errors
    /// [`Error::UserIdTooLong`] above [`Self::MAX_LENGTH`] octets.
    pub fn new(octets: impl Into<Vec<u8>>) -> Result<Self> {
        let octets = octets.into();
        if octets.len() > Self::MAX_LENGTH {
            return Err(Error::UserIdTooLong {
                length: octets.len(),
            });
        }
        Ok(Self(octets))
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Default for UserId {
    fn default() -> Self {
        Self(b"1234567812345678".to_vec())
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({})", self.0.escape_ascii())
    }
}

/// Z_A: SM3 over the ID, the curve and the public key (GB/T 32918.2, 5.5).
///
/// A device that signs digests is given [`Za::digest`] of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Za([u8; sm3::DIGEST_LENGTH]);

/// a ‖ b ‖ x_G ‖ y_G of GB/T 32918.5-2017, each 32 octets, big endian.
const CURVE: [[u128; 2]; 4] = [
    [
        0xFFFF_FFFE_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF,
        0xFFFF_FFFF_0000_0000_FFFF_FFFF_FFFF_FFFC,
    ],
    [
        0x28E9_FA9E_9D9F_5E34_4D5A_9E4B_CF65_09A7,
        0xF397_89F5_15AB_8F92_DDBC_BD41_4D94_0E93,
    ],
    [
        0x32C4_AE2C_1F19_8119_5F99_0446_6A39_C994,
        0x8FE3_0BBF_F266_0BE1_715A_4589_334C_74C7,
    ],
    [
        0xBC37_36A2_F4F6_779C_59BD_CEE3_6B69_2153,
        0xD0A9_877C_C62A_4740_02DF_32E5_2139_F0A0,
    ],
];

impl Za {
    /// Z of one ID and one key.
    pub fn new(id: &UserId, key: &PublicKey) -> Self {
        let bits = id.0.len() * 8;
        let entl = u16::try_from(bits).expect("UserId holds at most 8191 octets");
        let mut hash = Sm3::new();
        hash.update(entl.to_be_bytes());
        hash.update(&id.0);
        for half in CURVE.iter().flatten() {
            hash.update(half.to_be_bytes());
        }
        hash.update(&key.to_uncompressed()[1..]);
        Self(hash.finalize().into())
    }

    /// e = SM3(Z ‖ `message`), the octets that the signature equation takes.
    pub fn digest(&self, message: &[u8]) -> [u8; sm3::DIGEST_LENGTH] {
        Sm3::new_with_prefix(self.0)
            .chain_update(message)
            .finalize()
            .into()
    }

    /// [`Self::digest`] of many messages, eight at a time.
    pub fn digest_many(&self, messages: &[&[u8]]) -> Vec<[u8; sm3::DIGEST_LENGTH]> {
        let inputs: Vec<Vec<u8>> = messages
            .iter()
            .map(|message| [&self.0, *message].concat())
            .collect();
        let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
        let mut digests = alloc::vec![[0; sm3::DIGEST_LENGTH]; messages.len()];
        sm3::digest_many(&inputs, &mut digests);
        digests
    }

    /// The 32 octets of Z.
    pub fn as_bytes(&self) -> &[u8; sm3::DIGEST_LENGTH] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_id_is_8191_octets() {
        assert!(UserId::new([0; 8191]).is_ok());
        assert!(matches!(
            UserId::new([0; 8192]),
            Err(Error::UserIdTooLong { length: 8192 })
        ));
    }
}
