//! The device as a token.

use super::{
    SdfVariant, certificate,
    session::{Connector, Place, Session},
    sys,
};
use crate::{
    Certificates, Decryption, DecryptionKey, Description, Error, KeyAlgorithm, KeyHandle, KeyLabel,
    KeyUse, Pin, Pool, PoolOptions, Random, Token,
};
use der::{Document, asn1::BitString};
use gm_crypto::sm2::{Ciphertext, PublicKey, UserId, Za};
use spki::{AlgorithmIdentifierOwned, EncodePublicKey, SignatureBitStringEncoding};
use std::{fmt, path::Path, sync::Arc};
use zeroize::Zeroizing;

/// A vendor's library of GM/T 0018, loaded.
#[derive(Clone, Debug)]
pub struct SdfLibrary(Arc<sys::Library>);

impl SdfLibrary {
    /// Loads the library at `path`, which has the peculiarities of `variant`. It stays loaded
    /// until the process ends.
    ///
    /// **Its code runs in this process** and can do whatever this process can: the path must
    /// be one that only an administrator writes to. Without a limit of time: while it is being
    /// loaded nothing else can be.
    ///
    /// # Errors
    /// [`Error::Library`] when it cannot be loaded, [`Error::NotTheInterface`] with the first
    /// function that is missing of those without which nothing can be done.
    pub fn load(path: impl AsRef<Path>, variant: SdfVariant) -> Result<Self, Error> {
        sys::Library::load(path.as_ref(), variant).map(|library| Self(Arc::new(library)))
    }
}

/// The device behind a library, as a token whose labels are the numbers of its keys.
///
/// Clones share its sessions.
#[derive(Clone, Debug)]
pub struct SdfDevice {
    pool: Arc<Pool<Connector>>,
    library: Arc<sys::Library>,
    id: UserId,
}

const INTERFACE: &str = "SDF (GM/T 0018)";

impl SdfDevice {
    /// Opens the device and one session, so that a device that is not there is told here.
    ///
    /// `pin` is the password of the private keys, where they have one.
    ///
    /// # Errors
    /// The device's.
    pub fn open(
        library: &SdfLibrary,
        pin: Option<Pin>,
        options: PoolOptions,
    ) -> Result<Self, Error> {
        let library = Arc::clone(&library.0);
        let connector = Connector::new(Arc::clone(&library), pin);
        let device = Self {
            pool: Arc::new(Pool::new(connector, options)),
            library,
            id: UserId::default(),
        };
        device.run("SDF_OpenSession", |_| Ok(()))?;
        Ok(device)
    }

    /// The device with another user ID for the signatures of its keys.
    #[must_use]
    pub fn with_user_id(self, id: UserId) -> Self {
        Self { id, ..self }
    }

