//! Certificate policies with their qualifiers (RFC 5280, 4.2.1.4).

use super::{Kind, PolicyConfig, QualifiedPolicy, refuse};
use crate::{Error, subject::is_uri};
use der::{
    asn1::{Any, Ia5String, ObjectIdentifier},
    oid::db::rfc5280,
};
use x509_cert::ext::pkix::{
    CertificatePolicies,
    certpolicy::{DisplayText, PolicyInformation, PolicyQualifierInfo, UserNotice},
};

const FIELD: &str = "certificate_policies";
const CLAUSE: &str = "RFC 5280, 4.2.1.4";
/// Characters of explicitText.
const MAX_NOTICE: usize = 200;

/// The extension's value; none when no policy is named.
pub(super) fn read(
    config: &[PolicyConfig],
    kind: Kind,
) -> Result<Option<CertificatePolicies>, Error> {
    let mut all: Vec<PolicyInformation> = Vec::new();
    for policy in config {
        let information = match policy {
            PolicyConfig::Plain(word) => PolicyInformation {
                policy_identifier: identifier(word)?,
                policy_qualifiers: None,
            },
            PolicyConfig::Qualified(policy) => qualified(policy)?,
        };
        let policy = information.policy_identifier;
        if all.iter().any(|other| other.policy_identifier == policy) {
            return refuse(FIELD, "a policy is named once", CLAUSE);
        }
        if policy == rfc5280::ANY_POLICY && !kind.is_ca() {
            return refuse(
                FIELD,
                "anyPolicy leaves open what stands below a CA: an end entity has a policy of its \
                 own",
                CLAUSE,
            );
        }
        all.push(information);
    }
    Ok((!all.is_empty()).then_some(CertificatePolicies(all)))
}

fn identifier(word: &str) -> Result<ObjectIdentifier, Error> {
    ObjectIdentifier::new(word).map_err(|_| unknown(word, "a dotted object identifier"))
}

fn qualified(policy: &QualifiedPolicy) -> Result<PolicyInformation, Error> {
    let mut qualifiers = Vec::new();
    if let Some(cps) = &policy.cps {
        let uri = Ia5String::new(cps).ok().filter(|_| is_uri(cps));
        let uri = uri.ok_or_else(|| unknown(cps, "an absolute URI"))?;
        qualifiers.push(PolicyQualifierInfo {
            policy_qualifier_id: rfc5280::ID_QT_CPS,
            qualifier: Some(Any::encode_from(&uri).map_err(Error::encoding(FIELD))?),
        });
    }
    if let Some(notice) = &policy.notice {
        let good = (1..=MAX_NOTICE).contains(&notice.chars().count())
            && !notice.chars().any(char::is_control);
        if !good {
            return Err(unknown(
                notice,
                "1 to 200 characters, none of them a control character",
            ));
        }
        let notice = UserNotice {
            notice_ref: None,
            explicit_text: Some(DisplayText::Utf8String(notice.clone())),
        };
        qualifiers.push(PolicyQualifierInfo {
            policy_qualifier_id: rfc5280::ID_QT_UNOTICE,
            qualifier: Some(Any::encode_from(&notice).map_err(Error::encoding(FIELD))?),
        });
    }
    Ok(PolicyInformation {
        policy_identifier: identifier(&policy.oid)?,
        policy_qualifiers: (!qualifiers.is_empty()).then_some(qualifiers),
    })
}

fn unknown(value: &str, expected: &'static str) -> Error {
    Error::UnknownWord {
        field: FIELD,
        line: None,
        value: value.to_owned(),
        expected,
        clause: CLAUSE,
    }
}
