//! The messages of the protocol between a CA and a key-management centre (GM/T 0014), in DER.
//!
//! ```text
//! CARequest ::= SEQUENCE {
//!     ksRequest KSRequest, signatureAlgorithm AlgorithmIdentifier,
//!     signatureValue OCTET STRING }
//! KSRequest ::= SEQUENCE {
//!     version INTEGER (1), caName EntName, requestList SEQUENCE OF Request,
//!     requestTime GeneralizedTime, taskNO INTEGER }
//! EntName ::= SEQUENCE {
//!     hashAlgorithm AlgorithmIdentifier, entName GeneralName,
//!     entPubKeyHash OCTET STRING, serialNumber INTEGER }
//! Request ::= CHOICE {
//!     applyKeyReq [0] ApplyKeyReq, restoreKeyReq [1] RestoreKeyReq,
//!     revokeKeyReq [2] RevokeKeyReq }
//! ApplyKeyReq ::= SEQUENCE {
//!     appKeyType AlgorithmIdentifier, appKeyLen INTEGER, retAsymAlg AlgorithmIdentifier,
//!     retSymAlg AlgorithmIdentifier, retHashAlg AlgorithmIdentifier, appUserInfo AppUserInfo }
//! AppUserInfo ::= SEQUENCE {
//!     userCertNo INTEGER, userPubKey SubjectPublicKeyInfo,
//!     notBefore GeneralizedTime, notAfter GeneralizedTime,
//!     userName [0] EXPLICIT ANY OPTIONAL, dsCode [1] EXPLICIT ANY OPTIONAL,
//!     extendInfo [2] EXPLICIT ANY OPTIONAL }
//! RestoreKeyReq ::= SEQUENCE {
//!     retAsymAlg, retSymAlg, retHashAlg AlgorithmIdentifier, userCertNo INTEGER,
//!     userPubKey SubjectPublicKeyInfo }
//! RevokeKeyReq ::= SEQUENCE { userCertNo INTEGER }
//!
//! KMRespond ::= SEQUENCE {
//!     ksRespond KSRespond, signatureAlgorithm AlgorithmIdentifier,
//!     signatureValue OCTET STRING }
//! KSRespond ::= SEQUENCE {
//!     version INTEGER (1), kmName EntName, respondList SEQUENCE OF Respond,
//!     respondTime GeneralizedTime, taskNO INTEGER }
//! Respond ::= CHOICE {
//!     applyKeyRespond [0] RetKeyRespond, restoreKeyRespond [1] RetKeyRespond,
//!     revokeKeyRespond [2] RevokeKeyRespond, errorPkgRespond [3] ErrorPkgRespond }
//! RetKeyRespond ::= SEQUENCE {
//!     userCertNo INTEGER, retPubKey SubjectPublicKeyInfo, retPriKey ANY }
//! RevokeKeyRespond ::= SEQUENCE { userCertNo INTEGER }
//! ErrorPkgRespond ::= SEQUENCE { errNo INTEGER, errDesc ANY OPTIONAL }
//! ```
//!
//! None of this was compared with the standard's text: it is what three public
//! implementations have in common (GM/T 0014, 5.2.3 by the comments of one of them),
//! unverified against the text. They differ, and so every field has its source:
//!
//! | field | `twitchob/gmObject` | `KongkongRuan/gm-java` | a KMC in Java (`com.fxal.km`) | read here | written here |
//! |---|---|---|---|---|---|
//! | the choices' tags | IMPLICIT | IMPLICIT | EXPLICIT | both, one in a message | as [`Tagging`] says |
//! | `requestList` | SEQUENCE OF | one `Request`, bare | SEQUENCE OF | SEQUENCE OF | SEQUENCE OF |
//! | `entName` | any, `dNSName` written | any | `directoryName` \[4\], of the certificate's issuer | any | `directoryName` \[4\], the party's own |
//! | `entPubKeyHash` | not computed | not computed | SM3 of the SubjectPublicKeyInfo | names the party | the same |
//! | `userName`, `dsCode`, `extendInfo` | OCTET STRING | OCTET STRING, IA5String | OCTET STRING, `PKIFreeText` | anything | nothing |
//! | `errDesc` | `[0]` OCTET STRING | SEQUENCE of UTF8String | not used | text in any of them | `[0]` OCTET STRING, UTF-8 |
//! | `retPriKey` | `SignedAndEnvelopedData` | the same | the same | that or `SM2EnvelopedKey` | `SM2EnvelopedKey` |
//! | what is signed | not done | not done | SM3 of the DER, as a message | the DER itself, user ID 1234567812345678 | the same |
//!
//! A signature is verified over the octets that came, never over others made from what was
//! read.

mod wire;

