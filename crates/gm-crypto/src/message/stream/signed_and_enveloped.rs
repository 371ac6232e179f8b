//! Signed and enveloped data (GM/T 0010, clause 10) whose content goes by.

use super::{
    sign::{SigningPlan, back, position},
    verify::{ExpectedSigners, Opening, VerifiedStream},
};
use crate::{
    Result,
    message::{Dialect, Partner, Signer},
    sm2::{SecretKey, SigningKey},
};
use rand_core::TryCryptoRng;
use std::io::{Read, Seek, Write};

/// Signs a content and encrypts it for the owners of certificates (DER):
/// `SignedAndEnvelopedData`, strict DER. The content is read twice: from where it stands to
/// its end, and again.
///
/// For keys that are elsewhere, or several signers: [`SigningPlan::prepare`] and
/// [`PreparedSignature::enveloped`](super::PreparedSignature::enveloped).
///
/// # Errors
/// Those of [`sign_attached`](super::sign_attached) and
/// [`EnvelopeWriter::new`](super::EnvelopeWriter::new).
pub fn sign_and_encrypt<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    partner: &Partner,
    signer: Signer,
    key: &SigningKey,
    recipients: &[&[u8]],
    mut content: impl Read + Seek,
    output: impl Write,
) -> Result<()> {
    let start = position(&mut content)?;
    let prepared = SigningPlan::new(partner)
        .signer(signer)?
        .prepare(&mut content)?;
    let signature = prepared.sign(rng, key)?;
    let message = prepared.enveloped(rng, recipients, &[signature])?;
    back(&mut content, start)?;
    message.write(content, output)
}

/// Decrypts and verifies `SignedAndEnvelopedData` whose input can be read again: what stands
/// around the content, then the content, and when the signatures fit it is decrypted once more
/// and written. Nothing is given out before it has been verified.
///
/// The recipient is the owner of `certificate` (DER), or whoever `key` fits where none is
/// given.
///
/// # Errors
/// Those of [`decrypt_unauthenticated`](super::decrypt_unauthenticated) and
/// [`verify_then_release`](super::verify_then_release). Whatever is wrong with the content is
/// [`Error::Crypto`](crate::Error::Crypto), be it padding or signature.
pub fn decrypt_and_verify_then_release(
    mut input: impl Read + Seek,
    dialect: Dialect,
    certificate: Option<&[u8]>,
    key: &SecretKey,
    expected: ExpectedSigners<'_>,
    mut output: impl Write,
) -> Result<VerifiedStream> {
    Opening::signed_and_enveloped(dialect, certificate, key).verify_then_release(
        &mut input,
        expected,
        &mut output,
    )
}

/// Decrypts `SignedAndEnvelopedData` once: the content is written as it comes, and verified at
/// the end.
///
/// What `output` is given is *not authenticated* until this returns, and worth nothing for
/// ever when it returns an error: write to where nobody looks, and hand it over afterwards.
///
/// # Errors
/// Those of [`decrypt_unauthenticated`](super::decrypt_unauthenticated) and
/// [`release_then_verify`](super::release_then_verify). Whatever is wrong with the content is
/// [`Error::Crypto`](crate::Error::Crypto), be it padding or signature.
pub fn decrypt_and_release_then_verify(
    input: impl Read,
    dialect: Dialect,
    certificate: Option<&[u8]>,
    key: &SecretKey,
    expected: ExpectedSigners<'_>,
    mut output: impl Write,
) -> Result<VerifiedStream> {
    Opening::signed_and_enveloped(dialect, certificate, key).release_then_verify(
        input,
        expected,
        &mut output,
    )
}
