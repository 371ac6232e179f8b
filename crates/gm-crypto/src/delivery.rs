//! How the private key of an encryption certificate arrives, in every form that is sent.
//!
//! The key-management centre makes that key, so somebody has to bring it: wrapped for the
//! key of the signing certificate, or for a temporary key of the request.
//! [`EncryptionKeyDelivery::read`] tells the forms apart:
//!
//! | form | from | states the public key | signed |
//! |---|---|---|---|
//! | `SM2EnvelopedKey` | GM/T 0009, 7.4; GB/T 35276 | yes | no |
//! | `ENVELOPEDKEYBLOB`, two orders of fields | GM/T 0016 (SKF), GM/T 0018 (SDF) | yes | no |
//! | response to a request | GM/T 0092, clause 8 | yes, and certificates | no |
//! | text with headers of 16 digits | CFCA | inside the ciphertext | no |
//! | `SignedAndEnvelopedData` | GM/T 0010, clause 10 | no | yes |
//!
//! A form that states no public key is opened for a key to expect or from a signer's
//! certificate: else nothing would tell the sender's key from anybody's.
//!
//! ```
//! use getrandom::SysRng;
//! use gm_crypto::{
//!     delivery::{DeliveryTarget, DeviceForm, EncryptionKeyDelivery},
//!     sm2::{EnvelopedKey, SecretKey},
//! };
//!
//! let signing = SecretKey::generate(&mut SysRng)?;
//! let encryption = SecretKey::generate(&mut SysRng)?;
//! let sent = EnvelopedKey::seal(&mut SysRng, &signing.public_key(), &encryption)?.to_der();
//!
//! let delivery = EncryptionKeyDelivery::read(&sent)?;
//! let opened = delivery.open(&signing)?;
//! assert_eq!(opened.public_key(), encryption.public_key());
//!
//! // For a token that takes the key by SKF_ImportECCKeyPair.
//! let target = DeliveryTarget::Device(DeviceForm::SKF);
//! let blob = delivery.rewrap(&mut SysRng, &signing, &signing.public_key(), target)?.write();
//! assert_eq!(blob.len(), 12 + 64 + 132 + 164 + 16);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cfca;
mod csr_response;
mod device;
mod key_message;
#[cfg(test)]
mod tests;

pub use cfca::CfcaForm;
pub use device::{DeviceForm, DeviceOrder, IntegerWidth, ScalarPlace};

use crate::{
    Error, Result,
    message::Deviation,
    pki::pem_blocks,
    sm2::{
        EnvelopeCipher, EnvelopedKey, EnvelopedKeyForm, PublicKey, ScalarPadding, SecretKey,
        SigningKey,
    },
};
use alloc::vec::Vec;
use base64ct::{Base64, Encoding};
use cfca::CfcaKey;
use core::fmt;
use csr_response::CsrResponse;
use der::{AnyRef, Decode, Tag, Tagged};
use key_message::KeyMessage;
use rand_core::TryCryptoRng;

const WHAT: &str = "delivery of an encryption key";
/// Octets of the longest delivery that is read; with certificates they have a few thousand.
const MAX_LENGTH: usize = 1 << 20;

/// A form in which an encryption key arrives, with what its senders do differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryForm {
    /// `SM2EnvelopedKey` in DER.
    EnvelopedKey(EnvelopedKeyForm),
    /// The structure of a device, SKF or SDF.
    Device(DeviceForm),
    /// The response to a certificate request (GM/T 0092, clause 8), an `SM2EnvelopedKey` in it.
    CsrResponse(EnvelopedKeyForm),
    /// CFCA's answer to a request with a temporary key.
    Cfca(CfcaForm),
    /// `SignedAndEnvelopedData` (GM/T 0010, clause 10) from a key-management centre.
    SignedAndEnveloped,
}

impl fmt::Display for DeliveryForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EnvelopedKey(_) => f.write_str("SM2EnvelopedKey (GM/T 0009)"),
            Self::Device(form) => form.fmt(f),
            Self::CsrResponse(_) => f.write_str("response to a certificate request (GM/T 0092)"),
            Self::Cfca(_) => f.write_str("CFCA's escrowed key"),
            Self::SignedAndEnveloped => {
                f.write_str("SignedAndEnvelopedData of a key-management centre (GM/T 0010)")
            }
        }
    }
}

