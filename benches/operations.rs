//! What every library is asked, and the octets it gets.

use criterion::Throughput;
use gm_crypto::sm2::{DerSignature, PublicKey, UserId, Za};
use signature::hazmat::PrehashSigner;
use sm2::elliptic_curve::sec1::ToSec1Point;
use std::sync::LazyLock;

/// One thing to measure. Numbers are octets of the message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    /// A private key from the system's randomness, and its 65-octet public key.
    KeyGen,
    /// The same for 32 keys at once; the figure is for one.
    KeyGenBatch,
    /// e to a signature's octets, the signing key ready.
    SignDigest,
    /// The same for 32 digests at once; the figure is for one.
    SignDigestBatch,
    /// 32 octets to a signature's octets: Z, SM3, then as above.
    SignMessage,
    /// The same for 32 messages at once; the figure is for one.
    SignMessageBatch,
    /// e, a signature's octets and a key's 65 octets to yes or no.
    VerifyDigest,
    /// The same with a key object that was made before, and whatever it keeps.
    VerifyDigestReady,
    /// 32 octets, a signature's octets and a key's 65 octets to yes or no.
    VerifyMessage,
    /// The tables of a prepared key.
    Prepare,
    /// 32 octets to a ciphertext's octets, the public key ready.
    Encrypt,
    /// And back, the private key ready.
    Decrypt,
    /// Both sides of the key exchange with confirmation, static keys ready.
    Exchange,
    Digest(usize),
    /// Eight messages of one length; the figure is for all octets.
    EightDigests(usize),
    /// SM2's key derivation from 64 octets; the number is the output's.
    Kdf(usize),
    KeySchedule,
    /// In place where the library can; the key schedule is ready in all modes.
    Ecb(usize),
    Ctr(usize),
    CbcDecrypt(usize),
    /// Sealing: 12 octets of nonce, no associated data, 16 octets of tag.
    Gcm(usize),
    /// As [`Operation::Gcm`].
    Ccm(usize),
}

const KIB: usize = 1_024;
const MIB: usize = 1_024 * KIB;

/// Keys, messages and digests in a batch.
pub(crate) const BATCH: usize = 32;

/// In the order of the table.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::KeyGen,
    Operation::KeyGenBatch,
    Operation::SignDigest,
    Operation::SignDigestBatch,
    Operation::SignMessage,
    Operation::SignMessageBatch,
    Operation::VerifyDigest,
    Operation::VerifyDigestReady,
    Operation::VerifyMessage,
    Operation::Prepare,
    Operation::Encrypt,
    Operation::Decrypt,
    Operation::Exchange,
    Operation::Digest(64),
    Operation::Digest(KIB),
    Operation::Digest(8 * KIB),
    Operation::Digest(MIB),
    Operation::EightDigests(KIB),
    Operation::EightDigests(8 * KIB),
    Operation::Kdf(8 * KIB),
    Operation::KeySchedule,
    Operation::Ecb(KIB),
    Operation::Ecb(8 * KIB),
    Operation::Ecb(MIB),
    Operation::Ctr(KIB),
    Operation::Ctr(8 * KIB),
    Operation::Ctr(MIB),
    Operation::CbcDecrypt(KIB),
    Operation::CbcDecrypt(8 * KIB),
    Operation::CbcDecrypt(MIB),
    Operation::Gcm(KIB),
    Operation::Gcm(8 * KIB),
    Operation::Gcm(MIB),
    Operation::Ccm(KIB),
    Operation::Ccm(8 * KIB),
    Operation::Ccm(MIB),
];

