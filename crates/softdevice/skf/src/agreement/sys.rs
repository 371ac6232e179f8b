//! The C functions of agreements.
#![allow(unsafe_code, reason = "functions that C calls")]

use super::{Agreement, Peer, end};
use crate::{
    code::Result,
    container::OpenContainer,
    library::object,
    sys::{Handle, WIDTH, entry, octets, present, put, put_handle, structure},
};
use softdevice::{Operation, structures::read_public_key};
use std::ffi::c_void;

/// The other side.
///
/// # Safety
/// The keys are NULL or `ECCPUBLICKEYBLOB`s; `id` has `id_length` octets.
unsafe fn peer<'a>(
    lasting: *const c_void,
    this_time: *const c_void,
    id: *const u8,
    id_length: u32,
) -> Result<Peer<'a>> {
    // SAFETY: as the caller says.
    let (lasting, this_time, id) = unsafe {
        (
            structure(lasting, WIDTH.public_key())?,
            structure(this_time, WIDTH.public_key())?,
            octets(id, id_length)?,
        )
    };
    let read = |key| read_public_key(key, WIDTH);
    Ok((read(lasting)?, read(this_time)?, id))
}

/// Begins: gives this side's key for this time.
///
/// # Safety
/// `id` has `id_length` octets; outputs are NULL or have their room.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_GenerateAgreementDataWithECC(
    handle: Handle,
    algorithm: u32,
    this_time: *mut c_void,
    id: *const u8,
    id_length: u32,
    agreement: *mut Handle,
) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Derive)?;
        present(this_time)?;
        present(agreement)?;
        // SAFETY: as the caller says.
        let id = unsafe { octets(id, id_length) }?;
        let (key, handle) = container.agreement_begin(algorithm, id)?;
        // SAFETY: as the caller says; the input is not used any more.
        unsafe {
            put(this_time, &key)?;
            put_handle(agreement, handle)
        }
    })
}

/// Answers a sponsor: gives this side's key for this time, and has the session key.
///
/// # Safety
/// The sponsor's keys are NULL or `ECCPUBLICKEYBLOB`s; the IDs have the lengths beside them;
/// outputs are NULL or have their room.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_GenerateAgreementDataAndKeyWithECC(
    handle: Handle,
    algorithm: u32,
    sponsor_lasting: *const c_void,
    sponsor_this_time: *const c_void,
    this_time: *mut c_void,
    id: *const u8,
    id_length: u32,
    sponsor_id: *const u8,
    sponsor_id_length: u32,
    key: *mut Handle,
) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Derive)?;
        present(this_time)?;
        present(key)?;
        // SAFETY: as the caller says.
        let (id, sponsor) = unsafe {
            (
                octets(id, id_length)?,
                peer(
                    sponsor_lasting,
                    sponsor_this_time,
                    sponsor_id,
                    sponsor_id_length,
                )?,
            )
        };
        let (answer, handle) = container.agreement_answer(algorithm, id, sponsor)?;
        // SAFETY: as the caller says; the inputs are not used any more.
        unsafe {
            put(this_time, &answer)?;
            put_handle(key, handle)
        }
    })
}

/// Ends what was begun, with the other side's keys.
///
/// # Safety
/// The keys are NULL or `ECCPUBLICKEYBLOB`s; `id` has `id_length` octets; `key` is NULL or a
/// handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_GenerateKeyWithECC(
    agreement: Handle,
    lasting: *const c_void,
    this_time: *const c_void,
    id: *const u8,
    id_length: u32,
    key: *mut Handle,
) -> u32 {
    entry(|| {
        // For the fault of this call; the agreement itself is taken out below.
        drop(object::<Agreement>(agreement.addr(), Operation::Derive)?);
        present(key)?;
        // SAFETY: as the caller says.
        let peer = unsafe { peer(lasting, this_time, id, id_length) }?;
        let handle = end(agreement.addr(), peer)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(key, handle) }
    })
}
