//! The software device behind the C interface of PKCS#11.
//!
//! A shared library, `libsoftdevice_pkcs11.so`, for whatever loads PKCS#11 modules:
//! OpenSC's `pkcs11-tool`, Java's SunPKCS11, OpenSSL's engine. It speaks versions 2.40 and
//! 3.0. Each application of the device is a token in a slot; behind them is an empty slot,
//! in which `C_InitToken` makes a new one.
//!
//! | environment | meaning |
//! |---|---|
//! | `SOFTDEVICE_STORE` | the file of the device; `softdevice::Device::default_path` says what else |
//! | `SOFTDEVICE_VENDOR` | whose numbers SM2, SM3 and SM4 have: `tass` (default), `sansec`, `luna`, `ep11`, `westone` |
//! | `SOFTDEVICE_FAULTS` | faults on request, see `softdevice::Faults` |
//!
//! Standard mechanisms: EC key pairs on P-256 and P-384, ECDSA over a digest or with
//! SHA-256, SHA-384 and SHA-512, ECDH, the digests alone, generic secrets with HMAC. SM2,
//! SM3 and SM4 have the vendor's numbers; `SM2EnvelopedKey` is wrapped and unwrapped by
//! 0x80474D01 under all of them.

#![allow(
    clippy::useless_conversion,
    reason = "CK_ULONG has 32 bits on some systems and 64 on others"
)]

mod attribute;
mod calls;
mod cipher;
mod digest;
#[cfg(any(test, feature = "fuzz"))]
mod fuzz {
    pub(crate) mod sys;
}
mod info;
mod keys;
mod mechanism;
mod memory {
    pub(crate) mod sys;
}
mod module;
mod object;
mod rv;
mod session;
mod sign;
mod sys;
mod template;
mod token;
mod vendor;

#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub use fuzz::sys::fuzz_calls;
