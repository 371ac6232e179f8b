//! The world of one story: an engine over a store in memory, with all that is around it.

use crate::{
    doubles::{CountedSerials, Keys, Letters, SetClock, Shelf},
    words::{in_china, time},
};
use cert_profile::Profile;
use csr::{CsrDraft, Device, Environment, KeyOrigin, Limits, UnverifiedCsr};
use der::DateTime;
use getrandom::SysRng;
use gm_crypto::{
    pki::Sm2Sm3,
    sm2::{SecretKey, SigningKey, UserId},
};
use lifecycle::{
    Actor, AuthorityId, CaseId, Command, Engine, Error, MemoryStore, MemorySubjectKeys, PersonId,
    Policy, Ports, Refusal, Seat,
    authority::{self, Proposal},
    calendar::Calendar,
    case::{self, pair::Request},
    certificate::Status,
    cessation,
    ports::{Clock, TokenKeyCentre},
    rules::{Requirement, RuleBook, RuleSet},
    terms::{Kind, Mode},
    words,
};
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use x509_cert::name::Name;

/// When every story begins, in China: a Monday on which people work.
const BEGINNING: &str = "2024-03-04 at 09:00";
const ROOT: &str = "root";
const CA: &str = "issuing-ca";

/// Why a sentence was not carried out.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It can't be understood.
    Unclear(String),
    /// A rule said no.
    Refused(Refused),
    /// Something else than a rule stood in the way.
    Broken(String),
}

/// A refusal, as stories see it.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    /// The ground in one word.
    pub(crate) code: String,
    /// The requirements that it names.
    pub(crate) requirements: Vec<Requirement>,
    /// Its English words.
    pub(crate) words: String,
    /// Its Chinese words.
    pub(crate) chinese: String,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::Refused(refusal.into()),
            error => Self::Broken(chain(&error)),
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let english = chain(&refusal);
        let (code, requirements) = match &refusal {
            Refusal::Ruled {
                ground,
                requirements,
            } => (ground.code(), requirements.clone()),
            _ => ("other", Vec::new()),
        };
        Self {
            code: code.to_owned(),
            requirements,
            words: english,
            chinese: words::refusal(words::Language::Zh, &refusal),
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

/// A case that somebody opened, or tried to.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) id: CaseId,
    pub(crate) kind: Kind,
    pub(crate) mode: Mode,
    /// The ground, where it was refused.
    pub(crate) refused: Option<String>,
    /// By a story that this one goes on from.
    pub(crate) before: bool,
}

/// Everything there is while a story is played.
#[derive(Debug)]
pub(crate) struct World {
    engine: Engine,
    clock: SetClock,
    letters: Letters,
    /// The rules that the story is played under.
    pub(crate) rules: RuleSet,
    /// The case that is spoken of.
    pub(crate) current: Option<CaseId>,
    /// Cases, in the order in which they were opened.
    pub(crate) opened: Vec<Opened>,
    /// Customers' keys by the case that they were made for.
    keys: BTreeMap<CaseId, (SecretKey, Option<KeyOrigin>)>,
    read: usize,
}

impl World {
    /// A world in business: its CA has a certificate, nothing else happened.
    pub(crate) fn new(rules: RuleSet) -> Result<Self, Trouble> {
        let clock = SetClock::default();
        clock.set(time(BEGINNING)?);
        let letters = Letters::default();
        let certificates = rules.certificates().values();
        let named = certificates.flat_map(|one| [&one.signing_profile, &one.encryption_profile]);
        let profiles = named.filter_map(|name| Profile::shipped(name)).collect();
        let ports = Ports {
            store: Box::new(MemoryStore::default()),
            token: Box::new(Keys::default()),
            key_centre: Box::new(TokenKeyCentre::new(Keys::default())),
            publisher: Box::new(Shelf),
            notifier: Box::new(letters.clone()),
            clock: Box::new(clock.clone()),
            serials: Box::new(CountedSerials::default()),
            subjects: Arc::new(MemorySubjectKeys::default()),
        };
        let book = RuleBook::new([rules.clone()]);
        let policy = Policy {
            issuer: authority_id(CA)?,
            rules: book.map_err(|error| Trouble::Broken(error.to_string()))?,
            calendar: Calendar::china(),
            profiles,
            authorities: [ROOT, CA].map(profile_of).into_iter().flatten().collect(),
            cessation: cessation::Terms::shipped(),
            proceedings: lifecycle::proceeding::Terms::shipped(),
            crl_lifetime: Duration::from_secs(7 * 24 * 60 * 60),
            archive: None,
            checkpoints: None,
        };
        let mut world = Self {
            engine: Engine::new(ports, policy),
            clock,
            letters,
            rules,
            current: None,
            opened: Vec::new(),
            keys: BTreeMap::new(),
            read: 0,
        };
        world.establish()?;
        Ok(world)
    }

