//! The enveloped key (GM/T 0009, 7.4; GB/T 35276): how a key-management centre
//! hands a subscriber the private key of the encryption certificate.

use crate::{Error, Result, low::ct::declassify, self_test::ready, sm4};
use alloc::vec::Vec;
use der::{
    Any, Decode, Encode, Sequence,
    asn1::{BitString, ObjectIdentifier},
};
use rand_core::TryCryptoRng;
use sm4::{
    Sm4,
    cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit},
};
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use super::{Ciphertext, PublicKey, SecretKey};

/// A private key wrapped for another key.
///
/// ```text
/// SM2EnvelopedKey ::= SEQUENCE {
///     symAlgID AlgorithmIdentifier, symEncryptedKey SM2Cipher,
///     Sm2PublicKey BIT STRING, Sm2EncryptedPrivateKey BIT STRING }
/// ```
///
/// The text prescribes SM4 in ECB mode and says nothing of padding, so several forms are
/// about: [`EnvelopedKeyForm`] has them. All are read; [`Default`] is written unless
/// another is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvelopedKey {
    encrypted_key: Ciphertext,
    public_key: PublicKey,
    /// 32, 48 or 64 octets, as `form.padding` says.
    encrypted_scalar: Vec<u8>,
    form: EnvelopedKeyForm,
}

/// What the text of GM/T 0009 leaves open, as the field fills it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnvelopedKeyForm {
    /// What is encrypted besides the 32 octets of the scalar.
    pub padding: ScalarPadding,
    /// How the cipher is named.
    pub cipher: EnvelopeCipher,
    /// Whether NULL stands as the parameters of `symAlgID`; otherwise nothing does.
    pub null_parameters: bool,
}

impl EnvelopedKeyForm {
    /// The form with another padding.
    #[must_use]
    pub const fn with_padding(self, padding: ScalarPadding) -> Self {
        Self { padding, ..self }
    }

    /// The form with the cipher named otherwise.
    #[must_use]
    pub const fn with_cipher(self, cipher: EnvelopeCipher) -> Self {
        Self { cipher, ..self }
    }

    /// The form with NULL as parameters, or without.
    #[must_use]
    pub const fn with_null_parameters(self, null_parameters: bool) -> Self {
        Self {
            null_parameters,
            ..self
        }
    }
}

/// What is encrypted of a scalar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScalarPadding {
    /// Its 32 octets.
    #[default]
    None,
    /// 32 zeros and its 32 octets, as in the structures of SDF and SKF devices.
    LeadingZeros,
    /// Its 32 octets and 16 times the octet 16 (PKCS#7), 48 octets.
    Pkcs7,
}

/// How `symAlgID` names SM4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvelopeCipher {
    /// SM4 in ECB mode, 1.2.156.10197.1.104.1.
    #[default]
    Sm4Ecb,
    /// SM4, the mode unsaid: 1.2.156.10197.1.104.
    Sm4,
}

impl EnvelopeCipher {
    fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sm4Ecb => SM4_ECB,
            Self::Sm4 => SM4,
        }
    }
}

#[derive(Sequence)]
struct Sm2EnvelopedKey {
    algorithm: AlgorithmIdentifierOwned,
    encrypted_key: Any,
    public_key: BitString,
    encrypted_private_key: BitString,
}

/// SM4, mode unsaid (GM/T 0006).
const SM4: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.104");
/// SM4 in ECB mode.
const SM4_ECB: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.104.1");
/// The octets of a padding of one whole block (PKCS#7).
const PADDING_BLOCK: [u8; sm4::BLOCK_LENGTH] = [16; sm4::BLOCK_LENGTH];

const WHAT: &str = "SM2EnvelopedKey";

fn invalid(reason: &'static str) -> Error {
    Error::Invalid { what: WHAT, reason }
}

