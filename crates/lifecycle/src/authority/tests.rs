mod lists;
mod wanted;

use super::*;
use crate::{CertificateRow, Ground, certificate, terms::EvidenceKind};
use der::asn1::BitString;
use gm_crypto::sm2::SecretKey;
use spki::EncodePublicKey;

const LINK: &str = r#"
name = "link"
kind = "ca"
key_usage = ["keyCertSign", "cRLSign"]

[validity]
years = 20

[subject]
required = ["countryName", "organizationName", "commonName"]
"#;

fn at(year: u16) -> DateTime {
    DateTime::new(year, 7, 1, 0, 0, 0).unwrap()
}

fn id(name: &str) -> AuthorityId {
    AuthorityId::new(name).unwrap()
}

fn officer(name: &str) -> Actor {
    Actor::new(PersonId::new(name).unwrap(), Seat::KeyOfficer)
}

fn serial(number: u8) -> Serial {
    Serial::from_bytes(&[number]).unwrap()
}

fn report() -> Evidence {
    Evidence::new(EvidenceKind::WorkRecord, [4; 32], "report 4")
}

/// The signature is not looked at here.
fn sign(intent: &Intent) -> Octets {
    let signature = BitString::from_bytes(&[0x30, 0]).unwrap();
    intent.attach(&signature).unwrap()
}

/// Two authorities, each with a key of its own: the old one, `ca`, and another.
struct World {
    now: DateTime,
    next_serial: u8,
    ca: Option<State>,
    other: Option<State>,
    last_end: Option<DateTime>,
    revoked: Revoked,
}

impl World {
    fn decide(&mut self, name: &str, actor: &Actor, command: Command) -> Result<Vec<Event>, Error> {
        let own = id(name);
        let (state, other) = match name {
            "ca" => (&self.ca, &self.other),
            _ => (&self.other, &self.ca),
        };
        let wanted = Wanted::of(state.as_ref(), &command);
        let profiles = [
            Profile::shipped("root-ca").unwrap(),
            Profile::from_toml(LINK).unwrap(),
        ];
        let named = |profile: &&Profile| Some(profile.name()) == wanted.profile;
        let other_name = id(if name == "ca" { "ca-2" } else { "ca" });
        self.next_serial += 1;
        let context = Context {
            id: &own,
            now: self.now,
            serial: serial(self.next_serial),
            profile: profiles.iter().find(named),
            issuer: None,
            revoked: self.revoked.clone(),
            crl_lifetime: Duration::from_secs(86_400),
            other: other.as_ref().filter(|_| wanted.other == Some(&other_name)),
            last_end: self.last_end,
        };
        decide(state.as_ref(), actor, command, &context)
    }

    fn step(&mut self, name: &str, actor: &Actor, command: Command) -> Result<Vec<Event>, Error> {
        let events = self.decide(name, actor, command)?;
        for event in &events {
            let text = serde_json::to_string(event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), *event);
            let state = if name == "ca" {
                &mut self.ca
            } else {
                &mut self.other
            };
            let before = state.clone();
            *state = evolve(&id(name), before.clone(), actor, event);
            assert_ne!(
                *state, before,
                "an event that is recorded changes the state"
            );
        }
        Ok(events)
    }

    fn establish(&mut self, name: &str, common_name: &str, scalar: u8) {
        let mut octets = [0; 32];
        octets[31] = scalar;
        let key = SecretKey::from_bytes(&octets).unwrap().public_key();
        let subject: Name = format!("CN={common_name},O=Example,C=CN").parse().unwrap();
        let proposal = Proposal::root("root-ca", &subject);
        let record_key = Command::RecordKey {
            public_key: key.to_public_key_der().unwrap().into_vec().into(),
        };
        self.step(name, &officer("li"), Command::Propose(proposal))
            .unwrap();
        self.step(name, &Actor::system(), record_key).unwrap();
        let events = self.step(name, &officer("wang"), Command::Approve).unwrap();
        let Event::IssuanceIntended(intent) = &events[1] else {
            panic!("{events:?}");
        };
        let record = Command::RecordCertificate {
            serial: intent.serial.clone(),
            certificate: sign(intent),
        };
        self.step(name, &Actor::system(), record).unwrap();
        let left = Command::RecordPublication { through: 1 };
        self.step(name, &Actor::system(), left).unwrap();
    }

    /// The old root from 2026 to 2046, the new one from 2036 to 2056.
    fn new() -> Self {
        let mut world = Self {
            now: at(2026),
            next_serial: 0,
            ca: None,
            other: None,
            last_end: None,
            revoked: Revoked::default(),
        };
        world.establish("ca", "Root", 2);
        world.now = at(2036);
        world.establish("ca-2", "Root G2", 3);
        world
    }

    fn two_officers(&mut self, act: Act) -> Result<Vec<Event>, Error> {
        self.step("ca", &officer("li"), Command::Request(act))?;
        self.step("ca", &officer("wang"), Command::Confirm)
    }

    fn retire(&mut self) {
        self.two_officers(retire()).unwrap();
    }

    fn ca(&self) -> &State {
        self.ca.as_ref().unwrap()
    }

    fn crl(&mut self) -> Result<Vec<Event>, Error> {
        self.step("ca", &officer("li"), Command::IssueCrl)
    }
}

