//! The caller's memory: pointers come in, slices and codes go out.
//!
//! Every C function runs inside [`entry`]. It first reads what the caller laid down, then
//! calls safe code that gives owned octets, then writes them: a buffer that is read and
//! written at once (encryption in place) is never borrowed both ways. Structures are read and
//! written as octets, so their packing and alignment do not matter.
#![allow(unsafe_code, reason = "the memory of a C caller")]

use crate::code::{Code, Result};
use softdevice::{
    fork,
    room::{Reply, Room},
    structures::{Width, cipher_length},
};
use std::{
    ffi::{c_char, c_void},
    panic::{AssertUnwindSafe, catch_unwind},
};

/// A handle as C has it; never followed, only looked up.
pub(crate) type Handle = *mut c_void;
/// `BOOL`
pub(crate) type Bool = i32;

/// Octets of the longest input of a call, and `MaxBufferSize` of the device.
pub(crate) const MAX_INPUT: u32 = 1 << 20;
/// The width of coordinates in GM/T 0016's structures.
pub(crate) const WIDTH: Width = Width::Bits512;
/// Octets of the longest text that is read; names and PINs are shorter.
const MAX_TEXT: usize = 256;

/// Runs a C function's body, while nobody forks. No panic leaves: unwinding into C is undefined.
pub(crate) fn entry(body: impl FnOnce() -> Result<()>) -> u32 {
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
        Err(Code::Parameter)
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
        (true, _) => Err(Code::Parameter),
        (false, _) => Err(Code::InputLength),
    }
}

/// The text at `pointer`, which ends with a zero.
///
/// # Safety
/// `pointer` is NULL, or octets can be read there up to a zero, which nobody writes while the
/// slice lives.
pub(crate) unsafe fn text<'a>(pointer: *const c_char) -> Result<&'a [u8]> {
    if pointer.is_null() {
        return Err(Code::Parameter);
    }
    let start = pointer.cast::<u8>();
    for length in 0..MAX_TEXT {
        // SAFETY: no zero came before this octet, so it can be read.
        if unsafe { start.add(length).read() } == 0 {
            // SAFETY: these octets were read.
            return Ok(unsafe { std::slice::from_raw_parts(start, length) });
        }
    }
    Err(Code::NameLength)
}

/// A name: text in UTF-8.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn name<'a>(pointer: *const c_char) -> Result<&'a str> {
    // SAFETY: as the caller of this function says.
    let text = unsafe { text(pointer) }?;
    std::str::from_utf8(text).map_err(|_| Code::Parameter)
}

/// The structure of `length` octets at `pointer`, which is not NULL.
///
/// # Safety
/// As for [`octets`].
pub(crate) unsafe fn structure<'a>(pointer: *const c_void, length: usize) -> Result<&'a [u8]> {
    if pointer.is_null() {
        return Err(Code::Parameter);
    }
    // SAFETY: not NULL; the caller vouches for the structure.
    Ok(unsafe { std::slice::from_raw_parts(pointer.cast(), length) })
}

/// A structure that ends with an `ECCCIPHERBLOB`, `before` octets in front of that: as long
/// as its `CipherLen` says.
///
/// # Safety
/// As for [`octets`], for what is in front, the head, and as many octets behind it as
/// `CipherLen` says.
pub(crate) unsafe fn cipher<'a>(pointer: *const c_void, before: usize) -> Result<&'a [u8]> {
    let head = before + WIDTH.cipher_head();
    // SAFETY: the head is part of the structure that the caller vouches for.
    let length = unsafe { structure(pointer, head) }?;
    let length = cipher_length(&length[before..], WIDTH)?;
    if length > MAX_INPUT {
        return Err(Code::InputLength);
    }
    // SAFETY: the caller vouches for so many octets behind the head.
    unsafe { structure(pointer, head + length as usize) }
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

/// Writes an integer to `pointer`, which is not NULL.
///
/// # Safety
/// As for [`put`], for four octets.
pub(crate) unsafe fn put_integer(pointer: *mut u32, integer: u32) -> Result<()> {
    // SAFETY: as the caller of this function says.
    unsafe { put(pointer.cast(), &integer.to_ne_bytes()) }
}

/// Writes a handle to `pointer`, which is not NULL.
///
/// # Safety
/// As for [`put`], for a pointer's octets.
pub(crate) unsafe fn put_handle(pointer: *mut Handle, handle: usize) -> Result<()> {
    // SAFETY: as the caller of this function says.
    unsafe { put(pointer.cast(), &handle.to_ne_bytes()) }
}

/// The room that a buffer and the integer beside it say there is.
///
/// # Safety
/// `length` is NULL or four octets can be read there.
pub(crate) unsafe fn room<T>(pointer: *mut T, length: *const u32) -> Result<Room> {
    if length.is_null() {
        return Err(Code::Parameter);
    }
    // SAFETY: not NULL; the caller vouches for four octets; they need no alignment.
    let length = unsafe { length.read_unaligned() };
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
pub(crate) unsafe fn answer<T>(pointer: *mut T, length: *mut u32, reply: &Reply) -> Result<()> {
    let count = match reply {
        Reply::Needs(count) => *count,
        Reply::Octets(octets) => octets.len(),
    };
    let count = u32::try_from(count).map_err(|_| Code::Memory)?;
    // SAFETY: as the caller of this function says.
    unsafe { put_integer(length, count) }?;
    match reply {
        Reply::Octets(octets) => {
            // SAFETY: a reply with octets was made to fit the room.
            unsafe { put(pointer.cast(), octets) }
        }
        Reply::Needs(_) if pointer.is_null() => Ok(()),
        Reply::Needs(_) => Err(Code::BufferTooSmall),
    }
}