impl Operation {
    /// The name in the table.
    pub(crate) fn group(self) -> &'static str {
        match self {
            Self::KeyGen => "sm2/keygen",
            Self::KeyGenBatch => "sm2/keygen-batch-32",
            Self::SignDigest => "sm2/sign-digest",
            Self::SignDigestBatch => "sm2/sign-digest-batch-32",
            Self::SignMessage => "sm2/sign-message",
            Self::SignMessageBatch => "sm2/sign-message-batch-32",
            Self::VerifyDigest => "sm2/verify-digest",
            Self::VerifyDigestReady => "sm2/verify-digest-ready",
            Self::VerifyMessage => "sm2/verify-message",
            Self::Prepare => "sm2/prepare",
            Self::Encrypt => "sm2/encrypt-32",
            Self::Decrypt => "sm2/decrypt-32",
            Self::Exchange => "sm2/exchange",
            Self::Digest(_) => "sm3/digest",
            Self::EightDigests(_) => "sm3/eight-digests",
            Self::Kdf(_) => "sm3/kdf",
            Self::KeySchedule => "sm4/key-schedule",
            Self::Ecb(_) => "sm4/ecb",
            Self::Ctr(_) => "sm4/ctr",
            Self::CbcDecrypt(_) => "sm4/cbc-decrypt",
            Self::Gcm(_) => "sm4/gcm",
            Self::Ccm(_) => "sm4/ccm",
        }
    }

    /// Octets, where there are several sizes.
    pub(crate) fn size(self) -> Option<usize> {
        match self {
            Self::Digest(size)
            | Self::EightDigests(size)
            | Self::Kdf(size)
            | Self::Ecb(size)
            | Self::Ctr(size)
            | Self::CbcDecrypt(size)
            | Self::Gcm(size)
            | Self::Ccm(size) => Some(size),
            _ => None,
        }
    }

    /// What one call does: octets, or keys and signatures in a batch.
    pub(crate) fn throughput(self) -> Option<Throughput> {
        match self {
            Self::KeyGenBatch | Self::SignDigestBatch | Self::SignMessageBatch => {
                Some(Throughput::Elements(BATCH as u64))
            }
            Self::EightDigests(size) => Some(Throughput::Bytes(8 * size as u64)),
            _ => self.size().map(|size| Throughput::Bytes(size as u64)),
        }
    }

    /// Fewer where one call is long.
    pub(crate) fn samples(self) -> usize {
        match self.size() {
            Some(MIB) => 20,
            _ => 100,
        }
    }
}

/// The ID that a certificate's signature has (GM/T 0009-2012, clause 10).
pub(crate) const ID: &str = "1234567812345678";

/// The same for every library, and for every run.
pub(crate) static INPUTS: LazyLock<Inputs> = LazyLock::new(Inputs::new);

#[derive(Debug)]
pub(crate) struct Inputs {
    pub(crate) secret: [u8; 32],
    pub(crate) public: [u8; 65],
    pub(crate) message: [u8; 32],
    /// SM3(Z ‖ message).
    pub(crate) digest: [u8; 32],
    /// r ‖ s over it, by RustCrypto.
    pub(crate) signature: [u8; 64],
    /// The message as C1 ‖ C3 ‖ C2, by RustCrypto.
    pub(crate) ciphertext: Vec<u8>,
    /// Of SM4.
    pub(crate) key: [u8; 16],
    pub(crate) iv: [u8; 16],
    pub(crate) nonce: [u8; 12],
}

impl Inputs {
    fn new() -> Self {
        let secret = [0x39; 32];
        let message = [0x5a; 32];
        let key = sm2::SecretKey::from_slice(&secret).expect("less than n");
        let public = key.public_key();
        let signing = sm2::dsa::SigningKey::new(ID, &key).expect("a short ID");
        let octets = public.to_sec1_point(false);
        let ours = PublicKey::from_uncompressed(octets.as_bytes()).expect("a good key");
        let digest = Za::new(&UserId::default(), &ours).digest(&message);
        let signature: sm2::dsa::Signature = signing.sign_prehash(&digest).expect("32 octets");
        let ciphertext = sm2::pke::EncryptingKey::new(public)
            .encrypt(&mut getrandom::SysRng, &message)
            .expect("the system is random");
        Self {
            secret,
            public: octets.as_bytes().try_into().expect("65 octets"),
            message,
            digest,
            signature: signature.to_bytes().into(),
            ciphertext,
            key: [0x1d; 16],
            iv: [0xc3; 16],
            nonce: [0xa5; 12],
        }
    }

    /// The signature as X.509 has it.
    pub(crate) fn signature_der(&self) -> Vec<u8> {
        DerSignature::try_from(&self.signature)
            .expect("in range")
            .to_der()
    }

    /// The public key as X.509 has it.
    #[cfg(feature = "peers")]
    pub(crate) fn spki(&self) -> Vec<u8> {
        use spki::EncodePublicKey;
        let key = PublicKey::from_uncompressed(&self.public).expect("a good key");
        key.to_public_key_der().expect("a short key").into_vec()
    }

    /// The private key as files have it.
    #[cfg(feature = "peers")]
    pub(crate) fn pkcs8(&self) -> Vec<u8> {
        use sm2::pkcs8::EncodePrivateKey;
        let key = sm2::SecretKey::from_slice(&self.secret).expect("less than n");
        key.to_pkcs8_der().expect("a short key").as_bytes().to_vec()
    }

    /// The ciphertext in GM/T 0009's DER.
    #[cfg(feature = "peers")]
    pub(crate) fn ciphertext_der(&self) -> Vec<u8> {
        gm_crypto::sm2::Ciphertext::from_c1c3c2(&self.ciphertext)
            .expect("a good point")
            .to_der()
    }
}
