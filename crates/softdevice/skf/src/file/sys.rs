//! The C functions of 7.4.
#![allow(unsafe_code, reason = "functions that C calls")]

use crate::{
    application::OpenApplication,
    library::object,
    sys::{Handle, answer, entry, name, octets, put, room},
};
use softdevice::{Operation, room::Reply};
use std::ffi::{c_char, c_void};

/// Makes a file of `size` zeros.
///
/// # Safety
/// `file` ends with a zero.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_CreateFile(
    handle: Handle,
    file: *const c_char,
    size: u32,
    read_rights: u32,
    write_rights: u32,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Write)?;
        // SAFETY: as the caller says.
        let name = unsafe { name(file) }?;
        application.create_file(name, size, read_rights, write_rights)
    })
}

/// Takes a file away.
///
/// # Safety
/// `file` ends with a zero.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_DeleteFile(handle: Handle, file: *const c_char) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Write)?;
        // SAFETY: as the caller says.
        application.delete_file(unsafe { name(file) }?)
    })
}

/// The names of all files.
///
/// # Safety
/// `list` is NULL or has the room that `size` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_EnumFiles(
    handle: Handle,
    list: *mut c_char,
    size: *mut u32,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Find)?;
        // SAFETY: as the caller says.
        let room = unsafe { room(list, size) }?;
        let reply = Reply::fitting(application.file_names()?, room);
        // SAFETY: as the caller says.
        unsafe { answer(list, size, &reply.distorted(application.fault())) }
    })
}

/// What is known of a file.
///
/// # Safety
/// `file` ends with a zero; `info` is NULL or has room for a `FILEATTRIBUTE`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_GetFileInfo(
    handle: Handle,
    file: *const c_char,
    info: *mut c_void,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Find)?;
        // SAFETY: as the caller says.
        let mut octets = application.file_info(unsafe { name(file) }?)?;
        application.distort(&mut octets);
        // SAFETY: as the caller says; the name is not used any more.
        unsafe { put(info, &octets) }
    })
}

/// Reads at most `size` octets from `offset` on.
///
/// # Safety
/// `file` ends with a zero; `output` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ReadFile(
    handle: Handle,
    file: *const c_char,
    offset: u32,
    size: u32,
    output: *mut u8,
    length: *mut u32,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Read)?;
        // SAFETY: as the caller says.
        let (name, room) = unsafe { (name(file)?, room(output, length)?) };
        let reply = application.read_file(name, offset, size, room)?;
        // SAFETY: as the caller says; the name is not used any more.
        unsafe { answer(output, length, &reply.distorted(application.fault())) }
    })
}

/// Writes from `offset` on, inside the file's size.
///
/// # Safety
/// `file` ends with a zero; `data` has `size` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_WriteFile(
    handle: Handle,
    file: *const c_char,
    offset: u32,
    data: *const u8,
    size: u32,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Write)?;
        // SAFETY: as the caller says.
        let (name, data) = unsafe { (name(file)?, octets(data, size)?) };
        application.write_file(name, offset, data)
    })
}
