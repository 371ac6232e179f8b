//! What a process has open: devices, and the sessions on them.

use crate::{
    code::{Code, Result},
    session::Session,
    settings::Settings,
};
use softdevice::{Device, Fault, Faults, Operation, handles::Handles};
use std::{
    ops::Deref,
    sync::{Arc, LazyLock},
};

/// Devices that a process has open at once.
const MAX_DEVICES: usize = 256;
/// Sessions that a process has open at once.
const MAX_SESSIONS: usize = 4096;

static DEVICES: LazyLock<Handles<Opened>> = LazyLock::new(|| Handles::new(MAX_DEVICES));
static SESSIONS: LazyLock<Handles<Session>> = LazyLock::new(|| Handles::new(MAX_SESSIONS));

/// A device that is open, as one caller of `SDF_OpenDevice` sees it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) device: Device,
    pub(crate) settings: Settings,
}

impl Opened {
    /// Whether both are openings of one store.
    fn is_same_device(&self, other: &Self) -> bool {
        self.device.path() == other.device.path()
    }

    /// Performs the fault that is asked for at this call, where it is one that ends the call.
    fn fault(&self, operation: Operation) -> Result<Option<Fault>> {
        match self.device.fault(operation) {
            Some(Fault::Fail) => Err(Code::Unknown),
            Some(Fault::Removed) => {
                SESSIONS.retain(|session| !session.opened().is_same_device(self));
                DEVICES.retain(|opened| !opened.is_same_device(self));
                Err(Code::Communication)
            }
            other => Ok(other),
        }
    }
}

/// A session for the length of one call, and what is to go wrong with its result.
#[derive(Debug)]
pub(crate) struct Call {
    session: Arc<Session>,
    fault: Option<Fault>,
}

impl Deref for Call {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl Call {
    /// What is to go wrong with the result.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// Does to a result what the test that set the faults asked for.
    pub(crate) fn distort(&self, result: &mut Vec<u8>) {
        if let Some(fault) = self.fault {
            fault.distort(result);
        }
    }
}

/// `SDF_OpenDevice`
pub(crate) fn open_device() -> Result<usize> {
    let settings = Settings::from_environment()?;
    let open = || Device::open(&Device::default_path()?);
    let device = open().map_err(|_| Code::OpenDevice)?;
    let faults = Faults::of_process().map_err(|_| Code::OpenDevice)?;
    let device = device.with_faults(faults);
    insert_device(device, settings)
}

/// Takes an open device in, and gives its handle.
pub(crate) fn insert_device(device: Device, settings: Settings) -> Result<usize> {
    DEVICES
        .insert(Opened { device, settings })
        .ok_or(Code::OpenDevice)
}

/// The settings that a call with a session's handle will find.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn settings(session: usize) -> Option<Settings> {
    SESSIONS.get(session).map(|session| session.settings())
}

/// `SDF_CloseDevice`: its sessions go with it.
pub(crate) fn close_device(handle: usize) -> Result<()> {
    let opened = DEVICES.remove(handle).ok_or(Code::Input)?;
    SESSIONS.retain(|session| !session.is_on(&opened));
    Ok(())
}

/// `SDF_OpenSession`
pub(crate) fn open_session(device: usize) -> Result<usize> {
    let opened = DEVICES.get(device).ok_or(Code::Input)?;
    let fault = opened.fault(Operation::OpenSession)?;
    let count = || SESSIONS.count(|session| session.opened().is_same_device(&opened));
    if let Some(Fault::Limit(most)) = fault
        && count() >= most as usize
    {
        return Err(Code::OpenSession);
    }
    SESSIONS
        .insert(Session::new(opened))
        .ok_or(Code::OpenSession)
}

/// `SDF_CloseSession`: its keys and rights go with it.
pub(crate) fn close_session(handle: usize) -> Result<()> {
    SESSIONS.remove(handle).map(drop).ok_or(Code::Input)
}

/// The session of a handle, for one call that does `operation`.
pub(crate) fn session(handle: usize, operation: Operation) -> Result<Call> {
    let session = SESSIONS.get(handle).ok_or(Code::Input)?;
    let fault = session.opened().fault(operation)?;
    Ok(Call { session, fault })
}
