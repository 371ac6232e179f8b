//! The attributes of a request, and the extensions that one of them asks for.

use crate::Error;
use der::asn1::{Any, ObjectIdentifier};
use x509_cert::{
    attr::{Attribute, Attributes},
    ext::Extension,
};

/// pkcs-9-at-extensionRequest (RFC 2985, 5.4.2): 1.2.840.113549.1.9.14.
const EXTENSION_REQUEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.14");

/// szOID_CERT_EXTENSIONS: what Windows wrote before it wrote the other, of the same syntax
/// (MS-WCCE, 2.2.2.7.7.2).
const MICROSOFT_EXTENSIONS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.2.1.14");

const WHAT: &str = "extensionRequest";

/// The extensions asked for, none without the attribute.
///
/// Alibaba Cloud's key service writes one `extensionRequest` per extension: this
/// type alone may repeat, as long as no extension does. An empty list breaks
/// SIZE (1..MAX), yet common programs write it, and it asks for nothing: it passes.
pub(crate) fn requested_extensions(attributes: &Attributes) -> Result<Vec<Extension>, Error> {
    let mut extensions = Vec::new();
    let mut others = Vec::new();
    for attribute in attributes.iter() {
        if [EXTENSION_REQUEST, MICROSOFT_EXTENSIONS].contains(&attribute.oid) {
            extensions.append(&mut extension_list(attribute)?);
        } else if attribute.values.is_empty() {
            return Err(invalid("Attribute", "values has SIZE (1..MAX)"));
        } else {
            others.push(attribute.oid);
        }
    }
    if let Some(oid) = first_duplicate(others) {
        return Err(Error::DuplicateAttribute { oid });
    }
    refuse_duplicates(&extensions)?;
    Ok(extensions)
}

/// The attribute that asks for `extensions`, none for none.
pub(crate) fn requesting(extensions: &[Extension]) -> Result<Option<Attribute>, Error> {
    refuse_duplicates(extensions)?;
    if extensions.is_empty() {
        return Ok(None);
    }
    let encode = || -> der::Result<Attribute> {
        Ok(Attribute {
            oid: EXTENSION_REQUEST,
            values: [Any::encode_from(&extensions.to_vec())?].try_into()?,
        })
    };
    let malformed = |source| Error::Encoding {
        source: gm_crypto::Error::Malformed { what: WHAT, source },
    };
    encode().map(Some).map_err(malformed)
}

/// Refuses a type that stands twice among those to be written.
pub(crate) fn refuse_twice(attributes: &[Attribute]) -> Result<(), Error> {
    let oids = attributes.iter().map(|attribute| attribute.oid);
    match first_duplicate(oids.collect()) {
        Some(oid) => Err(Error::DuplicateAttribute { oid }),
        None => Ok(()),
    }
}

fn extension_list(attribute: &Attribute) -> Result<Vec<Extension>, Error> {
    let [value] = attribute.values.as_slice() else {
        return Err(invalid(WHAT, "has a SINGLE VALUE (RFC 2985, 5.4.2)"));
    };
    value.decode_as().map_err(|source| Error::Malformed {
        source: gm_crypto::Error::Malformed { what: WHAT, source },
    })
}

fn refuse_duplicates(extensions: &[Extension]) -> Result<(), Error> {
    let oids = extensions.iter().map(|extension| extension.extn_id);
    match first_duplicate(oids.collect()) {
        Some(oid) => Err(Error::DuplicateExtension { oid }),
        None => Ok(()),
    }
}

/// Sorted first: a stranger chooses how many there are.
fn first_duplicate(mut oids: Vec<ObjectIdentifier>) -> Option<ObjectIdentifier> {
    oids.sort_unstable();
    oids.windows(2)
        .find(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
}

fn invalid(what: &'static str, reason: &'static str) -> Error {
    Error::Malformed {
        source: gm_crypto::Error::Invalid { what, reason },
    }
}
