//! What a state wants done outside, as data.

use crate::{Intent, Octets, StreamId, authority::CrlIntent};

/// One thing to do, performed by [`crate::Engine::settle`] and nowhere else.
///
/// An effect follows from the state alone, so a crash loses none. Those that
/// may happen twice (a key that exists, an envelope, a file) are idempotent; a
/// signature is not, and is never repeated for one intent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Make the authority's key, unless it exists.
    GenerateKey,
    /// Sign a certificate.
    Sign(Intent),
    /// Sign a CRL.
    SignCrl(CrlIntent),
    /// Ask the key-management centre for an encryption key pair, wrapped for
    /// the owner of this key (DER of a `SubjectPublicKeyInfo`).
    RequestEncryptionKey {
        /// The applicant's signing key.
        recipient: Octets,
    },
    /// Destroy the keys of these histories.
    DestroyKeys(Vec<StreamId>),
    /// Hand finished things to the publisher.
    Publish(Vec<Publication>),
}

/// One finished thing and the name it is known by outside.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Publication {
    /// A relative path: `/` between parts, identifiers only.
    pub name: String,
    /// Its content.
    pub octets: Octets,
}
