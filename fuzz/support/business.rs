//! A business in octets: two for each step, who and what.
//!
//! | who | |
//! |---|---|
//! | low four bits | the person, one of five |
//! | high four bits | the seat, one of five |
//!
//! | what, low four bits | act | high four bits |
//! |---|---|---|
//! | 0 | submit | two bits the application, two the request |
//! | 1, 2, 3, 4, 5 | register, approve, reject, withdraw, deliver | the application |
//! | 6, 7, 8, 9 | freeze, ask to unfreeze, ask to revoke, confirm | the application |
//! | 10, 11, 12 | have a CRL made, propose a responder, approve it | the authority |
//! | 13 | settle | who fails meanwhile, one bit each |
//! | 14 | crash: the engine is gone, the store stays | days that pass |
//! | 15 | low half: the next serial number; high half: record what no person may | |

use crate::{
    outside::{Faults, Outside, World},
    parties::{key, public_half, sign},
};
use cert_profile::Profile;
use csr::{CsrDraft, Limits, UnverifiedCsr};
use gm_crypto::pki::Sm2Sm3;
use lifecycle::{
    Actor, ApplicationId, AuthorityId, Command, Engine, Error, Event, PersonId, Policy, Ports,
    Seat, Store, StreamId,
    application::{self, Request},
    audit,
    authority::{self, Proposal},
    certificate::{self, Change, RevocationReason},
    ports::TokenKeyCentre,
};
use spki::DynSignatureAlgorithmIdentifier;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
    time::Duration,
};

const PEOPLE: [&str; 5] = ["zhang.san", "li.si", "wang.wu", "zhao.yi", "qian.er"];
const SEATS: [Seat; 5] = [
    Seat::Applicant,
    Seat::Registrar,
    Seat::Approver,
    Seat::KeyOfficer,
    Seat::System,
];
const APPLICATIONS: [&str; 4] = ["a", "b", "c", "d"];
const AUTHORITIES: [&str; 3] = ["ca", "root", "responder"];
/// Longer inputs say nothing new and take time.
const MAX_STEPS: usize = 48;

static SUBSCRIBERS: LazyLock<[Profile; 2]> =
    LazyLock::new(|| ["subscriber-signing", "subscriber-encryption"].map(shipped));
static AUTHORITY_PROFILES: LazyLock<[Profile; 3]> =
    LazyLock::new(|| ["root-ca", "issuing-ca", "ocsp-responder"].map(shipped));

/// A root and an issuing CA exist, made by the engine itself.
static ESTABLISHED: LazyLock<World> = LazyLock::new(|| {
    let mut business = Business::new(World::default());
    let root = Proposal::root("root-ca", &name("CN=Root,O=Fuzz,C=CN"));
    let ca = name("CN=CA,O=Fuzz,C=CN");
    let ca = Proposal::under(id("root"), "issuing-ca", &ca);
    for (authority, proposal) in [("root", root), ("ca", ca)] {
        for (person, command) in [
            ("zhao.yi", authority::Command::Propose(proposal)),
            ("qian.er", authority::Command::Approve),
        ] {
            let actor = actor(person, Seat::KeyOfficer);
            let command = Command::Authority(id(authority), command);
            business.engine.submit(&actor, command).expect("a good act");
            business.engine.settle(&mut |_| ()).expect("nothing fails");
        }
    }
    World::clone(&business.outside.world())
});

