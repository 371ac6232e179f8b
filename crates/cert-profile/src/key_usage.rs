//! What a key may do: the words of policy, and the combinations that no
//! certificate may have.

use crate::{Error, Kind};
use der::{
    asn1::ObjectIdentifier,
    flagset::FlagSet,
    oid::db::{rfc5280, rfc5912},
};
use x509_cert::ext::pkix::{KeyUsage, KeyUsages};

/// digitalSignature and nonRepudiation: what the signing half of a pair may do.
pub(crate) fn signing_usages() -> FlagSet<KeyUsages> {
    KeyUsages::DigitalSignature | KeyUsages::NonRepudiation
}

/// What the encryption half of a pair may do. GM/T 0015-2012 leaves keyAgreement
/// out of its text and has it in annex C; TLCP's key exchange needs it.
pub(crate) fn encryption_usages() -> FlagSet<KeyUsages> {
    KeyUsages::KeyEncipherment
        | KeyUsages::DataEncipherment
        | KeyUsages::KeyAgreement
        | KeyUsages::EncipherOnly
        | KeyUsages::DecipherOnly
}

/// Whether these usages stand on both sides of the dual-certificate rule.
pub(crate) fn mixes(usages: FlagSet<KeyUsages>) -> bool {
    let signs = signing_usages() | KeyUsages::KeyCertSign | KeyUsages::CRLSign;
    !(usages & signs).is_empty() && !(usages & encryption_usages()).is_empty()
}

/// Reads the words of `key_usage` and checks them against the kind of subject.
pub(crate) fn parse(words: &[String], kind: Kind) -> Result<KeyUsage, Error> {
    let refuse = |rule, clause| {
        Err(Error::Policy {
            field: FIELD,
            line: None,
            rule,
            clause,
        })
    };
    let mut usages = FlagSet::default();
    for word in words {
        let found = WORDS.iter().find(|(name, _)| name == word);
        let (_, usage) = found.ok_or_else(|| Error::UnknownWord {
            field: FIELD,
            line: None,
            value: word.clone(),
            expected: "one of the nine key usages, such as digitalSignature",
            clause: "RFC 5280, 4.2.1.3",
        })?;
        if usages.contains(*usage) {
            return refuse("a usage is named once", "RFC 5280, 4.2.1.3");
        }
        usages |= *usage;
    }
    if usages.is_empty() {
        return refuse("at least one usage is set", "RFC 5280, 4.2.1.3");
    }
    let signs_certificates = usages.contains(KeyUsages::KeyCertSign);
    if kind.is_ca() && !signs_certificates {
        return refuse("a CA has keyCertSign", "RFC 5280, 4.2.1.9");
    }
    if !kind.is_ca() && signs_certificates {
        return refuse("an end entity has no keyCertSign", "RFC 5280, 4.2.1.9");
    }
    if mixes(usages) {
        return refuse(
            "one key does not both sign and encrypt: make two profiles of a dual pair",
            "GM/T 0015-2012, annex C",
        );
    }
    let only = KeyUsages::EncipherOnly | KeyUsages::DecipherOnly;
    if !(usages & only).is_empty() && !usages.contains(KeyUsages::KeyAgreement) {
        return refuse(
            "encipherOnly and decipherOnly mean something with keyAgreement alone",
            "RFC 5280, 4.2.1.3",
        );
    }
    Ok(KeyUsage(usages))
}

