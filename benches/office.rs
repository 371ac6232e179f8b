//! The office of the benches: a CA whose keys are in the process, and what a case is made of.

use cert_profile::Profile;
use csr::{CsrDraft, Limits, UnverifiedCsr};
use getrandom::SysRng;
use gm_crypto::{
    pki::Sm2Sm3,
    sm2::{EnvelopedKey, PublicKey, SecretKey, SigningKey, UserId},
};
use hsm::{Description, Envelop, KeyAlgorithm, KeyHandle, KeyLabel, SoftKey, Token};
use lifecycle::{
    Actor, AuthorityId, CaseId, Command, Engine, Evidence, MemorySubjectKeys, PersonId, Policy,
    Ports, Publication, Seat, Store,
    authority::{self, Proposal},
    calendar::{Calendar, Estimate},
    case::{self, command::Opening, pair::Request, paper::Verdict},
    cessation::Terms,
    ports::{Clock, NullNotifier, Publisher, RandomSerials, TokenKeyCentre},
    rules::{RuleBook, RuleSet, RuleSetId},
    terms::{Carrier, DeliveryMethod, EvidenceKind, Kind, Mode, Model},
};
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

/// The acts of one case in order, each with whose it is: opened, filled in, its key proved,
/// submitted; registered; reviewed, approved, issued, personalised, dispatched.
pub(crate) fn acts(case: &CaseId, request: Request) -> Vec<(Actor, Command)> {
    acts_of(case, opening(Kind::Apply), request)
}

/// Those of a case that is opened so.
pub(crate) fn acts_of(case: &CaseId, opening: Opening, request: Request) -> Vec<(Actor, Command)> {
    use case::Command as Ask;
    let record = || evidence(EvidenceKind::WorkRecord);
    let verdict = || Verdict::new(true, true, true);
    let fields = [
        ("common-name", "Zhang San"),
        ("organisation", "Bench"),
        ("country", "CN"),
    ];
    let fields = fields.map(|(field, value)| (field.to_owned(), value.to_owned()));
    let applicant = [
        Ask::Open(opening),
        Ask::Fill {
            fields: fields.into(),
            years: 2,
        },
        Ask::ProveKey(request),
        Ask::Submit,
    ];
    let registrar = [
        Ask::StartRegistration,
        Ask::Register {
            verdict: verdict(),
            work_record: record(),
        },
    ];
    let approver = [
        Ask::TakeReview,
        Ask::Approve { verdict: verdict() },
        Ask::Issue,
        Ask::Personalise {
            read_back: evidence(EvidenceKind::ReadBack),
            work_record: record(),
        },
        Ask::Dispatch {
            method: DeliveryMethod::OnSite,
            packet: "1".to_owned(),
            receipt: evidence(EvidenceKind::DeliveryReceipt),
        },
    ];
    let acts = [
        ("zhang.san", Seat::Applicant, Vec::from(applicant)),
        ("li.si", Seat::Registrar, registrar.into()),
        ("wang.wu", Seat::Approver, approver.into()),
    ];
    let of = |(person, seat, asked): (&str, Seat, Vec<Ask>)| {
        let actor = Actor::new(id(person), seat);
        let command = |asked| (actor.clone(), Command::Case(case.clone(), asked));
        asked.into_iter().map(command).collect::<Vec<_>>()
    };
    acts.into_iter().flat_map(of).collect()
}

pub(crate) fn opening(kind: Kind) -> Opening {
    static RULES: LazyLock<RuleSetId> = LazyLock::new(|| {
        let rules = RuleSet::shipped("in-house");
        rules.expect("rules that are shipped").id()
    });
    let mut opening = Opening::new(
        RULES.clone(),
        (kind, Mode::Counter, Model::SelfService),
        "pair",
        Carrier::Soft,
        id("zhang.san"),
    );
    opening.organisation = Some(id("bench"));
    opening
}

fn evidence(kind: EvidenceKind) -> Evidence {
    Evidence::new(kind, [7; 32], "archive/7")
}

