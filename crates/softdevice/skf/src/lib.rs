//! The software device as a shared library with the C interface of GM/T 0016 (SKF), the
//! interface of USB keys: all functions of the standard, and `SKF_ECCDecrypt`, which many
//! tokens have besides.
//!
//! A program loads `libsoftdevice_skf.so` as it loads the library of a maker of tokens.
//! `ULONG` has 32 bits, structures have no gaps.
//!
//! | GM/T 0016 | here |
//! |---|---|
//! | device | the store that the environment names; `SKF_EnumDev` gives `softdevice-` and its serial number |
//! | device authentication | SM4 in ECB mode over the last random of 8 or 16 octets; needed to make and delete applications |
//! | application, container, file | the same |
//! | a PIN that somebody else set | told by `SKF_GetPINInfo`, until its owner changes it |
//! | `SKF_WaitForDevEvent` | the store's file comes or goes |
//! | `SKF_LockDev` | one of all who ask for it has it, in all processes; who does not ask is not kept out |
//! | key agreement | with the encryption key, without confirmation |
//! | `SKF_ECCVerify` of a signature that does not fit | `SAR_HASHNOTEQUALERR` |
//! | a container or a key pair that is there, or is not | `SAR_OBJERR`: the standard has no code for it |
//!
//! What it does not have says so (`SAR_NOTSUPPORTYETERR`): RSA, `SKF_Transmit`, feedback of
//! other than 128 bits, and unless asked for the functions that take private keys in clear.
//!
//! # Settings
//!
//! Read by `SKF_ConnectDev` from the environment; a value that is none makes it fail.
//!
//! | variable | |
//! |---|---|
//! | `SOFTDEVICE_STORE` | the file of the device, see [`softdevice::Device::default_path`] |
//! | `SOFTDEVICE_DEBUG_GROUP` | `1` serves `SKF_ExtECCSign` and `SKF_ExtECCDecrypt` |
//! | `SOFTDEVICE_FAULTS` | faults on request, see [`softdevice::Faults`] |
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `fuzz` | `fuzz_calls`: the C functions, called as octets say |

mod agreement;
mod algorithm;
mod application;
mod cipher;
mod code;
mod container;
mod device;
mod digest;
mod ecc;
mod file;
#[cfg(any(test, feature = "fuzz"))]
mod fuzz;
mod library;
mod rsa;
mod sys;

#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub use fuzz::fuzz_calls;
