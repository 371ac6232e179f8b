//! The arguments of `gmpki sm4`.

use clap::{Args as Group, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Sm4Command {
    /// Make a key
    Keygen(Sm4Keygen),
    /// Encrypt a file
    #[command(
        after_help = "The initial vector or nonce is fresh and stands in front of the \
        ciphertext,\nunless --iv gives one: then the ciphertext alone is written, as by \
        'openssl enc'.\nUnder one key never give the same --iv twice.\nBehind the ciphertext of \
        gcm and ccm stands the tag, 16 octets.\n\n\
        Examples:\n  gmpki sm4 encrypt --key-file my.sm4 --out letter.enc letter.txt\n  \
        gmpki sm4 encrypt --mode cbc --key-file my.sm4 \\\n      \
        --iv 000102030405060708090a0b0c0d0e0f --out letter.enc letter.txt"
    )]
    Encrypt(Sm4Crypt),
    /// Decrypt a file
    #[command(
        after_help = "Of gcm and ccm nothing is written unless all of it is authentic; the \
        other\nmodes notice no change.\n\n\
        Example:\n  gmpki sm4 decrypt --key-file my.sm4 --out letter.txt letter.enc"
    )]
    Decrypt(Sm4Crypt),
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki sm4 keygen --out my.sm4")]
pub(crate) struct Sm4Keygen {
    /// Where to write the key (32 hexadecimal digits); never overwrites
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// GCM (RFC 8998): authentic, nonce of 12 octets
    Gcm,
    /// CCM (RFC 8998): authentic, nonce of 12 octets
    Ccm,
    /// CBC with PKCS#7 padding
    Cbc,
    /// CTR, the counter over all 16 octets
    Ctr,
    /// OFB
    Ofb,
    /// CFB with whole blocks
    Cfb,
    /// ECB with PKCS#7 padding: shows which blocks are the same
    Ecb,
}

#[derive(Debug, Group)]
pub(crate) struct Sm4Crypt {
    /// The mode
    #[arg(long, value_enum, default_value_t = Mode::Gcm)]
    pub(crate) mode: Mode,
    /// The key: a file with 16 octets, or with 32 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: PathBuf,
    /// The initial vector or nonce [default: in front of the ciphertext]
    #[arg(long, visible_alias = "nonce", value_name = "HEX")]
    pub(crate) iv: Option<String>,
    /// A file that is authentic together with this one (gcm, ccm)
    #[arg(long, value_name = "FILE")]
    pub(crate) aad: Option<PathBuf>,
    /// No padding: whole blocks only (cbc, ecb)
    #[arg(long)]
    pub(crate) no_padding: bool,
    /// Where to write the result [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The file, up to 1 GiB
    pub(crate) file: PathBuf,
}