fn retire() -> Act {
    Act::Retire {
        successor: id("ca-2"),
    }
}

fn link(direction: Direction) -> Act {
    Act::Link(Link::new(id("ca-2"), direction, "link"))
}

fn compromise() -> Act {
    Act::Compromise {
        since: Some(at(2035)),
        report: report(),
    }
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, Error>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_act_takes_two_key_officers() {
    for act in [retire(), link(Direction::NewWithOld), compromise()] {
        let mut world = World::new();
        for seat in Seat::ALL.iter().filter(|seat| **seat != Seat::KeyOfficer) {
            let who = Actor::new(PersonId::new("chen").unwrap(), *seat);
            let asked = world.decide("ca", &who, Command::Request(act.clone()));
            assert_eq!(refusal(asked).coded(), "seat (S4-15, S4-16)");
        }
        world
            .step("ca", &officer("li"), Command::Request(act.clone()))
            .unwrap();
        let alone = world.decide("ca", &officer("li"), Command::Confirm);
        assert_eq!(refusal(alone).coded(), "same-person (S1-12, X-01)");
        for seat in Seat::ALL.iter().filter(|seat| **seat != Seat::KeyOfficer) {
            let who = Actor::new(PersonId::new("chen").unwrap(), *seat);
            for command in [Command::Confirm, Command::Discard] {
                assert_eq!(
                    refusal(world.decide("ca", &who, command)).coded(),
                    "seat (S4-15, S4-16)"
                );
            }
        }
        world
            .step("ca", &officer("wang"), Command::Confirm)
            .unwrap();
    }
}

#[test]
fn a_key_that_retires_issues_to_nobody_and_still_signs_crls() {
    let mut world = World::new();
    assert!(world.ca().issuing().is_some());
    world.retire();
    assert_eq!(world.ca().name(), "retiring");
    assert!(world.ca().issuing().is_none());
    assert!(world.ca().signing().is_some() && world.ca().certifying().is_some());
    let events = world.crl().unwrap();
    assert!(matches!(events[..], [Event::CrlIntended(_)]));
    assert!(matches!(world.ca().due(), Some(Effect::SignCrl(_))));
}

#[test]
fn a_successor_is_another_authority_that_is_active() {
    let mut world = World::new();
    let own = Act::Retire {
        successor: id("ca"),
    };
    let nobody = Act::Retire {
        successor: id("ca-3"),
    };
    for act in [own, nobody] {
        assert_eq!(
            refusal(world.two_officers(act)).coded(),
            "issuer-not-ready (S4-16)"
        );
    }
    let Some(State::Active(active)) = world.other.take() else {
        panic!();
    };
    world.other = Some(State::Retiring(active));
    assert_eq!(
        refusal(world.two_officers(retire())).coded(),
        "issuer-not-ready (S4-16)"
    );
}

#[test]
fn what_no_longer_holds_when_the_second_officer_agrees_is_refused() {
    let mut world = World::new();
    world
        .step("ca", &officer("li"), Command::Request(retire()))
        .unwrap();
    world.other = None;
    let late = world.decide("ca", &officer("wang"), Command::Confirm);
    assert_eq!(refusal(late).coded(), "issuer-not-ready (S4-16)");
}

#[test]
fn links_lead_both_ways_between_the_two_keys() {
    for (direction, signer, name) in [
        (Direction::NewWithOld, "ca", "authorities/ca-2-with-ca.pem"),
        (
            Direction::OldWithNew,
            "ca-2",
            "authorities/ca-with-ca-2.pem",
        ),
    ] {
        let mut world = World::new();
        let certificate = |state: &Option<State>| {
            let active = state.as_ref().and_then(State::established).unwrap();
            Certificate::from_der(&active.certificate).unwrap()
        };
        let (old, new) = (certificate(&world.ca), certificate(&world.other));
        let (subject, issuer) = match direction {
            Direction::NewWithOld => (new, old),
            Direction::OldWithNew => (old, new),
        };
        let events = world.two_officers(link(direction)).unwrap();
        let [Event::LinkDecided(_), Event::IssuanceIntended(intent)] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(intent.issuer, id(signer));
        assert_eq!(world.ca().due(), Some(Effect::Sign(intent.clone())));
        let made = Certificate::from_der(&sign(intent)).unwrap();
        let (made, subject, issuer) = (
            made.tbs_certificate(),
            subject.tbs_certificate(),
            issuer.tbs_certificate(),
        );
        assert_eq!(made.subject(), subject.subject());
        assert_eq!(made.issuer(), issuer.subject());
        assert_eq!(
            made.subject_public_key_info(),
            subject.subject_public_key_info()
        );
        assert_eq!(
            made.validity().not_after.to_date_time().year(),
            2046,
            "as long as the older of the two"
        );
        let record = Command::RecordCertificate {
            serial: intent.serial.clone(),
            certificate: sign(intent),
        };
        world.step("ca", &Actor::system(), record).unwrap();
        let Some(Effect::Publish(items)) = world.ca().due() else {
            panic!();
        };
        let names: Vec<_> = items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, [name]);
    }
}

