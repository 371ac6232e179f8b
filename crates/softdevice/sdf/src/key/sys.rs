//! The C functions of 6.3, but for agreements and RSA.
#![allow(unsafe_code, reason = "functions that C calls")]

use crate::{
    algorithm::{self, SM2_1, SM2_3},
    code::Result,
    library::session,
    sys::{Handle, answer, cipher, entry, octets, present, put, put_handle, room, structure},
};
use softdevice::{KeyUse, Operation, structures::read_public_key};
use std::ffi::c_void;

/// `SDF_ExportSignPublicKey_ECC`, `SDF_ExportEncPublicKey_ECC`.
///
/// # Safety
/// `public_key` is NULL or has room for an `ECCrefPublicKey`.
unsafe fn export(
    handle: Handle,
    index: u32,
    for_use: KeyUse,
    public_key: *mut c_void,
) -> Result<()> {
    let session = session(handle.addr(), Operation::Read)?;
    let mut octets = session.export_public_key(index, for_use)?;
    session.distort(&mut octets);
    // SAFETY: as the caller says.
    unsafe { put(public_key, &octets) }
}

/// The public key that verifies what an index signs.
///
/// # Safety
/// As for [`export`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ExportSignPublicKey_ECC(
    handle: Handle,
    index: u32,
    public_key: *mut c_void,
) -> i32 {
    // SAFETY: as the caller says.
    entry(|| unsafe { export(handle, index, KeyUse::Signing, public_key) })
}

/// The public key to encrypt for an index.
///
/// # Safety
/// As for [`export`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ExportEncPublicKey_ECC(
    handle: Handle,
    index: u32,
    public_key: *mut c_void,
) -> i32 {
    // SAFETY: as the caller says.
    entry(|| unsafe { export(handle, index, KeyUse::Encryption, public_key) })
}

/// A key pair that leaves the device: for debugging.
///
/// # Safety
/// The two structures are NULL or have their room.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_GenerateKeyPair_ECC(
    handle: Handle,
    algorithm: u32,
    bits: u32,
    public_key: *mut c_void,
    private_key: *mut c_void,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Generate)?;
        algorithm::sm2(algorithm, SM2_1).or_else(|_| algorithm::sm2(algorithm, SM2_3))?;
        present(private_key)?;
        let (public, private) = session.generate_pair(bits)?;
        // SAFETY: as the caller says.
        unsafe {
            put(public_key, &public)?;
            put(private_key, &private)
        }
    })
}

/// A session key, wrapped for an index's own encryption key.
///
/// # Safety
/// `key` is NULL or has room for an `ECCCipher` of the key; `key_handle` for a handle.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_GenerateKeyWithIPK_ECC(
    handle: Handle,
    index: u32,
    bits: u32,
    key: *mut c_void,
    key_handle: *mut Handle,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Wrap)?;
        present(key)?;
        present(key_handle)?;
        let (mut sealed, handle) = session.generate_key_for_index(index, bits)?;
        session.distort(&mut sealed);
        // SAFETY: as the caller says.
        unsafe {
            put(key, &sealed)?;
            put_handle(key_handle, handle)
        }
    })
}

/// A session key, wrapped for somebody's public key.
///
/// # Safety
/// `public_key` is NULL or an `ECCrefPublicKey`; the rest as for
/// [`SDF_GenerateKeyWithIPK_ECC`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_GenerateKeyWithEPK_ECC(
    handle: Handle,
    bits: u32,
    algorithm: u32,
    public_key: *const c_void,
    key: *mut c_void,
    key_handle: *mut Handle,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Wrap)?;
        let width = session.width();
        algorithm::sm2(algorithm, SM2_3)?;
        present(key)?;
        present(key_handle)?;
        // SAFETY: as the caller says.
        let recipient = unsafe { structure(public_key, width.public_key()) }?;
        let recipient = read_public_key(recipient, width)?;
        let (mut sealed, handle) = session.generate_key_for(&recipient, bits)?;
        session.distort(&mut sealed);
        // SAFETY: as the caller says.
        unsafe {
            put(key, &sealed)?;
            put_handle(key_handle, handle)
        }
    })
}

