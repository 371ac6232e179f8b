//! A password that a device counts.

use crate::{Error, Password};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// A PIN: a [`Password`] for a device that locks itself after a few wrong ones.
///
/// One that a device refused is never presented again by this value or a clone of it,
/// however many sessions log in with it: a wrong PIN costs one try and not all of them.
#[derive(Clone)]
pub struct Pin(Arc<Counted>);

struct Counted {
    password: Password,
    /// Held while the PIN is presented, so that two sessions do not both try it before
    /// the first one hears that it is wrong.
    refused: Mutex<bool>,
}

impl Pin {
    /// Takes a PIN that was not tried yet.
    pub fn new(password: Password) -> Self {
        Self(Arc::new(Counted {
            password,
            refused: Mutex::new(false),
        }))
    }

    /// Presents the octets to a device through `login`, unless they were refused before.
    ///
    /// # Errors
    /// [`Error::PinRefused`] when they were; otherwise those of `login`, of which
    /// [`Error::WrongPin`], [`Error::PinLocked`] and [`Error::PinLength`] are remembered.
    pub fn present<T>(&self, login: impl FnOnce(&[u8]) -> Result<T, Error>) -> Result<T, Error> {
        let mut refused = self
            .0
            .refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if *refused {
            return Err(Error::PinRefused);
        }
        let result = login(self.0.password.as_bytes());
        *refused = matches!(
            result,
            Err(Error::WrongPin { .. } | Error::PinLocked | Error::PinLength)
        );
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

    #[test]
    fn a_refused_pin_is_not_presented_again_by_any_clone() {
        let pin = Pin::new(Password::new("123456").unwrap());
        let gone = pin.present::<()>(|_| {
            Err(Error::DeviceGone {
                call: "C_Login",
                code: 0x32,
                name: "CKR_DEVICE_REMOVED",
            })
        });
        assert!(matches!(gone, Err(Error::DeviceGone { .. })));
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