    /// Tries whether the variant is right for this device, with the keys under `label`: a
    /// signature of the device verifies here, a ciphertext from here opens there and, where
    /// the library has such a function, a ciphertext of the device opens there again.
    ///
    /// # Errors
    /// [`Error::BadSignature`], [`Error::Garbage`] with the function that went wrong;
    /// [`Error::NoSuchKey`] when there is no signing key; otherwise the device's.
    pub fn self_test(&self, label: &KeyLabel) -> Result<(), Error> {
        const MESSAGE: &[u8; 32] = b"a message for a test of a device";
        crate::Checked::new(self.sdf_key(label)?.under(UserId::default())).sign(MESSAGE)?;
        let place = Place::of(label)?;
        let public_key = self.run("SDF_ExportEncPublicKey_ECC", move |session| {
            session.public_key(place.index, KeyUse::Encryption)
        });
        let public_key = match public_key {
            Ok(Some(key)) if self.library.has_decryption() => key,
            Ok(_) | Err(Error::Unsupported { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let crypto = |source| Error::Crypto { source };
        let ours = public_key
            .encrypt(&mut getrandom::SysRng, MESSAGE)
            .map_err(crypto)?;
        let place = Place::of(label)?;
        self.run("SDF_InternalDecrypt_ECC", move |session| {
            let other = |call| Error::Garbage {
                call,
                what: "another message than was encrypted",
            };
            if **session.decrypt(&place, &ours)? != *MESSAGE {
                return Err(other("SDF_InternalDecrypt_ECC"));
            }
            match session.encrypt(&place, MESSAGE) {
                Ok(theirs) if **session.decrypt(&place, &theirs)? == *MESSAGE => Ok(()),
                Ok(_) => Err(other("SDF_InternalEncrypt_ECC")),
                Err(Error::Unsupported { .. }) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }

    pub(super) fn run<T: Send + 'static>(
        &self,
        call: &'static str,
        work: impl FnOnce(&Session) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.pool.run(call, |session| work(session))
    }

    fn sdf_key(&self, label: &KeyLabel) -> Result<SdfKey, Error> {
        let (public_key, place) = self.public_key(label, KeyUse::Signing)?;
        Ok(SdfKey {
            spki: encode(&public_key),
            za: Za::new(&self.id, &public_key),
            public_key,
            place,
            device: self.clone(),
        })
    }

    fn public_key(&self, label: &KeyLabel, key_use: KeyUse) -> Result<(PublicKey, Place), Error> {
        let place = Place::of(label)?;
        self.run("SDF_ExportSignPublicKey_ECC", move |session| {
            let key = session.needed_public_key(&place, key_use)?;
            Ok((key, place))
        })
    }
}

impl Token for SdfDevice {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, Error> {
        Ok(Box::new(self.sdf_key(label)?))
    }

    /// Nothing: the interface has no such function.
    ///
    /// # Errors
    /// [`Error::Unsupported`], always.
    fn generate(&self, _: &KeyLabel, _: KeyAlgorithm) -> Result<Box<dyn KeyHandle>, Error> {
        Err(NO_GENERATION)
    }

    /// The numbers from 1 to the variant's last under which a signing key lies, in the order
    /// of labels (`10` before `2`).
    fn labels(&self) -> Result<Vec<KeyLabel>, Error> {
        let indexes = self.run("SDF_ExportSignPublicKey_ECC", |session| session.indexes())?;
        let mut labels = indexes
            .into_iter()
            .map(|index| KeyLabel::new(index.to_string()))
            .collect::<Result<Vec<_>, _>>()?;
        labels.sort_unstable();
        Ok(labels)
    }

    fn description(&self) -> Result<Description, Error> {
        self.run("SDF_GetDeviceInfo", |session| session.description())
    }

    fn as_decryption(&self) -> Option<&dyn Decryption> {
        self.library.has_decryption().then_some(self as _)
    }

    fn as_certificates(&self) -> Option<&dyn Certificates> {
        self.library.has_files().then_some(self as _)
    }

    fn as_random(&self) -> Option<&dyn Random> {
        Some(self)
    }
}

const NO_GENERATION: Error = Error::Unsupported {
    what: "function that makes a key and keeps it: make it with the vendor's tool",
    interface: INTERFACE,
};

impl Decryption for SdfDevice {
    fn decryption_key(&self, label: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error> {
        let (public_key, place) = self.public_key(label, KeyUse::Encryption)?;
        Ok(Box::new(SdfDecryptionKey {
            spki: encode(&public_key),
            public_key,
            place,
            device: self.clone(),
        }))
    }

    /// Nothing: the interface has no such function.
    ///
    /// # Errors
    /// [`Error::Unsupported`], always.
    fn generate_decryption_key(&self, _: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error> {
        Err(NO_GENERATION)
    }
}

impl Certificates for SdfDevice {
    fn certificate(&self, label: &KeyLabel, key_use: KeyUse) -> Result<Option<Vec<u8>>, Error> {
        let Ok(place) = Place::of(label) else {
            return Ok(None);
        };
        self.run("SDF_ReadFile", move |session| {
            session.certificate(place.index, key_use)
        })
    }

    /// Puts a certificate in a file beside the keys. The one before is deleted first: the
    /// interface has no renaming.
    fn write_certificate(
        &self,
        label: &KeyLabel,
        key_use: KeyUse,
        certificate: &[u8],
    ) -> Result<(), Error> {
        let place = Place::of(label)?;
        if certificate::length(certificate) != Ok(certificate.len()) {
            return Err(Error::Crypto {
                source: gm_crypto::Error::Invalid {
                    what: "certificate",
                    reason: "it is the DER of one certificate of at most 65,536 octets",
                },
            });
        }
        let certificate = certificate.to_vec();
        self.run("SDF_WriteFile", move |session| {
            session.write_certificate(&place, key_use, &certificate)
        })
    }
}

impl Random for SdfDevice {
    fn fill_random(&self, octets: &mut [u8]) -> Result<(), Error> {
        let length = octets.len();
        let random = self.run("SDF_GenerateRandom", move |session| {
            session.fill_random(length)
        })?;
        octets.copy_from_slice(&random);
        Ok(())
    }
}

/// A signing key in the device.
struct SdfKey {
    device: SdfDevice,
    place: Place,
    public_key: PublicKey,
    spki: Document,
    za: Za,
}

impl SdfKey {
    fn under(mut self, id: UserId) -> Self {
        self.za = Za::new(&id, &self.public_key);
        self
    }
}

impl KeyHandle for SdfKey {
    fn public_key(&self) -> &Document {
        &self.spki
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        KeyAlgorithm::Sm2.signature_algorithm()
    }

    /// Signs e = SM3(Z ‖ message), which is computed here.
    fn sign(&self, message: &[u8]) -> Result<BitString, Error> {
        let (place, e) = (self.place.clone(), self.za.digest(message));
        let signature = self.device.run("SDF_InternalSign_ECC", move |session| {
            session.sign(&place, &e)
        })?;
        signature.to_bitstring().map_err(|source| Error::Crypto {
            source: gm_crypto::Error::Malformed {
                what: "SM2Signature",
                source,
            },
        })
    }
}

impl fmt::Debug for SdfKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SdfKey")
            .field("index", &self.place.index)
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}

/// An encryption key in the device.
struct SdfDecryptionKey {
    device: SdfDevice,
    place: Place,
    public_key: PublicKey,
    spki: Document,
}

impl DecryptionKey for SdfDecryptionKey {
    fn public_key(&self) -> &Document {
        &self.spki
    }

    fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (place, ciphertext) = (self.place.clone(), ciphertext.clone());
        self.device.run("SDF_InternalDecrypt_ECC", move |session| {
            session.decrypt(&place, &ciphertext)
        })
    }
}

impl fmt::Debug for SdfDecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SdfDecryptionKey")
            .field("index", &self.place.index)
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}

fn encode(key: &PublicKey) -> Document {
    key.to_public_key_der()
        .expect("a point of 65 octets has an SPKI encoding")
}
