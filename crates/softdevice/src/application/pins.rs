//! PINs: tries that are taken before they are used, and the data key behind them.

use super::{Application, ApplicationId};
use crate::{
    Error, Pin, PinState, Result, Role, Unlocked,
    seal::{SALT_LENGTH, SealingKey, fill_random},
};
use rusqlite::{OptionalExtension, Transaction, params};

/// One PIN as it lies in the store.
struct PinRow {
    remaining: u32,
    iterations: u32,
    salt: Vec<u8>,
    sealed: Vec<u8>,
}

impl Application {
    /// What is known of a PIN.
    ///
    /// # Errors
    /// [`Error::PinUnset`] when there is none, [`Error::Database`].
    pub fn pin_state(&self, role: Role) -> Result<PinState> {
        let state = self
            .device
            .store
            .read("reading a PIN's counter", |connection| {
                connection
                    .prepare_cached(
                        "SELECT maximum, remaining, initial FROM pins
                     WHERE application = ?1 AND role = ?2",
                    )?
                    .query_row(params![self.id.0, role.name()], |row| {
                        Ok(PinState {
                            maximum: row.get(0)?,
                            remaining: row.get(1)?,
                            initial: row.get(2)?,
                        })
                    })
                    .optional()
            })?;
        state.ok_or(Error::PinUnset { role })
    }

    /// Opens it with a PIN. A try is taken, durably, before the PIN is tried, and all are
    /// given back when it is right: nobody gains a try by pulling the plug. Takes as long
    /// as the device's iterations do; of several logins of one role, in whatever threads
    /// and processes, one waits for the other, so that tries which are only on loan lock
    /// nobody out.
    ///
    /// # Errors
    /// [`Error::PinIncorrect`] with the tries that are left, [`Error::PinLocked`],
    /// [`Error::PinUnset`], [`Error::Database`].
    pub fn login(&self, role: Role, pin: &Pin) -> Result<Unlocked> {
        Ok(Unlocked::new(self.clone(), role, self.data_key(role, pin)?))
    }

    /// Changes a PIN; the keys stay. The new one is nobody's initial PIN.
    ///
    /// # Errors
    /// As [`Self::login`], [`Error::Random`].
    pub fn change_pin(&self, role: Role, old: &Pin, new: &Pin) -> Result<()> {
        let data = self.data_key(role, old)?;
        self.set_pin(role, new, &data, false)
    }

    /// Gives the user a new PIN and all tries, the keys stay (GM/T 0016,
    /// `SKF_UnblockPIN`). It is an initial PIN, to be changed by the user.
    ///
    /// # Errors
    /// As [`Self::login`] for the administrator, [`Error::Random`].
    pub fn unblock(&self, administrator: &Pin, new_user_pin: &Pin) -> Result<()> {
        let data = self.data_key(Role::Administrator, administrator)?;
        self.set_pin(Role::User, new_user_pin, &data, true)
    }

    /// The data key, or a lost try.
    pub(super) fn data_key(&self, role: Role, pin: &Pin) -> Result<SealingKey> {
        let store = &self.device.store;
        store.alone(&lock_name(self.id, role), || self.try_pin(role, pin))?
    }

    fn try_pin(&self, role: Role, pin: &Pin) -> Result<SealingKey> {
        let row = self.take_try(role)?;
        let key = SealingKey::derive(pin, &row.salt, row.iterations);
        let Some(data) = key.open_data_key(&row.sealed, &self.uid, role) else {
            return Err(Error::PinIncorrect {
                role,
                remaining: row.remaining,
            });
        };
        // The salt tells whether it is still the PIN that was tried.
        self.device
            .store
            .write("giving tries back", |transaction| {
                transaction.execute(
                    "UPDATE pins SET remaining = maximum
                 WHERE application = ?1 AND role = ?2 AND salt = ?3",
                    params![self.id.0, role.name(), row.salt],
                )?;
                Ok(())
            })?;
        Ok(data)
    }

    /// Takes one of the tries that are left, and says how many then are.
    fn take_try(&self, role: Role) -> Result<PinRow> {
        self.device.store.write("taking a try", |transaction| {
            self.expect(transaction)?;
            let row = transaction
                .query_row(
                    "SELECT remaining, iterations, salt, sealed FROM pins
                     WHERE application = ?1 AND role = ?2",
                    params![self.id.0, role.name()],
                    |row| {
                        Ok(PinRow {
                            remaining: row.get(0)?,
                            iterations: row.get(1)?,
                            salt: row.get(2)?,
                            sealed: row.get(3)?,
                        })
                    },
                )
                .optional()?;
            let mut row = row.ok_or(Error::PinUnset { role })?;
            let remaining = row.remaining.checked_sub(1);
            row.remaining = remaining.ok_or(Error::PinLocked { role })?;
            transaction.execute(
                "UPDATE pins SET remaining = ?3 WHERE application = ?1 AND role = ?2",
                params![self.id.0, role.name(), row.remaining],
            )?;
            Ok(row)
        })
    }

    pub(crate) fn set_pin(
        &self,
        role: Role,
        pin: &Pin,
        data: &SealingKey,
        initial: bool,
    ) -> Result<()> {
        let iterations = self.device.iterations()?;
        let new = NewPin::seal(role, pin, data, &self.uid, iterations)?;
        self.device.store.write("writing a PIN", |transaction| {
            self.expect(transaction)?;
            if !new.replace(transaction, self.id.0, initial)? {
                let tries = transaction.query_row(
                    "SELECT user_tries FROM applications WHERE id = ?1",
                    [self.id.0],
                    |row| row.get(0),
                )?;
                new.write(transaction, self.id.0, tries, initial)?;
            }
            Ok(())
        })
    }
}

/// The name under which one at a time tries a PIN.
pub(crate) fn lock_name(application: ApplicationId, role: Role) -> String {
    format!("{}-{}", application.get(), role.name())
}

/// A PIN on its way into the store.
pub(super) struct NewPin {
    role: Role,
    iterations: u32,
    salt: Vec<u8>,
    sealed: Vec<u8>,
}

impl NewPin {
    pub(super) fn seal(
        role: Role,
        pin: &Pin,
        data: &SealingKey,
        application: &[u8],
        iterations: u32,
    ) -> Result<Self> {
        let mut salt = vec![0; SALT_LENGTH];
        fill_random(&mut salt)?;
        let key = SealingKey::derive(pin, &salt, iterations);
        Ok(Self {
            role,
            iterations,
            sealed: key.seal_data_key(data, application, role)?,
            salt,
        })
    }

    pub(super) fn write(
        &self,
        transaction: &Transaction<'_>,
        application: u64,
        tries: u32,
        initial: bool,
    ) -> rusqlite::Result<()> {
        transaction.execute(
            "INSERT INTO pins
             (application, role, maximum, remaining, initial, iterations, salt, sealed)
             VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
            params![
                application,
                self.role.name(),
                tries,
                initial,
                self.iterations,
                self.salt,
                self.sealed
            ],
        )?;
        Ok(())
    }

    /// Over one that is there; whether one was.
    pub(super) fn replace(
        &self,
        transaction: &Transaction<'_>,
        application: u64,
        initial: bool,
    ) -> rusqlite::Result<bool> {
        let changed = transaction.execute(
            "UPDATE pins SET remaining = maximum, initial = ?3, iterations = ?4, salt = ?5,
             sealed = ?6 WHERE application = ?1 AND role = ?2",
            params![
                application,
                self.role.name(),
                initial,
                self.iterations,
                self.salt,
                self.sealed
            ],
        )?;
        Ok(changed > 0)
    }
}
