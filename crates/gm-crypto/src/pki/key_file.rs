//! Private keys in files, in every form that the field has.
//!
//! [`PrivateKeyFile::read`] tells the form by what stands in the file, not by its name, and
//! says what is unusual. Whatever the form, a key leaves only when its scalar is in range
//! and, where a public key or a certificate stands beside it, when the two are a pair.
//!
//! | form | read | written by |
//! |---|---|---|
//! | PKCS#8 (RFC 5208), OneAsymmetricKey (RFC 5958) | with and without the public key and inner parameters | [`encode_private_key`], [`encode_private_key_without_public`] |
//! | encrypted PKCS#8 | [`KeyFileParameters`] has what is spoken | [`encode_private_key_encrypted`] |
//! | SEC 1 `ECPrivateKey` (RFC 5915) | with and without parameters and public key | [`encode_private_key_sec1`] |
//! | PEM with `DEK-Info` (RFC 1421) | SM4-CBC, AES-CBC | [`encode_private_key_legacy_pem`] |
//! | `SM2PrivateKey` (GM/T 0009) | INTEGER | [`encode_private_key_bare`] |
//! | CFCA's key file | with its certificate | – |
//! | raw scalar | where the caller says so: [`PrivateKeyFile::read_raw_scalar`] | [`SecretKey::to_bytes`] |

mod bare;
mod cfca;
mod legacy_pem;
mod pkcs8;
mod remark;
mod sec1;

pub use bare::encode_private_key_bare;
pub use legacy_pem::encode_private_key_legacy_pem;
pub use pkcs8::{
    decode_private_key, decode_private_key_encrypted, encode_private_key,
    encode_private_key_encrypted, encode_private_key_without_public, is_encrypted_private_key,
};
pub use remark::{KeyFormat, KeyRemark};
pub use sec1::encode_private_key_sec1;

use crate::{
    Error, Result,
    pki::{
        KeyFileParameters,
        pbes::{MIN_ITERATIONS, Scheme, Spelling},
        pem::{self, PemBlock},
        spki::{self, Curve},
    },
    sm2::{PublicKey, SecretKey},
};
use alloc::vec::Vec;
use base64ct::{Base64, Encoding};
use core::fmt;
use der::{AnyRef, Decode, Length, Reader, SliceReader, Tag, Tagged};
use zeroize::Zeroizing;

/// The PEM labels under which a private key may stand in PKCS#8 or SEC 1.
pub const PRIVATE_KEY_LABELS: &[&str] = &[
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "EC PRIVATE KEY",
    "SM2 PRIVATE KEY",
];

/// The PEM labels that [`PrivateKeyFile::read`] takes.
pub const KEY_FILE_LABELS: &[&str] = &[
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "EC PRIVATE KEY",
    "SM2 PRIVATE KEY",
    "CFCA KEY",
];

/// The curve in a block of its own, as `openssl ecparam -genkey` writes it; OpenSSL 3 has
/// the second label for SM2.
const PARAMETER_LABELS: [&str; 2] = ["EC PARAMETERS", "SM2 PARAMETERS"];

/// A private key in a file: recognised, and opened or not yet.
///
/// Silent in `Debug`; what is secret in it is wiped on drop.
///
/// # A wrong password and a damaged file
///
/// None of the encrypted forms has a MAC: after decryption nobody can tell a wrong password
/// from damaged octets but by what comes out. What is broken outside the encryption is
/// told, with its offset. What comes after decryption — a padding that is none, octets that
/// are no key, a scalar out of range, another curve, a public key that is not the
/// scalar's — is one [`Error::WrongPassword`] from [`PrivateKeyFile::open`] and
/// [`decode_private_key_encrypted`]: whoever may send changed files to a service that knows
/// the password and sees more than that learns, answer by answer, what is inside (Vaudenay,
/// Eurocrypt 2002), and a good padding before a key that is none is such an answer. A person
/// at the own file may know more: [`PrivateKeyFile::open_explained`] names what is wrong
/// with a key once the structure shows that the password was right.
#[derive(Clone)]
pub struct PrivateKeyFile {
    format: KeyFormat,
    content: Content,
    remarks: Vec<KeyRemark>,
}

#[derive(Clone)]
enum Content {
    Plain(PlainKey),
    Encrypted { scheme: Scheme, octets: Vec<u8> },
    LegacyPem(legacy_pem::Sealed),
    Cfca(cfca::Sealed),
}

/// A key out of a file, checked; with the public key that stood beside it.
#[derive(Clone)]
struct PlainKey {
    secret: SecretKey,
    stated: Option<PublicKey>,
}

