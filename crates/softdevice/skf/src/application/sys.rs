//! The C functions of 7.2.6 and 7.3.
#![allow(unsafe_code, reason = "functions that C calls")]

use super::{OpenApplication, Tried, close, role};
use crate::{
    code::Result,
    library::{device, object},
    sys::{Bool, Handle, answer, entry, name, present, put_handle, put_integer, room, text},
};
use softdevice::{Operation, room::Reply};
use std::ffi::c_char;

/// Makes an application, and opens it.
///
/// # Safety
/// Texts end with a zero; `application` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_CreateApplication(
    handle: Handle,
    application_name: *const c_char,
    administrator_pin: *const c_char,
    administrator_tries: u32,
    user_pin: *const c_char,
    user_tries: u32,
    file_rights: u32,
    application: *mut Handle,
) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Write)?;
        present(application)?;
        // SAFETY: as the caller says.
        let (name, administrator, user) = unsafe {
            (
                name(application_name)?,
                text(administrator_pin)?,
                text(user_pin)?,
            )
        };
        let handle = device.create_application(
            name,
            administrator,
            administrator_tries,
            user,
            user_tries,
            file_rights,
        )?;
        // SAFETY: as the caller says.
        unsafe { put_handle(application, handle) }
    })
}

/// The names of all applications.
///
/// # Safety
/// `names` is NULL or has the room that `size` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_EnumApplication(
    handle: Handle,
    names: *mut c_char,
    size: *mut u32,
) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Find)?;
        // SAFETY: as the caller says.
        let room = unsafe { room(names, size) }?;
        let reply = Reply::fitting(device.application_names()?, room);
        // SAFETY: as the caller says.
        unsafe { answer(names, size, &reply.distorted(device.fault())) }
    })
}

/// Takes an application away.
///
/// # Safety
/// `application_name` ends with a zero.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_DeleteApplication(
    handle: Handle,
    application_name: *const c_char,
) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Write)?;
        // SAFETY: as the caller says.
        device.delete_application(unsafe { name(application_name) }?)
    })
}

/// Opens an application.
///
/// # Safety
/// `application_name` ends with a zero; `application` is NULL or a handle can be written
/// there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_OpenApplication(
    handle: Handle,
    application_name: *const c_char,
    application: *mut Handle,
) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::OpenSession)?;
        present(application)?;
        // SAFETY: as the caller says.
        let handle = device.open_application(unsafe { name(application_name) }?)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(application, handle) }
    })
}

/// Closes it, its containers and its logins.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_CloseApplication(handle: Handle) -> u32 {
    entry(|| close(handle.addr()))
}

/// Says how many tries are left, whether the PIN was right or not.
///
/// # Safety
/// `retry_count` is NULL or an integer can be written there.
unsafe fn tell_tries((remaining, result): Tried, retry_count: *mut u32) -> Result<()> {
    if let Some(remaining) = remaining
        && !retry_count.is_null()
    {
        // SAFETY: as the caller says.
        unsafe { put_integer(retry_count, remaining) }?;
    }
    result
}

/// Changes a PIN.
///
/// # Safety
/// Texts end with a zero; `retry_count` is NULL or an integer can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ChangePIN(
    handle: Handle,
    pin_type: u32,
    old: *const c_char,
    new: *const c_char,
    retry_count: *mut u32,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Login)?;
        // SAFETY: as the caller says.
        let (old, new) = unsafe { (text(old)?, text(new)?) };
        let tried = application.change_pin(role(pin_type)?, old, new);
        // SAFETY: as the caller says.
        unsafe { tell_tries(tried, retry_count) }
    })
}

/// What is known of a PIN: how many tries there are and are left, and whether it is still the
/// one that somebody else set.
///
/// # Safety
/// Each output is NULL or an integer can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_GetPINInfo(
    handle: Handle,
    pin_type: u32,
    maximum: *mut u32,
    remaining: *mut u32,
    is_default: *mut Bool,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Info)?;
        let state = application.pin_info(role(pin_type)?)?;
        // SAFETY: as the caller says.
        unsafe {
            put_integer(maximum, state.maximum)?;
            put_integer(remaining, state.remaining)?;
            put_integer(is_default.cast(), state.initial.into())
        }
    })
}

/// Logs in.
///
/// # Safety
/// `pin` ends with a zero; `retry_count` is NULL or an integer can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_VerifyPIN(
    handle: Handle,
    pin_type: u32,
    pin: *const c_char,
    retry_count: *mut u32,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Login)?;
        // SAFETY: as the caller says.
        let tried = application.verify_pin(role(pin_type)?, unsafe { text(pin) }?);
        // SAFETY: as the caller says.
        unsafe { tell_tries(tried, retry_count) }
    })
}

/// Gives the user a new PIN and all tries.
///
/// # Safety
/// Texts end with a zero; `retry_count` is NULL or an integer can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_UnblockPIN(
    handle: Handle,
    administrator_pin: *const c_char,
    new_user_pin: *const c_char,
    retry_count: *mut u32,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Login)?;
        // SAFETY: as the caller says.
        let (administrator, new) = unsafe { (text(administrator_pin)?, text(new_user_pin)?) };
        let tried = application.unblock_pin(administrator, new);
        // SAFETY: as the caller says.
        unsafe { tell_tries(tried, retry_count) }
    })
}

/// Logs everybody out.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ClearSecureState(handle: Handle) -> u32 {
    entry(|| {
        object::<OpenApplication>(handle.addr(), Operation::Login)?.clear_secure_state();
        Ok(())
    })
}
