//! The operator's own keys: CAs and OCSP responders. Proposed by one officer,
//! approved by another; a CA then signs CRLs.
//!
//! [`machine`] has it as a table. How it gives way to another, or falls into other hands, is in [`Act`]: each such act takes
//! two officers again.

mod crl;
mod life;
pub mod machine;

pub use crl::{CrlIntent, List, Revoked};
pub(crate) use life::Wanted;
pub use life::{Act, Compromised, Direction, Link, Linking, Pending};
pub use machine::{Stage, Step};

use crate::{
    Actor, AuthorityId, Effect, Error, Evidence, Ground, Intent, Octets, PersonId, Publication,
    Refusal, Seat, Serial, octets::optional_seconds,
};
use cert_profile::{CertRequest, Issuer, Profile};
use der::{DateTime, Decode, Encode};
use gm_crypto::{pki, sm2::DerSignature};
use serde::{Deserialize, Serialize};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use std::time::Duration;
use x509_cert::{Certificate, name::Name};

/// What an officer proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Proposal {
    /// Name of the profile for its certificate.
    pub profile: String,
    /// DER of its `Name`.
    pub subject: Octets,
    /// Who issues its certificate; `None` for a root, which issues its own.
    pub issuer: Option<AuthorityId>,
}

impl Proposal {
    /// A root.
    pub fn root(profile: impl Into<String>, subject: &Name) -> Self {
        Self {
            profile: profile.into(),
            subject: encode(subject),
            issuer: None,
        }
    }

    /// An authority with a certificate of another.
    pub fn under(issuer: AuthorityId, profile: impl Into<String>, subject: &Name) -> Self {
        Self {
            profile: profile.into(),
            subject: encode(subject),
            issuer: Some(issuer),
        }
    }
}

/// Where an authority stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Waits for its key, then for a second officer.
    Proposed(Proposed),
    /// Approved; waits for its certificate.
    Issuing(Issuing),
    /// Has a certificate, and issues.
    Active(Active),
    /// Another took its place: it issues to subscribers no more, and still signs CRLs over
    /// what it issued.
    Retiring(Active),
    /// All that it issued has ended; it signs nothing.
    Retired(Active),
    /// Its key is, or may be, in other hands.
    Compromised(Compromised),
}

/// Proposed by an officer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proposed {
    /// What.
    pub proposal: Proposal,
    /// Who proposed it.
    pub officer: PersonId,
    /// DER of its `SubjectPublicKeyInfo`, once the token has made the key.
    pub public_key: Option<Octets>,
}

/// Approved by a second officer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issuing {
    /// What was proposed.
    pub proposed: Proposed,
    /// The next signature, unless it was just lost.
    pub intent: Option<Intent>,
}

/// In business.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Active {
    /// Whose key signed its certificate: its own name for a root.
    pub issuer: AuthorityId,
    /// DER of its certificate.
    pub certificate: Octets,
    /// The last CRL number used, 0 for none; it only grows.
    pub crl_number: u64,
    /// thisUpdate of the last CRL; it never goes back.
    pub last_update: Option<DateTime>,
    /// CRLs that are about to be signed.
    pub crl_intents: Vec<CrlIntent>,
    /// What its lists are at.
    lists: crl::Lists,
    /// Finished things that did not leave yet, in order.
    pub unpublished: Vec<Publication>,
    /// How many left before them.
    pub published: u64,
    /// What one officer asked for.
    pub pending: Option<Pending>,
    /// A link certificate on its way.
    pub linking: Option<Linking>,
}

/// What can be asked of an authority.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// By a key officer. The same proposal again is answered as before.
    Propose(Proposal),
    /// By another key officer, once the key exists.
    Approve,
    /// By a key officer or a timer: new CRLs over what is revoked now, one of all certificates
    /// and one of each shard that certificates name; where they name deltas too, those to the
    /// complete lists before.
    IssueCrl,
    /// By a key officer or a timer: what changed since the last complete lists, where
    /// certificates name deltas.
    IssueDeltaCrl,
    /// The token has the key.
    RecordKey {
        /// DER of its `SubjectPublicKeyInfo`.
        public_key: Octets,
    },
    /// The issuer's token signed.
    RecordCertificate {
        /// Of which intent.
        serial: Serial,
        /// DER of the certificate, its signature verified.
        certificate: Octets,
    },
    /// Nobody knows whether the issuer's token signed.
    RecordUnknownOutcome {
        /// Of which intent.
        serial: Serial,
    },
    /// The token signed the CRL.
    RecordCrl {
        /// Which list.
        list: List,
        /// Of which intent.
        number: u64,
        /// DER of the CRL, its signature verified.
        crl: Octets,
    },
    /// Nobody knows whether the token signed a CRL. All that wait under its number are made
    /// anew.
    RecordCrlUnknownOutcome {
        /// Of which intent.
        number: u64,
    },
    /// The publisher took what was finished: each thing up to this one, counted from the first
    /// that the authority ever finished. What another node finished meanwhile waits on.
    RecordPublication {
        /// How many left by now.
        through: u64,
    },
    /// By a key officer: see [`Act`].
    Request(Act),
    /// By another key officer.
    Confirm,
    /// By a key officer: what was asked for is not wanted any more.
    Discard,
}

