//! The only caller of ports: carries commands out, does what states want done.

mod answer;
mod answers;
mod checkpoint;
mod consequences;
mod context;
mod keys;
mod perform;
mod status;
mod step;
mod time;

use crate::{
    Actor, AuthorityId, CaseId, Entry, Error, Ground, KeyId, OrganisationId, PersonId, Refusal,
    Seat, Serial, Store, StreamId, TokenId, authority,
    calendar::Calendar,
    case, certificate, cessation, key, organisation,
    ports::{Clock, KeyCentre, Notifier, Publisher, Serials},
    roster,
    rules::RuleBook,
    token,
};
pub use checkpoint::Checkpoints;

use answers::AnswerSet;
use cert_profile::{Issuer, Profile};
use hsm::Token;
use perform::Untried;
use std::{collections::HashSet, time::Duration};
use step::Step;

/// A command with the thing it is for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Command {
    /// To a case.
    Case(CaseId, case::Command),
    /// To an authority.
    Authority(AuthorityId, authority::Command),
    /// To both certificates of a case at once: a pair is frozen, unfrozen and revoked
    /// together.
    Certificates(CaseId, certificate::Command),
    /// To an entry of the roster, under the rules of this name that are in force.
    Person(PersonId, String, roster::Command),
    /// To an organisation.
    Organisation(OrganisationId, organisation::Command),
    /// To a token.
    Token(TokenId, token::Command),
    /// To the end of an authority's service.
    Cessation(AuthorityId, cessation::Command),
    /// To a key that is known to be bad.
    Key(KeyId, key::Command),
}

/// Everything outside that the engine may call.
#[derive(Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever builds an engine decides on every port"
)]
pub struct Ports {
    /// The durable log.
    pub store: Box<dyn Store>,
    /// The operator's keys.
    pub token: Box<dyn Token>,
    /// The key-management centre.
    pub key_centre: Box<dyn KeyCentre>,
    /// Where finished things go.
    pub publisher: Box<dyn Publisher>,
    /// Who tells people what they are to be told.
    pub notifier: Box<dyn Notifier>,
    /// The time.
    pub clock: Box<dyn Clock>,
    /// Fresh serial numbers.
    pub serials: Box<dyn Serials>,
}

/// What the operator decided once for all cases.
#[derive(Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever builds an engine decides on every part of its policy"
)]
pub struct Policy {
    /// The CA that issues to subscribers.
    pub issuer: AuthorityId,
    /// The rules that cases are judged by.
    pub rules: RuleBook,
    /// Working days.
    pub calendar: Calendar,
    /// For certificates of cases, found by the names that the rules give; those for
    /// encryption without `key_origin`, since the key-management centre makes those keys.
    pub profiles: Vec<Profile>,
    /// For authorities, found by name.
    pub authorities: Vec<Profile>,
    /// How long before the end of a CA's service whom is told.
    pub cessation: cessation::Terms,
    /// From thisUpdate to nextUpdate of a CRL, and of an OCSP answer.
    pub crl_lifetime: Duration,
    /// How long after its end it is known what a certificate was worth: what OCSP answers say
    /// (archive cutoff, RFC 6960, 4.4.4); none: they do not say.
    pub archive: Option<Duration>,
    /// When checkpoints of the log are made; none: never.
    pub checkpoints: Option<Checkpoints>,
}

/// Carries commands out against a store, and does what the states then want
/// done outside.
///
/// One engine at a time works on a store; the stores here see to that by a lock.
#[derive(Debug)]
pub struct Engine {
    ports: Ports,
    policy: Policy,
    /// What this engine intended and has not yet tried to sign. An intent that
    /// is open and not in here was made by a process that died, or has been
    /// tried: its outcome is unknown.
    untried: HashSet<Untried>,
    /// Whether the store's last checkpoint was asked and held.
    is_whole: bool,
    /// Answers that were signed before anybody asked.
    answers: AnswerSet,
}

impl Engine {
    /// An engine over a store; nothing is done yet.
    pub fn new(ports: Ports, policy: Policy) -> Self {
        Self {
            ports,
            policy,
            untried: HashSet::new(),
            is_whole: false,
            answers: AnswerSet::default(),
        }
    }

    /// The store, for reading.
    pub fn store(&self) -> &dyn Store {
        &*self.ports.store
    }

    /// Carries one person's command out. What it returns is durable.
    ///
    /// # Errors
    /// [`Error::Refused`] when a rule says no, [`Error::Store`] when nothing
    /// could be written; both leave the store as it was. One refusal alone is written: a token
    /// that was read back as something else is put aside (S1-15).
    pub fn submit(&mut self, actor: &Actor, command: Command) -> Result<Vec<Entry>, Error> {
        // What devices and ports answered is recorded by `settle` alone.
        if actor.seat == Seat::System {
            return Err(Ground::Seat { seat: actor.seat }.by(&["X-01"]));
        }
        let personalised = match &command {
            Command::Case(id, case::Command::Personalise { .. }) => Some(id.clone()),
            _ => None,
        };
        let answer = self.carry_out(actor, command);
        if let (Some(id), Err(error)) = (personalised, &answer)
            && is_misread(error)
        {
            self.put_aside(&id)?;
        }
        answer
    }

