//! SM4 (GB/T 32907-2016): the block cipher, and its modes (GB/T 17964-2021, RFC 8998).
//!
//! | mode | type | from |
//! |---|---|---|
//! | GCM, CCM | [`Gcm`], [`Ccm`] | here; traits of [`aead`] |
//! | XTS | [`Xts`] | here, both conventions |
//! | CTR | [`Ctr`] | here, because it is faster so; traits of [`cipher`] |
//! | ECB, CBC, CFB, OFB | [`CbcEncryptor`], … | the crates `ecb`, `cbc`, `cfb-mode`, `ofb` |
//!
//! CBC, CFB and OFB can't encrypt blocks side by side, for each waits for the one
//! before it; they decrypt at full speed (but OFB). New formats use GCM.
//!
//! ```
//! use gm_crypto::sm4::{
//!     CbcDecryptor, CbcEncryptor,
//!     cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7},
//! };
//!
//! let (key, iv) = ([7; 16], [9; 16]);
//! let sealed = CbcEncryptor::new(&key.into(), &iv.into())
//!     .encrypt_padded_vec::<Pkcs7>(b"nineteen octets and");
//! assert_eq!(sealed.len(), 32);
//! let opened = CbcDecryptor::new(&key.into(), &iv.into())
//!     .decrypt_padded_vec::<Pkcs7>(&sealed)?;
//! assert_eq!(opened, b"nineteen octets and");
//! # Ok::<(), cipher::block_padding::Error>(())
//! ```

mod block;
mod cbc;
mod ccm;
mod ctr;
mod gcm;
mod xts;

pub use self::{
    block::Sm4,
    cbc::CbcDecryptor,
    ccm::{Ccm, CcmNonceSize, CcmTagSize},
    ctr::Ctr,
    gcm::{Gcm, GcmTagSize},
    xts::Xts,
};
pub use {::aead, ::cipher};

/// Octets of a key and of a block.
pub const BLOCK_LENGTH: usize = 16;

/// ECB (GB/T 17964-2021): blocks one by one. Shows which blocks are equal.
pub type EcbEncryptor = ecb::Encryptor<Sm4>;
/// ECB, the way back.
pub type EcbDecryptor = ecb::Decryptor<Sm4>;
/// CBC (GB/T 17964-2021), with an IV of 16 octets that nobody can foretell.
pub type CbcEncryptor = ::cbc::Encryptor<Sm4>;
/// CFB with full blocks of feedback (CFB128), in whole blocks.
pub type CfbEncryptor = cfb_mode::Encryptor<Sm4>;
/// CFB128, the way back.
pub type CfbDecryptor = cfb_mode::Decryptor<Sm4>;
/// CFB128 for any number of octets at a time.
pub type CfbBufEncryptor = cfb_mode::BufEncryptor<Sm4>;
/// CFB128 for any number of octets at a time, the way back.
pub type CfbBufDecryptor = cfb_mode::BufDecryptor<Sm4>;
/// OFB (GB/T 17964-2021), a stream cipher: never the same IV twice with one key.
pub type Ofb = ofb::Ofb<Sm4>;
