//! What a certificate is worth, from its reserved serial number to its end
//! (state machine SM-B).
//!
//! ```text
//! Reserved ─▶ Issued ─▶ Active ◀──▶ Held
//!    │            │         └───┬─────┘
//!    └─▶ Burnt    └─────────────┴─▶ Revoked
//! ```
//!
//! One person may freeze at once; unfreezing and revoking are asked for by one
//! person and confirmed by another.

use crate::{Actor, Error, Refusal, Seat, octets::seconds};
use cert_profile::Reason;
use der::DateTime;
use serde::{Deserialize, Serialize};

/// Where a certificate stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Its serial number is taken; no certificate is known.
    Reserved,
    /// Signed, not yet handed over.
    Issued,
    /// In use.
    Active {
        /// A revocation that waits for its confirmation.
        pending: Option<Pending>,
    },
    /// Frozen (冻结): revoked with reason certificateHold for whoever asks.
    Held {
        /// Since when.
        since: DateTime,
        /// A change that waits for its confirmation.
        pending: Option<Pending>,
    },
    /// Revoked for good.
    Revoked {
        /// As of when: for a held certificate, since the hold.
        at: DateTime,
        /// Why.
        reason: RevocationReason,
    },
    /// Its serial number may or may not stand in a certificate that nobody has;
    /// it is listed as revoked to be safe.
    Burnt {
        /// Since when.
        at: DateTime,
    },
}

/// A change that one person asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// Which.
    pub change: Change,
    /// Who asked, in which seat.
    pub by: Actor,
}

/// A change that takes two persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// Back into use (解冻).
    Unfreeze,
    /// Out of use for good (作废).
    Revoke(RevocationReason),
}

/// Why a certificate is revoked (RFC 5280, 5.3.1), as far as a subscriber's can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RevocationReason {
    /// No reason is given.
    Unspecified,
    /// The private key is, or may be, in other hands.
    KeyCompromise,
    /// The CA's key is, or may be, in other hands.
    CaCompromise,
    /// The subject's name or other data changed.
    AffiliationChanged,
    /// Another certificate took its place.
    Superseded,
    /// It is no longer needed.
    CessationOfOperation,
    /// What it stated is no longer granted.
    PrivilegeWithdrawn,
}

impl From<RevocationReason> for Reason {
    fn from(reason: RevocationReason) -> Self {
        match reason {
            RevocationReason::Unspecified => Self::Unspecified,
            RevocationReason::KeyCompromise => Self::KeyCompromise,
            RevocationReason::CaCompromise => Self::CaCompromise,
            RevocationReason::AffiliationChanged => Self::AffiliationChanged,
            RevocationReason::Superseded => Self::Superseded,
            RevocationReason::CessationOfOperation => Self::CessationOfOperation,
            RevocationReason::PrivilegeWithdrawn => Self::PrivilegeWithdrawn,
        }
    }
}

crate::terms::terms! {
    /// Whose wish a freeze is: the same kind of party lifts it (SM-A, unfreeze).
    Party {
        /// The holder, or his organisation.
        Holder = "holder",
        /// The operator itself.
        Operator = "operator",
        /// A court or an authority.
        Official = "official",
    }
}

impl Party {
    /// The party that a seat belongs to.
    pub fn of(seat: Seat) -> Self {
        match seat {
            Seat::Applicant | Seat::Agent | Seat::OrganisationApprover => Self::Holder,
            Seat::Official => Self::Official,
            _ => Self::Operator,
        }
    }
}

/// What can be asked of a certificate.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Command {
    /// Its serial number goes into an intent.
    Reserve,
    /// It exists.
    RecordIssued,
    /// It was handed over.
    Activate,
    /// Nobody knows whether it exists.
    Burn,
    /// By one person, at once.
    Freeze,
    /// By one person; another confirms.
    Request(Change),
    /// By a person other than the one who asked.
    Confirm,
}

