//! The C functions of GM/T 0016, their arguments checked and their answers copied out.
//!
//! What holds for every call here:
//!
//! * A function pointer came from the library under its name in the standard, with the types
//!   of the standard; how wide `ULONG` is, the variant says.
//! * The library is never unloaded, so the pointers stay good: a call that was given up may
//!   still be going on in it, and few vendors' libraries survive an unloading.
//! * What is passed is memory of this module's own, as long as the call is told, with the
//!   alignment of its integers, and alive until the call returns. Nothing in the interface
//!   keeps a pointer to it. Strings end with a zero octet.
//! * A `ULONG` that the library writes is a [`Number`]: eight octets, aligned, of which it
//!   writes the lower four or all, on a little-endian machine.
//! * A handle came from the library and is given back to it once, by the last `Drop` of those
//!   that hold it ([`Handles`]); a container keeps its application and an application its
//!   device, so they are closed in this order.

#![allow(unsafe_code, reason = "a C interface")]

use super::{
    SkfVariant,
    container::sys::BlockCipherParameter,
    handles::{Handles, Kind},
    variant::{DecryptionFunction, DecryptionName},
};
use crate::{
    Error,
    blob::{MARGIN, Misfit, Room},
};
use std::{
    ffi::{CStr, c_char, c_int, c_uchar, c_void},
    fmt,
    mem::ManuallyDrop,
    path::Path,
    ptr::NonNull,
    sync::Arc,
};
use zeroize::Zeroizing;

pub(super) type Handle = *mut c_void;
/// `BOOL` has 32 bits in both variants.
pub(super) type Bool = c_int;

/// `ULONG`, with 32 bits or as `unsigned long`.
pub(super) trait Ulong: Copy {
    fn of(value: u32) -> Self;
    fn value(self) -> u64;
}

impl Ulong for u32 {
    fn of(value: u32) -> Self {
        value
    }

    fn value(self) -> u64 {
        self.into()
    }
}

impl Ulong for u64 {
    fn of(value: u32) -> Self {
        value.into()
    }

    fn value(self) -> u64 {
        self
    }
}

