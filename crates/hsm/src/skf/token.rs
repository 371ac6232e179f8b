//! One application as a token.

use super::{
    SkfDevice, SkfPinKind, SkfPinState,
    application::{Access, Application},
    blob, c_name,
    pin::PinText,
    session::choose,
};
use crate::{
    Certificates, Decryption, DecryptionKey, Description, Error, KeyAlgorithm, KeyHandle, KeyLabel,
    KeyUse, Password, Pin, Random, Token, Unwrap,
};
use der::{
    Decode, Document, Tag, Tagged,
    asn1::{AnyRef, BitString},
};
use gm_crypto::sm2::{Ciphertext, EnvelopedKey, PublicKey, UserId, Za};
use spki::{AlgorithmIdentifierOwned, EncodePublicKey, SignatureBitStringEncoding};
use std::{
    ffi::CString,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use zeroize::Zeroizing;

/// One application of a device, as a token whose labels are the names of containers.
///
/// Clones share the device and the PIN.
#[derive(Clone, Debug)]
pub struct SkfToken {
    device: SkfDevice,
    application: CString,
    access: Arc<Mutex<Access>>,
    id: UserId,
}

/// A cipher of the content that [`SkfToken::decrypt_content`] decrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkfCipher {
    /// SM4 in ECB mode.
    Sm4Ecb,
    /// SM4 in CBC mode.
    Sm4Cbc {
        /// The initialisation vector.
        iv: [u8; 16],
    },
}

const INTERFACE: &str = "SKF (GM/T 0016)";
/// The most that is decrypted at once.
const MAX_CONTENT: usize = 1 << 20;
/// Octets of the longest certificate.
const MAX_CERTIFICATE: usize = 1 << 16;

impl SkfToken {
    /// Opens the application of this name; without one, the only application of the device.
    /// `pin` is the user's.
    ///
    /// # Errors
    /// [`Error::NoSuchToken`], [`Error::SeveralTokens`] with the names that there are;
    /// otherwise the device's. The PIN is not looked at yet.
    pub fn open(
        device: &SkfDevice,
        application: Option<&str>,
        pin: Option<Pin>,
    ) -> Result<Self, Error> {
        let names = device.application_names()?;
        Ok(Self {
            device: device.clone(),
            application: choose("application", names, application)?,
            access: Arc::new(Mutex::new(Access {
                pin,
                initial_pin_allowed: false,
            })),
            id: UserId::default(),
        })
    }

    /// The token for somebody who personalises the device: keys may be made and certificates
    /// written while the user's PIN is still the first one.
    #[must_use]
    pub fn allowing_initial_pin(self) -> Self {
        self.access().initial_pin_allowed = true;
        self
    }

    /// The token with another user ID for the signatures of its keys.
    #[must_use]
    pub fn with_user_id(self, id: UserId) -> Self {
        Self { id, ..self }
    }

    /// The device.
    pub fn device(&self) -> &SkfDevice {
        &self.device
    }

    /// The name of the application.
    pub fn application(&self) -> String {
        blob::shown(&self.application)
    }

    /// What the device says of a PIN, if it says anything.
    ///
    /// # Errors
    /// The device's.
    pub fn pin_state(&self, kind: SkfPinKind) -> Result<Option<SkfPinState>, Error> {
        self.run("SKF_GetPINInfo", move |application, _| {
            application.pin_state(kind)
        })
    }

    /// Presents the user's PIN, such as the token was opened with: to try it, for what needs
    /// it presents it unasked.
    ///
    /// # Errors
    /// [`Error::WrongPin`], [`Error::PinLocked`], [`Error::PinLength`], [`Error::PinRefused`],
    /// [`Error::InitialPin`], [`Error::PinMissing`]; otherwise the device's.
    pub fn verify_pin(&self) -> Result<(), Error> {
        self.run("SKF_VerifyPIN", |application, access| {
            application.log_in(access)
        })
    }

    /// Changes a PIN. The token goes on with the new one when it is the user's.
    ///
    /// # Errors
    /// [`Error::WrongPin`] when `old` is wrong, [`Error::PinLength`] when the device does not
    /// take `new`, [`Error::PinLocked`]; otherwise the device's.
    pub fn change_pin(&self, kind: SkfPinKind, old: &Pin, new: &Password) -> Result<(), Error> {
        let (old, text) = (old.clone(), PinText::new(new.as_bytes())?);
        self.run("SKF_ChangePIN", move |application, _| {
            application.open_pin(kind)?;
            let changed = old.present(|octets| {
                match application.change_pin(kind, &PinText::new(octets)?, &text) {
                    // Of the new one, which is no reason never to present the old one again.
                    Err(Error::PinLength) => Ok(Err(Error::PinLength)),
                    result => result.map(Ok),
                }
            });
            application.forget_login();
            changed?
        })?;
        if kind == SkfPinKind::User {
            self.access().pin = Some(Pin::new(new.clone()));
        }
        Ok(())
    }