    fn establish(&mut self) -> Result<(), Trouble> {
        for name in [ROOT, CA] {
            let subject = format!("CN={name},O=Example,C=CN").parse::<Name>();
            let subject = subject.map_err(|error| Trouble::Broken(error.to_string()))?;
            let proposal = match name {
                ROOT => Proposal::root("root-ca", &subject),
                _ => Proposal::under(authority_id(ROOT)?, "issuing-ca", &subject),
            };
            let id = authority_id(name)?;
            let acts = [
                ("key.keeper", authority::Command::Propose(proposal)),
                ("second.keeper", authority::Command::Approve),
            ];
            for (person, command) in acts {
                let actor = actor(person, Seat::KeyOfficer)?;
                self.submit(&actor, Command::Authority(id.clone(), command))?;
            }
        }
        Ok(())
    }

    /// Carries one command out, and what follows from it outside.
    pub(crate) fn submit(&mut self, actor: &Actor, command: Command) -> Result<(), Trouble> {
        match command {
            Command::Case(id, said) if crate::verbs::is_service(actor) => {
                self.engine.answer(&actor.person, &id, said)?;
            }
            command => drop(self.engine.submit(actor, command)?),
        }
        Ok(self.engine.settle(&mut |_| {})?)
    }

    /// Lets time pass, up to `then`; what is due by then happens.
    pub(crate) fn wait_until(&mut self, then: DateTime) -> Result<(), Trouble> {
        if then < self.now() {
            let words = format!("{} is over already", in_china(then));
            return Err(Trouble::Unclear(words));
        }
        self.clock.set(then);
        self.engine.tick(&mut |_| {})?;
        Ok(self.engine.settle(&mut |_| {})?)
    }

    /// The time.
    pub(crate) fn now(&self) -> DateTime {
        self.clock.now()
    }

    /// What people were told since this was asked the last time.
    pub(crate) fn news(&mut self) -> Vec<String> {
        let told = self.letters.told();
        let new = told
            .iter()
            .skip(self.read)
            .map(|notice| match &notice.person {
                Some(person) => format!("{} to {person}", notice.key()),
                None => notice.key(),
            });
        let new = new.collect();
        self.read = told.len();
        new
    }

    /// The engine, for looking.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The case that is spoken of.
    pub(crate) fn current(&self) -> Result<CaseId, Trouble> {
        let current = self.current.clone();
        current.ok_or_else(|| Trouble::Unclear("no case was opened yet".to_owned()))
    }

    /// Where a case stands.
    pub(crate) fn case(&self, id: &CaseId) -> Result<case::State, Trouble> {
        let state = self.engine.case(id)?;
        state.ok_or_else(|| Trouble::Unclear(format!("there is no case {id}")))
    }

    /// The case whose certificates are spoken of with `id`: its own, or those it is about.
    pub(crate) fn certified(&self, id: &CaseId) -> Result<CaseId, Trouble> {
        let state = self.case(id)?;
        let target = state.opening.target.clone();
        Ok(match target {
            Some(target) if !state.opening.kind.makes_certificates() => target,
            _ => id.clone(),
        })
    }

