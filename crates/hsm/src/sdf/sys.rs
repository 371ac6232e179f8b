//! The C functions of GM/T 0018, their arguments checked and their answers copied out.
//!
//! What holds for every call here:
//!
//! * A function pointer came from the library under its name in the standard, with the types
//!   of the standard; where vendors' types differ, the variant says which is called.
//! * The library is never unloaded, so the pointers stay good: a call that was given up may
//!   still be going on in it, and few vendors' libraries survive an unloading.
//! * What is passed is memory of this module's own, as long as the call is told, with the
//!   alignment of its integers, and alive until the call returns. Nothing in the interface
//!   keeps a pointer to it.
//! * A handle came from the library and is given back to it once, by `Drop`; whoever has a
//!   session keeps its device, whoever has a key borrows its session.
//! * A session is used by one thread at a time: it is `Send` and not `Sync`.

#![allow(unsafe_code, reason = "a C interface")]

use super::SdfVariant;
use crate::{
    Error,
    blob::{MARGIN, Misfit, Room},
};
use std::{
    ffi::{c_int, c_uchar, c_uint, c_void},
    fmt,
    mem::ManuallyDrop,
    path::Path,
    ptr::NonNull,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use zeroize::Zeroizing;

type Handle = *mut c_void;

/// Octets of room for `DEVICEINFO`, which has 100.
const DEVICE_INFO_ROOM: usize = 512;
/// Octets of room for C at least.
const CIPHER_ROOM: usize = 1024;

/// Declares the functions by field, symbol and arguments, and how they are looked up.
macro_rules! functions {
    (
        needed { $($field:ident = $symbol:ident($($argument:ty),*);)* }
        offered { $($other:ident = $other_symbol:ident($($other_argument:ty),*);)* }
    ) => {
        /// The functions of one library.
        struct Functions {
            $($field: unsafe extern "C" fn($($argument),*) -> c_int,)*
            $($other: Option<unsafe extern "C" fn($($other_argument),*) -> c_int>,)*
        }

        impl Functions {
            fn load(path: &Path) -> Result<Self, Error> {
                // SAFETY: whoever names a device's library trusts it with this process, as the
                // documentation of `SdfLibrary::load` says.
                let library = unsafe { libloading::Library::new(path) };
                let library = ManuallyDrop::new(library.map_err(|source| Error::Library {
                    path: path.into(),
                    source: source.into(),
                })?);
                Ok(Self {
                    $($field: {
                        // SAFETY: the type is that of the standard's function of this name.
                        let function = unsafe {
                            library.get(concat!(stringify!($symbol), "\0").as_bytes())
                        };
                        *function.map_err(|_| Error::NotTheInterface {
                            path: path.into(),
                            interface: "SDF (GM/T 0018)",
                            symbol: stringify!($symbol),
                        })?
                    },)*
                    $($other: {
                        // SAFETY: as above; of one name with two types, the variant says
                        // which is called.
                        let function = unsafe {
                            library.get(concat!(stringify!($other_symbol), "\0").as_bytes())
                        };
                        function.ok().map(|function| *function)
                    },)*
                })
            }
        }
    };
}

functions! {
    needed {
        open_device = SDF_OpenDevice(*mut Handle);
        close_device = SDF_CloseDevice(Handle);
        open_session = SDF_OpenSession(Handle, *mut Handle);
        close_session = SDF_CloseSession(Handle);
        device_info = SDF_GetDeviceInfo(Handle, *mut c_void);
        random = SDF_GenerateRandom(Handle, c_uint, *mut c_uchar);
        access_right = SDF_GetPrivateKeyAccessRight(Handle, c_uint, *mut c_uchar, c_uint);
        signing_key = SDF_ExportSignPublicKey_ECC(Handle, c_uint, *mut c_void);
        sign = SDF_InternalSign_ECC(Handle, c_uint, *mut c_uchar, c_uint, *mut c_void);
    }
    offered {
        encryption_key = SDF_ExportEncPublicKey_ECC(Handle, c_uint, *mut c_void);
        encrypt = SDF_InternalEncrypt_ECC(Handle, c_uint, *mut c_uchar, c_uint, *mut c_void);
        encrypt_with_argument = SDF_InternalEncrypt_ECC(
            Handle, c_uint, c_uint, *mut c_uchar, c_uint, *mut c_void);
        decrypt = SDF_InternalDecrypt_ECC(
            Handle, c_uint, *mut c_void, *mut c_uchar, *mut c_uint);
        decrypt_with_argument = SDF_InternalDecrypt_ECC(
            Handle, c_uint, c_uint, *mut c_void, *mut c_uchar, *mut c_uint);
        create_file = SDF_CreateFile(Handle, *mut c_uchar, c_uint, c_uint);
        read_file = SDF_ReadFile(
            Handle, *mut c_uchar, c_uint, c_uint, *mut c_uint, *mut c_uchar);
        write_file = SDF_WriteFile(
            Handle, *mut c_uchar, c_uint, c_uint, c_uint, *mut c_uchar);
        delete_file = SDF_DeleteFile(Handle, *mut c_uchar, c_uint);
        exchange_envelope = SDF_ExchangeDigitEnvelopeBaseOnECC(
            Handle, c_uint, c_uint, *mut c_void, *mut c_void, *mut c_void);
        key_for_index = SDF_GenerateKeyWithIPK_ECC(
            Handle, c_uint, c_uint, *mut c_void, *mut Handle);
        key_for_key = SDF_GenerateKeyWithEPK_ECC(
            Handle, c_uint, c_uint, *mut c_void, *mut c_void, *mut Handle);
        import_key = SDF_ImportKeyWithISK_ECC(Handle, c_uint, *mut c_void, *mut Handle);
        destroy_key = SDF_DestroyKey(Handle, Handle);
        encrypt_data = SDF_Encrypt(
            Handle, Handle, c_uint, *mut c_uchar, *mut c_uchar, c_uint, *mut c_uchar, *mut c_uint);
        decrypt_data = SDF_Decrypt(
            Handle, Handle, c_uint, *mut c_uchar, *mut c_uchar, c_uint, *mut c_uchar, *mut c_uint);
    }
}

/// A loaded library.
pub(super) struct Library {
    functions: Functions,
    pub(super) variant: SdfVariant,
}

impl Library {
    pub(super) fn load(path: &Path, variant: SdfVariant) -> Result<Self, Error> {
        Ok(Self {
            functions: Functions::load(path)?,
            variant,
        })
    }

    pub(super) fn has_decryption(&self) -> bool {
        let functions = &self.functions;
        functions.decrypt.is_some() && functions.encryption_key.is_some()
    }

    pub(super) fn has_files(&self) -> bool {
        let functions = &self.functions;
        functions.create_file.is_some()
            && functions.read_file.is_some()
            && functions.write_file.is_some()
            && functions.delete_file.is_some()
    }

    fn check(&self, call: &'static str, returned: c_int) -> Result<(), Error> {
        match returned {
            0 => Ok(()),
            // The codes are written as unsigned numbers in the standard.
            code => Err(self.variant.error(call, code.cast_unsigned())),
        }
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library")
            .field("variant", &self.variant)
            .finish_non_exhaustive()
    }
}

/// An opened device.
#[derive(Debug)]
pub(super) struct Device {
    library: Arc<Library>,
    handle: NonNull<c_void>,
    /// Sessions are opened one after the other.
    opening: Mutex<()>,
    /// Whether a call said that the device is gone: its handle is of no more use.
    lost: AtomicBool,
}

// SAFETY: the handle is a value that any thread may give back to the library; calls with it
// are made under the lock, or when nobody else has it.
unsafe impl Send for Device {}
// SAFETY: as above.
unsafe impl Sync for Device {}

impl Device {
    pub(super) fn open(library: Arc<Library>) -> Result<Self, Error> {
        let mut handle = std::ptr::null_mut();
        // SAFETY: see the module's list.
        let returned = unsafe { (library.functions.open_device)(&raw mut handle) };
        library.check("SDF_OpenDevice", returned)?;
        Ok(Self {
            handle: given("SDF_OpenDevice", handle)?,
            library,
            opening: Mutex::new(()),
            lost: AtomicBool::new(false),
        })
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// As the library's; when the device is lost, whatever fails is a consequence of that: the
    /// handles of other sessions mean nothing any more.
    fn check(&self, call: &'static str, returned: c_int) -> Result<(), Error> {
        match self.library.check(call, returned) {
            Err(error @ Error::DeviceGone { .. }) => {
                self.lost.store(true, Ordering::Relaxed);
                Err(error)
            }
            Err(Error::Device { call, code, name }) if self.is_lost() => {
                Err(Error::DeviceGone { call, code, name })
            }
            result => result,
        }
    }

    pub(super) fn open_session(self: &Arc<Self>) -> Result<Session, Error> {
        let _alone = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let mut handle = std::ptr::null_mut();
        // SAFETY: see the module's list.
        let returned =
            unsafe { (self.library.functions.open_session)(self.handle.as_ptr(), &raw mut handle) };
        self.check("SDF_OpenSession", returned)?;
        Ok(Session {
            handle: given("SDF_OpenSession", handle)?,
            device: Arc::clone(self),
        })
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // SAFETY: see the module's list; no session is left, for each keeps its device.
        // What it returns changes nothing any more.
        unsafe { (self.library.functions.close_device)(self.handle.as_ptr()) };
    }
}

/// A session.
#[derive(Debug)]
pub(super) struct Session {
    handle: NonNull<c_void>,
    device: Arc<Device>,
}

// SAFETY: GM/T 0018 binds a session to no thread.
unsafe impl Send for Session {}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: see the module's list.
        unsafe { (self.library().functions.close_session)(self.handle.as_ptr()) };
    }
}

