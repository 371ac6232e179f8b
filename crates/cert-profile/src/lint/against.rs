//! A certificate beside the policy that it is said to follow.

use super::{
    octets::{Reader, Work},
    rfc5280::keys::usage,
    time::{Time, seconds},
    view::{Certificate, Extension, good},
    whole_certificate,
};
use crate::{
    AuthorityKeyForm, Objection, Profile, SignatureParameters,
    extension::{self, identifier_by},
};
use core::fmt;
use der::{
    DateTime, Decode,
    asn1::ObjectIdentifier,
    oid::{AssociatedOid, db::rfc6960::ID_PKIX_OCSP_NOCHECK},
};
use x509_cert::{
    ext::pkix::{
        AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
        CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, NameConstraints, SubjectAltName,
        SubjectKeyIdentifier, crl::FreshestCrl,
    },
    name::Name,
};

/// What a certificate has that its profile does not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    what: Box<str>,
    source: &'static str,
}

impl Deviation {
    fn new(what: impl Into<Box<str>>, source: &'static str) -> Self {
        Self {
            what: what.into(),
            source,
        }
    }

    /// The standard and clause of the rule, and the part of the profile.
    pub fn source(&self) -> &'static str {
        self.source
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// What this certificate in DER says otherwise than `profile` would: the subject's name, kind,
/// usages, purposes, policies, constraints, places, key identifiers, the forms of alternative
/// names, the extensions of numbers, how long it is valid, the parameters of the algorithm,
/// and any extension that the profile does not write.
///
/// What the profile leaves to requests is not compared; a certificate that can't be read is
/// one deviation.
pub fn against(profile: &Profile, der: &[u8]) -> Vec<Deviation> {
    let work = Work::new(super::ELEMENTS);
    let cert = match whole_certificate(&mut Reader::new(der, &work)) {
        Ok(cert) => cert,
        Err(fault) => return vec![Deviation::new(fault.to_string(), "RFC 5280, 4.1")],
    };
    let mut found = Vec::new();
    match Name::from_der(cert.subject.whole) {
        Ok(subject) => found.extend(deviations(profile.subject.check(&subject))),
        Err(error) => found.push(Deviation::new(error.to_string(), "RFC 5280, 4.1.2.6")),
    }
    if cert.is_ca() != profile.kind().is_ca() {
        let what = match cert.is_ca() {
            true => "is a CA's, which the profile's are not",
            false => "is not a CA's, as the profile's are",
        };
        found.push(Deviation::new(
            what,
            "RFC 5280, 4.2.1.9, and the profile's kind",
        ));
    }
    let wanted = profile.key_usage().0.bits();
    if usage(&cert) != Some(wanted) {
        let what = "keyUsage is another than the profile's";
        found.push(Deviation::new(
            what,
            "RFC 5280, 4.2.1.3, and the profile's key_usage",
        ));
    }
    let purposes = good(&cert.known.purposes).cloned().unwrap_or_default();
    let wanted: Vec<_> = profile.purposes.iter().map(|oid| oid.as_bytes()).collect();
    let same = purposes.len() == wanted.len() && wanted.iter().all(|oid| purposes.contains(oid));
    if !same {
        found.push(Deviation::new(
            "extKeyUsage is another than the profile's",
            "RFC 5280, 4.2.1.12, and the profile's extended_key_usage",
        ));
    }
    found.extend(validity(profile, &cert));
    found.extend(algorithm(profile, &cert));
    found.extend(key_identifiers(profile, &cert));
    found.extend(alternative_names(profile, &cert));
    found.extend(extensions(profile, &cert));
    found
}

fn deviations(objections: Vec<Objection>) -> impl Iterator<Item = Deviation> {
    let all = objections.into_iter();
    all.map(|objection| Deviation::new(objection.to_string(), objection.clause()))
}

fn validity(profile: &Profile, cert: &Certificate<'_>) -> Option<Deviation> {
    let read = |time: &Time<'_>| {
        let since = core::time::Duration::from_secs(seconds(time.stamp?)?);
        DateTime::from_unix_duration(since).ok()
    };
    let [begin, end] = cert.times().map(read);
    // Times that can't be read are for the rules.
    let good = profile.term.admits(begin?, end?);
    (!good).then(|| {
        Deviation::new(
            "validity is longer than the longest that the profile gives",
            "RFC 5280, 4.1.2.5, and the profile's validity",
        )
    })
}

fn algorithm(profile: &Profile, cert: &Certificate<'_>) -> Option<Deviation> {
    let written = cert.algorithm.has_parameters();
    let wanted = profile.signature_parameters == SignatureParameters::Null;
    (written != wanted).then(|| {
        Deviation::new(
            match written {
                true => "the signature's algorithm has parameters, which the profile leaves out",
                false => "the signature's algorithm has no parameters, which the profile writes",
            },
            "GM/T 0015-2012, 5.2.3.3, and the profile's signature_parameters",
        )
    })
}