    /// A token that gives back something else than was written is not tried again (S1-15).
    fn put_aside(&mut self, id: &CaseId) -> Result<(), Error> {
        let token = self.case(id)?.and_then(|state| state.token);
        let Some(token) = token else { return Ok(()) };
        let quarantine = token::Command::Quarantine {
            reason: format!("read back for case {id}, and not what was written"),
        };
        self.carry_out(&Actor::system(), Command::Token(token, quarantine))
            .map(drop)
    }

    /// Does everything that the states want done outside, until nothing is left,
    /// and records each result; `watch` sees what became durable. Called after
    /// commands and after every start: this is the recovery.
    ///
    /// # Errors
    /// The first failure, after everything else was done. What failed is tried
    /// again by the next call.
    pub fn settle(&mut self, watch: &mut dyn FnMut(&Entry)) -> Result<(), Error> {
        self.check_own_tail()?;
        let mut failure = None;
        let mut stuck = HashSet::new();
        loop {
            let waiting = self.ports.store.unsettled()?;
            let Some(stream) = waiting.into_iter().find(|stream| !stuck.contains(stream)) else {
                return failure.map_or(Ok(()), Err);
            };
            match self.perform(&stream) {
                Ok(entries) => entries.iter().for_each(&mut *watch),
                Err(error) => {
                    stuck.insert(stream);
                    failure.get_or_insert(error);
                }
            }
        }
    }

