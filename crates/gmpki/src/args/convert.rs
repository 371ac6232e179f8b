//! The arguments of `gmpki convert`.

use super::Key;
use clap::{Args as Group, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum ConvertCommand {
    /// Private and public keys, from any form into any other
    Key(ConvertKey),
    /// SM2 ciphertexts, from any form into any other
    Ciphertext(ConvertCiphertext),
    /// Wrapped encryption keys: as CAs, key-management centres and devices deliver them
    Envelope(ConvertEnvelope),
}

/// A form of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyForm {
    /// PKCS#8
    Pkcs8,
    /// PKCS#8 without the public key inside
    Pkcs8WithoutPublic,
    /// PKCS#8, encrypted (PBES2)
    Pkcs8Encrypted,
    /// SEC 1 (RFC 5915), `EC PRIVATE KEY`
    Sec1,
    /// SEC 1 in PEM, encrypted with SM4-CBC as OpenSSL did before PKCS#8 (DEK-Info)
    LegacyPem,
    /// The bare INTEGER of GM/T 0009
    Bare,
    /// The number alone, 64 hexadecimal digits
    Hex,
    /// PKCS#12, with the certificates given
    Pkcs12,
    /// The public half: SubjectPublicKeyInfo
    Public,
    /// The public half: the bare BIT STRING of GM/T 0009
    PublicBare,
}

/// The pseudo-random function between a password and its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrfName {
    /// HMAC-SM3, 1.2.156.10197.1.401.2: GmSSL, BouncyCastle, gmsm
    HmacSm3,
    /// HMAC-SM3, 1.2.156.10197.1.401.3.1: OpenSSL, Tongsuo
    HmacSm3Openssl,
    /// HMAC-SHA256: everybody
    HmacSha256,
}

/// The cipher that closes a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CipherName {
    #[value(name = "sm4-cbc")]
    Sm4,
    #[value(name = "aes-128-cbc")]
    Aes128,
    #[value(name = "aes-256-cbc")]
    Aes256,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The form of the input is found out: PKCS#8, SEC 1, any PEM, PKCS#12, CFCA's key file, \
    the bare\nINTEGER; for public forms also certificates and public keys. A number alone is read with --raw.\n\n\
    Examples:\n  gmpki convert key --to pkcs8-encrypted --prf hmac-sha256 \\\n      \
    --new-password-file pass.txt --out key.pem cfca.key\n  \
    gmpki convert key --to pkcs12 --certificate sign.pem --certificate enc.pem \\\n      \
    --add-key enc.key --new-password-file pass.txt --out both.p12 sign.key\n  \
    gmpki convert key --to public certificate.pem"
)]
pub(crate) struct ConvertKey {
    /// The form wanted
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) to: KeyForm,
    /// A file with the password of the input [default: ask, if it is encrypted]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// The input is the number alone: 32 octets or 64 hexadecimal digits
    #[arg(long)]
    pub(crate) raw: bool,
    /// Also read a public key whose curve is written out (if it is SM2's) or compressed
    #[arg(long)]
    pub(crate) lenient: bool,
    /// Which key of a PKCS#12 file, counted from 1
    #[arg(long, value_name = "NUMBER")]
    pub(crate) entry: Option<usize>,
    /// A file with the new password [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) new_password_file: Option<PathBuf>,
    /// How a new password becomes a key [default: hmac-sm3; in PKCS#12 hmac-sha256]
    #[arg(long, value_enum)]
    pub(crate) prf: Option<PrfName>,
    /// The cipher under the new password
    #[arg(long, value_enum, default_value_t = CipherName::Sm4)]
    pub(crate) cipher: CipherName,
    /// Another key for the same PKCS#12 file, under the input's password; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) add_key: Vec<PathBuf>,
    /// A certificate for the PKCS#12 file; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Vec<PathBuf>,
    /// Write DER, where the form has both
    #[arg(long)]
    pub(crate) der: bool,
    /// Where to write it; private keys go to a file, and never over another
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The key
    pub(crate) file: PathBuf,
}