/// Which public key of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Signing,
    Encryption,
}

impl Session {
    pub(super) fn library(&self) -> &Library {
        &self.device.library
    }

    fn functions(&self) -> &Functions {
        &self.library().functions
    }

    fn check(&self, call: &'static str, returned: c_int) -> Result<(), Error> {
        self.device.check(call, returned)
    }

    /// `DEVICEINFO`, and what a vendor has behind it.
    pub(super) fn device_info(&self) -> Result<Vec<u8>, Error> {
        const CALL: &str = "SDF_GetDeviceInfo";
        let mut room = Room::new(DEVICE_INFO_ROOM);
        // SAFETY: see the module's list.
        let returned =
            unsafe { (self.functions().device_info)(self.handle.as_ptr(), room.pointer().cast()) };
        self.check(CALL, returned)?;
        room.octets().map_err(garbage(CALL))
    }

    /// Fills `octets`.
    pub(super) fn random(&self, octets: &mut [u8]) -> Result<(), Error> {
        // SAFETY: see the module's list.
        let returned = unsafe {
            (self.functions().random)(self.handle.as_ptr(), length_of(octets), octets.as_mut_ptr())
        };
        self.check("SDF_GenerateRandom", returned)
    }

    /// Presents a password for one private key. A zero octet follows it, for vendors whose
    /// type is a string.
    pub(super) fn access_right(&self, index: u32, password: &[u8]) -> Result<(), Error> {
        let mut copy = Zeroizing::new([password, &[0]].concat());
        // SAFETY: see the module's list.
        let returned = unsafe {
            (self.functions().access_right)(
                self.handle.as_ptr(),
                index,
                copy.as_mut_ptr(),
                length_of(password),
            )
        };
        self.check("SDF_GetPrivateKeyAccessRight", returned)
    }