    /// Gives the user a new PIN and all tries again, with the administrator's. The token goes
    /// on with the new one.
    ///
    /// # Errors
    /// As [`Self::change_pin`], of the administrator's PIN.
    pub fn unblock_pin(&self, administrator: &Pin, new: &Password) -> Result<(), Error> {
        let (administrator, text) = (administrator.clone(), PinText::new(new.as_bytes())?);
        self.run("SKF_UnblockPIN", move |application, _| {
            application.open_pin(SkfPinKind::Administrator)?;
            let unblocked = administrator.present(|octets| {
                match application.unblock_pin(&PinText::new(octets)?, &text) {
                    Err(Error::PinLength) => Ok(Err(Error::PinLength)),
                    result => result.map(Ok),
                }
            });
            application.forget_login();
            unblocked?
        })?;
        self.access().pin = Some(Pin::new(new.clone()));
        Ok(())
    }

    /// Decrypts content whose SM4 key is wrapped for the encryption key under `label`: the key
    /// is opened in the device and never seen (`SKF_ImportSessionKey`, `SKF_Decrypt`). It is
    /// how a device to the letter of the standard opens an enveloped message.
    ///
    /// `data` is whole blocks of 16 octets, at most 1 MiB, and comes back with its padding.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when there is no such key, [`Error::Crypto`] for another length and
    /// when the SM4 key is wrapped for another key; otherwise the device's.
    pub fn decrypt_content(
        &self,
        label: &KeyLabel,
        wrapped: &Ciphertext,
        cipher: SkfCipher,
        data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        if data.is_empty() || !data.len().is_multiple_of(16) || data.len() > MAX_CONTENT {
            return Err(Error::Crypto {
                source: gm_crypto::Error::Invalid {
                    what: "content to decrypt",
                    reason: "it is 1 to 65,536 whole blocks of 16 octets",
                },
            });
        }
        let (label, wrapped, data) = (label.clone(), wrapped.clone(), data.to_vec());
        self.run("SKF_ImportSessionKey", move |application, access| {
            let name = application.existing(&label)?;
            if application.public_key(&name, KeyUse::Encryption)?.is_none() {
                return Err(Error::NoSuchKey { label });
            }
            application.decrypt_content(access, &name, &wrapped, cipher, &data)
        })
    }

    fn access(&self) -> std::sync::MutexGuard<'_, Access> {
        self.access.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run<T: Send + 'static>(
        &self,
        call: &'static str,
        work: impl FnOnce(&mut Application, &Access) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (name, access) = (self.application.clone(), self.access().clone());
        self.device.run(call, move |session| {
            work(session.application(&name)?, &access)
        })
    }

    fn found(&self, label: &KeyLabel, key_use: KeyUse) -> Result<(CString, PublicKey), Error> {
        let label = label.clone();
        self.run("SKF_ExportPublicKey", move |application, _| {
            let name = application.existing(&label)?;
            let key = application.public_key(&name, key_use)?;
            key.map(|key| (name, key)).ok_or(Error::NoSuchKey { label })
        })
    }

    fn handle(&self, container: CString, public_key: PublicKey) -> Box<dyn KeyHandle> {
        Box::new(SkfKey {
            za: Za::new(&self.id, &public_key),
            spki: encode(&public_key),
            public_key,
            container,
            token: self.clone(),
        })
    }
}

impl Token for SkfToken {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, Error> {
        let (container, public_key) = self.found(label, KeyUse::Signing)?;
        Ok(self.handle(container, public_key))
    }

