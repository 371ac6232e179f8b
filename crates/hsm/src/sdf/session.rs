//! One session, and what is done in it.

use super::{
    SdfSealed, SdfVariant, certificate,
    code::{INPUT, KEY_TYPE, NO_FILE, NO_KEY, NO_RIGHT, NO_SESSION, RIGHT_REFUSED},
    garbage, info,
    sys::{self, Half},
};
use crate::{Connect, Description, Error, KeyLabel, KeyUse, Pin, blob::Layout};
use gm_crypto::sm2::{Ciphertext, DerSignature, PublicKey};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use zeroize::Zeroizing;

/// `SGD_SM2_3`: SM2 encryption (GM/T 0006).
const SM2_ENCRYPTION: u32 = 0x0002_0800;
/// `SGD_SM4_ECB` (GM/T 0006).
const SM4_ECB: u32 = 0x0000_0401;
/// Bits of an SM4 key.
const SM4_BITS: u32 = 128;
/// Octets of C3 and of a coordinate.
const NUMBER: usize = 32;
/// Random octets asked for at once.
const RANDOM_CHUNK: usize = 1024;

/// Opens sessions with the device behind a library.
#[derive(Debug)]
pub(super) struct Connector {
    pub(super) library: Arc<sys::Library>,
    pub(super) pin: Option<Pin>,
    /// The device that the sessions share; it is closed with the last of them.
    device: Mutex<Weak<sys::Device>>,
}

impl Connector {
    pub(super) fn new(library: Arc<sys::Library>, pin: Option<Pin>) -> Self {
        Self {
            library,
            pin,
            device: Mutex::default(),
        }
    }

    /// A session with the device that is open. When it was lost, the device is opened anew,
    /// while other sessions may still hold what was lost.
    fn open(&self) -> Result<sys::Session, Error> {
        let mut shared = self.device.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(device) = shared.upgrade().filter(|device| !device.is_lost()) {
            match device.open_session() {
                Err(Error::DeviceGone { .. }) => {}
                result => return result,
            }
        }
        let device = Arc::new(sys::Device::open(Arc::clone(&self.library))?);
        let session = device.open_session()?;
        *shared = Arc::downgrade(&device);
        Ok(session)
    }

    /// A session that was not given because there are as many as the device can have.
    fn limit(&self, error: Error) -> Error {
        match error {
            Error::Device { call, code, name }
                if u32::try_from(code).is_ok_and(|code| {
                    self.library.variant.code(code).number == Some(NO_SESSION)
                }) =>
            {
                Error::SessionLimit { call, code, name }
            }
            error => error,
        }
    }
}

impl Connect for Connector {
    type Session = Session;

    fn connect(&self) -> Result<Session, Error> {
        Ok(Session {
            raw: self.open().map_err(|error| self.limit(error))?,
            pin: self.pin.clone(),
        })
    }
}

/// A key's place in the device.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) index: u32,
    pub(super) label: KeyLabel,
}

impl Place {
    /// The place that a label names: a number from 1 on, without zeros before it.
    pub(super) fn of(label: &KeyLabel) -> Result<Self, Error> {
        let text = label.as_str();
        text.parse()
            .ok()
            .filter(|index: &u32| *index > 0 && index.to_string() == text)
            .map(|index| Self {
                index,
                label: label.clone(),
            })
            .ok_or_else(|| Error::NoSuchKey {
                label: label.clone(),
            })
    }

    fn is_empty(&self) -> Error {
        Error::NoSuchKey {
            label: self.label.clone(),
        }
    }
}

/// A session with a device.
#[derive(Debug)]
pub(super) struct Session {
    raw: sys::Session,
    pin: Option<Pin>,
}

impl Session {
    fn variant(&self) -> &SdfVariant {
        &self.raw.library().variant
    }

    fn layout(&self) -> Layout {
        self.variant().layout
    }

    /// The standard's number of the code that the device returned.
    fn number(&self, error: &Error) -> Option<u32> {
        let Error::Device { code, .. } = error else {
            return None;
        };
        self.variant().code(u32::try_from(*code).ok()?).number
    }

    /// Does what needs the right to use a private key. A right that is missing is asked for
    /// once.
    fn with_right<T>(
        &self,
        place: &Place,
        act: impl Fn(&sys::Session) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let done = match act(&self.raw) {
            Err(error) if self.number(&error) == Some(NO_RIGHT) => {
                self.ask_for_right(place)?;
                act(&self.raw)
            }
            done => done,
        };
        done.map_err(|error| match self.number(&error) {
            Some(NO_KEY) => place.is_empty(),
            _ => error,
        })
    }