    /// Where both certificates of a case stand.
    pub(crate) fn status(&self, id: &CaseId) -> Result<[Option<Status>; 2], Trouble> {
        let state = self.case(id)?;
        let Some((signing, encryption)) = state.pair() else {
            return Ok([None, None]);
        };
        let stands = |issued: &case::pair::Issued| {
            let state = self.engine.certificate(&issued.issuer, &issued.serial)?;
            Ok::<_, Trouble>(state.map(|state| state.status()))
        };
        Ok([stands(signing)?, stands(encryption)?])
    }

    /// A request for a fresh key of the customer.
    pub(crate) fn new_key(
        &mut self,
        case: &CaseId,
        origin: Option<KeyOrigin>,
    ) -> Result<Request, Trouble> {
        let secret = SecretKey::generate(&mut SysRng);
        let secret = secret.map_err(|error| Trouble::Broken(error.to_string()))?;
        let request = request(&secret, origin.as_ref())?;
        self.keys.insert(case.clone(), (secret, origin));
        Ok(request)
    }

    /// A request for the key that was made for another case.
    pub(crate) fn key_of(&self, case: &CaseId) -> Result<Request, Trouble> {
        let found = self.keys.get(case);
        let no = || Trouble::Unclear(format!("nobody brought a key to case {case}"));
        let (secret, origin) = found.ok_or_else(no)?;
        request(secret, origin.as_ref())
    }
}

/// Where a key was made, in words.
pub(crate) fn origin(words: &str) -> Option<KeyOrigin> {
    let device = Device::new("USB key", "ZK-3000", "0001").ok()?;
    let qualified = || {
        let device = Device::new("USB key", "ZK-3000", "0001").ok()?;
        device.with_qualification("GM003112320240001").ok()
    };
    Some(match words {
        "in a token" => KeyOrigin::in_hardware(Environment::Production, qualified()?),
        "in a token without a qualification" => {
            KeyOrigin::in_hardware(Environment::Production, device)
        }
        "in a token of a test environment" => {
            KeyOrigin::in_hardware(Environment::Test, qualified()?)
        }
        "in software" => KeyOrigin::in_software(Environment::Production),
        _ => return None,
    })
}

fn request(secret: &SecretKey, origin: Option<&KeyOrigin>) -> Result<Request, Trouble> {
    let broken = |error: &dyn std::error::Error| Trouble::Broken(chain(error));
    let key = SigningKey::new(secret.clone(), UserId::default());
    let name = "CN=Customer,C=CN".parse::<Name>();
    let mut draft = CsrDraft::new(name.map_err(|error| broken(&error))?);
    if let Some(origin) = origin {
        draft = draft.key_origin(origin).map_err(|error| broken(&error))?;
    }
    let public = key.verifying_key().to_public_key_der();
    let public = public.map_err(|error| broken(&error))?;
    let algorithm = key.signature_algorithm_identifier();
    let prepared = draft
        .prepare(
            public.decode_msg().map_err(|error| broken(&error))?,
            algorithm.map_err(|error| broken(&error))?,
        )
        .map_err(|error| broken(&error))?;
    let signature = key.sign_hedged(&mut SysRng, prepared.tbs());
    let signature = signature
        .map_err(|error| Trouble::Broken(format!("{error:?}")))?
        .to_bitstring()
        .map_err(|error| broken(&error))?;
    let der = prepared
        .attach(&signature)
        .map_err(|error| broken(&error))?;
    let limits = Limits::default();
    let unverified = UnverifiedCsr::from_der(&der, &limits).map_err(|error| broken(&error))?;
    let verified = unverified.verify(&[&Sm2Sm3::default()]);
    Ok(Request::from_csr(
        &verified.map_err(|error| broken(&error))?,
    ))
}

fn profile_of(authority: &str) -> Option<Profile> {
    match authority {
        ROOT => Profile::shipped("root-ca"),
        other => Profile::shipped(other),
    }
}

fn authority_id(name: &str) -> Result<AuthorityId, Trouble> {
    Ok(AuthorityId::new(name)?)
}

/// A person in a seat.
pub(crate) fn actor(person: &str, seat: Seat) -> Result<Actor, Trouble> {
    let person = PersonId::new(person).map_err(|error| Trouble::Unclear(error.to_string()))?;
    Ok(Actor::new(person, seat))
}
