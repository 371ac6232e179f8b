//! Objects: what lies in an application, and which of it anybody may know.

use crate::{
    Application, ApplicationId, Container, ContainerId, Error, KeyKind, KeyUse, PublicKey, Result,
    container::named,
    seal::{associated, fill_random},
    store::WriteError,
};
use gm_crypto::sm3;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
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

/// Octets of the longest label.
const LABEL_MOST: usize = 256;
/// Octets of the longest identifier.
const KEY_ID_MOST: usize = 256;
/// Octets of the largest value.
pub(crate) const VALUE_MOST: usize = 1 << 20;
/// Objects of one application.
const COUNT_MOST: usize = 65_536;

/// An object as it lies in the store.
pub(crate) struct ObjectRow {
    id: u64,
    pub(crate) uid: Vec<u8>,
    pub(crate) class: String,
    pub(crate) kind: String,
    label: String,
    key_id: Vec<u8>,
    private: bool,
    container: Option<u64>,
    place: Option<String>,
    value: Vec<u8>,
    attributes: Vec<u8>,
    pub(crate) sealed: Option<Vec<u8>>,
}

const COLUMNS: &str =
    "id, uid, class, kind, label, key_id, private, container, place, value, attributes, sealed";

impl ObjectRow {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            uid: row.get(1)?,
            class: row.get(2)?,
            kind: row.get(3)?,
            label: row.get(4)?,
            key_id: row.get(5)?,
            private: row.get(6)?,
            container: row.get(7)?,
            place: row.get(8)?,
            value: row.get(9)?,
            attributes: row.get(10)?,
            sealed: row.get(11)?,
        })
    }

    /// A new one, with its fields checked.
    pub(crate) fn new(
        draft: &Draft,
        class: ObjectClass,
        kind: &'static str,
        value: Vec<u8>,
    ) -> Result<Self> {
        if value.len() > VALUE_MOST {
            return Err(Error::TooLarge {
                what: "octets of an object",
                limit: VALUE_MOST,
            });
        }
        let key_id = match &draft.key_id {
            Some(key_id) => key_id.clone(),
            None => default_key_id(class, &value),
        };
        let mut uid = vec![0; 16];
        fill_random(&mut uid)?;
        let row = Self {
            id: 0,
            uid,
            class: class.name().into(),
            kind: kind.into(),
            label: draft.label.clone(),
            key_id,
            private: draft.private.unwrap_or(matches!(
                class,
                ObjectClass::PrivateKey | ObjectClass::SecretKey
            )),
            container: None,
            place: draft.for_use.map(|for_use| for_use.name().into()),
            value,
            attributes: draft.attributes.to_octets()?,
            sealed: None,
        };
        row.check()?;
        Ok(row)
    }

    fn check(&self) -> Result<()> {
        if self.label.len() > LABEL_MOST || self.label.contains('\0') {
            return Err(Error::Name {
                what: "the label of an object",
                most: LABEL_MOST,
            });
        }
        if self.key_id.len() > KEY_ID_MOST {
            return Err(Error::TooLarge {
                what: "octets of an identifier",
                limit: KEY_ID_MOST,
            });
        }
        Ok(())
    }

    pub(crate) fn change(&mut self, changes: &Changes) -> Result<()> {
        if let Some(label) = &changes.label {
            self.label.clone_from(label);
        }
        if let Some(key_id) = &changes.key_id {
            self.key_id.clone_from(key_id);
        }
        if let Some(attributes) = &changes.attributes {
            self.attributes = attributes.to_octets()?;
        }
        self.check()
    }

    /// Puts a container's object to its place.
    pub(crate) fn set_place(&mut self, container: ContainerId, for_use: KeyUse) {
        self.container = Some(container.get());
        self.place = Some(for_use.name().into());
    }

    pub(crate) fn set_private(&mut self) {
        self.private = true;
    }

    /// What its secret is sealed with, so that no record takes another's place and no
    /// public part is another than it was. Number, container and place in it are the
    /// store's business.
    pub(crate) fn associated(&self, application: &[u8]) -> Vec<u8> {
        associated(
            "softdevice object 1",
            &[
                application,
                &self.uid,
                self.class.as_bytes(),
                self.kind.as_bytes(),
                self.label.as_bytes(),
                &self.key_id,
                &[self.private.into()],
                &self.value,
                &self.attributes,
            ],
        )
    }

    /// Finds the place where it belongs: a key in the container of its label, a
    /// certificate where the key of its identifier is; none where that is taken.
    pub(crate) fn find_place(
        &mut self,
        transaction: &Transaction<'_>,
        application: ApplicationId,
    ) -> std::result::Result<(), WriteError> {
        self.container = None;
        let wanted = match ObjectClass::from_name(&self.class) {
            Some(ObjectClass::PrivateKey | ObjectClass::PublicKey) => {
                let Some(place) = self.place.clone() else {
                    return Ok(());
                };
                if Container::checked_name(&self.label).is_err() {
                    return Ok(());
                }
                let container = match named(transaction, application, &self.label)? {
                    Some(container) => container,
                    None => Container::insert(transaction, application, &self.label)?,
                };
                Some((container.id().get(), place))
            }
            Some(ObjectClass::Certificate) if !self.key_id.is_empty() => transaction
                .query_row(
                    "SELECT container, place FROM objects
                     WHERE application = ?1 AND class = ?2 AND key_id = ?3
                     AND container IS NOT NULL AND place IS NOT NULL",
                    params![
                        application.get(),
                        ObjectClass::PrivateKey.name(),
                        self.key_id
                    ],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?,
            _ => None,
        };
        let Some((container, place)) = wanted else {
            return Ok(());
        };
        let taken: usize = transaction.query_row(
            "SELECT count(*) FROM objects
             WHERE container = ?1 AND place = ?2 AND class = ?3 AND id <> ?4",
            params![container, place, self.class, self.id],
            |row| row.get(0),
        )?;
        if taken == 0 {
            self.container = Some(container);
            self.place = Some(place);
        }
        Ok(())
    }

    /// Writes a new one, or over what has its number.
    pub(crate) fn write(
        &mut self,
        transaction: &Transaction<'_>,
        application: ApplicationId,
    ) -> std::result::Result<(), WriteError> {
        if self.id == 0 {
            let count: usize = transaction.query_row(
                "SELECT count(*) FROM objects WHERE application = ?1",
                [application.get()],
                |row| row.get(0),
            )?;
            if count >= COUNT_MOST {
                return Err(WriteError::Refused(Error::TooLarge {
                    what: "objects",
                    limit: COUNT_MOST,
                }));
            }
        }
        let id = (self.id > 0).then_some(self.id);
        transaction.execute(
            "INSERT INTO objects (id, uid, class, kind, label, key_id, private, container,
                 place, value, attributes, sealed, application)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (id) DO UPDATE SET label = ?5, key_id = ?6, container = ?8,
                 place = ?9, attributes = ?11, sealed = ?12",
            params![
                id,
                self.uid,
                self.class,
                self.kind,
                self.label,
                self.key_id,
                self.private,
                self.container,
                self.place,
                self.value,
                self.attributes,
                self.sealed,
                application.get(),
            ],
        )?;
        if self.id == 0 {
            self.id = transaction.query_row("SELECT last_insert_rowid()", [], |row| row.get(0))?;
        }
        Ok(())
    }
}

