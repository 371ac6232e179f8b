//! The arguments, each command with an example in its help.

mod agency;
mod audit;
mod ca;
mod case;
mod ceremony;
mod cert;
mod cessation;
mod convert;
mod crl;
mod csr;
mod deadlines;
mod desk;
mod device;
mod document;
mod explain;
mod kmc;
mod message;
mod ocsp;
mod person;
mod profile;
mod qualification;
mod recognition;
mod registers;
mod report;
mod rules;
mod sm2;
mod sm4;
mod store;
mod trust_list;

pub(crate) use agency::{
    AgencyAccess, AgencyCommand, AgencyDevice, AgencyPaper, AgencyShow, AgencyStart,
    AgencyTerminate, OnAgency,
};
pub(crate) use audit::{
    AuditCommand, AuditExportPackage, AuditProve, AuditVerify, AuditVerifyPackage,
    AuditVerifyProof, LogKey,
};
pub(crate) use ca::{
    CaCommand, CaCompromise, CaCrl, CaInit, CaLink, CaRetire, CaRollover, CaShow, CaSweep, CaTick,
    DirectionName, OnAuthority,
};
pub(crate) use case::{
    About, AccountOptions, AddDocument, CaseCommand, Check, Consent, Export, Fill, Import,
    InternalPoint, IssueMany, List, OnEvidence, Open as OpenCase, Print, SendDeposit, Show,
    VerdictPoint, Verdicts,
};
pub(crate) use ceremony::{Ceremony, CeremonyCommand, CeremonyRestore};
pub(crate) use cert::{CertCommand, CertIssue, CertLint, CertShow, CertVerify, SchemeName};
pub(crate) use cessation::{CessationCommand, CessationProof, CessationShow, OnCessation};
pub(crate) use convert::{
    CipherName, CiphertextForm, ConvertCiphertext, ConvertCommand, ConvertEnvelope, ConvertKey,
    EnvelopeForm, KeyForm, PrfName,
};
pub(crate) use crl::{CrlCommand, CrlNew, CrlShow, OnlyName};
pub(crate) use csr::{
    Beside, CsrCommand, CsrNew, CsrShow, CsrVerify, EnvironmentName, Origin, Parameters, Usage,
};
pub(crate) use deadlines::Deadlines;
pub(crate) use desk::{Act, AtWork, DeskPlace, EvidenceFile, Pair, Proof};
pub(crate) use device::{
    Application, DeviceCheck, DeviceCommand, DeviceDelete, DeviceGenerate, DeviceImport,
    DeviceInfo, DeviceInit, DeviceKeygen, DeviceNumber, DeviceReadCert, DeviceWhere,
    DeviceWriteCert, KeyKindName, KeyUseName, Named, PinChange, PinCommand, PinUnblock, RoleName,
    Store,
};
pub(crate) use document::VerifyDocument;
pub(crate) use explain::Explain;
pub(crate) use kmc::{
    ArchivePassword, KmcAdmit, KmcApprove, KmcAsk, KmcAudit, KmcCommand, KmcInit, KmcPlace,
    KmcRecover, KmcServe,
};
pub(crate) use message::{
    DecryptMessage, DialectName, EncryptMessage, For, MessageCommand, PartnerName, SignMessage,
    VerifyMessage,
};
pub(crate) use ocsp::{
    DigestName, OcspAsk, OcspCommand, OcspRespond, OcspShow, OcspVerify, ResponderForm,
};
pub(crate) use person::{PersonCommand, PersonForget, PersonShow};
pub(crate) use profile::{ProfileCheck, ProfileCommand, ProfileShow};
pub(crate) use qualification::{
    ByOffice, Decided, ListInDirectory, MaterialFile, OnQualification, QualificationCommand,
    QualificationRules, QualificationShow, Receive,
};
pub(crate) use recognition::{
    KeysMade, OnRecognition, RecognitionAct, RecognitionApply, RecognitionCommand,
    RecognitionHandOver, RecognitionPublish, RecognitionReinstate, RecognitionShow,
    RecognitionWithdraw, ReviewFile, RoleFile,
};
pub(crate) use registers::{
    OnOrganisation, OnPerson, OrganisationAdd, OrganisationCommand, OrganisationShow, RosterAdmit,
    RosterAsk, RosterCommand, RosterExport, ScopeOptions, TokenCommand, TokenReceive, TokenShow,
};
pub(crate) use report::{ReportCommand, ReportOf, ReportRules, StatusOf};
pub(crate) use rules::{RulesAdd, RulesCommand, RulesList, RulesShow};
pub(crate) use sm2::{
    CipherFormat, Decrypt, Encrypt, EnvelopeCommand, Id, KeyFormat, Keygen, NewKey, Open, Public,
    Seal, Sign, Sm2Command, Verify, What,
};
pub(crate) use sm4::{Mode, Sm4Command, Sm4Crypt, Sm4Keygen};
pub(crate) use store::{
    OutsideCheckpoints, StoreBackup, StoreCheck, StoreCommand, StoreMigrate, StorePlace,
    StoreRestore,
};

