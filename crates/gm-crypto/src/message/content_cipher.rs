//! SM4 over the content of a message: which mode an identifier means, and the work.
//!
//! | identifier | parameters | meaning |
//! |---|---|---|
//! | 1.2.156.10197.1.104.2 | initial vector | CBC, padded |
//! | 1.2.156.10197.1.104 | initial vector | CBC, padded (CFCA SADK) |
//! | 1.2.156.10197.1.104.1.3 | initial vector | CBC, padded |
//! | 1.2.156.10197.1.104.1, .104 | none, NULL | ECB; key-management centres do not pad, gmsm does |
//! | 1.2.156.10197.1.104.3, .4, .7 | initial vector | OFB, CFB128, CTR: no padding |
//!
//! Padding is PKCS#7's (RFC 5652, 6.3), and its check tells nothing but fit or unfit.

use alloc::vec::Vec;
use der::{
    Any, Tag,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    Error, Result,
    low::ct::declassify,
    pki::oid,
    sm4::{
        BLOCK_LENGTH, CbcDecryptor, CbcEncryptor, CfbBufDecryptor, CfbBufEncryptor, Ctr,
        EcbDecryptor, EcbEncryptor, Ofb,
        cipher::{
            Array, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit, StreamCipher,
            consts::U16,
        },
    },
};

use super::{CipherName, Deviation, Partner, dialect::Forgiven};

const WHAT: &str = "contentEncryptionAlgorithm";

/// A fresh content key, wiped when dropped.
pub(crate) type ContentKey = Zeroizing<[u8; BLOCK_LENGTH]>;

/// Draws a content key.
///
/// # Errors
/// [`Error::Random`] when the source fails.
pub(crate) fn generate_key<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<ContentKey> {
    let mut key = Zeroizing::new([0; BLOCK_LENGTH]);
    rng.try_fill_bytes(key.as_mut_slice())
        .map_err(|_| Error::Random)?;
    Ok(key)
}

/// SM4 in one mode, with its initial vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentCipher {
    /// CBC, padded.
    Cbc([u8; BLOCK_LENGTH]),
    /// ECB, whole blocks, nothing padded.
    Ecb,
    /// Counter mode.
    Ctr([u8; BLOCK_LENGTH]),
    /// Output feedback.
    Ofb([u8; BLOCK_LENGTH]),
    /// Cipher feedback of whole blocks.
    Cfb([u8; BLOCK_LENGTH]),
}

impl ContentCipher {
    /// What is written to a partner, with a fresh initial vector.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails.
    pub(crate) fn fresh<R: TryCryptoRng + ?Sized>(rng: &mut R, partner: &Partner) -> Result<Self> {
        if partner.cipher_name == CipherName::Sm4Ecb {
            return Ok(Self::Ecb);
        }
        let mut vector = [0; BLOCK_LENGTH];
        rng.try_fill_bytes(&mut vector).map_err(|_| Error::Random)?;
        Ok(Self::Cbc(vector))
    }

    /// Reads an identifier.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for another cipher; [`Error::Invalid`] for parameters that do
    /// not suit the mode, and for a deviation that is not `forgiven`.
    pub(crate) fn read(
        algorithm: &AlgorithmIdentifierOwned,
        forgiven: &mut Forgiven,
    ) -> Result<Self> {
        let oid = algorithm.oid;
        forgiven.unless(oid != oid::SM4, WHAT, Deviation::ModeUnsaid)?;
        let syan = oid == oid::SM4_CBC_SYAN;
        forgiven.unless(!syan, WHAT, Deviation::CipherNamedOtherwise)?;
        let vector = InitialVector::read(algorithm.parameters.as_ref())?;
        match (oid, vector) {
            (oid::SM4 | oid::SM4_ECB, InitialVector::Absent) => Ok(Self::Ecb),
            (oid::SM4 | oid::SM4_CBC | oid::SM4_CBC_SYAN, InitialVector::Octets(vector)) => {
                Ok(Self::Cbc(vector))
            }
            (oid::SM4_OFB, InitialVector::Octets(vector)) => Ok(Self::Ofb(vector)),
            (oid::SM4_CFB, InitialVector::Octets(vector)) => Ok(Self::Cfb(vector)),
            (oid::SM4_CTR, InitialVector::Octets(vector)) => Ok(Self::Ctr(vector)),
            (oid, _) if is_known(oid) => Err(Error::Invalid {
                what: WHAT,
                reason: "has parameters that do not suit its mode",
            }),
            (oid, _) => Err(Error::Unsupported { what: WHAT, oid }),
        }
    }

