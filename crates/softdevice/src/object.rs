//! Objects: what lies in an application, and which of it anybody may know.

mod record;

pub(crate) use record::{
    ObjectRow, VALUE_MOST, clear, expect_container, insert_public, row, row_in, rows,
};

use crate::{ContainerId, Error, KeyKind, KeyUse, PublicKey, Result};
use std::collections::BTreeMap;

/// Which object: a number that no other one of the device ever has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(u64);

impl ObjectId {
    /// From a number that [`Self::get`] gave, perhaps to another process.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number, from 1.
    pub fn get(self) -> u64 {
        self.0
    }
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectClass {
    /// A private key; its public half is known too.
    PrivateKey,
    /// A public key.
    PublicKey,
    /// A symmetric key.
    SecretKey,
    /// An X.509 certificate.
    Certificate,
    /// Octets.
    Data,
}

impl ObjectClass {
    const ALL: [Self; 5] = [
        Self::PrivateKey,
        Self::PublicKey,
        Self::SecretKey,
        Self::Certificate,
        Self::Data,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PrivateKey => "private key",
            Self::PublicKey => "public key",
            Self::SecretKey => "secret key",
            Self::Certificate => "certificate",
            Self::Data => "data",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// What a symmetric key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretKind {
    /// SM4: 16 octets.
    Sm4,
    /// Any: HMAC, the result of a key agreement; 1 to 1024 octets.
    Generic,
}

impl SecretKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sm4 => "SM4",
            Self::Generic => "generic",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Sm4, Self::Generic]
            .into_iter()
            .find(|kind| kind.name() == name)
    }

    pub(crate) fn check_length(self, length: usize) -> Result<()> {
        let allowed = match self {
            Self::Sm4 => length == 16,
            Self::Generic => (1..=1024).contains(&length),
        };
        if allowed {
            Ok(())
        } else {
            Err(Error::Length {
                what: "a secret key",
                found: length,
            })
        }
    }
}

/// What an interface keeps with an object, by its own numbers; the device does not read it
/// and seals it with the secret, so that nobody changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes(BTreeMap<u64, Vec<u8>>);

impl Attributes {
    /// Attributes of one object.
    pub const MAX_COUNT: usize = 64;
    /// Octets of all values of one object.
    pub const MAX_LENGTH: usize = 64 * 1024;

    /// The value of one.
    pub fn get(&self, number: u64) -> Option<&[u8]> {
        self.0.get(&number).map(Vec::as_slice)
    }

    /// Sets one, over one that is there.
    pub fn set(&mut self, number: u64, value: impl Into<Vec<u8>>) {
        self.0.insert(number, value.into());
    }

    /// All, by number.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.0
            .iter()
            .map(|(number, value)| (*number, value.as_slice()))
    }

    /// Number, length and value of each, by number.
    fn to_octets(&self) -> Result<Vec<u8>> {
        let length: usize = self.0.values().map(Vec::len).sum();
        for (what, found, limit) in [
            ("attributes of an object", self.0.len(), Self::MAX_COUNT),
            ("octets of attributes", length, Self::MAX_LENGTH),
        ] {
            if found > limit {
                return Err(Error::TooLarge { what, limit });
            }
        }
        let mut octets = Vec::new();
        for (number, value) in &self.0 {
            octets.extend_from_slice(&number.to_be_bytes());
            octets.extend_from_slice(&(value.len() as u64).to_be_bytes());
            octets.extend_from_slice(value);
        }
        Ok(octets)
    }

    fn from_octets(mut octets: &[u8]) -> Option<Self> {
        let mut attributes = BTreeMap::new();
        while !octets.is_empty() {
            let (number, rest) = octets.split_first_chunk()?;
            let (length, rest) = rest.split_first_chunk()?;
            let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
            let (value, rest) = rest.split_at_checked(length)?;
            attributes.insert(u64::from_be_bytes(*number), value.to_vec());
            octets = rest;
        }
        Some(Self(attributes))
    }
}

