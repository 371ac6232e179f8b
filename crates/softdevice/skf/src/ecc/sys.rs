//! The C functions of 7.6 that sign, verify, encrypt and decrypt.
#![allow(unsafe_code, reason = "functions that C calls")]

use super::{encrypt, verify};
use crate::{
    code::Result,
    container::OpenContainer,
    library::{device, object},
    sys::{Handle, WIDTH, answer, cipher, entry, octets, put, room, structure},
};
use softdevice::Operation;
use std::ffi::c_void;

/// Signs e = SM3(Z ‖ M), 32 octets.
///
/// # Safety
/// `data` has `length` octets; `signature` is NULL or has room for an `ECCSIGNATUREBLOB`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ECCSignData(
    handle: Handle,
    data: *const u8,
    length: u32,
    signature: *mut c_void,
) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Sign)?;
        // SAFETY: as the caller says.
        let mut octets = container.sign(unsafe { octets(data, length) }?)?;
        container.distort(&mut octets);
        // SAFETY: as the caller says; the input is not used any more.
        unsafe { put(signature, &octets) }
    })
}

/// `SKF_ECCVerify`, `SKF_ExtECCVerify`.
///
/// # Safety
/// `data` has `length` octets; the structures are NULL or what they are called.
unsafe fn check(
    handle: Handle,
    public_key: *const c_void,
    data: *const u8,
    length: u32,
    signature: *const c_void,
) -> Result<()> {
    device(handle.addr(), Operation::Verify)?;
    // SAFETY: as the caller says.
    let (key, data, signature) = unsafe {
        (
            structure(public_key, WIDTH.public_key())?,
            octets(data, length)?,
            structure(signature, WIDTH.signature())?,
        )
    };
    verify(key, data, signature)
}

/// Checks a signature over e.
///
/// # Safety
/// As for [`check`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ECCVerify(
    handle: Handle,
    public_key: *const c_void,
    data: *const u8,
    length: u32,
    signature: *const c_void,
) -> u32 {
    // SAFETY: as the caller says.
    entry(|| unsafe { check(handle, public_key, data, length, signature) })
}

/// Checks a signature over e.
///
/// # Safety
/// As for [`check`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ExtECCVerify(
    handle: Handle,
    public_key: *const c_void,
    data: *const u8,
    length: u32,
    signature: *const c_void,
) -> u32 {
    // SAFETY: as the caller says.
    entry(|| unsafe { check(handle, public_key, data, length, signature) })
}

/// Encrypts for a public key.
///
/// # Safety
/// `public_key` is NULL or an `ECCPUBLICKEYBLOB`, `data` has `length` octets, `sealed` has
/// room for an `ECCCIPHERBLOB` whose cipher has as many.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ExtECCEncrypt(
    handle: Handle,
    public_key: *const c_void,
    data: *const u8,
    length: u32,
    sealed: *mut c_void,
) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Encrypt)?;
        // SAFETY: as the caller says.
        let (key, data) = unsafe {
            (
                structure(public_key, WIDTH.public_key())?,
                octets(data, length)?,
            )
        };
        let mut octets = encrypt(key, data)?;
        device.distort(&mut octets);
        // SAFETY: as the caller says; the inputs are not used any more.
        unsafe { put(sealed, &octets) }
    })
}

/// Decrypts with the container's encryption key: what some tokens have beyond the standard.
///
/// # Safety
/// `sealed` is NULL or an `ECCCIPHERBLOB` as long as its `CipherLen` says; `data` is NULL or
/// has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ECCDecrypt(
    handle: Handle,
    sealed: *const c_void,
    data: *mut u8,
    length: *mut u32,
) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Decrypt)?;
        // SAFETY: as the caller says.
        let (sealed, room) = unsafe { (cipher(sealed, 0)?, room(data, length)?) };
        let reply = container.decrypt(sealed, room)?;
        // SAFETY: as the caller says; the input is not used any more.
        unsafe { answer(data, length, &reply.distorted(container.fault())) }
    })
}

/// Decrypts with a private key that is given.
///
/// # Safety
/// `private_key` is NULL or an `ECCPRIVATEKEYBLOB`; the rest as for [`SKF_ECCDecrypt`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ExtECCDecrypt(
    handle: Handle,
    private_key: *const c_void,
    sealed: *const c_void,
    data: *mut u8,
    length: *mut u32,
) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Decrypt)?;
        device.debug_group()?;
        // SAFETY: as the caller says.
        let (key, sealed, room) = unsafe {
            (
                structure(private_key, WIDTH.private_key())?,
                cipher(sealed, 0)?,
                room(data, length)?,
            )
        };
        let reply = device.decrypt_with(key, sealed, room)?;
        // SAFETY: as the caller says; the inputs are not used any more.
        unsafe { answer(data, length, &reply.distorted(device.fault())) }
    })
}

/// Signs with a private key that is given.
///
/// # Safety
/// `private_key` is NULL or an `ECCPRIVATEKEYBLOB`; the rest as for [`SKF_ECCSignData`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ExtECCSign(
    handle: Handle,
    private_key: *const c_void,
    data: *const u8,
    length: u32,
    signature: *mut c_void,
) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Sign)?;
        device.debug_group()?;
        // SAFETY: as the caller says.
        let (key, data) = unsafe {
            (
                structure(private_key, WIDTH.private_key())?,
                octets(data, length)?,
            )
        };
        let mut octets = device.sign_with(key, data)?;
        device.distort(&mut octets);
        // SAFETY: as the caller says; the inputs are not used any more.
        unsafe { put(signature, &octets) }
    })
}
