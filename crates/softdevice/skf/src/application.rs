//! Applications and their PINs (GM/T 0016-2012, 7.2.6 and 7.3).

pub(crate) mod sys;

use crate::{
    code::{Code, Result},
    device::{Connected, name_list},
    library::{hold, library},
};
use softdevice::{Application, Error, NewApplication, ObjectId, Pin, PinState, Role, Unlocked};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An application that is open, and who is logged in to it.
#[derive(Debug)]
pub(crate) struct OpenApplication {
    device: Arc<Connected>,
    application: Application,
    logins: Mutex<Logins>,
}

#[derive(Debug, Default)]
struct Logins {
    administrator: Option<Arc<Unlocked>>,
    user: Option<Arc<Unlocked>>,
}

/// Tries that are left, where that is known, and whether the PIN was right.
pub(crate) type Tried = (Option<u32>, Result<()>);

/// Whose PIN (`ADMIN_TYPE` 0, `USER_TYPE` 1).
pub(crate) fn role(number: u32) -> Result<Role> {
    match number {
        0 => Ok(Role::Administrator),
        1 => Ok(Role::User),
        _ => Err(Code::UserType),
    }
}

impl Connected {
    /// `SKF_CreateApplication`: both PINs are to be changed by those who will have them.
    pub(crate) fn create_application(
        self: &Arc<Self>,
        name: &str,
        administrator: &[u8],
        administrator_tries: u32,
        user: &[u8],
        user_tries: u32,
        file_rights: u32,
    ) -> Result<usize> {
        self.expect_authenticated()?;
        let wanted = NewApplication::new(name, Pin::new(administrator)?)
            .with_user_pin(Pin::new(user)?)
            .with_tries(administrator_tries, user_tries)
            .with_file_rights(file_rights)
            .with_initial_pins();
        let application =
            self.device()
                .create_application(&wanted)
                .map_err(|error| match error {
                    Error::Name { .. } => Code::ApplicationName,
                    error => error.into(),
                })?;
        self.opened(application)
    }

    fn opened(self: &Arc<Self>, application: Application) -> Result<usize> {
        hold(OpenApplication {
            device: Arc::clone(self),
            application,
            logins: Mutex::default(),
        })
    }

    /// `SKF_EnumApplication`
    pub(crate) fn application_names(&self) -> Result<Vec<u8>> {
        let applications = self.device().applications()?;
        Ok(name_list(applications.iter().map(Application::name)))
    }

    /// `SKF_DeleteApplication`: what is open of it is closed.
    pub(crate) fn delete_application(&self, name: &str) -> Result<()> {
        self.expect_authenticated()?;
        let id = self.device().application(name)?.id();
        self.device().delete_application(name)?;
        let library = library();
        let is_gone = |open: &OpenApplication| {
            open.application.id() == id && open.device.is_same_device(self)
        };
        library
            .containers
            .retain(|container| !is_gone(container.application()));
        library.applications.retain(|open| !is_gone(open));
        Ok(())
    }

    /// `SKF_OpenApplication`
    pub(crate) fn open_application(self: &Arc<Self>, name: &str) -> Result<usize> {
        self.opened(self.device().application(name)?)
    }
}

/// `SKF_CloseApplication`: its containers go with it.
pub(crate) fn close(handle: usize) -> Result<()> {
    let library = library();
    let application = library.applications.remove(handle).ok_or(Code::Handle)?;
    library
        .containers
        .retain(|container| !container.is_in(&application));
    Ok(())
}

impl OpenApplication {
    /// An application with the user logged in.
    #[cfg(any(test, feature = "fuzz"))]
    pub(crate) fn with_user(
        device: Arc<Connected>,
        application: Application,
        user: Arc<Unlocked>,
    ) -> Self {
        Self {
            device,
            application,
            logins: Mutex::new(Logins {
                administrator: None,
                user: Some(user),
            }),
        }
    }

    pub(crate) fn on_device(&self) -> &Arc<Connected> {
        &self.device
    }

    pub(crate) fn application(&self) -> &Application {
        &self.application
    }

    /// Whether both are one application, opened twice.
    pub(crate) fn is_same_application(&self, other: &Self) -> bool {
        self.application.id() == other.application.id() && self.device.is_same_device(&other.device)
    }

    /// Forgets keys that were deleted.
    pub(crate) fn forget(&self, keys: &[ObjectId]) {
        if let Some(user) = &self.logins().user {
            for key in keys {
                user.forget(*key);
            }
        }
    }

    fn logins(&self) -> MutexGuard<'_, Logins> {
        // Whatever panicked in between left whole values.
        self.logins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the user's login opened.
    pub(crate) fn user(&self) -> Result<Arc<Unlocked>> {
        self.logins().user.clone().ok_or(Code::NotLoggedIn)
    }

    /// Passes when somebody is logged in whom `rights` name: 1 the administrator, 16 the
    /// user, 255 everybody (GM/T 0016-2012, 6.4.13).
    pub(crate) fn expect_rights(&self, rights: u32) -> Result<()> {
        const ADMINISTRATOR: u32 = 0x01;
        const USER: u32 = 0x10;
        const EVERYBODY: u32 = 0xFF;
        let logins = self.logins();
        let allowed = rights == EVERYBODY
            || (rights & ADMINISTRATOR != 0 && logins.administrator.is_some())
            || (rights & USER != 0 && logins.user.is_some());
        allowed.then_some(()).ok_or(Code::NotLoggedIn)
    }

    /// `SKF_GetPINInfo`
    pub(crate) fn pin_info(&self, role: Role) -> Result<PinState> {
        Ok(self.application.pin_state(role)?)
    }

    /// `SKF_VerifyPIN`: a wrong PIN takes a try, and ends a login of the same role.
    pub(crate) fn verify_pin(&self, role: Role, pin: &[u8]) -> Tried {
        let login = Pin::new(pin).and_then(|pin| self.application.login(role, &pin));
        self.tried(role, login, |login| {
            let mut logins = self.logins();
            let place = match role {
                Role::Administrator => &mut logins.administrator,
                _ => &mut logins.user,
            };
            *place = login.map(Arc::new);
        })
    }

    /// `SKF_ChangePIN`
    pub(crate) fn change_pin(&self, role: Role, old: &[u8], new: &[u8]) -> Tried {
        let change = || {
            let new = Pin::new(new)?;
            self.application.change_pin(role, &Pin::new(old)?, &new)
        };
        self.tried(role, change(), |_| {})
    }

    /// `SKF_UnblockPIN`: the tries are the administrator's.
    pub(crate) fn unblock_pin(&self, administrator: &[u8], new: &[u8]) -> Tried {
        let unblock = || {
            let new = Pin::new(new)?;
            self.application.unblock(&Pin::new(administrator)?, &new)
        };
        self.tried(Role::Administrator, unblock(), |_| {})
    }

    /// The tries that are left after one.
    fn tried<T>(
        &self,
        role: Role,
        result: softdevice::Result<T>,
        then: impl FnOnce(Option<T>),
    ) -> Tried {
        match result {
            Ok(value) => {
                then(Some(value));
                let state = self.application.pin_state(role);
                (state.ok().map(|state| state.remaining), Ok(()))
            }
            Err(error) => {
                let remaining = match error {
                    Error::PinIncorrect { remaining, .. } => Some(remaining),
                    Error::PinLocked { .. } => Some(0),
                    _ => None,
                };
                then(None);
                (remaining, Err(error.into()))
            }
        }
    }

    /// `SKF_ClearSecureState`
    pub(crate) fn clear_secure_state(&self) {
        *self.logins() = Logins::default();
    }
}
