//! The numbers of SM2, SM3 and SM4, which PKCS#11 does not have and each vendor chose.
//!
//! One table for each of the vendors whose numbers are known; what a vendor has no number
//! for, this device does not offer under its name. Signature and ciphertext forms are
//! those that the vendors' headers and users' reports name; where nobody has said, they
//! are `r ‖ s` as for `CKM_ECDSA` (PKCS#11 3.0, 2.3.1) and `C1 ‖ C3 ‖ C2`.

use crate::mechanism::{BlockMode, Mechanism, SignatureForm};
use cryptoki_sys::{CK_KEY_TYPE, CK_MECHANISM_TYPE};
use gm_crypto::sm2::CiphertextForm;

/// One vendor's numbers.
#[derive(Debug)]
pub(crate) struct Vendor {
    /// What `SOFTDEVICE_VENDOR` says.
    pub(crate) name: &'static str,
    /// `CKK_SM2`.
    pub(crate) sm2: CK_KEY_TYPE,
    /// `CKK_SM4`.
    pub(crate) sm4: Option<CK_KEY_TYPE>,
    pub(crate) mechanisms: &'static [(CK_MECHANISM_TYPE, Mechanism)],
}

/// Wraps and unwraps private keys as `SM2EnvelopedKey` (GM/T 0009, 7.4), DER: this
/// device's own number, `CKM_VENDOR_DEFINED` and "GM\x01". Westone has numbers for it too.
pub(crate) const ENVELOPED_KEY: CK_MECHANISM_TYPE = 0x8047_4D01;

use BlockMode::{Cbc, CbcPad, Ctr, Ecb, Mac};
use Mechanism::{
    EnvelopedKey, HmacSm3, Sm2Encrypt, Sm2KeyPairGen, Sm2Sign, Sm2SignMessage, Sm3, Sm4, Sm4KeyGen,
};
use SignatureForm::{Der, Raw};

/// The first is the default.
pub(crate) const VENDORS: [Vendor; 5] = [
    // TASS, and Koal's modules. Signatures are X9.62's DER.
    Vendor {
        name: "tass",
        sm2: 0x8000_0004,
        sm4: Some(0x8000_0002),
        mechanisms: &[
            (0x8000_8001, Sm2KeyPairGen),
            (0x8000_8000, Sm2Sign(Der)),
            (0x8000_8100, Sm2SignMessage(Der)),
            (0x8000_8200, Sm2Encrypt(CiphertextForm::C1C3C2)),
            (0x8000_0005, Sm3),
            (0x8000_0107, Sm4KeyGen),
            (0x8000_0108, Sm4(Ecb)),
            (0x8000_0109, Sm4(Cbc)),
            (0x8000_010A, Sm4(Mac)),
            (ENVELOPED_KEY, EnvelopedKey),
        ],
    },
    // Of 8104 and 8105 the second has NO_DER in its name.
    Vendor {
        name: "sansec",
        sm2: 0x8000_0004,
        sm4: Some(0x8000_0106),
        mechanisms: &[
            (0x8000_8001, Sm2KeyPairGen),
            (0x8000_8104, Sm2Sign(Der)),
            (0x8000_8105, Sm2Sign(Raw)),
            (0x8000_8100, Sm2SignMessage(Raw)),
            (0x8000_8101, Sm2SignMessage(Der)),
            (0x8000_8102, Sm2SignMessage(Raw)),
            (0x8000_8103, Sm2SignMessage(Der)),
            (0x8000_8200, Sm2Encrypt(CiphertextForm::C1C3C2)),
            (0x8000_8201, Sm2Encrypt(CiphertextForm::Der)),
            (0x8000_9001, Sm3),
            (0x8000_0107, Sm4KeyGen),
            (0x8000_0108, Sm4(Ecb)),
            (0x8000_0109, Sm4(Cbc)),
            (0x8000_010A, Sm4(Ctr)),
            (ENVELOPED_KEY, EnvelopedKey),
        ],
    },
    Vendor {
        name: "luna",
        sm2: 0x8000_0016,
        sm4: Some(0x8000_0015),
        mechanisms: &[
            (0x8000_0B20, Sm2KeyPairGen),
            (0x8000_0B21, Sm2Sign(Raw)),
            (0x8000_0B22, Sm2SignMessage(Raw)),
            (0x8000_0B01, Sm3),
            (0x8000_0B02, HmacSm3),
            (0x8000_0B10, Sm4KeyGen),
            (0x8000_0B11, Sm4(Ecb)),
            (0x8000_0B12, Sm4(Cbc)),
            (0x8000_0B13, Sm4(CbcPad)),
            (ENVELOPED_KEY, EnvelopedKey),
        ],
    },
    Vendor {
        name: "ep11",
        sm2: 0x8005_0002,
        sm4: Some(0x8005_0001),
        mechanisms: &[
            (0x8005_000A, Sm2KeyPairGen),
            (0x8005_000B, Sm2Sign(Raw)),
            (0x8005_000C, Sm2SignMessage(Raw)),
            (0x8005_000D, Sm2Encrypt(CiphertextForm::C1C3C2)),
            (0x8005_000E, Sm3),
            (0x8005_0001, Sm4KeyGen),
            (0x8005_0004, Sm4(Ecb)),
            (0x8005_0002, Sm4(Cbc)),
            (ENVELOPED_KEY, EnvelopedKey),
        ],
    },
    // Which of its numbers 40 to 46 means which mode of SM4 is not known, nor its CKK_SM4.
    Vendor {
        name: "westone",
        sm2: 0x8000_0001,
        sm4: None,
        mechanisms: &[
            (0x8000_0001, Sm2KeyPairGen),
            (0x8000_0002, Sm2Sign(Raw)),
            (0x8000_001F, Sm3),
            (0x8000_A001, HmacSm3),
            (0x8000_003D, EnvelopedKey),
            (0x8000_003E, EnvelopedKey),
            (ENVELOPED_KEY, EnvelopedKey),
        ],
    },
];

impl Vendor {
    /// The one that `SOFTDEVICE_VENDOR` names.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        VENDORS.iter().find(|vendor| vendor.name == name)
    }
}
