//! PKCS#11 URIs (RFC 7512).

use super::{
    PinSource,
    encoding::{Attribute, Part, Writer},
};
use crate::Error;
use std::{fmt, path::PathBuf};

/// A PKCS#11 URI (RFC 7512): an object, a token, a slot or a library. What it does not say
/// may be anything.
///
/// Strings are UTF-8, without the blanks that PKCS#11 fills them up with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pkcs11Uri {
    /// `token`: the label of the token (`CK_TOKEN_INFO`).
    pub token: Option<String>,
    /// `manufacturer`: who made the token (`CK_TOKEN_INFO`).
    pub manufacturer: Option<String>,
    /// `serial`: the token's serial number (`CK_TOKEN_INFO`).
    pub serial: Option<String>,
    /// `model`: the token's model (`CK_TOKEN_INFO`).
    pub model: Option<String>,
    /// `library-manufacturer` (`CK_INFO`).
    pub library_manufacturer: Option<String>,
    /// `library-description` (`CK_INFO`).
    pub library_description: Option<String>,
    /// `library-version` (`CK_INFO`): major and minor.
    pub library_version: Option<(u8, u8)>,
    /// `object`: the label of the object (`CKA_LABEL`).
    pub object: Option<String>,
    /// `type`: the class of the object (`CKA_CLASS`).
    pub object_type: Option<ObjectType>,
    /// `id`: the octets of `CKA_ID`.
    pub id: Option<Vec<u8>>,
    /// `slot-id`: the number of the slot (`CK_SLOT_ID`).
    pub slot_id: Option<u64>,
    /// `slot-description` (`CK_SLOT_INFO`).
    pub slot_description: Option<String>,
    /// `slot-manufacturer` (`CK_SLOT_INFO`).
    pub slot_manufacturer: Option<String>,
    /// `pin-source` or `pin-value`: where the user's PIN comes from.
    pub pin: Option<PinSource>,
    /// `module-name`: the name of the library, without path and ending.
    pub module_name: Option<String>,
    /// `module-path`: the library, or the folder that holds it.
    pub module_path: Option<PathBuf>,
    /// `vendor`, an attribute of ours: the description of the vendor's numbers, by the
    /// name of one that is built in or by its file.
    pub vendor: Option<String>,
    /// Sorted by name; one of each.
    pub(super) vendor_path: Vec<(String, Vec<u8>)>,
    /// Sorted by name; several of one are in their order.
    pub(super) vendor_query: Vec<(String, Vec<u8>)>,
}

/// The class of an object (RFC 7512, 2.3, `type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectType {
    /// `public`: a public key.
    Public,
    /// `private`: a private key.
    Private,
    /// `cert`: a certificate.
    Certificate,
    /// `secret-key`: a symmetric key.
    SecretKey,
    /// `data`: octets.
    Data,
}

impl ObjectType {
    pub(super) const ALL: [Self; 5] = [
        Self::Public,
        Self::Private,
        Self::Certificate,
        Self::SecretKey,
        Self::Data,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Certificate => "cert",
            Self::SecretKey => "secret-key",
            Self::Data => "data",
        }
    }
}

impl Pkcs11Uri {
    /// The attributes of the path that RFC 7512 leaves to vendors, sorted by name.
    pub fn vendor_path(&self) -> impl Iterator<Item = (&str, &[u8])> {
        named(&self.vendor_path)
    }

