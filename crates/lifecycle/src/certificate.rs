//! What a certificate is worth, from its reserved serial number to its end
//! (state machine SM-B).
//!
//! ```text
//! Reserved ─▶ Issued ─▶ Active ◀──▶ Held
//!    │            │         ├───┬─────┘
//!    └─▶ Burnt    └─────────┼───┴─▶ Revoked
//!                           └─▶ Superseded ─┘
//! ```
//!
//! [`machine`] has it as a table. A change is either asked for by one person and confirmed by
//! another (one may freeze at once), or [ordered](Order): decided by a case, whose own two
//! persons stand in its record, and carried out by the engine in the same write.
//!
//! A [`History`] answers for any time in the past. That a certificate expired follows from its
//! notAfter and is no event.

mod history;
pub mod machine;
mod order;

pub use history::History;
pub use machine::Step;
pub use order::{Act, Cause, Order};

use crate::{
    Actor, AuthorityId, CaseId, Error, Evidence, Ground, Refusal, Seat, Serial,
    octets::{optional_seconds, seconds},
    terms::terms,
};
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
        /// Whose wish it is.
        hold: Hold,
        /// A change that waits for its confirmation.
        pending: Option<Pending>,
    },
    /// Another took its place; it stays good to its end, unless it is revoked.
    Superseded {
        /// Since when.
        since: DateTime,
        /// The other.
        successor: Successor,
    },
    /// Revoked for good.
    Revoked {
        /// As of when: for a held certificate, since the hold.
        at: DateTime,
        /// Why.
        reason: RevocationReason,
        /// Since when its key is, or may be, in other hands, where that came out.
        invalidity: Option<DateTime>,
        /// A worse reason that waits for its confirmation.
        upgrade: Option<Upgrade>,
    },
    /// Its serial number may or may not stand in a certificate that nobody has;
    /// it is listed as revoked to be safe.
    Burnt {
        /// Since when.
        at: DateTime,
    },
}

/// Whose wish a freeze is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hold {
    /// The kind of party that lifts it again.
    pub party: Party,
    /// The case that made it at once, until a second person looked at it.
    pub awaits: Option<CaseId>,
}

impl Hold {
    /// A freeze that waits for nobody.
    pub fn by(party: Party) -> Self {
        Self {
            party,
            awaits: None,
        }
    }
}

/// The certificate that took another's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Successor {
    /// Whose key signed it.
    pub issuer: AuthorityId,
    /// Its serial number.
    pub serial: Serial,
}

impl Successor {
    /// The certificate of this issuer and number.
    pub fn new(issuer: AuthorityId, serial: Serial) -> Self {
        Self { issuer, serial }
    }
}

/// A worse reason for a revocation that one person asked for: always keyCompromise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upgrade {
    /// Since when the key is, or may be, in other hands; none: unknown.
    pub invalidity: Option<DateTime>,
    /// Who asked, in which seat.
    pub by: Actor,
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

terms! {
    /// Why a certificate is revoked (RFC 5280, 5.3.1), as far as a subscriber's can be.
    RevocationReason {
        /// No reason is given.
        Unspecified = "unspecified",
        /// The private key is, or may be, in other hands.
        KeyCompromise = "key-compromise",
        /// The CA's key is, or may be, in other hands.
        CaCompromise = "ca-compromise",
        /// The subject's name or other data changed.
        AffiliationChanged = "affiliation-changed",
        /// Another certificate took its place.
        Superseded = "superseded",
        /// It is no longer needed.
        CessationOfOperation = "cessation-of-operation",
        /// What it stated is no longer granted.
        PrivilegeWithdrawn = "privilege-withdrawn",
    }
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

terms! {
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
#[derive(Clone, Debug, Serialize)]
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
    /// By one person; another confirms: what is revoked was revoked because of its key (B11).
    RequestUpgrade {
        /// Since when the key is, or may be, in other hands: not after the revocation; none:
        /// unknown.
        #[serde(with = "crate::octets::optional_seconds")]
        invalidity: Option<DateTime>,
        /// What shows it.
        report: Evidence,
    },
    /// By a person other than the one who asked.
    Confirm,
    /// By the engine, in the write that makes the decision durable which it carries out.
    Execute(Order),
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
    /// Somebody asked for a worse reason.
    UpgradeRequested {
        /// Since when the key is, or may be, in other hands.
        #[serde(
            with = "optional_seconds",
            default,
            skip_serializing_if = "Option::is_none"
        )]
        invalidity: Option<DateTime>,
        /// What shows it.
        report: Evidence,
    },
    /// It was revoked because of its key; as of when stays as it was.
    ReasonUpgraded {
        /// Since when the key is, or may be, in other hands.
        #[serde(
            with = "optional_seconds",
            default,
            skip_serializing_if = "Option::is_none"
        )]
        invalidity: Option<DateTime>,
    },
    /// What was decided elsewhere was carried out.
    Executed {
        /// Where it was decided.
        cause: Cause,
        /// What it was.
        act: Act,
        /// As of when: for a revocation of a held certificate, since the hold.
        #[serde(with = "seconds")]
        at: DateTime,
    },
}

