//! Building a request for a key that is somewhere else.

use crate::{
    Error, KeyOrigin, attributes, cfca,
    claims::{CHALLENGE_PASSWORD, UNSTRUCTURED_NAME},
};
use core::fmt;
use der::{
    AnyRef, Encode, Header, Tag, TagNumber,
    asn1::{Any, BitString, Ia5StringRef, ObjectIdentifier, PrintableStringRef, Utf8StringRef},
};
use gm_crypto::{pki::assemble, sm2::PublicKey};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::{attr::Attribute, ext::Extension, name::Name, request::Version};

/// What an applicant asks for: a name, extensions, attributes; for a key of any algorithm.
#[derive(Clone)]
pub struct CsrDraft {
    subject: Name,
    extensions: Vec<Extension>,
    attributes: Vec<Attribute>,
    temporary_key: bool,
}

impl CsrDraft {
    /// Asks for a certificate under `subject`, which may be empty.
    pub fn new(subject: Name) -> Self {
        Self {
            subject,
            extensions: Vec::new(),
            attributes: Vec::new(),
            temporary_key: false,
        }
    }

    /// Asks for `extension` too; the order of the calls is the order in the request.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Adds an attribute of any type.
    ///
    /// # Errors
    /// [`Error::Encoding`] without a value: `values` has SIZE (1..MAX) (RFC 2986, 4.1).
    pub fn attribute(mut self, oid: ObjectIdentifier, values: Vec<Any>) -> Result<Self, Error> {
        if values.is_empty() {
            return Err(not_written("Attribute", "values has SIZE (1..MAX)"));
        }
        let values = values.try_into().map_err(unencodable("Attribute"))?;
        self.attributes.push(Attribute { oid, values });
        Ok(self)
    }

    /// Adds the password under which the applicant may ask for revocation (RFC 2985,
    /// 5.4.1): 1 to 255 characters, PrintableString where they allow it, else UTF8String.
    ///
    /// It stands in the request in clear.
    ///
    /// # Errors
    /// [`Error::Encoding`] for another length.
    pub fn challenge_password(self, password: &str) -> Result<Self, Error> {
        const WHAT: &str = "challengePassword";
        check_length(WHAT, password)?;
        let value = match PrintableStringRef::new(password) {
            Ok(text) => Any::encode_from(&text),
            Err(_) => Utf8StringRef::new(password).and_then(|text| Any::encode_from(&text)),
        };
        self.attribute(CHALLENGE_PASSWORD, vec![value.map_err(unencodable(WHAT))?])
    }

    /// Adds a name without structure (RFC 2985): 1 to 255 characters, IA5String where they
    /// allow it, else UTF8String.
    ///
    /// # Errors
    /// [`Error::Encoding`] for another length.
    pub fn unstructured_name(self, name: &str) -> Result<Self, Error> {
        const WHAT: &str = "unstructuredName";
        check_length(WHAT, name)?;
        let value = match Ia5StringRef::new(name) {
            Ok(text) => Any::encode_from(&text),
            Err(_) => Utf8StringRef::new(name).and_then(|text| Any::encode_from(&text)),
        };
        self.attribute(UNSTRUCTURED_NAME, vec![value.map_err(unencodable(WHAT))?])
    }

    /// Says where the key was made, in the attribute [`KEY_ORIGIN`](crate::KEY_ORIGIN).
    ///
    /// # Errors
    /// [`Error::Encoding`], which no text of permitted length causes.
    pub fn key_origin(mut self, origin: &KeyOrigin) -> Result<Self, Error> {
        let attribute = origin.attribute().map_err(unencodable("key origin"))?;
        self.attributes.push(attribute);
        Ok(self)
    }

    /// Makes it CFCA's dual-key request: adds the key to which the private key of the
    /// encryption certificate is to be encrypted, and writes the values of all attributes
    /// right behind their types, in the order of the calls. It is read under
    /// [`Dialect::Cfca`](crate::Dialect::Cfca), and not by programs that know RFC 2986 alone.
    ///
    /// # Errors
    /// [`Error::Encoding`], which no key causes.
    pub fn cfca_temporary_key(mut self, key: &PublicKey) -> Result<Self, Error> {
        let attribute = cfca::temporary_key_attribute(key);
        let attribute = attribute.map_err(unencodable("temporary public key"))?;
        self.attributes.push(attribute);
        self.temporary_key = true;
        Ok(self)
    }

