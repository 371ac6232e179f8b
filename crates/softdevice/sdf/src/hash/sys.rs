//! The C functions of 6.6.
#![allow(unsafe_code, reason = "functions that C calls")]

use crate::{
    library::session,
    sys::{Handle, answer, entry, octets, room, structure},
};
use softdevice::{Operation, structures::read_public_key};
use std::ffi::c_void;

/// Begins a digest; with a key and an ID, one over Z and the message.
///
/// # Safety
/// `id` has `id_length` octets; unless that is 0 `public_key` is NULL or an
/// `ECCrefPublicKey`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_HashInit(
    handle: Handle,
    algorithm: u32,
    public_key: *const c_void,
    id: *const u8,
    id_length: u32,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Digest)?;
        let width = session.width();
        let signer = match id_length {
            0 => None,
            _ => {
                // SAFETY: as the caller says.
                let (key, id) = unsafe {
                    (
                        structure(public_key, width.public_key())?,
                        octets(id, id_length)?,
                    )
                };
                Some((read_public_key(key, width)?, id))
            }
        };
        session.hash_init(algorithm, signer)
    })
}

/// Goes on with the digest.
///
/// # Safety
/// `data` has `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_HashUpdate(
    handle: Handle,
    data: *const u8,
    length: u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let octets = unsafe { octets(data, length) }?;
        session(handle.addr(), Operation::Digest)?.hash_update(octets)
    })
}

/// Gives the digest, and ends it.
///
/// # Safety
/// `hash` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_HashFinal(
    handle: Handle,
    hash: *mut u8,
    length: *mut u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let room = unsafe { room(hash, length) }?;
        let session = session(handle.addr(), Operation::Digest)?;
        let reply = session.hash_final(room)?.distorted(session.fault());
        // SAFETY: as the caller says.
        unsafe { answer(hash, length, &reply) }
    })
}
