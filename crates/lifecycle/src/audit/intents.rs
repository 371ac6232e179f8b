//! What cases and authorities say of the serial numbers they intended,
//! against what each certificate's own history says.

use super::{Fault, World};
use crate::{
    AuthorityId, CaseNumber, Intent, Reservation, Serial, Store, StreamId, authority, case,
    certificate,
};
use std::collections::BTreeSet;

/// How an intent ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Open,
    Exists,
    Abandoned,
}

impl World {
    /// `own`: the number that the case has already, which it keeps when it comes back.
    pub(super) fn note_case(
        &mut self,
        seq: u64,
        own: Option<CaseNumber>,
        event: &case::Event,
    ) -> Result<(), Fault> {
        use case::Event as Happened;
        match event {
            Happened::RegistrationStarted { number } => {
                let expected = own.unwrap_or(CaseNumber(self.numbers + 1));
                if *number != expected {
                    return Err(Fault::CaseNumber {
                        seq,
                        found: *number,
                        expected,
                    });
                }
                self.numbers = self.numbers.max(number.0);
            }
            Happened::IssuanceIntended { intent, .. } => {
                self.note_intent(seq, intent)?;
            }
            Happened::IssuanceAbandoned { issuer, serial, .. } => {
                self.note(issuer, serial, Outcome::Abandoned);
            }
            Happened::CertificateIssued { issuer, serial, .. } => {
                self.note(issuer, serial, Outcome::Exists);
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn note_authority(
        &mut self,
        seq: u64,
        event: &authority::Event,
    ) -> Result<(), Fault> {
        use authority::Event as Happened;
        match event {
            Happened::IssuanceIntended(intent) => {
                self.note_intent(seq, intent)?;
            }
            Happened::IssuanceAbandoned { issuer, serial } => {
                self.note(issuer, serial, Outcome::Abandoned);
            }
            Happened::Established { issuer, serial, .. }
            | Happened::Linked { issuer, serial, .. } => {
                self.note(issuer, serial, Outcome::Exists);
            }
            _ => {}
        }
        Ok(())
    }

    fn note_intent(&mut self, seq: u64, intent: &Intent) -> Result<(), Fault> {
        self.note(&intent.issuer, &intent.serial, Outcome::Open);
        // No index can have what no certificate's octets fix.
        let fixed = Reservation::with_point(intent);
        let (fixed, point) = fixed.map_err(|source| Fault::Unreadable {
            seq,
            source: Box::new(source),
        })?;
        let key = (intent.issuer.clone(), intent.serial.clone());
        self.reservations.insert(key, fixed);
        self.points.extend(point);
        Ok(())
    }

    /// Keys, ends and shards stand in the index as the log's intents have them.
    pub(super) fn compare_reservations(&self, store: &dyn Store) -> Result<(), Fault> {
        for key in self.certificates.keys() {
            let (issuer, serial) = key;
            if store.reservation(issuer, serial)?.as_ref() != self.reservations.get(key) {
                let (issuer, serial) = key.clone();
                return Err(Fault::IndexDiffers {
                    what: StreamId::Certificate(issuer, serial),
                });
            }
        }
        for id in self.authorities.keys() {
            let found: BTreeSet<_> = store.crl_points(id)?.into_iter().collect();
            let expected = self.points.iter().filter(|point| point.issuer == *id);
            if !found.iter().eq(expected) {
                return Err(Fault::IndexDiffers {
                    what: StreamId::Authority(id.clone()),
                });
            }
        }
        Ok(())
    }

    fn note(&mut self, issuer: &AuthorityId, serial: &Serial, outcome: Outcome) {
        let key = (issuer.clone(), serial.clone());
        self.intents.insert(key, outcome);
    }

    /// Each certificate has one history of its own, and it says the same.
    pub(super) fn connect(&self) -> Result<(), Fault> {
        use certificate::State;
        let outcome = |state: &Option<State>| match state {
            None => None,
            Some(State::Reserved) => Some(Outcome::Open),
            Some(State::Burnt { .. }) => Some(Outcome::Abandoned),
            Some(_) => Some(Outcome::Exists),
        };
        for key in self.certificates.keys().chain(self.intents.keys()) {
            let own = self.certificates.get(key).and_then(outcome);
            if own != self.intents.get(key).copied() {
                let (issuer, serial) = key.clone();
                return Err(Fault::Unconnected {
                    what: StreamId::Certificate(issuer, serial),
                });
            }
        }
        Ok(())
    }
}