    fn ask_for_right(&self, place: &Place) -> Result<(), Error> {
        let pin = self.pin.as_ref().ok_or(Error::PinMissing)?;
        pin.present(|password| {
            let result = self.raw.access_right(place.index, password);
            result.map_err(|error| match self.number(&error) {
                Some(NO_RIGHT | RIGHT_REFUSED) => Error::WrongPin { remaining: None },
                Some(NO_KEY) => place.is_empty(),
                _ => error,
            })
        })
    }

    /// The public half of a key, if there is such a key.
    pub(super) fn public_key(
        &self,
        index: u32,
        key_use: KeyUse,
    ) -> Result<Option<PublicKey>, Error> {
        let (call, half) = match key_use {
            KeyUse::Signing => ("SDF_ExportSignPublicKey_ECC", Half::Signing),
            KeyUse::Encryption => ("SDF_ExportEncPublicKey_ECC", Half::Encryption),
        };
        let octets = match self.raw.public_key(half, index) {
            Ok(octets) => octets,
            Err(error) => {
                return match self.number(&error) {
                    Some(NO_KEY | KEY_TYPE | INPUT) => Ok(None),
                    _ => Err(error),
                };
            }
        };
        // Some devices show an empty place as zeros.
        if octets.iter().all(|octet| *octet == 0) {
            return Ok(None);
        }
        let key = self.layout().read_public_key(&octets);
        key.map(Some).map_err(garbage(call))
    }

    pub(super) fn needed_public_key(
        &self,
        place: &Place,
        key_use: KeyUse,
    ) -> Result<PublicKey, Error> {
        self.public_key(place.index, key_use)?
            .ok_or_else(|| place.is_empty())
    }

    /// The numbers under which a signing key lies.
    pub(super) fn indexes(&self) -> Result<Vec<u32>, Error> {
        let mut indexes = Vec::new();
        for index in 1..=self.variant().key_indexes {
            if self.public_key(index, KeyUse::Signing)?.is_some() {
                indexes.push(index);
            }
        }
        Ok(indexes)
    }

    pub(super) fn sign(&self, place: &Place, e: &[u8; 32]) -> Result<DerSignature, Error> {
        let octets = self.with_right(place, |session| session.sign(place.index, e))?;
        let signature = self.layout().read_signature(&octets);
        signature.map_err(garbage("SDF_InternalSign_ECC"))
    }

    pub(super) fn decrypt(
        &self,
        place: &Place,
        ciphertext: &Ciphertext,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let cipher = self.layout().write_ciphertext(ciphertext);
        let length = cipher.len() - self.layout().cipher_head();
        let plaintext = self
            .with_right(place, |session| {
                session.decrypt(place.index, &cipher, length)
            })
            .map_err(|error| self.refused(error))?;
        if plaintext.len() != length {
            return Err(garbage("SDF_InternalDecrypt_ECC")(
                "a plaintext that is not as long as its ciphertext",
            ));
        }
        Ok(plaintext)
    }

    /// Encrypts in the device, for its own key.
    pub(super) fn encrypt(&self, place: &Place, plaintext: &[u8]) -> Result<Ciphertext, Error> {
        let octets = self.raw.encrypt(place.index, plaintext)?;
        self.ciphertext("SDF_InternalEncrypt_ECC", &octets, plaintext.len())
    }

    /// What says that a ciphertext is not for this key or was changed: SKOPERR, ENCDATAERR,
    /// PKOPERR.
    fn refused(&self, error: Error) -> Error {
        match self.number(&error) {
            Some(0x0B | 0x0C | 0x16) => Error::Crypto {
                source: gm_crypto::Error::Crypto,
            },
            _ => error,
        }
    }

    /// A ciphertext that the device made, of a message of `length` octets.
    fn ciphertext(
        &self,
        call: &'static str,
        octets: &[u8],
        length: usize,
    ) -> Result<Ciphertext, Error> {
        let ciphertext = self.layout().read_ciphertext(octets);
        let ciphertext = ciphertext.map_err(garbage(call))?;
        if ciphertext_length(&ciphertext) != length {
            return Err(garbage(call)(
                "a ciphertext that is not as long as its plaintext",
            ));
        }
        Ok(ciphertext)
    }

    pub(super) fn fill_random(&self, length: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut octets = Zeroizing::new(vec![0; length]);
        for chunk in octets.chunks_mut(RANDOM_CHUNK) {
            self.raw.random(chunk)?;
        }
        // The chance is 2^-128.
        if length >= 16 && octets.iter().all(|octet| *octet == 0) {
            return Err(garbage("SDF_GenerateRandom")("nothing but zeros"));
        }
        Ok(octets)
    }

    pub(super) fn description(&self) -> Result<Description, Error> {
        let octets = self.raw.device_info()?;
        info::read(&octets).map_err(garbage("SDF_GetDeviceInfo"))
    }

