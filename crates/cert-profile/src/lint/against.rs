//! A certificate beside the policy that it is said to follow.

use super::{octets::Work, rfc5280::keys::usage, view::good, whole_certificate};
use crate::{Profile, lint::octets::Reader};
use core::fmt;
use der::Decode;
use x509_cert::name::Name;

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

/// What this certificate in DER says otherwise than `profile` would: attributes of the
/// subject, kind of the subject, keyUsage, purposes. What the profile leaves to requests is
/// not compared; a certificate that can't be read is one deviation.
pub fn against(profile: &Profile, der: &[u8]) -> Vec<Deviation> {
    let work = Work::new(super::ELEMENTS);
    let cert = match whole_certificate(&mut Reader::new(der, &work)) {
        Ok(cert) => cert,
        Err(fault) => return vec![Deviation::new(fault.to_string(), "RFC 5280, 4.1")],
    };
    let mut found = Vec::new();
    match Name::from_der(cert.subject.whole) {
        Ok(subject) => found.extend(
            profile
                .subject
                .check(&subject)
                .iter()
                .map(|objection| Deviation::new(objection.to_string(), objection.clause())),
        ),
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
    found
}