/// A form of a ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CiphertextForm {
    /// SM2Cipher (GM/T 0009), as OpenSSL, Tongsuo and GmSSL write it
    Der,
    /// C1, C3, C2 (GB/T 32918.4), C1 with its 04
    #[value(name = "c1c3c2")]
    C1c3c2,
    /// C1, C3, C2 without the 04
    #[value(name = "c1c3c2-without-04")]
    C1c3c2Without04,
    /// C1, C2, C3, the order before 2012, C1 with its 04
    #[value(name = "c1c2c3")]
    C1c2c3,
    /// C1, C2, C3 without the 04
    #[value(name = "c1c2c3-without-04")]
    C1c2c3Without04,
}

#[derive(Debug, Group)]
#[command(
    after_help = "DER is recognised. The other forms look alike: name one with --from, or give the key \
    that\ndecrypts, and the form is the one whose hash C3 fits.\n\n\
    Examples:\n  gmpki convert ciphertext --to c1c3c2 --out raw.bin message.der\n  \
    gmpki convert ciphertext --key my.key.pem --to der --out message.der raw.bin"
)]
pub(crate) struct ConvertCiphertext {
    /// The form of the input
    #[arg(long, value_enum, value_name = "FORM", conflicts_with = "key")]
    pub(crate) from: Option<CiphertextForm>,
    /// The form wanted
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) to: CiphertextForm,
    /// The private key that decrypts it, to find the form out
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// A file with the key's password [default: ask]
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) password_file: Option<PathBuf>,
    /// Take octets behind the end of DER away: some devices pad with them
    #[arg(long)]
    pub(crate) trailing: bool,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The ciphertext: as it is, or in base64 or hexadecimal
    pub(crate) file: PathBuf,
}

/// A form in which an encryption key is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EnvelopeForm {
    /// SM2EnvelopedKey (GM/T 0009)
    EnvelopedKey,
    /// SM2EnvelopedKey, 32 zeros before the number, as devices have them
    EnvelopedKeyZeros,
    /// ENVELOPEDKEYBLOB of SKF devices (GM/T 0016), and of SDF devices since 2023
    Skf,
    /// The structure of SDF devices, GM/T 0018-2012
    Sdf2012,
    /// The response to a request, GM/T 0092, with the certificates given
    CsrResponse,
    /// CFCA's escrowed key, with header and commas; the recipient is the temporary key
    Cfca,
    /// SignedAndEnvelopedData (GM/T 0010), as key-management centres send it
    SignedAndEnveloped,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The form of the input is found out. The key inside is checked against the public \
    half that\nthe form states. A SignedAndEnvelopedData states none: it takes --certificate or \
    --from-sender.\n\n\
    Examples:\n  gmpki convert envelope --key signing.key.pem --to skf --out blob.bin delivered.der\n  \
    gmpki convert envelope --key signing.key.pem --to skf --from-sender centre.pem \\\n      \
    --certificate encryption.pem --out blob.bin delivered.p7"
)]
pub(crate) struct ConvertEnvelope {
    #[command(flatten)]
    pub(crate) key: Key,
    /// The form wanted
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) to: EnvelopeForm,
    /// Whose key opens the new one: public key or certificate [default: the same key]
    #[arg(long, value_name = "FILE")]
    pub(crate) recipient: Option<PathBuf>,
    /// The encryption certificate: no other key is taken; goes into a csr-response
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// The certificate of who has to have signed it, for a SignedAndEnvelopedData
    #[arg(long, value_name = "FILE")]
    pub(crate) from_sender: Option<PathBuf>,
    /// The signing certificate for a csr-response
    #[arg(long, value_name = "FILE")]
    pub(crate) signing_certificate: Option<PathBuf>,
    /// For signed-and-enveloped: the private key of the sender
    #[arg(long, value_name = "FILE", requires = "sender_certificate")]
    pub(crate) sender_key: Option<PathBuf>,
    /// A file with the password of the sender's key [default: ask]
    #[arg(long, value_name = "FILE", requires = "sender_key")]
    pub(crate) sender_password_file: Option<PathBuf>,
    /// For signed-and-enveloped: the certificate of the sender
    #[arg(long, value_name = "FILE", requires = "sender_key")]
    pub(crate) sender_certificate: Option<PathBuf>,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The delivery: DER, PEM, base64 or a device's structure
    pub(crate) file: PathBuf,
}