/// What happened to an authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// An officer proposed it.
    Proposed(Proposal),
    /// Its token has its key.
    KeyMade {
        /// DER of its `SubjectPublicKeyInfo`.
        public_key: Octets,
    },
    /// A second officer agreed.
    Approved,
    /// Its certificate is about to be signed.
    IssuanceIntended(Intent),
    /// An intent ended without a known result.
    IssuanceAbandoned {
        /// Whose key was to sign.
        issuer: AuthorityId,
        /// The burnt serial number.
        serial: Serial,
    },
    /// It has a certificate.
    Established {
        /// Whose key signed.
        issuer: AuthorityId,
        /// Its serial number.
        serial: Serial,
        /// Its DER.
        certificate: Octets,
    },
    /// A CRL is about to be signed.
    CrlIntended(CrlIntent),
    /// The CRLs of this number that wait ended without a known result; for them it is never
    /// used again.
    CrlAbandoned {
        /// The number.
        number: u64,
    },
    /// A CRL exists.
    CrlIssued {
        /// Which list.
        #[serde(default, skip_serializing_if = "List::is_all")]
        list: List,
        /// Its number.
        number: u64,
        /// Its DER.
        crl: Octets,
    },
    /// All that waited left the engine. Logs of versions that had one engine alone have it;
    /// [`PublishedThrough`](Self::PublishedThrough) is written now.
    Published,
    /// Certificates or CRLs left the engine.
    PublishedThrough {
        /// How many of all that the authority ever finished left by now.
        count: u64,
    },
    /// An officer asked for something.
    Requested(Act),
    /// It is not wanted any more.
    Discarded,
    /// Another takes its place.
    RetirementBegun {
        /// The other.
        successor: AuthorityId,
    },
    /// A link certificate is wanted.
    LinkDecided(Link),
    /// A link certificate exists.
    Linked {
        /// Whose key signed.
        issuer: AuthorityId,
        /// Its serial number.
        serial: Serial,
        /// Its DER.
        certificate: Octets,
    },
    /// All that it issued has ended.
    Retired,
    /// Its key is, or may be, in other hands.
    Compromised {
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

/// What a decision may see besides the state; all of it by value.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Context<'a> {
    /// The authority's own name.
    pub id: &'a AuthorityId,
    /// The time.
    pub now: DateTime,
    /// A serial number that nobody has used.
    pub serial: Serial,
    /// The profile that the proposal names, if there is one.
    pub profile: Option<&'a Profile>,
    /// The public half of the issuer that the proposal names, if it is active.
    pub issuer: Option<&'a Issuer>,
    /// What CRLs are to list.
    pub revoked: Revoked,
    /// How long a CRL is current.
    pub crl_lifetime: Duration,
    /// The other authority that the act names: a successor, or the other end of a link.
    pub other: Option<&'a State>,
    /// When the last certificate that it signed or may have signed ends, its own left out; none
    /// where it signed no other, or where nobody asks that it be closed.
    pub last_end: Option<DateTime>,
}

/// The keys that sign certificates and statuses, and the certificates that an operator files.
const BASIS: &[&str] = &["S4-15", "S4-16"];