impl PrivateKeyFile {
    /// Reads a key file: DER, PEM with one of [`KEY_FILE_LABELS`] and whatever stands
    /// around, or the base64 of DER without its armour.
    ///
    /// A key that is not encrypted is checked here and now. Of several keys in one text the
    /// first is taken; [`Self::remarks`] says so.
    ///
    /// # Errors
    /// [`Error::NoPemBlock`] when no key is found; [`Error::Malformed`] for broken DER, with
    /// kind and offset in the structure named; [`Error::Unsupported`] for another curve or
    /// algorithm; [`Error::Invalid`] for broken PEM, a scalar outside of 1 to n − 2, and for
    /// a public key that is not the scalar's.
    pub fn read(octets: &[u8]) -> Result<Self> {
        if matches!(octets.first(), Some(&(SEQUENCE | INTEGER))) {
            return Self::read_der(octets);
        }
        match Self::read_pem(octets) {
            Err(Error::NoPemBlock { expected }) => match without_armour(octets) {
                Some(der) => {
                    let mut file = Self::read_der(&der)?;
                    file.remarks.push(KeyRemark::NoArmour);
                    Ok(file)
                }
                None => Err(Error::NoPemBlock { expected }),
            },
            read => read,
        }
    }

    /// Reads a raw scalar: 32 octets, big endian, or 64 hexadecimal digits with blanks
    /// around them. Never recognised by [`Self::read`], for any 32 octets look like one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for any other length, and for a scalar outside of 1 to n − 2.
    pub fn read_raw_scalar(octets: &[u8]) -> Result<Self> {
        let scalar = bare::raw_scalar(octets)?;
        Ok(Self {
            format: KeyFormat::RawScalar,
            content: Content::Plain(PlainKey {
                secret: secret_key(&scalar)?,
                stated: None,
            }),
            remarks: alloc::vec![KeyRemark::NoPublicKey],
        })
    }

    /// The form.
    pub fn format(&self) -> KeyFormat {
        self.format
    }

    /// Whether [`Self::open`] needs a password.
    pub fn is_encrypted(&self) -> bool {
        !matches!(self.content, Content::Plain(_))
    }

    /// How an encrypted PKCS#8 file is encrypted; none for the other forms.
    pub fn encryption(&self) -> Option<KeyFileParameters> {
        match &self.content {
            Content::Encrypted { scheme, .. } => Some(scheme.parameters()),
            _ => None,
        }
    }

    /// The key. A password is octets, UTF-8 in the field; a file that is not encrypted
    /// needs none and takes no notice of one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an encrypted file without a password;
    /// [`Error::WrongPassword`], and nothing more, for whatever goes wrong after that: see
    /// [above](Self).
    pub fn open(&self, password: Option<&[u8]>) -> Result<SecretKey> {
        match &self.content {
            Content::Plain(key) => Ok(key.secret.clone()),
            content => {
                let password = password.ok_or(NO_PASSWORD)?;
                decrypt(content, password).map_err(|_| Error::WrongPassword)
            }
        }
    }

    /// As [`Self::open`], for the person whose file it is: where what comes out of the
    /// decryption is the structure of a key, so that the password was right, the error says
    /// what is wrong with the key.
    ///
    /// Never in a service that opens what others send: there it answers questions about the
    /// contents, see [above](Self).
    ///
    /// # Errors
    /// As [`Self::open`], and [`Error::Unsupported`] for another curve, [`Error::Invalid`]
    /// for a scalar outside of 1 to n − 2 and for a public key or a certificate that is not
    /// the scalar's.
    pub fn open_explained(&self, password: Option<&[u8]>) -> Result<SecretKey> {
        match &self.content {
            Content::Plain(key) => Ok(key.secret.clone()),
            content => {
                let password = password.ok_or(NO_PASSWORD)?;
                decrypt(content, password).map_err(|error| match error {
                    said @ (Error::Unsupported { .. } | Error::Invalid { .. }) => said,
                    _ => Error::WrongPassword,
                })
            }
        }
    }

    /// The public key that stands beside the scalar and can be read without a password: in
    /// an unencrypted file, where it has been compared with the scalar's own, or in the
    /// certificate of CFCA's file, where it will be.
    pub fn public_key_beside(&self) -> Option<PublicKey> {
        match &self.content {
            Content::Plain(key) => key.stated,
            Content::Cfca(file) => Some(file.public_key()),
            _ => None,
        }
    }

