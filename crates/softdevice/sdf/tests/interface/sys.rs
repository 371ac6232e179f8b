//! The shared library as a program sees it: found by `dlopen`, called through the header's
//! types. The tests give these calls pointers that are good, NULL, or handles that are none.
#![allow(unsafe_code, reason = "calls into a C library")]

use libloading::Library;
use std::{
    env,
    ffi::c_void,
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, PoisonError},
};

pub(crate) type Handle = *mut c_void;

/// The library that cargo built beside this test.
pub(crate) fn path() -> PathBuf {
    let test = env::current_exe().unwrap();
    let name = format!(
        "{}softdevice_sdf{}",
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

/// Opens the device of a store with settings in the environment, which is one for all tests
/// of the process.
pub(crate) fn open_device(store: &Path, settings: &[(&str, &str)]) -> Result<Handle, i32> {
    static ENVIRONMENT: Mutex<()> = Mutex::new(());
    let guard = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    let mut device = std::ptr::null_mut();
    // SAFETY: only this function reads or writes the environment while tests run, one at a
    // time.
    let code = unsafe {
        env::set_var("SOFTDEVICE_STORE", store);
        for (name, value) in settings {
            env::set_var(name, value);
        }
        let code = SDF_OpenDevice(&raw mut device);
        for (name, _) in settings {
            env::remove_var(name);
        }
        code
    };
    drop(guard);
    if code == 0 { Ok(device) } else { Err(code) }
}

macro_rules! functions {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {
        $(
            #[allow(non_snake_case, reason = "the standard's names")]
            #[allow(clippy::too_many_arguments, reason = "the standard's lists")]
            pub(crate) fn $name($($argument: $type),*) -> i32 {
                // SAFETY: the types are those of GM/T 0018's header; the tests' pointers are
                // what the function wants, or what it must refuse.
                unsafe {
                    let function = LIBRARY
                        .get::<unsafe extern "C" fn($($type),*) -> i32>(stringify!($name).as_bytes())
                        .unwrap();
                    function($($argument),*)
                }
            }
        )*
    };
}

functions! {
    SDF_OpenDevice(device: *mut Handle);
    SDF_CloseDevice(device: Handle);
    SDF_OpenSession(device: Handle, session: *mut Handle);
    SDF_CloseSession(session: Handle);
    SDF_GetDeviceInfo(session: Handle, info: *mut u8);
    SDF_GenerateRandom(session: Handle, length: u32, random: *mut u8);
    SDF_GetPrivateKeyAccessRight(session: Handle, index: u32, password: *const u8, length: u32);
    SDF_ReleasePrivateKeyAccessRight(session: Handle, index: u32);
    SDF_ExportSignPublicKey_ECC(session: Handle, index: u32, key: *mut u8);
    SDF_ExportEncPublicKey_ECC(session: Handle, index: u32, key: *mut u8);
    SDF_GenerateKeyPair_ECC(session: Handle, algorithm: u32, bits: u32, public: *mut u8, private: *mut u8);
    SDF_GenerateKeyWithIPK_ECC(session: Handle, index: u32, bits: u32, sealed: *mut u8, key: *mut Handle);
    SDF_GenerateKeyWithEPK_ECC(session: Handle, bits: u32, algorithm: u32, public: *const u8, sealed: *mut u8, key: *mut Handle);
    SDF_ImportKeyWithISK_ECC(session: Handle, index: u32, sealed: *const u8, key: *mut Handle);
    SDF_ExchangeDigitEnvelopeBaseOnECC(session: Handle, index: u32, algorithm: u32, public: *const u8, input: *const u8, output: *mut u8);
    SDF_GenerateKeyWithKEK(session: Handle, bits: u32, algorithm: u32, index: u32, sealed: *mut u8, length: *mut u32, key: *mut Handle);
    SDF_ImportKeyWithKEK(session: Handle, algorithm: u32, index: u32, sealed: *const u8, length: u32, key: *mut Handle);
    SDF_ImportKey(session: Handle, octets: *const u8, length: u32, key: *mut Handle);
    SDF_DestroyKey(session: Handle, key: Handle);
    SDF_GenerateAgreementDataWithECC(session: Handle, index: u32, bits: u32, id: *const u8, id_length: u32, lasting: *mut u8, this_time: *mut u8, agreement: *mut Handle);
    SDF_GenerateKeyWithECC(session: Handle, id: *const u8, id_length: u32, lasting: *const u8, this_time: *const u8, agreement: Handle, key: *mut Handle);
    SDF_GenerateAgreementDataAndKeyWithECC(session: Handle, index: u32, bits: u32, own: *const u8, own_length: u32, sponsor: *const u8, sponsor_length: u32, sponsor_lasting: *const u8, sponsor_this_time: *const u8, lasting: *mut u8, this_time: *mut u8, key: *mut Handle);
    SDF_InternalSign_ECC(session: Handle, index: u32, data: *const u8, length: u32, signature: *mut u8);
    SDF_InternalVerify_ECC(session: Handle, index: u32, data: *const u8, length: u32, signature: *const u8);
    SDF_ExternalVerify_ECC(session: Handle, algorithm: u32, key: *const u8, data: *const u8, length: u32, signature: *const u8);
    SDF_ExternalEncrypt_ECC(session: Handle, algorithm: u32, key: *const u8, data: *const u8, length: u32, sealed: *mut u8);
    SDF_InternalEncrypt_ECC(session: Handle, index: u32, algorithm: u32, data: *const u8, length: u32, sealed: *mut u8);
    SDF_InternalDecrypt_ECC(session: Handle, index: u32, algorithm: u32, sealed: *const u8, data: *mut u8, length: *mut u32);
    SDF_ExternalSign_ECC(session: Handle, algorithm: u32, key: *const u8, data: *const u8, length: u32, signature: *mut u8);
    SDF_ExternalDecrypt_ECC(session: Handle, algorithm: u32, key: *const u8, sealed: *const u8, data: *mut u8, length: *mut u32);
    SDF_Encrypt(session: Handle, key: Handle, algorithm: u32, iv: *mut u8, input: *const u8, input_length: u32, output: *mut u8, output_length: *mut u32);
    SDF_Decrypt(session: Handle, key: Handle, algorithm: u32, iv: *mut u8, input: *const u8, input_length: u32, output: *mut u8, output_length: *mut u32);
    SDF_EncryptInit(session: Handle, key: Handle, algorithm: u32, iv: *const u8, iv_length: u32);
    SDF_EncryptUpdate(session: Handle, input: *const u8, input_length: u32, output: *mut u8, output_length: *mut u32);
    SDF_EncryptFinal(session: Handle, output: *mut u8, output_length: *mut u32);
    SDF_DecryptInit(session: Handle, key: Handle, algorithm: u32, iv: *const u8, iv_length: u32);
    SDF_DecryptUpdate(session: Handle, input: *const u8, input_length: u32, output: *mut u8, output_length: *mut u32);
    SDF_DecryptFinal(session: Handle, output: *mut u8, output_length: *mut u32);
    SDF_CalculateMAC(session: Handle, key: Handle, algorithm: u32, iv: *mut u8, data: *const u8, length: u32, mac: *mut u8, mac_length: *mut u32);
    SDF_CalculateMACInit(session: Handle, key: Handle, algorithm: u32, iv: *const u8, iv_length: u32);
    SDF_CalculateMACUpdate(session: Handle, data: *const u8, length: u32);
    SDF_CalculateMACFinal(session: Handle, mac: *mut u8, mac_length: *mut u32);
    SDF_AuthEnc(session: Handle, key: Handle, algorithm: u32, start: *const u8, start_length: u32, aad: *const u8, aad_length: u32, data: *const u8, length: u32, output: *mut u8, output_length: *mut u32, tag: *mut u8, tag_length: *mut u32);
    SDF_AuthDec(session: Handle, key: Handle, algorithm: u32, start: *const u8, start_length: u32, aad: *const u8, aad_length: u32, tag: *const u8, tag_length: *const u32, data: *const u8, length: u32, output: *mut u8, output_length: *mut u32);
    SDF_AuthEncInit(session: Handle, key: Handle, algorithm: u32, start: *const u8, start_length: u32, aad: *const u8, aad_length: u32, length: u32);
    SDF_AuthEncUpdate(session: Handle, data: *const u8, length: u32, output: *mut u8, output_length: *mut u32);
    SDF_AuthEncFinal(session: Handle, output: *mut u8, output_length: *mut u32, tag: *mut u8, tag_length: *mut u32);
    SDF_AuthDecInit(session: Handle, key: Handle, algorithm: u32, start: *const u8, start_length: u32, aad: *const u8, aad_length: u32, tag: *const u8, tag_length: u32, length: u32);
    SDF_AuthDecUpdate(session: Handle, data: *const u8, length: u32, output: *mut u8, output_length: *mut u32);
    SDF_AuthDecFinal(session: Handle, output: *mut u8, output_length: *mut u32);
    SDF_HMACInit(session: Handle, key: Handle, algorithm: u32);
    SDF_HMACUpdate(session: Handle, data: *const u8, length: u32);
    SDF_HMACFinal(session: Handle, mac: *mut u8, mac_length: *mut u32);
    SDF_HashInit(session: Handle, algorithm: u32, key: *const u8, id: *const u8, id_length: u32);
    SDF_HashUpdate(session: Handle, data: *const u8, length: u32);
    SDF_HashFinal(session: Handle, hash: *mut u8, length: *mut u32);
    SDF_CreateFile(session: Handle, name: *const u8, name_length: u32, size: u32);
    SDF_ReadFile(session: Handle, name: *const u8, name_length: u32, offset: u32, length: *mut u32, buffer: *mut u8);
    SDF_WriteFile(session: Handle, name: *const u8, name_length: u32, offset: u32, length: u32, buffer: *const u8);
    SDF_DeleteFile(session: Handle, name: *const u8, name_length: u32);
}

/// Functions as another header declares them.
pub(crate) mod other_header {
    use super::{Handle, LIBRARY};

    /// openHiTLS and Tongsuo: no algorithm.
    pub(crate) fn encrypt(
        session: Handle,
        index: u32,
        data: *const u8,
        length: u32,
        sealed: *mut u8,
    ) -> i32 {
        type Function = unsafe extern "C" fn(Handle, u32, *const u8, u32, *mut u8) -> i32;
        // SAFETY: the device was opened for this header.
        unsafe {
            let function = LIBRARY.get::<Function>(b"SDF_InternalEncrypt_ECC").unwrap();
            function(session, index, data, length, sealed)
        }
    }

    /// Tongsuo: no algorithm.
    pub(crate) fn decrypt(
        session: Handle,
        index: u32,
        sealed: *const u8,
        data: *mut u8,
        length: *mut u32,
    ) -> i32 {
        type Function = unsafe extern "C" fn(Handle, u32, *const u8, *mut u8, *mut u32) -> i32;
        // SAFETY: the device was opened for this header.
        unsafe {
            let function = LIBRARY.get::<Function>(b"SDF_InternalDecrypt_ECC").unwrap();
            function(session, index, sealed, data, length)
        }
    }
}
