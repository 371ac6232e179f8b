//! The cast and its usual acts. Each act looks at what is there already, so a
//! story that broke off is finished by playing it again.

use cert_profile::Profile;
use csr::{CsrDraft, KeyOrigin, Limits, UnverifiedCsr, VerifiedCsr};
use getrandom::SysRng;
use gm_crypto::{
    pki::Sm2Sm3,
    sm2::{SecretKey, SigningKey, UserId},
    sm3,
};
use lifecycle::{
    Actor, AuthorityId, CaseId, Command, Engine, Entry, Error, Evidence, OrganisationId, PersonId,
    Policy, Refusal, Seat, StreamId,
    authority::{self, Proposal},
    calendar::{Calendar, Estimate},
    case::{
        self, Phase,
        command::Opening,
        pair::{EncryptionKey, Issued, Request, Slot},
        paper::Verdict,
    },
    certificate::{self, Change, RevocationReason},
    cessation::Terms,
    rules::{self, RuleBook, RuleSet},
    terms::{Carrier, DeliveryMethod, EvidenceKind, Kind, Mode, Model},
};
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding};
use std::{collections::BTreeMap, time::Duration};
use x509_cert::name::Name;

use crate::doubles::World;

/// The code of a ruled refusal with its requirements: `seat (S1-14)`.
pub(crate) fn coded<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Refused(Refusal::Ruled {
            ground,
            requirements,
        })) => {
            let names: Vec<_> = requirements.iter().map(|one| one.as_str()).collect();
            format!("{} ({})", ground.code(), names.join(", "))
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) const ROOT: &str = "root";
pub(crate) const CA: &str = "issuing-ca";
pub(crate) const RESPONDER: &str = "ocsp-responder";
/// The rules of most stories.
pub(crate) const RULES: &str = "in-house";

pub(crate) const CRL_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

pub(crate) fn policy() -> Policy {
    let shipped = |name| Profile::shipped(name).unwrap();
    Policy {
        issuer: authority_id(CA),
        rules: RuleBook::shipped(),
        // Some stories go on for years.
        calendar: Calendar::china().with_estimate(Estimate::Weekends),
        profiles: ["subscriber-signing", "subscriber-encryption"]
            .map(shipped)
            .into(),
        authorities: ["root-ca", "issuing-ca", "ocsp-responder"]
            .map(shipped)
            .into(),
        cessation: Terms::shipped(),
        proceedings: lifecycle::proceeding::Terms::shipped(),
        crl_lifetime: CRL_LIFETIME,
        archive: None,
        checkpoints: None,
    }
}

/// A policy under whose rules a unit may have so many pairs.
pub(crate) fn policy_with_quota(number: u32) -> Policy {
    let (_, text) = rules::SHIPPED
        .iter()
        .find(|(name, _)| *name == RULES)
        .unwrap();
    let limited = text.replace(
        "quota = { assumed = \"the operator's own choice: any number\" }",
        &format!("quota = {{ value = {number}, assumed = \"a test\" }}"),
    );
    assert_ne!(limited, *text);
    let limited = RuleSet::from_toml(&limited).unwrap();
    let mut policy = policy();
    policy.rules = RuleBook::new([limited]).unwrap();
    policy
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
    pub(crate) id: CaseId,
    pub(crate) person: PersonId,
    pub(crate) key: SecretKey,
    pub(crate) csr: VerifiedCsr,
    /// What the form says.
    pub(crate) form: BTreeMap<String, String>,
    /// For how long.
    pub(crate) years: u16,
    /// What the case is about.
    pub(crate) kind: Kind,
    /// Whose pair it is about.
    pub(crate) target: Option<CaseId>,
    /// Where the key lies.
    pub(crate) carrier: Carrier,
}

/// Both certificates of a case, once they exist.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) signing: Issued,
    pub(crate) encryption: Issued,
    pub(crate) encryption_key: EncryptionKey,
    pub(crate) published: bool,
}

impl Applicant {
    pub(crate) fn new(name: &str) -> Self {
        Self::named(name, name)
    }

    /// An applicant whose form says another common name.
    pub(crate) fn named(name: &str, common_name: &str) -> Self {
        let key = SecretKey::generate(&mut SysRng).unwrap();
        let subject = format!("CN={common_name},O=Example,C=CN");
        Self {
            id: CaseId::new(name).unwrap(),
            person: PersonId::new(name).unwrap(),
            csr: csr(&key, CsrDraft::new(subject.parse().unwrap())),
            key,
            years: 2,
            kind: Kind::Apply,
            target: None,
            carrier: Carrier::Soft,
            form: [
                ("common-name", common_name),
                ("organisation", "Example"),
                ("country", "CN"),
            ]
            .map(|(field, value)| (field.to_owned(), value.to_owned()))
            .into(),
        }
    }

