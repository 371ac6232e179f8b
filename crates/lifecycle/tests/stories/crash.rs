//! Whatever fails, at whatever place: the story can be finished, and nothing was
//! signed twice or without being intended.

use cert_profile::{CrlNumber, CrlReader};
use der::Decode;
use lifecycle::{
    Engine, Error, Event, Publication, Serial, Store, StoreError, StreamId, audit, authority,
    case::{self, pair::Ordinal},
    certificate::Status,
    ports::Publisher,
};
use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex},
};
use x509_cert::crl::CertificateList;

use crate::{
    doubles::{BROKEN, FailingStore, Side, World, intents},
    script::{
        Applicant, CA, act, authority_command, in_business, issue_crl, officer, settle, whole_story,
    },
};

fn applicants() -> [Applicant; 2] {
    ["zhang.san", "li.ming"].map(Applicant::new)
}

/// What must hold of a world whose story was finished.
fn check_world(world: &World, engine: &mut Engine, applicants: &[Applicant]) {
    assert!(world.token.signs_once(), "one intent was signed twice");
    assert_eq!(world.token.unforeseen(), 0, "signed without an intent");
    let report = audit::verify(engine.store()).unwrap();
    assert_eq!(report.unsettled, 0);

    // One certificate for each half of a pair, and it is the one handed over.
    let records = world.store.records(0, usize::MAX).unwrap();
    let entries = records.iter().map(|record| record.entry().unwrap());
    let mut burnt = BTreeSet::new();
    let mut issued = Vec::new();
    for entry in entries {
        match (&entry.stream, entry.event) {
            (
                StreamId::Case(id),
                Event::Case(case::Event::CertificateIssued {
                    ordinal, serial, ..
                }),
            ) => issued.push((id.clone(), ordinal, serial)),
            (
                _,
                Event::Case(case::Event::IssuanceAbandoned { issuer, serial, .. })
                | Event::Authority(authority::Event::IssuanceAbandoned { issuer, serial }),
            ) => {
                let row = world.store.certificate(&issuer, &serial).unwrap().unwrap();
                assert_eq!(row.status, Status::Burnt);
                burnt.insert((issuer, serial));
            }
            _ => {}
        }
    }
    assert_eq!(issued.len(), 2 * applicants.len());
    for applicant in applicants {
        let pair = applicant.pair(engine);
        assert!(pair.published);
        for (ordinal, half) in [
            (Ordinal::Signing, pair.signing),
            (Ordinal::Encryption, pair.encryption),
        ] {
            let own: Vec<_> = issued
                .iter()
                .filter(|(id, other, _)| (id, *other) == (&applicant.id, ordinal))
                .collect();
            assert_eq!(own.len(), 1);
            assert_eq!(own[0].2, half.serial);
        }
    }
    assert_eq!(report.burnt, burnt.len());

    // Every burnt serial number is on the next list of its issuer.
    for name in ["root", CA] {
        let command = authority_command(name, authority::Command::IssueCrl);
        act(engine, &officer(), command).unwrap();
        let der = world
            .shelf
            .item(&format!("authorities/{name}.crl"))
            .unwrap();
        let crl = CertificateList::<x509_cert::certificate::Rfc5280>::from_der(&der).unwrap();
        let listed = crl.tbs_cert_list.revoked_certificates.unwrap_or_default();
        // A burnt one is listed without a reason.
        let listed: BTreeSet<Serial> = listed
            .iter()
            .filter(|entry| entry.crl_entry_extensions.is_none())
            .map(|entry| Serial::from(&entry.serial_number))
            .collect();
        let expected = burnt
            .iter()
            .filter(|(issuer, _)| issuer.as_str() == name)
            .map(|(_, serial)| serial.clone())
            .collect();
        assert_eq!(listed, expected, "{name}");
    }
}

/// Who goes on after the failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// The same process, with what it remembers.
    SameEngine,
    /// A new one, over what is durable.
    NewEngine,
}

/// Plays the story to its end after whatever happened.
fn finish(world: &World, engine: Engine, next: Next, applicants: &[Applicant; 2]) {
    let mut engine = match next {
        Next::SameEngine => engine,
        Next::NewEngine => {
            drop(engine);
            world.engine()
        }
    };
    whole_story(world, &mut engine, applicants).unwrap();
    check_world(world, &mut engine, applicants);
}

