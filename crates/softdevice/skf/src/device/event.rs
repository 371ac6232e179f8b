//! Waiting for a device to come or go (`SKF_WaitForDevEvent`): the store's file does.

use super::names;
use crate::code::{Code, Result};
use softdevice::{Device, fork};
use std::{
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    thread,
    time::Duration,
};

/// How often it is looked whether the file is there.
const PERIOD: Duration = Duration::from_millis(50);
/// The device came.
const INSERTED: u32 = 1;
/// The device went.
const REMOVED: u32 = 2;

/// How often waiting was cancelled.
static CANCELLED: AtomicU64 = AtomicU64::new(0);

/// Waits until a device comes or goes: gives its name, and which. Ends without an event when
/// it is cancelled.
pub(crate) fn wait() -> Result<(String, u32)> {
    let then = CANCELLED.load(SeqCst);
    let before = names();
    loop {
        // This takes long and holds nothing: no fork waits with it.
        fork::outside(|| thread::sleep(PERIOD));
        if CANCELLED.load(SeqCst) != then {
            return Err(Code::NoEvent);
        }
        if there() != before.is_empty() {
            continue;
        }
        let now = names();
        let differs = |some: &[String], others: &[String]| {
            some.iter().find(|name| !others.contains(name)).cloned()
        };
        if let Some(name) = differs(&now, &before) {
            return Ok((name, INSERTED));
        }
        if let Some(name) = differs(&before, &now) {
            return Ok((name, REMOVED));
        }
    }
}

fn there() -> bool {
    Device::default_path().is_ok_and(|path| path.exists())
}

/// Ends all waiting of this process.
pub(crate) fn cancel() {
    CANCELLED.fetch_add(1, SeqCst);
}
