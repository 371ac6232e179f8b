//! A password that a device counts.

use crate::{Error, Password};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// A PIN: a [`Password`] for a device that locks itself after a few wrong ones.
///
/// One that a device refused, under whatever code, is never presented again by this value
/// or a clone of it, however many sessions log in with it: a wrong PIN costs one try and
/// not all of them. Where the device was lost over it, nobody knows whether the try was
/// counted: a PIN that was never right before is presented once more, to a device that was
/// reached again, and no third time. A wrong PIN costs two tries at most, then.
#[derive(Clone)]
pub struct Pin(Arc<Counted>);

struct Counted {
    password: Password,
    /// Held while the PIN is presented, so that two sessions do not both try it before
    /// the first one hears that it is wrong.
    tried: Mutex<Tried>,
}

/// What came of presenting a PIN so far.
#[derive(Clone, Copy)]
enum Tried {
    Never,
    /// The device was lost over it.
    Lost,
    /// It was right once: a device that is lost says nothing of it.
    Right,
    Refused,
}

impl Tried {
    fn after(self, result: Result<(), &Error>) -> Self {
        match (result, self) {
            (Ok(()), _) => Self::Right,
            (Err(Error::DeviceGone { .. } | Error::TimedOut { .. }), Self::Never) => Self::Lost,
            (Err(Error::DeviceGone { .. } | Error::TimedOut { .. }), Self::Right) => Self::Right,
            // It did not come to the PIN: nothing is there that it opens, or nobody to ask.
            (
                Err(
                    Error::NoSuchKey { .. }
                    | Error::SessionLimit { .. }
                    | Error::Busy { .. }
                    | Error::Forked,
                ),
                before,
            ) => before,
            (Err(_), _) => Self::Refused,
        }
    }
}

impl Pin {
    /// Takes a PIN that was not tried yet.
    pub fn new(password: Password) -> Self {
        Self(Arc::new(Counted {
            password,
            tried: Mutex::new(Tried::Never),
        }))
    }

    /// Presents the octets to a device through `login`, unless they were refused before.
    ///
    /// # Errors
    /// [`Error::PinRefused`] when they were; otherwise those of `login`. All of them are
    /// remembered as a refusal, since no code of a device's is sure not to have cost a
    /// try, and so is a panic; but for [`Error::DeviceGone`] and [`Error::TimedOut`], as
    /// described [above](Self), and those which say that it did not come to the PIN:
    /// [`Error::NoSuchKey`], [`Error::SessionLimit`], [`Error::Busy`], [`Error::Forked`].
    pub fn present<T>(&self, login: impl FnOnce(&[u8]) -> Result<T, Error>) -> Result<T, Error> {
        self.present_unless(|| Ok(None), login)
    }

    /// As [`Self::present`], unless `already` finds that it is done, with its turn kept
    /// meanwhile; what goes wrong in that is no answer to the PIN.
    pub(crate) fn present_unless<T>(
        &self,
        already: impl FnOnce() -> Result<Option<T>, Error>,
        login: impl FnOnce(&[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut tried = self.0.tried.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *tried;
        if matches!(before, Tried::Refused) {
            return Err(Error::PinRefused);
        }
        if let Some(done) = already()? {
            return Ok(done);
        }
        // Should this panic, nobody knows what the device thinks of it.
        *tried = Tried::Refused;
        let result = login(self.0.password.as_bytes());
        *tried = before.after(result.as_ref().map(drop));
        result
    }
}

#[cfg(feature = "skf")]
impl Pin {
    /// Whether the other is this value or a clone of it. Two values are not compared.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl From<Password> for Pin {
    fn from(password: Password) -> Self {
        Self::new(password)
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pin").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone() -> Error {
        Error::DeviceGone {
            call: "C_Login",
            code: 0x32,
            name: "CKR_DEVICE_REMOVED",
        }
    }

    #[test]
    fn a_refusal_under_any_code_is_remembered_and_what_did_not_come_to_the_pin_is_not() {
        let limit = std::time::Duration::ZERO;
        let label = "key".parse::<crate::KeyLabel>().unwrap();
        type Case = (Vec<Error>, bool);
        let device = Error::Device {
            call: "C_Login",
            code: 6,
            name: "CKR_FUNCTION_FAILED",
        };
        let garbage = Error::Garbage {
            call: "C_Login",
            what: "nonsense",
        };
        let cases: Vec<Case> = vec![
            (vec![device], true),
            (vec![garbage], true),
            (vec![Error::PinLocked], true),
            (vec![Error::PinLength], true),
            (vec![Error::InitialPin], true),
            (vec![gone()], false),
            (vec![Error::NoSuchKey { label }, Error::Forked], false),
            (vec![Error::TimedOut { call: "?", limit }], false),
            (vec![gone(), Error::TimedOut { call: "?", limit }], true),
            (vec![gone(), Error::Forked], false),
        ];
        for (errors, refused) in cases {
            let told = format!("{errors:?}");
            let pin = Pin::new(Password::new("123456").unwrap());
            for error in errors {
                assert!(pin.present::<()>(|_| Err(error)).is_err());
            }
            let again = pin.present(|_| Ok(()));
            assert_eq!(matches!(again, Err(Error::PinRefused)), refused, "{told}");
        }
    }

    #[test]
    fn a_pin_that_was_right_outlives_a_device_that_is_lost_now_and_then() {
        let pin = Pin::new(Password::new("123456").unwrap());
        pin.present(|_| Ok(())).unwrap();
        for _ in 0..3 {
            let lost = pin.present::<()>(|_| Err(gone()));
            assert!(matches!(lost, Err(Error::DeviceGone { .. })));
        }
        pin.present(|_| Ok(())).unwrap();
    }

    #[test]
    fn a_login_that_panics_is_not_tried_again() {
        let pin = Pin::new(Password::new("123456").unwrap());
        let its = pin.clone();
        let panicked = std::thread::spawn(move || its.present::<()>(|_| panic!("as wanted")));
        assert!(panicked.join().is_err());
        let again = pin.present::<()>(|_| unreachable!("refused before"));
        assert!(matches!(again, Err(Error::PinRefused)));
    }

    #[test]
    fn a_refused_pin_is_not_presented_again_by_any_clone() {
        let pin = Pin::new(Password::new("123456").unwrap());
        let lost = pin.present::<()>(|_| Err(gone()));
        assert!(matches!(lost, Err(Error::DeviceGone { .. })));
        pin.present(|octets| {
            assert_eq!(octets, b"123456");
            Ok(())
        })
        .expect("a device that was gone did not refuse it");

        let pin_of_another_session = pin.clone();
        let remaining = Some(2);
        let wrong = pin.present::<()>(|_| Err(Error::WrongPin { remaining }));
        assert!(matches!(wrong, Err(Error::WrongPin { remaining: Some(2) })));
        let again = pin_of_another_session.present::<()>(|_| unreachable!("refused before"));
        assert!(matches!(again, Err(Error::PinRefused)));
    }

    #[test]
    fn of_many_sessions_one_presents_a_wrong_pin() {
        let pin = Pin::new(Password::new("123456").unwrap());
        let tries = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    pin.present::<()>(|_| {
                        tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        std::thread::yield_now();
                        Err(Error::WrongPin { remaining: None })
                    })
                });
            }
        });
        assert_eq!(tries.into_inner(), 1);
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        let pin = Pin::new(Password::new("secret").unwrap());
        assert_eq!(format!("{pin:?}"), "Pin { .. }");
    }
}
