//! What signers are given to sign.

use crate::{
    Error, Result,
    list::TrustListDraft,
    signing_certificate::{SIGNING_CERTIFICATE, reference},
};
use der::{DateTime, asn1::ObjectIdentifier};
use gm_crypto::message::{Attribute, SignedDataDraft, SignedMessage, Signer};

/// Where the content of a signed message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// Inside.
    #[default]
    Attached,
    /// In a file beside it.
    Detached,
}

/// Who signs, and how: signed data as GM/T 0010 has it, with contentType,
/// messageDigest, signingTime and the signer's certificate (RFC 5035) as signed
/// attributes.
#[derive(Clone, Debug)]
pub struct SignaturePlan {
    certificates: Vec<Vec<u8>>,
    time: DateTime,
    form: Form,
    content_type: Option<ObjectIdentifier>,
}

impl SignaturePlan {
    /// Nobody yet; `time` is what the signers say that they signed at.
    pub fn new(time: DateTime) -> Self {
        Self {
            certificates: Vec::new(),
            time,
            form: Form::Attached,
            content_type: None,
        }
    }

    /// Adds a signer by certificate (DER); as many as there are must sign.
    #[must_use]
    pub fn signer(mut self, certificate: &[u8]) -> Self {
        self.certificates.push(certificate.to_vec());
        self
    }

    /// Leaves the content outside, or inside.
    #[must_use]
    pub fn form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    pub(crate) fn content_type(mut self, oid: ObjectIdentifier) -> Self {
        self.content_type = Some(oid);
        self
    }

    /// What each signer is to sign, for some content.
    ///
    /// # Errors
    /// [`Error::Unreadable`] without a signer, and for a certificate that can't be read.
    pub fn prepare(&self, content: Vec<u8>) -> Result<SignedDataDraft> {
        let unreadable = |source| Error::Unreadable {
            what: "signer's certificate",
            source,
        };
        let mut message = SignedMessage::new(content);
        if self.form == Form::Detached {
            message = message.detached();
        }
        if let Some(oid) = self.content_type {
            message = message.content_type(oid);
        }
        let signer = |certificate: &Vec<u8>| -> Result<Signer> {
            let reference = reference(certificate)?;
            let reference = Attribute::new(SIGNING_CERTIFICATE, &reference).map_err(unreadable)?;
            let signer = Signer::new(certificate).map_err(unreadable)?;
            let signer = signer.signing_time(self.time).map_err(unreadable)?;
            Ok(signer.attribute(reference))
        };
        let signers = self
            .certificates
            .iter()
            .map(signer)
            .collect::<Result<_>>()?;
        message.prepare(signers).map_err(unreadable)
    }
}

impl TrustListDraft {
    /// The list as a message to be signed by one or several.
    ///
    /// # Errors
    /// Those of [`Self::to_json`] and of [`SignaturePlan::prepare`].
    pub fn prepare_for(&self, plan: &SignaturePlan) -> Result<SignedDataDraft> {
        plan.prepare(self.to_json()?)
    }
}
