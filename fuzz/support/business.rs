//! A business in octets: the first picks the rule set, then three for each step: who,
//! what, with what.
//!
//! | who | |
//! |---|---|
//! | low four bits | the person, one of nine |
//! | high four bits | the seat, in the order of [`Seat::ALL`] |
//!
//! | what, modulo 48 | act | with what |
//! |---|---|---|
//! | 0 | open | case; kind, certificate, carrier and model in one number |
//! | 1, 2 | consent, withdraw consent | case; which |
//! | 3, 4 | fill, add a document | case; years or which, one bit: badly |
//! | 5 | record a check, or have the service say it | case; which, one bit: it failed |
//! | 6, 7, 8 | submit, resubmit, submit internally | case |
//! | 9, 10 | approve or return internally, start registration | case |
//! | 11, 12 | register, return | case; one bit: a bad verdict |
//! | 13, 14, 15 | take review, approve, reject | case; one bit: a bad verdict |
//! | 16, 17, 18 | prove a key, bind a token, issue | case; which |
//! | 19, 20, 21 | personalise, dispatch, tell the PIN | case; how |
//! | 22, 23, 24 | confirm receipt, object, close | case; how |
//! | 25, 26, 27 | withdraw, ask for a refund, record one | case |
//! | 28, 29, 30 | execute at once, ratify, refuse to | case |
//! | 31, 32 | report a payment, confirm funds | case; how |
//! | 33, 34 | deposit: sent, settled, failed, account again; its code | case; which |
//! | 35 | what only devices and time may say | case; which |
//! | 36, 37, 38 | freeze, ask for a change, confirm: a pair by its case | case; which |
//! | 39, 40 | a token comes in, is put aside or retired; a CRL is made | which |
//! | 41, 42 | propose a responder, approve it | |
//! | 43 | settle | who fails meanwhile, one bit each |
//! | 44 | crash: the engine is gone, the store stays | |
//! | 45 | days pass, and what is due is done | days, low four bits: who fails meanwhile |
//! | 46 | the next serial number | the number before it |
//! | 47 | a clerk's or approver's act on the organisation | which |
//!
//! Of "with what", the low two bits are the case and the others what follows, unless said
//! otherwise.

mod acts;
mod examine;
mod log;

pub use log::{Log, ORIGIN};

use crate::{
    outside::{Faults, Outside, World},
    parties::{key, public_half, sign},
};
use cert_profile::{Profile, SHIPPED};
use csr::{CsrDraft, Device, Environment, KeyOrigin, Limits, UnverifiedCsr};
use gm_crypto::pki::Sm2Sm3;
use lifecycle::{
    Actor, CaseId, Checkpoints, Command, Engine, Error, Interval, OrganisationId, PersonId, Policy,
    Ports, Seat, Store, TokenId,
    authority::{self, Proposal},
    calendar::{Calendar, Estimate},
    case::{self, pair::Request},
    cessation::Terms,
    organisation::{self, Arrangement, Grant, Onboarding, Scope},
    ports::TokenKeyCentre,
    rules::{RuleBook, RuleSet},
    terms::{EvidenceKind, Kind, Mode, Model},
    token,
};
use spki::DynSignatureAlgorithmIdentifier;
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

const PEOPLE: [&str; 9] = [
    "zhang.san",
    "sun.qi",
    "li.si",
    "wang.wu",
    "zhou.ba",
    "wu.jiu",
    "zhao.yi",
    "qian.er",
    "zheng.shi",
];
const CASES: [&str; 4] = ["a", "b", "c", "d"];
const TOKENS: [&str; 4] = ["t-1", "t-2", "t-3", "t-4"];
const RULES: [&str; 4] = [
    "in-house",
    "szca-online",
    "egov-extranet",
    "chinaclear-agency",
];
/// Acts that [`Business::step`] has.
const ACTS: u8 = 48;
/// Longer inputs say nothing new and take time.
const MAX_STEPS: usize = 64;

static SHIPPED_RULES: LazyLock<[RuleSet; 4]> =
    LazyLock::new(|| RULES.map(|name| rules_of(name).expect("a set that is shipped")));

/// The shipped set of that name, for agencies that are accredited elsewhere: a filing opens their
/// modes.
fn rules_of(name: &str) -> Option<RuleSet> {
    let mut shipped = lifecycle::rules::SHIPPED.iter();
    let (_, text) = shipped.find(|(shipped, _)| *shipped == name)?;
    let elsewhere = |line: &&str| !line.starts_with("accreditation = ");
    let lines: Vec<_> = text.lines().filter(elsewhere).collect();
    RuleSet::from_toml(&lines.join("\n")).ok()
}

static PROFILES: LazyLock<Vec<Profile>> =
    LazyLock::new(|| SHIPPED.iter().map(|(name, _)| shipped(name)).collect());