    /// `ECCrefPublicKey` of one key.
    pub(super) fn public_key(&self, half: Half, index: u32) -> Result<Vec<u8>, Error> {
        let (call, export) = match half {
            Half::Signing => (
                "SDF_ExportSignPublicKey_ECC",
                Some(self.functions().signing_key),
            ),
            Half::Encryption => (
                "SDF_ExportEncPublicKey_ECC",
                self.functions().encryption_key,
            ),
        };
        let export = export.ok_or(missing(call))?;
        let mut room = Room::new(self.library().variant.layout.public_key());
        // SAFETY: see the module's list.
        let returned = unsafe { export(self.handle.as_ptr(), index, room.pointer().cast()) };
        self.check(call, returned)?;
        room.octets().map_err(garbage(call))
    }

    /// `ECCSignature` over e.
    pub(super) fn sign(&self, index: u32, e: &[u8; 32]) -> Result<Vec<u8>, Error> {
        const CALL: &str = "SDF_InternalSign_ECC";
        let mut e = *e;
        let mut room = Room::new(self.library().variant.layout.signature());
        // SAFETY: see the module's list.
        let returned = unsafe {
            (self.functions().sign)(
                self.handle.as_ptr(),
                index,
                e.as_mut_ptr(),
                length_of(&e),
                room.pointer().cast(),
            )
        };
        self.check(CALL, returned)?;
        room.octets().map_err(garbage(CALL))
    }

