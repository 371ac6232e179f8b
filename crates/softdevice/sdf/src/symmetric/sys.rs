//! The C functions of 6.5, and those that GM/T 0018-2023 adds to them.
#![allow(unsafe_code, reason = "functions that C calls")]

use super::{BLOCK, KeySource};
use crate::{
    algorithm,
    code::Result,
    library::session,
    sys::{Handle, answer, entry, integer, octets, put, room, structure},
};
use softdevice::{Operation, room::Reply, symmetric::Direction};

/// `SDF_Encrypt`, `SDF_Decrypt`, and what they are with a key in clear.
///
/// # Safety
/// `iv` is an IV of 16 octets where the mode has one, `input` has `input_length` octets,
/// `output` is NULL or has the room that `output_length` says.
#[expect(clippy::too_many_arguments, reason = "the C function's")]
pub(crate) unsafe fn crypt(
    direction: Direction,
    handle: Handle,
    key: &KeySource<'_>,
    algorithm: u32,
    iv: *mut u8,
    input: *const u8,
    input_length: u32,
    output: *mut u8,
    output_length: *mut u32,
) -> Result<()> {
    let session = session(handle.addr(), operation_of(direction))?;
    let mode = algorithm::sm4_mode(algorithm)?;
    let start = match mode.iv_length() {
        0 => &[],
        // SAFETY: as the caller says.
        length => unsafe { structure(iv.cast(), length) }?,
    };
    // SAFETY: as the caller says.
    let (data, room) = unsafe { (octets(input, input_length)?, room(output, output_length)?) };
    let (reply, next) = session.crypt(direction, key, mode, start, data, room)?;
    let reply = reply.distorted(session.fault());
    // SAFETY: as the caller says; `start` and `data` are not used any more.
    unsafe { answer(output, output_length, &reply) }?;
    match next {
        // SAFETY: as the caller says.
        Some(next) => unsafe { put(iv.cast(), &next) },
        None => Ok(()),
    }
}

/// `SDF_EncryptUpdate`, `SDF_DecryptUpdate`.
///
/// # Safety
/// As for [`crypt`].
unsafe fn crypt_update(
    direction: Direction,
    handle: Handle,
    input: *const u8,
    input_length: u32,
    output: *mut u8,
    output_length: *mut u32,
) -> Result<()> {
    let session = session(handle.addr(), operation_of(direction))?;
    // SAFETY: as the caller says.
    let (data, room) = unsafe { (octets(input, input_length)?, room(output, output_length)?) };
    let reply = session.crypt_update(direction, data, room)?;
    let reply = reply.distorted(session.fault());
    // SAFETY: as the caller says; `data` is not used any more.
    unsafe { answer(output, output_length, &reply) }
}

/// `SDF_EncryptFinal`, `SDF_DecryptFinal`.
///
/// # Safety
/// `length` is NULL or an integer can be written there.
unsafe fn crypt_final(
    direction: Direction,
    handle: Handle,
    output: *mut u8,
    length: *mut u32,
) -> Result<()> {
    let session = session(handle.addr(), operation_of(direction))?;
    // SAFETY: as the caller says.
    let room = unsafe { room(output, length) }?;
    let reply = session.crypt_final(direction, room)?;
    // SAFETY: as the caller says; the reply has no octets.
    unsafe { answer(output, length, &reply) }
}

fn operation_of(direction: Direction) -> Operation {
    match direction {
        Direction::Encrypt => Operation::Encrypt,
        _ => Operation::Decrypt,
    }
}

