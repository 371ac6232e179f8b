//! Messages of any length at constant memory.
//!
//! What stands around a content is small and kept, up to 4 MiB; the content goes by. Memory
//! is some hundred kibibytes at most beside that, whatever the length (64 bits), and as little
//! for a short content as the content has. Where the content stood in memory is wiped.
//!
//! | | input read once | input read again |
//! |---|---|---|
//! | sign, content elsewhere | [`sign_detached`] | |
//! | verify, content elsewhere | [`verify_detached`] | |
//! | sign, content inside | [`sign_attached_indefinite`] (BER) | [`sign_attached`] (strict DER) |
//! | verify, content inside | [`release_then_verify`] | [`verify_then_release`], [`verify_attached`] |
//! | encrypt | [`encrypt_indefinite`] (BER), [`EnvelopeWriter`] (DER, length known) | [`encrypt`] (strict DER) |
//! | decrypt | [`decrypt_unauthenticated`] | |
//! | sign and encrypt | | [`sign_and_encrypt`] (strict DER) |
//! | decrypt and verify | [`decrypt_and_release_then_verify`] | [`decrypt_and_verify_then_release`] |
//!
//! Keys that are elsewhere, several signers and attributes: [`SigningPlan`]. What a name with
//! `release_then` or `unauthenticated` gives out has not been verified when it is given out.
//!
//! Where SM4 in ECB mode leaves it unsaid whether a content is padded, a stream takes it as it
//! is. [`SignedAndEnvelopedData`](super::SignedAndEnvelopedData) in memory tries both and gives
//! the one that was signed: what gmsm writes in that mode (padded) is read in memory alone.
//!
//! Under [`Dialect::Field`](super::Dialect::Field) the readers here, alone among those of this
//! crate, accept indefinite lengths and strings in pieces, and say so in their deviations.

mod enveloped;
mod hash;
mod outline;
mod sign;
mod signed_and_enveloped;
mod skeleton;
mod splice;
mod verify;

pub use enveloped::{
    DecryptedStream, EnvelopeWriter, decrypt_unauthenticated, encrypt, encrypt_indefinite,
};
pub use sign::{
    IndefiniteMessage, PreparedSignature, SigningPlan, StreamedMessage, sign_attached,
    sign_attached_indefinite, sign_detached,
};
pub use signed_and_enveloped::{
    decrypt_and_release_then_verify, decrypt_and_verify_then_release, sign_and_encrypt,
};
pub use verify::{
    ExpectedSigners, VerifiedStream, release_then_verify, verify_attached, verify_detached,
    verify_then_release,
};