impl TryFrom<ObjectRow> for Object {
    type Error = Error;

    fn try_from(row: ObjectRow) -> Result<Self> {
        let damaged = || Error::Damaged { what: "object" };
        let for_use = match &row.place {
            Some(place) => Some(KeyUse::from_name(place).ok_or_else(damaged)?),
            None => None,
        };
        Ok(Self {
            id: ObjectId(row.id),
            class: ObjectClass::from_name(&row.class).ok_or_else(damaged)?,
            key_kind: KeyKind::from_name(&row.kind),
            secret_kind: SecretKind::from_name(&row.kind),
            label: row.label,
            key_id: row.key_id,
            private: row.private,
            for_use,
            container: row.container.map(ContainerId::new),
            value: row.value,
            attributes: Attributes::from_octets(&row.attributes).ok_or_else(damaged)?,
        })
    }
}

/// The first 20 octets of SM3 over the public point: one identifier for both halves of a
/// pair, in every interface.
fn default_key_id(class: ObjectClass, value: &[u8]) -> Vec<u8> {
    match class {
        ObjectClass::PrivateKey | ObjectClass::PublicKey => sm3::digest(value)[..20].to_vec(),
        _ => Vec::new(),
    }
}

pub(crate) fn rows(
    connection: &Connection,
    application: ApplicationId,
) -> rusqlite::Result<Vec<ObjectRow>> {
    let sql = format!("SELECT {COLUMNS} FROM objects WHERE application = ?1 ORDER BY id");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([application.get()], ObjectRow::from_row)?;
    rows.collect()
}