/// The story with a store that fails at the first append, then with one that
/// fails at the second, up to one that does not fail any more.
fn store_fails_everywhere(side: Side, next: Next) {
    let applicants = applicants();
    for append in 1.. {
        let world = World::new();
        let store = FailingStore::new(world.store.clone(), append, side);
        let mut engine = world.engine_over(store);
        let stopped = whole_story(&world, &mut engine, &applicants);
        let Err(error) = stopped else {
            assert!(append > 40, "the story has {append} appends only");
            return finish(&world, engine, Next::NewEngine, &applicants);
        };
        let broken = matches!(&error, Error::Store(StoreError::Other(BROKEN)));
        assert!(broken, "append {append}: {error:?}");
        finish(&world, engine, next, &applicants);
    }
}

#[test]
fn a_write_that_failed_and_then_a_new_process() {
    store_fails_everywhere(Side::Before, Next::NewEngine);
}

#[test]
fn a_write_that_failed_and_then_the_same_process() {
    store_fails_everywhere(Side::Before, Next::SameEngine);
}

#[test]
fn a_write_of_unknown_outcome_and_then_a_new_process() {
    store_fails_everywhere(Side::After, Next::NewEngine);
}

#[test]
fn a_write_of_unknown_outcome_and_then_the_same_process() {
    store_fails_everywhere(Side::After, Next::SameEngine);
}

#[test]
fn a_recovery_that_fails_too() {
    let applicants = applicants();
    for append in (1..40).step_by(3) {
        for (again, side) in [(1, Side::After), (2, Side::Before), (3, Side::After)] {
            let world = World::new();
            for append in [append, again] {
                let store = FailingStore::new(world.store.clone(), append, side);
                let mut engine = world.engine_over(store);
                whole_story(&world, &mut engine, &applicants).unwrap_err();
            }
            finish(&world, world.engine(), Next::NewEngine, &applicants);
        }
    }
}

/// The story with a token that fails at the first signature, then at the second,
/// up to one that does not fail any more.
fn token_fails_everywhere(side: Side, next: Next) {
    let applicants = applicants();
    for call in 1.. {
        let world = World::new();
        world.token.fail_at(call, side);
        let mut engine = world.engine();
        let stopped = whole_story(&world, &mut engine, &applicants);
        let Err(error) = stopped else {
            assert!(call > 10, "the story has {call} signatures only");
            world.token.mend();
            return finish(&world, engine, Next::NewEngine, &applicants);
        };
        let broken = matches!(&error, Error::Key { .. });
        assert!(broken, "signature {call}: {error:?}");
        finish(&world, engine, next, &applicants);
    }
}

#[test]
fn a_signature_that_failed_and_then_a_new_process() {
    token_fails_everywhere(Side::Before, Next::NewEngine);
}

#[test]
fn a_signature_that_failed_and_then_the_same_process() {
    token_fails_everywhere(Side::Before, Next::SameEngine);
}

#[test]
fn a_signature_that_was_made_and_lost_and_then_a_new_process() {
    token_fails_everywhere(Side::After, Next::NewEngine);
}

#[test]
fn a_signature_that_was_made_and_lost_and_then_the_same_process() {
    token_fails_everywhere(Side::After, Next::SameEngine);
}

/// A case that is approved and whose intent nobody has tried.
fn approved() -> (World, Engine, Applicant, lifecycle::Intent) {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    zhang.intend(&mut engine).unwrap();
    let intent = zhang.intent(&engine);
    (world, engine, zhang, intent)
}

#[test]
fn an_intent_of_a_process_that_died_is_never_signed() {
    let (world, engine, zhang, intent) = approved();
    drop(engine);
    let mut engine = world.engine();
    settle(&mut engine).unwrap();
    let pair = zhang.pair(&engine);
    assert_ne!(pair.signing.serial, intent.serial);
    assert!(!world.token.signed().contains(&intent.tbs.to_vec()));
    let row = world.store.certificate(&intent.issuer, &intent.serial);
    assert_eq!(row.unwrap().unwrap().status, Status::Burnt);
    zhang.deliver(&mut engine).unwrap();
    check_world(&world, &mut engine, &[zhang]);
}