/// What to wrap a key as: a form, and what it carries besides the key.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum DeliveryTarget<'a> {
    /// `SM2EnvelopedKey` in DER.
    EnvelopedKey(EnvelopedKeyForm),
    /// The structure of a device, SKF or SDF.
    Device(DeviceForm),
    /// The response to a certificate request (GM/T 0092, clause 8).
    CsrResponse {
        /// The form of the key in it.
        form: EnvelopedKeyForm,
        /// DER of the signing certificate, and of its issuers.
        signing: &'a [&'a [u8]],
        /// DER of the encryption certificate, and of its issuers.
        encryption: &'a [&'a [u8]],
    },
    /// CFCA's form; the recipient is the temporary key of the request.
    Cfca(CfcaForm),
    /// `SignedAndEnvelopedData` (GM/T 0010, clause 10).
    SignedAndEnveloped {
        /// The key of the centre, which signs.
        sender: &'a SigningKey,
        /// DER of its certificate, which the message carries.
        sender_certificate: &'a [u8],
        /// DER of the recipient's signing certificate.
        recipient_certificate: &'a [u8],
    },
}

/// What a person should know of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryRemark {
    /// The form has no signature, or nobody has verified it: whoever knows the recipient's
    /// public key could have made this.
    NotAuthenticated,
    /// The form states no public key outside the ciphertext: compare the key with the
    /// encryption certificate's, see [`EncryptionKeyDelivery::expecting`].
    NoPublicKeyStated,
    /// SM4 is named without its mode; it is ECB here.
    ModeUnsaid,
    /// NULL stands where GM/T 0009 has no parameters.
    NullParameters,
    /// More than the 32 octets of the scalar is encrypted.
    Padded(ScalarPadding),
    /// The message differs from GM/T 0010.
    Message(Deviation),
}

impl fmt::Display for DeliveryRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Message(deviation) => return deviation.fmt(f),
            Self::NotAuthenticated => "not authenticated by its sender",
            Self::NoPublicKeyStated => {
                "states no public key: compare the key with the encryption certificate"
            }
            Self::ModeUnsaid => "names SM4 without its mode, which is ECB here",
            Self::NullParameters => "has NULL parameters where GM/T 0009 has none",
            Self::Padded(ScalarPadding::LeadingZeros) => {
                "32 zeros stand before the scalar, as in the structures of devices"
            }
            Self::Padded(ScalarPadding::Pkcs7) => "the scalar is padded by PKCS#7",
            Self::Padded(ScalarPadding::None) => "the scalar stands alone",
        })
    }
}

/// An encryption key on its way, wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptionKeyDelivery {
    body: Body,
    expected: Option<PublicKey>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Body {
    Envelope(EnvelopedKey),
    Device(EnvelopedKey, DeviceForm),
    CsrResponse(CsrResponse),
    Cfca(CfcaKey),
    Message(KeyMessage),
}

impl From<EnvelopedKey> for EncryptionKeyDelivery {
    fn from(envelope: EnvelopedKey) -> Self {
        Body::Envelope(envelope).into()
    }
}

impl From<Body> for EncryptionKeyDelivery {
    fn from(body: Body) -> Self {
        Self {
            body,
            expected: None,
        }
    }
}

impl EncryptionKeyDelivery {
    /// Reads a delivery in whichever form it came: binary, PEM under any label, or base64.
    ///
    /// At most 1 MiB is read.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is none of the forms, [`Error::Malformed`] or
    /// [`Error::Encoding`] (devices) with the place of what is wrong in one of them,
    /// [`Error::Unsupported`] for another cipher than SM4, [`Error::Crypto`] for a point off
    /// the curve.
    pub fn read(octets: &[u8]) -> Result<Self> {
        if octets.len() > MAX_LENGTH {
            return Err(Error::TooLarge {
                what: WHAT,
                limit: MAX_LENGTH as u64,
                unit: "octets",
            });
        }
        match Text::of(octets) {
            None => Self::read_binary(octets),
            Some(Text::Pem(text)) => {
                let block = pem_blocks(text.as_bytes()).next();
                let block =
                    block.ok_or(invalid("is text that ends before its PEM block does"))??;
                Self::read_binary(block.contents())
            }
            Some(Text::Plain(text)) if cfca::has_header(text) => {
                CfcaKey::from_headed(text).map(|key| Body::Cfca(key).into())
            }
            Some(Text::Plain(text)) => {
                let compact: Vec<u8> = text
                    .bytes()
                    .filter(|octet| *octet != b',' && !octet.is_ascii_whitespace())
                    .collect();
                let compact = core::str::from_utf8(&compact).unwrap_or_default();
                let octets = Base64::decode_vec(compact)
                    .map_err(|_| invalid("is text, and neither PEM nor base64 nor CFCA's form"))?;
                let mut delivery = Self::read_binary(&octets)?;
                if let Body::Cfca(key) = &mut delivery.body {
                    key.form = CfcaForm::Base64 {
                        commas: text.contains(','),
                    };
                }
                Ok(delivery)
            }
        }
    }

