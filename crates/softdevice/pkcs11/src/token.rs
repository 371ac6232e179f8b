//! A token: an application, who is logged in, and the objects of sessions.

use crate::{
    object::{Entry, Handle, Material, Meta},
    rv::{Result, Rv},
};
use cryptoki_sys::*;
use softdevice::{
    Application, Changes, Error, Object, ObjectClass, ObjectId, Pin, PublicKey, Role, Unlocked,
    cache::Cache,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard},
};

/// A token with what this process has opened of it.
#[derive(Debug)]
pub(crate) struct Token {
    application: Application,
    logging_in: Mutex<()>,
    /// Locked after `sessions` where both are.
    login: RwLock<Option<Arc<Login>>>,
    /// Open sessions, and whether they may write.
    sessions: Mutex<HashMap<CK_SESSION_HANDLE, bool>>,
    objects: RwLock<HashMap<Handle, SessionObject>>,
}

/// A login, which all sessions of a token share.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) unlocked: Unlocked,
    /// Token objects with their secrets, so that signing reads no store.
    opened: Cache<Handle, Arc<Entry>>,
}

#[derive(Debug)]
struct SessionObject {
    owner: CK_SESSION_HANDLE,
    entry: Arc<Entry>,
}

impl Token {
    pub(crate) fn new(application: Application) -> Self {
        Self {
            application,
            logging_in: Mutex::default(),
            login: RwLock::default(),
            sessions: Mutex::default(),
            objects: RwLock::default(),
        }
    }

    pub(crate) fn application(&self) -> &Application {
        &self.application
    }

    pub(crate) fn login(&self) -> Option<Arc<Login>> {
        let login = self.login.read().unwrap_or_else(PoisonError::into_inner);
        login.clone()
    }

    pub(crate) fn role(&self) -> Option<Role> {
        self.login().map(|login| login.unlocked.role())
    }

    /// The user's login.
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN`.
    pub(crate) fn user(&self) -> Result<Arc<Login>> {
        self.login()
            .filter(|login| login.unlocked.role() == Role::User)
            .ok_or(Rv(CKR_USER_NOT_LOGGED_IN))
    }

    fn open_sessions(&self) -> MutexGuard<'_, HashMap<CK_SESSION_HANDLE, bool>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn has_sessions(&self) -> bool {
        !self.open_sessions().is_empty()
    }

    /// All open sessions, and those of them that may write.
    pub(crate) fn session_counts(&self) -> (usize, usize) {
        let sessions = self.open_sessions();
        let writing = sessions.values().filter(|read_write| **read_write).count();
        (sessions.len(), writing)
    }

    pub(crate) fn enter(&self, session: CK_SESSION_HANDLE, read_write: bool) -> Result<()> {
        let mut sessions = self.open_sessions();
        if !read_write && self.role() == Some(Role::Administrator) {
            return Err(Rv(CKR_SESSION_READ_WRITE_SO_EXISTS));
        }
        sessions.insert(session, read_write);
        Ok(())
    }

    pub(crate) fn leave(&self, session: CK_SESSION_HANDLE) {
        let mut sessions = self.open_sessions();
        sessions.remove(&session);
        if sessions.is_empty() {
            self.write_login().take();
        }
        drop(sessions);
        self.write_objects()
            .retain(|_, object| object.owner != session);
    }

    pub(crate) fn forget_all(&self) {
        let mut sessions = self.open_sessions();
        sessions.clear();
        self.write_login().take();
        drop(sessions);
        self.write_objects().clear();
    }

    fn write_login(&self) -> RwLockWriteGuard<'_, Option<Arc<Login>>> {
        self.login.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs in (`C_Login`).
    pub(crate) fn log_in(&self, role: Role, pin: &[u8]) -> Result<()> {
        // Of two that log in at once, the second finds the first one's login. No other
        // lock is held while the PIN is tried, which takes its time.
        let _one = self
            .logging_in
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = self.role() {
            return Err(Rv(match known == role {
                true => CKR_USER_ALREADY_LOGGED_IN,
                false => CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
            }));
        }
        let expect_writers = |sessions: &HashMap<CK_SESSION_HANDLE, bool>| {
            let readers = sessions.values().any(|read_write| !read_write);
            match readers && role == Role::Administrator {
                true => Err(Rv(CKR_SESSION_READ_ONLY_EXISTS)),
                false => Ok(()),
            }
        };
        expect_writers(&self.open_sessions())?;
        let pin = Pin::new(pin).map_err(|_| Rv(CKR_PIN_INCORRECT))?;
        let unlocked = self.application.login(role, &pin)?;
        let sessions = self.open_sessions();
        expect_writers(&sessions)?;
        // Closed meanwhile, or the device was pulled out.
        if sessions.is_empty() {
            return Err(Rv(CKR_SESSION_HANDLE_INVALID));
        }
        *self.write_login() = Some(Arc::new(Login {
            unlocked,
            opened: Cache::default(),
        }));
        Ok(())
    }

    /// Ends the login (`C_Logout`); private session objects go with it.
    pub(crate) fn log_out(&self) -> Result<()> {
        let login = self.write_login().take();
        login.ok_or(Rv(CKR_USER_NOT_LOGGED_IN))?;
        self.write_objects()
            .retain(|_, object| !object.entry.meta.private);
        Ok(())
    }

    fn write_objects(&self) -> RwLockWriteGuard<'_, HashMap<Handle, SessionObject>> {
        self.objects.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add_session_object(
        &self,
        handle: Handle,
        owner: CK_SESSION_HANDLE,
        entry: Entry,
    ) {
        let entry = Arc::new(entry);
        self.write_objects()
            .insert(handle, SessionObject { owner, entry });
    }

    /// The object of a handle, with its secret, if who is logged in may see it.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID`, also for private objects of a token that nobody is
    /// logged in to: it is not said that they are there.
    pub(crate) fn entry(&self, handle: Handle) -> Result<Arc<Entry>> {
        let login = self.login();
        let user = login.filter(|login| login.unlocked.role() == Role::User);
        if !handle.is_of_token() {
            let objects = self.objects.read().unwrap_or_else(PoisonError::into_inner);
            let object = objects.get(&handle);
            return object
                .filter(|object| user.is_some() || !object.entry.meta.private)
                .map(|object| Arc::clone(&object.entry))
                .ok_or(Rv(CKR_OBJECT_HANDLE_INVALID));
        }
        let missed = match user.as_ref().map(|user| user.opened.get(&handle)) {
            Some(Ok(entry)) => return Ok(entry),
            Some(Err(missed)) => Some(missed),
            None => None,
        };
        let object = self.find(handle)?;
        let hidden = object.is_private() && user.is_none();
        if hidden {
            return Err(Rv(CKR_OBJECT_HANDLE_INVALID));
        }
        let entry = Arc::new(Entry {
            material: material(&object, user.as_deref())?,
            meta: Meta::from(&object),
        });
        if let (Some(user), Some(missed)) = (&user, missed)
            && let Material::Private(_) | Material::Secret(_) = &entry.material
        {
            user.opened.keep(missed, handle, Arc::clone(&entry));
        }
        Ok(entry)
    }