impl Event {
    /// The step of the [table](machine::TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::Reserved => Step::Reserved,
            Self::Issued => Step::Issued,
            Self::Activated => Step::Activated,
            Self::Burnt { .. } => Step::Burnt,
            Self::Frozen { .. } => Step::Frozen,
            Self::ChangeRequested(Change::Unfreeze) => Step::UnfreezeRequested,
            Self::ChangeRequested(Change::Revoke(_)) => Step::RevocationRequested,
            Self::Unfrozen => Step::Unfrozen,
            Self::Revoked { .. } => Step::Revoked,
            Self::UpgradeRequested { .. } => Step::UpgradeRequested,
            Self::ReasonUpgraded { .. } => Step::ReasonUpgraded,
            Self::Executed { act, .. } => act.step(),
        }
    }

    /// The event in one word.
    pub fn name(&self) -> &'static str {
        self.step().as_str()
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
    let basis = command.basis();
    let event = match (state, &command) {
        (None, Command::Reserve) => Event::Reserved,
        (Some(State::Reserved), Command::RecordIssued) => Event::Issued,
        (Some(State::Reserved), Command::Burn) => Event::Burnt { at: now },
        (Some(State::Issued), Command::Activate) => Event::Activated,
        (Some(State::Active { .. }), Command::Freeze) => {
            // The holder may freeze too (S2-32): a lost token can't wait.
            actor.sits_in(&[Seat::Applicant, Seat::Registrar, Seat::Approver], basis)?;
            Event::Frozen { since: now }
        }
        // A court's freeze is not the operator's to lift.
        (Some(State::Held { hold, .. }), Command::Request(Change::Unfreeze))
            if hold.party == Party::Official =>
        {
            return Err(Ground::OtherParty {
                froze: hold.party,
                asks: Party::Operator,
            }
            .refuse(&["S0-13"])
            .into());
        }
        (Some(State::Active { pending: None }), Command::Request(change @ Change::Revoke(_)))
        | (Some(State::Held { pending: None, .. }), Command::Request(change)) => {
            actor.sits_in(OFFICERS, basis)?;
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
            actor.sits_in(OFFICERS, basis)?;
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
                ..
            }),
            Command::Confirm,
        ) => confirm(pending, actor, *since)?,
        (
            Some(State::Revoked {
                at,
                reason,
                upgrade: None,
                ..
            }),
            Command::RequestUpgrade { invalidity, report },
        ) if reason.can_be_upgraded() => {
            actor.sits_in(OFFICERS, basis)?;
            if invalidity.is_some_and(|invalidity| invalidity > *at) {
                return Err(Ground::Missing {
                    what: "a date of compromise that is not after the revocation",
                }
                .refuse(&["S0-13"])
                .into());
            }
            Event::UpgradeRequested {
                invalidity: *invalidity,
                report: report.clone(),
            }
        }
        (
            Some(State::Revoked {
                upgrade: Some(upgrade),
                ..
            }),
            Command::Confirm,
        ) => {
            actor.sits_in(OFFICERS, basis)?;
            actor.differs_from(&[(&upgrade.by.person, upgrade.by.seat)])?;
            Event::ReasonUpgraded {
                invalidity: upgrade.invalidity,
            }
        }
        (Some(state), Command::Execute(order)) if order.act.follows(state) => {
            actor.sits_in(&[Seat::System], basis)?;
            order.clone().decide(state, now)?
        }
        (state, command) => {
            return Err(Ground::WrongState {
                what: "the certificate",
                state: state.map_or("unknown", State::name),
                verb: command.verb(),
            }
            .by(basis));
        }
    };
    Ok(event)
}

/// The state after an event: total, as in [`crate::case::evolve`].
pub fn evolve(state: Option<State>, actor: &Actor, event: &Event) -> Option<State> {
    let from = state.as_ref().map(State::status);
    if machine::transition(from, event.step()).is_none() {
        return state;
    }
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
            hold: Hold::by(Party::of(actor.seat)),
            pending,
        },
        (Some(State::Active { .. }), Event::ChangeRequested(change)) => State::Active {
            pending: Some(Pending::new(*change, actor)),
        },
        (Some(State::Held { since, hold, .. }), Event::ChangeRequested(change)) => State::Held {
            since,
            hold,
            pending: Some(Pending::new(*change, actor)),
        },
        (Some(State::Active { .. } | State::Held { .. }), Event::Revoked { at, reason }) => {
            State::revoked(*at, *reason)
        }
        (Some(State::Revoked { at, reason, .. }), Event::UpgradeRequested { invalidity, .. })
            if reason.can_be_upgraded() =>
        {
            State::Revoked {
                at,
                reason,
                invalidity: None,
                upgrade: Some(Upgrade {
                    invalidity: *invalidity,
                    by: actor.clone(),
                }),
            }
        }
        (
            Some(State::Revoked {
                at,
                upgrade: Some(_),
                ..
            }),
            Event::ReasonUpgraded { invalidity },
        ) => State::Revoked {
            at,
            reason: RevocationReason::KeyCompromise,
            invalidity: *invalidity,
            upgrade: None,
        },
        (Some(state), Event::Executed { cause, act, at }) => act.carry_out(state, cause, *at),
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
    actor.sits_in(OFFICERS, Command::Confirm.basis())?;
    actor.differs_from(&[(&pending.by.person, pending.by.seat)])?;
    Ok(match pending.change {
        Change::Unfreeze => Event::Unfrozen,
        Change::Revoke(reason) => Event::Revoked {
            at: revoked_at,
            reason,
        },
    })
}

