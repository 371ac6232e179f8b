//! Keys in containers.

pub(super) mod sys;

use super::{
    application::{Access, Application},
    blob::{self, SM4_ECB},
    code, garbage,
    session::Session,
    token::SkfCipher,
};
use crate::{Error, KeyLabel, KeyUse, blob::Layout};
use gm_crypto::sm2::{Ciphertext, DerSignature, EnvelopedKey, PublicKey};
use std::ffi::CStr;
use zeroize::Zeroizing;

/// `SGD_SM2_1`: SM2 signatures (GM/T 0006).
const SM2_SIGNATURE: u32 = 0x0002_0200;
/// `SGD_SM4_CBC` (GM/T 0006).
const SM4_CBC: u32 = 0x0000_0402;

/// What says that there is no SM2 key to read: KEYUSAGEERR, OBJERR, KEYNOTFOUNTERR,
/// KEYINFOTYPEERR, FILE_NOT_EXIST; and BUFFER_TOO_SMALL, for an RSA key is longer. Of these
/// only KEYNOTFOUNTERR says that its place is free.
const NO_KEY: [u32; 6] = [
    0x0A00_000A,
    0x0A00_000D,
    code::NO_KEY,
    0x0A00_0021,
    0x0A00_0031,
    code::BUFFER_TOO_SMALL,
];
/// What says that a ciphertext is not for this key or was changed: INDATALENERR, INDATAERR,
/// HASHNOTEQUALERR, DECRYPTPADERR.
const REFUSED: [u32; 4] = [
    code::INPUT_LENGTH,
    code::INPUT,
    0x0A00_001A,
    code::DECRYPTION,
];

impl Application {
    fn layout(&self) -> Layout {
        self.raw().library().variant.layout
    }

    /// The public half of a key, if there is such a key.
    pub(super) fn public_key(
        &mut self,
        name: &CStr,
        key_use: KeyUse,
    ) -> Result<Option<PublicKey>, Error> {
        let signing = key_use == KeyUse::Signing;
        let octets = match self.in_container(name, |container| container.public_key(signing)) {
            Ok(octets) => octets,
            Err(error) => {
                return match code::of(&error) {
                    Some(code) if NO_KEY.contains(&code) => Ok(None),
                    _ => Err(error),
                };
            }
        };
        // Some devices show an empty place as zeros.
        if octets.iter().all(|octet| *octet == 0) {
            return Ok(None);
        }
        let key = self.layout().read_public_key(&octets);
        key.map(Some).map_err(garbage("SKF_ExportPublicKey"))
    }

    /// Whether no key lies in the place of one, of whatever kind.
    fn is_free(&mut self, name: &CStr, key_use: KeyUse) -> Result<bool, Error> {
        let signing = key_use == KeyUse::Signing;
        match self.in_container(name, |container| container.public_key(signing)) {
            Ok(octets) => Ok(octets.iter().all(|octet| *octet == 0)),
            Err(error) => match code::of(&error) {
                Some(code::NO_KEY) => Ok(true),
                Some(code) if NO_KEY.contains(&code) => Ok(false),
                _ => Err(error),
            },
        }
    }

    pub(super) fn sign(
        &mut self,
        access: &Access,
        name: &CStr,
        e: &[u8; 32],
    ) -> Result<DerSignature, Error> {
        let octets = self.with_login(access, |application| {
            application.in_container(name, |container| container.sign(e))
        })?;
        let signature = self.layout().read_signature(&octets);
        signature.map_err(garbage("SKF_ECCSignData"))
    }

    pub(super) fn decrypt(
        &mut self,
        access: &Access,
        name: &CStr,
        ciphertext: &Ciphertext,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let cipher = self.layout().write_ciphertext(ciphertext);
        let length = cipher.len() - self.layout().cipher_head();
        let plaintext = self
            .with_login(access, |application| {
                application.in_container(name, |container| container.decrypt(&cipher, length))
            })
            .map_err(refused)?;
        if plaintext.len() != length {
            return Err(garbage("SKF_ECCDecrypt")(
                "a plaintext that is not as long as its ciphertext",
            ));
        }
        Ok(plaintext)
    }

