//! The cast and its usual acts. Each act looks at what is there already, so a
//! story that broke off is finished by playing it again.

use cert_profile::Profile;
use csr::{CsrDraft, KeyOrigin, Limits, UnverifiedCsr, VerifiedCsr};
use getrandom::SysRng;
use gm_crypto::{
    pki::Sm2Sm3,
    sm2::{SecretKey, SigningKey, UserId},
};
use lifecycle::{
    Actor, ApplicationId, AuthorityId, Command, Engine, Entry, Error, PersonId, Policy, Seat,
    StreamId,
    application::{self, Pair, Request},
    authority::{self, Proposal},
    certificate::{self, Change, RevocationReason},
};
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding};
use std::time::Duration;
use x509_cert::name::Name;

use crate::doubles::World;

pub(crate) const ROOT: &str = "root";
pub(crate) const CA: &str = "issuing-ca";
pub(crate) const RESPONDER: &str = "ocsp-responder";

pub(crate) const CRL_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

pub(crate) fn policy() -> Policy {
    let shipped = |name| Profile::shipped(name).unwrap();
    Policy {
        issuer: authority_id(CA),
        signing: shipped("subscriber-signing"),
        encryption: shipped("subscriber-encryption"),
        authorities: ["root-ca", "issuing-ca", "ocsp-responder"]
            .map(shipped)
            .into(),
        crl_lifetime: CRL_LIFETIME,
    }
}

pub(crate) fn authority_id(name: &str) -> AuthorityId {
    AuthorityId::new(name).unwrap()
}

pub(crate) fn actor(person: &str, seat: Seat) -> Actor {
    Actor::new(PersonId::new(person).unwrap(), seat)
}

pub(crate) fn officer() -> Actor {
    actor("zhao.yi", Seat::KeyOfficer)
}

pub(crate) fn second_officer() -> Actor {
    actor("qian.er", Seat::KeyOfficer)
}

pub(crate) fn registrar() -> Actor {
    actor("li.si", Seat::Registrar)
}

pub(crate) fn approver() -> Actor {
    actor("wang.wu", Seat::Approver)
}

/// Somebody with a key who wants a certificate pair.
#[derive(Clone, Debug)]
pub(crate) struct Applicant {
    pub(crate) id: ApplicationId,
    pub(crate) person: PersonId,
    pub(crate) key: SecretKey,
    pub(crate) csr: VerifiedCsr,
}

impl Applicant {
    pub(crate) fn new(name: &str) -> Self {
        Self::with_subject(name, &format!("CN={name},O=Example,C=CN"))
    }

    pub(crate) fn with_subject(name: &str, subject: &str) -> Self {
        let key = SecretKey::generate(&mut SysRng).unwrap();
        Self {
            id: ApplicationId::new(name).unwrap(),
            person: PersonId::new(name).unwrap(),
            csr: csr(&key, CsrDraft::new(subject.parse().unwrap())),
            key,
        }
    }

    /// Says where the key was made.
    pub(crate) fn with_origin(name: &str, origin: &KeyOrigin) -> Self {
        let plain = Self::new(name);
        let draft = CsrDraft::new(plain.csr.subject().clone());
        Self {
            csr: csr(&plain.key, draft.key_origin(origin).unwrap()),
            ..plain
        }
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor::new(self.person.clone(), Seat::Applicant)
    }

    pub(crate) fn request(&self) -> Request {
        Request::from_csr(&self.csr)
    }

    pub(crate) fn submit(&self) -> Command {
        self.command(application::Command::Submit(self.request()))
    }

    pub(crate) fn command(&self, command: application::Command) -> Command {
        Command::Application(self.id.clone(), command)
    }

    pub(crate) fn pair_command(&self, command: certificate::Command) -> Command {
        Command::Certificates(self.id.clone(), command)
    }

    /// The pair, once it was handed over.
    pub(crate) fn pair(&self, engine: &Engine) -> Pair {
        match engine.application(&self.id).unwrap() {
            Some(application::State::Issued(pair) | application::State::Delivered(pair)) => pair,
            state => panic!("{} has no pair: {state:?}", self.id),
        }
    }
}

fn csr(key: &SecretKey, draft: CsrDraft) -> VerifiedCsr {
    let key = SigningKey::new(key.clone(), UserId::default());
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let algorithm = key.signature_algorithm_identifier().unwrap();
    let prepared = draft
        .prepare(spki.decode_msg().unwrap(), algorithm)
        .unwrap();
    let signature = key.sign_hedged(&mut SysRng, prepared.tbs()).unwrap();
    let der = prepared.attach(&signature.to_bitstring().unwrap()).unwrap();
    let limits = Limits::default();
    let unverified = UnverifiedCsr::from_der(&der, &limits).unwrap();
    unverified.verify(&[&Sm2Sm3::default()]).unwrap()
}

