//! What is unusual about a file and no reason to refuse it.

use core::fmt;
use der::asn1::ObjectIdentifier;

/// One thing in a PKCS#12 file that its owner should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pkcs12Remark {
    /// There is no MAC: nobody can tell whether the file was changed.
    NoMac,
    /// The MAC is HMAC-SHA-1.
    MacWithSha1,
    /// Fewer than a thousand iterations (RFC 8018, 4.2) for the MAC or for an encryption.
    FewIterations,
    /// A cipher of RFC 7292, appendix C: 3DES or RC2 under a derivation with SHA-1.
    OldCipher {
        /// Its identifier.
        oid: ObjectIdentifier,
    },
    /// A private key stands in the file without encryption.
    PlainKey,
    /// A key of another algorithm or curve than SM2 was left out.
    OtherKey {
        /// The algorithm or the curve.
        oid: ObjectIdentifier,
    },
    /// A bag was left out: a secret, or of a kind that RFC 7292 does not know.
    OtherBag {
        /// Its kind.
        oid: ObjectIdentifier,
    },
    /// A certificate or CRL that is not of X.509 was left out.
    OtherCertificate {
        /// Its kind.
        oid: ObjectIdentifier,
    },
    /// A key and a certificate have the same `localKeyId`, and the certificate is for another
    /// key.
    LocalKeyIdMisleads,
    /// Two keys have the same `localKeyId`.
    LocalKeyIdTwice,
    /// The same private key stands there twice.
    KeyTwice,
}

impl fmt::Display for Pkcs12Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMac => f.write_str("no MAC: nobody can tell whether the file was changed"),
            Self::MacWithSha1 => f.write_str("its MAC is HMAC-SHA-1"),
            Self::FewIterations => {
                f.write_str("fewer than 1000 iterations between the password and a key")
            }
            Self::OldCipher { oid } => write!(
                f,
                "encrypted with 3DES or RC2 ({oid}): write it anew with SM4"
            ),
            Self::PlainKey => f.write_str("a private key stands in it without encryption"),
            Self::OtherKey { oid } => write!(f, "a key that is not SM2 ({oid}) was left out"),
            Self::OtherBag { oid } => write!(f, "a bag of kind {oid} was left out"),
            Self::OtherCertificate { oid } => {
                write!(f, "a certificate or CRL of kind {oid} was left out")
            }
            Self::LocalKeyIdMisleads => {
                f.write_str("localKeyId joins a key with a certificate for another key")
            }
            Self::LocalKeyIdTwice => f.write_str("two keys have the same localKeyId"),
            Self::KeyTwice => f.write_str("the same private key stands there twice"),
        }
    }
}
