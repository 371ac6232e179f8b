//! The arguments of `gmpki sm2`.

use super::{Key, NamedKey};
use clap::{Args as Group, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Sm2Command {
    /// Make a private key
    Keygen(Keygen),
    /// Write the public key of a private key
    Public(Public),
    /// Sign a file
    Sign(Sign),
    /// Check the signature of a file
    Verify(Verify),
    /// Encrypt a short file to a public key
    Encrypt(Encrypt),
    /// Decrypt what was encrypted to a key
    Decrypt(Decrypt),
    /// Private keys wrapped for another key (SM2EnvelopedKey, GM/T 0009)
    #[command(subcommand)]
    Envelope(EnvelopeCommand),
}

/// Where a private key goes, and what closes it.
#[derive(Debug, Group)]
pub(crate) struct NewKey {
    /// Leave the key unencrypted
    #[arg(long)]
    pub(crate) plain: bool,
    /// How the key is written
    #[arg(long, value_enum, default_value_t = KeyFormat::Pkcs8)]
    pub(crate) format: KeyFormat,
    /// Where to write the key (PEM); never overwrites
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyFormat {
    /// PKCS#8, which can be encrypted
    Pkcs8,
    /// SEC 1 (RFC 5915), which can't: only with --plain
    Sec1,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki sm2 keygen --password-file pass.txt --out my.key.pem\n  \
    gmpki sm2 keygen --plain --out test.key.pem"
)]
pub(crate) struct Keygen {
    /// A file with the password to encrypt under [default: ask]
    #[arg(long, value_name = "FILE", conflicts_with = "plain")]
    pub(crate) password_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) new: NewKey,
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki sm2 public --key my.key.pem --out my.public.pem")]
pub(crate) struct Public {
    #[command(flatten)]
    pub(crate) key: NamedKey,
    /// Where to write it (PEM, SubjectPublicKeyInfo) [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Who signs.
#[derive(Debug, Group)]
pub(crate) struct Id {
    /// The user ID [default: 1234567812345678]
    #[arg(long, value_name = "ID", conflicts_with = "id_hex")]
    pub(crate) id: Option<String>,
    /// The user ID in hexadecimal, where it is no text
    #[arg(long, value_name = "HEX")]
    pub(crate) id_hex: Option<String>,
}

/// What is signed.
#[derive(Debug, Group)]
pub(crate) struct What {
    /// Instead of a file, the digest of Z and it, made elsewhere
    #[arg(long, value_name = "HEX", conflicts_with_all = ["id", "id_hex"])]
    pub(crate) digest: Option<String>,
    /// The file that is signed, up to 1 GiB
    #[arg(required_unless_present = "digest", conflicts_with = "digest")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki sm2 sign --key my.key.pem --out contract.sig contract.pdf"
)]
pub(crate) struct Sign {
    #[command(flatten)]
    pub(crate) key: NamedKey,
    #[command(flatten)]
    pub(crate) id: Id,
    /// Write r and s, 32 octets each, instead of DER
    #[arg(long)]
    pub(crate) raw: bool,
    /// Draw no randomness: the same signature each time (RFC 6979 with HMAC-SM3)
    #[arg(long)]
    pub(crate) deterministic: bool,
    /// Where to write the signature (DER) [default: base64 on standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) what: What,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki sm2 verify --key certificate.pem \\\n      \
    --signature contract.sig contract.pdf"
)]
pub(crate) struct Verify {
    /// The public key: SubjectPublicKeyInfo or a certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    #[command(flatten)]
    pub(crate) id: Id,
    /// The signature is r and s, 32 octets each, instead of DER
    #[arg(long)]
    pub(crate) raw: bool,
    /// The signature (DER)
    #[arg(long, value_name = "FILE")]
    pub(crate) signature: PathBuf,
    #[command(flatten)]
    pub(crate) what: What,
}

/// How a ciphertext is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CipherFormat {
    /// SM2Cipher (GM/T 0009), as OpenSSL writes it
    Der,
    /// C1, C3, C2 (GB/T 32918.4), C1 uncompressed with its 04
    C1c3c2,
    /// C1, C2, C3, the order before 2012
    LegacyC1c2c3,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki sm2 encrypt --key certificate.pem --out session.enc session.key\n\n\
    Long files: encrypt with 'gmpki sm4' and its key file with this."
)]
pub(crate) struct Encrypt {
    /// The public key: SubjectPublicKeyInfo or a certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// How to write the ciphertext
    #[arg(long, value_enum, default_value_t = CipherFormat::Der)]
    pub(crate) format: CipherFormat,
    /// Where to write the ciphertext [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The file to encrypt, up to 64 MiB and not empty
    pub(crate) file: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki sm2 decrypt --key my.key.pem --out session.key session.enc"
)]
pub(crate) struct Decrypt {
    #[command(flatten)]
    pub(crate) key: NamedKey,
    /// How the ciphertext is written
    #[arg(long, value_enum, default_value_t = CipherFormat::Der)]
    pub(crate) format: CipherFormat,
    /// Where to write the text [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The ciphertext
    pub(crate) file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EnvelopeCommand {
    /// Wrap a private key for the owner of another
    Seal(Seal),
    /// Take the private key out
    Open(Open),
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki sm2 envelope seal --key encryption.key.pem \\\n      \
    --recipient signing-certificate.pem --out encryption-key.enveloped.der"
)]
pub(crate) struct Seal {
    #[command(flatten)]
    pub(crate) key: Key,
    /// Whose key opens it: SubjectPublicKeyInfo or a certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) recipient: PathBuf,
    /// Where to write the envelope (DER) [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Every form in which a key is delivered is read. A SignedAndEnvelopedData takes \
    --certificate\nor --from-sender: it states no public key.\n\n\
    Example:\n  gmpki sm2 envelope open --key signing.key.pem --new-password-file pass.txt \\\n      \
    --certificate encryption.pem --out encryption.key.pem encryption-key.enveloped.der"
)]
pub(crate) struct Open {
    #[command(flatten)]
    pub(crate) key: Key,
    /// The encryption certificate: no other key is taken
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// The certificate of who has to have signed it, for a SignedAndEnvelopedData
    #[arg(long, value_name = "FILE")]
    pub(crate) from_sender: Option<PathBuf>,
    /// A file with the password to encrypt the key under [default: ask]
    #[arg(long, value_name = "FILE", conflicts_with = "plain")]
    pub(crate) new_password_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) new: NewKey,
    /// The envelope (DER)
    pub(crate) file: PathBuf,
}
