//! The shared library as a program sees it: found by `dlopen`, called through the header's
//! types. The tests give these calls pointers that are good, NULL, or handles that are none.
#![allow(unsafe_code, reason = "calls into a C library")]

use libloading::Library;
use std::{
    env,
    ffi::{c_char, c_void},
    path::{Path, PathBuf},
    ptr,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

pub(crate) type Handle = *mut c_void;

/// `BLOCKCIPHERPARAM`
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub(crate) struct BlockCipherParam {
    pub(crate) iv: [u8; 32],
    pub(crate) iv_length: u32,
    pub(crate) padding: u32,
    pub(crate) feedback_bits: u32,
}

/// The library that cargo built beside this test.
pub(crate) fn path() -> PathBuf {
    let test = env::current_exe().unwrap();
    let name = format!(
        "{}softdevice_skf{}",
        env::consts::DLL_PREFIX,
        env::consts::DLL_SUFFIX
    );
    test.parent().unwrap().join(name)
}

// SAFETY: the library is ours; its initialisation does nothing.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| unsafe { Library::new(path()).unwrap() });

/// Whether a function of this name can be found.
pub(crate) fn has(name: &str) -> bool {
    // SAFETY: only its address is asked for.
    unsafe { LIBRARY.get::<*const c_void>(name.as_bytes()) }.is_ok()
}

/// The environment, which is one for all tests of the process, with a store and settings in
/// it as long as this lives.
pub(crate) struct Environment {
    names: Vec<String>,
    _guard: MutexGuard<'static, ()>,
}

impl Environment {
    pub(crate) fn with(store: &Path, settings: &[(&str, &str)]) -> Self {
        static ENVIRONMENT: Mutex<()> = Mutex::new(());
        let guard = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: only the holder of the guard reads or writes the environment while tests
        // run.
        unsafe {
            env::set_var("SOFTDEVICE_STORE", store);
            for (name, value) in settings {
                env::set_var(name, value);
            }
        }
        Self {
            names: settings.iter().map(|(name, _)| (*name).into()).collect(),
            _guard: guard,
        }
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        for name in &self.names {
            // SAFETY: as above; the guard goes after this.
            unsafe { env::remove_var(name) };
        }
    }
}

/// The text of a name list, or of its first name.
pub(crate) fn names_of(octets: &[u8]) -> Vec<String> {
    octets
        .split(|octet| *octet == 0)
        .take_while(|name| !name.is_empty())
        .map(|name| String::from_utf8(name.to_vec()).unwrap())
        .collect()
}

/// Calls a function that gives octets of unforeseen length twice: how many, and which.
pub(crate) fn both_calls<T>(call: impl Fn(*mut T, *mut u32) -> u32) -> Result<Vec<u8>, u32> {
    let mut length = 0;
    match call(ptr::null_mut(), &raw mut length) {
        0 => {}
        code => return Err(code),
    }
    let mut octets = vec![0; length as usize];
    match call(octets.as_mut_ptr().cast(), &raw mut length) {
        0 => {
            octets.truncate(length as usize);
            Ok(octets)
        }
        code => Err(code),
    }
}

macro_rules! functions {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {
        $(
            #[allow(non_snake_case, reason = "the standard's names")]
            #[allow(clippy::too_many_arguments, reason = "the standard's lists")]
            pub(crate) fn $name($($argument: $type),*) -> u32 {
                // SAFETY: the types are those of GM/T 0016's header; the tests' pointers are
                // what the function wants, or what it must refuse.
                unsafe {
                    let function = LIBRARY
                        .get::<unsafe extern "C" fn($($type),*) -> u32>(stringify!($name).as_bytes())
                        .unwrap();
                    function($($argument),*)
                }
            }
        )*
    };
}

functions! {
    SKF_WaitForDevEvent(name: *mut c_char, length: *mut u32, event: *mut u32);
    SKF_CancelWaitForDevEvent();
    SKF_EnumDev(present: i32, names: *mut c_char, size: *mut u32);
    SKF_ConnectDev(name: *const c_char, device: *mut Handle);
    SKF_DisConnectDev(device: Handle);
    SKF_GetDevState(name: *const c_char, state: *mut u32);
    SKF_SetLabel(device: Handle, label: *const c_char);
    SKF_GetDevInfo(device: Handle, info: *mut u8);
    SKF_LockDev(device: Handle, timeout: u32);
    SKF_UnlockDev(device: Handle);
    SKF_Transmit(device: Handle, command: *const u8, length: u32, data: *mut u8, data_length: *mut u32);
    SKF_ChangeDevAuthKey(device: Handle, key: *const u8, length: u32);
    SKF_DevAuth(device: Handle, response: *const u8, length: u32);
    SKF_ChangePIN(application: Handle, pin_type: u32, old: *const c_char, new: *const c_char, retries: *mut u32);
    SKF_GetPINInfo(application: Handle, pin_type: u32, maximum: *mut u32, remaining: *mut u32, default: *mut i32);
    SKF_VerifyPIN(application: Handle, pin_type: u32, pin: *const c_char, retries: *mut u32);
    SKF_UnblockPIN(application: Handle, administrator: *const c_char, user: *const c_char, retries: *mut u32);
    SKF_ClearSecureState(application: Handle);
    SKF_CreateApplication(device: Handle, name: *const c_char, administrator: *const c_char, administrator_tries: u32, user: *const c_char, user_tries: u32, rights: u32, application: *mut Handle);
    SKF_EnumApplication(device: Handle, names: *mut c_char, size: *mut u32);
    SKF_DeleteApplication(device: Handle, name: *const c_char);
    SKF_OpenApplication(device: Handle, name: *const c_char, application: *mut Handle);
    SKF_CloseApplication(application: Handle);
    SKF_CreateFile(application: Handle, name: *const c_char, size: u32, read: u32, write: u32);
    SKF_DeleteFile(application: Handle, name: *const c_char);
    SKF_EnumFiles(application: Handle, names: *mut c_char, size: *mut u32);
    SKF_GetFileInfo(application: Handle, name: *const c_char, info: *mut u8);
    SKF_ReadFile(application: Handle, name: *const c_char, offset: u32, size: u32, output: *mut u8, length: *mut u32);
    SKF_WriteFile(application: Handle, name: *const c_char, offset: u32, data: *const u8, size: u32);
    SKF_CreateContainer(application: Handle, name: *const c_char, container: *mut Handle);
    SKF_DeleteContainer(application: Handle, name: *const c_char);
    SKF_OpenContainer(application: Handle, name: *const c_char, container: *mut Handle);
    SKF_CloseContainer(container: Handle);
    SKF_EnumContainer(application: Handle, names: *mut c_char, size: *mut u32);
    SKF_GetContainerType(container: Handle, container_type: *mut u32);
    SKF_ImportCertificate(container: Handle, signing: i32, certificate: *const u8, length: u32);
    SKF_ExportCertificate(container: Handle, signing: i32, certificate: *mut u8, length: *mut u32);
    SKF_GenRandom(device: Handle, random: *mut u8, length: u32);
    SKF_GenECCKeyPair(container: Handle, algorithm: u32, key: *mut u8);
    SKF_ImportECCKeyPair(container: Handle, blob: *const u8);
    SKF_ECCSignData(container: Handle, data: *const u8, length: u32, signature: *mut u8);
    SKF_ECCDecrypt(container: Handle, sealed: *const u8, data: *mut u8, length: *mut u32);
    SKF_ECCVerify(device: Handle, key: *const u8, data: *const u8, length: u32, signature: *const u8);
    SKF_ECCExportSessionKey(container: Handle, algorithm: u32, public: *const u8, sealed: *mut u8, key: *mut Handle);
    SKF_ExtECCEncrypt(device: Handle, public: *const u8, data: *const u8, length: u32, sealed: *mut u8);
    SKF_ExtECCDecrypt(device: Handle, private: *const u8, sealed: *const u8, data: *mut u8, length: *mut u32);
    SKF_ExtECCSign(device: Handle, private: *const u8, data: *const u8, length: u32, signature: *mut u8);
    SKF_ExtECCVerify(device: Handle, key: *const u8, data: *const u8, length: u32, signature: *const u8);
    SKF_GenerateAgreementDataWithECC(container: Handle, algorithm: u32, this_time: *mut u8, id: *const u8, id_length: u32, agreement: *mut Handle);
    SKF_GenerateAgreementDataAndKeyWithECC(container: Handle, algorithm: u32, sponsor: *const u8, sponsor_now: *const u8, this_time: *mut u8, id: *const u8, id_length: u32, sponsor_id: *const u8, sponsor_id_length: u32, key: *mut Handle);
    SKF_GenerateKeyWithECC(agreement: Handle, lasting: *const u8, this_time: *const u8, id: *const u8, id_length: u32, key: *mut Handle);
    SKF_ExportPublicKey(container: Handle, signing: i32, blob: *mut u8, length: *mut u32);
    SKF_ImportSessionKey(container: Handle, algorithm: u32, wrapped: *const u8, length: u32, key: *mut Handle);
    SKF_SetSymmKey(device: Handle, octets: *const u8, algorithm: u32, key: *mut Handle);
    SKF_EncryptInit(key: Handle, parameter: BlockCipherParam);
    SKF_Encrypt(key: Handle, input: *const u8, input_length: u32, output: *mut u8, length: *mut u32);
    SKF_EncryptUpdate(key: Handle, input: *const u8, input_length: u32, output: *mut u8, length: *mut u32);
    SKF_EncryptFinal(key: Handle, output: *mut u8, length: *mut u32);
    SKF_DecryptInit(key: Handle, parameter: BlockCipherParam);
    SKF_Decrypt(key: Handle, input: *const u8, input_length: u32, output: *mut u8, length: *mut u32);
    SKF_DecryptUpdate(key: Handle, input: *const u8, input_length: u32, output: *mut u8, length: *mut u32);
    SKF_DecryptFinal(key: Handle, output: *mut u8, length: *mut u32);
    SKF_DigestInit(device: Handle, algorithm: u32, public: *const u8, id: *const u8, id_length: u32, hash: *mut Handle);
    SKF_Digest(hash: Handle, data: *const u8, length: u32, output: *mut u8, output_length: *mut u32);
    SKF_DigestUpdate(hash: Handle, data: *const u8, length: u32);
    SKF_DigestFinal(hash: Handle, output: *mut u8, output_length: *mut u32);
    SKF_MacInit(key: Handle, parameter: *const BlockCipherParam, mac: *mut Handle);
    SKF_Mac(mac: Handle, data: *const u8, length: u32, output: *mut u8, output_length: *mut u32);
    SKF_MacUpdate(mac: Handle, data: *const u8, length: u32);
    SKF_MacFinal(mac: Handle, output: *mut u8, output_length: *mut u32);
    SKF_CloseHandle(handle: Handle);
}
