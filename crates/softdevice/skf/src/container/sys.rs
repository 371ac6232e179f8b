//! The C functions of 7.5, and those of 7.6 that make, take in and give keys.
#![allow(unsafe_code, reason = "functions that C calls")]

use super::{BEFORE_CIPHER, OpenContainer, close, key_use};
use crate::{
    algorithm,
    application::OpenApplication,
    library::object,
    sys::{
        Bool, Handle, answer, cipher, entry, name, octets, present, put, put_handle, put_integer,
        room,
    },
};
use softdevice::{Operation, room::Reply};
use std::ffi::{c_char, c_void};

/// Makes a container, and opens it.
///
/// # Safety
/// `container_name` ends with a zero; `container` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_CreateContainer(
    handle: Handle,
    container_name: *const c_char,
    container: *mut Handle,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Write)?;
        present(container)?;
        // SAFETY: as the caller says.
        let handle = application.create_container(unsafe { name(container_name) }?)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(container, handle) }
    })
}

/// Takes a container away, with its keys and certificates.
///
/// # Safety
/// `container_name` ends with a zero.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_DeleteContainer(
    handle: Handle,
    container_name: *const c_char,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Write)?;
        // SAFETY: as the caller says.
        application.delete_container(unsafe { name(container_name) }?)
    })
}

/// Opens a container.
///
/// # Safety
/// `container_name` ends with a zero; `container` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_OpenContainer(
    handle: Handle,
    container_name: *const c_char,
    container: *mut Handle,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::OpenSession)?;
        present(container)?;
        // SAFETY: as the caller says.
        let handle = application.open_container(unsafe { name(container_name) }?)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(container, handle) }
    })
}

/// Closes a container.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_CloseContainer(handle: Handle) -> u32 {
    entry(|| close(handle.addr()))
}

/// The names of all containers.
///
/// # Safety
/// `names` is NULL or has the room that `size` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_EnumContainer(
    handle: Handle,
    names: *mut c_char,
    size: *mut u32,
) -> u32 {
    entry(|| {
        let application = object::<OpenApplication>(handle.addr(), Operation::Find)?;
        // SAFETY: as the caller says.
        let room = unsafe { room(names, size) }?;
        let reply = Reply::fitting(application.container_names()?, room);
        // SAFETY: as the caller says.
        unsafe { answer(names, size, &reply.distorted(application.fault())) }
    })
}

/// What a container holds: 0 nothing, 2 keys of elliptic curves.
///
/// # Safety
/// `container_type` is NULL or an integer can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_GetContainerType(
    handle: Handle,
    container_type: *mut u32,
) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Find)?;
        let found = container.container_type()?;
        // SAFETY: as the caller says.
        unsafe { put_integer(container_type, found as u32) }
    })
}

/// Writes a certificate.
///
/// # Safety
/// `certificate` has `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ImportCertificate(
    handle: Handle,
    signing: Bool,
    certificate: *const u8,
    length: u32,
) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Write)?;
        // SAFETY: as the caller says.
        let certificate = unsafe { octets(certificate, length) }?;
        container.import_certificate(key_use(signing != 0), certificate)
    })
}

/// Reads a certificate.
///
/// # Safety
/// `certificate` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ExportCertificate(
    handle: Handle,
    signing: Bool,
    certificate: *mut u8,
    length: *mut u32,
) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Read)?;
        // SAFETY: as the caller says.
        let room = unsafe { room(certificate, length) }?;
        let reply = container.export_certificate(key_use(signing != 0), room)?;
        // SAFETY: as the caller says.
        unsafe { answer(certificate, length, &reply.distorted(container.fault())) }
    })
}

/// Reads a public key, an `ECCPUBLICKEYBLOB`.
///
/// # Safety
/// `blob` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ExportPublicKey(
    handle: Handle,
    signing: Bool,
    blob: *mut u8,
    length: *mut u32,
) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Read)?;
        // SAFETY: as the caller says.
        let room = unsafe { room(blob, length) }?;
        let octets = container.export_public_key(key_use(signing != 0))?;
        let reply = Reply::fitting(octets, room).distorted(container.fault());
        // SAFETY: as the caller says.
        unsafe { answer(blob, length, &reply) }
    })
}

/// Makes the signing pair.
///
/// # Safety
/// `blob` is NULL or has room for an `ECCPUBLICKEYBLOB`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_GenECCKeyPair(
    handle: Handle,
    algorithm: u32,
    blob: *mut c_void,
) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Generate)?;
        algorithm::sm2_signing(algorithm)?;
        present(blob)?;
        let mut octets = container.generate_pair()?;
        container.distort(&mut octets);
        // SAFETY: as the caller says.
        unsafe { put(blob, &octets) }
    })
}

/// Takes in the encryption pair, wrapped for the signing key.
///
/// # Safety
/// `blob` is NULL or an `ENVELOPEDKEYBLOB` whose cipher is as long as its `CipherLen` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ImportECCKeyPair(handle: Handle, blob: *const c_void) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Unwrap)?;
        // SAFETY: as the caller says.
        container.import_pair(unsafe { cipher(blob, BEFORE_CIPHER) }?)
    })
}
