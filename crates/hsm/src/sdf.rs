//! Server devices and cards: GM/T 0018 (SDF).
//!
//! [`SdfLibrary::load`] loads a vendor's library; [`SdfDevice`] is the device behind it as a
//! [`Token`](crate::Token). Its labels are the numbers of its keys, from `1` on: under each lie
//! a pair that signs and a pair that decrypts. Which of them exist is found out by asking for
//! their public halves; they are made with the vendor's own tool, for the interface has no
//! function that makes a key and keeps it.
//!
//! ```no_run
//! use hsm::{Checked, KeyHandle, Password, Pin, PoolOptions, Token};
//! use hsm::sdf::{SdfDevice, SdfLibrary, SdfVariant};
//!
//! let variant = SdfVariant::shipped("gmssl").ok_or("no such variant")?;
//! let library = SdfLibrary::load("/opt/vendor/libsdf.so", variant)?;
//! let pin = Pin::new(Password::from_file("key-1.pin")?);
//! let device = SdfDevice::open(&library, Some(pin), PoolOptions::default())?;
//!
//! let key = Checked::new(device.key(&"1".parse()?)?);
//! let signature = key.sign(b"octets to sign")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | power | functions |
//! |---|---|
//! | [`Decryption`](crate::Decryption) | `SDF_InternalDecrypt_ECC` |
//! | [`Random`](crate::Random) | `SDF_GenerateRandom` |
//! | [`Certificates`](crate::Certificates) | `SDF_CreateFile` and its like: `1-sign.cer` and `1-enc.cer` for the keys under `1`, DER |
//! | [`SdfDevice::seal`] and its neighbours | the digital envelopes of a key-management centre |
//!
//! A power whose functions the library lacks is not there. The structure in which an
//! encryption key is delivered is `gm_crypto::delivery`'s (`DeviceForm`), both ways.
//!
//! # Passwords of keys
//!
//! A device may want a password for each private key. The [`Pin`](crate::Pin) is presented
//! (`SDF_GetPrivateKeyAccessRight`) when a session was refused the use of a key
//! (`SDR_PARDENY`), once for each session and key; a wrong one is not presented again. Keys
//! with different passwords are opened as devices of their own.

mod certificate;
mod code;
mod device;
mod envelope;
mod info;
mod session;
mod sys;
mod variant;

pub use device::{SdfDevice, SdfLibrary};
pub use envelope::SdfSealed;
pub use variant::SdfVariant;

use crate::blob::{Layout, Misfit};

/// Reads octets as each structure that a device gives, in each layout, for the fuzz target
/// `sdf_structs`. Gives the beginning of the octets once for each that they are, written
/// again where there is a writer.
#[doc(hidden)]
pub fn rewritten_structures(octets: &[u8]) -> Vec<Vec<u8>> {
    let narrow = Layout {
        field: 32,
        ..Layout::STANDARD
    };
    let read_alone = info::read(octets).is_ok() || certificate::length(octets).is_ok();
    [Layout::STANDARD, narrow]
        .into_iter()
        .flat_map(|layout| layout.rewritten(octets))
        .chain(read_alone.then(Vec::new))
        .collect()
}

/// The error of a call whose answer is none.
fn garbage(call: &'static str) -> impl Fn(Misfit) -> crate::Error {
    move |what| crate::Error::Garbage { call, what }
}
