//! The only caller of ports: carries commands out, does what states want done.

mod answer;
mod answers;
mod checkpoint;
mod consequences;
mod context;
mod decision;
mod early;
mod erase;
mod group;
mod keys;
mod perform;
mod settle;
mod sight;
mod status;
mod step;
mod time;
mod view;

use crate::{
    Actor, AuthorityId, CaseId, Entry, Error, IdempotencyKey, KeyId, OrganisationId, PersonId,
    ProceedingId, Serial, Store, StreamId, Submitted, TokenId, authority,
    calendar::Calendar,
    case, certificate, cessation, erasure, key, organisation,
    ports::{Clock, KeyCentre, Notifier, Publisher, Serials, SubjectKeys},
    proceeding, roster,
    rules::RuleBook,
    token,
};
pub use checkpoint::Checkpoints;
pub(crate) use early::{Early, Writer};

use answers::AnswerSet;
use cert_profile::{Issuer, Profile};
use der::DateTime;
use gm_crypto::sm3;
use group::Group;
use hsm::Token;
use perform::Untried;
use serde::Serialize;
use status::Responder;
use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use step::Step;
use view::{Aggregate, View};

/// A command with the thing it is for.
#[derive(Clone, Debug, Serialize)]
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
    /// To the erasure of a person's values.
    Erasure(PersonId, erasure::Command),
    /// To a case about an institution.
    Proceeding(proceeding::Command),
}

/// A command, with who gives it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Submission {
    /// Who acts.
    pub actor: Actor,
    /// What is to be done.
    pub command: Command,
    /// The key that it comes under, however often it is sent.
    pub key: Option<IdempotencyKey>,
}

impl Submission {
    /// A command without a key.
    pub fn new(actor: Actor, command: Command) -> Self {
        Self {
            actor,
            command,
            key: None,
        }
    }

    /// Under this key: the same command sent again by the same person is answered with the
    /// records of the first time, and nothing is done twice; another one under the same key is
    /// [refused](crate::Refusal::KeyUsed). What made no record, a refusal or what was so already,
    /// leaves the key free, and is judged anew.
    pub fn under(self, key: IdempotencyKey) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }

    /// The key with what came under it.
    fn submitted(&self) -> Option<Submitted> {
        let key = self.key.clone()?;
        let told = serde_json::to_vec(&(&self.actor, &self.command));
        let told = told.expect("a command is text, numbers and lists of them");
        let digest = sm3::digest(&told).to_vec().into();
        Some(Submitted { key, digest })
    }

    /// Of the engine itself.
    fn of_system(command: Command) -> Self {
        Self::new(Actor::system(), command)
    }
}

impl From<(Actor, Command)> for Submission {
    fn from((actor, command): (Actor, Command)) -> Self {
        Self::new(actor, command)
    }
}

impl Command {
    /// The history that it is for; of a pair's certificates, that of their case.
    pub fn stream(&self) -> StreamId {
        match self {
            Self::Case(id, _) | Self::Certificates(id, _) => StreamId::Case(id.clone()),
            Self::Authority(id, _) => StreamId::Authority(id.clone()),
            Self::Person(id, ..) => StreamId::Person(id.clone()),
            Self::Organisation(id, _) => StreamId::Organisation(id.clone()),
            Self::Token(id, _) => StreamId::Token(id.clone()),
            Self::Cessation(id, _) => StreamId::Cessation(id.clone()),
            Self::Key(id, _) => StreamId::Key(id.clone()),
            Self::Erasure(id, _) => StreamId::Erasure(id.clone()),
            Self::Proceeding(command) => StreamId::Proceeding(command.id()),
        }
    }
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
    /// The keys under which what is personal is sealed.
    pub subjects: Arc<dyn SubjectKeys>,
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
    /// By which terms cases about institutions are decided.
    pub proceedings: proceeding::Terms,
    /// From thisUpdate to nextUpdate of a CRL, and of an OCSP answer.
    pub crl_lifetime: Duration,
    /// How long after its end it is known what a certificate was worth: what OCSP answers say
    /// (archive cutoff, RFC 6960, 4.4.4); none: they do not say.
    pub archive: Option<Duration>,
    /// When checkpoints of the log are made; none: never.
    pub checkpoints: Option<Checkpoints>,
}

/// A state of an authority with the CA that it makes, if it issues.
type IssuerOf = (Arc<authority::State>, Option<Arc<Issuer>>);

