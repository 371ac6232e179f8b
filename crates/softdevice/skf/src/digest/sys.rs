//! The C functions of digests.
#![allow(unsafe_code, reason = "functions that C calls")]

use super::DigestState;
use crate::{
    library::{device, object},
    sys::{Handle, WIDTH, answer, entry, octets, present, put_handle, room, structure},
};
use softdevice::{Operation, structures::read_public_key};
use std::ffi::c_void;

/// Begins a digest; with a key and an ID, one over Z and the message.
///
/// # Safety
/// `id` has `id_length` octets; unless that is 0 `public_key` is NULL or an
/// `ECCPUBLICKEYBLOB`; `hash` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_DigestInit(
    handle: Handle,
    algorithm: u32,
    public_key: *const c_void,
    id: *const u8,
    id_length: u32,
    hash: *mut Handle,
) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Digest)?;
        present(hash)?;
        let signer = match id_length {
            0 => None,
            _ => {
                // SAFETY: as the caller says.
                let (key, id) = unsafe {
                    (
                        structure(public_key, WIDTH.public_key())?,
                        octets(id, id_length)?,
                    )
                };
                Some((read_public_key(key, WIDTH)?, id))
            }
        };
        let handle = device.digest(algorithm, signer)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(hash, handle) }
    })
}

/// A digest at once, and its end.
///
/// # Safety
/// `data` has `data_length` octets; `output` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_Digest(
    handle: Handle,
    data: *const u8,
    data_length: u32,
    output: *mut u8,
    length: *mut u32,
) -> u32 {
    entry(|| {
        let digest = object::<DigestState>(handle.addr(), Operation::Digest)?;
        // SAFETY: as the caller says.
        let (data, room) = unsafe { (octets(data, data_length)?, room(output, length)?) };
        let reply = digest.finish(data, room)?;
        // SAFETY: as the caller says; the input is not used any more.
        unsafe { answer(output, length, &reply.distorted(digest.fault())) }
    })
}

/// Goes on with a digest.
///
/// # Safety
/// `data` has `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_DigestUpdate(
    handle: Handle,
    data: *const u8,
    length: u32,
) -> u32 {
    entry(|| {
        let digest = object::<DigestState>(handle.addr(), Operation::Digest)?;
        // SAFETY: as the caller says.
        digest.update(unsafe { octets(data, length) }?)
    })
}

/// Gives the digest, and ends it.
///
/// # Safety
/// `output` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_DigestFinal(
    handle: Handle,
    output: *mut u8,
    length: *mut u32,
) -> u32 {
    entry(|| {
        let digest = object::<DigestState>(handle.addr(), Operation::Digest)?;
        // SAFETY: as the caller says.
        let room = unsafe { room(output, length) }?;
        let reply = digest.finish(&[], room)?;
        // SAFETY: as the caller says.
        unsafe { answer(output, length, &reply.distorted(digest.fault())) }
    })
}
