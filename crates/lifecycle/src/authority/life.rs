//! The later life of a key: a successor, link certificates, its end, a compromise.
//!
//! Each act takes two key officers. A key that retires issues to no subscriber any more and
//! still signs the CRLs over what it issued, until its last certificate ended: nobody else
//! can, since a verifier looks for the list under the key that signed (RFC 5280, 6.3.3). A key
//! in other hands still signs a CRL, since a list that revokes is never worse than none; it
//! signs nothing else, and all that it signed is [to be revoked](Active::to_revoke).

use super::{Active, BASIS, Command, Context, Event, State};
use crate::{
    Actor, AuthorityId, CertificateRow, Error, Evidence, Ground, Intent, PersonId, Publication,
    Refusal, Seat, Serial, certificate::Status, octets::optional_seconds,
};
use cert_profile::{CertRequest, Issuer};
use der::{DateTime, Decode};
use gm_crypto::pki;
use serde::{Deserialize, Serialize};
use x509_cert::Certificate;

/// What two key officers do with a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Act {
    /// It gives way to another, which is active.
    Retire {
        /// The other.
        successor: AuthorityId,
    },
    /// A certificate that leads from one of two keys to the other (RFC 4210, 4.4).
    Link(Link),
    /// It signs nothing any more: all that it issued has ended.
    Close,
    /// It is, or may be, in other hands.
    Compromise {
        /// Since when; none: unknown.
        #[serde(
            with = "optional_seconds",
            default,
            skip_serializing_if = "Option::is_none"
        )]
        since: Option<DateTime>,
        /// What shows it.
        report: Evidence,
    },
}

/// A certificate for one CA's key, signed with another's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct Link {
    /// The other CA.
    pub other: AuthorityId,
    /// Which way.
    pub direction: Direction,
    /// Name of the profile.
    pub profile: String,
}

impl Link {
    /// A link between a CA and this other one.
    pub fn new(other: AuthorityId, direction: Direction, profile: impl Into<String>) -> Self {
        Self {
            other,
            direction,
            profile: profile.into(),
        }
    }
}

/// Which way a link leads, seen from the older CA, whose record it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Direction {
    /// The new key, signed with the old: who trusts the old comes to trust the new.
    NewWithOld,
    /// The old key, signed with the new: who trusts the new alone can check the old.
    OldWithNew,
}

/// An act that one officer asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// Which.
    pub act: Act,
    /// Who asked.
    pub officer: PersonId,
}

/// A link certificate on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Linking {
    /// Which.
    pub link: Link,
    /// The next signature, unless it was just lost.
    pub intent: Option<Intent>,
}

/// Why an authority is not to be believed any more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compromised {
    /// What it was.
    pub active: Active,
    /// Since when its key is, or may be, in other hands; none: unknown.
    pub since: Option<DateTime>,
}

/// What the context of a decision must know by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    /// A profile.
    pub(crate) profile: Option<&'a str>,
    /// The issuer of an authority that is proposed.
    pub(crate) issuer: Option<&'a AuthorityId>,
    /// Another authority: a successor, or the other end of a link.
    pub(crate) other: Option<&'a AuthorityId>,
    /// Whether the end of the last certificate under its key is asked for.
    pub(crate) last_end: bool,
}