macro_rules! both_ways {
    ($direction:ident: $whole:ident $init:ident $update:ident $last:ident) => {
        /// Whole blocks at once; the IV that goes on from there comes back in `iv`.
        ///
        /// # Safety
        /// As for [`crypt`].
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $whole(
            handle: Handle,
            key: Handle,
            algorithm: u32,
            iv: *mut u8,
            input: *const u8,
            input_length: u32,
            output: *mut u8,
            output_length: *mut u32,
        ) -> i32 {
            entry(|| {
                let (direction, key) = (Direction::$direction, KeySource::Handle(key.addr()));
                // SAFETY: as the caller says.
                unsafe {
                    crypt(
                        direction,
                        handle,
                        &key,
                        algorithm,
                        iv,
                        input,
                        input_length,
                        output,
                        output_length,
                    )
                }
            })
        }

        /// Begins.
        ///
        /// # Safety
        /// `iv` has `iv_length` octets.
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $init(
            handle: Handle,
            key: Handle,
            algorithm: u32,
            iv: *const u8,
            iv_length: u32,
        ) -> i32 {
            entry(|| {
                // SAFETY: as the caller says.
                let iv = unsafe { octets(iv, iv_length) }?;
                let key = KeySource::Handle(key.addr());
                let direction = Direction::$direction;
                let session = session(handle.addr(), operation_of(direction))?;
                session.crypt_init(direction, &key, algorithm, iv)
            })
        }

        /// Goes on.
        ///
        /// # Safety
        /// As for [`crypt`].
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $update(
            handle: Handle,
            input: *const u8,
            input_length: u32,
            output: *mut u8,
            output_length: *mut u32,
        ) -> i32 {
            entry(|| {
                let direction = Direction::$direction;
                // SAFETY: as the caller says.
                unsafe {
                    crypt_update(
                        direction,
                        handle,
                        input,
                        input_length,
                        output,
                        output_length,
                    )
                }
            })
        }

        /// Ends.
        ///
        /// # Safety
        /// `length` is NULL or an integer can be written there.
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $last(
            handle: Handle,
            output: *mut u8,
            length: *mut u32,
        ) -> i32 {
            // SAFETY: as the caller says.
            entry(|| unsafe { crypt_final(Direction::$direction, handle, output, length) })
        }
    };
}

both_ways!(Encrypt: SDF_Encrypt SDF_EncryptInit SDF_EncryptUpdate SDF_EncryptFinal);
both_ways!(Decrypt: SDF_Decrypt SDF_DecryptInit SDF_DecryptUpdate SDF_DecryptFinal);

/// A MAC over whole blocks; it comes back in `iv`, too.
///
/// # Safety
/// `iv` has 16 octets, `data` has `data_length`, `mac` is NULL or has the room that
/// `mac_length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_CalculateMAC(
    handle: Handle,
    key: Handle,
    algorithm: u32,
    iv: *mut u8,
    data: *const u8,
    data_length: u32,
    mac: *mut u8,
    mac_length: *mut u32,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Sign)?;
        // SAFETY: as the caller says.
        let start = unsafe { structure(iv.cast(), BLOCK) }?;
        let mut first = [0; BLOCK];
        first.copy_from_slice(start);
        // SAFETY: as the caller says.
        let (data, room) = unsafe { (octets(data, data_length)?, room(mac, mac_length)?) };
        let (reply, next) = session.mac(key.addr(), algorithm, &first, data, room)?;
        let reply = reply.distorted(session.fault());
        // SAFETY: as the caller says; `start` and `data` are not used any more.
        unsafe { answer(mac, mac_length, &reply) }?;
        match next {
            // SAFETY: as the caller says.
            Some(next) => unsafe { put(iv.cast(), &next) },
            None => Ok(()),
        }
    })
}

/// Begins a MAC.
///
/// # Safety
/// `iv` has `iv_length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_CalculateMACInit(
    handle: Handle,
    key: Handle,
    algorithm: u32,
    iv: *const u8,
    iv_length: u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let iv = unsafe { octets(iv, iv_length) }?;
        session(handle.addr(), Operation::Sign)?.mac_init(key.addr(), algorithm, iv)
    })
}

/// Goes on with the MAC.
///
/// # Safety
/// `data` has `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_CalculateMACUpdate(
    handle: Handle,
    data: *const u8,
    length: u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let octets = unsafe { octets(data, length) }?;
        session(handle.addr(), Operation::Sign)?.mac_update(octets)
    })
}

/// Gives the MAC, and ends it.
///
/// # Safety
/// `mac` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_CalculateMACFinal(
    handle: Handle,
    mac: *mut u8,
    length: *mut u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let room = unsafe { room(mac, length) }?;
        let session = session(handle.addr(), Operation::Sign)?;
        let reply = session.mac_final(room)?.distorted(session.fault());
        // SAFETY: as the caller says.
        unsafe { answer(mac, length, &reply) }
    })
}