    /// The certificate in CFCA's file, DER. Nobody has verified it.
    pub fn certificate(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Cfca(file) => Some(file.certificate()),
            _ => None,
        }
    }

    /// What is unusual, as far as it shows without a password.
    pub fn remarks(&self) -> &[KeyRemark] {
        &self.remarks
    }

    fn read_der(der: &[u8]) -> Result<Self> {
        let mut remarks = Vec::new();
        let (format, content) = match shape(der)? {
            Shape::Integer => {
                remarks.push(KeyRemark::NoPublicKey);
                let key = PlainKey {
                    secret: bare::read(der)?,
                    stated: None,
                };
                (KeyFormat::BareInteger, Content::Plain(key))
            }
            Shape::Sec1 => {
                let key = sec1::read(der, sec1::Place::Alone, &mut remarks)?;
                (KeyFormat::Sec1, Content::Plain(key))
            }
            Shape::Pkcs8 => {
                let (version_two, key) = pkcs8::read(der, &mut remarks)?;
                let format = match version_two {
                    true => KeyFormat::OneAsymmetricKey,
                    false => KeyFormat::Pkcs8,
                };
                (format, Content::Plain(key))
            }
            Shape::Encrypted => {
                let (scheme, octets) = pkcs8::read_encrypted(der)?;
                remark_on(&scheme, &mut remarks);
                (
                    KeyFormat::EncryptedPkcs8,
                    Content::Encrypted { scheme, octets },
                )
            }
            Shape::Cfca => {
                remarks.push(KeyRemark::CfcaDerivation);
                (KeyFormat::Cfca, Content::Cfca(cfca::Sealed::read(der)?))
            }
        };
        Ok(Self {
            format,
            content,
            remarks,
        })
    }

    fn read_pem(text: &[u8]) -> Result<Self> {
        let (mut found, mut parameters) = (None, false);
        let mut several = false;
        for block in pem::blocks(text) {
            let block = match block {
                Ok(block) => block,
                // What is broken behind the key is somebody else's.
                Err(_) if found.is_some() => continue,
                Err(error) => return Err(error),
            };
            if PARAMETER_LABELS.contains(&block.label()) && found.is_none() {
                let any = AnyRef::from_der(block.contents());
                spki::curve(any.map_err(Error::malformed("EC PARAMETERS"))?)?;
                parameters = true;
            } else if KEY_FILE_LABELS.contains(&block.label()) {
                if found.is_some() {
                    several = true;
                } else {
                    found = Some(Self::read_block(&block)?);
                }
            }
        }
        let mut file = found.ok_or(Error::NoPemBlock {
            expected: KEY_FILE_LABELS,
        })?;
        file.remarks
            .extend(parameters.then_some(KeyRemark::ParametersInFront));
        file.remarks
            .extend(several.then_some(KeyRemark::SeveralKeys));
        Ok(file)
    }

    fn read_block(block: &PemBlock<'_>) -> Result<Self> {
        let mut file = match legacy_pem::Sealed::read(block)? {
            Some(sealed) => Self {
                format: KeyFormat::LegacyPem,
                content: Content::LegacyPem(sealed),
                remarks: alloc::vec![KeyRemark::Md5Derivation],
            },
            None => Self::read_der(block.contents())?,
        };
        if !file.format.has_label(block.label()) {
            file.remarks.push(KeyRemark::AnotherLabel);
        }
        Ok(file)
    }
}

impl fmt::Debug for PrivateKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKeyFile")
            .field("format", &self.format)
            .field("remarks", &self.remarks)
            .finish_non_exhaustive()
    }
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const WHAT: &str = "private key file";
const NO_PASSWORD: Error = Error::Invalid {
    what: WHAT,
    reason: "it is encrypted, and no password is given",
};

/// The error says what is wrong: the caller chooses how much of it is told.
fn decrypt(content: &Content, password: &[u8]) -> Result<SecretKey> {
    match content {
        Content::Plain(key) => Ok(key.secret.clone()),
        Content::Encrypted { scheme, octets } => {
            let plain = scheme.decrypt(password, octets)?;
            pkcs8::plain(&plain, &mut Vec::new()).map(|key| key.secret)
        }
        Content::LegacyPem(sealed) => {
            let plain = sealed.decrypt(password)?;
            pkcs8::plain(&plain, &mut Vec::new()).map(|key| key.secret)
        }
        Content::Cfca(sealed) => sealed.open(password),
    }
}

