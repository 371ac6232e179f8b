//! The software device as a shared library with the C interface of GM/T 0018 (SDF): all
//! functions of the edition of 2012, and those of 2023 that are known.
//!
//! A program loads `libsoftdevice_sdf.so` as it loads the library of a maker of devices.
//!
//! | GM/T 0018 | here |
//! |---|---|
//! | key index n | the container of number n, in whichever application |
//! | password of an index | the PIN of that application's user; a wrong one takes a try |
//! | signing key, encryption key | the container's two key pairs |
//! | key-encrypting key n | the SM4 key that has the container's name |
//! | key agreement | with the encryption key, without confirmation |
//! | integer beside an output | the room there is, then the octets written; without a buffer, the octets needed |
//!
//! What it does not have says so (`SDR_NOTSUPPORT`): RSA, and unless asked for the functions
//! that take or give private keys in clear.
//!
//! # Settings
//!
//! Read by `SDF_OpenDevice` from the environment; a value that is none makes it fail.
//!
//! | variable | |
//! |---|---|
//! | `SOFTDEVICE_STORE` | the file of the device, see [`softdevice::Device::default_path`] |
//! | `SOFTDEVICE_SDF_ABI` | `gmssl` (default), `openhitls`, `tongsuo`: whose argument lists `SDF_InternalEncrypt_ECC` and `SDF_InternalDecrypt_ECC` have |
//! | `SOFTDEVICE_SDF_ECC_BITS` | `512` (default) or `256`: the width of coordinates in structures |
//! | `SOFTDEVICE_DEBUG_GROUP` | `1` serves the functions that GM/T 0018-2023 has for debugging |
//! | `SOFTDEVICE_FAULTS` | faults on request, see [`softdevice::Faults`] |
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `fuzz` | `fuzz_calls`: the C functions, called as octets say |

mod agreement;
mod algorithm;
mod asymmetric;
mod code;
mod debug;
mod device;
mod file;
#[cfg(any(test, feature = "fuzz"))]
mod fuzz;
mod hash;
mod index;
mod key;
mod library;
mod rsa;
mod session;
mod settings;
mod symmetric;
mod sys;

#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub use fuzz::fuzz_calls;