    /// Writes the identifier under the partner's name for it.
    ///
    /// # Errors
    /// None in practice: an identifier of some thirty octets has a DER encoding.
    pub(crate) fn write(&self, partner: &Partner) -> der::Result<AlgorithmIdentifierOwned> {
        let (oid, vector) = match self {
            Self::Cbc(vector) if partner.cipher_name == CipherName::Sm4 => (oid::SM4, Some(vector)),
            Self::Cbc(vector) => (oid::SM4_CBC, Some(vector)),
            Self::Ecb => (oid::SM4, None),
            Self::Ctr(vector) => (oid::SM4_CTR, Some(vector)),
            Self::Ofb(vector) => (oid::SM4_OFB, Some(vector)),
            Self::Cfb(vector) => (oid::SM4_CFB, Some(vector)),
        };
        let encode = |vector: &[u8; BLOCK_LENGTH]| Any::new(Tag::OctetString, *vector);
        Ok(AlgorithmIdentifierOwned {
            oid,
            parameters: vector.map(encode).transpose()?,
        })
    }

    /// Octets of ciphertext for so many octets of content; `None` beyond 2^64.
    #[cfg_attr(not(feature = "std"), expect(dead_code, reason = "streams need std"))]
    pub(crate) fn encrypted_length(&self, content: u64) -> Option<u64> {
        const BLOCK: u64 = BLOCK_LENGTH as u64;
        match self {
            Self::Cbc(_) => (content - content % BLOCK).checked_add(BLOCK),
            _ => Some(content),
        }
    }

    /// Begins to encrypt.
    pub(crate) fn encryptor(&self, key: &[u8; BLOCK_LENGTH]) -> Encryptor {
        let key = key.into();
        let mode = match self {
            Self::Cbc(vector) => EncryptorMode::Cbc(CbcEncryptor::new(key, vector.into())),
            Self::Ecb => EncryptorMode::Ecb(EcbEncryptor::new(key)),
            Self::Ctr(vector) => EncryptorMode::Ctr(Ctr::new(key, vector.into())),
            Self::Ofb(vector) => EncryptorMode::Ofb(Ofb::new(key, vector.into())),
            Self::Cfb(vector) => EncryptorMode::Cfb(CfbBufEncryptor::new(key, vector.into())),
        };
        Encryptor {
            mode,
            rest: Rest::default(),
        }
    }

    /// Begins to decrypt.
    pub(crate) fn decryptor(&self, key: &[u8; BLOCK_LENGTH]) -> Decryptor {
        let key = key.into();
        let mode = match self {
            Self::Cbc(vector) => DecryptorMode::Cbc(CbcDecryptor::new(key, vector.into())),
            Self::Ecb => DecryptorMode::Ecb(EcbDecryptor::new(key)),
            Self::Ctr(vector) => DecryptorMode::Ctr(Ctr::new(key, vector.into())),
            Self::Ofb(vector) => DecryptorMode::Ofb(Ofb::new(key, vector.into())),
            Self::Cfb(vector) => DecryptorMode::Cfb(CfbBufDecryptor::new(key, vector.into())),
        };
        Decryptor {
            mode,
            rest: Rest::default(),
        }
    }