pub(crate) use self::trust_list::{
    CarrierName, CauseName, Decision as ListDecision, FlashStatus, Keys as ListKeys, ListAdd,
    ListBuild, ListChange, ListDiff, ListDue, ListExport, ListFlash, ListForm, ListImport,
    ListMirror, ListNew, ListQuery, ListRename, ListRoll, ListSign, ListVerify,
    OwnAddress as ListOwnAddress, Recovery as ListRecovery, Signers as ListSigners,
    Term as ListTerm, TrustListCommand, UsageName,
};

use crate::failure::Failure;
use clap::{
    Args as Group, Parser, Subcommand,
    builder::{OsStringValueParser, TypedValueParser},
};
use hsm::KeyUri;
use std::{
    error::Error,
    path::{Path, PathBuf},
};

/// PKI with SM2, SM3 and SM4: requests, certificates, signatures, and a whole
/// certificate business as a demonstration.
#[derive(Debug, Parser)]
#[command(name = "gmpki", version, arg_required_else_help = true)]
#[command(
    after_help = "Exit code 0: done or valid; 1: refused or invalid; 2: wrong usage.\n\
    Files may be PEM or DER; '-' is standard input.\n\n\
    Example:\n  gmpki demo --dir /tmp/demo"
)]
pub(crate) struct Args {
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take applications the whole way, from request to verified dual certificates
    Demo(Demo),
    /// Say what any file of the field is, and why it does not verify
    Explain(Explain),
    /// A CA at a desk: its keys, its lists, its clock
    #[command(subcommand)]
    Ca(CaCommand),
    /// Certificate business, case by case
    #[command(subcommand)]
    Case(Box<CaseCommand>),
    /// The end of a CA's service, from the first notice to the last day
    #[command(subcommand)]
    Cessation(CessationCommand),
    /// The qualification of a CA for e-government, from the application to its end
    #[command(subcommand)]
    Qualification(Box<QualificationCommand>),
    /// The recognition of a CA's certificates by another side, from the application to its end
    #[command(subcommand)]
    Recognition(Box<RecognitionCommand>),
    /// What is to be done by when, in all cases
    Deadlines(Deadlines),
    /// Organisations with their agents and applicants; agencies with their modes
    #[command(subcommand)]
    Organisation(OrganisationCommand),
    /// The accreditation of an agency: what it files, who accepts it, when business begins and ends
    #[command(subcommand)]
    Agency(Box<AgencyCommand>),
    /// Who may witness and handle
    #[command(subcommand)]
    Roster(RosterCommand),
    /// The inventory of tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// What is recorded of a person, until when it is kept, and its end
    #[command(subcommand)]
    Person(PersonCommand),
    /// Where a certificate of a desk stands, or stood
    Status(StatusOf),
    /// What a desk did, what waits, and by which rules
    #[command(subcommand)]
    Report(ReportCommand),
    /// The rules that cases are judged by, version after version
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Certification requests (PKCS#10)
    #[command(subcommand)]
    Csr(CsrCommand),
    /// Certificates
    #[command(subcommand)]
    Cert(CertCommand),
    /// Revocation lists (RFC 5280, 5)
    #[command(subcommand)]
    Crl(CrlCommand),
    /// Questions and answers about the status of certificates (OCSP, RFC 6960)
    #[command(subcommand)]
    Ocsp(OcspCommand),
    /// Policies by which certificates are issued
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Lists of CAs that are recognised: publish them, follow them, ask them
    #[command(subcommand)]
    TrustList(TrustListCommand),
    /// Say whether a document was signed under a recognised certificate, when, and by whom
    VerifyDocument(Box<VerifyDocument>),
    /// SM2 keys, signatures, encryption and key envelopes
    #[command(subcommand)]
    Sm2(Sm2Command),
    /// SM3 digests of files, and HMAC-SM3
    Sm3(Sm3),
    /// SM4 encryption of files
    #[command(subcommand)]
    Sm4(Sm4Command),
    /// Keys, ciphertexts and wrapped keys, from the form they have into the form wanted
    #[command(subcommand)]
    Convert(ConvertCommand),
    /// Signed and encrypted messages of any size (GM/T 0010, GB/T 35275)
    #[command(subcommand)]
    Message(MessageCommand),
    /// A key-management centre: makes encryption keys for CAs, archives them, gives them back
    /// when enough custodians approve
    #[command(subcommand)]
    Kmc(Box<KmcCommand>),
    /// Devices that hold keys: a software device, and any other by its name
    #[command(subcommand)]
    Device(DeviceCommand),
    /// A CA's key before witnesses: by a script, rehearsed, with shares of its backup
    Ceremony(Ceremony),
    /// Try every algorithm on known answers
    #[command(
        name = "self-test",
        after_help = "Example:\n  gmpki self-test && echo good"
    )]
    SelfTest,
    /// The durable log of a certificate business
    #[command(subcommand)]
    Audit(AuditCommand),
    /// The store of a certificate business: backups of it, its version, its health
    #[command(subcommand)]
    Store(StoreCommand),
}