use super::Fault;
use crate::Serial;
use der::{Any, DateTime, Decode, Encode, Reader, SliceReader, Tag, Tagged, asn1::OctetString};
use gm_crypto::{
    pki::{Sm2Sm3, VerifyAlgorithm},
    sm2::{EnvelopedKey, PublicKey},
    sm3,
};
use hsm::KeyHandle;
use sm3::digest::Digest;
use spki::{AlgorithmIdentifierOwned, EncodePublicKey, SubjectPublicKeyInfoRef};
use std::fmt;
use x509_cert::name::Name;

/// Octets of the longest message that is read.
pub const MAX_OCTETS: usize = 64 * 1024;
/// Requests, or answers, of the longest list that is read.
pub const MAX_ITEMS: usize = 16;

/// How the alternatives of a CHOICE are tagged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tagging {
    /// The tag stands in the place of the SEQUENCE's: two of the three implementations.
    #[default]
    Implicit,
    /// The tag stands around the SEQUENCE.
    Explicit,
}

/// Who speaks: `EntName`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntityName {
    /// `hashAlgorithm`: of the digest of the key.
    pub digest_algorithm: AlgorithmIdentifierOwned,
    /// `entName`: DER of a `GeneralName`.
    pub name: Any,
    /// `entPubKeyHash`, at most 64 octets.
    pub key_digest: Vec<u8>,
    /// `serialNumber`, of its certificate: at most 20 octets, big endian, two's complement; 00
    /// where it has none.
    pub serial: Vec<u8>,
}

impl EntityName {
    /// A party under its distinguished name, without a certificate: its key by SM3.
    ///
    /// # Errors
    /// [`Fault::Malformed`] for a name that has no encoding.
    pub fn new(name: &Name, key: &PublicKey) -> Result<Self, Fault> {
        Ok(Self {
            digest_algorithm: wire::plain(wire::SM3),
            name: wire::directory_name(name).map_err(Fault::Malformed)?,
            key_digest: key_digest(key).to_vec(),
            serial: vec![0],
        })
    }

    /// The party with the serial number of its certificate.
    #[must_use]
    pub fn with_serial(mut self, serial: &Serial) -> Self {
        self.serial = wire::integer_octets(serial);
        self
    }

    /// The name as text, where it is a distinguished name.
    pub fn distinguished_name(&self) -> Option<String> {
        let name = Name::from_der(self.name.value()).ok()?;
        (self.name.tag() == wire::DIRECTORY_NAME).then(|| name.to_string())
    }
}

/// SM3 of a key's `SubjectPublicKeyInfo` in DER, as GM/T 0015 has it: `id-ecPublicKey` with the
/// curve.
///
/// # Panics
/// Never: every point has that encoding.
pub fn key_digest(key: &PublicKey) -> [u8; 32] {
    let spki = key.to_public_key_der();
    let spki = spki.expect("a point of 65 octets has an SPKI encoding");
    sm3::Sm3::digest(spki.as_bytes()).into()
}

/// The algorithms that a CA asks the answer in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReturnAlgorithms {
    /// `retAsymAlg`: encrypts the symmetric key.
    pub asymmetric: AlgorithmIdentifierOwned,
    /// `retSymAlg`: encrypts the private key.
    pub symmetric: AlgorithmIdentifierOwned,
    /// `retHashAlg`.
    pub digest: AlgorithmIdentifierOwned,
}

impl Default for ReturnAlgorithms {
    /// SM2 encryption (1.2.156.10197.1.301.3), SM4 (.104) and SM3 (.401), without parameters.
    fn default() -> Self {
        Self {
            asymmetric: wire::plain(wire::SM2_ENCRYPTION),
            symmetric: wire::plain(wire::SM4),
            digest: wire::plain(wire::SM3),
        }
    }
}

impl ReturnAlgorithms {
    /// Whether these are the algorithms of this field, in the spellings that are about.
    pub(super) fn are_gm(&self) -> bool {
        [wire::SM2_ENCRYPTION, wire::SM2].contains(&self.asymmetric.oid)
            && [wire::SM4, wire::SM4_ECB].contains(&self.symmetric.oid)
            && self.digest.oid == wire::SM3
    }
}

/// A key pair is wanted: `ApplyKeyReq`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyApplication {
    /// `appKeyType`.
    pub key_type: AlgorithmIdentifierOwned,
    /// `appKeyLen`, in bits.
    pub bits: u32,
    /// `retAsymAlg`, `retSymAlg` and `retHashAlg`.
    pub algorithms: ReturnAlgorithms,
    /// `userCertNo`: names the key at this CA.
    pub number: Serial,
    /// `userPubKey`: the subscriber's signing key, for which the answer is wrapped.
    pub recipient: PublicKey,
    /// `notBefore` and `notAfter` of the key.
    pub validity: (DateTime, DateTime),
    /// `userName`, `dsCode` and `extendInfo`, whatever they are; none is written by us.
    pub about_user: [Option<Any>; 3],
}

