//! Policy as text.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Policy as it stands in a file, nothing checked but names and types of fields.
///
/// Unknown fields are refused. Made by serde; checked by `Profile::try_from`.
/// `docs/profiles.md` has the fields as a table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProfileConfig {
    /// Name of the profile, for logs and rejections; not empty, no control characters.
    pub name: String,
    /// What the subject is.
    pub kind: Kind,
    /// How many CAs may stand below the subject (RFC 5280, 4.2.1.9); CAs only,
    /// absent for no limit.
    pub path_len: Option<u8>,
    /// How long.
    pub validity: ValidityConfig,
    /// Key usages in the words of RFC 5280, 4.2.1.3, and `contentCommitment` for
    /// `nonRepudiation`, which X.509 calls so since 2005; at least one, written
    /// critical.
    pub key_usage: Vec<String>,
    /// Purposes in the words of RFC 5280, 4.2.1.12, or dotted object identifiers;
    /// none writes no extension. End entities only.
    #[serde(default)]
    pub extended_key_usage: Vec<String>,
    /// Certificate policies (RFC 5280, 4.2.1.4), dotted object identifiers with or
    /// without qualifiers; none writes no extension.
    #[serde(default)]
    pub certificate_policies: Vec<PolicyConfig>,
    /// What the subject's name must and may say.
    pub subject: SubjectConfig,
    /// Whether a request may or must bring subject alternative names.
    #[serde(default)]
    pub alternative_names: Presence,
    /// Which forms alternative names may have; absent for all four.
    pub alternative_name_forms: Option<Vec<NameForm>>,
    /// Whether the first label of a DNS name may be `*`, before two others at least.
    #[serde(default)]
    pub dns_wildcards: bool,
    /// Numbers of persons and organisations, in the private extensions of GM/T 0015
    /// (GB/T 20518); end entities only.
    pub identifiers: Option<IdentifiersConfig>,
    /// Where the key must have been made; absent for anywhere.
    pub key_origin: Option<KeyOriginConfig>,
    /// Which names certificates below may have (RFC 5280, 4.2.1.10); CAs only,
    /// written critical.
    pub name_constraints: Option<NameConstraintsConfig>,
    /// How the identifier of the subject's key is made.
    #[serde(default)]
    pub subject_key_identifier: SubjectKeyMethod,
    /// What is said about the issuer's key.
    #[serde(default)]
    pub authority_key_identifier: AuthorityKeyForm,
    /// How the parameters of the signature algorithm are written.
    #[serde(default)]
    pub signature_parameters: SignatureParameters,
    /// Where the CRL lies: `http` or `ldap` URLs (RFC 5280, 4.2.1.13). With
    /// `crl_shards` each has `{shard}` in it once.
    #[serde(default)]
    pub crl_urls: Vec<String>,
    /// Over how many CRLs the certificates are spread, 2 to 65536; absent for one.
    pub crl_shards: Option<u32>,
    /// Where the delta CRL lies (RFC 5280, 4.2.1.15), as `crl_urls`, which it needs.
    #[serde(default)]
    pub delta_crl_urls: Vec<String>,
    /// Where an OCSP responder answers: `http` URLs (RFC 5280, 4.2.2.1).
    #[serde(default)]
    pub ocsp_urls: Vec<String>,
    /// Where the issuer's certificate lies: `http` or `ldap` URLs (RFC 5280,
    /// 4.2.2.1).
    #[serde(default)]
    pub issuer_urls: Vec<String>,
    /// Whether id-pkix-ocsp-nocheck is written (RFC 6960, 4.2.2.2.1); OCSP
    /// responders only.
    #[serde(default)]
    pub ocsp_no_check: bool,
}

/// What the subject of a certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// A CA whose certificate its own key signs.
    Root,
    /// A CA under another.
    Ca,
    /// Anybody who issues nothing.
    EndEntity,
}

impl Kind {
    /// Whether the subject issues certificates.
    pub fn is_ca(self) -> bool {
        matches!(self, Self::Root | Self::Ca)
    }
}