    fn read_binary(octets: &[u8]) -> Result<Self> {
        if octets.first() != Some(&0x30) {
            let (envelope, form) = device::read(octets)?;
            return Ok(Body::Device(envelope, form).into());
        }
        // What stands first in the sequence tells the forms apart.
        let malformed = Error::malformed(WHAT);
        let whole = AnyRef::from_der(octets).map_err(&malformed)?;
        let mut inside = der::SliceReader::new(whole.value()).map_err(&malformed)?;
        let first: AnyRef<'_> = der::Reader::decode(&mut inside).map_err(&malformed)?;
        let body = match (first.tag(), first.value().first()) {
            (Tag::ObjectIdentifier, _) => Body::Message(KeyMessage::from_der(octets)?),
            (Tag::Integer, _) => Body::Cfca(CfcaKey::from_der(octets)?),
            // An algorithm starts with an identifier.
            (Tag::Sequence, Some(&0x06)) => Body::Envelope(EnvelopedKey::from_der(octets)?),
            (Tag::Sequence | Tag::Set, _) => Body::CsrResponse(CsrResponse::from_der(octets)?),
            _ => return Err(invalid("is none of the forms in which a key is delivered")),
        };
        Ok(body.into())
    }

    /// The form in which it came, or in which it will be written.
    pub fn form(&self) -> DeliveryForm {
        match &self.body {
            Body::Envelope(envelope) => DeliveryForm::EnvelopedKey(envelope.form()),
            Body::Device(_, form) => DeliveryForm::Device(*form),
            Body::CsrResponse(response) => DeliveryForm::CsrResponse(response.envelope().form()),
            Body::Cfca(key) => DeliveryForm::Cfca(key.form),
            Body::Message(_) => DeliveryForm::SignedAndEnveloped,
        }
    }

    /// What is unusual, and what nobody has checked.
    pub fn remarks(&self) -> Vec<DeliveryRemark> {
        let mut remarks = alloc::vec![DeliveryRemark::NotAuthenticated];
        if self.stated_public_key().is_none() && self.expected.is_none() {
            remarks.push(DeliveryRemark::NoPublicKeyStated);
        }
        if let Body::Message(message) = &self.body {
            let deviations = message.deviations().iter();
            remarks.extend(deviations.map(|deviation| DeliveryRemark::Message(*deviation)));
        }
        if let Body::Envelope(envelope) = &self.body {
            let form = envelope.form();
            if form.cipher == EnvelopeCipher::Sm4 {
                remarks.push(DeliveryRemark::ModeUnsaid);
            }
            if form.null_parameters {
                remarks.push(DeliveryRemark::NullParameters);
            }
            if form.padding != ScalarPadding::None {
                remarks.push(DeliveryRemark::Padded(form.padding));
            }
        }
        remarks
    }

    /// The public key of the wrapped one, where the form states it: a claim that
    /// [`Self::open`] checks.
    pub fn stated_public_key(&self) -> Option<&PublicKey> {
        self.envelope().map(EnvelopedKey::public_key)
    }

    /// The `SM2EnvelopedKey` inside, where the form is made of the same parts.
    pub fn envelope(&self) -> Option<&EnvelopedKey> {
        match &self.body {
            Body::Envelope(envelope) | Body::Device(envelope, _) => Some(envelope),
            Body::CsrResponse(response) => Some(response.envelope()),
            Body::Cfca(_) | Body::Message(_) => None,
        }
    }