impl KeyApplication {
    /// An application for an SM2 key of 256 bits.
    pub fn new(number: Serial, recipient: PublicKey, validity: (DateTime, DateTime)) -> Self {
        Self {
            key_type: wire::plain(wire::SM2),
            bits: 256,
            algorithms: ReturnAlgorithms::default(),
            number,
            recipient,
            validity,
            about_user: [None, None, None],
        }
    }

    /// Whether an SM2 key is wanted.
    pub(super) fn is_for_sm2(&self) -> bool {
        self.key_type.oid == wire::SM2 && self.bits == 256
    }
}

/// A key is wanted back: `RestoreKeyReq`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyRestoration {
    /// `retAsymAlg`, `retSymAlg` and `retHashAlg`.
    pub algorithms: ReturnAlgorithms,
    /// `userCertNo`.
    pub number: Serial,
    /// `userPubKey`.
    pub recipient: PublicKey,
}

impl KeyRestoration {
    /// With the usual algorithms.
    pub fn new(number: Serial, recipient: PublicKey) -> Self {
        Self {
            algorithms: ReturnAlgorithms::default(),
            number,
            recipient,
        }
    }
}

/// One thing that a CA asks: `Request`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// `[0]`: make a key pair.
    Apply(Box<KeyApplication>),
    /// `[1]`: give a key back.
    Restore(Box<KeyRestoration>),
    /// `[2]`: the key of this number is in use no more.
    Revoke(Serial),
}

impl Ask {
    /// `userCertNo`.
    pub fn number(&self) -> &Serial {
        match self {
            Self::Apply(application) => &application.number,
            Self::Restore(restoration) => &restoration.number,
            Self::Revoke(number) => number,
        }
    }
}

/// What a CA asks: `KSRequest`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyRequest {
    /// `caName`.
    pub authority: EntityName,
    /// `requestList`: 1 to [`MAX_ITEMS`].
    pub asks: Vec<Ask>,
    /// `requestTime`.
    pub at: DateTime,
    /// `taskNO`.
    pub task: u64,
}

impl KeyRequest {
    /// A request of one thing.
    pub fn new(authority: EntityName, ask: Ask, at: DateTime, task: u64) -> Self {
        Self {
            authority,
            asks: vec![ask],
            at,
            task,
        }
    }
}

/// How a private key comes: `retPriKey`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyDelivery {
    /// `SM2EnvelopedKey` (GM/T 0009, 7.4).
    Enveloped(Box<EnvelopedKey>),
    /// DER of a `SignedAndEnvelopedData` (GM/T 0010, clause 10) or of a `ContentInfo` around
    /// it, not looked into.
    SignedAndEnveloped(Vec<u8>),
}

/// A key: `RetKeyRespond`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReturnedKey {
    /// `userCertNo`, as it was asked.
    pub number: Serial,
    /// `retPubKey`.
    pub public_key: PublicKey,
    /// `retPriKey`.
    pub private_key: KeyDelivery,
}

impl ReturnedKey {
    /// A key in an envelope, which states the public key.
    pub fn new(number: Serial, envelope: EnvelopedKey) -> Self {
        Self {
            number,
            public_key: *envelope.public_key(),
            private_key: KeyDelivery::Enveloped(Box::new(envelope)),
        }
    }
}

/// What became of one thing that was asked: `Respond`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// `[0]`: a key pair was made, or had been before.
    Applied(Box<ReturnedKey>),
    /// `[1]`: a key is given back.
    Restored(Box<ReturnedKey>),
    /// `[2]`: the key of this number is in use no more.
    Revoked(Serial),
    /// `[3]`: it was not done.
    Failed {
        /// `errNo`.
        number: i64,
        /// `errDesc`: at most 256 characters, none of them a control character; empty where
        /// there is none.
        said: String,
    },
}

/// What a centre answers: `KSRespond`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyAnswer {
    /// `kmName`.
    pub centre: EntityName,
    /// `respondList`, in the order of what was asked: 1 to [`MAX_ITEMS`].
    pub replies: Vec<Reply>,
    /// `respondTime`.
    pub at: DateTime,
    /// `taskNO`, as it was asked.
    pub task: u64,
}

impl KeyAnswer {
    /// The answer to the request of this task.
    pub fn new(centre: EntityName, replies: Vec<Reply>, at: DateTime, task: u64) -> Self {
        Self {
            centre,
            replies,
            at,
            task,
        }
    }
}

/// One of the two messages, without its signature.
pub trait Body: Sized + sealed::Wire {}

