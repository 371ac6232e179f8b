//! The C functions of session keys, encryption and MACs.
#![allow(unsafe_code, reason = "functions that C calls")]

use super::{BlockCipherParam, CipherKey, MacState};
use crate::{
    code::Result,
    container::OpenContainer,
    library::{close, device, object},
    sys::{Handle, WIDTH, answer, entry, octets, present, put, put_handle, room, structure},
};
use softdevice::{Operation, symmetric::Direction};
use std::ffi::c_void;

/// Makes a session key, wrapped for a public key.
///
/// # Safety
/// `public_key` is NULL or an `ECCPUBLICKEYBLOB`, `sealed` has room for an `ECCCIPHERBLOB` of
/// 16 octets, `key` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ECCExportSessionKey(
    handle: Handle,
    algorithm: u32,
    public_key: *const c_void,
    sealed: *mut c_void,
    key: *mut Handle,
) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Wrap)?;
        present(sealed)?;
        present(key)?;
        // SAFETY: as the caller says.
        let recipient = unsafe { structure(public_key, WIDTH.public_key()) }?;
        let (mut octets, handle) = container.export_key(algorithm, recipient)?;
        container.distort(&mut octets);
        // SAFETY: as the caller says; the input is not used any more.
        unsafe {
            put(sealed, &octets)?;
            put_handle(key, handle)
        }
    })
}

/// Takes in a session key that was wrapped for the container's encryption key.
///
/// # Safety
/// `wrapped` has `length` octets; `key` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_ImportSessionKey(
    handle: Handle,
    algorithm: u32,
    wrapped: *const u8,
    length: u32,
    key: *mut Handle,
) -> u32 {
    entry(|| {
        let container = object::<OpenContainer>(handle.addr(), Operation::Unwrap)?;
        present(key)?;
        // SAFETY: as the caller says.
        let handle = container.import_key(algorithm, unsafe { octets(wrapped, length) }?)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(key, handle) }
    })
}

/// Takes in a session key in clear, 16 octets.
///
/// # Safety
/// `octets` is NULL or has 16 octets; `key` is NULL or a handle can be written there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_SetSymmKey(
    handle: Handle,
    octets: *const u8,
    algorithm: u32,
    key: *mut Handle,
) -> u32 {
    entry(|| {
        let device = device(handle.addr(), Operation::Unwrap)?;
        present(key)?;
        // SAFETY: as the caller says.
        let octets = unsafe { structure(octets.cast(), super::BLOCK) }?;
        let handle = device.set_key(octets, algorithm)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(key, handle) }
    })
}

/// Closes a session key, a MAC, a digest or an agreement.
///
/// # Safety
/// None: no pointer is followed.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_CloseHandle(handle: Handle) -> u32 {
    entry(|| close(handle.addr()))
}

/// What the functions below do with octets.
///
/// # Safety
/// `input` has `input_length` octets, `output` is NULL or has the room that `output_length`
/// says.
unsafe fn process(
    direction: Direction,
    last: bool,
    handle: Handle,
    (input, input_length): (*const u8, u32),
    (output, output_length): (*mut u8, *mut u32),
) -> Result<()> {
    let operation = match direction {
        Direction::Encrypt => Operation::Encrypt,
        _ => Operation::Decrypt,
    };
    let key = object::<CipherKey>(handle.addr(), operation)?;
    // SAFETY: as the caller says.
    let (data, room) = unsafe { (octets(input, input_length)?, room(output, output_length)?) };
    let reply = key.process(direction, data, last, room)?;
    // SAFETY: as the caller says; the input is not used any more.
    unsafe { answer(output, output_length, &reply.distorted(key.fault())) }
}