/// What happened to a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// Its serial number is taken.
    Reserved,
    /// It exists.
    Issued,
    /// It is in use.
    Activated,
    /// Its serial number is burnt.
    Burnt {
        /// As of when it is listed as revoked.
        #[serde(with = "seconds")]
        at: DateTime,
    },
    /// Frozen.
    Frozen {
        /// Since when.
        #[serde(with = "seconds")]
        since: DateTime,
    },
    /// Somebody asked for a change.
    ChangeRequested(Change),
    /// Back in use.
    Unfrozen,
    /// Revoked for good.
    Revoked {
        /// As of when.
        #[serde(with = "seconds")]
        at: DateTime,
        /// Why.
        reason: RevocationReason,
    },
}

impl Event {
    /// The event in one word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Issued => "issued",
            Self::Activated => "activated",
            Self::Burnt { .. } => "burnt",
            Self::Frozen { .. } => "frozen",
            Self::ChangeRequested(Change::Unfreeze) => "unfreeze-requested",
            Self::ChangeRequested(Change::Revoke(_)) => "revocation-requested",
            Self::Unfrozen => "unfrozen",
            Self::Revoked { .. } => "revoked",
        }
    }
}

/// The seats that may change a certificate in use.
const OFFICERS: &[Seat] = &[Seat::Registrar, Seat::Approver];

/// Says what would happen; touches nothing.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no.
pub fn decide(
    state: Option<&State>,
    actor: &Actor,
    command: Command,
    now: DateTime,
) -> Result<Event, Error> {
    let event = match (state, &command) {
        (None, Command::Reserve) => Event::Reserved,
        (Some(State::Reserved), Command::RecordIssued) => Event::Issued,
        (Some(State::Reserved), Command::Burn) => Event::Burnt { at: now },
        (Some(State::Issued), Command::Activate) => Event::Activated,
        (Some(State::Active { .. }), Command::Freeze) => {
            // The holder may freeze too (S2-32): a lost token can't wait.
            actor.sits_in(&[Seat::Applicant, Seat::Registrar, Seat::Approver])?;
            Event::Frozen { since: now }
        }
        (Some(State::Active { pending: None }), Command::Request(change @ Change::Revoke(_)))
        | (Some(State::Held { pending: None, .. }), Command::Request(change)) => {
            actor.sits_in(OFFICERS)?;
            Event::ChangeRequested(*change)
        }
        // A revocation does not wait behind an unfreezing: it takes its place.
        (
            Some(State::Held {
                pending:
                    Some(Pending {
                        change: Change::Unfreeze,
                        ..
                    }),
                ..
            }),
            Command::Request(change @ Change::Revoke(_)),
        ) => {
            actor.sits_in(OFFICERS)?;
            Event::ChangeRequested(*change)
        }
        (
            Some(State::Active {
                pending: Some(pending),
            }),
            Command::Confirm,
        ) => confirm(pending, actor, now)?,
        (
            Some(State::Held {
                since,
                pending: Some(pending),
            }),
            Command::Confirm,
        ) => confirm(pending, actor, *since)?,
        (state, command) => {
            return Err(Refusal::WrongState {
                what: "the certificate",
                state: state.map_or("unknown", State::name),
                verb: command.verb(),
            }
            .into());
        }
    };
    Ok(event)
}

/// The state after an event: total, as in [`crate::case::evolve`].
pub fn evolve(state: Option<State>, actor: &Actor, event: &Event) -> Option<State> {
    Some(match (state, event) {
        (None, Event::Reserved) => State::Reserved,
        (Some(State::Reserved), Event::Issued) => State::Issued,
        (Some(State::Reserved), Event::Burnt { at }) => State::Burnt { at: *at },
        (Some(State::Issued), Event::Activated) | (Some(State::Held { .. }), Event::Unfrozen) => {
            State::Active { pending: None }
        }
        // A freeze overtakes a revocation that waits for its second person.
        (Some(State::Active { pending }), Event::Frozen { since }) => State::Held {
            since: *since,
            pending,
        },
        (Some(State::Active { .. }), Event::ChangeRequested(change)) => State::Active {
            pending: Some(Pending::new(*change, actor)),
        },
        (Some(State::Held { since, .. }), Event::ChangeRequested(change)) => State::Held {
            since,
            pending: Some(Pending::new(*change, actor)),
        },
        (Some(State::Active { .. } | State::Held { .. }), Event::Revoked { at, reason }) => {
            State::Revoked {
                at: *at,
                reason: *reason,
            }
        }
        (state, _) => return state,
    })
}

