//! The arguments of `gmpki device`.

use super::key_name;
use clap::{Args as Group, Subcommand, ValueEnum};
use hsm::KeyUri;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum DeviceCommand {
    /// Make a software device, or an application in it
    Init(DeviceInit),
    /// Say what a software device holds, and how many tries its PINs have
    Info(DeviceInfo),
    /// List containers with their keys and certificates
    List(DeviceInfo),
    /// Make a key in a container of a software device
    Keygen(DeviceKeygen),
    /// Give a container another number, its key index in GM/T 0018
    Number(DeviceNumber),
    /// PINs of a software device
    #[command(subcommand)]
    Pin(PinCommand),
    /// Take away a container, one key of it, or a whole application
    Delete(DeviceDelete),
    /// Say where the device's three libraries lie, and how programs use them
    Where(DeviceWhere),
    /// Say what any device is, what it can do and which keys it has
    Show(Named),
    /// Try a device: which signatures and ciphertexts it really makes and opens
    #[command(name = "self-test")]
    SelfTest(Named),
    /// Examine a device: whether it keeps every promise that programs rely on
    Check(DeviceCheck),
    /// Make a signing key in any device that makes keys
    Generate(DeviceGenerate),
    /// Bring a delivered encryption key into a device, which opens it inside
    Import(DeviceImport),
    /// Put a certificate beside its key
    #[command(name = "write-cert")]
    WriteCert(DeviceWriteCert),
    /// Take a certificate out of a device
    #[command(name = "read-cert")]
    ReadCert(DeviceReadCert),
}

/// Which software device.
#[derive(Debug, Group)]
pub(crate) struct Store {
    /// The device's file [default: $SOFTDEVICE_STORE, or the user's own]
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
}

/// An application, which may be left out where there is one alone.
#[derive(Debug, Group)]
pub(crate) struct Application {
    #[command(flatten)]
    pub(crate) store: Store,
    /// The application [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub(crate) application: Option<String>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "An application is PKCS#11's token and GM/T 0016's application; its user's PIN is the \
    password\nof GM/T 0018's keys. This is software: whoever has the file can try PINs without \
    end.\n\n\
    Example:\n  gmpki device init --application ca --admin-password-file so.pin \\\n      \
    --user-password-file user.pin"
)]
pub(crate) struct DeviceInit {
    #[command(flatten)]
    pub(crate) store: Store,
    /// The application to make
    #[arg(long, value_name = "NAME")]
    pub(crate) application: String,
    /// The label of a device that is made
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// A file with the administrator's PIN, 4 to 64 octets [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) admin_password_file: Option<PathBuf>,
    /// A file with the user's PIN, 4 to 64 octets [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) user_password_file: Option<PathBuf>,
    /// Wrong tries after which a PIN is locked
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) tries: u32,
    /// The PINs are first ones, which their owners have to change
    #[arg(long)]
    pub(crate) initial: bool,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki device info --store device.db\n  gmpki device list --store device.db"
)]
pub(crate) struct DeviceInfo {
    #[command(flatten)]
    pub(crate) store: Store,
}

/// What a key of a pair is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyUseName {
    /// Signatures
    Signing,
    /// Decryption
    Encryption,
}