    /// Makes the container and a signing key in it.
    fn generate(
        &self,
        label: &KeyLabel,
        algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, Error> {
        if algorithm != KeyAlgorithm::Sm2 {
            return Err(Error::Unsupported {
                what: "keys other than SM2",
                interface: INTERFACE,
            });
        }
        let container = c_name(label.as_str())?;
        let (name, label) = (self.application.clone(), label.clone());
        let access = self.access().clone();
        let (container, public_key) = self.device.run("SKF_GenECCKeyPair", move |session| {
            let key = session.generate(&name, &access, &label, &container)?;
            let container = session.application(&name)?.existing(&label)?;
            Ok((container, key))
        })?;
        Ok(self.handle(container, public_key))
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, Error> {
        self.run("SKF_EnumContainer", |application, _| {
            let mut labels = Vec::new();
            for (label, name) in application.containers()? {
                if application.public_key(&name, KeyUse::Signing)?.is_some() {
                    labels.push(label);
                }
            }
            Ok(labels)
        })
    }

    fn description(&self) -> Result<Description, Error> {
        let info = self.device.info()?;
        Ok(Description {
            interface: format!("SKF (GM/T 0016), version {}", info.version),
            manufacturer: info.manufacturer,
            // The structure has no field for it.
            model: String::new(),
            serial: info.serial,
            label: info.label,
            firmware: info.firmware,
        })
    }

    fn as_decryption(&self) -> Option<&dyn Decryption> {
        self.device.library().has_decryption().then_some(self as _)
    }

    fn as_unwrap(&self) -> Option<&dyn Unwrap> {
        self.device.library().has_import().then_some(self as _)
    }

    fn as_certificates(&self) -> Option<&dyn Certificates> {
        self.device
            .library()
            .has_certificates()
            .then_some(self as _)
    }

    fn as_random(&self) -> Option<&dyn Random> {
        self.device.library().has_random().then_some(self as _)
    }
}

impl Decryption for SkfToken {
    fn decryption_key(&self, label: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error> {
        let (container, public_key) = self.found(label, KeyUse::Encryption)?;
        Ok(Box::new(SkfDecryptionKey {
            spki: encode(&public_key),
            public_key,
            container,
            token: self.clone(),
        }))
    }

    /// Nothing: an encryption key is made by a key-management centre and comes in by
    /// [`Unwrap`].
    ///
    /// # Errors
    /// [`Error::Unsupported`], always.
    fn generate_decryption_key(&self, _: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error> {
        Err(Error::Unsupported {
            what: "function that makes an encryption key: it comes wrapped from the \
                   key-management centre",
            interface: INTERFACE,
        })
    }
}

impl Unwrap for SkfToken {
    fn unwrap_key(&self, label: &KeyLabel, envelope: &EnvelopedKey) -> Result<(), Error> {
        let (label, envelope) = (label.clone(), envelope.clone());
        self.run("SKF_ImportECCKeyPair", move |application, access| {
            application.unwrap_key(access, &label, &envelope)
        })
    }
}

impl Certificates for SkfToken {
    fn certificate(&self, label: &KeyLabel, key_use: KeyUse) -> Result<Option<Vec<u8>>, Error> {
        let label = label.clone();
        self.run(
            "SKF_ExportCertificate",
            move |application, _| match application.find(&label)? {
                None => Ok(None),
                Some(name) => application.certificate(&name, key_use == KeyUse::Signing),
            },
        )
    }

    fn write_certificate(
        &self,
        label: &KeyLabel,
        key_use: KeyUse,
        certificate: &[u8],
    ) -> Result<(), Error> {
        if !is_certificate(certificate) {
            return Err(Error::Crypto {
                source: gm_crypto::Error::Invalid {
                    what: "certificate",
                    reason: "it is the DER of one certificate of at most 65,536 octets",
                },
            });
        }
        let (label, certificate) = (label.clone(), certificate.to_vec());
        self.run("SKF_ImportCertificate", move |application, access| {
            application.write_certificate(access, &label, key_use, &certificate)
        })
    }
}

impl Random for SkfToken {
    fn fill_random(&self, octets: &mut [u8]) -> Result<(), Error> {
        let length = octets.len();
        let random = self
            .device
            .run("SKF_GenRandom", move |session| session.fill_random(length))?;
        octets.copy_from_slice(&random);
        Ok(())
    }
}

/// A signing key in a container.
struct SkfKey {
    token: SkfToken,
    container: CString,
    public_key: PublicKey,
    spki: Document,
    za: Za,
}

impl KeyHandle for SkfKey {
    fn public_key(&self) -> &Document {
        &self.spki
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        KeyAlgorithm::Sm2.signature_algorithm()
    }

    /// Signs e = SM3(Z ‖ message), which is computed here.
    fn sign(&self, message: &[u8]) -> Result<BitString, Error> {
        let (container, e) = (self.container.clone(), self.za.digest(message));
        let signature = self
            .token
            .run("SKF_ECCSignData", move |application, access| {
                application.sign(access, &container, &e)
            })?;
        signature.to_bitstring().map_err(|source| Error::Crypto {
            source: gm_crypto::Error::Malformed {
                what: "SM2Signature",
                source,
            },
        })
    }
}

impl fmt::Debug for SkfKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SkfKey")
            .field("container", &self.container)
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}

/// An encryption key in a container.
struct SkfDecryptionKey {
    token: SkfToken,
    container: CString,
    public_key: PublicKey,
    spki: Document,
}

impl DecryptionKey for SkfDecryptionKey {
    fn public_key(&self) -> &Document {
        &self.spki
    }

    fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (container, ciphertext) = (self.container.clone(), ciphertext.clone());
        self.token
            .run("SKF_ECCDecrypt", move |application, access| {
                application.decrypt(access, &container, &ciphertext)
            })
    }
}

impl fmt::Debug for SkfDecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SkfDecryptionKey")
            .field("container", &self.container)
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}

/// Whether this is one whole structure in DER, of a length that is read again.
fn is_certificate(octets: &[u8]) -> bool {
    octets.len() <= MAX_CERTIFICATE
        && AnyRef::from_der(octets).is_ok_and(|any| any.tag() == Tag::Sequence)
}

fn encode(key: &PublicKey) -> Document {
    key.to_public_key_der()
        .expect("a point of 65 octets has an SPKI encoding")
}
