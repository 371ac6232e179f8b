//! The modes of SM4 over whole files.

use crate::args::Mode;
use gm_crypto::sm4::{
    BLOCK_LENGTH, CbcDecryptor, CbcEncryptor, Ccm, CfbDecryptor, CfbEncryptor, Ctr, EcbDecryptor,
    EcbEncryptor, Gcm, Ofb,
    aead::{Aead, AeadCore, Nonce, Payload},
    cipher::{
        BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit, StreamCipher,
        block_padding::{NoPadding, Pkcs7},
    },
};
use zeroize::Zeroizing;

/// Octets of the nonce of GCM and CCM (RFC 8998).
pub(super) const NONCE_LENGTH: usize = 12;

/// Everything but the text.
pub(super) struct Parameters<'a> {
    pub(super) key: &'a [u8; BLOCK_LENGTH],
    /// Of the length that the mode has; empty for ECB.
    pub(super) iv: &'a [u8],
    pub(super) aad: &'a [u8],
    pub(super) padding: bool,
}

/// The octets do not fit the mode, or are not authentic.
#[derive(Debug)]
pub(super) struct Refused;

type Octets = Result<Zeroizing<Vec<u8>>, Refused>;

pub(super) fn encrypt(mode: Mode, with: &Parameters<'_>, text: &[u8]) -> Octets {
    let octets = match mode {
        Mode::Gcm => return seal(<Gcm>::new(with.key.into()), with, text),
        Mode::Ccm => return seal(<Ccm>::new(with.key.into()), with, text),
        Mode::Ctr => return stream(Ctr::new(with.key.into(), iv(with)), text),
        Mode::Ofb => return stream(Ofb::new(with.key.into(), iv(with)), text),
        Mode::Cfb => {
            let mut octets = text.to_vec();
            CfbEncryptor::new(with.key.into(), iv(with)).encrypt(&mut octets);
            octets
        }
        Mode::Cbc => {
            let cipher = CbcEncryptor::new(with.key.into(), iv(with));
            padded(cipher, with.padding, text)?
        }
        Mode::Ecb => {
            let cipher = EcbEncryptor::new(with.key.into());
            padded(cipher, with.padding, text)?
        }
    };
    Ok(Zeroizing::new(octets))
}

pub(super) fn decrypt(mode: Mode, with: &Parameters<'_>, ciphertext: &[u8]) -> Octets {
    match mode {
        Mode::Gcm => open(<Gcm>::new(with.key.into()), with, ciphertext),
        Mode::Ccm => open(<Ccm>::new(with.key.into()), with, ciphertext),
        // The same stream of octets.
        Mode::Ctr | Mode::Ofb => encrypt(mode, with, ciphertext),
        Mode::Cfb => {
            let mut octets = Zeroizing::new(ciphertext.to_vec());
            CfbDecryptor::new(with.key.into(), iv(with)).decrypt(&mut octets);
            Ok(octets)
        }
        Mode::Cbc => {
            let cipher = CbcDecryptor::new(with.key.into(), iv(with));
            unpadded(cipher, with.padding, ciphertext)
        }
        Mode::Ecb => {
            let cipher = EcbDecryptor::new(with.key.into());
            unpadded(cipher, with.padding, ciphertext)
        }
    }
}

fn iv<'a, T: TryFrom<&'a [u8]>>(with: &Parameters<'a>) -> T {
    let iv = T::try_from(with.iv).ok();
    iv.expect("the caller gives as many octets as the mode takes")
}

fn seal<A: Aead>(cipher: A, with: &Parameters<'_>, text: &[u8]) -> Octets {
    let payload = Payload {
        msg: text,
        aad: with.aad,
    };
    let sealed = cipher.encrypt(nonce::<A>(with), payload);
    sealed.map(Zeroizing::new).map_err(|_| Refused)
}

fn open<A: Aead>(cipher: A, with: &Parameters<'_>, ciphertext: &[u8]) -> Octets {
    let payload = Payload {
        msg: ciphertext,
        aad: with.aad,
    };
    let text = cipher.decrypt(nonce::<A>(with), payload);
    text.map(Zeroizing::new).map_err(|_| Refused)
}

fn nonce<'a, A: AeadCore>(with: &Parameters<'a>) -> &'a Nonce<A> {
    iv(with)
}

fn stream(mut cipher: impl StreamCipher, octets: &[u8]) -> Octets {
    let mut octets = Zeroizing::new(octets.to_vec());
    let applied = cipher.try_apply_keystream(&mut octets);
    applied.map(|()| octets).map_err(|_| Refused)
}

fn padded(cipher: impl BlockModeEncrypt, padding: bool, text: &[u8]) -> Result<Vec<u8>, Refused> {
    if padding {
        Ok(cipher.encrypt_padded_vec::<Pkcs7>(text))
    } else if text.len().is_multiple_of(BLOCK_LENGTH) {
        Ok(cipher.encrypt_padded_vec::<NoPadding>(text))
    } else {
        Err(Refused)
    }
}

fn unpadded(cipher: impl BlockModeDecrypt, padding: bool, ciphertext: &[u8]) -> Octets {
    let text = if padding {
        cipher.decrypt_padded_vec::<Pkcs7>(ciphertext)
    } else {
        cipher.decrypt_padded_vec::<NoPadding>(ciphertext)
    };
    text.map(Zeroizing::new).map_err(|_| Refused)
}
