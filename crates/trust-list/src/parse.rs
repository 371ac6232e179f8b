//! From octets to a message that nobody has checked.

use crate::{Error, Result};
use gm_crypto::{message::UnverifiedSignedData, pki::oid::DATA};

/// A signed list whose signature is not checked; nothing of its content is read.
#[derive(Debug)]
pub struct UnverifiedList {
    pub(crate) der: Vec<u8>,
    pub(crate) message: UnverifiedSignedData,
}

impl UnverifiedList {
    /// Octets of the longest list that is read.
    pub const MAX_LENGTH: usize = 16 << 20;

    /// Reads the DER of GM/T 0010 signed data with `data` attached.
    ///
    /// # Errors
    /// [`Error::Limit`] above [`Self::MAX_LENGTH`] octets, [`Error::Unreadable`] for
    /// anything else than such a message.
    pub fn from_der(octets: impl Into<Vec<u8>>) -> Result<Self> {
        let der = octets.into();
        Error::cap("octets of a list", der.len(), Self::MAX_LENGTH)?;
        let what = "signed list";
        let message = UnverifiedSignedData::from_der(&der)
            .map_err(|source| Error::Unreadable { what, source })?;
        // What the same key signs as something else is no list.
        let oid = message.content_type();
        if oid != DATA {
            let source = gm_crypto::Error::Unsupported { what, oid };
            return Err(Error::Unreadable { what, source });
        }
        Ok(Self { der, message })
    }
}