    /// Encrypts all of a content.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a content that ECB can't take.
    pub(crate) fn encrypt(&self, key: &[u8; BLOCK_LENGTH], content: &[u8]) -> Result<Vec<u8>> {
        let mut octets = Vec::with_capacity(content.len() + BLOCK_LENGTH);
        let mut encryptor = self.encryptor(key);
        encryptor.update(content, &mut octets);
        encryptor.finish(&mut octets)?;
        Ok(octets)
    }

    /// Decrypts all of a content.
    ///
    /// # Errors
    /// [`Error::Crypto`], for whatever reason.
    #[cfg(test)]
    pub(crate) fn decrypt(
        &self,
        key: &[u8; BLOCK_LENGTH],
        octets: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let (content, whole) = self.decrypt_as_far_as_it_goes(key, octets);
        whole.then_some(content).ok_or(Error::Crypto)
    }

    /// Decrypts all of a content, and says whether it ended as the mode wants; where it did
    /// not, the last block is missing. For whoever checks a signature before saying anything.
    pub(crate) fn decrypt_as_far_as_it_goes(
        &self,
        key: &[u8; BLOCK_LENGTH],
        octets: &[u8],
    ) -> (Zeroizing<Vec<u8>>, bool) {
        // As long as it will ever be, or a copy would stay behind unwiped.
        let mut content = Zeroizing::new(Vec::with_capacity(octets.len() + BLOCK_LENGTH));
        let mut decryptor = self.decryptor(key);
        decryptor.update(octets, &mut content);
        let whole = decryptor.finish(&mut content).is_ok();
        (content, whole)
    }
}

fn is_known(oid: ObjectIdentifier) -> bool {
    [
        oid::SM4,
        oid::SM4_ECB,
        oid::SM4_CBC,
        oid::SM4_CBC_SYAN,
        oid::SM4_OFB,
        oid::SM4_CFB,
        oid::SM4_CTR,
    ]
    .contains(&oid)
}

enum InitialVector {
    Absent,
    Octets([u8; BLOCK_LENGTH]),
}

impl InitialVector {
    fn read(parameters: Option<&Any>) -> Result<Self> {
        let Some(parameters) = parameters.filter(|any| **any != Any::null()) else {
            return Ok(Self::Absent);
        };
        let octets: &OctetStringRef = parameters.decode_as().map_err(Error::malformed(WHAT))?;
        let vector = octets.as_bytes().try_into().map_err(|_| Error::Invalid {
            what: WHAT,
            reason: "has an initial vector that is not of 16 octets",
        })?;
        Ok(Self::Octets(vector))
    }
}

/// Octets that make no block yet.
#[derive(Default)]
struct Rest(Zeroizing<Vec<u8>>);

impl Rest {
    /// Appends rest and input to `output`, takes back what makes no whole block, or the
    /// last `held` octets at least; gives the part to work on.
    fn append<'a>(&mut self, input: &[u8], output: &'a mut Vec<u8>, held: usize) -> &'a mut [u8] {
        let start = output.len();
        output.reserve(self.0.len() + input.len());
        output.extend_from_slice(&self.0);
        output.extend_from_slice(input);
        let available = output.len() - start;
        let whole = available.saturating_sub(held) / BLOCK_LENGTH * BLOCK_LENGTH;
        let kept = available - whole;
        self.0.zeroize();
        self.0.reserve_exact(2 * BLOCK_LENGTH);
        self.0.extend_from_slice(&output[start + whole..]);
        let end = start + whole;
        output[end..end + kept].zeroize();
        output.truncate(end);
        &mut output[start..]
    }
}

fn blocks(octets: &mut [u8]) -> &mut [Array<u8, U16>] {
    let (blocks, rest) = Array::slice_as_chunks_mut(octets);
    debug_assert!(rest.is_empty());
    blocks
}