    /// DER of the certificates of the sender that came with it (`SignedAndEnvelopedData`):
    /// claims, not facts.
    pub fn sender_certificates(&self) -> &[Vec<u8>] {
        match &self.body {
            Body::Message(message) => message.certificates(),
            _ => &[],
        }
    }

    /// DER of the signing certificates that came with it (GM/T 0092).
    pub fn signing_certificates(&self) -> &[Vec<u8>] {
        match &self.body {
            Body::CsrResponse(response) => response.signing(),
            _ => &[],
        }
    }

    /// DER of the encryption certificates that came with it (GM/T 0092).
    pub fn encryption_certificates(&self) -> &[Vec<u8>] {
        match &self.body {
            Body::CsrResponse(response) => response.encryption(),
            _ => &[],
        }
    }

    /// Expects the key of an encryption certificate that the caller has: [`Self::open`]
    /// gives no other.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the delivery states another key.
    pub fn expecting(mut self, key: PublicKey) -> Result<Self> {
        if self
            .stated_public_key()
            .is_some_and(|stated| *stated != key)
        {
            return Err(invalid("states another public key than is expected"));
        }
        self.expected = Some(key);
        Ok(self)
    }

    /// Opens it with the recipient's private key: that of the signing certificate, or the
    /// temporary key of a request to CFCA.
    ///
    /// d·G is compared with every public key that is known: the stated one, one inside the
    /// ciphertext, one from [`Self::expecting`]. A `SignedAndEnvelopedData` has none of its
    /// own: it is opened when one is expected, or by [`Self::open_from`].
    ///
    /// # Errors
    /// [`Error::Invalid`] for a form that states no public key when none is expected;
    /// [`Error::Crypto`] for everything else.
    pub fn open(&self, recipient: &SecretKey) -> Result<SecretKey> {
        if matches!(self.body, Body::Message(_)) && self.expected.is_none() {
            return Err(invalid(
                "states no public key: give the one to expect (`expecting`), or the \
                 certificate of who signed it (`open_from`)",
            ));
        }
        self.open_unauthenticated(recipient)
    }

    /// Opens it as [`Self::open`] does, and takes whatever key a `SignedAndEnvelopedData`
    /// has inside: its signature is not looked at, and there may be nothing to compare d·G
    /// with. Anybody who knows the recipient's public key could have put that key there.
    ///
    /// # Errors
    /// [`Error::Crypto`], for whatever reason.
    pub fn open_unauthenticated(&self, recipient: &SecretKey) -> Result<SecretKey> {
        let key = match &self.body {
            Body::Cfca(key) => key.open(recipient)?,
            Body::Message(message) => message.open(recipient)?,
            Body::Envelope(envelope) | Body::Device(envelope, _) => envelope.open(recipient)?,
            Body::CsrResponse(response) => response.envelope().open(recipient)?,
        };
        self.expected_key(key)
    }

    /// Opens a `SignedAndEnvelopedData` and checks that the owner of the certificate (DER)
    /// signed it; a key from [`Self::expecting`] is compared besides.
    ///
    /// The caller knows by other means that this certificate is the centre's; those in the
    /// message are not used.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a form without signature and for a message that does not name
    /// that signer, [`Error::Malformed`] for a certificate that can't be read,
    /// [`Error::Crypto`] for everything else.
    pub fn open_from(&self, recipient: &SecretKey, sender_certificate: &[u8]) -> Result<SecretKey> {
        let Body::Message(message) = &self.body else {
            return Err(invalid("has a form that nobody signs"));
        };
        self.expected_key(message.open_from(recipient, sender_certificate)?)
    }

    fn expected_key(&self, key: SecretKey) -> Result<SecretKey> {
        match self.expected {
            Some(expected) if expected != key.public_key() => Err(Error::Crypto),
            _ => Ok(key),
        }
    }

    /// The octets in this form: text for CFCA's headed and base64 forms, else binary.
    pub fn write(&self) -> Vec<u8> {
        match &self.body {
            Body::Envelope(envelope) => envelope.to_der(),
            Body::Device(envelope, form) => device::write(envelope, *form),
            Body::CsrResponse(response) => response.to_der(),
            Body::Cfca(key) => key.write(),
            Body::Message(message) => message.octets().to_vec(),
        }
    }