    /// Where a case stands; `None` if nobody opened it.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn case(&self, id: &CaseId) -> Result<Option<case::State>, Error> {
        Ok(step::case(&*self.ports.store, id)?.state)
    }

    /// What the roster says of a person; `None` if nobody proposed an entry.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn person(&self, id: &PersonId) -> Result<Option<roster::State>, Error> {
        Ok(step::person(&*self.ports.store, id)?.state)
    }

    /// What is known of an organisation; `None` if it was not taken on.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn organisation(&self, id: &OrganisationId) -> Result<Option<organisation::State>, Error> {
        Ok(step::organisation(&*self.ports.store, id)?.state)
    }

    /// Where a token stands; `None` if it did not come in.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn token(&self, id: &TokenId) -> Result<Option<token::State>, Error> {
        Ok(step::token(&*self.ports.store, id)?.state)
    }

    /// Where the end of an authority's service stands; `None` if nobody proposed it.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn cessation(&self, id: &AuthorityId) -> Result<Option<cessation::State>, Error> {
        Ok(step::cessation(&*self.ports.store, id)?.state)
    }

    /// Where an authority stands; `None` if nobody proposed it.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn authority(&self, id: &AuthorityId) -> Result<Option<authority::State>, Error> {
        Ok(step::authority(&*self.ports.store, id)?.state)
    }

    /// Where a certificate stands; `None` if there is none.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<certificate::State>, Error> {
        Ok(step::certificate(&*self.ports.store, issuer, serial)?.state)
    }

    fn carry_out(&mut self, actor: &Actor, command: Command) -> Result<Vec<Entry>, Error> {
        self.check_own_tail()?;
        let now = self.ports.clock.now();
        let mut step = Step::new(&*self.ports.store, actor.clone(), now)?;
        match command {
            Command::Case(id, command) => self.decide_case(&mut step, &id, command)?,
            Command::Authority(id, command) => {
                let known = step.authority(&id)?;
                let wanted = authority::Wanted::of(known.as_ref(), &command);
                let profile = wanted.profile.and_then(|name| {
                    let named = |profile: &&Profile| profile.name() == name;
                    self.policy.authorities.iter().find(named)
                });
                let other = match wanted.other {
                    Some(name) => self.authority(name)?,
                    None => None,
                };
                let issuer = match wanted.issuer {
                    Some(name) => self.certifying_issuer(name, profile)?,
                    None => None,
                };
                let revoked = match command {
                    authority::Command::IssueCrl
                    | authority::Command::IssueDeltaCrl
                    | authority::Command::RecordCrlUnknownOutcome { .. } => self.revoked(&id)?,
                    _ => authority::Revoked::default(),
                };
                let established = known.as_ref().and_then(authority::State::established);
                let last_end = match established {
                    Some(active) if wanted.last_end => step.last_end(&id, active)?,
                    _ => None,
                };
                let context = authority::Context {
                    id: &id,
                    now,
                    serial: self.ports.serials.fresh()?,
                    profile,
                    issuer: issuer.as_ref(),
                    revoked,
                    crl_lifetime: self.policy.crl_lifetime,
                    other: other.as_ref(),
                    last_end,
                };
                let events = authority::decide(known.as_ref(), actor, command, &context)?;
                step.apply_to_authority(&id, events)?;
            }
            Command::Certificates(id, command) => {
                let case = step.case(&id)?.ok_or_else(|| Refusal::Unknown {
                    stream: StreamId::Case(id.clone()),
                })?;
                heeds(&case, actor)?;
                let (signing, encryption) = case.pair().ok_or_else(|| {
                    let case = id.clone();
                    Ground::TargetWithout { case }.refuse(&["S0-13"])
                })?;
                for issued in [signing, encryption] {
                    step.change_certificate(&issued.issuer, &issued.serial, command.clone())?;
                }
            }
            Command::Person(id, rules, command) => {
                let in_force = self.policy.rules.in_force(&rules, now);
                let rules =
                    in_force.ok_or_else(|| Ground::NotInForce { rules }.refuse(context::RULES))?;
                step.change_person(&id, command, rules)?;
            }
            Command::Organisation(id, command) => step.change_organisation(&id, command)?,
            Command::Key(id, command) => step.change_key(&id, command)?,
            Command::Token(id, command) => step.change_token(&id, actor.clone(), command)?,
            Command::Cessation(id, command) => {
                let context = cessation::Context {
                    terms: &self.policy.cessation,
                    calendar: &self.policy.calendar,
                    now,
                };
                step.change_cessation(&id, command, &context)?;
            }
        }
        let (batch, entries) = step.finish();
        self.answers.heed(&entries);
        if let Some((batch, head)) = batch {
            self.ports.store.append(&head, &batch)?;
        }
        for entry in &entries {
            self.untried.extend(Untried::of(entry));
        }
        Ok(entries)
    }

    fn decide_case(
        &self,
        step: &mut Step<'_>,
        id: &CaseId,
        command: case::Command,
    ) -> Result<(), Error> {
        use case::Command as Asked;
        let state = step.case(id)?;
        let rules = self.rules_of(id, state.as_ref(), &command, step.now)?;
        let opening = match (&state, &command) {
            (Some(state), _) => &state.opening,
            (None, Asked::Open(opening)) => opening,
            (None, _) => return Err(unknown(id)),
        };
        let signs = matches!(command, Asked::Issue | Asked::RecordEncryptionKey(_));
        let sight = self.sight(step, id, opening, state.as_ref(), &command)?;
        let context = self.context(&sight, rules, &opening.certificate, signs)?;
        let events = case::decide(id, state.as_ref(), &step.actor.clone(), command, &context)?;
        step.apply_to_case(id, rules, events)
    }

    /// An authority that has a certificate and a key that still signs, a CA or not.
    fn active(&self, id: &AuthorityId) -> Result<authority::Active, Error> {
        let state = self.authority(id)?;
        let active = state.as_ref().and_then(authority::State::signing);
        active.cloned().ok_or_else(|| Ground::not_ready(id).into())
    }

    /// The public half of a CA, if it has a certificate and issues.
    fn active_issuer(&self, id: &AuthorityId) -> Result<Option<Issuer>, Error> {
        let state = self.authority(id)?;
        let active = state.as_ref().and_then(authority::State::issuing);
        Ok(active
            .map(|active| Issuer::from_certificate(&active.certificate))
            .transpose()?)
    }

    /// The public half of a CA that is to certify another authority: one that retires still
    /// does so for who answers in its name, such as an OCSP responder.
    fn certifying_issuer(
        &self,
        id: &AuthorityId,
        profile: Option<&Profile>,
    ) -> Result<Option<Issuer>, Error> {
        let issuing = self.active_issuer(id)?;
        if issuing.is_some() || profile.is_none_or(|profile| profile.kind().is_ca()) {
            return Ok(issuing);
        }
        let state = self.authority(id)?;
        Ok(match &state {
            Some(authority::State::Retiring(retiring)) => {
                Some(Issuer::from_certificate(&retiring.certificate)?)
            }
            _ => None,
        })
    }
}

/// A holder speaks for their own pair alone; officers speak for any.
fn heeds(case: &case::State, actor: &Actor) -> Result<(), Refusal> {
    if actor.seat == Seat::Applicant && actor.person != case.opening.holder {
        let person = actor.person.clone();
        return Err(Ground::NotAParty { person }.refuse(&["S2-32"]));
    }
    Ok(())
}

/// A refusal because of what was read back from a token.
fn is_misread(error: &Error) -> bool {
    matches!(error, Error::Refused(Refusal::Ruled { ground, .. }) if **ground == Ground::ReadBack)
}

fn unknown(id: &CaseId) -> Error {
    let stream = StreamId::Case(id.clone());
    Refusal::Unknown { stream }.into()
}