/// A root and an issuing CA exist, made by the engine itself; so do tokens, a customer and
/// an agency.
static ESTABLISHED: LazyLock<World> = LazyLock::new(|| {
    let mut business = Business::new(World::default(), &SHIPPED_RULES[0]);
    let root = Proposal::root("root-ca", &name("CN=Root,O=Fuzz,C=CN"));
    let ca = name("CN=CA,O=Fuzz,C=CN");
    let ca = Proposal::under(id("root"), "issuing-ca", &ca);
    for (authority, proposal) in [("root", root), ("ca", ca)] {
        for (person, command) in [
            ("zhao.yi", authority::Command::Propose(proposal)),
            ("qian.er", authority::Command::Approve),
        ] {
            let command = Command::Authority(id(authority), command);
            business.must(person, Seat::KeyOfficer, command);
        }
    }
    for token in &TOKENS[..2] {
        let receive = token::Command::Receive {
            batch: "b-1".into(),
            model: "m-1".into(),
        };
        business.must("wu.jiu", Seat::Clerk, Command::Token(id(token), receive));
    }
    let always = Interval::new(crate::parties::now(), None);
    let papers = || acts::evidence(EvidenceKind::OrganisationDocuments);
    let scope = Scope::new(Kind::ALL.iter().copied(), always);
    let chief: PersonId = id("chen.jie");
    let grant = Grant::new(scope.clone(), chief.clone(), papers());
    let arrangement = Arrangement::new(Model::Centralised, "staff")
        .approver(chief, scope)
        .agent(id("sun.qi"), grant)
        .applicants([id("zhang.san")]);
    let customer = Onboarding::new("Example Ltd", papers()).arrangement(arrangement);
    let filing = organisation::Command::FileModes {
        modes: Mode::ALL.iter().map(|mode| (*mode, always)).collect(),
        filing: papers(),
    };
    let agency = Onboarding::new("Agency Ltd", papers());
    for (person, seat, organisation, command) in [
        (
            "wu.jiu",
            Seat::Clerk,
            "example",
            organisation::Command::Onboard(customer),
        ),
        (
            "wu.jiu",
            Seat::Clerk,
            "agency",
            organisation::Command::Onboard(agency),
        ),
        ("wu.jiu", Seat::Clerk, "agency", filing),
        (
            "wang.wu",
            Seat::Approver,
            "agency",
            organisation::Command::ConfirmModes,
        ),
    ] {
        let organisation: OrganisationId = id(organisation);
        let command = Command::Organisation(organisation, command);
        business.must(person, seat, command);
    }
    World::clone(&business.outside.world())
});

/// What people prove keys by: three of their own, and the first one's again. The third is
/// silent about where it was made.
static REQUESTS: LazyLock<[Request; 4]> = LazyLock::new(|| {
    let device = Device::new("UKey", "K-1", "0001").expect("short words");
    let device = device.with_qualification("GM0001").expect("a short word");
    let origin = KeyOrigin::in_hardware(Environment::Production, device);
    ["zhang", "example", "third", "zhang"].map(|owner| {
        let key = key(owner);
        let algorithm = key.signature_algorithm_identifier().expect("no parameters");
        let subject = name("CN=Example Ltd,O=Example Ltd,C=CN");
        let mut draft = CsrDraft::new(subject);
        if owner != "third" {
            draft = draft.key_origin(&origin).expect("a short claim");
        }
        let draft = draft.prepare(public_half(&key), algorithm);
        let draft = draft.expect("a short request");
        let signature = sign(&key, draft.tbs());
        let request = draft.attach(&signature).expect("a short request");
        let csr = UnverifiedCsr::from_der(&request, &Limits::default());
        let csr = csr.expect("our own request").verify(&[&Sm2Sm3::default()]);
        Request::from_csr(&csr.expect("our own signature"))
    })
});

/// Carries a business out and examines what it left; `true` if any act of a person
/// was accepted.
///
/// # Panics
/// When a rule of the business is broken.
pub fn run(octets: &[u8]) -> bool {
    let Some((first, rest)) = octets.split_first() else {
        return false;
    };
    let rules = &SHIPPED_RULES[usize::from(*first) % SHIPPED_RULES.len()];
    let mut business = Business::new(ESTABLISHED.clone(), rules);
    let (steps, _) = rest.as_chunks::<3>();
    for [who, what, with] in steps.iter().take(MAX_STEPS) {
        business.step(*who, *what, *with);
    }
    business.examine();
    business.accepted
}

struct Business {
    outside: Outside,
    engine: Engine,
    rules: &'static RuleSet,
    accepted: bool,
}

impl Business {
    fn new(world: World, rules: &'static RuleSet) -> Self {
        let outside = Outside::new(world);
        let engine = engine(&outside);
        Self::over(outside, engine, rules)
    }

    fn over(outside: Outside, engine: Engine, rules: &'static RuleSet) -> Self {
        Self {
            engine,
            outside,
            rules,
            accepted: false,
        }
    }

