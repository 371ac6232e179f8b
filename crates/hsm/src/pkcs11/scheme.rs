//! How a kind of key signs on a given token.

use super::{
    public::PublicHalf,
    session::{Place, Session},
    signature,
    vendor::{SignMechanism, Takes, VendorProfile},
};
use crate::{Error, KeyAlgorithm};
use cryptoki::mechanism::{Mechanism, MechanismType, vendor_defined::VendorDefinedMechanism};
use der::asn1::BitString;
use gm_crypto::sm2::{UserId, Za};
use sha2::{Digest, Sha256, Sha384};
use std::sync::Arc;

/// What is sent to the token, by which mechanism, and what comes back.
#[derive(Clone, Debug)]
pub(super) enum Scheme {
    /// `CKM_ECDSA` over SHA-256.
    P256,
    /// `CKM_ECDSA` over SHA-384.
    P384,
    /// `CKM_SHA256_RSA_PKCS` over the message.
    RsaMessage(Arc<[u8]>),
    /// `CKM_RSA_PKCS` over a `DigestInfo`.
    RsaDigest(Arc<[u8]>),
    /// A vendor's mechanism.
    Sm2(SignMechanism, Za),
}

/// The ID that certificates use (GB/T 35275; GM/T 0009, 10), for mechanisms that take one.
const DEFAULT_ID: [u8; 16] = *b"1234567812345678";

/// `DigestInfo` of SHA-256 without the digest (RFC 8017, 9.2, note 1).
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

impl Scheme {
    /// The scheme for a key, of what the token offers.
    pub(super) fn choose(
        half: &PublicHalf,
        offered: &[MechanismType],
        profile: Option<&VendorProfile>,
    ) -> Result<Self, Error> {
        Ok(match Means::choose(half.algorithm, offered, profile)? {
            Means::P256 => Self::P256,
            Means::P384 => Self::P384,
            Means::RsaMessage => Self::RsaMessage(half.modulus()?.into()),
            Means::RsaDigest => Self::RsaDigest(half.modulus()?.into()),
            Means::Sm2(mechanism) => {
                Self::Sm2(mechanism, Za::new(&UserId::default(), &half.sm2()?))
            }
        })
    }

    /// What the token is given for a message.
    pub(super) fn input(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P256 => Sha256::digest(message).to_vec(),
            Self::P384 => Sha384::digest(message).to_vec(),
            Self::RsaMessage(_) => message.into(),
            Self::RsaDigest(_) => [&SHA256_INFO[..], &Sha256::digest(message)].concat(),
            Self::Sm2(mechanism, za) => match mechanism.takes {
                Takes::Digest => za.digest(message).to_vec(),
                Takes::MessageDefaultId | Takes::MessageIdParameter => message.into(),
            },
        }
    }

    /// Signs an [`Self::input`].
    pub(super) fn sign(
        &self,
        session: &mut Session,
        place: &Place,
        input: &[u8],
    ) -> Result<BitString, Error> {
        let mechanism = match self {
            Self::P256 | Self::P384 => Mechanism::Ecdsa,
            Self::RsaMessage(_) => Mechanism::Sha256RsaPkcs,
            Self::RsaDigest(_) => Mechanism::RsaPkcs,
            Self::Sm2(mechanism, _) => sm2_mechanism(mechanism.mechanism, mechanism.takes),
        };
        let octets = session.sign(place, &mechanism, input)?;
        match self {
            Self::P256 => signature::ecdsa(&octets, signature::P256_ORDER),
            Self::P384 => signature::ecdsa(&octets, signature::P384_ORDER),
            Self::RsaMessage(modulus) | Self::RsaDigest(modulus) => {
                signature::rsa(&octets, modulus)
            }
            Self::Sm2(mechanism, _) => signature::sm2(&octets, mechanism.form),
        }
    }
}

/// A scheme before the key is known.
pub(super) enum Means {
    P256,
    P384,
    RsaMessage,
    RsaDigest,
    Sm2(SignMechanism),
}

impl Means {
    /// How keys of a kind sign on a token that offers these mechanisms.
    pub(super) fn choose(
        algorithm: KeyAlgorithm,
        offered: &[MechanismType],
        profile: Option<&VendorProfile>,
    ) -> Result<Self, Error> {
        let offers = |mechanism| offered.contains(&mechanism);
        let what = match algorithm {
            KeyAlgorithm::P256 if offers(MechanismType::ECDSA) => return Ok(Self::P256),
            KeyAlgorithm::P384 if offers(MechanismType::ECDSA) => return Ok(Self::P384),
            KeyAlgorithm::P256 | KeyAlgorithm::P384 => "ECDSA over digests (CKM_ECDSA)",
            KeyAlgorithm::Rsa { .. } => {
                if offers(MechanismType::SHA256_RSA_PKCS) {
                    return Ok(Self::RsaMessage);
                }
                if offers(MechanismType::RSA_PKCS) {
                    return Ok(Self::RsaDigest);
                }
                "RSA signatures with PKCS#1 padding (CKM_SHA256_RSA_PKCS, CKM_RSA_PKCS)"
            }
            KeyAlgorithm::Sm2 => match profile {
                None => NO_PROFILE,
                Some(profile) => {
                    let mechanism = profile.sign.iter().find(|sign| offers(sign.mechanism));
                    if let Some(mechanism) = mechanism {
                        return Ok(Self::Sm2(*mechanism));
                    }
                    "SM2 mechanism of those that its vendor's file names"
                }
            },
        };
        Err(Error::Unsupported {
            what,
            interface: "the token",
        })
    }
}

/// What a token without numbers for SM2 lacks.
pub(super) const NO_PROFILE: &str = "known numbers for SM2: name the file of its vendor, since \
                                     PKCS#11 itself has none";

/// A vendor's mechanism, with the ID where it takes one.
pub(super) fn sm2_mechanism(mechanism: MechanismType, takes: Takes) -> Mechanism<'static> {
    let id = match takes {
        Takes::MessageIdParameter => Some(&DEFAULT_ID),
        Takes::Digest | Takes::MessageDefaultId => None,
    };
    Mechanism::VendorDefined(VendorDefinedMechanism::new(mechanism, id))
}