    /// `ECCCipher` of `plaintext` under the public encryption key of an index.
    pub(super) fn encrypt(&self, index: u32, plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        const CALL: &str = "SDF_InternalEncrypt_ECC";
        let handle = self.handle.as_ptr();
        let mut copy = Zeroizing::new(plaintext.to_vec());
        let (data, length) = (copy.as_mut_ptr(), length_of(plaintext));
        let mut room = self.cipher_room(plaintext.len());
        let output = room.pointer().cast();
        let functions = self.functions();
        let returned = match self.library().variant.encrypt_argument {
            Some(argument) => {
                let encrypt = functions.encrypt_with_argument.ok_or(missing(CALL))?;
                // SAFETY: see the module's list.
                unsafe { encrypt(handle, index, argument, data, length, output) }
            }
            None => {
                let encrypt = functions.encrypt.ok_or(missing(CALL))?;
                // SAFETY: see the module's list.
                unsafe { encrypt(handle, index, data, length, output) }
            }
        };
        self.check(CALL, returned)?;
        room.octets().map_err(garbage(CALL))
    }

    /// What an `ECCCipher` decrypts to, at most `capacity` octets.
    pub(super) fn decrypt(
        &self,
        index: u32,
        cipher: &[u8],
        capacity: usize,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        const CALL: &str = "SDF_InternalDecrypt_ECC";
        let handle = self.handle.as_ptr();
        let mut cipher = Room::of(cipher);
        let cipher = cipher.pointer().cast();
        let mut output = Output::new(capacity);
        let functions = self.functions();
        let returned = match self.library().variant.decrypt_argument {
            Some(argument) => {
                let decrypt = functions.decrypt_with_argument.ok_or(missing(CALL))?;
                let (data, length) = output.pointers();
                // SAFETY: see the module's list.
                unsafe { decrypt(handle, index, argument, cipher, data, length) }
            }
            None => {
                let decrypt = functions.decrypt.ok_or(missing(CALL))?;
                let (data, length) = output.pointers();
                // SAFETY: see the module's list.
                unsafe { decrypt(handle, index, cipher, data, length) }
            }
        };
        self.check(CALL, returned)?;
        output.take().map_err(garbage(CALL))
    }

    /// `ECCCipher` for another key, from one that is for the key of `index`.
    pub(super) fn exchange_envelope(
        &self,
        index: u32,
        algorithm: u32,
        recipient: &[u8],
        cipher: &[u8],
        capacity: usize,
    ) -> Result<Vec<u8>, Error> {
        const CALL: &str = "SDF_ExchangeDigitEnvelopeBaseOnECC";
        let exchange = self.functions().exchange_envelope.ok_or(missing(CALL))?;
        let (mut recipient, mut cipher) = (Room::of(recipient), Room::of(cipher));
        let mut room = self.cipher_room(capacity);
        // SAFETY: see the module's list.
        let returned = unsafe {
            exchange(
                self.handle.as_ptr(),
                index,
                algorithm,
                recipient.pointer().cast(),
                cipher.pointer().cast(),
                room.pointer().cast(),
            )
        };
        self.check(CALL, returned)?;
        room.octets().map_err(garbage(CALL))
    }

    /// A fresh symmetric key, and its `ECCCipher` for the public key of an index.
    pub(super) fn key_for_index(&self, index: u32, bits: u32) -> Result<(Vec<u8>, Key<'_>), Error> {
        const CALL: &str = "SDF_GenerateKeyWithIPK_ECC";
        let generate = self.functions().key_for_index.ok_or(missing(CALL))?;
        let mut room = self.cipher_room(bits as usize / 8);
        let cipher = room.pointer().cast();
        let mut key = std::ptr::null_mut();
        // SAFETY: see the module's list.
        let returned = unsafe { generate(self.handle.as_ptr(), index, bits, cipher, &raw mut key) };
        self.check(CALL, returned)?;
        let key = Key::given(self, CALL, key)?;
        Ok((room.octets().map_err(garbage(CALL))?, key))
    }

