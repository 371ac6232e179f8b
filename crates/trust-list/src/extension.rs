//! Extensions of certificates and CRLs: each once, found by identifier.

use crate::{Error, Result};
use der::{Decode, asn1::ObjectIdentifier, oid::AssociatedOid};
use x509_cert::ext::Extension;

/// More extensions than this in one structure are refused.
const MAX_EXTENSIONS: usize = 256;

/// Extensions of which no two have one identifier (RFC 5280, 4.2).
#[derive(Clone, Debug, Default)]
pub(crate) struct Extensions(Vec<Extension>);

impl Extensions {
    pub(crate) fn read(what: &'static str, list: Option<Vec<Extension>>) -> Result<Self> {
        let Some(list) = list else {
            return Ok(Self::default());
        };
        if list.is_empty() {
            return Err(Error::Forbidden {
                what,
                rule: "the list of extensions is present and empty",
                clause: "RFC 5280, 4.1.2.9 and 5.1.2.7",
            });
        }
        Error::cap("extensions", list.len(), MAX_EXTENSIONS)?;
        for (index, extension) in list.iter().enumerate() {
            let oid = extension.extn_id;
            if list[..index].iter().any(|earlier| earlier.extn_id == oid) {
                return Err(Error::DuplicateExtension { what, oid });
            }
        }
        Ok(Self(list))
    }

    /// The first extension for which `refused` says so.
    pub(crate) fn find(&self, refused: impl Fn(&Extension) -> bool) -> Option<ObjectIdentifier> {
        let found = self.0.iter().find(|extension| refused(extension))?;
        Some(found.extn_id)
    }

    /// The value of an extension.
    pub(crate) fn value(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let found = self.0.iter().find(|extension| extension.extn_id == oid)?;
        Some(found.extn_value.as_bytes())
    }

    pub(crate) fn decode<'a, T: Decode<'a, Error = der::Error> + AssociatedOid>(
        &'a self,
        what: &'static str,
    ) -> Result<Option<T>> {
        self.decode_as(T::OID, what)
    }

    pub(crate) fn decode_as<'a, T: Decode<'a, Error = der::Error>>(
        &'a self,
        oid: ObjectIdentifier,
        what: &'static str,
    ) -> Result<Option<T>> {
        self.value(oid)
            .map(T::from_der)
            .transpose()
            .map_err(Error::malformed(what))
    }
}