enum EncryptorMode {
    Cbc(CbcEncryptor),
    Ecb(EcbEncryptor),
    Ctr(Ctr),
    Ofb(Ofb),
    Cfb(CfbBufEncryptor),
}

/// Encrypts content as it comes. Output is appended to what the caller gives.
pub(crate) struct Encryptor {
    mode: EncryptorMode,
    rest: Rest,
}

impl Encryptor {
    /// Takes some content.
    pub(crate) fn update(&mut self, content: &[u8], output: &mut Vec<u8>) {
        let start = output.len();
        match &mut self.mode {
            EncryptorMode::Cbc(cbc) => {
                cbc.encrypt_blocks(blocks(self.rest.append(content, output, 0)));
            }
            EncryptorMode::Ecb(ecb) => {
                ecb.encrypt_blocks(blocks(self.rest.append(content, output, 0)));
            }
            EncryptorMode::Ctr(ctr) => {
                output.extend_from_slice(content);
                ctr.apply_keystream(&mut output[start..]);
            }
            EncryptorMode::Ofb(ofb) => {
                output.extend_from_slice(content);
                ofb.apply_keystream(&mut output[start..]);
            }
            EncryptorMode::Cfb(cfb) => {
                output.extend_from_slice(content);
                cfb.encrypt(&mut output[start..]);
            }
        }
    }

    /// The padding, where the mode has one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for content that is no whole number of blocks, in ECB mode.
    pub(crate) fn finish(mut self, output: &mut Vec<u8>) -> Result<()> {
        match &self.mode {
            EncryptorMode::Cbc(_) => {
                let missing = BLOCK_LENGTH - self.rest.0.len();
                let padding = u8::try_from(missing).expect("at most 16");
                self.update(&[padding; BLOCK_LENGTH][..missing], output);
                Ok(())
            }
            EncryptorMode::Ecb(_) if !self.rest.0.is_empty() => Err(Error::Invalid {
                what: "content",
                reason: "is no whole number of blocks of 16 octets, which ECB without padding wants",
            }),
            _ => Ok(()),
        }
    }
}

enum DecryptorMode {
    Cbc(CbcDecryptor),
    Ecb(EcbDecryptor),
    Ctr(Ctr),
    Ofb(Ofb),
    Cfb(CfbBufDecryptor),
}

/// Decrypts content as it comes: nobody has authenticated what it gives out.
pub(crate) struct Decryptor {
    mode: DecryptorMode,
    rest: Rest,
}

impl Decryptor {
    /// Takes some ciphertext. A block that may hold the padding is kept back.
    pub(crate) fn update(&mut self, octets: &[u8], output: &mut Vec<u8>) {
        let start = output.len();
        match &mut self.mode {
            DecryptorMode::Cbc(cbc) => {
                cbc.decrypt_blocks(blocks(self.rest.append(octets, output, 1)));
            }
            DecryptorMode::Ecb(ecb) => {
                ecb.decrypt_blocks(blocks(self.rest.append(octets, output, 0)));
            }
            DecryptorMode::Ctr(ctr) => {
                output.extend_from_slice(octets);
                ctr.apply_keystream(&mut output[start..]);
            }
            DecryptorMode::Ofb(ofb) => {
                output.extend_from_slice(octets);
                ofb.apply_keystream(&mut output[start..]);
            }
            DecryptorMode::Cfb(cfb) => {
                output.extend_from_slice(octets);
                cfb.decrypt(&mut output[start..]);
            }
        }
    }

