//! CFCA's key file, label `CFCA KEY`: what its SADK and the bank clients on it write. There
//! is no public standard; the layout is known from the files, and from emmansun/gmsm's
//! package `cfca`.
//!
//! ```text
//! SEQUENCE {
//!     INTEGER 1,
//!     SEQUENCE { OID data (GM/T 0010), OID SM4, OCTET STRING encrypted scalar },
//!     SEQUENCE { OID data (GM/T 0010), OCTET STRING certificate } }
//! ```
//!
//! SM3-KDF (GB/T 32918.4, 5.4.3) of the password gives the initial vector and the SM4 key:
//! neither salt nor iterations, so that it is read and never written.

use super::secret_key;
use crate::{
    Error, Result,
    pki::{
        oid,
        pbes::{self, KeyCipher},
        spki,
    },
    sm2::{PublicKey, SecretKey},
    sm3,
};
use alloc::vec::Vec;
use der::{
    Decode, Sequence,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use zeroize::Zeroizing;

const WHAT: &str = "CFCA key file";

#[derive(Sequence)]
struct CfcaKeyFile<'a> {
    version: u8,
    key: EncryptedScalar<'a>,
    certificate: Certificate<'a>,
}

#[derive(Sequence)]
struct EncryptedScalar<'a> {
    content_type: ObjectIdentifier,
    cipher: ObjectIdentifier,
    octets: &'a OctetStringRef,
}

#[derive(Sequence)]
struct Certificate<'a> {
    content_type: ObjectIdentifier,
    der: &'a OctetStringRef,
}

/// A file, not yet opened.
#[derive(Clone)]
pub(super) struct Sealed {
    octets: Vec<u8>,
    certificate: Vec<u8>,
    public_key: PublicKey,
}

impl Sealed {
    pub(super) fn read(der: &[u8]) -> Result<Self> {
        let file = CfcaKeyFile::from_der(der).map_err(Error::malformed(WHAT))?;
        if file.version != 1 {
            return Err(Error::Invalid {
                what: WHAT,
                reason: "its version is not 1",
            });
        }
        for (found, known) in [
            (file.key.content_type, oid::DATA),
            (file.key.cipher, oid::SM4),
            (file.certificate.content_type, oid::DATA),
        ] {
            if found != known {
                return Err(Error::Unsupported {
                    what: WHAT,
                    oid: found,
                });
            }
        }
        let octets = file.key.octets.as_bytes();
        pbes::check_blocks(octets)?;
        let certificate = file.certificate.der.as_bytes();
        Ok(Self {
            octets: octets.to_vec(),
            certificate: certificate.to_vec(),
            public_key: spki::certificate_public_key(certificate)?,
        })
    }

    pub(super) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    pub(super) fn public_key(&self) -> PublicKey {
        self.public_key
    }

    /// The scalar, which must be the certificate's.
    pub(super) fn open(&self, password: &[u8]) -> Result<SecretKey> {
        let mut derived = Zeroizing::new([0; 32]);
        sm3::kdf(&[password], derived.as_mut_slice());
        let (iv, key) = derived.split_first_chunk().ok_or(Error::WrongPassword)?;
        let plain = KeyCipher::Sm4Cbc.decrypt(key, iv, &self.octets);
        let plain = plain.ok_or(Error::WrongPassword)?;
        let scalar = plain
            .as_slice()
            .try_into()
            .map_err(|_| Error::WrongPassword)?;
        let secret = secret_key(scalar)?;
        if secret.public_key() == self.public_key {
            Ok(secret)
        } else {
            Err(Error::Invalid {
                what: WHAT,
                reason: "the certificate is for another key than the scalar's",
            })
        }
    }
}