/// Says what would happen; touches nothing.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no; [`Error::Damaged`] when what
/// the store kept can't be read.
pub fn decide(
    state: Option<&State>,
    actor: &Actor,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, Error> {
    let wrong_state = Ground::WrongState {
        what: "the authority",
        state: state.map_or("unknown", State::name),
        verb: command.verb(),
    };
    if let (Some(state), Command::Propose(proposal)) = (state, &command) {
        actor.sits_in(&[Seat::KeyOfficer], BASIS)?;
        return match state {
            State::Proposed(proposed) if proposed.proposal == *proposal => Ok(vec![]),
            _ => Err(Refusal::AuthorityExists {
                id: context.id.clone(),
            }
            .into()),
        };
    }
    let step = command.step(state);
    let from = state.map(State::stage);
    if step
        .and_then(|step| machine::transition(from, step))
        .is_none()
    {
        return Err(wrong_state.by(BASIS));
    }
    actor.sits_in(command.seats(), BASIS)?;
    match (command, state, state.and_then(State::established)) {
        (Command::Propose(proposal), ..) => {
            if context.profile.is_none() {
                return Err(Refusal::NoSuchProfile {
                    name: proposal.profile,
                }
                .into());
            }
            Ok(vec![Event::Proposed(proposal)])
        }
        (Command::RecordKey { public_key }, Some(State::Proposed(proposed)), _)
            if proposed.public_key.is_none() =>
        {
            Ok(vec![Event::KeyMade { public_key }])
        }
        (Command::Approve, Some(State::Proposed(proposed)), _) => {
            actor.differs_from(&[(&proposed.officer, Seat::KeyOfficer)])?;
            let intent = proposed.intend(context)?;
            Ok(vec![Event::Approved, Event::IssuanceIntended(intent)])
        }
        (
            Command::RecordCertificate {
                serial,
                certificate,
            },
            Some(State::Issuing(issuing)),
            _,
        ) => Ok(vec![Event::Established {
            issuer: issuing.open(&serial)?.issuer.clone(),
            serial,
            certificate,
        }]),
        (Command::RecordUnknownOutcome { serial }, Some(State::Issuing(issuing)), _) => Ok(vec![
            Event::IssuanceAbandoned {
                issuer: issuing.open(&serial)?.issuer.clone(),
                serial,
            },
            Event::IssuanceIntended(issuing.proposed.intend(context)?),
        ]),
        (
            command @ (Command::IssueCrl
            | Command::IssueDeltaCrl
            | Command::RecordCrl { .. }
            | Command::RecordCrlUnknownOutcome { .. }),
            _,
            Some(active),
        ) => {
            let events = active.decide_crl(&command, context)?;
            events.ok_or_else(|| wrong_state.by(BASIS))
        }
        (Command::RecordPublication { through }, _, Some(active))
            if active.may_leave(through).is_some() =>
        {
            Ok(vec![Event::PublishedThrough { count: through }])
        }
        (
            Command::RecordCertificate {
                serial,
                certificate,
            },
            _,
            Some(active),
        ) => {
            let linked = life::record_link(active, serial.clone(), certificate);
            Ok(vec![linked.ok_or(Refusal::NoIntent { serial })?])
        }
        (Command::RecordUnknownOutcome { serial }, _, Some(active)) => {
            let again = life::abandon_link(active, &serial, context)?;
            Ok(again.ok_or(Refusal::NoIntent { serial })?)
        }
        (
            command @ (Command::Request(_) | Command::Confirm | Command::Discard),
            Some(state),
            Some(active),
        ) => life::decide(state, active, actor, command, context),
        _ => Err(wrong_state.by(BASIS)),
    }
}

/// The state after an event: total, as in [`crate::case::evolve`].
pub fn evolve(
    id: &AuthorityId,
    state: Option<State>,
    actor: &Actor,
    event: &Event,
) -> Option<State> {
    let from = state.as_ref().map(State::stage);
    if machine::transition(from, event.step()).is_none() {
        return state;
    }
    Some(match (state, event) {
        (None, Event::Proposed(proposal)) => State::Proposed(Proposed {
            proposal: proposal.clone(),
            officer: actor.person.clone(),
            public_key: None,
        }),
        (Some(State::Proposed(mut proposed)), Event::KeyMade { public_key })
            if proposed.public_key.is_none() =>
        {
            proposed.public_key = Some(public_key.clone());
            State::Proposed(proposed)
        }
        (Some(State::Proposed(proposed)), Event::Approved) if proposed.public_key.is_some() => {
            State::Issuing(Issuing {
                proposed,
                intent: None,
            })
        }
        (Some(State::Issuing(issuing)), Event::IssuanceIntended(intent))
            if issuing.intent.is_none() =>
        {
            State::Issuing(Issuing {
                intent: Some(intent.clone()),
                ..issuing
            })
        }
        (Some(State::Issuing(issuing)), Event::IssuanceAbandoned { issuer, serial })
            if issuing.awaits(issuer, serial) =>
        {
            State::Issuing(Issuing {
                intent: None,
                ..issuing
            })
        }
        (
            Some(State::Issuing(issuing)),
            Event::Established {
                issuer,
                serial,
                certificate,
            },
        ) if issuing.awaits(issuer, serial) => State::Active(Active {
            issuer: issuer.clone(),
            certificate: certificate.clone(),
            crl_number: 0,
            last_update: None,
            crl_intents: Vec::new(),
            lists: crl::Lists::default(),
            unpublished: vec![Publication {
                name: format!("authorities/{id}.pem"),
                octets: pki::encode_pem("CERTIFICATE", certificate)
                    .into_bytes()
                    .into(),
            }],
            published: 0,
            pending: None,
            linking: None,
        }),
        (Some(state), event) => {
            let mut state = life::evolve(state, event);
            match &mut state {
                State::Active(active) | State::Retiring(active) => {
                    active.apply_crl(id, event);
                    active.apply_life(id, actor, event);
                    active.apply_publication(event);
                }
                State::Retired(active) => active.apply_life(id, actor, event),
                State::Compromised(compromised) => {
                    compromised.active.apply_crl(id, event);
                    compromised.active.apply_publication(event);
                }
                State::Proposed(_) | State::Issuing(_) => {}
            }
            state
        }
        (state, _) => return state,
    })
}

impl State {
    /// The state in words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Proposed(_) => "proposed",
            Self::Issuing(_) => "being issued",
            Self::Active(_) => "active",
            Self::Retiring(_) => "retiring",
            Self::Retired(_) => "retired",
            Self::Compromised(_) => "compromised",
        }
    }

    /// An authority that has a certificate, whatever became of its key.
    pub fn established(&self) -> Option<&Active> {
        match self {
            Self::Proposed(_) | Self::Issuing(_) => None,
            Self::Active(active) | Self::Retiring(active) | Self::Retired(active) => Some(active),
            Self::Compromised(compromised) => Some(&compromised.active),
        }
    }

    /// An authority that issues to subscribers: active, and nobody says that its key is in
    /// other hands. One officer's word is enough to stop it; it takes two to go on from there.
    pub fn issuing(&self) -> Option<&Active> {
        match self {
            Self::Active(active) => {
                let pending = active.pending.as_ref();
                let stopped = pending.is_some_and(|pending| pending.act.is_compromise());
                (!stopped).then_some(active)
            }
            _ => None,
        }
    }

    /// An authority whose key may certify: what was intended before it began to retire, and
    /// the certificates that are its own business.
    pub fn certifying(&self) -> Option<&Active> {
        match self {
            Self::Active(active) | Self::Retiring(active) => Some(active),
            _ => None,
        }
    }

    /// An authority whose key still signs CRLs.
    pub fn signing(&self) -> Option<&Active> {
        match self {
            Self::Active(active) | Self::Retiring(active) => Some(active),
            Self::Compromised(compromised) => Some(&compromised.active),
            _ => None,
        }
    }

    pub(crate) fn due(&self) -> Option<Effect> {
        match self {
            Self::Proposed(proposed) => {
                proposed.public_key.is_none().then_some(Effect::GenerateKey)
            }
            Self::Issuing(issuing) => issuing.intent.clone().map(Effect::Sign),
            Self::Retired(_) => None,
            Self::Active(active)
            | Self::Retiring(active)
            | Self::Compromised(Compromised { active, .. }) => {
                if let Some(intent) = active.crl_intents.first() {
                    Some(Effect::SignCrl(intent.clone()))
                } else if let Some(intent) = active.open_link() {
                    Some(Effect::Sign(intent.clone()))
                } else if active.unpublished.is_empty() {
                    None
                } else {
                    Some(Effect::Publish(active.unpublished.clone()))
                }
            }
        }
    }
}