    /// The token object of a handle, as the store has it.
    fn find(&self, handle: Handle) -> Result<Object> {
        Ok(self
            .application
            .object(ObjectId::new(u64::from(handle.0) >> 1))?)
    }

    /// All objects that who is logged in may see, without their secrets; session objects
    /// last.
    pub(crate) fn visible(&self) -> Result<Vec<(Handle, Entry)>> {
        let user = self.role() == Some(Role::User);
        let without_secret = |meta| Entry {
            meta,
            material: Material::None,
        };
        let objects = self.application.objects()?;
        let mut found: Vec<_> = objects
            .iter()
            .map(|object| {
                let entry = without_secret(Meta::from(object));
                (Handle::of_token(object.id()), entry)
            })
            .collect();
        let objects = self.objects.read().unwrap_or_else(PoisonError::into_inner);
        let mut own: Vec<_> = objects
            .iter()
            .map(|(handle, object)| (*handle, without_secret(object.entry.meta.clone())))
            .collect();
        own.sort_by_key(|(handle, _)| *handle);
        found.append(&mut own);
        found.retain(|(_, entry)| user || !entry.meta.private);
        Ok(found)
    }

    /// Takes an object away (`C_DestroyObject`).
    pub(crate) fn destroy(&self, handle: Handle) -> Result<()> {
        if !handle.is_of_token() {
            let gone = self.write_objects().remove(&handle);
            return gone.map(drop).ok_or(Rv(CKR_OBJECT_HANDLE_INVALID));
        }
        let id = self.find(handle)?.id();
        self.application.delete_object(id)?;
        self.close_entry(handle, id);
        Ok(())
    }

    /// Forgets what was opened of an object that is gone or another now.
    fn close_entry(&self, handle: Handle, id: ObjectId) {
        if let Some(login) = self.login() {
            // In this order: what opens it again finds no old secret below.
            login.unlocked.forget(id);
            login.opened.forget(&handle);
        }
    }

    /// Changes an object (`C_SetAttributeValue`).
    pub(crate) fn change(&self, handle: Handle, changes: &Changes) -> Result<()> {
        let id = self.find(handle)?.id();
        match self.application.update(id, changes) {
            // It has a secret, which is sealed with what is known of it.
            Err(Error::NotPermitted { .. }) => self.user()?.unlocked.update(id, changes)?,
            changed => changed?,
        };
        self.close_entry(handle, id);
        Ok(())
    }

    /// Changes an object of a session.
    pub(crate) fn replace_session_object(&self, handle: Handle, meta: Meta) -> Result<()> {
        let mut objects = self.write_objects();
        let object = objects
            .get_mut(&handle)
            .ok_or(Rv(CKR_OBJECT_HANDLE_INVALID))?;
        let material = object.entry.material.clone();
        object.entry = Arc::new(Entry { meta, material });
        Ok(())
    }
}

/// What an operation uses of a token object.
fn material(object: &Object, user: Option<&Login>) -> Result<Material> {
    let damaged = Rv(CKR_DEVICE_ERROR);
    Ok(match (object.class(), user) {
        (ObjectClass::PrivateKey, Some(user)) => {
            Material::Private(user.unlocked.private_key(object.id())?)
        }
        (ObjectClass::SecretKey, Some(user)) => {
            Material::Secret(user.unlocked.secret(object.id())?)
        }
        (ObjectClass::PublicKey, _) => {
            let kind = object.key_kind().ok_or(damaged)?;
            Material::Public(PublicKey::from_point(kind, object.value())?)
        }
        (ObjectClass::Data, Some(user)) if object.is_private() => {
            Material::Secret(user.unlocked.secret(object.id())?)
        }
        _ => Material::None,
    })
}