    /// Decrypts with a symmetric key that is opened inside.
    pub(super) fn decrypt_content(
        &mut self,
        access: &Access,
        name: &CStr,
        wrapped: &Ciphertext,
        cipher: SkfCipher,
        data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let blob = self.layout().write_ciphertext(wrapped);
        let (algorithm, iv) = match cipher {
            SkfCipher::Sm4Ecb => (SM4_ECB, Vec::new()),
            SkfCipher::Sm4Cbc { iv } => (SM4_CBC, iv.to_vec()),
        };
        let plaintext = self
            .with_login(access, |application| {
                application.in_container(name, |container| {
                    container
                        .import_session_key(algorithm, &blob)?
                        .decrypt(&iv, data)
                })
            })
            .map_err(refused)?;
        if plaintext.len() != data.len() {
            return Err(garbage("SKF_Decrypt")("another length than it was given"));
        }
        Ok(plaintext)
    }

    pub(super) fn unwrap_key(
        &mut self,
        access: &Access,
        label: &KeyLabel,
        envelope: &EnvelopedKey,
    ) -> Result<(), Error> {
        let name = self.existing(label)?;
        if self.public_key(&name, KeyUse::Signing)?.is_none() {
            return Err(Error::NoSuchKey {
                label: label.clone(),
            });
        }
        if !self.is_free(&name, KeyUse::Encryption)? {
            return Err(Error::KeyExists {
                label: label.clone(),
            });
        }
        let scalar = self.raw().library().variant.scalar;
        let blob = blob::enveloped_key(self.layout(), envelope, scalar)?;
        self.with_login(access, |application| {
            application.in_container(&name, |container| container.import_key_pair(&blob))
        })
        .map_err(refused)?;
        match self.public_key(&name, KeyUse::Encryption)? {
            Some(key) if key == *envelope.public_key() => Ok(()),
            _ => Err(Error::ReadBack {
                call: "SKF_ImportECCKeyPair",
            }),
        }
    }

    pub(super) fn write_certificate(
        &mut self,
        access: &Access,
        label: &KeyLabel,
        key_use: KeyUse,
        octets: &[u8],
    ) -> Result<(), Error> {
        let name = self.existing(label)?;
        if self.public_key(&name, key_use)?.is_none() {
            return Err(Error::NoSuchKey {
                label: label.clone(),
            });
        }
        let signing = key_use == KeyUse::Signing;
        self.with_login(access, |application| {
            application.in_container(&name, |container| {
                container.import_certificate(signing, octets)
            })
        })?;
        match self.certificate(&name, signing)? {
            Some(read) if read == octets => Ok(()),
            _ => Err(Error::ReadBack {
                call: "SKF_ImportCertificate",
            }),
        }
    }

    /// Makes a signing key in the container of this name, which is made when it is not there:
    /// a container without key is what a crash left. One with a key of another kind is not:
    /// the device would write over it.
    fn generate(
        &mut self,
        access: &Access,
        label: &KeyLabel,
        name: &CStr,
    ) -> Result<PublicKey, Error> {
        let exists = || Error::KeyExists {
            label: label.clone(),
        };
        let found = self.find(label)?;
        let name = found.as_deref().unwrap_or(name);
        if found.is_some() {
            for key_use in [KeyUse::Signing, KeyUse::Encryption] {
                if !self.is_free(name, key_use)? {
                    return Err(exists());
                }
            }
        } else if let Err(error) =
            self.with_login(access, |application| application.create_container(name))
        {
            // Somebody else was faster, where the device cannot be locked.
            return Err(match self.find(label) {
                Ok(Some(_)) => exists(),
                _ => error,
            });
        }
        let made = self.with_login(access, |application| {
            application.in_container(name, |container| container.generate(SM2_SIGNATURE))
        });
        let made = match made {
            Ok(octets) => octets,
            Err(error) => {
                if found.is_none() {
                    // What went wrong first is told; a container without key does no harm.
                    let _ = self.delete_container(name);
                }
                return Err(error);
            }
        };
        let made = self.layout().read_public_key(&made);
        let made = made.map_err(garbage("SKF_GenECCKeyPair"))?;
        match self.public_key(name, KeyUse::Signing)? {
            Some(key) if key == made => Ok(made),
            _ => Err(Error::ReadBack {
                call: "SKF_GenECCKeyPair",
            }),
        }
    }
}

impl Session {
    /// Makes a signing key; no other process comes between, where the device can be locked.
    pub(super) fn generate(
        &mut self,
        application: &CStr,
        access: &Access,
        label: &KeyLabel,
        name: &CStr,
    ) -> Result<PublicKey, Error> {
        self.alone(|session| {
            session
                .application(application)?
                .generate(access, label, name)
        })
    }
}

fn refused(error: Error) -> Error {
    match code::of(&error) {
        Some(code) if REFUSED.contains(&code) => Error::Crypto {
            source: gm_crypto::Error::Crypto,
        },
        _ => error,
    }
}
