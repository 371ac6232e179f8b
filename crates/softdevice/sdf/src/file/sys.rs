//! The C functions of 6.7.
#![allow(unsafe_code, reason = "functions that C calls")]

use crate::{
    library::session,
    sys::{Handle, answer, entry, integer, octets, present},
};
use softdevice::{Operation, room::Reply};

/// Makes a file of `size` zeros.
///
/// # Safety
/// `name` has `name_length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_CreateFile(
    handle: Handle,
    name: *const u8,
    name_length: u32,
    size: u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let name = unsafe { octets(name, name_length) }?;
        session(handle.addr(), Operation::Write)?.create_file(name, size)
    })
}

/// Reads from `offset` on; `length` says how many octets there is room for, and then how many
/// there were.
///
/// # Safety
/// `name` has `name_length` octets, `buffer` has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ReadFile(
    handle: Handle,
    name: *const u8,
    name_length: u32,
    offset: u32,
    length: *mut u32,
    buffer: *mut u8,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Read)?;
        present(buffer)?;
        // SAFETY: as the caller says.
        let (name, wanted) = unsafe { (octets(name, name_length)?, integer(length)?) };
        let reply = Reply::Octets(session.read_file(name, offset, wanted)?);
        let reply = reply.distorted(session.fault());
        // SAFETY: as the caller says; no more was read than there is room for, and `name` is
        // not used any more.
        unsafe { answer(buffer, length, &reply) }
    })
}

/// Writes from `offset` on, inside the file's size.
///
/// # Safety
/// `name` has `name_length` octets, `buffer` has `length`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_WriteFile(
    handle: Handle,
    name: *const u8,
    name_length: u32,
    offset: u32,
    length: u32,
    buffer: *const u8,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let (name, octets) = unsafe { (octets(name, name_length)?, octets(buffer, length)?) };
        session(handle.addr(), Operation::Write)?.write_file(name, offset, octets)
    })
}

/// Takes a file away.
///
/// # Safety
/// `name` has `name_length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_DeleteFile(
    handle: Handle,
    name: *const u8,
    name_length: u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let octets = unsafe { octets(name, name_length) }?;
        session(handle.addr(), Operation::Write)?.delete_file(octets)
    })
}