impl Body for KeyRequest {}
impl Body for KeyAnswer {}

pub(crate) mod sealed {
    use super::Tagging;

    /// How a message is written and read.
    #[expect(unnameable_types, reason = "nobody else shall write such messages")]
    pub trait Wire: Sized {
        /// Its DER.
        fn encode(&self, tagging: Tagging) -> der::Result<Vec<u8>>;
        /// Reads it, with the tagging of its list.
        fn decode(der: &[u8]) -> Result<(Self, Tagging), super::Fault>;
    }
}

/// DER of a message without its signature: what is signed.
///
/// # Errors
/// [`Fault::Meaningless`] for a list without or with too many items;
/// [`Fault::Malformed`] for what has no encoding.
pub fn to_be_signed<B: Body>(body: &B, tagging: Tagging) -> Result<Vec<u8>, Fault> {
    let tbs = body.encode(tagging).map_err(Fault::Malformed)?;
    // What can't be read again is not signed.
    B::decode(&tbs)?;
    Ok(tbs)
}

/// DER of a message, signed by `key`.
///
/// # Errors
/// As [`to_be_signed`]; [`Fault::Key`] when the key fails.
pub fn sign<B: Body>(body: &B, tagging: Tagging, key: &dyn KeyHandle) -> Result<Vec<u8>, Fault> {
    let tbs = to_be_signed(body, tagging)?;
    let signature = key.sign(&tbs)?;
    assemble(&tbs, &key.algorithm(), signature.raw_bytes()).map_err(Fault::Malformed)
}

fn assemble(
    tbs: &[u8],
    algorithm: &AlgorithmIdentifierOwned,
    signature: &[u8],
) -> der::Result<Vec<u8>> {
    let parts = [
        tbs,
        &algorithm.to_der()?,
        &OctetString::new(signature)?.to_der()?,
    ];
    Any::new(Tag::Sequence, parts.concat())?.to_der()
}

/// A message as it came: everything in it is a claim until [`Self::verify`].
#[derive(Clone, PartialEq, Eq)]
pub struct UnverifiedMessage<B> {
    body: B,
    tagging: Tagging,
    tbs: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
}

impl<B: Body> UnverifiedMessage<B> {
    /// Reads a message of at most [`MAX_OCTETS`].
    ///
    /// # Errors
    /// [`Fault::TooLong`], [`Fault::Malformed`], or [`Fault::Meaningless`] for a version other
    /// than 1, an empty or long list, a list in both taggings, and numbers that are none.
    pub fn from_der(octets: &[u8]) -> Result<Self, Fault> {
        if octets.len() > MAX_OCTETS {
            return Err(Fault::TooLong { limit: MAX_OCTETS });
        }
        let split = || -> der::Result<(&[u8], AlgorithmIdentifierOwned, OctetString)> {
            let mut reader = SliceReader::new(octets)?;
            let parts = reader.sequence(|inside| {
                Ok::<_, der::Error>((inside.tlv_bytes()?, inside.decode()?, inside.decode()?))
            })?;
            reader.finish()?;
            Ok(parts)
        };
        let (tbs, algorithm, signature) = split().map_err(Fault::Malformed)?;
        let (body, tagging) = B::decode(tbs)?;
        Ok(Self {
            body,
            tagging,
            tbs: tbs.to_vec(),
            algorithm,
            signature: signature.as_bytes().to_vec(),
        })
    }

    /// What it says, whoever said it.
    pub fn claims(&self) -> &B {
        &self.body
    }

    /// How its list is tagged.
    pub fn tagging(&self) -> Tagging {
        self.tagging
    }

    /// The octets that were signed, as they came.
    pub fn tbs(&self) -> &[u8] {
        &self.tbs
    }

    /// Whether the owner of `key` signed it; `signer` is who that is, for the error.
    ///
    /// # Errors
    /// [`Fault::NotSigned`].
    pub fn verify(self, key: &PublicKey, signer: &'static str) -> Result<B, Fault> {
        let not_signed = || Fault::NotSigned(signer);
        let spki = key.to_public_key_der().map_err(|_| not_signed())?;
        let spki: SubjectPublicKeyInfoRef<'_> = spki.decode_msg().map_err(|_| not_signed())?;
        let sm2 = Sm2Sm3::default();
        if !sm2.accepts((&self.algorithm).into(), spki.algorithm) {
            return Err(not_signed());
        }
        sm2.verify(spki, &self.tbs, &self.signature)
            .map_err(|_| not_signed())?;
        Ok(self.body)
    }
}

impl<B: fmt::Debug> fmt::Debug for UnverifiedMessage<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedMessage")
            .field("body", &self.body)
            .field("tagging", &self.tagging)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
