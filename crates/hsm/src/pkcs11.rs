//! Tokens behind PKCS#11 libraries.
//!
//! [`Pkcs11Module`] is the library, [`Pkcs11Token`] a token of it. EC and RSA keys work on
//! any token; SM2 keys on those for which a [`VendorProfile`] knows the numbers.
//!
//! ```no_run
//! use hsm::{KeyAlgorithm, Password, Pin, Token, pkcs11::{Pkcs11Module, Pkcs11Options, Pkcs11Token, TokenChoice}};
//!
//! let module = Pkcs11Module::load("/usr/lib/softhsm/libsofthsm2.so")?;
//! let pin = Pin::new(Password::from_file("/etc/ca/pin")?);
//! let choice = TokenChoice::labelled("ca");
//! let token = Pkcs11Token::open(&module, &choice, Some(pin), Pkcs11Options::default())?;
//! let key = token.generate(&"root".parse()?, KeyAlgorithm::P384)?;
//! let signature = key.sign(b"octets to sign")?;
//! # Ok::<(), hsm::Error>(())
//! ```
//!
//! | item | what it is |
//! |---|---|
//! | [`Pkcs11Module`], [`SlotDescription`] | the library, and the tokens that it sees |
//! | [`TokenChoice`], [`Pkcs11Options`], [`PinWarning`] | which token, how it is used, what it says of its PIN |
//! | [`Pkcs11Token`], [`KeyChoice`] | a token with a pool of sessions; keys whose names are no labels |
//! | [`VendorProfile`] | one vendor's numbers for SM2, from a file |
//! | [`SelfTest`], [`SigningFinding`], [`DecryptionFinding`], [`Takes`], [`SignatureForm`] | what a device really does with them |

mod certificates;
mod codes;
mod decrypt;
mod generate;
mod login;
mod module;
mod naming;
mod public;
mod scheme;
mod self_test;
mod session;
mod signature;
mod token;
mod unwrap;
mod vendor;

pub use login::PinWarning;
pub use module::{Pkcs11Module, SlotDescription, TokenChoice};
pub use self_test::{DecryptionFinding, SelfTest, SigningFinding};
pub use session::KeyChoice;
pub use token::{Pkcs11Options, Pkcs11Token};
pub use vendor::{SignatureForm, Takes, VendorProfile};
