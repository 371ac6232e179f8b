//! Bad keys: every certificate of one, found by the key.

use super::{Engine, step::Step};
use crate::{
    Actor, Error, Event, KeyId, Reservation, StreamId,
    certificate::{self, Act, Cause, Order, RevocationReason, Status},
    key::{self, State},
};

impl Engine {
    /// Where a key stands; `None` if nobody reported it.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn key_state(&self, id: &KeyId) -> Result<Option<State>, Error> {
        self.kept(&StreamId::Key(id.clone()))
    }
}

impl Step<'_> {
    /// Whether a key, as DER of its `SubjectPublicKeyInfo`, is blocked.
    pub(super) fn is_blocked(&self, public_key: &[u8]) -> Result<bool, Error> {
        let stream = StreamId::Key(KeyId::of(public_key));
        let state = self.state::<State>(&stream)?;
        Ok(state.is_some_and(|state| state.is_blocked()))
    }

    /// Decides and applies one command to one key, and what it means to certificates.
    pub(super) fn change_key(&mut self, id: &KeyId, command: key::Command) -> Result<(), Error> {
        let stream = StreamId::Key(id.clone());
        let state = self.state::<State>(&stream)?;
        let own = self.store.reservations_of(id.as_bytes())?;
        let of_authority = self.is_of_authority(&own)?;
        let event = key::decide(state.as_deref(), &self.actor, command, of_authority)?;
        let ends = matches!(event, key::Event::Blocked | key::Event::Swept);
        self.push::<State>(&stream, Event::Key(event))?;
        if ends {
            for one in own {
                self.end(id, &one)?;
            }
        }
        Ok(())
    }

    /// An authority's own certificates are of no case, and in use.
    fn is_of_authority(&self, own: &[Reservation]) -> Result<bool, Error> {
        for one in own {
            let status = self.status(one)?;
            let in_use = status.is_some_and(|status| status == Status::Active);
            if in_use && self.store.case_of(&one.issuer, &one.serial)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn status(&self, one: &Reservation) -> Result<Option<Status>, Error> {
        let state = self.certificate(&one.issuer, &one.serial)?;
        Ok(state.map(|state| state.status().at(self.now, one.not_after)))
    }

    fn end(&mut self, id: &KeyId, one: &Reservation) -> Result<(), Error> {
        let is_live = matches!(
            self.status(one)?,
            Some(Status::Issued | Status::Active | Status::Held | Status::Superseded)
        );
        if !is_live {
            return Ok(());
        }
        let act = Act::Revoke(RevocationReason::KeyCompromise);
        let order = Order::new(Cause::Key(id.clone()), act, one.not_after);
        let change = certificate::Command::Execute(order);
        self.change_certificate_by(Actor::system(), &one.issuer, &one.serial, change)
    }
}