impl Command {
    /// The step that it begins with; none where there is nothing to confirm.
    fn step(&self, state: Option<&State>) -> Option<Step> {
        let issuing = matches!(state, Some(State::Issuing(_)));
        Some(match self {
            Self::Propose(_) => Step::Proposed,
            Self::Approve => Step::Approved,
            Self::IssueCrl | Self::IssueDeltaCrl => Step::CrlIntended,
            Self::RecordKey { .. } => Step::KeyMade,
            Self::RecordCertificate { .. } if issuing => Step::Established,
            Self::RecordCertificate { .. } => Step::Linked,
            Self::RecordUnknownOutcome { .. } => Step::IssuanceAbandoned,
            Self::RecordCrl { .. } => Step::CrlIssued,
            Self::RecordCrlUnknownOutcome { .. } => Step::CrlAbandoned,
            Self::RecordPublication { .. } => Step::Published,
            Self::Request(act) => act.asked(),
            Self::Confirm => state?.established()?.pending.as_ref()?.act.decided(),
            Self::Discard => Step::Discarded,
        })
    }

    const fn seats(&self) -> &'static [Seat] {
        match self {
            Self::Propose(_) | Self::Approve | Self::Request(_) | Self::Confirm | Self::Discard => {
                &[Seat::KeyOfficer]
            }
            Self::IssueCrl | Self::IssueDeltaCrl => &[Seat::KeyOfficer, Seat::System],
            Self::RecordKey { .. }
            | Self::RecordCertificate { .. }
            | Self::RecordUnknownOutcome { .. }
            | Self::RecordCrl { .. }
            | Self::RecordCrlUnknownOutcome { .. }
            | Self::RecordPublication { .. } => &[Seat::System],
        }
    }

    fn verb(&self) -> &'static str {
        match self {
            Self::Propose(_) => "proposed",
            Self::Approve => "approved",
            Self::IssueCrl => "asked for a CRL",
            Self::IssueDeltaCrl => "asked for a delta CRL",
            Self::RecordKey { .. } => "given a key",
            Self::RecordCertificate { .. } => "given a certificate",
            Self::RecordUnknownOutcome { .. } => "issued again",
            Self::RecordCrl { .. } => "given a CRL",
            Self::RecordCrlUnknownOutcome { .. } => "asked for that CRL again",
            Self::RecordPublication { .. } => "published",
            Self::Request(act) => act.verb(),
            Self::Confirm => "changed: nothing waits for a second officer",
            Self::Discard => "freed of what was asked for: nothing was",
        }
    }
}