    /// Writes the `CertificationRequestInfo` (RFC 2986, 4.1) for the public key in
    /// `spki`; `algorithm` is the one that the signature will be made with.
    ///
    /// Without extensions there is no `extensionRequest`: an empty one would break
    /// its SIZE (1..MAX). The attributes field itself is always written.
    ///
    /// # Errors
    /// [`Error::DuplicateExtension`] and [`Error::DuplicateAttribute`] for what was added
    /// twice, [`Error::Encoding`] for 256 MiB or more.
    pub fn prepare(
        mut self,
        spki: SubjectPublicKeyInfoOwned,
        algorithm: AlgorithmIdentifierOwned,
    ) -> Result<PreparedCsr, Error> {
        self.attributes
            .extend(attributes::requesting(&self.extensions)?);
        attributes::refuse_twice(&self.attributes)?;
        let tbs = self
            .info(&spki)
            .map_err(unencodable("CertificationRequestInfo"))?;
        Ok(PreparedCsr { tbs, algorithm })
    }

    /// RFC 2986, 4.1.
    fn info(&self, spki: &SubjectPublicKeyInfoOwned) -> der::Result<Vec<u8>> {
        const ATTRIBUTES: Tag = Tag::ContextSpecific {
            constructed: true,
            number: TagNumber(0),
        };
        let each = self.attributes.iter();
        let attributes = if self.temporary_key {
            each.map(cfca::encode).collect::<der::Result<Vec<_>>>()?
        } else {
            let mut encoded = each.map(Encode::to_der).collect::<der::Result<Vec<_>>>()?;
            // The order of SET OF (X.690, 11.6): of octets.
            encoded.sort_unstable();
            encoded
        }
        .concat();
        let mut content = Version::V1.to_der()?;
        self.subject.encode_to_vec(&mut content)?;
        spki.encode_to_vec(&mut content)?;
        Header::new(ATTRIBUTES, attributes.len().try_into()?).encode_to_vec(&mut content)?;
        content.extend_from_slice(&attributes);
        AnyRef::new(Tag::Sequence, &content)?.to_der()
    }
}

/// The values of attributes stay unsaid: one may be a password.
impl fmt::Debug for CsrDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrDraft")
            .field("subject", &self.subject)
            .field("extensions", &self.extensions)
            .finish_non_exhaustive()
    }
}

/// RFC 2985, A: the upper bounds of both texts.
fn check_length(what: &'static str, text: &str) -> Result<(), Error> {
    match text.chars().count() {
        1..=255 => Ok(()),
        _ => Err(not_written(what, "has SIZE (1..255) (RFC 2985, A)")),
    }
}

fn not_written(what: &'static str, reason: &'static str) -> Error {
    Error::Encoding {
        source: gm_crypto::Error::Invalid { what, reason },
    }
}

fn unencodable(what: &'static str) -> impl Fn(der::Error) -> Error {
    move |source| Error::Encoding {
        source: gm_crypto::Error::Malformed { what, source },
    }
}

/// A request that lacks its signature.
#[derive(Clone)]
pub struct PreparedCsr {
    tbs: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
}

/// The octets stay unsaid: a password may be among them.
impl fmt::Debug for PreparedCsr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedCsr")
            .field("octets", &self.tbs.len())
            .field("algorithm", &self.algorithm.oid)
            .finish()
    }
}

impl PreparedCsr {
    /// The octets to sign: `CertificationRequestInfo` in DER.
    pub fn tbs(&self) -> &[u8] {
        &self.tbs
    }

    /// The algorithm to sign with.
    pub fn algorithm(&self) -> &AlgorithmIdentifierOwned {
        &self.algorithm
    }

    /// Puts `signature` behind the very octets of [`Self::tbs`] and gives the
    /// request in DER. Whether it fits is for [`crate::UnverifiedCsr::verify`].
    ///
    /// # Errors
    /// [`Error::Encoding`] for 256 MiB or more.
    pub fn attach(self, signature: &BitString) -> Result<Vec<u8>, Error> {
        assemble(&self.tbs, &self.algorithm, signature).map_err(|source| Error::Encoding { source })
    }
}

#[cfg(test)]
mod tests;