impl Pending {
    fn new(change: Change, actor: &Actor) -> Self {
        Self {
            change,
            by: actor.clone(),
        }
    }
}

/// The second person's act; `revoked_at` is the date that a revocation takes.
fn confirm(pending: &Pending, actor: &Actor, revoked_at: DateTime) -> Result<Event, Refusal> {
    actor.sits_in(OFFICERS)?;
    actor.differs_from(&[(&pending.by.person, pending.by.seat)])?;
    Ok(match pending.change {
        Change::Unfreeze => Event::Unfrozen,
        Change::Revoke(reason) => Event::Revoked {
            at: revoked_at,
            reason,
        },
    })
}

impl State {
    /// The state in words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Issued => "issued and not handed over",
            Self::Active { .. } => "active",
            Self::Held { .. } => "frozen",
            Self::Revoked { .. } => "revoked",
            Self::Burnt { .. } => "burnt",
        }
    }

    /// The state in one word.
    pub fn status(&self) -> Status {
        match self {
            Self::Reserved => Status::Reserved,
            Self::Issued => Status::Issued,
            Self::Active { .. } => Status::Active,
            Self::Held { .. } => Status::Held,
            Self::Revoked { .. } => Status::Revoked,
            Self::Burnt { .. } => Status::Burnt,
        }
    }

    /// What a CRL says of it: since when and why, or nothing.
    pub fn revocation(&self) -> Option<(DateTime, Reason)> {
        match self {
            Self::Held { since, .. } => Some((*since, Reason::CertificateHold)),
            Self::Revoked { at, reason } => Some((*at, (*reason).into())),
            Self::Burnt { at } => Some((*at, Reason::Unspecified)),
            Self::Reserved | Self::Issued | Self::Active { .. } => None,
        }
    }
}

/// A state in one word, as the store's index and reports hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// [`State::Reserved`]
    Reserved,
    /// [`State::Issued`]
    Issued,
    /// [`State::Active`]
    Active,
    /// [`State::Held`]
    Held,
    /// [`State::Revoked`]
    Revoked,
    /// [`State::Burnt`]
    Burnt,
}

impl Status {
    const ALL: [Self; 6] = [
        Self::Reserved,
        Self::Issued,
        Self::Active,
        Self::Held,
        Self::Revoked,
        Self::Burnt,
    ];

    /// Whether such a certificate counts among those that its owner has (S2-06).
    pub(crate) fn is_held_by_its_owner(self) -> bool {
        matches!(self, Self::Issued | Self::Active | Self::Held)
    }

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Issued => "issued",
            Self::Active => "active",
            Self::Held => "held",
            Self::Revoked => "revoked",
            Self::Burnt => "burnt",
        }
    }

    /// The status that `word` stands for.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