    /// A fresh symmetric key, and its `ECCCipher` for a public key from outside.
    pub(super) fn key_for_key(
        &self,
        recipient: &[u8],
        algorithm: u32,
        bits: u32,
    ) -> Result<(Vec<u8>, Key<'_>), Error> {
        const CALL: &str = "SDF_GenerateKeyWithEPK_ECC";
        let generate = self.functions().key_for_key.ok_or(missing(CALL))?;
        let mut recipient = Room::of(recipient);
        let mut room = self.cipher_room(bits as usize / 8);
        let mut key = std::ptr::null_mut();
        // SAFETY: see the module's list.
        let returned = unsafe {
            generate(
                self.handle.as_ptr(),
                bits,
                algorithm,
                recipient.pointer().cast(),
                room.pointer().cast(),
                &raw mut key,
            )
        };
        self.check(CALL, returned)?;
        let key = Key::given(self, CALL, key)?;
        Ok((room.octets().map_err(garbage(CALL))?, key))
    }

    /// The symmetric key in an `ECCCipher` for the private key of an index.
    pub(super) fn import_key(&self, index: u32, cipher: &[u8]) -> Result<Key<'_>, Error> {
        const CALL: &str = "SDF_ImportKeyWithISK_ECC";
        let import = self.functions().import_key.ok_or(missing(CALL))?;
        let mut cipher = Room::of(cipher);
        let mut key = std::ptr::null_mut();
        // SAFETY: see the module's list.
        let returned = unsafe {
            import(
                self.handle.as_ptr(),
                index,
                cipher.pointer().cast(),
                &raw mut key,
            )
        };
        self.check(CALL, returned)?;
        Key::given(self, CALL, key)
    }

    pub(super) fn create_file(&self, name: &[u8], size: u32) -> Result<(), Error> {
        const CALL: &str = "SDF_CreateFile";
        let create = self.functions().create_file.ok_or(missing(CALL))?;
        let mut name = terminated(name);
        let length = length_of(&name) - 1;
        // SAFETY: see the module's list.
        let returned = unsafe { create(self.handle.as_ptr(), name.as_mut_ptr(), length, size) };
        self.check(CALL, returned)
    }

    /// At most `capacity` octets of a file.
    pub(super) fn read_file(
        &self,
        name: &[u8],
        offset: u32,
        capacity: usize,
    ) -> Result<Vec<u8>, Error> {
        const CALL: &str = "SDF_ReadFile";
        let read = self.functions().read_file.ok_or(missing(CALL))?;
        let mut name = terminated(name);
        let name_length = length_of(&name) - 1;
        let mut output = Output::new(capacity);
        let (data, length) = output.pointers();
        // SAFETY: see the module's list.
        let returned = unsafe {
            read(
                self.handle.as_ptr(),
                name.as_mut_ptr(),
                name_length,
                offset,
                length,
                data,
            )
        };
        self.check(CALL, returned)?;
        output
            .take()
            .map(|octets| octets.to_vec())
            .map_err(garbage(CALL))
    }

    pub(super) fn write_file(&self, name: &[u8], offset: u32, octets: &[u8]) -> Result<(), Error> {
        const CALL: &str = "SDF_WriteFile";
        let write = self.functions().write_file.ok_or(missing(CALL))?;
        let mut name = terminated(name);
        let name_length = length_of(&name) - 1;
        let mut copy = octets.to_vec();
        // SAFETY: see the module's list.
        let returned = unsafe {
            write(
                self.handle.as_ptr(),
                name.as_mut_ptr(),
                name_length,
                offset,
                length_of(octets),
                copy.as_mut_ptr(),
            )
        };
        self.check(CALL, returned)
    }

    pub(super) fn delete_file(&self, name: &[u8]) -> Result<(), Error> {
        const CALL: &str = "SDF_DeleteFile";
        let delete = self.functions().delete_file.ok_or(missing(CALL))?;
        let mut name = terminated(name);
        let length = length_of(&name) - 1;
        // SAFETY: see the module's list.
        let returned = unsafe { delete(self.handle.as_ptr(), name.as_mut_ptr(), length) };
        self.check(CALL, returned)
    }

    /// Room for an `ECCCipher` with `length` octets of C. Header files of the field give C
    /// 136, 255 or 1024 octets, and some devices write all of them.
    fn cipher_room(&self, length: usize) -> Room {
        let c = length.max(CIPHER_ROOM);
        Room::new(self.library().variant.layout.cipher_head() + c)
    }
}