#[derive(Debug, Group)]
#[command(
    after_help = "Run again on the same folder, it finishes what was interrupted.\n\n\
    Examples:\n  gmpki demo\n  gmpki demo --dir /tmp/demo --csr mine.csr.pem\n  \
    gmpki demo --key 'pkcs11:token=ca?module-path=/usr/lib/libdevice.so&pin-source=pin.txt'"
)]
pub(crate) struct Demo {
    /// The folder for everything it makes
    #[arg(long, default_value = "gmpki-demo", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// A request to take instead of the two that come with the program
    #[arg(long, value_name = "FILE")]
    pub(crate) csr: Vec<PathBuf>,
    /// Where the operator's keys lie: a device, pkcs11:…, skf:…, or a directory of key files;
    /// its labels root, issuing-ca, ocsp-responder and list-publisher must be free
    /// [default: DIR/token]
    #[arg(long, value_name = "KEY", value_parser = key_name())]
    pub(crate) key: Option<KeyUri>,
    /// A file with the password or PIN of the operator's keys [default: one is made in DIR;
    /// with --key, what the name says, or ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

/// A private key that signs, wherever it lies, and what opens it.
#[derive(Debug, Group)]
pub(crate) struct NamedKey {
    /// The private key: a file (PKCS#8, encrypted or not, SEC 1, …), or the name of a key
    /// that stays in its device, pkcs11:…, sdf:…, skf:…, or behind a command, exec:…
    #[arg(long, value_name = "KEY", value_parser = key_name())]
    pub(crate) key: KeyUri,
    /// A file with the key's password or PIN [default: what the name says, or ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

impl NamedKey {
    /// The file that the key is read from, if it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.key {
            KeyUri::File(name) => Some(&name.path),
            _ => None,
        }
    }

    /// Something is wrong with the key.
    pub(crate) fn failure(&self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Failure {
        match self.file() {
            Some(path) => Failure::file(path, source),
            None => Failure::of(&self.key, source),
        }
    }
}

/// The name of a key, or the path of its file.
pub(crate) fn key_name() -> impl TypedValueParser<Value = KeyUri> {
    OsStringValueParser::new().try_map(KeyUri::from_argument)
}

/// A private key in a file and what opens it.
#[derive(Debug, Group)]
pub(crate) struct Key {
    /// The private key (PKCS#8, encrypted or not, or SEC 1)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// A file with the key's password [default: ask]
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

/// Names beside the subject's (RFC 5280, 4.2.1.6).
#[derive(Debug, Group)]
pub(crate) struct Names {
    /// A DNS name; may be given again
    #[arg(long, value_name = "NAME")]
    pub(crate) dns: Vec<String>,
    /// An e-mail address; may be given again
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Vec<String>,
    /// An IP address; may be given again
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) ip: Vec<String>,
    /// A URI; may be given again
    #[arg(long, value_name = "URI")]
    pub(crate) uri: Vec<String>,
}

#[derive(Debug, Group)]
#[command(after_help = "Examples:\n  gmpki sm3 contract.pdf\n  \
    gmpki sm3 --hmac-key-file mac.key contract.pdf")]
pub(crate) struct Sm3 {
    /// A file with a key: HMAC-SM3 under its octets, all of them as they are
    #[arg(long, value_name = "FILE")]
    pub(crate) hmac_key_file: Option<PathBuf>,
    /// The files
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
}