impl<'a> Wanted<'a> {
    pub(crate) fn of(state: Option<&'a State>, command: &'a Command) -> Self {
        let proposal = match (state, command) {
            (Some(State::Proposed(proposed)), _) => Some(&proposed.proposal),
            (Some(State::Issuing(issuing)), _) => Some(&issuing.proposed.proposal),
            (None, Command::Propose(proposal)) => Some(proposal),
            _ => None,
        };
        if let Some(proposal) = proposal {
            return Self {
                profile: Some(&proposal.profile),
                issuer: proposal.issuer.as_ref(),
                ..Self::default()
            };
        }
        let active = state.and_then(State::established);
        let act = match command {
            Command::Request(act) => Some(act),
            Command::Confirm => active
                .and_then(|active| active.pending.as_ref())
                .map(|pending| &pending.act),
            _ => None,
        };
        let link = match (act, command) {
            (Some(Act::Retire { successor }), _) => {
                return Self {
                    other: Some(successor),
                    ..Self::default()
                };
            }
            (Some(Act::Close), _) => {
                return Self {
                    last_end: true,
                    ..Self::default()
                };
            }
            (Some(Act::Link(link)), _) => Some(link),
            (_, Command::RecordUnknownOutcome { .. }) => active
                .and_then(|active| active.linking.as_ref())
                .map(|linking| &linking.link),
            _ => None,
        };
        link.map_or_else(Self::default, |link| Self {
            profile: Some(&link.profile),
            other: Some(&link.other),
            ..Self::default()
        })
    }
}