fn key_identifiers(profile: &Profile, cert: &Certificate<'_>) -> Vec<Deviation> {
    let mut found = Vec::new();
    let wanted = identifier_by(profile.subject_key, cert.key.bits.octets);
    if good(&cert.known.subject_key).is_none_or(|subject| *subject != wanted) {
        found.push(Deviation::new(
            "subjectKeyIdentifier is not made of the key as the profile's are",
            "RFC 5280, 4.2.1.2, and the profile's subject_key_identifier",
        ));
    }
    let named = profile.authority_key == AuthorityKeyForm::KeyAndIssuer;
    let same = good(&cert.known.authority_key).is_some_and(|authority| {
        authority.identifier.is_some() && authority.issuer == named && authority.serial == named
    });
    if !same {
        found.push(Deviation::new(
            "authorityKeyIdentifier says other things than the profile's",
            "RFC 5280, 4.2.1.1, and the profile's authority_key_identifier",
        ));
    }
    found
}

fn alternative_names(profile: &Profile, cert: &Certificate<'_>) -> Vec<Deviation> {
    let extension = cert.all_extensions().iter();
    let mut extension = extension.filter(|extension| is(extension, SubjectAltName::OID));
    let names = extension
        .next()
        .map(|extension| SubjectAltName::from_der(extension.value.content()).map(|names| names.0));
    match names.unwrap_or_else(|| Ok(Vec::new())) {
        Ok(names) => deviations(profile.alternative_names.check(&names)).collect(),
        Err(error) => vec![Deviation::new(error.to_string(), "RFC 5280, 4.2.1.6")],
    }
}

/// Extensions that the profile and the serial number decide, octet by octet, then those of
/// numbers, then all others.
fn extensions(profile: &Profile, cert: &Certificate<'_>) -> Vec<Deviation> {
    let mut found = Vec::new();
    let Ok(decided) = extension::decided(profile, cert.serial) else {
        return vec![Deviation::new(
            "the profile's extensions have no encoding for this serial number",
            "RFC 5280, 4.2",
        )];
    };
    for (oid, name, source) in DECIDED {
        let wanted = decided.iter().find(|extension| extension.extn_id == oid);
        let mut all = cert.all_extensions().iter();
        let written = all.find(|extension| is(extension, oid));
        let what = match (wanted, written) {
            (None, None) => continue,
            (Some(wanted), Some(written)) => {
                let same = wanted.extn_value.as_bytes() == written.value.content()
                    && wanted.critical == written.critical();
                if same {
                    continue;
                }
                format!("{name} is another than the profile's")
            }
            (Some(_), None) => format!("{name} is missing, which the profile writes"),
            (None, Some(_)) => format!("{name} is there, which the profile does not write"),
        };
        found.push(Deviation::new(what, source));
    }
    let numbers = profile.identifiers.places();
    for (oid, required) in &numbers {
        let there = cert
            .all_extensions()
            .iter()
            .any(|extension| is(extension, *oid));
        if *required && !there {
            found.push(Deviation::new(
                format!("extension {oid} is missing, whose number the profile asks for"),
                "GM/T 0015-2012, 5.2.4.2, and the profile's identifiers",
            ));
        }
    }
    for extension in cert.all_extensions() {
        let decided = DECIDED.iter().map(|(oid, ..)| *oid);
        let mut known = decided
            .chain(numbers.iter().map(|(oid, _)| *oid))
            .chain(OTHERS);
        if !known.any(|oid| is(extension, oid)) {
            let oid = super::oid::shown(extension.oid);
            found.push(Deviation::new(
                format!("extension {oid} is there, which the profile does not write"),
                "RFC 5280, 4.2, and the profile",
            ));
        }
    }
    found
}

fn is(extension: &Extension<'_>, oid: ObjectIdentifier) -> bool {
    extension.oid == oid.as_bytes()
}

/// Extensions whose every octet the profile decides; usages and purposes are compared as sets.
const DECIDED: [(ObjectIdentifier, &str, &str); 7] = [
    (
        CertificatePolicies::OID,
        "certificatePolicies",
        "RFC 5280, 4.2.1.4, and the profile's certificate_policies",
    ),
    (
        BasicConstraints::OID,
        "basicConstraints",
        "RFC 5280, 4.2.1.9, and the profile's kind and path_len",
    ),
    (
        NameConstraints::OID,
        "nameConstraints",
        "RFC 5280, 4.2.1.10, and the profile's name_constraints",
    ),
    (
        CrlDistributionPoints::OID,
        "cRLDistributionPoints",
        "RFC 5280, 4.2.1.13, and the profile's crl_urls",
    ),
    (
        FreshestCrl::OID,
        "freshestCRL",
        "RFC 5280, 4.2.1.15, and the profile's delta_crl_urls",
    ),
    (
        AuthorityInfoAccessSyntax::OID,
        "authorityInfoAccess",
        "RFC 5280, 4.2.2.1, and the profile's ocsp_urls and issuer_urls",
    ),
    (
        ID_PKIX_OCSP_NOCHECK,
        "ocsp-nocheck",
        "RFC 6960, 4.2.2.2.1, and the profile's ocsp_no_check",
    ),
];

/// Extensions that are looked at on their own.
const OTHERS: [ObjectIdentifier; 5] = [
    AuthorityKeyIdentifier::OID,
    SubjectKeyIdentifier::OID,
    KeyUsage::OID,
    ExtendedKeyUsage::OID,
    SubjectAltName::OID,
];

#[cfg(test)]
mod tests;