/// Declares the functions by field, symbol and arguments, and how they are looked up.
macro_rules! functions {
    (
        needed { $($field:ident = $symbol:ident($($argument:ty),*);)* }
        offered { $($other:ident = $other_symbol:ident($($other_argument:ty),*);)* }
    ) => {
        /// The functions of one library.
        pub(super) struct Table<U> {
            $(pub(super) $field: unsafe extern "C" fn($($argument),*) -> U,)*
            $(pub(super) $other: Option<unsafe extern "C" fn($($other_argument),*) -> U>,)*
        }

        impl<U: Ulong> Table<U> {
            fn load(library: &libloading::Library, path: &Path) -> Result<Self, Error> {
                Ok(Self {
                    $($field: {
                        // SAFETY: the type is that of the standard's function of this name.
                        let function = unsafe {
                            library.get(concat!(stringify!($symbol), "\0").as_bytes())
                        };
                        *function.map_err(|_| Error::NotTheInterface {
                            path: path.into(),
                            interface: "SKF (GM/T 0016)",
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
        enum_devices = SKF_EnumDev(Bool, *mut c_char, *mut U);
        connect = SKF_ConnectDev(*mut c_char, *mut Handle);
        disconnect = SKF_DisConnectDev(Handle);
        device_info = SKF_GetDevInfo(Handle, *mut c_void);
        enum_applications = SKF_EnumApplication(Handle, *mut c_char, *mut U);
        open_application = SKF_OpenApplication(Handle, *mut c_char, *mut Handle);
        close_application = SKF_CloseApplication(Handle);
        verify_pin = SKF_VerifyPIN(Handle, U, *mut c_char, *mut U);
        enum_containers = SKF_EnumContainer(Handle, *mut c_char, *mut U);
        open_container = SKF_OpenContainer(Handle, *mut c_char, *mut Handle);
        close_container = SKF_CloseContainer(Handle);
        export_public_key = SKF_ExportPublicKey(Handle, Bool, *mut c_uchar, *mut U);
        sign = SKF_ECCSignData(Handle, *mut c_uchar, U, *mut c_void);
    }
    offered {
        wait_for_event = SKF_WaitForDevEvent(*mut c_char, *mut U, *mut U);
        cancel_wait = SKF_CancelWaitForDevEvent();
        set_label = SKF_SetLabel(Handle, *mut c_char);
        lock_device = SKF_LockDev(Handle, U);
        unlock_device = SKF_UnlockDev(Handle);
        authenticate = SKF_DevAuth(Handle, *mut c_uchar, U);
        change_authentication_key = SKF_ChangeDevAuthKey(Handle, *mut c_uchar, U);
        change_pin = SKF_ChangePIN(Handle, U, *mut c_char, *mut c_char, *mut U);
        pin_info = SKF_GetPINInfo(Handle, U, *mut U, *mut U, *mut Bool);
        unblock_pin = SKF_UnblockPIN(Handle, *mut c_char, *mut c_char, *mut U);
        clear_secure_state = SKF_ClearSecureState(Handle);
        create_application = SKF_CreateApplication(
            Handle, *mut c_char, *mut c_char, U, *mut c_char, U, U, *mut Handle);
        delete_application = SKF_DeleteApplication(Handle, *mut c_char);
        create_container = SKF_CreateContainer(Handle, *mut c_char, *mut Handle);
        delete_container = SKF_DeleteContainer(Handle, *mut c_char);
        generate = SKF_GenECCKeyPair(Handle, U, *mut c_void);
        import_key_pair = SKF_ImportECCKeyPair(Handle, *mut c_void);
        import_certificate = SKF_ImportCertificate(Handle, Bool, *mut c_uchar, U);
        export_certificate = SKF_ExportCertificate(Handle, Bool, *mut c_uchar, *mut U);
        random = SKF_GenRandom(Handle, *mut c_uchar, U);
        ecc_decrypt = SKF_ECCDecrypt(Handle, *mut c_void, *mut c_uchar, *mut U);
        ecc_decrypt_with_argument = SKF_ECCDecrypt(
            Handle, U, *mut c_void, *mut c_uchar, *mut U);
        private_decrypt = SKF_PrvKeyDecrypt(Handle, *mut c_void, *mut c_uchar, *mut U);
        private_decrypt_with_argument = SKF_PrvKeyDecrypt(
            Handle, U, *mut c_void, *mut c_uchar, *mut U);
        import_session_key = SKF_ImportSessionKey(Handle, U, *mut c_uchar, U, *mut Handle);
        decrypt_init = SKF_DecryptInit(Handle, BlockCipherParameter<U>);
        decrypt = SKF_Decrypt(Handle, *mut c_uchar, U, *mut c_uchar, *mut U);
        close_handle = SKF_CloseHandle(Handle);
    }
}

/// The functions, as wide as the variant says.
pub(super) enum Functions {
    Narrow(Table<u32>),
    Wide(Table<u64>),
}

/// Calls a function that is always there; gives the code.
macro_rules! call {
    ($library:expr, $field:ident($($argument:expr),*)) => {
        match &$library.functions {
            // SAFETY: see the module's list.
            Functions::Narrow(table) => unsafe { (table.$field)($($argument),*) }.value(),
            // SAFETY: see the module's list.
            Functions::Wide(table) => unsafe { (table.$field)($($argument),*) }.value(),
        }
    };
}

/// Calls a function that may be missing; gives the code.
macro_rules! call_offered {
    ($library:expr, $name:expr, $field:ident($($argument:expr),*)) => {
        match &$library.functions {
            Functions::Narrow(table) => {
                let function = table.$field.ok_or(missing($name))?;
                // SAFETY: see the module's list.
                unsafe { function($($argument),*) }.value()
            }
            Functions::Wide(table) => {
                let function = table.$field.ok_or(missing($name))?;
                // SAFETY: see the module's list.
                unsafe { function($($argument),*) }.value()
            }
        }
    };
}

macro_rules! has {
    ($library:expr, $field:ident) => {
        match &$library.functions {
            Functions::Narrow(table) => table.$field.is_some(),
            Functions::Wide(table) => table.$field.is_some(),
        }
    };
}

/// A loaded library.
pub(super) struct Library {
    pub(super) functions: Functions,
    pub(super) variant: SkfVariant,
    pub(super) handles: Arc<Handles>,
}

/// An event on a device's socket.
pub(super) struct RawEvent {
    pub(super) name: Vec<u8>,
    pub(super) event: u64,
}

impl Library {
    pub(super) fn load(path: &Path, variant: SkfVariant) -> Result<Self, Error> {
        // SAFETY: whoever names a device's library trusts it with this process, as the
        // documentation of `SkfLibrary::load` says.
        let library = unsafe { libloading::Library::new(path) };
        let library = ManuallyDrop::new(library.map_err(|source| Error::Library {
            path: path.into(),
            source: source.into(),
        })?);
        let functions = match variant.layout.integer {
            8 => Functions::Wide(Table::load(&library, path)?),
            _ => Functions::Narrow(Table::load(&library, path)?),
        };
        let address = match &functions {
            Functions::Narrow(table) => table.connect as usize,
            Functions::Wide(table) => table.connect as usize,
        };
        Ok(Self {
            functions,
            variant,
            handles: Handles::of_library(address),
        })
    }

    pub(super) fn check(&self, call: &'static str, code: u64) -> Result<(), Error> {
        match code {
            0 => Ok(()),
            code => Err(self.variant.error(call, code)),
        }
    }

    pub(super) fn has_decryption(&self) -> bool {
        match self.variant.decryption {
            None => false,
            Some(DecryptionFunction { name, argument }) => match (name, argument) {
                (DecryptionName::EccDecrypt, None) => has!(self, ecc_decrypt),
                (DecryptionName::EccDecrypt, Some(_)) => has!(self, ecc_decrypt_with_argument),
                (DecryptionName::PrvKeyDecrypt, None) => has!(self, private_decrypt),
                (DecryptionName::PrvKeyDecrypt, Some(_)) => {
                    has!(self, private_decrypt_with_argument)
                }
            },
        }
    }

    pub(super) fn has_import(&self) -> bool {
        has!(self, import_key_pair)
    }

    pub(super) fn has_certificates(&self) -> bool {
        has!(self, import_certificate) && has!(self, export_certificate)
    }

    pub(super) fn has_random(&self) -> bool {
        has!(self, random)
    }

    pub(super) fn has_lock(&self) -> bool {
        has!(self, lock_device) && has!(self, unlock_device)
    }

    /// How many octets the list of the devices that are present has.
    pub(super) fn devices(&self, room: Option<usize>) -> Result<Listed, Error> {
        let mut list = List::new(room);
        let (names, length) = list.pointers();
        let code = call!(self, enum_devices(1, names, length.pointer()));
        self.check("SKF_EnumDev", code)?;
        list.take().map_err(garbage("SKF_EnumDev"))
    }

    /// Waits until a device comes or goes.
    pub(super) fn wait_for_event(&self) -> Result<RawEvent, Error> {
        const CALL: &str = "SKF_WaitForDevEvent";
        let mut name = Output::new(MAX_NAME);
        let mut event = Number(0);
        let (octets, length) = name.pointers();
        let code = call_offered!(
            self,
            CALL,
            wait_for_event(octets.cast(), length.pointer(), event.pointer())
        );
        self.check(CALL, code)?;
        Ok(RawEvent {
            name: name.take().map_err(garbage(CALL))?.to_vec(),
            event: event.0,
        })
    }

    pub(super) fn cancel_wait(&self) -> Result<(), Error> {
        const CALL: &str = "SKF_CancelWaitForDevEvent";
        let code = call_offered!(self, CALL, cancel_wait());
        self.check(CALL, code)
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library")
            .field("variant", &self.variant)
            .finish_non_exhaustive()
    }
}

/// Octets of the longest name of a device.
const MAX_NAME: usize = 1024;
/// Octets of room for `DEVINFO`, which has 294 or 326.
const DEVICE_INFO_ROOM: usize = 1024;

/// A connected device.
#[derive(Debug)]
pub(super) struct Device {
    library: Arc<Library>,
    handle: NonNull<c_void>,
}

// SAFETY: the handle is a value that the standard binds to no thread; a device, its
// applications and containers are used by the one thread of the one session that owns them.
unsafe impl Send for Device {}
// SAFETY: as above.
unsafe impl Sync for Device {}

impl Device {
    pub(super) fn connect(library: Arc<Library>, name: &CStr) -> Result<Self, Error> {
        let mut name = terminated(name);
        let handle = library.handles.open(Kind::Device, || {
            let mut handle = std::ptr::null_mut();
            let code = call!(library, connect(name.as_mut_ptr().cast(), &raw mut handle));
            library.check("SKF_ConnectDev", code)?;
            given("SKF_ConnectDev", handle)
        })?;
        Ok(Self { handle, library })
    }

    pub(super) fn library(&self) -> &Library {
        &self.library
    }

    fn raw(&self) -> Handle {
        self.handle.as_ptr()
    }

    /// `DEVINFO`, and what a vendor has behind it.
    pub(super) fn info(&self) -> Result<Vec<u8>, Error> {
        let mut room = Room::new(DEVICE_INFO_ROOM);
        let code = call!(self.library, device_info(self.raw(), room.pointer().cast()));
        self.library.check("SKF_GetDevInfo", code)?;
        room.octets().map_err(garbage("SKF_GetDevInfo"))
    }

    pub(super) fn set_label(&self, label: &CStr) -> Result<(), Error> {
        const CALL: &str = "SKF_SetLabel";
        let mut label = terminated(label);
        let code = call_offered!(
            self.library,
            CALL,
            set_label(self.raw(), label.as_mut_ptr().cast())
        );
        self.library.check(CALL, code)
    }

    /// Waits at most so many milliseconds.
    pub(super) fn lock(&self, milliseconds: u32) -> Result<(), Error> {
        const CALL: &str = "SKF_LockDev";
        let code = call_offered!(
            self.library,
            CALL,
            lock_device(self.raw(), Ulong::of(milliseconds))
        );
        self.library.check(CALL, code)
    }

    pub(super) fn unlock(&self) -> Result<(), Error> {
        const CALL: &str = "SKF_UnlockDev";
        let code = call_offered!(self.library, CALL, unlock_device(self.raw()));
        self.library.check(CALL, code)
    }

    pub(super) fn authenticate(&self, answer: &[u8]) -> Result<(), Error> {
        const CALL: &str = "SKF_DevAuth";
        let mut copy = answer.to_vec();
        let code = call_offered!(
            self.library,
            CALL,
            authenticate(self.raw(), copy.as_mut_ptr(), Ulong::of(length_of(answer)))
        );
        self.library.check(CALL, code)
    }

    pub(super) fn change_authentication_key(&self, key: &[u8]) -> Result<(), Error> {
        const CALL: &str = "SKF_ChangeDevAuthKey";
        let mut copy = Zeroizing::new(key.to_vec());
        let code = call_offered!(
            self.library,
            CALL,
            change_authentication_key(self.raw(), copy.as_mut_ptr(), Ulong::of(length_of(key)))
        );
        self.library.check(CALL, code)
    }

    /// Fills `octets`.
    pub(super) fn random(&self, octets: &mut [u8]) -> Result<(), Error> {
        const CALL: &str = "SKF_GenRandom";
        let code = call_offered!(
            self.library,
            CALL,
            random(
                self.raw(),
                octets.as_mut_ptr(),
                Ulong::of(length_of(octets))
            )
        );
        self.library.check(CALL, code)
    }

    pub(super) fn applications(&self, room: Option<usize>) -> Result<Listed, Error> {
        let mut list = List::new(room);
        let (names, length) = list.pointers();
        let code = call!(
            self.library,
            enum_applications(self.raw(), names, length.pointer())
        );
        self.library.check("SKF_EnumApplication", code)?;
        list.take().map_err(garbage("SKF_EnumApplication"))
    }

    /// Creates an application; it is not left open.
    pub(super) fn create_application(
        &self,
        name: &CStr,
        (administrator, administrator_tries): (&CStr, u32),
        (user, user_tries): (&CStr, u32),
        file_rights: u32,
    ) -> Result<(), Error> {
        const CALL: &str = "SKF_CreateApplication";
        let mut name = terminated(name);
        let (mut administrator, mut user) = (terminated(administrator), terminated(user));
        let mut handle = std::ptr::null_mut();
        let code = call_offered!(
            self.library,
            CALL,
            create_application(
                self.raw(),
                name.as_mut_ptr().cast(),
                administrator.as_mut_ptr().cast(),
                Ulong::of(administrator_tries),
                user.as_mut_ptr().cast(),
                Ulong::of(user_tries),
                Ulong::of(file_rights),
                &raw mut handle
            )
        );
        self.library.check(CALL, code)?;
        let handle = given(CALL, handle)?;
        let code = call!(self.library, close_application(handle.as_ptr()));
        self.library.check("SKF_CloseApplication", code)
    }

    pub(super) fn delete_application(&self, name: &CStr) -> Result<(), Error> {
        const CALL: &str = "SKF_DeleteApplication";
        let mut name = terminated(name);
        let code = call_offered!(
            self.library,
            CALL,
            delete_application(self.raw(), name.as_mut_ptr().cast())
        );
        self.library.check(CALL, code)
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.library.handles.close(Kind::Device, self.handle, || {
            // What it returns changes nothing any more; so below.
            let _ = call!(self.library, disconnect(self.raw()));
        });
    }
}

/// An opened application.
#[derive(Debug)]
pub(super) struct Application {
    device: Arc<Device>,
    handle: NonNull<c_void>,
}

// SAFETY: as for the device.
unsafe impl Send for Application {}
// SAFETY: as for the device.
unsafe impl Sync for Application {}

/// What `SKF_GetPINInfo` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawPinInfo {
    pub(super) maximum: u64,
    pub(super) remaining: u64,
    pub(super) initial: bool,
}

/// What became of a PIN: the tries that are left, if the device says, when it was refused.
pub(super) struct Refusal {
    pub(super) error: Error,
    pub(super) remaining: Option<u32>,
}

impl Application {
    pub(super) fn open(device: &Arc<Device>, name: &CStr) -> Result<Self, Error> {
        let mut name = terminated(name);
        let handle = device.library.handles.open(Kind::Application, || {
            let mut handle = std::ptr::null_mut();
            let code = call!(
                device.library,
                open_application(device.raw(), name.as_mut_ptr().cast(), &raw mut handle)
            );
            device.library.check("SKF_OpenApplication", code)?;
            given("SKF_OpenApplication", handle)
        })?;
        Ok(Self {
            handle,
            device: Arc::clone(device),
        })
    }

    pub(super) fn library(&self) -> &Library {
        &self.device.library
    }

    pub(super) fn raw(&self) -> Handle {
        self.handle.as_ptr()
    }

    pub(super) fn pin_info(&self, kind: u32) -> Result<RawPinInfo, Error> {
        const CALL: &str = "SKF_GetPINInfo";
        let (mut maximum, mut remaining, mut initial) = (Number(0), Number(0), 0);
        let code = call_offered!(
            self.library(),
            CALL,
            pin_info(
                self.raw(),
                Ulong::of(kind),
                maximum.pointer(),
                remaining.pointer(),
                &raw mut initial
            )
        );
        self.library().check(CALL, code)?;
        Ok(RawPinInfo {
            maximum: maximum.0,
            remaining: remaining.0,
            initial: initial != 0,
        })
    }

    pub(super) fn verify_pin(&self, kind: u32, pin: &CStr) -> Result<(), Refusal> {
        let mut pin = terminated(pin);
        let mut remaining = Number(UNTOLD);
        let code = call!(
            self.library(),
            verify_pin(
                self.raw(),
                Ulong::of(kind),
                pin.as_mut_ptr().cast(),
                remaining.pointer()
            )
        );
        let result = self.library().check("SKF_VerifyPIN", code);
        result.map_err(|error| Refusal {
            error,
            remaining: told(&remaining),
        })
    }

    pub(super) fn change_pin(&self, kind: u32, old: &CStr, new: &CStr) -> Result<(), Refusal> {
        const CALL: &str = "SKF_ChangePIN";
        let (mut old, mut new) = (terminated(old), terminated(new));
        let mut remaining = Number(UNTOLD);
        let mut change = || -> Result<(), Error> {
            let code = call_offered!(
                self.library(),
                CALL,
                change_pin(
                    self.raw(),
                    Ulong::of(kind),
                    old.as_mut_ptr().cast(),
                    new.as_mut_ptr().cast(),
                    remaining.pointer()
                )
            );
            self.library().check(CALL, code)
        };
        let result = change();
        result.map_err(|error| Refusal {
            error,
            remaining: told(&remaining),
        })
    }

    pub(super) fn unblock_pin(&self, administrator: &CStr, new: &CStr) -> Result<(), Refusal> {
        const CALL: &str = "SKF_UnblockPIN";
        let (mut administrator, mut new) = (terminated(administrator), terminated(new));
        let mut remaining = Number(UNTOLD);
        let mut unblock = || -> Result<(), Error> {
            let code = call_offered!(
                self.library(),
                CALL,
                unblock_pin(
                    self.raw(),
                    administrator.as_mut_ptr().cast(),
                    new.as_mut_ptr().cast(),
                    remaining.pointer()
                )
            );
            self.library().check(CALL, code)
        };
        let result = unblock();
        result.map_err(|error| Refusal {
            error,
            remaining: told(&remaining),
        })
    }

    /// Takes back whatever a PIN opened.
    pub(super) fn clear_secure_state(&self) -> Result<(), Error> {
        const CALL: &str = "SKF_ClearSecureState";
        let code = call_offered!(self.library(), CALL, clear_secure_state(self.raw()));
        self.library().check(CALL, code)
    }

    pub(super) fn containers(&self, room: Option<usize>) -> Result<Listed, Error> {
        let mut list = List::new(room);
        let (names, length) = list.pointers();
        let code = call!(
            self.library(),
            enum_containers(self.raw(), names, length.pointer())
        );
        self.library().check("SKF_EnumContainer", code)?;
        list.take().map_err(garbage("SKF_EnumContainer"))
    }

    pub(super) fn delete_container(&self, name: &CStr) -> Result<(), Error> {
        const CALL: &str = "SKF_DeleteContainer";
        let mut name = terminated(name);
        let code = call_offered!(
            self.library(),
            CALL,
            delete_container(self.raw(), name.as_mut_ptr().cast())
        );
        self.library().check(CALL, code)
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let handles = &self.library().handles;
        handles.close(Kind::Application, self.handle, || {
            let _ = call!(self.library(), close_application(self.raw()));
        });
    }
}

/// A `ULONG` that the library reads and writes.
#[repr(align(8))]
pub(super) struct Number(pub(super) u64);

impl Number {
    pub(super) fn of(length: usize) -> Self {
        Self(u32::try_from(length).unwrap_or(u32::MAX).into())
    }

    pub(super) fn pointer<U: Ulong>(&mut self) -> *mut U {
        (&raw mut self.0).cast()
    }
}

/// What a count is before the device writes it: none has so many, and a device that writes
/// four octets writes them all.
const UNTOLD: u64 = u32::MAX as u64;

/// A count that began as [`UNTOLD`], if the device wrote one.
fn told(count: &Number) -> Option<u32> {
    let count = u32::try_from(count.0).ok();
    count.filter(|count| u64::from(*count) != UNTOLD)
}

/// Room for octets that a device writes, and for their count.
pub(super) struct Output {
    /// The room and a margin that must stay zero.
    octets: Zeroizing<Vec<u8>>,
    capacity: usize,
    length: Number,
}

impl Output {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            octets: Zeroizing::new(vec![0; capacity + MARGIN]),
            capacity,
            length: Number::of(capacity),
        }
    }

    pub(super) fn pointers(&mut self) -> (*mut c_uchar, &mut Number) {
        (self.octets.as_mut_ptr(), &mut self.length)
    }

    pub(super) fn take(mut self) -> Result<Zeroizing<Vec<u8>>, Misfit> {
        let behind = &self.octets[self.capacity..];
        let length = usize::try_from(self.length.0).unwrap_or(usize::MAX);
        if length > self.capacity || behind.iter().any(|octet| *octet != 0) {
            return Err("more octets than there was room for");
        }
        self.octets.truncate(length);
        Ok(self.octets)
    }
}

/// What a function gave that is called twice: without room for the length, then with it.
#[derive(Debug)]
pub(super) enum Listed {
    Length(u64),
    Octets(Vec<u8>),
}

/// Its room.
pub(super) enum List {
    Length(Number),
    Octets(Output),
}

impl List {
    pub(super) fn new(room: Option<usize>) -> Self {
        match room {
            None => Self::Length(Number(0)),
            Some(room) => Self::Octets(Output::new(room)),
        }
    }

    pub(super) fn pointers(&mut self) -> (*mut c_char, &mut Number) {
        match self {
            Self::Length(length) => (std::ptr::null_mut(), length),
            Self::Octets(output) => {
                let (octets, length) = output.pointers();
                (octets.cast(), length)
            }
        }
    }

    pub(super) fn take(self) -> Result<Listed, Misfit> {
        Ok(match self {
            Self::Length(length) => Listed::Length(length.0),
            Self::Octets(output) => Listed::Octets(output.take()?.to_vec()),
        })
    }
}

/// How many octets there are, for C; of more than 4 GiB the first are meant.
pub(super) fn length_of(octets: &[u8]) -> u32 {
    u32::try_from(octets.len()).unwrap_or(u32::MAX)
}

/// A copy that the library may write to; it may be a PIN.
pub(super) fn terminated(text: &CStr) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.to_bytes_with_nul().to_vec())
}

pub(super) fn given(call: &'static str, handle: Handle) -> Result<NonNull<c_void>, Error> {
    NonNull::new(handle).ok_or(Error::Garbage {
        call,
        what: "no handle",
    })
}

pub(super) fn garbage(call: &'static str) -> impl Fn(Misfit) -> Error {
    move |what| Error::Garbage { call, what }
}

pub(super) fn missing(call: &'static str) -> Error {
    Error::Unsupported {
        what: call,
        interface: "this library",
    }
}