/// What officers ask for, one after the other.
pub(super) fn decide(
    state: &State,
    active: &Active,
    actor: &Actor,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, Error> {
    match (&active.pending, command) {
        // A compromise does not wait behind something else: it takes its place.
        (pending, Command::Request(act))
            if pending
                .as_ref()
                .is_none_or(|pending| act.is_compromise() && !pending.act.is_compromise()) =>
        {
            act.check(state, active, context)?;
            Ok(vec![Event::Requested(act)])
        }
        (Some(pending), Command::Confirm) => confirm(state, active, pending, actor, context),
        (Some(_), Command::Discard) => Ok(vec![Event::Discarded]),
        (_, command) => Err(Ground::WrongState {
            what: "the authority",
            state: state.name(),
            verb: command.verb(),
        }
        .by(BASIS)),
    }
}

/// The second officer's act.
fn confirm(
    state: &State,
    active: &Active,
    pending: &Pending,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Vec<Event>, Error> {
    actor.differs_from(&[(&pending.officer, Seat::KeyOfficer)])?;
    pending.act.check(state, active, context)?;
    Ok(match &pending.act {
        Act::Retire { successor } => vec![Event::RetirementBegun {
            successor: successor.clone(),
        }],
        Act::Link(link) => vec![
            Event::LinkDecided(link.clone()),
            Event::IssuanceIntended(link.intend(active, context)?),
        ],
        Act::Close => vec![Event::Retired],
        Act::Compromise { since, report } => {
            let open = active.open_link();
            // What is not signed yet is not signed any more.
            let abandoned = open.map(|intent| Event::IssuanceAbandoned {
                issuer: intent.issuer.clone(),
                serial: intent.serial.clone(),
            });
            let compromised = Event::Compromised {
                since: *since,
                report: report.clone(),
            };
            abandoned.into_iter().chain([compromised]).collect()
        }
    })
}

/// The link's token signed.
pub(super) fn record_link(
    active: &Active,
    serial: Serial,
    certificate: crate::Octets,
) -> Option<Event> {
    let intent = active.open_link()?;
    (intent.serial == serial).then(|| Event::Linked {
        issuer: intent.issuer.clone(),
        serial,
        certificate,
    })
}

/// Nobody knows whether the link's token signed.
pub(super) fn abandon_link(
    active: &Active,
    serial: &Serial,
    context: &Context<'_>,
) -> Result<Option<Vec<Event>>, Error> {
    let Some(Linking {
        link,
        intent: Some(intent),
    }) = &active.linking
    else {
        return Ok(None);
    };
    if intent.serial != *serial {
        return Ok(None);
    }
    Ok(Some(vec![
        Event::IssuanceAbandoned {
            issuer: intent.issuer.clone(),
            serial: serial.clone(),
        },
        Event::IssuanceIntended(link.intend(active, context)?),
    ]))
}

/// The state after an event that changes what a key may do: only one that was asked for.
pub(super) fn evolve(state: State, event: &Event) -> State {
    match (state, event) {
        (State::Active(mut active), Event::RetirementBegun { successor })
            if active.is_asked(
                |act| matches!(act, Act::Retire { successor: one } if one == successor),
            ) =>
        {
            active.pending = None;
            State::Retiring(active)
        }
        (State::Retiring(mut active), Event::Retired)
            if active.is_asked(|act| matches!(act, Act::Close)) =>
        {
            active.pending = None;
            State::Retired(active)
        }
        (
            State::Active(mut active) | State::Retiring(mut active) | State::Retired(mut active),
            Event::Compromised { since, .. },
        ) if active.is_asked(Act::is_compromise) => {
            active.pending = None;
            active.linking = None;
            State::Compromised(Compromised {
                active,
                since: *since,
            })
        }
        (state, _) => state,
    }
}

impl Act {
    /// What holds besides the stage, when it is asked for and when it is decided.
    fn check(&self, state: &State, active: &Active, context: &Context<'_>) -> Result<(), Error> {
        match self {
            Self::Retire { successor } => {
                context.other(successor, |other| matches!(other, State::Active(_)))?;
                Ok(())
            }
            Self::Link(link) if active.linking.is_none() => {
                // What can be prepared now can be prepared when the second officer agrees.
                link.intend(active, context).map(drop)
            }
            Self::Close
                if active.crl_intents.is_empty()
                    && active.linking.is_none()
                    && active.unpublished.is_empty() =>
            {
                let own = active.own()?.not_after;
                match context.last_end {
                    Some(last) if context.now <= last.min(own) => {
                        Err(Ground::NotDue.by(&["S4-16"]))
                    }
                    _ => Ok(()),
                }
            }
            Self::Compromise { since, .. } => {
                if since.is_some_and(|since| since > context.now) {
                    return Err(Refusal::TimeRunsBackwards.into());
                }
                Ok(())
            }
            Self::Link(_) | Self::Close => Err(Ground::WrongState {
                what: "the authority",
                state: state.name(),
                verb: self.verb(),
            }
            .by(BASIS)),
        }
    }

    pub(super) fn is_compromise(&self) -> bool {
        matches!(self, Self::Compromise { .. })
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::Retire { .. } => "retired",
            Self::Link(_) => "linked",
            Self::Close => "closed",
            Self::Compromise { .. } => "declared compromised",
        }
    }
}

impl Link {
    /// The octets to sign.
    fn intend(&self, own: &Active, context: &Context<'_>) -> Result<Intent, Error> {
        let profile = context.profile.ok_or_else(|| Refusal::NoSuchProfile {
            name: self.profile.clone(),
        })?;
        let usable = |state: &State| matches!(state, State::Active(_) | State::Retiring(_));
        let other = context.other(&self.other, usable)?;
        let (name, signer, subject) = match self.direction {
            Direction::NewWithOld => (context.id, own, other),
            Direction::OldWithNew => (&self.other, other, own),
        };
        let signer = Issuer::from_certificate(&signer.certificate)?;
        let subject = Certificate::from_der(&subject.certificate).map_err(Error::Damaged)?;
        let subject = subject.tbs_certificate();
        // Neither longer than the key it is for, nor than the key that signs it.
        let end = subject.validity().not_after.to_date_time();
        let signer_end = signer
            .validity()
            .map_or(end, |validity| validity.not_after.to_date_time());
        let request = CertRequest::new(
            subject.subject().clone(),
            subject.subject_public_key_info().clone(),
        )
        .not_after(end.min(signer_end));
        Intent::new(
            (name, &signer),
            &context.serial,
            profile,
            &request,
            context.now,
        )
    }
}

impl<'a> Context<'a> {
    /// The other authority, if it is another and stands as it must.
    fn other(
        &self,
        id: &AuthorityId,
        stands: impl Fn(&State) -> bool,
    ) -> Result<&'a Active, Refusal> {
        let other = self.other.filter(|other| stands(other) && id != self.id);
        other
            .and_then(State::established)
            .ok_or_else(|| Ground::not_ready(id))
    }
}

