//! What a login opens: the keys.

use crate::{
    Application, Changes, Container, Draft, Error, KeyKind, KeyUse, Object, ObjectClass, ObjectId,
    Pin, PrivateKey, PublicKey, Result, Role, SecretKind,
    cache::Cache,
    object::{self, ObjectRow},
    seal::SealingKey,
    store::WriteError,
};
use getrandom::SysRng;
use gm_crypto::sm2::{self, EnvelopedKey};
use std::{fmt, sync::Arc};
use zeroize::Zeroizing;

/// An application that is logged in to: it holds the key of its records, which is wiped
/// when this is dropped, and so are the keys that were opened with it, once no operation
/// uses them.
///
/// A key is read from the store once; from then on it is used without it. That another
/// process has deleted it is therefore seen at the next login.
pub struct Unlocked {
    application: Application,
    role: Role,
    data: SealingKey,
    keys: Cache<ObjectId, Arc<PrivateKey>>,
    secrets: Cache<ObjectId, Arc<SecretValue>>,
}

/// The octets of a secret key or of sealed data; wiped when dropped, silent in `Debug`.
pub struct SecretValue(Zeroizing<Vec<u8>>);

impl SecretValue {
    /// Takes the octets; those of a `Vec` are moved here and wiped here.
    pub fn new(octets: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(octets.into()))
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretValue").finish_non_exhaustive()
    }
}