/// Carries commands out against a store, and does what the states then want
/// done outside.
///
/// One engine at a time works on a store in a file, which sees to that by a lock. On a server
/// several may ([`Store::to_settle`]): each settles what it intended itself, and decides again
/// where another was faster.
#[derive(Debug)]
pub struct Engine {
    ports: Ports,
    policy: Policy,
    /// What the aggregates are at the end of the log, what waits to be written with it.
    view: View,
    /// CAs as their certificates say, each read once for a state of its authority.
    issuers: RefCell<HashMap<AuthorityId, IssuerOf>>,
    /// Decided, and not yet written.
    group: Option<Group>,
    /// What this engine intended and has not yet tried to sign. An intent that
    /// is open and not in here was made by a process that died, or has been
    /// tried: its outcome is unknown.
    untried: HashSet<Untried>,
    /// Whether the store's last checkpoint was asked and held.
    is_whole: bool,
    /// Answers that were signed before anybody asked.
    answers: AnswerSet,
    /// Who signs answers.
    responders: RefCell<HashMap<AuthorityId, Arc<Responder>>>,
}

impl Engine {
    /// An engine over a store; nothing is done yet.
    pub fn new(ports: Ports, policy: Policy) -> Self {
        Self {
            view: View::new(Arc::clone(&ports.subjects)),
            ports,
            policy,
            issuers: RefCell::default(),
            group: None,
            untried: HashSet::new(),
            is_whole: false,
            answers: AnswerSet::default(),
            responders: RefCell::default(),
        }
    }

    /// The store, for reading.
    pub fn store(&self) -> &dyn Store {
        &*self.ports.store
    }

    /// The time, as the engine's clock has it.
    pub(crate) fn now(&self) -> DateTime {
        self.ports.clock.now()
    }

    /// Carries one person's command out. What it returns is durable.
    ///
    /// # Errors
    /// [`Error::Refused`] when a rule says no, [`Error::Store`] when nothing
    /// could be written; both leave the store as it was. One refusal alone is written: a token
    /// that was read back as something else is put aside (S1-15).
    pub fn submit(&mut self, actor: &Actor, command: Command) -> Result<Vec<Entry>, Error> {
        let mut answers = self.submit_all([Submission::new(actor.clone(), command)]);
        answers.pop().unwrap_or(Ok(Vec::new()))
    }

    /// Where a case stands; `None` if nobody opened it.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn case(&self, id: &CaseId) -> Result<Option<case::State>, Error> {
        self.kept(&StreamId::Case(id.clone()))
    }

    /// What the roster says of a person; `None` if nobody proposed an entry.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn person(&self, id: &PersonId) -> Result<Option<roster::State>, Error> {
        self.kept(&StreamId::Person(id.clone()))
    }

    /// What is known of an organisation; `None` if it was not taken on.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn organisation(&self, id: &OrganisationId) -> Result<Option<organisation::State>, Error> {
        self.kept(&StreamId::Organisation(id.clone()))
    }

    /// Where a token stands; `None` if it did not come in.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn token(&self, id: &TokenId) -> Result<Option<token::State>, Error> {
        self.kept(&StreamId::Token(id.clone()))
    }

    /// Where the end of an authority's service stands; `None` if nobody proposed it.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn cessation(&self, id: &AuthorityId) -> Result<Option<cessation::State>, Error> {
        self.kept(&StreamId::Cessation(id.clone()))
    }

    /// Where a case about an institution stands; `None` if nobody opened it.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn proceeding(&self, id: &ProceedingId) -> Result<Option<proceeding::State>, Error> {
        self.kept(&StreamId::Proceeding(id.clone()))
    }

    /// Where an authority stands; `None` if nobody proposed it.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn authority(&self, id: &AuthorityId) -> Result<Option<authority::State>, Error> {
        self.kept(&StreamId::Authority(id.clone()))
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
        self.kept(&StreamId::Certificate(issuer.clone(), serial.clone()))
    }

    /// What was erased of a person; `None` if nothing was.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn erasure(&self, id: &PersonId) -> Result<Option<erasure::State>, Error> {
        self.kept(&StreamId::Erasure(id.clone()))
    }

    /// The histories of a person that are sealed under keys, each with the end of its term.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::SubjectKeys`] or [`Error::BadRecord`] when they can't be read;
    /// [`Error::Refused`] where a case is judged by rules that the engine was not given.
    pub fn retained(&self, id: &PersonId) -> Result<Vec<erasure::Kept>, Error> {
        let store = &*self.ports.store;
        if self.group.is_none() {
            self.view.catch_up(store)?;
        }
        let actor = Actor::system();
        let step = Step::new((store, &self.view), store.last_case()?, &actor, self.now());
        step.kept(id, &self.policy.rules)
    }

    fn kept<S: Aggregate>(&self, stream: &StreamId) -> Result<Option<S>, Error> {
        Ok(self.state(stream)?.map(Arc::unwrap_or_clone))
    }

    fn state<S: Aggregate>(&self, stream: &StreamId) -> Result<Option<Arc<S>>, Error> {
        let store = &*self.ports.store;
        if self.group.is_none() {
            self.view.catch_up(store)?;
        }
        Ok(self.view.known(store, stream)?.state)
    }
}
