//! RFC 5914 trust anchors.

use crate::{
    Error, Result,
    list::{Entry, SignaturePlan, Status, TrustList},
    path::ParsedCertificate,
};
use der::{
    DateTime, Decode, Encode,
    asn1::{ObjectIdentifier, OctetString},
};
use gm_crypto::{message::SignedDataDraft, sm3};
use x509_cert::{
    Certificate,
    anchor::{CertPathControls, CertPolicies, TrustAnchorChoice, TrustAnchorInfo, Version},
    ext::pkix::{CertificatePolicies, certpolicy::PolicyInformation},
};

/// `id-ct-trustAnchorList` (RFC 5914, section 4).
const TRUST_ANCHOR_LIST: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.34");
/// Characters of a `TrustAnchorTitle`.
const MAX_TITLE: usize = 64;

/// `TrustAnchorList` (DER) of the issuers that are recognised at a time, each with its
/// policies, for devices that know no history.
///
/// An anchor is an issuer's key, not its root's: below it stands nothing but what the
/// class covers. Its path length is 0. Policies that leave the last arcs open are written
/// as they were assigned; a device compares whole identifiers.
///
/// # Errors
/// [`Error::Value`] when nothing is recognised, since the list may not be empty;
/// [`Error::Malformed`] for what does not fit the structure.
pub fn trust_anchors(list: &TrustList, at: DateTime) -> Result<Vec<u8>> {
    let is_open = |entry: &&Entry| {
        let now = entry.status_at(at).map(|change| change.status);
        now == Some(Status::Recognised)
    };
    let mut anchors = Vec::new();
    for entry in list.entries().filter(is_open) {
        for issuer in entry.issuers() {
            let counts = entry.issuer_interval(&issuer.digest());
            if counts.is_none_or(|interval| interval.contains(at)) {
                anchors.push(TrustAnchorChoice::TaInfo(anchor(entry, issuer)?));
            }
        }
    }
    if anchors.is_empty() {
        return Err(Error::Value {
            member: "TrustAnchorList",
            rule: "has at least one anchor, and nothing is recognised at that time",
        });
    }
    anchors
        .to_der()
        .map_err(Error::malformed("TrustAnchorList"))
}

/// The anchors as a message to be signed.
///
/// # Errors
/// Those of [`trust_anchors`] and of [`SignaturePlan::prepare`].
pub fn prepare_anchors(
    list: &TrustList,
    at: DateTime,
    plan: &SignaturePlan,
) -> Result<SignedDataDraft> {
    let plan = plan.clone().content_type(TRUST_ANCHOR_LIST);
    plan.prepare(trust_anchors(list, at)?)
}

fn anchor(entry: &Entry, issuer: &ParsedCertificate) -> Result<TrustAnchorInfo> {
    let malformed = Error::malformed("TrustAnchorInfo");
    let certificate = Certificate::from_der(issuer.der()).map_err(&malformed)?;
    let tbs = certificate.tbs_certificate();
    let spki = tbs.subject_public_key_info().clone();
    // Where the certificate names no identifier, its key does, so that it is the same
    // in every list.
    let key_id = match issuer.subject_key_id() {
        Some(id) => id.to_vec(),
        None => sm3::digest(issuer.public_key_der())[..20].to_vec(),
    };
    let policies = entry.policies().iter().map(|rule| PolicyInformation {
        policy_identifier: rule.policy(),
        policy_qualifiers: None,
    });
    let policies: Vec<PolicyInformation> = policies.collect();
    let flags = if policies.is_empty() {
        CertPolicies::InhibitPolicyMapping.into()
    } else {
        CertPolicies::InhibitPolicyMapping
            | CertPolicies::RequireExplicitPolicy
            | CertPolicies::InhibitAnyPolicy
    };
    let title: String = entry.key().to_string().chars().take(MAX_TITLE).collect();
    Ok(TrustAnchorInfo {
        version: Version::V1,
        pub_key: spki,
        key_id: OctetString::new(key_id).map_err(&malformed)?,
        ta_title: Some(title),
        cert_path: Some(CertPathControls {
            ta_name: tbs.subject().clone(),
            certificate: Some(certificate.clone()),
            policy_set: (!policies.is_empty()).then_some(CertificatePolicies(policies)),
            policy_flags: Some(flags),
            name_constr: None,
            path_len_constraint: Some(0),
        }),
        extensions: None,
        ta_title_lang_tag: None,
    })
}
