//! What a process has open. Whatever hangs on a device goes with it.

use crate::{
    agreement::Agreement,
    application::OpenApplication,
    cipher::{CipherKey, MacState},
    code::{Code, Result},
    container::OpenContainer,
    device::Connected,
    digest::DigestState,
};
use softdevice::{Fault, Operation, handles::Handles};
use std::{
    ops::Deref,
    sync::{Arc, LazyLock},
};

/// Objects of each kind that a process has open at once.
const MOST: usize = 4096;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library {
    devices: Handles::new(MOST),
    applications: Handles::new(MOST),
    containers: Handles::new(MOST),
    keys: Handles::new(MOST),
    macs: Handles::new(MOST),
    digests: Handles::new(MOST),
    agreements: Handles::new(MOST),
});

/// The tables of handles.
#[derive(Debug)]
pub(crate) struct Library {
    pub(crate) devices: Handles<Connected>,
    pub(crate) applications: Handles<OpenApplication>,
    pub(crate) containers: Handles<OpenContainer>,
    keys: Handles<CipherKey>,
    macs: Handles<MacState>,
    digests: Handles<DigestState>,
    agreements: Handles<Agreement>,
}

/// The tables of this process.
pub(crate) fn library() -> &'static Library {
    &LIBRARY
}

/// What a handle names, and what it hangs on.
pub(crate) trait Opened: Sized + 'static {
    /// The table that its handles are in.
    fn table(library: &Library) -> &Handles<Self>;

    /// The device that it is on.
    fn device(&self) -> &Arc<Connected>;
}

macro_rules! opened {
    ($($table:ident: $type:ty;)*) => {
        $(
            impl Opened for $type {
                fn table(library: &Library) -> &Handles<Self> {
                    &library.$table
                }

                fn device(&self) -> &Arc<Connected> {
                    self.on_device()
                }
            }
        )*
    };
}

opened! {
    applications: OpenApplication;
    containers: OpenContainer;
    keys: CipherKey;
    macs: MacState;
    digests: DigestState;
    agreements: Agreement;
}

/// An object for the length of one call, and what is to go wrong with the call's result.
#[derive(Debug)]
pub(crate) struct Call<T> {
    object: Arc<T>,
    fault: Option<Fault>,
}

impl<T> Deref for Call<T> {
    type Target = Arc<T>;

    fn deref(&self) -> &Arc<T> {
        &self.object
    }
}

impl<T> Call<T> {
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

/// The device of a handle, for one call that does `operation`.
pub(crate) fn device(handle: usize, operation: Operation) -> Result<Call<Connected>> {
    let object = library().devices.get(handle).ok_or(Code::Handle)?;
    let fault = fault(&object, operation)?;
    Ok(Call { object, fault })
}

/// The object of a handle, for one call that does `operation`.
pub(crate) fn object<T: Opened>(handle: usize, operation: Operation) -> Result<Call<T>> {
    let object = T::table(library()).get(handle).ok_or(Code::Handle)?;
    let fault = fault(object.device(), operation)?;
    Ok(Call { object, fault })
}

/// Takes an object in, and gives its handle.
pub(crate) fn hold<T: Opened>(object: T) -> Result<usize> {
    T::table(library()).insert(object).ok_or(Code::Memory)
}

/// Performs the fault that is asked for at this call, where it is one that ends the call.
pub(crate) fn fault(device: &Arc<Connected>, operation: Operation) -> Result<Option<Fault>> {
    match device.device().fault(operation) {
        Some(Fault::Fail) => Err(Code::Fail),
        Some(Fault::Removed) => {
            forget(|other| other.is_same_device(device));
            let devices = &library().devices;
            devices.retain(|other| !other.is_same_device(device));
            Err(Code::DeviceRemoved)
        }
        other => Ok(other),
    }
}

/// Closes all that hangs on devices of which `gone` is true.
pub(crate) fn forget(gone: impl Fn(&Arc<Connected>) -> bool) {
    let library = library();
    library.agreements.retain(|object| !gone(object.device()));
    library.digests.retain(|object| !gone(object.device()));
    library.macs.retain(|object| !gone(object.device()));
    library.keys.retain(|object| !gone(object.device()));
    library.containers.retain(|object| !gone(object.device()));
    library.applications.retain(|object| !gone(object.device()));
}

/// `SKF_CloseHandle`: session key, MAC, digest or agreement.
pub(crate) fn close(handle: usize) -> Result<()> {
    let library = library();
    let closed = library.keys.remove(handle).is_some()
        || library.macs.remove(handle).is_some()
        || library.digests.remove(handle).is_some()
        || library.agreements.remove(handle).is_some();
    closed.then_some(()).ok_or(Code::Handle)
}

/// Takes an agreement out: it is ended once.
pub(crate) fn take_agreement(handle: usize) -> Result<Agreement> {
    let agreement = library().agreements.remove(handle).ok_or(Code::Handle)?;
    // Another thread may hold it for the moment of a call that will find it gone.
    Arc::into_inner(agreement).ok_or(Code::Handle)
}