    /// Asks for another number of years.
    pub(crate) fn for_years(self, years: u16) -> Self {
        Self { years, ..self }
    }

    /// The same person with another key, in another case, which is about the first one's pair
    /// where it is not an application.
    pub(crate) fn again(&self, id: &str, kind: Kind) -> Self {
        let fresh = Self::new(id);
        let years = match kind {
            // It has what is left of the old one's.
            Kind::Reissue => 0,
            _ => self.years,
        };
        Self {
            person: self.person.clone(),
            form: self.form.clone(),
            years,
            kind,
            target: (kind != Kind::Apply).then(|| self.id.clone()),
            ..fresh
        }
    }

    /// With a token in place of a file.
    pub(crate) fn with_token(self) -> Self {
        Self {
            carrier: Carrier::Hard,
            ..self
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

    /// What a case of theirs is opened with.
    pub(crate) fn opening(&self, kind: Kind) -> Opening {
        let rules = RuleSet::shipped(RULES).unwrap();
        let mut opening = Opening::new(
            rules.id(),
            (kind, Mode::Counter, Model::SelfService),
            "pair",
            self.carrier,
            self.person.clone(),
        );
        opening.target = self.target.clone();
        if matches!(kind, Kind::Revoke | Kind::Reissue) {
            opening.reason = Some(RevocationReason::KeyCompromise);
        }
        opening.organisation = Some(OrganisationId::new("example").unwrap());
        opening
    }

    pub(crate) fn open(&self) -> Command {
        self.command(case::Command::Open(self.opening(self.kind)))
    }

    pub(crate) fn fill(&self) -> Command {
        self.command(case::Command::Fill {
            fields: self.form.clone(),
            years: self.years,
        })
    }

    pub(crate) fn command(&self, command: case::Command) -> Command {
        Command::Case(self.id.clone(), command)
    }

    pub(crate) fn pair_command(&self, command: certificate::Command) -> Command {
        Command::Certificates(self.id.clone(), command)
    }

    /// Where the case stands; none: nobody opened it.
    pub(crate) fn phase(&self, engine: &Engine) -> Option<Phase> {
        engine.case(&self.id).unwrap().map(|state| state.phase)
    }

    /// The pair, once both certificates exist.
    pub(crate) fn pair(&self, engine: &Engine) -> Pair {
        let state = engine.case(&self.id).unwrap().unwrap();
        match (&state.signing, &state.encryption, &state.encryption_key) {
            (Slot::Issued(signing), Slot::Issued(encryption), Some(key)) => Pair {
                signing: signing.clone(),
                encryption: encryption.clone(),
                encryption_key: key.clone(),
                published: state.published,
            },
            _ => panic!("{} has no pair: {state:?}", self.id),
        }
    }

    /// What the case needs next, by whom; none once the pair left, and while the engine is
    /// to sign.
    pub(crate) fn next(&self, engine: &Engine) -> Result<Option<(Actor, Command)>, Error> {
        let state = engine.case(&self.id)?;
        let phase = state.as_ref().map(|state| state.phase);
        let has_form = state.as_ref().is_some_and(|state| state.form.is_some());
        let has_key = state.as_ref().is_some_and(|state| state.request.is_some());
        let (actor, command) = match phase {
            None => return Ok(Some((self.actor(), self.open()))),
            Some(Phase::Draft) if !self.kind.makes_certificates() => {
                (self.actor(), case::Command::Submit)
            }
            Some(Phase::Draft) if !has_form => return Ok(Some((self.actor(), self.fill()))),
            Some(Phase::Draft) if !has_key => {
                (self.actor(), case::Command::ProveKey(self.request()))
            }
            Some(Phase::Draft) => (self.actor(), case::Command::Submit),
            Some(Phase::Submitted) => (registrar(), case::Command::StartRegistration),
            Some(Phase::Registering) => (registrar(), register()),
            Some(Phase::HandedOver) => (approver(), case::Command::TakeReview),
            Some(Phase::Approving) => (approver(), approve()),
            Some(Phase::Approved) => (approver(), case::Command::Issue),
            Some(Phase::Issued) => (approver(), personalise()),
            Some(Phase::Personalised) => (approver(), dispatch()),
            _ => return Ok(None),
        };
        Ok(Some((actor, self.command(command))))
    }

    /// Goes on, act by act, until the case stands there; what follows outside is done.
    pub(crate) fn go_to(&self, engine: &mut Engine, goal: Phase) -> Result<(), Error> {
        while self.phase(engine) != Some(goal) {
            let Some((actor, command)) = self.next(engine)? else {
                panic!("{} stands still on its way to {goal}", self.id);
            };
            act(engine, &actor, command)?;
        }
        Ok(())
    }

    /// Opened, filled in and submitted.
    pub(crate) fn submit(&self, engine: &mut Engine) -> Result<(), Error> {
        self.go_to(engine, Phase::Submitted)
    }

    /// Numbered, registered and handed over.
    pub(crate) fn register(&self, engine: &mut Engine) -> Result<(), Error> {
        self.go_to(engine, Phase::HandedOver)
    }

    /// Reviewed, approved, and intended to be signed; nothing is signed yet.
    pub(crate) fn intend(&self, engine: &mut Engine) -> Result<(), Error> {
        self.go_to(engine, Phase::Approved)?;
        let issue = self.command(case::Command::Issue);
        engine.submit(&approver(), issue).map(drop)
    }

    /// Reviewed, approved and signed.
    pub(crate) fn approve(&self, engine: &mut Engine) -> Result<(), Error> {
        self.go_to(engine, Phase::Issued)
    }

    /// Handed over.
    pub(crate) fn deliver(&self, engine: &mut Engine) -> Result<(), Error> {
        self.go_to(engine, Phase::Dispatched)
    }

    /// The signing certificate's intent, which is open.
    pub(crate) fn intent(&self, engine: &Engine) -> lifecycle::Intent {
        match engine.case(&self.id).unwrap().unwrap().signing {
            Slot::Intended(intent) => intent,
            slot => panic!("no intent: {slot:?}"),
        }
    }
}

pub(crate) fn verdict() -> Verdict {
    Verdict::new(true, true, true)
}

/// A piece of evidence whose octets are its name.
pub(crate) fn evidence(kind: EvidenceKind) -> Evidence {
    Evidence::new(kind, sm3::digest(kind.as_str().as_bytes()), "archive/7")
}

pub(crate) fn register() -> case::Command {
    case::Command::Register {
        verdict: verdict(),
        work_record: evidence(EvidenceKind::WorkRecord),
    }
}

pub(crate) fn execute_at_once() -> case::Command {
    case::Command::ExecuteAtOnce {
        identification: evidence(EvidenceKind::CallRecord),
    }
}

pub(crate) fn approve() -> case::Command {
    case::Command::Approve { verdict: verdict() }
}

pub(crate) fn personalise() -> case::Command {
    case::Command::Personalise {
        read_back: evidence(EvidenceKind::ReadBack),
        work_record: evidence(EvidenceKind::WorkRecord),
    }
}

pub(crate) fn dispatch() -> case::Command {
    case::Command::Dispatch {
        method: DeliveryMethod::OnSite,
        packet: "packet-1".to_owned(),
        receipt: evidence(EvidenceKind::DeliveryReceipt),
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
    // What an earlier failure left open goes first.
    settle(engine)?;
    while let Some((actor, command)) = applicant.next(engine)? {
        act(engine, &actor, command)?;
    }
    assert_eq!(applicant.phase(engine), Some(Phase::Dispatched));
    Ok(())
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
    crl(engine, 3)?;
    // By cases: at once and ratified, then for good.
    let freeze = one.again("freeze", Kind::Freeze);
    if freeze.phase(engine).is_none() {
        act(engine, &freeze.actor(), freeze.open())?;
    }
    if freeze.phase(engine) == Some(Phase::Draft) {
        act(engine, &freeze.actor(), freeze.command(execute_at_once()))?;
    }
    if freeze.phase(engine) == Some(Phase::AwaitingRatification) {
        act(engine, &approver(), freeze.command(case::Command::Ratify))?;
    }
    let revoke = one.again("revoke", Kind::Revoke);
    revoke.go_to(engine, Phase::Executed)?;
    crl(engine, 4)
}

/// A world with authorities, and an engine over it.
pub(crate) fn in_business() -> (World, Engine) {
    let world = World::new();
    let mut engine = world.engine();
    establish(&mut engine).unwrap();
    (world, engine)
}
