//! Changes that were decided elsewhere: by a case, or with the key of a CA.

use super::{Event, Hold, Party, RevocationReason, State, Status, Step, Successor};
use crate::{AuthorityId, CaseId, Ground, KeyId, Refusal, terms::Kind};
use der::DateTime;
use serde::{Deserialize, Serialize};

/// Where a change was decided: the record of that stands in the same write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// In a case, by its two persons.
    Case(CaseId),
    /// By two key officers: the key that signed it is, or may be, in other hands.
    Compromise(AuthorityId),
    /// By two officers: its own key is known to be bad.
    Key(KeyId),
}

/// A change that was decided elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Act {
    /// Out of use for a while.
    Freeze {
        /// Whose wish it is.
        party: Party,
        /// Whether one person made it at once, and another is to look at it.
        at_once: bool,
    },
    /// Another person agrees with what the same case made at once.
    Ratify,
    /// Another person does not agree: back into use.
    Undo,
    /// Back into use.
    Unfreeze {
        /// Whose wish it is: the party that froze it.
        party: Party,
    },
    /// Out of use for good.
    Revoke(RevocationReason),
    /// Another took its place.
    Supersede(Successor),
}

/// An order to change a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Order {
    /// Where it was decided.
    pub cause: Cause,
    /// What is to be done.
    pub act: Act,
    /// The certificate's notAfter.
    #[serde(with = "crate::octets::seconds")]
    pub not_after: DateTime,
    /// Where the one that takes its place stands after this same write.
    pub successor: Option<Status>,
}

impl Order {
    /// An order that concerns this certificate alone.
    pub fn new(cause: Cause, act: Act, not_after: DateTime) -> Self {
        Self {
            cause,
            act,
            not_after,
            successor: None,
        }
    }

    /// An order that gives a certificate's place to another, which stands there.
    pub fn supersede(
        cause: Cause,
        successor: Successor,
        standing: Status,
        not_after: DateTime,
    ) -> Self {
        Self {
            cause,
            act: Act::Supersede(successor),
            not_after,
            successor: Some(standing),
        }
    }

    /// The event, for a state that the act [follows](Act::follows).
    pub(super) fn decide(self, state: &State, now: DateTime) -> Result<Event, Refusal> {
        let mut at = now;
        if let Some(kind) = self.act.kind()
            && state.status().at(now, self.not_after) == Status::Expired
        {
            return Err(not_for(Status::Expired, kind));
        }
        match (&self.act, state) {
            (Act::Unfreeze { party }, State::Held { hold, .. }) if hold.party != *party => {
                return Err(Ground::OtherParty {
                    froze: hold.party,
                    asks: *party,
                }
                .refuse(&["S0-13"]));
            }
            (Act::Ratify | Act::Undo, State::Held { hold, .. })
                if hold.awaits.as_ref() != self.cause.case() =>
            {
                return Err(Ground::WrongState {
                    what: "the certificate",
                    state: "not frozen at once by this case",
                    verb: self.act.verb(),
                }
                .refuse(self.act.basis()));
            }
            (Act::Revoke(reason), _) => {
                let compromise = matches!(self.cause, Cause::Compromise(_));
                let bad_key = matches!(self.cause, Cause::Key(_));
                if compromise != (*reason == RevocationReason::CaCompromise)
                    || bad_key && *reason != RevocationReason::KeyCompromise
                {
                    return Err(Ground::Missing {
                        what: "a reason that fits where it was decided",
                    }
                    .refuse(&["S0-13"]));
                }
                // The date of a freeze stays the date of what follows from it (B7).
                if let State::Held { since, .. } = state {
                    at = *since;
                }
            }
            (Act::Supersede(_), _) if self.successor != Some(Status::Active) => {
                return Err(not_for(
                    self.successor.unwrap_or(Status::Reserved),
                    Kind::Renew,
                ));
            }
            _ => {}
        }
        Ok(Event::Executed {
            cause: self.cause,
            act: self.act,
            at,
        })
    }
}