#[test]
fn a_signature_that_was_made_and_not_recorded_is_not_made_again() {
    let (world, engine, zhang, intent) = approved();
    // The next process dies before it can write that the intent is lost.
    drop(engine);
    let store = FailingStore::new(world.store.clone(), 1, Side::Before);
    let mut engine = world.engine_over(store);
    settle(&mut engine).unwrap_err();
    drop(engine);
    assert!(!world.token.signed().contains(&intent.tbs.to_vec()));

    // This one intends, signs, and dies before the record.
    let store = FailingStore::new(world.store.clone(), 2, Side::Before);
    let mut engine = world.engine_over(store);
    settle(&mut engine).unwrap_err();
    drop(engine);
    let lost = zhang.intent(&world.engine());
    assert_ne!(lost.serial, intent.serial);
    assert!(world.token.signed().contains(&lost.tbs.to_vec()));

    let mut engine = world.engine();
    settle(&mut engine).unwrap();
    for burnt in [&intent, &lost] {
        let row = world.store.certificate(&burnt.issuer, &burnt.serial);
        assert_eq!(row.unwrap().unwrap().status, Status::Burnt);
    }
    zhang.deliver(&mut engine).unwrap();
    check_world(&world, &mut engine, &[zhang]);
}

#[test]
fn a_full_disk_stops_everything_and_loses_nothing() {
    /// Writes that it does not take.
    const FULL: usize = 5;
    let applicants = applicants();
    for first in (1..60).step_by(7) {
        let world = World::new();
        let mut writes = 0;
        let watcher = move |side, _: Option<&_>| {
            writes += usize::from(side == Side::Before);
            match side == Side::Before && (first..first + FULL).contains(&writes) {
                true => Err(StoreError::Other(BROKEN)),
                false => Ok(()),
            }
        };
        let store = FailingStore::watched(world.store.clone(), Box::new(watcher));
        let mut engine = world.engine_over(store);
        let mut failures = 0;
        while let Err(error) = whole_story(&world, &mut engine, &applicants) {
            let broken = matches!(&error, Error::Store(StoreError::Other(BROKEN)));
            assert!(broken, "write {first}: {error:?}");
            failures += 1;
            assert!(failures <= FULL, "it does not recover");
        }
        assert!(failures > 0, "the story has fewer than {first} writes");
        check_world(&world, &mut engine, &applicants);
    }
}

/// What came to the directory, in order.
#[derive(Clone, Debug, Default)]
struct Arrivals(Arc<Mutex<Vec<Publication>>>);

impl Publisher for Arrivals {
    fn publish(&self, item: &Publication) -> io::Result<()> {
        self.0.lock().unwrap().push(item.clone());
        Ok(())
    }
}

#[test]
fn lists_that_wait_together_never_take_the_directory_back() {
    let (world, mut engine) = in_business();
    world.shelf.refuse(true);
    for _ in 0..2 {
        issue_crl(&mut engine).unwrap_err();
        world.clock.forward(60);
    }
    // Both come out, and the process dies before that is written.
    let arrivals = Arrivals::default();
    let store = FailingStore::new(world.store.clone(), 1, Side::Before);
    let mut engine = world.engine_to(store, arrivals.clone(), world.letters.clone());
    settle(&mut engine).unwrap_err();
    let store = world.store.clone();
    let mut engine = world.engine_to(store, arrivals.clone(), world.letters.clone());
    settle(&mut engine).unwrap();
    let arrivals = arrivals.0.lock().unwrap();
    let current = arrivals
        .iter()
        .filter(|item| item.name == format!("authorities/{CA}.crl"));
    let numbers: Vec<_> = current
        .map(|item| CrlReader::from_der(&item.octets).unwrap().number().unwrap())
        .collect();
    // In the place of both, each time.
    assert_eq!(numbers, [CrlNumber::from(2); 4]);
    let both = |number| {
        let name = format!("authorities/{CA}/{number}.crl");
        arrivals.iter().filter(|item| item.name == name).count()
    };
    assert_eq!([1, 2].map(both), [2, 2]);
}

#[test]
fn every_signature_has_its_intent_and_every_intent_one_end() {
    let world = World::new();
    let mut engine = world.engine();
    let applicants = applicants();
    whole_story(&world, &mut engine, &applicants).unwrap();
    let intended = intents(&world.store);
    assert_eq!(intended.len(), world.token.signed().len());
    let distinct: BTreeSet<_> = intended.iter().collect();
    assert_eq!(distinct.len(), intended.len());
}