#[test]
fn a_link_whose_signature_is_unknown_is_made_anew_under_another_number() {
    let mut world = World::new();
    let events = world.two_officers(link(Direction::NewWithOld)).unwrap();
    let Event::IssuanceIntended(first) = &events[1] else {
        panic!();
    };
    let lost = |serial: &Serial| Command::RecordUnknownOutcome {
        serial: serial.clone(),
    };
    let other = world.decide("ca", &Actor::system(), lost(&serial(99)));
    assert!(matches!(refusal(other), Refusal::NoIntent { .. }));
    let by_hand = world.decide("ca", &officer("li"), lost(&first.serial));
    assert_eq!(refusal(by_hand).coded(), "seat (S4-15, S4-16)");
    let events = world
        .step("ca", &Actor::system(), lost(&first.serial))
        .unwrap();
    let [
        Event::IssuanceAbandoned { serial, .. },
        Event::IssuanceIntended(second),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(*serial, first.serial);
    assert_ne!(second.serial, first.serial);
    let late = Command::RecordCertificate {
        serial: first.serial.clone(),
        certificate: sign(first),
    };
    assert!(matches!(
        refusal(world.decide("ca", &Actor::system(), late)),
        Refusal::NoIntent { .. }
    ));
}

#[test]
fn a_link_needs_a_profile_and_a_key_that_may_certify() {
    let mut world = World::new();
    let nameless = Act::Link(Link::new(id("ca-2"), Direction::NewWithOld, "nothing"));
    assert!(matches!(
        refusal(world.two_officers(nameless)),
        Refusal::NoSuchProfile { .. }
    ));
    let as_root = Act::Link(Link::new(id("ca-2"), Direction::NewWithOld, "root-ca"));
    assert_eq!(
        refusal(world.two_officers(as_root)).coded(),
        "profile (S2-05)"
    );
    let own = Act::Link(Link::new(id("ca"), Direction::NewWithOld, "link"));
    assert_eq!(
        refusal(world.two_officers(own)).coded(),
        "issuer-not-ready (S4-16)"
    );
    world.two_officers(link(Direction::NewWithOld)).unwrap();
    let second = world.two_officers(link(Direction::OldWithNew));
    assert_eq!(
        refusal(second).coded(),
        "wrong-state (S4-15, S4-16)",
        "one at a time"
    );
}

#[test]
fn a_key_is_closed_when_all_that_it_issued_has_ended() {
    let mut world = World::new();
    world.retire();
    let end = world.ca().established().unwrap().own().unwrap().not_after;
    // None is believed longer than the key.
    world.last_end = Some(at(2060));
    world.now = end;
    let early = refusal(world.two_officers(Act::Close));
    assert!(matches!(early, Refusal::Ruled { ground, .. } if *ground == Ground::NotDue));
    world.now = DateTime::from_unix_duration(end.unix_duration() + Duration::from_secs(1)).unwrap();
    world.two_officers(Act::Close).unwrap();
    assert_eq!(world.ca().name(), "retired");
    assert!(world.ca().signing().is_none());
    assert_eq!(refusal(world.crl()).coded(), "wrong-state (S4-15, S4-16)");

    // Earlier, where the last certificate is known to have ended earlier.
    let mut world = World::new();
    world.retire();
    world.last_end = Some(at(2040));
    world.now = at(2040);
    assert!(world.two_officers(Act::Close).is_err());
    world.now = at(2041);
    assert!(world.two_officers(Act::Close).is_ok());

    // At once, where it signed none.
    let mut world = World::new();
    world.retire();
    assert!(world.two_officers(Act::Close).is_ok());
}

#[test]
fn a_key_is_not_closed_over_something_unfinished_nor_while_it_is_active() {
    let mut world = World::new();
    world.now = at(2050);
    assert_eq!(
        refusal(world.two_officers(Act::Close)).coded(),
        "wrong-state (S4-15, S4-16)"
    );
    world.now = at(2036);
    world.retire();
    world.crl().unwrap();
    world.now = at(2050);
    let open = world.two_officers(Act::Close);
    assert_eq!(refusal(open).coded(), "wrong-state (S4-15, S4-16)");
    let record = Command::RecordCrl {
        list: List::ALL,
        number: 1,
        crl: vec![0x30, 0].into(),
    };
    world.step("ca", &Actor::system(), record).unwrap();
    let unpublished = world.two_officers(Act::Close);
    assert_eq!(refusal(unpublished).coded(), "wrong-state (S4-15, S4-16)");
    let left = Command::RecordPublication { through: 3 };
    world.step("ca", &Actor::system(), left).unwrap();
    world.two_officers(Act::Close).unwrap();
}

#[test]
fn one_officers_word_of_a_compromise_stops_a_ca_and_two_end_it() {
    let mut world = World::new();
    world
        .step("ca", &officer("li"), Command::Request(compromise()))
        .unwrap();
    assert!(world.ca().issuing().is_none());
    world
        .step("ca", &officer("wang"), Command::Discard)
        .unwrap();
    assert!(world.ca().issuing().is_some());
    world.two_officers(compromise()).unwrap();
    assert!(matches!(
        world.ca(),
        State::Compromised(Compromised { since: Some(since), .. }) if *since == at(2035)
    ));
    assert!(world.ca().certifying().is_none() && world.ca().issuing().is_none());
    // A list that revokes is never worse than none.
    assert!(world.ca().signing().is_some());
    world.crl().unwrap();
}

#[test]
fn a_compromise_takes_the_place_of_what_was_asked_for_and_nothing_takes_its_place() {
    let mut world = World::new();
    world
        .step("ca", &officer("li"), Command::Request(retire()))
        .unwrap();
    let waits = world.decide(
        "ca",
        &officer("wang"),
        Command::Request(link(Direction::NewWithOld)),
    );
    assert_eq!(refusal(waits).coded(), "wrong-state (S4-15, S4-16)");
    world
        .step("ca", &officer("wang"), Command::Request(compromise()))
        .unwrap();
    for act in [retire(), compromise()] {
        let again = world.decide("ca", &officer("li"), Command::Request(act));
        assert_eq!(refusal(again).coded(), "wrong-state (S4-15, S4-16)");
    }
    world.step("ca", &officer("li"), Command::Confirm).unwrap();
    assert_eq!(world.ca().name(), "compromised");
}

#[test]
fn a_compromise_ends_a_link_that_is_not_signed_yet() {
    let mut world = World::new();
    world.two_officers(link(Direction::NewWithOld)).unwrap();
    let events = world.two_officers(compromise()).unwrap();
    assert!(matches!(
        events[..],
        [Event::IssuanceAbandoned { .. }, Event::Compromised { .. }]
    ));
    assert_eq!(world.ca().due(), None);
}

#[test]
fn a_compromise_lies_in_the_past_and_may_be_found_after_the_keys_end() {
    let mut world = World::new();
    let future = Act::Compromise {
        since: Some(at(2037)),
        report: report(),
    };
    assert!(matches!(
        refusal(world.two_officers(future)),
        Refusal::TimeRunsBackwards
    ));
    let mut other = World::new();
    let now = Act::Compromise {
        since: Some(other.now),
        report: report(),
    };
    other.two_officers(now).unwrap();
    world.retire();
    world.now = at(2050);
    world.two_officers(Act::Close).unwrap();
    world.two_officers(compromise()).unwrap();
    assert_eq!(world.ca().name(), "compromised");
}

#[test]
fn a_compromise_revokes_all_that_the_key_signed_and_its_own_certificate() {
    let world = World::new();
    let active = world.ca().established().unwrap();
    let own = active.own().unwrap().serial;
    let row =
        |number, state: &certificate::State| CertificateRow::new(id("ca"), serial(number), state);
    let active_one = certificate::State::Active { pending: None };
    let revoked = certificate::State::revoked(at(2030), certificate::RevocationReason::Superseded);
    let held = certificate::State::Held {
        since: at(2030),
        hold: certificate::Hold::by(certificate::Party::Holder),
        pending: None,
    };
    let superseded = certificate::State::Superseded {
        since: at(2030),
        successor: certificate::Successor::new(id("ca"), serial(101)),
    };
    let burnt = certificate::State::Burnt { at: at(2030) };
    let rows = [
        CertificateRow::new(id("ca"), own.clone(), &active_one),
        row(101, &active_one),
        row(102, &revoked),
        row(103, &held),
        row(104, &certificate::State::Issued),
        row(105, &certificate::State::Reserved),
        row(106, &burnt),
        row(107, &superseded),
    ];
    let list = active.to_revoke(&rows).unwrap();
    let numbers: Vec<_> = list.into_iter().map(|(_, serial)| serial).collect();
    assert_eq!(
        numbers,
        [own, serial(101), serial(103), serial(104), serial(107)]
    );
}

/// Every state by every act: what is not listed is refused, by the state's name.
#[test]
fn pairs_of_state_and_act_that_are_not_listed_are_refused() {
    let acts = [
        ('r', retire()),
        ('l', link(Direction::NewWithOld)),
        ('x', Act::Close),
        ('c', compromise()),
    ];
    type Prepare = fn(&mut World);
    let states: [(&str, Prepare, &str); 6] = [
        ("nobody", |world| world.ca = None, ""),
        (
            "proposed",
            |world| {
                world.ca = None;
                let subject: Name = "CN=Root,O=Example,C=CN".parse().unwrap();
                let propose = Command::Propose(Proposal::root("root-ca", &subject));
                world.step("ca", &officer("li"), propose).unwrap();
            },
            "",
        ),
        ("active", |_| (), "rlc"),
        ("retiring", World::retire, "lxc"),
        (
            "retired",
            |world| {
                world.retire();
                let now = world.now;
                world.now = at(2050);
                world.two_officers(Act::Close).unwrap();
                world.now = now;
            },
            "c",
        ),
        (
            "compromised",
            |world| {
                world.two_officers(compromise()).unwrap();
            },
            "",
        ),
    ];
    for (name, prepare, listed) in states {
        for (letter, act) in &acts {
            let mut world = World::new();
            prepare(&mut world);
            world.last_end = Some(at(2030));
            let answer = world.decide("ca", &officer("li"), Command::Request(act.clone()));
            if listed.contains(*letter) {
                answer.unwrap();
            } else {
                let refused = refusal(answer);
                assert_eq!(
                    refused.coded(),
                    "wrong-state (S4-15, S4-16)",
                    "{name} {letter}"
                );
            }
            if let Some(state) = &world.ca {
                assert_eq!(state.name(), name);
            }
        }
    }
}

#[test]
fn events_that_nobody_asked_for_change_nothing() {
    let world = World::new();
    let link = Link::new(id("ca-2"), Direction::NewWithOld, "link");
    for event in [
        Event::RetirementBegun {
            successor: id("ca-2"),
        },
        Event::Retired,
        Event::LinkDecided(link),
        Event::Compromised {
            since: None,
            report: report(),
        },
        Event::Linked {
            issuer: id("ca"),
            serial: serial(9),
            certificate: vec![].into(),
        },
        Event::Discarded,
    ] {
        let next = evolve(&id("ca"), world.ca.clone(), &officer("li"), &event);
        assert_eq!(next, world.ca, "{}", event.name());
    }
}

/// The stages that a life goes through, with commands of all kinds in each: what is decided is
/// in the table, each pair of the table is decided, and the rest is refused.
#[test]
fn decisions_and_the_table_are_the_same() {
    let mut reached = std::collections::BTreeSet::new();
    let mut try_all = |world: &World| {
        let established = world.ca.as_ref().and_then(State::established);
        let finished = established.map_or(0, Active::finished);
        let (serials, number) = match &world.ca {
            Some(State::Issuing(issuing)) => (issuing.intent.clone(), 0),
            Some(state) => {
                let active = state.established();
                let number = active.map_or(0, |active| active.crl_number);
                (active.and_then(Active::open_link).cloned(), number)
            }
            None => (None, 0),
        };
        let serial = serials.map_or(serial(99), |intent| intent.serial);
        let subject: Name = "CN=Root,O=Example,C=CN".parse().unwrap();
        let mut commands = vec![
            Command::Propose(Proposal::root("root-ca", &subject)),
            Command::Approve,
            Command::IssueCrl,
            Command::IssueDeltaCrl,
            Command::RecordKey {
                public_key: vec![1].into(),
            },
            Command::RecordCertificate {
                serial: serial.clone(),
                certificate: vec![1].into(),
            },
            Command::RecordUnknownOutcome { serial },
            Command::RecordCrl {
                list: List::ALL,
                number,
                crl: vec![1].into(),
            },
            Command::RecordCrlUnknownOutcome { number },
            Command::RecordPublication { through: finished },
            Command::Confirm,
            Command::Discard,
        ];
        let acts = [
            retire(),
            link(Direction::NewWithOld),
            Act::Close,
            compromise(),
        ];
        commands.extend(acts.map(Command::Request));
        for command in commands {
            let mut state = world.ca.clone();
            let mut world = World {
                now: world.now,
                next_serial: world.next_serial,
                ca: world.ca.clone(),
                other: world.other.clone(),
                last_end: world.last_end,
                revoked: world.revoked.clone(),
            };
            let who = Actor::new(PersonId::new("wang").unwrap(), command.seats()[0]);
            let first = command.step(state.as_ref());
            let from = state.as_ref().map(State::stage);
            let listed = first.and_then(|step| machine::transition(from, step));
            let Ok(events) = world.decide("ca", &who, command.clone()) else {
                continue;
            };
            // The same proposal again is no event.
            assert!(
                listed.is_some() || events.is_empty(),
                "{from:?} {command:?}"
            );
            for event in &events {
                let from = state.as_ref().map(State::stage);
                let row = machine::transition(from, event.step()).unwrap();
                state = evolve(&id("ca"), state, &who, event);
                assert_eq!(state.as_ref().map(State::stage), row.to.or(from));
                reached.insert((from, event.step()));
            }
        }
    };
    let fresh = World::new;
    let mut world = fresh();
    world.ca = None;
    try_all(&world);
    let subject: Name = "CN=Root,O=Example,C=CN".parse().unwrap();
    let propose = Command::Propose(Proposal::root("root-ca", &subject));
    world.step("ca", &officer("li"), propose).unwrap();
    try_all(&world);
    let key = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
    let record_key = Command::RecordKey {
        public_key: key.to_public_key_der().unwrap().into_vec().into(),
    };
    world.step("ca", &Actor::system(), record_key).unwrap();
    try_all(&world);
    world
        .step("ca", &officer("wang"), Command::Approve)
        .unwrap();
    try_all(&world);
    type Prepare = fn(&mut World);
    let stages: [Prepare; 4] = [
        |_| (),
        World::retire,
        |world| {
            world.retire();
            world.now = at(2050);
            world.two_officers(Act::Close).unwrap();
        },
        |world| {
            world.two_officers(compromise()).unwrap();
        },
    ];
    for prepare in stages {
        let mut world = fresh();
        prepare(&mut world);
        world.last_end = Some(at(2030));
        try_all(&world);
        for act in [
            retire(),
            link(Direction::NewWithOld),
            Act::Close,
            compromise(),
        ] {
            let mut world = fresh();
            prepare(&mut world);
            world.last_end = Some(at(2030));
            if world
                .step("ca", &officer("li"), Command::Request(act))
                .is_ok()
            {
                try_all(&world);
                world
                    .step("ca", &officer("wang"), Command::Confirm)
                    .unwrap();
                try_all(&world);
            }
        }
        let mut world = fresh();
        prepare(&mut world);
        if world.crl().is_ok() {
            try_all(&world);
            let number = world.ca().established().unwrap().crl_number;
            let record = Command::RecordCrl {
                list: List::ALL,
                number,
                crl: vec![0x30, 0].into(),
            };
            world.step("ca", &Actor::system(), record).unwrap();
            try_all(&world);
        }
    }
    crate::machine::assert_all_reached(machine::TRANSITIONS, &reached);
}

/// What comes from a device or a publisher answers what was asked for, and nothing else.
#[test]
fn an_answer_that_nobody_waits_for_is_refused() {
    let mut world = World::new();
    let system = Actor::system();
    let refused = |world: &mut World, name: &str, command: Command| {
        let answer = world.decide(name, &system, command);
        assert!(answer.is_err(), "{answer:?}");
    };
    // Everything was handed out.
    for through in 0..=2 {
        refused(&mut world, "ca", Command::RecordPublication { through });
    }
    world.crl().unwrap();
    let Some(intent) = world
        .ca()
        .signing()
        .and_then(|active| active.crl_intents.first().cloned())
    else {
        panic!("a list is to be signed");
    };
    let record = |number| Command::RecordCrl {
        list: List::ALL,
        number,
        crl: vec![0].into(),
    };
    let unknown = |number| Command::RecordCrlUnknownOutcome { number };
    for number in [intent.number - 1, intent.number + 1] {
        refused(&mut world, "ca", record(number));
        refused(&mut world, "ca", unknown(number));
    }
    refused(&mut world, "ca", Command::IssueCrl);
    assert!(world.decide("ca", &system, unknown(intent.number)).is_ok());
    world.step("ca", &system, record(intent.number)).unwrap();
    refused(&mut world, "ca", record(intent.number));

    // A key is made once.
    world.other = None;
    let subject: Name = "CN=Root G3,O=Example,C=CN".parse().unwrap();
    let propose = Command::Propose(Proposal::root("root-ca", &subject));
    world.step("ca-2", &officer("li"), propose).unwrap();
    let record_key = || Command::RecordKey {
        public_key: vec![1].into(),
    };
    world.step("ca-2", &system, record_key()).unwrap();
    refused(&mut world, "ca-2", record_key());
}

#[test]
fn the_same_proposal_again_is_as_good_as_the_first_and_another_one_is_not() {
    let mut world = World::new();
    let named = |name: &str| {
        let subject: Name = format!("CN={name},O=Example,C=CN").parse().unwrap();
        Command::Propose(Proposal::root("root-ca", &subject))
    };
    let exists = |answer: Result<Vec<Event>, Error>| {
        matches!(answer, Err(Error::Refused(Refusal::AuthorityExists { .. })))
    };
    world.other = None;
    world
        .step("ca-2", &officer("li"), named("Root G2"))
        .unwrap();
    let again = world.decide("ca-2", &officer("wang"), named("Root G2"));
    assert_eq!(again.unwrap(), []);
    assert!(exists(world.decide(
        "ca-2",
        &officer("li"),
        named("Root G3")
    )));
    // One that is established is proposed no more.
    assert!(exists(world.decide("ca", &officer("li"), named("Root"))));
}