pub(crate) fn row(
    connection: &Connection,
    application: ApplicationId,
    id: ObjectId,
) -> rusqlite::Result<Option<ObjectRow>> {
    let sql = format!("SELECT {COLUMNS} FROM objects WHERE application = ?1 AND id = ?2");
    connection
        .prepare_cached(&sql)?
        .query_row(params![application.get(), id.0], ObjectRow::from_row)
        .optional()
}

pub(crate) fn row_in(
    connection: &Connection,
    container: ContainerId,
    for_use: KeyUse,
    class: ObjectClass,
) -> rusqlite::Result<Option<ObjectRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM objects WHERE container = ?1 AND place = ?2 AND class = ?3");
    connection
        .prepare_cached(&sql)?
        .query_row(
            params![container.get(), for_use.name(), class.name()],
            ObjectRow::from_row,
        )
        .optional()
}

/// Deletes what is in a container's place.
pub(crate) fn clear(
    transaction: &Transaction<'_>,
    container: ContainerId,
    for_use: KeyUse,
    class: ObjectClass,
) -> rusqlite::Result<usize> {
    transaction.execute(
        "DELETE FROM objects WHERE container = ?1 AND place = ?2 AND class = ?3",
        params![container.get(), for_use.name(), class.name()],
    )
}

/// Refuses a container that another process has deleted, or of another application.
pub(crate) fn expect_container(
    connection: &Connection,
    application: ApplicationId,
    container: &Container,
) -> std::result::Result<(), WriteError> {
    let found: usize = connection.query_row(
        "SELECT count(*) FROM containers WHERE id = ?1 AND application = ?2",
        params![container.id().get(), application.get()],
        |row| row.get(0),
    )?;
    match found {
        0 => Err(WriteError::Refused(Error::NoSuchContainer {
            name: container.name().into(),
        })),
        _ => Ok(()),
    }
}

/// Writes an object without a secret, into `place` over what is there, or where it belongs.
pub(crate) fn insert_public(
    application: &Application,
    draft: &Draft,
    public: Public<'_>,
    place: Option<(&Container, KeyUse)>,
) -> Result<Object> {
    let (class, kind, value) = match public {
        Public::Key(key) => (ObjectClass::PublicKey, key.kind().name(), key.point()),
        Public::Certificate([]) => {
            return Err(Error::Length {
                what: "a certificate",
                found: 0,
            });
        }
        Public::Certificate(der) => (ObjectClass::Certificate, "", der.to_vec()),
        Public::Data(octets) => (ObjectClass::Data, "", octets.to_vec()),
    };
    let mut row = ObjectRow::new(draft, class, kind, value)?;
    let store = &application.device().store;
    store.write("writing an object", |transaction| {
        application.expect(transaction)?;
        if let Some((container, for_use)) = place {
            expect_container(transaction, application.id(), container)?;
            clear(transaction, container.id(), for_use, class)?;
            row.set_place(container.id(), for_use);
        } else {
            row.find_place(transaction, application.id())?;
        }
        row.write(transaction, application.id())
    })?;
    row.try_into()
}