impl Proposed {
    /// The octets to sign: by the issuer, or by the key itself for a root.
    fn intend(&self, context: &Context<'_>) -> Result<Intent, Error> {
        let profile = context.profile.ok_or_else(|| Refusal::NoSuchProfile {
            name: self.proposal.profile.clone(),
        })?;
        let public_key = self.public_key.as_ref().ok_or_else(|| {
            Ground::WrongState {
                what: "the authority",
                state: "without a key",
                verb: "approved",
            }
            .refuse(BASIS)
        })?;
        let request = CertRequest::new(
            Name::from_der(&self.proposal.subject).map_err(Error::Damaged)?,
            SubjectPublicKeyInfoOwned::from_der(public_key).map_err(Error::Damaged)?,
        );
        let root;
        let (name, issuer) = match &self.proposal.issuer {
            None => {
                root = Issuer::self_signed(&request, sm2_with_sm3());
                (context.id, &root)
            }
            Some(name) => {
                let issuer = context.issuer.ok_or_else(|| Ground::not_ready(name))?;
                (name, issuer)
            }
        };
        Intent::new(
            (name, issuer),
            &context.serial,
            profile,
            &request,
            context.now,
        )
    }
}

impl Issuing {
    fn awaits(&self, issuer: &AuthorityId, serial: &Serial) -> bool {
        let open = self.intent.as_ref();
        open.is_some_and(|intent| intent.is(issuer, serial))
    }

    fn open(&self, serial: &Serial) -> Result<&Intent, Refusal> {
        self.intent
            .as_ref()
            .filter(|intent| intent.serial == *serial)
            .ok_or_else(|| Refusal::NoIntent {
                serial: serial.clone(),
            })
    }
}

impl Active {
    /// How many things will have left when all that waits has.
    pub(crate) fn finished(&self) -> u64 {
        self.published + self.unpublished.len() as u64
    }

    /// Of what waits, how much leaves when `through` of all have left; none where that is no
    /// news, or more than there is.
    fn may_leave(&self, through: u64) -> Option<usize> {
        let leave = usize::try_from(through.checked_sub(self.published)?).ok()?;
        (1..=self.unpublished.len())
            .contains(&leave)
            .then_some(leave)
    }

    fn apply_publication(&mut self, event: &Event) {
        let through = match event {
            Event::Published => self.finished(),
            Event::PublishedThrough { count } => *count,
            _ => return,
        };
        if let Some(leave) = self.may_leave(through) {
            self.unpublished.drain(..leave);
            self.published = through;
        }
    }

    /// The key of its certificate.
    pub(crate) fn public_key(&self) -> Result<SubjectPublicKeyInfoOwned, Error> {
        let certificate = Certificate::from_der(&self.certificate).map_err(Error::Damaged)?;
        let tbs = certificate.tbs_certificate();
        Ok(tbs.subject_public_key_info().clone())
    }
}

/// The algorithm of a root's own signature.
fn sm2_with_sm3() -> AlgorithmIdentifierOwned {
    use spki::AssociatedAlgorithmIdentifier;
    AlgorithmIdentifierOwned {
        oid: DerSignature::ALGORITHM_IDENTIFIER.oid,
        parameters: None,
    }
}

fn encode(value: &impl Encode) -> Octets {
    value
        .to_der()
        .expect("a value that was decoded or built has an encoding")
        .into()
}

#[cfg(test)]
mod tests;
