//! Hashing.

use crate::{
    mechanism::{Hash, Mechanism},
    rv::{Result, Rv, needs},
};
use cryptoki_sys::*;
use gm_crypto::sm3::Sm3;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use softdevice::room::{Reply, Room};
use std::fmt;

/// A hash under way.
#[derive(Clone)]
pub(crate) enum Digester {
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
    Sm3(Sm3),
}

impl Digester {
    pub(crate) fn new(mechanism: Mechanism) -> Result<Self> {
        match mechanism {
            Mechanism::Sha(hash) => Ok(Self::sha2(hash)),
            Mechanism::Sm3 => Ok(Self::Sm3(Sm3::default())),
            _ => Err(Rv(CKR_MECHANISM_INVALID)),
        }
    }

    pub(crate) fn sha2(hash: Hash) -> Self {
        match hash {
            Hash::Sha256 => Self::Sha256(Sha256::new()),
            Hash::Sha384 => Self::Sha384(Sha384::new()),
            Hash::Sha512 => Self::Sha512(Sha512::new()),
        }
    }

    pub(crate) fn update(&mut self, data: &[u8]) {
        match self {
            Self::Sha256(hash) => hash.update(data),
            Self::Sha384(hash) => hash.update(data),
            Self::Sha512(hash) => hash.update(data),
            Self::Sm3(hash) => hash.update(data),
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        match self {
            Self::Sha256(hash) => hash.finalize().to_vec(),
            Self::Sha384(hash) => hash.finalize().to_vec(),
            Self::Sha512(hash) => hash.finalize().to_vec(),
            Self::Sm3(hash) => hash.finalize().to_vec(),
        }
    }

    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Sha256(_) | Self::Sm3(_) => 32,
            Self::Sha384(_) => 48,
            Self::Sha512(_) => 64,
        }
    }
}

impl fmt::Debug for Digester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Digester").finish_non_exhaustive()
    }
}

/// Ends a hash (`C_Digest` with data, `C_DigestFinal` without): the operation stays when
/// there is no room.
pub(crate) fn finish(operation: &mut Option<Digester>, data: &[u8], room: Room) -> Result<Reply> {
    let digester = operation
        .as_ref()
        .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
    if let Some(reply) = needs(room, digester.length()) {
        return Ok(reply);
    }
    let mut digester = operation.take().ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
    digester.update(data);
    Ok(Reply::Octets(digester.finish().into()))
}