fn remark_on(scheme: &Scheme, remarks: &mut Vec<KeyRemark>) {
    remarks.extend(match scheme.spelling() {
        Spelling::Pkcs5 => None,
        Spelling::Gmt0091 => Some(KeyRemark::Gmt0091Identifiers),
        Spelling::OneArcShort => Some(KeyRemark::IdentifiersOneArcShort),
    });
    let strange = scheme.cipher_spelled_strangely();
    remarks.extend(strange.then_some(KeyRemark::CipherIdentifier));
    let iterations = scheme.parameters().iterations;
    remarks.extend((iterations < MIN_ITERATIONS).then_some(KeyRemark::FewIterations(iterations)));
}

/// The scalar in its range.
fn secret_key(scalar: &[u8; 32]) -> Result<SecretKey> {
    SecretKey::from_bytes(scalar).map_err(|_| Error::Invalid {
        what: "private key",
        reason: "the scalar is not between 1 and n − 2 (GB/T 32918.1, 6.1)",
    })
}

/// Compares a scalar with the point that stands beside it.
fn checked_pair(
    what: &'static str,
    secret: SecretKey,
    stated: Option<&[u8]>,
    remarks: &mut Vec<KeyRemark>,
) -> Result<PlainKey> {
    let Some(stated) = stated else {
        remarks.push(KeyRemark::NoPublicKey);
        return Ok(PlainKey {
            secret,
            stated: None,
        });
    };
    let own = secret.public_key();
    let compressed = own.to_compressed() == stated;
    if !compressed && own.to_uncompressed() != stated {
        return Err(Error::Invalid {
            what,
            reason: "the public key beside the scalar is not its own",
        });
    }
    remarks.extend(compressed.then_some(KeyRemark::CompressedPublicKey));
    Ok(PlainKey {
        secret,
        stated: Some(own),
    })
}

/// Remarks on how the curve is named.
fn remark_on_curve(curve: Curve, remarks: &mut Vec<KeyRemark>) {
    remarks.extend(match curve {
        Curve::Named => None,
        Curve::Explicit => Some(KeyRemark::ExplicitParameters),
        Curve::AsAlgorithm => Some(KeyRemark::CurveAsAlgorithm),
    });
}

enum Shape {
    Integer,
    Sec1,
    Pkcs8,
    Encrypted,
    Cfca,
}

/// Tells the forms apart by the tags of what is directly inside.
fn shape(der: &[u8]) -> Result<Shape> {
    if der.first() == Some(&INTEGER) {
        return Ok(Shape::Integer);
    }
    // A length that overflows comes without its place.
    let placed = |start| {
        move |error: der::Error| match error.position() {
            Some(_) => error,
            None => error.kind().at(start),
        }
    };
    let tags = || -> der::Result<[Option<Tag>; 3]> {
        let mut reader = SliceReader::new(der)?;
        let tags = reader.sequence(|reader| {
            let (mut tags, mut count) = ([None; 3], 0);
            while !reader.is_finished() {
                let start = reader.position();
                let tag = AnyRef::decode(reader).map_err(placed(start))?.tag();
                if let Some(place) = tags.get_mut(count) {
                    *place = Some(tag);
                }
                count += 1;
            }
            Ok::<_, der::Error>(tags)
        });
        let tags = tags.map_err(placed(Length::ZERO))?;
        reader.finish()?;
        Ok(tags)
    };
    match tags().map_err(Error::malformed(WHAT))? {
        [Some(Tag::Integer), Some(Tag::OctetString), _] => Ok(Shape::Sec1),
        [
            Some(Tag::Integer),
            Some(Tag::Sequence),
            Some(Tag::OctetString),
        ] => Ok(Shape::Pkcs8),
        [Some(Tag::Integer), Some(Tag::Sequence), Some(Tag::Sequence)] => Ok(Shape::Cfca),
        [Some(Tag::Sequence), Some(Tag::OctetString), None] => Ok(Shape::Encrypted),
        _ => Err(Error::Invalid {
            what: WHAT,
            reason: "neither PKCS#8, SEC 1, GM/T 0009 nor CFCA's form",
        }),
    }
}

/// DER whose base64 stands alone: some vendors leave the armour away. A SEQUENCE begins
/// with M.
fn without_armour(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.trim_ascii();
    if text.first() != Some(&b'M') {
        return None;
    }
    let mut dense = Zeroizing::new(Vec::with_capacity(text.len()));
    dense.extend(text.iter().filter(|octet| !octet.is_ascii_whitespace()));
    let mut der = Zeroizing::new(alloc::vec![0; dense.len() / 4 * 3]);
    let length = Base64::decode(&*dense, &mut der).ok()?.len();
    der.truncate(length);
    (der.first() == Some(&SEQUENCE)).then_some(der)
}

#[cfg(test)]
mod tests;