    /// The last block without its padding.
    ///
    /// # Errors
    /// [`Error::Crypto`] for half a block, nothing at all, or a padding that is none.
    pub(crate) fn finish(mut self, output: &mut Vec<u8>) -> Result<()> {
        match &mut self.mode {
            DecryptorMode::Cbc(cbc) => {
                let mut last = Zeroizing::new([0; BLOCK_LENGTH]);
                if self.rest.0.len() != BLOCK_LENGTH {
                    return Err(Error::Crypto);
                }
                last.copy_from_slice(&self.rest.0);
                cbc.decrypt_blocks(blocks(last.as_mut_slice()));
                let length = unpadded_length(&last)?;
                output.extend_from_slice(&last[..length]);
                Ok(())
            }
            DecryptorMode::Ecb(_) if !self.rest.0.is_empty() => Err(Error::Crypto),
            _ => Ok(()),
        }
    }
}

/// Octets before the padding in a last block: 0 to 15. All of the block is read, whatever
/// stands in it.
///
/// # Errors
/// [`Error::Crypto`].
pub(crate) fn unpadded_length(block: &[u8; BLOCK_LENGTH]) -> Result<usize> {
    let padding = block[BLOCK_LENGTH - 1];
    let mut fits = !padding.ct_eq(&0) & padding.ct_lt(&17);
    for (position, octet) in (1_u8..).zip(block.iter().rev()) {
        // The octets behind position `padding`, counted from the end, are content.
        let counts = !padding.ct_lt(&position);
        let equal = octet.ct_eq(&padding);
        fits &= Choice::conditional_select(&Choice::from(1), &equal, counts);
    }
    if !declassify(bool::from(fits), "whether the padding fits is the answer") {
        return Err(Error::Crypto);
    }
    let padding = declassify(
        padding,
        "how long the content is shows in what is given out",
    );
    Ok(BLOCK_LENGTH - usize::from(padding))
}

#[cfg(test)]
mod tests {
    use super::{super::Dialect, *};
    use getrandom::SysRng;
    use proptest::prelude::*;

    const KEY: [u8; 16] = *b"sixteen octets k";
    const VECTOR: [u8; 16] = *b"sixteen octets v";

    fn ciphers() -> impl Strategy<Value = ContentCipher> {
        prop_oneof![
            any::<[u8; 16]>().prop_map(ContentCipher::Cbc),
            Just(ContentCipher::Ecb),
            any::<[u8; 16]>().prop_map(ContentCipher::Ctr),
            any::<[u8; 16]>().prop_map(ContentCipher::Ofb),
            any::<[u8; 16]>().prop_map(ContentCipher::Cfb),
        ]
    }

    fn partner(cipher_name: CipherName) -> Partner {
        Partner {
            cipher_name,
            ..Partner::default()
        }
    }

    proptest! {
        #[test]
        fn what_is_encrypted_in_pieces_decrypts_in_other_pieces(
            cipher in ciphers(),
            content in proptest::collection::vec(any::<u8>(), 0..200),
            (pieces, others) in (1_usize..50, 1_usize..50),
        ) {
            let mut content = content;
            if cipher == ContentCipher::Ecb {
                content.truncate(content.len() / 16 * 16);
            }
            let mut octets = Vec::new();
            let mut encryptor = cipher.encryptor(&KEY);
            for piece in content.chunks(pieces) {
                encryptor.update(piece, &mut octets);
            }
            encryptor.finish(&mut octets).unwrap();
            prop_assert_eq!(&octets, &cipher.encrypt(&KEY, &content).unwrap());
            prop_assert_eq!(Some(octets.len() as u64), cipher.encrypted_length(content.len() as u64));
            let mut opened = Vec::new();
            let mut decryptor = cipher.decryptor(&KEY);
            for piece in octets.chunks(others) {
                decryptor.update(piece, &mut opened);
            }
            decryptor.finish(&mut opened).unwrap();
            prop_assert_eq!(&opened, &content);
            prop_assert_eq!(&*cipher.decrypt(&KEY, &octets).unwrap(), &content);
        }

        #[test]
        fn padding_is_good_as_the_standard_says_and_nothing_else(
            mut block in any::<[u8; 16]>(),
            padding in 0_u8..20,
            changed in 0_usize..16,
        ) {
            for octet in block.iter_mut().rev().take(usize::from(padding)) {
                *octet = padding;
            }
            for block in [block, { block[changed] ^= 1; block }] {
                let last = usize::from(block[15]);
                let good = (1..=16).contains(&last)
                    && block[16 - last..].iter().all(|octet| usize::from(*octet) == last);
                prop_assert_eq!(unpadded_length(&block).ok(), good.then(|| 16 - last));
            }
        }

        #[test]
        fn an_identifier_reads_as_it_was_written(cipher in ciphers()) {
            for name in [CipherName::Sm4Cbc, CipherName::Sm4, CipherName::Sm4Ecb] {
                let written = cipher.write(&partner(name)).unwrap();
                let read = ContentCipher::read(&written, &mut Forgiven::new(Dialect::Field));
                prop_assert_eq!(read.unwrap(), cipher);
            }
        }
    }

