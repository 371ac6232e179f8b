//! The C functions of 7.1, 7.2 and 7.7.
#![allow(unsafe_code, reason = "functions that C calls")]

use super::{connect, disconnect, event, name_list, names, state};
use crate::{
    code::Code,
    library::device,
    sys::{Bool, Handle, answer, entry, name, octets, present, put, put_handle, put_integer, room},
};
use softdevice::{Operation, room::Reply};
use std::ffi::{c_char, c_void};

/// Waits until a device comes (event 1) or goes (event 2).
///
/// # Safety
/// `device_name` has the room that `length` says; `event` is NULL or an integer can be
/// written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_WaitForDevEvent(
    device_name: *mut c_char,
    length: *mut u32,
    event: *mut u32,
) -> u32 {
    entry(|| {
        present(event)?;
        present(device_name)?;
        // SAFETY: as the caller says.
        let room = unsafe { room(device_name, length) }?;
        let (name, happened) = event::wait()?;
        let mut octets = name.into_bytes();
        octets.push(0);
        // SAFETY: as the caller says.
        unsafe {
            answer(device_name, length, &Reply::fitting(octets, room))?;
            put_integer(event, happened)
        }
    })
}

/// Ends all waiting of this process.
///
/// # Safety
/// None: there is no pointer.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_CancelWaitForDevEvent() -> u32 {
    entry(|| {
        event::cancel();
        Ok(())
    })
}

/// The names of all devices.
///
/// # Safety
/// `list` is NULL or has the room that `size` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_EnumDev(
    _present: Bool,
    list: *mut c_char,
    size: *mut u32,
) -> u32 {
    entry(|| {
        // SAFETY: as the caller says.
        let room = unsafe { room(list, size) }?;
        let names = names();
        let reply = Reply::fitting(name_list(names.iter().map(String::as_str)), room);
        // SAFETY: as the caller says.
        unsafe { answer(list, size, &reply) }
    })
}

/// Connects to a device.
///
/// # Safety
/// `device_name` ends with a zero; `device` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ConnectDev(
    device_name: *const c_char,
    device: *mut Handle,
) -> u32 {
    entry(|| {
        present(device)?;
        // SAFETY: as the caller says.
        let handle = connect(unsafe { name(device_name) }?)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(device, handle) }
    })
}

/// Disconnects, and closes all that hangs on the device.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_DisConnectDev(handle: Handle) -> u32 {
    entry(|| disconnect(handle.addr()))
}

/// Whether a device is there.
///
/// # Safety
/// `device_name` ends with a zero; `device_state` is NULL or an integer can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_GetDevState(
    device_name: *const c_char,
    device_state: *mut u32,
) -> u32 {
    entry(|| {
        // SAFETY: as the caller says.
        let found = state(unsafe { name(device_name) }?);
        // SAFETY: as the caller says.
        unsafe { put_integer(device_state, found) }
    })
}

/// Gives the device another label.
///
/// # Safety
/// `label` ends with a zero.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_SetLabel(handle: Handle, label: *const c_char) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Write)?;
        // SAFETY: as the caller says.
        device.set_label(unsafe { name(label) }?)
    })
}

/// What the device is.
///
/// # Safety
/// `info` is NULL or has room for a `DEVINFO`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_GetDevInfo(handle: Handle, info: *mut c_void) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Info)?;
        let mut octets = device.info()?;
        device.distort(&mut octets);
        // SAFETY: as the caller says.
        unsafe { put(info, &octets) }
    })
}

/// Takes the lock of the device.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_LockDev(handle: Handle, milliseconds: u32) -> u32 {
    entry(|| device(handle.addr(), Operation::Info)?.lock(milliseconds))
}

/// Gives it back.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_UnlockDev(handle: Handle) -> u32 {
    entry(|| device(handle.addr(), Operation::Info)?.unlock())
}

/// Refuses: the device has no commands of its own. The other arguments are not looked at.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_Transmit(handle: Handle) -> u32 {
    entry(|| {
        device(handle.addr(), Operation::Info)?;
        Err(Code::NotSupported)
    })
}

/// Changes the key of the device's authentication.
///
/// # Safety
/// `key` has `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ChangeDevAuthKey(
    handle: Handle,
    key: *const u8,
    length: u32,
) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Login)?;
        // SAFETY: as the caller says.
        device.change_device_key(unsafe { octets(key, length) }?)
    })
}

/// Answers the last random of 8 or 16 octets, encrypted under the device's key.
///
/// # Safety
/// `response` has `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_DevAuth(
    handle: Handle,
    response: *const u8,
    length: u32,
) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Login)?;
        // SAFETY: as the caller says.
        device.authenticate(unsafe { octets(response, length) }?)
    })
}

/// Random octets.
///
/// # Safety
/// `random` is NULL or has room for `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_GenRandom(handle: Handle, random: *mut u8, length: u32) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Random)?;
        present(random)?;
        let mut octets = device.random(length)?;
        device.distort(&mut octets);
        // SAFETY: as the caller says.
        unsafe { put(random.cast(), &octets) }
    })
}
