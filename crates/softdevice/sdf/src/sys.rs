//! The caller's memory: pointers come in, slices and codes go out.
//!
//! Every C function runs inside [`entry`]. It first reads what the caller laid down, then
//! calls safe code that gives owned octets, then writes them: a buffer that is read and
//! written at once (encryption in place) is never borrowed both ways.
#![allow(unsafe_code, reason = "the memory of a C caller")]

use crate::code::{Code, Result};
use softdevice::{
    fork,
    room::{Reply, Room},
    structures::{Width, cipher_length},
};
use std::{
    ffi::c_void,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// A handle as C has it; never followed, only looked up.
pub(crate) type Handle = *mut c_void;

/// Octets of the longest input of a call, and `BufferSize` of the device.
pub(crate) const MAX_INPUT: u32 = 1 << 20;

/// Runs a C function's body, while nobody forks. No panic leaves: unwinding into C is undefined.
pub(crate) fn entry(body: impl FnOnce() -> Result<()>) -> i32 {
    let guarded = || {
        let _inside = fork::enter()?;
        body()
    };
    match catch_unwind(AssertUnwindSafe(guarded)) {
        Ok(Ok(())) => 0,
        Ok(Err(code)) => code.value(),
        Err(_) => Code::Unknown.value(),
    }
}

/// Refuses the pointer NULL where something will be written.
pub(crate) fn present<T>(pointer: *mut T) -> Result<()> {
    if pointer.is_null() {
        Err(Code::Output)
    } else {
        Ok(())
    }
}

/// The octets at `pointer`; none for NULL with the length 0.
///
/// # Safety
/// `pointer` is NULL, or `length` octets can be read there, which nobody writes while the
/// slice lives.
pub(crate) unsafe fn octets<'a>(pointer: *const u8, length: u32) -> Result<&'a [u8]> {
    match (pointer.is_null(), length) {
        (_, 0) => Ok(&[]),
        (false, 1..=MAX_INPUT) => {
            // SAFETY: not NULL; the caller vouches for `length` octets, which fit in isize.
            Ok(unsafe { std::slice::from_raw_parts(pointer, length as usize) })
        }
        _ => Err(Code::Input),
    }
}

/// The structure of `length` octets at `pointer`, which is not NULL.
///
/// # Safety
/// As for [`octets`].
pub(crate) unsafe fn structure<'a>(pointer: *const c_void, length: usize) -> Result<&'a [u8]> {
    if pointer.is_null() {
        return Err(Code::Input);
    }
    // SAFETY: not NULL; the caller vouches for the structure. It is read as octets, so its
    // alignment does not matter.
    Ok(unsafe { std::slice::from_raw_parts(pointer.cast(), length) })
}

/// The `ECCCipher` at `pointer`, with C as long as L says.
///
/// # Safety
/// As for [`octets`], for the head and for as many octets behind it as L says.
pub(crate) unsafe fn cipher<'a>(pointer: *const c_void, width: Width) -> Result<&'a [u8]> {
    // SAFETY: the head is part of the structure that the caller vouches for.
    let head = unsafe { structure(pointer, width.cipher_head()) }?;
    let length = cipher_length(head, width)?;
    if length > MAX_INPUT {
        return Err(Code::Input);
    }
    // SAFETY: the caller vouches for L octets behind the head.
    unsafe { structure(pointer, width.cipher_head() + length as usize) }
}

/// Writes `octets` to `pointer`, which is not NULL unless there are none.
///
/// # Safety
/// `pointer` is NULL, or `octets.len()` octets can be written there; no slice of what is
/// there is used any more.
pub(crate) unsafe fn put(pointer: *mut c_void, octets: &[u8]) -> Result<()> {
    if octets.is_empty() {
        return Ok(());
    }
    present(pointer)?;
    // SAFETY: not NULL; the caller vouches for the room; `octets` is ours, so they don't
    // overlap.
    unsafe { std::ptr::copy_nonoverlapping(octets.as_ptr(), pointer.cast(), octets.len()) };
    Ok(())
}

/// Writes a handle to `pointer`, which is not NULL.
///
/// # Safety
/// As for [`put`], for a pointer's octets.
pub(crate) unsafe fn put_handle(pointer: *mut Handle, handle: usize) -> Result<()> {
    // SAFETY: as the caller of this function says.
    unsafe { put(pointer.cast(), &handle.to_ne_bytes()) }
}

/// The integer at `pointer`, which is not NULL.
///
/// # Safety
/// `pointer` is NULL or four octets can be read there.
pub(crate) unsafe fn integer(pointer: *const u32) -> Result<u32> {
    if pointer.is_null() {
        return Err(Code::Output);
    }
    // SAFETY: not NULL; the caller vouches for four octets; they need no alignment.
    Ok(unsafe { pointer.read_unaligned() })
}

/// The room that a buffer and the integer beside it say there is.
///
/// # Safety
/// `length` is NULL or four octets can be read there.
pub(crate) unsafe fn room(pointer: *mut u8, length: *const u32) -> Result<Room> {
    // SAFETY: as the caller of this function says.
    let length = unsafe { integer(length) }?;
    Ok(if pointer.is_null() {
        Room::Asked
    } else {
        Room::Octets(length as usize)
    })
}

/// Writes a reply: the octets, and how many they are.
///
/// # Safety
/// `pointer` and `length` are those that [`room`] had, and `pointer` has the room that it
/// said; no slice of what is there is used any more.
pub(crate) unsafe fn answer(pointer: *mut u8, length: *mut u32, reply: &Reply) -> Result<()> {
    let count = match reply {
        Reply::Needs(count) => *count,
        Reply::Octets(octets) => octets.len(),
    };
    let count = u32::try_from(count).map_err(|_| Code::Output)?;
    // SAFETY: as the caller of this function says.
    unsafe { put(length.cast(), &count.to_ne_bytes()) }?;
    match reply {
        Reply::Octets(octets) => {
            // SAFETY: a reply with octets was made to fit the room.
            unsafe { put(pointer.cast(), octets) }
        }
        Reply::Needs(_) if pointer.is_null() => Ok(()),
        Reply::Needs(_) => Err(Code::NoBuffer),
    }
}