/// How long a certificate is valid: in years or in days, not both.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ValidityConfig {
    /// Calendar years, 1 to 100; from 29 February it ends on the 28th where there is no 29th.
    pub years: Option<YearsConfig>,
    /// Days of 86,400 seconds, 1 to 36,525.
    pub days: Option<u32>,
    /// What happens to a certificate that would outlive its issuer.
    #[serde(default)]
    pub beyond_issuer: BeyondIssuer,
}

/// Years of the profile's, or years of which the request chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "a number of years, or { from = 1, to = 5 } to choose from"
)]
#[non_exhaustive]
pub enum YearsConfig {
    /// These.
    Fixed(u16),
    /// Whole years from the first to the last, which each request chooses.
    Chosen(YearsRange),
}

/// Whole years to choose from, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct YearsRange {
    /// The fewest, from 1.
    pub from: u16,
    /// The most, up to 100; more than the fewest.
    pub to: u16,
}

/// What happens to a certificate that would outlive its issuer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BeyondIssuer {
    /// It is refused.
    #[default]
    Refuse,
    /// It ends when its issuer does; [`crate::Granted::shortened_from`] says so.
    Clamp,
}

/// A certificate policy: its identifier alone, or with qualifiers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "a dotted object identifier, or { oid, cps, notice }"
)]
#[non_exhaustive]
pub enum PolicyConfig {
    /// A dotted object identifier.
    Plain(String),
    /// With qualifiers.
    Qualified(QualifiedPolicy),
}

/// A certificate policy with its qualifiers (RFC 5280, 4.2.1.4).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct QualifiedPolicy {
    /// A dotted object identifier.
    pub oid: String,
    /// Where the certification practice statement lies: an absolute URI.
    pub cps: Option<String>,
    /// What users are told: 1 to 200 characters, written as UTF8String; noticeRef is
    /// not written.
    pub notice: Option<String>,
}

/// Which attributes a subject has, in the words of RFC 5280, appendix A.1, such as
/// `commonName`. An attribute in neither list is refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SubjectConfig {
    /// These it must have.
    pub required: Vec<String>,
    /// These it may have.
    #[serde(default)]
    pub optional: Vec<String>,
    /// All of them in the order of the name's DER, the most general first; absent for
    /// any order.
    pub order: Option<Vec<String>>,
    /// Attributes whose value is the profile's, such as `countryName = "CN"`.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// Bounds in characters that are tighter than those of the standard.
    #[serde(default)]
    pub lengths: BTreeMap<String, usize>,
    /// Which string types are written where the standard leaves a choice.
    #[serde(default)]
    pub strings: Strings,
    /// Whether one relative distinguished name may have several attributes.
    #[serde(default)]
    pub multi_valued: bool,
}

/// The string types of attributes whose type is DirectoryString (RFC 5280, 4.1.2.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Strings {
    /// UTF8String or PrintableString.
    #[default]
    Both,
    /// UTF8String alone.
    Utf8,
}

/// Whether something may or must be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Presence {
    /// It must not.
    #[default]
    Forbidden,
    /// It may.
    Optional,
    /// It must.
    Required,
}

/// A form of a subject alternative name that is written (RFC 5280, 4.2.1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NameForm {
    /// dNSName.
    Dns,
    /// iPAddress.
    Ip,
    /// rfc822Name.
    Email,
    /// uniformResourceIdentifier.
    Uri,
}

/// Numbers of persons and organisations, each in an extension of its own (GM/T
/// 0015-2012, 5.2.4.2; GB/T 20518-2018).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct IdentifiersConfig {
    /// Whose extensions.
    #[serde(default)]
    pub edition: Edition,
    /// How the CHOICE of identifyCode is tagged; edition 2012 only, absent for
    /// explicit.
    pub tagging: Option<Tagging>,
    /// 居民身份证号码.
    #[serde(default)]
    pub resident_identity_card: Presence,
    /// 军官证号码; edition 2012 only.
    #[serde(default)]
    pub military_officer_card: Presence,
    /// 护照号码.
    #[serde(default)]
    pub passport: Presence,
    /// 社会保险号.
    #[serde(default)]
    pub social_insurance_number: Presence,
    /// 工商注册号.
    #[serde(default)]
    pub ic_registration_number: Presence,
    /// 组织机构代码; a unified social credit code too, which took its place.
    #[serde(default)]
    pub organisation_code: Presence,
    /// 税号.
    #[serde(default)]
    pub taxation_number: Presence,
    /// 统一社会信用代码; edition 2023 only.
    #[serde(default)]
    pub unified_social_credit_code: Presence,
}