/// What an object that is to be made is called, and what is kept with it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    label: String,
    key_id: Option<Vec<u8>>,
    private: Option<bool>,
    for_use: Option<KeyUse>,
    attributes: Attributes,
}

impl Draft {
    /// An object with this label, which may be empty; PKCS#11's `CKA_LABEL`.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..Self::default()
        }
    }

    /// With this identifier, PKCS#11's `CKA_ID`, at most 256 octets. Without, that of a key
    /// is made from its public half, and is the same for both halves.
    #[must_use]
    pub fn with_key_id(mut self, key_id: impl Into<Vec<u8>>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// Whether it is shown to who is logged in alone (PKCS#11's `CKA_PRIVATE`); unless
    /// said, secrets are and others are not.
    #[must_use]
    pub fn with_private(mut self, private: bool) -> Self {
        self.private = Some(private);
        self
    }

    /// What the key is for; then it goes into the container of its label.
    #[must_use]
    pub fn with_use(mut self, for_use: KeyUse) -> Self {
        self.for_use = Some(for_use);
        self
    }

    /// With these attributes of the interface's.
    #[must_use]
    pub fn with_attributes(mut self, attributes: Attributes) -> Self {
        self.attributes = attributes;
        self
    }
}

/// A value that is no secret.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Public<'a> {
    /// A public key.
    Key(&'a PublicKey),
    /// A certificate, DER: not read here.
    Certificate(&'a [u8]),
    /// Octets.
    Data(&'a [u8]),
}

/// What to change of an object; what is not said stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub(crate) label: Option<String>,
    pub(crate) key_id: Option<Vec<u8>>,
    pub(crate) attributes: Option<Attributes>,
}

impl Changes {
    /// Whether the object may belong to another place afterwards.
    pub(crate) fn moves(&self) -> bool {
        self.label.is_some() || self.key_id.is_some()
    }

    /// Another label; a key goes into that container, if the place there is free.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Another identifier.
    #[must_use]
    pub fn with_key_id(mut self, key_id: impl Into<Vec<u8>>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// Other attributes, instead of all that it has.
    #[must_use]
    pub fn with_attributes(mut self, attributes: Attributes) -> Self {
        self.attributes = Some(attributes);
        self
    }
}

/// What is known of an object without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    id: ObjectId,
    class: ObjectClass,
    key_kind: Option<KeyKind>,
    secret_kind: Option<SecretKind>,
    label: String,
    key_id: Vec<u8>,
    private: bool,
    for_use: Option<KeyUse>,
    container: Option<ContainerId>,
    value: Vec<u8>,
    attributes: Attributes,
}

impl Object {
    /// Which it is.
    pub fn id(&self) -> ObjectId {
        self.id
    }

    /// What it is.
    pub fn class(&self) -> ObjectClass {
        self.class
    }

    /// The curve of a private or public key.
    pub fn key_kind(&self) -> Option<KeyKind> {
        self.key_kind
    }

    /// The kind of a secret key.
    pub fn secret_kind(&self) -> Option<SecretKind> {
        self.secret_kind
    }

    /// Its label, PKCS#11's `CKA_LABEL`; may be empty.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Its identifier, PKCS#11's `CKA_ID`; may be empty.
    pub fn key_id(&self) -> &[u8] {
        &self.key_id
    }

    /// Whether it is shown to who is logged in alone.
    pub fn is_private(&self) -> bool {
        self.private
    }

    /// What a key or certificate of a container is for.
    pub fn for_use(&self) -> Option<KeyUse> {
        self.for_use
    }

    /// The container that it is in.
    pub fn container(&self) -> Option<ContainerId> {
        self.container
    }

    /// What is no secret: of a key, private or public, `04 ‖ x ‖ y`; of a certificate the
    /// DER; of data the octets. Empty for secret keys and for data that is sealed.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// What the interface keeps with it.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }
}