/// An authority's own certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) serial: Serial,
    pub(crate) not_after: DateTime,
}

impl Active {
    /// Number and end of its own certificate.
    ///
    /// # Errors
    /// [`Error::Damaged`] when what the store kept can't be read.
    pub(crate) fn own(&self) -> Result<Own, Error> {
        let certificate = Certificate::from_der(&self.certificate).map_err(Error::Damaged)?;
        let tbs = certificate.tbs_certificate();
        Ok(Own {
            serial: Serial::from_bytes(tbs.serial_number().as_bytes())?,
            not_after: tbs.validity().not_after.to_date_time(),
        })
    }

    /// What a compromise of this key revokes, with reason cACompromise: the authority's own
    /// certificate, which its issuer lists, and of those that it issued (`issued`, of any
    /// status) each that exists and is not revoked yet.
    ///
    /// # Errors
    /// [`Error::Damaged`] when what the store kept can't be read.
    pub fn to_revoke<'a>(
        &self,
        issued: impl IntoIterator<Item = &'a CertificateRow>,
    ) -> Result<Vec<(AuthorityId, Serial)>, Error> {
        let own = (self.issuer.clone(), self.own()?.serial);
        let live = issued.into_iter().filter(|row| {
            matches!(
                row.status,
                Status::Issued | Status::Active | Status::Held | Status::Superseded
            )
        });
        let mut list = vec![own];
        for row in live {
            let one = (row.issuer.clone(), row.serial.clone());
            // A root's own certificate is among those that it issued.
            if one != list[0] {
                list.push(one);
            }
        }
        Ok(list)
    }

    fn is_asked(&self, is_it: impl Fn(&Act) -> bool) -> bool {
        self.pending
            .as_ref()
            .is_some_and(|pending| is_it(&pending.act))
    }

    /// The intent of the link that is being made.
    pub(crate) fn open_link(&self) -> Option<&Intent> {
        self.linking.as_ref()?.intent.as_ref()
    }

    /// The part of an event of this file that leaves the authority where it stands.
    pub(super) fn apply_life(&mut self, id: &AuthorityId, actor: &Actor, event: &Event) {
        match event {
            Event::Requested(act) => {
                self.pending = Some(Pending {
                    act: act.clone(),
                    officer: actor.person.clone(),
                });
            }
            Event::Discarded => self.pending = None,
            Event::LinkDecided(link)
                if self.linking.is_none()
                    && self.is_asked(|act| matches!(act, Act::Link(one) if one == link)) =>
            {
                self.pending = None;
                self.linking = Some(Linking {
                    link: link.clone(),
                    intent: None,
                });
            }
            Event::IssuanceIntended(intent) => {
                if let Some(linking) = &mut self.linking
                    && linking.intent.is_none()
                {
                    linking.intent = Some(intent.clone());
                }
            }
            Event::IssuanceAbandoned { issuer, serial } => {
                if let Some(linking) = &mut self.linking
                    && linking
                        .intent
                        .as_ref()
                        .is_some_and(|open| open.is(issuer, serial))
                {
                    linking.intent = None;
                }
            }
            Event::Linked {
                issuer,
                serial,
                certificate,
            } => {
                if self.open_link().is_some_and(|open| open.is(issuer, serial))
                    && let Some(linking) = self.linking.take()
                {
                    let other = &linking.link.other;
                    let name = match linking.link.direction {
                        Direction::NewWithOld => format!("{other}-with-{id}"),
                        Direction::OldWithNew => format!("{id}-with-{other}"),
                    };
                    self.unpublished.push(Publication {
                        name: format!("authorities/{name}.pem"),
                        octets: pki::encode_pem("CERTIFICATE", certificate)
                            .into_bytes()
                            .into(),
                    });
                }
            }
            _ => {}
        }
    }
}