/// The edition of GM/T 0015 whose extensions are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub enum Edition {
    /// GM/T 0015-2012, GB/T 20518-2018.
    #[default]
    #[serde(rename = "2012")]
    Of2012,
    /// GM/T 0015-2023.
    #[serde(rename = "2023")]
    Of2023,
}

/// How a CHOICE is tagged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Tagging {
    /// EXPLICIT.
    Explicit,
    /// IMPLICIT.
    Implicit,
}

/// Where the key must have been made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct KeyOriginConfig {
    /// In which environment.
    pub environment: OriginEnvironment,
    /// By what.
    pub device: OriginDevice,
}

/// The environment that a key must come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OriginEnvironment {
    /// Production alone.
    Production,
    /// Any, if only it is said.
    Any,
}

/// What a key must have been made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OriginDevice {
    /// A device or a program, if only it is said.
    Any,
    /// A cryptographic device.
    Hardware,
    /// A cryptographic device with the number of its qualification certificate.
    Qualified,
}

/// Which names certificates below a CA may and may not have (RFC 5280, 4.2.1.10).
///
/// They may be wider than those of the CA's own issuer, which hold nevertheless: whoever
/// validates a path asks the constraints of every CA in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NameConstraintsConfig {
    /// Of a form that is named here, only these.
    #[serde(default)]
    pub permitted: SubtreesConfig,
    /// Not these.
    #[serde(default)]
    pub excluded: SubtreesConfig,
}

/// Subtrees of names, by form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SubtreesConfig {
    /// DNS names: the name and all below it, such as `example.cn`.
    #[serde(default)]
    pub dns: Vec<String>,
    /// A mailbox `a@example.cn`, all of a host `example.cn`, or of all hosts below
    /// `.example.cn`.
    #[serde(default)]
    pub email: Vec<String>,
    /// Hosts of URIs: `example.cn`, or all below `.example.cn`.
    #[serde(default)]
    pub uri: Vec<String>,
    /// Networks with the length of their prefix, such as `10.0.0.0/8` or
    /// `2001:db8::/32`.
    #[serde(default)]
    pub ip: Vec<String>,
    /// Names as in RFC 4514, such as `O=示例,C=CN`.
    #[serde(default)]
    pub directory: Vec<String>,
}

/// How the identifier of a key is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub enum SubjectKeyMethod {
    /// SHA-1 of the BIT STRING's content, 20 octets (RFC 5280, 4.2.1.2, method 1; GM/T
    /// 0015-2012).
    #[default]
    #[serde(rename = "sha1")]
    Sha1,
    /// 0100 and the last 60 bits of that, 8 octets (RFC 5280, 4.2.1.2, method 2).
    #[serde(rename = "sha1-60")]
    Sha1Of60Bits,
    /// The first 160 bits of its SM3 (as RFC 7093, 2, has it for SHA-256).
    #[serde(rename = "sm3")]
    Sm3,
}

/// What authorityKeyIdentifier says (RFC 5280, 4.2.1.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AuthorityKeyForm {
    /// The identifier of the issuer's key.
    #[default]
    Key,
    /// That, and whose certificate of which serial number the issuer's is.
    KeyAndIssuer,
}

/// How the parameters of the signature's AlgorithmIdentifier are written.
///
/// GM/T 0015-2012 says absent in its text and NULL in its example; the certificates
/// of the national root and of most CAs under it have NULL. Readers take both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SignatureParameters {
    /// No parameters (GM/T 0015-2012, 5.2.3.3).
    #[default]
    Absent,
    /// NULL, to look like the national root.
    Null,
}