/// Takes in a session key that was wrapped for an index.
///
/// # Safety
/// `key` is NULL or an `ECCCipher` with C as long as its L; `key_handle` is NULL or a handle
/// can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ImportKeyWithISK_ECC(
    handle: Handle,
    index: u32,
    key: *const c_void,
    key_handle: *mut Handle,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Unwrap)?;
        present(key_handle)?;
        // SAFETY: as the caller says.
        let handle = session.import_key(index, unsafe { cipher(key, session.width()) }?)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(key_handle, handle) }
    })
}

/// Wraps for somebody's public key what was wrapped for an index.
///
/// # Safety
/// `public_key` is NULL or an `ECCrefPublicKey`, `input` an `ECCCipher` with C as long as its
/// L; `output` has room for one as long, and may be `input`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ExchangeDigitEnvelopeBaseOnECC(
    handle: Handle,
    index: u32,
    algorithm: u32,
    public_key: *const c_void,
    input: *const c_void,
    output: *mut c_void,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Unwrap)?;
        let width = session.width();
        algorithm::sm2(algorithm, SM2_3)?;
        // SAFETY: as the caller says.
        let (recipient, sealed) = unsafe {
            (
                structure(public_key, width.public_key())?,
                cipher(input, width)?,
            )
        };
        let recipient = read_public_key(recipient, width)?;
        let mut octets = session.exchange_envelope(index, &recipient, sealed)?;
        session.distort(&mut octets);
        // SAFETY: as the caller says; `sealed` is not used any more.
        unsafe { put(output, &octets) }
    })
}

/// A session key, wrapped under a key-encrypting key of the device.
///
/// # Safety
/// `key` is NULL or has the room that `length` says; `key_handle` is NULL or a handle can be
/// written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_GenerateKeyWithKEK(
    handle: Handle,
    bits: u32,
    algorithm: u32,
    index: u32,
    key: *mut u8,
    length: *mut u32,
    key_handle: *mut Handle,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Wrap)?;
        present(key_handle)?;
        // SAFETY: as the caller says.
        let room = unsafe { room(key, length) }?;
        let (reply, handle) = session.generate_key_under(index, algorithm, bits, room)?;
        // SAFETY: as the caller says.
        unsafe { answer(key, length, &reply.distorted(session.fault())) }?;
        match handle {
            // SAFETY: as the caller says.
            Some(handle) => unsafe { put_handle(key_handle, handle) },
            None => Ok(()),
        }
    })
}

/// Takes in a session key that was wrapped under a key-encrypting key of the device.
///
/// # Safety
/// `key` has `length` octets; `key_handle` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ImportKeyWithKEK(
    handle: Handle,
    algorithm: u32,
    index: u32,
    key: *const u8,
    length: u32,
    key_handle: *mut Handle,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Unwrap)?;
        present(key_handle)?;
        // SAFETY: as the caller says.
        let sealed = unsafe { octets(key, length) }?;
        let handle = session.import_key_under(index, algorithm, sealed)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(key_handle, handle) }
    })
}

/// Takes in a session key in clear.
///
/// # Safety
/// `key` has `length` octets; `key_handle` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ImportKey(
    handle: Handle,
    key: *const u8,
    length: u32,
    key_handle: *mut Handle,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Unwrap)?;
        present(key_handle)?;
        // SAFETY: as the caller says.
        let handle = session.import_clear_key(unsafe { octets(key, length) }?)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(key_handle, handle) }
    })
}

/// Forgets a session key.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_DestroyKey(handle: Handle, key: Handle) -> i32 {
    entry(|| session(handle.addr(), Operation::Write)?.destroy_key(key.addr()))
}
