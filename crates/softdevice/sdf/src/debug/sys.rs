//! The C functions that GM/T 0018-2023 puts into a group for debugging.
#![allow(unsafe_code, reason = "functions that C calls")]

use crate::{
    algorithm::{self, SM2_1, SM2_3},
    code::Result,
    library::session,
    symmetric::{KeySource, sys::crypt},
    sys::{Handle, answer, cipher, entry, octets, put, room, structure},
};
use softdevice::{Operation, symmetric::Direction};
use std::ffi::c_void;

/// Signs e with a private key that is given.
///
/// # Safety
/// `private_key` is NULL or an `ECCrefPrivateKey`, `data` has `length` octets, `signature` is
/// NULL or has room for an `ECCSignature`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ExternalSign_ECC(
    handle: Handle,
    algorithm: u32,
    private_key: *const c_void,
    data: *const u8,
    length: u32,
    signature: *mut c_void,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Sign)?;
        session.debug_group()?;
        algorithm::sm2(algorithm, SM2_1)?;
        // SAFETY: as the caller says.
        let (key, data) = unsafe {
            (
                structure(private_key, session.width().private_key())?,
                octets(data, length)?,
            )
        };
        let mut octets = session.sign_with(key, data)?;
        session.distort(&mut octets);
        // SAFETY: as the caller says; the inputs are not used any more.
        unsafe { put(signature, &octets) }
    })
}

/// Decrypts with a private key that is given.
///
/// # Safety
/// `private_key` is NULL or an `ECCrefPrivateKey`, `sealed` an `ECCCipher` with C as long as
/// its L; `data` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ExternalDecrypt_ECC(
    handle: Handle,
    algorithm: u32,
    private_key: *const c_void,
    sealed: *const c_void,
    data: *mut u8,
    length: *mut u32,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Decrypt)?;
        session.debug_group()?;
        algorithm::sm2(algorithm, SM2_3)?;
        // SAFETY: as the caller says.
        let (key, sealed, room) = unsafe {
            (
                structure(private_key, session.width().private_key())?,
                cipher(sealed, session.width())?,
                room(data, length)?,
            )
        };
        let reply = session.decrypt_with(key, sealed, room)?;
        // SAFETY: as the caller says; the inputs are not used any more.
        unsafe { answer(data, length, &reply.distorted(session.fault())) }
    })
}

/// `SDF_ExternalKeyEncrypt`, `SDF_ExternalKeyDecrypt`.
///
/// # Safety
/// Inputs have the lengths beside them; `output` is NULL or has the room that
/// `output_length` says; `iv` can be written.
#[expect(clippy::too_many_arguments, reason = "the C function's")]
unsafe fn crypt_with(
    direction: Direction,
    handle: Handle,
    algorithm: u32,
    (key, key_length): (*const u8, u32),
    (iv, iv_length): (*mut u8, u32),
    (input, input_length): (*const u8, u32),
    output: *mut u8,
    output_length: *mut u32,
) -> Result<()> {
    // SAFETY: as the caller says.
    let key = unsafe { octets(key, key_length) }?;
    let length = algorithm::sm4_mode(algorithm)?.iv_length();
    if length > 0 && iv_length as usize != length {
        return Err(crate::code::Code::Input);
    }
    // SAFETY: as the caller says.
    unsafe {
        crypt(
            direction,
            handle,
            &KeySource::Clear(key),
            algorithm,
            iv,
            input,
            input_length,
            output,
            output_length,
        )
    }
}

macro_rules! both_ways {
    ($direction:ident $operation:ident: $whole:ident $init:ident) => {
        /// Whole blocks with a key in clear.
        ///
        /// # Safety
        /// As for [`crypt_with`].
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $whole(
            handle: Handle,
            algorithm: u32,
            key: *const u8,
            key_length: u32,
            iv: *mut u8,
            iv_length: u32,
            input: *const u8,
            input_length: u32,
            output: *mut u8,
            output_length: *mut u32,
        ) -> i32 {
            entry(|| {
                // SAFETY: as the caller says.
                unsafe {
                    crypt_with(
                        Direction::$direction,
                        handle,
                        algorithm,
                        (key, key_length),
                        (iv, iv_length),
                        (input, input_length),
                        output,
                        output_length,
                    )
                }
            })
        }

        /// Begins with a key in clear.
        ///
        /// # Safety
        /// Inputs have the lengths beside them.
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $init(
            handle: Handle,
            algorithm: u32,
            key: *const u8,
            key_length: u32,
            iv: *const u8,
            iv_length: u32,
        ) -> i32 {
            entry(|| {
                // SAFETY: as the caller says.
                let (key, iv) = unsafe { (octets(key, key_length)?, octets(iv, iv_length)?) };
                let session = session(handle.addr(), Operation::$operation)?;
                session.crypt_init(Direction::$direction, &KeySource::Clear(key), algorithm, iv)
            })
        }
    };
}

both_ways!(Encrypt Encrypt: SDF_ExternalKeyEncrypt SDF_ExternalKeyEncryptInit);
both_ways!(Decrypt Decrypt: SDF_ExternalKeyDecrypt SDF_ExternalKeyDecryptInit);

/// Begins HMAC-SM3 with a key in clear.
///
/// # Safety
/// `key` has `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ExternalKeyHMACInit(
    handle: Handle,
    algorithm: u32,
    key: *const u8,
    length: u32,
) -> i32 {
    entry(|| {
        // SAFETY: as the caller says.
        let key = KeySource::Clear(unsafe { octets(key, length) }?);
        session(handle.addr(), Operation::Sign)?.hmac_init(&key, algorithm)
    })
}
