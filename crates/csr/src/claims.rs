//! What a request says beside its key: read when it is asked for, and never trusted.

use crate::Error;
use core::fmt;
use der::{
    Decode, Tag, Tagged,
    asn1::{
        Any, BmpString, Ia5StringRef, ObjectIdentifier, PrintableStringRef, TeletexStringRef,
        Utf8StringRef,
    },
    oid::AssociatedOid,
};
use subtle::ConstantTimeEq;
use x509_cert::{
    attr::Attribute,
    ext::{
        Extension,
        pkix::{BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, SubjectAltName},
    },
};
use zeroize::Zeroizing;

/// pkcs-9-at-challengePassword (RFC 2985, 5.4.1).
pub(crate) const CHALLENGE_PASSWORD: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.7");
/// pkcs-9-at-unstructuredName (RFC 2985).
pub(crate) const UNSTRUCTURED_NAME: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.2");

/// pkcs-9-ub-challengePassword, pkcs-9-ub-unstructuredName (RFC 2985, A): characters.
const UPPER_BOUND: usize = 255;

/// The password under which an applicant may later ask for revocation (RFC 2985, 5.4.1);
/// wiped on drop, silent in `Debug`, compared in constant time.
#[derive(Clone)]
pub struct ChallengePassword(Zeroizing<String>);

impl ChallengePassword {
    /// The password.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is `other`: takes as long for each guess of the right length.
    pub fn is(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl fmt::Debug for ChallengePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengePassword(..)")
    }
}

pub(crate) fn challenge_password(
    attributes: &[Attribute],
) -> Result<Option<ChallengePassword>, Error> {
    const WHAT: &str = "challengePassword";
    let Some(attribute) = of_type(attributes, CHALLENGE_PASSWORD) else {
        return Ok(None);
    };
    let [value] = attribute.values.as_slice() else {
        return Err(invalid(WHAT, "has a SINGLE VALUE (RFC 2985, 5.4.1)"));
    };
    let text = Zeroizing::new(text(WHAT, value)?);
    Ok(Some(ChallengePassword(text)))
}

pub(crate) fn unstructured_names(attributes: &[Attribute]) -> Result<Vec<String>, Error> {
    let attribute = of_type(attributes, UNSTRUCTURED_NAME);
    let values = attribute.into_iter().flat_map(|one| one.values.iter());
    values
        .map(|value| text("unstructuredName", value))
        .collect()
}

/// The attribute of a type that was checked to stand once.
pub(crate) fn of_type(attributes: &[Attribute], oid: ObjectIdentifier) -> Option<&Attribute> {
    attributes.iter().find(|attribute| attribute.oid == oid)
}

/// DirectoryString (X.520, 2.6), and IA5String, which RFC 2985 has for names and programs
/// write for passwords too.
fn text(what: &'static str, value: &Any) -> Result<String, Error> {
    let decode = || -> der::Result<Option<String>> {
        let text = match value.tag() {
            Tag::Utf8String => value.decode_as::<Utf8StringRef<'_>>()?.as_str().into(),
            Tag::PrintableString => value.decode_as::<PrintableStringRef<'_>>()?.as_str().into(),
            Tag::TeletexString => value.decode_as::<TeletexStringRef<'_>>()?.as_str().into(),
            Tag::Ia5String => value.decode_as::<Ia5StringRef<'_>>()?.as_str().into(),
            Tag::BmpString => value.decode_as::<BmpString>()?.to_string(),
            _ => return Ok(None),
        };
        Ok(Some(text))
    };
    let text = decode().map_err(|source| malformed(what, source))?;
    let text = text.ok_or_else(|| invalid(what, "is a DirectoryString or an IA5String"))?;
    match text.chars().count() {
        1..=UPPER_BOUND => Ok(text),
        _ => Err(invalid(what, "has SIZE (1..255) (RFC 2985, A)")),
    }
}

/// What a request asks to have in the certificate: wishes, which only the profile grants.
#[derive(Clone, Copy, Debug)]
pub struct Requested<'a>(&'a [Extension]);

/// An extension that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wish<T> {
    /// Whether it is asked for as critical.
    pub critical: bool,
    /// What is asked for.
    pub value: T,
}

impl<'a> Requested<'a> {
    pub(crate) fn new(extensions: &'a [Extension]) -> Self {
        Self(extensions)
    }

    /// All of them, as they came; none stands twice.
    pub fn extensions(self) -> &'a [Extension] {
        self.0
    }

    /// Alternative names (RFC 5280, 4.2.1.6).
    ///
    /// # Errors
    /// [`Error::Claim`] when it is there and its value is not of this type.
    pub fn subject_alt_name(self) -> Result<Option<Wish<SubjectAltName>>, Error> {
        self.read("subjectAltName")
    }

    /// Uses of the key (RFC 5280, 4.2.1.3).
    ///
    /// # Errors
    /// As [`Self::subject_alt_name`].
    pub fn key_usage(self) -> Result<Option<Wish<KeyUsage>>, Error> {
        self.read("keyUsage")
    }

    /// Purposes of the key (RFC 5280, 4.2.1.12).
    ///
    /// # Errors
    /// As [`Self::subject_alt_name`].
    pub fn extended_key_usage(self) -> Result<Option<Wish<ExtendedKeyUsage>>, Error> {
        self.read("extKeyUsage")
    }

    /// Whether it is to be a CA's (RFC 5280, 4.2.1.9).
    ///
    /// # Errors
    /// As [`Self::subject_alt_name`].
    pub fn basic_constraints(self) -> Result<Option<Wish<BasicConstraints>>, Error> {
        self.read("basicConstraints")
    }

    /// Policies (RFC 5280, 4.2.1.4).
    ///
    /// # Errors
    /// As [`Self::subject_alt_name`].
    pub fn certificate_policies(self) -> Result<Option<Wish<CertificatePolicies>>, Error> {
        self.read("certificatePolicies")
    }

    /// Any other type; `what` names it in errors.
    ///
    /// # Errors
    /// As [`Self::subject_alt_name`].
    pub fn read<T>(self, what: &'static str) -> Result<Option<Wish<T>>, Error>
    where
        T: AssociatedOid + Decode<'a, Error = der::Error>,
    {
        let Some(extension) = self.0.iter().find(|one| one.extn_id == T::OID) else {
            return Ok(None);
        };
        let value = T::from_der(extension.extn_value.as_bytes());
        Ok(Some(Wish {
            critical: extension.critical,
            value: value.map_err(|source| malformed(what, source))?,
        }))
    }
}

pub(crate) fn malformed(what: &'static str, source: der::Error) -> Error {
    Error::Claim {
        what,
        source: gm_crypto::Error::Malformed { what, source },
    }
}

pub(crate) fn invalid(what: &'static str, reason: &'static str) -> Error {
    Error::Claim {
        what,
        source: gm_crypto::Error::Invalid { what, reason },
    }
}

#[cfg(test)]
mod tests;