impl Command {
    fn verb(&self) -> &'static str {
        match self {
            Self::Reserve => "reserved",
            Self::RecordIssued => "issued",
            Self::Activate => "activated",
            Self::Burn => "burnt",
            Self::Freeze => "frozen",
            Self::Request(Change::Unfreeze) => "unfrozen",
            Self::Request(Change::Revoke(_)) => "revoked",
            Self::Confirm => "changed: nothing waits for a second person",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PersonId;

    const REVOKE: Command = Command::Request(Change::Revoke(RevocationReason::KeyCompromise));

    fn at(second: u8) -> DateTime {
        DateTime::new(2026, 1, 1, 0, 0, second).unwrap()
    }

    fn actor(person: &str, seat: Seat) -> Actor {
        Actor::new(PersonId::new(person).unwrap(), seat)
    }

    /// Carries commands out one after another, each a second later.
    fn after(commands: &[(&str, Seat, Command)]) -> Result<State, Error> {
        let mut state = None;
        for (second, (person, seat, command)) in commands.iter().enumerate() {
            let actor = actor(person, *seat);
            let now = at(u8::try_from(second).unwrap());
            let event = decide(state.as_ref(), &actor, command.clone(), now)?;
            state = evolve(state, &actor, &event);
        }
        Ok(state.unwrap())
    }

    fn active(then: &[(&str, Seat, Command)]) -> Result<State, Error> {
        let start = [
            ("system", Seat::System, Command::Reserve),
            ("system", Seat::System, Command::RecordIssued),
            ("system", Seat::System, Command::Activate),
        ];
        after(&[&start[..], then].concat())
    }

    #[test]
    fn revocation_takes_two_persons() {
        let state = active(&[
            ("li", Seat::Registrar, REVOKE),
            ("wang", Seat::Approver, Command::Confirm),
        ]);
        assert_eq!(
            state.unwrap(),
            State::Revoked {
                at: at(4),
                reason: RevocationReason::KeyCompromise
            }
        );
        let alone = active(&[
            ("li", Seat::Registrar, REVOKE),
            ("li", Seat::Approver, Command::Confirm),
        ]);
        assert!(matches!(
            alone,
            Err(Error::Refused(Refusal::SamePerson { .. }))
        ));
    }

    #[test]
    fn a_frozen_certificate_is_revoked_as_of_its_freeze() {
        let state = active(&[
            ("li", Seat::Registrar, Command::Freeze),
            ("li", Seat::Registrar, REVOKE),
            ("wang", Seat::Approver, Command::Confirm),
        ]);
        assert_eq!(
            state.unwrap().revocation(),
            Some((at(3), Reason::KeyCompromise))
        );
    }

    #[test]
    fn a_revocation_takes_the_place_of_an_unfreezing_that_waits() {
        let state = active(&[
            ("li", Seat::Registrar, Command::Freeze),
            ("li", Seat::Registrar, Command::Request(Change::Unfreeze)),
            ("wang", Seat::Approver, REVOKE),
            ("li", Seat::Registrar, Command::Confirm),
        ]);
        let revoked = Some((at(3), Reason::KeyCompromise));
        assert_eq!(state.unwrap().revocation(), revoked);
    }

    #[test]
    fn an_unfrozen_certificate_is_active_and_on_no_list() {
        let state = active(&[
            ("holder", Seat::Applicant, Command::Freeze),
            ("li", Seat::Registrar, Command::Request(Change::Unfreeze)),
            ("wang", Seat::Approver, Command::Confirm),
        ]);
        assert_eq!(state.unwrap(), State::Active { pending: None });
    }

    #[test]
    fn nothing_leaves_revoked_or_burnt() {
        let every = [
            Command::Reserve,
            Command::RecordIssued,
            Command::Activate,
            Command::Burn,
            Command::Freeze,
            Command::Request(Change::Unfreeze),
            REVOKE,
            Command::Confirm,
        ];
        let ends = [
            State::Revoked {
                at: at(0),
                reason: RevocationReason::Superseded,
            },
            State::Burnt { at: at(0) },
        ];
        for state in &ends {
            for command in &every {
                let actor = actor("li", Seat::Approver);
                assert!(decide(Some(state), &actor, command.clone(), at(1)).is_err());
            }
        }
    }

    #[test]
    fn an_active_certificate_is_not_unfrozen_and_an_applicant_does_not_revoke() {
        assert!(active(&[("li", Seat::Registrar, Command::Request(Change::Unfreeze))]).is_err());
        assert!(active(&[("holder", Seat::Applicant, REVOKE)]).is_err());
    }
}
