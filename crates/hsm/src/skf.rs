//! USB keys: GM/T 0016 (SKF).
//!
//! [`SkfLibrary::load`] loads a vendor's library, [`SkfDevice::open`] connects one of its
//! devices, [`SkfToken::open`] one application in it as a [`Token`](crate::Token). Its labels
//! are the names of containers; in each lie a pair that signs, made there, and a pair that
//! decrypts, brought there.
//!
//! ```no_run
//! use hsm::{Checked, KeyAlgorithm, KeyHandle, Password, Pin, PoolOptions, Token};
//! use hsm::skf::{SkfDevice, SkfLibrary, SkfToken, SkfVariant};
//!
//! let library = SkfLibrary::load("/opt/vendor/libskf.so", SkfVariant::default())?;
//! println!("{:?}", library.devices()?);
//! let device = SkfDevice::open(&library, None, PoolOptions::default())?;
//! let pin = Pin::new(Password::from_file("user.pin")?);
//! let token = SkfToken::open(&device, None, Some(pin))?;
//!
//! let key = Checked::new(token.generate(&"zhang.san".parse()?, KeyAlgorithm::Sm2)?);
//! let signature = key.sign(b"octets to sign")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | power | functions |
//! |---|---|
//! | [`Unwrap`](crate::Unwrap) | `SKF_ImportECCKeyPair` |
//! | [`Certificates`](crate::Certificates) | `SKF_ImportCertificate`, `SKF_ExportCertificate` |
//! | [`Random`](crate::Random) | `SKF_GenRandom` |
//! | [`Decryption`](crate::Decryption) | one beyond the standard, which the [`SkfVariant`] names |
//! | [`SkfToken::decrypt_content`] | `SKF_ImportSessionKey`, `SKF_Decrypt`: what the standard offers instead |
//! | [`SkfDevice`]'s and [`SkfToken`]'s own | what personalises a device: labels, applications, PINs |
//!
//! # Names of containers
//!
//! Other programs name containers in other letters than a [`KeyLabel`](crate::KeyLabel) has.
//! A container is found under its name; and under its name in small letters, without the
//! characters that no label has, when only one container has that name: `{4F2A-Sign}` is
//! `4f2a-sign`.
//!
//! # PINs
//!
//! The PIN is presented when it is needed, once for each connection, and only after
//! `SKF_GetPINInfo` said that it is not locked; a wrong one is not presented again. One that is
//! still the device's first is refused until it is changed ([`SkfToken::change_pin`]), unless
//! whoever personalises the device says otherwise ([`SkfToken::allowing_initial_pin`]).
//!
//! A USB key does one thing at a time: each device has one session, for which callers queue.

mod application;
mod blob;
mod code;
#[macro_use]
mod sys;
mod container;
mod device;
mod handles;
mod pin;
mod session;
mod token;
mod variant;

pub use device::{SkfDevice, SkfDeviceInfo, SkfEvent, SkfLibrary, SkfLock, SkfNewApplication};
pub use pin::{SkfPinKind, SkfPinState};
pub use token::{SkfCipher, SkfToken};
pub use variant::SkfVariant;

use crate::{
    Error,
    blob::{Layout, Misfit},
};
use std::ffi::CString;

/// Reads octets as each structure that a device gives, in each layout, for the fuzz target
/// `skf_blobs`. Gives the beginning of the octets once for each that they are, written again
/// where there is a writer.
#[doc(hidden)]
pub fn rewritten_structures(octets: &[u8]) -> Vec<Vec<u8>> {
    let wide = Layout {
        integer: 8,
        ..Layout::STANDARD
    };
    let mut read = Vec::new();
    for layout in [Layout::STANDARD, wide] {
        read.extend(layout.rewritten(octets));
        read.extend(blob::device_info(layout, octets).ok().map(|_| Vec::new()));
    }
    let names = blob::names(octets).unwrap_or_default();
    if !names.is_empty() {
        let names = names.iter().map(|name| name.to_bytes_with_nul());
        read.push(names.collect::<Vec<_>>().concat());
    }
    read
}

/// The error of a call whose answer is none.
fn garbage(call: &'static str) -> impl Fn(Misfit) -> Error {
    move |what| Error::Garbage { call, what }
}

/// A name for C.
fn c_name(name: &str) -> Result<CString, Error> {
    CString::new(name).map_err(|_| Error::Crypto {
        source: gm_crypto::Error::Invalid {
            what: "name",
            reason: "it has no zero octet",
        },
    })
}
