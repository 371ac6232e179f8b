//! Requests for a pair of certificates: beside the key that signs, one for the way of the
//! other private key.

use crate::{Error, VerifiedCsr};
use gm_crypto::{
    pki::{self, SpkiOptions},
    sm2::PublicKey,
};

/// A request whose possession is proved, and the temporary key to which the private key of
/// the encryption certificate is to be encrypted: CFCA's clients put it into the request,
/// others send it beside.
#[derive(Clone, Debug)]
pub struct DualKeyRequest {
    request: VerifiedCsr,
    temporary_key: PublicKey,
}

impl DualKeyRequest {
    /// Takes the key from CFCA's attribute (1.2.840.113549.1.9.63), which the request's key
    /// signed.
    ///
    /// # Errors
    /// [`Error::NoTemporaryKey`] without the attribute, [`Error::Claim`] when it holds none.
    pub fn from_attribute(request: VerifiedCsr) -> Result<Self, Error> {
        let temporary_key = request.temporary_key()?.ok_or(Error::NoTemporaryKey)?;
        Ok(Self {
            request,
            temporary_key,
        })
    }

    /// Takes the key that came beside the request: `SubjectPublicKeyInfo` in either spelling
    /// or GM/T 0009's BIT STRING, in DER or PEM.
    ///
    /// Nothing in it says whose it is. Whoever can put another in its place gets the private
    /// key: it must have come as the request did, over a channel that knows the applicant.
    ///
    /// # Errors
    /// [`Error::Claim`] for what is no public key of SM2, [`Error::TemporaryKeysDiffer`] when
    /// the request has another one in its attribute.
    pub fn with_key(request: VerifiedCsr, file: &[u8]) -> Result<Self, Error> {
        let key = pki::decode_public_key(file, SpkiOptions::default());
        let temporary_key = key.map_err(|source| Error::Claim {
            what: "temporary public key",
            source,
        })?;
        match request.temporary_key()? {
            Some(other) if other != temporary_key => Err(Error::TemporaryKeysDiffer),
            _ => Ok(Self {
                request,
                temporary_key,
            }),
        }
    }

    /// The request.
    pub fn request(&self) -> &VerifiedCsr {
        &self.request
    }

    /// The temporary key: a claim, whose possession nothing here proves.
    pub fn temporary_key(&self) -> &PublicKey {
        &self.temporary_key
    }

    /// Both parts.
    pub fn into_parts(self) -> (VerifiedCsr, PublicKey) {
        (self.request, self.temporary_key)
    }
}

#[cfg(test)]
mod tests;
