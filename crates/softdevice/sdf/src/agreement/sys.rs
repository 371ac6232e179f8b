//! The C functions of 6.3.10 to 6.3.12.
#![allow(unsafe_code, reason = "functions that C calls")]

use crate::{
    code::Result,
    library::{Call, session},
    sys::{Handle, entry, octets, present, put, put_handle, structure},
};
use gm_crypto::sm2::PublicKey;
use softdevice::{Operation, structures::read_public_key};
use std::ffi::c_void;

/// The `ECCrefPublicKey` at `pointer`.
///
/// # Safety
/// `pointer` is NULL or such a structure.
unsafe fn public_key(session: &Call, pointer: *const c_void) -> Result<PublicKey> {
    let width = session.width();
    // SAFETY: as the caller says.
    let octets = unsafe { structure(pointer, width.public_key()) }?;
    Ok(read_public_key(octets, width)?)
}

/// Begins: gives the sponsor's lasting key and its key for this time.
///
/// # Safety
/// `id` has `id_length` octets; each output is NULL or has its room.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_GenerateAgreementDataWithECC(
    handle: Handle,
    index: u32,
    bits: u32,
    id: *const u8,
    id_length: u32,
    lasting: *mut c_void,
    this_time: *mut c_void,
    agreement: *mut Handle,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Derive)?;
        present(lasting)?;
        present(this_time)?;
        present(agreement)?;
        // SAFETY: as the caller says.
        let id = unsafe { octets(id, id_length) }?;
        let (keys, handle) = session.agreement_begin(index, bits, id)?;
        // SAFETY: as the caller says.
        unsafe {
            put(lasting, &keys[0])?;
            put(this_time, &keys[1])?;
            put_handle(agreement, handle)
        }
    })
}

/// Ends what was begun, with the responder's keys.
///
/// # Safety
/// `id` has `id_length` octets; the keys are NULL or `ECCrefPublicKey`s; `key_handle` is NULL
/// or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_GenerateKeyWithECC(
    handle: Handle,
    id: *const u8,
    id_length: u32,
    lasting: *const c_void,
    this_time: *const c_void,
    agreement: Handle,
    key_handle: *mut Handle,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Derive)?;
        present(key_handle)?;
        // SAFETY: as the caller says.
        let (id, lasting, this_time) = unsafe {
            (
                octets(id, id_length)?,
                public_key(&session, lasting)?,
                public_key(&session, this_time)?,
            )
        };
        let handle = session.agreement_end(agreement.addr(), id, lasting, &this_time)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(key_handle, handle) }
    })
}

/// Answers a sponsor: gives the responder's keys, and has the key.
///
/// # Safety
/// The IDs have the lengths beside them; the sponsor's keys are NULL or `ECCrefPublicKey`s;
/// each output is NULL or has its room.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_GenerateAgreementDataAndKeyWithECC(
    handle: Handle,
    index: u32,
    bits: u32,
    own_id: *const u8,
    own_id_length: u32,
    sponsor_id: *const u8,
    sponsor_id_length: u32,
    sponsor_lasting: *const c_void,
    sponsor_this_time: *const c_void,
    lasting: *mut c_void,
    this_time: *mut c_void,
    key_handle: *mut Handle,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Derive)?;
        present(lasting)?;
        present(this_time)?;
        present(key_handle)?;
        // SAFETY: as the caller says.
        let (own_id, sponsor_id, sponsor_lasting, sponsor_this_time) = unsafe {
            (
                octets(own_id, own_id_length)?,
                octets(sponsor_id, sponsor_id_length)?,
                public_key(&session, sponsor_lasting)?,
                public_key(&session, sponsor_this_time)?,
            )
        };
        let (keys, handle) = session.agreement_answer(
            (index, bits),
            own_id,
            sponsor_id,
            sponsor_lasting,
            &sponsor_this_time,
        )?;
        // SAFETY: as the caller says.
        unsafe {
            put(lasting, &keys[0])?;
            put(this_time, &keys[1])?;
            put_handle(key_handle, handle)
        }
    })
}
