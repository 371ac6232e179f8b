//! CFCA's escrowed key: the answer to a request with a temporary key. No standard has it;
//! what is here is what its samples show (gmsm, package cfca).

use crate::{
    Error, Result,
    sm2::{Ciphertext, CiphertextForm, PublicKey, SecretKey},
};
use alloc::{format, string::String, vec::Vec};
use base64ct::{Base64, Encoding};
use der::{Decode, Encode, Sequence, asn1::OctetStringRef};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

const WHAT: &str = "CFCA's escrowed key";

/// How CFCA's structure is written.
///
/// ```text
/// SEQUENCE { version INTEGER (1), encryptedKey OCTET STRING }
/// ```
///
/// The octet string is C1 ‖ C3 ‖ C2 without 04, over X ‖ Y ‖ d: 192 octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CfcaForm {
    /// Its DER alone.
    Der,
    /// Base64 of it; with a comma after every 64 characters and at the end, or in one line.
    Base64 {
        /// Whether there are commas.
        commas: bool,
    },
    /// Base64 behind 80 digits: two numbers 1 of 16 digits, 32 zeros, and in 16 digits how
    /// many characters follow.
    Headed {
        /// Whether there are commas.
        commas: bool,
    },
}

impl Default for CfcaForm {
    /// With header and commas.
    fn default() -> Self {
        Self::Headed { commas: true }
    }
}

/// What stands before the length.
const HEADER: &str = "0000000000000001000000000000000100000000000000000000000000000000";
const LENGTH_DIGITS: usize = 16;
const LINE: usize = 64;
/// X, Y and d.
const PLAINTEXT: usize = 96;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CfcaKey {
    ciphertext: Ciphertext,
    pub(super) form: CfcaForm,
}

#[derive(Sequence)]
struct EncryptedPrivateKey<'a> {
    version: u8,
    encrypted_key: &'a OctetStringRef,
}

/// Whether a text begins with 64 digits.
pub(super) fn has_header(text: &str) -> bool {
    let head = text.as_bytes().get(..HEADER.len());
    head.is_some_and(|head| head.iter().all(u8::is_ascii_digit))
}

impl CfcaKey {
    pub(super) fn from_der(octets: &[u8]) -> Result<Self> {
        let parsed = EncryptedPrivateKey::from_der(octets).map_err(Error::malformed(WHAT))?;
        if parsed.version != 1 {
            return Err(Error::Invalid {
                what: WHAT,
                reason: "its version is not 1",
            });
        }
        let octets = parsed.encrypted_key.as_bytes();
        if octets.len() != 64 + 32 + PLAINTEXT {
            return Err(Error::Invalid {
                what: WHAT,
                reason: "its ciphertext has not 192 octets",
            });
        }
        Ok(Self {
            ciphertext: Ciphertext::read(octets, CiphertextForm::C1C3C2Without04)?,
            form: CfcaForm::Der,
        })
    }

    /// From a text for which [`has_header`] holds.
    pub(super) fn from_headed(text: &str) -> Result<Self> {
        let rest = text.strip_prefix(HEADER).ok_or(Error::Encoding {
            what: WHAT,
            offset: 0,
            reason: "the first 64 digits are not 1, 1 and zeros",
        })?;
        let wrong_length = Error::Encoding {
            what: WHAT,
            offset: HEADER.len() as u64,
            reason: "the length in 16 digits is not that of the text behind it",
        };
        let Some((digits, body)) = rest.split_at_checked(LENGTH_DIGITS) else {
            return Err(wrong_length);
        };
        let all_digits = digits.bytes().all(|octet| octet.is_ascii_digit());
        if !all_digits || digits.parse() != Ok(body.len()) {
            return Err(wrong_length);
        }
        let compact: String = body.split(',').collect();
        let der = Base64::decode_vec(&compact).map_err(|_| Error::Encoding {
            what: WHAT,
            offset: (HEADER.len() + LENGTH_DIGITS) as u64,
            reason: "what follows the header is not base64 with commas",
        })?;
        Ok(Self {
            form: CfcaForm::Headed {
                commas: body.contains(','),
            },
            ..Self::from_der(&der)?
        })
    }

    pub(super) fn seal<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        recipient: &PublicKey,
        key: &SecretKey,
        form: CfcaForm,
    ) -> Result<Self> {
        let mut plaintext = Zeroizing::new([0; PLAINTEXT]);
        plaintext[..64].copy_from_slice(&key.public_key().to_uncompressed()[1..]);
        plaintext[64..].copy_from_slice(&*key.to_bytes());
        Ok(Self {
            ciphertext: recipient.encrypt(rng, plaintext.as_slice())?,
            form,
        })
    }

    pub(super) fn open(&self, recipient: &SecretKey) -> Result<SecretKey> {
        let plaintext = recipient.decrypt(&self.ciphertext)?;
        let (point, scalar) = plaintext.split_at_checked(64).ok_or(Error::Crypto)?;
        let key = SecretKey::from_bytes(scalar.try_into().map_err(|_| Error::Crypto)?)?;
        if key.public_key().to_uncompressed()[1..] == *point {
            Ok(key)
        } else {
            Err(Error::Crypto)
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let octets = self.ciphertext.write(CiphertextForm::C1C3C2Without04);
        let encode = || -> der::Result<Vec<u8>> {
            EncryptedPrivateKey {
                version: 1,
                encrypted_key: OctetStringRef::new(&octets)?,
            }
            .to_der()
        };
        let der = encode().expect("192 octets have a DER encoding");
        match self.form {
            CfcaForm::Der => der,
            CfcaForm::Base64 { commas } => base64(&der, commas).into_bytes(),
            CfcaForm::Headed { commas } => {
                let body = base64(&der, commas);
                format!("{HEADER}{:0LENGTH_DIGITS$}{body}", body.len()).into_bytes()
            }
        }
    }
}

fn base64(der: &[u8], commas: bool) -> String {
    let text = Base64::encode_string(der);
    if !commas {
        return text;
    }
    let mut lines = String::with_capacity(text.len() + text.len() / LINE + 1);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        // Base64 has octets of ASCII alone.
        let (line, later) = rest.split_at(rest.len().min(LINE));
        lines.push_str(line);
        lines.push(',');
        rest = later;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_64_characters_and_a_comma() {
        assert_eq!(base64(&[0; 3], true), "AAAA,");
        let text = base64(&[0; 96], true);
        assert_eq!(text.len(), 130);
        assert_eq!(&text[64..65], ",");
        assert!(has_header(&format!("{HEADER}x")));
        assert!(!has_header(&text));
        let error = CfcaKey::from_headed(&format!("{HEADER}+000000000000005AAAA,"));
        assert!(matches!(error, Err(Error::Encoding { offset: 64, .. })));
    }
}