/// Reads the words of `extended_key_usage`, names or dotted numbers, and checks
/// them against the usages of the key.
pub(crate) fn parse_purposes(
    words: &[String],
    usage: KeyUsage,
    kind: Kind,
) -> Result<Vec<ObjectIdentifier>, Error> {
    let refuse = |rule, clause| {
        Err(Error::Policy {
            field: EXTENDED_FIELD,
            line: None,
            rule,
            clause,
        })
    };
    let mut purposes: Vec<ObjectIdentifier> = Vec::new();
    for word in words {
        let named = PURPOSES.iter().find(|(name, _)| name == word);
        let purpose = match named {
            Some((_, oid)) => *oid,
            None => ObjectIdentifier::new(word).map_err(|_| Error::UnknownWord {
                field: EXTENDED_FIELD,
                line: None,
                value: word.clone(),
                expected: "a purpose such as OCSPSigning, or a dotted object identifier",
                clause: "RFC 5280, 4.2.1.12",
            })?,
        };
        if purposes.contains(&purpose) {
            return refuse("a purpose is named once", "RFC 5280, 4.2.1.12");
        }
        purposes.push(purpose);
    }
    if kind.is_ca() && purposes.contains(&rfc5280::ID_KP_OCSP_SIGNING) {
        return refuse(
            "a CA answers by its own right, OCSPSigning delegates to an end entity",
            "RFC 6960, 4.2.2.2",
        );
    }
    if kind.is_ca() && !purposes.is_empty() {
        return refuse(
            "purposes are of the keys of end entities",
            "RFC 5280, 4.2.1.12",
        );
    }
    for (purpose, fitting, rule) in fitting_usages() {
        if purposes.contains(&purpose) && (usage.0 & fitting).is_empty() {
            return refuse(rule, "RFC 5280, 4.2.1.12");
        }
    }
    if purposes.contains(&rfc5280::ID_KP_TIME_STAMPING) && purposes.len() > 1 {
        return refuse("timeStamping stands alone", "RFC 3161, 2.3");
    }
    Ok(purposes)
}

/// Whether the extension is critical: a time stamp authority's is (RFC 3161, 2.3).
pub(crate) fn purposes_critical(purposes: &[ObjectIdentifier]) -> bool {
    purposes.contains(&rfc5280::ID_KP_TIME_STAMPING)
}