/// Begins HMAC-SM3.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_HMACInit(handle: Handle, key: Handle, algorithm: u32) -> i32 {
    entry(|| {
        session(handle.addr(), Operation::Sign)?
            .hmac_init(&KeySource::Handle(key.addr()), algorithm)
    })
}

/// Goes on with the HMAC.
///
/// # Safety
/// `data` has `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_HMACUpdate(
    handle: Handle,
    data: *const u8,
    length: u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let octets = unsafe { octets(data, length) }?;
        session(handle.addr(), Operation::Sign)?.hmac_update(octets)
    })
}

/// Gives the HMAC, and ends it.
///
/// # Safety
/// `mac` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_HMACFinal(
    handle: Handle,
    mac: *mut u8,
    length: *mut u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let room = unsafe { room(mac, length) }?;
        let session = session(handle.addr(), Operation::Sign)?;
        let reply = session.hmac_final(room)?.distorted(session.fault());
        // SAFETY: as the caller says.
        unsafe { answer(mac, length, &reply) }
    })
}

/// Encrypts and authenticates (SM4-GCM).
///
/// # Safety
/// Inputs have the lengths beside them; outputs are NULL or have the room beside them.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_AuthEnc(
    handle: Handle,
    key: Handle,
    algorithm: u32,
    start: *const u8,
    start_length: u32,
    associated: *const u8,
    associated_length: u32,
    data: *const u8,
    data_length: u32,
    output: *mut u8,
    output_length: *mut u32,
    tag: *mut u8,
    tag_length: *mut u32,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Encrypt)?;
        // SAFETY: as the caller says.
        let (inputs, rooms) = unsafe {
            (
                [
                    octets(start, start_length)?,
                    octets(associated, associated_length)?,
                    octets(data, data_length)?,
                ],
                [room(output, output_length)?, room(tag, tag_length)?],
            )
        };
        let [sealed, made] = session.seal((key.addr(), algorithm), inputs, rooms)?;
        let made = made.distorted(session.fault());
        // SAFETY: as the caller says; the inputs are not used any more.
        unsafe { answer_both((output, output_length, &sealed), (tag, tag_length, &made)) }
    })
}

/// Two answers; both lengths are said even when the first finds no room.
///
/// # Safety
/// As for [`answer`].
unsafe fn answer_both(
    (output, output_length, octets): (*mut u8, *mut u32, &Reply),
    (tag, tag_length, made): (*mut u8, *mut u32, &Reply),
) -> Result<()> {
    // SAFETY: as the caller says.
    let results = unsafe {
        [
            answer(output, output_length, octets),
            answer(tag, tag_length, made),
        ]
    };
    results.into_iter().collect()
}

/// Decrypts what is authentic. The length of the tag comes by pointer here and by value in
/// `SDF_AuthDecInit` (openHiTLS).
///
/// # Safety
/// Inputs have the lengths beside them; `output` is NULL or has the room beside it.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_AuthDec(
    handle: Handle,
    key: Handle,
    algorithm: u32,
    start: *const u8,
    start_length: u32,
    associated: *const u8,
    associated_length: u32,
    tag: *const u8,
    tag_length: *const u32,
    data: *const u8,
    data_length: u32,
    output: *mut u8,
    output_length: *mut u32,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Decrypt)?;
        // SAFETY: as the caller says.
        let (inputs, room) = unsafe {
            (
                [
                    octets(start, start_length)?,
                    octets(associated, associated_length)?,
                    octets(data, data_length)?,
                    octets(tag, integer(tag_length)?)?,
                ],
                room(output, output_length)?,
            )
        };
        let reply = session.open((key.addr(), algorithm), inputs, room)?;
        let reply = reply.distorted(session.fault());
        // SAFETY: as the caller says; the inputs are not used any more.
        unsafe { answer(output, output_length, &reply) }
    })
}

