//! What each number does.

use crate::vendor::Vendor;
use cryptoki_sys::*;
use gm_crypto::sm2::CiphertextForm;

/// A mechanism by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    EcKeyPairGen,
    /// Of a digest, or of a message with this hash.
    Ecdsa(Option<Hash>),
    Ecdh,
    Sha(Hash),
    GenericKeyGen,
    HmacSha256,
    Sm2KeyPairGen,
    /// Signs e.
    Sm2Sign(SignatureForm),
    /// Signs a message; the parameter is the user ID, the default one without.
    Sm2SignMessage(SignatureForm),
    Sm2Encrypt(CiphertextForm),
    Sm3,
    HmacSm3,
    Sm4KeyGen,
    Sm4(BlockMode),
    EnvelopedKey,
}

/// SHA-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// How a signature of SM2 is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureForm {
    /// `SEQUENCE { r, s }`, 8 to 72 octets.
    Der,
    /// `r ‖ s`, 64 octets.
    Raw,
}

/// Modes of SM4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockMode {
    Ecb,
    Cbc,
    /// With PKCS#7's padding.
    CbcPad,
    Ctr,
    /// CBC-MAC (ISO/IEC 9797-1, algorithm 1) of whole blocks.
    Mac,
}

/// The mechanisms that have numbers in PKCS#11 itself.
const STANDARD: &[(CK_MECHANISM_TYPE, Mechanism)] = &[
    (CKM_EC_KEY_PAIR_GEN, Mechanism::EcKeyPairGen),
    (CKM_ECDSA, Mechanism::Ecdsa(None)),
    (CKM_ECDSA_SHA256, Mechanism::Ecdsa(Some(Hash::Sha256))),
    (CKM_ECDSA_SHA384, Mechanism::Ecdsa(Some(Hash::Sha384))),
    (CKM_ECDSA_SHA512, Mechanism::Ecdsa(Some(Hash::Sha512))),
    (CKM_ECDH1_DERIVE, Mechanism::Ecdh),
    (CKM_SHA256, Mechanism::Sha(Hash::Sha256)),
    (CKM_SHA384, Mechanism::Sha(Hash::Sha384)),
    (CKM_SHA512, Mechanism::Sha(Hash::Sha512)),
    (CKM_GENERIC_SECRET_KEY_GEN, Mechanism::GenericKeyGen),
    (CKM_SHA256_HMAC, Mechanism::HmacSha256),
];

/// All numbers that a module with this vendor's knows.
pub(crate) fn all(
    vendor: &'static Vendor,
) -> impl Iterator<Item = &'static (CK_MECHANISM_TYPE, Mechanism)> {
    STANDARD.iter().chain(vendor.mechanisms)
}

impl Mechanism {
    /// What a number means.
    pub(crate) fn of(vendor: &'static Vendor, number: CK_MECHANISM_TYPE) -> Option<Self> {
        all(vendor)
            .find(|(known, _)| *known == number)
            .map(|(_, mechanism)| *mechanism)
    }

    /// Least and largest size of a key, and what it can (`C_GetMechanismInfo`).
    pub(crate) fn info(self) -> CK_MECHANISM_INFO {
        const CURVE: CK_FLAGS = CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
        let (least, most, flags) = match self {
            Self::EcKeyPairGen => (256, 384, CKF_GENERATE_KEY_PAIR | CURVE),
            Self::Ecdsa(_) => (256, 384, CKF_SIGN | CKF_VERIFY | CURVE),
            Self::Ecdh => (256, 384, CKF_DERIVE | CURVE),
            Self::Sha(_) | Self::Sm3 => (0, 0, CKF_DIGEST),
            Self::GenericKeyGen => (1, 1024, CKF_GENERATE),
            Self::HmacSha256 | Self::HmacSm3 => (1, 1024, CKF_SIGN | CKF_VERIFY),
            Self::Sm2KeyPairGen => (256, 256, CKF_GENERATE_KEY_PAIR | CURVE),
            Self::Sm2Sign(_) | Self::Sm2SignMessage(_) => (256, 256, CKF_SIGN | CKF_VERIFY | CURVE),
            Self::Sm2Encrypt(_) => (
                256,
                256,
                CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP | CURVE,
            ),
            Self::Sm4KeyGen => (16, 16, CKF_GENERATE),
            Self::Sm4(BlockMode::Mac) => (16, 16, CKF_SIGN | CKF_VERIFY),
            Self::Sm4(BlockMode::Ctr) => (16, 16, CKF_ENCRYPT | CKF_DECRYPT),
            Self::Sm4(_) => (16, 16, CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP),
            Self::EnvelopedKey => (256, 256, CKF_WRAP | CKF_UNWRAP),
        };
        CK_MECHANISM_INFO {
            ulMinKeySize: least,
            ulMaxKeySize: most,
            flags,
        }
    }
}