impl RevocationReason {
    /// Whether a compromise of the key says more (B11).
    fn can_be_upgraded(self) -> bool {
        !matches!(self, Self::KeyCompromise | Self::CaCompromise)
    }
}

impl State {
    /// Revoked as of a date, with nothing known beyond.
    pub fn revoked(at: DateTime, reason: RevocationReason) -> Self {
        Self::Revoked {
            at,
            reason,
            invalidity: None,
            upgrade: None,
        }
    }

    /// Whether it is frozen at once by this case, and nobody has looked at it yet.
    pub fn awaits(&self, case: &CaseId) -> bool {
        matches!(self, Self::Held { hold, .. } if hold.awaits.as_ref() == Some(case))
    }

    /// Since when its key is, or may be, in other hands (RFC 5280, 5.3.2: invalidityDate).
    pub fn invalidity(&self) -> Option<DateTime> {
        match self {
            Self::Revoked { invalidity, .. } => *invalidity,
            _ => None,
        }
    }

    /// The state in words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Issued => "issued and not handed over",
            Self::Active { .. } => "active",
            Self::Held { .. } => "frozen",
            Self::Superseded { .. } => "superseded",
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
            Self::Superseded { .. } => Status::Superseded,
            Self::Revoked { .. } => Status::Revoked,
            Self::Burnt { .. } => Status::Burnt,
        }
    }

    /// What a CRL says of it: since when and why, or nothing.
    pub fn revocation(&self) -> Option<(DateTime, Reason)> {
        match self {
            Self::Held { since, .. } => Some((*since, Reason::CertificateHold)),
            Self::Revoked { at, reason, .. } => Some((*at, (*reason).into())),
            Self::Burnt { at } => Some((*at, Reason::Unspecified)),
            Self::Reserved | Self::Issued | Self::Active { .. } | Self::Superseded { .. } => None,
        }
    }
}

crate::terms::terms! {
    /// A state in one word, as the store's index and reports hold it.
    Status {
        /// [`State::Reserved`]
        Reserved = "reserved",
        /// [`State::Issued`]
        Issued = "issued",
        /// [`State::Active`]
        Active = "active",
        /// [`State::Held`]
        Held = "held",
        /// [`State::Superseded`]
        Superseded = "superseded",
        /// [`State::Revoked`]
        Revoked = "revoked",
        /// [`State::Burnt`]
        Burnt = "burnt",
        /// Beyond its notAfter: no state of its own, and in no index ([`Status::at`]).
        Expired = "expired",
    }
}

impl Status {
    /// Whether such a certificate counts among those that its owner has (S2-06).
    pub(crate) fn is_held_by_its_owner(self) -> bool {
        matches!(self, Self::Issued | Self::Active | Self::Held)
    }

    /// The status of a certificate with this end at a time: what is not revoked or burnt, and
    /// exists, expires (B10).
    pub fn at(self, time: DateTime, not_after: DateTime) -> Self {
        match self {
            Self::Issued | Self::Active | Self::Held | Self::Superseded if time > not_after => {
                Self::Expired
            }
            other => other,
        }
    }
}

impl Command {
    /// The requirement that it carries out.
    const fn basis(&self) -> &'static [&'static str] {
        match self {
            Self::Reserve => &["S1-13"],
            Self::RecordIssued | Self::Burn => &["S1-15"],
            Self::Activate => &["S1-19"],
            Self::Freeze => &["S2-32"],
            Self::Request(_) | Self::RequestUpgrade { .. } | Self::Confirm => &["S0-13"],
            Self::Execute(order) => order.act.basis(),
        }
    }

    fn verb(&self) -> &'static str {
        match self {
            Self::Reserve => "reserved",
            Self::RecordIssued => "issued",
            Self::Activate => "activated",
            Self::Burn => "burnt",
            Self::Freeze => "frozen",
            Self::Request(Change::Unfreeze) => "unfrozen",
            Self::Request(Change::Revoke(_)) => "revoked",
            Self::RequestUpgrade { .. } => "given a worse reason",
            Self::Confirm => "changed: nothing waits for a second person",
            Self::Execute(order) => order.act.verb(),
        }
    }
}

#[cfg(test)]
mod tests;