/// What people ask for: two good requests, one for no name that a profile allows,
/// and one more for the key of the first.
static REQUESTS: LazyLock<[Request; 4]> = LazyLock::new(|| {
    [
        ("CN=Zhang San,C=CN", "zhang"),
        ("CN=Seal,O=Example,C=CN", "example"),
        ("DC=example,DC=cn", "third"),
        ("CN=Zhang San again,C=CN", "zhang"),
    ]
    .map(|(subject, owner)| {
        let key = key(owner);
        let algorithm = key.signature_algorithm_identifier().expect("no parameters");
        let draft = CsrDraft::new(name(subject)).prepare(public_half(&key), algorithm);
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
    let mut business = Business::new(ESTABLISHED.clone());
    let (steps, _) = octets.as_chunks::<2>();
    for [who, what] in steps.iter().take(MAX_STEPS) {
        business.step(*who, *what);
    }
    business.examine();
    business.accepted
}

struct Business {
    outside: Outside,
    engine: Engine,
    accepted: bool,
}

impl Business {
    fn new(world: World) -> Self {
        let outside = Outside::new(world);
        Self {
            engine: engine(&outside),
            outside,
            accepted: false,
        }
    }

    fn step(&mut self, who: u8, what: u8) {
        let operand = what >> 4;
        let application = |command| Command::Application(pick(&APPLICATIONS, operand), command);
        let certificates = |command| {
            let application: ApplicationId = pick(&APPLICATIONS, operand);
            Command::Certificates(application, command)
        };
        let change = |change| certificates(certificate::Command::Request(change));
        let command = match what & 0x0f {
            0 => {
                let request = REQUESTS[usize::from(operand >> 2)].clone();
                application(application::Command::Submit(request))
            }
            1 => application(application::Command::Register),
            2 => application(application::Command::Approve),
            3 => application(application::Command::Reject {
                reason: "no".into(),
            }),
            4 => application(application::Command::Withdraw),
            5 => application(application::Command::Deliver),
            6 => certificates(certificate::Command::Freeze),
            7 => change(Change::Unfreeze),
            8 => change(Change::Revoke(RevocationReason::KeyCompromise)),
            9 => certificates(certificate::Command::Confirm),
            10 => {
                let authority: AuthorityId = pick(&AUTHORITIES, operand);
                Command::Authority(authority, authority::Command::IssueCrl)
            }
            11 => {
                let subject = name("CN=Responder,C=CN");
                let proposal = Proposal::under(id("ca"), "ocsp-responder", &subject);
                let authority: AuthorityId = pick(&AUTHORITIES, operand);
                Command::Authority(authority, authority::Command::Propose(proposal))
            }
            12 => {
                let authority: AuthorityId = pick(&AUTHORITIES, operand);
                Command::Authority(authority, authority::Command::Approve)
            }
            13 => return self.settle(operand),
            14 => {
                self.engine = engine(&self.outside);
                self.outside.world().days += u64::from(operand);
                return;
            }
            _ if operand < 8 => {
                self.outside.world().serial = u64::from(operand);
                return;
            }
            _ => application(application::Command::RecordPublication),
        };
        self.act(&actor(person(who), seat(who)), command);
    }

    /// A refused act changes nothing; an act of the system is no person's to do.
    fn act(&mut self, actor: &Actor, command: Command) {
        let before = self.outside.head().expect("a store in memory");
        let records_for_the_system = matches!(
            command,
            Command::Application(_, application::Command::RecordPublication)
        );
        let result = self.engine.submit(actor, command);
        let after = self.outside.head().expect("a store in memory");
        match result {
            Ok(entries) => {
                let is_persons = actor.seat != Seat::System && !records_for_the_system;
                assert!(is_persons, "{actor:?} acted for the system");
                let written = after.seq - before.seq;
                assert_eq!(written, entries.len() as u64, "what is told is written");
                self.accepted |= written > 0;
            }
            Err(_) => assert_eq!(before, after, "a refused act was written"),
        }
    }

    fn settle(&mut self, operand: u8) {
        self.outside.world().faults = Faults {
            token_fails: operand & 1 != 0,
            token_lies: operand & 2 != 0,
            publisher_fails: operand & 4 != 0,
            store_fails: operand & 8 != 0,
        };
        let result = self.engine.settle(&mut |_| ());
        self.outside.world().faults = Faults::default();
        if result.is_ok() {
            let open = self.outside.unsettled().expect("a store in memory");
            assert!(open.is_empty(), "settled, and {open:?} is not");
        }
    }

    fn examine(&self) {
        audit::verify(&self.outside).expect("the log stands the audit");
        let mut hands: BTreeMap<StreamId, Vec<PersonId>> = BTreeMap::new();
        let mut asked: BTreeMap<StreamId, PersonId> = BTreeMap::new();
        let mut serials = BTreeSet::new();
        let records = self.outside.records(0, usize::MAX);
        for record in records.expect("a store in memory") {
            let entry = record.entry().expect("the audit has read it");
            let person = entry.actor.person;
            match entry.event {
                Event::Application(event) => match event {
                    application::Event::Submitted(_)
                    | application::Event::Registered { .. }
                    | application::Event::Approved => {
                        let hands = hands.entry(entry.stream).or_default();
                        assert!(!hands.contains(&person), "{person} has two seats in a case");
                        hands.push(person);
                    }
                    application::Event::IssuanceIntended { intent, .. } => {
                        let fresh = serials.insert((intent.issuer, intent.serial));
                        assert!(fresh, "a serial number is intended twice");
                        assert_eq!(
                            hands[&entry.stream].len(),
                            3,
                            "three hands before a signature"
                        );
                    }
                    _ => {}
                },
                Event::Authority(event) => match event {
                    authority::Event::Proposed(_) | authority::Event::Approved => {
                        let hands = hands.entry(entry.stream).or_default();
                        assert!(!hands.contains(&person), "{person} approves himself");
                        hands.push(person);
                    }
                    authority::Event::IssuanceIntended(intent) => {
                        let fresh = serials.insert((intent.issuer, intent.serial));
                        assert!(fresh, "a serial number is intended twice");
                        assert_eq!(
                            hands[&entry.stream].len(),
                            2,
                            "two hands before a signature"
                        );
                    }
                    _ => {}
                },
                Event::Certificate(event) => match event {
                    certificate::Event::ChangeRequested(_) => {
                        asked.insert(entry.stream, person);
                    }
                    certificate::Event::Unfrozen | certificate::Event::Revoked { .. } => {
                        let asked = asked.get(&entry.stream);
                        let asked = asked.expect("somebody has asked before");
                        assert_ne!(*asked, person, "one person asks and confirms");
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }
}

fn engine(outside: &Outside) -> Engine {
    Engine::new(
        Ports {
            store: Box::new(outside.clone()),
            token: Box::new(outside.clone()),
            key_centre: Box::new(TokenKeyCentre::new(outside.clone())),
            publisher: Box::new(outside.clone()),
            clock: Box::new(outside.clone()),
            serials: Box::new(outside.clone()),
        },
        Policy {
            issuer: id("ca"),
            signing: SUBSCRIBERS[0].clone(),
            encryption: SUBSCRIBERS[1].clone(),
            authorities: AUTHORITY_PROFILES.to_vec(),
            crl_lifetime: Duration::from_secs(7 * 86_400),
        },
    )
}

fn shipped(name: &str) -> Profile {
    Profile::shipped(name).expect("a profile that is shipped")
}

fn person(who: u8) -> &'static str {
    PEOPLE[usize::from(who & 0x0f) % PEOPLE.len()]
}

fn seat(who: u8) -> Seat {
    SEATS[usize::from(who >> 4) % SEATS.len()]
}

fn actor(person: &str, seat: Seat) -> Actor {
    Actor::new(id(person), seat)
}

fn pick<T>(names: &[&str], operand: u8) -> T
where
    T: TryFrom<String, Error = Error>,
{
    id(names[usize::from(operand) % names.len()])
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
