//! From octets to a message that nobody has checked.

use crate::{
    Error, Result,
    list::{SignerRoll, TrustListDraft},
};
use gm_crypto::{message::UnverifiedSignedData, pki::oid::DATA};

/// A signed list whose signature is not checked; nothing of its content is read.
#[derive(Clone, Debug)]
pub struct UnverifiedList {
    pub(crate) der: Vec<u8>,
    /// The content of a message that has none inside.
    pub(crate) json: Option<Vec<u8>>,
    pub(crate) message: UnverifiedSignedData,
}

impl UnverifiedList {
    /// Octets of the longest list that is read: 100 000 entries of a usual length, and less than
    /// 100 MB.
    pub const MAX_LENGTH: usize = 95 << 20;

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
        Ok(Self {
            der,
            json: None,
            message,
        })
    }

    /// Reads a detached signature, with the JSON beside it.
    ///
    /// # Errors
    /// Those of [`Self::from_der`], for the message and for the length of the JSON.
    pub fn from_detached(signature: impl Into<Vec<u8>>, json: impl Into<Vec<u8>>) -> Result<Self> {
        Self::from_der(signature)?.with_content(json)
    }

    /// The JSON, from inside or beside the message; none for a detached message alone.
    pub(crate) fn content(&self) -> Option<&[u8]> {
        self.json.as_deref().or_else(|| self.message.content())
    }

    /// Whether its JSON is at hand, inside or beside it.
    pub fn has_content(&self) -> bool {
        self.content().is_some()
    }

    /// Puts JSON beside a message that has none.
    ///
    /// # Errors
    /// [`Error::Limit`] for the length of the JSON.
    pub fn with_content(mut self, json: impl Into<Vec<u8>>) -> Result<Self> {
        let json = json.into();
        Error::cap("octets of a list", json.len(), Self::MAX_LENGTH)?;
        self.json = Some(json);
        Ok(self)
    }

    /// Who signs, on the list's own word: for the publisher's desk, which has the list from
    /// itself. None where it names nobody.
    ///
    /// # Errors
    /// Those of [`TrustListDraft::from_json`].
    pub fn claimed_signers(&self) -> Result<Option<SignerRoll>> {
        let draft = self.content().map(TrustListDraft::from_json).transpose()?;
        Ok(draft.and_then(|draft| draft.roll().cloned()))
    }

    /// Reads either form: where a message has no content, `json` is asked for it.
    ///
    /// # Errors
    /// Those of [`Self::from_der`] and of `json`.
    pub fn from_either(
        octets: impl Into<Vec<u8>>,
        json: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<Self> {
        let list = Self::from_der(octets)?;
        if list.has_content() {
            return Ok(list);
        }
        list.with_content(json()?)
    }
}
