//! Signatures and MACs.

use crate::{
    digest::Digester,
    mechanism::{BlockMode, Mechanism, SignatureForm},
    object::{Entry, Material},
    rv::{Result, Rv, needs},
};
use cryptoki_sys::*;
use gm_crypto::{
    sm2::{DerSignature, RawSignature, UserId, Za},
    sm3::{HmacSm3, Sm3, digest::Digest},
    sm4::BLOCK_LENGTH,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use softdevice::{
    KeyKind, PrivateKey, PublicKey, SecretKind, SecretValue,
    room::{Reply, Room},
    symmetric::CbcMac,
};
use std::{fmt, sync::Arc};
use subtle::ConstantTimeEq;

/// Octets that a mechanism collects which signs a digest.
const COLLECT_MOST: usize = 64;
/// Octets of the longest DER of a signature of SM2.
const SM2_DER_MOST: usize = 72;

/// What becomes of the data of a signature.
#[derive(Clone)]
enum Input {
    /// It is the digest.
    Collected(Vec<u8>),
    Hashed(Digester),
    HmacSm3(HmacSm3),
    HmacSha256(Hmac<Sha256>),
    CbcMac(Box<CbcMac>),
}

impl Input {
    fn update(&mut self, data: &[u8]) -> Result<()> {
        match self {
            Self::Collected(collected) => {
                if collected.len().saturating_add(data.len()) > COLLECT_MOST {
                    return Err(Rv(CKR_DATA_LEN_RANGE));
                }
                collected.extend_from_slice(data);
            }
            Self::Hashed(digester) => digester.update(data),
            Self::HmacSm3(mac) => mac.update(data),
            Self::HmacSha256(mac) => mac.update(data),
            Self::CbcMac(mac) => mac.update(data),
        }
        Ok(())
    }

    fn finish(self) -> Result<Vec<u8>> {
        Ok(match self {
            Self::Collected(collected) => collected,
            Self::Hashed(digester) => digester.finish(),
            Self::HmacSm3(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha256(mac) => mac.finalize().into_bytes().to_vec(),
            Self::CbcMac(mac) => return self::mac(*mac),
        })
    }
}

/// A signature that is being made.
pub(crate) struct Signer {
    input: Input,
    /// None for a MAC.
    key: Option<Arc<PrivateKey>>,
    form: SignatureForm,
    /// Octets of the longest output.
    length: usize,
    /// Whether data came in parts.
    in_parts: bool,
}

/// A signature that is being checked.
pub(crate) struct Verifier {
    input: Input,
    /// None for a MAC.
    key: Option<PublicKey>,
    form: SignatureForm,
    in_parts: bool,
}

/// Reads key and mechanism: what is done with the data, how the signature is written.
fn input(mechanism: Mechanism, parameter: &[u8], entry: &Entry) -> Result<(Input, SignatureForm)> {
    let kind = entry.meta.key_kind;
    let no_parameter = || match parameter {
        [] => Ok(()),
        _ => Err(Rv(CKR_MECHANISM_PARAM_INVALID)),
    };
    let wrong_type = Rv(CKR_KEY_TYPE_INCONSISTENT);
    match mechanism {
        Mechanism::Ecdsa(hash) => {
            no_parameter()?;
            if !matches!(kind, Some(KeyKind::P256 | KeyKind::P384)) {
                return Err(wrong_type);
            }
            let input = match hash {
                None => Input::Collected(Vec::new()),
                Some(hash) => Input::Hashed(Digester::sha2(hash)),
            };
            Ok((input, SignatureForm::Raw))
        }
        Mechanism::Sm2Sign(form) => {
            no_parameter()?;
            match kind {
                Some(KeyKind::Sm2) => Ok((Input::Collected(Vec::new()), form)),
                _ => Err(wrong_type),
            }
        }
        Mechanism::Sm2SignMessage(form) => {
            let id = match parameter {
                [] => UserId::default(),
                id => UserId::new(id).map_err(|_| Rv(CKR_MECHANISM_PARAM_INVALID))?,
            };
            let public = match &entry.material {
                Material::Private(key) => key.public_key(),
                Material::Public(key) => key.clone(),
                _ => return Err(wrong_type),
            };
            let za = Za::new(&id, public.sm2()?);
            let hash = Sm3::new_with_prefix(za.as_bytes());
            Ok((Input::Hashed(Digester::Sm3(hash)), form))
        }
        Mechanism::HmacSm3 | Mechanism::HmacSha256 => {
            no_parameter()?;
            let Material::Secret(secret) = &entry.material else {
                return Err(wrong_type);
            };
            let failed = |_| Rv(CKR_KEY_SIZE_RANGE);
            let input = match mechanism {
                Mechanism::HmacSm3 => {
                    Input::HmacSm3(HmacSm3::new_from_slice(secret.as_bytes()).map_err(failed)?)
                }
                _ => Input::HmacSha256(
                    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(failed)?,
                ),
            };
            Ok((input, SignatureForm::Raw))
        }
        Mechanism::Sm4(BlockMode::Mac) => {
            no_parameter()?;
            let mac = CbcMac::new(sm4_key(entry)?, &[0; BLOCK_LENGTH]);
            Ok((Input::CbcMac(Box::new(mac)), SignatureForm::Raw))
        }
        _ => Err(Rv(CKR_MECHANISM_INVALID)),
    }
}

fn mac(mac: CbcMac) -> Result<Vec<u8>> {
    let octets = mac.finish().map_err(|_| Rv(CKR_DATA_LEN_RANGE))?;
    Ok(octets.to_vec())
}

/// The octets of a key of SM4.
pub(crate) fn sm4_key(entry: &Entry) -> Result<&[u8; BLOCK_LENGTH]> {
    let secret: &SecretValue = match (&entry.material, entry.meta.secret_kind) {
        (Material::Secret(secret), Some(SecretKind::Sm4)) => secret,
        _ => return Err(Rv(CKR_KEY_TYPE_INCONSISTENT)),
    };
    secret
        .as_bytes()
        .try_into()
        .map_err(|_| Rv(CKR_KEY_SIZE_RANGE))
}

impl Signer {
    pub(crate) fn new(mechanism: Mechanism, parameter: &[u8], entry: &Entry) -> Result<Self> {
        let (input, form) = input(mechanism, parameter, entry)?;
        let (key, length) = match (&entry.material, &input) {
            (_, Input::HmacSm3(_) | Input::HmacSha256(_)) => (None, 32),
            (_, Input::CbcMac(_)) => (None, BLOCK_LENGTH),
            (Material::Private(key), _) => {
                let length = match form {
                    SignatureForm::Der => SM2_DER_MOST,
                    SignatureForm::Raw => 2 * key.kind().field_length(),
                };
                (Some(Arc::clone(key)), length)
            }
            _ => return Err(Rv(CKR_KEY_TYPE_INCONSISTENT)),
        };
        if !entry.meta.flag(CKA_SIGN) {
            return Err(Rv(CKR_KEY_FUNCTION_NOT_PERMITTED));
        }
        Ok(Self {
            input,
            key,
            form,
            length,
            in_parts: false,
        })
    }

    pub(crate) fn update(&mut self, data: &[u8]) -> Result<()> {
        self.in_parts = true;
        self.input.update(data)
    }

    fn finish(mut self, data: &[u8]) -> Result<Vec<u8>> {
        self.input.update(data)?;
        let digest = self.input.finish()?;
        let Some(key) = self.key else {
            return Ok(digest);
        };
        let raw = key.sign_digest(&digest)?;
        match self.form {
            SignatureForm::Raw => Ok(raw),
            SignatureForm::Der => {
                let raw: &[u8; 64] = raw
                    .as_slice()
                    .try_into()
                    .map_err(|_| Rv(CKR_GENERAL_ERROR))?;
                let signature = DerSignature::try_from(raw).map_err(|_| Rv(CKR_GENERAL_ERROR))?;
                Ok(signature.to_der())
            }
        }
    }
}

/// Ends a signature (`C_Sign` with data, `C_SignFinal` without): the operation stays when
/// there is no room.
pub(crate) fn sign(
    operation: &mut Option<Signer>,
    data: Option<&[u8]>,
    room: Room,
) -> Result<Reply> {
    let signer = operation
        .as_ref()
        .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
    if let Some(reply) = needs(room, signer.length) {
        return Ok(reply);
    }
    let signer = operation.take().ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
    if data.is_some() && signer.in_parts {
        return Err(Rv(CKR_OPERATION_NOT_INITIALIZED));
    }
    let signature = signer.finish(data.unwrap_or_default())?;
    Ok(Reply::Octets(signature.into()))
}

impl Verifier {
    pub(crate) fn new(mechanism: Mechanism, parameter: &[u8], entry: &Entry) -> Result<Self> {
        let (input, form) = input(mechanism, parameter, entry)?;
        let key = match (&entry.material, &input) {
            (_, Input::HmacSm3(_) | Input::HmacSha256(_) | Input::CbcMac(_)) => None,
            (Material::Public(key), _) => Some(key.clone()),
            _ => return Err(Rv(CKR_KEY_TYPE_INCONSISTENT)),
        };
        if !entry.meta.flag(CKA_VERIFY) {
            return Err(Rv(CKR_KEY_FUNCTION_NOT_PERMITTED));
        }
        Ok(Self {
            input,
            key,
            form,
            in_parts: false,
        })
    }

    pub(crate) fn update(&mut self, data: &[u8]) -> Result<()> {
        self.in_parts = true;
        self.input.update(data)
    }

    /// Checks a signature (`C_Verify` with data, `C_VerifyFinal` without).
    pub(crate) fn finish(mut self, data: Option<&[u8]>, signature: &[u8]) -> Result<()> {
        if data.is_some() && self.in_parts {
            return Err(Rv(CKR_OPERATION_NOT_INITIALIZED));
        }
        self.input.update(data.unwrap_or_default())?;
        let digest = self.input.finish()?;
        let wrong = Rv(CKR_SIGNATURE_INVALID);
        let length = Rv(CKR_SIGNATURE_LEN_RANGE);
        let Some(key) = self.key else {
            if signature.len() != digest.len() {
                return Err(length);
            }
            return match bool::from(digest.ct_eq(signature)) {
                true => Ok(()),
                false => Err(wrong),
            };
        };
        let raw;
        let signature = match self.form {
            SignatureForm::Raw => {
                if signature.len() != 2 * key.kind().field_length() {
                    return Err(length);
                }
                signature
            }
            SignatureForm::Der => {
                let read = DerSignature::from_der(signature).map_err(|_| wrong)?;
                raw = RawSignature::from(read);
                raw.as_bytes()
            }
        };
        key.verify_digest(&digest, signature)
            .map_err(|error| match error {
                softdevice::Error::Length { .. } => Rv(CKR_DATA_LEN_RANGE),
                _ => wrong,
            })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}
