//! Policy as text.

use serde::Deserialize;

/// Policy as it stands in a file, nothing checked but names and types of fields.
///
/// Unknown fields are refused. Made by serde; checked by `Profile::try_from`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProfileConfig {
    /// Name of the profile, for logs and rejections; not empty.
    pub name: String,
    /// What the subject is.
    pub kind: Kind,
    /// How many CAs may stand below the subject (RFC 5280, 4.2.1.9); CAs only,
    /// absent for no limit.
    pub path_len: Option<u8>,
    /// How long.
    pub validity: ValidityConfig,
    /// Key usages in the words of RFC 5280, 4.2.1.3; at least one, written critical.
    pub key_usage: Vec<String>,
    /// Purposes in the words of RFC 5280, 4.2.1.12, or dotted object identifiers;
    /// none writes no extension.
    #[serde(default)]
    pub extended_key_usage: Vec<String>,
    /// Certificate policies (RFC 5280, 4.2.1.4), dotted object identifiers without
    /// qualifiers; none writes no extension.
    #[serde(default)]
    pub certificate_policies: Vec<String>,
    /// What the subject's name must and may say.
    pub subject: SubjectConfig,
    /// Whether a request may or must bring subject alternative names.
    #[serde(default)]
    pub alternative_names: Presence,
    /// How the parameters of the signature algorithm are written.
    #[serde(default)]
    pub signature_parameters: SignatureParameters,
    /// Where the CRL lies: `http` or `ldap` URLs (RFC 5280, 4.2.1.13).
    #[serde(default)]
    pub crl_urls: Vec<String>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ValidityConfig {
    /// Calendar years; from 29 February it ends on the 28th where there is no 29th.
    pub years: Option<u16>,
    /// Days of 86,400 seconds.
    pub days: Option<u32>,
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
