//! What a key file is, and what is unusual about it.

use core::fmt;

/// The form of a private key in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyFormat {
    /// `PrivateKeyInfo` (PKCS#8, RFC 5208, clause 5).
    Pkcs8,
    /// `OneAsymmetricKey` of version 2, with the public key outside (RFC 5958, clause 2).
    OneAsymmetricKey,
    /// `EncryptedPrivateKeyInfo` (PKCS#8, RFC 5958, clause 3).
    EncryptedPkcs8,
    /// `ECPrivateKey` (SEC 1, C.4; RFC 5915, clause 3).
    Sec1,
    /// PEM that is encrypted itself, with `DEK-Info` (RFC 1421, 4.6.1.3, as OpenSSL does it).
    LegacyPem,
    /// `SM2PrivateKey`, a bare INTEGER (GM/T 0009, clause 7).
    BareInteger,
    /// CFCA's key file with its certificate (SADK; no public standard).
    Cfca,
    /// A scalar of 32 octets, or its hexadecimal digits.
    RawScalar,
}

impl KeyFormat {
    /// Whether this form stands under this PEM label. OpenSSL 3 writes `SM2 PRIVATE KEY`
    /// for what RFC 5915 labels `EC PRIVATE KEY`.
    pub(super) fn has_label(self, label: &str) -> bool {
        let labels: &[&str] = match self {
            Self::Pkcs8 | Self::OneAsymmetricKey => &["PRIVATE KEY"],
            Self::EncryptedPkcs8 => &["ENCRYPTED PRIVATE KEY"],
            Self::Sec1 | Self::LegacyPem => &["EC PRIVATE KEY", "SM2 PRIVATE KEY"],
            Self::BareInteger => &["SM2 PRIVATE KEY"],
            Self::Cfca => &["CFCA KEY"],
            Self::RawScalar => &[],
        };
        labels.contains(&label)
    }
}

impl fmt::Display for KeyFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pkcs8 => "PKCS#8 PrivateKeyInfo",
            Self::OneAsymmetricKey => "PKCS#8 OneAsymmetricKey, version 2",
            Self::EncryptedPkcs8 => "PKCS#8 EncryptedPrivateKeyInfo",
            Self::Sec1 => "SEC 1 ECPrivateKey",
            Self::LegacyPem => "PEM encrypted with DEK-Info",
            Self::BareInteger => "bare INTEGER of GM/T 0009",
            Self::Cfca => "CFCA key file",
            Self::RawScalar => "raw scalar",
        })
    }
}

/// What is unusual about a key file that was read all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyRemark {
    /// CFCA's key file.
    CfcaDerivation,
    /// PEM with `DEK-Info`.
    Md5Derivation,
    /// So few iterations of PBKDF2.
    FewIterations(u32),
    /// PBES or PBKDF of GM/T 0091.
    Gmt0091Identifiers,
    /// The same with one arc missing.
    IdentifiersOneArcShort,
    /// SM4-CBC under another identifier than its own.
    CipherIdentifier,
    /// No public key, so that only the range of the scalar could be checked.
    NoPublicKey,
    /// The public key is compressed.
    CompressedPublicKey,
    /// The curve is written out.
    ExplicitParameters,
    /// The curve is the algorithm.
    CurveAsAlgorithm,
    /// `ECPrivateKey` inside PKCS#8 names the curve again.
    InnerParameters,
    /// A block with the curve stands in front of the key.
    ParametersInFront,
    /// The PEM label is that of another form.
    AnotherLabel,
    /// More keys follow, which were not read.
    SeveralKeys,
    /// Base64 without `BEGIN` and `END`.
    NoArmour,
}

impl fmt::Display for KeyRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CfcaDerivation => {
                "the key comes from the password by one SM3 without salt or iterations: \
                 a short password is found in seconds, so write it in another form"
            }
            Self::Md5Derivation => {
                "the key comes from the password by one MD5 without iterations: a short \
                 password is found in seconds, so write it in another form"
            }
            Self::FewIterations(count) => {
                return write!(
                    f,
                    "PBKDF2 has {count} iterations, RFC 8018, 4.2, asks for a thousand at least"
                );
            }
            Self::Gmt0091Identifiers => {
                "scheme or derivation has GM/T 0091's identifier, which few programs know"
            }
            Self::IdentifiersOneArcShort => {
                "scheme or derivation has GM/T 0091's identifier with one arc missing, as \
                 gmsm writes it"
            }
            Self::CipherIdentifier => {
                "SM4-CBC stands under another identifier than 1.2.156.10197.1.104.2"
            }
            Self::NoPublicKey => {
                "no public key stands beside the scalar, so that a damaged scalar can't be told"
            }
            Self::CompressedPublicKey => {
                "the public key is compressed, RFC 5915 and GM/T 0009 have it uncompressed"
            }
            Self::ExplicitParameters => {
                "the curve is written out, which RFC 5480, 2.1.1, forbids; it is the SM2 curve"
            }
            Self::CurveAsAlgorithm => {
                "the curve stands as the algorithm in place of id-ecPublicKey (GM/T 0015-2012, \
                 annex C)"
            }
            Self::InnerParameters => {
                "ECPrivateKey repeats the curve that PKCS#8 has named (RFC 5915, clause 3)"
            }
            Self::ParametersInFront => "a block with the curve stands in front of the key",
            Self::AnotherLabel => "the PEM label is that of another form (RFC 7468, 10, 11, 13)",
            Self::SeveralKeys => "more keys follow; the first was read",
            Self::NoArmour => "base64 without the lines BEGIN and END (RFC 7468)",
        })
    }
}