/// A symmetric key in a session, destroyed when dropped.
#[derive(Debug)]
pub(super) struct Key<'a> {
    session: &'a Session,
    handle: NonNull<c_void>,
}

impl<'a> Key<'a> {
    fn given(session: &'a Session, call: &'static str, handle: Handle) -> Result<Self, Error> {
        Ok(Self {
            session,
            handle: given(call, handle)?,
        })
    }

    /// Encrypts whole blocks in a mode without initialisation vector.
    pub(super) fn encrypt(&self, algorithm: u32, data: &[u8]) -> Result<Vec<u8>, Error> {
        let function = self.session.functions().encrypt_data;
        self.apply("SDF_Encrypt", function, algorithm, data)
            .map(|octets| octets.to_vec())
    }

    /// Decrypts whole blocks in a mode without initialisation vector.
    pub(super) fn decrypt(&self, algorithm: u32, data: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let function = self.session.functions().decrypt_data;
        self.apply("SDF_Decrypt", function, algorithm, data)
    }

    fn apply(
        &self,
        call: &'static str,
        function: Option<Cipher>,
        algorithm: u32,
        data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let function = function.ok_or(missing(call))?;
        let mut input = Zeroizing::new(data.to_vec());
        let mut output = Output::new(data.len());
        // A mode without vector reads none; a vendor's library might all the same.
        let mut vector = [0; 16];
        let (octets, length) = output.pointers();
        // SAFETY: see the module's list.
        let returned = unsafe {
            function(
                self.session.handle.as_ptr(),
                self.handle.as_ptr(),
                algorithm,
                vector.as_mut_ptr(),
                input.as_mut_ptr(),
                length_of(data),
                octets,
                length,
            )
        };
        self.session.check(call, returned)?;
        output.take().map_err(garbage(call))
    }
}

type Cipher = unsafe extern "C" fn(
    Handle,
    Handle,
    c_uint,
    *mut c_uchar,
    *mut c_uchar,
    c_uint,
    *mut c_uchar,
    *mut c_uint,
) -> c_int;

impl Drop for Key<'_> {
    fn drop(&mut self) {
        if let Some(destroy) = self.session.functions().destroy_key {
            // SAFETY: see the module's list.
            unsafe { destroy(self.session.handle.as_ptr(), self.handle.as_ptr()) };
        }
    }
}

/// Room for octets that a device writes, and for their count.
struct Output {
    /// The room and a margin that must stay zero.
    octets: Zeroizing<Vec<u8>>,
    capacity: usize,
    length: c_uint,
}

impl Output {
    fn new(capacity: usize) -> Self {
        let octets = Zeroizing::new(vec![0; capacity + MARGIN]);
        Self {
            length: length_of(&octets[..capacity]),
            octets,
            capacity,
        }
    }

    fn pointers(&mut self) -> (*mut c_uchar, *mut c_uint) {
        (self.octets.as_mut_ptr(), &raw mut self.length)
    }

    fn take(mut self) -> Result<Zeroizing<Vec<u8>>, Misfit> {
        let length = self.length as usize;
        let behind = &self.octets[self.capacity..];
        if length > self.capacity || behind.iter().any(|octet| *octet != 0) {
            return Err("more octets than there was room for");
        }
        self.octets.truncate(length);
        Ok(self.octets)
    }
}

/// How many octets there are, for C; of more than 4 GiB the first are meant.
fn length_of(octets: &[u8]) -> c_uint {
    c_uint::try_from(octets.len()).unwrap_or(c_uint::MAX)
}

/// A name with a zero octet behind it, which a vendor's library may look for.
fn terminated(name: &[u8]) -> Vec<u8> {
    [name, &[0]].concat()
}

fn given(call: &'static str, handle: Handle) -> Result<NonNull<c_void>, Error> {
    NonNull::new(handle).ok_or(Error::Garbage {
        call,
        what: "no handle",
    })
}

fn garbage(call: &'static str) -> impl Fn(Misfit) -> Error {
    move |what| Error::Garbage { call, what }
}

fn missing(call: &'static str) -> Error {
    Error::Unsupported {
        what: call,
        interface: "this library",
    }
}
