//! Signatures by a command.

use super::{ExternalCommand, from_hex, process::Places, to_hex};
use crate::{Error, KeyHandle};
use der::{Document, asn1::BitString};
use gm_crypto::sm2::{DerSignature, PublicKey, UserId, VerifyingKey};
use spki::{
    AlgorithmIdentifierOwned, AssociatedAlgorithmIdentifier, EncodePublicKey,
    SignatureBitStringEncoding,
};

/// How e is handed to the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DigestEncoding {
    /// 32 octets.
    #[default]
    Binary,
    /// 64 hexadecimal digits and a line end.
    Hex,
}

/// How the command gives the signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureEncoding {
    /// The DER of GM/T 0009, 7.3.
    #[default]
    Der,
    /// r ‖ s, 64 octets.
    Raw,
    /// r ‖ s, 128 hexadecimal digits, with or without blanks.
    Hex,
}

/// An SM2 key that a command signs with: it gets e = SM3(Z ‖ message) (GB/T 32918.2, 6.1,
/// A1 and A2), which is computed here.
///
/// What it gives back is read and not verified: that is what
/// [`Checked`](crate::Checked) is for.
///
/// ```
/// use gm_crypto::sm2::PublicKey;
/// use hsm::{Checked, ExternalCommand, ExternalKey};
///
/// /// A key of a TPM 2.0, of the kind `ecc_sm2_p256:sm2-sha256`.
/// fn signing_key(public_key: PublicKey) -> Checked<ExternalKey> {
///     let sign = ExternalCommand::new(
///         "tpm2_sign",
///         ["-Q", "-c", "0x81010001", "-s", "sm2", "-g", "sha256", "-f", "plain",
///          "-o", "{signature-file}", "-d", "{digest-file}"],
///     );
///     Checked::new(ExternalKey::new(public_key, sign))
/// }
/// ```
#[derive(Debug)]
pub struct ExternalKey {
    key: VerifyingKey,
    public_key: Document,
    command: ExternalCommand,
    digest: DigestEncoding,
    signature: SignatureEncoding,
}

const PLACES: Places = Places {
    call: "the signing command",
    input: "{digest-file}",
    answer: "{signature-file}",
};

impl ExternalKey {
    /// The key with this public half, under the user ID that certificates use; e goes out
    /// binary, the signature comes in DER.
    pub fn new(public_key: PublicKey, command: ExternalCommand) -> Self {
        let key = VerifyingKey::new(public_key, &UserId::default());
        Self {
            public_key: key
                .to_public_key_der()
                .expect("a point of 65 octets has an SPKI encoding"),
            key,
            command,
            digest: DigestEncoding::default(),
            signature: SignatureEncoding::default(),
        }
    }

    /// The key under another user ID.
    #[must_use]
    pub fn with_user_id(self, id: &UserId) -> Self {
        Self {
            key: VerifyingKey::new(*self.key.public_key(), id),
            ..self
        }
    }

    /// The key with e handed over in another form.
    #[must_use]
    pub fn with_digest_encoding(self, digest: DigestEncoding) -> Self {
        Self { digest, ..self }
    }

    /// The key with signatures taken in another form.
    #[must_use]
    pub fn with_signature_encoding(self, signature: SignatureEncoding) -> Self {
        Self { signature, ..self }
    }

    fn read(&self, answer: &[u8]) -> Option<DerSignature> {
        let raw = |octets: &[u8]| DerSignature::try_from(<&[u8; 64]>::try_from(octets).ok()?).ok();
        match self.signature {
            SignatureEncoding::Der => DerSignature::from_der(answer).ok(),
            SignatureEncoding::Raw => raw(answer),
            SignatureEncoding::Hex => raw(&from_hex(answer)?),
        }
    }
}

impl KeyHandle for ExternalKey {
    fn public_key(&self) -> &Document {
        &self.public_key
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        DerSignature::ALGORITHM_IDENTIFIER.into()
    }

    /// Runs the command.
    ///
    /// # Errors
    /// [`Error::Command`] when it fails or gives no signature, [`Error::TimedOut`] when it
    /// was killed, [`Error::Io`] when files for it cannot be made.
    fn sign(&self, message: &[u8]) -> Result<BitString, Error> {
        let e = self.key.za().digest(message);
        let input = match self.digest {
            DigestEncoding::Binary => e.to_vec(),
            DigestEncoding::Hex => [&to_hex(&e)[..], b"\n"].concat(),
        };
        let answer = self.command.run(&PLACES, &input)?;
        self.read(&answer)
            .and_then(|signature| signature.to_bitstring().ok())
            .ok_or_else(|| {
                self.command.failed(format!(
                    "gave {} octets that are no signature in the form {:?}",
                    answer.len(),
                    self.signature
                ))
            })
    }
}