    /// Wraps `key` for the owner of `recipient`.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails; [`Error::Malformed`] or [`Error::Invalid`]
    /// for certificates that can't be read or are of another key.
    pub fn seal<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        recipient: &PublicKey,
        key: &SecretKey,
        target: DeliveryTarget<'_>,
    ) -> Result<Self> {
        let form = match target {
            DeliveryTarget::Cfca(form) => {
                return Ok(Body::Cfca(CfcaKey::seal(rng, recipient, key, form)?).into());
            }
            DeliveryTarget::SignedAndEnveloped {
                sender,
                sender_certificate,
                recipient_certificate,
            } => {
                let sender = (sender, sender_certificate);
                let message = KeyMessage::seal(rng, recipient, key, sender, recipient_certificate)?;
                return Ok(Body::Message(message).into());
            }
            DeliveryTarget::EnvelopedKey(form) | DeliveryTarget::CsrResponse { form, .. } => form,
            DeliveryTarget::Device(form) => {
                EnvelopedKeyForm::default().with_padding(form.padding())
            }
        };
        Self::from(EnvelopedKey::seal_as(rng, recipient, key, form)?).reshaped(target)
    }

    /// Opens it and wraps the key anew, for the same recipient or another.
    ///
    /// # Errors
    /// As [`Self::open`] and [`Self::seal`].
    pub fn rewrap<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        recipient: &SecretKey,
        to: &PublicKey,
        target: DeliveryTarget<'_>,
    ) -> Result<Self> {
        Self::seal(rng, to, &self.open(recipient)?, target)
    }

    /// The same for a `SignedAndEnvelopedData`, when the owner of the certificate (DER)
    /// signed it.
    ///
    /// # Errors
    /// As [`Self::open_from`] and [`Self::seal`].
    pub fn rewrap_from<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        recipient: &SecretKey,
        sender_certificate: &[u8],
        to: &PublicKey,
        target: DeliveryTarget<'_>,
    ) -> Result<Self> {
        let key = self.open_from(recipient, sender_certificate)?;
        Self::seal(rng, to, &key, target)
    }

    /// The same ciphertexts in another form, without the private key: for a recipient's key
    /// that never leaves its device. The forms made of an `SM2EnvelopedKey`'s parts can
    /// take each other's place; a padding can be taken away and not added.
    ///
    /// # Errors
    /// [`Error::Invalid`] where that does not do, and for certificates of another key.
    pub fn reshaped(&self, target: DeliveryTarget<'_>) -> Result<Self> {
        let envelope = self
            .envelope()
            .ok_or(invalid("only who can open it can give it another form"))?
            .clone();
        let body = match target {
            DeliveryTarget::EnvelopedKey(form) => Body::Envelope(envelope.reshaped(form)?),
            DeliveryTarget::Device(form) => {
                let shape = envelope.form().with_padding(form.padding());
                Body::Device(envelope.reshaped(shape)?, form)
            }
            DeliveryTarget::CsrResponse {
                form,
                signing,
                encryption,
            } => Body::CsrResponse(CsrResponse::new(
                envelope.reshaped(form)?,
                signing,
                encryption,
            )?),
            DeliveryTarget::Cfca(_) | DeliveryTarget::SignedAndEnveloped { .. } => {
                return Err(invalid("only who can open it can give it that form"));
            }
        };
        Ok(Self {
            body,
            expected: self.expected,
        })
    }
}

fn invalid(reason: &'static str) -> Error {
    Error::Invalid { what: WHAT, reason }
}

/// Input that a person could read.
enum Text<'a> {
    /// From the first `-----BEGIN` to the end.
    Pem(&'a str),
    Plain(&'a str),
}

impl<'a> Text<'a> {
    fn of(octets: &'a [u8]) -> Option<Self> {
        let printable = |octet: &u8| octet.is_ascii_graphic() || octet.is_ascii_whitespace();
        let text = core::str::from_utf8(octets).ok()?.trim_ascii();
        if text.is_empty() {
            return None;
        }
        // A comment before a block may be in any language; base64 is not.
        if let Some(start) = text.find("-----BEGIN ") {
            return Some(Self::Pem(&text[start..]));
        }
        octets.iter().all(printable).then_some(Self::Plain(text))
    }
}