    pub(super) fn certificate(
        &self,
        index: u32,
        key_use: KeyUse,
    ) -> Result<Option<Vec<u8>>, Error> {
        let name = certificate::file_name(index, key_use);
        let head = match self.raw.read_file(name.as_bytes(), 0, certificate::HEAD) {
            Ok(head) => head,
            Err(error) if self.number(&error) == Some(NO_FILE) => return Ok(None),
            Err(error) => return Err(error),
        };
        let length = certificate::length(&head).map_err(garbage("SDF_ReadFile"))?;
        let mut octets = Vec::new();
        while octets.len() < length {
            #[expect(clippy::cast_possible_truncation, reason = "at most 65,536")]
            let offset = octets.len() as u32;
            let rest = length - octets.len();
            let part = self.raw.read_file(name.as_bytes(), offset, rest)?;
            if part.is_empty() {
                return Err(garbage("SDF_ReadFile")("less than was written"));
            }
            octets.extend_from_slice(&part);
        }
        Ok(Some(octets))
    }

    pub(super) fn write_certificate(
        &self,
        place: &Place,
        key_use: KeyUse,
        octets: &[u8],
    ) -> Result<(), Error> {
        self.needed_public_key(place, key_use)?;
        let name = certificate::file_name(place.index, key_use);
        match self.raw.delete_file(name.as_bytes()) {
            Ok(()) => {}
            Err(error) if self.number(&error) == Some(NO_FILE) => {}
            Err(error) => return Err(error),
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 65,536")]
        self.raw.create_file(name.as_bytes(), octets.len() as u32)?;
        self.raw.write_file(name.as_bytes(), 0, octets)?;
        match self.certificate(place.index, key_use)? {
            Some(read) if read == octets => Ok(()),
            _ => Err(Error::ReadBack {
                call: "SDF_WriteFile",
            }),
        }
    }

    pub(super) fn exchange_envelope(
        &self,
        place: &Place,
        recipient: &PublicKey,
        wrapped: &Ciphertext,
    ) -> Result<Ciphertext, Error> {
        let layout = self.layout();
        let recipient = layout.write_public_key(recipient);
        let cipher = layout.write_ciphertext(wrapped);
        let length = ciphertext_length(wrapped);
        let octets = self
            .with_right(place, |session| {
                session.exchange_envelope(place.index, SM2_ENCRYPTION, &recipient, &cipher, length)
            })
            .map_err(|error| self.refused(error))?;
        self.ciphertext("SDF_ExchangeDigitEnvelopeBaseOnECC", &octets, length)
    }

    pub(super) fn seal(&self, recipient: &PublicKey, data: &[u8]) -> Result<SdfSealed, Error> {
        let recipient = self.layout().write_public_key(recipient);
        let made = self.raw.key_for_key(&recipient, SM2_ENCRYPTION, SM4_BITS)?;
        self.sealed("SDF_GenerateKeyWithEPK_ECC", made, data)
    }

    pub(super) fn seal_to(&self, place: &Place, data: &[u8]) -> Result<SdfSealed, Error> {
        let made = self.raw.key_for_index(place.index, SM4_BITS);
        let made = made.map_err(|error| match self.number(&error) {
            Some(NO_KEY) => place.is_empty(),
            _ => error,
        })?;
        self.sealed("SDF_GenerateKeyWithIPK_ECC", made, data)
    }

    fn sealed(
        &self,
        call: &'static str,
        (cipher, key): (Vec<u8>, sys::Key<'_>),
        data: &[u8],
    ) -> Result<SdfSealed, Error> {
        let wrapped = self.ciphertext(call, &cipher, SM4_BITS as usize / 8)?;
        let encrypted = key.encrypt(SM4_ECB, data)?;
        if encrypted.len() != data.len() {
            return Err(garbage("SDF_Encrypt")("another length than it was given"));
        }
        Ok(SdfSealed::new(wrapped, encrypted))
    }

    pub(super) fn unseal(
        &self,
        place: &Place,
        sealed: &SdfSealed,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let cipher = self.layout().write_ciphertext(sealed.wrapped_key());
        // A key borrows its session: the right is asked for here, not in `with_right`.
        let key = match self.raw.import_key(place.index, &cipher) {
            Err(error) if self.number(&error) == Some(NO_RIGHT) => {
                self.ask_for_right(place)?;
                self.raw.import_key(place.index, &cipher)
            }
            key => key,
        };
        let key = key.map_err(|error| match self.number(&error) {
            Some(NO_KEY) => place.is_empty(),
            _ => self.refused(error),
        })?;
        let data = key.decrypt(SM4_ECB, sealed.data())?;
        if data.len() != sealed.data().len() {
            return Err(garbage("SDF_Decrypt")("another length than it was given"));
        }
        Ok(data)
    }
}

/// Octets of the message in a ciphertext.
fn ciphertext_length(ciphertext: &Ciphertext) -> usize {
    use gm_crypto::sm2::CiphertextForm::C1C3C2Without04;
    ciphertext.write(C1C3C2Without04).len() - 3 * NUMBER
}
