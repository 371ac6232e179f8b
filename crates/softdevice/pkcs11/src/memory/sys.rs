//! Memory of the caller's: read, and written to, with the lengths that it says.

#![allow(unsafe_code, reason = "the pointers that C gives")]

use crate::{
    calls::{self, Named, Parameter},
    keys::Ecdh,
    rv::{Result, Rv},
    template::Template,
};
use cryptoki_sys::*;
use softdevice::room::{Reply, Room};
use std::{ptr, slice};
use zeroize::Zeroizing;

/// Octets of one input: no caller has a reason for more, and a wild length is refused.
pub(crate) const INPUT_MOST: usize = 1 << 30;
/// Octets of an attribute's value: more than the device takes.
const VALUE_MOST: usize = 4 << 20;

pub(crate) const BAD: Rv = Rv(CKR_ARGUMENTS_BAD);

/// A length of C's, at most `most`.
pub(crate) fn length(length: CK_ULONG, most: usize) -> Result<usize> {
    let length = usize::try_from(length).map_err(|_| BAD)?;
    if length > most { Err(BAD) } else { Ok(length) }
}

pub(crate) fn to_c(length: usize) -> CK_ULONG {
    CK_ULONG::try_from(length).unwrap_or(CK_UNAVAILABLE_INFORMATION)
}

/// Octets that the caller gives; NULL is none.
///
/// # Safety
/// `pointer` is NULL, or good for `count` octets for the time of the call.
pub(crate) unsafe fn octets<'a>(pointer: *const CK_BYTE, count: CK_ULONG) -> Result<&'a [u8]> {
    let count = length(count, INPUT_MOST)?;
    match (pointer.is_null(), count) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(BAD),
        // SAFETY: not NULL, and good for `count` octets by this function's contract.
        (false, _) => Ok(unsafe { slice::from_raw_parts(pointer, count) }),
    }
}

/// Writes a value to where the caller wants it.
///
/// # Safety
/// `pointer` is NULL, or good for writing a `T`, aligned or not.
pub(crate) unsafe fn put<T>(pointer: *mut T, value: T) -> Result<()> {
    if pointer.is_null() {
        return Err(BAD);
    }
    // SAFETY: not NULL, and good for a `T` by this function's contract.
    unsafe { pointer.write_unaligned(value) };
    Ok(())
}

/// Reads a value of the caller's.
///
/// # Safety
/// `pointer` is NULL, or good for reading a `T`, aligned or not, of which every pattern
/// of bits is a value.
pub(crate) unsafe fn get<T: Copy>(pointer: *const T) -> Result<T> {
    if pointer.is_null() {
        return Err(BAD);
    }
    // SAFETY: not NULL, and good for a `T` by this function's contract.
    Ok(unsafe { pointer.read_unaligned() })
}

/// Copies a list to the caller: its length where there is no buffer, and where that is
/// too short (PKCS#11 3.0, 5.2).
///
/// # Safety
/// `count` is NULL or good for reading and writing; `buffer` is NULL or good for as many
/// elements as `count` says.
pub(crate) unsafe fn put_list<T: Copy>(
    buffer: *mut T,
    count: *mut CK_ULONG,
    list: &[T],
) -> Result<()> {
    // SAFETY: by this function's contract.
    let room = unsafe { get(count) }?;
    // SAFETY: the same.
    unsafe { put(count, to_c(list.len())) }?;
    if buffer.is_null() {
        return Ok(());
    }
    if usize::try_from(room).unwrap_or(usize::MAX) < list.len() {
        return Err(Rv(CKR_BUFFER_TOO_SMALL));
    }
    for (index, element) in list.iter().enumerate() {
        // SAFETY: there is room for `list.len()` elements, and `index` is less.
        unsafe { buffer.add(index).write_unaligned(*element) };
    }
    Ok(())
}

/// Asks for an output with the room that the caller has, and copies it there.
///
/// # Safety
/// `count` is NULL or good for reading and writing; `buffer` is NULL or good for as many
/// octets as `count` says.
pub(crate) unsafe fn output(
    buffer: *mut CK_BYTE,
    count: *mut CK_ULONG,
    ask: impl FnOnce(Room) -> Result<Reply>,
) -> Result<()> {
    // SAFETY: by this function's contract.
    let room = unsafe { get(count) }?;
    let room = match buffer.is_null() {
        true => Room::Asked,
        false => Room::Octets(usize::try_from(room).unwrap_or(usize::MAX)),
    };
    match (ask(room)?, room) {
        (Reply::Needs(length), _) => {
            // SAFETY: by this function's contract.
            unsafe { put(count, to_c(length)) }?;
            match room {
                Room::Asked => Ok(()),
                Room::Octets(_) => Err(Rv(CKR_BUFFER_TOO_SMALL)),
            }
        }
        (Reply::Octets(octets), Room::Octets(room)) if octets.len() <= room => {
            // SAFETY: `buffer` is not NULL, there is room for that many octets, and what
            // was just made overlaps with nothing of the caller's.
            unsafe { ptr::copy_nonoverlapping(octets.as_ptr(), buffer, octets.len()) };
            // SAFETY: by this function's contract.
            unsafe { put(count, to_c(octets.len())) }
        }
        // More than was said to be needed: a fault of this library.
        (Reply::Octets(_), _) => Err(Rv(CKR_GENERAL_ERROR)),
    }
}