/// The usages of which a purpose needs one (RFC 5280, 4.2.1.12).
fn fitting_usages() -> [(ObjectIdentifier, FlagSet<KeyUsages>, &'static str); 6] {
    [
        (
            rfc5280::ID_KP_SERVER_AUTH,
            KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment | KeyUsages::KeyAgreement,
            "serverAuth goes with digitalSignature, keyEncipherment or keyAgreement",
        ),
        (
            rfc5280::ID_KP_CLIENT_AUTH,
            KeyUsages::DigitalSignature | KeyUsages::KeyAgreement,
            "clientAuth goes with digitalSignature or keyAgreement",
        ),
        (
            rfc5280::ID_KP_CODE_SIGNING,
            KeyUsages::DigitalSignature.into(),
            "codeSigning goes with digitalSignature",
        ),
        (
            rfc5280::ID_KP_EMAIL_PROTECTION,
            signing_usages() | KeyUsages::KeyEncipherment | KeyUsages::KeyAgreement,
            "emailProtection goes with digitalSignature, nonRepudiation, keyEncipherment or \
             keyAgreement",
        ),
        (
            rfc5280::ID_KP_TIME_STAMPING,
            signing_usages(),
            "timeStamping goes with digitalSignature or nonRepudiation",
        ),
        (
            rfc5280::ID_KP_OCSP_SIGNING,
            signing_usages(),
            "OCSPSigning goes with digitalSignature or nonRepudiation",
        ),
    ]
}

const FIELD: &str = "key_usage";
const EXTENDED_FIELD: &str = "extended_key_usage";

const WORDS: [(&str, KeyUsages); 10] = [
    ("digitalSignature", KeyUsages::DigitalSignature),
    ("nonRepudiation", KeyUsages::NonRepudiation),
    // X.509 has renamed it; the bit is the same.
    ("contentCommitment", KeyUsages::NonRepudiation),
    ("keyEncipherment", KeyUsages::KeyEncipherment),
    ("dataEncipherment", KeyUsages::DataEncipherment),
    ("keyAgreement", KeyUsages::KeyAgreement),
    ("keyCertSign", KeyUsages::KeyCertSign),
    ("cRLSign", KeyUsages::CRLSign),
    ("encipherOnly", KeyUsages::EncipherOnly),
    ("decipherOnly", KeyUsages::DecipherOnly),
];

const PURPOSES: [(&str, ObjectIdentifier); 7] = [
    ("anyExtendedKeyUsage", rfc5912::ANY_EXTENDED_KEY_USAGE),
    ("serverAuth", rfc5280::ID_KP_SERVER_AUTH),
    ("clientAuth", rfc5280::ID_KP_CLIENT_AUTH),
    ("codeSigning", rfc5280::ID_KP_CODE_SIGNING),
    ("emailProtection", rfc5280::ID_KP_EMAIL_PROTECTION),
    ("timeStamping", rfc5280::ID_KP_TIME_STAMPING),
    ("OCSPSigning", rfc5280::ID_KP_OCSP_SIGNING),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn usage(words: &[&str], kind: Kind) -> Result<KeyUsage, String> {
        parse(&owned(words), kind).map_err(|error| error.to_string())
    }

    fn purposes(words: &[&str], kind: Kind, usages: FlagSet<KeyUsages>) -> Option<String> {
        let parsed = parse_purposes(&owned(words), KeyUsage(usages), kind);
        parsed.err().map(|error| error.to_string())
    }

    #[test]
    fn both_halves_of_a_pair_are_possible() {
        let half = usage(&["digitalSignature", "nonRepudiation"], Kind::EndEntity).unwrap();
        assert_eq!(half.0, signing_usages());
        let half = ["keyEncipherment", "dataEncipherment", "keyAgreement"];
        assert!(usage(&half, Kind::EndEntity).is_ok());
        assert!(usage(&["keyAgreement", "encipherOnly"], Kind::EndEntity).is_ok());
    }

    #[test]
    fn each_impossible_usage_has_its_clause() {
        let cases: [(&[&str], Kind, &str); 8] = [
            (
                &[],
                Kind::EndEntity,
                "at least one usage is set (RFC 5280, 4.2.1.3)",
            ),
            (
                &["sign"],
                Kind::EndEntity,
                "\"sign\" is not one of the nine",
            ),
            (
                &["cRLSign"],
                Kind::Ca,
                "a CA has keyCertSign (RFC 5280, 4.2.1.9)",
            ),
            (
                &["cRLSign"],
                Kind::Root,
                "a CA has keyCertSign (RFC 5280, 4.2.1.9)",
            ),
            (
                &["keyCertSign"],
                Kind::EndEntity,
                "an end entity has no keyCertSign",
            ),
            (
                &["digitalSignature", "keyEncipherment"],
                Kind::EndEntity,
                "GM/T 0015-2012, annex C",
            ),
            (
                &["keyCertSign", "keyAgreement"],
                Kind::Ca,
                "GM/T 0015-2012, annex C",
            ),
            (
                &["keyEncipherment", "decipherOnly"],
                Kind::EndEntity,
                "keyAgreement alone",
            ),
        ];
        for (words, kind, message) in cases {
            let error = usage(words, kind).unwrap_err();
            assert!(error.starts_with("profile field `key_usage`"), "{error}");
            assert!(error.contains(message), "{error}");
        }
        assert!(usage(&["cRLSign", "cRLSign", "keyCertSign"], Kind::Ca).is_err());
    }

    #[test]
    fn a_purpose_fits_its_usage() {
        let signing = signing_usages();
        let ok = purposes(&["OCSPSigning", "1.2.3.4"], Kind::EndEntity, signing);
        assert_eq!(ok, None);
        let cases: [(&[&str], Kind, FlagSet<KeyUsages>, &str); 6] = [
            (
                &["OCSPSigning"],
                Kind::EndEntity,
                encryption_usages(),
                "OCSPSigning goes with digitalSignature",
            ),
            (&["OCSPSigning"], Kind::Ca, signing, "RFC 6960, 4.2.2.2"),
            (
                &["timeStamping", "serverAuth"],
                Kind::EndEntity,
                signing,
                "RFC 3161, 2.3",
            ),
            (
                &["1.2..3"],
                Kind::EndEntity,
                signing,
                "\"1.2..3\" is not a purpose",
            ),
            (
                &["ocspsigning"],
                Kind::EndEntity,
                signing,
                "is not a purpose",
            ),
            (
                &["serverAuth", "1.3.6.1.5.5.7.3.1"],
                Kind::EndEntity,
                signing,
                "once",
            ),
        ];
        for (words, kind, usages, message) in cases {
            let error = purposes(words, kind, usages).unwrap();
            assert!(error.contains(message), "{error}");
        }
        assert!(purposes_critical(&[rfc5280::ID_KP_TIME_STAMPING]));
    }
}
