//! The C functions of 6.2.
#![allow(unsafe_code, reason = "functions that C calls")]

use crate::{
    library::{close_device, close_session, open_device, open_session, session},
    sys::{Handle, entry, octets, present, put, put_handle},
};
use softdevice::Operation;
use std::ffi::c_void;

/// Opens the device of the store that the environment names.
///
/// # Safety
/// `device` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_OpenDevice(device: *mut Handle) -> i32 {
    entry(|| {
        present(device)?;
        let handle = open_device()?;
        // SAFETY: as the caller says.
        unsafe { put_handle(device, handle) }
    })
}

/// Closes it, and all its sessions.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_CloseDevice(device: Handle) -> i32 {
    entry(|| close_device(device.addr()))
}

/// Opens a session.
///
/// # Safety
/// `session` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_OpenSession(device: Handle, session: *mut Handle) -> i32 {
    entry(|| {
        present(session)?;
        let handle = open_session(device.addr())?;
        // SAFETY: as the caller says.
        unsafe { put_handle(session, handle) }
    })
}

/// Closes it, with its keys and rights.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_CloseSession(handle: Handle) -> i32 {
    entry(|| close_session(handle.addr()))
}

/// What the device is.
///
/// # Safety
/// `info` is NULL or has room for a `DEVICEINFO`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_GetDeviceInfo(handle: Handle, info: *mut c_void) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Info)?;
        let mut octets = session.device_info()?;
        session.distort(&mut octets);
        // SAFETY: as the caller says.
        unsafe { put(info, &octets) }
    })
}

/// Random octets.
///
/// # Safety
/// `random` is NULL or has room for `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_GenerateRandom(
    handle: Handle,
    length: u32,
    random: *mut u8,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Random)?;
        let mut octets = session.random(length)?;
        session.distort(&mut octets);
        // SAFETY: as the caller says.
        unsafe { put(random.cast(), &octets) }
    })
}

/// Takes the right to the private keys of an index.
///
/// # Safety
/// `password` has `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_GetPrivateKeyAccessRight(
    handle: Handle,
    index: u32,
    password: *const u8,
    length: u32,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Login)?;
        // SAFETY: as the caller says.
        session.take_right(index, unsafe { octets(password, length) }?)
    })
}

/// Gives the right back.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ReleasePrivateKeyAccessRight(
    handle: Handle,
    index: u32,
) -> i32 {
    entry(|| session(handle.addr(), Operation::Login)?.release_right(index))
}
