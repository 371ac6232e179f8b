//! What module, slots and tokens say of themselves.

use crate::{
    mechanism,
    module::{MAX_SESSIONS, Module},
    rv::{Result, Rv},
    session::Session,
};
use cryptoki_sys::*;
use softdevice::{Device, Operation, Pin, PinState, Role};

/// The version of PKCS#11 that is spoken.
pub(crate) const VERSION: CK_VERSION = CK_VERSION { major: 3, minor: 0 };

/// A text in a field of fixed length, blanks behind it, cut between characters.
fn padded<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    let mut field = [b' '; LENGTH];
    let mut length = text.len().min(LENGTH);
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    field[..length].copy_from_slice(&text.as_bytes()[..length]);
    field
}

fn own_version() -> CK_VERSION {
    let number = |text: &str| text.parse().unwrap_or(0);
    CK_VERSION {
        major: number(env!("CARGO_PKG_VERSION_MAJOR")),
        minor: number(env!("CARGO_PKG_VERSION_MINOR")),
    }
}

pub(crate) fn module() -> CK_INFO {
    CK_INFO {
        cryptokiVersion: VERSION,
        manufacturerID: padded(Device::MANUFACTURER),
        flags: 0,
        libraryDescription: padded("softdevice PKCS#11"),
        libraryVersion: own_version(),
    }
}

pub(crate) fn slot(module: &Module, slot: CK_SLOT_ID) -> Result<CK_SLOT_INFO> {
    let application = module.application(slot)?;
    let description = match &application {
        Some(application) => format!("softdevice: {}", application.name()),
        None => "softdevice: room for a new token".into(),
    };
    // The empty slot has a token, one that is not initialised: else nobody would
    // initialise it.
    Ok(CK_SLOT_INFO {
        slotDescription: padded(&description),
        manufacturerID: padded(Device::MANUFACTURER),
        flags: CKF_TOKEN_PRESENT,
        hardwareVersion: own_version(),
        firmwareVersion: own_version(),
    })
}

pub(crate) fn token(module: &Module, slot: CK_SLOT_ID) -> Result<CK_TOKEN_INFO> {
    module.fault(Operation::Info)?;
    let application = module.application(slot)?;
    let mut flags = CKF_RNG | CKF_LOGIN_REQUIRED;
    let serial = match module.device() {
        Some(device) => device.info()?.serial,
        None => String::new(),
    };
    let (mut label, mut sessions) = (String::new(), (0, 0));
    if let Some(application) = &application {
        flags |= CKF_TOKEN_INITIALIZED;
        label = application.name().into();
        sessions = module.token(slot)?.session_counts();
        let state = |role| application.pin_state(role).ok();
        if let Some(user) = state(Role::User) {
            flags |= CKF_USER_PIN_INITIALIZED
                | pin_flags(
                    user,
                    CKF_USER_PIN_COUNT_LOW,
                    CKF_USER_PIN_FINAL_TRY,
                    CKF_USER_PIN_LOCKED,
                    CKF_USER_PIN_TO_BE_CHANGED,
                );
        }
        if let Some(administrator) = state(Role::Administrator) {
            flags |= pin_flags(
                administrator,
                CKF_SO_PIN_COUNT_LOW,
                CKF_SO_PIN_FINAL_TRY,
                CKF_SO_PIN_LOCKED,
                CKF_SO_PIN_TO_BE_CHANGED,
            );
        }
    }
    // Tokens of one device differ in the last two digits.
    let serial = match serial.get(..14) {
        Some(head) => format!("{head}{:02X}", slot % 256),
        None => format!("{slot:016X}"),
    };
    let number = |count: usize| CK_ULONG::try_from(count).unwrap_or(CK_ULONG::MAX);
    Ok(CK_TOKEN_INFO {
        label: padded(&label),
        manufacturerID: padded(Device::MANUFACTURER),
        model: padded(Device::MODEL),
        serialNumber: padded(&serial),
        flags,
        ulMaxSessionCount: number(MAX_SESSIONS),
        ulSessionCount: number(sessions.0),
        ulMaxRwSessionCount: number(MAX_SESSIONS),
        ulRwSessionCount: number(sessions.1),
        ulMaxPinLen: number(Pin::MAX_LENGTH),
        ulMinPinLen: number(Pin::MIN_LENGTH),
        ulTotalPublicMemory: CK_UNAVAILABLE_INFORMATION,
        ulFreePublicMemory: CK_UNAVAILABLE_INFORMATION,
        ulTotalPrivateMemory: CK_UNAVAILABLE_INFORMATION,
        ulFreePrivateMemory: CK_UNAVAILABLE_INFORMATION,
        hardwareVersion: own_version(),
        firmwareVersion: own_version(),
        utcTime: [b' '; 16],
    })
}

fn pin_flags(
    state: PinState,
    low: CK_FLAGS,
    last: CK_FLAGS,
    locked: CK_FLAGS,
    initial: CK_FLAGS,
) -> CK_FLAGS {
    let tries = match state.remaining {
        0 => locked,
        1 => low | last,
        remaining if remaining < state.maximum => low,
        _ => 0,
    };
    tries | if state.initial { initial } else { 0 }
}

pub(crate) fn mechanisms(module: &Module, slot: CK_SLOT_ID) -> Result<Vec<CK_MECHANISM_TYPE>> {
    module.application(slot)?;
    Ok(mechanism::all(module.vendor)
        .map(|(number, _)| *number)
        .collect())
}

pub(crate) fn mechanism(
    module: &Module,
    slot: CK_SLOT_ID,
    number: CK_MECHANISM_TYPE,
) -> Result<CK_MECHANISM_INFO> {
    module.application(slot)?;
    mechanism::Mechanism::of(module.vendor, number)
        .map(mechanism::Mechanism::info)
        .ok_or(Rv(CKR_MECHANISM_INVALID))
}

pub(crate) fn session(session: &Session) -> CK_SESSION_INFO {
    CK_SESSION_INFO {
        slotID: session.slot,
        state: session.state(),
        flags: CKF_SERIAL_SESSION
            | if session.read_write {
                CKF_RW_SESSION
            } else {
                0
            },
        ulDeviceError: 0,
    }
}