pub(crate) fn settle(engine: &mut Engine) -> Result<(), Error> {
    engine.settle(&mut |_| {})
}

/// One command and all that follows from it outside.
pub(crate) fn act(
    engine: &mut Engine,
    actor: &Actor,
    command: Command,
) -> Result<Vec<Entry>, Error> {
    let entries = engine.submit(actor, command)?;
    settle(engine)?;
    Ok(entries)
}

pub(crate) fn authority_command(name: &str, command: authority::Command) -> Command {
    Command::Authority(authority_id(name), command)
}

pub(crate) fn proposal(name: &str) -> Proposal {
    let subject: Name = format!("CN={name},O=Example,C=CN").parse().unwrap();
    match name {
        ROOT => Proposal::root("root-ca", &subject),
        CA => Proposal::under(authority_id(ROOT), "issuing-ca", &subject),
        _ => Proposal::under(authority_id(CA), "ocsp-responder", &subject),
    }
}

/// Root, issuing CA and OCSP responder.
pub(crate) fn establish(engine: &mut Engine) -> Result<(), Error> {
    for name in [ROOT, CA, RESPONDER] {
        let id = authority_id(name);
        if engine.authority(&id)?.is_none() {
            let propose = authority::Command::Propose(proposal(name));
            act(engine, &officer(), authority_command(name, propose))?;
        }
        if let Some(authority::State::Proposed(_)) = engine.authority(&id)? {
            let approve = authority_command(name, authority::Command::Approve);
            act(engine, &second_officer(), approve)?;
        }
    }
    Ok(())
}

/// From the request to the pair in the applicant's hands.
pub(crate) fn take_through(engine: &mut Engine, applicant: &Applicant) -> Result<(), Error> {
    act(engine, &applicant.actor(), applicant.submit())?;
    loop {
        let (actor, next) = match engine.application(&applicant.id)? {
            Some(application::State::Submitted(_)) => (registrar(), application::Command::Register),
            Some(application::State::Registered(_)) => (approver(), application::Command::Approve),
            Some(application::State::Issued(_)) => (approver(), application::Command::Deliver),
            Some(application::State::Delivered(_)) => return Ok(()),
            state => panic!("{} stands still: {state:?}", applicant.id),
        };
        act(engine, &actor, applicant.command(next))?;
    }
}

pub(crate) fn issue_crl(engine: &mut Engine) -> Result<(), Error> {
    let command = authority_command(CA, authority::Command::IssueCrl);
    act(engine, &officer(), command).map(drop)
}

/// How often something happened to one aggregate.
pub(crate) fn count(engine: &Engine, stream: &StreamId, event: &str) -> usize {
    let records = engine.store().stream(stream).unwrap();
    let events = records.iter().map(|record| record.entry().unwrap().event);
    events.filter(|found| found.name() == event).count()
}

/// One change of a pair, unless its history has it.
pub(crate) fn change(
    engine: &mut Engine,
    applicant: &Applicant,
    actor: &Actor,
    event: &str,
    command: certificate::Command,
) -> Result<(), Error> {
    let signing = applicant.pair(engine).signing;
    let stream = StreamId::Certificate(signing.issuer, signing.serial);
    if count(engine, &stream, event) == 0 {
        act(engine, actor, applicant.pair_command(command))?;
    }
    Ok(())
}

pub(crate) const REVOKE: certificate::Command =
    certificate::Command::Request(Change::Revoke(RevocationReason::Superseded));
pub(crate) const UNFREEZE: certificate::Command = certificate::Command::Request(Change::Unfreeze);

/// Everything that can happen: authorities, two pairs, one frozen and unfrozen,
/// one revoked, a CRL after each.
pub(crate) fn whole_story(
    world: &World,
    engine: &mut Engine,
    [one, other]: &[Applicant; 2],
) -> Result<(), Error> {
    use certificate::Command::{Confirm, Freeze};
    settle(engine)?;
    let crl = |engine: &mut Engine, nth| {
        world.clock.forward(60);
        if count(engine, &StreamId::Authority(authority_id(CA)), "crl-issued") < nth {
            issue_crl(engine)?;
        }
        Ok::<_, Error>(())
    };
    establish(engine)?;
    take_through(engine, one)?;
    take_through(engine, other)?;
    change(engine, one, &one.actor(), "frozen", Freeze)?;
    crl(engine, 1)?;
    change(engine, one, &registrar(), "unfreeze-requested", UNFREEZE)?;
    change(engine, one, &approver(), "unfrozen", Confirm)?;
    crl(engine, 2)?;
    change(engine, other, &registrar(), "revocation-requested", REVOKE)?;
    change(engine, other, &approver(), "revoked", Confirm)?;
    crl(engine, 3)
}

/// A world with authorities, and an engine over it.
pub(crate) fn in_business() -> (World, Engine) {
    let world = World::new();
    let mut engine = world.engine();
    establish(&mut engine).unwrap();
    (world, engine)
}