/// Copies a template out of the caller's memory.
///
/// # Safety
/// `pointer` is NULL, or good for `count` attributes, each value of which is NULL or good
/// for as many octets as it says.
pub(crate) unsafe fn template(pointer: *const CK_ATTRIBUTE, count: CK_ULONG) -> Result<Template> {
    let count = length(count, Template::MAX_COUNT)?;
    if pointer.is_null() && count > 0 {
        return Err(BAD);
    }
    let mut template = Template::default();
    for index in 0..count {
        // SAFETY: `index` is less than the `count` that the pointer is good for.
        let attribute = unsafe { get(pointer.add(index)) }?;
        let value_length = length(attribute.ulValueLen, VALUE_MOST)
            .map_err(|_| Rv(CKR_ATTRIBUTE_VALUE_INVALID))?;
        let value = if value_length == 0 {
            &[]
        } else {
            // SAFETY: the value is NULL or good for its length, by the contract.
            unsafe { octets(attribute.pValue.cast(), attribute.ulValueLen) }?
        };
        template.push(attribute.type_, Zeroizing::new(value.to_vec()))?;
    }
    Ok(template)
}

/// A mechanism of the caller's; none for NULL.
///
/// # Safety
/// `pointer` is NULL, or good for a mechanism, whose parameter is NULL or good for its
/// length, and, where that is a structure with pointers, these as well.
pub(crate) unsafe fn mechanism<'a>(pointer: *const CK_MECHANISM) -> Result<Option<Named<'a>>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL, by the contract good for a mechanism.
    let mechanism = unsafe { get(pointer) }?;
    let number = mechanism.mechanism;
    // SAFETY: by the contract.
    let parameter = unsafe { octets(mechanism.pParameter.cast(), mechanism.ulParameterLen) }
        .map_err(|_| Rv(CKR_MECHANISM_PARAM_INVALID))?;
    if number != CKM_ECDH1_DERIVE {
        return Ok(Some(Named {
            number,
            parameter: Parameter::Octets(parameter),
        }));
    }
    if parameter.len() != size_of::<CK_ECDH1_DERIVE_PARAMS>() {
        return Err(Rv(CKR_MECHANISM_PARAM_INVALID));
    }
    // SAFETY: there are as many octets as the structure has, every pattern of which is one.
    let given = unsafe { get(parameter.as_ptr().cast::<CK_ECDH1_DERIVE_PARAMS>()) }?;
    // SAFETY: by the contract, for both.
    let (shared, public) = unsafe {
        (
            octets(given.pSharedData, given.ulSharedDataLen)?,
            octets(given.pPublicData, given.ulPublicDataLen)?,
        )
    };
    Ok(Some(Named {
        number,
        parameter: Parameter::Ecdh(Ecdh {
            kdf: given.kdf,
            shared: shared.to_vec(),
            public: public.to_vec(),
        }),
    }))
}

/// As [`mechanism`], where there must be one.
///
/// # Safety
/// As for [`mechanism`].
pub(crate) unsafe fn given<'a>(pointer: *const CK_MECHANISM) -> Result<Named<'a>> {
    // SAFETY: by the contract.
    unsafe { mechanism(pointer) }?.ok_or(BAD)
}

/// Fills in what the caller asks of an object (PKCS#11 3.0, 5.7.5).
///
/// # Safety
/// `pointer` is NULL, or good for reading and writing `count` attributes, each value of
/// which is NULL or good for as many octets as it says.
pub(crate) unsafe fn attribute_values(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    pointer: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> Result<()> {
    let count = length(count, Template::MAX_COUNT)?;
    if pointer.is_null() {
        return Err(BAD);
    }
    let mut asked = Vec::with_capacity(count);
    for index in 0..count {
        // SAFETY: `index` is less than the `count` that the pointer is good for.
        asked.push(unsafe { get(pointer.add(index)) }?);
    }
    let numbers: Vec<_> = asked.iter().map(|attribute| attribute.type_).collect();
    let values = calls::attribute_values(session, object, &numbers)?;
    let mut first_error = Ok(());
    for ((index, attribute), value) in asked.iter_mut().enumerate().zip(values) {
        let room = usize::try_from(attribute.ulValueLen).unwrap_or(usize::MAX);
        let outcome = match value {
            Err(error) => Err(error),
            Ok(value) => {
                let value = Zeroizing::new(value);
                attribute.ulValueLen = to_c(value.len());
                if attribute.pValue.is_null() {
                    Ok(())
                } else if room < value.len() {
                    Err(Rv(CKR_BUFFER_TOO_SMALL))
                } else {
                    // SAFETY: not NULL, by the contract good for `room` octets, which are
                    // enough; what was just made overlaps with nothing of the caller's.
                    unsafe {
                        ptr::copy_nonoverlapping(
                            value.as_ptr(),
                            attribute.pValue.cast(),
                            value.len(),
                        );
                    }
                    Ok(())
                }
            }
        };
        if outcome.is_err() {
            attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
            first_error = first_error.and(outcome);
        }
        // SAFETY: as where it was read.
        unsafe { put(pointer.add(index), *attribute) }?;
    }
    first_error
}