/// An engine whose root, issuing CA and OCSP responder exist.
pub(crate) fn established(store: Box<dyn Store>, clock: Box<dyn Clock>) -> Engine {
    let mut engine = Engine::new(
        Ports {
            store,
            token: Box::new(Keys::default()),
            key_centre: Box::new(TokenKeyCentre::new(Keys::default())),
            publisher: Box::new(Nobody),
            notifier: Box::new(NullNotifier::default()),
            clock,
            serials: Box::new(RandomSerials::default()),
            subjects: Arc::new(MemorySubjectKeys::default()),
        },
        Policy {
            issuer: id("ca"),
            rules: RuleBook::shipped(),
            calendar: Calendar::china().with_estimate(Estimate::Weekends),
            profiles: vec![
                shipped("subscriber-signing"),
                shipped("subscriber-encryption"),
            ],
            authorities: vec![
                shipped("root-ca"),
                shipped("issuing-ca"),
                shipped("ocsp-responder"),
            ],
            cessation: Terms::shipped(),
            proceedings: lifecycle::proceeding::Terms::shipped(),
            crl_lifetime: Duration::from_secs(7 * 86_400),
            archive: None,
            checkpoints: None,
        },
    );
    let root = Proposal::root("root-ca", &"CN=Root,O=Bench,C=CN".parse().expect("a name"));
    let ca = "CN=CA,O=Bench,C=CN".parse().expect("a name");
    let ca = Proposal::under(id("root"), "issuing-ca", &ca);
    let responder = "CN=OCSP,O=Bench,C=CN".parse().expect("a name");
    let responder = Proposal::under(id("ca"), "ocsp-responder", &responder);
    for (authority, proposal) in [("root", root), ("ca", ca), ("ocsp", responder)] {
        for (person, command) in [
            ("zhao.yi", authority::Command::Propose(proposal)),
            ("qian.er", authority::Command::Approve),
        ] {
            let authority: AuthorityId = id(authority);
            act(
                &mut engine,
                person,
                Seat::KeyOfficer,
                Command::Authority(authority, command),
            );
        }
    }
    engine
}

fn act(engine: &mut Engine, person: &str, seat: Seat, command: Command) {
    let person: PersonId = id(person);
    engine
        .submit(&Actor::new(person, seat), command)
        .expect("a good act");
    engine.settle(&mut |_| ()).expect("nothing fails");
}

pub(crate) fn request() -> Request {
    let key = SoftKey::generate().expect("the system is random");
    let draft = CsrDraft::new("CN=Zhang San,C=CN".parse().expect("a name"));
    let spki = key.public_key().decode_msg().expect("the token's encoding");
    let draft = draft
        .prepare(spki, key.algorithm())
        .expect("a short request");
    let signature = key.sign(draft.tbs()).expect("the system is random");
    let der = draft.attach(&signature).expect("a short request");
    let csr = UnverifiedCsr::from_der(&der, &Limits::default()).expect("our own");
    Request::from_csr(&csr.verify(&[&Sm2Sm3::default()]).expect("our own"))
}

fn shipped(name: &str) -> Profile {
    Profile::shipped(name).expect("a profile that is shipped")
}

pub(crate) fn id<T: TryFrom<String, Error = lifecycle::Error>>(name: &str) -> T {
    T::try_from(name.to_owned()).expect("small letters and dots")
}

/// Keys in the process, wrapped for whoever asks.
#[derive(Debug, Default)]
struct Keys(Mutex<BTreeMap<KeyLabel, SecretKey>>);

impl Keys {
    fn secret(&self, label: &KeyLabel) -> Result<SecretKey, hsm::Error> {
        let keys = self.0.lock().expect("nobody panics with the keys");
        keys.get(label)
            .cloned()
            .ok_or_else(|| hsm::Error::NoSuchKey {
                label: label.clone(),
            })
    }
}

impl Token for Keys {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let key = SigningKey::new(self.secret(label)?, UserId::default());
        Ok(Box::new(SoftKey::new(key)))
    }

    fn generate(
        &self,
        label: &KeyLabel,
        _algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let key =
            SecretKey::generate(&mut SysRng).map_err(|source| hsm::Error::Crypto { source })?;
        let mut keys = self.0.lock().expect("nobody panics with the keys");
        keys.insert(label.clone(), key);
        drop(keys);
        self.key(label)
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, hsm::Error> {
        let keys = self.0.lock().expect("nobody panics with the keys");
        Ok(keys.keys().cloned().collect())
    }

    fn description(&self) -> Result<Description, hsm::Error> {
        Ok(Description::default())
    }
}

impl Envelop for Keys {
    fn envelop(&self, label: &KeyLabel, recipient: &PublicKey) -> Result<EnvelopedKey, hsm::Error> {
        EnvelopedKey::seal(&mut SysRng, recipient, &self.secret(label)?)
            .map_err(|source| hsm::Error::Crypto { source })
    }
}

#[derive(Debug)]
struct Nobody;

impl Publisher for Nobody {
    fn publish(&self, _: &Publication) -> io::Result<()> {
        Ok(())
    }
}
