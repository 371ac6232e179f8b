//! A software device: keys in a store, behind the interfaces that hardware has.
//!
//! One [`Device`] is one file. In it are [`Application`]s, each with an administrator's
//! and a user's PIN; in an application are keys, certificates and files. The crates
//! `softdevice-pkcs11`, `softdevice-sdf` and `softdevice-skf` are shared libraries over
//! this one, and all three see the same objects:
//!
//! | here | PKCS#11 | GM/T 0016 (SKF) | GM/T 0018 (SDF) |
//! |---|---|---|---|
//! | [`Device`] | module | device | device |
//! | [`Application`] | token in a slot | application | – |
//! | [`Role::Administrator`], [`Role::User`] | SO, user | administrator, user | –, password of a key |
//! | [`Container`] | objects of one `CKA_LABEL` | container | key index |
//! | [`Object`] | object | key pair, certificate | key pair |
//! | [`Files`] | – | files of an application | files of the device |
//!
//! ```
//! use softdevice::{Device, KeyKind, KeyUse, NewApplication, Options, Pin, Role};
//!
//! # let folder = tempfile::tempdir()?;
//! let path = folder.path().join("device.db");
//! let device = Device::create(&path, &Options::default().with_iterations(1_000))?;
//! let wanted = NewApplication::new("test", Pin::new("12345678")?).with_user_pin(Pin::new("123456")?);
//! let application = device.create_application(&wanted)?;
//!
//! let user = application.login(Role::User, &Pin::new("123456")?)?;
//! let container = application.create_container("ca")?;
//! let pair = user.generate_pair(&container, KeyUse::Signing, KeyKind::Sm2)?;
//! let signature = user.private_key(pair.id())?.sign_digest(&[7; 32])?;
//! assert_eq!(signature.len(), 64);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it protects
//!
//! Private keys lie in the file sealed with SM4-GCM under a random key of their
//! application, which is sealed under a key derived from each of its PINs. Whoever has the
//! file can try PINs without end: the counters stop programs that go through this crate,
//! not thieves. A device of hardware is another thing, and [`Info`] says which one this is.
//!
//! # Faults on request
//!
//! Programs that use devices should bear their faults. [`Faults`] makes this device show
//! them, when and how often the test wants.
#![deny(unsafe_code)]

mod application;
pub mod cache;
mod container;
mod device;
mod error;
mod faults;
mod files;
pub mod fork;
pub mod handles;
mod key;
mod object;
mod pin;
pub mod room;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod script;
mod seal;
mod store;
pub mod structures;
pub mod symmetric;
mod unlocked;

pub use application::{Application, ApplicationId, NewApplication};
pub use container::{Container, ContainerId, KeyUse};
pub use device::{Device, Info, Options};
pub use error::{Error, Result};
pub use faults::{Fault, FaultSyntax, Faults, Operation};
pub use files::{FileInfo, Files};
pub use key::{KeyKind, PrivateKey, PublicKey};
pub use object::{Attributes, Changes, Draft, Object, ObjectClass, ObjectId, Public, SecretKind};
pub use pin::{Pin, PinState, Role};
pub use unlocked::{Secret, SecretValue, Unlocked};
