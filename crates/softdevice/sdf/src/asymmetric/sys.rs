//! The C functions of 6.4, but for RSA.
#![allow(unsafe_code, reason = "functions that C calls")]

use crate::{
    algorithm::{self, SM2_1, SM2_3},
    code::{Code, Result},
    library::session,
    settings::Abi,
    sys::{Handle, answer, cipher, entry, octets, put, room, structure},
};
use softdevice::{Operation, structures::read_public_key};
use std::{ffi::c_void, mem::MaybeUninit, ptr};

/// Signs e = SM3(Z ‖ M), 32 octets.
///
/// # Safety
/// `data` has `length` octets; `signature` is NULL or has room for an `ECCSignature`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_InternalSign_ECC(
    handle: Handle,
    index: u32,
    data: *const u8,
    length: u32,
    signature: *mut c_void,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Sign)?;
        // SAFETY: as the caller says.
        let mut octets = session.sign(index, unsafe { octets(data, length) }?)?;
        session.distort(&mut octets);
        // SAFETY: as the caller says.
        unsafe { put(signature, &octets) }
    })
}

/// Checks a signature over e with the public key of an index.
///
/// # Safety
/// `data` has `length` octets; `signature` is NULL or an `ECCSignature`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_InternalVerify_ECC(
    handle: Handle,
    index: u32,
    data: *const u8,
    length: u32,
    signature: *const c_void,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Verify)?;
        // SAFETY: as the caller says.
        let (data, signature) = unsafe {
            (
                octets(data, length)?,
                structure(signature, session.width().signature())?,
            )
        };
        session.verify_at(index, data, signature)
    })
}

/// Checks a signature over e with somebody's public key.
///
/// # Safety
/// `data` has `length` octets; the structures are NULL or what they are called.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ExternalVerify_ECC(
    handle: Handle,
    algorithm: u32,
    public_key: *const c_void,
    data: *const u8,
    length: u32,
    signature: *const c_void,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Verify)?;
        let width = session.width();
        algorithm::sm2(algorithm, SM2_1)?;
        // SAFETY: as the caller says.
        let (key, data, signature) = unsafe {
            (
                structure(public_key, width.public_key())?,
                octets(data, length)?,
                structure(signature, width.signature())?,
            )
        };
        session.verify(&read_public_key(key, width)?, data, signature)
    })
}

/// Encrypts for somebody's public key.
///
/// # Safety
/// `public_key` is NULL or an `ECCrefPublicKey`, `data` has `length` octets, `sealed` has room
/// for an `ECCCipher` whose C has as many.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_ExternalEncrypt_ECC(
    handle: Handle,
    algorithm: u32,
    public_key: *const c_void,
    data: *const u8,
    length: u32,
    sealed: *mut c_void,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Encrypt)?;
        let width = session.width();
        algorithm::sm2(algorithm, SM2_3)?;
        // SAFETY: as the caller says.
        let (key, data) = unsafe {
            (
                structure(public_key, width.public_key())?,
                octets(data, length)?,
            )
        };
        let mut octets = session.encrypt(&read_public_key(key, width)?, data)?;
        session.distort(&mut octets);
        // SAFETY: as the caller says; `data` is not used any more.
        unsafe { put(sealed, &octets) }
    })
}

/// An argument that some callers don't pass: what then is in its register is nobody's value.
type Word = MaybeUninit<usize>;

/// An integer of 32 bits that was passed in a register; the upper half of it may be anything.
///
/// # Safety
/// The caller of the C function passed it.
#[expect(
    clippy::cast_possible_truncation,
    reason = "an integer argument has 32 bits, the register more"
)]
unsafe fn number(word: Word) -> u32 {
    // SAFETY: it was passed.
    unsafe { word.assume_init() as u32 }
}

/// A pointer that was passed in a register.
///
/// # Safety
/// The caller of the C function passed it.
unsafe fn pointer<T>(word: Word) -> *mut T {
    // SAFETY: it was passed. The memory that it points to is the caller's.
    ptr::with_exposed_provenance_mut(unsafe { word.assume_init() })
}

/// Encrypts for an index's own encryption key.
///
/// The headers disagree: GmSSL's has (session, index, algorithm, data, length, cipher),
/// openHiTLS's and Tongsuo's lack the algorithm. The longer list is declared, and the
/// arguments of the shorter one are found in its first five registers; the sixth is not looked
/// at then. [`crate::settings`] refuses the short lists on machines that would pass any of
/// the six in memory. The first two have the same types in all three.
///
/// # Safety
/// The arguments are those of the header that `SOFTDEVICE_SDF_ABI` names: `data` has `length`
/// octets, the cipher has room for an `ECCCipher` whose C has as many.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_InternalEncrypt_ECC(
    handle: Handle,
    index: u32,
    third: Word,
    fourth: Word,
    fifth: Word,
    sixth: Word,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Encrypt)?;
        let [data, length, sealed] = match session.settings().abi {
            Abi::GmSsl => {
                // SAFETY: with this header the third argument is the algorithm.
                algorithm::sm2(unsafe { number(third) }, SM2_3)?;
                [fourth, fifth, sixth]
            }
            Abi::OpenHitls | Abi::Tongsuo => [third, fourth, fifth],
        };
        // SAFETY: these arguments were passed, and are what the caller says.
        let data = unsafe { octets(pointer(data), number(length)) }?;
        let mut octets = session.encrypt_at(index, data)?;
        session.distort(&mut octets);
        // SAFETY: as above; `data` is not used any more.
        unsafe { put(pointer(sealed), &octets) }
    })
}

/// Decrypts with an index's encryption key.
///
/// GmSSL's header has (session, index, algorithm, cipher, data, length), openHiTLS's the same
/// with the type of the key in the third place, Tongsuo's lacks the third. See
/// [`SDF_InternalEncrypt_ECC`].
///
/// # Safety
/// The arguments are those of the header that `SOFTDEVICE_SDF_ABI` names: the cipher is an
/// `ECCCipher` with C as long as its L, `data` is NULL or has the room that `length` says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn SDF_InternalDecrypt_ECC(
    handle: Handle,
    index: u32,
    third: Word,
    fourth: Word,
    fifth: Word,
    sixth: Word,
) -> i32 {
    entry(|| {
        let session = session(handle.addr(), Operation::Decrypt)?;
        let [sealed, data, length] = match session.settings().abi {
            Abi::GmSsl => {
                // SAFETY: with this header the third argument is the algorithm.
                algorithm::sm2(unsafe { number(third) }, SM2_3)?;
                [fourth, fifth, sixth]
            }
            Abi::OpenHitls => {
                // SAFETY: with this header the third argument is the type of the key.
                encryption_key(unsafe { number(third) })?;
                [fourth, fifth, sixth]
            }
            Abi::Tongsuo => [third, fourth, fifth],
        };
        // SAFETY: these arguments were passed, and are what the caller says.
        let (sealed, data, length) = unsafe {
            (
                cipher(pointer(sealed), session.width())?,
                pointer::<u8>(data),
                pointer::<u32>(length),
            )
        };
        // SAFETY: as above.
        let reply = session.decrypt(index, sealed, unsafe { room(data, length) }?)?;
        // SAFETY: as above; `sealed` is not used any more.
        unsafe { answer(data, length, &reply.distorted(session.fault())) }
    })
}

/// Passes the types of key that mean the encryption key. openHiTLS's header does not say which
/// numbers there are; these are read as SM2 itself, or nothing said.
fn encryption_key(number: u32) -> Result<()> {
    match number {
        0 => Ok(()),
        number => algorithm::sm2(number, SM2_3).map_err(|_| Code::KeyType),
    }
}
