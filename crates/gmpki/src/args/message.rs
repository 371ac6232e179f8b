//! The arguments of `gmpki message`.

use super::key_name;
use clap::{Args as Group, Subcommand, ValueEnum};
use hsm::KeyUri;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum MessageCommand {
    /// Sign a file of any size (signedData)
    Sign(SignMessage),
    /// Check the signatures of a message or of a file beside it
    Verify(VerifyMessage),
    /// Encrypt a file of any size for the owners of certificates (envelopedData)
    Encrypt(EncryptMessage),
    /// Decrypt a message
    Decrypt(DecryptMessage),
}

/// Programs with wishes of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PartnerName {
    /// GM/T 0010 (GB/T 35275) as everybody reads it
    Gm,
    /// The content types and algorithm names of RFC 5652: BouncyCastle, OpenSSL's parser
    Rfc5652,
    /// CFCA SADK 3.2 and later: recipients by key identifier, SM4 without its mode
    Cfca,
    /// CFCA SADK before 3.2: the wrapped key as C1C2C3 without 04, SM4 without its mode
    CfcaOld,
    /// GmSSL 3: SM2 encryption under 1.2.156.10197.1.301.2
    Gmssl,
}

/// For whom a message is written.
#[derive(Debug, Group)]
pub(crate) struct For {
    /// How the partner wants it
    #[arg(long, value_enum, default_value_t = PartnerName::Gm, value_name = "NAME")]
    pub(crate) partner: PartnerName,
    /// Write no NULL as the parameters of algorithms that have none
    #[arg(long)]
    pub(crate) without_null: bool,
    /// Indefinite lengths (BER), which few read: for standard input, which is read once
    #[arg(long)]
    pub(crate) indefinite: bool,
}

/// How much of the field's practice is forgiven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DialectName {
    /// GM/T 0010 as written
    Strict,
    /// What real programs write; each deviation is told on standard error
    Field,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The n-th --key signs as the owner of the n-th --signer.\n\n\
    Examples:\n  gmpki message sign --key my.key.pem --signer my.pem --out contract.p7m contract.pdf\n  \
    gmpki message sign --key my.key.pem --signer my.pem --detached --attributes \\\n      \
    --out contract.p7s contract.pdf"
)]
pub(crate) struct SignMessage {
    /// A private key, in a file or by its name in a device; once for each signer
    #[arg(long, value_name = "KEY", required = true, value_parser = key_name())]
    pub(crate) key: Vec<KeyUri>,
    /// A file with a key's password, in the order of the keys; one may serve for all [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Vec<PathBuf>,
    /// The certificate of a signer; once for each
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) signer: Vec<PathBuf>,
    /// Leave the file out of the message
    #[arg(long)]
    pub(crate) detached: bool,
    /// Sign attributes: the content's type and digest, and the time
    #[arg(long)]
    pub(crate) attributes: bool,
    /// Leave the signers' certificates out of the message
    #[arg(long)]
    pub(crate) without_certificates: bool,
    /// Carry a certificate, such as an issuer's; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) carry: Vec<PathBuf>,
    /// Carry a revocation list; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) carry_crl: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) partner: For,
    /// Where to write the message (DER) [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The file to sign
    pub(crate) file: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The certificates inside a message are claims: who has to have signed is named by --signer.\n\n\
    Examples:\n  gmpki message verify --signer li.lei.pem --out contract.pdf contract.p7m\n  \
    gmpki message verify --signer li.lei.pem --content contract.pdf contract.p7s"
)]
pub(crate) struct VerifyMessage {
    /// The certificate of one who has to have signed; of several, each
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) signer: Vec<PathBuf>,
    /// The file that was signed, for a message without content
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    pub(crate) content: Option<PathBuf>,
    /// How much is forgiven in the form; in a signature nothing is
    #[arg(long, value_enum, default_value_t = DialectName::Strict)]
    pub(crate) dialect: DialectName,
    /// Where to write the content [default: nowhere]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The message: DER, PEM or base64
    pub(crate) file: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "With --key and --signer the message is signed, too (signedAndEnvelopedData).\n\n\
    Examples:\n  gmpki message encrypt --recipient li.lei.pem --out contract.p7e contract.pdf\n  \
    gmpki message encrypt --partner cfca --recipient bank.pem --out order.p7e order.xml"
)]
pub(crate) struct EncryptMessage {
    /// The certificate of one who can decrypt it; may be given again
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) recipient: Vec<PathBuf>,
    /// The private key of the signer
    #[arg(long, value_name = "FILE", requires = "signer")]
    pub(crate) key: Option<PathBuf>,
    /// A file with the key's password [default: ask]
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) password_file: Option<PathBuf>,
    /// The certificate of the signer
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) signer: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) partner: For,
    /// Where to write the message (DER) [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The file to encrypt
    pub(crate) file: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Without --signer the text is not authenticated: whoever has the certificate can make \
    such a\nmessage. With it nothing is written before the signature has been checked.\n\
    Until it is done the text lies beside --out in a file that its owner alone can read, and \
    that stays\nwhen the program is killed.\n\n\
    Examples:\n  gmpki message decrypt --key my.key.pem --certificate my.pem --out contract.pdf contract.p7e\n  \
    gmpki message decrypt --symmetric-key agreed.key --out contract.pdf contract.p7e"
)]
pub(crate) struct DecryptMessage {
    /// The private key (PKCS#8, encrypted or not, or any other form)
    #[arg(long, value_name = "FILE", required_unless_present = "symmetric_key")]
    pub(crate) key: Option<PathBuf>,
    /// A file with the key's password [default: ask]
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) password_file: Option<PathBuf>,
    /// A file with the SM4 key of an encryptedData: 16 octets, or 32 hexadecimal digits
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "certificate", "signer"])]
    pub(crate) symmetric_key: Option<PathBuf>,
    /// The certificate that it was encrypted to [default: whichever recipient the key fits]
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// The certificate of one who has to have signed (signedAndEnvelopedData)
    #[arg(long, value_name = "FILE")]
    pub(crate) signer: Option<PathBuf>,
    /// How much is forgiven in the form
    #[arg(long, value_enum, default_value_t = DialectName::Strict)]
    pub(crate) dialect: DialectName,
    /// Where to write the text [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The message: DER, PEM or base64
    pub(crate) file: PathBuf,
}