impl EnvelopedKey {
    /// Wraps `key` so that only the owner of `recipient` can open it.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails.
    pub fn seal<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        recipient: &PublicKey,
        key: &SecretKey,
    ) -> Result<Self> {
        Self::seal_as(rng, recipient, key, EnvelopedKeyForm::default())
    }

    /// Wraps `key`, in the form that the recipient's program wants.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails.
    pub fn seal_as<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        recipient: &PublicKey,
        key: &SecretKey,
        form: EnvelopedKeyForm,
    ) -> Result<Self> {
        ready()?;
        let mut session = Zeroizing::new([0; sm4::BLOCK_LENGTH]);
        rng.try_fill_bytes(session.as_mut_slice())
            .map_err(|_| Error::Random)?;
        let scalar = key.to_bytes();
        let mut octets = Zeroizing::new(Vec::with_capacity(64));
        match form.padding {
            ScalarPadding::None => octets.extend_from_slice(&*scalar),
            ScalarPadding::LeadingZeros => {
                octets.extend_from_slice(&[0; 32]);
                octets.extend_from_slice(&*scalar);
            }
            ScalarPadding::Pkcs7 => {
                octets.extend_from_slice(&*scalar);
                octets.extend_from_slice(&PADDING_BLOCK);
            }
        }
        let cipher = Sm4::new(&(*session).into());
        for block in octets.chunks_exact_mut(sm4::BLOCK_LENGTH) {
            cipher.encrypt_block(block.try_into().expect("a chunk has 16 octets"));
        }
        Ok(Self {
            encrypted_key: recipient.encrypt(rng, session.as_slice())?,
            public_key: key.public_key(),
            encrypted_scalar: octets.to_vec(),
            form,
        })
    }

    /// Opens it with the recipient's private key and checks that the scalar
    /// belongs to the public key that it is said to belong to.
    ///
    /// # Errors
    /// [`Error::Crypto`], for whatever reason.
    pub fn open(&self, recipient: &SecretKey) -> Result<SecretKey> {
        self.open_with_key(&recipient.decrypt(&self.encrypted_key)?)
    }

    /// Opens it with the SM4 key, 16 octets, which somebody else has decrypted, such as a
    /// device with the recipient's private key; checks what [`Self::open`] checks.
    ///
    /// # Errors
    /// [`Error::Crypto`], for whatever reason.
    pub fn open_with_key(&self, key: &[u8]) -> Result<SecretKey> {
        ready()?;
        let cipher = Sm4::new_from_slice(key).map_err(|_| Error::Crypto)?;
        let mut octets = Zeroizing::new(self.encrypted_scalar.clone());
        for block in octets.chunks_exact_mut(sm4::BLOCK_LENGTH) {
            cipher.decrypt_block(block.try_into().expect("a chunk has 16 octets"));
        }
        // How many octets of the padding are others than they should be.
        let difference = |padding: &[u8], octet: u8| {
            declassify(
                padding.iter().fold(0, |sum, found| sum | (found ^ octet)),
                "whether the padding is right is part of the one answer",
            )
        };
        let (scalar, wrong) = match self.form.padding {
            ScalarPadding::None => (&octets[..], 0),
            ScalarPadding::LeadingZeros => (&octets[32..], difference(&octets[..32], 0)),
            ScalarPadding::Pkcs7 => (&octets[..32], difference(&octets[32..], 16)),
        };
        let scalar = scalar.try_into().map_err(|_| Error::Crypto)?;
        let key = SecretKey::from_bytes(scalar)?;
        if wrong != 0 || key.public_key() != self.public_key {
            return Err(Error::Crypto);
        }
        Ok(key)
    }

    /// The public key of the wrapped one, as the envelope states it.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The SM4 key, encrypted to the recipient: for whoever opens envelopes with
    /// another program.
    pub fn encrypted_key(&self) -> &Ciphertext {
        &self.encrypted_key
    }

    /// The scalar, encrypted under the SM4 key in ECB mode: 32, 48 or 64 octets, see
    /// [`ScalarPadding`].
    pub fn encrypted_scalar(&self) -> &[u8] {
        &self.encrypted_scalar
    }

    /// The form that was read, or that will be written.
    pub fn form(&self) -> EnvelopedKeyForm {
        self.form
    }

    /// The same envelope in another form, as far as that goes without opening it: the
    /// cipher's name is free, and a padding can be taken away (each block is encrypted
    /// for itself) but not added.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a padding would have to be encrypted.
    pub fn reshaped(mut self, form: EnvelopedKeyForm) -> Result<Self> {
        if form.padding != self.form.padding {
            let scalar = self.encrypted_scalar_alone();
            if form.padding != ScalarPadding::None {
                return Err(invalid(
                    "only who can open the envelope can give it a padding",
                ));
            }
            self.encrypted_scalar = scalar.to_vec();
        }
        self.form = form;
        Ok(self)
    }

    /// The two blocks that hold the scalar.
    pub(crate) fn encrypted_scalar_alone(&self) -> &[u8] {
        match self.form.padding {
            ScalarPadding::LeadingZeros => &self.encrypted_scalar[32..],
            ScalarPadding::None | ScalarPadding::Pkcs7 => &self.encrypted_scalar[..32],
        }
    }

    /// An envelope from the parts of another structure that holds the same: the padding is
    /// what the length of the encrypted scalar says.
    pub(crate) fn from_parts(
        encrypted_key: Ciphertext,
        public_key: PublicKey,
        encrypted_scalar: &[u8],
        form: EnvelopedKeyForm,
    ) -> Result<Self> {
        let padding = match encrypted_scalar.len() {
            32 => ScalarPadding::None,
            48 => ScalarPadding::Pkcs7,
            64 => ScalarPadding::LeadingZeros,
            _ => {
                return Err(invalid(
                    "Sm2EncryptedPrivateKey has neither 32, 48 nor 64 octets",
                ));
            }
        };
        Ok(Self {
            encrypted_key,
            public_key,
            encrypted_scalar: encrypted_scalar.to_vec(),
            form: form.with_padding(padding),
        })
    }

    /// Reads the DER.
    ///
    /// # Errors
    /// [`Error::Malformed`] or [`Error::Invalid`] for the structure,
    /// [`Error::Unsupported`] for another cipher, [`Error::Crypto`] for points
    /// off the curve.
    pub fn from_der(octets: &[u8]) -> Result<Self> {
        let malformed = |source| Error::Malformed { what: WHAT, source };
        let parsed = Sm2EnvelopedKey::from_der(octets).map_err(malformed)?;
        let oid = parsed.algorithm.oid;
        let cipher = match oid {
            SM4_ECB => EnvelopeCipher::Sm4Ecb,
            SM4 => EnvelopeCipher::Sm4,
            _ => return Err(Error::Unsupported { what: WHAT, oid }),
        };
        let null_parameters = match &parsed.algorithm.parameters {
            None => false,
            Some(any) if *any == Any::null() => true,
            Some(_) => {
                return Err(invalid(
                    "symAlgID has parameters: the mode is ECB and takes none",
                ));
            }
        };
        let form = EnvelopedKeyForm {
            cipher,
            null_parameters,
            ..EnvelopedKeyForm::default()
        };
        let octets_of = |bits: &BitString| match bits.as_bytes() {
            Some(octets) => Ok(octets.to_vec()),
            None => Err(invalid("a BIT STRING of keys has unused bits")),
        };
        Self::from_parts(
            Ciphertext::from_der(&parsed.encrypted_key.to_der().map_err(malformed)?)?,
            PublicKey::from_uncompressed(&octets_of(&parsed.public_key)?)?,
            &octets_of(&parsed.encrypted_private_key)?,
            form,
        )
    }

    /// Writes the DER, in the form that was asked for or read.
    pub fn to_der(&self) -> Vec<u8> {
        let encode = || -> der::Result<Vec<u8>> {
            Sm2EnvelopedKey {
                algorithm: AlgorithmIdentifierOwned {
                    oid: self.form.cipher.oid(),
                    parameters: self.form.null_parameters.then(Any::null),
                },
                encrypted_key: Any::from_der(&self.encrypted_key.to_der())?,
                public_key: BitString::from_bytes(&self.public_key.to_uncompressed())?,
                encrypted_private_key: BitString::from_bytes(&self.encrypted_scalar)?,
            }
            .to_der()
        };
        encode().expect("an envelope of some 300 octets has a DER encoding")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::SysRng;

    /// Every form there is.
    fn forms() -> impl Iterator<Item = EnvelopedKeyForm> {
        use {EnvelopeCipher as Cipher, ScalarPadding as Padding};
        [Padding::None, Padding::LeadingZeros, Padding::Pkcs7]
            .into_iter()
            .flat_map(|padding| [Cipher::Sm4, Cipher::Sm4Ecb].map(|cipher| (padding, cipher)))
            .flat_map(|(padding, cipher)| {
                [true, false].map(|null_parameters| EnvelopedKeyForm {
                    padding,
                    cipher,
                    null_parameters,
                })
            })
    }

    #[test]
    fn only_the_recipient_opens_an_envelope_in_whatever_form() {
        let [recipient, stranger, inside] =
            [(); 3].map(|()| SecretKey::generate(&mut SysRng).unwrap());
        let mut lengths = Vec::new();
        for form in forms() {
            let sealed =
                EnvelopedKey::seal_as(&mut SysRng, &recipient.public_key(), &inside, form).unwrap();
            let read = EnvelopedKey::from_der(&sealed.to_der()).unwrap();
            assert_eq!(read, sealed);
            assert_eq!(read.form(), form);
            lengths.push(read.encrypted_scalar().len());
            let opened = read.open(&recipient).unwrap();
            assert_eq!(*opened.to_bytes(), *inside.to_bytes());
            assert!(matches!(read.open(&stranger), Err(Error::Crypto)));
        }
        lengths.dedup();
        assert_eq!(lengths, [32, 64, 48]);
    }

    #[test]
    fn a_padding_is_taken_away_without_the_key_and_never_added() {
        let [recipient, inside] = [(); 2].map(|()| SecretKey::generate(&mut SysRng).unwrap());
        for form in forms() {
            let sealed =
                EnvelopedKey::seal_as(&mut SysRng, &recipient.public_key(), &inside, form).unwrap();
            let plain = sealed
                .clone()
                .reshaped(EnvelopedKeyForm::default())
                .unwrap();
            assert_eq!(plain.encrypted_scalar().len(), 32);
            assert!(plain.open(&recipient).is_ok());
            let padded = form.with_padding(match form.padding {
                ScalarPadding::Pkcs7 => ScalarPadding::LeadingZeros,
                _ => ScalarPadding::Pkcs7,
            });
            assert!(sealed.reshaped(padded).is_err());
        }
    }

    #[test]
    fn a_wrong_padding_is_refused_like_everything_else() {
        let [recipient, inside] = [(); 2].map(|()| SecretKey::generate(&mut SysRng).unwrap());
        for (padding, at) in [(ScalarPadding::LeadingZeros, 0), (ScalarPadding::Pkcs7, 47)] {
            let form = EnvelopedKeyForm::default().with_padding(padding);
            let mut sealed =
                EnvelopedKey::seal_as(&mut SysRng, &recipient.public_key(), &inside, form).unwrap();
            sealed.encrypted_scalar[at] ^= 1;
            assert!(matches!(sealed.open(&recipient), Err(Error::Crypto)));
        }
    }

    #[test]
    fn a_scalar_of_another_public_key_is_refused() {
        let [recipient, inside, other] =
            [(); 3].map(|()| SecretKey::generate(&mut SysRng).unwrap());
        let mut sealed = EnvelopedKey::seal(&mut SysRng, &recipient.public_key(), &inside).unwrap();
        sealed.public_key = other.public_key();
        assert!(sealed.open(&recipient).is_err());
    }
}