/// Kinds of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyKindName {
    /// SM2
    Sm2,
    /// ECDSA on P-256
    P256,
    /// ECDSA on P-384
    P384,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A container is the label of PKCS#11 objects, GM/T 0016's container and, by its \
    number, GM/T 0018's key index.\n\n\
    Example:\n  gmpki device keygen --container root-ca --password-file user.pin"
)]
pub(crate) struct DeviceKeygen {
    #[command(flatten)]
    pub(crate) application: Application,
    /// The container, which is made when it is not there
    #[arg(long, value_name = "NAME")]
    pub(crate) container: String,
    /// What the key is for
    #[arg(long = "use", value_enum, default_value_t = KeyUseName::Signing, value_name = "USE")]
    pub(crate) key_use: KeyUseName,
    /// The kind of key
    #[arg(long, value_enum, default_value_t = KeyKindName::Sm2, value_name = "KIND")]
    pub(crate) kind: KeyKindName,
    /// A file with the user's PIN [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki device number --container root-ca --number 1")]
pub(crate) struct DeviceNumber {
    #[command(flatten)]
    pub(crate) application: Application,
    /// The container
    #[arg(long, value_name = "NAME")]
    pub(crate) container: String,
    /// Its new number, from 1
    #[arg(long, value_name = "N")]
    pub(crate) number: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PinCommand {
    /// Change a PIN by the one before
    Change(PinChange),
    /// Give the user a new PIN and all tries, by the administrator's PIN
    Unblock(PinUnblock),
}

/// Whose PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// The user
    User,
    /// The administrator
    Admin,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki device pin change --password-file old.pin --new-password-file new.pin"
)]
pub(crate) struct PinChange {
    #[command(flatten)]
    pub(crate) application: Application,
    /// Whose PIN
    #[arg(long, value_enum, default_value_t = RoleName::User, value_name = "ROLE")]
    pub(crate) role: RoleName,
    /// A file with the PIN that there is [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// A file with the new PIN [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) new_password_file: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki device pin unblock --admin-password-file so.pin --new-password-file new.pin"
)]
pub(crate) struct PinUnblock {
    #[command(flatten)]
    pub(crate) application: Application,
    /// A file with the administrator's PIN [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) admin_password_file: Option<PathBuf>,
    /// A file with the user's new PIN [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) new_password_file: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A container goes by the user's PIN, an application by the administrator's.\n\n\
    Examples:\n  gmpki device delete --container test --password-file user.pin\n  \
    gmpki device delete --application test --password-file so.pin"
)]
pub(crate) struct DeviceDelete {
    #[command(flatten)]
    pub(crate) application: Application,
    /// The container [default: the whole application, which has to be named]
    #[arg(long, value_name = "NAME")]
    pub(crate) container: Option<String>,
    /// One key pair of the container, and its certificate [default: the whole container]
    #[arg(long = "use", value_enum, value_name = "USE", requires = "container")]
    pub(crate) key_use: Option<KeyUseName>,
    /// A file with the PIN [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(after_help = "Example:\n  gmpki device where --json")]
pub(crate) struct DeviceWhere {
    /// A folder to look in for the libraries [default: where this program lies, and beside it]
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

/// A device, or a key in it.
#[derive(Debug, Group)]
#[command(
    after_help = "Examples:\n  gmpki device show 'pkcs11:token=ca?module-path=/usr/lib/libdevice.so'\n  \
    gmpki device self-test 'sdf:index=1?module-path=/usr/lib/libsdf.so&pin-source=user.pin'"
)]
pub(crate) struct Named {
    /// Its name: pkcs11:…, sdf:…, skf:…, or a directory of key files
    #[arg(value_parser = key_name())]
    pub(crate) name: KeyUri,
    /// A file with the PIN [default: what the name says, or ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Keys are made under the labels PREFIX-1 to PREFIX-16, which have to be free, and stay: it is \
    for\na device that is not in use yet. A device that makes no keys is examined with those \
    that the name means.\n\n\
    Example:\n  gmpki device check 'pkcs11:token=test?module-path=/usr/lib/libdevice.so&pin-source=pin.txt'"
)]
pub(crate) struct DeviceCheck {
    #[command(flatten)]
    pub(crate) named: Named,
    /// What the labels of new keys begin with
    #[arg(long, value_name = "PREFIX", default_value = "gmpki-check")]
    pub(crate) prefix: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki device generate 'skf:application=ca;container=root?module-path=/usr/lib/libskf.so'"
)]
pub(crate) struct DeviceGenerate {
    #[command(flatten)]
    pub(crate) named: Named,
    /// The kind of key
    #[arg(long, value_enum, default_value_t = KeyKindName::Sm2, value_name = "KIND")]
    pub(crate) kind: KeyKindName,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The envelope is for the signing key that the name means; the encryption key comes to \
    lie beside it.\n\n\
    Example:\n  gmpki device import 'skf:application=ca;container=zhang?module-path=/usr/lib/libskf.so' \\\n      \
    --certificate encryption.pem encryption-key.enveloped.der"
)]
pub(crate) struct DeviceImport {
    #[command(flatten)]
    pub(crate) named: Named,
    /// The encryption certificate: no other key is taken
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// The delivered key, in any form but a SignedAndEnvelopedData
    pub(crate) envelope: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Which of the two keys the certificate is for is found out; a certificate of neither is \
    refused.\n\n\
    Example:\n  gmpki device write-cert 'skf:application=ca;container=zhang?module-path=/usr/lib/libskf.so' \\\n      \
    signing.pem"
)]
pub(crate) struct DeviceWriteCert {
    #[command(flatten)]
    pub(crate) named: Named,
    /// The certificate
    pub(crate) certificate: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki device read-cert 'sdf:index=1?module-path=/usr/lib/libsdf.so' \\\n      \
    --use encryption --out encryption.pem"
)]
pub(crate) struct DeviceReadCert {
    #[command(flatten)]
    pub(crate) named: Named,
    /// Of which key
    #[arg(long = "use", value_enum, default_value_t = KeyUseName::Signing, value_name = "USE")]
    pub(crate) key_use: KeyUseName,
    /// Where to write it (PEM) [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}