/// Begins to encrypt and authenticate `data_length` octets.
///
/// # Safety
/// Inputs have the lengths beside them.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_AuthEncInit(
    handle: Handle,
    key: Handle,
    algorithm: u32,
    start: *const u8,
    start_length: u32,
    associated: *const u8,
    associated_length: u32,
    data_length: u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let inputs = unsafe {
            [
                octets(start, start_length)?,
                octets(associated, associated_length)?,
            ]
        };
        session(handle.addr(), Operation::Encrypt)?.sealing_init(
            (key.addr(), algorithm),
            inputs,
            None,
            data_length,
        )
    })
}

/// Begins to decrypt `data_length` octets that have this tag.
///
/// # Safety
/// Inputs have the lengths beside them.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_AuthDecInit(
    handle: Handle,
    key: Handle,
    algorithm: u32,
    start: *const u8,
    start_length: u32,
    associated: *const u8,
    associated_length: u32,
    tag: *const u8,
    tag_length: u32,
    data_length: u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let (inputs, tag) = unsafe {
            (
                [
                    octets(start, start_length)?,
                    octets(associated, associated_length)?,
                ],
                octets(tag, tag_length)?,
            )
        };
        session(handle.addr(), Operation::Decrypt)?.sealing_init(
            (key.addr(), algorithm),
            inputs,
            Some(tag),
            data_length,
        )
    })
}

/// `SDF_AuthEncUpdate`, `SDF_AuthDecUpdate`.
///
/// # Safety
/// `data` has `length` octets, `output_length` is NULL or an integer can be written there.
unsafe fn sealing_update(
    direction: Direction,
    handle: Handle,
    (data, length): (*const u8, u32),
    (output, output_length): (*mut u8, *mut u32),
) -> Result<()> {
    let session = session(handle.addr(), operation_of(direction))?;
    // SAFETY: as the caller says.
    let (data, room) = unsafe { (octets(data, length)?, room(output, output_length)?) };
    let reply = session.sealing_update(direction, data, room)?;
    // SAFETY: as the caller says; `data` is not used any more.
    unsafe { answer(output, output_length, &reply) }
}

/// Goes on encrypting; the octets come at the end.
///
/// # Safety
/// As for [`sealing_update`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_AuthEncUpdate(
    handle: Handle,
    data: *const u8,
    length: u32,
    output: *mut u8,
    output_length: *mut u32,
) -> i32 {
    let (data, output) = ((data, length), (output, output_length));
    // SAFETY: as the caller says.
    entry(|| unsafe { sealing_update(Direction::Encrypt, handle, data, output) })
}

/// Goes on decrypting; the octets come at the end, if they are authentic.
///
/// # Safety
/// As for [`sealing_update`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_AuthDecUpdate(
    handle: Handle,
    data: *const u8,
    length: u32,
    output: *mut u8,
    output_length: *mut u32,
) -> i32 {
    let (data, output) = ((data, length), (output, output_length));
    // SAFETY: as the caller says.
    entry(|| unsafe { sealing_update(Direction::Decrypt, handle, data, output) })
}

/// Gives the ciphertext and its tag.
///
/// # Safety
/// `output` and `tag` are NULL or have the room beside them.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_AuthEncFinal(
    handle: Handle,
    output: *mut u8,
    output_length: *mut u32,
    tag: *mut u8,
    tag_length: *mut u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let rooms = unsafe { [room(output, output_length)?, room(tag, tag_length)?] };
        let session = session(handle.addr(), Operation::Encrypt)?;
        let [sealed, made] = session.sealing_final(rooms)?;
        let made = made.distorted(session.fault());
        // SAFETY: as the caller says.
        unsafe { answer_both((output, output_length, &sealed), (tag, tag_length, &made)) }
    })
}

/// Gives the plaintext, when the tag is right.
///
/// # Safety
/// `output` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_AuthDecFinal(
    handle: Handle,
    output: *mut u8,
    length: *mut u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let room = unsafe { room(output, length) }?;
        let session = session(handle.addr(), Operation::Decrypt)?;
        let reply = session.opening_final(room)?.distorted(session.fault());
        // SAFETY: as the caller says.
        unsafe { answer(output, length, &reply) }
    })
}
