//! The module between `C_Initialize` and `C_Finalize`.

use crate::{
    object::Handle,
    rv::{Result, Rv},
    session::Session,
    token::Token,
    vendor::{VENDORS, Vendor},
};
use cryptoki_sys::*;
use softdevice::{
    Application, Device, Error, Fault, Faults, NewApplication, Operation, Options, Pin,
};
use std::{
    collections::HashMap,
    env, mem, process,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// The module, once it is initialised.
static MODULE: RwLock<Option<Arc<Module>>> = RwLock::new(None);

/// Parts of the table of sessions, each with a lock of its own.
const SHARDS: usize = 16;

/// Sessions of one process.
pub(crate) const MAX_SESSIONS: usize = 4096;

type Sessions = RwLock<HashMap<CK_SESSION_HANDLE, Arc<Session>>>;

/// Device, tokens and sessions.
#[derive(Debug)]
pub(crate) struct Module {
    /// The process that initialised it: PKCS#11 asks a child to do so itself.
    process: u32,
    pub(crate) vendor: &'static Vendor,
    /// None as long as there is no store: then there is an empty slot to make one in.
    device: RwLock<Option<Device>>,
    faults: Option<Arc<Faults>>,
    tokens: Mutex<HashMap<CK_SLOT_ID, Arc<Token>>>,
    sessions: [Sessions; SHARDS],
    open: AtomicU64,
    /// Counts sessions and session objects.
    last: AtomicU64,
}

/// Makes the module (`C_Initialize`).
pub(crate) fn initialize() -> Result<()> {
    let mut module = MODULE.write().unwrap_or_else(PoisonError::into_inner);
    match module.take() {
        Some(old) if old.process == process::id() => {
            *module = Some(old);
            return Err(Rv(CKR_CRYPTOKI_ALREADY_INITIALIZED));
        }
        // The parent's: nothing of it is closed here, least of all its database.
        Some(old) => mem::forget(old),
        None => {}
    }
    *module = Some(Arc::new(Module::new()?));
    Ok(())
}

/// Takes the module away (`C_Finalize`). Calls that are under way end with it.
pub(crate) fn finalize() -> Result<()> {
    // Looked at first, so that a child does not drop what is its parent's.
    current()?;
    let mut module = MODULE.write().unwrap_or_else(PoisonError::into_inner);
    let gone = module.take().ok_or(Rv(CKR_CRYPTOKI_NOT_INITIALIZED))?;
    drop(module);
    gone.forget_all();
    Ok(())
}

/// The module of this process.
pub(crate) fn current() -> Result<Arc<Module>> {
    let module = MODULE.read().unwrap_or_else(PoisonError::into_inner);
    match &*module {
        Some(module) if module.process == process::id() => Ok(Arc::clone(module)),
        _ => Err(Rv(CKR_CRYPTOKI_NOT_INITIALIZED)),
    }
}

impl Module {
    fn new() -> Result<Self> {
        let vendor = match env::var("SOFTDEVICE_VENDOR") {
            Ok(name) if !name.is_empty() => Vendor::named(&name).ok_or(Rv(CKR_GENERAL_ERROR))?,
            Ok(_) | Err(env::VarError::NotPresent) => &VENDORS[0],
            Err(env::VarError::NotUnicode(_)) => return Err(Rv(CKR_GENERAL_ERROR)),
        };
        let faults = Faults::of_process().map_err(|_| Rv(CKR_GENERAL_ERROR))?;
        let device = match Device::open(&Device::default_path()?) {
            Ok(device) => Some(device),
            Err(Error::NoStore { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            process: process::id(),
            vendor,
            device: RwLock::new(device),
            faults,
            tokens: Mutex::default(),
            sessions: Default::default(),
            open: AtomicU64::new(0),
            last: AtomicU64::new(0),
        })
    }

    pub(crate) fn device(&self) -> Option<Device> {
        let device = self.device.read().unwrap_or_else(PoisonError::into_inner);
        device.clone()
    }

    /// What the test asked to go wrong: performed here, but for what changes a result.
    pub(crate) fn fault(&self, operation: Operation) -> Result<Option<Fault>> {
        let faults = self.faults.as_ref();
        match faults.and_then(|faults| faults.next(operation)) {
            Some(Fault::Fail) => Err(Rv(CKR_DEVICE_ERROR)),
            Some(Fault::Removed) => {
                self.forget_all();
                Err(Rv(CKR_DEVICE_REMOVED))
            }
            fault => Ok(fault),
        }
    }

    /// Ends all sessions and logins, as when a device is pulled out.
    fn forget_all(&self) {
        for shard in &self.sessions {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            self.open.fetch_sub(shard.len() as u64, Ordering::Relaxed);
            shard.clear();
        }
        for token in self.tokens().values() {
            token.forget_all();
        }
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<CK_SLOT_ID, Arc<Token>>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn next_object(&self) -> Handle {
        Handle::of_session(self.next())
    }

    /// The slots: each application's, and behind them an empty one for `C_InitToken`.
    /// That one has a token too, which is not initialised.
    pub(crate) fn slots(&self) -> Result<Vec<CK_SLOT_ID>> {
        let mut slots = Vec::new();
        if let Some(device) = self.device() {
            slots.extend(device.applications()?.iter().map(slot_of));
        }
        slots.push(self.empty_slot()?);
        Ok(slots)
    }

    fn empty_slot(&self) -> Result<CK_SLOT_ID> {
        match self.device() {
            Some(device) => Ok(device.next_application()?.get().try_into().unwrap_or(0)),
            None => Ok(1),
        }
    }

    /// The application in a slot; none in the empty one.
    pub(crate) fn application(&self, slot: CK_SLOT_ID) -> Result<Option<Application>> {
        if let Some(device) = self.device() {
            let mut all = device.applications()?.into_iter();
            if let Some(found) = all.find(|application| slot_of(application) == slot) {
                return Ok(Some(found));
            }
        }
        if slot == self.empty_slot()? {
            return Ok(None);
        }
        Err(Rv(CKR_SLOT_ID_INVALID))
    }

    /// The token in a slot.
    pub(crate) fn token(&self, slot: CK_SLOT_ID) -> Result<Arc<Token>> {
        let application = self.application(slot)?;
        let mut tokens = self.tokens();
        let Some(application) = application else {
            return Err(Rv(CKR_TOKEN_NOT_PRESENT));
        };
        let token = tokens
            .entry(slot)
            .or_insert_with(|| Arc::new(Token::new(application.clone())));
        // Another process has emptied it: what is open of the old one leads nowhere.
        if *token.application() != application {
            *token = Arc::new(Token::new(application));
        }
        Ok(Arc::clone(token))
    }

    /// Makes a token in the empty slot, or empties the one that is there (`C_InitToken`).
    pub(crate) fn init_token(&self, slot: CK_SLOT_ID, pin: &[u8], label: &[u8; 32]) -> Result<()> {
        self.fault(Operation::Write)?;
        let pin = Pin::new(pin)?;
        let label = str::from_utf8(label).map_err(|_| Rv(CKR_ARGUMENTS_BAD))?;
        let label = label.trim_end_matches([' ', '\0']);
        if label.is_empty() || label.contains('\0') {
            return Err(Rv(CKR_ARGUMENTS_BAD));
        }
        if let Some(application) = self.application(slot)? {
            if self.token(slot)?.has_sessions() {
                return Err(Rv(CKR_SESSION_EXISTS));
            }
            application.reset(&pin, label)?;
            self.tokens().remove(&slot);
            return Ok(());
        }
        let device = self.device_to_write()?;
        let made = device.create_application(&NewApplication::new(label, pin))?;
        if slot_of(&made) != slot {
            // Another process was faster: the slot has its token, and ours would be where
            // nobody looks for it.
            device.delete_application(label)?;
            return Err(Rv(CKR_FUNCTION_FAILED));
        }
        Ok(())
    }

    fn device_to_write(&self) -> Result<Device> {
        let mut device = self.device.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(device) = &*device {
            return Ok(device.clone());
        }
        let path = Device::default_path()?;
        let made = match Device::create(&path, &Options::default()) {
            // Another process was faster.
            Err(Error::StoreExists { .. }) => Device::open(&path)?,
            made => made?,
        };
        *device = Some(made.clone());
        Ok(made)
    }

    /// Opens a session (`C_OpenSession`).
    pub(crate) fn open_session(
        &self,
        slot: CK_SLOT_ID,
        flags: CK_FLAGS,
    ) -> Result<CK_SESSION_HANDLE> {
        if flags & CKF_SERIAL_SESSION == 0 {
            return Err(Rv(CKR_SESSION_PARALLEL_NOT_SUPPORTED));
        }
        let most = match self.fault(Operation::OpenSession)? {
            Some(Fault::Limit(most)) => u64::from(most),
            _ => MAX_SESSIONS as u64,
        };
        let token = self.token(slot)?;
        if self.open.fetch_add(1, Ordering::Relaxed) >= most {
            self.open.fetch_sub(1, Ordering::Relaxed);
            return Err(Rv(CKR_SESSION_COUNT));
        }
        let handle = CK_SESSION_HANDLE::try_from(self.next()).unwrap_or(CK_INVALID_HANDLE);
        let read_write = flags & CKF_RW_SESSION != 0;
        if let Err(error) = token.enter(handle, read_write) {
            self.open.fetch_sub(1, Ordering::Relaxed);
            return Err(error);
        }
        let session = Arc::new(Session::new(handle, slot, token, read_write));
        self.write_shard(handle).insert(handle, session);
        Ok(handle)
    }

    fn shard(&self, handle: CK_SESSION_HANDLE) -> &Sessions {
        // The remainder is below 16.
        let shard = usize::try_from(handle % SHARDS as CK_SESSION_HANDLE);
        &self.sessions[shard.unwrap_or(0)]
    }

    fn write_shard(
        &self,
        handle: CK_SESSION_HANDLE,
    ) -> std::sync::RwLockWriteGuard<'_, HashMap<CK_SESSION_HANDLE, Arc<Session>>> {
        let shard = self.shard(handle).write();
        shard.unwrap_or_else(PoisonError::into_inner)
    }

    /// The session of a handle.
    pub(crate) fn session(&self, handle: CK_SESSION_HANDLE) -> Result<Arc<Session>> {
        let shard = self.shard(handle).read();
        let shard = shard.unwrap_or_else(PoisonError::into_inner);
        let session = shard.get(&handle).ok_or(Rv(CKR_SESSION_HANDLE_INVALID))?;
        Ok(Arc::clone(session))
    }

    /// Closes a session; with a token's last one its login ends (`C_CloseSession`).
    pub(crate) fn close_session(&self, handle: CK_SESSION_HANDLE) -> Result<()> {
        let session = self.write_shard(handle).remove(&handle);
        let session = session.ok_or(Rv(CKR_SESSION_HANDLE_INVALID))?;
        self.open.fetch_sub(1, Ordering::Relaxed);
        session.token.leave(handle);
        Ok(())
    }

    /// Closes all sessions of a slot (`C_CloseAllSessions`).
    pub(crate) fn close_all_sessions(&self, slot: CK_SLOT_ID) -> Result<()> {
        let Some(_) = self.application(slot)? else {
            return Err(Rv(CKR_TOKEN_NOT_PRESENT));
        };
        for session in self.sessions_of(slot) {
            // Another thread may be closing it too.
            let _ = self.close_session(session.handle);
        }
        Ok(())
    }

    /// All open sessions of a slot.
    pub(crate) fn sessions_of(&self, slot: CK_SLOT_ID) -> Vec<Arc<Session>> {
        let mut found = Vec::new();
        for shard in &self.sessions {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            let here = shard.values().filter(|session| session.slot == slot);
            found.extend(here.map(Arc::clone));
        }
        found
    }
}

/// Slots have the numbers of applications: they stay when others come and go.
fn slot_of(application: &Application) -> CK_SLOT_ID {
    application.id().get().try_into().unwrap_or(0)
}