    #[test]
    fn the_standard_knows_no_sm4_without_a_mode() {
        for (name, unsaid) in [
            (CipherName::Sm4Cbc, false),
            (CipherName::Sm4, true),
            (CipherName::Sm4Ecb, true),
        ] {
            let cipher = ContentCipher::fresh(&mut SysRng, &partner(name)).unwrap();
            let written = cipher.write(&partner(name)).unwrap();
            let strict = ContentCipher::read(&written, &mut Forgiven::new(Dialect::Strict));
            assert_eq!(strict.is_err(), unsaid);
            let mut forgiven = Forgiven::new(Dialect::Field);
            ContentCipher::read(&written, &mut forgiven).unwrap();
            let expected = unsaid.then_some(Deviation::ModeUnsaid);
            assert_eq!(forgiven.into_deviations(), Vec::from_iter(expected));
        }
    }

    #[test]
    fn parameters_that_do_not_suit_are_refused() {
        let octets = |octets: &[u8]| Any::new(Tag::OctetString, octets).unwrap();
        for (oid, parameters) in [
            (oid::SM4_CBC, None),
            (oid::SM4_CBC, Some(Any::null())),
            (oid::SM4_CBC, Some(octets(&[0; 15]))),
            (oid::SM4_CBC, Some(octets(&[0; 17]))),
            (oid::SM4_CBC, Some(octets(&[]))),
            (oid::SM4_ECB, Some(octets(&VECTOR))),
            (oid::SM4_CBC_SYAN, None),
            (oid::SM4_CTR, None),
            (oid::SM4, Some(Any::new(Tag::Integer, [1]).unwrap())),
            (oid::AES128_CBC, Some(octets(&VECTOR))),
        ] {
            let algorithm = AlgorithmIdentifierOwned { oid, parameters };
            let read = ContentCipher::read(&algorithm, &mut Forgiven::new(Dialect::Field));
            assert!(read.is_err(), "{algorithm:?}");
        }
    }

    #[test]
    fn whatever_is_wrong_with_a_ciphertext_gives_the_same_error() {
        let cipher = ContentCipher::Cbc(VECTOR);
        let good = cipher.encrypt(&KEY, &[7; 40]).unwrap();
        let mut padding = good.clone();
        padding[32] ^= 1;
        for octets in [&[][..], &good[..1], &good[..47], &padding] {
            let refused = cipher.decrypt(&KEY, octets).unwrap_err();
            assert!(matches!(refused, Error::Crypto), "{refused:?}");
        }
        let refused = ContentCipher::Ecb.decrypt(&KEY, &good[..15]).unwrap_err();
        assert!(matches!(refused, Error::Crypto), "{refused:?}");
    }

    #[test]
    fn ecb_takes_whole_blocks_alone() {
        assert!(ContentCipher::Ecb.encrypt(&KEY, &[0; 17]).is_err());
        assert_eq!(
            ContentCipher::Ecb.encrypt(&KEY, &[0; 32]).unwrap().len(),
            32
        );
    }
}
