//! The profiles that come with this crate.

macro_rules! shipped {
    ($($name:literal,)+) => {
        &[$(($name, include_str!(concat!("../../profiles/", $name, ".toml"))),)+]
    };
}

/// The profiles that come with this crate: name and TOML text. Each text begins with what
/// the profile is for and a subject that passes it, after `# Example:`.
///
/// `docs/profiles.md` has them as a table, made from these texts. They have no URLs: those
/// are the CA's own, and a copy with them is a profile of one's own
/// ([`crate::Profile::from_toml`]). Names that end in `-signing` and `-encryption` are the
/// halves of a dual pair (GM/T 0015-2012).
pub const SHIPPED: &[(&str, &str)] = shipped![
    "root-ca",
    "issuing-ca",
    "agency-access",
    "ocsp-responder",
    "crl-signer",
    "timestamping",
    "log-signer",
    "tls-server-signing",
    "tls-server-encryption",
    "device-signing",
    "device-encryption",
    "subscriber-signing",
    "subscriber-encryption",
    "person-soft-signing",
    "person-soft-encryption",
    "person-hard-signing",
    "person-hard-encryption",
    "organisation-signing",
    "organisation-encryption",
    "organisation-seal-signing",
    "organisation-seal-encryption",
    "organisation-business-seal-signing",
    "organisation-business-seal-encryption",
    "organisation-personal-seal-signing",
    "organisation-personal-seal-encryption",
    "egov-person-signing",
    "egov-person-encryption",
    "egov-organisation-signing",
    "egov-organisation-encryption",
    "mutual-recognition-individual",
    "mutual-recognition-organisation",
];