/// A value that is a secret.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Secret<'a> {
    /// A private key; its public half lies open.
    Key(&'a PrivateKey),
    /// A symmetric key.
    Symmetric(SecretKind, &'a SecretValue),
    /// Octets, at most 1 MiB.
    Data(&'a SecretValue),
}

impl Unlocked {
    pub(crate) fn new(application: Application, role: Role, data: SealingKey) -> Self {
        Self {
            application,
            role,
            data,
            keys: Cache::default(),
            secrets: Cache::default(),
        }
    }

    /// What is logged in to.
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// Who is logged in.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Sets the user's PIN (PKCS#11, `C_InitPIN`): an initial one, to be changed, with all
    /// its tries. The keys stay.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] for the user, [`Error::Random`], [`Error::Database`].
    pub fn set_user_pin(&self, pin: &Pin) -> Result<()> {
        if self.role != Role::Administrator {
            return Err(self.refuse("set a PIN without the old one"));
        }
        self.application.set_pin(Role::User, pin, &self.data, true)
    }

    /// The private key under this identifier.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] for the administrator, [`Error::NoSuchObject`] also for
    /// what is no private key, [`Error::Damaged`], [`Error::Database`].
    pub fn private_key(&self, id: ObjectId) -> Result<Arc<PrivateKey>> {
        let missed = match self.keys.get(&id) {
            Ok(key) => return Ok(key),
            Err(missed) => missed,
        };
        let (row, plain) = self.open(id)?;
        let kind = match row.class == ObjectClass::PrivateKey.name() {
            true => KeyKind::from_name(&row.kind),
            false => None,
        };
        let key = PrivateKey::from_scalar(kind.ok_or(Error::NoSuchObject)?, &plain)?;
        let key = Arc::new(key);
        self.keys.keep(missed, id, Arc::clone(&key));
        Ok(key)
    }

    /// The octets of a secret key or of sealed data.
    ///
    /// # Errors
    /// As [`Self::private_key`]; [`Error::NoSuchObject`] for a private key.
    pub fn secret(&self, id: ObjectId) -> Result<Arc<SecretValue>> {
        let missed = match self.secrets.get(&id) {
            Ok(secret) => return Ok(secret),
            Err(missed) => missed,
        };
        let (row, plain) = self.open(id)?;
        if row.class == ObjectClass::PrivateKey.name() {
            return Err(Error::NoSuchObject);
        }
        let secret = Arc::new(SecretValue(plain));
        self.secrets.keep(missed, id, Arc::clone(&secret));
        Ok(secret)
    }

    /// The private key in a container's place.
    ///
    /// # Errors
    /// [`Error::PlaceEmpty`], and those of [`Self::private_key`].
    pub fn key_in(&self, container: &Container, for_use: KeyUse) -> Result<Arc<PrivateKey>> {
        self.private_key(self.application.key_pair_in(container, for_use)?.id())
    }

    /// Stores a secret. A private key that has a label, and a use, goes into the
    /// container of that name, which is made where there is none, unless it has one.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] for the administrator, [`Error::Name`],
    /// [`Error::TooLarge`], [`Error::Length`], [`Error::Random`], [`Error::Database`].
    pub fn store(&self, draft: &Draft, secret: Secret<'_>) -> Result<Object> {
        self.expect_user("store secrets")?;
        let mut row = self.seal(draft, secret)?;
        self.write("writing a secret", |transaction| {
            self.application.expect(transaction)?;
            row.find_place(transaction, self.application.id())?;
            row.write(transaction, self.application.id())
        })?;
        row.try_into()
    }

    /// Makes a key pair in a container's place, which is free: private and public key,
    /// both under the container's name.
    ///
    /// # Errors
    /// [`Error::PlaceTaken`], [`Error::NoSuchContainer`], [`Error::NotPermitted`] for the
    /// administrator, [`Error::Random`], [`Error::Database`].
    pub fn generate_pair(
        &self,
        container: &Container,
        for_use: KeyUse,
        kind: KeyKind,
    ) -> Result<Object> {
        self.expect_user("make keys")?;
        self.import_pair(container, for_use, &PrivateKey::generate(kind)?)
    }

    /// Puts a key pair into a container's place, which is free.
    ///
    /// # Errors
    /// As [`Self::generate_pair`].
    pub fn import_pair(
        &self,
        container: &Container,
        for_use: KeyUse,
        key: &PrivateKey,
    ) -> Result<Object> {
        self.expect_user("import keys")?;
        let application = self.application.id();
        let draft = Draft::new(container.name()).with_use(for_use);
        let mut private = self.seal(&draft, Secret::Key(key))?;
        let mut public = ObjectRow::new(
            &draft,
            ObjectClass::PublicKey,
            key.kind().name(),
            key.point().to_vec(),
        )?;
        self.write("writing a key pair", |transaction| {
            self.application.expect(transaction)?;
            object::expect_container(transaction, application, container)?;
            let class = ObjectClass::PrivateKey;
            if object::row_in(transaction, container.id(), for_use, class)?.is_some() {
                return Err(WriteError::Refused(Error::PlaceTaken { for_use }));
            }
            let class = ObjectClass::PublicKey;
            object::clear(transaction, container.id(), for_use, class)?;
            for row in [&mut private, &mut public] {
                row.set_place(container.id(), for_use);
                row.write(transaction, application)?;
            }
            Ok(())
        })?;
        private.try_into()
    }

    /// Puts the encryption pair that a key-management centre sent into its place, which is
    /// free: opened with the container's signing key (GM/T 0009, 7.4; GM/T 0016,
    /// `SKF_ImportECCKeyPair`).
    ///
    /// # Errors
    /// [`Error::Crypto`] when it does not open, [`Error::PlaceEmpty`] without a signing
    /// key, [`Error::KeyKind`] when that is not SM2's; otherwise as
    /// [`Self::generate_pair`].
    pub fn import_enveloped(
        &self,
        container: &Container,
        envelope: &EnvelopedKey,
    ) -> Result<Object> {
        let signing = self.key_in(container, KeyUse::Signing)?;
        let secret = envelope
            .open(signing.sm2()?.secret_key())
            .map_err(Error::crypto("the envelope does not open"))?;
        let key = PrivateKey::from_sm2(secret);
        self.import_pair(container, KeyUse::Encryption, &key)
    }

    /// Wraps an SM2 key so that only the owner of `recipient` opens it (GM/T 0009, 7.4).
    /// Whether it may leave is the interface's business.
    ///
    /// # Errors
    /// [`Error::KeyKind`] for a key of another curve, [`Error::Crypto`], and those of
    /// [`Self::private_key`].
    pub fn envelop(&self, id: ObjectId, recipient: &PublicKey) -> Result<EnvelopedKey> {
        let key = self.private_key(id)?;
        let recipient: &sm2::PublicKey = recipient.sm2()?;
        EnvelopedKey::seal(&mut SysRng, recipient, key.sm2()?.secret_key())
            .map_err(Error::crypto("wrapping a key"))
    }

    /// Changes what is known of an object, and seals its secret anew.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] for the administrator, [`Error::NoSuchObject`],
    /// [`Error::Damaged`], [`Error::Name`], [`Error::TooLarge`], [`Error::Database`].
    pub fn update(&self, id: ObjectId, changes: &Changes) -> Result<Object> {
        self.expect_user("change objects")?;
        let application = self.application.id();
        let row = self.write("changing an object", |transaction| {
            let row = object::row(transaction, application, id)?;
            let mut row = row.ok_or(Error::NoSuchObject)?;
            let plain = match &row.sealed {
                Some(sealed) => Some(self.unseal(&row, sealed)?),
                None => None,
            };
            row.change(changes)?;
            if changes.moves() {
                row.find_place(transaction, application)?;
            }
            if let Some(plain) = plain {
                let associated = row.associated(self.application.uid());
                row.sealed = Some(self.data.seal(&plain, &associated)?);
            }
            row.write(transaction, application)?;
            Ok(row)
        })?;
        row.try_into()
    }

    /// Forgets a key that was opened, and wipes it once no operation uses it: for an
    /// object that was deleted.
    pub fn forget(&self, id: ObjectId) {
        self.keys.forget(&id);
        self.secrets.forget(&id);
    }

    fn seal(&self, draft: &Draft, secret: Secret<'_>) -> Result<ObjectRow> {
        let (class, kind, value, plain) = match secret {
            Secret::Key(key) => (
                ObjectClass::PrivateKey,
                key.kind().name(),
                key.point().to_vec(),
                key.scalar(),
            ),
            Secret::Symmetric(kind, secret) => {
                kind.check_length(secret.0.len())?;
                let plain = secret.0.clone();
                (ObjectClass::SecretKey, kind.name(), Vec::new(), plain)
            }
            Secret::Data(secret) => {
                if secret.0.len() > object::VALUE_MOST {
                    return Err(Error::TooLarge {
                        what: "octets of an object",
                        limit: object::VALUE_MOST,
                    });
                }
                (ObjectClass::Data, "", Vec::new(), secret.0.clone())
            }
        };
        let mut row = ObjectRow::new(draft, class, kind, value)?;
        if let Secret::Data(_) = secret {
            row.set_private();
        }
        let associated = row.associated(self.application.uid());
        row.sealed = Some(self.data.seal(&plain, &associated)?);
        Ok(row)
    }

    fn open(&self, id: ObjectId) -> Result<(ObjectRow, Zeroizing<Vec<u8>>)> {
        self.expect_user("use keys")?;
        let application = &self.application;
        let row = application
            .device()
            .store
            .read("reading a secret", |connection| {
                object::row(connection, application.id(), id)
            })?
            .ok_or(Error::NoSuchObject)?;
        let sealed = row.sealed.as_ref().ok_or(Error::NoSuchObject)?;
        let plain = self.unseal(&row, sealed)?;
        Ok((row, plain))
    }

    fn unseal(&self, row: &ObjectRow, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.data
            .open(sealed, &row.associated(self.application.uid()))
            .ok_or(Error::Damaged { what: "secret" })
    }

    fn expect_user(&self, what: &'static str) -> Result<()> {
        match self.role {
            Role::User => Ok(()),
            Role::Administrator => Err(self.refuse(what)),
        }
    }

    fn refuse(&self, what: &'static str) -> Error {
        Error::NotPermitted {
            role: self.role,
            what,
        }
    }

    fn write<T>(
        &self,
        during: &'static str,
        change: impl FnOnce(&rusqlite::Transaction<'_>) -> std::result::Result<T, WriteError>,
    ) -> Result<T> {
        self.application.device().store.write(during, change)
    }
}

impl fmt::Debug for Unlocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unlocked")
            .field("application", &self.application)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}