impl Cause {
    fn case(&self) -> Option<&CaseId> {
        match self {
            Self::Case(case) => Some(case),
            Self::Compromise(_) | Self::Key(_) => None,
        }
    }
}

impl Act {
    /// The step of the [table](super::machine::TRANSITIONS).
    pub fn step(&self) -> Step {
        match self {
            Self::Freeze { .. } => Step::Frozen,
            Self::Ratify => Step::FreezeRatified,
            Self::Undo => Step::FreezeUndone,
            Self::Unfreeze { .. } => Step::Unfrozen,
            Self::Revoke(_) => Step::Revoked,
            Self::Supersede(_) => Step::Superseded,
        }
    }

    /// Whether the table has it from this state. What one person froze at once is not
    /// unfrozen before another looked at it.
    pub(super) fn follows(&self, state: &State) -> bool {
        match (self, state) {
            (Self::Freeze { .. } | Self::Supersede(_), State::Active { .. })
            | (Self::Ratify | Self::Undo, State::Held { .. }) => true,
            (Self::Unfreeze { .. }, State::Held { hold, .. }) => hold.awaits.is_none(),
            (
                Self::Revoke(_),
                State::Issued
                | State::Active { .. }
                | State::Held { .. }
                | State::Superseded { .. },
            ) => true,
            _ => false,
        }
    }

    /// The state after it; the same where it does not follow.
    pub(super) fn carry_out(&self, state: State, cause: &Cause, at: DateTime) -> State {
        if !self.follows(&state) {
            return state;
        }
        match (self, state) {
            (Self::Freeze { party, at_once }, State::Active { pending }) => State::Held {
                since: at,
                hold: Hold {
                    party: *party,
                    awaits: cause.case().filter(|_| *at_once).cloned(),
                },
                pending,
            },
            (
                Self::Ratify,
                State::Held {
                    since,
                    hold,
                    pending,
                },
            ) if hold.awaits.as_ref() == cause.case() => State::Held {
                since,
                hold: Hold::by(hold.party),
                pending,
            },
            (Self::Undo, State::Held { hold, .. }) if hold.awaits.as_ref() == cause.case() => {
                State::Active { pending: None }
            }
            (Self::Unfreeze { .. }, State::Held { .. }) => State::Active { pending: None },
            (Self::Revoke(reason), _) => State::revoked(at, *reason),
            (Self::Supersede(successor), _) => State::Superseded {
                since: at,
                successor: successor.clone(),
            },
            (_, state) => state,
        }
    }

    /// The requirement that it carries out.
    pub(super) const fn basis(&self) -> &'static [&'static str] {
        match self {
            Self::Freeze { at_once: true, .. } | Self::Ratify | Self::Undo => &["S2-32"],
            Self::Freeze { .. } | Self::Unfreeze { .. } | Self::Revoke(_) | Self::Supersede(_) => {
                &["S0-13"]
            }
        }
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::Freeze { .. } => "frozen",
            Self::Ratify => "ratified as frozen",
            Self::Undo => "freed of its freeze",
            Self::Unfreeze { .. } => "unfrozen",
            Self::Revoke(_) => "revoked",
            Self::Supersede(_) => "superseded",
        }
    }

    /// The kind of business, for acts that an expired certificate is not subject to.
    fn kind(&self) -> Option<Kind> {
        match self {
            Self::Freeze { .. } => Some(Kind::Freeze),
            Self::Unfreeze { .. } => Some(Kind::Unfreeze),
            Self::Revoke(_) => Some(Kind::Revoke),
            Self::Supersede(_) => Some(Kind::Renew),
            Self::Ratify | Self::Undo => None,
        }
    }
}

fn not_for(status: Status, kind: Kind) -> Refusal {
    Ground::TargetStatus {
        status: status.as_str(),
        kind,
    }
    .refuse(&["S0-13"])
}