macro_rules! both_ways {
    ($direction:ident: $init:ident $whole:ident $update:ident $last:ident) => {
        /// Begins. The parameter comes by value.
        ///
        /// # Safety
        /// None: no pointer is followed.
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $init(handle: Handle, parameter: BlockCipherParam) -> u32 {
            entry(|| {
                let key = object::<CipherKey>(handle.addr(), Operation::$direction)?;
                key.init(Direction::$direction, &parameter)
            })
        }

        /// All at once, and the end.
        ///
        /// # Safety
        /// As for [`process`].
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $whole(
            handle: Handle,
            input: *const u8,
            input_length: u32,
            output: *mut u8,
            output_length: *mut u32,
        ) -> u32 {
            let (input, output) = ((input, input_length), (output, output_length));
            // SAFETY: as the caller says.
            entry(|| unsafe { process(Direction::$direction, true, handle, input, output) })
        }

        /// Goes on.
        ///
        /// # Safety
        /// As for [`process`].
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $update(
            handle: Handle,
            input: *const u8,
            input_length: u32,
            output: *mut u8,
            output_length: *mut u32,
        ) -> u32 {
            let (input, output) = ((input, input_length), (output, output_length));
            // SAFETY: as the caller says.
            entry(|| unsafe { process(Direction::$direction, false, handle, input, output) })
        }

        /// Ends.
        ///
        /// # Safety
        /// As for [`process`], without an input.
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $last(
            handle: Handle,
            output: *mut u8,
            length: *mut u32,
        ) -> u32 {
            let (input, output) = ((std::ptr::null(), 0), (output, length));
            // SAFETY: as the caller says.
            entry(|| unsafe { process(Direction::$direction, true, handle, input, output) })
        }
    };
}

both_ways!(Encrypt: SKF_EncryptInit SKF_Encrypt SKF_EncryptUpdate SKF_EncryptFinal);
both_ways!(Decrypt: SKF_DecryptInit SKF_Decrypt SKF_DecryptUpdate SKF_DecryptFinal);

/// Begins a MAC. The parameter comes by pointer.
///
/// # Safety
/// `parameter` is NULL or a `BLOCKCIPHERPARAM`; `mac` is NULL or a handle can be written
/// there.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_MacInit(
    handle: Handle,
    parameter: *const c_void,
    mac: *mut Handle,
) -> u32 {
    entry(|| {
        let key = object::<CipherKey>(handle.addr(), Operation::Sign)?;
        present(mac)?;
        // SAFETY: as the caller says.
        let parameter = unsafe { structure(parameter, size_of::<BlockCipherParam>()) }?;
        let handle = key.mac(&BlockCipherParam::read(parameter)?)?;
        // SAFETY: as the caller says.
        unsafe { put_handle(mac, handle) }
    })
}

/// A MAC at once, and its end.
///
/// # Safety
/// `data` has `data_length` octets; `output` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_Mac(
    handle: Handle,
    data: *const u8,
    data_length: u32,
    output: *mut u8,
    length: *mut u32,
) -> u32 {
    entry(|| {
        let mac = object::<MacState>(handle.addr(), Operation::Sign)?;
        // SAFETY: as the caller says.
        let (data, room) = unsafe { (octets(data, data_length)?, room(output, length)?) };
        let reply = mac.finish(data, room)?;
        // SAFETY: as the caller says; the input is not used any more.
        unsafe { answer(output, length, &reply.distorted(mac.fault())) }
    })
}

/// Goes on with a MAC.
///
/// # Safety
/// `data` has `length` octets.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_MacUpdate(handle: Handle, data: *const u8, length: u32) -> u32 {
    entry(|| {
        let mac = object::<MacState>(handle.addr(), Operation::Sign)?;
        // SAFETY: as the caller says.
        mac.update(unsafe { octets(data, length) }?)
    })
}

/// Gives the MAC, and ends it.
///
/// # Safety
/// `output` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SKF_MacFinal(
    handle: Handle,
    output: *mut u8,
    length: *mut u32,
) -> u32 {
    entry(|| {
        let mac = object::<MacState>(handle.addr(), Operation::Sign)?;
        // SAFETY: as the caller says.
        let room = unsafe { room(output, length) }?;
        let reply = mac.finish(&[], room)?;
        // SAFETY: as the caller says.
        unsafe { answer(output, length, &reply.distorted(mac.fault())) }
    })
}