    fn must(&mut self, person: &str, seat: Seat, command: Command) {
        let actor = Actor::new(id(person), seat);
        self.engine.submit(&actor, command).expect("a good act");
        self.engine.settle(&mut |_| ()).expect("nothing fails");
    }

    fn step(&mut self, who: u8, what: u8, with: u8) {
        let actor = Actor::new(
            id(PEOPLE[usize::from(who & 0x0f) % PEOPLE.len()]),
            pick(Seat::ALL, who >> 4),
        );
        match what % ACTS {
            43 => self.settle(with),
            44 => self.engine = engine(&self.outside),
            45 => self.pass(with),
            46 => self.outside.world().serial = u64::from(with),
            act => match self.command(&actor, act, with) {
                Some(acts::Asked::Persons(command)) => self.act(&actor, command),
                Some(acts::Asked::Services(case, command)) => self.answer(&case, command),
                None => {}
            },
        }
    }

    /// A refused act changes nothing, but that a token that was misread is put aside; an act
    /// of the system is no person's to do.
    fn act(&mut self, actor: &Actor, command: Command) {
        let before = self.outside.head().expect("a store in memory");
        let personalises = matches!(command, Command::Case(_, case::Command::Personalise { .. }));
        let result = self.engine.submit(actor, command);
        let after = self.outside.head().expect("a store in memory");
        match result {
            Ok(entries) => {
                assert_ne!(actor.seat, Seat::System, "{actor:?} acted for the system");
                let written = after.seq - before.seq;
                assert_eq!(written, entries.len() as u64, "what is told is written");
                self.accepted |= written > 0;
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                if !personalises {
                    assert_eq!(before, after, "a refused act was written");
                }
            }
        }
    }

    fn answer(&mut self, case: &CaseId, command: case::Command) {
        let before = self.outside.head().expect("a store in memory");
        let service: PersonId = id("service");
        if self.engine.answer(&service, case, command).is_err() {
            let after = self.outside.head().expect("a store in memory");
            assert_eq!(before, after, "a refused answer was written");
        }
    }

    fn settle(&mut self, with: u8) {
        self.outside.world().faults = faults(with);
        let result = self.engine.settle(&mut |_| ());
        self.outside.world().faults = Faults::default();
        if result.is_ok() {
            let open = self.outside.unsettled().expect("a store in memory");
            assert!(open.is_empty(), "settled, and {open:?} is not");
        }
    }

    fn pass(&mut self, with: u8) {
        let now = {
            let mut world = self.outside.world();
            world.days += u64::from(with >> 4);
            world.faults = faults(with);
            crate::parties::in_days(world.days)
        };
        let result = self.engine.tick(&mut |_| ());
        self.outside.world().faults = Faults::default();
        if result.is_ok() {
            let due = self.outside.due_by(now, 1).expect("a store in memory");
            assert!(due.is_empty(), "time went by, and {due:?} is due");
        }
    }
}

fn faults(bits: u8) -> Faults {
    Faults {
        token_fails: bits & 1 != 0,
        token_lies: bits & 2 != 0,
        publisher_fails: bits & 4 != 0,
        store_fails: bits & 8 != 0,
    }
}

fn engine(outside: &Outside) -> Engine {
    engine_with(outside, None)
}

fn engine_with(outside: &Outside, checkpoints: Option<Checkpoints>) -> Engine {
    Engine::new(
        Ports {
            store: Box::new(outside.clone()),
            token: Box::new(outside.clone()),
            key_centre: Box::new(TokenKeyCentre::new(outside.clone())),
            publisher: Box::new(outside.clone()),
            notifier: Box::new(outside.clone()),
            clock: Box::new(outside.clone()),
            serials: Box::new(outside.clone()),
            subjects: Arc::new(outside.world().subjects.clone()),
        },
        Policy {
            issuer: id("ca"),
            rules: RuleBook::new(SHIPPED_RULES.iter().cloned()).expect("sets of other names"),
            calendar: Calendar::china().with_estimate(Estimate::Weekends),
            profiles: PROFILES.clone(),
            authorities: PROFILES.clone(),
            cessation: Terms::shipped(),
            proceedings: lifecycle::proceeding::Terms::shipped(),
            crl_lifetime: Duration::from_secs(7 * 86_400),
            archive: None,
            checkpoints,
        },
    )
}

fn shipped(name: &str) -> Profile {
    Profile::shipped(name).expect("a profile that is shipped")
}

fn pick<T: Copy>(all: &[T], which: u8) -> T {
    all[usize::from(which) % all.len()]
}

fn token(which: u8) -> TokenId {
    id(pick(&TOKENS, which))
}

fn id<T>(name: &str) -> T
where
    T: TryFrom<String, Error = Error>,
{
    T::try_from(name.to_owned()).expect("small letters and dots")
}

fn name(text: &str) -> x509_cert::name::Name {
    text.parse().expect("a name")
}
