//! The key-management centre: the protocol that a CA speaks with it, a client, and a centre in
//! software.
//!
//! The centre makes the key pair of an encryption certificate, keeps the private key for the day
//! when its owner has lost it or a court wants it, and hands it out wrapped for the key of the
//! signing certificate.
//!
//! | part | what it is |
//! |---|---|
//! | [`message`] | the request and the answer of the protocol between CA and centre (GM/T 0014), in DER |
//! | [`transport`] | one message over a stream of octets, bounded in length and time |
//! | [`RemoteKeyCentre`] | a [`KeyCentre`](crate::ports::KeyCentre) that asks a centre elsewhere |
//! | [`SoftKeyCentre`] | a centre in software: archive, answers, recovery |
//! | [`serve`] | such a centre behind a socket |
//! | [`recovery`] | who may have an archived key back: n of m custodians, for its user or for a court |
//! | [`act`] | the record of everything that the centre did, chained by SM3 |
//!
//! # Where the private keys are
//!
//! A centre that answers holds no key with which the archive could be opened. Each private key
//! is sealed twice when it is made, as `SM2EnvelopedKey` (GM/T 0009, 7.4): to the archive's
//! public key and to the subscriber's signing key; then it is wiped. Both envelopes are kept, so
//! that whoever asks again gets the very envelope that was given before. The archive's private
//! key is needed for a recovery alone, comes as an argument of
//! [`SoftKeyCentre::recover`], and can lie in a token in a safe. A symmetric archive key would
//! have to be at hand wherever keys are made, and with it all that were ever made.
//!
//! # What is not known
//!
//! The text of GM/T 0014 was not read. The messages are those that three public
//! implementations have in common; where they differ, [`message`] says what is read and
//! written. `retPriKey` is a `SignedAndEnvelopedData` with them; a certificate of the
//! recipient, which that message names, does not exist when the key is made, so ours is an
//! `SM2EnvelopedKey`. Both are read.

pub mod act;
mod archive;
mod centre;
mod client;
mod fault;
pub mod message;
pub mod recovery;
mod server;
pub mod transport;

pub use archive::{ArchiveReport, KeyName};
pub use centre::{Founding, SoftKeyCentre};
pub use client::{RemoteKeyCentre, certificate_number};
pub use fault::Fault;
pub use server::{ServerLimits, serve};
