//! The user's PIN.

use super::{
    codes::{self, refusal},
    module::{Pkcs11Module, SlotDescription},
    session::Session,
};
use crate::{Error, Pin};
use cryptoki::{
    error::RvError,
    session::{SessionState, UserType},
    slot::TokenInfo,
    types::RawAuthPin,
};

/// How sessions log in.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) pin: Option<Pin>,
}

/// What a token said of its PIN before this process presented one (PKCS#11 3.1, 3.2,
/// `CK_TOKEN_INFO`). A token gives no numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PinWarning {
    /// A wrong one was given since the last right one (`CKF_USER_PIN_COUNT_LOW`).
    WrongBefore,
    /// One more wrong one would have locked it (`CKF_USER_PIN_FINAL_TRY`).
    LastTry,
    /// It is the one that the token came with, or too old (`CKF_USER_PIN_TO_BE_CHANGED`).
    ToBeChanged,
}

impl PinWarning {
    pub(super) fn of(token: &TokenInfo) -> Option<Self> {
        let flags = [
            (token.user_pin_final_try(), Self::LastTry),
            (token.user_pin_count_low(), Self::WrongBefore),
            (token.user_pin_to_be_changed(), Self::ToBeChanged),
        ];
        flags
            .into_iter()
            .find_map(|(set, warning)| set.then_some(warning))
    }
}

impl Login {
    /// Logs in, unless another session of this process did: the login is the process's
    /// and not the session's (PKCS#11 3.1, 5.6.8).
    pub(super) fn log_in(
        &self,
        session: &Session,
        module: &Pkcs11Module,
        token: &SlotDescription,
    ) -> Result<(), Error> {
        if !token.info.login_required() || is_logged_in(session)? {
            return Ok(());
        }
        if token.info.user_pin_locked() {
            return Err(Error::PinLocked);
        }
        let Some(pin) = &self.pin else {
            if !token.info.protected_authentication_path() {
                return Err(Error::PinMissing);
            }
            // The PIN is typed on the device itself.
            return present(session, module, token, None);
        };
        // Another session may have been first while this one waited.
        let already = || Ok(is_logged_in(session)?.then_some(()));
        pin.present_unless(already, |octets| {
            let pin = RawAuthPin::new(Box::new(octets.to_vec()));
            present(session, module, token, Some(&pin))
        })
    }
}

fn is_logged_in(session: &Session) -> Result<bool, Error> {
    let info = session.ask("C_GetSessionInfo", |handle| handle.get_session_info())?;
    Ok(matches!(
        info.session_state(),
        SessionState::RoUser | SessionState::RwUser
    ))
}

fn present(
    session: &Session,
    module: &Pkcs11Module,
    token: &SlotDescription,
    pin: Option<&RawAuthPin>,
) -> Result<(), Error> {
    let answer = session.try_ask("C_Login", |handle| match pin {
        Some(pin) => handle.login_with_raw(UserType::User, pin),
        None => handle.login(UserType::User, None),
    })?;
    let Err(error) = answer else {
        return Ok(());
    };
    Err(match refusal(&error) {
        Some(RvError::UserAlreadyLoggedIn) => return Ok(()),
        Some(RvError::PinIncorrect | RvError::PinInvalid) => Error::WrongPin {
            remaining: remaining(module, token),
        },
        Some(RvError::PinLenRange) => Error::PinLength,
        _ => codes::error("C_Login", error),
    })
}

/// The tries that are left after a wrong PIN, as far as flags tell.
fn remaining(module: &Pkcs11Module, token: &SlotDescription) -> Option<u32> {
    let info = module.ask("C_GetTokenInfo", |functions| {
        functions.get_token_info(token.slot)
    });
    let info = info.ok()?;
    if info.user_pin_locked() {
        Some(0)
    } else if info.user_pin_final_try() {
        Some(1)
    } else {
        None
    }
}