    /// The attributes of the query that RFC 7512 leaves to vendors, but for `vendor`,
    /// sorted by name; one name may be there several times.
    pub fn vendor_query(&self) -> impl Iterator<Item = (&str, &[u8])> {
        named(&self.vendor_query)
    }

    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let mut name = Self::default();
        for attribute in Attribute::of_path(path, Part::Pkcs11Path)? {
            name.take_path(&attribute)?;
        }
        name.vendor_path.sort();
        let twice = |pair: &[(String, Vec<u8>)]| pair[0].0 == pair[1].0;
        // The order of attributes means nothing, so two of a name contradict each other.
        if let Some(pair) = name.vendor_path.windows(2).find(|pair| twice(pair)) {
            return Err(super::wrong(&pair[0].0, "given twice"));
        }
        for attribute in Attribute::of_query(query)? {
            name.take_query(&attribute)?;
        }
        name.vendor_query.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(name)
    }

    fn take_path(&mut self, attribute: &Attribute<'_>) -> Result<(), Error> {
        let place = match attribute.name {
            "token" => &mut self.token,
            "manufacturer" => &mut self.manufacturer,
            "serial" => &mut self.serial,
            "model" => &mut self.model,
            "library-manufacturer" => &mut self.library_manufacturer,
            "library-description" => &mut self.library_description,
            "object" => &mut self.object,
            "slot-description" => &mut self.slot_description,
            "slot-manufacturer" => &mut self.slot_manufacturer,
            "library-version" => {
                let text = attribute.text()?;
                let (major, minor) = text.split_once('.').unwrap_or((&text, "0"));
                let version = (attribute.number(major)?, attribute.number(minor)?);
                return attribute.once(&mut self.library_version, version);
            }
            "type" => {
                let text = attribute.text()?;
                let found = ObjectType::ALL.iter().find(|kind| kind.word() == text);
                let what = "none of public, private, cert, secret-key, data";
                let found = found.ok_or_else(|| attribute.wrong(what))?;
                return attribute.once(&mut self.object_type, *found);
            }
            "id" => return attribute.once(&mut self.id, attribute.octets()?.to_vec()),
            "slot-id" => {
                let number = attribute.number(&attribute.text()?)?;
                return attribute.once(&mut self.slot_id, number);
            }
            other => {
                let value = attribute.octets()?.to_vec();
                self.vendor_path.push((other.into(), value));
                return Ok(());
            }
        };
        attribute.once(place, attribute.text()?)
    }

    fn take_query(&mut self, attribute: &Attribute<'_>) -> Result<(), Error> {
        match attribute.name {
            "module-name" => attribute.once(&mut self.module_name, attribute.text()?),
            "module-path" => attribute.once(&mut self.module_path, attribute.path()?),
            "vendor" => attribute.once(&mut self.vendor, attribute.text()?),
            _ if PinSource::take(&mut self.pin, attribute)? => Ok(()),
            other => {
                let value = attribute.octets()?.to_vec();
                self.vendor_query.push((other.into(), value));
                Ok(())
            }
        }
    }
}

fn named(attributes: &[(String, Vec<u8>)]) -> impl Iterator<Item = (&str, &[u8])> {
    attributes.iter().map(|(name, value)| (&**name, &**value))
}

impl fmt::Display for Pkcs11Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut writer = Writer::begin(f, "pkcs11", Part::Pkcs11Path)?;
        let version = self.library_version;
        let version = version.map(|(major, minor)| format!("{major}.{minor}"));
        let slot = self.slot_id.map(|number| number.to_string());
        for (attribute, value) in [
            ("library-manufacturer", &self.library_manufacturer),
            ("library-description", &self.library_description),
            ("library-version", &version),
            ("slot-id", &slot),
            ("slot-description", &self.slot_description),
            ("slot-manufacturer", &self.slot_manufacturer),
            ("token", &self.token),
            ("manufacturer", &self.manufacturer),
            ("serial", &self.serial),
            ("model", &self.model),
            ("object", &self.object),
        ] {
            if let Some(value) = value {
                writer.path(attribute, value.as_bytes())?;
            }
        }
        if let Some(kind) = self.object_type {
            writer.path("type", kind.word().as_bytes())?;
        }
        if let Some(id) = &self.id {
            writer.encoded("id", id)?;
        }
        for (attribute, value) in self.vendor_path() {
            writer.path(attribute, value)?;
        }
        let mut query = writer.query();
        query.optional(
            "module-name",
            self.module_name.as_deref().map(str::as_bytes),
        )?;
        query.optional_path("module-path", self.module_path.as_deref())?;
        PinSource::write(self.pin.as_ref(), &mut query)?;
        query.optional("vendor", self.vendor.as_deref().map(str::as_bytes))?;
        for (attribute, value) in self.vendor_query() {
            query.attribute(attribute, value)?;
        }
        Ok(())
    }
}
